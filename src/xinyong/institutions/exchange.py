"""Exchange: receipt is a function, not a message.

``arrival`` says on which day an authority receives a listing, or its withdrawal, or that
it never does. It is a keyed draw on the case, so nothing is sent or stored, and any
reader computes the same day.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.assumptions import Assumptions
from xinyong.dates import NEVER
from xinyong.jit import lean
from xinyong.streams import below, draw64, threshold

__all__ = ["Link", "arrival", "link_of"]

ADD, WITHDRAW = 0, 1


class Link(NamedTuple):
    """One coverage and delay for every link: [listing, withdrawal].

    Attributes:
        coverage: uint64[2], threshold of arriving at all.
        days: int64[2, 4], upper bounds of four equally likely spans of delay, in days.
    """

    coverage: NDArray[np.uint64]
    days: NDArray[np.int64]


def link_of(given: Assumptions, on: bool) -> Link:
    """Return the link; switched off, everything arrives the day it is sent."""
    if not on:
        return Link(np.array([threshold(1.0)] * 2, np.uint64), np.zeros((2, 4), np.int64))
    coverage = [given.value("exchange.coverage_add"), given.value("exchange.coverage_withdraw")]
    median = [given.value("exchange.delay_add"), given.value("exchange.delay_withdraw")]
    # Quartiles of a delay whose median is given: half, once, twice and four times it.
    days = [[int(m * f) for f in (0.5, 1.0, 2.0, 4.0)] for m in median]
    return Link(np.array([threshold(c) for c in coverage], np.uint64), np.array(days, np.int64))


@lean
def arrival(link, key, act, word, direction, day):
    """Return the day on which an authority receives a listing or withdrawal, or NEVER.

    Args:
        link: coverage and delays.
        key: of the stream ``exchange``.
        act: id of the act that the entry rests on.
        word: of the list and the authority (`streams.name_word`).
        direction: ADD or WITHDRAW.
        day: the day it was sent.
    """
    first, second = draw64(key, act, word, np.uint64(direction))
    limit = link.coverage[direction]
    if limit != np.uint64(0xFFFFFFFFFFFFFFFF) and first >= limit:
        return NEVER
    span = np.int64(second >> np.uint64(62))
    low = 0 if span == 0 else link.days[direction, span - 1]
    width = link.days[direction, span] - low + 1
    return day + low + np.int64(below(second << np.uint64(2), np.uint64(width)))
