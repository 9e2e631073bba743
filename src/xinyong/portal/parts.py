"""What every part of the portal asks of a request: the language, and what is shown."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BeforeValidator

from xinyong.portal.site import Site

__all__ = ["Day", "Shown", "part"]


async def _spoken(lang: Literal["en", "zh"]) -> None:
    """Refuse another language; the guard has set the one in the address already."""


async def _site(request: Request) -> Site:
    found: Site = request.app.state.site
    return found


#: A day of a form: an empty field is no day.
Day = Annotated[
    dt.date | None, BeforeValidator(lambda x: x or None), Query(description="YYYY-MM-DD")
]
#: What this portal shows.
Shown = Annotated[Site, Depends(_site)]


def part(path: str = "") -> APIRouter:
    """Return the routes below a path, in every language."""
    return APIRouter(prefix="/{lang}" + path, dependencies=[Depends(_spoken)])
