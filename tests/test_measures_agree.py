"""The simulation's table of measures and the calculator's measures due are one law."""

from __future__ import annotations

import datetime as dt

from xinyong.assumptions import assumptions
from xinyong.dates import day_of
from xinyong.institutions.measures import measure_table
from xinyong.law.compile import law
from xinyong.law.measures import measures_of
from xinyong.law.vocabulary import KINDS


def turning_days() -> list[dt.date]:
    """Every day on which a version begins or ends, with the days before and after it."""
    days = {
        day + dt.timedelta(n)
        for it in law().catalogue.instruments.values()
        for version in it.versions
        for day in (version.in_force.from_, version.in_force.until)
        if day is not None
        for n in (-1, 0, 1)
    }
    return sorted(days)


def test_the_simulation_and_the_calculator_apply_the_same_measures_on_every_day() -> None:
    """For each list, day and kind: the same pairs of measure and authority."""
    table, _, names = measure_table(law(), assumptions(), friction=True)
    lists = sorted({name[0] for name in names})
    differences = []
    for day in turning_days():
        n = day_of(day)
        for list_id in lists:
            due = measures_of(law(), list_id, day)
            for k, kind in enumerate(KINDS):
                wanted = {(d.measure, a) for d in due if d.meets(kind) for a in d.by}
                simulated = {
                    name[1:]
                    for i, name in enumerate(names)
                    if name[0] == list_id
                    and table.begins[i] <= n <= table.ends[i]
                    and table.kinds[i] >> k & 1
                }
                if wanted != simulated:
                    differences.append((str(day), list_id, kind, wanted ^ simulated))
    assert differences == []
