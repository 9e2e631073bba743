"""What a portal shows: one catalogue, the runs and answers it was given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from xinyong.errors import OutputError, UsageError
from xinyong.law.catalogue import Catalogue, load
from xinyong.portal.twin import Twin
from xinyong.results import Run, open_run
from xinyong.study.page import BUILT_IN_ANSWERS

if TYPE_CHECKING:
    from xinyong.law.compile import Law

__all__ = ["Limits", "Site", "find_answers", "find_runs"]


@dataclass(frozen=True)
class Limits:
    """How much a portal takes on.

    Attributes:
        body: bytes of a request at most.
        url: characters of an address at most.
        per_second, burst: requests of one client: how many a second, and how many at once.
        at_once: requests in work at once; more are told to come back.
        run_seconds, run_bytes: time and memory of a run started from the browser.
        run_scale: the finest 1:N that may be started from the browser.
    """

    body: int = 1_000_000
    url: int = 8_000
    per_second: float = 50.0
    burst: int = 200
    at_once: int = 64
    run_seconds: int = 300
    run_bytes: int = 4_000_000_000
    run_scale: int = 1_000


@dataclass(frozen=True)
class Site:
    """Everything that pages are made from; read once, never changed.

    Attributes:
        runs: finished runs by the name in their address.
        answers: folders of answered questions by the name of the question.
        limits: how much is taken on.
        local: whether only this machine is served.
        twin: the fold that pages use.
    """

    runs: dict[str, Run] = field(default_factory=dict)
    answers: dict[str, Path] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    local: bool = True
    twin: Twin = field(default_factory=Twin)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The built-in catalogue."""
        return load()

    @cached_property
    def law(self) -> Law:
        """The built-in catalogue, compiled."""
        from xinyong.law.compile import law

        return law()

    def run(self, name: str) -> Run:
        """Return a run by its name.

        Raises:
            UsageError: there is none of that name.
        """
        if name not in self.runs:
            known = ", ".join(self.runs) or "none"
            raise UsageError(f"no run of that name here; there are: {known}")
        return self.runs[name]


def find_runs(given: Iterable[Path]) -> dict[str, Run]:
    """Return runs by a name that fits into an address: that of their folder.

    Args:
        given: folders of finished runs; a folder of such folders gives all in it, and
            leaves out what is no run.

    Raises:
        OutputError: a folder is neither.
    """
    found: dict[str, Run] = {}
    for path in given:
        if (path / "manifest.json").is_file():
            _keep(found, open_run(path))
            continue
        inside = sorted(p for p in path.glob("*/manifest.json")) if path.is_dir() else []
        if not inside:
            raise OutputError(f"{path}: no run here (manifest.json is missing)")
        for manifest in inside:
            try:
                _keep(found, open_run(manifest.parent))
            except OutputError:
                continue  # of another version: not what was asked for by name
    return found


def find_answers(folder: Path | None) -> dict[str, Path]:
    """Return the answered questions in a folder: what ``xinyong study NAME --out`` wrote.

    Without a folder, those that come with the package (``xinyong study all`` made them).
    """
    folder = folder or BUILT_IN_ANSWERS
    return {path.parent.name: path.parent for path in sorted(folder.glob("*/answer.json"))}


def _keep(found: dict[str, Run], run: Run) -> None:
    name = re.sub(r"[^a-z0-9]+", "-", run.path.resolve().name.lower()).strip("-") or "run"
    number = 2
    unique = name
    while unique in found:
        unique, number = f"{name}-{number}", number + 1
    found[unique] = run
