"""Search the names and rules of the catalogue: in English, in Chinese, or by sound.

A word of Latin letters also matches the pinyin of a Chinese name, written together or by
its initials: ``shixin``, ``sxbzxr``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from xinyong.law.catalogue import Catalogue

__all__ = ["Hit", "search"]


@dataclass(frozen=True)
class Hit:
    """Something found.

    Attributes:
        kind: ``instrument``, ``provision``, ``conduct``, ``measure``, ``authority``, ...
        id: of what was found; instrument: where it stands, if inside one.
        en, zh: what it is called, or what it says.
        score: the higher the nearer; only for ordering.
    """

    kind: str
    id: str
    instrument: str
    en: str
    zh: str
    score: int


@dataclass(frozen=True)
class _Entry:
    kind: str
    id: str
    instrument: str
    en: str
    zh: str
    more: str = ""  # searched, but not shown
    sound: bool = True  # whether the Chinese name is searched by sound


#: Nearer kinds first among equals.
_WEIGHTS = {"instrument": 40, "conduct": 30, "measure": 25, "authority": 20, "place": 18}


def search(found: Catalogue, query: str, most: int = 50) -> list[Hit]:
    """Return what fits every word of a query, nearest first.

    Args:
        found: the catalogue.
        query: words in English, Chinese or pinyin; all of them must fit.
        most: how many hits are returned at most.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> "spc_defaulters" in [h.id for h in search(load(), "sxbzxr")]
        True
        >>> "blood_donation" in [h.id for h in search(load(), "献血")]
        True
    """
    asked = _folded(query).split()
    if not asked:
        return []
    by_sound = [re.fullmatch(r"[a-z']{2,40}", part) is not None for part in asked]
    best: dict[tuple[str, str, str], Hit] = {}
    for entry in _entries(found):
        scores = [_score(part, entry, sound) for part, sound in zip(asked, by_sound, strict=True)]
        if all(scores):
            score = min(scores) * 100 + _WEIGHTS.get(entry.kind, 0)
            key = (entry.kind, entry.instrument, entry.id)
            if key not in best or best[key].score < score:
                best[key] = Hit(entry.kind, entry.id, entry.instrument, entry.en, entry.zh, score)
    hits = list(best.values())
    hits.sort(key=lambda h: (-h.score, h.kind, h.instrument, h.id))
    return hits[:most]


def _folded(text: str) -> str:
    """Return a text without case, accents and width: ``lǜsè`` and ``ＡＢ`` are found too."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).strip()


def _score(part: str, entry: _Entry, by_sound: bool) -> int:
    """Return how well one word fits an entry; 0 if it does not."""
    identifier, en, zh = entry.id, _folded(entry.en), _folded(entry.zh)
    if part in (identifier, en, zh):
        return 9
    if identifier.startswith(part) or zh.startswith(part):
        return 8
    if part in zh or re.search(rf"\b{re.escape(part)}", f"{en} {identifier.replace('_', ' ')}"):
        return 7
    if by_sound and entry.sound and entry.zh:
        sought = part.replace("'", "")
        syllables = _sound(entry.zh)
        where = next((i for i in range(len(syllables)) if _sounds(sought, syllables, i)), None)
        if where is not None and (where == 0 or len(sought) > 3):
            return 5 if where else 6
    if part in en or part in identifier:
        return 4
    return 3 if part in _folded(entry.more) else 0


@cache
def _sound(zh: str) -> tuple[frozenset[str], ...]:
    """Return, for each character of a Chinese text, the toneless syllables it may be read as."""
    from pypinyin import Style, pinyin

    found = []
    for char in zh:
        if char.isascii():
            readings = {char.lower()} if char.isalnum() else set()
        elif char.isalpha():
            readings = set(pinyin(char, style=Style.NORMAL, heteronym=True)[0])
        else:
            readings = set()
        if readings:
            found.append(frozenset(readings | {r.replace("v", "u") for r in readings}))
    return tuple(found)


def _sounds(sought: str, syllables: tuple[frozenset[str], ...], start: int) -> bool:
    """Whether letters are syllables from `start` on, the last one perhaps begun; or initials."""
    initials = len(sought) > 2 and start + len(sought) <= len(syllables)
    if initials and all(
        any(r[0] == letter for r in syllables[start + i]) for i, letter in enumerate(sought)
    ):
        return True
    left = {sought}
    for readings in syllables[start:]:
        after = set()
        for rest in left:
            for reading in readings:
                if reading.startswith(rest) and (reading == rest or len(rest) > 1):
                    return True
                if rest.startswith(reading):
                    after.add(rest[len(reading) :])
        left = after
    return False


def _entries(found: Catalogue) -> Iterator[_Entry]:
    for it in found.instruments.values():
        short = it.short
        more = " ".join((short.en, short.zh) if short else ())
        yield _Entry("instrument", it.id, "", it.name.en, it.name.zh, more)
        if short:
            yield _Entry("instrument", it.id, "", short.en, short.zh)
        for sid, source in it.sources.items():
            number = source.number or ""
            title = source.title
            yield _Entry("source", sid, it.id, title.en, title.zh, number, sound=False)
        seen: set[str] = set()
        for version in it.versions:
            for kind, blocks in (("provision", version.provisions), ("step", version.steps)):
                for block in blocks:
                    name = f"{version.id}.{block.id}"
                    if block.title not in seen:
                        seen.add(block.title)
                        yield _Entry(kind, name, it.id, block.title, "")
        for item in found.items.get(it.id, []):
            yield _Entry("item", item.item, it.id, item.text_en, item.group_zh, sound=False)
        for note in it.interpretations:
            said = f"{note.default} {note.reason}"
            yield _Entry("interpretation", note.id, it.id, note.question, "", said)
    for conduct in found.conducts.values():
        yield _Entry("conduct", conduct.id, "", conduct.en, conduct.zh)
    tables: Iterable[tuple[str, dict[str, tuple[str, str]]]] = (
        ("measure", {m.id: (m.name.en, m.name.zh) for m in found.measures.values()}),
        ("authority", {a.id: (a.name.en, a.name.zh) for a in found.authorities.values()}),
        ("document", {k: (n.en, n.zh) for k, n in found.documents.items()}),
        ("circumstance", {k: (n.en, n.zh) for k, n in found.circumstances.items()}),
    )
    for kind, table in tables:
        for name, (en, zh) in table.items():
            yield _Entry(kind, name, "", en, zh)
