"""The checked catalogue, kept as JSON between commands: parsing YAML is what takes time.

What is kept counts only for just the files and just the code it was made from: its first
line names both, and a digest of the rest. Whatever does not agree is ignored and made
anew. Nothing executable is kept. ``XINYONG_NO_CACHE=1`` neither reads nor writes it.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["read", "uninterrupted", "write"]

_NAME = "catalogue.json"
#: What decides how the files are read, and whether they are in order.
_CODE_AND_PLACES = (
    *("annex.py", "catalogue.py", "references.py", "stored.py", "vocabulary.py"),
    *sorted(f"schema/{path.name}" for path in (Path(__file__).parent / "schema").glob("*.py")),
    *("../document.py", "../validation.py", "../yamlio.py", "../places.py", "../data/places.csv"),
)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Keep the collector of cycles out while a catalogue is built.

    All that is made stays, so looking through it for garbage, again and again as it grows,
    takes more than half of the time and finds nothing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _folders() -> tuple[Path, ...]:
    """Return where to look and where to write: beside the compiled modules, else with the user."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    return Path(__file__).parent.parent / "__pycache__", home / "xinyong"


def _head(catalogue: str, body: bytes) -> bytes:
    code = hashlib.blake2b(digest_size=16)
    for name in _CODE_AND_PLACES:
        code.update((Path(__file__).parent / name).read_bytes() + b"\0")
    content = hashlib.blake2b(body, digest_size=16).hexdigest()
    return f"{catalogue} {code.hexdigest()} {content}\n".encode()


def _off() -> bool:
    return os.environ.get("XINYONG_NO_CACHE", "") not in ("", "0")


def read(catalogue: str) -> bytes | None:
    """Return what was kept for the files with a digest; None if nothing that counts is there.

    Args:
        catalogue: digest of the catalogue files.
    """
    if _off():
        return None
    for folder in _folders():
        with contextlib.suppress(OSError):
            head, newline, body = (folder / _NAME).read_bytes().partition(b"\n")
            if head + newline == _head(catalogue, body):
                return body
    return None


def write(catalogue: str, body: bytes) -> None:
    """Keep what was made of the files with a digest; quietly does nothing where it may not.

    The file is replaced in one step, so that nobody ever reads half of it.
    """
    if _off():
        return
    for folder in _folders():
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f"{_NAME}.", dir=folder)
            try:
                Path(name).chmod(0o644)  # as readable as the modules beside it
                with os.fdopen(handle, "wb") as file:
                    file.write(_head(catalogue, body) + body)
                Path(name).replace(folder / _NAME)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
            return
