"""Entries on lists: ground, start, lawful end and actual end, and the steps around them.

Plain Python within numba's subset (see `xinyong.jit`).
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from xinyong.dates import NEVER
from xinyong.law.clocks import (
    BEYOND,
    EV_DECIDED,
    EV_ENDED,
    EV_EXTENDED,
    EV_OCCURRED,
    EV_PUBLISHED,
    EV_RECORDED,
    EV_REMOVED,
    add,
    anchor_day,
    detail,
    first,
    is_step,
    term_end,
)
from xinyong.law.conditions import entry_start, first_unmet
from xinyong.law.tables import (
    BASIS_ACT,
    BASIS_DECISION,
    BASIS_RECORD,
    CAUSE_EXPIRY,
    CAUSE_TERMINATED,
    E_CASE,
    E_CAUSE,
    E_DUE,
    E_END,
    E_INST,
    E_LAWFUL,
    E_PROV,
    E_PUBLISHED,
    E_START,
    END,
    ENTER,
    F_KIND,
    I_KIND,
    I_REMOVES,
    I_STEP,
    I_STEP_END,
    N_ENTRY,
    N_STATUS,
    N_STEP,
    NEXT_DUE,
    NEXT_LIMIT,
    NEXT_VERSION,
    OPENS_ENDED,
    OPENS_ENTERED,
    OPENS_MET,
    P_A,
    P_B,
    P_BAR_KINDS,
    P_BARRED,
    P_BASIS,
    P_C,
    P_CODE,
    P_CODE_END,
    P_EFFECT,
    P_ENDED,
    P_FROM,
    P_KINDS,
    P_TERM,
    P_TO,
    P_VIA,
    Q_ANCHOR,
    Q_CASE,
    Q_DONE,
    Q_DUE,
    Q_STEP,
    RESTORE,
    S_AFTER,
    S_ANCHOR,
    S_ANCHOR_END,
    S_CODE,
    S_CODE_END,
    S_EXTENDED,
    S_FROM,
    S_INST,
    S_N,
    S_OPENS,
    S_THEN,
    S_TO,
    S_UNIT,
    ST_BARRED,
    ST_MET,
    ST_NOT_IN_FORCE,
    ST_UNMET,
    T_ANCHOR,
    T_CONTINUING,
    T_EXT_HI,
    T_EXT_LO,
    T_EXTEND,
    T_OPEN,
    Y_AT,
    Y_CASE,
    Y_PROV,
    Y_STATUS,
)


def note(found, case, prov, status, at):
    """Note how a provision fared for a case, while there is room."""
    i = found.count[N_STATUS]
    if i < found.status.shape[0]:
        found.status[i, Y_CASE] = case
        found.status[i, Y_PROV] = prov
        found.status[i, Y_STATUS] = status
        found.status[i, Y_AT] = at
        found.count[N_STATUS] = i + 1


def due_later(found, day, as_of):
    """Remember the earliest day after `as_of` on which something may change by itself."""
    if as_of < day < found.count[NEXT_DUE]:
        found.count[NEXT_DUE] = day


def limit_later(found, day, as_of):
    """Remember the earliest day after `as_of` on which the limit of an open step runs out."""
    if as_of < day < found.count[NEXT_LIMIT]:
        found.count[NEXT_LIMIT] = day


def rule_turns(found, begins, last, as_of):
    """Remember the earliest day after `as_of` on which a rule begins or ceases to apply."""
    if as_of < begins < found.count[NEXT_VERSION]:
        found.count[NEXT_VERSION] = begins
    if as_of <= last < NEVER and last + 1 < found.count[NEXT_VERSION]:
        found.count[NEXT_VERSION] = last + 1


def version_due(law, found, prov, as_of):
    """Remember the days on which the version of a provision begins and ceases to apply."""
    rule_turns(found, law.prov[prov, P_FROM], law.prov[prov, P_TO], as_of)


def addressed(law, facts, via, prov):
    """Tell whether a provision speaks to this kind of subject and this way of acting."""
    row = law.prov[prov]
    return row[P_KINDS] >> facts[F_KIND] & 1 and row[P_VIA] >> via & 1


def in_force(law, prov, day):
    """Tell whether the version of a provision applies on a day."""
    return law.prov[prov, P_FROM] <= day <= law.prov[prov, P_TO]


def barred(law, facts, prov, day):
    """Tell whether a gate, as it is followed here, keeps a provision from what is of a day."""
    mine = law.prov[prov, P_BAR_KINDS] >> facts[F_KIND] & 1
    return mine == 1 and law.prov[prov, P_BARRED] <= day


def ended_on(law, facts, prov, found, as_of):
    """Return the day from which a gate lets nothing of a provision stand; NEVER if none does."""
    if not law.prov[prov, P_BAR_KINDS] >> facts[F_KIND] & 1:
        return NEVER
    rule_turns(found, law.prov[prov, P_ENDED], NEVER, as_of)
    return law.prov[prov, P_ENDED]


def basis_day(law, led, n, case, inst, prov, decided, as_of):
    """Return the day that chooses the version of a provision (its transition rule)."""
    basis = law.prov[prov, P_BASIS]
    if basis == BASIS_ACT:
        return first(led, n, case, EV_OCCURRED, -1, -NEVER, as_of)
    if basis == BASIS_DECISION:
        return min(decided, as_of)
    if basis == BASIS_RECORD:
        return min(first(led, n, case, EV_RECORDED, inst, -NEVER, as_of), as_of)
    return as_of


def extension(law, led, n, case, row, until):
    """Return the months of a discretionary extension, if stated and within its range."""
    if law.term[row, T_EXTEND] < 0:
        return 0
    months = detail(led, n, case, law.term[row, T_EXTEND], until, 0)
    if months < law.term[row, T_EXT_LO]:
        return 0
    return min(months, law.term[row, T_EXT_HI])


def expiry(law, led, n, case, inst, prov, start, as_of):
    """Return the first day after the term of an entry that began on `start`."""
    row = law.prov[prov, P_TERM]
    if row < 0 or law.term[row, T_OPEN]:
        return NEVER
    if law.term[row, T_CONTINUING] and first(led, n, case, EV_ENDED, -1, -NEVER, as_of) >= NEVER:
        return NEVER
    anchor = anchor_day(led, n, case, inst, law.term[row, T_ANCHOR], start, NEVER, as_of)
    if law.term[row, T_ANCHOR] == EV_DECIDED or anchor < start:
        anchor = start
    end = term_end(law, row, anchor, extension(law, led, n, case, row, as_of))
    return NEVER if end == BEYOND else end


def ground(law, facts, led, n, case, via, inst, found, lo, hi, decided, as_of):
    """Return the provision that is met for a list (the first, in the order of the text), or -1."""
    met = -1
    until = min(decided, as_of)
    for i in range(lo, hi):
        prov = law.listening[i]
        if law.prov[prov, P_EFFECT] != ENTER:
            break  # rules are in the order of their effects
        if not addressed(law, facts, via, prov):
            continue
        version_due(law, found, prov, as_of)
        if not in_force(law, prov, basis_day(law, led, n, case, inst, prov, decided, as_of)):
            note(found, case, prov, ST_NOT_IN_FORCE, -1)
            continue
        if decided > as_of:
            rule_turns(found, law.prov[prov, P_BARRED], NEVER, as_of)
        if barred(law, facts, prov, until):
            note(found, case, prov, ST_BARRED, -1)
            continue
        if met >= 0 and found.status.shape[0] == 0:
            continue  # which others are met as well matters to a trace only
        start, end = law.prov[prov, P_CODE], law.prov[prov, P_CODE_END]
        k = first_unmet(law, facts, led, n, case, via, inst, found, start, end, until)
        if k >= 0:
            note(found, case, prov, ST_UNMET, k)
            continue
        note(found, case, prov, ST_MET, -1)
        if met < 0:
            met = prov
    return met


def lawful_end(law, facts, led, n, case, via, inst, found, lo, hi, start, due, as_of, out):
    """Find the earliest lawful end of an entry; writes day and cause to `out`."""
    out[0] = due
    out[1] = CAUSE_EXPIRY if due < NEVER else -1
    for i in range(lo, hi):
        prov = law.listening[i]
        if law.prov[prov, P_EFFECT] > END:
            break
        if law.prov[prov, P_EFFECT] != END or not addressed(law, facts, via, prov):
            continue
        version_due(law, found, prov, as_of)
        if not in_force(law, prov, basis_day(law, led, n, case, inst, prov, start, as_of)):
            note(found, case, prov, ST_NOT_IN_FORCE, -1)
            continue
        event = law.prov[prov, P_B]
        what = inst if is_step(event) else -1
        day = first(led, n, case, event, what, start, as_of)
        if day >= NEVER:
            note(found, case, prov, ST_UNMET, 0)
            continue
        if law.prov[prov, P_C] and due < NEVER:
            note(found, case, prov, ST_UNMET, 1)
            continue
        a, b = law.prov[prov, P_CODE], law.prov[prov, P_CODE_END]
        k = first_unmet(law, facts, led, n, case, via, inst, found, a, b, as_of)
        if k >= 0:
            note(found, case, prov, ST_UNMET, k + 2)
            continue
        note(found, case, prov, ST_MET, -1)
        if day < out[0] or (day == out[0] and law.prov[prov, P_A] < out[1]):
            out[0] = day
            out[1] = law.prov[prov, P_A]


def one_entry(law, facts, led, n, case, via, inst, found, lo, hi, prov, start, as_of, out):
    """Follow one spell on a list from its start; returns the day it actually ended."""
    i = found.count[N_ENTRY]
    if i < found.entry.shape[0]:
        found.count[N_ENTRY] = i + 1
    else:
        i -= 1
    row = found.entry[i]
    row[E_CASE], row[E_INST], row[E_PROV], row[E_START] = case, inst, prov, start
    row[E_END] = NEVER  # the entry is alive for the conditions of its own end
    due = NEVER if prov < 0 else expiry(law, led, n, case, inst, prov, start, as_of)
    lawful_end(law, facts, led, n, case, via, inst, found, lo, hi, start, due, as_of, out)
    if prov >= 0:
        stopped = max(ended_on(law, facts, prov, found, as_of), start)
        if stopped <= as_of and stopped < out[0]:  # nobody knows of it before
            out[0], out[1] = stopped, CAUSE_TERMINATED
    lawful, cause = out[0], out[1]
    due_later(found, lawful, as_of)
    if law.inst[inst, I_REMOVES]:
        end = first(led, n, case, EV_REMOVED, inst, start, as_of)
        if end < lawful:
            lawful, cause = end, -1
    else:
        end = lawful if lawful <= as_of else NEVER
    row[E_DUE], row[E_LAWFUL], row[E_END] = due, lawful, end
    row[E_CAUSE] = cause if lawful <= as_of else -1
    row[E_PUBLISHED] = first(led, n, case, EV_PUBLISHED, inst, start, as_of)
    return end


def waits(law, found, case, s, as_of):
    """Tell whether a step still waits for one before it: open, and its limit not over."""
    after = law.step[s, S_AFTER]
    i = found.count[N_STEP] - 1
    while after and i >= 0 and found.step[i, Q_CASE] == case:
        before = s - 1 - found.step[i, Q_STEP]
        if before < 0 or law.step[found.step[i, Q_STEP], S_INST] != law.step[s, S_INST]:
            break
        if before < 62 and after >> before & 1 and found.step[i, Q_DONE] >= NEVER:
            due = found.step[i, Q_DUE]
            if law.step[found.step[i, Q_STEP], S_N] < 0 or due == BEYOND:
                return 1
            if as_of <= due:
                due_later(found, due + 1, as_of)
                return 1
        i -= 1
    return 0


def steps_of(law, facts, led, n, case, via, inst, found, met, listed, lawful, as_of):
    """Write the steps of a procedure that are open or done for a case."""
    for s in range(law.inst[inst, I_STEP], law.inst[inst, I_STEP_END]):
        row = law.step[s]
        opens = row[S_OPENS]
        if opens == OPENS_MET and met < 0:
            continue
        if opens == OPENS_ENTERED and listed >= NEVER:
            continue
        if opens == OPENS_ENDED and lawful > as_of:
            continue
        if as_of < row[S_FROM]:
            rule_turns(found, row[S_FROM], row[S_TO], as_of)
            continue
        if as_of > row[S_TO] and found.status.shape[0] == 0:
            continue  # what was done under an earlier version matters to a trace only
        anchor = NEVER
        for i in range(row[S_ANCHOR], row[S_ANCHOR_END]):
            day = anchor_day(led, n, case, inst, law.anchor[i], listed, lawful, as_of)
            anchor = min(anchor, day)
        if anchor >= NEVER:
            continue
        if anchor > as_of:  # the end of the year is known before it comes
            due_later(found, anchor, as_of)
            continue
        due = anchor
        if row[S_N] >= 0:
            due = add(law, anchor, row[S_N], row[S_UNIT])
            longer = row[S_EXTENDED] > 0 and due != BEYOND
            if longer and first(led, n, case, EV_EXTENDED, inst, -NEVER, as_of) < NEVER:
                due = add(law, due, row[S_EXTENDED], row[S_UNIT])
        what = inst if is_step(row[S_THEN]) else -1
        done = first(led, n, case, row[S_THEN], what, anchor, as_of)
        # A step follows the law of the day on which it is taken: all versions turn on the
        # decision or the record, so what is still open on the first day of a version is its.
        ruled = min(done, as_of)
        if done >= NEVER:
            rule_turns(found, row[S_FROM], row[S_TO], as_of)
        if not row[S_FROM] <= ruled <= row[S_TO]:
            continue
        a, b = row[S_CODE], row[S_CODE_END]
        if first_unmet(law, facts, led, n, case, via, inst, found, a, b, as_of) >= 0:
            continue
        # A limit that ran out before the version began opens nothing on a list; a scheme
        # records late what still counts.
        ran_out = row[S_N] >= 0 and due != BEYOND and due < row[S_FROM]
        if ran_out and done >= NEVER and law.inst[inst, I_KIND] == 0:
            continue
        if done >= NEVER and waits(law, found, case, s, as_of):
            continue
        i = found.count[N_STEP]
        if i < found.step.shape[0]:
            out = found.step[i]
            out[Q_CASE], out[Q_STEP], out[Q_ANCHOR] = case, s, anchor
            out[Q_DUE], out[Q_DONE] = due, done
            found.count[N_STEP] = i + 1
        if done >= NEVER:
            limit_later(found, due, as_of)


def list_case(law, facts, led, n, case, via, inst, found, lo, hi, as_of, out):
    """Apply one list to one case: entries (a restored one is a second spell) and steps.

    Args:
        law: see `xinyong.law.kernel.fold`.
        facts: see there.
        led: see there.
        n: see there.
        found: see there.
        case: the case.
        via: the role it was copied through.
        inst: the list.
        lo: first row in `law.listening` of this list for the conduct.
        hi: one past the last.
        as_of: the day asked for.
        out: int64[2] scratch.
    """
    decided = first(led, n, case, EV_DECIDED, inst, -NEVER, as_of)
    met = ground(law, facts, led, n, case, via, inst, found, lo, hi, decided, as_of)
    lawful = NEVER
    if decided < NEVER:
        end = one_entry(
            law, facts, led, n, case, via, inst, found, lo, hi, met, decided, as_of, out
        )
        lawful = out[0]
        for i in range(lo, hi):
            prov = law.listening[i]
            if law.prov[prov, P_EFFECT] > RESTORE or end >= NEVER:
                break
            if law.prov[prov, P_EFFECT] != RESTORE:
                continue
            if not addressed(law, facts, via, prov):
                continue
            again = first(led, n, case, law.prov[prov, P_B], inst, end, as_of)
            if again >= NEVER or not in_force(law, prov, again):
                continue
            a, b = law.prov[prov, P_CODE], law.prov[prov, P_CODE_END]
            k = first_unmet(law, facts, led, n, case, via, inst, found, a, b, as_of)
            if k >= 0:
                note(found, case, prov, ST_UNMET, k)
            else:
                note(found, case, prov, ST_MET, -1)
                end = one_entry(
                    law, facts, led, n, case, via, inst, found, lo, hi, met, again, as_of, out
                )
                lawful = out[0]
    listed = entry_start(found, case, inst, as_of)
    steps_of(law, facts, led, n, case, via, inst, found, met, listed, lawful, as_of)
