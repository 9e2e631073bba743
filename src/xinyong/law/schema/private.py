"""Private schemes: commercial scores that a person joins, and what public lists do in them.

Their formulas are not published, so no score is computed. What is encoded: consent, the
dimensions that were disclosed, the bands of the score, and the link to a public list.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Literal

from pydantic import Field, model_validator

from xinyong.language import Sentence
from xinyong.law.schema.base import Bilingual, Block, Cite, Id, Term, Text


class Consent(Block):
    """How one comes into the scheme and leaves it."""

    mode: Literal["opt_in", "default_tick", "automatic", "unknown"]
    withdrawal: Literal["any_time", "never", "unknown"] = "unknown"
    cite: Cite


class Dimension(Block):
    """One disclosed dimension of a score; `share` is a weight per ten thousand, if published."""

    id: Id
    name: Bilingual
    share: int | None = Field(None, ge=0, le=10_000)
    cite: Cite


class ScoreBand(Block):
    """One band of a private score; both bounds belong to it."""

    id: Id
    name: Bilingual
    lo: int
    hi: int
    cite: Cite

    @model_validator(mode="after")
    def _ordered(self) -> ScoreBand:
        if self.lo > self.hi:
            raise ValueError("a band's lo must not exceed its hi")
        return self


class Benefit(Block):
    """What a score of at least `lo`, or a `grade`, opened, with whom, in which time."""

    id: Id
    title: Text
    lo: int | None = None
    grade: str | None = None
    partner: Text | None = None
    from_: dt.date | None = Field(None, alias="from")
    until: dt.date | None = None
    cite: Cite


class ListLink(Block):
    """What an entry on a public list does in the scheme, and from when to when.

    `keeps`: how long the mark stays, counted from an event of the case (such as performance).
    """

    list: Id
    from_: dt.date = Field(alias="from")
    until: dt.date | None = None
    effect: tuple[
        Literal["score_lowered", "services_refused", "purchases_blocked", "warned"], ...
    ] = Field(min_length=1)
    keeps: Term | None = None
    cite: Cite


class PrivateTerms(Block):
    """A private scheme in one version: range of the score, consent, dimensions, bands, links.

    `personal`: it scores persons; `holders` may ask for the score.
    """

    lo: int | None = None
    hi: int | None = None
    consent: Consent
    dimensions: list[Dimension] = []
    bands: list[ScoreBand] = []
    benefits: list[Benefit] = []
    list_links: list[ListLink] = []
    update_months: int | None = Field(None, ge=1)
    cite: Cite

    @model_validator(mode="after")
    def _bands(self) -> PrivateTerms:
        rows = sorted(self.bands, key=lambda b: b.lo)
        for before, after in pairwise(rows):
            if after.lo <= before.hi:
                message = Sentence(
                    "the bands {one} and {other} overlap", one=repr(before.id), other=repr(after.id)
                )
                raise ValueError(message)
        if sum(d.share or 0 for d in self.dimensions) > 10_000:
            raise ValueError("the shares of the dimensions exceed the whole")
        return self
