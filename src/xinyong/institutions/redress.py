"""Redress and other ways off a list: when what ends an entry comes to pass.

Each list has *routes* (``data/routes.yaml``): performance, settlement, the end of
enforcement, an objection to a mistaken entry. A route has a monthly hazard that may change
with time. One uniform a case and route is compared with the survival table, which is
exactly one trial a month without visiting anybody. What is to come to pass is written to
the ledger; what it leads to is the law's business.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from xinyong import places
from xinyong.assumptions import Assumptions
from xinyong.dates import NEVER
from xinyong.errors import CatalogueError, Problem
from xinyong.institutions.regional import (
    OBJECTION,
    Clocks,
    answer_of,
    clocks_of,
    in_force,
    kept_locally,
)
from xinyong.institutions.steps import answer_day
from xinyong.jit import lean, njit
from xinyong.law.clocks import is_step
from xinyong.law.compile import Law
from xinyong.law.compiled import first_day, month_of
from xinyong.law.vocabulary import EVENTS
from xinyong.streams import below, draw64, name_word
from xinyong.yamlio import nearest, read_yaml, validate

__all__ = [
    *("Route", "Routes", "answered_day", "exit_day", "objection_days", "read_routes"),
    *("routes_of", "write_exits"),
]

_PATH = Path(str(files("xinyong.institutions") / "data" / "routes.yaml"))
_MOST = 4  # events of one route
_FACTS = "detail"  # the event that states a fact


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Then(_Block):
    """An event a route writes, days after it is taken; `what` is the fact of a ``detail``."""

    event: str
    what: str | None = None
    after: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _known(self) -> Then:
        if self.event not in EVENTS:
            raise ValueError(f"unknown event {self.event!r}; events are {', '.join(EVENTS)}")
        if (self.event == _FACTS) != (self.what is not None):
            raise ValueError("a detail, and nothing else, states what")
        return self


class Route(_Block):
    """A way off a list before its term is over.

    Attributes:
        list: the list; id: name of the route; its chance is ``exit.<list>.<id>``.
        only: ``mistaken`` where only an entry that is a mistake can take it.
        sure: it ends an entry under every version of the list.
        then: what it writes to the file.
    """

    list: str
    id: str
    only: Literal["mistaken"] | None = None
    sure: bool = False
    then: tuple[Then, ...] = Field(min_length=1, max_length=_MOST)


class _File(_Block):
    routes: list[Route]


@cache
def read_routes(path: Path = _PATH) -> tuple[Route, ...]:
    """Load the routes (cached).

    Raises:
        CatalogueError: with every problem found, each with file, line and field.

    Example:
        >>> read_routes()[0].id
        'performance'
    """
    document = read_yaml(path)
    found: Any = validate(_File, document)
    seen: set[tuple[str, str]] = set()
    for i, route in enumerate(found.routes):
        if (route.list, route.id) in seen:
            raise CatalogueError(document.problem(("routes", i, "id"), "stands twice"))
        seen.add((route.list, route.id))
    return tuple(found.routes)


class Routes(NamedTuple):
    """Routes off lists, as arrays; one row a route.

    Attributes:
        inst: the list; mistaken: whether only mistaken entries can take it.
        word: uint64[routes], of list and route.
        sure: whether it ends an entry under every version of the list.
        event, what, lag: [routes, 4] events it writes (-1: none), facts, days after.
        survival: float64[routes, leaves, months + 1], chance of not having taken it by each
            month.
        platform: whether it begins with an objection at the place's platform; the answer comes
            by the clock of the regulation of the place.
        clocks: of the regulations.
    """

    inst: NDArray[np.int64]
    mistaken: NDArray[np.bool_]
    word: NDArray[np.uint64]
    sure: NDArray[np.bool_]
    event: NDArray[np.int64]
    what: NDArray[np.int64]
    lag: NDArray[np.int64]
    survival: NDArray[np.float64]
    platform: NDArray[np.bool_]
    clocks: Clocks


def _at_platforms(law: Law, routes: Sequence[Route]) -> list[Route]:
    """Return the routes that an objection at a platform opens off lists that are kept locally."""
    sure = {r.list for r in routes if r.only == "mistaken" and r.sure}
    return [
        Route(list=it.id, id="regional", only="mistaken", sure=it.id in sure,
              then=(Then(event="withdrawn"),))
        for it in law.catalogue.instruments.values()
        if kept_locally(law.catalogue, it)
    ]  # fmt: skip


def routes_of(
    law: Law, given: Assumptions, first_month: int, months: int, on: bool,
    staffed: NDArray[np.float64] | None = None, clocks: Clocks | None = None,
) -> Routes:  # fmt: skip
    """Return the routes with their survival tables.

    Args:
        law: the compiled law; routes of lists that it does not have are left out.
        given: assumptions ``exit.<list>.<route>``, monthly hazards.
        first_month: first month of the run.
        months: how many.
        on: False gives no routes at all.
        staffed: float64[months, leaves], what share of the staff that handles ways off a list
            is at work; hazards are in proportion to it. None: all of it, always.
        clocks: of regional regulations, under which subjects object at platforms; None: none is.

    Raises:
        CatalogueError: a route has no assumption, or states an unknown fact.
    """
    rows = [r for r in read_routes() if on and r.list in law.code["instrument"]]
    more = _at_platforms(law, rows) if on and clocks is not None else []
    platform = np.arange(len(rows) + len(more)) >= len(rows)
    rows += more
    if clocks is None:
        clocks = clocks_of(law.catalogue, [()] * len(places.leaves()))
    open_ = in_force(clocks, first_month, months)
    event = np.full((len(rows), _MOST), -1, np.int64)
    what = np.full((len(rows), _MOST), -1, np.int64)
    lag = np.zeros((len(rows), _MOST), np.int64)
    if staffed is None:
        staffed = np.ones((months, len(places.leaves())))
    survival = np.ones((len(rows), staffed.shape[1], months + 1), np.float64)
    for i, route in enumerate(rows):
        for j, then in enumerate(route.then):
            event[i, j], lag[i, j] = EVENTS.index(then.event), then.after
            if then.what is not None:
                if then.what not in law.code["detail"]:
                    where = f"{route.list}.{route.id}"
                    hint = nearest(then.what, law.code["detail"])
                    raise CatalogueError(Problem(str(_PATH), 0, where, "unknown fact", hint))
                what[i, j] = law.code["detail"][then.what]
            elif is_step(EVENTS.index(then.event)):
                what[i, j] = law.code["instrument"][route.list]
        name = "regional.objection" if platform[i] else f"exit.{route.list}.{route.id}"
        for m in range(months):
            hazard = given.value(name, first_month + m) * (open_[m] if platform[i] else 1.0)
            survival[i, :, m + 1] = survival[i, :, m] * (1.0 - hazard * staffed[m])
    return Routes(
        np.array([law.code["instrument"][r.list] for r in rows], np.int64),
        np.array([r.only == "mistaken" for r in rows], np.bool_),
        np.array(
            [
                OBJECTION if at else name_word(f"{r.list}/{r.id}")
                for r, at in zip(rows, platform, strict=True)
            ],
            np.uint64,
        ),
        np.array([r.sure for r in rows], np.bool_),
        event,
        what,
        lag,
        survival,
        platform,
        clocks,
    )


@lean
def exit_day(routes, keys, act, route, leaf, start, mistaken, first_month):
    """Return the day on which a route would be taken by an entry, or NEVER."""
    if routes.mistaken[route] and not mistaken:
        return NEVER
    table = routes.survival[route, leaf]
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
def write_exits(routes, policy, keys, act, inst, leaf, kind, start, mistaken, first_month, day):
    """Fill `day` with the day of each route that is to be written, NEVER for the others.

    A route that ends an entry under every version (*sure*) makes later ones moot.

    Args:
        routes: the routes.
        policy: when steps are taken.
        keys: stream keys
        act: id of the act.
        inst: the list.
        leaf: where the file is.
        kind: of the subject.
        start: first day of the entry
        mistaken: whether it is a mistake.
        first_month: first month of the run.
        day: int64[routes], written.
    """
    last = NEVER
    for r in range(routes.inst.size):
        day[r] = NEVER
        if routes.inst[r] == inst:
            day[r] = exit_day(routes, keys, act, r, leaf, start, mistaken, first_month)
            if routes.platform[r]:
                day[r] = answer_of(routes.clocks, policy, keys.regional, act, leaf, kind, day[r])
            if routes.sure[r]:
                last = min(last, day[r])
    for r in range(routes.inst.size):
        if day[r] > last:
            day[r] = NEVER


@njit
def objection_days(routes, policy, keys, act, leaf, kind, start, first_month):
    """Return when the subject of a mistaken record objects at the platform, and the answer's day.

    Both are NEVER where it does not; the answer is NEVER too where no regulation in force lets
    subjects of the kind object to whatever is shown. Arguments as in `write_exits`.
    """
    for r in range(routes.inst.size):
        if routes.platform[r]:
            asked = exit_day(routes, keys, act, r, leaf, start, True, first_month)
            answer = answer_of(routes.clocks, policy, keys.regional, act, leaf, kind, asked)
            return asked, answer
    return NEVER, NEVER


@njit
def answered_day(policy, keys, act, word, asked, due):
    """Return the day of another answer under a regional regulation; see `steps.answer_day`."""
    return answer_day(policy, keys.regional, act, word, asked, due)
