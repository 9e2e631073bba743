"""What several workers of one test session need is made by one of them; the others wait for it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["alone", "once"]

#: Seconds that one waits for another: compiling the engine takes a minute or two.
_PATIENCE = 600.0


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Do something while no other process does it. A folder is made by one process only.

    Raises:
        TimeoutError: the other is not done within ten minutes.
    """
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            lock.mkdir()
            break
        except FileExistsError:
            if time.monotonic() > ends:
                raise TimeoutError(f"{lock} was not let go within {_PATIENCE:.0f} s") from None
            time.sleep(0.1)
    try:
        yield
    finally:
        lock.rmdir()


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that is made once a session, whatever the number of workers.

    Args:
        factory: of temporary folders; that of a worker lies in the folder of the session.
        name: of the folder.
        make: writes the folder, whole or not at all; it does not exist yet.
    """
    root = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        root = root.parent
    path = root / name
    with alone(root / f"{name}.lock"):
        if not path.exists():
            make(path)
    return path
