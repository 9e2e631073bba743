"""How large a study is: scale, replicates, seed; nothing heavy is loaded here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["SEED", "Progress", "Settings", "silent"]

#: Seed of the first replicate; the others follow by one.
SEED = 20131001

#: Called with (runs done, runs in all, what is being done).
Progress = Callable[[int, int, str], None]


def silent(done: int, total: int, what: str) -> None:
    """Report nothing."""
    del done, total, what


@dataclass(frozen=True)
class Settings:
    """How large a study is.

    Attributes:
        scale: N of 1:N; replicates: seeds; seed: the first of them.
        progress: told after every run.
    """

    scale: int
    replicates: int
    seed: int = SEED
    progress: Progress = silent
