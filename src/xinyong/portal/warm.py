"""What a portal makes ready before it serves: it visits its own pages, each kind of them once.

So everything that is read, compiled or counted at a first visit is there when somebody comes.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import anyio

from xinyong.case.gallery import gallery
from xinyong.case.stating import written
from xinyong.portal.casework import link
from xinyong.portal.page import address

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Message

    from xinyong.portal.site import Site

__all__ = ["of_catalogue", "of_runs", "ready", "visit"]


def ready(app: FastAPI) -> None:
    """Visit a page of every kind: of the catalogue, of a case, of the first run; draw its charts.

    Charts drawn beside readers take the core that a page needs, and the memory that a portal
    should have from its start. Other runs are made ready later, while nobody waits; so is the
    compiled fold.
    """
    site = app.state.site
    site.twin.prepare()
    beside = [
        threading.Thread(target=visit, args=(app, list(addresses)), daemon=True)
        for addresses in (of_runs(site), of_catalogue(site))
    ]
    beside.append(threading.Thread(target=app.state.views.first, daemon=True))
    for one in beside:
        one.start()
    for one in beside:
        one.join()
    gc.collect()
    gc.freeze()  # what is kept for good is not looked through again and again


def visit(app: FastAPI, addresses: list[str]) -> None:
    """Visit addresses one after another; what comes back is thrown away."""

    async def every() -> None:
        for one in addresses:
            await _visit(app, one)

    anyio.run(every)


def of_runs(site: Site) -> Iterator[str]:
    """Yield addresses of the first run, and of what needs none."""
    for run in list(site.runs)[:1]:
        for page in ("", "/map", "/exchange", "/errors", "/indicators"):
            yield address(f"/society/{run}{page}")
        yield address("/society/compare", a=run, b=run)
    for page in ("/society", "/studies", "/run", "/about"):
        yield address(page)


def of_catalogue(site: Site) -> Iterator[str]:
    """Yield addresses of the catalogue and of worked cases."""
    yield address("/catalogue")
    yield address("/catalogue", q="credit")  # the search, with its sounds
    for page in ("timeline", "audit", "audit/assumed", "map", "words/measures", "words/conducts"):
        yield address(f"/catalogue/{page}")
    for name in ("spc_defaulters", *site.catalogue.items):  # the longest rulebooks
        yield address(f"/catalogue/{name}")
        yield address(f"/catalogue/{name}/lint")
    for name in site.catalogue.items:
        yield address(f"/catalogue/{name}/items")
    yield address("/catalogue/compare", a="spc_defaulters")
    yield address("/catalogue/compare/places", a="rongcheng", b="hangzhou")
    for worked in gallery().values():  # the law, its kernel, and what a result is told with
        yield link("/case/result", written(worked.case))
    for page in ("check", "changes", "compare", "build/place", "build/facts", "build/documents"):
        yield link(f"/case/{page}", written(gallery()["court"].case))
    yield address("/", to="zh")
    yield address("/case", to="zh")


async def _visit(app: FastAPI, where: str) -> None:
    """Ask the application itself for a page, as its server would."""
    found = urlsplit(where)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        del message

    await app(
        {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": unquote(found.path), "raw_path": found.path.encode(),
            "query_string": found.query.encode(), "root_path": "", "server": ("localhost", 80),
            "client": ("", 0), "headers": [(b"host", b"localhost"), (b"accept", b"text/html")],
        },
        receive,
        send,
    )  # fmt: skip
