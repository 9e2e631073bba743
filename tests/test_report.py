"""The report of a run: whole, offline, readable by everybody, honest about what is unstable."""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xinyong.errors import UsageError
from xinyong.report import renderer
from xinyong.report.charts import CHARTS, chart, figure, save_png
from xinyong.report.data import Data
from xinyong.report.html import LIMITS, render, write_report
from xinyong.results import Run, open_run

VOID = {"meta", "br", "wbr", "link", "img", "hr", "input"}
ARM = {"friction": True, "identity": True, "false_records": True, "capacity": True, "redress": True}
NAMES = {
    "spc_defaulters": {"en": "Court list of defaulters", "zh": "失信被执行人名单"},
    "m_no_fly": {"en": "may not board civil aircraft", "zh": "限制乘坐民用航空器"},
    "caac": {"en": "Civil Aviation Administration of China", "zh": "中国民用航空局"},
    "beijing": {"en": "Beijing", "zh": "北京市"},
    "hebei": {"en": "Hebei", "zh": "河北省"},
}


def months(first: str, last: str) -> list[str]:
    found, year, month = [], int(first[:4]), int(first[5:])
    while f"{year:04d}-{month:02d}" <= last:
        found.append(f"{year:04d}-{month:02d}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def derived(found: list[str]) -> pa.Table:
    """Made-up derived indicators, those that figures draw."""
    shares = [("fds_listed", "spc_defaulters"), ("fds_held", "spc_defaulters")]
    shares += [("astray_held", "spc_defaulters"), ("against_origin", "spc_defaulters")]
    shares += [("bodies_holding", "spc_defaulters"), ("burden", ""), ("burden_ordinary", "")]
    shares += [("burden", "low"), ("burden", "high"), ("burden_zombie", ""), ("state_rules", "")]
    shares += [("state_links", g) for g in ("cross_agency", "vertical", "cross_province")]
    shares += [
        ("burden_others", ""),
        ("burden_mistaken", ""),
        ("state_law", ""),
        ("linked_bodies", ""),
    ]
    rows = [
        {"period": m, "place": "cn", "kind": "all", "group": g, "family": "made_up",
         "indicator": i, "unit": "made up", "value": 0.1 + k / 200,
         "rests_on": None if i.startswith("state") else k, "unstable": k < 10, "strength": "A"}
        for i, g in shares for k, m in enumerate(found)
    ]  # fmt: skip
    rows.append(rows[0] | {"period": "all", "indicator": "flr", "value": 2e-7, "rests_on": 90})
    return pa.Table.from_pylist(rows)


def write_run(path: Path, *, last: str = "2022-12", size: int = 1000, wage: bool = True) -> Run:
    """Write a made-up folder of results; `size` is the flow into the court list a month."""
    rows: list[tuple[str, str, str, str, str, str, int]] = []
    court = "spc_defaulters"
    stock = 0
    for i, month in enumerate(months("2013-10", last)):

        def add(kind: str, group: str, what: str, value: int, place: str, m: str = month) -> None:
            if value:
                rows.append((m, place, kind, group, what, "entries", value))

        made, done = size + i * size // 50, (size // 4 + i * size // 90 if i > 5 else 0)
        stock += made - done
        for place, part in (("beijing", 0.4), ("hebei", 0.6)):
            add("person", "", "alive", int(500_000 * part), place)
            for kind, share in (("person", 0.8), ("enterprise", 0.2)):
                add(kind, court, "entered", int(made * share * part), place)
                add(kind, court, "stock", int(stock * share * part), place)
                add(kind, court, "exit_performance", int(done * share * part * 0.7), place)
                if month >= "2017-05":
                    add(kind, court, "exit_withdrawal", int(done * share * part * 0.2), place)
                add(kind, court, "exit_annulled", int(done * share * part * 0.01), place)
            add("all", court, "decided", int(made * part), place)
            add("all", court, "dropped", int(made * part / 3), place)
            add("all", court, "waiting", int((size + 20 * i) * part), place)
        for measure, authority, asked in (("m_no_fly", "caac", 0.075), ("m_no_golf", "mct", 0.01)):
            group = f"{court}/{measure}/{authority}"
            add("person", group, "on_paper", stock, "cn")
            add("person", group, "received", int(stock * 0.8), "cn")
            add("person", group, "zombie", int(stock * 0.02 * (1 + i % 7 / 9)), "cn")
            add("person", group, "mistaken", stock // 900, "cn")
            add("person", group, "applied", int(stock * asked), "cn")
        if month.endswith("-04") and month > "2015":
            add("enterprise", "tax_class_a", "entered", size * 12, "beijing")
        if month > "2015-04":
            add("enterprise", "tax_class_a", "stock", size * 12, "beijing")
        if month > "2018-06":
            add("person", "air_list", "entered", i % 7 + 3, "beijing")
            add("person", "air_list", "stock", min(i, 60), "beijing")
            add("person", "rail_list", "entered", i % 2, "hebei")
            add("person", "rail_list", "stock", i % 5, "hebei")
        if wage and month > "2019":
            add("enterprise", "wage_arrears_list", "entered", i % 3, "hebei")
            add("enterprise", "wage_arrears_list", "stock", i % 9, "hebei")
        if month >= "2020":
            for kind, every in (("person", 4700), ("enterprise", 240)):
                add(kind, "wendeng_2020/A", "grade_default", every, "wendeng")
                for grade, share in (("AAA", 3), ("AA", 9), ("A", 60), ("B", 14), ("D", 5)):
                    value = (i - 70) * share * every // 90_000
                    add(kind, f"wendeng_2020/{grade}", "grade", value, "wendeng")
    columns = list(zip(*rows, strict=True))
    names = ("month", "place", "kind", "group", "indicator", "unit")
    table = pa.table(
        {n: pa.array(list(c), pa.string()) for n, c in zip(names, columns, strict=False)}
        | {"value": pa.array(list(columns[6]), pa.int64())}
    )
    path.mkdir(parents=True)
    pq.write_table(table, path / "indicators.parquet")
    pq.write_table(derived(months("2013-10", last)), path / "derived.parquet")
    manifest: dict[str, Any] = {
        "results_schema": 1, "synthetic": "Synthetic: every subject is made up.",
        "xinyong": "0.1.0", "digest": "ab12" * 16, "catalogue_digest": "cd34" * 16,
        "scenario": {"name": "default", "from": "2013-10", "to": last, "scale": 100,
                     "seed": 20131001, "keep": "entries", "mechanisms": ARM},
        "subjects": {"person": 500_000, "enterprise": 20_000}, "sample": 1,
        "versions": {"python": "3.11.9", "numpy": "2.3.0"}, "seconds": 12.5, "names": NAMES,
        "instruments": [{"id": court, "kind": "list", "unmodelled": ["detention <of debtors>"],
                         "versions": [{"id": "v2013", "from": "2013-10-01", "until": None}],
                         "sources": [{"id": "s", "title": "Provisions", "title_zh": "若干规定",
                                      "depth": "full text"}]}],
        "assumptions": [
            {"id": "a.one", "about": "a chance", "unit": "share", "status": "assumption",
             "reason": "No figure is known.", "value": 0.1, "range": [0, 0.4]},
            {"id": "a.two", "about": "capacity", "unit": "decisions", "status": "calibrated",
             "reason": "Set by hand.", "values": {"2013-10": 27000, "2014-01": 29000}},
            {"id": "a.three", "about": "tickets", "unit": "share", "status": "sourced",
             "reason": "The court.", "value": 0.075},
        ],
        "rates": [{"id": "judgment_default", "status": "assumption", "reason": "Requests.",
                   "monthly": {"person": 0.00024}, "place": "cn", "start": "2013-10"}],
        "interpretations": [{"instrument": court, "id": "q", "question": "Which day counts?",
                             "default": "The day of the decision."}],
        "gates": [{"instrument": court, "gate": "gate_pipl", "limit": "limit", "places": 3,
                   "response": "drop", "following": 2, "done": 1}],
        "case_only": [{"instrument": court, "provision": "p9", "text": "a provision",
                       "why": "protected conduct"}],
    }  # fmt: skip
    (path / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    return open_run(path)


class Page(HTMLParser):
    """What a reader, or a screen reader, meets on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: dict[str, str] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attrs}
        self.tags.append((tag, values))
        if tag not in VOID:
            self.open.append(tag)
        if "id" in values:
            assert values["id"] not in self.words, f"id {values['id']} stands twice"
            self.words[values["id"]] = ""
            self._at = values["id"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if getattr(self, "_at", None):
            self.words[self._at] += data
            self._at = ""

    def all(self, tag: str) -> list[dict[str, str]]:
        return [values for name, values in self.tags if name == tag]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return write_run(tmp_path_factory.mktemp("report") / "run")


@pytest.fixture(scope="module")
def text(run: Run) -> str:
    return render(run)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_the_page_is_well_formed_and_every_id_is_its_own(page: Page) -> None:
    assert page.open == []
    targets = {a["href"][1:] for a in page.all("a") if a.get("href", "").startswith("#")}
    assert targets <= set(page.words)
    for svg in page.all("svg"):
        assert set(svg["aria-labelledby"].split()) <= set(page.words)
    for tag, values in page.tags:
        for value in values.values():
            for name in re.findall(r"url\(#([^)]+)\)", value):
                assert name in page.words, f"{tag} points at #{name}, which is not on the page"


def test_the_page_needs_nothing_but_itself(page: Page, text: str) -> None:
    assert not page.all("script") + page.all("link") + page.all("iframe") + page.all("object")
    for tag, values in page.tags:
        assert not [k for k in values if k.startswith("on")], f"a handler on <{tag}>"
        for key in ("src", "href", "xlink:href", "srcset", "action"):
            assert values.get(key, "#").startswith(("#", "data:")), f"<{tag} {key}> leaves the page"
    assert "@import" not in text
    assert not re.findall(r"url\((?!#)", text)


def test_the_page_says_synthetic_first_and_last(text: str) -> None:
    banner = "SYNTHETIC: no real person or firm is in this report."
    body = text[text.index("<body>") :]
    assert text.count(banner) == 2
    assert body.index(banner) < body.index("<h1>")
    assert "(synthetic)" in text[: text.index("</title>")]


def test_headings_descend_one_by_one_and_the_language_is_named(page: Page) -> None:
    assert page.all("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_chinese_is_marked_as_chinese(text: str) -> None:
    body = re.sub(r'<span lang="zh-Hans"[^>]*>[^<]*</span>|<style>.*?</style>|href="data:[^"]*"',
                  "", text, flags=re.S)  # fmt: skip
    assert re.findall(r"[\u4e00-\u9fff]+", body) == []
    assert "限制乘坐民用航空器" in text


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_title_description_table_and_source(
    run: Run, page: Page, text: str, name: str
) -> None:
    found = figure(run, name)
    for size in ("w", "n"):
        assert page.words[f"{name}-{size}-t"] == found.title
        assert page.words[f"{name}-{size}-d"] == found.reading
    assert len(found.reading) > 40
    assert re.search(r"\d", found.reading), "a reading has a number in it"
    section = text[text.index(f'id="{name}">') :]
    section = section[: section.index("</section>")]
    assert "<details" in section
    assert section.count('<th scope="row">') >= len(found.tables[0].rows) > 0
    assert "run <code>ab12ab12ab12</code>" in section
    for words in ("seed 20131001", "scenario default", "strength A accounting", "Does not show:"):
        assert words in section
    assert re.match(r"(rule|assumption|calibration|sourced)", found.rests_on)
    assert f'download="{name}.csv"' in section


def test_every_image_is_one_and_has_words(page: Page) -> None:
    assert len(page.all("svg")) == 2 * len(CHARTS)
    assert all(svg["role"] == "img" for svg in page.all("svg"))
    assert not page.all("img")


def test_a_figure_that_rests_on_fewer_than_ten_is_marked(run: Run, text: str) -> None:
    wage = figure(run, "wage_list")
    table = {row[0].text: row for row in wage.tables[0].rows}
    assert table["2021"][1].text in {str(v) for v in range(9)}
    assert table["2021"][1].unstable
    assert table["2021"][2].unstable, "multiplied by the scale it is no firmer"
    court = figure(run, "court_list")
    assert not any(cell.unstable for row in court.tables[0].rows for cell in row[:3])
    assert wage.unstable > 0
    assert "†" in text


def test_unstable_months_thicken_the_base_line_of_the_chart(run: Run, tmp_path: Path) -> None:
    small = write_run(tmp_path / "run", last="2013-12", size=3)
    thick = '"strokeWidth": 4'
    assert thick in json.dumps(chart(small, "court_list").to_dict())
    assert thick in json.dumps(chart(run, "wendeng").to_dict())
    assert thick not in json.dumps(chart(run, "capacity").to_dict())


def test_values_followed_by_sample_are_unstable_sooner(run: Run) -> None:
    data = Data(run)
    before = CHARTS["measures"](data).tables[0].rows[0]
    data.sample = 1_000_000
    after = CHARTS["measures"](data).tables[0].rows[0]
    assert (before[3].unstable, after[3].unstable) == (False, True)


def test_figures_are_the_sums_of_the_indicators(run: Run) -> None:
    table = figure(run, "court_list").tables[0]
    entered = table.header.index("entered")
    shown = sum(int(row[entered].text.replace(",", "")) for row in table.rows)
    assert shown == sum(run.series("entered", "spc_defaulters")[1])
    assert int(table.rows[0][entered + 1].text.replace(",", "")) == 100 * int(
        table.rows[0][entered].text.replace(",", "")
    )


def test_validation_stands_apart_from_calibration(run: Run) -> None:
    both = {name: figure(run, name) for name in ("calibration", "validation")}
    uses = {"calibration": "calibrate", "validation": "validate"}
    for name, found in both.items():
        wanted = [r for r in run.targets() if r.target.use == uses[name]]
        rows = found.tables[0].rows
        assert [r[0].text for r in rows] == [r.target.id for r in wanted]
        verdicts = {None: "not in this run", True: "yes", False: "no"}
        assert [r[7].text for r in rows] == [verdicts[r.within] for r in wanted]
        assert found.open_table
    assert {r[8].text for r in both["validation"].tables[0].rows} == {"no"}


def test_the_same_run_gives_the_same_bytes_in_its_folder(run: Run, text: str) -> None:
    path = write_report(open_run(run.path))
    assert path == run.path / "report.html"
    assert path.read_text("utf-8") == text
    assert "12.5" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.S), "seconds differ by machine"


def test_a_report_is_written_whole_or_not_at_all(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (run.path / "report.html").write_text("the page before", "utf-8")

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("xinyong.report.html.render", lambda *_: "the page after")
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        write_report(run)
    assert (run.path / "report.html").read_text("utf-8") == "the page before"
    assert not list(run.path.glob(".report*"))


@pytest.mark.parametrize(
    ("options", "gone"),
    [
        ({"wage": False}, "Nobody is entered on the wage list"),
        ({"last": "2013-12", "size": 3}, "Nobody is graded in Wendeng"),
        ({"last": "2013-10", "size": 1}, "No entry of the court list ends"),
    ],
)
def test_a_run_with_little_in_it_still_has_a_whole_page(
    tmp_path: Path, options: dict[str, Any], gone: str
) -> None:
    text = render(write_run(tmp_path / "run", **options))
    assert gone in text
    assert len(Page(text).all("svg")) == 2 * len(CHARTS)
    assert "NaN" not in text
    assert "undefined" not in text


def test_provenance_keeps_the_three_words_apart(text: str) -> None:
    part = text[text.index('id="provenance"') :]
    for word in ("calibrated", "sourced", "assumption"):
        assert f'<span class="status">{word}</span>' in part
    for shown in ("0 to 0.4", "from 2013-10: 27,000", "full text", "Which day counts?"):
        assert shown in part
    assert "detention &lt;of debtors&gt;" in part, "words from data are escaped"
    assert 'from: "2013-10"' in unescape(part)
    assert "seed: 20131001" in part
    assert all(limit in unescape(text) for limit in LIMITS)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a: str, b: str) -> float:
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_and_marks_stand_out_in_light_and_dark(text: str) -> None:
    """Contrast: text 4.5 to 1, marks of charts 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11)."""
    schemes = re.findall(r":root \{\s*(--paper: #\w{6};.*?)\}", text, flags=re.S)
    assert len(schemes) == 2
    for scheme in schemes:
        colour = dict(re.findall(r"--(\w+): (#\w{6})", scheme))
        for ground in ("paper", "soft"):
            for ink in ("ink", "muted", "link"):
                assert _contrast(colour[ink], colour[ground]) >= 4.5, (ink, ground)
        assert _contrast(colour["ink"], colour["banner"]) >= 4.5
        for mark in ("blue", "orange", "green"):
            assert _contrast(colour[mark], colour["paper"]) >= 3, mark


def test_charts_use_only_colours_that_the_page_can_turn_dark(text: str) -> None:
    known = set(re.findall(r'\[(?:fill|stroke)="(#\w{6})"\]', text))
    drawn = set()
    for svg in re.findall(r"<svg.*?</svg>", text, flags=re.S):
        drawn |= set(re.findall(r'(?:fill|stroke)="([^"u][^"]*)"', svg))
    assert drawn - known <= {"none", "transparent"}


def test_charts_fit_a_small_telephone(page: Page) -> None:
    widths = [float(svg["width"]) for svg in page.all("svg")]
    assert all(w <= 752 for w in widths[0::2])
    assert all(w <= 288 for w in widths[1::2])


def test_an_unknown_chart_is_named_with_its_neighbour(run: Run) -> None:
    with pytest.raises(UsageError, match="court_list"):
        run.plot("court_lst")


@pytest.mark.parametrize("name", ["exits", "provinces", "validation"])
def test_a_chart_outside_its_page_still_says_what_it_is(run: Run, name: str) -> None:
    title = chart(run, name).to_dict()["title"]
    for words in ("SYNTHETIC", "run ab12ab12ab12", "seed 20131001", "1:100", "A accounting"):
        assert words in title["subtitle"]


def test_a_chart_can_be_saved_as_a_picture(run: Run, tmp_path: Path) -> None:
    path = save_png(run, "exits", tmp_path / "exits.png")
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_no_names_of_charts_are_lost(run: Run) -> None:
    builders: list[Callable[[Data], Any]] = list(CHARTS.values())
    data = Data(run)
    assert [build(data).name for build in builders] == list(CHARTS)


def test_the_report_is_made_for_paper_too_and_asks_nothing_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("weasyprint", exc_type=OSError)
    from xinyong.report import html
    from xinyong.results import Run

    page = '<!doctype html><html lang="en"><head><title>a</title></head><body><h1>a</h1>'
    page += '<img alt="" src="http://127.0.0.1:9/x.png"></body></html>'
    monkeypatch.setattr(html, "render", lambda *_: page)
    (tmp_path / "manifest.json").write_text('{"digest": "0f"}', encoding="utf-8")
    made = html.write_pdf(Run(tmp_path))
    assert made.read_bytes().startswith(b"%PDF-")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made.read_bytes(), re.DOTALL)
    told = [zlib.decompress(x) if x[:1] == b"x" else x for x in streams]
    assert any(b"pdfuaid:part" in x for x in told), "it says for whom it is readable"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["manifest.json", "report.pdf"]


def test_without_the_extra_a_pdf_fails_with_one_line_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from xinyong.errors import UsageError
    from xinyong.report import html
    from xinyong.results import Run

    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(UsageError, match=r"xinyong\[pdf\]"):
        html.write_pdf(Run(tmp_path))


def test_pictures_go_on_where_the_process_that_draws_them_is_killed() -> None:
    spec = {"data": {"values": [{"a": 1}]}, "mark": "point"}
    with renderer.apart():
        assert renderer.begin(renderer.svg, spec).result().startswith("<svg")
        (process,) = renderer._apart[-1]._processes.values()
        process.kill()
        ends = time.monotonic() + 60
        while not renderer._apart[-1]._broken and time.monotonic() < ends:
            time.sleep(0.05)
        assert renderer._apart[-1]._broken
        assert renderer.begin(renderer.svg, spec).result().startswith("<svg")
