"""Gates and the linter read the same law: what the one bars, the other finds in breach.

The guidance of December 2020 stands twice in the data: as a gate, by attributes, for the day of a
case, and as limits with elements, for a rulebook as a whole. Here one is held against the other.
"""

from __future__ import annotations

import datetime as dt

from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.compile import Law, law
from xinyong.law.gates import bars, provision_target
from xinyong.law.lint import chosen, lint, read_rulebooks

DAY = dt.date(2023, 1, 15)
#: Items that follow from a decision only because of a circumstance, which gates do not read.
DECIDED_BY_CIRCUMSTANCE = {"wd0034", "wd0480"}


def gated(found: Law, instrument: str, effect: str) -> set[str]:
    """Provisions on which the gate of December 2020 on documents has an effect."""
    rows = set()
    for row, o in enumerate(found.origins):
        if o.instrument != instrument:
            continue
        roles = int(found.tables.prov[row, t.P_VIA])
        via = tuple(r for i, r in enumerate(v.ROLES) if roles >> i & 1)
        target = provision_target(
            found.catalogue, instrument, o.version, found.heard[row], o.conditions, o.effect, via
        )
        if target is None:
            continue
        names = {b.gate for b in bars(found.catalogue, target, DAY) if b.effect == effect}
        if names & {"effective_document", "effective_document_open"}:
            rows.add(o.provision)
    return rows


def said(result: str) -> set[str]:
    """Items of which the linter says so, by the same limit."""
    report = lint(read_rulebooks("wendeng_2020"), on=DAY, against=chosen(["cn_49"]))
    limit = ("cn_49", "effective_document")
    return {f.path.split(".")[-1] for f in report.of(result) if (f.profile, f.limit) == limit}


def test_the_gate_bars_just_what_the_linter_finds_in_breach() -> None:
    barred = gated(law(), "wendeng_2020", "required")
    assert len(barred) > 50
    assert barred - DECIDED_BY_CIRCUMSTANCE == said("breach")


def test_what_the_linter_doubts_the_gate_leaves_to_be_weighed() -> None:
    doubted = said("doubt")
    assert doubted
    assert doubted <= gated(law(), "wendeng_2020", "weighed")
