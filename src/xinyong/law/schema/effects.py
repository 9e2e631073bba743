"""Effects: what a provision does once it is met."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from xinyong.law.schema.base import Block, Event, Id, Quantity, Role, Term


class Enter(Block):
    """Enter the subject on a list, once the list's decision step has been taken."""

    do: Literal["enter"]
    term: Term


class End(Block):
    """End an entry from the day of the named event (the removal step then runs)."""

    do: Literal["end"]
    cause: Literal["performance", "settlement", "withdrawal", "terminated", "early", "annulled"]
    from_: Event = Field(alias="from")
    only_open_term: bool = False


class Restore(Block):
    """Put a removed entry back; its term is counted anew from the event."""

    do: Literal["restore"]
    from_: Event = Field(alias="from")


class Points(Block):
    """Add or deduct points: fixed, or per started step of a quantity with a cap.

    `low` and `high` bound the discretion of a range item; the calculator then takes
    the value stated in the case (circumstance ``points``) or the smaller magnitude.
    """

    do: Literal["points"]
    low: int
    high: int
    per: Quantity | None = None
    step: int | None = Field(None, ge=1)
    points_per_step_tenths: int | None = None
    every_months: int | None = Field(None, ge=1)
    award: str | None = None


class SetGrade(Block):
    """Set a grade directly; a `term` of its own goes before the validity of the scheme."""

    do: Literal["grade"]
    grade: Id | str
    term: Term | None = None


class Convert(Block):
    """Replace the direct grade of a case by points, or a better grade, for a time."""

    do: Literal["convert"]
    points: int | None = None
    grade: str | None = None
    from_: Event = Field(alias="from")
    term: Term

    @model_validator(mode="after")
    def _one_of(self) -> Convert:
        if (self.points is None) == (self.grade is None):
            raise ValueError("a conversion leads either to points or to a grade")
        return self


class Copy(Block):
    """Copy the record to those in a role, scored by the target's own table."""

    do: Literal["copy"]
    to: list[Role] = Field(min_length=1)


Effect = Annotated[
    Enter | End | Restore | Points | SetGrade | Convert | Copy, Field(discriminator="do")
]
