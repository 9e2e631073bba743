"""Every indicator has a definition, a unit, a source and an example worked by hand that holds."""

from __future__ import annotations

import datetime as dt
import inspect
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from xinyong import places
from xinyong.conduct.rates import rates
from xinyong.dates import day_of
from xinyong.indicators.base import FAMILIES, Counts, Indicator, Rows, spells_of
from xinyong.indicators.burden import ordinary_weight, weight_of
from xinyong.indicators.derive import INDICATORS, MODULES
from xinyong.indicators.fragmentation import Said, communities, distance, exchange_graph, modularity
from xinyong.indicators.identity import alive_at
from xinyong.indicators.page import page
from xinyong.indicators.process import SAFEGUARDS, offered
from xinyong.indicators.proportionality import adequate
from xinyong.indicators.terms import burden, terms
from xinyong.law.catalogue import Catalogue, load
from xinyong.law.vocabulary import KINDS, RANKS
from xinyong.society.strata import society
from xinyong.society.subjects import format_ids, pack


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=lambda i: i.id)
def test_the_example_worked_by_hand_holds(indicator: Indicator) -> None:
    found = indicator.of(**indicator.given)
    assert np.allclose(found, indicator.gives), indicator.example


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=lambda i: i.id)
def test_every_indicator_says_what_it_is(indicator: Indicator) -> None:
    assert indicator.definition.endswith(".")
    assert indicator.example.endswith(".")
    assert indicator.unit
    assert indicator.source
    assert set(indicator.set_by.split(", ")) <= {"rule", "assumption", "calibration"}
    assert inspect.getdoc(indicator.of) or indicator.of.__name__.startswith("_")


def test_ids_are_said_once_and_every_family_has_some() -> None:
    assert sum(len(m.INDICATORS) for m in MODULES.values()) == len(INDICATORS)
    assert set(MODULES) == set(FAMILIES) == {i.family for i in INDICATORS.values()}


# --- bounds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_distances_and_modularity_stay_within_their_bounds(seed: int) -> None:
    cells = (np.arange(60) * (seed * 7919 + 31) ** 2 // 97) % 5
    sets = (cells < 2).reshape(6, 10)
    assert 0 <= distance(sets) <= 1
    assert distance(np.vstack([sets[:1]] * 3)) == pytest.approx(0, abs=1e-6)
    graph = (cells[:36] % 3).reshape(6, 6).astype(float)
    if graph.any():
        assert -0.5 <= modularity(graph) < 1
        assert sorted(i for part in communities(graph) for i in part) == list(range(6))


def test_places_that_share_nothing_are_a_whole_apart() -> None:
    assert distance(np.eye(4)) == pytest.approx(1)


def test_a_graph_that_is_one_whole_has_no_parts() -> None:
    assert modularity(np.ones((5, 5))) == pytest.approx(0, abs=1e-9)


def test_parts_that_never_touch_are_found() -> None:
    assert communities(np.kron(np.eye(3), np.ones((2, 2)))) == [[0, 1], [2, 3], [4, 5]]


# --- counts and entries ------------------------------------------------------------------------


def counted(rows: list[tuple[str, str, str, str, str, int]]) -> Counts:
    names = ("month", "place", "kind", "group", "indicator", "value")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    return Counts(pa.table({k: list(v) for k, v in columns.items()}), ["2014-01", "2014-02"])


def test_counts_are_kept_whole() -> None:
    counts = counted(
        [
            ("2014-01", "beijing", "person", "x", "entered", 3),
            ("2014-01", "hebei", "person", "x", "entered", 4),
            ("2014-02", "hebei", "enterprise", "x", "entered", 5),
            ("2014-02", "hebei", "person", "y", "entered", 9),
        ]
    )
    assert counts.monthly("entered", "x").tolist() == [[7, 0, 0, 0, 0, 7], [0, 5, 0, 0, 0, 5]]
    assert counts.placed("entered", "x")[..., -1].sum() == 12
    assert counts.groups("entered") == ["x", "y"]
    assert not counts.monthly("entered", "nowhere").any()


def test_the_stratum_of_an_entry_is_that_of_its_subject() -> None:
    people = society(100_000, 1)
    leaf, kind, index = 4, 1, 17
    table = pa.table(
        {
            "subject": format_ids([int(pack(leaf, kind, index))]).tolist(),
            "place": [places.leaves()[leaf]],
            "kind": [KINDS[kind]],
            "list": ["spc_defaulters"],
            "ground": ["refusal"],
            "start": pa.array([dt.date(2015, 3, 1)], pa.date32()),
            "end": pa.array([None], pa.date32()),
            "cause": [""],
            "mistaken": [True],
            "copied": [False],
        }
    )
    found = spells_of(table, people)
    assert int(found.subject[0]) == int(pack(leaf, kind, index))
    assert int(found.stratum[0]) == int(people.stratum_of(leaf, kind, index))
    assert found.start.tolist() == [day_of(dt.date(2015, 3, 1))]
    assert alive_at(found.start, found.end, np.array([day_of(dt.date(2030, 1, 1))])).tolist() == [1]
    assert spells_of(table.slice(0, 0), people).subject.size == 0


def test_a_value_that_rests_on_fewer_than_ten_is_unstable() -> None:
    rows = Rows(["2014-01"])
    flr = INDICATORS["flr"]
    for n in (9, 10, -1):
        rows.add(flr, 0.5, n)
    rows.add(flr, float("nan"), 5)
    table = rows.table()
    assert table["unstable"].to_pylist() == [True, False, False]
    assert table["rests_on"].to_pylist() == [9, 10, None]


# --- the law ------------------------------------------------------------------------------------


def test_ranks_are_adequate_down_to_local_regulations() -> None:
    assert [r for r in RANKS if adequate(r)] == list(RANKS[:5])


def test_a_place_without_law_of_its_own_has_that_of_the_nation_only(catalogue: Catalogue) -> None:
    law = Said(catalogue, ("cn", "beijing", "tibet", "rongcheng"))
    day = day_of(dt.date(2020, 6, 30))
    assert not law.sets(day, own=True)[0].any()
    assert (law.sets(day) >= law.sets(day)[0]).all()
    assert law.sets(day)[3].sum() > law.sets(day)[2].sum()


def test_no_law_before_the_first(catalogue: Catalogue) -> None:
    assert not Said(catalogue, ("beijing",)).sets(day_of(dt.date(1949, 1, 1))).any()


def test_the_court_list_is_linked_to_those_who_act_on_it(catalogue: Catalogue) -> None:
    early, late = (exchange_graph(catalogue, day_of(dt.date(y, 12, 31))) for y in (2013, 2018))
    assert late.sum() > early.sum()
    assert not np.diag(late).any()


def test_the_wage_list_offers_notice_from_its_first_version(catalogue: Catalogue) -> None:
    it = catalogue.instruments["wage_arrears_list"]
    assert {"notice", "objection", "review", "suit"} <= offered(it, it.versions[0])
    assert offered(it, None) == frozenset()
    assert offered(it, it.versions[0]) <= set(SAFEGUARDS)


# --- weights ------------------------------------------------------------------------------------


def test_every_measure_has_a_weight_and_rewards_have_none(catalogue: Catalogue) -> None:
    for name, measure in catalogue.measures.items():
        weight = weight_of(catalogue, name)
        assert weight.range[0] <= weight.value <= weight.range[1]
        assert (weight.value == 0) == (measure.nature == "reward"), name


def test_weights_name_what_there_is(catalogue: Catalogue) -> None:
    found = burden()
    assert set(found.measures) <= set(catalogue.measures)
    assert set(found.categories) <= {m.category for m in catalogue.measures.values()}
    assert set(found.natures) == {m.nature for m in catalogue.measures.values()}
    assert set(found.ordinary) <= set(catalogue.documents)


def test_a_refused_flight_is_the_unit(catalogue: Catalogue) -> None:
    assert weight_of(catalogue, "m_no_fly").value == 1


def test_good_conduct_has_no_ordinary_penalty() -> None:
    weights = {f.id: ordinary_weight(f) for f in rates()}
    assert weights["tax_year_a"] == 0
    assert weights["crime_sentenced"] > weights["traffic_fine"] > 0


def test_terms_lie_within_their_ranges() -> None:
    assert {"fields_kept", "tau0", "reach_months", "adequate_rank"} == set(terms())


# --- the page -----------------------------------------------------------------------------------


def test_the_page_of_indicators_is_the_one_made() -> None:
    """Where this fails: python -m xinyong.indicators.page docs/indicators.md."""
    made = Path(__file__).resolve().parent.parent / "docs" / "indicators.md"
    assert made.read_text(encoding="utf-8") == page()
