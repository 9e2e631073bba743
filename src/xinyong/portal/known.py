"""What an address names, or a problem that says what may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, TypeVar

from fastapi import Path, Query

from xinyong import places
from xinyong.browse.names import KINDS
from xinyong.browse.search import search
from xinyong.language import language, say
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue
from xinyong.portal.page import address
from xinyong.portal.problems import MissingError

__all__ = [
    "Name",
    "PageNumber",
    "Word",
    "Words",
    "instrument",
    "known",
    "own_name",
    "place_table",
    "word_page",
]

Name = Annotated[str, Path(max_length=80)]
Word = Annotated[str, Query(max_length=80)]
Words = Annotated[str, Query(max_length=200, description="English, Chinese or pinyin")]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]

_T = TypeVar("_T")

#: The page of what a search finds, by its kind.
_PAGES = {kind: what for what, kind in KINDS.items()}


def own_name(name: schema.Bilingual) -> str:
    """Return a name in the language that is spoken."""
    return name.zh if language() == "zh" else name.en


def instrument(found: Catalogue, name: str) -> schema.Instrument:
    """Return an instrument.

    Raises:
        MissingError: there is none of that id; it names the nearest.
    """
    return known(found, "instrument", found.instruments, name)


def known(found: Catalogue, kind: str, table: Mapping[str, _T], name: str) -> _T:
    """Return what an address names.

    Args:
        found: the catalogue.
        kind: such as ``conduct``; table: all there is of it, by id.
        table: see there.
        name: the id asked for.

    Raises:
        MissingError: there is none of that id; it names the nearest.
    """
    if name in table:
        return table[name]
    near = difflib.get_close_matches(name.lower(), list(table), n=3, cutoff=0.6)
    near += [h.id for h in search(found, name.replace("_", " "), 3, kind) if h.id in table]
    links = [(i, word_page(kind, i)) for i in dict.fromkeys(near)]
    raise MissingError(say("There is nothing of that name in the catalogue."), links[:3])


def word_page(kind: str, name: str) -> str:
    """Return the address of the page of something in the catalogue; "" if it has none.

    Example:
        >>> word_page("conduct", "owes_tax"), word_page("document", "judgment")
        ('/en/catalogue/words/conducts/owes_tax', '')
    """
    if kind == "instrument":
        return address(f"/catalogue/{name}")
    return address(f"/catalogue/words/{_PAGES[kind]}/{name}") if kind in _PAGES else ""


@lru_cache(maxsize=1)
def place_table() -> dict[str, places.Place]:
    """Return every place by its id."""
    return {p.id: p for p in places.places()}
