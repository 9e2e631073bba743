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
    FLOWS,
    RESTLESS,
    ROOM,
    TOO_LONG,
    Bench,
    advance,
    bench,
    due_files,
    end_turns,
    give_turns,
    serve_queue,
)
from xinyong.engine.copies import copy_cases, count_events
from xinyong.engine.drawing import Acts, draw_leaf
from xinyong.engine.feeding import FED_EVENTS, feed_files, feeds_on, most_fed
from xinyong.engine.filing import Records, file_records
from xinyong.engine.joining import have_joined
from xinyong.engine.local import rule_on, start_of
from xinyong.engine.spells import account, entry_sums, retire
from xinyong.engine.state import (
    CASE_FALSE,
    CASE_MISATTACHED,
    N_LEDGERS,
    N_QUEUE,
    UNSCORED,
    Leaf,
    empty_leaf,
    reserve,
)
from xinyong.engine.world import World
from xinyong.errors import XinyongError
from xinyong.institutions.capacity import rank, turns
from xinyong.institutions.detection import false_records, recorded
from xinyong.institutions.identity import MISSED, RIGHT, WRONG, attach
from xinyong.institutions.measures import ASPECTS
from xinyong.institutions.others import OTHERS
from xinyong.institutions.steps import DECISION, REDRESS
from xinyong.jit import njit
from xinyong.law import tables as t
from xinyong.law.vocabulary import KINDS, ROLES
from xinyong.society.others import BEHIND, LINKS, MOST, others
from xinyong.streams import below, draw64, month_word

__all__ = [
    "ACTS",
    "REDRESS_COUNTS",
    "LeafRun",
    "Message",
    "Worker",
    "count",
    "first_half",
    "second_half",
]

#: Counts of requests for a way off a list: came this month, had their turn, wait at its end.
REDRESS_COUNTS = ("redress_came", "redress_taken", "redress_waiting")
#: Counts of the way from act to file, for each family and kind.
ACTS = ("acts", "recorded", "missed", "misattached", "false", "campaign")


@dataclass
class Worker:
    """Working memory of one thread."""

    bench: Bench = field(default_factory=bench)
    scratch: Scratch = field(default_factory=new_scratch)


@dataclass(frozen=True)
class Message:
    """Records for another leaf; sorted by (day, act) before they are read."""

    leaf: int
    records: Records


@dataclass
class LeafRun:
    """One leaf with its state and the counts made so far.

    Attributes:
        place: position in ``places.leaves()``.
        leaf: the state.
        acts: int64[months, families, kinds, ACTS].
        flow: int64[months, instruments, kinds, FLOWS].
        measures: int32[months, measure rows, kinds, ASPECTS], shared by the leaves of a group.
        felt: int32[months, ties, 1, OTHERS], what follows for others, shared likewise.
        grades: int64[months, schemes, grades + 1, kinds], files by their grade in each scheme
            of the leaf; the last for those whose grade is not known.
        points: int64[months, schemes, kinds], points (tenths) of these files beyond the base.
        barred: int64[months, schemes, kinds], files with a live line that a gate bars on paper.
        queue: int64[months, 3], decisions taken, requests dropped, requests waiting.
        redress: int64[authorities, months, REDRESS_COUNTS], of the ways off lists.
        spare: int64[authorities], turns left over from last month, one at most.
        turns: int64[n], cases whose turn came this month.
        files: int64[months], ledgers open.
        entries: uint64[2], digest of the entries let go, and at the end of all.
        copies: rows of cases that are to be copied, with the roles (``row | mask << 32``).
    """

    place: int
    leaf: Leaf
    acts: NDArray[np.int64]
    flow: NDArray[np.int64]
    measures: NDArray[np.int32]
    felt: NDArray[np.int32]
    grades: NDArray[np.int64]
    points: NDArray[np.int64]
    barred: NDArray[np.int64]
    queue: NDArray[np.int64]
    redress: NDArray[np.int64]
    spare: NDArray[np.int64]
    turns: NDArray[np.int64]
    files: NDArray[np.int64]
    entries: NDArray[np.uint64]
    copies: list[NDArray[np.int64]] = field(default_factory=list)

    @classmethod
    def start(
        cls, world: World, place: int, measures: NDArray[np.int32], felt: NDArray[np.int32]
    ) -> LeafRun:
        """Return a leaf in which nothing has happened yet; counts as from `no_measures`."""
        months, kinds = world.scenario.months, len(KINDS)
        schemes = len(world.schemes[place])
        grades = 1 + max((len(g) for g in world.law.grades), default=0)
        return cls(
            place,
            empty_leaf(schemes),
            np.zeros((months, len(world.rates), kinds, len(ACTS)), np.int64),
            np.zeros((months, len(world.law.instruments), kinds, len(FLOWS)), np.int64),
            measures,
            felt,
            np.zeros((months, schemes, grades, kinds), np.int64),
            np.zeros((months, schemes, kinds), np.int64),
            np.zeros((months, schemes, kinds), np.int64),
            np.zeros((months, 3), np.int64),
            np.zeros((len(world.staffed_by), months, len(REDRESS_COUNTS)), np.int64),
            np.zeros(len(world.staffed_by), np.int64),
            np.zeros(0, np.int64),
            np.zeros(months, np.int64),
            np.zeros(2, np.uint64),
        )


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


def no_measures(world: World) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return zeros: int32[months, measure rows, kinds, ASPECTS], int32[months, ties, 1, OTHERS]."""
    months = world.scenario.months
    shape = (months, len(world.measure_names), len(KINDS), len(ASPECTS))
    felt = (months, len(world.tie_rows), 1, len(OTHERS))
    return np.zeros(shape, np.int32), np.zeros(felt, np.int32)


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
    return world.others.alive[place, :, month - world.scenario.first_month].copy()


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
    columns: Any = (column[mask] for column in acts)
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
        np.add.at(tally[..., column], (some.family, some.kind), 1)

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
    compact = _compacts(world, run)
    done = 0
    while done < len(due):
        n = min(len(due) - done, 20_000)  # room for the next of them; there may be millions
        run.leaf = reserve(run.leaf, n * 4 + ROOM, 0, 0, n + ROOM, n + ROOM)
        done = advance(
            run.leaf, run.place, world.laws[run.place], world.facts, world.policy, world.routes,
            world.keys, due, done, last, world.scenario.first_month,
            world.schemes[run.place], world.joins[run.place], compact, worker.bench, run.flow,
            shared, settled,
        )  # fmt: skip
        if done == TOO_LONG:
            raise XinyongError("a file has more events than the engine can fold; please report")
        if done == RESTLESS:
            raise XinyongError("a file never comes to rest: provisions chase each other")
        if shared[0]:
            run.copies.append(np.unique(shared[1 : 1 + shared[0]]))
            shared[0] = 0
        _retire(world, run, settled)


def _retire(world: World, run: LeafRun, settled: NDArray[np.int64]) -> None:
    """Let go of files that have just settled, where entries are not kept."""
    if world.scenario.keep == "indicators" and settled[0]:
        retire(
            run.leaf, settled[1 : 1 + settled[0]], run.place, world.measures, world.others,
            world.link, world.keys, world.sample_shift, world.scenario.first_month, run.measures,
            run.felt, run.entries,
        )  # fmt: skip
    settled[0] = 0


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


def _compacts(world: World, run: LeafRun) -> bool:
    """Tell whether settled files of this leaf give back their rows.

    Those that a scheme scores, or whose records a regional regulation is followed for, do not.
    """
    followed = len(world.schemes[run.place]) or world.regional[run.place]
    return world.scenario.keep != "all" and not followed


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


def _decisions(world: World, run: LeafRun, m: int) -> None:
    """Let the court take the decisions its staff can take this month."""
    waiting = int(run.leaf.counts[N_QUEUE])
    if not waiting:
        return
    month = world.scenario.first_month + m
    first = first_day(month)
    ranks = np.empty(waiting, np.uint64)
    acts = run.leaf.cs["act"][run.leaf.q_case[:waiting]]
    rank(world.keys.queue, acts, ranks)
    queue = world.policy.queue
    may = queue[run.leaf.q_step[:waiting]] == DECISION
    if world.grace.days and first_day(month + 1) > world.grace.first:
        may &= ~held_back(world, run, first)
    order = np.flatnonzero(may)
    served = min(int(world.capacity[m, run.place]), len(order))
    if served < len(order):  # only those that will be served need an order
        order = order[np.argpartition(ranks[order], served)[:served]]
    order = order[np.lexsort((run.leaf.q_case[order], ranks[order]))]
    days = (ranks & np.uint64(0xFFFF)).astype(np.int64)
    run.leaf = reserve(run.leaf, waiting + 64, 0, 0, 0, 0)
    lapse = first_day(month - world.lapse_months + 1)
    settled = np.zeros(1 + waiting, np.int64)
    done = serve_queue(
        run.leaf, world.laws[run.place], queue, order, served, lapse, days,
        first, first_day(month + 1) - first, _compacts(world, run), settled,
    )  # fmt: skip
    _retire(world, run, settled)
    run.queue[m, 0], run.queue[m, 1] = done


def _turns(world: World, run: LeafRun, m: int) -> None:
    """Let those who handle ways off lists deal with as many requests as their staff can."""
    if run.turns.size:
        ledgers = np.unique(run.leaf.cs["ledger"][run.turns]).astype(np.int64)
        settled = np.zeros(1 + len(ledgers), np.int64)
        end_turns(run.leaf, run.turns, ledgers, _compacts(world, run), settled)
        run.turns = run.turns[:0]
        _retire(world, run, settled)
    if not world.staffed_by:
        return
    month, waiting = world.scenario.first_month + m, int(run.leaf.counts[N_QUEUE])
    first, after = first_day(month), first_day(month + 1)
    whose = world.policy.queue[run.leaf.q_step[:waiting]]
    theirs = np.flatnonzero((run.leaf.q_day[:waiting] < after) & (whose >= REDRESS))
    acts = run.leaf.cs["act"][run.leaf.q_case[:waiting]]
    free = world.redress_capacity[:, m, run.place] + run.spare
    came = np.bincount(whose[theirs] - REDRESS, minlength=len(free))
    taken = np.zeros(len(free), np.int64)
    chosen = [theirs[:0]]
    for p in np.flatnonzero(came).tolist():  # few of them in most months
        mine = theirs[whose[theirs] == REDRESS + p]
        served = mine[turns(world.keys.turn, acts[mine], month, int(free[p]))]
        taken[p] = len(served)
        chosen.append(served)
    waited = run.redress[:, m - 1, 2] if m else 0
    run.redress[:, m, 0], run.redress[:, m, 1] = came - waited, taken
    run.redress[:, m, 2] = came - taken
    run.spare[:] = np.minimum(free - taken, 1)  # an authority of a fraction of a turn a month
    if not taken.any():
        return
    order = np.concatenate(chosen)
    ranks = np.empty(waiting, np.uint64)
    rank(world.keys.turn, acts, ranks, month)
    days = ((ranks & np.uint64(0xFFFF)) % np.uint64(after - first)).astype(np.int64)
    run.turns = give_turns(run.leaf, order, days, first)


def held_back(world: World, run: LeafRun, first: int) -> NDArray[np.bool_]:
    """Tell which waiting requests relief holds back: bool[waiting], on the first of a month.

    A request about a firm that came while the relief was on is not decided before its grace
    is over, for the share of firms that the emergency hit (a keyed draw on the case).
    """
    grace, waiting = world.grace, int(run.leaf.counts[N_QUEUE])
    cases = run.leaf.q_case[:waiting]
    came = run.leaf.q_day[:waiting]
    firm = run.leaf.lg["subject"][run.leaf.cs["ledger"][cases]] >> 32 > 0
    share = np.full(waiting, grace.share, np.uint64)
    hit = recorded(world.keys.relief, run.leaf.cs["act"][cases], share)
    on = (came >= grace.first) & (came <= grace.last)
    return np.asarray(firm & hit & on & (came + grace.days > first), np.bool_)


def first_half(world: World, run: LeafRun, worker: Worker, m: int) -> list[Message]:
    """Live the month of one leaf up to the barrier of the nation; returns its messages."""
    here, away = filed(world, run, draw_month(world, run, worker, m), m)
    if here:
        _file(world, run, _joined(here))
    _advance(world, run, worker, m)
    _decisions(world, run, m)
    _turns(world, run, m)
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


def close(world: World, run: LeafRun) -> None:
    """Account for the measures of every spell not yet accounted for (all, or a fixed sample)."""
    account(
        run.leaf, run.place, world.measures, world.others, world.link, world.keys,
        world.sample_shift, world.scenario.first_month, run.measures, run.felt,
    )  # fmt: skip
    run.entries += entry_sums(run.leaf)
