"""The national timeline: what happened when, where and about what."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any, get_args

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BeforeValidator, Field

from xinyong import places
from xinyong.browse.timeline import Moment, moments
from xinyong.browse.told import moments_told
from xinyong.errors import UsageError
from xinyong.language import say
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue
from xinyong.law.timeline import Topic
from xinyong.portal.known import Word, place_table
from xinyong.portal.page import shown
from xinyong.portal.parts import Shown, part
from xinyong.portal.pictures import BLUE, MUTED, Drawing, Picture
from xinyong.portal.replies import AS_CSV, AS_SVG, csv, svg

__all__ = ["router"]

router = part("/catalogue/timeline")

#: What can be picked: topics of the timeline, and kinds of instruments that took force.
TOPICS = tuple(dict.fromkeys((*get_args(Topic), *get_args(schema.InstrumentKind))))

_Year = Annotated[
    Annotated[int, Field(ge=1949, le=2100)] | None, BeforeValidator(lambda x: x or None)
]
Since = Annotated[_Year, Query(alias="from", description="first year")]
Until = Annotated[_Year, Query(alias="to", description="last year")]


@dataclass(frozen=True)
class _Asked:
    since: int | None
    until: int | None
    place: str
    topic: str
    above: bool

    def moments(self, found: Catalogue) -> list[Moment]:
        """Return what happened.

        Raises:
            UsageError: there is no such place or topic, or the years are the wrong way round.
        """
        if self.since and self.until and self.since > self.until:
            raise UsageError(say("the first year lies after the last: exchange them"))
        if self.topic and self.topic not in TOPICS:
            raise UsageError(say("choose a topic of the list"))
        if self.place and self.place not in place_table():
            raise UsageError(say("choose a place of the list"))
        first = dt.date(self.since, 1, 1) if self.since else None
        last = dt.date(self.until, 12, 31) if self.until else None
        place, kinds = self.place or None, get_args(schema.InstrumentKind)
        if self.topic in kinds and self.topic not in get_args(Topic):
            rows = moments(found, first, last, place, None, self.above)
            return [m for m in rows if m.topic == self.topic]
        return moments(found, first, last, place, self.topic or None, self.above)


def _asked(
    since: Since = None, until: Until = None, place: Word = "", topic: Word = "",
    above: bool = False,
) -> _Asked:  # fmt: skip
    return _Asked(since, until, place, topic, above)


Asked = Annotated[_Asked, Depends(_asked)]


def by_year(rows: list[Moment]) -> Picture:
    """Return how much happened in each year: by topic on a wide screen, in all on a narrow one."""
    years = range(min((m.first.year for m in rows), default=2013),
                  max((m.first.year for m in rows), default=2013) + 1)  # fmt: skip
    counts = Counter((m.topic, m.first.year) for m in rows)
    topics = [t for t in TOPICS if any(topic == t for topic, _ in counts)]
    total = Counter(m.first.year for m in rows)
    says = ", ".join(f"{year}: {total[year]}" for year in years if total[year])

    def wide(width: int) -> Drawing:
        left, row = 128, 24
        step = (width - left) / len(years)
        d = Drawing(width, 24 + row * len(topics))
        every = 1 if step >= 36 else 2 if step >= 18 else 5
        for k, year in enumerate(years):
            if k % every == 0:
                d.text(left + step * (k + 0.5), 12, str(year), 11, MUTED, "middle")
        for i, topic in enumerate(topics):
            y = 24 + row * i + row / 2
            d.line(left, y + row / 2, width, y + row / 2)
            d.text(0, y + 4, say(topic.replace("_", " ")), 12)
            for k, year in enumerate(years):
                if n := counts[topic, year]:
                    x = left + step * (k + 0.5)
                    d.circle(x, y, min(4 + n**0.5, row / 2 - 1), BLUE, 0.3)
                    d.text(x, y + 4, str(n), 11, anchor="middle")
        return d

    def narrow(width: int) -> Drawing:
        most = max(total.values(), default=1)
        d = Drawing(width, 18 * len(years))
        for k, year in enumerate(years):
            y = 18 * k
            d.text(0, y + 13, str(year), 12, MUTED)
            d.rect(38, y + 3, total[year] / most * (width - 80), 12, BLUE)
            d.text(42 + total[year] / most * (width - 80), y + 13, str(total[year]), 12)
        return d

    def draw(width: int) -> Drawing:
        return wide(width) if width > 500 else narrow(width)

    return Picture("by-year", say("How much happened in each year"), says, draw)


@router.get(".json", response_class=JSONResponse)
def history_data(site: Shown, asked: Asked) -> dict[str, Any]:
    """Return what happened as data: the same as ``xinyong catalogue timeline --json``."""
    return moments_told(site.catalogue, asked.moments(site.catalogue))


@router.get(".csv", **AS_CSV)
def history_table(site: Shown, asked: Asked) -> Response:
    """Return what happened as a table."""
    return csv(moments_told(site.catalogue, asked.moments(site.catalogue))["moments"])


@router.get(".svg", **AS_SVG)
def history_picture(site: Shown, asked: Asked) -> Response:
    """Return the picture of how much happened when."""
    return svg(by_year(asked.moments(site.catalogue)))


@router.get("", response_class=HTMLResponse)
def history(request: Request, site: Shown, asked: Asked) -> HTMLResponse:
    """Walk through what happened when."""
    error, rows = "", list[Moment]()
    try:
        rows = asked.moments(site.catalogue)
    except UsageError as wrong:
        error = str(wrong)
    counts = Counter((m.topic, m.first.year) for m in rows)
    having = {m.place for m in moments(site.catalogue)}
    return shown(
        request,
        "history.html.j2",
        422 if error else 200,
        title=say("Timeline"),
        asked=asked,
        error=error,
        rows=rows,
        years=[(year, list(group)) for year, group in groupby(rows, lambda m: m.first.year)],
        counts=counts,
        seen=[t for t in TOPICS if any(t == topic for topic, _ in counts)],
        picture=by_year(rows) if rows else None,
        topics=TOPICS,
        places=[p for p in place_table().values() if p.level == "province" or p.id in having],
        place_of=places.place,
        law=site.catalogue,
        query={"from": asked.since, "to": asked.until, "place": asked.place,
               "topic": asked.topic, "above": "true" if asked.above else None},
    )  # fmt: skip
