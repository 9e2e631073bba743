"""Pages of one hypothetical case: the gallery, the result, what would change it, two compared.

All that is stated stands in the address, in the syntax of ``xinyong case``; nothing is kept.
"""

from __future__ import annotations

import shlex
from functools import lru_cache
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.responses import Response

from xinyong import cli_case
from xinyong.browse.told import csv_text
from xinyong.case import because, timeline
from xinyong.case.calculator import CaseResult, calculate
from xinyong.case.changes import TRIED, Changes, search
from xinyong.case.export import as_dict
from xinyong.case.gallery import gallery
from xinyong.case.model import Case, case_of, refuse_identities
from xinyong.case.stating import Stated, written
from xinyong.errors import CaseError, Problem, UsageError
from xinyong.language import language, say
from xinyong.law.compile import Law
from xinyong.portal.case_picture import picture
from xinyong.portal.casework import Name, View, fact, link, place_groups, stated_as
from xinyong.portal.comparing import compared, elsewhere
from xinyong.portal.page import render, shown
from xinyong.portal.parts import Shown, part
from xinyong.portal.replies import AS_CSV, AS_SVG
from xinyong.portal.site import Site

__all__ = ["Asked", "router"]

Text = Annotated[str, Query(max_length=80)]
Texts = Annotated[list[Annotated[str, Query(max_length=2000)]], Query(max_length=50)]


def _nobody(request: Request) -> None:
    """Refuse what looks like an identity, wherever in the address it stands."""
    data = {str(n): [k, v] for n, (k, v) in enumerate(request.query_params.multi_items())}
    refuse_identities(data, _nameless)


def _nameless(loc: object, text: str) -> Problem:
    """Return what is wrong without the place where it stands, which may be the very thing."""
    del loc
    return Problem("case", 0, "", text, "remove it: a case is hypothetical and names nobody")


def _asked(
    kind: Text = "",
    place: Text = "",
    registered: Text = "",
    age: Text = "",
    role: Texts = [],  # noqa: B006 - never changed
    consent: Texts = [],  # noqa: B006
    private_score: Texts = [],  # noqa: B006
    link: Texts = [],  # noqa: B006
    act: Texts = [],  # noqa: B006
    course: Text = "",
    on: Text = "",
    reading: Texts = [],  # noqa: B006
    amend: Texts = [],  # noqa: B006
) -> Stated:
    """Read what an address states of a case."""
    return Stated(
        kind, place, registered, age, tuple(role), tuple(consent), tuple(private_score),
        tuple(link), tuple(act), course, on,
        tuple(reading), tuple(amend),
    )  # fmt: skip


#: What the address states.
Asked = Annotated[Stated, Depends(_asked)]

router = part("/case")
router.dependencies.append(Depends(_nobody))


def law_of(site: Site, stated: Stated) -> Law:
    """Return the law of a case: as it stands, or with readings and values of the address.

    Raises:
        UsageError: a reading or an amendment names nothing, or does not fit.
    """
    if not (stated.reading or stated.amend):
        return site.law
    return _changed_law(stated.amend, stated.reading)


@lru_cache(maxsize=4)
def _changed_law(amendments: tuple[str, ...], readings: tuple[str, ...]) -> Law:
    found = cli_case.law_of(None, list(amendments), list(readings))
    assert found is not None  # noqa: S101 - there is something to change
    return found


def _calculated(site: Site, stated: Stated) -> CaseResult:
    return calculate(stated.case(), law_of(site, stated))


@router.get("", response_class=HTMLResponse)
def case(request: Request, stated: Asked) -> HTMLResponse:
    """Begin a case, or take a worked one."""
    worked = [(w, link("/case/result", written(w.case))) for w in gallery().values()]
    return shown(
        request, "case.html.j2", title=say("Case"), worked=worked, stated=stated, link=link
    )


@router.get("/result.json", response_class=JSONResponse)
def result_data(
    site: Shown, stated: Asked, search: Annotated[int, Query(ge=0, le=200)] = TRIED
) -> dict[str, Any]:
    """Return what follows from a case as data: the same as ``xinyong case --json``."""
    return as_dict(_calculated(site, stated), search)


@router.get("/timeline.csv", **AS_CSV)
def timeline_rows(site: Shown, stated: Asked) -> Response:
    """Return the timeline of a case as a table."""
    rows = [
        {
            "on": m.day.isoformat(),
            "act": m.act if m.act >= 0 else None,
            "kind": m.kind,
            "text": m.text,
            "ahead": m.ahead,
        }
        for m in timeline.moments(_calculated(site, stated))
    ]
    return Response(csv_text(rows), media_type="text/csv; charset=utf-8")


@router.get("/timeline.svg", **AS_SVG)
def timelinepicture(request: Request, site: Shown, stated: Asked) -> Response:
    """Return the timeline of a case as a picture."""
    drawn = picture(_calculated(site, stated), 1000)
    text = render(request.scope, "case_timeline.svg.j2", title="", picture=drawn)
    return Response(text, media_type="image/svg+xml")


@router.get("/result", response_class=HTMLResponse)
def result(request: Request, site: Shown, stated: Asked) -> Response:
    """Show what follows from a case, and by which provision."""
    try:
        found = _calculated(site, stated)
    except (CaseError, UsageError) as error:
        return _mend(request, site, stated, error)
    view = View(found)
    return shown(
        request,
        "case_result.html.j2",
        title=say("What follows"),
        stated=stated,
        view=view,
        data=view.data,
        link=link,
        worked=_worked(stated),
        wide=picture(found, 1000),
        narrow=picture(found, 340),
        moments=timeline.moments(found),
        command=_command(stated),
    )


def _command(stated: Stated) -> str:
    return "xinyong case " + " ".join(shlex.quote(x) for x in stated.options())


def _worked(stated: Stated) -> str:
    """Return the title of the worked case that an address states, if it is one."""
    for w in gallery().values():
        if written(w.case) == stated:
            return w.title[language()]
    return ""


def _mend(
    request: Request, site: Shown, stated: Stated, error: CaseError | UsageError
) -> HTMLResponse:
    """Show the answers with what is wrong."""
    from xinyong.portal.building import check_page

    return check_page(request, site, stated, error)


@router.get("/changes", response_class=HTMLResponse)
def changes(
    request: Request,
    site: Shown,
    stated: Asked,
    more: Annotated[int, Query(ge=1, le=200)] = TRIED,
) -> Response:
    """Show which single changes of the facts would change the result."""
    try:
        found = _calculated(site, stated)
    except (CaseError, UsageError) as error:
        return _mend(request, site, stated, error)
    searched = search(found, more, kernel=site.twin.fold)
    view = View(found)
    rows = [(c, link("/case/result", _as_asked(stated, c.case))) for c in searched.found]
    return shown(
        request,
        "case_changes.html.j2",
        title=say("What would change this"),
        stated=stated,
        view=view,
        link=link,
        rows=rows,
        searched=searched,
        fact=fact,
        stated_as=stated_as,
        more=more,
        rest=_rest_on(view, searched),
    )


def _rest_on(view: View, searched: Changes) -> list[tuple[str, Name, tuple[because.Fact, ...]]]:
    """Return what each finding rests on, now that it is known what it needs."""
    found: list[tuple[str, Name, tuple[because.Fact, ...]]] = []
    result = view.result
    for entry in result.entries:
        facts = because.of_entry(result, searched, entry)
        found.append(("", view.name(entry.instrument), facts))
    for line in result.determination.lines:
        if line.state != "superseded":
            told = view.worth(
                {"points": line.points / 10, "grade": line.grade, "scheme": line.instrument}
            )
            facts = because.of_line(result, searched, line)
            found.append((told, view.name(line.instrument), facts))
    return [x for x in found if x[2]]


def _as_asked(stated: Stated, case: Case) -> Stated:
    """Return what states a changed case, under the same law."""
    return written(case_of(_data(case))).changed(reading=stated.reading, amend=stated.amend)


def _data(case: Any) -> dict[str, Any]:
    data: dict[str, Any] = case.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return data


@router.get("/compare.json", response_class=JSONResponse)
def compared_data(
    site: Shown, stated: Asked, other_place: Text = "", other_on: Text = ""
) -> dict[str, Any]:
    """Return the same case in two places, or on two days, as data."""
    first = _calculated(site, stated)
    second = _calculated(site, elsewhere(stated, other_place, other_on))
    side = compared(View(first), View(second), first.law)
    return {
        "status": "hypothetical, synthetic",
        "differences": list(side.words),
        "first": side.first.data,
        "second": side.second.data,
    }


@router.get("/compare", response_class=HTMLResponse)
def compare(
    request: Request, site: Shown, stated: Asked, other_place: Text = "", other_on: Text = ""
) -> Response:
    """Show the same case in two places, or on two days, side by side."""
    problems: list[Problem] = []
    both, other = None, stated
    status = 200
    try:
        first = _calculated(site, stated)
    except (CaseError, UsageError) as error:
        return _mend(request, site, stated, error)
    if other_place or other_on:
        other = elsewhere(stated, other_place, other_on)
        try:
            both = compared(View(first), View(_calculated(site, other)), first.law)
        except (CaseError, UsageError) as error:
            problems = getattr(error, "problems", []) or [Problem("", 0, "", error.args[0])]
            status = 422
    return shown(
        request,
        "case_compare.html.j2",
        status,
        title=say("The same case elsewhere"),
        stated=stated,
        link=link,
        other_place=other_place,
        other_on=other_on,
        problems=problems,
        side=both,
        other=other,
        groups=place_groups(),
        view=View(first),
    )
