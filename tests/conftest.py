"""Runs that several tests look at; each is simulated once a session."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reference.compiled import (  # noqa: F401 - hooks
    pytest_collection_modifyitems,
    pytest_runtest_setup,
    pytest_sessionstart,
)
from reference.once import once
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.run import simulate
from xinyong.engine.scenario import Mechanisms, Scenario
from xinyong.engine.world import World, build
from xinyong.law.compile import Law, law
from xinyong.results import Run, open_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Lived = tuple[World, list[LeafRun]]

EXACT = Mechanisms(
    friction=False, identity=False, false_records=False, capacity=False, redress=False, gates=False
)

#: A browser that speaks English and asks nobody outside for anything.
QUIET = [
    "--lang=en-US",
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


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
    more = {"identity.wrong": 0.05, "false_records.per_case": 0.02}
    scenario = Scenario(name="kept", scale=20_000, until="2018-06", keep="all", assume=more)
    return written(tmp_path_factory, scenario)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A written run of a year at 1:20000 with every event kept."""
    return written(
        tmp_path_factory, Scenario(name="small", scale=20_000, until="2014-10", keep="all")
    )


def written(factory: pytest.TempPathFactory, scenario: Scenario) -> Run:
    """Return the folder of a run; of several workers one writes it."""
    from xinyong.engine.run import run

    return open_run(once(factory, scenario.name, lambda path: run(scenario, path)))


# --- the portal in a browser ------------------------------------------------------------------


@pytest.fixture(scope="session")
def portal(small: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A portal that serves the run `small` and one answer; gives its address."""
    import uvicorn

    from xinyong.portal.app import create_app
    from xinyong.portal.jobs import Job
    from xinyong.portal.site import Limits, Site, find_answers

    answers = once(tmp_path_factory, "answers", answered)
    limits = Limits(per_second=1e6, burst=10**6)
    app = create_app(Site({"small": small}, find_answers(answers), limits))
    app.state.jobs._jobs["made"] = Job("made", Scenario(scale=20_000), "done", 12, 12, run=small)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(app, port=port, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


def answered(folder: Path) -> None:
    """Write the answer to a question that is asked of the law alone."""
    from xinyong.cli_study import write_answer
    from xinyong.study.questions import question
    from xinyong.study.settings import Settings

    asked = question("proportionality")
    write_answer(asked.make(Settings(asked.scale, asked.replicates)), folder / asked.name)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: on PATH, or where ``CHROMIUM`` says."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chrome")
    if chromium is None:
        pytest.skip("no Chromium; .ci/run installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield found
        found.close()
