"""What is made of a catalogue once and read often."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import TypeVar

from xinyong.law.catalogue import Catalogue

__all__ = ["kept"]

_T = TypeVar("_T")


def kept(make: Callable[[Catalogue], _T]) -> Callable[[Catalogue], _T]:
    """Keep what a function makes of a catalogue for as long as that catalogue lives.

    A catalogue is frozen, so that nothing of it can be out of date. Two threads that ask at
    once make the same twice.
    """
    made: dict[int, _T] = {}

    @functools.wraps(make)
    def again(found: Catalogue) -> _T:
        key = id(found)
        if key not in made:
            made[key] = make(found)
            weakref.finalize(found, made.pop, key, None)
        return made[key]

    return again
