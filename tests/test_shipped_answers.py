"""The answers that come with the package: every question has one, and nobody wrote them by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from xinyong.portal.site import find_answers
from xinyong.study import answer as module
from xinyong.study.page import page, read_answer
from xinyong.study.questions import QUESTIONS
from xinyong.study.settings import Settings

SHIPPED = find_answers(None)
PAGE = Path(__file__).resolve().parent.parent / "docs" / "studies.md"


def test_every_question_has_an_answer_of_the_published_schema() -> None:
    assert set(SHIPPED) == set(QUESTIONS)
    schema = json.loads(Path(module.__file__).with_name("answer.schema.json").read_text("utf-8"))
    of = Draft202012Validator(schema)
    for folder in SHIPPED.values():
        of.validate(json.loads((folder / "answer.json").read_text("utf-8")))


@pytest.mark.parametrize("name", [q.name for q in QUESTIONS.values() if not q.scale])
def test_where_nothing_is_drawn_the_answer_is_what_the_law_gives_today(name: str) -> None:
    made = QUESTIONS[name].make(Settings(0, 0))
    told = json.loads(json.dumps(made.to_json()))
    assert read_answer(SHIPPED[name]).to_json() == told, "run 'make studies' and read what changed"


@pytest.mark.parametrize("name", [q.name for q in QUESTIONS.values() if q.scale])
def test_where_runs_are_made_the_answer_is_of_the_size_that_the_command_takes(name: str) -> None:
    asked, found = QUESTIONS[name], read_answer(SHIPPED[name])
    assert found.provenance["scale"] == asked.scale
    assert len(found.provenance["seeds"]) == asked.replicates
    assert found.twin == 0


def test_the_page_of_studies_is_made_of_these_answers() -> None:
    assert PAGE.read_text("utf-8") == page([read_answer(folder) for folder in SHIPPED.values()])
