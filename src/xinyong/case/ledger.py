"""The file that a case states, before any step of a course is taken."""

from __future__ import annotations

import datetime as dt

from xinyong.case.model import Act, Case
from xinyong.dates import day_of
from xinyong.law import vocabulary as v
from xinyong.law.compile import Law
from xinyong.law.determine import Determination, Entry, Event, Ledger, Subject, placed

__all__ = ["ledger_of", "own_entries", "roles_of", "unformed"]


def ledger_of(case: Case, law: Law) -> tuple[Ledger, tuple[int, ...]]:
    """Return the ledger a case states, and for each of its cases the number of the act.

    Cases of a ledger are numbered by the days on which their records were formed, so that
    a repetition is never taken for the first; those of one day keep their order.
    """
    s = case.subject
    subject = Subject(
        kind=s.kind,
        residence=s.place,
        registration=s.registered or s.place,
        age=s.age or (18, 120),
        roles=roles_of(case),
        consents=tuple(s.consents),
    )
    order = sorted(range(len(case.acts)), key=lambda i: _formed(case.acts[i]))
    events: list[Event] = []
    for number, i in enumerate(order):
        act = case.acts[i]
        events += _events(act, number, law, case.course)
    return Ledger(subject, tuple(events)), tuple(order)


def _events(act: Act, case: int, law: Law, course: str) -> list[Event]:
    conduct = law.catalogue.conducts[act.conduct]
    start = day_of(act.from_)
    found = [Event(start, "occurred", case, act.conduct, placed(law, act.place))]
    ended = act.until or (None if conduct.episode else act.from_)
    single = (
        ("ended", ended),
        ("corrected", act.corrected_on),
        ("performed", act.performed_on),
        ("settled", act.settled_on),
    )
    found += [Event(day_of(day), word, case) for word, day in single if day is not None]
    if act.via is not None:
        found.append(Event(start, "copied", case, value=v.ROLES.index(act.via)))
    for document in act.documents:
        if document.formed:
            found.append(Event(day_of(document.formed), "formed", case, document.kind))
        if document.served:
            found.append(Event(day_of(document.served), "served", case, document.kind))
        if document.effective:
            found.append(Event(day_of(document.effective), "effective", case))
    found += [Event(start, "detail", case, name, value) for _, name, value in act.details()]
    found += [Event(day_of(e.on), e.event, case, e.of or "") for e in act.events]
    if course == "nominal" and unformed(act):
        found.append(Event(start, "formed", case))
    return found


def _formed(act: Act) -> dt.date:
    days = [d.formed for d in act.documents if d.formed]
    days += [e.on for e in act.events if e.event == "formed"]
    return min(days, default=act.from_)


def unformed(act: Act) -> bool:
    """Tell whether an act states no record: neither a document nor its formation."""
    return not act.documents and not any(e.event == "formed" for e in act.events)


def own_entries(found: Determination, ledger: Ledger) -> tuple[Entry, ...]:
    """Return the entries that are the subject's own.

    A decision about another subject that was copied with its record shows as an entry
    without a ground on the file of the one it was copied to; it lists only the other.
    """
    copied = {e.case for e in ledger.events if e.event == "copied"}
    return tuple(e for e in found.entries if e.row >= 0 or e.case not in copied)


def roles_of(case: Case) -> tuple[str, ...]:
    """Return the roles of the subject: those stated, and those that its links say."""
    tied = (link.word.removesuffix("_of") for link in case.links if link.word.endswith("_of"))
    return tuple(dict.fromkeys((*case.subject.roles, *tied)))
