"""Ladders, scores, grades and what a scheme rests on, worked out by hand on made-up schemes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reference.made_up import GUESS
from reference.scored import ACT, ON, acts, lines, live, notes, score, valid
from reference.small_law import (
    ends,
    enters,
    follows,
    item,
    listing,
    points,
    rule,
    scheme,
    small_law,
)
from xinyong.law.compile import Law

# --- ladders -----------------------------------------------------------------------------


def ladder(*items: Any) -> Law:
    return small_law(
        scheme(combination={"several_items": "direct_else_largest"}), items={"made_up": list(items)}
    )


def hours(*stated: tuple[str, int]) -> str:
    return "; ".join(
        f"{day} occurred littering @{i}; {day} formed @{i}; {day} detail hours {n} @{i}"
        for i, (day, n) in enumerate(stated)
    )


REPLACE = (
    item("ten", 2, quantity="hours", lo=10, hi=19, ladder="h", ladder_mode="replace"),
    item("twenty", 5, quantity="hours", lo=20, hi=None, ladder="h", ladder_mode="replace"),
)


def test_the_highest_step_reached_in_a_year_takes_the_place_of_lower_ones() -> None:
    law = ladder(*REPLACE)
    for n, found in ((9, {}), (10, {(0, "ten"): 20}), (19, {(0, "ten"): 20}),
                     (20, {(0, "twenty"): 50})):  # fmt: skip
        assert live(law, hours(("2021-01-01", n))) == found
    assert live(law, hours(("2021-01-01", 6), ("2021-02-01", 4))) == {(1, "ten"): 20}
    up = hours(("2021-01-01", 12), ("2021-02-01", 8))
    assert live(law, up, "2021-01-31") == {(0, "ten"): 20}
    assert live(law, up) == {(1, "twenty"): 50}
    assert (0, "ten", "superseded", 1) in notes(law, up)
    more = hours(("2021-01-01", 12), ("2021-02-01", 3))
    assert live(law, more) == {(0, "ten"): 20}, "no higher step, no new points"
    years = hours(("2021-12-01", 12), ("2022-01-01", 12))
    assert live(law, years, "2022-01-31") == {(0, "ten"): 20, (1, "ten"): 20}
    assert live(law, ACT) == {}, "nothing is said of hours"


def test_one_ladder_does_not_take_the_place_of_another() -> None:
    other = item("money", 3, quantity="amount", lo=100, ladder="m", ladder_mode="replace")
    law = ladder(*REPLACE, other)
    text = hours(("2021-01-01", 12)) + (
        "; 2021-02-01 occurred littering @1; 2021-02-01 formed @1; 2021-02-01 detail amount 100 @1"
    )
    assert live(law, text) == {(0, "ten"): 20, (1, "money"): 30}


TIERS = (
    item(
        "first", 0, 10, per="hours", step=5, points_per_step_tenths=10, lo=0, hi=50,
        ladder="h", ladder_mode="add",
    ),
    item(
        "beyond", 0, 4, per="hours", step=10, points_per_step_tenths=5, tier_base=50, lo=51,
        ladder="h", ladder_mode="add",
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ((4,), {}),
        ((5,), {(0, "first"): 10}),
        ((14,), {(0, "first"): 20}),
        ((50,), {(0, "first"): 100}),
        ((59,), {(0, "first"): 100}),
        ((60,), {(0, "first"): 100, (0, "beyond"): 5}),
        ((500,), {(0, "first"): 100, (0, "beyond"): 40}),
        ((4, 1), {(1, "first"): 10}),
        ((5, 4), {(0, "first"): 10}),
        ((45, 15), {(0, "first"): 90, (1, "first"): 10, (1, "beyond"): 5}),
        ((60, 10), {(0, "first"): 100, (0, "beyond"): 5, (1, "beyond"): 5}),
    ],
)
def test_tiers_of_one_ladder_add_up(
    stated: tuple[int, ...], found: dict[tuple[int, str], int]
) -> None:
    days = [f"2021-0{i + 1}-01" for i in range(len(stated))]
    assert live(ladder(*TIERS), hours(*zip(days, stated, strict=True))) == found


# --- score and grade ---------------------------------------------------------------------


def test_a_score_is_cut_off_at_its_floor_and_ceiling() -> None:
    bad, good = points(-60, name="bad"), points(60, name="good")
    assert score(small_law(scheme(bad, floor=50)), ACT) == (500, "B")
    assert score(small_law(scheme(bad)), ACT) == (400, "B")
    assert score(small_law(scheme(good, ceiling=150)), ACT) == (1500, "A")
    assert score(small_law(scheme(good)), ACT) == (1600, "A")


@pytest.mark.parametrize(
    ("taken", "grade"), [(0, "AA"), (1, "A"), (5, "A"), (6, "B"), (10, "B"), (11, "C"), (99, "C")]
)
def test_the_band_in_which_a_score_lies_gives_the_grade(taken: int, grade: str) -> None:
    grades = (("AA", 100, None), ("A", 95, 99), ("B", 90, 94), ("C", None, 89))
    law = small_law(scheme(*([points(-taken)] if taken else []), grades=grades))
    assert score(law, ACT)[1] == grade


def test_a_score_outside_every_band_has_no_grade() -> None:
    law = small_law(scheme(points(-10), grades=(("A", 95, None), ("C", None, 80))))
    assert score(law, ACT) == (900, "")


def test_the_worse_of_points_and_direct_grade_counts() -> None:
    grades = (("A", 95, None), ("B", 90, 94), ("C", None, 89))
    grade = rule({"do": "grade", "grade": "B"}, "direct")
    for taken, found in ((1, "B"), (10, "B"), (50, "C")):
        (mine,) = follows(small_law(scheme(grade, points(-taken), grades=grades)), ACT, ON).scores
        assert (mine.grade, mine.direct) == (found, "B")


def test_of_several_direct_grades_the_worst_binds_while_it_lasts() -> None:
    grades = (("A", 95, None), ("B", 90, 94), ("C", None, 89))
    both = [
        rule(
            {"do": "grade", "grade": g, "term": {"n": n, "unit": "month", "from": "formed"}},
            g.lower(),
        )
        for g, n in (("C", 1), ("B", 2))
    ]
    for order in (both, both[::-1]):
        law = small_law(scheme(*order, grades=grades))
        for on, found in (("2021-04-11", "C"), ("2021-04-12", "B"), ("2021-05-12", "A")):
            assert score(law, ACT, on)[1] == found


def test_a_direct_grade_may_take_points_with_it() -> None:
    grades = (("A", 95, None), ("B", 90, 94), ("C", None, 89, -30))
    law = small_law(scheme(rule({"do": "grade", "grade": "C"}, "direct"), grades=grades))
    assert lines(law, ACT)[0][2] == -300
    assert score(law, ACT) == (700, "C")


@pytest.mark.parametrize("word", ["corrected", "performed"])
def test_correction_releases_a_direct_grade_where_the_scheme_says_so(word: str) -> None:
    grade = rule({"do": "grade", "grade": "B"}, "direct")
    text = f"{ACT}; 2021-05-01 {word}"
    for releases, after in ((True, "A"), (False, "B")):
        law = small_law(scheme(grade, combination={"released_by_correction": releases}))
        assert score(law, text, "2021-04-30")[1] == "B"
        assert score(law, text, "2021-05-01")[1] == after


def test_what_is_good_waits_while_a_direct_grade_is_uncorrected() -> None:
    grade = rule({"do": "grade", "grade": "B"}, "direct", when=[{"event": {"event": "pledged"}}])
    good, bad = points(10, name="good"), points(-3, name="bad")
    text = acts("2021-01-01", "2021-02-01") + "; 2021-01-01 pledged @0; 2021-05-01 corrected @0"
    waits = {"plus_inert_while_uncorrected": True}
    law = small_law(scheme(grade, good, bad, combination=waits))
    assert score(law, text, "2021-04-30") == (1000 - 60, "B")
    states = {x[5] for x in lines(law, text, "2021-04-30") if x[1] == "good"}
    assert states == {"inert"}
    assert score(law, text, "2021-05-01") == (1000 + 200 - 60, "B")
    law = small_law(scheme(grade, good, bad))
    assert score(law, text, "2021-04-30") == (1000 + 200 - 60, "B")
    law = small_law(scheme(good, bad, combination=waits))
    assert score(law, text, "2021-04-30")[0] == 1000 + 200 - 60, "without a direct grade"


def test_a_scheme_without_a_base_has_grades_but_no_score() -> None:
    grades = (("A", None, None), ("B", None, None))
    law = small_law(
        scheme(
            rule({"do": "grade", "grade": "B"}, "direct"),
            points(5),
            base=None,
            grades=grades,
            validity=[valid(grade="B"), valid(plus=True)],
        )
    )
    assert score(law, ACT) == (None, "B")
    assert follows(law, ACT, "2021-03-11").scores == (), "as long as no grade stands"
    assert follows(law, ACT, "2022-03-12").scores == ()


# --- conversion --------------------------------------------------------------------------


def converts(**more: Any) -> dict[str, Any]:
    term = {"n": 6, "unit": "month", "from": "performed"}
    effect = {"do": "convert", "from": "performed", "term": term} | more
    return rule(effect, "convert", when=[{"event": {"event": "pledged"}}])


DIRECT = rule({"do": "grade", "grade": "C"}, "direct")
THREE = (("A", 95, None), ("B", 90, 94, -7), ("C", None, 89))
DONE = f"{ACT}; 2021-05-01 pledged; 2021-05-01 performed"


def test_performance_turns_a_direct_grade_into_points() -> None:
    law = small_law(scheme(DIRECT, converts(points=-20), grades=THREE))
    assert lines(law, DONE) == [
        (0, "direct", 0, "2021-03-12", "2021-05-01", "released"),
        (0, "convert", -200, "2021-05-01", "2021-11-01", "live"),
    ]
    assert score(law, DONE, "2021-04-30") == (1000, "C")
    assert score(law, DONE, "2021-05-01") == (800, "C")
    assert score(law, DONE, "2021-11-01") == (1000, "A")
    assert notes(law, DONE)[-1] == (0, "convert", "met", -1)


def test_performance_turns_a_direct_grade_into_a_better_one() -> None:
    law = small_law(scheme(DIRECT, converts(grade="B"), grades=THREE))
    (found,) = follows(law, DONE, "2021-06-01").scores
    assert (found.points, found.grade, found.direct) == (930, "B", "B")
    to_year_end = {"term": {"n": 1, "unit": "year", "from": "year_end"}}
    law = small_law(scheme(DIRECT, converts(grade="B", **to_year_end), grades=THREE))
    assert lines(law, DONE)[1][3:5] == ("2021-05-01", "2022-12-31")


def test_how_a_conversion_fared() -> None:
    law = small_law(scheme(DIRECT, converts(points=-20), grades=THREE))
    assert notes(law, ACT)[-1] == (0, "convert", "unmet", 0)
    assert notes(law, DONE, "2021-04-30")[-1] == (0, "convert", "unmet", 0)
    unpledged = f"{ACT}; 2021-05-01 performed"
    assert notes(law, unpledged)[-1] == (0, "convert", "unmet", 1)
    assert [x[1] for x in lines(law, unpledged)] == ["direct"]


def test_a_conversion_turns_only_what_counts_and_only_the_grade_of_its_case() -> None:
    bad = points(-10, name="bad")
    validity = [valid(grade="C"), valid(minus=True)]
    law = small_law(scheme(bad, DIRECT, converts(points=-20), grades=THREE, validity=validity))
    two = f"{DONE}; 2021-02-01 occurred littering @1; 2021-02-01 formed @1"
    found = {(x[0], x[1]): x[5] for x in lines(law, two)}
    assert found == {
        (0, "bad"): "live",
        (0, "direct"): "released",
        (0, "convert"): "live",
        (1, "bad"): "live",
        (1, "direct"): "live",
    }
    early = f"{ACT}; 2021-03-11 pledged; 2021-03-11 performed"
    assert [x[1] for x in lines(law, early)] == ["bad", "direct"], "before it counted"
    same = f"{ACT}; 2021-03-12 pledged; 2021-03-12 performed"
    assert [x[1] for x in lines(law, same)] == ["bad", "direct", "convert"]
    for when, names in (("2022-03-11", ["bad", "direct", "convert"]),
                        ("2022-03-12", ["bad", "direct"])):  # fmt: skip
        late = f"{ACT}; {when} pledged; {when} performed"
        assert [x[1] for x in lines(law, late, "2022-03-12")] == names
    others: tuple[dict[str, Any], ...] = ({"kinds": ["enterprise"]}, {"via": ["head"]})
    for more in others:
        law = small_law(scheme(DIRECT, converts(points=-20) | more, grades=THREE))
        assert [x[1] for x in lines(law, DONE)] == ["direct"]


# --- lists, versions, who is meant -------------------------------------------------------


def test_an_item_that_rests_on_a_list_counts_from_the_entry() -> None:
    items = [item("listed", -10, circumstance=("listed_on:blacklist",))]
    law = small_law(
        listing(enters(), ends("performance", "performed")), scheme(), items={"made_up": items}
    )
    assert lines(law, ACT) == []
    text = f"{ACT}; 2021-04-01 decided blacklist"
    assert lines(law, text, "2021-03-31") == []
    assert lines(law, text, "2021-04-01") == [
        (0, "listed", -100, "2021-04-01", "2022-04-01", "live")
    ]


def test_a_scheme_counts_from_its_first_day_to_its_last() -> None:
    force = {"from": dt.date(2021, 1, 1), "until": dt.date(2021, 12, 31), "cite": GUESS}
    law = small_law(scheme(points(-10), version={"in_force": force}))
    for on, there, turn in (
        ("2020-12-31", 0, "2021-01-01"),
        ("2021-01-01", 1, "2022-01-01"),
        ("2021-12-31", 1, "2022-01-01"),
        ("2022-01-01", 0, "None"),
    ):
        found = follows(law, "2020-06-01 occurred", on)
        assert len(found.scores) == there
        assert str(found.next_due) == turn


@pytest.mark.parametrize("transition", ["acts_from", "records_from", "all"])
def test_an_item_applies_to_what_the_transition_of_its_version_says(transition: str) -> None:
    old = {"from": dt.date(2020, 1, 1), "until": dt.date(2021, 3, 11), "cite": GUESS}
    new = {"from": dt.date(2021, 3, 12), "cite": GUESS}
    made = scheme(points(-10)).model_dump(by_alias=True, exclude_none=True)
    (plain,) = made["versions"]
    both = [
        plain | {"id": name, "in_force": force, "transition": transition}
        | {"provisions": [points(n, name=name)]}
        for name, force, n in (("v1", old, -10), ("v2", new, -20))
    ]  # fmt: skip
    law = small_law(scheme(of={"versions": both}))
    found = [x[1] for x in lines(law, ACT)]
    assert found == {"acts_from": ["v1"], "records_from": ["v2"], "all": ["v2"]}[transition]
    earlier = "2021-03-01 occurred; 2021-03-11 formed"
    found = [x[1] for x in lines(law, earlier)]
    assert found == {"acts_from": ["v1"], "records_from": ["v1"], "all": ["v2"]}[transition]
    gone = {"acts_from": "v2", "records_from": "v1", "all": "v1"}[transition]
    assert (0, gone, "not_in_force", -1) in notes(law, ACT)


def test_a_scheme_scores_those_it_is_meant_for() -> None:
    law = small_law(scheme(points(-10), of={"subjects": ["person", "organ"]}))
    for kind, there in (("person", 1), ("enterprise", 0), ("organ", 1), ("social_organisation", 0)):
        assert len(follows(law, ACT, ON, kind).scores) == there


def test_each_scheme_that_one_joins_is_joined_for_itself() -> None:
    consent = {"mode": "opt_in", "withdrawal": "any_time", "cite": GUESS}
    one, two = (scheme(points(-1), name=name, consent=consent) for name in ("one", "two"))
    law = small_law(one, two, scheme(points(-1), name="three"))

    def joined(*names: str) -> set[str]:
        return {s.instrument for s in follows(law, ACT, ON, consents=names).scores}

    assert joined() == {"three"}
    assert joined("one") == {"one", "three"}
    assert joined("two") == {"two", "three"}
    assert joined("one", "two") == {"one", "two", "three"}


def test_every_scheme_reads_the_whole_file_by_itself() -> None:
    law = small_law(
        scheme(points(-10, name="a"), name="one"),
        scheme(points(-20, name="b"), points(-1, name="c", conduct=["drunk_driving"]), name="two"),
        scheme(points(-30, name="d", conduct=["drunk_driving"]), name="three"),
    )
    text = f"{ACT}; 2021-04-01 occurred drunk_driving @1; 2021-04-01 formed @1"
    found = {s.instrument: s.points for s in follows(law, text, ON).scores}
    assert found == {"one": 900, "two": 790, "three": 700}
    assert live(law, text) == {(0, "a"): -100, (0, "b"): -200, (1, "c"): -10, (1, "d"): -300}
