"""What differs: two versions, two instruments, two places."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from xinyong.browse.between import Between, between
from xinyong.browse.diff import Change, Side, differences, side
from xinyong.browse.told import changes_told
from xinyong.errors import UsageError
from xinyong.language import Sentence, say
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue
from xinyong.portal.known import Word, own_name, place_table
from xinyong.portal.page import shown
from xinyong.portal.parts import Day, Shown, part
from xinyong.portal.replies import AS_CSV, csv

__all__ = ["router"]

router = part("/catalogue/compare")

_FROM = Annotated[Day, Query(alias="from", description="the day of the first")]
_TO = Annotated[Day, Query(alias="to", description="the day of the second")]


@dataclass(frozen=True)
class _Asked:
    """Two instruments (or one) and the days of their versions."""

    a: str
    b: str
    first: dt.date | None
    last: dt.date | None

    def sides(self, found: Catalogue) -> tuple[Side, Side]:
        """Return the two versions.

        One instrument without days is compared in its first and its last version.

        Raises:
            UsageError: there is no such instrument, or no version on the day.
        """
        other = self.b or self.a
        first, last = self.first, self.last
        if other == self.a and first is None and last is None:
            law = [v for v in found.instrument(self.a).versions if v.draft is None]
            if law:
                first, last = law[0].in_force.from_, law[-1].in_force.from_
        if other == self.a and first is not None and last is not None and first > last:
            raise UsageError(say("the first day lies after the second: exchange them"))
        return side(found, self.a, first), side(found, other, last)


@router.get(".json", response_class=JSONResponse)
def compare_data(
    site: Shown, a: Word, b: Word = "", first: _FROM = None, last: _TO = None
) -> dict[str, Any]:
    """Return the differences as data: the same as ``xinyong catalogue diff --json``."""
    one, other = _Asked(a, b, first, last).sides(site.catalogue)
    return changes_told(site.catalogue, one, other, differences(site.catalogue, one, other))


@router.get(".csv", **AS_CSV)
def compare_table(
    site: Shown, a: Word, b: Word = "", first: _FROM = None, last: _TO = None
) -> Response:
    """Return the differences as a table."""
    one, other = _Asked(a, b, first, last).sides(site.catalogue)
    changes = differences(site.catalogue, one, other)
    return csv(changes_told(site.catalogue, one, other, changes)["changes"])


@router.get("", response_class=HTMLResponse)
def compare(
    request: Request, site: Shown, a: Word = "", b: Word = "", first: _FROM = None, last: _TO = None
) -> HTMLResponse:
    """Show what differs between two versions or two instruments, side by side."""
    found = site.catalogue
    asked = _Asked(a, b, first, last)
    error, sides, changes = "", None, list[Change]()
    if a:
        try:
            sides = asked.sides(found)
            changes = differences(found, *sides)
        except UsageError as wrong:
            told = wrong.args[0]
            if isinstance(told, Sentence) and str(told.fields.get("hint", "")).startswith("see:"):
                told = Sentence("unknown instrument {name}", name=told.fields["name"])
            error = told  # the command that lists them is of no use here
    blocks = [(key, list(group)) for key, group in groupby(changes, lambda c: (c.part, c.id))]
    return shown(
        request,
        "compare.html.j2",
        422 if error else 200,
        title=say("Compare two instruments or two versions"),
        asked=asked,
        error=error,
        sides=sides,
        blocks=blocks,
        changes=changes,
        instruments=sorted(found.instruments.values(), key=lambda it: own_name(it.name).casefold()),
        law=found,
    )


# --- places ----------------------------------------------------------------------------------


def _today(on: dt.date | None) -> dt.date:
    return on or dt.datetime.now(dt.UTC).date()


def _between(site: Shown, a: str, b: str, on: dt.date | None) -> Between:
    return between(site.catalogue, a, b, _today(on))


@router.get("/places.json", response_class=JSONResponse)
def places_data(site: Shown, a: Word, b: Word, on: Day = None) -> dict[str, Any]:
    """Return what is in force in two places on a day (without one, today)."""
    got = _between(site, a, b, on)
    return {
        "schema_version": 1,
        "catalogue": site.catalogue.digest,
        "on": got.on.isoformat(),
        "places": [got.a.id, got.b.id],
        "instruments": got.rows(),
    }


@router.get("/places.csv", **AS_CSV)
def places_rows(site: Shown, a: Word, b: Word, on: Day = None) -> Response:
    """Return what is in force in two places as a table."""
    return csv(_between(site, a, b, on).rows())


@router.get("/places", response_class=HTMLResponse)
def compare_places(
    request: Request, site: Shown, a: Word = "", b: Word = "", on: Day = None
) -> HTMLResponse:
    """Show what is in force in two places on a day: in both, and in one of them alone."""
    error, got = "", None
    if a and b:
        try:
            got = _between(site, a, b, on)
        except UsageError:
            error = say("Choose two places of the list.")
    elif a or b:
        error = say("Choose two places of the list.")
    return shown(
        request,
        "compare_places.html.j2",
        422 if error else 200,
        title=say("Compare two places"),
        a=a,
        b=b,
        on=_today(on),
        error=error,
        got=got,
        pairs=_alike(got) if got else [],
        places=place_table().values(),
        law=site.catalogue,
    )


def _alike(got: Between) -> list[tuple[str, str]]:
    """Return the pairs of instruments of one kind, each in one place alone, worth comparing."""
    return [
        (x.id, y.id)
        for x, _ in got.only_a
        for y, _ in got.only_b
        if x.kind == y.kind and (x.kind == "scheme" or (_of_credit(x) and _of_credit(y)))
    ][:12]


def _of_credit(it: schema.Instrument) -> bool:
    """Whether an instrument is a regulation on credit itself, and not on something else."""
    return it.kind == "regulation" and "信用" in it.name.zh
