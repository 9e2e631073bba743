"""Conduct of the emergency is drawn while the emergency is on, and where a norm hears of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conftest import Lived, live
from xinyong import places
from xinyong.conduct.rates import EPIDEMIC, check_rates, rates, with_files
from xinyong.dates import day_of
from xinyong.engine.ledgers import spells_in
from xinyong.engine.scenario import Mechanisms, Scenario
from xinyong.engine.verify_documents import lacking
from xinyong.engine.world import build
from xinyong.law.catalogue import load
from xinyong.law.compile import Law

FOUND = rates(EPIDEMIC)
OFF = Mechanisms(epidemic=False)
WINDOW: dict[str, Any] = {
    "scale": 500, "from_": "2019-11", "until": "2020-06", "keep": "all",
}  # fmt: skip


@pytest.fixture(scope="module")
def outbreak(rules: Law) -> Lived:
    """Half a year at 1:500 around the outbreak."""
    return live(rules, **WINDOW)


def test_no_family_of_the_emergency_is_protected_conduct() -> None:
    catalogue = load()
    check_rates(FOUND, catalogue.conducts)
    assert all(f.emergency > 0 for f in FOUND)
    split = {s.conduct for f in FOUND for s in f.split}
    assert "epidemic_rumour" not in split
    assert not any(catalogue.conducts[c].protected for c in split)


def test_acts_come_while_the_level_is_high_enough_and_where_a_norm_hears(outbreak: Lived) -> None:
    world, runs = outbreak
    seen = 0
    for f, family in enumerate(world.rates):
        if not family.emergency:
            continue
        for run in runs:
            by_month = run.acts[:, f, :, 0].sum(1)
            seen += int(by_month.sum())
            quiet = world.emergency[:, run.place] < family.emergency
            assert not by_month[quiet].any(), (family.id, places.leaves()[run.place])
            heard = any(s.family == f for s in world.streams[run.place])
            assert heard or not by_month.any()
    assert seen > 15


def test_its_lists_fill_in_their_places_after_their_first_day(outbreak: Lived) -> None:
    world, runs = outbreak
    seen: dict[str, int] = {}
    for run in runs:
        s = spells_in(run)
        for inst, start in zip(s["inst"].tolist(), s["start"].tolist(), strict=True):
            name = world.law.instruments[inst]
            if not name.startswith("epidemic_"):
                continue
            it = world.catalogue.instruments[name]
            seen[name] = seen.get(name, 0) + 1
            assert places.within(places.leaves()[run.place], it.reach.place)
            assert start >= day_of(it.versions[0].in_force.from_)
    assert len(seen) >= 2, seen
    assert "epidemic_red_shenzhen" in seen


def test_every_entry_has_the_document_its_provision_names(
    outbreak: Lived, nation: Lived, wendeng: Lived
) -> None:
    for world, runs in (outbreak, nation, wendeng):
        for run in runs:
            for row in range(0, int(run.leaf.counts[1]), 7):
                assert not list(lacking(world, run, row))


def test_off_is_a_model_without_it_and_moves_nothing_before_the_outbreak(rules: Law) -> None:
    short = {"scale": 20_000, "from_": "2019-06", "until": "2020-03"}
    world, off = live(rules, mechanisms=OFF, **short)
    full, on = live(rules, **short)
    n = len(world.rates)
    assert [f.id for f in full.rates][:n] == [f.id for f in world.rates]
    assert not any(f.emergency for f in world.rates)
    assert not any(name.startswith("epidemic_") for name in world.law.instruments)
    for a, b in zip(on, off, strict=True):
        assert np.array_equal(a.acts[:7, :n], b.acts[:7])  # June to December 2019
        assert not a.acts[:7, n:].any()


def test_without_an_emergency_there_is_no_conduct_of_it() -> None:
    world = build(Scenario(scale=100_000, mechanisms=Mechanisms(emergency=False)))
    assert not any(f.emergency for f in world.rates)
    both = with_files(rates(), [EPIDEMIC])
    assert len(both) == len(rates()) + len(FOUND)
