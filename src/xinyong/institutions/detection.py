"""Detection: which acts an authority comes to know and records, and false records.

A record rests on an act of a subject, unless it is false: then nobody did it. False
records arise at a rate per processed case, and are laid at the door of somebody else of
the same leaf and kind.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from xinyong.jit import njit
from xinyong.streams import below, draw64, happens

__all__ = ["false_records", "recorded"]


@njit
def recorded(key, act, limit):
    """Tell which acts are recorded.

    Args:
        key: of the stream ``detection``.
        act: uint64[n] act ids.
        limit: threshold of the family.

    Returns:
        bool[n].
    """
    out = np.empty(act.size, np.bool_)
    for i in range(act.size):
        out[i] = happens(draw64(key, act[i], np.uint64(0), np.uint64(0))[0], limit)
    return out


@njit
def false_records(key, act, limit, low, alive):
    """Draw the false records that arise beside processed cases.

    Args:
        key: of the stream ``false_records``.
        act: uint64[n] ids of processed cases.
        limit: threshold per case.
        low: first index that can be hit (adults).
        alive: one past the last.

    Returns:
        int64[n] index of the subject wrongly recorded beside each case, or -1; and
        uint64[n] ids of the false records.
    """
    subject = np.full(act.size, -1, np.int64)
    other = np.zeros(act.size, np.uint64)
    for i in range(act.size):
        first, second = draw64(key, act[i], np.uint64(0), np.uint64(0))
        if first < limit and alive > low:
            subject[i] = low + np.int64(below(second, np.uint64(alive - low)))
            other[i] = draw64(key, act[i], np.uint64(0), np.uint64(1))[0]
    return subject, other
