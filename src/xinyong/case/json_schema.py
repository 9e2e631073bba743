"""The JSON of ``xinyong case --json``: its fields, and the JSON Schema that ships with the package.

    python -m xinyong.case.json_schema > src/xinyong/case/case_result.schema.json

A test holds every golden case against the models below, which refuse fields they do not know.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from xinyong.law.printed import Day, Part, made_of, shipped

__all__ = ["Result", "made", "schema"]

_FILE = Path(__file__).parent / "case_result.schema.json"

Act = Annotated[int, Field(ge=0, description="number of the act in the case, from 0")]


class Basis(Part):
    """Where a finding stands, and how deep that text was read."""

    instrument: str
    instrument_en: str
    instrument_zh: str
    version: str
    provision: str
    text: str
    article: str | None
    source: str | None
    source_en: str | None
    source_zh: str | None
    depth: Literal["full text", "transcription", "excerpt", "secondary", "assumption"]
    assumption: str | None
    interpretations: list[str]


class Fact(Part):
    """A stated fact that a finding rests on; `needed` is false where it stands without it."""

    field: str
    text: str
    needed: bool | None


class WayStep(Part):
    """One step of a way out; `latest` is its day if all is done as soon as it can be."""

    step: str
    by: str
    modality: Literal["must", "may"]
    latest: Day | None
    basis: Basis


class Way(Part):
    """How a finding ends or is undone: from when, what is missing, by which steps."""

    kind: Literal["expiry", "end", "repair"]
    text: str
    from_: Day | None = Field(alias="from")
    needs: list[str]
    steps: list[WayStep]
    basis: Basis


class Entry(Part):
    """One spell on a list; `ground` is null if no ground is met (a mistaken listing)."""

    list_: str = Field(alias="list")
    ground: str | None
    start: Day
    expires: Day | None
    lawful_end: Day | None
    cause: str | None
    end: Day | None
    published: Day | None
    basis: Basis | None
    ways_out: list[Way] = Field(default=[])
    rests_on: list[Fact] = Field(default=[])


class Line(Part):
    """One score line; `factor` is 2 or more where a repetition counts more."""

    scheme: str
    item: str
    points: float
    grade: str | None
    since: Day
    until: Day | None
    state: Literal["live", "expired", "superseded", "inert", "released", "future"]
    factor: int
    basis: Basis
    ways_out: list[Way] = Field(default=[])
    rests_on: list[Fact] = Field(default=[])


class Step(Part):
    """A step of a procedure, open, lapsed or done."""

    instrument: str
    step: str
    by: str
    modality: Literal["must", "may"]
    since: Day
    due: Day | None
    done: Day | None
    state: Literal["open", "lapsed", "done"]
    if_lapsed: str
    basis: Basis


class Record(Part):
    """A record formed or recorded."""

    event: Literal["formed", "recorded"]
    on: Day
    of: str | None


class Almost(Part):
    """A provision that failed at one condition only."""

    at: int
    why_not: str
    basis: Basis


class Further(Part):
    """A provision that failed at several conditions, where nothing nearer is told."""

    why_not: list[str]
    basis: Basis


class ActResult(Part):
    """All that follows from one act."""

    act: Act
    conduct: str
    conduct_en: str
    from_: Day = Field(alias="from")
    until: Day | None
    via: str | None
    records: list[Record]
    entries: list[Entry]
    steps: list[Step]
    lines: list[Line]
    regulations: list[dict[str, Any]] = Field(description="what regulations say of the record")
    almost: list[Almost]
    further: list[Further]


class Score(Part):
    """Points and grade in one scheme."""

    scheme: str
    points: float | None
    grade: str | None
    direct_grade: str | None = None
    basis: Basis | None = None


class Measure(Part):
    """A measure that is due."""

    measure: str
    list_: str = Field(alias="list")
    by: list[str]
    discretionary: bool
    reaches: list[str]
    grades: list[str]
    basis: Basis


class Gate(Part):
    """A dated limit on a finding."""

    what: str
    act: Act | None
    of: str
    provision: str | None
    gate: str
    instrument: str
    version: str
    title: str
    rank: str
    effect: Literal["barred", "required", "weighed"]
    since: Day
    followed_from: Day
    followed: bool
    assumption: str | None
    test: str | None
    article: str | None
    source: str | None
    depth: str


class Follow(Part):
    """What follows for another: an adult behind the subject, or a stated link (its number)."""

    role: str = Field(description="of the other; or what the subject is of it: ..._of")
    kind: str
    link: int | None
    because: list[Basis]
    entries: list[Entry]
    lines: list[Line]
    scores: list[Score]
    measures: list[str]


class Taken(Part):
    """A step that the nominal course took."""

    act: Act
    on: Day
    event: str
    of: str | None = None


class Question(Part):
    """An ambiguity that the case touches; `reading` is what ``--reading`` takes."""

    instrument: str
    id: str
    question: str
    default: str
    alternatives: list[str]
    reading: list[str]
    touches: list[str]
    basis: Basis


class Held(Part):
    """A record and where it is held."""

    act: Act
    what: str
    by: str
    since: Day


class Sight(Part):
    """Who sees a record, entry or score."""

    act: Act | None
    what: str
    level: Literal["public", "subject", "authorities", "unsaid"]
    to: str
    since: Day | None
    until: Day | None
    basis: Basis | None


class Moment(Part):
    """One thing on one day; `ahead`: after the day asked for, if nothing else happens."""

    on: Day
    act: Act | None
    kind: Literal["stated", "course", "law", "score"]
    text: str
    ahead: bool


class Change(Part):
    """One changed fact, what is otherwise then, and the changed case."""

    field: str
    what: Literal["drop", "add", "amount", "day", "place", "kind", "role", "age"]
    was: str
    now: str
    differences: list[str]
    case: dict[str, Any]


class Changes(Part):
    """What would change the result; `idle` facts may be left out and nothing changes."""

    tried: int
    more: bool
    found: list[Change]
    idle: list[str]


class Result(Part):
    """All that follows from a case on a day."""

    schema_version: Literal[2]
    status: str
    on: Day
    course: Literal["nominal", "stated"]
    catalogue: str = Field(description="digest of the law, amendments included")
    subject: dict[str, Any]
    links: list[dict[str, Any]]
    acts: list[ActResult]
    fed: list[dict[str, Any]] = Field(description="what one scheme fed into another")
    scores: list[Score]
    private: list[dict[str, Any]] = Field(description="private schemes that were joined")
    measures: list[Measure]
    gates: list[Gate]
    follows: list[Follow]
    taken: list[Taken]
    assumptions: list[str]
    interpretations: list[Question]
    next_due: Day | None
    held: list[Held]
    seen: list[Sight]
    timeline: list[Moment]
    changes: Changes | None


def made() -> str:
    """Return the text of the schema as it is made now."""
    return made_of(Result, "What follows from a case (xinyong case --json)")


def schema() -> dict[str, Any]:
    """Return the schema that ships with the package.

    Example:
        >>> schema()["title"]
        'What follows from a case (xinyong case --json)'
    """
    return shipped(_FILE)


if __name__ == "__main__":
    print(made(), end="")
