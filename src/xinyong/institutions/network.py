"""The network of authorities: who sends listings to whom, over how many hops, since when.

It is built from the catalogue. The nodes are the keepers of lists, the authorities that
apply measures, the national platform, and the platform of each province. A listing goes
from its keeper up to the national platform and down to the authority that acts on it; a
local keeper or a local authority adds a hop over the platform of its province. An authority
is *linked* to the national platform some months after the first instrument that makes it
act on the lists of another was in force.

The coverage of the platforms of provinces grows as `institutions.integration` says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinyong import places
from xinyong.assumptions import Assumptions
from xinyong.dates import NEVER, day_of
from xinyong.institutions.exchange import MOST_HOPS, Link
from xinyong.institutions.matching import hop_errors, read_receivers, refresh_months
from xinyong.law.catalogue import Catalogue
from xinyong.streams import threshold

__all__ = [
    *("Network", "delay_days", "first_tie", "is_local", "link_of", "linked_bodies", "network_of"),
    "spans_of",
]

_LOCAL = frozenset({"local", "provincial", "municipal", "county", "town", "village"})
#: From this day on organisations bear the unified social credit code (GuoFa [2015] 33).
_UNIFIED = dt.date(2015, 10, 1)
_DAYS_A_MONTH = 30.4375


@dataclass(frozen=True)
class Network:
    """The routes of a run.

    Attributes:
        kinds: (hops, over the platform of the sending province, … of the receiving one,
            position of the last receiver in `matching.read_receivers`) of each route.
        route: for each measure row, its route; -1 where keeper and authority are one.
        linked: for each measure row, the first day on which its authority is linked.
    """

    kinds: tuple[tuple[int, bool, bool, int], ...]
    route: NDArray[np.int64]
    linked: NDArray[np.int64]


def is_local(catalogue: Catalogue, authority: str) -> bool:
    """Tell whether there is one of an authority in every province, city or county."""
    return catalogue.authorities[authority].level in _LOCAL


def first_tie(catalogue: Catalogue) -> dict[str, int]:
    """Return for each authority the first day on which it acts on a list of another."""
    found: dict[str, int] = {}
    for it in catalogue.instruments.values():
        target = catalogue.instruments.get(it.serves or it.id, it)
        for version in it.versions:
            if version.draft is not None:
                continue
            start = day_of(version.in_force.from_)
            for row in version.measures:
                for authority in () if row.grades else row.by:  # grades are looked up, not sent
                    if authority not in (target.keeper, target.decider):
                        found[authority] = min(found.get(authority, NEVER), start)
    return found


def linked_bodies(catalogue: Catalogue, given: Assumptions, day: int) -> list[str]:
    """Return the central authorities that are linked to the national platform on a day.

    Example:
        >>> from xinyong.assumptions import assumptions
        >>> from xinyong.dates import day_of, parse_date
        >>> from xinyong.law.catalogue import load
        >>> day = day_of(parse_date("2018-06-06", ""))
        >>> "caac" in linked_bodies(load(), assumptions(), day)
        True
    """
    lag = int(given.value("exchange.link_lag"))
    ties = first_tie(catalogue)
    return sorted(a for a, d in ties.items() if not is_local(catalogue, a) and d + lag <= day)


def network_of(
    catalogue: Catalogue, names: list[tuple[str, str, str]], given: Assumptions, on: bool
) -> Network:
    """Return the route and the first day of each measure row.

    Args:
        catalogue: the law.
        names: (list, measure, authority) of each row.
        given: assumption ``exchange.link_lag``, days.
        on: False: whoever acts on a list holds it.
    """
    ties = first_tie(catalogue)
    lag = int(given.value("exchange.link_lag")) if on else 0
    kinds: dict[tuple[int, bool, bool, int], int] = {}
    receivers = read_receivers()
    route = np.full(len(names), -1, np.int64)
    linked = np.full(len(names), -NEVER, np.int64)
    for i, (name, _, authority) in enumerate(names):
        it = catalogue.instruments[name]
        keeper = it.keeper or it.issuer
        if authority in (keeper, it.decider):
            continue
        up, down = is_local(catalogue, keeper), is_local(catalogue, authority)
        to = receivers.of(authority, catalogue.authorities[authority].level)
        kind = (2 + up + down, up, down, to)
        route[i] = kinds.setdefault(kind, len(kinds))
        linked[i] = ties[authority] + lag
    return Network(tuple(kinds), route, linked)


def spans_of(median: float) -> list[int]:
    """Return the upper bounds, in days, of the four equally likely spans of the delay of a hop.

    They are half, once, twice and four times the median.

    Example:
        >>> spans_of(10)
        [5, 10, 20, 40]
    """
    return [int(median * f) for f in (0.5, 1.0, 2.0, 4.0)]


def delay_days(spans: Sequence[int], hops: int) -> NDArray[np.float64]:
    """Return P(a message takes so many days), by days: what `exchange.arrival` draws.

    Delays of hops add up, so that their distributions are folded. A span reaches from the bound
    before it to its own, both included.

    Args:
        spans: upper bounds of the delay of one hop.
        hops: of the route.

    Example:
        >>> delay_days([0, 0, 0, 1], 1).tolist()  # three spans at once, one of today or tomorrow
        [0.875, 0.125]
    """
    one = np.zeros(spans[-1] + 1)
    low = 0
    for high in spans:
        one[low : high + 1] += 0.25 / (high - low + 1)
        low = high
    total = np.ones(1)
    for _ in range(hops):
        total = np.convolve(total, one)
    return total


def link_of(
    network: Network, given: Assumptions, vertical: NDArray[np.float64], first_month: int,
    months: int, *, friction: bool, identity: bool, matching: bool = True, refresh: bool = True,
) -> Link:  # fmt: skip
    """Return the network as arrays; without friction everything arrives the day it is sent.

    Args:
        network: the routes.
        given: assumptions ``exchange.…`` and ``identity.…``.
        vertical: float64[leaves, months], coverage of the provinces' platforms.
        first_month: first month of the run.
        months: how many.
        friction: coverage and delay.
        identity: wrong and missed attachment at each hop.
        matching: by the rule of each receiver; False: all match alike.
        refresh: receivers compare their copies with the source now and then.
    """
    receivers = read_receivers()
    between = [r.id for r in receivers.receivers].index(receivers.between)
    leaves = len(places.leaves())
    n = max(len(network.kinds), 1)
    coverage = np.ones((2, n, leaves, months), np.float64)
    days = np.zeros((2, 4), np.int64)
    if friction:
        for direction, way in enumerate(("add", "withdraw")):
            for i, (hops, up, down, _) in enumerate(network.kinds):
                central = given.value(f"exchange.coverage_{way}") ** (hops - up - down)
                coverage[direction, i] = central * vertical ** (int(up) + int(down))
            median = given.value(f"exchange.delay_{way}")
            days[direction] = spans_of(median)
    chances, which = np.unique(coverage, return_inverse=True)  # routes share most of them
    limits = np.array([threshold(c) for c in chances.tolist()], np.uint64)
    receiver = np.full((n, MOST_HOPS), -1, np.int64)
    every = np.zeros(n, np.int64)
    for i, (hops, _, _, to) in enumerate(network.kinds):
        receiver[i, : hops - 1], receiver[i, hops - 1 : hops] = between, to
        if refresh and friction:
            months_between = refresh_months(given, receivers.receivers[to])
            every[i] = round(months_between * _DAYS_A_MONTH)
    errors = hop_errors(given, identity=identity, by_receiver=matching)
    return Link(
        limits[which].reshape(coverage.shape),
        np.array([k[0] for k in network.kinds] or [0], np.int64),
        days,
        receiver,
        errors.wrong,
        errors.missed,
        every,
        np.array([day_of(_UNIFIED)], np.int64),
        np.array([first_month], np.int64),
    )
