"""Integration as three states, never one number: links, rules, law.

Bodies may be linked while their rules differ, and both while no statute carries them. The
three are printed side by side and never added up: as they stand in the catalogue, and as they
run under the staff and the attention that an emergency takes (`institutions.integration`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xinyong import places
from xinyong.dates import NEVER, day_of
from xinyong.indicators.base import Indicator, Inputs, Rows, share
from xinyong.indicators.fragmentation import Said, distances
from xinyong.indicators.interoperability import int_by_group
from xinyong.indicators.proportionality import adequate
from xinyong.law.vocabulary import FIELDS

__all__ = ["INDICATORS", "rows"]

_M = "this project's definition; growth of links as in institutions.network"


def harmonised(distance: ArrayLike) -> ArrayLike:
    """Return how alike the rules of places are, from their mean Jaccard distance."""
    return 1.0 - np.asarray(distance)


def completed(adequate_lists: ArrayLike, lists: ArrayLike) -> ArrayLike:
    """Return the share of lists whose basis has an adequate legal rank."""
    return share(adequate_lists, lists)


def linked(worth: ArrayLike) -> ArrayLike:
    """Return the state of technical links: INT, as it stands."""
    return np.asarray(worth)


def weighted(weights: ArrayLike, values: ArrayLike) -> ArrayLike:
    """Return the mean of values by weights that add up to one; over the first axis."""
    return np.asarray(np.asarray(weights) @ np.asarray(values))


TECHNICAL = Indicator(
    "state_links", "integration", "share",
    "State 1, technical links: INT of the family interoperability, its three parts apart.",
    _M, "assumption", linked, {"worth": 0.4}, 0.4, "INT of 0.4 is a state of links of 0.4.",
)  # fmt: skip
HARMONISED = Indicator(
    "state_rules", "integration", "share",
    "State 2, harmonisation of rules: 1 − mean Jaccard distance between what the law in force "
    "says in the leaves (provinces, and the cities and counties simulated apart).",
    _M, "rule", harmonised, {"distance": 0.3}, 0.7, "A mean distance of 0.3 leaves 0.7 alike.",
)  # fmt: skip
LEGAL = Indicator(
    "state_law", "integration", "share",
    "State 3, completion of law: black lists of the catalogue in force whose instrument has an "
    "adequate legal rank (`adequate_rank`), over all in force; all fields, and by field of "
    "conduct. An instrument has one rank for all its versions.",
    _M, "rule", completed, {"adequate_lists": 12, "lists": 40}, 0.3,
    "12 of 40 lists in force rest on a law, regulation or rule.",
)  # fmt: skip
RUN_LINKS = Indicator(
    "run_links", "integration", "share",
    "State 1 as it runs: coverage of the platforms of the provinces, mean by persons.",
    "institutions.integration", "assumption", weighted,
    {"weights": [0.75, 0.25], "values": [0.2, 0.6]}, 0.3,
    "Three persons in four live where coverage is 0.2, the fourth where it is 0.6.",
)  # fmt: skip
RUN_RULES = Indicator(
    "run_rules", "integration", "share",
    "State 2 as it runs: share of what a place records that it records by one standard, mean by "
    "persons. Grows with the staff for integration; links grow in proportion to it.",
    "institutions.integration", "assumption", weighted,
    {"weights": [0.5, 0.5], "values": [0.4, 0.6]}, 0.5,
    "Two places of equal size, four and six tenths of whose records follow the standard.",
)  # fmt: skip
RUN_LAW = Indicator(
    "run_law", "integration", "share",
    "State 3 as it runs: share of the national instruments the system needs that are enacted. "
    "Slows with the legislative attention that an emergency takes; nothing else rests on it, for "
    "the law that is followed is the catalogue's.",
    "institutions.integration", "assumption", linked, {"worth": 0.25}, 0.25,
    "A quarter of the instruments needed are enacted.",
)  # fmt: skip
INDICATORS = (TECHNICAL, HARMONISED, LEGAL, RUN_LINKS, RUN_RULES, RUN_LAW)


def rows(x: Inputs, out: Rows) -> None:
    """Add the family's rows."""
    for name, values in int_by_group(x).items():
        out.series(TECHNICAL, values, group=name)
    apart = distances(Said(x.catalogue, places.leaves()), x.month_ends.tolist())
    out.series(HARMONISED, np.asarray(harmonised(apart)))
    if x.states.rules is not None and x.states.law is not None:
        out.series(RUN_LINKS, np.asarray(weighted(x.weights, x.states.links)))
        out.series(RUN_RULES, np.asarray(weighted(x.weights, x.states.rules)))
        out.series(RUN_LAW, np.asarray(linked(x.states.law)))
    in_force = np.zeros((2, 1 + len(FIELDS), len(x.months)), np.int64)
    for it in x.catalogue.instruments.values():
        if it.kind != "list" or it.polarity not in ("black", "mixed"):
            continue
        on = np.zeros(len(x.months), np.bool_)
        for version in it.versions:
            if version.draft is None:
                until = version.in_force.until
                end = NEVER if until is None else day_of(until)
                on |= (x.month_ends >= day_of(version.in_force.from_)) & (x.month_ends <= end)
        where = [0, 1 + FIELDS.index(str(it.conduct_field))]
        in_force[0, where] += on
        if adequate(it.rank):
            in_force[1, where] += on
    for i, group in enumerate(("", *FIELDS)):
        out.series(LEGAL, np.asarray(completed(in_force[1, i], in_force[0, i])), group=group)
