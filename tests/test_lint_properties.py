"""What holds of every rulebook that is linted, and what a test of an attribute answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.linting import (
    DAY,
    PROFILES,
    book,
    change,
    invented,
    plain,
)
from xinyong.law import schema
from xinyong.law.lint import (
    Report,
    Rulebook,
    lint,
)
from xinyong.law.lint.attributes import ATTRIBUTES, OVERS
from xinyong.law.lint.engine import targets
from xinyong.law.lint.predicates import Test, evaluate
from xinyong.law.lint.rulebook import Words


@pytest.fixture(scope="module")
def words() -> Words:
    return invented()


# --- properties ------------------------------------------------------------------------------

CHANGES: list[dict[str, Any]] = [
    {"v.steps.0.then": "recorded"},
    {"v.steps.2.within": None},
    {"v.steps.2.modality": "may"},
    {"review.objection": False},
    {"rank": "normative_document"},
    {"rank": "memorandum"},
    {"level": "national"},
    {"nature": ["penalty"]},
    {"v.provisions.0.when": []},
    {"v.provisions.0.conduct": ["t_petition"]},
    {"v.provisions.0.conduct": ["t_bare"]},
    {"v.measures.0.measure": "m_loan"},
    {"v.measures.0.measure": "never_heard_of"},
    {"v.measures.0.by": ["never_heard_of"]},
    {"v.provisions.0.conduct": ["never_heard_of"]},
    {"automated": {"decision": "alone", "cite": {"source": "text", "article": "1"}}},
]
NOTICE = {
    "id": "told",
    "title": "tell once more",
    "by": "town",
    "modality": "must",
    "opens": "met",
    "from": ["formed"],
    "within": {"n": 3, "unit": "day"},
    "then": "noticed",
    "if_lapsed": "no effect",
    "cite": {"source": "text", "article": "2"},
}
rulebooks = st.tuples(
    st.sampled_from(["list", "scheme"]), st.lists(st.sampled_from(CHANGES), max_size=5)
)
BAD = {"clear": 0, "doubt": 1, "breach": 2}


def worst(report: Report) -> dict[tuple[str, str, str], int]:
    return {(f.profile, f.limit, f.path): BAD[f.result] for f in report.findings}


@settings(max_examples=60, deadline=None)
@given(rulebooks)
def test_one_more_duty_to_tell_never_adds_a_finding(made: tuple[str, list[dict[str, Any]]]) -> None:
    base, changes = made
    without = book(invented(), base, *changes)
    data = plain(base)
    for some in changes:
        change(data, some)
    data["versions"][0]["steps"].append(NOTICE)
    told = Rulebook(schema.Instrument.model_validate(data), (), invented())
    every = list(PROFILES.values())
    before = worst(lint([without], against=every, ignore_dates=True))
    after = worst(lint([told], against=every, ignore_dates=True))
    for key, bad in after.items():
        assert bad <= before.get(key, 0), key


@settings(max_examples=100, deadline=None)
@given(rulebooks, st.dates(dt.date(2010, 1, 1), dt.date(2026, 1, 1)), st.integers(0, 4000))
def test_with_the_days_limits_only_come(
    made: tuple[str, list[dict[str, Any]]], day: dt.date, more: int
) -> None:
    tested = book(invented(), made[0], *made[1])
    lasting = [
        p.model_copy(update={"limits": [x for x in p.limits if x.until is None]})
        for p in PROFILES.values()
    ]
    first = worst(lint([tested], on=day, against=lasting))
    then = worst(lint([tested], on=day + more * DAY, against=lasting))
    assert first.items() <= then.items()
    every = worst(lint([tested], on=day, against=lasting, ignore_dates=True))
    assert then.items() <= every.items()


@settings(max_examples=60, deadline=None)
@given(rulebooks)
def test_what_is_not_known_is_never_a_breach(made: tuple[str, list[dict[str, Any]]]) -> None:
    report = lint(
        [book(invented(), made[0], *made[1])], against=list(PROFILES.values()), ignore_dates=True
    )
    for f in report.findings:
        if f.result == "breach":
            assert all(e.met is True for e in f.elements)
            assert f.elements


# --- tests of attributes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "values", "answer"),
    [
        ({"of": "x", "is": "a"}, {"x": "a"}, True),
        ({"of": "x", "is": "a"}, {"x": "b"}, False),
        ({"of": "x", "is": "a"}, {}, None),
        ({"of": "x", "is": False}, {"x": False}, True),
        ({"of": "x", "is": 3}, {"x": 3}, True),
        ({"of": "x", "in": ["a", "@s"]}, {"x": "c"}, True),
        ({"of": "x", "in": ["a", "@s"]}, {"x": "b"}, False),
        ({"of": "x", "has_any": ["a"]}, {"x": frozenset("ab")}, True),
        ({"of": "x", "has_any": ["a"]}, {"x": frozenset("b")}, False),
        ({"of": "x", "has_none": ["a"]}, {"x": frozenset("b")}, True),
        ({"of": "x", "has_none": ["a"]}, {"x": frozenset("ab")}, False),
        ({"of": "x", "within": ["@s"]}, {"x": frozenset()}, True),
        ({"of": "x", "within": ["@s"]}, {"x": frozenset("cd")}, True),
        ({"of": "x", "within": ["@s"]}, {"x": frozenset("ca")}, False),
        ({"of": "x", "only": ["@s"]}, {"x": frozenset()}, False),
        ({"of": "x", "only": ["@s"]}, {"x": frozenset("c")}, True),
        ({"of": "x", "only": ["@s"]}, {"x": frozenset("ca")}, False),
        ({"of": "x", "prefix": "other_"}, {"x": frozenset(["a", "other_b"])}, True),
        ({"of": "x", "prefix": "other_"}, {"x": frozenset(["another_b"])}, False),
        ({"of": "x", "only_prefix": "o_"}, {"x": frozenset(["o_a", "o_b"])}, True),
        ({"of": "x", "only_prefix": "o_"}, {"x": frozenset(["a", "o_b"])}, False),
        ({"of": "x", "only_prefix": "o_"}, {"x": frozenset()}, False),
        ({"of": "x", "empty": True}, {"x": frozenset()}, True),
        ({"of": "x", "empty": False}, {"x": frozenset()}, False),
        ({"of": "x", "empty": False}, {"x": frozenset("a")}, True),
        ({"of": "x", "at_least": 3}, {"x": 3}, True),
        ({"of": "x", "at_least": 3}, {"x": 2}, False),
        ({"of": "x", "less_than": 3}, {"x": 3}, False),
        ({"of": "x", "less_than": 3}, {"x": 2}, True),
        ({"of": "x", "known": True}, {"x": None}, False),
        ({"of": "x", "known": False}, {"x": None}, True),
        ({"of": "x", "known": True}, {"x": 0}, True),
        ({"all": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 1, "y": 1}, True),
        ({"all": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 1}, None),
        ({"all": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 2}, False),
        ({"any": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 1}, True),
        ({"any": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 2}, None),
        ({"any": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 2, "y": 2}, False),
        ({"none": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 1}, False),
        ({"none": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 2}, None),
        ({"none": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 2, "y": 2}, True),
    ],
)
def test_tests_have_three_answers(
    test: dict[str, Any], values: dict[str, Any], answer: bool | None
) -> None:
    found = evaluate(Test.model_validate(test), values, {"s": frozenset("cd")})
    assert found is answer


@pytest.mark.parametrize(
    ("test", "value"),
    [
        ({"of": "x", "has_any": ["a"]}, "a"),
        ({"of": "x", "at_least": 1}, frozenset("a")),
        ({"of": "x", "empty": True}, 3),
    ],
)
def test_a_question_that_does_not_fit_is_an_error(test: dict[str, Any], value: Any) -> None:
    with pytest.raises(TypeError, match="asks something else"):
        evaluate(Test.model_validate(test), {"x": value}, {})


@pytest.mark.parametrize(
    "test",
    [
        {"of": "x"},
        {"is": 1},
        {"of": "x", "is": 1, "in": ["a"]},
        {"of": "x", "all": [{"of": "x", "is": 1}]},
    ],
)
def test_a_test_asks_one_thing(test: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"exactly one thing|name the attribute"):
        Test.model_validate(test)


def test_parts_have_the_attributes_that_are_described(words: Words) -> None:
    both = {"v.provisions.1.conduct": ["t_papered"], "v.provisions.1.effect.low": -1}
    both["v.provisions.1.effect.high"] = -1
    seen = set()
    for tested in (book(words, "scheme", both), book(words, "regulation")):
        for target in targets(tested, tested.instrument.versions[0]):
            seen.add(target.over)
            described = set(ATTRIBUTES["instrument"]) | set(ATTRIBUTES[target.over])
            assert set(target.values) == described, target.path
    assert seen == set(OVERS)


@pytest.mark.parametrize(
    ("bands", "overlaps", "gap"),
    [
        # lo, lo_inclusive, hi of the upper band over a lower one up to 89
        ((90, True, None), False, False),
        ((89, True, None), True, False),
        ((89, False, None), False, False),
        ((91, True, None), False, True),
        ((90, False, None), False, True),
        ((None, True, 200), True, False),
        ((80, True, 85), True, False),
    ],
)
def test_bands_meet_without_gap_or_overlap(
    words: Words, bands: tuple[int | None, bool, int | None], overlaps: bool, gap: bool
) -> None:
    lo, lo_inclusive, hi = bands
    upper = {
        "id": "u",
        "name": {"en": "u", "zh": "上"},
        "lo": lo,
        "lo_inclusive": lo_inclusive,
        "hi": hi,
    }
    lower = {"id": "l", "name": {"en": "l", "zh": "下"}, "lo": None, "hi": 89}
    tested = book(words, "scheme", {"v.scheme.grades": [upper, lower]})
    parts = targets(tested, tested.instrument.versions[0])
    (found,) = (t for t in parts if t.path.endswith(".grades.u"))
    assert (found.values["overlaps"], found.values["gap"]) == (overlaps, gap)
