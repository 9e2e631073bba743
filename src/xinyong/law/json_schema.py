"""The JSON Schema of the format, for editors: it completes fields and words while one types.

The files lie in ``law/schemas`` and are made from the models::

    python -m xinyong.law.json_schema      # write them anew after a change of the format

Editors that know the YAML language server read them where a file starts with
``# yaml-language-server: $schema=instrument.schema.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from xinyong.law import schema

__all__ = ["MODELS", "made", "schema_of", "write"]

_FOLDER = Path(__file__).parent / "schemas"

#: File of the catalogue -> model of its format.
MODELS: dict[str, type[BaseModel]] = {
    "instrument": schema.Instrument,
    "authorities": schema.Authorities,
    "measures": schema.Measures,
    "facts": schema.Facts,
    "emergencies": schema.Emergencies,
}

_TITLES = {
    "instrument": "An instrument of the catalogue",
    "authorities": "Authorities of a catalogue",
    "measures": "Measures of a catalogue",
    "facts": "Document kinds and circumstances of a catalogue",
    "emergencies": "States of emergency of places",
}


def made(name: str) -> dict[str, Any]:
    """Make the schema of one kind of file from its model."""
    found = MODELS[name].model_json_schema(by_alias=True)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": _TITLES[name]}
    return {**head, **{k: v for k, v in found.items() if k not in head}}


def schema_of(name: str) -> dict[str, Any]:
    """Return the schema that ships with the package.

    Example:
        >>> schema_of("instrument")["title"]
        'An instrument of the catalogue'
    """
    text = (_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def text_of(name: str) -> str:
    """Return the text of the file for a schema as it is made now."""
    return json.dumps(made(name), ensure_ascii=False, indent=1) + "\n"


def write() -> None:
    """Write every schema file anew."""
    _FOLDER.mkdir(exist_ok=True)
    for name in MODELS:
        (_FOLDER / f"{name}.schema.json").write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    write()
