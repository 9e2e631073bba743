"""Regional regulations in runs: their clocks at their places, from their day on, and only there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from conftest import EXACT, Lived, live
from xinyong import places
from xinyong.dates import add_working_days, day_of, working_days
from xinyong.engine.local import regulations_at
from xinyong.engine.regional import _limit, regional_table
from xinyong.engine.scenario import Mechanisms
from xinyong.engine.tables import digest
from xinyong.law import schema
from xinyong.law.compile import Law

WINDOW = {"scale": 5_000, "from_": "2017-01", "until": "2019-06"}
MORE = {"regional.objection": 0.5, "regional.repair": 0.5, "identity.wrong": 0.2}


@pytest.fixture(scope="module")
def rows(lived: Callable[..., Lived]) -> list[dict[str, Any]]:
    return regional_table(*lived(**WINDOW, assume=MORE)).to_pylist()


def _rule(rules: Law, name: str, id: str) -> Any:
    versions = rules.catalogue.instruments[name].versions
    return next(r for w in versions for r in w.rules if getattr(r, "id", "") == id)


def test_regulations_stand_at_the_places_they_reach(rules: Law) -> None:
    here = dict(zip(places.leaves(), regulations_at(rules.catalogue), strict=True))
    for leaf, name in (
        ("shanghai", "shanghai_2017"), ("pudong", "shanghai_2017"), ("hangzhou", "zhejiang_2017"),
        ("taizhou_zj", "taizhou_2020"), ("wendeng_villages", "shandong_2020"),
    ):  # fmt: skip
        assert name in here[leaf]
    assert here["sichuan"] == here["tibet"] == ()


@pytest.mark.parametrize(
    ("name", "id", "begin", "days"),
    [
        ("shanghai_2017", "to_the_centre", "received", 7),  # passed on in 2, decided in 5
        ("zhejiang_2017", "to_the_body", "received", 5),
        ("shandong_2020", "to_body_provider_or_collector", "received", 7),  # with help
        ("shenzhen_2023", "to_the_body", "received", 3),
        ("guangdong_market_2021", "published_information", "received", None),
        ("shandong_2020", "on_application", "filed", None),
        ("shenzhen_2023", "on_application", "filed", 3),
    ],
)
def test_the_longest_way_of_a_text_is_the_limit(
    rules: Law, name: str, id: str, begin: str, days: int | None
) -> None:
    asked, wd = day_of(dt.date(2019, 3, 1)), working_days()
    rule = _rule(rules, name, id)
    assert isinstance(rule, schema.Objection | schema.Repair)
    found = _limit(rule, begin, asked)
    if days is None:
        assert found >= 10**8
    else:
        assert found == add_working_days(asked, days, wd.first, wd.rank, wd.day)


def test_no_clock_runs_before_its_regulation_or_outside_its_place(
    rows: list[dict[str, Any]],
) -> None:
    begun = {"shanghai_2017": dt.date(2017, 10, 1), "zhejiang_2017": dt.date(2018, 1, 1)}
    assert {row["regulation"] for row in rows} == set(begun)
    for row in rows:
        assert row["since"] >= begun[row["regulation"]]
        reach = "shanghai" if row["regulation"] == "shanghai_2017" else "zhejiang"
        assert places.within(row["place"], reach)


def test_records_are_corrected_repaired_or_run_out(rows: list[dict[str, Any]]) -> None:
    causes = {row["cause"] for row in rows}
    assert {"", "correction", "term"} & causes
    assert any(row["cause"] == "correction" for row in rows if row["mistaken"])
    for row in rows:
        assert (row["until"] is None) == (row["cause"] == "")
        if row["cause"] == "correction":
            assert row["mistaken"]
            assert row["asked"] <= row["answered"] == row["until"]


def test_without_friction_every_answer_comes_on_its_last_lawful_day(rules: Law) -> None:
    exact = EXACT.model_copy(update={"redress": True, "identity": True})
    found = regional_table(*live(rules, **WINDOW, assume=MORE, mechanisms=exact)).to_pylist()
    answered = [row for row in found if row["answered"] is not None]
    assert answered
    for row in answered:
        assert row["answered"] == (row["due"] or row["asked"])


def test_off_is_absent_and_on_changes_nothing_of_the_nation(rules: Law) -> None:
    window = {"scale": 20_000, "from_": "2018-01", "until": "2018-12"}
    on, off = (live(rules, **window, mechanisms=Mechanisms(regional=yes)) for yes in (True, False))
    assert digest(on[1]) == digest(off[1])
    assert regional_table(*off).num_rows == 0
    assert regional_table(*live(rules, **window, keep="indicators")).num_rows == 0
