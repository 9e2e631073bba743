"""Runs started from the browser: one at a time, each in a process of its own, with limits.

A job is named by what it runs, so that the same wish is the same job and its address can be
passed on. What a job writes lies in a folder of the portal that goes when the portal stops.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from xinyong.errors import UsageError, XinyongError
from xinyong.results import Run, open_run

if TYPE_CHECKING:
    from xinyong.engine.run import Plan
    from xinyong.engine.scenario import Scenario
    from xinyong.portal.site import Limits

__all__ = ["Job", "Jobs"]

State = Literal["waiting", "running", "done", "cancelled", "failed"]

#: How many jobs may wait, and how many are remembered.
_WAITING, _KEPT = 4, 24


@dataclass
class Job:
    """A run that somebody asked for.

    Attributes:
        name: of the job, and of its run in addresses.
        scenario: what is run.
        state: where it stands; done, total: months; why: it failed.
        run: the finished run.
    """

    name: str
    scenario: Scenario
    state: State = "waiting"
    done: int = 0
    total: int = 0
    why: str = ""
    run: Run | None = None
    process: BaseProcess | None = field(default=None, repr=False)

    @cached_property
    def plan(self) -> Plan:
        """How large the run is; it is looked at every second while the run is followed."""
        from xinyong.engine.run import plan

        return plan(self.scenario)

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "cancelled", "failed")


class Jobs:
    """The jobs of a portal; safe to ask from many threads."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._busy = False

    def start(self, scenario: Scenario) -> Job:
        """Return the job that runs a scenario; begins it unless it is there already.

        Raises:
            UsageError: too many wait.
        """
        name = _name(scenario)
        with self._lock:
            found = self._jobs.get(name)
            if found is not None and found.state not in ("cancelled", "failed"):
                return found
            if sum(not job.ended for job in self._jobs.values()) >= _WAITING:
                raise UsageError(f"{_WAITING} runs are waiting already; come back later")
            job = self._jobs[name] = Job(name, scenario, total=scenario.months)
            self._forget()
            self._next()
        return job

    def get(self, name: str) -> Job | None:
        """Return a job by its name."""
        return self._jobs.get(name)

    def all(self) -> list[Job]:
        """Return every job that is remembered, the latest first."""
        return list(self._jobs.values())[::-1]

    def cancel(self, name: str) -> None:
        """End a job that has not ended."""
        with self._lock:
            job = self._jobs.get(name)
            if job is None or job.ended:
                return
            job.state = "cancelled"
            if job.process is not None:
                job.process.terminate()

    def close(self) -> None:
        """End every job and take away what they wrote."""
        for name in list(self._jobs):
            self.cancel(name)
        for job in self._jobs.values():
            if job.process is not None:
                job.process.join(5)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _forget(self) -> None:
        """Forget the oldest ended jobs, with what they wrote."""
        ended = [job for job in self._jobs.values() if job.ended]
        for job in ended[: max(0, len(self._jobs) - _KEPT)]:
            del self._jobs[job.name]
            if job.run is not None:
                shutil.rmtree(job.run.path, ignore_errors=True)

    def _next(self) -> None:
        """Begin the job that waits longest, if none is in work. The lock is held."""
        waiting = [job for job in self._jobs.values() if job.state == "waiting"]
        if self._busy or not waiting:
            return
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="xinyong-portal-"))
        self._busy = True
        job = waiting[0]
        job.state = "running"
        threading.Thread(target=self._watch, args=(job,), daemon=True).start()

    def _watch(self, job: Job) -> None:
        """Follow one job to its end."""
        assert self._folder is not None  # noqa: S101 - made before any job begins
        out = self._folder / job.name
        shutil.rmtree(out, ignore_errors=True)
        made = multiprocessing.get_context("spawn")
        ours, theirs = made.Pipe(duplex=False)
        process = made.Process(
            target=_work, args=(theirs, job.scenario, out, self._limits.run_bytes), daemon=True
        )
        process.start()
        job.process = process
        theirs.close()
        if job.state == "cancelled":
            process.terminate()
        ends = time.monotonic() + self._limits.run_seconds
        why = ""
        while process.is_alive() or ours.poll():
            with contextlib.suppress(EOFError, OSError):
                if ours.poll(0.2):
                    word, value = ours.recv()
                    if word == "month":
                        job.done = int(value)
                    else:
                        why = str(value)
                    continue
            if time.monotonic() > ends:
                why = f"stopped after {self._limits.run_seconds} s"
                process.terminate()
                break
            if not process.is_alive():
                break
            time.sleep(0.05)
        process.join(10)
        with self._lock:
            self._settle(job, out, why, process.exitcode)
            self._busy = False
            self._next()

    def _settle(self, job: Job, out: Path, why: str, code: int | None) -> None:
        if job.state == "cancelled":
            return
        if code == 0 and (out / "manifest.json").is_file():
            job.run = open_run(out)
            job.done, job.state = job.total, "done"
            return
        job.state = "failed"
        job.why = why or "the process ended before the run was whole: too little memory, perhaps"


def _name(scenario: Scenario) -> str:
    return hashlib.sha256(scenario.model_dump_json(by_alias=True).encode()).hexdigest()[:12]


def _work(back: Connection, scenario: Scenario, out: Path, most: int) -> None:
    """Run a scenario in a process of its own; says each month, and why it failed."""
    import os
    import sys

    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        os.nice(5)
    try:
        from xinyong.engine.run import run

        run(scenario, out, lambda done, _total: back.send(("month", done)))
    except XinyongError as error:
        back.send(("why", str(error)))
        sys.exit(1)
    except MemoryError:
        back.send(("why", f"it needed more than {most // 10**6:,} MB of memory"))
        sys.exit(1)
