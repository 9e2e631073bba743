"""Places: nation > province > prefecture > county > village.

The table ``data/places.csv`` holds China, its 31 mainland provinces, and below them the
prefectures and counties that have instruments of their own, and the villages of two
counties taken together. A case may state any of them.

A synthetic subject lives in exactly one *leaf*: one of the 43 pilot cities of 2015 and 2016
(two of them counties of others), Wendeng, its villages taken together, or a province. The
leaf ``shandong`` means Shandong without the cities that are leaves of their own; a rule that
reaches ``shandong`` reaches them all, because ``within`` follows the hierarchy.

Codes are the administrative division codes of GB/T 2260; villages taken together have none.

``data/tiles.csv`` says where each province stands on a map of equal squares, with its letters
(GB/T 2260) and its one-character name. Neighbours stand near each other; nothing is measured.
"""

from __future__ import annotations

import csv
import difflib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xinyong.errors import UsageError
from xinyong.language import Sentence

__all__ = [
    "Place",
    "Tile",
    "ancestors",
    "hint",
    "leaves",
    "place",
    "places",
    "province",
    "tiles",
    "within",
]


@dataclass(frozen=True, slots=True)
class Place:
    """One place.

    Attributes:
        id: ascii name, such as ``inner_mongolia``.
        name_en: English name.
        name_zh: official Chinese name.
        gb_code: six-digit administrative division code; empty for villages.
        level: ``nation``, ``province``, ``prefecture``, ``county`` or ``village``.
        parent: id of the place above; empty for the nation.
        leaf: whether subjects live there, and not in a part of it that is a leaf.
    """

    id: str
    name_en: str
    name_zh: str
    gb_code: str
    level: str
    parent: str
    leaf: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A province on a map of equal squares.

    Attributes:
        place: id of the province; letters: its code of two letters; short_zh: its short name.
        column, row: from 0, from the west and from the north.
    """

    place: str
    letters: str
    short_zh: str
    column: int
    row: int


@cache
def _table() -> dict[str, Place]:
    text = files("xinyong").joinpath("data/places.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["id"]: Place(**row | {"leaf": row["leaf"] == "1"}) for row in rows}


def places() -> tuple[Place, ...]:
    """Return every place, the nation first, in the order of the table."""
    return tuple(_table().values())


@cache
def tiles() -> tuple[Tile, ...]:
    """Return where each of the 31 provinces stands on a map of equal squares.

    Example:
        >>> next(t for t in tiles() if t.place == "hainan").row
        7
    """
    text = files("xinyong").joinpath("data/tiles.csv").read_text(encoding="utf-8")
    return tuple(
        Tile(r["place"], r["letters"], r["short_zh"], int(r["column"]), int(r["row"]))
        for r in csv.DictReader(text.splitlines())
    )


def place(id: str) -> Place:
    """Return the place with this id.

    Raises:
        UsageError: there is no such place.

    Example:
        >>> place("wendeng").gb_code
        '371003'
    """
    try:
        return _table()[id]
    except KeyError:
        raise UsageError(
            Sentence("unknown place {name}; {hint}", name=repr(id), hint=hint(id))
        ) from None


#: Spellings of older books and of other languages.
_OLDER = {
    "amoy": "xiamen",
    "canton": "guangzhou",
    "chungking": "chongqing",
    "foochow": "fuzhou",
    "hangchow": "hangzhou",
    "kwangtung": "guangdong",
    "nanking": "nanjing",
    "pekin": "beijing",
    "peking": "beijing",
    "pékin": "beijing",
    "shantung": "shandong",
    "soochow": "suzhou",
    "szechuan": "sichuan",
    "szechwan": "sichuan",
    "tibet": "xizang",
    "tientsin": "tianjin",
}


def older(word: str) -> str:
    """Return the place of an older spelling, or an empty string.

    Example:
        >>> older("Peking"), older("Wendeng")
        ('beijing', '')
    """
    found = _OLDER.get(word[:80].strip().lower(), "")
    return found if found in {p.id for p in places()} else ""


def hint(word: str) -> str:
    """Return how to go on from a word that is no place: the nearest id, and the command.

    Example:
        >>> hint("Wendng")
        "did you mean 'wendeng'? 'xinyong catalogue places' lists the ids"
        >>> hint("北京")
        "did you mean 'beijing'? 'xinyong catalogue places' lists the ids"
    """
    names = {name: p.id for p in places() for name in (p.id, p.name_en.lower(), p.name_zh)}
    sought = word[:80].strip().lower()
    short = [i for name, i in names.items() if len(sought) > 1 and name.startswith(sought)]
    near = (
        short
        or [i for i in (older(word),) if i]
        or [names[n] for n in difflib.get_close_matches(sought, names, 1, 0.75)]
    )
    if near:
        said = "did you mean {name}? 'xinyong catalogue places' lists the ids"
        return Sentence(said, name=repr(near[0]))
    return Sentence("'xinyong catalogue places' lists the ids; 'cn' is the whole country")


@cache
def ancestors(id: str) -> tuple[str, ...]:
    """Return the ids from the place itself up to the nation.

    Example:
        >>> ancestors("wendeng")
        ('wendeng', 'weihai', 'shandong', 'cn')
    """
    here = place(id)
    return (here.id, *ancestors(here.parent)) if here.parent else (here.id,)


def within(id: str, other: str) -> bool:
    """Return whether the first place is the second or lies in it.

    Example:
        >>> within("wendeng", "shandong"), within("shandong", "wendeng")
        (True, False)
    """
    return place(other).id in ancestors(id)


@cache
def leaves() -> tuple[str, ...]:
    """Return the ids of the leaves: the 31 provinces, then the cities and counties.

    The position in this tuple is the leaf's number in every table of the society.
    """
    found = [p for p in places() if p.leaf]
    return tuple(p.id for p in sorted(found, key=lambda p: p.level != "province"))


@cache
def province(id: str) -> str:
    """Return the province of a place (the nation for the nation).

    Example:
        >>> province("wendeng")
        'shandong'
    """
    above = ancestors(id)
    return above[-2] if len(above) > 1 else id
