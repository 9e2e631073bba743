"""Capacity: how many decisions the staff of a leaf can take in a month, and who is next.

Whole numbers that add up: a leaf's capacity of a month is the difference of two rounded
running totals, so nothing is lost at any scale. The queue is served in the order of a
keyed hash of the case, not of arrival, so that one more request changes the turn of
nobody else but at the margin.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xinyong.assumptions import Assumptions
from xinyong.jit import njit
from xinyong.streams import draw64

__all__ = ["capacities", "rank"]

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


@njit
def rank(key, act, out):  # type: ignore[no-untyped-def]
    """Write the keyed rank of each case: uint64[n]; the smallest are served first."""
    for i in range(act.size):
        out[i] = draw64(key, act[i], np.uint64(0), np.uint64(0))[0]
