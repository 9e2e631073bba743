"""What commands, pages and Python tell of a catalogue, as plain data ready for JSON.

Each answer names its ``schema_version`` and the digest of the ``catalogue`` it was read from.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from xinyong.browse.diff import Change, Side
from xinyong.browse.filters import Filters, rows, selected
from xinyong.browse.names import named
from xinyong.browse.search import Hit
from xinyong.browse.thesaurus import Everyday
from xinyong.browse.timeline import Moment
from xinyong.law.catalogue import Catalogue

__all__ = ["changes_told", "csv_text", "hits_told", "listed_told", "moments_told", "words_told"]

Told = dict[str, Any]


def _head(found: Catalogue) -> Told:
    return {"schema_version": 1, "catalogue": found.digest}


def listed_told(found: Catalogue, asked: Filters) -> Told:
    """Return the instruments that fit filters: ``xinyong catalogue list --json``.

    Raises:
        UsageError: a filter has an unknown word.
    """
    return _head(found) | {"instruments": rows(selected(found, asked), found, asked.on)}


def changes_told(found: Catalogue, a: Side, b: Side, changes: Iterable[Change]) -> Told:
    """Return the differences between two versions: ``xinyong catalogue diff --json``."""
    sides = [{"instrument": s.it.id, "version": s.version.id, "zh": s.it.name.zh} for s in (a, b)]
    told = [asdict(c) | {"sentence": c.sentence} for c in changes]
    return _head(found) | {"sides": sides, "changes": told}


def moments_told(found: Catalogue, moments: Iterable[Moment]) -> Told:
    """Return what happened when: ``xinyong catalogue timeline --json``."""
    told = [asdict(m) | {"first": m.first.isoformat()} for m in moments]
    return _head(found) | {"moments": told}


def hits_told(
    found: Catalogue, hits: Sequence[Hit], some: Sequence[Hit], remarks: Iterable[Everyday]
) -> Told:
    """Return what was found: ``xinyong catalogue search --json``.

    Args:
        found: the catalogue.
        hits: what fits all words; some: what fits some of them, told where nothing fits all.
        some: see there.
        remarks: on what is commonly believed.
    """
    said = [{"remark": row.remark, "basis": row.basis} for row in remarks]
    told = [asdict(h) for h in hits or some]
    return _head(found) | {"all_words": bool(hits), "remarks": said, "hits": told}


def words_told(found: Catalogue, what: str, words: str = "") -> Told:
    """Return a vocabulary: ``xinyong catalogue conducts --json`` and so on."""
    return _head(found) | {what: named(found, what, words)}


def csv_text(table: Iterable[Mapping[str, Any]]) -> str:
    r"""Return rows as CSV with a header; lines end in ``\n``, lists are joined by ``|``.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.

    Example:
        >>> csv_text([{"a": 1, "b": ["x", "y"]}, {"a": None, "b": "=1+1"}])
        "a,b\n1,x|y\n,'=1+1\n"
    """
    found = list(table)
    out = io.StringIO()
    if found:
        columns = list(dict.fromkeys(key for row in found for key in row))
        writer = csv.DictWriter(out, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in found)
    return out.getvalue()


def _cell(value: Any) -> Any:
    match value:
        case None:
            return ""
        case list() | tuple() | frozenset():
            return _cell("|".join(str(_cell(x)) for x in value))
        case dt.date():
            return value.isoformat()
        case str() if re.match(r"[=+\-@\t\r]", value) and not re.fullmatch(r"[+-]?[\d.]+", value):
            return f"'{value}"
    return value
