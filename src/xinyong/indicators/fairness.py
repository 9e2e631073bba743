"""Fairness: are groups listed, and listed wrongly, alike, given what they truly did?

A simulation knows true conduct, which an audit of a real list does not. The acts that a list
hears are counted by place and kind; within these they are shared out over strata by the
strata's rates (equal but for propensity). Minors do none of these acts and are left out, so
that no group looks better for having more children. The society has no sex, so there
is no comparison by sex: rates do not differ by it (an assumption of the model, not a finding).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong import places
from xinyong.indicators.base import Indicator, Inputs, Rows, share
from xinyong.law.vocabulary import KINDS
from xinyong.society.strata import LABELS, PROFILES

__all__ = ["INDICATORS", "acts_of_strata", "rows"]

_M = "this project's definition"
_MINORS = 2  # the first age bands


def difference(
    listed: ArrayLike, subjects: ArrayLike, all_listed: float, all_: float
) -> NDArray[np.float64]:
    """Return the listing rate of a group less that of all."""
    return share(listed, subjects) - all_listed / all_


def ratio(
    mistaken: ArrayLike, idle: ArrayLike, all_mistaken: float, all_idle: float
) -> NDArray[np.float64]:
    """Return how many times as often a group is listed by mistake as all are.

    Args:
        mistaken: entries of the group without an act.
        idle: subject-months of the group without one.
        all_mistaken: entries of everybody without an act.
        all_idle: subject-months of everybody without one.
    """
    return share(share(mistaken, idle), share(all_mistaken, all_idle))


def gap_wrong(
    mistaken: ArrayLike, idle: ArrayLike, all_mistaken: float, all_idle: float
) -> NDArray[np.float64]:
    """Return the gap in the chance a month to be listed without an act, to that of all."""
    return share(mistaken, idle) - share(all_mistaken, all_idle)


def gap_missed(
    rightly: ArrayLike, acts: ArrayLike, all_rightly: float, all_acts: float
) -> NDArray[np.float64]:
    """Return the gap in the chance not to be listed for an act, to that of all."""
    return share(all_rightly, all_acts) - share(rightly, acts)


def _defined(
    name: str, unit: str, what: str, of: Callable[..., Any], given: Mapping[str, float],
    gives: float, example: str,
) -> Indicator:  # fmt: skip
    return Indicator(name, "fairness", unit, what, _M, "assumption", of, given, gives, example)


#: The worked case of wrong entries: in a group, and of everybody.
_WRONG = {"mistaken": 12, "idle": 1000, "all_mistaken": 30, "all_idle": 5000}

LISTED = _defined(
    "listing_rate", "share of subjects",
    "Subjects of a group that were on the list at least once in the run, over those alive at its "
    "end (adults, of persons). Group list/attribute=value.",
    share, {"part": 30, "whole": 1000}, 0.03, "30 of 1,000 stood on the list at some time.",
)  # fmt: skip
DIFFERENCE = _defined(
    "listing_rate_difference", "share of subjects",
    "The listing rate of a group less that of all subjects of the kind.", difference,
    {"listed": 30, "subjects": 1000, "all_listed": 100, "all_": 5000}, 0.01,
    "3 % of the group against 2 % of all.",
)  # fmt: skip
RATIO = _defined(
    "false_listing_ratio", "ratio",
    "Entries without an act for each month a subject of the group did nothing, over the same of "
    "all subjects of the kind.", ratio, _WRONG, 2.0,
    "12 in 1,000 idle months against 30 in 5,000: twice as often.",
)  # fmt: skip
GAP_WRONG = _defined(
    "odds_gap_wrong", "probability a month",
    "Equalised odds, first gap: P(listed | no act) of the group less that of all of the kind.",
    gap_wrong, _WRONG, 0.006, "0.012 against 0.006.",
)  # fmt: skip
GAP_MISSED = _defined(
    "odds_gap_missed", "share of acts",
    "Equalised odds, second gap: P(not listed | act the list hears) of the group less that of all "
    "of the kind.", gap_missed,
    {"rightly": 20, "acts": 100, "all_rightly": 150, "all_acts": 500}, 0.1,
    "80 % of the group's acts lead to no entry, against 70 % of all.",
)  # fmt: skip
INDICATORS = (LISTED, DIFFERENCE, RATIO, GAP_WRONG, GAP_MISSED)

#: Attributes compared within a kind; propensity is not one: it is conduct itself.
_ATTRIBUTES = {
    kind: tuple(a for a in names if a != "propensity") for kind, names in PROFILES.items()
}


def subject_months(x: Inputs) -> NDArray[np.float64]:
    """Return the months that the subjects of each stratum are alive in the run."""
    s = x.society.strata
    months = np.clip(x.first_month + len(x.months) - s.enters, 0, len(x.months))
    return np.asarray(s.size * np.where(s.enters > 0, months, len(x.months)), np.float64)


def minors(x: Inputs) -> NDArray[np.bool_]:
    """Tell which strata are of minors."""
    s = x.society.strata
    return np.asarray((s.kind == 0) & (s.age < _MINORS))


def acts_of_strata(x: Inputs, name: str) -> NDArray[np.float64]:
    """Return the acts that a list hears by stratum: counted by place and kind, then shared out."""
    s = x.society.strata
    months = subject_months(x)
    months[minors(x)] = 0.0
    out = np.zeros(len(s))
    cell = s.leaf.astype(np.int64) * len(KINDS) + s.kind
    cells = len(places.leaves()) * len(KINDS)
    heard = x.heard(name)
    for family in x.rates:
        part = heard.get(family.id, 0.0)
        if not part:
            continue
        counted = x.counts.placed("acts", family.id)[:, :, :-1].sum(axis=0).ravel()
        weight = months * np.array(family.propensity)[s.propensity]
        whole = np.bincount(cell, weight, cells)
        out += part * counted[cell] * np.nan_to_num(share(weight, whole[cell]))
    return out


def groups(
    x: Inputs, kind: str, columns: NDArray[np.float64]
) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    """Yield (place, attribute=value, sums of the columns) of a kind: attributes, then places.

    Args:
        x: what the indicators read.
        kind: of subjects.
        columns: float64[columns, strata].
    """
    s = x.society.strata
    mine = np.flatnonzero((s.kind == KINDS.index(kind)) & ~minors(x))
    chosen = columns[:, mine]

    def sums(codes: NDArray[Any], n: int) -> NDArray[np.float64]:
        return np.array([np.bincount(codes, column, n) for column in chosen])

    for attribute in _ATTRIBUTES[kind]:
        codes = getattr(s, attribute)[mine]
        there = np.bincount(codes, minlength=len(LABELS[attribute]))
        parts = sums(codes, len(LABELS[attribute]))
        for code, label in enumerate(LABELS[attribute]):
            if there[code]:
                yield "cn", f"{attribute}={label}", parts[:, code]
    parts = sums(s.leaf[mine], len(places.leaves()))
    for i, leaf in enumerate(places.leaves()):
        yield leaf, "place", parts[:, i]


def rows(x: Inputs, out: Rows) -> None:
    """Add the family's rows, over the whole run."""
    n = len(x.society.strata)
    last = x.first_month + len(x.months) - 1
    size = np.where(x.society.strata.enters <= last, x.society.strata.size, 0)
    months = subject_months(x)
    for name in x.lists:
        s, mine = x.spells, x.spells.of(name)
        acts = acts_of_strata(x, name)
        own = mine & ~s.mistaken & ~s.copied
        _, first = np.unique(s.subject[mine], return_index=True)
        columns = np.array(
            [
                np.bincount(s.stratum[mine][first], minlength=n) * x.file_sample,
                np.bincount(s.stratum[mine & s.mistaken], minlength=n) * x.file_sample,
                np.bincount(s.stratum[own], minlength=n) * x.file_sample,
                size, np.maximum(months - acts, 0.0), acts,
            ]
        )  # fmt: skip
        for kind in KINDS:
            mine_ = (x.society.strata.kind == KINDS.index(kind)) & ~minors(x)
            whole = columns[:, mine_].sum(axis=1)
            if not whole[0]:
                continue
            out.add(
                LISTED, float(share(whole[0], whole[3])), int(whole[0]) // x.file_sample,
                kind=kind, group=name,
            )  # fmt: skip
            found = [g for g in groups(x, kind, columns) if g[2][3]]
            _add(x, out, kind, name, whole, found)


def _add(
    x: Inputs, out: Rows, kind: str, name: str, whole: NDArray[np.float64],
    found: list[tuple[str, str, NDArray[np.float64]]],
) -> None:  # fmt: skip
    """Add the rows of the groups of a kind on one list."""
    listed, wrong, right, subjects, idle, acts = np.array([part for _, _, part in found]).T
    values = np.array(
        [
            share(listed, subjects),
            difference(listed, subjects, whole[0], whole[3]),
            ratio(wrong, idle, whole[1], whole[4]),
            gap_wrong(wrong, idle, whole[1], whole[4]),
            gap_missed(right, acts, whole[2], whole[5]),
        ]
    ).T.tolist()
    rests = (np.array([listed, wrong, right]).T.astype(np.int64) // x.file_sample).tolist()
    for (place, group, _), value, (a, b, c) in zip(found, values, rests, strict=True):
        at = {"place": place, "kind": kind, "group": f"{name}/{group}"}
        for indicator, one, rests_on in zip(INDICATORS, value, (a, a, b, b, c), strict=True):
            out.add(indicator, one, rests_on, **at)
