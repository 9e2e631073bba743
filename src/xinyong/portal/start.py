"""The first page: what this is and is not, and four doors."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from xinyong.language import say
from xinyong.portal.page import shown
from xinyong.portal.parts import Shown, part

__all__ = ["router"]

router = part()


@router.get("/", response_class=HTMLResponse)
def start(request: Request, site: Shown) -> HTMLResponse:
    """Say what this is and is not, and open four doors."""
    return shown(request, "start.html.j2", title=say("Start"), site=site)
