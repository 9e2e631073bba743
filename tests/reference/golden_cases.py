"""Golden cases: a case, and beside it what follows by hand (`expect`) and why (`because`).

A case itself has no room for notes: `title`, `expect` and `because` belong to the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinyong.case.model import Case, case_of
from xinyong.errors import CaseError
from xinyong.yamlio import read_yaml

__all__ = ["GOLDEN", "Golden", "golden"]

GOLDEN = sorted((Path(__file__).parent.parent / "golden").glob("*.yaml"))


@dataclass(frozen=True)
class Golden:
    """A case, what follows from it by hand, and how that follows from the text."""

    case: Case
    expect: dict[str, Any]
    because: str


def golden(path: Path) -> Golden:
    """Read a golden case."""
    data = dict(read_yaml(path, CaseError).data)
    data.pop("title", None)
    expect, because = data.pop("expect", {}), data.pop("because", "")
    return Golden(case_of(data, path.name), expect, because)
