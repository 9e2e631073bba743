"""Gates, rules of regulations, feeds and private terms as plain sentences.

The blocks of these kinds hold closed words; a table here says each as a phrase, and a word
that is not in it is said as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel

from xinyong.browse import words as w
from xinyong.language import language, own, say, worded
from xinyong.law import phrases, schema
from xinyong.law.catalogue import Catalogue

__all__ = ["block_words", "gate_words", "private_words", "rule_words"]

_TARGETS = {
    "entry": "entries on a list",
    "points": "points{unit}",  # not the unit, which is another word in Chinese
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
    return w.joined((_of_table(table or {}, x) for x in values), last)


def _of_table(table: dict[str, str], word: str) -> str:
    return say(table[word]) if word in table else w.word(word)


def _names(found: Catalogue, ids: Iterable[str], last: str = "and") -> str:
    return w.joined((w.titled(found, x) for x in ids), last)


def _limit(within: schema.Within | None, anchor: str = "") -> str:
    if within is None:
        return ""
    time = w.units(within.n, within.unit)
    text = say(", within {time}", time=time)
    if anchor:
        text = say(", within {time} from {anchor}", time=time, anchor=anchor)
    return text + w.extended_words(within)


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
            parts.append(_label(label, _names(found, value, "or")))
        elif name in ("conduct", "conduct_not"):
            known = [w.conduct_words(found, c) for c in value]
            parts.append(_label(label, w.joined(known, "or")))
        elif name in ("worth", "worth_always"):
            rests = "it may rest on documents whose worth is {worth}"
            if name == "worth_always":
                rests = "it rests on nothing but documents whose worth is {worth}"
            parts.append(say(rests, worth=_words(value, None, "or")))
        elif isinstance(value, bool):
            parts.append(label if value else say("not {what}", what=label))
        elif isinstance(value, list):
            parts.append(_label(label, w.joined(map(w.plain, value), "or")))
        else:
            parts.append(_label(label, w.plain(value)))
    return say("; ").join(parts)


def _label(label: str, value: str) -> str:
    return say("{label} {value}", label=label, value=value)


def gate_words(found: Catalogue, gate: schema.Gate) -> str:
    """Return a gate as one sentence."""
    about = _words(gate.bars, _TARGETS).format(unit="")
    where = _where(found, gate.where)
    if where:
        about = say("{what} ({which})", what=about, which=where)
    needs = "" if gate.needs is None else _where(found, gate.needs)
    match gate.effect:
        case "barred":
            text = say("{about} are barred", about=about)
        case "required" if gate.needs is not None:
            text = say("{about} are barred unless: {needs}", about=about, needs=needs)
        case "weighed":
            test = worded(gate.test or "").rstrip(".。")
            text = say("{about} are to be weighed: {test}", about=about, test=test)
            if gate.needs is not None:
                text = say(
                    "{about} are to be weighed unless: {needs}: {test}",
                    about=about,
                    needs=needs,
                    test=test,
                )
        case other:
            text = say("{what}: {text}", what=about, text=w.word(other))
    said = {"id", "title", "bars", "where", "effect", "needs", "test", "cite"}
    return say("{text}.", text=_capital(text) + w.others_words(gate, said))


# --- rules of regulations -------------------------------------------------------------------


def _of(found: Catalogue, of: schema.Records) -> str:
    """Return which records a rule is about."""
    text = say("records") if of.polarity is None else say(f"{of.polarity} records")
    if of.kinds:
        text = say("{records} of {what}", records=text, what=_words(of.kinds, None, "or"))
    acts = [w.conduct_words(found, c) for c in of.conduct or []]
    if acts:
        text = say("{records} of acts: {acts}", records=text, acts=w.joined(acts, "or"))
    if of.conduct_not:
        save = w.joined((_act(found, c) for c in of.conduct_not), "or")
        text = say("{records}, save {what}", records=text, what=save)
    if of.documents:
        names = [own(found.documents[d]) if d in found.documents else d for d in of.documents]
        text = say("{records} that rest on {what}", records=text, what=w.joined(names, "or"))
    if of.listed_on:
        lists = _names(found, of.listed_on, "or")
        text = say("{records} that led to {what}", records=text, what=lists)
    if of.subject_listed_on:
        lists = _names(found, of.subject_listed_on, "or")
        text = say("{records} of a subject on {what}", records=text, what=lists)
    return text


def _act(found: Catalogue, conduct: str) -> str:
    known = found.conducts.get(conduct)
    return known.zh if known and known.zh and language() != "en" else w.word(conduct)


def _collect(_: Catalogue, r: schema.Collect) -> str:
    what = _words(r.information, phrases.INFORMATION)
    by = {"public": "{rule} by public bodies", "market": "{rule} by market bodies"}
    rule = _of_table(_ALLOWED, r.allowed)
    rule = say(by[r.source], rule=rule) if r.source in by else rule
    text = say("{what} {rule}", what=what, rule=rule)
    text += say("; nothing else may be") if r.closed else ""
    text += say("; condition: {text}", text=worded(r.condition)) if r.condition else ""
    return text + (say("; unless {text}", text=worded(r.unless)) if r.unless else "")


def _list_power(_: Catalogue, r: schema.ListPower) -> str:
    text = say("a list of the seriously untrustworthy may be kept")
    if r.must:
        text = say("a list of the seriously untrustworthy must be kept")
    if r.grounds:
        grounds = say("; ").join(worded(g).rstrip(".。") for g in r.grounds)
        text += say(" on the grounds: {grounds}", grounds=grounds)
    text += say("; basis at least {basis}", basis=w.word(r.basis)) if r.basis else ""
    return text + (say("; with {what}", what=_words(r.needs)) if r.needs else "")


def _measure_power(found: Catalogue, r: schema.MeasurePower) -> str:
    what = [w.titled(found, m) for m in r.measures] + [worded(d).rstrip(".。") for d in r.described]
    text = say("against {whom}: {measures}")
    if r.against == "trustworthy":
        text = say("for {whom}: {measures}")
    text = text.format(
        whom=_of_table(_AGAINST, r.against), measures=say("; ").join(what) or say("measures")
    )
    text += say("; in related matters only") if r.related_matters_only else ""
    text += say("; basis at least {basis}", basis=w.word(r.basis)) if r.basis else ""
    reaches = say("; ").join(map(w.word, r.reaches))
    return text + (say("; reaches {whom}", whom=reaches) if reaches else "")


def _disclosure(found: Catalogue, r: schema.Disclosure) -> str:
    if r.excluded:
        return say(
            "{records} are not shown to {whom}",
            records=_of(found, r.of),
            whom=_words(r.to, _VIEWERS, "or"),
        )
    text = say(
        "{records} are {how}: {whom}, {term}",
        records=_of(found, r.of),
        how=_of_table(_WAYS, r.way),
        whom=_words(r.to, _VIEWERS),
        term=w.term_words(r.term),
    )
    text += say(", at least {term}", term=w.term_words(r.least)) if r.least else ""
    text += say("; as long as the entry stands that they led to") if r.while_listed else ""
    if r.while_subject_listed:
        lists = _names(found, r.while_subject_listed, "or")
        text += say("; as long as the subject is on one of these lists: {lists}", lists=lists)
    if r.afterwards == "unsaid":
        return text
    return text + say("; afterwards {what}", what=w.word(r.afterwards))


def _access(_: Catalogue, r: schema.Access) -> str:
    whom, needs = _words(r.to, _VIEWERS), _of_table(_NEEDS, r.needs)
    text = say("{whom} may see records; {needs}", whom=whom, needs=needs)
    text += say("; free {n} times a year", n=r.free_per_year) if r.free_per_year else ""
    return text + (say("; the public part only") if r.only_public_part else "")


def _notice(_: Catalogue, r: schema.Notice) -> str:
    text = "{whom} must be told after {what}" if r.after_the_act else (
        "{whom} must be told before {what}")  # fmt: skip
    text = say(text, whom=_words(r.to, _VIEWERS), what=w.word(r.before))
    text += say(" of {content}", content=_words(r.content, phrases.CONTENT)) if r.content else ""
    return text + (say(", in writing") if r.written else "") + _limit(r.within)


def _stages(found: Catalogue, stages: list[schema.Stage]) -> str:
    said = []
    for number, stage in enumerate(stages, 1):
        who = say("the subject") if stage.by == "subject" else w.titled(found, stage.by)
        anchor = _of_table(_MOMENTS, stage.from_)
        text = say(
            "({n}) {who} {modality} {title}",
            n=number,
            who=who,
            modality=say(stage.modality),
            title=worded(stage.title),
        )
        text += _limit(stage.within, anchor) or say(", from {anchor} on", anchor=anchor)
        said.append(
            text + (say(", if {conditions}", conditions=worded(stage.if_)) if stage.if_ else "")
        )
    return say("; ").join(said)


def _objection(found: Catalogue, r: schema.Objection) -> str:
    text = say(
        "one may object to {bodies} because a record is {grounds}",
        bodies=_names(found, r.to, "or"),
        grounds=_words(r.grounds, phrases.DOUBTS, "or"),
    )
    if r.meanwhile != "unsaid":
        text += say("; meanwhile: {what}", what=w.word(r.meanwhile))
    return say("{text}. Stages: {stages}", text=text, stages=_stages(found, r.stages))


def _annulment(found: Catalogue, r: schema.Annulment) -> str:
    stages = _stages(found, r.stages)
    return say("when the decision below a record is annulled: {stages}", stages=stages)


def _repair(found: Catalogue, r: schema.Repair) -> str:
    if r.excluded:
        return say("{records} cannot be repaired", records=_of(found, r.of))
    text = say("{records} can be repaired", records=_of(found, r.of))
    if r.conditions:
        last = "or" if r.any_of else "and"
        conditions = _words(r.conditions, phrases.CONDITIONS, last)
        text += say(" once: {conditions}", conditions=conditions)
    text += say("; not before it has run {term}", term=w.term_words(r.wait)) if r.wait else ""
    text += say("; at most {n} times a year", n=r.per_year) if r.per_year else ""
    text += say("; effect: {what}", what=_words(r.effect)) if r.effect else ""
    if not r.stages:
        return text
    return say("{text}. Stages: {stages}", text=text, stages=_stages(found, r.stages))


def _right(_: Catalogue, r: schema.Right) -> str:
    text = say("the subject has the right: {what}", what=phrases.phrase(phrases.RIGHTS, r.what))
    text += say(", {n} times a year", n=r.per_year) if r.per_year else ""
    return text + _limit(r.within)


def _breach(of: str) -> str:
    """Return what is broken: a bare number is that of an article."""
    text = worded(of).rstrip(".。")
    return say("breach of Art. {x}", x=text) if text[:1].isdigit() else text


def _liability(_: Catalogue, r: schema.Liability) -> str:
    text = say(
        "{whose} liable for {breaches}: {sanctions}",
        whose=_words(r.whose, phrases.LIABLE, "or"),
        breaches=say("; ").join(map(_breach, r.breach_of)),
        sanctions=_words(r.sanction, phrases.SANCTIONS, "or"),
    )
    if r.fine:
        text += say(", {low:,} to {high:,} yuan", low=r.fine[0], high=r.fine[1])
    return text


def _definition(_: Catalogue, r: schema.Definition) -> str:
    return say("{term} means {text}", term=w.both(r.term), text=worded(r.means).rstrip(".。"))


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
        return say("{text}.", text=_capital(w.plain(rule)))
    make, fields = _SENTENCES[type(rule)]
    text = make(found, rule)
    if "of" not in fields.split() and rule.of != schema.Records():
        text += say("; about {records}", records=_of(found, rule.of))
    if rule.by:
        text += say("; by {bodies}", bodies=_names(found, rule.by))
    rest = w.others_words(rule, _OF_ALL | set(fields.split()))
    return say("{text}.", text=_capital(text) + rest)


# --- feeds and private terms -------------------------------------------------------------------


def private_words(
    found: Catalogue, terms: schema.PrivateTerms
) -> list[tuple[str, str, schema.Cite]]:
    """Return a private scheme as (id, sentence, citation)."""
    said = []
    text = say("No score is known")
    if terms.lo is not None:
        text = say("Scores from {low} to {high}", low=terms.lo, high=terms.hi)
    if terms.update_months:
        every = w.units(terms.update_months, "month")
        text += say(", worked out anew every {time}", time=every)
    said.append(("score", say("{text}.", text=text), terms.cite))
    consent = terms.consent
    said.append(("consent", w.consent_words(consent), consent.cite))
    for d in terms.dimensions:
        text = say("Dimension: {name}", name=w.both(d.name))
        text += say(", {n:g} per cent", n=d.share / 100) if d.share is not None else ""
        said.append((d.id, say("{text}.", text=text), d.cite))
    for b in terms.bands:
        text = say("Band {low} to {high}: {name}.", low=b.lo, high=b.hi, name=w.both(b.name))
        said.append((b.id, text, b.cite))
    for x in terms.benefits:
        text = say("Benefit for good scores: {title}", title=worded(x.title))
        if x.lo is not None:
            text = say("Benefit from {n} points: {title}", n=x.lo, title=worded(x.title))
        text += say(", with {partner}", partner=worded(x.partner)) if x.partner else ""
        text += say(", from {day}", day=x.from_) if x.from_ else ""
        text += say(" to {day}", day=x.until) if x.until else ""
        said.append((x.id, say("{text}.", text=text), x.cite))
    for n, k in enumerate(terms.list_links):
        text = say(
            "An entry on {list}, {span}: {effects}",
            list=w.titled(found, k.list),
            span=say("from {day}", day=k.from_)
            + (say(" to {day}", day=k.until) if k.until else ""),
            effects=_words(k.effect),
        )
        text += say("; the mark stays {term}", term=w.term_words(k.keeps)) if k.keeps else ""
        said.append((f"list_link_{n}", say("{text}.", text=text), k.cite))
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
                say("{grade} as {circumstance}",
                    grade=w.grade_words(r.grade), circumstance=w.word(r.circumstance))
                for r in block.rows
            )  # fmt: skip
            return say(
                "At the end of each year the grade goes into {scheme}, as an act ({act}): {rows}.",
                scheme=w.titled(found, block.to),
                act=w.conduct_words(found, block.conduct),
                rows=rows,
            )
    return say("{text}.", text=_capital(w.plain(block)))
