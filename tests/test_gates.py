"""Gates followed locally: each place its lag and its answer, one law for all that follows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reference.made_up import GUESS, instrument
from reference.small_law import enters, listing, points, scheme, small_law, step
from reference.small_law import follows as found_on
from xinyong import places
from xinyong.assumptions import Assumptions, assumptions
from xinyong.dates import NEVER, date_of, day_of
from xinyong.errors import ScenarioError
from xinyong.institutions.gates import Gates, lag, share_following, turned
from xinyong.law import schema
from xinyong.law import tables as t
from xinyong.law.catalogue import load
from xinyong.law.compile import Law, compile_law, law
from xinyong.law.gates import bars, provision_target
from xinyong.law.vocabulary import ROLES
from xinyong.streams import stream_key
from xinyong.yamlio import read_yaml

LAST = dt.date(2030, 12, 31)
SINCE, FOLLOWED = dt.date(2021, 6, 1), dt.date(2021, 9, 1)
EXAMPLES: Any = read_yaml(Path(__file__).parent / "data" / "gates_followed.yaml").data["examples"]


def limit(transition: str, *targets: str, **more: Any) -> schema.Instrument:
    """A gate of 2021-06-01 that Wendeng follows after three months; about littering alone."""
    block = {"id": "limit", "title": "made up", "where": {"conduct": ["littering"]}, "cite": GUESS}
    block |= {"bars": list(targets), "effect": "barred"} | more
    own = [{"place": "wendeng", "lag_months": 3, "cite": GUESS}]
    version = {
        "gates": [block], "transition": transition,
        "in_force": {"from": SINCE, "cite": GUESS},
        "followed": {"lag_months": 12, "cite": GUESS, "places": own},
    }  # fmt: skip
    return instrument("limit", "gate", version, level="national", rank="law")


def answering(response: str, **more: float) -> Assumptions:
    """The assumptions under which every place answers in one way."""
    given: dict[str, float] = {name: 0 for name in assumptions().rows if _is_share(name)}
    given |= {name: 1 for name in given if name.endswith(f".{response}")}
    return assumptions().changed(given | more)


def _is_share(name: str) -> bool:
    return name.startswith(("gates.safeguard.", "gates.basis.", "gates.points."))


def gated(plain: Law, response: str, **more: float) -> tuple[Law, Gates]:
    """The law with whatever it is turned into, and its gates."""
    given = answering(response, **more)
    gates = Gates(plain.catalogue, plain, given, 7, LAST)
    catalogue = turned(plain.catalogue, gates)
    if catalogue is plain.catalogue:
        return plain, gates
    again = compile_law(catalogue)
    return again, Gates(catalogue, again, given, 7, LAST, gates)


def effective(plain: Law, response: str, leaf: str = "wendeng", **more: float) -> Law:
    """The law as one place follows it."""
    found, gates = gated(plain, response, **more)
    return replace(found, tables=gates.tables(leaf))


# --- the lag ------------------------------------------------------------------------------


def opinions() -> schema.Version:
    return load().instruments["gate_guobanfa_2020_49"].versions[0]


@pytest.mark.parametrize(("leaf", "factor"), [("hebei", 0.75), ("weihai", 1.0), ("wendeng", 1.25)])
def test_the_share_that_follows_by_a_month_is_that_of_the_closed_form(
    leaf: str, factor: float
) -> None:
    if places.place(leaf).level == "province":
        assert factor == assumptions().value("gates.lag.province")
    version, n = opinions(), 4000
    mean = 12 * factor
    keys = [stream_key(seed, "engine/gates") for seed in range(n)]
    months = [lag(assumptions(), key, version, "gate_guobanfa_2020_49", leaf) for key in keys]
    for month in (0, 1, 3, 6, 12, 24, 60):
        share = 1 - (1 - 1 / mean) ** month
        assert share_following(assumptions(), version, leaf, month) == pytest.approx(share)
        held = sum(m <= month for m in months) / n
        assert abs(held - share) <= 4 * (share * (1 - share) / n) ** 0.5 + 1e-12


def test_a_slower_world_is_slower_in_every_place() -> None:
    key, version = stream_key(1, "engine/gates"), opinions()
    slow = assumptions().changed({"gates.lag.prefecture": 2.0})
    for leaf in places.leaves():
        a, b = (lag(given, key, version, "x", leaf) for given in (assumptions(), slow))
        assert a <= b
        assert (a == b) or places.place(leaf).level == "prefecture"


def test_a_law_without_a_lag_is_followed_at_once_and_a_stated_lag_to_the_month() -> None:
    key = stream_key(1, "engine/gates")
    pipl = load().instruments["gate_pipl"].versions[0]
    assert all(lag(assumptions(), key, pipl, "gate_pipl", x) == 0 for x in places.leaves())
    assert lag(assumptions(), key, limit("all", "entry").versions[0], "limit", "wendeng") == 3


# --- the answer ---------------------------------------------------------------------------


def test_places_answer_in_the_shares_that_are_given() -> None:
    given, plain = assumptions(), small_law(limit("all", "points"), scheme(points(-10)))
    n, count = 3000, dict.fromkeys(("drop", "list", "reward", "keep"), 0)
    for seed in range(n):
        count[Gates(plain.catalogue, plain, given, seed, LAST).response(
            "hebei", "made_up", "points")] += 1  # fmt: skip
    left = 1.0
    for word in ("drop", "list", "reward"):
        share = given.value(f"gates.points.{word}")
        left -= share
        assert abs(count[word] / n - share) <= 4 * (share * (1 - share) / n) ** 0.5
    assert abs(count["keep"] / n - left) <= 4 * (left * (1 - left) / n) ** 0.5


def test_shares_beyond_one_are_refused() -> None:
    plain = small_law(limit("all", "points"), scheme(points(-10)))
    given = assumptions().changed({"gates.points.drop": 0.8, "gates.points.list": 0.4})
    with pytest.raises(ScenarioError, match=r"gates\.points"):
        Gates(plain.catalogue, plain, given, 1, LAST)


def _world(transition: str) -> Law:
    decide = step("decide", "met", ["formed"], "decided")
    term = {"n": 1, "unit": "year", "from": "decided"}
    return small_law(
        limit(transition, "entry", "points"),
        listing(enters(term=term), steps=(decide,)),
        scheme(points(-10), points(-7, name="other", conduct=["graffiti"])),
    )


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case["title"])
def test_hand_worked_files_come_out_as_worked(case: dict[str, Any]) -> None:
    rules = effective(_world(case["transition"]), case["response"], **{"gates.keep_months": 60.0})
    found = found_on(rules, case["file"], str(case["on"]), residence="wendeng")
    if "entries" in case:
        told = [[e.start, e.end or "-", e.cause] for e in found.entries]
        assert told == case["entries"]
    if "points" in case:
        (score,) = (s for s in found.scores if s.instrument == "made_up")
        assert score.points == 10 * case["points"]
    if "steps" in case:
        assert [s.step for s in found.steps if s.instrument == "blacklist"] == case["steps"]


def test_a_place_that_a_limit_does_not_reach_goes_on() -> None:
    plain = _world("all")
    reach = schema.Reach.model_validate({"place": "hebei", "by": ["residence"], "cite": GUESS})
    narrow = limit("all", "entry", "points").model_copy(update={"reach": reach})
    others = [it for it in plain.catalogue.instruments.values() if it.kind != "gate"]
    rules = small_law(narrow, *others)
    _, gates = gated(rules, "drop")
    assert gates.tables("wendeng") is rules.tables
    assert gates.tables("hebei") is not rules.tables


def test_a_limit_that_ceased_before_a_place_followed_it_changes_nothing_there() -> None:
    gate = limit("all", "points")
    force = schema.InForce.model_validate(
        {"from": SINCE, "until": dt.date(2021, 8, 1), "cite": GUESS}
    )
    version = gate.versions[0].model_copy(update={"in_force": force})
    rules = small_law(gate.model_copy(update={"versions": [version]}), scheme(points(-10)))
    prov = effective(rules, "drop").tables.prov
    assert prov[0, t.P_BARRED] == NEVER
    assert (prov[0, t.P_LIMIT], prov[0, t.P_LIMIT_TO]) == (
        day_of(SINCE), day_of(dt.date(2021, 8, 2)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("response", "barred", "until"),
    [("supply", NEVER, day_of(FOLLOWED)), ("drop", day_of(FOLLOWED), NEVER)],
)
def test_a_safeguard_that_is_missing_can_be_supplied(
    response: str, barred: int, until: int
) -> None:
    gate = limit("decisions_from", "entry", effect="required", needs={"offers": ["notice"]})
    prov = effective(small_law(gate, listing(enters())), response).tables.prov
    assert prov[0, t.P_LIMIT] == day_of(SINCE)
    assert (prov[0, t.P_BARRED], prov[0, t.P_LIMIT_TO]) == (barred, until)


def test_a_rule_that_is_kept_is_dropped_some_months_after_the_place_follows() -> None:
    _, gates = gated(_world("all"), "keep")
    for leaf in places.leaves():
        for row in gates.followed(leaf):
            assert row.response == "keep"
            assert row.since < row.follows < row.ends < NEVER


def test_the_list_a_rule_is_turned_into_is_itself_held_against_the_limits() -> None:
    """A local list by a normative document is what GuoBanFa [2020] 49 bars."""
    whole = load()
    plain = compile_law(whole.only({"wendeng_2020"}))
    given = answering("list")
    gates = Gates(whole, plain, given, 1, dt.date(2022, 12, 31))
    more = turned(whole, gates)
    name = "wendeng_2020_turned"
    rules = compile_law(more.only({"wendeng_2020", name}))
    assert rules.origins[: len(plain.origins)] == plain.origins
    again = Gates(whole, rules, given, 1, dt.date(2022, 12, 31), gates)
    prov = again.tables("wendeng").prov
    rows = [i for i, o in enumerate(rules.origins) if o.instrument == name]
    assert len(rows) == len(again.turns) > 100
    (follows,) = {int(prov[i, t.P_FROM]) for i in rows}
    assert dt.date(2020, 12, 7) < date_of(follows)
    assert {int(prov[i, t.P_BARRED]) for i in again.turns} == {follows}, "they stop as it starts"
    assert {int(prov[i, t.P_BARRED]) for i in rows} == {NEVER}
    assert {int(prov[i, t.P_LIMIT]) for i in rows} == {day_of(dt.date(2020, 12, 7))}
    elsewhere = again.tables("hebei").prov
    assert {int(elsewhere[i, t.P_FROM]) for i in rows} == {NEVER}


def test_what_is_barred_in_runs_is_what_the_calculator_says_is_barred() -> None:
    """One meaning: a row is barred exactly if some gate that bars outright speaks about it."""
    rules = law()
    gates = Gates(rules.catalogue, rules, assumptions(), 1, dt.date(2022, 12, 31))
    rows = {row for row, _ in gates.found}
    day = dt.date(2022, 12, 31)
    for row in range(0, len(rules.origins), 7):
        o = rules.origins[row]
        version = next(
            w for w in rules.catalogue.instruments[o.instrument].versions if w.id == o.version
        )
        if version.in_force.until is not None or version.in_force.from_ > day:
            continue
        via = tuple(r for i, r in enumerate(ROLES) if rules.tables.prov[row, t.P_VIA] >> i & 1)
        target = provision_target(
            rules.catalogue, o.instrument, o.version, rules.heard[row], o.conditions, o.effect, via
        )
        outright = target is not None and any(
            b.effect != "weighed" for b in bars(rules.catalogue, target, day)
        )
        assert (row in rows) == outright, (o.instrument, o.provision)


def test_without_gates_every_place_follows_the_enacted_law() -> None:
    plain = small_law(listing(enters()), scheme(points(-10)))
    gates = Gates(plain.catalogue, plain, assumptions(), 1, LAST)
    assert all(gates.tables(leaf) is plain.tables for leaf in places.leaves())
    assert turned(plain.catalogue, gates) is plain.catalogue
