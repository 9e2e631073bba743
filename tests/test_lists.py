"""What a list does with a case, worked out by hand: ground, version, term.

The lists are made up, so that each says one thing only.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reference.made_up import GUESS
from reference.small_law import (
    enters,
    follows,
    listing,
    small_law,
)
from reference.spells import (
    ACT,
    DECIDE,
    LATER,
    TERM,
    dates,
    spells,
    status,
)

# --- grounds -------------------------------------------------------------------------------


def test_an_entry_begins_on_the_day_of_the_decision() -> None:
    law = small_law(listing(enters()))
    assert spells(follows(law, ACT, "2021-03-19")) == []
    assert spells(follows(law, ACT, "2021-03-20")) == [["2021-03-20", "", ""]]
    other = ACT.replace("decided blacklist", "decided other")
    law = small_law(listing(enters()), listing(enters(), name="other"))
    assert [e.instrument for e in follows(law, other, LATER).entries] == ["other"]


def test_the_first_ground_that_is_met_stands_in_the_entry() -> None:
    asks = [{"event": {"event": "pledged"}}]
    grounds = enters("one", when=asks), enters("two"), enters("three")
    law = small_law(listing(*grounds))
    found = follows(law, ACT, LATER)
    assert [e.ground for e in found.entries] == ["two"]
    assert status(law, found) == [("one", "unmet", 0), ("two", "met", -1), ("three", "met", -1)]
    pledged = f"{ACT}; 2021-03-20 pledged"
    assert [e.ground for e in follows(law, pledged, LATER).entries] == ["one"]
    late = f"{ACT}; 2021-03-21 pledged"
    assert [e.ground for e in follows(law, late, LATER).entries] == ["two"], "known too late"


def test_what_is_not_decided_yet_is_tried_with_what_is_known() -> None:
    law = small_law(listing(enters(when=[{"event": {"event": "pledged"}}])))
    act = "2021-03-10 occurred; 2021-03-20 pledged"
    assert status(law, follows(law, act, "2021-03-19")) == [("ground", "unmet", 0)]
    assert status(law, follows(law, act, "2021-03-20")) == [("ground", "met", -1)]


def test_a_ground_speaks_to_those_it_names() -> None:
    law = small_law(
        listing(enters("firms", kinds=["enterprise"]), enters("heads", via=["head"]), enters("own"))
    )
    assert [e.ground for e in follows(law, ACT, LATER).entries] == ["own"]
    copied = f"{ACT}; 2021-03-10 copied head"
    found = follows(law, copied, LATER)
    assert [e.ground for e in found.entries] == ["heads"]
    assert status(law, found) == [("heads", "met", -1)], "others are not even tried"


def test_a_decision_without_a_ground_is_an_entry_without_a_ground() -> None:
    law = small_law(listing(enters(term=TERM, when=[{"event": {"event": "pledged"}}])))
    (entry,) = follows(law, ACT, LATER).entries
    assert (entry.ground, entry.row, entry.expires, entry.end) == ("", -1, None, None)


def test_an_act_that_has_not_been_done_yet_leads_nowhere() -> None:
    law = small_law(listing(enters(), steps=(DECIDE,)))
    found = follows(law, "2021-03-10 occurred", "2021-03-09")
    assert (found.tried, found.steps, found.entries) == ((), (), ())
    assert dates(found.next_due) == ["2021-03-10"]
    stray = follows(law, "2021-03-10 formed; 2021-03-10 decided blacklist", "2021-03-11")
    assert (stray.tried, stray.entries) == ((), ())


def test_a_list_does_not_listen_to_other_conduct() -> None:
    law = small_law(listing(enters()), listing(enters(conduct=["drunk_driving"]), name="other"))
    acts = f"{ACT}; 2021-03-10 occurred drunk_driving @1; 2021-04-01 decided other @1"
    found = follows(law, acts, LATER)
    assert [(e.case, e.instrument) for e in found.entries] == [(0, "blacklist"), (1, "other")]


# --- versions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("transition", "word"),
    [
        ("acts_from", "occurred"),
        ("records_from", "recorded blacklist"),
        ("decisions_from", "decided blacklist"),
    ],
)
def test_a_version_applies_to_what_its_transition_says(transition: str, word: str) -> None:
    force = {"from": dt.date(2021, 1, 1), "until": dt.date(2021, 12, 31), "cite": GUESS}
    version = {"in_force": force, "transition": transition}
    law = small_law(listing(enters(), version=version))
    words = ("occurred", "recorded blacklist", "decided blacklist")
    for of_word, holds in (
        ("2020-12-31", False),
        ("2021-01-01", True),
        ("2021-12-31", True),
        ("2022-01-01", False),
    ):
        own = {w: of_word if w == word else "2021-06-01" for w in words}
        if transition != "acts_from":  # the days are in the order of a case, where they can be
            own["occurred"] = "2020-06-01"
        if word == "recorded blacklist":
            own["decided blacklist"] = "2023-06-01"
        found = follows(law, "; ".join(f"{own[w]} {w}" for w in words), "2023-12-31")
        assert [e.ground for e in found.entries] == (["ground"] if holds else [""]), of_word
        assert [x.status for x in found.tried] == ["met" if holds else "not_in_force"]


def test_what_is_not_recorded_or_decided_yet_follows_the_law_of_the_day() -> None:
    for transition in ("records_from", "decisions_from", "all"):
        force = {"from": dt.date(2021, 1, 1), "until": dt.date(2021, 12, 31), "cite": GUESS}
        law = small_law(listing(enters(), version={"in_force": force, "transition": transition}))
        for on, word in (
            ("2020-12-31", "not_in_force"),
            ("2021-01-01", "met"),
            ("2021-12-31", "met"),
            ("2022-01-01", "not_in_force"),
        ):
            found = follows(law, "2020-06-01 occurred", on)
            assert [x.status for x in found.tried] == [word], (transition, on)


def test_the_days_on_which_a_version_turns_are_days_to_look_again() -> None:
    force = {"from": dt.date(2021, 1, 1), "until": dt.date(2021, 12, 31), "cite": GUESS}
    law = small_law(listing(enters(), version={"in_force": force}))
    for on, turn in (
        ("2020-06-01", "2021-01-01"),
        ("2020-12-31", "2021-01-01"),
        ("2021-01-01", "2022-01-01"),
        ("2021-12-31", "2022-01-01"),
        ("2022-01-01", ""),
    ):
        assert dates(follows(law, "2020-06-01 occurred", on).next_due) == [turn], on


# --- terms -----------------------------------------------------------------------------------


def expires(term: dict[str, Any], text: str = ACT, on: str = LATER) -> str:
    (entry,) = follows(small_law(listing(enters(term=term))), text, on).entries
    return dates(entry.expires)[0]


@pytest.mark.parametrize(
    ("since", "more", "end"),
    [
        ("listed", "", "2022-03-20"),
        ("decided", "", "2022-03-20"),
        ("occurred", "", "2022-03-20"),  # before the entry: from its start
        ("corrected", "2021-06-01 corrected", "2022-06-01"),
        ("corrected", "2021-01-01 corrected", "2022-03-20"),
        ("corrected", "", ""),
        ("corrected", "2021-06-01 performed", ""),
        ("published", "2021-03-25 published blacklist", "2022-03-25"),
        ("published", "2021-03-25 published other", ""),
        ("year_end", "", "2022-12-31"),
        ("sentence_ended", "2023-05-05 sentence_ended", "2024-05-05"),
    ],
)
def test_a_term_runs_from_its_anchor_but_not_before_the_entry(
    since: str, more: str, end: str
) -> None:
    law_text = f"{ACT}; {more}" if more else ACT
    term = {"n": 1, "unit": "year", "from": since}
    other = listing(enters(), name="other")
    (entry,) = follows(small_law(listing(enters(term=term)), other), law_text, LATER).entries
    assert dates(entry.expires) == [end]


def test_a_decision_in_the_next_year_outlives_the_end_of_the_year_of_the_act() -> None:
    late = ACT.replace("2021-03-20 decided", "2022-02-01 decided")
    assert expires({"n": 6, "unit": "month", "from": "year_end"}, late) == "2022-08-01"


@pytest.mark.parametrize(
    ("n", "unit", "end"),
    [
        (10, "day", "2021-03-30"),
        (10, "working_day", "2021-04-02"),
        (3, "month", "2021-06-20"),
        (2, "year", "2023-03-20"),
        (3000, "working_day", ""),  # beyond the calendar: no guess
    ],
)
def test_a_term_is_counted_in_its_unit(n: int, unit: str, end: str) -> None:
    assert expires({"n": n, "unit": unit, "from": "listed"}) == end


def test_a_term_waits_for_the_end_of_a_continuing_act() -> None:
    term = {"n": 1, "unit": "year", "from": "listed", "while_continuing": True}
    assert expires(term) == ""
    ended = f"{ACT}; 2021-05-01 ended"
    assert expires(term, ended, "2021-04-30") == ""
    assert expires(term, ended, "2021-05-01") == "2022-03-20"


def test_an_extension_counts_within_its_range_and_no_further() -> None:
    term = TERM | {"extend_by": "extension_months", "extend_range": (3, 6)}
    for months, end in (
        (0, "2022-03-20"),
        (2, "2022-03-20"),
        (3, "2022-06-20"),
        (6, "2022-09-20"),
        (7, "2022-09-20"),
    ):
        stated = f"{ACT}; 2021-03-20 detail extension_months {months}"
        assert expires(term, stated) == end
        assert expires(TERM, stated) == "2022-03-20", "where the text allows none"
    assert expires(term) == "2022-03-20"
    late = f"{ACT}; 2021-09-01 detail extension_months 6"
    assert expires(term, late, "2021-08-31") == "2022-03-20"
    working = {"n": 3000, "unit": "working_day"} | {"from": "listed"}
    range_ = {"extend_by": "extension_months", "extend_range": (3, 6)}
    assert expires(working | range_, f"{ACT}; 2021-03-20 detail extension_months 6") == ""


def test_an_entry_is_alive_to_the_day_before_its_term_is_over() -> None:
    law = small_law(listing(enters(term=TERM)))
    (before,) = follows(law, ACT, "2022-03-19").entries
    assert dates(before.expires, before.lawful_end, before.end) == ["2022-03-20", "2022-03-20", ""]
    assert before.cause == ""
    (on,) = follows(law, ACT, "2022-03-20").entries
    assert dates(on.end) == ["2022-03-20"]
    assert on.cause == "expiry"
    for when, due in (("2021-03-20", "2022-03-20"), ("2022-03-19", "2022-03-20"), (LATER, "")):
        assert dates(follows(law, ACT, when).next_due) == [due]
