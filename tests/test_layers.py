"""One's own instruments over the built-in ones: the same format, the same checks, everywhere."""

from __future__ import annotations

import datetime as dt
import json
import re
import shlex
import shutil
import textwrap
from pathlib import Path

import pytest

from xinyong import cli
from xinyong.browse.audit import audit
from xinyong.case import calculate, read_case
from xinyong.case.seen import seen
from xinyong.errors import CatalogueError
from xinyong.law import catalogue as module
from xinyong.law.catalogue import Catalogue, load
from xinyong.law.compile import compile_law

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "examples" / "own"
GUIDE = ROOT / "docs" / "encode.md"
DATA = Path(module.__file__).parent / "data"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    shutil.copytree(OWN, folder)
    return folder


def layered(*folders: Path) -> Catalogue:
    load.cache_clear()
    return load(layers=folders)


def test_a_layer_adds_and_leaves_the_rest_as_it_is() -> None:
    built_in, both = load(), layered(OWN)
    assert set(both.instruments) - set(built_in.instruments) == {"bicycle_list"}
    assert list(both.instruments) == sorted(both.instruments)
    assert both.instruments | built_in.instruments == both.instruments
    assert both.items == built_in.items
    assert set(both.conducts) - set(built_in.conducts) == {"bicycles_left"}
    assert both.digest != built_in.digest
    assert load() == built_in


def test_one_digest_for_one_state_of_the_layer(own: Path) -> None:
    before = layered(own).digest
    assert layered(own).digest == before == layered(OWN).digest
    path = own / "bicycle_list.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    assert layered(own).digest != before


def test_the_case_of_the_guide_is_listed_after_the_second_order() -> None:
    law = compile_law(layered(OWN))
    result = calculate(read_case(OWN / "cases" / "bicycles.yaml"), law)
    (entry,) = result.entries
    assert (entry.instrument, entry.ground) == ("bicycle_list", "twice_ordered")
    assert entry.expires == entry.start.replace(year=entry.start.year + 1)
    assert {m.measure for m in result.measures} == {"m_subsidy_limit", "m_publish"}


def test_the_entry_of_the_guide_is_published_and_taken_off_as_its_articles_say() -> None:
    """Art. 4: published, with the decision; Art. 6: off the page three working days after."""
    law = compile_law(layered(OWN))
    result = calculate(read_case(OWN / "cases" / "bicycles.yaml"), law)
    (entry,) = result.entries
    (sight,) = [s for s in seen(result) if s.what.startswith("entry")]
    assert (sight.level, sight.since) == ("public", entry.start) == ("public", entry.published)
    assert entry.start == dt.date(2023, 9, 12)


def test_a_file_with_a_built_in_id_replaces_it(tmp_path: Path) -> None:
    text = (DATA / "instruments" / "spc_defaulters.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("level: national", "level: city", 1), "utf-8")
    both = layered(tmp_path)
    assert both.instruments["spc_defaulters"].level == "city"
    assert set(both.instruments) == set(load().instruments)
    compile_law(both)


def test_a_scheme_brings_its_annex(tmp_path: Path) -> None:
    folder = tmp_path / "instruments"
    folder.mkdir()
    for name in ("wendeng_2020.yaml", "wendeng_2020_items.csv"):
        shutil.copy(DATA / "instruments" / name, folder / name)
    table = folder / "wendeng_2020_items.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join(lines[:2]), encoding="utf-8")
    both = layered(tmp_path)
    assert len(both.items["wendeng_2020"]) == 1
    table.unlink()
    with pytest.raises(CatalogueError, match="no file 'wendeng_2020_items"):
        layered(tmp_path)


def test_the_later_layer_lies_on_top(own: Path, tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    text = (own / "bicycle_list.yaml").read_text(encoding="utf-8")
    (top / "bicycle_list.yaml").write_text(text.replace("level: county", "level: city"), "utf-8")
    assert layered(own, top).instruments["bicycle_list"].level == "city"
    assert layered(own).instruments["bicycle_list"].level == "county"
    with pytest.raises(CatalogueError, match="unknown authority 'bicycle_office'"):
        layered(top)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("bicycle_list.yaml", "kind: list", "kind: lst", r":3: kind: .*found the text 'lst'"),
        ("bicycle_list.yaml", "issuer: bicycle_office", "issuer: bicycle_ofice",
         r":6: issuer: unknown authority 'bicycle_ofice'; did you mean 'bicycle_office'\?"),
        ("bicycle_list.yaml", "from: 2023-01-01", "from: 2022-01-01",
         r":\d+: versions\[0\]\.in_force\.from: 2022-01-01 lies before the date of its source"),
        ("bicycle_list.yaml", "bicycles_left]", "bicycle_left]", "did you mean 'bicycles_left'"),
        ("bicycle_list.yaml", '\n        cite: {source: rules, article: "2, 4"}', "",
         r"cite: this field is missing; add 'cite: \.\.\.'"),
        ("authorities.yaml", "id: bicycle_office", "id: court",
         r"authorities\.yaml:3: authorities\[0\]\.id: 'court' stands in the catalogue below"),
        ("conducts.csv", "bicycles_left,", "wage_arrears,",
         r"conducts\.csv:2: id: 'wage_arrears' stands in the catalogue below already"),
        ("conducts.csv", ",social,", ",sociable,", "conducts.csv:2: field: unknown word"),
    ],
)  # fmt: skip
def test_mistakes_are_named_as_in_the_built_in_files(
    own: Path, name: str, old: str, new: str, message: str
) -> None:
    path = own / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        layered(own)
    assert any(re.search(message, str(p)) for p in caught.value.problems), str(caught.value)
    assert all(str(own) in p.file and p.line for p in caught.value.problems)


LATER = """sources:
  later:
    title: {en: Later report, zh: 后来的报道（示例）}
    issuer: bicycle_office
    date: 2024-05-06
    depth: secondary
    where: invented
"""


def citing_a_later_report(own: Path, reports: str = "") -> Path:
    """Let one provision of the version of 2023 cite a report of 2024."""
    path = own / "bicycle_list.yaml"
    text = path.read_text(encoding="utf-8").replace("sources:\n", LATER + reports, 1)
    old = 'cause: early, from: granted}\n        cite: {source: rules, article: "6"}'
    assert old in text
    text = text.replace(old, old.replace("rules", "later"))
    path.write_text(text, encoding="utf-8")
    return path


def test_a_value_older_than_its_source_is_refused_with_file_line_and_field(own: Path) -> None:
    path = citing_a_later_report(own)
    with pytest.raises(CatalogueError) as caught:
        layered(own)
    (problem,) = caught.value.problems
    assert (problem.file, problem.field) == (str(path), "versions[0].provisions[1].cite")
    line = path.read_text(encoding="utf-8").splitlines()[problem.line - 1]
    assert line.strip() == 'cite: {source: later, article: "6"}'
    assert problem.message == "2023-01-01 lies before the date of its source (2024-05-06)"
    assert "sources.later.reports" in problem.suggestion


def test_a_later_source_counts_where_it_says_what_it_reports(own: Path) -> None:
    citing_a_later_report(own, "    reports: {since: 2023-01-01, why: tells of its first year}\n")
    assert "bicycle_list" in layered(own).instruments
    (row,) = [r for r in audit(layered(own)).reported if r.instrument == "bicycle_list"]
    assert (row.source, row.values, row.why) == ("later", 1, "tells of its first year")


@pytest.mark.parametrize(
    ("since", "message"),
    [("2023-06-01", "reports on rules since 2023-06-01"), ("2024-05-06", "before the date of the")],
)
def test_a_report_of_later_rules_excuses_nothing(own: Path, since: str, message: str) -> None:
    citing_a_later_report(own, f"    reports: {{since: {since}, why: x}}\n")
    with pytest.raises(CatalogueError, match=message):
        layered(own)


def test_two_files_of_a_layer_must_not_share_an_id(own: Path) -> None:
    shutil.copy(own / "bicycle_list.yaml", own / "again.yaml")
    with pytest.raises(CatalogueError, match="'bicycle_list' stands in two files"):
        layered(own)


def test_a_folder_that_is_none_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, message in ((tmp_path / "no", "is not a folder"), (tmp_path, "no catalogue files")):
        with pytest.raises(SystemExit) as left:
            cli.main(["catalogue", "list", "--with", str(folder)])
        assert left.value.code == 3
        err = capsys.readouterr().err
        assert message in err
        assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("catalogue", "list", "--json"),
        ("catalogue", "show", "bicycle_list"),
        ("catalogue", "diff", "bicycle_list", "wage_arrears_list"),
        ("catalogue", "timeline", "--from", "2023-01-01", "--to", "2023-01-01"),
        ("catalogue", "search", "gongxiangdanche"),
        ("catalogue", "conducts", "bicycles"),
        ("catalogue", "measures", "subsidies", "--json"),
        ("catalogue", "authorities", "danche"),
        ("catalogue", "places", "gansu"),
        ("catalogue", "schema"),
        ("catalogue", "audit"),
        ("catalogue", "export", "--format", "csv", "--table", "conducts"),
        ("catalogue", "export"),
        ("case", str(OWN / "cases" / "bicycles.yaml")),
        ("lint", "bicycle_list"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_every_command_takes_a_layer(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([*words, "--with", str(OWN)])
    ran = capsys.readouterr()
    findings = int(words[0] == "lint")  # the linter leaves with 1 when it finds something
    assert (left.value.code or 0) == findings, ran.err
    assert "bicycle" in ran.out or "单车" in ran.out


# --- the guide -----------------------------------------------------------------------------------


def shown(language: str) -> list[str]:
    return re.findall(rf"(?m)^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("block", shown("yaml") + shown("csv"), ids=lambda b: b.split("\n")[0])
def test_what_the_guide_prints_is_what_the_example_says(block: str) -> None:
    files = [p.read_text(encoding="utf-8") for p in OWN.iterdir() if p.is_file()]
    assert any(block in text for text in files), textwrap.shorten(block, 200)


@pytest.mark.parametrize(
    "command", [c for b in shown("sh") for c in b.splitlines()], ids=lambda c: c[18:]
)
def test_every_command_of_the_guide_runs(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    program, *words = shlex.split(command)
    assert program == ".venv/bin/xinyong"
    with pytest.raises(SystemExit) as left:
        cli.main(words)
    ran = capsys.readouterr()
    assert (left.value.code or 0) == 0, ran.err
    assert ran.out


def test_the_days_that_the_guide_tells_of_its_case_are_those_calculated() -> None:
    result = calculate(read_case(OWN / "cases" / "bicycles.yaml"), compile_law(layered(OWN)))
    (entry,) = result.entries
    days = re.findall(r"\d{4}-\d{2}-\d{2}", GUIDE.read_text("utf-8").split("is one: two orders")[1])
    told = [dt.date.fromisoformat(day) for day in days[:4]]
    assert told[0] == dt.date(2023, 8, 14)
    assert [told[2], told[3]] == [entry.start, entry.expires]
    assert told[1] == told[0] + dt.timedelta(days=1)


def test_the_text_of_the_guide_is_cited_article_by_article() -> None:
    articles = set(re.findall(r"(?m)^> (\d)\. ", GUIDE.read_text(encoding="utf-8")))
    cited = re.findall(r'article: "([\d, ]+)"', (OWN / "bicycle_list.yaml").read_text("utf-8"))
    assert {a for cite in cited for a in cite.split(", ")} == articles


def test_the_example_fits_the_schema_of_editors() -> None:
    from jsonschema import Draft202012Validator

    from xinyong.law.json_schema import schema_of
    from xinyong.yamlio import read_yaml

    def plain(value: object) -> object:
        return json.loads(json.dumps(value, default=dt.date.isoformat))

    for path, name in (("bicycle_list.yaml", "instrument"), ("authorities.yaml", "authorities")):
        text = (OWN / path).read_text(encoding="utf-8")
        (linked,) = re.findall(r"\A# yaml-language-server: \$schema=(\S+)", text)
        assert (OWN / linked).resolve().name == f"{name}.schema.json"
        assert (OWN / linked).is_file()
        errors = Draft202012Validator(schema_of(name)).iter_errors(
            plain(read_yaml(OWN / path).data)
        )
        assert [e.message for e in errors] == []
