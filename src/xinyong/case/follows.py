"""What follows for others: those behind the subject, and those it is linked to.

The catalogue says for whom: a provision that copies a record to a role, a measure that reaches a
role behind a listed body, a measure that by its own words concerns a relative, the employer or the
body that the subject represents. Others are hypothetical, too: a kind, a place and a role.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from xinyong.case.ledger import ledger_of, own_entries
from xinyong.case.model import Act, Case, Link, SubjectFacts
from xinyong.law import schema
from xinyong.law import vocabulary as v
from xinyong.law.compile import Law
from xinyong.law.course import nominal
from xinyong.law.determine import Determination, Entry, Event, Ledger, Subject, determine
from xinyong.law.measures import DueMeasure

__all__ = ["Follows", "concerns", "follows"]


@dataclass(frozen=True)
class Follows:
    """What follows for another: somebody behind the subject, or one of its links.

    Attributes:
        role: what the other is of the subject, one of `vocabulary.ROLES`; or what the subject is
            of the other, such as ``legal_representative_of``.
        provisions: rows of `LawTables.prov` whose copy effect is met.
        determination: what follows on the other's own file; entries: the other's own.
        measures: measures on the subject's entries that reach or concern the other.
        kind: of the other; link: number of the stated link; None for a bare adult.
    """

    role: str
    provisions: tuple[int, ...]
    determination: Determination | None
    entries: tuple[Entry, ...]
    measures: tuple[DueMeasure, ...]
    kind: str = "person"
    link: int | None = None


def follows(
    case: Case,
    law: Law,
    ledger: Ledger,
    found: Determination,
    measures: tuple[DueMeasure, ...],
    day: dt.date,
) -> tuple[Follows, ...]:
    """Return what follows for others, those behind the subject first.

    Args:
        case: as stated.
        law: compiled.
        ledger: the file of the subject, with the steps of its course.
        found: what follows from it.
        measures: due for the subject's live entries.
        day: the day asked for.
    """
    behind = _behind(case, law, ledger, found, measures, day)
    return (*behind, *_linked(case, law, measures, day, {f.role for f in behind}))


def _behind(
    case: Case,
    law: Law,
    ledger: Ledger,
    found: Determination,
    measures: tuple[DueMeasure, ...],
    day: dt.date,
) -> tuple[Follows, ...]:
    copies: dict[str, dict[int, list[int]]] = {}
    for tried in found.tried:
        effect = law.origins[tried.row].effect
        if isinstance(effect, schema.Copy) and tried.status == "met":
            for role in effect.to:
                copies.setdefault(role, {}).setdefault(tried.case, []).append(tried.row)
    person = ledger.subject.kind == "person"
    reached = set() if person else {role for m in measures for role in m.reaches}
    links = {link.word: (i, link) for i, link in enumerate(case.links)}
    result = []
    for role in v.ROLES:
        if role not in copies and role not in reached:
            continue
        by_case = copies.get(role, {})
        number, link = links.get(role, (None, None))
        copied = _copied(ledger, link, role, sorted(by_case))
        determination = None
        if by_case and link is not None and link.place and case.course == "nominal":
            copied, determination = nominal(copied, law, day)  # the schemes of another place
        elif by_case:
            determination = determine(copied, law, day)
        result.append(
            Follows(
                role=role,
                provisions=tuple(dict.fromkeys(row for rows in by_case.values() for row in rows)),
                determination=determination,
                entries=own_entries(determination, copied) if determination else (),
                measures=tuple(m for m in measures if role in m.reaches),
                link=number,
            )
        )
    return tuple(result)


def _copied(ledger: Ledger, link: Link | None, role: str, cases: list[int]) -> Ledger:
    """Return the file of somebody behind the subject, with the records copied to it."""
    place = (link and link.place) or ledger.subject.residence
    age = (link and link.age) or (18, 120)
    other = Subject("person", place, place, age)
    events = [
        replace(e, case=number)
        for number, old in enumerate(cases)
        for e in ledger.events
        if e.case == old and e.event != "copied"
    ]
    code = v.ROLES.index(role)
    for number, old in enumerate(cases):
        start = min(e.day for e in ledger.events if e.case == old and e.event == "occurred")
        events.append(Event(start, "copied", number, value=code))
    return Ledger(other, tuple(events))


def _linked(
    case: Case, law: Law, measures: tuple[DueMeasure, ...], day: dt.date, told: set[str]
) -> Iterator[Follows]:
    """Yield what follows for links that are no role behind the subject."""
    for i, link in enumerate(case.links):
        if link.word in told:
            continue
        acts = tuple(
            act.model_copy(update={"via": None})
            for act in case.acts
            if act.via is not None and f"{act.via}_of" == link.word
        )
        own = _own(case, law, link, acts, day) if acts else None
        determination, entries = own or (None, ())
        concern = tuple(m for m in measures if concerns(law, m.measure, case.subject.kind, link))
        if acts or concern:
            yield Follows(link.word, (), determination, entries, concern, link.to, i)


def _own(
    case: Case, law: Law, link: Link, acts: tuple[Act, ...], day: dt.date
) -> tuple[Determination, tuple[Entry, ...]]:
    """Return what follows on the file of the linked subject that did the acts itself."""
    place = link.place or case.subject.registered or case.subject.place
    subject = SubjectFacts(kind=link.to, place=place, age=link.age)
    ledger, _ = ledger_of(Case(subject=subject, acts=acts, course=case.course), law)
    if case.course == "nominal":
        ledger, found = nominal(ledger, law, day)
    else:
        found = determine(ledger, law, day)
    return found, own_entries(found, ledger)


def concerns(law: Law, measure: str, kind: str, link: Link) -> bool:
    """Tell whether a measure on a subject of a kind concerns a link by its own words."""
    others = law.catalogue.measures[measure].others
    if others is None or kind not in others.of:
        return False
    return link.word in others.links and link.to in others.kinds
