"""Schemes as plain sentences: points, grades, validity, combination, caps and items."""

from __future__ import annotations

from xinyong.browse import words as w
from xinyong.law import schema
from xinyong.law.annex import Item
from xinyong.law.catalogue import Catalogue

__all__ = ["item_words", "part_words", "scheme_words"]


def _start(scheme: schema.Scheme) -> str:
    if scheme.base is None:
        return "No score is worked out: lines stand alone, or grades come directly"
    text = f"Everybody starts with {scheme.base} points"
    if scheme.floor is not None:
        text += f", never below {scheme.floor}"
    if scheme.ceiling is not None:
        text += f", never above {scheme.ceiling}"
    return text


def _grade(grade: schema.Grade) -> str:
    if grade.lo is None and grade.hi is None:
        span = "no band is known or set; reached directly"
    elif grade.lo is None:
        span = f"up to {grade.hi}"
    elif grade.hi is None:
        span = f"from {grade.lo}"
    else:
        span = f"{grade.lo} to {grade.hi}"
    direct = ""
    if grade.direct_points is not None:
        direct = f", {grade.direct_points:+d} points when set directly"
    return f"Grade {w.word(str(grade.id))}, {grade.name.en} ({grade.name.zh}): {span}{direct}."


def _validity(rule: schema.Validity) -> str:
    which = []
    if rule.grade is not None:
        which.append(f"direct grade {w.word(rule.grade)}")
    if rule.minus_up_to is not None:
        which.append(f"deductions of at most {rule.minus_up_to} points")
    if rule.minus:
        which.append("other deductions")
    if rule.award is not None:
        which.append(f"additions for awards of the level {w.joined(map(w.word, rule.award), 'or')}")
    if rule.plus:
        which.append("other additions")
    return f"Counted {w.term_words(rule.term)}: {w.joined(which, 'or') or 'every line'}."


_SEVERAL = {
    "direct_else_largest": "An act under several items counts once, by the direct grade or else "
    "the largest change",
    "sum": "An act under several items counts under each",
}


def _combination(c: schema.Combination) -> str:
    text = _SEVERAL.get(c.several_items, w.word(c.several_items))
    if c.recurrence_factor > 1:
        text += f"; what happens again within its validity (same {c.recurrence_class}) counts "
        text += f"{c.recurrence_factor} times"
    if c.plus_inert_while_uncorrected:
        text += "; additions do not count while a direct grade stands uncorrected"
    if c.released_by_correction:
        text += "; correction releases from a direct grade"
    said = {"several_items", "recurrence_factor", "recurrence_class", "cite",
            "plus_inert_while_uncorrected", "released_by_correction"}  # fmt: skip
    return f"{text}{w.others_words(c, said)}."


def _cap(cap: schema.Cap) -> str:
    return f"At most {cap.points} points a calendar year from {w.word(cap.group)}."


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
    change = f"{w.counted(items, 'item')} change{'s' if items == 1 else ''} them"
    said = [(f"{_start(scheme)}; {change if items else 'no table of items is known'}.", whole)]
    if scheme.partial:
        said.append((f"Known in part only: {scheme.partial.rstrip('.')}.", whole))
    if scheme.consent is not None:
        said.append((w.consent_words(scheme.consent), scheme.consent.cite))
    said += [(_grade(grade), grade.cite or whole) for grade in scheme.grades]
    said += [(_validity(rule), rule.cite) for rule in scheme.validity]
    said.append((_combination(scheme.combination), scheme.combination.cite))
    for cap in scheme.caps:
        said.append((_cap(cap), cap.cite))
    if scheme.case_only:
        said.append((f"Not in simulations: {scheme.case_only.rstrip('.')}.", whole))
    known = {"base", "floor", "ceiling", "partial", "consent", "grades", "validity", "combination",
             "caps", "items", "items_source", "case_only", "cite"}  # fmt: skip
    if rest := w.others_words(scheme, known):
        said.append((f"Also: {rest[2:]}.", whole))
    return said


def item_words(found: Catalogue, item: Item) -> str:
    """Return one item of a scheme's annex as one sentence."""
    effect = f"grade {w.word(item.grade)}" if item.grade else w.points_words(item.low, item.high)
    text = f"{item.text_en[:1].upper()}{item.text_en[1:]}: {effect}"
    if item.quantity:
        band = schema.Band.model_construct(
            of=item.quantity, lo=item.lo, hi=item.hi,
            lo_inclusive=item.lo_inclusive, hi_inclusive=item.hi_inclusive,
        )  # fmt: skip
        text += f"; {w.condition_words(found, schema.Condition.model_construct(band=band))}"
    if item.per:
        tenths = item.points_per_step_tenths / 10
        text += f"; {tenths:g} points for every {item.step:,} of {w.word(item.per)}"
    if item.every_months:
        text += f"; once in every {w.units(item.every_months, 'month')} begun"
    if item.kinds:
        text += f"; for {w.joined((w.word(k) for k in item.kinds), 'or')}"
    if item.role:
        text += f"; only as {w.word(item.role)}"
    if item.via:
        text += f"; by a record that reached the subject as {w.joined(map(w.word, item.via), 'or')}"
    if item.protected:
        text += f"; protected conduct: {w.joined(map(w.word, item.protected))}"
    return text + "."
