"""Who attaches a record to whose file depends on who receives it, and by what rule."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

from xinyong import places
from xinyong.assumptions import assumptions
from xinyong.conduct.rates import rates
from xinyong.dates import NEVER
from xinyong.engine.world import keys_of, run_of
from xinyong.institutions import exchange, matching
from xinyong.institutions.detection import false_rates
from xinyong.institutions.exchange import ADD, WITHDRAW
from xinyong.institutions.identity import MISSED, RIGHT, WRONG, attach_hops
from xinyong.institutions.network import Network, link_of
from xinyong.law.catalogue import load
from xinyong.society.namesakes import taken_for_another
from xinyong.streams import name_word, threshold

KEYS = keys_of(7)
FIRST = 2013 * 12 + 9
GIVEN = assumptions()
FOUND = matching.read_receivers()
IDS = [r.id for r in FOUND.receivers]


def ids(n: int) -> Any:
    return np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def close_to(count: float, n: int, p: float) -> bool:
    """Tell whether a count lies within four standard errors of n p."""
    return bool(abs(count - n * p) <= 4 * (n * p * (1 - p)) ** 0.5 + 1e-9)


def naive(rule: matching.Rule, others: float, useless: float, n: int, seed: int) -> list[float]:
    """Draw what becomes of n records under a rule, step by step: shares right, wrong, missed."""
    luck = np.random.default_rng(seed)
    out = [0, 0, 0]
    agree, fails = GIVEN.value("matching.same_name"), GIVEN.value("matching.fallback_fails")
    for _ in range(n):
        u = luck.random()
        if u < others:  # the key is somebody else's
            fate = WRONG if not rule.check or luck.random() < agree else MISSED
        else:
            fate = MISSED if u < others + useless else RIGHT
        if fate == MISSED and rule.fallback and luck.random() >= fails:
            shared = (
                GIVEN.value("matching.registered_name_shared")
                if rule.fallback == "registered_name"
                else taken_for_another(rule.fallback)
            )
            fate = WRONG if luck.random() < shared else RIGHT
        out[fate] += 1
    return [x / n for x in out]


@pytest.mark.parametrize("rule", FOUND.rules, ids=lambda rule: rule.id)
def test_each_rule_errs_as_its_steps_drawn_one_by_one(rule: matching.Rule) -> None:
    n, others, useless = 100_000, 0.05, 0.3
    wrong, missed = matching.rule_errors(rule, GIVEN, others, useless)
    _, drawn_wrong, drawn_missed = naive(rule, others, useless, n, 11)
    assert close_to(drawn_wrong * n, n, wrong)
    assert close_to(drawn_missed * n, n, missed)


def test_a_fallback_trades_missed_records_for_wrong_ones() -> None:
    wrong, missed = zip(
        *(matching.rule_errors(rule, GIVEN, 0.0003, 0.02) for rule in FOUND.rules), strict=True
    )
    by = {rule.id: i for i, rule in enumerate(FOUND.rules)}
    order = ("key_and_name", "key_alone", "key_or_birth_date", "key_or_place")
    assert sorted(order, key=lambda r: wrong[by[r]]) == list(order)
    assert missed[by["key_or_place"]] < missed[by["key_alone"]] < missed[by["key_and_name"]]


def test_every_authority_of_the_catalogue_is_one_of_the_receivers() -> None:
    for name, authority in load().authorities.items():
        FOUND.of(name, authority.level)


def _link(receiver: int, hops: int = 3, **given: bool) -> exchange.Link:
    network = Network(
        ((hops, False, hops > 2, receiver),), np.zeros(1, np.int64), np.zeros(1, np.int64)
    )
    vertical = np.ones((len(places.leaves()), 12))
    return link_of(
        network, GIVEN.changed(dict.fromkeys(_RATES, 0.05)), vertical, FIRST, 12,
        friction=True, identity=True, **given,
    )  # fmt: skip


_RATES = [name for name in GIVEN.rows if name.startswith("identity.hop_")]


@numba.njit
def _copies(link, key, acts, word, kind, day):  # type: ignore[no-untyped-def]
    out = np.empty(acts.size, np.int64)
    for i in range(acts.size):
        out[i] = exchange.attached(link, key, acts[i], word, 0, kind, day)
    return out


@pytest.mark.parametrize("receiver", ["finance", "transport", "local"])
def test_a_listing_goes_astray_by_the_rules_of_those_it_passes(receiver: str) -> None:
    """Two hops to platforms and one to the receiver: right with the product of all three."""
    n, last = 1_000_000, IDS.index(receiver)
    found = np.bincount(
        _copies(_link(last), KEYS.exchange_identity, ids(n), name_word("x"), 0, 17_000),
        minlength=3,
    )
    stay, wrong = 1.0, 0.0
    for to in (IDS.index(FOUND.between), IDS.index(FOUND.between), last):
        phi, mu = matching.rule_errors(FOUND.rule(to, "person"), GIVEN, 0.05, 0.05)
        wrong += stay * phi
        stay *= 1 - phi - mu
    assert close_to(found[exchange.RIGHT_COPY], n, stay)
    assert close_to(found[exchange.WRONG_COPY], n, wrong)


def test_hops_with_rates_of_their_own_multiply() -> None:
    n, phis, mus = 500_000, [0.01, 0.05, 0.2], [0.02, 0.0, 0.1]
    wrong = [threshold(p) for p in phis]
    missed = [threshold(p + m) for p, m in zip(phis, mus, strict=True)]
    found = np.bincount(attach_hops(KEYS.identity, ids(n), 3, wrong, missed), minlength=3)
    stay, astray = 1.0, 0.0
    for phi, mu in zip(phis, mus, strict=True):
        astray += stay * phi
        stay *= 1 - phi - mu
    assert close_to(found[RIGHT], n, stay)
    assert close_to(found[WRONG], n, astray)


def test_without_rules_by_receiver_all_match_by_the_key_alone() -> None:
    alike = _link(IDS.index("local"), matching=False)
    assert (alike.wrong == threshold(0.05)).all()
    assert (alike.missed == threshold(0.05 + 0.05)).all()


def test_a_record_is_filed_by_the_rule_of_who_records_it() -> None:
    catalogue, families = load(), rates()
    by = matching.recorders(families, catalogue, run_of(catalogue, families))
    names = [f.id for f in families]
    assert by[names.index("judgment_default")] == "court"
    assert by[names.index("traffic_fine")] == "wendeng_credit_office"
    ways = [
        matching.filing(GIVEN, catalogue, by, identity=True, by_receiver=on) for on in (True, False)
    ]
    court, village = names.index("judgment_default"), names.index("traffic_fine")
    assert ways[0].wrong[court, 0] == ways[1].wrong[court, 0]
    assert ways[0].wrong[village, 0] > ways[1].wrong[village, 0]
    assert not matching.filing(GIVEN, catalogue, by, identity=False, by_receiver=True).missed.any()


def test_false_records_differ_by_who_records() -> None:
    base = GIVEN.value("false_records.per_case")
    factor = GIVEN.value("false_records.factor.court")
    found = false_rates(GIVEN, ["court", "nobody"], on=True)
    assert found.tolist() == [threshold(base * factor), threshold(base)]
    assert not false_rates(GIVEN, ["court", "nobody"], on=False).any()
    none = GIVEN.changed({"false_records.per_case": 0.0})
    assert not false_rates(none, ["court"], on=True).any()


# --- copies compared with their source ----------------------------------------------------


@numba.njit
def _arrivals(link, key, acts, word, direction, day):  # type: ignore[no-untyped-def]
    out = np.empty(acts.size, np.int64)
    for i in range(acts.size):
        out[i] = exchange.arrival(link, key, acts[i], word, direction, 0, 0, day)
    return out


def test_a_lost_withdrawal_lapses_when_copies_are_next_compared() -> None:
    receiver, word, n = IDS.index("local"), name_word("x"), 20_000
    on, off = _link(receiver), _link(receiver, refresh=False)
    every = int(on.refresh[0])
    assert every == round(24 * 30.4375)
    for day in (16_000, 16_123):
        plain = _arrivals(off, KEYS.exchange, ids(n), word, WITHDRAW, day)
        found = _arrivals(on, KEYS.exchange, ids(n), word, WITHDRAW, day)
        turn = int(found[plain >= NEVER][0])
        assert (plain >= NEVER).any()
        assert day < turn <= day + every
        assert np.array_equal(found, np.minimum(plain, turn))
    assert not off.refresh.any()


def test_turns_come_once_in_so_many_days_and_differ_between_lists() -> None:
    for word in (name_word("a/b"), name_word("a/c")):
        turns = {int(exchange.refreshed(word, 90, day)) for day in range(5000, 5900)}
        assert np.diff(sorted(turns)).tolist() == [90] * (len(turns) - 1)
    first = {int(exchange.refreshed(name_word(f"l/{i}"), 90, 5000)) for i in range(50)}
    assert len(first) > 20


def test_listings_are_not_brought_by_a_comparison() -> None:
    on, off = _link(0), _link(0, refresh=False)
    both = [_arrivals(x, KEYS.exchange, ids(5000), name_word("x"), ADD, 16_000) for x in (on, off)]
    assert np.array_equal(*both)
    assert (both[0] >= NEVER).any()
