"""Checks of a case against the law: every fact stated must be one that the law reads."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator

from xinyong.case.model import Act, Case
from xinyong.case.ties import NONE, check_ties
from xinyong.document import Loc, nearest
from xinyong.errors import CaseError, Problem
from xinyong.language import Sentence, either
from xinyong.law.annex import Conduct
from xinyong.law.clocks import is_step
from xinyong.law.compile import Law, consents_of
from xinyong.law.reads import Reads, reads
from xinyong.law.regulations import EVENTS_READ, anchors, reaching
from xinyong.law.vocabulary import EVENTS

__all__ = ["check", "check_day"]

_FIRST, _LAST = dt.date(1980, 1, 1), dt.date(2100, 1, 1)

#: Events that a field of their own states, and the field.
_OWN_FIELD = {
    "occurred": "from",
    "detail": "a quantity or circumstances",
    "copied": "via",
}
#: Dates that start, end or undo an act may always be stated.
_ALWAYS = {"ended", "formed", "served", "effective", "corrected", "performed"}
#: How well, beside the best, a conduct fits an unknown word that is hinted at as well.
_FIT = 0.6


def check_day(case: Case, on: dt.date | None) -> dt.date:
    """Return the day asked for: the one given, else the one the case states.

    Raises:
        CaseError: neither is given, or it lies outside 1980 to 2100.
    """
    day = on or case.on
    if day is None:
        raise CaseError(
            case.problem(
                ("on",),
                "this field is missing",
                "add 'on: YYYY-MM-DD', or --on on the command line",
            )
        )
    if not _FIRST <= day <= _LAST:
        raise CaseError(
            case.problem(
                ("on",),
                Sentence(
                    "{day} lies outside {first} to {last}",
                    day=str(day),
                    first=str(_FIRST),
                    last=str(_LAST),
                ),
            )
        )
    return day


def check(case: Case, law: Law, on: dt.date, idle_ties: bool = False) -> None:
    """Check what a case states against the vocabulary and the provisions.

    Args:
        case: as stated.
        law: compiled.
        on: the day asked for.
        idle_ties: accept roles and links that nothing reads, as when an act is left out to see
            what it changes.

    Raises:
        CaseError: with every problem found.
    """
    problems = [*_subject(case), *_consents(case, law, on)]
    known = all(act.conduct in law.catalogue.conducts for act in case.acts)
    if known:
        problems += check_ties(case, law, idle_ties)
    for i, act in enumerate(case.acts):
        problems += _act(case, law, ("acts", i), act, on)
    if problems:
        raise CaseError(problems)


def _subject(case: Case) -> Iterator[Problem]:
    subject = case.subject
    if subject.age is not None and subject.kind != "person":
        yield case.problem(
            ("subject", "age"),
            Sentence("the subject is {kind}: it has no age", kind=_kind(subject.kind)),
        )
    for i, role in enumerate(subject.roles):
        if role == "self":
            loc = ("subject", "roles", i)
            yield case.problem(loc, "'self' is not a role", "leave it out")


def _consents(case: Case, law: Law, on: dt.date) -> Iterator[Problem]:
    """Only schemes that one joins can be joined; a private score needs membership and a range."""
    cat, subject = law.catalogue, case.subject
    if not (subject.consents or subject.private_scores):
        return
    private = [it.id for it in cat.instruments.values() if it.kind == "private_scheme"]
    joinable = (*private, *consents_of(law))
    for i, name in enumerate(subject.consents):
        if name not in joinable:
            hint = nearest(name, joinable) or Sentence("one of {listed}", listed=joinable or NONE)
            message = Sentence("no scheme {name} that asks for consent", name=repr(name[:40]))
            if name in cat.instruments:
                message, hint = (
                    Sentence("nobody has to join {name}: it asks for no consent", name=repr(name)),
                    "remove it",
                )
            yield case.problem(("subject", "consents", i), message, hint)
    for name, score in subject.private_scores.items():
        loc = ("subject", "private_scores", name)
        if name not in private:
            message = Sentence("unknown private scheme {name}", name=repr(name[:40]))
            yield case.problem(loc, message, nearest(name, private) or "")
            continue
        version = cat.version(name, on)
        terms = version.private if version else None
        if terms is None:
            yield case.problem(
                loc,
                Sentence("{name} is not in force on {on}", name=repr(name), on=str(on)),
                "remove it",
            )
        elif (terms.lo or 0) > score or (terms.hi is not None and score > terms.hi):
            yield case.problem(
                loc,
                Sentence(
                    "{score} lies outside {lo} to {hi}",
                    score=str(score),
                    lo=str(terms.lo),
                    hi=str(terms.hi),
                ),
            )
        elif terms.consent.mode != "automatic" and name not in subject.consents:
            message = Sentence("the subject has not joined {name}", name=repr(name))
            yield case.problem(loc, message, "add it to 'consents'")


def _act(case: Case, law: Law, loc: Loc, act: Act, on: dt.date) -> Iterator[Problem]:
    yield from _days(case, loc, act, on)
    conduct = law.catalogue.conducts.get(act.conduct)
    if conduct is None:
        hint = _conduct_hint(law, act.conduct)
        yield case.problem(
            (*loc, "conduct"),
            Sentence("unknown conduct {conduct}", conduct=repr(act.conduct[:40])),
            hint,
        )
        return
    if act.via == "self":
        yield case.problem((*loc, "via"), "'self' is the default", "leave it out")
    if act.via is None and conduct.kinds and case.subject.kind not in conduct.kinds:
        message = Sentence(
            "{kind} cannot do {conduct}", kind=_kind(case.subject.kind), conduct=repr(act.conduct)
        )
        hint = Sentence(
            "it is for: {kinds}; a record copied from another subject needs 'via'",
            kinds=conduct.kinds,
        )
        yield case.problem((*loc, "conduct"), message, hint)
    read = reads(law, act.conduct)
    subject = case.subject
    where = (subject.place, subject.registered or subject.place, act.place or subject.place)
    ruling = reaching(law, where, act.conduct)
    if not read.instruments and not ruling:
        message = Sentence(
            "no provision listens to {conduct}, so nothing follows from it",
            conduct=repr(act.conduct),
        )
        yield case.problem((*loc, "conduct"), message, "remove the act")
        return
    if act.place is not None and not read.place and not reaching(law, (act.place,), act.conduct):
        message = Sentence("no provision asks where {conduct} was done", conduct=repr(act.conduct))
        yield case.problem((*loc, "place"), message, "remove it")
    yield from _details(case, loc, act, conduct, read)
    yield from _events(case, law, loc, act, read, ruling)
    for i, document in enumerate(act.documents):
        at = (*loc, "documents", i)
        if document.kind not in law.documents:
            hint = nearest(document.kind, law.documents)
            yield case.problem(
                (*at, "kind"),
                Sentence("unknown document {kind}", kind=repr(document.kind[:40])),
                hint,
            )
        elif document.kind not in {*conduct.documents, *read.documents}:
            allowed = sorted({*conduct.documents, *read.documents}) or NONE
            message = Sentence(
                "{conduct} has no document {kind}",
                conduct=repr(act.conduct),
                kind=repr(document.kind),
            )
            yield case.problem(
                (*at, "kind"), message, Sentence("its documents: {allowed}", allowed=allowed)
            )
        if not (document.formed or document.served or document.effective):
            idle = "a document without a day says nothing"
            yield case.problem(at, idle, "add formed, served or effective")


def _conduct_hint(law: Law, word: str) -> str:
    """Return how to go on from a word that is no conduct: what is spelt or meant so."""
    sought = word[:80].strip().lower()
    near = difflib.get_close_matches(sought, law.catalogue.conducts, 1, 0.85)
    if not near:
        from xinyong.browse.search import partly, search  # only who errs waits for it

        said = sought.replace("_", " ")
        hits = search(law.catalogue, said, 3, "conduct") or partly(law.catalogue, said, 40)
        meant = [h for h in hits if h.kind == "conduct"]
        near = [h.id for h in meant if h.score >= _FIT * meant[0].score][:3]
    if not near:
        return law.catalogue.conduct_hint(word)
    return Sentence(
        "did you mean {names}? 'xinyong catalogue conducts WORD' finds ids",
        names=either([repr(x) for x in near]),
    )


def _details(case: Case, loc: Loc, act: Act, conduct: Conduct, read: Reads) -> Iterator[Problem]:
    declared = {*conduct.quantities, *conduct.circumstances}
    readable = Sentence("facts that are read: {names}", names=sorted(read.details))
    if not read.details:
        papers = sorted({*conduct.documents, *read.documents})
        readable = Sentence("of this conduct only its days are read, and its documents")
        if papers:
            readable = Sentence("{what}: {names}", what=readable, names=papers)
    for field, name, _ in act.details():
        at = (*loc, field)
        if field == "circumstances":
            at = (*at, act.circumstances.index(name))
        if name not in declared | read.details:
            message = Sentence("{id} has no {name}", id=repr(conduct.id), name=repr(name[:40]))
            hint = nearest(name, declared | read.details) or readable
            yield case.problem(at, message, hint)
        elif name not in read.details:
            message = Sentence(
                "no provision reads {name} of {id}", name=repr(name), id=repr(conduct.id)
            )
            yield case.problem(at, message, Sentence("remove it; {readable}", readable=readable))


def _events(
    case: Case, law: Law, loc: Loc, act: Act, read: Reads, ruling: tuple[str, ...]
) -> Iterator[Problem]:
    readable = sorted(read.events - _OWN_FIELD.keys())
    counted = anchors(law, ruling)
    if act.settled_on and "settled" not in read.events:
        message = Sentence(
            "no provision reads that {conduct} was settled", conduct=repr(act.conduct)
        )
        yield case.problem(
            (*loc, "settled_on"),
            message,
            Sentence("remove it; events that are read: {readable}", readable=readable),
        )
    for i, fact in enumerate(act.events):
        at = (*loc, "events", i)
        if fact.event in _OWN_FIELD:
            message = Sentence("{event} is not stated as an event", event=repr(fact.event))
            yield case.problem(
                (*at, "event"), message, Sentence("use {field}", field=_OWN_FIELD[fact.event])
            )
            continue
        if fact.of in ruling and fact.event in EVENTS_READ:
            continue  # a step under a regulation
        if fact.of is None and fact.event in counted:
            continue  # a day from which a regulation counts
        if fact.event not in read.events | _ALWAYS:
            message = Sentence(
                "no provision reads {event} of {conduct}",
                event=repr(fact.event),
                conduct=repr(act.conduct),
            )
            hint = Sentence("remove it; events that are read: {readable}", readable=readable)
            yield case.problem((*at, "event"), message, hint)
        step = is_step(EVENTS.index(fact.event))  # type: ignore[no-untyped-call]
        listening = sorted(read.instruments)
        if step and fact.of is None:
            message = Sentence(
                "{event} is a step of one procedure: 'of' is missing", event=repr(fact.event)
            )
            yield case.problem(
                at, message, Sentence("add 'of: ...', one of {listening}", listening=listening)
            )
        elif not step and fact.of is not None:
            message = Sentence(
                "{event} belongs to the case, not to one instrument", event=repr(fact.event)
            )
            yield case.problem((*at, "of"), message, "remove 'of'")
        elif fact.of is not None and fact.of not in read.instruments:
            known = fact.of in law.instruments
            message = Sentence(
                "{of} does not listen to {conduct}",
                of=repr(fact.of[:40]),
                conduct=repr(act.conduct),
            )
            if not known:
                message = Sentence("unknown instrument {name}", name=repr(fact.of[:40]))
            near = nearest(fact.of, read.instruments)
            one = Sentence("one of {listening}", listening=listening)
            yield case.problem((*at, "of"), message, near or one)


def _days(case: Case, loc: Loc, act: Act, on: dt.date) -> Iterator[Problem]:
    for at, day in act.days():
        if not _FIRST <= day <= _LAST:
            yield case.problem(
                (*loc, *at),
                Sentence(
                    "{day} lies outside {first} to {last}",
                    day=str(day),
                    first=str(_FIRST),
                    last=str(_LAST),
                ),
            )
    if act.from_ > on:
        message = Sentence("the act is later than the day asked for ({on})", on=str(on))
        yield case.problem((*loc, "from"), message, "remove it or ask for a later day")
    for name in ("until", "corrected_on", "performed_on", "settled_on"):
        day = getattr(act, name)
        if day is not None and day < act.from_:
            message = Sentence(
                "{day} lies before the act began ({begun})", day=str(day), begun=str(act.from_)
            )
            yield case.problem((*loc, name), message, "exchange the days")
    for i, document in enumerate(act.documents):
        for name in ("served", "effective"):
            day = getattr(document, name)
            if day is not None and document.formed is not None and day < document.formed:
                message = Sentence(
                    "{day} lies before the document was formed ({formed})",
                    day=str(day),
                    formed=str(document.formed),
                )
                yield case.problem((*loc, "documents", i, name), message)


def _kind(kind: str) -> Sentence:
    text = kind.replace("_", " ")
    return Sentence(f"an {text}" if text[0] in "aeiou" else f"a {text}")
