"""The charts of a run, by name, as altair charts, SVG for the page, and PNG.

No chart uses dates or fonts of the machine, so that the same run gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import altair as alt
from altair.utils.schemapi import debug_mode

from xinyong.errors import UsageError
from xinyong.language import say
from xinyong.report import against, effects, graded, lists, renderer, smaller, states
from xinyong.report.data import Data
from xinyong.report.figure import MUTED, WIDE, Figure, config, spoken
from xinyong.yamlio import nearest

if TYPE_CHECKING:
    from xinyong.results import Run

__all__ = ["CHARTS", "begin_svg", "chart", "figure", "png", "save_png", "svg", "titled"]

#: Every chart of a run, in the order of the report.
CHARTS: dict[str, Callable[[Data], Figure]] = {
    "court_list": lists.court_list,
    "exits": lists.exits,
    "capacity": lists.capacity,
    "measures": effects.measures,
    "measure_errors": effects.measure_errors,
    "identity": states.identity,
    "burden": states.burden,
    "exposure": states.exposure,
    "integration": states.integration,
    "wendeng": effects.wendeng,
    "graded": graded.graded,
    "tax_class_a": lists.tax_class_a,
    "wage_list": lists.wage_list,
    "smaller_lists": smaller.smaller_lists,
    "provinces": lists.provinces,
    "calibration": against.calibration,
    "validation": against.validation,
}


def figure(run: Run, name: str) -> Figure:
    """Return a figure: the chart with its reading, tables and provenance.

    Raises:
        UsageError: there is no chart of that name.
    """
    if name not in CHARTS:
        hint = nearest(name, CHARTS)
        raise UsageError(f"no chart {name!r}; {hint or 'charts: ' + ', '.join(CHARTS)}")
    return spoken(CHARTS[name](Data(run)))


def chart(run: Run, name: str) -> Any:
    """Return a chart of a run as an altair chart, with its source under the title.

    Raises:
        UsageError: there is no chart of that name.
    """
    return titled(run, figure(run, name))


def titled(run: Run, found: Figure) -> Any:
    """Return a figure of a run as an altair chart, with its source under the title."""
    scenario = run.manifest["scenario"]
    source = say(
        "SYNTHETIC · run {digest} · scenario {name} · seed {seed} · 1:{n} · strength A accounting",
        digest=str(run.manifest["digest"])[:12],
        name=scenario["name"],
        seed=scenario["seed"],
        n=run.scale,
    )
    head = alt.TitleParams(
        found.own,
        subtitle=source,
        subtitleColor=MUTED,
        subtitleFontSize=12,
        fontSize=15,
        offset=12,
    )
    return config(alt.vconcat(found.draw(WIDE)).properties(title=head))


def svg(found: Figure, width: int, tag: str) -> str:
    """Return a figure as an SVG element with title and description.

    Args:
        found: the figure.
        width: in pixels.
        tag: makes the ids in it unique on its page.
    """
    return begin_svg(found, width, tag)()


def begin_svg(found: Figure, width: int, tag: str) -> Callable[[], str]:
    """Begin to draw a figure; what is returned gives its SVG element, as `svg` does."""
    # Whether the chart keeps to the grammar is a matter of the tests (`chart` checks it); half of
    # the time of a report went there.
    with debug_mode(False):
        spec = config(found.draw(width)).to_dict(validate=False)
    drawn = renderer.begin(renderer.svg, spec)
    return lambda: _element(drawn.result(), found, tag)


def _element(text: str, found: Figure, tag: str) -> str:
    """Return what the renderer drew as an element of a page."""
    ids: dict[str, str] = {}  # the renderer counts ids from one chart to the next
    for name in re.findall(r'id="([^"]+)"', text):
        ids.setdefault(name, f"{tag}-{len(ids)}")
    text = re.sub(r'(id="|url\(#|href="#)([^")]+)', lambda m: m[1] + ids.get(m[2], m[2]), text)
    match = re.match(r"<svg[^>]*?width=\"([\d.]+)\" height=\"([\d.]+)\"[^>]*>", text)
    if match is None:
        raise UsageError(f"{found.name}: the renderer gave no SVG; is vl-convert at 1.9 or later?")
    wide, high = match[1], match[2]
    head = (
        f'<svg role="img" aria-labelledby="{tag}-t {tag}-d" viewBox="0 0 {wide} {high}" '
        f'width="{wide}" height="{high}" class="chart">'
        f'<title id="{tag}-t">{escape(found.own)}</title>'
        f'<desc id="{tag}-d">{escape(found.reading)}</desc>'
    )
    # Roles of the renderer's groups mean nothing inside an image.
    body = re.sub(
        r' (aria-[a-z]+|role|pointer-events|font-family)="[^"]*"', "", text[match.end() :]
    )
    return head + body


def save_png(run: Run, name: str, path: Path) -> Path:
    """Write a chart as a PNG picture (white ground, two pixels a point).

    Raises:
        UsageError: there is no chart of that name.
    """
    path.write_bytes(png(run, figure(run, name)))
    return path


def png(run: Run, found: Figure) -> bytes:
    """Return a figure of a run as a PNG picture (white ground, two pixels a point)."""
    with debug_mode(False):
        spec = titled(run, found).to_dict(validate=False) | {"background": "white"}
    spec["config"]["background"] = "white"
    return renderer.begin(renderer.png, spec).result()
