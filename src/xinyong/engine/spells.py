"""Spells on lists: what is counted of each once it is over, and what may then be let go.

A file in which nothing can happen any more is *settled*. Its entries have their last form:
their measures are accounted for, they are added to the digest, and their rows, with those
of their cases, may be used again. The digest of entries is a sum of one keyed hash an
entry (an additive multiset hash: Clarke et al., ASIACRYPT 2003), so neither the order of
rows nor when a file settled can matter.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from xinyong.engine.state import (
    CASE_FALSE,
    CASE_MISATTACHED,
    N_ENTRIES,
    release_spells,
)
from xinyong.institutions.copies import COLUMNS, copies_of
from xinyong.institutions.measures import account_spell
from xinyong.institutions.others import account_others
from xinyong.jit import lean, njit
from xinyong.streams import draw64

__all__ = ["SAMPLE", "account", "entry_sums", "retire"]

#: With ``keep=indicators``, the entries of one file in so many are kept as a sample.
SAMPLE = 64


@lean
def is_sampled(keys, place, subject):
    """Tell whether the subject's file belongs to the fixed sample of files."""
    who = np.uint64(place) << np.uint64(40) | np.uint64(subject)
    word = draw64(keys.sample, who, np.uint64(1), np.uint64(0))[0]
    return word % np.uint64(SAMPLE) == np.uint64(0)


@lean
def is_whole(keys, place, subject, limit):
    """Tell whether a subject's file is kept whole, for a share of files as a threshold.

    Zero is none of them, and the greatest number all.
    """
    if limit == np.uint64(0) or limit == np.uint64(0xFFFFFFFFFFFFFFFF):
        return limit != np.uint64(0)
    who = np.uint64(place) << np.uint64(40) | np.uint64(subject)
    return draw64(keys.sample, who, np.uint64(2), np.uint64(0))[0] < limit


@njit
def whole(keys, place, subjects, limit):
    """Return which of many subjects' files are kept whole: bool[n]; see `is_whole`."""
    out = np.empty(subjects.size, np.bool_)
    for i in range(subjects.size):
        out[i] = is_whole(keys, place, subjects[i], limit)
    return out


@lean
def _account_entry(
    leaf, e, place, table, others, link, keys, shift, first_month, counts, felt, copies
):  # fmt: skip
    """Account for the measures of one entry, if it is among those followed."""
    case = leaf.en[e].case
    act = leaf.cs[case].act
    if shift:
        draw = draw64(keys.sample, act, np.uint64(0), np.uint64(0))[0]
        if draw & np.uint64((1 << shift) - 1):
            return
    subject = leaf.lg[leaf.cs[case].ledger].subject
    kind, inst = subject >> 32, leaf.en[e].inst
    start, end = np.int64(leaf.en[e].start), np.int64(leaf.en[e].end)
    mistaken = leaf.cs[case].flags & (CASE_FALSE | CASE_MISATTACHED)
    copies_of(table, link, keys, act, inst, kind, place, start, end, copies)
    account_spell(table, copies, keys, act, inst, kind, mistaken, first_month, counts)
    index = subject & 0xFFFFFFFF
    account_others(
        table, others, copies, keys, act, inst, kind, index, place, mistaken, first_month, felt
    )


@lean
def _add_entry(leaf, e, sums):
    """Add the keyed hash of one entry to the two sums (modulo 2**64)."""
    case = leaf.en[e].case
    subject = np.uint64(leaf.lg[leaf.cs[case].ledger].subject)
    low = np.uint64(0xFFFFFFFF)
    words = (
        np.uint64(leaf.en[e].inst)
        | np.uint64(leaf.en[e].cause + 1) << np.uint64(8)
        | np.uint64(leaf.en[e].prov + 1) << np.uint64(16)
    )
    flags = np.uint64(leaf.cs[case].flags) & np.uint64(0xFF)  # those of the case, not of its way
    end = np.uint64(leaf.en[e].end) | flags << np.uint64(32)
    start, lawful = np.uint64(leaf.en[e].start) & low, np.uint64(leaf.en[e].lawful) & low
    key, who = draw64(leaf.cs[case].act, subject, start, lawful)
    first, second = draw64(key, who ^ end, words, np.uint64(0))
    sums[0] += first
    sums[1] += second


@njit
def account(leaf, place, table, others, link, keys, shift, first_month, counts, felt):
    """Account for the measures of every entry still held.

    Args:
        leaf: the state.
        place: position of the leaf.
        table: the measures.
        others: their ties to others.
        link: the network.
        keys: stream keys.
        shift: one in 2**shift entries is followed.
        first_month: month 0 of `counts`.
        counts: int32[months, rows, kinds, ASPECTS], added to.
        felt: int32[months, ties, 1, OTHERS], added to.
    """
    copies = np.zeros((table.inst.size, COLUMNS), np.int64)
    for e in range(leaf.counts[N_ENTRIES]):
        if leaf.en[e].inst >= 0:
            _account_entry(
                leaf, e, place, table, others, link, keys, shift, first_month, counts, felt, copies
            )


@njit
def entry_sums(leaf):
    """Return uint64[2], the digest of the entries still held."""
    sums = np.zeros(2, np.uint64)
    for e in range(leaf.counts[N_ENTRIES]):
        if leaf.en[e].inst >= 0:
            _add_entry(leaf, e, sums)
    return sums


@njit
def retire(
    leaf, settled, place, table, others, link, keys, shift, first_month, counts, felt, sums
):  # fmt: skip
    """Let go of settled files, but for those of the sample, once they are counted.

    Args:
        leaf: the state; rows of cases and entries are given back.
        settled: int64[n] ledger rows.
        place: position of the leaf.
        table: the measures.
        others: their ties to others.
        link: the network.
        keys: stream keys.
        shift: one in 2**shift entries is followed through its measures.
        first_month: month 0 of `counts`.
        counts: int32[months, rows, kinds, ASPECTS], added to.
        felt: int32[months, ties, 1, OTHERS], added to.
        sums: uint64[2], the digest of entries let go, added to.
    """
    copies = np.zeros((table.inst.size, COLUMNS), np.int64)
    for i in range(settled.size):
        ledger = settled[i]
        if is_sampled(keys, place, leaf.lg[ledger].subject):
            continue
        e = leaf.lg[ledger].entry
        while e >= 0:
            _account_entry(
                leaf, e, place, table, others, link, keys, shift, first_month, counts, felt, copies
            )
            _add_entry(leaf, e, sums)
            e = leaf.en[e].prev
        release_spells(leaf, ledger)
