"""The pages of the catalogue say what the commands and Python say."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import warnings
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from xinyong import cli
from xinyong.browse.exits import WAYS, exits
from xinyong.browse.search import search
from xinyong.browse.told import csv_text
from xinyong.law.catalogue import load
from xinyong.law.provincial import provinces_unseen, provincial_lists
from xinyong.portal.app import create_app
from xinyong.portal.site import Limits, Site

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

PAGES = (
    *("", "?kind=list&on=2020-01-01&subject=person&depth=full+text", "?q=shixin", "?q=zzzz+tax"),
    *("/spc_defaulters", "/spc_defaulters?version=all", "/mou_spc_2016", "/shandong_2020"),
    *("/wendeng_2020", "/wendeng_2020/items?page=3", "/spc_defaulters/lint", "/internet_list"),
    *("/compare", "/compare?a=spc_defaulters", "/compare?a=shandong_2020&b=shanghai_2017"),
    *("/compare/places", "/compare/places?a=rongcheng&b=hangzhou&on=2020-01-01", "/timeline"),
    *("/timeline?from=2019&to=2021&place=hubei&above=true", "/audit", "/audit/assumed", "/map"),
    *("/map?category=dishonest_debtors", "/words/conducts?q=tax", "/words/measures"),
    *("/words/authorities/court", "/words/places/weihai", "/words/conducts/drunk_driving"),
)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Site(limits=Limits(per_second=1e6, burst=10**6)))) as found:
        yield found


def told(*words: str) -> object:
    result = CliRunner().invoke(cli.app, [*words, "--json"])
    return json.loads(result.stdout)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_page_is_there_has_one_heading_and_no_style_of_its_own(
    client: TestClient, lang: str
) -> None:
    for page in PAGES:
        found = client.get(f"/{lang}/catalogue{page}")
        assert found.status_code == 200, page
        assert found.text.count("<h1") == 1, page
        assert not re.search(r"<style|style=|\son\w+=", found.text), page
        ids = re.findall(r'\bid="([^"]*)"', found.text)
        assert len(ids) == len(set(ids)), page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("catalogue.json?kind=scheme&on=2020-01-01",
         ("catalogue", "list", "--kind", "scheme", "--on", "2020-01-01")),
        ("catalogue/spc_defaulters.json", ("catalogue", "show", "spc_defaulters")),
        ("catalogue/spc_defaulters/lint.json", ("lint", "spc_defaulters")),
        ("catalogue/compare.json?a=shandong_2020&b=shanghai_2017",
         ("catalogue", "diff", "shandong_2020", "shanghai_2017")),
        ("catalogue/timeline.json?topic=repair", ("catalogue", "timeline", "--topic", "repair")),
        ("catalogue/audit.json", ("catalogue", "audit")),
        ("catalogue/words/measures.json?q=golf", ("catalogue", "measures", "golf")),
    ],
)  # fmt: skip
def test_a_page_gives_the_same_data_as_the_command(
    client: TestClient, path: str, words: tuple[str, ...]
) -> None:
    assert client.get(f"/en/{path}").json() == told(*words)


def test_a_search_by_sound_is_quick_once_the_sounds_are_there(client: TestClient) -> None:
    client.get("/en/catalogue?q=shixin")
    begun = time.process_time()
    assert "spc_defaulters" in client.get("/en/catalogue?q=sxbzxr").text
    assert time.process_time() - begun < 1.0  # 0.1 s on an idle core


def test_what_is_not_there_is_404_with_what_may_have_been_meant(client: TestClient) -> None:
    for path, near in (
        ("spc_defaulter", "/en/catalogue/spc_defaulters"),
        ("words/conducts/drunk_drivin", "/en/catalogue/words/conducts/drunk_driving"),
        ("words/places/wendeg", "/en/catalogue/words/places/wendeng"),
    ):
        page = client.get(f"/en/catalogue/{path}", headers={"accept": "text/html"})
        assert page.status_code == 404
        assert f'href="{near}"' in page.text
    data = client.get("/en/catalogue/spc_defaulter.json")
    assert (data.status_code, data.json()["near"][0]["title"]) == (404, "spc_defaulters")


@pytest.mark.parametrize(
    "path",
    ["?conduct=nothing", "/compare?a=nothing", "/compare/places?a=hangzhou&b=nowhere",
     "/compare?a=spc_defaulters&from=2020-01-01&to=2015-01-01", "/timeline?from=2021&to=2019"],
)  # fmt: skip
def test_a_wrong_field_is_told_on_the_page_with_a_link_to_it(client: TestClient, path: str) -> None:
    page = client.get(f"/en/catalogue{path}")
    assert page.status_code == 422
    field = re.search(r'class="errors".*?href="#(\w+)"', page.text, re.DOTALL)
    assert field is not None
    assert f'id="{field[1]}"' in page.text


def test_no_instrument_is_called_like_a_fixed_page() -> None:
    assert not {"compare", "timeline", "audit", "map", "words"} & set(load().instruments)


def test_a_day_before_an_instrument_shows_that_it_was_not_in_force(client: TestClient) -> None:
    page = client.get("/en/catalogue/spc_defaulters?on=2001-01-01").text
    assert "It was not in force on 2001-01-01." in page
    assert "Show all versions" in page


def test_pictures_are_files_of_their_own_with_a_name(client: TestClient) -> None:
    for path in ("spc_defaulters/in_force.svg", "timeline.svg", "audit/values.svg", "map.svg"):
        found = client.get(f"/en/catalogue/{path}")
        assert found.headers["content-type"].startswith("image/svg+xml")
        tags = [e.tag.rpartition("}")[2] for e in ElementTree.fromstring(found.text)]  # noqa: S314
        assert tags[:2] == ["title", "desc"]


def test_the_map_counts_every_list_once_and_says_what_was_not_seen(client: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/en/catalogue/map.csv").text)))
    assert len(rows) == len(provincial_lists())
    page = client.get("/en/catalogue/map").text
    counts = re.findall(r'<a href="#province-(\w+)" aria-label="[^"]*: (\d+) lists?"', page)
    assert sum(int(n) for _, n in counts) == 2 * len(rows), "once wide, once narrow"
    assert page.count(': not known"') == 2 * len(provinces_unseen())


def test_every_list_says_how_one_leaves_it() -> None:
    found = load()
    for it in found.instruments.values():
        if it.kind == "list":
            for version in it.versions:
                told_ = exits(found, it, version)
                assert {row["way"] for row in told_} <= set(WAYS)
                assert any(row["way"] != "remedy" for row in told_), it.id
                assert all(row["source"] or row["assumption"] for row in told_)


def test_a_text_that_a_spreadsheet_would_run_is_guarded() -> None:
    assert csv_text([{"a": "=1+1", "b": "@x", "c": "-5", "d": -5}]) == "a,b,c,d\n'=1+1,'@x,-5,-5\n"


def test_the_page_of_a_search_leads_to_what_python_finds(client: TestClient) -> None:
    first = search(load(), "travel ban")[0]
    page = client.get("/en/catalogue?q=travel+ban").text
    assert f'href="/en/catalogue/words/measures/{first.id}"' in page


def table_of(client: TestClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text)))


def test_what_a_page_tells_is_there_as_data_and_as_a_table(client: TestClient) -> None:
    ways = client.get("/en/catalogue/spc_defaulters/exits.json").json()["exits"]
    rows = table_of(client, "/en/catalogue/spc_defaulters/exits.csv")
    assert [r["text"] for r in rows] == [w["text"] for found in ways.values() for w in found]
    assumed = client.get("/en/catalogue/audit/assumed.json").json()["assumed"]
    table = table_of(client, "/en/catalogue/audit/assumed.csv")
    assert [r["where"] for r in table] == [a["where"] for a in assumed]
    some = client.get("/en/catalogue/audit/assumed.json?instrument=spc_defaulters").json()
    assert {a["instrument"] for a in some["assumed"]} == {"spc_defaulters"}
    words = ("conducts/drunk_driving", "measures/m_no_fly", "authorities/court", "places/weihai")
    for word in words:
        rules = client.get(f"/en/catalogue/words/{word}.json").json()["rules"]
        table = table_of(client, f"/en/catalogue/words/{word}.csv")
        assert [r["instrument"] for r in table] == [r["instrument"] for r in rules]
        assert rules
    assert client.get("/en/catalogue/words/measures/nothing_such.csv").status_code == 404
