"""Pages of a case: built step by step, worked out as everywhere else, kept nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from starlette.testclient import TestClient

from reference.golden_cases import GOLDEN, golden
from xinyong.case import calculate
from xinyong.case.export import as_dict
from xinyong.case.gallery import gallery
from xinyong.case.stating import Stated, act_text, parse_act, written
from xinyong.cli import app
from xinyong.law.catalogue import load
from xinyong.law.kernel import fold
from xinyong.portal.app import create_app
from xinyong.portal.building import STEPS
from xinyong.portal.casework import link
from xinyong.portal.site import Limits, Site

COURT = written(gallery()["court"].case)
RESIDENT = "110101199001011234"  # of nobody: the checksum is wrong
TELEPHONE = "13800138000"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    limits = Limits(per_second=10_000, burst=10_000)
    with TestClient(create_app(Site(limits=limits)), follow_redirects=False) as found:
        yield found


def text(client: TestClient, address: str, status: int = 200) -> str:
    """Return a page; its status must be as expected."""
    response = client.get(address, headers={"accept": "text/html"})
    assert response.status_code == status, response.text[:2000]
    return response.text


class _Form(HTMLParser):
    """The first form of a page that is sent on: its fields as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        chosen = a.get("type") not in ("radio", "checkbox") or "checked" in a
        if tag == "input" and a.get("name") and chosen:
            self.fields.append((str(a["name"]), a.get("value") or ""))


def answer(client: TestClient, address: str, **fields: str) -> str:
    """Fill in the form of a page and send it; returns where it leads."""
    form = _Form()
    form.feed(text(client, address))
    sent = [(k, x) for k, x in form.fields if k not in fields] + list(fields.items())
    response = client.get(f"{urlsplit(address).path}?{urlencode(sent)}")
    assert response.status_code == 303, response.text[:3000]
    return str(response.headers["location"])


# --- the same figures everywhere ------------------------------------------------------------


@pytest.mark.parametrize("name", gallery())
def test_portal_command_line_and_python_say_the_same(
    client: TestClient, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    case = gallery()[name].case
    stated = written(case)
    told = client.get(link("/case/result.json", stated, search=2)).json()
    assert told == json.loads(json.dumps(as_dict(calculate(case), 2)))
    app(["case", *stated.options(), "--search", "2", "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out) == told


@pytest.mark.parametrize("name", gallery())
def test_what_is_written_of_a_worked_case_reads_as_the_same(name: str) -> None:
    case = gallery()[name].case
    assert written(written(case).case()) == written(case)
    assert as_dict(calculate(written(case).case())) == as_dict(calculate(case))


def test_every_golden_case_is_written_and_read_again() -> None:
    for path in GOLDEN:
        case = golden(path).case
        assert written(case).case().model_dump() == case.model_dump(), path.name


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", gallery())
def test_the_page_of_a_worked_case_shows_every_finding(
    client: TestClient, name: str, language: str
) -> None:
    worked = gallery()[name]
    shown = text(
        client, link("/case/result", written(worked.case)).replace("/en/", f"/{language}/")
    )
    data = as_dict(calculate(worked.case))
    found = load()
    assert worked.title[language] in shown
    for act in data["acts"]:
        for entry in act["entries"]:
            name_ = found.instrument(entry["list"]).short or found.instrument(entry["list"]).name
            assert (name_.zh if language == "zh" else name_.en) in shown
            assert entry["start"] in shown
        for line in act["lines"]:
            assert f"{line['points']:+g}" in shown or f"{line['grade']}" in shown
    for measure in data["measures"]:
        assert found.measures[measure["measure"]].name.zh in shown


def test_every_provision_named_leads_to_where_it_stands(client: TestClient) -> None:
    pages: dict[str, str] = {}
    missing, found = set(), 0
    for name in ("wages", "wendeng", "gate", "repair"):
        shown = text(client, link("/case/result", written(gallery()[name].case)))
        for address in re.findall(r'href="(/en/catalogue/[^"]+)"', shown):
            page, _, anchor = address.replace("&amp;", "&").partition("#")
            if page not in pages:
                pages[page] = text(client, page)
            found += 1
            if anchor and f'id="{anchor}"' not in pages[page]:
                missing.add(address)
    assert found > 40
    assert missing == set()


def test_the_gallery_is_worth_a_look(client: TestClient) -> None:
    shown = text(client, "/en/case")
    assert 8 <= len(gallery()) <= 12
    for worked in gallery().values():
        assert worked.title["en"] in shown
        assert set(worked.title) == set(worked.about) == {"en", "zh"}


# --- building -------------------------------------------------------------------------------


def test_a_case_is_built_one_question_a_page(client: TestClient) -> None:
    here = answer(client, "/en/case/build/kind", kind="person")
    assert "/build/place?" in here
    here = answer(client, here, place="wendeng")
    assert "/build/conduct?" in here
    found = text(client, f"{here}&q=jiujia")
    pick = next(x for x in re.findall(r'href="([^"]+)"', found) if "conduct=drunk_driving" in x)
    here = client.get(pick.replace("&amp;", "&")).headers["location"]
    assert "/build/days?" in here
    here = answer(client, here, **{"from": "2020-06-10"})
    assert "/build/documents?" in here or "/build/facts?" in here
    while "/build/on" not in here:
        fields = {"penalty_decision-formed": "2020-06-12"} if "/documents" in here else {}
        here = answer(client, here, **fields)
    here = answer(client, here, on="2021-06-30")
    assert urlsplit(here).path == "/en/case/check"
    stated = dict(parse_qsl(urlsplit(here).query))
    assert stated == {
        "kind": "person",
        "place": "wendeng",
        "act": "drunk_driving,from=2020-06-10,document=penalty_decision:2020-06-12",
        "on": "2021-06-30",
    }
    shown = text(client, here.replace("/check", "/result"))
    assert "850 points" in shown


@pytest.mark.parametrize("step", [s for s in STEPS if s not in ("conduct", "link")])
def test_an_answer_sent_back_unchanged_changes_nothing(client: TestClient, step: str) -> None:
    there = link(f"/case/build/{step}", COURT, back="check")
    fields = {"place": {"place": "hebei"}}.get(step, {})
    here = answer(client, there, **fields)
    assert here == link("/case/check", COURT)


@pytest.mark.parametrize(
    ("step", "fields", "field"),
    [
        ("kind", {"kind": "robot"}, "kind"),
        ("place", {"place": "atlantis"}, "place"),
        ("age", {"age": "old"}, "age"),
        ("on", {"on": "2021-02-30"}, "on"),
        ("days", {"from": ""}, "from"),
        ("days", {"from": "2018-03-05", "until": "2018-01-01"}, "until"),
        ("facts", {"asset_checks": "many"}, "asset_checks"),
        ("documents", {"enforcement_notice-served": "soon"}, "enforcement_notice-served"),
        ("events", {"event-0": "", "event-0-on": "2020-01-01"}, "event-0"),
        ("link", {"link-kind": ""}, "link-kind"),
    ],
)
def test_a_wrong_answer_is_asked_again_with_a_link_to_the_field(
    client: TestClient, step: str, fields: dict[str, str], field: str
) -> None:
    params = [*COURT.pairs(), ("go", "1"), *fields.items()]
    params = [(k, x) for k, x in params if not (k in fields and (k, x) not in fields.items())]
    response = client.get(f"/en/case/build/{step}?{urlencode(params)}")
    assert response.status_code == 422
    assert f'<a href="#{field}">' in response.text
    assert f'id="{field}"' in response.text
    assert f'id="{field}-error"' in response.text


def test_what_is_wrong_with_a_case_stands_beside_the_answer(client: TestClient) -> None:
    stated = COURT.changed(place="wendng", act=("jaywalking,from=2020-01-01",))
    shown = text(client, link("/case/result", stated), 422)
    assert 'href="#place"' in shown
    assert "unknown place" in shown
    shown = text(client, link("/case/result", stated.changed(place="wendeng")), 422)
    assert 'href="#conduct-0"' in shown
    assert "traffic_penalty" in shown


def test_an_act_and_a_link_can_be_added_and_left_out(client: TestClient) -> None:
    here = link("/case/build/link", COURT, back="check")
    fields = {"link-kind": "enterprise", "link-tie": "as:legal_representative_of"}
    here = answer(client, here, **fields)
    assert "link=enterprise,as=legal_representative_of" in here
    stated = COURT.changed(link=("enterprise,as=legal_representative_of",))
    dropped = client.get(link("/case/drop", stated, what="link", n=0)).headers["location"]
    assert dropped == link("/case/check", COURT)


def test_what_is_missing_is_asked_for(client: TestClient) -> None:
    shown = text(client, "/en/case/result", 422)
    assert '<a href="#kind"' in shown
    assert '<a href="#place"' in shown
    assert "Answer this question." in shown


# --- what else ------------------------------------------------------------------------------


def test_what_would_change_it_leads_to_the_changed_case(client: TestClient) -> None:
    shown = text(client, link("/case/changes", COURT))
    assert "needed" in shown
    changed = re.findall(r'href="(/en/case/result\?[^"]+)"', shown)
    assert changed
    text(client, changed[0].replace("&amp;", "&"))


def test_the_compiled_fold_shows_the_same_changes(client: TestClient) -> None:
    site = Site(limits=Limits(per_second=10_000, burst=10_000))
    site.twin.prepare().join()
    assert site.twin.fold is not fold, "it could not be compiled"
    quick = TestClient(create_app(site))
    for worked in gallery().values():
        address = link("/case/changes", written(worked.case))
        assert text(quick, address) == text(client, address)


def test_an_open_reading_is_worked_out_otherwise(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    stated = written(gallery()["gate"].case)
    shown = text(client, link("/case/result", stated))
    there = next(
        x for x in re.findall(r'href="(/en/case/result\?[^"]+)"', shown) if "reading=" in x
    )
    there = there.replace("&amp;", "&")
    other = text(client, there)
    assert "Under another law:" in other
    reading = dict(parse_qsl(urlsplit(there).query))["reading"]
    told = client.get(link("/case/result.json", stated.changed(reading=(reading,)), search=0))
    app(["case", *stated.options(), "--reading", reading, "--search", "0", "--json"],
        standalone_mode=False)  # fmt: skip
    assert json.loads(capsys.readouterr().out) == told.json()


def test_two_places_and_two_days_are_compared(client: TestClient) -> None:
    stated = written(gallery()["wendeng"].case)
    shown = text(client, link("/case/compare", stated, other_place="rongcheng"))
    assert "differs" in shown
    assert "Rongcheng" in shown
    data = client.get(link("/case/compare.json", stated, other_place="rongcheng")).json()
    assert data["first"] == as_dict(calculate(stated.case()))
    assert data["second"] == as_dict(calculate(stated.changed(place="rongcheng").case()))
    assert data["differences"]
    shown = text(client, link("/case/compare", COURT, other_on="2019-06-30"))
    assert "No difference" in shown
    shown = text(client, link("/case/compare", COURT, other_on="2016-01-01"), 422)
    assert 'href="#other_on"' in shown


def test_the_timeline_comes_as_table_and_picture(client: TestClient) -> None:
    table = client.get(link("/case/timeline.csv", COURT))
    assert table.headers["content-type"].startswith("text/csv")
    assert "2018-03-05" in table.text
    drawn = client.get(link("/case/timeline.svg", COURT))
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "<title" in drawn.text
    assert "style=" not in drawn.text


@pytest.mark.parametrize(
    "value", [RESIDENT, TELEPHONE, "someone@example.org", "91110000100000000A"]
)
@pytest.mark.parametrize(
    "path", ["result", "result.json", "check", "build/conduct", "build/age", "compare", "changes"]
)
def test_what_looks_like_an_identity_is_refused_and_not_repeated(
    client: TestClient, caplog: pytest.LogCaptureFixture, path: str, value: str
) -> None:
    for params in (
        {"kind": value},
        {"act": f"drunk_driving,{value}"},
        {"q": value},
        {"age": value, "go": "1"},
        {value: "x"},
        {"other_place": value, **dict(COURT.pairs())},
    ):
        response = client.get(f"/en/case/{path}", params=params)
        assert response.status_code == 422
        assert value not in response.text
        assert value not in str(response.headers)
    assert value not in caplog.text


def test_one_subject_at_a_time(client: TestClient) -> None:
    twice = [("kind", "person"), ("kind", "enterprise"), ("place", "hebei"), ("on", "2020-01-01")]
    data = client.get(f"/en/case/result.json?{urlencode(twice)}").json()
    assert isinstance(data["subject"], dict)


def test_nothing_of_a_case_is_kept(client: TestClient) -> None:
    response = client.get(link("/case/result", COURT))
    assert "set-cookie" not in response.headers
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "act",
    [
        "drunk_driving",
        "wage_arrears,from=2022-03-01,amount=180000,malicious,document=payment_order:2022-07-04",
        "judgment_refusal,from=2018-03-05,able,event=decided:2018-04-01:spc_defaulters",
        "food_unlicensed,from=2022-02-01,document=penalty_decision::2022-03-02",
    ],
)
def test_an_act_written_is_an_act_read(act: str) -> None:
    assert act_text(parse_act(act)) == act


def test_what_is_stated_leads_to_options_of_the_command() -> None:
    assert list(Stated(kind="person", act=("x,from=2020-01-01",)).options()) == [
        *("--act", "x,from=2020-01-01", "--kind", "person")
    ]
