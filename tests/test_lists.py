"""What a list does with a case, worked out by hand: ground, term, exit, second spell, steps.

The lists are made up, so that each says one thing only.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reference.made_up import GUESS
from reference.small_law import (
    ends,
    enters,
    events,
    follows,
    listing,
    rule,
    scheme,
    small_law,
    step,
)
from xinyong.dates import day_of
from xinyong.law import tables as t
from xinyong.law.compile import Law
from xinyong.law.course import nominal
from xinyong.law.determine import Determination, Ledger, OpenStep, Subject

ACT = "2021-03-10 occurred; 2021-03-12 formed; 2021-03-20 decided blacklist"
LATER = "2024-12-31"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def dates(*days: dt.date | None) -> list[str]:
    return ["" if x is None else x.isoformat() for x in days]


def spells(found: Determination) -> list[list[str]]:
    """Start, end and cause of each spell."""
    return [[*dates(e.start, e.end), e.cause] for e in found.entries]


def status(law: Law, found: Determination) -> list[tuple[str, str, int]]:
    return [(law.origins[x.row].provision, x.status, x.at) for x in found.tried]


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


TERM = {"n": 1, "unit": "year", "from": "listed"}


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


# --- exits -----------------------------------------------------------------------------------

BOTH = (ends("early", "corrected"), ends("performance", "performed"))


@pytest.mark.parametrize(
    ("more", "spell"),
    [
        ("2021-05-01 performed", ["2021-03-20", "2021-05-01", "performance"]),
        ("2021-05-01 corrected", ["2021-03-20", "2021-05-01", "early"]),
        ("2021-05-01 corrected; 2021-05-02 performed", ["2021-03-20", "2021-05-01", "early"]),
        ("2021-05-02 corrected; 2021-05-01 performed", ["2021-03-20", "2021-05-01", "performance"]),
        ("2021-05-01 corrected; 2021-05-01 performed", ["2021-03-20", "2021-05-01", "performance"]),
        ("2021-03-20 performed", ["2021-03-20", "2021-03-20", "performance"]),
        ("2022-03-19 corrected", ["2021-03-20", "2022-03-19", "early"]),
        ("2022-03-20 corrected", ["2021-03-20", "2022-03-20", "early"]),
        ("2022-03-21 corrected", ["2021-03-20", "2022-03-20", "expiry"]),
        ("2021-03-19 performed", ["2021-03-20", "2022-03-20", "expiry"]),
    ],
)
def test_the_earliest_way_out_counts(more: str, spell: list[str]) -> None:
    for order in (BOTH, BOTH[::-1]):
        law = small_law(listing(enters(term=TERM), *order))
        assert spells(follows(law, f"{ACT}; {more}", LATER)) == [spell]


def test_how_each_way_out_fared() -> None:
    asks = [{"event": {"event": "pledged"}}, {"event": {"event": "checked"}}]
    way = ends("early", "corrected", when=asks)
    law = small_law(listing(enters(), way))
    text = f"{ACT}; 2021-05-01 corrected"

    def fared(text: str, on: str = LATER, law: Law = law) -> tuple[str, int]:
        found = status(law, follows(law, text, on))
        return next((s, at) for name, s, at in found if name == "end_by_corrected")

    assert fared(ACT) == ("unmet", 0)
    assert fared(text, "2021-04-30") == ("unmet", 0)
    assert fared(text) == ("unmet", 2)
    assert fared(f"{text}; 2021-05-01 pledged") == ("unmet", 3)
    both = f"{text}; 2021-05-01 pledged; 2021-06-01 checked blacklist"
    assert fared(both, "2021-05-31") == ("unmet", 3)
    assert fared(both) == ("met", -1)
    assert spells(follows(law, both, LATER)) == [["2021-03-20", "2021-05-01", "early"]]
    for term, fares in ((TERM, ("unmet", 1)), ({"open": True}, ("met", -1))):
        only = ends("early", "corrected", only_open=True)
        assert fared(text, law=small_law(listing(enters(term=term), only))) == fares


def test_a_way_out_is_open_to_those_it_names() -> None:
    others: tuple[dict[str, Any], ...] = ({"kinds": ["enterprise"]}, {"via": ["head"]})
    for more in others:
        law = small_law(listing(enters(), ends("early", "corrected", **more), BOTH[1]))
        found = follows(law, f"{ACT}; 2021-05-01 corrected; 2021-06-01 performed", LATER)
        assert spells(found) == [["2021-03-20", "2021-06-01", "performance"]]


def test_a_way_out_of_a_later_version_is_not_open_to_earlier_decisions() -> None:
    force = {"from": dt.date(2021, 4, 1), "cite": GUESS}
    until = {"from": dt.date(2020, 1, 1), "until": dt.date(2021, 3, 31), "cite": GUESS}
    both = [
        {"id": "v1", "in_force": until, "provisions": [enters()]},
        {"id": "v2", "in_force": force, "provisions": [enters(), BOTH[0], BOTH[1]]},
    ]
    rest = {"transition": "decisions_from", "transition_cite": GUESS}
    law = small_law(listing(versions=[v | rest for v in both]))
    text = "{}; 2021-05-01 corrected"
    old = follows(law, text.format(ACT), LATER)
    assert spells(old) == [["2021-03-20", "", ""]]
    assert ("end_by_corrected", "not_in_force", -1) in status(law, old)
    assert ("end_by_performed", "not_in_force", -1) in status(law, old)
    new = follows(law, text.format(ACT.replace("2021-03-20", "2021-04-01")), LATER)
    assert spells(new) == [["2021-04-01", "2021-05-01", "early"]]


def test_a_step_of_another_list_is_no_way_out_of_this_one() -> None:
    law = small_law(
        listing(enters(), ends("withdrawal", "withdrawn")), listing(enters(), name="other")
    )
    assert spells(follows(law, f"{ACT}; 2021-05-01 withdrawn other", LATER))[0][1] == ""
    assert spells(follows(law, f"{ACT}; 2021-05-01 withdrawn blacklist", LATER))[0][1] != ""


REMOVE = step("remove", "ended", ["lawful_end"], "removed", (3, "day"))


def test_where_a_step_removes_the_entry_it_lasts_until_then() -> None:
    law = small_law(listing(enters(term=TERM), BOTH[1], steps=(REMOVE,)))
    text = f"{ACT}; 2021-05-01 performed"
    (late,) = follows(law, text, LATER).entries
    assert dates(late.lawful_end, late.end) == ["2021-05-01", ""]
    assert late.cause == "performance"
    (gone,) = follows(law, f"{text}; 2021-05-09 removed blacklist", LATER).entries
    assert dates(gone.lawful_end, gone.end) == ["2021-05-01", "2021-05-09"]
    (same,) = follows(law, f"{text}; 2021-05-01 removed blacklist", LATER).entries
    assert (*dates(same.lawful_end, same.end), same.cause) == (
        "2021-05-01",
        "2021-05-01",
        "performance",
    )
    (early,) = follows(law, f"{text}; 2021-04-09 removed blacklist", LATER).entries
    assert (*dates(early.lawful_end, early.end), early.cause) == ("2021-04-09", "2021-04-09", "")
    (before,) = follows(law, f"{text}; 2021-03-19 removed blacklist", LATER).entries
    assert dates(before.end) == [""], "removed before it began"


def test_an_entry_says_since_when_it_is_public() -> None:
    law = small_law(listing(enters()))
    for when, shown in (("2021-03-25", "2021-03-25"), ("2021-03-20", "2021-03-20")):
        (entry,) = follows(law, f"{ACT}; {when} published blacklist", LATER).entries
        assert dates(entry.published) == [shown]
    (entry,) = follows(law, f"{ACT}; 2021-03-25 published blacklist", "2021-03-24").entries
    assert entry.published is None
    (entry,) = follows(law, f"{ACT}; 2021-03-19 published blacklist", LATER).entries
    assert entry.published is None


# --- a second spell ------------------------------------------------------------------------

BACK = rule({"do": "restore", "from": "restored"}, "back")
OUT = f"{ACT}; 2021-05-01 performed"


def test_a_removed_entry_may_come_back_with_its_term_anew() -> None:
    law = small_law(listing(enters(term=TERM), BOTH[1], BACK))
    back = f"{OUT}; 2021-06-01 restored blacklist"
    found = follows(law, back, LATER)
    assert spells(found) == [
        ["2021-03-20", "2021-05-01", "performance"],
        ["2021-06-01", "2022-06-01", "expiry"],
    ]
    assert [e.ground for e in found.entries] == ["ground", "ground"]
    assert len(follows(law, back, "2021-05-31").entries) == 1
    assert ("back", "met", -1) in status(law, found)
    again = follows(law, f"{back}; 2021-07-01 performed", LATER)
    assert spells(again)[1] == ["2021-06-01", "2021-07-01", "performance"]
    assert dates(follows(law, back, "2022-05-31").next_due) == ["2022-06-01"]


def test_an_entry_comes_back_on_the_day_of_its_end_or_later() -> None:
    law = small_law(listing(enters(), BOTH[1], BACK))
    for when, times in (("2021-04-30", 1), ("2021-05-01", 2), ("2021-05-02", 2)):
        assert len(follows(law, f"{OUT}; {when} restored blacklist", LATER).entries) == times
    alive = follows(law, f"{ACT}; 2021-06-01 restored blacklist", LATER)
    assert len(alive.entries) == 1, "what was never removed"
    law = small_law(listing(enters(), BOTH[1], BACK), listing(enters(), name="other"))
    assert len(follows(law, f"{OUT}; 2021-06-01 restored other", LATER).entries) == 1


def test_coming_back_has_conditions_and_versions_of_its_own() -> None:
    back = f"{OUT}; 2021-06-01 restored blacklist"
    asking = BACK | {"when": [{"event": {"event": "pledged"}}]}
    law = small_law(listing(enters(), BOTH[1], asking))
    assert ("back", "unmet", 0) in status(law, follows(law, back, LATER))
    assert len(follows(law, f"{back}; 2021-07-01 pledged", LATER).entries) == 2
    for more in ({"kinds": ["enterprise"]}, {"via": ["head"]}):
        law = small_law(listing(enters(), BOTH[1], BACK | more))
        assert len(follows(law, back, LATER).entries) == 1
    for until, times in ((dt.date(2021, 5, 31), 1), (dt.date(2021, 6, 1), 2)):
        force = {"from": dt.date(2020, 1, 1), "until": until, "cite": GUESS}
        version = {"in_force": force, "transition": "decisions_from"}
        law = small_law(listing(enters(), BOTH[1], BACK, version=version))
        assert len(follows(law, back, "2021-06-30").entries) == times


# --- steps ---------------------------------------------------------------------------------

DECIDE = step("decide", "met", ["formed"], "decided", (10, "day"))


def steps(law: Law, text: str, on: str = LATER, **who: Any) -> dict[str, list[str]]:
    """Anchor, due day, day done and state of each step."""
    return {
        s.step: [*dates(s.anchor, s.due, s.done), s.state]
        for s in follows(law, text, on, **who).steps
    }


RECORD = "2021-03-10 occurred; 2021-03-12 formed"


def test_a_step_is_open_to_its_last_day_and_lapsed_the_day_after() -> None:
    law = small_law(listing(enters(), steps=(DECIDE,)))
    assert steps(law, RECORD, "2021-03-11") == {}
    for on, state in (("2021-03-12", "open"), ("2021-03-22", "open"), ("2021-03-23", "lapsed")):
        assert steps(law, RECORD, on) == {"decide": ["2021-03-12", "2021-03-22", "", state]}
    assert steps(law, ACT) == {"decide": ["2021-03-12", "2021-03-22", "2021-03-20", "done"]}
    early = "2021-03-10 occurred; 2021-03-12 formed; 2021-03-11 decided blacklist"
    assert steps(law, early)["decide"][3] == "lapsed", "decided before there was a record"
    same = "2021-03-10 occurred; 2021-03-12 formed; 2021-03-12 decided blacklist"
    assert steps(law, same)["decide"][2:] == ["2021-03-12", "done"]
    for on, due in (("2021-03-12", "2021-03-22"), ("2021-03-21", "2021-03-22"),
                    ("2021-03-22", "2021-03-23"), ("2021-03-23", "")):  # fmt: skip
        assert dates(follows(law, RECORD, on).next_due) == [due], on


def test_a_step_without_a_limit_stays_open() -> None:
    law = small_law(listing(enters(), steps=(step("decide", "met", ["formed"], "decided"),)))
    assert steps(law, RECORD) == {"decide": ["2021-03-12", "", "", "open"]}
    assert follows(law, RECORD, LATER).next_due is None
    at_once = step("decide", "met", ["formed"], "decided", (0, "day"))
    law = small_law(listing(enters(), steps=(at_once,)))
    assert steps(law, RECORD, "2021-03-12") == {"decide": ["2021-03-12", "2021-03-12", "", "open"]}


@pytest.mark.parametrize(
    ("opens", "since", "text", "opened"),
    [
        ("met", "formed", RECORD, True),
        ("met", "formed", "2021-03-10 occurred; 2021-03-12 formed; 2021-03-13 settled", False),
        ("entered", "listed", RECORD, False),
        ("entered", "listed", ACT, True),
        ("entered", "formed", RECORD, False),
        ("ended", "lawful_end", ACT, False),
        ("ended", "lawful_end", OUT, True),
        ("ended", "formed", ACT, False),
        ("ended", "formed", OUT, True),
        ("always", "formed", RECORD, True),
        ("always", "formed", "2021-03-10 occurred", False),
        ("always", "corrected", RECORD, False),
    ],
)
def test_a_step_opens_in_its_state(opens: str, since: str, text: str, opened: bool) -> None:
    ground = enters(when=[{"unless": [{"event": {"event": "settled"}}]}])
    next_step = step("next", opens, [since], "checked", (5, "day"))
    law = small_law(listing(ground, BOTH[1], steps=(next_step,)))
    assert ("next" in steps(law, text)) == opened


def test_a_step_waits_for_the_day_on_which_the_entry_ends() -> None:
    law = small_law(listing(enters(term=TERM), steps=(REMOVE,)))
    assert steps(law, ACT, "2022-03-19") == {}
    assert steps(law, ACT, "2022-03-20") == {"remove": ["2022-03-20", "2022-03-23", "", "open"]}


def test_a_step_runs_from_the_earliest_of_its_anchors() -> None:
    either = step("next", "always", ["corrected", "performed"], "checked", (5, "day"))
    law = small_law(listing(enters(), steps=(either,)))
    for more in ("2021-05-01 corrected; 2021-05-09 performed", "2021-05-01 performed",
                 "2021-05-09 corrected; 2021-05-01 performed"):  # fmt: skip
        assert steps(law, f"{RECORD}; {more}")["next"][:2] == ["2021-05-01", "2021-05-06"]


def test_a_step_from_the_end_of_the_year_waits_for_it() -> None:
    law = small_law(
        listing(enters(), steps=(step("next", "always", ["year_end"], "checked", (5, "day")),))
    )
    assert steps(law, RECORD, "2021-12-30") == {}
    assert dates(follows(law, RECORD, "2021-12-30").next_due) == ["2021-12-31"]
    assert steps(law, RECORD, "2021-12-31") == {"next": ["2021-12-31", "2022-01-05", "", "open"]}


def test_a_limit_is_extended_once_it_is_said() -> None:
    long = step("decide", "met", ["formed"], "decided", (10, "day", 5))
    law = small_law(listing(enters(), steps=(long,)), listing(enters(), name="other"))
    assert steps(law, RECORD)["decide"][1] == "2021-03-22"
    extended = f"{RECORD}; 2021-03-20 extended blacklist"
    assert steps(law, extended)["decide"][1] == "2021-03-27"
    assert steps(law, extended, "2021-03-19")["decide"][1] == "2021-03-22"
    assert steps(law, f"{RECORD}; 2021-03-20 extended other")["decide"][1] == "2021-03-22"
    plain = small_law(listing(enters(), steps=(DECIDE,)))
    assert steps(plain, extended)["decide"][1] == "2021-03-22", "where no extension is foreseen"
    beyond = step("decide", "met", ["formed"], "decided", (3000, "working_day", 5))
    law = small_law(listing(enters(), steps=(beyond,)))
    assert steps(law, extended)["decide"] == ["2021-03-12", "", "", "open"]


def test_a_step_has_conditions() -> None:
    asks = step("next", "always", ["formed"], "checked", when=[{"event": {"event": "pledged"}}])
    law = small_law(listing(enters(), steps=(asks,)))
    assert steps(law, RECORD) == {}
    assert "next" in steps(law, f"{RECORD}; 2021-05-01 pledged")
    assert "next" not in steps(law, f"{RECORD}; 2021-05-01 pledged", "2021-04-30")


def test_a_step_that_is_no_step_of_the_list_is_done_by_the_subject() -> None:
    pay = step("pay", "always", ["formed"], "performed", (10, "day"))
    law = small_law(listing(enters(), steps=(pay,)))
    assert steps(law, f"{RECORD}; 2021-03-15 performed")["pay"][2:] == ["2021-03-15", "done"]


def two_versions(kind: str = "list", limit: int = 10) -> Law:
    """A step that must be taken in ten days until 2021-03-15, and in twenty from then on."""
    old = {"from": dt.date(2020, 1, 1), "until": dt.date(2021, 3, 15), "cite": GUESS}
    new = {"from": dt.date(2021, 3, 16), "cite": GUESS}
    rest = {"transition": "decisions_from", "transition_cite": GUESS, "provisions": [enters()]}
    then = "decided" if kind == "list" else "recorded"
    versions = [
        rest | {"id": name, "in_force": force}
        | {"steps": [step(name, "always", ["formed"], then, (n, "day"))]}
        for name, force, n in (("v1", old, limit), ("v2", new, 20))
    ]  # fmt: skip
    return small_law(listing(versions=versions))


def test_a_step_follows_the_law_of_the_day_on_which_it_is_taken() -> None:
    law = two_versions()
    assert steps(law, RECORD, "2021-03-15") == {"v1": ["2021-03-12", "2021-03-22", "", "open"]}
    assert dates(follows(law, RECORD, "2021-03-15").next_due) == ["2021-03-16"]
    assert steps(law, RECORD, "2021-03-16") == {"v2": ["2021-03-12", "2021-04-01", "", "open"]}
    for when, version in (("2021-03-15", "v1"), ("2021-03-16", "v2")):
        done = f"{RECORD}; {when} decided blacklist"
        (name,) = steps(law, done)
        assert name == version
        (name,) = steps(law, done, "2021-03-17")
        assert name == version


def test_a_limit_that_ran_out_before_a_version_began_opens_nothing() -> None:
    act = "2021-02-01 occurred; {} formed"
    law = two_versions()
    assert steps(law, act.format("2021-02-24"), "2021-03-20") == {
        "v2": ["2021-02-24", "2021-03-16", "", "lapsed"]
    }
    assert steps(law, act.format("2021-02-23"), "2021-03-20") == {}
    late = f"{act.format('2021-02-23')}; 2021-03-18 decided blacklist"
    assert list(steps(law, late, "2021-03-20")) == ["v2"], "taken all the same"


def test_the_last_day_of_an_open_step_is_a_day_to_look_again() -> None:
    law = two_versions(limit=2)
    assert dates(follows(law, RECORD, "2021-03-13").next_due) == ["2021-03-14"]


def test_a_deadline_is_followed_by_a_day_to_look_again() -> None:
    law = small_law(listing(enters()))
    text = f"{RECORD}; 2021-04-01 deadline; 2021-05-01 corrected"
    for on, due in (
        ("2021-03-12", "2021-04-01"),
        ("2021-03-31", "2021-04-01"),
        ("2021-04-01", "2021-04-02"),
        ("2021-04-02", "2021-05-01"),
        ("2021-05-01", ""),
    ):
        assert dates(follows(law, text, on).next_due) == [due], on


def test_one_list_may_read_another_whatever_their_names() -> None:
    """What is derived is worked out after what it derives from."""
    for reader, read in (("aaa", "bbb"), ("bbb", "aaa")):
        law = small_law(
            listing(enters(when=[{"listed_on": read}]), name=reader), listing(enters(), name=read)
        )
        text = f"2021-03-10 occurred; 2021-03-12 decided {read}; 2021-03-20 decided {reader}"
        found = follows(law, text, LATER)
        assert {(e.instrument, e.ground) for e in found.entries} == {
            (reader, "ground"),
            (read, "ground"),
        }


# --- copies and rooms ------------------------------------------------------------------------


def test_a_record_goes_to_others_where_the_text_says_so() -> None:
    to_head = rule({"do": "copy", "to": ["head"]}, "copy", when=[{"event": {"event": "pledged"}}])
    other = rule({"do": "copy", "to": ["family"]}, "second", kinds=["enterprise"])
    law = small_law(listing(enters(), to_head, other))

    def copies(text: str, kind: str = "person", on: str = LATER) -> list[tuple[int, str]]:
        found = follows(law, text, on, kind)
        assert found.numbers is not None
        rows = found.numbers.copy[: found.numbers.count[t.N_COPY]]
        told = [(int(case), law.origins[prov].provision) for case, prov in rows]
        met = [(x.case, law.origins[x.row].provision) for x in found.tried if x.status == "met"]
        assert sorted(told) == sorted(x for x in met if x[1] != "ground")
        return told

    pledged = f"{RECORD}; 2021-05-01 pledged"
    assert copies(RECORD) == []
    assert copies(pledged) == [(0, "copy")]
    assert copies(pledged, on="2021-04-30") == []
    assert copies(pledged, on="2019-12-31") == []
    two = f"{pledged}; 2021-06-01 occurred littering @1; 2021-06-02 pledged @1"
    assert copies(two) == [(0, "copy"), (1, "copy")]


def test_the_nominal_course_takes_every_duty_on_its_last_day() -> None:
    law = small_law(listing(enters(term=TERM), steps=(DECIDE, REMOVE)))
    taken, found = nominal(Ledger(Subject("person"), events(RECORD)), law, day(LATER))
    assert [(e.event, e.day) for e in taken.events[2:]] == [
        ("decided", day_of(day("2021-03-22"))),
        ("removed", day_of(day("2022-03-25"))),
    ]
    assert spells(found) == [["2021-03-22", "2022-03-25", "expiry"]]
    assert isinstance(found.steps[0], OpenStep)


def test_a_scheme_beside_a_list_opens_steps_of_its_own() -> None:
    record = step("record", "always", ["formed"], "recorded", (5, "day"))
    law = small_law(scheme(rule({"do": "points", "low": -1, "high": -1}), steps=(record,)))
    assert steps(law, RECORD, "2021-03-12") == {"record": ["2021-03-12", "2021-03-17", "", "open"]}
    assert steps(law, RECORD, kind="enterprise") == {}, "the scheme is not meant for it"


# --- steps that wait -------------------------------------------------------------------------

NOTICE = step("notice", "always", ["formed"], "noticed", (3, "day"))
OBJECT = step("object", "always", ["noticed"], "objected", (5, "day"), modality="may")
TOLD = f"{RECORD}; 2021-03-13 noticed blacklist"


def test_a_decision_waits_until_the_time_to_object_is_over() -> None:
    decide = DECIDE | {"after": ["object"]}
    law = small_law(listing(enters(), steps=(NOTICE, OBJECT, decide)))
    assert "decide" in steps(law, RECORD, "2021-03-12"), "nobody was told that may object"
    assert "decide" not in steps(law, TOLD, "2021-03-13")
    assert "decide" not in steps(law, TOLD, "2021-03-18")
    assert str(follows(law, TOLD, "2021-03-18").next_due) == "2021-03-19"
    assert steps(law, TOLD, "2021-03-19")["decide"] == ["2021-03-12", "2021-03-22", "", "open"]
    objected = f"{TOLD}; 2021-03-15 objected blacklist"
    assert "decide" not in steps(law, objected, "2021-03-14")
    assert "decide" in steps(law, objected, "2021-03-15")
    early = f"{TOLD}; 2021-03-14 decided blacklist"
    assert steps(law, early, "2021-03-15")["decide"][3] == "done", "taken all the same"
    plain = small_law(listing(enters(), steps=(NOTICE, OBJECT, DECIDE)))
    assert "decide" in steps(plain, TOLD, "2021-03-13"), "where the text names no order"


def test_what_has_no_limit_is_waited_for_until_it_is_done() -> None:
    for within in (None, (3000, "working_day")):
        first = step("object", "always", ["noticed"], "objected", within)
        decide = DECIDE | {"after": ["object"]}
        law = small_law(listing(enters(), steps=(NOTICE, first, decide)))
        assert "decide" not in steps(law, TOLD, LATER)
        assert "decide" in steps(law, f"{TOLD}; 2022-03-15 objected blacklist", LATER)


def test_a_step_waits_for_those_it_names_in_its_own_case_and_list() -> None:
    decide = DECIDE | {"after": ["notice"]}
    three = (NOTICE, OBJECT, decide)
    law = small_law(listing(enters(), steps=three), listing(enters(), name="a", steps=(NOTICE,)))
    assert "decide" not in steps(law, RECORD, "2021-03-15")
    assert "decide" in steps(law, RECORD, "2021-03-16"), "three days are over"
    assert "decide" in steps(law, TOLD, "2021-03-13"), "told; that they may object is no matter"
    both = small_law(
        listing(enters(), steps=(NOTICE, OBJECT, DECIDE | {"after": ["notice", "object"]}))
    )
    assert "decide" not in steps(both, RECORD, "2021-03-15")
    assert "decide" not in steps(both, TOLD, "2021-03-18")
    assert "decide" in steps(both, TOLD, "2021-03-19")
    acts = f"{TOLD}; 2021-03-14 occurred littering @1; 2021-03-14 formed @1"
    found = follows(law, acts, "2021-03-14")
    assert {(s.case, s.step) for s in found.steps if s.instrument == "blacklist"} == {
        (0, "notice"),
        (0, "object"),
        (0, "decide"),
        (1, "notice"),
    }
