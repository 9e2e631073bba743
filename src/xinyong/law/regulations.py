"""What regulations say of a record: collecting, showing, objecting, repairing, annulling.

May it be collected, until when is it shown and to whom, how is an objection answered, how is it
repaired, and what if its decision is annulled?

The rules are data (`schema.regulations`); this module finds those that speak about a record
and counts their clocks. A record is one case of a ledger.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from xinyong import places
from xinyong.dates import NEVER, add_months, add_working_days, date_of, day_of, working_days
from xinyong.errors import CatalogueError, Problem
from xinyong.law import schema
from xinyong.law.annex import Conduct
from xinyong.law.compile import Law, kept
from xinyong.law.determine import Determination, Entry, Ledger

__all__ = [
    "ANSWERS",
    "EVENTS_READ",
    "Duty",
    "Path",
    "RecordRules",
    "Shown",
    "about_whatever",
    "anchors",
    "answer_due",
    "answer_term",
    "mark_due",
    "platform_objection",
    "reaching",
    "record_rules",
]

#: Rules that say something of a single record.
_ON_RECORDS = (
    schema.Collect,
    schema.Disclosure,
    schema.Access,
    schema.Notice,
    schema.Objection,
    schema.Annulment,
    schema.Repair,
)

_OVER = ("ended", "corrected", "performed")

#: Moments that answer an objection, a repair or an annulment.
_ANSWERED = ("decided", "certified", "corrected")

#: Holders of the market's own records.
_MARKET = frozenset({"credit_services", "market_collectors"})

_Term = tuple[int, str]

#: What a stated event means for the stages of an objection, a repair or an annulment.
_MOMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "objection": {"objected": ("filed", "received"), "checked": ("decided",)},
    "repair": {"applied": ("filed", "received"), "granted": ("certified",)},
    "annulment": {"annulled": ("filed",), "noticed": ("annulled_notice",)},
}

#: Events that a case may state of a regulation.
EVENTS_READ = frozenset(word for words in _MOMENTS.values() for word in words)

#: Pairs of them of which the second answers the first, and so never comes before it.
ANSWERS = tuple((first, later) for words in _MOMENTS.values() for first, later in pairwise(words))


@dataclass(frozen=True, slots=True)
class Shown:
    """Until when a record is shown, and to whom.

    Attributes:
        rule: as the text has it; since: first day of the clock, None if it has not begun.
        until: first day on which it is no longer shown; None if it is open.
        least: first day on which it may end earlier (shortest term); None if there is none.
        now: whether it is shown on the day asked for.
        cause: what ends it: ``term``, ``repair`` or ``annulment``; empty while it is open.
    """

    rule: schema.Disclosure
    since: dt.date | None
    until: dt.date | None
    least: dt.date | None
    now: bool
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """One stage with its last day, where the file states from when it runs.

    Attributes:
        stage: as the text has it; since: its moment; due: its last day; both may be unknown.
    """

    stage: schema.Stage
    since: dt.date | None
    due: dt.date | None


@dataclass(frozen=True, slots=True)
class Path:
    """A way to undo a record: an objection, a repair or the annulment of its decision.

    Attributes:
        rule: as the text has it; duties: its stages; from_: first day of an application, if
            the rule has a waiting time that has begun.
    """

    rule: schema.Objection | schema.Repair | schema.Annulment
    duties: tuple[Duty, ...]
    from_: dt.date | None = None


@dataclass(frozen=True, slots=True)
class RecordRules:
    """All that one regulation says of one record.

    Attributes:
        case: the record; instrument, version: the regulation and its version.
        collect: rules that allow or forbid the record; `allowed` sums them up: ``yes``,
            ``no``, ``unless law`` (only what another law names), or empty (nothing is said).
        shown, access, notices, paths: rules that apply.
    """

    case: int
    instrument: str
    version: str
    allowed: str
    collect: tuple[schema.Collect, ...]
    shown: tuple[Shown, ...]
    access: tuple[schema.Access, ...]
    notices: tuple[schema.Notice, ...]
    paths: tuple[Path, ...]


def add(day: int, n: int, unit: str) -> int | None:
    """Return the day n units after a day; None beyond the calendar of working days."""
    if unit == "day":
        return day + n
    if unit == "working_day":
        wd = working_days()
        found = add_working_days(day, n, wd.first, wd.rank, wd.day)  # type: ignore[arg-type]
        return None if found < 0 else int(found)
    return int(add_months(day, n if unit == "month" else 12 * n))


def _last(entry: Entry) -> int:
    return NEVER if entry.end is None else day_of(entry.end)


@dataclass(frozen=True)
class _Record:
    """The facts of one case that rules on records may ask for."""

    case: int
    conduct: Conduct
    kind: str
    first: dict[str, int]
    steps: dict[tuple[str, str], int]
    documents: frozenset[str]
    lists: tuple[str, ...]
    of_subject: tuple[Entry, ...]
    emergency: bool
    listed: int | None
    ended: int | None
    removed: int | None

    def subject_listed(self, lists: list[str]) -> bool:
        """Tell whether the subject is on one of these lists, whatever led there."""
        return any(e.end is None and e.instrument in lists for e in self.of_subject)

    def kept(self, until: int, lists: list[str]) -> tuple[int, bool]:
        """Carry the end of a term while the subject is on one of these lists that day.

        Returns the day on which it ends at last, and whether the subject is still listed.
        """
        spells = [e for e in self.of_subject if e.instrument in lists]
        while running := [e for e in spells if day_of(e.start) <= until < _last(e)]:
            if any(e.end is None for e in running):
                return until, True
            until = max(_last(e) for e in running)
        return until, False

    def anchor(self, word: str) -> int | None:
        """Return the day of an anchor; None if it has not come."""
        if word == "listed":
            return self.listed
        if word == "lawful_end":
            return self.ended
        if word == "ended":  # what was put right no longer lasts
            over = [self.first[e] for e in _OVER if e in self.first]
            return self.first.get("ended", min(over, default=None))
        return self.first.get(word)


def _emergency(law: Law, ledger: Ledger, case: int, day: int) -> bool:
    """Tell whether an act was done in an emergency of its place, or else of the residence."""
    place = _act_place(law, ledger, case) or ledger.subject.residence
    on = date_of(day)
    return any(
        places.within(place, e.place) and e.from_ <= on and (e.until is None or on <= e.until)
        for e in law.catalogue.emergencies.values()
    )


def _act_place(law: Law, ledger: Ledger, case: int) -> str | None:
    at = next((e.value for e in ledger.events if e.case == case and e.event == "occurred"), 0)
    return law.places[at - 1] if at else None


def _record(law: Law, ledger: Ledger, found: Determination, case: int) -> _Record | None:
    last = day_of(found.as_of)
    first: dict[str, int] = {}
    steps: dict[tuple[str, str], int] = {}
    conduct = ""
    documents = set()
    for e in ledger.events:
        if e.case != case or e.day > last:
            continue
        first[e.event] = min(e.day, first.get(e.event, NEVER))
        steps[e.event, e.what] = min(e.day, steps.get((e.event, e.what), NEVER))
        if e.event == "occurred":
            conduct = e.what
        if e.event in ("formed", "served") and e.what:
            documents.add(e.what)
    if not conduct:
        return None
    entries = [e for e in found.entries if e.case == case]
    live = [e for e in entries if e.end is None]
    ends = [e.lawful_end for e in entries if e.lawful_end and e.lawful_end <= found.as_of]
    return _Record(
        case=case,
        conduct=law.catalogue.conducts[conduct],
        kind=ledger.subject.kind,
        first=first,
        steps=steps,
        documents=frozenset(documents),
        lists=tuple(e.instrument for e in live),
        of_subject=tuple(found.entries),
        emergency=_emergency(law, ledger, case, first["occurred"]),
        listed=min((day_of(e.start) for e in entries), default=None),
        ended=max((day_of(d) for d in ends), default=None),
        removed=max((day_of(e.end) for e in entries if e.end is not None), default=None),
    )


def concerns(of: schema.Records, record: _Record) -> bool:
    """Tell whether a rule is about a record."""
    return (
        (of.polarity is None or of.polarity == record.conduct.polarity)
        and (of.kinds is None or record.kind in of.kinds)
        and (of.conduct is None or record.conduct.id in of.conduct)
        and (of.conduct_not is None or record.conduct.id not in of.conduct_not)
        and (of.documents is None or bool(record.documents & set(of.documents)))
        and (of.emergency is None or of.emergency == record.emergency)
        and (of.listed_on is None or bool(set(of.listed_on) & set(record.lists)))
        and (of.subject_listed_on is None or record.subject_listed(of.subject_listed_on))
    )


def _counted(term: schema.Term | None, record: _Record) -> tuple[int | None, int | None]:
    """Return (first day of the clock, first day after the term); None where unknown or open."""
    if term is None or term.open:
        return None, None
    if term.from_ is None or term.n is None or term.unit is None:
        return None, None
    since = record.anchor(term.from_)
    if since is None or (term.while_continuing and record.anchor("ended") is None):
        return None, None
    return since, add(since, term.n, term.unit)


def _undone(paths: list[Path], way: str) -> tuple[int, str] | None:
    """Return the last lawful day by which a record is taken down, and why, if that is settled.

    Only a path whose every binding stage has its day counts: an application alone undoes
    nothing where somebody still has to decide on it.
    """
    found = []
    for path in paths:
        rule = path.rule
        hides = {"not_shown", "deleted", "archived"}
        if isinstance(rule, schema.Repair):
            if rule.excluded or not hides & set(rule.effect):
                continue
        elif not isinstance(rule, schema.Annulment):
            continue
        last = path.duties[-1] if path.duties else None
        if last is not None and last.stage.modality == "must" and last.due is not None:
            found.append((day_of(last.due), rule.rule))
    return min(found, default=None) if way in ("publish", "query") else None


def answer_term(rule: schema.Objection | schema.Repair | schema.Annulment) -> _Term | None:
    """Return within what time a rule's chain of binding stages comes to its end: n and unit.

    Where a text has several ways, as when a body must ask the provider of a record, the longest
    counts; a stage without a limit is taken at once. None where no stage that answers has a limit.

    Raises:
        CatalogueError: limits of one chain are in units that do not add up.
    """
    reached = {"received": 0} if isinstance(rule, schema.Objection) else {"filed": 0, "received": 0}
    units: set[str] = set()
    limited = False
    for stage in rule.stages:
        if stage.from_ not in reached:
            continue
        after = reached[stage.from_]
        if stage.modality != "must" or stage.within is None:
            reached.setdefault(stage.then, after)
            continue
        if stage.within.n:
            units.add(stage.within.unit)
        reached[stage.then] = max(after + stage.within.n, reached.get(stage.then, 0))
        limited = limited or stage.then in _ANSWERED
    if len(units) > 1:
        said = f"rule {rule.id!r} counts one chain of stages in {' and '.join(sorted(units))}"
        raise CatalogueError(Problem("regulation", 0, rule.id, said, "use one unit"))
    ends = [reached[word] for word in _ANSWERED if word in reached]
    return (max(ends), next(iter(units), "day")) if limited and ends else None


def answer_due(rule: schema.Objection | schema.Repair | schema.Annulment, asked: int) -> int:
    """Return the last lawful day of the answer to what was asked on a day; NEVER without a limit.

    Example:
        An objection of 2019-03-01 to Shanghai's centre, which passes it on in two working days to
        a provider that decides in five, is answered by 2019-03-12.
    """
    term = answer_term(rule)
    due = None if term is None else add(asked, *term)
    return NEVER if due is None else due


def mark_due(rule: schema.Objection, asked: int) -> int:
    """Return the last day by which a disputed record is marked; NEVER where it is not."""
    if rule.meanwhile != "marked":
        return NEVER
    stage = next((s for s in rule.stages if s.then == "marked"), None)
    if stage is None or stage.within is None:
        return asked
    due = add(asked, stage.within.n, stage.within.unit)
    return NEVER if due is None else due


def platform_objection(version: schema.Version) -> schema.Objection | None:
    """Return the rule on objecting to what a place's platform or authorities show, if there is one.

    Those on what the market's credit services hold are not meant.
    """
    for rule in version.rules:
        if isinstance(rule, schema.Objection) and set(rule.to) - _MARKET:
            return rule
    return None


def about_whatever(of: schema.Records) -> bool:
    """Tell whether a rule is about every bad record of some kinds of subjects."""
    return of.polarity != "good" and not of.model_dump(
        exclude={"polarity", "kinds"}, exclude_none=True
    )


def _shown(rule: schema.Disclosure, record: _Record, day: int, paths: list[Path]) -> Shown:
    since, until = _counted(rule.term, record)
    _, least = _counted(rule.least, record)
    listed = rule.while_listed and bool(record.lists)
    if rule.while_listed and until is not None and record.removed is not None:
        until = max(until, record.removed)
    if rule.while_subject_listed is not None and until is not None:
        until, still = record.kept(until, rule.while_subject_listed)
        listed = listed or still
    cause = "term" if until is not None else ""
    undone = _undone(paths, rule.way)
    if undone is not None and (until is None or undone[0] < until):
        (until, cause), listed = undone, False
    over = until is not None and until <= day and not listed
    return Shown(
        cause=cause,
        rule=rule,
        since=None if since is None else date_of(since),
        until=None if until is None or (listed and until <= day) else date_of(until),
        least=None if least is None else date_of(least),
        now=not rule.excluded and not over,
    )


def _path(
    rule: schema.Objection | schema.Repair | schema.Annulment, it: str, record: _Record
) -> Path:
    moments: dict[str, int] = {}
    for word, names in _MOMENTS[rule.rule].items():
        day = record.steps.get((word, it))
        if day is not None:
            moments |= dict.fromkeys(names, day)
    duties = []
    for stage in rule.stages:
        since = moments.get(stage.from_)
        due = None
        if since is not None and stage.within is not None:
            due = add(since, stage.within.n, stage.within.unit)
            if due is not None and stage.modality == "must":
                moments.setdefault(stage.then, due)
        duties.append(
            Duty(
                stage=stage,
                since=None if since is None else date_of(since),
                due=None if due is None else date_of(due),
            )
        )
    begins = None
    if isinstance(rule, schema.Repair) and rule.wait is not None:
        _, begins = _counted(rule.wait, record)
    return Path(rule, tuple(duties), None if begins is None else date_of(begins))


def _allowed(rules: list[schema.Collect], record: _Record) -> tuple[str, list[schema.Collect]]:
    """Return whether a record of a public body may be collected, and the rules that say so."""
    public = [r for r in rules if r.source != "market"]
    selective = [r for r in public if r.of != schema.Records()]
    fits = [r for r in selective if concerns(r.of, record)]
    named = [r for r in fits if r.of.conduct or r.of.documents or r.of.listed_on]
    for verdict in ("no", "written_consent", "consent", "yes"):
        hits = [r for r in named if r.allowed == verdict]
        if hits:
            return verdict, hits
    if record.conduct.polarity == "bad" and any(r.closed for r in public):
        rest = [r for r in public if "other_by_law" in r.information and r.allowed == "yes"]
        return ("unless law" if rest else "no"), rest
    return "", []


@kept
def reaching(law: Law, where: tuple[str, ...], conduct: str) -> tuple[str, ...]:
    """Return the regulations that reach one of these places and may speak about a conduct."""
    known = law.catalogue.conducts[conduct]
    return tuple(
        it.id
        for it in law.catalogue.instruments.values()
        if it.kind == "regulation"
        and any(places.within(p, it.reach.place) for p in where)
        and any(_may_concern(r, known) for w in it.versions for r in w.rules)
    )


def _may_concern(rule: schema.Rule, conduct: Conduct) -> bool:
    """Tell whether a rule could be about some record of a conduct."""
    of = rule.of
    if isinstance(rule, schema.Collect) and not (of.conduct or of.documents or of.listed_on):
        return rule.closed and conduct.polarity == "bad"
    return (
        isinstance(rule, _ON_RECORDS)
        and of.polarity in (None, conduct.polarity)
        and (of.kinds is None or bool({*of.kinds} & {*conduct.kinds}))
        and (of.conduct is None or conduct.id in of.conduct)
        and conduct.id not in (of.conduct_not or ())
        and (of.documents is None or bool({*of.documents} & {*conduct.documents}))
    )


@kept
def anchors(law: Law, regulations: tuple[str, ...]) -> frozenset[str]:
    """Return the events of a record from which these regulations count a time."""
    found = set()
    for id in regulations:
        for version in law.catalogue.instruments[id].versions:
            for rule in version.rules:
                if isinstance(rule, schema.Disclosure):
                    found |= {term.from_ for term in (rule.term, rule.least) if term}
                elif isinstance(rule, schema.Repair) and rule.wait is not None:
                    found.add(rule.wait.from_)
    return frozenset(str(word) for word in found if word)


def _tied(law: Law, ledger: Ledger, case: int, reach: schema.Reach) -> bool:
    """Tell whether residence, registration or the place of the act lies within a reach."""
    s = ledger.subject
    ties = {
        "residence": s.residence,
        "registration": s.registration,
        "act_place": _act_place(law, ledger, case),
    }
    return any(place and places.within(place, reach.place) for place in map(ties.get, reach.by))


def record_rules(law: Law, ledger: Ledger, found: Determination) -> Iterator[RecordRules]:
    """Yield what every regulation in force says of every record, by record and regulation.

    Args:
        law: the compiled law.
        ledger: the file, with the steps of its course.
        found: what follows from it; its day is the day asked for.

    A regulation whose version turns on records, decisions or acts counts in the version of the
    day on which the record was formed; otherwise in that of the day asked for.
    """
    day = day_of(found.as_of)
    for case in sorted({e.case for e in ledger.events}):
        record = _record(law, ledger, found, case)
        if record is None:
            continue
        for it in law.catalogue.instruments.values():
            if it.kind != "regulation" or record.kind not in it.subjects:
                continue
            if not _tied(law, ledger, case, it.reach):
                continue
            version = _version(law, it, record, found.as_of)
            if version is not None:
                yield _of(it, version, record, day)


def _version(
    law: Law, it: schema.Instrument, record: _Record, on: dt.date
) -> schema.Version | None:
    now = law.catalogue.version(it.id, on)
    if now is None or now.transition in ("all", "pending"):
        return now
    word = "occurred" if now.transition == "acts_from" else "formed"
    basis = record.first.get(word)
    return None if basis is None else law.catalogue.version(it.id, date_of(basis))


def _of(it: schema.Instrument, version: schema.Version, record: _Record, day: int) -> RecordRules:
    about = [r for r in version.rules if concerns(r.of, record)]
    collect = [r for r in version.rules if isinstance(r, schema.Collect)]
    allowed, said = _allowed(collect, record)
    undoing = (schema.Objection, schema.Repair, schema.Annulment)
    paths = [_path(r, it.id, record) for r in about if isinstance(r, undoing)]
    return RecordRules(
        case=record.case,
        instrument=it.id,
        version=version.id,
        allowed=allowed,
        collect=tuple(said),
        shown=tuple(
            _shown(r, record, day, paths) for r in about if isinstance(r, schema.Disclosure)
        ),
        access=tuple(r for r in about if isinstance(r, schema.Access)),
        notices=tuple(r for r in about if isinstance(r, schema.Notice)),
        paths=tuple(paths),
    )
