"""Margins: what censuses and registers say about how many subjects there are.

Persons are the 2020 census (Communique of the Seventh National Population Census)
without the two million servicemen that no province counts: 1,409,778,724. Firms and
other bodies are national stocks; no stock by province was found, so they are spread
over the leaves by the share in gross product (enterprises) or in population (all
others). Every row of the data files names its source or says ``assumption`` and why.

All values are integers or exact fractions, so that sizes come out the same on every
machine.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files

from xinyong.places import ancestors, leaves

__all__ = [
    "KINDS",
    "LeafMargins",
    "Stock",
    "assumptions",
    "leaf_margins",
    "name_classes",
    "shares",
    "sources",
    "stocks",
]

#: The kinds of subject; the position is the kind's number everywhere.
KINDS = ("person", "enterprise", "individual_business", "social_organisation", "organ")

#: The census's own age bands, before minors are split off.
_CENSUS_BANDS = ("0-14", "15-59", "60-64", "65+")


@dataclass(frozen=True, slots=True)
class LeafMargins:
    """Census margins of one leaf.

    Attributes:
        leaf: place id.
        population: residents.
        gdp: gross product in yuan, used only as a weight.
        urban: share of residents living in towns.
        ages: shares of the bands 0-14, 15-59, 60-64, 65+; they add up to one.
        tertiary: persons with tertiary education as a share of all residents.
    """

    leaf: str
    population: int
    gdp: Fraction
    urban: Fraction
    ages: dict[str, Fraction]
    tertiary: Fraction


@dataclass(frozen=True, slots=True)
class Stock:
    """The national stock of one kind of body.

    Attributes:
        kind: one of ``KINDS``, never ``person``.
        by_year_end: year to number of bodies registered at its end.
        allocation: ``gdp`` or ``population``, the weight that spreads it over leaves.
    """

    kind: str
    by_year_end: dict[int, int]
    allocation: str


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = files("xinyong.society").joinpath("data", name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _counts(row: dict[str, str]) -> dict[str, Fraction]:
    """Return the row's shares as (fractional) numbers of persons, which can be subtracted."""
    people = Fraction(row["population_2020"])
    old = Fraction(row["age_65plus_pct"])
    ages = [
        Fraction(row["age_0_14_pct"]),
        Fraction(row["age_15_59_pct"]),
        Fraction(row["age_60plus_pct"]) - old,
        old,
    ]
    counts = {"population": people, "gdp": people * Fraction(row["gdp_per_capita_2020_cny"])}
    counts["urban"] = people * Fraction(row["urban_pct"]) / 100
    counts["tertiary"] = people * Fraction(row["tertiary_per_100k"]) / 100_000
    # Published percentages are rounded and add up to 99.99 to 100.01.
    counts |= {b: people * a / sum(ages) for b, a in zip(_CENSUS_BANDS, ages, strict=True)}
    return counts


@cache
def leaf_margins() -> tuple[LeafMargins, ...]:
    """Return the margins of every leaf, in the order of ``places.leaves()``.

    A city or county that is a leaf is taken out of the leaf around it, count by count, so
    that published figures of a province still hold for all its leaves together.

    Example:
        >>> sum(m.population for m in leaf_margins())
        1409778724
    """
    counts = {row["place"]: _counts(row) for row in _rows("margins.csv")}
    whole = dict(counts)
    for leaf in leaves():
        around = next((above for above in ancestors(leaf)[1:] if above in counts), None)
        if around is not None:
            counts[around] = {k: v - whole[leaf][k] for k, v in counts[around].items()}
    result = []
    for leaf in leaves():
        c = counts[leaf]
        people = c["population"]
        result.append(
            LeafMargins(
                leaf=leaf,
                population=int(people),
                gdp=c["gdp"],
                urban=c["urban"] / people,
                ages={band: c[band] / people for band in _CENSUS_BANDS},
                tertiary=c["tertiary"] / people,
            )
        )
    return tuple(result)


@cache
def stocks() -> dict[str, Stock]:
    """Return the national stock of every kind of body, by kind.

    Example:
        >>> stocks()["enterprise"].by_year_end[2019]
        38580000
    """
    result: dict[str, Stock] = {}
    for row in _rows("stocks.csv"):
        stock = result.setdefault(row["kind"], Stock(row["kind"], {}, row["allocation"]))
        stock.by_year_end[int(row["year_end"])] = int(row["stock"])
    return result


@cache
def shares(kind: str, attribute: str, given: str = "") -> dict[str, Fraction]:
    """Return the shares of an attribute's values among subjects of a kind.

    Args:
        kind: one of ``KINDS``.
        attribute: such as ``sector``.
        given: value of the attribute it depends on; empty where it depends on none.

    Returns:
        Value to share; the shares add up to one.

    Example:
        >>> float(shares("enterprise", "firm_size")["micro"])
        0.853
    """
    wanted = (kind, attribute, given)
    found = {
        row["value"]: Fraction(row["share"])
        for row in _rows("shares.csv")
        if (row["kind"], row["attribute"], row["given"]) == wanted
    }
    whole = sum(found.values())
    return {value: share / whole for value, share in found.items()}


@cache
def name_classes() -> tuple[tuple[int, int], ...]:
    """Return the classes of full names as (holders in the nation, persons per billion).

    The persons per billion add up to one billion.
    """
    rows = _rows("namesakes.csv")
    return tuple((int(row["holders"]), int(row["persons_per_billion"])) for row in rows)


def sources() -> dict[str, str]:
    """Return the id and title of every source the society's data rest on."""
    return {row["id"]: row["title"] for row in _rows("sources.csv")}


#: What the society leaves out altogether, printed with the assumptions of the data.
_STATIC = (
    "assumption: persons are the residents of 2020-11-01; nobody ages, moves, is born or dies",
    "assumption: firms follow the net growth of the register; the model has no deregistration "
    "of its own, and a year's net growth enters at its middle, on 1 July",
    "assumption: a person stands behind at most one body, and holds each other role (head, person "
    "responsible, controller) in that one and in at most one more; no role or family changes",
    "assumption: only parents of minors have a family here, and every minor has two parents, in "
    "its place of residence",
)


def assumptions() -> tuple[str, ...]:
    """Return every assumption behind the society, as ``where: assumption: reason``."""
    found = []
    for name in ("margins.csv", "stocks.csv", "shares.csv", "namesakes.csv"):
        for row in _rows(name):
            if "assumption" in row["source"]:
                what = " ".join(v for k, v in row.items() if k != "source" and v)
                found.append(f"{name[:-4]}: {what}: {row['source']}")
    return (*_STATIC, *found)
