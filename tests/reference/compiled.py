"""The engine is compiled once for all workers of a test session, not by each of them.

The controller of several workers begins to compile it; tests that do without it are run first,
and those that run it wait until it is there. A session without workers compiles as it goes.
Hooks of pytest, taken up by ``conftest.py``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from pathlib import Path

import pytest

__all__ = ["pytest_collection_modifyitems", "pytest_runtest_setup", "pytest_sessionstart"]

#: Names in the environment of the workers the file that says that it has been compiled.
COMPILED = "XINYONG_TESTS_COMPILED"
#: Seconds to wait for it; whoever waits longer compiles what is missing.
PATIENCE = 300.0
#: What tests use that run the compiled engine: fixtures, and words in their files.
FIXTURES = {"lived", "nation", "wendeng", "kept", "small", "portal"}
WORDS = re.compile(
    r"xinyong\.engine|xinyong run|\"run\"|compiled_kernel|compile_functions"
    r"|xinyong\.law\.compiled|law import compiled|twin\.prepare"
)
#: What the process does that compiles: a short run, and one case of the compiled fold that pages
#: use, which stands for itself.
_COMPILE = """
import sys
from xinyong.cli import main
from xinyong.portal.twin import _compiled
try:
    main(sys.argv[1:])
except SystemExit:
    pass
_compiled()
"""


@cache
def _runs_engine(path: Path) -> bool:
    """Tell whether a file of tests runs the engine; to be wrong about it costs time, no more."""
    return WORDS.search(path.read_text("utf-8")) is not None


def _late(item: pytest.Item) -> bool:
    return _runs_engine(item.path) or bool(FIXTURES & set(getattr(item, "fixturenames", ())))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files of tests that run the engine last."""
    late = {item.path for item in items if _late(item)}
    items.sort(key=lambda item: item.path in late)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to compile the engine, if several workers are going to run folders of tests."""
    config = session.config
    several = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if not (several and any(Path(arg).is_dir() for arg in config.args)):
        return
    folder = Path(tempfile.mkdtemp(prefix="xinyong-tests-"))
    os.environ[COMPILED] = str(folder / "done")
    command = ["run", "--scale", "1:100000", "--to", "2013-12", "--out", str(folder / "run")]
    process = subprocess.Popen(
        [sys.executable, "-c", _COMPILE, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def tell() -> None:
        process.wait()
        if folder.is_dir():
            (folder / "done").touch()

    threading.Thread(target=tell, daemon=True).start()

    def end() -> None:
        if process.poll() is None:
            process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)

    config.add_cleanup(end)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Wait before a test that runs the engine until it has been compiled."""
    done = os.environ.get(COMPILED)
    if done and _late(item):
        ends = time.monotonic() + PATIENCE
        while not Path(done).exists() and time.monotonic() < ends:
            time.sleep(0.2)
        del os.environ[COMPILED]  # it is there, or was waited for long enough
