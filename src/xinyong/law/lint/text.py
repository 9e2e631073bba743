"""A report of the linter as text and as plain data."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

from xinyong.law.lint.engine import Finding, Later, Report
from xinyong.law.lint.predicates import Value

__all__ = ["as_dict", "lines", "shown"]

#: Parts named under one limit before the rest is only counted.
_MOST = 6


def shown(value: Value) -> str:
    """Return a value of an attribute as people read it.

    Example:
        >>> shown(frozenset({"b", "a"})), shown(None), shown(True), shown(frozenset())
        ('a, b', 'not known', 'yes', 'none')
    """
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    return str(value)


def lines(report: Report, every: bool = False) -> Iterator[tuple[str, str]]:
    """Yield style and text of each line; styles are those of the calculator's text.

    Args:
        report: what was found.
        every: name every part, also those that are clear.
    """
    parts: tuple[Finding | Later, ...] = (*report.findings, *report.later)
    for instrument, version, on in dict.fromkeys((x.instrument, x.version, x.on) for x in parts):
        yield "bold", f"{instrument}, version {version}, as of {on}"
        found = [f for f in report.findings if (f.instrument, f.version) == (instrument, version)]
        for result, style in (("breach", "red"), ("doubt", "yellow"), ("clear", "dim")):
            if result == "clear" and not every:
                continue
            yield from _of_result([f for f in found if f.result == result], style, every)
        clear = sum(f.result == "clear" for f in found)
        if not found:
            yield "", "  nothing was held: no limit asked for speaks about it on that day"
        elif clear == len(found):
            yield "", f"  clear: {clear} tests, no breach and no doubt"
        elif not every:
            yield "dim", f"  clear: {clear} tests"
        yield from _not_held(report, instrument, version)
        yield "", ""
    for instrument in report.silent:
        yield "dim", f"{instrument}: not in force on that day"
    counts = Counter(f.result for f in report.findings)
    yield "bold", f"{counts['breach']} breaches, {counts['doubt']} doubts, {counts['clear']} clear"


def _of_result(found: list[Finding], style: str, every: bool) -> Iterator[tuple[str, str]]:
    by_limit: dict[tuple[str, str], list[Finding]] = {}
    for f in found:
        by_limit.setdefault((f.profile, f.limit), []).append(f)
    for (profile, limit), group in by_limit.items():
        first = group[0]
        yield style, f"  {first.result.upper()} {profile}.{limit}: {first.title}"
        since = f"since {first.since}" if first.since else "on every day"
        older = "; the rulebook is older than the limit" if first.older else ""
        away = "; the limit binds another place, and was asked for" if first.outside else ""
        rank = first.rank.replace("_", " ")
        yield "dim", f"    {first.source} [{first.depth}], {rank}, {since}{older}{away}"
        yield "dim", f"    {first.reason}"
        for f in group if every else group[:_MOST]:
            yield "", f"    - {_part(f)}"
            yield "dim", f"      {_why(f)}"
        if len(group) > _MOST and not every:
            yield "dim", f"    ... and {len(group) - _MOST} more; --all names them"


def _part(f: Finding) -> str:
    name = f.path.rpartition(".")[2] if f.over != "instrument" else f.instrument
    where = f" (Art. {f.article})" if f.article and f.article != "whole" else ""
    article = where.replace("Art. annex", "annex")
    return f"{f.over} {name}{article}: {f.part} [{f.article_depth}]"


def _why(f: Finding) -> str:
    said = {True: "", False: "not: ", None: "open: "}
    parts = []
    for e in f.elements:
        values = "; ".join(f"{name} {shown(value)}" for name, value in e.values.items())
        parts.append(f"{said[e.met]}{e.text} ({values})")
    return " | ".join(parts)


def _not_held(report: Report, instrument: str, version: str) -> Iterator[tuple[str, str]]:
    rows = [x for x in report.later if (x.instrument, x.version) == (instrument, version)]
    by_profile: dict[str, list[Later]] = {}
    for row in rows:
        by_profile.setdefault(row.profile, []).append(row)
    for profile, group in by_profile.items():
        days = ", ".join(sorted({str(x.since) for x in group}))
        breaches, doubts = sum(x.breaches for x in group), sum(x.doubts for x in group)
        yield (
            "dim" if not breaches else "",
            f"  not held: {len(group)} limits of {profile}, in force from {days}; they would find "
            f"{breaches} breaches and {doubts} doubts (ask with --on or --ignore-dates)",
        )
    for name, profile in report.unheld:
        if name == instrument:
            yield "dim", f"  not held: {profile} binds another place; --against {profile} holds it"


def as_dict(report: Report, every: bool = False) -> dict[str, Any]:
    """Return a report as plain data for JSON; clear findings only with `every`."""

    def plain(value: Any) -> Any:
        if isinstance(value, frozenset):
            return sorted(value)
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [plain(v) for v in value]
        return value

    counts = Counter(f.result for f in report.findings)
    kept = [f for f in report.findings if every or f.result != "clear"]
    return {
        "schema_version": 1,
        "counts": {name: counts[name] for name in ("breach", "doubt", "clear")},
        "findings": [plain(dataclasses.asdict(f)) for f in kept],
        "not_held": [plain(dataclasses.asdict(x)) for x in report.later],
        "not_in_force": list(report.silent),
        "other_place": [{"instrument": a, "profile": b} for a, b in report.unheld],
    }
