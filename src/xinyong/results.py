"""Results of a run: a folder of tidy, typed tables and a manifest.

Tables open in DuckDB, pandas and polars as they are:

- ``indicators.parquet``: month, place, kind, group, indicator, unit, value. Values are
  counts in the synthetic society at 1:N.
- ``derived.parquet``: period, place, kind, group, family, indicator, unit, value, rests_on,
  unstable, strength. Shares, rates and days made from the counts, the entries and the law;
  `period` is a month, a year or ``all``; `rests_on` counts the subjects, entries, copies or
  requests a value rests on (null: on rules and assumptions alone).
- ``entries/entries.parquet``: one row a spell on a list.
- ``determinations/scores.parquet``: score (tenths) and grade of files at the end.
- ``determinations/records.parquet``: what regional regulations did to records of a sample.
- ``events/events.parquet``: every event of every file (``--keep all`` only).
- ``manifest.json``: versions, scenario, assumptions, provenance and the ``digest``.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinyong.errors import OutputError
from xinyong.places import places
from xinyong.targets import Target, targets

if TYPE_CHECKING:
    from xinyong.engine.inspect import History
    from xinyong.engine.remake import Remade

__all__ = ["RESULTS_SCHEMA", "SYNTHETIC", "Run", "TargetRow", "open_run"]

RESULTS_SCHEMA = 1
SYNTHETIC = (
    "Synthetic: every subject is made up by a generator; no real person, firm or organ is in "
    "these results, and none may be looked up, scored or ranked with them."
)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target with what the model gives; `model` is None outside the run's months."""

    target: Target
    model: float | None
    within: bool | None


@dataclass(frozen=True)
class Run:
    """A finished run.

    Example:
        >>> from xinyong import Scenario, run
        >>> result = run(Scenario(scale=100_000, until="2013-12"))  # doctest: +SKIP
        >>> result.indicators().num_rows > 0  # doctest: +SKIP
        True
    """

    path: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest."""
        found: dict[str, Any] = json.loads((self.path / "manifest.json").read_text("utf-8"))
        return found

    @property
    def scale(self) -> int:
        """N of 1:N."""
        return int(self.manifest["scenario"]["scale"])

    def _table(self, name: str) -> pa.Table:
        path = self.path / name
        if not path.is_file():
            keep = self.manifest["scenario"]["keep"]
            raise OutputError(f"{path}: not in this run (keep={keep}); run again with --keep all")
        try:
            return pq.read_table(path)
        except (OSError, pa.ArrowInvalid) as error:
            raise OutputError(f"{path}: damaged or unreadable: {error}") from None

    @cached_property
    def _indicators(self) -> pa.Table:
        return self._table("indicators.parquet")

    def indicators(self) -> pa.Table:
        """Return the table of indicators."""
        return self._indicators

    @cached_property
    def _derived(self) -> pa.Table:
        return self._table("derived.parquet")

    def derived(self) -> pa.Table:
        """Return the table of derived indicators; `xinyong indicators` prints it."""
        return self._derived

    def derived_series(
        self, indicator: str, group: str = "", kind: str = "all", place: str = "cn"
    ) -> tuple[list[str], list[float | None]]:
        """Return months and values of one derived indicator; None where there is none."""
        table = self._derived
        mask = pc.equal(table["indicator"], indicator)
        for column, wanted in (("group", group), ("kind", kind), ("place", place)):
            mask = pc.and_(mask, pc.equal(table[column], wanted))
        rows = table.filter(mask)
        values = dict(zip(rows["period"].to_pylist(), rows["value"].to_pylist(), strict=True))
        return self.months, [values.get(m) for m in self.months]

    def entries(self) -> pa.Table:
        """Return the table of entries (a fixed sample with ``keep=indicators``)."""
        return self._table("entries/entries.parquet")

    def scores(self) -> pa.Table:
        """Return scores and grades of files at the end of the run."""
        return self._table("determinations/scores.parquet")

    def records(self) -> pa.Table:
        """Return what became of records under regional regulations, for a sample of files."""
        return self._table("determinations/records.parquet")

    def events(self) -> pa.Table:
        """Return every event of every file (``keep=all`` only)."""
        return self._table("events/events.parquet")

    @cached_property
    def months(self) -> list[str]:
        """All months of the run, ``YYYY-MM``."""
        scenario = self.manifest["scenario"]
        year, month = (int(x) for x in scenario["from"].split("-"))
        found = []
        while f"{year:04d}-{month:02d}" <= scenario["to"]:
            found.append(f"{year:04d}-{month:02d}")
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return found

    def series(
        self, indicator: str, group: str, kind: str | None = None, place: str | None = None
    ) -> tuple[list[str], list[int]]:
        """Return months and values of one indicator, added up over places and kinds."""
        table = self._indicators
        mask = pc.and_(pc.equal(table["indicator"], indicator), pc.equal(table["group"], group))
        for column, wanted in (("kind", kind), ("place", place)):
            if wanted is not None:
                mask = pc.and_(mask, pc.equal(table[column], wanted))
        rows = table.filter(mask).group_by("month").aggregate([("value", "sum")])
        values = dict(zip(rows["month"].to_pylist(), rows["value_sum"].to_pylist(), strict=True))
        return self.months, [int(values.get(m, 0)) for m in self.months]

    def targets(self) -> list[TargetRow]:
        """Return every target beside what the model gives on its date, at one to one."""
        rows = []
        for target in targets():
            model = self._model(target)
            within = None
            if model is not None:
                room = target.tolerance
                if target.tolerance_type == "relative":
                    room *= abs(target.value)
                within = abs(model - target.value) <= room
            rows.append(TargetRow(target, model, within))
        return rows

    def _until(self, values: list[int], date: dt.date) -> float | None:
        """Add a monthly flow up to a day; part of a month counts in proportion."""
        label = f"{date.year:04d}-{date.month:02d}"
        if label not in self.months:
            return None
        i = self.months.index(label)
        following = dt.date(date.year + date.month // 12, date.month % 12 + 1, 1)
        share = date.day / (following - date.replace(day=1)).days
        return sum(values[:i]) + values[i] * share

    def _cumulative(self, names: list[str], group: str, date: dt.date) -> float | None:
        total = 0.0
        for name in names:
            part = self._until(self.series(name, group)[1], date)
            if part is None:
                return None
            total += part
        return total * self.scale

    def _requests(self, measure: str, by: str, date: dt.date) -> float | None:
        """Count requests that one authority refused (others may hold the same measure too)."""
        return self._cumulative(["applied"], f"spc_defaulters/{measure}/{by}", date)

    def _model(self, target: Target) -> float | None:
        """Count what a target counts."""
        date = target.date
        court = "spc_defaulters"
        performed = ["exit_performance", "exit_settlement"]
        what = target.measure
        if what in ("linked_bodies", "linked_with_provinces"):
            linked = self._linked(date)
            provinces = sum(p.level == "province" for p in places())
            more = provinces if what == "linked_with_provinces" else 0
            return None if linked is None else linked + more
        if what == "entered":
            return self._cumulative(["entered"], court, date)
        if what == "performed":
            return self._cumulative(performed, court, date)
        if what == "performed_share":
            done, listed = (
                self._cumulative(performed, court, date),
                self._cumulative(["entered"], court, date),
            )
            return None if done is None or not listed else 100 * done / listed
        if what == "stock_persons":
            months, values = self.series("stock", court, kind="person")
            label = f"{date:%Y-%m}"
            return values[months.index(label)] * self.scale if label in months else None
        if what == "new_subjects_year":
            return self._new_subjects(court, f"{date:%Y}")
        if what == "air_refusals":
            return self._requests("m_no_fly", "caac", date)
        if what in ("rail_per_air", "air_per_listing"):
            air = self._requests("m_no_fly", "caac", date)
            other = (
                self._requests("m_rail_premium", "china_rail", date)
                if what == "rail_per_air"
                else self._cumulative(["entered"], court, date)
            )
            if not air or not other:
                return None
            return other / air if what == "rail_per_air" else air / other
        if what == "wage_entered_2018h2":
            months, values = self.series("entered", "wage_arrears_list", kind="enterprise")
            wanted = [v for m, v in zip(months, values, strict=True) if "2018-07" <= m <= "2018-12"]
            return sum(wanted) * self.scale if len(wanted) == 6 else None
        if what == "tax_a":
            months, values = self.series("entered", "tax_class_a")
            round_ = [
                v for m, v in zip(months, values, strict=True)
                if f"{date:%Y}-01" <= m <= f"{date:%Y}-06"
            ]  # fmt: skip
            return sum(round_) * self.scale if len(round_) == 6 else None
        raise OutputError(f"target {target.id}: unknown measure {what!r}")

    def _linked(self, date: dt.date) -> float | None:
        if not (self.path / "derived.parquet").is_file():
            return None
        months, values = self.derived_series("linked_bodies")
        return dict(zip(months, values, strict=True)).get(f"{date:%Y-%m}")

    def _new_subjects(self, group: str, year: str) -> float | None:
        if f"{year}-01" not in self.months or f"{year}-12" not in self.months:
            return None
        table = self._indicators
        wanted = [f"{year}-{m:02d}" for m in range(1, 13)]
        mask = pc.and_(
            pc.and_(pc.equal(table["indicator"], "entered_first"), pc.equal(table["group"], group)),
            pc.is_in(table["month"], pa.array(wanted)),
        )
        return float(pc.sum(table.filter(mask)["value"]).as_py() or 0) * self.scale

    def plot(self, name: str) -> Any:
        """Return a chart by name; `xinyong.report.charts.CHARTS` lists them."""
        from xinyong.report.charts import chart

        return chart(self, name)

    @cached_property
    def _remade(self) -> Remade:
        from xinyong.engine.remake import remake

        return remake(self)

    def subject(self, id: str) -> History:
        """Return one synthetic subject's history in four columns.

        The run is made again in memory for the first one; see `xinyong.engine.inspect`.
        """
        from xinyong.engine.inspect import history

        return history(self._remade, id)


def open_run(path: Path | str) -> Run:
    """Open the folder of a finished run.

    Raises:
        OutputError: no manifest there, or of another schema.
    """
    path = Path(path)
    manifest = path / "manifest.json"
    if not manifest.is_file():
        raise OutputError(f"{path}: no run here (manifest.json is missing); name a results folder")
    try:
        schema = json.loads(manifest.read_text("utf-8")).get("results_schema")
    except (OSError, ValueError) as error:
        raise OutputError(f"{manifest}: damaged or unreadable: {error}") from None
    if schema != RESULTS_SCHEMA:
        message = f"{path}: results schema {schema}, but this version reads {RESULTS_SCHEMA}"
        raise OutputError(f"{message}; run the scenario again")
    return Run(path)
