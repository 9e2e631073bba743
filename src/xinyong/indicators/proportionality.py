"""Proportionality: how much an entry weighs, and whether it stays within what it is about."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong.dates import NEVER, day_of
from xinyong.indicators.base import Indicator, Inputs, Rows, over, share
from xinyong.indicators.burden import stacked, weight_of
from xinyong.indicators.terms import term
from xinyong.law import vocabulary as v

__all__ = ["INDICATORS", "adequate", "rows"]

_M = "this project's definition"


def per_entry_month(burden: ArrayLike, entry_months: ArrayLike) -> NDArray[np.float64]:
    """Return the burden a month that an entry stands."""
    return share(burden, entry_months)


def weighted_share(burden: ArrayLike, chosen: ArrayLike) -> float:
    """Return the share of a burden that falls on the chosen rows; nan of no burden."""
    weight = np.asarray(burden, np.float64)
    return float(share(weight[np.asarray(chosen, np.bool_)].sum(), weight.sum()))


def adequate(rank: str) -> bool:
    """Tell whether a legal rank is adequate for a measure that takes away rights.

    Example:
        >>> adequate("department_rule"), adequate("memorandum")
        (True, False)
    """
    return v.RANKS.index(rank) <= int(term("adequate_rank"))


PER_ENTRY = Indicator(
    "burden_per_entry_month", "proportionality", "refused air tickets an entry and month",
    "Burden of a list over the months its entries stand (entries alive at month ends).",
    _M, "assumption", per_entry_month, {"burden": 16, "entry_months": 200}, 0.08,
    "A burden of 16 on entries that stand 200 months together.",
)  # fmt: skip
CROSS = Indicator(
    "cross_context_share", "proportionality", "share of burden",
    "Burden imposed in a field unrelated to the origin of the data: the field of the measure is "
    "not that of the list's conduct (four fields of the 2014 Outline).",
    _M, "assumption", weighted_share, {"burden": [10, 6, 4], "chosen": [True, False, True]}, 0.7,
    "Of a burden of 20 on judgment debtors, 14 falls in travel and business, 6 in court.",
)  # fmt: skip
RANK = Indicator(
    "adequate_rank_share", "proportionality", "share of burden",
    "Burden that rests on a provision of adequate legal rank (law to local regulation, by "
    "`adequate_rank`): the best rank among the instruments then in force that tie the measure, "
    "by the authority, to the list.",
    _M + "; GuoBanFa [2020] 49", "assumption", weighted_share,
    {"burden": [10, 6, 4], "chosen": [True, True, False]}, 0.8,
    "16 of 20 rest on a judicial interpretation, 4 on a memorandum alone.",
)  # fmt: skip
INDICATORS = (PER_ENTRY, CROSS, RANK)


def ranks(x: Inputs) -> NDArray[np.bool_]:
    """Return bool[rows, months]: whether a measure then rests on an adequate rank."""
    best = np.full((len(x.names), len(x.months)), len(v.RANKS), np.int64)
    at = {row: i for i, row in enumerate(x.names)}
    for it in x.catalogue.instruments.values():
        rank = v.RANKS.index(it.rank)
        for version in it.versions:
            if version.draft is not None:
                continue
            until = version.in_force.until
            begin = day_of(version.in_force.from_)
            on = (x.month_ends >= begin) & (
                x.month_ends <= (NEVER if until is None else day_of(until))
            )
            for row in version.measures:
                for authority in row.by:
                    i = at.get((it.serves or it.id, row.measure, authority))
                    if i is not None:
                        best[i, on] = np.minimum(best[i, on], rank)
    return best <= int(term("adequate_rank"))


def rows(x: Inputs, out: Rows) -> None:
    """Add the family's rows: by list over years and the run, and all lists together."""
    weights = np.array([weight_of(x.catalogue, row[1]).value for row in x.names])
    applied = stacked(x, "applied", x.names)[..., -1]
    burden = weights[:, None] * applied
    fine = ranks(x)
    fields = x.catalogue.measures
    crosses = np.array(
        [fields[m].field != x.catalogue.instruments[n].conduct_field for n, m, _ in x.names],
        np.bool_,
    )
    stock = {name: x.counts.monthly("stock", name)[:, -1] for name in x.lists}
    lists = [*x.lists, ""]
    periods = {**x.years, "all": list(range(len(x.months)))}
    for name in lists:
        mine = np.array([not name or row[0] == name for row in x.names], np.bool_)
        if not mine.any():
            continue
        held = stock[name] if name else sum(stock.values(), np.zeros(len(x.months), np.int64))
        for period, months in periods.items():
            chosen = np.ix_(np.flatnonzero(mine), np.array(months, np.int64))
            part = burden[chosen]
            n = int(applied[chosen].sum()) // x.sample
            where = {"period": period, "group": name}
            entry_months = int(over(held, [months])[0])
            out.add(PER_ENTRY, float(per_entry_month(part.sum(), entry_months)), n, **where)
            out.add(CROSS, weighted_share(part.sum(axis=1), crosses[mine]), n, **where)
            out.add(RANK, weighted_share(part, fine[chosen]), n, **where)
