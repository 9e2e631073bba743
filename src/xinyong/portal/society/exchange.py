"""The exchange network of a run as it grows: bodies, links and platforms, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from xinyong import places
from xinyong.assumptions import assumptions
from xinyong.dates import date_of, day_of, first_day, parse_month
from xinyong.engine.remake import scenario_of
from xinyong.engine.world import emergency_of, platforms_of
from xinyong.institutions.network import first_tie, is_local
from xinyong.language import say
from xinyong.law.catalogue import Catalogue
from xinyong.portal.page import shown
from xinyong.portal.parts import part
from xinyong.portal.society.lines import both_widths
from xinyong.portal.society.months import Monthly
from xinyong.portal.society.views import SENT, View, Viewed, as_csv, as_json

__all__ = ["router"]

router = part("/society/{run}")

_NODE, _GAP = 40, 8
_TOLD = (
    "At the end of {month} {n} central bodies are linked to the national platform and get "
    "entries of others. The platforms of the provinces cover {share} % on average."
)


@dataclass(frozen=True)
class Body:
    """An institution of the exchange.

    Attributes:
        number: in the picture and the table; id, en, zh: of the authority.
        local: whether it is one of every province or city.
        since: day (ordinal) from which it gets entries of others; None if it only sends.
        keeps: simulated lists that it keeps, with the day from which each is in force.
    """

    number: int
    id: str
    en: str
    zh: str
    local: bool
    since: int | None
    keeps: tuple[tuple[int, str], ...]

    def stands(self, day: int) -> str:
        """Return what it is on a day: ``linked``, ``sends`` or ``apart``."""
        if self.since is not None and self.since <= day:
            return "linked"
        return "sends" if any(first <= day for first, _ in self.keeps) else "apart"


def bodies(view: View, catalogue: Catalogue) -> list[Body]:
    """Return keepers of lists that are run, and who acts on lists of others, by day of linking."""
    scenario = scenario_of(view.run)
    given = assumptions().changed(scenario.assume)
    lag = int(given.value("exchange.link_lag")) if scenario.mechanisms.friction else 0
    run = {i["id"] for i in view.manifest["instruments"] if i.get("simulated", True)}
    keeps: dict[str, list[tuple[int, str]]] = {}
    for id in sorted(run):
        it = catalogue.instruments.get(id)  # None: a list that a place made of barred rules
        if it is not None and it.kind == "list":
            first = min(day_of(v.in_force.from_) for v in it.versions)
            keeps.setdefault(it.keeper or it.issuer, []).append((first, id))
    since = {a: day + lag for a, day in first_tie(catalogue).items()}
    far = max(since.values(), default=0) + 1
    names = sorted(since.keys() | keeps.keys(), key=lambda a: (since.get(a, far), a))
    found = []
    for number, name in enumerate(names, 1):
        a = catalogue.authorities[name].name
        found.append(
            Body(
                number, name, a.en, a.zh, is_local(catalogue, name), since.get(name),
                tuple(keeps.get(name, ())),
            )
        )  # fmt: skip
    return found


def coverage(view: View) -> dict[str, list[float]]:
    """Return the coverage of the platform of each province, a value a month, from 0 to 1."""
    scenario = scenario_of(view.run)
    given = assumptions().changed(scenario.assume)
    found = platforms_of(scenario, given, emergency_of(scenario)).links
    if not scenario.mechanisms.friction:
        found = found * 0.0 + 1.0
    tiles = {tile.place for tile in places.tiles()}
    return {leaf: found[i].tolist() for i, leaf in enumerate(places.leaves()) if leaf in tiles}


@dataclass(frozen=True)
class Drawing:
    """The network on a day, in pixels: nodes hang on the platform like teeth of a comb.

    Attributes:
        width, height: of the picture; bar: top of the national platform.
        nodes: (x, y, body, what it is); teeth: (x, from, to) of each link.
        squares: (x, y, tile, coverage); below: (x, y, body, what it is) of the local bodies.
    """

    width: int
    height: int
    bar: int
    low: int
    nodes: list[tuple[int, int, Body, str]]
    teeth: list[tuple[int, int, int]]
    squares: list[tuple[int, int, places.Tile, float]]
    below: list[tuple[int, int, Body, str]]


def drawing(
    found: list[Body], shares: dict[str, list[float]], at: int, day: int, width: int
) -> Drawing:
    """Lay the network out at a width."""
    step = _NODE + _GAP
    columns = width // step
    central = [b for b in found if not b.local]
    local = [b for b in found if b.local]
    rows = -(-len(central) // columns)
    bar = 26 + rows * step + 6
    nodes: list[tuple[int, int, Body, str]] = []
    teeth: dict[int, int] = {}
    for i, body in enumerate(central):
        # Those linked first hang nearest to the platform, so that no link passes one unlinked.
        x, y = (i % columns) * step + _NODE // 2, bar - (i // columns + 1) * step + _NODE // 2
        state = body.stands(day)
        nodes.append((x, y, body, state))
        if state != "apart":
            teeth[x] = min(y, teeth.get(x, bar))
    low = bar + 34
    tiles = [t for t in places.tiles() if t.place in shares]
    squares = [
        ((i % columns) * step + _NODE // 2, low + 30 + (i // columns) * step + _NODE // 2, t,
         shares[t.place][at])
        for i, t in enumerate(tiles)
    ]  # fmt: skip
    under = low + 30 + -(-len(tiles) // columns) * step
    below = [
        ((i % columns) * step + _NODE // 2, under + 30 + (i // columns) * step + _NODE // 2, b,
         b.stands(day))
        for i, b in enumerate(local)
    ]  # fmt: skip
    height = under + 30 + max(-(-len(local) // columns), 1) * step
    return Drawing(
        columns * step, height, bar, low, nodes, [(x, y, bar) for x, y in sorted(teeth.items())],
        squares, below,
    )  # fmt: skip


def _rows(found: list[Body], day: int) -> list[dict[str, Any]]:
    return [
        {
            "number": b.number, "id": b.id, "en": b.en, "zh": b.zh,
            "layer": "local" if b.local else "national",
            "linked_since": date_of(b.since).isoformat() if b.since is not None else None,
            "keeps": [i for first, i in b.keeps if first <= day], "stands": b.stands(day),
        }
        for b in found
    ]  # fmt: skip


def _day(label: str) -> int:
    return first_day(parse_month(label) + 1) - 1


@router.get("/exchange.{form}", response_class=Response, responses=SENT)
def exchange_data(view: Viewed, month: Monthly, form: Literal["json", "csv"]) -> Response:
    """Return the bodies of the exchange at the end of a month, as data."""
    law = view.catalogue
    rows = _rows(bodies(view, law), _day(month.label)) if law is not None else []
    if form == "csv":
        return as_csv(view, "exchange", [r | {"keeps": " ".join(r["keeps"])} for r in rows])
    shares = {p: round(v[month.at], 6) for p, v in coverage(view).items()}
    return as_json(view, rows, month=month.label, platform_coverage=shares)


@router.get("/exchange", response_class=HTMLResponse)
def exchange(request: Request, view: Viewed, month: Monthly) -> HTMLResponse:
    """Show who is linked to whom in a month, in three layers."""
    law, day = view.catalogue, _day(month.label)
    title = say("Exchange")
    if law is None:
        return shown(request, "society/exchange.html.j2", title=title, view=view, law=None)
    found, shares = bodies(view, law), coverage(view)
    linked = sum(b.stands(day) == "linked" and not b.local for b in found)
    mean = sum(v[month.at] for v in shares.values()) / len(shares)
    told = say(
        _TOLD, month=month.label, n=linked, share=f"{100 * mean:.0f}",
    )  # fmt: skip
    months = view.run.months
    ends = [_day(m) for m in months]
    grown: list[float | None] = [
        float(sum(b.since is not None and b.since <= e and not b.local for b in found))
        for e in ends
    ]
    middle: list[float | None] = [
        100 * sum(v[i] for v in shares.values()) / len(shares) for i in range(len(months))
    ]
    return shown(
        request, "society/exchange.html.j2", title=title, view=view, law=law, month=month,
        told=told, rows=_rows(found, day),
        wide=drawing(found, shares, month.at, day, 720),
        narrow=drawing(found, shares, month.at, day, 288),
        linked=both_widths(
            months, {say("central bodies linked"): grown}, say("Central bodies linked"), told
        ),
        covered=both_widths(
            months, {say("mean coverage, %"): middle}, say("Coverage of provincial platforms"), told
        ),
        shares={t: shares[t.place][month.at] for t in places.tiles()},
    )  # fmt: skip
