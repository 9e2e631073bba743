"""A queue for scarce staff, one case and one month after the other, in plain Python."""

from __future__ import annotations

from typing import Any

import numpy as np

from xinyong.streams import draw64


def _rank(key: Any, case: int, month: int) -> int:
    zero = np.uint64(0)
    return int(draw64(key, np.uint64(case), np.uint64(month), zero)[0])


def naive_queue(arrivals: list[list[int]], capacity: list[int], key: Any) -> dict[int, int]:
    """Return the month in which each case is served.

    Args:
        arrivals: cases that come in each month.
        capacity: how many can be served in each.
        key: of the stream that ranks those who wait, anew in each month.
    """
    waiting: list[int] = []
    served = {}
    for month, (came, free) in enumerate(zip(arrivals, capacity, strict=True)):
        waiting += came
        ranked = sorted((_rank(key, case, month), case) for case in waiting)
        for _, case in ranked[:free]:
            served[case] = month
        waiting = [case for _, case in ranked[free:]]
    return served
