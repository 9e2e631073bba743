"""Made-up instruments, so that a test can say one thing only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xinyong.law import schema

GUESS = {"assumption": "made up for a test"}


def instrument(name: str, kind: str, version: dict[str, Any], **more: Any) -> schema.Instrument:
    """A made-up instrument of 2020 whose only version says what is given."""
    data: dict[str, Any] = {
        "id": name,
        "kind": kind,
        "polarity": "mixed",
        "name": {"en": "made up", "zh": "虚构"},
        "issuer": "ndrc",
        "decider": "ndrc",
        "keeper": "ndrc",
        "level": "city",
        "rank": "normative_document",
        "rank_cite": GUESS,
        "based_on": "record",
        "conduct_field": "social",
        "nature": ["management"],
        "subjects": ["person"],
        "reach": {"place": "cn", "by": ["residence"], "cite": GUESS},
        "review": {
            "objection": False,
            "administrative_review": False,
            "suit": False,
            "cite": GUESS,
        },
        "sources": {
            "none": {
                "title": {"en": "none", "zh": "无"},
                "issuer": "ndrc",
                "date": dt.date(2020, 1, 1),
                "depth": "secondary",
                "where": "nowhere",
            }
        },
        "versions": [
            {
                "id": "v1",
                "in_force": {"from": dt.date(2020, 1, 1), "cite": GUESS},
                "transition": "all",
                "transition_cite": GUESS,
                **version,
            }
        ],
    }
    return schema.Instrument.model_validate(data | more)
