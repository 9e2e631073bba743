"""Paired arms: the same seeds, other rules, errors or timing; reduced at once to counts.

All arms of a replicate share its seed, and every draw is keyed by what it decides, so that
arms differ only where their inputs make them. Replicates have different seeds. A run lives in
memory until it is reduced to the counts a study needs.

*Reading again.* What travels between authorities feeds back on nothing: receipt is a function
of the entry (`institutions.exchange`). An arm that differs from one already simulated only in
assumptions about travel (`TRAVEL`) therefore needs no second simulation: the same entries are
accounted for again over its links. The result is that of a run of its own, to the bit (a test
compares the digests).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from numpy.typing import NDArray

from xinyong.assumptions import assumptions
from xinyong.engine.leaf_run import LeafRun, no_measures
from xinyong.engine.run import simulate
from xinyong.engine.scenario import Scenario
from xinyong.engine.spells import account
from xinyong.engine.tables import digest
from xinyong.engine.world import World, build, catalogue_of, travel_of
from xinyong.law.catalogue import Catalogue
from xinyong.study.answer import Matter, Row
from xinyong.study.interval import ratio_difference
from xinyong.study.settings import Progress, Settings, silent

__all__ = ["ALL", "FEW", "Arm", "Counts", "Indicator", "Outcome", "matter", "run_arms", "scenario"]

#: Figures resting on fewer subjects than this are unstable.
FEW = 10
#: The group of everybody.
ALL = "all"
#: Assumptions that bear on nothing but what travels between authorities, and who asks them.
TRAVEL = ("exchange.", "identity.hop_", "integration.", "asked.")

#: Counts of a run, by group and name.
Counts = dict[tuple[str, str], float]
Reduce = Callable[[World, list[LeafRun]], Counts]
Number = float | Mapping[str, float]


@dataclass(frozen=True)
class Arm:
    """One set of overrides of a scenario.

    Attributes:
        name: in rows; about: in words.
        mechanisms: mechanisms to switch; assume: other numbers; amend: of the law.
    """

    name: str
    about: str
    mechanisms: Mapping[str, bool] = field(default_factory=dict)
    assume: Mapping[str, Number] = field(default_factory=dict)
    amend: tuple[str, ...] = ()

    def over(self, base: Scenario) -> Scenario:
        """Return a scenario with the overrides of the arm."""
        data = base.model_dump(by_alias=True)
        data["mechanisms"] = data["mechanisms"] | dict(self.mechanisms)
        data["assume"] = data["assume"] | {k: _plain(v) for k, v in self.assume.items()}
        data["amend"] = (*base.amend, *self.amend)
        return Scenario.model_validate(data)


def _plain(value: Number) -> float | dict[str, float]:
    return dict(value) if isinstance(value, Mapping) else float(value)


@dataclass(frozen=True)
class Indicator:
    """A ratio of counts of a run.

    Attributes:
        name, unit: in rows.
        top: the count above; bottom: the count below (none: one a replicate).
        per: what the ratio is multiplied by.
        rests_on: the count of subjects or entries that must reach `FEW`; `top` if left out.
    """

    name: str
    unit: str
    top: str
    bottom: str = ""
    per: float = 1.0
    rests_on: str = ""


@dataclass(frozen=True)
class Outcome:
    """The counts of all arms.

    Attributes:
        base: scenario of the baseline in its first replicate.
        arms: the baseline first.
        counts: for each arm, the counts of its replicates.
        digests: for each arm, the digests of its runs.
        catalogue: digest of the law of the baseline.
        twin: the largest difference of any count of the twin.
    """

    base: Scenario
    arms: tuple[Arm, ...]
    counts: Mapping[str, Sequence[Counts]]
    digests: Mapping[str, Sequence[str]]
    catalogue: str
    twin: float

    def column(self, arm: str, group: str, name: str) -> list[float]:
        """Return one count of an arm, a value a replicate (0 where it was not counted)."""
        return [c.get((group, name), 0.0) for c in self.counts[arm]]

    def row(self, arm: str, indicator: Indicator, group: str = ALL, against: str = "") -> Row:
        """Return the figure of an arm beside that of another (the baseline)."""
        before, after = against or self.arms[0].name, arm
        tops = [self.column(a, group, indicator.top) for a in (before, after)]
        if indicator.bottom:
            bottoms = [self.column(a, group, indicator.bottom) for a in (before, after)]
        else:
            bottoms = [[1.0] * len(t) for t in tops]
        found = ratio_difference(tops[0], bottoms[0], tops[1], bottoms[1])
        rests = indicator.rests_on or indicator.top
        fewest = min(sum(self.column(a, group, rests)) for a in (before, after))
        k = indicator.per
        return Row(
            arm, group, indicator.name, indicator.unit,
            found.baseline * k, found.value * k, found.difference * k,
            None if found.low is None else found.low * k,
            None if found.high is None else found.high * k,
            len(tops[0]), fewest < FEW,
        )  # fmt: skip

    def rows(self, indicators: Sequence[Indicator], groups: Sequence[str] = (ALL,)) -> list[Row]:
        """Return the figures of every arm but the baseline."""
        return [
            self.row(arm.name, indicator, group)
            for arm in self.arms[1:]
            for group in groups
            for indicator in indicators
        ]

    @property
    def provenance(self) -> dict[str, Any]:
        """Scenario, seeds and digests."""
        first = self.base.seed
        return {
            "scale": self.base.scale,
            "from": self.base.from_,
            "to": self.base.until,
            "scenario": self.base.model_dump(by_alias=True, mode="json"),
            "overrides": {
                arm.name: {
                    "mechanisms": dict(arm.mechanisms),
                    "assume": {k: _plain(v) for k, v in arm.assume.items()},
                    "amend": list(arm.amend),
                }
                for arm in self.arms
            },
            "seeds": [first + r for r in range(len(self.counts[self.arms[0].name]))],
            "catalogue_digest": self.catalogue,
            "run_digests": {name: list(found) for name, found in self.digests.items()},
        }


def scenario(settings: Settings, name: str, first: str, last: str, **given: Any) -> Scenario:
    """Return the scenario of a study's baseline; entries are kept, so that it can be read."""
    data = {"name": name, "scale": settings.scale, "seed": settings.seed, "keep": "entries"}
    return Scenario.model_validate(data | {"from": first, "to": last} | given)


def twin_of(arms: Sequence[Arm]) -> Arm:
    """Return the no-change twin: everything any arm changes, set to what it is anyway."""
    given = assumptions().changed(
        {k: _plain(v) for k, v in arms[0].assume.items()}
    )  # what the baseline itself sets
    same: dict[str, Number] = {}
    for name in sorted({name for arm in arms for name in arm.assume}):
        row = given[name]
        same[name] = dict(row.values) if row.values is not None else float(row.value or 0.0)
    switched = sorted({name for arm in arms for name in arm.mechanisms})
    on = Scenario().mechanisms
    mechanisms = {n: bool(arms[0].mechanisms.get(n, getattr(on, n))) for n in switched}
    return Arm("no_change_twin", "the baseline, said again", mechanisms, same, arms[0].amend)


def over_links(world: World, other: Scenario) -> World:
    """Return a world over the links of another scenario that lives alike."""
    given = assumptions().changed(other.assume)
    asked = any(n.startswith("asked.") for n in {*other.assume, *world.scenario.assume})
    lag = "exchange.link_lag"
    like = None if asked or given.value(lag) != world.given.value(lag) else world
    gates = world.measure_gates
    travel = travel_of(other, world.law, given, world.emergency, like, gates)
    return replace(world, scenario=other, given=given, **travel._asdict())


def read_again(world: World, runs: list[LeafRun]) -> list[LeafRun]:
    """Account for the measures of entries over the links of another world; entries are kept."""
    found = []
    counts: dict[int, tuple[NDArray[Any], NDArray[Any]]] = {}  # shared as in the run
    for run in runs:
        if id(run.measures) not in counts:
            counts[id(run.measures)] = no_measures(world)
        measures, felt = counts[id(run.measures)]
        again = replace(run, measures=measures, felt=felt)
        account(
            again.leaf, again.place, world.measures, world.others, world.link, world.keys,
            world.sample_shift, world.scenario.first_month, again.measures, again.felt,
        )  # fmt: skip
        found.append(again)
    return found


def run_arms(
    base: Scenario,
    arms: Sequence[Arm],
    reduce: Reduce,
    replicates: int,
    progress: Progress = silent,
    again: bool = True,
    with_twin: bool = True,
) -> Outcome:
    """Run all arms in all replicates, the twin in the first, and count.

    Args:
        base: scenario without overrides; `keep` must not be ``indicators``.
        arms: the baseline first.
        reduce: counts of a run.
        replicates: how many seeds, from that of `base` on.
        progress: told after every run.
        again: read the entries of an earlier arm again where that is enough. Those of the
            baseline and of the arm simulated last are held, so arms that live alike are best
            named one after the other.
        with_twin: run the twin; left out where the same arms have had theirs.

    Raises:
        ScenarioError: an override does not exist or does not fit.
    """
    laws: dict[tuple[str, ...], Catalogue] = {}
    counts: dict[str, list[Counts]] = {arm.name: [] for arm in arms}
    digests: dict[str, list[str]] = {arm.name: [] for arm in arms}
    twin = twin_of(arms)
    total = len(arms) * replicates + with_twin
    done, apart = 0, 0.0

    def law(given: Scenario) -> Catalogue:
        if given.amend not in laws:
            laws[given.amend] = catalogue_of(given)
        return laws[given.amend]

    for r in range(replicates):
        seeded = base.model_copy(update={"seed": base.seed + r})
        held: dict[str, tuple[World, list[LeafRun]]] = {}
        for arm in (*arms, twin) if r == 0 and with_twin else arms:
            given = arm.over(seeded)
            progress(done, total, f"{arm.name}, seed {given.seed}")
            life = _life(given)
            # The twin is always simulated: its zero has to be earned.
            if again and life in held and arm is not twin:
                world = over_links(held[life][0], given)
                runs = read_again(world, held[life][1])
            else:
                world = build(given, law(given))
                runs = simulate(world)
                for other in list(held)[1:]:
                    del held[other]
                held[life] = world, runs
            found = reduce(world, runs)
            if arm is twin:
                apart = _apart(counts[arms[0].name][0], found)
            else:
                counts[arm.name].append(found)
                digests[arm.name].append(digest(runs))
            done += 1
            progress(done, total, f"{arm.name}, seed {given.seed}")
    return Outcome(base, tuple(arms), counts, digests, law(arms[0].over(base)).digest, apart)


def _life(given: Scenario) -> str:
    """Return all of a scenario but travel: runs alike in it have the same entries."""
    data = given.model_dump(by_alias=True, mode="json")
    data["assume"] = {k: v for k, v in data["assume"].items() if not k.startswith(TRAVEL)}
    return json.dumps(data, sort_keys=True)


def _apart(one: Counts, other: Counts) -> float:
    return max((abs(one.get(k, 0.0) - other.get(k, 0.0)) for k in one | other), default=0.0)


def matter(name: str, why: str) -> Matter:
    """Return an assumption of the simulation as one that matters."""
    row = assumptions()[name]
    value = row.value if row.value is not None else list((row.values or {}).values())[-1]
    return Matter(row.id, row.about, value, row.range or (value, value), why, row.status)
