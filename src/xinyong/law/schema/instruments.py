"""Instruments and their versions: the outer blocks of an instrument file."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import Field, model_validator

from xinyong.language import Sentence
from xinyong.law.schema.base import (
    BasedOn,
    Bilingual,
    Block,
    Cite,
    FieldName,
    Id,
    InstrumentKind,
    Kind,
    Level,
    Nature,
    Polarity,
    Protected,
    Rank,
    Role,
    Source,
    Text,
)
from xinyong.law.schema.gates import Gate
from xinyong.law.schema.private import PrivateTerms
from xinyong.law.schema.provisions import Provision, Step, Within
from xinyong.law.schema.regulations import RegulationRule
from xinyong.law.schema.schemes import Feed, Scheme


class MeasureRow(Block):
    """One measure tied to a list, or to grades of a scheme: who applies it, on what basis."""

    measure: Id
    by: list[Id] = Field(min_length=1)
    kinds: list[Kind] | None = None
    reaches: list[Role] = []
    discretionary: bool = False
    lasts: Within | None = Field(
        None, description="how long from the listing, where the measure ends before the entry"
    )
    grades: list[str] = Field([], description="of a scheme: the grades that it is tied to")
    text: Text | None = Field(None, description="of what the measure consists here")
    cite: Cite


class Stated(Block):
    """A number that a source states about the document as a whole, read or not."""

    of: Literal["signatories", "measures", "kinds_of_conduct", "areas"]
    n: int = Field(ge=1)
    cite: Cite


class InForce(Block):
    """From when to when a version applies (both days included)."""

    from_: dt.date = Field(alias="from")
    until: dt.date | None = None
    cite: Cite


class FollowedIn(Block):
    """How long after its enactment a version is followed in one place (and below it)."""

    place: Id
    lag_months: int = Field(0, ge=0)
    cite: Cite


class Followed(Block):
    """How long after its enactment a version is followed in practice; the nearest place counts."""

    lag_months: int = Field(0, ge=0)
    cite: Cite
    places: list[FollowedIn] = []


class Version(Block):
    """The instrument as it stood in one period."""

    id: Id
    draft: Text | None = Field(
        None,
        description="published as a draft only: shown, but never law; what is known of its fate",
    )
    in_force: InForce
    transition: Literal["acts_from", "records_from", "decisions_from", "pending", "all"]
    transition_cite: Cite
    followed: Followed | None = None
    steps: list[Step] = []
    provisions: list[Provision] = []
    scheme: Scheme | None = None
    measures: list[MeasureRow] = []
    gates: list[Gate] = []
    rules: list[RegulationRule] = []
    feeds: list[Feed] = []
    private: PrivateTerms | None = None


class Alternative(Block):
    """Another reading of an ambiguous text, and what it changes."""

    id: Id
    reading: Text
    path: str | None = None
    value: Any = None


class Touches(Block):
    """Which cases a question touches; all that is given must hold.

    `provisions` are patterns for ids of provisions, items, steps or measures that produced a
    finding; `fact` is what the file must show of this instrument: a line that counts a
    repetition, a correction or performance, a deduction for an act that does not last and
    stands uncorrected, a record copied from another subject, a direct grade. `asked_from`:
    the day asked for is not earlier.
    """

    conduct: list[Id] | None = None
    kinds: list[Kind] | None = None
    provisions: list[str] | None = None
    fact: Literal["repeated", "corrected", "uncorrected", "copied", "direct_grade"] | None = None
    asked_from: dt.date | None = None


class Interpretation(Block):
    """An ambiguity, the reading taken, and the others.

    What it touches is read off the paths of its alternatives; where they have none, every
    finding of the instrument, or what `touches` says.
    """

    id: Id
    question: Text
    default: Text
    alternatives: list[Alternative] = Field(min_length=1)
    touches: Touches | None = None
    reason: Text
    cite: Cite


class Review(Block):
    """Whether listing or scoring may be challenged, and before whom."""

    objection: bool
    administrative_review: bool
    suit: bool
    cite: Cite


class Reach(Block):
    """Where the instrument applies (`without` leaves out parts), and which tie counts."""

    place: Id
    without: list[Id] = []
    by: list[Literal["residence", "registration", "act_place"]] = Field(min_length=1)
    cite: Cite


class Automated(Block):
    """How far a machine decides: alone, as an aid to a person, or not at all.

    `ai_system`: whether it is an AI system in the sense of Art. 3(1) of Regulation (EU)
    2024/1689. An instrument that does not say leaves the block out.
    """

    decision: Literal["alone", "aid", "none"]
    ai_system: bool | None = None
    cite: Cite


#: Attributes that every instrument has unless it is itself a rule about instruments.
_ATTRIBUTES = ("decider", "keeper", "based_on", "conduct_field", "nature", "review")


class Instrument(Block):
    """A dated, sourced document of the catalogue.

    Gates and regulations are rules about records, provisions and measures: the attributes by
    which gates find other instruments (`decider`, `keeper`, `based_on`, `conduct_field`,
    `nature`, `review`) may be left out there and nowhere else.
    """

    id: Id
    kind: InstrumentKind
    polarity: Polarity
    name: Bilingual
    short: Bilingual | None = None
    issuer: Id
    decider: Id | None = None
    keeper: Id | None = None
    level: Level
    rank: Rank
    rank_cite: Cite
    based_on: BasedOn | None = None
    conduct_field: FieldName | None = None
    measure_fields: list[FieldName] = []
    nature: list[Nature] = []
    protected: list[Protected] = []
    subjects: list[Kind] = Field(min_length=1)
    serves: Id | None = Field(None, description="memorandum: the list whose entries it acts on")
    lead: list[Id] = Field([], description="memorandum: the bodies that drew it up")
    signatories: list[Id] = Field([], description="memorandum: all that signed, leads included")
    signatories_cite: Cite | None = None
    stated: list[Stated] = []
    reach: Reach
    review: Review | None = None
    automated: Automated | None = None
    sources: dict[Id, Source] = Field(min_length=1)
    interpretations: list[Interpretation] = []
    unmodelled: list[Text] = []
    versions: list[Version] = Field(min_length=1)

    @model_validator(mode="after")
    def _signed(self) -> Instrument:
        if self.signatories and not set(self.lead) <= set(self.signatories):
            raise ValueError("those that lead a memorandum are among its signatories")
        if bool(self.lead or self.signatories) != (self.signatories_cite is not None):
            raise ValueError("lead and signatories need signatories_cite, which needs them")
        return self

    @model_validator(mode="after")
    def _complete(self) -> Instrument:
        if self.kind not in ("gate", "regulation"):
            missing = [name for name in _ATTRIBUTES if not getattr(self, name)]
            if missing:
                message = Sentence("a {kind} needs {fields}", kind=self.kind, fields=missing)
                raise ValueError(message)
        blocks = (
            ("gate", "gates"),
            ("regulation", "rules"),
            ("private_scheme", "private"),
        )
        for version in self.versions:
            for kind, name in blocks:
                if getattr(version, name) and self.kind != kind:
                    message = Sentence(
                        "{name} belong to an instrument of kind {kind}", name=name, kind=kind
                    )
                    raise ValueError(message)
                if self.kind == kind and not getattr(version, name):
                    message = Sentence(
                        "version {id} of a {kind} has no {name}",
                        id=repr(version.id), kind=kind, name=name,
                    )  # fmt: skip
                    raise ValueError(message)
            if version.feeds and version.scheme is None:
                message = Sentence(
                    "version {id} feeds another scheme but is none itself", id=repr(version.id)
                )
                raise ValueError(message)
        return self
