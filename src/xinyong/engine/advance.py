"""Advance files through time: fold, take the steps that are due, follow the entries.

A file is visited on the days on which something can change for it (its next due day) and
on no other. On each visit the one kernel says what follows from the events so far; this
module only decides *whether and when* an open step is taken, writes that to the ledger,
and keeps the held entries equal to what the kernel found.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.dates import NEVER
from xinyong.engine.joining import consents_of
from xinyong.engine.spells import is_whole
from xinyong.engine.state import (
    CASE_ASKED,
    CASE_CARRIED,
    CASE_CLOSED,
    CASE_COPIED,
    CASE_FALSE,
    CASE_LAPSED,
    CASE_MISATTACHED,
    CASE_QUEUED,
    CASE_SHARED,
    CASE_TURN,
    N_ENTRIES,
    N_EVENTS,
    N_FREE,
    N_FREE_ENTRIES,
    N_QUEUE,
    PREV,
    UNSCORED,
    append_event,
    gather,
    new_entry,
    release_copies,
    release_events,
)
from xinyong.institutions.redress import write_exits
from xinyong.institutions.steps import DECISION, step_day, takes
from xinyong.jit import lean, njit
from xinyong.law import tables as t
from xinyong.law.clocks import LEDGER_COLS, first, is_step
from xinyong.law.compiled import first_day, fold, month_of
from xinyong.law.tables import (
    E_CASE,
    E_CAUSE,
    E_END,
    E_INST,
    E_LAWFUL,
    E_PROV,
    E_START,
    F_COLS,
    F_CONSENTS,
    L_FROM,
    L_INST,
    L_PROV,
    L_STATE,
    LINE_LIVE,
    N_COPY,
    N_ENTRY,
    N_LINE,
    N_SCORE,
    N_STEP,
    NEXT_DUE,
    NEXT_VERSION,
    P_BAR_KINDS,
    P_LIMIT,
    P_LIMIT_TO,
    Q_ANCHOR,
    Q_CASE,
    Q_DUE,
    Q_STEP,
    S_INST,
    S_THEN,
    Z_GRADE,
    Z_INST,
    Z_SCORE,
)

__all__ = [
    "EXITS",
    "FLOWS",
    "Bench",
    "advance",
    "bench",
    "due_files",
    "give_turns",
    "let_rest",
    "serve_queue",
]

_is_step = lean(is_step)
_first = lean(first)

#: Flows counted for each list: entries, those that are mistaken, those of subjects who had
#: none alive on the list, those decided while a gate barred their ground on paper, then exits
#: by cause.
FLOWS = (
    "entered",
    "entered_mistaken",
    "entered_first",
    "entered_barred",
    *(f"exit_{c}" for c in t.CAUSES),
    "exit_unexplained",
)
_ENTERED, _MISTAKEN, _FIRST, _BARRED, _EXIT = 0, 1, 2, 3, 4
#: From where on the flows are exits.
EXITS = _EXIT
_UNEXPLAINED = len(FLOWS) - 1

#: The most rows one visit can write to any table: every step and, for each entry, the events
#: of its ways off the list (see `bench`).
ROOM = 2048 + 8 * 512

# Codes that `advance` returns instead of the next position.
TOO_LONG, RESTLESS = -1, -2


class Bench(NamedTuple):
    """Working memory of one thread."""

    found: t.Findings
    led: NDArray[np.int64]
    out: NDArray[np.int64]
    days: NDArray[np.int64]
    heads: NDArray[np.int64]
    facts: NDArray[np.int64]


def bench() -> Bench:
    """Return working memory for `advance`; generous, because nothing may be cut off.

    Statuses of provisions tried are for the calculator; here there is no room for them.
    """
    return Bench(
        t.room(entries=512, lines=4096, steps=2048, statuses=0),
        np.zeros((4096, LEDGER_COLS), np.int64),
        np.zeros(4, np.int64),
        np.zeros(64, np.int64),
        np.zeros(32, np.int64),
        np.zeros(F_COLS, np.int64),
    )


@njit
def due_files(leaf, last):
    """Return the ledgers that fall due by a day, in the order of their rows.

    A plain pass over one int32 column: at one to one that is 80 MB a month, some ten
    milliseconds, and it needs no calendar that could disagree with the ledgers.
    """
    n = 0
    used = leaf.counts[1]
    for i in range(used):
        if leaf.lg_due[i] <= last:
            n += 1
    out = np.empty(n, np.int64)
    n = 0
    for i in range(used):
        if leaf.lg_due[i] <= last:
            out[n] = i
            n += 1
    return out


@lean
def _case_row(leaf, ledger, number):
    row = leaf.lg[ledger].case
    while row >= 0 and leaf.cs[row].number != number:
        row = leaf.cs[row].prev
    return row


@lean
def _take_steps(leaf, law, ledger, day, found, led, n, policy, keys, place, whole):
    """Write down the open steps that come next, or put them in the queue for staff.

    Events that no rule reads are kept in files that are kept whole.

    Steps that come on or after the day of something else that may change the file are left
    for the visit on that day: whether they are still open is then asked again. A step that
    is written down already, for a later day, is not written again.
    """
    changes = min(leaf.lg_due[ledger], found.count[NEXT_VERSION])
    following = NEVER
    kept = is_whole(keys, place, leaf.lg[ledger].subject, whole)
    for i in range(found.count[N_STEP]):
        row = found.step[i]
        when = NEVER
        step = row[Q_STEP]
        then = law.step[step, S_THEN]
        what = law.step[step, S_INST] if _is_step(then) else -1
        if _first(led, n, row[Q_CASE], then, what, row[Q_ANCHOR], NEVER) >= NEVER:
            case = _case_row(leaf, ledger, row[Q_CASE])
            act, flags = leaf.cs[case].act, leaf.cs[case].flags
            mistaken = flags & (CASE_FALSE | CASE_MISATTACHED) != 0
            if flags & CASE_CLOSED:
                pass  # its file settled: what later law opens for it comes too late
            elif policy.queue[step] == DECISION:
                if not leaf.cs[case].flags & (CASE_QUEUED | CASE_LAPSED):
                    leaf.cs[case].flags |= CASE_QUEUED
                    q = leaf.counts[N_QUEUE]
                    leaf.q_case[q], leaf.q_step[q], leaf.q_day[q] = case, step, day
                    leaf.counts[N_QUEUE] = q + 1
            elif policy.inert[step] and not kept:
                pass  # nothing reads the event: it is for the record only, and there is none
            elif takes(policy, keys, act, step, mistaken):
                when = step_day(policy, keys, act, step, row[Q_ANCHOR], row[Q_DUE], day)
                when = max(when, day)
                if policy.inert[step]:
                    due = leaf.lg_due[ledger]
                    append_event(leaf, ledger, when, then, what, row[Q_CASE], 0)
                    leaf.lg_due[ledger] = due
                    when = NEVER
                elif policy.queue[step] and not leaf.cs[case].flags & CASE_TURN:
                    if not leaf.cs[case].flags & CASE_ASKED:  # all its steps have one turn
                        leaf.cs[case].flags |= CASE_ASKED
                        q = leaf.counts[N_QUEUE]
                        leaf.q_case[q], leaf.q_step[q], leaf.q_day[q] = case, step, when
                        leaf.counts[N_QUEUE] = q + 1
                    when = NEVER
                following = min(following, when)
        row[Q_DUE] = when
    for i in range(found.count[N_STEP]):
        row = found.step[i]
        if row[Q_DUE] >= NEVER:
            continue
        if row[Q_DUE] > following or (row[Q_DUE] >= changes and row[Q_DUE] > day):
            leaf.lg_due[ledger] = min(leaf.lg_due[ledger], row[Q_DUE])
            continue
        step = row[Q_STEP]
        then = law.step[step, S_THEN]
        what = law.step[step, S_INST] if _is_step(then) else -1
        due = leaf.lg_due[ledger]
        append_event(leaf, ledger, row[Q_DUE], then, what, row[Q_CASE], 0)
        # One more of a kind of which rules read the first alone changes nothing on its day.
        stands = _first(led, n, row[Q_CASE], then, what, -NEVER, day) < NEVER
        if stands and not policy.counts_again[step]:
            leaf.lg_due[ledger] = due


@lean
def _on_list(leaf, ledger, inst):
    """Tell whether a file has an entry alive on a list."""
    held = leaf.lg[ledger].entry
    while held >= 0:
        if leaf.en[held].inst == inst and leaf.en[held].end >= NEVER:
            return True
        held = leaf.en[held].prev
    return False


@lean
def barred_on_paper(law, prov, kind, day):
    """Tell whether gates bar on paper what a provision decides on a day, followed or not."""
    if prov < 0 or not law.prov[prov, P_BAR_KINDS] >> kind & 1:
        return False
    return law.prov[prov, P_LIMIT] <= day < law.prov[prov, P_LIMIT_TO]


@lean
def _count_exit(flow, day, cause, inst, kind, first_month, n):
    """Count an exit by its cause, or take it back."""
    column = _EXIT + cause if cause >= 0 else _UNEXPLAINED
    flow[month_of(day) - first_month, inst, kind, column] += n


@lean
def _follow_entries(
    leaf, law, place, ledger, day, found, routes, policy, keys, flow, first_month, days
):  # fmt: skip
    """Make the held entries equal to those found; count what entered and what ended."""
    for i in range(found.count[N_ENTRY]):
        row = found.entry[i]
        case = _case_row(leaf, ledger, row[E_CASE])
        held = leaf.lg[ledger].entry
        while held >= 0 and not (
            leaf.en[held].case == case
            and leaf.en[held].inst == row[E_INST]
            and leaf.en[held].start == row[E_START]
        ):
            held = leaf.en[held].prev
        kind = leaf.lg[ledger].subject >> 32
        flags = leaf.cs[case].flags
        if row[E_PROV] < 0 and flags & CASE_COPIED:
            continue  # the entry is the body's; its representative only hears of it
        mistaken = flags & (CASE_FALSE | CASE_MISATTACHED)
        if held < 0:
            month = month_of(row[E_START]) - first_month
            if not _on_list(leaf, ledger, row[E_INST]):
                flow[month, row[E_INST], kind, _FIRST] += 1
            held = new_entry(leaf, ledger, case, row[E_INST], row[E_START])
            flow[month, row[E_INST], kind, _ENTERED] += 1
            if mistaken:
                flow[month, row[E_INST], kind, _MISTAKEN] += 1
            if barred_on_paper(law, row[E_PROV], kind, row[E_START]):
                flow[month, row[E_INST], kind, _BARRED] += 1
            act = leaf.cs[case].act
            if not flags & CASE_COPIED:  # a copied entry leaves with the one it was copied from
                write_exits(
                    routes, policy, keys, act, row[E_INST], place, kind, row[E_START], mistaken,
                    first_month, days,
                )  # fmt: skip
                for r in range(days.size):
                    for s in range(routes.event.shape[1]):
                        if days[r] < NEVER and routes.event[r, s] >= 0:
                            when, event = days[r] + routes.lag[r, s], routes.event[r, s]
                            what = routes.what[r, s]
                            append_event(leaf, ledger, when, event, what, row[E_CASE], 1)
        ended = np.int64(leaf.en[held].end)
        if day < ended < NEVER:
            continue  # something came late, and the file is seen again as of an earlier day
        if ended < NEVER and (row[E_END] != ended or row[E_CAUSE] != leaf.en[held].cause):
            _count_exit(flow, ended, leaf.en[held].cause, row[E_INST], kind, first_month, -1)
            ended = np.int64(NEVER)
        if row[E_END] < NEVER and ended >= NEVER:
            _count_exit(flow, row[E_END], row[E_CAUSE], row[E_INST], kind, first_month, 1)
        leaf.en[held].prov = row[E_PROV]
        leaf.en[held].lawful = row[E_LAWFUL]
        leaf.en[held].cause = row[E_CAUSE]
        leaf.en[held].end = row[E_END]


@lean
def _share(leaf, law, ledger, found, shared, n):
    """Note the cases that a provision copies to others, with the roles; returns how many."""
    for i in range(found.count[N_COPY]):
        if law.prov[found.copy[i, 1], t.P_A]:
            leaf.cs[_case_row(leaf, ledger, found.copy[i, 0])].flags |= CASE_SHARED
    case = leaf.lg[ledger].case
    while case >= 0:
        carried = leaf.cs[case].flags & (CASE_SHARED | CASE_CLOSED) == CASE_SHARED
        if carried and n < shared.size:
            leaf.cs[case].flags |= np.uint16(CASE_CARRIED)
            roles = np.int64(0)
            for i in range(found.count[N_COPY]):
                if found.copy[i, 0] == leaf.cs[case].number:
                    roles |= law.prov[found.copy[i, 1], t.P_A]
            shared[n] = case | roles << 32
            n += 1
        case = leaf.cs[case].prev
    return n


@lean
def _follow_scores(leaf, law, ledger, schemes, found):
    """Make the held scores equal to those found; a scheme that is over scores nobody."""
    for s in range(schemes.size):
        leaf.lg_score[ledger, s, 0], leaf.lg_score[ledger, s, 1] = 0, UNSCORED
        for z in range(found.count[N_SCORE]):
            if found.score[z, Z_INST] == schemes[s]:
                leaf.lg_score[ledger, s, 0] = found.score[z, Z_SCORE]
                leaf.lg_score[ledger, s, 1] = found.score[z, Z_GRADE]
        kind, barred = leaf.lg[ledger].subject >> 32, 0
        for i in range(found.count[N_LINE]):
            row = found.line[i]
            if row[L_INST] == schemes[s] and row[L_STATE] == LINE_LIVE:
                barred += barred_on_paper(law, row[L_PROV], kind, row[L_FROM])
        leaf.lg_score[ledger, s, 2] = barred


@lean
def _waits(leaf, ledger):
    """Tell whether a file has an entry alive or a decision that may still come."""
    held = leaf.lg[ledger].entry
    while held >= 0:
        if leaf.en[held].end >= NEVER:
            return True
        held = leaf.en[held].prev
    case = leaf.lg[ledger].case
    while case >= 0:
        if leaf.cs[case].flags & (CASE_QUEUED | CASE_ASKED | CASE_TURN):
            return True
        case = leaf.cs[case].prev
    return False


@lean
def _undecided(leaf, ledger, found):
    """Tell whether a case of a file has led to nothing so far, so that a new rule may yet reach it.

    Requests that were dropped stay dropped, and a copy follows the case it was copied from.
    """
    case = leaf.lg[ledger].case
    while case >= 0:
        if not leaf.cs[case].flags & (CASE_LAPSED | CASE_COPIED):
            open_ = True
            for i in range(found.count[N_ENTRY]):
                if found.entry[i, E_CASE] == leaf.cs[case].number:
                    open_ = False
            if open_:
                return True
        case = leaf.cs[case].prev
    return False


@lean
def _warm(leaf, due, begin, heads):
    """Touch the rows of the next files together, so that they wait for memory side by side.

    Files lie anywhere in gigabytes of tables; a visit that follows a file's
    chains alone waits for each row in turn. Changes nothing.

    Returns:
        A number without meaning, so that the loads are not left out as useless.
    """
    n = min(heads.size, due.size - begin)
    seen = np.int64(0)
    for i in range(n):
        heads[i] = leaf.lg[due[begin + i]].event
    for i in range(n):
        if leaf.lg[due[begin + i]].case >= 0:
            seen += leaf.cs[leaf.lg[due[begin + i]].case].number
        if leaf.lg[due[begin + i]].entry >= 0:
            seen += leaf.en[leaf.lg[due[begin + i]].entry].prov
    for _ in range(12):
        for i in range(n):
            if heads[i] >= 0:
                heads[i] = leaf.ev_row[heads[i], PREV]
    return seen + heads[0]


@lean
def _tied(leaf, ledger):
    """Tell whether a file hangs together with another: news of a case are on their way.

    They are if a case of it is to be carried on this month, and may come as long as an entry
    rests on a copied case, which leaves with the one it was copied from.
    """
    held = leaf.lg[ledger].entry
    while held >= 0:
        if leaf.cs[leaf.en[held].case].flags & CASE_COPIED:
            return True
        held = leaf.en[held].prev
    case = leaf.lg[ledger].case
    while case >= 0:
        if leaf.cs[case].flags & CASE_CARRIED:
            return True
        case = leaf.cs[case].prev
    return False


@lean
def _settle(leaf, ledger, keys, place, whole, settled):
    """Close the cases of a file in which nothing can happen any more.

    Its events are given back, and it is noted, unless the file is kept whole. Whether it is may
    change no result: a closed case is not carried on in either.
    """
    if leaf.lg_due[ledger] < NEVER or _waits(leaf, ledger) or _tied(leaf, ledger):
        return
    case = leaf.lg[ledger].case
    while case >= 0:
        if not leaf.cs[case].flags & CASE_COPIED:
            leaf.cs[case].flags |= np.uint16(CASE_CLOSED)
        case = leaf.cs[case].prev
    if is_whole(keys, place, leaf.lg[ledger].subject, whole):
        return
    release_copies(leaf, ledger)
    release_events(leaf, ledger)
    settled[0] += 1
    settled[settled[0]] = ledger


@njit
def advance(
    leaf,
    place,
    law,
    facts,
    policy,
    routes,
    keys,
    due,
    begin,
    last,
    first_month,
    schemes,
    joins,
    whole,
    mem,
    flow,
    shared,
    settled,
):
    """Advance files up to the end of a day.

    Args:
        leaf: the state; only its files change.
        place: position of the leaf.
        law: compiled law.
        facts: int64[strata, F_COLS] facts of subjects by stratum.
        policy: when and whether steps are taken (`institutions.steps`).
        routes: how entries come to an end (`institutions.redress`).
        keys: stream keys.
        due: rows of the ledgers to advance.
        begin: position to start at.
        last: the day.
        first_month: month 0 of `flow`.
        schemes: int64[n], the schemes that score these files, in the order of their columns;
            where there is one, nothing in a file is ever settled.
        joins: those of them that ask for consent (`engine.joining`).
        whole: threshold of keeping a file whole (`spells.is_whole`); all others give their events
            back when nothing is due in them any more.
        mem: `Bench`.
        flow: int32[months, instruments, kinds, FLOWS], added to.
        shared: int64[n]: how many rows of it are used, then cases copied to others
            (``row | roles << 32``).
        settled: int64[n]: the same, then ledger rows in which nothing is due any more.

    Returns:
        The next position (the end when all are done, earlier when a table needs `ROOM`), or
        a negative code when a file is too long or never comes to rest.
    """
    found = mem.found
    for i in range(begin, due.size):
        if (i - begin) % mem.heads.size == 0:
            mem.out[3] = _warm(leaf, due, i, mem.heads)
        ledger = due[i]
        visits = 0
        while leaf.lg_due[ledger] <= last:
            day = leaf.lg_due[ledger]
            n = gather(leaf, ledger, mem.led)
            if n > mem.led.shape[0]:
                return TOO_LONG
            visits += 1
            mem.out[2] += 1
            if visits > 400:
                return RESTLESS
            who = facts[leaf.lg[ledger].stratum]
            if joins.limit.size:
                mem.facts[:] = who
                subject = np.int64(leaf.lg[ledger].subject)
                mem.facts[F_CONSENTS] = consents_of(joins, keys.consent, place, subject)
                who = mem.facts
            fold(law, who, mem.led, n, leaf.lg[ledger].cases, day, found, mem.out)
            full = (
                found.count[N_ENTRY] >= found.entry.shape[0]
                or found.count[N_LINE] >= found.line.shape[0]
                or found.count[N_STEP] >= found.step.shape[0]
                or found.count[N_COPY] >= found.copy.shape[0]
            )
            if full:
                return TOO_LONG
            writes = found.count[N_STEP] + 8 * found.count[N_ENTRY]
            if (
                leaf.counts[N_EVENTS] - leaf.counts[N_FREE] + writes > leaf.ev_row.shape[0]
                or leaf.counts[N_ENTRIES] - leaf.counts[N_FREE_ENTRIES] + found.count[N_ENTRY]
                > leaf.en.size
                or leaf.counts[N_QUEUE] + found.count[N_STEP] > leaf.q_day.size
                or shared[0] + 1 + leaf.lg[ledger].cases > shared.size
            ):
                return i  # nothing is written yet, so the visit is made again
            leaf.lg_due[ledger] = found.count[NEXT_DUE]
            # Entries first: the ways off a list that they open may come before the next step.
            days = mem.days[: routes.inst.size]
            _follow_entries(
                leaf, law, place, ledger, day, found, routes, policy, keys, flow, first_month, days
            )
            _take_steps(leaf, law, ledger, day, found, mem.led, n, policy, keys, place, whole)
            _follow_scores(leaf, law, ledger, schemes, found)
            # A new version of a rule concerns files in which something stands or is under way,
            # or in which a case met no rule so far. Whether events are kept must not matter
            # here: it may change no result. One that begins after the run is nothing to wait for.
            turns = found.count[NEXT_VERSION]
            if (
                turns < first_day(first_month + flow.shape[0])
                and turns < leaf.lg_due[ledger]
                and (
                    schemes.size > 0
                    or leaf.lg_due[ledger] < NEVER
                    or _waits(leaf, ledger)
                    or _undecided(leaf, ledger, found)
                )
            ):
                leaf.lg_due[ledger] = turns
            before = shared[0]
            used = _share(leaf, law, ledger, found, shared[1:], before)
            shared[0] = used
        _settle(leaf, ledger, keys, place, whole, settled)
    return due.size


@lean
def _shorten(leaf, keep):
    """Close the gaps in the queue: only the positions to keep stay, in their order."""
    n = 0
    for q in range(leaf.counts[N_QUEUE]):
        if keep[q]:
            leaf.q_case[n], leaf.q_step[n] = leaf.q_case[q], leaf.q_step[q]
            leaf.q_day[n] = leaf.q_day[q]
            n += 1
    leaf.counts[N_QUEUE] = n


@njit
def serve_queue(
    leaf, law, queue, order, served, lapse_before, days, first, length, keys, place, whole, settled
):  # fmt: skip
    """Take the decisions that the staff can take this month; drop those left too long.

    Args:
        leaf: the state; its queue shrinks.
        law: compiled law.
        queue: int64[steps], whose staff each waits for (`institutions.steps.Policy`).
        order: positions in the queue, those served first.
        served: how many can be served.
        lapse_before: requests that opened before this day are dropped.
        days: int64[queue] scratch: day within the month drawn for each position.
        first: first day of the month.
        length: its days.
        keys: stream keys.
        place: position of the leaf.
        whole: threshold of keeping a file whole; other settled files give their events back.
        settled: int64[n]: how many rows of it are used, then ledger rows of settled files.

    Returns:
        int64[2]: decisions taken and requests lapsed.
    """
    done = np.zeros(2, np.int64)
    keep = np.ones(leaf.counts[N_QUEUE], np.bool_)
    for i in range(min(served, order.size)):
        q = order[i]
        case = leaf.q_case[q]
        step = leaf.q_step[q]
        ledger = leaf.cs[case].ledger
        day = max(first + days[q] % length, leaf.q_day[q])
        then = law.step[step, S_THEN]
        what = law.step[step, S_INST]
        append_event(leaf, ledger, day, then, what, leaf.cs[case].number, 0)
        leaf.cs[case].flags &= ~np.uint16(CASE_QUEUED)
        keep[q] = False
        done[0] += 1
    for q in range(leaf.counts[N_QUEUE]):
        decision = queue[leaf.q_step[q]] == DECISION
        if keep[q] and decision and leaf.q_day[q] < lapse_before:
            flags = leaf.cs[leaf.q_case[q]].flags & ~np.uint16(CASE_QUEUED)
            leaf.cs[leaf.q_case[q]].flags = flags | np.uint16(CASE_LAPSED)
            keep[q] = False
            done[1] += 1
            ledger = np.int64(leaf.cs[leaf.q_case[q]].ledger)
            _settle(leaf, ledger, keys, place, whole, settled)
    _shorten(leaf, keep)
    return done


@njit
def give_turns(leaf, order, days, first):
    """Give requests for a way off a list their turn with the staff, this month.

    What the law asks is asked again on the day of the turn: a step that is open no more by
    then is not taken.

    Args:
        leaf: the state; its queue shrinks.
        order: positions in the queue of those whose turn it is.
        days: int64[queue], day within the month drawn for each that waited longer.
        first: first day of the month.

    Returns:
        int64[n], the case rows.
    """
    keep = np.ones(leaf.counts[N_QUEUE], np.bool_)
    cases = np.empty(order.size, np.int64)
    for i in range(order.size):
        q = order[i]
        case = leaf.q_case[q]
        leaf.cs[case].flags = (leaf.cs[case].flags & ~np.uint16(CASE_ASKED)) | np.uint16(CASE_TURN)
        ledger = leaf.cs[case].ledger
        day = leaf.q_day[q] if leaf.q_day[q] >= first else first + days[q]
        leaf.lg_due[ledger] = min(leaf.lg_due[ledger], day)
        keep[q] = False
        cases[i] = case
    _shorten(leaf, keep)
    return cases


@njit
def let_rest(leaf, cases, flag, ledgers, keys, place, whole, settled):
    """Take a flag off cases; files in which nothing is left to do are settled.

    Args:
        leaf: the state.
        cases: int64[n], the case rows.
        flag: that their turn was last month (`CASE_TURN`), or that they were carried on in this
            (`CASE_CARRIED`).
        ledgers: int64[n], the files they are of, each once.
        keys: stream keys.
        place: position of the leaf.
        whole: threshold of keeping a file whole; other settled files give their events back.
        settled: int64[n]: how many rows of it are used, then ledger rows of settled files.
    """
    for i in range(cases.size):
        leaf.cs[cases[i]].flags &= ~np.uint16(flag)
    for i in range(ledgers.size):
        _settle(leaf, ledgers[i], keys, place, whole, settled)
