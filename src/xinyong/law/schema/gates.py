"""Gates: dated legal limits on what other instruments may do.

A gate speaks about provisions (by their effect), measures, or a score as a whole. It finds
them by the attributes that no instrument may lack, and bars them, asks something of them,
or leaves them to be weighed. How a gate is followed is a matter of its version's `followed`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from xinyong.law.schema.base import (
    BasedOn,
    Block,
    Cite,
    FieldName,
    GateEffect,
    GateTarget,
    Id,
    InstrumentKind,
    Kind,
    Level,
    Nature,
    Offer,
    Polarity,
    Protected,
    Rank,
    Text,
    Worth,
)


class Where(Block):
    """Attributes of a target; every one that is given must hold, a list means any of it.

    Of the instrument: `instrument`, `kind`, `polarity`, `level`, `rank`, `rank_below` (in the
    order of `vocabulary.RANKS`), `based_on`, `subjects`, `offers` and `lacks`.
    Of a provision: `conduct`, `conduct_field`, `protected`, `sign` of its points, and
    `document`: whether it rests on a document, because it asks for one or its conduct has one
    by nature; `documents`: it may rest on one of these kinds, or reads a listing, which is one;
    `documents_always`: it never rests on anything else; `worth` and `worth_always`: the same for
    every kind of document of this worth (`DocumentKind`). `conduct_not`: it listens to none of
    these. `copied`: it reads records of somebody else.
    Of a measure: `measure`, `measure_field`, `nature`, `category`, `category_not_in`,
    `by_level` (level of the authority that applies it), `discretionary`, `reaches_others`,
    and `same_field`: its field is that of the conduct.
    """

    instrument: list[Id] | None = None
    instrument_not: list[Id] | None = None
    kind: list[InstrumentKind] | None = None
    polarity: list[Polarity] | None = None
    level: list[Level] | None = None
    rank: list[Rank] | None = None
    rank_below: Rank | None = None
    based_on: list[BasedOn] | None = None
    subjects: list[Kind] | None = None
    offers: list[Offer] | None = None
    lacks: list[Offer] | None = None
    conduct: list[Id] | None = None
    conduct_not: list[Id] | None = None
    conduct_field: list[FieldName] | None = None
    protected: list[Protected] | None = None
    sign: Literal["plus", "minus"] | None = None
    document: Literal["any", "none"] | None = None
    documents: list[Id] | None = None
    documents_always: list[Id] | None = None
    worth: list[Worth] | None = None
    worth_always: list[Worth] | None = None
    copied: bool | None = None
    measure: list[Id] | None = None
    measure_field: list[FieldName] | None = None
    nature: list[Nature] | None = None
    category: list[Text] | None = None
    category_not_in: list[Text] | None = None
    by_level: list[Text] | None = None
    discretionary: bool | None = None
    reaches_others: bool | None = None
    same_field: bool | None = None


class Gate(Block):
    """One limit.

    `barred`: what fits `where` may not be done. `required`: what fits `where` must also fit
    `needs`, or it may not be done. `weighed`: what fits `where` (and does not fit `needs`, if
    given) is subject to a test that no attribute decides; `test` says which.
    """

    id: Id
    title: Text
    bars: list[GateTarget] = Field(min_length=1)
    where: Where = Where()
    effect: GateEffect
    needs: Where | None = None
    test: Text | None = None
    cite: Cite

    @model_validator(mode="after")
    def _shape(self) -> Gate:
        asks = self.needs is not None
        if (self.effect == "required" and not asks) or (self.effect == "barred" and asks):
            raise ValueError("effect: required and needs go together")
        if (self.effect == "weighed") != (self.test is not None):
            raise ValueError("effect: weighed and test go together")
        return self
