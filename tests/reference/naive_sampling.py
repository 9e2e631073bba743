"""The law of sampling, said plainly: each subject, each month, one Bernoulli trial.

`xinyong.conduct.sampling` must be this in distribution. It has a generator of its own, so
nothing of the engine is used here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["analytic_occupancy", "naive_acts", "naive_occupancy"]


def naive_acts(probability: Callable[[int], float], size: int, seed: int) -> list[int]:
    """Return who acts in one month among subjects 0..size-1.

    Example:
        >>> naive_acts(lambda subject: float(subject % 2), 6, seed=1)
        [1, 3, 5]
    """
    random = np.random.default_rng(seed).random
    acts = []
    for subject in range(size):
        if random() < probability(subject):
            acts.append(subject)
    return acts


def naive_occupancy(
    transition: NDArray[np.float64], size: int, months: int, seed: int
) -> list[int]:
    """Return how many of ``size`` subjects, all in state 0 at first, end in each state.

    Args:
        transition: float[states, states], the monthly probability of going from row to column.
        size: number of subjects.
        months: number of months.
        seed: of the twin's own generator.
    """
    random = np.random.default_rng(seed).random
    count = [0] * len(transition)
    for _subject in range(size):
        state = 0
        for _month in range(months):
            u = random()
            for following, p in enumerate(transition[state]):
                if u < p:
                    state = following
                    break
                u -= p
        count[state] += 1
    return count


def analytic_occupancy(transition: NDArray[np.float64], months: int) -> NDArray[np.float64]:
    """Return the probability of each state after ``months``, starting in state 0."""
    occupancy = np.zeros(len(transition))
    occupancy[0] = 1
    for _month in range(months):
        occupancy = occupancy @ transition
    return occupancy
