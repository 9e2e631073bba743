"""The linter: holds every part of a rulebook against every limit that speaks about it.

A limit is held against a version of a rulebook as of one day: the day asked for, or else
the day the version came into force. What came later is counted, not held against it, unless
dates are ignored. Findings are about rules, never about a state or a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from xinyong.errors import UsageError
from xinyong.law import schema
from xinyong.law.lint.instruments import attributes_of_instrument
from xinyong.law.lint.limits import Element, Limit, Profile, load_profiles, sets_of
from xinyong.law.lint.parts import (
    attributes_of_grade,
    attributes_of_measure,
    attributes_of_rule,
    attributes_of_step,
    pairs_of_items,
    pairs_of_measures,
    pairs_of_provisions,
)
from xinyong.law.lint.predicates import Sets, Value, attributes_of, evaluate
from xinyong.law.lint.provisions import attributes_of_item, attributes_of_provision
from xinyong.law.lint.rulebook import Rulebook

__all__ = [
    "BOTH",
    "NOT_KNOWN",
    "NOT_SO",
    "TWICE",
    "Finding",
    "Later",
    "Met",
    "Report",
    "Target",
    "Untested",
    "judge",
    "lint",
    "targets",
]

#: How an element that is not met is told, or one of which nothing is known, unless it says so.
NOT_SO, NOT_KNOWN = "not so: {so}", "not known whether {so}"
#: What a pair is called: two parts, or a measure that stands there twice.
BOTH, TWICE = "{a} and {b}: {title}", "{name} ordered twice"

Result = Literal["breach", "doubt", "clear"]


@dataclass(frozen=True)
class Target:
    """One part of a rulebook with its attributes and those of the instrument around it."""

    over: str
    path: str
    title: str
    cite: schema.Cite
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Met:
    """How one element of a limit fared: met, not met, or open (None), on which values.

    `text` is the element as the limit states it, `said` what is so here.
    """

    id: str
    text: str
    met: bool | None
    said: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Finding:
    """What one limit says about one part of a rulebook.

    Attributes:
        profile, limit: the limit; title, source, rank, depth, since: what it is worth.
        result: breach, doubt or clear.
        instrument, version, over, path, part, article, article_depth: what it is about.
        elements: what led to the result.
        on: the day as of which it is held.
        older: the version was in force before the limit.
        reason: why there is such a limit.
        outside: the limit binds another place than the rulebook's.
    """

    profile: str
    limit: str
    title: str
    source: str
    rank: str
    depth: str
    since: dt.date | None
    result: Result
    instrument: str
    version: str
    over: str
    path: str
    part: str
    article: str
    article_depth: str
    elements: tuple[Met, ...]
    on: dt.date
    older: bool
    reason: str
    outside: bool


@dataclass(frozen=True)
class Later:
    """A limit that was not held against a version because it was not in force on the day.

    `breaches` and `doubts` count what it would have found, had dates been ignored.
    """

    profile: str
    limit: str
    since: dt.date | None
    until: dt.date | None
    instrument: str
    version: str
    on: dt.date
    breaches: int
    doubts: int


@dataclass(frozen=True)
class Untested:
    """A version of which nothing could be tested: `in_force` of the `asked` limits were, that day.

    No limit was in force, or none that was speaks about any part of the version.
    """

    instrument: str
    version: str
    on: dt.date
    asked: int
    in_force: int


@dataclass(frozen=True)
class Report:
    """What the linter says of some rulebooks.

    Attributes:
        findings: breaches, doubts and clear results, in the order of rulebooks and profiles.
        later: limits not held because of their dates.
        silent: rulebooks without a version on the day asked for.
        unheld: rulebook and profile where a profile binds another place and was not asked for.
        untested: versions of which nothing could be tested.
    """

    findings: tuple[Finding, ...]
    later: tuple[Later, ...]
    silent: tuple[str, ...]
    unheld: tuple[tuple[str, str], ...]
    untested: tuple[Untested, ...] = ()

    def of(self, result: Result) -> tuple[Finding, ...]:
        """Return the findings of one result."""
        return tuple(f for f in self.findings if f.result == result)

    @property
    def tested(self) -> bool:
        """Return whether any limit speaks about anything in the rulebooks."""
        return bool(self.findings)

    @property
    def clear(self) -> bool:
        """Return whether something was tested and there is neither a breach nor a doubt."""
        return self.tested and all(f.result == "clear" for f in self.findings)


def targets(book: Rulebook, version: schema.Version) -> Iterator[Target]:
    """Yield every part of a rulebook in one version."""
    around = attributes_of_instrument(book, version)
    at = f"versions.{version.id}"
    it = book.instrument

    def part(
        over: str, path: str, title: str, cite: schema.Cite, values: Mapping[str, Value]
    ) -> Target:
        return _part(book, over, path, title, cite, {**around, **values})

    yield Target("instrument", at, it.name.en, version.in_force.cite, around)
    for p in version.provisions:
        path = f"{at}.provisions.{p.id}"
        values = attributes_of_provision(book, version, p)
        yield part("provision", path, p.title, p.cite, values)
    for row in version.measures:
        known = book.words.measures.get(row.measure)
        title = known.name.en if known else row.measure
        path = f"{at}.measures.{row.measure}"
        yield part("measure", path, title, row.cite, attributes_of_measure(book, row))
    for step in version.steps:
        path = f"{at}.steps.{step.id}"
        yield part("step", path, step.title, step.cite, attributes_of_step(step))
    for rule in version.rules:
        path = f"{at}.rules.{rule.id}"
        yield part("rule", path, rule.title, rule.cite, attributes_of_rule(rule))
    yield from _of_scheme(book, version, at, around)
    for i, j, values in pairs_of_measures(version, list(it.subjects)):
        a, b = version.measures[i], version.measures[j]
        path = f"{at}.measures.{a.measure}[{i}+{j}]"
        yield part("pair", path, TWICE.format(name=a.measure), b.cite, values)


def _part(
    book: Rulebook,
    over: str,
    path: str,
    title: str,
    cite: schema.Cite,
    values: Mapping[str, Value],
) -> Target:
    return Target(over, path, title, cite, {**values, "stated": book.stated(cite)})


def _of_scheme(
    book: Rulebook, version: schema.Version, at: str, around: Mapping[str, Value]
) -> Iterator[Target]:
    scheme = version.scheme
    if scheme is None:
        return
    for item in book.items:
        path = f"{at}.items.{item.item}"
        values = {**around, **attributes_of_item(book, version, item)}
        cite = _cite_of(scheme, item.article)
        yield _part(book, "provision", path, item.text_en, cite, values)
    for i, grade in enumerate(scheme.grades):
        path = f"{at}.grades.{grade.id}"
        values = {**around, **attributes_of_grade(book, scheme, i)}
        yield _part(book, "grade", path, grade.name.en, grade.cite or scheme.cite, values)
    for a, b, found in pairs_of_items(book, version):
        path = f"{at}.items.{a.item}+{b.item}"
        title = BOTH.format(a=a.item, b=b.item, title=a.text_en)
        cite = _cite_of(scheme, b.article)
        yield _part(book, "pair", path, title, cite, {**around, **found})
    for p, q, found in pairs_of_provisions(book, version):
        path = f"{at}.provisions.{p.id}+{q.id}"
        title = BOTH.format(a=p.id, b=q.id, title=p.title)
        yield _part(book, "pair", path, title, q.cite, {**around, **found})


def _cite_of(scheme: schema.Scheme, article: str) -> schema.Cite:
    source = scheme.items_source or scheme.cite.source
    if source is None:
        return scheme.cite
    return schema.Cite(source=source, article=article or "whole")


def judge(limit: Limit, target: Target, sets: Sets) -> tuple[Result, tuple[Met, ...]] | None:
    """Return what a limit says about a part, or None where it does not speak about it."""
    if limit.over != target.over:
        return None
    applies = evaluate(limit.applies, target.values, sets)
    if applies is False:
        return None
    elements = tuple(_met(e, target.values, sets) for e in limit.elements)
    if applies is None:
        names = dict.fromkeys(attributes_of(limit.applies))
        unknown = {n: target.values.get(n) for n in names if target.values.get(n) is None}
        text = "the limit speaks about it at all"
        elements = (Met("applies", text, None, NOT_KNOWN.format(so=text), unknown), *elements)
    answers = [e.met for e in elements]
    if False in answers:
        return "clear", elements
    return ("doubt" if None in answers else "breach"), elements


def _met(element: Element, values: Mapping[str, Value], sets: Sets) -> Met:
    met = evaluate(element.holds, values, sets)
    names = list(attributes_of(element.holds))
    said = NOT_KNOWN.format(so=element.text)
    if met is False and element.doubtful is not None:
        names += attributes_of(element.doubtful)
        half = evaluate(element.doubtful, values, sets)
        if half is not False:
            met = None
        if half is True and element.in_doubt is not None:
            said = element.in_doubt
    if met is not None:
        said = element.text if met else element.otherwise or NOT_SO.format(so=element.text)
    looked_at = {n: values.get(n) for n in dict.fromkeys(names)}
    return Met(element.id, element.text, met, said, looked_at)


def lint(
    books: Sequence[Rulebook],
    on: dt.date | None = None,
    against: Sequence[Profile] | None = None,
    ignore_dates: bool = False,
) -> Report:
    """Hold rulebooks against limits.

    Args:
        books: what is tested.
        on: the day as of which; without it, each version on the day it came into force.
        against: the profiles; without them, those that bind the rulebook's place.
        ignore_dates: hold every limit, also against what was in force before or after it.

    Raises:
        UsageError: no rulebook is in force on the day asked for.
    """
    findings: list[Finding] = []
    later: list[Later] = []
    silent: list[str] = []
    unheld: list[tuple[str, str]] = []
    untested: list[Untested] = []
    for book in books:
        versions = [w for w in book.instrument.versions if on is None or _covers(w, on)]
        if not versions:
            silent.append(book.id)
            continue
        held: list[tuple[Profile, bool]] = []
        for profile in load_profiles().values() if against is None else against:
            bound = _bound(book, profile)
            if against is None and not bound:
                unheld.append((book.id, profile.id))
            else:
                held.append((profile, bound is False))
        for version in versions:
            day = on or version.in_force.from_
            parts = list(targets(book, version))
            before, asked, in_force = len(findings), 0, 0
            for profile, outside in held:
                for limit in profile.limits:
                    found = list(_findings(book, version, parts, profile, limit, day, outside))
                    asked += 1
                    if ignore_dates or _in_force(limit, day):
                        in_force += 1
                        findings += found
                    else:
                        later.append(_later(profile, limit, book, version, day, found))
            if len(findings) == before:
                untested.append(Untested(book.id, version.id, day, asked, in_force))
    if books and len(silent) == len(books):
        raise UsageError(_not_in_force(books, on))
    return Report(tuple(findings), tuple(later), tuple(silent), tuple(unheld), tuple(untested))


def _not_in_force(books: Sequence[Rulebook], on: dt.date | None) -> str:
    """Return what to do where a day lies outside every version of every rulebook."""
    if len(books) > 1:
        first = min(w.in_force.from_ for b in books for w in b.instrument.versions)
        return f"--on: on {on} none of the {len(books)} rulebooks was in force; first: {first}"
    spans = [
        f"{w.in_force.from_} to {w.in_force.until or 'now'}" for w in books[0].instrument.versions
    ]
    return f"--on: {books[0].id} was not in force on {on}; give a day in {', '.join(spans)}"


def _covers(version: schema.Version, day: dt.date) -> bool:
    until = version.in_force.until
    return version.in_force.from_ <= day and (until is None or day <= until)


def _in_force(limit: Limit, day: dt.date) -> bool:
    after = limit.from_ is None or limit.from_ <= day
    return after and (limit.until is None or day <= limit.until)


def _later(
    profile: Profile,
    limit: Limit,
    book: Rulebook,
    version: schema.Version,
    day: dt.date,
    found: Sequence[Finding],
) -> Later:
    return Later(
        profile=profile.id,
        limit=limit.id,
        since=limit.from_,
        until=limit.until,
        instrument=book.id,
        version=version.id,
        on=day,
        breaches=sum(f.result == "breach" for f in found),
        doubts=sum(f.result == "doubt" for f in found),
    )


def _bound(book: Rulebook, profile: Profile) -> bool | None:
    if profile.place is None:
        return True
    return book.words.within(book.instrument.reach.place, profile.place)


def _findings(
    book: Rulebook,
    version: schema.Version,
    parts: Sequence[Target],
    profile: Profile,
    limit: Limit,
    day: dt.date,
    outside: bool,
) -> Iterator[Finding]:
    sets = sets_of(profile, book.words.worths)
    for target in parts:
        found = judge(limit, target, sets)
        if found is None:
            continue
        result, elements = found
        article, depth = book.source_of(target.cite)
        yield Finding(
            profile=profile.id,
            limit=limit.id,
            title=limit.title,
            source=source_name(profile, limit),
            rank=profile.rank,
            depth=profile.depth(limit),
            since=limit.from_,
            result=result,
            instrument=book.id,
            version=version.id,
            over=target.over,
            path=target.path,
            part=target.title,
            article=article,
            article_depth=depth,
            elements=elements,
            on=day,
            older=limit.from_ is not None and version.in_force.from_ < limit.from_,
            reason=limit.reason,
            outside=outside,
        )


def source_name(profile: Profile, limit: Limit) -> str:
    """Return source and article of a limit as people cite it."""
    if limit.cite.source is None:
        return "rule of the craft" if profile.rank == "craft_rule" else "assumption"
    source = profile.sources[limit.cite.source]
    name = source.number or source.title.en
    return f"{name}, {limit.cite.article}"
