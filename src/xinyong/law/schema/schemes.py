"""Schemes: points and grades of one named scheme of one place."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from xinyong.law.schema.base import Bilingual, Block, Cite, Id, Term, Text
from xinyong.law.schema.private import Benefit, Consent


class Grade(Block):
    """One grade of a scheme: the points band that leads to it, best grade first.

    Without either bound the band is not known, or there is none: the grade is then
    reached only directly.
    """

    id: Id | str
    name: Bilingual
    lo: int | None = None
    hi: int | None = None
    lo_inclusive: bool = True
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
    """Points and grades of one named scheme of one place.

    Without a `base` no score is worked out: lines stand alone, or grades come directly.
    `floor` and `ceiling` cut the score off. All versions of an instrument name their
    grades in one order. `partial` says what of the scheme is not known; `case_only`, why
    the simulation does not run it.
    """

    base: int | None
    floor: int | None = None
    ceiling: int | None = None
    grades: list[Grade] = []
    consent: Consent | None = None
    partial: Text | None = None
    case_only: Text | None = None
    benefits: list[Benefit] = []
    validity: list[Validity] = Field(min_length=1)
    combination: Combination
    caps: list[Cap] = []
    items: str | None = Field(None, description="annex table: a CSV file beside the instrument")
    items_source: Id | None = None
    cite: Cite


class FeedRow(Block):
    """One grade of the feeding scheme, and the circumstance under which it arrives."""

    grade: str
    circumstance: Id


class Feed(Block):
    """A result of this scheme that goes into another one at the end of each year.

    The grade on the last day of the year arrives in the file as an act of `conduct`, formed
    on that day, with the circumstance of its row; what it is worth there is said by the
    provisions of the receiving scheme `to`, which listen to `conduct`. A feed is thus a step
    that writes to the ledger, and never a circle of one score in another.
    """

    to: Id
    at: Literal["year_end"]
    conduct: Id
    rows: list[FeedRow] = Field(min_length=1)
    cite: Cite
