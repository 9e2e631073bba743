"""Running a scenario: months, barriers, threads, and the folder of results.

A run is written to a hidden folder beside its destination and moved there when it is
whole; whatever stops it before leaves nothing that looks like a result.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from xinyong import places
from xinyong.engine.derived import derived_table
from xinyong.engine.filing import Records
from xinyong.engine.leaf_run import LeafRun, no_measures
from xinyong.engine.manifest import manifest_of
from xinyong.engine.month import (
    Message,
    Worker,
    close,
    first_half,
    second_half,
)
from xinyong.engine.regional import regional_table
from xinyong.engine.scenario import Scenario
from xinyong.engine.tables import digest, entry_table, event_table, indicator_table, score_table
from xinyong.engine.world import World, build
from xinyong.errors import OutputError
from xinyong.law.catalogue import Catalogue
from xinyong.results import SYNTHETIC, Run

__all__ = ["Plan", "plan", "run", "simulate"]

#: Called with (months done, months in all).
Progress = Callable[[int, int], None]


def _silent(done: int, total: int) -> None:
    """Report nothing."""
    del done, total


def _groups(world: World) -> list[list[int]]:
    """Split the leaves into groups of about equal population, the largest first."""
    groups: list[list[int]] = [[] for _ in range(world.scenario.groups)]
    weight = [0] * len(groups)
    for place in np.argsort(-world.population, kind="stable").tolist():
        lightest = weight.index(min(weight))
        groups[lightest].append(place)
        weight[lightest] += int(world.population[place])
    return [sorted(g) for g in groups if g]


@contextlib.contextmanager
def _quick_turns() -> Iterator[None]:
    """Let threads take turns often.

    Most of their time is in compiled code, and between two pieces of it a thread would wait
    long for the other to let go of the interpreter.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def simulate(
    world: World,
    progress: Progress = _silent,
    look: Callable[[int, list[LeafRun]], None] | None = None,
) -> list[LeafRun]:
    """Live all months of a world; returns the leaves in their order.

    `look` is called at the end of every month with its number and the leaves, to be read.

    Each month has three barriers: leaves, nation, leaves. Groups of leaves advance side by
    side in threads; leaves exchange messages at the barrier only, and every inbox is sorted
    before it is read, so neither groups nor threads can change a bit of the results.
    """
    groups = _groups(world)
    workers = [Worker(*no_measures(world)) for _ in range(world.scenario.threads)]
    total = workers[0].measures, workers[0].felt
    runs = [LeafRun.start(world, i, *total) for i in range(len(places.leaves()))]

    sent: list[Sequence[Message]] = [[] for _ in runs]
    inbox: list[list[Records]] = [[] for _ in runs]

    def lead(worker: Worker, place: int, m: int) -> None:
        sent[place] = first_half(world, runs[place], worker, m)

    def follow(worker: Worker, place: int, m: int) -> None:
        second_half(world, runs[place], worker, m, inbox[place])

    def finish(worker: Worker, place: int, m: int) -> None:
        del worker, m
        close(world, runs[place])

    def everywhere(work: Callable[[Worker, int, int], None], m: int) -> None:
        """Do the work of a month in every leaf; who is done with a group takes the next."""
        todo = iter(groups)  # of a list: each thread gets another item of it

        def take(worker: Worker) -> None:
            for group in todo:
                for place in group:
                    runs[place].measures, runs[place].felt = worker.measures, worker.felt
                    work(worker, place, m)

        list(pool.map(take, workers))

    def together() -> None:
        """Add up what the threads counted, and let every leaf have the sum."""
        for worker in workers[1:]:
            for into, counted in zip(total, (worker.measures, worker.felt), strict=True):
                into += counted
                counted[:] = 0
        for run in runs:
            run.measures, run.felt = total

    with _quick_turns(), ThreadPoolExecutor(len(workers)) as pool:
        for m in range(world.scenario.months):
            everywhere(lead, m)
            for box in inbox:
                box.clear()
            for message in chain.from_iterable(sent):
                inbox[message.leaf].append(message.records)
            everywhere(follow, m)
            progress(m + 1, world.scenario.months)
            if look is not None:
                together()
                look(m, runs)
        everywhere(finish, world.scenario.months)
    together()
    return runs


def default_folder(scenario: Scenario) -> Path:
    """Return a folder under ``results/`` that does not exist yet."""
    stem = f"{scenario.name}-1to{scenario.scale}-seed{scenario.seed}"
    path, n = Path("results") / stem, 1
    while path.exists():
        n += 1
        path = Path("results") / f"{stem}-{n}"
    return path


@contextlib.contextmanager
def _folder(out: Path) -> Iterator[Path]:
    """Give a hidden folder that becomes `out` when the block ends well."""
    if out.exists():
        raise OutputError(f"{out}: exists already; name another folder with --out, or remove it")
    partial = out.parent / f".{out.name}.partial-{os.getpid()}"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        yield partial
        for path in sorted(partial.rglob("*")):
            if path.is_file():
                with path.open("rb") as handle:
                    os.fsync(handle.fileno())
        partial.rename(out)
    except OSError as error:
        what = error.strerror or str(error)
        raise OutputError(f"{out}: could not be written: {what}; nothing was left there") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(table: pa.Table, path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {b"synthetic": SYNTHETIC.encode(), b"results_schema": b"1"}
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd")
    return int(table.num_rows)


def run(
    scenario: Scenario,
    out: Path | str | None = None,
    progress: Progress = _silent,
    catalogue: Catalogue | None = None,
) -> Run:
    """Run a scenario and write its results.

    Args:
        scenario: what to run.
        out: folder to make; by default a new one under ``results/``.
        progress: called after every month with (months done, months in all).
        catalogue: the law; that of the scenario unless given.

    Returns:
        The finished run.

    Raises:
        OutputError: the folder exists, or cannot be written.
        CatalogueError: rates or assumptions do not fit the catalogue.
    """
    target = Path(out) if out is not None else default_folder(scenario)
    started = time.perf_counter()
    with _folder(target) as folder:
        world = build(scenario, catalogue)
        runs = simulate(world, progress)
        files = {}
        tables = {
            "indicators.parquet": indicator_table(world, runs),
            "entries/entries.parquet": entry_table(world, runs),
            "determinations/scores.parquet": score_table(world, runs),
            "determinations/records.parquet": regional_table(world, runs),
        }
        tables["derived.parquet"] = derived_table(
            world, tables["indicators.parquet"], tables["entries/entries.parquet"]
        )
        if scenario.keep == "all":
            tables["events/events.parquet"] = event_table(world, runs)
        for name, table in tables.items():
            files[folder / name] = _write(table, folder / name)
        found = manifest_of(world, runs, digest(runs), files, folder, time.perf_counter() - started)
        text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return Run(target)


@dataclass(frozen=True)
class Plan:
    """What a scenario would take."""

    subjects: int
    months: int
    files: int
    memory_mb: int
    seconds: int


def plan(scenario: Scenario) -> Plan:
    """Return how many subjects and months a scenario has, and about what it needs.

    The estimates scale figures measured on two cores (``benchmarks/README.md``): about 8
    microseconds and 200 bytes a file, over the months it lives.
    """
    from xinyong.society.strata import society

    people = society(scenario.scale, scenario.seed)
    subjects = int(people.totals.sum())
    files = int(40_000_000 / scenario.scale * scenario.months / 111)
    return Plan(
        subjects,
        scenario.months,
        files,
        350 + int(files * 200 / 1e6),
        6 + int(scenario.months * 0.03 + files * 8.3e-6),
    )
