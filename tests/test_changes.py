"""What would change a result, what a finding rests on, how it ends, who sees it, and when."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reference.golden_cases import GOLDEN, golden
from xinyong.case import (
    CaseResult,
    because,
    calculate,
    json_schema,
    read_case,
    seen,
    timeline,
    undo,
)
from xinyong.case.changes import Changes, outcome, search
from xinyong.case.export import as_dict
from xinyong.case.model import Case
from xinyong.dates import day_of
from xinyong.law import compiled, schema
from xinyong.law import tables as t
from xinyong.law.conditions import first_unmet, via_of
from xinyong.law.determine import decode, determine, findings
from xinyong.law.folds import Folds

SOME = GOLDEN[::9]

ISSUE = """
subject: {kind: person, place: wendeng, age: 35-44, roles: [legal_representative]}
acts:
  - {conduct: drunk_driving, from: 2020-03-10,
     documents: [{kind: penalty_decision, formed: 2020-03-12}]}
  - {conduct: wage_arrears, from: 2020-01-01, until: 2020-09-30, corrected_on: 2020-09-30,
     amount: 48000, persons: 12}
  - {conduct: blood_donation, from: 2020-06-01}
on: 2021-01-15
"""

#: Points for arrears of wages are for those in bad faith (annex 1, wd0280).
IN_BAD_FAITH = ISSUE.replace("persons: 12", "persons: 12, circumstances: [malicious]")

WAGES = """
subject: {kind: enterprise, place: sichuan}
acts:
  - conduct: wage_arrears
    from: 2022-03-01
    persons: 12
    amount: 180000
    months: 4
    documents: [{kind: payment_order, formed: 2022-07-04, served: 2022-07-05}]
    events: [{event: deadline, on: 2022-07-20}]
on: 2022-12-31
"""


def searched(text: str | Path, most: int = 60) -> tuple[CaseResult, Changes]:
    case = golden(text).case if isinstance(text, Path) else read_case(text)
    result = calculate(case)
    return result, search(result, most)


def found(changes: Changes) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    for c in changes.found:
        rows.setdefault(c.field, []).append(f"{c.now}: {'; '.join(c.differences)}")
    return rows


@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_what_would_change_it_really_does(path: Path) -> None:
    result, changes = searched(path, 40)
    before = outcome(result.case, result.law, result.on)
    for c in changes.found:
        after = outcome(Case.model_validate(c.case.model_dump(by_alias=True, exclude_unset=True)),
                        result.law, result.on)  # fmt: skip
        assert after != before, c.field
        assert c.differences, c.field
    for field in changes.idle:
        assert changes.without[field].counting == before.counting


@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_the_short_run_agrees_with_the_calculator(path: Path) -> None:
    result = calculate(golden(path).case)
    short = outcome(result.case, result.law, result.on)
    live = sorted((e.instrument, result.act_of[e.case]) for e in result.entries if e.end is None)
    assert live == sorted((name, act) for (name, act, _), x in short.entries.items() if x[3])
    assert short.measures == {(m.list, m.measure) for m in result.measures}
    scores = {s.instrument: (s.points, s.grade) for s in result.determination.scores}
    assert short.scores == scores


@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_a_cited_fact_is_needed_or_marked_over_determined(path: Path) -> None:
    result, changes = searched(path, 0)
    assert changes.base is not None
    for entry in result.entries:
        act = result.act_of[entry.case]
        for fact in because.of_entry(result, changes, entry):
            if fact.needed is None:
                assert fact.field not in changes.without
                continue
            mine = [
                x[:2] for k, x in changes.base.entries.items() if k[:2] == (entry.instrument, act)
            ]
            other = changes.without[fact.field].entries
            theirs = [x[:2] for k, x in other.items() if k[:2] == (entry.instrument, act)]
            assert fact.needed or mine == theirs


@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_the_traced_explanation_recomputes_to_the_same_result(path: Path) -> None:
    """Every ground and item named holds by its own conditions; no other ground came before it."""
    result = calculate(golden(path).case)
    law, found = result.law, result.determination
    assert found.numbers is not None
    rows, _ = result.ledger.rows(law)
    facts = result.ledger.subject.facts(law)
    judged = [(e.case, e.row, day_of(e.start)) for e in result.entries if e.row >= 0]
    judged += [(x.case, x.row, day_of(result.on)) for x in found.lines
               if not isinstance(law.origins[x.row].effect, schema.Convert)]  # fmt: skip
    for case, row, until in judged:
        start, end = law.tables.prov[row, t.P_CODE], law.tables.prov[row, t.P_CODE_END]
        inst = law.tables.prov[row, t.P_INST]
        via = via_of(rows, len(rows), case)  # type: ignore[no-untyped-call]
        k = first_unmet(  # type: ignore[no-untyped-call]
            law.tables, facts, rows, len(rows), case, via, inst, found.numbers, start, end, until
        )
        assert k < 0, law.origins[row].provision
    again = determine(result.ledger, law, result.on)
    assert (again.entries, again.lines, again.scores) == (found.entries, found.lines, found.scores)


def test_the_case_of_the_issue() -> None:
    result, changes = searched(IN_BAD_FAITH, 300)
    (score,) = result.determination.scores
    assert (score.points, score.grade, score.direct) == (8_000, "C", "B")
    rows = found(changes)
    assert any("960 points, grade A" in x for x in rows["acts[0]"])
    assert any("wage arrears list from 2020-02-05" in x for x in rows["acts[1].documents"])
    # The scheme begins on 2020-01-01: records formed before it do not count.
    (begins,) = [x for x in rows["acts[1].from"] if x.startswith("2019-12-31")]
    assert "still the same on 2020-01-01" in begins
    assert "acts[1].amount" in changes.idle


def test_the_nearest_day_and_the_nearest_amount_are_found_exactly() -> None:
    _, changes = searched(WAGES, 400)
    rows = found(changes)
    (amount,) = [x for x in rows["acts[0].amount"] if x.startswith("4,999")]
    assert "not on wage arrears list" in amount
    # Twenty working days from the deadline must end by 2022-12-31 for the firm to be listed.
    (late,) = [x for x in rows["acts[0].events[0].on"] if "not on wage" in x and x > "2022-07"]
    last = dt.date.fromisoformat(late[:10])
    for day, listed in ((last, False), (last - dt.timedelta(1), True)):
        case = read_case(WAGES.replace("on: 2022-07-20", f"on: {day}"))
        assert bool(calculate(case).entries) is listed


def test_a_fact_that_is_not_needed_is_said_to_be_so() -> None:
    document = "{kind: payment_order, formed: 2022-07-04, served: 2022-07-05}"
    text = WAGES.replace(document, f"{document}, {document}")
    one, two = (searched(x, 0) for x in (WAGES, text))
    needed = [
        {f.field: f.needed for f in because.of_entry(r, c, r.entries[0])} for r, c in (one, two)
    ]
    assert needed[0]["acts[0].documents[0]"] is True
    assert needed[1]["acts[0].documents[0]"] is False
    assert needed[1]["acts[0].documents[1]"] is False
    assert needed[0]["acts[0].amount"] is True


def test_the_same_search_finds_the_same() -> None:
    one, two = (searched(ISSUE)[1] for _ in range(2))
    assert [(c.field, c.now) for c in one.found] == [(c.field, c.now) for c in two.found]
    assert searched(ISSUE, 0)[1].tried == len(searched(ISSUE, 0)[1].without)


# --- ways out -----------------------------------------------------------------------------------


def test_ways_out_name_what_is_missing_from_when_and_by_which_steps() -> None:
    result = calculate(read_case(WAGES))
    (entry,) = result.entries
    ways = undo.of_entry(result, entry)
    assert ways[0].kind == "expiry"
    assert ways[0].from_ == entry.expires == dt.date(2025, 8, 17)
    early = next(w for w in ways if "end_early" in result.law.origins[w.row].provision)
    assert early.needs
    steps = [result.law.steps[row].step.then for row in early.steps]
    assert steps.index("granted") < steps.index("removed")


@pytest.mark.parametrize("path", GOLDEN[::4], ids=lambda path: path.stem)
def test_what_has_ended_has_no_way_out_and_the_rest_has_one(path: Path) -> None:
    result = calculate(golden(path).case)
    for entry in result.entries:
        assert bool(undo.of_entry(result, entry)) == (entry.end is None and (
            entry.row >= 0 or bool(undo.of_entry(result, entry))))  # fmt: skip
    for line in result.determination.lines:
        ways = undo.of_line(result, line)
        assert bool(ways) == (
            line.state in ("live", "future") and (line.points < 0 or bool(line.grade))
        )
    for sight in seen.seen(result):
        assert sight.level in ("public", "subject", "authorities", "unsaid")
        assert sight.until is None or sight.since is None or sight.since <= sight.until


def test_what_is_public_is_published() -> None:
    result = calculate(read_case(WAGES))
    (public,) = [s for s in seen.seen(result) if s.level == "public" and s.what.startswith("entry")]
    assert (public.act, public.since) == (0, dt.date(2022, 8, 17))
    before = calculate(read_case(WAGES), on=dt.date(2022, 8, 16))
    early = [s for s in seen.seen(before) if s.level == "public" and s.what.startswith("entry")]
    assert not early
    assert "wage arrears" in next(h.what for h in seen.held(result) if h.what.startswith("entry"))


def test_what_may_not_be_published_has_no_public_part() -> None:
    """Shandong, Art. 20: public information on natural persons is not published."""
    donor = {
        "subject": {"kind": "person", "place": "shandong"},
        "acts": [{"conduct": "blood_donation", "from": "2020-06-01"}],
        "on": "2021-01-15",
    }
    sights = list(seen.seen(calculate(Case.model_validate(donor))))
    assert not [s for s in sights if s.level == "public" and "Shandong" in s.what]
    firm = donor | {"subject": {"kind": "enterprise", "place": "shandong"}}
    firm["acts"] = [{"conduct": "commendation", "from": "2020-06-01"}]
    assert calculate(Case.model_validate(firm)).records


# --- the timeline ----------------------------------------------------------------------------


def test_the_timeline_tells_what_was_and_what_is_to_come() -> None:
    result = calculate(read_case(WAGES))
    told = timeline.moments(result)
    assert [m.day for m in told] == sorted(m.day for m in told)
    assert all(m.ahead == (m.day > result.on) for m in told)
    by_text = {m.text: m.day for m in told}
    assert by_text["on wage arrears list"] == dt.date(2022, 8, 17)
    assert by_text["off wage arrears list"] > dt.date(2025, 8, 16)
    kinds = {m.kind for m in told if m.text.startswith("decision")}
    assert kinds == {"course"}


def test_scores_are_told_on_the_days_they_change() -> None:
    told = timeline.moments(calculate(read_case(IN_BAD_FAITH)))
    scores = [(m.day.isoformat(), m.text) for m in told if m.kind == "score"]
    assert ("2020-04-12", "Wendeng district scheme: 800 C") in scores
    assert ("2022-03-12", "Wendeng district scheme: 950 B") in scores
    assert scores[-1] == ("2022-09-30", "Wendeng district scheme: 1000 A")


def test_the_picture_is_ascii_and_of_one_width() -> None:
    drawn = list(timeline.picture(calculate(read_case(ISSUE))))
    assert len({len(row) for row in drawn[1:-1]}) == 1
    assert all(row.isascii() for row in drawn)
    assert drawn[-1].strip() == "^ 2021-01-15"


@pytest.mark.parametrize("path", GOLDEN[::5], ids=lambda path: path.stem)
def test_json_is_as_its_schema_says(path: Path) -> None:
    data = as_dict(calculate(golden(path).case), 3)
    json_schema.Result.model_validate(json.loads(json.dumps(data)))


def test_the_schema_that_ships_is_the_one_the_models_make() -> None:
    shipped = Path(json_schema.__file__).parent / "case_result.schema.json"
    assert shipped.read_text(encoding="utf-8") == json_schema.made()


def test_json_holds_all_of_it() -> None:
    result = calculate(read_case(WAGES))
    data: dict[str, Any] = as_dict(result, 20)
    (entry,) = data["acts"][0]["entries"]
    assert entry["ways_out"][0]["from"] == "2025-08-17"
    assert {f["field"] for f in entry["rests_on"]} >= {"acts[0].amount", "acts[0].events[0]"}
    assert data["changes"]["found"]
    assert as_dict(result)["changes"] is None
    Case.model_validate(data["changes"]["found"][0]["case"])


@pytest.mark.parametrize("path", [*GOLDEN[4::12], ISSUE, WAGES],
                         ids=lambda x: x.stem if isinstance(x, Path) else "text")  # fmt: skip
def test_shared_folds_find_what_the_plain_way_finds(path: Path | str) -> None:
    result, quick = searched(path, 20)
    plain = search(result, 20, shared=False)
    assert quick == plain
    assert search(result, 20, kernel=compiled.fold) == plain


@pytest.mark.parametrize("path", GOLDEN[::11], ids=lambda path: path.stem)
def test_a_shared_fold_has_the_same_numbers_on_every_day(path: Path) -> None:
    """A file folded up to a day, with later rows, roles and ages that nobody reads, or without."""
    result = calculate(golden(path).case)
    folds, law = Folds(result.law), result.law
    older = replace(result.ledger, subject=replace(result.ledger.subject, age=(40, 44)))
    days = sorted({e.day for e in result.ledger.events} | {day_of(result.on)})
    for ledger in (result.ledger, older):
        for day in (*days, *reversed(days)):
            one, two = folds.findings(ledger, day), findings(ledger, law, day)
            assert decode(one, law, day) == decode(two, law, day)
            assert one.count.tolist() == two.count.tolist()
