"""How much paired arms save: variance of a difference, paired over unpaired.

    .venv/bin/python benchmarks/pairing.py default [--scale 2000] [--replicates 12]
    .venv/bin/python benchmarks/pairing.py studies

Two tables: the default scenario against itself with one thing changed (a dated value, or one
mechanism switched off), and the headline contrasts of the studies on runs. Arms of one
replicate share a seed. With R seeds, the variance of the paired difference is set over the sum
of the variances of the two arms, which is what the difference of two runs with seeds of their
own would have. The design asks for at most a fifth. The interval is a jackknife over seeds, of
the logarithm, at 95 %.

Ten seeds say little about a variance that rests on few, very unequal subjects. So the studies'
ratios are measured a second time, *by case*: what comes of one act is independent of what comes
of another but for queues and campaigns, so the variance of a sum over acts is that of a compound
Poisson count, the sum of squares over acts, and thousands of acts estimate it. Both ratios are
printed; the design's fifth is asked of that over seeds, and where the two fall on different
sides of it the one by case says whether the other is chance.

What an arm adds or takes away is luck of its own, which no pairing removes: it still varies as a
count does. So counting alone leaves of the variance of unpaired runs what is added and taken
away, over the events of both arms. What is added and taken away is measured by place, list and
kind of subject of each seed, because much can come and go while the sum stays. Where that
*floor* is above a fifth, a ratio above a fifth is called *out of reach*, and pairing is judged on
smaller changes. (Where the same events grow longer, not more, a ratio can lie below it.)
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinyong.dates import first_day
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.scenario import Scenario
from xinyong.engine.state import N_ENTRIES
from xinyong.engine.world import World
from xinyong.jit import lean
from xinyong.study.arms import ALL, Arm, Counts, Indicator, Outcome, run_arms, scenario
from xinyong.study.copies import COLUMNS, _bodies, _read_entry, read
from xinyong.study.interval import t_quantile
from xinyong.study.measured import (
    FIRST,
    LAST,
    black_lists,
    counted,
    missed,
    mistaken_share,
    wrongful,
    zombies,
)
from xinyong.study.questions import q4_zombie as q4
from xinyong.study.questions import q5_interoperability as q5
from xinyong.study.questions import q6_groups as q6
from xinyong.study.questions import q9_safeguards as q9
from xinyong.study.settings import SEED, Settings

#: The most that the design allows.
MOST = 0.2
#: How groups of counts begin that are of one place, list and kind of subject.
CELL = "cell/"
_WRONGLY = Indicator("adults wrongly listed", "per 10,000", "wrongly", "adults", 10_000)


@dataclass(frozen=True)
class Contrast:
    """A headline of a study: two of its arms, and what they differ in."""

    study: str
    before: str
    after: str
    indicators: tuple[Indicator, ...]


CONTRASTS = (
    Contrast("Q4", "withdrawals_x1", "withdrawals_x4", (q4.year, q4.copies[0])),
    Contrast("Q4", "withdrawals_x1", "all_arrive_x1", (zombies,)),
    Contrast("Q5", "reach_10", "reach_90", (missed, q5.mistaken, wrongful, q5.exposure)),
    Contrast("Q5", "reach_50", "reach_90", (zombies, mistaken_share)),
    Contrast("Q5", "reach_70", "reach_90", (q5.mistaken, wrongful, q5.exposure)),
    Contrast("Q6", "q6_as_is", "places_alike", (_WRONGLY,)),
    Contrast("Q9", "as_is", "time_limit", (wrongful,)),
    Contrast("Q9", "as_is", "notice", (wrongful, q9.mistaken)),
    Contrast("Q9", "as_is", "second_key", (wrongful, q9.mistaken)),
    Contrast("Q9", "as_is", "objection_desk", (wrongful, q9.mistaken)),
    Contrast("Q9", "as_is", "sunset", (wrongful, zombies)),
)  # fmt: skip


#: The default scenario, and itself with one thing changed.
REFERENCE = (
    Arm("as_is", "the default scenario"),
    Arm(
        "one_year",
        "debtors who evade are listed for one year, not two",
        amend=(
            "spc_defaulters.versions.v2017.provisions.ground_2.effect.term="
            "{n: 1, unit: year, from: decided}",
        ),
    ),
    *(
        Arm(f"no_{name}", f"without {name}", {name: False})
        for name in (
            *("false_records", "identity", "redress", "campaigns", "gates", "others"),
            *("regional", "objection", "emergency", "epidemic"),
        )
    ),
)
#: What a change of the default scenario is asked for.
HEADLINES = (
    Indicator("entries on black lists", "entries", "entries"),
    Indicator("measures in force where received", "measure-months", "received"),
    wrongful,
)


def arms() -> tuple[Arm, ...]:
    """Return the arms of all contrasts; those that live alike one after the other."""
    known = {a.name: a for a in (*q4.arms(), *q5.arms(), *q9.arms())}
    known |= {("q6_as_is" if a.name == "as_is" else a.name): a for a in q6.arms()}
    known["as_is"] = q9.arms()[0]
    names = dict.fromkeys(["as_is", *(n for c in CONTRASTS for n in (c.before, c.after))])
    return tuple(
        Arm(n, known[n].about, known[n].mechanisms, known[n].assume, known[n].amend) for n in names
    )


def ratios(counts: Sequence[Counts], indicator: Indicator) -> list[float]:
    """Return an indicator of each replicate."""
    found = [c.get((ALL, indicator.top), 0.0) for c in counts]
    below = [c[ALL, indicator.bottom] if indicator.bottom else 1.0 for c in counts]
    return [t / b for t, b in zip(found, below, strict=True)]


def share(before: Sequence[float], after: Sequence[float]) -> float:
    """Return the variance of the paired difference over that of an unpaired one."""
    apart = statistics.variance(before) + statistics.variance(after)
    paired = statistics.variance(a - b for a, b in zip(after, before, strict=True))
    return paired / apart if apart else math.nan


@lean
def _read_cases(
    leaf, black, place, table, link, keys, of, rank, first_month, months, horizon, out, since,
    until, acts, cases,
):  # fmt: skip
    """Read the entries on black lists one by one; returns how many there are."""
    n = 0
    for e in range(leaf.counts[N_ENTRIES]):
        inst = leaf.en[e].inst
        if inst >= 0 and black[inst]:
            case = leaf.en[e].case
            kind = leaf.lg[leaf.cs[case].ledger].subject >> 32
            for j in range(out.shape[2]):
                out[inst, kind, j] = 0
            _read_entry(
                e, leaf, place, table, link, keys, of, rank, first_month, months, horizon, out,
                since, until,
            )  # fmt: skip
            acts[n] = leaf.cs[case].act
            for j in range(out.shape[2]):
                cases[n, j] = out[inst, kind, j]
            n += 1
    return n


@dataclass(frozen=True)
class Cases:
    """What came of each act: uint64[n] acts, each once, and float64[n, COLUMNS]."""

    act: NDArray[np.uint64]
    count: NDArray[np.float64]

    @classmethod
    def of(cls, world: World, runs: list[LeafRun]) -> Cases:
        """Read a run; its sums are the counts of `counted` (checked)."""
        found, lists = _bodies(world), black_lists(world)
        black = np.zeros(len(world.law.instruments), np.bool_)
        black[lists] = True
        out = np.zeros((len(black), 8, len(COLUMNS)), np.int64)
        since, until = (np.zeros(len(found.rank), np.int64) for _ in range(2))
        first, months = world.scenario.first_month, world.scenario.months
        horizon = int(first_day(first + months))
        acts, counts = [], []
        for run in runs:
            size = int(run.leaf.counts[N_ENTRIES])
            act, count = np.zeros(size, np.uint64), np.zeros((size, len(COLUMNS)), np.int64)
            n = _read_cases(
                run.leaf, black, run.place, world.measures, world.link, world.keys, found.of,
                found.rank, first, months, horizon, out, since, until, act, count,
            )  # fmt: skip
            acts.append(act[:n])
            counts.append(count[:n])
        every = np.concatenate(counts)
        whole = read(world, runs)[lists].sum(axis=(0, 1))
        if (every.sum(axis=0) != whole).any():
            raise AssertionError("entries read one by one do not add up to those read together")
        act, at = np.unique(np.concatenate(acts), return_inverse=True)
        summed = np.zeros((len(act), len(COLUMNS)))
        np.add.at(summed, at.ravel(), every)
        return cls(act, summed)

    def pull(self, top: str, bottom: str | None, level: float) -> dict[int, float]:
        """Return by how much each act moves a ratio that stands at `level`."""
        moved = self.count[:, COLUMNS.index(top)].copy()
        if bottom:
            moved -= level * self.count[:, COLUMNS.index(bottom)]
            moved /= self.count[:, COLUMNS.index(bottom)].sum()
        return dict(zip(self.act.tolist(), moved.tolist(), strict=True))


def by_case(
    before: Sequence[Cases], after: Sequence[Cases], indicator: Indicator
) -> tuple[float, float, float]:
    """Return `share` as the acts tell it, and its interval by leaving out one seed at a time.

    Example:
        >>> def run(*n):
        ...     count = np.zeros((len(n), len(COLUMNS)))
        ...     count[:, 0] = n
        ...     return Cases(np.arange(len(n), dtype=np.uint64), count)
        >>> found = by_case([run(2, 1)] * 2, [run(2, 0)] * 2, Indicator("n", "n", "entries"))
        >>> round(found[0], 3)  # 1 squared, over 4 + 1 + 4
        0.111
    """
    names = (indicator.top, indicator.bottom)
    parts = []
    for one, two in zip(before, after, strict=True):
        pulls = []
        for arm, seeds in ((one, before), (two, after)):
            sums = [
                sum(float(c.count[:, COLUMNS.index(n)].sum()) for c in seeds) if n else 1.0
                for n in names
            ]
            pulls.append(arm.pull(*names, sums[0] / sums[1]))
        a, b = pulls
        apart = sum((a.get(k, 0.0) - b.get(k, 0.0)) ** 2 for k in {*a, *b})
        parts.append((apart, sum(x * x for p in pulls for x in p.values())))
    whole = [math.fsum(p[i] for p in parts) for i in (0, 1)]
    value = whole[0] / whole[1] if whole[1] else math.nan
    if not value > 0:
        return value, math.nan, math.nan
    n = len(parts)
    logs = [math.log((whole[0] - x) / (whole[1] - y)) for x, y in parts if whole[0] > x]
    mean = statistics.fmean(logs)
    half = t_quantile(0.975, n - 1) * math.sqrt((n - 1) / n * sum((x - mean) ** 2 for x in logs))
    return value, value * math.exp(-half), value * math.exp(half)


def celled(world: World, runs: list[LeafRun]) -> Counts:
    """Return what studies count, and beside it the entries and copies of every cell.

    A cell is a place, a list and a kind of subject; its group begins with `CELL`.
    """
    out = counted(world, runs)
    for run in runs:
        table = read(world, [run])
        for at in black_lists(world):
            for kind, row in enumerate(table[at]):
                cell = f"{CELL}{run.place}/{world.law.instruments[at]}/{kind}"
                out |= {(cell, n): float(x) for n, x in zip(COLUMNS, row, strict=True) if x}
    return out


def floor(before: Sequence[Counts], after: Sequence[Counts], name: str) -> float:
    """Return what counting alone leaves of the ratio: all that changes, over all there is.

    Args:
        before: the counts of one arm, one for each seed.
        after: those of the other, with the same seeds.
        name: of the count.

    Example:
        >>> cells = [{("cell/1", "n"): 8.0, ("cell/2", "n"): 2.0}]
        >>> other = [{("cell/1", "n"): 6.0, ("cell/2", "n"): 4.0}]
        >>> floor(cells, other, "n")  # two go and two come, of ten and ten
        0.2
    """
    change = total = 0.0
    for one, two in zip(before, after, strict=True):
        keys = {k for k in (*one, *two) if k[1] == name and k[0].startswith(CELL)}
        for key in keys or {(ALL, name)}:
            a, b = one.get(key, 0.0), two.get(key, 0.0)
            change, total = change + abs(a - b), total + a + b
    return change / total if total else 0.0


def verdict(value: float, least: float) -> str:
    """Return whether the budget is kept, missed, or cannot be kept by any pairing."""
    if math.isnan(value):
        return ""
    if value <= MOST:
        return "kept"
    return "out of reach" if least > MOST else "**MISSED**"


def jackknife(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    """Return the interval of `share` at 95 %, by leaving out one seed at a time."""
    n = len(before)
    logs = []
    for i in range(n):
        rest = [[x for j, x in enumerate(v) if j != i] for v in (before, after)]
        found = share(*rest)
        if not found > 0:
            return math.nan, math.nan
        logs.append(math.log(found))
    mean = statistics.fmean(logs)
    error = math.sqrt((n - 1) / n * sum((x - mean) ** 2 for x in logs))
    half = t_quantile(0.975, n - 1) * error
    middle = math.log(share(before, after))
    return math.exp(middle - half), math.exp(middle + half)


def table(
    found: Outcome, contrasts: Sequence[Contrast], cases: dict[str, list[Cases]] | None = None
) -> None:
    """Print the ratios of contrasts, those by case too where the cases were kept."""
    print(
        f"| | Arms | Outcome | Paired / unpaired | 95 % | {'By case | 95 % | ' * bool(cases)}"
        "Floor | |"
    )
    print(f"|---|---|---|---:|---|{'---:|---|' * bool(cases)}---:|---|")
    for c in contrasts:
        for indicator in c.indicators:
            before, after = (ratios(found.counts[name], indicator) for name in (c.before, c.after))
            value, (low, high) = share(before, after), jackknife(before, after)
            least = floor(found.counts[c.before], found.counts[c.after], indicator.top)
            said = f"{value:.3f} | {low:.3f} to {high:.3f}"
            if not value > 0:
                said = "0 | none differs" if value == 0 else "| none occurs"
            if cases and indicator.top in COLUMNS:
                one, low, high = by_case(cases[c.before], cases[c.after], indicator)
                said += f" | {one:.3f} | {low:.3f} to {high:.3f}"
            elif cases:
                said += " | |"
            name = c.before.removeprefix("q6_")
            print(
                f"| {c.study} | `{name}`, `{c.after}` | {indicator.name} | {said} "
                f"| {least:.3f} | {verdict(value, least)} |"
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["default", "studies"])
    parser.add_argument("--scale", type=int, default=2000)
    parser.add_argument("--replicates", type=int, default=12)
    given = parser.parse_args()
    began = time.perf_counter()
    settings = Settings(given.scale, given.replicates, SEED)
    if given.what == "default":
        default = Scenario()
        base = scenario(settings, "reference", default.from_, default.until)
        found = run_arms(base, REFERENCE, celled, given.replicates)
        table(found, [Contrast("Default", "as_is", a.name, HEADLINES) for a in REFERENCE[1:]])
    else:
        base = scenario(settings, "pairing", FIRST, LAST)
        named = arms()
        read_in_turn: list[Cases] = []

        def reduce(world: World, runs: list[LeafRun]) -> Counts:
            read_in_turn.append(Cases.of(world, runs))
            return celled(world, runs) | q6.by_group(world, runs)

        found = run_arms(base, named, reduce, given.replicates, with_twin=False)
        cases = {a.name: read_in_turn[i :: len(named)] for i, a in enumerate(named)}
        table(found, CONTRASTS, cases)
    print(f"\n1:{given.scale:,}, {given.replicates} seeds, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
