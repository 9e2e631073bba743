"""Cases made from the conditions of a provision: one that meets it, and its nearest neighbours.

For every plain test (leaf) of a provision's conditions there should be two cases that differ
in one fact alone: the provision is met in the one and not in the other. Both are made here by
setting every leaf beside the path to the one in question so that it does not decide: what
stands with it under `all` holds, what stands with it under `any` or `unless` does not.

Facts are keyed by what they say: ``("detail", name)``, ``("document", kind)``,
``("event", word)`` with its day counted from the act, and so on; a key that is absent was not
stated. Which provision is met is asked of `determine`'s own fold.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from xinyong.dates import day_of
from xinyong.law import schema
from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.clocks import is_step
from xinyong.law.compile import Law
from xinyong.law.determine import Event, Ledger, Subject, findings
from xinyong.law.kernel import fold

Key = tuple[str, str]
Facts = dict[Key, Any]

TRIES = 5000  # combinations of facts that are tried for one case
#: Days from the act on which an event is set unless something else is asked for.
EARLY, DEADLINE, LATE = 4, 9, 40
AFTER = 3  # days from the act to what has to follow a decision
#: First and last day of the emergency that the catalogue knows.
EMERGENCY = (day_of(dt.date(2020, 1, 20)), day_of(dt.date(2023, 1, 7)))
STEP = {word for i, word in enumerate(v.EVENTS) if is_step(i)}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A plain test of a provision: which top-level condition it is in, and the way to it."""

    top: int
    path: tuple[int, ...]
    test: schema.Condition

    @property
    def word(self) -> str:
        """Return the name of the test with what it asks, such as ``document: judgment``."""
        name, value = stated(self.test)
        if isinstance(value, schema.Band):
            value = value.of
        if isinstance(value, schema.Happened):
            value = value.event
        return f"{name} {value}" if isinstance(value, str) else name


def stated(test: schema.Condition) -> tuple[str, Any]:
    """Return name and value of the one test that a condition states."""
    return next((k, x) for k, x in test.__dict__.items() if x is not None)


def inner(test: schema.Condition) -> list[schema.Condition] | None:
    """Return what a combinator holds, or None for a plain test."""
    return test.all or test.any or test.unless


def leaves(when: tuple[schema.Condition, ...]) -> Iterator[Leaf]:
    """Yield every plain test of a provision's conditions."""

    def walk(test: schema.Condition, top: int, path: tuple[int, ...]) -> Iterator[Leaf]:
        parts = inner(test)
        if parts is None:
            yield Leaf(top, path, test)
        for i, part in enumerate(parts or []):
            yield from walk(part, top, (*path, i))

    for top, test in enumerate(when):
        yield from walk(test, top, ())


def _within(band: schema.Band, value: int) -> bool:
    low = band.lo is None or value > band.lo or (value == band.lo and band.lo_inclusive)
    return low and (band.hi is None or value < band.hi or (value == band.hi and band.hi_inclusive))


def _waits(rule: schema.ListedFor) -> int:
    """Return a day, counted from the act, by which a time on a list is surely over."""
    return {"day": 1, "working_day": 2, "month": 31, "year": 366}[rule.unit] * rule.n + LATE + 60


class Witness:
    """Makes cases for one row of `LawTables.prov`."""

    def __init__(self, law: Law, row: int, kernel: Callable[..., Any] = fold) -> None:
        self.law, self.row, self.kernel = law, row, kernel
        self.prov = law.tables.prov[row]
        self.origin = law.origins[row]
        self.when = self.origin.conditions
        self.effect = int(self.prov[t.P_EFFECT])
        self.inst = self.origin.instrument
        self.others: tuple[int, ...] = ()  # rows that must be met besides
        self.decide = self.effect == t.ENTER

    # facts that make a test hold or fail ------------------------------------------------

    def options(self, test: schema.Condition, holds: bool) -> Iterator[Facts]:
        """Yield facts under which a condition holds, or does not."""
        parts = inner(test)
        if parts is not None:
            together = (test.all is not None) == holds if test.unless is None else holds
            want = holds if test.unless is None else not holds
            if together:  # every part must be as wanted
                yield from self.merged([(p, want) for p in parts])
            else:  # one part is enough; the others are left as they come
                for part in parts:
                    yield from self.options(part, want)
            return
        name, value = stated(test)
        yield from getattr(self, f"_{name}")(value, holds)

    def merged(self, wanted: list[tuple[schema.Condition, bool]], given: Facts | None = None,
               ) -> Iterator[Facts]:  # fmt: skip
        """Yield facts under which several conditions are as wanted, without contradiction."""
        if not wanted:
            yield dict(given or {})
            return
        (test, holds), rest = wanted[0], wanted[1:]
        for facts in islice(self.options(test, holds), 30):
            both = dict(given or {})
            if all(both.get(k, x) == x for k, x in facts.items()):
                yield from self.merged(rest, both | facts)

    def _kind(self, kinds: list[str], holds: bool) -> Iterator[Facts]:
        for kind in self.kinds():
            if (kind in kinds) == holds:
                yield {("kind", ""): kind}

    def _role(self, roles: list[str], holds: bool) -> Iterator[Facts]:
        if holds:
            for role in roles:
                if role == "self":
                    yield {("via", ""): "self"}
                    continue
                yield {("role", role): True}
                if self.prov[t.P_VIA] >> v.ROLES.index(role) & 1:
                    yield {("via", ""): role}
        else:
            none: Facts = {("role", r): None for r in roles if r != "self"}
            ways = [r for i, r in enumerate(v.ROLES) if self.prov[t.P_VIA] >> i & 1]
            for way in ways:
                if way not in roles:
                    yield none | {("via", ""): way}

    def _age(self, age: tuple[int, int], holds: bool) -> Iterator[Facts]:
        lo, hi = age
        bands = [age] if holds else [(lo - 1, lo - 1), (hi + 1, hi + 1)]
        yield from ({("age", ""): band} for band in bands)

    def _document(self, kind: str, holds: bool) -> Iterator[Facts]:
        yield {("document", kind): True if holds else None}

    def _circumstance(self, name: str, holds: bool) -> Iterator[Facts]:
        yield {("detail", name): 1 if holds else None}

    def _severity(self, levels: list[str], holds: bool) -> Iterator[Facts]:
        for i, level in enumerate(v.SEVERITIES):
            if (level in levels) == holds:
                yield {("detail", "severity"): i}
        if not holds:
            yield {("detail", "severity"): None}

    def _band(self, band: schema.Band, holds: bool) -> Iterator[Facts]:
        key = ("event", "ended") if band.of == "duration" else ("detail", band.of)
        bounds = [x for x in (band.lo, band.hi) if x is not None]
        near = [b + x for b in bounds for x in (0, -1, 1)]
        near += [b + x for b in self._bounds(band.of) for x in (0, -1, 1)]
        for value in dict.fromkeys([*near, 0]):
            if value >= 0 and _within(band, value) == holds:
                yield {key: value}
        if not holds and band.of != "duration":
            yield {key: None}

    def _bounds(self, quantity: str) -> list[int]:
        """Return the bounds of all bands of a quantity, of the lowest first."""
        bands = [x.test.band for x in leaves(self.when) if x.test.band is not None]
        own = [b for b in bands if b.of == quantity]
        return sorted({x for b in own for x in (b.lo, b.hi) if x is not None})

    def _event(self, happened: schema.Happened, holds: bool) -> Iterator[Facts]:
        word = happened.event
        if happened.document:
            kind = {("document" if word == "formed" else word, happened.document): None}
            yield dict.fromkeys(kind, True if holds else None)
            return
        if happened.by is None:
            far = [
                _waits(x.test.listed_for)
                for x in leaves(self.when)
                if x.test.listed_for is not None and x.test.listed_for.at == word
            ]
            days = (EARLY, LATE, *far) if holds else (None,)
            yield from ({("event", word): day} for day in days)
            return
        by = ("event", happened.by)
        if holds:
            yield {("event", word): EARLY, by: DEADLINE}
            yield {("event", word): LATE, by: LATE + 5}
            yield {("event", word): EARLY, by: None}
        else:
            yield {("event", word): None}
            yield {("event", word): DEADLINE + 1, by: DEADLINE}

    def _lapsed(self, lapsed: schema.Lapsed, holds: bool) -> Iterator[Facts]:
        after = ("event", lapsed.after)
        none: Facts = {("event", w): None for w in lapsed.without}
        if holds:
            yield none | {after: DEADLINE}
            yield {("event", w): DEADLINE + 1 for w in lapsed.without} | {after: DEADLINE}
            yield {after: DEADLINE}
        else:
            for word in lapsed.without:
                yield none | {after: DEADLINE, ("event", word): EARLY}
            yield none | {after: None}

    def _count(self, count: schema.Count, holds: bool) -> Iterator[Facts]:
        yield {("acts", ""): count.lo - 1 if holds else (count.lo - 2 or None)}

    def _continuing(self, continues: bool, holds: bool) -> Iterator[Facts]:
        if continues == holds:
            yield {("event", "ended"): None, ("event", "corrected"): None}
        else:
            yield {("event", "ended"): EARLY}
            yield {("event", "corrected"): EARLY}
            yield {("event", "ended"): LATE}

    def _listed_on(self, name: str, holds: bool) -> Iterator[Facts]:
        yield {("listed", name): True if holds else None}

    def _still_listed_on(self, name: str, holds: bool) -> Iterator[Facts]:
        if holds:
            yield {("listed", name): True, ("off", name): None}
        else:
            yield {("listed", name): True, ("off", name): True}
            yield {("listed", name): None}

    def _listed_for(self, rule: schema.ListedFor, holds: bool) -> Iterator[Facts]:
        listed = {} if rule.list == self.inst and self.effect == t.END else {
            ("listed", rule.list): True}  # fmt: skip
        since = {("event", e): LATE for e in rule.since}
        if holds:
            yield listed | since | {("event", rule.at): _waits(rule)}
        else:
            yield listed | since | {("event", rule.at): LATE + 1}
            yield {("event", rule.at): None}
            yield {("listed", rule.list): None}

    def _other_listing(self, name: str, holds: bool) -> Iterator[Facts]:
        yield {("other", name): True if holds else None}

    def _emergency(self, declared: bool, holds: bool) -> Iterator[Facts]:
        yield {("emergency", ""): declared == holds}

    # a case from facts -------------------------------------------------------------------

    def kinds(self) -> list[str]:
        """Return the kinds of subject that the provision and its instrument speak to."""
        mask = self.prov[t.P_KINDS] & self.law.tables.inst[self.prov[t.P_INST], t.I_KINDS]
        return [k for i, k in enumerate(v.KINDS) if mask >> i & 1]

    def base(self) -> Facts:
        """Return what a provision needs besides its conditions."""
        prov = self.prov
        ways = [r for i, r in enumerate(v.ROLES) if prov[t.P_VIA] >> i & 1]
        facts: Facts = {("via", ""): "self" if "self" in ways else ways[0]}
        if prov[t.P_EFFECT] in (t.END, t.RESTORE, t.CONVERT):
            facts[("event", v.EVENTS[prov[t.P_B]])] = LATE
        if prov[t.P_EFFECT] == t.RESTORE:
            facts[("event", v.EVENTS[prov[t.P_B]])] = LATE + 20
            facts[("event", "removed")] = LATE + 10
        if prov[t.P_EFFECT] == t.POINTS:
            if prov[t.P_PER] >= 0 and prov[t.P_LADDER] < 0:
                enough = int(prov[t.P_TIER] + 2 * prov[t.P_STEP])
                facts[("detail", self.law.details[prov[t.P_PER]])] = enough
            elif prov[t.P_A] != prov[t.P_B]:
                far = prov[t.P_A] if prov[t.P_A] < 0 else prov[t.P_B]
                facts[("detail", "points")] = int(far)
            if prov[t.P_LADDER] >= 0:
                least = int(prov[t.P_LO])
                if prov[t.P_PER] >= 0:
                    least = max(least, int(prov[t.P_TIER] + prov[t.P_STEP]))
                facts[("detail", self.law.details[prov[t.P_D]])] = max(least, 1)
        return facts

    def case(self, facts: Facts, conduct: str) -> tuple[Ledger, int]:
        """Return the ledger that facts describe, and the day on which it is looked at."""
        law, prov = self.law, self.prov
        begin, end = int(prov[t.P_FROM]), int(prov[t.P_TO])
        in_emergency = facts.get(("emergency", ""))
        act = begin + 60
        first_day = day_of(dt.date(2004, 3, 1))
        act = max(act, first_day)
        occurred = act
        if in_emergency is not None:  # the day of the act alone decides; what follows stays
            if not EMERGENCY[0] <= act <= EMERGENCY[1]:
                act = EMERGENCY[0] + 10
            before = EMERGENCY[0] - 10
            occurred = act if in_emergency else before
        mine = int(prov[t.P_INST])
        place = self._place(mine)
        via = facts["via", ""]
        consents = tuple(i for i in law.schemes)
        subject = Subject(
            kind=facts.get(("kind", "")) or self.kinds()[0],
            residence=place,
            registration=place,
            age=facts.get(("age", "")) or (30, 30),
            roles=tuple(k[1] for k, x in facts.items() if k[0] == "role" and x),
            consents=consents,
        )
        where = law.code["place"][place] + 1
        events = [Event(occurred, "occurred", 0, conduct, where)]
        if via != "self":
            events.append(Event(act, "copied", 0, "", v.ROLES.index(via)))
        last = LATE
        for (sort, what), value in facts.items():
            if value is None:
                continue
            if sort == "detail":
                events.append(Event(act, "detail", 0, what, value))
            elif sort == "document":
                events.append(Event(act + 1, "formed", 0, what))
            elif sort == "served":
                events.append(Event(act + 2, "served", 0, what))
            elif sort == "event":
                step = self.inst if what in STEP else ""
                events.append(Event(act + value, what, 0, step))
                last = max(last, value)
            elif sort == "wait":
                last = max(last, value)
            elif sort == "listed":
                events.append(Event(act + AFTER, "decided", 0, what))
            elif sort == "off":
                events.append(Event(act + AFTER + 2, "removed", 0, what))
                events.append(Event(act + AFTER + 1, "performed", 0))
            elif sort == "other":
                events += self._other(act, what)
            elif sort == "acts":
                events += [Event(act - 1 - i, "occurred", 2 + i, conduct) for i in range(value)]
        own = {e.event for e in events if e.event not in STEP or e.what == self.inst}
        if "formed" not in own:
            events.append(Event(act + 1, "formed", 0))
        if law.tables.inst[mine, t.I_RECORDS] and "recorded" not in own:
            events.append(Event(act + 3, "recorded", 0, self.inst))
        listed_here = ("listed", self.inst) in facts
        if prov[t.P_EFFECT] in (t.END, t.RESTORE) and not listed_here:
            events.append(Event(act + AFTER, "decided", 0, self.inst))
        if prov[t.P_LISTED] >= 0 and ("listed", law.instruments[prov[t.P_LISTED]]) not in facts:
            events.append(Event(act + AFTER, "decided", 0, law.instruments[prov[t.P_LISTED]]))
        if self.decide and "decided" not in own:
            last += 1
            events.append(Event(act + last, "decided", 0, self.inst))
        day = act + last + 10
        if day > end and prov[t.P_BASIS] == t.BASIS_ALL:
            day = end
        scheme = [x for x in law.tables.scheme if x[t.X_INST] == mine]
        if scheme and prov[t.P_EFFECT] in (t.POINTS, t.GRADE, t.CONVERT):
            spans = [(x[t.X_FROM], x[t.X_TO]) for x in scheme]
            if not any(a <= day <= b for a, b in spans):
                day = min(max(day, min(a for a, _ in spans)), max(b for _, b in spans))
        return Ledger(subject, tuple(events)), int(day)

    def _place(self, mine: int) -> str:
        inst = self.law.tables.reach[mine]
        wanted = self.law.catalogue.instrument(self.inst).reach.place
        code = self.law.code["place"]
        return wanted if inst[code[wanted]] else self.law.places[int(np.argmax(inst))]

    def _other(self, act: int, name: str) -> list[Event]:
        inst = self.law.code["instrument"][name]
        rows = self.law.tables.prov[:, t.P_INST] == inst
        enters = rows & (self.law.tables.prov[:, t.P_EFFECT] == t.ENTER)
        conduct = self.law.heard[int(np.argmax(enters))][0]
        return [Event(act, "occurred", 1, conduct), Event(act + AFTER, "decided", 1, name)]

    def found(self, facts: Facts, conduct: str, day: int | None = None) -> t.Findings:
        """Return the findings of the case that facts describe, on its day or another."""
        ledger, own = self.case(facts, conduct)
        return findings(ledger, self.law, own if day is None else day, self.kernel)

    def fares(self, facts: Facts, conduct: str) -> tuple[str, int]:
        """Return the status of the provision for the case, and at which condition it fails."""
        found = self.found(facts, conduct)
        mine = [
            (v.STATUSES[y[t.Y_STATUS]], int(y[t.Y_AT]))
            for y in found.status[: found.count[t.N_STATUS]]
            if y[t.Y_PROV] == self.row and y[t.Y_CASE] == 0
        ]
        met = [x for x in mine if x[0] == "met"]
        rest = [x for x in mine if x[0] != "superseded"]
        return (met or rest or [("untried", -1)])[0]

    def decides(self, status: str, at: int, leaf: Leaf) -> bool:
        """Tell whether a provision fails at the condition that a leaf belongs to."""
        if self.effect == t.COPY:  # the kernel notes only the copies that are made
            return status == "untried"
        head = {t.END: 2, t.CONVERT: 1}.get(self.effect, 0)
        return status == "unmet" and at == leaf.top + head

    # witnesses ---------------------------------------------------------------------------

    def tests(self) -> list[tuple[schema.Condition, bool]]:
        """Return all conditions that must hold: its own, and of those it needs besides."""
        more = [c for row in self.others for c in self.law.origins[row].conditions]
        return [(c, True) for c in (*self.when, *more)]

    def meets(self) -> tuple[Facts, str] | None:
        """Return facts and a conduct under which the provision is met, or None."""
        return self._search(self.tests())

    def _search(self, wanted: list[tuple[schema.Condition, bool]]) -> tuple[Facts, str] | None:
        base = self.base()
        for facts in islice(self.merged(wanted), TRIES):
            whole = base | facts
            for conduct in self.law.heard[self.row]:
                if self.fares(whole, conduct)[0] == "met":
                    return whole, conduct
        return None

    def pair(self, leaf: Leaf) -> tuple[Facts, Facts, str] | None:
        """Return two sets of facts that differ in one, for a leaf that decides between them."""
        base = self.base()
        rest = [x for i, x in enumerate(self.tests()) if i != leaf.top]
        for holds, path in self._around(self.when[leaf.top], leaf.path, True):
            for facts in islice(self.merged([*path, (leaf.test, holds), *rest]), TRIES):
                whole = base | facts
                conduct = next(
                    (c for c in self.law.heard[self.row] if self.fares(whole, c)[0] == "met"), None
                )
                if conduct is None:
                    continue
                for change in self.options(leaf.test, not holds):
                    differs = {k: x for k, x in change.items() if whole.get(k) != x}
                    if len(differs) != 1:
                        continue
                    near = whole | differs
                    if self.decides(*self.fares(near, conduct), leaf):
                        return whole, near, conduct
        return None

    def _around(
        self, test: schema.Condition, path: tuple[int, ...], holds: bool
    ) -> Iterator[tuple[bool, list[tuple[schema.Condition, bool]]]]:
        """Yield how a leaf must stand for a condition to hold, and what stands beside it."""
        parts = inner(test)
        if parts is None:
            yield holds, []
            return
        beside = test.all is not None  # what does not decide under `all` holds, else it fails
        want = holds if test.unless is None else not holds
        others = [(p, beside) for i, p in enumerate(parts) if i != path[0]]
        for sign, more in self._around(parts[path[0]], path[1:], want):
            yield sign, [*others, *more]


class StepWitness(Witness):
    """Makes cases for one step; `row` is a provision of its instrument that opens its case."""

    def __init__(self, law: Law, step: int, row: int, kernel: Callable[..., Any] = fold) -> None:
        super().__init__(law, row, kernel)
        self.step = step
        self.numbers = law.tables.step[step]
        self.when = tuple(law.steps[step].step.when)
        opens = self.numbers[t.S_OPENS]
        self.others = (row,) if opens == t.OPENS_MET or self.effect == t.END else ()
        self.decide = opens == t.OPENS_ENTERED
        self.prov = self.prov.copy()
        self.prov[t.P_FROM], self.prov[t.P_TO] = self.numbers[t.S_FROM], self.numbers[t.S_TO]

    def base(self) -> Facts:
        """Return what a step needs besides its conditions: the day it counts from."""
        facts: Facts = super().base() if self.effect == t.END else {}
        facts |= {("via", ""): super().base()["via", ""]}
        words = list(self.law.steps[self.step].step.from_)
        own = {"occurred", "listed", "lawful_end", "year_end", "formed", "recorded"}
        if not own & set(words) and not any(facts.get(("event", w)) for w in words):
            facts[("event", words[0])] = {"decided": AFTER, "served": AFTER}.get(words[0], EARLY)
        if "year_end" in words:
            facts[("wait", "")] = 400
        return facts

    def fares(self, facts: Facts, conduct: str) -> tuple[str, int]:
        """Return whether the step is open or done for the case."""
        found = self.found(facts, conduct)
        rows = found.step[: found.count[t.N_STEP]]
        mine = (rows[:, t.Q_CASE] == 0) & (rows[:, t.Q_STEP] == self.step)
        return ("met" if mine.any() else "untried", -1)

    def decides(self, status: str, at: int, leaf: Leaf) -> bool:  # noqa: ARG002
        """Tell whether the step is not open."""
        return status == "untried"


def step_witnesses(law: Law, step: int, kernel: Callable[..., Any] = fold) -> list[StepWitness]:
    """Return makers of cases for a step, one for each provision that may open it."""
    numbers = law.tables.step[step]
    rows = np.flatnonzero(law.tables.prov[:, t.P_INST] == numbers[t.S_INST])
    effect = t.END if numbers[t.S_OPENS] == t.OPENS_ENDED else t.ENTER
    opening = [int(r) for r in rows if law.tables.prov[r, t.P_EFFECT] == effect]
    same = [r for r in opening if law.origins[r].version == law.steps[step].version]
    return [StepWitness(law, step, r, kernel) for r in same or opening or [int(r) for r in rows]]


def told(facts: Facts) -> str:
    """Return facts as text, for a message."""
    return ", ".join(f"{' '.join(k).strip()}: {x}" for k, x in facts.items() if x is not None)


__all__ = ["Leaf", "StepWitness", "Witness", "leaves", "step_witnesses", "told"]
