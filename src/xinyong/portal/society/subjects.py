"""One synthetic subject of a run: a gallery of telling ones, and four views of one file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from xinyong.engine.inspect import COLUMNS, History, Moment
from xinyong.engine.pick import PICKS
from xinyong.errors import OutputError, UsageError
from xinyong.language import say
from xinyong.portal.page import address, shown
from xinyong.portal.parts import Day, part
from xinyong.portal.replies import sent
from xinyong.portal.society.looker import Looked, Lookers
from xinyong.portal.society.views import View, Viewed, as_csv, as_json
from xinyong.society.subjects import parse_id

__all__ = ["router"]

router = part("/society/{run}/subject")

_LANE, _TOP = 38, 24
_LED: dict[int | str, dict[str, Any]] = {303: {"description": "To an example"}}


def _looked(request: Request, view: View) -> Looked:
    found: Lookers = request.app.state.lookers
    return found.get(view.run)


def _made_up(id: str) -> str:
    """Let ids of synthetic subjects through and nothing else; what was sent is not repeated."""
    try:
        parse_id(id)
    except UsageError:
        raise HTTPException(404) from None
    return id


Id = Annotated[str, Depends(_made_up)]


def _waiting(request: Request, view: View, why: str = "", status: int = 200) -> HTMLResponse:
    return shown(
        request, "society/preparing.html.j2", status, title=say("One subject"), view=view, why=why
    )


@router.get("", response_class=HTMLResponse, response_model=None, responses=_LED)
def gallery(
    request: Request, view: Viewed,
    pick: Annotated[str, Query(max_length=40, description="a telling example")] = "",
) -> HTMLResponse | RedirectResponse:  # fmt: skip
    """Show telling subjects of a run, or lead to one of them."""
    if pick and pick not in PICKS:
        raise UsageError(say("examples are: {words}", words=", ".join(PICKS)))
    try:
        looked = _looked(request, view)
    except OutputError as error:
        return _waiting(request, view, str(error))
    if looked.state != "ready":
        return _waiting(request, view, say(looked.why))
    if pick and looked.picks.get(pick):
        return RedirectResponse(address(f"/society/{view.name}/subject/{looked.picks[pick]}"), 303)
    return shown(
        request, "society/subjects.html.j2", title=say("One subject"), view=view,
        picks=[(what, about, looked.picks.get(what, "")) for what, about in PICKS.items()],
    )  # fmt: skip


def _history(request: Request, view: View, id: str) -> History | None:
    """Return a history; None while the run is being made again."""
    looked = _looked(request, view)
    if looked.state == "failed":
        raise OutputError(say(looked.why))
    if looked.state != "ready":
        return None
    try:
        return looked.history(id)
    except UsageError:  # of another scale, most likely
        raise HTTPException(404) from None


def _ready(request: Request, view: View, id: str) -> History:
    """Return a history, or tell a program to come back."""
    found = _history(request, view, id)
    if found is None:
        told = say("being prepared; come back in a minute")
        raise HTTPException(503, told, {"Retry-After": "10"})
    return found


@router.get("/{id}.json", response_class=Response, responses=sent("application/json"))
def subject_data(request: Request, view: Viewed, id: Id) -> Response:
    """Return the history of one subject, as data."""
    found = _ready(request, view, id)
    data = json.loads(json.dumps(asdict(found), default=str))
    rows = data.pop("moments")
    data.pop("synthetic")
    return as_json(view, rows, subject=data)


@router.get("/{id}.csv", response_class=Response, responses=sent("text/csv"))
def subject_table(request: Request, view: Viewed, id: Id) -> Response:
    """Return the moments of one subject, as a table."""
    found = _ready(request, view, id)
    return as_csv(view, found.id, [asdict(moment) for moment in found.moments])


@dataclass(frozen=True)
class Timeline:
    """A file over time: a lane for each view, a bar for each entry, in pixels.

    Attributes:
        width, height: of the picture; left: where time begins.
        lanes: (y, column); marks: (x, y, later) of each moment.
        bars: (x, width, y, name, mistaken, later) of each entry; years: (x, label).
        now: x of the day shown up to; None at the end.
    """

    width: int
    height: int
    left: int
    lanes: list[tuple[int, str]]
    marks: list[tuple[float, int, bool]]
    bars: list[tuple[float, float, int, str, bool, bool]]
    years: list[tuple[float, str]]
    now: float | None


def timeline(found: History, first: dt.date, until: dt.date | None, width: int) -> Timeline:
    """Lay a file out over time, from its first year to the end of the run."""
    days = [m.day for m in found.moments]
    start = max(first, dt.date(min(days).year, 1, 1)) if days else first
    narrow = width < 500
    left = 6 if narrow else 120
    across = width - left - 12
    span = max((found.last - start).days, 1)

    def x(day: dt.date) -> float:
        return round(left + across * min(max((day - start).days / span, 0.0), 1.0), 1)

    bars = []
    for i, spell in enumerate(found.spells):
        a, b = x(spell.start), x(spell.end or found.last)
        later = until is not None and spell.start > until
        bars.append(
            (a, max(b - a, 2.0), _TOP + i * 20, spell.list, spell.mistaken, later)
        )  # fmt: skip
    base = _TOP + len(found.spells) * 20 + 14
    lanes = [(base + i * _LANE + _LANE // 2, column) for i, column in enumerate(COLUMNS)]
    at = {column: y for y, column in lanes}
    marks = {
        (x(m.day), at[m.column], until is not None and m.day > until) for m in found.moments
    }  # fmt: skip
    every = 1 + (found.last.year - start.year) // (4 if narrow else 9)
    years = [(x(dt.date(y, 1, 1)), str(y)) for y in range(start.year, found.last.year + 1, every)]
    years = [(px, label) for px, label in years if px <= width - 20]
    height = base + len(COLUMNS) * _LANE + 26
    now = x(until) if until is not None and until < found.last else None
    return Timeline(width, height, left, lanes, sorted(marks), bars, years, now)


def _by_day(moments: Sequence[Moment]) -> list[tuple[dt.date, dict[str, list[str]]]]:
    """Return what each view sees, day by day; what differs only in who is said together."""
    days = []
    for day, group in groupby(moments, key=lambda m: m.day):
        cells: dict[str, dict[str, list[str]]] = {column: {} for column in COLUMNS}
        for moment in group:
            verb, colon, who = moment.text.partition(say(": "))
            cells[moment.column].setdefault(verb + colon, []).append(who)
        texts = {
            column: [verb + say("; ").join(dict.fromkeys(who)) for verb, who in said.items()]
            for column, said in cells.items()
        }
        days.append((day, texts))
    return days


@router.get("/{id}", response_class=HTMLResponse)
def subject(request: Request, view: Viewed, id: Id, until: Day = None) -> HTMLResponse:
    """Show one subject as the public, the subject, authorities and the truth have it."""
    try:
        found = _history(request, view, id)
    except OutputError as error:
        return _waiting(request, view, str(error))
    if found is None:
        return _waiting(request, view)
    days = sorted({m.day for m in found.moments})
    seen = [m for m in found.moments if until is None or m.day <= until]
    past = [d for d in days if until is None or d <= until]
    following = [d for d in days if until is not None and d > until]
    year, month = (int(n) for n in view.scenario["from"].split("-"))
    first = dt.date(year, month, 1)
    here: dict[str, Any] = {
        "first": days[0] if days else None,
        "earlier": past[-2] if len(past) > 1 else None,
        "later": following[0] if following else None,
        "at": past[-1] if past else None,
        "number": len(past),
        "of": len(days),
    }
    return shown(
        request, "society/subject.html.j2", title=found.id, view=view, it=found, until=until,
        days=_by_day(seen), step=here, columns=COLUMNS, data=view.data,
        wide=timeline(found, first, until, 720), narrow=timeline(found, first, until, 288),
        picked=[what for what, who in _looked(request, view).picks.items() if who == id],
    )  # fmt: skip
