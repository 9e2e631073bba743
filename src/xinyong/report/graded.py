"""The figure of measures tied to the grades of schemes: rewards and restrictions, by place."""

from __future__ import annotations

from typing import Any

from xinyong.language import say
from xinyong.report.data import Data
from xinyong.report.figure import Cell, Figure, Table, count, line_panel, stack, tidy

__all__ = ["graded"]

_KINDS = {"red": "rewards", "black": "restrictions"}
_WORDS = {"red": "reward", "black": "restriction"}
_HEADER = (
    "Scheme", "Kind", "Measure", "Authority", "Last month", "Hold such a grade then",
    "Asked and applied", "of these barred on paper",
)  # fmt: skip


def _rows(data: Data) -> list[tuple[str, ...]]:
    """Return scheme, measure, authority, polarity of each row that anybody ever held."""
    return sorted(tuple(group.split("/")) for group in data.groups("graded_on_paper"))


def _table(data: Data, rows: list[tuple[str, ...]]) -> Table:
    cells = []
    for row in rows:
        group, held = "/".join(row), data.monthly("graded_on_paper", "/".join(row))
        last = max((i for i, n in enumerate(held) if n), default=len(held) - 1)
        scheme, measure, authority, polarity = row
        cells.append(
            (
                Cell(data.en(scheme), data.zh(scheme)), Cell(say(_WORDS[polarity])),
                Cell(data.en(measure), data.zh(measure)),
                Cell(data.en(authority), data.zh(authority)),
                Cell(data.months[last]), count(held[last]),
                count(sum(data.monthly("graded_applied", group))),
                count(sum(data.monthly("graded_applied_barred", group))),
            )
        )  # fmt: skip
    return Table(
        "Measures tied to grades over the run",
        tuple(map(say, _HEADER)),
        tuple(cells),
    )  # fmt: skip


def _by_year(data: Data, series: dict[str, list[int]]) -> Table:
    rows = tuple(
        (Cell(year), *(count(sum(values[i] for i in at)) for values in series.values()))
        for year, at in data.years().items()
    )
    header = (say("Year"), *map(say, series))
    return Table("Requests that met a measure tied to a grade, by year", header, rows)


def graded(data: Data) -> Figure:
    """Return the requests about measures tied to grades, month by month."""
    rows = _rows(data)
    series: dict[str, list[int]] = {}
    for polarity, name in _KINDS.items():
        mine = [data.monthly("graded_applied", "/".join(r)) for r in rows if r[3] == polarity]
        series[name] = [sum(month) for month in zip(*mine, strict=True)] if mine else []
    months = len(data.months)
    series = {name: values or [0] * months for name, values in series.items()}
    barred = sum(sum(data.monthly("graded_applied_barred", "/".join(r))) for r in rows)
    reading = say("No grade of a scheme carries a measure in the {n} months of this run.", n=months)
    if rows:
        schemes = len({r[0] for r in rows})
        given, borne = sum(series["rewards"]), sum(series["restrictions"])
        reading = say(
            "Grades of {n} schemes carry measures that somebody holds. Over the run {given} "
            "requests met a reward and {borne} a restriction, {barred} of them while a dated limit "
            "barred it on paper and the place did not follow yet.",
            n=schemes, given=f"{given:,}", borne=f"{borne:,}", barred=f"{barred:,}",
        )  # fmt: skip

    def draw(width: int) -> Any:
        drawn = {say(name): values for name, values in series.items()}
        title = say("Requests that met a measure tied to a grade")
        return stack([line_panel(data, title, drawn, drawn, width)])

    return Figure(
        "graded", "Rewards and restrictions by grade", "等级奖惩", reading,
        "Unit: requests in the month. Who holds a grade is counted at the end of the month; a "
        "request is one to an authority of the place that can look the grade up.",
        "rule (which grade carries which measure, from press and texts); assumption (how often an "
        "authority is asked, which of them are connected, the grades of most restrictions)",
        "How many in fact drew a benefit or met a restriction: no scheme publishes it. Most "
        "schemes give many more benefits than the few whose grade is known.",
        draw,
        (_by_year(data, series), *([_table(data, rows)] if rows else [])),
        tidy(data, "requests", series),
    )  # fmt: skip
