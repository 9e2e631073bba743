"""The official Chinese terms of what a rule is about."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from xinyong import places
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue
from xinyong.law.references import references, walk

__all__ = ["official"]


def official(found: Catalogue, block: BaseModel) -> list[str]:
    """Return the official Chinese terms of what a block is about, each once.

    Conduct, measures, bodies, places and instruments that it names, in the order of the file.
    """
    terms: dict[str, None] = {}
    for _, inner in walk(block):
        if isinstance(inner, schema.Definition):
            terms[inner.term.zh] = None
        words = [("conduct", c) for c in getattr(inner, "conduct", None) or ()]
        words += [("authority", inner.by)] if isinstance(inner, schema.Step) else []
        if isinstance(inner, schema.MeasureRow):
            words += [("measure", inner.measure), *(("authority", a) for a in inner.by)]
        words += [(kind, word) for _, kind, word in references(inner)]
        for kind, word in words:
            if zh := _chinese(found, kind, word):
                terms[zh] = None
    return list(terms)


def _chinese(found: Catalogue, kind: str, word: str) -> str:
    if kind == "conduct":
        return found.conducts[word].zh if word in found.conducts else ""
    if kind == "place":
        return places.place(word).name_zh
    tables: dict[str, Any] = {
        "authority": found.authorities,
        "measure": found.measures,
        "instrument": found.instruments,
    }
    block = tables.get(kind, {}).get(word)
    return block.name.zh if block is not None else ""
