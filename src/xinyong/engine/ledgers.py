"""Reading one file out of the state of a run: its subject, events, cases and spells on lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from xinyong import places
from xinyong.dates import NEVER
from xinyong.engine.joining import schemes_joined
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.state import (
    CASE_COPIED,
    CASE_FALSE,
    CASE_LAPSED,
    CASE_MISATTACHED,
    CASE_QUEUED,
    N_ENTRIES,
    N_LEDGERS,
    UNSCORED,
)
from xinyong.engine.tables import event_rows
from xinyong.engine.world import World
from xinyong.law.determine import Event, Ledger, Subject
from xinyong.law.tables import NO_SCORE
from xinyong.law.vocabulary import KINDS
from xinyong.society.strata import LABELS
from xinyong.society.subjects import format_id

__all__ = [
    "Case",
    "Spell",
    "cases_of",
    "held_scores",
    "id_of",
    "ledger_of",
    "row_of",
    "scores_of",
    "spells_in",
    "spells_of",
]


@dataclass(frozen=True, slots=True)
class Case:
    """One record on a file.

    Attributes:
        number: within the file; row: of the state; family: of conduct; act: id of the act.
        flags: ``false``, ``misattached``, ``copied``, ``waits`` (for the staff of the court),
            ``dropped`` (it waited too long).
    """

    number: int
    row: int
    family: int
    act: int
    flags: frozenset[str]

    @property
    def mistaken(self) -> bool:
        """Whether the subject of the file did nothing of what the record says."""
        return bool(self.flags & {"false", "misattached"})


@dataclass(frozen=True, slots=True)
class Spell:
    """One spell of one case on one list, in the numbers of the state; NEVER where open."""

    case: int
    inst: int
    prov: int
    start: int
    lawful: int
    cause: int
    end: int


_FLAGS = {
    CASE_FALSE: "false",
    CASE_MISATTACHED: "misattached",
    CASE_COPIED: "copied",
    CASE_QUEUED: "waits",
    CASE_LAPSED: "dropped",
}


def row_of(run: LeafRun, kind: int, index: int) -> int:
    """Return the row of a subject's file, or -1 if it has none."""
    n = int(run.leaf.counts[N_LEDGERS])
    rows = np.nonzero(run.leaf.lg["subject"][:n] == (kind << 32 | index))[0]
    return int(rows[0]) if len(rows) else -1


def id_of(run: LeafRun, row: int) -> str:
    """Return the printed id of the subject of a file."""
    return format_id(run.place << 40 | int(run.leaf.lg["subject"][row]))


def _subject(world: World, run: LeafRun, row: int) -> Subject:
    """Return the facts of a file's subject, read from the society and not from the file."""
    packed = int(run.leaf.lg["subject"][row])
    kind, index = packed >> 32, packed & 0xFFFFFFFF
    leaf, age = places.leaves()[run.place], (18, 120)
    if kind == 0:
        stratum = int(np.ravel(world.society.stratum_of(run.place, 0, index))[0])
        label = LABELS["age"][int(world.society.strata.age[stratum])]
        low, _, high = label.rstrip("+").partition("-")
        age = (int(low), int(high) if high else 120)
    joined = schemes_joined(world, run.place, packed)
    return Subject(KINDS[kind], leaf, leaf, age, consents=tuple(joined))


def ledger_of(world: World, run: LeafRun, row: int, until: int = NEVER) -> Ledger:
    """Return a file as the ledger that `determine` reads, with the events up to a day."""
    events = (Event(*cells) for cells in event_rows(world, run, row))
    return Ledger(_subject(world, run, row), tuple(e for e in events if e.day <= until))


def cases_of(run: LeafRun, row: int) -> dict[int, Case]:
    """Return the cases of a file by their numbers, the first one first."""
    found, at, cs = {}, int(run.leaf.lg["case"][row]), run.leaf.cs
    while at >= 0:
        flags = int(cs["flags"][at])
        words = frozenset(word for bit, word in _FLAGS.items() if flags & bit)
        number = int(cs["number"][at])
        found[number] = Case(number, at, int(cs["family"][at]), int(cs["act"][at]), words)
        at = int(cs["prev"][at])
    return dict(sorted(found.items()))


def spells_of(run: LeafRun, row: int) -> list[Spell]:
    """Return the spells of a file, the earliest first."""
    found, at, en = [], int(run.leaf.lg["entry"][row]), run.leaf.en
    while at >= 0:
        case = int(run.leaf.cs["number"][en["case"][at]])
        columns = ("inst", "prov", "start", "lawful", "cause", "end")
        found.append(Spell(case, *(int(en[name][at]) for name in columns)))
        at = int(en["prev"][at])
    return sorted(found, key=lambda s: (s.start, s.inst, s.case))


def held_scores(world: World, run: LeafRun, row: int) -> dict[int, tuple[int, int]]:
    """Return points (tenths) and grade of a file by the instrument that scores it."""
    held = zip(world.schemes[run.place].tolist(), run.leaf.lg_score[row].tolist(), strict=True)
    return {inst: (points, grade) for inst, (points, grade, _) in held if grade > UNSCORED}


def scores_of(world: World, run: LeafRun, row: int) -> list[tuple[str, int | None, str]]:
    """Return scheme, points (tenths) and grade of a file; None and "" where none is known."""
    found = []
    for inst, (points, grade) in held_scores(world, run, row).items():
        scheme = world.law.instruments[inst]
        names = (*world.law.grades[world.law.schemes.index(scheme)], "")
        found.append((scheme, points if points < NO_SCORE else None, names[grade]))
    return found


def spells_in(run: LeafRun) -> dict[str, Any]:
    """Return all spells of a leaf as columns of one length.

    ``act`` is uint64, ``mistaken`` and ``copied`` are bool, all others int64: ``case`` and
    ``ledger`` (rows), ``subject``, ``kind``, ``inst``, ``prov``, ``start``, ``lawful``,
    ``cause``, ``end``.
    """
    leaf = run.leaf
    en = leaf.en[: int(leaf.counts[N_ENTRIES])]
    en = en[en["inst"] >= 0]
    cases = leaf.cs[en["case"]]
    subject = leaf.lg["subject"][cases["ledger"]]
    found = {name: en[name] for name in ("case", "inst", "prov", "start", "lawful", "cause", "end")}
    found |= {"ledger": cases["ledger"], "subject": subject, "kind": subject >> 32}
    columns: dict[str, Any] = {k: np.ascontiguousarray(x, np.int64) for k, x in found.items()}
    columns["act"] = np.ascontiguousarray(cases["act"])
    columns["mistaken"] = (cases["flags"] & (CASE_FALSE | CASE_MISATTACHED)) != 0
    columns["copied"] = (cases["flags"] & CASE_COPIED) != 0
    return columns
