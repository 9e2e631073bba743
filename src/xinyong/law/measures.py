"""Measures due: what follows from an entry on a list, by whom, and on what basis.

A measure stands in the version of the list itself or in a memorandum that serves the
list. It is *due* while both the entry lives and that version is in force; whether an
authority ever holds a copy of the entry and acts on it is not the law's business.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from xinyong.dates import day_of
from xinyong.law import schema
from xinyong.law import vocabulary as v
from xinyong.law.catalogue import _covers
from xinyong.law.clocks import BEYOND, add
from xinyong.law.compile import Law, kept

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
        lasts: how long from the listing (n, unit), where it ends before the entry.
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
    lasts: tuple[int, str] | None = None

    def meets(self, kind: str) -> bool:
        """Tell whether the measure meets a listed subject of this kind."""
        return not self.kinds or kind in self.kinds


@kept
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
            lasts=None if row.lasts is None else (row.lasts.n, row.lasts.unit),
        )
        for it in (own, *serving)
        for version in it.versions
        if _covers(version, day)
        for row in version.measures
    )


def due(
    law: Law, listed: Iterable[tuple[str, dt.date]], kind: str, day: dt.date
) -> tuple[DueMeasure, ...]:
    """Return the measures due on a day for a subject of a kind.

    Args:
        law: the compiled law.
        listed: its live entries, each a list and the day it was entered.
        kind: the kind of the subject.
        day: the day.
    """
    latest: dict[str, dt.date] = {}
    for list_id, start in listed:
        latest[list_id] = max(start, latest.get(list_id, start))
    found: list[DueMeasure] = []
    for list_id, start in latest.items():
        for m in measures_of(law, list_id, day):
            if m.meets(kind) and not _over(law, m, start, day):
                found.append(m)
    return tuple(found)


def _over(law: Law, m: DueMeasure, start: dt.date, day: dt.date) -> bool:
    """Tell whether a measure of its own length has run out before the entry has."""
    if m.lasts is None:
        return False
    n, unit = m.lasts
    end = int(add(law.tables, day_of(start), n, v.UNITS.index(unit)))
    return end != BEYOND and end <= day_of(day)
