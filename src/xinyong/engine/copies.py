"""Copies: a record that a provision carries on to those behind a body.

Those behind a body live in its leaf (see `society.others`), so copies are made
in the second half of the month, after the barrier. A copied case keeps the id of the act,
so that it can be brought up to date when more happens to the original.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from xinyong.engine.state import (
    CASE_COPIED,
    CASE_FALSE,
    CASE_MISATTACHED,
    DAY,
    PREV,
    VALUE,
    WORDS,
    append_event,
    file_of,
    find,
    new_case,
    pack,
)
from xinyong.jit import njit
from xinyong.law.clocks import EV_COPIED

__all__ = ["copy_cases", "count_events"]


@njit
def count_events(leaf, cases):
    """Return how many events the ledgers of some cases hold (room needed for copies)."""
    total = 0
    for i in range(cases.size):
        row = leaf.lg[leaf.cs[cases[i]].ledger].event
        while row >= 0:
            total += 1
            row = leaf.ev_row[row, PREV]
    return total


@njit
def _copied_case(leaf, ledger, act):
    row = leaf.lg[ledger].case
    while row >= 0:
        if leaf.cs[row].act == act and leaf.cs[row].flags & CASE_COPIED:
            return row
        row = leaf.cs[row].prev
    return -1


@njit
def _has_event(leaf, ledger, day, words, value):
    row = leaf.lg[ledger].event
    while row >= 0:
        same = leaf.ev_row[row, WORDS] == words and leaf.ev_row[row, DAY] == day
        if same and leaf.ev_row[row, VALUE] == value:
            return True
        row = leaf.ev_row[row, PREV]
    return False


@njit
def copy_cases(leaf, cases, person, stratum, named, role):
    """Copy cases to the files of persons, or bring earlier copies up to date.

    A person behind a body in two roles gets one copy, through the first of them.

    Args:
        leaf: the state; room must have been reserved.
        cases: int64[n] rows of the cases.
        person: int64[n] subjects, -1 for nobody.
        stratum: int64[n] strata of the persons.
        named: bool[n], whether a provision names the role; otherwise nothing is copied anew.
        role: code of the role.
    """
    for i in range(cases.size):
        if person[i] < 0:
            continue
        case = cases[i]
        source, target = leaf.cs[case].ledger, find(leaf, person[i])
        act = leaf.cs[case].act
        copy = _copied_case(leaf, target, act) if target >= 0 else np.int64(-1)
        if copy < 0 and not named[i]:
            continue
        if target < 0:
            target = file_of(leaf, person[i], stratum[i])
        fresh = copy < 0
        if fresh:
            flags = leaf.cs[case].flags & np.uint16(CASE_FALSE | CASE_MISATTACHED)
            flags |= np.uint16(CASE_COPIED)
            copy = new_case(leaf, target, leaf.cs[case].family, flags, act)
        number = leaf.cs[copy].number
        rows = np.empty(4096, np.int64)
        n = 0
        row = leaf.lg[source].event
        while row >= 0 and n < rows.size:
            if leaf.ev_row[row, WORDS] >> 17 == leaf.cs[case].number:
                rows[n] = row
                n += 1
            row = leaf.ev_row[row, PREV]
        for j in range(n - 1, -1, -1):  # in the order in which they were appended
            row = rows[j]
            day, value = leaf.ev_row[row, DAY], leaf.ev_row[row, VALUE]
            words = leaf.ev_row[row, WORDS]
            event, what = words & 31, (words >> 5 & 4095) - 1
            if fresh and j == n - 1:
                append_event(leaf, target, day, EV_COPIED, -1, number, role)
            if not _has_event(leaf, target, day, pack(event, what, number), value):
                append_event(leaf, target, day, event, what, number, value)
