"""Measures due: what follows from an entry on a list or a grade, by whom, on what basis.

A measure stands in the version of the list itself or in a memorandum that serves the
list. It is *due* while both the entry lives and that version is in force; whether an
authority ever holds a copy of the entry and acts on it is not the law's business. A measure
of a scheme is tied to grades: it is due while the grade is held and the version is in force.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from xinyong.dates import day_of
from xinyong.law import schema
from xinyong.law import vocabulary as v
from xinyong.law.catalogue import Catalogue, _covers
from xinyong.law.clocks import BEYOND, add
from xinyong.law.compile import Law, kept

__all__ = ["DueMeasure", "due", "due_by_grade", "measures_of", "measures_of_grade", "text_of"]


@dataclass(frozen=True, slots=True)
class DueMeasure:
    """One measure that is due for a live entry, or for a grade.

    Attributes:
        measure: id; `Catalogue.measures` has its name.
        list: the list whose entry it follows from, or the scheme.
        instrument, version: where it stands: the list or a memorandum that serves it.
        by: authorities that apply it.
        kinds: kinds of listed subjects it meets; empty for all.
        reaches: roles behind the listed subject that it reaches too.
        discretionary: whether the authority may refrain.
        lasts: how long from the listing (n, unit), where it ends before the entry.
        cite: the article, or the assumption.
        grades: those it is tied to, if it follows from a grade; text: of what it consists.
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
    grades: tuple[str, ...] = ()
    text: str | None = None

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
        _due(list_id, it, version, row)
        for it in (own, *serving)
        for version in it.versions
        if _covers(version, day)
        for row in version.measures
        if not row.grades
    )


def _due(
    list_id: str, it: schema.Instrument, version: schema.Version, row: schema.MeasureRow
) -> DueMeasure:
    return DueMeasure(
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
        grades=tuple(row.grades),
        text=row.text,
    )


@kept
def measures_of_grade(law: Law, scheme: str, grade: str, day: dt.date) -> tuple[DueMeasure, ...]:
    """Return the measures due for whoever holds a grade in a scheme on a day.

    Example:
        >>> from xinyong.law.compile import law
        >>> found = measures_of_grade(law(), "rongcheng_2016", "AA", dt.date(2017, 6, 1))
        >>> [(m.measure, m.by) for m in found]
        [('r_deposit', ('transport_local',))]
    """
    it = law.catalogue.instrument(scheme)
    return tuple(
        _due(scheme, it, version, row)
        for version in it.versions
        if _covers(version, day)
        for row in version.measures
        if grade in row.grades
    )


def due_by_grade(
    law: Law, held: Iterable[tuple[str, str]], kind: str, day: dt.date
) -> tuple[DueMeasure, ...]:
    """Return the measures due on a day for a subject of a kind by its grades.

    Args:
        law: the compiled law.
        held: its grades, each a scheme and a grade ("": none is known).
        kind: the kind of the subject.
        day: the day.
    """
    return tuple(
        m
        for scheme, grade in held
        for m in measures_of_grade(law, scheme, grade, day)
        if m.meets(kind)
    )


def text_of(
    catalogue: Catalogue, m: DueMeasure
) -> tuple[schema.Instrument, schema.Version, schema.MeasureRow]:
    """Return where a measure stands: instrument, version, and the row in it."""
    it = catalogue.instrument(m.instrument)
    version = next(w for w in it.versions if w.id == m.version)
    key = (m.measure, m.by, m.grades)
    row = next(x for x in version.measures if (x.measure, tuple(x.by), tuple(x.grades)) == key)
    return it, version, row


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
