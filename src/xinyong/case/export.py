"""A case result as plain data: the stable form behind ``xinyong case --json``.

``schema_version`` rises when a field changes its meaning or goes; new fields may come.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from xinyong.case import because, limits, records, seen, timeline, undo
from xinyong.case.calculator import CaseResult, Follows
from xinyong.case.changes import Changes, search
from xinyong.case.further import further
from xinyong.case.uncertain import Touched
from xinyong.dates import date_of
from xinyong.law import schema, trace
from xinyong.law.compile import Law
from xinyong.law.determine import Entry, Line, OpenStep
from xinyong.law.measures import DueMeasure
from xinyong.law.private import Membership

__all__ = ["SCHEMA_VERSION", "as_dict"]

SCHEMA_VERSION = 2


def as_dict(result: CaseResult, most: int = 0) -> dict[str, Any]:
    r"""Return a case result as nested dicts, lists, texts, whole numbers and ISO dates.

    `most` is how many changed cases are tried for `changes` (`changes.search`); with 0, none.
    Points are points (tenths become decimals). Every finding carries `basis`: where it
    stands, and how deep that text was read.

    Example:
        >>> from xinyong.case import calculate, read_case
        >>> case = read_case("subject: {kind: person, place: wendeng}\nacts: []\non: 2021-01-01")
        >>> as_dict(calculate(case))["scores"][0]["points"]
        1000.0
    """
    law, found = result.law, result.determination
    case = result.case
    changes = search(result, most) if most else None
    return {
        "schema_version": SCHEMA_VERSION,
        "status": "hypothetical, synthetic",
        "on": result.on.isoformat(),
        "course": case.course,
        "catalogue": law.catalogue.digest,
        "subject": case.subject.model_dump(mode="json", exclude_none=True),
        "links": [x.model_dump(mode="json", by_alias=True, exclude_none=True) for x in case.links],
        "acts": [
            _act(result, number, changes)
            for number in map(result.act_of.index, range(len(case.acts)))
        ],
        "fed": [_fed(result, n) for n, index in enumerate(result.act_of) if index < 0],
        "scores": [
            {
                "scheme": s.instrument,
                "points": None if s.points is None else s.points / 10,
                "grade": s.grade or None,
                "direct_grade": s.direct or None,
                "basis": _scheme_basis(law, s.instrument),
            }
            for s in found.scores
        ],
        "private": [_member(result, m) for m in result.private],
        "measures": [_measure(law, m) for m in result.measures],
        "gates": limits.as_data(result),
        "follows": [_follows(result, f) for f in result.follows],
        "taken": [
            {"act": result.act_of[e.case], "on": _day(date_of(e.day)), "event": e.event}
            | ({"of": e.what} if e.what else {})
            for e in result.taken
            if result.act_of[e.case] >= 0
        ],
        "assumptions": list(result.assumptions),
        "interpretations": [_question(law, x) for x in result.uncertain],
        "next_due": _day(found.next_due),
        "held": [
            {"act": h.act, "what": h.what, "by": h.by, "since": _day(h.since)}
            for h in seen.held(result)
        ],
        "seen": [
            {
                "act": s.act if s.act >= 0 else None,
                "what": s.what,
                "level": s.level,
                "to": s.to,
                "since": _day(s.since),
                "until": _day(s.until),
                "basis": basis(s.where) if s.where else None,
            }
            for s in seen.seen(result)
        ],
        "timeline": [
            {
                "on": _day(m.day),
                "act": m.act if m.act >= 0 else None,
                "kind": m.kind,
                "text": m.text,
                "ahead": m.ahead,
            }
            for m in timeline.moments(result)
        ],
        "changes": _changes(changes),
    }


def _changes(changes: Changes | None) -> dict[str, Any] | None:
    """Return what would change the result; None if it was not searched for."""
    if changes is None:
        return None
    return {
        "tried": changes.tried,
        "more": changes.left_out,
        "found": [
            {
                "field": c.field,
                "what": c.what,
                "was": c.was,
                "now": c.now,
                "differences": list(c.differences),
                "case": c.case.model_dump(mode="json", by_alias=True, exclude_unset=True),
            }
            for c in changes.found
        ],
        "idle": list(changes.idle),
    }


def _ways(result: CaseResult, ways: tuple[undo.Way, ...]) -> list[dict[str, Any]]:
    """Return how a finding ends or is undone."""
    law = result.law
    return [
        {
            "kind": w.kind,
            "text": w.text,
            "from": _day(w.from_),
            "needs": list(w.needs),
            "steps": [
                {
                    "step": law.steps[row].step.id,
                    "by": law.steps[row].step.by,
                    "modality": law.steps[row].step.modality,
                    "latest": _day(day),
                    "basis": basis(trace.of_step(law, row)),
                }
                for row, day in zip(w.steps, undo.latest(result, w), strict=True)
            ],
            "basis": basis(trace.of_provision(law, w.row)),
        }
        for w in ways
    ]


def _rests(facts: tuple[because.Fact, ...]) -> list[dict[str, Any]]:
    """Return what a finding rests on; `needed` is None where nothing was tried."""
    return [{"field": f.field, "text": f.text, "needed": f.needed} for f in facts]


def _question(law: Law, x: Touched) -> dict[str, Any]:
    """Return an ambiguity that the case touches; `reading` is what ``--reading`` takes."""
    note = x.note
    return {
        "instrument": x.instrument,
        "id": note.id,
        "question": note.question,
        "default": note.default,
        "alternatives": [a.reading for a in note.alternatives],
        "reading": [
            f"{x.instrument}.{note.id}={a.id}" for a in note.alternatives if a.path is not None
        ],
        "touches": sorted({law.origins[r].provision for r in x.rows})
        + sorted({law.steps[r].step.id for r in x.steps}),
        "basis": basis(trace.of_cite(law, x.instrument, "*", note.id, note.question, note.cite)),
    }


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def basis(where: trace.Provenance) -> dict[str, Any]:
    """Return a provenance as plain data."""
    return {
        "instrument": where.instrument,
        "instrument_en": where.en,
        "instrument_zh": where.zh,
        "version": where.version,
        "provision": where.provision,
        "text": where.text,
        "article": where.article or None,
        "source": where.source or None,
        "source_en": where.source_en or None,
        "source_zh": where.source_zh or None,
        "depth": where.depth,
        "assumption": where.assumption or None,
        "interpretations": list(where.notes),
    }


def _scheme_basis(law: Law, instrument: str) -> dict[str, Any]:
    return basis(scheme_provenance(law, instrument))


def scheme_provenance(law: Law, instrument: str) -> trace.Provenance:
    """Return where the base and combination of a scheme stand."""
    version = next(w for w in law.catalogue.instrument(instrument).versions if w.scheme)
    assert version.scheme is not None  # noqa: S101 - chosen so
    text = "how lines combine into a score and a grade"
    cite = version.scheme.combination.cite
    return trace.of_cite(law, instrument, version.id, "scheme", text, cite)


def _act(result: CaseResult, number: int, changes: Changes | None) -> dict[str, Any]:
    law, found = result.law, result.determination
    act = result.case.acts[result.act_of[number]]
    events = [e for e in result.ledger.events if e.case == number]
    return {
        "act": result.act_of[number],
        "conduct": act.conduct,
        "conduct_en": law.catalogue.conducts[act.conduct].en,
        "from": _day(act.from_),
        "until": _day(act.until),
        "via": act.via,
        "records": [
            {"event": e.event, "on": _day(date_of(e.day)), "of": e.what or None}
            for e in sorted(events, key=lambda e: e.day)
            if e.event in ("formed", "recorded") and date_of(e.day) <= result.on
        ],
        "entries": [
            entry(law, e)
            | {"ways_out": _ways(result, undo.of_entry(result, e))}
            | {"rests_on": _rests(because.of_entry(result, changes or Changes(), e))}
            for e in result.entries
            if e.case == number
        ],
        "steps": [_step(law, s) for s in found.steps if s.case == number],
        "lines": [
            _line(law, x)
            | {"ways_out": _ways(result, undo.of_line(result, x))}
            | {"rests_on": _rests(because.of_line(result, changes or Changes(), x))}
            for x in found.lines
            if x.case == number
        ],
        "regulations": records.as_data(result, number),
        "almost": [
            {"at": a.at, "why_not": a.reason, "basis": basis(trace.of_provision(law, a.row))}
            for a in result.almost
            if a.case == number
        ],
        "further": [
            {"why_not": list(f.reasons), "basis": basis(trace.of_provision(law, f.row))}
            for f in further(result, number)
        ],
    }


def _member(result: CaseResult, m: Membership) -> dict[str, Any]:
    """Return a private scheme that the subject has joined."""
    law, terms = result.law, m.terms

    def where(name: str, text: str, cite: schema.Cite) -> dict[str, Any]:
        return basis(trace.of_cite(law, m.instrument, m.version, name, text, cite))

    return {
        "scheme": m.instrument,
        "consent": terms.consent.mode,
        "score_stated": m.score,
        "band": m.band.id if m.band else None,
        "dimensions": [
            {"id": d.id, "en": d.name.en, "share": None if d.share is None else d.share / 10_000}
            for d in terms.dimensions
        ],
        "benefits": [
            {"id": b.id, "text": b.title, "basis": where(b.id, b.title, b.cite)} for b in m.benefits
        ],
        "list_effects": [
            {
                "act": result.act_of[x.case],
                "list": x.link.list,
                "effect": list(x.link.effect),
                "until": _day(x.until),
                "basis": where("list_link", f"link to {x.link.list}", x.link.cite),
            }
            for x in m.links
        ],
        "gates": [bar.gate for bar in m.bars],
        "basis": where("private", "terms of the scheme", terms.cite),
    }


def _fed(result: CaseResult, number: int) -> dict[str, Any]:
    """Return what one scheme fed into another, as a result of a year."""
    law, found = result.law, result.determination
    act = next(e for e in result.ledger.events if e.case == number and e.event == "occurred")
    return {
        "conduct": act.what,
        "conduct_en": law.catalogue.conducts[act.what].en,
        "on": _day(date_of(act.day)),
        "lines": [_line(law, x) for x in found.lines if x.case == number],
    }


def entry(law: Law, e: Entry) -> dict[str, Any]:
    """Return an entry as plain data; `ground` is None if no ground is met."""
    return {
        "list": e.instrument,
        "ground": e.ground or None,
        "start": _day(e.start),
        "expires": _day(e.expires),
        "lawful_end": _day(e.lawful_end),
        "cause": e.cause or None,
        "end": _day(e.end),
        "published": _day(e.published),
        "basis": basis(trace.of_provision(law, e.row)) if e.row >= 0 else None,
    }


def _line(law: Law, x: Line) -> dict[str, Any]:
    return {
        "scheme": x.instrument,
        "item": x.provision,
        "points": x.points / 10,
        "grade": x.grade or None,
        "since": _day(x.since),
        "until": _day(x.until),
        "state": x.state,
        "factor": x.factor,
        "basis": basis(trace.of_provision(law, x.row)),
    }


def _step(law: Law, s: OpenStep) -> dict[str, Any]:
    step = law.steps[s.row].step
    return {
        "instrument": s.instrument,
        "step": s.step,
        "by": step.by,
        "modality": step.modality,
        "since": _day(s.anchor),
        "due": _day(s.due),
        "done": _day(s.done),
        "state": s.state,
        "if_lapsed": step.if_lapsed,
        "basis": basis(trace.of_step(law, s.row)),
    }


def measure_provenance(law: Law, m: DueMeasure) -> trace.Provenance:
    """Return where a due measure stands."""
    text = law.catalogue.measures[m.measure].name.en
    return trace.of_cite(law, m.instrument, m.version, m.measure, text, m.cite)


def _measure(law: Law, m: DueMeasure) -> dict[str, Any]:
    return {
        "measure": m.measure,
        "list": m.list,
        "by": list(m.by),
        "discretionary": m.discretionary,
        "reaches": list(m.reaches),
        "grades": list(m.grades),
        "basis": basis(measure_provenance(law, m)),
    }


def _follows(result: CaseResult, f: Follows) -> dict[str, Any]:
    law, found = result.law, f.determination
    data: dict[str, Any] = {
        "role": f.role,
        "kind": f.kind,
        "link": f.link,
        "because": [basis(trace.of_provision(law, row)) for row in f.provisions],
        "entries": [],
        "lines": [],
        "scores": [],
        "measures": [m.measure for m in f.measures],
    }
    if found is not None:
        data["entries"] = [entry(law, e) for e in f.entries]
        data["lines"] = [_line(law, x) for x in found.lines]
        data["scores"] = [
            {
                "scheme": s.instrument,
                "points": None if s.points is None else s.points / 10,
                "grade": s.grade or None,
            }
            for s in found.scores
        ]
    return data
