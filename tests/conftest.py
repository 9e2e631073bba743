"""Runs that several tests look at; each is simulated once a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.run import simulate
from xinyong.engine.scenario import Mechanisms, Scenario
from xinyong.engine.world import World, build
from xinyong.law.compile import Law, law
from xinyong.results import Run

Lived = tuple[World, list[LeafRun]]

EXACT = Mechanisms(
    friction=False, identity=False, false_records=False, capacity=False, redress=False, gates=False
)


def live(rules: Law, **given: Any) -> Lived:
    """Simulate a scenario in process."""
    world = build(Scenario(**given), rules.catalogue)
    return world, simulate(world)


@pytest.fixture(scope="session")
def rules() -> Law:
    return law()


@pytest.fixture(scope="session")
def lived(rules: Law) -> Callable[..., Lived]:
    """Return a function that simulates a scenario, once for the same inputs."""
    held: dict[str, Lived] = {}

    def once(**given: Any) -> Lived:
        name = repr(sorted(given.items(), key=lambda item: item[0]))
        if name not in held:
            held[name] = live(rules, **given)
        return held[name]

    return once


@pytest.fixture(scope="session")
def nation(lived: Callable[..., Lived]) -> Lived:
    """The nation at 1:20000 with everything on and every event kept."""
    return lived(scale=20_000, until="2018-12", keep="all")


@pytest.fixture(scope="session")
def wendeng(lived: Callable[..., Lived]) -> Lived:
    """Two years at 1:2000, so that the leaf with the local scheme has files."""
    return lived(scale=2_000, from_="2020-01", until="2021-12", keep="all")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A written run at 1:20000 with every event kept, and more mistakes than usual."""
    from xinyong.engine.run import run

    more = {"identity.wrong": 0.05, "false_records.per_case": 0.02}
    scenario = Scenario(name="kept", scale=20_000, until="2018-06", keep="all", assume=more)
    return run(scenario, tmp_path_factory.mktemp("kept") / "run")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A written run of a year at 1:20000 with every event kept."""
    from xinyong.engine.run import run

    scenario = Scenario(name="small", scale=20_000, until="2014-10", keep="all")
    return run(scenario, tmp_path_factory.mktemp("small") / "run")
