"""All acts of one leaf in one month, drawn in one call.

A leaf has a stream for each family of conduct and kind of subject; most bring nothing in a
month. What is drawn is what `draw_acts` and `acts_of` give stream by stream.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.conduct.sampling import draw_acts
from xinyong.engine.filing import act_day, act_id
from xinyong.engine.state import find
from xinyong.jit import njit
from xinyong.streams import happens, month_word

if TYPE_CHECKING:
    from xinyong.engine.world import Stream

__all__ = ["Acts", "Streams", "draw_leaf", "side_by_side"]


class Streams(NamedTuple):
    """The streams of a leaf side by side: one row a stream, then one a stratum.

    Attributes:
        key: uint64[streams]; kind, family, first_stratum, begins, ends: int64[streams].
        months: int64[streams], calendar months as a mask.
        at: int64[streams + 1], where the strata of each stream begin.
        start: int64[strata + streams]; those of stream s begin at ``at[s] + s``.
        rung: int8[strata]; limit: uint64[strata, 2].
    """

    key: NDArray[np.uint64]
    kind: NDArray[np.int64]
    family: NDArray[np.int64]
    first_stratum: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    months: NDArray[np.int64]
    at: NDArray[np.int64]
    start: NDArray[np.int64]
    rung: NDArray[np.int8]
    limit: NDArray[np.uint64]


class Acts(NamedTuple):
    """Acts of one leaf in one month, by stream and then by subject.

    Attributes:
        kind, family, who (index), stratum: int64[n]; act: uint64[n] ids; day: int32[n].
    """

    kind: NDArray[np.int64]
    family: NDArray[np.int64]
    who: NDArray[np.int64]
    stratum: NDArray[np.int64]
    act: NDArray[np.uint64]
    day: NDArray[np.int32]


def side_by_side(streams: Sequence[Stream]) -> Streams:
    """Return the streams of a leaf as arrays."""
    sizes = [len(s.rung) for s in streams]
    return Streams(
        np.array([s.key for s in streams], np.uint64),
        np.array([s.kind for s in streams], np.int64),
        np.array([s.family for s in streams], np.int64),
        np.array([s.first_stratum for s in streams], np.int64),
        np.array([s.begins for s in streams], np.int64),
        np.array([s.ends for s in streams], np.int64),
        np.array([sum(1 << m for m in s.months) for s in streams], np.int64),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.concatenate([s.start for s in streams] or [np.zeros(0, np.int64)]),
        np.concatenate([s.rung for s in streams] or [np.zeros(0, np.int8)]),
        np.concatenate([s.limit for s in streams] or [np.zeros((0, 2), np.uint64)]),
    )


@njit
def draw_leaf(leaf, streams, place, month, alive, layers, scratch, facts, first, length):
    """Draw the acts of all streams of a leaf in a month.

    Args:
        leaf: the state, read only: who has a file may act more often.
        streams: from `side_by_side`.
        place: position of the leaf.
        month: the month.
        alive: int64[kinds], one past the last index alive.
        layers: from `layer_tables`.
        scratch: from `new_scratch`.
        facts: key of the stream ``facts``.
        first: first day of the month.
        length: its days.

    Returns:
        `Acts`.
    """
    room = 64
    kind, family = np.empty(room, np.int64), np.empty(room, np.int64)
    index, stratum = np.empty(room, np.int64), np.empty(room, np.int64)
    act, day = np.empty(room, np.uint64), np.empty(room, np.int32)
    n = 0
    when = month_word(month, 0)
    for s in range(streams.key.size):
        if not streams.begins[s] <= month <= streams.ends[s]:
            continue
        if not streams.months[s] >> (month % 12 + 1) & 1:
            continue
        a, b, k = streams.at[s], streams.at[s + 1], streams.kind[s]
        found = draw_acts(
            streams.key[s], place, k, month, 0, streams.start[a + s : b + s + 1],
            streams.rung[a:b], 0, alive[k], layers, scratch,
        )  # fmt: skip
        for i in range(found.subject.size):
            subject = found.subject[i]
            state = 1 if find(leaf, np.int64(k) << 32 | subject) >= 0 else 0
            if not happens(found.uniform[i], streams.limit[a + found.stratum[i], state]):
                continue
            if n == room:
                room *= 2
                kind, family = _wider(kind, room), _wider(family, room)
                index, stratum = _wider(index, room), _wider(stratum, room)
                act, day = _wider(act, room), _wider(day, room)
            kind[n], family[n], index[n] = k, streams.family[s], subject
            stratum[n] = found.stratum[i] + streams.first_stratum[s]
            act[n] = act_id(streams.key[s], place, k, subject, when)
            day[n] = act_day(facts, act[n], first, length)
            n += 1
    return Acts(kind[:n], family[:n], index[:n], stratum[:n], act[:n], day[:n])


@njit
def _wider(array, room):
    out = np.empty(room, array.dtype)
    out[: array.size] = array
    return out
