"""The first page of the catalogue: what there is, found by words or by filters."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any, get_args

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from xinyong import places
from xinyong.browse.export import table
from xinyong.browse.filters import Filters
from xinyong.browse.search import Hit, guess, partly, search
from xinyong.browse.thesaurus import Everyday, remarks
from xinyong.browse.told import hits_told, listed_told
from xinyong.errors import UsageError
from xinyong.language import say
from xinyong.law import schema, vocabulary
from xinyong.law.catalogue import Catalogue
from xinyong.portal.known import Word, Words, place_table, word_page
from xinyong.portal.page import shown
from xinyong.portal.parts import Day, Shown, part
from xinyong.portal.replies import AS_CSV, csv

__all__ = ["router"]

router = part("/catalogue")

_MOST = 60
#: What can be picked for each filter that is a closed word.
_WORDS: dict[str, tuple[str, ...]] = {
    "kind": get_args(schema.InstrumentKind),
    "polarity": get_args(schema.Polarity),
    "level": vocabulary.LEVELS,
    "subject": vocabulary.KINDS,
    "field": vocabulary.FIELDS,
    "depth": get_args(schema.Depth),
}


def _asked(
    kind: Word = "",
    polarity: Word = "",
    level: Word = "",
    place: Word = "",
    subject: Word = "",
    conduct: Word = "",
    measure: Word = "",
    field: Word = "",
    depth: Word = "",
    on: Day = None,
) -> Filters:
    return Filters(
        kind or None,
        polarity or None,
        level or None,
        place or None,
        subject or None,
        conduct.strip() or None,
        measure or None,
        field or None,
        depth or None,
        on,
    )


Asked = Annotated[Filters, Depends(_asked)]


@dataclass(frozen=True)
class Found:
    """What a search found: `hits` fit all words, `some` fit some where nothing fits all."""

    hits: list[Hit]
    some: list[Hit]
    hint: str
    remarks: list[Everyday]


def _found(catalogue: Catalogue, q: str) -> Found:
    """Search as ``xinyong catalogue search`` does."""
    hits = search(catalogue, q, _MOST)
    some = [] if hits else partly(catalogue, q, 12)
    hint = "" if hits or some else guess(catalogue, q).partition("'xinyong")[0]
    return Found(hits, some, hint.strip(), remarks(q))


@router.get("", response_class=HTMLResponse)
def catalogue(request: Request, site: Shown, asked: Asked, q: Words = "") -> HTMLResponse:
    """List instruments by filters, or what fits some words."""
    found = site.catalogue
    listed: list[dict[str, Any]] = []
    error = field = ""
    try:
        listed = [] if q else listed_told(found, asked)["instruments"]
    except UsageError as wrong:
        field, _, error = str(wrong).removeprefix("--").partition(": ")
    given = {name: value for name, value in asdict(asked).items() if value is not None}
    return shown(
        request,
        "catalogue.html.j2",
        422 if error else 200,
        title=say("Catalogue"),
        q=q,
        found=_found(found, q) if q else None,
        page_of=word_page,
        listed=listed,
        asked=asdict(asked),
        given=given,
        error=error.partition("; 'xinyong")[0],
        wrong=field,
        words=_WORDS,
        law=found,
        places=_with_instruments(found),
        place_of=places.place,
    )


def _with_instruments(found: Catalogue) -> list[str]:
    """Return the places that have instruments of their own, in the order of the table."""
    having = {it.reach.place for it in found.instruments.values()}
    return [name for name in place_table() if name in having]


@router.get(".json", response_class=JSONResponse)
def catalogue_data(site: Shown, asked: Asked, q: Words = "") -> dict[str, Any]:
    """Return the list, or what was found: ``xinyong catalogue list`` (``search``) ``--json``."""
    if not q:
        return listed_told(site.catalogue, asked)
    got = _found(site.catalogue, q)
    return hits_told(site.catalogue, got.hits, got.some, got.remarks)


@router.get(".csv", **AS_CSV)
def catalogue_table(site: Shown, asked: Asked, q: Words = "") -> Response:
    """Return the list, or what was found, as a table."""
    if q:
        got = _found(site.catalogue, q)
        return csv(asdict(hit) for hit in got.hits or got.some)
    ids = {row["id"] for row in listed_told(site.catalogue, asked)["instruments"]}
    return csv(row for row in table(site.catalogue, "instruments") if row["id"] in ids)
