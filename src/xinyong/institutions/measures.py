"""Measures: on paper, received, applied.

A measure is *on paper* while an entry is alive and the provision is in force; *received*
from the day the authority got the listing until it got the withdrawal; *applied* in a
month in which the authority was asked. A copy held after the entry's end is a *zombie*; one
without a qualifying act of the subject it is attached to is *mistaken*, and *astray* if it
was attached to somebody else on its way. A spell on a list is accounted for once, when it
is over (or the run is): receipt is a function of the case, so nothing had to be stored.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong import places
from xinyong.assumptions import Assumptions
from xinyong.dates import NEVER, day_of
from xinyong.institutions.barred import MeasureGates
from xinyong.institutions.copies import (
    BEGINS,
    COPY,
    FIRST_REQUEST,
    FROM,
    GONE,
    GOT,
    LOST,
    OVER,
    SINCE,
    STOPS,
    concerns,
    held_copy,
    next_asked,
)
from xinyong.institutions.exchange import WRONG_COPY
from xinyong.institutions.network import Network, network_of
from xinyong.jit import lean
from xinyong.law import vocabulary as v
from xinyong.law.compile import Law
from xinyong.streams import name_word, threshold

__all__ = [
    "ASPECTS",
    "MeasureTable",
    "account_spell",
    "asked_rate",
    "between",
    "measure_table",
    "standing",
]

#: What is counted for each measure, month, leaf and kind.
ASPECTS = (
    "on_paper",
    "received",
    "zombie",
    "mistaken",
    "astray",
    "applied",
    "applied_mistaken",
    "applied_zombie",
)
ON_PAPER, RECEIVED, ZOMBIE, MISTAKEN, ASTRAY, APPLIED, APPLIED_MISTAKEN, APPLIED_ZOMBIE = range(8)
_STATES = (ON_PAPER, RECEIVED, ZOMBIE, MISTAKEN, ASTRAY)
_GEOMETRIC = 640


class MeasureTable(NamedTuple):
    """Measures tied to lists, one row a (list, measure, authority).

    Attributes:
        inst, kinds, begins, ends: list, kinds of subjects (mask), days of force.
        stops: int32[rows, leaves], first day on which it is in force no more, or given up there
            because a gate bars it (NEVER: it goes on).
        sent: uint64[rows], word of list and authority; asking: of list, measure and authority.
        gap: uint64[rows, 640] cumulative thresholds of the months until the next request.
        asked: bool[rows], whether anybody is ever asked.
        route: int64[rows] of the network (-1: the authority keeps the list itself); linked:
            first day on which the authority is linked.
        like: int64[rows], the first row with the same copy: alike but for the measure.
        span: int64[instruments, 2], first row of each list and the row after its last.
    """

    inst: NDArray[np.int64]
    sent: NDArray[np.uint64]
    asking: NDArray[np.uint64]
    kinds: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    stops: NDArray[np.int32]
    gap: NDArray[np.uint64]
    asked: NDArray[np.bool_]
    route: NDArray[np.int64]
    linked: NDArray[np.int64]
    like: NDArray[np.int64]
    span: NDArray[np.int64]


@cache
def _gaps(rate: float) -> NDArray[np.uint64]:
    """Return uint64[640]: cumulative thresholds of the months until the next request."""
    found, left = np.zeros(_GEOMETRIC, np.uint64), 1.0
    for k in range(_GEOMETRIC):
        left *= 1.0 - rate
        found[k] = threshold(1.0 - left)
    return found


def asked_rate(given: Assumptions, measure: str) -> float:
    """Return the monthly chance that the authority of a measure is asked about a subject."""
    name = f"asked.{measure}"
    return given.value(name if name in given.rows else "asked.other")


def measure_table(
    law: Law, given: Assumptions, friction: bool, gates: MeasureGates | None = None
) -> tuple[MeasureTable, Network, list[tuple[str, str, str]]]:
    """Return the table, the network it needs, and for each row its list, measure, authority.

    Rows of several instruments for the same list, measure and authority are one row, from
    the first day of the earliest to the last day of the latest that a place has not given up.
    """
    cat = law.catalogue
    leaves = len(places.leaves())
    rows: dict[tuple[str, str, str], list[int]] = {}
    stops: dict[tuple[str, str, str], NDArray[np.int32]] = {}
    for it in cat.instruments.values():
        target = it.serves or it.id
        for version in it.versions:
            if version.draft is not None:
                continue
            begin = day_of(version.in_force.from_)
            until = version.in_force.until
            end = NEVER if until is None else day_of(until)
            for row in version.measures:
                if row.grades:  # nobody is entered on a scheme: see `engine.graded`
                    continue
                mask = sum(1 << v.KINDS.index(k) for k in row.kinds or v.KINDS)
                here = np.full(leaves, NEVER if end >= NEVER else end + 1, np.int32)
                if gates is not None:
                    here = np.minimum(here, gates.given_up(it, version, row))
                for authority in row.by:
                    name = (target, row.measure, authority)
                    held = rows.setdefault(name, [begin, end, 0])
                    held[0], held[1] = min(held[0], begin), max(held[1], end)
                    held[2] |= mask
                    stops[name] = np.maximum(stops.get(name, here), here)
    names = sorted(rows)
    gap = np.zeros((len(names), _GEOMETRIC), np.uint64)
    asked = np.zeros(len(names), np.bool_)
    for i, (_, measure, _) in enumerate(names):
        rate = asked_rate(given, measure)
        asked[i] = rate > 0
        gap[i] = _gaps(rate)
    network = network_of(cat, names, given, friction)
    first: dict[tuple[object, ...], int] = {}
    like = [
        first.setdefault(
            (n[0], n[2], *rows[n], stops[n].tobytes(), int(network.route[i]),
             int(network.linked[i])), i
        )
        for i, n in enumerate(names)
    ]  # fmt: skip
    inst = np.array([law.code["instrument"][n[0]] for n in names], np.int64)
    span = np.zeros((len(law.code["instrument"]), 2), np.int64)
    for code in np.unique(inst):  # names are sorted, so the rows of a list lie together
        span[code] = np.flatnonzero(inst == code)[[0, -1]] + (0, 1)
    table = MeasureTable(
        inst,
        np.array([name_word(f"{n[0]}/{n[2]}") for n in names], np.uint64),
        np.array([name_word("/".join(n)) for n in names], np.uint64),
        np.array([rows[n][2] for n in names], np.int64),
        np.array([rows[n][0] for n in names], np.int64),
        np.array([rows[n][1] for n in names], np.int64),
        np.array([stops[n] for n in names], np.int32).reshape(len(names), leaves),
        gap,
        asked,
        network.route,
        network.linked,
        np.array(like, np.int64),
        span,
    )
    return table, network, names


@lean
def between(counts, row, kind, aspect, begin, end, first_month):
    """Note that a state holds at the ends of the months from `begin` until before `end`.

    Written as differences: plus one where it starts, minus one where it stops; `standing`
    adds them up.
    """
    months = counts.shape[0]
    a = max(begin - first_month, 0)
    if a < months:
        counts[a, row, kind, aspect] += 1
        b = max(end - first_month, 0)
        if b < months:
            counts[b, row, kind, aspect] -= 1


def standing(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return counts with the differences of states added up over months (in place)."""
    for aspect in _STATES:
        np.cumsum(counts[..., aspect], axis=0, out=counts[..., aspect])
    return counts


@lean
def account_spell(table, copies, keys, act, inst, kind, mistaken, first_month, counts):
    """Add one spell on a list to the counts of its measures.

    Args:
        table: the measures.
        copies: int64[rows, COLUMNS], what `copies_of` noted of the spell.
        keys: stream keys.
        act: id of the act the entry rests on.
        inst: the list
        kind: of the subject.
        mistaken: whether nobody of this file did what the entry rests on.
        first_month: month 0 of `counts`.
        counts: int64[months, rows, kinds, ASPECTS], added to. States stand at month ends and
            are written as differences (see `standing`), applications in their month.
    """
    for i in range(table.span[inst, 0], table.span[inst, 1]):
        if not concerns(table, i, inst, kind):
            continue
        begins, stops = copies[i, BEGINS], copies[i, STOPS]
        if stops <= begins:
            continue
        over = copies[i, OVER]
        between(counts, i, kind, ON_PAPER, copies[i, FROM], over, first_month)
        got, lost, copy = copies[i, GOT], copies[i, LOST], copies[i, COPY]
        if not held_copy(got, lost, copy):
            continue
        wrong = mistaken or copy == WRONG_COPY
        since, gone = copies[i, SINCE], copies[i, GONE]
        between(counts, i, kind, RECEIVED, since, gone, first_month)
        if stops < NEVER:
            between(counts, i, kind, ZOMBIE, max(since, over), gone, first_month)
        if wrong:
            between(counts, i, kind, MISTAKEN, since, gone, first_month)
        if copy == WRONG_COPY:
            between(counts, i, kind, ASTRAY, since, gone, first_month)
        if not table.asked[i]:
            continue
        month = max(since - first_month, 0)
        last = min(counts.shape[0], gone - first_month)
        draw = np.uint64(FIRST_REQUEST)
        while month < last:
            month = next_asked(table, keys, act, i, month, last, draw)
            draw += np.uint64(1)
            if month < last:
                counts[month, i, kind, APPLIED] += 1
                if wrong:
                    counts[month, i, kind, APPLIED_MISTAKEN] += 1
                if month >= over - first_month:
                    counts[month, i, kind, APPLIED_ZOMBIE] += 1
            month += 1
