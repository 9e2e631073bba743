"""Measures tied to grades as one subject meets them: read off its file, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from xinyong.dates import date_of, first_day
from xinyong.engine.graded import asked_in
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.ledgers import ledger_of
from xinyong.engine.namings import label
from xinyong.engine.world import World
from xinyong.language import say
from xinyong.law.determine import determine

__all__ = ["Met", "met", "silent"]


@dataclass(frozen=True, slots=True)
class Met:
    """A month in which an authority was asked about a grade that carries a measure.

    Attributes:
        day: first of the month; month: its label ``YYYY-MM``.
        scheme, grade, measure, authority: ids; reward: whether the measure is one.
        could: whether the desk was connected, so that it saw the grade and acted.
    """

    day: int
    month: str
    scheme: str
    grade: str
    measure: str
    authority: str
    reward: bool
    could: bool


def met(world: World, run: LeafRun, row: int) -> Iterator[Met]:
    """Yield what a file's grades brought its subject, month by month.

    Args:
        world: of the run.
        run: the leaf.
        row: of the file. The grade of a month is what the law makes of the file as it stood at
            its end, determined anew.
    """
    x, first = world.graded[run.place], world.scenario.first_month
    subject = int(run.leaf.lg["subject"][row])
    law, kind = world.law_in(run.place), subject >> 32
    schemes = world.schemes[run.place]
    for m in np.flatnonzero(x.carries[:, :, kind].any(axis=1)).tolist():
        drawn = {
            i: asked_in(world, run.place, subject, i, m)
            for i in np.flatnonzero(x.carries[m, :, kind]).tolist()
        }
        asked = [i for i, (asks, _) in drawn.items() if asks]
        if not asked:
            continue
        last = first_day(first + m + 1) - 1
        ledger = ledger_of(world, run, row, last)
        if not ledger.events:
            continue
        found = {s.instrument: s.grade for s in determine(ledger, law, date_of(last)).scores}
        for i in asked:
            scheme, measure, by = x.names[i]
            grade = found.get(scheme, "")
            names = law.grades[law.schemes.index(law.instruments[schemes[x.column[i]]])]
            if grade in names and int(x.carries[m, i, kind]) >> names.index(grade) & 1:
                yield Met(
                    first_day(first + m), label(m + first), scheme, grade, measure, by,
                    x.polarity[i] == "red", drawn[i][1],
                )  # fmt: skip


def silent(world: World, place: int) -> str:
    """Say what a scheme of a place means for a subject without a file; empty if nothing."""
    if not world.graded[place].names:
        return ""
    return say(
        "Whoever has no file in a place with a scheme holds the grade in which it begins; how many "
        "of them were asked about it is known, but not who."
    )
