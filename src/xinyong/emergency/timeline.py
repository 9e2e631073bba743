"""The exogenous emergency: how strongly each place was in it, month by month.

``data/timeline.csv`` states spans of days with a level from 0 (none) to 1 (everything else
waits). The level of a place on a day is the highest of the spans that hold there; that of a
month is the mean over its days. No epidemic is computed: every question about the credit
system can be asked without trusting one.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from xinyong import places
from xinyong.dates import day_of, first_day
from xinyong.errors import CatalogueError, Problem

__all__ = ["Span", "levels", "spans"]

_FILE = "data/timeline.csv"


@dataclass(frozen=True)
class Span:
    """A time in which a place was in an emergency: first and last day, and the level."""

    place: str
    first: int
    last: int
    level: float
    source: str


@cache
def spans() -> tuple[Span, ...]:
    """Return all spans of the built-in timeline.

    Raises:
        CatalogueError: a line is not a span.
    """
    text = files("xinyong.emergency").joinpath(_FILE).read_text(encoding="utf-8")
    found = []
    for line, row in enumerate(csv.DictReader(text.splitlines()), 2):
        try:
            first, last = (day_of(dt.date.fromisoformat(row[k])) for k in ("from", "until"))
            level = float(row["level"])
            places.place(row["place"])
        except (ValueError, KeyError) as error:
            raise CatalogueError(Problem(_FILE, line, "", f"is not a span: {error}")) from None
        if first > last or not 0 <= level <= 1 or not row["source"]:
            hint = "from before until, a level from 0 to 1, and a source"
            raise CatalogueError(Problem(_FILE, line, "", "is not a span", hint))
        found.append(Span(row["place"], first, last, level, row["source"]))
    return tuple(found)


def levels(first_month: int, months: int) -> NDArray[np.float64]:
    """Return float64[months, leaves]: the mean level over the days of each month.

    Example:
        >>> e = levels(2020 * 12, 3)  # January to March 2020
        >>> hubei = places.leaves().index("hubei")
        >>> round(float(e[0, hubei]), 3), float(e[1, hubei])
        (0.29, 1.0)
    """
    leaves = places.leaves()
    begin, end = first_day(first_month), first_day(first_month + months)
    days = np.zeros((end - begin, len(leaves)))
    for span in spans():
        a, b = max(span.first - begin, 0), min(span.last + 1, end) - begin
        if a < b:
            mine = [i for i, leaf in enumerate(leaves) if places.within(leaf, span.place)]
            days[a:b, mine] = np.maximum(days[a:b, mine], span.level)
    out = np.empty((months, len(leaves)))
    for m in range(months):
        a, b = first_day(first_month + m) - begin, first_day(first_month + m + 1) - begin
        out[m] = days[a:b].sum(axis=0) / (b - a)
    return out
