"""Pages of lists, grades, measures and errors of a run."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from xinyong.language import language, say, worded
from xinyong.law.phrases import grade_of
from xinyong.portal.page import shown
from xinyong.portal.parts import Shown, part
from xinyong.portal.society import tables
from xinyong.portal.society.lines import both_widths
from xinyong.portal.society.months import Monthly
from xinyong.portal.society.views import SENT, View, Viewed, as_csv, as_json
from xinyong.report.data import STABLE
from xinyong.report.lists import EXITS, left

__all__ = ["router"]

router = part("/society/{run}")

_TOLD = (
    "{n} entries are alive at the end of {month}; {made} were made over the run and {gone} ended."
)
Form = Literal["json", "csv"]
Word = Annotated[str, Query(max_length=80)]


def _sent(view: View, name: str, form: Form, rows: Any) -> Response:
    return as_csv(view, name, rows) if form == "csv" else as_json(view, rows)


@router.get("/lists.{form}", response_class=Response, responses=SENT)
def lists_data(view: Viewed, form: Form) -> Response:
    """Return what flowed over each list, as data."""
    return _sent(view, "lists", form, tables.lists(view))


@router.get("/lists", response_class=HTMLResponse)
def lists(request: Request, view: Viewed) -> HTMLResponse:
    """Show what flowed over each list and how entries ended."""
    rows = tables.lists(view)
    causes = {c: names for c, names in EXITS.items() if any(r[c] for r in rows)}
    return shown(
        request, "society/lists.html.j2", title=say("Lists"), view=view, rows=rows, causes=causes,
        stable=STABLE,
    )  # fmt: skip


def _known(view: View, name: str) -> None:
    if name not in view.data.groups("entered"):
        raise HTTPException(404)


@router.get("/lists/{name}.{form}", response_class=Response, responses=SENT)
def list_data(view: Viewed, name: str, form: Form) -> Response:
    """Return one list month by month, as data."""
    _known(view, name)
    return _sent(view, name, form, tables.flows(view, name))


@router.get("/lists/{name}", response_class=HTMLResponse)
def one_list(request: Request, view: Viewed, name: str) -> HTMLResponse:
    """Show one list: its stock, its flows and how entries ended, year by year."""
    _known(view, name)
    data = view.data
    months = data.months
    stock, made, gone = (
        data.monthly("stock", name), data.monthly("entered", name), left(data, name)
    )  # fmt: skip
    title = data.zh(name) if language() == "zh" and data.zh(name) else data.en(name)
    told = say(
        _TOLD, n=f"{stock[-1]:,}", month=months[-1], made=f"{sum(made):,}",
        gone=f"{sum(gone):,}",
    )  # fmt: skip
    years = {y: ps for y, ps in data.years().items() if any(made[i] or stock[i] for i in ps)}
    causes = {c: data.monthly(f"exit_{c}", name) for c in EXITS}
    return shown(
        request, "society/list.html.j2", title=title, view=view, id=name,
        names=tables.names_of(data, name), told=told,
        stock=both_widths(months, {say("entries alive"): stock}, say("Entries alive"), told),
        flow=both_widths(
            months, {say("made"): made, say("ended"): gone}, say("Entries made and ended"), told
        ),
        years=years, made=made, gone=gone, alive=stock,
        mistaken=data.monthly("entered_mistaken", name),
        causes={c: v for c, v in causes.items() if any(v)}, words=EXITS, stable=STABLE,
    )  # fmt: skip


@router.get("/grades.{form}", response_class=Response, responses=SENT)
def grades_data(view: Viewed, month: Monthly, form: Form) -> Response:
    """Return the grades at the end of a month, as data."""
    return _sent(view, "grades", form, tables.grades(view, month.at))


@router.get("/grades", response_class=HTMLResponse)
def grades(request: Request, site: Shown, view: Viewed, month: Monthly) -> HTMLResponse:
    """Show how many subjects have which grade, by place and scheme, and what is not known of it."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in tables.grades(view, month.at):
        groups.setdefault((row["place"], row["scheme"]), []).append(row)
    since = view.grades_since
    known = site.catalogue.instruments
    partial = {
        name: found[-1]
        for _, name in groups
        if name in known
        and (found := [v.scheme.partial for v in known[name].versions if v.scheme])
        and found[-1]
    }
    last = dt.date.fromisoformat(f"{month.label}-28")

    def called(scheme: str, grade: str) -> str:
        """Return a grade in words: as its scheme names it, where Chinese is spoken."""
        if grade == "unknown" or scheme not in known:
            return say(grade)
        return grade_of(known[scheme], grade, last).replace("_", " ")

    return shown(
        request, "society/grades.html.j2", title=say("Grades"), view=view, month=month,
        called=called,
        partial={name: worded(text) for name, text in partial.items()},
        groups=groups, since=since,
    )  # fmt: skip


@router.get("/measures.{form}", response_class=Response, responses=SENT)
def measures_data(
    view: Viewed, form: Form, which: Annotated[str, Query(alias="list", max_length=80)] = ""
) -> Response:
    """Return measures on paper, received and applied, as data."""
    return _sent(view, "measures", form, tables.measures(view, which))


@router.get("/measures", response_class=HTMLResponse)
def measures(
    request: Request, view: Viewed,
    which: Annotated[str, Query(alias="list", max_length=80)] = "spc_defaulters",
) -> HTMLResponse:  # fmt: skip
    """Show measures on paper, received and applied."""
    data = view.data
    having = {group.split("/")[0] for group in data.groups("on_paper")}
    return shown(
        request, "society/measures.html.j2", title=say("Measures"), view=view, which=which,
        rows=tables.measures(view, which), data=data, sample=data.sample,
        options=sorted(having, key=data.en), stable=STABLE * data.sample,
    )  # fmt: skip


@router.get("/errors.{form}", response_class=Response, responses=SENT)
def errors_data(view: Viewed, form: Form) -> Response:
    """Return what went wrong, as data: one row a conduct or list, by what it is of."""
    found = tables.errors(view)
    rows = [
        {"of": of, "id": row.get("conduct") or row["list"], "count": k, "value": v}
        for of, group in found.items()
        for row in group
        for k, v in row.items()
        if isinstance(v, int)
    ]
    return _sent(view, "errors", form, rows)


@router.get("/errors", response_class=HTMLResponse)
def errors(request: Request, view: Viewed) -> HTMLResponse:
    """Show what went wrong: records, entries and copies."""
    return shown(
        request, "society/errors.html.j2", title=say("Errors"), view=view,
        found=tables.errors(view), stable=STABLE,
    )  # fmt: skip
