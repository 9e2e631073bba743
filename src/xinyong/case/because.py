"""What a finding rests on: the facts of the case that its provision reads.

A fact is *needed* if the finding is another one without it, which is known from a run without
the fact (`changes.search`); otherwise the finding is over-determined and would stand without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xinyong.case.calculator import CaseResult
from xinyong.case.changes import Changes, Outcome
from xinyong.case.model import Act
from xinyong.document import Loc, dotted
from xinyong.language import own, say
from xinyong.law import schema
from xinyong.law.determine import Entry, Line

__all__ = ["Fact", "cited", "of_entry", "of_line"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One stated fact that a finding rests on.

    Attributes:
        field: where the case states it; text: as stated, in words.
        needed: False if the finding stands without it; None if that was not tried, or the fact
            cannot be left out alone.
    """

    field: str
    text: str
    needed: bool | None


def of_entry(result: CaseResult, changes: Changes, entry: Entry) -> tuple[Fact, ...]:
    """Return what an entry rests on."""
    act = result.act_of[entry.case]
    same = [e for e in result.entries if (e.case, e.instrument) == (entry.case, entry.instrument)]
    key = (entry.instrument, act, same.index(entry))

    def value(x: Outcome) -> object:
        spell = x.entries.get(key)
        return spell and spell[:2]

    return _facts(result, changes, act, entry.row, value)


def of_line(result: CaseResult, changes: Changes, line: Line) -> tuple[Fact, ...]:
    """Return what a score line rests on."""
    act = result.act_of[line.case]
    key = (line.instrument, act, line.provision)
    return _facts(result, changes, act, line.row, lambda x: x.lines.get(key))


def _facts(
    result: CaseResult, changes: Changes, act: int, row: int, value: object
) -> tuple[Fact, ...]:
    if act < 0 or row < 0:
        return ()
    assert callable(value)  # noqa: S101 - of the two above
    found = []
    for loc, text in cited(result, act, row):
        field = dotted(loc)
        other = changes.without.get(field)
        needed = None
        if other is not None and changes.base is not None:
            needed = value(other) != value(changes.base)
        found.append(Fact(field, text, needed))
    return tuple(found)


def cited(result: CaseResult, number: int, row: int) -> Iterator[tuple[Loc, str]]:
    """Yield the facts of an act (place in the case, in words) that a provision reads."""
    act, origin = result.case.acts[number], result.law.origins[row]
    at: Loc = ("acts", number)
    seen: set[Loc] = set()
    for condition in _leaves(origin.conditions):
        for loc, text in _of(result, act, at, condition):
            if loc not in seen:
                seen.add(loc)
                yield loc, text
    effect = origin.effect
    per = effect.per if isinstance(effect, schema.Points) else None
    if per is not None and (*at, per) not in seen and getattr(act, per, None) is not None:
        yield (*at, per), say("{what} {n:,}", what=_word(per), n=getattr(act, per))


def _leaves(conditions: tuple[schema.Condition, ...]) -> Iterator[schema.Condition]:
    for c in conditions:
        inner = c.all or c.any or c.unless
        if inner:
            yield from _leaves(tuple(inner))
        else:
            yield c


def _word(identifier: str) -> str:
    return say(identifier.replace("_", " "))


def _stated(name: str, value: object) -> str:
    return say(
        "{what} {value}", what=_word(name), value=say(str(value)) if name == "severity" else value
    )


def _of(result: CaseResult, act: Act, at: Loc, c: schema.Condition) -> Iterator[tuple[Loc, str]]:
    names = result.law.catalogue
    subject = result.case.subject
    if c.circumstance is not None and c.circumstance in act.circumstances:
        place = act.circumstances.index(c.circumstance)
        yield (*at, "circumstances", place), own(names.circumstances[c.circumstance])
    quantity = c.band or c.cumulative
    name = "severity" if c.severity is not None else quantity.of if quantity else ""
    if name and getattr(act, name, None) is not None:
        yield (*at, name), _stated(name, getattr(act, name))
    if c.document is not None:
        yield from _documents(result, act, at, c.document)
    if c.role is not None:
        for k, role in enumerate(subject.roles):
            if role in c.role:
                yield ("subject", "roles", k), _word(role)
        if act.via in c.role:
            yield (*at, "via"), _word(str(act.via))
    if c.age is not None and subject.age is not None:
        low, high = subject.age
        yield ("subject", "age"), say("age {low}-{high}", low=low, high=high)
    if c.event is not None and c.event.event in ("formed", "served", "effective"):
        yield from _documents(result, act, at, c.event.document)
    elif c.event is not None:
        yield from _event(act, at, c.event.event)
    if c.lapsed is not None:
        for word in (c.lapsed.after, *c.lapsed.without):
            yield from _event(act, at, word)
    if c.continuing is not None:
        yield from _event(act, at, "corrected")
        if act.until is not None:
            yield (*at, "until"), say("ended {day}", day=act.until)
    if c.count is not None or c.cumulative is not None:
        for k, other in enumerate(result.case.acts):
            if other is not act and other.conduct == act.conduct:
                yield ("acts", k), say("the act of {day}", day=other.from_)


def _documents(
    result: CaseResult, act: Act, at: Loc, kind: str | None
) -> Iterator[tuple[Loc, str]]:
    for k, document in enumerate(act.documents):
        if kind is None or document.kind == kind:
            yield (*at, "documents", k), own(result.law.catalogue.documents[document.kind])


def _event(act: Act, at: Loc, word: str) -> Iterator[tuple[Loc, str]]:
    if getattr(act, f"{word}_on", None) is not None:
        yield (*at, f"{word}_on"), _stated(word, getattr(act, f"{word}_on"))
    for k, event in enumerate(act.events):
        if event.event == word:
            yield (*at, "events", k), _stated(word, event.on)
