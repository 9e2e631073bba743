"""The format of a case: what one may state about a hypothetical subject and its acts.

A case states facts and never identities: there is no field for them, and a value that
looks like one is refused without being repeated.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    field_validator,
    model_validator,
)

from xinyong import places
from xinyong.errors import CaseError, Problem
from xinyong.language import Sentence
from xinyong.law import vocabulary as v
from xinyong.law.schema import Event as EventWord
from xinyong.law.schema import Kind, Role, Severity
from xinyong.yamlio import Document, Loc, dotted, nearest, parse_yaml, read_yaml, validate

__all__ = [
    "COURSES",
    "MOST_ACTS",
    "Act",
    "Case",
    "DocumentFact",
    "EventFact",
    "Link",
    "SubjectFacts",
    "case_of",
    "looks_like_identity",
    "read_case",
]

MOST_ACTS = 50

COURSES = ("nominal", "stated")

#: Quantities stated as whole numbers; severity is a word, duration is counted from the days.
NUMBERS = tuple(q for q in v.QUANTITIES if q not in ("severity", "duration"))

# Values that may identify someone: resident id, unified social credit code, mobile
# number, bank card, e-mail address (GB 11643, GB 32100, ITU E.164 for China, ISO 7812).
_IDENTITY = re.compile(
    r"(?<!\d)\d{17}[\dXx](?!\d)"
    r"|(?<!\d)\d{6}(?:19|20)\d{6}[\dXx]?(?!\d)"
    r"|(?<![0-9A-Za-z])[0-9A-HJ-NP-RTUW-Y]{2}\d{6}[0-9A-HJ-NP-RTUW-Y]{10}(?![0-9A-Za-z])"
    r"|(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)"
    r"|(?<!\d)\d{15,19}(?!\d)"
    r"|[^\s@]+@[^\s@]+\.[^\s@]+"
)

Number = Annotated[int, Field(ge=0, le=10**12, strict=True)]
Word = Annotated[str, Field(min_length=1, max_length=80)]


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


def _age_band(value: Any) -> Any:
    """Return an age as a band."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value}-{value}"
    if value is None or isinstance(value, tuple | list):
        return value
    match = re.fullmatch(r"([0-9]{1,3})(?:-([0-9]{1,3}))?", str(value))
    low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if match and not low <= high <= 120:
        raise ValueError("ages run from 0 to 120, the lower one first: 40, or a band such as 35-44")
    if not match:
        raise ValueError("write an age as a number of years or a band such as 35-44")
    return low, high


class SubjectFacts(_Stated):
    """The subject: kind, place, and what provisions may ask about it.

    `age` is a number of years or a band such as ``35-44``; only persons have one. `consents`
    names the schemes that it has joined, `private_scores` its score in some private ones.
    """

    kind: Kind
    place: Word
    registered: Word | None = None
    age: tuple[int, int] | None = None
    roles: tuple[Role, ...] = ()
    consents: tuple[Word, ...] = ()
    private_scores: dict[Word, Number] = {}

    _band = field_validator("age", mode="before")(_age_band)


#: What the subject can be of another, or another of the subject.
LINKED = ("legal_representative", "head", "responsible_person", "controller", "family",
          "employer", "employee")  # fmt: skip
_SAME = {"family_of": "family", "employee_of": "employer", "employer_of": "employee"}


class Link(_Stated):
    """Another subject, as hypothetical as this one: its kind, place and age, and the tie.

    Exactly one of two says the tie: `as_`, what the subject is of it (``as:
    legal_representative_of``), or `is_`, what it is of the subject (``is: family``).
    """

    to: Kind
    as_: Literal[tuple(f"{x}_of" for x in LINKED)] | None = Field(None, alias="as")  # type: ignore[valid-type]
    is_: Literal[LINKED] | None = Field(None, alias="is")  # type: ignore[valid-type]
    place: Word | None = None
    age: tuple[int, int] | None = None

    _band = field_validator("age", mode="before")(_age_band)

    @model_validator(mode="after")
    def _one(self) -> Link:
        if (self.as_ is None) == (self.is_ is None):
            raise ValueError("write 'as: ..._of' (what the subject is of it) or 'is: ...'")
        return self

    @property
    def word(self) -> str:
        """Return the tie: a role of the other, or what the subject is of it (``…_of``)."""
        stated = str(self.as_ or self.is_)
        return _SAME.get(stated, stated)


class DocumentFact(_Stated):
    """A document an act's record rests on, and its days."""

    kind: Word
    formed: dt.date | None = None
    served: dt.date | None = None
    effective: dt.date | None = None


class EventFact(_Stated):
    """A dated event of the case; a step of a procedure names its instrument (`of`)."""

    event: EventWord
    of: Word | None = None
    on: dt.date


class Act(_Stated):
    """One act: a conduct, its days, and the facts that provisions may read.

    `place` is where it was done, if that matters: for rules that follow the place of the act.
    """

    conduct: Word
    place: Word | None = None
    from_: dt.date = Field(alias="from")
    until: dt.date | None = None
    corrected_on: dt.date | None = None
    performed_on: dt.date | None = None
    settled_on: dt.date | None = None
    amount: Number | None = None
    persons: Number | None = None
    months: Number | None = None
    hours: Number | None = None
    share: Number | None = None
    fine: Number | None = None
    confiscation: Number | None = None
    sentence_months: Number | None = None
    score: Number | None = None
    years_in_business: Number | None = None
    extension_months: Number | None = None
    asset_checks: Number | None = None
    times: Number | None = None
    zero_filing_months: Number | None = None
    points: Annotated[int, Field(ge=-1000, le=1000, strict=True)] | None = None
    severity: Severity | None = None
    circumstances: tuple[Word, ...] = ()
    documents: tuple[DocumentFact, ...] = Field((), max_length=20)
    via: Role | None = None
    events: tuple[EventFact, ...] = Field((), max_length=100)

    def details(self) -> Iterator[tuple[str, str, int]]:
        """Yield (field, detail, value) of every quantity and circumstance stated."""
        for name in NUMBERS:
            value = getattr(self, name)
            if value is not None:
                yield name, name, value
        if self.severity is not None:
            yield "severity", "severity", v.SEVERITIES.index(self.severity)
        for name in self.circumstances:
            yield "circumstances", name, 1

    def days(self) -> Iterator[tuple[Loc, dt.date]]:
        """Yield every date stated with its field."""
        for name in ("from_", "until", "corrected_on", "performed_on", "settled_on"):
            day = getattr(self, name)
            if day is not None:
                yield (name.rstrip("_"),), day
        for i, document in enumerate(self.documents):
            for name in ("formed", "served", "effective"):
                day = getattr(document, name)
                if day is not None:
                    yield ("documents", i, name), day
        for i, event in enumerate(self.events):
            yield ("events", i, "on"), event.on


class Case(_Stated):
    """One hypothetical subject and its acts; nothing is kept.

    Attributes:
        subject: its facts; acts: what it did, at most fifty.
        links: others whom the law ties to it: the firm it represents, a relative.
        course: ``nominal`` takes every ``must`` step on its last lawful day; ``stated``
            takes only the steps that the case states.
        on: the day asked for.

    There is no field for free text, in which a name could stand.
    """

    subject: SubjectFacts
    links: tuple[Link, ...] = Field((), max_length=10)
    acts: tuple[Act, ...] = Field(max_length=MOST_ACTS)
    course: Literal["nominal", "stated"] = "nominal"
    on: dt.date | None = None

    _document: Document | None = PrivateAttr(None)

    def with_course(self, course: str) -> Case:
        """Return the case under another course.

        Raises:
            CaseError: there is no such course.
        """
        if course not in COURSES:
            hint = nearest(course, COURSES) or f"one of {', '.join(COURSES)}"
            raise CaseError(Problem("case", 0, "course", f"unknown course {course[:40]!r}", hint))
        new = self.model_copy(update={"course": course})
        new._document = self._document
        return new

    def problem(self, loc: Loc, message: str, suggestion: str = "") -> Problem:
        """Return a problem at a field, with file and line if the case was read from one."""
        if self._document is not None:
            return self._document.problem(loc, message, suggestion)
        return Problem("case", 0, dotted(loc), message, suggestion)


def read_case(source: Path | str, name: str = "case") -> Case:
    r"""Read a case from a YAML file (a path) or text (a string).

    Args:
        source: the file, or the text itself.
        name: what messages call a text.

    Raises:
        CaseError: with every problem found, each with file, line and field.

    Example:
        >>> read_case("subject: {kind: person, place: wendng}\nacts: []")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        xinyong.errors.CaseError: case:1: subject.place: unknown place 'wendng'; ...
    """
    if isinstance(source, Path):
        document = read_yaml(source, CaseError)
    else:
        document = parse_yaml(source, name, CaseError)
    refuse_identities(document.data, lambda loc, text: document.problem(loc, text, _NO_IDENTITY))
    _refuse_notes(document)
    case = validate(Case, document, CaseError)
    case._document = document
    return checked_places(case)


def case_of(data: dict[str, Any], name: str = "case") -> Case:
    """Return a case from plain data; messages name fields, for there are no lines.

    Raises:
        CaseError: with every problem found.

    Example:
        >>> case_of({"subject": {"kind": "person", "place": "wendeng"}, "acts": []}).subject.kind
        'person'
    """

    def bare(problem: Problem) -> Problem:
        return replace(problem, line=0)

    document = Document(data, Path(name), {})
    refuse_identities(data, lambda loc, text: bare(document.problem(loc, text, _NO_IDENTITY)))
    try:
        _refuse_notes(document)
        return checked_places(validate(Case, document, CaseError))
    except CaseError as error:
        raise CaseError([bare(p) for p in error.problems]) from None


_NO_IDENTITY = "remove it: a case is hypothetical and names nobody"

#: What one would call a field for free text.
_NOTES = ("title", "name", "description", "note", "notes", "comment", "because")


def _refuse_notes(document: Document) -> None:
    """Refuse fields for free text: it would be printed, and could name somebody.

    Raises:
        CaseError: there is one; the text is not repeated.
    """
    data = document.data
    subject = data.get("subject") if isinstance(data, dict) else None
    parts = ((), data), (("subject",), subject)
    found = [
        document.problem(
            (*loc, name), "a case has no room for free text", "write it as a comment: # ..."
        )
        for loc, part in parts
        if isinstance(part, dict)
        for name in _NOTES
        if name in part
    ]
    if found:
        raise CaseError(found)


def checked_places(case: Case) -> Case:
    """Return the case if its places exist.

    Raises:
        CaseError: they do not.
    """
    known = tuple(p.id for p in places.places())
    problems = []
    for field in ("place", "registered"):
        word = getattr(case.subject, field)
        if word is not None and word not in known:
            loc: Loc = ("subject", field)
            problems.append(
                case.problem(
                    loc, Sentence("unknown place {name}", name=repr(word[:40])), places.hint(word)
                )
            )
    stated = [(("acts", i, "place"), act.place) for i, act in enumerate(case.acts)]
    stated += [(("links", i, "place"), link.place) for i, link in enumerate(case.links)]
    for at, word in stated:
        if word is not None and word not in known:
            problems.append(
                case.problem(
                    at, Sentence("unknown place {name}", name=repr(word[:40])), places.hint(word)
                )
            )
    if problems:
        raise CaseError(problems)
    return case


def looks_like_identity(text: str) -> bool:
    """Tell whether some part of a text looks like an identity.

    Example:
        >>> looks_like_identity("wendeng"), looks_like_identity("call 13800138000")
        (False, True)
    """
    return _IDENTITY.search(text) is not None


def refuse_identities(data: Any, problem: Any) -> None:
    """Refuse a case in which any text, key or number looks like an identity.

    Raises:
        CaseError: names the fields but never repeats the values.
    """
    found = [
        problem(loc, "looks like an identity, telephone or card number, or an address")
        for loc, value in _leaves(data, ())
        if _IDENTITY.search(value)
    ]
    if found:
        raise CaseError(found)


def _leaves(node: Any, loc: Loc) -> Iterator[tuple[Loc, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if _IDENTITY.search(str(key)):
                yield loc, str(key)
            else:
                yield from _leaves(value, (*loc, str(key)))
    elif isinstance(node, list | tuple):
        for i, value in enumerate(node):
            yield from _leaves(value, (*loc, i))
    elif isinstance(node, str | int | float) and not isinstance(node, bool):
        yield loc, str(node)
