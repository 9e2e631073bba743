"""Words and blocks that every part of the format shares: names, sources, citations, terms."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xinyong.law import vocabulary as v

Kind = Literal["person", "enterprise", "individual_business", "social_organisation", "organ"]
FieldName = Literal["government_affairs", "commercial", "social", "judicial"]
Nature = Literal["penalty", "management", "reward", "publicity"]
Protected = Literal["petition", "assembly", "belief", "speech", "family_planning"]
Level = Literal["national", "provincial", "city", "county", "village", "industry"]
Depth = Literal["full text", "transcription", "excerpt", "secondary"]
Unit = Literal["day", "working_day", "month", "year"]
Rank = Literal[v.RANKS]  # type: ignore[valid-type]
Event = Literal[v.EVENTS]  # type: ignore[valid-type]
Anchor = Literal[v.ANCHORS]  # type: ignore[valid-type]
Quantity = Literal[v.QUANTITIES]  # type: ignore[valid-type]
Role = Literal[v.ROLES]  # type: ignore[valid-type]
OtherLink = Literal[v.OTHER_LINKS]  # type: ignore[valid-type]
Severity = Literal[v.SEVERITIES]  # type: ignore[valid-type]
Information = Literal[v.INFORMATION]  # type: ignore[valid-type]
GateTarget = Literal[v.GATE_TARGETS]  # type: ignore[valid-type]
GateEffect = Literal[v.GATE_EFFECTS]  # type: ignore[valid-type]
Worth = Literal[v.WORTHS]  # type: ignore[valid-type]
Offer = Literal[v.OFFERS]  # type: ignore[valid-type]
Polarity = Literal["black", "red", "mixed", "none"]
BasedOn = Literal["act", "record", "entry", "score"]
InstrumentKind = Literal["list", "scheme", "memorandum", "regulation", "private_scheme", "gate"]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class Block(BaseModel):
    """Base of every block: unknown fields are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Bilingual(Block):
    """An official name, in English and Chinese."""

    en: Text
    zh: Text


class Cite(Block):
    """Where a value stands: a source and article, or an assumption and its reason."""

    source: Id | None = None
    article: str | None = None
    assumption: Text | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Cite:
        if (self.source is None) == (self.assumption is None):
            raise ValueError("give either source (with article) or assumption (with its reason)")
        if self.source is not None and not self.article:
            raise ValueError("a source needs an article; write article: whole for the document")
        return self


class Reports(Block):
    """That a document tells of rules older than itself: since which day, and how one knows."""

    since: dt.date
    why: Text


class Source(Block):
    """A document the catalogue rests on.

    `reports` is for a later document that tells of an earlier rule, such as a press report, a
    later edition or a local rule that repeats a national one: only then may a value that is
    older than the document cite it.
    """

    title: Bilingual
    number: str | None = None
    issuer: Id
    date: dt.date
    depth: Depth
    where: Text
    note: Text | None = None
    reports: Reports | None = None

    @model_validator(mode="after")
    def _reports_earlier(self) -> Source:
        if self.reports is not None and self.reports.since >= self.date:
            raise ValueError("reports.since lies before the date of the document, or is left out")
        return self

    @property
    def speaks_from(self) -> dt.date:
        """The first day of which the document can tell."""
        return self.date if self.reports is None else self.reports.since


class Term(Block):
    """How long an effect runs.

    Either ``open: true``, or ``n`` units ``from`` an anchor. `extend_by` names the
    quantity that states a discretionary extension in months and its lawful range.
    `while_continuing` starts the clock only when a continuing act has ended.
    """

    open: bool = False
    n: int | None = Field(None, ge=1)
    unit: Unit | None = None
    from_: Anchor | None = Field(None, alias="from")
    while_continuing: bool = False
    extend_by: Literal["extension_months"] | None = None
    extend_range: tuple[int, int] | None = None
    cite: Cite | None = None

    @model_validator(mode="after")
    def _shape(self) -> Term:
        counted = (self.n, self.unit, self.from_)
        if self.open and any(x is not None for x in counted):
            raise ValueError("an open term has no n, unit or from")
        if not self.open and any(x is None for x in counted):
            raise ValueError("a term needs n, unit and from, or open: true")
        if (self.extend_by is None) != (self.extend_range is None):
            raise ValueError("extend_by and extend_range go together")
        return self
