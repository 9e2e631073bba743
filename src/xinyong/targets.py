"""Targets: published figures that the model is put beside.

Those marked ``calibrate`` may be used to set assumptions by hand (``fitted`` says which
were); those marked ``validate`` are only ever looked at. Each has a source and a
tolerance. See ``data/targets.yaml``.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from xinyong.yamlio import read_yaml, validate

__all__ = ["Target", "targets"]

_PATH = Path(str(files("xinyong") / "data" / "targets.yaml"))


class Target(BaseModel):
    """One published figure on one date.

    Attributes:
        id: id of the target; several dates of one series share it.
        statement: what is counted; source: who published it, when.
        date: the day it refers to; unit: of the value; value: the figure.
        tolerance: relative (``0.02``) or absolute, as `tolerance_type` says.
        use: calibrate or validate; fitted: whether an assumption was set to it.
        measure: how the model counts it (see `results.Run.targets`).
        note: what makes the comparison imperfect.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    statement: str
    source: str
    date: dt.date
    unit: str
    value: float
    tolerance: float
    tolerance_type: Literal["relative", "absolute"]
    use: Literal["calibrate", "validate"]
    fitted: bool
    measure: str
    note: str = ""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    targets: list[Target]


@cache
def targets() -> tuple[Target, ...]:
    """Return all targets (cached)."""
    found: Any = validate(_File, read_yaml(_PATH))
    return tuple(found.targets)
