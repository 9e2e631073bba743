"""A case as a picture over time: acts, records, entries, measures and points, and the day asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from xinyong.case import timeline
from xinyong.case.calculator import CaseResult
from xinyong.language import own, say
from xinyong.law import phrases

__all__ = ["Picture", "picture"]

_TOP, _EDGE = 30, 10
#: What each kind is called.
_KINDS = {
    "act": "act",
    "record": "record",
    "entry": "on the list",
    "measures": "measures",
    "line": "score",
}
#: A picture wider than this has its labels in a column of their own; else they stand above.
_WIDE, _COLUMN, _LETTER = 600, 360, 7.0
#: Colour and thickness of each kind; the label names the kind as well.
_LOOKS = {
    "act": ("#1b1f24", 8),
    "record": ("#59626d", 8),
    "entry": ("#d55e00", 12),
    "measures": ("#0072b2", 6),
    "line": ("#007a5a", 8),
}


@dataclass(frozen=True)
class Row:
    """One stretch: where its text and its bar stand; `open` if it has no end, `point` if a day."""

    y: int
    text_y: int
    x: float
    width: float
    text: str
    kind: str
    fill: str
    thick: int
    open: bool
    point: bool
    bar: timeline.Bar


@dataclass(frozen=True)
class Picture:
    """A picture of a width; years as (x, text), and where the day asked for stands."""

    width: int
    height: int
    years: tuple[tuple[float, str], ...]
    today: float
    today_anchor: str
    on: dt.date
    rows: tuple[Row, ...]


def picture(result: CaseResult, width: int) -> Picture | None:
    """Return the picture of a case; None if it has nothing to show.

    Args:
        result: what follows.
        width: in units of the picture.
    """
    bars = timeline.bars(result)
    if not bars:
        return None
    days = [b.start for b in bars] + [b.end for b in bars if b.end] + [result.on]
    first, last = min(days), max(days)
    margin = dt.timedelta(max(31, (last - first).days // 20))
    begin, end = first - margin, last + margin
    wide = width > _WIDE
    left = _COLUMN if wide else _EDGE
    room = width - left - _EDGE
    row = 28 if wide else 42

    def at(day: dt.date) -> float:
        return round(left + (day - begin).days / (end - begin).days * room, 1)

    letters = int((left if wide else width) / _LETTER)
    rows = []
    for n, b in enumerate(bars):
        fill, thick = _LOOKS[b.kind]
        x, over = at(b.start), at(b.end) if b.end else float(width - _EDGE)
        text = say("{what}: {text}", what=say(_KINDS[b.kind]), text=_text(result, b))
        y = _TOP + n * row + (row // 2 if wide else row - 12)
        rows.append(
            Row(
                y=y, text_y=y + 4 if wide else y - 12, x=x, width=max(3.0, round(over - x, 1)),
                text=text if len(text) <= letters else f"{text[: letters - 1]}…", kind=b.kind,
                fill=fill, thick=thick, open=b.end is None,
                point=b.end is not None and b.end <= b.start, bar=b,
            )
        )  # fmt: skip
    return Picture(
        width=width,
        height=_TOP + len(bars) * row + 10,
        years=tuple(_years(begin, end, at, room)),
        today=at(result.on),
        today_anchor="end" if at(result.on) > width - 110 else "start",
        on=result.on,
        rows=tuple(rows),
    )


def _text(result: CaseResult, bar: timeline.Bar) -> str:
    """Return what a bar is, in the language that is spoken."""
    cat = result.law.catalogue
    if bar.kind == "act":
        text = own(cat.conducts[bar.of])
        return text if len(result.case.acts) == 1 else f"{bar.n + 1}. {text}"
    if bar.kind == "record":
        return own(cat.documents[bar.of]) if bar.of else say("record formed")
    if bar.kind == "line":
        points = bar.worth[:1] in "+-"
        worth = bar.worth if points else say("grade {x}", x=phrases.in_level(bar.worth))
        return say("{what} ({which})", what=worth, which=bar.of)
    it = cat.instrument(bar.of)
    name = own(it.short or it.name)
    return name if bar.kind == "entry" else say("{n}, {list}", n=bar.n, list=name)


def _years(begin: dt.date, end: dt.date, at: object, room: int) -> list[tuple[float, str]]:
    assert callable(at)  # noqa: S101 - of the function above
    years = [y for y in range(begin.year, end.year + 2) if begin <= dt.date(y, 1, 1) <= end]
    step = max(1, -(-len(years) * 46 // room))
    ticks = [(at(dt.date(y, 1, 1)), str(y)) for y in years[::step]]
    return [(x, year) for x, year in ticks if x < at(end) - 34]  # room for its text
