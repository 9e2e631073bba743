"""Texts on a page: what is English on a page in Chinese is marked as such."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from xinyong.language import language, worded

__all__ = ["said", "told"]

#: English within Chinese: from a word of three letters or more to the last one.
_ENGLISH = re.compile(r"[A-Za-z]{3,}(?:[ ,;:.'’/()%&0-9-]*[A-Za-z0-9]+)*")

_CHINESE = re.compile(r"[\u3400-\u9fff]")

_MARKED = Markup('<span lang="en">{}</span>')


def said(text: str) -> Markup:
    """Return a text of the catalogue or of a study in the language that is spoken.

    It is a message of itself: what has no translation stays English, and is marked as such.
    """
    return told(worded(text))


def told(text: str) -> Markup:
    """Return a sentence as a page shows it: what is English in it is marked where zh is spoken.

    Example:
        >>> told("made & served")
        Markup('made &amp; served')
        >>> from xinyong.language import speaking
        >>> with speaking("zh"):
        ...     told("法院应当：serve the notice（期间）")
        Markup('法院应当：<span lang="en">serve the notice</span>（期间）')
    """
    if language() == "en":
        return escape(text)
    if not _CHINESE.search(text):
        return _MARKED.format(text) if _ENGLISH.search(text) else escape(text)
    parts, last = [], 0
    for match in _ENGLISH.finditer(text):
        parts += [escape(text[last : match.start()]), _MARKED.format(match[0])]
        last = match.end()
    return Markup("").join([*parts, escape(text[last:])])
