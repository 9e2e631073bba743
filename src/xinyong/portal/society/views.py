"""What the pages show of each finished run, read once and kept while the portal runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import pyarrow.compute as pc
from fastapi import Depends, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from markupsafe import Markup

from xinyong import places
from xinyong.errors import XinyongError
from xinyong.language import LANGUAGES, language, speaking, worded
from xinyong.law.catalogue import Catalogue, load
from xinyong.portal.replies import sent
from xinyong.report.charts import CHARTS, png, svg
from xinyong.report.data import Data
from xinyong.report.figure import NARROW, WIDE, Figure, spoken
from xinyong.report.html import csv_text

if TYPE_CHECKING:
    from xinyong.portal.guard import Pace
    from xinyong.portal.jobs import Jobs
    from xinyong.portal.site import Site
    from xinyong.results import Run

__all__ = ["SENT", "View", "Viewed", "Views", "as_csv", "as_json", "sent", "views_of"]


#: What an address sends that ends in ``.json`` or ``.csv``.
SENT = sent("application/json", "text/csv")


class View:
    """One run as pages need it. What is costly is made once, under a lock.

    Attributes:
        name: of the run in addresses; run: the run.
    """

    def __init__(self, name: str, run: Run) -> None:
        self.name, self.run = name, run
        self._lock = threading.RLock()
        self._figures: dict[tuple[str, str], Figure] = {}
        self._pictures: dict[tuple[str, str, int], str] = {}
        self._prints: dict[tuple[str, str], bytes] = {}
        self._provinces: dict[tuple[str, str, str], dict[str, list[int]]] = {}

    @cached_property
    def data(self) -> Data:
        """The counts of the run, added up."""
        with self._lock:
            return Data(self.run)

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the run."""
        return self.run.manifest

    @property
    def scenario(self) -> dict[str, Any]:
        """The scenario of the run, as it was written."""
        found: dict[str, Any] = self.run.manifest["scenario"]
        return found

    @property
    def digest(self) -> str:
        """The first letters of the digest of the run."""
        return str(self.run.manifest["digest"])[:12]

    @property
    def off(self) -> list[str]:
        """The mechanisms that the scenario switches off."""
        return [name for name, on in self.scenario.get("mechanisms", {}).items() if not on]

    def known(self, id: str) -> bool:
        """Tell whether the built-in catalogue has a page of an instrument.

        It has none of the lists that places make of barred rules, nor of those of a layer.
        """
        return id in load().instruments

    def called(self, group: str) -> str:
        """Return the group of an indicator as it stands in data; in Chinese, ids by their names."""
        if language() == "en":
            return group
        here = {p.id: p.name_zh for p in places.places()}
        return "/".join(
            self.data.zh(x) or here.get(x) or worded(x.replace("_", " ")) for x in group.split("/")
        )

    def figure(self, name: str) -> Figure:
        """Return a chart with its reading and tables; its name must be one of `CHARTS`."""
        with self._lock:
            key = language(), name
            if key not in self._figures:
                self._figures[key] = spoken(CHARTS[name](self.data))
            return self._figures[key]

    def picture(self, name: str, width: int) -> Markup:
        """Return a chart as an SVG element."""
        with self._lock:
            key = language(), name, width
            if key not in self._pictures:
                tag = f"{name}-{'w' if width == WIDE else 'n'}"
                self._pictures[key] = svg(self.figure(name), width, tag)
            # The renderer and `svg` escape what they write.
            return Markup(self._pictures[key])  # noqa: S704

    def print(self, name: str) -> bytes:
        """Return a chart as a PNG picture."""
        with self._lock:
            key = language(), name
            if key not in self._prints:
                self._prints[key] = png(self.run, self.figure(name))
            return self._prints[key]

    def by_province(self, indicator: str, group: str, kind: str) -> dict[str, list[int]]:
        """Return one count a month for each province; cities are counted with theirs.

        Args:
            indicator: of ``indicators.parquet``.
            group: of the indicator.
            kind: of subjects; ``all``.
        """
        key = indicator, group, kind
        with self._lock:
            if key not in self._provinces:
                self._provinces[key] = self._placed(*key)
            return self._provinces[key]

    def _placed(self, indicator: str, group: str, kind: str) -> dict[str, list[int]]:
        table = self.run.indicators()
        rows = table.filter(
            pc.and_(pc.equal(table["indicator"], indicator), pc.equal(table["group"], group))
        )
        if kind != "all":
            rows = rows.filter(pc.equal(rows["kind"], kind))
        sums = rows.group_by(["place", "month"]).aggregate([("value", "sum")]).to_pydict()
        at = {month: i for i, month in enumerate(self.run.months)}
        found = {tile.place: [0] * len(at) for tile in places.tiles()}
        for place, month, value in zip(*sums.values(), strict=True):
            if place != "cn":
                found[places.province(place)][at[month]] += int(value)
        return found

    @cached_property
    def grades(self) -> dict[str, list[dict[str, Any]]]:
        """The subjects of each grade by month, place, group and kind; known to have it or not."""
        table = self.run.indicators()
        rows = table.filter(
            pc.is_in(table["indicator"], pc.cast(["grade", "grade_default"], "string"))
        ).to_pylist()
        sums: dict[tuple[str, str, str, str], dict[str, Any]] = {}
        for row in rows:
            key = row["month"], row["place"], row["group"], row["kind"]
            found = sums.setdefault(
                key, {"place": key[1], "group": key[2], "kind": key[3], "value": 0, "default": 0}
            )
            found["value"] += row["value"]
            found["default"] += row["value"] if row["indicator"] == "grade_default" else 0
        by_month: dict[str, list[dict[str, Any]]] = {}
        for (month, *_), found in sorted(sums.items()):
            by_month.setdefault(month, []).append(found)
        return by_month

    @property
    def grades_since(self) -> str:
        """The first month in which anybody has a grade; "" if nobody ever has."""
        return min(self.grades, default="")

    @cached_property
    def catalogue(self) -> Catalogue | None:
        """The law of the run; None if it cannot be had again."""
        from xinyong.engine.remake import law_of  # here: it brings the engine along

        try:
            return law_of(self.run)
        except XinyongError:
            return None

    def begin(self) -> None:
        """Make what the first page of the run shows."""
        for name in CHARTS:
            self.figure(name)
        for width in (WIDE, NARROW):
            self.picture(next(iter(CHARTS)), width)

    def warm(self) -> Iterator[None]:
        """Make everything that takes long, a step at a time."""
        self.begin()
        yield
        _ = self.catalogue
        yield
        for code in LANGUAGES:
            for name in CHARTS:
                for width in (WIDE, NARROW):
                    with speaking(code):
                        self.picture(name, width)
                    yield
        for indicator, group in (("alive", ""), ("stock", "spc_defaulters")):
            self.by_province(indicator, group, "all")
            yield
        _ = self.grades


class Views:
    """The finished runs of a portal: those it was given, and those made in it."""

    def __init__(self, site: Site, jobs: Jobs, pace: Pace) -> None:
        self._site, self._jobs, self._pace = site, jobs, pace
        self._views: dict[str, View] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._warming = False

    def runs(self) -> dict[str, Run]:
        """Return every finished run by its name: those given first, then the latest made."""
        made = {job.name: job.run for job in self._jobs.all() if job.run is not None}
        return self._site.runs | {k: v for k, v in made.items() if k not in self._site.runs}

    def get(self, name: str) -> View | None:
        """Return the view of a run, or None if there is none of that name."""
        runs = self.runs()
        with self._lock:
            for gone in [k for k, v in self._views.items() if runs.get(k) is not v.run]:
                del self._views[gone]
            if name in runs and name not in self._views:
                self._views[name] = View(name, runs[name])
                if self._warming:  # made while the portal runs
                    self._begin([self._views[name]])
            return self._views.get(name)

    def all(self) -> list[View]:
        """Return the views of every run."""
        return [view for name in self.runs() if (view := self.get(name)) is not None]

    def first(self) -> None:
        """Make what takes long of the first run, and be back when it is there."""
        for view in self.all()[:1]:
            with suppress(XinyongError):  # its pages will say so
                for _ in view.warm():
                    pass

    def warm(self) -> None:
        """Begin to make what takes long, besides other work; so with every run made later."""
        self._begin(self.all())
        self._warming = True

    def close(self) -> None:
        """Make nothing more."""
        self._stop.set()

    def _begin(self, views: list[View]) -> None:
        threading.Thread(target=self._warm, args=(views,), daemon=True).start()

    def _warm(self, views: list[View]) -> None:
        for view in views:
            try:
                for _ in view.warm():
                    self._pace.rest()
                    if self._stop.is_set():
                        return
            except XinyongError:
                continue  # its pages will say so


def views_of(request: Request) -> Views:
    """Return the finished runs of this portal."""
    found: Views = request.app.state.views
    return found


def _viewed(request: Request, run: str) -> View:
    view = views_of(request).get(run)
    if view is None:
        raise HTTPException(404)
    return view


#: The run that an address names.
Viewed = Annotated[View, Depends(_viewed)]


def as_json(view: View, rows: Any, **more: Any) -> JSONResponse:
    """Return rows with what they are of."""
    head = {
        "schema_version": 1, "status": "synthetic", "synthetic": view.manifest["synthetic"],
        "digest": view.manifest["digest"], "scenario": view.scenario, "strength": "A",
    }  # fmt: skip
    return JSONResponse(head | more | {"rows": rows})


def as_csv(view: View, name: str, rows: Any) -> Response:
    """Return rows as a file; its name says of which run they are."""
    told = {"Content-Disposition": f'attachment; filename="{name}-{view.digest}.csv"'}
    return Response(csv_text(rows), media_type="text/csv; charset=utf-8", headers=told)
