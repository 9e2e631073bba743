"""Provisions, and the steps of the procedure around them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from xinyong.law.schema.base import (
    Anchor,
    Block,
    Cite,
    Event,
    FieldName,
    Id,
    Kind,
    Protected,
    Role,
    Text,
    Unit,
)
from xinyong.law.schema.conditions import Condition
from xinyong.law.schema.effects import Effect


class Provision(Block):
    """One rule: trigger and effect.

    `conduct` names the conduct it listens to; `via` says whether it reads the
    subject's own acts (``self``) or records copied to it in a role.
    """

    id: Id
    title: Text
    conduct: list[Id] = Field(min_length=1)
    kinds: list[Kind] | None = None
    via: list[Role] = ["self"]
    when: list[Condition] = []
    effect: Effect
    cite: Cite
    case_only: Text | None = None
    protected: list[Protected] = []
    field: FieldName | None = None


class Within(Block):
    """A time limit."""

    n: int = Field(ge=0)
    unit: Unit
    extended_by: int | None = Field(None, ge=1)
    cite: Cite | None = None


class Step(Block):
    """What must or may be done, by whom, by when, and what follows if not.

    A step opens when its `opens` state holds and an anchor in `from` has come (the
    earliest of them); it is done by the event `then` on or after the anchor. `after` names
    steps of the same version that come first, such as an objection: while one of them is open
    and its limit runs, this one waits; one without a limit is waited for until it is done.
    """

    id: Id
    title: Text
    by: Id
    modality: Literal["must", "may"]
    opens: Literal["met", "entered", "ended", "always"]
    when: list[Condition] = []
    from_: list[Anchor] = Field(alias="from", min_length=1)
    within: Within | None = None
    after: list[Id] = []
    then: Event
    if_lapsed: Text
    cite: Cite
