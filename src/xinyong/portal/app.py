"""The web application: routes, the guard before them, and what an error becomes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import RedirectResponse, Response

from xinyong import __version__
from xinyong.errors import XinyongError
from xinyong.portal import (
    about,
    audited,
    building,
    catalogue,
    compare,
    history,
    instrument,
    keepers,
    linted,
    own_rulebook,
    running,
    start,
    studies,
    vocabulary,
)
from xinyong.portal.guard import Guard, Pace
from xinyong.portal.jobs import Jobs
from xinyong.portal.problems import RESPONSES, of_error, problem
from xinyong.portal.site import Site
from xinyong.portal.society import pages as society
from xinyong.portal.society.looker import Lookers
from xinyong.portal.society.views import Views

__all__ = ["create_app"]

#: Names under which a portal on this machine alone answers: no other site may borrow one.
_HERE = ["localhost", "127.0.0.1", "[::1]", "testserver"]


#: In this order: a fixed address goes before the name of an instrument.
_CATALOGUE = (
    catalogue,
    compare,
    history,
    audited,
    keepers,
    vocabulary,
    own_rulebook,
    linted,
    instrument,
)


def create_app(site: Site) -> FastAPI:
    """Return the application that shows a site.

    Example:
        >>> create_app(Site()).title
        'xinyong'
    """
    jobs = Jobs(site.limits)
    pace = Pace()
    views = Views(site, jobs, pace)
    lookers = Lookers(site.limits)

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        del app
        views.warm()
        yield
        views.close()
        lookers.close()
        jobs.close()

    app = FastAPI(
        lifespan=living,
        title="xinyong",
        version=__version__,
        description="An executable model of China's social credit system. Everything is synthetic.",
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        responses=RESPONSES,
    )
    app.state.site = site
    app.state.jobs = jobs
    app.state.views = views
    app.state.lookers = lookers
    for part in (*_CATALOGUE, start, building, running, about, society, studies):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(packages=[("xinyong.portal", "static")]), name="static")
    app.add_api_route("/", _front, include_in_schema=False)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(XinyongError, _ours)
    if site.local:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=_HERE, www_redirect=False)
    app.add_middleware(Guard, limits=site.limits, pace=pace)
    return app


def _front(request: Request) -> RedirectResponse:
    """Lead to the language that the browser asks for first."""
    asked = request.headers.get("accept-language", "").lower()
    code = "zh" if asked.startswith("zh") else "en"
    return RedirectResponse(f"/{code}/", 302, {"Vary": "Accept-Language"})


async def _http(request: Request, error: Any) -> Response:
    known = {404: "there is no such page here", 405: "this address is not asked that way"}
    detail = known.get(error.status_code, str(error.detail))
    return problem(request.scope, error.status_code, detail, error.headers)


async def _invalid(request: Request, error: Any) -> Response:
    """Say which field is wrong and what was expected; never what was sent."""
    found = error.errors()
    if any(e["loc"][0] == "path" for e in found):
        return problem(request.scope, 404, "there is no such page here")
    told = "; ".join(f"{'.'.join(str(x) for x in e['loc'][1:])}: {e['msg']}" for e in found)
    return problem(request.scope, 422, told)


async def _ours(request: Request, error: Any) -> Response:
    return of_error(request.scope, error)
