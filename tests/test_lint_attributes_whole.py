"""What the linter reads off a whole rulebook, its measures, steps, pairs and grades.

The rulebooks are made up; their words are those of the catalogue.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reference.attributes import (
    BARE,
    THREE,
    grade,
    of,
    parts,
    whole,
    words,
)
from reference.made_up import GUESS
from reference.small_law import ends, enters, item, listing, points, rule, scheme, step
from xinyong.law import schema
from xinyong.law.annex import Item
from xinyong.law.catalogue import load
from xinyong.law.lint import Rulebook, read_rulebooks
from xinyong.law.lint.engine import targets

# --- the instrument ------------------------------------------------------------------------------


def stepped(*steps: dict[str, Any], **more: Any) -> schema.Instrument:
    return listing(enters(), steps=steps, **more)


@pytest.mark.parametrize(("name", "then"), [("notice", "noticed"), ("checked", "checked")])
def test_a_step_is_owed_allowed_or_not_foreseen(name: str, then: str) -> None:
    must, may = (
        step("a", "met", ["formed"], then),
        step("b", "met", ["formed"], then, modality="may"),
    )
    other = step("c", "met", ["formed"], "published")
    assert whole(stepped(other), name) == "none"
    assert whole(stepped(other, may), name) == "may"
    assert whole(stepped(may, must), name) == "must"
    assert whole(stepped(must), name) == "must"


def test_whether_one_may_object() -> None:
    objecting = step("a", "met", ["noticed"], "objected", modality="may")
    review = {"objection": False, "administrative_review": True, "suit": False, "cite": GUESS}
    assert whole(listing(enters()), "objection") is False
    assert whole(stepped(objecting), "objection") is True
    assert whole(listing(enters(), review=review | {"objection": True}), "objection") is True
    made = listing(enters(), review=review)
    assert (whole(made, "administrative_review"), whole(made, "suit")) == (True, False)
    made = listing(enters(), review=review | {"administrative_review": False, "suit": True})
    assert (whole(made, "administrative_review"), whole(made, "suit")) == (False, True)


def test_whether_anything_but_time_ends_the_effect() -> None:
    for cause, repair in (
        ("performance", True),
        ("settlement", True),
        ("early", True),
        ("withdrawal", False),
        ("terminated", False),
        ("annulled", False),
    ):
        made = listing(enters(), ends(cause, "corrected"))
        assert whole(made, "repair") is repair
        assert whole(made, "removal") is True
    assert whole(listing(enters()), "repair") is False
    assert whole(listing(enters()), "removal") is False
    removed = step("off", "ended", ["lawful_end"], "removed")
    assert whole(stepped(removed), "removal") is True
    assert whole(scheme(), "removal") is True
    assert whole(scheme(), "repair") is False
    assert whole(scheme(combination={"released_by_correction": True}), "repair") is True
    turn: dict[str, Any] = {"do": "convert", "points": -1, "from": "performed"}
    turn["term"] = {"n": 1, "unit": "year", "from": "performed"}
    assert whole(scheme(rule(turn)), "repair") is True


def test_whether_it_is_to_the_subject_s_detriment() -> None:
    def row(measure: str) -> dict[str, Any]:
        return {"measures": [{"measure": measure, "by": ["court"], "cite": GUESS}]}

    black = next(m.id for m in words().measures.values() if m.polarity == "black")
    red = next(m.id for m in words().measures.values() if m.polarity == "red")
    end = ends("early", "corrected")
    assert whole(listing(end, polarity="black"), "adverse") is True
    assert whole(listing(end), "adverse") is False
    assert whole(listing(enters()), "adverse") is None
    assert whole(listing(end, version=row(black)), "adverse") is True
    assert whole(listing(end, version=row(red)), "adverse") is False
    assert whole(listing(end, version=row("m_nobody_told")), "adverse") is None
    assert whole(scheme(), "adverse", item("one", -1)) is True
    assert whole(scheme(), "adverse", item("one", 1)) is False
    assert whole(scheme(points(-1)), "adverse") is True


def test_whether_a_machine_decides() -> None:
    decide = step("decide", "met", ["formed"], "decided")
    for then, by, told in (
        ("decided", "ndrc", "none"),
        ("granted", "ndrc", "none"),
        ("checked", "ndrc", "none"),
        ("published", "ndrc", None),
        ("decided", "subject", None),
    ):
        assert whole(stepped(decide | {"then": then, "by": by}), "machine") == told
    for decision in ("alone", "aid", "none"):
        said = {"decision": decision, "ai_system": True, "cite": GUESS}
        assert whole(stepped(decide, automated=said), "machine") == decision
        assert whole(stepped(automated=said), "ai") is True
    assert whole(stepped(decide), "ai") is None


def test_what_must_have_been_served_before() -> None:
    def served(document: str) -> dict[str, Any]:
        return {"event": {"event": "served", "document": document}}

    one, two = served("judgment"), served("penalty_decision")
    formed = {"event": {"event": "formed", "document": "judgment"}}
    for whens, warned in (
        ([[one]], {"judgment"}),
        ([[one, two]], {"judgment", "penalty_decision"}),
        ([[{"all": [one, two]}]], {"judgment", "penalty_decision"}),
        ([[{"any": [one, two]}]], set()),
        ([[one, two], [one]], {"judgment"}),
        ([[one], [two]], set()),
        ([[formed]], set()),
        ([[{"event": {"event": "served"}}]], set()),
        ([], set()),
    ):
        grounds = [enters(f"g{i}", when=when) for i, when in enumerate(whens)]
        assert whole(listing(*grounds, ends("early", "corrected")), "warned_by") == warned
    made = scheme(points(-1, when=[one]))
    assert whole(made, "warned_by") == {"judgment"}
    assert whole(made, "warned_by", item("good", 1)) == {"judgment"}
    assert whole(made, "warned_by", item("bad", -1)) == frozenset()
    assert whole(scheme(points(-1, when=[one]), points(1, name="b")), "warned_by") == {"judgment"}
    assert whole(scheme(points(-1, when=[one]), points(-1, 1, name="b")), "warned_by") == set()


def test_whether_it_is_published_scored_public_and_read_as_a_whole() -> None:
    shown = step("show", "entered", ["decided"], "published")
    publicity = next(m.id for m in words().measures.values() if m.nature == "publicity")
    rows = {"measures": [{"measure": publicity, "by": ["court"], "cite": GUESS}]}
    assert whole(listing(enters()), "publishes") is False
    assert whole(stepped(shown), "publishes") is True
    assert whole(listing(enters(), version=rows), "publishes") is True
    assert (whole(listing(enters()), "scored"), whole(scheme(), "scored")) == (False, True)
    for level, rank, public in (
        ("city", "normative_document", True),
        ("city", "industry_rule", False),
        ("village", "industry_rule", True),
        ("industry", "normative_document", False),
    ):
        assert whole(listing(enters(), level=level, rank=rank), "public") is public
    (source,) = listing(enters()).model_dump(by_alias=True, mode="json")["sources"].values()
    force = {"in_force": {"from": "2020-01-01", "cite": {"source": "none", "article": "1"}}}
    for depth, read in (
        ("full text", True), ("transcription", True), ("excerpt", False), ("secondary", False)
    ):  # fmt: skip
        sources = {"none": source | {"depth": depth}}
        assert whole(listing(enters(), version=force, sources=sources), "whole") is read
        made = scheme(version=force, of={"sources": sources}, partial="half is lost")
        assert whole(made, "whole") is False
    assert whole(listing(enters()), "whole") is False, "an assumption"


# --- measures, steps, pairs -----------------------------------------------------------------


def test_what_a_measure_is() -> None:
    def measured(**more: Any) -> schema.Instrument:
        row = {"measure": "m_no_fly", "by": ["court"], "cite": GUESS} | more
        return listing(enters(), version={"measures": [row]}, subjects=["person", "enterprise"])

    def told(name: str, **more: Any) -> Any:
        return of(measured(**more), name, over="measure")

    known = words().measures["m_no_fly"]
    assert told("measure") == "m_no_fly"
    assert told("measure_field") == known.field
    assert told("measure_nature") == known.nature
    assert told("measure_polarity") == known.polarity
    assert told("category") == known.category
    assert told("cross_field") is (known.field != "social")
    assert told("applied_by") == {words().authorities["court"].level}
    assert told("applied_by", by=["court", "nobody_told"]) is None
    assert told("discretionary", discretionary=True) is True
    assert told("discretionary") is False
    assert told("reaches", reaches=["family"]) == {"family"}
    assert told("on_persons") is True
    assert told("on_persons", kinds=["enterprise"]) is False
    for name in ("measure_field", "measure_nature", "measure_polarity", "category", "cross_field"):
        assert told(name, measure="m_nobody_told") is None
    own = next(m for m in words().measures.values() if m.field == "social")
    assert told("cross_field", measure=own.id) is False


def test_what_a_step_is() -> None:
    made = stepped(step("a", "met", ["formed", "served"], "noticed", (5, "day"), modality="may"))
    asked = {name: of(made, name, over="step") for name in
             ("then", "modality", "by_subject", "limited", "after")}  # fmt: skip
    assert asked == {
        "then": "noticed", "modality": "may", "by_subject": False, "limited": True,
        "after": {"formed", "served"},
    }  # fmt: skip
    made = stepped(step("a", "met", ["formed"], "applied", by="subject"))
    assert of(made, "by_subject", over="step") is True
    assert of(made, "limited", over="step") is False


def pairs(made: schema.Instrument, *items: Item) -> list[tuple[str, Any, Any]]:
    return [
        (x.path.rpartition(".")[2], x.values["adds_up"], x.values["conducts"])
        for x in parts(made, *items)
        if x.over == "pair"
    ]


@pytest.mark.parametrize(
    ("one", "two", "both"),
    [
        ({}, {}, True),
        ({"low": 1}, {}, False),
        ({"via": ("head",)}, {}, False),
        ({"conduct": (BARE,)}, {}, False),
        ({"conduct": (BARE, "littering")}, {}, True),
        ({"kinds": ("enterprise",)}, {}, False),
        ({"kinds": ()}, {}, True),
        ({"role": "official"}, {}, False),
        ({"ladder": "a"}, {"ladder": "a"}, False),
        ({"ladder": "a"}, {"ladder": "b"}, True),
        ({"severity": ("minor",)}, {"severity": ("grave",)}, False),
        ({"severity": ("minor",)}, {"severity": ("grave", "minor")}, True),
        ({"severity": ("minor",)}, {}, True),
        ({"circumstance": ("able",)}, {"circumstance": ("unable",)}, False),
        ({"quantity": "amount", "hi": 9}, {"quantity": "amount", "lo": 10}, False),
        ({"quantity": "amount", "hi": 10}, {"quantity": "amount", "lo": 10}, True),
        ({"quantity": "amount", "hi": 11}, {"quantity": "amount", "lo": 10}, True),
        ({"quantity": "amount", "hi": 9}, {"quantity": "hours", "lo": 10}, True),
        ({"quantity": "amount", "hi": 9}, {"quantity": "amount"}, True),
        ({"quantity": "amount", "hi": 10, "hi_inclusive": False},
         {"quantity": "amount", "lo": 10}, False),
        ({"quantity": "amount", "hi": 10},
         {"quantity": "amount", "lo": 10, "lo_inclusive": False}, False),
        ({"quantity": "amount", "lo": 0, "hi": 3}, {"quantity": "amount", "hi": 0}, True),
    ],
)  # fmt: skip
def test_two_items_that_one_act_may_fit(
    one: dict[str, Any], two: dict[str, Any], both: bool
) -> None:
    a, b = (item(name, **{"low": -1, **more}) for name, more in (("a", one), ("b", two)))
    for first, second in ((a, b), (b, a)):
        found = pairs(scheme(), first, second)
        assert len(found) == both
        if both:
            assert found == [(f"{first.item}+{second.item}", True, frozenset({"littering"}))]
    largest = scheme(combination={"several_items": "direct_else_largest"})
    assert [x[1] for x in pairs(largest, a, b)] == [False] * both


@pytest.mark.parametrize(
    ("more", "adds_up"),
    [
        ({}, [True]),
        ({"when": [{"document": "judgment"}]}, [True]),
        ({"conduct": [BARE]}, []),
        ({"kinds": ["enterprise"]}, []),
        ({"via": ["head"]}, []),
        ({"via": ["head", "self"]}, [True]),
    ],
)
def test_two_provisions_that_one_act_may_fit(more: dict[str, Any], adds_up: list[bool]) -> None:
    made = scheme(points(-1, name="a"), points(-2, name="b", **more), points(1, name="good"))
    assert [x[:2] for x in pairs(made)] == [("a+b", x) for x in adds_up]
    asking = points(-1, name="a", when=[{"document": "judgment"}])
    made = scheme(asking, asking | {"id": "b"})
    assert [x[1] for x in pairs(made)] == [None], "whether one act meets both is not known"
    largest = {"several_items": "direct_else_largest"}
    assert [x[1] for x in pairs(scheme(asking, asking | {"id": "b"}, combination=largest))] == [
        False
    ]
    assert pairs(listing(enters("a"), enters("b"), polarity="black")) == []


def test_a_measure_that_is_ordered_twice() -> None:
    def rows(*more: dict[str, Any]) -> list[tuple[str, Any, Any]]:
        made = [{"measure": "m_no_fly", "by": ["court"], "cite": GUESS} | row for row in more]
        return pairs(
            listing(enters(), version={"measures": made}, subjects=["person", "enterprise"])
        )

    assert rows({}) == []
    assert rows({}, {"measure": "m_publish"}) == []
    assert rows({}, {}) == [("m_no_fly[0+1]", True, None)]
    assert rows({}, {"by": ["caac"]}) == [("m_no_fly[0+1]", None, None)]
    assert rows({"kinds": ["person"]}, {"kinds": ["enterprise"]}) == []
    assert rows({"kinds": ["person"]}, {}) == [("m_no_fly[0+1]", True, None)]


# --- grades --------------------------------------------------------------------------------------


def reach(made: schema.Instrument, *items: Item) -> dict[str, bool | None]:
    return {
        x.path.rpartition(".")[2]: x.values["reachable"]  # type: ignore[misc]
        for x in parts(made, *items)
        if x.over == "grade"
    }


def test_a_grade_is_reached_at_the_start_directly_or_by_points() -> None:
    assert reach(scheme(grades=THREE)) == {"A": True, "B": False, "C": False}
    assert reach(scheme(points(-1), grades=THREE)) == {"A": True, "B": True, "C": True}
    assert reach(scheme(points(1), grades=THREE)) == {"A": True, "B": False, "C": False}
    assert reach(scheme(points(1), grades=THREE, base=90)) == {"A": True, "B": True, "C": False}
    assert reach(scheme(grade("B"), grades=THREE)) == {"A": True, "B": True, "C": False}
    assert reach(scheme(grades=THREE), item("x", grade="C")) == {"A": True, "B": False, "C": True}
    assert reach(scheme(grades=THREE, base=None)) == {"A": None, "B": None, "C": None}
    turn: dict[str, Any] = {"do": "convert", "grade": "B", "from": "performed"}
    turn["term"] = {"n": 1, "unit": "year", "from": "performed"}
    assert reach(scheme(rule(turn), grades=THREE)) == {"A": True, "B": True, "C": False}
    empty = (("A", 95, None), ("B", 94, 90), ("C", None, 89))
    assert reach(scheme(grade("B"), grades=empty))["B"] is False
    unbound = (("A", 95, None), ("B", None, None), ("C", None, 94))
    assert reach(scheme(grades=unbound))["B"] is None


@pytest.mark.parametrize(("taken", "found"), [(5, None), (6, True), (10, True)])
def test_where_groups_are_capped_it_is_only_known_what_one_round_of_items_does(
    taken: int, found: bool | None
) -> None:
    cap = [{"group": "group", "points": 5, "cite": GUESS}]
    made = scheme(points(-taken), grades=THREE, caps=cap)
    assert reach(made)["B"] is found
    up = scheme(points(taken - 1), grades=THREE, caps=cap, base=90)
    assert reach(up)["A"] is found


def test_which_of_a_rulebook_s_sources_an_item_rests_on() -> None:
    made = scheme()
    book = Rulebook(made, (item("one", -1),), words())
    target = next(x for x in targets(book, made.versions[0]) if x.over == "provision")
    assert book.source_of(target.cite) == ("annex", "secondary")
    assert book.source_of(made.versions[0].in_force.cite) == ("", "assumption")


def test_a_rulebook_is_looked_for_in_the_catalogue_that_is_given() -> None:
    made = listing(enters())
    own = replace(load(), instruments={made.id: made})
    assert [book.id for book in read_rulebooks("blacklist", own)] == ["blacklist"]
    assert [book.id for book in read_rulebooks("all", own)] == ["blacklist"]
