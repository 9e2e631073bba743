"""Lines over the months, as a template draws them: no library, so a page takes no time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xinyong.report.figure import BLUE, GREEN, NARROW, ORANGE

__all__ = ["Line", "Picture", "both_widths", "picture"]

_STYLES = ((BLUE, ""), (ORANGE, "6 3"), (GREEN, "2 3"), ("#59626d", "9 3 2 3"))
_WIDE, _LEFT, _RIGHT, _LEGEND, _HEIGHT, _FOOT = 720, 52, 10, 18, 170, 26


@dataclass(frozen=True)
class Line:
    """One line: its name, its path, its colour and dashes."""

    name: str
    d: str
    colour: str
    dash: str


@dataclass(frozen=True)
class Picture:
    """Lines with their axes, in pixels."""

    title: str
    told: str
    width: int
    height: float
    left: int
    bottom: float
    ticks: list[tuple[float, str]]
    years: list[tuple[float, str]]
    lines: list[Line]


def _nice(top: float) -> float:
    """Return the least of 1, 2, 2.5 and 5 times a power of ten that is no less.

    Example:
        >>> _nice(0.3), _nice(17), _nice(2.2)
        (0.5, 20.0, 2.5)
    """
    power = 1.0
    while power < top:
        power *= 10
    while power / 10 >= top:
        power /= 10
    return next(power * f for f in (0.1, 0.2, 0.25, 0.5, 1.0) if power * f >= top * 0.999999)


def _label(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def picture(
    months: Sequence[str], series: Mapping[str, Sequence[float | None]], title: str, told: str,
    width: int = _WIDE,
) -> Picture:  # fmt: skip
    """Return lines over months.

    Args:
        months: ``YYYY-MM``.
        series: at most four, by name; None where there is no value.
        title: of the picture.
        told: the same in words.
        width: in pixels.
    """
    values = [v for row in series.values() for v in row if v is not None]
    top, low = max([*values, 0.0]), min([*values, 0.0])
    step = _nice(max(top, -low, 1e-9) / 4)
    first = -(-low // step) * step if low >= 0 else (low // step) * step
    last = -(-top // step) * step or step
    legend = _LEGEND * len(series) if len(series) > 1 else 0
    above, across = legend + 10, width - _LEFT - _RIGHT

    def x(i: int) -> float:
        return round(_LEFT + across * i / max(len(months) - 1, 1), 1)

    def y(value: float) -> float:
        return round(above + _HEIGHT * (1 - (value - first) / (last - first)), 1)

    count = round((last - first) / step)
    ticks = [(y(first + step * i), _label(round(first + step * i, 10))) for i in range(count + 1)]
    every = 2 if width <= NARROW and len(months) > 60 else 1
    januaries = [i for i, month in enumerate(months) if month.endswith("-01")]
    years = [(x(i), months[i][:4]) for i in januaries[::every]] or [(x(0), months[0])]
    lines = []
    for (name, row), (colour, dash) in zip(series.items(), _STYLES, strict=False):
        parts, pen = [], "M"
        for i, value in enumerate(row):
            if value is None:
                pen = "M"
                continue
            parts.append(f"{pen}{x(i)} {y(value)}")
            pen = "L"
        if len(parts) == 1:
            parts.append("h4")
        lines.append(Line(name, " ".join(parts), colour, dash))
    return Picture(
        title, told, width, above + _HEIGHT + _FOOT, _LEFT, above + _HEIGHT, ticks, years, lines
    )  # fmt: skip


def both_widths(
    months: Sequence[str], series: Mapping[str, Sequence[float | None]], title: str, told: str
) -> tuple[Picture, Picture]:
    """Return the same lines for a wide page and for a small telephone."""
    return (
        picture(months, series, title, told),
        picture(months, series, title, told, NARROW),
    )  # fmt: skip
