"""Readable twins of what the engine does fast, and the statistics to compare them with.

The twins are written to be checked by eye: one subject after another, one draw after
another. The statistics are here because scipy is no dependency.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["binomial_pmf", "chi_square", "chi_square_p", "ks_uniform_p", "two_samples_p"]


def chi_square_p(statistic: float, df: int) -> float:
    """Return the upper tail of chi-square: the regularised incomplete gamma Q(df/2, x/2).

    Series and continued fraction after Press et al., Numerical Recipes, section 6.2.

    Example:
        >>> round(chi_square_p(3.841459, 1), 6), round(chi_square_p(31.41043, 20), 6)
        (0.05, 0.05)
    """
    a, x = df / 2, statistic / 2
    if x <= 0:
        return 1.0
    front: float = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        n = a
        while term > total * 1e-15:
            n += 1
            term *= x / n
            total += term
        return 1 - front * total
    b = x + 1 - a
    c, d = math.inf, 1 / b
    h = d
    for i in range(1, 10_000):
        step = -i * (i - a)
        b += 2
        d = 1 / (step * d + b)
        c = b + step / c
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return float(front * h)


def chi_square(observed: Sequence[float], expected: Sequence[float], smallest: float = 5) -> float:
    """Return the p-value of counts against expected counts of the same total.

    Neighbouring cells are joined until each expects at least ``smallest``.
    """
    cells: list[list[float]] = [[0.0, 0.0]]
    for o, e in zip(observed, expected, strict=True):
        if cells[-1][1] >= smallest:
            cells.append([0.0, 0.0])
        cells[-1][0] += o
        cells[-1][1] += e
    if len(cells) > 1 and cells[-1][1] < smallest:
        o, e = cells.pop()
        cells[-1][0] += o
        cells[-1][1] += e
    assert len(cells) > 1, "too few expected for a chi-square test"
    return chi_square_p(sum((o - e) ** 2 / e for o, e in cells), len(cells) - 1)


def two_samples_p(a: Sequence[int], b: Sequence[int], smallest: int = 10) -> float:
    """Return the chi-square p-value of two equally large samples having one law.

    Neighbouring values are joined until both samples together hold at least ``smallest``.

    Example:
        >>> two_samples_p([1] * 50 + [2] * 50, [1] * 50 + [2] * 50)
        1.0
        >>> two_samples_p([1] * 90 + [2] * 10, [1] * 10 + [2] * 90) < 1e-9
        True
    """
    assert len(a) == len(b)
    cells: list[list[int]] = [[0, 0]]
    for value in sorted(set(a) | set(b)):
        if sum(cells[-1]) >= smallest:
            cells.append([0, 0])
        cells[-1][0] += sum(x == value for x in a)
        cells[-1][1] += sum(x == value for x in b)
    assert len(cells) > 1, "all values fall into one cell"
    return chi_square_p(sum((x - y) ** 2 / (x + y) for x, y in cells), len(cells) - 1)


def ks_uniform_p(values: Sequence[float]) -> float:
    """Return the Kolmogorov-Smirnov p-value of values against the uniform law on [0, 1].

    Example:
        >>> ks_uniform_p([(i + 0.5) / 100 for i in range(100)]) > 0.999
        True
        >>> ks_uniform_p([(i + 0.5) / 200 for i in range(100)]) < 1e-9
        True
    """
    n = len(values)
    d = max(max((i + 1) / n - v, v - i / n) for i, v in enumerate(sorted(values)))
    x = (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n)) * d  # Stephens 1970
    if x < 0.2:
        return 1.0
    tail = sum((1.0, -1.0)[j % 2] * math.exp(-2 * ((j + 1) * x) ** 2) for j in range(100))
    return min(1.0, 2 * tail)


def binomial_pmf(n: int, p: float) -> list[float]:
    """Return the probabilities of 0..n successes, for 0 < p < 1."""
    return [
        math.exp(
            math.lgamma(n + 1)
            - math.lgamma(j + 1)
            - math.lgamma(n - j + 1)
            + j * math.log(p)
            + (n - j) * math.log1p(-p)
        )
        for j in range(n + 1)
    ]
