"""Statistics of studies: intervals hold the truth as often as they say; what matters is found."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xinyong.study.answer import Matter
from xinyong.study.interval import LEVEL, mean_interval, ratio_difference
from xinyong.study.matters import Trial, own, two

TRIALS = 4_000


def off(found: int, n: int = TRIALS) -> float:
    """By how many standard errors a number of hits lies off what the level promises."""
    return (found / n - LEVEL) / math.sqrt(LEVEL * (1 - LEVEL) / n)


@pytest.mark.parametrize("replicates", [2, 3, 4, 8])
def test_intervals_of_paired_differences_hold_the_truth_as_often_as_they_say(
    replicates: int,
) -> None:
    """Two arms that share most of their luck; the truth of the difference is 3."""
    draws = np.random.default_rng(replicates)
    hits = 0
    for _ in range(TRIALS):
        shared = draws.normal(100, 10, replicates)
        one, two_ = shared + draws.normal(0, 1, (2, replicates))
        found = mean_interval(one.tolist(), (two_ + 3).tolist())
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 3 <= found.high
    assert abs(off(hits)) < 4


@pytest.mark.parametrize("replicates", [3, 4, 8])
def test_intervals_of_ratios_of_counts_hold_the_truth_nearly_as_often(replicates: int) -> None:
    """Counts as runs give them: 2,000 entries, of which 2 in 100 and 3 in 100 are mistaken.

    Arms share the entries, and what is mistaken in the first is so in the second. The interval of
    a ratio of totals is only nearly exact; here it may miss by two in a hundred, no more.
    """
    draws = np.random.default_rng(10 + replicates)
    hits = 0
    for _ in range(TRIALS):
        entries = draws.poisson(2_000, replicates)
        few = draws.binomial(entries, 0.02)
        more = few + draws.binomial(entries - few, 0.01 / 0.98)
        found = ratio_difference(*([float(x) for x in v] for v in (few, entries, more, entries)))
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0.01 <= found.high
    assert hits / TRIALS == pytest.approx(LEVEL, abs=0.02)


def test_an_interval_that_ignores_the_pairs_is_wider() -> None:
    draws = np.random.default_rng(1)
    shared = draws.normal(100, 10, 12)
    one, two_ = (shared + draws.normal(0, 1, (2, 12))).tolist()
    paired, apart = (mean_interval(one, arm) for arm in (two_, two_[1:] + two_[:1]))
    widths = [f.high - f.low for f in (paired, apart)]  # type: ignore[operator]
    assert widths[0] < widths[1] / 3


def trial(name: str, low: float, high: float) -> Trial:
    return Trial(Matter(name, f"what {name} is", 1.0, (0.0, 2.0), "No source."), (low, high))


def test_the_two_that_move_a_headline_most_are_named_with_what_it_became() -> None:
    """Around 5: one moves it by 1, one by 4 (downwards), one by 3."""
    tried = [trial("little", 4, 6), trial("most", 1, 6), trial("more", 5, 8)]
    first, second = two("the headline", 5.0, tried)
    assert (first.id, second.id) == ("most", "more")
    assert "the headline is 1 and 6 instead of 5" in first.why
    assert first.why.endswith("none moves it more. No source.")
    assert "of 3 assumptions tried one moves it more" in second.why


def test_an_assumption_of_the_study_itself_is_tried_at_both_ends() -> None:
    assert own("study.x", "what it is", 2.0, (1.0, 4.0), lambda x: 10 * x).at == (10.0, 40.0)
    with pytest.raises(ValueError, match="two assumptions or more"):
        two("the headline", 5.0, [trial("alone", 1, 2)])


def test_every_assumption_is_tried_at_the_ends_of_its_range_in_every_arm() -> None:
    from xinyong.study.arms import Arm
    from xinyong.study.varied import ends_of, varied_arms, varied_trials

    slow = Arm("slow", "slow", assume={"exchange.delay_withdraw": 40.0})
    names = ("identity.wrong", "exchange.delay_withdraw")
    made = varied_arms(names, Arm("as_is", "as it is"), slow)
    assert len(made) == 2 + 2 * 2 * 2 == len({arm.name for arm in made})
    low, high = ends_of("identity.wrong")
    assert [a.assume.get("identity.wrong") for a in made[:6]] == [None, None, low, low, high, high]
    assert {a.assume["exchange.delay_withdraw"] for a in made if a.name.startswith("slow")} == {
        40.0
    }
    known = {arm.name: arm for arm in made}
    found = varied_trials(
        names, lambda one, _: float(known[one].assume.get(names[0], 0.0)), made[0], made[1]
    )  # type: ignore[arg-type, return-value]
    assert found[0].at == (low, high)


def test_sensitivity_tries_no_headline_under_what_it_sets_itself() -> None:
    from xinyong.study.questions import q34_sensitivity as q34

    for h in q34.HEADLINES:
        mine = q34._settings(h)
        assert len(mine) % 2 == 1
        for varied in mine.values():
            assert not set(varied) & {*h.before, *h.after}
    names = {arm.name for arm in q34.arms()}
    for h in q34.HEADLINES:
        for setting in q34._settings(h):
            assert {q34._name(setting, h.before), q34._name(setting, h.after)} <= names
