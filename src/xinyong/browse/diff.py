"""What differs between two versions, told block by block and word by word.

Blocks are matched by their ids: provisions, steps, grades and items by id, measures by the
measure, caps by their group. What a block says is compared in the sentences of
`xinyong.browse.words`, so that a difference reads like the texts do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from xinyong.browse import words as w
from xinyong.browse.rules import block_words
from xinyong.browse.schemes import item_words, part_words, scheme_words
from xinyong.browse.show import chosen
from xinyong.language import say
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue

__all__ = ["Change", "Side", "differences", "lines", "side"]


@dataclass(frozen=True)
class Side:
    """One of the two compared: an instrument and its version."""

    it: schema.Instrument
    version: schema.Version


def side(found: Catalogue, name: str, at: dt.date | None = None) -> Side:
    """Return an instrument with its version of a day; without one, its latest version.

    Raises:
        UsageError: there is no such instrument, or none of its versions is in force that day.
    """
    it = found.instrument(name)
    return Side(it, chosen(found, it, at)[-1])


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        part: ``instrument``, ``provision``, ``step``, ``measure``, ``scheme``, ``item``, ...
        id: of the block; aspect: what of it differs, empty for the block as a whole.
        kind: ``added``, ``removed`` or ``changed``.
        before, after: in words; empty where the block is not there.
        cited_before, cited_after: where that stands.
        only: of two instruments, the one that alone has the block.
    """

    part: str
    id: str
    aspect: str
    kind: str
    before: str
    after: str
    cited_before: str = ""
    cited_after: str = ""
    only: str = ""

    @property
    def sentence(self) -> str:
        """Return the difference as a sentence."""
        name = f"{w.word(self.part)} {self.id}" if self.id else w.word(self.part)
        if self.kind != "changed":
            head = say("New") if self.kind == "added" else say("Gone")
            if self.only:
                head = say("Only in {instrument}", instrument=self.only)
            text = self.after or self.before
            if text.lower().startswith(f"{name.lower()}, "):
                return say("{what}: {text}", what=head, text=text)
            return say("{head}: {name}. {text}", head=head, name=name, text=text)
        head = name
        if self.aspect:
            head = say("{name}, {aspect}", name=name, aspect=self.aspect)
        if not self.before:
            return say("{what} added: {text}.", what=head, text=self.after)
        if not self.after:
            return say("{what} dropped: {text}.", what=head, text=self.before)
        return say("{what}: {before} → {after}.", what=head, before=self.before, after=self.after)


#: Fields whose difference is only where the rule stands, or how it is called in the file.
_SILENT = {"cite", "id", "rank_cite", "transition_cite"}


def differences(found: Catalogue, a: Side, b: Side) -> list[Change]:
    """Return what differs between two versions, in the order of a reader.

    Two versions of one instrument are compared rule by rule; two instruments also in who
    issues them, whom they reach and what may be done against them.
    """
    changes: list[Change] = []
    if a.it.id != b.it.id:
        changes += _instruments(found, a.it, b.it)
    changes += _plain_fields("version", a.version, b.version, found, _VERSION_BLOCKS | {"in_force"})
    changes += _matched(found, a, b, "provision", "provisions", w.provision_words, _provision)
    changes += _matched(found, a, b, "step", "steps", _step_words, _step)
    changes += _schemes(found, a, b)
    changes += _matched(found, a, b, "measure", "measures", _measure_words, _measure, "measure")
    named = type(a.version).model_fields
    for name in named:
        blocks = (getattr(s.version, name) for s in (a, b))
        if name not in _VERSION_BLOCKS and any(map(_is_blocks, blocks)):
            part = name.rstrip("s")
            changes += _matched(found, a, b, part, name, _block_words, _generic)
    if a.it.id == b.it.id:
        return changes
    alone = {"removed": a.it.id, "added": b.it.id}
    return [replace(c, only=alone.get(c.kind, "")) for c in changes]


_VERSION_BLOCKS = {"provisions", "steps", "scheme", "measures"}

Words = Callable[[Catalogue, schema.Instrument, Any], str]
Aspects = Callable[[Catalogue, Any, Any], Iterator[tuple[str, str, str]]]


def _is_blocks(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(x, BaseModel) for x in value)


def _step_words(found: Catalogue, _: schema.Instrument, step: Any) -> str:
    return w.step_words(found, step)


def _measure_words(found: Catalogue, _: schema.Instrument, row: Any) -> str:
    return w.measure_words(found, row)


def _block_words(found: Catalogue, _: schema.Instrument, block: Any) -> str:
    return block_words(found, block)


def _matched(
    found: Catalogue,
    a: Side,
    b: Side,
    part: str,
    field: str,
    words: Words,
    aspects: Aspects,
    key: str = "id",
) -> Iterator[Change]:
    old = _keyed(getattr(a.version, field) or [], key)
    new = _keyed(getattr(b.version, field) or [], key)
    pairs = _pairs(old, new)

    def cited(side: Side, block: Any) -> str:
        cite = getattr(block, "cite", None)
        return w.cite_words(side.it, cite) if isinstance(cite, schema.Cite) else ""

    for name, block in old.items():
        if name not in pairs:
            text = words(found, a.it, block)
            yield Change(part, name, "", "removed", text, "", cited(a, block), "")
    back = {new_name: name for name, new_name in pairs.items()}
    for name, block in new.items():
        if name not in back:
            text = words(found, b.it, block)
            yield Change(part, name, "", "added", "", text, "", cited(b, block))
            continue
        before = old[back[name]]
        where = cited(a, before), cited(b, block)
        if back[name] != name:
            yield Change(part, name, say("number"), "changed", back[name], name, *where)
        for aspect, was, now in aspects(found, before, block):
            yield Change(part, name, aspect, "changed", was, now, *where)


def _pairs(old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    """Match blocks: by id, unless a revision gave the number to a rule about other acts.

    A provision whose conduct stands under another id in the other version, and not under
    its own, was renumbered; it is followed to where it went.
    """

    def about(block: Any) -> tuple[Any, ...] | None:
        if not isinstance(block, schema.Provision):
            return None
        return frozenset(block.conduct), type(block.effect), tuple(block.via)

    pairs: dict[str, str] = {}
    for name, block in old.items():
        other = new.get(name)
        if other is None:
            continue
        mine, theirs = about(block), about(other)
        if mine is None or theirs is None or mine[0] & theirs[0]:
            pairs[name] = name
    taken = set(pairs.values())
    for name, block in old.items():
        if name in pairs or (mine := about(block)) is None:
            continue
        for other_name, other in new.items():
            if other_name not in taken and about(other) == mine:
                pairs[name] = other_name
                taken.add(other_name)
                break
    for name in old:
        if name not in pairs and name in new and name not in taken:
            pairs[name] = name
            taken.add(name)
    return pairs


def _keyed(blocks: Iterable[Any], key: str) -> dict[str, Any]:
    """Return blocks by their key; a key that stands twice gets a number."""
    found: dict[str, Any] = {}
    for i, block in enumerate(blocks):
        name = str(getattr(block, key, i))
        found[f"{name} ({i})" if name in found else name] = block
    return found


# --- what of a block differs ------------------------------------------------------------


def _lists(aspect: str, old: Iterable[str], new: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield what was dropped and what was added, each once."""
    before, after = list(dict.fromkeys(old)), list(dict.fromkeys(new))
    for text in before:
        if text not in after:
            yield aspect, text, ""
    for text in after:
        if text not in before:
            yield aspect, "", text


def _conducts(found: Catalogue, names: Iterable[str]) -> list[str]:
    return [
        w.both(schema.Bilingual(en=found.conducts[n].en, zh=found.conducts[n].zh or n))
        if n in found.conducts
        else n
        for n in names
    ]


def _provision(
    found: Catalogue, a: schema.Provision, b: schema.Provision
) -> Iterator[tuple[str, str, str]]:
    yield from _lists(say("conduct"), _conducts(found, a.conduct), _conducts(found, b.conduct))
    conditions = [[w.condition_words(found, c) for c in p.when] for p in (a, b)]
    yield from _lists(say("condition"), *conditions)
    old, new = w.effect_words(a.effect), w.effect_words(b.effect)
    if old != new:
        yield say("effect"), old, new
    yield from _rest(a, b, {"conduct", "when", "effect", "title"})


def _step(found: Catalogue, a: schema.Step, b: schema.Step) -> Iterator[tuple[str, str, str]]:
    conditions = [[w.condition_words(found, c) for c in s.when] for s in (a, b)]
    yield from _lists(say("condition"), *conditions)
    old, new = (_limit(s) for s in (a, b))
    if old != new:
        yield say("time limit"), old, new
    if a.by != b.by:
        yield say("taken by"), w.titled(found, a.by), w.titled(found, b.by)
    yield from _rest(a, b, {"when", "within", "by"})


def _limit(step: schema.Step) -> str:
    if step.within is None:
        return say("no limit")
    limit = step.within
    more = say(", extendable by {n}", n=limit.extended_by) if limit.extended_by else ""
    return w.units(limit.n, limit.unit) + more


def _measure(
    found: Catalogue, a: schema.MeasureRow, b: schema.MeasureRow
) -> Iterator[tuple[str, str, str]]:
    bodies = [[w.titled(found, x) for x in row.by] for row in (a, b)]
    yield from _lists(say("applied by"), *bodies)
    yield from _rest(a, b, {"by"})


def _generic(_: Catalogue, a: Any, b: Any) -> Iterator[tuple[str, str, str]]:
    yield from _rest(a, b, set())


def _rest(a: BaseModel, b: BaseModel, said: set[str]) -> Iterator[tuple[str, str, str]]:
    for name in type(b).model_fields:
        if name in said | _SILENT:
            continue
        old, new = getattr(a, name, None), getattr(b, name)
        if old == new:
            continue
        aspect = w.word(name.rstrip("_"))
        if _words_list(old) and _words_list(new):
            yield from _lists(aspect, map(w.plain, old or []), map(w.plain, new or []))
        elif w.plain(old) != w.plain(new):
            yield aspect, _value(old), _value(new)


def _words_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(x, str) for x in value)


def _value(value: Any) -> str:
    return say("nothing") if value in (None, [], ()) else w.plain(value)


def _plain_fields(
    part: str, a: BaseModel, b: BaseModel, found: Catalogue, said: set[str]
) -> Iterator[Change]:
    blocks = {n for n in type(b).model_fields if _is_blocks(getattr(b, n))}
    bodies = {w.word(x) for x in _BODIES}
    for aspect, before, after in _rest(a, b, said | blocks):
        old, new = (w.titled(found, x) if aspect in bodies else x for x in (before, after))
        yield Change(part, "", aspect, "changed", old, new)


_BODIES = {"issuer", "decider", "keeper"}


def _instruments(found: Catalogue, a: schema.Instrument, b: schema.Instrument) -> Iterator[Change]:
    said = {"sources", "interpretations", "unmodelled", "versions", "reach", "review", "short"}
    for name in ("issuer", "decider", "keeper"):
        old, new = getattr(a, name), getattr(b, name)
        if old != new:
            names = w.titled(found, old), w.titled(found, new)
            yield Change("instrument", "", w.word(name), "changed", *names)
    yield from _plain_fields("instrument", a, b, found, said | _BODIES)
    for name in ("reach", "review"):
        ours, theirs = getattr(a, name), getattr(b, name)
        if ours is None or theirs is None:
            if ours is not theirs:
                yield Change(name, "", "", "changed", _value(ours), _value(theirs))
            continue
        for aspect, old, new in _rest(ours, theirs, set()):
            yield Change(name, "", aspect, "changed", old, new)


# --- schemes ---------------------------------------------------------------------------------


def _schemes(found: Catalogue, a: Side, b: Side) -> Iterator[Change]:
    old, new = a.version.scheme, b.version.scheme
    if old is None and new is None:
        return
    if old is None or new is None:
        side, kind = (b, "added") if old is None else (a, "removed")
        assert side.version.scheme is not None  # noqa: S101 - one of the two has one
        items = len(found.items.get(side.it.id, []))
        text = " ".join(t for t, _ in scheme_words(side.version.scheme, items))
        yield Change("scheme", "", "", kind, *(("", text) if old is None else (text, "")))
        return
    for aspect, before, after in _rest(old, new, {"grades", "validity", "caps", "combination"}):
        yield Change("scheme", "", aspect, "changed", before, after)
    for aspect, before, after in _rest(old.combination, new.combination, set()):
        yield Change("scheme", "combination", aspect, "changed", before, after)
    for part, key in (("grades", "id"), ("caps", "group"), ("validity", "")):
        ours, theirs = (_keyed(getattr(s, part), key) for s in (old, new))
        for name in dict.fromkeys([*ours, *theirs]):
            x, y = ours.get(name), theirs.get(name)
            if x is None or y is None:
                kind = "added" if x is None else "removed"
                text = part_words(ours.get(name) or theirs[name])
                both = ("", text) if x is None else (text, "")
                yield Change(part.rstrip("s"), w.word(name), "", kind, *both)
                continue
            for aspect, before, after in _rest(x, y, set()):
                yield Change(part.rstrip("s"), name, aspect, "changed", before, after)
    if a.it.id != b.it.id:
        yield from _items(found, a.it.id, b.it.id)


def _items(found: Catalogue, a: str, b: str) -> Iterator[Change]:
    old = {x.item: item_words(found, x) for x in found.items.get(a, [])}
    new = {x.item: item_words(found, x) for x in found.items.get(b, [])}
    if not old.keys() & new.keys():
        if len(old) != len(new):
            yield Change("items", "", say("number"), "changed", str(len(old)), str(len(new)))
        return
    for name, text in old.items():
        if name not in new:
            yield Change("item", name, "", "removed", text, "")
        elif new[name] != text:
            yield Change("item", name, "", "changed", text.rstrip("."), new[name].rstrip("."))
    for name, text in new.items():
        if name not in old:
            yield Change("item", name, "", "added", "", text)


def lines(changes: Iterable[Change]) -> Iterator[tuple[str, str]]:
    """Yield changes as styled lines, one heading a block."""
    last = None
    for change in changes:
        name = f"{w.word(change.part)} {change.id}".rstrip()
        if change.kind != "changed":
            style = "green" if change.kind == "added" else "red"
            cited = change.cited_after or change.cited_before
            yield style, f"{change.sentence}{f' ({cited})' if cited else ''}"
            last = None
            continue
        if name != last:
            last = name
            where = " → ".join(
                dict.fromkeys(filter(None, (change.cited_before, change.cited_after)))
            )
            yield "bold", f"{name}{f' ({where})' if where else ''}"
        aspect = change.aspect or say("text")
        if not change.before:
            yield "green", "    " + say("{what} added: {text}", what=aspect, text=change.after)
        elif not change.after:
            yield "red", "    " + say("{what} dropped: {text}", what=aspect, text=change.before)
        else:
            yield "", f"    {aspect}: {change.before} → {change.after}"
