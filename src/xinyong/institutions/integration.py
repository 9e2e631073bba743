"""Integration as three states that run side by side, and are never one number.

*Links*: the coverage of the platform of each province. *Rules*: the share of what places record
that they record by one standard. *Law*: the share of the national instruments the system needs
that are enacted. Month by month, in each place with emergency e and digitalisation d::

    links  w[t+1] = w[t] + g k (1 - x e) d (h[t] / H) w (1 - w) + s b e (1 - w)
    rules  h[t+1] = h[t] + r k (1 - x e) (1 - h)
    law    c[t+1] = c[t] + l (1 - a E) (1 - c)

with g, r, l the growth of each, k the share of staff on integration, x the share of it that an
emergency takes, H the likeness of rules for which g is stated, b the barrier removal that an
emergency brings and s the share of it that spills over to credit links, E the mean emergency
of places, and a the share of legislative attention that it takes. An emergency may thus speed
up the first state and slow the other two: whether it hastened "integration" has no one answer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.assumptions import Assumptions

__all__ = ["States", "states_of"]


class States(NamedTuple):
    """The three states, each on its own.

    Attributes:
        links: float64[leaves, months], coverage of the platform of each leaf's province.
        rules: float64[leaves, months]; law: float64[months]; None where links run alone.
    """

    links: NDArray[np.float64]
    rules: NDArray[np.float64] | None
    law: NDArray[np.float64] | None


def states_of(
    given: Assumptions,
    months: int,
    emergency: NDArray[np.float64],
    digital: NDArray[np.float64],
    diverted: float,
    *,
    three: bool,
) -> States:
    """Return the states of every month.

    Args:
        given: assumptions ``integration.…``.
        months: how many.
        emergency: float64[months, leaves], from 0 to 1.
        digital: float64[leaves], digitalisation, from 0 to 1.
        diverted: share of the staff that an emergency takes away.
        three: False: links alone, for which rules are all alike.

    Example:
        >>> from xinyong.assumptions import assumptions
        >>> quiet = states_of(assumptions(), 2, np.zeros((2, 1)), np.ones(1), 0.4, three=True)
        >>> [x.ravel().round(3).tolist() for x in quiet if x is not None]
        [[0.1, 0.103], [0.4, 0.406], [0.2, 0.206]]
    """
    staff = given.value("integration.staff")
    growth = given.value("integration.growth") * staff
    barrier = given.value("integration.barrier") * given.value("integration.spill_over")
    even = given.value("integration.rules_even")
    alike = given.value("integration.rules_growth") * staff
    enacted = given.value("integration.law_growth")
    attention = given.value("integration.law_attention")
    shape = (len(digital), months)
    links, rules, law = np.empty(shape), np.empty(shape), np.empty(months)
    w = np.full(len(digital), given.value("integration.start"))
    h = np.full(len(digital), given.value("integration.rules_start"))
    c = given.value("integration.law_start")
    for m in range(months):
        links[:, m], rules[:, m], law[m] = w, h, c
        e = emergency[m]
        work = 1.0 - diverted * e
        likeness = h / even if three else 1.0
        w = w + growth * work * digital * likeness * w * (1.0 - w) + barrier * e * (1.0 - w)
        w = np.minimum(w, 1.0)
        h = np.minimum(h + alike * work * (1.0 - h), 1.0)
        c = min(c + enacted * (1.0 - attention * float(e.mean())) * (1.0 - c), 1.0)
    return States(links, rules if three else None, law if three else None)
