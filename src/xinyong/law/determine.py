"""`determine`: the one meaning of the law, in words.

    determine(ledger, law, as_of, holder) -> Determination

A pure fold over the dated events of one file that a holder can see. This module only
wraps the kernel: it numbers words on the way in and puts the words back on the way out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from xinyong.dates import NEVER, date_of, day_of
from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.clocks import BEYOND, LEDGER_COLS, NEXT, index_events
from xinyong.law.compile import Law, consents_of
from xinyong.law.gates import Bar, bars, next_turn, provision_target, score_target
from xinyong.law.kernel import fold

__all__ = [
    "Barred",
    "Determination",
    "Entry",
    "Event",
    "Ledger",
    "Line",
    "OpenStep",
    "Score",
    "Subject",
    "Tried",
    "determine",
    "findings",
    "folded",
    "placed",
]


@dataclass(frozen=True, slots=True)
class Subject:
    """The facts of one hypothetical or synthetic subject that provisions may read.

    Attributes:
        kind: one of `vocabulary.KINDS`.
        residence, registration: place ids.
        age: lowest and highest age in years (a band); ignored for organisations.
        roles: public roles such as ``official`` or ``party_member``.
        consents: ids of the schemes, public or private, that the subject has joined.
    """

    kind: str
    residence: str = "cn"
    registration: str = "cn"
    age: tuple[int, int] = (18, 120)
    roles: tuple[str, ...] = ()
    consents: tuple[str, ...] = ()

    def facts(self, law: Law) -> t.Ints:
        """Return the facts as the kernel reads them: int64[F_COLS]."""
        roles = sum(1 << v.ROLES.index(r) for r in self.roles)
        code = law.code["place"]
        row = [v.KINDS.index(self.kind), *self.age, roles]
        asked = consents_of(law) if self.consents else ()
        consents = sum(1 << i for i, name in enumerate(asked) if name in self.consents)
        places = (code[self.residence], code[self.registration])
        return np.array([*row, *places, consents], np.int64)


@dataclass(frozen=True, slots=True)
class Event:
    """One dated event of a ledger.

    Attributes:
        day: the day it is dated to; event: one of `vocabulary.EVENTS`; case: its case.
        what: conduct, document kind, detail or instrument, as the event needs; or "".
        value: a quantity; for ``copied``, the code of the role; for ``occurred``, the number
            of the place of the act counted from 1, or 0 (see `placed`).
        known: days from which holders can see it; None: every holder, from its day.
    """

    day: int
    event: str
    case: int
    what: str = ""
    value: int = 0
    known: dict[str, int] | None = None


def placed(law: Law, place: str | None) -> int:
    """Return the value of an ``occurred`` event whose act was done in a place (None: unsaid)."""
    return 0 if place is None else law.code["place"][place] + 1


_SPACE = {
    "occurred": "conduct",
    "formed": "document",
    "served": "document",
    "effective": "document",
    "detail": "detail",
}


@dataclass(frozen=True)
class Ledger:
    """A subject's file: an append-only list of dated events. Nothing is deleted."""

    subject: Subject
    events: tuple[Event, ...] = ()

    def append(self, *events: Event) -> Ledger:
        """Return the ledger with more events at its end."""
        return replace(self, events=(*self.events, *events))

    def seen_by(self, holder: str | None, as_of: int) -> Ledger:
        """Return what a holder can see on a day (None: whoever knows everything)."""
        if holder is None:
            return self
        seen = [e for e in self.events if e.known is None or e.known.get(holder, NEVER) <= as_of]
        return replace(self, events=tuple(seen))

    def rows(self, law: Law) -> tuple[t.Ints, int]:
        """Return int64[n, LEDGER_COLS] sorted by day, and the number of cases."""
        code = law.code
        stated = [
            (
                e.day,
                code["event"][e.event],
                code[_SPACE.get(e.event, "instrument")][e.what] if e.what else -1,
                e.case,
                e.value,
            )
            for e in sorted(self.events, key=lambda e: e.day)
        ]
        rows = np.zeros((len(stated), LEDGER_COLS), np.int64)
        rows[:, :NEXT] = np.array(stated, np.int64).reshape(len(stated), NEXT)
        index_events(rows.data, len(rows))  # type: ignore[no-untyped-call]
        cases = 1 + max((e.case for e in self.events), default=-1)
        return rows, cases


@dataclass(frozen=True, slots=True)
class Entry:
    """One spell of one case on one list; days are dates, None where open or unknown."""

    case: int
    instrument: str
    ground: str
    row: int
    start: dt.date
    expires: dt.date | None
    lawful_end: dt.date | None
    cause: str
    end: dt.date | None
    published: dt.date | None


@dataclass(frozen=True, slots=True)
class Line:
    """One score line; points are in tenths."""

    case: int
    instrument: str
    provision: str
    row: int
    points: int
    grade: str
    since: dt.date
    until: dt.date | None
    state: str
    factor: int


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that is open, lapsed or done for a case."""

    case: int
    instrument: str
    step: str
    row: int
    anchor: dt.date
    due: dt.date | None
    done: dt.date | None
    state: str


@dataclass(frozen=True, slots=True)
class Score:
    """Score (tenths) and grade in one scheme; `direct` is the direct grade that binds.

    `points` is None where a scheme works out no score; `grade` is "" where none is known.
    """

    instrument: str
    points: int | None
    grade: str
    direct: str


@dataclass(frozen=True, slots=True)
class Tried:
    """How a provision fared for a case; `at` is the failing condition, from 0."""

    case: int
    row: int
    status: str
    at: int


@dataclass(frozen=True, slots=True)
class Barred:
    """A finding that a gate speaks about.

    It stands in the file; the gate bars it, asks for something that is missing, or wants it
    weighed.

    Attributes:
        what: ``entry``, ``points``, ``grade``, ``copy`` or ``score``.
        case, row: as in the finding; -1 for a score as a whole.
        instrument: where the finding stands; bar: the gate.
    """

    what: str
    case: int
    row: int
    instrument: str
    bar: Bar


@dataclass(frozen=True)
class Determination:
    """All that follows from one ledger on one day.

    `barred` are the gates on what was found. They take nothing away: what the text of an
    instrument yields is found as before. For every provision barred outright `tried` has a
    row of status ``barred`` after its own; its `at` is the position in `barred`.
    """

    as_of: dt.date
    entries: tuple[Entry, ...] = ()
    lines: tuple[Line, ...] = ()
    steps: tuple[OpenStep, ...] = ()
    scores: tuple[Score, ...] = ()
    tried: tuple[Tried, ...] = ()
    next_due: dt.date | None = None
    barred: tuple[Barred, ...] = ()
    numbers: t.Findings | None = field(default=None, repr=False, compare=False)


_LINE_STATES = ("live", "expired", "superseded", "inert", "released", "future")


def _date(day: int) -> dt.date | None:
    return None if day >= NEVER or day < 0 else date_of(day)


def _sure(day: int) -> dt.date:
    return date_of(int(day))


def decode(found: t.Findings, law: Law, as_of: int) -> Determination:
    """Put the words back on the numbers of one fold."""
    c = found.count
    entries = []
    for r in found.entry[: c[t.N_ENTRY]]:
        prov = int(r[t.E_PROV])
        entries.append(
            Entry(
                case=int(r[t.E_CASE]),
                instrument=law.instruments[r[t.E_INST]],
                ground=law.origins[prov].provision if prov >= 0 else "",
                row=prov,
                start=_sure(r[t.E_START]),
                expires=_date(r[t.E_DUE]),
                lawful_end=_date(r[t.E_LAWFUL]),
                cause=t.CAUSES[r[t.E_CAUSE]] if r[t.E_CAUSE] >= 0 else "",
                end=_date(r[t.E_END]),
                published=_date(r[t.E_PUBLISHED]),
            )
        )
    lines = []
    for r in found.line[: c[t.N_LINE]]:
        inst = law.instruments[r[t.L_INST]]
        names = law.grades[law.schemes.index(inst)]
        prov = int(r[t.L_PROV])
        lines.append(
            Line(
                case=int(r[t.L_CASE]),
                instrument=inst,
                provision=law.origins[prov].provision,
                row=prov,
                points=int(r[t.L_POINTS]),
                grade=names[r[t.L_GRADE]] if r[t.L_GRADE] >= 0 else "",
                since=_sure(r[t.L_FROM]),
                until=_date(r[t.L_UNTIL]),
                state=_LINE_STATES[r[t.L_STATE]],
                factor=int(r[t.L_FACTOR]),
            )
        )
    steps = []
    next_due = int(c[t.NEXT_DUE : t.N_COUNTS].min())
    for r in found.step[: c[t.N_STEP]]:
        origin = law.steps[r[t.Q_STEP]]
        done = r[t.Q_DONE] < NEVER
        due = int(r[t.Q_DUE])
        unlimited = origin.step.within is None or due == BEYOND
        state = "done" if done else "open"
        if not done and not unlimited:
            if due < as_of:
                state = "lapsed"
            elif due == as_of:  # lapsed from tomorrow
                next_due = min(next_due, as_of + 1)
        steps.append(
            OpenStep(
                case=int(r[t.Q_CASE]),
                instrument=origin.instrument,
                step=origin.step.id,
                row=int(r[t.Q_STEP]),
                anchor=_sure(r[t.Q_ANCHOR]),
                due=None if unlimited else _date(due),
                done=_date(r[t.Q_DONE]),
                state=state,
            )
        )
    scores = []
    for r in found.score[: c[t.N_SCORE]]:
        inst = law.instruments[r[t.Z_INST]]
        names = law.grades[law.schemes.index(inst)]
        direct = names[r[t.Z_DIRECT]] if r[t.Z_DIRECT] >= 0 else ""
        points = None if r[t.Z_SCORE] == t.NO_SCORE else int(r[t.Z_SCORE])
        grade = names[r[t.Z_GRADE]] if r[t.Z_GRADE] >= 0 else ""
        scores.append(Score(inst, points, grade, direct))
    tried = tuple(
        Tried(int(r[t.Y_CASE]), int(r[t.Y_PROV]), v.STATUSES[r[t.Y_STATUS]], int(r[t.Y_AT]))
        for r in found.status[: c[t.N_STATUS]]
    )
    return Determination(
        as_of=date_of(as_of),
        entries=tuple(entries),
        lines=tuple(lines),
        steps=tuple(steps),
        scores=tuple(scores),
        tried=tried,
        next_due=_date(next_due),
        numbers=found,
    )


def determine(
    ledger: Ledger,
    law: Law,
    as_of: dt.date,
    holder: str | None = None,
    kernel: Callable[..., Any] = fold,
) -> Determination:
    """Determine what follows from a ledger as of the end of a day.

    Args:
        ledger: the subject and its dated events.
        law: the compiled law.
        as_of: the day.
        holder: the authority whose copies count; None for whoever knows everything.
        kernel: the fold; the compiled twin gives the same findings.

    Returns:
        Entries, score lines, scores and grades, open steps with their due days, and for
        each provision tried its status.

    Example:
        >>> from xinyong.law.compile import law
        >>> determine(Ledger(Subject("person")), law(), dt.date(2020, 1, 1)).entries
        ()
    """
    day = day_of(as_of)
    found = decode(findings(ledger.seen_by(holder, day), law, day, kernel), law, day)
    barred = _gated(found, law, ledger.subject)
    ruled = [
        Tried(b.case, b.row, "barred", i)
        for i, b in enumerate(barred)
        if b.row >= 0 and b.bar.effect != "weighed"
    ]
    turn = next_turn(law.catalogue, as_of) if found.tried else None
    dues = [d for d in (found.next_due, turn) if d is not None]
    return replace(
        found,
        barred=barred,
        tried=(*found.tried, *ruled),
        next_due=min(dues, default=None),
    )


def _gated(found: Determination, law: Law, subject: Subject) -> tuple[Barred, ...]:
    """Return what the gates of the day say about what was found."""
    cat, day, place = law.catalogue, found.as_of, subject.residence
    if not any(it.kind == "gate" for it in cat.instruments.values()):
        return ()
    rows = [(e.case, e.row, e.start) for e in found.entries if e.row >= 0]
    rows += [(x.case, x.row, x.since) for x in found.lines if x.state != "superseded"]
    rows += [
        (x.case, x.row, day)
        for x in found.tried
        if x.status == "met" and law.tables.prov[x.row, t.P_EFFECT] == t.COPY
    ]
    barred = []
    for case, row, basis in dict.fromkeys(rows):
        o = law.origins[row]
        via = tuple(r for i, r in enumerate(v.ROLES) if law.tables.prov[row, t.P_VIA] >> i & 1)
        target = provision_target(
            cat, o.instrument, o.version, law.heard[row], o.conditions, o.effect, via,
            (subject.kind,),
        )  # fmt: skip
        if target is not None:
            found_bars = bars(cat, target, day, place, basis)
            barred += [Barred(target.what, case, row, o.instrument, bar) for bar in found_bars]
    for score in found.scores:
        it = cat.instruments[score.instrument]
        version = cat.version(it.id, day) or it.versions[-1]
        for bar in bars(cat, score_target(it, version, subject.kind), day, place):
            barred.append(Barred("score", -1, -1, it.id, bar))
    return tuple(barred)


def findings(ledger: Ledger, law: Law, day: int, kernel: Callable[..., Any] = fold) -> t.Findings:
    """Run the fold on a ledger as of a day; returns its numbers (see `decode`)."""
    rows, cases = ledger.rows(law)
    return folded(law, ledger.subject.facts(law), rows, cases, day, kernel)


def folded(
    law: Law,
    facts: t.Ints,
    rows: t.Ints,
    cases: int,
    day: int,
    kernel: Callable[..., Any] = fold,
    tables: t.LawTables | None = None,
) -> t.Findings:
    """Run the fold on the rows of a file (see `Ledger.rows`) with room for all it can find.

    Uncompiled it reads `Law.quick`, or `tables`: what of it can matter to the file.
    """
    found = t.room(
        entries=64 + 2 * cases * len(law.instruments),
        lines=64 + 2 * cases * law.listening,
        steps=64 + cases * len(law.steps),
        statuses=64 + 4 * cases * law.listening,
    )
    scratch = np.zeros(2, np.int64)
    if kernel is fold:
        quick = facts.data, rows.data
        kernel(tables or law.quick, *quick, len(rows), cases, day, found, scratch.data)
    else:
        kernel(law.tables, facts, rows, len(rows), cases, day, found, scratch)
    return found
