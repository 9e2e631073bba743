"""What the pages say is so: commands and snippets run, links lead somewhere, tables are made.

The tables between ``<!-- made: NAME -->`` and ``<!-- end -->``, and the picture, are written
by this file, from the catalogue and from a finished default run::

    python tests/test_docs.py results/default-1to100-seed20131001
"""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from xinyong.law import vocabulary as v
from xinyong.law.catalogue import load
from xinyong.results import Run
from xinyong.targets import Target, targets

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = sorted(
    p
    for p in (
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "benchmarks").glob("*.md"),
    )
)
PICTURE = "court_list"
MADE = re.compile(r"<!-- made: (\w+)[^>]*-->\n(.*?)<!-- end -->", re.DOTALL)

#: What a page says of a scale is made small here, as the README itself proposes.
SMALL = ("--scale", "1:100000")
#: Commands of the README that are tests themselves or take minutes, and why nothing is lost.
ELSEWHERE = {
    "make run": "it is 'xinyong run', which is run here at a small scale",
    "make test": "this is one of the tests it runs",
    "make portal": "it serves until stopped; pages are tested in tests/test_portal*.py",
    "make bench": "a measurement, not a test; its parts are imported below",
}


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"(?m)^```{language}\n(.*?)^```", text(path), re.DOTALL)


def commands(path: Path) -> list[str]:
    lines = [line for block in blocks(path, "sh") for line in block.splitlines()]
    return [c for line in lines if (c := line.partition(" #")[0].strip())]


# --- made tables --------------------------------------------------------------------


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def instruments_table() -> str:
    """Instruments with the days of their versions and how deep their sources are."""
    rows = ["| Instrument | In force from | Sources |", "|---|---|---|"]
    for it in load().instruments.values():
        depth = Counter(s.depth for s in it.sources.values())
        found = ", ".join(f"{n} {word}" for word, n in sorted(depth.items()))
        days = ", ".join(str(w.in_force.from_) for w in it.versions)
        label = it.short or it.name
        rows.append(f"| `{it.id}` {label.en} {label.zh} | {days} | {found} |")
    return "\n".join(rows) + "\n"


def use_of(target: Target) -> str:
    """What a target was used for, in the words of the README."""
    if target.use == "validate":
        return "looked at only"
    return "set by hand to it" if target.fitted else "may be used, was not"


def targets_table(run: Run) -> str:
    """Targets beside what a run gives for them."""
    rows = [
        "| Target | Day | Published | Model | Within tolerance | Use |",
        "|---|---|---:|---:|---|---|",
    ]
    for row in run.targets():
        t = row.target
        model = "–" if row.model is None else number(row.model)
        within = "–" if row.within is None else "yes" if row.within else "no"
        rows.append(
            f"| {t.id} {t.statement} ({t.unit}) | {t.date} | {number(t.value)} | {model} "
            f"| {within} | {use_of(t)} |"
        )
    fitted = [r for r in run.targets() if r.target.fitted]
    others = [r for r in run.targets() if r.target.use == "validate"]
    rows.append("")
    rows.append(
        f"Default run, digest `{run.manifest['digest'][:12]}`. Of {len(fitted)} targets set to, "
        f"{sum(bool(r.within) for r in fitted)} are met; of {len(others)} only looked at, "
        f"{sum(bool(r.within) for r in others)}."
    )
    return "\n".join(rows) + "\n"


def write(folder: Path) -> None:
    """Write the made tables and the picture anew from a finished default run."""
    from xinyong.report.charts import save_png
    from xinyong.results import open_run

    run = open_run(folder)
    scenario = run.manifest["scenario"]
    if (scenario["name"], scenario["scale"]) != ("default", 100):
        raise SystemExit(f"{folder}: the pages show the default run at 1:100")
    made = {"instruments": instruments_table(), "targets": targets_table(run)}
    for page in PAGES:
        new = MADE.sub(
            lambda m: (
                f"<!-- made: {m[1]} by tests/test_docs.py -->\n{made[m[1]]}<!-- end -->"
                if m[1] in made
                else m[0]  # tables of the linter: python -m xinyong.law.lint.table
            ),
            text(page),
        )
        if new != text(page):
            page.write_text(new, encoding="utf-8")
    save_png(run, PICTURE, ROOT / "docs" / "img" / f"{PICTURE}.png")


def made(page: Path) -> dict[str, str]:
    return dict(MADE.findall(text(page)))


def test_the_table_of_instruments_is_that_of_the_catalogue() -> None:
    assert made(README)["instruments"] == instruments_table()


def test_the_table_of_targets_shows_the_published_figures() -> None:
    """The model's column needs the default run; the rest must agree with the data file."""
    rows = [line.split(" | ") for line in made(README)["targets"].splitlines()[2:]]
    shown = [(r[1], r[2], r[5].rstrip(" |")) for r in rows if len(r) == 6]
    assert shown == [(str(t.date), number(t.value), use_of(t)) for t in targets()]


# --- commands and snippets --------------------------------------------------------------


def runnable() -> list[str]:
    found = [c for page in (README, ROOT / "docs" / "encoding-a-case.md") for c in commands(page)]
    return [c for c in dict.fromkeys(found) if c not in ELSEWHERE]


@pytest.mark.parametrize("command", runnable())
def test_every_command_of_the_pages_runs(
    command: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinyong import cli

    monkeypatch.chdir(ROOT)
    words = shlex.split(command)
    program, arguments = words[0], words[1:]
    assert program == ".venv/bin/xinyong", f"the pages call something else: {command}"
    if arguments[0] == "run" and "--plan" not in arguments:
        if "--scale" in arguments:
            at = arguments.index("--scale")
            del arguments[at : at + 2]
        arguments += [*SMALL, "--to", "2014-01", "--out", str(tmp_path / "run")]
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    ran = capfd.readouterr()
    fine = (0, 1, 7) if arguments[0] == "lint" else (0,)  # 1: findings, 7: nothing to test
    assert (left.value.code or 0) in fine, ran.err
    assert ran.out


def test_what_make_does_is_what_the_page_says() -> None:
    targets_of_make = re.findall(r"(?m)^(\w+):", text(ROOT / "Makefile"))
    named = re.findall(r"\bmake (\w+)", "\n".join(c for p in PAGES for c in commands(p)))
    assert named
    assert set(named) <= set(targets_of_make)


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.name)
def test_every_python_snippet_gives_what_it_shows(
    page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)  # runs write under results/ here
    source = "\n".join(blocks(page, "python"))
    test = doctest.DocTestParser().get_doctest(source, {}, page.name, str(page), 0)
    assert test.examples
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=told.append)
    assert runner.failures == 0, "".join(told)


def test_every_example_is_used_and_runs() -> None:
    """Scenarios are run at a small scale by their commands; cases are calculated here."""
    from xinyong.case import calculate, read_case
    from xinyong.engine.scenario import read_scenario

    shown = "\n".join(text(p) for p in PAGES)
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        assert f"examples/{path.name}" in shown
        if "subject:" in text(path):
            assert calculate(read_case(path)).determination.tried
        else:
            read_scenario(path)


def test_the_way_over_the_wage_example_is_as_told() -> None:
    from xinyong.case import calculate, read_case

    result = calculate(read_case(ROOT / "examples" / "wages.yaml"))
    (entry,) = result.entries
    assert entry.instrument == "wage_arrears_list"
    assert entry.expires is not None
    assert entry.expires.year == entry.start.year + 3
    behind = [f.entries for f in result.follows]
    assert behind
    assert {e.start for found in behind for e in found} == {entry.start}


# --- links, words, pictures -----------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_to_files(page: Path) -> None:
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if "://" in link or link.startswith("#"):
            continue
        if not (page.parent / link.partition("#")[0]).exists():
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_files_named_in_the_text_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:src|tests|docs|examples|benchmarks|requirements)/[\w./-]+)`", text(page)
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


def first_column(page: Path, heading: str) -> set[str]:
    section = re.split(r"(?m)^#+ ", text(page))
    (body,) = (s for s in section if s.startswith(f"{heading}\n"))
    rows = [line for line in body.splitlines() if line.startswith("|")][2:]
    return {word for row in rows for word in re.findall(r"`(\w+)`", row.split("|")[1])}


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Kinds of subjects", set(v.KINDS)),
        ("Events", set(v.EVENTS)),
        ("Quantities", set(v.QUANTITIES)),
        ("Roles", set(v.ROLES) - {"self"}),
    ],
)
def test_tables_of_words_hold_the_vocabulary_and_nothing_else(
    heading: str, words: set[str]
) -> None:
    assert first_column(ROOT / "docs" / "encoding-a-case.md", heading) == words


def test_tables_of_results_hold_the_columns_that_runs_write() -> None:
    """Columns are read from the sources of a small run made by another command's test."""
    from xinyong.engine.advance import FLOWS
    from xinyong.engine.leaf_run import ACTS
    from xinyong.institutions.measures import ASPECTS

    page = text(ROOT / "docs" / "results.md")
    missing = [w for w in (*FLOWS, *ACTS, *ASPECTS) if f"`{w}`" not in page]
    assert missing == []


def test_pictures_are_small_and_shown() -> None:
    pictures = sorted((ROOT / "docs" / "img").glob("*.png"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < 300_000
        assert picture.name in text(README)


def test_the_pages_claim_no_national_score_and_name_the_limits() -> None:
    page = " ".join(text(README).split())
    for sentence in (
        "no national score",
        "synthetic",
        "Propensity classes are assumptions",
        "Persons are static",
    ):
        assert sentence in page


def test_the_benchmarks_can_be_asked_for_help() -> None:
    script = ROOT / "benchmarks" / "run.py"
    done = subprocess.run([sys.executable, str(script), "--help"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--one-to-one" in done.stdout


if __name__ == "__main__":
    write(Path(sys.argv[1]))
