"""What the charts read: the indicators of a run, added up once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import pyarrow.compute as pc

from xinyong.errors import OutputError
from xinyong.language import language

if TYPE_CHECKING:
    from xinyong.results import Run

__all__ = ["FIRMS", "PERSONS", "STABLE", "Data", "percent"]

#: A figure that rests on fewer is marked unstable (design, section 10).
STABLE = 10

PERSONS = ("person",)
FIRMS = ("enterprise", "individual_business", "social_organisation", "organ")

_BY_PLACE = ("entered", "alive")


class Data:
    """Indicators of one run by month and by place, with the names of things.

    Attributes:
        run: the run; manifest: its manifest.
        months: every month of the run, ``YYYY-MM``.
        scale: N of 1:N; sample: measures follow one entry in so many.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.manifest = run.manifest
        self.months = run.months
        self.scale = run.scale
        self.sample = max(int(self.manifest.get("sample", 1)), 1)
        at = {month: i for i, month in enumerate(self.months)}
        table = run.indicators()
        keys = ["indicator", "group", "kind"]
        sums = table.group_by([*keys, "month"]).aggregate([("value", "sum")]).to_pydict()
        self._monthly: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(dict)
        for indicator, group, kind, month, value in zip(
            *(sums[k] for k in (*keys, "month", "value_sum")), strict=True
        ):
            kinds = self._monthly[indicator, group]
            kinds.setdefault(kind, [0] * len(self.months))[at[month]] = int(value)
        chosen = table.filter(pc.is_in(table["indicator"], pc.cast(list(_BY_PLACE), "string")))
        sums = chosen.group_by([*keys, "place", "month"]).aggregate([("value", "sum")]).to_pydict()
        self._places: dict[tuple[str, str, str], dict[str, list[int]]] = defaultdict(dict)
        for indicator, group, kind, place, month, value in zip(
            *(sums[k] for k in (*keys, "place", "month", "value_sum")), strict=True
        ):
            found = self._places[indicator, group, kind]
            found.setdefault(place, [0] * len(self.months))[at[month]] = int(value)

    def monthly(self, indicator: str, group: str, kinds: Sequence[str] | None = None) -> list[int]:
        """Return one value a month, added up over places and the kinds named (all: None)."""
        found = self._monthly.get((indicator, group), {})
        total = [0] * len(self.months)
        for kind in found if kinds is None else kinds:
            for i, value in enumerate(found.get(kind, ())):
                total[i] += value
        return total

    def places(self, indicator: str, group: str, kinds: Sequence[str]) -> dict[str, list[int]]:
        """Return one value a month for each place (only of ``entered`` and ``alive``)."""
        total: dict[str, list[int]] = {}
        for kind in kinds:
            for place, values in self._places.get((indicator, group, kind), {}).items():
                row = total.setdefault(place, [0] * len(values))
                for i, value in enumerate(values):
                    row[i] += value
        return dict(sorted(total.items()))

    @cached_property
    def _derived(self) -> dict[tuple[str, str, str], tuple[float, int]]:
        """Derived values of the nation, all kinds, by indicator, group, period."""
        try:
            table = self.run.derived()
        except OutputError:  # a run without them: its figures say that there is nothing
            return {}
        whole = pc.and_(pc.equal(table["place"], "cn"), pc.equal(table["kind"], "all"))
        rows = table.filter(whole).select(
            ["indicator", "group", "period", "value", "rests_on"]
        ).to_pydict()  # fmt: skip
        sure = 10**9  # rests on rules and assumptions alone: never unstable
        return {
            (i, g, p): (v, sure if n is None else n)
            for i, g, p, v, n in zip(*rows.values(), strict=True)
        }

    @overload
    def derived(self, indicator: str, group: str) -> tuple[list[float | None], list[int]]: ...
    @overload
    def derived(self, indicator: str, group: str, period: str) -> tuple[float | None, int]: ...
    def derived(self, indicator: str, group: str, period: str = "") -> Any:
        """Return a derived indicator by month, and what each value rests on.

        With a `period`, such as ``all``, its one value; None where there is none.
        """
        found = self._derived
        if period:
            return found.get((indicator, group, period), (None, 0))
        values = [found.get((indicator, group, month), (None, 0)) for month in self.months]
        return [v for v, _ in values], [n for _, n in values]

    def groups(self, indicator: str) -> list[str]:
        """Return every group that has this indicator."""
        return sorted(g for i, g in self._monthly if i == indicator)

    def en(self, name: str) -> str:
        """Return the English name of an id, or the id with spaces."""
        found = self.manifest.get("names", {}).get(name, {})
        return str(found.get("en") or name.removeprefix("m_").replace("_", " "))

    def zh(self, name: str) -> str:
        """Return the official Chinese name of an id, or nothing."""
        return str(self.manifest.get("names", {}).get(name, {}).get("zh") or "")

    def own(self, name: str) -> str:
        """Return the name of an id in the language that is spoken."""
        return (self.zh(name) if language() != "en" else "") or self.en(name)

    def years(self) -> dict[str, list[int]]:
        """Return the positions of the months of each year."""
        found: dict[str, list[int]] = {}
        for i, month in enumerate(self.months):
            found.setdefault(month[:4], []).append(i)
        return found


def percent(part: float, whole: float) -> float:
    """Return a share in percent; 0 of nothing is 0.

    Example:
        >>> percent(1, 8), percent(0, 0)
        (12.5, 0.0)
    """
    return 100 * part / whole if whole else 0.0
