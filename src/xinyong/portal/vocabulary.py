"""The words of the catalogue: conducts, measures, authorities, places; where each is used."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from xinyong import places
from xinyong.browse.names import KINDS, named
from xinyong.browse.show import sentences
from xinyong.browse.told import words_told
from xinyong.language import language, say
from xinyong.law.catalogue import Catalogue
from xinyong.portal.known import Name, Words, known
from xinyong.portal.page import shown
from xinyong.portal.parts import Shown, part
from xinyong.portal.replies import AS_CSV, csv

__all__ = ["router"]

router = part("/catalogue/words")

What = Literal["conducts", "measures", "authorities", "places"]

#: What each page is called, and what it says.
TITLES = {
    "conducts": ("Conducts", "What subjects do, true in the model whether or not anyone knows."),
    "measures": ("Measures", "What may follow: punishments and rewards, each applied by someone."),
    "authorities": ("Authorities", "Who decides, keeps or acts: institutions, never persons."),
    "places": ("Places", "Where instruments apply: nation, provinces, cities, counties, villages."),
}


@router.get("/{what}.json", response_class=JSONResponse)
def words_data(site: Shown, what: What, q: Words = "") -> dict[str, Any]:
    """Return a vocabulary as data: the same as ``xinyong catalogue conducts --json``."""
    return words_told(site.catalogue, what, q)


@router.get("/{what}.csv", **AS_CSV)
def words_table(site: Shown, what: What, q: Words = "") -> Response:
    """Return a vocabulary as a table."""
    return csv(named(site.catalogue, what, q))


@router.get("/{what}/{name}.json", response_class=JSONResponse)
def word_data(site: Shown, what: What, name: Name) -> dict[str, Any]:
    """Return one word with every rule that speaks of it, as data."""
    row = _one(site.catalogue, what, name)
    rules = _table(site.catalogue, what, row)
    return {"schema_version": 1, "catalogue": site.catalogue.digest, KINDS[what]: row,
            "rules": rules}  # fmt: skip


@router.get("/{what}/{name}.csv", **AS_CSV)
def word_table(site: Shown, what: What, name: Name) -> Response:
    """Return the rules that speak of one word as a table."""
    return csv(_table(site.catalogue, what, _one(site.catalogue, what, name)))


def _table(found: Catalogue, what: str, word: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what speaks of a word: a row a rule; an instrument alone where no rule names it."""
    table: list[dict[str, Any]] = []
    for one, rules in _rules(found, what, word["id"], word["instruments"]):
        table += [{"instrument": one} | row for row in rules] or [{"instrument": one}]
    return table


def _one(found: Catalogue, what: str, name: str) -> dict[str, Any]:
    table = {row["id"]: row for row in named(found, what)}
    return known(found, KINDS[what], table, name)


@router.get("/{what}/{name}", response_class=HTMLResponse)
def word_page(request: Request, site: Shown, what: What, name: Name) -> HTMLResponse:
    """Show one word: what it is, and every rule that speaks of it."""
    found = site.catalogue
    row = _one(found, what, name)
    cited = ""
    if what == "measures":
        cited = found.measures[name].cite
    elif what == "authorities":
        cited = found.authorities[name].cite
    return shown(
        request,
        "word.html.j2",
        title=row["zh"] if language() == "zh" and row["zh"] else row["en"],
        what=what,
        heading=TITLES[what][0],
        row=row,
        cited=cited,
        rules=_rules(found, what, name, row["instruments"]),
        below=[p for p in places.places() if what == "places" and p.parent == name],
        law=found,
        place_of=places.place,
    )


def _rules(
    found: Catalogue, what: str, name: str, instruments: list[str]
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return, by instrument, the sentences of its latest version that a word stands in."""
    told = []
    for one in instruments:
        it = found.instruments[one]
        version = it.versions[-1]
        ids = {p.id for p in version.provisions if name in p.conduct}
        ids |= {s.id for s in version.steps if s.by == name}
        ids |= {m.measure for m in version.measures if name in (m.measure, *m.by)}
        ids |= {x.item for x in found.items.get(one, []) if name in x.conduct}
        rows = [r for r in sentences(found, it, version) if r["id"] in ids] if ids else []
        told.append((one, rows if what != "places" else []))
    return told


@router.get("/{what}", response_class=HTMLResponse)
def words_page(request: Request, site: Shown, what: What, q: Words = "") -> HTMLResponse:
    """Show a vocabulary, all of it or what fits some words."""
    title, about = TITLES[what]
    return shown(
        request,
        "words.html.j2",
        title=say(title),
        what=what,
        about=say(about),
        q=q,
        rows=named(site.catalogue, what, q),
        law=site.catalogue,
    )
