"""One spell on a list as each authority sees it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from xinyong.dates import NEVER, date_of, first_day
from xinyong.engine.ledgers import Case
from xinyong.engine.ledgers import Spell as Row
from xinyong.engine.namings import Namings, label
from xinyong.engine.world import World
from xinyong.institutions import receipt
from xinyong.institutions.exchange import NO_COPY, RIGHT_COPY, WRONG_COPY
from xinyong.law.determine import Event
from xinyong.law.tables import CAUSES

__all__ = ["Holding", "Spell", "holdings_of", "spell_of"]

_COPIES = {RIGHT_COPY: "right", WRONG_COPY: "astray", NO_COPY: "none"}


@dataclass(frozen=True, slots=True)
class Holding:
    """What one authority that acts on a list holds of one entry.

    Attributes:
        authority: its id; measures: that it applies by this copy.
        hops: over which the listing came (0: it keeps the list itself).
        sent: day it was sent; since: day it came; both None if it never did.
        until: first day on which it is held no more; None if it still is.
        copy: ``right``, ``astray`` (laid to somebody else) or ``none`` (laid to nobody).
        zombie_from: first day on which it is held without a live entry; None if never.
        mistaken: whether it is held of somebody who did nothing of it.
        asked: (month, measure) in which the authority was asked while it held the copy.
        shows: whether it shows the copy to the public (the list itself is published anyhow).
    """

    authority: str
    measures: tuple[str, ...]
    hops: int
    sent: dt.date | None
    since: dt.date | None
    until: dt.date | None
    copy: str
    zombie_from: dt.date | None
    mistaken: bool
    asked: tuple[tuple[str, str], ...]
    shows: bool


@dataclass(frozen=True, slots=True)
class Spell:
    """One spell on a list; days are None where open or never.

    Attributes:
        case: the record it rests on; list, ground: ids.
        start, published, lawful_end, end: days; `end` is when it was taken off.
        cause: of its end, one of `law.tables.CAUSES`; "" while it has none.
        mistaken: whether it rests on a record that is a mistake.
        holdings: who was to act on it.
    """

    case: int
    list: str
    ground: str
    start: dt.date
    published: dt.date | None
    lawful_end: dt.date | None
    cause: str
    end: dt.date | None
    mistaken: bool
    holdings: tuple[Holding, ...]


#: Authority, hops, sent, since, until, copy, zombie_from.
_Key = tuple[str, int, dt.date | None, dt.date | None, dt.date | None, str, dt.date | None]


def _date(day: int) -> dt.date | None:
    return None if day >= NEVER else date_of(day)


def spell_of(
    world: World, say: Namings, place: int, kind: int, row: Row, case: Case,
    events: tuple[Event, ...],
) -> Spell:  # fmt: skip
    """Put one spell of a file into words, with all who were to act on it."""
    name = world.law.instruments[row.inst]
    shown = (
        e.day
        for e in events
        if (e.case, e.event, e.what) == (row.case, "published", name) and e.day >= row.start
    )
    published = min(shown, default=NEVER)
    lawful = row.lawful if row.cause >= 0 or row.end < NEVER else NEVER
    return Spell(
        case=row.case,
        list=name,
        ground=world.law.origins[row.prov].provision if row.prov >= 0 else "",
        start=date_of(row.start),
        published=_date(published) if published < row.end else None,
        lawful_end=_date(lawful),
        cause=CAUSES[row.cause] if row.cause >= 0 else "",
        end=_date(row.end),
        mistaken=case.mistaken,
        holdings=holdings_of(world, say, place, kind, row, case),
    )


def holdings_of(
    world: World, say: Namings, place: int, kind: int, row: Row, case: Case
) -> tuple[Holding, ...]:
    """Return what each authority that acts on a list holds of one spell, by id of the authority.

    Measures that an authority applies by one and the same copy stand together.
    """
    first, months = world.scenario.first_month, world.scenario.months
    end = first_day(first + months)  # the first day of which the run knows nothing
    act = np.uint64(case.act)
    found: dict[_Key, list[tuple[int, list[tuple[str, str]]]]] = {}
    rows = receipt.receipts(
        world.measures, world.link, world.keys, act, row.inst, kind, place, row.start, row.end
    )
    for i, _, stops, sent, got, lost, copy in rows.tolist():
        has = got < lost and got < NEVER and copy != NO_COPY
        asked = []
        if has:
            met = receipt.asked_in(
                world.measures, world.keys, act, i, got, lost, first, months
            ).tolist()
            asked = [(label(month), world.measure_names[i][1]) for month in met]
        came = got < lost and got < end
        zombie = has and stops < NEVER and lost > stops and stops < end
        key = (
            world.measure_names[i][2],
            int(world.link.hops[world.measures.route[i]]) if world.measures.route[i] >= 0 else 0,
            _date(sent) if came else None,
            _date(got) if came else None,
            _date(lost) if came and lost < end else None,
            _COPIES[copy] if came else "never came",
            _date(max(got, stops)) if zombie else None,
        )
        found.setdefault(key, []).append((i, asked))
    holdings = []
    for (by, hops, sent, since, until, copy, zombie), group in found.items():
        measures = tuple(world.measure_names[i][1] for i, _ in group)
        right = copy == "right"
        held = Holding(
            by, measures, hops, sent, since, until, copy, zombie,
            copy == "astray" or (right and case.mistaken),
            tuple(sorted(pair for _, asked in group for pair in asked)),
            right and hops > 0 and any(say.shows(m) for m in measures),
        )  # fmt: skip
        holdings.append(held)
    return tuple(sorted(holdings, key=lambda h: (h.authority, h.measures)))
