"""What an act might have led to but is several conditions away from.

Told where nothing else is: of a bare "evades tax" a reader wants to know which list listens
to it, and all that would have to be true.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xinyong.law import schema, trace

if TYPE_CHECKING:
    from xinyong.case.calculator import CaseResult
    from xinyong.law.compile import Law

__all__ = ["Further", "further"]

_TOLD = schema.Enter | schema.Points | schema.SetGrade
#: How many provisions are told of one act.
_MOST = 3


@dataclass(frozen=True, slots=True)
class Further:
    """A provision that failed at two or more conditions.

    Attributes:
        row: the provision, as in `Law.origins`.
        reasons: every condition that fails, in words.
    """

    row: int
    reasons: tuple[str, ...]


def further(result: CaseResult, number: int) -> tuple[Further, ...]:
    """Return what listens to an act from which no entry or points follow, nearest first.

    Empty where an entry or points follow from it. Left out are instruments of which a provision
    failed at one condition only: that is told already (`CaseResult.almost`).

    Args:
        result: what follows from a case.
        number: the number of the act's case in the ledger.
    """
    law, found = result.law, result.determination
    if any(e.case == number for e in result.entries) or any(x.case == number for x in found.lines):
        return ()
    near = {law.origins[a.row].instrument for a in result.almost if a.case == number}
    rows, _ = result.ledger.rows(law)
    tried = {
        x.row: x
        for x in found.tried
        if x.case == number and x.status == "unmet" and law.origins[x.row].instrument not in near
    }
    far = []
    for row, x in tried.items():
        origin = law.origins[row]
        if not isinstance(origin.effect, _TOLD) or x.at >= len(origin.conditions):
            continue
        reasons = tuple(
            trace.why_not(law, replace(x, at=at))
            for at in trace.failing(law, result.ledger, found, x, rows)
        )
        far.append(Further(row, reasons))
    far.sort(key=lambda f: (len(f.reasons), f.row))
    told: list[Further] = []
    for f in far:  # what asks for all that another asks for, and more, tells nothing new
        if not any(_same(law, f, g) and set(g.reasons) <= set(f.reasons) for g in told):
            told.append(f)
    return tuple(told[:_MOST])


def _same(law: Law, one: Further, other: Further) -> bool:
    return law.origins[one.row].instrument == law.origins[other.row].instrument
