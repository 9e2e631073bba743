"""Each mechanism against its closed form, a hand-worked case or a naive twin."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

from conftest import EXACT, Lived, live
from reference.naive_measures import naive_requests
from xinyong import places
from xinyong.assumptions import assumptions
from xinyong.dates import NEVER, first_day, month_of
from xinyong.engine.state import N_ENTRIES
from xinyong.engine.world import keys_of
from xinyong.institutions import exchange, redress
from xinyong.institutions.capacity import capacities, rank
from xinyong.institutions.copies import COLUMNS, copies_of
from xinyong.institutions.exchange import ADD, WITHDRAW
from xinyong.institutions.identity import MISSED, RIGHT, WRONG, attach_hops
from xinyong.institutions.measures import (
    APPLIED,
    ASPECTS,
    ON_PAPER,
    RECEIVED,
    ZOMBIE,
    MeasureTable,
    account_spell,
    standing,
)
from xinyong.institutions.network import Network, link_of
from xinyong.law.compile import Law
from xinyong.streams import name_word, threshold

KEYS = keys_of(7)
FIRST = 2013 * 12 + 9  # 2013-10


def ids(n: int) -> Any:
    return np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def close_to(count: float, expected: float, variance: float) -> bool:
    """Tell whether a count lies within four standard errors of what is expected."""
    return bool(abs(count - expected) <= 4 * max(variance, 1e-9) ** 0.5 + 1e-9)


# --- identity ----------------------------------------------------------------------------

RECORDS = ids(2_000_000)


@pytest.mark.parametrize("hops", [1, 3, 5, 8])
@pytest.mark.parametrize("phi", [1e-4, 1e-3, 1e-2, 0.05])
def test_the_share_of_wrong_files_grows_with_hops_as_the_closed_form_says(
    phi: float, hops: int
) -> None:
    mu = 0.02
    state = attach_hops(KEYS.identity, RECORDS, hops, threshold(phi), threshold(phi + mu))
    right = (1 - phi - mu) ** hops
    wrong = phi * (1 - right) / (phi + mu)
    counts = np.bincount(state, minlength=3)
    for fate, p in ((RIGHT, right), (WRONG, wrong), (MISSED, 1 - right - wrong)):
        assert close_to(counts[fate], len(RECORDS) * p, len(RECORDS) * p * (1 - p))
    printed = {(5, 0.05): 23.8, (5, 1e-3): 0.53}
    if (hops, phi) in printed:
        share = 100 * counts[WRONG] / (counts[WRONG] + counts[RIGHT])
        assert share == pytest.approx(printed[hops, phi], abs=0.05 if phi == 0.05 else 0.02)


# --- ways off a list ---------------------------------------------------------------------


@numba.njit
def _exit_days(routes, keys, acts, route, start, mistaken, first_month):  # type: ignore[no-untyped-def]
    out = np.empty(acts.size, np.int64)
    for i in range(acts.size):
        out[i] = redress.exit_day(routes, keys, acts[i], route, 0, start, mistaken, first_month)
    return out


@pytest.mark.parametrize("name", ["performance", "withdrawn", "objection"])
def test_the_days_of_exit_follow_the_survival_table(rules: Law, name: str) -> None:
    months, began = 60, 30
    routes = redress.routes_of(rules, assumptions(), FIRST, months, on=True)
    route = [r.id for r in redress.read_routes()].index(name)
    start = first_day(FIRST + began)
    n = 200_000
    days = _exit_days(routes, KEYS, ids(n), route, start, 1, FIRST)
    gone = days[days < NEVER]
    month = np.array([month_of(int(d)) for d in gone]) - FIRST
    survival = routes.survival[route, 0]
    alive = survival[began:] / survival[began]
    expected = np.append(-np.diff(alive), alive[-1]) * n
    observed = np.append(np.bincount(month, minlength=months)[began:], n - len(gone))
    live_cells = expected > 0
    assert (observed[~live_cells] == 0).all()
    e, o = expected[live_cells], observed[live_cells]
    chi2 = float(((o - e) ** 2 / e).sum())
    freedom = len(e) - 1
    assert chi2 < freedom + 4 * (2 * freedom) ** 0.5
    assert (gone > start).all()


def test_only_mistakes_are_undone_by_objection(rules: Law) -> None:
    routes = redress.routes_of(rules, assumptions(), FIRST, 60, on=True)
    route = [r.id for r in redress.read_routes()].index("objection")
    assert (_exit_days(routes, KEYS, ids(1000), route, first_day(FIRST), 0, FIRST) >= NEVER).all()


# --- exchange ----------------------------------------------------------------------------


def _link(hops: int, *, friction: bool = True, identity: bool = False) -> exchange.Link:
    """Return a link with one route of so many hops between central bodies that match alike."""
    network = Network(((2, False, False, 0),), np.zeros(1, np.int64), np.zeros(1, np.int64))
    vertical = np.ones((len(places.leaves()), 12))
    given = assumptions()
    link = link_of(
        network, given, vertical, FIRST, 12,
        friction=friction, identity=identity, matching=False, refresh=False,
    )  # fmt: skip
    coverage = link.coverage.copy()
    for direction, way in enumerate(("add", "withdraw")) if friction else ():
        coverage[direction] = threshold(given.value(f"exchange.coverage_{way}") ** hops)
    receiver = np.zeros((1, max(hops, 4)), np.int64)
    return link._replace(coverage=coverage, hops=np.array([hops]), receiver=receiver)


@numba.njit
def _arrivals(link, key, acts, word, direction, day):  # type: ignore[no-untyped-def]
    out = np.empty(acts.size, np.int64)
    for i in range(acts.size):
        out[i] = exchange.arrival(link, key, acts[i], word, direction, 0, 0, day)
    return out


@pytest.mark.parametrize(("direction", "way"), [(ADD, "add"), (WITHDRAW, "withdraw")])
def test_arrivals_have_their_coverage_and_quartiles(direction: int, way: str) -> None:
    given = assumptions()
    n, day = 400_000, 17_000
    word = name_word("spc_defaulters/civil_aviation")
    found = _arrivals(_link(1), KEYS.exchange, ids(n), word, direction, day)
    p = given.value(f"exchange.coverage_{way}")
    came = found[found < NEVER] - day
    assert close_to(len(came), n * p, n * p * (1 - p))
    median = given.value(f"exchange.delay_{way}")
    for share, times in ((0.25, 0.5), (0.5, 1.0), (0.75, 2.0)):
        bound = times * median  # a bound belongs to the span below it and the one above
        below, up_to = (came < bound).mean(), (came <= bound).mean()
        assert below - 0.004 <= share <= up_to + 0.004
    assert came.min() == 0
    assert came.max() == 4 * median
    again = _arrivals(_link(1), KEYS.exchange, ids(n), word, direction, day)
    assert np.array_equal(found, again)


@pytest.mark.parametrize("hops", [2, 4])
def test_hops_multiply_their_coverage_and_add_their_delays(hops: int) -> None:
    n, day, word = 400_000, 17_000, name_word("x")
    one = _arrivals(_link(1), KEYS.exchange, ids(n), word, ADD, day)
    found = _arrivals(_link(hops), KEYS.exchange, ids(n), word, ADD, day)
    p = assumptions().value("exchange.coverage_add") ** hops
    came = found[found < NEVER] - day
    assert close_to(len(came), n * p, n * p * (1 - p))
    single = one[one < NEVER] - day
    assert came.mean() == pytest.approx(hops * single.mean(), rel=0.01)
    assert came.var() == pytest.approx(hops * single.var(), rel=0.02)


def test_without_friction_everything_arrives_at_once() -> None:
    found = _arrivals(
        _link(3, friction=False), KEYS.exchange, ids(1000), name_word("x"), ADD, 17_000
    )
    assert (found == 17_000).all()


@numba.njit
def _copies(link, key, acts, word, kind, day):  # type: ignore[no-untyped-def]
    out = np.empty(acts.size, np.int64)
    for i in range(acts.size):
        out[i] = exchange.attached(link, key, acts[i], word, 0, kind, day)
    return out


@pytest.mark.parametrize("hops", [1, 3, 5, 8])
@pytest.mark.parametrize("phi", [1e-3, 1e-2, 0.05])
def test_copies_go_astray_over_hops_by_the_closed_form(hops: int, phi: float) -> None:
    """M7: with a chance mu of 0.02 to be missed, printed figures at five hops."""
    mu, n = 0.02, 2_000_000
    same = np.full((1, 2, 2), threshold(phi), np.uint64)
    lost = np.full((1, 2, 2), threshold(phi + mu), np.uint64)
    link = _link(hops)._replace(wrong=same, missed=lost)
    found = np.bincount(_copies(link, KEYS.exchange_identity, ids(n), name_word("x"), 0, 17_000))
    right = (1 - phi - mu) ** hops
    wrong = phi * (1 - right) / (phi + mu)
    for fate, p in ((exchange.RIGHT_COPY, right), (exchange.WRONG_COPY, wrong)):
        assert close_to(found[fate], n * p, n * p * (1 - p))


def test_the_unified_code_mends_the_keys_of_organisations_alone() -> None:
    link, n = _link(2, identity=True), 300_000
    before, after = int(link.unified[0]) - 1, int(link.unified[0])
    wrong = {
        (kind, day): int(
            (_copies(link, KEYS.exchange_identity, ids(n), name_word("x"), kind, day)
             == exchange.WRONG_COPY).sum()
        )
        for kind in (0, 1) for day in (before, after)
    }  # fmt: skip
    assert wrong[0, before] == wrong[0, after] > 0
    assert wrong[1, after] < wrong[1, before] / 4


# --- measures ----------------------------------------------------------------------------


def _one_measure(rate: float) -> MeasureTable:
    gap = [[threshold(1 - (1 - rate) ** (k + 1)) for k in range(640)]]
    return MeasureTable(
        inst=np.array([0]),
        sent=np.array([name_word("sent")]),
        asking=np.array([name_word("asking")]),
        kinds=np.array([1]),
        begins=np.array([0]),
        ends=np.array([NEVER]),
        stops=np.full((1, len(places.leaves())), NEVER, np.int32),
        gap=np.array(gap, np.uint64),
        asked=np.array([rate > 0]),
        route=np.array([0]),
        linked=np.array([0]),
        like=np.array([0]),
        span=np.array([[0, 1]]),
    )


@numba.njit
def _spells(table, link, keys, acts, start, end, first, months):  # type: ignore[no-untyped-def]
    out = np.zeros((acts.size, months, 1, 1, 8), np.int64)
    copies = np.zeros((table.inst.size, COLUMNS), np.int64)
    for i in range(acts.size):
        copies_of(table, link, keys, acts[i], 0, 0, 0, start, end, copies)
        account_spell(table, copies, keys, acts[i], 0, 0, 0, first, out[i])
    return out


@pytest.mark.parametrize("rate", [0.001, 0.075, 0.6])
def test_jumping_from_request_to_request_is_one_trial_a_month(rate: float) -> None:
    months, held, n = 40, 30, 20_000
    start, end = first_day(FIRST + 5) + 12, first_day(FIRST + 5 + held) + 3
    link = _link(1, friction=False)
    counts = _spells(_one_measure(rate), link, KEYS, ids(n), start, end, FIRST, months)
    applied = counts[:, :, 0, 0, APPLIED]
    assert (applied[:, :5] == 0).all()
    assert (applied[:, 5 + held :] == 0).all()
    assert applied.max() == 1
    by_month = applied[:, 5 : 5 + held].sum(axis=0)
    chi2 = ((by_month - n * rate) ** 2 / (n * rate * (1 - rate))).sum()
    assert chi2 < held + 4 * (2 * held) ** 0.5
    naive = np.bincount(naive_requests(rate, held, n, seed=3), minlength=held + 1)
    jumped = np.bincount(applied.sum(axis=1), minlength=held + 1)
    both = naive + jumped
    cells = both > 20
    chi2 = float(((naive - jumped)[cells] ** 2 / both[cells]).sum())
    assert chi2 < cells.sum() + 4 * (2 * cells.sum()) ** 0.5


def test_a_withdrawal_that_comes_late_leaves_a_zombie() -> None:
    """Hand-worked: listed in month 1, gone in month 4, known to the authority for ever."""
    link = _link(1, friction=False)
    coverage = link.coverage.copy()
    coverage[WITHDRAW] = threshold(0)
    never = link._replace(coverage=coverage)
    start, end = first_day(FIRST + 1) + 2, first_day(FIRST + 4) + 20
    for way, received, zombie in (
        (link, [0, 1, 1, 1, 0, 0], [0] * 6),
        (never, [0, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1]),
    ):
        counts = _spells(_one_measure(0.5), way, KEYS, ids(1), start, end, FIRST, 6)
        found = standing(counts[0])[:, 0, 0]
        assert found[:, ON_PAPER].tolist() == [0, 1, 1, 1, 0, 0]
        assert found[:, RECEIVED].tolist() == received
        assert found[:, ZOMBIE].tolist() == zombie
        assert (found[:, APPLIED] <= found[:, RECEIVED]).all()
    assert ASPECTS[ZOMBIE] == "zombie"


# --- capacity ----------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1, 100, 20_000, 1_000_000])
def test_capacity_adds_up_at_every_scale(scale: int) -> None:
    given, months = assumptions(), 111
    weights = np.array([7_000_000, 120_000_000, 1, 33_333_333], np.int64)
    found = capacities(given, "court.capacity", FIRST, months, weights, scale)
    total = sum(round(given.value("court.capacity", FIRST + m)) for m in range(months))
    exact = total * weights / weights.sum() / scale
    assert (found >= 0).all()
    assert (abs(found.sum(axis=0) - exact) <= 0.5 + 1e-6).all()
    assert abs(found.sum() - total / scale) <= len(weights) / 2


def test_courts_decide_no_more_than_they_can_and_no_less(nation: Lived) -> None:
    world, runs = nation
    decided = np.stack([run.queue[:, 0] for run in runs], axis=1)
    waiting = np.stack([run.queue[:, 2] for run in runs], axis=1)
    assert (decided <= world.capacity).all()
    # Whoever waits at the end of two months in a row waited while the court was busy.
    busy = (waiting[:-1] > 0) & (waiting[1:] > 0) & (decided[1:] < world.capacity[1:])
    late = np.stack([run.queue[1:, 0] * 0 for run in runs], axis=1)
    for i, run in enumerate(runs):  # requests that opened in the second half do not count
        late[:, i] = np.maximum(waiting[1:, i] - run.acts[1:, 0, :, 0].sum(axis=1), 0)
    assert not (busy & (late > 0)).any()
    assert decided.sum() > 0.8 * world.capacity.sum()


def test_the_turn_of_a_case_depends_on_nobody_else() -> None:
    acts = ids(100)
    all_ranks, some_ranks = np.empty(100, np.uint64), np.empty(50, np.uint64)
    rank(KEYS.queue, acts, all_ranks)
    rank(KEYS.queue, acts[::2].copy(), some_ranks)
    assert np.array_equal(all_ranks[::2], some_ranks)


# --- the court list as a Markov chain ----------------------------------------------------


def _crossing(month: int, low: int, high: int) -> float:
    """Return the chance that a day in a month plus a delay of low to high days is in the next."""
    length = first_day(month + 1) - first_day(month)
    cross = sum(1 for day in range(length) for d in range(low, high + 1) if day + d >= length)
    return cross / (length * (high - low + 1))


def test_the_court_list_fills_and_empties_as_the_markov_chain_says(rules: Law) -> None:
    """No friction, no queue, redress on; before any other family opens files."""
    months = 14  # 2013-10 to 2014-11
    mechanisms = EXACT.model_copy(update={"redress": True})
    world, runs = live(rules, scale=300, until="2014-11", mechanisms=mechanisms, keep="entries")
    family = next(f for f in world.rates if f.id == "judgment_default")
    served = next(x for x in family.then if x.event == "served").after
    given = assumptions()
    names = ("performance", "settlement", "enforcement_ended")
    stays = np.ones(months)
    for name in names:
        rates = [given.value(f"exit.spc_defaulters.{name}", FIRST + m) for m in range(months)]
        stays *= 1 - np.array(rates)
    s = world.society.strata
    acts, variance, listed = np.zeros(months), 0.0, 0.0
    for k, kind in enumerate(("person", "enterprise", "individual_business",
                              "social_organisation", "organ")):  # fmt: skip
        for c in range(3):
            mine = (s.kind == k) & (s.propensity == c) & ((s.age >= 2) | (k > 0))
            low, high = (float(family.probability(kind, c, has)) for has in (False, True))
            for enters in np.unique(s.enters[mine]).tolist():
                size = float(s.size[mine & (s.enters == enters)].sum())
                filed = 0.0
                for m in range(months):
                    if FIRST + m < enters:
                        continue
                    acts[m] += size * ((1 - filed) * low + filed * high)
                    filed += (1 - filed) * low
    found = np.sum([run.acts[:, 0, :, 0].sum(axis=1) for run in runs], axis=0)
    assert close_to(found.sum(), acts.sum(), acts.sum() * 1.2)
    for m in range(months):
        assert close_to(found[m], acts[m], acts[m] * 1.3)
    for m in range(months):
        later = _crossing(FIRST + m, *served)
        listed += acts[m] * (1 - later) * stays[m:].prod()
        if m + 1 < months:
            listed += acts[m] * later * stays[m + 1 :].prod()
    inst = world.law.instruments.index("spc_defaulters")
    last = first_day(FIRST + months) - 1
    alive = 0
    for run in runs:
        leaf, n = run.leaf, int(run.leaf.counts[N_ENTRIES])
        on = leaf.en["inst"][:n] == inst
        alive += int((on & (leaf.en["lawful"][:n] > last)).sum())
    variance = listed * 1.2
    assert close_to(alive, listed, variance)
    assert listed < 0.97 * acts.sum()  # the ways off the list matter here
