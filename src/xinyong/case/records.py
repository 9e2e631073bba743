"""What regulations say of a case's records, as plain data and in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from xinyong.case.calculator import CaseResult
from xinyong.language import language, own, plural, say, worded
from xinyong.law import phrases, schema, trace
from xinyong.law.compile import Law
from xinyong.law.regulations import Path, RecordRules, Shown

__all__ = ["TO", "as_data", "of_case", "ways", "words"]

#: Puts where a rule stands into words.
Told = Callable[[trace.Provenance], str]

_ALLOWED = {
    "yes": "may be collected",
    "no": "may not be collected",
    "consent": "may be collected with the subject's consent",
    "written_consent": "may be collected with the subject's written consent",
    "unless law": "may be collected only if a law or regulation names the matter",
}
_MEANWHILE = {
    "marked": "until it is answered the record is marked as disputed",
    "suspended": "until it is answered the record is not shown or used",
    "nothing": "until it is answered the record stays as it is",
    "unsaid": "the text does not say what becomes of the record until it is answered",
}
TO = {
    "public": "the public",
    "subject": "the subject",
    "authorised": "whom the subject authorises",
    "authorities": "authorities",
    "listed_entity_officers": "those behind the listed body",
}
_MOMENTS = {"annulled_notice": "notice of the annulment"}
_WAYS = {"publish": "published", "query": "shown on request", "share": "shared"}


def of_case(result: CaseResult, case: int) -> Iterator[RecordRules]:
    """Yield what regulations that have a rule about it say of one case of the ledger."""
    says = ("allowed", "shown", "access", "notices", "paths")
    return (r for r in result.records if r.case == case and any(getattr(r, x) for x in says))


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _where(law: Law, r: RecordRules, rule: schema.Rule) -> trace.Provenance:
    return trace.of_cite(law, r.instrument, r.version, rule.id, rule.title, rule.cite)


def _basis(law: Law, r: RecordRules, rule: schema.Rule) -> dict[str, Any]:
    where = _where(law, r, rule)
    return {
        "rule": rule.id,
        "instrument": where.instrument,
        "instrument_en": where.en,
        "instrument_zh": where.zh,
        "version": where.version,
        "text": where.text,
        "article": where.article or None,
        "source": where.source or None,
        "depth": where.depth,
        "assumption": where.assumption or None,
    }


def as_data(result: CaseResult, case: int) -> list[dict[str, Any]]:
    """Return what regulations say of one case of the ledger, as plain data."""
    law = result.law
    return [
        {
            "regulation": r.instrument,
            "version": r.version,
            "collected": r.allowed or None,
            "collected_basis": [_basis(law, r, rule) for rule in r.collect],
            "shown": [
                {
                    "way": s.rule.way,
                    "to": list(s.rule.to),
                    "since": _iso(s.since),
                    "until": _iso(s.until),
                    "at_least_until": _iso(s.least),
                    "now": s.now,
                    "ends_by": s.cause or None,
                    "afterwards": s.rule.afterwards,
                    "basis": _basis(law, r, s.rule),
                }
                for s in r.shown
            ],
            "access": [
                {"to": list(a.to), "needs": a.needs, "basis": _basis(law, r, a)} for a in r.access
            ],
            "notices": [
                {"before": n.before, "content": list(n.content), "basis": _basis(law, r, n)}
                for n in r.notices
            ],
            "paths": [_path(law, r, p) for p in r.paths],
        }
        for r in of_case(result, case)
    ]


def _path(law: Law, r: RecordRules, p: Path) -> dict[str, Any]:
    rule = p.rule
    data: dict[str, Any] = {"kind": rule.rule, "basis": _basis(law, r, rule)}
    if isinstance(rule, schema.Objection):
        data |= {"to": list(rule.to), "grounds": list(rule.grounds), "meanwhile": rule.meanwhile}
    if isinstance(rule, schema.Repair):
        data |= {
            "excluded": rule.excluded,
            "conditions": list(rule.conditions),
            "any_of": rule.any_of,
            "from": _iso(p.from_),
            "effect": list(rule.effect),
        }
    data["stages"] = [
        {
            "stage": d.stage.id,
            "text": d.stage.title,
            "by": d.stage.by,
            "modality": d.stage.modality,
            "if": d.stage.if_,
            "within": None if d.stage.within is None else [d.stage.within.n, d.stage.within.unit],
            "from": d.stage.from_,
            "since": _iso(d.since),
            "due": _iso(d.due),
        }
        for d in p.duties
    ]
    return data


# --- words ----------------------------------------------------------------------------------


def _word(identifier: str) -> str:
    return say(identifier.replace("_", " "))


def words(result: CaseResult, case: int, told: Told) -> Iterator[str]:
    """Yield lines of text on what regulations say of one case of the ledger.

    `ways` tells how it is undone, once for all records. `told` puts a provenance into words.
    """
    law = result.law
    for r in of_case(result, case):
        it = law.catalogue.instrument(r.instrument)
        short = it.short or it.name
        name = f"{short.en} ({short.zh})" if language() == "en" else short.zh
        under = say("record under {regulation}", regulation=name)
        if r.allowed:
            art = say("; ").join(told(_where(law, r, rule)) for rule in r.collect)
            text = say("{what}: {text}", what=under, text=say(_ALLOWED[r.allowed]))
            yield f"{text}{f' — {art}' if art else ''}"
        for s in r.shown:
            text = say("{what}: {text}", what=under, text=_shown_words(s))
            yield f"{text} — {told(_where(law, r, s.rule))}"


def ways(result: CaseResult, told: Told) -> Iterator[str]:
    """Yield lines of text on how records are undone, each way once a regulation.

    Where the case states a step, days are known: then it is told for that record.
    """
    found: dict[tuple[str, str, str], list[tuple[RecordRules, Path]]] = {}
    for r in result.records:
        for p in r.paths:
            found.setdefault((r.instrument, r.version, p.rule.id), []).append((r, p))
    for each in found.values():
        begun = [(r, p) for r, p in each if any(d.since for d in p.duties)]
        for r, p in begun or each[:1]:
            yield from _path_words(result.law, r, p, told)


def _path_words(law: Law, r: RecordRules, p: Path, told: Told) -> Iterator[str]:
    it = law.catalogue.instrument(r.instrument)
    under = say("record under {regulation}", regulation=own(it.short or it.name))
    text = say("{what}: {text}", what=under, text=_head(law, p))
    yield f"{text} — {told(_where(law, r, p.rule))}"
    for d in p.duties:
        text = say(
            "{who} ({modality}): {title}, {limit}",
            who=own(law.catalogue.authorities[d.stage.by].name),
            modality=say(d.stage.modality),
            title=worded(d.stage.title),
            limit=_limit(d.stage),
        )
        text += say(", by {day}", day=d.due) if d.due else ""
        text += say(", if {conditions}", conditions=worded(d.stage.if_)) if d.stage.if_ else ""
        cite = d.stage.cite or p.rule.cite
        where = trace.of_cite(law, r.instrument, r.version, d.stage.id, d.stage.title, cite)
        yield f"  {text} — {told(where)}"


def _limit(stage: schema.Stage) -> str:
    if stage.within is None:
        return say("without a limit")
    n, unit = stage.within.n, "{n} " + stage.within.unit.replace("_", " ")
    time = plural(unit, f"{unit}s", n)
    if stage.from_ in _MOMENTS:
        return say("within {time} of {moment}", time=time, moment=say(_MOMENTS[stage.from_]))
    return say("within {time} of being {what}", time=time, what=_word(stage.from_))


def _shown_words(s: Shown) -> str:
    way = say(_WAYS[s.rule.way])
    if s.rule.excluded:
        return say("is not {way}", way=way)
    if not s.now:
        return say(
            "no longer {way} since {day} ({cause}; {afterwards})",
            way=way,
            day=s.until,
            cause=say(s.cause),
            afterwards=_word(s.rule.afterwards),
        )
    shown = say("{way} to {whom}", way=way, whom=say(", ").join(say(TO[w]) for w in s.rule.to))
    if s.rule.term.open:
        return say("{shown} without a limit", shown=shown)
    term = s.rule.term
    assert term.from_ is not None  # noqa: S101 - the format says so
    assert term.n is not None  # noqa: S101 - with it
    unit = f"{{n}} {term.unit}s"
    anchor = trace.noun(term.from_)
    clock = say("{time} from {anchor}", time=plural(unit, unit, term.n), anchor=anchor)
    if s.until is None:
        return say("{shown}; {clock}, whose end is not fixed yet", shown=shown, clock=clock)
    if s.cause != "term":
        return say(
            "{shown} until {day} at the latest ({cause})",
            shown=shown,
            day=s.until,
            cause=say(s.cause),
        )
    return say("{shown} until {day} ({clock})", shown=shown, day=s.until, clock=clock)


def _head(law: Law, p: Path) -> str:
    rule = p.rule
    if isinstance(rule, schema.Objection):
        to = say(", ").join(own(law.catalogue.authorities[a].name) for a in rule.to)
        meanwhile = say(_MEANWHILE[rule.meanwhile])
        return say("objection to {bodies}; {meanwhile}", bodies=to, meanwhile=meanwhile)
    if isinstance(rule, schema.Repair):
        if rule.excluded:
            return say("repair excluded: {title}", title=worded(rule.title))
        joint = say(" or ") if rule.any_of else say(" and ")
        text = say(
            "repair if {conditions}",
            conditions=joint.join(phrases.phrase(phrases.CONDITIONS, x) for x in rule.conditions)
            or say("as the text says"),
        )
        text += say(", not before {day}", day=p.from_) if p.from_ else ""
        return say("{what}: {text}", what=text, text=say(", ").join(map(_word, rule.effect)))
    return say("if its decision is annulled: {title}", title=worded(rule.title))
