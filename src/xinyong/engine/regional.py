"""Regional regulations at their places: until when a record is shown, and how it is taken down.

Regulations of provinces and cities set clocks for the records that local platforms show: how
long, how fast a disputed record is marked and an objection answered, what follows a repair and
the fall of the decision a record rests on. What they say is asked of the law itself
(`xinyong.law.regulations`), of the records of a fixed sample of files in the places they reach,
in the version of the day; the run adds only whether and when somebody objects or asks for
repair, and when the answer comes. An objection that is upheld has a part in the entries too
(`institutions.regional`), of every file and not only of the sample: both are the same draws.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from xinyong import places
from xinyong.dates import NEVER, add_months, date_of, day_of, first_day
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.ledgers import Case, cases_of, id_of, ledger_of, spells_of
from xinyong.engine.local import regulations_at
from xinyong.engine.spells import whole
from xinyong.engine.state import N_LEDGERS
from xinyong.engine.world import World
from xinyong.institutions.redress import answered_day, objection_days
from xinyong.institutions.regional import OBJECTION
from xinyong.law import schema
from xinyong.law.compile import Law
from xinyong.law.determine import Ledger, determine
from xinyong.law.regulations import RecordRules, Shown, answer_due, mark_due, record_rules
from xinyong.law.vocabulary import KINDS
from xinyong.streams import draw64, name_word, threshold

__all__ = ["Followed", "followed", "regional_law", "regional_table"]

#: Words of draws.
_REPAIR, _ANNULMENT = name_word("regional/repair"), name_word("regional/annulment")

#: Effects of a repair by which a record is no longer shown.
_HIDES = frozenset({"not_shown", "deleted", "archived"})

#: Months within which somebody may still object or ask; nobody does later.
_MONTHS = 600


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of one record under one regulation; days are numbers, NEVER where open.

    Attributes:
        case: of the file; regulation: instrument.
        conduct: of the record; mistaken: whether the subject did nothing of it.
        since: first day on which the regulation shows it; until: first on which it does not.
        cause: ``term``, ``repair``, ``correction``, ``annulment``, or ``""`` while it is shown.
        asked: day of the objection, of the request for repair, or on which the decision fell;
            answered: of the answer, or of the deletion.
        due: last lawful day of the answer; NEVER where the text sets none.
        marked: last day by which the disputed record is marked; NEVER where it is not.
    """

    case: int
    regulation: str
    conduct: str
    mistaken: bool
    since: int
    until: int
    cause: str
    asked: int
    answered: int
    due: int
    marked: int


def regional_law(world: World) -> Law:
    """Return the law of a run with the regulations of provinces and cities in its catalogue.

    What follows from a file is that of the run itself (`World.law_in`); nothing is compiled.
    """
    names = {name for here in regulations_at(world.catalogue) for name in here}
    return replace(world.law, catalogue=world.catalogue.only(names))


def _asks(world: World, act: int, since: int) -> int:
    """Return the day on which repair is asked for, by a monthly chance from a day on; or NEVER."""
    chance = world.given.value("regional.repair")
    if not world.scenario.mechanisms.redress or chance <= 0:
        return NEVER
    first, word = draw64(world.keys.regional, np.uint64(act), _REPAIR, 0)
    uniform, left = (int(first) >> 11) * 2.0**-53, 1.0
    for month in range(_MONTHS):
        left *= 1.0 - chance
        if left <= 1.0 - uniform:
            return int(add_months(since, month)) + 1 + int(word) % 28
    return NEVER


def _answered(world: World, act: int, word: np.uint64, asked: int, due: int) -> int:
    return int(answered_day(world.policy, world.keys, np.uint64(act), word, asked, due))


def _shown_by(rules: list[RecordRules], case: int) -> Iterator[tuple[RecordRules, Shown]]:
    """Yield, for each regulation, how long it shows a record to anybody it shows it to."""
    for said in rules:
        if said.case != case:
            continue
        shown = [s for s in said.shown if not s.rule.excluded]
        if shown:
            longest = max(shown, key=lambda s: NEVER if s.until is None else day_of(s.until))
            yield said, longest


def _first(ledger: Ledger, case: int, *events: str) -> int:
    return min((e.day for e in ledger.events if e.case == case and e.event in events), default=-1)


def _listed(world: World, run: LeafRun, row: int) -> dict[int, int]:
    """Return the first day of the first entry of each case on a list that is kept locally."""
    lists = set(world.routes.inst[world.routes.platform].tolist())
    found: dict[int, int] = {}
    for spell in spells_of(run, row):
        if spell.inst in lists:
            found.setdefault(spell.case, spell.start)
    return found


def followed(world: World, law: Law, here: Law, run: LeafRun, row: int, day: int) -> list[Followed]:
    """Return what became of the bad records of one file under the regulations of its place.

    Args:
        world: of the run.
        law: from `regional_law`.
        here: the law as it is followed in the leaf (`World.law_in`), made once for all its files.
        run: the leaf.
        row: of the file.
        day: as of which it is asked.
    """
    ledger = ledger_of(world, run, row, day)
    cases = {n: c for n, c in cases_of(run, row).items() if "copied" not in c.flags}
    on = date_of(day)
    rules = list(record_rules(law, ledger, determine(ledger, here, on)))
    listed = _listed(world, run, row)
    return [
        one
        for number, case in cases.items()
        for said, shown in _shown_by(rules, number)
        if (one := _one(world, run, law, ledger, case, said, shown, listed.get(number, NEVER), day))
        is not None
    ]


def _one(
    world: World, run: LeafRun, law: Law, ledger: Ledger, case: Case, said: RecordRules,
    shown: Shown, listed: int, day: int,
) -> Followed | None:  # fmt: skip
    """Return what became of a record; None where its term was over before the regulation came."""
    it = law.catalogue.instruments[said.instrument]
    version = next(w for w in it.versions if w.id == said.version)
    conduct = next(e.what for e in ledger.events if e.case == case.number and e.event == "occurred")
    since = max(_first(ledger, case.number, "formed"), day_of(version.in_force.from_))
    until = NEVER if shown.until is None else day_of(shown.until)
    if until <= since:
        return None
    open_ = until > day  # as of that day it is still shown
    plain = Followed(
        case.number, it.id, conduct, case.mistaken, since,
        NEVER if open_ else until, "" if open_ else shown.cause, NEVER, NEVER, NEVER, NEVER,
    )  # fmt: skip
    begin, kind = listed if listed < NEVER else since, KINDS.index(ledger.subject.kind)
    ways = [
        _objection(world, run, said, case, begin, kind),
        _repair(world, ledger, said, shown, case, since),
        _annulment(world, ledger, said, case, since),
    ]
    ways = [w for w in ways if w.asked <= day and w.asked < plain.until]
    if not ways:
        return plain
    way = min(ways, key=lambda w: (w.answered, w.asked))
    done = way.answered <= day and way.answered < plain.until
    return replace(
        plain, asked=way.asked, due=way.due, marked=way.marked,
        answered=way.answered if way.answered <= day else NEVER,
        until=way.answered if done else plain.until, cause=way.cause if done else plain.cause,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Way:
    """A way by which a record is taken down, as asked for, marked, due and answered."""

    cause: str
    asked: int = NEVER
    marked: int = NEVER
    due: int = NEVER
    answered: int = NEVER


def _objection(
    world: World, run: LeafRun, said: RecordRules, case: Case, since: int, kind: int
) -> _Way:
    """Return the objection to a mistaken record: the day is that of its entry, if it has one."""
    rules = [p.rule for p in said.paths if isinstance(p.rule, schema.Objection)]
    if not case.mistaken or not rules:
        return _Way("correction")
    act, first = np.uint64(case.act), world.scenario.first_month
    since = max(since, first_day(first))
    days = objection_days(
        world.routes, world.policy, world.keys, act, run.place, kind, since, first
    )
    asked = int(days[0])
    if asked >= NEVER:
        return _Way("correction")
    due = answer_due(rules[0], asked)
    answered = _answered(world, case.act, OBJECTION, asked, due)
    return _Way("correction", asked, mark_due(rules[0], asked), due, answered)


def _repair(
    world: World, ledger: Ledger, said: RecordRules, shown: Shown, case: Case, since: int
) -> _Way:
    """Return the repair of a record that was put right, after the waiting time of the text."""
    paths = [p for p in said.paths if isinstance(p.rule, schema.Repair)]
    over = _first(ledger, case.number, "corrected", "performed")
    open_ = [p for p in paths if isinstance(p.rule, schema.Repair) and _HIDES & {*p.rule.effect}]
    if case.mistaken or over < 0 or not open_ or any(p.rule.excluded for p in paths):  # type: ignore[union-attr]
        return _Way("repair")
    path, begin = open_[0], max(over, since)
    waits = [path.from_]
    if isinstance(path.rule, schema.Repair) and "shortest_term_over" in path.rule.conditions:
        waits.append(shown.least)
    begin = max([begin, *(day_of(d) for d in waits if d is not None)])
    asked = _asks(world, case.act, begin)
    if asked >= NEVER:
        return _Way("repair")
    due = answer_due(path.rule, asked)
    return _Way("repair", asked, NEVER, due, _answered(world, case.act, _REPAIR, asked, due))


def _annulment(world: World, ledger: Ledger, said: RecordRules, case: Case, since: int) -> _Way:
    """Return how a record is deleted once the listing that rested on it has been annulled."""
    rule = next((p.rule for p in said.paths if isinstance(p.rule, schema.Annulment)), None)
    fell = _first(ledger, case.number, "annulled")
    if rule is None or fell < 0:
        return _Way("annulment")
    fell = max(fell, since)  # the duty begins with the regulation
    due = answer_due(rule, fell)
    answered = _answered(world, case.act, _ANNULMENT, fell, due)
    return _Way("annulment", fell, NEVER, due, answered)


def regional_table(world: World, runs: list[LeafRun]) -> pa.Table:
    """Return what became of records under regional regulations, for a fixed sample of files.

    The same whatever is kept; nothing where the mechanism is off.
    """
    day = first_day(world.scenario.first_month + world.scenario.months) - 1
    found: list[tuple[str, str, str, Followed]] = []
    if any(world.regional):
        law, limit = regional_law(world), np.uint64(threshold(world.followed))
        for run in (run for run in runs if world.regional[run.place]):
            leaf, here = places.leaves()[run.place], world.law_in(run.place)
            subjects = run.leaf.lg["subject"][: int(run.leaf.counts[N_LEDGERS])]
            for row in np.flatnonzero(whole(world.keys, run.place, subjects, limit)).tolist():
                who, kind = id_of(run, row), KINDS[int(subjects[row]) >> 32]
                found += [(who, leaf, kind, x) for x in followed(world, law, here, run, row, day)]
    return _table(found)


def _days(days: list[int]) -> pa.Array:
    never = [d >= NEVER for d in days]
    plain = [0 if odd else d for d, odd in zip(days, never, strict=True)]
    return pa.array(plain, pa.int32(), mask=np.array(never, np.bool_)).cast(pa.date32())


def _table(found: list[tuple[str, str, str, Followed]]) -> pa.Table:
    text = {
        "subject": [who for who, *_ in found],
        "place": [leaf for _, leaf, *_ in found],
        "kind": [kind for _, _, kind, _ in found],
        "regulation": [x.regulation for *_, x in found],
        "conduct": [x.conduct for *_, x in found],
    }
    columns: dict[str, Any] = {k: pa.array(v, pa.string()) for k, v in text.items()}
    columns["mistaken"] = pa.array([x.mistaken for *_, x in found], pa.bool_())
    for name in ("since", "until"):
        columns[name] = _days([getattr(x, name) for *_, x in found])
    columns["cause"] = pa.array([x.cause for *_, x in found], pa.string())
    for name in ("asked", "due", "answered", "marked"):
        columns[name] = _days([getattr(x, name) for *_, x in found])
    return pa.table(columns)
