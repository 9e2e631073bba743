"""What the linter tells: the tables of its page, the text, the data, the exit code."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from reference.linting import (
    HERE,
    LIMITS,
    ROOT,
    book,
    invented,
)
from xinyong.law.lint import (
    Report,
    chosen,
    lint,
    read_rulebooks,
    table,
)
from xinyong.law.lint.rulebook import Words
from xinyong.law.lint.text import as_dict, lines, shown


@pytest.fixture(scope="module")
def words() -> Words:
    return invented()


@pytest.fixture(scope="module")
def wendeng() -> Report:
    day = dt.date(2021, 6, 1)
    return lint(read_rulebooks("wendeng_2020"), on=day, against=chosen(["cn_49"]))


# --- tables of the page -------------------------------------------------------------------------


def test_the_tables_of_the_page_are_those_of_the_catalogue() -> None:
    """Where this fails: python -m xinyong.law.lint.table docs/lint.md."""
    page = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    shown_there = dict(re.findall(r"<!-- made: (\w+)[^>]*-->\n(.*?)<!-- end -->", page, re.DOTALL))
    assert shown_there == table.made()


def test_tables_are_written_between_their_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "a\n<!-- made: limits by x -->\nformer rows\n<!-- end -->\nb\n", encoding="utf-8"
    )
    table.write(page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("a\n<!-- made: limits by x -->\n| Limit |")
    assert text.endswith("|\n<!-- end -->\nb\n")
    assert "former rows" not in text


def test_the_table_of_limits_names_every_limit_once() -> None:
    rows = table.limits().splitlines()[2:]
    assert [re.search(r"`(\w+)\.(\w+)`", row).groups() for row in rows] == LIMITS  # type: ignore[union-attr]
    assert all(row.count("|") == 6 for row in rows)


def test_a_row_of_the_table_of_instruments_counts_what_the_linter_finds() -> None:
    (row,) = table.by_instrument(read_rulebooks("wendeng_2020")).splitlines()[2:]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    profiles = ["cn_2019", "cn_49", "cn_lists", "craft", "pipl"]
    last = lint(read_rulebooks("wendeng_2020"), on=table.LAST)
    first = lint(read_rulebooks("wendeng_2020"))
    for name, cell in zip(profiles, cells[2:], strict=True):

        def counted(report: Report, profile: str = name) -> str:
            both = [[f for f in report.of(r) if f.profile == profile] for r in ("breach", "doubt")]
            return f"{len(both[0])}/{len(both[1])}"

        before, after = counted(first), counted(last)
        if name in ("cn_49", "cn_lists", "pipl"):
            assert cell == f"– → {after}"
        else:
            assert cell == after == before


# --- telling --------------------------------------------------------------------------------------


def test_values_as_people_read_them() -> None:
    assert shown(None) == "not known"
    assert shown(True) == "yes"
    assert shown(False) == "no"
    assert shown(frozenset()) == "none"
    assert shown(frozenset("ba")) == "a, b"
    assert shown("x") == "x"


def test_the_text_is_grouped_and_names_what_was_not_held(wendeng: Report) -> None:
    told = [text for _, text in lines(wendeng)]
    assert told[0] == "wendeng_2020, version v2020, under the law of 2021-06-01"
    assert any(t.startswith("  BREACH cn_49.effective_document") for t in told)
    assert any("more; --all names them" in t for t in told)
    assert any("the rulebook is older than the limit" in t for t in told)
    counts = {r: len(wendeng.of(r)) for r in ("breach", "doubt", "clear")}
    assert told[-1] == "{breach} breaches, {doubt} doubts, {clear} clear".format(**counts)
    every = [text for _, text in lines(wendeng, every=True)]
    assert sum(t.startswith("    - ") for t in every) == len(wendeng.findings)
    assert not any("--all" in t for t in every)
    early = lint(read_rulebooks("wendeng_2020"), against=chosen(["cn_49"]))
    text = "\n".join(t for _, t in lines(early))
    assert "nothing tested: none of the 14 limits asked for was in force on 2020-01-01" in text
    assert "14 limits of cn_49 (from 2020-12-07), which would find 3" in text
    assert text.endswith("nothing could be tested, so that nothing is clear either")


VILLAGE = "examples/lint/village_points"


@pytest.mark.parametrize(
    ("file", "arguments"),
    [
        ("village_points.txt", ["--against", "cn_49,craft,gdpr_22", "--all"]),
        ("village_points.json", ["--against", "cn_49,cn_lists,gdpr_22", "--json"]),
    ],
)
def test_the_whole_output_for_a_village(
    file: str,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Written by ``xinyong lint examples/lint/village_points`` with these options."""
    from xinyong import cli

    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit):
        cli.main(["lint", VILLAGE, *arguments])
    assert capsys.readouterr().out == (HERE / file).read_text(encoding="utf-8")


def test_long_lists_are_cut_and_what_is_not_in_force_is_named() -> None:
    report = lint(read_rulebooks("all"), on=dt.date(2013, 10, 5), against=chosen(["craft"]))
    told = list(lines(report))
    assert ("dim", "wendeng_2020: not in force on that day") in told
    assert told[-1][0] == "bold"
    assert {style for style, _ in told} <= {"", "bold", "dim", "red", "yellow"}
    assert as_dict(report)["not_in_force"] == list(report.silent)
    cut = lint(read_rulebooks("wendeng_2020"), against=chosen(["craft"]))
    group = [f for f in cut.of("breach") if f.limit == "document"]
    text = [line for _, line in lines(cut)]
    assert f"    ... and {len(group) - 6} more; --all names them" in text
    at = next(i for i, t in enumerate(text) if t.startswith("  BREACH craft.document"))
    assert sum(t.startswith("    - ") for t in text[at : at + 16]) == 6


def test_a_clear_rulebook_says_so(words: Words) -> None:
    report = lint([book(words, "scheme")], on=dt.date(2021, 1, 1), against=chosen(["cn_49"]))
    assert report.clear
    told = [text for _, text in lines(report)]
    assert any("no breach and no doubt; it rests on " in t for t in told)


def test_the_data_of_a_report_is_plain(wendeng: Report) -> None:
    data = json.loads(json.dumps(as_dict(wendeng)))
    assert data["schema_version"] == 1
    assert data["counts"]["breach"] == len(wendeng.of("breach"))
    assert len(data["findings"]) == data["counts"]["breach"] + data["counts"]["doubt"]
    first = data["findings"][0]
    assert first["since"] == "2020-12-07"
    assert first["elements"][0]["values"]
    every = as_dict(wendeng, every=True)
    assert len(every["findings"]) == len(wendeng.findings)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["wendeng_2020", "--against", "cn_49", "--on", "2021-06-01"], 1),
        (["wendeng_2020", "--against", "cn_49"], 7),
        (["wendeng_2020", "--against", "cn_49", "--ignore-dates", "--json"], 1),
        (["wendeng_2020", "--against", "cn_49,pipl", "--on", "2020-06-01"], 7),
        (["wendeng_2020", "--against", ","], 2),
        (["cn_49"], 2),
        (["examples/court.yaml"], 3),
        (["README.md"], 2),
        (["shenzhen_2023"], 0),
        (["shenzhen_2023", "--json"], 0),
        (["wendeng_2020", "--against", "cn_48"], 2),
        (["wendeng_2020", "--on", "2019-06-01"], 2),
        (["examples/lint/welfare_city"], 1),
        (["mou_tax_a_2016"], 7),
    ],
)
def test_the_exit_code_says_what_was_found(
    arguments: list[str],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from xinyong import cli

    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as left:
        cli.main(["lint", *arguments])
    assert (left.value.code or 0) == code
    out = capsys.readouterr()
    assert bool(out.out) == (code not in (2, 3))
    if code in (2, 3):
        assert out.err.count("\n") == 1
    if "--json" in arguments:
        found = json.loads(out.out)
        assert bool(found["counts"]["breach"]) == (code == 1)
        assert found["result"] == {0: "clear", 1: "breach"}[code]
