"""A case, built step by step: one question a page, all answers in the address.

Every page is a form that sends its own fields together with what was stated before; an answer
that can be used leads on, one that cannot is asked again with what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import RedirectResponse, Response

from xinyong.browse.search import partly, search
from xinyong.case.model import COURSES, LINKED
from xinyong.case.stating import Stated, act_text, parse_act
from xinyong.errors import CaseError, Problem, UsageError, XinyongError
from xinyong.language import say, worded
from xinyong.law import trace
from xinyong.law import vocabulary as v
from xinyong.law.compile import consent_schemes
from xinyong.law.reads import reads
from xinyong.portal import answers
from xinyong.portal.answers import Answer, Form, Offer, offer
from xinyong.portal.case import Asked, router
from xinyong.portal.casework import link, named, place_groups
from xinyong.portal.page import shown
from xinyong.portal.parts import Shown

__all__ = ["check_page", "router"]

#: The questions, in the order in which they are asked; those of `_ABOUT_ACT` for each act.
STEPS = (
    *("kind", "place", "conduct", "days", "facts", "documents", "events", "age", "role"),
    *("registered", "consent", "link", "course", "on"),
)
_ABOUT_ACT = ("conduct", "days", "facts", "documents", "events")
#: Asked on the way only if some provision reads it; from the check page always.
_ON_REQUEST = ("events", "registered", "consent", "link", "course")

Number = Annotated[int, Query(ge=0, le=49)]
Back = Annotated[str, Query(pattern="^(check)?$")]


@router.get("/check", response_class=HTMLResponse)
def check(request: Request, site: Shown, stated: Asked) -> HTMLResponse:
    """Show all answers, each with a link that changes it."""
    return check_page(request, site, stated, None)


def check_page(
    request: Request, site: Shown, stated: Stated, error: XinyongError | None
) -> HTMLResponse:
    """Show all answers, and what is wrong with them beside each."""
    problems = []
    if error is not None:
        for p in getattr(error, "problems", None) or [Problem("", 0, "", error.args[0])]:
            told = worded(p.message)
            if p.suggestion:
                told += say("; ") + worded(p.suggestion)
            if p.message == "this field is missing":
                told = say("Answer this question.")
            problems.append((_row_of(p.field, stated), told))
    rows = answers.rows(site.law, stated, link)
    return shown(
        request,
        "case_check.html.j2",
        422 if error else 200,
        title=say("Check your answers"),
        stated=stated,
        rows=rows,
        problems=problems,
        by_row=dict(reversed(problems)),
        link=link,
        acts=len(stated.act),
    )


def _row_of(field: str, stated: Stated) -> str:
    """Return the row of the answers that a field of a case stands in."""
    if match := re.match(r"acts\[(\d+)\](?:\.(\w+))?", field):
        part = {"conduct": "conduct", "documents": "documents", "events": "events"}
        days = ("from", "until", "corrected_on", "performed_on", "settled_on")
        what = match[2] or "conduct"
        return f"{'days' if what in days else part.get(what, 'facts')}-{match[1]}"
    if match := re.match(r"links\[(\d+)\]", field):
        return f"link-{match[1]}"
    names = {"roles": "role", "consents": "consent", "private_scores": "consent"}
    last = field.removeprefix("subject.").partition("[")[0].partition(".")[0]
    last = names.get(last, last)
    return last if last in STEPS else "kind" if not stated.kind else ""


@router.get("/build/{step}", response_class=HTMLResponse)
def build(
    request: Request,
    site: Shown,
    stated: Asked,
    step: str,
    n: Number = 0,
    back: Back = "",
    go: Annotated[str, Query(max_length=1)] = "",
    q: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Ask one question of a case, or take its answer and lead on."""
    if step not in STEPS:
        raise UsageError(f"no such question; there are: {', '.join(STEPS)}")
    if step in ("days", "facts", "documents", "events") and not _known(site, stated, n):
        return RedirectResponse(link("/case/build/conduct", stated, n=n, back=back), 303)
    given = Answer(request.query_params.multi_items())
    problems: list[tuple[str, str]] = []
    if go:
        try:
            new, problems = answers.TAKEN[step](Form(site.law, stated, n, given))
        except UsageError as error:  # an act in the address that cannot be read
            new, problems = stated, [("", error.args[0])]
        if not problems:
            return RedirectResponse(_onward(site, new, step, n, back), 303)
    found = _suggestions(site, stated, q) if step == "conduct" else {}
    return shown(
        request,
        "case_step.html.j2",
        422 if problems else 200,
        title=say(answers.QUESTIONS[step]),
        step=step,
        stated=stated,
        n=n,
        back=back,
        q=q,
        given=given if go else None,
        problems=problems,
        by_field=dict(reversed(problems)),
        kept=list(_kept(stated, step)),
        offer=_offered(site, stated, step, n),
        places=place_groups(),
        quantity=answers.quantity,
        noun=trace.noun,
        short=lambda name: named(site.catalogue, name),
        link=link,
        last=_before(stated, step, n, back),
        **found,
    )


def _kept(stated: Stated, step: str) -> Iterator[tuple[str, str]]:
    """Yield what was stated and is not asked again by a page."""
    asked = {step} if step != "consent" else {"consent", "private_score"}
    for name, value in stated.pairs():
        if step == "link" or name not in asked:  # a link is added to those there are
            yield name, value


def _known(site: Shown, stated: Stated, n: int) -> bool:
    """Whether an act of this number is stated, of a conduct that the catalogue has."""
    return n < len(stated.act) and _conduct(stated, n) in site.catalogue.conducts


def _conduct(stated: Stated, n: int) -> str:
    return stated.act[n].partition(",")[0].strip() if n < len(stated.act) else ""


def _suggestions(site: Shown, stated: Stated, q: str) -> dict[str, Any]:
    """Return conduct that fits some words, that which the subject can do first."""
    if not q.strip():
        return {"hits": [], "some": False, "hint": ""}
    cat = site.catalogue
    hits = search(cat, q, 24, "conduct")
    some = not hits
    if some:
        hits = [h for h in partly(cat, q.replace("_", " "), 60) if h.kind == "conduct"][:12]

    def fits(identifier: str) -> bool:
        kinds = cat.conducts[identifier].kinds
        return not kinds or not stated.kind or stated.kind in kinds

    found = [(h, fits(h.id), bool(reads(site.law, h.id).instruments)) for h in hits]
    found.sort(key=lambda x: (not x[2], not x[1]))
    hint = say("Nothing fits. Try another word, or fewer.") if not hits else ""
    return {"hits": found, "some": some, "hint": hint}


def _offered(site: Shown, stated: Stated, step: str, n: int) -> Offer | Any:
    """Return what a page offers to choose from."""
    law = site.law
    if step in ("place", "registered"):
        return place_groups()
    if step == "kind":
        return v.KINDS
    if step == "role":
        return [r for r in v.ROLES if r != "self"]
    if step == "course":
        return COURSES
    if step == "consent":
        return answers.joinable(law, consent_schemes(law.catalogue))
    if step == "link":
        return {"kinds": v.KINDS, "ties": LINKED, "places": place_groups()}
    if step in ("days", "facts", "documents", "events"):
        return offer(law, stated, n)
    return None


def _onward(site: Shown, stated: Stated, step: str, n: int, back: str) -> str:
    """Return the address of what comes after an answer."""
    if back and step != "conduct":
        return link("/case/check", stated)
    order = STEPS[STEPS.index(step) + 1 :]
    for following in order:
        if following in _ABOUT_ACT:
            if _asks(site, stated, following, n):
                return link(f"/case/build/{following}", stated, n=n, back="")
        elif not back and _asks(site, stated, following, n):
            return link(f"/case/build/{following}", stated)
    return link("/case/check", stated)


def _asks(site: Shown, stated: Stated, step: str, n: int) -> bool:
    """Whether a question is asked on the way: it can matter, and has no answer yet."""
    if step in _ON_REQUEST:
        return False
    if step in ("days", "facts", "documents"):
        offered = offer(site.law, stated, n)
        return {"days": True, "facts": offered.facts, "documents": bool(offered.documents)}[step]
    if getattr(stated, step, ()) and step != "conduct":
        return False
    every = [reads(site.law, c) for i in range(len(stated.act)) if (c := _conduct(stated, i))
             in site.catalogue.conducts]  # fmt: skip
    if step == "age":
        return stated.kind == "person" and any(r.age for r in every)
    if step == "role":
        return any(r.roles & set(v.ROLES) - {"self"} for r in every)
    return True


def _before(stated: Stated, step: str, n: int, back: str) -> str:
    """Return the address of the page before this one."""
    if back or (n and step == "conduct"):
        return link("/case/check", stated)
    place = STEPS.index(step)
    if place == 0:
        return link("/case", Stated())
    before = STEPS[place - 1]
    if before in _ON_REQUEST or step in ("age", "on"):
        return link("/case/check", stated)
    return link(f"/case/build/{before}", stated, n=n or "")


@router.get("/drop", response_class=HTMLResponse)
def drop(
    stated: Asked, what: Annotated[str, Query(pattern="^(act|link)$")] = "act", n: Number = 0
) -> Response:
    """Leave an act or a link out, and go back to the answers."""
    kept = tuple(x for i, x in enumerate(getattr(stated, what)) if i != n)
    return RedirectResponse(link("/case/check", stated.changed(**{what: kept})), 303)


@router.get("/pick", response_class=HTMLResponse)
def pick(
    site: Shown,
    stated: Asked,
    conduct: Annotated[str, Query(max_length=80)],
    n: Number = 0,
    back: Back = "",
) -> Response:
    """Take a conduct that was found, for a new act or in place of another."""
    if conduct not in site.catalogue.conducts:
        raise CaseError(
            Problem("case", 0, "conduct", "unknown conduct", "search for it in plain words")
        )
    old = parse_act(stated.act[n]) if n < len(stated.act) else {}
    days = {k: x for k, x in old.items() if k in ("from", "until")}
    new = act_text({"conduct": conduct, **days})
    acts = (*stated.act[:n], new, *stated.act[n + 1 :])
    stated = stated.changed(act=acts)
    return RedirectResponse(_onward(site, stated, "conduct", min(n, len(acts) - 1), back), 303)
