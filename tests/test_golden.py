"""Golden cases: what follows from a case by hand, from the text, and by the calculator.

Each file under ``golden/`` is a case with `expect` (worked out by hand) and `because`
(how it follows from the text). Entries and scores are compared as a whole; of lines, steps, unmet
provisions, gates and measures each one named must be there.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from reference.golden_cases import GOLDEN, golden
from xinyong.case import CaseResult, calculate, read_case
from xinyong.case.limits import as_data

KEYS = {
    "entries": {"list", "act", "ground", "start", "end", "lawful_end", "cause"},
    "scores": None,
    "lines": {"item", "act", "points", "state", "until", "grade", "since", "factor"},
    "steps": {"instrument", "act", "step", "due", "state"},
    "unmet": {"provision", "instrument", "act", "at"},
    "measures": None,
    "shown": {"act", "regulation", "rule", "way", "since", "until", "now", "cause"},
    "duties": {"act", "regulation", "rule", "stage", "since", "due"},
    "collected": {"act", "regulation", "verdict"},
    "uncollected": {"act", "regulation"},
    "private": {"scheme", "band", "opens", "links", "until"},
    "not_due": None,
    "applied": {"measure", "by", "may"},
    "follows": {"role", "kind", "entries", "measures"},
    "ungated": {"what", "act", "of", "provision", "gate"},
    "gates": {"what", "act", "of", "provision", "gate", "effect", "since", "followed"},
}


def entries(result: CaseResult) -> list[dict[str, Any]]:
    return [
        {
            "list": e.instrument,
            "act": result.act_of[e.case],
            "ground": e.ground,
            "start": e.start,
            "end": e.end,
            "lawful_end": e.lawful_end,
            "cause": e.cause,
        }
        for e in result.entries
    ]


def lines(result: CaseResult) -> list[dict[str, Any]]:
    return [
        {
            "item": x.provision,
            "act": result.act_of[x.case],
            "points": x.points / 10,
            "state": x.state,
            "until": x.until,
            "grade": x.grade,
            "since": x.since,
            "factor": x.factor,
        }
        for x in result.determination.lines
    ]


def steps(result: CaseResult) -> list[dict[str, Any]]:
    return [
        {
            "instrument": s.instrument,
            "act": result.act_of[s.case],
            "step": s.step,
            "due": s.due,
            "state": s.state,
        }
        for s in result.determination.steps
    ]


def unmet(result: CaseResult) -> list[dict[str, Any]]:
    origins = result.law.origins
    return [
        {
            "provision": origins[t.row].provision,
            "instrument": origins[t.row].instrument,
            "act": result.act_of[t.case],
            "at": t.at,
        }
        for t in result.determination.tried
        if t.status == "unmet"
    ]


def scores(result: CaseResult) -> dict[str, dict[str, Any]]:
    return {
        s.instrument: {
            "points": None if s.points is None else s.points / 10,
            "grade": s.grade or None,
        }
        for s in result.determination.scores
    }


def gates(result: CaseResult) -> list[dict[str, Any]]:
    return [row | {"since": dt.date.fromisoformat(row["since"])} for row in as_data(result)]


def shown(result: CaseResult) -> list[dict[str, Any]]:
    return [
        {
            "act": result.act_of[r.case],
            "regulation": r.instrument,
            "rule": s.rule.id,
            "way": s.rule.way,
            "since": s.since,
            "until": s.until,
            "now": s.now,
            "cause": s.cause,
        }
        for r in result.records
        for s in r.shown
    ]


def duties(result: CaseResult) -> list[dict[str, Any]]:
    return [
        {
            "act": result.act_of[r.case],
            "regulation": r.instrument,
            "rule": p.rule.id,
            "stage": d.stage.id,
            "since": d.since,
            "due": d.due,
        }
        for r in result.records
        for p in r.paths
        for d in p.duties
    ]


def collected(result: CaseResult) -> list[dict[str, Any]]:
    return [
        {"act": result.act_of[r.case], "regulation": r.instrument, "verdict": r.allowed}
        for r in result.records
    ]


def private(result: CaseResult) -> list[dict[str, Any]]:
    return [
        {
            "scheme": m.instrument,
            "band": m.band and m.band.id,
            "opens": [b.id for b in m.benefits],
            "links": [x.link.list for x in m.links],
            "until": next((x.until for x in m.links), None),
        }
        for m in result.private
    ]


def applied(result: CaseResult) -> list[dict[str, Any]]:
    """Return what is due, by whom, and whether the authority may refrain."""
    return [
        {"measure": m.measure, "by": sorted(m.by), "may": m.discretionary} for m in result.measures
    ]


def follows(result: CaseResult, row: dict[str, Any]) -> bool:
    """Tell whether what is expected for another follows: its entries, and measures among others."""
    for f in result.follows:
        spells = [{"list": e.instrument, "start": e.start} for e in f.entries]
        same = (f.role, f.kind) == (row["role"], row["kind"]) and spells == row["entries"]
        if same and {m.measure for m in f.measures} >= set(row.get("measures", [])):
            return True
    return False


def agrees(wanted: dict[str, Any], found: dict[str, Any]) -> bool:
    return all(found[key] == value for key, value in wanted.items())


def differences(result: CaseResult, expect: dict[str, Any]) -> list[str]:
    """Every way in which a result differs from what is expected."""
    wrong = [f"unknown part of expect: {part}" for part in expect if part not in KEYS]
    for part, allowed in KEYS.items():
        for row in expect.get(part, []) if allowed else []:
            wrong += [f"{part}: unknown field {key!r}" for key in row.keys() - allowed]
    if wrong:
        return wrong
    if "entries" in expect:
        rest = entries(result)
        for row in expect["entries"]:
            match = next((e for e in rest if agrees(row, e)), None)
            if match is None:
                wrong.append(f"no entry {row}")
            else:
                rest.remove(match)
        wrong += [f"unexpected entry {e}" for e in rest]
    for part, found in (("lines", lines), ("steps", steps), ("unmet", unmet)):
        rows = found(result)
        for row in expect.get(part, []):
            if not any(agrees(row, each) for each in rows):
                near = [x for x in rows if x.get("act") == row.get("act", x.get("act"))]
                key = {"lines": "item", "steps": "step", "unmet": "provision"}[part]
                near = [x for x in near if x[key] == row.get(key)]
                wrong.append(f"{part}: not {row}, but {near}")
    if "scores" in expect:
        wanted, found_scores = expect["scores"], scores(result)
        for name, score in wanted.items():
            if name not in found_scores or not agrees(score, found_scores[name]):
                wrong.append(f"score of {name}: not {score}, but {found_scores.get(name)}")
        wrong += [f"unexpected score of {name}" for name in found_scores.keys() - wanted]
    parts = (
        ("shown", shown),
        ("duties", duties),
        ("collected", collected),
        ("applied", applied),
    )
    for part, found in parts:
        rows = found(result)
        for row in expect.get(part, []):
            if not any(agrees(row, each) for each in rows):
                wrong.append(f"{part}: not {row}, but {rows}")
        if expect.get(part) == [] and rows:
            wrong.append(f"{part}: unexpected {rows}")
    if "private" in expect:
        rows = private(result)
        wrong += [
            f"private: not {row}, but {rows}"
            for row in expect["private"]
            if not any(agrees(row, each) for each in rows)
        ]
        if len(rows) != len(expect["private"]):
            wrong.append(f"private: as many as {rows}")
    for row in expect.get("uncollected", []):
        if any(agrees(row, each) for each in collected(result)):
            wrong.append(f"collected: {row}")
    wrong += [
        f"follows: not {row}" for row in expect.get("follows", []) if not follows(result, row)
    ]
    found_gates = gates(result)
    for row in expect.get("gates", []):
        if not any(agrees(row, each) for each in found_gates):
            near = [x["gate"] for x in found_gates if x["of"] == row.get("of", x["of"])]
            wrong.append(f"gates: not {row}, but {near}")
    for row in expect.get("ungated", []):
        if any(agrees(row, each) for each in found_gates):
            wrong.append(f"gated: {row}")
    if expect.get("gates") == [] and found_gates:
        wrong.append(f"unexpected gates {[x['gate'] for x in found_gates]}")
    due = {m.measure for m in result.measures}
    wrong += [f"measure {m} is not due" for m in expect.get("measures", []) if m not in due]
    wrong += [f"measure {m} is due" for m in expect.get("not_due", []) if m in due]
    return wrong


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    found = golden(path)
    assert found.expect, "a golden case says what it expects"
    assert found.because, "and how that follows from the text"
    assert differences(calculate(found.case), found.expect) == []


def test_there_are_golden_cases() -> None:
    assert len(GOLDEN) >= 3


REFUSAL = """
subject: {kind: person, place: gansu}
acts:
  - conduct: judgment_refusal
    from: 2016-03-01
    circumstances: [able]
    documents: [{kind: enforcement_notice, formed: 2016-02-01, served: 2016-02-10}]
on: 2016-06-01
"""


def test_the_runner_sees_what_differs() -> None:
    result = calculate(read_case(REFUSAL))
    right = {"list": "spc_defaulters", "act": 0, "start": dt.date(2016, 3, 1), "end": None}
    other = {"list": "spending_restriction", "act": 0, "start": dt.date(2016, 3, 1)}
    assert differences(result, {"entries": [right, other]}) == []
    wanted: tuple[dict[str, Any], ...] = (
        {"entries": [right]},
        {"entries": [right, other, other]},
        {"lines": [{"item": "dg_p_d_02", "act": 0}]},
        {"steps": [{"step": "remove", "act": 0}]},
        {"unmet": [{"provision": "ground_6", "act": 0, "at": 1}]},
        {"scores": {"wendeng_2020": {"points": 1000.0}}},
        {"scores": {"wendeng_2020": {}}},
        {"measures": ["m_nothing"]},
        {"applied": [{"measure": "m_publish", "by": ["nobody"]}]},
        {"not_due": ["m_publish"]},
        {"entry": []},
        {"entries": [{"lists": "spc_defaulters"}]},
    )
    for expect in wanted:
        assert len(differences(result, expect)) == 1, expect
