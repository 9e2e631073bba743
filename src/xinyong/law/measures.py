"""Measures due: what follows from an entry on a list, by whom, and on what basis.

A measure stands in the version of the list itself or in a memorandum that serves the
list. It is *due* while both the entry lives and that version is in force; whether an
authority ever holds a copy of the entry and acts on it is not the law's business.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from xinyong.law import schema
from xinyong.law.catalogue import _covers
from xinyong.law.compile import Law

__all__ = ["DueMeasure", "due", "measures_of"]


@dataclass(frozen=True, slots=True)
class DueMeasure:
    """One measure that is due for a live entry.

    Attributes:
        measure: id; `Catalogue.measures` has its name.
        list: the list whose entry it follows from.
        instrument, version: where it stands: the list or a memorandum that serves it.
        by: authorities that apply it.
        kinds: kinds of listed subjects it meets; empty for all.
        reaches: roles behind the listed subject that it reaches too.
        discretionary: whether the authority may refrain.
        cite: the article, or the assumption.
    """

    measure: str
    list: str
    instrument: str
    version: str
    by: tuple[str, ...]
    kinds: tuple[str, ...]
    reaches: tuple[str, ...]
    discretionary: bool
    cite: schema.Cite

    def meets(self, kind: str) -> bool:
        """Tell whether the measure meets a listed subject of this kind."""
        return not self.kinds or kind in self.kinds


def measures_of(law: Law, list_id: str, day: dt.date) -> tuple[DueMeasure, ...]:
    """Return the measures due for a live entry on a list on a day.

    Args:
        law: the compiled law.
        list_id: instrument whose entry is meant.
        day: the day; only versions in force then count.

    Returns:
        Rows of the list's own version, then of the memoranda that serve it, in the
        order of their ids and texts.

    Raises:
        UsageError: there is no such instrument.

    Example:
        >>> from xinyong.law.compile import law
        >>> found = measures_of(law(), "spc_defaulters", dt.date(2016, 6, 1))
        >>> sorted({m.instrument for m in found})
        ['mou_integrity_2014', 'mou_spc_2016', 'spc_defaulters']
    """
    own = law.catalogue.instrument(list_id)
    serving = [i for i in law.catalogue.instruments.values() if i.serves == list_id]
    return tuple(
        DueMeasure(
            measure=row.measure,
            list=list_id,
            instrument=it.id,
            version=version.id,
            by=tuple(row.by),
            kinds=tuple(row.kinds or ()),
            reaches=tuple(row.reaches),
            discretionary=row.discretionary,
            cite=row.cite,
        )
        for it in (own, *serving)
        for version in it.versions
        if _covers(version, day)
        for row in version.measures
    )


def due(law: Law, lists: Iterable[str], kind: str, day: dt.date) -> tuple[DueMeasure, ...]:
    """Return the measures due on a day for a subject of a kind that is on several lists."""
    found: list[DueMeasure] = []
    for list_id in dict.fromkeys(lists):
        found += [m for m in measures_of(law, list_id, day) if m.meets(kind)]
    return tuple(found)
