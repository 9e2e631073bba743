"""Rates of conduct: which families of acts are drawn, for whom, and with what facts.

A *family* is sampled as one stream and split into conducts by the act's own keyed
draw, so that the grounds of one list share their luck. Rates are monthly
probabilities of a subject, equal across age, sex, education and income (adults
only, where only adults can do it), and differ between propensity classes by
factors whose mean is one. Conduct that is protected is never given a rate.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xinyong.errors import CatalogueError, Problem
from xinyong.yamlio import read_yaml, validate

__all__ = ["EPIDEMIC", "Alike", "Family", "Rates", "check_rates", "rates", "with_files"]

_DATA = Path(str(files("xinyong.conduct") / "data"))
_PATH = _DATA / "rates.yaml"
#: Families of conduct of an emergency, and the norms about it.
EPIDEMIC = _DATA / "epidemic.yaml"
Kind = Literal["person", "enterprise", "individual_business", "social_organisation", "organ"]
Days = tuple[int, int]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Quantity(_Block):
    """A quantity of an act: one of several ranges, uniform within the range."""

    of: str
    shares: list[float] = Field(min_length=1)
    ranges: list[Days] = Field(min_length=1)

    @model_validator(mode="after")
    def _match(self) -> Quantity:
        if len(self.shares) != len(self.ranges) or abs(sum(self.shares) - 1) > 1e-9:
            raise ValueError("one share for each range, adding up to 1")
        return self


class Happening(_Block):
    """An event that follows the act: how many days after the one before it, and how often."""

    event: str
    what: str | None = None
    after: Days
    share: float = Field(1.0, ge=0, le=1)


class Split(_Block):
    """A conduct of the family, its share, and circumstances it comes with."""

    conduct: str
    share: float = Field(gt=0, le=1)
    circumstances: list[str] = []


class Family(_Block):
    """One stream of acts.

    Attributes:
        id: name of the stream ``conduct/<id>``.
        monthly: probability a month, by kind of subject.
        months: calendar months in which it can happen (all, if left out).
        place: where the rate was made for; if that is not the nation, acts are drawn there, and in
            places alike, in the months in which some rule listens to them.
        start: first month, ``YYYY-MM``, in any case.
        emergency: least level of the emergency in which it happens (0: always), as in
            ``emergency/data/timeline.csv``.
        propensity: factors of the propensity classes; their weighted mean must be 1.
        with_file: factor for subjects that have a file already (excess rule).
        split: conducts and shares.
        recorded: probability that the authority comes to know and records the act.
        facts: circumstances stated in the record with their probability.
        quantities: quantities stated in the record.
        then: events of the record, in order; days count from the act.
        status, reason: as in the file of assumptions.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    monthly: dict[Kind, float]
    months: list[int] | None = None
    place: str = "cn"
    start: str = "2013-10"
    emergency: float = Field(0.0, ge=0, le=1)
    propensity: tuple[float, float, float] = (1.0, 1.0, 1.0)
    with_file: float = 1.0
    split: list[Split] = Field(min_length=1)
    recorded: float = Field(1.0, gt=0, le=1)
    facts: dict[str, float] = {}
    quantities: list[Quantity] = []
    then: list[Happening] = []
    status: Literal["sourced", "calibrated", "assumption"]
    reason: str

    @model_validator(mode="after")
    def _adds_up(self) -> Family:
        if abs(sum(s.share for s in self.split) - 1) > 1e-9:
            raise ValueError("the shares of a split add up to 1")
        weights = (0.80, 0.16, 0.04)  # shares of the classes: society/data/shares.csv
        mean = sum(w * f for w, f in zip(weights, self.propensity, strict=True))
        if abs(mean - 1) > 1e-9:
            raise ValueError(f"propensity factors must average 1 over the classes, not {mean:g}")
        return self

    def probability(self, kind: str, propensity: int, has_file: bool) -> Fraction:
        """Return the exact monthly probability of a subject."""
        base = Fraction(str(self.monthly.get(kind, 0.0)))  # type: ignore[call-overload]
        p = base * Fraction(str(self.propensity[propensity]))
        return min(p * Fraction(str(self.with_file)) if has_file else p, Fraction(1))


class Alike(_Block):
    """A place without rates of its own, which takes over the local ones of another.

    Attributes:
        place: where they are taken over; rates_of: the place they were made for.
        status, reason: as in the file of assumptions.
    """

    place: str
    rates_of: str
    status: Literal["assumption"]
    reason: str


class _File(_Block):
    instruments: list[str] = []
    alike: list[Alike] = []
    families: list[Family]


class Rates(list[Family]):
    """All families, in the order of the file.

    Attributes:
        instruments: the lists and schemes that the rates are for; the simulation runs these,
            with the memoranda that serve them. Everything else is case-only.
        alike: places that take over the local rates of another.
    """

    def __init__(
        self,
        families: Iterable[Family],
        instruments: Iterable[str] = (),
        alike: Iterable[Alike] = (),
    ) -> None:
        super().__init__(families)
        self.instruments = tuple(instruments)
        self.alike = tuple(alike)


@cache
def rates(path: Path = _PATH) -> Rates:
    """Load the rates (cached).

    Raises:
        CatalogueError: with every problem found, each with file, line and field.
    """
    document = read_yaml(path)
    found: Any = validate(_File, document)
    seen: set[str] = set()
    for i, family in enumerate(found.families):
        if family.id in seen:
            raise CatalogueError(document.problem(("families", i, "id"), "stands twice"))
        seen.add(family.id)
    return Rates(found.families, found.instruments, found.alike)


def with_files(base: Rates, paths: Iterable[Path]) -> Rates:
    """Return rates with the families of further files of the same format added.

    Raises:
        CatalogueError: a file is not one of rates, or has a family that is there already.
    """
    for path in paths:
        more = rates(path)
        known = {family.id for family in base}
        for family in more:
            if family.id in known:
                message = f"family {family.id!r} is there already"
                raise CatalogueError(Problem(str(path), 0, family.id, message, "rename it"))
        base = Rates(
            [*base, *more],
            (*base.instruments, *more.instruments),
            (*base.alike, *more.alike),
        )
    return base


def check_rates(found: Rates, conducts: dict[str, Any]) -> None:
    """Refuse rates of protected or unknown conduct, or of facts a conduct cannot have.

    Args:
        found: the rates.
        conducts: the catalogue's conducts by id.

    Raises:
        CatalogueError: with every problem found.
    """
    problems = []
    for family in found:
        quantities: set[str] = set()
        facts: set[str] = set()
        for split in family.split:
            conduct = conducts.get(split.conduct)
            where = f"{family.id}.split.{split.conduct}"
            if conduct is None:
                problems.append(Problem(str(_PATH), 0, where, "unknown conduct"))
                continue
            if conduct.protected:
                message = "protected conduct is never given a rate"
                problems.append(Problem(str(_PATH), 0, where, message, "remove it"))
            for fact in sorted(set(split.circumstances) - set(conduct.circumstances)):
                problems.append(Problem(str(_PATH), 0, where, f"the conduct cannot have {fact!r}"))
            quantities |= set(conduct.quantities)
            facts |= set(conduct.circumstances)
        stated = [(q.of, quantities) for q in family.quantities]
        stated += [(fact, facts) for fact in family.facts]
        for word, known in stated:
            if word not in known:
                message = f"no conduct of the family can have {word!r}"
                problems.append(Problem(str(_PATH), 0, family.id, message))
    if problems:
        raise CatalogueError(problems)
