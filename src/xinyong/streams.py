"""Random streams: named, counter based, and the same on every machine.

Nothing here has a state. A random number is a function of *what it is for*: the run's
seed and a stream name give a 64-bit key (`stream_key`), and the key with a counter gives
128 bits (`draw64`). Skipping a draw, or making it in another order, on another thread or
on another machine, changes no other draw.

**The counter.** Philox4x32 takes four 32-bit words. We fill them as

====  =======================================================================
word  holds
====  =======================================================================
0, 1  ``a``, low and high half: a packed id (`packed_id`) or an act's own id
2     ``b``: the month and the sub-trial (`month_word`), or another 32-bit number
3     ``c``: which draw; each stream says how it divides these 32 bits
====  =======================================================================

**Thresholds.** A probability is compiled once into a 64-bit integer (`threshold`), and an
event happens when a 64-bit uniform is below it (`happens`). No floating point number
touches a subject.

Source of the generator: J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
SC'11, doi:10.1145/2063384.2063405; known-answer vectors of the Random123 library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np

from xinyong.errors import XinyongError
from xinyong.jit import njit

__all__ = [
    "ALWAYS",
    "Whole",
    "below",
    "compiled",
    "draw64",
    "happens",
    "inverse_keyed_permutation",
    "keyed_permutation",
    "month_word",
    "mulhi64",
    "packed_id",
    "philox4x32",
    "stream_key",
    "threshold",
]

_F = TypeVar("_F", bound=Callable[..., Any])

Whole: TypeAlias = int | np.integer[Any]
"""A whole number as compiled functions take it: Python's or numpy's, not negative."""


def compiled(function: _F) -> _F:
    """Compile a function (see `xinyong.jit`) and let it keep its types for the type checker."""
    return cast("_F", njit(function))


ALWAYS = np.uint64(2**64 - 1)
"""The threshold of a certain event: see `happens`."""

# In compiled code a uint64 that meets a plain integer becomes a float or a signed number;
# so every constant carries its type.
_U0 = np.uint64(0)
_U1 = np.uint64(1)
_U8 = np.uint64(8)
_U16 = np.uint64(16)
_U24 = np.uint64(24)
_U27 = np.uint64(27)
_U30 = np.uint64(30)
_U31 = np.uint64(31)
_U32 = np.uint64(32)
_U40 = np.uint64(40)
_LOW32 = np.uint64(0xFFFFFFFF)

_PHILOX_M0 = np.uint64(0xD2511F53)
_PHILOX_M1 = np.uint64(0xCD9E8D57)
_PHILOX_W0 = np.uint64(0x9E3779B9)
_PHILOX_W1 = np.uint64(0xBB67AE85)


@compiled
def philox4x32(
    c0: Whole, c1: Whole, c2: Whole, c3: Whole, k0: Whole, k1: Whole
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Philox4x32-10: four 32-bit words of counter and two of key to four random words.

    Example:
        >>> [hex(word) for word in philox4x32(0, 0, 0, 0, 0, 0)]
        ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    x0, x1, x2, x3 = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    y0, y1 = np.uint64(k0), np.uint64(k1)
    for _ in range(10):
        p0 = _PHILOX_M0 * x0
        p1 = _PHILOX_M1 * x2
        x0 = (p1 >> _U32) ^ x1 ^ y0
        x1 = p1 & _LOW32
        x2 = (p0 >> _U32) ^ x3 ^ y1
        x3 = p0 & _LOW32
        y0 = (y0 + _PHILOX_W0) & _LOW32
        y1 = (y1 + _PHILOX_W1) & _LOW32
    return np.uint32(x0), np.uint32(x1), np.uint32(x2), np.uint32(x3)


def stream_key(seed: int, stream: str) -> np.uint64:
    """Return the 64-bit key of a named stream of a run.

    Args:
        seed: the run's seed, any integer.
        stream: the stream's name, such as ``"conduct/judgment-default"``.

    Returns:
        The first 64 bits of BLAKE2b over seed and name. Two of a thousand streams share a
        key with a probability below 3e-14.

    Example:
        >>> hex(stream_key(20131001, "conduct/judgment-default"))
        '0x9f1ff15dadf45ec9'
    """
    # A decimal number holds no NUL, so no two pairs are written alike.
    text = f"{int(seed)}\0{stream}".encode()
    digest = hashlib.blake2b(text, digest_size=8, person=b"xinyong/stream").digest()
    return np.uint64(int.from_bytes(digest, "little"))


@compiled
def draw64(key: Whole, a: Whole, b: Whole, c: Whole) -> tuple[np.uint64, np.uint64]:
    """Return two independent uniform 64-bit integers for one counter.

    Args:
        key: from `stream_key`.
        a: 64 bits: the packed id of a subject or a block, or an act's id.
        b: 32 bits: the month word, or another number.
        c: 32 bits: which draw.
    """
    key64, a64 = np.uint64(key), np.uint64(a)
    w0, w1, w2, w3 = philox4x32(
        np.uint32(a64 & _LOW32),
        np.uint32(a64 >> _U32),
        np.uint32(b),
        np.uint32(c),
        np.uint32(key64 & _LOW32),
        np.uint32(key64 >> _U32),
    )
    x0 = np.uint64(w0) | (np.uint64(w1) << _U32)
    x1 = np.uint64(w2) | (np.uint64(w3) << _U32)
    return x0, x1


@compiled
def packed_id(leaf: Whole, kind: Whole, number: Whole) -> np.uint64:
    """Pack (leaf, kind, number) into 64 bits: 24 for the leaf, 8 for the kind, 32 for the number.

    ``number`` is a subject's index within its leaf and kind, or a block's number; which of
    the two is said by the stream it is used in.

    Example:
        >>> hex(packed_id(3, 1, 255))
        '0x301000000ff'
    """
    return (np.uint64(leaf) << _U40) | (np.uint64(kind) << _U32) | np.uint64(number)


@compiled
def month_word(month: Whole, trial: Whole) -> np.uint64:
    """Pack a month (16 bits, counted from the start of the clock) and a sub-trial (16 bits).

    Example:
        >>> int(month_word(5, 2)) == 2 * 65536 + 5
        True
    """
    return (np.uint64(trial) << _U16) | np.uint64(month)


def name_word(name: str) -> np.uint64:
    """Return a 32-bit counter word for a name.

    Draws keyed by a name's word stay as they are when others are added before it; draws
    keyed by a position would not.

    Example:
        >>> name_word("publish") == name_word("publish") != name_word("remove")
        True
    """
    return np.uint64(int(stream_key(0, name)) & 0xFFFFFFFF)


@compiled
def mulhi64(x: Whole, n: Whole) -> np.uint64:
    """Return the high 64 bits of the 128-bit product of two 64-bit integers.

    Example:
        >>> int(mulhi64(2**63, 10))
        5
    """
    x64, n64 = np.uint64(x), np.uint64(n)
    x_low, x_high = x64 & _LOW32, x64 >> _U32
    n_low, n_high = n64 & _LOW32, n64 >> _U32
    low_high = x_low * n_high
    high_low = x_high * n_low
    middle = ((x_low * n_low) >> _U32) + (low_high & _LOW32) + (high_low & _LOW32)
    return x_high * n_high + (low_high >> _U32) + (high_low >> _U32) + (middle >> _U32)


@compiled
def below(x: Whole, n: Whole) -> np.uint64:
    """Map a uniform 64-bit integer to a whole number in [0, n).

    The probability of each number is off by less than 2**-64, that is by a relative bias
    below n * 2**-64: less than 2**-40 for n up to 2**24, and 2**-33 for a whole population.
    """
    return mulhi64(x, n)


def threshold(p: Fraction | float) -> np.uint64:
    """Compile a probability to a 64-bit threshold: floor(p * 2**64), and `ALWAYS` for one.

    The error is below 2**-64; zero and one are exact.

    Raises:
        XinyongError: p is not within [0, 1]; probabilities are never clipped.

    Example:
        >>> int(threshold(Fraction(1, 4))) == 2**62
        True
        >>> bool(threshold(1) == ALWAYS)
        True
    """
    if not 0 <= p <= 1:  # also refuses not-a-number
        raise XinyongError(
            f"{p} is not a probability; expected a number from 0 to 1; "
            "mend the rate it comes from (it is never clipped)"
        )
    exact = Fraction(p)
    return np.uint64(min((exact.numerator << 64) // exact.denominator, 2**64 - 1))


@compiled
def happens(uniform: Whole, limit: Whole) -> bool:
    """Say whether an event with threshold ``limit`` happens at this 64-bit uniform.

    It does when ``uniform < limit``, and always when ``limit`` is `ALWAYS`: 64 bits cannot
    hold 2**64, so the largest threshold stands for certainty.

    Example:
        >>> happens(ALWAYS, ALWAYS), happens(np.uint64(0), np.uint64(0))
        (True, False)
    """
    return bool(np.uint64(uniform) < np.uint64(limit) or np.uint64(limit) == ALWAYS)


# --- keyed permutations ---------------------------------------------------------------

_ROUNDS = 8  # even, so that both halves are mixed equally often
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@compiled
def _mix64(x: np.uint64) -> np.uint64:
    """Mix well, one to one: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014)."""
    x = (x ^ (x >> _U30)) * _MIX_1
    x = (x ^ (x >> _U27)) * _MIX_2
    return x ^ (x >> _U31)


@compiled
def _round_value(key: np.uint64, step: int, half: np.uint64, size: np.uint64) -> np.uint64:
    round_key = _mix64(key + _GOLDEN * np.uint64(step + 1))
    return mulhi64(_mix64(_mix64(half + round_key) ^ key), size)


@compiled
def _sides(n: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return a, b with a * b >= n and as near to a square as can be, so that few steps are lost."""
    # The square root only proposes; integers decide, so the last bit cannot matter.
    a = np.uint64(np.sqrt(np.float64(n)))
    while a * a < n:
        a += _U1
    while a > _U1 and (a - _U1) * (a - _U1) >= n:
        a -= _U1
    b = (n + a - _U1) // a
    return a, b


@compiled
def keyed_permutation(key: Whole, index: Whole, n: Whole) -> np.uint64:
    """Return the place of ``index`` under a keyed permutation of [0, n).

    A Feistel network on pairs, with additions modulo the two sides, walks on while it falls
    outside [0, n) (Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002).
    The pairs number fewer than n + sqrt(n) + 1, so one step is nearly always enough. It is
    meant for links and namesakes, not for secrets.

    Args:
        key: from `stream_key`.
        index: 0 <= index < n; anything else never returns or returns nonsense.
        n: at least 1, at most 2**62.

    Example:
        >>> key = stream_key(7, "links")
        >>> sorted(int(keyed_permutation(key, i, 5)) for i in range(5))
        [0, 1, 2, 3, 4]
        >>> int(inverse_keyed_permutation(key, keyed_permutation(key, 3, 5), 5))
        3
    """
    key64, x, n64 = np.uint64(key), np.uint64(index), np.uint64(n)
    a, b = _sides(n64)
    while True:
        left, right = x // b, x % b
        for step in range(0, _ROUNDS, 2):
            left = (left + _round_value(key64, step, right, a)) % a
            right = (right + _round_value(key64, step + 1, left, b)) % b
        x = left * b + right
        if x < n64:
            return x


@compiled
def inverse_keyed_permutation(key: Whole, index: Whole, n: Whole) -> np.uint64:
    """Return the number that `keyed_permutation` sends to ``index``; same cost, same limits."""
    key64, x, n64 = np.uint64(key), np.uint64(index), np.uint64(n)
    a, b = _sides(n64)
    while True:
        left, right = x // b, x % b
        for step in range(_ROUNDS - 2, -1, -2):
            right = (right + b - _round_value(key64, step + 1, left, b)) % b
            left = (left + a - _round_value(key64, step, right, a)) % a
        x = left * b + right
        if x < n64:
            return x
