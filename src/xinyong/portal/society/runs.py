"""The finished runs there are, and the first page of each."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse

from xinyong.language import say
from xinyong.portal.page import shown
from xinyong.portal.parts import part
from xinyong.portal.replies import sent
from xinyong.portal.society.views import View, Viewed, as_json, views_of
from xinyong.report.charts import CHARTS
from xinyong.report.data import STABLE
from xinyong.report.figure import NARROW, WIDE
from xinyong.report.html import LIMITS, STATUS, assumed, cards, yaml_of

__all__ = ["router"]

router = part("/society")

#: Bytes of tables that are sent as one file.
_MOST = 300_000_000


def _row(view: View) -> dict[str, Any]:
    scenario = view.scenario
    return {
        "name": view.name, "scenario": scenario["name"], "scale": scenario["scale"],
        "from": scenario["from"], "to": scenario["to"], "seed": scenario["seed"],
        "digest": view.manifest["digest"], "catalogue": view.manifest["catalogue_digest"],
        "off": view.off, "assume": scenario.get("assume", {}), "amend": scenario.get("amend", []),
    }  # fmt: skip


@router.get(".json")
def runs_data(request: Request) -> dict[str, Any]:
    """Return the finished runs there are."""
    rows = [_row(view) for view in views_of(request).all()]
    return {"schema_version": 1, "status": "synthetic", "runs": rows}


@router.get("", response_class=HTMLResponse)
def runs(request: Request) -> HTMLResponse:
    """List the finished runs, or say how to make one."""
    rows = [_row(view) for view in views_of(request).all()]
    return shown(request, "society/runs.html.j2", title=say("Society"), runs=rows)


@router.get("/{run}.json", response_class=JSONResponse)
def run_data(view: Viewed) -> JSONResponse:
    """Return the head of a run: its cards, its charts and what it rests on."""
    return as_json(
        view, cards(view.data), charts=list(CHARTS), limits=list(LIMITS), months=view.run.months,
        catalogue_digest=view.manifest["catalogue_digest"], mechanisms_off=view.off,
        assumptions=view.manifest.get("assumptions", []),
    )  # fmt: skip


@router.get("/{run}.zip", response_class=StreamingResponse, responses=sent("application/zip"))
def run_tables(view: Viewed) -> StreamingResponse:
    """Return the tables of a run and its manifest as one file."""
    names = ["manifest.json", *sorted(str(f) for f in view.manifest.get("files", {}))]
    wanted = [n for n in dict.fromkeys(names) if (view.run.path / n).is_file()]
    root = view.run.path.resolve()
    wanted = [n for n in wanted if (root / n).resolve().is_relative_to(root)]
    if sum((root / n).stat().st_size for n in wanted) > _MOST:
        raise HTTPException(413, say("the tables of this run are too large to be sent as one file"))
    # Tables are compressed already. The file has no name and goes when it is closed.
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is sent
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as made:
        for name in wanted:
            made.write(root / name, f"xinyong-{view.digest}/{name}")
    kept.seek(0)

    def parts() -> Iterator[bytes]:
        with kept:
            while part := kept.read(1 << 18):
                yield part

    told = {"Content-Disposition": f'attachment; filename="xinyong-{view.digest}.zip"'}
    return StreamingResponse(parts(), media_type="application/zip", headers=told)


@router.get("/{run}", response_class=HTMLResponse)
def overview(request: Request, view: Viewed) -> HTMLResponse:
    """Show the head of a run, its charts, its limits and its assumptions."""
    first = next(iter(CHARTS))
    return shown(
        request,
        "society/overview.html.j2",
        title=say("Society {name}", name=view.name),
        view=view,
        cards=cards(view.data),
        stable=STABLE,
        figures=[view.figure(name) for name in CHARTS],
        first=(view.figure(first), view.picture(first, WIDE), view.picture(first, NARROW)),
        limits=LIMITS,
        statuses=STATUS,
        assumptions=assumed(view.manifest.get("assumptions", [])),
        yaml=yaml_of(view.scenario),
    )
