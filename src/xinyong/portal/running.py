"""Pages that start a small run, or the same with one thing changed, and follow it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from xinyong.assumptions import assumptions
from xinyong.engine.scenario import FIRST_MONTH, LAST_MONTH, Mechanisms, Scenario
from xinyong.errors import Problem, ScenarioError, UsageError, XinyongError
from xinyong.language import say
from xinyong.law.amend import amend, parse
from xinyong.portal.jobs import Job, Jobs
from xinyong.portal.page import address, shown
from xinyong.portal.parts import Shown, part
from xinyong.portal.site import Site

__all__ = ["router"]

router = part("/run")

#: Scales that may be asked for, the quickest first.
_SCALES = (100_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)

Text = Annotated[str, Query(max_length=300)]


def _asked(
    scale: int, first: str, last: str, seed: int, change: str, number: str, off: list[str]
) -> dict[str, Any]:
    """Return a wish as the fields of the form, in their order."""
    return {
        "scale": scale, "from": first, "to": last, "seed": seed, "change": change.strip(),
        "number": number.strip(), "off": sorted(off),
    }  # fmt: skip


def _scenario(site: Site, wish: dict[str, Any]) -> Scenario:
    """Return the scenario of a wish.

    Raises:
        ScenarioError: with every problem, each with its field.
    """
    problems = []

    def wrong(field: str, message: str) -> None:
        problems.append(Problem("form", 0, field, message))

    finest = site.limits.run_scale
    if not finest <= wish["scale"] <= 1_000_000:
        wrong("scale", f"from the browser 1:{finest:,} is the finest; the command line runs any")
    known = set(Mechanisms.model_fields)
    if not known.issuperset(wish["off"]):
        wrong("off", f"no such mechanism; there are {', '.join(sorted(known))}")
    if wish["change"]:
        try:
            amend(site.catalogue, [parse(wish["change"], "change")])
        except XinyongError as error:
            wrong("change", str(error))
    assume: dict[str, float] = {}
    if wish["number"]:
        name, _, value = wish["number"].partition("=")
        try:
            assume = {name.strip(): float(value)}
            assumptions().changed(assume)
        except ValueError:
            wrong("number", "write ID=NUMBER, such as identity.wrong=0.01")
        except XinyongError as error:
            wrong("number", str(error))
    if problems:
        raise ScenarioError(problems)
    try:
        return Scenario.model_validate(
            {
                "name": "portal", "scale": wish["scale"], "from": wish["from"], "to": wish["to"],
                "seed": wish["seed"], "keep": "all", "assume": assume,
                "amend": (wish["change"],) if wish["change"] else (),
                "mechanisms": dict.fromkeys(wish["off"], False),
            }
        )  # fmt: skip
    except ValidationError as error:
        told = [
            Problem("form", 0, str(e["loc"][0]) if e["loc"] else "from",
                    e["msg"].removeprefix("Value error, "))
            for e in error.errors()
        ]  # fmt: skip
        raise ScenarioError(told) from None


def _jobs(request: Request) -> Jobs:
    found: Jobs = request.app.state.jobs
    return found


def _form(
    request: Request, site: Site, wish: dict[str, Any], problems: list[Problem], status: int = 200
) -> HTMLResponse:
    return shown(
        request,
        "run.html.j2",
        status,
        title=say("Run"),
        wish=wish,
        problems=problems,
        by_field={p.field: p.message for p in problems},
        scales=[n for n in _SCALES if n >= site.limits.run_scale],
        mechanisms=_mechanisms(),
        numbers=list(assumptions().rows.values()),
        jobs=_jobs(request).all(),
        limits=site.limits,
    )


def _mechanisms() -> dict[str, str]:
    """Return what each mechanism is, as its documentation says."""
    lines = (Mechanisms.__doc__ or "").partition("Attributes:")[2].splitlines()
    found: dict[str, str] = {}
    last = ""
    for line in lines:
        name, colon, text = line.strip().partition(": ")
        if colon and name in Mechanisms.model_fields:
            last = name
            found[last] = text
        elif last and line.strip():
            found[last] += f" {line.strip()}"
    return found


@router.get("", response_class=HTMLResponse)
def ask(
    request: Request,
    site: Shown,
    scale: int = 20_000,
    first: Annotated[str, Query(alias="from", max_length=7)] = FIRST_MONTH,
    last: Annotated[str, Query(alias="to", max_length=7)] = LAST_MONTH,
    seed: int = 20131001,
    change: Text = "",
    number: Text = "",
    off: Annotated[list[str] | None, Query(max_length=20)] = None,
) -> HTMLResponse:
    """Ask what to run: how fine, how long, and what is changed."""
    return _form(request, site, _asked(scale, first, last, seed, change, number, off or []), [])


@router.post("", response_model=None)
def begin(
    request: Request,
    site: Shown,
    scale: Annotated[int, Form()],
    first: Annotated[str, Form(alias="from", max_length=7)],
    last: Annotated[str, Form(alias="to", max_length=7)],
    seed: Annotated[int, Form()],
    change: Annotated[str, Form(max_length=300)] = "",
    number: Annotated[str, Form(max_length=300)] = "",
    off: Annotated[list[str] | None, Form(max_length=20)] = None,
) -> HTMLResponse | RedirectResponse:
    """Begin a run and lead to the page that follows it."""
    wish = _asked(scale, first, last, seed, change, number, off or [])
    try:
        job = _jobs(request).start(_scenario(site, wish))
    except ScenarioError as error:
        return _form(request, site, wish, error.problems, 422)
    except UsageError as error:
        return _form(request, site, wish, [Problem("form", 0, "", str(error))], 503)
    return RedirectResponse(address(f"/run/{job.name}"), 303)


def _job(request: Request, name: str) -> Job:
    found = _jobs(request).get(name)
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/{name}.json")
def state(request: Request, name: str) -> dict[str, Any]:
    """Say where a run stands."""
    job = _job(request, name)
    return {
        "schema_version": 1, "status": "synthetic", "name": job.name, "state": job.state,
        "done": job.done, "total": job.total, "why": job.why or None,
        "digest": job.run.manifest["digest"] if job.run else None,
        "scenario": job.scenario.model_dump(mode="json", by_alias=True),
    }  # fmt: skip


@router.get("/{name}", response_class=HTMLResponse)
def follow(request: Request, name: str) -> HTMLResponse:
    """Show how far a run is, and lead to it when it is whole."""
    job = _job(request, name)
    return shown(request, "job.html.j2", title=say("Run"), job=job, plan=job.plan)


@router.post("/{name}/cancel")
def cancel(request: Request, name: str) -> RedirectResponse:
    """Stop a run; what it had done is thrown away."""
    _jobs(request).cancel(_job(request, name).name)
    return RedirectResponse(address(f"/run/{name}"), 303)
