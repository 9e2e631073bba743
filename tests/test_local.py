"""Local schemes: several at one leaf, each for itself, heard while they are in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from conftest import Lived, live
from reference import simulated as sim
from xinyong import places
from xinyong.conduct import rates as rates_module
from xinyong.conduct.rates import Family, rates
from xinyong.dates import day_of, parse_month
from xinyong.engine.feeding import FED
from xinyong.engine.joining import count_joined
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.local import FOREVER, drawn_at, heard, rule_on, schemes_of, start_of
from xinyong.engine.scenario import Mechanisms
from xinyong.engine.tables import indicator_table, score_table
from xinyong.engine.world import World
from xinyong.law.compile import Law, compile_law
from xinyong.law.determine import Ledger
from xinyong.law.feeds import fed
from xinyong.society.subjects import format_id, pack, parse_id

LEAVES = places.leaves()
RONGCHENG = LEAVES.index("rongcheng")
VILLAGES, SUZHOU = LEAVES.index("wendeng_villages"), LEAVES.index("suzhou")
TURN = {"scale": 1_000, "from_": "2018-01", "until": "2020-06"}


@pytest.fixture(scope="module")
def turn(lived: Callable[..., Lived]) -> Lived:
    """The years in which one scheme of Rongcheng gave way to another."""
    return lived(**TURN, keep="all")


@pytest.fixture(scope="module")
def years(lived: Callable[..., Lived]) -> Lived:
    """Two years of the villages of Wendeng and of the scheme that people join."""
    return lived(scale=500, from_="2020-01", until="2021-03", keep="all")


def family(name: str) -> Family:
    return next(f for f in rates() if f.id == name)


def _day(text: str) -> int:
    return day_of(dt.date.fromisoformat(text))


def _rows(lived: Lived, place: str, indicator: str) -> Iterator[tuple[str, str, str, int]]:
    table = indicator_table(*lived).to_pylist()
    for row in table:
        if row["place"] == place and row["indicator"] == indicator:
            yield row["month"], row["kind"], row["group"], row["value"]


def test_a_leaf_has_the_schemes_that_reach_it_and_most_have_none(turn: Lived) -> None:
    world, _ = turn
    at = {
        leaf: [world.law.instruments[i] for i in found]
        for leaf, found in zip(LEAVES, world.schemes, strict=True)
    }
    assert at["rongcheng"][-2:] == ["rongcheng_2016", "rongcheng_2019"]
    assert at["wendeng"] == ["wendeng_2020"]
    assert at["wendeng_villages"] == ["wendeng_2020", "wendeng_rural_2020"]
    assert at["beijing"] == at["zhengzhou"] == []


def test_whoever_has_no_scheme_pays_nothing_for_it(turn: Lived) -> None:
    world, runs = turn
    for run in runs:
        if not len(world.schemes[run.place]):
            assert run.leaf.lg_score.size == run.grades.size == run.points.size == 0


def test_one_scheme_gives_way_to_the_next_and_every_month_has_one(turn: Lived) -> None:
    graded = {}
    for indicator in ("grade", "grade_default"):
        for month, kind, group, value in _rows(turn, "rongcheng", indicator):
            key = month, kind, group.split("/")[0]
            graded[key] = graded.get(key, 0) + value
    world = turn[0]
    for m in range(world.scenario.months):
        month = world.scenario.first_month + m
        label = f"{month // 12:04d}-{month % 12 + 1:02d}"
        scheme = "rongcheng_2016" if label < "2019" else "rongcheng_2019"
        held = {key[2] for key in graded if key[0] == label}
        assert held == {scheme}, label
        everybody = int(world.society.alive(RONGCHENG, 0, month))
        assert graded[label, "person", scheme] == everybody


def test_points_are_those_of_one_scheme_only(turn: Lived) -> None:
    world, runs = turn
    run = runs[RONGCHENG]
    table = score_table(*turn).to_pylist()
    mine = [row for row in table if row["place"] == "rongcheng"]
    assert {row["scheme"] for row in mine} == {"rongcheng_2019"}
    beyond = sum(row["points_tenths"] - 10_000 for row in mine)
    s = [world.law.instruments[i] for i in world.schemes[RONGCHENG]].index("rongcheng_2019")
    assert beyond == run.points[-1, s].sum() != 0
    assert run.points[0, s].sum() == 0


def test_what_a_run_holds_at_the_turn_is_determined(turn: Lived) -> None:
    world, runs = turn
    run, day, seen = runs[RONGCHENG], sim.last_day(world), 0
    for ledger in range(sim.files(run)):
        found, scores = sim.determined(world, run, ledger, day)
        held = sim.held_scores(world, run, ledger)
        assert sim.held(run, ledger) == found
        assert held == {name: scores[name] for name in held}
        seen += len(held)
    assert seen > 5


def test_local_conduct_is_drawn_where_and_while_somebody_listens(rules: Law) -> None:
    found = rates()
    law = compile_law(rules.catalogue.only(frozenset(found.instruments)))
    for name, leaf, kind, span in (
        ("hit_and_run", "rongcheng", "person", ("2013-01", "2016-01")),
        ("volunteer_service", "wendeng", "person", ("2020-01", None)),
        ("counterfeit", "rongcheng", "enterprise", None),
    ):
        real = heard(law, family(name), leaf, kind)
        if span is None:
            assert real is None
        else:
            last = FOREVER if span[1] is None else parse_month(span[1])
            assert real == (parse_month(span[0]), last)
    assert drawn_at(found, family("traffic_fine"), "rongcheng")
    assert not drawn_at(found, family("traffic_fine"), "beijing")
    assert not drawn_at(found, family("hit_and_run"), "wendeng")


def test_places_that_take_over_rates_are_leaves_and_say_why() -> None:
    for other in rates().alike:
        assert other.place in LEAVES
        assert any(f.place == other.rates_of for f in rates())
        assert other.reason


def test_schemes_off_is_a_model_that_never_heard_of_them(
    rules: Law, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = {"scale": 5_000, "from_": "2019-10", "until": "2020-06"}
    without = live(rules, mechanisms=Mechanisms(schemes=False), **window)
    real = rates()
    lists = [i for i in real.instruments if rules.catalogue.instruments[i].kind == "list"]
    absent = rates_module.Rates([f for f in real if f.place == "cn"], lists)
    monkeypatch.setattr("xinyong.engine.world.rates", lambda: absent)
    never = live(rules, **window)
    monkeypatch.undo()
    local = [i for i, f in enumerate(real) if f.place != "cn"]
    assert not without[0].law.schemes
    for a, b, c in zip(without[1], never[1], live(rules, **window)[1], strict=True):
        assert not a.acts[:, local].any()
        assert np.array_equal(np.delete(a.acts, local, axis=1), b.acts)
        for name in ("flow", "measures", "queue", "files", "entries"):
            assert np.array_equal(getattr(a, name), getattr(b, name))
        assert a.grades.size == 0
        assert np.array_equal(np.delete(c.acts[..., 0], local, axis=1)[:1], b.acts[:1, ..., 0])


def test_where_a_scheme_begins_is_read_from_its_bands(rules: Law) -> None:
    for day, scheme, points, grade in (
        ("2020-06-01", "wendeng_2020", 10_000, "A"),
        ("2020-06-01", "wendeng_rural_2020", 10_000, "star_2"),
        ("2020-06-01", "fuzhou_moli", 5_000, "poor"),
        ("2020-06-01", "rongcheng_2019", 10_000, "A"),
        ("2020-06-01", "suzhou_guihua", 1_000, None),
    ):
        inst = rules.code["instrument"][scheme]
        x = rule_on(rules, inst, _day(day))
        names = rules.grades[rules.schemes.index(scheme)]
        assert start_of(rules, x) == (points, -1 if grade is None else names.index(grade))
    assert rule_on(rules, rules.code["instrument"]["rongcheng_2016"], _day("2019-01-01")) == -1


def test_schemes_of_the_whole_law_stand_at_their_places(rules: Law) -> None:
    found = schemes_of(rules)
    for leaf, here in zip(LEAVES, found, strict=True):
        for inst in here:
            it = rules.catalogue.instruments[rules.instruments[inst]]
            assert places.within(leaf, it.reach.place)
            assert leaf not in it.reach.without


def test_the_world_hears_by_leaf(turn: Lived) -> None:
    world: World = turn[0]
    names = [f.id for f in world.rates]
    here = {s.family for s in world.streams[RONGCHENG]}
    assert names.index("traffic_fine") in here
    assert names.index("littering") not in here


# --- two schemes at once, and the feed from one into the other ---------------------------


def test_two_schemes_at_once_keep_their_own_points(years: Lived) -> None:
    world, runs = years
    run, day, both, apart = runs[VILLAGES], sim.last_day(years[0]), 0, 0
    for ledger in range(sim.files(run)):
        found, scores = sim.determined(world, run, ledger, day)
        held = sim.held_scores(world, run, ledger)
        assert sim.held(run, ledger) == found
        assert held == {name: scores[name] for name in held}
        both += len(held) == 2
        apart += len({points for points, _ in held.values()}) == 2
    assert both > 10
    assert apart > 3


def test_stars_of_the_year_go_into_the_district_as_the_law_feeds_them(years: Lived) -> None:
    world, runs = years
    run, end, fed_files = runs[VILLAGES], _day("2020-12-31"), 0
    for ledger in range(sim.files(run)):
        whole = sim.ledger_of(world, run, ledger)
        written = [e for e in whole.events if _is_fed(run, ledger, e.case)]
        before = [e for e in whole.events if e.day <= end and e not in written]
        stated = Ledger(whole.subject, tuple(before))
        law = list(fed(stated, world.law, end, stated))
        mine = [e for e in written if e.event != "recorded"]
        assert [(e.day, e.event, e.what) for e in mine] == [(e.day, e.event, e.what) for e in law]
        assert len(written) - len(mine) in (0, 1)  # the district records it in January
        fed_files += bool(written)
    assert fed_files > 0
    assert not any(
        _is_fed(other, ledger, case)
        for other in runs
        if other.place != VILLAGES
        for ledger in range(0, sim.files(other), 50)
        for case in sim.cases_of(other, ledger)
    )


def _is_fed(run: LeafRun, ledger: int, case: int) -> bool:
    return int(run.leaf.cs["family"][sim.cases_of(run, ledger)[case]]) == FED


def test_only_those_who_joined_are_scored_and_about_as_many_as_are_said_to(years: Lived) -> None:
    world, runs = years
    joins, key = world.joins[SUZHOU], world.keys.consent
    alive = int(world.society.alive(SUZHOU, 0, world.scenario.first_month))
    joined = int(count_joined(joins, key, SUZHOU, 0, int(joins.bit[0]), alive))
    share = world.given.value("consent.suzhou_guihua")
    assert abs(joined - share * alive) < 4 * (share * (1 - share) * alive) ** 0.5
    run, scored = runs[SUZHOU], 0
    for ledger in range(sim.files(run)):
        subject = sim.ledger_of(world, run, ledger).subject
        held = sim.held_scores(world, run, ledger)
        assert not held or subject.consents == ("suzhou_guihua",)
        scored += len(held)
    assert 0 < scored < sim.files(run)
    begins = [v for m, k, g, v in _rows(years, "suzhou", "grade_default") if m == "2020-01"]
    graded = [v for m, k, g, v in _rows(years, "suzhou", "grade") if m == "2020-01"]
    assert sum(begins) + sum(graded) == joined


def test_acts_that_no_scheme_can_hear_are_not_drawn(years: Lived) -> None:
    world, runs = years
    run = runs[SUZHOU]
    for ledger in range(sim.files(run)):
        for case in sim.cases_of(run, ledger).values():
            family = int(run.leaf.cs["family"][case])
            own = not run.leaf.cs["flags"][case]
            if family != FED and own and not world.national[family]:
                assert sim.ledger_of(world, run, ledger).subject.consents


def test_an_id_of_villages_passes_for_no_official_number() -> None:
    name = format_id(int(pack(VILLAGES, 0, 12)))
    assert name.startswith("SYN-37100V-P-")
    assert parse_id(name).leaf == VILLAGES
