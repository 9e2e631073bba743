"""Worked cases that tell something, each with a title in both languages; nobody in them exists.

>>> next(iter(gallery().values())).title["en"]
'Able to pay a judgment debt, and refuses'
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xinyong.case.model import Case, case_of
from xinyong.errors import CaseError
from xinyong.yamlio import parse_yaml

__all__ = ["Worked", "gallery"]


@dataclass(frozen=True)
class Worked:
    """One worked case.

    Attributes:
        id: short name; title, about: in English (``en``) and Chinese (``zh``); case: as stated.
    """

    id: str
    title: dict[str, str]
    about: dict[str, str]
    case: Case


@cache
def gallery() -> dict[str, Worked]:
    """Return the worked cases by id, in the order of the file."""
    text = files("xinyong.case").joinpath("gallery.yaml").read_text(encoding="utf-8")
    rows = parse_yaml(text, "gallery", CaseError).data["cases"]
    return {
        row["id"]: Worked(row["id"], row["title"], row["about"], case_of(row["case"], row["id"]))
        for row in rows
    }
