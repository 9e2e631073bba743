"""A page under /zh speaks Chinese: what is English on it is marked, and is there on purpose."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from test_portal_society import edited
from test_report import write_run
from xinyong.case.gallery import gallery
from xinyong.case.stating import written
from xinyong.language import messages, speaking
from xinyong.law import schema
from xinyong.law.catalogue import load
from xinyong.law.lint import load_profiles
from xinyong.law.timeline import sources, timeline
from xinyong.portal.app import create_app
from xinyong.portal.casework import link
from xinyong.portal.site import Limits, Site
from xinyong.results import Run, open_run
from xinyong.study.questions import QUESTIONS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

#: Elements whose text is code, not language.
CODE = {"code", "pre", "script", "style", "textarea"}
VOID = {"br", "hr", "img", "input", "link", "meta", "path", "rect", "line", "circle", "col"}
#: Attributes that are read to people.
SPOKEN = ("aria-label", "alt", "title", "placeholder")

#: English that stands on a Chinese page unmarked: names of this tool, forms, ids, signs.
NAMES = re.compile(
    r"xinyong|Python|JSON|CSV|SVG|PNG|ZIP|YAML|UTF|HTML|Apache-2\.0|CC BY 4\.0|Cookie|Jaccard"
    r"|FILE|SYN-[\w-]+|PATH=VALUE@DAY|ID=NUMBER|INT|FLR|FDS|AAA|default|made-up|one|two|course"
    r"|equalised odds"
    r"|wages、drunk、老赖、jiujia|Clauset、Newman 与 Moore|Nissenbaum|targets\.yaml|IO-\d+"
    r"|DataEthics|MERICS|`[^`]*`|[a-z0-9]+(?:[._/][a-z0-9_.]+)+|docs/encode\.md|extension_months"
)
#: Titles of what has no Chinese one, texts of the made-up run, a term of the literature.
JOURNALS = {"China Economic Review", "Set by hand.", "The court.", "equalised odds"}
#: A run of words: what a sentence of English has and a sign or an id has not.
SENTENCE = re.compile(r"[A-Za-z]{3,}[,;:']? [A-Za-z]{2,}")

#: What stays English within Chinese texts: names of press that have no Chinese one, an address.
OUTLETS = re.compile(
    r"China (?:Law Translate|Justice Observer|Briefing)|Global Voices|Yicai Global|EJ Insight"
    r"|Digital Asia Hub|Insight|com id \d+"
)


@dataclass(frozen=True)
class Said:
    """A piece of text on a page: its language, the classes around it, and what it says."""

    lang: str
    classes: str
    text: str


class _Reader(HTMLParser):
    """Reads what a page says, in which language."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, str, str]] = []
        self.said: list[Said] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {k: v or "" for k, v in attrs}
        above = self.stack[-1] if self.stack else ("", "", "")
        lang, classes = found.get("lang", above[1]), f"{above[2]} {found.get('class', '')}"
        self.said += [Said(lang, classes, found[k]) for k in SPOKEN if found.get(k)]
        if tag not in VOID:
            self.stack.append((tag, lang, classes))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag, attrs  # nothing stands in it

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self.stack) - 1, -1, -1):
            if self.stack[i][0] == tag:
                del self.stack[i:]
                return

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and self.stack and not {x[0] for x in self.stack} & CODE:
            self.said.append(Said(self.stack[-1][1], self.stack[-1][2], text))


def read(text: str) -> list[Said]:
    """Return what a page says."""
    reader = _Reader()
    reader.feed(text)
    return reader.said


def english(said: list[Said]) -> list[str]:
    """Return the English of a page that is neither marked nor there on purpose."""
    wrong = []
    for x in said:
        if x.lang == "en":
            beside = "en" in x.classes.split()  # the English name beside the Chinese one
            if x.text in JOURNALS:
                continue
            plain = OUTLETS.sub("", NAMES.sub("", x.text))
            if not beside and SENTENCE.search(plain):
                wrong.append(f"marked: {x.text}")
        elif SENTENCE.search(NAMES.sub("", x.text)):
            wrong.append(f"not marked: {x.text}")
    return wrong


PAGES = (
    *("/zh/", "/zh/catalogue", "/zh/catalogue?q=shixin", "/zh/catalogue/lint", "/zh/about"),
    *("/zh/catalogue/timeline", "/zh/catalogue/map", "/zh/catalogue/compare", "/zh/run"),
    *("/zh/catalogue/compare?a=spc_defaulters", "/zh/case/build/kind"),
    "/zh/catalogue/compare?a=shandong_2020&b=zhejiang_2017",
    *("/zh/catalogue/compare?a=customs_dishonest_list&b=tax_major_list", "/zh/studies", "/zh/case"),
    *("/zh/catalogue/compare/places?a=rongcheng&b=hangzhou&on=2020-01-01", "/zh/catalogue/audit"),
    *("/zh/catalogue/words/conducts?q=tax", "/zh/catalogue/words/measures", "/zh/society"),
    *("/zh/catalogue/words/authorities/court", "/zh/catalogue/words/measures/m_no_fly"),
    *("/zh/catalogue/words/places/weihai", "/zh/catalogue/words/conducts/drunk_driving"),
    *(f"/zh/studies/{name}" for name in QUESTIONS),
    "/zh/catalogue/audit/assumed",
)
INSTRUMENTS = (
    *(
        "spc_defaulters",
        "wage_arrears_list",
        "mou_spc_2016",
        "shandong_2020",
        "gate_pipl",
        "gate_guobanfa_2020_49",
    ),
    *("customs_dishonest_list", "wendeng_2020", "sesame_credit", "credit_reporting_2013"),
)


def made_up(path: Path) -> Run:
    """Return a made-up run that knows the names of things as a real one does."""
    run = edited(write_run(path))
    manifest = json.loads((path / "manifest.json").read_text("utf-8"))
    names = {it.id: it.short or it.name for it in load().instruments.values()}
    manifest["names"] |= {k: {"en": name.en, "zh": name.zh} for k, name in names.items()}
    (path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return open_run(run.path)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    site = Site(
        {"one": made_up(tmp_path_factory.mktemp("runs") / "one")},
        limits=Limits(per_second=1e6, burst=10**6),
    )
    with TestClient(create_app(site)) as found:
        yield found


def _wrong(client: TestClient, page: str) -> list[str]:
    found = client.get(page)
    assert found.status_code == 200, page
    return english(read(found.text))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_speaks_chinese(client: TestClient, page: str) -> None:
    assert _wrong(client, page) == []


def test_the_page_of_an_instrument_speaks_chinese(client: TestClient) -> None:
    known = [name for name in INSTRUMENTS if name in load().instruments]
    assert len(known) >= 8
    for name in known:
        assert _wrong(client, f"/zh/catalogue/{name}?version=all") == [], name
        assert _wrong(client, f"/zh/catalogue/{name}/lint") == [], name


def test_the_pages_of_a_case_speak_chinese(client: TestClient) -> None:
    with speaking("zh"):
        asked = [(w, written(w.case)) for w in gallery().values()]
        pages = [link("/case/result", stated) for _, stated in asked]
        pages += [link("/case/check", stated) for _, stated in asked]
        pages += [link("/case/changes", stated, more=4) for _, stated in asked[:3]]
        pages += [link("/case/compare", stated, other_place="rongcheng") for _, stated in asked]
    for page in pages:
        assert _wrong(client, page) == [], page


def test_what_is_wrong_with_a_case_is_said_in_chinese(client: TestClient) -> None:
    with speaking("zh"):
        asked = [written(w.case) for w in gallery().values()]
        pages = [link("/case/compare", stated, other_on="2001-01-01") for stated in asked]
        pages += [link("/case/result", stated.changed(place="hbei")) for stated in asked]
        pages += [link("/case/result", stated.changed(role=("creditor",))) for stated in asked]
    for page in pages:
        found = client.get(page)
        assert found.status_code == 422, page
        wrong = english(read(found.text))
        # A command that helps is a name.
        assert [x for x in wrong if not x.startswith("marked: xinyong catalogue ")] == [], page


@pytest.mark.parametrize("text", [
    "id: x", "- a", "acts: []", "kind: lst\nversions: 3\nsubjects: []", "a: 1\n---\nb: 2",
    "a: 2020-13-01\na: &b 1", "a: 2020-02-30\nb: .inf\nb: 99999999999999999999",
    "id: x\nkind: gate\nversions: [{id: 2, in_force: {from: soon, cite: {}}}]\nsources: 7",
])  # fmt: skip
def test_what_is_wrong_with_a_rulebook_is_said_in_chinese(client: TestClient, text: str) -> None:
    found = client.post("/zh/catalogue/lint", data={"text": text})
    assert found.status_code == 422
    assert english(read(found.text)) == []


def test_the_pages_of_a_run_speak_chinese(client: TestClient) -> None:
    root = "/zh/society/one"
    told = client.get(root).text
    pages = [root, *(f"{root}/{x}" for x in ("map", "lists", "measures", "errors", "exchange"))]
    pages += sorted(set(re.findall(rf'href="({root}/chart/[^"]+)"', told)))
    families = client.get(f"{root}/indicators").text
    pages += sorted(set(re.findall(rf'href="({root}/indicators\?family=[^"]+)"', families)))
    assert len(pages) > 25
    for page in pages:
        assert _wrong(client, page) == [], page


def test_a_sentence_that_nobody_translated_is_found() -> None:
    page = '<html lang="zh-Hans"><p>{}</p></html>'
    assert english(read(page.format("This nobody said in Chinese.")))
    assert english(read(page.format('<span lang="en">marked, but for no reason</span>')))
    assert not english(read(page.format('<span lang="en" class="en">the court list</span>')))
    assert not english(read(page.format("运行 <code>xinyong case --json</code>")))
    assert not english(read(page.format("中文")))


#: Texts of the catalogue that are rightly not translated, and why.
UNTRANSLATED = {
    "an address, with a day at most": r"(?:[\w-]+\.)+[a-z]{2,}(?:/[\w./-]*)?(?:[,;] [\w.-]+)*",
    "press without a Chinese name": r"(?:NPR|Digital Asia Hub|China Briefing), [\d-]+",
    "numbers of articles, put into Chinese by `article_words`": r"(?:annex )?[\d(), -]+",
    "the document as a whole, put into Chinese by `article_words`": r"whole",
    "a number whose characters were not seen": r"ChuanWenLvZi \[2022\] 171",
    "Chinese already": r"[\u4e00-\u9fff〔〕\d]+",
}


def _is_prose(of: type[BaseModel], name: str) -> bool:
    """Return whether a field holds prose: `schema.Text`, an article or an official number."""
    field = of.model_fields[name]
    known = {(schema.Cite, "article"), (schema.Source, "number")}

    def within(kind: Any) -> bool:
        return kind == schema.Text or any(within(x) for x in get_args(kind))

    alone = field.annotation is str and field.metadata == get_args(schema.Text)[1].metadata
    return alone or (of, name) in known or within(field.annotation)


def _prose(node: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield every English text of a block with its place; names have their Chinese beside them."""
    if isinstance(node, BaseModel) and not isinstance(node, schema.Bilingual):
        for name in type(node).model_fields:
            value, at = getattr(node, name), f"{where}.{name}"
            if _is_prose(type(node), name):
                texts = value if isinstance(value, list | tuple) else [value]
                yield from ((at, x) for x in texts if isinstance(x, str))
            else:
                yield from _prose(value, at)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _prose(value, f"{where}.{key}")
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _prose(value, where)


def _every_text() -> Iterator[tuple[str, str]]:
    law = load()
    for it in law.instruments.values():
        yield from _prose(it, it.id)
    for name, items in law.items.items():
        for item in items:
            yield f"{name}.{item.item}", item.text_en
            yield f"{name}.{item.item}.article", item.article
    tables = (law.measures, law.authorities, law.emergencies, law.emergency_sources)
    for table in (*tables, sources(), load_profiles()):
        yield from _prose(table, "")
    for entry in timeline():
        yield from _prose(entry, f"timeline.{entry.id}")


def test_every_text_of_the_catalogue_has_its_chinese() -> None:
    """A /zh page shows no text of the catalogue in English but for what is rightly left so."""
    left = re.compile("|".join(f"(?:{x})" for x in UNTRANSLATED.values()))
    told = messages()
    missing = [
        (where, text)
        for where, text in _every_text()
        if text not in told and f"{text[:1].upper()}{text[1:]}" not in told
        if not left.fullmatch(text)
    ]
    assert missing == []


def test_a_new_text_without_chinese_would_be_found() -> None:
    source = next(iter(load().instruments["spc_defaulters"].sources.values()))
    edited = source.model_copy(update={"note": "Nobody said this in Chinese."})
    assert ("x.note", "Nobody said this in Chinese.") in set(_prose(edited, "x"))
    left = re.compile("|".join(UNTRANSLATED.values()))
    assert not left.fullmatch("Nobody said this in Chinese.")
    assert not left.fullmatch("press of 2018")


def test_translations_stand_in_one_place_each() -> None:
    folder = Path(__file__).resolve().parent.parent / "src" / "xinyong" / "locale"
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        for message in re.findall(r'^msgid "(.+)"$', path.read_text("utf-8"), re.MULTILINE):
            assert message not in seen, f"{message!r} is in {seen[message]} and {path.name}"
            seen[message] = path.name


def test_a_message_has_one_translation() -> None:
    folder = Path(__file__).resolve().parent.parent / "src" / "xinyong" / "locale"
    for path in folder.glob("*.po"):
        twice = re.search(r"^msgstr.*\nmsgstr .*", path.read_text("utf-8"), re.MULTILINE)
        assert twice is None, f"{path.name}: {twice}"
