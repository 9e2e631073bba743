"""A scenario may lay instruments over the law, amend it, draw more conduct, change numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xinyong.assumptions import assumptions
from xinyong.engine.run import run
from xinyong.engine.scenario import Scenario, read_scenario
from xinyong.engine.world import build, catalogue_of, run_of
from xinyong.errors import CatalogueError, ScenarioError, UsageError
from xinyong.law.catalogue import load
from xinyong.places import within

OWN = """
id: noise_list
kind: list
polarity: black
name: {en: Example list of noisy workshops, zh: 噪声作坊名单（示例）}
issuer: ndrc
decider: ndrc
keeper: ndrc
level: county
rank: normative_document
rank_cite: {source: rules, article: "1"}
based_on: act
conduct_field: social
measure_fields: [social]
nature: [publicity]
subjects: [enterprise]
reach: {place: beijing, by: [registration], cite: {source: rules, article: "1"}}
review:
  {objection: true, administrative_review: true, suit: true, cite: {source: rules, article: "1"}}
sources:
  rules:
    title: {en: Invented rules, zh: 虚构规则}
    issuer: ndrc
    date: 2013-11-20
    depth: full text
    where: invented for a test
versions:
  - id: v2014
    in_force: {from: 2014-01-01, cite: {source: rules, article: "2"}}
    transition: acts_from
    transition_cite: {source: rules, article: "2"}
    provisions:
      - id: noise
        title: fined for noise
        conduct: [illegal_lending]
        effect: {do: enter, term: {n: 1, unit: year, from: decided}}
        cite: {source: rules, article: "1"}
    steps:
      - {id: decide, title: decide, by: ndrc, modality: must, opens: met, from: [occurred],
         within: {n: 5, unit: working_day}, then: decided, if_lapsed: nothing is said,
         cite: {source: rules, article: "1"}}
"""
RATES = """
families:
  - id: noise
    monthly: {enterprise: 0.1}
    place: beijing
    start: "2014-01"
    split: [{conduct: illegal_lending, share: 1.0}]
    status: assumption
    reason: Invented for a test.
"""


@pytest.fixture
def noisy(tmp_path: Path) -> Path:
    """Write a scenario with a list of its own and conduct of its own; return its file."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "noise_list.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "rates.yaml").write_text(RATES, encoding="utf-8")
    text = "{name: noisy, scale: 20000, to: 2014-12, with: [own], rates: [rates.yaml]}\n"
    (tmp_path / "noisy.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "noisy.yaml"


def test_a_list_of_ones_own_runs_with_conduct_of_ones_own(noisy: Path) -> None:
    scenario = read_scenario(noisy)
    found = run(scenario, noisy.parent / "out")
    entered = sum(found.series("entered", "noise_list")[1])
    assert entered > 20
    listed = [r["place"] for r in found.entries().to_pylist() if r["list"] == "noise_list"]
    assert all(within(place, "beijing") for place in listed)
    manifest = json.loads((noisy.parent / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert {i["id"]: i["simulated"] for i in manifest["instruments"]}["noise_list"]
    assert manifest["catalogue_digest"] != load().digest


def test_a_layer_that_nobody_acts_under_changes_nothing_else(noisy: Path) -> None:
    scenario = read_scenario(noisy).model_copy(update={"rates": (), "with_": ()})
    plain = run(scenario, noisy.parent / "plain")
    layered = run(
        scenario.model_copy(update={"with_": read_scenario(noisy).with_}), noisy.parent / "layered"
    )
    for name in ("spc_defaulters", "spending_restriction", "tax_class_a"):
        for indicator in ("entered", "stock", "entered_mistaken"):
            assert plain.series(indicator, name) == layered.series(indicator, name)


def test_an_amendment_is_the_law_of_the_run() -> None:
    amended = Scenario(
        amend=("spc_defaulters.v2017.provisions.ground_2.effect.term.n=1@2018-01-01",)
    )
    found = catalogue_of(amended)
    assert found.digest != load().digest
    assert any(w.id.endswith("20180101") for w in found.instruments["spc_defaulters"].versions)
    assert (
        build(amended.model_copy(update={"scale": 1_000_000})).law.catalogue.digest == found.digest
    )


def test_an_amendment_that_names_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        catalogue_of(Scenario(amend=("spc_defaulters.v2017.provisions.ground_99.effect=1",)))


def test_other_numbers_take_the_place_of_assumptions_and_say_so() -> None:
    given = assumptions().changed({"identity.wrong": 0.01, "court.capacity": {"2013-10": 5.0}})
    assert given.value("identity.wrong") == 0.01
    assert given.value("court.capacity", 2020 * 12) == 5.0
    assert given["court.capacity"].status == "assumption"
    assert given["identity.wrong"].reason.startswith("Set by the scenario")
    assert assumptions().value("identity.wrong") != 0.01


@pytest.mark.parametrize(
    ("assume", "said"),
    [
        ({"identity.wron": 0.01}, "did you mean 'identity.wrong'"),
        ({"identity.wrong": 1.5}, "a number from 0 to 1"),
        ({"court.capacity": {"13-10": 5.0}}, "YYYY-MM"),
    ],
)
def test_numbers_that_cannot_be_are_refused(assume: dict[str, float], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        assumptions().changed(assume)


def test_a_family_cannot_stand_twice(tmp_path: Path) -> None:
    text = RATES.replace("id: noise", "id: judgment_default")
    (tmp_path / "rates.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match="there already"):
        build(Scenario(scale=1_000_000, rates=(str(tmp_path / "rates.yaml"),)))


def test_lists_that_conditions_ask_about_come_along_but_are_not_run() -> None:
    world = build(Scenario(scale=1_000_000))
    assert "abnormal_operations_list" in world.law.catalogue.instruments
    assert "abnormal_operations_list" not in run_of(world.catalogue, world.rates)
