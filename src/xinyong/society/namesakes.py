"""Who shares what a receiver compares: other persons with the same name, and then some.

Somebody whose key is useless may be taken for one of the c others who share name and birth
date, name and place, or the name alone, so that the chance of being taken for another is
``c / (c + 1)``. Holders of a name follow the frequency law (``data/namesakes.csv``); of
them, those of one birth date or one county are a Poisson number. Nobody has a name.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xinyong.society.margins import leaf_margins, name_classes

__all__ = ["COUNTIES", "FALLBACKS", "birth_dates", "poisson", "sharing", "taken_for_another"]

#: What can be compared where a key is useless.
FALLBACKS = ("name_birth", "name_place", "name")
#: Assumption: county-level units of equal size; 2,844 at the end of 2020 (rounded yearbook count).
COUNTIES = 2844
_BANDS = {"0-14": 15, "15-59": 45, "60-64": 5, "65+": 25}
_MOST = 160
_YEAR = 365.25


@cache
def birth_dates() -> float:
    """Return the effective number of birth dates: one over the chance that two persons share one.

    Ages are even within each band of the census; 65+ is taken to be 65 to 89.
    """
    people = sum(m.population for m in leaf_margins())
    chance = 0.0
    for band, years in _BANDS.items():
        share = float(sum(m.ages[band] * m.population for m in leaf_margins()) / people)
        chance += share**2 / (years * _YEAR)
    return 1 / chance


def poisson(mean: float) -> NDArray[np.float64]:
    """Return the chances of 0, 1, … of a Poisson variable; the last holds the rest."""
    out = np.zeros(_MOST)
    p = math.exp(-mean)
    for c in range(_MOST - 1):
        out[c] = p
        p *= mean / (c + 1)
    out[-1] = max(0.0, 1.0 - out.sum())
    return out


@cache
def sharing(compared: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the values of ``c / (c + 1)`` by what is compared, and the share of persons with each.

    Args:
        compared: one of `FALLBACKS`.
    """
    holders = np.array([h for h, _ in name_classes()], float)
    weights = np.array([w for _, w in name_classes()], float) / 1e9
    if compared == "name":
        return (holders - 1) / holders, weights
    spread = {"name_birth": birth_dates(), "name_place": float(COUNTIES)}[compared]
    chances = sum(w * poisson((h - 1) / spread) for h, w in zip(holders, weights, strict=True))
    c = np.arange(_MOST)
    return c / (c + 1), np.asarray(chances)


@cache
def taken_for_another(compared: str) -> float:
    """Return the mean of ``c / (c + 1)`` over persons.

    Example:
        >>> round(taken_for_another("name_birth"), 3), round(taken_for_another("name"), 3)
        (0.034, 0.956)
    """
    values, weights = sharing(compared)
    return float(values @ weights)
