"""The simulated state in the calculator's words, for tests: ledgers, held entries, scores.

Written for reading: nothing here is compiled, and the only meaning of the law is
`xinyong.law.determine`.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from xinyong import places
from xinyong.dates import NEVER, first_day
from xinyong.engine.joining import schemes_joined
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.state import (
    CASE_COPIED,
    N_ENTRIES,
    N_LEDGERS,
    N_QUEUE,
    UNSCORED,
)
from xinyong.engine.tables import event_rows
from xinyong.engine.world import World
from xinyong.law import tables as t
from xinyong.law.determine import Event, Ledger, Subject, findings
from xinyong.law.vocabulary import KINDS

AGES = ((0, 14), (15, 17), (18, 34), (35, 59), (60, 64), (65, 120))
Held = tuple[int, int, int, int, int, int, int]


def month_end(world: World, m: int) -> int:
    """Return the last day of month m of a run."""
    return first_day(world.scenario.first_month + m + 1) - 1


def last_day(world: World) -> int:
    return month_end(world, world.scenario.months - 1)


def files(run: LeafRun) -> int:
    return int(run.leaf.counts[N_LEDGERS])


def subject_of(world: World, run: LeafRun, ledger: int) -> Subject:
    """Return the facts of a file's subject, from the society and not from the engine."""
    leaf = places.leaves()[run.place]
    kind = int(run.leaf.lg["subject"][ledger] >> 32)
    index = int(run.leaf.lg["subject"][ledger] & 0xFFFFFFFF)
    age = (18, 120)
    if kind == 0:
        row = int(world.society.stratum_of(run.place, 0, index)[()])
        age = AGES[int(world.society.strata.age[row])]
    joined = schemes_joined(world, run.place, kind << 32 | index)
    return Subject(KINDS[kind], leaf, leaf, age, consents=tuple(joined))


def ledger_of(world: World, run: LeafRun, ledger: int, until: int = NEVER) -> Ledger:
    """Return a simulated file as the calculator's ledger, with the events up to a day."""
    events = tuple(
        Event(day, event, case, what, value)
        for day, event, case, what, value in event_rows(world, run, ledger)
        if day <= until
    )
    return Ledger(subject_of(world, run, ledger), events)


def cases_of(run: LeafRun, ledger: int) -> dict[int, int]:
    """Return the case rows of a file by their number in it."""
    found, row = {}, int(run.leaf.lg["case"][ledger])
    while row >= 0:
        found[int(run.leaf.cs["number"][row])] = row
        row = int(run.leaf.cs["prev"][row])
    return found


def held(run: LeafRun, ledger: int) -> set[Held]:
    """Return the entries a run holds: case, list, provision, start, lawful end, cause, end."""
    leaf, found, row = run.leaf, [], int(run.leaf.lg["entry"][ledger])
    while row >= 0:
        case = int(leaf.cs["number"][leaf.en["case"][row]])
        columns = (
            leaf.en["inst"],
            leaf.en["prov"],
            leaf.en["start"],
            leaf.en["lawful"],
            leaf.en["cause"],
            leaf.en["end"],
        )
        found.append((case, *(int(c[row]) for c in columns)))
        row = int(leaf.en["prev"][row])
    assert len(found) == len(set(found))
    return set(found)  # type: ignore[arg-type]


def determined(
    world: World, run: LeafRun, ledger: int, day: int
) -> tuple[set[Held], dict[str, tuple[int, int]]]:
    """Determine a file anew on a day, by the kernel as it stands: entries, scores by scheme."""
    numbers = findings(ledger_of(world, run, ledger, day), world.law_in(run.place), day)
    cases = cases_of(run, ledger)
    entries = set()
    for row in numbers.entry[: numbers.count[t.N_ENTRY]].tolist():
        copied = run.leaf.cs["flags"][cases[row[t.E_CASE]]] & CASE_COPIED
        if copied and row[t.E_PROV] < 0:
            continue  # the entry is the body's; its representative only hears of it
        entries.add(
            (row[t.E_CASE], row[t.E_INST], row[t.E_PROV], row[t.E_START], row[t.E_LAWFUL],
             row[t.E_CAUSE], row[t.E_END])
        )  # fmt: skip
    rows = numbers.score[: numbers.count[t.N_SCORE]].tolist()
    scores = {world.law.instruments[z[t.Z_INST]]: (z[t.Z_SCORE], z[t.Z_GRADE]) for z in rows}
    return entries, scores


def held_scores(world: World, run: LeafRun, ledger: int) -> dict[str, tuple[int, int]]:
    """Return points and grade of a file by scheme, as far as the engine has looked at it."""
    found = {}
    for s, inst in enumerate(world.schemes[run.place].tolist()):
        points, grade, _ = run.leaf.lg_score[ledger, s].tolist()
        if grade > UNSCORED:
            found[world.law.instruments[inst]] = (points, grade)
    return found


def start(world: World, scheme: str, day: int) -> int:
    """Return the points (tenths) at which a scheme begins on a day, from the catalogue."""
    for version in world.catalogue.instruments[scheme].versions:
        begun = version.in_force.from_ <= date(day)
        if begun and (version.in_force.until is None or date(day) <= version.in_force.until):
            assert version.scheme is not None
            assert version.scheme.base is not None
            return 10 * version.scheme.base
    raise AssertionError(f"{scheme} is not in force")


def date(day: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=day)


def alive(run: LeafRun) -> np.ndarray:
    """Return int64[instruments, kinds], the entries alive at the end of a run."""
    leaf, n = run.leaf, int(run.leaf.counts[N_ENTRIES])
    out = np.zeros(run.flow.shape[1:3], np.int64)
    open_ = (leaf.en["end"][:n] >= NEVER) & (leaf.en["inst"][:n] >= 0)
    kind = leaf.lg["subject"][leaf.cs["ledger"][leaf.en["case"][:n][open_]]] >> 32
    np.add.at(out, (leaf.en["inst"][:n][open_], kind), 1)
    return out


def waiting(run: LeafRun) -> int:
    return int(run.leaf.counts[N_QUEUE])
