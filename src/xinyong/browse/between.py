"""Two places on one day: what is in force in both, and what in one of them alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from xinyong import places
from xinyong.browse.filters import span
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue
from xinyong.law.provincial import ProvincialList, provincial_lists

__all__ = ["Between", "between"]

Pair = tuple[schema.Instrument, schema.Version]


@dataclass(frozen=True)
class Between:
    """What two places have in force on a day.

    Attributes:
        on: the day; a, b: the places.
        both: what is in force in both; only_a, only_b: in one of them alone.
        lists_a, lists_b: lists shown on the credit portals of their provinces (of the winter
            of 2023-2024, whatever the day; see `xinyong.law.provincial`).
    """

    on: dt.date
    a: places.Place
    b: places.Place
    both: tuple[Pair, ...]
    only_a: tuple[Pair, ...]
    only_b: tuple[Pair, ...]
    lists_a: tuple[ProvincialList, ...]
    lists_b: tuple[ProvincialList, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Return one plain row an instrument; ``where`` is ``both`` or the id of a place."""
        parts = (("both", self.both), (self.a.id, self.only_a), (self.b.id, self.only_b))
        return [
            {
                "where": where,
                "id": it.id,
                "kind": it.kind,
                "polarity": it.polarity,
                "level": it.level,
                "place": it.reach.place,
                "en": it.name.en,
                "zh": it.name.zh,
                "version": version.id,
                "from": span(version)["from"],
                "until": span(version)["until"],
            }
            for where, pairs in parts
            for it, version in pairs
        ]


def between(found: Catalogue, a: str, b: str, on: dt.date) -> Between:
    """Compare two places.

    Raises:
        UsageError: there is no such place.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> told = between(load(), "rongcheng", "hangzhou", dt.date(2020, 1, 1))
        >>> [it.id for it, _ in told.only_a][:1]
        ['rongcheng_2019']
    """
    one, other = places.place(a), places.place(b)
    here = {it.id: (it, version) for it, version in found.at(on, a)}
    there = {it.id: (it, version) for it, version in found.at(on, b)}
    return Between(
        on=on,
        a=one,
        b=other,
        both=tuple(pair for name, pair in here.items() if name in there),
        only_a=tuple(pair for name, pair in here.items() if name not in there),
        only_b=tuple(pair for name, pair in there.items() if name not in here),
        lists_a=_lists(a),
        lists_b=_lists(b),
    )


def _lists(place: str) -> tuple[ProvincialList, ...]:
    province = places.province(place)
    return provincial_lists(province) if province != "cn" else ()
