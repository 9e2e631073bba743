"""The other parts of a rulebook: measures, steps, grades, pairs, and rules of regulations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from xinyong.law import schema
from xinyong.law.annex import Item
from xinyong.law.lint.predicates import Value
from xinyong.law.lint.provisions import harms_of, harms_of_item
from xinyong.law.lint.rulebook import Rulebook

__all__ = [
    "attributes_of_grade",
    "attributes_of_measure",
    "attributes_of_rule",
    "attributes_of_step",
    "pairs_of_items",
    "pairs_of_measures",
    "pairs_of_provisions",
]


def attributes_of_measure(book: Rulebook, row: schema.MeasureRow) -> dict[str, Value]:
    """Return the attributes of a measure row, see `ATTRIBUTES`."""
    measure = book.words.measures.get(row.measure)
    bodies = [book.words.authorities.get(name) for name in row.by]
    levels = frozenset(b.level for b in bodies if b is not None)
    return {
        "measure": row.measure,
        "measure_field": measure.field if measure else None,
        "measure_nature": measure.nature if measure else None,
        "measure_polarity": measure.polarity if measure else None,
        "category": measure.category if measure else None,
        "cross_field": _cross_field(book, measure),
        "applied_by": None if None in bodies else levels,
        "discretionary": row.discretionary,
        "reaches": frozenset(row.reaches),
        "on_persons": "person" in (row.kinds or book.instrument.subjects),
    }


def _cross_field(book: Rulebook, measure: schema.Measure | None) -> bool | None:
    """Compare with the field of the conduct: the served list's, for a memorandum."""
    it = book.instrument
    served = book.words.instruments.get(it.serves or "")
    conduct_field = served.conduct_field if served else it.conduct_field
    if measure is None or conduct_field is None:
        return None
    return measure.field != conduct_field


def attributes_of_step(step: schema.Step) -> dict[str, Value]:
    """Return the attributes of a step, see `ATTRIBUTES`."""
    return {
        "then": step.then,
        "modality": step.modality,
        "by_subject": step.by == "subject",
        "limited": step.within is not None,
        "after": frozenset(step.from_),
    }


# --- grades -----------------------------------------------------------------------------


def attributes_of_grade(book: Rulebook, scheme: schema.Scheme, at: int) -> dict[str, Value]:
    """Return the attributes of the grade at an index of a scheme, see `ATTRIBUTES`."""
    grade = scheme.grades[at]
    others = [g for i, g in enumerate(scheme.grades) if i != at]
    reachable = _reachable(book, scheme, grade)
    if not all(map(_bounded, scheme.grades)):
        return {"overlaps": None, "gap": None, "reachable": reachable}
    overlaps = any(_overlap(grade, g) for g in others)
    return {"overlaps": overlaps, "gap": _gap(grade, others), "reachable": reachable}


def _bounded(grade: schema.Grade) -> bool:
    """Return whether the band of a grade is known."""
    return grade.lo is not None or grade.hi is not None


def _below(a: schema.Grade, b: schema.Grade) -> bool:
    """Return whether a band ends before another begins."""
    if a.hi is None or b.lo is None:
        return False
    return a.hi < b.lo or (a.hi == b.lo and not b.lo_inclusive)


def _overlap(a: schema.Grade, b: schema.Grade) -> bool:
    return not _below(a, b) and not _below(b, a)


def _gap(grade: schema.Grade, others: list[schema.Grade]) -> bool:
    """Return whether points right below a band belong to no grade.

    Points are whole here, and the upper bound of a band belongs to it.
    """
    below = [g for g in others if _below(g, grade)]
    if grade.lo is None or not below:
        return False
    first = grade.lo if grade.lo_inclusive else grade.lo + 1
    return max(g.hi or 0 for g in below) + 1 < first


def _effects(book: Rulebook) -> Iterator[tuple[str, int, int]]:
    """Yield grade, lowest and highest points of what any version of the rulebook scores."""
    for item in book.items:
        yield item.grade, item.low, item.high
    for version in book.instrument.versions:
        for p in version.provisions:
            if p.effect.do == "points":
                yield "", p.effect.low, p.effect.high
            elif p.effect.do == "grade":
                yield str(p.effect.grade), 0, 0
            elif p.effect.do == "convert":
                yield str(p.effect.grade or ""), p.effect.points or 0, p.effect.points or 0


def _reachable(book: Rulebook, scheme: schema.Scheme, grade: schema.Grade) -> bool | None:
    """Return whether a subject can get there: at the start, directly, or by points.

    Points of one item may come again; where groups are capped, it is not worked out how often.
    """
    base, lo, hi = scheme.base, grade.lo, grade.hi
    if lo is not None and hi is not None and lo > hi:
        return False
    effects = list(_effects(book))
    if any(name == str(grade.id) for name, _, _ in effects):
        return True
    if base is None or not _bounded(grade):
        return None
    if (lo is None or lo <= base) and (hi is None or base <= hi):
        return True
    up = lo is not None and base < lo
    far = (lo or 0) - base if up else base - (hi or 0)
    steps = [high if up else -low for _, low, high in effects]
    most = sum(s for s in steps if s > 0)
    if most >= far or (most and not scheme.caps):
        return True
    return None if most else False


# --- pairs -------------------------------------------------------------------------------


def pairs_of_items(
    book: Rulebook, version: schema.Version
) -> Iterator[tuple[Item, Item, dict[str, Value]]]:
    """Yield pairs of harmful items that one act of one subject may fit, with attributes."""
    scheme = version.scheme
    if scheme is None:
        return
    harmful = [x for x in book.items if harms_of_item(scheme, x) and not x.via]
    listens: dict[str, list[int]] = {}
    for i, item in enumerate(harmful):
        for word in item.conduct:
            listens.setdefault(word, []).append(i)
    found = sorted({pair for rows in listens.values() for pair in combinations(rows, 2)})
    for i, j in found:
        a, b = harmful[i], harmful[j]
        if _exclusive(a, b):
            continue
        shared = frozenset(a.conduct) & frozenset(b.conduct)
        adds_up = scheme.combination.several_items == "sum"
        yield a, b, {"twice": "provision", "adds_up": adds_up, "conducts": shared}


def pairs_of_provisions(
    book: Rulebook, version: schema.Version
) -> Iterator[tuple[schema.Provision, schema.Provision, dict[str, Value]]]:
    """Yield pairs of harmful scoring provisions that one act of one subject may fit.

    Whether one act can meet the conditions of both is not worked out, so that provisions
    with conditions are only known not to add up where the scheme says so.
    """
    if version.scheme is None:
        return
    sums = version.scheme.combination.several_items == "sum"
    kinds = book.instrument.subjects
    harmful = [
        p
        for p in version.provisions
        if p.effect.do in ("points", "grade") and harms_of(book, version, p)
    ]
    for a, b in combinations(harmful, 2):
        shared = frozenset(a.conduct) & frozenset(b.conduct)
        apart = not set(a.kinds or kinds) & set(b.kinds or kinds) or not set(a.via) & set(b.via)
        if shared and not apart:
            free = not (a.when and b.when)
            adds_up = (True if free else None) if sums else False
            yield a, b, {"twice": "provision", "adds_up": adds_up, "conducts": shared}


def _exclusive(a: Item, b: Item) -> bool:
    """Return whether no act can fit both: other kinds, bands, circumstances or degrees."""
    if a.kinds and b.kinds and not set(a.kinds) & set(b.kinds):
        return True
    if a.ladder and a.ladder == b.ladder:
        return True  # steps of one ladder are meant to replace one another or to add up
    if a.quantity and a.quantity == b.quantity and not _meet(a, b):
        return True
    if a.role != b.role:
        return True
    return any(
        x and y and not set(x) & set(y)
        for x, y in ((a.circumstance, b.circumstance), (a.severity, b.severity))
    )


def _meet(a: Item, b: Item) -> bool:
    """Return whether two bands of one quantity have a value in common."""
    first, second = sorted((a, b), key=lambda x: -1 if x.lo is None else x.lo)
    if first.hi is None or second.lo is None:
        return True
    if first.hi == second.lo:
        return first.hi_inclusive and second.lo_inclusive
    return first.hi > second.lo


def pairs_of_measures(
    version: schema.Version, kinds: list[str]
) -> Iterator[tuple[int, int, dict[str, Value]]]:
    """Yield pairs of rows that order one measure for subjects of one kind."""
    for i, j in combinations(range(len(version.measures)), 2):
        a, b = version.measures[i], version.measures[j]
        if a.measure != b.measure or not set(a.kinds or kinds) & set(b.kinds or kinds):
            continue
        same = bool(set(a.by) & set(b.by))
        yield i, j, {"twice": "measure", "adds_up": True if same else None, "conducts": None}


# --- rules of regulations ------------------------------------------------------------------


def attributes_of_rule(rule: object) -> dict[str, Value]:
    """Return the attributes of a rule of a regulation, see `ATTRIBUTES`.

    Rules of a type that has none of these fields simply do not tell.
    """

    def words(name: str) -> Value:
        found = getattr(rule, name, None)
        return None if found is None else frozenset(str(x) for x in found)

    return {
        "rule": getattr(rule, "rule", None),
        "basis": getattr(rule, "basis", None),
        "needs": words("needs"),
        "grounds": words("grounds"),
        "information": words("information"),
        "allowed": getattr(rule, "allowed", None),
        "against": getattr(rule, "against", None),
        "related_only": getattr(rule, "related_matters_only", None),
    }
