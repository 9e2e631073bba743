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
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel

from xinyong import places
from xinyong.law import schema, trace
from xinyong.law.catalogue import Catalogue
from xinyong.law.compile import Law

__all__ = [
    "cause_words",
    "cite_words",
    "condition_words",
    "conduct_words",
    "consent_words",
    "counted",
    "effect_words",
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
    return identifier.replace("_", " ")


def joined(parts: Iterable[str], last: str = "and") -> str:
    """Join words as a sentence does.

    Example:
        >>> joined(["a", "b", "c"], "or")
        'a, b or c'
    """
    found = list(parts)
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} {last} {found[-1]}"


def _both(name: schema.Bilingual | None, identifier: str) -> str:
    return f"{name.en} ({name.zh})" if name else identifier


def titled(found: Catalogue, identifier: str | None) -> str:
    """Return an authority, measure, instrument or place of the catalogue in both languages."""
    if identifier is None:
        return "nobody in particular"
    for table in (found.authorities, found.measures, found.instruments):
        if identifier in table:
            return _both(table[identifier].name, identifier)
    known = {p.id: p for p in places.places()}
    if identifier in known:
        return f"{known[identifier].name_en} ({known[identifier].name_zh})"
    return word(identifier)


def cite_words(it: schema.Instrument, cite: schema.Cite) -> str:
    """Return where something stands: article, source and depth; or the assumption."""
    if cite.source is None:
        return f"assumption: {cite.assumption}"
    article = cite.article or ""
    if article[:1].isdigit():
        article = f"Art. {article}"
    elif article == "whole":
        article = "as a whole"
    source = it.sources.get(cite.source)
    return f"{cite.source}, {article} [{source.depth if source else 'unknown'}]"


def span_words(version: schema.Version) -> str:
    """Return from when to when a version is in force; a draft never is."""
    if version.draft is not None:
        return f"draft of {version.in_force.from_}, never law"
    return span_text(version.in_force.from_, version.in_force.until)


def span_text(first: dt.date | str, until: dt.date | str | None) -> str:
    """Return a time in which something is in force.

    Example:
        >>> span_text("2013-10-01", "2017-04-30"), span_text("2017-05-01", None)
        ('2013-10-01 to 2017-04-30', 'since 2017-05-01')
    """
    return f"since {first}" if until is None else f"{first} to {until}"


def condition_words(found: Catalogue, condition: schema.Condition) -> str:
    """Return a condition in plain words."""
    return re.sub(r"\bThe (?=[a-z])", "the ", trace.words(condition, cast(Law, _Named(found))))


def conduct_words(found: Catalogue, identifier: str) -> str:
    """Return what a conduct is called, as it stands in the middle of a sentence."""
    known = found.conducts.get(identifier)
    return f"{known.en[:1].lower()}{known.en[1:]}" if known else word(identifier)


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
    return f"{_JOINING[consent.mode]}; {_LEAVING[consent.withdrawal]}."


# --- terms and effects -----------------------------------------------------------------


def counted(n: int, what: str, many: str | None = None) -> str:
    """Return a number of things.

    Example:
        >>> counted(1, "rule"), counted(1200, "rule"), counted(2, "entry", "entries")
        ('1 rule', '1,200 rules', '2 entries')
    """
    return f"{n:,} {what if n == 1 else many or what + 's'}"


def kind_words(kind: str, polarity: str) -> str:
    """Return what an instrument is.

    Example:
        >>> kind_words("list", "black"), kind_words("memorandum", "red"), kind_words("gate", "none")
        ('black list', 'memorandum (rewards)', 'limit on other instruments')
    """
    if kind == "list" and polarity in ("black", "red"):
        return f"{polarity} list"
    both = {"black": "punishments", "red": "rewards", "mixed": "both punishments and rewards"}
    what = "limit on other instruments" if kind == "gate" else word(kind)
    return f"{what} ({both[polarity]})" if polarity in both and kind == "memorandum" else what


def units(n: int, unit: str) -> str:
    """Return a number of units of time.

    Example:
        >>> units(1, "working_day"), units(20, "working_day")
        ('1 working day', '20 working days')
    """
    return f"{n} {word(unit)}{'' if n == 1 else 's'}"


def term_words(term: schema.Term) -> str:
    """Return how long something runs.

    Example:
        >>> term_words(schema.Term.model_validate({"n": 2, "unit": "year", "from": "decided"}))
        'for 2 years from decision'
        >>> term_words(schema.Term(open=True))
        'without a fixed end'
    """
    if term.open or term.n is None or term.unit is None or term.from_ is None:
        return "without a fixed end"
    text = f"for {units(term.n, term.unit)} from {trace.noun(term.from_)}"
    if term.while_continuing:
        text += ", counted only once the act has ended"
    if term.extend_range is not None:
        low, high = term.extend_range
        span = str(low) if low == high else f"{low} to {high}"
        text += f"; it may be extended by {span} months"
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
    return _CAUSES.get(cause, word(cause))


def points_words(low: int, high: int) -> str:
    """Return points with their sign, or the range left to an authority."""
    if low == high:
        return f"{low:+d} point{'' if abs(low) == 1 else 's'}"
    return f"{low:+d} to {high:+d} points, as the authority decides"


def effect_words(effect: Any) -> str:
    """Return what a provision does, as the rest of "then ..."."""
    match effect:
        case schema.Enter():
            return f"the subject is entered on the list {term_words(effect.term)}"
        case schema.End():
            only = " (entries without a term only)" if effect.only_open_term else ""
            event = trace.noun(effect.from_)
            cause = cause_words(effect.cause)
            by = "" if cause == event else f", by {cause}"
            return f"the entry ends with {event}{by}{only}"
        case schema.Restore():
            event = trace.noun(effect.from_)
            return f"a removed entry is put back with {event}, and its term counted anew"
        case schema.Points():
            text = points_words(effect.low, effect.high)
            if effect.per is not None:
                tenths = effect.points_per_step_tenths or 10
                step = f"{effect.step or 1:,} of {word(effect.per)}"
                text = f"{tenths / 10:g} points for every {step}, between {text}"
            if effect.every_months is not None:
                text += f", once in every {units(effect.every_months, 'month')} begun"
            return f"the score changes by {text}"
        case schema.SetGrade():
            return f"the grade is {word(str(effect.grade))}"
        case schema.Convert():
            to = f"grade {word(str(effect.grade))}"
            if effect.points is not None:
                to = points_words(effect.points, effect.points)
            event = trace.noun(effect.from_)
            return f"with {event} the direct grade turns into {to}, {term_words(effect.term)}"
        case schema.Copy():
            return f"the record is copied to the {joined(map(word, effect.to), 'and the')}"
    rest: dict[str, Any] = effect.model_dump(by_alias=True, exclude_unset=True)
    name = word(str(rest.pop("do", "effect")))
    return f"{name}: {plain(rest)}" if rest else name


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
            low = f"from {value.lo} points" if value.lo is not None else ""
            grade = f"with grade {value.grade}" if value.grade else ""
            when = " or ".join(filter(None, (low, grade)))
            return f"{value.title}{f' ({when})' if when else ''}"
        case BaseModel():
            return plain(value.model_dump(by_alias=True, exclude_unset=True, exclude_none=True))
        case dict() if set(value) == {"en", "zh"}:
            return f"{value['en']} ({value['zh']})"
        case dict():
            kept = {k: v for k, v in value.items() if k != "cite" and v not in (None, [], {})}
            return ", ".join(
                word(k) if v is True else f"{word(k)} {plain(v)}" for k, v in kept.items()
            )
        case list() | tuple():
            blocks = any(isinstance(x, dict | BaseModel) for x in value)
            return "; ".join(map(plain, value)) if blocks else joined(map(plain, value))
        case bool():
            return "yes" if value else "no"
        case str() if value.isidentifier():
            return word(value)
        case dt.date():
            return value.isoformat()
    return str(value)


def others_words(block: BaseModel, said: set[str]) -> str:
    """Return what a block states beyond the fields that were said, as ``; a b``."""
    empty: tuple[Any, ...] = (None, [], (), {}, False)
    rest = {
        info.alias or name: getattr(block, name)
        for name, info in type(block).model_fields.items()
        if name not in said and name in block.model_fields_set
        if getattr(block, name) not in empty and getattr(block, name) != info.default
    }
    return "".join(f"; {word(k)}: {plain(v)}" for k, v in rest.items())


# --- provisions, steps, measures, schemes --------------------------------------------------


def _conduct(found: Catalogue, identifier: str) -> str:
    known = found.conducts.get(identifier)
    if known is None:
        return word(identifier)
    text = f'"{conduct_words(found, identifier)}"'
    return f"{text} ({known.zh})" if known.zh else text


def provision_words(found: Catalogue, it: schema.Instrument, p: schema.Provision) -> str:
    """Return a provision as one sentence."""
    acts = joined((_conduct(found, c) for c in p.conduct), "or")
    parts = [f"If the act is {acts}"]
    if p.kinds is not None:
        parts.append(f"the subject is {joined((_a(word(k)) for k in p.kinds), 'or')}")
    if p.via != ["self"]:
        own = "the subject's own or " if "self" in p.via else ""
        roles = joined((word(r) for r in p.via if r != "self"), "or")
        parts.append(f"the record is {own}one that reached the subject as {roles}")
    parts += [condition_words(found, c) for c in p.when]
    if len(parts) > 3:
        listed = "; ".join(f"({i}) {part}" for i, part in enumerate(parts[1:], 1))
        text = f"{parts[0]}, and {listed}: then {effect_words(p.effect)}."
    else:
        text = f"{', and '.join(parts)}, then {effect_words(p.effect)}."
    if p.field is not None and p.field != it.conduct_field:
        text += f" Field: {word(p.field)}."
    if p.protected:
        text += f" Protected conduct: {joined(map(word, p.protected))}."
    if p.case_only:
        text += f" Not in simulations: {p.case_only.rstrip('.')}."
    rest = others_words(
        p, {"id", "title", "conduct", "kinds", "via", "when", "effect", "cite", "case_only",
            "protected", "field"}
    )  # fmt: skip
    return text + (f" Also: {rest[2:]}." if rest else "")


def _a(text: str) -> str:
    return f"an {text}" if text[:1] in "aeiou" else f"a {text}"


_OPENS = {
    "met": "when a ground for an entry is met",
    "entered": "while the entry stands",
    "ended": "when the entry has lawfully ended",
    "always": "in every case",
}


def step_words(found: Catalogue, step: schema.Step) -> str:
    """Return a step of a procedure as one sentence."""
    who = "The subject" if step.by == "subject" else titled(found, step.by)
    anchors = joined((trace.noun(a) for a in step.from_), "or")
    when = _OPENS.get(step.opens, word(step.opens))
    text = f"{who} {step.modality} {step.title}, {when}"
    if step.when:
        text += ", if " + ", and ".join(condition_words(found, c) for c in step.when)
    if step.within is not None:
        w = step.within
        text += f", within {units(w.n, w.unit)} from {anchors}"
        if w.extended_by:
            text += f" (may be extended by {units(w.extended_by, w.unit)})"
    else:
        text += f", from {anchors} on; no limit is stated"
    if step.after:
        text += f"; not before {joined(map(word, step.after))} is done or its limit is over"
    rest = others_words(
        step, {"id", "title", "by", "modality", "opens", "when", "from_", "within", "after",
               "then", "if_lapsed", "cite"}
    )  # fmt: skip
    also = f" Also: {rest[2:]}." if rest else ""
    return f"{text}. If not: {step.if_lapsed.rstrip('.')}.{also}"


def measure_words(found: Catalogue, row: schema.MeasureRow) -> str:
    """Return a measure tied to a list as one sentence."""
    measure = found.measures.get(row.measure)
    name = _both(measure.name if measure else None, word(row.measure))
    kind = f" [{word(measure.field)}, {word(measure.nature)}]" if measure else ""
    by = joined(titled(found, b) for b in row.by)
    text = f"{name[:1].upper()}{name[1:]}{kind}; applied by {by}"
    if row.discretionary:
        text += ", at their discretion"
    if row.kinds is not None:
        text += f"; only for {joined((word(k) for k in row.kinds), 'or')}"
    if row.reaches:
        text += f"; reaches also the {joined(map(word, row.reaches), 'and the')}"
    said = {"measure", "by", "kinds", "reaches", "discretionary", "cite"}
    return text + others_words(row, said) + "."
