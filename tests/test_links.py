"""Links: what follows for others, and no link, role or fact of a link that nothing reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from test_case import FIRM, PERSON, changed, refused, result_of
from xinyong.case.changes import search
from xinyong.case.export import as_dict
from xinyong.case.text import lines

OF_THE_FIRM = {"to": "enterprise", "as": "legal_representative_of", "place": "beijing"}
#: The firm's arrears, on the file of the one who represents it.
COPIED = FIRM["acts"][0] | {"via": "legal_representative"}


def with_links(base: dict[str, Any], *links: dict[str, Any]) -> dict[str, Any]:
    return base | {"links": list(links)}


def told(data: dict[str, Any]) -> str:
    return "\n".join(text for _, text in lines(result_of(data), brief=True))


def test_the_acts_of_the_firm_one_represents_follow_on_its_file_and_on_ones_own() -> None:
    result = result_of(with_links(PERSON | {"acts": [COPIED], "on": "2023-01-15"}, OF_THE_FIRM))
    assert [e.instrument for e in result.entries] == ["wage_arrears_list"]
    (firm,) = result.follows
    assert (firm.role, firm.kind, firm.link) == ("legal_representative_of", "enterprise", 0)
    assert [e.instrument for e in firm.entries] == ["wage_arrears_list"]
    assert firm.entries[0].start == result.entries[0].start


def test_who_may_not_hold_office_is_told_with_the_firm_it_represents() -> None:
    firm = {"to": "enterprise", "as": "legal_representative_of"}
    (found,) = result_of(with_links(PERSON, firm)).follows
    assert {m.measure for m in found.measures} == {"m_enterprise_office"}
    text = told(with_links(PERSON, firm))
    assert "What follows for the linked enterprise, of which the subject is" in text
    assert "may not be legal representative, director, supervisor or manager" in text


def test_relatives_and_the_employer_are_concerned_where_a_measure_says_so() -> None:
    found = result_of(
        with_links(PERSON, {"to": "person", "is": "family"}, {"to": "organ", "is": "employer"})
    ).follows
    assert {f.role: {m.measure for m in f.measures} for f in found} == {
        "family": {"m_private_school"},
        "employer": {"m_notify_employer"},
    }


def test_a_body_has_no_relatives_but_may_have_a_superior() -> None:
    body = {"kind": "organ", "place": "beijing"}
    listed = PERSON | {"subject": body}
    found = result_of(with_links(listed, {"to": "organ", "is": "employer"})).follows
    (superior,) = [f for f in found if f.role == "employer"]
    assert {m.measure for m in superior.measures} == {"m_notify_employer"}
    for link in ({"to": "person", "is": "family"}, {"to": "enterprise", "as": "head_of"}):
        assert "no provision reads a link" in refused(with_links(listed, link))


def test_a_representative_who_lives_elsewhere_is_scored_there_and_not_here() -> None:
    here = {"to": "person", "is": "legal_representative", "place": "wendeng", "age": "35-44"}
    there = here | {"place": "gansu"}
    for link, schemes in ((here, ["wendeng_2020"]), (there, [])):
        found = result_of(with_links(FIRM, link)).follows
        (mine,) = [f for f in found if f.link == 0]
        assert mine.role == "legal_representative"
        assert [e.instrument for e in mine.entries] == ["wage_arrears_list"]
        assert [s.instrument for s in mine.determination.scores] == schemes


def test_what_follows_for_others_names_provision_article_and_depth() -> None:
    data = as_dict(result_of(with_links(PERSON, {"to": "organ", "is": "employer"})))
    assert data["links"] == [{"to": "organ", "is": "employer"}]
    (row,) = data["follows"]
    assert (row["role"], row["kind"], row["link"]) == ("employer", "organ", 0)
    text = told(with_links(PERSON, {"to": "organ", "is": "employer"}))
    assert "m_notify_employer, Art. 8 of S" in text


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ([{"to": "enterprise", "is": "employee"}], "links[0]: no provision reads a link"),
        ([{"to": "person", "as": "legal_representative_of"}], "no provision reads a link"),
        ([{"to": "enterprise", "as": "controller_of"}], "links that are read: "),
        ([{"to": "organ", "is": "employer", "place": "beijing"}], "asks for the place of this"),
        ([{"to": "organ", "is": "employer", "age": 40}], "only persons have an age"),
        ([{"to": "organ", "is": "employer"}] * 2, "a second link says 'employer'"),
        ([{"to": "organ"}], "what the subject is of it"),
        ([{"to": "organ", "is": "employer", "as": "employee_of"}], "what the subject is of it"),
        ([{"to": "organ", "is": "employer", "name": "x"}], "unknown field 'name'"),
        ([{"to": "organ", "is": "emploier"}], "did you mean 'employer'?"),
        ([OF_THE_FIRM | {"place": "beijng"}], "did you mean 'beijing'?"),
    ],
)
def test_a_link_that_nothing_reads_or_that_says_nothing_is_refused(
    links: list[dict[str, Any]], message: str
) -> None:
    text = refused(with_links(PERSON, *links))
    assert message in text
    assert text.startswith("c.yaml:")


def test_acts_of_another_are_those_of_a_stated_link() -> None:
    copied = PERSON | {"acts": [COPIED], "on": "2023-01-15"}
    assert result_of(copied).entries  # without links the role alone says it
    head = {"to": "enterprise", "as": "head_of"}
    assert "no link says of whom the subject is 'legal_representative'" in refused(
        with_links(copied, head)
    )


def test_a_role_that_no_provision_asks_for_is_refused() -> None:
    text = refused(changed(PERSON, "subject", "roles", to=["professional"]))
    assert "no provision that hears these acts asks whether the subject is 'professional'" in text


def test_an_act_may_be_left_out_to_see_what_it_changes_though_a_link_then_says_nothing() -> None:
    case = with_links(PERSON | {"acts": [*PERSON["acts"], COPIED], "on": "2023-01-15"}, OF_THE_FIRM)
    found = {c.field for c in search(result_of(json.loads(json.dumps(case)))).found}
    assert {"acts[0]", "acts[1]"} <= found
