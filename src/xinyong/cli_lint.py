"""The command ``xinyong lint``: rulebooks held against legal limits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import typer

from xinyong.cli_common import print_json, print_lines

if TYPE_CHECKING:
    from xinyong.law.catalogue import Catalogue

__all__ = ["lint_command"]


def lint_command(
    what: str,
    on: dt.date | None,
    against: list[str],
    ignore_dates: bool,
    every: bool,
    as_json: bool,
    catalogue: Catalogue,
) -> None:
    """Print what the limits say of a rulebook, and leave with 1 if there is a finding."""
    from xinyong.law.lint import chosen, lint, read_rulebooks
    from xinyong.law.lint.text import as_dict, lines

    names = [name.strip() for given in against for name in given.split(",") if name.strip()]
    profiles = chosen(names) if names else None
    report = lint(read_rulebooks(what, catalogue), on, profiles, ignore_dates)
    if as_json:
        print_json(as_dict(report, every))
    else:
        print_lines(lines(report, every))
    if not report.clear:
        raise typer.Exit(1)
