"""Waiting for staff: listing decisions of courts, and ways off lists."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xinyong.dates import first_day
from xinyong.engine.advance import give_turns, let_rest, serve_queue
from xinyong.engine.leaf_run import LeafRun, kept_whole, let_go
from xinyong.engine.state import CASE_TURN, N_QUEUE, reserve
from xinyong.engine.world import World
from xinyong.institutions.capacity import rank, turns
from xinyong.institutions.detection import recorded
from xinyong.institutions.steps import DECISION, REDRESS

__all__ = ["decisions", "held_back", "rest", "take_turns"]


def decisions(world: World, run: LeafRun, m: int) -> None:
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
        first, first_day(month + 1) - first, world.keys, run.place, kept_whole(world, run), settled,
    )  # fmt: skip
    let_go(world, run, settled)
    run.queue[m, 0], run.queue[m, 1] = done


def take_turns(world: World, run: LeafRun, m: int) -> None:
    """Let those who handle ways off lists deal with as many requests as their staff can."""
    if run.turns.size:
        rest(world, run, run.turns, CASE_TURN)
        run.turns = run.turns[:0]
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


def rest(world: World, run: LeafRun, cases: NDArray[np.int64], flag: int) -> None:
    """Take a flag off cases, and settle files in which nothing is left to do (`let_rest`)."""
    ledgers = np.unique(run.leaf.cs["ledger"][cases]).astype(np.int64)
    settled = np.zeros(1 + len(ledgers), np.int64)
    whole = kept_whole(world, run)
    let_rest(run.leaf, cases, flag, ledgers, world.keys, run.place, whole, settled)
    let_go(world, run, settled)


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
