"""Questions answered without runs: closed forms against draws, and hand-worked cases."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from xinyong.assumptions import assumptions
from xinyong.indicators.terms import burden as weights
from xinyong.institutions.identity import RIGHT, WRONG, attach_hops
from xinyong.law.compile import law
from xinyong.society.namesakes import poisson
from xinyong.streams import stream_key, threshold
from xinyong.study.questions import q1_mistaken_identity as q1
from xinyong.study.questions import q3_score_only as q3
from xinyong.study.questions import q15_same_act_places as q15
from xinyong.study.questions import q16_who_sees as q16
from xinyong.study.questions import q19_flag_misuse as q19
from xinyong.study.questions import q21_proportionality as q21
from xinyong.study.questions import question
from xinyong.study.settings import Settings

SETTINGS = Settings(0, 0)


# --- Q1: mistaken identity ----------------------------------------------------------------


def test_the_printed_table_of_mistaken_shares() -> None:
    """The table of M7, in per cent as printed there: hops 1, 3, 5, 8; phi 1e-4 to 0.05."""
    printed = [
        [0.01, 0.10, 1.0, 5.1],
        [0.03, 0.31, 3.1, 14.8],
        [0.05, 0.53, 5.2, 23.8],
        [0.09, 0.87, 8.4, 36.0],
    ]
    found = 100 * q1.table_m7()[[0, 2, 4, 7]]
    assert found[:, :2] == pytest.approx(np.array(printed)[:, :2], abs=0.005)
    assert found[:, 2:] == pytest.approx(np.array(printed)[:, 2:], abs=0.05)


def test_one_hop_by_hand() -> None:
    """Of 1000 records with phi 0.05 and mu 0.02: 50 wrong, 20 missed, 930 right."""
    assert q1.table_m7((0.05,))[0, 0] == pytest.approx(50 / 980)


def test_two_million_records_meet_the_closed_form() -> None:
    cells: list[tuple[str | float, float]] = [(0.001, 1.0), (0.05, 1.0), ("name", 0.05)]
    drawn = q1.simulate([*cells, ("name_birth", 0.2), ("name_place", 0.2)], 2_000_000, 7)
    shares = [
        *q1.table_m7((0.001, 0.05)).T,
        q1.closed("name", 0.05).fds,
        q1.closed("name_birth", 0.2).fds,
        q1.closed("name_place", 0.2).fds,
    ]
    for counts, share in zip(drawn, shares, strict=True):
        for hops in range(q1.HOPS):
            assert abs(q1.z_score(counts[hops], float(share[hops]))) < 4.5


def test_the_study_draws_as_the_institution_does() -> None:
    """Record by record: hops of `institutions.identity` over the same stream."""
    key = stream_key(5, "study/q1/identity")
    ids = np.arange(20_000, dtype=np.uint64)
    state = attach_hops(key, ids, 8, threshold(0.03), threshold(0.05))
    ((_, *_, (right, wrong)),) = q1.simulate([(0.03, 1.0)], 20_000, 5)
    assert (right, wrong) == ((state == RIGHT).sum(), (state == WRONG).sum())


def test_a_name_with_two_holders_confuses_half_of_wrong_keys() -> None:
    """With c = 1 other, c / (c + 1) = 1/2; a Poisson c of mean m gives 1 - (1 - e^-m) / m."""
    values, weights = q1.levels("name")
    assert weights.sum() == pytest.approx(1)
    assert values.max() == pytest.approx(1 - 1 / 247167)
    for mean in (0.01, 1.0, 8.0, 87.0):
        chances = poisson(mean)
        c = np.arange(len(chances))
        assert chances @ (c / (c + 1)) == pytest.approx(1 - (1 - math.exp(-mean)) / mean)


def test_months_to_correction_by_hand_and_by_draws() -> None:
    """At one half a month: two months on average, half are put right in the first."""
    assert q1.months_wrong(0.5) == (2.0, 1)
    standing = q1.corrections(200_000, 0.05, 3)
    assert standing[11] / 200_000 == pytest.approx(0.95**12, abs=0.004)
    assert q1.corrected(0.1, 0.0) == pytest.approx(0.1)


def test_equal_cells_differ_by_exactly_zero() -> None:
    one, two = q1.simulate([("name", 0.05), ("name", 0.05)], 50_000, 1)
    assert (one == two).all()


# --- Q16: who sees ------------------------------------------------------------------------


def test_who_sees_an_unpaid_judgment_by_hand() -> None:
    """Signatories and those who apply measures; without the memorandum of 2016 fewer see it."""
    cat, day = law().catalogue, dt.date(2018, 12, 31)
    whole = q16.view(cat, "spc_defaulters", day)
    rest = q16.view(cat, "spc_defaulters", day, frozenset({"mou_spc_2016"}))
    signed = cat.instrument("mou_spc_2016").signatories
    assert set(signed) <= whole.bodies
    assert rest.bodies < whole.bodies
    assert not q16.view(cat, "spc_defaulters", day, frozenset({"caac"})).bodies & {"caac"}
    assert q16.view(cat, "spc_defaulters", day, frozenset()) == whole


def test_a_page_with_the_whole_id_fits_one_person() -> None:
    assert q16.shared_by_fewer("full_id", 2) == 1.0
    # By hand: the rarest names have six holders, so nobody is alone with a name.
    assert q16.shared_by_fewer("name", 2) == pytest.approx(
        sum(w * math.exp(-m) for m, w in q16.holders_like("name") if m < 100)
    )
    pages = [q16.shared_by_fewer(p, 2) for p in ("name", "name_province", "part_id", "full_id")]
    assert pages == sorted(pages)


# --- Q3: score-only penalties ---------------------------------------------------------------


def test_every_consequence_rests_on_words_of_the_catalogue() -> None:
    for c in q3.CONSEQUENCES:
        it = law().catalogue.instrument(c.scheme)
        assert any(c.words in note for note in it.unmodelled), c.scheme
        assert "person" in it.subjects


def test_compliance_by_hand() -> None:
    """Half of what is left each month: 1/2, 3/4, 7/8; nothing before the limit."""
    assert [q3.complied(0.5, m) for m in (-3, 0, 1, 2, 3)] == [0, 0, 0.5, 0.75, 0.875]


def test_burden_left_by_hand() -> None:
    """Yiwu: one ban for one resident in 1,000, 42 months from July 2019 to December 2022.

    Followed from July 2019 at half a month, 1 + 1/2 + 1/4 + ... of it are left: two months.
    """
    cat = law().catalogue
    yiwu = next(c for c in q3.CONSEQUENCES if c.scheme == "yiwu_2017")
    assert q3.burden(cat, yiwu, "low", 0, None) == 42
    assert q3.burden(cat, yiwu, "low", 0.5, q3.STATEMENT) == pytest.approx(2)
    assert q3.burden(cat, yiwu, "low", 1.0, q3.OPINIONS) == 18  # July 2019 to December 2020
    assert q3.burden(cat, yiwu, "second", 0, None) == 0


def test_what_the_statement_takes_away_is_what_was_there_less_what_is_left():
    cat, live = law().catalogue, q3.CONSEQUENCES
    natures = {str(n): w.value for n, w in weights().natures.items()}

    def left(xi, since):
        return sum(q3.burden(cat, c, g, xi, since) for c in live for g in q3.GRADE_SHARES)

    taken = q3.removed(cat, live, q3.XI, q3.GRADE_SHARES, natures)
    assert taken == pytest.approx(left(0, None) - left(q3.XI, q3.STATEMENT))
    twice = {name: 2 * share for name, share in q3.GRADE_SHARES.items()}
    heavier = {name: 3 * weight for name, weight in natures.items()}
    assert q3.removed(cat, live, q3.XI, twice, heavier) == pytest.approx(6 * taken)


def test_the_two_assumptions_of_the_score_question_are_those_that_move_it_most():
    first, second = q3.matters(law().catalogue, q3.CONSEQUENCES)
    assert first.id == "study.q3.grade_shares.low" != second.id
    assert "none moves it more" in first.why
    assert "one moves it more" in second.why


def test_places_that_answer_as_in_runs_leave_between_all_and_nothing() -> None:
    cat = law().catalogue
    yiwu = next(c for c in q3.CONSEQUENCES if c.scheme == "yiwu_2017")
    given = assumptions()
    left, listed, rewarded = q3.answered(cat, yiwu, "low", given)
    assert 0 < listed < rewarded < left < 42
    never = given.changed({"gates.lag.county": 1e9, "gates.lag.prefecture": 1e9})
    assert q3.answered(cat, yiwu, "low", never)[0] == pytest.approx(42)
    at_once = dict.fromkeys(("gates.lag.county", "gates.lag.prefecture"), 0.0)
    sure = given.changed(at_once | {"gates.points.drop": 0.75, "gates.points.list": 0.0})
    assert q3.answered(cat, yiwu, "low", sure) == pytest.approx((0, 0, 42 * 0.25))


def test_the_limit_bars_a_penalty_on_a_score_from_its_day_on() -> None:
    cat = law().catalogue
    yiwu = next(c for c in q3.CONSEQUENCES if c.scheme == "yiwu_2017")
    assert not q3.barred_on(cat, yiwu, q3.STATEMENT - dt.timedelta(1))
    (bar,) = q3.barred_on(cat, yiwu, q3.STATEMENT)
    assert (bar.gate, bar.since) == ("score_measure", q3.STATEMENT)
    gates = {b.gate for b in q3.barred_on(cat, yiwu, q3.OPINIONS)}
    assert gates == {"score_measure", "local_measure_basis"}


# --- Q15: the same act in different places --------------------------------------------------


def test_the_distance_of_sets_by_hand() -> None:
    a, b, c = frozenset("abc"), frozenset("bcd"), frozenset[str]()
    assert q15.jaccard(a, b) == 0.5
    assert (q15.jaccard(a, c), q15.jaccard(c, c), q15.jaccard(a, a)) == (1, 0, 0)
    assert q15.distance([a, b, c]) == pytest.approx((0.5 + 1 + 1) / 3)


def test_drunk_driving_in_three_places_by_hand() -> None:
    """Nothing in Gansu; 150 points in Wendeng, Table 4; no points in Shanghai, but a record."""
    there = q15.outcome("drunk_driving", "wendeng")
    assert (q15.outcome("drunk_driving", q15.NOWHERE).points, there.points) == (0, -150)
    shanghai = q15.outcome("drunk_driving", "shanghai")
    assert shanghai.points == 0
    assert "record: yes" in shanghai.consequences


def test_concealment_in_hangzhou_by_hand() -> None:
    """Listed for a year there in 2020, and not at all in Gansu."""
    there = q15.outcome("epidemic", "hangzhou").consequences
    assert "on a black list of the city level" in there
    assert not any("list" in x for x in q15.outcome("epidemic", q15.NOWHERE).consequences)


# --- Q19: misuse of a flag ------------------------------------------------------------------


def test_one_month_of_misuse_by_hand() -> None:
    """Two uses, each audited with one half and known: found with 3/4; one place, back at once.

    Over one month: two uses, found 3/4 of the time, each flag standing one month.
    """
    m = q19.Misuse(uses=2, audit=0.5, sees=1.0, places=0, reversal=1.0, slower=1.0, horizon=1)
    assert q19.closed(m) == (2, 1, 0.75, 2, 1)


def test_two_months_of_misuse_by_hand() -> None:
    """T is 1 with 3/4, 2 with 1/4: mean 5/4; the first month's two flags stand one more, 1/4."""
    m = q19.Misuse(uses=2, audit=0.5, sees=1.0, places=4, recognition=0.5, reversal=0.5, horizon=2)
    assert q19.expected_months(0.75, 2) == (1.25, 0.25)
    uses, months, found, standing, reach = q19.closed(m)
    assert (uses, months, found, reach) == (2.5, 1.25, 1 - 1 / 16, 3)
    # Here: waits of 2 months, in 2 places elsewhere of 4; all of it 2 * (1/4 * 3 + 5/4 * (2 + 8)).
    assert standing == pytest.approx(2 * (0.25 * 3 + 1.25 * (2 + 2 * 4)))


def test_drawn_offices_meet_the_closed_form() -> None:
    for m in (
        q19.Misuse(places=2, audit=0.1),
        q19.Misuse(uses=2, places=1, audit=0.02, reversal=0.2, horizon=12),
    ):
        drawn = q19.simulate(m, 8_000, 11).astype(float)
        for column, exact in zip(drawn.T[:4], q19.closed(m)[:4], strict=True):
            error = column.std(ddof=1) / math.sqrt(len(column))
            assert abs(column.mean() - exact) < 4.5 * error


def test_more_audit_never_finds_later() -> None:
    one = q19.simulate(q19.Misuse(places=0, audit=0.05), 2_000, 3)
    two = q19.simulate(q19.Misuse(places=0, audit=0.10), 2_000, 3)
    assert (two[:, 1] <= one[:, 1]).all()
    assert (q19.simulate(q19.Misuse(places=0, audit=0.05), 2_000, 3) == one).all()


# --- Q21: proportionality -------------------------------------------------------------------


def test_rank_correlation_by_hand() -> None:
    """Ranks 1, 2, 3, 4 against 2, 1, 4, 3: 1 - 6 * 4 / (4 * 15) = 0.6."""
    assert q21.spearman([1, 2, 3, 4], [20, 10, 40, 30]) == pytest.approx(0.6)
    assert q21.spearman([1, 2, 3], [3, 2, 1]) == -1
    assert q21.spearman([1, 1, 2], [5, 5, 9]) == 1
    assert q21.spearman([1, 2, 3], [7, 7, 7]) == 0


def test_the_burden_of_smoking_on_a_flight_by_hand() -> None:
    """On the air list for a year: one ban (weight 1) and publication (0.3), 12 months each."""
    smoking = next(s for s in q21.SCENARIOS if s.conduct == "air_smoking")
    assert q21.entered(smoking) == (("air_list", 12),)
    found = q21.load(smoking, dt.date(2019, 12, 31))
    assert (found.cross, found.measures) == (0, 2)
    assert found.total == pytest.approx(12 * 1.3)


def test_the_two_studies_of_burden_agree_on_an_unpaid_judgment() -> None:
    judgment = next(s for s in q21.SCENARIOS if s.conduct == "judgment_refusal")
    there = q15.outcome("judgment", q15.NOWHERE).burden
    assert q21.load(judgment, q15.ON).total == there > 0


def test_every_graded_act_leads_to_a_list() -> None:
    for s in q21.SCENARIOS:
        assert q21.entered(s), s.about
        assert q21.load(s, dt.date(2019, 12, 31)).total > 0, s.about


# --- all ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["score-only", "same-act", "who-sees", "flag-misuse", "proportionality"]
)
def test_every_answer_stands_in_the_standard_form(name: str) -> None:
    answer = question(name).make(SETTINGS)
    assert (answer.twin, answer.strength, len(answer.matters)) == (0, "A", 2)
    assert answer.name == name == question(answer.number).name
    assert {row.arm for row in answer.rows} <= set(answer.alternatives)
    for row in answer.rows:
        assert math.isclose(row.difference, row.value - row.baseline, abs_tol=1e-12)
        assert row.low is None or row.low <= row.difference <= (row.high or 0)
