"""The order of stated days: nothing may come before what it rests on.

Read off the catalogue, not listed here: a document made about an act is no older than the act; a
step of a procedure is taken on or after the day it is counted from; a day that an order sets does
not come before the order. What is merely unusual or
unlawful, such as a decision without a notice, is no error: the findings say what follows from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from xinyong.case.model import Act, Case
from xinyong.dates import date_of, day_of
from xinyong.document import Loc
from xinyong.errors import CaseError, Problem
from xinyong.language import Name, Sentence, either
from xinyong.law import schema, trace
from xinyong.law import tables as t
from xinyong.law.clocks import is_step
from xinyong.law.compile import Law, kept
from xinyong.law.determine import Event, Ledger
from xinyong.law.references import walk
from xinyong.law.regulations import ANSWERS
from xinyong.law.vocabulary import EVENTS

__all__ = ["check_order"]

#: Read on any day: a decision lists at once, even where its ground or the notice is missing.
_ANY_DAY = ("decided", "recorded")
#: What cannot be over, put right or served before the act itself began.
_AFTER_THE_ACT = ("ended", "corrected", "performed", "settled", "sentence_ended")


def check_order(case: Case, law: Law, ledger: Ledger, act_of: tuple[int, ...]) -> None:
    """Refuse a case in which a stated day lies before what it rests on.

    Args:
        case: as stated.
        law: the compiled law.
        ledger: the file of the case, with the steps that its course takes.
        act_of: number of the act of each case of the ledger.

    Raises:
        CaseError: with file, line and field of every such day, and what was expected.
    """
    problems = [p for i, act in enumerate(case.acts) for p in _old_documents(case, law, i, act)]
    for number, i in enumerate(act_of):
        if i >= 0 and case.acts[i].events:
            mine = [e for e in ledger.events if e.case == number]
            problems += _problems(case, law, ("acts", i), case.acts[i], mine)
    if problems:
        raise CaseError(problems)


def _old_documents(case: Case, law: Law, i: int, act: Act) -> Iterator[Problem]:
    """Yield the documents that are older than the act they are made about."""
    defied = law.catalogue.defied.get(act.conduct, ())
    for k, document in enumerate(act.documents):
        follows = document.kind in law.catalogue.follow_act and document.kind not in defied
        if follows and document.formed is not None and document.formed < act.from_:
            kind = law.catalogue.documents[document.kind]
            name = Name(kind.en, kind.zh)
            message = Sentence(
                "{name} of {formed} lies before the act ({begun})",
                name=name,
                formed=str(document.formed),
                begun=str(act.from_),
            )
            hint = Sentence(
                "expected {begun} or later, since it is made about the act; "
                "or state the first day of the act",
                begun=str(act.from_),
            )
            yield case.problem(("acts", i, "documents", k, "formed"), message, hint)


def _problems(case: Case, law: Law, loc: Loc, act: Act, mine: list[Event]) -> Iterator[Problem]:
    for k, fact in enumerate(act.events):
        found = _too_early(law, act, mine, fact.event, fact.of, fact.on)
        if found is not None:
            before, day = found
            noun = trace.noun_of(fact.event)
            if fact.of:
                noun = Sentence("{noun} of {instrument}", noun=noun, instrument=fact.of)
            message = Sentence(
                "{noun} on {on} lies before {before} ({day})",
                noun=noun,
                on=str(fact.on),
                before=before,
                day=str(day),
            )
            hint = Sentence(
                "expected {day} or later; or state the day of what comes before it", day=str(day)
            )
            yield case.problem((*loc, "events", k, "on"), message, hint)


def _too_early(
    law: Law, act: Act, mine: list[Event], event: str, of: str | None, on: dt.date
) -> tuple[Sentence, dt.date] | None:
    """Return what an event lies before, in words, and its day; None if its day can be."""
    if event in _AFTER_THE_ACT:
        return (Sentence("the act"), act.from_) if on < act.from_ else None
    if event in ("served", "effective"):
        formed = _days(mine, "formed", "")
        return _if_before(on, Sentence("the document was formed"), formed)
    if _step(event):
        if of is None:
            return None  # a day from which some regulation counts
        if law.catalogue.instruments[of].kind != "regulation":
            return _before_its_step(law, mine, event, of, on)
        first = next((a for a, later in ANSWERS if later == event), None)
        return (
            None if first is None else _if_before(on, trace.noun_of(first), _days(mine, first, of))
        )
    kinds = _set_by(law, act.conduct, event)
    days = [date_of(e.day) for e in mine if e.event == "formed" and e.what in kinds]
    asked = [law.catalogue.documents[k] for k in sorted(kinds)]
    names = either([Name(d.en, d.zh) for d in asked])
    return _if_before(on, Sentence("the document that sets it: {names}", names=names), days)


def _if_before(on: dt.date, what: Sentence, days: list[dt.date]) -> tuple[Sentence, dt.date] | None:
    return (what, min(days)) if days and on < min(days) else None


def _days(mine: list[Event], event: str, of: str | None) -> list[dt.date]:
    return [date_of(e.day) for e in mine if e.event == event and (not of or e.what in ("", of))]


def _before_its_step(
    law: Law, mine: list[Event], event: str, of: str, on: dt.date
) -> tuple[Sentence, dt.date] | None:
    """Return what a step lies before, if the law reads it from a later day only."""
    row = law.tables.inst[law.instruments.index(of)]
    number, span = day_of(on), slice(row[t.I_STEP], row[t.I_STEP_END])
    steps = [  # a step follows the law of the day on which it is taken
        s
        for s, x in zip(law.steps[span], law.tables.step[span], strict=True)
        if s.step.then == event and x[t.S_FROM] <= number <= x[t.S_TO]
    ]
    if event in _ANY_DAY or not steps:
        return None
    decided = _days(mine, "decided", of)
    nearest: tuple[Sentence, dt.date] | None = None
    for s in steps:
        anchors: list[tuple[Sentence, dt.date]] = []
        for anchor in s.step.from_:
            word = "decided" if anchor in ("listed", "lawful_end") else anchor
            days = decided if word == "decided" else _days(mine, word, of if _step(word) else None)
            if anchor == "year_end" or not days:
                return None  # what it counts from is not known, or comes with the course
            anchors.append((trace.noun_of(word), min(days)))
        first = min(anchors, key=lambda x: x[1])
        if on >= first[1]:
            return None
        nearest = first if nearest is None or first[1] < nearest[1] else nearest
    if _ends_an_entry(law, event, of) and decided and on >= min(decided):
        return None  # the entry is read to its end by such an event, from its first day
    return nearest


def _step(word: str) -> bool:
    return bool(is_step(EVENTS.index(word)))  # type: ignore[no-untyped-call]


@kept
def _ends_an_entry(law: Law, event: str, of: str) -> bool:
    effects = (o.effect for o in law.origins if o.instrument == of)
    return event == "removed" or any(
        isinstance(e, schema.End | schema.Restore) and e.from_ == event for e in effects
    )


@kept
def _set_by(law: Law, conduct: str, event: str) -> frozenset[str]:
    """Return the kinds of documents that set a day of this kind: asked for by the same rules."""
    tables = law.tables
    code = law.code["conduct"][conduct]
    listening = tables.listening[tables.by_conduct[code] : tables.by_conduct[code + 1]]
    found: set[str] = set()
    for row in listening:
        conditions = law.origins[row].conditions
        blocks = [b for c in conditions for _, b in walk(c)]
        if any(isinstance(b, schema.Lapsed) and b.after == event for b in blocks):
            found |= _documents(conditions)
    for number in {int(tables.prov[row, t.P_INST]) for row in listening}:
        first, last = tables.inst[number, t.I_STEP], tables.inst[number, t.I_STEP_END]
        for s in law.steps[first:last]:
            if event in s.step.from_:
                found |= _documents(s.step.when)
    return frozenset(found)


def _documents(conditions: tuple[schema.Condition, ...] | list[schema.Condition]) -> set[str]:
    """Return the kinds of documents that conditions ask for (not those they rule out)."""
    found: set[str] = set()
    for c in conditions:
        if c.document is not None:
            found.add(c.document)
        found |= _documents([*(c.all or []), *(c.any or [])])
    return found
