"""Everything in the catalogue that words may find, ready to be compared with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from xinyong import places
from xinyong.browse.kept import kept
from xinyong.browse.sound import sound
from xinyong.browse.thesaurus import everyday, folded
from xinyong.law.catalogue import Catalogue

__all__ = ["Entry", "Named", "entries", "leads", "sounded"]


@dataclass(frozen=True, slots=True)
class Named:
    """One name of something that can be found.

    Attributes:
        kind, id, instrument, en, zh: as in `search.Hit`.
        more: searched, but not shown.
        sound: whether the Chinese name is searched by sound.
        everyday: phrases of everyday speech that lead here.
    """

    kind: str
    id: str
    instrument: str
    en: str
    zh: str
    more: str = ""
    sound: bool = True
    everyday: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A name and what is compared with the words of a query.

    Attributes:
        named: what is found.
        en, zh, more: folded; parts: the words of the id.
        text: folded English and the words of the id.
    """

    named: Named
    en: str
    zh: str
    more: str
    parts: frozenset[str]
    text: str


@kept
def entries(found: Catalogue) -> tuple[Entry, ...]:
    """Return all that can be found in a catalogue, in its order."""
    return tuple(_entry(named) for named in _names(found))


@kept
def sounded(found: Catalogue) -> dict[int, tuple[frozenset[str], ...]]:
    """Return the syllables of every name that is searched by sound, by its place in `entries`."""
    return {
        i: sound(entry.named.zh)
        for i, entry in enumerate(entries(found))
        if entry.named.sound and entry.named.zh
    }


@cache
def leads() -> dict[tuple[str, str], dict[str, int]]:
    """Return, for what everyday words lead to, each phrase with its place in the row."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in everyday():
        for place, target in enumerate(row.leads_to):
            found.setdefault(target, {}).update(dict.fromkeys(row.phrases, place))
    return found


def _entry(named: Named) -> Entry:
    en = folded(named.en)
    text = f"{en} {named.id.replace('_', ' ')}"
    parts = frozenset(named.id.split("_"))
    return Entry(named, en, folded(named.zh), folded(named.more), parts, text)


def _said(kind: str, identifier: str) -> tuple[str, ...]:
    return tuple(leads().get((kind, identifier), ()))


def _names(found: Catalogue) -> Iterator[Named]:
    for it in found.instruments.values():
        short = it.short
        more = " ".join((short.en, short.zh) if short else ())
        said = _said("instrument", it.id)
        yield Named("instrument", it.id, "", it.name.en, it.name.zh, more, everyday=said)
        if short:
            yield Named("instrument", it.id, "", short.en, short.zh)
        for sid, source in it.sources.items():
            number = source.number or ""
            title = source.title
            yield Named("source", sid, it.id, title.en, title.zh, number, sound=False)
        seen: set[str] = set()
        for version in it.versions:
            for kind, blocks in (("provision", version.provisions), ("step", version.steps)):
                for block in blocks:
                    name = f"{version.id}.{block.id}"
                    if block.title not in seen:
                        seen.add(block.title)
                        yield Named(kind, name, it.id, block.title, "")
        for item in found.items.get(it.id, []):
            yield Named("item", item.item, it.id, item.text_en, item.group_zh, sound=False)
        for note in it.interpretations:
            reading = f"{note.default} {note.reason}"
            yield Named("interpretation", note.id, it.id, note.question, "", reading)
    for conduct in found.conducts.values():
        said = _said("conduct", conduct.id)
        yield Named("conduct", conduct.id, "", conduct.en, conduct.zh, everyday=said)
    tables: Iterable[tuple[str, dict[str, tuple[str, str]]]] = (
        ("measure", {m.id: (m.name.en, m.name.zh) for m in found.measures.values()}),
        ("authority", {a.id: (a.name.en, a.name.zh) for a in found.authorities.values()}),
        ("place", {p.id: (p.name_en, p.name_zh) for p in places.places()}),
        ("document", {k: (n.en, n.zh) for k, n in found.documents.items()}),
        ("circumstance", {k: (n.en, n.zh) for k, n in found.circumstances.items()}),
    )
    for kind, table in tables:
        for name, (en, zh) in table.items():
            yield Named(kind, name, "", en, zh, everyday=_said(kind, name))
