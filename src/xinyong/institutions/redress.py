"""Redress and other ways off a list: when what ends an entry comes to pass.

Each list has *routes*: performance, settlement, the end of enforcement, an objection to
a mistaken entry. A route has a monthly hazard that may change with time. One uniform a
case and route is compared with the survival table, which is exactly one trial a month
without visiting anybody. What is to come to pass is written to the ledger; what it
leads to is the law's business.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.assumptions import Assumptions
from xinyong.dates import NEVER
from xinyong.jit import lean
from xinyong.law.compile import Law
from xinyong.law.compiled import first_day, month_of
from xinyong.law.vocabulary import EVENTS
from xinyong.streams import below, draw64, name_word

__all__ = ["Routes", "exit_day", "routes_of", "write_exits"]

#: Routes: list, hazard, only for mistaken entries, sure, then (event, fact, days after).
ROUTES: tuple[tuple[str, str, bool, bool, tuple[tuple[str, str, int], ...]], ...] = (
    ("spc_defaulters", "performance", False, True, (("performed", "", 0),)),
    ("spc_defaulters", "settlement", False, True, (("settled", "", 0), ("performed", "", 0))),
    ("spc_defaulters", "enforcement_ended", False, True, (("enforcement_ended", "", 0),)),
    ("spc_defaulters", "withdrawn", False, False, (("withdrawn", "", 0),)),
    (
        "spc_defaulters",
        "objection",
        True,
        False,
        (("detail", "listing_wrong", 0), ("objected", "", 0)),
    ),
    (
        "wage_arrears_list",
        "repair",
        False,
        True,
        (
            ("corrected", "", 0),
            ("performed", "", 0),
            ("pledged", "", 0),
            ("applied", "", 190),
        ),
    ),
)


class Routes(NamedTuple):
    """Routes off lists, as arrays; one row a route.

    Attributes:
        inst: the list; mistaken: whether only mistaken entries can take it.
        word: uint64[routes], of list and route.
        sure: whether it ends an entry under every version of the list.
        event, what, lag: [routes, 4] events it writes (-1: none), facts, days after.
        survival: float64[routes, months + 1], chance of not having taken it by each month.
    """

    inst: NDArray[np.int64]
    mistaken: NDArray[np.bool_]
    word: NDArray[np.uint64]
    sure: NDArray[np.bool_]
    event: NDArray[np.int64]
    what: NDArray[np.int64]
    lag: NDArray[np.int64]
    survival: NDArray[np.float64]


def routes_of(law: Law, given: Assumptions, first_month: int, months: int, on: bool) -> Routes:
    """Return the routes with their survival tables.

    Args:
        law: the compiled law.
        given: assumptions ``exit.<list>.<route>``, monthly hazards.
        first_month: first month of the run.
        months: how many.
        on: False gives no routes at all.
    """
    rows = ROUTES if on else ()
    event = np.full((len(rows), 4), -1, np.int64)
    what = np.full((len(rows), 4), -1, np.int64)
    lag = np.zeros((len(rows), 4), np.int64)
    survival = np.ones((len(rows), months + 1), np.float64)
    for i, (name, route, _, _, events) in enumerate(rows):
        for j, (word, fact, days) in enumerate(events):
            event[i, j], lag[i, j] = EVENTS.index(word), days
            if fact:
                what[i, j] = law.code["detail"][fact]
            elif word in ("objected", "withdrawn", "applied"):
                what[i, j] = law.code["instrument"][name]
        for m in range(months):
            hazard = given.value(f"exit.{name}.{route}", first_month + m)
            survival[i, m + 1] = survival[i, m] * (1.0 - hazard)
    return Routes(
        np.array([law.code["instrument"][r[0]] for r in rows], np.int64),
        np.array([r[2] for r in rows], np.bool_),
        np.array([name_word(f"{r[0]}/{r[1]}") for r in rows], np.uint64),
        np.array([r[3] for r in rows], np.bool_),
        event,
        what,
        lag,
        survival,
    )


@lean
def exit_day(routes, keys, act, route, start, mistaken, first_month):
    """Return the day on which a route would be taken by an entry, or NEVER."""
    if routes.mistaken[route] and not mistaken:
        return NEVER
    table = routes.survival[route]
    begin = month_of(start) - first_month
    first, second = draw64(keys.redress, act, routes.word[route], np.uint64(0))
    uniform = np.float64(first >> np.uint64(11)) * 2.0**-53
    target = table[begin] * (1.0 - uniform)
    low, high = begin, table.size - 1
    if table[high] > target:
        return NEVER
    while low < high:  # the first month at whose end the survival is at or below the target
        middle = (low + high) // 2
        if table[middle + 1] <= target:
            high = middle
        else:
            low = middle + 1
    if low >= table.size - 1:
        return NEVER
    month = first_month + low
    opens = first_day(month)
    day = opens + np.int64(below(second, np.uint64(first_day(month + 1) - opens)))
    return max(day, start + 1)


@lean
def write_exits(routes, keys, act, inst, start, mistaken, first_month, day):
    """Fill `day` with the day of each route that is to be written, NEVER for the others.

    A route that ends an entry under every version (*sure*) makes later ones moot.

    Args:
        routes: the routes.
        keys: stream keys
        act: id of the act.
        inst: the list.
        start: first day of the entry
        mistaken: whether it is a mistake.
        first_month: first month of the run.
        day: int64[routes], written.
    """
    last = NEVER
    for r in range(routes.inst.size):
        day[r] = NEVER
        if routes.inst[r] == inst:
            day[r] = exit_day(routes, keys, act, r, start, mistaken, first_month)
            if routes.sure[r]:
                last = min(last, day[r])
    for r in range(routes.inst.size):
        if day[r] > last:
            day[r] = NEVER
