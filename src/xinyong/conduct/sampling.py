"""Exact, sparse, paired sampling of acts: one Bernoulli trial a month, at the cost of its yield.

A subject without a file is exchangeable with its stratum, so nobody needs to be visited to
learn that they did nothing. For every (leaf, kind), conduct, month and sub-trial, ids are
drawn in blocks of 65,536. Layer k of the ladder (`xinyong.conduct.ladder`) draws a binomial
number of distinct ids; those drawn in a lower layer already are dropped, and each new
*candidate* gets a 64-bit uniform in [b_{k-1}, b_k). A candidate acts if its uniform is below
its probability. This is the same law as one trial for everyone, and:

- raising a bound only adds candidates, and moves no uniform;
- a block is always drawn whole, and ids not alive are dropped afterwards, so that growth
  moves nobody's luck;
- nothing depends on what else was drawn: skipping a block, a month or a conduct moves nothing.

Subjects with a file may have a probability above their stratum's bound: `excess_acts`.

**Luck across arms.** A subject without a file acts alike in two arms unless its own
probability moved, whatever the rungs. Where the excess rule is at work this needs the same
rung in both arms, so a study fixes the rungs of its strata once, for all its arms.

**The third counter word** (`draw64`'s ``c``; ``a`` is the block, ``b`` month and sub-trial):
2 bits of purpose (0 how many, 1 which ids, 2 uniforms), 4 of layer, 26 of draw. The conduct
is in the key: stream ``conduct/<id>`` for candidates, ``excess/<id>`` for the excess rule.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from xinyong.conduct.ladder import BLOCK, TOP_RUNG, LayerTables, bound_threshold
from xinyong.errors import XinyongError
from xinyong.streams import (
    Whole,
    compiled,
    draw64,
    happens,
    month_word,
    mulhi64,
    packed_id,
    threshold,
)

__all__ = [
    "Candidates",
    "Scratch",
    "acts_of",
    "block_id",
    "check_bounds",
    "draw_acts",
    "draw_candidates",
    "excess_acts",
    "excess_threshold",
    "new_scratch",
]

_Scalar = TypeVar("_Scalar", bound=np.generic)

_U1 = np.uint64(1)
_U16 = np.uint64(16)
_U26 = np.uint64(26)
_U30 = np.uint64(30)
_LOW16 = np.uint64(0xFFFF)
_WHICH = _U1 << _U30  # purpose 1: which ids
_UNIFORM = np.uint64(2) << _U30  # purpose 2: uniforms

# From here on, reading the block through beats sorting its candidates.
_SORT_AT_MOST = 2_048


class Candidates(NamedTuple):
    """Those of one (leaf, kind) who may act, sorted by index; row i of each array is one.

    Attributes:
        subject: int64, the subject's index within (leaf, kind).
        uniform: uint64, the subject's uniform of this month, below the bound of its stratum.
        stratum: int32, position of its stratum.
    """

    subject: NDArray[np.int64]
    uniform: NDArray[np.uint64]
    stratum: NDArray[np.int32]


class Scratch(NamedTuple):
    """Working memory for one block (1.4 MB), one for each thread: see `new_scratch`."""

    layer_of: NDArray[np.int8]  # the layer an id became a candidate in, or -1
    taken: NDArray[np.bool_]  # ids drawn in the layer at hand
    drawn: NDArray[np.int32]  # the same ids, as a list
    chosen: NDArray[np.int32]  # candidates of the block
    local: NDArray[np.int32]  # what draw_candidates returns
    uniform: NDArray[np.uint64]


@compiled
def new_scratch() -> Scratch:
    """Return working memory for `draw_candidates` and `draw_acts`."""
    return Scratch(
        np.full(BLOCK, -1, dtype=np.int8),
        np.zeros(BLOCK, dtype=np.bool_),
        np.empty(BLOCK, dtype=np.int32),
        np.empty(BLOCK, dtype=np.int32),
        np.empty(BLOCK, dtype=np.int32),
        np.empty(BLOCK, dtype=np.uint64),
    )


@compiled
def block_id(leaf: Whole, kind: Whole, block: Whole) -> np.uint64:
    """Return the 64-bit id of a block, the first counter word of its draws."""
    return packed_id(leaf, kind, block)


@compiled
def _layer_count(u: np.uint64, layer: int, tables: LayerTables) -> int:
    """Turn a uniform into the binomial number that the layer draws."""
    low, high = tables.start[layer], tables.start[layer + 1]
    first = low
    while low < high:
        middle = (low + high) >> 1
        if tables.cdf[middle] <= u:
            low = middle + 1
        else:
            high = middle
    return int(tables.offset[layer] + low - first)


@compiled
def _take_ids(
    key: np.uint64, block: np.uint64, when: np.uint64, layer: int, n: int, scratch: Scratch
) -> None:
    """Draw n distinct local ids into ``scratch.drawn`` and mark them in ``scratch.taken``."""
    base = _WHICH | (np.uint64(layer) << _U26)
    draw = np.uint64(0)
    have = 0
    while have < n:
        words = draw64(key, block, when, base | draw)
        draw += _U1
        for word in words:
            rest = word
            for _ in range(4):
                local = np.int32(rest & _LOW16)
                rest >>= _U16
                if have < n and not scratch.taken[local]:
                    scratch.taken[local] = True
                    scratch.drawn[have] = local
                    have += 1


@compiled
def _choose(
    key: np.uint64,
    block: np.uint64,
    when: np.uint64,
    top_rung: int,
    tables: LayerTables,
    scratch: Scratch,
) -> int:
    """Fill ``scratch.chosen`` (sorted) and ``scratch.layer_of``; return how many were chosen."""
    chosen = 0
    counts = (np.uint64(0), np.uint64(0))
    for layer in range(top_rung + 1):
        if layer % 2 == 0:  # one Philox block serves two layers
            counts = draw64(key, block, when, np.uint64(layer // 2))
        n = _layer_count(counts[layer % 2], layer, tables)
        if n == 0:
            continue
        # Of more than half it is quicker to draw those left out.
        left_out = n > BLOCK // 2
        size = BLOCK - n if left_out else n
        _take_ids(key, block, when, layer, size, scratch)
        for i in range(BLOCK if left_out else size):
            local = np.int32(i) if left_out else scratch.drawn[i]
            if scratch.taken[local] != left_out and scratch.layer_of[local] < 0:
                scratch.layer_of[local] = layer
                scratch.chosen[chosen] = local
                chosen += 1
        for i in range(size):
            scratch.taken[scratch.drawn[i]] = False
    if chosen <= _SORT_AT_MOST:
        scratch.chosen[:chosen].sort()
    else:
        chosen = 0
        for i in range(BLOCK):
            if scratch.layer_of[i] >= 0:
                scratch.chosen[chosen] = i
                chosen += 1
    return chosen


@compiled
def draw_candidates(
    key: np.uint64,
    block: np.uint64,
    when: np.uint64,
    top_rung: int,
    tables: LayerTables,
    alive_lo: int,
    alive_hi: int,
    scratch: Scratch,
) -> int:
    """Draw the candidates of one block into ``scratch.local`` and ``scratch.uniform``.

    Args:
        key: of the stream ``conduct/<id>``.
        block: from `block_id`.
        when: from `month_word`.
        top_rung: highest rung wanted, -1 to 12.
        tables: from `layer_tables`.
        alive_lo: local ids below this one (0 to 65536) are dropped, after the draw.
        alive_hi: so are local ids from this one on.
        scratch: from `new_scratch`; rows 0..n-1 of ``local`` (local ids, ascending) and
            ``uniform`` hold the result until the next call.

    Returns:
        n, the number of candidates.
    """
    chosen = _choose(key, block, when, top_rung, tables, scratch)
    n = 0
    for i in range(chosen):
        local = scratch.chosen[i]
        layer = scratch.layer_of[local]
        scratch.layer_of[local] = -1
        if alive_lo <= local < alive_hi:
            # Keyed by the id itself: the order of the draws does not matter.
            c = _UNIFORM | (np.uint64(layer) << _U26) | np.uint64(local)
            x = draw64(key, block, when, c)[0]
            floor = bound_threshold(layer - 1)
            if layer == TOP_RUNG:
                width = np.uint64(3) << np.uint64(62)  # 1 - 1/4; its upper end needs 65 bits
            else:
                width = bound_threshold(layer) - floor
            scratch.local[n] = local
            scratch.uniform[n] = floor + mulhi64(x, width)
            n += 1
    return n


@compiled
def draw_acts(
    key: np.uint64,
    leaf: int,
    kind: int,
    month: int,
    trial: int,
    stratum_start: NDArray[np.int64],
    rung: NDArray[np.int8],
    alive_lo: int,
    alive_hi: int,
    tables: LayerTables,
    scratch: Scratch,
) -> Candidates:
    """Draw all candidates of one (leaf, kind) for one conduct, month and sub-trial.

    A conduct with ``max_per_month`` = m is m sub-trials a month, ``trial`` = 0..m-1, each a
    Bernoulli trial of its own.

    Args:
        key: of the stream ``conduct/<id>``.
        leaf: number of the leaf, below 2**24.
        kind: number of the kind, below 2**8.
        month: months since the start of the clock, below 2**16.
        trial: number of the sub-trial, below 2**16.
        stratum_start: int64[n + 1]; stratum s holds indices stratum_start[s] up to, not
            including, stratum_start[s + 1]; ascending, from 0 to at most 2**32.
        rung: int8[n], the rung of each stratum, -1 to 12.
        alive_lo: indices below this one are not alive.
        alive_hi: nor are indices from this one on.
        tables: from `layer_tables`.
        scratch: from `new_scratch`.

    Returns:
        The candidates alive whose uniform is below the bound of their own stratum; what the
        neighbours in a block have for a rung does not show.

    Raises:
        XinyongError: a number does not fit its place in the counter.

    Example:
        >>> from xinyong.conduct.ladder import layer_tables, rung_for
        >>> from xinyong.streams import stream_key
        >>> rung = np.array([rung_for(0.001)], dtype=np.int8)
        >>> start = np.array([0, 100_000], dtype=np.int64)
        >>> key = stream_key(1, "conduct/example")
        >>> found = draw_acts(key, 0, 0, 0, 0, start, rung, 0, 100_000, layer_tables(),
        ...                   new_scratch())
        >>> bool(np.all(np.diff(found.subject) > 0))
        True
    """
    if not (0 <= leaf < 1 << 24 and 0 <= kind < 1 << 8):
        raise XinyongError("leaf or kind out of range; expected leaf < 2**24 and kind < 2**8")
    if not (0 <= month < 1 << 16 and 0 <= trial < 1 << 16):
        raise XinyongError("month or sub-trial out of range; expected both to be 0 to 65535")
    if stratum_start[0] != 0 or stratum_start[-1] > 1 << 32:
        raise XinyongError("strata must start at index 0 and end at or below 2**32")
    if rung.size + 1 != stratum_start.size:
        raise XinyongError("expected one rung a stratum, and one more start than strata")
    when = month_word(month, trial)
    lo, hi = max(alive_lo, 0), min(alive_hi, stratum_start[-1])
    capacity = 64
    subjects = np.empty(capacity, dtype=np.int64)
    uniforms = np.empty(capacity, dtype=np.uint64)
    strata = np.empty(capacity, dtype=np.int32)
    n = 0
    s = 0
    for block in range(lo // BLOCK, (hi + BLOCK - 1) // BLOCK):
        first, last = block * BLOCK, min((block + 1) * BLOCK, hi)
        while stratum_start[s + 1] <= first:
            s += 1
        top = -1
        t = s
        while t < rung.size and stratum_start[t] < last:
            if stratum_start[t + 1] > stratum_start[t]:
                top = max(top, rung[t])
            t += 1
        if top < 0:
            continue
        found = draw_candidates(
            key, block_id(leaf, kind, block), when, top, tables, lo - first, hi - first, scratch
        )
        if n + found > capacity:
            capacity = max(2 * capacity, n + found)
            subjects = _grown(subjects, capacity)
            uniforms = _grown(uniforms, capacity)
            strata = _grown(strata, capacity)
        t = s
        for i in range(found):
            subject = first + scratch.local[i]
            while stratum_start[t + 1] <= subject:
                t += 1
            if happens(scratch.uniform[i], bound_threshold(rung[t])):
                subjects[n] = subject
                uniforms[n] = scratch.uniform[i]
                strata[n] = t
                n += 1
    return Candidates(subjects[:n], uniforms[:n], strata[:n])


@compiled
def _grown(array: NDArray[_Scalar], capacity: int) -> NDArray[_Scalar]:
    larger = np.empty(capacity, dtype=array.dtype)
    larger[: array.size] = array
    return larger


@compiled
def _first_above(limit: NDArray[np.uint64], rung: NDArray[np.int8]) -> int:
    """Return the first stratum whose threshold without a file is above its bound, or -1."""
    for s in range(rung.size):
        if limit[s, 0] > bound_threshold(rung[s]):
            return s
    return -1


def check_bounds(limit: NDArray[np.uint64], rung: NDArray[np.int8]) -> None:
    """Refuse probabilities above the bound they would be sampled under.

    Args:
        limit: uint64[strata, states], thresholds; state 0 is "no file".
        rung: int8[strata].

    Raises:
        XinyongError: names the first stratum whose state 0 is above its bound.
    """
    s = _first_above(limit, rung)
    if s >= 0:
        raise XinyongError(
            f"stratum {s}: the probability of subjects without a file is "
            f"{int(limit[s, 0]) / 2**64:.6g}, above the bound of rung {int(rung[s])}, "
            f"{int(bound_threshold(rung[s])) / 2**64:.6g}; give the stratum the rung that "
            "rung_for returns for the largest probability it takes in any month and arm"
        )


@compiled
def acts_of(
    candidates: Candidates,
    limit: NDArray[np.uint64],
    rung: NDArray[np.int8],
    state: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Say which candidates act.

    Args:
        candidates: from `draw_acts`.
        limit: uint64[strata, states], thresholds this month; state 0 is "no file".
        rung: int8[strata], as given to `draw_acts`.
        state: integer[candidates], each candidate's state.

    Returns:
        bool[candidates]. Those with a file whose probability is above the bound all act; the
        rest of their probability comes from `excess_acts`.

    Raises:
        XinyongError: a stratum's probability without a file is above its bound (see
            `check_bounds`, which says where).
    """
    if _first_above(limit, rung) >= 0:
        raise XinyongError(
            "a probability of subjects without a file is above the bound of its stratum; "
            "check_bounds says which"
        )
    acts = np.empty(candidates.subject.size, dtype=np.bool_)
    for i in range(acts.size):
        acts[i] = happens(candidates.uniform[i], limit[candidates.stratum[i], state[i]])
    return acts


def excess_threshold(p: Fraction | float, b: Fraction) -> np.uint64:
    """Return the threshold of the excess rule: (p - b) / (1 - b), or zero if p is within b.

    A subject acts as a candidate with probability b and else by the excess rule:
    b + (1 - b) * (p - b) / (1 - b) = p.

    Raises:
        XinyongError: p is not within [0, 1].

    Example:
        >>> int(excess_threshold(Fraction(5, 8), Fraction(1, 4))) == 2**63
        True
    """
    threshold(p)  # refuses what is no probability
    exact = Fraction(p)
    return threshold((exact - b) / (1 - b)) if exact > b else np.uint64(0)


@compiled
def excess_acts(
    key: np.uint64,
    leaf: int,
    kind: int,
    month: int,
    trial: int,
    index: NDArray[np.int64],
    limit: NDArray[np.uint64],
) -> NDArray[np.bool_]:
    """Say which subjects with a file act by the excess rule.

    Args:
        key: of the stream ``excess/<id>``.
        leaf: as in `draw_acts`.
        kind: as in `draw_acts`.
        month: as in `draw_acts`.
        trial: as in `draw_acts`.
        index: int64[n], the subjects with a file.
        limit: uint64[n], from `excess_threshold`, by stratum and state.

    Returns:
        bool[n]. A subject acts if it does so here or in `acts_of`; the two may coincide and
        are then one act.
    """
    acts = np.empty(index.size, dtype=np.bool_)
    when = month_word(month, trial)
    for i in range(index.size):
        x = draw64(key, packed_id(leaf, kind, index[i]), when, np.uint64(0))[0]
        acts[i] = happens(x, limit[i])
    return acts
