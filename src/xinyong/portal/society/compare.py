"""Two finished runs side by side, with their difference and what it can mean."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from xinyong.language import language, say
from xinyong.portal.page import shown
from xinyong.portal.parts import part
from xinyong.portal.society.differences import changes, figures, paired
from xinyong.portal.society.lines import both_widths
from xinyong.portal.society.views import SENT, View, as_csv, views_of

__all__ = ["router"]

router = part("/society/compare")

Name = Annotated[str, Query(max_length=120)]


def _both(request: Request, a: str, b: str) -> tuple[View, View]:
    found = views_of(request)
    one, two = found.get(a), found.get(b)
    if one is None or two is None:
        raise HTTPException(404)
    return one, two


@router.get(".{form}", response_class=Response, responses=SENT)
def compare_data(request: Request, form: Literal["json", "csv"], a: Name, b: Name) -> Response:
    """Return the difference of two runs, as data."""
    one, two = _both(request, a, b)
    rows = figures(one, two)
    if form == "csv":
        return as_csv(one, f"compare-{two.digest}", rows)
    return JSONResponse(
        {
            "schema_version": 1, "status": "synthetic", "paired": paired(one, two),
            "runs": {n: {"digest": v.manifest["digest"], "scenario": v.scenario}
                     for n, v in (("a", one), ("b", two))},
            "changes": [dict(zip(("field", "a", "b"), c, strict=True)) for c in changes(one, two)],
            "rows": rows,
        }
    )  # fmt: skip


@router.get("", response_class=HTMLResponse)
def compare(
    request: Request, a: Name = "", b: Name = "",
    which: Annotated[str, Query(alias="list", max_length=80)] = "spc_defaulters",
) -> HTMLResponse:  # fmt: skip
    """Show two runs side by side, or ask which."""
    names = list(views_of(request).runs())
    title = say("Compare two runs")
    if not a or not b:
        return shown(
            request, "society/compare.html.j2", title=title, names=names, a=a, b=b, one=None
        )
    one, two = _both(request, a, b)
    months = sorted(set(one.run.months) | set(two.run.months))
    series = {}
    for letter, view in (("A", one), ("B", two)):
        at = dict(zip(view.run.months, view.data.monthly("stock", which), strict=True))
        series[f"{letter}: {view.name}"] = [
            at[m] * view.run.scale if m in at else None for m in months
        ]
    data = one.data
    options = sorted({*data.groups("entered"), *two.data.groups("entered")}, key=data.en)
    if which not in options:
        raise HTTPException(404)
    ends = [next((v for v in reversed(s) if v is not None), 0) for s in series.values()]
    name = data.zh(which) if language() == "zh" and data.zh(which) else data.en(which)
    told = say(
        "Entries alive on {name}, at one to one: {a} at the end of A, {b} at the end of B.",
        name=name, a=f"{ends[0]:,}", b=f"{ends[1]:,}",
    )  # fmt: skip
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in figures(one, two):
        groups.setdefault(row["what"], []).append(row)
    return shown(
        request, "society/compare.html.j2", title=title, names=names, a=a, b=b, one=one, two=two,
        changed=changes(one, two), paired=paired(one, two), groups=groups,
        which=which, options=options, data=data, told=told,
        same=one.manifest["digest"] == two.manifest["digest"],
        picture=both_widths(months, series, say("Entries alive, at one to one"), told),
    )  # fmt: skip
