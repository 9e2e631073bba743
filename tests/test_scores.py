"""What a scheme makes of a file, worked out by hand: points, how long they count, several of them.

The schemes are made up, so that each says one thing only. A scheme begins with 100 points;
points of lines and scores are in tenths.
"""

from __future__ import annotations

from typing import Any

import pytest

from reference.made_up import GUESS
from reference.scored import ACT, ON, acts, detail, lines, live, notes, score, valid
from reference.small_law import (
    enters,
    follows,
    item,
    listing,
    points,
    rule,
    scheme,
    small_law,
    step,
)

# --- points ------------------------------------------------------------------------------


def test_a_line_counts_from_the_day_of_its_record() -> None:
    law = small_law(scheme(points(-10)))
    assert lines(law, ACT) == [(0, "rule", -100, "2021-03-12", "2022-03-12", "live")]
    assert score(law, ACT, "2021-03-11") == (1000, "A")
    assert score(law, ACT, "2021-03-12") == (900, "B")
    assert score(law, ACT, "2022-03-11") == (900, "B")
    assert score(law, ACT, "2022-03-12") == (1000, "A")
    assert lines(law, ACT, "2022-03-12")[0][5] == "expired"
    assert notes(law, ACT, "2021-03-11") == [(0, "rule", "unmet", 99)]
    assert notes(law, ACT) == [(0, "rule", "met", -1)]
    for on, due in (("2021-03-12", "2022-03-12"), ("2022-03-11", "2022-03-12")):
        assert str(follows(law, ACT, on).next_due) == due
    assert follows(law, ACT, "2022-03-12").next_due is None


def test_where_records_are_made_a_line_waits_for_its_own() -> None:
    record = step("record", "always", ["formed"], "recorded", (5, "day"))
    law = small_law(scheme(points(-10), steps=(record,)), listing(enters()))
    assert lines(law, ACT) == []
    assert notes(law, ACT)[-1] == (0, "rule", "unmet", 99)
    assert lines(law, f"{ACT}; 2021-03-15 recorded blacklist") == []
    made = f"{ACT}; 2021-03-15 recorded made_up"
    assert lines(law, made, "2021-03-14") == []
    assert lines(law, made, "2021-03-15") == [(0, "rule", -100, "2021-03-12", "2022-03-12", "live")]


@pytest.mark.parametrize(
    ("low", "high", "stated", "found"),
    [
        (-20, -10, None, -100),
        (-20, -10, -15, -150),
        (-20, -10, -25, -200),
        (-20, -10, -5, -100),
        (10, 20, None, 100),
        (10, 20, 15, 150),
        (10, 20, 25, 200),
        (10, 20, 5, 100),
        (-10, -10, -15, -100),
        (10, 10, 15, 100),
    ],
)
def test_a_range_leaves_points_to_discretion_within_it(
    low: int, high: int, stated: int | None, found: int
) -> None:
    law = small_law(scheme(points(low, high)))
    text = ACT if stated is None else detail("points", stated)
    assert lines(law, text)[0][2] == found


def test_points_for_each_full_step_of_a_quantity() -> None:
    more: dict[str, Any] = {"per": "amount", "step": 100}
    law = small_law(scheme(points(1, 5, points_per_step_tenths=15, **more)))
    for amount, found in ((100, 15), (199, 15), (200, 30), (300, 45), (400, 50), (9000, 50)):
        assert [x[2] for x in lines(law, detail("amount", amount))] == [found]
    for text in (detail("amount", 99), detail("amount", 0), detail("hours", 500), ACT):
        assert lines(law, text) == [], "less than a step, or not said"
    law = small_law(scheme(points(-5, -1, points_per_step_tenths=-15, **more)))
    for amount, found in ((100, -15), (300, -45), (400, -50), (9000, -50)):
        assert [x[2] for x in lines(law, detail("amount", amount))] == [found]
    assert lines(law, ACT) == []


def test_an_act_that_goes_on_counts_once_for_every_cycle_begun() -> None:
    law = small_law(scheme(points(-10, every_months=3)))
    for on, found in (
        ("2021-03-12", -100),
        ("2021-06-09", -100),
        ("2021-06-10", -200),
        ("2021-09-09", -200),
        ("2021-09-10", -300),
    ):
        assert lines(law, ACT, on)[0][2] == found
    ended = f"{ACT}; 2021-06-10 ended"
    assert lines(law, ended, "2021-12-31")[0][2] == -200
    assert lines(law, ended.replace("2021-06-10", "2021-06-09"), "2021-12-31")[0][2] == -100
    for on, due in (("2021-03-12", "2021-06-10"), ("2021-06-09", "2021-06-10"),
                    ("2021-06-10", "2021-09-10")):  # fmt: skip
        assert str(follows(law, ACT, on).next_due) == due
    assert str(follows(law, ended, "2021-06-10").next_due) == "2022-03-12"


def test_items_speak_to_those_they_name_under_their_conditions() -> None:
    asks = [{"event": {"event": "pledged"}}, {"event": {"event": "settled"}}]
    law = small_law(
        scheme(
            points(-10, name="firms", kinds=["enterprise"]),
            points(-10, name="heads", via=["head"]),
            points(-10, name="asks", when=asks),
            points(-1, name="plain"),
        )
    )
    assert live(law, ACT) == {(0, "plain"): -10}
    assert [x[1:] for x in notes(law, ACT)] == [("asks", "unmet", 0), ("plain", "met", -1)]
    pledged = f"{ACT}; 2021-04-01 pledged"
    assert (0, "asks", "unmet", 1) in notes(law, pledged)
    assert (0, "asks") in live(law, f"{pledged}; 2021-04-01 settled")


# --- how long ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "more", "until"),
    [
        ("formed", "", "2022-03-12"),
        ("occurred", "", "2022-03-10"),
        ("year_end", "", "2022-12-31"),
        ("corrected", "2021-05-05 corrected", "2022-05-05"),
        ("corrected", "2021-05-05 performed", ""),
        ("corrected", "", ""),
    ],
)
def test_the_time_of_a_line_runs_from_its_anchor(since: str, more: str, until: str) -> None:
    law = small_law(scheme(points(-10), validity=[valid(minus=True, since=since)]))
    assert lines(law, f"{ACT}; {more}" if more else ACT)[0][4] == until


@pytest.mark.parametrize(
    ("more", "until"),
    [
        ("", ""),
        ("2021-05-05 ended", "2022-05-05"),
        ("2021-05-05 corrected", "2022-05-05"),
        ("2021-05-05 performed", "2022-05-05"),
        ("2021-05-05 ended; 2021-04-04 corrected", "2022-04-04"),
        ("2021-05-05 corrected; 2021-04-04 performed", "2022-04-04"),
        ("2021-05-05 performed; 2021-04-04 ended", "2022-04-04"),
        ("2021-03-11 ended", "2022-03-12"),
        ("2021-07-01 ended", ""),
    ],
)
def test_a_line_waits_for_the_end_of_a_continuing_act(more: str, until: str) -> None:
    text = f"{ACT}; {more}" if more else ACT
    law = small_law(scheme(points(-10), validity=[valid(minus=True, lasting=True)]))
    assert lines(law, text)[0][4] == until
    by_year = [valid(minus=True, lasting=True, since="year_end", n=2)]
    law = small_law(scheme(points(-10), validity=by_year))
    assert lines(law, text)[0][4] == ("2023-12-31" if until else "")


def test_no_line_ends_on_a_working_day_that_nobody_has_named_yet() -> None:
    validity = [valid(minus=True, n=3000, unit="working_day")]
    law = small_law(scheme(points(-10), validity=validity))
    assert lines(law, ACT, "2026-12-31")[0][4:] == ("", "live")


def test_the_first_rule_on_validity_that_fits_decides() -> None:
    validity = [
        valid(grade="B", n=7),
        valid(minus_up_to=10, n=1),
        valid(minus=True, n=3),
        valid(award=["city"], n=4),
        valid(award=["county", "nation"], n=6),
        valid(plus=True, n=2),
    ]
    law = small_law(
        scheme(
            points(-1, name="small"), points(-10, name="ten"), points(-11, name="large"),
            points(1, name="plus"), points(1, name="city", award="city"),
            points(1, name="county", award="county"), points(1, name="nation", award="nation"),
            points(1, name="other", award="other"), points(-1, name="not", award="city"),
            rule({"do": "grade", "grade": "B"}, "direct"), validity=validity,
        )
    )  # fmt: skip
    years = {x[1]: int(x[4][:4]) - 2021 for x in lines(law, ACT)}
    assert years == {
        "small": 1, "ten": 1, "large": 3, "plus": 2, "city": 4, "county": 6, "nation": 6,
        "other": 2, "not": 1, "direct": 7,
    }  # fmt: skip


def test_what_no_rule_on_validity_fits_has_no_end() -> None:
    only_plus = [valid(plus=True)]
    law = small_law(
        scheme(points(-10), rule({"do": "grade", "grade": "B"}, "d"), validity=only_plus)
    )
    assert [x[4] for x in lines(law, ACT)] == ["", ""]
    only_minus = [valid(minus=True)]
    with_points = (("A", 95, None), ("B", None, 94, -20))
    law = small_law(
        scheme(
            points(10),
            rule({"do": "grade", "grade": "B"}, "d"),
            validity=only_minus,
            grades=with_points,
        )
    )
    assert [x[4] for x in lines(law, ACT)] == ["", ""], "nor has a grade that takes points"


def test_a_direct_grade_may_have_a_time_of_its_own() -> None:
    own = {"do": "grade", "grade": "B", "term": {"n": 5, "unit": "month", "from": "formed"}}
    law = small_law(scheme(rule(own)))
    assert lines(law, ACT)[0][4] == "2021-08-12"


# --- several lines -----------------------------------------------------------------------


def test_a_repeated_act_weighs_more_while_the_earlier_one_counts() -> None:
    law = small_law(
        scheme(points(-10), points(5, name="good"), combination={"recurrence_factor": 3})
    )
    for second, found in (
        ("2021-02-01", -300),
        ("2021-01-01", -300),
        ("2021-12-31", -300),
        ("2022-01-01", -100),
    ):
        both = live(law, acts("2021-01-01", second), "2021-12-31" if second < "2022" else second)
        assert both.get((1, "rule")) == found, second
        assert both[(1, "good")] == 50, "what is good is not repeated"
    rows = follows(law, acts("2021-01-01", "2021-02-01"), ON).lines
    assert [(x.provision, x.factor) for x in rows if x.case == 1] == [("rule", 3), ("good", 1)]
    plain = small_law(scheme(points(-10)))
    assert live(plain, acts("2021-01-01", "2021-02-01"))[(1, "rule")] == -100


def test_what_counts_as_the_same_act_is_said_by_the_scheme() -> None:
    items = [
        item("one", -10, conduct=("littering",), group="dirt"),
        item("two", -10, conduct=("drunk_driving",), group="dirt"),
        item("three", -10, conduct=("judgment_refusal",), group="other"),
    ]
    text = "; ".join(
        f"2021-0{i + 1}-01 occurred {what} @{i}; 2021-0{i + 1}-01 formed @{i}"
        for i, what in enumerate(("littering", "drunk_driving", "judgment_refusal"))
    )
    for of, found in (("item", [-100, -100, -100]), ("group", [-100, -200, -100])):
        combination = {"recurrence_factor": 2, "recurrence_class": of}
        law = small_law(scheme(combination=combination), items={"made_up": items})
        assert [x[2] for x in lines(law, text)] == found


def test_a_direct_grade_is_no_earlier_deduction() -> None:
    grade = rule({"do": "grade", "grade": "B"}, "direct", when=[{"event": {"event": "pledged"}}])
    minus = points(-10, when=[{"event": {"event": "settled"}}])
    grades = (("A", 95, None), ("B", None, 94, -20))
    law = small_law(scheme(grade, minus, grades=grades, combination={"recurrence_factor": 2}))
    text = acts("2021-01-01", "2021-02-01") + "; 2021-01-01 pledged @0; 2021-02-01 settled @1"
    assert live(law, text) == {(0, "direct"): -200, (1, "rule"): -100}


def test_a_group_adds_no_more_than_its_cap_in_a_year() -> None:
    items = [item("one", 10, group="good"), item("two", -3, group="good"),
             item("three", 5, group="free")]  # fmt: skip
    cap = [{"group": "other", "points": 1, "cite": GUESS},
           {"group": "good", "points": 25, "cite": GUESS}]  # fmt: skip
    law = small_law(scheme(caps=cap), items={"made_up": items})
    text = acts("2021-01-01", "2021-02-01", "2021-03-01", "2021-04-01", "2022-01-01")
    found = live(law, text, "2021-12-31")
    assert [found.get((i, "one")) for i in range(5)] == [100, 100, 50, None, None]
    assert [found.get((i, "two")) for i in range(4)] == [-30] * 4
    assert [found.get((i, "three")) for i in range(4)] == [50] * 4
    assert live(law, text, "2022-01-01")[(4, "one")] == 100, "a new year"
    blocked = [x for x in notes(law, text, "2021-12-31") if x[2] == "blocked"]
    assert blocked == [(2, "one", "blocked", 50), (3, "one", "blocked", 100)]


def test_of_several_items_of_one_case_the_heaviest_counts() -> None:
    law = small_law(
        scheme(
            points(-10, name="a"), points(-30, name="b"), points(-20, name="c"),
            points(5, name="d"), points(7, name="e"), points(-30, name="f"),
            combination={"several_items": "direct_else_largest"},
        )
    )  # fmt: skip
    text = acts("2021-01-01", "2021-02-01")
    assert live(law, text) == {
        (0, "b"): -300,
        (0, "e"): 70,
        (1, "b"): -300,
        (1, "e"): 70,
    }, "of each sign one, of the same weight the first, for each case"
    put_back = {x[1] for x in notes(law, text) if x[2] == "superseded" and x[0] == 1}
    assert put_back == {"a", "c", "d", "f"}
    row = {o.provision: i for i, o in enumerate(law.origins)}
    by = {x[1]: x[3] for x in notes(law, text) if x[2] == "superseded" and x[0] == 1}
    assert by["d"] == row["e"]
    assert by["f"] == row["b"]
    summed = small_law(scheme(points(-10, name="a"), points(-30, name="b")))
    assert live(summed, ACT) == {(0, "a"): -100, (0, "b"): -300}


def test_a_direct_grade_goes_before_points_and_a_worse_one_before_a_better() -> None:
    grades = (("A", 95, None), ("B", 90, 94), ("C", None, 89))
    law = small_law(
        scheme(
            points(-50, name="points"),
            rule({"do": "grade", "grade": "B"}, "b"),
            rule({"do": "grade", "grade": "C"}, "c"),
            grades=grades,
            combination={"several_items": "direct_else_largest"},
        )
    )
    assert list(live(law, ACT)) == [(0, "c")]
    (found,) = follows(law, ACT, ON).scores
    assert (found.points, found.grade, found.direct) == (1000, "C", "C")
