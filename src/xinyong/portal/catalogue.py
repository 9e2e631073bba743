"""Pages of the catalogue: what there is, found by words or filters, and one instrument."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, JSONResponse

from xinyong import places
from xinyong.browse import show
from xinyong.browse.filters import Filters, rows, selected
from xinyong.browse.search import guess, partly, search
from xinyong.browse.thesaurus import remarks
from xinyong.language import language, say
from xinyong.law import vocabulary
from xinyong.portal.page import shown
from xinyong.portal.parts import Day, Shown, part

__all__ = ["router"]

router = part("/catalogue")

Words = Annotated[str, Query(max_length=200, description="English, Chinese or pinyin")]
Word = Annotated[str, Query(max_length=80)]


def _asked(kind: str, polarity: str, level: str, place: str, on: dt.date | None) -> Filters:
    return Filters(kind or None, polarity or None, level or None, place or None, on=on)


@router.get("", response_class=HTMLResponse)
def catalogue(
    request: Request,
    site: Shown,
    q: Words = "",
    kind: Word = "",
    polarity: Word = "",
    level: Word = "",
    place: Word = "",
    on: Day = None,
) -> HTMLResponse:
    """List instruments by filters, or what fits some words."""
    found = site.catalogue
    hits = search(found, q, 60) if q else []
    some = partly(found, q, 12) if q and not hits else []
    listed = [] if q else rows(
        selected(found, _asked(kind, polarity, level, place, on)), found, on
    )  # fmt: skip
    return shown(
        request,
        "catalogue.html.j2",
        title=say("Catalogue"),
        q=q,
        hits=hits,
        some=some,
        hint=guess(found, q) if q and not hits and not some else "",
        remarks=remarks(q) if q else [],
        listed=listed,
        asked={"kind": kind, "polarity": polarity, "level": level, "place": place, "on": on},
        options={
            "kind": sorted({it.kind for it in found.instruments.values()}),
            "polarity": ("black", "red", "mixed", "none"),
            "level": vocabulary.LEVELS,
        },
        places=_with_instruments(site),
    )


def _with_instruments(site: Shown) -> list[places.Place]:
    """Return the places that have instruments of their own, in the order of the table."""
    having = {it.reach.place for it in site.catalogue.instruments.values()}
    return [p for p in places.places() if p.id in having]


@router.get("/{name}.json", response_class=JSONResponse)
def instrument_data(site: Shown, name: str, on: Day = None) -> dict[str, Any]:
    """Return an instrument as data: the same as ``xinyong catalogue show --json``."""
    it = site.catalogue.instrument(name)
    return show.as_dict(site.catalogue, it, show.chosen(site.catalogue, it, on))


@router.get("/{name}", response_class=HTMLResponse)
def instrument(request: Request, site: Shown, name: str, on: Day = None) -> HTMLResponse:
    """Show an instrument: who, where, since when, and every rule as a sentence."""
    found = site.catalogue
    it = found.instrument(name)
    versions = []
    for version in show.chosen(found, it, on):
        sentences = show.sentences(found, it, version, items=False)
        parts = [(part, list(group)) for part, group in groupby(sentences, lambda r: r["part"])]
        versions.append((version, parts))
    own = it.name.zh if language() == "zh" else it.name.en
    return shown(
        request,
        "instrument.html.j2",
        title=own,
        it=it,
        on=on,
        versions=versions,
        authorities=found.authorities,
        place=places.place(it.reach.place),
        names=show.PARTS,
        items=len(found.items.get(it.id, [])),
    )
