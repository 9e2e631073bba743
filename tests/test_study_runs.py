"""Studies on runs: what is read again is what was run, counts add up, twins are zero."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import Lived
from xinyong.dates import NEVER
from xinyong.engine.scenario import Scenario
from xinyong.engine.tables import digest, total_measures
from xinyong.engine.world import World, build
from xinyong.institutions.exchange import WITHDRAW, arrival
from xinyong.institutions.measures import ASPECTS, standing
from xinyong.streams import stream_key
from xinyong.study.arms import Arm, over_links, read_again, run_arms
from xinyong.study.copies import COLUMNS, read, still_held
from xinyong.study.measured import counted, missed, wrongful, zombies
from xinyong.study.questions.q6_groups import by_group

SMALL = {"scale": 100_000, "from": "2017-05", "to": "2017-12", "keep": "entries"}


def column(table: np.ndarray, name: str) -> int:
    return int(table[..., COLUMNS.index(name)].sum())


def test_months_read_from_entries_are_those_the_engine_counted(nation: Lived) -> None:
    world, runs = nation
    found = read(world, runs)
    counts = standing(total_measures(runs))
    for name, aspect in (("paper", "on_paper"), ("received", "received"), ("zombie", "zombie"),
                         ("mistaken", "mistaken")):  # fmt: skip
        assert column(found, name) == counts[..., ASPECTS.index(aspect)].sum(), name
    assert column(found, "entries") == sum(int(run.flow[..., 0].sum()) for run in runs)


def test_what_is_read_adds_up(nation: Lived) -> None:
    found = read(*nation)
    wrong, right = column(found, "wrongful"), column(found, "right")
    assert wrong + right == column(found, "received")
    assert max(column(found, "mistaken"), column(found, "zombie")) <= wrong
    assert wrong <= column(found, "mistaken") + column(found, "zombie")
    for k in (1, 3, 10):
        few, all_ = (column(found, f"blocked_{n}_after_182") for n in (k, 1_000_000))
        assert few <= all_ <= column(found, "removed")
    assert column(found, "copies_after_182") <= column(found, "copies_after_30")


def test_reading_again_over_the_same_links_changes_nothing(nation: Lived) -> None:
    world, runs = nation
    assert digest(read_again(world, runs)) == digest(runs)


def test_links_made_again_are_those_that_are_built(nation: Lived) -> None:
    world, _ = nation
    other = world.scenario.model_copy(
        update={"assume": {"exchange.coverage_add": 0.5, "integration.growth": 0.0,
                           "exchange.link_lag": 10.0, "asked.other": 0.02}}
    )  # fmt: skip
    made, whole = over_links(world, other), build(other, world.catalogue)
    for one, two in zip((*made.link, *made.measures), (*whole.link, *whole.measures), strict=True):
        assert np.array_equal(one, two)
    assert made.measure_names == whole.measure_names


def test_arms_share_their_luck_and_the_twin_is_exactly_zero() -> None:
    slow = {"exchange.delay_withdraw": 60.0}
    arms = (
        Arm("as_is", "as it is"),
        Arm("slow", "slower withdrawals", assume=slow),
        Arm("alike", "the same places", mechanisms={"digital": True}),
    )
    base = Scenario.model_validate(SMALL)
    again = run_arms(base, arms, counted, 1)
    assert again.twin == 0
    anew = run_arms(base, arms[:2], counted, 1, again=False)
    assert again.counts["slow"] == anew.counts["slow"]
    assert again.digests["slow"] == anew.digests["slow"]
    assert again.digests["alike"] == again.digests["as_is"]
    for indicator in (missed, wrongful, zombies):
        assert again.row("alike", indicator).difference == 0
    assert again.row("slow", missed).difference == 0
    assert len(again.provenance["run_digests"]["slow"]) == 1


def test_groups_part_the_adults(nation: Lived) -> None:
    world, runs = nation
    found = by_group(world, runs)
    everybody = found["all", "adults"]
    assert everybody == sum(world.society.totals[:, 0]) - sum(world.society.minors)
    for start in ("age", "residence", "education", "income", "name", "stands", "province"):
        parts = [v for (g, n), v in found.items() if n == "adults" and g.startswith(start)]
        assert sum(parts) == everybody, start
    assert found.get(("all", "wrongly"), 0) <= found["all", "rightly"]


@pytest.mark.parametrize(("days", "median"), [(10, 10), (30, 10), (91, 20), (30, 30)])
def test_withdrawals_meet_their_closed_form(nation: Lived, days: int, median: int) -> None:
    """Two hops of one coverage and delay: draws against folded distributions."""
    world, _ = nation
    link = two_hops(world, 0.9, median)
    key, n, day = stream_key(1, "test"), 4000, 6000
    lost = [
        arrival(link, key, np.uint64(act), np.uint64(7), WITHDRAW, 0, 0, day) for act in range(n)
    ]
    share = sum(end >= NEVER or end > day + days for end in lost) / n
    expected = still_held(days, 2, 0.9, median)
    assert share == pytest.approx(expected, abs=4 * (expected * (1 - expected) / n) ** 0.5 + 1e-9)


def two_hops(world: World, coverage: float, median: float):  # type: ignore[no-untyped-def]
    """Return a link of one route of two central hops."""
    other = world.scenario.model_copy(
        update={"assume": {"exchange.coverage_withdraw": coverage,
                           "exchange.delay_withdraw": float(median)},
                "mechanisms": world.scenario.mechanisms.model_copy(update={"refresh": False})}
    )  # fmt: skip
    network = replace(world.network, kinds=((2, False, False, 0),))
    return over_links(replace(world, network=network), other).link
