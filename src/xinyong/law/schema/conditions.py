"""Conditions: what a provision may ask of the facts; no expressions."""

from __future__ import annotations

from pydantic import Field, model_validator

from xinyong.language import Sentence
from xinyong.law.schema.base import Block, Event, Id, Kind, Quantity, Role, Severity, Unit


class Band(Block):
    """A quantity lies between two bounds; a bound left out is not tested."""

    of: Quantity
    lo: int | None = None
    hi: int | None = None
    lo_inclusive: bool = True
    hi_inclusive: bool = True

    @model_validator(mode="after")
    def _not_empty(self) -> Band:
        if self.lo is None and self.hi is None:
            raise ValueError("a band needs lo, hi or both")
        if self.lo is not None and self.hi is not None and self.lo > self.hi:
            raise ValueError("a band's lo must not exceed its hi")
        return self


class Happened(Block):
    """An event stands in the file of the case, at the latest on the day of another.

    `document` narrows ``formed`` and ``served`` to one kind of document.
    """

    event: Event
    by: Event | None = None
    document: Id | None = None


class Lapsed(Block):
    """A day set by an event has passed without any of the named events on or before it."""

    after: Event
    without: list[Event] = Field(min_length=1)


class Count(Block):
    """At least `lo` acts of the same conduct within the window that ends with this act."""

    window_months: int = Field(ge=1)
    lo: int = Field(ge=2)


class Cumulative(Block):
    """A quantity added up over the acts of this conduct in the calendar year of the act."""

    of: Quantity
    lo: int | None = None
    hi: int | None = None


class ListedFor(Block):
    """On the list for a time counted from the latest of the listing and other events."""

    list: Id
    n: int = Field(ge=1)
    unit: Unit
    since: tuple[Event, ...] = ()
    at: Event


class Condition(Block):
    """One test of facts; exactly one field is set.

    Combinators: `all`, `any`, `unless` (none of them), nested at most three deep.
    `listed_on` asks whether the case has ever entered a list, `still_listed_on` whether its
    entry is alive on the day. `emergency` asks whether the act was done while an emergency
    (`Emergencies`) was in force where it was done, or else where the subject lives.
    """

    all: list[Condition] | None = None
    any: list[Condition] | None = None
    unless: list[Condition] | None = None
    kind: list[Kind] | None = None
    role: list[Role] | None = None
    age: tuple[int, int] | None = None
    document: Id | None = None
    circumstance: Id | None = None
    severity: list[Severity] | None = None
    band: Band | None = None
    event: Happened | None = None
    lapsed: Lapsed | None = None
    count: Count | None = None
    cumulative: Cumulative | None = None
    continuing: bool | None = None
    listed_on: Id | None = None
    still_listed_on: Id | None = None
    listed_for: ListedFor | None = None
    other_listing: Id | None = None
    emergency: bool | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Condition:
        given = [k for k, x in self.__dict__.items() if x is not None]
        if len(given) != 1:
            found = str(given) if given else Sentence("none")
            message = Sentence("a condition states exactly one test; found {found}", found=found)
            raise ValueError(message)
        return self

    def depth(self) -> int:
        """Return how deep combinators are nested (a plain test has depth 0)."""
        inner = self.all or self.any or self.unless
        return 0 if inner is None else 1 + max((c.depth() for c in inner), default=0)


Condition.model_rebuild()
