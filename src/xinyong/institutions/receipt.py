"""One spell on a list, authority by authority: who holds a copy, from when, until when.

`measures.account_spell` adds a spell to counts and forgets it; here the same answer is given
row by row, for whoever wants to look at one spell (`receipts`, `asked_in`), at which of many
are telling (`reach`), or wants to count all of them again in the plainest way (`tally`).
Everything is a keyed function of the case, so nothing has to have been stored.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from xinyong.dates import NEVER
from xinyong.institutions.copies import (
    FIRST_REQUEST,
    concerns,
    copy_of,
    held_copy,
    next_asked,
)
from xinyong.institutions.exchange import RIGHT_COPY, WRONG_COPY
from xinyong.institutions.measures import (
    APPLIED,
    APPLIED_MISTAKEN,
    APPLIED_ZOMBIE,
    ASTRAY,
    MISTAKEN,
    ON_PAPER,
    RECEIVED,
    ZOMBIE,
)
from xinyong.institutions.others import (
    OTHERS_APPLIED,
    OTHERS_APPLIED_MISTAKEN,
    OTHERS_APPLIED_ZOMBIE,
    OTHERS_ON_PAPER,
    OTHERS_RECEIVED,
    first_draw,
    nth_other,
)
from xinyong.jit import njit
from xinyong.law.compiled import first_day, month_of
from xinyong.society.others import MOST

__all__ = ["RECEIPT_COLS", "asked_in", "reach", "receipts", "tally", "tally_others"]

#: Where the draws of requests about the listed subject begin.
LISTED = np.uint64(FIRST_REQUEST)

#: Columns of `receipts`.
ROW, BEGINS, STOPS, SENT, GOT, LOST, COPY, RECEIPT_COLS = range(8)


@njit
def receipts(table, link, keys, act, inst, kind, leaf, start, end):
    """Return the measures that a spell on a list calls for, and who got word of it.

    Args:
        table: the measures.
        link: the network.
        keys: stream keys.
        act: id of the act the entry rests on.
        inst: the list.
        kind: of the subject.
        leaf: where the file is.
        start: first day of the entry.
        end: the day it ended, or NEVER.

    Returns:
        int64[n, RECEIPT_COLS]: row of the table; first day on paper and the first no more;
        day it was sent, received and taken back (NEVER: it was not); on whose file the copy
        is (`exchange.RIGHT_COPY`, `WRONG_COPY`, `NO_COPY`). A copy is held from GOT until
        before LOST, if GOT comes first and the copy is attached at all.
    """
    out = np.empty((table.inst.size, RECEIPT_COLS), np.int64)
    n = 0
    for i in range(table.inst.size):
        if not concerns(table, i, inst, kind):
            continue
        begins, stops, sent, got, lost, copy = copy_of(
            table, link, keys, act, i, kind, leaf, start, end
        )
        if stops <= begins:
            continue
        out[n, ROW], out[n, BEGINS], out[n, STOPS] = i, begins, stops
        out[n, SENT], out[n, GOT], out[n, LOST], out[n, COPY] = sent, got, lost, copy
        n += 1
    return out[:n]


@njit
def asked_in(
    table, keys, act, row, got, lost, first_month, months, draw=LISTED
):  # fmt: skip
    """Return the months in which an authority that holds a copy was asked: int64[n].

    Args:
        table: the measures.
        keys: stream keys.
        act: id of the act.
        row: of the table.
        got: from when it holds the copy.
        lost: until before when.
        first_month: of the run.
        months: how many it has.
        draw: where the draws begin.
    """
    found = np.empty(months, np.int64)
    n = 0
    if table.asked[row]:
        month = max(month_of(got) - first_month, 0)
        last = min(months, month_of(lost) - first_month) if lost < NEVER else months
        while month < last:
            month = next_asked(table, keys, act, row, month, last, draw)
            draw += np.uint64(1)
            if month < last:
                found[n] = first_month + month
                n += 1
            month += 1
    return found[:n]


@njit
def reach(table, link, keys, authority, act, inst, kind, leaf, start, end, last, first_month):
    """Return how far each of many spells has come: int64[n, 3].

    Args:
        table: the measures.
        link: the network.
        keys: stream keys.
        authority: int64[rows of the table], the authority of each, numbered from 0.
        act: uint64[n], ids of the acts.
        inst: int64[n], the lists.
        kind: int64[n], of the subjects.
        leaf: where all of them are.
        start: int64[n], first days.
        end: int64[n], days they ended.
        last: last day of the run.
        first_month: its first month.

    Returns:
        Authorities that have held a copy; most days for which a copy outlived what it rests
        on; requests that met it.
    """
    out = np.zeros((act.size, 3), np.int64)
    months = month_of(last) - first_month + 1
    seen = np.zeros(table.inst.size, np.int64)
    for e in range(act.size):
        held = receipts(table, link, keys, act[e], inst[e], kind[e], leaf, start[e], end[e])
        for i in range(len(held)):
            got, lost = held[i, GOT], min(held[i, LOST], last + 1)
            if held[i, COPY] != RIGHT_COPY or got >= lost:
                continue
            if seen[authority[held[i, ROW]]] != e + 1:
                seen[authority[held[i, ROW]]] = e + 1
                out[e, 0] += 1
            if held[i, STOPS] <= last:
                out[e, 1] = max(out[e, 1], lost - max(got, held[i, STOPS]))
            row, gone = held[i, ROW], held[i, LOST]
            out[e, 2] += asked_in(table, keys, act[e], row, got, gone, first_month, months).size
    return out


@njit
def tally(table, link, keys, act, inst, kind, leaf, start, end, mistaken, first_month, counts):
    """Count what many spells come to, month end by month end: the plain twin of `account_spell`.

    Args:
        table: the measures.
        link: the network.
        keys: stream keys.
        act: uint64[n], ids of the acts.
        inst: int64[n], the lists.
        kind: int64[n], of the subjects.
        leaf: where all of them are.
        start: int64[n], first days.
        end: int64[n], days they ended.
        mistaken: bool[n], whether each rests on a mistake.
        first_month: month 0 of `counts`.
        counts: int64[months, rows, kinds, ASPECTS], added to; final, not differences.
    """
    months = counts.shape[0]
    for e in range(act.size):
        held = receipts(table, link, keys, act[e], inst[e], kind[e], leaf, start[e], end[e])
        for i in range(len(held)):
            row, begins, stops = held[i, ROW], held[i, BEGINS], held[i, STOPS]
            got, lost, copy = held[i, GOT], held[i, LOST], held[i, COPY]
            has = held_copy(got, lost, copy)
            wrong = mistaken[e] or copy == WRONG_COPY
            for m in range(months):
                last = first_day(first_month + m + 1) - 1
                if begins <= last < stops:
                    counts[m, row, kind[e], ON_PAPER] += 1
                if has and got <= last < lost:
                    counts[m, row, kind[e], RECEIVED] += 1
                    if stops <= last:
                        counts[m, row, kind[e], ZOMBIE] += 1
                    if wrong:
                        counts[m, row, kind[e], MISTAKEN] += 1
                    if copy == WRONG_COPY:
                        counts[m, row, kind[e], ASTRAY] += 1
            if not has:
                continue
            asked = asked_in(table, keys, act[e], row, got, lost, first_month, months)
            for j in range(asked.size):
                m = asked[j] - first_month
                counts[m, row, kind[e], APPLIED] += 1
                if wrong:
                    counts[m, row, kind[e], APPLIED_MISTAKEN] += 1
                if stops < NEVER and asked[j] >= month_of(stops):
                    counts[m, row, kind[e], APPLIED_ZOMBIE] += 1


@njit
def tally_others(
    table, others, link, keys, act, inst, subject, leaf, start, end, mistaken, first_month, counts
):  # fmt: skip
    """Count what spells mean for others, month by month: the plain twin of `account_others`.

    Args:
        table: the measures.
        others: their ties to others.
        link: the network.
        keys: stream keys.
        act: uint64[n], ids of the acts.
        inst: int64[n], the lists.
        subject: int64[n], kind << 32 | index.
        leaf: where all of them are.
        start: int64[n], first days.
        end: int64[n], days they ended.
        mistaken: bool[n], whether each rests on a mistake.
        first_month: month 0 of `counts`.
        counts: int64[months, ties, 1, OTHERS], added to; final, not differences.
    """
    months = counts.shape[0]
    for e in range(act.size):
        kind, index = subject[e] >> 32, subject[e] & 0xFFFFFFFF
        held = receipts(table, link, keys, act[e], inst[e], kind, leaf, start[e], end[e])
        for i in range(len(held)):
            row, copy = held[i, ROW], held[i, COPY]
            for r in range(others.rows.size):
                if others.rows[r] != row:
                    continue
                for p in range(others.at[r], others.at[r + 1]):
                    if not others.kinds[p] >> kind & 1:
                        continue
                    begins, stops = held[i, BEGINS], held[i, STOPS]
                    got, lost = held[i, GOT], held[i, LOST]
                    if others.ends[p] < NEVER and others.ends[p] + 1 < stops:
                        stops = others.ends[p] + 1
                        lost = min(lost, stops)
                    begins = max(begins, others.begins[p])
                    got = max(got, begins)
                    if stops <= begins:
                        continue
                    when = min(max(month_of(begins) - first_month, 0), months - 1)
                    n = 0
                    for k in range(others.first[p], MOST):
                        if nth_other(others, p, leaf, kind, index, k, when) >= 0:
                            n += 1
                            if copy != RIGHT_COPY or got >= lost:
                                continue
                            draw = first_draw(others, p, k)
                            asked = asked_in(
                                table, keys, act[e], row, got, lost, first_month, months, draw
                            )
                            for j in range(asked.size):
                                m = asked[j] - first_month
                                counts[m, p, 0, OTHERS_APPLIED] += 1
                                if mistaken[e]:
                                    counts[m, p, 0, OTHERS_APPLIED_MISTAKEN] += 1
                                if stops < NEVER and asked[j] >= month_of(stops):
                                    counts[m, p, 0, OTHERS_APPLIED_ZOMBIE] += 1
                    for m in range(months):
                        last = first_day(first_month + m + 1) - 1
                        if begins <= last < stops:
                            counts[m, p, 0, OTHERS_ON_PAPER] += n
                        if copy == RIGHT_COPY and got <= last < lost:
                            counts[m, p, 0, OTHERS_RECEIVED] += n
