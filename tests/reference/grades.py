"""Files that reach a grade: items of a scheme put together until the score lies in its band."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from reference.witness import Facts, Witness
from xinyong.law import tables as t
from xinyong.law.compile import Law
from xinyong.law.determine import Event, Ledger, findings
from xinyong.law.kernel import fold

__all__ = ["reached"]

MOST = 120  # acts in a file


def _single(ledger: Ledger) -> bool:
    return all(e.case == 0 for e in ledger.events)


def _numbered(ledger: Ledger, case: int) -> tuple[Event, ...]:
    return tuple(replace(e, case=case) for e in ledger.events)


def _grade(found: t.Findings, inst: int) -> tuple[int, int]:
    """Return score and grade of a scheme, -1 where none is known."""
    for row in found.score[: found.count[t.N_SCORE]]:
        if row[t.Z_INST] == inst:
            return int(row[t.Z_SCORE]), int(row[t.Z_GRADE])
    return t.NO_SCORE, -1


def reached(law: Law, x: int, kernel: Callable[..., Any] = fold) -> dict[int, str]:
    """Return the grades of one version of a scheme that some file reaches, and how.

    Args:
        law: the compiled law.
        x: row of `LawTables.scheme`.
        kernel: the fold.

    Returns:
        For each grade, from the best as 0, ``directly`` or ``by points``.
    """
    tables, scheme = law.tables, law.tables.scheme[x]
    inst, begin, end = int(scheme[t.X_INST]), int(scheme[t.X_FROM]), int(scheme[t.X_TO])
    rows = np.flatnonzero((tables.prov[:, t.P_INST] == inst) & (tables.prov[:, t.P_FROM] == begin))
    found: dict[int, str] = {}
    items: list[tuple[int, Ledger, int]] = []
    for row in rows:
        witness = Witness(law, int(row), kernel)
        met: tuple[Facts, str] | None = witness.meets()
        if met is None:
            continue
        ledger, day = witness.case(*met)
        got = witness.found(*met)
        score, grade = _grade(got, inst)
        direct = tables.prov[row, t.P_EFFECT] in (t.GRADE, t.CONVERT)
        if begin <= day <= end and grade >= 0:
            found.setdefault(grade, "directly" if direct else "by points")
        if not direct and _single(ledger) and score < t.NO_SCORE:
            items.append((score - int(scheme[t.X_BASE]) * 10, ledger, day))
    if scheme[t.X_BASE] >= t.NO_SCORE:
        return found
    for grade, (lo, hi, *_) in enumerate(tables.grade[scheme[t.X_GRADE] : scheme[t.X_GRADE_END]]):
        if lo <= hi and found.get(grade) != "by points" and _by_points(
            law, inst, int(scheme[t.X_BASE]) * 10, int(lo), int(hi), items, kernel
        ):  # fmt: skip
            found[grade] = "by points"
    return found


def _by_points(
    law: Law, inst: int, base: int, lo: int, hi: int, items: list[tuple[int, Ledger, int]],
    kernel: Callable[..., Any],
) -> bool:  # fmt: skip
    """Tell whether acts of one subject add up to a score between two bounds (tenths)."""
    if lo <= base <= hi:
        return True
    up = base < lo
    useful = sorted((i for i in items if i[0] and (i[0] > 0) == up), key=lambda i: -abs(i[0]))
    for subject in dict.fromkeys(i[1].subject for i in useful):
        events: tuple[Event, ...] = ()
        case, score = 0, base
        for _, ledger, day in useful:
            if ledger.subject != subject:
                continue
            while case < MOST:
                trial = (*events, *_numbered(ledger, case))
                got = _grade(findings(Ledger(subject, trial), law, day, kernel), inst)[0]
                if got == score or (got > hi if up else got < lo):
                    break  # it adds nothing more, or goes too far
                events, score, case = trial, got, case + 1
                if lo <= score <= hi:
                    return True
    return False
