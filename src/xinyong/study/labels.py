"""Labels of rows (groups, indicators, units) in the language that is spoken.

Rows are plain English text, alike in tables and in the questions that read them. A label that is
no message of itself may be one of a few patterns; what stands in its fields is a label in turn,
an id or an English name of the catalogue, a place, or stays as it is.
"""

from __future__ import annotations

from functools import cache

from xinyong import places
from xinyong.language import Sentence, language, messages, say
from xinyong.law.catalogue import load
from xinyong.study.texts import recognised

__all__ = ["PATTERNS", "label"]

#: Labels with fields, as the questions make them.
PATTERNS = (
    "{n} hops",
    "{act} (gravity {n})",
    "{scheme} ({n} deductions)",
    "grade low, {place}",
    "province {place}",
    "copies still held after removal, month {n}",
    "entries still held by any of {k} bodies after removal, month {n}",
    "entries still held by any body after removal, month {n}",
    "entries still held by one body after removal, month {n}",
)


def label(text: str) -> str:
    """Return a label of a row in the language that is spoken; in English if it is unknown.

    Example:
        >>> from xinyong.language import speaking
        >>> with speaking("zh"):
        ...     label("province anhui"), label("spc_defaulters"), label("of no known form")
        ('安徽省', '失信被执行人名单', 'of no known form')
    """
    if language() == "en":
        return text
    if text in messages():
        return say(text)
    found = recognised(text, PATTERNS)
    if isinstance(found, Sentence):
        return say(found.message, **{name: label(str(x)) for name, x in found.fields.items()})
    return _names().get(text, text)


@cache
def _names() -> dict[str, str]:
    """Return the Chinese of ids and English names: of instruments, authorities and places."""
    found = {p.id: p.name_zh for p in places.places()}
    law = load()
    for it in law.instruments.values():
        short = it.short or it.name
        found |= {it.id: short.zh, it.name.en: it.name.zh, short.en: short.zh}
    return {name: zh for name, zh in found.items() if zh}
