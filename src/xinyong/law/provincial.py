"""Which lists the credit portals of the provinces showed: who keeps which list.

The table ``data/provincial_lists.csv`` holds names of lists, never an entry. It was
taken from the configuration of a public research crawler of the winter of 2023-2024,
so it says what stood on a portal then. A list that is missing here was not published
there under a name of its own; that it does not exist does not follow.

Source: the portals named row by row (secondary).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from xinyong import places
from xinyong.errors import CatalogueError, Problem
from xinyong.law import schema
from xinyong.law.annex import _read_table, _Row

__all__ = ["KEEPER", "SOURCES", "ProvincialList", "provinces_unseen", "provincial_lists"]

_DATA = Path(str(files("xinyong.law") / "data" / "provincial_lists.csv"))

#: The authority that runs the portal and so keeps the copy shown there.
KEEPER = "provincial_credit"

#: Where the rows come from, by the id in the column `source`.
SOURCES = {
    "crawler_2024": (
        "names of lists in the configuration of a public research crawler of provincial "
        "Credit China portals, winter of 2023-2024; no entry was read"
    ),
}

_COLUMNS = (
    *("id", "province", "polarity", "category", "category_by", "subjects", "name_zh", "name_en"),
    *("decider", "mirrors", "note", "seen", "depth", "source"),
)


@dataclass(frozen=True, slots=True)
class ProvincialList:
    """One list shown on the credit portal of one province.

    Attributes:
        id: province and category, numbered where a category stands more than once.
        province: id of the place.
        polarity: ``black`` or ``red``.
        category: kind of list; `category_by` says whether the source gave it
            (``source``) or it was assigned here (``compiler``).
        subjects: ``company``, ``person`` or ``both``; social organisations count as companies.
        name_zh, name_en: the name on the portal, and a translation.
        keeper: the authority that runs the portal.
        decider: the authority that decides on such lists, inferred from the category;
            empty where the category does not say.
        mirrors: instrument of the catalogue that the list seems to copy, inferred from
            category and name; empty where none is encoded or the name does not tell.
        note: what else is known.
        seen: when the portal was looked at: ``2023-2024`` is that winter.
        depth: depth of the source; `source` its id in `SOURCES`.
        line: line of the table, for messages.
    """

    id: str
    province: str
    polarity: str
    category: str
    category_by: str
    subjects: str
    name_zh: str
    name_en: str
    keeper: str
    decider: str
    mirrors: str
    note: str
    seen: str
    depth: str
    source: str
    line: int = 0


def read_provincial_lists(path: Path) -> tuple[ProvincialList, ...]:
    """Read and check a table of provincial lists.

    Raises:
        CatalogueError: with file, line and column of every problem found.
    """
    problems: list[Problem] = []
    found: list[ProvincialList] = []
    provinces = tuple(p.id for p in places.places() if p.level == "province")
    for cells in _read_table(path, list(_COLUMNS), problems):
        row = _Row(path, cells, problems)
        plain: dict[str, Any] = {c: cells[c].strip() for c in _COLUMNS}
        for column in ("id", "category", "name_zh", "name_en", "seen"):
            if not plain[column]:
                row.wrong(column, "is empty", "every list has one")
        row.word("province", provinces, empty=False)
        row.word("polarity", ("black", "red"), empty=False)
        row.word("category_by", ("source", "compiler"), empty=False)
        row.word("subjects", ("company", "person", "both"), empty=False)
        row.word("depth", get_args(schema.Depth), empty=False)
        row.word("source", tuple(SOURCES), empty=False)
        if any(plain["id"] == other.id for other in found):
            row.wrong("id", f"{plain['id']!r} stands twice")
        found.append(ProvincialList(**plain, keeper=KEEPER, line=row.line))
    if problems:
        raise CatalogueError(problems)
    return tuple(found)


@cache
def _table() -> tuple[ProvincialList, ...]:
    return read_provincial_lists(_DATA)


def provincial_lists(
    province: str | None = None, *, polarity: str | None = None, category: str | None = None
) -> tuple[ProvincialList, ...]:
    """Return the lists of the portals, by province in the order of the census.

    Args:
        province: a place: its own lists, and for ``cn`` those of every province.
        polarity: ``black`` or ``red``.
        category: kind of list.

    Raises:
        UsageError: there is no such place.

    Example:
        >>> [(one.category, one.subjects) for one in provincial_lists("tibet")]
        [('dishonest_debtors', 'person'), ('failure_to_pay_migrant_workers_wages', 'company')]
    """
    order = {p.id: i for i, p in enumerate(places.places())}
    kept = [
        one
        for one in _table()
        if (province is None or places.within(one.province, province))
        and (polarity is None or one.polarity == polarity)
        and (category is None or one.category == category)
    ]
    return tuple(sorted(kept, key=lambda one: (order[one.province], one.line)))


def provinces_unseen() -> tuple[str, ...]:
    """Return the provinces whose portal the source does not hold: nothing is known of them.

    Example:
        >>> "zhejiang" in provinces_unseen()
        True
    """
    seen = {one.province for one in _table()}
    return tuple(p.id for p in places.places() if p.level == "province" and p.id not in seen)
