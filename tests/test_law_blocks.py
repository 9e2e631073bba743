"""Blocks beside lists and schemes of points: emergencies, consent, private schemes, gates, lags.

The instruments here are made up, so that each says one thing only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from reference.made_up import GUESS, instrument
from xinyong.case import calculate, read_case
from xinyong.case.text import lines
from xinyong.dates import day_of
from xinyong.errors import CaseError
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue, lag_months, load
from xinyong.law.compile import Law, compile_law
from xinyong.law.determine import Event, Ledger, Subject, determine, placed
from xinyong.law.gates import bars, measure_target, offers, score_target

TERM = {"n": 1, "unit": "year", "from": "formed"}


def scheme(when: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A scheme that takes ten points off for littering, under a condition."""
    return {
        "provisions": [
            {
                "id": "rule",
                "title": "made up",
                "conduct": ["littering"],
                "when": when,
                "effect": {"do": "points", "low": -10, "high": -10},
                "cite": GUESS,
            }
        ],
        "scheme": {
            "base": 100,
            "grades": [
                {"id": "A", "name": {"en": "a", "zh": "甲"}, "lo": 95, "hi": None},
                {"id": "B", "name": {"en": "b", "zh": "乙"}, "lo": None, "hi": 94},
            ],
            "validity": [{"minus": True, "term": TERM, "cite": GUESS}],
            "combination": {"several_items": "sum", "cite": GUESS},
            "cite": GUESS,
            **more,
        },
    }


def with_(*made: schema.Instrument, **more: Any) -> Law:
    cat: Catalogue = load()
    both = cat.instruments | {it.id: it for it in made}
    return compile_law(replace(cat, instruments=dict(sorted(both.items())), **more))


def points(law: Law, on: dt.date, day: dt.date, place: str | None = None, **who: Any) -> int | None:
    """The score in the made-up scheme after an act of littering."""
    subject = Subject("person", **who)
    events = [
        Event(day_of(day), "occurred", 0, "littering", placed(law, place)),
        Event(day_of(day), "formed", 0),
    ]
    found = determine(Ledger(subject, tuple(events)), law, on)
    return next((s.points for s in found.scores if s.instrument == "made_up"), None)


# --- emergencies ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (dt.date(2020, 1, 19), 1000),
        (dt.date(2020, 1, 20), 900),
        (dt.date(2023, 1, 7), 900),
        (dt.date(2023, 1, 8), 1000),
    ],
)
def test_a_norm_of_the_emergency_listens_only_while_it_lasts(day: dt.date, left: int) -> None:
    law = with_(instrument("made_up", "scheme", scheme([{"emergency": True}])))
    assert points(law, day, day) == left


def test_an_emergency_is_one_of_the_place_of_the_act() -> None:
    state = schema.Emergency.model_validate(
        {
            "id": "flood",
            "name": {"en": "flood", "zh": "洪水"},
            "place": "hubei",
            "from": dt.date(2024, 7, 1),
            "until": dt.date(2024, 7, 31),
            "cite": GUESS,
        }
    )
    law = with_(
        instrument("made_up", "scheme", scheme([{"emergency": True}])),
        emergencies={"flood": state},
    )
    day = dt.date(2024, 7, 10)
    assert points(law, day, day, residence="hubei") == 900
    assert points(law, day, day, residence="gansu") == 1000
    assert points(law, day, day, place="hubei", residence="gansu") == 900
    assert points(law, day, day, place="gansu", residence="hubei") == 1000


def test_a_norm_may_ask_that_there_is_no_emergency() -> None:
    law = with_(instrument("made_up", "scheme", scheme([{"emergency": False}])))
    assert points(law, dt.date(2021, 5, 1), dt.date(2021, 5, 1)) == 1000
    assert points(law, dt.date(2023, 5, 1), dt.date(2023, 5, 1)) == 900


# --- consent and private schemes --------------------------------------------------------------


def test_a_scheme_that_one_joins_scores_only_those_who_did() -> None:
    consent = {"mode": "opt_in", "withdrawal": "any_time", "cite": GUESS}
    law = with_(instrument("made_up", "scheme", scheme([], consent=consent)))
    day = dt.date(2021, 5, 1)
    assert points(law, day, day) is None
    assert points(law, day, day, consents=("made_up",)) == 900


PRIVATE = {
    "private": {
        "lo": 350,
        "hi": 950,
        "consent": {"mode": "opt_in", "withdrawal": "any_time", "cite": GUESS},
        "dimensions": [{"id": "history", "name": {"en": "history", "zh": "历史"}, "cite": GUESS}],
        "bands": [
            {"id": "low", "name": {"en": "low", "zh": "低"}, "lo": 350, "hi": 599, "cite": GUESS},
            {"id": "high", "name": {"en": "high", "zh": "高"}, "lo": 600, "hi": 950, "cite": GUESS},
        ],
        "benefits": [{"id": "bikes", "title": "no deposit", "lo": 600, "cite": GUESS}],
        "list_links": [
            {
                "list": "spc_defaulters",
                "from": dt.date(2015, 7, 24),
                "effect": ["score_lowered", "purchases_blocked"],
                "keeps": {"n": 5, "unit": "year", "from": "performed"},
                "cite": GUESS,
            }
        ],
        "cite": GUESS,
    }
}

CASE = """
subject: {{kind: person, place: gansu, consents: [{joined}], private_scores: {{{score}}}}}
acts:
  - conduct: judgment_refusal
    from: 2020-03-01
    circumstances: [able]
    documents: [{{kind: enforcement_notice, formed: 2020-02-01, served: 2020-02-10}}]
    {then}
on: {on}
"""


def private_case(on: str, joined: str = "made_up", score: str = "", then: str = "") -> Any:
    law = with_(instrument("made_up", "private_scheme", PRIVATE))
    text = CASE.format(on=on, joined=joined, score=score, then=then)
    return calculate(read_case(text), law)


def test_a_public_list_reaches_into_a_private_scheme() -> None:
    (member,) = private_case("2020-06-01").private
    assert [x.link.list for x in member.links] == ["spc_defaulters"]
    assert member.links[0].until is None
    assert private_case("2020-06-01", joined="").private == ()


def test_the_mark_stays_as_long_as_the_scheme_keeps_it() -> None:
    paid = "performed_on: 2020-08-03"
    (member,) = private_case("2025-08-02", then=paid).private
    assert [x.until for x in member.links] == [dt.date(2025, 8, 3)]
    (member,) = private_case("2025-08-03", then=paid).private
    assert member.links == ()


def test_a_stated_score_falls_into_its_band_and_opens_what_it_opens() -> None:
    result = private_case("2020-06-01", score="made_up: 640")
    (member,) = result.private
    assert member.band is not None
    assert (member.band.id, [b.id for b in member.benefits]) == ("high", ["bikes"])
    (member,) = private_case("2020-06-01", score="made_up: 599").private
    assert member.band is not None
    assert (member.band.id, member.benefits) == ("low", ())
    assert any("Private scheme" in text for _, text in lines(result))


@pytest.mark.parametrize(
    ("joined", "score", "says"),
    [
        ("nowhere", "", "asks for consent"),
        ("made_up", "made_up: 951", "outside"),
        ("", "made_up: 640", "not joined"),
        ("made_up", "spc_defaulters: 640", "unknown private scheme"),
    ],
)
def test_only_what_can_be_joined_is_joined(joined: str, score: str, says: str) -> None:
    with pytest.raises(CaseError, match=says):
        private_case("2021-06-01", joined=joined, score=score)


# --- gates ------------------------------------------------------------------------------------


def gate(
    where: dict[str, Any], followed: dict[str, Any] | None = None, **more: Any
) -> schema.Instrument:
    block = {"id": "limit", "title": "made up", "where": where, "cite": GUESS, "effect": "barred"}
    version = {"gates": [block | more]} | ({"followed": followed} if followed else {})
    return instrument("limit", "gate", version, level="national", rank="law")


def measure_row(**more: Any) -> schema.MeasureRow:
    return schema.MeasureRow.model_validate(
        {"measure": "m_no_fly", "by": ["caac"], "cite": GUESS} | more
    )


@pytest.mark.parametrize(
    ("where", "met"),
    [
        ({}, True),
        ({"nature": ["penalty"]}, True),
        ({"nature": ["reward"]}, False),
        ({"measure_field": ["social"]}, True),
        ({"measure_field": ["judicial"]}, False),
        ({"rank_below": "local_regulation"}, True),
        ({"rank_below": "normative_document"}, False),
        ({"level": ["city"]}, True),
        ({"level": ["national"]}, False),
        ({"category": ["travel"]}, True),
        ({"category_not_in": ["travel"]}, False),
        ({"category_not_in": ["finance"]}, True),
        ({"by_level": ["central"]}, True),
        ({"by_level": ["market"]}, False),
        ({"reaches_others": True}, False),
        ({"discretionary": False}, True),
        ({"same_field": True}, True),
        ({"same_field": False}, False),
        ({"subjects": ["enterprise"]}, False),
        ({"based_on": ["record"]}, True),
        ({"instrument": ["made_up"]}, True),
        ({"instrument_not": ["made_up"]}, False),
        ({"offers": ["notice"]}, False),
        ({"lacks": ["notice"]}, True),
        ({"kind": ["scheme"], "polarity": ["mixed"]}, True),
        ({"polarity": ["black"]}, False),
    ],
)
def test_each_attribute_finds_its_target(where: dict[str, Any], met: bool) -> None:
    it = instrument("made_up", "scheme", scheme([]))
    law = with_(it, gate(where, bars=["measure"]))
    target = measure_target(it, it.versions[0], measure_row())
    found = bars(law.catalogue, target, dt.date(2020, 5, 1))
    assert ("limit" in {b.gate for b in found}) == met


def test_a_gate_says_nothing_before_its_first_day() -> None:
    it = instrument("made_up", "scheme", scheme([]))
    law = with_(it, gate({}, bars=["score"]))
    target = score_target(it, it.versions[0], "person")
    for day, met in ((dt.date(2019, 12, 31), False), (dt.date(2020, 1, 1), True)):
        assert ("limit" in {b.gate for b in bars(law.catalogue, target, day)}) == met


def test_the_nearest_place_says_with_what_lag_a_gate_is_followed() -> None:
    followed = {
        "lag_months": 6,
        "cite": GUESS,
        "places": [
            {"place": "shandong", "lag_months": 12, "cite": GUESS},
            {"place": "wendeng", "lag_months": 24, "cite": GUESS},
        ],
    }
    it = gate({}, bars=["score"], followed=followed)
    lags = [lag_months(it.versions[0], p) for p in ("gansu", "shandong", "weihai", "wendeng")]
    assert lags == [6, 12, 12, 24]
    made = instrument("made_up", "scheme", scheme([]))
    target = score_target(made, made.versions[0], "person")
    law = with_(made, it)
    (bar,) = [
        b for b in bars(law.catalogue, target, dt.date(2020, 5, 1), "wendeng") if b.gate == "limit"
    ]
    assert (bar.since, bar.followed_from) == (dt.date(2020, 1, 1), dt.date(2022, 1, 1))


def test_gates_take_nothing_away() -> None:
    day = dt.date(2020, 5, 1)
    plain = with_(instrument("made_up", "scheme", scheme([])))
    barring = with_(instrument("made_up", "scheme", scheme([])), gate({}, bars=["points", "score"]))
    assert points(plain, day, day) == points(barring, day, day) == 900


def test_safeguards_are_read_off_the_instrument() -> None:
    wages = load().instruments["wage_arrears_list"]
    assert {"notice", "objection", "end", "repair"} <= offers(wages, wages.versions[-1])


@pytest.mark.parametrize(
    "wrong",
    [
        {"effect": "required"},
        {"effect": "weighed"},
        {"effect": "barred", "needs": {"document": "any"}},
    ],
)
def test_a_gate_that_does_not_say_what_it_asks_for_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="go together"):
        gate({}, bars=["points"], **wrong)
