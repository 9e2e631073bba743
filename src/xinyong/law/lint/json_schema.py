"""The JSON of ``xinyong lint --json``: its fields, and the JSON Schema that ships with the package.

    python -m xinyong.law.lint.json_schema     # write lint_report.schema.json anew

A test holds the linter's output against the models below, which refuse fields they do not know.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from xinyong.law.printed import Day, Part, made_of, shipped

__all__ = ["Lint", "made", "schema", "write"]

_FILE = Path(__file__).parents[1] / "schemas" / "lint_report.schema.json"

Number = Annotated[int, Field(ge=0)]


class Element(Part):
    """One element of a limit's test, and how it fared."""

    id: str
    text: str = Field(description="the element as the limit states it")
    met: bool | None = Field(description="null: in doubt, half met or not known")
    said: str = Field(description="what is so here, in plain words")
    values: dict[str, bool | int | str | list[str] | None] = Field(
        description="attribute of the rulebook -> its value; null: the rulebook does not tell"
    )


class Finding(Part):
    """What one limit says about one part of a rulebook."""

    profile: str
    limit: str
    title: str
    source: str = Field(description="source and article of the limit, as people cite them")
    rank: str = Field(description="legal rank of the limit's source")
    depth: str = Field(description="how deep that source was read")
    since: Day | None = Field(description="first day of the limit; null: on every day")
    result: Literal["breach", "doubt", "clear"]
    instrument: str
    version: str
    over: Literal["instrument", "provision", "measure", "step", "grade", "pair", "rule"]
    path: str = Field(description="where in the rulebook: versions.ID.provisions.ID and the like")
    part: str = Field(description="title of that part")
    article: str
    article_depth: str
    elements: list[Element]
    on: Day = Field(description="the day of the law it is held against")
    older: bool = Field(description="the version was in force before the limit")
    reason: str
    outside: bool = Field(description="the limit binds another place than the rulebook's")


class NotHeld(Part):
    """A limit that was not in force on the day, and what it would find."""

    profile: str
    limit: str
    since: Day | None
    until: Day | None
    instrument: str
    version: str
    on: Day
    breaches: Number
    doubts: Number


class NotTested(Part):
    """A version of which nothing could be tested: `in_force` of the `asked` limits were."""

    instrument: str
    version: str
    on: Day
    asked: Number
    in_force: Number


class OtherPlace(Part):
    """A profile that binds another place and was not asked for."""

    instrument: str
    profile: str


class Counts(Part):
    """Findings by result; clear ones are counted also where they are not listed."""

    breach: Number
    doubt: Number
    clear: Number


class Lint(Part):
    """The whole of it."""

    schema_version: Literal[1]
    result: Literal["breach", "doubt", "clear", "not tested"] = Field(
        description="the worst of the findings; exit code 1 for breach and doubt, 0, 7"
    )
    counts: Counts
    findings: list[Finding] = Field(description="breaches and doubts; with --all, clear ones too")
    not_held: list[NotHeld]
    not_tested: list[NotTested]
    not_in_force: list[str] = Field(description="rulebooks without a version on the day")
    other_place: list[OtherPlace]


def made() -> str:
    """Return the text of the schema as it is made now."""
    return made_of(Lint, "What the linter says (xinyong lint --json)")


def schema() -> dict[str, Any]:
    """Return the schema that ships with the package.

    Example:
        >>> schema()["title"]
        'What the linter says (xinyong lint --json)'
    """
    return shipped(_FILE)


def write() -> None:
    """Write the schema file anew."""
    _FILE.write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    write()
