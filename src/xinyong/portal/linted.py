"""What the limits say of an instrument: the same as ``xinyong lint ID``."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import lru_cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from xinyong.language import say
from xinyong.law.catalogue import load
from xinyong.law.lint import Finding, Report, Rulebook, Words, lint
from xinyong.law.lint.engine import Later, Untested
from xinyong.law.lint.text import (
    as_dict,
    by_limit,
    element_words,
    part_words,
    same_elements,
    worth,
)
from xinyong.portal.known import Name, instrument, own_name
from xinyong.portal.page import shown
from xinyong.portal.parts import Day, Shown, part
from xinyong.portal.replies import AS_CSV, csv

__all__ = ["counted", "report_on", "router", "rows", "told_of"]

router = part("/catalogue")

_RESULTS = ("breach", "doubt", "clear")
#: Parts named under one limit at once; the rest unfolds.
_AT_ONCE = 6


@lru_cache(maxsize=64)
def report_on(name: str, on: dt.date | None) -> Report:
    """Hold an instrument of the built-in catalogue against the limits.

    Raises:
        UsageError: it was not in force on the day.
    """
    found = load()
    book = Rulebook(found.instrument(name), tuple(found.items.get(name, ())), Words.of(found))
    return lint([book], on)


def counted(report: Report) -> dict[str, int]:
    """Return how many tests a report rests on, and how many of them ended how.

    Example:
        >>> sorted(counted(report_on("spc_defaulters", None)))
        ['breach', 'clear', 'doubt', 'tests']
    """
    counts = Counter[str](f.result for f in report.findings)
    return {"tests": len(report.findings), **{name: counts[name] for name in _RESULTS}}


@router.get("/{name}/lint.json", response_class=JSONResponse)
def lint_data(site: Shown, name: Name, on: Day = None) -> dict[str, Any]:
    """Return the findings as data: the same as ``xinyong lint ID --json``."""
    return as_dict(report_on(instrument(site.catalogue, name).id, on))


@router.get("/{name}/lint.csv", **AS_CSV)
def lint_table(site: Shown, name: Name, on: Day = None) -> Response:
    """Return every test as a row, also those that are clear."""
    return csv(rows(report_on(instrument(site.catalogue, name).id, on)))


def rows(report: Report) -> list[dict[str, Any]]:
    """Return every test of a report as a row."""
    return [
        {
            "result": f.result, "profile": f.profile, "limit": f.limit, "title": f.title,
            "source": f.source, "rank": f.rank, "depth": f.depth, "since": f.since,
            "instrument": f.instrument, "version": f.version, "on": f.on, "over": f.over,
            "path": f.path, "part": f.part, "article": f.article,
            "elements": "; ".join(element_words(e) for e in f.elements),
        }
        for f in report.findings
    ]  # fmt: skip


@router.get("/{name}/lint", response_class=HTMLResponse)
def lint_page(request: Request, site: Shown, name: Name, on: Day = None) -> HTMLResponse:
    """Show what the limits say of an instrument, version by version."""
    it = instrument(site.catalogue, name)
    report = report_on(it.id, on)
    return shown(
        request,
        "lint.html.j2",
        title=say("What the limits say of {name}", name=own_name(it.name)),
        it=it,
        on=on,
        **told_of(report),
    )


def told_of(report: Report) -> dict[str, Any]:
    """Return what the templates of findings tell of a report."""
    parts: tuple[Finding | Later | Untested, ...]
    parts = (*report.findings, *report.later, *report.untested)
    versions = []
    for version, day in dict.fromkeys((x.version, x.on) for x in parts):
        found = [f for f in report.findings if f.version == version]
        results = []
        for result in ("breach", "doubt"):
            groups = by_limit(f for f in found if f.result == result)
            results.append((result, [(g, same_elements(g)) for g in groups.values()]))
        later = [x for x in report.later if x.version == version]
        versions.append((version, day, Counter(f.result for f in found), results, later))
    return {
        "counts": counted(report),
        "versions": versions,
        "unheld": report.unheld,
        "at_once": _AT_ONCE,
        "worth": worth,
        "part_words": part_words,
        "element_words": element_words,
    }
