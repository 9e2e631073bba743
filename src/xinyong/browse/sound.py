"""How Chinese words sound: letters typed without tones, in full or as initials.

>>> sounds("shixin", sound("失信被执行人"))
True
>>> sounds("sxbzxr", sound("失信被执行人"))
True
"""

from __future__ import annotations

import re
from functools import cache

__all__ = ["is_sound_of", "sound", "sounds"]


@cache
def sound(zh: str) -> tuple[frozenset[str], ...]:
    """Return, for each character of a Chinese text, the toneless syllables it may be read as."""
    readings = (_readings(char) for char in zh)
    return tuple(found for found in readings if found)


@cache
def _readings(char: str) -> frozenset[str]:
    from pypinyin import Style, pinyin

    if char.isascii():
        return frozenset({char.lower()} if char.isalnum() else ())
    if not char.isalpha():
        return frozenset()
    found = set(pinyin(char, style=Style.NORMAL, heteronym=True)[0])
    return frozenset(found | {reading.replace("v", "u") for reading in found})


def sounds(sought: str, syllables: tuple[frozenset[str], ...], start: int = 0) -> bool:
    """Whether letters are syllables from `start` on, the last one perhaps begun; or initials."""
    initials = len(sought) > 2 and start + len(sought) <= len(syllables)
    if initials and all(
        any(r[0] == letter for r in syllables[start + i]) for i, letter in enumerate(sought)
    ):
        return True
    left = {sought}
    for readings in syllables[start:]:
        after = set()
        for rest in left:
            for reading in readings:
                if reading.startswith(rest) and (reading == rest or len(rest) > 1):
                    return True
                if rest.startswith(reading):
                    after.add(rest[len(reading) :])
        left = after
    return False


def is_sound_of(phrase: str, asked: list[str]) -> bool:
    """Whether words of Latin letters are a whole Chinese phrase, written in full.

    Example:
        >>> is_sound_of("老赖", ["lao", "lai"]), is_sound_of("老赖", ["lao"])
        (True, False)
    """
    if phrase.isascii() or not all(re.fullmatch(r"[a-z']+", part) for part in asked):
        return False
    sought = "".join(asked).replace("'", "")
    left = {sought} if len(sought) > 3 else set()
    for readings in sound(phrase) if left else ():
        left = {rest[len(r) :] for rest in left for r in readings if rest.startswith(r)}
    return "" in left
