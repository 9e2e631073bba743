"""Pages of the named questions: what is asked, the answers in standard form, how to ask again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from xinyong.errors import UsageError
from xinyong.language import say, worded
from xinyong.portal.page import shown
from xinyong.portal.parts import Shown, part
from xinyong.portal.replies import AS_CSV
from xinyong.portal.site import Site
from xinyong.study.answer import CLASSES, Answer, Row, figure
from xinyong.study.labels import label
from xinyong.study.page import read_answer
from xinyong.study.questions import QUESTIONS, Question, question

__all__ = ["router"]

router = part("/studies")

#: Rows of the picture of an answer, and how wide it is drawn.
_MOST = 14
_WIDTH, _LEFT, _ROW = 680, 16, 44


def _question(name: str) -> Question:
    try:
        return question(name)
    except UsageError:
        raise HTTPException(404) from None


def _answer(site: Site, name: str) -> Answer:
    folder = site.answers.get(_question(name).name)
    if folder is None:
        raise HTTPException(404)
    return read_answer(folder)


@dataclass(frozen=True)
class _Mark:
    """One row of the picture: positions from left to right, and what it says."""

    y: int
    at: float
    low: float
    high: float
    label: str
    value: str
    exact: bool
    unstable: bool


@dataclass(frozen=True)
class _Picture:
    """Differences from the baseline with their intervals, of one unit."""

    unit: str
    zero: float
    height: int
    marks: tuple[_Mark, ...]
    left_out: int


def _pictures(rows: tuple[Row, ...]) -> list[_Picture]:
    """Return a picture for each unit in which something differs, the commonest first."""
    units: dict[str, list[Row]] = {}
    for row in rows:
        units.setdefault(row.unit, []).append(row)
    found = []
    for unit, group in units.items():
        moved = [r for r in group if r.difference or r.low or r.high]
        if moved:
            found.append(_picture(unit, moved[:_MOST], len(moved) - _MOST))
    return found[:3]


def _picture(unit: str, rows: list[Row], left_out: int) -> _Picture:
    lows = [r.difference if r.low is None else r.low for r in rows]
    highs = [r.difference if r.high is None else r.high for r in rows]
    least, most = min(0.0, *lows), max(0.0, *highs)
    width = (most - least) or 1.0
    room = _WIDTH - 2 * _LEFT

    def place(value: float) -> float:
        return round(_LEFT + (value - least) / width * room, 1)

    marks = tuple(
        _Mark(
            y=_ROW * i + 30, at=place(r.difference), low=place(low), high=place(high),
            label=_label(r), value=figure(r.difference), exact=r.low is None,
            unstable=r.unstable,
        )
        for i, (r, low, high) in enumerate(zip(rows, lows, highs, strict=True))
    )  # fmt: skip
    return _Picture(label(unit), place(0.0), _ROW * len(rows) + 20, marks, max(0, left_out))


def _label(row: Row) -> str:
    what = label(row.indicator)
    if row.group != "all":
        what = say("{what}, {group}", what=what, group=label(row.group))
    return row.arm + say(": ") + what


@router.get("", response_class=HTMLResponse)
def studies(request: Request, site: Shown) -> HTMLResponse:
    """List the questions, with what was found where they have been answered."""
    found = []
    for asked in QUESTIONS.values():
        folder = site.answers.get(asked.name)
        found.append((asked, read_answer(folder) if folder else None))
    return shown(request, "studies.html.j2", title=say("Studies"), found=found, classes=CLASSES)


@router.get("/{name}.json")
def answer_data(site: Shown, name: str) -> dict[str, Any]:
    """Return an answer as data: the same as ``xinyong study NAME --json``."""
    return _answer(site, name).to_json()


@router.get("/{name}.csv", **AS_CSV)
def answer_rows(site: Shown, name: str) -> Response:
    """Return the figures of an answer as a tidy table."""
    return Response(_answer(site, name).to_csv(), media_type="text/csv; charset=utf-8")


@router.get("/{name}", response_class=HTMLResponse)
def study(request: Request, site: Shown, name: str) -> HTMLResponse:
    """Show a question with its answer in standard form."""
    asked = _question(name)
    folder = site.answers.get(asked.name)
    answer = read_answer(folder) if folder else None
    return shown(
        request,
        "study.html.j2",
        title=f"{asked.number} {worded(asked.ask)}",
        asked=asked,
        answer=answer,
        pictures=_pictures(answer.rows) if answer else [],
        width=_WIDTH,
        classes=CLASSES,
        figure=figure,
        label=label,
        stale=answer is not None
        and answer.provenance.get("catalogue_digest") not in (None, site.catalogue.digest),
    )
