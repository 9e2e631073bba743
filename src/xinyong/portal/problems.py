"""What went wrong, as a page for people and as a problem document (RFC 9457) for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response

from xinyong.case.model import looks_like_identity
from xinyong.errors import (
    CaseError,
    CatalogueError,
    OutputError,
    ScenarioError,
    UsageError,
    XinyongError,
)

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["RESPONSES", "MissingError", "of_error", "problem", "status_of"]

_TITLES = {
    400: "Bad request",
    403: "Not allowed",
    404: "Not found",
    405: "Not asked that way",
    413: "Too large",
    414: "Address too long",
    422: "Cannot be worked out",
    429: "Too many requests",
    500: "Error of xinyong",
    503: "Busy",
}

_DOCUMENT = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}

#: For the description of every operation.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": _TITLES[status],
        "content": {
            "application/problem+json": {"schema": _DOCUMENT},
            "text/html": {"schema": {"type": "string"}},
        },
    }
    for status in (400, 404, 413, 414, 422, 429, 503)
}


class MissingError(XinyongError):
    """Something that an address names is not there.

    Attributes:
        near: what may have been meant, as (name, address).
    """

    def __init__(self, message: str, near: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.near = tuple(near)


def status_of(error: XinyongError) -> int:
    """Return the status of an error: what is unknown is 404, what is wrong 422."""
    if isinstance(error, UsageError | CaseError | ScenarioError | CatalogueError):
        return 422
    return 404 if isinstance(error, OutputError | MissingError) else 500


def wants_page(scope: Scope) -> bool:
    """Whether a person asks, and not a program."""
    path = str(scope["path"])
    if path.endswith((".json", ".csv", ".zip", ".svg", ".png")):
        return False
    accept = Headers(scope=scope).get("accept", "*/*")
    return "text/html" in accept or "json" not in accept


def problem(
    scope: Scope,
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    near: Sequence[tuple[str, str]] = (),
) -> Response:
    """Return a problem as the one who asks can read it. What was sent is never repeated.

    Args:
        scope: of the request.
        status: of the answer; detail: what went wrong; headers: more of them.
        detail: see there.
        headers: see there.
        near: what may have been meant, as (name, address).
    """
    title = _TITLES.get(status, "Problem")
    if wants_page(scope):
        from xinyong.portal.page import render  # it knows this module

        # Nor do its links to the same page in another language repeat it.
        scope = {**scope, "query_string": b""}
        if status == 404 or looks_like_identity(str(scope["path"])):
            scope["path"] = "/"
        text = render(
            scope, "problem.html.j2", status=status, title=title, detail=detail, near=near
        )
        return HTMLResponse(text, status, dict(headers or {}))
    content: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    content["detail"] = detail
    if near:
        content["near"] = [{"title": name, "href": where} for name, where in near]
    return JSONResponse(content, status, dict(headers or {}), "application/problem+json")


def of_error(scope: Scope, error: XinyongError) -> Response:
    """Return a problem for an error of ours; folders of this machine are not named."""
    detail = "this is not in the results here" if isinstance(error, OutputError) else str(error)
    near = error.near if isinstance(error, MissingError) else ()
    return problem(scope, status_of(error), detail, near=near)
