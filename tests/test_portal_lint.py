"""A rulebook of one's own is read, tested and forgotten, in a page and as data."""

from __future__ import annotations

import csv
import io
import json
import logging
import warnings
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xinyong import cli
from xinyong.portal import own_rulebook
from xinyong.portal.app import create_app
from xinyong.portal.guard import HEADERS
from xinyong.portal.site import Limits, Site

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

DATA = files("xinyong.law") / "data" / "instruments"
TEXT = (DATA / "spc_defaulters.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Site(limits=Limits(per_second=1e6, burst=10**6)))) as found:
        yield found


def test_a_rulebook_is_held_against_the_limits_as_on_the_command_line(
    client: TestClient, tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT, encoding="utf-8")
    said = json.loads(CliRunner().invoke(cli.app, ["lint", str(path), "--json"]).stdout)
    assert client.post("/en/catalogue/lint.json", data={"text": TEXT}).json() == said
    day = client.post("/en/catalogue/lint.json", data={"text": TEXT, "on": "2021-06-01"}).json()
    asked = ["lint", str(path), "--on", "2021-06-01", "--json"]
    assert day == json.loads(CliRunner().invoke(cli.app, asked).stdout)
    rows = client.post("/en/catalogue/lint.csv", data={"text": TEXT, "against": "craft"}).text
    found = list(csv.DictReader(io.StringIO(rows)))
    assert {row["profile"] for row in found} == {"craft"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_shows_findings_and_gives_the_text_back(client: TestClient, lang: str) -> None:
    page = client.get(f"/{lang}/catalogue/lint")
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    begun = client.get(f"/{lang}/catalogue/lint", params={"example": "spc_defaulters"}).text
    assert "失信被执行人" in begun
    assert "id: spc_defaulters" in begun
    found = client.post(f"/{lang}/catalogue/lint", data={"text": TEXT})
    assert found.status_code == 200
    assert 'class="tag breach"' in found.text
    assert "id: spc_defaulters" in found.text
    assert found.headers["cache-control"] == "no-store"
    for name, value in HEADERS.items():
        assert found.headers[name] == value


def test_a_file_may_be_sent_in_place_of_a_text(client: TestClient) -> None:
    file = {"file": ("mine.yaml", TEXT.encode(), "text/yaml")}
    with_file = client.post("/en/catalogue/lint.json", files=file, data={"text": "not read"})
    assert with_file.json() == client.post("/en/catalogue/lint.json", data={"text": TEXT}).json()
    broken = {"file": ("mine.yaml", b"\xff\xfe\x00", "text/yaml")}
    assert client.post("/en/catalogue/lint", files=broken).status_code == 422


def test_what_is_wrong_is_told_with_line_and_field(client: TestClient) -> None:
    wrong = TEXT.replace("polarity: black", "polarity: blak", 1)
    line = 1 + TEXT[: TEXT.index("polarity: black")].count("\n")
    told = client.post("/en/catalogue/lint.json", data={"text": wrong})
    assert told.status_code == 422
    assert told.headers["content-type"].startswith("application/problem+json")
    problem = told.json()["problems"][0]
    assert (problem["line"], problem["field"]) == (line, "polarity")
    assert "black" in problem["suggestion"]
    page = client.post("/en/catalogue/lint", data={"text": wrong})
    assert page.status_code == 422
    assert f'<a href="#text">Line {line}: <code>polarity</code>' in page.text
    for text in ("", "  \n", "a: 1", "- x", "acts: []", "{{7*7}}", "a: [", "!!python/object:x y"):
        assert client.post("/en/catalogue/lint", data={"text": text}).status_code == 422, text
    long = "x" * (own_rulebook._MOST + 1)
    assert client.post("/en/catalogue/lint", data={"text": long}).status_code == 422
    assert client.post("/en/catalogue/lint", content=b"x" * 1_000_001).status_code == 413
    from_there = {"sec-fetch-site": "cross-site"}
    sent = client.post("/en/catalogue/lint", data={"text": TEXT}, headers=from_there)
    assert sent.status_code == 403


@pytest.mark.parametrize("secret", ["13800138000", "11010519491231002X", "some.one@example.com"])
def test_what_looks_like_an_identity_is_refused_not_repeated_and_not_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture, secret: str
) -> None:
    text = TEXT.replace("unmodelled:", f"# {secret}\nunmodelled:", 1)
    assert secret in text
    with caplog.at_level(logging.DEBUG):
        for form in ("", ".json", ".csv"):
            found = client.post(f"/en/catalogue/lint{form}", data={"text": text})
            assert found.status_code == 422
            assert secret not in found.text
    assert not any(secret in record.getMessage() for record in caplog.records)


def test_every_instrument_of_the_catalogue_can_be_begun_from() -> None:
    for path in sorted(Path(str(DATA)).glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert len(text) < own_rulebook._MOST
        assert not any(own_rulebook._personal(line) for line in text.split("\n")), path.name


def test_an_annex_is_that_of_the_catalogue_or_none(client: TestClient) -> None:
    text = (DATA / "wendeng_2020.yaml").read_text(encoding="utf-8")
    assert client.post("/en/catalogue/lint.json", data={"text": text}).status_code == 200
    other = text.replace("id: wendeng_2020", "id: mine_2020", 1)
    told = client.post("/en/catalogue/lint.json", data={"text": other})
    assert told.status_code == 422
    assert "annex" in told.json()["problems"][0]["message"]


def test_more_texts_at_once_than_can_be_read_are_told_to_come_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_rulebook, "_PATIENCE", 0.01)
    with own_rulebook._a_place(), own_rulebook._a_place():
        found = client.post("/en/catalogue/lint.json", data={"text": TEXT})
    assert found.status_code == 503
    assert int(found.headers["retry-after"]) >= 1
    assert client.post("/en/catalogue/lint.json", data={"text": TEXT}).status_code == 200
