"""The ladder of rates: the bounds that conduct is sampled under, and their binomial tables.

A bound is one of the rungs b_k = 4**k / 2**24, k = 0..12, so b_12 = 1; rung -1 is the bound
zero. All are powers of two, hence exact in 64 bits. Rungs are nested: a candidate under
b_{k-1} is one under b_k, and layer k adds those who were not candidates yet, each with
probability r_k = (b_k - b_{k-1}) / (1 - b_{k-1}).

How many a layer draws from a block of 65,536 ids is binomial(65536, r_k). Its distribution
function is tabled in 64-bit integers, computed with whole numbers only: no entry is off by
more than 2**-64, on every machine alike.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.errors import XinyongError
from xinyong.streams import compiled, threshold

__all__ = [
    "BLOCK",
    "BOUNDS",
    "NEVER",
    "TOP_RUNG",
    "LayerTables",
    "binomial_cdf",
    "bound",
    "bound_threshold",
    "layer_rate",
    "layer_tables",
    "rung_for",
]

BLOCK = 65_536
"""Ids in a block."""

TOP_RUNG = 12
"""The rung whose bound is one."""

NEVER = -1
"""The rung whose bound is zero: nobody is a candidate."""

BOUNDS: tuple[Fraction, ...] = tuple(Fraction(4**k, 2**24) for k in range(TOP_RUNG + 1))
"""The bounds b_0..b_12."""

_BOUND_THRESHOLDS = np.array([threshold(b) for b in BOUNDS], dtype=np.uint64)
_ZERO = np.uint64(0)

_PRECISION = 512  # bits of the weights relative to the mode
_TAIL = 1 << (_PRECISION - 160)  # below this relative weight a tail is left off


def bound(rung: int) -> Fraction:
    """Return the bound of a rung, -1 to 12.

    Example:
        >>> bound(6), bound(NEVER)
        (Fraction(1, 4096), Fraction(0, 1))
    """
    return BOUNDS[rung] if rung >= 0 else Fraction(0)


@compiled
def bound_threshold(rung: int) -> np.uint64:
    """Return the bound of a rung as a 64-bit threshold (`ALWAYS` for the top rung).

    Example:
        >>> int(bound_threshold(0)) == 2**40
        True
    """
    return _BOUND_THRESHOLDS[rung] if rung >= 0 else _ZERO


def rung_for(p: Fraction | float) -> int:
    """Return the lowest rung whose bound is at least ``p``.

    Raises:
        XinyongError: p is not within [0, 1].

    Example:
        >>> rung_for(2.4e-4), rung_for(0), rung_for(1)
        (6, -1, 12)
    """
    if not 0 <= p <= 1:
        raise XinyongError(
            f"no rung bounds {p}; expected a probability from 0 to 1; "
            "a conduct that happens oftener needs max_per_month sub-trials"
        )
    return next(k for k in range(NEVER, TOP_RUNG + 1) if bound(k) >= p)


def layer_rate(k: int) -> Fraction:
    """Return r_k, the probability that layer k draws a given id.

    Example:
        >>> layer_rate(11), layer_rate(12)
        (Fraction(1, 5), Fraction(1, 1))
    """
    lower = bound(k - 1)
    return (bound(k) - lower) / (1 - lower)


def binomial_cdf(n: int, p: Fraction) -> tuple[int, NDArray[np.uint64]]:
    """Return the distribution function of binomial(n, p) as 64-bit thresholds.

    Args:
        n: number of trials, at least 1.
        p: their probability, 0 to 1.

    Returns:
        ``(offset, cdf)`` with ``cdf[j] / 2**64`` = P(X <= offset + j), rounded to nearest,
        kept where that is neither zero nor one. Hence X = offset + (number of entries that
        are at most u) for a uniform 64-bit integer u.

    Example:
        >>> offset, cdf = binomial_cdf(2, Fraction(1, 2))
        >>> offset, [int(c) >> 62 for c in cdf]
        (0, [1, 3])
    """
    if p in (0, 1):
        return (n if p else 0), np.empty(0, dtype=np.uint64)
    mode = min(int((n + 1) * p), n)
    up, down = p.numerator, p.denominator - p.numerator  # p : 1 - p in whole numbers
    weights = {mode: 1 << _PRECISION}
    weight, j = weights[mode], mode
    while j < n and weight > _TAIL:
        weight = weight * (n - j) * up // ((j + 1) * down)
        j += 1
        weights[j] = weight
    weight, j = weights[mode], mode
    while j > 0 and weight > _TAIL:
        weight = weight * j * down // ((n - j + 1) * up)
        j -= 1
        weights[j] = weight
    total = sum(weights.values())
    offset, mass = 0, 0
    cdf: list[int] = []
    for j in sorted(weights):
        mass += weights[j]
        rounded = ((mass << 65) + total) // (2 * total)
        if 0 < rounded < 2**64:
            if not cdf:
                offset = j
            cdf.append(rounded)
    if not cdf:  # all but 2**-65 of the mass lies on one number
        offset = mode
    return offset, np.array(cdf, dtype=np.uint64)


class LayerTables(NamedTuple):
    """The binomial tables of all layers, laid end to end for compiled code.

    Attributes:
        offset: int64[13], smallest count of layer k.
        start: int64[14], layer k's entries are ``cdf[start[k]:start[k + 1]]``.
        cdf: uint64[...], the thresholds of `binomial_cdf`.
    """

    offset: NDArray[np.int64]
    start: NDArray[np.int64]
    cdf: NDArray[np.uint64]


@cache
def layer_tables() -> LayerTables:
    """Return the tables of binomial(65536, r_k) for k = 0..12, computed at the first call."""
    pairs = [binomial_cdf(BLOCK, layer_rate(k)) for k in range(TOP_RUNG + 1)]
    tables = LayerTables(
        offset=np.array([offset for offset, _ in pairs], dtype=np.int64),
        start=np.cumsum([0] + [len(cdf) for _, cdf in pairs], dtype=np.int64),
        cdf=np.concatenate([cdf for _, cdf in pairs]),
    )
    for array in tables:
        array.setflags(write=False)
    return tables
