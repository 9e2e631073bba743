"""Schemes as plain sentences: points, grades, validity, combination, caps and items."""

from __future__ import annotations

from xinyong.browse import words as w
from xinyong.language import plural, say, worded
from xinyong.law import phrases, schema
from xinyong.law.annex import Item
from xinyong.law.catalogue import Catalogue

__all__ = ["item_words", "part_words", "scheme_words"]


def _start(scheme: schema.Scheme) -> str:
    if scheme.base is None:
        return say("No score is worked out: lines stand alone, or grades come directly")
    text = say("Everybody starts with {n} points", n=scheme.base)
    if scheme.floor is not None:
        text += say(", never below {n}", n=scheme.floor)
    if scheme.ceiling is not None:
        text += say(", never above {n}", n=scheme.ceiling)
    return text


def _grade(grade: schema.Grade) -> str:
    if grade.lo is None and grade.hi is None:
        span = say("no band is known or set; reached directly")
    elif grade.lo is None:
        span = say("up to {points}", points=grade.hi)
    elif grade.hi is None:
        span = say("from {n}", n=grade.lo)
    else:
        span = say("{first} to {last}", first=grade.lo, last=grade.hi)
    if grade.direct_points is not None:
        span += say(", {n:+d} points when set directly", n=grade.direct_points)
    return say(
        "Grade {id}, {name}: {span}.",
        id=phrases.grade(str(grade.id)),
        name=w.both(grade.name),
        span=span,
    )


def _validity(rule: schema.Validity) -> str:
    which = []
    if rule.grade is not None:
        which.append(say("direct grade {x}", x=phrases.grade(rule.grade)))
    if rule.minus_up_to is not None:
        which.append(say("deductions of at most {n} points", n=rule.minus_up_to))
    if rule.minus:
        which.append(say("other deductions"))
    if rule.award is not None:
        levels = w.joined(map(w.word, rule.award), "or")
        which.append(say("additions for awards of the level {levels}", levels=levels))
    if rule.plus:
        which.append(say("other additions"))
    lines = w.joined(which, "or") or say("every line")
    return say("Counted {term}: {lines}.", term=w.term_words(rule.term), lines=lines)


_SEVERAL = {
    "direct_else_largest": "An act under several items counts once, by the direct grade or else "
    "the largest change",
    "sum": "An act under several items counts under each",
}


def _combination(c: schema.Combination) -> str:
    text = w.word(c.several_items)
    if c.several_items in _SEVERAL:
        text = say(_SEVERAL[c.several_items])
    if c.recurrence_factor > 1:
        text += say(
            "; what happens again within its validity (same {what}) counts {n} times",
            what=say(c.recurrence_class),
            n=c.recurrence_factor,
        )
    if c.plus_inert_while_uncorrected:
        text += say("; additions do not count while a direct grade stands uncorrected")
    if c.released_by_correction:
        text += say("; correction releases from a direct grade")
    said = {"several_items", "recurrence_factor", "recurrence_class", "cite",
            "plus_inert_while_uncorrected", "released_by_correction"}  # fmt: skip
    return say("{text}.", text=text + w.others_words(c, said))


def _cap(cap: schema.Cap) -> str:
    return say(
        "At most {n} points a calendar year from {group}.", n=cap.points, group=w.word(cap.group)
    )


def part_words(part: schema.Grade | schema.Validity | schema.Cap) -> str:
    """Return a grade, a cap or how long lines count as one sentence."""
    match part:
        case schema.Grade():
            return _grade(part)
        case schema.Validity():
            return _validity(part)
    return _cap(part)


def scheme_words(scheme: schema.Scheme, items: int) -> list[tuple[str, schema.Cite]]:
    """Return a scheme as sentences with their citations; `items` is how many its annex has."""
    whole = scheme.cite
    change = say("no table of items is known")
    if items:
        change = plural("{n:,} item changes them", "{n:,} items change them", items)
    said = [(say("{start}; {change}.", start=_start(scheme), change=change), whole)]
    if scheme.partial:
        said.append(
            (say("Known in part only: {what}.", what=worded(scheme.partial).rstrip(".。")), whole)
        )
    if scheme.consent is not None:
        said.append((w.consent_words(scheme.consent), scheme.consent.cite))
    said += [(_grade(grade), grade.cite or whole) for grade in scheme.grades]
    said += [(_validity(rule), rule.cite) for rule in scheme.validity]
    said.append((_combination(scheme.combination), scheme.combination.cite))
    for cap in scheme.caps:
        said.append((_cap(cap), cap.cite))
    if scheme.case_only:
        said.append(
            (say("Not in simulations: {why}.", why=worded(scheme.case_only).rstrip(".。")), whole)
        )
    known = {"base", "floor", "ceiling", "partial", "consent", "grades", "validity", "combination",
             "caps", "items", "items_source", "case_only", "cite"}  # fmt: skip
    if rest := w.also(scheme, known):
        said.append((rest.lstrip(), whole))
    return said


def item_words(found: Catalogue, item: Item) -> str:
    """Return one item of a scheme's annex as one sentence."""
    effect = w.grade_words(item.grade) if item.grade else w.points_words(item.low, item.high)
    what = worded(f"{item.text_en[:1].upper()}{item.text_en[1:]}")
    text = say("{what}: {text}", what=what, text=effect)
    if item.quantity:
        band = schema.Band.model_construct(
            of=item.quantity, lo=item.lo, hi=item.hi,
            lo_inclusive=item.lo_inclusive, hi_inclusive=item.hi_inclusive,
        )  # fmt: skip
        text += say("; ") + w.condition_words(found, schema.Condition.model_construct(band=band))
    if item.per:
        text += say(
            "; {points:g} points for every {step:,} of {quantity}",
            points=item.points_per_step_tenths / 10,
            step=item.step,
            quantity=w.word(item.per),
        )
    if item.every_months:
        text += say("; once in every {time} begun", time=w.units(item.every_months, "month"))
    if item.kinds:
        text += say("; for {kinds}", kinds=w.joined((w.word(k) for k in item.kinds), "or"))
    if item.role:
        text += say("; only as {role}", role=w.word(item.role))
    if item.via:
        roles = w.joined(map(w.word, item.via), "or")
        text += say("; by a record that reached the subject as {roles}", roles=roles)
    if item.protected:
        tags = w.joined(map(w.word, item.protected))
        text += say("; protected conduct: {tags}", tags=tags)
    return say("{text}.", text=text)
