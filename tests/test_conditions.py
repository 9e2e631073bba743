"""What each condition asks for, at its edges: when it is met, and when it is not.

One made-up scheme takes ten points off under the condition; the file is told event by event.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from reference.made_up import GUESS
from reference.small_law import enters, follows, listing, points, scheme, small_law
from xinyong.law import schema
from xinyong.law.compile import Law
from xinyong.law.compile import law as built_in

ACT = "2021-03-10 occurred; 2021-03-12 formed"
ON = "2021-06-30"
CIRCUMSTANCE = next(iter(built_in().catalogue.circumstances))
OTHER = list(built_in().catalogue.circumstances)[1]


@cache
def _law(when: str) -> Law:
    return small_law(listing(enters()), scheme(points(-10, when=eval(when))))  # noqa: S307


def fares(when: Any, text: str, on: str = ON, **who: Any) -> tuple[str, int]:
    """How the provision fares for case 0."""
    when = when if isinstance(when, list) else [when]
    found = follows(_law(repr(when)), text, on, **who)
    law = _law(repr(when))
    (mine,) = [
        (x.status, x.at)
        for x in found.tried
        if x.case == 0 and law.origins[x.row].provision == "rule"
    ]
    return mine


def met(when: Any, text: str, on: str = ON, **who: Any) -> bool:
    status, at = fares(when, text, on, **who)
    assert (status, at) in (("met", -1), ("unmet", 0))
    return status == "met"


def case(*rows: str) -> str:
    return "; ".join((ACT, *rows))


def band(of: str, **bounds: Any) -> dict[str, Any]:
    return {"band": {"of": of, **bounds}}


# --- who ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "asked", "holds"),
    [
        ((18, 59), (18, 59), True),
        ((20, 30), (18, 59), True),
        ((17, 30), (18, 59), False),
        ((20, 60), (18, 59), False),
        ((17, 60), (18, 59), False),
    ],
)
def test_an_age_lies_wholly_within_what_is_asked(
    age: tuple[int, int], asked: tuple[int, int], holds: bool
) -> None:
    assert met({"age": asked}, ACT, age=age) == holds


def test_a_role_is_one_s_own_or_that_through_which_the_record_came() -> None:
    when = {"role": ["official", "party_member"]}
    assert met(when, ACT, roles=("official",))
    assert met(when, ACT, roles=("deputy", "party_member"))
    assert not met(when, ACT, roles=("deputy",))
    assert not met(when, ACT)
    assert met({"role": ["self"]}, ACT)


def test_a_copied_record_is_read_in_the_role_it_was_copied_to() -> None:
    copied = case("2021-03-12 copied legal_representative")
    both = [points(-10, name="own"), points(-5, name="copied", via=["legal_representative"])]
    both += [points(-1, name="role", via=["head"])]
    law = small_law(scheme(*both))
    assert [x.provision for x in follows(law, ACT, ON).lines] == ["own"]
    assert [x.provision for x in follows(law, copied, ON).lines] == ["copied"]
    elsewhere = case("2021-03-01 occurred littering @1", "2021-03-12 copied head @1")
    assert [(x.case, x.provision) for x in follows(law, elsewhere, ON).lines] == [(0, "own")]


# --- documents and circumstances ---------------------------------------------------------


def test_a_document_is_of_its_kind_and_has_been_formed() -> None:
    when = {"document": "penalty_decision"}
    assert met(when, case("2021-04-01 formed penalty_decision"))
    assert met(when, case("2021-06-30 formed penalty_decision"))
    assert not met(when, case("2021-07-01 formed penalty_decision"))
    assert not met(when, ACT), "a document of no kind proves nothing"
    assert not met(when, case("2021-04-01 formed judgment"))
    assert not met(when, case("2021-04-01 served penalty_decision"))
    other = "2021-04-01 occurred littering @1; 2021-04-01 formed penalty_decision @1"
    assert not met(when, case(other)), "nor does that of another case"


def test_a_circumstance_holds_as_stated_last() -> None:
    when = {"circumstance": CIRCUMSTANCE}
    assert met(when, case(f"2021-03-10 detail {CIRCUMSTANCE} 1"))
    assert not met(when, case(f"2021-03-10 detail {CIRCUMSTANCE} 0"))
    assert not met(when, ACT)
    assert not met(when, case(f"2021-03-10 detail {OTHER} 1"))
    turned = (f"2021-03-10 detail {CIRCUMSTANCE} 1", f"2021-04-01 detail {CIRCUMSTANCE} 0")
    assert met(when, case(*turned), on="2021-03-31")
    assert not met(when, case(*turned), on="2021-04-01")
    another = f"2021-04-01 occurred littering @1; 2021-04-01 detail {CIRCUMSTANCE} 1 @1"
    assert not met(when, case(another))


# --- quantities --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "within"),
    [
        ({"lo": 3, "hi": 5}, (3, 4, 5)),
        ({"lo": 3, "hi": 5, "lo_inclusive": False}, (4, 5)),
        ({"lo": 3, "hi": 5, "hi_inclusive": False}, (3, 4)),
        ({"lo": 3, "hi": 5, "lo_inclusive": False, "hi_inclusive": False}, (4,)),
        ({"lo": 3}, (3, 4, 5, 6, 7)),
        ({"hi": 3}, (0, 1, 2, 3)),
        ({"lo": 3, "lo_inclusive": False}, (4, 5, 6, 7)),
        ({"hi": 3, "hi_inclusive": False}, (0, 1, 2)),
        ({"lo": 0}, (0, 1, 2, 3, 4, 5, 6, 7)),
        ({"hi": 0}, (0,)),
        ({"lo": 4, "hi": 4}, (4,)),
    ],
)
def test_a_quantity_lies_within_its_band(bounds: dict[str, Any], within: tuple[int, ...]) -> None:
    when = band("persons", **bounds)
    found = [n for n in range(8) if met(when, case(f"2021-03-10 detail persons {n}"))]
    assert found == list(within)
    assert not met(when, ACT), "what is not stated lies in no band"
    assert not met(when, case("2021-03-10 detail hours 4")), "nor does another quantity"


def test_severity_is_one_of_those_named() -> None:
    when = {"severity": ["serious", "grave"]}
    for word, holds in (("minor", False), ("general", False), ("serious", True), ("grave", True)):
        assert met(when, case(f"2021-03-10 detail severity {word}")) == holds


def test_duration_is_counted_from_the_act_to_its_end_or_to_the_day() -> None:
    when = band("duration", lo=30, hi=30)
    for end, holds in (("2021-04-08", False), ("2021-04-09", True), ("2021-04-10", False)):
        assert met(when, case(f"{end} ended")) == holds
        assert met(when, ACT, on=end) == holds
        assert met(when, case("2021-05-30 ended"), on=end) == holds
    other = "2021-04-01 occurred littering @1; 2021-04-01 ended @1"
    assert met(when, case(other, "2021-04-09 ended"))


def test_a_quantity_adds_up_over_the_acts_of_one_conduct_and_year() -> None:
    when = {"cumulative": {"of": "amount", "lo": 100, "hi": 150}}
    own = "2021-03-10 detail amount 60"

    def with_another(day: str, value: int = 40, conduct: str = "littering") -> str:
        return case(own, f"{day} occurred {conduct} @1", f"{day} detail amount {value} @1")

    assert not met(when, case(own))
    assert met(when, with_another("2021-01-01"))
    assert met(when, with_another("2021-03-09"))
    assert met(when, with_another("2021-01-01", 90))
    assert not met(when, with_another("2021-01-01", 91))
    assert not met(when, with_another("2021-01-01", 39))
    assert not met(when, with_another("2020-12-31")), "an earlier year"
    assert not met(when, with_another("2021-03-11")), "a later act"
    assert not met(when, with_another("2021-01-01", conduct="drunk_driving")), "another conduct"
    assert not met(when, with_another("2021-03-10")), "the same day, but later in the file"
    assert not met(when, with_another("2022-03-09")), "a later year"


def test_of_two_acts_of_one_day_the_second_counts_both() -> None:
    when = [{"cumulative": {"of": "amount", "lo": 100}}]
    both = case("2021-03-10 detail amount 60", "2021-03-10 occurred @1", "2021-03-10 formed @1")
    both += "; 2021-03-10 detail amount 40 @1"
    found = follows(_law(repr(when)), both.replace("occurred @1", "occurred littering @1"), ON)
    assert [x.case for x in found.lines] == [1]


def test_acts_are_counted_in_the_window_that_ends_with_this_one() -> None:
    when = {"count": {"window_months": 12, "lo": 2}}

    def with_another(day: str, conduct: str = "littering") -> str:
        return case(f"{day} occurred {conduct} @1")

    assert not met(when, ACT)
    assert met(when, with_another("2021-03-10"))
    assert met(when, with_another("2021-01-01"))
    assert met(when, with_another("2020-03-11"))
    assert not met(when, with_another("2020-03-10")), "the window is over on that day"
    assert not met(when, with_another("2021-03-11")), "a later act"
    assert not met(when, with_another("2021-01-01", "drunk_driving"))
    three = {"count": {"window_months": 12, "lo": 3}}
    assert not met(three, with_another("2021-01-01"))
    assert met(three, case("2021-01-01 occurred littering @1", "2021-02-01 occurred littering @2"))


# --- events ------------------------------------------------------------------------------


def test_an_event_stands_in_the_file_by_the_day() -> None:
    when = {"event": {"event": "corrected"}}
    assert met(when, case("2021-06-30 corrected"))
    assert not met(when, case("2021-07-01 corrected"))
    assert not met(when, case("2021-06-01 performed"))
    assert not met(when, case("2021-06-01 occurred littering @1", "2021-06-01 corrected @1"))


def test_an_event_stands_at_the_latest_on_the_day_of_another() -> None:
    when = {"event": {"event": "corrected", "by": "deadline"}}
    assert met(when, case("2021-05-01 corrected", "2021-05-01 deadline"))
    assert not met(when, case("2021-05-02 corrected", "2021-05-01 deadline"))
    assert met(when, case("2021-05-02 corrected")), "as long as the other has not come"
    assert met(when, case("2021-05-02 corrected", "2021-07-01 deadline"))
    assert not met(when, case("2021-05-01 deadline"))


def test_a_step_of_another_instrument_is_no_event_of_this_one() -> None:
    when = {"event": {"event": "noticed"}}
    assert met(when, case("2021-05-01 noticed made_up"))
    assert met(when, case("2021-05-01 noticed")), "unless it is said of none"
    assert not met(when, case("2021-05-01 noticed blacklist"))
    by = {"event": {"event": "corrected", "by": "noticed"}}
    assert not met(by, case("2021-05-01 noticed made_up", "2021-05-02 corrected"))
    assert met(by, case("2021-05-01 noticed blacklist", "2021-05-02 corrected"))


def test_a_document_that_was_served_is_of_the_kind_asked_for() -> None:
    when = {"event": {"event": "served", "document": "penalty_decision"}}
    assert met(when, case("2021-05-01 served penalty_decision"))
    assert not met(when, case("2021-05-01 served judgment"))


def test_a_deadline_lapses_on_the_day_after_it() -> None:
    when = {"lapsed": {"after": "deadline", "without": ["corrected", "settled"]}}
    day = "2021-05-01 deadline"
    assert not met(when, ACT)
    assert not met(when, case(day), on="2021-05-01")
    assert met(when, case(day), on="2021-05-02")
    assert not met(when, case(day, "2021-05-01 corrected"))
    assert not met(when, case(day, "2021-05-01 settled"))
    assert not met(when, case(day, "2021-03-10 settled"))
    assert met(when, case(day, "2021-05-02 corrected")), "too late"
    assert met(when, case(day, "2021-05-01 performed")), "not what was asked"
    first = {"lapsed": {"after": "deadline", "without": ["ended"]}}
    assert not met(first, case(day, "2021-05-01 ended"))
    last = {"lapsed": {"after": "deadline", "without": ["refused"]}}
    assert met(last, case(day))


def test_an_act_continues_until_it_ends_or_is_corrected() -> None:
    for lasts in (True, False):
        when = {"continuing": lasts}
        assert met(when, ACT) == lasts
        for word in ("ended", "corrected"):
            assert met(when, case(f"2021-06-30 {word}")) != lasts
            assert met(when, case(f"2021-07-01 {word}")) == lasts
        assert met(when, case("2021-06-30 performed")) == lasts


# --- listings ----------------------------------------------------------------------------

LISTED = "2021-04-01 decided blacklist"


@cache
def _on_a_list(when: str) -> Law:
    ending = {"do": "end", "cause": "performance", "from": "performed"}
    one = enters()
    two = one | {"id": "exit", "effect": ending}
    lists = [listing(one, two, name=name) for name in ("blacklist", "other")]
    return small_law(*lists, scheme(points(-10, when=eval(when))))  # noqa: S307


def of_list(when: dict[str, Any], text: str, on: str = ON) -> bool:
    found = follows(_on_a_list(repr([when])), text, on)
    return any(x.instrument == "made_up" and x.case == 0 for x in found.lines)


def test_what_was_ever_listed_and_what_still_is() -> None:
    ever, still = {"listed_on": "blacklist"}, {"still_listed_on": "blacklist"}
    for when in (ever, still):
        assert not of_list(when, ACT)
        assert not of_list(when, case(LISTED), on="2021-03-31")
        assert of_list(when, case(LISTED), on="2021-04-01")
        assert not of_list(when, case("2021-04-01 decided other"))
        other = "2021-03-10 occurred littering @1; 2021-04-01 decided blacklist @1"
        assert not of_list(when, case(other)), "another case"
    gone = case(LISTED, "2021-05-01 performed")
    assert of_list(still, gone, on="2021-04-30")
    assert not of_list(still, gone, on="2021-05-01")
    assert of_list(ever, gone, on="2021-05-01")


def test_another_case_is_on_the_list() -> None:
    when = {"other_listing": "blacklist"}
    other = "2021-03-10 occurred littering @1; 2021-04-01 decided {} @1; 2021-05-01 performed @1"
    assert not of_list(when, case(LISTED)), "its own case is none of the others"
    assert of_list(when, case(other.format("blacklist")), on="2021-04-01")
    assert of_list(when, case(other.format("blacklist")), on="2021-04-30")
    assert not of_list(when, case(other.format("blacklist")), on="2021-05-01")
    assert not of_list(when, case(other.format("other")), on="2021-04-01")


def test_time_on_a_list_is_counted_from_the_latest_of_the_events_named() -> None:
    long = {"list": "blacklist", "n": 2, "unit": "month", "since": ["corrected"], "at": "pledged"}
    when = {"listed_for": long}
    assert not of_list(when, case("2021-04-20 corrected"))
    assert not of_list(when, case(LISTED)), "not corrected yet"
    late = case(LISTED, "2021-04-20 corrected")
    assert not of_list(when, late, on="2021-06-19")
    assert of_list(when, late, on="2021-06-20"), "two months, as nothing was pledged yet"
    early = case(LISTED, "2021-03-20 corrected")
    assert not of_list(when, early, on="2021-05-31")
    assert of_list(when, early, on="2021-06-01"), "from the listing, which is later"
    for pledged, holds in (("2021-06-19", False), ("2021-06-20", True)):
        assert of_list(when, f"{late}; {pledged} pledged", on="2021-06-30") == holds
    assert not of_list(when, case("2021-04-01 decided other", "2021-04-02 corrected"))


def test_time_on_a_list_from_its_own_steps() -> None:
    long = {"list": "blacklist", "n": 10, "unit": "day", "since": ["published"], "at": "applied"}
    when = {"listed_for": long}
    shown = case(LISTED, "2021-04-05 published blacklist")
    assert not of_list(when, shown, on="2021-04-14")
    assert of_list(when, shown, on="2021-04-15")
    assert not of_list(when, case(LISTED, "2021-04-05 published other"), on="2021-04-15")
    for of, holds in (("blacklist", False), ("other", True)):
        assert of_list(when, f"{shown}; 2021-04-14 applied {of}", on="2021-06-01") == holds
    beyond = {"list": "blacklist", "n": 4000, "unit": "working_day", "at": "applied"}
    assert not of_list({"listed_for": beyond}, case(LISTED), on="2026-12-31")


# --- together ----------------------------------------------------------------------------

ONE, TWO, THREE = ({"event": {"event": w}} for w in ("corrected", "performed", "settled"))
BY_EVENT = ("2021-04-01 corrected", "2021-04-01 performed", "2021-04-01 settled")


@pytest.mark.parametrize("bits", range(8))
def test_all_any_and_unless(bits: int) -> None:
    a, b, c = (bool(bits >> i & 1) for i in range(3))
    text = case(*(x for x, there in zip(BY_EVENT, (a, b, c), strict=True) if there))
    assert met({"all": [ONE, TWO, THREE]}, text) == (a and b and c)
    assert met({"any": [ONE, TWO, THREE]}, text) == (a or b or c)
    assert met({"unless": [ONE, TWO, THREE]}, text) == (not (a or b or c))
    assert met({"all": [ONE, {"any": [TWO, THREE]}]}, text) == (a and (b or c))
    assert met({"all": [{"any": [TWO, THREE]}, ONE]}, text) == (a and (b or c))
    assert met({"any": [ONE, {"all": [TWO, THREE]}]}, text) == (a or (b and c))
    assert met({"unless": [{"all": [ONE, {"unless": [TWO]}]}, THREE]}, text) == (
        not ((a and not b) or c)
    )


def test_the_first_condition_that_fails_is_named() -> None:
    three = [ONE, TWO, THREE]
    for there, at in (((), 0), ((0,), 1), ((0, 1), 2), ((0, 2), 1), ((1, 2), 0)):
        assert fares(three, case(*(BY_EVENT[i] for i in there))) == ("unmet", at)
    assert fares(three, case(*BY_EVENT)) == ("met", -1)


# --- places ------------------------------------------------------------------------------


def reached(by: list[str], text: str = ACT, on: str = ON, **who: str) -> list[int]:
    """The cases that a scheme of Shandong reads in a file; -1 if it scores the file at all."""
    place = built_in().code["place"]
    for name in ("wendeng", "gansu", "shandong"):
        text = text.replace(f"in {name}", f"littering {place[name] + 1}")
    law = small_law(
        scheme(points(-10), of={"reach": {"place": "shandong", "by": by, "cite": GUESS}}),
        listing(enters(), reach={"place": "shandong", "by": by, "cite": GUESS}),
    )
    found = follows(law, text, on, **who)
    lines = sorted({x.case for x in found.lines})
    assert lines == sorted({x.case for x in found.tried if x.status == "unmet"} | set(lines))
    on_list = {x.case for x in found.tried if law.origins[x.row].instrument == "blacklist"}
    assert not lines or on_list == set(lines)
    return lines + [-1] * len(found.scores)


def test_a_rule_reaches_those_who_are_tied_to_its_place() -> None:
    at_home: dict[str, str] = {"residence": "wendeng", "registration": "gansu"}
    away: dict[str, str] = {"residence": "gansu", "registration": "wendeng"}
    nowhere: dict[str, str] = {"residence": "gansu", "registration": "gansu"}
    assert reached(["residence"], **at_home) == [0, -1]
    assert reached(["residence"], **away) == []
    assert reached(["registration"], **away) == [0, -1]
    assert reached(["registration"], **at_home) == []
    assert reached(["residence", "registration"], **at_home) == [0, -1]
    assert reached(["residence", "registration"], **away) == [0, -1]
    assert reached(["residence", "registration"], **nowhere) == []


def test_a_rule_reaches_acts_that_were_done_in_its_place() -> None:
    nowhere: dict[str, str] = {"residence": "gansu", "registration": "gansu"}
    here = ACT.replace("occurred", "occurred in wendeng")
    there = ACT.replace("occurred", "occurred in gansu")
    assert reached(["act_place"], here, **nowhere) == [0, -1]
    assert reached(["act_place"], there, **nowhere) == []
    assert reached(["act_place"], ACT, residence="wendeng") == []
    assert reached(["residence", "act_place"], there, residence="wendeng") == [0, -1]
    two = f"{there}; 2021-04-01 occurred in shandong @1; 2021-04-01 formed @1"
    assert reached(["act_place"], two, **nowhere) == [1, -1]
    assert reached(["act_place"], two, on="2021-03-31", **nowhere) == []


def test_the_place_of_an_emergency_is_that_of_the_act() -> None:
    flood = schema.Emergency.model_validate(
        {"id": "flood", "name": {"en": "flood", "zh": "洪水"}, "place": "shandong", "cite": GUESS}
        | {"from": "2021-03-10", "until": "2021-03-20"}
    )
    place = built_in().code["place"]
    law = small_law(scheme(points(-10, when=[{"emergency": True}])), emergencies={"flood": flood})
    for day, of, home, holds in (
        ("2021-03-09", "wendeng", "gansu", False),
        ("2021-03-10", "wendeng", "gansu", True),
        ("2021-03-20", "wendeng", "gansu", True),
        ("2021-03-21", "wendeng", "gansu", False),
        ("2021-03-10", "gansu", "wendeng", False),
        ("2021-03-10", "", "wendeng", True),
        ("2021-03-10", "", "gansu", False),
    ):
        value = place[of] + 1 if of else 0
        text = f"{day} occurred littering {value}; 2021-03-25 formed"
        assert bool(follows(law, text, ON, residence=home).lines) == holds, (day, of, home)
