"""Sampling is one Bernoulli trial a month for every subject, whatever is skipped or shared.

Seeds are fixed, so a p-value that passes once passes always; the limits are those a right
sampler misses about once in ten thousand.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reference import binomial_pmf, chi_square, ks_uniform_p, two_samples_p
from reference.naive_sampling import analytic_occupancy, naive_acts, naive_occupancy
from xinyong.conduct.ladder import (
    BLOCK,
    NEVER,
    TOP_RUNG,
    LayerTables,
    binomial_cdf,
    bound,
    bound_threshold,
    layer_rate,
    layer_tables,
    rung_for,
)
from xinyong.conduct.sampling import (
    Candidates,
    acts_of,
    block_id,
    check_bounds,
    draw_acts,
    draw_candidates,
    excess_acts,
    excess_threshold,
    new_scratch,
)
from xinyong.errors import XinyongError
from xinyong.streams import ALWAYS, month_word, stream_key, threshold

P_LIMIT = 1e-4
SCRATCH = new_scratch()


def draw(
    sizes: list[int],
    rungs: list[int],
    *,
    seed: int = 1,
    conduct: str = "a",
    month: int = 0,
    trial: int = 0,
    leaf: int = 0,
    alive: tuple[int, int] | None = None,
    tables: LayerTables | None = None,
) -> Candidates:
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    lo, hi = alive or (0, int(start[-1]))
    key = stream_key(seed, f"conduct/{conduct}")
    rung = np.array(rungs, dtype=np.int8)
    tables = tables or layer_tables()
    return draw_acts(key, leaf, 0, month, trial, start, rung, lo, hi, tables, SCRATCH)


def acts(
    found: Candidates, probabilities: Sequence[Fraction | float], rungs: list[int]
) -> set[int]:
    limit = np.array([[threshold(p)] for p in probabilities], dtype=np.uint64)
    state = np.zeros(found.subject.size, dtype=np.int64)
    return set(found.subject[acts_of(found, limit, np.array(rungs, dtype=np.int8), state)].tolist())


def rows(found: Candidates) -> dict[int, int]:
    return dict(zip(found.subject.tolist(), found.uniform.tolist(), strict=True))


# --- the ladder -----------------------------------------------------------------------


def test_rungs_are_powers_of_four_up_to_one() -> None:
    assert [bound(k) for k in (NEVER, 0, 1, TOP_RUNG)] == [
        0,
        Fraction(1, 2**24),
        Fraction(1, 2**22),
        1,
    ]


def test_layers_add_up_to_their_rung() -> None:
    none_so_far = Fraction(1)
    for k in range(TOP_RUNG + 1):
        none_so_far *= 1 - layer_rate(k)
        assert 1 - none_so_far == bound(k)


@given(st.fractions(0, 1))
@settings(deadline=None, derandomize=True)
def test_the_rung_is_the_lowest_that_bounds(p: Fraction) -> None:
    k = rung_for(p)
    assert bound(k) >= p
    assert k == NEVER or bound(k - 1) < p
    assert threshold(p) <= bound_threshold(k)


@pytest.mark.parametrize("p", [1.01, -0.5, float("nan"), Fraction(9, 8)])
def test_no_rung_bounds_what_is_no_probability(p: float | Fraction) -> None:
    with pytest.raises(XinyongError, match="no rung bounds"):
        rung_for(p)


@pytest.mark.parametrize(
    ("n", "p"), [(9, Fraction(1, 3)), (40, Fraction(1, 1000)), (25, Fraction(9, 10))]
)
def test_binomial_tables_equal_exact_fractions(n: int, p: Fraction) -> None:
    offset, cdf = binomial_cdf(n, p)
    mass = Fraction(0)
    exact = []
    for j in range(n + 1):
        mass += math.comb(n, j) * p**j * (1 - p) ** (n - j)
        exact.append(round(mass * 2**64))
    assert [int(c) for c in cdf] == exact[offset : offset + len(cdf)]
    assert all(c == 0 for c in exact[:offset])
    assert all(c == 2**64 for c in exact[offset + len(cdf) :])


@pytest.mark.parametrize("k", range(TOP_RUNG + 1))
def test_block_tables_have_the_mean_and_variance_of_the_binomial(k: int) -> None:
    offset, cdf = binomial_cdf(BLOCK, layer_rate(k))
    steps = [0, *(int(c) for c in cdf), 2**64]
    mass = [Fraction(b - a, 2**64) for a, b in itertools.pairwise(steps)]
    mean = sum(m * (offset + j) for j, m in enumerate(mass))
    variance = sum(m * (offset + j - mean) ** 2 for j, m in enumerate(mass))
    r = layer_rate(k)
    assert abs(mean - BLOCK * r) < 1e-12
    assert abs(variance - BLOCK * r * (1 - r)) < 1e-9


def test_the_rarest_layer_is_empty_exactly_as_often_as_it_should() -> None:
    offset, cdf = binomial_cdf(BLOCK, layer_rate(0))
    r = layer_rate(0)
    n, d = (r.denominator - r.numerator) ** BLOCK, r.denominator**BLOCK
    assert offset == 0
    assert abs(int(cdf[0]) - (n << 64) // d) <= 1


# --- the law of one trial each --------------------------------------------------------

JUST = Fraction(1, 2**70)


@pytest.mark.parametrize(
    ("p", "size", "seeds"),
    [
        (2.4e-4, 60_000, 1500),
        (bound(6) - JUST, 60_000, 1500),
        (bound(6), 60_000, 1500),
        (bound(6) + JUST, 60_000, 1500),
        (Fraction(1, 100), 3_000, 1000),
        (Fraction(1, 5), 300, 600),
        (Fraction(3, 10), 300, 150),
        (Fraction(97, 100), 300, 150),
    ],
)
def test_the_number_who_act_is_binomial(p: Fraction | float, size: int, seeds: int) -> None:
    k = rung_for(p)
    counts = Counter(len(acts(draw([size], [k], seed=s), [p], [k])) for s in range(seeds))
    most = max(counts) + 50
    pmf = binomial_pmf(size, float(p))[: most + 1]
    expected = [*(seeds * q for q in pmf), seeds * max(0.0, 1 - sum(pmf))]
    observed = [counts[j] for j in range(len(pmf))] + [0]
    assert chi_square(observed, expected) > P_LIMIT


def test_the_certain_happens_to_everyone_and_the_impossible_to_nobody() -> None:
    everyone = draw([70_000], [TOP_RUNG])
    assert acts(everyone, [1], [TOP_RUNG]) == set(range(70_000))
    assert acts(everyone, [0], [TOP_RUNG]) == set()
    assert draw([70_000], [NEVER]).subject.size == 0


def test_acts_fall_on_every_id_alike_and_on_pairs_independently() -> None:
    p, size, seeds = Fraction(1, 10), 60, 1000
    table = np.zeros((seeds, size), dtype=np.int64)
    for seed in range(seeds):
        table[seed, list(acts(draw([size], [11], seed=seed), [p], [11]))] = 1
    each = table.sum(axis=0)
    spread = float(((each - seeds * 0.1) ** 2).sum() / (seeds * 0.1 * 0.9))
    assert abs(spread - size) < 4.5 * math.sqrt(2 * size)
    off_diagonal = np.asarray(np.corrcoef(table.T))[np.triu_indices(size, 1)]
    assert np.max(np.abs(off_diagonal)) < 5.5 / math.sqrt(seeds)


def test_the_same_law_as_a_naive_trial_for_each_person() -> None:
    p = [Fraction(1, 50)] * 120 + [Fraction(1, 8)] * 80

    rungs = [10, 11]
    ends = [p[0], p[-1]]
    fast = [len(acts(draw([120, 80], rungs, seed=s), ends, rungs)) for s in range(800)]
    slow = [len(naive_acts(lambda i: float(p[i]), 200, s)) for s in range(800)]
    assert two_samples_p(fast, slow) > P_LIMIT


@pytest.mark.parametrize("k", [0, 3, 6, 11, 12])
def test_uniforms_of_candidates_are_uniform_below_the_bound(k: int) -> None:
    size = min(BLOCK * 4096, max(BLOCK, int(3000 / bound(k))))
    found = draw([size], [k])
    scaled = [u / (float(bound(k)) * 2.0**64) for u in found.uniform[:20_000].tolist()]
    assert max(scaled) <= 1
    assert ks_uniform_p(scaled) > P_LIMIT


def test_candidates_are_distinct_and_in_order() -> None:
    for k in range(6, TOP_RUNG + 1):
        assert np.all(np.diff(draw([200_000], [k]).subject) > 0)


# --- paired ---------------------------------------------------------------------------


def test_raising_a_bound_only_adds_candidates() -> None:
    lower: dict[int, int] = {}
    for k in range(TOP_RUNG + 1):
        higher = rows(draw([3 * BLOCK], [k], seed=4))
        assert lower.items() <= higher.items()
        assert all(u >= int(bound_threshold(k - 1)) for i, u in higher.items() if i not in lower)
        lower = higher


def test_a_neighbour_with_a_higher_bound_does_not_show() -> None:
    alone = draw([40_000, 30_000], [6, NEVER])
    beside = draw([40_000, 30_000], [6, 11])
    assert rows(alone) == {i: u for i, u in rows(beside).items() if i < 40_000}
    assert set(beside.stratum[beside.subject >= 40_000].tolist()) == {1}


def test_growth_moves_nobodys_luck() -> None:
    grown = rows(draw([500_000], [8]))
    for alive in ((0, 100), (0, BLOCK), (70_000, 70_001), (65_535, 400_000), (300, 300)):
        window = {i: u for i, u in grown.items() if alive[0] <= i < alive[1]}
        assert rows(draw([500_000], [8], alive=alive)) == window
    assert rows(draw([123_456], [8])) == {i: u for i, u in grown.items() if i < 123_456}


def test_skipping_moves_nothing() -> None:
    last = rows(draw([BLOCK], [9], conduct="b", month=7))
    for month in range(7):
        for conduct in "ab":
            draw([BLOCK], [11], conduct=conduct, month=month)
    assert rows(draw([BLOCK], [9], conduct="b", month=7)) == last


def test_an_act_moves_only_if_its_own_probability_does() -> None:
    sizes = [50_000, 50_000]
    base = acts(draw(sizes, [9, 7]), [0.01, 0.0005], [9, 7])
    arm = acts(draw(sizes, [9, 9]), [0.01, 0.004], [9, 9])
    assert {i for i in base if i < 50_000} == {i for i in arm if i < 50_000}
    assert base < arm
    # The rung itself moves nothing.
    assert acts(draw(sizes, [10, 12]), [0.01, 0.0005], [10, 12]) == base


def test_draws_never_change() -> None:
    """Whoever changes this digest changes every result ever published under a seed."""
    found = draw([100_000, 0, 60_000, 1], [5, 12, 11, 12], seed=20131001, month=3, trial=1, leaf=9)
    digest = hashlib.blake2b(digest_size=8)
    for array, kind in zip(found, ("<i8", "<u8", "<i4"), strict=True):
        digest.update(np.asarray(array).astype(kind).tobytes())
    assert (found.subject.size, digest.hexdigest()) == (14908, "4b7e76118444acef")


def test_every_place_month_conduct_seed_and_trial_has_its_own_luck() -> None:
    variants = [
        {},
        {"leaf": 1},
        {"month": 1},
        {"trial": 1},
        {"conduct": "b"},
        {"seed": 2},
    ]
    drawn = [set(draw([BLOCK], [10], **v).subject.tolist()) for v in variants]  # type: ignore[arg-type]
    expected = BLOCK * float(bound(10)) ** 2
    for i, one in enumerate(drawn):
        for other in drawn[:i]:
            assert abs(len(one & other) - expected) < 5 * math.sqrt(expected)


def test_a_leaf_is_the_sum_of_its_blocks() -> None:
    key = stream_key(1, "conduct/a")
    parts: dict[int, int] = {}
    for block in range(3):
        n = draw_candidates(
            key, block_id(5, 0, block), month_word(2, 0), 8, layer_tables(), 0, BLOCK, SCRATCH
        )
        ids = (SCRATCH.local[:n].astype(np.int64) + block * BLOCK).tolist()
        parts |= dict(zip(ids, SCRATCH.uniform[:n].tolist(), strict=True))
    assert rows(draw([3 * BLOCK], [8], leaf=5, month=2)) == parts


def test_sub_trials_are_separate_trials() -> None:
    p, size, m = Fraction(1, 5), 20_000, 4
    times = Counter[int]()
    for trial in range(m):
        times.update(acts(draw([size], [11], trial=trial), [p], [11]))
    observed = Counter(times.values())
    observed[0] = size - len(times)
    expected = [size * q for q in binomial_pmf(m, 0.2)]
    assert chi_square([observed[j] for j in range(m + 1)], expected) > P_LIMIT


# --- bounds and excess ----------------------------------------------------------------


def test_a_probability_above_its_bound_is_an_error_and_names_the_stratum() -> None:
    limit = np.array([[threshold(0.001)], [threshold(0.2)]], dtype=np.uint64)
    rung = np.array([8, 8], dtype=np.int8)
    with pytest.raises(XinyongError, match=r"stratum 1: .* 0\.2, above the bound of rung 8"):
        check_bounds(limit, rung)
    with pytest.raises(XinyongError, match="above the bound"):
        acts_of(draw([10, 10], [8, 8]), limit, rung, np.zeros(0, dtype=np.int64))
    check_bounds(limit, np.array([8, 11], dtype=np.int8))


def test_certainty_is_within_the_top_bound_only() -> None:
    limit = np.array([[ALWAYS]], dtype=np.uint64)
    check_bounds(limit, np.array([TOP_RUNG], dtype=np.int8))
    with pytest.raises(XinyongError):
        check_bounds(limit, np.array([TOP_RUNG - 1], dtype=np.int8))


@pytest.mark.parametrize("wrong", [{"leaf": 2**24}, {"month": 2**16}, {"trial": -1}, {"month": -1}])
def test_what_does_not_fit_the_counter_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(XinyongError, match="out of range"):
        draw([10], [3], **wrong)  # type: ignore[arg-type]


@given(st.fractions(0, 1), st.integers(NEVER, TOP_RUNG - 1))
@settings(deadline=None, derandomize=True)
def test_bound_and_excess_add_up_to_the_probability(p: Fraction, rung: int) -> None:
    b = bound(rung)
    limit = excess_threshold(p, b)
    if p <= b:
        assert limit == 0
    else:
        excess = Fraction(1) if limit == ALWAYS else Fraction(int(limit), 2**64)
        assert abs(b + (1 - b) * excess - p) <= Fraction(1, 2**64)


@pytest.mark.parametrize(("p", "rung"), [(0.4, 9), (0.9, 11), (0.02, NEVER), (1, 10), (0.005, 9)])
def test_subjects_with_a_file_act_with_exactly_their_probability(p: float, rung: int) -> None:
    size = 400_000
    found = draw([size], [rung])
    limit = np.array([[0, threshold(p)]], dtype=np.uint64)
    state = np.ones(found.subject.size, dtype=np.int64)
    acting = np.zeros(size, dtype=np.bool_)
    acting[found.subject[acts_of(found, limit, np.array([rung], dtype=np.int8), state)]] = True
    if p > bound(rung):
        assert np.count_nonzero(acting) == found.subject.size
    everyone = np.arange(size)
    e = np.full(size, excess_threshold(p, bound(rung)))
    acting |= excess_acts(stream_key(1, "excess/a"), 0, 0, 0, 0, everyone, e)
    deviation = np.count_nonzero(acting) - size * p
    assert abs(deviation) <= 4.5 * math.sqrt(size * p * (1 - p))


# --- against the analytic chain -------------------------------------------------------

# not listed -> listed -> removed -> listed again; the last is above the bound of the first.
ENTER, LEAVE, RETURN = Fraction(1, 100), Fraction(1, 5), Fraction(3, 100)
CHAIN = np.array([[0.99, 0.01, 0], [0, 0.8, 0.2], [0, 0.03, 0.97]])
RUNG = rung_for(ENTER)


def occupancy(seed: int, size: int, months: int) -> list[int]:
    """Run the chain on the engine's sampling: one conduct to enter, one to leave."""
    rung = np.array([RUNG], dtype=np.int8)
    limit = np.array([[threshold(ENTER), 0, threshold(RETURN)]], dtype=np.uint64)
    again = excess_threshold(RETURN, bound(RUNG))
    leave = excess_threshold(LEAVE, bound(NEVER))
    again_key, leave_key = stream_key(seed, "excess/enter"), stream_key(seed, "excess/leave")
    state = np.zeros(size, dtype=np.int64)
    for month in range(months):
        found = draw([size], [RUNG], seed=seed, conduct="enter", month=month)
        entering = found.subject[acts_of(found, limit, rung, state[found.subject])]
        removed, listed = np.flatnonzero(state == 2), np.flatnonzero(state == 1)
        e = np.full(removed.size, again)
        returning = removed[excess_acts(again_key, 0, 0, month, 0, removed, e)]
        e = np.full(listed.size, leave)
        leaving = listed[excess_acts(leave_key, 0, 0, month, 0, listed, e)]
        state[entering] = 1
        state[returning] = 1
        state[leaving] = 2
    return [int(np.count_nonzero(state == s)) for s in range(3)]


CHAIN_SIZE, CHAIN_MONTHS = 20_000, 24


@cache
def chain_runs() -> list[list[int]]:
    return [occupancy(seed, CHAIN_SIZE, CHAIN_MONTHS) for seed in range(200)]


def chain_p_values(transition: NDArray[np.float64]) -> list[float]:
    expected = CHAIN_SIZE * analytic_occupancy(transition, CHAIN_MONTHS)
    return [chi_square(run, expected.tolist()) for run in chain_runs()]


def test_occupancy_follows_the_analytic_chain() -> None:
    p_values = chain_p_values(CHAIN)
    assert ks_uniform_p(p_values) > 0.01
    assert sum(p < 0.001 for p in p_values) <= 2


def all_runs_p(transition: NDArray[np.float64]) -> float:
    together = np.sum(chain_runs(), axis=0)
    expected = together.sum() * analytic_occupancy(transition, CHAIN_MONTHS)
    return chi_square(together.tolist(), expected.tolist())


def test_all_runs_together_follow_the_chain_and_betray_a_rate_five_per_cent_off() -> None:
    assert all_runs_p(CHAIN) > P_LIMIT
    for state, following in ((0, 1), (1, 2), (2, 1)):
        wrong = CHAIN.copy()
        wrong[state, following] *= 1.05
        wrong[state, state] = 1 - wrong[state, following]
        assert all_runs_p(wrong) < 1e-10


def test_the_naive_twin_follows_the_same_chain() -> None:
    expected = (3_000 * analytic_occupancy(CHAIN, 24)).tolist()
    assert chi_square(naive_occupancy(CHAIN, 3_000, 24, seed=1), expected) > P_LIMIT


# --- the test of the test -------------------------------------------------------------

Z_LIMIT = 4.5


def z_score(count: int, trials: int, p: float) -> float:
    return (count - trials * p) / math.sqrt(trials * p * (1 - p))


def test_a_relative_bias_of_a_thousandth_is_caught() -> None:
    """With 2e8 person-months at p = 0.2, 4e7 acts, a bias of 0.1 % is 7 standard errors."""
    size, months, p = 254 * BLOCK, 12, Fraction(1, 5)
    right, biased = threshold(p), threshold(p * Fraction(1001, 1000))
    count, count_biased, candidates = 0, 0, 0
    for month in range(months):
        uniform = draw([size], [11], seed=20131001, month=month).uniform
        candidates += uniform.size
        count += int(np.count_nonzero(uniform < right))
        count_biased += int(np.count_nonzero(uniform < biased))
    assert count > 3.9e7
    assert abs(z_score(count, size * months, 0.2)) < Z_LIMIT
    assert abs(z_score(candidates, size * months, 0.25)) < Z_LIMIT
    assert abs(z_score(count_biased, size * months, 0.2)) > Z_LIMIT


def test_a_bias_planted_in_one_layer_table_is_caught() -> None:
    """The same with the machine itself at fault: layer 11 draws 0.1 % too many."""
    tables = layer_tables()
    offset, cdf = binomial_cdf(BLOCK, layer_rate(11) * Fraction(1001, 1000))
    good = tables.start[11]
    crooked = LayerTables(
        np.array([*tables.offset[:11], offset, tables.offset[12]]),
        np.array([*tables.start[:12], good + len(cdf), good + len(cdf)]),
        np.concatenate([tables.cdf[:good], cdf]),
    )
    for array in crooked:
        array.setflags(write=False)  # as the true ones, so that the compiled code is the same
    size, months = 254 * BLOCK, 12
    candidates = sum(
        draw([size], [11], seed=20131001, month=month, tables=crooked).uniform.size
        for month in range(months)
    )
    assert abs(z_score(candidates, size * months, 0.25)) > Z_LIMIT
