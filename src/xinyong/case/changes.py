"""What would change the result: single changes of the stated facts, each tried by a new run.

Nothing here reasons about the law. It changes one fact, calculates the case again and compares:
so whatever is reported does change the result, and a fact whose loss changes nothing is known to
be one that the result does not need.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from xinyong.case import variants
from xinyong.case.calculator import CaseResult, ledger_of, own_entries
from xinyong.case.check import check
from xinyong.case.model import Case
from xinyong.case.order import check_order
from xinyong.dates import day_of
from xinyong.document import Loc, dotted
from xinyong.errors import CaseError
from xinyong.language import own, plural, say
from xinyong.law import phrases
from xinyong.law.compile import Law
from xinyong.law.course import followed
from xinyong.law.determine import decode, findings
from xinyong.law.folds import Folds
from xinyong.law.kernel import fold
from xinyong.law.measures import due, due_by_grade

__all__ = ["TRIED", "Change", "Changes", "Outcome", "differences", "outcome", "search"]

#: How many changed cases are tried unless told; more than these seldom find another change.
TRIED = 24

#: Days by which a date is moved until the result changes; the exact day is then found between.
_STRIDES = (1, 7, 31, 92, 183, 366, 731, 1827)


#: Ground, start, lawful end, and whether the entry is live.
Spell = tuple[str, dt.date, dt.date | None, bool]


@dataclass(frozen=True)
class Outcome:
    """What counts as the result of a case on its day.

    Attributes:
        entries: by (list, number of the act, number of the spell): ground, start, lawful end,
            and whether it is live.
        lines: (scheme, act, item) of lines that stand, with points and last day.
        inert: those of them that do not count while something else is uncorrected.
        scores: points (tenths) and grade in each scheme.
        measures: (list, measure) that are due.
    """

    entries: dict[tuple[str, int, int], Spell]
    lines: dict[tuple[str, int, str], tuple[int, dt.date | None]]
    scores: dict[str, tuple[int | None, str]]
    measures: frozenset[tuple[str, str]]
    inert: frozenset[tuple[str, int, str]] = frozenset()

    @property
    def counting(self) -> tuple[Any, ...]:
        """Return what changes the result if it is otherwise: all but lines that do not count."""
        lines = {key: x for key, x in self.lines.items() if key not in self.inert}
        return self.entries, lines, self.scores, self.measures

    @property
    def kind(self) -> tuple[Any, ...]:
        """Return the result without its days."""
        live = frozenset(key for key, spell in self.entries.items() if spell[3])
        return (live, tuple(self.scores.items()), self.measures)


@dataclass(frozen=True)
class Change:
    """One change of one fact that changes the result.

    Attributes:
        field: dotted path of the fact; was, now: in words.
        what: ``drop``, ``add``, ``amount``, ``day``, ``place``, ``kind``, ``role`` or ``age``.
        differences: what is otherwise, in words; case: the changed case, to run again.
    """

    field: str
    what: str
    was: str
    now: str
    differences: tuple[str, ...]
    case: Case


@dataclass(frozen=True)
class Changes:
    """What a search found.

    Attributes:
        found: changes, in the order in which they were tried.
        idle: fields of facts that may be dropped and what counts stays as it is
            (`Outcome.counting`: a line that does not count may go with them).
        tried: number of cases that were calculated; left_out: whether more could be tried.
        base: the outcome as stated; without: the outcome without each fact that can be dropped.
    """

    found: tuple[Change, ...] = ()
    idle: tuple[str, ...] = ()
    tried: int = 0
    left_out: bool = False
    base: Outcome | None = None
    without: dict[str, Outcome] = field(default_factory=dict)


def outcome(case: Case, law: Law, on: dt.date, folds: Folds | None = None) -> Outcome:
    """Return the outcome of a case: a short run without explanations.

    Args:
        case: as stated, or changed.
        law: compiled.
        on: the day.
        folds: of this law, to share with other cases; the outcome is the same without.

    Raises:
        CaseError: the case states what the law does not read.
    """
    check(case, law, on, idle_ties=True)
    ledger, act_of = ledger_of(case, law)
    if case.course == "nominal":
        ledger = followed(ledger, law, on, folds.findings if folds else None)
    check_order(case, law, ledger, act_of)
    day = day_of(on)
    numbers = folds.findings(ledger, day) if folds else findings(ledger, law, day)
    found = decode(numbers, law, day)
    act = dict(enumerate(act_of))
    entries: dict[tuple[str, int, int], Spell] = {}
    for e in own_entries(found, ledger):
        if e.case in act:
            spell = sum((name, i) == (e.instrument, act[e.case]) for name, i, _ in entries)
            key = (e.instrument, act[e.case], spell)
            entries[key] = (e.ground, e.start, e.lawful_end, e.end is None)
    lines = {
        (x.instrument, act[x.case], x.provision): (x.points, x.until)
        for x in found.lines
        if x.state in ("live", "inert") and x.case in act
    }
    listed = [(name, x[1]) for (name, _, _), x in entries.items() if x[3]]
    held = [(s.instrument, s.grade) for s in found.scores]
    kind = case.subject.kind
    measures = (*due(law, listed, kind, on), *due_by_grade(law, held, kind, on))
    return Outcome(
        entries=entries,
        lines=lines,
        scores={s.instrument: (s.points, s.grade) for s in found.scores},
        measures=frozenset((m.list, m.measure) for m in measures),
        inert=frozenset(
            (x.instrument, act[x.case], x.provision)
            for x in found.lines
            if x.state == "inert" and x.case in act
        ),
    )


@dataclass
class _Search:
    """A search under way: how many runs are left, and what was found."""

    law: Law
    on: dt.date
    base: Outcome
    data: dict[str, Any]
    left: int
    folds: Folds | None
    found: list[Change] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    without: dict[str, Outcome] = field(default_factory=dict)
    tried: int = 0
    short: bool = False

    def run(self, loc: Loc, value: Any) -> tuple[Case, Outcome] | None:
        """Calculate the case with one fact changed; None if it cannot be, or time is up."""
        if self.left <= 0:
            self.short = True
            return None
        data = copy.deepcopy(self.data)
        node: Any = data
        for part in loc[:-1]:
            node = node[part]
        if value is variants.GONE:
            del node[loc[-1]]
        elif isinstance(node, list) and loc[-1] == len(node):
            node.append(value)
        else:
            node[loc[-1]] = value
        try:
            case = Case.model_validate(data)
            result = outcome(case, self.law, self.on, self.folds)
        except (ValidationError, CaseError):
            return None
        self.left -= 1
        self.tried += 1
        return case, result

    def differs(self, result: Outcome, exact: bool) -> bool:
        return result.counting != self.base.counting if exact else result.kind != self.base.kind

    def add(self, v: variants.Variant, now: str, case: Case, result: Outcome) -> None:
        words = tuple(differences(self.law, self.base, result))
        same = (v.what, words)
        if v.what in ("place", "kind") and same in {(c.what, c.differences) for c in self.found}:
            return  # another place, and just the same follows
        change = Change(dotted(v.loc), v.what, v.was, now, words, case)
        if (change.field, now) not in {(c.field, c.now) for c in self.found}:
            self.found.append(change)


def search(
    result: CaseResult,
    most: int = TRIED,
    shared: bool = True,
    kernel: Callable[..., Any] = fold,
) -> Changes:
    """Search for single changes of a case that change its result.

    Args:
        result: of the case as stated.
        most: how many changed cases are calculated at most; dropped facts come on top.
        shared: do a fold once that several changed cases have in common; the plain way, which
            finds the same, does every one of them.
        kernel: the fold of shared folds; the compiled twin finds the same, sooner.

    Returns:
        Changes, each one verified by a run; the same for the same input.
    """
    law, case = result.law, result.case
    data = case.model_dump(by_alias=True, exclude_unset=True)
    data.setdefault("on", result.on)
    data = _plain(data)
    folds = Folds(law, kernel) if shared else None
    base = outcome(case, law, result.on, folds)
    drops = list(variants.drops(data))
    state = _Search(law, result.on, base, data, most + len(drops), folds)
    for v in drops:
        ran = state.run(v.loc, variants.GONE)
        if ran is None:
            continue
        state.without[dotted(v.loc)] = ran[1]
        if state.differs(ran[1], exact=True):
            state.add(v, "not stated", *ran)
        else:
            state.idle.append(dotted(v.loc))
    state.left = most
    for v in variants.single(result, data):
        _try(state, v)
    for v in variants.days(data):
        for sign in (-1, 1):
            _move(state, v, sign)
    return Changes(
        found=tuple(state.found),
        idle=tuple(state.idle),
        tried=state.tried,
        left_out=state.short,
        base=base,
        without=state.without,
    )


def _plain(node: Any) -> Any:
    """Return data whose sequences can be changed."""
    if isinstance(node, dict):
        return {k: _plain(x) for k, x in node.items()}
    return [_plain(x) for x in node] if isinstance(node, list | tuple) else node


def _try(state: _Search, v: variants.Variant) -> None:
    """Try values of one fact, nearest first, until one changes the result."""
    for value in v.values:
        ran = state.run(v.loc, value)
        if ran is not None and state.differs(ran[1], exact=v.exact):
            state.add(v, v.word(value), *ran)
            return


def _move(state: _Search, v: variants.Variant, sign: int) -> None:
    """Find the nearest day before or after a stated one on which the result changes."""
    (day,) = v.values
    near, hit = 0, None
    for far in _STRIDES:
        ran = state.run(v.loc, day + dt.timedelta(sign * far))
        if ran is None:
            break
        if state.differs(ran[1], exact=False):
            hit = (far, ran)
            break
        near = far
    if hit is None:
        return
    while hit[0] - near > 1:
        middle = (hit[0] + near) // 2
        ran = state.run(v.loc, day + dt.timedelta(sign * middle))
        if ran is None:
            break  # not found to the day: what was found changes the result all the same
        if state.differs(ran[1], exact=False):
            hit = (middle, ran)
        else:
            near = middle
    moved = day + dt.timedelta(sign * hit[0])
    exact = hit[0] - near == 1
    last = moved - dt.timedelta(sign)
    words = f"{moved}"
    if exact:
        words = say("{day} (still the same on {last})", day=moved, last=last)
    state.add(v, words, *hit[1])


# --- words ------------------------------------------------------------------------------------


def _name(law: Law, instrument: str) -> str:
    it = law.catalogue.instrument(instrument)
    return own(it.short or it.name)


def differences(law: Law, old: Outcome, new: Outcome) -> Iterator[str]:
    """Yield in words what is otherwise in a new outcome, most important first."""
    for key, spell in old.entries.items():
        now = new.entries.get(key)
        if now is None:
            text = "not on {list}" if spell[3] else "never on {list}"
            yield say(text, list=_name(law, key[0]))
        elif now != spell:
            yield from _moved(_name(law, key[0]), spell, now)
    for key, spell in new.entries.items():
        if key not in old.entries:
            text = "on {list} from {day}" if spell[3] else "on {list} from {day}, over by now"
            yield say(text, list=_name(law, key[0]), day=spell[1])
    for name in dict.fromkeys((*old.scores, *new.scores)):
        if old.scores.get(name) != new.scores.get(name):
            yield say(
                "{what}: {text}",
                what=_name(law, name),
                text=_score(law, name, new.scores.get(name)),
            )
    more, less = len(new.measures - old.measures), len(old.measures - new.measures)
    if more:
        yield plural("{n} more measure due", "{n} more measures due", more)
    if less:
        yield plural("{n} measure fewer", "{n} measures fewer", less)
    if old.kind == new.kind:
        before, after = old.counting[1], new.counting[1]
        for key3, (points, until) in after.items():
            if before.get(key3) != (points, until):
                yield say(
                    "{scheme} {item}: {points} {last}",
                    scheme=_name(law, key3[0]),
                    item=key3[2],
                    points=f"{points / 10:+g}",
                    last=say("until {day}", day=until) if until else say("without an end"),
                )
        for key3 in (key for key in before if key not in after):
            yield say("{scheme} {item}: does not count", scheme=_name(law, key3[0]), item=key3[2])


def _moved(name: str, old: Spell, new: Spell) -> Iterator[str]:
    if old[3] != new[3]:
        yield say("still on {list}" if new[3] else "no longer on {list}", list=name)
    elif old[1] != new[1]:
        yield say("on {list} from {day}", list=name, day=new[1])
    if old[2] != new[2] and (old[3] == new[3] or new[2]):
        yield say("{list} ends by law {day}", list=name, day=new[2] or say("on no fixed day"))
    if old[0] != new[0] and old[1:] == new[1:]:
        yield say("{list} rests on {ground}", list=name, ground=new[0] or say("no ground"))


def _score(law: Law, scheme: str, score: tuple[int | None, str] | None) -> str:
    if score is None:
        return say("no score")
    points, grade = score
    words = "" if points is None else say("{x} points", x=f"{points / 10:g}")
    if grade:
        named = phrases.grade_of(law.catalogue.instrument(scheme), grade, dt.date.max)
        grade = say("grade {x}", x=phrases.in_level(named))
    said = (words, grade)
    return say(", ").join(x for x in said if x) or say("no score")
