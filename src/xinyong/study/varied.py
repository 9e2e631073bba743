"""Arms with one assumption after the other taken to the ends of its range; see `study.matters`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from xinyong.assumptions import assumptions
from xinyong.engine.scenario import Scenario
from xinyong.study.answer import Matter
from xinyong.study.arms import Arm, Indicator, Reduce, matter, run_arms
from xinyong.study.matters import Trial, two
from xinyong.study.settings import Progress, silent

__all__ = ["ends_of", "from_runs", "varied_arms", "varied_trials"]


def ends_of(name: str) -> tuple[float, ...]:
    """Return the ends of the range of an assumption of the simulation; none if it has none."""
    row = assumptions()[name]
    return tuple(row.range or ()) if row.value is not None else ()


def varied_arms(names: Sequence[str], *arms: Arm) -> tuple[Arm, ...]:
    """Return arms as assumed, then all of them with each assumption at each of its ends.

    Where an arm sets the assumption itself, its own number stands.
    """
    found = list(arms)
    for name in names:
        for end in ends_of(name):
            found += [
                replace(arm, name=_said(arm.name, name, end), assume={name: end, **arm.assume})
                for arm in arms
            ]
    return tuple(found)


def _said(arm: str, name: str, end: float) -> str:
    return f"{arm} | {name} = {end:g}"


def varied_trials(names: Sequence[str], headline: Callable[..., float], *arms: Arm) -> list[Trial]:
    """Return the trials of `varied_arms`.

    Args:
        names: of assumptions.
        headline: of the names of as many arms.
        arms: those that were varied.
    """
    found = []
    for name in names:
        at = [headline(*(_said(a.name, name, e) for a in arms)) for e in ends_of(name)]
        if len(at) == 2:
            found.append(Trial(matter(name, ""), (at[0], at[1])))
    return found


def from_runs(
    base: Scenario, names: Sequence[str], before: Arm, after: Arm, indicator: Indicator,
    headline: str, reduce: Reduce, progress: Progress = silent,
) -> tuple[Matter, Matter]:  # fmt: skip
    """Return the two that move the difference of two arms most, by runs with one seed.

    Args:
        base: the scenario of the study.
        names: assumptions to be tried, those that bear on travel alone first (they cost least).
        before: an arm.
        after: the arm whose difference from it is the headline.
        indicator: in which they differ.
        headline: in words, with its unit.
        reduce: counts of a run.
        progress: told after every run.
    """
    found = run_arms(base, varied_arms(names, before, after), reduce, 1, progress, with_twin=False)

    def difference(one: str, other: str) -> float:
        return found.row(other, indicator, against=one).difference

    trials = varied_trials(names, difference, before, after)
    return two(headline, difference(before.name, after.name), trials)
