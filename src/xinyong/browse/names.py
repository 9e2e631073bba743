"""The words of the catalogue, to be listed: conducts, measures, authorities and places.

Each with both names and the instruments that use it, so that a case, a filter or an own file
can be written without knowing the ids by heart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinyong import places
from xinyong.browse import words as w
from xinyong.browse.kept import kept
from xinyong.browse.search import search
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue
from xinyong.law.references import references, walk

__all__ = ["KINDS", "lines", "named", "uses"]

#: What can be listed, and what one of it is called.
KINDS = {
    "conducts": "conduct",
    "measures": "measure",
    "authorities": "authority",
    "places": "place",
}
_MANY = 10_000
_SHOWN = 6

Row = dict[str, Any]


def uses(found: Catalogue, kind: str, word: str) -> tuple[str, ...]:
    """Return the ids of the instruments that use a word.

    Args:
        found: the catalogue.
        kind: ``conduct``, ``measure``, ``authority`` or ``place``.
        word: its id.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> "air_list" in uses(load(), "measure", "m_no_fly")
        True
    """
    return _all_uses(found).get((kind, word), ())


@kept
def _all_uses(found: Catalogue) -> dict[tuple[str, str], tuple[str, ...]]:
    index: dict[tuple[str, str], set[str]] = {}
    for it in found.instruments.values():
        for key in _used(found, it):
            index.setdefault(key, set()).add(it.id)
    return {key: tuple(sorted(ids)) for key, ids in index.items()}


def _used(found: Catalogue, it: schema.Instrument) -> Iterator[tuple[str, str]]:
    """Yield (kind, id) of every word that an instrument uses."""
    for name in (it.issuer, it.decider, it.keeper):
        if name is not None:
            yield "authority", name
    yield "place", it.reach.place
    for _, block in walk(it):
        if isinstance(block, schema.Provision):
            yield from (("conduct", c) for c in block.conduct)
        elif isinstance(block, schema.Step):
            yield "authority", block.by
        elif isinstance(block, schema.MeasureRow):
            yield "measure", block.measure
            yield from (("authority", a) for a in block.by)
        for _, kind, word in references(block):
            yield kind, word
    yield from (("conduct", c) for item in found.items.get(it.id, []) for c in item.conduct)


def _rows(found: Catalogue) -> dict[str, dict[str, Row]]:
    return {
        "conducts": {
            c.id: {"id": c.id, "en": c.en, "zh": c.zh, "field": c.field, "polarity": c.polarity,
                   "kinds": list(c.kinds), "protected": list(c.protected)}
            for c in sorted(found.conducts.values(), key=lambda c: c.id)
        },
        "measures": {
            m.id: {"id": m.id, "en": m.name.en, "zh": m.name.zh, "field": m.field,
                   "nature": m.nature, "polarity": m.polarity, "by": list(m.by)}
            for m in found.measures.values()
        },
        "authorities": {
            a.id: {"id": a.id, "en": a.name.en, "zh": a.name.zh, "level": a.level}
            for a in found.authorities.values()
        },
        "places": {
            p.id: {"id": p.id, "en": p.name_en, "zh": p.name_zh, "level": p.level,
                   "parent": p.parent or None}
            for p in places.places()
        },
    }  # fmt: skip


def named(found: Catalogue, what: str, words: str = "") -> list[Row]:
    """Return the words of one of `KINDS`, all or those that fit a search, the nearest first.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> [row["id"] for row in named(load(), "places", "文登")]
        ['wendeng', 'wendeng_villages']
    """
    kind = KINDS[what]
    rows = _rows(found)[what]
    ids = [h.id for h in search(found, words, _MANY, kind)] if words.strip() else list(rows)
    index = _all_uses(found)
    return [rows[i] | {"instruments": list(index.get((kind, i), ()))} for i in ids]


def _about(what: str, row: Row) -> str:
    """Return in a few words what kind of conduct, measure, authority or place a row is."""
    match what:
        case "conducts":
            kinds = w.joined(map(w.word, row["kinds"]), "or") or "any subject"
            parts = [w.word(row["field"]), row["polarity"], kinds]
            if row["protected"]:
                parts.append(f"protected: {w.joined(map(w.word, row['protected']))}")
        case "measures":
            parts = [w.word(row["field"]), row["nature"]]
        case "places":
            parts = [row["level"], *([f"in {row['parent']}"] if row["parent"] else [])]
        case _:
            parts = [w.word(row["level"])]
    return ", ".join(parts)


def _zh(row: Row) -> str:
    return f" ({row['zh']})" if row["zh"] else ""


def lines(what: str, rows: list[Row]) -> Iterator[tuple[str, str]]:
    """Yield rows of `named` as styled lines; long lists of instruments are cut."""
    verb = "instruments of its own" if what == "places" else "used by"
    for row in rows:
        yield "", f"{row['id']}  {row['en']}{_zh(row)}"
        ids = row["instruments"]
        said = ", ".join(ids[:_SHOWN]) or ("none" if what == "places" else "no instrument")
        more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
        yield "dim", f"    {_about(what, row)}; {verb}: {said}{more}"
