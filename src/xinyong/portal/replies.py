"""Answers that are no pages: tables and pictures at addresses that do not change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import Response

from xinyong.browse.told import csv_text
from xinyong.portal.pictures import Picture

__all__ = ["AS_CSV", "AS_SVG", "csv", "sent", "svg"]


def sent(*types: str) -> dict[int | str, dict[str, Any]]:
    """Return how an address describes what it sends."""
    return {200: {"description": "As asked", "content": {t: {} for t in types}}}


#: For routes that send a table, and those that send a picture.
AS_CSV: dict[str, Any] = {"response_class": Response, "responses": sent("text/csv")}
AS_SVG: dict[str, Any] = {"response_class": Response, "responses": sent("image/svg+xml")}


def csv(rows: Iterable[Mapping[str, Any]]) -> Response:
    """Return rows as a table."""
    return Response(csv_text(rows), media_type="text/csv; charset=utf-8")


def svg(picture: Picture) -> Response:
    """Return a picture as a file."""
    return Response(picture.file(), media_type="image/svg+xml")
