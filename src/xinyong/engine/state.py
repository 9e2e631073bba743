"""The state of one leaf: ledgers as chains of dated events, in flat tables.

A subject without a file has no row anywhere. A file is a row of the ledger table and
three chains: its events, its cases, its entries. Tables grow by doubling; a name
``n_…`` in `counts` says how many rows are used. All functions marked ``@njit`` run
without the interpreter lock.
"""

from __future__ import annotations

import contextlib
import mmap
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.dates import NEVER
from xinyong.jit import lean, njit

__all__ = [
    "CASE_ASKED",
    "CASE_CARRIED",
    "CASE_CLOSED",
    "CASE_COPIED",
    "CASE_FALSE",
    "CASE_LAPSED",
    "CASE_MISATTACHED",
    "CASE_QUEUED",
    "CASE_SHARED",
    "CASE_TURN",
    "UNSCORED",
    "Leaf",
    "append_event",
    "empty_leaf",
    "file_of",
    "gather",
    "new_case",
    "new_entry",
    "release_copies",
    "release_events",
    "release_spells",
    "reserve",
]

# Counts: rows in use of each table, then the heads of the lists of free rows, then their lengths.
N_EVENTS, N_LEDGERS, N_CASES, N_ENTRIES, N_QUEUE = range(5)
FREE_EVENT, FREE_CASE, FREE_ENTRY, N_FREE, N_FREE_CASES, N_FREE_ENTRIES, N_COUNTS = range(5, 12)

# Flags of a case.
CASE_FALSE = 1  # the record claims an act that nobody did
CASE_MISATTACHED = 2  # the record is of another subject's act
CASE_COPIED = 4  # the record was copied here through a role
CASE_QUEUED = 8  # its decision waits for the staff of the court
CASE_SHARED = 16  # the record has been copied on to others
CASE_LAPSED = 32  # its request was dropped from the queue
CASE_ASKED = 64  # a way off the list waits for the staff of redress
CASE_TURN = 128  # its turn with them has come, this month
CASE_CARRIED = 256  # it is on its way to others, this month
CASE_CLOSED = 512  # its file settled once: nothing more is done about it or carried on of it


#: Grade of a file that a scheme does not score; -1 is a score without a known grade.
UNSCORED = -2

#: Tables of at least so many bytes have pages of their own.
_OWN_PAGES = 1 << 20

# Columns of an event row; the last packs event (5 bits), what + 1 (12) and case number (14).
DAY, PREV, VALUE, WORDS, EVENT_COLS = range(5)
MOST_WORDS, MOST_CASES = (1 << 12) - 2, (1 << 14) - 1


#: A file: who, and the heads of its three chains.
FILE = np.dtype(
    [
        ("subject", "i8"),  # kind << 32 | index
        ("stratum", "i4"),
        ("event", "i4"),  # the last event, case and entry: -1 for none
        ("case", "i4"),
        ("entry", "i4"),
        ("cases", "i2"),  # numbers given to cases
    ],
    align=True,
)
#: A case; `ledger` is -1 in a free row.
CASE = np.dtype(
    [
        ("act", "u8"),
        ("ledger", "i4"),
        ("prev", "i4"),
        ("number", "i2"),
        ("family", "i2"),
        ("flags", "u2"),
    ],
    align=True,
)
#: An entry; `inst` is -1 in a free row.
ENTRY = np.dtype(
    [
        ("case", "i4"),
        ("prev", "i4"),
        ("start", "i4"),
        ("lawful", "i4"),
        ("end", "i4"),
        ("prov", "i2"),
        ("inst", "i1"),
        ("cause", "i1"),
    ],
    align=True,
)


class Leaf(NamedTuple):
    """Tables of one leaf.

    What is read together lies together: at one to one a visit costs as much as the cache
    lines it touches.

    Attributes:
        counts: int64[N_COUNTS] rows in use, and the lists of free rows.
        ev_row: int32[events, 4]: day, previous row of the ledger, value, and event, what and
            case number packed into one word (see `pack` and the columns above).
        lg: `FILE`[ledgers].
        lg_due: int32[ledgers], the next day on which a file is looked at.
        lg_score: int32[ledgers, schemes, 3], points (tenths), grade, and live lines that a gate
            bars on paper, in each scheme of the leaf; a leaf without one has no column. Scores of
            two schemes are never compared.
        cs: `CASE`[cases]; en: `ENTRY`[entries].
        q_case, q_step, q_day: what waits for staff: case row, step row, and the day a decision
            opened or a way off a list is to be dealt with.
        ix_row: int32, open-addressing index from subject to ledger row, -1 where free.
    """

    counts: NDArray[np.int64]
    ev_row: NDArray[np.int32]
    lg: NDArray[Any]
    lg_due: NDArray[np.int32]
    lg_score: NDArray[np.int32]
    cs: NDArray[Any]
    en: NDArray[Any]
    q_case: NDArray[np.int32]
    q_step: NDArray[np.int16]
    q_day: NDArray[np.int32]
    ix_row: NDArray[np.int32]


def empty_leaf(schemes: int = 0) -> Leaf:
    """Return the state of a leaf of so many schemes in which nobody has a file."""
    counts = np.zeros(N_COUNTS, np.int64)
    counts[[FREE_EVENT, FREE_CASE, FREE_ENTRY]] = -1
    return Leaf(
        counts,
        np.zeros((0, EVENT_COLS), np.int32),
        np.zeros(0, FILE),
        np.zeros(0, np.int32),
        np.zeros((0, schemes, 3), np.int32),
        np.zeros(0, CASE),
        np.zeros(0, ENTRY),
        np.zeros(0, np.int32),
        np.zeros(0, np.int16),
        np.zeros(0, np.int32),
        np.full(1024, -1, np.int32),
    )


def _room(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return zeros; large ones in pages of their own, which take memory once they are written to.

    The allocator would keep what a table leaves behind when it grows, and would clear the room
    that is not yet used: together a tenth of the memory at 1:10.
    """
    size = int(np.prod(shape)) * dtype.itemsize
    if size < _OWN_PAGES:
        return np.zeros(shape, dtype)
    pages = mmap.mmap(-1, size)
    if hasattr(mmap, "MADV_HUGEPAGE"):  # as numpy does
        with contextlib.suppress(OSError):
            pages.madvise(mmap.MADV_HUGEPAGE)
    return np.ndarray(shape, dtype, buffer=pages)


def _wider(column: NDArray[Any], used: int, more: int) -> NDArray[Any]:
    """Return the column, or a longer copy with room for so many more rows."""
    if used + more <= len(column):
        return column
    rows = max(used + more, len(column) * 3 // 2, 256)
    wider = _room((rows, *column.shape[1:]), column.dtype)
    wider[:used] = column[:used]
    return wider


def reserve(leaf: Leaf, events: int, ledgers: int, cases: int, entries: int, queue: int) -> Leaf:
    """Return the leaf with room for that many more rows in each table (and a wider index)."""
    n = leaf.counts.tolist()
    events = max(events - n[N_FREE], 0)
    cases = max(cases - n[N_FREE_CASES], 0)
    entries = max(entries - n[N_FREE_ENTRIES], 0)
    index = leaf.ix_row
    rooms = (
        (n[N_EVENTS] + events, leaf.ev_row),
        (n[N_LEDGERS] + ledgers, leaf.lg),
        (n[N_CASES] + cases, leaf.cs),
        (n[N_ENTRIES] + entries, leaf.en),
        (n[N_QUEUE] + queue, leaf.q_case),
    )
    if (n[N_LEDGERS] + ledgers) * 3 <= len(index) * 2 and all(a <= len(c) for a, c in rooms):
        return leaf  # nearly always
    size, used = len(index), n[N_LEDGERS] + ledgers
    if used * 3 > size * 2:
        while used * 3 > size * 2:
            size *= 2
        index = np.full(size, -1, np.int32)
        _rehash(leaf.lg, n[N_LEDGERS], index)
    return Leaf(
        leaf.counts,
        _wider(leaf.ev_row, n[N_EVENTS], events),
        _wider(leaf.lg, n[N_LEDGERS], ledgers),
        _wider(leaf.lg_due, n[N_LEDGERS], ledgers),
        _wider(leaf.lg_score, n[N_LEDGERS], ledgers),
        _wider(leaf.cs, n[N_CASES], cases),
        _wider(leaf.en, n[N_ENTRIES], entries),
        _wider(leaf.q_case, n[N_QUEUE], queue),
        _wider(leaf.q_step, n[N_QUEUE], queue),
        _wider(leaf.q_day, n[N_QUEUE], queue),
        index,
    )


@lean
def _slot(subject, size):  # type: ignore[no-untyped-def]
    """Return the home slot of a subject in an index of a power-of-two size."""
    x = np.uint64(subject) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((x >> np.uint64(20)) & np.uint64(size - 1))


@njit
def _rehash(lg, n, index):  # type: ignore[no-untyped-def]
    for i in range(n):
        slot = _slot(lg[i].subject, index.size)
        while index[slot] >= 0:
            slot = (slot + 1) & (index.size - 1)
        index[slot] = i


@lean
def find(leaf, subject):  # type: ignore[no-untyped-def]
    """Return the ledger row of a subject (kind << 32 | index), or -1."""
    slot = _slot(subject, leaf.ix_row.size)
    while leaf.ix_row[slot] >= 0:
        row = np.int64(leaf.ix_row[slot])
        if leaf.lg[row].subject == subject:
            return row
        slot = (slot + 1) & (leaf.ix_row.size - 1)
    return np.int64(-1)


@lean
def file_of(leaf, subject, stratum):  # type: ignore[no-untyped-def]
    """Return the ledger row of a subject, opening a file if there is none."""
    slot = _slot(subject, leaf.ix_row.size)
    while leaf.ix_row[slot] >= 0:
        row = np.int64(leaf.ix_row[slot])
        if leaf.lg[row].subject == subject:
            return row
        slot = (slot + 1) & (leaf.ix_row.size - 1)
    row = leaf.counts[N_LEDGERS]
    leaf.counts[N_LEDGERS] = row + 1
    leaf.ix_row[slot] = row
    leaf.lg_due[row] = NEVER
    leaf.lg[row].subject = subject
    leaf.lg[row].stratum = stratum
    leaf.lg[row].event = -1
    leaf.lg[row].case = -1
    leaf.lg[row].entry = -1
    leaf.lg[row].cases = 0
    for s in range(leaf.lg_score.shape[1]):
        leaf.lg_score[row, s, 1] = UNSCORED
    return np.int64(row)


@lean
def new_case(leaf, ledger, family, flags, act):  # type: ignore[no-untyped-def]
    """Open a case in a ledger; returns its row."""
    row = leaf.counts[FREE_CASE]
    if row >= 0:
        leaf.counts[FREE_CASE] = leaf.cs[row].prev
        leaf.counts[N_FREE_CASES] -= 1
    else:
        row = leaf.counts[N_CASES]
        leaf.counts[N_CASES] = row + 1
    leaf.cs[row].act = act
    leaf.cs[row].ledger = ledger
    leaf.cs[row].prev = leaf.lg[ledger].case
    leaf.cs[row].number = leaf.lg[ledger].cases
    leaf.cs[row].family = family
    leaf.cs[row].flags = flags
    leaf.lg[ledger].case = row
    leaf.lg[ledger].cases += 1
    return np.int64(row)


@lean
def new_entry(leaf, ledger, case, inst, start):  # type: ignore[no-untyped-def]
    """Enter a case on a list; returns the row of the entry, which is alive."""
    row = leaf.counts[FREE_ENTRY]
    if row >= 0:
        leaf.counts[FREE_ENTRY] = leaf.en[row].prev
        leaf.counts[N_FREE_ENTRIES] -= 1
    else:
        row = leaf.counts[N_ENTRIES]
        leaf.counts[N_ENTRIES] = row + 1
    leaf.en[row].case = case
    leaf.en[row].inst = inst
    leaf.en[row].start = start
    leaf.en[row].end = NEVER
    leaf.en[row].prev = leaf.lg[ledger].entry
    leaf.lg[ledger].entry = row
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
    leaf.ev_row[row, PREV] = leaf.lg[ledger].event
    leaf.ev_row[row, VALUE] = value
    leaf.ev_row[row, WORDS] = pack(event, what, number)
    leaf.lg[ledger].event = row
    if day < leaf.lg_due[ledger]:
        leaf.lg_due[ledger] = day


@lean
def gather(leaf, ledger, out):  # type: ignore[no-untyped-def]
    """Write a ledger's events to int64 rows sorted by day, in order of appending within a day.

    Returns:
        The number of rows; it may exceed ``out.shape[0]``, and then nothing was written.
    """
    n = 0
    row = leaf.lg[ledger].event
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
def release_copies(leaf, ledger):  # type: ignore[no-untyped-def]
    """Give the cases copied to a settled file back for reuse; no entry may rest on them.

    If more is carried on of the case they were copied from, they are copied anew, whole.
    """
    before = np.int64(-1)
    row = np.int64(leaf.lg[ledger].case)
    while row >= 0:
        following = np.int64(leaf.cs[row].prev)
        if leaf.cs[row].flags & CASE_COPIED:
            if before < 0:
                leaf.lg[ledger].case = following
            else:
                leaf.cs[before].prev = following
            leaf.cs[row].ledger = -1
            leaf.cs[row].prev = leaf.counts[FREE_CASE]
            leaf.counts[FREE_CASE] = row
            leaf.counts[N_FREE_CASES] += 1
        else:
            before = row
        row = following


@lean
def release_events(leaf, ledger):  # type: ignore[no-untyped-def]
    """Give the event rows of a settled file back for reuse; its cases are numbered anew."""
    row = leaf.lg[ledger].event
    while row >= 0:
        following = leaf.ev_row[row, PREV]
        leaf.ev_row[row, PREV] = leaf.counts[FREE_EVENT]
        leaf.counts[FREE_EVENT] = row
        leaf.counts[N_FREE] += 1
        row = following
    leaf.lg[ledger].event = -1
    leaf.lg[ledger].cases = 0


@lean
def release_spells(leaf, ledger):  # type: ignore[no-untyped-def]
    """Give the rows of the cases and entries of a settled file back for reuse."""
    row = leaf.lg[ledger].entry
    while row >= 0:
        following = leaf.en[row].prev
        leaf.en[row].inst = -1
        leaf.en[row].prev = leaf.counts[FREE_ENTRY]
        leaf.counts[FREE_ENTRY] = row
        leaf.counts[N_FREE_ENTRIES] += 1
        row = following
    leaf.lg[ledger].entry = -1
    row = leaf.lg[ledger].case
    while row >= 0:
        following = leaf.cs[row].prev
        leaf.cs[row].ledger = -1
        leaf.cs[row].prev = leaf.counts[FREE_CASE]
        leaf.counts[FREE_CASE] = row
        leaf.counts[N_FREE_CASES] += 1
        row = following
    leaf.lg[ledger].case = -1
