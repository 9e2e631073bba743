"""How an entry ends and comes back, worked out by hand on made-up lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reference.made_up import GUESS
from reference.small_law import (
    ends,
    enters,
    follows,
    listing,
    rule,
    small_law,
)
from reference.spells import (
    ACT,
    BOTH,
    LATER,
    OUT,
    REMOVE,
    TERM,
    dates,
    spells,
    status,
)
from xinyong.law.compile import Law

# --- exits -----------------------------------------------------------------------------------


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
