"""Ambiguities: a case tells those that touch it, and where another reading would change it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from reference.golden_cases import GOLDEN, golden
from xinyong.case import Case, CaseResult, calculate, read_case
from xinyong.case.export import as_dict
from xinyong.errors import CaseError
from xinyong.law.amend import amend, reading
from xinyong.law.catalogue import load
from xinyong.law.compile import compile_law, law
from xinyong.law.reads import reads


@cache
def cases() -> dict[str, list[Case]]:
    """The golden cases by the instruments that listen to one of their acts, or serve those."""
    found: dict[str, list[Case]] = {}
    serving = {it.id: it.serves for it in load().instruments.values() if it.serves}
    for path in GOLDEN:
        case = golden(path).case
        heard = {i for act in case.acts for i in reads(law(), act.conduct).instruments}
        heard |= {name for name, served in serving.items() if served in heard}
        for name in heard:
            found.setdefault(name, []).append(case)
    return found


def readings() -> list[str]:
    return [
        f"{it.id}.{note.id}={other.id}"
        for it in load().instruments.values()
        for note in it.interpretations
        for other in note.alternatives
        if other.path is not None and cases().get(it.id)
    ]


def outcome(result: CaseResult) -> list[Any]:
    """What follows, without words and citations."""
    found = result.determination
    entries = [
        (e.case, e.instrument, e.ground, e.start, e.expires, e.lawful_end, e.end)
        for e in result.entries
    ]
    lines = [
        (x.case, x.provision, x.points, x.grade, x.since, x.until, x.state)
        for x in found.lines
        if x.state != "superseded"
    ]
    scores = [(s.instrument, s.points, s.grade) for s in found.scores]
    measures = [(m.measure, m.instrument, m.discretionary) for m in result.measures]
    return [entries, sorted(lines), scores, measures]


@cache
def as_usual(name: str) -> list[tuple[Case, CaseResult, list[Any]]]:
    """The cases that an instrument touches, with what follows by the usual readings."""
    found = [(case, calculate(case)) for case in cases()[name][:40]]
    return [(case, usual, outcome(usual)) for case, usual in found]


@pytest.mark.parametrize("text", readings())
def test_a_reading_that_changes_a_case_is_told_with_it(text: str) -> None:
    name, _, rest = text.partition(".")
    question = rest.partition("=")[0]
    other = compile_law(amend(load(), [reading(load(), text)]))
    for case, usual, what in as_usual(name):
        try:
            differs = outcome(calculate(case, other)) != what
        except CaseError:
            continue  # under the other reading a fact of the case is not read at all
        if differs:
            told = {(x.instrument, x.note.id) for x in usual.uncertain}
            assert (name, question) in told, case


WENDENG = """
subject: {kind: person, place: wendeng, age: 35-44}
acts:
  - {conduct: drunk_driving, from: 2020-03-10,
     documents: [{kind: penalty_decision, formed: 2020-03-12}]}
  - {conduct: blood_donation, from: 2020-06-01}
on: 2021-01-15
"""


def told(text: str) -> set[str]:
    return {x.note.id for x in calculate(read_case(text)).uncertain}


def test_what_a_case_does_not_touch_is_not_told() -> None:
    notes = load().instruments["wendeng_2020"].interpretations
    assert len(notes) > 12
    usual = {"point_act_correction", "validity_starts", "repair_by_analogy"}
    assert "districts" in told(WENDENG)  # whether the city's score leaves Wendeng out
    own = {note.id for note in notes}
    assert told(WENDENG) & own == usual
    two = WENDENG.replace(
        "acts:", "acts:\n  - {conduct: traffic_penalty, from: 2020-02-01, fine: 300}"
    )
    twice = two.replace(
        "acts:", "acts:\n  - {conduct: traffic_penalty, from: 2020-04-01, fine: 300}"
    )
    assert "third_time" not in told(two)
    assert {"third_time", "doubled_validity", "cycles"} <= told(twice)
    assert "volunteer_hours" in told(
        WENDENG.replace(
            "blood_donation, from: 2020-06-01", "volunteer_service, from: 2020-06-01, hours: 20"
        )
    )


def test_a_question_names_the_findings_it_touches_and_how_to_take_the_other_reading() -> None:
    data = as_dict(calculate(read_case(WENDENG)))
    starts = next(x for x in data["interpretations"] if x["id"] == "validity_starts")
    assert starts["reading"] == ["wendeng_2020.validity_starts=from_recording"]
    assert set(starts["touches"]) == {"dg_p_b_04", "wd0384"}
    assert starts["basis"]["article"] == "20(4)"
    assert reading(load(), starts["reading"][0]).value == "recorded"
