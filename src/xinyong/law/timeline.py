"""The timeline 1999-2026: what happened when, dated as precisely as the sources allow.

The entries are data, in ``data/timeline.yaml``. A law stands at the day it takes force,
a draft or a statement at the day it was made public, an event at the day it happened.
Links lead to instruments of the catalogue where one is encoded.

>>> from xinyong.law.timeline import timeline
>>> timeline(since=dt.date(2013, 10, 1), topic="list")[0].id
'spc_2013'
"""

from __future__ import annotations

import calendar
import datetime as dt
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator

from xinyong import places
from xinyong.errors import CatalogueError, UsageError
from xinyong.law import schema
from xinyong.yamlio import nearest, read_yaml, validate

__all__ = ["Entry", "Source", "Timeline", "Topic", "read_timeline", "sources", "timeline"]

_DATA = Path(str(files("xinyong.law") / "data" / "timeline.yaml"))

Topic = Literal[
    "direction", "plumbing", "pilot", "list", "memorandum", "scheme", "private_scheme",
    "regulation", "limit", "repair", "emergency",
]  # fmt: skip
Precision = Literal["year", "month", "day"]


class Source(schema.Block):
    """What an entry rests on, and how much of it was read."""

    title: schema.Text
    where: schema.Text
    depth: schema.Depth


class Entry(schema.Block):
    """One thing that happened, on a day, in a month or in a year.

    `date` is ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; `place` a place of the catalogue,
    with `locality` where the event belongs to a city or county below it; `fact` says in
    plain words what changed; `instruments` are ids of the catalogue.
    """

    id: schema.Id
    date: Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
    place: schema.Id
    locality: schema.Bilingual | None = None
    topic: Topic
    title: schema.Bilingual
    number: schema.Text | None = None
    fact: schema.Text
    cite: schema.Cite
    instruments: tuple[schema.Id, ...] = ()
    note: schema.Text | None = None

    @field_validator("date")
    @classmethod
    def _exists(cls, text: str) -> str:
        first, _ = _span(text)
        if not 1999 <= first.year <= 2026:
            raise ValueError("the timeline runs from 1999 to 2026")
        return text

    @property
    def precision(self) -> Precision:
        """How precise the date is: ``year``, ``month`` or ``day``."""
        known: dict[int, Precision] = {4: "year", 7: "month", 10: "day"}
        return known[len(self.date)]

    @property
    def first_day(self) -> dt.date:
        """The earliest day that the date allows."""
        return _span(self.date)[0]

    @property
    def last_day(self) -> dt.date:
        """The latest day that the date allows."""
        return _span(self.date)[1]


class Timeline(schema.Block):
    """The file of the timeline."""

    sources: dict[schema.Id, Source]
    entries: tuple[Entry, ...]


def _span(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a year, a month or a day.

    Raises:
        ValueError: there is no such day in the calendar.
    """
    year, *rest = (int(part) for part in text.split("-"))
    month = rest[0] if rest else None
    if len(rest) == 2:
        day = dt.date(year, rest[0], rest[1])
        return day, day
    first = dt.date(year, month or 1, 1)
    last_month = month or 12
    return first, dt.date(year, last_month, calendar.monthrange(year, last_month)[1])


def read_timeline(path: Path) -> Timeline:
    """Read and check a timeline file.

    Raises:
        CatalogueError: with file, line and field of every problem found.
    """
    document = read_yaml(path, CatalogueError)
    found: Timeline = validate(Timeline, document, CatalogueError)
    known = tuple(p.id for p in places.places())
    ids = [entry.id for entry in found.entries]
    problems = []
    for i, entry in enumerate(found.entries):
        if entry.id in ids[:i]:
            problems.append(document.problem(("entries", i, "id"), f"{entry.id!r} stands twice"))
        if entry.place not in known:
            message, hint = f"unknown place {entry.place!r}", nearest(entry.place, known)
            problems.append(document.problem(("entries", i, "place"), message, hint))
        source = entry.cite.source
        if source is not None and source not in found.sources:
            message, hint = f"unknown source {source!r}", nearest(source, found.sources)
            problems.append(document.problem(("entries", i, "cite", "source"), message, hint))
    if problems:
        raise CatalogueError(problems)
    return found


@cache
def _file() -> Timeline:
    return read_timeline(_DATA)


def sources() -> dict[str, Source]:
    """Return the sources of the timeline by id, as `Entry.cite` names them."""
    return dict(_file().sources)


def timeline(
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    place: str | None = None,
    topic: str | None = None,
) -> tuple[Entry, ...]:
    """Return the entries, the earliest first.

    An entry known by its month or year stands before those of a day in it, and is kept
    whenever some day it allows lies in the time asked for.

    Args:
        since: first day asked for.
        until: last day asked for; both are included.
        place: a place; what happened there and in places below it. ``cn`` keeps all.
        topic: one of `Topic`.

    Raises:
        UsageError: there is no such place or topic.

    Example:
        >>> [e.date for e in timeline(place="wendeng", topic="scheme")]
        ['2020-01-01', '2020-01-01']
    """
    if topic is not None and topic not in get_args(Topic):
        hint = nearest(topic, get_args(Topic)) or f"there are {', '.join(get_args(Topic))}"
        raise UsageError(f"unknown topic {topic!r}; {hint}")
    kept = [
        entry
        for entry in _file().entries
        if (since is None or entry.last_day >= since)
        and (until is None or entry.first_day <= until)
        and (place is None or places.within(entry.place, place))
        and (topic is None or entry.topic == topic)
    ]
    return tuple(sorted(kept, key=lambda e: (e.first_day, -e.last_day.toordinal())))
