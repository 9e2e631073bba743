"""Answers in two languages: their texts are English to the letter, and whole in Chinese."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from xinyong.language import Name, Sentence, messages, speaking, worded
from xinyong.portal.site import find_answers
from xinyong.study.answer import Answer
from xinyong.study.labels import PATTERNS, label
from xinyong.study.matters import own, two
from xinyong.study.page import read_answer
from xinyong.study.questions import QUESTIONS, made_plain
from xinyong.study.texts import plain, recognised, text_of

SHIPPED = find_answers(None)
CHINESE = re.compile(r"[\u3400-\u9fff]")

TEXTS = (
    "one text",
    Sentence("{n} copies", n="3"),
    Sentence("{a}; {b}", a=Sentence("{n} copies", n="3"), b=[Sentence("one"), "two"]),
    Sentence("in {place}", place=Name("Anhui", "安徽省")),
)


def texts(found: Answer) -> Iterator[str]:
    """Yield every text of an answer but the labels of its rows."""
    yield from (*found.findings, *found.does_not_show, *found.users, found.question)
    yield from (found.baseline[1], *found.alternatives.values())
    for m in found.matters:
        yield from (m.about, m.why)


def said_of(part: Any) -> Iterator[str]:
    """Yield the messages of a text and of what stands in its fields."""
    if isinstance(part, Sentence):
        yield part.message
        for field in part.fields.values():
            yield from said_of(field)
    elif isinstance(part, list | tuple):
        for x in part:
            yield from said_of(x)


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_a_text_survives_being_written(text: str) -> None:
    again = text_of(json.loads(json.dumps(plain(text))))
    assert again == text
    assert list(said_of(again)) == (list(said_of(text)) if plain(text) != text else [])
    assert plain(again) == plain(text)


def test_a_text_that_is_not_what_its_message_says_is_refused() -> None:
    data = plain(Sentence("{n} copies", n="3"))
    assert isinstance(data, dict)
    with pytest.raises(ValueError, match="not what its message says"):
        text_of(data | {"text": "4 copies"})


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_text_of_an_answer_is_chinese_in_chinese(name: str) -> None:
    found = read_answer(SHIPPED[name])
    missing = {
        message
        for text in texts(found)
        for message in (said_of(text) if isinstance(text, Sentence) else (text,))
        if message not in messages()
    }
    assert missing == set()
    with speaking("zh"):
        assert [t for t in texts(found) if not CHINESE.search(worded(t))] == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_label_of_a_row_is_chinese_in_chinese(name: str) -> None:
    rows = read_answer(SHIPPED[name]).rows
    labels = {x for r in rows for x in (r.group, r.indicator, r.unit)}
    assert {label(x) for x in labels} == labels
    with speaking("zh"):
        assert {x for x in labels if not CHINESE.search(label(x))} <= {"0 to 1", "-1 to 1"}


def test_figures_of_findings_stand_in_both_languages() -> None:
    for folder in SHIPPED.values():
        for text in read_answer(folder).findings:
            if isinstance(text, Sentence):
                with speaking("zh"):
                    chinese = worded(text)
                for value in text.fields.values():
                    if isinstance(value, str) and not isinstance(value, Sentence):
                        assert value in chinese


def test_patterns_are_translated() -> None:
    known = [*PATTERNS, *(m for some in made_plain.MESSAGES.values() for m in some)]
    assert [m for m in known if m not in messages()] == []


def test_what_matters_is_said_with_the_reason_a_study_gives() -> None:
    tried = [
        own("a", "what a is", 1.0, (0.0, 2.0), lambda x: x, "It moves links in time, not their "
            "final number."),
        own("b", "what b is", 1.0, (0.9, 1.1), lambda x: x),
    ]  # fmt: skip
    first, second = two("the mean number", 1.0, tried)
    assert first.why.endswith("none moves it more. It moves links in time, not their final number.")
    assert second.why == (
        "At the ends of its range the mean number is 0.9 and 1.1 instead of 1; of 2 assumptions "
        "tried one moves it more."
    )
    with speaking("zh"):
        assert worded(first.why).endswith("影响最大。它影响接入的时间，不影响最终数量。")


def test_a_text_of_no_known_pattern_stays_as_it_is() -> None:
    assert type(recognised("nothing like it", PATTERNS)) is str
    with speaking("zh"):
        assert label("nothing like it") == "nothing like it"
