"""Limits as data: profiles of cited tests, each with its reason.

A profile is a file of ``law/data/limits``. Its limits quantify over the parts of a
rulebook (`OVERS`) and look at attributes only (`xinyong.law.lint.attributes`); there is
no rule about rules in code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from xinyong.errors import CatalogueError, Problem, UsageError
from xinyong.law.lint.attributes import ATTRIBUTES, OVERS
from xinyong.law.lint.predicates import Sets, Test, attributes_of
from xinyong.law.schema import Bilingual, Block, Cite, Id, Source, Text
from xinyong.law.vocabulary import WORTHS
from xinyong.yamlio import Document, nearest, read_yaml, validate

__all__ = ["Element", "Limit", "Profile", "load_profiles", "sets_of"]

_DATA = Path(str(files("xinyong.law") / "data" / "limits"))

Over = Literal[OVERS]  # type: ignore[valid-type]
LimitRank = Literal[
    "law",
    "union_regulation",
    "administrative_regulation",
    "department_rule",
    "normative_document",
    "press_statement",
    "craft_rule",
]


class Element(Block):
    """One element of a limit's test.

    It is met when `holds` does, open when `holds` cannot be known or fails while `doubtful`
    does not, and not met otherwise. `text` says what is so when it is met, `in_doubt` what is
    so when only `doubtful` holds, and `otherwise` what is so when it is not met.
    """

    id: Id
    text: Text
    in_doubt: Text | None = None
    otherwise: Text | None = None
    holds: Test
    doubtful: Test | None = None

    @model_validator(mode="after")
    def _a_doubt_has_its_words(self) -> Element:
        if (self.doubtful is None) != (self.in_doubt is None):
            raise ValueError("`doubtful` and `in_doubt`, which says it in words, go together")
        return self


class SameAs(Block):
    """The gates of the catalogue that state the same rule, for the day of a case."""

    instrument: Id
    gates: Annotated[list[Id], Field(min_length=1)]


class Limit(Block):
    """A limit: a breach when every element is met, clear when one is not, else a doubt.

    `applies` narrows what the limit speaks about at all; outside it there is no finding.
    `same_as` names the gates that say the same, with which date, rank and article must agree.
    """

    id: Id
    title: Text
    cite: Cite
    same_as: SameAs | None = None
    from_: dt.date | None = Field(None, alias="from")
    until: dt.date | None = None
    over: Over
    applies: Test
    elements: Annotated[list[Element], Field(min_length=1)]
    reason: Text


class Words(Block):
    """Named sets of words that every profile may use."""

    sets: dict[Id, list[Id]]


class Profile(Block):
    """A set of limits from one source of law, or the rules of the craft.

    `place`: the limits bind rulebooks within it; none: anywhere. `sets`: words by name.
    """

    id: Id
    name: Bilingual
    place: Id | None = None
    rank: LimitRank
    about: Text
    sources: dict[Id, Source] = Field(default_factory=dict)
    sets: dict[Id, list[Id]] = Field(default_factory=dict)
    limits: Annotated[list[Limit], Field(min_length=1)]

    def depth(self, limit: Limit) -> str:
        """Return how deep the source of a limit was read, or ``assumption``."""
        return "assumption" if limit.cite.source is None else self.sources[limit.cite.source].depth


@cache
def _shared() -> dict[str, list[str]]:
    document = read_yaml(_DATA / "shared" / "words.yaml", CatalogueError)
    return validate(Words, document, CatalogueError).sets


def sets_of(profile: Profile, worths: Mapping[str, str] | None = None) -> Sets:
    """Return the named sets of a profile, those that all share, and documents by their worth."""
    named = {name: frozenset(words) for name, words in (_shared() | profile.sets).items()}
    for worth in WORTHS:
        named[worth] = frozenset(k for k, w in (worths or {}).items() if w == worth)
    return named


def _read(path: Path) -> Profile:
    document = read_yaml(path, CatalogueError)
    profile = validate(Profile, document, CatalogueError)
    problems = [
        *_repeated(document, profile),
        *(p for i, limit in enumerate(profile.limits) for p in _wrong(document, profile, i, limit)),
    ]
    if profile.id != path.stem:
        problems.append(document.problem(("id",), f"the file is called {path.stem!r}"))
    if problems:
        raise CatalogueError(problems)
    return profile


def _repeated(document: Document, profile: Profile) -> list[Problem]:
    ids = [limit.id for limit in profile.limits]
    return [
        document.problem(("limits", i, "id"), f"{word!r} stands twice")
        for i, word in enumerate(ids)
        if word in ids[:i]
    ]


def _wrong(document: Document, profile: Profile, i: int, limit: Limit) -> list[Problem]:
    """Return what a limit names that does not exist, or cannot be."""
    at = ("limits", i)
    problems = []
    source = profile.sources.get(limit.cite.source or "")
    if limit.cite.source is not None and source is None:
        hint = nearest(limit.cite.source, profile.sources)
        message = f"unknown source {limit.cite.source!r}"
        problems.append(document.problem((*at, "cite"), message, hint))
    if source is not None and (limit.from_ is None or limit.from_ < source.date):
        message = f"a limit is in force no earlier than its source ({source.date})"
        problems.append(document.problem((*at, "from"), message))
    if limit.until is not None and limit.from_ is not None and limit.until < limit.from_:
        problems.append(document.problem((*at, "until"), "ends before it begins"))
    tests = [limit.applies]
    for element in limit.elements:
        tests += [element.holds] if element.doubtful is None else [element.holds, element.doubtful]
    known = ATTRIBUTES["instrument"] | ATTRIBUTES[limit.over]
    for test in tests:
        for name in attributes_of(test):
            if name not in known:
                message = f"unknown attribute {name!r} of {limit.over}"
                problems.append(document.problem(at, message, nearest(name, known)))
        for name in _named(test):
            sets = (*_shared(), *profile.sets, *WORTHS)
            if name not in sets:
                message = f"unknown set {name!r}"
                problems.append(document.problem(at, message, nearest(name, sets)))
    return problems


def _named(test: Test) -> list[str]:
    """Return the named sets that a test uses."""
    found = []
    for words in (test.in_, test.has_any, test.has_none, test.within, test.only):
        found += [w[1:] for w in words or [] if w.startswith("@")]
    for inner in test.all or test.any or test.none or []:
        found += _named(inner)
    return found


@cache
def load_profiles(root: Path = _DATA) -> dict[str, Profile]:
    """Load every profile, by id.

    Raises:
        CatalogueError: with the problems of the first file that has some.
    """
    return {p.id: p for p in map(_read, sorted(root.glob("*.yaml")))}


def chosen(names: list[str]) -> list[Profile]:
    """Return the profiles of these names.

    Raises:
        UsageError: there is none of a name; the message names the nearest.
    """
    found = load_profiles()
    for name in names:
        if name not in found:
            tail = nearest(name, found, parts=True) or f"there are {', '.join(found)}"
            raise UsageError(f"unknown profile {name!r}; {tail}")
    return [found[name] for name in dict.fromkeys(names)]
