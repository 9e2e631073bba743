"""What readers come to the portal for, done in a real browser: a case, two places, a run, a map.

Each journey is made by hand without script and by the keyboard alone, once in each language.
Needs Chromium, as `test_portal_browser`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from reference.reader import Hand, Keys, Reader, opened
from xinyong.case.gallery import gallery
from xinyong.law.catalogue import load

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Coming = Callable[[type[Reader], str], Reader]

#: Every way of reading and every language, each way in another language on the next journey.
ONE_WAY = [(Hand, "en"), (Keys, "zh")]
OTHER_WAY = [(Hand, "zh"), (Keys, "en")]


@pytest.fixture
def coming(browser: Browser, portal: str) -> Iterator[Coming]:
    """Return a function that lets a reader come; whatever was wrong is told at the end."""
    found: list[tuple[Reader, list[str]]] = []

    def come(way: type[Reader], code: str) -> Reader:
        how: dict[str, Any] = {"locale": {"en": "en-US", "zh": "zh-CN"}[code]}
        page, wrong = opened(browser, portal, java_script_enabled=way is Keys, **how)
        found.append((way(page, portal, code), wrong))
        return found[-1][0]

    yield come
    for reader, wrong in found:
        reader.page.context.close()
        assert wrong == []


@pytest.mark.parametrize(("way", "code"), OTHER_WAY)
def test_an_instrument_is_found(coming: Coming, way: type[Reader], code: str) -> None:
    reader = coming(way, code)
    reader.goto("/")
    reader.follow(reader.link(reader.says("Look something up")))
    reader.write("Search in English, Chinese or pinyin", "sxbzxr")
    reader.press("Search")
    reader.follow(reader.page.locator("ul.rows a").first)
    assert "失信被执行人" in reader.heading
    other = {"en": "zh", "zh": "en"}[code]
    reader.follow(reader.page.locator(".tongues a"))
    assert reader.page.url.split("/")[3] == other
    reader.page.go_back()
    assert reader.page.url.split("/")[3] == code


@pytest.mark.parametrize(("way", "code"), ONE_WAY)
def test_a_case_is_built_changed_worked_out_and_shared(
    coming: Coming, way: type[Reader], code: str
) -> None:
    reader = coming(way, code)
    reader.goto("/case")
    reader.follow(reader.link(reader.says("Build a case")))
    reader.press("Go on")  # nothing chosen: it is asked again, with what to do
    problem = reader.page.get_by_role("alert").get_by_role("link")
    reader.follow(problem) if way is Hand else reader.reach(problem)
    reader.choose("person")
    reader.press("Go on")
    reader.pick(reader.heading, "wendeng")
    reader.press("Go on")
    reader.write("In plain words: English, Chinese or pinyin", "jiujia")
    reader.press("Search")
    reader.follow(reader.page.locator("ul.rows a[href*='conduct=drunk_driving&']"))
    reader.write("First day", "2020-06-10")
    reader.press("Go on")
    while "/build/on" not in reader.page.url:  # what is asked of papers, facts and age
        reader.press("Go on")
    reader.write(reader.heading, "2021-06-30")
    reader.press("Go on")

    reader.at("Check your answers")
    reader.press("Work it out")
    first = reader.page.locator(".headline").inner_text()
    assert "850" in first
    reader.follow(reader.link(reader.says("Change an answer")))
    reader.follow(reader.page.locator("#place a"))
    reader.pick(reader.heading, "rongcheng")
    reader.press("Go on")
    reader.at("Check your answers")
    reader.press("Work it out")
    second = reader.page.locator(".headline").inner_text()
    assert second != first

    address = reader.page.url
    reader.page.reload()
    assert (reader.page.url, reader.page.locator(".headline").inner_text()) == (address, second)
    friend = coming(Hand, code)
    friend.page.goto(address)
    assert friend.page.locator("main").inner_text() == reader.page.locator("main").inner_text()


@pytest.mark.parametrize(("way", "code"), OTHER_WAY)
def test_a_worked_case_is_compared_with_the_same_elsewhere(
    coming: Coming, way: type[Reader], code: str
) -> None:
    reader = coming(way, code)
    reader.goto("/case")
    reader.follow(reader.link(gallery()["wendeng"].title[code]))
    reader.follow(reader.link(reader.says("The same elsewhere or on another day")))
    reader.pick("Another place", "rongcheng")
    reader.press("Compare")
    assert reader.page.locator("tr.differs").count() > 0
    told = reader.page.locator("main").inner_text()
    reader.page.reload()
    assert reader.page.locator("main").inner_text() == told
    reader.follow(reader.link(reader.says("The second in full")))
    assert "place=rongcheng" in reader.page.url


@pytest.mark.parametrize(("way", "code"), ONE_WAY)
def test_two_places_are_compared(coming: Coming, way: type[Reader], code: str) -> None:
    reader = coming(way, code)
    reader.goto("/catalogue/compare/places")
    reader.pick("One place", "rongcheng")
    reader.pick("Another place", "hangzhou")
    reader.write("In force on", "2020-01-01")
    reader.press("Compare")
    law = load()
    only = [reader.page.locator(f"section[aria-labelledby=only-{x}] a") for x in "ab"]
    counts = reader.page.locator("ul.cards b").all_inner_texts()
    assert [str(x.count()) for x in only] == counts[1:]
    reader.follow(only[0].first)
    assert reader.page.url.rpartition("/")[2] in law.instruments


@pytest.mark.parametrize(("way", "code"), ONE_WAY)
def test_what_follows_of_one_change_is_asked(coming: Coming, way: type[Reader], code: str) -> None:
    reader = coming(way, code)
    reader.goto("/case")
    reader.follow(reader.page.locator("ul.doors a").first)
    told = reader.page.locator(".headline").inner_text()
    reader.follow(reader.link(reader.says("What would change this")))
    reader.follow(reader.page.locator("main table a[href*='/case/result?']").first)
    assert reader.page.locator(".headline").inner_text() != told


@pytest.mark.parametrize(("way", "code"), OTHER_WAY)
def test_a_run_is_begun_followed_and_cancelled(
    coming: Coming, way: type[Reader], code: str
) -> None:
    reader = coming(way, code)
    reader.goto("/run")
    reader.pick("How fine", "100000")
    reader.write("One value of the law", "nonsense")
    reader.press("Start the run")
    assert reader.page.get_by_role("alert").is_visible()
    reader.write("One value of the law", "")
    reader.write("Seed", {"en": "7", "zh": "8"}[code])
    reader.press("Start the run")
    assert reader.page.get_by_role("progressbar").is_visible()
    status = reader.page.get_by_role("status")
    assert reader.says("waiting") in status.inner_text() or (
        reader.says("running") in status.inner_text()
    )
    reader.follow(reader.link(reader.says("Look again")))
    reader.press("Cancel")
    status.filter(has_text=reader.says("cancelled")).wait_for()
    reader.follow(reader.link(reader.says("Start another")))
    reader.at("Start a small run")


@pytest.mark.parametrize(("way", "code"), ONE_WAY)
def test_a_map_is_moved_through_its_months(coming: Coming, way: type[Reader], code: str) -> None:
    reader = coming(way, code)
    reader.goto("/society")
    reader.follow(reader.page.locator("main a[href$='/society/small']").first)
    reader.follow(reader.page.locator("main a[href*='/society/small/map']").first)
    told = reader.page.locator("#shown caption")
    slider = reader.page.locator("#at")
    if isinstance(reader, Keys):  # the slider alone, which script follows
        reader.reach(slider)
        reader.page.keyboard.press("Home")
        for _ in range(3):
            reader.page.keyboard.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext") == "2014-01"
    else:
        slider.fill("3")
        reader.press("Show")
    told.filter(has_text="2014-01").wait_for()
    reader.follow(reader.link("2014-02"))  # an address of its own, to go back from
    told.filter(has_text="2014-02").wait_for()
    reader.page.reload()
    assert "2014-02" in told.inner_text()


@pytest.mark.parametrize(("way", "code"), OTHER_WAY)
def test_a_rulebook_of_ones_own_is_tested(coming: Coming, way: type[Reader], code: str) -> None:
    reader = coming(way, code)
    reader.goto("/catalogue/lint")
    reader.press("Test it")  # nothing pasted: it is said what to do
    assert reader.page.get_by_role("alert").is_visible()
    reader.goto("/catalogue/lint")
    reader.pick("Begin from an instrument of the catalogue", "spc_defaulters")
    reader.press("Fill in its text")
    text = reader.field("Text of the rulebook (YAML)")
    assert text.input_value().startswith("id: spc_defaulters")
    reader.press("Test it")
    assert reader.page.locator("#found").inner_text() == reader.says("What the limits say of it")
    assert text.input_value().startswith("id: spc_defaulters")
