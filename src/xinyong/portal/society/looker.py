"""Looking into a run: it is made again in a process of its own, which then answers.

What one subject did and who saw it is not in the folder of a run; the run is lived again in
memory (`xinyong.engine.remake`), seconds to a minute. The process keeps it and answers for
one subject at a time. At most two runs are kept so; the one asked longest ago makes room.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
import time
from collections import OrderedDict
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from xinyong.errors import OutputError, UsageError, XinyongError
from xinyong.language import language, say, speaking

if TYPE_CHECKING:
    from xinyong.engine.inspect import History
    from xinyong.portal.site import Limits
    from xinyong.results import Run

__all__ = ["Looked", "Lookers"]

State = Literal["preparing", "ready", "failed"]

#: Runs kept in memory, answers kept of each, and seconds that an answer may take.
_MOST, _KEPT, _PATIENCE = 2, 64, 20.0


class Looked:
    """A run that is looked into.

    Attributes:
        run: the run; state: where it stands.
        why: it failed, in English: no language is spoken in the background.
        lasting: it fails for what is in the run, and would again.
        picks: id of the telling subject of each kind, or "" where there is none.
    """

    def __init__(self, run: Run, limits: Limits) -> None:
        self.run = run
        self.state: State = "preparing"
        self.why = ""
        self.lasting = False
        self.picks: dict[str, str] = {}
        self._limits = limits
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], History] = OrderedDict()
        self._pipe: Connection | None = None
        self._process: BaseProcess | None = None
        threading.Thread(target=self._prepare, daemon=True).start()

    def history(self, id: str) -> History:
        """Return the history of a subject.

        Raises:
            UsageError: the run has no such subject.
            OutputError: the process is gone.
        """
        with self._lock:
            asked = language(), id
            if asked in self._kept:
                self._kept.move_to_end(asked)
                return self._kept[asked]
            pipe = self._pipe
            try:
                if pipe is None:
                    raise EOFError
                pipe.send(asked)
                if not pipe.poll(_PATIENCE):
                    raise EOFError
                word, value = pipe.recv()
            except (EOFError, OSError):
                self._fail("what was made again is gone; ask once more")
                raise OutputError(self.why) from None
            if word == "why":
                raise UsageError(str(value))
            found: History = value
            self._kept[asked] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return found

    def close(self) -> None:
        """End the process."""
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()
            process.join(5)
        if self.state == "preparing":
            self._fail("it was stopped")

    def _fail(self, why: str) -> None:
        self.state, self.why = "failed", why

    def _prepare(self) -> None:
        made = multiprocessing.get_context("spawn")
        ours, theirs = made.Pipe()
        process = made.Process(
            target=_work, args=(theirs, self.run.path, self._limits.run_bytes), daemon=True
        )
        process.start()
        theirs.close()
        self._process = process
        ends = time.monotonic() + self._limits.run_seconds
        while time.monotonic() < ends:
            try:
                if not ours.poll(0.5):
                    if not process.is_alive():
                        break
                    continue
                word, value = ours.recv()
            except (EOFError, OSError):
                break
            if word == "ready":
                self._pipe, self.picks, self.state = ours, value, "ready"
            else:
                self.lasting = True
                self._fail(str(value).replace(f"{self.run.path}: ", ""))
            return
        if process.is_alive():
            process.terminate()
        self._fail("it could not be made again within the time and memory of this portal")


class Lookers:
    """The runs that are looked into; safe to ask from many threads."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._looked: OrderedDict[str, Looked] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, run: Run) -> Looked:
        """Return what is known of a run; begins to make it again if it is not there yet.

        Raises:
            OutputError: the run is too large, or two others are being prepared.
        """
        from xinyong.engine.remake import needs, scenario_of

        key = str(run.path)
        with self._lock:
            found = self._looked.get(key)
            if found is not None:
                self._looked.move_to_end(key)
                if found.state == "failed" and not found.lasting:
                    del self._looked[key]  # whoever asks again tries again
                return found
            reason = needs(scenario_of(run))
            if reason is not None:
                raise OutputError(
                    say("this run is too large to be looked into here: it takes {r}", r=reason)
                )
            idle = [k for k, v in self._looked.items() if v.state != "preparing"]
            if len(self._looked) >= _MOST:
                if not idle:
                    raise OutputError(say("two runs are being prepared already; come back later"))
                self._looked.pop(idle[0]).close()
            found = self._looked[key] = Looked(run, self._limits)
            return found

    def close(self) -> None:
        """End every process."""
        with self._lock:
            for looked in self._looked.values():
                looked.close()
            self._looked.clear()


def _work(back: Connection, path: Path, most: int) -> None:
    """Make a run again and answer for its subjects until nobody asks any more."""
    import os
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the portal ends it
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        os.nice(5)
    from xinyong.engine.inspect import history
    from xinyong.engine.pick import PICKS, pick
    from xinyong.engine.remake import remake
    from xinyong.results import open_run

    try:
        remade = remake(open_run(path))
        picks = {}
        for what in PICKS:
            try:
                picks[what] = pick(remade, what)
            except UsageError:
                picks[what] = ""
        back.send(("ready", picks))
    except XinyongError as error:
        back.send(("why", str(error)))
        return
    except MemoryError:
        back.send(("why", f"it needed more than {most // 10**6:,} MB of memory"))
        return
    while True:
        try:
            code, asked = back.recv()
        except EOFError:
            return
        try:
            with speaking(code):
                back.send(("history", history(remade, asked)))
        except XinyongError as error:
            back.send(("why", str(error)))
