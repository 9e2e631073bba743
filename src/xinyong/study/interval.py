"""Intervals of paired differences: Student's t, and ratios of totals.

Replicates are runs with different seeds; arms of one replicate share their seed. The
quantile of Student's t is found by bisection of its finite sum for whole degrees of freedom
(Abramowitz and Stegun 1964, 26.7.3 and 26.7.4), so that no further package is needed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["LEVEL", "Interval", "mean_interval", "ratio_difference", "t_cdf", "t_quantile"]

#: Share of intervals that hold what they estimate, if replicates are alike and independent.
LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval; `low` and `high` are None for a single replicate."""

    baseline: float
    value: float
    difference: float
    low: float | None
    high: float | None


def t_cdf(t: float, df: int) -> float:
    """Return P(T <= t) for Student's t with whole degrees of freedom.

    Example:
        >>> round(t_cdf(1.0, 1), 12)  # the Cauchy distribution
        0.75
    """
    theta = math.atan(t / math.sqrt(df))
    sine, cosine = math.sin(theta), math.cos(theta)
    total, term = 0.0, 1.0
    if df % 2:
        term = cosine
        for j in range(1, (df - 1) // 2 + 1):
            total += term
            term *= cosine**2 * (2 * j) / (2 * j + 1)
        return 0.5 + (theta + (sine * total if df > 1 else 0.0)) / math.pi
    for j in range(1, df // 2 + 1):
        total += term
        term *= cosine**2 * (2 * j - 1) / (2 * j)
    return 0.5 + sine * total / 2


def t_quantile(p: float, df: int) -> float:
    """Return the t below which Student's t falls with probability `p`, 0.5 <= p < 1.

    Raises:
        ValueError: p or df out of range.

    Example:
        >>> round(t_quantile(0.975, 10), 3)
        2.228
    """
    if not 0.5 <= p < 1 or df < 1:
        raise ValueError("p from 0.5 to below 1, and one degree of freedom or more")
    low, high = 0.0, 1.0
    while t_cdf(high, df) < p:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, df) < p else (low, middle)
    return (low + high) / 2


def _half_width(residuals: Sequence[float], level: float) -> float | None:
    """Return half the t-interval of the mean of values, None for fewer than two."""
    n = len(residuals)
    if n < 2:
        return None
    mean = math.fsum(residuals) / n
    variance = math.fsum((r - mean) ** 2 for r in residuals) / (n - 1)
    return t_quantile(0.5 + level / 2, n - 1) * math.sqrt(variance / n)


def mean_interval(
    baseline: Sequence[float], arm: Sequence[float], level: float = LEVEL
) -> Interval:
    """Return the t-interval of the mean of paired differences.

    Args:
        baseline: one value a replicate.
        arm: the values of the arm in the same replicates.
        level: of the interval.

    Raises:
        ValueError: the two are empty or of different length.

    Example:
        >>> found = mean_interval([1.0, 2.0, 3.0], [2.0, 4.0, 3.0])
        >>> found.difference, round(found.low, 3), round(found.high, 3)
        (1.0, -1.484, 3.484)
    """
    ones = [1.0] * len(baseline)
    return ratio_difference(baseline, ones, arm, [1.0] * len(arm), level)


def ratio_difference(
    top_baseline: Sequence[float],
    bottom_baseline: Sequence[float],
    top_arm: Sequence[float],
    bottom_arm: Sequence[float],
    level: float = LEVEL,
) -> Interval:
    """Return the interval of the difference of two ratios of totals over replicates.

    The ratio is sum of tops over sum of bottoms; it is not the mean of ratios, which fails
    where a replicate has none. Its variance is that of the residuals (top - ratio * bottom)
    over the mean bottom (Cochran 1977, Sampling Techniques, chapter 6); those of the two arms
    are subtracted within each replicate, so that what they share cancels. A ratio over
    nothing is counted as 0.

    Args:
        top_baseline: numerators of the baseline, one a replicate.
        bottom_baseline: its denominators.
        top_arm: numerators of the arm in the same replicates.
        bottom_arm: its denominators.
        level: of the interval.

    Raises:
        ValueError: no replicates, or not as many in each.
    """
    n = len(top_baseline)
    if not n or {len(bottom_baseline), len(top_arm), len(bottom_arm)} != {n}:
        raise ValueError("as many replicates in every sequence, one or more")

    def ratio(top: Sequence[float], bottom: Sequence[float]) -> tuple[float, list[float]]:
        total = math.fsum(bottom)
        if not total:
            return 0.0, [0.0] * n
        r = math.fsum(top) / total
        return r, [(t - r * b) * n / total for t, b in zip(top, bottom, strict=True)]

    before, residuals_before = ratio(top_baseline, bottom_baseline)
    after, residuals_after = ratio(top_arm, bottom_arm)
    residuals = [a - b for a, b in zip(residuals_after, residuals_before, strict=True)]
    half = _half_width(residuals, level)
    difference = after - before
    if half is None:
        return Interval(before, after, difference, None, None)
    return Interval(before, after, difference, difference - half, difference + half)
