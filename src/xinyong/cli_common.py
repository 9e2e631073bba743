"""What the commands share: options, days, the catalogue asked for, and how things are printed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from unicodedata import east_asian_width

import typer

from xinyong.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

    from xinyong.law.catalogue import Catalogue

__all__ = [
    "AsJson",
    "OnDay",
    "With",
    "catalogue_of",
    "day",
    "print_json",
    "print_lines",
    "wrap",
]

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


def print_lines(lines: Iterable[tuple[str, str]], wrapped: bool = False) -> None:
    """Print styled lines; `wrapped` ones go on under themselves where the screen ends."""
    import shutil

    screen = shutil.get_terminal_size((0, 0)).columns  # 0 in a pipe or file
    width = max(screen, _NARROWEST) if screen else _COLUMNS
    for style, text in lines:
        for part in wrap(text, width, bool(screen)) if wrapped else (text,):
            typer.secho(part, **_STYLES[style])


#: Where no screen says how wide it is (in a pipe or file), and the least of any.
_COLUMNS, _NARROWEST = 100, 40


def wrap(text: str, width: int, split: bool = True) -> list[str]:
    """Break a line into lines of at most `width` columns; those that follow stand further in.

    A Chinese character takes two columns. Words stay whole, and so do Chinese names, unless
    they are longer than a line and may be `split`.

    Example:
        >>> wrap("    in force from 2013-10-01 by the court", 26)
        ['    in force from', '        2013-10-01 by the', '        court']
        >>> wrap("a list (失信被执行人名单)", 20)
        ['a list', '    (失信被执行人名', '    单)']
    """
    rest = text.lstrip(" ")
    indent = text[: len(text) - len(rest)]
    label = re.match(r"\S{1,10}  +", rest)  # a day or a short name, with the text beside it
    after = indent + " " * (len(label[0]) if label else 4)
    lines, line = [], indent
    for word in re.findall(r"\S+ *", rest):
        bare = word.rstrip(" ")
        if _columns(line) + _columns(bare) > width and line.strip():
            lines.append(line.rstrip(" "))
            line = after
        while split and _columns(line) + _columns(bare) > width and not bare.isascii():
            end = next(n for n in range(len(word)) if _columns(line + word[: n + 1]) > width)
            lines.append(line + word[:end])
            line, word = after, word[end:]
            bare = word.rstrip(" ")
        line += word
    return [*lines, line.rstrip(" ")]


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
