"""The data of one file with the line of every field, and how messages speak of it.

Light to import: neither the parser nor pydantic is needed to say where a mistake is.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xinyong.errors import Problem
from xinyong.language import Sentence

__all__ = [
    "FORBIDDEN",
    "MAX_BYTES",
    "Document",
    "Loc",
    "dotted",
    "forbidden",
    "limited",
    "masked",
    "nearest",
    "quoted",
    "shown",
]

MAX_BYTES = 2_000_000
_MAX_PROBLEMS = 50

# Control characters except tab and line feed (a carriage return before a line feed
# is dropped beforehand), line separators, direction marks, byte order marks inside
# the text, surrogates and non-characters: none is needed, all can deceive a reader.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)

Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    r"""The plain data of one YAML file, and where each field stands in it.

    Attributes:
        data: nested ``dict``, ``list``, ``str``, ``int``, ``float``, ``bool``, ``None``
            and ``datetime.date``; the top level is a mapping.
        path: the file as the user named it.

    Example:
        >>> from xinyong.yamlio import parse_yaml
        >>> doc = parse_yaml("id: x\nsteps:\n  - by: court\n", "a.yaml")
        >>> doc.data
        {'id': 'x', 'steps': [{'by': 'court'}]}
        >>> doc.line(("steps", 0, "by")), doc.line(("steps", 7))
        (3, 2)

    """

    data: dict[str, Any]
    path: Path
    _lines: dict[Loc, int] = field(repr=False, compare=False)

    def line(self, loc: Loc) -> int:
        """Return the 1-based line of a field, or of its nearest existing ancestor."""
        for end in range(len(loc), -1, -1):
            if (line := self._lines.get(tuple(loc[:end]))) is not None:
                return line
        return 1

    def problem(self, loc: Loc, message: str, suggestion: str = "") -> Problem:
        """Return a problem of the field at ``loc``, with its file and line."""
        return Problem(str(self.path), self.line(loc), dotted(loc), message, suggestion)


def dotted(loc: Sequence[str | int]) -> str:
    """Return the path of a field as people write it.

    Example:
        >>> dotted(("versions", 0, "provisions", 2, "effect"))
        'versions[0].provisions[2].effect'

    """
    out = ""
    for part in loc:
        if isinstance(part, int):
            out += f"[{part}]"
        elif re.fullmatch(r"[\w-]+", part):
            short = part if len(part) <= 60 else f"{part[:57]}..."
            out += ("." if out else "") + masked(short)
        else:
            out += f"[{quoted(part)}]"
    return out


def nearest(word: str, options: Iterable[str], cutoff: float = 0.6, parts: bool = False) -> str:
    """Return ``did you mean 'x'?`` for the option nearest to a word, or an empty string.

    Example:
        >>> nearest("efect", ["effect", "trigger"])
        "did you mean 'effect'?"
        >>> nearest("gpdr", ["craft", "gdpr_22"], parts=True)  # by one word of several
        "did you mean 'gdpr_22'?"
        >>> nearest("zzz", ["effect", "trigger"])
        ''

    """
    names = {option.lower(): option for option in options}
    # difflib is quadratic in the word, which the file chooses: names are short.
    sought = word[:80].lower()
    near = difflib.get_close_matches(sought, names, n=1, cutoff=cutoff)
    if parts and not near:
        by: dict[str, str] = {}
        for name in names:
            for part in name.split("_"):
                if len(part) >= _PART:
                    by.setdefault(part, name)
        near = [by[x] for x in difflib.get_close_matches(sought, by, n=1, cutoff=max(cutoff, 0.75))]
    return Sentence("did you mean {name}?", name=repr(names[near[0]])) if near else ""


#: So many letters a word of an id has at least to be taken for the id.
_PART = 4


def limited(problems: list[Problem]) -> list[Problem]:
    """Sort by line and keep the first fifty, saying how many are left out."""
    ordered = sorted(problems, key=lambda p: p.line)
    if len(ordered) <= _MAX_PROBLEMS:
        return ordered
    rest = len(ordered) - _MAX_PROBLEMS
    return [
        *ordered[:_MAX_PROBLEMS],
        Problem(ordered[0].file, 0, "", Sentence("and {n} more", n=str(rest))),
    ]


_LONG_NUMBER = re.compile(r"(?=(?:[A-Za-z]*[0-9]){8})[0-9A-Za-z]{11,}")


def masked(text: str) -> str:
    """Hide runs that look like identity or telephone numbers: messages end up in logs."""
    return _LONG_NUMBER.sub("…", text)


def quoted(text: str) -> str:
    """Return a text as a message shows it: in quotes, shortened, long numbers hidden."""
    short = text if len(text) <= 60 else text[:57] + "..."
    return repr(masked(short))


def shown(value: object) -> str:
    """Describe a value from a file in plain words."""
    match value:
        case None:
            return Sentence("nothing")
        case bool():
            return f"{str(value).lower()}"
        case str():
            return Sentence("the text {text}", text=quoted(value))
        case int() | float():
            return Sentence("the number {n}", n=masked(str(value)))
        case dt.date():
            return Sentence("the date {day}", day=value.isoformat())
        case list() | tuple():
            return Sentence("a list")
        case dict():
            return Sentence("a mapping")
    return Sentence("a value of type {name}", name=type(value).__name__)


def forbidden(char: str) -> str:
    """Say what is wrong with a character that `FORBIDDEN` found."""
    code = ord(char)
    kind = Sentence("a control or direction character")
    if 0xD800 <= code <= 0xDFFF:
        kind = Sentence("a lone surrogate")
    elif code == 0:
        kind = Sentence("the NUL character")
    return Sentence("{sign} is {kind}, which is not accepted", sign=f"U+{code:04X}", kind=kind)
