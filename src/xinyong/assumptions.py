"""The one file of assumptions: every number of the simulation that no instrument states.

``data/assumptions.yaml`` gives each number an id, a unit, a status and a reason:

- ``sourced``: taken from the source named;
- ``calibrated``: set by hand so that the model meets targets marked ``calibrate``;
- ``assumption``: chosen in the open, with the range within which it may lie.

A number may be dated: then it holds from each date on until the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xinyong.errors import CatalogueError, Problem, ScenarioError
from xinyong.yamlio import nearest, read_yaml, validate

__all__ = ["Assumption", "Assumptions", "assumptions"]

_PATH = Path(str(files("xinyong") / "data" / "assumptions.yaml"))


class Assumption(BaseModel):
    """One number, or one number by date, and why it is what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$")]
    about: str
    unit: str
    status: Literal["sourced", "calibrated", "assumption"]
    reason: str
    value: float | None = None
    values: dict[str, float] | None = None
    range: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Assumption:
        if (self.value is None) == (self.values is None):
            raise ValueError("give either value, or values by month (YYYY-MM)")
        for month in self.values or {}:
            dt.date.fromisoformat(f"{month}-01")
        if self.status == "assumption" and self.range is None:
            raise ValueError("an assumption states the range within which it may lie")
        return self

    def at(self, month: int) -> float:
        """Return the number in a month (``year * 12 + month - 1``); 0 before the first date."""
        if self.value is not None:
            return self.value
        found = 0.0
        for text, value in sorted((self.values or {}).items()):
            if int(text[:4]) * 12 + int(text[5:]) - 1 <= month:
                found = value
        return found


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    assumptions: list[Assumption]


class Assumptions:
    """All assumptions, by id."""

    def __init__(self, rows: list[Assumption], path: Path = _PATH) -> None:
        self.rows = {row.id: row for row in rows}
        self.path = path

    def __getitem__(self, name: str) -> Assumption:
        """Return one assumption.

        Raises:
            CatalogueError: there is none of that id.
        """
        if name not in self.rows:
            hint = nearest(name, self.rows)
            raise CatalogueError(Problem(str(self.path), 0, name, "no such assumption", hint))
        return self.rows[name]

    def changed(self, other: Mapping[str, float | Mapping[str, float]]) -> Assumptions:
        """Return the assumptions with other numbers for some.

        Raises:
            ScenarioError: there is none of that id, or the number cannot be one of its kind.

        Example:
            >>> assumptions().changed({"identity.wrong": 0.01}).value("identity.wrong")
            0.01
        """
        rows = dict(self.rows)
        for name, given in other.items():
            where = f"assume.{name}"
            if name not in rows:
                hint = nearest(name, rows)
                raise ScenarioError(Problem("scenario", 0, where, "no such assumption", hint))
            old = rows[name]
            numbers = given.values() if isinstance(given, Mapping) else [given]
            most = 1.0 if old.unit.startswith(("probability", "share")) else float("inf")
            if not all(0 <= number <= most for number in numbers):
                message = f"{given} cannot be a {old.unit}"
                hint = "a number from 0 to 1" if most == 1 else "a number from 0 up"
                raise ScenarioError(Problem("scenario", 0, where, message, hint))
            data = old.model_dump(exclude={"value", "values", "range", "status", "reason"})
            data["values" if isinstance(given, Mapping) else "value"] = given
            data |= {"status": "assumption", "range": old.range or (min(numbers), max(numbers))}
            data["reason"] = f"Set by the scenario in place of: {old.reason}"
            try:
                rows[name] = Assumption.model_validate(data)
            except ValueError:
                message = "months are written YYYY-MM"
                raise ScenarioError(Problem("scenario", 0, where, message)) from None
        return Assumptions(list(rows.values()), self.path)

    def value(self, name: str, month: int = 0) -> float:
        """Return the number of an assumption in a month."""
        return self[name].at(month)


@cache
def assumptions(path: Path = _PATH) -> Assumptions:
    """Load the file of assumptions (cached).

    Raises:
        CatalogueError: with every problem found.
    """
    document = read_yaml(path)
    rows = validate(_File, document).assumptions
    seen: set[str] = set()
    for i, row in enumerate(rows):
        if row.id in seen:
            raise CatalogueError(document.problem(("assumptions", i, "id"), "stands twice"))
        seen.add(row.id)
    return Assumptions(rows, path)
