"""Pages of finished runs: the same figures as everywhere, in every form, and never a real id."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import time
import warnings
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from test_report import write_run
from xinyong.engine.inspect import History, Moment
from xinyong.engine.scenario import Scenario
from xinyong.law.catalogue import load
from xinyong.portal.app import create_app
from xinyong.portal.jobs import Job
from xinyong.portal.site import Limits, Site
from xinyong.portal.society.differences import changes, paired, verdict
from xinyong.portal.society.lines import picture
from xinyong.portal.society.looker import Lookers
from xinyong.portal.society.map import short
from xinyong.portal.society.views import View
from xinyong.portal.warm import of_catalogue, of_runs
from xinyong.report.charts import CHARTS, figure
from xinyong.report.data import Data
from xinyong.report.html import cards
from xinyong.results import Run, open_run

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the oldest and the newest client have different names
    from starlette.testclient import TestClient

WHO = "SYN-410000-P-0000310-KZ"
SMALL = Limits(per_second=1e6, burst=10**6)


def edited(run: Run, **scenario: Any) -> Run:
    """Change the scenario of a made-up run, and let it be of this catalogue."""
    path = run.path / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["scenario"] |= scenario
    manifest["catalogue_digest"] = load().digest
    path.write_text(json.dumps(manifest), "utf-8")
    return open_run(run.path)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("runs")
    return {
        "one": edited(write_run(folder / "one")),
        "two": edited(write_run(folder / "two", size=1010), seed=7, assume={"a.one": 0.2}),
    }


@pytest.fixture(scope="module")
def client(runs: dict[str, Run]) -> TestClient:
    return TestClient(create_app(Site(runs=dict(runs), limits=SMALL)))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# --- there is a page ------------------------------------------------------------------------

PAGES = [
    "/society/one",
    "/society/one/chart/court_list",
    "/society/one/map?indicator=entered&month=2016-05",
    "/society/one/map?at=3&per=none&kind=person",
    "/society/one/lists",
    "/society/one/lists/spc_defaulters",
    "/society/one/grades",
    "/society/one/measures",
    "/society/one/errors",
    "/society/one/exchange?month=2016-06",
    "/society/one/indicators?family=burden",
    "/society/one/indicators/burden?group=low",
    "/society/compare?a=one&b=two",
]


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_of_which_run_it_is_and_that_it_is_synthetic(
    client: TestClient, runs: dict[str, Run], path: str, code: str
) -> None:
    found = client.get(f"/{code}{path}")
    assert found.status_code == 200
    assert found.text.count("<h1") == 1
    assert runs["one"].manifest["digest"][:12] in found.text
    assert ("Synthetic" if code == "en" else "合成数据") in found.text
    assert "style=" not in found.text
    assert "onclick" not in found.text


def test_what_a_portal_visits_before_it_serves_is_there(
    client: TestClient, runs: dict[str, Run]
) -> None:
    site = Site(runs=dict(runs))
    addresses = [*of_runs(site), *of_catalogue(site)]
    assert len(addresses) > 40
    for where in addresses:
        assert client.get(where).status_code == 200, where


def test_without_runs_the_page_says_how_to_make_one() -> None:
    text = TestClient(create_app(Site())).get("/en/society").text
    assert "/en/run" in text
    assert "xinyong run" in text


def test_a_run_made_here_is_shown_like_one_that_was_given(runs: dict[str, Run]) -> None:
    app = create_app(Site(limits=SMALL))
    app.state.jobs._jobs["abc"] = Job("abc", Scenario(scale=20_000), "done", run=runs["one"])
    client = TestClient(app)
    assert "/en/society/abc" in client.get("/en/society").text
    assert client.get("/en/society/abc").status_code == 200
    del app.state.jobs._jobs["abc"]  # forgotten, with what it wrote
    assert client.get("/en/society/abc").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/society/nothing", "/society/one/chart/nothing", "/society/one/lists/nothing",
        "/society/one/indicators/nothing", "/society/one/indicators?family=nothing",
        "/society/compare?a=one&b=nothing", "/society/one/chart/court_list.exe",
        "/society/..%2f..%2fetc", "/society/one/lists/nothing.csv",
    ],
)  # fmt: skip
def test_what_is_not_there_is_404(client: TestClient, path: str) -> None:
    assert client.get(f"/en{path}").status_code in (404, 422)


@pytest.mark.parametrize(
    "query", ["month=2031-01", "indicator=nothing", "kind=dog", "group=nothing", "at=-1"]
)
def test_what_a_map_cannot_show_is_said(client: TestClient, query: str) -> None:
    assert client.get(f"/en/society/one/map?{query}").status_code == 422


# --- the same figures everywhere ------------------------------------------------------------


def test_the_cards_are_those_of_the_report(client: TestClient, runs: dict[str, Run]) -> None:
    shown = client.get("/en/society/one.json").json()["rows"]
    assert shown == json.loads(json.dumps(cards(Data(runs["one"]))))


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_its_figures_in_every_form(
    client: TestClient, runs: dict[str, Run], name: str
) -> None:
    found = figure(runs["one"], name)
    at = f"/en/society/one/chart/{name}"
    assert len(rows(client.get(f"{at}.csv").text)) == len(found.rows)
    told = client.get(f"{at}.json").json()
    assert told["reading"] == found.reading
    assert told["digest"] == runs["one"].manifest["digest"]
    page = client.get(at).text
    assert page.count('role="img"') == 2  # wide and narrow
    assert f"{at}.svg" in page


def test_a_picture_stands_alone(client: TestClient) -> None:
    text = client.get("/en/society/one/chart/court_list.svg").text
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "<title" in text
    assert "<desc" in text
    made = client.get("/en/society/one/chart/court_list.png")
    assert made.content.startswith(b"\x89PNG")


def test_a_map_adds_up_to_the_indicators(client: TestClient, runs: dict[str, Run]) -> None:
    shown = client.get("/en/society/one/map.json?indicator=stock&month=2019-03").json()["rows"]
    assert len(shown) == 31
    table = runs["one"].indicators()
    mask = pc.and_(
        pc.and_(pc.equal(table["indicator"], "stock"), pc.equal(table["month"], "2019-03")),
        pc.equal(table["group"], "spc_defaulters"),
    )
    assert sum(r["count"] for r in shown) == pc.sum(table.filter(mask)["value"]).as_py()
    assert {r["place"] for r in shown if r["count"]} == {"beijing", "hebei"}


def test_a_slider_without_script_leads_to_the_same_map_as_the_month(client: TestClient) -> None:
    found = [client.get(f"/en/society/one/map?{q}").text for q in ("at=30", "month=2016-04")]
    one, other = (text[text.index('id="shown"') :] for text in found)
    assert one == other


def test_lists_are_the_sums_of_the_indicators(client: TestClient, runs: dict[str, Run]) -> None:
    data = Data(runs["one"])
    for row in client.get("/en/society/one/lists.json").json()["rows"]:
        assert row["entered"] == sum(data.monthly("entered", row["list"]))
        assert row["alive"] == data.monthly("stock", row["list"])[-1]
    months = rows(client.get("/en/society/one/lists/spc_defaulters.csv").text)
    assert [int(r["entered"]) for r in months] == data.monthly("entered", "spc_defaulters")


def test_measures_can_be_had_for_one_list_or_all(client: TestClient) -> None:
    some = client.get("/en/society/one/measures.json?list=spc_defaulters").json()["rows"]
    assert {r["list"] for r in some} == {"spc_defaulters"}
    assert len(client.get("/en/society/one/measures.json").json()["rows"]) >= len(some) > 0


def test_tables_come_as_one_file(client: TestClient) -> None:
    found = zipfile.ZipFile(io.BytesIO(client.get("/en/society/one.zip").content))
    assert any(name.endswith("manifest.json") for name in found.namelist())


def test_bodies_of_the_exchange_are_linked_once_and_stay(client: TestClient) -> None:
    linked = []
    for month in ("2014-06", "2016-06", "2020-06"):
        told = client.get(f"/en/society/one/exchange.json?month={month}").json()
        linked.append({r["id"] for r in told["rows"] if r["stands"] == "linked"})
        assert len(told["platform_coverage"]) == 31
    assert linked[0] < linked[1] <= linked[2]


# --- two runs -------------------------------------------------------------------------------


def test_a_run_beside_itself_differs_in_nothing(client: TestClient) -> None:
    told = client.get("/en/society/compare.json?a=one&b=one").json()
    assert told["paired"]
    assert told["changes"] == []
    assert {r["verdict"] for r in told["rows"]} == {"same"}
    assert "Their digests are equal" in client.get("/en/society/compare?a=one&b=one").text


def test_what_differs_is_named_and_more_than_one_thing_is_warned_of(
    client: TestClient, runs: dict[str, Run]
) -> None:
    a, b = View("one", runs["one"]), View("two", runs["two"])
    assert not paired(a, b)
    assert [name for name, _, _ in changes(a, b)] == ["seed", "assume: a.one"]
    text = client.get("/en/society/compare?a=one&b=two").text
    assert "More than one thing differs" in text
    assert "not paired" in text


@pytest.mark.parametrize(
    ("x", "y", "luck", "says"),
    [
        (100, 100, True, "same"), (100, 101, True, "differs"), (3, 4, True, "unstable"),
        (100, 120, False, "no detectable difference"), (100, 200, False, "differs"),
        (0, 0, False, "no detectable difference"), (2, 40, False, "unstable"),
    ],
)  # fmt: skip
def test_a_difference_is_told_from_luck(x: int, y: int, luck: bool, says: str) -> None:
    assert verdict(x, y, (1, 1), luck) == says


def test_counts_of_two_scales_are_compared_at_one_to_one() -> None:
    assert verdict(1000, 10, (1, 100), False) == "no detectable difference"
    assert verdict(1000, 100, (1, 100), False) == "differs"


# --- pictures -------------------------------------------------------------------------------


def test_a_line_breaks_where_there_is_no_value() -> None:
    found = picture(["2020-01", "2020-02", "2020-03"], {"a": [1.0, None, 2.0]}, "t", "d")
    assert found.lines[0].d.count("M") == 2
    assert next(text for _, text in found.ticks) == "0"


@pytest.mark.parametrize("value", [0, 0.04, 9.99, 99.96, 999.6, 9_994, 9_996, 999_900, 2.5e6])
def test_a_number_fits_into_a_square(value: float) -> None:
    assert len(short(value)) <= 5


# --- one subject ----------------------------------------------------------------------------


@dataclass
class Told:
    """A run that was made again, as far as pages know."""

    state: str = "ready"
    why: str = ""
    picks: dict[str, str] = field(default_factory=lambda: {"repaired": WHO, "zombie": ""})

    def history(self, id: str) -> History:
        day = dt.date(2016, 5, 1)
        moments = (
            Moment(day, "true", "does it: something", 0),
            Moment(day + dt.timedelta(60), "authorities", "get a copy: One", 0),
            Moment(day + dt.timedelta(60), "authorities", "get a copy: Two", 0),
            Moment(day + dt.timedelta(90), "public", "shown on a list", 0),
        )
        last = dt.date(2022, 12, 31)
        return History(
            id, "person", "henan", "河南省", (), last, True, (), (), (), (), (), (), moments
        )


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told()
    monkeypatch.setattr("xinyong.portal.society.looker.Lookers.get", lambda *_: told)
    return told


def test_a_run_of_another_law_is_not_made_again_at_every_visit(tmp_path: Path) -> None:
    lookers = Lookers(SMALL)
    run = write_run(tmp_path / "old")
    looked = lookers.get(run)
    ends = time.monotonic() + 60
    while looked.state == "preparing" and time.monotonic() < ends:
        time.sleep(0.05)
    assert looked.state == "failed"
    assert "made with the catalogue" in looked.why
    for _ in range(3):  # whoever meets a failure is told of it; the next would have tried again
        assert lookers.get(run) is looked


@pytest.mark.usefixtures("looking")
def test_the_gallery_leads_to_telling_examples(client: TestClient) -> None:
    text = client.get("/en/society/one/subject").text
    assert f"/en/society/one/subject/{WHO}" in text
    assert "nobody in this run" in text
    led = client.get("/en/society/one/subject?pick=repaired", follow_redirects=False)
    assert led.headers["location"].endswith(WHO)
    assert client.get("/en/society/one/subject?pick=richest").status_code == 422


@pytest.mark.usefixtures("looking")
def test_a_file_is_told_in_four_views_up_to_a_day(client: TestClient) -> None:
    whole = client.get(f"/en/society/one/subject/{WHO}").text
    assert "get a copy: One; Two" in whole
    assert "shown on a list" in whole
    some = client.get(f"/en/society/one/subject/{WHO}?until=2016-06-30").text
    assert "get a copy" in some
    assert "shown on a list" not in some
    assert "until=2016-07-30" in some  # the next day on which something happens
    assert len(rows(client.get(f"/en/society/one/subject/{WHO}.csv").text)) == 4
    assert len(client.get(f"/en/society/one/subject/{WHO}.json").json()["rows"]) == 4


def test_while_a_run_is_made_again_people_wait_and_programs_come_back(
    client: TestClient, looking: Told
) -> None:
    looking.state = "preparing"
    page = client.get(f"/zh/society/one/subject/{WHO}")
    assert page.status_code == 200
    assert "正在准备" in page.text
    told = client.get(f"/en/society/one/subject/{WHO}.json")
    assert told.status_code == 503
    assert told.headers["retry-after"] == "10"


@pytest.mark.usefixtures("looking")
@pytest.mark.parametrize(
    "id", ["110101199003078515", "SYN-410000-P-0000310-KA", "synth-1", "91110000MA0000000X", "张三"]
)
def test_anything_but_the_id_of_a_made_up_subject_is_404_and_not_repeated(
    client: TestClient, id: str
) -> None:
    for tail in ("", ".json"):
        found = client.get(f"/en/society/one/subject/{id}{tail}")
        assert found.status_code in (404, 422)
        assert id not in found.text


def test_a_run_that_is_too_large_is_refused_in_a_sentence(tmp_path: Path) -> None:
    large = edited(write_run(tmp_path / "run"), scale=1)
    client = TestClient(create_app(Site(runs={"large": large}, limits=SMALL)))
    page = client.get("/en/society/large/subject")
    assert "too large to be looked into here" in page.text
    assert str(tmp_path) not in page.text
