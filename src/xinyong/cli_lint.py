"""The command ``xinyong lint``: rulebooks held against legal limits."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from typing import TYPE_CHECKING

import typer

from xinyong.cli_common import print_json, print_lines
from xinyong.errors import UsageError

if TYPE_CHECKING:
    from xinyong.law.catalogue import Catalogue

__all__ = ["NOTHING_TESTED", "lint_command"]

#: Exit code where no limit asked for speaks about anything in the rulebook.
NOTHING_TESTED = 7
#: Columns of the text where the terminal is wider or there is none.
_WIDEST = 100


def lint_command(
    what: str,
    on: dt.date | None,
    against: list[str],
    ignore_dates: bool,
    every: bool,
    as_json: bool,
    catalogue: Catalogue,
) -> None:
    """Print what the limits say of a rulebook.

    Leaves with 0 where all is clear, 1 where there is a breach or a doubt, and
    `NOTHING_TESTED` where nothing was tested.
    """
    from xinyong.law.lint import chosen, lint, load_profiles, read_rulebooks
    from xinyong.law.lint.text import as_dict, lines, wrapped

    names = [name.strip() for given in against for name in given.split(",") if name.strip()]
    if against and not names:
        raise UsageError(f"--against: no profile given; there are {', '.join(load_profiles())}")
    profiles = chosen(names) if names else None
    report = lint(read_rulebooks(what, catalogue), on, profiles, ignore_dates)
    if as_json:
        print_json(as_dict(report, every))
    else:
        print_lines(wrapped(lines(report, every), _width()))
    if not report.tested:
        raise typer.Exit(NOTHING_TESTED)
    if not report.clear:
        raise typer.Exit(1)


def _width() -> int:
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDEST
    return min(max(columns, 40), _WIDEST)
