"""What the linter reads off a provision: each attribute on rulebooks that differ in one thing.

The rulebooks are made up; their words are those of the catalogue.
"""

from __future__ import annotations

from typing import Any

import pytest

from reference.attributes import (
    BAD,
    BARE,
    COMMERCIAL,
    GOOD,
    PAPERED,
    PROTECTED,
    SOCIAL,
    THREE,
    grade,
    of,
    whole,
    words,
)
from reference.made_up import GUESS
from reference.small_law import ends, enters, item, listing, points, rule, scheme

# --- detriment -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "harms"),
    [(-2, -1, True), (-1, 0, True), (0, 0, False), (0, 1, False), (1, 2, False), (-1, 1, None)],
)
def test_points_that_can_only_fall_harm(low: int, high: int, harms: bool | None) -> None:
    assert of(scheme(points(low, high)), "harms") is harms
    assert of(scheme(), "harms", item("one", low, high)) is harms
    assert of(scheme(points(low, high)), "range") == high - low
    assert of(scheme(), "range", item("one", low, high)) == high - low


def test_a_grade_harms_that_stands_below_the_first_one() -> None:
    assert [of(scheme(grade(g), grades=THREE), "harms") for g in "ABC"] == [False, True, True]
    assert [of(scheme(grade(g), grades=THREE, base=92), "harms") for g in "ABC"] == [
        False,
        False,
        True,
    ]
    assert [of(scheme(grade(g), grades=THREE, base=None), "harms") for g in "ABC"] == [
        False,
        None,
        True,
    ]
    unbound = (("A", None, None), ("B", 90, None), ("C", None, 89))
    assert [of(scheme(grade(g), grades=unbound), "harms") for g in "ABC"] == [False, False, True]
    edges = (("A", 101, None), ("B", 100, 100), ("C", None, 99))
    assert [of(scheme(grade(g), grades=edges), "harms") for g in "ABC"] == [False, False, True]
    direct = item("one", grade="C")
    assert of(scheme(grades=THREE), "harms", direct) is True
    assert of(scheme(grades=THREE), "effect", direct) == "grade"
    assert of(scheme(), "effect", item("one", -1)) == "points"
    assert of(scheme(grades=THREE), "harms", item("one", grade="Z")) is None


def test_an_entry_harms_on_a_black_list_and_not_on_a_red_one() -> None:
    for polarity, harms in (("black", True), ("red", False), ("mixed", None)):
        assert of(listing(enters(), polarity=polarity), "harms") is harms


def test_other_effects() -> None:
    end, back = ends("early", "corrected"), rule({"do": "restore", "from": "restored"}, "back")
    turn: dict[str, Any] = {"do": "convert", "points": -1, "from": "performed"}
    turn["term"] = {"n": 1, "unit": "year", "from": "performed"}
    assert of(listing(end), "harms") is False
    assert of(listing(back), "harms") is True
    assert of(scheme(rule(turn)), "harms") is False
    assert [of(listing(x), "end_date") for x in (end, back)] == ["term", "event"]
    assert of(scheme(rule(turn)), "end_date") == "term"
    assert of(scheme(rule(turn | {"term": {"open": True}})), "end_date") == "none"
    assert of(listing(end), "range") == 0


def test_a_copy_harms_if_the_conduct_is_bad() -> None:
    copy = {"do": "copy", "to": ["head", "family"]}
    for conducts, harms in (
        ([BAD], True),
        ([GOOD], False),
        ([GOOD, BAD], True),
        (["nobody_told"], None),
        (["nobody_told", GOOD], None),
        (["nobody_told", BAD], True),
    ):
        assert of(listing(rule(copy, conduct=conducts)), "harms") is harms
    assert of(listing(rule(copy)), "copies_to") == {"head", "family"}
    assert of(listing(enters()), "copies_to") == frozenset()


# --- who and through whom ------------------------------------------------------------------------


def test_whom_a_provision_speaks_to() -> None:
    both: dict[str, Any] = {"subjects": ["person", "enterprise"]}
    firms = enters(kinds=["enterprise"])
    assert of(listing(enters(), **both), "on_persons") is True
    assert of(listing(firms, **both), "on_persons") is False
    assert of(listing(enters(), subjects=["enterprise"]), "on_persons") is False
    made = scheme(of={"subjects": ["enterprise"]})
    assert of(made, "on_persons", item("one", -1, kinds=())) is False
    assert of(made, "on_persons", item("one", -1, kinds=("person",))) is True
    assert of(listing(enters(via=["self", "head"])), "through") == {"head"}
    assert of(scheme(), "through", item("one", -1, via=("family", "self"))) == {"family"}


# --- papers, field, gravity --------------------------------------------------------------------


def test_on_what_papers_a_provision_rests() -> None:
    asks: list[dict[str, Any]] = [{"document": "judgment"}]
    served: list[dict[str, Any]] = [{"event": {"event": "served", "document": "penalty_decision"}}]
    either: list[dict[str, Any]] = [{"any": [{"document": "judgment"}, {"all": served}]}]
    unless = [{"unless": asks}]
    asked: tuple[tuple[list[dict[str, Any]], set[str]], ...] = (
        (asks, {"judgment"}),
        (served, {"penalty_decision"}),
        (either, {"judgment", "penalty_decision"}),
    )
    for when, papers in asked:
        made = listing(enters(when=when, conduct=[BARE]))
        assert of(made, "papers") == papers
        assert (of(made, "asks_paper"), of(made, "bare")) == (True, False)
    none: tuple[list[dict[str, Any]], ...] = ([], unless, [{"event": {"event": "corrected"}}])
    for when in none:
        made = listing(enters(when=when, conduct=[PAPERED]))
        assert of(made, "papers") == set(words().conducts[PAPERED].documents)
        assert (of(made, "asks_paper"), of(made, "bare")) == (False, False)
    rests: tuple[tuple[list[str], set[str] | None, bool | None], ...] = (
        ([BARE], set(), True),
        ([BARE, PAPERED], set(words().conducts[PAPERED].documents), True),
        (["nobody_told"], None, None),
        (["nobody_told", BARE], None, True),
        (["nobody_told", PAPERED], None, None),
    )
    for conducts, documents, bare in rests:
        assert of(listing(enters(conduct=conducts)), "papers") == documents
        assert of(listing(enters(conduct=conducts)), "bare") is bare
        one = item("one", -1, conduct=tuple(conducts))
        assert (of(scheme(), "papers", one), of(scheme(), "bare", one)) == (documents, bare)
        assert of(scheme(), "asks_paper", one) is False


def test_in_which_field_the_conduct_lies() -> None:
    for conducts, field in (
        ([SOCIAL], "social"),
        ([SOCIAL, COMMERCIAL], None),
        (["nobody_told"], None),
        ([SOCIAL, "nobody_told"], None),
    ):
        assert of(listing(enters(conduct=conducts)), "field") == field
        assert of(listing(enters(conduct=conducts, field="judicial")), "field") == "judicial"
        one = item("one", -1, conduct=tuple(conducts), field="")
        assert of(scheme(), "field", one) == field
        assert of(scheme(), "conducts", one) == set(conducts)
    assert of(scheme(), "field", item("one", -1, field="commercial")) == "commercial"


def test_a_provision_looks_at_gravity_if_it_asks_how_much_or_how_often() -> None:
    for when, gravity in (
        ({"band": {"of": "amount", "lo": 1}}, True),
        ({"severity": ["serious"]}, True),
        ({"count": {"window_months": 12, "lo": 2}}, True),
        ({"cumulative": {"of": "amount", "lo": 1}}, True),
        ({"circumstance": "able"}, True),
        ({"all": [{"severity": ["serious"]}]}, True),
        ({"document": "judgment"}, False),
        ({"unless": [{"severity": ["minor"]}]}, False),
    ):
        assert of(listing(enters(when=[when])), "gravity") is gravity
    assert of(listing(enters()), "gravity") is False
    for more, gravity in (
        ({"quantity": "amount"}, True),
        ({"severity": ("serious",)}, True),
        ({"circumstance": ("able",)}, True),
        ({}, False),
    ):
        assert of(scheme(), "gravity", item("one", -1, **more)) is gravity


def test_which_circumstances_and_listings_a_provision_asks_for() -> None:
    able = {"circumstance": "able"}
    assert of(listing(enters(when=[able])), "circumstances") == {"able"}
    assert of(listing(enters(when=[able])), "entry_asked") is False
    for word in ("listed_on", "still_listed_on"):
        assert of(listing(enters(when=[{word: "blacklist"}])), "entry_asked") is True
    one = item("one", -1, circumstance=("able", "listed_on:blacklist"))
    assert of(scheme(), "circumstances", one) == {"able"}
    assert of(scheme(), "entry_asked", one) is True
    assert of(scheme(), "entry_asked", item("one", -1, circumstance=("able",))) is False


# --- protected conduct -------------------------------------------------------------------------


def test_protected_conduct_is_tagged_by_the_provision_or_by_its_nature() -> None:
    tagged = enters(protected=["speech"])
    assert of(listing(tagged), "protected") == {"speech"}
    assert of(listing(enters(conduct=[PROTECTED])), "protected") >= {"petition"}
    assert of(listing(enters()), "protected") == frozenset()
    assert of(listing(enters(conduct=["nobody_told"])), "protected") is None
    assert of(listing(tagged | {"conduct": ["nobody_told"]}), "protected") == {"speech"}
    copy = rule({"do": "copy", "to": ["head"]}, conduct=[PROTECTED])
    assert of(listing(copy), "protected") == frozenset()
    assert of(listing(copy | {"protected": ["belief"]}), "protected") == {"belief"}
    one = item("one", -1, conduct=(PROTECTED,), protected=("belief",))
    assert of(scheme(), "protected", one) >= {"petition", "belief"}
    assert of(scheme(), "protected", item("one", -1, conduct=("nobody_told",))) == frozenset()
    assert whole(listing(enters(conduct=[PROTECTED])), "tags") >= {"petition"}
    assert whole(scheme(), "tags", one) >= {"petition", "belief"}
    assert whole(listing(enters(), protected=["assembly"]), "tags") == {"assembly"}
    assert whole(listing(enters(conduct=["nobody_told"])), "tags") == frozenset()


# --- how it ends ---------------------------------------------------------------------------------


def test_an_entry_without_a_term_ends_by_an_event_or_not_at_all() -> None:
    term = {"n": 1, "unit": "year", "from": "listed"}
    assert of(listing(enters(term=term)), "end_date") == "term"
    assert of(listing(enters()), "end_date") == "none"
    assert of(listing(enters(), ends("early", "corrected")), "end_date") == "event"
    assert of(listing(enters(), ends("annulled", "annulled")), "end_date") == "none"
    other = ends("early", "corrected", conduct=[BARE])
    assert of(listing(enters(), other), "end_date") == "none"


def test_a_line_ends_by_the_first_rule_on_validity_that_fits() -> None:
    term, opened = {"n": 1, "unit": "year", "from": "formed"}, {"open": True}

    def rows(**named: Any) -> list[dict[str, Any]]:
        return [{"cite": GUESS, **row} for row in named.values()]

    minus = rows(small={"minus_up_to": 10, "term": term}, large={"minus": True, "term": opened})
    for n, end in ((-10, "term"), (-11, "none"), (1, "none")):
        assert of(scheme(points(n), validity=minus), "end_date") == end
        assert of(scheme(validity=minus), "end_date", item("one", n)) == end
    plus = rows(one={"plus": True, "term": term})
    for n, end in ((1, "term"), (0, "term"), (-1, "none")):
        assert of(scheme(points(n), validity=plus), "end_date") == end
    by_grade = rows(
        c={"grade": "C", "term": term},
        b={"grade": "B", "term": opened},
        all={"minus": True, "term": term},
    )
    for name, end in (("A", "none"), ("B", "none"), ("C", "term")):
        made = scheme(grade(name), grades=THREE, validity=by_grade)
        assert of(made, "end_date") == end
        assert of(scheme(grades=THREE, validity=by_grade), "end_date", item("x", grade=name)) == end
