"""Regional regulations at their places: until when a record is shown, and how it is taken down.

Regulations of provinces and cities set clocks for the records that local platforms show: how
long, how fast an objection is answered, what follows a repair. They change nothing on national
lists. What they say is asked of the law itself (`xinyong.law.regulations`), of the records of a
fixed sample of files in the places they reach, in the version of the day; the run adds only
whether and when somebody objects or asks for repair, and when the answer comes.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from xinyong import places
from xinyong.dates import (
    NEVER,
    add_months,
    add_working_days,
    date_of,
    day_of,
    first_day,
    working_days,
)
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.ledgers import Case, cases_of, id_of, ledger_of
from xinyong.engine.local import regulations_at
from xinyong.engine.state import N_LEDGERS
from xinyong.engine.world import World
from xinyong.law import schema
from xinyong.law.compile import Law
from xinyong.law.determine import Ledger, determine
from xinyong.law.regulations import RecordRules, record_rules
from xinyong.law.vocabulary import KINDS
from xinyong.streams import draw64, name_word, stream_key

__all__ = ["FILES", "Followed", "followed", "regional_law", "regional_table"]

#: Files looked at in all places together.
FILES = 160

#: Months within which somebody may still object or ask; nobody does later.
_MONTHS = 600


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of one record under one regulation; days are numbers, NEVER where open.

    Attributes:
        case: of the file; regulation: instrument.
        conduct: of the record; mistaken: whether the subject did nothing of it.
        since: first day on which the regulation shows it; until: first on which it does not.
        cause: ``term``, ``repair``, ``correction``, or ``""`` while it is shown.
        asked: day of the objection or of the request for repair; answered: of the answer.
        due: last lawful day of the answer; NEVER where the text sets none.
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


def regional_law(world: World) -> Law:
    """Return the law of a run with the regulations of provinces and cities in its catalogue.

    What follows from a file is that of the run itself (`World.law_in`); nothing is compiled.
    """
    names = {name for here in regulations_at(world.catalogue) for name in here}
    return replace(world.law, catalogue=world.catalogue.only(names))


def _uniform(world: World, purpose: str, act: int, word: int) -> tuple[float, int]:
    key = stream_key(world.scenario.seed, "engine/regional")
    first, second = draw64(key, np.uint64(act), name_word(purpose), word)
    return (int(first) >> 11) * 2.0**-53, int(second)


def _asks(world: World, purpose: str, act: int, since: int) -> int:
    """Return the day on which somebody asks, by a monthly chance from a day on; or NEVER."""
    chance = world.given.value(f"regional.{purpose}")
    if not world.scenario.mechanisms.redress or chance <= 0:
        return NEVER
    uniform, word = _uniform(world, purpose, act, 0)
    left = 1.0
    for month in range(_MONTHS):
        left *= 1.0 - chance
        if left <= 1.0 - uniform:
            return int(add_months(since, month)) + 1 + word % 28
    return NEVER


def _answers(world: World, purpose: str, act: int, asked: int, due: int) -> int:
    """Return the day of an answer: within its limit, late, or freely where there is none."""
    given = world.given
    if not world.scenario.mechanisms.friction:
        return asked if due >= NEVER else due
    uniform, word = _uniform(world, purpose, act, 1)
    if due >= NEVER:
        return asked + word % (int(given.value("steps.free_days")) + 1)
    if uniform < given.value("steps.late_share"):
        return due + 1 + word % int(given.value("steps.late_days"))
    return asked + word % (max(due - asked, 0) + 1)


def _limit(rule: schema.Objection | schema.Repair, begin: str, asked: int) -> int:
    """Return the last lawful day on which a chain of binding stages has come to its end.

    Where a text has several ways, as when a body must ask the provider of a record, the longest
    counts; NEVER where no binding stage of the chain has a limit.
    """
    wd = working_days()
    reached = {begin: asked}
    if begin == "filed":
        reached["received"] = asked
    limited = False
    for stage in rule.stages:
        if stage.from_ not in reached or stage.modality != "must" or stage.within is None:
            if stage.from_ in reached:
                reached.setdefault(stage.then, reached[stage.from_])
            continue
        day, n = reached[stage.from_], stage.within.n
        if stage.within.unit == "working_day":
            day = int(add_working_days(day, n, wd.first, wd.rank, wd.day))  # type: ignore[arg-type]
        elif stage.within.unit == "day":
            day += n
        else:
            day = int(add_months(day, n if stage.within.unit == "month" else 12 * n))
        reached[stage.then] = max(day, reached.get(stage.then, -NEVER))
        limited = limited or stage.then in ("decided", "corrected", "certified")
    ends = [reached[word] for word in ("decided", "certified", "corrected") if word in reached]
    return max(ends, default=NEVER) if limited else NEVER


def _shown_by(rules: list[RecordRules], case: int) -> Iterator[tuple[RecordRules, Any]]:
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


def followed(world: World, law: Law, run: LeafRun, row: int, day: int) -> list[Followed]:
    """Return what became of the bad records of one file under the regulations of its place.

    Args:
        world: of the run.
        law: from `regional_law`.
        run: the leaf.
        row: of the file.
        day: as of which it is asked.
    """
    ledger = ledger_of(world, run, row, day)
    cases = {n: c for n, c in cases_of(run, row).items() if "copied" not in c.flags}
    on = date_of(day)
    rules = list(record_rules(law, ledger, determine(ledger, world.law_in(run.place), on)))
    return [
        one
        for number, case in cases.items()
        for said, shown in _shown_by(rules, number)
        if (one := _one(world, law, ledger, case, said, shown, day)) is not None
    ]


def _one(
    world: World, law: Law, ledger: Ledger, case: Case, said: RecordRules, shown: Any, day: int
) -> Followed | None:
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
        NEVER if open_ else until, "" if open_ else shown.cause, NEVER, NEVER, NEVER,
    )  # fmt: skip
    rule: Any
    if case.mistaken:
        rule = next((p.rule for p in said.paths if p.rule.rule == "objection"), None)
        asked = _asks(world, "objection", case.act, since)
        begin, cause = "received", "correction"
    else:
        rule = next(
            (p.rule for p in said.paths if p.rule.rule == "repair" and not p.rule.excluded), None
        )
        over = _first(ledger, case.number, "corrected", "performed")
        barred = any(p.rule.rule == "repair" and p.rule.excluded for p in said.paths)
        asked = NEVER if over < 0 or barred else _asks(world, "repair", case.act, max(over, since))
        begin, cause = "filed", "repair"
    if rule is None or asked > day or asked >= plain.until:
        return plain
    due = _limit(rule, begin, asked)
    answered = _answers(world, cause, case.act, asked, due)
    plain = replace(plain, asked=asked, answered=answered if answered <= day else NEVER, due=due)
    if answered > day or answered >= plain.until:
        return plain
    return replace(plain, until=answered, cause=cause)


def regional_table(world: World, runs: list[LeafRun]) -> pa.Table:
    """Return what became of records under regional regulations, for a fixed sample of files.

    Nothing with ``keep=indicators``, where settled files are let go, and where the mechanism
    is off.
    """
    day = first_day(world.scenario.first_month + world.scenario.months) - 1
    found: list[tuple[str, str, str, Followed]] = []
    if any(world.regional) and world.scenario.keep != "indicators":
        law = regional_law(world)
        here = [run for run in runs if world.regional[run.place]]
        total = sum(int(run.leaf.counts[N_LEDGERS]) for run in here)
        step, at = max(1, total // FILES), 0
        for run in here:
            n = int(run.leaf.counts[N_LEDGERS])
            for row in range(-at % step, n, step):
                who, kind = id_of(run, row), KINDS[int(run.leaf.lg["subject"][row]) >> 32]
                leaf = places.leaves()[run.place]
                found += [(who, leaf, kind, x) for x in followed(world, law, run, row, day)]
            at += n
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
    for name in ("asked", "due", "answered"):
        columns[name] = _days([getattr(x, name) for *_, x in found])
    return pa.table(columns)
