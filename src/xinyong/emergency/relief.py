"""Relief: firms that the emergency hit get time before a court lists them.

The Supreme People's Court told courts in May 2020 to leave such firms three months before
they are listed. Which firms were hit is a keyed draw on the case.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from xinyong.assumptions import Assumptions
from xinyong.dates import day_of
from xinyong.streams import threshold

__all__ = ["Grace", "grace_of"]

#: The opinion of the court, and the end of the management of the epidemic as class A.
_FROM, _UNTIL = dt.date(2020, 5, 15), dt.date(2023, 1, 7)
_DAYS_A_MONTH = 30.4375


@dataclass(frozen=True)
class Grace:
    """Time that firms get: first and last day, length in days (0: none), share as threshold."""

    first: int
    last: int
    days: int
    share: np.uint64


def grace_of(given: Assumptions, on: bool) -> Grace:
    """Return the grace of a run (of no days, if the emergency is off)."""
    months = given.value("relief.grace_months") if on else 0.0
    share = threshold(given.value("relief.share"))
    return Grace(day_of(_FROM), day_of(_UNTIL), round(months * _DAYS_A_MONTH), share)
