"""Cases of made-up schemes, worked out by hand: lines, their time, score and grade.

A scheme begins with 100 points; points of lines and scores are in tenths.
"""

from __future__ import annotations

from typing import Any

from reference.made_up import GUESS
from reference.small_law import (
    follows,
)
from xinyong.law.compile import Law

ACT = "2021-03-10 occurred; 2021-03-12 formed"
ON = "2021-06-30"
Line = tuple[int, str, int, str, str, str]


def lines(law: Law, text: str, on: str = ON, **who: Any) -> list[Line]:
    """Case, rule, points, first day, first day on which it no longer counts, state."""
    return [
        (x.case, x.provision, x.points, str(x.since), str(x.until or ""), x.state)
        for x in follows(law, text, on, **who).lines
    ]


def live(law: Law, text: str, on: str = ON) -> dict[tuple[int, str], int]:
    """Points of the lines that count."""
    return {x[:2]: x[2] for x in lines(law, text, on) if x[5] == "live"}


def score(law: Law, text: str, on: str = ON, **who: Any) -> tuple[int | None, str]:
    (found,) = follows(law, text, on, **who).scores
    return found.points, found.grade


def notes(law: Law, text: str, on: str = ON) -> list[tuple[int, str, str, int]]:
    return [
        (x.case, law.origins[x.row].provision, x.status, x.at) for x in follows(law, text, on).tried
    ]


def acts(*days: str, more: str = "") -> str:
    """Acts of littering, each formed on its day; `more` is said of each."""
    rows = []
    for i, day in enumerate(days):
        rows += [f"{day} occurred littering @{i}", f"{day} formed @{i}"]
        rows += [f"{day} {word} @{i}" for word in more.split(", ") if word]
    return "; ".join(rows)


def valid(**more: Any) -> dict[str, Any]:
    term = {"n": more.pop("n", 1), "unit": more.pop("unit", "year")}
    term["from"] = more.pop("since", "formed")
    if more.pop("lasting", False):
        term["while_continuing"] = True
    return {"term": term, "cite": GUESS} | more


def detail(name: str, value: int) -> str:
    return f"{ACT}; 2021-03-10 detail {name} {value}"
