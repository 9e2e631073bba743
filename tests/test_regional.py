"""Regional regulations in runs: their clocks at their places, from their day on, and only there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from conftest import EXACT, Lived, live
from xinyong import places
from xinyong.assumptions import assumptions
from xinyong.dates import NEVER, add_working_days, date_of, day_of, working_days
from xinyong.engine.ledgers import spells_in
from xinyong.engine.local import regulations_at
from xinyong.engine.regional import regional_table
from xinyong.engine.scenario import Mechanisms
from xinyong.engine.tables import digest
from xinyong.institutions.regional import (
    FROM,
    KIND_MASK,
    TO,
    UNIT,
    N,
    answer_of,
    clocks_of,
    kept_locally,
)
from xinyong.institutions.steps import policy_of
from xinyong.jit import njit
from xinyong.law import schema
from xinyong.law.compile import Law
from xinyong.law.determine import Event, Ledger, Subject, determine
from xinyong.law.regulations import answer_due, mark_due, platform_objection, record_rules
from xinyong.law.vocabulary import KINDS, UNITS

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
    assert begin in {stage.from_ for stage in rule.stages}
    found = answer_due(rule, asked)
    if days is None:
        assert found >= NEVER
    else:
        assert found == add_working_days(asked, days, wd.first, wd.rank, wd.day)  # type: ignore[arg-type]


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


def _clock(rules: Law, leaf: str, kind: str, day: dt.date) -> tuple[int, str] | None:
    """Return n and unit of the first clock of a leaf for a kind on a day; None without one."""
    clocks = clocks_of(rules.catalogue, regulations_at(rules.catalogue))
    at = places.leaves().index(leaf)
    for row in clocks.row[clocks.at[at] : clocks.at[at + 1]].tolist():
        if row[FROM] <= day_of(day) <= row[TO] and row[KIND_MASK] >> KINDS.index(kind) & 1:
            return row[N], UNITS[row[UNIT]]
    return None


@pytest.mark.parametrize(
    ("leaf", "kind", "day", "expected"),
    [
        ("shanghai", "enterprise", dt.date(2017, 9, 30), None),  # in force from 2017-10-01
        ("shanghai", "enterprise", dt.date(2017, 10, 1), (7, "working_day")),
        ("pudong", "organ", dt.date(2019, 3, 1), (7, "working_day")),
        ("hangzhou", "person", dt.date(2017, 12, 31), None),
        ("hangzhou", "person", dt.date(2018, 1, 1), (5, "working_day")),
        ("hangzhou", "organ", dt.date(2019, 3, 1), None),  # not subjects of the text
        # the city's own text is about the market's records; the province's goes before it
        ("taizhou_zj", "enterprise", dt.date(2021, 3, 1), (5, "working_day")),
        ("wendeng_villages", "person", dt.date(2020, 9, 30), None),
        ("wendeng_villages", "person", dt.date(2020, 10, 1), (7, "working_day")),
        ("beijing", "enterprise", dt.date(2021, 3, 1), None),  # on published penalties alone
        ("sichuan", "enterprise", dt.date(2021, 3, 1), None),
    ],
)
def test_each_place_has_its_clock_for_objections_from_its_day(
    rules: Law, leaf: str, kind: str, day: dt.date, expected: tuple[int, str] | None
) -> None:
    assert _clock(rules, leaf, kind, day) == expected


def test_lists_of_courts_and_central_bodies_are_not_undone_at_a_platform(rules: Law) -> None:
    kept = {n for n, it in rules.catalogue.instruments.items() if kept_locally(rules.catalogue, it)}
    assert {"tax_major_list", "market_serious_list", "statistics_list", "wage_arrears_list"} <= kept
    assert not kept & {"spc_defaulters", "organs_list", "customs_dishonest_list", "air_list"}


ASKED = dt.date(2019, 3, 1)  # a Friday


@pytest.mark.parametrize(
    ("leaf", "name", "due", "marked"),
    [
        # passed on by Tue 03-05, decided five working days later; marked by Mon 03-04
        ("shanghai", "shanghai_2017", dt.date(2019, 3, 12), dt.date(2019, 3, 4)),
        # decided within five working days; marked at once
        ("hangzhou", "zhejiang_2017", dt.date(2019, 3, 8), dt.date(2019, 3, 1)),
    ],
)
def test_calculator_and_run_agree_on_the_last_day_of_an_answer(
    rules: Law, leaf: str, name: str, due: dt.date, marked: dt.date
) -> None:
    acts = [
        Event(day_of(dt.date(2018, 6, 1)), "occurred", 0, "tax_evasion"),
        Event(day_of(dt.date(2018, 7, 1)), "formed", 0, "penalty_decision"),
        Event(day_of(ASKED), "objected", 0, name),
    ]
    ledger = Ledger(Subject("enterprise", leaf, leaf), tuple(acts))
    said = record_rules(rules, ledger, determine(ledger, rules, dt.date(2019, 6, 1)))
    version = rules.catalogue.version(name, ASKED)
    assert version is not None
    path = next(
        p for r in said if r.instrument == name for p in r.paths
        if p.rule == platform_objection(version)
    )  # fmt: skip
    told = {d.stage.then: d.due for d in path.duties if d.due and d.stage.from_ != "requested"}
    assert max(d.due for d in path.duties if d.due and d.stage.then == "decided") == due
    assert told.get("marked", ASKED) == marked
    assert isinstance(path.rule, schema.Objection)
    assert date_of(answer_due(path.rule, day_of(ASKED))) == due
    assert date_of(mark_due(path.rule, day_of(ASKED))) == marked
    # without friction the run answers on that day, and elsewhere not at all
    assert date_of(_answer(rules, leaf)) == due
    assert _answer(rules, "sichuan") >= NEVER


@njit
def _answered(clocks: Any, policy: Any, key: Any, leaf: int, kind: int, asked: int) -> Any:
    return answer_of(clocks, policy, key, np.uint64(1), leaf, kind, asked)


def _answer(rules: Law, leaf: str) -> int:
    clocks = clocks_of(rules.catalogue, regulations_at(rules.catalogue))
    policy = policy_of(rules, assumptions(), nominal=True, queues=False)
    at, key = places.leaves().index(leaf), np.uint64(1)
    return int(_answered(clocks, policy, key, at, KINDS.index("enterprise"), day_of(ASKED)))


#: Most records land on a wrong file, so that enough entries are mistaken; nobody waits for staff.
WRONG = MORE | {"identity.wrong": 0.8}
LOCAL = {"scale": 1_000, "from_": "2018-01", "until": "2019-06", "assume": WRONG}


def _entries(found: Lived) -> dict[str, set[tuple[Any, ...]]]:
    """Return the entries of each leaf: act, list, start, end and cause."""
    out = {}
    for run in found[1]:
        x = spells_in(run)
        columns = (x[name].tolist() for name in ("act", "inst", "start", "end", "cause"))
        out[places.leaves()[run.place]] = set(zip(*columns, strict=True))
    return out


@pytest.fixture(scope="module")
def on_and_off(lived: Callable[..., Lived]) -> tuple[Lived, Lived]:
    on, off = (
        lived(**LOCAL, mechanisms=Mechanisms(regional=yes, redress_staff=False))
        for yes in (True, False)
    )
    return on, off


def test_only_places_with_a_regulation_differ_by_it(on_and_off: tuple[Lived, Lived]) -> None:
    on, off = map(_entries, on_and_off)
    here = regulations_at(on_and_off[0][0].catalogue)
    assert on != off
    for leaf, names in zip(places.leaves(), here, strict=True):
        if not names:
            assert on[leaf] == off[leaf]


def test_an_upheld_objection_ends_entries_that_are_mistaken_and_kept_locally(
    on_and_off: tuple[Lived, Lived],
) -> None:
    on, off = on_and_off
    world, kept = on[0], set(on[0].routes.inst[on[0].routes.platform].tolist())
    sooner = 0
    for run, plain in zip(on[1], off[1], strict=True):
        was = {
            key: end
            for *key_, end in zip(
                *(spells_in(plain)[n].tolist() for n in ("act", "inst", "start", "end")),
                strict=True,
            )
            for key in [tuple(key_)]
        }
        x = spells_in(run)
        columns = (x[n].tolist() for n in ("act", "inst", "start", "mistaken", "copied", "end"))
        for act, inst, start, mistaken, copied, end in zip(*columns, strict=True):
            if was.get((act, inst, start), end) == end:
                continue
            assert world.regional[run.place]
            assert copied or (mistaken and inst in kept)
            assert end < was[act, inst, start]
            sooner += 1
    assert sooner > 0


def test_off_is_absent(on_and_off: tuple[Lived, Lived], rules: Law) -> None:
    off = on_and_off[1]
    assert not off[0].routes.platform.any()
    assert not off[0].routes.clocks.row.size
    assert regional_table(*off).num_rows == 0
    # before the first of the regulations, on is no different
    window = {"scale": 20_000, "from_": "2016-07", "until": "2017-09", "assume": MORE}
    on, off = (live(rules, **window, mechanisms=Mechanisms(regional=yes)) for yes in (True, False))
    assert digest(on[1]) == digest(off[1])


def test_what_is_kept_changes_nothing_of_it(on_and_off: tuple[Lived, Lived], rules: Law) -> None:
    on = on_and_off[0]
    for keep in ("all", "indicators"):
        other = live(rules, **LOCAL, keep=keep, mechanisms=on[0].scenario.mechanisms)
        assert digest(other[1]) == digest(on[1])
        assert regional_table(*other).equals(regional_table(*on))
