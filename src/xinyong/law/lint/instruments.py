"""Attributes of an instrument as it stood in one version."""

from __future__ import annotations

from collections.abc import Iterable

from xinyong.law import schema
from xinyong.law.lint.predicates import Value
from xinyong.law.lint.provisions import (
    harms_of,
    harms_of_item,
    protected_of,
    protected_of_item,
    served_before,
)
from xinyong.law.lint.rulebook import Rulebook

__all__ = ["attributes_of_instrument", "strongest"]

#: Kinds that decide about subjects themselves; the others are about other rules.
_DECIDING = ("list", "scheme", "memorandum", "private_scheme")


def attributes_of_instrument(book: Rulebook, version: schema.Version) -> dict[str, Value]:
    """Return the attributes of the instrument, see `ATTRIBUTES`."""
    it = book.instrument
    review = it.review
    machine = it.automated
    published = any(s.then == "published" for s in version.steps)
    shown = [book.words.measures.get(row.measure) for row in version.measures]
    return {
        "instrument": it.id,
        "kind": it.kind,
        "polarity": it.polarity,
        "level": it.level,
        "rank": it.rank,
        "issuer": it.issuer,
        "public": _public(it),
        "based_on": it.based_on,
        "conduct_field": it.conduct_field,
        "measure_fields": frozenset(it.measure_fields),
        "nature": frozenset(it.nature),
        "tags": _tags(book, version),
        "subjects": frozenset(it.subjects),
        "persons": "person" in it.subjects,
        "serves": it.serves is not None,
        "adverse": _adverse(book, version),
        "machine": machine.decision if machine else _by_people(version),
        "ai": machine.ai_system if machine else None,
        "objection": _objection(it, version),
        "administrative_review": review.administrative_review if review else None,
        "suit": review.suit if review else None,
        "notice": _offered(it, version, "noticed", ("notice",)),
        "warned_by": _warned_by(book, version),
        "checked": _offered(it, version, "checked", ("objection",)),
        "repair": _repair(it, version),
        "removal": _removal(it, version),
        "publishes": published or any(m is not None and m.nature == "publicity" for m in shown),
        "scored": version.scheme is not None,
        "whole": _whole(book, version),
        "stated": book.stated(version.in_force.cite),
    }


def _public(it: schema.Instrument) -> bool:
    """Return whether authorities apply it; a village's own table, which has no rank, counts."""
    if it.kind == "private_scheme" or it.level == "industry":
        return False
    return it.rank != "industry_rule" or it.level == "village"


def _whole(book: Rulebook, version: schema.Version) -> bool:
    if version.scheme is not None and version.scheme.partial:
        return False
    return book.source_of(version.in_force.cite)[1] in ("full text", "transcription")


def strongest(modalities: Iterable[str]) -> str:
    """Return ``must`` before ``may`` before ``none``."""
    found = set(modalities)
    return "must" if "must" in found else "may" if "may" in found else "none"


def _rules(version: schema.Version) -> list[str]:
    return [rule.rule for rule in version.rules]


def _offered(
    it: schema.Instrument, version: schema.Version, event: str, rules: tuple[str, ...]
) -> Value:
    """Return how strongly a step with this event is ordered; a rule of a regulation must be."""
    if any(name in rules for name in _rules(version)):
        return "must"
    if it.kind not in _DECIDING:
        return None
    return strongest(s.modality for s in version.steps if s.then == event)


def _warned_by(book: Rulebook, version: schema.Version) -> Value:
    """Return what must have been served before any harmful effect of the version."""
    found = [
        frozenset(served_before(p))
        for p in version.provisions
        if p.effect.do in ("enter", "points", "grade") and harms_of(book, version, p) is not False
    ]
    if version.scheme is not None and any(harms_of_item(version.scheme, x) for x in book.items):
        found.append(frozenset())  # an item of an annex asks for no document
    return frozenset.intersection(*found) if found else frozenset()


def _objection(it: schema.Instrument, version: schema.Version) -> Value:
    if "objection" in _rules(version) or any(s.then == "objected" for s in version.steps):
        return True
    return it.review.objection if it.review else None


def _repair(it: schema.Instrument, version: schema.Version) -> Value:
    """Return whether something other than time ends or lightens the effect."""
    early = {"performance", "settlement", "early"}
    for p in version.provisions:
        effect = p.effect
        if effect.do == "convert" or (effect.do == "end" and effect.cause in early):
            return True
    if "repair" in _rules(version):
        return True
    scheme = version.scheme
    if scheme is not None and scheme.combination.released_by_correction:
        return True
    return False if it.kind in _DECIDING else None


def _removal(it: schema.Instrument, version: schema.Version) -> Value:
    if any(s.then == "removed" for s in version.steps) or "repair" in _rules(version):
        return True
    if any(p.effect.do == "end" for p in version.provisions) or version.scheme is not None:
        return True
    return False if it.kind in _DECIDING else None


def _by_people(version: schema.Version) -> Value:
    """Return ``none`` where a step has an authority decide; else the text does not tell."""
    for step in version.steps:
        if step.then in ("decided", "granted", "checked") and step.by != "subject":
            return "none"
    return None


def _tags(book: Rulebook, version: schema.Version) -> Value:
    found: set[str] = set(book.instrument.protected)
    for p in version.provisions:
        found |= protected_of(book, p) or frozenset()
    for item in book.items if version.scheme is not None else ():
        found |= protected_of_item(book, item)
    return frozenset(found)


def _adverse(book: Rulebook, version: schema.Version) -> Value:
    it = book.instrument
    if it.polarity == "black":
        return True
    answers = [harms_of(book, version, p) for p in version.provisions]
    if version.scheme is not None:
        answers += [harms_of_item(version.scheme, item) for item in book.items]
    for row in version.measures:
        measure = book.words.measures.get(row.measure)
        answers.append(None if measure is None else measure.polarity == "black")
    if True in answers:
        return True
    return None if None in answers else False
