"""What the portal is: method, limits, assumptions, intended use, sources, how to cite."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from xinyong import __version__
from xinyong.assumptions import assumptions
from xinyong.language import say
from xinyong.portal.page import shown
from xinyong.portal.parts import Shown, part
from xinyong.report.html import LIMITS

__all__ = ["router"]

router = part("/about")


@router.get("", response_class=HTMLResponse)
def about(request: Request, site: Shown) -> HTMLResponse:
    """Say how it is made, what it cannot do, and what it is for."""
    return shown(
        request,
        "about.html.j2",
        title=say("About"),
        limits=LIMITS,
        numbers=list(assumptions().rows.values()),
        catalogue=site.catalogue,
        version=__version__,
    )


@router.get("/assumptions.json")
def numbers() -> dict[str, Any]:
    """Return every number of the simulation that no instrument states."""
    rows = [row.model_dump(mode="json") for row in assumptions().rows.values()]
    return {"schema_version": 1, "assumptions": rows}
