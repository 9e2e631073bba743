"""The national memoranda on joint punishment and reward: which are known, and how well.

By January 2020 there were 51 (`TOTAL`). The table ``data/memoranda.csv`` names those that
were identified, the encoded ones with their instruments and the others with what is known
of them, be it only a title. What it does not name was not found; `coverage` says how many.

Source: the pages named row by row.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from xinyong.errors import CatalogueError, Problem
from xinyong.law.annex import _read_table, _Row

__all__ = ["COUNTS", "TOTAL", "Coverage", "Memorandum", "coverage", "memoranda", "read_memoranda"]

_DATA = Path(str(files("xinyong.law") / "data" / "memoranda.csv"))

#: National memoranda by January 2020 that punish, reward, or do both (Henan Social Sciences 2020,
#: No. 3, fx361.cc/page/2020/0423/15015374; secondary; action plans count). Another count, of May
#: 2020, says 46 and 5.
COUNTS = {"black": 43, "red": 5, "mixed": 3}
TOTAL = sum(COUNTS.values())

_COLUMNS = (
    *("id", "date", "polarity", "title_en", "title_zh", "number", "signatories", "measures"),
    *("instruments", "depth", "source", "note"),
)
_DEPTHS = ("full text", "transcription", "excerpt", "secondary", "none")
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")


@dataclass(frozen=True, slots=True)
class Memorandum:
    """One national memorandum.

    Attributes:
        id: the field it is about.
        date: year, month or day, as precise as the source.
        polarity: ``black``, ``red`` or ``mixed``.
        title_en, title_zh: what it is about, and its official title.
        number: document number; empty if not known.
        signatories, measures: how many the source counts; None if it does not.
        instruments: where it is encoded; empty where only this row is known.
        depth: depth of the source; ``none`` where no page was seen.
        source: where it was read.
        note: what else is known.
        line: line of the table, for messages.
    """

    id: str
    date: str
    polarity: str
    title_en: str
    title_zh: str
    number: str
    signatories: int | None
    measures: int | None
    instruments: tuple[str, ...]
    depth: str
    source: str
    note: str
    line: int = 0


def read_memoranda(path: Path) -> tuple[Memorandum, ...]:
    """Read and check a table of memoranda.

    Raises:
        CatalogueError: with file, line and column of every problem found.
    """
    problems: list[Problem] = []
    found: list[Memorandum] = []
    for cells in _read_table(path, list(_COLUMNS), problems):
        row = _Row(path, cells, problems)
        plain = {c: cells[c].strip() for c in _COLUMNS}
        for column in ("id", "title_en", "title_zh", "source"):
            if not plain[column]:
                row.wrong(column, "is empty", "every memorandum has one")
        if not _DATE.fullmatch(plain["date"]):
            row.wrong("date", f"{plain['date']!r} is no date", "write 2016, 2016-05 or 2016-05-09")
        if any(plain["id"] == other.id for other in found):
            row.wrong("id", f"{plain['id']!r} stands twice")
        found.append(
            Memorandum(
                id=plain["id"],
                date=plain["date"],
                polarity=row.word("polarity", ("black", "red", "mixed"), empty=False),
                title_en=plain["title_en"],
                title_zh=plain["title_zh"],
                number=plain["number"],
                signatories=row.integer("signatories", None),
                measures=row.integer("measures", None),
                instruments=tuple(x for x in plain["instruments"].split("|") if x),
                depth=row.word("depth", _DEPTHS, empty=False),
                source=plain["source"],
                note=plain["note"],
                line=row.line,
            )
        )
    if problems:
        raise CatalogueError(problems)
    return tuple(found)


@cache
def memoranda() -> tuple[Memorandum, ...]:
    """Return the memoranda that are known, the earliest first.

    Example:
        >>> memoranda()[0].signatories
        8
    """
    return tuple(sorted(read_memoranda(_DATA), key=lambda one: (one.date, one.line)))


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the national memoranda can be read here, and which cannot.

    Attributes:
        counted: memoranda by January 2020, by polarity.
        encoded: rows of the table that have an instrument, in whole or part.
        table_only: rows without one: no measure of theirs is known to a case or a run.
        unidentified: by polarity, those that are counted and that nobody has named to us.
    """

    counted: dict[str, int]
    encoded: tuple[Memorandum, ...]
    table_only: tuple[Memorandum, ...]
    unidentified: dict[str, int]


def coverage() -> Coverage:
    """Hold the table against the count.

    Example:
        >>> sum(coverage().unidentified.values())
        5
    """
    named = Counter(one.polarity for one in memoranda())
    return Coverage(
        counted=dict(COUNTS),
        encoded=tuple(one for one in memoranda() if one.instruments),
        table_only=tuple(one for one in memoranda() if not one.instruments),
        unidentified={colour: n - named[colour] for colour, n in COUNTS.items()},
    )
