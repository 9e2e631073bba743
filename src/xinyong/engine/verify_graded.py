"""A check of measures tied to grades: counted anew from grades, gates and draws."""

from __future__ import annotations

import datetime as dt

import numpy as np

from xinyong import places
from xinyong.dates import date_of, day_of, first_day
from xinyong.engine.graded import GRADED, asked_in, by_default, graded_groups, without_file
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.remake import Remade
from xinyong.engine.state import N_LEDGERS
from xinyong.engine.verify_folder import INDICATORS, Folder
from xinyong.engine.world import World
from xinyong.law.measures import DueMeasure, measures_of_grade, text_of
from xinyong.law.vocabulary import KINDS

__all__ = ["graded"]


def graded(held: Folder, remade: Remade) -> str:
    """Check that every measure tied to a grade rests on the grades that the run counted."""
    world = remade.world
    known = {group for x in world.graded for group in graded_groups(x)}
    for name in GRADED:
        for key, (_, row) in held.values.get(name, {}).items():
            if key[3] not in known:
                return f"{INDICATORS} row {row}: {key[3]} is no measure tied to a grade"
    for run in remade.leaves:
        found = _due(held, world, run) or _asked(held, world, run)
        if found:
            return found
    return ""


def _value(held: Folder, name: str, key: tuple[str, str, str, str]) -> int:
    return held.values.get(name, {}).get(key, (0, -1))[0]


def _due(held: Folder, world: World, run: LeafRun) -> str:
    """Add up the subjects of each grade that carries a measure the place has not given up."""
    x, leaf, law = world.graded[run.place], places.leaves()[run.place], world.law
    at = places.leaves().index(leaf)
    for m, month in enumerate(held.run.months):
        day = date_of(first_day(world.scenario.first_month + m + 1) - 1)
        for i, group in enumerate(graded_groups(x)):
            scheme, measure, by = x.names[i]
            total = dict.fromkeys(KINDS, 0)
            for grade in law.grades[law.schemes.index(scheme)]:
                due = [
                    row for row in measures_of_grade(law, scheme, grade, day)
                    if row.measure == measure and by in row.by and not _over(world, at, row, day)
                ]  # fmt: skip
                for kind in {k for row in due for k in KINDS if row.meets(k)}:
                    for counted in ("grade", "grade_default"):
                        total[kind] += _value(
                            held, counted, (month, leaf, kind, f"{scheme}/{grade}")
                        )
            for kind, n in total.items():
                key = (month, leaf, kind, group)
                if _value(held, GRADED[0], key) != n:
                    said = _value(held, GRADED[0], key)
                    return f"{GRADED[0]} of {' '.join(key)} is {said}, but {n} hold such a grade"
    return ""


def _over(world: World, place: int, row: DueMeasure, day: dt.date) -> bool:
    """Tell whether a place has given a measure up by a day."""
    gates = world.measure_gates
    if gates is None:
        return False
    return day_of(day) >= int(gates.given_up(*text_of(world.law.catalogue, row))[place])


def _asked(held: Folder, world: World, run: LeafRun) -> str:
    """Count the requests of the last month anew, file by file."""
    x, leaf, m = world.graded[run.place], places.leaves()[run.place], len(held.run.months) - 1
    n = int(run.leaf.counts[N_LEDGERS])
    subjects = run.leaf.lg["subject"][:n].tolist()
    for i, group in enumerate(graded_groups(x)):
        total = np.zeros((len(KINDS), 2), np.int64)
        mask, s = x.carries[m, i].tolist(), int(x.column[i])
        grades = run.leaf.lg_score[:n, s, 1].tolist()
        for subject, grade in zip(subjects, grades, strict=True):
            kind = subject >> 32
            if grade >= 0 and mask[kind] >> grade & 1:
                asked, known = asked_in(world, run.place, subject, i, m)
                total[kind] += known, asked and known
        start = by_default(world, run, s, int(world.schemes[run.place][s]))[m, :-1]
        for g, k in np.argwhere(start > 0).tolist():
            if mask[k] >> g & 1:
                who, key = run.place << 40 | k << 32, world.keys.graded
                total[k] += without_file(x, key, who, i, m, int(start[g, k]))[2:]
        for k, kind in enumerate(KINDS):
            key4 = (held.run.months[m], leaf, kind, group)
            for name, counted in zip(GRADED[1:3], total[k].tolist(), strict=True):
                said = _value(held, name, key4)
                if said != counted:
                    return f"{name} of {' '.join(key4)} is {said}, but {counted} are"
    return ""
