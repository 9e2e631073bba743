"""What follows for others: measures on an entry that are felt beside the listed subject.

Two kinds of texts say so. A measure of a list or memorandum may *reach* those in a role behind
a listed body; a measure may concern, by its own words, a relative, the employer, or the body in
which the listed person holds a role (`others` in the file of measures). An authority acts on
others with the very copy of the entry that it holds of the listed subject, if that is on the
right file; it is asked about each of them apart, as often as about the listed subject. Others
are found by links, never stored (`society.others`). Who is reached in two roles is one person
and counts once, in the first of them. A measure reaches nobody through a copy astray: those
behind a namesake are let be (an assumption).
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.dates import NEVER, day_of
from xinyong.institutions.copies import (
    BEGINS,
    COPY,
    FIRST_REQUEST,
    GOT,
    LOST,
    STOPS,
    concerns,
    next_asked,
)
from xinyong.institutions.exchange import RIGHT_COPY
from xinyong.institutions.measures import between
from xinyong.jit import lean
from xinyong.law import vocabulary as v
from xinyong.law.compile import Law
from xinyong.law.compiled import month_of
from xinyong.society.others import BEHIND, LINKS, MOST, Ties, other_of, ties_of
from xinyong.society.strata import Society

__all__ = ["OTHERS", "STANDING", "Others", "account_others", "others_table", "standing_others"]

#: What is counted for each tie (a measure row and a link) and month.
OTHERS = (
    "others_on_paper",
    "others_received",
    "others_applied",
    "others_applied_mistaken",
    "others_applied_zombie",
)
(
    OTHERS_ON_PAPER,
    OTHERS_RECEIVED,
    OTHERS_APPLIED,
    OTHERS_APPLIED_MISTAKEN,
    OTHERS_APPLIED_ZOMBIE,
) = range(5)
#: Those of `OTHERS` that stand at the ends of months; the rest happen in a month.
STANDING = (OTHERS_ON_PAPER, OTHERS_RECEIVED)

_ALL_KINDS = (1 << len(v.KINDS)) - 1


class Others(NamedTuple):
    """Ties of measures to others, in the order of measure rows; one row a tie.

    Attributes:
        rows: int64[n], measure rows with ties; at: int64[n + 1], the first tie of each.
        link: int64[ties], position in `society.others.LINKS`; first: the first of several.
        besides: mask of links that come before among the ties of the same measure row.
        kinds: kinds of the listed subject (mask); kind: of the other.
        begins, ends: days of force.
        alive: int64[leaves, kinds, months], subjects there in a month.
        ties: the links.
    """

    rows: NDArray[np.int64]
    at: NDArray[np.int64]
    link: NDArray[np.int64]
    first: NDArray[np.int64]
    besides: NDArray[np.int64]
    kinds: NDArray[np.int64]
    kind: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    alive: NDArray[np.int64]
    ties: Ties


#: A tie while it is gathered: link, first of several, kind of the other.
_Tie = tuple[int, int, int]


def _gather(law: Law) -> dict[tuple[str, str, str], dict[_Tie, list[int]]]:
    """Return for each measure row its ties with first and last day and kinds of the listed.

    Ties of several instruments for the same measure row are one, from the first day of the
    earliest to the last day of the latest.
    """
    cat, person = law.catalogue, v.KINDS.index("person")
    found: dict[tuple[str, str, str], dict[_Tie, list[int]]] = {}
    for it in cat.instruments.values():
        for version in it.versions:
            if version.draft is not None:
                continue
            begin = day_of(version.in_force.from_)
            until = version.in_force.until
            end = NEVER if until is None else day_of(until)
            for row in version.measures:
                kinds = sum(1 << v.KINDS.index(k) for k in row.kinds or v.KINDS)
                ties: list[tuple[_Tie, int]] = [
                    ((LINKS.index(role), 0, person), _ALL_KINDS & ~1)
                    for role in row.reaches if role in BEHIND
                ]  # fmt: skip
                concerned = cat.measures[row.measure].others
                if concerned is not None:
                    first = int(concerned.minors)  # the partner comes before the children
                    ties += [
                        ((LINKS.index(link), first, v.KINDS.index(kind)), 1)
                        for link in concerned.links if link in LINKS
                        for kind in concerned.kinds
                    ]  # fmt: skip
                for authority in () if row.grades else row.by:
                    mine = found.setdefault((it.serves or it.id, row.measure, authority), {})
                    for tie, listed in ties:
                        if kinds & listed:
                            spans = mine.setdefault(tie, [begin, end, 0])
                            spans[0], spans[1] = min(spans[0], begin), max(spans[1], end)
                            spans[2] |= kinds & listed
    return found


def others_table(
    law: Law, names: Sequence[tuple[str, str, str]], society: Society, first_month: int,
    months: int, on: bool,
) -> tuple[Others, list[tuple[str, str, str, str, str]]]:  # fmt: skip
    """Return the ties, and for each its list, measure, authority, link and kind of the other.

    Args:
        law: compiled.
        names: (list, measure, authority) of each measure row.
        society: whose links.
        first_month: of the run.
        months: how many.
        on: False: no measure is felt by anybody but the listed subject.
    """
    found = _gather(law) if on else {}
    rows, at, columns, keys = [], [0], [], []
    for i, name in enumerate(names):
        mine = sorted(found.get(name, {}).items())
        if not mine:
            continue
        seen = 0
        for (link, first, kind), (begin, end, listed) in mine:
            columns.append((link, first, seen, listed, kind, begin, end))
            keys.append((*name, LINKS[link], v.KINDS[kind]))
            seen |= 1 << link
        rows.append(i)
        at.append(len(columns))
    table = np.array(columns, np.int64).reshape(-1, 7).T.copy()
    leaves = np.arange(len(society.totals))[:, None]
    alive = [society.alive(leaves, np.arange(len(v.KINDS)), first_month + m) for m in range(months)]
    links, firsts, besides, of_kinds, kinds, begins, ends = table
    return Others(
        np.array(rows, np.int64), np.array(at, np.int64), links, firsts, besides, of_kinds,
        kinds, begins, ends, np.ascontiguousarray(np.stack(alive, axis=-1).astype(np.int64)),
        ties_of(society),
    ), keys  # fmt: skip


def standing_others(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return counts with the differences of states added up over months (in place)."""
    for aspect in STANDING:
        np.cumsum(counts[..., aspect], axis=0, out=counts[..., aspect])
    return counts


@lean
def nth_other(others, p, leaf, kind, index, k, month):
    """Return the k-th other of a subject by a tie in a month of the run, packed, or -1.

    It is -1 where there is nobody, nobody of that kind or nobody yet, and where the same other
    comes before, by another tie of the same measure.
    """
    other = other_of(others.ties, leaf, kind, index, others.link[p], k)
    what = other >> 32
    if other < 0 or what != others.kind[p]:
        return np.int64(-1)
    if other & 0xFFFFFFFF >= others.alive[leaf, what, month]:
        return np.int64(-1)
    for link in range(others.link[p]):
        if others.besides[p] >> link & 1:
            for j in range(MOST):
                if other_of(others.ties, leaf, kind, index, link, j) == other:
                    return np.int64(-1)
    return other


@lean
def first_draw(others, p, k):
    """Return where the draws of requests about the k-th other by a tie begin."""
    one = 1 + others.link[p] * MOST + k  # 0 is the listed subject
    return np.uint64(one) << np.uint64(16) | np.uint64(FIRST_REQUEST)


@lean
def account_others(
    table, others, copies, keys, act, inst, kind, index, leaf, mistaken, first_month, counts
):
    """Add what one spell means for others to the counts.

    Args:
        table: the measures.
        others: their ties to others.
        copies: int64[rows, COLUMNS], what `copies.copies_of` noted of the spell.
        keys: stream keys.
        act: id of the act the entry rests on.
        inst: the list.
        kind: of the listed subject.
        index: of the listed subject.
        leaf: where its file is, and where the others are.
        mistaken: whether nobody of this file did what the entry rests on.
        first_month: month 0 of `counts`.
        counts: int32[months, ties, 1, OTHERS], added to: persons or bodies at month ends (as
            differences, see `measures.standing`), and requests in their month.
    """
    months = counts.shape[0]
    for r in range(others.rows.size):
        i = others.rows[r]
        if not concerns(table, i, inst, kind):
            continue
        due, over, got = copies[i, BEGINS], copies[i, STOPS], copies[i, GOT]
        lost, copy = copies[i, LOST], copies[i, COPY]
        if over <= due:
            continue
        for p in range(others.at[r], others.at[r + 1]):
            if not others.kinds[p] >> kind & 1:
                continue
            begins = max(due, others.begins[p])
            stops = min(over, others.ends[p] + 1 if others.ends[p] < NEVER else NEVER)
            if stops <= begins:
                continue
            since, gone = max(got, begins), lost if stops == over else min(lost, stops)
            when = min(max(month_of(begins) - first_month, 0), months - 1)
            for k in range(others.first[p], MOST):
                if nth_other(others, p, leaf, kind, index, k, when) < 0:
                    continue
                over_in = month_of(stops)
                between(counts, p, 0, OTHERS_ON_PAPER, month_of(begins), over_in, first_month)
                if copy != RIGHT_COPY or since >= gone:
                    continue
                asked_from, asked_until = month_of(since), month_of(gone)
                between(counts, p, 0, OTHERS_RECEIVED, asked_from, asked_until, first_month)
                if not table.asked[i]:
                    continue
                month = max(asked_from - first_month, 0)
                last = min(months, asked_until - first_month)
                draw = first_draw(others, p, k)
                while month < last:
                    month = next_asked(table, keys, act, i, month, last, draw)
                    draw += np.uint64(1)
                    if month < last:
                        counts[month, p, 0, OTHERS_APPLIED] += 1
                        if mistaken:
                            counts[month, p, 0, OTHERS_APPLIED_MISTAKEN] += 1
                        if month >= over_in - first_month:
                            counts[month, p, 0, OTHERS_APPLIED_ZOMBIE] += 1
                    month += 1
