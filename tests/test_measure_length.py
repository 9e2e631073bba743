"""A measure of its own length ends before the entry that it follows from."""

from __future__ import annotations

import pytest

from xinyong.case import calculate, read_case

REFUSAL = """
subject: {{kind: person, place: hebei, age: 18-24}}
acts:
  - conduct: conscription_refusal
    from: 2022-03-01
    documents:
      - {{kind: order_to_correct, formed: 2022-03-03, served: 2022-03-03}}
      - {{kind: penalty_decision, formed: 2022-04-01}}
    events: [{{event: deadline, on: 2022-03-10}}]
on: {on}
"""


@pytest.mark.parametrize(("on", "barred"), [("2024-03-31", True), ("2024-04-01", False)])
def test_two_years_without_leaving_the_country_and_the_post_barred_on(
    on: str, barred: bool
) -> None:
    """Military Service Law 2021, Art. 57(2): exit and study two years, posts without end."""
    due = {m.measure for m in calculate(read_case(REFUSAL.format(on=on))).measures}
    assert ("m_exit_ban" in due) is barred
    assert ("m_school_reentry" in due) is barred
    assert "m_state_employment" in due
