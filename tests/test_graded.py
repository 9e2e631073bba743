"""Measures tied to grades of schemes, and gates on measures: for one case and in runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from conftest import Lived, live
from reference.made_up import GUESS, instrument
from reference.small_law import listing, points, scheme, small_law
from xinyong import places
from xinyong.assumptions import assumptions
from xinyong.case import calculate
from xinyong.case.model import Case
from xinyong.dates import NEVER, date_of, day_of, first_day
from xinyong.engine.graded import (
    GRADED,
    binomial,
    by_default,
    graded_counts,
    graded_of,
)
from xinyong.engine.local import schemes_of
from xinyong.engine.scenario import Mechanisms
from xinyong.engine.tables import digest, indicator_table
from xinyong.institutions.barred import MeasureGates
from xinyong.institutions.gates import lag
from xinyong.institutions.measures import measure_table
from xinyong.law import schema
from xinyong.law.catalogue import load
from xinyong.law.compile import Law
from xinyong.law.gates import bars, measure_target
from xinyong.law.measures import due_by_grade, measures_of, measures_of_grade
from xinyong.streams import stream_key, threshold

WINDOW: dict[str, Any] = {"scale": 2_000, "from_": "2020-06", "until": "2021-12"}
#: Months in which the grade of Rongcheng that everybody begins with carries a reward.
BIKES: dict[str, Any] = {"scale": 2_000, "from_": "2016-06", "until": "2017-03"}
LAST = dt.date(2022, 12, 31)
SINCE = dt.date(2021, 6, 1)
LEAVES = places.leaves()


def rewards(*grades: str, measure: str = "r_deposit", by: str = "merchants") -> dict[str, Any]:
    return {"measure": measure, "by": [by], "grades": list(grades), "cite": GUESS}


def limit(transition: str = "all", **where: Any) -> schema.Instrument:
    """A gate of 2021-06-01 on measures that Wendeng follows after three months."""
    block = {
        "id": "limit", "title": "made up", "where": where, "bars": ["measure"],
        "effect": "barred", "cite": GUESS,
    }  # fmt: skip
    own = [{"place": "wendeng", "lag_months": 3, "cite": GUESS}]
    version = {
        "gates": [block], "transition": transition, "in_force": {"from": SINCE, "cite": GUESS},
        "followed": {"lag_months": 12, "cite": GUESS, "places": own},
    }  # fmt: skip
    return instrument("limit", "gate", version, level="national", rank="law")


def tied(*gates: schema.Instrument) -> Law:
    """A scheme of Wendeng with a reward for grade A and a restriction for grade B."""
    rows = [rewards("A"), rewards("B", measure="m_civil_service", by="hrss_local")]
    made = scheme(
        points(-10),
        version={"measures": rows},
        of={"reach": {"place": "wendeng", "by": ["residence"], "cite": GUESS}},
    )
    return small_law(made, *gates)


# --- one law --------------------------------------------------------------------------------


def test_a_grade_carries_its_measures_and_no_other_grade_does() -> None:
    found = tied()
    day = dt.date(2020, 6, 1)
    assert [m.measure for m in measures_of_grade(found, "made_up", "A", day)] == ["r_deposit"]
    assert [m.by for m in measures_of_grade(found, "made_up", "B", day)] == [("hrss_local",)]
    assert measures_of_grade(found, "made_up", "", day) == ()
    assert measures_of_grade(found, "made_up", "A", dt.date(2019, 12, 31)) == ()
    assert due_by_grade(found, [("made_up", "A")], "enterprise", day) != ()
    assert measures_of(found, "made_up", day) == (), "nobody is entered on a scheme"


def test_the_calculator_tells_what_a_grade_brings() -> None:
    text = {"subject": {"kind": "person", "place": "rongcheng"}, "acts": [], "on": "2017-06-01"}
    found = calculate(Case.model_validate(text))
    due = {(m.list, m.measure, m.by) for m in found.measures}
    assert due == {("rongcheng_2016", "r_deposit", ("transport_local",))}


def test_a_measure_tied_to_a_grade_rests_on_the_score_whatever_the_score_rests_on() -> None:
    cat = load()
    it = cat.instruments["rongcheng_2019"]
    version = it.versions[0]
    row = next(r for r in version.measures if r.measure == "m_civil_service")
    for day, barred in ((dt.date(2019, 7, 17), False), (dt.date(2019, 7, 18), True)):
        found = bars(cat, measure_target(it, version, row), day, "rongcheng")
        assert ("score_measure" in {b.gate for b in found if b.effect == "barred"}) == barred
    reward = next(r for r in version.measures if r.measure == "r_green_channel")
    found = bars(cat, measure_target(it, version, reward), dt.date(2022, 1, 1), "rongcheng")
    assert not [b for b in found if b.effect == "barred"], "incentives may rest on a score"


# --- gates on measures ------------------------------------------------------------------------


@pytest.mark.parametrize("transition", ["all", "decisions_from"])
def test_calculator_and_run_agree_on_a_measure_of_a_grade_around_its_gate(transition: str) -> None:
    """On the days before, on and after the limit, and the limit with its lag."""
    found = tied(limit(transition, nature=["penalty"]))
    cat = found.catalogue
    it = cat.instruments["made_up"]
    version = it.versions[0]
    gates = MeasureGates(cat, assumptions(), 1, LAST)
    at = LEAVES.index("wendeng")
    for row in version.measures:
        gone = int(gates.given_up(it, version, row)[at])
        assert date_of(gone) == dt.date(2021, 9, 1) if row.grades == ["B"] else gone == NEVER
        for day in (SINCE, dt.date(2021, 9, 1)):
            for step in (-1, 0, 1):
                on = day + dt.timedelta(step)
                said = bars(cat, measure_target(it, version, row), on, "wendeng")
                follows = any(on >= b.followed_from for b in said if b.effect != "weighed")
                assert follows == (day_of(on) >= gone), (row.measure, on)
    first, months = 2021 * 12 + 5, 5  # June to October
    held = graded_of(found, assumptions(), gates, schemes_of(found)[at], at, first, months)
    rows = dict(zip((n[1] for n in held.names), range(len(held.names)), strict=True))
    assert held.carries[:, rows["r_deposit"], 0].tolist() == [1] * 5
    assert held.carries[:, rows["m_civil_service"], 0].tolist() == [2, 2, 2, 0, 0]
    assert held.barred[:, rows["m_civil_service"]].tolist() == [True, True, True, False, False]
    assert not held.barred[:, rows["r_deposit"]].any()
    without = graded_of(found, assumptions(), None, schemes_of(found)[at], at, first, months)
    assert without.carries[:, rows["m_civil_service"], 0].tolist() == [2] * 5


def test_a_measure_of_a_list_stops_in_each_place_when_the_place_follows() -> None:
    rows = [{"measure": "m_civil_service", "by": ["hrss_local"], "cite": GUESS},
            {"measure": "r_deposit", "by": ["merchants"], "cite": GUESS}]  # fmt: skip
    gate = limit(nature=["penalty"])
    found = small_law(listing(version={"measures": rows}), gate)
    gates = MeasureGates(found.catalogue, assumptions(), 7, dt.date(2100, 1, 1))
    table, _, names = measure_table(found, assumptions(), True, gates)
    plain, *_ = measure_table(found, assumptions(), True)
    hit = [n[1] for n in names].index("m_civil_service")
    assert (plain.stops == NEVER).all()
    assert (table.stops[1 - hit] == NEVER).all()
    key = stream_key(7, "engine/gates")
    for i, leaf in enumerate(LEAVES):
        months = lag(assumptions(), key, gate.versions[0], "limit", leaf)
        first = 2021 * 12 + 5 + months
        assert table.stops[hit, i] == first_day(first), leaf
    assert len(set(table.stops[hit].tolist())) > 5, "places differ"


def test_a_limit_that_ceases_before_a_place_follows_it_is_never_followed_there() -> None:
    gate = limit(nature=["penalty"])
    force = gate.versions[0].in_force.model_copy(update={"until": dt.date(2021, 8, 15)})
    short = gate.model_copy(
        update={"versions": [gate.versions[0].model_copy(update={"in_force": force})]}
    )
    found = tied(short)
    it = found.catalogue.instruments["made_up"]
    gates = MeasureGates(found.catalogue, assumptions(), 1, LAST)
    row = next(r for r in it.versions[0].measures if r.grades == ["B"])
    assert gates.given_up(it, it.versions[0], row)[LEAVES.index("wendeng")] == NEVER


# --- requests ---------------------------------------------------------------------------------


def test_requests_of_those_without_a_file_are_binomial() -> None:
    """Mean and variance of 4000 draws against the closed form, and monotone in the number."""
    key, word, p = stream_key(5, "engine/graded"), np.uint64(77), 0.01
    draws = np.array([binomial(key, i, word, int(threshold(p)), 3, 5_003) for i in range(4_000)])
    mean, sd = 5_003 * p, (5_003 * p * (1 - p)) ** 0.5
    assert abs(draws.mean() - mean) < 4 * sd / 4_000**0.5
    assert abs(draws.var() / sd**2 - 1) < 4 * (2 / 4_000) ** 0.5
    assert binomial(key, 1, word, 0, 3, 999) == 0
    assert binomial(key, 1, word, int(threshold(Fraction(1, 2))), 3, 0) == 0


# --- runs --------------------------------------------------------------------------------------


def totals(found: Lived) -> np.ndarray[Any, Any]:
    world, runs = found
    each = [graded_counts(world, run).sum(axis=(0, 1, 2)) for run in runs]
    return np.asarray(np.array(each).sum(axis=0))


def test_whoever_holds_a_grade_holds_its_measures_and_no_more(lived: Callable[..., Lived]) -> None:
    """Counted by hand from the grades of files and of those without one."""
    world, runs = lived(**BIKES)
    seen = 0
    for run in runs:
        x = world.graded[run.place]
        for i, (name, measure, by) in enumerate(x.names):
            s = int(x.column[i])
            held = run.grades[:, s, :-1] + 0
            start = by_default(world, run, s, int(world.schemes[run.place][s]))[:, :-1]
            for m in range(world.scenario.months):
                day = date_of(first_day(world.scenario.first_month + m + 1) - 1)
                for g, grade in enumerate(world.law.grades[world.law.schemes.index(name)]):
                    due = [
                        row for row in measures_of_grade(world.law, name, grade, day)
                        if row.measure == measure and by in row.by
                    ]  # fmt: skip
                    if not due:
                        held[m, g], start[m, g] = 0, 0
                if not x.carries[m, i].any():
                    held[m], start[m] = 0, 0  # given up: see the tests of gates
            kinds = [k for k in range(held.shape[2]) if x.carries[:, i, k].any()]
            total = (held[:, : start.shape[1]] + start)[..., kinds].sum()
            assert run.graded[:, i, :, 0].sum() == total, (name, measure)
            seen += int(total)
    assert seen > 0


def test_requests_are_as_many_as_the_monthly_chance_says(lived: Callable[..., Lived]) -> None:
    given: dict[str, float] = {"asked.other": 0.5}
    _, runs = lived(assume=given, **BIKES)
    held = sum(int(run.graded[..., 0].sum()) for run in runs)
    asked = sum(int(run.graded[..., 1].sum()) for run in runs)
    assert held > 400
    assert abs(asked - held / 2) < 5 * (held / 4) ** 0.5


def test_off_equals_absent(rules: Law) -> None:
    """Without the mechanism a run is one under a law whose schemes tie nothing to grades."""
    bare = {}
    for name, it in rules.catalogue.instruments.items():
        versions = [
            w.model_copy(update={"measures": [r for r in w.measures if not r.grades]})
            for w in it.versions
        ]
        bare[name] = it.model_copy(update={"versions": versions})
    without = replace(rules, catalogue=replace(rules.catalogue, instruments=bare))
    given: dict[str, Any] = {"scale": 5_000, "from_": "2016-06", "until": "2016-12"}
    absent = live(without, **given)
    off = live(rules, mechanisms=Mechanisms(graded=False), **given)
    on = live(rules, **given)
    assert digest(absent[1]) == digest(off[1])
    assert not totals(off).any()
    assert totals(on)[0] > 0
    for a, b in zip(off[1], on[1], strict=True):  # and it moves nothing else
        assert np.array_equal(a.flow, b.flow)
        assert np.array_equal(a.grades, b.grades)
    assert np.array_equal(off[1][0].measures, on[1][0].measures)


def test_without_a_credit_system_no_grade_carries_anything(rules: Law) -> None:
    found = live(
        rules, mechanisms=Mechanisms(credit=False), scale=5_000, from_="2020-06", until="2020-08"
    )
    assert not totals(found).any()
    assert not any(x.names for x in found[0].graded)


def test_a_desk_sees_grades_as_often_as_the_place_is_linked(lived: Callable[..., Lived]) -> None:
    world, runs = lived(assume={"asked.other": 0.5}, **BIKES)
    seen = 0.0
    for run in runs:
        x, counts = world.graded[run.place], graded_counts(world, run)
        held, received, applied, barred = (counts[..., i].sum(axis=2) for i in range(4))
        assert (barred <= applied).all()
        assert (applied <= received).all()
        assert (received <= held).all()
        mean = (held * (x.link.astype(float) / 2.0**64)).sum()
        assert abs(received.sum() - mean) <= 5 * mean**0.5
        seen += mean
    assert seen > 100
    frank = lived(mechanisms=Mechanisms(friction=False), **BIKES)
    for run in frank[1]:
        assert np.array_equal(run.graded[..., 0], run.graded[..., 2]), "all desks are connected"
        assert np.array_equal(run.graded[..., 1], run.graded[..., 3])


def test_rows_of_the_table_bear_place_kind_and_polarity(lived: Callable[..., Lived]) -> None:
    world, runs = lived(**BIKES)
    rows = [r for r in indicator_table(world, runs).to_pylist() if r["indicator"] in GRADED]
    assert rows
    assert {r["group"].split("/")[3] for r in rows} <= {"red", "black"}
    assert {r["place"] for r in rows} <= {"rongcheng", "weihai", "wendeng_villages", "suqian",
                                          "fuzhou", "wendeng"}  # fmt: skip
    assert {(r["indicator"].startswith("graded_applied"), r["unit"]) for r in rows} <= {
        (True, "requests"), (False, "subjects")
    }  # fmt: skip


def test_a_place_that_follows_at_once_lets_no_restriction_rest_on_a_score(
    lived: Callable[..., Lived],
) -> None:
    """From the limit of 2020-12-07 on (the press statement of 2019 is followed as fast)."""
    fast = {f"gates.lag.{level}": 0.0 for level in ("province", "prefecture", "county")}
    world, runs = lived(assume=fast, **WINDOW)
    slow, others = lived(
        assume=dict.fromkeys(fast, 1000000000.0), mechanisms=Mechanisms(), **WINDOW
    )
    barred = GRADED.index("graded_applied_barred")
    black = 0
    for found, lives in ((world, runs), (slow, others)):
        for run in lives:
            x = found.graded[run.place]
            mine = [i for i, p in enumerate(x.polarity) if p == "black"]
            if found is world:
                assert not x.carries[:, mine].any()
                assert not graded_counts(found, run)[..., barred].any()
            else:
                black += int(x.carries[:, mine].any())
    assert black, "where nobody follows they live on"
