"""What the commands share: options, days, the catalogue asked for, and how things are printed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xinyong.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

    from xinyong.law.catalogue import Catalogue

__all__ = ["AsJson", "OnDay", "With", "catalogue_of", "day", "print_json", "print_lines"]

OnDay = Annotated[str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="The day asked for.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with a schema_version.")]
With = Annotated[
    list[Path] | None,
    typer.Option("--with", metavar="DIR", help="Lay a folder of your own instruments over these."),
]

#: How the styles of `xinyong.case.text` look on a terminal; elsewhere text stays plain.
_STYLES: dict[str, dict[str, Any]] = {
    "": {},
    "bold": {"bold": True},
    "dim": {"dim": True},
    "red": {"fg": "red"},
    "green": {"fg": "green"},
    "yellow": {"fg": "yellow"},
}

_FIRST, _LAST = "1949-10-01", "2100-01-01"


def day(text: str | None, what: str = "--on") -> dt.date | None:
    """Read the day of an option.

    Raises:
        UsageError: it is not a calendar date between 1949 and 2100.
    """
    from xinyong.dates import parse_date

    if text is None:
        return None
    found = parse_date(text, what)
    if not _FIRST <= found.isoformat() <= _LAST:
        raise UsageError(f"{what}: {found} lies outside {_FIRST} to {_LAST}")
    return found


def catalogue_of(layers: list[Path] | None) -> Catalogue:
    """Return the built-in catalogue with the folders of ``--with`` laid over it."""
    from xinyong.law.catalogue import load

    return load(layers=tuple(layers)) if layers else load()


def print_json(data: Any) -> None:
    """Print plain data as JSON, Chinese readable."""
    import json

    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


def print_lines(lines: Iterable[tuple[str, str]]) -> None:
    """Print styled lines."""
    for style, text in lines:
        typer.secho(text, **_STYLES[style])
