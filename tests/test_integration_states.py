"""Integration is three states that run, each on its own."""

from __future__ import annotations

import numpy as np
import pytest

from xinyong.assumptions import assumptions
from xinyong.institutions.integration import states_of

GIVEN = assumptions()
MONTHS, LEAVES = 84, 3
QUIET = np.zeros((MONTHS, LEAVES))
DIGITAL = np.array([0.4, 0.6, 0.8])


def value(name: str) -> float:
    return GIVEN.value(f"integration.{name}")


def test_rules_and_law_have_their_closed_forms_in_quiet_times() -> None:
    found = states_of(GIVEN, MONTHS, QUIET, DIGITAL, 0.4, three=True)
    t = np.arange(MONTHS)
    assert found.rules is not None
    assert found.law is not None
    rules = 1 - (1 - value("rules_start")) * (1 - value("rules_growth") * value("staff")) ** t
    law = 1 - (1 - value("law_start")) * (1 - value("law_growth")) ** t
    assert np.allclose(found.rules, rules)
    assert np.allclose(found.law, law)


def test_links_alone_grow_logistically_as_without_the_other_states() -> None:
    found = states_of(GIVEN, MONTHS, QUIET, DIGITAL, 0.4, three=False)
    assert found.rules is None
    assert found.law is None
    w = np.full(LEAVES, value("start"))
    for m in range(MONTHS):
        assert np.allclose(found.links[:, m], w)
        w = w + value("growth") * value("staff") * DIGITAL * w * (1 - w)


def test_an_emergency_may_speed_one_state_and_slow_the_others() -> None:
    """So that no one number can say whether it hastened integration."""
    loud = QUIET.copy()
    loud[60:] = 0.5
    given = GIVEN.changed({"integration.spill_over": 0.5, "integration.barrier": 0.05})
    calm, storm = (states_of(given, MONTHS, e, DIGITAL, 0.4, three=True) for e in (QUIET, loud))
    assert (storm.links[:, -1] > calm.links[:, -1]).all()
    assert calm.rules is not None and storm.rules is not None  # noqa: PT018
    assert calm.law is not None and storm.law is not None  # noqa: PT018
    assert (storm.rules[:, -1] < calm.rules[:, -1]).all()
    assert storm.law[-1] < calm.law[-1]
    assert np.array_equal(storm.rules[:, :61], calm.rules[:, :61])


@pytest.mark.parametrize(("name", "moves"), [
    ("law_growth", {"law"}), ("law_attention", {"law"}), ("rules_growth", {"rules", "links"}),
    ("growth", {"links"}),
])  # fmt: skip
def test_each_state_moves_by_its_own_numbers(name: str, moves: set[str]) -> None:
    loud = QUIET + 0.2
    base = states_of(GIVEN, MONTHS, loud, DIGITAL, 0.4, three=True)
    given = GIVEN.changed({f"integration.{name}": value(name) / 2})
    other = states_of(given, MONTHS, loud, DIGITAL, 0.4, three=True)
    moved = {
        part
        for part, a, b in zip(base._fields, base, other, strict=True)
        if not np.array_equal(a, b)  # type: ignore[arg-type]
    }
    assert moved == moves
