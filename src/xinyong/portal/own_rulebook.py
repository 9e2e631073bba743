"""A rulebook of one's own, held against the limits: the same as ``xinyong lint FILE``.

The text comes in the body of a request, is read, tested and forgotten: it is in no address, on
no disk and in no log.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Annotated, Any

from fastapi import Depends, File, Form, HTTPException, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BeforeValidator

from xinyong.case.model import looks_like_identity
from xinyong.errors import CatalogueError, Problem, UsageError
from xinyong.language import say
from xinyong.law.catalogue import Catalogue
from xinyong.law.lint import Report, chosen, lint, load_profiles, rulebook_of
from xinyong.law.lint.read import NAMELESS
from xinyong.law.lint.text import as_dict
from xinyong.portal.known import Word, instrument, own_name
from xinyong.portal.linted import rows, told_of
from xinyong.portal.page import shown
from xinyong.portal.parts import Shown, part
from xinyong.portal.replies import AS_CSV, csv

__all__ = ["router"]

router = part("/catalogue/lint")

#: Characters of a rulebook: three times the longest of the catalogue.
_MOST = 150_000
#: Texts read at once: reading one takes a second of a core.
_READING = threading.BoundedSemaphore(2)
_PATIENCE = 5.0
#: Numbers of pages in addresses of sources, which are times, look like cards and are none.
_PAGE_NUMBER = re.compile(r"/\d+(?:_\d+)*\.s?html?\b|\b155\d{13}_\d\b")


@dataclass(frozen=True)
class _Asked:
    """What was sent: the text, the day, and which limits it is held against.

    Attributes:
        text: of the rulebook; on: the day, or None for that of each version.
        against: profiles, all that bind its place if empty; ignore_dates: hold every limit.
        problems: what is wrong with what was sent, before the text is read.
    """

    text: str = ""
    on: dt.date | None = None
    against: tuple[str, ...] = ()
    ignore_dates: bool = False
    problems: tuple[Problem, ...] = field(default=())


def _decoded(given: UploadFile | None, text: str) -> tuple[str, list[Problem]]:
    """Return the text of a file, or the one of the field if no file was chosen."""
    if given is None or not given.filename:
        return text, []
    raw = given.file.read(4 * _MOST + 1)
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return "", [Problem(NAMELESS, 0, "", say("the file is not UTF-8; save it as UTF-8"))]


Day = Annotated[dt.date | None, BeforeValidator(lambda x: x or None), Form()]


def _sent(
    text: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
    on: Day = None,
    against: Annotated[list[str] | None, Form(max_length=20)] = None,
    ignore_dates: Annotated[bool, Form()] = False,
) -> _Asked:
    """Read what a form sends."""
    found, problems = _decoded(file, text)
    found = found.replace("\r\n", "\n")
    if not problems and not found.strip():
        problems = [Problem(NAMELESS, 0, "", say("paste a rulebook, or choose a file"))]
    if len(found) > _MOST:
        message = say("a rulebook here has at most {n:,} characters", n=_MOST)
        problems, found = [Problem(NAMELESS, 0, "", message)], ""
    lines = [n for n, line in enumerate(found.split("\n"), 1) if _personal(line)]
    if lines:
        message = say("looks like an identity, telephone or card number, or an address")
        hint = say("remove it: a rulebook names nobody")
        problems, found = [Problem(NAMELESS, n, "", message, hint) for n in lines], ""
    return _Asked(found, on, tuple(against or ()), ignore_dates, tuple(problems))


def _personal(line: str) -> bool:
    return looks_like_identity(_PAGE_NUMBER.sub("", line))


Sent = Annotated[_Asked, Depends(_sent)]


@contextmanager
def _a_place() -> Iterator[None]:
    if not _READING.acquire(timeout=_PATIENCE):
        told = say("other rulebooks are being read; come back in a few seconds")
        raise HTTPException(503, told, {"Retry-After": "5"})
    try:
        yield
    finally:
        _READING.release()


def _report(catalogue: Catalogue, asked: _Asked) -> Report:
    """Return what the limits say of a text.

    Raises:
        CatalogueError: what was sent is wrong; every problem with line and field.
        UsageError: it was not in force on the day, or there is no such profile.
    """
    if asked.problems:
        raise CatalogueError(list(asked.problems))
    profiles = chosen(list(asked.against)) if asked.against else None
    with _a_place():
        return lint([rulebook_of(asked.text, catalogue)], asked.on, profiles, asked.ignore_dates)


def _page(
    request: Request,
    site: Shown,
    asked: _Asked,
    problems: list[Problem] | None = None,
    report: Report | None = None,
) -> HTMLResponse:
    its = site.catalogue.instruments.values()
    return shown(
        request,
        "own_rulebook.html.j2",
        422 if problems else 200,
        title=say("Hold a rulebook of your own against the limits"),
        asked=asked,
        problems=problems or [],
        report=report,
        profiles=load_profiles(),
        most=_MOST,
        instruments=sorted(its, key=lambda it: own_name(it.name).casefold()),
        **(told_of(report) if report else {}),
    )


@router.get("", response_class=HTMLResponse)
def ask(request: Request, site: Shown, example: Word = "") -> HTMLResponse:
    """Ask for a rulebook, empty or begun with the text of an instrument of the catalogue."""
    text = ""
    if example:
        name = instrument(site.catalogue, example).id
        path = files("xinyong.law").joinpath(f"data/instruments/{name}.yaml")
        text = path.read_text(encoding="utf-8")
    return _page(request, site, _Asked(text))


@router.post("", response_class=HTMLResponse)
def tested(request: Request, site: Shown, asked: Sent) -> HTMLResponse:
    """Show what the limits say of a rulebook that was sent; nothing of it is kept."""
    try:
        return _page(request, site, asked, report=_report(site.catalogue, asked))
    except CatalogueError as error:
        return _page(request, site, asked, error.problems)
    except UsageError as error:
        return _page(request, site, asked, [Problem(NAMELESS, 0, "", str(error))])


@router.post(".json", response_class=JSONResponse)
def tested_data(site: Shown, asked: Sent) -> Any:
    """Return what the limits say of a rulebook: the same as ``xinyong lint FILE --json``."""
    try:
        return as_dict(_report(site.catalogue, asked))
    except CatalogueError as error:
        problems = [
            {"line": p.line, "field": p.field, "message": p.message, "suggestion": p.suggestion}
            for p in error.problems
        ]
        content = {
            "type": "about:blank", "title": say("Cannot be worked out"), "status": 422,
            "detail": str(error), "problems": problems,
        }  # fmt: skip
        return JSONResponse(content, 422, media_type="application/problem+json")


@router.post(".csv", **AS_CSV)
def tested_table(site: Shown, asked: Sent) -> Response:
    """Return every test of a rulebook as a row."""
    return csv(rows(_report(site.catalogue, asked)))
