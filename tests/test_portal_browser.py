"""The portal in a real browser: every page, in both languages, light and dark, wide and narrow.

Needs Chromium on PATH (``.ci/run`` installs it) or its path in ``CHROMIUM``.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from xinyong.portal.app import create_app
from xinyong.portal.site import Limits, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from xinyong.results import Run

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; .ci/run installs it")

#: So that it asks nobody outside for anything.
QUIET = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

#: A page of every kind, after the language.
PAGES = [
    "/",
    "/catalogue",
    "/catalogue?q=shixin",
    "/catalogue/spc_defaulters",
    "/studies",
    "/studies/zombie",
    "/society",
    "/society/small",
    "/society/small/chart/court_list",
    "/society/small/map?indicator=entered",
    "/society/small/lists",
    "/society/small/lists/spc_defaulters",
    "/society/small/measures",
    "/society/small/errors",
    "/society/small/exchange",
    "/society/small/indicators?family=burden",
    "/society/small/subject",
    "/society/compare?a=small&b=small",
    "/run",
    "/about",
    "/nowhere",
]


@pytest.fixture(scope="module")
def base(small: Run) -> Iterator[str]:
    site = Site(runs={"small": small}, limits=Limits(per_second=1e6, burst=10**6))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(create_app(site), port=port, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


def opened(browser: Browser, base: str, **how: Any) -> tuple[Page, list[str]]:
    """Return a page, and what it asks of others or complains about, as it happens."""
    context = browser.new_context(**how)
    page = context.new_page()
    page.set_default_timeout(30_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on(
        "console",
        lambda m: wrong.append(m.text) if m.type == "error" and "404" not in m.text else None,
    )
    page.on("request", lambda r: None if r.url.startswith(base) else wrong.append(r.url))
    return page, wrong


#: Every pair of language, scheme and width; all eight with ``ALL_LOOKS=1``.
LOOKS = [("en", "light", 1280), ("en", "dark", 320), ("zh", "dark", 1280), ("zh", "light", 320)]
if os.environ.get("ALL_LOOKS"):
    LOOKS = list(product(("en", "zh"), ("light", "dark"), (1280, 320)))


@pytest.mark.parametrize(("code", "scheme", "width"), LOOKS)
def test_every_page_is_accessible_and_fits(
    browser: Browser, base: str, code: str, scheme: Any, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page, wrong = opened(
        browser, base, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    axe = Axe()
    for path in PAGES:
        page.goto(f"{base}/{code}{path}")
        found = axe.run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == [], path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} wide"
        assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[code]
        text = page.locator("header").inner_text()
        assert ("Synthetic." if code == "en" else "合成数据") in text
        assert wrong == [], path
    page.context.close()


def test_a_reader_finds_an_instrument_without_script(browser: Browser, base: str) -> None:
    page, wrong = opened(browser, base, java_script_enabled=False)
    page.goto(base)
    page.get_by_role("link", name="Look something up").click()
    page.get_by_label("Search in English, Chinese or pinyin").fill("sxbzxr")
    page.get_by_role("button", name="Search").click()
    page.locator("ul.rows a").first.click()
    assert "失信被执行人" in page.locator("h1").inner_text()
    page.get_by_role("link", name="中文").click()
    assert page.url.split("/")[3] == "zh"
    page.go_back()
    assert page.url.split("/")[3] == "en"
    assert wrong == []
    page.context.close()


def test_a_run_is_begun_followed_and_cancelled(browser: Browser, base: str) -> None:
    page, wrong = opened(browser, base)
    page.goto(f"{base}/en/run")
    page.get_by_label("How fine").select_option("100000")
    page.get_by_label("One value of the law").fill("nonsense")
    page.get_by_role("button", name="Start the run").click()
    assert page.get_by_role("alert").is_visible()
    page.get_by_label("One value of the law").fill("")
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/en/run/*")
    assert page.get_by_role("progressbar").is_visible()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("cancelled").wait_for()
    assert wrong == [] or all("422" in text for text in wrong)
    page.context.close()


def test_the_keyboard_alone_leads_from_the_start_to_an_answer(browser: Browser, base: str) -> None:
    page, _ = opened(browser, base)
    page.goto(f"{base}/en/")
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


def test_a_map_is_played_by_script_and_asked_without(browser: Browser, base: str) -> None:
    page, wrong = opened(browser, base)
    page.goto(f"{base}/en/society/small/map?at=3")
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
    still, _ = opened(browser, base, reduced_motion="reduce")
    still.goto(f"{base}/en/society/small/map")
    assert not still.get_by_role("button", name="Play").is_visible()
    still.context.close()
    plain, _ = opened(browser, base, java_script_enabled=False)
    plain.goto(f"{base}/en/society/small/map")
    plain.get_by_label("Month").fill("3")
    plain.get_by_role("button", name="Show").click()
    assert "2014-01" in plain.locator("#shown caption").inner_text()
    plain.context.close()


def test_a_telling_subject_is_found_and_followed_day_by_day(browser: Browser, base: str) -> None:
    page, wrong = opened(browser, base)
    page.goto(f"{base}/en/society/small/subject")
    page.get_by_role("heading", name="Telling examples").wait_for(timeout=300_000)
    page.get_by_role("link", name="longest").click()
    page.get_by_role("heading", level=1, name="SYN-").wait_for()
    days = page.locator("table.views tbody tr")
    every = days.count()
    assert every > 1
    page.get_by_role("link", name="first day").click()
    page.locator("#shown", has_text="day 1 of").wait_for()
    assert days.count() == 1
    page.get_by_role("link", name="later").click()
    page.locator("#shown", has_text="day 2 of").wait_for()
    assert days.count() == 2
    page.reload()  # where one is stands in the address
    assert days.count() == 2
    assert wrong == []
    page.context.close()
