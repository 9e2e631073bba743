"""The nominal course: what happens if every authority does just what it must.

Every ``must`` step is taken on its last lawful day, no ``may`` step is taken, and a
record is formed on the day of its act unless the case says otherwise. A ``must`` step
without a time limit is taken on the day it opens. What one scheme feeds into another at the
end of a year arrives on that day.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from xinyong.dates import NEVER, day_of
from xinyong.law import tables as t
from xinyong.law.clocks import BEYOND, is_step
from xinyong.law.compile import Law
from xinyong.law.determine import Determination, Event, Ledger, determine, findings
from xinyong.law.feeds import fed, feeders, next_year_end
from xinyong.law.vocabulary import EVENTS

__all__ = ["followed", "nominal"]


def nominal(ledger: Ledger, law: Law, as_of: dt.date) -> tuple[Ledger, Determination]:
    """Follow the nominal course up to a day.

    Returns:
        The ledger with the steps that were taken, and what follows from it on the day.
    """
    taken = followed(ledger, law, as_of)
    return taken, determine(taken, law, as_of)


def followed(
    ledger: Ledger,
    law: Law,
    as_of: dt.date,
    fold: Callable[[Ledger, int], t.Findings] | None = None,
) -> Ledger:
    """Return the ledger with the steps that the nominal course takes up to a day.

    Steps are taken in the order of their days, each seen as of its own day, so that a
    later event never causes an earlier step.

    Args:
        ledger: as stated.
        law: compiled.
        as_of: the last day.
        fold: what returns `findings` of a ledger on a day; to share folds between files.
    """
    last = day_of(as_of)
    day = min((e.day for e in ledger.events), default=last)
    stated = ledger
    givers = feeders(law, ledger.subject)
    starts = [day_of(w.in_force.from_) for it in givers for w in it.versions if w.feeds]
    year_end = next_year_end(min([day, *starts])) if starts else NEVER
    day = min(day, year_end)
    most = 4 * len(law.steps) * (1 + max((e.case for e in ledger.events), default=0))
    taken = 0
    while day <= last:
        found = findings(ledger, law, day) if fold is None else fold(ledger, day)
        step = _due(found, law, day, stated)
        if step is not None:
            ledger = ledger.append(step)
            taken += 1
            if taken > most:
                raise RuntimeError("the nominal course does not come to an end")
            continue
        if day == year_end:
            ledger = ledger.append(*fed(ledger, law, day, stated))
            year_end = next_year_end(day + 1)
            continue
        following = int(min(found.count[t.NEXT_DUE : t.N_COUNTS].min(), year_end))
        if following >= NEVER:
            break
        day = following
    return ledger


def _due(numbers: t.Findings, law: Law, day: int, stated: Ledger) -> Event | None:
    """Return the next `must` step whose last lawful day has come."""
    for row in numbers.step[: numbers.count[t.N_STEP]]:
        compiled = law.tables.step[row[t.Q_STEP]]
        due = int(row[t.Q_DUE])
        if not compiled[t.S_MUST] or row[t.Q_DONE] < NEVER or due == BEYOND or due > day:
            continue
        then = int(compiled[t.S_THEN])
        what = law.instruments[compiled[t.S_INST]] if is_step(then) else ""
        if _comes(stated, int(row[t.Q_CASE]), EVENTS[then], what, day):
            continue
        # A step that opened after its last day (what it waited for came late) is taken now.
        return Event(day, EVENTS[then], int(row[t.Q_CASE]), what)
    return None


def _comes(stated: Ledger, case: int, event: str, what: str, day: int) -> bool:
    """Tell whether the case itself states the step for a later day; then it is taken then."""
    return any(
        e.day > day and e.case == case and e.event == event and (not what or e.what in ("", what))
        for e in stated.events
    )
