"""Stated days: nothing comes before what it rests on, and a decision waits for objections."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from test_case import FIRM, changed, refused, result_of
from xinyong.case import Case, calculate
from xinyong.case.changes import search
from xinyong.errors import UsageError
from xinyong.law.amend import amend, parse
from xinyong.law.catalogue import load
from xinyong.law.compile import compile_law

LIST = "wage_arrears_list"


def with_events(*events: tuple[str, str, str]) -> dict[str, Any]:
    """Return the firm's case with events (word, day, instrument or nothing)."""
    stated = [{"event": e, "on": on} | ({"of": of} if of else {}) for e, on, of in events]
    return changed(FIRM, "acts", 0, "events", to=stated)


def test_a_deadline_before_its_order_is_refused_with_file_line_and_field() -> None:
    text = refused(with_events(("deadline", "2022-01-31", "")))
    assert text.startswith("c.yaml:1: acts[0].events[0].on: the deadline on 2022-01-31 lies before")
    assert "order to pay wages within a time limit (2022-02-01)" in text
    assert "expected 2022-02-01 or later" in text


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (
            [("noticed", "2022-02-20", LIST)],
            "notice of wage_arrears_list on 2022-02-20 lies before",
        ),
        (
            [("noticed", "2022-03-02", LIST), ("objected", "2022-03-01", LIST)],
            "lies before notice (2022-03-02)",
        ),
        (
            [("objected", "2022-03-04", LIST), ("checked", "2022-03-03", LIST)],
            "lies before objection (2022-03-04)",
        ),
        (
            [("decided", "2022-03-20", LIST), ("published", "2022-03-19", LIST)],
            "lies before decision (2022-03-20)",
        ),
        ([("published", "2022-03-19", LIST)], "lies before decision (2022-03-29)"),
        ([("corrected", "2022-01-09", "")], "lies before the act (2022-01-10)"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_step_before_what_it_is_counted_from_is_refused(
    events: list[tuple[str, str, str]], message: str
) -> None:
    assert message in refused(with_events(("deadline", "2022-03-01", ""), *events))


def test_a_check_under_a_regulation_before_the_objection_is_refused() -> None:
    events = [
        {"event": "objected", "of": "shanghai_2017", "on": "2021-03-05"},
        {"event": "checked", "of": "shanghai_2017", "on": "2021-03-04"},
    ]
    act = {"conduct": "traffic_penalty", "from": "2021-02-01", "fine": 300, "events": events,
           "documents": [{"kind": "penalty_decision", "formed": "2021-02-02"}]}  # fmt: skip
    case = {"subject": {"kind": "person", "place": "shanghai"}, "acts": [act], "on": "2021-06-01"}
    assert "lies before objection (2021-03-05)" in refused(case)


@pytest.mark.parametrize(
    "events",
    [
        [("decided", "2022-02-20", LIST)],  # before the deadline: a mistaken listing
        [("deadline", "2022-02-01", "")],  # on the day of the order itself
        [("deadline", "2022-03-01", ""), ("decided", "2022-03-10", LIST)],  # without a notice
        [("deadline", "2022-03-01", ""), ("decided", "2022-06-10", LIST)],  # late
    ],
)
def test_what_is_unusual_or_unlawful_is_calculated(events: list[tuple[str, str, str]]) -> None:
    assert result_of(with_events(*events)).entries


def test_no_change_that_is_tried_has_days_out_of_order() -> None:
    result = result_of(FIRM)
    order = dt.date(2022, 2, 1)
    for change in search(result).found:
        for event in change.case.acts[0].events:
            documents = change.case.acts[0].documents
            assert event.event != "deadline" or not documents or event.on >= order


@pytest.mark.parametrize(
    ("noticed", "decided"),
    [("2022-03-02", dt.date(2022, 3, 29)), ("2022-03-29", dt.date(2022, 4, 7))],
)
def test_a_decision_waits_until_the_time_to_object_is_over(noticed: str, decided: dt.date) -> None:
    # Five working days from 29 March 2022 end on 6 April; 2 April is worked, 3 to 5 are not.
    case = with_events(("deadline", "2022-03-01", ""), ("noticed", noticed, LIST))
    assert [e.start for e in result_of(case).entries] == [decided]
    at_once = [parse(f"{LIST}.v2022.steps.decide.after=[]@2022-01-01")]
    other = compile_law(amend(load(), at_once))
    found = calculate(Case.model_validate(case), other)
    assert [e.start for e in found.entries] == [dt.date(2022, 3, 29)]


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ("[objet]", "no step 'objet' stands before this one"),
        ("[publish]", "no step 'publish' stands before this one"),
    ],
)
def test_a_step_waits_only_for_steps_before_it(after: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        amend(load(), [parse(f"{LIST}.v2022.steps.decide.after={after}@2022-01-01")])


def test_nobody_waits_for_what_may_be_done_without_a_limit() -> None:
    change = "power_list.v2018.steps.object.within=null@2018-02-14"
    with pytest.raises(UsageError, match="nobody can wait for it"):
        amend(load(), [parse(change)])


def with_document(conduct: str, kind: str, formed: str, **facts: Any) -> dict[str, Any]:
    """Return a firm of Wendeng whose act began on 2020-03-10, with one document about it."""
    act = {"conduct": conduct, "from": "2020-03-10", **facts,
           "documents": [{"kind": kind, "formed": formed}]}  # fmt: skip
    subject = {"kind": "enterprise", "place": "wendeng"}
    return {"subject": subject, "acts": [act], "on": "2020-08-01"}


@pytest.mark.parametrize(
    ("conduct", "kind", "facts"),
    [
        ("administrative_penalty", "penalty_decision", {"circumstances": ["warning"]}),
        ("wage_arrears", "payment_order", {"months": 3}),
        ("debt_judged", "judgment", {"months": 3}),
        ("order_to_correct", "order_to_correct", {}),
    ],
)
def test_a_document_made_about_an_act_is_no_older_than_the_act(
    conduct: str, kind: str, facts: dict[str, Any]
) -> None:
    text = refused(with_document(conduct, kind, "2020-03-09", **facts))
    assert text.startswith("c.yaml:1: acts[0].documents[0].formed: ")
    assert "of 2020-03-09 lies before the act (2020-03-10)" in text
    assert "expected 2020-03-10 or later" in text
    assert "or state the first day of the act" in text
    assert result_of(with_document(conduct, kind, "2020-03-10", **facts)).determination.lines


@pytest.mark.parametrize(
    ("conduct", "kind", "facts"),
    [
        ("penalty_unperformed", "penalty_decision", {"circumstances": ["able"]}),
        ("mediation_unperformed", "mediation_agreement", {"circumstances": ["wholly_unperformed"]}),
        ("env_supervised_overdue", "order_to_correct", {}),
        ("repeated_patent_infringement", "judgment", {}),
        ("tax_year_failed", "tax_decision", {"circumstances": ["tax_decision_unpaid"]}),
    ],
)
def test_a_document_that_the_act_defies_may_be_older(
    conduct: str, kind: str, facts: dict[str, Any]
) -> None:
    assert result_of(with_document(conduct, kind, "2019-11-01", **facts))


def test_documents_of_no_act_in_particular_may_be_older() -> None:
    catalogue = load()
    for kind in ("enforcement_notice", "notarised_instrument", "settlement", "credit_pledge",
                 "restriction_order", "certification_decision", "rating_decision"):  # fmt: skip
        assert kind not in catalogue.follow_act
    assert {k for kinds in catalogue.defied.values() for k in kinds} <= set(catalogue.follow_act)
