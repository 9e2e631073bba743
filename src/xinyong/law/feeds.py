"""Feeds: the result of one scheme at the end of a year goes into another, as an act of the file.

A feed is a step that writes to the ledger (`schema.Feed`): the fold itself never reads one score
in another, so that schemes may feed each other year by year without a circle.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from xinyong import places
from xinyong.dates import date_of, day_of
from xinyong.law import schema
from xinyong.law.compile import Law, kept
from xinyong.law.determine import Event, Ledger, Subject, determine

__all__ = ["fed", "feeders", "next_year_end"]


@kept
def feeders(law: Law, subject: Subject) -> tuple[schema.Instrument, ...]:
    """Return the schemes that feed another one and may score a subject."""
    return tuple(
        it
        for it in law.catalogue.instruments.values()
        if any(w.feeds for w in it.versions)
        and subject.kind in it.subjects
        and any(places.within(p, it.reach.place) for p in (subject.residence, subject.registration))
    )


def next_year_end(day: int) -> int:
    """Return the first 31 December on or after a day.

    Example:
        >>> date_of(next_year_end(day_of(dt.date(2020, 12, 31)))).isoformat()
        '2020-12-31'
    """
    return day_of(dt.date(date_of(day).year, 12, 31))


def fed(ledger: Ledger, law: Law, day: int, stated: Ledger) -> Iterator[Event]:
    """Yield the events that feeds write at the end of a year.

    Args:
        ledger: the file with the steps taken so far.
        law: the compiled law.
        day: a 31 December.
        stated: the file as the case states it; a result that it states itself is not fed again.
    """
    givers = feeders(law, ledger.subject)
    if not givers:
        return
    on = date_of(day)
    scores = {s.instrument: s.grade for s in determine(ledger, law, on).scores}
    case = 1 + max((e.case for e in ledger.events), default=-1)
    for it in givers:
        version = law.catalogue.version(it.id, on)
        for feed in version.feeds if version else ():
            circumstance = {r.grade: r.circumstance for r in feed.rows}.get(scores.get(it.id, ""))
            known = any(
                e.event == "occurred" and e.what == feed.conduct and e.day == day
                for e in stated.events
            )
            if circumstance is None or known:
                continue
            yield Event(day, "occurred", case, feed.conduct)
            yield Event(day, "ended", case)
            yield Event(day, "formed", case)
            yield Event(day, "detail", case, circumstance, 1)
            case += 1
