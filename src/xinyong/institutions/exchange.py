"""Exchange: receipt is a function, not a message.

`arrival` says on which day an authority receives a listing, or its withdrawal, or that it
never does; `attached`, on whose file the copy is put there (`institutions.copies` joins the
two). They are keyed draws on the case, so nothing is sent or stored, and any reader computes
the same day.

A listing travels over a *route* of hops (see `institutions.network`). At each hop it is
sent with the coverage of that hop, waits its delay, and is attached by its key: rightly, to
somebody else (a namesake, who then bears what was meant for another), or to nobody: by the
rule of whoever receives it there (`institutions.matching`). With wrong-attachment probability
phi and miss probability mu a hop, the closed form is that of `institutions.identity`.
Withdrawals travel apart, with a coverage and a delay of their own; they name the entry, so
that they are never misattached. One that is lost or late is made good when the receiver next
compares its copies with their source, once in so many days.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.dates import NEVER
from xinyong.jit import lean
from xinyong.law.compiled import month_of
from xinyong.streams import below, draw64

__all__ = [
    "ADD",
    "MOST_HOPS",
    "NO_COPY",
    "RIGHT_COPY",
    "WITHDRAW",
    "WRONG_COPY",
    "Link",
    "arrival",
    "attached",
    "refreshed",
]

ADD, WITHDRAW = 0, 1
RIGHT_COPY, WRONG_COPY, NO_COPY = 0, 1, 2
#: Hops of the longest route: up over a province's platform, the nation's, down over another's.
MOST_HOPS = 4
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_DAY, _KEY = np.uint64(0), np.uint64(16)


class Link(NamedTuple):
    """How messages travel, by route.

    Attributes:
        coverage: uint64[2, routes, leaves, months], threshold of arriving at all, for listings
            and withdrawals sent from a leaf in a month, over all hops.
        hops: int64[routes].
        days: int64[2, 4], upper bounds of four equally likely spans of the delay of one hop.
        receiver: int64[routes, MOST_HOPS], who receives at each hop (-1: none); wrong, missed:
            uint64[receivers, 2, 2], thresholds of phi and of phi + mu at a hop to each, for
            persons and for organisations, before and from `unified` on.
        refresh: int64[routes], days after which the last receiver of a route compares its
            copies with their source (0: never).
        unified: int64[1], day from which organisations bear the unified code.
        first_month: int64[1], month 0 of `coverage`.
    """

    coverage: NDArray[np.uint64]
    hops: NDArray[np.int64]
    days: NDArray[np.int64]
    receiver: NDArray[np.int64]
    wrong: NDArray[np.uint64]
    missed: NDArray[np.uint64]
    refresh: NDArray[np.int64]
    unified: NDArray[np.int64]
    first_month: NDArray[np.int64]


@lean
def refreshed(word, every, day):
    """Return the first day after a day on which an authority compares its copies of a list.

    Each list of each authority has a turn of its own within the `every` days.
    """
    turn = np.int64(word % np.uint64(every))
    return day + 1 + (turn - day - 1) % every


@lean
def arrival(link, key, act, word, direction, route, leaf, day):
    """Return the day on which an authority receives a listing or withdrawal, or NEVER.

    Args:
        link: the network.
        key: of the stream ``exchange``.
        act: id of the act that the entry rests on.
        word: of the list and the authority (`streams.name_word`).
        direction: ADD or WITHDRAW.
        route: of the list to the authority.
        leaf: where it is sent from.
        day: the day it was sent.
    """
    latest = NEVER
    if direction == WITHDRAW and link.refresh[route] > 0:
        latest = refreshed(word, link.refresh[route], day)
    first, second = draw64(key, act, word, np.uint64(direction))
    month = month_of(day) - link.first_month[0]
    month = min(max(month, 0), link.coverage.shape[3] - 1)
    limit = link.coverage[direction, route, leaf, month]
    if limit != _ALL and first >= limit:
        return latest
    third = second  # a draw gives two words: a hop for each
    for hop in range(link.hops[route]):
        if hop % 2:
            which = np.uint64(direction) | np.uint64(hop + 1) << _KEY
            second, third = draw64(key, act, word, which)
        elif hop:
            second = third
        span = np.int64(second >> np.uint64(62))
        low = 0 if span == 0 else link.days[direction, span - 1]
        width = link.days[direction, span] - low + 1
        day += low + np.int64(below(second << np.uint64(2), np.uint64(width)))
    return min(day, latest)


@lean
def attached(link, key, act, word, route, kind, day):
    """Return what becomes of the key of a listing on its way: right, wrong or no copy.

    Args:
        link: the network.
        key: of the stream ``exchange_identity``.
        act: id of the act.
        word: of the list and the authority.
        route: of the list to the authority.
        kind: of the subject; 0 is a person.
        day: the day it was sent.
    """
    group = 1 if kind > 0 else 0
    era = 1 if day >= link.unified[0] else 0
    drawn, even, odd = -1, np.uint64(0), np.uint64(0)  # a draw gives two words: a hop for each
    for hop in range(link.hops[route]):
        to = link.receiver[route, hop]
        wrong, missed = link.wrong[to, group, era], link.missed[to, group, era]
        if missed == np.uint64(0):
            continue
        if drawn != hop // 2:
            drawn = hop // 2
            even, odd = draw64(key, act, word, np.uint64(drawn))
        uniform = odd if hop % 2 else even
        if uniform < wrong:
            return WRONG_COPY
        if uniform < missed:
            return NO_COPY
    return RIGHT_COPY
