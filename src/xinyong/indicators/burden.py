"""Burden: what listed subjects bear, by cause; and what ordinary penalties would lay on them.

A burden is the sum of weights over applications: times an authority that held a copy was
asked. The weights are assumptions; every total is also given at both ends of their ranges.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong.conduct.rates import Family
from xinyong.indicators.base import Indicator, Inputs, Rows, over
from xinyong.indicators.terms import Weight, burden
from xinyong.law.catalogue import Catalogue
from xinyong.law.vocabulary import KINDS

__all__ = ["ENDS", "INDICATORS", "at_end", "ordinary_weight", "rows", "total", "weight_of"]

_UNIT = "refused air tickets"
_M = "this project's definition; weights in indicators/data/burden.yaml"
#: Where to read a weight: as given, and at the ends of its range.
ENDS = ("", "low", "high")


def total(weights: ArrayLike, applied: ArrayLike) -> NDArray[np.float64]:
    """Return the burden: the sum of weight times applications over the first axis."""
    w, n = np.asarray(weights, np.float64), np.asarray(applied, np.float64)
    return np.asarray(np.tensordot(w, n, axes=(0, 0)))


def weight_of(catalogue: Catalogue, measure: str) -> Weight:
    """Return the weight of a measure: its own, else its category's, else its nature's.

    Rewards have none, whatever their category.
    """
    found, m = burden(), catalogue.measures[measure]
    if m.nature == "reward":
        return found.natures["reward"]
    if measure in found.measures:
        return found.measures[measure]
    if m.nature == "penalty" and m.category in found.categories:
        return found.categories[m.category]
    return found.natures[m.nature]


def at_end(weight: Weight | None, end: str = "") -> float:
    """Return a weight as given, or at an end of its range; 0 of none."""
    if weight is None:
        return 0.0
    return {"low": weight.range[0], "high": weight.range[1]}.get(end, weight.value)


@cache
def _documents() -> dict[str, Weight]:
    return burden().ordinary


def ordinary_weight(family: Family, end: str = "") -> float:
    """Return what ordinary enforcement lays on a recorded act: its heaviest document, by share."""
    known = _documents()
    found = [
        (at_end(known[h.what], end) * h.share) for h in family.then if h.what and h.what in known
    ]
    return max(found, default=0.0)


def _defined(name: str, what: str, set_by: str, given: dict[str, list[float]], gives: float,
             example: str) -> Indicator:  # fmt: skip
    return Indicator(name, "burden", _UNIT, what, _M, set_by, total, given, gives, example)


BURDEN = _defined(
    "burden", "Sum of weights over all applications in the month (a reward weighs nothing); group "
    "`low` and `high`: with every weight at that end of its range.",
    "assumption", {"weights": [1, 0.3], "applied": [10, 20]}, 16.0,
    "10 refused flights and 20 refused premium trains: 10 × 1 + 20 × 0.3 = 16.",
)  # fmt: skip
MISTAKEN = _defined(
    "burden_mistaken", "The part of the burden borne by those who did nothing of it (wrong file, "
    "false record, copy astray).",
    "assumption", {"weights": [1, 0.3], "applied": [1, 0]}, 1.0,
    "One of the ten refused flights hits somebody who did nothing.",
)  # fmt: skip
ZOMBIE = _defined(
    "burden_zombie", "The part of the burden that falls after the lawful end of the entry.",
    "assumption", {"weights": [1, 0.3], "applied": [0, 10]}, 3.0,
    "Ten of the twenty refused trains come after the entry's end: 10 × 0.3.",
)  # fmt: skip
ORDINARY = _defined(
    "burden_ordinary", "What ordinary penalties lay on recorded acts (fines, enforcement, "
    "custody), with or without a credit system; the yardstick. Without a credit system "
    "(mechanism `credit` off) it is the whole burden. By family over the run, and by month.",
    "assumption", {"weights": [2, 200], "applied": [50, 1]}, 300.0,
    "50 fines and one sentence: 50 × 2 + 200.",
)  # fmt: skip
OTHERS = _defined(
    "burden_others", "Sum of weights over applications in the month that are felt by others than "
    "the listed subject: those behind a body, children, an employer or a firm; not part of "
    "`burden`. By kind of the other; over the run by tie (the group).",
    "assumption", {"weights": [1, 0.5], "applied": [4, 2]}, 5.0,
    "Four representatives refused a flight, two children a school: 4 × 1 + 2 × 0.5.",
)  # fmt: skip
REWARDS = Indicator(
    "rewards", "burden", "requests", "Applications of rewards in the month (an authority that "
    "held the entry, or could look up the grade, was asked); they weigh nothing as a burden. By "
    "kind; over the run by list or scheme.",
    "this project's definition", "assumption", total, {"weights": [1, 1], "applied": [30, 12]},
    42.0, "30 requests in a green channel and 12 for a loan on better terms.",
)  # fmt: skip
GRADED = _defined(
    "burden_graded", "Sum of weights over applications in the month of measures that a scheme ties "
    "to a grade; not part of `burden`. By kind; over the run by scheme (the group).",
    "assumption", {"weights": [2, 0], "applied": [3, 9]}, 6.0,
    "Three refused posts and nine libraries without a deposit: 3 × 2 + 9 × 0.",
)  # fmt: skip
INDICATORS = (BURDEN, MISTAKEN, ZOMBIE, OTHERS, GRADED, REWARDS, ORDINARY)


def rows(x: Inputs, out: Rows) -> None:
    """Add the family's rows."""
    _measures(x, out)
    _others(x, out)
    _graded(x, out)
    _rewards(x, out)
    _ordinary(x, out)


def stacked(x: Inputs, aspect: str, names: Sequence[tuple[str, str, str]]) -> NDArray[np.int64]:
    """Return one aspect of several measure rows: int64[rows, months, kinds + all]."""
    shape = (len(names), len(x.months), len(KINDS) + 1)
    if not names:
        return np.zeros(shape, np.int64)
    return np.array([x.counts.monthly(aspect, "/".join(row)) for row in names]).reshape(shape)


def _measures(x: Inputs, out: Rows) -> None:
    weights = [weight_of(x.catalogue, row[1]) for row in x.names]
    for indicator, aspect in (
        (BURDEN, "applied"), (MISTAKEN, "applied_mistaken"), (ZOMBIE, "applied_zombie"),
    ):  # fmt: skip
        counted = stacked(x, aspect, x.names)
        rests = counted.sum(axis=0) // x.sample
        for end in ENDS:
            value = total([at_end(w, end) for w in weights], counted)
            if end:
                out.series(indicator, value[:, -1], rests[:, -1], group=end)
            else:
                out.by_kind(indicator, value, rests)
    applied = stacked(x, "applied", x.names).sum(axis=1)
    for name in x.lists:
        mine = [i for i, row in enumerate(x.names) if row[0] == name]
        if mine:
            value = total([weights[i].value for i in mine], applied[mine][:, -1])
            out.add(BURDEN, float(value), int(applied[mine][:, -1].sum()) // x.sample, group=name)


def _others(x: Inputs, out: Rows) -> None:
    groups = x.counts.groups("others_applied")
    if not groups:
        return
    counted = np.array([x.counts.monthly("others_applied", group) for group in groups])
    weights = [weight_of(x.catalogue, group.split("/")[1]).value for group in groups]
    out.by_kind(OTHERS, total(weights, counted), counted.sum(axis=0) // x.sample)
    links = np.array([group.split("/")[3] for group in groups])
    for link in sorted(set(links.tolist())):
        applied = counted[links == link][..., -1].sum(axis=1)
        value = total(np.array(weights)[links == link], applied)
        out.add(OTHERS, float(value), int(applied.sum()) // x.sample, group=link)


def _by_scheme(x: Inputs) -> dict[str, list[tuple[str, NDArray[np.int64]]]]:
    """Return for each scheme its measures tied to grades, with their applications."""
    found: dict[str, list[tuple[str, NDArray[np.int64]]]] = {}
    for group in x.counts.groups("graded_applied"):
        scheme, measure, *_ = group.split("/")
        mine = found.setdefault(scheme, [])
        mine.append((measure, x.counts.monthly("graded_applied", group)))
    return found


def _graded(x: Inputs, out: Rows) -> None:
    known = _by_scheme(x)
    rows = [row for mine in known.values() for row in mine]
    if not rows:
        return
    weights = [weight_of(x.catalogue, measure).value for measure, _ in rows]
    applied = np.array([n for _, n in rows])
    weighs = np.array([w > 0 for w in weights], np.int64)
    rests = np.asarray(np.tensordot(weighs, applied, axes=(0, 0)))
    out.by_kind(GRADED, total(weights, applied), rests)
    for scheme, mine in known.items():
        heavy = [(weight_of(x.catalogue, measure).value, n[:, -1].sum()) for measure, n in mine]
        value, n = sum(w * n for w, n in heavy), sum(int(n) for w, n in heavy if w)
        out.add(GRADED, float(value), n, group=scheme)


def _rewards(x: Inputs, out: Rows) -> None:
    rewards = [row for row in x.names if x.catalogue.measures[row[1]].nature == "reward"]
    counted = stacked(x, "applied", rewards)
    graded = {
        scheme: np.array([n for m, n in mine if x.catalogue.measures[m].nature == "reward"])
        for scheme, mine in _by_scheme(x).items()
    }
    value, rests = counted.sum(axis=0), counted.sum(axis=0) // x.sample
    for given in graded.values():
        if given.size:
            value, rests = value + given.sum(axis=0), rests + given.sum(axis=0)
    if not value.any():
        return
    out.by_kind(REWARDS, value.astype(np.float64), rests)
    lists = np.array([row[0] for row in rewards])
    for name in sorted(set(lists.tolist())):
        n = int(counted[lists == name][..., -1].sum())
        out.add(REWARDS, float(n), n // x.sample, group=name)
    for name, given in sorted(graded.items()):
        if given.size:
            n = int(given[..., -1].sum())
            out.add(REWARDS, float(n), n, group=name)


def _ordinary(x: Inputs, out: Rows) -> None:
    # A mistaken or false record is answered for by somebody too: all records count.
    recorded = np.array([x.counts.monthly("recorded", f.id) for f in x.rates])
    for end in ENDS:
        weights = [ordinary_weight(f, end) for f in x.rates]
        value = total(weights, recorded)
        bears = np.array([w > 0 for w in weights], np.int64)
        rests = np.tensordot(bears, recorded, axes=(0, 0))
        if end:
            out.series(ORDINARY, value[:, -1], rests[:, -1], group=end)
        else:
            out.by_kind(ORDINARY, value, rests)
    groups = list(x.years.values())
    for f, family in enumerate(x.rates):
        weight = ordinary_weight(family)
        if weight and recorded[f, :, -1].any():
            n = over(recorded[f, :, -1], groups).sum()
            out.add(ORDINARY, float(weight * n), int(n), group=family.id)
