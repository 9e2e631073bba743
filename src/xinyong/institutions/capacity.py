"""Capacity: how many decisions the staff of a leaf can take in a month, and who is next.

Whole numbers that add up: a leaf's capacity of a month is the difference of two rounded
running totals, so nothing is lost at any scale. The queue is served in the order of a
keyed hash of the case, not of arrival, so that one more request changes the turn of
nobody else but at the margin.

Ways off lists wait for staff of their own. With B waiting and C served a month, C coming
anew, each is served with chance C / (B + C) a month whatever it waited, so that the mean
wait is B / C months (`reference.queue` of the tests draws it one by one).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.assumptions import Assumptions, assumptions
from xinyong.errors import Problem, ScenarioError
from xinyong.jit import njit
from xinyong.streams import draw64

__all__ = [
    "SHARES",
    "Staff",
    "capacities",
    "rank",
    "redress_capacities",
    "staff_of",
    "staffed_by",
    "turns",
]

#: Assumptions that share the staff out: to enforcement, to integration, to ways off lists.
SHARES = ("staff.enforcement", "integration.staff", "staff.redress")
_REDRESS = "redress.capacity."

_MILLION = 1_000_000  # shares of staff are taken in millionths, so that totals stay whole


def capacities(
    given: Assumptions,
    name: str,
    first_month: int,
    months: int,
    weights: NDArray[np.int64],
    scale: int,
    staffed: NDArray[np.float64] | None = None,
) -> NDArray[np.int64]:
    """Return int64[months, leaves]: decisions that can be taken.

    Args:
        given: assumptions.
        name: the national capacity a month at one to one.
        first_month: first month.
        months: how many.
        weights: int64[leaves], the leaves' shares (population).
        scale: N of 1:N.
        staffed: float64[months, leaves], share of the staff that is at work (None: all).
    """
    total = int(weights.sum())
    whole = total * scale * _MILLION
    running = [0] * len(weights)
    before = [0] * len(weights)
    out = np.zeros((months, len(weights)), np.int64)
    for m in range(months):
        added = round(given.value(name, first_month + m))
        for i, weight in enumerate(weights.tolist()):
            share = 1.0 if staffed is None else float(staffed[m, i])
            running[i] += added * round(share * _MILLION)
            now = (2 * running[i] * weight + whole) // (2 * whole)  # half up
            out[m, i] = now - before[i]
            before[i] = now
    return out


class Staff(NamedTuple):
    """How the staff is shared, as multiples of the shares that capacities are stated for.

    Attributes:
        enforcement, redress: of listing decisions, and of ways off lists.
    """

    enforcement: float
    redress: float


def staff_of(given: Assumptions) -> Staff:
    """Return the shares of staff; what an emergency takes is taken from each alike.

    Capacities are stated for the shares of the file of assumptions; a scenario with others
    scales them.

    Raises:
        ScenarioError: the shares do not add up to one.
    """
    if abs(sum(given.value(name) for name in SHARES) - 1.0) > 1e-9:
        said = " + ".join(f"{name} {given.value(name):g}" for name in SHARES)
        hint = "what one gets another loses"
        raise ScenarioError(Problem("scenario", 0, "assume", f"{said} is not 1", hint))
    stated = assumptions()
    names = ("staff.enforcement", "staff.redress")
    return Staff(*(given.value(n) / stated.value(n) for n in names))


def staffed_by(given: Assumptions) -> tuple[str, ...]:
    """Return the authorities whose staff for ways off lists is limited.

    They are those with an assumption ``redress.capacity.<authority>``.
    """
    return tuple(sorted(n.removeprefix(_REDRESS) for n in given.rows if n.startswith(_REDRESS)))


def redress_capacities(
    given: Assumptions,
    authorities: Sequence[str],
    first_month: int,
    months: int,
    weights: NDArray[np.int64],
    scale: int,
    staffed: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return int64[authorities, months, leaves]: requests whose turn can come.

    Args:
        given: assumptions.
        authorities: from `staffed_by`.
        first_month: first month.
        months: how many.
        weights: int64[leaves], the leaves' shares (population).
        scale: N of 1:N.
        staffed: float64[months, leaves], the staff at work, as a multiple of what capacities
            are stated for.
    """
    rows = [
        capacities(given, _REDRESS + a, first_month, months, weights, scale, staffed)
        for a in authorities
    ]
    return np.array(rows, np.int64).reshape(len(rows), months, len(weights))


def turns(key: np.uint64, act: NDArray[np.uint64], month: int, free: int) -> NDArray[np.int64]:
    """Return which of those who wait have their turn in a month: positions, at most `free`.

    Whoever waits is ranked anew in each month, so that nobody waits forever for being last
    once.

    Args:
        key: of the stream ``turn``.
        act: uint64[n] ids of those who wait.
        month: the month.
        free: how many can be served.
    """
    if free >= len(act):
        return np.arange(len(act))
    ranks = np.empty(len(act), np.uint64)
    rank(key, act, ranks, month)
    return np.sort(np.lexsort((act, ranks))[:free])


@njit
def rank(key, act, out, turn=0):  # type: ignore[no-untyped-def]
    """Write the keyed rank of each case: uint64[n]; the smallest are served first.

    Args:
        key: of the stream.
        act: uint64[n] ids.
        out: written.
        turn: 0 where a case keeps its rank, else the month, in each of which it has another.
    """
    for i in range(act.size):
        out[i] = draw64(key, act[i], np.uint64(turn), np.uint64(0))[0]
