"""Ways off lists wait for staff; the staff is shared, and an emergency takes some of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conftest import Lived, live
from reference.naive_queue import naive_queue
from xinyong.assumptions import assumptions
from xinyong.dates import NEVER
from xinyong.engine.leaf_run import REDRESS_COUNTS
from xinyong.engine.ledgers import spells_in
from xinyong.engine.scenario import Mechanisms, Scenario
from xinyong.engine.state import CASE_ASKED, CASE_TURN, N_CASES
from xinyong.engine.world import build, keys_of
from xinyong.errors import ScenarioError
from xinyong.institutions.capacity import (
    SHARES,
    capacities,
    redress_capacities,
    staff_of,
    staffed_by,
    turns,
)
from xinyong.institutions.steps import DECISION, REDRESS
from xinyong.law.compile import Law

KEYS = keys_of(7)
CAME, TAKEN, WAITING = range(len(REDRESS_COUNTS))


def ids(n: int, first: int = 1) -> Any:
    return np.arange(first, first + n, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def served_by_turns(arrivals: list[Any], capacity: list[int]) -> dict[int, int]:
    """Serve a queue month by month with the engine's own choice of whose turn it is."""
    waiting = np.zeros(0, np.uint64)
    served: dict[int, int] = {}
    for month, (came, free) in enumerate(zip(arrivals, capacity, strict=True)):
        waiting = np.concatenate([waiting, came])
        now = turns(KEYS.turn, waiting, month, free)
        served |= dict.fromkeys(waiting[now].tolist(), month)
        waiting = np.delete(waiting, now)
    return served


def test_the_queue_is_that_of_its_naive_twin() -> None:
    luck = np.random.default_rng(5)
    arrivals, at = [], 1
    for n in luck.integers(0, 40, 30).tolist():
        arrivals.append(ids(n, at))
        at += n
    capacity = luck.integers(0, 40, 30).tolist()
    plain = naive_queue([a.tolist() for a in arrivals], capacity, KEYS.turn)
    assert served_by_turns(arrivals, capacity) == plain
    assert 0 < len(plain) < at


def test_when_staff_is_short_the_wait_is_geometric_with_mean_backlog_over_staff() -> None:
    """B wait, C come and C are served a month: chance C / (B + C) a month, mean wait B / C."""
    backlog, served, months, seen = 300, 100, 400, 300
    arrivals = [
        ids(backlog + served),
        *(ids(served, 10_000 + served * m) for m in range(1, months)),
    ]
    found = served_by_turns(arrivals, [served] * months)
    waits = np.array([
        found.get(case, months) - m
        for m in range(1, seen) for case in arrivals[m].tolist()
    ])  # fmt: skip
    p = served / (backlog + served)
    spread = ((1 - p) / p**2 / len(waits)) ** 0.5
    assert waits.mean() == pytest.approx(backlog / served, abs=4 * spread)
    shares = np.bincount(waits, minlength=6)[:6] / len(waits)
    expected = p * (1 - p) ** np.arange(6)
    assert np.abs(shares - expected).max() < 4 * (p / len(waits)) ** 0.5


def test_one_more_request_changes_the_turn_of_one_other_at_most() -> None:
    many = ids(500)
    before = set(many[:-1][turns(KEYS.turn, many[:-1], 3, 200)].tolist())
    after = set(many[turns(KEYS.turn, many, 3, 200)].tolist())
    assert len(before - after) <= 1
    assert after - before <= {int(many[-1])}


# --- staff ----------------------------------------------------------------------------------


def test_staff_is_shared_out_to_the_last() -> None:
    given = assumptions()
    assert sum(given.value(name) for name in SHARES) == pytest.approx(1)
    assert staff_of(given) == (1.0, 1.0)
    more = {"staff.redress": 0.3, "staff.enforcement": 0.5}
    assert staff_of(given.changed(more)) == pytest.approx((0.5 / 0.6, 1.5))
    with pytest.raises(ScenarioError, match="is not 1"):
        staff_of(given.changed({"staff.redress": 0.3}))


def test_capacity_adds_up_and_falls_with_the_emergency() -> None:
    given, weights = assumptions(), np.array([5, 3, 2])
    staffed = np.ones((12, 3))
    whole = redress_capacities(given, ["court"], 2020 * 12, 12, weights, 1000, staffed)
    assert whole.shape == (1, 12, 3)
    assert abs(int(whole.sum()) - 350_000 * 12 // 1000) <= 3
    half = redress_capacities(given, ["court"], 2020 * 12, 12, weights, 1000, staffed / 2)
    assert abs(int(half.sum()) - int(whole.sum()) // 2) <= 3


def test_reallocated_staff_moves_listing_and_redress_against_each_other() -> None:
    base = build(Scenario(scale=1_000, until="2014-12"))
    more = {"staff.redress": 0.4, "staff.enforcement": 0.4}
    moved = build(Scenario(scale=1_000, until="2014-12", assume=more))
    assert moved.redress_capacity.sum() == pytest.approx(2 * base.redress_capacity.sum(), rel=0.02)
    assert moved.capacity.sum() == pytest.approx(base.capacity.sum() * 2 / 3, rel=0.02)


# --- in a run -------------------------------------------------------------------------------

WINDOW: dict[str, Any] = {"scale": 5_000, "from_": "2015-01", "until": "2016-12"}


@pytest.fixture(scope="module")
def short(rules: Law) -> Lived:
    """Courts whose staff for ways off lists is far too small."""
    return live(rules, assume={"redress.capacity.court": 10_000}, **WINDOW)


@pytest.fixture(scope="module")
def ample(rules: Law) -> Lived:
    given = dict.fromkeys([n for n in assumptions().rows if n.startswith("redress.cap")], 1e8)
    return live(rules, assume=given, **WINDOW)


def court(lived: Lived) -> Any:
    """Return int64[leaves, months, REDRESS_COUNTS] of the courts."""
    world, runs = lived
    return np.stack([run.redress[world.staffed_by.index("court")] for run in runs])


def test_who_came_is_served_or_waits_and_nobody_is_lost(short: Lived) -> None:
    world, runs = short
    found = court(short)
    assert (found >= 0).all()
    assert (found[..., CAME].cumsum(1) == found[..., TAKEN].cumsum(1) + found[..., WAITING]).all()
    free = world.redress_capacity[world.staffed_by.index("court")].T
    assert (found[..., TAKEN].cumsum(1) <= free.cumsum(1)).all()
    assert found[:, -1, WAITING].sum() > 20
    for run in runs:
        queued = run.leaf.cs["flags"][: int(run.leaf.counts[N_CASES])] & (CASE_ASKED | CASE_TURN)
        assert np.count_nonzero(queued) >= run.redress[:, -1, WAITING].sum()


def test_short_staff_keeps_entries_up_beyond_their_lawful_end(short: Lived, ample: Lived) -> None:
    def late(lived: Lived) -> tuple[int, float]:
        rows = [spells_in(run) for run in lived[1]]
        columns = {k: np.concatenate([r[k] for r in rows]) for k in ("start", "end")}
        return int((columns["end"] < NEVER).sum()), float(columns["start"].sum())

    (gone_short, begun_short), (gone_ample, begun_ample) = late(short), late(ample)
    assert gone_short < gone_ample
    assert court(ample)[..., WAITING].sum() == 0
    assert begun_short == pytest.approx(begun_ample, rel=0.02)


def test_ample_staff_is_much_like_no_queue(rules: Law, ample: Lived) -> None:
    world, runs = live(rules, mechanisms=Mechanisms(redress_staff=False), **WINDOW)
    exits = [sum(int(r.flow[..., 3:].sum()) for r in x) for x in (runs, ample[1])]
    assert exits[1] == pytest.approx(exits[0], rel=0.05)
    assert world.staffed_by == ()
    assert all(run.redress.size == 0 for run in runs)
    assert (world.policy.queue < REDRESS).all()
    assert (ample[0].policy.queue >= REDRESS).any()
    assert (ample[0].policy.queue == DECISION).any()


def test_only_authorities_with_a_number_wait() -> None:
    assert "court" in staffed_by(assumptions())
    assert capacities(assumptions(), "redress.capacity.court", 2020 * 12, 1, np.array([1]), 1)
