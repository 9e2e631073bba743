"""From a world and its tables to the table of derived indicators."""

from __future__ import annotations

import pyarrow as pa

from xinyong.engine.spells import SAMPLE
from xinyong.engine.world import World
from xinyong.indicators.base import Counts, Inputs, spells_of
from xinyong.indicators.derive import derive

__all__ = ["derived_table", "inputs_of"]


def inputs_of(world: World, indicators: pa.Table, entries: pa.Table) -> Inputs:
    """Return what indicators are computed from.

    Args:
        world: of the run.
        indicators: its table of counts.
        entries: its table of entries.
    """
    scenario = world.scenario
    first = scenario.first_month
    months = tuple(f"{m // 12}-{m % 12 + 1:02d}" for m in range(first, first + scenario.months))
    return Inputs(
        catalogue=world.catalogue,
        run=world.run,
        given=world.given,
        rates=world.rates,
        society=world.society,
        network=world.network,
        link=world.link,
        names=world.measure_names,
        begins=world.measures.begins,
        ends=world.measures.ends,
        vertical=world.vertical,
        states=world.states,
        first_month=first,
        months=months,
        counts=Counts(indicators, months),
        spells=spells_of(entries, world.society),
        sample=1 << world.sample_shift,
        file_sample=SAMPLE if scenario.keep == "indicators" else 1,
        friction=scenario.mechanisms.friction,
    )


def derived_table(world: World, indicators: pa.Table, entries: pa.Table) -> pa.Table:
    """Return the table of derived indicators (see `xinyong.results`)."""
    return derive(inputs_of(world, indicators, entries))
