"""A law of one or two made-up instruments, and files told event by event."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from reference.made_up import GUESS, instrument
from xinyong.dates import day_of
from xinyong.law import schema
from xinyong.law.annex import Item
from xinyong.law.catalogue import load
from xinyong.law.compile import Law, compile_law
from xinyong.law.determine import Determination, Event, Ledger, Subject, determine
from xinyong.law.vocabulary import ROLES, SEVERITIES

YEAR = {"n": 1, "unit": "year", "from": "formed"}
GRADES: tuple[tuple[str, int | None, int | None], ...] = (("A", 95, None), ("B", None, 94))


def small_law(
    *made: schema.Instrument, items: dict[str, list[Item]] | None = None, **more: Any
) -> Law:
    """Compile a law that consists of these instruments alone."""
    own = {it.id: it for it in sorted(made, key=lambda it: it.id)}
    return compile_law(replace(load(), instruments=own, items=items or {}, **more))


def rule(effect: dict[str, Any], name: str = "rule", **more: Any) -> dict[str, Any]:
    """A provision about littering."""
    plain = {"id": name, "title": "made up", "conduct": ["littering"], "cite": GUESS}
    return plain | {"effect": effect} | more


def enters(name: str = "ground", term: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A ground of a list; without a term it has no end."""
    return rule({"do": "enter", "term": term or {"open": True}}, name, **more)


def ends(
    cause: str, since: str, only_open: bool = False, name: str = "", **more: Any
) -> dict[str, Any]:
    """A provision that ends an entry from an event."""
    effect = {"do": "end", "cause": cause, "from": since, "only_open_term": only_open}
    return rule(effect, name or f"end_by_{since}", **more)


def points(low: int, high: int | None = None, name: str = "rule", **more: Any) -> dict[str, Any]:
    """A provision that adds or takes off points."""
    keys = ("per", "step", "points_per_step_tenths", "every_months", "award")
    effect = {key: more.pop(key) for key in keys if key in more}
    high = low if high is None else high
    return rule(effect | {"do": "points", "low": low, "high": high}, name, **more)


def step(
    name: str, opens: str, since: list[str], then: str, within: Any = None, **more: Any
) -> dict[str, Any]:
    """A step of a procedure; `within` is ``(n, unit)`` or ``(n, unit, extended_by)``."""
    limit = None
    if within is not None:
        limit = dict(zip(("n", "unit", "extended_by"), within, strict=False))
    plain = {"id": name, "title": "made up", "by": "ndrc", "modality": "must", "if_lapsed": "-"}
    return (
        plain | {"opens": opens, "from": since, "then": then, "within": limit, "cite": GUESS} | more
    )


def listing(
    *provisions: dict[str, Any],
    steps: tuple[dict[str, Any], ...] = (),
    name: str = "blacklist",
    version: dict[str, Any] | None = None,
    **more: Any,
) -> schema.Instrument:
    """A made-up list of 2020."""
    said = {"provisions": list(provisions), "steps": list(steps)} | (version or {})
    return instrument(name, "list", said, **more)


def scheme(
    *provisions: dict[str, Any],
    name: str = "made_up",
    steps: tuple[dict[str, Any], ...] = (),
    grades: tuple[tuple[Any, ...], ...] = GRADES,
    combination: dict[str, Any] | None = None,
    version: dict[str, Any] | None = None,
    of: dict[str, Any] | None = None,
    **more: Any,
) -> schema.Instrument:
    """A made-up scheme of 2020 with a base of 100 points; `more` goes into its scheme block."""
    keys = ("id", "lo", "hi", "direct_points")
    block: dict[str, Any] = {
        "base": 100,
        "grades": [
            {"name": {"en": "g", "zh": "级"}} | dict(zip(keys, g, strict=False)) for g in grades
        ],
        "validity": [
            {"minus": True, "term": YEAR, "cite": GUESS},
            {"plus": True, "term": YEAR, "cite": GUESS},
        ],
        "combination": {"several_items": "sum", "cite": GUESS} | (combination or {}),
        "items_source": "none",
        "cite": GUESS,
    }  # fmt: skip
    said = {"provisions": list(provisions), "steps": list(steps), "scheme": block | more}
    return instrument(name, "scheme", said | (version or {}), **(of or {}))


def item(name: str, low: int = 0, high: int | None = None, **more: Any) -> Item:
    """A row of an annex."""
    plain: dict[str, Any] = {
        "item": name, "article": "annex", "kinds": ("person",), "conduct": ("littering",),
        "group": "group", "group_zh": "组", "text_en": "made up", "low": low,
        "high": low if high is None else high, "grade": "", "quantity": "", "lo": None, "hi": None,
        "lo_inclusive": True, "hi_inclusive": True, "per": "", "step": 0,
        "points_per_step_tenths": 0, "tier_base": 0, "every_months": 0, "circumstance": (),
        "severity": (), "role": "", "via": (), "award": "", "ladder": "", "ladder_mode": "",
        "field": "social", "protected": (), "flag": "",
    }  # fmt: skip
    return Item(**(plain | more))


def events(text: str) -> tuple[Event, ...]:
    """Read events, divided by semicolons: day, word, what it is about, value, ``@case``.

    Example: ``2021-03-01 occurred; 2021-03-01 detail amount 300; 2021-03-05 decided blacklist``.
    An act is one of littering unless it is said.
    """
    found = []
    for row in text.split(";"):
        day, word, *rest = row.split()
        case = int(rest.pop()[1:]) if rest and rest[-1][0] == "@" else 0
        what = rest[0] if rest else "littering" if word == "occurred" else ""
        value = 0
        if word == "copied":
            what, value = "", ROLES.index(rest[0])
        elif len(rest) > 1:
            value = SEVERITIES.index(rest[1]) if rest[1] in SEVERITIES else int(rest[1])
        found.append(Event(day_of(dt.date.fromisoformat(day)), word, case, what, value))
    return tuple(found)


def follows(law: Law, text: str, on: str, kind: str = "person", **who: Any) -> Determination:
    """What follows from a file on a day."""
    ledger = Ledger(Subject(kind, **who), events(text))
    return determine(ledger, law, dt.date.fromisoformat(on))
