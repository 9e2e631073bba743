"""Regulations: what may be collected, shown and done with records, and how it is undone.

A closed set of rule types; each rule is a block with `rule` naming its type.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from xinyong.law.schema.base import (
    Anchor,
    Bilingual,
    Block,
    Cite,
    Id,
    Information,
    Kind,
    Rank,
    Role,
    Term,
    Text,
)
from xinyong.law.schema.provisions import Within

RecordPolarity = Literal["bad", "good"]
Viewer = Literal["public", "subject", "authorised", "authorities", "listed_entity_officers"]
Moment = Literal[
    "filed",
    "received",
    "marked",
    "transferred",
    "decided",
    "corrected",
    "certified",
    "annulled_notice",
    "term_over",
    "listed",
    "requested",
    "informed",
    "displayed",
]


class Records(Block):
    """Which records a rule is about; what is left out is not tested.

    `conduct` narrows to acts, `conduct_not` leaves acts out, `documents` to records that rest
    on one of these documents, `listed_on` to records that led to one of these lists,
    `subject_listed_on` to every record of a subject that is on one of them, whatever led there,
    `emergency` to acts done in an emergency of the place (true) or outside one (false).
    """

    polarity: RecordPolarity | None = None
    kinds: list[Kind] | None = None
    conduct: list[Id] | None = None
    conduct_not: list[Id] | None = None
    documents: list[Id] | None = None
    listed_on: list[Id] | None = None
    subject_listed_on: list[Id] | None = None
    emergency: bool | None = None


class Rule(Block):
    """What all rules share. `by` are the authorities that act; `of` the records meant."""

    id: Id
    title: Text
    of: Records = Records()
    by: list[Id] = []
    cite: Cite


class Collect(Rule):
    """What may, must or must not be collected.

    `allowed`: ``yes``, ``no``, or only with the subject's ``consent`` or ``written_consent``.
    `closed`: together with the other closed rules of the version it says all that may be
    collected; `of` then says by conduct or document which records it covers. `source` tells
    public records from the market's.
    """

    rule: Literal["collect"]
    allowed: Literal["yes", "no", "consent", "written_consent"]
    information: list[Information] = Field(min_length=1)
    source: Literal["public", "market", "any"] = "any"
    closed: bool = False
    condition: Text | None = None
    unless: Text | None = None


class ListPower(Rule):
    """Who may keep lists of the seriously untrustworthy, on what grounds and with what basis.

    `grounds` restates each ground; `basis` is the lowest legal rank that suffices;
    `needs` what must come with the list.
    """

    rule: Literal["list_power"]
    grounds: list[Text] = []
    basis: Rank | None = None
    must: bool = False
    needs: list[
        Literal[
            "public_comment",
            "published_criteria",
            "document",
            "notice",
            "removal_conditions",
            "remedies",
            "approval_above",
        ]
    ] = []


class MeasurePower(Rule):
    """Which measures may be taken against whom, and within what limits.

    `described` restates kinds of measures; `reaches` are those behind the subject who may be
    met too; `published_only`: only measures on a published list.
    """

    rule: Literal["measure_power"]
    against: Literal["trustworthy", "dishonest", "seriously_dishonest"]
    measures: list[Id] = []
    described: list[Text] = []
    related_matters_only: bool = False
    basis: Rank | None = None
    reaches: list[Role] = []
    published_only: bool = False


class Disclosure(Rule):
    """How long a record is open to others, and from what.

    `way`: ``publish`` (open to all), ``query`` (shown to whoever may ask) or ``share``
    (between authorities). `while_listed`: at least as long as the entry stands to which the
    record led; `while_subject_listed`: at least as long as the subject is on one of these lists.
    `afterwards`: what then happens to the record.
    """

    rule: Literal["disclosure"]
    way: Literal["publish", "query", "share"]
    to: list[Viewer] = Field(min_length=1)
    term: Term
    least: Term | None = None
    while_listed: bool = False
    while_subject_listed: list[Id] | None = None
    afterwards: Literal["not_provided", "removed", "archived", "anonymised", "unsaid"] = "unsaid"
    excluded: bool = Field(False, description="these records are not shown at all")


class Access(Rule):
    """Who may see records, and what they need for it."""

    rule: Literal["access"]
    to: list[Viewer] = Field(min_length=1)
    needs: Literal["nothing", "identification", "written_authorisation", "consent", "duty"]
    free_per_year: int | None = Field(None, ge=1)
    only_public_part: bool = False


class Notice(Rule):
    """Who must be told what, before or after which act."""

    rule: Literal["notice"]
    before: Literal["collection", "recording", "listing", "publication", "measure", "evaluation"]
    after_the_act: bool = False
    to: list[Viewer] = ["subject"]
    content: list[
        Literal["reason", "basis", "use", "measures", "removal", "repair", "remedies", "defence"]
    ] = []
    within: Within | None = None
    written: bool = False


class Stage(Block):
    """One stage of an objection or a repair: who does what within what limit of what moment."""

    id: Id
    title: Text
    by: Id
    modality: Literal["must", "may"] = "must"
    from_: Moment = Field(alias="from")
    within: Within | None = None
    then: Moment
    if_: Text | None = Field(None, alias="if")
    cite: Cite | None = None


class Objection(Rule):
    """To whom one may object, on what grounds, and how it is answered."""

    rule: Literal["objection"]
    to: list[Id] = Field(min_length=1)
    grounds: list[
        Literal[
            "wrong",
            "incomplete",
            "privacy",
            "expired",
            "wrongly_listed",
            "unlawful",
            "trade_secret",
            "not_removed",
        ]
    ] = Field(min_length=1)
    meanwhile: Literal["marked", "suspended", "nothing", "unsaid"] = "unsaid"
    stages: list[Stage] = Field(min_length=1)


class Annulment(Rule):
    """What happens to a record once the decision it rests on is annulled."""

    rule: Literal["annulment"]
    stages: list[Stage] = Field(min_length=1)


class Repair(Rule):
    """How a record may be repaired before its time: conditions, wait, stages, effect.

    `excluded`: these records cannot be repaired. `wait`: earliest day for the application.
    """

    rule: Literal["repair"]
    excluded: bool = False
    conditions: list[
        Literal[
            "corrected",
            "performed",
            "effects_removed",
            "commitment",
            "training",
            "report",
            "verified",
            "application",
            "shortest_term_over",
            "certificate_of_provider",
            "explained",
            "extension_granted",
            "public_service",
        ]
    ] = []
    any_of: bool = Field(False, description="one of the conditions suffices")
    wait: Term | None = None
    per_year: int | None = Field(None, ge=1)
    stages: list[Stage] = []
    effect: list[
        Literal["not_shown", "deleted", "marked", "archived", "delisted", "measures_end"]
    ] = []

    @model_validator(mode="after")
    def _says_something(self) -> Repair:
        if not self.excluded and not self.effect:
            raise ValueError("a repair has an effect, or the records are excluded from it")
        return self


class Right(Rule):
    """A right of the subject."""

    rule: Literal["right"]
    what: Literal[
        "know",
        "access",
        "copy",
        "correction",
        "deletion",
        "objection",
        "repair",
        "reasons",
        "no_bundling",
        "leave_out_good",
        "refuse_automated",
        "review",
        "suit",
        "remedy",
        "portability",
    ]
    per_year: int | None = Field(None, ge=1)
    within: Within | None = None


class Liability(Rule):
    """What follows for whoever breaks the rules; fines are whole yuan."""

    rule: Literal["liability"]
    whose: list[
        Literal["authority", "official", "platform", "credit_service", "enterprise", "anyone"]
    ] = Field(min_length=1)
    breach_of: list[Text] = Field(min_length=1)
    sanction: list[
        Literal[
            "talk",
            "order",
            "warning",
            "criticism",
            "discipline",
            "fine",
            "confiscation",
            "suspension",
            "civil",
            "public_order",
            "criminal",
        ]
    ] = Field(min_length=1)
    fine: tuple[int, int] | None = None


class Definition(Rule):
    """A term as the instrument uses it, in short."""

    rule: Literal["definition"]
    term: Bilingual
    means: Text


RegulationRule = Annotated[
    Collect
    | ListPower
    | MeasurePower
    | Disclosure
    | Access
    | Notice
    | Objection
    | Annulment
    | Repair
    | Right
    | Liability
    | Definition,
    Field(discriminator="rule"),
]

#: Anchors that a disclosure term may use, beside the events of the record itself.
DISCLOSURE_ANCHORS: tuple[Anchor, ...] = (
    "occurred",
    "ended",
    "formed",
    "effective",
    "recorded",
    "decided",
    "published",
    "corrected",
    "performed",
    "sentence_ended",
    "listed",
    "lawful_end",
)
