"""What gates say about a case: which limit bars a finding, since when, and since when here.

Nothing is taken away from the findings themselves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from xinyong.case.calculator import CaseResult
from xinyong.law import trace
from xinyong.law.compile import Law
from xinyong.law.determine import Barred
from xinyong.law.gates import Bar

__all__ = ["as_data", "on_measure", "on_row", "on_score", "words"]


def words(bar: Bar, law: Law, on: dt.date) -> str:
    """Return a gate on a finding in one phrase: effect, limit, rank, since, followed from when.

    Example: ``barred since 2020-12-07 by GuoBanFa [2020] 49 (normative document): dishonesty is
    determined only on a legally effective document``.
    """
    it = law.catalogue.instrument(bar.instrument)
    name = it.short.en if it.short else it.name.en
    by = f"{name} ({bar.rank.replace('_', ' ')}): {bar.title}"
    if bar.effect == "weighed":
        text = f"perhaps barred since {bar.since} by {by}; to be judged: {bar.test}"
    else:
        text = f"barred since {bar.since} by {by}"
    if on < bar.followed_from:
        text += f"; may still be followed here as before until {bar.followed_from}"
        if bar.assumed:
            text += " (assumed)"
    return text


def on_row(result: CaseResult, case: int, row: int) -> Iterator[Barred]:
    """Yield the gates on one provision of one case, each once."""
    seen = set()
    for b in result.determination.barred:
        key = (b.bar.instrument, b.bar.gate)
        if (b.case, b.row) == (case, row) and key not in seen:
            seen.add(key)
            yield b


def on_score(result: CaseResult, scheme: str) -> Iterator[Barred]:
    """Yield the gates on the score of a scheme as a whole."""
    return (b for b in result.determination.barred if b.what == "score" and b.instrument == scheme)


def on_measure(result: CaseResult, number: int) -> tuple[Bar, ...]:
    """Return the gates on the measure of a number (its position in `CaseResult.measures`)."""
    return result.gated[number]


def _bar(law: Law, bar: Bar, on: dt.date) -> dict[str, Any]:
    where = trace.of_cite(law, bar.instrument, bar.version, bar.gate, bar.title, bar.cite)
    return {
        "gate": bar.gate,
        "instrument": bar.instrument,
        "version": bar.version,
        "title": bar.title,
        "rank": bar.rank,
        "effect": bar.effect,
        "since": bar.since.isoformat(),
        "followed_from": bar.followed_from.isoformat(),
        "followed": on >= bar.followed_from,
        "assumption": bar.assumed or None,
        "test": bar.test or None,
        "article": where.article or None,
        "source": where.source or None,
        "depth": where.depth,
    }


def as_data(result: CaseResult) -> list[dict[str, Any]]:
    """Return every gate on every finding as plain data, in the order of the findings."""
    law, on = result.law, result.on
    found = []
    for b in result.determination.barred:
        act = result.act_of[b.case] if b.case >= 0 else None
        provision = law.origins[b.row].provision if b.row >= 0 else None
        found.append(
            {"what": b.what, "act": act, "of": b.instrument, "provision": provision}
            | _bar(law, b.bar, on)
        )
    for number, m in enumerate(result.measures):
        found += [
            {"what": "measure", "act": None, "of": m.instrument, "provision": m.measure}
            | _bar(law, bar, on)
            for bar in on_measure(result, number)
        ]
    return found
