"""Gates, rules of regulations, feeds and private terms as plain sentences.

The blocks of these kinds hold closed words; a table here says each as a phrase, and a word
that is not in it is said as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel

from xinyong.browse import words as w
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue

__all__ = ["block_words", "gate_words", "private_words", "rule_words"]

_TARGETS = {
    "entry": "entries on a list",
    "points": "points",
    "grade": "grades set directly",
    "copy": "copies to others",
    "measure": "measures",
    "score": "scores as a whole",
}
_VIEWERS = {
    "public": "the public",
    "subject": "the subject",
    "authorised": "whoever the subject authorises",
    "authorities": "authorities",
    "listed_entity_officers": "the officers of a listed entity",
}
_NEEDS = {
    "nothing": "nothing is asked of them",
    "identification": "they must show who they are",
    "written_authorisation": "they need written authorisation",
    "consent": "they need the subject's consent",
    "duty": "they need it for their duties",
}
_ALLOWED = {
    "yes": "may be collected",
    "no": "must not be collected",
    "consent": "may be collected only with the subject's consent",
    "written_consent": "may be collected only with the subject's written consent",
}
_AGAINST = {
    "trustworthy": "the trustworthy",
    "dishonest": "the untrustworthy",
    "seriously_dishonest": "the seriously untrustworthy",
}
_MOMENTS = {
    "filed": "the filing",
    "received": "receipt",
    "marked": "the mark",
    "transferred": "the transfer",
    "decided": "the decision",
    "corrected": "the correction",
    "certified": "the certificate",
    "annulled_notice": "notice of the annulment",
    "term_over": "the end of the term",
    "listed": "the listing",
    "requested": "the request",
    "informed": "the notice to the applicant",
    "displayed": "display",
}
_WAYS = {
    "publish": "open to all",
    "query": "shown to those who may ask",
    "share": "shared between authorities",
}


def _words(values: Iterable[str], table: dict[str, str] | None = None, last: str = "and") -> str:
    return w.joined(((table or {}).get(x, w.word(x)) for x in values), last)


def _names(found: Catalogue, ids: Iterable[str], last: str = "and") -> str:
    return w.joined((w.titled(found, x) for x in ids), last)


def _limit(within: schema.Within | None, anchor: str = "") -> str:
    if within is None:
        return ""
    more = ""
    if within.extended_by:
        more = f" (may be extended by {w.units(within.extended_by, within.unit)})"
    return f", within {w.units(within.n, within.unit)}{f' from {anchor}' if anchor else ''}{more}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- gates -------------------------------------------------------------------------------


def _where(found: Catalogue, where: schema.Where) -> str:
    """Return the attributes of what a gate is about."""
    parts = []
    for name in type(where).model_fields:
        value = getattr(where, name)
        if value is None:
            continue
        label = w.word(name)
        if name in ("instrument", "instrument_not", "measure"):
            parts.append(f"{label} {_names(found, value, 'or')}")
        elif name in ("conduct", "conduct_not"):
            known = [w.conduct_words(found, c) for c in value]
            parts.append(f"{label} {w.joined(known, 'or')}")
        elif name in ("worth", "worth_always"):
            rests = "it rests on nothing but" if name == "worth_always" else "it may rest on"
            parts.append(f"{rests} documents whose worth is {w.joined(value, 'or')}")
        elif isinstance(value, bool):
            parts.append(label if value else f"not {label}")
        elif isinstance(value, list):
            parts.append(f"{label} {w.joined(map(w.plain, value), 'or')}")
        else:
            parts.append(f"{label} {w.plain(value)}")
    return "; ".join(parts)


def gate_words(found: Catalogue, gate: schema.Gate) -> str:
    """Return a gate as one sentence."""
    about = w.joined((_TARGETS.get(x, w.word(x)) for x in gate.bars), "and")
    where = _where(found, gate.where)
    which = f" ({where})" if where else ""
    match gate.effect:
        case "barred":
            text = f"{about}{which} are barred"
        case "required" if gate.needs is not None:
            text = f"{about}{which} are barred unless: {_where(found, gate.needs)}"
        case "weighed":
            text = f"{about}{which} are to be weighed"
            if gate.needs is not None:
                text += f" unless: {_where(found, gate.needs)}"
            text += f": {(gate.test or '').rstrip('.')}"
        case other:
            text = f"{about}{which}: {w.word(other)}"
    said = {"id", "title", "bars", "where", "effect", "needs", "test", "cite"}
    return f"{_capital(text)}{w.others_words(gate, said)}."


# --- rules of regulations -------------------------------------------------------------------


def _of(found: Catalogue, of: schema.Records) -> str:
    """Return which records a rule is about."""
    text = "records"
    if of.polarity is not None:
        text = f"{of.polarity} records"
    if of.kinds:
        text += f" of {_words(of.kinds, None, 'or')}"
    acts = [w.conduct_words(found, c) for c in of.conduct or []]
    if acts:
        text += f" of acts: {w.joined(acts, 'or')}"
    if of.conduct_not:
        text += f", save {_words(of.conduct_not, None, 'or')}"
    if of.documents:
        names = [found.documents[d].en if d in found.documents else d for d in of.documents]
        text += f" that rest on {w.joined(names, 'or')}"
    if of.listed_on:
        text += f" that led to {_names(found, of.listed_on, 'or')}"
    if of.subject_listed_on:
        text += f" of a subject on {_names(found, of.subject_listed_on, 'or')}"
    return text


def _collect(_: Catalogue, r: schema.Collect) -> str:
    what = _words(r.information)
    source = {"public": " by public bodies", "market": " by market bodies"}.get(r.source, "")
    text = f"{what} {_ALLOWED.get(r.allowed, w.word(r.allowed))}{source}"
    text += "; nothing else may be" if r.closed else ""
    text += f"; condition: {r.condition}" if r.condition else ""
    return text + (f"; unless {r.unless}" if r.unless else "")


def _list_power(_: Catalogue, r: schema.ListPower) -> str:
    text = f"a list of the seriously untrustworthy {'must' if r.must else 'may'} be kept"
    text += f" on the grounds: {'; '.join(g.rstrip('.') for g in r.grounds)}" if r.grounds else ""
    text += f"; basis at least {w.word(r.basis)}" if r.basis else ""
    return text + (f"; with {_words(r.needs)}" if r.needs else "")


def _measure_power(found: Catalogue, r: schema.MeasurePower) -> str:
    what = [w.titled(found, m) for m in r.measures] + [d.rstrip(".") for d in r.described]
    text = f"against {_AGAINST.get(r.against, w.word(r.against))}: {'; '.join(what) or 'measures'}"
    text = text.replace("against the trustworthy", "for the trustworthy")
    text += "; in related matters only" if r.related_matters_only else ""
    text += f"; basis at least {w.word(r.basis)}" if r.basis else ""
    return text + (f"; reaches {'; '.join(map(w.word, r.reaches))}" if r.reaches else "")


def _disclosure(found: Catalogue, r: schema.Disclosure) -> str:
    if r.excluded:
        return f"{_of(found, r.of)} are not shown to {_words(r.to, _VIEWERS, 'or')}"
    text = f"{_of(found, r.of)} are {_WAYS.get(r.way, w.word(r.way))}: "
    text += f"{_words(r.to, _VIEWERS)}, {w.term_words(r.term)}"
    text += f", at least {w.term_words(r.least)}" if r.least else ""
    text += "; as long as the entry stands that they led to" if r.while_listed else ""
    if r.while_subject_listed:
        text += "; as long as the subject is on one of these lists: "
        text += _names(found, r.while_subject_listed, "or")
    return text + ("" if r.afterwards == "unsaid" else f"; afterwards {w.word(r.afterwards)}")


def _access(_: Catalogue, r: schema.Access) -> str:
    text = f"{_words(r.to, _VIEWERS)} may see records; {_NEEDS.get(r.needs, w.word(r.needs))}"
    text += f"; free {r.free_per_year} times a year" if r.free_per_year else ""
    return text + ("; the public part only" if r.only_public_part else "")


def _notice(_: Catalogue, r: schema.Notice) -> str:
    when = "after" if r.after_the_act else "before"
    text = f"{_words(r.to, _VIEWERS)} must be told {when} {w.word(r.before)}"
    text += f" of {_words(r.content)}" if r.content else ""
    return text + (", in writing" if r.written else "") + _limit(r.within)


def _stages(found: Catalogue, stages: list[schema.Stage]) -> str:
    said = []
    for number, stage in enumerate(stages, 1):
        who = "the subject" if stage.by == "subject" else w.titled(found, stage.by)
        anchor = _MOMENTS.get(stage.from_, w.word(stage.from_))
        text = f"({number}) {who} {stage.modality} {stage.title}"
        text += _limit(stage.within, anchor) or f", from {anchor} on"
        said.append(text + (f", if {stage.if_}" if stage.if_ else ""))
    return "; ".join(said)


def _objection(found: Catalogue, r: schema.Objection) -> str:
    text = f"one may object to {_names(found, r.to, 'or')} because a record is "
    text += _words(r.grounds, None, "or")
    text += "" if r.meanwhile == "unsaid" else f"; meanwhile: {w.word(r.meanwhile)}"
    return f"{text}. Stages: {_stages(found, r.stages)}"


def _annulment(found: Catalogue, r: schema.Annulment) -> str:
    return f"when the decision below a record is annulled: {_stages(found, r.stages)}"


def _repair(found: Catalogue, r: schema.Repair) -> str:
    if r.excluded:
        return f"{_of(found, r.of)} cannot be repaired"
    text = f"{_of(found, r.of)} can be repaired"
    if r.conditions:
        last = "or" if r.any_of else "and"
        text += f" once: {_words(r.conditions, None, last)}"
    text += f"; not before it has run {w.term_words(r.wait)}" if r.wait else ""
    text += f"; at most {r.per_year} times a year" if r.per_year else ""
    text += f"; effect: {_words(r.effect)}" if r.effect else ""
    return text + (f". Stages: {_stages(found, r.stages)}" if r.stages else "")


def _right(_: Catalogue, r: schema.Right) -> str:
    text = f"the subject has the right: {w.word(r.what)}"
    return text + (f", {r.per_year} times a year" if r.per_year else "") + _limit(r.within)


def _liability(_: Catalogue, r: schema.Liability) -> str:
    text = (
        f"{_words(r.whose, None, 'or')} liable for {'; '.join(b.rstrip('.') for b in r.breach_of)}"
    )
    text += f": {_words(r.sanction, None, 'or')}"
    return text + (f", {r.fine[0]:,} to {r.fine[1]:,} yuan" if r.fine else "")


def _definition(_: Catalogue, r: schema.Definition) -> str:
    return f"{r.term.en} ({r.term.zh}) means {r.means.rstrip('.')}"


#: Type of rule -> its sentence, and the fields that the sentence says.
_SENTENCES: dict[type[BaseModel], tuple[Callable[[Catalogue, Any], str], str]] = {
    schema.Collect: (_collect, "allowed information source closed condition unless"),
    schema.ListPower: (_list_power, "grounds basis must needs"),
    schema.MeasurePower: (
        _measure_power,
        "against measures described related_matters_only basis reaches",
    ),
    schema.Disclosure: (
        _disclosure,
        "of way to term least while_listed while_subject_listed afterwards excluded",
    ),
    schema.Access: (_access, "to needs free_per_year only_public_part"),
    schema.Notice: (_notice, "before after_the_act to content within written"),
    schema.Objection: (_objection, "to grounds meanwhile stages"),
    schema.Annulment: (_annulment, "stages"),
    schema.Repair: (_repair, "of excluded conditions any_of wait per_year stages effect"),
    schema.Right: (_right, "what per_year within"),
    schema.Liability: (_liability, "whose breach_of sanction fine"),
    schema.Definition: (_definition, "term means"),
}
_OF_ALL = {"id", "title", "rule", "of", "by", "cite"}


def rule_words(found: Catalogue, rule: schema.Rule) -> str:
    """Return a rule of a regulation as a sentence."""
    if type(rule) not in _SENTENCES:
        return _capital(w.plain(rule)) + "."
    make, fields = _SENTENCES[type(rule)]
    text = make(found, rule)
    if "of" not in fields.split() and rule.of != schema.Records():
        text += f"; about {_of(found, rule.of)}"
    if rule.by:
        text += f"; by {_names(found, rule.by)}"
    return f"{_capital(text)}{w.others_words(rule, _OF_ALL | set(fields.split()))}."


# --- feeds and private terms -------------------------------------------------------------------


def private_words(
    found: Catalogue, terms: schema.PrivateTerms
) -> list[tuple[str, str, schema.Cite]]:
    """Return a private scheme as (id, sentence, citation)."""
    said = []
    span = f"scores from {terms.lo} to {terms.hi}" if terms.lo is not None else "no score is known"
    every = f", worked out anew every {w.units(terms.update_months, 'month')}" if (
        terms.update_months) else ""  # fmt: skip
    said.append(("score", f"{_capital(span)}{every}.", terms.cite))
    consent = terms.consent
    said.append(("consent", w.consent_words(consent), consent.cite))
    for d in terms.dimensions:
        share = f", {d.share / 100:g} per cent" if d.share is not None else ""
        said.append((d.id, f"Dimension: {d.name.en} ({d.name.zh}){share}.", d.cite))
    for b in terms.bands:
        said.append((b.id, f"Band {b.lo} to {b.hi}: {b.name.en} ({b.name.zh}).", b.cite))
    for x in terms.benefits:
        low = f"from {x.lo} points" if x.lo is not None else "for good scores"
        partner = f", with {x.partner}" if x.partner else ""
        time = f", from {x.from_}" if x.from_ else ""
        time += f" to {x.until}" if x.until else ""
        said.append((x.id, f"Benefit {low}: {x.title}{partner}{time}.", x.cite))
    for n, k in enumerate(terms.list_links):
        until = f" to {k.until}" if k.until else ""
        keeps = f"; the mark stays {w.term_words(k.keeps)}" if k.keeps else ""
        text = f"An entry on {w.titled(found, k.list)}, from {k.from_}{until}: {_words(k.effect)}"
        said.append((f"list_link_{n}", f"{text}{keeps}.", k.cite))
    return said


def block_words(found: Catalogue, block: BaseModel) -> str:
    """Return a block of a version as a sentence, whatever its kind."""
    match block:
        case schema.Gate():
            return gate_words(found, block)
        case schema.Rule():
            return rule_words(found, block)
        case schema.Feed():
            rows = w.joined(
                f"grade {w.word(r.grade)} as {w.word(r.circumstance)}" for r in block.rows
            )
            what = w.conduct_words(found, block.conduct)
            to = w.titled(found, block.to)
            return f"At the end of each year the grade goes into {to}, as an act ({what}): {rows}."
    return _capital(w.plain(block)) + "."
