"""Measures tied to the grades of schemes: who holds them, who is asked, and what is given up.

Whoever holds a grade in a scheme of the place is due the measures that the scheme ties to it
(`law.measures.measures_of_grade`): rewards as well as restrictions. They are taken within the
place, on the grade held at the end of the month. Nothing is sent: an authority looks the grade
up with the scheme's keeper when it is asked. It has many desks, and the share of them that is
connected is that of the links of the place (`institutions.integration`); the keeper's own all
are. Which desk one turns to is drawn anew every month. From the day on which the place follows
a gate on the measure it is given up there (`institutions.barred`).

Subjects with a file are asked about one by one, by a keyed draw. Those without one all hold the
grade in which the scheme begins and are exchangeable, so that only their number is known to
anybody: how many of them are asked is one exact binomial draw, cut at powers of two so that one
subject more or less moves little.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong import places
from xinyong.assumptions import Assumptions
from xinyong.conduct.ladder import binomial_cdf
from xinyong.dates import NEVER, date_of, day_of, first_day
from xinyong.engine.joining import count_joined
from xinyong.engine.local import rule_on, start_of
from xinyong.engine.state import N_LEDGERS
from xinyong.institutions.barred import MeasureGates
from xinyong.institutions.measures import asked_rate
from xinyong.jit import njit
from xinyong.law import tables as t
from xinyong.law.compile import Law
from xinyong.law.measures import DueMeasure, measures_of_grade, text_of
from xinyong.law.vocabulary import KINDS
from xinyong.streams import ALWAYS, draw64, name_word, threshold

if TYPE_CHECKING:
    from xinyong.engine.leaf_run import LeafRun
    from xinyong.engine.world import World

__all__ = [
    "GRADED",
    "Graded",
    "asked_in",
    "by_default",
    "close_graded",
    "count_graded",
    "graded_counts",
    "graded_groups",
    "graded_of",
    "without_file",
]

#: What is counted of a measure tied to grades, by month, place and kind: subjects whose grade
#: carries it; those whose desk can see the grade; requests to such desks; such requests while a
#: gate barred it on paper and the place did not follow yet.
GRADED = ("graded_on_paper", "graded_received", "graded_applied", "graded_applied_barred")
_HELD, _ASKED, _KNOWN, _MET = range(4)
#: Draws for those without a file, beyond any month: whether asked, known, known and asked.
_NO_FILE = tuple(np.uint64(tag) << np.uint64(24) for tag in (1, 2, 3))


class Graded(NamedTuple):
    """Measures tied to grades in one leaf, one row a (scheme, measure, authority).

    Attributes:
        names: the three ids of each row; polarity: of its measure, ``red`` for a reward.
        column: int64[rows], position of the scheme among those of the leaf.
        word: uint64[rows], of the three names; limit: threshold of being asked in a month.
        carries: int64[months, rows, kinds], mask of the grades that carry it at a month's end.
        barred: bool[months, rows], whether a gate bars it on paper then.
        link: uint64[months, rows], threshold of a desk being connected to the scheme's keeper.
    """

    names: tuple[tuple[str, str, str], ...]
    polarity: tuple[str, ...]
    column: NDArray[np.int64]
    word: NDArray[np.uint64]
    limit: NDArray[np.uint64]
    carries: NDArray[np.int64]
    barred: NDArray[np.bool_]
    link: NDArray[np.uint64]


def graded_groups(x: Graded) -> list[str]:
    """Return the name of each row in the table of indicators: with its polarity at the end."""
    return [
        "/".join((*names, polarity)) for names, polarity in zip(x.names, x.polarity, strict=True)
    ]


def _due(law: Law, scheme: str, day: dt.date) -> Iterator[tuple[int, DueMeasure]]:
    """Yield each grade of a scheme, by its position, with each measure due for it."""
    for g, grade in enumerate(law.grades[law.schemes.index(scheme)]):
        for m in measures_of_grade(law, scheme, grade, day):
            yield g, m


def graded_of(
    law: Law, given: Assumptions, gates: MeasureGates | None, schemes: NDArray[np.int64],
    place: int, first_month: int, months: int, links: NDArray[np.float64] | None = None,
) -> Graded:  # fmt: skip
    """Return the measures tied to grades in a leaf.

    Args:
        law: of the run.
        given: assumptions ``asked.…``.
        gates: on measures; None: nothing is given up.
        schemes: instruments that score there; none: no rows.
        place: position of the leaf.
        first_month: of the run.
        months: how many.
        links: float64[months], of the leaf; None: every desk is connected.
    """
    rows: dict[tuple[str, str, str], int] = {}
    column: list[int] = []
    cells: list[tuple[int, int, int, int]] = []
    barred: list[tuple[int, int]] = []
    leaf = places.leaves()[place]
    for s, inst in enumerate(schemes.tolist()):
        scheme = law.instruments[inst]
        kinds = law.catalogue.instrument(scheme).subjects
        for month in range(months):
            day = date_of(first_day(first_month + month + 1) - 1)
            for g, m in _due(law, scheme, day):
                gone, since, until = NEVER, NEVER, NEVER
                if gates is not None:
                    text = text_of(law.catalogue, m)
                    gone = int(gates.given_up(*text)[place])
                    since, until = gates.limit(*text, leaf)
                if day_of(day) >= gone:
                    continue
                for authority in m.by:
                    name = (scheme, m.measure, authority)
                    if name not in rows:
                        rows[name] = len(column)
                        column.append(s)
                    cells += [(month, rows[name], KINDS.index(k), g) for k in kinds if m.meets(k)]
                    if since <= day_of(day) < until:
                        barred.append((month, rows[name]))
    names = tuple(rows)
    carries = np.zeros((months, len(names), len(KINDS)), np.int64)
    for month, row, kind, g in cells:
        carries[month, row, kind] |= 1 << g
    at = np.zeros((months, len(names)), np.bool_)
    for month, row in barred:
        at[month, row] = True
    its = [law.catalogue.instrument(scheme) for scheme, _, _ in names]
    keeps = [
        by in (it.keeper, it.decider, it.issuer) for it, (_, _, by) in zip(its, names, strict=True)
    ]
    all_ = np.full(months, ALWAYS)
    some = all_ if links is None else np.array([threshold(x) for x in links.tolist()], np.uint64)
    link = [all_ if keeper else some for keeper in keeps]
    return Graded(
        names,
        tuple(law.catalogue.measures[measure].polarity for _, measure, _ in names),
        np.array(column, np.int64),
        np.array([name_word("/".join(n)) for n in names], np.uint64),
        np.array([threshold(asked_rate(given, n[1])) for n in names], np.uint64),
        carries,
        at,
        np.array(link, np.uint64).reshape(len(names), months).T,
    )


@njit
def _count(key, place, subject, grade, mask, word, limit, link, month, counts):
    """Count the files whose grade carries a measure, and who of them is asked, known, or both."""
    for i in range(subject.size):
        kind = subject[i] >> 32
        if grade[i] >= 0 and mask[kind] >> grade[i] & 1:
            asked, known = _drawn(key, place, subject[i], word, limit, link, month)
            counts[kind, _HELD] += 1
            counts[kind, _ASKED] += asked
            counts[kind, _KNOWN] += known
            counts[kind, _MET] += asked and known


@njit
def _drawn(key, place, subject, word, limit, link, month):
    """Draw whether a subject asks in a month, and whether its desk is connected."""
    who = np.uint64(place) << np.uint64(40) | np.uint64(subject)
    first, second = draw64(key, who, word, np.uint64(month))
    return first < limit, link == ALWAYS or second < link


def asked_in(world: World, place: int, subject: int, row: int, month: int) -> tuple[bool, bool]:
    """Tell whether a subject with a file asks in a month of the run, and whether its grade is seen.

    Args:
        world: of the run.
        place: position of the leaf.
        subject: kind << 32 | index.
        row: of the measure in the leaf.
        month: position of the month.
    """
    x = world.graded[place]
    asked, known = _drawn(
        world.keys.graded, place, subject, x.word[row], x.limit[row], x.link[month, row], month
    )
    return bool(asked), bool(known)


def count_graded(world: World, run: LeafRun, m: int) -> None:
    """Count what grades of files carry at the end of a month."""
    x = world.graded[run.place]
    if not x.carries[m].any():
        return
    n = int(run.leaf.counts[N_LEDGERS])
    subject = np.ascontiguousarray(run.leaf.lg["subject"][:n])
    for i in np.flatnonzero(x.carries[m].any(axis=1)).tolist():
        _count(
            world.keys.graded, run.place, subject, run.leaf.lg_score[:n, x.column[i], 1],
            x.carries[m, i], x.word[i], x.limit[i], x.link[m, i], m, run.graded[m, i],
        )  # fmt: skip


@lru_cache(maxsize=4096)
def _table(k: int, limit: int) -> tuple[int, NDArray[np.uint64]]:
    return binomial_cdf(1 << k, Fraction(limit, 2**64))


def binomial(
    key: np.uint64, who: int, word: np.uint64, limit: int, month: int, n: int, tag: int = 0
) -> int:
    """Return how many of n exchangeable subjects something is true of: binomial, exactly.

    Each power of two in n has a draw of its own, so that another n moves only some of them.

    Args:
        key: of the stream ``engine/graded``.
        who: leaf and kind, packed.
        word: of the measure.
        limit: threshold of the chance.
        month: of the run.
        n: how many subjects.
        tag: position in `_NO_FILE`.
    """
    if limit == int(ALWAYS):
        return n
    found, k = 0, 0
    while n >> k:
        if n >> k & 1:
            offset, cdf = _table(k, limit)
            draw = _NO_FILE[tag] | np.uint64(k << 16 | month)
            uniform = draw64(key, np.uint64(who), word, draw)[0]
            found += offset + int(np.searchsorted(cdf, uniform, side="right"))
        k += 1
    return found


def scorable(world: World, place: int, inst: int, kind: int, alive: int) -> int:
    """Count those of a kind whom a scheme scores: all who live there, or all who have joined."""
    joins, name = world.joins[place], world.law.instruments[inst]
    for i, scheme in enumerate(joins.inst.tolist()):
        if world.listens.instruments[scheme] == name:
            key, bit = world.keys.consent, int(joins.bit[i])
            return int(count_joined(joins, key, place, kind, bit, alive))
    return alive


def by_default(world: World, run: LeafRun, s: int, inst: int) -> NDArray[np.int64]:
    """Return int64[months, grades + 1, kinds]: those without a file, by where a scheme begins.

    The last grade is that of a score without a known one.
    """
    law = world.law
    graded = run.grades[:, s].sum(axis=1)
    grades = len(law.grades[law.schemes.index(law.instruments[inst])])
    start = np.zeros((len(graded), grades + 1, len(KINDS)), np.int64)
    known: dict[tuple[int, int], int] = {}
    for m in range(len(graded)):
        month = world.scenario.first_month + m
        x = rule_on(law, inst, first_day(month + 1) - 1)
        if x < 0 or start_of(law, x)[0] >= t.NO_SCORE:
            continue
        for k in range(len(KINDS)):
            if law.tables.inst[inst, t.I_KINDS] >> k & 1:
                alive = int(world.society.alive(run.place, k, month))
                if (k, alive) not in known:
                    known[k, alive] = scorable(world, run.place, inst, k, alive)
                start[m, start_of(law, x)[1], k] = known[k, alive] - graded[m, k]
    return start


def without_file(x: Graded, key: np.uint64, who: int, i: int, m: int, n: int) -> tuple[int, ...]:
    """Return how many of n who have no file hold a measure, ask, are known, and both."""
    word, link = x.word[i], int(x.link[m, i])
    asked = binomial(key, who, word, int(x.limit[i]), m, n)
    met = binomial(key, who, word, link, m, asked, 1)
    return n, asked, met + binomial(key, who, word, link, m, n - asked, 2), met


def close_graded(world: World, run: LeafRun) -> None:
    """Count what the grade in which a scheme begins carries, for those without a file."""
    x = world.graded[run.place]
    for s, inst in enumerate(world.schemes[run.place].tolist()):
        mine = np.flatnonzero(x.column == s)
        if not mine.size:
            continue
        start = by_default(world, run, s, inst)[:, :-1]
        for g in np.flatnonzero(start.any(axis=(0, 2))).tolist():
            for i in mine.tolist():
                for m, k in np.argwhere((x.carries[:, i] >> g & 1) * start[:, g] > 0).tolist():
                    n = int(start[m, g, k])
                    who = run.place << 40 | k << 32
                    run.graded[m, i, k] += without_file(x, world.keys.graded, who, i, m, n)


def graded_counts(world: World, run: LeafRun) -> NDArray[np.int64]:
    """Return int64[months, rows, kinds, GRADED]."""
    barred = world.graded[run.place].barred[..., None]
    held, met = run.graded[..., _HELD], run.graded[..., _MET]
    return np.stack([held, run.graded[..., _KNOWN], met, met * barred], axis=-1)
