"""The page of second readings names every instrument, once read, and none that there is not."""

from __future__ import annotations

import re
from pathlib import Path

from xinyong.law.catalogue import load

PAGE = Path(__file__).parents[1] / "docs" / "review.md"


def read() -> dict[str, list[list[str]]]:
    """Return the rows of the page's tables by the instruments of their first cell."""
    found: dict[str, list[list[str]]] = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and not line.startswith("| Instrument"):
            for name in re.findall(r"`([a-z0-9_]+)`", cells[0]):
                found.setdefault(name, []).append(cells)
    return found


def test_every_instrument_has_a_second_reading() -> None:
    assert set(load().instruments) - set(read()) == set()


def test_no_reading_is_of_an_instrument_that_there_is_not() -> None:
    assert set(read()) - set(load().instruments) == set()


def test_each_reading_says_what_was_read_how_deep_what_changed_and_what_is_in_doubt() -> None:
    for name, rows in read().items():
        for cells in rows:
            assert len(cells) == 5, f"{name}: {len(cells)} cells"
            assert all(cells), name
