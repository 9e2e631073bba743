"""The state of one leaf: ledgers as chains of dated events, in flat tables.

A subject without a file has no row anywhere. A file is a row of the ledger table and
three chains: its events, its cases, its entries. Tables grow by doubling; a name
``n_…`` in `counts` says how many rows are used. All functions marked ``@njit`` run
without the interpreter lock.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.dates import NEVER
from xinyong.jit import lean, njit

__all__ = [
    "CASE_COPIED",
    "CASE_FALSE",
    "CASE_LAPSED",
    "CASE_MISATTACHED",
    "CASE_QUEUED",
    "CASE_SHARED",
    "Leaf",
    "append_event",
    "empty_leaf",
    "file_of",
    "gather",
    "new_case",
    "reserve",
]

N_EVENTS, N_LEDGERS, N_CASES, N_ENTRIES, N_QUEUE, FREE_EVENT, N_FREE, N_COUNTS = range(8)

# Flags of a case.
CASE_FALSE = 1  # the record claims an act that nobody did
CASE_MISATTACHED = 2  # the record is of another subject's act
CASE_COPIED = 4  # the record was copied here through a role
CASE_QUEUED = 8  # its decision waits for the staff of the court
CASE_SHARED = 16  # the record has been copied on to others
CASE_LAPSED = 32  # its request was dropped from the queue


# Columns of an event row; the last packs event (5 bits), what + 1 (12) and case number (14).
DAY, PREV, VALUE, WORDS, EVENT_COLS = range(5)
MOST_WORDS, MOST_CASES = (1 << 12) - 2, (1 << 14) - 1


class Leaf(NamedTuple):
    """Tables of one leaf.

    Attributes:
        counts: int64[N_COUNTS] rows in use, the head of the list of free events, and how
            many there are.
        ev_row: int32[events, 4]: day, previous row of the ledger, value, and event, what and
            case number packed into one word, so that a visit to an event touches one cache
            line (see `pack` and the ``EV_…`` columns).
        lg_…: ledgers: subject (kind << 32 | index), stratum, last event, number of cases,
            next due day, last case, last entry, score (tenths) and grade in the scheme.
        cs_…: cases: ledger, number in the ledger, family of conduct, flags, act id, previous.
        en_…: entries: ledger, case row, instrument, provision, start, lawful end, cause,
            end, previous.
        q_…: decisions waiting for staff: case row, step row, day they opened.
        ix_key, ix_row: open-addressing index from subject to ledger row.
    """

    counts: NDArray[np.int64]
    ev_row: NDArray[np.int32]
    lg_subject: NDArray[np.int64]
    lg_stratum: NDArray[np.int32]
    lg_event: NDArray[np.int32]
    lg_cases: NDArray[np.int16]
    lg_due: NDArray[np.int32]
    lg_case: NDArray[np.int32]
    lg_entry: NDArray[np.int32]
    lg_score: NDArray[np.int32]
    lg_grade: NDArray[np.int8]
    cs_ledger: NDArray[np.int32]
    cs_number: NDArray[np.int16]
    cs_family: NDArray[np.int16]
    cs_flags: NDArray[np.uint8]
    cs_act: NDArray[np.uint64]
    cs_prev: NDArray[np.int32]
    en_ledger: NDArray[np.int32]
    en_case: NDArray[np.int32]
    en_inst: NDArray[np.int8]
    en_prov: NDArray[np.int16]
    en_start: NDArray[np.int32]
    en_lawful: NDArray[np.int32]
    en_cause: NDArray[np.int8]
    en_end: NDArray[np.int32]
    en_prev: NDArray[np.int32]
    q_case: NDArray[np.int32]
    q_step: NDArray[np.int16]
    q_day: NDArray[np.int32]
    ix_key: NDArray[np.int64]
    ix_row: NDArray[np.int32]


_GROUPS = {"ev_": N_EVENTS, "lg_": N_LEDGERS, "cs_": N_CASES, "en_": N_ENTRIES, "q_": N_QUEUE}


def empty_leaf() -> Leaf:
    """Return the state of a leaf in which nobody has a file."""
    types = _field_types()
    columns = {name: np.zeros(0 if "_" in name else N_COUNTS, types[name]) for name in Leaf._fields}
    columns["counts"][FREE_EVENT] = -1
    columns["ev_row"] = np.zeros((0, EVENT_COLS), np.int32)
    columns["ix_key"] = np.full(1024, -1, np.int64)
    columns["ix_row"] = np.zeros(1024, np.int32)
    return Leaf(**columns)


def _field_types() -> dict[str, np.dtype[np.generic]]:
    """Return the dtype of each column, as its annotation states it."""
    found = {}
    for name, hint in Leaf.__annotations__.items():
        text = hint.__forward_arg__ if hasattr(hint, "__forward_arg__") else str(hint)
        found[name] = np.dtype(text.split("np.")[-1].rstrip("])"))
    return found


def reserve(leaf: Leaf, events: int, ledgers: int, cases: int, entries: int, queue: int) -> Leaf:
    """Return the leaf with room for that many more rows in each table (and a wider index)."""
    wanted = {"ev_": events, "lg_": ledgers, "cs_": cases, "en_": entries, "q_": queue}
    changed: dict[str, NDArray[np.generic]] = {}
    for name in Leaf._fields:
        prefix = name[: name.index("_") + 1] if "_" in name else ""
        if prefix not in wanted:
            continue
        column = getattr(leaf, name)
        free = int(leaf.counts[N_FREE]) if prefix == "ev_" else 0
        need = int(leaf.counts[_GROUPS[prefix]]) + max(wanted[prefix] - free, 0)
        if need > len(column):
            rows = max(need, len(column) * 5 // 4, 256)
            wider = np.zeros((rows, *column.shape[1:]), column.dtype)
            wider[: len(column)] = column
            changed[name] = wider
    used = int(leaf.counts[N_LEDGERS]) + ledgers
    if used * 3 > len(leaf.ix_key) * 2:
        size = len(leaf.ix_key)
        while used * 3 > size * 2:
            size *= 2
        key, row = np.full(size, -1, np.int64), np.zeros(size, np.int32)
        _rehash(leaf.lg_subject, int(leaf.counts[N_LEDGERS]), key, row)
        changed["ix_key"], changed["ix_row"] = key, row
    return leaf._replace(**changed) if changed else leaf  # type: ignore[arg-type]


@lean
def _slot(subject, size):  # type: ignore[no-untyped-def]
    """Return the home slot of a subject in an index of a power-of-two size."""
    x = np.uint64(subject) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((x >> np.uint64(20)) & np.uint64(size - 1))


@njit
def _rehash(subjects, n, key, row):  # type: ignore[no-untyped-def]
    for i in range(n):
        slot = _slot(subjects[i], key.size)
        while key[slot] >= 0:
            slot = (slot + 1) & (key.size - 1)
        key[slot] = subjects[i]
        row[slot] = i


@lean
def find(leaf, subject):  # type: ignore[no-untyped-def]
    """Return the ledger row of a subject (kind << 32 | index), or -1."""
    slot = _slot(subject, leaf.ix_key.size)
    while leaf.ix_key[slot] >= 0:
        if leaf.ix_key[slot] == subject:
            return np.int64(leaf.ix_row[slot])
        slot = (slot + 1) & (leaf.ix_key.size - 1)
    return np.int64(-1)


@lean
def file_of(leaf, subject, stratum):  # type: ignore[no-untyped-def]
    """Return the ledger row of a subject, opening a file if there is none."""
    slot = _slot(subject, leaf.ix_key.size)
    while leaf.ix_key[slot] >= 0:
        if leaf.ix_key[slot] == subject:
            return np.int64(leaf.ix_row[slot])
        slot = (slot + 1) & (leaf.ix_key.size - 1)
    row = leaf.counts[N_LEDGERS]
    leaf.counts[N_LEDGERS] = row + 1
    leaf.ix_key[slot] = subject
    leaf.ix_row[slot] = row
    leaf.lg_subject[row] = subject
    leaf.lg_stratum[row] = stratum
    leaf.lg_event[row] = -1
    leaf.lg_cases[row] = 0
    leaf.lg_due[row] = NEVER
    leaf.lg_case[row] = -1
    leaf.lg_entry[row] = -1
    leaf.lg_score[row] = 0
    leaf.lg_grade[row] = -1
    return np.int64(row)


@lean
def new_case(leaf, ledger, family, flags, act):  # type: ignore[no-untyped-def]
    """Open a case in a ledger; returns its row."""
    row = leaf.counts[N_CASES]
    leaf.counts[N_CASES] = row + 1
    leaf.cs_ledger[row] = ledger
    leaf.cs_number[row] = leaf.lg_cases[ledger]
    leaf.cs_family[row] = family
    leaf.cs_flags[row] = flags
    leaf.cs_act[row] = act
    leaf.cs_prev[row] = leaf.lg_case[ledger]
    leaf.lg_case[ledger] = row
    leaf.lg_cases[ledger] += 1
    return np.int64(row)


@lean
def pack(event, what, number):  # type: ignore[no-untyped-def]
    """Pack an event code, its what (-1 for none) and a case number into one word."""
    return event | (what + 1) << 5 | number << 17


@lean
def append_event(leaf, ledger, day, event, what, number, value):  # type: ignore[no-untyped-def]
    """Append an event to a ledger; the ledger falls due on its day."""
    row = leaf.counts[FREE_EVENT]
    if row >= 0:
        leaf.counts[FREE_EVENT] = leaf.ev_row[row, PREV]
        leaf.counts[N_FREE] -= 1
    else:
        row = leaf.counts[N_EVENTS]
        leaf.counts[N_EVENTS] = row + 1
    leaf.ev_row[row, DAY] = day
    leaf.ev_row[row, PREV] = leaf.lg_event[ledger]
    leaf.ev_row[row, VALUE] = value
    leaf.ev_row[row, WORDS] = pack(event, what, number)
    leaf.lg_event[ledger] = row
    if day < leaf.lg_due[ledger]:
        leaf.lg_due[ledger] = day


@lean
def gather(leaf, ledger, out):  # type: ignore[no-untyped-def]
    """Write a ledger's events to int64 rows sorted by day, in order of appending within a day.

    Returns:
        The number of rows; it may exceed ``out.shape[0]``, and then nothing was written.
    """
    n = 0
    row = leaf.lg_event[ledger]
    while row >= 0 and n < out.shape[0]:
        words = leaf.ev_row[row, WORDS]
        out[n, 0] = leaf.ev_row[row, DAY]
        out[n, 1] = words & 31
        out[n, 2] = (words >> 5 & 4095) - 1
        out[n, 3] = words >> 17
        out[n, 4] = leaf.ev_row[row, VALUE]
        n += 1
        row = leaf.ev_row[row, PREV]
    if row >= 0:
        return out.shape[0] + 1
    for i in range(n // 2):  # the chain runs backwards
        for c in range(5):
            out[i, c], out[n - 1 - i, c] = out[n - 1 - i, c], out[i, c]
    for i in range(1, n):  # insertion sort: chains are short and nearly sorted
        if out[i - 1, 0] > out[i, 0]:
            day, event, what = out[i, 0], out[i, 1], out[i, 2]
            case, value = out[i, 3], out[i, 4]
            j = i
            while j > 0 and out[j - 1, 0] > day:
                for c in range(5):
                    out[j, c] = out[j - 1, c]
                j -= 1
            out[j, 0], out[j, 1], out[j, 2] = day, event, what
            out[j, 3], out[j, 4] = case, value
    return n


@lean
def release_events(leaf, ledger):  # type: ignore[no-untyped-def]
    """Give the event rows of a ledger back for reuse (compaction)."""
    row = leaf.lg_event[ledger]
    while row >= 0:
        following = leaf.ev_row[row, PREV]
        leaf.ev_row[row, PREV] = leaf.counts[FREE_EVENT]
        leaf.counts[FREE_EVENT] = row
        leaf.counts[N_FREE] += 1
        row = following
    leaf.lg_event[ledger] = -1
