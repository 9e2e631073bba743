"""Somebody who reads the portal in a browser, with a mouse or with the keyboard alone.

Both find what they use by its name, as a person would: the text of a link or a button, the
label of a field. The keyboard reader knows Tab, Enter, Space, the arrows and what is typed into
a field; wherever it stops, it must be seen that it is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xinyong.language import say, speaking

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

__all__ = ["Hand", "Keys", "Reader", "opened"]

#: So many stops a page has at most.
_STOPS = 400

#: Whether the place of the keyboard can be seen: an outline of some width and style.
_SEEN = """() => {
  const look = getComputedStyle(document.activeElement);
  return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 1;
}"""


def opened(browser: Browser, base: str, **how: Any) -> tuple[Page, list[str]]:
    """Return a page, and what it asks of others or complains about, as it happens."""
    context = browser.new_context(**how)
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on(
        "console",
        lambda m: (
            wrong.append(m.text)
            if m.type == "error" and "404" not in m.text and "422" not in m.text
            else None
        ),
    )
    page.on("request", lambda r: None if r.url.startswith(base) else wrong.append(r.url))
    return page, wrong


class Reader:
    """What both readers do; texts are given in English and sought in the reader's language."""

    def __init__(self, page: Page, base: str, code: str) -> None:
        self.page, self.base, self.code = page, base, code

    def says(self, text: str, **values: Any) -> str:
        """Return a text of the portal in the language of the reader."""
        with speaking(self.code):
            return say(text, **values)

    def goto(self, path: str) -> None:
        """Open an address, given without its language."""
        self.page.goto(f"{self.base}/{self.code}{path}")

    @property
    def heading(self) -> str:
        """The heading of the page."""
        return self.page.locator("h1").inner_text()

    def at(self, text: str) -> None:
        """Be on the page with this heading."""
        assert self.heading.startswith(self.says(text)), (self.heading, self.page.url)

    def link(self, name: str, within: str = "main") -> Locator:
        """Return a link of the page by what it says."""
        return self.page.locator(within).get_by_role("link", name=name).first

    def button(self, text: str) -> Locator:
        """Return a button by what it says."""
        return self.page.get_by_role("button", name=self.says(text), exact=True)

    def field(self, text: str) -> Locator:
        """Return a field by its label."""
        labelled = self.page.get_by_label(self.says(text), exact=True)
        return self.page.locator("input, select, textarea").and_(labelled)

    def follow(self, link: Locator) -> None:
        """Go where a link leads."""
        raise NotImplementedError

    def press(self, text: str) -> None:
        """Press a button and see what comes."""
        raise NotImplementedError

    def choose(self, text: str) -> None:
        """Choose one of several answers."""
        raise NotImplementedError

    def pick(self, text: str, value: str) -> None:
        """Pick a value of a list."""
        raise NotImplementedError

    def write(self, text: str, value: str) -> None:
        """Write into a field; a day as YYYY-MM-DD."""
        raise NotImplementedError


class Hand(Reader):
    """A reader with a mouse."""

    def follow(self, link: Locator) -> None:
        link.click()

    def press(self, text: str) -> None:
        self.button(text).click()

    def choose(self, text: str) -> None:
        self.field(text).check()

    def pick(self, text: str, value: str) -> None:
        self.field(text).select_option(value)

    def write(self, text: str, value: str) -> None:
        self.field(text).fill(value)


class Keys(Reader):
    """A reader with the keyboard alone."""

    def reach(self, goal: Locator) -> None:
        """Go on with Tab until the goal has the keyboard."""
        for _ in range(_STOPS):
            if goal.evaluate("(it) => it === document.activeElement"):
                assert self.page.evaluate(_SEEN), f"it cannot be seen that {goal} is reached"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {goal}")

    def follow(self, link: Locator) -> None:
        self.reach(link)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def press(self, text: str) -> None:
        self.reach(self.button(text))
        with self.page.expect_navigation():
            self.page.keyboard.press("Space")

    def choose(self, text: str) -> None:
        goal = self.field(text)
        if goal.get_attribute("type") == "checkbox":
            self.reach(goal)
            self.page.keyboard.press("Space")
            return
        group = self.page.locator(f"input[name={goal.get_attribute('name')}]")
        chosen = group.and_(self.page.locator(":checked"))
        self.reach(chosen.first if chosen.count() else group.first)
        if not chosen.count():
            self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if goal.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not lead to {text}")

    def pick(self, text: str, value: str) -> None:
        goal = self.field(text)
        self.reach(goal)
        self.page.keyboard.press("Home")
        for _ in range(_STOPS):
            if goal.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not lead to {value}")

    def write(self, text: str, value: str) -> None:
        goal = self.field(text)
        self.reach(goal)
        if goal.get_attribute("type") == "date":  # three small fields, in the browser's order
            year, month, day = value.split("-")
            self.page.keyboard.type(month + day + year)
        else:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.press("Delete")
            self.page.keyboard.type(value)
        assert goal.input_value() == value
