"""A figure: a chart with its reading, its table and what it rests on; and how charts look.

Colours are Okabe and Ito's, told apart by people with any colour vision; a second channel
(dash, shape, position or label) always says the same. The page recolours the charts for
dark screens by their colour attributes, so charts use only the colours named here.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt

from xinyong.language import language, say, worded
from xinyong.report.data import STABLE, Data

__all__ = [
    *("BLUE", "GREEN", "GRID", "INK", "MUTED", "NARROW", "ORANGE", "WIDE", "Cell", "Figure", "Row"),
    *(
        "Table",
        "bar_panel",
        "config",
        "count",
        "empty",
        "shortened",
        "spoken",
        "line_panel",
        "over",
        "stack",
        "tidy",
        "wrap",
    ),
    "yearly",
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
    def own(self) -> str:
        """The heading in the language that is spoken."""
        return self.zh if self.zh and language() != "en" else self.title

    @property
    def unstable(self) -> int:
        """How many figures of the tidy rows rest on fewer than ten."""
        return sum(bool(r.get("unstable")) for r in self.rows)


def spoken(found: Figure) -> Figure:
    """Return a figure with its fixed texts in the language that is spoken.

    What is put together from counts was said when it was made; so are the words in the chart.
    """
    if language() == "en":
        return found

    def table(old: Table) -> Table:
        rows = tuple(
            tuple(c if c.zh else replace(c, text=worded(c.text)) for c in row) for row in old.rows
        )
        return Table(worded(old.caption), tuple(map(worded, old.header)), rows)

    return replace(
        found,
        reading=worded(found.reading),
        caption=worded(found.caption),
        rests_on=worded(found.rests_on),
        not_shown=worded(found.not_shown),
        tables=tuple(map(table, found.tables)),
    )


def count(value: int, sample: int = 1) -> Cell:
    """Return a cell with a count; `sample`: each case seen stands for so many.

    Example:
        >>> count(1234).text, count(9).unstable
        ('1,234', True)
    """
    return Cell(f"{value:,}", unstable=value < STABLE * sample, number=True)


def config(chart: Any) -> Any:
    """Return a chart with the common look."""
    text: dict[str, Any] = {
        "labelColor": MUTED,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
    }
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
            labelColor=INK, labelFontSize=12, offset=4, columnPadding=18,
        ),
        title=alt.TitleConfig(
            anchor="start", frame="bounds", color=INK, fontSize=13, fontWeight=600, offset=8,
        ),
    )  # fmt: skip


def over(rows: Sequence[Row]) -> Any:
    """Return a chart over rows."""
    # As one text: Altair copies and checks every cell of a list, several times a chart.
    text = json.dumps(list(rows), ensure_ascii=False)
    data = alt.InlineData(values=text, format=alt.JsonDataFormat(type="json"))
    return alt.Chart(data)


def empty(width: int, text: str) -> Any:
    """Return a chart that only says that there is nothing to draw."""
    box = over([{"t": say(text)}])
    mark = box.mark_text(color=MUTED, fontSize=13, align="center", lineBreak="\n")
    return mark.encode(text="t:N").properties(width=width - 20, height=60)


def stack(panels: Sequence[Any], columns: int = 1) -> Any:
    """Return panels below one another (or in columns)."""
    made = panels[0] if len(panels) == 1 else alt.concat(*panels, columns=columns, spacing=18)
    if len(panels) > 1:
        made = made.resolve_scale(
            color="independent",
            strokeDash="independent",
            shape="independent",
            fill="independent",
            stroke="independent",
            xOffset="independent",
            y="independent",
            x="independent",
        )
    return made


def _time(data: Data, first: int, last: int, width: int) -> Any:
    """Return the axis of months: position on it is year * 12 + month - 1."""
    a, b = (int(data.months[i][:4]) * 12 + int(data.months[i][5:]) - 1 for i in (first, last))
    steps = (1, 2, 3, 6, 12, 24, 36, 60, 1200)  # the first whose labels fit
    step = next(s for s in steps if (b - a) // s + 1 <= max(width // (40 if s > 6 else 60), 2))
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
    series: Mapping[str, Sequence[float | None]],
    rests_on: Mapping[str, Sequence[int]],
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
        width: of the whole panel.
        height: of the plot.
        first: position of the first month shown.
        suffix: such as ``" %"``, after the labels of the axis.
        sample: each case seen stands for so many.
        legend: whether to name the series in a legend.
    """
    title, names = say(title), [say(name) for name in series]
    rows: list[Row] = []
    marks: set[int] = set()
    for name, called in zip(series, names, strict=True):
        for i in range(first, len(data.months)):
            value = series[name][i]
            if value is None:
                continue
            t = int(data.months[i][:4]) * 12 + int(data.months[i][5:]) - 1
            rows.append({"t": t, "v": value, "s": called})
            if rests_on[name][i] < STABLE * sample and i >= _opening(rests_on[name]):
                marks.add(t)
    if not rows:
        text = say("{what}: nothing in this run", what=title)
        return empty(width, text).properties(title=title)
    x = _time(data, first, len(data.months) - 1, width - _AXIS - _RIGHT)
    top = max(r["v"] for r in rows)
    labels = f"format(datum.value, '{'~g' if suffix else '~s'}') + '{suffix}'"
    if not top:
        labels = f"datum.value == 0 ? '0{suffix}' : ''"
    elif top < 4 and not suffix:
        labels = "datum.value % 1 == 0 ? format(datum.value, 'd') : ''"
    axis = alt.Axis(
        title=None, tickCount=4, labelExpr=labels, minExtent=_AXIS, maxExtent=_AXIS,
        domain=False, ticks=False,
    )  # fmt: skip
    domain = [_SERIES[i][0] for i in range(len(names))]
    dashes = [_SERIES[i][1] for i in range(len(names))]
    key = alt.Legend(columns=1 if width <= NARROW else 3) if legend and len(names) > 1 else None
    lines = (
        over(rows)
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
        starts = sorted(t for t in marks if t - 1 not in marks)
        ends = sorted(t + 1 for t in marks if t + 1 not in marks)
        spans = [{"t": t, "u": u} for t, u in zip(starts, ends, strict=True)]
        rug = over(spans).mark_rule(color=INK, strokeWidth=4, clip=True)
        layers.append(rug.encode(x=x, x2="u:Q", y=alt.value(height - 2)))
    return alt.layer(*layers).properties(
        width=width - _AXIS - _RIGHT, height=height, title=wrap(title, width)
    )


def bar_panel(
    data: Data, title: str, flows: Mapping[str, Sequence[int]], width: int, *, first: int = 0
) -> Any:
    """Return a panel of yearly sums of at most three flows, at one to one; hollow: unstable."""
    title, names = say(title), [say(name) for name in flows]
    years = {y: p for y, p in data.years().items() if p[-1] >= first}
    rows = []
    for k, (name, values) in enumerate(zip(names, flows.values(), strict=True)):
        for year, positions in years.items():
            total = sum(values[i] for i in positions)
            if not total:
                continue
            fill = _SERIES[k][0] if total >= STABLE else "transparent"
            rows.append({"year": year, "s": name, "v": total * data.scale, "f": f"{k}{fill}"})
    if not rows:
        return empty(width, say("{what}: none", what=title))
    colours = [_SERIES[k][0] for k in range(len(names))]
    fills = sorted({str(r["f"]) for r in rows})
    key = alt.Legend(symbolType="stroke", symbolFillColor="transparent", columns=3)
    labels = "datum.value == 0 ? '0' : format(datum.value, '~s')"
    every = -(-len(years) // max((width - _AXIS) // 40, 1))
    return (
        over(rows)
        .mark_bar(strokeWidth=1.2)
        .encode(
            x=alt.X(
                "year:O",
                axis=alt.Axis(title=None, labelAngle=0, ticks=False, values=list(years)[::every]),
                scale=alt.Scale(domain=list(years), paddingInner=0.25, paddingOuter=0.1),
            ),
            xOffset=alt.XOffset("s:N", sort=names),
            y=alt.Y(
                "v:Q",
                axis=alt.Axis(
                    title=None,
                    tickCount=4,
                    labelExpr=labels,
                    minExtent=_AXIS,
                    maxExtent=_AXIS,
                    domain=False,
                    ticks=False,
                ),
            ),
            fill=alt.Fill(
                "f:N", legend=None, scale=alt.Scale(domain=fills, range=[f[1:] for f in fills])
            ),
            stroke=alt.Stroke("s:N", legend=key, scale=alt.Scale(domain=names, range=colours)),
        )
        .properties(width=width - _AXIS - _RIGHT, height=110, title=wrap(title, width))
    )


def wrap(title: str, width: int, size: int = 13) -> list[str]:
    """Break a title into lines that fit.

    Example:
        >>> wrap("Entries alive at the end of the month", 200)
        ['Entries alive at the', 'end of the month']
    """
    room = max(int(width / (size * 0.62)), 8)
    if not title.isascii() and " " not in title:  # Chinese breaks anywhere, and is wider
        room = max(int(width / size), 6)
        return [title[i : i + room] for i in range(0, len(title), room)]
    return textwrap.wrap(title, room) or [title]


def shortened(text: str, width: float, size: int = 12) -> str:
    """Cut a label so that it fits; a renderer would measure it many times over to do so.

    Example:
        >>> shortened("a very long label", 60)
        'a very lo…'
    """
    room, used = width / (size * 0.52), 0.0
    for n, letter in enumerate(text):
        used += 1 if letter.isascii() else 1.9
        if used > room:
            return text[: n - 1].rstrip() + "…" if n else ""
    return text


def _opening(values: Sequence[int]) -> int:
    """Return the position of the first value that is not 0: before it there is nothing to doubt."""
    return next((i for i, value in enumerate(values) if value), len(values))


def yearly(
    data: Data,
    caption: str,
    states: Mapping[str, Sequence[int]],
    flows: Mapping[str, Sequence[int]],
    *,
    sample: int = 1,
    scaled: bool = True,
) -> Table:
    """Return a table by year: states at its last month, flows added up.

    With `scaled`, each column is followed by the same figure at one to one.
    """
    factor = data.scale
    header = [say("Year")]
    for name in map(say, (*states, *flows)):
        header.append(name)
        if scaled and factor > 1:
            header.append(say("{name}, × {n:,}", name=name, n=factor))
    columns = [(values, True) for values in states.values()]
    columns += [(values, False) for values in flows.values()]
    rows = []
    for year, positions in data.years().items():
        row = [Cell(year)]
        for values, state in columns:
            value = values[positions[-1]] if state else sum(values[i] for i in positions)
            cell = count(int(value), sample)
            if positions[-1] < _opening(values):
                cell = Cell("–", number=True)
            row.append(cell)
            if scaled and factor > 1:
                text = cell.text if cell.text == "–" else f"{value * factor:,}"
                row.append(Cell(text, unstable=cell.unstable, number=True))
        rows.append(tuple(row))
    return Table(caption, tuple(header), tuple(rows))


def tidy(
    data: Data, unit: str, series: Mapping[str, Sequence[int]], sample: int = 1, first: int = 0
) -> tuple[Row, ...]:
    """Return monthly counts as tidy rows."""
    return tuple(
        {
            "month": month, "series": name, "unit": unit, "value": int(values[i]),
            "unstable": i >= _opening(values) and values[i] < STABLE * sample,
        }
        for name, values in series.items()
        for i, month in enumerate(data.months)
        if i >= first
    )  # fmt: skip
