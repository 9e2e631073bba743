"""Streams: random numbers depend on what they are for and on nothing else."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reference import chi_square, ks_uniform_p
from xinyong.errors import XinyongError
from xinyong.streams import (
    ALWAYS,
    below,
    draw64,
    happens,
    inverse_keyed_permutation,
    keyed_permutation,
    month_word,
    mulhi64,
    packed_id,
    philox4x32,
    stream_key,
    threshold,
)

U64 = st.integers(0, 2**64 - 1)


@pytest.mark.parametrize(
    ("counter_and_key", "words"),
    [  # Random123, kat_vectors, philox4x32 with 10 rounds
        ([0] * 6, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ([0xFFFFFFFF] * 6, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0],
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_philox_gives_the_published_vectors(counter_and_key: list[int], words: str) -> None:
    assert " ".join(f"{w:08x}" for w in philox4x32(*counter_and_key)) == words


def test_a_draw_is_philox_with_the_documented_packing() -> None:
    key, a, b, c = 0x299F31D0A4093822, 0x85A308D3243F6A88, 0x13198A2E, 0x03707344
    assert [int(x) for x in draw64(np.uint64(key), np.uint64(a), b, c)] == [
        0x94FDCCEBD16CFE09,
        0x24126EA15001E420,
    ]


def test_every_seed_and_stream_has_its_own_key() -> None:
    pairs = itertools.product(range(-200, 200), (f"conduct/{i}" for i in range(500)))
    keys = {int(stream_key(seed, stream)) for seed, stream in pairs}
    assert len(keys) == 200_000


def test_keys_never_change() -> None:
    assert int(stream_key(20131001, "conduct/judgment-default")) == 0x9F1FF15DADF45EC9


@given(st.tuples(st.integers(0, 2**24 - 1), st.integers(0, 255), st.integers(0, 2**32 - 1)))
@settings(deadline=None, derandomize=True)
def test_packed_ids_hold_all_three_parts(parts: tuple[int, int, int]) -> None:
    packed = int(packed_id(*parts))
    assert (packed >> 40, packed >> 32 & 0xFF, packed & 0xFFFFFFFF) == parts


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**16 - 1))
@settings(deadline=None, derandomize=True)
def test_month_words_hold_month_and_trial(month: int, trial: int) -> None:
    assert divmod(int(month_word(month, trial)), 2**16) == (trial, month)


def test_neighbouring_counters_and_keys_are_uncorrelated() -> None:
    n = 100_000
    base = [1, int(packed_id(0, 0, 7)), 3, 0]

    def column(at: list[int], word: int = 0) -> NDArray[np.float64]:
        key, a, b, c = at
        draws = (draw64(key, a + (i << 20), b, c)[word] for i in range(n))
        return np.fromiter(draws, dtype=np.uint64, count=n) / 2.0**64

    columns = [column(base), column(base, word=1)]
    for changed in range(4):
        columns.append(column([x + (i == changed) for i, x in enumerate(base)]))
    correlation = np.corrcoef(columns)
    assert np.max(np.abs(correlation - np.eye(len(columns)))) < 4.5 / np.sqrt(n)
    assert all(ks_uniform_p(c.tolist()) > 1e-4 for c in columns)


@given(U64, U64)
@settings(deadline=None, derandomize=True)
def test_mulhi_is_the_high_half_of_the_product(x: int, n: int) -> None:
    assert int(mulhi64(np.uint64(x), np.uint64(n))) == (x * n) >> 64


@given(U64, st.integers(1, 2**32))
@settings(deadline=None, derandomize=True)
def test_below_stays_below(x: int, n: int) -> None:
    assert 0 <= int(below(np.uint64(x), np.uint64(n))) < n
    assert int(below(ALWAYS, np.uint64(n))) == n - 1


@given(st.fractions(0, 1))
@settings(deadline=None, derandomize=True)
def test_a_threshold_is_within_two_to_minus_64(p: Fraction) -> None:
    assert 0 <= p - Fraction(int(threshold(p)), 2**64) <= Fraction(1, 2**64)


def test_certain_events_always_happen_and_impossible_ones_never() -> None:
    for u in (np.uint64(0), np.uint64(2**63), ALWAYS):
        assert happens(u, threshold(1))
        assert not happens(u, threshold(0))


@pytest.mark.parametrize("p", [-0.1, 1.0000001, float("nan"), Fraction(5, 4)])
def test_what_is_no_probability_is_refused_not_clipped(p: float | Fraction) -> None:
    with pytest.raises(XinyongError, match="not a probability"):
        threshold(p)


@given(U64, st.integers(1, 300))
@settings(deadline=None, derandomize=True, max_examples=60)
def test_a_keyed_permutation_is_a_bijection(key: int, n: int) -> None:
    images = [int(keyed_permutation(np.uint64(key), i, n)) for i in range(n)]
    assert sorted(images) == list(range(n))


@given(U64, st.integers(1, 2**40), st.data())
@settings(deadline=None, derandomize=True, max_examples=300)
def test_a_keyed_permutation_can_be_undone(key: int, n: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, n - 1))
    there = keyed_permutation(np.uint64(key), index, n)
    assert 0 <= int(there) < n
    assert int(inverse_keyed_permutation(np.uint64(key), there, n)) == index
    back = inverse_keyed_permutation(np.uint64(key), index, n)
    assert int(keyed_permutation(np.uint64(key), back, n)) == index


def test_all_orders_of_four_are_equally_likely() -> None:
    orders = Counter(
        tuple(int(keyed_permutation(stream_key(seed, "order"), i, 4)) for i in range(4))
        for seed in range(12_000)
    )
    assert chi_square([orders[o] for o in itertools.permutations(range(4))], [500] * 24) > 1e-4


def test_neighbours_are_sent_far_apart_independently() -> None:
    n, key = 1_410_000_000, stream_key(3, "links")
    images = [int(keyed_permutation(key, i, n)) / n for i in range(20_000)]
    steps = [(b - a) % 1 for a, b in itertools.pairwise(images)]
    assert ks_uniform_p(images) > 1e-4
    assert ks_uniform_p(steps) > 1e-4


def test_permutations_of_two_keys_agree_as_often_as_chance() -> None:
    n = 50_000
    one, two = stream_key(1, "a"), stream_key(1, "b")
    same = sum(keyed_permutation(one, i, n) == keyed_permutation(two, i, n) for i in range(n))
    assert same <= 8  # Poisson with mean 1
