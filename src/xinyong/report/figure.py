"""A figure: a chart with its reading, its table and what it rests on; and how charts look.

Colours are Okabe and Ito's, told apart by people with any colour vision; a second channel
(dash, shape, position or label) always says the same. The page recolours the charts for
dark screens by their colour attributes, so charts use only the colours named here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from xinyong.report.data import STABLE, Data

__all__ = [
    *("BLUE", "GREEN", "GRID", "INK", "MUTED", "NARROW", "ORANGE", "WIDE"),
    *("Cell", "Figure", "Table", "Row", "config", "count", "empty", "line_panel", "stack"),
    *("yearly",),
]

#: Widths in pixels at which every chart is drawn: for a page and for a small telephone.
WIDE, NARROW = 720, 288

BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#007a5a"  # green darkened to 5:1 on white
INK, MUTED, GRID = "#1b1f24", "#59626d", "#d5dae0"

_AXIS = 46  # room for labels of the vertical axis
_RIGHT = 14

#: Colour and dash of the first, second and third series of a panel.
_SERIES = ((BLUE, [1, 0]), (ORANGE, [6, 3]), (GREEN, [2, 2]))

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: what stands there; zh: official Chinese term beside it.
        unstable: whether it rests on fewer than ten.
        number: whether it is aligned as a number.
    """

    text: str
    zh: str = ""
    unstable: bool = False
    number: bool = False


@dataclass(frozen=True)
class Table:
    """The figures behind a chart."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Figure:
    """One figure of the report.

    Attributes:
        name: id of the chart; title: heading; zh: the official term.
        reading: what the chart shows in this run; also its alternative text.
        caption: how to read it, with units.
        rests_on: rule, assumption or calibration, and which.
        not_shown: what must not be read from it.
        draw: the chart at a width in pixels.
        tables: the figures; rows: the same in tidy rows (for the CSV file).
        open_table: whether the first table stands open.
        unstable: how many of the figures rest on fewer than ten, out of `of`.
    """

    name: str
    title: str
    zh: str
    reading: str
    caption: str
    rests_on: str
    not_shown: str
    draw: Callable[[int], Any]
    tables: tuple[Table, ...]
    rows: tuple[Row, ...]
    open_table: bool = False

    @property
    def unstable(self) -> int:
        """How many figures of the tidy rows rest on fewer than ten."""
        return sum(bool(r.get("unstable")) for r in self.rows)


def count(value: int, sample: int = 1) -> Cell:
    """Return a cell with a count; `sample`: each case seen stands for so many.

    Example:
        >>> count(1234).text, count(9).unstable
        ('1,234', True)
    """
    return Cell(f"{value:,}", unstable=value < STABLE * sample, number=True)


def config(chart: Any) -> Any:
    """Return a chart with the common look."""
    text = {"labelColor": MUTED, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12}
    return chart.configure(
        aria=False,
        background="transparent",
        font="sans-serif",
        padding={"left": 2, "right": 2, "top": 4, "bottom": 2},
        view=alt.ViewConfig(stroke="transparent"),
        axis=alt.AxisConfig(
            gridColor=GRID, domainColor=MUTED, tickColor=MUTED, titleFontWeight="normal",
            labelFlush=False, **text,
        ),
        legend=alt.LegendConfig(
            orient="top", title=None, symbolStrokeWidth=2.5, symbolSize=260, labelLimit=320,
            labelColor=INK, labelFontSize=12, offset=4,
        ),
        title=alt.TitleConfig(
            anchor="start", frame="group", color=INK, fontSize=13, fontWeight=600, offset=8,
        ),
    )  # fmt: skip


def empty(width: int, text: str) -> Any:
    """Return a chart that only says that there is nothing to draw."""
    box = alt.Chart(alt.Data(values=[{"t": text}]))
    mark = box.mark_text(color=MUTED, fontSize=13, align="center", lineBreak="\n")
    return mark.encode(text="t:N").properties(width=width - 20, height=60)


def stack(panels: Sequence[Any], columns: int = 1) -> Any:
    """Return panels below one another (or in columns), with the common look."""
    made = panels[0] if len(panels) == 1 else alt.concat(*panels, columns=columns, spacing=18)
    if len(panels) > 1:
        made = made.resolve_scale(
            color="independent", strokeDash="independent", y="independent", x="independent"
        )
    return config(made)


def _time(data: Data, first: int, last: int, width: int) -> Any:
    """Return the axis of months: position on it is year * 12 + month - 1."""
    a, b = (int(data.months[i][:4]) * 12 + int(data.months[i][5:]) - 1 for i in (first, last))
    room = max(width // 62, 2)  # labels that fit
    step = next(s for s in (1, 2, 3, 6, 12, 24, 36, 60, 1200) if (b - a) // s + 1 <= room)
    ticks = [m for m in range(a, b + 1) if m % step == 0] or [a]
    year = "floor(datum.value / 12)"
    label = year if step >= 12 else f"{year} + '-' + format(datum.value % 12 + 1, '02')"
    axis = alt.Axis(
        values=ticks, labelExpr=label, grid=False, title=None, labelOverlap=True, tickSize=4
    )
    return alt.X("t:Q", axis=axis, scale=alt.Scale(domain=[a, max(b, a + 1)], nice=False))


def line_panel(
    data: Data,
    title: str,
    series: dict[str, Sequence[float | None]],
    rests_on: dict[str, Sequence[int]],
    width: int,
    *,
    height: int = 150,
    first: int = 0,
    suffix: str = "",
    sample: int = 1,
    legend: bool = True,
) -> Any:
    """Return a panel of at most three monthly series, with a mark where they are unstable.

    Args:
        data: of the run.
        title: what is counted, with the unit.
        series: what is drawn, one value a month (None: nothing there).
        rests_on: how many subjects or entries each value rests on.
        width: of the whole panel; height: of the plot.
        first: position of the first month shown.
        suffix: such as ``" %"``, after the labels of the axis.
        sample: each case seen stands for so many.
        legend: whether to name the series in a legend.
    """
    names = list(series)
    rows, marks = [], set()
    for name in names:
        for i in range(first, len(data.months)):
            value = series[name][i]
            if value is None:
                continue
            t = int(data.months[i][:4]) * 12 + int(data.months[i][5:]) - 1
            rows.append({"t": t, "v": value, "s": name})
            if rests_on[name][i] < STABLE * sample:
                marks.add(t)
    if not rows:
        return empty(width, f"{title}: nothing in this run").properties(title=title)
    x = _time(data, first, len(data.months) - 1, width - _AXIS - _RIGHT)
    top = max(r["v"] for r in rows)
    labels = f"format(datum.value, '~s') + '{suffix}'"
    if top < 4 and not suffix:
        labels = "datum.value % 1 == 0 ? format(datum.value, 'd') : ''"
    axis = alt.Axis(
        title=None, tickCount=4, labelExpr=labels, minExtent=_AXIS, maxExtent=_AXIS,
        domain=False, ticks=False,
    )  # fmt: skip
    domain = [_SERIES[i][0] for i in range(len(names))]
    dashes = [_SERIES[i][1] for i in range(len(names))]
    key = alt.Legend(columns=1 if width <= NARROW else 3) if legend and len(names) > 1 else None
    lines = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=2, clip=True, strokeCap="butt")
        .encode(
            x=x,
            y=alt.Y("v:Q", axis=axis, scale=alt.Scale(domain=[0, top * 1.05 or 1], nice=True)),
            color=alt.Color("s:N", scale=alt.Scale(domain=names, range=domain), legend=key),
            strokeDash=alt.StrokeDash(
                "s:N", scale=alt.Scale(domain=names, range=dashes), legend=key
            ),
        )
    )
    layers = [lines]
    if marks:
        rug = alt.Chart(alt.Data(values=[{"t": t} for t in sorted(marks)]))
        layers.append(
            rug.mark_tick(orient="vertical", thickness=1.5, size=7, color=INK).encode(
                x=x, y=alt.value(height - 3.5)
            )
        )
    return alt.layer(*layers).properties(
        width=width - _AXIS - _RIGHT, height=height, title=title
    )


def yearly(
    data: Data,
    caption: str,
    states: dict[str, Sequence[int]],
    flows: dict[str, Sequence[int]],
    *,
    sample: int = 1,
    scaled: bool = True,
) -> Table:
    """Return a table by year: states at its last month, flows added up.

    With `scaled`, each column is followed by the same figure at one to one.
    """
    factor = data.scale
    header = ["Year"]
    for name in (*states, *flows):
        header += [name, f"{name}, × {factor:,}"] if scaled and factor > 1 else [name]
    rows = []
    for year, positions in data.years().items():
        row = [Cell(year)]
        values = [values[positions[-1]] for values in states.values()]
        values += [sum(values[i] for i in positions) for values in flows.values()]
        for value in values:
            cell = count(int(value), sample)
            row.append(cell)
            if scaled and factor > 1:
                row.append(Cell(f"{value * factor:,}", unstable=cell.unstable, number=True))
        rows.append(tuple(row))
    return Table(caption, tuple(header), tuple(rows))


def tidy(
    data: Data, unit: str, series: dict[str, Sequence[int]], sample: int = 1, first: int = 0
) -> tuple[Row, ...]:
    """Return monthly counts as tidy rows."""
    return tuple(
        {
            "month": month, "series": name, "unit": unit, "value": int(values[i]),
            "unstable": values[i] < STABLE * sample,
        }
        for name, values in series.items()
        for i, month in enumerate(data.months)
        if i >= first
    )  # fmt: skip
