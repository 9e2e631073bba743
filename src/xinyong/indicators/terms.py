"""Numbers of the indicators that no instrument states: terms, and weights of burdens."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xinyong.yamlio import read_yaml, validate

__all__ = ["Burden", "Term", "Weight", "burden", "term", "terms", "weights"]

_DATA = Path(str(files("xinyong.indicators") / "data"))


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Weight(_Block):
    """A number with the range within which it may lie, and why it is what it is."""

    value: float = Field(ge=0)
    range: tuple[float, float]
    reason: str

    @model_validator(mode="after")
    def _within(self) -> Weight:
        if not self.range[0] <= self.value <= self.range[1]:
            raise ValueError("the value lies within its range")
        return self


class Term(Weight):
    """A named number of a definition."""

    id: str
    about: str
    unit: str


class Burden(_Block):
    """Weights of burdens; one refused air ticket is 1.

    Attributes:
        natures: by nature of the measure, where nothing nearer is given.
        categories: by category of the measure; measures: by id. The nearest counts.
        ordinary: of an ordinary penalty, by the kind of document a record rests on.
    """

    natures: dict[str, Weight]
    categories: dict[str, Weight] = {}
    measures: dict[str, Weight] = {}
    ordinary: dict[str, Weight]


class _File(_Block):
    terms: list[Term]


@cache
def terms() -> dict[str, Term]:
    """Return the terms by id (cached)."""
    found: Any = validate(_File, read_yaml(_DATA / "terms.yaml"))
    return {t.id: t for t in found.terms}


def term(name: str) -> float:
    """Return the value of a term."""
    return terms()[name].value


@cache
def burden() -> Burden:
    """Return the weights of burdens (cached)."""
    found: Any = validate(Burden, read_yaml(_DATA / "burden.yaml"))
    return found  # type: ignore[no-any-return]


@cache
def weights() -> dict[str, Weight]:
    """Return the weights of measures by name, such as ``category.finance`` (cached)."""
    found = burden()
    parts = {"nature": found.natures, "category": found.categories, "measure": found.measures}
    return {f"{part}.{name}": w for part, named in parts.items() for name, w in named.items()}
