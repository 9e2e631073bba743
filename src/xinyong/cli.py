"""The command line: thin doors to the catalogue, the calculator and the simulation.

Nothing heavy is imported before a command needs it. Errors are one line a problem on
standard error, each class with its own exit code; there is never a traceback.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from xinyong import cli_catalogue
from xinyong.cli_common import AsJson, OnDay, With, catalogue_of, day
from xinyong.errors import OutputError, UsageError, XinyongError

__all__ = ["app", "main"]

_INTERRUPTED = 130

Folder = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")]
Large = Annotated[bool, typer.Option("--large", help="Make the run again however large it is.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="A folder that does not exist yet.")
]

app = typer.Typer(
    help="China's social credit system as cited rules: read them, calculate a case, run them.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(cli_catalogue.app, name="catalogue")


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


# --- case -----------------------------------------------------------------------------


@app.command("case")
def case_command(
    file: Annotated[
        Path | None, typer.Argument(metavar="[CASE.yaml]", help="One hypothetical case.")
    ] = None,
    on: OnDay = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="State a case without a file: what the subject is.")
    ] = None,
    place: Annotated[str | None, typer.Option("--place", help="Where it lives or sits.")] = None,
    registered: Annotated[
        str | None, typer.Option("--registered", help="Where it is registered, if elsewhere.")
    ] = None,
    age: Annotated[str | None, typer.Option("--age", metavar="35-44")] = None,
    link: Annotated[
        list[str] | None,
        typer.Option(
            "--link",
            metavar="KIND,as=..._of|is=...",
            help="Another subject that the law ties to it; may be repeated.",
        ),
    ] = None,
    role: Annotated[list[str] | None, typer.Option("--role", help="May be repeated.")] = None,
    consent: Annotated[
        list[str] | None, typer.Option("--consent", help="A scheme it has joined; repeatable.")
    ] = None,
    private_score: Annotated[
        list[str] | None,
        typer.Option(
            "--private-score",
            metavar="SCHEME=N",
            help="Its score in a private scheme it has joined; repeatable.",
        ),
    ] = None,
    act: Annotated[
        list[str] | None,
        typer.Option(
            "--act",
            metavar="CONDUCT,from=DAY,...",
            help="What it did: until=DAY, amount=N, document=KIND:FORMED:SERVED, "
            "event=WORD:DAY:INSTRUMENT; a word alone is a circumstance. Repeatable.",
        ),
    ] = None,
    course: Annotated[
        str | None,
        typer.Option("--course", metavar="nominal|stated", help="Which steps are taken."),
    ] = None,
    amend: Annotated[
        list[str] | None,
        typer.Option(
            "--amend",
            metavar="PATH=VALUE@DAY",
            help="Calculate under a law with one value changed from a day on. Repeatable.",
        ),
    ] = None,
    reading: Annotated[
        list[str] | None,
        typer.Option(
            "--reading",
            metavar="INSTRUMENT.QUESTION=ALTERNATIVE",
            help="Take another reading of an ambiguous text. Repeatable.",
        ),
    ] = None,
    search: Annotated[
        int | None,
        typer.Option(
            "--search",
            metavar="N",
            min=0,
            max=2000,
            show_default="24",
            help="How many changed facts to try, beside one trial for each fact left out.",
        ),
    ] = None,
    brief: Annotated[
        bool, typer.Option("--brief", help="Findings only: no timeline, no ways out.")
    ] = False,
    layers: With = None,
    as_json: AsJson = False,
) -> None:
    """Calculate what follows from one hypothetical subject and its acts."""
    from xinyong import cli_case

    options = {
        "kind": kind,
        "place": place,
        "registered": registered,
        "age": age,
        "roles": role,
        "consents": consent,
        "private_scores": private_score,
        "course": course,
    }
    case = cli_case.stated(file, options, act or [], link or [])
    law = cli_case.law_of(layers, amend or [], reading or [])
    cli_case.case_command(case, law, day(on), as_json, brief, search)


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
        typer.Option(
            "--against", metavar="PROFILE", help="Limits to hold, such as cn_49; may be repeated."
        ),
    ] = None,
    ignore_dates: Annotated[
        bool, typer.Option("--ignore-dates", help="Hold limits of any day, later ones too.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Name every part, also what is clear.")
    ] = False,
    layers: With = None,
    as_json: AsJson = False,
) -> None:
    """Hold a rulebook against legal limits.

    Leaves with 0 if all is clear, 1 if there is a breach or a doubt, 7 if nothing could be tested.
    """
    from xinyong import cli_lint

    found = catalogue_of(layers)
    cli_lint.lint_command(what, day(on), against or [], ignore_dates, every, as_json, found)


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
    out: Out = None,
    keep: Annotated[str | None, typer.Option("--keep", metavar="all|entries|indicators")] = None,
    layers: With = None,
    amend: Annotated[
        list[str] | None,
        typer.Option("--amend", metavar="PATH=VALUE@DAY", help="Change a value of the law."),
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option("--assume", metavar="ID=NUMBER", help="Another number for an assumption."),
    ] = None,
    as_json: AsJson = False,
    plan: Annotated[bool, typer.Option("--plan", help="Say what it takes; run nothing.")] = False,
) -> None:
    """Run a scenario over the synthetic society and write its report."""
    from xinyong import cli_run

    gc.enable()
    if keep not in (None, "all", "entries", "indicators"):
        raise UsageError(f"--keep: {keep!r} is not one of all, entries, indicators")
    scenario = cli_run.scenario_of(file, scale, first, last, seed, keep, layers, amend, assume)
    if plan:
        cli_run.plan_command(scenario, as_json)
    else:
        cli_run.run_command(scenario, out, as_json)


@app.command("report")
def report_command(
    folder: Folder,
    language: Annotated[
        str, typer.Option("--language", metavar="en|zh", help="Of the report: English or Chinese.")
    ] = "en",
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Also as PDF; needs the extra: xinyong[pdf].")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the report of a finished run again."""
    from xinyong import cli_run

    gc.enable()
    cli_run.report_command(folder, language, pdf, as_json)


@app.command("indicators")
def indicators_command(
    folder: Folder,
    family: Annotated[
        str | None, typer.Option("--family", metavar="NAME", help="One family of indicators.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the indicators of a finished run: definitions, and values at its end."""
    from xinyong import cli_indicators

    gc.enable()
    cli_indicators.indicators_command(folder, family, as_json)


# --- study --------------------------------------------------------------------------------


@app.command("study")
def study_command(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="A question, or all; none: all are listed."),
    ] = None,
    scale: Annotated[str | None, typer.Option("--scale", metavar="1:N")] = None,
    replicates: Annotated[
        int | None, typer.Option("--replicates", metavar="R", help="How many seeds.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="Of the first replicate.")
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Answer a named question by arms that share their luck."""
    from xinyong import cli_study

    gc.enable()
    if name is None:
        cli_study.list_command(as_json)
    else:
        cli_study.study_command(name, scale, replicates, seed, out, as_json)


# --- looking into a run -------------------------------------------------------------------


@app.command("subject")
def subject_command(
    folder: Folder,
    who: Annotated[
        str | None, typer.Argument(metavar="[SYN-...]", help="A synthetic subject of the run.")
    ] = None,
    pick: Annotated[
        str | None,
        typer.Option(
            "--pick",
            metavar="WORD",
            help="Find one: wrongly-listed, longest, repaired, zombie, rewarded or many-agencies.",
        ),
    ] = None,
    large: Large = False,
    as_json: AsJson = False,
) -> None:
    """Show one synthetic subject in four columns: public, told, held by authorities, true."""
    from xinyong import cli_views

    gc.enable()
    cli_views.subject_command(folder, who, pick, large, as_json)


@app.command("verify")
def verify_command(
    folder: Folder,
    sample: Annotated[
        int,
        typer.Option(
            "--sample",
            metavar="N",
            min=1,
            max=100_000,
            help="How many files are determined again, uncompiled, at ends of months.",
        ),
    ] = 100,
    large: Large = False,
    as_json: AsJson = False,
) -> None:
    """Check what must hold of every run, a line a check. Leaves with 1 if a check fails."""
    from xinyong import cli_views

    gc.enable()
    failed = cli_views.verify_command(folder, sample, large, as_json)
    if failed:
        raise typer.Exit(failed)


# --- portal -------------------------------------------------------------------------------


@app.command("portal")
def portal_command(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[RUN ...]", help="Finished runs, or folders of them; results/ if none."
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="DIR", help="Folders that 'xinyong study' wrote."),
    ] = None,
    host: Annotated[
        str,
        typer.Option("--host", metavar="ADDRESS", help="Only this machine is served by 127.0.0.1."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535)] = 8000,
) -> None:
    """Serve the catalogue, cases, finished runs and studies as web pages, on this machine."""
    from xinyong import cli_portal

    gc.enable()
    cli_portal.portal_command(folders or [], answers, host, port)


# --- the way out --------------------------------------------------------------------------


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    Exit codes: 0 done, 1 unforeseen, 2 wrong use, 3 catalogue, 4 case, 5 scenario,
    6 results cannot be written or read, 130 interrupted.
    """
    # The base of every usage error; click's own, whether typer bundles it or not.
    wrong_use: Any = typer.BadParameter.__bases__[0]
    collecting, whole_process = gc.isenabled(), args is None
    gc.disable()  # most commands make what they print and leave; those about runs collect
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
    finally:
        if collecting:
            gc.enable()
    if whole_process:
        gc.freeze()  # the interpreter looks through all there is once more before it ends
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
