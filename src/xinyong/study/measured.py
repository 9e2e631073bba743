"""The counts that studies on runs share, and what of them is reported."""

from __future__ import annotations

from xinyong.engine.advance import FLOWS
from xinyong.engine.leaf_run import ACTS, LeafRun
from xinyong.engine.world import World
from xinyong.study.arms import ALL, Counts, Indicator
from xinyong.study.copies import COLUMNS, read

__all__ = [
    *("COURT", "FIRST", "LAST", "VARIED", "black_lists", "counted", "missed", "mistaken_share"),
    *("wrongful", "zombies"),
]

#: The span of studies on runs: the court list under its version of 2017, all its measures
#: and the signatories of its memorandum there from the first day.
FIRST, LAST = "2017-05", "2021-12"
#: Assumptions that studies on runs take to the ends of their ranges, one at a time; those that
#: bear on travel alone come first, as they take no run of their own.
VARIED = (
    "exchange.coverage_add",
    "exchange.coverage_withdraw",
    "exchange.delay_withdraw",
    "identity.hop_wrong.person_after",
    "integration.growth",
    "identity.wrong",
    "false_records.per_case",
    "exit.spc_defaulters.objection",
    "steps.late_share",
)
#: The group of entries on the judgment defaulters list.
COURT = "spc_defaulters"

missed = Indicator(
    "listings that did not arrive", "per 100 measure-months on paper", "missed", "paper", 100
)
mistaken_share = Indicator(
    "mistaken among what authorities hold", "per 10,000 measure-months", "mistaken", "received",
    10_000, "mistakes",
)  # fmt: skip
zombies = Indicator(
    "measures after removal", "zombie measure-months per 100 entries", "zombie", "entries", 100,
    "removed",
)  # fmt: skip
wrongful = Indicator(
    "wrongful measures: mistaken, or after removal", "measure-months per 100 entries", "wrongful",
    "entries", 100,
)  # fmt: skip


def black_lists(world: World) -> list[int]:
    """Return the positions of the black lists among the instruments that are run."""
    instruments = world.law.catalogue.instruments
    return [
        i for i, name in enumerate(world.law.instruments)
        if instruments[name].kind == "list" and instruments[name].polarity == "black"
    ]  # fmt: skip


def counted(world: World, runs: list[LeafRun]) -> Counts:
    """Return what came of the entries on black lists, and the work behind them.

    The group `ALL` has every black list, `COURT` the judgment defaulters list. The columns
    are those of `copies.COLUMNS`; beside them ``mistakes`` (mistaken entries, and copies that
    went astray), ``processed`` (acts recorded), ``false``,
    ``decided`` (listing decisions of courts), ``annulled`` and ``ended`` (ends of entries).
    """
    table = read(world, runs)
    black = black_lists(world)
    out: Counts = {}
    groups = {ALL: black}
    if COURT in world.law.instruments:
        groups[COURT] = [world.law.instruments.index(COURT)]
    exits = [j for j, name in enumerate(FLOWS) if name.startswith("exit_")]
    for group, lists in groups.items():
        found = table[lists].sum(axis=(0, 1)) if lists else [0] * len(COLUMNS)
        for name, value in zip(COLUMNS, found, strict=True):
            out[group, name] = float(value)
        flow = sum(run.flow[:, lists].sum(axis=(0, 1, 2)) for run in runs)
        out[group, "annulled"] = float(flow[FLOWS.index("exit_annulled")]) if lists else 0.0
        out[group, "ended"] = float(sum(flow[j] for j in exits)) if lists else 0.0
        out[group, "mistakes"] = out[group, "entries_mistaken"] + out[group, "copies_astray"]
    acts = sum(run.acts.sum(axis=(0, 1, 2)) for run in runs)
    out[ALL, "processed"] = float(acts[ACTS.index("recorded")])
    out[ALL, "false"] = float(acts[ACTS.index("false")])
    out[ALL, "decided"] = float(sum(run.queue[:, 0].sum() for run in runs))
    return out
