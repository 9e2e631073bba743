"""Blocks of the catalogue as plain sentences, each with the place where it stands.

>>> from xinyong.law.catalogue import load
>>> found = load()
>>> it = found.instruments["spc_defaulters"]
>>> provision_words(found, it, it.versions[0].provisions[0])[:43]
'If the act is "obstructs or resists enforce'
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel

from xinyong import places
from xinyong.law import schema, trace
from xinyong.law.annex import Item
from xinyong.law.catalogue import Catalogue
from xinyong.law.compile import Law

__all__ = [
    "cause_words",
    "cite_words",
    "condition_words",
    "effect_words",
    "item_words",
    "joined",
    "measure_words",
    "others_words",
    "plain",
    "provision_words",
    "scheme_words",
    "span_words",
    "step_words",
    "term_words",
    "titled",
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


def titled(found: Catalogue, identifier: str) -> str:
    """Return an authority, measure, instrument or place of the catalogue in both languages."""
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
    """Return from when to when a version is in force."""
    until = version.in_force.until
    return f"{version.in_force.from_} to {until or 'open'}"


def condition_words(found: Catalogue, condition: schema.Condition) -> str:
    """Return a condition in plain words."""
    return trace.words(condition, cast(Law, _Named(found)))


# --- terms and effects -----------------------------------------------------------------


def _units(n: int, unit: str) -> str:
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
    text = f"for {_units(term.n, term.unit)} from {trace.noun(term.from_)}"
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


def _points(low: int, high: int) -> str:
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
            text = _points(effect.low, effect.high)
            if effect.per is not None:
                tenths = effect.points_per_step_tenths or 10
                step = f"{effect.step or 1:,} of {word(effect.per)}"
                text = f"{tenths / 10:g} points for every {step}, between {text}"
            if effect.every_months is not None:
                text += f", once in every {_units(effect.every_months, 'month')} begun"
            return f"the score changes by {text}"
        case schema.SetGrade():
            return f"the grade is {effect.grade}"
        case schema.Convert():
            to = f"grade {effect.grade}"
            if effect.points is not None:
                to = _points(effect.points, effect.points)
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
    text = f'"{known.en[:1].lower()}{known.en[1:]}"'
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
        text += f", within {_units(w.n, w.unit)} from {anchors}"
        if w.extended_by:
            text += f" (may be extended by {_units(w.extended_by, w.unit)})"
    else:
        text += f", from {anchors} on; no limit is stated"
    rest = others_words(
        step, {"id", "title", "by", "modality", "opens", "when", "from_", "within", "then",
               "if_lapsed", "cite"}
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


def _grade_words(grade: schema.Grade) -> str:
    if grade.lo is None and grade.hi is None:
        span = "by decision only"
    elif grade.lo is None:
        span = f"up to {grade.hi}"
    elif grade.hi is None:
        span = f"from {grade.lo}"
    else:
        span = f"{grade.lo} to {grade.hi}"
    direct = ""
    if grade.direct_points is not None:
        direct = f", {grade.direct_points:+d} points when set directly"
    return f"grade {grade.id} {grade.name.en} ({grade.name.zh}): {span}{direct}"


def scheme_words(it: schema.Instrument, scheme: schema.Scheme, items: int) -> list[tuple[str, str]]:
    """Return a scheme as (sentence, where it stands) pairs."""
    whole = cite_words(it, scheme.cite)
    said = [(f"Everybody starts with {scheme.base} points; {items} items change them.", whole)]
    for grade in scheme.grades:
        said.append((f"G{_grade_words(grade)[1:]}.", cite_words(it, grade.cite or scheme.cite)))
    for rule in scheme.validity:
        which = []
        if rule.grade is not None:
            which.append(f"direct grade {rule.grade}")
        if rule.minus_up_to is not None:
            which.append(f"deductions of at most {rule.minus_up_to} points")
        if rule.minus:
            which.append("other deductions")
        if rule.award is not None:
            which.append(f"additions for {joined(map(word, rule.award), 'or')} awards")
        if rule.plus:
            which.append("other additions")
        name = joined(which, "or") or "lines"
        said.append((f"Counted {term_words(rule.term)}: {name}.", cite_words(it, rule.cite)))
    c = scheme.combination
    several = {
        "direct_else_largest": "an act under several items counts once, by the direct grade or "
        "else the largest change",
        "sum": "an act under several items counts under each",
    }
    text = several.get(c.several_items, word(c.several_items))
    if c.recurrence_factor > 1:
        text += f"; what happens again within its validity (same {c.recurrence_class}) counts "
        text += f"{c.recurrence_factor} times"
    if c.plus_inert_while_uncorrected:
        text += "; additions do not count while a direct grade stands uncorrected"
    if c.released_by_correction:
        text += "; correction releases from a direct grade"
    known = {"several_items", "recurrence_factor", "recurrence_class", "cite"}
    known |= {"plus_inert_while_uncorrected", "released_by_correction"}
    said.append((f"{text[:1].upper()}{text[1:]}{others_words(c, known)}.", cite_words(it, c.cite)))
    for cap in scheme.caps:
        said.append(
            (
                f"At most {cap.points} points a calendar year from {word(cap.group)}.",
                cite_words(it, cap.cite),
            )
        )
    rest = others_words(scheme, {"base", "grades", "validity", "combination", "caps", "items",
                                 "items_source", "cite"})  # fmt: skip
    if rest:
        said.append((f"Also: {rest[2:]}.", whole))
    return said


def item_words(found: Catalogue, item: Item) -> str:
    """Return one item of a scheme's annex as one sentence."""
    effect = f"grade {item.grade}" if item.grade else _points(item.low, item.high)
    text = f"{item.text_en[:1].upper()}{item.text_en[1:]}: {effect}"
    if item.quantity:
        band = schema.Band.model_construct(
            of=item.quantity, lo=item.lo, hi=item.hi,
            lo_inclusive=item.lo_inclusive, hi_inclusive=item.hi_inclusive,
        )  # fmt: skip
        text += f"; {condition_words(found, schema.Condition.model_construct(band=band))}"
    if item.per:
        tenths = item.points_per_step_tenths / 10
        text += f"; {tenths:g} points for every {item.step:,} of {word(item.per)}"
    if item.every_months:
        text += f"; once in every {_units(item.every_months, 'month')} begun"
    if item.kinds:
        text += f"; for {joined((word(k) for k in item.kinds), 'or')}"
    if item.role:
        text += f"; only as {word(item.role)}"
    if item.via:
        text += f"; by a record that reached the subject as {joined(map(word, item.via), 'or')}"
    if item.protected:
        text += f"; protected conduct: {joined(map(word, item.protected))}"
    return text + "."
