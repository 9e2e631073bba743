"""Cases: what may be stated, what is refused, and what the calculator reports."""

from __future__ import annotations

import datetime as dt
import json
import time
from dataclasses import replace
from typing import Any

import pytest

from xinyong.case import Case, calculate, read_case
from xinyong.case.export import SCHEMA_VERSION, as_dict
from xinyong.case.further import further
from xinyong.case.model import NUMBERS, Act
from xinyong.errors import CaseError
from xinyong.law import vocabulary as v
from xinyong.law.compile import compile_law, law

FIRM: dict[str, Any] = {
    "subject": {"kind": "enterprise", "place": "wendeng"},
    "acts": [
        {
            "conduct": "wage_arrears",
            "from": "2022-01-10",
            "amount": 48_000,
            "persons": 12,
            "months": 3,
            "documents": [{"kind": "payment_order", "formed": "2022-02-01"}],
            "events": [{"event": "deadline", "on": "2022-03-01"}],
        }
    ],
    "on": "2023-01-15",
}
PERSON: dict[str, Any] = {
    "subject": {"kind": "person", "place": "wendeng", "age": "35-44"},
    "acts": [
        {
            "conduct": "judgment_refusal",
            "from": "2021-01-10",
            "circumstances": ["able"],
            "documents": [
                {"kind": "enforcement_notice", "formed": "2020-12-01", "served": "2020-12-05"}
            ],
        }
    ],
    "on": "2022-01-01",
}


def changed(base: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    """Return a deep copy of a case with one field replaced or added."""
    copy: dict[str, Any] = json.loads(json.dumps(base))
    node: Any = copy
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = to
    return copy


def result_of(data: dict[str, Any]) -> Any:
    return calculate(Case.model_validate(data))


def refused(data: dict[str, Any]) -> str:
    """Read a case from text, calculate it, and return the problems."""
    with pytest.raises(CaseError) as caught:
        calculate(read_case(json.dumps(data), "c.yaml"))
    return str(caught.value)


def test_every_quantity_has_a_field() -> None:
    assert set(v.QUANTITIES) - {"severity", "duration"} == set(NUMBERS)
    assert set(NUMBERS) <= set(Act.model_fields)


def test_a_firm_that_does_not_pay_is_listed_with_those_behind_it() -> None:
    result = result_of(FIRM)
    (entry,) = result.entries
    assert (entry.instrument, entry.ground) == ("wage_arrears_list", "ground_amount")
    # Twenty working days from the deadline of 1 March 2022.
    assert entry.start == dt.date(2022, 3, 29)
    assert entry.lawful_end == dt.date(2025, 3, 29)
    behind = {f.role: f for f in result.follows}
    assert {"legal_representative", "head", "responsible_person"} <= set(behind)
    for role in ("legal_representative", "head"):
        assert [e.start for e in behind[role].entries] == [entry.start]


def test_the_entry_of_a_firm_is_not_its_representatives() -> None:
    data = changed(PERSON, "subject", to={"kind": "enterprise", "place": "wendeng"})
    result = result_of(data)
    assert "spc_defaulters" in {e.instrument for e in result.entries}
    head = next(f for f in result.follows if f.role == "head")
    assert head.entries == ()
    assert [(x.provision, x.grade) for x in head.determination.lines if x.state == "live"] == [
        ("dg_p_c_06", "C")
    ]
    assert "m_no_fly" in {m.measure for m in head.measures}


def test_why_not_names_the_one_condition_that_fails() -> None:
    result = result_of(changed(PERSON, "acts", 0, "circumstances", to=[]))
    assert result.entries == ()
    reasons = {
        result.law.origins[a.row].provision: a.reason
        for a in result.almost
        if result.law.origins[a.row].instrument == "spc_defaulters"
    }
    assert reasons == {"ground_1": "not met: able to perform"}


def test_an_act_from_which_nothing_follows_names_what_listens_to_it() -> None:
    """A bare act fails at several conditions; each is said, with its unit."""
    result = result_of(
        {
            "subject": {"kind": "enterprise", "place": "hangzhou"},
            "acts": [{"conduct": "tax_evasion", "from": "2020-03-01", "amount": 2_000_000}],
            "on": "2021-01-01",
        }
    )
    assert (result.entries, result.almost) == ((), ())
    (far,) = further(result, 0)
    assert result.law.origins[far.row].provision == "ground_evasion"
    assert [r for r in far.reasons if "share" in r] == ["not met: share of at least 10 %"]
    assert any("tax handling decision" in reason for reason in far.reasons)
    (told,) = as_dict(result)["acts"][0]["further"]
    assert told["why_not"] == list(far.reasons)


def test_nothing_further_is_told_where_something_follows() -> None:
    assert result_of(PERSON).entries
    assert further(result_of(PERSON), 0) == ()


def test_that_schemes_score_minors_is_said_to_be_assumed() -> None:
    minor = changed(PERSON, "subject", "age", to="14-16")
    assert any("minors" in text for text in result_of(minor).assumptions)
    assert not any("minors" in text for text in result_of(PERSON).assumptions)


def test_the_stated_course_takes_no_step() -> None:
    result = result_of(PERSON | {"course": "stated"})
    assert (result.entries, result.taken) == ((), ())
    open_steps = {s.step for s in result.determination.steps if s.state != "done"}
    assert "decide" in open_steps


def test_acts_keep_their_numbers_whatever_their_order() -> None:
    late = {"conduct": "traffic_penalty", "from": "2021-05-03", "fine": 300}
    early = late | {"from": "2021-02-01"}
    forward = as_dict(result_of(PERSON | {"acts": [early, late]}))
    backward = as_dict(result_of(PERSON | {"acts": [late, early]}))
    assert forward["scores"] == backward["scores"]
    assert [a["from"] for a in backward["acts"]] == ["2021-05-03", "2021-02-01"]

    def strip(data: Any) -> Any:  # numbers of acts, and the fields that name them
        if isinstance(data, dict):
            return {k: strip(x) for k, x in data.items() if k not in ("act", "rests_on")}
        return [strip(x) for x in data] if isinstance(data, list) else data

    assert strip(backward["acts"])[::-1] == strip(forward["acts"])


def test_the_same_case_twice_is_the_same_result() -> None:
    assert as_dict(result_of(FIRM)) == as_dict(result_of(FIRM))


def walk(node: Any) -> Any:
    yield node
    for inner in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from walk(inner)


def test_json_has_a_version_and_every_finding_its_depth() -> None:
    data = json.loads(json.dumps(as_dict(result_of(FIRM))))
    assert data["schema_version"] == SCHEMA_VERSION
    assert "synthetic" in data["status"]
    findings = [node for node in walk(data) if isinstance(node, dict) and "basis" in node]
    for node in findings:  # only where no text says who sees a thing is there none
        assert node["basis"] is not None or node.get("level") in ("unsaid", "authorities")
    bases = [node["basis"] for node in findings if node["basis"] is not None]
    assert len(bases) > 20
    for basis in bases:
        assert basis["depth"]
        assert basis["instrument_zh"]
        assert basis["article"] or basis["assumption"]


def test_no_case_makes_a_base_score() -> None:
    result = result_of(PERSON | {"acts": []})
    assert [(s.points, s.grade) for s in result.determination.scores] == [(10_000, "A")]
    assert result_of(changed(PERSON, "subject", "place", to="gansu") | {"acts": []}).measures == ()


def test_one_case_is_fast() -> None:
    case = Case.model_validate(FIRM)
    calculate(case)
    best = min(_timed(case) for _ in range(5))
    assert best < 0.5, "the budget is 50 ms; ten times that is a defect on any machine"


def _timed(case: Case) -> float:
    start = time.perf_counter()
    calculate(case)
    return time.perf_counter() - start


def texts(data: dict[str, Any]) -> list[str]:
    from xinyong.case.text import lines

    return [text for _, text in lines(result_of(data), brief=True)]


def test_an_assumption_and_a_gate_are_said_once_and_marked_where_they_come_again() -> None:
    told = texts(FIRM)
    for mark in ("A1", "G1"):
        first, *rest = [x for x in told if f" {mark}" in x]
        assert f"{mark}: " in first
        assert all(f"{mark}, as above" in x for x in rest)
    reasons = [x.partition("assumption A")[2].partition(": ")[2] for x in told]
    said = [x for x in reasons if x]
    assert len(said) == len(set(said)) > 0


def test_a_case_is_told_in_plain_words() -> None:
    told = "\n".join(text for data in (FIRM, PERSON) for text in texts(data))
    for word in ("to be weighed", "nominal course", "meanwhile", "unsaid", "authorised,"):
        assert word not in told
    assert "what must be done is done on the last lawful day" in told
    assert "perhaps barred since" in told
    assert "to be judged: " in told


def test_the_same_change_is_told_once() -> None:
    from xinyong.case.changes import search

    act = {"conduct": "annual_report_missed", "from": "2015-07-01"}
    firm = {"subject": {"kind": "enterprise", "place": "shenzhen"}, "acts": [act]}
    found = search(result_of(firm | {"on": "2016-03-01"})).found
    changes = [(c.field, c.now) for c in found]
    assert len(changes) == len(set(changes)) > 0


# --- refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("acts", 0, "conduct"), "judgement_refusal", "did you mean 'judgment_refusal'?"),
        (("acts", 0, "circumstances"), ["abel"], "did you mean 'able'?"),
        (("acts", 0, "persons"), 3, "has no 'persons'"),
        (("acts", 0, "amount"), 48_000, "has no 'amount'"),
        (("acts", 0, "amount"), -1, "acts[0].amount"),
        (("acts", 0, "amount"), True, "acts[0].amount"),
        (("acts", 0, "until"), "2021-01-09", "before the act began"),
        (("acts", 0, "corrected_on"), "2020-01-09", "before the act began"),
        (("acts", 0, "from"), "2023-01-10", "later than the day asked for"),
        (("acts", 0, "from"), "1870-01-10", "lies outside"),
        (("acts", 0, "documents", 0, "kind"), "payment_order", "has no document"),
        (("acts", 0, "documents", 0, "served"), "2020-11-30", "before the document was formed"),
        (("acts", 0, "events"), [{"event": "decided", "on": "2021-02-01"}], "'of' is missing"),
        (
            ("acts", 0, "events"),
            [{"event": "decided", "of": "wage_arrears_list", "on": "2021-02-01"}],
            "does not listen",
        ),
        (
            ("acts", 0, "events"),
            [{"event": "performed", "of": "spc_defaulters", "on": "2021-02-01"}],
            "belongs to the case",
        ),
        (("acts", 0, "events"), [{"event": "copied", "on": "2021-02-01"}], "use via"),
        (("acts", 0, "events"), [{"event": "year", "on": "2021-02-01"}], "acts[0].events[0].event"),
        (("subject", "kind"), "firm", "subject.kind"),
        (("subject", "place"), "wendng", "did you mean 'wendeng'?"),
        (("subject", "age"), "44-35", "subject.age"),
        (("subject", "roles"), ["self"], "not a role"),
        (("subject", "wealth"), 5, "unknown field 'wealth'"),
        (("subjects",), [{}], "unknown field 'subjects'"),
        (("course",), "lenient", "course"),
        (("acts",), [{"conduct": "traffic_penalty", "from": "2021-01-01"}] * 51, "acts"),
    ],
)
def test_what_is_refused(path: tuple[Any, ...], value: Any, message: str) -> None:
    text = refused(changed(PERSON, *path, to=value))
    assert message in text
    assert text.startswith("c.yaml:")


def test_a_kind_that_may_not_do_it() -> None:
    conducts = law().catalogue.conducts.values()
    only_firms = next(c.id for c in conducts if c.kinds == ("enterprise",))
    data = PERSON | {"acts": [{"conduct": only_firms, "from": "2021-01-01"}]}
    assert f"a person cannot do '{only_firms}'" in refused(data)
    assert "it has no age" in refused(changed(FIRM, "subject", "age", to=17))


def test_what_no_provision_reads_is_refused_and_never_ignored() -> None:
    built_in = law().catalogue
    refusal = built_in.conducts["judgment_refusal"]
    vague = replace(refusal, circumstances=(*refusal.circumstances, "malicious"))
    idle = replace(refusal, id="idleness")
    conducts = built_in.conducts | {vague.id: vague, idle.id: idle}
    lists_alone = built_in.only({"spc_defaulters"})  # regulations may read any record
    other = compile_law(replace(lists_alone, conducts=conducts))
    for path, value, message in (
        (("acts", 0, "circumstances"), ["malicious"], "no provision reads 'malicious'"),
        (("acts", 0, "conduct"), "idleness", "no provision listens to 'idleness'"),
    ):
        where = PERSON | {"subject": {"kind": "person", "place": "gansu"}}  # no rules on records
        stated = changed(where, *path, to=value)
        if value == "idleness":
            stated["acts"][0].pop("circumstances")
        with pytest.raises(CaseError, match=message):
            calculate(Case.model_validate(stated), other)


def test_problems_come_together() -> None:
    data = changed(PERSON, "acts", 0, "circumstances", to=["abel"])
    data["acts"][0]["until"] = "2021-01-01"
    data["acts"].append({"conduct": "nothing", "from": "2021-01-01"})
    assert len(refused(data).splitlines()) == 3


def test_a_day_must_be_asked_for() -> None:
    data = {k: x for k, x in PERSON.items() if k != "on"}
    assert "on: this field is missing" in refused(data)
    assert calculate(Case.model_validate(data), on=dt.date(2022, 1, 1)).on == dt.date(2022, 1, 1)


@pytest.mark.parametrize(
    "value",
    [
        "11010519491231002X",
        "110105194912310021",
        "91350100M000100Y43",
        "13800138000",
        "+8613800138000",
        "6222021234567890123",
        "someone@example.com",
        "title with 13800138000 inside",
    ],
)
def test_values_that_look_like_identities_are_refused_and_not_repeated(value: str) -> None:
    secret = value.split()[2] if " " in value else value
    for path in (("title",), ("acts", 0, "conduct"), ("subject", "place"), ("subject", "name")):
        text = refused(changed(PERSON, *path, to=value))
        assert "looks like an identity" in text
        assert secret not in text
    number = changed(PERSON, "acts", 0, "amount", to=13_800_138_000)
    assert "looks like an identity" in refused(number)
    with pytest.raises(CaseError, match="looks like an identity"):
        result_of(changed(PERSON, "subject", "place", to=value))


@pytest.mark.parametrize("path", [("title",), ("because",), ("subject", "name")])
def test_a_case_has_no_room_for_free_text_in_which_a_name_could_stand(
    path: tuple[str, ...],
) -> None:
    text = refused(changed(PERSON, *path, to="Somebody Somewhere"))
    assert f"c.yaml:1: {'.'.join(path)}: a case has no room for free text" in text
    assert "# ..." in text
    assert "Somebody" not in text
