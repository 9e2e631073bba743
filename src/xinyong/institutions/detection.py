"""Detection: which acts an authority comes to know and records, and false records.

A record rests on an act of a subject, unless it is false: then nobody did it. False
records arise at a rate per processed case, and are laid at the door of somebody else of
the same leaf and kind.

The chance that an act is recorded is that of its family, times what the digitalisation of
the place makes of it (``0.5 + 0.5 Dig``, with a mean of one over the population), times
the factor of a *campaign* that is on. Campaigns change what is known, not what is done, so
what they bring is counted apart.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from xinyong import places
from xinyong.assumptions import Assumptions
from xinyong.conduct.rates import Rates
from xinyong.dates import parse_month
from xinyong.errors import CatalogueError, Problem
from xinyong.jit import njit
from xinyong.law.schema import Bilingual
from xinyong.streams import below, draw64, happens, threshold
from xinyong.yamlio import nearest, read_yaml, validate

__all__ = [
    "Campaign",
    "campaigns",
    "chances",
    "digitalisation",
    "false_rates",
    "false_records",
    "recorded",
]

_DATA = Path(str(files("xinyong.institutions") / "data"))
_PATH = _DATA / "campaigns.yaml"


class Campaign(BaseModel):
    """A span in which an authority looks harder.

    Attributes:
        id, name: of the campaign; source: where it is from, and what of it is assumed.
        families: families of conduct it bears on; place: where.
        months: calendar months in which it is on (all, if left out).
        from_: first month; until: last month (open, if left out).
        factor: of the chance that an act is recorded; range: within which it may lie.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: Bilingual
    families: tuple[str, ...] = Field(min_length=1)
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = tuple(range(1, 13))
    from_: str = Field(alias="from")
    until: str | None = None
    place: str = "cn"
    factor: float = Field(gt=0)
    range: tuple[float, float]
    source: str

    def on(self, month: int) -> bool:
        """Tell whether the campaign is on in a month (``year * 12 + month - 1``)."""
        begun = parse_month(self.from_) <= month
        over = self.until is not None and parse_month(self.until) < month
        return begun and not over and month % 12 + 1 in self.months


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    campaigns: list[Campaign]


@cache
def campaigns(path: Path = _PATH) -> tuple[Campaign, ...]:
    """Load the campaigns (cached).

    Raises:
        CatalogueError: with every problem found, each with file, line and field.
    """
    document = read_yaml(path)
    found: Any = validate(_File, document)
    for i, campaign in enumerate(found.campaigns):
        places.place(campaign.place)
        if any(campaign.id == other.id for other in found.campaigns[:i]):
            raise CatalogueError(document.problem(("campaigns", i, "id"), "stands twice"))
    return tuple(found.campaigns)


def digitalisation(given: Assumptions) -> NDArray[np.float64]:
    """Return float64[leaves]: how digital the authorities of each leaf's province are, 0 to 1."""
    with (_DATA / "digital.csv").open(encoding="utf-8", newline="") as handle:
        tier = {row["place"]: row["tier"] for row in csv.DictReader(handle)}
    return np.array(
        [given.value(f"digital.{tier[places.province(leaf)]}") for leaf in places.leaves()]
    )


def chances(
    found: Rates,
    digital: NDArray[np.float64] | None,
    population: NDArray[np.int64],
    first_month: int,
    months: int,
    *,
    friction: bool,
    with_campaigns: bool,
) -> NDArray[np.uint64]:
    """Return uint64[families, leaves, months]: thresholds of being recorded.

    Args:
        found: the families of conduct.
        digital: float64[leaves]; None: all places are alike.
        population: int64[leaves], weights over which the factor of places averages one.
        first_month: first month of the run.
        months: how many.
        friction: False records everything.
        with_campaigns: whether campaigns are on.

    Raises:
        CatalogueError: a campaign names no family, or raises a chance above one.
    """
    leaves = places.leaves()
    factor = np.ones(len(leaves))
    if digital is not None:
        factor = 0.5 + 0.5 * digital
        factor /= (factor * population).sum() / population.sum()
    out = np.full((len(found), len(leaves), months), threshold(1.0), np.uint64)
    if not friction:
        return out
    names = [family.id for family in found]
    on = campaigns() if with_campaigns else ()
    for campaign in on:
        for name in campaign.families:
            if name not in names:
                hint = nearest(name, names)
                message = f"unknown family {name!r}"
                raise CatalogueError(Problem(str(_PATH), 0, campaign.id, message, hint))
    for f, family in enumerate(found):
        if family.recorded == 1.0:
            continue
        mine = [c for c in on if family.id in c.families]
        for i, leaf in enumerate(leaves):
            plain = threshold(family.recorded * float(factor[i]))
            out[f, i] = plain
            for m in range(months) if mine else ():
                raised = 1.0
                for campaign in mine:
                    if campaign.on(first_month + m) and places.within(leaf, campaign.place):
                        raised *= campaign.factor
                if raised != 1.0:
                    chance = family.recorded * float(factor[i]) * raised
                    if chance > 1.0:
                        message = f"{family.id} would be recorded with a chance of {chance:g}"
                        where = ", ".join(c.id for c in mine)
                        raise CatalogueError(Problem(str(_PATH), 0, where, message, "lower it"))
                    out[f, i, m] = threshold(chance)
    return out


def false_rates(given: Assumptions, authorities: Sequence[str], *, on: bool) -> NDArray[np.uint64]:
    """Return uint64[families]: thresholds of a false record beside a processed case.

    Args:
        given: assumptions ``false_records.per_case`` and, for authorities that record worse or
            better than that, ``false_records.factor.<authority>``.
        authorities: who records each family (`matching.recorders`).
        on: False: none.
    """
    base = given.value("false_records.per_case") if on else 0.0
    names = [f"false_records.factor.{a}" for a in authorities]
    factors = [given.value(n) if n in given.rows else 1.0 for n in names]
    return np.array([threshold(min(base * f, 1.0)) for f in factors], np.uint64)


@njit
def recorded(key, act, limit):
    """Tell which acts are recorded.

    Args:
        key: of the stream ``detection``.
        act: uint64[n] act ids.
        limit: uint64[n], threshold of each.

    Returns:
        bool[n].
    """
    out = np.empty(act.size, np.bool_)
    for i in range(act.size):
        out[i] = happens(draw64(key, act[i], np.uint64(0), np.uint64(0))[0], limit[i])
    return out


@njit
def false_records(key, act, kind, limit, low, alive):
    """Draw the false records that arise beside processed cases.

    Args:
        key: of the stream ``false_records``.
        act: uint64[n] ids of processed cases.
        kind: int64[n], kinds of their subjects.
        limit: uint64[n], threshold of each case, by who records it.
        low: int64[kinds], first index that can be hit (adults).
        alive: int64[kinds], one past the last.

    Returns:
        int64[n] index of the subject wrongly recorded beside each case, or -1; and
        uint64[n] ids of the false records.
    """
    subject = np.full(act.size, -1, np.int64)
    other = np.zeros(act.size, np.uint64)
    for i in range(act.size):
        first, second = draw64(key, act[i], np.uint64(0), np.uint64(0))
        k = kind[i]
        if first < limit[i] and alive[k] > low[k]:
            subject[i] = low[k] + np.int64(below(second, np.uint64(alive[k] - low[k])))
            other[i] = draw64(key, act[i], np.uint64(0), np.uint64(1))[0]
    return subject, other
