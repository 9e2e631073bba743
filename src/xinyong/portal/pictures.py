"""Pictures drawn here: lines, boxes and words as SVG, once wide and once for a narrow screen.

No picture has a style of its own (the content-security policy would drop it): colours are
attributes, which the style sheet turns into those of the screen. What a picture shows stands
in a table beside it, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from markupsafe import Markup, escape

__all__ = ["BLUE", "GREEN", "GRID", "INK", "MUTED", "ORANGE", "Axis", "Drawing", "Picture"]

#: The inks of the report; the style sheet has their counterparts on a dark screen.
INK, MUTED, GRID = "#1b1f24", "#59626d", "#d5dae0"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#007a5a"

#: Widths in which a picture is drawn.
WIDE, NARROW = 720, 288


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


class Drawing:
    """An SVG picture, put together piece by piece.

    Example:
        >>> d = Drawing(10, 5)
        >>> d.rect(0, 0, 4, 4, BLUE)
        >>> d.body
        Markup('<rect x="0" y="0" width="4" height="4" fill="#0072b2"/>')
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    @property
    def body(self) -> Markup:
        """What was drawn so far."""
        return Markup("".join(self._parts))  # noqa: S704 - every part was escaped

    def add(self, tag: str, text: str | None = None, **attributes: str | float | None) -> None:
        """Add an element; underscores of names stand for hyphens, None is left out."""
        said = "".join(
            f' {name.rstrip("_").replace("_", "-")}="'
            f'{escape(value if isinstance(value, str) else _n(value))}"'
            for name, value in attributes.items()
            if value is not None
        )
        self._parts.append(f"<{tag}{said}" + ("/>" if text is None else f">{escape(text)}</{tag}>"))

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str,
        stroke: str | None = None, dash: str | None = None, opacity: float | None = None,
        r: float | None = None,
    ) -> None:  # fmt: skip
        """Add a box."""
        self.add("rect", x=x, y=y, width=width, height=height, rx=r, fill=fill,
                 fill_opacity=opacity, stroke=stroke, stroke_dasharray=dash)  # fmt: skip

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = GRID,
        dash: str | None = None, width: float | None = None,
    ) -> None:  # fmt: skip
        """Add a line."""
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_dasharray=dash,
                 stroke_width=width)  # fmt: skip

    def circle(self, x: float, y: float, r: float, fill: str, opacity: float | None = None) -> None:
        """Add a disc."""
        self.add("circle", cx=x, cy=y, r=r, fill=fill, fill_opacity=opacity)

    def text(
        self, x: float, y: float, text: str, size: float = 12, fill: str = INK,
        anchor: str | None = None, weight: str | None = None,
    ) -> None:  # fmt: skip
        """Add words on one line."""
        self.add("text", text, x=x, y=y, font_size=size, fill=fill, text_anchor=anchor,
                 font_weight=weight)  # fmt: skip

    @contextmanager
    def link(self, href: str, name: str) -> Iterator[None]:
        """Make what is drawn within a link that the keyboard reaches, with a name."""
        self._parts.append(f'<a href="{escape(href)}" aria-label="{escape(name)}">')
        yield
        self._parts.append("</a>")


@dataclass(frozen=True)
class Picture:
    """A picture with its name and what it says, for who does not see it.

    Attributes:
        id: unique on its page.
        title, says: name and description.
        draw: makes it for a width; `linked`: whether it has links, which are then reachable.
    """

    id: str
    title: str
    says: str
    draw: Callable[[int], Drawing]
    linked: bool = False

    def html(self) -> Markup:
        """Return it for a page, wide and narrow; the style sheet shows one of them."""
        both = ((WIDE, "wide"), (NARROW, "narrow"))
        return Markup("").join(self._one(width, name) for width, name in both)

    def _one(self, width: int, name: str) -> Markup:
        d = self.draw(width)
        ids = f"{self.id}-{name}-t", f"{self.id}-{name}-d"
        return Markup(
            '<svg class="chart figure-{n}" role="{role}" aria-labelledby="{t} {d}" '
            'viewBox="0 0 {w} {h}" width="{w}" height="{h}">'
            '<title id="{t}">{title}</title><desc id="{d}">{says}</desc>{body}</svg>'
        ).format(
            n=name, role="group" if self.linked else "img", t=ids[0], d=ids[1], w=_n(d.width),
            h=_n(d.height), title=self.title, says=self.says, body=d.body,
        )  # fmt: skip

    def file(self) -> str:
        """Return it as a file of its own, wide, on white."""
        d = self.draw(WIDE)
        return Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {w} {h}" '
            'width="{w}" height="{h}" font-family="sans-serif"><title>{title}</title>'
            '<desc>{says}</desc><rect width="100%" height="100%" fill="#ffffff"/>{body}</svg>\n'
        ).format(w=_n(d.width), h=_n(d.height), title=self.title, says=self.says,
                 body=d.body)  # fmt: skip


@dataclass(frozen=True)
class Axis:
    """An axis of years, from the first day of one to the last of another.

    Attributes:
        first, last: years, both shown.
        left, right: where it begins and ends.

    Example:
        >>> Axis(2014, 2015, 0, 730).at(dt.date(2015, 1, 1))
        365.0
    """

    first: int
    last: int
    left: float
    right: float

    def at(self, day: dt.date) -> float:
        """Return where a day stands, within the axis."""
        begin, end = dt.date(self.first, 1, 1), dt.date(self.last + 1, 1, 1)
        share = (day - begin).days / (end - begin).days
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def draw(self, d: Drawing, top: float, bottom: float) -> None:
        """Add years and their lines; no more years are named than there is room for."""
        room = (self.right - self.left) / (self.last - self.first + 1)
        every = next((n for n in (1, 2, 5, 10) if n * room >= 34), 20)
        for year in range(self.first, self.last + 2):
            x = self.at(dt.date(year, 1, 1))
            if (year - self.first) % every == 0 or every == 1:
                d.line(x, top, x, bottom)
                if year <= self.last:
                    d.text(x + 2, top - 4, str(year), 11, MUTED)
