"""Everyday words for what the catalogue calls otherwise, and where a popular belief is wrong.

The table ``law/data/thesaurus.csv`` is curated by hand: phrases in English and Chinese
(by sound they are found, too), what they lead to, and, where people commonly believe
something that no instrument says, one sentence with what it rests on.

>>> remarks("jaywalking")[0].basis
'commentary on GuoBanFa [2020] 49, 1mt.cn [secondary]; gate_guobanfa_2020_49'
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from xinyong import places
from xinyong.browse.sound import is_sound_of
from xinyong.document import nearest, quoted
from xinyong.errors import CatalogueError, Problem
from xinyong.law.annex import _read_table, _Row
from xinyong.law.catalogue import Catalogue

__all__ = [
    "Everyday",
    "everyday",
    "folded",
    "phrase_in",
    "problems_of",
    "remarks",
    "stem",
    "words_of",
]

_DATA = Path(str(files("xinyong.law") / "data" / "thesaurus.csv"))
_COLUMNS = ["en", "zh", "leads_to", "remark", "basis"]
KINDS = ("instrument", "conduct", "measure", "authority", "place")

#: Words that say nothing about what is sought.
_EMPTY = frozenset(
    (
        *("a", "an", "the", "of", "for", "in", "on", "to", "and", "or", "is", "are", "was", "be"),
        *("do", "does", "did", "what", "which", "who", "where", "when", "how", "why", "i", "my"),
        *("me", "you", "can", "from", "by", "with", "at", "into", "about", "there", "it", "its"),
    )
)


@dataclass(frozen=True, slots=True)
class Everyday:
    """Some phrases of everyday speech.

    Attributes:
        phrases: folded, English and Chinese, the first of each the commonest.
        leads_to: (kind, id) of what is meant, the nearest first.
        remark: what is commonly believed and not so; may be empty.
        basis: what the remark rests on; line: of the table.
    """

    phrases: tuple[str, ...]
    leads_to: tuple[tuple[str, str], ...]
    remark: str
    basis: str
    line: int


@lru_cache(maxsize=20_000)  # of what is asked, too
def folded(text: str) -> str:
    """Return a text without case, accents, width and hyphens: ``lǜsè`` and ``ＡＢ`` are found."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("-", " ").strip()


def words_of(query: str) -> list[str]:
    """Return the words of a query that say what is sought; all of them if none does.

    Example:
        >>> words_of("What are points for volunteering?")
        ['points', 'volunteering']
    """
    found = [w for w in (part.strip("?!.,;:\"'“”（）()") for part in folded(query).split()) if w]
    return [w for w in found if w not in _EMPTY] or found


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return an English word without the endings that do not change what is meant.

    Example:
        >>> [stem(x) for x in ("debts", "volunteering", "cities", "banned", "glass", "欠债")]
        ['debt', 'volunteer', 'city', 'bann', 'glass', '欠债']
    """
    if not re.fullmatch(r"[a-z']{4,}", word):
        return word
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word


def read_everyday(path: Path) -> tuple[Everyday, ...]:
    """Read and check the table.

    Raises:
        CatalogueError: with file, line and column of every problem found.
    """
    problems: list[Problem] = []
    found: list[Everyday] = []
    seen: set[str] = set()
    for cells in _read_table(path, _COLUMNS, problems):
        row = _Row(path, cells, problems)
        phrases: list[str] = []
        for column in ("en", "zh"):
            for phrase in (folded(x) for x in cells[column].split("|") if x.strip()):
                if phrase in seen:
                    row.wrong(column, f"{quoted(phrase)} stands twice", "keep it in one row")
                seen.add(phrase)
                phrases.append(phrase)
        leads: list[tuple[str, str]] = []
        for target in cells["leads_to"].split("|"):
            kind, _, name = target.partition(":")
            if kind not in KINDS or not name:
                hint = nearest(kind, KINDS) or f"write KIND:ID, KIND one of {', '.join(KINDS)}"
                row.wrong("leads_to", f"{quoted(target)} leads nowhere", hint)
            leads.append((kind, name))
        if not phrases:
            row.wrong("en", "is empty", "every row has a phrase")
        if bool(cells["remark"].strip()) != bool(cells["basis"].strip()):
            row.wrong("basis", "remark and basis go together", "say what the remark rests on")
        found.append(
            Everyday(tuple(phrases), tuple(leads), cells["remark"], cells["basis"], row.line)
        )
    if problems:
        raise CatalogueError(problems)
    return tuple(found)


@cache
def _words(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words_of(phrase))


@cache
def everyday() -> tuple[Everyday, ...]:
    """Return the rows of the table."""
    return read_everyday(_DATA)


def problems_of(rows: tuple[Everyday, ...], found: Catalogue) -> list[Problem]:
    """Return what rows lead to that a catalogue does not have."""
    known = {
        "instrument": set(found.instruments),
        "conduct": set(found.conducts),
        "measure": set(found.measures),
        "authority": set(found.authorities),
        "place": {p.id for p in places.places()},
    }
    return [
        Problem(str(_DATA), row.line, "leads_to", f"unknown {kind} {quoted(name)}",
                nearest(name, known[kind]))
        for row in rows
        for kind, name in row.leads_to
        if name not in known[kind]
    ]  # fmt: skip


def phrase_in(phrase: str, asked: list[str]) -> bool:
    """Tell whether a phrase is said in a query, in words or (Chinese) within one of them.

    Example:
        >>> phrase_in("travel ban", ["shanghai", "travel", "bans"])
        True
        >>> phrase_in("老赖", ["什么是老赖"])
        True
    """
    if not phrase.isascii():
        return any(phrase in word for word in asked)
    sought = _words(phrase)
    given = tuple(stem(w) for w in asked)
    n = len(sought)
    return any(given[i : i + n] == sought for i in range(len(given) - n + 1))


def remarks(query: str) -> list[Everyday]:
    """Return the rows with a remark whose phrases are said in a query; else that sound so."""
    asked = words_of(query)
    rows = [row for row in everyday() if row.remark]
    said = [row for row in rows if any(phrase_in(p, asked) for p in row.phrases)]
    return said or [row for row in rows if any(is_sound_of(p, asked) for p in row.phrases)]
