"""A page: a template, filled in, in the language that is spoken."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from xinyong.language import LANGUAGES, language, plural, say, worded
from xinyong.law.trace import article_words
from xinyong.marked import said, told

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Scope

__all__ = ["address", "render", "said", "shown", "told"]


def address(path: str, *, to: str = "", **query: Any) -> str:
    """Return the address of a page in the language that is spoken.

    Args:
        path: such as ``/catalogue/spc_defaulters``; its parts are quoted.
        to: another language.
        query: what the page is asked; None and "" are left out, lists repeat, all sorted.

    Example:
        >>> address("/catalogue", kind="list", place=None)
        '/en/catalogue?kind=list'
    """
    pairs: list[tuple[str, str]] = []
    for name in sorted(query):
        value = query[name]
        values: Iterable[Any] = value if isinstance(value, list | tuple) else [value]
        pairs += [(name, str(v)) for v in values if v is not None and v != ""]
    tail = f"?{urlencode(pairs)}" if pairs else ""
    return f"/{to or language()}{quote(path)}{tail}"


@cache
def static(name: str) -> str:
    """Return the address of a file that never changes under it."""
    data = files("xinyong.portal").joinpath(f"static/{name}").read_bytes()
    return f"/static/{name}?v={hashlib.sha256(data).hexdigest()[:12]}"


def _elsewhere(scope: Scope, code: str, asked: bool) -> str:
    """Return the address of this very page in another language, with what was `asked` or not."""
    parts = str(scope["path"]).split("/")
    if parts[1] not in LANGUAGES:
        return f"/{code}/"
    if not asked:
        return "/" + quote("/".join([code, *parts[2:]]))
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    tail = f"?{urlencode(pairs)}" if pairs else ""
    return "/" + quote("/".join([code, *parts[2:]])) + tail


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("xinyong.portal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    found.globals.update(
        _=say, plural=plural, url=address, static=static, languages=LANGUAGES, spoken=language
    )
    found.filters["thousands"] = lambda n: f"{n:,}"
    found.filters["told"] = told
    found.filters["said"] = said
    found.filters["worded"] = worded
    found.filters["article"] = lambda x: told(article_words(x))
    found.filters["extract"] = lambda i, row: row[i]
    return found


def render(scope: Scope, template: str, **values: Any) -> str:
    """Return a template, filled in, as text. A problem does not repeat what was asked."""
    asked = "status" not in values
    return (
        _environment()
        .get_template(template)
        .render(
            tag=LANGUAGES[language()],
            path="/" + str(scope["path"]).partition("/")[2].partition("/")[2],
            elsewhere={code: _elsewhere(scope, code, asked) for code in LANGUAGES},
            **values,
        )
    )


def shown(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page. ``title`` must be among its values."""
    return HTMLResponse(render(request.scope, template, **values), status)
