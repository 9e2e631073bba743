"""Answers of studies on runs, made of counts that were made up: their form, without any run."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest

from xinyong.study import varied
from xinyong.study.answer import Answer
from xinyong.study.arms import Arm, Counts, Outcome
from xinyong.study.questions import (
    q4_zombie,
    q5_interoperability,
    q6_groups,
    q9_safeguards,
    q34_sensitivity,
)
from xinyong.study.settings import Settings

MODULES = (q4_zombie, q5_interoperability, q6_groups, q9_safeguards, q34_sensitivity)


class MadeUp(defaultdict[tuple[str, str], float]):
    """Counts of an arm that depend on its name and seed alone."""

    def __init__(self, arm: str, seed: int) -> None:
        super().__init__()
        self.word = f"{arm}/{seed}"

    def get(self, key: Any, default: Any = None) -> float:  # type: ignore[override]
        del default
        return 100.0 + zlib.crc32(f"{self.word}/{key}".encode()) % 100


def made_up(
    base: Any, arms: Sequence[Arm], reduce: Any, replicates: int, *_: Any, **__: Any
) -> Outcome:
    del reduce
    counts: dict[str, list[Counts]] = {
        a.name: [MadeUp(a.name, r) for r in range(replicates)] for a in arms
    }
    for group in ("income low", "stands behind no body"):
        counts[arms[0].name][0][group, "adults"] = 1.0
    digests = {a.name: ["0" * 64] * replicates for a in arms}
    return Outcome(base, tuple(arms), counts, digests, "0" * 64, 0.0)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__.rpartition(".")[2])
def test_an_answer_names_the_two_that_were_found_to_matter(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (module, varied):
        if hasattr(place, "run_arms"):
            monkeypatch.setattr(place, "run_arms", made_up)
    answer = module.answer(Settings(20_000, 3))
    assert Answer.from_json(json.loads(json.dumps(answer.to_json()))).twin == 0
    first, second = answer.matters
    assert first.id != second.id
    for m in (first, second):
        assert m.range[0] <= m.value <= m.range[1]
        assert "assumptions tried" in m.why
