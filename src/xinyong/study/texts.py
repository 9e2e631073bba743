"""Texts of an answer as data, and texts of a known pattern as sentences.

A text without fields is a message of itself and is kept as it is. One with fields is kept with
its message and fields (`xinyong.language.Sentence`), so that it can be said in another language.
Labels of rows are plain text, as tables are; `recognised` finds the message that one was made of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from xinyong.language import Name, Part, Sentence

__all__ = ["plain", "recognised", "text_of"]


def plain(text: str) -> str | dict[str, Any]:
    """Return a text of an answer as plain data.

    Example:
        >>> plain("No statement about a real firm.")
        'No statement about a real firm.'
        >>> plain(Sentence("{n} copies", n="3"))
        {'text': '3 copies', 'message': '{n} copies', 'fields': {'n': '3'}}
    """
    if not isinstance(text, Sentence) or not text.fields:
        return str(text)
    return {"text": str(text), **_part(text)}


def _part(part: Part) -> Any:
    if isinstance(part, Sentence):
        fields = {name: _part(x) for name, x in part.fields.items()}
        return {"message": part.message, "fields": fields} if fields else {"message": part.message}
    if isinstance(part, Name):
        return {"en": part.en, "zh": part.zh}
    return part if isinstance(part, str) else [_part(x) for x in part]


def text_of(data: str | Mapping[str, Any]) -> str:
    """Read what `plain` gave.

    Raises:
        ValueError: the text is not what its message and fields say.
    """
    if isinstance(data, str):
        return data
    found = Sentence(data["message"], **{k: _read(v) for k, v in data["fields"].items()})
    if found != data["text"]:
        raise ValueError(f"a text is not what its message says: {found[:60]}")
    return found


def _read(data: Any) -> Part:
    if isinstance(data, str):
        return data
    if isinstance(data, list):
        return [_read(x) for x in data]
    if "message" in data:
        return Sentence(data["message"], **{k: _read(v) for k, v in data.get("fields", {}).items()})
    return Name(data["en"], data["zh"])


def recognised(text: str, patterns: Sequence[str]) -> str:
    """Return a text as the sentence of the first pattern that it fits, its fields likewise.

    Args:
        text: in English.
        patterns: messages; one without fields fits itself.

    Example:
        >>> found = recognised("share of firms, 3 hops", ("{what}, {n} hops", "share of firms"))
        >>> found.message, found.fields["n"], found.fields["what"].message
        ('{what}, {n} hops', '3', 'share of firms')
        >>> type(recognised("nothing like it", ("{n} hops",)))
        <class 'str'>
    """
    if isinstance(text, Sentence):
        return text
    for message in patterns:
        match = _compiled(message).fullmatch(text)
        if match:
            fields = {k: recognised(v, patterns) for k, v in match.groupdict().items()}
            return Sentence(message, **fields)
    return text


@cache
def _compiled(message: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", message)
    fields = parts[1::2]
    texts = [re.escape(x) for x in parts[::2]]
    found = "".join(f"{a}(?P<{b}>.+?)" for a, b in zip(texts, fields, strict=False))
    return re.compile(found + texts[-1])
