"""Who keeps which list: the provinces as equal squares, and the same as a table."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from xinyong import places
from xinyong.language import language, plural, say
from xinyong.law.provincial import SOURCES, ProvincialList, provinces_unseen, provincial_lists
from xinyong.portal.known import Word, place_table
from xinyong.portal.page import shown
from xinyong.portal.parts import Shown, part
from xinyong.portal.pictures import BLUE, INK, MUTED, Drawing, Picture
from xinyong.portal.replies import AS_CSV, AS_SVG, csv, svg

__all__ = ["router"]

router = part("/catalogue/map")


def _lists(category: str, polarity: str) -> tuple[ProvincialList, ...]:
    """Return the lists that fit; a word that is none of the known ones fits nothing."""
    return provincial_lists(polarity=polarity or None, category=category or None)


def _by_province(lists: tuple[ProvincialList, ...]) -> dict[str, list[ProvincialList]]:
    found: dict[str, list[ProvincialList]] = {tile.place: [] for tile in places.tiles()}
    for one in lists:
        found[one.province].append(one)
    return found


def _name(province: str) -> str:
    place = place_table()[province]
    return place.name_zh if language() == "zh" else place.name_en


def tile_map(lists: tuple[ProvincialList, ...], title: str) -> Picture:
    """Return a square for each province with the number of its lists, linked to its row."""
    by, unseen = _by_province(lists), set(provinces_unseen())
    most = max((len(x) for x in by.values()), default=1) or 1

    def told(province: str) -> str:
        if province in unseen:
            return say("{place}: not known", place=_name(province))
        return plural("{place}: {n} list", "{place}: {n} lists", len(by[province]),
                      place=_name(province))  # fmt: skip

    def draw(width: int) -> Drawing:
        tiles = places.tiles()
        columns = max(t.column for t in tiles) + 1
        side = min(width / columns, 64)
        d = Drawing(side * columns, side * (max(t.row for t in tiles) + 1))
        for t in tiles:
            _tile(d, t, side, len(by[t.place]), most, t.place in unseen, told(t.place))
        return d

    says = "; ".join(told(t.place) for t in places.tiles())
    return Picture("tiles", title, says, draw, linked=True)


def _tile(
    d: Drawing, tile: places.Tile, side: float, n: int, most: int, unseen: bool, name: str
) -> None:
    x, y, inner = tile.column * side + 1, tile.row * side + 1, side - 2
    with d.link(f"#province-{tile.place}", name):
        if unseen:
            d.rect(x, y, inner, inner, "none", MUTED, "3 3", r=3)
        else:
            d.rect(x, y, inner, inner, BLUE, INK, opacity=0.08 + 0.5 * n / most, r=3)
        size = 15 if side > 40 else 12
        middle = x + inner / 2
        short = tile.short_zh if language() == "zh" else tile.letters
        d.text(middle, y + inner * 0.45, short, size, anchor="middle")
        label = "?" if unseen else str(n)
        d.text(middle, y + inner * 0.45 + size + 1, label, size - 1, anchor="middle",
               weight="bold" if n else None)  # fmt: skip


def _title(category: str) -> str:
    if not category:
        return say("Lists on the credit portal of each province, winter of 2023-2024")
    return say("{category}: lists on the credit portal of each province, winter of 2023-2024",
               category=say(category.replace("_", " ")))  # fmt: skip


@router.get(".json", response_class=JSONResponse)
def map_data(site: Shown, category: Word = "", polarity: Word = "") -> dict[str, Any]:
    """Return who keeps which list as data."""
    return {
        "schema_version": 1,
        "catalogue": site.catalogue.digest,
        "sources": SOURCES,
        "unseen": list(provinces_unseen()),
        "lists": [_row(one) for one in _lists(category, polarity)],
    }


def _row(one: ProvincialList) -> dict[str, Any]:
    return {k: v for k, v in asdict(one).items() if k != "line"}


@router.get(".csv", **AS_CSV)
def map_table(site: Shown, category: Word = "", polarity: Word = "") -> Response:
    """Return who keeps which list as a table."""
    del site
    return csv(_row(one) for one in _lists(category, polarity))


@router.get(".svg", **AS_SVG)
def map_picture(site: Shown, category: Word = "", polarity: Word = "") -> Response:
    """Return the map."""
    del site
    return svg(tile_map(_lists(category, polarity), _title(category)))


@router.get("", response_class=HTMLResponse)
def map_page(
    request: Request, site: Shown, category: Word = "", polarity: Word = ""
) -> HTMLResponse:
    """Show which lists the provinces keep, as a map of squares and as a table."""
    lists = _lists(category, polarity)
    whole = provincial_lists()
    categories: dict[str, int] = {}
    for one in whole:
        categories[one.category] = categories.get(one.category, 0) + 1
    own: dict[str, int] = {}
    for it in site.catalogue.instruments.values():
        if it.reach.place != "cn":
            province = places.province(it.reach.place)
            own[province] = own.get(province, 0) + 1
    return shown(
        request,
        "map.html.j2",
        title=say("Who keeps which list"),
        picture=tile_map(lists, _title(category)),
        by=_by_province(lists),
        lists=lists,
        category=category,
        polarity=polarity,
        categories=sorted(categories.items(), key=lambda x: (-x[1], x[0])),
        unseen=provinces_unseen(),
        place_of=places.place,
        sources=SOURCES,
        own=own,
        law=site.catalogue,
    )
