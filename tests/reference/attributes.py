"""What the linter reads off made-up rulebooks; their words are those of the catalogue."""

from __future__ import annotations

from functools import cache
from typing import Any

from reference.small_law import rule
from xinyong.law import schema
from xinyong.law.annex import Item
from xinyong.law.catalogue import load
from xinyong.law.lint import Rulebook
from xinyong.law.lint.engine import Target, targets
from xinyong.law.lint.rulebook import Words


@cache
def words() -> Words:
    return Words.of(load())


def parts(it: schema.Instrument, *items: Item) -> list[Target]:
    return list(targets(Rulebook(it, items, words()), it.versions[0]))


def of(it: schema.Instrument, name: str, *items: Item, over: str = "provision") -> Any:
    """The attribute of the first part of a kind."""
    return next(x for x in parts(it, *items) if x.over == over).values[name]


def whole(it: schema.Instrument, name: str, *items: Item) -> Any:
    return of(it, name, *items, over="instrument")


def conduct(**wanted: Any) -> str:
    """A conduct of the catalogue that is so: polarity, field, with documents or without."""
    papers = wanted.pop("papers", None)
    return next(
        c.id
        for c in words().conducts.values()
        if all(getattr(c, k) == x for k, x in wanted.items())
        and (papers is None or bool(c.documents) == papers)
        and not c.protected
    )


BAD, GOOD = conduct(polarity="bad"), conduct(polarity="good")
PAPERED, BARE = conduct(papers=True), conduct(papers=False)
SOCIAL, COMMERCIAL = conduct(field="social"), conduct(field="commercial")
PROTECTED = next(c.id for c in words().conducts.values() if "petition" in c.protected)
THREE = (("A", 95, None), ("B", 90, 94), ("C", None, 89))


def grade(name: str, **more: Any) -> dict[str, Any]:
    return rule({"do": "grade", "grade": name} | more, "direct")
