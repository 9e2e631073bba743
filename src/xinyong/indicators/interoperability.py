"""Interoperability: how much of what one body knows another can use, and how soon.

The links are those of `institutions.network`: coverage by month and leaf, hops, delays. How
much of a record keeps its meaning, and what lateness costs, are terms of this family.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong.dates import NEVER
from xinyong.indicators.base import Indicator, Inputs, Rows
from xinyong.indicators.terms import term
from xinyong.institutions.network import delay_days, first_tie, linked_bodies

__all__ = ["INDICATORS", "Links", "integration", "links", "reach", "reach_of", "rows"]

_DAYS_A_MONTH = 30.4375
_M = "this project's definition"


def integration(
    weight: ArrayLike, coverage: ArrayLike, kept: ArrayLike, delay: ArrayLike, tau0: float
) -> float:
    """Return INT = sum(weight · coverage · kept · exp(-delay / tau0)) / sum(weight).

    Args:
        weight: how much each link matters.
        coverage: share of messages that arrive.
        kept: share of fields that keep their meaning.
        delay: of a message.
        tau0: delay after which a message is worth 1/e, in the unit of `delay`.

    Returns:
        From 0 to 1; nan where nothing has weight.
    """
    w = np.asarray(weight, np.float64)
    worth = np.asarray(coverage) * np.asarray(kept) * np.exp(-np.asarray(delay) / tau0)
    return float((w * worth).sum() / w.sum()) if w.sum() else float("nan")


def reach(each: ArrayLike) -> float:
    """Return P(at least one of several independent bodies acts)."""
    return float(1.0 - np.prod(1.0 - np.asarray(each, np.float64)))


def _count(bodies: ArrayLike) -> int:
    return int(np.asarray(bodies).size)


INT = Indicator(
    "int", "interoperability", "share",
    "INT = Σ ω w s exp(−τ/τ0) / Σ ω over directed links: ω weight (an agency link counts one, a "
    "province its share of persons, a pair of provinces the product), w coverage (0 before the "
    "link is there), s share of fields that keep their meaning (`fields_kept` a hop), τ mean "
    "delay of a listing in months, τ0 `tau0`. Groups: `cross_agency` (keeper to authority over "
    "the national platform), `vertical` (platform of a province to the national one), "
    "`cross_province` (one province to another, over both platforms).",
    _M, "assumption", integration,
    {"weight": [2, 1, 1], "coverage": [0.8, 0.5, 0], "kept": [0.9, 0.9, 0.9],
     "delay": [0, 3, 3], "tau0": 3}, (2 * 0.72 + 0.45 / np.e) / 4,
    "Three links: 2 × 0.8 × 0.9 + 0.5 × 0.9 / e + 0, over 4.",
)  # fmt: skip
REACH = Indicator(
    "reach", "interoperability", "probability",
    "P(a listing is acted on by a body other than its keeper within `reach_months` calendar "
    "months), in closed form: 1 − Π over authorities (1 − P(a copy is attached and arrives, and "
    "some measure is then asked about)), for an entry that stands that long and is made on any "
    "day of the month alike; mean over places by persons. A copy gone astray acts on somebody "
    "else and does not count.",
    _M, "assumption", reach, {"each": [0.5, 0.2]}, 0.6,
    "Two authorities act with chances 0.5 and 0.2: 1 − 0.5 × 0.8.",
)  # fmt: skip
LINKED = Indicator(
    "linked_bodies", "interoperability", "bodies",
    "Central bodies linked to the national platform at the end of the month: those that some "
    "instrument then in force for `exchange.link_lag` days makes act on the list of another. "
    "Published: 37 bodies in November 2016, 71 with the provinces in June 2018 (not used).",
    "institutions.network; published: IO-01 of targets.yaml", "assumption", _count,
    {"bodies": ["caac", "mps", "pboc"]}, 3,
    "Three bodies have been made to act on others' lists.",
)  # fmt: skip
INDICATORS = (INT, REACH, LINKED)


@dataclass(frozen=True)
class Links:
    """Links between authorities in one group.

    Attributes:
        weight: float64[links]; coverage: float64[links, months]; hops: int64[links].
    """

    weight: NDArray[np.float64]
    coverage: NDArray[np.float64]
    hops: NDArray[np.int64]


def _hop(x: Inputs) -> float:
    """Return the coverage of one hop between central bodies."""
    return x.given.value("exchange.coverage_add") if x.friction else 1.0


def mean_delay(x: Inputs) -> float:
    """Return the mean delay of a listing at one hop, in months."""
    days = delay_days(x.link.days[0].tolist(), 1)
    return float(days @ np.arange(len(days))) / _DAYS_A_MONTH


def links(x: Inputs) -> dict[str, Links]:
    """Return the links of a run by group."""
    months = len(x.months)
    hop, vertical = _hop(x), x.vertical if x.friction else np.ones_like(x.vertical)
    pairs: dict[tuple[str, str], NDArray[np.bool_]] = {}
    for i, (name, _, authority) in enumerate(x.names):
        if x.network.route[i] < 0:
            continue
        it = x.catalogue.instruments[name]
        on = x.month_ends >= max(int(x.network.linked[i]), int(x.begins[i]))
        pair = (it.keeper or it.issuer, authority)
        pairs[pair] = pairs.get(pair, np.zeros(months, np.bool_)) | on
    agency = np.array(list(pairs.values()), np.float64).reshape(len(pairs), months) * hop**2
    n = len(x.weights)
    a, b = (grid.ravel() for grid in np.meshgrid(range(n), range(n), indexing="ij"))
    apart = a != b
    a, b = a[apart], b[apart]
    return {
        "cross_agency": Links(np.ones(len(pairs)), agency, np.full(len(pairs), 2)),
        "vertical": Links(x.weights, vertical, np.full(n, 1)),
        "cross_province": Links(
            x.weights[a] * x.weights[b], hop**2 * vertical[a] * vertical[b], np.full(len(a), 4)
        ),
    }


def _worth(x: Inputs, hops: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of fields kept, and the delay in months, over some hops."""
    kept = term("fields_kept") if x.friction else 1.0
    return np.asarray(kept**hops, np.float64), np.asarray(mean_delay(x) * hops, np.float64)


def int_by_group(x: Inputs) -> dict[str, NDArray[np.float64]]:
    """Return INT of each group of links: float64[months]."""
    found = {}
    for name, each in links(x).items():
        kept, delay = _worth(x, each.hops)
        found[name] = np.array(
            [
                integration(each.weight, each.coverage[:, m], kept, delay, term("tau0"))
                for m in range(len(x.months))
            ]
        )
    return found


def lateness(x: Inputs, hops: int, months: int) -> NDArray[np.float64]:
    """Return P(a listing arrives k calendar months after it was made), k below `months`.

    The days of the delays are added up exactly; the day it was made is any of the month.
    """
    days = delay_days(x.link.days[0].tolist(), hops)
    when = np.arange(len(days)) / _DAYS_A_MONTH
    # Made at a uniform moment u of its month, it arrives in the month of u + when.
    whole, part = np.floor(when).astype(np.int64), when % 1.0
    found = np.zeros(months + 2)
    np.add.at(found, np.minimum(whole, months), days * (1.0 - part))
    np.add.at(found, np.minimum(whole + 1, months), days * part)
    return found[:months]


def _asked(x: Inputs, measure: str) -> float:
    name = f"asked.{measure}"
    return x.given.value(name if name in x.given.rows else "asked.other")


def acting_bodies(x: Inputs, name: str) -> dict[str, NDArray[np.float64]]:
    """Return P(acts within the window) of each authority: float64[leaves, months].

    For entries of persons on a list, by the month they were made.
    """
    window = int(term("reach_months"))
    each: dict[str, list[int]] = {}
    for i, row in enumerate(x.names):
        if row[0] == name and x.network.route[i] >= 0:
            each.setdefault(row[2], []).append(i)
    scale = float(2**64)
    era = (x.month_ends >= int(x.link.unified[0])).astype(np.int64)
    lost = x.link.missed[:, 0].astype(np.float64)[:, era] / scale
    late: dict[int, NDArray[np.float64]] = {}
    found = {}
    for authority, rows_ in each.items():
        route = int(x.network.route[rows_[0]])
        hops = int(x.link.hops[route])
        if hops not in late:
            late[hops] = lateness(x, hops, window)
        limit = x.link.coverage[0, route].astype(np.float64) / scale
        silent = np.ones((window, len(x.months)))  # nobody asks, by months that are left
        for i in rows_:
            begin = max(int(x.network.linked[i]), int(x.begins[i]))
            on = (x.month_ends >= begin) & (x.month_ends <= int(x.ends[i]))
            quiet = (1.0 - _asked(x, x.names[i][1])) ** np.arange(window, 0, -1)
            silent *= np.where(on[None, :], quiet[:, None], 1.0)
        acts = (late[hops][:, None] * (1.0 - silent)).sum(axis=0)
        kept = np.prod(1.0 - lost[x.link.receiver[route, :hops]], axis=0)
        found[authority] = limit * kept * acts
    return found


def reach_of(x: Inputs, name: str, without: str = "") -> NDArray[np.float64]:
    """Return the reach of a list's entries of persons, made in each month: float64[months].

    Args:
        x: the inputs.
        name: the list.
        without: an authority whose link is cut.
    """
    none = np.ones((len(x.weights), len(x.months)))
    for authority, acts in acting_bodies(x, name).items():
        if authority != without:
            none *= 1.0 - acts
    return np.asarray(x.weights @ (1.0 - none))


def bodies(x: Inputs) -> NDArray[np.int64]:
    """Return the linked central bodies at the end of each month."""
    lag = int(x.given.value("exchange.link_lag"))
    ties = first_tie(x.catalogue)
    central = linked_bodies(x.catalogue, x.given, NEVER)
    since = np.sort(np.array([ties[a] + lag for a in central], np.int64))
    return np.asarray(np.searchsorted(since, x.month_ends, side="right"))


def rows(x: Inputs, out: Rows) -> None:
    """Add the family's rows."""
    for name, values in int_by_group(x).items():
        out.series(INT, values, group=name)
    for name in x.lists:
        values = reach_of(x, name)
        if values.any():
            out.series(REACH, values, group=name)
    out.series(LINKED, bodies(x))
