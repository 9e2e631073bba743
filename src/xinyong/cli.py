"""The command line: thin doors to the catalogue, the calculator and the simulation.

Nothing heavy is imported before a command needs it. Errors are one line a problem on
standard error, each class with its own exit code; there is never a traceback.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xinyong.errors import OutputError, UsageError, XinyongError

if TYPE_CHECKING:
    import datetime as dt

    from xinyong.law import schema

__all__ = ["app", "main"]

_INTERRUPTED = 130

app = typer.Typer(
    help="China's social credit system as cited rules: read them, calculate a case, run them.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
catalogue = typer.Typer(help="What the instruments say.")
app.add_typer(catalogue, name="catalogue")

OnDay = Annotated[str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="The day asked for.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with a schema_version.")]


def _version(wanted: bool) -> None:
    if wanted:
        from xinyong import __version__

        typer.echo(f"xinyong {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


def _day(text: str | None) -> dt.date | None:
    from xinyong.dates import parse_date

    return None if text is None else parse_date(text, "--on")


def _print_json(data: Any) -> None:
    import json

    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


# --- case -----------------------------------------------------------------------------

#: How the styles of `xinyong.case.text` look on a terminal; elsewhere text stays plain.
_STYLES: dict[str, dict[str, Any]] = {
    "": {},
    "bold": {"bold": True},
    "dim": {"dim": True},
    "red": {"fg": "red"},
    "yellow": {"fg": "yellow"},
}


@app.command("case")
def case_command(
    file: Annotated[Path, typer.Argument(metavar="CASE.yaml", help="One hypothetical case.")],
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Calculate what follows from one hypothetical subject and its acts."""
    from xinyong.case import calculate, read_case

    result = calculate(read_case(file), on=_day(on))
    if as_json:
        from xinyong.case.export import as_dict

        _print_json(as_dict(result))
        return
    from xinyong.case.text import lines

    for style, text in lines(result):
        typer.secho(text, **_STYLES[style])


# --- catalogue ---------------------------------------------------------------------------


@catalogue.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List the instruments with their versions."""
    from xinyong.law.catalogue import load

    found = load()
    rows: list[dict[str, Any]] = [
        {
            "id": it.id,
            "kind": it.kind,
            "polarity": it.polarity,
            "level": it.level,
            "place": it.reach.place,
            "en": it.name.en,
            "zh": it.name.zh,
            "versions": [_span(w) for w in it.versions],
        }
        for it in found.instruments.values()
    ]
    if as_json:
        _print_json({"schema_version": 1, "catalogue": found.digest, "instruments": rows})
        return
    for row in rows:
        typer.echo(f"{row['id']}  {row['en']} ({row['zh']})")
        spans = ", ".join(
            f"{s['id']} {s['from']} to {s['until'] or 'open'}" for s in row["versions"]
        )
        typer.echo(f"    {row['kind']}, {row['polarity']}, {row['level']}, {row['place']}: {spans}")


def _span(version: schema.Version) -> dict[str, Any]:
    until = version.in_force.until
    return {
        "id": version.id,
        "from": version.in_force.from_.isoformat(),
        "until": until.isoformat() if until else None,
    }


@catalogue.command("show")
def show_command(
    instrument: Annotated[str, typer.Argument(metavar="ID", help="An id of 'catalogue list'.")],
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Show an instrument: the version in force on a day (every version without --on)."""
    from xinyong.law.catalogue import load

    found = load()
    it = found.instrument(instrument)
    day = _day(on)
    versions = list(it.versions)
    if day is not None:
        chosen = found.version(it.id, day)
        if chosen is None:
            spans = ", ".join(
                f"{w.in_force.from_} to {w.in_force.until or 'open'}" for w in versions
            )
            raise UsageError(f"{it.id!r} was not in force on {day}; its versions: {spans}")
        versions = [chosen]
    if as_json:
        data = it.model_dump(mode="json", by_alias=True, exclude_none=True)
        keep = {w.id for w in versions}
        data["versions"] = [w for w in data["versions"] if w["id"] in keep]
        _print_json({"schema_version": 1, "catalogue": found.digest, "instrument": data})
        return
    typer.echo(f"{it.name.en}\n{it.name.zh}")
    typer.echo(f"{it.kind}, {it.polarity}, {it.level}, {it.rank}; reaches {it.reach.place}")
    for sid, source in it.sources.items():
        number = f", {source.number}" if source.number else ""
        title = f"{source.title.en} ({source.title.zh}){number}"
        typer.echo(f"source {sid}: {title}, {source.date} [{source.depth}]")
    for version in versions:
        _show_version(it, version, len(found.items.get(it.id, ())))
    for note in it.interpretations:
        typer.echo(f"reading {note.id}: {note.question} Taken: {note.default}")
    for text in it.unmodelled:
        typer.echo(f"not modelled: {text}")


def _show_version(it: schema.Instrument, version: schema.Version, items: int) -> None:
    typer.echo("")
    typer.echo(
        f"version {version.id}, {version.in_force.from_} to {version.in_force.until or 'open'}"
    )
    for p in version.provisions:
        typer.echo(f"  provision {p.id}: {p.title} — {_cited(it, p.cite)}")
    for s in version.steps:
        typer.echo(f"  step {s.id}: {s.title} — {_cited(it, s.cite)}")
    if version.scheme:
        grades = ", ".join(str(g.id) for g in version.scheme.grades) or "not known"
        base = "none" if version.scheme.base is None else version.scheme.base
        cited = _cited(it, version.scheme.cite)
        typer.echo(f"  scheme: base {base}, grades {grades}, {items} items — {cited}")
        if version.scheme.partial:
            typer.echo(f"  partial: {version.scheme.partial}")
    for row in version.measures:
        by = ", ".join(row.by)
        typer.echo(f"  measure {row.measure} by {by} — {_cited(it, row.cite)}")


def _cited(it: schema.Instrument, cite: schema.Cite) -> str:
    if cite.source is None:
        return f"assumption: {cite.assumption}"
    return f"{cite.source}, Art. {cite.article} [{it.sources[cite.source].depth}]"


# --- lint -----------------------------------------------------------------------------


@app.command("lint")
def lint_command(
    what: Annotated[
        str,
        typer.Argument(metavar="FILE|DIR|ID", help="A rulebook, a folder of them, an id, or all."),
    ],
    on: OnDay = None,
    against: Annotated[
        list[str] | None,
        typer.Option("--against", metavar="PROFILE", help="Limits to hold; may be repeated."),
    ] = None,
    ignore_dates: Annotated[
        bool, typer.Option("--ignore-dates", help="Hold limits that came later, too.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Name every part, also what is clear.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Hold a rulebook against legal limits; leaves with 1 if there is a breach or a doubt."""
    from xinyong import cli_lint

    cli_lint.lint_command(what, _day(on), against or [], ignore_dates, every, as_json)


# --- run and report -----------------------------------------------------------------------


@app.command("run")
def run_command(
    file: Annotated[
        Path | None, typer.Argument(metavar="[SCENARIO.yaml]", help="A scenario; default if none.")
    ] = None,
    scale: Annotated[
        str | None, typer.Option("--scale", metavar="1:N", help="1:1 is China one to one.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="YYYY-MM")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM")] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="A folder that does not exist yet.")
    ] = None,
    keep: Annotated[str | None, typer.Option("--keep", metavar="all|entries|indicators")] = None,
    as_json: AsJson = False,
    plan: Annotated[bool, typer.Option("--plan", help="Say what it takes; run nothing.")] = False,
) -> None:
    """Run a scenario over the synthetic society and write its report."""
    from xinyong import cli_run

    if keep not in (None, "all", "entries", "indicators"):
        raise UsageError(f"--keep: {keep!r} is not one of all, entries, indicators")
    scenario = cli_run.scenario_of(file, scale, first, last, seed, keep)
    if plan:
        cli_run.plan_command(scenario, as_json)
    else:
        cli_run.run_command(scenario, out, as_json)


@app.command("report")
def report_command(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")],
    as_json: AsJson = False,
) -> None:
    """Write the report of a finished run again."""
    from xinyong import cli_run

    cli_run.report_command(folder, as_json)


# --- the way out --------------------------------------------------------------------------


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    Exit codes: 0 done, 1 unforeseen, 2 wrong use, 3 catalogue, 4 case, 5 scenario,
    6 results cannot be written or read, 130 interrupted.
    """
    # The base of every usage error; click's own, whether typer bundles it or not.
    wrong_use: Any = typer.BadParameter.__bases__[0]
    try:
        args = (sys.argv[1:] if args is None else args) or ["--help"]
        code = app(args=args, prog_name="xinyong", standalone_mode=False) or 0
        sys.stdout.flush()
    except XinyongError as error:
        code = _failed(error)
    except wrong_use as error:
        code = _failed(UsageError(f"{error.format_message().rstrip('.')}; see 'xinyong --help'"))
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except BrokenPipeError:
        _silence()
        code = 1
    except OSError as error:
        _silence()
        where = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or "input or output failed"
        code = _failed(OutputError(f"{where}{reason}; check the path and the space left"))
    if code == _INTERRUPTED:
        print("xinyong: interrupted; nothing was written", file=sys.stderr)
    sys.exit(code)


def _failed(error: XinyongError) -> int:
    for line in str(error).splitlines() or [type(error).__name__]:
        print(f"xinyong: {line}", file=sys.stderr)
    return error.exit_code


def _silence() -> None:
    """Give up standard output, so that the interpreter does not fail on it again."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
