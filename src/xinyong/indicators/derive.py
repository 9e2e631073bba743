"""Every indicator by id, and the table of derived indicators of a run."""

from __future__ import annotations

from types import ModuleType

import pyarrow as pa

from xinyong.indicators import (
    burden,
    fairness,
    fragmentation,
    identity,
    integration,
    interoperability,
    privacy,
    process,
    proportionality,
    transparency,
)
from xinyong.indicators.base import FAMILIES, Indicator, Inputs, Rows

__all__ = ["INDICATORS", "MODULES", "derive"]

#: The module of each family, in the order of the families.
MODULES: dict[str, ModuleType] = {
    "identity": identity,
    "interoperability": interoperability,
    "fragmentation": fragmentation,
    "integration": integration,
    "privacy": privacy,
    "transparency": transparency,
    "process": process,
    "proportionality": proportionality,
    "fairness": fairness,
    "burden": burden,
}

#: Every indicator by id, family by family.
INDICATORS: dict[str, Indicator] = {
    i.id: i for family in FAMILIES for i in MODULES[family].INDICATORS
}


def derive(x: Inputs) -> pa.Table:
    """Return the table of derived indicators of a run (see `xinyong.results`)."""
    out = Rows(x.months)
    for family in FAMILIES:
        MODULES[family].rows(x, out)
    return out.table()
