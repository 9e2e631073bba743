"""Every chart of a run on an address of its own, as a page, a picture and figures."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from xinyong.language import language
from xinyong.portal.page import shown
from xinyong.portal.parts import part
from xinyong.portal.replies import sent
from xinyong.portal.society.views import Viewed, as_csv, as_json
from xinyong.report.charts import CHARTS
from xinyong.report.figure import NARROW, WIDE

__all__ = ["router"]

router = part("/society/{run}/chart")

_SENT = sent("application/json", "text/csv", "image/svg+xml", "image/png")
_SPACES = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def _known(name: str) -> str:
    if name not in CHARTS:
        raise HTTPException(404)
    return name


Chart = Annotated[str, Depends(_known)]


@router.get("/{name}.{form}", response_class=Response, responses=_SENT)
def chart_data(view: Viewed, name: Chart, form: Literal["json", "csv", "svg", "png"]) -> Response:
    """Return a chart as figures or as a picture."""
    found = view.figure(name)
    kind: Any = {"Content-Disposition": f'attachment; filename="{name}-{view.digest}.{form}"'}
    if form == "csv":
        return as_csv(view, name, found.rows)
    if form == "svg":
        text = str(view.picture(name, WIDE)).replace("<svg ", _SPACES, 1)
        text = text.replace('class="chart"', 'class="chart" font-family="sans-serif"', 1)
        return Response(text, media_type="image/svg+xml", headers=kind)
    if form == "png":
        return Response(view.print(name), media_type="image/png", headers=kind)
    said = {
        "name": found.name, "title": found.title, "title_zh": found.zh, "reading": found.reading,
        "caption": found.caption, "rests_on": found.rests_on, "not_shown": found.not_shown,
    }  # fmt: skip
    return as_json(view, list(found.rows), **said)


@router.get("/{name}", response_class=HTMLResponse)
def chart(request: Request, view: Viewed, name: Chart) -> HTMLResponse:
    """Show a chart with its reading, its tables and what it does not show."""
    found, names = view.figure(name), list(CHARTS)
    at = names.index(name)
    return shown(
        request,
        "society/chart.html.j2",
        title=found.zh if language() == "zh" and found.zh else found.title,
        view=view,
        figure=found,
        wide=view.picture(name, WIDE),
        narrow=view.picture(name, NARROW),
        before=view.figure(names[at - 1]) if at else None,
        after=view.figure(names[at + 1]) if at + 1 < len(names) else None,
    )
