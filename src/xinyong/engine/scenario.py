"""A scenario: one set of inputs of a run."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from xinyong.dates import parse_month
from xinyong.errors import Problem, ScenarioError, UsageError
from xinyong.yamlio import read_yaml, validate

__all__ = ["Mechanisms", "Scenario", "read_scenario"]

FIRST_MONTH = "2013-10"
LAST_MONTH = "2022-12"


class Mechanisms(BaseModel):
    """Which mechanisms are on; off equals absent.

    Attributes:
        friction: detection below one, delays of steps, coverage and delay of exchange.
        identity: records that land on the wrong file or on none.
        false_records: records of acts that nobody did.
        capacity: listing decisions of courts wait for staff.
        redress: performance and the other routes off a list.
        redress_staff: checks, grants and removals wait for staff, of which an emergency takes
            some; off: requests come less often in an emergency, and wait for nobody.
        hops: keys that fail at each hop of the exchange between authorities.
        others: what follows for those behind a body, in a household, for an employer or a firm:
            records copied to them, measures that reach or concern them.
        matching: each receiver attaches records by a rule of its own; off: all by the key alone.
        refresh: receivers compare their copies with the source now and then.
        digital: places record and connect better or worse by how digital they are.
        campaigns: spans in which an authority looks harder.
        gates: what a dated limit bars, measures included, is given up place by place, or lives
            on for a while.
        objection: objections to a listing that is about to be decided.
        emergency: the pandemic's diversion of staff, relief, and data links (2020 to 2022).
        regional: regulations of cities and provinces on records shown there, and objections
            under them, which undo mistaken entries on lists that local authorities keep.
        schemes: points and grades of local schemes, and the conduct that they alone hear.
        graded: measures tied to the grades of schemes, rewards and restrictions (with `schemes`).
        credit: the credit system itself; without it acts are recorded and ordinarily punished,
            and no list, scheme or measure follows.
        epidemic: conduct of the emergency, bad and good, and the norms about it (with `emergency`).
        integration: rules grow alike and law is completed beside technical links, which grow
            with the first; off: links alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    friction: bool = True
    identity: bool = True
    false_records: bool = True
    capacity: bool = True
    redress: bool = True
    redress_staff: bool = True
    hops: bool = True
    others: bool = True
    matching: bool = True
    refresh: bool = True
    digital: bool = True
    campaigns: bool = True
    gates: bool = True
    objection: bool = True
    emergency: bool = True
    schemes: bool = True
    graded: bool = True
    regional: bool = True
    credit: bool = True
    epidemic: bool = True
    integration: bool = True


class Scenario(BaseModel):
    """One set of inputs.

    Attributes:
        name: shown in every result.
        from_: first month, ``YYYY-MM``; until: last month.
        scale: N of 1:N.
        seed: of all streams.
        keep: what the results hold beside indicators: ``all`` (events and entries),
            ``entries``, or ``indicators`` (counts and a fixed sample of entries).
        mechanisms: which mechanisms are on.
        with_: folders of further instruments, laid over the built-in ones (``with`` in YAML;
            in a file they count from its folder). New lists and schemes in them are run.
        rates: files of further families of conduct, in the format of ``conduct/data/rates.yaml``
            (in a file they count from its folder).
        amend: amendments of the law, as ``PATH=VALUE@DAY`` (see `xinyong.law.amend`).
        assume: other numbers for assumptions, by id: a number, or numbers by month.
        groups: into how many groups of leaves the state is split, at most one for each; changes
            no result.
        threads: how many groups advance at once; changes no result.

    Example:
        >>> Scenario(scale=10_000).until
        '2022-12'
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: str = Field("default", pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")
    from_: str = Field(FIRST_MONTH, alias="from")
    until: str = Field(LAST_MONTH, alias="to")
    scale: int = Field(100, ge=1, le=1_000_000)
    seed: int = Field(20131001, ge=0, lt=2**63)
    keep: Literal["all", "entries", "indicators"] = "entries"
    mechanisms: Mechanisms = Mechanisms()
    with_: tuple[str, ...] = Field((), alias="with")
    rates: tuple[str, ...] = ()
    amend: tuple[str, ...] = ()
    assume: dict[str, float | dict[str, float]] = {}
    groups: int = Field(100, ge=1, le=100)
    threads: int = Field(2, ge=1, le=64)

    @field_validator("from_", "until")
    @classmethod
    def _month(cls, value: str) -> str:
        try:
            parse_month(value)
        except UsageError as error:
            raise ValueError(str(error)) from None
        return value

    @model_validator(mode="after")
    def _order(self) -> Scenario:
        first, last = parse_month(self.from_), parse_month(self.until)
        if first < parse_month(FIRST_MONTH):
            raise ValueError(f"from {self.from_}: the clock starts in {FIRST_MONTH}")
        if last < first:
            raise ValueError(f"to {self.until} lies before from {self.from_}")
        if last > parse_month(LAST_MONTH):
            raise ValueError(f"to {self.until}: the registers and rates end in {LAST_MONTH}")
        return self

    @cached_property
    def first_month(self) -> int:
        """First month as a number."""
        return parse_month(self.from_)

    @cached_property
    def months(self) -> int:
        """How many months the run has."""
        return parse_month(self.until) - parse_month(self.from_) + 1


def read_scenario(path: Path) -> Scenario:
    """Read a scenario from YAML.

    Raises:
        ScenarioError: with every problem found, each with file, line and field.
    """
    if not path.is_file():
        raise ScenarioError(Problem(str(path), 0, "", "no such file"))
    found = validate(Scenario, read_yaml(path, ScenarioError), ScenarioError)
    assert isinstance(found, Scenario)  # noqa: S101 - what validate was asked for
    beside = {
        "with_": tuple(str(path.parent / folder) for folder in found.with_),
        "rates": tuple(str(path.parent / file) for file in found.rates),
    }
    return found.model_copy(update=beside)
