"""Steps taken: whether and when an authority does what the law says it must or may do.

Nominal: every ``must`` on its last lawful day (at once, where there is no limit), no
``may``. Otherwise each step of each case has a day of its own, drawn from the case's key:
within the limit, or late by a while; and within some days, where the law sets no limit.

Where the law lets the subject object to what is about to be decided, some do, rightly or
wrongly recorded alike; an objection to a record that is not true is upheld in some cases, and
then the decision is not taken. Objections after it are a way off the list (`redress`).
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.assumptions import Assumptions
from xinyong.dates import NEVER
from xinyong.institutions.unread import inert, read_again
from xinyong.jit import lean
from xinyong.law import tables as t
from xinyong.law.compile import Law
from xinyong.streams import below, draw64, name_word, threshold

__all__ = ["DECISION", "REDRESS", "Policy", "answer_day", "policy_of", "step_day", "takes"]


#: Whose staff a step waits for (`Policy.queue`).
DECISION, REDRESS = 1, 2
#: What an authority does on the way off a list: check an objection, grant a request, annul, remove.
_OFF_A_LIST = ("checked", "granted", "annulled", "removed")


class Policy(NamedTuple):
    """How steps are taken.

    Attributes:
        nominal: bool[1], every must on its last lawful day.
        word: uint64[steps], of instrument and step, alike in all versions.
        queue: int64[steps], whose staff the step waits for: 0 nobody's, `DECISION` that of the
            courts that list, `REDRESS` and up that of an authority's ways off lists.
        share: uint64[steps], threshold of taking the step at all.
        limited: bool[steps], the law sets a limit.
        inert: bool[steps], no provision, step or term reads the event it writes.
        counts_again: bool[steps], an event like the one it writes matters even where one like
            it stands already.
        last_days: int64[steps], the step is taken in the last so many days of its limit (0:
            on any day within it).
        objection: int64[steps], for a decision the step of objecting to it beforehand, or -1.
        upheld: uint64[1], threshold of upholding an objection to a record that is not true.
        late: uint64[1], threshold of missing the limit.
        late_days: int64[1], most days of delay beyond the limit.
        free_days: int64[1], most days where no limit is set.
    """

    nominal: NDArray[np.bool_]
    word: NDArray[np.uint64]
    queue: NDArray[np.int64]
    share: NDArray[np.uint64]
    limited: NDArray[np.bool_]
    inert: NDArray[np.bool_]
    counts_again: NDArray[np.bool_]
    last_days: NDArray[np.int64]
    objection: NDArray[np.int64]
    upheld: NDArray[np.uint64]
    late: NDArray[np.uint64]
    late_days: NDArray[np.int64]
    free_days: NDArray[np.int64]


def _objections(law: Law) -> NDArray[np.int64]:
    """Return for each step that decides the step of objecting before it, or -1: int64[steps]."""
    found = np.full(len(law.steps), -1, np.int64)
    before = {
        (o.instrument, o.version): i
        for i, o in enumerate(law.steps)
        if o.step.then == "objected" and o.step.modality == "may" and o.step.opens == "met"
    }
    for i, o in enumerate(law.steps):
        if o.step.then == "decided":
            found[i] = before.get((o.instrument, o.version), -1)
    return found


def policy_of(
    law: Law,
    given: Assumptions,
    nominal: bool,
    queues: bool,
    objections: bool = False,
    redress: Sequence[str] = (),
) -> Policy:
    """Return the policy for every compiled step.

    Args:
        law: the compiled law.
        given: assumptions ``steps.…``.
        nominal: follow the nominal course.
        queues: let listing decisions of courts wait for staff.
        objections: let subjects object before a decision.
        redress: authorities whose staff for ways off lists is limited, in the order of their
            codes from `REDRESS` on.
    """
    objection = _objections(law)
    if nominal or not objections:
        objection[:] = -1
    objecting = {int(i) for i in objection if i >= 0}
    steps = law.tables.step
    share = np.zeros(len(steps), np.uint64)
    queue = np.zeros(len(steps), np.int64)
    last_days = np.zeros(len(steps), np.int64)
    for i, origin in enumerate(law.steps):
        must = origin.step.modality == "must"
        if must:
            share[i] = threshold(1.0)
        elif not nominal and f"steps.may.{origin.instrument}.{origin.step.id}" in given.rows:
            name = f"steps.may.{origin.instrument}.{origin.step.id}"
            share[i] = threshold(given.value(name))
        elif i in objecting:
            share[i] = threshold(given.value("objection.uptake"))
        name = f"steps.last_days.{origin.instrument}.{origin.step.id}"
        last_days[i] = int(given.value(name)) if name in given.rows else 0
        decides = origin.step.then == "decided" and origin.step.by == "court"
        if queues and decides and origin.instrument == "spc_defaulters":
            queue[i] = DECISION
        elif origin.step.then in _OFF_A_LIST and origin.step.by in redress:
            queue[i] = REDRESS + list(redress).index(origin.step.by)
    return Policy(
        np.array([nominal]),
        np.array([name_word(f"{o.instrument}/{o.step.id}") for o in law.steps], np.uint64),
        queue,
        share,
        steps[:, t.S_N] >= 0,
        inert(law),
        read_again(law),
        last_days,
        objection,
        np.array([threshold(given.value("objection.upheld"))], np.uint64),
        np.array([threshold(given.value("steps.late_share"))], np.uint64),
        np.array([int(given.value("steps.late_days"))], np.int64),
        np.array([int(given.value("steps.free_days"))], np.int64),
    )


@lean
def takes(policy, keys, act, step, mistaken):
    """Tell whether a step of a case is taken at all.

    A decision on a record that is not true (`mistaken`) is not, if an objection was upheld.
    """
    before = policy.objection[step]
    if mistaken and before >= 0:
        made, right = draw64(keys.step, act, policy.word[before], np.uint64(1))
        if made < policy.share[before] and right < policy.upheld[0]:
            return False
    limit = policy.share[step]
    if limit == np.uint64(0xFFFFFFFFFFFFFFFF):
        return True
    return draw64(keys.step, act, policy.word[step], np.uint64(1))[0] < limit


@lean
def _in_time_or_late(policy, first, second, opens, due):
    """Return a day within a limit, any alike, or after it for the share of those that are late."""
    if first < policy.late[0]:
        return due + 1 + np.int64(below(second, np.uint64(policy.late_days[0])))
    return opens + np.int64(below(second, np.uint64(max(due - opens, 0) + 1)))


@lean
def step_day(policy, keys, act, step, anchor, due, today):
    """Return the day on which a step is taken (today at the earliest if it has no limit)."""
    if policy.nominal[0]:
        return due if policy.limited[step] else today
    first, second = draw64(keys.step, act, policy.word[step], np.uint64(0))
    if not policy.limited[step]:
        # What opens on one day is done on one day: the delay belongs to the day, not the step.
        delay = draw64(keys.step, act, np.uint64(anchor), np.uint64(2))[0]
        return anchor + np.int64(below(delay, np.uint64(policy.free_days[0] + 1)))
    opens = anchor
    if policy.last_days[step] > 0:
        opens = max(anchor, due - policy.last_days[step] + 1)
    return _in_time_or_late(policy, first, second, opens, due)


@lean
def answer_day(policy, key, act, word, asked, due):
    """Return the day on which a request outside any list's procedure is answered.

    Args:
        policy: when steps are taken.
        key: of the stream.
        act: id of the act.
        word: what is asked for.
        asked: the day.
        due: last lawful day, NEVER where no limit is set.
    """
    if policy.nominal[0]:
        return due if due < NEVER else asked
    first, second = draw64(key, act, word, np.uint64(1))
    if due >= NEVER:
        return asked + np.int64(below(second, np.uint64(policy.free_days[0] + 1)))
    return _in_time_or_late(policy, first, second, asked, due)
