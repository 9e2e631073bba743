"""Strata: leaf x kind x profile, with integer sizes that add up at every scale.

A society at scale 1:N holds ``round(total / N)`` persons, and so for every kind. The
leaves share that number by largest remainder, and the profiles of a leaf share the
leaf's number likewise, so every total is exact, whatever N. Plain largest remainder,
applied to thousands of small cells one by one, would never give a rare profile its
due; therefore the remainder of each profile is *carried* from one leaf to the next,
and from one year's growth to the next, and the national size of a profile is right to
about one subject.

The subjects of one (leaf, kind) are numbered 0, 1, 2, ... and a stratum is a contiguous
range of these numbers. Kinds that grow do so by *cohorts*: the stock at the end of
2013, and then each year's net growth, are each cut into strata of their own, so growth
only ever appends. A year's growth enters on 1 July, which gives the same mean stock
over the year as steady growth does and keeps the profile of the living unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cache
from itertools import product
from math import lcm, prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong.errors import UsageError
from xinyong.places import leaves
from xinyong.society.margins import KINDS, LeafMargins, leaf_margins, shares, stocks

__all__ = ["LABELS", "PROFILES", "Society", "Strata", "apportion", "society"]

#: Labels of every profile attribute; a label's position is its code in ``Strata``.
LABELS: dict[str, tuple[str, ...]] = {
    "age": ("0-14", "15-17", "18-34", "35-59", "60-64", "65+"),
    "residence": ("urban", "rural"),
    "education": ("below_tertiary", "tertiary"),
    "income": ("low", "middle", "high"),
    "sector": (
        "construction",
        "manufacturing",
        "wholesale_retail",
        "accommodation_catering",
        "other_services",
    ),
    "firm_size": ("micro", "small", "medium_large"),
    "ownership": ("private", "state", "foreign"),
    "form": ("association", "service_organisation", "foundation"),
    "level": ("city_and_above", "county", "township", "public_institution"),
    "propensity": ("ordinary", "raised", "high"),
}

#: The attributes that make up the profile of each kind, outermost first. Age comes
#: first so that the adults of a leaf are one range, which the links rely on; propensity
#: next, so that few blocks of ids hold the few whose acts have a high bound.
PROFILES: dict[str, tuple[str, ...]] = {
    "person": ("age", "propensity", "residence", "education", "income"),
    "enterprise": ("propensity", "sector", "firm_size", "ownership"),
    "individual_business": ("propensity", "sector"),
    "social_organisation": ("propensity", "form"),
    "organ": ("propensity", "level"),
}

#: Age bands below eighteen: the court list excludes minors (2017 provisions, Art. 4).
_MINOR = ("0-14", "15-17")

#: Profile weights are integers that add up to this, so that remainders can be carried.
_UNIT = 10**9

#: A year's growth enters at the start of this month (1 July), counted from January.
_ENTRY_MONTH = 6


def apportion(
    total: int, weights: Sequence[int | Fraction], carry: list[int | Fraction] | None = None
) -> list[int]:
    """Divide a whole number by largest remainder; ties go to the lower position.

    Args:
        total: the number to divide, at least 0.
        weights: weights of the parts, not negative, not all 0.
        carry: remainders of earlier calls with weights of the same sum, in units of
            one part in that sum; added to the quotas and updated in place.

    Returns:
        Sizes of the parts, none negative, adding up to ``total`` exactly.

    Example:
        >>> apportion(10, [1, 1, 1])
        [4, 3, 3]
    """
    if carry is None:  # the same in whole numbers, which are far quicker than fractions
        common = lcm(*(w.denominator for w in weights))
        weights = [int(w * common) for w in weights]
    whole = sum(weights)
    quotas = [total * w for w in weights]
    if carry is not None:
        quotas = [q + c for q, c in zip(quotas, carry, strict=True)]
    # A part that was rounded up before may be owed less than nothing now.
    sizes = [int(q // whole) if q > 0 else 0 for q in quotas]
    rests = [q - s * whole for q, s in zip(quotas, sizes, strict=True)]
    short = total - sum(sizes)
    for i in sorted(range(len(sizes)), key=lambda i: -rests[i])[: max(short, 0)]:
        sizes[i] += 1
        rests[i] -= whole
    for _ in range(-short):  # parts owed less than nothing left the others too much
        i = min((i for i, s in enumerate(sizes) if s), key=lambda i: rests[i])
        sizes[i] -= 1
        rests[i] += whole
    if carry is not None:
        carry[:] = rests
    return sizes


@dataclass(frozen=True, slots=True)
class Strata:
    """The strata as columns of equal length, in the order of (leaf, kind, start).

    Empty strata are left out. Profile columns hold positions in ``LABELS`` and -1
    where the attribute does not belong to the kind.

    Attributes:
        leaf: position in ``places.leaves()``.
        kind: position in ``KINDS``.
        start: first index within (leaf, kind).
        size: number of subjects, at least 1.
        enters: month (``year * 12 + month - 1``) from which the stratum is alive; 0 for
            those there from the beginning.
        age: age band of persons.
        residence: persons living in towns or villages.
        education: adults with or without tertiary education.
        income: persons' income tier.
        sector: sector of enterprises and individual businesses.
        firm_size: size class of enterprises.
        ownership: ownership of enterprises.
        form: form of social organisations.
        level: level of organs.
        propensity: class of unobserved difference in conduct; rates live with conduct.
    """

    leaf: NDArray[np.int8]
    kind: NDArray[np.int8]
    start: NDArray[np.int64]
    size: NDArray[np.int64]
    enters: NDArray[np.int32]
    age: NDArray[np.int8]
    residence: NDArray[np.int8]
    education: NDArray[np.int8]
    income: NDArray[np.int8]
    sector: NDArray[np.int8]
    firm_size: NDArray[np.int8]
    ownership: NDArray[np.int8]
    form: NDArray[np.int8]
    level: NDArray[np.int8]
    propensity: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class Society:
    """A synthetic society at scale 1:N; a function of the scale alone but for its links.

    Attributes:
        scale: N; 1 is one to one.
        seed: seed of the keyed links.
        strata: the strata.
        totals: subjects by (leaf, kind) when growth has ended; shape (32, 5).
        leaf_ranges: first and past-last stratum of each (leaf, kind); shape (32, 5, 2).
        years: year-ends of the growing stock.
        stock: subjects by (leaf, kind, year-end); shape (32, 5, 10).
        minors: persons under eighteen by leaf. They are the indices ``0..minors-1``;
            all others are adults.
    """

    scale: int
    seed: int
    strata: Strata
    totals: NDArray[np.int64]
    leaf_ranges: NDArray[np.int64]
    years: NDArray[np.int64]
    stock: NDArray[np.int64]
    minors: NDArray[np.int64]
    _base: NDArray[np.int64]
    _starts: NDArray[np.int64]

    def alive(self, leaf: ArrayLike, kind: ArrayLike, month: int) -> NDArray[np.int64]:
        """Return how many subjects are alive; they are the indices ``0..alive-1``.

        Args:
            leaf: position in ``places.leaves()``, or an array of them.
            kind: position in ``KINDS``, or an array of them.
            month: ``year * 12 + month - 1``.
        """
        year, of_year = divmod(month, 12)
        reached = year if of_year >= _ENTRY_MONTH else year - 1
        column = min(max(reached - int(self.years[0]), 0), len(self.years) - 1)
        return np.asarray(self.stock[np.asarray(leaf), np.asarray(kind), column])

    def stratum_of(self, leaf: ArrayLike, kind: ArrayLike, index: ArrayLike) -> NDArray[np.int64]:
        """Return the row in ``strata`` of each subject (arrays broadcast).

        The indices must lie below ``totals[leaf, kind]``; this is not checked, because
        the engine asks for millions.
        """
        position = self._base[np.asarray(leaf), np.asarray(kind)] + np.asarray(index)
        return np.asarray(np.searchsorted(self._starts, position, side="right") - 1)

    def describe(self) -> list[dict[str, str | int]]:
        """Return a tidy table of final sizes by leaf, kind, attribute and value."""
        rows: list[dict[str, str | int]] = []
        s = self.strata
        for i, leaf in enumerate(leaves()):
            for k, kind in enumerate(KINDS):
                a, b = self.leaf_ranges[i, k]
                for attribute in PROFILES[kind]:
                    labels = LABELS[attribute]
                    codes = getattr(s, attribute)[a:b]
                    for code, label in enumerate(labels):
                        rows.append(
                            {
                                "leaf": leaf,
                                "kind": kind,
                                "attribute": attribute,
                                "value": label,
                                "size": int(s.size[a:b][codes == code].sum()),
                            }
                        )
        return rows


def _person_weights(m: LeafMargins, profiles: Sequence[tuple[str, ...]]) -> list[Fraction]:
    """Return the share of persons of a leaf that have each profile."""
    working = shares("person", "age", "15-59")
    # Assumption: nobody under eighteen has finished tertiary education, and among
    # adults it is equally frequent at every age and in town and village.
    adults = 1 - m.ages["0-14"] - m.ages["15-59"] * working["15-17"]
    of_age: dict[tuple[str, str], Fraction] = {}
    for age, education in product(LABELS["age"], LABELS["education"]):
        share = m.ages["15-59"] * working[age] if age in working else m.ages[age]
        tertiary = Fraction(0) if age in _MINOR else m.tertiary / adults
        of_age[age, education] = share * (tertiary if education == "tertiary" else 1 - tertiary)
    of_home: dict[tuple[str, str], Fraction] = {}
    for residence, income in product(LABELS["residence"], LABELS["income"]):
        share = m.urban if residence == "urban" else 1 - m.urban
        of_home[residence, income] = share * shares("person", "income", residence)[income]
    propensity = shares("person", "propensity")
    return [
        of_age[age, education] * of_home[residence, income] * propensity[inclination]
        for age, inclination, residence, education, income in profiles
    ]


@cache
def _weights(kind: str) -> list[list[int]]:
    """Return profile weights by leaf, in the order of the product of labels."""
    profiles = list(product(*(LABELS[a] for a in PROFILES[kind])))
    if kind == "person":
        return [apportion(_UNIT, _person_weights(m, profiles)) for m in leaf_margins()]
    parts = [shares(kind, a) for a in PROFILES[kind]]
    joint = [
        prod((part[v] for part, v in zip(parts, p, strict=True)), start=Fraction(1))
        for p in profiles
    ]
    return [apportion(_UNIT, joint)] * len(leaves())


def _scaled(total: int, scale: int) -> int:
    """Return total / scale, rounded half up."""
    return (2 * total + scale) // (2 * scale)


def _leaf_growth(kind: str, scale: int) -> dict[int, list[int]]:
    """Return what each year adds to each leaf; the first year holds the opening stock."""
    margins = leaf_margins()
    population = [m.population for m in margins]
    if kind == "person":
        return {0: apportion(_scaled(sum(population), scale), population)}
    stock = stocks()[kind]
    weights: list[int | Fraction]
    weights = [m.gdp for m in margins] if stock.allocation == "gdp" else list(population)
    carry: list[int | Fraction] = [0] * len(weights)
    growth: dict[int, list[int]] = {}
    before = 0
    for year, registered in sorted(stock.by_year_end.items()):
        now = _scaled(registered, scale)
        growth[year] = apportion(now - before, weights, carry)
        before = now
    return growth


def society(scale: int, seed: int) -> Society:
    """Build the synthetic society at scale 1:N.

    Args:
        scale: N, from 1 (one to one) to 1,000,000.
        seed: seed of the keyed links; sizes do not depend on it.

    Raises:
        UsageError: the scale is out of range.

    Example:
        >>> int(society(1_000, seed=1).totals[:, 0].sum())
        1409779
    """
    if not 1 <= scale <= 1_000_000:
        raise UsageError(f"scale {scale}: expected 1 (one to one) to 1000000 (1:1000000)")
    places = leaves()
    years = sorted({y for stock in stocks().values() for y in stock.by_year_end})
    growths = [_leaf_growth(kind, scale) for kind in KINDS]
    weights = [_weights(kind) for kind in KINDS]
    carries: list[list[int | Fraction]] = [[0] * len(w[0]) for w in weights]
    profiles = [list(product(*(range(len(LABELS[a])) for a in PROFILES[k]))) for k in KINDS]

    attributes = [f.name for f in fields(Strata)][5:]
    spots = [[attributes.index(a) for a in PROFILES[kind]] for kind in KINDS]
    numbers: list[tuple[int, int, int, int, int]] = []
    codes: list[list[int]] = []
    ranges = np.zeros((len(places), len(KINDS), 2), np.int64)
    stock = np.zeros((len(places), len(KINDS), len(years)), np.int64)
    for i in range(len(places)):
        for k in range(len(KINDS)):
            ranges[i, k, 0] = len(numbers)
            start = 0
            for year, by_leaf in growths[k].items():
                enters = year * 12 + _ENTRY_MONTH if year > years[0] else 0
                sizes = apportion(by_leaf[i], weights[k][i], carries[k])
                for profile, size in zip(profiles[k], sizes, strict=True):
                    if size:
                        numbers.append((i, k, start, size, enters))
                        row = [-1] * len(attributes)
                        for spot, code in zip(spots[k], profile, strict=True):
                            row[spot] = code
                        codes.append(row)
                        start += size
                stock[i, k, [y >= year for y in years]] = start
            ranges[i, k, 1] = len(numbers)

    table = np.array(numbers, np.int64).T
    profile_columns = np.array(codes, np.int8).T
    strata = Strata(
        table[0].astype(np.int8),
        table[1].astype(np.int8),
        table[2].copy(),
        table[3].copy(),
        table[4].astype(np.int32),
        *(column.copy() for column in profile_columns),
    )
    for field in fields(Strata):
        getattr(strata, field.name).setflags(write=False)
    totals = stock[:, :, -1].copy()
    base = (np.cumsum(totals) - totals.ravel()).reshape(totals.shape)
    minor = (strata.kind == 0) & (strata.age < len(_MINOR))
    minors = np.zeros(len(places), np.int64)
    np.add.at(minors, strata.leaf[minor], strata.size[minor])
    return Society(
        scale=scale,
        seed=seed,
        strata=strata,
        totals=totals,
        leaf_ranges=ranges,
        years=np.array(years, np.int64),
        stock=stock,
        minors=minors,
        _base=base,
        _starts=base[strata.leaf, strata.kind] + strata.start,
    )
