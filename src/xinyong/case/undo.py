"""How each thing can be undone: from when, on what condition, by which steps.

For an entry: its own end, and every provision of the list that ends one; for a score line: the
end of its validity and the provisions that repair it. What is still missing is read off the
conditions that fail; the steps are those of the procedure that lead to the event asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from xinyong.case.calculator import CaseResult
from xinyong.dates import date_of, day_of
from xinyong.language import say, worded
from xinyong.law import phrases, schema, trace
from xinyong.law import tables as t
from xinyong.law.determine import Entry, Line
from xinyong.law.regulations import add

__all__ = ["Way", "latest", "of_entry", "of_line"]

_MOST_STEPS = 5

#: Anchors that an entry has behind it: no step before them is still to be taken.
_SETTLED = ("listed", "lawful_end", "year_end", "decided", "published")


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a finding ends or is undone.

    Attributes:
        kind: ``expiry`` (by itself), ``end`` (a provision ends the entry) or ``repair``.
        text: what it is; from_: first day on which it can be, if that is fixed.
        needs: what is still missing, in words; nothing if it only has to be carried out.
        steps: rows of `Law.steps`, in the order in which they follow each other.
        row: row of `LawTables.prov`; -1 for the end of a term.
    """

    kind: str
    text: str
    from_: dt.date | None
    needs: tuple[str, ...]
    steps: tuple[int, ...]
    row: int = -1


def of_entry(result: CaseResult, entry: Entry) -> tuple[Way, ...]:
    """Return the ways out of a live entry; none for one that has ended."""
    if entry.end is not None:
        return ()
    found = []
    if entry.expires is not None:
        steps = _chain(result, entry.instrument, "removed")
        found.append(Way("expiry", say("its term runs out"), entry.expires, (), steps, entry.row))
    elif entry.row >= 0:
        text = say("by itself never: it has no term")
        found.append(Way("expiry", text, None, (), (), entry.row))
    found += _ended_by(result, entry)
    return tuple(found)


def latest(result: CaseResult, way: Way) -> tuple[dt.date | None, ...]:
    """Return by when each step of a way is taken at the latest, if all is done on the first day.

    The first day is the first on which the way is open, or the day asked for if that is later.
    Where a step has no time limit, it and what comes after it have no day, and the count ends.
    """
    day = way.from_ if way.kind == "expiry" else max(way.from_ or result.on, result.on)
    found: list[dt.date | None] = []
    for row in way.steps:
        step = result.law.steps[row].step
        if day is not None and step.by != "subject":
            within = step.within
            number = add(day_of(day), within.n, within.unit) if within else None
            day = None if number is None else date_of(number)
        found.append(day)
    return tuple(found)


def _ended_by(result: CaseResult, entry: Entry) -> Iterator[Way]:
    law = result.law
    for tried in result.determination.tried:
        origin = law.origins[tried.row]
        effect = origin.effect
        mine = tried.case == entry.case and origin.instrument == entry.instrument
        if not mine or not isinstance(effect, schema.End):
            continue
        if tried.status == "unmet" and tried.at != 1:
            fails = trace.failing(law, result.ledger, result.determination, tried)
            needs = tuple(_needs(result, fails, tried.row))
            begins = _earliest(result, tried.row, entry.start, tried.case)
            steps = _chain(result, entry.instrument, effect.from_)
            yield Way("end", worded(origin.text), begins, needs, steps, tried.row)


def of_line(result: CaseResult, line: Line) -> tuple[Way, ...]:
    """Return how a deduction or a direct grade ends or is repaired; none for additions."""
    if line.state not in ("live", "future") or (line.points >= 0 and not line.grade):
        return ()
    law = result.law
    found = []
    if line.until is not None:
        text = say("its validity runs out")
        found.append(Way("expiry", text, line.until, (), (), line.row))
    else:
        found.append(
            Way("expiry", say("its validity has not begun to run out"), None,
                (say("the act ends or is put right"),), (), line.row)
        )  # fmt: skip
    for tried in result.determination.tried:
        origin = law.origins[tried.row]
        effect = origin.effect
        mine = tried.case == line.case and origin.instrument == line.instrument
        if mine and isinstance(effect, schema.Convert) and line.grade and tried.status == "unmet":
            fails = trace.failing(law, result.ledger, result.determination, tried)
            steps = _chain(result, line.instrument, effect.from_)
            if effect.grade:
                it = law.catalogue.instrument(line.instrument)
                name = phrases.grade_of(it, effect.grade, result.on)
                to = say("grade {x}", x=phrases.in_level(name))
            else:
                to = say("{n:+d} points", n=effect.points)
            needs = tuple(_needs(result, fails, tried.row))
            text = say("{what}, to {grade}", what=worded(origin.text), grade=to)
            found.append(Way("repair", text, None, needs, steps, tried.row))
    return tuple(found)


def _needs(result: CaseResult, fails: tuple[int, ...], row: int) -> Iterator[str]:
    origin = result.law.origins[row]
    effect = origin.effect
    head = trace.head_of(effect)
    for k in fails:
        if k < head:
            yield trace.noun(effect.from_)
            continue
        condition = origin.conditions[k - head]
        if condition.event is None or condition.event.event != effect.from_:
            yield trace.words(condition, result.law)


def _earliest(result: CaseResult, row: int, start: dt.date, case: int) -> dt.date | None:
    """Return the first day that a waiting time on the list allows, if it has begun."""
    for c in result.law.origins[row].conditions:
        wait = c.listed_for
        if wait is None:
            continue
        since = day_of(start)
        for event in wait.since:
            days = [e.day for e in result.ledger.events if e.case == case and e.event == event]
            if not days:
                return None
            since = max(since, min(days))
        ready = add(since, wait.n, wait.unit)
        return None if ready is None else date_of(ready)
    return None


def _chain(result: CaseResult, instrument: str, event: str) -> tuple[int, ...]:
    """Return the steps that lead to an event, and to removal; the first one first."""
    law, day = result.law, day_of(result.on)
    steps = [
        i
        for i, s in enumerate(law.steps)
        if s.instrument == instrument
        and law.tables.step[i, t.S_FROM] <= day <= law.tables.step[i, t.S_TO]
    ]

    def to(wanted: str) -> int | None:
        return next((i for i in steps if law.steps[i].step.then == wanted), None)

    chain: list[int] = []
    row = to(event)
    while row is not None and row not in chain and len(chain) < _MOST_STEPS:
        chain.append(row)
        wanted = law.steps[row].step.from_[0]
        row = None if wanted in _SETTLED else to(wanted)
    chain.reverse()
    removal = to("removed")
    if removal is not None and removal not in chain:
        chain.append(removal)
    return tuple(chain)
