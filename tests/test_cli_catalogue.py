"""The commands that read the catalogue: what they print, where, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from pathlib import Path

import pytest

from xinyong import cli


class Ran:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def run(*words: str) -> Ran:
        with pytest.raises(SystemExit) as left:
            cli.main(["catalogue", *words])
        captured = capsys.readouterr()
        return Ran(int(left.value.code or 0), captured.out, captured.err)

    return run


def test_list_keeps_what_is_asked_for(run) -> None:
    ran = run("list", "--kind", "scheme", "--place", "wendeng", "--on", "2021-01-01", "--json")
    ids = [row["id"] for row in json.loads(ran.out)["instruments"]]
    assert "wendeng_2020" in ids
    assert "spc_defaulters" not in ids
    assert "失信被执行人名单" in run("list", "--polarity", "black").out


def test_a_search_that_finds_nothing_leaves_with_one_and_says_where_to_look(run) -> None:
    ran = run("search", "zzzzzz")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "xinyong: nothing fits 'zzzzzz'; 'xinyong catalogue list' lists what there is\n"
    )
    ran = run("search", "defaultres")
    assert (ran.code, ran.out) == (1, "")
    assert "did you mean 'defaulters'?" in ran.err
    ran = run("places", "zzzzzz", "--json")
    assert (ran.code, json.loads(ran.out)["places"]) == (1, [])
    assert ran.err.endswith("'xinyong catalogue places' lists what there is\n")


def test_where_not_all_words_fit_the_search_says_so_and_shows_what_fits_some(run) -> None:
    ran = run("search", "travel", "bam")
    assert ran.code == 0
    assert ran.out.startswith("nothing fits all of 'travel bam'; did you mean 'travel ban'?")
    data = json.loads(run("search", "defaulters", "zzzz", "--json").out)
    assert not data["all_words"]
    assert data["hits"][0]["id"] == "spc_defaulters"
    assert json.loads(run("search", "defaulters", "--json").out)["all_words"]


def test_a_popular_belief_is_answered_before_the_hits(run) -> None:
    out = run("search", "social", "credit", "score").out
    assert out.startswith("Note: There is no national score for persons.")
    said = json.loads(run("search", "jaywalking", "--json").out)["remarks"]
    assert [bool(r["remark"] and r["basis"]) for r in said] == [True]


@pytest.mark.parametrize(
    ("words", "shown", "used"),
    [
        (
            ("conducts", "volunteering"),
            "volunteer_service  Does recorded volunteer",
            "wendeng_2020",
        ),
        (("conducts", "拖欠农民工工资"), "wage_arrears  ", "wage_arrears_list"),
        (("measures", "plane"), "m_no_fly  may not board civil aircraft", "air_list"),
        (("authorities", "fayuan"), "spc  Supreme People's Court (最高人民法院)", "spc_defaulters"),
        (("places", "文登"), "wendeng  Wendeng (文登区)", "wendeng_2020"),
    ],
)
def test_ids_are_listed_with_both_names_and_what_uses_them(
    run, words: tuple[str, ...], shown: str, used: str
) -> None:
    assert shown in run(*words).out
    rows = json.loads(run(*words, "--json").out)[words[0]]
    assert {"id", "en", "zh", "instruments"} <= set(rows[0])
    assert used in {i for row in rows for i in row["instruments"]}
    everything = json.loads(run(words[0], "--json").out)[words[0]]
    assert {row["id"] for row in rows} < {row["id"] for row in everything}


def test_list_marks_the_version_in_force_on_the_day(run) -> None:
    out = run("list", "--on", "2015-01-01", "--measure", "m_no_fly").out
    line = "v2010 2010-10-01 to 2015-07-21 (in force); v2015 since 2015-07-22"
    assert line in " ".join(out.split())
    rows = json.loads(run("list", "--on", "2016-01-01", "--json").out)["instruments"]
    assert {r["id"]: r["in_force"] for r in rows}["spending_restriction"] == "v2015"
    assert "in_force" not in json.loads(run("list", "--json").out)["instruments"][0]


def test_the_exported_tables_answer_what_the_filters_answer(run) -> None:
    """Which instruments bar air travel on a day: by `list`, and by joining two tables."""
    asked = run("list", "--measure", "m_no_fly", "--on", "2019-06-01", "--json").out
    listed = {row["id"] for row in json.loads(asked)["instruments"]}
    versions, measures = (
        list(csv.DictReader(io.StringIO(run("export", "--format", "csv", "--table", name).out)))
        for name in ("versions", "measures_of_lists")
    )
    day = "2019-06-01"
    now = {
        (v["instrument"], v["version"])
        for v in versions
        if v["from"] <= day and (not v["until"] or day <= v["until"])
    }
    rows = [m for m in measures if m["measure"] == "m_no_fly"]
    assert {m["instrument"] for m in rows if (m["instrument"], m["version"]) in now} == listed
    assert {"air_list", "spending_restriction"} <= listed


def test_long_lines_go_on_under_themselves(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for words in (("list",), ("show", "air_list"), ("audit",), ("search", "tax")):
        lines = run(*words).out.splitlines()
        assert max(map(columns, lines)) <= 80


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_a_journalist_reads_what_a_year_brought_to_a_city_and_to_all(run) -> None:
    year = ("timeline", "--from", "2020-01-01", "--to", "2020-12-31", "--place", "shanghai")
    told = {m["place"] for m in json.loads(run(*year, "--json").out)["moments"]}
    assert told == {"shanghai"}
    told = {m["place"] for m in json.loads(run(*year, "--above", "--json").out)["moments"]}
    assert told == {"shanghai", "cn"}


def test_nothing_found_is_one_line_and_no_error(run) -> None:
    ran = run("list", "--kind", "scheme", "--on", "1990-01-01")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "no instrument fits: kind scheme, on 1990-01-01\n"
    assert run("timeline", "--to", "1990-01-01").out.startswith("nothing is recorded")
    ran = run("diff", "spc_defaulters", "--from", "2015-01-01", "--to", "2016-01-01")
    assert "the same version applies on both days" in ran.out


def test_show_prints_sentences_or_data(run) -> None:
    text = run("show", "wage_arrears_list", "--on", "2022-06-01").out
    assert "within 20 working days from the deadline" in " ".join(text.split())
    assert "拖欠农民工工资失信联合惩戒对象名单" in text
    data = json.loads(run("show", "wage_arrears_list", "--on", "2022-06-01", "--json").out)
    assert [v["id"] for v in data["instrument"]["versions"]] == ["v2022"]
    assert {s["version"] for s in data["sentences"]} == {"v2022"}
    short, long = run("show", "wendeng_2020").out, run("show", "wendeng_2020", "--items").out
    assert "--items prints them" in short
    assert "--items prints them" not in long
    assert long.count("\n") > short.count("\n") + 500


def test_diff_tells_two_days_and_two_instruments(run) -> None:
    ran = run("diff", "spc_defaulters", "--from", "2015-01-01", "--to", "2018-01-01", "--json")
    data = json.loads(ran.out)
    assert [s["version"] for s in data["sides"]] == ["v2013", "v2017"]
    assert all(c["sentence"] for c in data["changes"])
    text = run("diff", "spc_defaulters", "wage_arrears_list", "--on", "2019-01-01").out
    assert "version v2017" in text
    assert "Only in wage_arrears_list: provision" in text


def test_timeline_search_and_audit_speak_json(run) -> None:
    moments = json.loads(
        run("timeline", "--from", "2013-01-01", "--to", "2013-12-31", "--json").out
    )
    assert "spc_defaulters" in {i for m in moments["moments"] for i in m["instruments"]}
    hits = json.loads(run("search", "sxbzxr", "--json").out)["hits"]
    assert "spc_defaulters" in {h["id"] for h in hits}
    looked = json.loads(run("audit", "--json").out)
    assert {"sources", "values", "assumed", "early", "gaps", "overlaps", "case_only"} <= set(looked)
    text = run("audit").out
    assert "Values without a source" in text
    assert len(run("audit", "--all").out) > len(text)


def test_export_writes_json_and_tables(run, tmp_path: Path) -> None:
    data = json.loads(run("export").out)
    assert data["schema"]["properties"]["versions"]
    rows = list(
        csv.DictReader(io.StringIO(run("export", "--format", "csv", "--table", "rules").out))
    )
    assert {"instrument", "version", "part", "id", "text", "article", "depth"} <= set(rows[0])
    folder = tmp_path / "out"
    paths = run("export", "--format", "csv", "--out", str(folder)).out.splitlines()
    assert [Path(p).is_file() for p in paths] == [True] * len(paths)
    assert len(paths) > 5
    again = run("export", "--format", "csv", "--out", str(folder))
    assert again.code == 6
    assert "exists already" in again.err


def test_schema_is_printed_for_editors(run) -> None:
    assert json.loads(run("schema").out)["title"] == "An instrument of the catalogue"
    assert "circumstances" in run("schema", "facts").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("list", "--kind", "lst"), "did you mean 'list'?"),
        (("list", "--place", "shenzen"), "did you mean 'shenzhen'? 'xinyong catalogue places'"),
        (("list", "--place", "北京"), "did you mean 'beijing'?"),
        (("list", "--conduct", "volunteering"), "did you mean 'volunteer_service'?"),
        (("list", "--conduct", "zzzzzz"), "'xinyong catalogue conducts' lists them"),
        (("list", "--measure", "no fly"), "did you mean 'm_no_fly'?"),
        (("timeline", "--place", "Pekingg"), "'xinyong catalogue places' lists the ids"),
        (("list", "--on", "2020-13-01"), "not a calendar date"),
        (("list", "--on", "0001-01-01"), "outside 1949"),
        (("show", "spc_defaulter"), "did you mean 'spc_defaulters'?"),
        (("diff", "spc_defaulters"), "give --from and --to"),
        (("diff", "spc_defaulters", "wage_arrears_list", "--on", "2010-01-01"), "not in force"),
        (("diff", "spc_defaulters", "wage", "--on", "2020-01-01"), "unknown instrument 'wage'"),
        (
            ("diff", "a", "b", "--on", "2020-01-01", "--to", "2020-01-01"),
            "--on is one day for both",
        ),
        (("timeline", "--from", "2020-01-01", "--to", "2019-01-01"), "exchange them"),
        (("timeline", "--topic", "lists"), "did you mean 'list'?"),
        (("search",), "Missing argument"),
        (("search", "x", "--most", "0"), "--most"),
        (("export", "--format", "xml"), "neither json nor csv"),
        (("export", "--format", "csv"), "give --table NAME or --out DIR"),
        (("export", "--table", "rules"), "--table belongs to --format csv"),
        (("export", "--format", "csv", "--table", "rule"), "did you mean 'rules'?"),
        (("schema", "fact"), "did you mean 'facts'?"),
    ],
)
def test_wrong_use_is_one_line_that_helps(run, words: tuple[str, ...], message: str) -> None:
    ran = run(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert message in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("list", "--place", "pekin"), "did you mean 'beijing'?"),
        (("search", " "), "write what to look for"),
        (
            ("diff", "wage_arrears_list", "--from", "2023-01-01", "--to", "2018-01-01"),
            "--from 2023-01-01 lies after --to 2018-01-01: exchange the days",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_way_on(run, words, message) -> None:
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
