"""Search the names and rules of the catalogue: in English, in Chinese, or by sound.

A word of Latin letters also matches the pinyin of a Chinese name, written together or by
its initials: ``shixin``, ``sxbzxr``. Words of everyday speech lead to what the catalogue
calls otherwise: ``travel ban``, ``老赖``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from xinyong.browse.index import Entry, entries, leads, sounded
from xinyong.browse.sound import is_sound_of, sounds
from xinyong.browse.thesaurus import folded, phrase_in, stem, words_of
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
    best: _Best = {}
    for by_sound in (False, True) if asked else ():
        syllables = sounded(found) if by_sound else {}
        for i, entry in enumerate(entries(found)):
            if kind not in (None, entry.named.kind):
                continue
            fit = _fit(entry, asked, syllables.get(i, ()))
            meant = _meant(entry, asked, by_sound)
            if fit or meant:
                _keep(best, entry, max(meant, fit * 100 + _WEIGHTS.get(entry.named.kind, 0)))
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
    best: _Best = {}
    for entry in entries(found) if asked else ():
        scores = [_score(part, entry) for part in asked]
        order = leads().get((entry.named.kind, entry.named.id), {})
        said = max((850 - n for p, n in order.items() if phrase_in(p, asked)), default=0)
        sure = sum(s for s in scores if s > 4)  # neither in the middle of a word nor in a remark
        if sure or said:
            _keep(best, entry, sure * 100 + (said or _WEIGHTS.get(entry.named.kind, 0)))
    return _ordered(best, most)


_Best = dict[tuple[str, str, str], Hit]


def _keep(best: _Best, entry: Entry, score: int) -> None:
    x = entry.named
    key = (x.kind, x.instrument, x.id)
    if key not in best or best[key].score < score:
        best[key] = Hit(x.kind, x.id, x.instrument, x.en, x.zh, score)


def _ordered(best: _Best, most: int) -> list[Hit]:
    hits = list(best.values())
    hits.sort(key=lambda h: (-h.score, h.kind, h.instrument, h.id))
    return hits[:most]


Syllables = tuple[frozenset[str], ...]


def _fit(entry: Entry, asked: list[str], syllables: Syllables) -> int:
    """Return how well the word that fits least fits; 0 if one does not."""
    lowest = 9
    for part in asked:
        lowest = min(lowest, _score(part, entry, syllables))
        if not lowest:
            break
    return lowest


def _meant(entry: Entry, asked: list[str], by_sound: bool) -> int:
    """Return how surely a query is a phrase that leads to an entry; 0 if it is none."""
    if not entry.named.everyday:
        return 0
    order = leads().get((entry.named.kind, entry.named.id), {})
    joined = "".join(map(stem, asked))
    for phrase, place in order.items():
        same = joined == _stems(phrase)
        if same or (by_sound and is_sound_of(phrase, asked)):
            return _PHRASE + 50 - place
    return 0


@lru_cache(maxsize=10_000)
def _stems(phrase: str) -> str:
    """Return a phrase of everyday speech without its endings and gaps."""
    return "".join(map(stem, words_of(phrase)))


def _score(part: str, entry: Entry, syllables: Syllables = ()) -> int:
    """Return how well one word fits an entry; 0 if it does not.

    Args:
        part: the word, folded.
        entry: what it is compared with.
        syllables: of the Chinese name, where it is to be compared by sound, too.
    """
    identifier, text = entry.named.id, entry.text
    if part in (identifier, entry.en, entry.zh):
        return 9
    if identifier.startswith(part) or entry.zh.startswith(part) or part in entry.parts:
        return 8
    if part in entry.zh or _begins(part, text):
        return 7
    if any(part in phrase if not part.isascii() else _says(phrase, part)
           for phrase in entry.named.everyday):  # fmt: skip
        return 6
    if _begins(stem(part), text):
        return 6
    if syllables and _heard(part, syllables):
        return _heard(part, syllables)
    if len(part) > 3 and (part in entry.en or part in identifier):
        return 4
    return 3 if part in entry.more else 0


def _begins(part: str, text: str) -> bool:
    """Whether a word of a text begins so."""
    # To look for the letters first spares most texts the pattern.
    return part in text and re.search(rf"\b{re.escape(part)}", text) is not None


def _heard(part: str, syllables: Syllables) -> int:
    """Return how well letters fit a Chinese name by its sound; 0 if they do not."""
    if not re.fullmatch(r"[a-z']{2,40}", part):
        return 0
    sought = part.replace("'", "")
    for where in range(len(syllables)) if sought else ():
        if any(r[0] == sought[0] for r in syllables[where]) and sounds(sought, syllables, where):
            return 6 if not where else 5 if len(sought) > 3 else 0
    return 0


@lru_cache(maxsize=10_000)
def _says(phrase: str, part: str) -> bool:
    """Whether a phrase of everyday speech has a word, or begins like it."""
    sought = stem(part)
    return any(word == part or stem(word) == sought for word in phrase.split())


def hit_lines(hits: Iterable[Hit]) -> Iterator[tuple[str, str]]:
    """Yield hits as styled lines."""
    for h in hits:
        where = f" in {h.instrument}" if h.instrument else ""
        yield "", f"{h.kind} {h.id}{where}: {h.en}{f' ({h.zh})' if h.zh else ''}"


def guess(found: Catalogue, query: str, kind: str | None = None) -> str:
    """Return what to do where nothing was found: a nearer word, or where to look."""
    known: list[str] = []
    for entry in entries(found):
        if kind in (None, entry.named.kind):
            long = (x for x in entry.en.split() if len(x) > 3)
            known += [entry.named.id, *entry.named.everyday, *long]
    look = f"'xinyong catalogue {_PLURAL.get(kind or '', 'list')}' lists what there is"
    near = nearest(folded(query), dict.fromkeys(known), 0.75)
    return f"{near} {look}" if near else look


_PLURAL = {
    "conduct": "conducts",
    "measure": "measures",
    "authority": "authorities",
    "place": "places",
}
