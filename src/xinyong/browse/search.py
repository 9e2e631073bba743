"""Search the names and rules of the catalogue: in English, in Chinese, or by sound.

A word of Latin letters also matches the pinyin of a Chinese name, written together or by
its initials: ``shixin``, ``sxbzxr``. Words of everyday speech lead to what the catalogue
calls otherwise: ``travel ban``, ``老赖``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from xinyong import places
from xinyong.browse.sound import is_sound_of, sound, sounds
from xinyong.browse.thesaurus import everyday, folded, phrase_in, stem, words_of
from xinyong.document import nearest
from xinyong.law.catalogue import Catalogue

__all__ = ["Hit", "guess", "hit_lines", "partly", "search"]


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
    everyday: tuple[str, ...] = ()  # phrases of everyday speech that lead here


#: Nearer kinds first among equals.
_WEIGHTS = {"instrument": 40, "conduct": 30, "measure": 25, "authority": 20, "place": 18}
#: Where a query is just a phrase of everyday speech, what it leads to comes first, in order.
_PHRASE = 1000


def search(found: Catalogue, query: str, most: int = 50, kind: str | None = None) -> list[Hit]:
    """Return what fits every word of a query, nearest first.

    Args:
        found: the catalogue.
        query: words in English, Chinese or pinyin; all of them must fit. Words of everyday
            speech lead to what the catalogue calls otherwise (see `thesaurus`).
        most: how many hits are returned at most.
        kind: only things of this kind, such as ``conduct``.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> "spc_defaulters" in [h.id for h in search(load(), "sxbzxr")]
        True
        >>> search(load(), "travel ban")[0].id
        'm_no_fly'
    """
    asked = words_of(query)
    best: dict[tuple[str, str, str], Hit] = {}
    for by_sound in (False, True) if asked else ():
        for entry in _entries(found):
            if kind not in (None, entry.kind):
                continue
            fit = _fit(entry, asked, by_sound)
            meant = _meant(entry, asked, by_sound)
            if fit or meant:
                _keep(best, entry, max(meant, fit * 100 + _WEIGHTS.get(entry.kind, 0)))
        if best:
            break  # what is written so is nearer than what sounds so
    return _ordered(best, most)


def partly(found: Catalogue, query: str, most: int = 10) -> list[Hit]:
    """Return what fits some words of a query, what fits most of them first.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> [h.id for h in partly(load(), "defaulters zzzz", 1)]
        ['spc_defaulters']
    """
    asked = words_of(query)
    best: dict[tuple[str, str, str], Hit] = {}
    for entry in _entries(found) if asked else ():
        scores = [_score(part, entry, by_sound=False) for part in asked]
        order = _leads().get((entry.kind, entry.id), {})
        said = max((850 - n for p, n in order.items() if phrase_in(p, asked)), default=0)
        sure = sum(s for s in scores if s > 4)  # neither in the middle of a word nor in a remark
        if sure or said:
            _keep(best, entry, sure * 100 + (said or _WEIGHTS.get(entry.kind, 0)))
    return _ordered(best, most)


def _keep(best: dict[tuple[str, str, str], Hit], entry: _Entry, score: int) -> None:
    key = (entry.kind, entry.instrument, entry.id)
    if key not in best or best[key].score < score:
        best[key] = Hit(entry.kind, entry.id, entry.instrument, entry.en, entry.zh, score)


def _ordered(best: dict[tuple[str, str, str], Hit], most: int) -> list[Hit]:
    hits = list(best.values())
    hits.sort(key=lambda h: (-h.score, h.kind, h.instrument, h.id))
    return hits[:most]


def _fit(entry: _Entry, asked: list[str], by_sound: bool) -> int:
    """Return how well the word that fits least fits; 0 if one does not."""
    lowest = 9
    for part in asked:
        lowest = min(lowest, _score(part, entry, by_sound))
        if not lowest:
            break
    return lowest


def _meant(entry: _Entry, asked: list[str], by_sound: bool) -> int:
    """Return how surely a query is a phrase that leads to an entry; 0 if it is none."""
    if not entry.everyday:
        return 0
    order = _leads().get((entry.kind, entry.id), {})
    joined = "".join(map(stem, asked))
    for phrase, place in order.items():
        same = joined == "".join(map(stem, words_of(phrase)))
        if same or (by_sound and is_sound_of(phrase, asked)):
            return _PHRASE + 50 - place
    return 0


@cache
def _leads() -> dict[tuple[str, str], dict[str, int]]:
    """Return, for what everyday words lead to, each phrase with its place in the row."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in everyday():
        for place, target in enumerate(row.leads_to):
            found.setdefault(target, {}).update(dict.fromkeys(row.phrases, place))
    return found


def _score(part: str, entry: _Entry, by_sound: bool) -> int:
    """Return how well one word fits an entry; 0 if it does not."""
    identifier, en, zh = entry.id, folded(entry.en), folded(entry.zh)
    if part in (identifier, en, zh):
        return 9
    if identifier.startswith(part) or zh.startswith(part) or part in identifier.split("_"):
        return 8
    text = f"{en} {identifier.replace('_', ' ')}"
    if part in zh or re.search(rf"\b{re.escape(part)}", text):
        return 7
    if any(part in phrase if not part.isascii() else _says(phrase, part)
           for phrase in entry.everyday):  # fmt: skip
        return 6
    if re.search(rf"\b{re.escape(stem(part))}", text):
        return 6
    if by_sound and entry.sound and entry.zh and re.fullmatch(r"[a-z']{2,40}", part):
        sought = part.replace("'", "")
        syllables = sound(entry.zh)
        where = next((i for i in range(len(syllables)) if sounds(sought, syllables, i)), None)
        if where is not None and (where == 0 or len(sought) > 3):
            return 5 if where else 6
    if len(part) > 3 and (part in en or part in identifier):
        return 4
    return 3 if part in folded(entry.more) else 0


@cache
def _says(phrase: str, part: str) -> bool:
    """Whether a phrase of everyday speech has a word, or begins like it."""
    sought = stem(part)
    return any(word == part or stem(word) == sought for word in phrase.split())


def _said(kind: str, identifier: str) -> tuple[str, ...]:
    return tuple(_leads().get((kind, identifier), ()))


def _entries(found: Catalogue) -> Iterator[_Entry]:
    for it in found.instruments.values():
        short = it.short
        more = " ".join((short.en, short.zh) if short else ())
        said = _said("instrument", it.id)
        yield _Entry("instrument", it.id, "", it.name.en, it.name.zh, more, everyday=said)
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
            reading = f"{note.default} {note.reason}"
            yield _Entry("interpretation", note.id, it.id, note.question, "", reading)
    for conduct in found.conducts.values():
        said = _said("conduct", conduct.id)
        yield _Entry("conduct", conduct.id, "", conduct.en, conduct.zh, everyday=said)
    tables: Iterable[tuple[str, dict[str, tuple[str, str]]]] = (
        ("measure", {m.id: (m.name.en, m.name.zh) for m in found.measures.values()}),
        ("authority", {a.id: (a.name.en, a.name.zh) for a in found.authorities.values()}),
        ("place", {p.id: (p.name_en, p.name_zh) for p in places.places()}),
        ("document", {k: (n.en, n.zh) for k, n in found.documents.items()}),
        ("circumstance", {k: (n.en, n.zh) for k, n in found.circumstances.items()}),
    )
    for kind, table in tables:
        for name, (en, zh) in table.items():
            yield _Entry(kind, name, "", en, zh, everyday=_said(kind, name))


def hit_lines(hits: Iterable[Hit]) -> Iterator[tuple[str, str]]:
    """Yield hits as styled lines."""
    for h in hits:
        where = f" in {h.instrument}" if h.instrument else ""
        yield "", f"{h.kind} {h.id}{where}: {h.en}{f' ({h.zh})' if h.zh else ''}"


def guess(found: Catalogue, query: str, kind: str | None = None) -> str:
    """Return what to do where nothing was found: a nearer word, or where to look."""
    known: list[str] = []
    for entry in _entries(found):
        if kind in (None, entry.kind):
            known += [
                entry.id,
                *entry.everyday,
                *(x for x in folded(entry.en).split() if len(x) > 3),
            ]
    look = f"'xinyong catalogue {_PLURAL.get(kind or '', 'list')}' lists what there is"
    near = nearest(folded(query), dict.fromkeys(known), 0.75)
    return f"{near} {look}" if near else look


_PLURAL = {
    "conduct": "conducts",
    "measure": "measures",
    "authority": "authorities",
    "place": "places",
}
