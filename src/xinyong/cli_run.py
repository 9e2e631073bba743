"""The commands that run scenarios and show their results; see `xinyong.cli`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinyong.errors import OutputError, Problem, ScenarioError, UsageError
from xinyong.language import LANGUAGES

if TYPE_CHECKING:
    from xinyong.engine.scenario import Scenario
    from xinyong.results import Run

__all__ = ["plan_command", "report_command", "run_command", "scenario_of"]


def _scale(text: str) -> int:
    """Read ``1:N``."""
    head, _, tail = text.partition(":")
    if head == "1" and tail.isascii() and tail.isdigit() and 1 <= int(tail) <= 1_000_000:
        return int(tail)
    raise UsageError(f"--scale: {text!r} is not a scale; write 1:N with N from 1 to 1000000")


def _assumed(text: str) -> tuple[str, float]:
    """Read ``ID=NUMBER``."""
    name, _, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError:
        raise UsageError(f"--assume {text[:80]}: write ID=NUMBER") from None


def scenario_of(
    file: Path | None,
    scale: str | None,
    first: str | None,
    last: str | None,
    seed: int | None,
    keep: str | None,
    layers: list[Path] | None = None,
    amend: list[str] | None = None,
    assume: list[str] | None = None,
) -> Scenario:
    """Return the scenario of a file, changed by the options that were given.

    Layers, amendments and assumptions come after those of the file.

    Raises:
        UsageError: an option is not of its form.
        ScenarioError: the file or the whole is not a scenario.
    """
    from pydantic import ValidationError

    from xinyong.dates import parse_month
    from xinyong.engine.scenario import Scenario, read_scenario

    given = read_scenario(file) if file is not None else Scenario()
    changes: dict[str, Any] = {}
    if scale is not None:
        changes["scale"] = _scale(scale)
    if first is not None:
        parse_month(first, "--from")
        changes["from"] = first
    if last is not None:
        parse_month(last, "--to")
        changes["to"] = last
    if seed is not None:
        changes["seed"] = seed
    if keep is not None:
        changes["keep"] = keep
    elif changes.get("scale", given.scale) < 10 and (file is None or given.keep == "entries"):
        changes["keep"] = "indicators"  # near one to one: counts and a fixed sample
    changes["with"] = (*given.with_, *(str(folder) for folder in layers or ()))
    changes["amend"] = (*given.amend, *(amend or ()))
    changes["assume"] = given.assume | dict(_assumed(text) for text in assume or ())
    data = given.model_dump(by_alias=True) | changes
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        where = str(file) if file is not None else "options"
        raise ScenarioError(
            [
                Problem(
                    where,
                    0,
                    ".".join(str(x) for x in e["loc"]),
                    e["msg"].removeprefix("Value error, "),
                )
                for e in error.errors()
            ]
        ) from None


def plan_command(scenario: Scenario, as_json: bool) -> None:
    """Print what a scenario would take; run nothing."""
    from dataclasses import asdict

    from xinyong.engine.run import plan

    found = plan(scenario)
    if as_json:
        print(json.dumps({"schema_version": 1, **asdict(found)}, indent=2))
        return
    print(f"subjects  {found.subjects:>15,} at 1:{scenario.scale:,}")
    print(f"months    {found.months:>15,} ({scenario.from_} to {scenario.until})")
    print(f"files     {found.files:>15,} about")
    print(f"memory    {found.memory_mb:>12,} MB about")
    print(f"time      {found.seconds:>13,} s about, on two cores, once compiled")


def run_command(scenario: Scenario, out: Path | None, as_json: bool) -> None:
    """Run a scenario, write the report, and say where it is.

    Raises:
        OutputError: the folder exists already: said before anything is loaded.
    """
    if out is not None and out.exists():
        raise OutputError(f"{out}: exists already; name another folder with --out, or remove it")
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from xinyong.engine.run import run
    from xinyong.report import renderer
    from xinyong.report.html import write_report

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("months"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with renderer.apart():
        with Progress(
            *columns, console=console, disable=as_json and not console.is_terminal
        ) as bar:
            task = bar.add_task("preparing (the first run compiles)", total=scenario.months)

            def step(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total, description=f"1:{scenario.scale}")

            result = run(scenario, out, step)
        try:
            report = write_report(result)
        except KeyboardInterrupt:
            message = (
                f"xinyong: interrupted; the run is whole, write 'xinyong report {result.path}'"
            )
            print(message, file=sys.stderr)
            sys.exit(130)
    if as_json:
        print(json.dumps(_summary(result) | {"report": str(report)}, ensure_ascii=False, indent=2))
        return
    _print_summary(result)
    print(f"results  {result.path}")
    print(f"report   {report}")


def report_command(folder: Path, language: str, pdf: bool, as_json: bool) -> None:
    """Write the report of a finished run again, and say where it is.

    The run is named by its folder, or by the manifest in it.

    Raises:
        UsageError: the language is none that a report is written in.
    """
    if language not in LANGUAGES:
        raise UsageError(f"--language: {language[:20]!r} is not one of {', '.join(LANGUAGES)}")
    from xinyong.report import renderer
    from xinyong.report.html import write_pdf, write_report
    from xinyong.results import open_run

    result = open_run(folder.parent if folder.name == "manifest.json" else folder)
    with renderer.apart():
        written = {"report": str(write_report(result, language))}
        if pdf:
            written["pdf"] = str(write_pdf(result, language))
    if as_json:
        print(json.dumps(_summary(result) | written, ensure_ascii=False, indent=2))
        return
    _print_summary(result)
    for name, path in written.items():
        print(f"{name:<8} {path}")


def _lists(result: Run) -> dict[str, int]:
    """Return the lists that the run has, with the entries made on each, most first."""
    simulated = (
        x["id"] for x in result.manifest["instruments"] if x["simulated"] and x["kind"] == "list"
    )
    made = {name: sum(result.series("entered", name)[1]) for name in simulated}
    return dict(sorted(made.items(), key=lambda x: (-x[1], x[0])))


def _summary(result: Run) -> dict[str, Any]:
    """Return the short summary as data: counts at 1:N, by list, with the digest."""
    lists = {}
    for name, entered in _lists(result).items():
        mistaken = sum(result.series("entered_mistaken", name)[1])
        stock = result.series("stock", name)[1]
        lists[name] = {
            "entered": entered,
            "mistaken": mistaken,
            "alive_at_end": stock[-1] if stock else 0,
        }
    manifest = result.manifest
    return {
        "schema_version": 1,
        "synthetic": manifest["synthetic"],
        "digest": manifest["digest"],
        "results": str(result.path),
        "scenario": manifest["scenario"],
        "seconds": manifest["seconds"],
        "peak_memory_mb": manifest["peak_memory_mb"],
        "lists": lists,
        "targets": [
            {
                "id": row.target.id,
                "date": row.target.date.isoformat(),
                "use": row.target.use,
                "value": row.target.value,
                "model": row.model,
                "within_tolerance": row.within,
            }
            for row in result.targets()
        ],
    }


#: How pydantic begins the message of a rule of ours.
_BY_RULE = "Value error, "
_COUNTED = ("entered", "mistaken", "alive_at_end")


def _figure(value: int, scale: int = 1) -> str:
    """Return a count for the table, marked where it rests on too few."""
    from xinyong.report.data import STABLE

    return f"{value * scale:,}{'*' if 0 < value < STABLE else ''}"


def _print_summary(result: Run) -> None:
    from rich.console import Console
    from rich.table import Table

    from xinyong.report.data import STABLE

    found = _summary(result)
    names = result.manifest["names"]
    scale = result.scale
    table = Table(title=f"Synthetic society at 1:{scale:,}, digest {found['digest'][:12]}")
    table.add_column("list")
    for heading in ("entries", "mistaken", "alive at the end", "alive, one to one"):
        table.add_column(heading, justify="right")
    idle = [name for name, row in found["lists"].items() if not row["entered"]]
    for name, row in found["lists"].items():
        if name in idle:
            continue
        label = names.get(name, {"en": name, "zh": ""})
        table.add_row(
            f"{label['en']} {label['zh']}",
            _figure(row["entered"]),
            _figure(row["mistaken"]),
            _figure(row["alive_at_end"]),
            _figure(row["alive_at_end"], scale),
        )
    Console().print(table)
    if idle:
        Console().print(f"no entry in this run on {len(idle)} more: {', '.join(idle)}")
    if any(0 < row[k] < STABLE for row in found["lists"].values() for k in _COUNTED):
        Console().print(f"* rests on fewer than {STABLE} synthetic entries: unstable")
