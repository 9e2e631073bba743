"""A count of a run by province, month by month, on a map of equal squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response

from xinyong import places
from xinyong.errors import UsageError
from xinyong.language import language, say
from xinyong.portal.page import shown
from xinyong.portal.parts import part
from xinyong.portal.society.months import Month, Monthly
from xinyong.portal.society.views import SENT, View, Viewed, as_csv, as_json
from xinyong.report.data import STABLE

__all__ = ["router"]

router = part("/society/{run}")

#: What can be shown, and whether a month's flow is added up over a year.
SHOWN = {
    "stock": ("entries alive", False),
    "entered": ("entries made", True),
    "entered_mistaken": ("mistaken entries made", True),
    "files": ("subjects with a file", False),
    "recorded": ("records made", True),
    "missed": ("records laid to nobody", True),
    "misattached": ("records laid to another", True),
    "waiting": ("requests waiting for a court", False),
    "decided": ("decisions of courts", True),
}
_KINDS = ("all", "person", "enterprise", "individual_business", "social_organisation", "organ")
_SHADES = 5
_YEAR = 12
_RATE = 10_000


@dataclass(frozen=True)
class Square:
    """One province on the map.

    Attributes:
        tile: where it stands; name_en, name_zh: of the province; count: in the run.
        people: subjects alive there; value: what is shown; shade: from 0 to 5.
        unstable: whether it rests on fewer than ten.
    """

    tile: places.Tile
    name_en: str
    name_zh: str
    count: int
    people: int
    value: float
    shade: int
    unstable: bool


@dataclass(frozen=True)
class Chosen:
    """What is shown: an indicator of a group and kind, as counts or for 10,000 subjects."""

    indicator: str
    group: str
    kind: str
    rate: bool

    @property
    def query(self) -> dict[str, str]:
        """The choice as an address says it."""
        per = "subjects" if self.rate else "none"
        return {"indicator": self.indicator, "group": self.group, "kind": self.kind, "per": per}


def _chosen(view: View, indicator: str, group: str, kind: str, per: str) -> Chosen:
    if indicator not in SHOWN:
        raise UsageError(say("this can be shown on the map: {words}", words=", ".join(SHOWN)))
    if kind not in _KINDS:
        raise UsageError(say("kinds of subjects are: {words}", words=", ".join(_KINDS)))
    groups = view.data.groups(indicator)
    if not group:
        group = "spc_defaulters" if "spc_defaulters" in groups else (groups or [""])[0]
    elif groups and group not in groups:
        raise UsageError(say("of this the run counts: {words}", words=", ".join(groups)))
    return Chosen(indicator, group, kind, per == "subjects")


def _values(view: View, chosen: Chosen) -> dict[str, tuple[list[int], list[int]]]:
    """Return for each province the counts shown and the subjects alive, a value a month."""
    counts = view.by_province(chosen.indicator, chosen.group, chosen.kind)
    alive = view.by_province("alive", "", chosen.kind)
    if SHOWN[chosen.indicator][1]:
        counts = {
            p: [sum(v[max(0, i - _YEAR + 1) : i + 1]) for i in range(len(v))]
            for p, v in counts.items()
        }
    return {p: (counts[p], alive[p]) for p in counts}


def _over(count: int, people: int, rate: bool) -> float:
    if not rate:
        return float(count)
    return _RATE * count / people if people else 0.0


def squares(view: View, chosen: Chosen, month: Month) -> tuple[list[Square], list[float]]:
    """Return the provinces of a month, and the upper bounds of the shades.

    The shades mean the same in every month, so that months can be compared by eye.
    """
    values = _values(view, chosen)
    top = max(
        _over(c, n, chosen.rate) for cs, ns in values.values() for c, n in zip(cs, ns, strict=True)
    )
    bounds = [top * (i + 1) / _SHADES for i in range(_SHADES)]
    found = []
    for tile in places.tiles():
        count, people = (column[month.at] for column in values[tile.place])
        value = _over(count, people, chosen.rate)
        shade = next((i + 1 for i, b in enumerate(bounds) if value <= b), _SHADES) if value else 0
        here = places.place(tile.place)
        found.append(
            Square(
                tile, here.name_en, here.name_zh, count, people, value, shade, count < STABLE
            )
        )  # fmt: skip
    return found, bounds


def short(value: float) -> str:
    """Return a number that fits into a square.

    Example:
        >>> short(0), short(3.14159), short(123.4), short(4321.0), short(1234567)
        ('0', '3.1', '123', '4.3k', '1.2M')
    """
    if value >= 999_500:
        return f"{value / 1e6:.3g}M"
    if value >= 9_995:
        return f"{value / 1e3:.3g}k"
    if value >= 1000:
        return f"{value / 1e3:.2g}k"
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"


def _rows(found: list[Square], chosen: Chosen, month: Month) -> list[dict[str, Any]]:
    return [
        {
            "place": s.tile.place, "name_en": s.name_en, "name_zh": s.name_zh,
            "month": month.label, "indicator": chosen.indicator, "group": chosen.group,
            "kind": chosen.kind, "count": s.count, "subjects": s.people,
            "per_10000": round(_over(s.count, s.people, True), 4), "unstable": s.unstable,
        }
        for s in found
    ]  # fmt: skip


Word = Annotated[str, Query(max_length=80)]
Per = Annotated[Literal["subjects", "none"], Query(description="for 10,000 subjects, or counts")]


@router.get("/map.{form}", response_class=Response, responses=SENT)
def map_data(
    view: Viewed, month: Monthly, form: Literal["json", "csv"], indicator: Word = "stock",
    group: Word = "", kind: Word = "all", per: Per = "subjects",
) -> Response:  # fmt: skip
    """Return what a map shows, as data."""
    chosen = _chosen(view, indicator, group, kind, per)
    rows = _rows(squares(view, chosen, month)[0], chosen, month)
    return as_csv(view, "map", rows) if form == "csv" else as_json(view, rows)


@router.get("/map", response_class=HTMLResponse)
def tile_map(
    request: Request, view: Viewed, month: Monthly, indicator: Word = "stock", group: Word = "",
    kind: Word = "all", per: Per = "subjects",
) -> HTMLResponse:  # fmt: skip
    """Show a count by province on a map, with a slider over the months."""
    chosen = _chosen(view, indicator, group, kind, per)
    found, bounds = squares(view, chosen, month)
    most = sorted(found, key=lambda s: (-s.value, s.tile.place))
    data = view.data
    groups = {g: data.zh(g) if language() == "zh" and data.zh(g) else data.en(g)
              for g in data.groups(indicator)}  # fmt: skip
    return shown(
        request,
        "society/map.html.j2",
        title=say("Map"),
        view=view,
        chosen=chosen,
        month=month,
        squares=found,
        most=most,
        bounds=bounds,
        short=short,
        options=SHOWN,
        groups=groups,
        kinds=_KINDS,
        yearly=SHOWN[indicator][1],
        size=64,
    )
