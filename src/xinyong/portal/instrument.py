"""The pages of one instrument: since when it is in force, every rule as a sentence, the way out."""

from __future__ import annotations

import datetime as dt
import itertools
from itertools import groupby
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from xinyong import places
from xinyong.browse import show
from xinyong.browse.exits import WAYS, exits
from xinyong.browse.schemes import item_words
from xinyong.language import language, say
from xinyong.law import schema
from xinyong.law.annex import Item
from xinyong.law.catalogue import Catalogue
from xinyong.portal.known import Name, PageNumber, Word, Words, instrument, own_name, word_page
from xinyong.portal.linted import counted, report_on
from xinyong.portal.page import address, shown
from xinyong.portal.parts import Day, Shown, part
from xinyong.portal.pictures import BLUE, INK, MUTED, Axis, Drawing, Picture
from xinyong.portal.replies import AS_CSV, AS_SVG, csv, svg

__all__ = ["in_force", "router"]

router = part("/catalogue")

#: Items of an annex on one page.
_ITEMS = 50
#: What the axis reaches at least: an open version is drawn to its end.
_LAST = 2026


def in_force(it: schema.Instrument, on: dt.date | None = None) -> Picture:
    """Return the versions of an instrument on an axis of years; `on` marks a day."""
    begins = [v.in_force.from_ for v in it.versions]
    ends = [v.in_force.until for v in it.versions if v.in_force.until]
    first = min(begins).year
    last = max([_LAST, *(day.year for day in (*begins, *ends))])
    says = "; ".join(f"{v.id}: {_span(v)}" for v in it.versions)

    def draw(width: int) -> Drawing:
        row = 44
        d = Drawing(width, 26 + row * len(it.versions))
        axis = Axis(min(first, last - 4), last, 1, width - 14)
        axis.draw(d, 18, d.height)
        for i, version in enumerate(it.versions):
            _bar(d, axis, version, 24 + i * row)
        if on is not None:
            x = axis.at(on)
            d.line(x, 18, x, d.height, INK, "3 3", 2)
        return d

    return Picture("in-force", say("When {name} is in force", name=own_name(it.name)), says, draw)


def _span(version: schema.Version) -> str:
    first, until = version.in_force.from_, version.in_force.until
    if version.draft is not None:
        return say("draft of {day}, never law", day=first)
    if until is None:
        return say("since {day}", day=first)
    return say("{first} to {last}", first=first, last=until)


def _bar(d: Drawing, axis: Axis, version: schema.Version, top: float) -> None:
    """Add a version: its name above a bar, which has an arrow where it has no end."""
    begin, until = version.in_force.from_, version.in_force.until
    x, end = axis.at(begin), axis.at(until) if until else axis.right
    label = f"{version.id}: {_span(version)}"
    room = d.width - x > len(label) * 7
    d.text(x if room else d.width - 2, top + 10, label, 12, anchor=None if room else "end")
    wide = max(end - x, 3)
    if version.draft is not None:
        d.rect(x, top + 15, 10, 14, "none", MUTED, "3 2")
        return
    d.rect(x, top + 15, wide, 14, BLUE)
    if until is None:
        d.add("path", d=f"M {end:.1f} {top + 15:.1f} l 11 7 l -11 7 z", fill=BLUE)


def _chosen(
    found: Catalogue, it: schema.Instrument, on: dt.date | None, version: str
) -> tuple[schema.Version, ...]:
    """Return the versions to be shown: of a day, one by its id, all, or else the latest law."""
    if version == "all":
        return tuple(it.versions)
    named = tuple(v for v in it.versions if v.id == version)
    if named:
        return named
    if on is not None:
        then = found.version(it.id, on)
        return (then,) if then is not None else ()
    law = [v for v in it.versions if v.draft is None]
    return tuple(law or it.versions)[-1:]


@router.get("/{name}.json", response_class=JSONResponse)
def instrument_data(site: Shown, name: Name, on: Day = None) -> dict[str, Any]:
    """Return an instrument as data: the same as ``xinyong catalogue show --json``."""
    it = instrument(site.catalogue, name)
    return show.as_dict(site.catalogue, it, show.chosen(site.catalogue, it, on))


@router.get("/{name}.csv", **AS_CSV)
def instrument_rules(site: Shown, name: Name, on: Day = None) -> Response:
    """Return every rule of an instrument as a sentence, one a row."""
    found = site.catalogue
    it = instrument(found, name)
    versions = show.chosen(found, it, on)
    return csv(row for version in versions for row in show.sentences(found, it, version))


@router.get("/{name}/in_force.svg", **AS_SVG)
def instrument_picture(site: Shown, name: Name, on: Day = None) -> Response:
    """Return the picture of when an instrument is in force."""
    return svg(in_force(instrument(site.catalogue, name), on))


@router.get("/{name}/exits.json", response_class=JSONResponse)
def exits_data(site: Shown, name: Name) -> dict[str, Any]:
    """Return how one leaves an instrument, by version."""
    found = site.catalogue
    it = instrument(found, name)
    told = {version.id: exits(found, it, version) for version in it.versions}
    return {"schema_version": 1, "catalogue": found.digest, "instrument": it.id, "exits": told}


@router.get("/{name}/exits.csv", **AS_CSV)
def exits_table(site: Shown, name: Name) -> Response:
    """Return how one leaves an instrument as a table, all its versions."""
    found = site.catalogue
    it = instrument(found, name)
    return csv(
        {"version": version.id} | row
        for version in it.versions
        for row in exits(found, it, version)
    )


@router.get("/{name}", response_class=HTMLResponse)
def instrument_page(
    request: Request, site: Shown, name: Name, on: Day = None, version: Word = ""
) -> HTMLResponse:
    """Show an instrument: who, where, since when, and every rule as a sentence."""
    found = site.catalogue
    it = instrument(found, name)
    chosen = _chosen(found, it, on, version)
    versions = []
    for one in chosen:
        sentences = show.sentences(found, it, one, items=False)
        parts = [(part, list(group)) for part, group in groupby(sentences, lambda r: r["part"])]
        ways = [(way, list(rows)) for way, rows in groupby(exits(found, it, one), _way)]
        versions.append((one, _span(one), parts, ways))
    serving = [x for x in found.instruments.values() if x.serves == it.id]
    return shown(
        request,
        "instrument.html.j2",
        title=own_name(it.name),
        it=it,
        on=on,
        picture=in_force(it, on),
        versions=versions,
        spans=[(v, _span(v)) for v in it.versions],
        pairs=list(itertools.pairwise(v for v in it.versions if v.draft is None)),
        law=found,
        place=places.place(it.reach.place),
        left_out=[_place_name(x) for x in it.reach.without],
        names=show.PARTS,
        way_names=WAYS,
        items=len(found.items.get(it.id, [])),
        serving=serving,
        lint=counted(report_on(it.id, None)),
        page_of=word_page,
    )


def _place_name(place: str) -> str:
    found = places.place(place)
    return found.name_zh if language() == "zh" else found.name_en


def _way(row: dict[str, Any]) -> str:
    return str(row["way"])


# --- items -----------------------------------------------------------------------------------


def _items(found: Catalogue, it: schema.Instrument, q: str, group: str) -> list[Item]:
    """Return the items of an annex that hold some words and are of a group."""
    sought = q.casefold().split()

    def fits(item: Item) -> bool:
        text = f"{item.item} {item.text_en} {item.group_zh} {' '.join(item.conduct)}"
        text += " ".join(found.conducts[c].zh for c in item.conduct if c in found.conducts)
        return group in ("", item.group) and all(word in text.casefold() for word in sought)

    return [item for item in found.items.get(it.id, []) if fits(item)]


@router.get("/{name}/items.json", response_class=JSONResponse)
def items_data(site: Shown, name: Name, q: Words = "", group: Word = "") -> dict[str, Any]:
    """Return the items of a scheme as data."""
    found = site.catalogue
    it = instrument(found, name)
    told = [_item_row(found, item) for item in _items(found, it, q, group)]
    return {"schema_version": 1, "catalogue": found.digest, "instrument": it.id, "items": told}


@router.get("/{name}/items.csv", **AS_CSV)
def items_table(site: Shown, name: Name, q: Words = "", group: Word = "") -> Response:
    """Return the items of a scheme as a table."""
    found = site.catalogue
    it = instrument(found, name)
    return csv(_item_row(found, item) for item in _items(found, it, q, group))


def _item_row(found: Catalogue, item: Item) -> dict[str, Any]:
    return {
        "item": item.item, "article": item.article, "group": item.group,
        "group_zh": item.group_zh, "sentence": item_words(found, item),
        "conduct": list(item.conduct),
        "conduct_zh": [found.conducts[c].zh for c in item.conduct if c in found.conducts],
        "low": item.low, "high": item.high, "grade": item.grade or None,
    }  # fmt: skip


@router.get("/{name}/items", response_class=HTMLResponse)
def items_page(
    request: Request, site: Shown, name: Name, q: Words = "", group: Word = "", page: PageNumber = 1
) -> HTMLResponse:
    """Show the items of a scheme, some at a time."""
    found = site.catalogue
    it = instrument(found, name)
    fitting = _items(found, it, q, group)
    pages = max(1, -(-len(fitting) // _ITEMS))
    page = min(page, pages)
    whole = found.items.get(it.id, [])
    groups = {item.group: item.group_zh for item in whole}
    return shown(
        request,
        "items.html.j2",
        title=say("Items of {name}", name=own_name(it.name)),
        it=it,
        q=q,
        group=group,
        groups=groups,
        fitting=len(fitting),
        whole=len(whole),
        page=page,
        pages=pages,
        rows=[_item_row(found, x) for x in fitting[(page - 1) * _ITEMS : page * _ITEMS]],
        at=lambda n: address(f"/catalogue/{it.id}/items", q=q, group=group, page=n),
    )
