"""Derived indicators of a run by family and group, each with its definition."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pyarrow.compute as pc
from fastapi import HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from xinyong.errors import OutputError
from xinyong.indicators.base import FAMILIES, Indicator
from xinyong.indicators.derive import INDICATORS, MODULES
from xinyong.indicators.headline import headline
from xinyong.language import say, worded
from xinyong.portal.page import shown
from xinyong.portal.parts import part
from xinyong.portal.society.lines import both_widths
from xinyong.portal.society.views import SENT, View, Viewed, as_csv, as_json

__all__ = ["router"]

router = part("/society/{run}")

#: How many rows of one indicator stand on the page of its family, and on its own.
_SOME, _MANY = 8, 500
_COLUMNS = ("period", "place", "kind", "group", "value", "rests_on", "unstable")

Word = Annotated[str, Query(max_length=80)]


def _headline(view: View, indicator: Indicator) -> list[dict[str, Any]]:
    try:
        return headline(view.run, indicator)
    except OutputError:  # a run of old, without derived indicators
        return []


def _chosen(family: str) -> list[Indicator]:
    if family and family not in FAMILIES:
        raise HTTPException(404)
    return [i for i in INDICATORS.values() if family in ("", i.family)]


@router.get("/indicators.{form}", response_class=Response, responses=SENT)
def indicators_data(view: Viewed, form: Literal["json", "csv"], family: Word = "") -> Response:
    """Return the values of a family at the end of the run, as data."""
    rows = [
        {"family": i.family, "indicator": i.id, "unit": i.unit} | {c: row[c] for c in _COLUMNS}
        for i in _chosen(family)
        for row in _headline(view, i)
    ]
    return as_csv(view, "indicators", rows) if form == "csv" else as_json(view, rows)


def _about(family: str) -> str:
    """Return what a family is about, in one paragraph."""
    return " ".join((MODULES[family].__doc__ or "").split()) if family else ""


@router.get("/indicators", response_class=HTMLResponse)
def indicators(request: Request, view: Viewed, family: Word = FAMILIES[0]) -> HTMLResponse:
    """Show the indicators of a family, with their definitions and values."""
    chosen = _chosen(family)
    found = [(i, _headline(view, i)) for i in chosen]
    return shown(
        request, "society/indicators.html.j2", title=say("Indicators"), view=view, family=family,
        families=FAMILIES, about=_about(family),
        found=[(i, rows[:_SOME], len(rows)) for i, rows in found],
    )  # fmt: skip


def _rows(view: View, name: str, group: str | None, kind: str, place: str) -> list[dict[str, Any]]:
    if name not in INDICATORS:
        raise HTTPException(404)
    try:
        table = view.run.derived()
    except OutputError:
        return []
    mask = pc.equal(table["indicator"], name)
    for column, wanted in (("group", group), ("kind", kind or None), ("place", place or None)):
        if wanted is not None:
            mask = pc.and_(mask, pc.equal(table[column], wanted))
    found: list[dict[str, Any]] = table.filter(mask).select(list(_COLUMNS)).to_pylist()
    return found


@router.get("/indicators/{name}.{form}", response_class=Response, responses=SENT)
def indicator_data(view: Viewed, name: str, form: Literal["json", "csv"]) -> Response:
    """Return every value of an indicator, as data."""
    rows = _rows(view, name, None, "", "")
    i = INDICATORS[name]
    if form == "csv":
        return as_csv(view, name, rows)
    return as_json(view, rows, id=i.id, family=i.family, unit=i.unit, definition=i.definition)


@router.get("/indicators/{name}", response_class=HTMLResponse)
def indicator(
    request: Request, view: Viewed, name: str, group: Word = "", kind: Word = "all",
    place: Word = "cn",
) -> HTMLResponse:  # fmt: skip
    """Show one indicator: its definition, its course and every value of a group."""
    every = _rows(view, name, None, "", "")
    groups = sorted({r["group"] for r in every})
    if group not in groups and groups:
        group = groups[0]
    mine = [r for r in every if r["group"] == group]
    kinds = sorted({r["kind"] for r in mine})
    if kind not in kinds and kinds:
        kind = "all" if "all" in kinds else kinds[0]
    there = sorted({r["place"] for r in mine})
    if place not in there and there:
        place = "cn" if "cn" in there else there[0]
    rows = [r for r in mine if (r["kind"], r["place"]) == (kind, place)]
    found, months = INDICATORS[name], view.run.months
    values = {r["period"]: r["value"] for r in rows}
    course = [values.get(month) for month in months]
    some = [v for v in course if v is not None]
    picture = None
    if len(some) > 1:
        told = say(
            "{name}: {a} at first, {b} at the end; least {low}, most {high}.", name=name,
            a=f"{some[0]:.4g}", b=f"{some[-1]:.4g}", low=f"{min(some):.4g}",
            high=f"{max(some):.4g}",
        )  # fmt: skip
        picture = both_widths(
            months,
            {name: course},
            say("{what} ({which})", what=name, which=worded(found.unit)),
            told,
        )
    years = [r for r in rows if len(r["period"]) != len("2020-01")]
    return shown(
        request, "society/indicator.html.j2", title=name, view=view, it=found, picture=picture,
        rows=(years + [r for r in rows if r not in years])[:_MANY], groups=groups, group=group,
        kinds=kinds, kind=kind, places=there, place=place, total=len(every),
    )  # fmt: skip
