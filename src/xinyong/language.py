"""The language of what is shown: English, or Simplified Chinese where a message is translated.

Messages are the English sentences themselves, with fields in braces; ``locale/zh.po`` holds
their translations, ``locale/zh_law.po`` those of texts in the files of the catalogue,
``locale/zh_notes.po`` those of what is not modelled and of notes on sources, and
``locale/zh_model.po`` those of texts about indicators, assumptions and studies. Official
Chinese terms are data and stand beside the English everywhere; they do not pass through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

__all__ = [
    "LANGUAGES",
    "Name",
    "Part",
    "Sentence",
    "either",
    "joined",
    "language",
    "messages",
    "own",
    "plural",
    "say",
    "speaking",
    "worded",
]

#: Code in addresses -> language tag of pages.
LANGUAGES = {"en": "en", "zh": "zh-Hans"}

#: Where translations stand.
_FILES = ("zh.po", "zh_law.po", "zh_notes.po", "zh_model.po")

_spoken: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """Return the code of the language that is spoken now: ``en`` or ``zh``."""
    return _spoken.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language for a while.

    Raises:
        KeyError: it is none of `LANGUAGES`.

    Example:
        >>> with speaking("zh"):
        ...     say("Catalogue")
        '目录'
        >>> say("Catalogue")
        'Catalogue'
    """
    LANGUAGES[code]
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def messages() -> dict[str, str]:
    """Return the Chinese of every translated message."""
    # Here, because only who reads Chinese needs it.
    from babel.messages.pofile import read_po

    found: dict[str, str] = {}
    for name in _FILES:
        with files("xinyong").joinpath(f"locale/{name}").open("rb") as file:
            read = read_po(file, locale="zh_Hans")
        found |= {str(m.id): str(m.string) for m in read if m.id and m.string}
    return found


def say(message: str, **values: Any) -> str:
    """Return a message in the language that is spoken, with its fields filled in.

    A message without a translation is said in English.

    Example:
        >>> say("{n} instruments", n=3)
        '3 instruments'
    """
    if _spoken.get() != "en":
        message = messages().get(message, message)
    return message.format(**values) if values else message


def worded(text: str) -> str:
    """Return a text of a data file in the language that is spoken; as it is if untranslated.

    A message of code is said with `say`, and a test sees to it that each is translated; the
    prose of the catalogue grows faster than its translation, and pages mark what is English.
    A text that starts small, within a sentence, has the Chinese of the same with a capital.

    Example:
        >>> worded("a text that nobody has translated")
        'a text that nobody has translated'
        >>> with speaking("zh"):
        ...     worded("drove after drinking") == worded("Drove after drinking") == "酒后驾驶"
        True
    """
    if _spoken.get() == "en":
        return text
    if isinstance(text, Sentence):
        return text.spoken()
    found = messages()
    # Not `get`: a test that listens for what was asked in vain hears messages of code alone.
    for form in (text, f"{text[:1].upper()}{text[1:]}"):
        if form in found:
            return found[form]
    return text


def plural(one: str, many: str, n: int, **values: Any) -> str:
    """Return the message that fits a number; Chinese has one form, that of `one`.

    Example:
        >>> plural("{n} list", "{n} lists", 1), plural("{n} list", "{n} lists", 2)
        ('1 list', '2 lists')
    """
    if _spoken.get() == "en":
        return (one if n == 1 else many).format(n=n, **values)
    return say(one, n=n, **values)


_JOINED = {
    "and": "{some} and {last}",
    "or": "{some} or {last}",
    "and the": "{some} and the {last}",
}


def joined(parts: Iterable[str], last: str = "and") -> str:
    """Join words as a sentence does, with ``and``, ``or`` or ``and the`` before the last.

    Example:
        >>> joined(["a", "b", "c"], "or")
        'a, b or c'
        >>> with speaking("zh"):
        ...     joined(["甲", "乙", "丙"], "or")
        '甲、乙或丙'
    """
    found = list(parts)
    if len(found) < 2:
        return "".join(found)
    return say(_JOINED[last], some=say(", ").join(found[:-1]), last=found[-1])


class _Named(Protocol):
    @property
    def en(self) -> str: ...

    @property
    def zh(self) -> str: ...


def own(name: _Named) -> str:
    """Return a name in the language that is spoken; in English where it has no Chinese."""
    return name.zh if _spoken.get() != "en" and name.zh else name.en


@dataclass(frozen=True)
class Name:
    """A name in both languages, as a field of a sentence."""

    en: str
    zh: str


class Sentence(str):
    """An English sentence that knows the message and the fields it was made of.

    It is read, kept and compared like any text; `worded` says it in the language that is
    spoken. A field is a text that stays as it is (a number, an id), a `Sentence` or a `Name`,
    which are said in their turn, or a sequence of these, which is said with commas.

    Attributes:
        message: in English; fields: what stands in its braces, by name.

    Example:
        >>> found = Sentence("{who} acts, {n} times", who=Name("court", "法院"), n="3")
        >>> found
        'court acts, 3 times'
        >>> found.message, found.fields["n"]
        ('{who} acts, {n} times', '3')
    """

    __slots__ = ("fields", "message")
    message: str
    fields: dict[str, Part]

    def __new__(cls, message: str, /, **fields: Part) -> Sentence:
        """Make the sentence in English, whatever is spoken."""
        with speaking("en"):
            filled = {name: _filled(part) for name, part in fields.items()}
        found = super().__new__(cls, message.format(**filled) if fields else message)
        found.message, found.fields = message, fields
        return found

    @classmethod
    def of(cls, text: str) -> Sentence:
        """Return a text as a sentence: a message of itself, unless it is one already."""
        return text if isinstance(text, Sentence) else cls(text)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy it whole."""
        return _again, (self.message, self.fields)

    def spoken(self) -> str:
        """Return it in the language that is spoken; whole in English if it is untranslated."""
        message = messages().get(self.message)
        if _spoken.get() == "en" or message is None:
            return str(self)
        if not self.fields:
            return message
        return message.format(**{name: _filled(part) for name, part in self.fields.items()})


#: What may stand in a field of a sentence.
Part = str | Name | Sequence["Part"]


def either(names: Sequence[Part]) -> Part:
    """Join names as the fields of a sentence, with ``or`` between all of them.

    Example:
        >>> str(either(["a", "b", "c"]))
        'a or b or c'
    """
    if len(names) < 2:
        return names[0] if names else ""
    return Sentence("{one} or {other}", one=names[0], other=either(names[1:]))


def _again(message: str, fields: dict[str, Part]) -> Sentence:
    return Sentence(message, **fields)


def _filled(part: Part) -> str:
    if isinstance(part, Sentence):
        return worded(part)
    if isinstance(part, str):
        return part
    if isinstance(part, Name):
        return own(part)
    return say(", ").join(_filled(x) for x in part)
