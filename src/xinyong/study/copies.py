"""Who held a copy of which entry, when: the entries of a run read once more, with their copies.

The engine counts copies by month and measure. A study also asks for what cannot be had from
such counts: how long after its removal an entry still stood somewhere, at how many bodies at
once, and what was wrongful for either reason (*mistaken*, or a *zombie*) without counting it
twice. Receipt is a function of the entry, so it can be asked again at any time; the months
counted here add up to those of the engine (a test compares them).

A *body* is one authority that acts on the list of another; it may apply several measures.
Months are counted at their ends, as in `institutions.measures`.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinyong.dates import NEVER, first_day
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.state import CASE_FALSE, CASE_MISATTACHED, N_ENTRIES
from xinyong.engine.world import World
from xinyong.errors import UsageError
from xinyong.institutions.copies import concerns, copy_of, held_copy
from xinyong.institutions.exchange import WRONG_COPY
from xinyong.institutions.network import delay_days, spans_of
from xinyong.jit import lean
from xinyong.law.compiled import month_of
from xinyong.law.vocabulary import KINDS

__all__ = ["AFTER", "BODIES", "COLUMNS", "read", "still_held"]

#: Days after a removal at which copies are looked for: one, three and six months.
AFTER = (30, 91, 182)
#: Only entries that ended this many days before the run are followed after their removal.
WINDOW = 365
#: Numbers of receiving bodies looked at; the last stands for all of them.
BODIES = (1, 3, 10, 1_000_000)

#: What is counted, by list and kind of subject.
COLUMNS = (
    "entries", "entries_mistaken", "paper", "received", "right", "missed", "mistaken", "zombie",
    "wrongful", "copies", "copies_astray", "removed", "removed_copies", "zombie_year",
    *(f"copies_after_{d}" for d in AFTER),
    *(f"blocked_{k}_after_{d}" for k in BODIES for d in AFTER),
)  # fmt: skip
(
    _ENTRIES, _ENTRIES_MISTAKEN, _PAPER, _RECEIVED, _RIGHT, _MISSED, _MISTAKEN, _ZOMBIE,
    _WRONGFUL, _COPIES, _ASTRAY, _REMOVED, _REMOVED_COPIES, _YEAR, _COPIES_AFTER,
) = range(15)  # fmt: skip
_BLOCKED = _COPIES_AFTER + len(AFTER)
_N_AFTER, _N_BODIES = len(AFTER), len(BODIES)
_FLAGS = CASE_FALSE | CASE_MISATTACHED
_LATE = WINDOW
_AFTER_DAYS = AFTER
_FIRST_BODIES = BODIES


@dataclass(frozen=True)
class _Bodies:
    """Bodies of the measure rows: index of each row's body, rank of each body within its list."""

    of: NDArray[np.int64]
    rank: NDArray[np.int64]


@lean
def _months(begin, end, first_month, months):
    """Return at how many month ends of the run a state from `begin` to before `end` stands."""
    a = min(max(month_of(begin) - first_month, 0), months)
    b = months
    if end < NEVER:
        b = min(max(month_of(end) - first_month, 0), months)
    return max(b - a, 0)


@lean
def _read_entry(
    e, leaf, place, table, link, keys, of, rank, first_month, months, horizon, out, since, until
):
    """Add one entry and its copies to the counts."""
    case = leaf.en[e].case
    act = leaf.cs[case].act
    inst = np.int64(leaf.en[e].inst)
    kind = leaf.lg[leaf.cs[case].ledger].subject >> 32
    mistaken = leaf.cs[case].flags & _FLAGS
    start, end = np.int64(leaf.en[e].start), np.int64(leaf.en[e].end)
    if end <= start:
        return
    followed = end < horizon - _LATE
    out[inst, kind, _ENTRIES] += 1
    if mistaken:
        out[inst, kind, _ENTRIES_MISTAKEN] += 1
    if followed:
        out[inst, kind, _REMOVED] += 1
    for b in range(since.size):
        since[b] = NEVER
        until[b] = -1
    for i in range(table.inst.size):
        if not concerns(table, i, inst, kind):
            continue
        begins, stops, _, got, lost, copy = copy_of(
            table, link, keys, act, i, kind, place, start, end
        )
        if stops <= begins:
            continue
        paper = _months(begins, stops, first_month, months)
        out[inst, kind, _PAPER] += paper
        if not held_copy(got, lost, copy):
            if not mistaken:
                out[inst, kind, _MISSED] += paper
            continue
        held = _months(got, lost, first_month, months)
        dead = 0
        if stops < NEVER:
            dead = _months(max(got, stops), lost, first_month, months)
        out[inst, kind, _RECEIVED] += held
        out[inst, kind, _ZOMBIE] += dead
        if mistaken or copy == WRONG_COPY:
            out[inst, kind, _MISTAKEN] += held
            out[inst, kind, _WRONGFUL] += held
            if not mistaken:
                out[inst, kind, _MISSED] += paper
        else:
            out[inst, kind, _RIGHT] += held - dead
            out[inst, kind, _WRONGFUL] += dead
            out[inst, kind, _MISSED] += paper - (held - dead)
        if table.route[i] < 0:
            continue
        b = of[i]
        if until[b] < 0:
            out[inst, kind, _COPIES] += 1
            if copy == WRONG_COPY:
                out[inst, kind, _ASTRAY] += 1
        if stops == end and followed and until[b] <= 0:
            out[inst, kind, _REMOVED_COPIES] += 1
        if stops == end:
            since[b] = min(since[b], got)
            until[b] = max(until[b], lost)
        else:
            until[b] = max(until[b], 0)
    if not followed:
        return
    for j in range(_N_AFTER):
        day = end + _AFTER_DAYS[j]
        first = NEVER
        for b in range(since.size):
            if since[b] <= day and day < until[b]:
                out[inst, kind, _COPIES_AFTER + j] += 1
                first = min(first, rank[b])
        for k in range(_N_BODIES):
            if first < _FIRST_BODIES[k]:
                out[inst, kind, _BLOCKED + k * _N_AFTER + j] += 1
    for b in range(since.size):
        if until[b] > end:
            stop = min(until[b], end + _LATE)
            out[inst, kind, _YEAR] += _months(max(since[b], end), stop, first_month, months)


@lean
def _read_leaf(
    leaf, place, table, link, keys, of, rank, first_month, months, horizon, out, since, until
):
    """Add every entry that a leaf still holds; `out` is int64[lists, kinds, COLUMNS]."""
    for e in range(leaf.counts[N_ENTRIES]):
        if leaf.en[e].inst >= 0:
            _read_entry(
                e, leaf, place, table, link, keys, of, rank, first_month, months, horizon, out,
                since, until,
            )  # fmt: skip
    return 0


def _bodies(world: World) -> _Bodies:
    """Return the bodies; within a list they are ranked by the word of list and authority.

    The order is arbitrary and fixed: it decides which bodies count as the first few.
    """
    table = world.measures
    words, of = np.unique(table.sent, return_inverse=True)
    inst = np.zeros(len(words), np.int64)
    inst[of] = table.inst
    rank = np.zeros(len(words), np.int64)
    for name in np.unique(inst):
        mine = np.flatnonzero(inst == name)
        rank[mine] = np.arange(len(mine))
    return _Bodies(np.asarray(of, np.int64).ravel(), rank)


def read(world: World, runs: list[LeafRun]) -> NDArray[np.int64]:
    """Return int64[lists, kinds, COLUMNS]: what came of the entries of a run and their copies.

    Raises:
        UsageError: entries were not kept, or the run follows only a sample of them.

    Example:
        >>> COLUMNS[:3]
        ('entries', 'entries_mistaken', 'paper')
    """
    if world.scenario.keep == "indicators" or world.sample_shift:
        raise UsageError("studies read every entry: take a scale of 1:64 or coarser, keep entries")
    found, kinds = _bodies(world), len(KINDS)
    out = np.zeros((len(world.law.instruments), kinds, len(COLUMNS)), np.int64)
    since = np.zeros(len(found.rank), np.int64)
    until = np.zeros(len(found.rank), np.int64)
    first, months = world.scenario.first_month, world.scenario.months
    horizon = int(first_day(first + months))
    for run in runs:
        _read_leaf(
            run.leaf, run.place, world.measures, world.link, world.keys, found.of, found.rank,
            first, months, horizon, out, since, until,
        )  # fmt: skip
    return out


def still_held(days: int, hops: int, coverage: float, median: float, every: float = 0.0) -> float:
    """Return the closed form: the share of copies held so many days after a removal.

    A withdrawal comes through each hop with the same coverage, after the delays of all hops
    (`institutions.network.delay_days`).

    Args:
        days: after the removal.
        hops: of the route.
        coverage: of one hop.
        median: delay of one hop, days.
        every: days after which a receiver compares its copies with their source (0: never); the
            day of the removal is any of them.

    Example:
        >>> still_held(0, 2, 0.0, 10)  # nothing is ever withdrawn
        1.0
        >>> round(still_held(400, 2, 0.9, 10), 6)  # all that come have come: 1 - 0.9 * 0.9
        0.19
        >>> still_held(365, 2, 0.9, 10, 365)  # by then every copy has been compared
        0.0
    """
    total = delay_days(spans_of(median), hops)
    due = max(1.0 - days / every, 0.0) if every else 1.0
    return float(due * (1.0 - coverage**hops * total[: days + 1].sum()))
