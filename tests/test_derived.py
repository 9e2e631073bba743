"""Derived indicators of a run: within bounds, equal to the counts, nothing where nothing is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from conftest import EXACT, Lived
from xinyong.engine.derived import inputs_of
from xinyong.engine.scenario import Mechanisms
from xinyong.engine.tables import entry_table, indicator_table
from xinyong.indicators.base import Inputs
from xinyong.indicators.derive import INDICATORS, derive
from xinyong.indicators.interoperability import lateness, reach_of
from xinyong.indicators.privacy import copies

Rows = list[dict[str, Any]]


def inputs(lived: Lived) -> Inputs:
    world, runs = lived
    return inputs_of(world, indicator_table(world, runs), entry_table(world, runs))


def chosen(table: pa.Table, indicator: str, **where: str) -> Rows:
    return [
        row
        for row in table.to_pylist()
        if row["indicator"] == indicator and all(row[k] == v for k, v in where.items())
    ]


@pytest.fixture(scope="module")
def known(nation: Lived) -> Inputs:
    return inputs(nation)


@pytest.fixture(scope="module")
def table(known: Inputs) -> pa.Table:
    return derive(known)


def test_shares_and_probabilities_lie_between_nothing_and_all(table: pa.Table) -> None:
    gaps = {"listing_rate_difference", "odds_gap_wrong", "odds_gap_missed", "modularity"}
    for row in table.to_pylist():
        if row["unit"].startswith(("share", "probability")) and row["indicator"] not in gaps:
            assert 0 <= row["value"] <= 1, row
        assert np.isfinite(row["value"]), row


def test_every_indicator_has_a_value_or_a_reason_for_none(table: pa.Table) -> None:
    """Some need a mistaken entry, or one that was annulled, which so small a run may lack.

    Nothing was barred on paper before December 2020.
    """
    rare = {"months_to_correction", "days_to_annulment", "corrected"}
    rare |= {"false_listing_ratio", "mistaken_standing", "barred_on_paper"}
    assert set(INDICATORS) - set(table["indicator"].to_pylist()) <= rare


def test_the_share_of_mistakes_is_that_of_the_counts(known: Inputs, table: pa.Table) -> None:
    for name in known.lists:
        made = known.counts.monthly("entered", name)[:, -1].sum()
        wrong = known.counts.monthly("entered_mistaken", name)[:, -1].sum()
        (row,) = chosen(table, "fds_entered", group=name, period="all", kind="all", place="cn")
        assert row["value"] * made == pytest.approx(wrong)
        assert row["rests_on"] == wrong


def test_entries_alive_are_the_stock(known: Inputs) -> None:
    from xinyong.indicators.identity import alive_with_end

    for name in known.lists:
        stock = known.counts.monthly("stock", name)[:, -1]
        assert alive_with_end(known, known.spells.of(name)).tolist() == stock.tolist()


def test_the_burden_of_parts_is_that_of_the_whole(known: Inputs, table: pa.Table) -> None:
    whole = sum(r["value"] for r in chosen(table, "burden", group="", kind="all"))
    lists = [chosen(table, "burden", group=n, period="all") for n in known.lists]
    kinds = sum(r["value"] for r in chosen(table, "burden", group="") if r["kind"] != "all")
    assert sum(rows[0]["value"] for rows in lists if rows) == pytest.approx(whole)
    assert kinds == pytest.approx(whole)
    low, high = (
        sum(r["value"] for r in chosen(table, "burden", group=end)) for end in ("low", "high")
    )
    assert low <= whole <= high


def test_links_lost_one_by_one_are_all_the_copies(known: Inputs, table: pa.Table) -> None:
    for name in known.lists:
        if any(h[-1, -1] for h in copies(known, name).values()):
            lost = [r for r in chosen(table, "exposure_lost") if r["group"].startswith(f"{name}/")]
            assert sum(r["value"] for r in lost) == pytest.approx(1)


def test_reach_falls_when_a_link_is_cut(known: Inputs) -> None:
    whole = reach_of(known, "spc_defaulters")
    cut = reach_of(known, "spc_defaulters", "caac")
    assert (cut <= whole).all()
    assert (cut < whole).any()


def test_a_copy_arrives_some_time_or_after_the_window(known: Inputs) -> None:
    for hops in (2, 3, 4):
        late = lateness(known, hops, 3)
        assert (late >= 0).all()
        assert late.sum() <= 1 + 1e-12
    assert lateness(known, 2, 60).sum() == pytest.approx(1)


def test_without_friction_what_is_linked_is_whole(lived: Callable[..., Lived]) -> None:
    x = inputs(lived(scale=100_000, until="2016-06", mechanisms=EXACT))
    table = derive(x)
    assert lateness(x, 2, 3).tolist() == [1, 0, 0]
    assert {r["value"] for r in chosen(table, "int", group="vertical")} == {1.0}
    for name in ("fds_entered", "fds_listed", "fds_held", "astray_held", "burden_mistaken"):
        assert not any(r["value"] for r in chosen(table, name)), name
    assert not any(r["value"] for r in chosen(table, "burden_zombie"))
    assert not any(r["value"] for r in chosen(table, "missed_file"))


def test_without_a_credit_system_only_ordinary_penalties_weigh(
    lived: Callable[..., Lived],
) -> None:
    off = Mechanisms(credit=False)
    x = inputs(lived(scale=100_000, until="2016-06", mechanisms=off))
    table = derive(x)
    assert not any(r["value"] for r in chosen(table, "burden"))
    assert sum(r["value"] for r in chosen(table, "burden_ordinary", group="", kind="all")) > 0
    assert not chosen(table, "fds_listed")


def test_the_same_run_gives_the_same_table(known: Inputs, table: pa.Table) -> None:
    assert derive(known).equals(table)
