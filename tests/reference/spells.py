"""Cases of made-up lists, worked out by hand: what became of an entry and of its steps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reference.small_law import ends, follows, step
from xinyong.law.compile import Law
from xinyong.law.determine import Determination

RECORD = "2021-03-10 occurred; 2021-03-12 formed"
ACT = "2021-03-10 occurred; 2021-03-12 formed; 2021-03-20 decided blacklist"
OUT = f"{ACT}; 2021-05-01 performed"
LATER = "2024-12-31"
TERM = {"n": 1, "unit": "year", "from": "listed"}
DECIDE = step("decide", "met", ["formed"], "decided", (10, "day"))
REMOVE = step("remove", "ended", ["lawful_end"], "removed", (3, "day"))
BOTH = (ends("early", "corrected"), ends("performance", "performed"))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def dates(*days: dt.date | None) -> list[str]:
    return ["" if x is None else x.isoformat() for x in days]


def spells(found: Determination) -> list[list[str]]:
    """Start, end and cause of each spell."""
    return [[*dates(e.start, e.end), e.cause] for e in found.entries]


def status(law: Law, found: Determination) -> list[tuple[str, str, int]]:
    return [(law.origins[x.row].provision, x.status, x.at) for x in found.tried]


def steps(law: Law, text: str, on: str = LATER, **who: Any) -> dict[str, list[str]]:
    """Anchor, due day, day done and state of each step."""
    return {
        s.step: [*dates(s.anchor, s.due, s.done), s.state]
        for s in follows(law, text, on, **who).steps
    }
