"""Q6: who bears the errors, if all groups act alike?"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from xinyong import places
from xinyong.assumptions import assumptions
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.scenario import Scenario
from xinyong.engine.state import CASE_FALSE, CASE_MISATTACHED, N_ENTRIES
from xinyong.engine.world import World
from xinyong.language import Sentence
from xinyong.society.strata import LABELS
from xinyong.study.answer import Answer, Matter, Row, figure
from xinyong.study.arms import ALL, FEW, Arm, Counts, Outcome, run_arms, scenario
from xinyong.study.interval import ratio_difference
from xinyong.study.matters import two
from xinyong.study.measured import FIRST, LAST, black_lists
from xinyong.study.settings import Settings
from xinyong.study.varied import varied_arms, varied_trials

__all__ = ["answer", "arms", "by_group", "groups_of"]

_ADULT = 2  # position of the first age band of adults
#: Holders of a name in the nation: from none in particular to the commonest names.
_COMMON = ((0, "name shared by under 1,000"), (1_000, "name shared by 1,000 to 99,999"),
           (100_000, "name shared by 100,000 or more"))  # fmt: skip
_MISTAKEN = CASE_FALSE | CASE_MISATTACHED
_BEHIND = ("stands behind no body", "stands behind a firm or other body")
#: Assumptions tried; how often records go wrong stands at the upper end of its range.
_TRIED = ("digital.medium", "identity.missed", "exit.spc_defaulters.objection")
_WRONG, _RIGHT, _ADULTS = "wrongly", "rightly", "adults"


def arms() -> tuple[Arm, ...]:
    """Return the arms; errors stand at the upper ends of their ranges in both."""
    given = assumptions()
    high = {
        name: (given[name].range or (0.0, given.value(name)))[1]
        for name in ("identity.wrong", "false_records.per_case")
    }
    return (
        Arm("as_is", "all groups act alike; records go wrong at the upper ends of their ranges",
            assume=high),
        Arm("places_alike", "the same, and all places record and connect alike",
            mechanisms={"digital": False}, assume=high),
    )  # fmt: skip


def _tiers() -> list[str]:
    """Return how digital each leaf is assessed to be, in words."""
    text = files("xinyong.institutions").joinpath("data/digital.csv").read_text("utf-8")
    tier = {row["place"]: row["tier"] for row in csv.DictReader(text.splitlines())}
    words = {place: f"place assessed as {it.replace('_', ' ')}" for place, it in tier.items()}
    return [words[places.province(leaf)] for leaf in places.leaves()]


def groups_of(
    world: World, place: int, person: NDArray[np.int64]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield every group with a mask of the persons who belong to it.

    Args:
        world: the world.
        place: the leaf.
        person: int64[n], indices of adults there.
    """
    s = world.society.strata
    row = world.society.stratum_of(place, 0, person)
    for attribute in ("age", "residence", "education", "income"):
        codes = getattr(s, attribute)[row]
        for code, label in enumerate(LABELS[attribute]):
            if attribute != "age" or code >= _ADULT:
                yield f"{attribute} {label.replace('_', ' ')}", codes == code
    holders = world.links.commonness(place, person)
    bins = np.searchsorted([low for low, _ in _COMMON], holders, side="right") - 1
    for code, (_, label) in enumerate(_COMMON):
        yield label, bins == code
    kind, index = world.links.represented_by(place, person)
    last = world.scenario.first_month + world.scenario.months - 1
    alive = world.society.alive(np.full(len(kind), place), np.maximum(kind, 0), last)
    behind = (kind > 0) & (index < alive)
    for flag, label in enumerate(_BEHIND):
        yield label, behind == bool(flag)
    everybody = np.ones(len(person), np.bool_)
    yield _tiers()[place], everybody
    yield f"province {places.province(places.leaves()[place])}", everybody
    yield ALL, everybody


def by_group(world: World, runs: list[LeafRun]) -> Counts:
    """Count adults, and persons ever wrongly or rightly listed, by group.

    A person with a mistaken entry on any black list counts once as wrongly listed; the same
    for entries that rest on an act of its own, or were copied from a body it stands behind.
    """
    black = black_lists(world)
    out: Counts = {}

    def add(place: int, name: str, person: NDArray[np.int64]) -> None:
        if len(person):
            for group, mine in groups_of(world, place, person):
                out[group, name] = out.get((group, name), 0.0) + float(mine.sum())

    for run in runs:
        low, total = world.society.minors[run.place], world.society.totals[run.place, 0]
        add(run.place, _ADULTS, np.arange(low, total, dtype=np.int64))
        leaf = run.leaf
        en = leaf.en[: int(leaf.counts[N_ENTRIES])]
        en = en[np.isin(en["inst"], black)]
        cases = leaf.cs[en["case"]]
        subject = leaf.lg["subject"][cases["ledger"]]
        person = subject >> 32 == 0
        mistaken = (cases["flags"] & _MISTAKEN) != 0
        add(run.place, _WRONG, np.unique(subject[person & mistaken]))
        add(run.place, _RIGHT, np.unique(subject[person & ~mistaken]))
    return out


def ratio(found: Outcome, arm: str, group: str, name: str) -> Row:
    """Return how often a group is listed, as a ratio to all adults of the same runs."""
    mine, all_ = found.column(arm, group, name), found.column(arm, ALL, name)
    adults, everybody = found.column(arm, group, _ADULTS), found.column(arm, ALL, _ADULTS)
    top = [x * n for x, n in zip(mine, everybody, strict=True)]
    bottom = [x * n for x, n in zip(all_, adults, strict=True)]
    got = ratio_difference(bottom, bottom, top, bottom)
    return Row(
        arm, group, f"{name} listed, ratio to all adults", "ratio of rates", got.baseline,
        got.value, got.difference, got.low, got.high, len(mine), sum(mine) < FEW,
    )  # fmt: skip


def _matters(base: Scenario, settings: Settings, wrong: Sequence[Row]) -> tuple[Matter, Matter]:
    """Return the two assumptions that move the ratio of the group that errors hit most."""
    group = max(wrong, key=lambda r: r.value).group if wrong else _BEHIND[1]
    plain = arms()[0]
    found = run_arms(base, varied_arms(_TRIED, plain), by_group, 1, settings.progress,
                     with_twin=False)  # fmt: skip

    def rate(arm: str) -> float:
        return ratio(found, arm, group, _WRONG).value

    said = Sentence(
        "how often '{group}' is wrongly listed, over all adults,", group=Sentence(group)
    )
    return two(said, rate(plain.name), varied_trials(_TRIED, rate, plain))


def answer(settings: Settings) -> Answer:
    """Return the answer."""
    base = scenario(settings, "q6-groups", FIRST, LAST)
    found = run_arms(base, arms(), by_group, settings.replicates, settings.progress)
    groups = [g for g, name in found.counts["as_is"][0] if name == _ADULTS and g != ALL]
    tiers = sorted(set(_tiers()))
    rows = [ratio(found, "as_is", g, n) for g in groups for n in (_WRONG, _RIGHT)]
    rows += [ratio(found, "places_alike", g, n) for g in tiers for n in (_WRONG, _RIGHT)]
    wrong = [
        r for r in rows
        if r.arm == "as_is" and r.indicator.startswith(_WRONG) and not r.unstable
        and not r.group.startswith("province ")
    ]  # fmt: skip
    apart = [r for r in wrong if r.low is not None and r.high is not None and r.low * r.high > 0]
    said = [
        Sentence(
            "{group} {value} ({low} to {high})", group=Sentence(r.group), value=figure(r.value),
            low=figure(1 + (r.low or 0)), high=figure(1 + (r.high or 0)),
        )
        for r in sorted(apart, key=lambda r: -r.value)
    ]  # fmt: skip
    total = sum(found.column("as_is", ALL, _WRONG))
    findings = (
        Sentence(
            "{n} synthetic persons were wrongly listed in {runs} runs. Groups whose rate differs "
            "from that of all adults, its interval clear of it: {groups}. That is {apart} of {all} "
            "groups; if none differed, {chance} would be expected by chance alone.",
            n=figure(total), runs=str(settings.replicates), groups=said or Sentence("none"),
            apart=str(len(apart)), all=str(len(wrong)), chance=figure(len(wrong) / 20),
        ),
        "Age, residence, education and income do not bear on errors in this model: who is "
        "hit is drawn alike within a place. What differs comes through places and through "
        "roles: an entry of a firm is copied to whoever stands behind it, also if mistaken.",
        "Common names are not hit more often here: the chance of a wrong attachment is one "
        "number, whoever the record is about; only who is hit depends on the name.",
    )  # fmt: skip
    return Answer(
        "groups", "Q6", "Who bears the errors, if all groups act alike?",
        ("rights organisation", "journalist", "regulator", "researcher"), "A",
        ("all_adults", "all adults of the same runs"),
        {a.name: a.about for a in found.arms}, findings, tuple(rows),
        _matters(base, settings, wrong),
        (
            "Sex and migration: the society has neither. A chance of wrong attachment that "
            "rises with the number of namesakes: the model has none, and it could turn the "
            "finding on names.",
            "Differences in conduct or in whom authorities look at: conduct is equal by design.",
            "Who objects: every group is taken to object alike.",
            "Mistakes made on the way to other authorities: the model does not say whom they hit.",
        ),
        found.twin, found.provenance,
    )  # fmt: skip
