"""Steps of a list: when each is open, due, done or waited for, worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from reference.made_up import GUESS
from reference.small_law import (
    enters,
    events,
    follows,
    listing,
    rule,
    scheme,
    small_law,
    step,
)
from reference.spells import (
    ACT,
    BOTH,
    DECIDE,
    LATER,
    OUT,
    RECORD,
    REMOVE,
    TERM,
    dates,
    day,
    spells,
    steps,
)
from xinyong.dates import day_of
from xinyong.law import tables as t
from xinyong.law.compile import Law
from xinyong.law.course import nominal
from xinyong.law.determine import Ledger, OpenStep, Subject

# --- steps ---------------------------------------------------------------------------------


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
