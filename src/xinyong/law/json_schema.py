"""The JSON Schema of the format, for editors: it completes fields and words while one types.

The files lie in ``law/schemas`` and are made from the models::

    python -m xinyong.law.json_schema      # write them anew after a change of the format

Editors that know the YAML language server read them where a file starts with
``# yaml-language-server: $schema=instrument.schema.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from xinyong import places
from xinyong.law import schema

if TYPE_CHECKING:
    from xinyong.law.catalogue import Catalogue

__all__ = ["MODELS", "made", "schema_of", "with_ids", "write"]

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


#: Field that holds ids -> the vocabulary they are of.
_OF = {
    **dict.fromkeys(("conduct", "conduct_not"), "conduct"),
    **dict.fromkeys(("measure", "measures"), "measure"),
    **dict.fromkeys(("issuer", "decider", "keeper", "by", "lead", "signatories"), "authority"),
    **dict.fromkeys(("document", "documents", "documents_always"), "document"),
    **dict.fromkeys(("listed_on", "still_listed_on", "other_listing", "serves"), "instrument"),
    "circumstance": "circumstance",
    "place": "place",
}


def with_ids(node: Any, catalogue: Catalogue) -> Any:
    """Return a schema whose fields for ids name those of a catalogue, for editors to offer.

    They are examples: an id of one's own is as good, and the loader says if there is none.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> found = with_ids(schema_of("instrument"), load())
        >>> "m_no_fly" in found["$defs"]["MeasureRow"]["properties"]["measure"]["examples"]
        True
    """
    words = {
        "conduct": list(catalogue.conducts),
        "measure": list(catalogue.measures),
        "authority": list(catalogue.authorities),
        "document": list(catalogue.documents),
        "circumstance": list(catalogue.circumstances),
        "instrument": list(catalogue.instruments),
        "place": [p.id for p in places.places()],
    }

    def named(field: Any, ids: list[str]) -> Any:
        if isinstance(field, list):
            return [named(x, ids) for x in field]
        if not isinstance(field, dict):
            return field
        if field.get("type") == "string" and "pattern" in field:
            return {**field, "examples": ids}
        return {k: named(v, ids) if k in ("items", "anyOf") else v for k, v in field.items()}

    def walked(part: Any) -> Any:
        if isinstance(part, list):
            return [walked(x) for x in part]
        if not isinstance(part, dict):
            return part
        found = {key: walked(value) for key, value in part.items()}
        if isinstance(fields := found.get("properties"), dict):
            found["properties"] = {
                key: named(value, words[_OF[key]]) if key in _OF else value
                for key, value in fields.items()
            }
        return found

    return walked(node)


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
