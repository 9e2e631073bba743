"""Invented rulebooks for the linter, and one change of them at a time."""

from __future__ import annotations

import copy
import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

from xinyong.law import schema
from xinyong.law.catalogue import load
from xinyong.law.lint import (
    Finding,
    Report,
    Rulebook,
    load_profiles,
)
from xinyong.law.lint.read import _words
from xinyong.law.lint.rulebook import Words
from xinyong.yamlio import read_yaml

HERE = Path(__file__).parent.parent / "golden_lint"
ROOT = Path(__file__).parent.parent.parent
PROFILES = load_profiles()
LIMITS = [(p.id, x.id) for p in PROFILES.values() for x in p.limits]
DAY = dt.timedelta(days=1)


@cache
def golden(name: str) -> dict[str, Any]:
    return read_yaml(HERE / f"{name}.yaml").data


@cache
def invented() -> Words:
    return _words(HERE / "words", load())[0]


def plain(base: str) -> dict[str, Any]:
    return copy.deepcopy(golden(base))


def change(data: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Set the fields that dotted paths lead to; None takes a field or an entry away."""
    for path, value in changes.items():
        node: Any = data
        parts = ["versions", "0", *path.split(".")[1:]] if path[:2] == "v." else path.split(".")
        for part in parts[:-1]:
            node = node[int(part)] if isinstance(node, list) else node[part]
        last: Any = int(parts[-1]) if isinstance(node, list) else parts[-1]
        if value is None:
            if last in node or isinstance(node, list):
                del node[last]
        else:
            node[last] = copy.deepcopy(value)
    return data


def book(words: Words, base: str, *changes: dict[str, Any]) -> Rulebook:
    data = plain(base)
    for some in changes:
        change(data, some)
    return Rulebook(schema.Instrument.model_validate(data), (), words)


def of_limit(report: Report, limit: str, part: str | None) -> list[Finding]:
    return [
        f
        for f in report.findings
        if f.limit == limit and (part is None or f.path.rpartition(".")[2] == part)
    ]
