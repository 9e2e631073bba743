"""Feeds: at the end of a year the grade of one scheme goes into another, as a record of the file.

The rule is the law's (`schema.Feed`, `xinyong.law.feeds`); this module takes the step for the
files of a leaf. Whoever has no file stands at the grade at which the scheme begins.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.dates import date_of
from xinyong.engine.filing import act_id
from xinyong.engine.local import rule_on, start_of
from xinyong.engine.state import N_LEDGERS, UNSCORED, append_event, new_case
from xinyong.errors import CatalogueError, Problem
from xinyong.jit import njit
from xinyong.law.clocks import EV_DETAIL, EV_ENDED, EV_FORMED, EV_OCCURRED
from xinyong.law.compile import Law

__all__ = ["FED", "FED_EVENTS", "Feed", "feed_files", "feeds_on", "most_fed"]

#: The family of a case that no act made, but a feed.
FED = -1

#: Events of such a case.
FED_EVENTS = 4


class Feed(NamedTuple):
    """One result that goes from a scheme of a leaf into another.

    Attributes:
        column: of the scheme in the state; conduct: as what it arrives.
        detail: int64[grades + 1], the fact of each grade, -1 where nothing is fed.
    """

    column: int
    conduct: int
    detail: NDArray[np.int64]


def feeds_on(law: Law, schemes: NDArray[np.int64], day: int) -> list[Feed]:
    """Return what the schemes of a leaf feed on a day; nothing but on 31 December.

    Raises:
        CatalogueError: the grade at which a scheme begins would be fed, so that everybody
            would need a file.
    """
    found: list[Feed] = []
    on = date_of(day)
    if on != dt.date(on.year, 12, 31):
        return found
    for column, inst in enumerate(schemes.tolist()):
        name = law.instruments[inst]
        version = law.catalogue.version(name, on)
        grades = law.grades[law.schemes.index(name)]
        for feed in version.feeds if version else ():
            if feed.to not in law.instruments:
                continue  # the receiving scheme is not run
            detail = np.full(len(grades) + 1, -1, np.int64)
            for row in feed.rows:
                detail[grades.index(row.grade)] = law.code["detail"][row.circumstance]
            if detail[start_of(law, rule_on(law, inst, day))[1]] >= 0:
                message = f"the grade at which it begins goes into {feed.to}"
                raise CatalogueError(Problem("catalogue", 0, name, message, "leave it out"))
            found.append(Feed(column, law.code["conduct"][feed.conduct], detail))
    return found


@njit
def most_fed(leaf, column, detail):
    """Return how many files have a grade in a column that is fed."""
    n = 0
    for ledger in range(leaf.counts[N_LEDGERS]):
        grade = leaf.lg_score[ledger, column, 1]
        if grade > UNSCORED and detail[grade] >= 0:
            n += 1
    return n


@njit
def feed_files(leaf, place, column, conduct, detail, key, when, day):
    """Write the grade of every file that has one worth telling to the file.

    Args:
        leaf: the state; room must have been reserved.
        place: position of the leaf.
        column: of the scheme that feeds.
        conduct: as what it arrives.
        detail: facts by grade.
        key: of the stream ``feed``.
        when: word of the month.
        day: the last of the year.
    """
    for ledger in range(leaf.counts[N_LEDGERS]):
        grade = leaf.lg_score[ledger, column, 1]
        if grade <= UNSCORED or detail[grade] < 0:
            continue
        subject = np.int64(leaf.lg[ledger].subject)
        act = act_id(key, place, subject >> 32, subject & 0xFFFFFFFF, when)
        case = new_case(leaf, ledger, FED, 0, act)
        number = leaf.cs[case].number
        append_event(leaf, ledger, day, EV_OCCURRED, conduct, number, 0)
        append_event(leaf, ledger, day, EV_ENDED, -1, number, 0)
        append_event(leaf, ledger, day, EV_FORMED, -1, number, 0)
        append_event(leaf, ledger, day, EV_DETAIL, detail[grade], number, 1)
