"""Local schemes: which of them score the subjects of a leaf, and who is heard by them.

A leaf may have no scheme, one, or several at once or one after the other. Each keeps points
and grades of its own; nothing here, and nothing elsewhere, compares those of two schemes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xinyong import places
from xinyong.conduct.rates import Family, Rates
from xinyong.dates import NEVER, month_of
from xinyong.law import schema
from xinyong.law import tables as t
from xinyong.law.catalogue import Catalogue, reaches
from xinyong.law.compile import Law
from xinyong.law.vocabulary import KINDS

__all__ = ["FOREVER", "drawn_at", "heard", "regulations_at", "rule_on", "schemes_of", "start_of"]

#: A month after all others.
FOREVER = 100_000


def schemes_of(law: Law) -> tuple[NDArray[np.int64], ...]:
    """Return, for each leaf, the instruments of the schemes that score those who live there.

    They stand in the order of the law; positions of this order are columns of the state.
    """
    codes = [law.code["instrument"][name] for name in law.schemes]
    return tuple(
        np.array([i for i in codes if law.tables.reach[i, law.code["place"][leaf]]], np.int64)
        for leaf in places.leaves()
    )


def rule_on(law: Law, inst: int, day: int) -> int:
    """Return the row of a scheme's version in force on a day, or -1."""
    for x, row in enumerate(law.tables.scheme.tolist()):
        if row[t.X_INST] == inst and row[t.X_FROM] <= day <= row[t.X_TO]:
            return x
    return -1


def start_of(law: Law, x: int) -> tuple[int, int]:
    """Return points (tenths) and grade of those of whom a scheme knows nothing.

    Args:
        law: the compiled law.
        x: row of a version of a scheme.

    Returns:
        `NO_SCORE` where no score is worked out, and -1 where no grade is known.
    """
    row = law.tables.scheme[x].tolist()
    if row[t.X_BASE] >= t.NO_SCORE:
        return t.NO_SCORE, -1
    points = 10 * row[t.X_BASE]
    grades = law.tables.grade[row[t.X_GRADE] : row[t.X_GRADE_END]].tolist()
    for g, (low, high, *_) in enumerate(grades):
        if low <= points <= high:
            return points, g
    return points, -1


def heard(law: Law, family: Family, leaf: str, kind: str) -> tuple[int, int] | None:
    """Return the first and last month in which a provision listens to a family in a leaf.

    Args:
        law: the compiled law.
        family: of conduct.
        leaf: where it would be drawn.
        kind: of subject.

    Returns:
        None where none ever does.
    """
    x, place, bit = law.tables, law.code["place"][leaf], KINDS.index(kind)
    first, last = NEVER, -1
    for split in family.split:
        c = law.code["conduct"][split.conduct]
        for row in x.listening[x.by_conduct[c] : x.by_conduct[c + 1]].tolist():
            prov = x.prov[row]
            if x.reach[prov[t.P_INST], place] and int(prov[t.P_KINDS]) >> bit & 1:
                first, last = min(first, int(prov[t.P_FROM])), max(last, int(prov[t.P_TO]))
    if last < 0:
        return None
    return month_of(first), FOREVER if last >= NEVER else month_of(last)


def drawn_at(found: Rates, family: Family, leaf: str) -> bool:
    """Tell whether a family has a rate in a leaf: its own, or one taken over from elsewhere."""
    return places.within(leaf, family.place) or any(
        places.within(leaf, other.place) and places.within(other.rates_of, family.place)
        for other in found.alike
        if family.place != "cn"
    )


def regulations_at(catalogue: Catalogue) -> tuple[tuple[str, ...], ...]:
    """Return, for each leaf, the regulations of its city or province that show records.

    Those of the nation are the same everywhere and not meant here.
    """
    found = [
        it
        for it in catalogue.instruments.values()
        if it.kind == "regulation"
        and it.reach.place != "cn"
        and any(
            isinstance(rule, schema.Disclosure) and not rule.excluded
            for version in it.versions
            for rule in version.rules
        )
    ]
    return tuple(tuple(it.id for it in found if reaches(it, leaf)) for leaf in places.leaves())
