"""One rulebook as the linter reads it: an instrument, its annex, and the words it uses.

The reading is lenient where the catalogue is strict: a word that no vocabulary explains is
an attribute that is not known, so that a rulebook of another country can be tested before
anybody has described its authorities and measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xinyong import places
from xinyong.law import schema
from xinyong.law.annex import Conduct, Item
from xinyong.law.catalogue import Catalogue

__all__ = ["Rulebook", "Words"]


@dataclass(frozen=True)
class Words:
    """What the words of rulebooks mean: the catalogue's vocabularies and a folder's own.

    `places`: id → the place above it, of places the built-in table does not have.
    `worths`: kind of document → what it is worth, see `schema.DocumentKind`.
    """

    conducts: Mapping[str, Conduct]
    authorities: Mapping[str, schema.Authority]
    measures: Mapping[str, schema.Measure]
    instruments: Mapping[str, schema.Instrument]
    places: Mapping[str, str] = field(default_factory=dict)
    worths: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, catalogue: Catalogue) -> Words:
        """Return the words of a catalogue."""
        return cls(
            catalogue.conducts,
            catalogue.authorities,
            catalogue.measures,
            catalogue.instruments,
            worths=catalogue.worths,
        )

    def within(self, place: str, outer: str) -> bool | None:
        """Return whether a place lies within another; None if nobody told."""
        at, seen = place, set[str]()
        while at in self.places and at not in seen:
            if at == outer:
                return True
            seen.add(at)
            at = self.places[at]
        if at == outer:
            return True
        known = {p.id for p in places.places()}
        if at in known:
            return outer in known and places.within(at, outer)
        # A chain of declared places that ends: below nothing else than what it names.
        return False if seen else None


@dataclass(frozen=True)
class Rulebook:
    """One instrument to be tested, with its annex rows and the file it came from, if any."""

    instrument: schema.Instrument
    items: tuple[Item, ...]
    words: Words
    path: Path | None = None

    @property
    def id(self) -> str:
        """Return the id of the instrument."""
        return self.instrument.id

    def stated(self, cite: schema.Cite) -> bool:
        """Return whether what a citation stands for was read in its own words."""
        return self.source_of(cite)[1] in ("full text", "transcription", "excerpt")

    def source_of(self, cite: schema.Cite) -> tuple[str, str]:
        """Return article and depth of a citation of this rulebook."""
        if cite.source is None:
            return "", "assumption"
        source = self.instrument.sources.get(cite.source)
        return cite.article or "", source.depth if source else "unknown"
