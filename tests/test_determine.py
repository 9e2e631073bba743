"""Properties of the one meaning of the law, on random ledgers."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from reference.made_up import GUESS, instrument
from reference.small_law import enters, events, follows, listing, points, rule, scheme, small_law
from xinyong.dates import NEVER, date_of, day_of
from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.clocks import is_step
from xinyong.law.compile import Law, law
from xinyong.law.course import nominal
from xinyong.law.determine import (
    Determination,
    Event,
    Ledger,
    Subject,
    determine,
    findings,
)
from xinyong.law.reads import reads

LAW: Law = law()
CONDUCTS = (
    "judgment_refusal",
    "enforcement_evasion",
    "wage_arrears",
    "tax_year",
    "volunteer_service",
    "charity_donation",
    "traffic_penalty",
    "administrative_penalty",
    "tax_arrears",
    "drunk_driving",
)
SOME = [c for c in CONDUCTS if c in LAW.conducts]
FIRST, LAST = day_of(dt.date(2013, 6, 1)), day_of(dt.date(2024, 6, 1))

fast = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
LATE, EARLY = day_of(dt.date(2021, 6, 1)), day_of(dt.date(2019, 10, 1))
days = st.one_of(st.integers(LATE, LAST), st.integers(LATE, LAST), st.integers(FIRST, LAST))
starts = st.one_of(st.integers(EARLY, LATE), st.integers(EARLY, LATE), st.integers(FIRST, LAST))


@st.composite
def cases(draw: st.DrawFn, number: int) -> list[Event]:
    """One case: an act with some of the facts and events that the law reads of it.

    Likely facts are likely here too, or hardly any random act would meet a provision.
    """
    conduct = draw(st.sampled_from(SOME))
    read = reads(LAW, conduct)
    start = draw(starts)
    found = [Event(start, "occurred", number, conduct)]
    likely = sorted(
        read.details & {"able", "amount", "persons", "months", "hours", "score", "fine"}
    )
    others = sorted(read.details) or ["severity"]
    drawn = draw(st.lists(st.sampled_from(others), max_size=3, unique=True))
    for name in dict.fromkeys([*likely, *drawn]):
        value = 1
        if name == "severity":
            value = draw(st.integers(0, len(v.SEVERITIES) - 1))
        elif name in v.QUANTITIES:
            value = draw(st.sampled_from((0, 1, 3, 12, 90, 300, 2_000, 48_000)))
        found.append(Event(start, "detail", number, name, value))
    for kind in ("", *sorted(read.documents)):
        if draw(st.integers(0, 3)):
            day = start + draw(st.integers(-30, 10))
            found += [Event(day, "formed", number, kind), Event(day + 5, "served", number, kind)]
    steps = [("decided", 6), ("recorded", 5), ("deadline", 4)]
    words = sorted(read.events - {"occurred", "copied", "detail"})
    drawn = draw(st.lists(st.sampled_from(words), max_size=6))
    for word in [*(w for w, often in steps if draw(st.integers(0, 6)) < often), *drawn]:
        if word not in read.events:
            continue
        step = is_step(v.EVENTS.index(word))
        for what in sorted(read.instruments) if step else [""]:
            found.append(Event(start + draw(st.integers(0, 500)), word, number, what))
    return found


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    subject = Subject(
        kind=draw(st.sampled_from(("person", "enterprise", *v.KINDS))),
        residence=draw(st.sampled_from(("wendeng", "wendeng", "gansu"))),
        registration=draw(st.sampled_from(("wendeng", "gansu"))),
        age=draw(st.sampled_from(((18, 120), (35, 44), (15, 15)))),
        roles=tuple(draw(st.sets(st.sampled_from(("official", "party_member"))))),
    )
    events: list[Event] = []
    for number in range(draw(st.integers(1, 4))):
        events += draw(cases(number))
    return Ledger(subject, tuple(events))


def same(a: Determination, b: Determination) -> bool:
    """Whether two determinations say the same; `as_of` and `next_due` are no findings."""
    parts = ("entries", "lines", "steps", "scores", "tried")
    return all(getattr(a, part) == getattr(b, part) for part in parts)


@fast
@given(ledgers(), days, st.integers(1, 900), st.sampled_from(sorted(v.EVENTS)))
def test_what_comes_later_changes_nothing(ledger: Ledger, day: int, later: int, word: str) -> None:
    assume(word not in ("copied", "detail", "occurred") and ledger.events)
    more = ledger.append(Event(day + later, word, ledger.events[-1].case))
    assert same(determine(ledger, LAW, date_of(day)), determine(more, LAW, date_of(day)))


@fast
@given(ledgers(), days, st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_appended_does_not_matter(
    ledger: Ledger, day: int, mix: Any
) -> None:
    """The latest statement of one detail counts, so a detail is stated once here."""
    seen: set[tuple[Any, ...]] = set()
    events = []
    for e in ledger.events:
        key = (e.case, e.event, e.what) if e.event == "detail" else (id(e),)
        if key not in seen:
            seen.add(key)
            events.append(e)
    ledger = Ledger(ledger.subject, tuple(events))
    mix.shuffle(events)
    shuffled = Ledger(ledger.subject, tuple(events))
    assert same(determine(ledger, LAW, date_of(day)), determine(shuffled, LAW, date_of(day)))


@fast
@given(ledgers(), days)
def test_entries_end_no_earlier_than_they_begin(ledger: Ledger, day: int) -> None:
    for e in determine(ledger, LAW, date_of(day)).entries:
        assert e.start <= date_of(day)
        for end in (e.end, e.lawful_end, e.expires, e.published):
            assert end is None or end >= e.start
        assert (e.cause == "") or (e.lawful_end is not None and e.lawful_end <= date_of(day))


@fast
@given(ledgers(), days)
def test_scores_add_up(ledger: Ledger, day: int) -> None:
    found = determine(ledger, LAW, date_of(day))
    for score in found.scores:
        version = LAW.catalogue.version(score.instrument, date_of(day))
        assert version is not None
        scheme = version.scheme
        assert scheme is not None
        if scheme.base is None:  # no score is worked out, and a grade comes directly
            assert (score.points, score.grade) == (None, score.direct)
            continue
        mine = [x for x in found.lines if x.instrument == score.instrument]
        total = scheme.base * 10 + sum(x.points for x in mine if x.state == "live")
        if scheme.floor is not None:
            total = max(total, scheme.floor * 10)
        if scheme.ceiling is not None:
            total = min(total, scheme.ceiling * 10)
        assert score.points == total
        ids = [str(g.id) for g in scheme.grades]
        banded = [
            i
            for i, g in enumerate(scheme.grades)
            if (g.lo is not None or g.hi is not None)
            and (g.lo is None or total >= g.lo * 10 + (not g.lo_inclusive))
            and (g.hi is None or total < (g.hi + 1) * 10)
        ]
        worst = max([*banded[:1], *([ids.index(score.direct)] if score.direct else [])], default=-1)
        assert score.grade == (ids[worst] if worst >= 0 else "")


@fast
@given(ledgers(), days, st.data())
def test_nothing_changes_before_the_next_due_day(
    ledger: Ledger, day: int, data: st.DataObject
) -> None:
    now = determine(ledger, LAW, date_of(day))
    end = day + 2000 if now.next_due is None else day_of(now.next_due)
    assert end > day
    for between in {end - 1, data.draw(st.integers(day, end - 1))}:
        assert same(now, determine(ledger, LAW, date_of(between)))


@fast
@given(ledgers(), days)
def test_a_holder_who_knows_nothing_determines_nothing(ledger: Ledger, day: int) -> None:
    hidden = Ledger(
        ledger.subject,
        tuple(
            Event(e.day, e.event, e.case, e.what, e.value, {"court": e.day}) for e in ledger.events
        ),
    )
    when = date_of(day)
    blind = determine(hidden, LAW, when, holder="banks")
    assert (blind.entries, blind.lines, blind.steps) == ((), (), ())
    # The court sees every event from its day, and no event counts before its day.
    assert same(determine(hidden, LAW, when, holder="court"), determine(ledger, LAW, when))


@fast
@given(ledgers(), days)
def test_the_nominal_course_leaves_no_duty_undone(ledger: Ledger, day: int) -> None:
    longer, found = nominal(ledger, LAW, date_of(day))
    assert longer.events[: len(ledger.events)] == ledger.events
    assert all(e.day <= day for e in longer.events[len(ledger.events) :])
    stated = {(e.case, e.event) for e in ledger.events if e.day > day}
    for s in found.steps:
        step = LAW.steps[s.row].step
        late = s.due is not None and s.due <= date_of(day)
        if step.modality == "must" and late and (s.case, step.then) not in stated:
            assert s.state == "done", s


def fired(ledger: Ledger, day: int, kernel: Any) -> list[Any]:
    """All numbers of one fold, without the room that was not used."""
    found = findings(ledger, LAW, day, kernel)
    used = found.count[: t.NEXT_DUE]
    parts = (found.entry, found.line, found.step, found.score, found.status, found.copy)
    turns = found.count[t.NEXT_DUE : t.N_COUNTS].tolist()
    return [turns, *(p[:n].tolist() for p, n in zip(parts, used, strict=True))]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(ledgers(), days)
def test_the_compiled_twin_says_the_same(ledger: Ledger, day: int) -> None:
    from xinyong.law.compiled import fold as twin
    from xinyong.law.kernel import fold

    assert fired(ledger, day, twin) == fired(ledger, day, fold)


# --- by hand ---------------------------------------------------------------------------


def refusal(start: str, *more: Event) -> Ledger:
    day = day_of(dt.date.fromisoformat(start))
    return Ledger(
        Subject("person", "wendeng", "wendeng"),
        (
            Event(day, "formed", 0, "enforcement_notice"),
            Event(day, "served", 0, "enforcement_notice"),
            Event(day, "occurred", 0, "judgment_refusal"),
            Event(day, "detail", 0, "able", 1),
            *more,
        ),
    )


def test_a_scheme_says_nothing_before_it_is_in_force() -> None:
    ledger = Ledger(Subject("person", "wendeng", "wendeng"))
    assert determine(ledger, LAW, dt.date(2019, 12, 31)).scores == ()
    (score,) = determine(ledger, LAW, dt.date(2020, 1, 1)).scores
    assert (score.points, score.grade) == (10_000, "A")


def test_an_organ_has_no_score() -> None:
    ledger = Ledger(Subject("organ", "wendeng", "wendeng"))
    assert determine(ledger, LAW, dt.date(2021, 1, 1)).scores == ()


def test_a_document_of_no_kind_proves_no_document() -> None:
    day = day_of(dt.date(2018, 3, 1))
    ledger = Ledger(
        Subject("person", "gansu", "gansu"),
        (
            Event(day, "occurred", 0, "judgment_refusal"),
            Event(day, "formed", 0),
            Event(day, "served", 0),
            Event(day, "detail", 0, "able", 1),
        ),
    )
    assert nominal(ledger, LAW, dt.date(2019, 1, 1))[1].entries == ()


def test_an_act_before_the_list_waits_for_the_list() -> None:
    found = nominal(refusal("2013-08-01"), LAW, dt.date(2014, 1, 1))[1]
    assert [(e.instrument, e.start) for e in found.entries if e.instrument == "spc_defaulters"] == [
        ("spc_defaulters", dt.date(2013, 10, 1))
    ]


def test_a_step_that_the_case_states_later_is_taken_then() -> None:
    later = Event(day_of(dt.date(2018, 9, 1)), "decided", 0, "spc_defaulters")
    found = nominal(refusal("2018-03-01", later), LAW, dt.date(2019, 1, 1))[1]
    assert [e.start for e in found.entries if e.instrument == "spc_defaulters"] == [
        dt.date(2018, 9, 1)
    ]


def test_the_room_is_never_too_small() -> None:
    """Fifty acts with every step: nothing is silently dropped."""
    ledger = refusal("2018-03-01")
    events = [
        Event(e.day, e.event, number, e.what, e.value)
        for number in range(50)
        for e in ledger.events
    ]
    events += [
        Event(day_of(dt.date(2018, 3, 5)), "decided", number, "spc_defaulters")
        for number in range(50)
    ]
    found = determine(Ledger(ledger.subject, tuple(events)), LAW, dt.date(2021, 1, 1))
    assert len([e for e in found.entries if e.instrument == "spc_defaulters"]) == 50
    assert {s.case for s in found.steps} == set(range(50))
    assert {x.case for x in found.lines} <= set(range(50))


@pytest.mark.parametrize("table", t.LawTables._fields)
def test_tables_are_integers(table: str) -> None:
    assert getattr(LAW.tables, table).dtype == np.int64
    if table == "prov":
        assert (LAW.tables.prov[:, t.P_TO] <= NEVER).all()


# --- who sees what, and what gates say ---------------------------------------------------


def test_a_holder_sees_an_event_from_the_day_on_which_it_is_known_there() -> None:
    law = small_law(listing(enters()))
    act, decided = events("2021-03-10 occurred; 2021-03-20 decided blacklist")
    arrives = day_of(dt.date(2021, 4, 1))
    hidden = replace(decided, known={"court": decided.day, "banks": arrives})
    ledger = Ledger(Subject("person"), (act, hidden))

    def listed(holder: str | None, on: dt.date) -> bool:
        return bool(determine(ledger, law, on, holder).entries)

    assert listed(None, dt.date(2021, 3, 20))
    assert listed("court", dt.date(2021, 3, 20))
    assert not listed("banks", dt.date(2021, 3, 31))
    assert listed("banks", dt.date(2021, 4, 1))
    assert not listed("police", dt.date(2024, 4, 1))
    assert ledger.seen_by("police", arrives).events == (act,)


def test_the_latest_of_two_statements_of_one_day_counts() -> None:
    law = small_law(scheme(points(-20, -10)))
    text = "2021-03-10 occurred; 2021-03-12 formed; 2021-03-12 detail points {}"
    both = text.format(-15) + "; 2021-03-12 detail points -18"
    (line,) = follows(law, both, "2021-06-30").lines
    assert line.points == -180


def limit(effect: str, target: str, **more: Any) -> Any:
    """A made-up gate of 2021-06-01."""
    block = {"id": f"{effect}_{target}", "title": "made up", "where": {}, "bars": [target]}
    block |= {"effect": effect, "cite": GUESS} | more
    force = {"from": dt.date(2021, 6, 1), "until": dt.date(2021, 12, 31), "cite": GUESS}
    version = {"gates": [block], "in_force": force}
    return instrument(f"gate_{effect}_{target}", "gate", version, level="national", rank="law")


def test_a_gate_speaks_of_what_was_found_and_takes_nothing_away() -> None:
    act = "2021-03-10 occurred; 2021-03-12 formed; 2021-03-20 decided blacklist"
    copies = rule({"do": "copy", "to": ["head"]}, "copy")
    made = [
        listing(enters(), copies),
        scheme(points(-10), rule({"do": "grade", "grade": "B"}, "d")),
    ]
    targets = ("entry", "points", "grade", "copy", "score")
    plain, gated = small_law(*made), small_law(*made, *(limit("barred", x) for x in targets))
    on = "2021-06-01"
    before, found = follows(plain, act, on), follows(gated, act, on)
    assert before.barred == ()
    assert (found.entries, found.lines, found.scores) == (
        before.entries,
        before.lines,
        before.scores,
    )
    row = {o.provision: i for i, o in enumerate(gated.origins)}
    assert {(b.what, b.case, b.row, b.instrument, b.bar.gate) for b in found.barred} == {
        ("entry", 0, row["ground"], "blacklist", "barred_entry"),
        ("points", 0, row["rule"], "made_up", "barred_points"),
        ("grade", 0, row["d"], "made_up", "barred_grade"),
        ("copy", 0, row["copy"], "blacklist", "barred_copy"),
        ("score", -1, -1, "made_up", "barred_score"),
    }
    told = [x for x in found.tried if x.status == "barred"]
    assert [(x.case, x.row) for x in told] == [
        (b.case, b.row) for b in found.barred if b.what != "score"
    ]
    assert all(found.barred[x.at].row == x.row for x in told)
    assert found.tried[: len(before.tried)] == before.tried
    assert follows(gated, act, "2021-05-31").barred == ()


def test_what_a_gate_wants_weighed_is_not_barred() -> None:
    made = listing(enters())
    act = "2021-03-10 occurred; 2021-03-20 decided blacklist"
    law = small_law(made, limit("weighed", "entry", test="is it needed?"))
    found = follows(law, act, "2021-06-30")
    assert [b.bar.effect for b in found.barred] == ["weighed"]
    assert [x.status for x in found.tried] == ["met"]


def test_the_days_on_which_gates_turn_are_days_to_look_again() -> None:
    law = small_law(listing(enters()), limit("barred", "entry"))
    act = "2021-03-10 occurred"
    for on, due in (
        ("2021-05-31", dt.date(2021, 6, 1)),
        ("2021-06-01", dt.date(2022, 1, 1)),
        ("2022-01-01", None),
    ):
        assert follows(law, act, on).next_due == due
    assert follows(law, "2021-03-10 formed", "2021-05-31").next_due is None, "nothing was tried"


def test_what_was_superseded_is_not_barred_again() -> None:
    several = {"several_items": "direct_else_largest"}
    law = small_law(
        scheme(points(-10, name="small"), points(-20, name="large"), combination=several),
        limit("barred", "points"),
    )
    found = follows(law, "2021-03-10 occurred; 2021-03-12 formed", "2021-06-30")
    assert [law.origins[b.row].provision for b in found.barred] == ["large"]
