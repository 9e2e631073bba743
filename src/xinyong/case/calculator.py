"""The calculator: what follows from one hypothetical case on one day, and why not more.

It only puts the case into a ledger, asks `determine`, and collects where each finding
stands. Nothing is kept.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from xinyong.case.check import check, check_day
from xinyong.case.follows import Follows, follows
from xinyong.case.ledger import ledger_of, own_entries, unformed
from xinyong.case.model import Case, checked_places, refuse_identities
from xinyong.case.order import check_order
from xinyong.case.uncertain import Touched, touched
from xinyong.errors import Problem
from xinyong.law import trace
from xinyong.law.compile import Law
from xinyong.law.compile import law as built_in
from xinyong.law.course import nominal
from xinyong.law.determine import Determination, Entry, Event, Ledger, determine
from xinyong.law.gates import Bar, bars, measure_target
from xinyong.law.measures import DueMeasure, due, due_by_grade, text_of
from xinyong.law.private import Membership, memberships
from xinyong.law.regulations import RecordRules, record_rules

__all__ = ["CaseResult", "Follows", "calculate", "ledger_of", "own_entries"]

#: From this age on a person is of full age (Civil Code, Art. 17).
_ADULT = 18


@dataclass(frozen=True)
class CaseResult:
    """All that follows from a case on a day.

    Attributes:
        case: as stated; law: compiled; on: the day.
        stated, ledger: the file as stated, and with the steps the course took.
        determination: entries, lines, scores, steps and provisions tried.
        measures: due on the day for the subject's live entries, then for its grades.
        follows: what follows for others.
        almost: provisions that failed at one condition only.
        assumptions: made by the calculator, in words.
        gated: gates on the measures due: for each of them, in their order.
        records: what regulations say of each record.
        private: the private schemes that the subject has joined.
        act_of: for each case of the ledger, the number of its act in the case; -1 for what
            another scheme has fed into the file.
    """

    case: Case
    law: Law
    on: dt.date
    stated: Ledger
    ledger: Ledger
    determination: Determination
    measures: tuple[DueMeasure, ...]
    follows: tuple[Follows, ...]
    almost: tuple[trace.NotMet, ...]
    assumptions: tuple[str, ...]
    act_of: tuple[int, ...]
    gated: tuple[tuple[Bar, ...], ...] = ()
    records: tuple[RecordRules, ...] = ()
    private: tuple[Membership, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the subject's own entries (see `own_entries`)."""
        return own_entries(self.determination, self.ledger)

    @property
    def taken(self) -> tuple[Event, ...]:
        """Return the steps that the nominal course added, by day."""
        return tuple(sorted(self.ledger.events[len(self.stated.events) :], key=lambda e: e.day))

    @cached_property
    def uncertain(self) -> tuple[Touched, ...]:
        """Return the ambiguities of the law that this case touches, and where."""
        return touched(self)


def calculate(case: Case, law: Law | None = None, on: dt.date | None = None) -> CaseResult:
    """Calculate what follows from a case.

    Args:
        case: one hypothetical subject and its acts.
        law: compiled law; the built-in one if left out.
        on: the day; that of the case if left out.

    Returns:
        Findings with everything needed to trace them.

    Raises:
        CaseError: the case states what the law does not know or does not read, days are
            out of order, or a value looks like an identity.
    """
    if case._document is None:  # not read from a file, where this was done already
        refuse_identities(
            case.model_dump(mode="json", by_alias=True, exclude_none=True),
            lambda loc, text: Problem("case", 0, ".".join(str(x) for x in loc), text),
        )
    law = law or built_in()
    day = check_day(case, on)
    checked_places(case)
    check(case, law, day)
    stated, act_of = ledger_of(case, law)
    if case.course == "nominal":
        ledger, found = nominal(stated, law, day)
    else:
        ledger, found = stated, determine(stated, law, day)
    live = [(e.instrument, e.start) for e in own_entries(found, ledger) if e.end is None]
    more = 1 + max((e.case for e in ledger.events), default=-1) - len(act_of)
    act_of = (*act_of, *(-1 for _ in range(more)))
    check_order(case, law, ledger, act_of)
    held = [(score.instrument, score.grade) for score in found.scores]
    kind = case.subject.kind
    measures = (*due(law, live, kind, day), *due_by_grade(law, held, kind, day))
    others = follows(case, law, ledger, found, measures, day)
    return CaseResult(
        case=case,
        law=law,
        on=day,
        stated=stated,
        ledger=ledger,
        determination=found,
        measures=measures,
        follows=others,
        almost=tuple(trace.unmet(law, ledger, found)),
        assumptions=_assumptions(case, others, found),
        act_of=act_of,
        private=tuple(memberships(law, ledger, found, case.subject.private_scores)),
        records=tuple(record_rules(law, ledger, found)),
        gated=tuple(_measure_bars(law, m, case.subject.place, day) for m in measures),
    )


def _measure_bars(law: Law, m: DueMeasure, place: str, day: dt.date) -> tuple[Bar, ...]:
    """Return the gates that speak about a measure that is due."""
    return bars(law.catalogue, measure_target(*text_of(law.catalogue, m)), day, place)


def _assumptions(
    case: Case, others: tuple[Follows, ...], determination: Determination
) -> tuple[str, ...]:
    found = []
    if case.subject.age is None and case.subject.kind == "person":
        found.append("the person is an adult (18 to 120): no age is stated")
    if case.subject.age is not None and case.subject.age[0] < _ADULT and determination.scores:
        found.append("a scheme scores minors as it scores adults: no age limit of one is encoded")
    if case.subject.registered is None:
        found.append("registered where resident: no place of registration is stated")
    if case.course == "nominal":
        found.append("every step that must be taken is taken on its last lawful day, no other")
        for i, act in enumerate(case.acts):
            if unformed(act):
                found.append(f"act {i}: its record is formed on the day of the act")
    else:
        found.append("only the steps that the case states are taken")
    for f in others:
        if f.link is not None and f.determination and case.links[f.link].place is None:
            found.append(f"link {f.link}: it is where the subject is: no place is stated")
    return tuple(found)
