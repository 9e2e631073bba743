"""The vocabulary files: authorities, measures, document kinds, circumstances."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, model_validator

from xinyong.law.schema.base import (
    Bilingual,
    Block,
    Cite,
    FieldName,
    Id,
    Kind,
    Nature,
    OtherLink,
    Source,
    Text,
    Worth,
)


class Authority(Block):
    """An institution that decides, holds, or applies; never a person."""

    id: Id
    name: Bilingual
    level: Literal["central", "provincial", "municipal", "county", "local", "industry", "market"]
    cite: Text


class Others(Block):
    """Whom a measure concerns beside the listed subject, by its own words.

    `links` say what the other is of the subject (``family``, ``employer``), or the subject of the
    other (``legal_representative_of``); `kinds` are those of the other, `of` those of the listed
    subject. `minors`: only persons under eighteen. `cite`: the words of the text that name them.
    """

    links: list[OtherLink] = Field(min_length=1)
    kinds: list[Kind] = Field(min_length=1)
    of: list[Kind] = Field(["person"], min_length=1)
    minors: bool = False
    cite: Text


class Measure(Block):
    """A consequence of an entry; `by` are the bodies known to apply it, on any list."""

    id: Id
    name: Bilingual
    field: FieldName
    nature: Nature
    polarity: Literal["black", "red"]
    category: Text
    cite: Text
    by: list[Id] = []
    by_cite: Text | None = None
    others: Others | None = None

    @model_validator(mode="after")
    def _cited(self) -> Measure:
        if bool(self.by) != (self.by_cite is not None):
            raise ValueError("by and by_cite go together")
        return self


class Authorities(Block):
    """The file of authorities."""

    authorities: list[Authority] = []


class Measures(Block):
    """The file of measures."""

    measures: list[Measure] = []


class DocumentKind(Block):
    """A kind of document that a record may rest on, and what it is worth as a basis.

    `worth`: `effective` (a decision with legal effect, by a court, an arbitral body or an
    authority within its powers), `procedural` (on the way to one or after it; it decides
    nothing itself), `informal` (a note that anybody may write), or `open`. `follows_act`: it
    is made about the act, so that it is not formed before the act begins (but see `Defied`).
    """

    id: Id
    name: Bilingual
    worth: Worth = "open"
    follows_act: bool = False


class Defied(Block):
    """Conduct that defies, or looks back on, documents of these kinds, which may be older."""

    documents: list[Id] = Field(min_length=1)
    conduct: list[Id] = Field(min_length=1)


class Circumstance(Block):
    """A fact about an act that a provision may ask for; present or not."""

    id: Id
    name: Bilingual


class Facts(Block):
    """The file of document kinds and circumstances."""

    documents: list[DocumentKind] = []
    defied: list[Defied] = []
    circumstances: list[Circumstance] = []


class Emergency(Block):
    """A time in which a place is in a state of emergency; a norm may require it.

    `level` is the official response level, 1 the highest; `until` is its last day.
    """

    id: Id
    name: Bilingual
    place: Id
    level: int | None = None
    from_: dt.date = Field(alias="from")
    until: dt.date | None = None
    cite: Cite

    @model_validator(mode="after")
    def _ordered(self) -> Emergency:
        if self.until is not None and self.until < self.from_:
            raise ValueError("an emergency ends on or after the day on which it begins")
        return self


class Emergencies(Block):
    """The file of emergencies, with its sources."""

    sources: dict[Id, Source] = {}
    emergencies: list[Emergency] = []
