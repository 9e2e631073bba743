"""A draft that never became law is shown and changes nothing."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from xinyong.case import calculate, read_case
from xinyong.case.export import as_dict
from xinyong.law.catalogue import load
from xinyong.law.compile import law
from xinyong.law.measures import measures_of

DAY = dt.date(2019, 12, 31)
DRAFTS = ("internet_list", "model_individuals_red")


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_is_in_the_catalogue_and_in_force_on_no_day(name: str) -> None:
    it = load().instrument(name)
    assert all(version.draft for version in it.versions)
    assert load().version(name, DAY) is None
    assert name not in {found.id for found, _ in load().at(DAY)}
    assert name not in {found.id for found, _ in load().effective("2019-12")}
    assert measures_of(law(), name, DAY) == ()


def test_no_provision_of_a_draft_listens() -> None:
    case = """
subject: {kind: person, place: gansu}
acts:
  - conduct: website_closed
    from: 2019-10-01
    documents: [{kind: penalty_decision, formed: 2019-10-01}]
on: 2019-12-31
"""
    found = json.dumps(as_dict(calculate(read_case(case))))
    assert "penalty" in found  # national rules on records of penalties may speak about it
    assert "internet_list" not in found
