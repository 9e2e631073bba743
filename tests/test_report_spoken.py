"""The report in Chinese: the same figures as in English, and no English that is not marked."""

from __future__ import annotations

import re
import zlib
from importlib.resources import files
from pathlib import Path

import pytest

from test_report import Page
from test_spoken_pages import english, made_up, read
from xinyong import cli_run
from xinyong.conduct.rates import rates
from xinyong.errors import UsageError
from xinyong.language import LANGUAGES, messages, speaking
from xinyong.report import html
from xinyong.report.html import LIMITS, RESPONSES, STATUS, render, write_report
from xinyong.results import SYNTHETIC, Run

#: What the made-up run says of itself, and no real one does.
MADE_UP = ("Synthetic: every subject is made up.", "Which day counts?", "The day of the decision.")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made_up(tmp_path_factory.mktemp("spoken") / "run")


@pytest.fixture(scope="module")
def pages(run: Run) -> dict[str, str]:
    return {code: render(run, code) for code in ("en", "zh")}


def test_each_page_says_in_which_language_it_is(pages: dict[str, str]) -> None:
    assert '<html lang="en">' in pages["en"]
    assert '<html lang="zh-Hans">' in pages["zh"]


def test_a_report_in_chinese_speaks_chinese(pages: dict[str, str]) -> None:
    wrong = english(read(pages["zh"]))
    assert [x for x in wrong if x.partition(": ")[2] not in MADE_UP] == []


def test_both_have_the_same_charts_tables_and_files(pages: dict[str, str]) -> None:
    both = [Page(text) for text in pages.values()]
    for tag in ("svg", "table", "tr", "td", "h2", "h3", "details"):
        assert len({len(page.all(tag)) for page in both}) == 1, tag
    files = [[a["href"] for a in page.all("a") if "download" in a] for page in both]
    assert files[0] == files[1], "a table to be saved is data, in English"


def test_both_have_the_same_numbers(pages: dict[str, str]) -> None:
    cells = [re.findall(r'<td class="n">([^<]*)', text) for text in pages.values()]
    assert len(cells[0]) > 300
    assert cells[0] == cells[1]


def test_the_fixed_words_of_a_report_are_translated() -> None:
    fixed = {*LIMITS, *STATUS, *STATUS.values(), *RESPONSES.values()}
    assert fixed - set(messages()) == set()


def test_the_reasons_of_rates_and_the_words_of_every_manifest_are_translated() -> None:
    own = set[str]()
    for path in sorted(Path(str(files("xinyong.conduct").joinpath("data"))).glob("*.yaml")):
        found = rates(path)
        own |= {x.reason for x in (*found, *found.alike)}
    assert {SYNTHETIC, *own} - set(messages()) == set()


def test_a_report_in_chinese_stands_beside_the_english_one(run: Run, pages: dict[str, str]) -> None:
    english_page, chinese = write_report(run), write_report(run, "zh")
    assert (english_page.name, chinese.name) == ("report.html", "report.zh.html")
    assert chinese.read_text("utf-8") == pages["zh"]
    with speaking("zh"):
        assert write_report(run).read_text("utf-8") == pages["en"], "the argument says which"


def test_a_report_in_chinese_for_paper_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        import weasyprint  # noqa: F401 - the extra, or the library it draws with, may be missing
    except (ImportError, OSError):
        pytest.skip("no weasyprint here")
    page = '<!doctype html><html lang="{}"><head><title>合成</title></head><body><h1>甲</h1></body>'
    monkeypatch.setattr(html, "render", lambda _, code: page.format(LANGUAGES[code]))
    (tmp_path / "manifest.json").write_text('{"digest": "0f"}', encoding="utf-8")
    made = html.write_pdf(Run(tmp_path), "zh")
    assert made.name == "report.zh.pdf"
    streams = re.findall(rb"stream\r?\n(.*?)endstream", made.read_bytes(), re.DOTALL)
    # Not `zlib.decompress`: a checksum that ends in a carriage return looks like the line's end.
    told = [zlib.decompressobj().decompress(x) for x in streams if x[:1] == b"x"]
    told += [made.read_bytes()]
    assert any(b"zh-Hans" in x for x in told)


def test_a_language_without_a_report_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--language: 'fr' is not one of en, zh"):
        cli_run.report_command(tmp_path, "fr", pdf=False, as_json=False)
