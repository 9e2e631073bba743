"""A month of one leaf, as a list of lines. `run` puts the leaves and the nation together.

acts     = conduct: what subjects do
records  = detection: what authorities come to know (some false)
filed    = identity: on whose ledger it lands (some elsewhere: a message)
decided  = the law's one kernel, and the steps taken
undone   = redress: what is to come to pass is on the ledger already
seen, applied = receipt and measures, when a spell is over
counted  = indicators
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinyong.conduct.sampling import Scratch, new_scratch
from xinyong.dates import first_day
from xinyong.engine.advance import (
    RESTLESS,
    ROOM,
    TOO_LONG,
    Bench,
    advance,
    bench,
    due_files,
)
from xinyong.engine.copies import copy_cases, count_events
from xinyong.engine.drawing import Acts, draw_leaf
from xinyong.engine.feeding import FED_EVENTS, feed_files, feeds_on, most_fed
from xinyong.engine.filing import Records, file_records
from xinyong.engine.graded import close_graded, count_graded
from xinyong.engine.joining import have_joined
from xinyong.engine.leaf_run import LeafRun, kept_whole, let_go
from xinyong.engine.local import rule_on, start_of
from xinyong.engine.queues import decisions, rest, take_turns
from xinyong.engine.spells import account, entry_sums
from xinyong.engine.state import (
    CASE_CARRIED,
    CASE_FALSE,
    CASE_MISATTACHED,
    N_LEDGERS,
    N_QUEUE,
    UNSCORED,
    reserve,
)
from xinyong.engine.world import World
from xinyong.errors import XinyongError
from xinyong.institutions.detection import false_records, recorded
from xinyong.institutions.identity import MISSED, RIGHT, WRONG, attach
from xinyong.institutions.steps import DECISION
from xinyong.jit import njit
from xinyong.law import tables as t
from xinyong.law.vocabulary import KINDS, ROLES
from xinyong.society.others import BEHIND, LINKS, MOST, others
from xinyong.streams import below, draw64, month_word

__all__ = [
    "Message",
    "Worker",
    "count",
    "first_half",
    "second_half",
]


@dataclass
class Worker:
    """Working memory of one thread.

    Attributes:
        measures, felt: the counts of `LeafRun`, of whatever this thread accounted for.
    """

    measures: NDArray[np.int32]
    felt: NDArray[np.int32]
    bench: Bench = field(default_factory=bench)
    scratch: Scratch = field(default_factory=new_scratch)


@dataclass(frozen=True)
class Message:
    """Records for another leaf; sorted by (day, act) before they are read."""

    leaf: int
    records: Records


@njit
def _elsewhere(key, act, running):  # type: ignore[no-untyped-def]
    """Draw the leaf of whoever gets a misattached record, by population: int64[n]."""
    out = np.empty(act.size, np.int64)
    for i in range(act.size):
        u = np.int64(below(draw64(key, act[i], np.uint64(0), np.uint64(0))[0],
                           np.uint64(running[-1])))  # fmt: skip
        out[i] = np.searchsorted(running, u, side="right")
    return out


@njit
def _uniform_index(key, act, low, high):  # type: ignore[no-untyped-def]
    out = np.empty(act.size, np.int64)
    for i in range(act.size):
        u = draw64(key, act[i], np.uint64(0), np.uint64(1))[0]
        out[i] = low + np.int64(below(u, np.uint64(high - low)))
    return out


@njit
def _draw_words(key, act):  # type: ignore[no-untyped-def]
    out = np.empty(act.size, np.uint64)
    for i in range(act.size):
        out[i] = draw64(key, act[i], np.uint64(0), np.uint64(2))[0]
    return out


def _records(
    kind: NDArray[np.int64], index: NDArray[np.int64], stratum: NDArray[np.int64],
    family: NDArray[np.int64], day: NDArray[np.int32], act: NDArray[np.uint64], flags: int,
) -> Records:  # fmt: skip
    return Records(
        kind << 32 | index,
        stratum.astype(np.int32),
        family.astype(np.int16),
        day.astype(np.int32),
        act,
        np.full(len(index), flags, np.uint8),
    )


def _joined(parts: list[Records]) -> Records:
    columns: Any = (np.concatenate(c) for c in zip(*parts, strict=True))
    return Records(*columns)


def _ordered(records: Records) -> Records:
    order = np.lexsort((records.act, records.subject, records.day))
    columns: Any = (column[order] for column in records)
    return Records(*columns)


def _alive(world: World, place: int, month: int) -> NDArray[np.int64]:
    """Return int64[kinds]: one past the last index alive in a leaf."""
    return world.society.alive(place, np.arange(len(KINDS)), month).astype(np.int64)


def _adults(world: World, place: int) -> NDArray[np.int64]:
    """Return int64[kinds]: the first index that can be held to account (persons: adults)."""
    low = np.zeros(len(KINDS), np.int64)
    low[0] = world.society.minors[place]
    return low


def _rows(
    world: World, place: int, kind: NDArray[np.int64], index: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the strata of subjects of several kinds."""
    out = np.zeros(len(index), np.int64)
    for k in np.unique(kind).tolist():
        mine = kind == k
        out[mine] = world.society.stratum_of(place, k, index[mine])
    return out


def _chosen(acts: Acts, mask: NDArray[np.bool_]) -> Acts:
    at = np.flatnonzero(mask)
    columns: Any = (column.take(at) for column in acts)
    return Acts(*columns)


def draw_month(world: World, run: LeafRun, worker: Worker, m: int) -> Acts:
    """Draw the acts of one leaf in a month."""
    month = world.scenario.first_month + m
    first = first_day(month)
    found: Acts = draw_leaf(
        run.leaf, world.drawn_in(run.place, m), run.place, month, _alive(world, run.place, month),
        world.layers, worker.scratch, world.keys.facts, first, first_day(month + 1) - first,
    )  # fmt: skip
    return heard_only(world, run.place, found)


def heard_only(world: World, place: int, acts: Acts) -> Acts:
    """Leave out what no scheme can hear: local conduct of those who have joined none.

    Where every scheme of a leaf asks for consent, the local conduct of all others leads to
    nothing; drawing it or not moves nobody else.
    """
    if not len(acts.act) or not world.asks[place]:
        return acts
    joined = have_joined(world.joins[place], world.keys.consent, place, acts.kind << 32 | acts.who)
    return _chosen(acts, joined | world.national[acts.family])


def filed(world: World, run: LeafRun, acts: Acts, m: int) -> tuple[list[Records], list[Message]]:
    """Detection and identity: which acts are recorded, and on whose file they land."""
    if not len(acts.act):
        return [], []
    keys, tally = world.keys, run.acts[m]

    def count(column: int, some: Acts) -> None:
        np.add.at(tally[..., column], (some.family, some.kind), np.int32(1))  # else it casts

    count(0, acts)
    chance, plain = (x[:, run.place, m] for x in (world.detection, world.plain_detection))
    known = recorded(keys.detection, acts.act, chance[acts.family])
    if (chance != plain).any():
        anyway = recorded(keys.detection, acts.act, plain[acts.family])
        count(5, _chosen(acts, known & ~anyway))
    acts = _chosen(acts, known)
    count(1, acts)
    here: list[Records] = []
    away: list[Message] = []
    if world.false.any():
        month = world.scenario.first_month + m
        low, alive = _adults(world, run.place), _alive(world, run.place, month)
        subject, other = false_records(
            keys.false_records, acts.act, acts.kind, world.false[acts.family], low, alive
        )
        hit = subject >= 0
        if hit.any():
            false = _chosen(acts, hit)
            rows = _rows(world, run.place, false.kind, subject[hit])
            here.append(
                _records(
                    false.kind, subject[hit], rows, false.family, false.day, other[hit], CASE_FALSE
                )
            )
            count(4, false)
    if world.filing.missed.any():
        limits = (errors[acts.family, acts.kind] for errors in world.filing)
        fate = attach(keys.identity, acts.act, 0, *limits)
        count(2, _chosen(acts, fate == MISSED))
        wrong = _chosen(acts, fate == WRONG)
        if len(wrong.act):
            count(3, wrong)
            h, a = _misattached(world, run, wrong, m)
            here += h
            away += a
        acts = _chosen(acts, fate == RIGHT)
    here.append(_records(acts.kind, acts.who, acts.stratum, acts.family, acts.day, acts.act, 0))
    return here, away


def _misattached(
    world: World, run: LeafRun, acts: Acts, m: int
) -> tuple[list[Records], list[Message]]:
    """Land records on the files of others: a namesake here, or somebody elsewhere."""
    month = world.scenario.first_month + m
    target = _elsewhere(world.keys.elsewhere, acts.act, np.cumsum(world.population))
    here: list[Records] = []
    away: list[Message] = []
    for place in np.unique(target).tolist():
        low, alive = _adults(world, place), _alive(world, place, month)
        for k in np.unique(acts.kind[target == place]).tolist():
            if alive[k] <= low[k]:
                continue
            mine = _chosen(acts, (target == place) & (acts.kind == k))
            other = _uniform_index(world.keys.elsewhere, mine.act, low[k], alive[k])
            if place == run.place and k == 0:
                words = _draw_words(world.keys.elsewhere, mine.act)
                namesake = world.links.namesake(place, mine.who, words)
                other = np.where(namesake >= 0, namesake, other)
            rows = world.society.stratum_of(place, k, other)
            records = _records(
                mine.kind, other, rows, mine.family, mine.day, mine.act, CASE_MISATTACHED
            )
            if place == run.place:
                here.append(records)
            else:
                away.append(Message(place, records))
    return here, away


def _file(world: World, run: LeafRun, records: Records) -> None:
    n = len(records.act)
    if n:
        families = world.families[run.place]
        events = int(families.most[records.family].sum())
        run.leaf = reserve(run.leaf, events, n, n, 0, 0)
        file_records(run.leaf, families, world.keys.facts, _ordered(records))


def _advance(world: World, run: LeafRun, worker: Worker, m: int) -> None:
    """Let every file that falls due by the end of the month advance to it."""
    month = world.scenario.first_month + m
    last = first_day(month + 1) - 1
    due = due_files(run.leaf, last)
    shared = np.zeros(1 + len(due) + ROOM, np.int64)
    settled = np.zeros(1 + len(due), np.int64)
    whole = kept_whole(world, run)
    done = 0
    while done < len(due):
        n = min(len(due) - done, 20_000)  # room for the next of them; there may be millions
        run.leaf = reserve(run.leaf, n * 4 + ROOM, 0, 0, n + ROOM, n + ROOM)
        done = advance(
            run.leaf, run.place, world.laws[run.place], world.facts, world.policy, world.routes,
            world.keys, due, done, last, world.scenario.first_month,
            world.schemes[run.place], world.joins[run.place], whole, worker.bench, run.flow,
            shared, settled,
        )  # fmt: skip
        if done == TOO_LONG:
            raise XinyongError("a file has more events than the engine can fold; please report")
        if done == RESTLESS:
            raise XinyongError("a file never comes to rest: provisions chase each other")
        if shared[0]:
            run.copies.append(np.unique(shared[1 : 1 + shared[0]]))
            shared[0] = 0
        let_go(world, run, settled)


def _copy(world: World, run: LeafRun) -> None:
    """Carry records on to those behind the bodies they are about, role by role.

    A record that was carried on once is kept up to date, whatever the law says later.
    """
    cases, at = np.unique(np.concatenate(run.copies) & 0xFFFFFFFF, return_inverse=True)
    roles = np.zeros(len(cases), np.int64)
    np.bitwise_or.at(roles, at, np.concatenate(run.copies) >> 32)
    run.copies = []
    subject = np.ascontiguousarray(run.leaf.lg["subject"][run.leaf.cs["ledger"][cases]])
    events = int(count_events(run.leaf, cases)) + len(cases)
    for role, k in [*((role, 0) for role in (*BEHIND, "employer")),
                    *(("family", k) for k in range(MOST))]:  # fmt: skip
        code = ROLES.index(role)
        named = roles >> code & 1 == 1
        if role not in BEHIND and not named.any():
            continue
        other = others(world.others.ties, run.place, subject, LINKS.index(role), k)
        there = np.maximum(other, 0)
        rows = _rows(world, run.place, there >> 32, there & 0xFFFFFFFF)
        run.leaf = reserve(run.leaf, events, len(cases), len(cases), 0, 0)
        copy_cases(run.leaf, cases, other, rows, named, code)
    rest(world, run, cases, CASE_CARRIED)


def _feed(world: World, run: LeafRun, m: int) -> bool:
    """Let the schemes of a leaf feed each other on the last day of a year; tell whether any did."""
    month = world.scenario.first_month + m
    day = first_day(month + 1) - 1
    fed = 0
    for feed in feeds_on(world.law, world.schemes[run.place], day) if month % 12 == 11 else ():
        n = int(most_fed(run.leaf, feed.column, feed.detail))
        run.leaf = reserve(run.leaf, n * FED_EVENTS, 0, n, 0, 0)
        feed_files(
            run.leaf, run.place, feed.column, feed.conduct, feed.detail, world.keys.feed,
            month_word(month, 0), day,
        )  # fmt: skip
        fed += n
    return fed > 0


def first_half(world: World, run: LeafRun, worker: Worker, m: int) -> list[Message]:
    """Live the month of one leaf up to the barrier of the nation; returns its messages."""
    here, away = filed(world, run, draw_month(world, run, worker, m), m)
    if here:
        _file(world, run, _joined(here))
    _advance(world, run, worker, m)
    decisions(world, run, m)
    take_turns(world, run, m)
    _advance(world, run, worker, m)
    return away


def second_half(world: World, run: LeafRun, worker: Worker, m: int, inbox: list[Records]) -> None:
    """Read what other leaves sent this month, and close the month."""
    if inbox:
        _file(world, run, _joined(inbox))
    if run.copies:
        _copy(world, run)
    _advance(world, run, worker, m)
    if _feed(world, run, m):
        _advance(world, run, worker, m)
    count(world, run, m)


def count(world: World, run: LeafRun, m: int) -> None:
    """Count what stands at the end of the month."""
    run.files[m] = run.leaf.counts[N_LEDGERS]
    waiting = run.leaf.q_step[: int(run.leaf.counts[N_QUEUE])]
    run.queue[m, 2] = np.count_nonzero(world.policy.queue[waiting] == DECISION)
    for s, inst in enumerate(world.schemes[run.place].tolist()):
        n = int(run.leaf.counts[N_LEDGERS])
        kind = (run.leaf.lg["subject"][:n] >> 32).astype(np.int64)
        points, grade, lines = run.leaf.lg_score[:n, s].astype(np.int64).T
        scored = grade > UNSCORED
        np.add.at(run.barred[m, s], kind[scored & (lines > 0)], 1)
        np.add.at(run.grades[m, s], (grade[scored], kind[scored]), 1)  # -1: the last
        x = rule_on(world.law, inst, first_day(world.scenario.first_month + m + 1) - 1)
        if x >= 0 and (start := start_of(world.law, x)[0]) < t.NO_SCORE:
            np.add.at(run.points[m, s], kind[scored], points[scored] - start)
    count_graded(world, run, m)


def close(world: World, run: LeafRun) -> None:
    """Account for the measures of every spell not yet accounted for (all, or a fixed sample).

    Those tied to the grade in which a scheme begins are counted for subjects without a file.
    """
    account(
        run.leaf, run.place, world.measures, world.others, world.link, world.keys,
        world.sample_shift, world.scenario.first_month, run.measures, run.felt,
    )  # fmt: skip
    run.entries += entry_sums(run.leaf)
    close_graded(world, run)
