"""Subject ids: (leaf, kind, index) in one integer, and how it is printed.

**Bits** (those of ``streams.packed_id``): index in bits 0-31, kind in bits 32-39, leaf in
bits 40-63. Leaf and kind are positions in ``places.leaves()`` and ``KINDS``.

**Print.** ``SYN-370000-P-0000A1B-WZ``: the leaf's division code (see `_code`); the kind's
letter (Person, Enterprise, Business of an individual, Social organisation, Organ); the index
in seven Crockford base-32 digits; a check digit against slips; and a Z. An id never passes for an
official number. A resident identity number (GB 11643) begins with seventeen digits, and
an id has a letter before its eighth character. A unified social credit code (GB 32100)
has eighteen characters from an alphabet without I, O, S, V and Z, and every eighteen
consecutive characters of an id, with or without its dashes, hold the S of ``SYN`` or the
final Z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong.errors import UsageError
from xinyong.places import ancestors, leaves, place
from xinyong.society.margins import KINDS

__all__ = ["Subject", "format_id", "pack", "parse_id", "unpack", "unpack_id"]

_KIND_LETTERS = "PEBSO"
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_DIGITS = 7
_EXAMPLE = "SYN-370000-P-0000A1B-WZ"


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject by its parts.

    Attributes:
        leaf: position in ``places.leaves()``.
        kind: position in ``KINDS``.
        index: number within (leaf, kind).
    """

    leaf: int
    kind: int
    index: int


def pack(leaf: ArrayLike, kind: ArrayLike, index: ArrayLike) -> NDArray[np.int64]:
    """Return subject ids; the arguments broadcast.

    Example:
        >>> int(pack(31, 1, 255)) == 31 * 2**40 + 2**32 + 255
        True
    """
    a, b, c = (np.asarray(part, np.int64) for part in (leaf, kind, index))
    return np.asarray((a << 40) | (b << 32) | c)


def unpack(id: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return leaf, kind and index of subject ids.

    Example:
        >>> [int(part) for part in unpack(pack(31, 1, 255))]
        [31, 1, 255]
    """
    ids = np.asarray(id, np.int64)
    return np.asarray(ids >> 40), np.asarray((ids >> 32) & 0xFF), np.asarray(ids & 0xFFFFFFFF)


def unpack_id(id: int) -> tuple[int, int, int]:
    """Return leaf, kind and index of one id; plain integers, fit for ``streams.compiled``.

    Its inverse inside compiled code is ``streams.packed_id``.
    """
    return id >> 40, (id >> 32) & 0xFF, id & 0xFFFFFFFF


def _check(id: int) -> str:
    """Return the check digit: the id modulo 29.

    A prime that does not divide 32 - 1 notices neighbours exchanged; of single wrong digits
    it misses only 0 for X, 1 for Y and 2 for Z, which differ by 29.
    """
    return _BASE32[id % 29]


def _code(leaf: str) -> str:
    """Return six characters that stand for a leaf: its division code.

    Villages taken together have none; theirs is that of the county with a V at its end.
    """
    return place(leaf).gb_code or place(ancestors(leaf)[1]).gb_code[:5] + "V"


def format_id(id: int) -> str:
    """Return the printed form of a subject id.

    Example:
        >>> format_id(int(pack(31, 1, 255)))
        'SYN-371003-E-000007Z-RZ'
    """
    leaf, kind, index = (int(part) for part in unpack(id))
    digits = "".join(_BASE32[(index >> 5 * i) & 31] for i in reversed(range(_DIGITS)))
    code = _code(leaves()[leaf])
    return f"SYN-{code}-{_KIND_LETTERS[kind]}-{digits}-{_check(int(id))}Z"


def format_ids(ids: ArrayLike) -> NDArray[np.str_]:
    """Return the printed forms of many ids, as `format_id` gives them one by one.

    Example:
        >>> format_ids([int(pack(31, 1, 255))]).tolist()
        ['SYN-371003-E-000007Z-RZ']
    """
    packed = np.atleast_1d(np.asarray(ids, np.int64))
    leaf, kind, index = unpack(packed)
    base = np.frombuffer(_BASE32.encode("ascii"), np.uint8)
    letters = np.frombuffer("".join(_KIND_LETTERS).encode("ascii"), np.uint8)
    codes = np.array([list(_code(x).encode("ascii")) for x in leaves()], np.uint8)
    text = np.empty((len(packed), len(_EXAMPLE)), np.uint8)
    text[:] = np.frombuffer(_EXAMPLE.encode("ascii"), np.uint8)
    text[:, 4:10] = codes[leaf]
    text[:, 11] = letters[kind]
    for i in range(_DIGITS):
        text[:, 12 + _DIGITS - i] = base[(index >> 5 * i) & 31]
    text[:, -2] = base[packed % 29]
    return text.view(f"S{len(_EXAMPLE)}").ravel().astype(np.str_)


def parse_id(text: str) -> Subject:
    """Read a printed subject id.

    Raises:
        UsageError: the text is no id of a synthetic subject. The text is not repeated in
            the message, because it might be somebody's real number.

    Example:
        >>> parse_id("SYN-371003-E-000007Z-RZ")
        Subject(leaf=31, kind=1, index=255)
    """
    wrong = UsageError(f"not the id of a synthetic subject; expected a form like {_EXAMPLE}")
    match text.strip().upper().split("-"):
        case ["SYN", code, letter, digits, check] if len(digits) == _DIGITS:
            pass
        case _:
            raise wrong
    codes = [_code(leaf) for leaf in leaves()]
    if code not in codes or len(letter) != 1 or letter not in _KIND_LETTERS:
        raise wrong
    index = 0
    for digit in digits:
        if digit not in _BASE32:
            raise wrong
        index = index * 32 + _BASE32.index(digit)
    subject = Subject(codes.index(code), _KIND_LETTERS.index(letter), index)
    if index >= 2**32 or check != _check(int(pack(subject.leaf, subject.kind, index))) + "Z":
        raise wrong
    return subject


if len(_KIND_LETTERS) != len(KINDS):
    raise AssertionError("every kind needs a letter")
