"""What every instrument owes, on cases made from the catalogue itself.

Each provision can be met; each of its conditions matters, shown by two cases that differ in
one fact; each grade can be reached or the scheme says that it is partial; and versions, terms
and limits turn on their day, not the day before or after. An instrument added to the
catalogue is held to this without a line of test.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import chinese_calendar
import numpy as np
import pytest
from ruamel.yaml import YAML

from reference.grades import reached
from reference.witness import Facts, StepWitness, Witness, leaves, step_witnesses, told
from xinyong.dates import NEVER, date_of, day_of
from xinyong.law import schema
from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.clocks import AN_YEAR_END, BEYOND, EV_DECIDED, EV_FORMED
from xinyong.law.compile import Law, law
from xinyong.law.determine import Ledger, decode, findings

LAW: Law = law()
PROV = LAW.tables.prov
TERM = LAW.tables.term
NOT_SHOWN = YAML(typ="safe").load(Path(__file__).parent / "data" / "not_shown.yaml")
KNOWN: dict[str, str] = NOT_SHOWN["conditions"]
HIDDEN: dict[str, str] = NOT_SHOWN["hidden"]


def rows_of(instrument: str) -> list[int]:
    return [i for i, o in enumerate(LAW.origins) if o.instrument == instrument]


def steps_of(instrument: str) -> list[int]:
    return [i for i, o in enumerate(LAW.steps) if o.instrument == instrument]


def named(row: int) -> str:
    o = LAW.origins[row]
    return f"{o.instrument}/{o.version}/{o.provision}"


WITH_RULES = sorted({o.instrument for o in LAW.origins})
WITH_STEPS = sorted({o.instrument for o in LAW.steps})


@cache
def met(row: int) -> tuple[Facts, str] | None:
    """Facts under which a provision is met, found once."""
    return Witness(LAW, row).meets()


class Entering(Witness):
    """Makes cases in which a ground stands in the entry, and no earlier one."""

    def fares(self, facts: Facts, conduct: str) -> tuple[str, int]:
        found = self.found(facts, conduct)
        rows = found.entry[: found.count[t.N_ENTRY]]
        mine = (rows[:, t.E_PROV] == self.row) & (rows[:, t.E_CASE] == 0)
        return ("met" if mine.any() else "unmet", -1)


@cache
def entered(row: int) -> tuple[Facts, str] | None:
    """Facts under which a ground stands in an entry, found once."""
    return Entering(LAW, row).meets()


@cache
def opened(step: int) -> tuple[StepWitness, Facts, str] | None:
    """A case in which a step is open or done, found once."""
    for witness in step_witnesses(LAW, step):
        facts = witness.meets()
        if facts is not None:
            return witness, *facts
    return None


# --- provisions and conditions -----------------------------------------------------------


@pytest.mark.parametrize("instrument", WITH_RULES)
def test_every_provision_can_be_met(instrument: str) -> None:
    assert [named(row) for row in rows_of(instrument) if met(row) is None] == []


@pytest.mark.parametrize("instrument", WITH_RULES)
def test_no_ground_is_hidden_behind_an_earlier_one(instrument: str) -> None:
    grounds = [row for row in rows_of(instrument) if PROV[row, t.P_EFFECT] == t.ENTER]
    hidden = {named(row) for row in grounds if entered(row) is None}
    assert hidden == {x for x in HIDDEN if x.startswith(f"{instrument}/")}


@pytest.mark.parametrize("instrument", WITH_RULES)
def test_every_kind_and_role_that_a_provision_names_can_meet_it(instrument: str) -> None:
    """Unless a condition itself is about kind or role: then the conditions decide."""
    for row in rows_of(instrument):
        witness, found = Witness(LAW, row), met(row)
        assert found is not None
        facts, conduct = found
        tests = [x.test for x in leaves(witness.when)]
        if not any(c.kind for c in tests):
            for kind in witness.kinds():
                case = facts | {("kind", ""): kind}
                assert witness.fares(case, conduct)[0] == "met", (named(row), kind)
            for kind in set(v.KINDS) - set(witness.kinds()):
                case = facts | {("kind", ""): kind}
                assert witness.fares(case, conduct)[0] != "met", (named(row), kind)
        if not any(c.role for c in tests):
            ways = [bool(PROV[row, t.P_VIA] >> i & 1) for i in range(len(v.ROLES))]
            for i in {*np.flatnonzero(ways).tolist(), ways.index(False)}:
                way = v.ROLES[i]
                status = witness.fares(facts | {("via", ""): way}, conduct)[0]
                assert (status == "met") == ways[i], (named(row), way)


@pytest.mark.parametrize("instrument", WITH_RULES)
def test_every_condition_of_a_provision_matters(instrument: str) -> None:
    silent = set()
    for row in rows_of(instrument):
        witness = Witness(LAW, row)
        silent |= {
            f"{named(row)}/{leaf.top}"
            for leaf in leaves(witness.when)
            if witness.pair(leaf) is None
        }
    steps = {f"{o.instrument}/{o.version}/{o.step.id}" for o in LAW.steps}
    stated = {x for x in KNOWN if x.startswith(f"{instrument}/")}
    assert silent == {x for x in stated if x.rpartition("/")[0] not in steps}


@pytest.mark.parametrize("instrument", WITH_STEPS)
def test_every_step_can_be_taken_and_each_of_its_conditions_matters(instrument: str) -> None:
    never, silent = set(), set()
    for step in steps_of(instrument):
        o = LAW.steps[step]
        name = f"{o.instrument}/{o.version}/{o.step.id}"
        if opened(step) is None:
            never.add(name)
            continue
        for leaf in leaves(tuple(o.step.when)):
            if all(w.pair(leaf) is None for w in step_witnesses(LAW, step)):
                silent.add(f"{name}/{leaf.top}")
    assert never == set()
    steps = {f"{o.instrument}/{o.version}/{o.step.id}" for o in LAW.steps}
    assert silent == {
        x for x in KNOWN if x.startswith(f"{instrument}/") and x.rpartition("/")[0] in steps
    }


def test_what_cannot_be_shown_names_conditions_that_exist() -> None:
    names = {f"{named(row)}/{k}" for row, o in enumerate(LAW.origins)
             for k in range(len(o.conditions))}  # fmt: skip
    names |= {f"{o.instrument}/{o.version}/{o.step.id}/{k}" for o in LAW.steps
              for k in range(len(o.step.when))}  # fmt: skip
    assert set(KNOWN) - names == set()
    assert set(HIDDEN) - {named(row) for row in range(len(LAW.origins))} == set()
    assert all(len(reason) > 20 for reason in (*KNOWN.values(), *HIDDEN.values()))


def test_two_cases_of_a_pair_differ_in_one_fact() -> None:
    row = next(i for i, o in enumerate(LAW.origins) if len(o.conditions) > 3)
    witness = Witness(LAW, row)
    for leaf in leaves(witness.when):
        pair = witness.pair(leaf)
        assert pair is not None
        met_by, unmet_by, conduct = pair
        assert sum(met_by.get(k) != unmet_by.get(k) for k in met_by | unmet_by) == 1
        assert witness.fares(met_by, conduct)[0] == "met", told(met_by)
        assert witness.fares(unmet_by, conduct)[0] == "unmet", told(unmet_by)


# --- grades --------------------------------------------------------------------------------

SCHEMES = [
    (x, LAW.instruments[row[t.X_INST]], w)
    for x, row in enumerate(LAW.tables.scheme)
    for w in LAW.catalogue.instruments[LAW.instruments[row[t.X_INST]]].versions
    if w.scheme and w.draft is None and day_of(w.in_force.from_) == row[t.X_FROM]
]


@pytest.mark.parametrize(("x", "name", "version"), SCHEMES, ids=lambda y: getattr(y, "id", str(y)))
def test_every_grade_is_reached_or_the_scheme_is_partial(
    x: int, name: str, version: schema.Version
) -> None:
    scheme = version.scheme
    assert scheme is not None
    ids = LAW.grades[LAW.schemes.index(name)]
    found = {ids[g]: how for g, how in reached(LAW, x).items()}
    own = {str(g.id): g for g in scheme.grades}
    assert set(found) <= set(own)
    missing = [g for g in own if g not in found]
    assert not missing or scheme.partial, missing
    for grade, how in found.items():  # without a band of points there is only the direct way
        if own[grade].lo is None and own[grade].hi is None:
            assert how == "directly"


# --- the day before, of and after ------------------------------------------------------------


def naive(day: int, n: int, unit: str) -> int:
    """Add to a day as a person would on a calendar."""
    date = date_of(day)
    if unit == "day":
        return day_of(date + dt.timedelta(days=n))
    if unit == "working_day":
        while n:
            date += dt.timedelta(days=1)
            n -= chinese_calendar.is_workday(date)
        return day_of(date)
    months = n * (12 if unit == "year" else 1)
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day_of(dt.date(year, month + 1, min(date.day, last)))


def moved(ledger: Ledger, by: int) -> Ledger:
    """The same case, some days later."""
    events = (type(e)(e.day + by, e.event, e.case, e.what, e.value) for e in ledger.events)
    return Ledger(ledger.subject, tuple(events))


def basis(row: int, ledger: Ledger, day: int) -> int:
    """The day of a case that chooses the version of a provision; `day` is the one asked for."""
    prov, inst = PROV[row], LAW.origins[row].instrument
    effect, rests_on = prov[t.P_EFFECT], prov[t.P_LISTED]
    scheme = LAW.tables.inst[prov[t.P_INST], t.I_KIND] == 1
    words = {t.BASIS_ACT: "occurred", t.BASIS_RECORD: "recorded", t.BASIS_DECISION: "decided"}
    word = words.get(int(prov[t.P_BASIS]), "")
    if effect == t.COPY or not word:
        return day
    if effect == t.RESTORE:
        word = v.EVENTS[prov[t.P_B]]
    if scheme and word == "recorded":  # the record of the information, or of the list it rests on
        word = "decided" if rests_on >= 0 else "formed"
    what = LAW.instruments[rests_on] if scheme and rests_on >= 0 else inst
    plain = word in ("occurred", "formed")
    mine = [
        e.day
        for e in ledger.events
        if e.case == 0 and e.event == word and (plain or e.what == what)
    ]
    return min(mine, default=day)


def statuses(row: int, ledger: Ledger, day: int) -> set[str]:
    found = findings(ledger, LAW, day)
    return {
        v.STATUSES[y[t.Y_STATUS]]
        for y in found.status[: found.count[t.N_STATUS]]
        if y[t.Y_PROV] == row and y[t.Y_CASE] == 0
    }


@pytest.mark.parametrize("instrument", WITH_RULES)
def test_a_version_applies_from_its_first_day_to_its_last(instrument: str) -> None:
    """A conversion follows the grade that it converts, and has no days of its own."""
    for row in rows_of(instrument):
        found = met(row)
        if found is None or PROV[row, t.P_EFFECT] == t.CONVERT:
            continue
        ledger, day = Witness(LAW, row).case(*found)
        anchor = basis(row, ledger, day)
        first, last = int(PROV[row, t.P_FROM]), int(PROV[row, t.P_TO])
        tests = [x.test for x in leaves(LAW.origins[row].conditions)]
        bound = any(c.emergency is not None for c in tests)
        for turn, applies in ((first - 1, False), (first, True), (last, True), (last + 1, False)):
            if turn >= NEVER:
                continue
            by = turn - anchor
            scheme = LAW.tables.inst[PROV[row, t.P_INST], t.I_KIND] == 1
            told_of = statuses(row, moved(ledger, by), day + by)
            live = bool(told_of - {"not_in_force"})
            if bound and applies and not live:
                continue  # outside the emergency it is not met anyway
            if scheme and not _scheme_on(row, day + by):
                continue  # the scheme itself has not begun, or is over
            assert live == applies, (named(row), str(date_of(turn)), told_of)


def _scheme_on(row: int, day: int) -> bool:
    return any(
        x[t.X_FROM] <= day <= x[t.X_TO]
        for x in LAW.tables.scheme
        if x[t.X_INST] == PROV[row, t.P_INST]
    )


def with_terms(instrument: str) -> Iterator[tuple[int, int]]:
    for row in rows_of(instrument):
        term = int(PROV[row, t.P_TERM])
        if PROV[row, t.P_EFFECT] == t.ENTER and not TERM[term, t.T_OPEN]:
            yield row, term


@pytest.mark.parametrize("instrument", WITH_RULES)
def test_an_entry_runs_to_the_day_before_its_term_is_over(instrument: str) -> None:
    for row, term in with_terms(instrument):
        found = entered(row)
        assert found is not None
        facts, conduct = found
        if TERM[term, t.T_CONTINUING]:
            facts = facts | {("event", "ended"): 5}
        witness = Witness(LAW, row)
        ledger, day = witness.case(facts, conduct)
        (entry,) = [e for e in entries(ledger, day) if e[t.E_PROV] == row]
        anchor = int(entry[t.E_START])
        word = (v.ANCHORS)[TERM[term, t.T_ANCHOR]]
        if TERM[term, t.T_ANCHOR] not in (EV_DECIDED, AN_YEAR_END) and word != "listed":
            days = [e.day for e in ledger.events if e.case == 0 and e.event == word]
            if not days:
                continue  # the term runs from what has not come yet
            anchor = max(anchor, min(days))
        due = naive(anchor, int(TERM[term, t.T_N]), v.UNITS[TERM[term, t.T_UNIT]])
        assert entry[t.E_DUE] == due, (named(row), str(date_of(due)))
        for when, over in ((due - 1, False), (due, True), (due + 1, True)):
            for e in entries(ledger, when):
                if e[t.E_PROV] == row and e[t.E_CASE] == 0:
                    expired = e[t.E_CAUSE] >= 0 and e[t.E_LAWFUL] == due
                    assert expired == over, (named(row), str(date_of(when)))


def entries(ledger: Ledger, day: int) -> list[t.Ints]:
    found = findings(ledger, LAW, day)
    return list(found.entry[: found.count[t.N_ENTRY]])


@pytest.mark.parametrize("name", sorted({name for _, name, _ in SCHEMES}))
def test_a_score_line_counts_to_the_day_before_its_validity_is_over(name: str) -> None:
    for row in rows_of(name):
        found = met(row)
        if found is None or PROV[row, t.P_EFFECT] not in (t.POINTS, t.GRADE):
            continue
        ledger, day = Witness(LAW, row).case(*found)
        for line in lines(ledger, day, row):
            until = int(line[t.L_UNTIL])
            if until >= NEVER:
                continue
            formed = min(e.day for e in ledger.events if e.event == "formed")
            assert line[t.L_FROM] == formed or PROV[row, t.P_LISTED] >= 0
            for when, over in ((until - 1, False), (until, True), (until + 1, True)):
                if when < line[t.L_FROM] or not _scheme_on(row, when):
                    continue
                for again in lines(ledger, when, row):
                    if again[t.L_STATE] not in (t.LINE_SUPERSEDED, t.LINE_RELEASED):
                        assert (again[t.L_STATE] == t.LINE_EXPIRED) == over, named(row)


def lines(ledger: Ledger, day: int, row: int) -> list[t.Ints]:
    found = findings(ledger, LAW, day)
    return [x for x in found.line[: found.count[t.N_LINE]] if x[t.L_PROV] == row]


def test_the_validity_of_a_line_is_that_of_the_calendar() -> None:
    """For every rule that counts from the day on which the record was formed."""
    checked = 0
    for x, name, _ in SCHEMES:
        scheme = LAW.tables.scheme[x]
        terms = {int(r[t.V_TERM]) for r in
                 LAW.tables.valid[scheme[t.X_VALID] : scheme[t.X_VALID_END]]}  # fmt: skip
        for row in rows_of(name):
            own = int(PROV[row, t.P_TERM])
            if PROV[row, t.P_EFFECT] not in (t.POINTS, t.GRADE):
                continue
            found = met(row)
            assert found is not None
            ledger, day = Witness(LAW, row).case(*found)
            for line in lines(ledger, day, row):
                fitting = {own} if own >= 0 else terms
                plain = [TERM[k] for k in fitting if not TERM[k, t.T_OPEN]]
                if line[t.L_UNTIL] >= NEVER or any(
                    k[t.T_CONTINUING] or k[t.T_ANCHOR] != EV_FORMED for k in plain
                ):
                    continue
                ends = {naive(int(line[t.L_FROM]), int(k[t.T_N]), v.UNITS[k[t.T_UNIT]])
                        for k in plain}  # fmt: skip
                assert int(line[t.L_UNTIL]) in ends, named(row)
                checked += 1
    assert checked > 100


@pytest.mark.parametrize("instrument", WITH_STEPS)
def test_a_step_may_be_taken_in_time_on_its_last_day_and_is_late_the_day_after(
    instrument: str,
) -> None:
    for number in steps_of(instrument):
        within = LAW.steps[number].step.within
        found = opened(number)
        if within is None or found is None:
            continue
        witness, facts, conduct = found
        ledger, day = witness.case(facts, conduct)
        if any(e.event == "extended" for e in ledger.events):
            continue
        then = LAW.steps[number].step.then
        ledger = Ledger(ledger.subject, tuple(e for e in ledger.events if e.event != then))
        for step in open_steps(ledger, day, number):
            due = naive(int(step[t.Q_ANCHOR]), within.n, within.unit)
            assert step[t.Q_DUE] in (due, BEYOND), (instrument, LAW.steps[number].step.id)
            if step[t.Q_DUE] == BEYOND:
                continue
            for when, state in ((due - 1, "open"), (due, "open"), (due + 1, "lapsed")):
                if when >= day or len(open_steps(ledger, when, number)) == 1:
                    words = decode(findings(ledger, LAW, when), LAW, when)
                    mine = {s.state for s in words.steps if s.row == number and s.case == 0}
                    assert mine <= {state, "done"}, (LAW.steps[number].step.id, when)


def open_steps(ledger: Ledger, day: int, number: int) -> list[t.Ints]:
    found = findings(ledger, LAW, day)
    rows = found.step[: found.count[t.N_STEP]]
    return [r for r in rows if r[t.Q_STEP] == number and r[t.Q_CASE] == 0]


def test_versions_turn_on_their_days() -> None:
    """The catalogue before, on and after every date on which a version begins or ends."""
    for it in LAW.catalogue.instruments.values():
        enacted = [w for w in it.versions if w.draft is None]
        for w in enacted:
            begins, ends = w.in_force.from_, w.in_force.until
            one = dt.timedelta(days=1)
            assert LAW.catalogue.version(it.id, begins) == w
            before = LAW.catalogue.version(it.id, begins - one)
            assert (before is None) == (w is enacted[0])
            if ends is not None:
                assert LAW.catalogue.version(it.id, ends) == w
                after = LAW.catalogue.version(it.id, ends + one)
                assert (after is None) == (w is enacted[-1]), "a gap that nobody states"


def test_the_calendar_of_the_tests_is_that_of_the_kernel() -> None:
    rng = np.random.default_rng(5)
    from xinyong.law.clocks import add

    for day in rng.integers(day_of(dt.date(2005, 1, 1)), day_of(dt.date(2025, 1, 1)), 60):
        for unit, n in ((0, 10), (1, 7), (1, 30), (2, 1), (2, 6), (3, 1), (3, 5)):
            assert add(LAW.tables, int(day), n, unit) == naive(int(day), n, v.UNITS[unit])
