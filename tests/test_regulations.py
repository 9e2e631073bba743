"""Rules on records: what each block of a regulation means, by made-up regulations of one rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from reference.made_up import GUESS, instrument
from xinyong.case import calculate, read_case
from xinyong.case.text import lines
from xinyong.errors import CaseError
from xinyong.law.catalogue import load
from xinyong.law.compile import Law, compile_law
from xinyong.law.regulations import RecordRules, add

BASE = load()


def law(*rules: dict[str, Any], **version: Any) -> Law:
    """The built-in law with one made-up regulation instead of all others."""
    blocks = [{"id": f"r{i}", "title": "made up", "cite": GUESS} | r for i, r in enumerate(rules)]
    made = instrument("made_up", "regulation", {"rules": blocks, **version})
    kept = {k: x for k, x in BASE.instruments.items() if x.kind not in ("regulation", "gate")}
    return compile_law(replace(BASE, instruments=kept | {"made_up": made}))


def about(text: str, on: str, *rules: dict[str, Any], **version: Any) -> RecordRules | None:
    """What the made-up regulation says of the first record of a case."""
    case = f"subject: {{kind: person, place: gansu}}\nacts:\n  - {text}\non: {on}\n"
    result = calculate(read_case(case), law(*rules, **version))
    assert all(isinstance(text, str) for _, text in lines(result))
    return next((r for r in result.records if r.instrument == "made_up" and r.case == 0), None)


ACT = "{conduct: drunk_driving, from: 2020-12-10}"
SHOW = {"rule": "disclosure", "way": "publish", "to": ["public"]}
LISTED = """conduct: judgment_refusal
    from: 2020-03-01
    circumstances: [able]
    documents: [{kind: enforcement_notice, formed: 2020-02-01, served: 2020-02-10}]"""


def shown(text: str, on: str, **rule: Any) -> tuple[dt.date | None, bool]:
    found = about(text, on, SHOW | rule)
    assert found is not None
    (one,) = found.shown
    return one.until, one.now


@pytest.mark.parametrize(
    ("n", "unit", "until"),
    [
        (10, "day", dt.date(2020, 12, 20)),
        (3, "month", dt.date(2021, 3, 10)),
        (1, "year", dt.date(2021, 12, 10)),
        (5, "working_day", dt.date(2020, 12, 17)),
    ],
)
def test_a_record_is_shown_until_its_term_has_run_out(n: int, unit: str, until: dt.date) -> None:
    term = {"n": n, "unit": unit, "from": "formed"}
    before, after = until - dt.timedelta(1), until
    assert shown(ACT, before.isoformat(), term=term) == (until, True)
    assert shown(ACT, after.isoformat(), term=term) == (until, False)


def test_a_clock_that_starts_at_correction_waits_for_it() -> None:
    term = {"n": 1, "unit": "year", "from": "corrected"}
    assert shown(ACT, "2025-12-10", term=term) == (None, True)
    put_right = "{conduct: drunk_driving, from: 2020-12-10, corrected_on: 2021-02-01}"
    assert shown(put_right, "2022-01-31", term=term) == (dt.date(2022, 2, 1), True)
    assert shown(put_right, "2022-02-01", term=term) == (dt.date(2022, 2, 1), False)


def test_what_is_excluded_is_not_shown() -> None:
    assert shown(ACT, "2021-01-01", term={"open": True}, excluded=True) == (None, False)


def test_a_listed_subject_is_shown_as_long_as_it_is_listed() -> None:
    term = {"n": 1, "unit": "year", "from": "formed"}
    assert shown(LISTED, "2022-06-01", term=term, while_listed=True) == (None, True)
    assert shown(LISTED, "2022-06-01", term=term) == (dt.date(2021, 2, 1), False)


#: A record that led to no list, and a later act of the same subject that did.
BESIDE = """{conduct: drunk_driving, from: %s}
  - conduct: judgment_refusal
    from: 2020-03-01%s
    circumstances: [able]
    documents: [{kind: enforcement_notice, formed: 2020-02-01, served: 2020-02-10}]"""
ALL_RECORDS = {
    "term": {"n": 1, "unit": "year", "from": "formed"},
    "while_subject_listed": ["spc_defaulters"],
}


def test_all_records_of_a_listed_subject_may_be_kept_as_long_as_it_is_listed() -> None:
    beside = BESIDE % ("2019-12-10", "")
    assert shown(beside, "2022-06-01", **ALL_RECORDS) == (None, True)
    elsewhere = ALL_RECORDS | {"while_subject_listed": ["tax_major_list"]}
    assert shown(beside, "2022-06-01", **elsewhere) == (dt.date(2020, 12, 10), False)
    of_its_own = ALL_RECORDS | {"while_subject_listed": None, "while_listed": True}
    assert shown(beside, "2022-06-01", **of_its_own) == (dt.date(2020, 12, 10), False)


def test_the_list_keeps_a_record_only_to_the_day_on_which_it_is_left() -> None:
    paid = BESIDE % ("2019-12-10", "\n    performed_on: 2021-03-01")
    until, now = shown(paid, "2022-06-01", **ALL_RECORDS)
    assert until is not None
    assert dt.date(2021, 3, 1) <= until <= dt.date(2021, 3, 10)
    assert not now


def test_a_list_entered_after_the_term_brings_no_record_back() -> None:
    old = BESIDE % ("2018-12-10", "")
    assert shown(old, "2022-06-01", **ALL_RECORDS) == (dt.date(2019, 12, 10), False)


def test_a_rule_may_be_about_all_records_of_a_listed_subject() -> None:
    term = {"term": {"n": 1, "unit": "year", "from": "formed"}}
    for lists, met in ((["spc_defaulters"], True), (["tax_major_list"], False)):
        rule = SHOW | term | {"of": {"subject_listed_on": lists}}
        found = about(BESIDE % ("2020-12-10", ""), "2021-01-01", rule)
        assert bool(found is not None and found.shown) == met


def test_rules_are_about_the_records_they_name() -> None:
    term = {"n": 1, "unit": "year", "from": "formed"}
    for of, met in (
        ({"polarity": "bad"}, True),
        ({"polarity": "good"}, False),
        ({"kinds": ["person"]}, True),
        ({"kinds": ["enterprise"]}, False),
        ({"conduct": ["drunk_driving"]}, True),
        ({"conduct": ["littering"]}, False),
        ({"conduct_not": ["drunk_driving"]}, False),
        ({"documents": ["penalty_decision"]}, False),
        ({"listed_on": ["spc_defaulters"]}, False),
        ({"emergency": True}, True),
        ({"emergency": False}, False),
    ):
        found = about(ACT, "2021-01-01", SHOW | {"term": term, "of": of})
        assert found is not None
        assert bool(found.shown) == met, of
    found = about(
        LISTED, "2021-01-01", SHOW | {"term": term, "of": {"listed_on": ["spc_defaulters"]}}
    )
    assert found is not None
    assert found.shown


REPAIR = {
    "rule": "repair",
    "conditions": ["corrected"],
    "wait": {"n": 6, "unit": "month", "from": "formed"},
    "effect": ["not_shown"],
    "stages": [
        {
            "id": "decide",
            "title": "decides",
            "by": "court",
            "from": "filed",
            "within": {"n": 3, "unit": "working_day"},
            "then": "decided",
        },
        {
            "id": "hide",
            "title": "hides",
            "by": "court",
            "from": "decided",
            "within": {"n": 2, "unit": "day"},
            "then": "corrected",
        },
    ],
}


def test_a_repair_waits_and_then_runs_stage_by_stage() -> None:
    text = (
        "{conduct: drunk_driving, from: 2020-12-10, "
        "events: [{event: applied, of: made_up, on: 2021-06-11}]}"
    )
    show = SHOW | {"term": {"n": 3, "unit": "year", "from": "formed"}}
    found = about(text, "2021-06-19", show, REPAIR)
    assert found is not None
    (path,) = found.paths
    assert path.from_ == dt.date(2021, 6, 10)
    # Friday 11 June; Monday was the Dragon Boat holiday, so three working days end on Thursday.
    assert [d.due for d in path.duties] == [dt.date(2021, 6, 17), dt.date(2021, 6, 19)]
    assert (found.shown[0].until, found.shown[0].cause) == (dt.date(2021, 6, 19), "repair")


def test_without_an_application_nothing_is_due() -> None:
    show = SHOW | {"term": {"n": 3, "unit": "year", "from": "formed"}}
    found = about(ACT, "2021-06-19", show, REPAIR)
    assert found is not None
    assert [d.due for d in found.paths[0].duties] == [None, None]
    assert found.shown[0].cause == "term"


def test_an_excluded_repair_hides_nothing() -> None:
    text = (
        "{conduct: drunk_driving, from: 2020-12-10, "
        "events: [{event: applied, of: made_up, on: 2021-06-11}]}"
    )
    show = SHOW | {"term": {"n": 3, "unit": "year", "from": "formed"}}
    found = about(text, "2021-07-19", show, REPAIR | {"excluded": True})
    assert found is not None
    assert found.shown[0].now


CLOSED = {"rule": "collect", "allowed": "yes", "closed": True, "information": ["penalty"]}


def test_a_closed_list_says_what_may_be_collected() -> None:
    one = CLOSED | {"of": {"conduct": ["drunk_driving"]}}
    other = CLOSED | {"of": {"conduct": ["littering"]}}
    rest = {"rule": "collect", "allowed": "yes", "information": ["other_by_law"]}
    never = {
        "rule": "collect",
        "allowed": "no",
        "information": ["penalty_minor"],
        "of": {"conduct": ["drunk_driving"]},
    }
    for rules, verdict in (
        ((one,), "yes"),
        ((other,), "no"),
        ((other, rest), "unless law"),
        ((one, never), "no"),
        ((rest,), ""),
    ):
        found = about(ACT, "2021-01-01", *rules)
        assert found is not None
        assert found.allowed == verdict, rules


def test_the_version_of_the_day_of_the_record_may_count() -> None:
    show = SHOW | {"term": {"n": 3, "unit": "year", "from": "formed"}}
    early = "{conduct: drunk_driving, from: 2019-12-10}"
    assert about(early, "2021-01-01", show) is not None
    assert about(early, "2021-01-01", show, transition="records_from") is None
    assert about(ACT, "2021-01-01", show, transition="records_from") is not None


def test_a_step_under_a_regulation_that_does_not_reach_the_subject_is_refused() -> None:
    text = """
subject: {kind: person, place: gansu}
acts:
  - conduct: drunk_driving
    from: 2020-12-10
    events: [{event: objected, of: shanghai_2017, on: 2021-01-05}]
on: 2021-06-01
"""
    with pytest.raises(CaseError, match=r"objected|shanghai_2017"):
        calculate(read_case(text))


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"rule": "repair"}, "effect"),
        ({"rule": "unheard_of"}, "rule"),
        (SHOW, "term"),
    ],
)
def test_a_rule_that_says_too_little_is_refused(rule: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        law(rule)


def test_units_of_time() -> None:
    friday = (dt.date(2021, 3, 5) - dt.date(1970, 1, 1)).days
    assert add(friday, 1, "working_day") == friday + 3
    assert add(friday, 1, "day") == friday + 1
