"""Measures asked for month by month: one Bernoulli trial a month while a copy is held.

`xinyong.institutions.measures` jumps from request to request; it must be this in
distribution. It has a generator of its own, so nothing of the engine is used here.
"""

from __future__ import annotations

import numpy as np

__all__ = ["naive_requests"]


def naive_requests(rate: float, months: int, spells: int, seed: int) -> list[int]:
    """Return how many requests each spell of so many months sees.

    Example:
        >>> naive_requests(1.0, 3, 2, seed=1)
        [3, 3]
    """
    random = np.random.default_rng(seed).random
    requests = []
    for _ in range(spells):
        count = 0
        for _ in range(months):
            if random() < rate:
                count += 1
        requests.append(count)
    return requests
