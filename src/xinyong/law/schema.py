"""The format of the catalogue: what an instrument file may say.

Declarative only: no expressions and no code. Every block that states a rule has a
`cite` (a source and an article) or an assumption with its reason; blocks without
one inherit that of the block around them. Loading, positions and cross-references
are the business of `xinyong.law.catalogue`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

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
Severity = Literal[v.SEVERITIES]  # type: ignore[valid-type]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class Block(BaseModel):
    """Base of every block: unknown fields are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


class Source(Block):
    """A document the catalogue rests on."""

    title: Bilingual
    number: str | None = None
    issuer: Id
    date: dt.date
    depth: Depth
    where: Text
    note: Text | None = None


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


# --- conditions -----------------------------------------------------------------


class Band(Block):
    """A quantity lies between two bounds; a bound left out is not tested."""

    of: Quantity
    lo: int | None = None
    hi: int | None = None
    lo_inclusive: bool = True
    hi_inclusive: bool = True

    @model_validator(mode="after")
    def _not_empty(self) -> Band:
        if self.lo is None and self.hi is None:
            raise ValueError("a band needs lo, hi or both")
        if self.lo is not None and self.hi is not None and self.lo > self.hi:
            raise ValueError("a band's lo must not exceed its hi")
        return self


class Happened(Block):
    """An event stands in the file of the case, at the latest on the day of another.

    `document` narrows ``formed`` and ``served`` to one kind of document.
    """

    event: Event
    by: Event | None = None
    document: Id | None = None


class Lapsed(Block):
    """A day set by an event has passed without any of the named events on or before it."""

    after: Event
    without: list[Event] = Field(min_length=1)


class Count(Block):
    """At least `lo` acts of the same conduct within the window that ends with this act."""

    window_months: int = Field(ge=1)
    lo: int = Field(ge=2)


class Cumulative(Block):
    """A quantity added up over the acts of this conduct in the calendar year of the act."""

    of: Quantity
    lo: int | None = None
    hi: int | None = None


class ListedFor(Block):
    """On the list for a time counted from the latest of the listing and other events."""

    list: Id
    n: int = Field(ge=1)
    unit: Unit
    since: tuple[Event, ...] = ()
    at: Event


class Condition(Block):
    """One test of facts; exactly one field is set.

    Combinators: `all`, `any`, `unless` (none of them), nested at most three deep.
    `listed_on` asks whether the case has ever entered a list, `still_listed_on` whether its
    entry is alive on the day.
    """

    all: list[Condition] | None = None
    any: list[Condition] | None = None
    unless: list[Condition] | None = None
    kind: list[Kind] | None = None
    role: list[Role] | None = None
    age: tuple[int, int] | None = None
    document: Id | None = None
    circumstance: Id | None = None
    severity: list[Severity] | None = None
    band: Band | None = None
    event: Happened | None = None
    lapsed: Lapsed | None = None
    count: Count | None = None
    cumulative: Cumulative | None = None
    continuing: bool | None = None
    listed_on: Id | None = None
    still_listed_on: Id | None = None
    listed_for: ListedFor | None = None
    other_listing: Id | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Condition:
        given = [k for k, x in self.__dict__.items() if x is not None]
        if len(given) != 1:
            raise ValueError(f"a condition states exactly one test; found {given or 'none'}")
        return self

    def depth(self) -> int:
        """Return how deep combinators are nested (a plain test has depth 0)."""
        inner = self.all or self.any or self.unless
        return 0 if inner is None else 1 + max((c.depth() for c in inner), default=0)


Condition.model_rebuild()


# --- effects ---------------------------------------------------------------------


class Enter(Block):
    """Enter the subject on a list, once the list's decision step has been taken."""

    do: Literal["enter"]
    term: Term


class End(Block):
    """End an entry from the day of the named event (the removal step then runs)."""

    do: Literal["end"]
    cause: Literal["performance", "settlement", "withdrawal", "terminated", "early", "annulled"]
    from_: Event = Field(alias="from")
    only_open_term: bool = False


class Restore(Block):
    """Put a removed entry back; its term is counted anew from the event."""

    do: Literal["restore"]
    from_: Event = Field(alias="from")


class Points(Block):
    """Add or deduct points: fixed, or per started step of a quantity with a cap.

    `low` and `high` bound the discretion of a range item; the calculator then takes
    the value stated in the case (circumstance ``points``) or the smaller magnitude.
    """

    do: Literal["points"]
    low: int
    high: int
    per: Quantity | None = None
    step: int | None = Field(None, ge=1)
    points_per_step_tenths: int | None = None
    every_months: int | None = Field(None, ge=1)
    award: str | None = None


class SetGrade(Block):
    """Set a grade directly."""

    do: Literal["grade"]
    grade: Id | str


class Convert(Block):
    """Replace the direct grade of a case by points, or a better grade, for a time."""

    do: Literal["convert"]
    points: int | None = None
    grade: str | None = None
    from_: Event = Field(alias="from")
    term: Term

    @model_validator(mode="after")
    def _one_of(self) -> Convert:
        if (self.points is None) == (self.grade is None):
            raise ValueError("a conversion leads either to points or to a grade")
        return self


class Copy(Block):
    """Copy the record to those in a role, scored by the target's own table."""

    do: Literal["copy"]
    to: list[Role] = Field(min_length=1)


Effect = Annotated[
    Enter | End | Restore | Points | SetGrade | Convert | Copy, Field(discriminator="do")
]


class Provision(Block):
    """One rule: trigger and effect.

    `conduct` names the conduct it listens to; `via` says whether it reads the
    subject's own acts (``self``) or records copied to it in a role.
    """

    id: Id
    title: Text
    conduct: list[Id] = Field(min_length=1)
    kinds: list[Kind] | None = None
    via: list[Role] = ["self"]
    when: list[Condition] = []
    effect: Effect
    cite: Cite
    case_only: Text | None = None
    protected: list[Protected] = []
    field: FieldName | None = None


class Within(Block):
    """A time limit."""

    n: int = Field(ge=0)
    unit: Unit
    extended_by: int | None = Field(None, ge=1)
    cite: Cite | None = None


class Step(Block):
    """What must or may be done, by whom, by when, and what follows if not.

    A step opens when its `opens` state holds and an anchor in `from` has come (the
    earliest of them); it is done by the event `then` on or after the anchor.
    """

    id: Id
    title: Text
    by: Id
    modality: Literal["must", "may"]
    opens: Literal["met", "entered", "ended", "always"]
    when: list[Condition] = []
    from_: list[Anchor] = Field(alias="from", min_length=1)
    within: Within | None = None
    then: Event
    if_lapsed: Text
    cite: Cite


class Grade(Block):
    """One grade of a scheme: the points band that leads to it, best grade first."""

    id: Id | str
    name: Bilingual
    lo: int | None
    hi: int | None
    direct_points: int | None = None
    cite: Cite | None = None


class Validity(Block):
    """How long a score line counts; the first rule that fits decides."""

    grade: str | None = None
    minus_up_to: int | None = None
    minus: bool = False
    award: list[str] | None = None
    plus: bool = False
    term: Term
    cite: Cite


class Combination(Block):
    """How lines combine into a score and a grade."""

    several_items: Literal["direct_else_largest", "sum"]
    recurrence_factor: int = Field(1, ge=1)
    recurrence_class: Literal["item", "group"] = "item"
    plus_inert_while_uncorrected: bool = False
    released_by_correction: bool = False
    cite: Cite


class Cap(Block):
    """The most points a group of items may add in a calendar year."""

    group: str
    points: int
    cite: Cite


class Scheme(Block):
    """Points and grades of one named scheme of one place."""

    base: int
    grades: list[Grade] = Field(min_length=2)
    validity: list[Validity] = Field(min_length=1)
    combination: Combination
    caps: list[Cap] = []
    items: str | None = Field(None, description="annex table: a CSV file beside the instrument")
    items_source: Id | None = None
    cite: Cite


class MeasureRow(Block):
    """One measure tied to a list: who applies it, and on what basis."""

    measure: Id
    by: list[Id] = Field(min_length=1)
    kinds: list[Kind] | None = None
    reaches: list[Role] = []
    discretionary: bool = False
    cite: Cite


class InForce(Block):
    """From when to when a version applies (both days included)."""

    from_: dt.date = Field(alias="from")
    until: dt.date | None = None
    cite: Cite


class Followed(Block):
    """How long after its enactment a version is followed in practice."""

    lag_months: int = Field(0, ge=0)
    cite: Cite


class Version(Block):
    """The instrument as it stood in one period."""

    id: Id
    in_force: InForce
    transition: Literal["acts_from", "records_from", "decisions_from", "pending", "all"]
    transition_cite: Cite
    followed: Followed | None = None
    steps: list[Step] = []
    provisions: list[Provision] = []
    scheme: Scheme | None = None
    measures: list[MeasureRow] = []


class Alternative(Block):
    """Another reading of an ambiguous text, and what it changes."""

    id: Id
    reading: Text
    path: str | None = None
    value: Any = None


class Interpretation(Block):
    """An ambiguity, the reading taken, and the others."""

    id: Id
    question: Text
    default: Text
    alternatives: list[Alternative] = Field(min_length=1)
    reason: Text
    cite: Cite


class Review(Block):
    """Whether listing or scoring may be challenged, and before whom."""

    objection: bool
    administrative_review: bool
    suit: bool
    cite: Cite


class Reach(Block):
    """Where the instrument applies, and which tie to the place counts."""

    place: Id
    by: list[Literal["residence", "registration", "act_place"]] = Field(min_length=1)
    cite: Cite


class Instrument(Block):
    """A dated, sourced document of the catalogue."""

    id: Id
    kind: Literal["list", "scheme", "memorandum", "regulation", "private_scheme"]
    polarity: Literal["black", "red", "mixed", "none"]
    name: Bilingual
    short: Bilingual | None = None
    issuer: Id
    decider: Id
    keeper: Id
    level: Level
    rank: Rank
    rank_cite: Cite
    based_on: Literal["act", "record", "entry", "score"]
    conduct_field: FieldName
    measure_fields: list[FieldName]
    nature: list[Nature] = Field(min_length=1)
    protected: list[Protected]
    subjects: list[Kind] = Field(min_length=1)
    serves: Id | None = Field(None, description="memorandum: the list whose entries it acts on")
    reach: Reach
    review: Review
    sources: dict[Id, Source] = Field(min_length=1)
    interpretations: list[Interpretation] = []
    unmodelled: list[Text] = []
    versions: list[Version] = Field(min_length=1)


# --- vocabularies ------------------------------------------------------------------


class Authority(Block):
    """An institution that decides, holds, or applies; never a person."""

    id: Id
    name: Bilingual
    level: Literal["central", "provincial", "municipal", "county", "local", "industry", "market"]
    cite: Text


class Measure(Block):
    """A consequence of an entry."""

    id: Id
    name: Bilingual
    field: FieldName
    nature: Nature
    polarity: Literal["black", "red"]
    category: Text
    cite: Text


class Authorities(Block):
    """The file of authorities."""

    authorities: list[Authority] = []


class Measures(Block):
    """The file of measures."""

    measures: list[Measure] = []


class DocumentKind(Block):
    """A kind of document that a record may rest on."""

    id: Id
    name: Bilingual


class Circumstance(Block):
    """A fact about an act that a provision may ask for; present or not."""

    id: Id
    name: Bilingual


class Facts(Block):
    """The file of document kinds and circumstances."""

    documents: list[DocumentKind] = []
    circumstances: list[Circumstance] = []
