"""Blocks of the catalogue as plain sentences, each with the place where it stands.

>>> from xinyong.law.catalogue import load
>>> found = load()
>>> it = found.instruments["spc_defaulters"]
>>> provision_words(found, it, it.versions[0].provisions[0])[:43]
'If the act is "obstructs or resists enforce'
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel

from xinyong import places
from xinyong.language import joined, language, own, plural, say, worded
from xinyong.law import phrases, schema, trace
from xinyong.law.catalogue import Catalogue, load
from xinyong.law.compile import Law

__all__ = [
    "also",
    "both",
    "cause_words",
    "cite_words",
    "condition_words",
    "conduct_words",
    "consent_words",
    "counted",
    "effect_words",
    "extended_words",
    "grade_words",
    "joined",
    "kind_words",
    "measure_words",
    "others_words",
    "plain",
    "points_words",
    "provision_words",
    "span_text",
    "span_words",
    "step_words",
    "term_words",
    "titled",
    "units",
    "word",
]


@dataclass(frozen=True)
class _Named:
    """What `trace.words` reads of a law: its names."""

    catalogue: Catalogue


def word(identifier: str) -> str:
    """Return an id as words.

    Example:
        >>> word("legal_representative")
        'legal representative'
    """
    return say(identifier.replace("_", " "))


def both(name: schema.Bilingual) -> str:
    """Return a name in English and Chinese, or in Chinese alone where that is spoken.

    Example:
        >>> both(schema.Bilingual(en="court", zh="法院"))
        'court (法院)'
    """
    return f"{name.en} ({name.zh})" if language() == "en" else name.zh


def titled(found: Catalogue, identifier: str | None) -> str:
    """Return an authority, measure, instrument or place of the catalogue in both languages."""
    if identifier is None:
        return say("nobody in particular")
    for table in (found.authorities, found.measures, found.instruments):
        if identifier in table:
            return both(table[identifier].name)
    known = {p.id: p for p in places.places()}
    if identifier in known:
        place = known[identifier]
        return both(schema.Bilingual(en=place.name_en, zh=place.name_zh))
    return word(identifier)


def cite_words(it: schema.Instrument, cite: schema.Cite) -> str:
    """Return where something stands: article, source and depth; or the assumption."""
    if cite.source is None:
        return say("assumption: {x}", x=worded(cite.assumption or ""))
    article = trace.article_words(cite.article or "")
    source = it.sources.get(cite.source)
    depth = say(source.depth) if source else say("unknown")
    return say(
        "{title}, {article} [{depth}]",
        title=source_words(it, cite.source),
        article=article,
        depth=depth,
    )


def source_words(it: schema.Instrument, source: str) -> str:
    """Return what a source is called in a sentence: its id, in Chinese its official title."""
    if language() == "en" or source not in it.sources:
        return source
    return say("“{title}”", title=it.sources[source].title.zh)


def span_words(version: schema.Version) -> str:
    """Return from when to when a version is in force; a draft never is."""
    if version.draft is not None:
        return say("draft of {day}, never law", day=version.in_force.from_)
    return span_text(version.in_force.from_, version.in_force.until)


def span_text(first: dt.date | str, until: dt.date | str | None) -> str:
    """Return a time in which something is in force.

    Example:
        >>> span_text("2013-10-01", "2017-04-30"), span_text("2017-05-01", None)
        ('2013-10-01 to 2017-04-30', 'since 2017-05-01')
    """
    if until is None:
        return say("since {day}", day=first)
    return say("{first} to {last}", first=first, last=until)


def condition_words(found: Catalogue, condition: schema.Condition) -> str:
    """Return a condition in plain words."""
    return re.sub(r"\bThe (?=[a-z])", "the ", trace.words(condition, cast(Law, _Named(found))))


def conduct_words(found: Catalogue, identifier: str) -> str:
    """Return what a conduct is called, as it stands in the middle of a sentence."""
    known = found.conducts.get(identifier)
    if known is None:
        return word(identifier)
    if language() != "en" and known.zh:
        return known.zh
    return f"{known.en[:1].lower()}{known.en[1:]}"


_JOINING = {
    "opt_in": "One is in it only on joining",
    "default_tick": "One is in it by a box ticked beforehand",
    "automatic": "Everybody whom it reaches is in it without being asked",
    "unknown": "How one comes into it is not known",
}
_LEAVING = {
    "any_time": "one may leave at any time",
    "never": "one cannot leave",
    "unknown": "whether one may leave is not known",
}


def consent_words(consent: schema.Consent) -> str:
    """Return how one comes into a scheme and leaves it, as a sentence."""
    return say(
        "{joining}; {leaving}.",
        joining=say(_JOINING[consent.mode]),
        leaving=say(_LEAVING[consent.withdrawal]),
    )


# --- terms and effects -----------------------------------------------------------------


def counted(n: int, what: str, many: str | None = None) -> str:
    """Return a number of things.

    Example:
        >>> counted(1, "rule"), counted(1200, "rule"), counted(2, "entry", "entries")
        ('1 rule', '1,200 rules', '2 entries')
    """
    return plural(f"{{n:,}} {what}", f"{{n:,}} {many or what + 's'}", n)


def kind_words(kind: str, polarity: str) -> str:
    """Return what an instrument is.

    Example:
        >>> kind_words("list", "black"), kind_words("memorandum", "red"), kind_words("gate", "none")
        ('black list', 'memorandum (rewards)', 'limit on other instruments')
    """
    if kind == "list" and polarity in ("black", "red"):
        return say(f"{polarity} list")
    what = say("limit on other instruments") if kind == "gate" else word(kind)
    if kind == "memorandum" and polarity in _FOLLOWING:
        return say("{what} ({which})", what=what, which=say(_FOLLOWING[polarity]))
    return what


_FOLLOWING = {
    "black": "punishments",
    "red": "rewards",
    "mixed": "both punishments and rewards",
}


def units(n: int, unit: str) -> str:
    """Return a number of units of time.

    Example:
        >>> units(1, "working_day"), units(20, "working_day")
        ('1 working day', '20 working days')
    """
    what = f"{{n}} {unit.replace('_', ' ')}"
    return plural(what, f"{what}s", n)


def term_words(term: schema.Term) -> str:
    """Return how long something runs.

    Example:
        >>> term_words(schema.Term.model_validate({"n": 2, "unit": "year", "from": "decided"}))
        'for 2 years from decision'
        >>> term_words(schema.Term(open=True))
        'without a fixed end'
    """
    if term.open or term.n is None or term.unit is None or term.from_ is None:
        return say("without a fixed end")
    time, anchor = units(term.n, term.unit), trace.noun(term.from_)
    text = say("for {time} from {anchor}", time=time, anchor=anchor)
    if term.while_continuing:
        text += say(", counted only once the act has ended")
    if term.extend_range is not None:
        low, high = term.extend_range
        span = str(low) if low == high else say("{first} to {last}", first=low, last=high)
        text += say("; it may be extended by {span} months", span=span)
    return text + others_words(term, {"open", "n", "unit", "from_", "while_continuing",
                                      "extend_by", "extend_range", "cite"})  # fmt: skip


_CAUSES = {
    "performance": "performance",
    "settlement": "settlement",
    "withdrawal": "withdrawal",
    "terminated": "the end of enforcement",
    "early": "early removal",
    "annulled": "annulment",
    "expiry": "expiry",
}


def cause_words(cause: str) -> str:
    """Return why an entry ends."""
    return say(_CAUSES[cause]) if cause in _CAUSES else word(cause)


def points_words(low: int, high: int) -> str:
    """Return points with their sign, or the range left to an authority."""
    if low == high:
        return say("{n:+d} point" if abs(low) == 1 else "{n:+d} points", n=low)
    return say("{low:+d} to {high:+d} points, as the authority decides", low=low, high=high)


def effect_words(effect: Any) -> str:
    """Return what a provision does, as the rest of "then ..."."""
    match effect:
        case schema.Enter():
            term = term_words(effect.term)
            return say("the subject is entered on the list {term}", term=term)
        case schema.End():
            event, cause = trace.noun(effect.from_), cause_words(effect.cause)
            text = say("the entry ends with {event}", event=event)
            if cause != event:
                text = say("the entry ends with {event}, by {cause}", event=event, cause=cause)
            return text + (say(" (entries without a term only)") if effect.only_open_term else "")
        case schema.Restore():
            return say(
                "a removed entry is put back with {event}, and its term counted anew",
                event=trace.noun(effect.from_),
            )
        case schema.Points():
            text = points_words(effect.low, effect.high)
            if effect.per is not None:
                tenths = effect.points_per_step_tenths or 10
                text = say(
                    "{points:g} points for every {step:,} of {quantity}, between {range}",
                    points=tenths / 10,
                    step=effect.step or 1,
                    quantity=word(effect.per),
                    range=text,
                )
            if effect.every_months is not None:
                every = units(effect.every_months, "month")
                text += say(", once in every {time} begun", time=every)
            return say("the score changes by {points}", points=text)
        case schema.SetGrade():
            return say("the grade is {grade}", grade=phrases.grade(str(effect.grade)))
        case schema.Convert():
            to = grade_words(str(effect.grade))
            if effect.points is not None:
                to = points_words(effect.points, effect.points)
            return say(
                "with {event} the direct grade turns into {to}, {term}",
                event=trace.noun(effect.from_),
                to=to,
                term=term_words(effect.term),
            )
        case schema.Copy():
            roles = joined(map(word, effect.to), "and the")
            return say("the record is copied to the {roles}", roles=roles)
    rest: dict[str, Any] = effect.model_dump(by_alias=True, exclude_unset=True)
    name = word(str(rest.pop("do", "effect")))
    return say("{what}: {text}", what=name, text=plain(rest)) if rest else name


def grade_words(grade: str) -> str:
    """Return a grade with its word.

    Example:
        >>> grade_words("aa_plus")
        'grade aa plus'
    """
    return say("grade {x}", x=phrases.grade(grade))


def plain(value: Any) -> str:
    """Return any value of a file in words: for blocks this module has no sentence for.

    Example:
        >>> plain({"after_days": 5, "by": ["court", "spc"], "cite": {"source": "x"}})
        'after days 5, by court and spc'
    """
    match value:
        case schema.Consent():
            return consent_words(value).rstrip(".")
        case schema.Benefit():
            low = say("from {n} points", n=value.lo) if value.lo is not None else ""
            grade = say("with grade {x}", x=phrases.grade(value.grade)) if value.grade else ""
            when = say(" or ").join(filter(None, (low, grade)))
            return (
                say("{what} ({which})", what=worded(value.title), which=when)
                if when
                else worded(value.title)
            )
        case BaseModel():
            return plain(value.model_dump(by_alias=True, exclude_unset=True, exclude_none=True))
        case dict() if set(value) == {"en", "zh"}:
            return both(schema.Bilingual.model_validate(value))
        case dict():
            kept = {k: v for k, v in value.items() if k != "cite" and v not in (None, [], {})}
            return say(", ").join(
                word(k) if v is True else f"{word(k)} {plain(v)}" for k, v in kept.items()
            )
        case list() | tuple():
            blocks = any(isinstance(x, dict | BaseModel) for x in value)
            return say("; ").join(map(plain, value)) if blocks else joined(map(plain, value))
        case bool():
            return say("yes") if value else say("no")
        case str() if value.isidentifier():
            return _called(value) or word(value)
        case dt.date():
            return value.isoformat()
    return worded(str(value))


def _called(identifier: str) -> str:
    """Return what an id names in the catalogue, where Chinese is spoken; "" if it names nothing."""
    if language() == "en":
        return ""
    found = load()
    for names in (found.conducts, found.documents, found.circumstances):
        if identifier in names:
            return own(names[identifier])
    for table in (found.authorities, found.measures, found.instruments):
        if identifier in table:
            return own(table[identifier].name)
    return ""


def others_words(block: BaseModel, said: set[str]) -> str:
    """Return what a block states beyond the fields that were said, as ``; a b``."""
    empty: tuple[Any, ...] = (None, [], (), {}, False)
    rest = {
        info.alias or name: getattr(block, name)
        for name, info in type(block).model_fields.items()
        if name not in said and name in block.model_fields_set
        if getattr(block, name) not in empty and getattr(block, name) != info.default
    }
    return "".join(say("; {what}: {text}", what=word(k), text=plain(v)) for k, v in rest.items())


def also(block: BaseModel, said: set[str]) -> str:
    """Return what a block states beyond the fields that were said, as a sentence after another."""
    rest = others_words(block, said).removeprefix(say("; "))
    return say(" Also: {text}.", text=rest) if rest else ""


# --- provisions, steps, measures, schemes --------------------------------------------------


def _conduct(found: Catalogue, identifier: str) -> str:
    known = found.conducts.get(identifier)
    if known is None:
        return word(identifier)
    text = say('"{conduct}"', conduct=conduct_words(found, identifier))
    return f"{text} ({known.zh})" if known.zh and language() == "en" else text


def provision_words(found: Catalogue, it: schema.Instrument, p: schema.Provision) -> str:
    """Return a provision as one sentence."""
    acts = joined((_conduct(found, c) for c in p.conduct), "or")
    parts = [say("If the act is {acts}", acts=acts)]
    if p.kinds is not None:
        kinds = joined((_a(word(k)) for k in p.kinds), "or")
        parts.append(say("the subject is {what}", what=kinds))
    if p.via != ["self"]:
        roles = joined((word(r) for r in p.via if r != "self"), "or")
        told = "the record is one that reached the subject as {roles}"
        if "self" in p.via:
            told = "the record is the subject's own or one that reached the subject as {roles}"
        parts.append(say(told, roles=roles))
    parts += [condition_words(found, c) for c in p.when]
    effect = effect_words(p.effect)
    if len(parts) > 3:
        listed = say("; ").join(f"({i}) {part}" for i, part in enumerate(parts[1:], 1))
        text = say(
            "{first}, and {conditions}: then {effect}.",
            first=parts[0],
            conditions=listed,
            effect=effect,
        )
    else:
        conditions = say(", and ").join(parts)
        text = say("{conditions}, then {effect}.", conditions=conditions, effect=effect)
    if p.field is not None and p.field != it.conduct_field:
        text += say(" Field: {field}.", field=word(p.field))
    if p.protected:
        text += say(" Protected conduct: {tags}.", tags=joined(map(word, p.protected)))
    if p.case_only:
        text += say(" Not in simulations: {why}.", why=worded(p.case_only).rstrip(".。"))
    return text + also(
        p, {"id", "title", "conduct", "kinds", "via", "when", "effect", "cite", "case_only",
            "protected", "field"}
    )  # fmt: skip


def _a(text: str) -> str:
    return say("an {what}" if text[:1] in "aeiou" else "a {what}", what=text)


_OPENS = {
    "met": "when a ground for an entry is met",
    "entered": "while the entry stands",
    "ended": "when the entry has lawfully ended",
    "always": "in every case",
}


def step_words(found: Catalogue, step: schema.Step) -> str:
    """Return a step of a procedure as one sentence."""
    who = say("The subject") if step.by == "subject" else titled(found, step.by)
    anchors = joined((trace.noun(a) for a in step.from_), "or")
    text = say(
        "{who} {modality} {title}, {when}",
        who=who,
        modality=say(step.modality),
        title=worded(step.title),
        when=say(_OPENS[step.opens]),
    )
    if step.when:
        conditions = say(", and ").join(condition_words(found, c) for c in step.when)
        text += say(", if {conditions}", conditions=conditions)
    if step.within is not None:
        w = step.within
        text += say(", within {time} from {anchor}", time=units(w.n, w.unit), anchor=anchors)
        text += extended_words(w)
    else:
        text += say(", from {anchor} on; no limit is stated", anchor=anchors)
    if step.after:
        steps = joined(map(word, step.after))
        text += say("; not before {steps} is done or its limit is over", steps=steps)
    text = say("{text}. If not: {lapsed}.", text=text, lapsed=worded(step.if_lapsed).rstrip(".。"))
    return text + also(
        step, {"id", "title", "by", "modality", "opens", "when", "from_", "within", "after",
               "then", "if_lapsed", "cite"}
    )  # fmt: skip


def extended_words(within: schema.Within) -> str:
    """Return by how much a limit may be extended, after the limit; empty if it may not."""
    if not within.extended_by:
        return ""
    return say(" (may be extended by {time})", time=units(within.extended_by, within.unit))


def measure_words(found: Catalogue, row: schema.MeasureRow) -> str:
    """Return a measure tied to a list as one sentence."""
    measure = found.measures.get(row.measure)
    name = both(measure.name) if measure else word(row.measure)
    text = f"{name[:1].upper()}{name[1:]}"
    if measure:
        field, nature = word(measure.field), word(measure.nature)
        text += say(" [{field}, {nature}]", field=field, nature=nature)
    text += say("; applied by {bodies}", bodies=joined(titled(found, b) for b in row.by))
    if row.discretionary:
        text += say(", at their discretion")
    if row.kinds is not None:
        text += say("; only for {kinds}", kinds=joined((word(k) for k in row.kinds), "or"))
    if row.grades:
        text += say("; for grade {grades}", grades=joined(map(phrases.grade, row.grades), "or"))
    if row.text is not None:
        text += say(": {text}", text=worded(row.text).rstrip(".。"))
    if row.reaches:
        roles = joined(map(word, row.reaches), "and the")
        text += say("; reaches also the {roles}", roles=roles)
    said = {"measure", "by", "kinds", "reaches", "discretionary", "grades", "text", "cite"}
    return say("{text}.", text=text + others_words(row, said))
