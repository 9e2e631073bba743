"""Identity: on whose file a record lands.

At each hop of a record its key is kept, lost (the record is missed) or taken for
somebody else's. With wrong-attachment probability phi and miss probability mu per hop,
after n hops::

    P(right) = (1 - phi - mu)^n
    P(wrong) = phi * (1 - (1 - phi - mu)^n) / (phi + mu)

(the sum of a geometric series; tested against draws). Here a record makes one hop, from
the document to the file; who is hit is a namesake, in the same leaf or elsewhere.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from xinyong.jit import njit
from xinyong.streams import draw64

__all__ = ["MISSED", "RIGHT", "WRONG", "attach", "attach_hops"]

RIGHT, WRONG, MISSED = 0, 1, 2


@njit
def attach(key, act, hop, wrong, missed):
    """Return what becomes of each record at one hop: RIGHT, WRONG or MISSED.

    Args:
        key: of the stream ``identity``.
        act: uint64[n] ids.
        hop: number of the hop.
        wrong: uint64[n], threshold of phi of each record at its receiver.
        missed: uint64[n], threshold of phi + mu.

    Returns:
        int8[n].
    """
    out = np.zeros(act.size, np.int8)
    for i in range(act.size):
        uniform = draw64(key, act[i], np.uint64(hop), np.uint64(0))[0]
        if uniform < wrong[i]:
            out[i] = WRONG
        elif uniform < missed[i]:
            out[i] = MISSED
    return out


def attach_hops(key, act, hops, wrong, missed):
    """Return what becomes of each record after several hops without correction.

    A record once attached to the wrong subject stays there, or is missed at a later hop no
    more (it is counted wrong), as in the closed form.

    Args:
        key: of the stream.
        act: uint64[n] ids.
        hops: how many.
        wrong: threshold of phi, alike at all hops, or one a hop.
        missed: threshold of phi + mu, likewise.
    """
    wrong, missed = (np.broadcast_to(np.asarray(x, np.uint64), hops) for x in (wrong, missed))
    state = np.zeros(len(act), np.int8)
    for hop in range(hops):
        right = state == RIGHT
        limits = (np.full(right.sum(), x[hop]) for x in (wrong, missed))
        state[right] = attach(key, act[right], hop, *limits)
    return state
