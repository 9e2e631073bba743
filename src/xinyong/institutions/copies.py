"""What one authority comes to hold of one spell on a list: the one place where this is said.

A spell is *on paper* while its entry is alive and the measure in force, and not given up in
the place because a gate bars it. An authority that does
not keep the list itself is sent word once it is linked; the word arrives or not (`arrival`), is
attached to a file or not (`attached`), and is taken back when a withdrawal arrives. Everything
is a keyed function of the case, so nothing is stored. `institutions.measures` counts it for
every spell of a run, `institutions.receipt` shows it, `study.copies` counts it over again.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from xinyong.dates import NEVER
from xinyong.institutions.exchange import (
    ADD,
    NO_COPY,
    RIGHT_COPY,
    WITHDRAW,
    arrival,
    attached,
)
from xinyong.jit import lean
from xinyong.law.compiled import month_of
from xinyong.streams import draw64

__all__ = [
    *("BEGINS", "COLUMNS", "COPY", "GOT", "LOST", "STOPS"),
    *("FROM", "GONE", "OVER", "SINCE"),
    "concerns",
    "copies_of",
    "copy_of",
    "held_copy",
    "next_asked",
]

#: Where the draws of requests begin in their stream.
FIRST_REQUEST = 8


@lean
def concerns(table, row, inst, kind):
    """Tell whether a row of measures is tied to a list and meets a kind of subject."""
    return table.inst[row] == inst and (table.kinds[row] >> kind & 1) != 0


@lean
def copy_of(table, link, keys, act, row, kind, leaf, start, end):
    """Return what an authority comes to hold of a spell by one row of measures.

    Args:
        table: the measures.
        link: the network.
        keys: stream keys.
        act: id of the act the entry rests on.
        row: of the table, one that concerns the list and the kind (`concerns`).
        kind: of the subject.
        leaf: where the file is.
        start: first day of the entry.
        end: the day it ended, or NEVER.

    Returns:
        First day on paper and the first no more (not on paper at all unless the first is
        earlier); day the word was sent, came and was taken back (NEVER: it was not); on whose
        file the copy is (`exchange.RIGHT_COPY`, `WRONG_COPY`; `NO_COPY` if it never came).
        See `held_copy`.
    """
    begins = max(start, table.begins[row])
    stops = min(end, np.int64(table.stops[row, leaf]))
    if stops <= begins:
        return begins, stops, NEVER, NEVER, stops, NO_COPY
    route = table.route[row]
    if route < 0:
        return begins, stops, begins, begins, stops, RIGHT_COPY
    word, sent = table.sent[row], max(begins, table.linked[row])
    if sent >= stops:
        return begins, stops, NEVER, NEVER, stops, NO_COPY
    got = arrival(link, keys.exchange, act, word, ADD, route, leaf, sent)
    if got >= NEVER:
        return begins, stops, sent, NEVER, stops, NO_COPY
    copy = attached(link, keys.exchange_identity, act, word, route, kind, sent)
    lost = stops
    if stops < NEVER:
        lost = arrival(link, keys.exchange, act, word, WITHDRAW, route, leaf, stops)
    return begins, stops, sent, got, lost, copy


#: Columns of what `copies_of` notes of each row: days, whose the copy is, and the months in which
#: the four days lie (a calendar costs as much as a draw, and rows that are alike share both).
BEGINS, STOPS, GOT, LOST, COPY, FROM, OVER, SINCE, GONE, COLUMNS = range(10)


@lean
def copies_of(table, link, keys, act, inst, kind, leaf, start, end, copies):
    """Note what every authority comes to hold of a spell, by `copy_of`.

    Rows of one authority that are alike but for the measure have one copy: it is looked up
    once, for the first of them.

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
        copies: int64[rows, COLUMNS], written where a row concerns the list and the kind.
    """
    for i in range(table.span[inst, 0], table.span[inst, 1]):
        if not concerns(table, i, inst, kind):
            continue
        if table.like[i] < i:
            for column in range(copies.shape[1]):
                copies[i, column] = copies[table.like[i], column]
            continue
        begins, stops, _, got, lost, copy = copy_of(
            table, link, keys, act, i, kind, leaf, start, end
        )
        copies[i, BEGINS], copies[i, STOPS] = begins, stops
        copies[i, GOT], copies[i, LOST], copies[i, COPY] = got, lost, copy
        copies[i, FROM], copies[i, OVER] = month_of(begins), month_of(stops)
        copies[i, SINCE], copies[i, GONE] = month_of(got), month_of(lost)


@lean
def held_copy(got, lost, copy):
    """Tell whether a copy was ever held: it came, was attached, and was not taken back first."""
    return copy != NO_COPY and got < lost


@lean
def next_asked(table, keys, act, row, month, last, draw):
    """Return the month, this one or a later, in which an authority is next asked.

    Any month from `last` on means: not before `last`. Most spells are never asked about, so
    that is looked at before the gap is searched for.

    Args:
        table: the measures.
        keys: stream keys.
        act: id of the act.
        row: of the table.
        month: the first that may be it.
        last: the first of no more interest; after `month`.
        draw: which request it is; the first is `FIRST_REQUEST`.
    """
    uniform = draw64(keys.asked, act, table.asking[row], draw)[0]
    if uniform >= table.gap[row, min(last - month, table.gap.shape[1]) - 1]:
        return last
    return month + np.searchsorted(table.gap[row], uniform, side="right")
