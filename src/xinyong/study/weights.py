"""How much a measure weighs, in the studies that add burdens up: assumptions, said in the open.

No scale of burden is given by any source. By nature: a ban or refusal weighs 1, a name made
public one half, closer review one quarter, a reward nothing. The other reading counts heads.
"""

from __future__ import annotations

from collections.abc import Mapping

from xinyong.law.schema import Nature

__all__ = ["BY_NATURE", "EQUAL", "Weights", "weight"]

Weights = Mapping[Nature, float]

BY_NATURE: Weights = {"penalty": 1.0, "publicity": 0.5, "management": 0.25, "reward": 0.0}
EQUAL: Weights = {"penalty": 1.0, "publicity": 1.0, "management": 1.0, "reward": 0.0}


def weight(nature: Nature, weights: Weights = BY_NATURE) -> float:
    """Return the weight of a measure of a nature.

    Example:
        >>> weight("penalty"), weight("management")
        (1.0, 0.25)
    """
    return weights[nature]
