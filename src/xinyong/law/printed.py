"""JSON that commands print: what its models share, and the JSON Schemas that ship with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Day", "Part", "made_of", "shipped"]

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="ISO date")]


class Part(BaseModel):
    """A part of what is printed; fields that it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


def made_of(model: type[BaseModel], title: str) -> str:
    """Return the text of the schema of a model as it is made now."""
    found = model.model_json_schema(by_alias=True)
    found["title"] = title
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | found, ensure_ascii=False, indent=1) + "\n"


def shipped(file: Path) -> dict[str, Any]:
    """Return a schema that ships with the package."""
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
