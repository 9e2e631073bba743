"""What holds of every page of the portal, whatever it shows: headers, refusals, languages."""

from __future__ import annotations

import ast
import logging
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinyong.language import messages, plural, say, speaking
from xinyong.portal.app import create_app
from xinyong.portal.guard import HEADERS, Guard
from xinyong.portal.page import address
from xinyong.portal.site import Limits, Site, find_answers, find_runs

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the oldest and the newest client have different names
    from starlette.testclient import TestClient

SRC = Path(__file__).resolve().parent.parent / "src" / "xinyong"
PAGES = ["/en/", "/zh/", "/en/catalogue", "/zh/studies", "/en/run", "/en/about"]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Site(limits=Limits(per_second=1e6, burst=10**6)))) as found:
        yield found


@pytest.mark.parametrize("path", [*PAGES, "/", "/en/nowhere", "/static/style.css", "/openapi.json"])
def test_every_response_has_the_headers_that_shut_others_out(client: TestClient, path: str) -> None:
    found = client.get(path, follow_redirects=False)
    for name, value in HEADERS.items():
        assert found.headers[name] == value
    assert "set-cookie" not in found.headers


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_synthetic_and_its_language_and_has_no_script_of_its_own(
    client: TestClient, path: str
) -> None:
    text = client.get(path).text
    assert ("Synthetic." if path.startswith("/en") else "合成数据") in text
    assert f'<html lang="{"en" if path.startswith("/en") else "zh-Hans"}">' in text
    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=\"/static/)", text)
    outside = set(re.findall(r'(?:src|href|action)="(?!/|#)([^"]*)"', text))
    assert outside == set(), "an address outside the portal"
    assert text.count("<h1") == 1


def test_the_front_door_leads_to_the_language_asked_for(client: TestClient) -> None:
    for asked, where in (("zh-CN,zh;q=0.9", "/zh/"), ("de", "/en/"), ("", "/en/")):
        found = client.get("/", headers={"accept-language": asked}, follow_redirects=False)
        assert (found.status_code, found.headers["location"]) == (302, where)


def test_the_same_page_is_linked_in_the_other_language(client: TestClient) -> None:
    text = client.get("/en/catalogue?kind=list&on=2020-01-01").text
    assert 'href="/zh/catalogue?kind=list&amp;on=2020-01-01"' in text


def test_an_address_is_made_the_same_whatever_the_order() -> None:
    with speaking("zh"):
        assert address("/case", b=2, a=[1, 3], c="", d=None) == "/zh/case?a=1&a=3&b=2"


# --- refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/en/nowhere", "/fr/catalogue", "/en/catalogue/nothing_such"])
def test_what_is_not_there_is_a_problem_for_programs_and_a_page_for_people(
    client: TestClient, path: str
) -> None:
    page = client.get(path, headers={"accept": "text/html"})
    assert page.status_code == 404
    assert "<h1>" in page.text
    told = client.get(path, headers={"accept": "application/json"})
    assert told.headers["content-type"].startswith("application/problem+json")
    assert told.json()["status"] == 404


def test_too_long_too_large_and_from_elsewhere_are_refused() -> None:
    limits = Limits(body=100, url=60)
    with TestClient(create_app(Site(limits=limits))) as client:
        assert client.get("/en/catalogue?q=" + "x" * 80).status_code == 414
        assert client.post("/en/run", content=b"x" * 101).status_code == 413

        def bits() -> Iterator[bytes]:
            yield b"scale=1"
            yield b"0" * 200

        form = {"content-type": "application/x-www-form-urlencoded"}
        assert client.post("/en/run", content=bits(), headers=form).status_code == 413
        from_there = {"sec-fetch-site": "cross-site"}
        assert client.post("/en/run", headers=from_there).status_code == 403
        assert client.get("/en/", headers={"host": "elsewhere.example"}).status_code == 400


def test_a_client_that_asks_too_often_waits_and_then_is_served() -> None:
    with TestClient(create_app(Site(limits=Limits(per_second=0.01, burst=3)))) as client:
        answers = [client.get("/static/icon.svg") for _ in range(6)]
        assert answers[0].status_code == 200
        assert 429 in [a.status_code for a in answers]
        refused = next(a for a in answers if a.status_code == 429)
        assert int(refused.headers["retry-after"]) >= 1


@pytest.mark.anyio
async def test_more_at_once_than_it_takes_are_told_to_come_back() -> None:
    import anyio

    gate = anyio.Event()
    sent: list[int] = []

    async def slow(scope: object, receive: object, send: object) -> None:
        del scope, receive
        await gate.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            sent.append(int(str(message["status"])))

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    guard = Guard(slow, Limits(at_once=2))
    scope = {
        "type": "http", "path": "/x.json", "raw_path": b"/x.json", "query_string": b"",
        "headers": [], "method": "GET", "client": ("here", 1),
    }  # fmt: skip
    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(guard, scope, receive, send)
        await anyio.sleep(0.05)
        assert sent == [503]
        gate.set()
    assert sorted(sent) == [200, 200, 503]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# Ways out of a folder and into a command, a page or a query, in many spellings.
_WAYS = (
    "../",
    "..\\",
    "%2e%2e/",
    "..%2f",
    "%252e%252e%252f",
    "....//",
    "..;/",
    "/",
    "\\\\h\\",
    "\0",
)
_GOALS = ("etc/passwd", "manifest.json", "windows/win.ini", "proc/self/environ", "pyproject.toml")
_INTO = (
    "<script>alert(1)</script>", "\"><svg onload=alert(1)>", "' OR 1=1--", "{{7*7}}", "${7*7}",
    "`id`", "$(id)", "; id", "| id", "%0d%0aSet-Cookie: a=b", "\r\nX: y", "__proto__", "file:///etc",
    "javascript:alert(1)", "<!--#exec cmd=id-->", "{% import os %}", "!!python/object", "\u202e",
)  # fmt: skip
PAYLOADS = [way * n + goal for way in _WAYS for n in (1, 3, 8) for goal in _GOALS][:150] + [
    before + what + after for what in _INTO for before in ("", "a") for after in ("", "/x")
]


def test_there_are_two_hundred_payloads() -> None:
    assert len(set(PAYLOADS)) >= 200


def test_no_payload_reads_a_file_runs_or_comes_back_unescaped(client: TestClient) -> None:
    marks = ("root:x", "[fonts]", "results_schema", "[build-system]", "uid=", "49</")
    for payload in PAYLOADS:
        raw = quote(payload, safe="/%\\;")
        for path in (f"/static/{raw}", f"/en/catalogue/{raw}", f"/en/{raw}", f"/en/run/{raw}"):
            found = client.get(path, headers={"accept": "text/html"}, follow_redirects=False)
            # A payload that is a way back into the site itself may find a page of it.
            assert found.status_code in (200, 302, 307, 400, 404, 405, 422), path
            assert not any(mark in found.text for mark in marks), path
        found = client.get("/en/catalogue", params={"q": payload})
        assert found.status_code in (200, 422), payload
        if "<" in payload:
            assert payload not in found.text
        assert "set-cookie" not in found.headers


def test_no_payload_begins_a_run(client: TestClient) -> None:
    for payload in PAYLOADS[::5]:
        form = {"scale": "20000", "from": "2013-10", "to": "2013-12", "seed": "1"}
        found = client.post("/en/run", data=form | {"change": payload}, follow_redirects=False)
        assert found.status_code == 422, payload


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=12))
def test_whatever_is_asked_is_answered(client: TestClient, q: str, kind: str, on: str) -> None:
    found = client.get("/en/catalogue", params={"q": q, "kind": kind, "on": on})
    assert found.status_code in (200, 422)


def test_what_goes_wrong_inside_is_told_without_what_was_asked(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("with the secret 11010519491231002X in it")

    monkeypatch.setattr("xinyong.portal.catalogue.search", broken)
    app = create_app(Site())
    with TestClient(app) as client, caplog.at_level(logging.DEBUG):
        found = client.get("/en/catalogue?q=secret")
    assert found.status_code == 500
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "secret" not in found.text
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("xinyong")]
    assert ours
    assert not any("secret" in text or "11010519" in text for text in ours)


# --- languages -----------------------------------------------------------------------------


def test_what_is_said_has_the_fields_of_what_is_translated() -> None:
    for english, chinese in messages().items():
        fields = set(re.findall(r"{(\w+)}", english))
        assert set(re.findall(r"{(\w+)}", chinese)) == fields, english


def asked() -> set[str]:
    """Return every message that a page or a module says."""
    found: set[str] = set()
    quoted_text = r"\(\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    for path in SRC.rglob("*.j2"):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(rf"\b(?:_|say|plural){quoted_text}", text):
            found.add(match[1][1:-1])
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                first = node.args[0]
                if name in ("say", "plural", "Sentence") and isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def test_every_message_of_the_portal_is_translated() -> None:
    assert sorted(asked() - set(messages())) == []


def test_an_untranslated_message_is_said_in_english() -> None:
    with speaking("zh"):
        assert say("no such message {n}", n=1) == "no such message 1"
        assert plural("{n} such", "{n} suches", 2) == "2 such"


# --- what is shown ---------------------------------------------------------------------------


def test_folders_that_are_no_runs_are_left_out_or_refused(tmp_path: Path) -> None:
    from xinyong.errors import OutputError

    with pytest.raises(OutputError):
        find_runs([tmp_path])
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "manifest.json").write_text('{"results_schema": 0}', encoding="utf-8")
    assert find_runs([tmp_path]) == {}
    assert find_answers(tmp_path) == {}
