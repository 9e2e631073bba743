"""Measure what the design promises, on this machine, and print it beside the budgets.

Run it with ``make bench``, or ``.venv/bin/python benchmarks/run.py``. Options:

- ``--one-to-one`` also runs China one to one (minutes, gigabytes);
- ``--quick`` takes 1:1,000 where the default is 1:100, and no fresh compilation;
- ``--json FILE`` writes the figures as JSON too.

Nothing here is a test: a figure depends on the machine and on what else it does. The plain
loop that the runs are set beside is `plain_loop` below; it is written to be quick too.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
XINYONG = [sys.executable, "-m", "xinyong"]
CASES = sorted(p for p in (ROOT / "examples").glob("*.yaml") if "subject:" in p.read_text("utf-8"))
DRAWN_MONTHS = 12


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes:
        what: what was measured; value, unit: how much.
        budget: of the design (section 11) in the same unit, if it sets one.
        note: what one must know to read it.
    """

    what: str
    value: float
    unit: str
    budget: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Say whether the budget was kept."""
        if self.budget is None:
            return ""
        return "kept" if self.value <= self.budget else "MISSED"


def seconds(job: Callable[[], Any], times: int = 1) -> float:
    """Return the median time of a job."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        job()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def cpu_of(job: Callable[[], Any]) -> float:
    """Return the processor time that the programs started by a job took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    job()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def shell(*arguments: str, env: dict[str, str] | None = None) -> str:
    """Run a command of xinyong and return what it printed."""
    done = subprocess.run(
        [*XINYONG, *arguments],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | (env or {}),
    )
    return done.stdout


def machine() -> dict[str, Any]:
    """Return the class of this machine: cores, memory, processor, versions. No names."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        found = [x for x in info.read_text("utf-8").splitlines() if x.startswith("model name")]
        model = found[0].split(":", 1)[1].strip() if found else model
    affinity: Any = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    here = {"processor": model, "cores": cores, "memory_gb": round(memory), **versions}
    return here | {"load_before": round(os.getloadavg()[0], 1)}


# --- what one waits for -------------------------------------------------------------------


def doors() -> list[Figure]:
    """Measure --help and cases, from the shell and in process."""
    from xinyong.case import calculate, read_case

    shell("case", str(CASES[0]))  # the catalogue is checked once and kept
    cases = [read_case(path) for path in CASES]
    for case in cases:
        calculate(case)
    slowest = max(seconds(lambda c=case: calculate(c), 15) for case in cases)
    from_shell = max(seconds(lambda p=path: shell("case", str(p)), 5) for path in CASES)
    which = f"slowest of {len(CASES)} in examples/, all instruments"
    help_cpu = cpu_of(lambda: shell("--help"))
    case_cpu = max(cpu_of(lambda p=path: shell("case", str(p))) for path in CASES)
    return [
        Figure(
            "xinyong --help",
            seconds(lambda: shell("--help"), 7),
            "s",
            0.3,
            f"{help_cpu:.2f} s of processor time",
        ),
        Figure("one case, in process", 1000 * slowest, "ms", 50, which),
        Figure(
            "one case, from the shell", from_shell, "s", 1, f"{case_cpu:.2f} s of processor time"
        ),
    ]


def compilation(folder: Path) -> Figure:
    """Measure a first run, with nothing compiled yet."""
    options = ("--scale", "1:100000", "--to", "2013-12", "--out", str(folder / "compiled"))
    env = {"NUMBA_CACHE_DIR": str(folder / "numba")}
    value = seconds(lambda: shell("run", *options, env=env))
    return Figure("first run of all: compiling", value, "s", note="3 months at 1:100,000")


def whole_run(folder: Path, scale: int) -> tuple[list[Figure], dict[str, Any]]:
    """Measure a run with its report, from the shell."""
    out = folder / f"one-to-{scale}"
    shell("run", "--scale", "1:100000", "--to", "2013-12", "--out", str(folder / f"warm-{scale}"))
    value = seconds(lambda: shell("run", "--scale", f"1:{scale}", "--out", str(out)))
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    months = 111
    per = manifest["seconds"] / sum(manifest["subjects"].values()) / months
    budgets: dict[int, tuple[float, float | None]] = {100: (30, None), 1: (300, 8192)}
    time_budget, memory_budget = budgets.get(scale, (None, None))
    note = f"{months} months, whole catalogue; digest {manifest['digest'][:12]}"
    label = f"run 1:{scale}"
    return [
        Figure(f"{label}, with report", value, "s", time_budget, note),
        Figure(f"{label}, without report", manifest["seconds"], "s"),
        Figure(f"{label}, peak memory", manifest["peak_memory_mb"], "MB", memory_budget),
        Figure(f"{label}, per subject and month", 1e9 * per, "ns"),
    ], manifest


# --- beside a plain loop over persons -----------------------------------------------------


def plain_loop(subjects: int, months: int, rate: float, term: int, seed: int = 1) -> int:
    """Run one blacklist in NumPy, visiting everybody every month; returns the entries made.

    Every subject has one Bernoulli trial a month; who acts and is not listed is listed for a
    term. One list, one conduct, no facts, no errors, no authorities, no redress: less than
    xinyong does, so the time is a lower bound for a loop that would do as much.
    """
    rng = np.random.default_rng(seed)
    until = np.zeros(subjects, np.int16)
    entries = 0
    uniform = np.empty(subjects, np.float32)
    for month in range(1, months + 1):
        rng.random(out=uniform, dtype=np.float32)
        acted = np.flatnonzero(uniform < np.float32(rate))
        fresh = acted[until[acted] < month]
        until[fresh] = month + term
        entries += len(fresh)
        np.count_nonzero(until >= month)  # the stock of the month
    return entries


def beside_plain_loop(run: dict[str, Any], scale: int, entries: int) -> list[Figure]:
    """Set the run beside the plain loop: as many subjects, months and entries."""
    subjects, months = sum(run["subjects"].values()), 111
    rate = entries / subjects / months
    made = 0

    def job() -> None:
        nonlocal made
        made = plain_loop(subjects, months, rate, 24)

    value = seconds(job)
    note = f"one list, one conduct, one thread; {made:,} entries, the run {entries:,}"
    each = 1e9 * value / subjects / months
    quicker = "above 1: the run, with everything in it, is quicker"
    return [
        Figure(f"plain loop 1:{scale}, same subjects and months", value, "s", note=note),
        Figure(f"plain loop 1:{scale}, per subject and month", each, "ns"),
        Figure(f"plain loop / run 1:{scale}", value / run["seconds"], "x", note=quicker),
    ]


def drawing() -> list[Figure]:
    """Draw who may act among the persons of China one to one, and the same by plain trials."""
    from xinyong.conduct.sampling import acts_of, draw_acts, new_scratch
    from xinyong.engine.scenario import Scenario
    from xinyong.engine.world import build
    from xinyong.law.vocabulary import KINDS

    world = build(Scenario(scale=1))
    person = KINDS.index("person")
    family = next(i for i, f in enumerate(world.rates) if f.id == "judgment_default")
    streams = [s for leaf in world.streams for s in leaf if s.kind == person and s.family == family]
    scratch = new_scratch()
    persons = sum(int(s.start[-1]) for s in streams)
    first = world.scenario.first_month
    acts = 0

    def month(m: int) -> None:
        nonlocal acts
        for s in streams:
            alive = int(s.start[-1])
            found = draw_acts(s.key, s.leaf, s.kind, first + m, 0, s.start, s.rung, 0, alive,
                              world.layers, scratch)  # fmt: skip
            nobody = np.zeros(found.subject.size, np.int64)
            acts += int(acts_of(found, s.limit, s.rung, nobody).sum())

    month(0)
    acts = 0
    ours = seconds(lambda: [month(m) for m in range(DRAWN_MONTHS)]) / DRAWN_MONTHS
    rate = np.float32(acts / DRAWN_MONTHS / persons)
    rng = np.random.default_rng(1)
    chunk = np.empty(1 << 20, np.float32)  # fits the cache: the quickest way for a plain loop

    def plain() -> int:
        hits = 0
        for _ in range(persons // chunk.size):
            rng.random(out=chunk, dtype=np.float32)
            hits += len(np.flatnonzero(chunk < rate))
        return hits

    theirs = seconds(plain)
    note = f"{persons:,} persons, about {acts // DRAWN_MONTHS:,} acts; one thread"
    return [
        Figure("who acts in a month, one to one", ours, "s", note=f"one family of conduct; {note}"),
        Figure("the same by a NumPy trial for everybody", theirs, "s"),
        Figure("ratio", theirs / ours, "x"),
    ]


def entries_of(folder: Path) -> int:
    """Return how many entries on the court list a run made."""
    from xinyong.results import open_run

    return sum(open_run(folder).series("entered", "spc_defaulters")[1])


def main() -> None:
    """Measure, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--one-to-one", action="store_true", help="also run China one to one")
    parser.add_argument("--quick", action="store_true", help="1:1000, nothing compiled anew")
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    here = machine()
    print(", ".join(f"{k} {v}" for k, v in here.items()), flush=True)
    if here["load_before"] > 0.5:
        print("other work runs on this machine: times are upper bounds", flush=True)
    figures: list[Figure] = []

    def add(found: list[Figure]) -> None:
        figures.extend(found)
        for f in found:
            budget = f"{f.budget:g} {f.unit} {f.verdict}" if f.budget is not None else ""
            value = f"{f.value:,.0f}" if f.value >= 1000 else f"{f.value:.3g}"
            print(f"{f.what:<46}{value:>9} {f.unit:<3} {budget:<16}{f.note}", flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        add(doors())
        if not given.quick:
            add([compilation(folder)])
        add(drawing())
        scale = 1000 if given.quick else 100
        found, manifest = whole_run(folder, scale)
        add(found)
        add(beside_plain_loop(manifest, scale, entries_of(folder / f"one-to-{scale}")))
        if given.one_to_one:
            add(whole_run(folder, 1)[0])
    if given.json:
        rows = [asdict(f) | {"verdict": f.verdict} for f in figures]
        given.json.write_text(json.dumps({"machine": here, "figures": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
