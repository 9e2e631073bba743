"""The compiled fold, for the page that folds one case in dozens of variants.

Until it is there the plain fold answers, and finds the same. It is there after a second, or a
minute where it was never compiled before: then a process of its own compiles it, so that pages
do not wait for the interpreter meanwhile.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from typing import Any

from xinyong.law.determine import Ledger, Subject, findings
from xinyong.law.kernel import fold

__all__ = ["Twin"]


class Twin:
    """The fold that pages use.

    Attributes:
        fold: the plain one, or its compiled twin as soon as that is ready.
    """

    def __init__(self) -> None:
        self.fold: Callable[..., Any] = fold

    def prepare(self) -> threading.Thread:
        """Start to make the compiled twin ready; returns the thread that does."""
        thread = threading.Thread(target=self._prepare, daemon=True)
        thread.start()
        return thread

    def _prepare(self) -> None:
        process = multiprocessing.get_context("spawn").Process(target=_compiled, daemon=True)
        process.start()
        process.join()
        if process.exitcode == 0:
            self.fold = _compiled()


def _compiled() -> Callable[..., Any]:
    """Return the compiled fold after one use, which compiles it or reads what was compiled."""
    from xinyong.law.compile import law
    from xinyong.law.compiled import fold as twin

    findings(Ledger(Subject("person")), law(), 0, twin)
    found: Callable[..., Any] = twin
    return found
