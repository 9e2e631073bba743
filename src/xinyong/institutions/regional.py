"""Objections under regional regulations: asked at a place's platform, answered by its clock.

A regulation of a province or city lets a subject object to what the place's platform shows and
says by when the answer comes. Its clocks are those of `xinyong.law.regulations`, written as one
row a leaf, span of days and kinds; where several regulations reach a leaf that of the higher
authority counts. An answer that upholds the objection corrects the record, and the local
authority that listed the subject for it withdraws its finding; by when the entry itself is
undone then is a matter of the list, whose own limits are not touched. Courts and central
authorities are not bound by the regulation of a place.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.dates import NEVER, day_of, month_of, working_days
from xinyong.institutions.steps import answer_day
from xinyong.jit import lean
from xinyong.law import schema
from xinyong.law import vocabulary as v
from xinyong.law.catalogue import Catalogue
from xinyong.law.clocks import BEYOND
from xinyong.law.compiled import add
from xinyong.law.regulations import about_whatever, answer_term, platform_objection
from xinyong.streams import name_word

__all__ = ["OBJECTION", "Clocks", "answer_of", "clocks_of", "in_force", "kept_locally"]

#: The word of draws about objections under regional regulations.
OBJECTION = name_word("regional/objection")

# Columns of `Clocks.row`.
FROM, TO, KIND_MASK, N, UNIT, CLOCK_COLS = range(6)


class Clocks(NamedTuple):
    """Time to answer an objection at each leaf's platform.

    Attributes:
        at: int64[leaves + 1], the first row of each leaf, those that come first counting first.
        row: int64[n, CLOCK_COLS]: first and last day, kinds (mask; none where the rule is about
            some records alone), n (-1: no limit) and unit.
        wd_first, wd_rank, wd_day: the calendar of working days, as in `LawTables`.
    """

    at: NDArray[np.int64]
    row: NDArray[np.int64]
    wd_first: NDArray[np.int64]
    wd_rank: NDArray[np.int64]
    wd_day: NDArray[np.int64]


def _rows(it: schema.Instrument) -> Iterator[list[int]]:
    for version in it.versions:
        rule = None if version.draft is not None else platform_objection(version)
        if rule is None:
            continue
        term, until = answer_term(rule), version.in_force.until
        kinds = set(it.subjects) & set(rule.of.kinds or v.KINDS)
        if not about_whatever(rule.of):  # a matter of records on the platform alone
            kinds = set()
        yield [
            day_of(version.in_force.from_),
            NEVER if until is None else day_of(until),
            sum(1 << v.KINDS.index(kind) for kind in kinds),
            -1 if term is None else term[0],
            0 if term is None else v.UNITS.index(term[1]),
        ]


def clocks_of(catalogue: Catalogue, here: Sequence[Sequence[str]]) -> Clocks:
    """Return the clocks of the regulations that reach each leaf.

    Args:
        catalogue: with the regulations.
        here: their ids, leaf by leaf; nothing where none reaches.
    """
    rows: list[list[int]] = []
    at = [0]
    for names in here:
        found = [catalogue.instruments[name] for name in names]
        found.sort(key=lambda it: v.LEVELS.index(it.level))  # of the higher authority first
        rows += [row for it in found for row in _rows(it)]
        at.append(len(rows))
    wd = working_days()
    return Clocks(
        np.array(at, np.int64),
        np.array(rows, np.int64).reshape(len(rows), CLOCK_COLS),
        np.array([wd.first], np.int64),
        wd.rank.astype(np.int64),
        wd.day.astype(np.int64),
    )


def in_force(clocks: Clocks, first_month: int, months: int) -> NDArray[np.float64]:
    """Return float64[months, leaves]: 1 where some regulation lets a subject object that month."""
    leaves = clocks.at.size - 1
    out = np.zeros((months, leaves), np.float64)
    for leaf in range(leaves):
        for row in clocks.row[clocks.at[leaf] : clocks.at[leaf + 1]].tolist():
            begin = max(month_of(row[FROM]) - first_month, 0)
            last = months if row[TO] >= NEVER else month_of(row[TO]) - first_month + 1
            out[begin : max(last, 0), leaf] = 1.0
    return out


def kept_locally(catalogue: Catalogue, it: schema.Instrument) -> bool:
    """Tell whether a list is one that local authorities, not courts, undo if a finding falls."""
    return it.kind == "list" and any(
        step.then == "annulled"
        and "withdrawn" in step.from_
        and step.modality == "must"
        and catalogue.authorities[step.by].level != "central"
        for version in it.versions
        if version.draft is None
        for step in version.steps
    )


@lean
def answer_of(clocks, policy, key, act, leaf, kind, asked):
    """Return the day on which an objection at a leaf's platform is answered, or NEVER.

    Args:
        clocks: of the regulations.
        policy: how steps are taken.
        key: of the stream ``regional``.
        act: id of the act.
        leaf: where the file is.
        kind: of the subject.
        asked: day of the objection, or NEVER.
    """
    if asked >= NEVER:
        return NEVER
    for i in range(clocks.at[leaf], clocks.at[leaf + 1]):
        row = clocks.row[i]
        if row[FROM] <= asked <= row[TO] and row[KIND_MASK] >> kind & 1:
            due = NEVER
            if row[N] >= 0:
                due = add(clocks, asked, row[N], row[UNIT])
            if due == BEYOND:
                due = NEVER
            return answer_day(policy, key, act, OBJECTION, asked, due)
    return NEVER
