"""Runs under gates that places follow with a lag, and objections before a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from conftest import Lived, live
from reference import simulated as sim
from xinyong import places
from xinyong.assumptions import assumptions
from xinyong.dates import NEVER, day_of, first_day
from xinyong.engine.advance import FLOWS
from xinyong.engine.ledgers import spells_in
from xinyong.engine.scenario import Mechanisms
from xinyong.engine.tables import digest
from xinyong.engine.world import World, keys_of
from xinyong.institutions.steps import policy_of, takes
from xinyong.jit import njit
from xinyong.law import tables as t
from xinyong.law.compile import Law

WINDOW: dict[str, Any] = {"scale": 2_000, "from_": "2020-06", "until": "2021-12"}
BARRED = FLOWS.index("entered_barred")
LIMIT = day_of(dt.date(2020, 12, 7))
LEVELS = ("province", "prefecture", "county")


def at_once(response: str, factor: float = 0.0) -> dict[str, float]:
    """Assumptions: everybody follows at once (or after so many times the lag), in one way."""
    shares = [n for n in assumptions().rows if n.startswith("gates.") and n.count(".") == 2]
    given = {n: float(n.endswith(f".{response}")) for n in shares if ".lag." not in n}
    return given | {f"gates.lag.{level}": factor for level in LEVELS}


def flows(lived: Lived, column: int) -> int:
    return int(sum(run.flow[..., column].sum() for run in lived[1]))


def by_month(world: World, day: int) -> int:
    """The first whole month of a run from a day on."""
    first = world.scenario.first_month
    return next(m for m in range(world.scenario.months) if first_day(first + m) >= day)


def replayed(found: Lived) -> int:
    """Determine files anew under the law of their place; returns how many entries."""
    world, runs = found
    entries, day = 0, sim.last_day(world)
    for run in runs:
        every = 1 if len(world.schemes[run.place]) else 40
        for ledger in range(0, sim.files(run), every):
            held, _ = sim.determined(world, run, ledger, day)
            assert sim.held(run, ledger) == held
            entries += len(held)
    return entries


def test_off_is_a_law_without_gates(rules: Law) -> None:
    kept = {i: it for i, it in rules.catalogue.instruments.items() if not i.startswith("gate_")}
    without = replace(rules, catalogue=replace(rules.catalogue, instruments=kept))
    absent = live(without, **WINDOW)
    off = live(rules, mechanisms=Mechanisms(gates=False), **WINDOW)
    assert digest(absent[1]) == digest(off[1])
    assert flows(off, BARRED) == 0


def test_a_limit_that_nobody_follows_only_marks(lived: Callable[..., Lived]) -> None:
    """On paper barred, in practice as before: nothing moves but the counts of what is barred."""
    never = lived(assume=at_once("drop", 1e9), keep="all", **WINDOW)
    off = lived(mechanisms=Mechanisms(gates=False), keep="all", **WINDOW)
    others = [i for i in range(len(FLOWS)) if i != BARRED]
    for a, b in zip(never[1], off[1], strict=True):
        assert np.array_equal(a.flow[..., others], b.flow[..., others])
        assert np.array_equal(a.grades, b.grades)
        assert np.array_equal(a.points, b.points)
        assert not b.barred.any()
    assert flows(never, BARRED) > 0
    assert sum(run.barred.sum() for run in never[1]) > 0


def test_where_all_drop_at_once_nothing_new_rests_on_what_is_barred(
    lived: Callable[..., Lived],
) -> None:
    found = lived(assume=at_once("drop"), keep="all", **WINDOW)
    world, runs = found
    assert flows(found, BARRED) == 0
    assert all(not run.barred.any() for run in runs)
    older = 0
    for run in runs:
        s, x = spells_in(run), world.laws[run.place].prov
        mine = s["prov"] >= 0
        assert (s["start"][mine] < x[s["prov"][mine], t.P_BARRED]).all()
        older += int((x[s["prov"][mine], t.P_BARRED] < NEVER).sum())
    assert older > 0, "entries of before stand, under what is barred since"
    assert replayed(found) > 100


def test_what_is_turned_into_a_list_enters_from_that_day_and_is_barred_itself(
    lived: Callable[..., Lived],
) -> None:
    found = lived(assume=at_once("list"), keep="all", **WINDOW)
    world, runs = found
    names = world.law.instruments
    made = [i for i, name in enumerate(names) if name.endswith("_turned")]
    assert made
    start = by_month(world, LIMIT)
    for run in runs:
        new = run.flow[:, made].sum(axis=(1, 2))
        assert (new[: start - 1] == 0).all()
        assert (new[:, 0] == new[:, BARRED]).all()
        assert not new.any() or len(world.schemes[run.place])
    wendeng = runs[places.leaves().index("wendeng")]
    assert wendeng.flow[:, made, :, 0].sum() > 0
    assert replayed(found) > 100


def test_a_score_for_rewards_only_loses_no_points_for_what_is_new(
    lived: Callable[..., Lived],
) -> None:
    wendeng = places.leaves().index("wendeng")
    rewards = lived(assume=at_once("reward"), keep="all", **WINDOW)[1][wendeng]
    drop = lived(assume=at_once("drop"), keep="all", **WINDOW)[1][wendeng]
    assert (rewards.points.sum(axis=(1, 2)) >= drop.points.sum(axis=(1, 2))).all()
    assert np.array_equal(rewards.acts, drop.acts), "the same acts, under other rules"


# --- objections before a decision ------------------------------------------------------------


@njit
def _taken(policy, keys, acts, step, mistaken):  # type: ignore[no-untyped-def]
    out = np.zeros(acts.size, np.bool_)
    for i in range(acts.size):
        out[i] = takes(policy, keys, acts[i], step, mistaken)
    return out


@pytest.mark.parametrize("name", ["wage_arrears_list", "tax_major_list", "air_list"])
def test_decisions_on_untrue_records_are_withheld_as_often_as_objections_are_upheld(
    rules: Law, name: str
) -> None:
    given = assumptions()
    policy = policy_of(rules, given, nominal=False, queues=False, objections=True)
    decide = max(
        i for i, o in enumerate(rules.steps) if o.instrument == name and o.step.then == "decided"
    )
    object_ = int(policy.objection[decide])
    assert rules.steps[object_].step.then == "objected"
    acts = np.arange(1, 200_001, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    keys = keys_of(7)
    uptake, upheld = given.value("objection.uptake"), given.value("objection.upheld")
    for share, step, mistaken in (
        (uptake, object_, True), (uptake, object_, False),
        (1 - uptake * upheld, decide, True), (1.0, decide, False),
    ):  # fmt: skip
        held = _taken(policy, keys, acts, step, mistaken).mean()
        assert abs(held - share) <= 4 * (share * (1 - share) / len(acts)) ** 0.5
    objected = _taken(policy, keys, acts, object_, True)
    assert objected[~_taken(policy, keys, acts, decide, True)].all(), "only who objected is heard"


def test_objections_off_is_nobody_objecting(rules: Law) -> None:
    window = {"scale": 20_000, "from_": "2018-01", "until": "2018-12"}
    off = live(rules, mechanisms=Mechanisms(objection=False), **window)
    nobody = live(rules, assume={"objection.uptake": 0.0}, **window)
    assert digest(off[1]) == digest(nobody[1])
    policy = policy_of(rules, assumptions(), nominal=True, queues=False, objections=True)
    assert (policy.objection < 0).all(), "the nominal course takes no may"
