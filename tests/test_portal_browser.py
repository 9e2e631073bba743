"""The portal in a real browser: every kind of page, in both languages, light and dark, any width.

Needs Chromium on PATH (``.ci/run`` installs it) or its path in ``CHROMIUM``. What readers do
on the pages is in `test_portal_journeys`.
"""

from __future__ import annotations

import os
import re
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from reference.pages import PAGES, REFUSED
from reference.reader import opened
from xinyong.portal.app import create_app
from xinyong.portal.site import Site
from xinyong.report.html import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from xinyong.results import Run

WHERE = {
    "run": "small", "subject": "SYN-410000-P-0000310-KZ", "job": "made",
    "answer": "proportionality",
}  # fmt: skip
EVERY = [path.format(**WHERE) for path in (*PAGES, *REFUSED)]
LOOKS = list(product(("en", "zh"), ("light", "dark"), (1280, 320)))
#: A page is looked at in two looks that have nothing in common, the next one in two others; in
#: all eight with ``ALL_LOOKS=1``. So each page is seen in each language, scheme and width, and
#: each kind of page in all pairs of these.
TURNS = 1 if os.environ.get("ALL_LOOKS") else 4


def looked_at(look: int) -> list[str]:
    """Return the pages of a look: those of its turn, which the opposite look has too."""
    return EVERY[min(look, len(LOOKS) - 1 - look) % TURNS :: TURNS]


@pytest.fixture(scope="module")
def prepared(browser: Browser, portal: str) -> str:
    """The portal, with the run made ready to be looked into."""
    page, _ = opened(browser, portal)
    page.goto(f"{portal}/en/society/small/subject")
    page.get_by_role("heading", name="Telling examples").wait_for(timeout=300_000)
    page.context.close()
    return portal


@pytest.mark.parametrize("look", range(len(LOOKS)), ids=["-".join(map(str, x)) for x in LOOKS])
def test_every_page_is_accessible_and_fits(browser: Browser, prepared: str, look: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    code, scheme, width = LOOKS[look]
    size: Any = {"width": width, "height": 900}
    page, wrong = opened(browser, prepared, color_scheme=scheme, viewport=size)
    axe = Axe()
    for path in looked_at(look):
        page.goto(f"{prepared}/{code}{path}")
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == [], path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} wide"
        assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[code]
        text = page.locator("header").inner_text()
        assert ("Synthetic." if code == "en" else "合成数据") in text
        assert wrong == [], path
    page.context.close()


@pytest.mark.parametrize(("code", "scheme", "width"), [("en", "light", 320), ("zh", "dark", 1280)])
def test_a_report_is_accessible_and_fits(
    browser: Browser, small: Run, code: str, scheme: Any, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.set_content(render(small, code))
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_each_page_is_seen_in_each_language_scheme_and_width() -> None:
    for path in EVERY:
        seen = [LOOKS[look] for look in range(len(LOOKS)) if path in looked_at(look)]
        assert [set(values) for values in zip(*seen, strict=True)] == [
            {"en", "zh"},
            {"light", "dark"},
            {1280, 320},
        ]


def test_there_is_a_page_of_every_kind() -> None:
    """Every address that gives a page is among those that are looked at, and leads somewhere."""
    kinds = {
        path: re.compile(re.sub(r"{\w+}", "[^/]+", path.removeprefix("/{lang}")))
        for path, operations in create_app(Site()).openapi()["paths"].items()
        if "get" in operations
        and "text/html" in operations["get"]["responses"]["200"].get("content", {})
    }
    assert len(kinds) > 30
    plain = [unquote(path.partition("?")[0]) for path in EVERY]
    fixed = {kind.pattern for path, kind in kinds.items() if "{" not in path[7:]}
    for path, kind in kinds.items():
        there = [p for p in plain if kind.fullmatch(p) and (p not in fixed or p == kind.pattern)]
        assert there, f"no page of {path} is looked at"


def test_a_map_is_played_by_script(browser: Browser, portal: str) -> None:
    page, wrong = opened(browser, portal)
    page.goto(f"{portal}/en/society/small/map?at=3")
    told = page.locator("#shown caption")
    assert "2014-01" in told.inner_text()
    page.get_by_label("Month").press("ArrowRight")
    page.locator("#shown caption", has_text="2014-02").wait_for()
    assert page.get_by_label("Month").get_attribute("aria-valuetext") == "2014-02"
    page.get_by_role("button", name="Play").click()
    page.locator("#shown caption", has_text="2014-04").wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("button", name="Play").is_visible()
    assert wrong == []
    page.context.close()
    still, _ = opened(browser, portal, reduced_motion="reduce")
    still.goto(f"{portal}/en/society/small/map")
    assert not still.get_by_role("button", name="Play").is_visible()
    still.context.close()


def test_a_telling_subject_is_found_and_followed_day_by_day(
    browser: Browser, prepared: str
) -> None:
    page, wrong = opened(browser, prepared)
    page.goto(f"{prepared}/en/society/small/subject")
    page.get_by_role("link", name="longest").click()
    page.get_by_role("heading", level=1, name="SYN-").wait_for()
    days = page.locator("table.views tbody tr")
    every = days.count()
    assert every > 1
    page.get_by_role("link", name="first day").click()
    page.locator("#shown", has_text="day 1 of").wait_for()
    assert days.count() == 1
    page.get_by_role("link", name="later").press("Enter")
    page.locator("#shown", has_text="day 2 of").wait_for()
    assert days.count() == 2
    assert "later" in page.evaluate("document.activeElement.textContent"), "the keyboard lost it"
    page.reload()  # where one is stands in the address
    assert days.count() == 2
    assert wrong == []
    page.context.close()


def test_the_keyboard_alone_skips_to_the_content_and_leads_on(
    browser: Browser, portal: str
) -> None:
    page, _ = opened(browser, portal)
    page.goto(f"{portal}/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    for _step in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Ask a question":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/studies")
    page.context.close()
