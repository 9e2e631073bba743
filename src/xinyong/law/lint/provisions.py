"""Attributes of provisions and of the items of annexes, which are provisions too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xinyong.law import schema
from xinyong.law.annex import Conduct, Item
from xinyong.law.lint.predicates import Value
from xinyong.law.lint.rulebook import Rulebook

__all__ = [
    "attributes_of_item",
    "attributes_of_provision",
    "harms_of",
    "harms_of_item",
    "protected_of",
    "protected_of_item",
    "served_before",
]


def attributes_of_provision(
    book: Rulebook, version: schema.Version, provision: schema.Provision
) -> dict[str, Value]:
    """Return the attributes of a provision, see `ATTRIBUTES`."""
    it, effect = book.instrument, provision.effect
    asked = frozenset(_documents(provision.when))
    tests = list(_tests(provision.when))
    kinds = provision.kinds or it.subjects
    return {
        "effect": effect.do,
        "harms": harms_of(book, version, provision),
        "on_persons": "person" in kinds,
        "conducts": frozenset(provision.conduct),
        "field": provision.field or _field(book, provision.conduct),
        "protected": protected_of(book, provision),
        "papers": asked or _papers(book, provision.conduct),
        "asks_paper": bool(asked),
        "bare": False if asked else _bare(book, provision.conduct),
        "circumstances": frozenset(t.circumstance for t in tests if t.circumstance),
        "entry_asked": any(t.listed_on or t.still_listed_on for t in tests),
        "gravity": any(
            t.band or t.severity or t.count or t.cumulative or t.circumstance for t in tests
        ),
        "end_date": _end_date(version, provision),
        "copies_to": frozenset(effect.to if effect.do == "copy" else ()),
        "through": frozenset(provision.via) - {"self"},
        "range": effect.high - effect.low if effect.do == "points" else 0,
    }


def attributes_of_item(book: Rulebook, version: schema.Version, item: Item) -> dict[str, Value]:
    """Return the attributes of an annex item, see `ATTRIBUTES`."""
    scheme = version.scheme
    assert scheme is not None  # noqa: S101  (items are rows of a scheme)
    listed = any(c.startswith("listed_on:") for c in item.circumstance)
    return {
        "effect": "grade" if item.grade else "points",
        "harms": harms_of_item(scheme, item),
        "on_persons": "person" in (item.kinds or book.instrument.subjects),
        "conducts": frozenset(item.conduct),
        "field": item.field or _field(book, item.conduct),
        "protected": protected_of_item(book, item),
        "papers": _papers(book, item.conduct),
        "asks_paper": False,
        "bare": _bare(book, item.conduct),
        "circumstances": frozenset(c for c in item.circumstance if not c.startswith("listed_on:")),
        "entry_asked": listed,
        "gravity": bool(item.quantity or item.severity or item.circumstance),
        "end_date": _validity(scheme, item.grade, item.low),
        "copies_to": frozenset(),
        "through": frozenset(item.via) - {"self"},
        "range": item.high - item.low,
    }


# --- detriment ---------------------------------------------------------------------------


def harms_of(book: Rulebook, version: schema.Version, provision: schema.Provision) -> bool | None:
    """Return whether the effect of a provision is to the subject's detriment."""
    effect = provision.effect
    if effect.do == "enter":
        return {"black": True, "red": False}.get(book.instrument.polarity)
    if effect.do == "points":
        return _detriment(effect.low, effect.high)
    if effect.do == "grade":
        return None if version.scheme is None else _worse(version.scheme, str(effect.grade))
    if effect.do == "copy":
        known = [_conduct(book, word) for word in provision.conduct]
        if any(c is not None and c.polarity == "bad" for c in known):
            return True
        return None if None in known else False
    return {"end": False, "convert": False, "restore": True}.get(effect.do)


def harms_of_item(scheme: schema.Scheme, item: Item) -> bool | None:
    """Return whether an item is to the subject's detriment."""
    return _worse(scheme, item.grade) if item.grade else _detriment(item.low, item.high)


def _detriment(low: int, high: int) -> bool | None:
    """Points that can only fall harm; those that can only rise do not."""
    if high <= 0:
        return low < 0
    return False if low >= 0 else None


def _worse(scheme: schema.Scheme, grade: str) -> bool | None:
    """Return whether a grade stands below the one a subject starts in; best grade first.

    Where no score tells the start, only the best and the last grade are known to be good and bad,
    and the last only if the whole scheme is known.
    """
    names = [str(g.id) for g in scheme.grades]
    if grade not in names:
        return None
    at, start = names.index(grade), _start(scheme)
    if start is not None:
        return at > start
    return False if at == 0 else True if at == len(names) - 1 and not scheme.partial else None


def _start(scheme: schema.Scheme) -> int | None:
    """Return the index of the grade of a subject without a record, if the scheme tells it."""
    base = scheme.base
    if base is None:
        return None
    for i, g in enumerate(scheme.grades):
        bound = g.lo is not None or g.hi is not None
        if bound and (g.lo is None or g.lo <= base) and (g.hi is None or base <= g.hi):
            return i
    return None


# --- conduct, its field and its papers ------------------------------------------------------


def _conduct(book: Rulebook, word: str) -> Conduct | None:
    return book.words.conducts.get(word)


def _field(book: Rulebook, conducts: Iterable[str]) -> str | None:
    """Return the field all the conduct lies in; None where it lies in several or is unknown."""
    fields = {c.field if c else None for c in (_conduct(book, w) for w in conducts)}
    return fields.pop() if len(fields) == 1 else None


def _tags(book: Rulebook, own: Iterable[str], conducts: Iterable[str]) -> frozenset[str] | None:
    known = [_conduct(book, word) for word in conducts]
    found = set(own).union(*(c.protected for c in known if c is not None))
    return None if not found and None in known else frozenset(found)


def protected_of(book: Rulebook, provision: schema.Provision) -> frozenset[str] | None:
    """Return the protected-conduct tags of a provision; None if its conduct is unknown.

    A provision that only takes records over, or ends or lightens an effect, punishes no conduct.
    """
    if provision.effect.do in ("copy", "end", "convert", "restore"):
        return frozenset(provision.protected)
    return _tags(book, provision.protected, provision.conduct)


def protected_of_item(book: Rulebook, item: Item) -> frozenset[str]:
    """Return the protected-conduct tags of an item and of its conduct."""
    return _tags(book, item.protected, item.conduct) or frozenset()


def _papers(book: Rulebook, conducts: Iterable[str]) -> frozenset[str] | None:
    known = [_conduct(book, word) for word in conducts]
    if None in known:
        return None
    return frozenset(word for c in known if c is not None for word in c.documents)


def _bare(book: Rulebook, conducts: Iterable[str]) -> bool | None:
    known = [_conduct(book, word) for word in conducts]
    if any(c is not None and not c.documents for c in known):
        return True
    return None if None in known else False


def _tests(conditions: Iterable[schema.Condition]) -> Iterator[schema.Condition]:
    """Yield the plain tests that must or may hold; what is excluded asks for nothing."""
    for condition in conditions:
        inner = condition.all or condition.any
        if inner is not None:
            yield from _tests(inner)
        elif condition.unless is None:
            yield condition


def _documents(conditions: Iterable[schema.Condition]) -> Iterator[str]:
    for test in _tests(conditions):
        if test.document is not None:
            yield test.document
        if test.event is not None and test.event.document is not None:
            yield test.event.document


def served_before(provision: schema.Provision) -> Iterator[str]:
    """Yield the documents that must all have been served for a provision to apply."""
    for condition in provision.when:
        for test in condition.all or [condition]:
            happened = test.event
            if happened is not None and happened.event == "served" and happened.document:
                yield happened.document


# --- how the effect ends --------------------------------------------------------------------


def _end_date(version: schema.Version, provision: schema.Provision) -> str | None:
    effect = provision.effect
    if effect.do in ("points", "grade"):
        if version.scheme is None:
            return None
        grade = str(effect.grade) if effect.do == "grade" else ""
        return _validity(version.scheme, grade, effect.low if effect.do == "points" else 0)
    if effect.do in ("enter", "convert"):
        if not effect.term.open:
            return "term"
        return "event" if _ends(version, provision) else "none"
    return "event" if effect.do == "restore" else "term"


def _ends(version: schema.Version, provision: schema.Provision) -> bool:
    """Return whether an event other than annulment ends entries made by a provision."""
    mine = set(provision.conduct)
    return any(
        p.effect.do == "end" and p.effect.cause != "annulled" and mine & set(p.conduct)
        for p in version.provisions
    )


def _validity(scheme: schema.Scheme, grade: str, low: int) -> str:
    """Return what ends a score line, by the first rule of validity that fits it."""
    for rule in scheme.validity:
        if grade:
            fits = rule.grade == grade
        elif low < 0:
            fits = rule.minus or (rule.minus_up_to is not None and -low <= rule.minus_up_to)
        else:
            fits = rule.plus
        if fits:
            return "none" if rule.term.open else "term"
    return "none"
