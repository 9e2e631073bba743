"""The values of an indicator that say most: what the command prints and the portal shows first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

if TYPE_CHECKING:
    from xinyong.indicators.base import Indicator
    from xinyong.results import Run

__all__ = ["headline"]


def headline(run: Run, indicator: Indicator) -> list[dict[str, Any]]:
    """Return the values of an indicator that say most: of the nation, at the last date.

    Those over the whole run come before the last year and the last month; within these, by
    what they rest on, most first.
    """
    table = run.derived()
    mask = pc.and_(pc.equal(table["indicator"], indicator.id), pc.equal(table["place"], "cn"))
    rows = table.filter(mask).to_pylist()
    last = run.months[-1]
    for period in ("all", last[:4], last):
        found = [r for r in rows if r["period"] == period]
        whole = [r for r in found if r["kind"] == "all"] or found
        if whole:
            return sorted(whole, key=lambda r: (-(r["rests_on"] or 0), r["group"], r["kind"]))
    return []
