"""What the blocks of an instrument refer to: every word they use must exist somewhere.

The catalogue asks this module; here stand the blocks whose references are plain lists of
words (gates, rules, feeds, private terms), and what must hold between blocks of one file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from xinyong.law import schema

__all__ = ["lists_asked", "older", "problems_of", "references", "walk"]

Loc = tuple[str | int, ...]


def walk(block: BaseModel, loc: Loc = ()) -> Iterator[tuple[Loc, BaseModel]]:
    """Yield every block of a model with its place in the file."""
    yield loc, block
    for name, field in type(block).model_fields.items():
        value = getattr(block, name)
        at = (*loc, field.alias or name)
        if isinstance(value, BaseModel):
            yield from walk(value, at)
        elif isinstance(value, list):
            for i, inner in enumerate(value):
                if isinstance(inner, BaseModel):
                    yield from walk(inner, (*at, i))
        elif isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(inner, BaseModel):
                    yield from walk(inner, (*at, key))


def older(it: schema.Instrument) -> Iterator[tuple[Loc, str, dt.date]]:
    """Yield (place, source, day) of every value that was in force before its source was issued.

    The day is the first of the version, or the value's own `from` where that is later. How a
    rule was followed (`followed`) can only be seen afterwards and is not asked.
    """
    for i, version in enumerate(it.versions):
        start = version.in_force.from_
        if all(source.date <= start for source in it.sources.values()):
            continue
        for loc, name, own in _sourced(version, ("versions", i), start):
            if name in it.sources and it.sources[name].date > own:
                yield loc, name, own
        scheme = version.scheme
        annex = scheme.items_source if scheme is not None else None
        if annex in it.sources and it.sources[annex].date > start:
            yield ("versions", i, "scheme", "items_source"), annex, start


def _sourced(block: Any, loc: Loc, day: dt.date) -> Iterator[tuple[Loc, str, dt.date]]:
    """Yield (place, source, day) of every citation within a block."""
    if isinstance(block, schema.Cite):
        if block.source is not None:
            yield loc, block.source, day
    elif isinstance(block, BaseModel):
        own = getattr(block, "from_", None)
        day = max(day, own) if isinstance(own, dt.date) else day
        for name, field in type(block).model_fields.items():
            if name != "followed":
                yield from _sourced(getattr(block, name), (*loc, field.alias or name), day)
    elif isinstance(block, list):
        for i, inner in enumerate(block):
            yield from _sourced(inner, (*loc, i), day)


def lists_asked(it: schema.Instrument) -> set[str]:
    """Return the lists that the conditions of an instrument ask about."""
    found: set[str] = set()
    for _, block in walk(it):
        if isinstance(block, schema.Condition):
            names = (block.listed_on, block.still_listed_on, block.other_listing)
            found |= {name for name in names if name is not None}
            if block.listed_for is not None:
                found.add(block.listed_for.list)
    return found


def _each(name: str, kind: str, words: list[str] | None) -> Iterator[tuple[Loc, str, str]]:
    for i, word in enumerate(words or []):
        yield (name, i), kind, word


def references(block: BaseModel) -> Iterator[tuple[Loc, str, str]]:
    """Yield (place in the block, vocabulary, word) for every word a block refers to."""
    if isinstance(block, schema.Where):
        yield from _each("instrument", "instrument", block.instrument)
        yield from _each("instrument_not", "instrument", block.instrument_not)
        yield from _each("conduct", "conduct", block.conduct)
        yield from _each("measure", "measure", block.measure)
        yield from _each("documents", "document", block.documents)
        yield from _each("documents_always", "document", block.documents_always)
        yield from _each("conduct_not", "conduct", block.conduct_not)
    elif isinstance(block, schema.Instrument):
        yield from _each("lead", "authority", block.lead)
        yield from _each("signatories", "authority", block.signatories)
    elif isinstance(block, schema.Touches):
        yield from _each("conduct", "conduct", block.conduct)
    elif isinstance(block, schema.Records):
        yield from _each("conduct", "conduct", block.conduct)
        yield from _each("conduct_not", "conduct", block.conduct_not)
        yield from _each("documents", "document", block.documents)
        yield from _each("listed_on", "instrument", block.listed_on)
        yield from _each("subject_listed_on", "instrument", block.subject_listed_on)
    elif isinstance(block, schema.Rule):
        yield from _each("by", "authority", block.by)
        if isinstance(block, schema.Disclosure):
            lists = block.while_subject_listed
            yield from _each("while_subject_listed", "instrument", lists)
        if isinstance(block, schema.Objection):
            yield from _each("to", "authority", block.to)
        if isinstance(block, schema.MeasurePower):
            yield from _each("measures", "measure", block.measures)
    elif isinstance(block, schema.Stage):
        yield ("by",), "authority", block.by
    elif isinstance(block, schema.Feed):
        yield ("to",), "instrument", block.to
        yield ("conduct",), "conduct", block.conduct
        for i, row in enumerate(block.rows):
            yield ("rows", i, "circumstance"), "circumstance", row.circumstance
    elif isinstance(block, schema.ListLink):
        yield ("list",), "instrument", block.list
    elif isinstance(block, schema.FollowedIn):
        yield ("place",), "place", block.place


def _grades_named(version: schema.Version) -> Iterator[tuple[Loc, str]]:
    """Yield (block, grade) of every grade that a version speaks of."""
    for i, feed in enumerate(version.feeds):
        for k, row in enumerate(feed.rows):
            yield ("feeds", i, "rows", k), row.grade
    for i, provision in enumerate(version.provisions):
        effect = provision.effect
        if isinstance(effect, schema.SetGrade | schema.Convert) and effect.grade is not None:
            yield ("provisions", i, "effect"), str(effect.grade)
    for i, measure in enumerate(version.measures):
        for grade in measure.grades:
            yield ("measures", i), grade
    for i, rule in enumerate(version.scheme.validity if version.scheme else []):
        if rule.grade is not None:
            yield ("scheme", "validity", i), rule.grade


def problems_of(it: schema.Instrument) -> Iterator[tuple[Loc, str, str]]:
    """Yield (place, message, hint) of what does not fit together within one instrument."""
    for i, version in enumerate(it.versions):
        grades = [str(g.id) for g in version.scheme.grades] if version.scheme else []
        for where, grade in _grades_named(version):
            if grade not in grades:
                hint = f"one of {', '.join(grades)}" if grades else "the version names no grades"
                yield ("versions", i, *where, "grade"), f"unknown grade {grade!r}", hint
        for j, row in enumerate(version.measures):
            if version.scheme is not None and not row.grades:
                hint = "nobody is entered on a scheme"
                yield ("versions", i, "measures", j), "a measure of a scheme without grades", hint
        yield from _waits(version, ("versions", i, "steps"))
        for j, rule in enumerate(version.rules):
            if not isinstance(rule, schema.Disclosure):
                continue
            for name, term in (("term", rule.term), ("least", rule.least)):
                if term is not None and term.from_ and term.from_ not in schema.DISCLOSURE_ANCHORS:
                    hint = f"one of {', '.join(schema.DISCLOSURE_ANCHORS)}"
                    message = f"{term.from_!r} starts no clock of a record"
                    yield ("versions", i, "rules", j, name, "from"), message, hint


def _waits(version: schema.Version, loc: Loc) -> Iterator[tuple[Loc, str, str]]:
    """A step waits only for steps that stand before it, and not for what may never come."""
    before: dict[str, schema.Step] = {}
    for i, step in enumerate(version.steps):
        for k, name in enumerate(step.after):
            at = (*loc, i, "after", k)
            other = before.get(name)
            if other is None:
                known = ", ".join(before) or "none"
                yield at, f"no step {name!r} stands before this one", f"steps before it: {known}"
            elif other.modality == "may" and other.within is None:
                hint = "give that step a limit, or do not wait for it"
                yield at, f"{name!r} may be taken, without a limit: nobody can wait for it", hint
        before[step.id] = step
