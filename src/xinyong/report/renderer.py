"""The renderer: a chart's description in, a picture out.

It holds the interpreter lock while it draws, up to half a second. In a process of its own
(`apart`) nobody waits for that lock, and the next chart is described meanwhile; the pictures are
the same.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

__all__ = ["apart", "begin", "png", "svg"]

T = TypeVar("T")

_apart: list[ProcessPoolExecutor] = []


def svg(spec: dict[str, Any]) -> str:
    """Return a chart as the text of an SVG file; ``spec`` is in the grammar Vega-Lite."""
    import vl_convert

    text: str = vl_convert.vegalite_to_svg(spec)
    return text


def png(spec: dict[str, Any]) -> bytes:
    """Return a chart as a PNG file, two pixels a point."""
    import vl_convert

    made: bytes = vl_convert.vegalite_to_png(spec, scale=2)
    return made


def begin(draw: Callable[[dict[str, Any]], T], spec: dict[str, Any]) -> Future[T]:
    """Begin to draw: in the process that is kept for it, otherwise at once."""
    if _apart:
        with suppress(BrokenProcessPool):  # it was killed: what comes after is drawn here
            return _apart[-1].submit(draw, spec)
    drawn: Future[T] = Future()
    drawn.set_result(draw(spec))
    return drawn


@contextmanager
def apart() -> Iterator[None]:
    """Draw in a process of its own meanwhile.

    Only for a program whose main module may be imported again (the command line), because the
    process is started anew.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(1, context, initializer=_ready)
    pool.submit(_idle)  # the process starts now
    _apart.append(pool)
    try:
        yield
    finally:
        _apart.remove(pool)
        pool.shutdown(cancel_futures=True)


def _ready() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program itself says when to stop
    if hasattr(os, "nice"):
        os.nice(10)  # pictures wait for pages that readers wait for
    svg({"data": {"values": []}, "mark": "text"})  # its first picture takes half a second more


def _idle() -> None:
    """Do nothing."""
