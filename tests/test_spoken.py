"""Sentences made from rules speak the language that is spoken, whole, and English stays English."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xinyong import language
from xinyong.browse import words
from xinyong.browse.exits import exits
from xinyong.browse.show import sentences
from xinyong.case import calculate, timeline, undo
from xinyong.case.export import as_dict
from xinyong.case.gallery import gallery
from xinyong.case.ties import NONE
from xinyong.language import Name, Sentence, joined, messages, say, speaking, worded
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue, load
from xinyong.places import hint
from xinyong.yamlio import read_yaml

READ: Any = read_yaml(Path(__file__).parent / "data" / "spoken.yaml").data


class _Listening(dict[str, str]):
    """Translations that remember what was asked of them in vain."""

    def __init__(self) -> None:
        super().__init__(messages())
        self.missing: set[str] = set()

    def get(self, message: str, other: str = "") -> str:  # type: ignore[override]
        if message not in self:
            self.missing.add(message)
        return super().get(message, other)


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Listening]:
    found = _Listening()
    monkeypatch.setattr(language, "messages", lambda: found)
    with speaking("zh"):
        yield found


def _every_sentence(found: Catalogue) -> Iterator[tuple[str, str]]:
    for it in found.instruments.values():
        for version in it.versions:
            rows = [*sentences(found, it, version), *exits(found, it, version)]
            yield from ((f"{it.id} {version.id}", row["text"]) for row in rows)


def test_every_sentence_of_the_catalogue_is_chinese_in_chinese(listening: _Listening) -> None:
    told = list(_every_sentence(load()))
    assert listening.missing == set()
    assert [x for x in told if not any("\u4e00" <= sign <= "\u9fff" for sign in x[1])] == []


def test_what_follows_from_the_worked_cases_is_said_in_chinese(listening: _Listening) -> None:
    for worked in gallery().values():
        result = calculate(worked.case)
        as_dict(result)
        timeline.moments(result)
    assert listening.missing == set()


@pytest.mark.parametrize("row", READ["provisions"], ids=lambda row: str(row["id"]))
def test_a_provision_reads_as_a_reader_checked(row: dict[str, str]) -> None:
    found = load()
    it = found.instruments[row["instrument"]]
    version = next(v for v in it.versions if v.id == row["version"])
    provision = next(p for p in version.provisions if p.id == row["id"])
    assert words.provision_words(found, it, provision) == row["en"]
    with speaking("zh"):
        assert words.provision_words(found, it, provision) == row["zh"]


@pytest.mark.parametrize("row", READ["cases"], ids=lambda row: str(row["case"]))
def test_a_case_reads_as_a_reader_checked(row: dict[str, object]) -> None:
    assert _case(str(row["case"])) == row["en"]
    with speaking("zh"):
        assert _case(str(row["case"])) == row["zh"]


def _case(name: str) -> dict[str, object]:
    result = calculate(gallery()[name].case)
    return {
        "moments": [m.text for m in timeline.moments(result)],
        "ways": [way.text for e in result.entries for way in undo.of_entry(result, e)],
        "needs": [n for e in result.entries for w in undo.of_entry(result, e) for n in w.needs],
    }


def test_words_are_joined_as_each_language_joins_them() -> None:
    assert joined("abc", "and the") == "a, b and the c"
    with speaking("zh"):
        assert joined("甲乙丙") == "甲、乙和丙"


def test_a_name_is_chinese_alone_where_chinese_is_spoken() -> None:
    name = schema.Bilingual(en="court", zh="法院")
    assert words.both(name) == "court (法院)"
    with speaking("zh"):
        assert (words.both(name), say("; ")) == ("法院", "；")


@pytest.mark.parametrize(
    ("regulation", "term", "mistaken"),
    [
        ("zhejiang_2017", "陈述、申辩权利", "和国防"),
        ("zhejiang_2017", "登记信息", "登记地"),
        ("zhejiang_2017", "行政处罚可以采集", "惩戒可以采集"),
        ("shanghai_2017", "治安管理处罚", "公共秩序或"),
        ("environmental_rating", "等级定为红级", "红名单"),
    ],
)
def test_a_word_of_two_meanings_has_the_chinese_of_the_one_that_is_meant(
    regulation: str, term: str, mistaken: str
) -> None:
    found = load()
    it = found.instruments[regulation]
    with speaking("zh"):
        told = "".join(row["text"] for row in sentences(found, it, it.versions[-1]))
    assert term in told
    assert mistaken not in told


def test_a_sentence_stays_english_and_is_said_in_chinese_with_its_fields() -> None:
    hop = Sentence("{n} hops", n="3")
    found = Sentence("the twin in {place}", place=Name("Anhui", "安徽省"))
    with speaking("zh"):
        assert Sentence("the twin in {place}", place=found.fields["place"]) == "the twin in Anhui"
        assert (worded(found), worded(hop)) == ("位于安徽省的对照主体", "3次传递")
    assert (worded(found), found.upper()) == ("the twin in Anhui", "THE TWIN IN ANHUI")


def test_fields_of_a_sentence_are_said_in_their_turn_and_lists_with_commas() -> None:
    parts = [Sentence("{n} hops", n=n) for n in ("1", "2")]
    found = Sentence(", grades after it {grades}", grades=[*parts, "A"])
    assert found == ", grades after it 1 hops, 2 hops, A"
    with speaking("zh"):
        assert worded(found) == "，此后的等级为1次传递、2次传递、A"


def test_a_sentence_nobody_translated_is_whole_in_english() -> None:
    found = Sentence("nobody says {what}", what=Sentence("{n} hops", n="2"))
    with speaking("zh"):
        assert worded(found) == "nobody says 2 hops"
    again = copy.deepcopy(found)
    assert (again, again.message, again.fields) == (found, found.message, found.fields)


# --- what is wrong with a case ---------------------------------------------------------------


def _told(source: str) -> Iterator[str]:
    """Yield the texts that a module tells as sentences, problems and hints."""
    for node in ast.walk(ast.parse(source)):
        told: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            told = node.args[:1] if name == "Sentence" else []
            told = node.args[1:] if name == "problem" else told
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in (
            *("message", "hint", "said"),
        ):
            told = [node.value]
        yield from (x.value for x in told if isinstance(x, ast.Constant) and x.value)


@pytest.mark.parametrize("module", ["case/check", "case/order", "case/ties", "places"])
def test_what_is_wrong_with_a_case_has_its_chinese(module: str) -> None:
    path = Path(language.__file__).parent / f"{module}.py"
    told = set(_told(path.read_text("utf-8")))
    assert len(told) >= 3
    assert told - messages().keys() == set()


@pytest.mark.parametrize(
    ("message", "chinese"),
    [
        (hint("Wendng"), "是否指'wendeng'？“xinyong catalogue places”列出各标识"),
        (NONE, "无"),
    ],
)
def test_hints_are_said_in_the_language_that_is_spoken(message: str, chinese: str) -> None:
    with speaking("zh"):
        assert worded(message) == chinese
