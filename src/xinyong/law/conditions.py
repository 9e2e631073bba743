"""Conditions: whether a provision's test of facts is met, and if not, where it fails.

Conditions are compiled to postfix rows (see the ``OP_…`` constants). A provision has
one or several top-level conditions, all of which must hold; evaluation stops at the
first that fails, and its number is the ``k`` of *unmet at condition k*.

Plain Python within numba's subset (see `xinyong.jit`).
"""

# ruff: noqa: SIM109
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from xinyong.dates import NEVER, add_months
from xinyong.law.clocks import (
    BEYOND,
    CASE,
    DAY,
    EV_COPIED,
    EV_CORRECTED,
    EV_ENDED,
    EV_FORMED,
    EV_OCCURRED,
    FIRST,
    NEXT,
    VALUE,
    WHAT,
    add,
    detail,
    first,
    is_step,
    year_of,
)
from xinyong.law.tables import (
    BY_ACT_PLACE,
    BY_REGISTRATION,
    BY_RESIDENCE,
    E_CASE,
    E_END,
    E_INST,
    E_START,
    F_AGE_HI,
    F_AGE_LO,
    F_KIND,
    F_REGISTRATION,
    F_RESIDENCE,
    F_ROLES,
    I_REACH_BY,
    M_FROM,
    M_TO,
    N_ENTRY,
    OP_AGE,
    OP_ALL,
    OP_ANY,
    OP_BAND,
    OP_CONTINUING,
    OP_COUNT,
    OP_CUMULATIVE,
    OP_DOCUMENT,
    OP_EMERGENCY,
    OP_EVENT,
    OP_FLAG,
    OP_KIND,
    OP_LAPSED,
    OP_LISTED_FOR,
    OP_LISTED_ON,
    OP_NONE,
    OP_ROLE,
    OP_STILL_LISTED_ON,
    OP_TOP,
)

#: Code of the quantity ``duration``, which is counted from the acts, not stated.
Q_DURATION = 9
#: A quantity that was not stated.
UNSTATED = -NEVER


def conduct_of(led, n, case):
    """Return the conduct of a case, or -1."""
    i = led[0, FIRST + EV_OCCURRED] if n else 0
    while i < n:
        if led[i, CASE] == case:
            return led[i, WHAT]
        i = led[i, NEXT]
    return -1


def via_of(led, n, case):
    """Return the role through which a case was copied to this file; 0 for an own act."""
    i = led[0, FIRST + EV_COPIED] if n else 0
    while i < n:
        if led[i, CASE] == case:
            return led[i, VALUE]
        i = led[i, NEXT]
    return 0


def act_place(led, n, case):
    """Return the place of an act, or -1 if the case does not state it.

    An ``occurred`` row has it in its value, counted from 1; 0 says nothing.
    """
    i = led[0, FIRST + EV_OCCURRED] if n else 0
    while i < n:
        if led[i, CASE] == case:
            return led[i, VALUE] - 1
        i = led[i, NEXT]
    return -1


def within_reach(law, facts, led, n, case, inst, until):
    """Tell whether residence, registration or the place of an act lies where a rule applies.

    Every tie that the instrument names suffices. `case` is the act; -1 for any of the file,
    which is what brings the subject itself within a scheme.
    """
    by = law.inst[inst, I_REACH_BY]
    if by & BY_RESIDENCE and law.reach[inst, facts[F_RESIDENCE]]:
        return 1
    if by & BY_REGISTRATION and law.reach[inst, facts[F_REGISTRATION]]:
        return 1
    if by & BY_ACT_PLACE:
        if case >= 0:
            place = act_place(led, n, case)
            return 1 if place >= 0 and law.reach[inst, place] else 0
        i = led[0, FIRST + EV_OCCURRED] if n else 0
        while i < n and led[i, DAY] <= until:
            if led[i, VALUE] > 0 and law.reach[inst, led[i, VALUE] - 1]:
                return 1
            i = led[i, NEXT]
    return 0


def in_emergency(law, facts, led, n, case, until):
    """Tell whether an act was done in an emergency of its place, or else of the residence."""
    day = first(led, n, case, EV_OCCURRED, -1, -NEVER, until)
    place = act_place(led, n, case)
    if place < 0:
        place = facts[F_RESIDENCE]
    for i in range(law.emergency.shape[0]):
        if law.emergency[i, M_FROM] <= day <= law.emergency[i, M_TO] and law.emergency_in[i, place]:
            return 1
    return 0


def quantity(led, n, case, what, until):
    """Return a stated quantity, or the duration in days of the act so far."""
    if what == Q_DURATION:
        start = first(led, n, case, EV_OCCURRED, -1, -NEVER, until)
        if start >= NEVER:
            return UNSTATED
        end = first(led, n, case, EV_ENDED, -1, -NEVER, until)
        return min(end, until) - start
    return detail(led, n, case, what, until, UNSTATED)


def cumulative(led, n, case, what, until):
    """Add a quantity over this conduct's acts of the same year, up to this one."""
    conduct = conduct_of(led, n, case)
    day = first(led, n, case, EV_OCCURRED, -1, -NEVER, until)
    total = 0
    i = led[0, FIRST + EV_OCCURRED] if n else 0
    while i < n and led[i, DAY] <= until:
        if led[i, WHAT] == conduct:
            earlier = led[i, DAY] < day or (led[i, DAY] == day and led[i, CASE] <= case)
            if earlier and year_of(led[i, DAY]) == year_of(day):
                value = detail(led, n, led[i, CASE], what, until, 0)
                total += value
        i = led[i, NEXT]
    return total


def count_acts(led, n, case, months, until):
    """Count acts of this conduct in the window of months that ends with this act."""
    conduct = conduct_of(led, n, case)
    day = first(led, n, case, EV_OCCURRED, -1, -NEVER, until)
    total = 0
    i = led[0, FIRST + EV_OCCURRED] if n else 0
    while i < n and led[i, DAY] <= day:
        if led[i, WHAT] == conduct and add_months(led[i, DAY], months) > day:
            total += 1
        i = led[i, NEXT]
    return total


def entry_start(found, case, inst, until):
    """Return the day on which a case's entry on a list began, or NEVER."""
    for i in range(found.count[N_ENTRY]):
        row = found.entry[i]
        if row[E_CASE] == case and row[E_INST] == inst and row[E_START] <= until:
            return row[E_START]
    return NEVER


def still_listed(found, case, inst, until):
    """Tell whether a case has an entry alive on a list on a day."""
    for i in range(found.count[N_ENTRY]):
        row = found.entry[i]
        if row[E_CASE] == case and row[E_INST] == inst and row[E_START] <= until < row[E_END]:
            return 1
    return 0


def other_entry(found, case, inst, until):
    """Tell whether another case has an entry alive on a list on a day."""
    for i in range(found.count[N_ENTRY]):
        row = found.entry[i]
        if row[E_CASE] != case and row[E_INST] == inst and row[E_START] <= until < row[E_END]:
            return 1
    return 0


def has_document(led, n, case, kind, until):
    """Tell whether a document of just this kind was formed; one of no kind proves nothing."""
    i = led[0, FIRST + EV_FORMED] if n else 0
    while i < n and led[i, DAY] <= until:
        if led[i, CASE] == case and led[i, WHAT] == kind:
            return 1
        i = led[i, NEXT]
    return 0


def in_band(value, lo, hi, bounds):
    """Tell whether a value lies in a band; bits of `bounds`: has lo, has hi, open lo, open hi."""
    if value == UNSTATED:
        return 0
    if bounds & 1 and (value < lo or (bounds & 4 and value == lo)):
        return 0
    if bounds & 2 and (value > hi or (bounds & 8 and value == hi)):
        return 0
    return 1


def listed_long_enough(law, found, led, n, case, op, until):
    """Evaluate `listed_for`: time on a list since the latest of some events."""
    since = entry_start(found, case, op[1], until)
    events = op[4]
    for event in range(31):
        if events >> event & 1:
            what = op[1] if is_step(event) else -1
            since = max(since, first(led, n, case, event, what, -NEVER, until))
    if since >= NEVER:
        return 0
    at = first(led, n, case, op[5], op[1] if is_step(op[5]) else -1, -NEVER, until)
    ready = add(law, since, op[2], op[3])
    return 1 if ready != BEYOND and ready <= min(at, until) else 0


def leaf(law, facts, led, n, case, via, inst, found, op, until):
    """Evaluate one plain test; returns 1 or 0. `op` is a row of `law.code`."""
    kind = op[0]
    if kind == OP_KIND:
        return op[1] >> facts[F_KIND] & 1
    if kind == OP_ROLE:
        return 1 if (facts[F_ROLES] | 1 << via) & op[1] else 0
    if kind == OP_AGE:
        return 1 if op[1] <= facts[F_AGE_LO] and facts[F_AGE_HI] <= op[2] else 0
    if kind == OP_DOCUMENT:
        return has_document(led, n, case, op[1], until)
    if kind == OP_FLAG:
        return 1 if detail(led, n, case, op[1], until, 0) > 0 else 0
    if kind == OP_BAND:
        return in_band(quantity(led, n, case, op[1], until), op[2], op[3], op[4])
    if kind == OP_EVENT:
        last = until
        if op[2] >= 0:
            what = inst if is_step(op[2]) else -1
            last = min(last, first(led, n, case, op[2], what, -NEVER, until))
        what = inst if is_step(op[1]) else op[3]
        return 1 if first(led, n, case, op[1], what, -NEVER, last) < NEVER else 0
    if kind == OP_LAPSED:
        day = first(led, n, case, op[1], -1, -NEVER, until)
        if day >= until:
            return 0
        for event in range(31):
            if op[2] >> event & 1 and first(led, n, case, event, -1, -NEVER, day) < NEVER:
                return 0
        return 1
    if kind == OP_COUNT:
        return 1 if count_acts(led, n, case, op[1], until) >= op[2] else 0
    if kind == OP_CUMULATIVE:
        return in_band(cumulative(led, n, case, op[1], until), op[2], op[3], op[4])
    if kind == OP_CONTINUING:
        ended = min(
            first(led, n, case, EV_ENDED, -1, -NEVER, until),
            first(led, n, case, EV_CORRECTED, -1, -NEVER, until),
        )
        return 1 if (ended >= NEVER) == (op[1] == 1) else 0
    if kind == OP_LISTED_ON:
        return 1 if entry_start(found, case, op[1], until) < NEVER else 0
    if kind == OP_STILL_LISTED_ON:
        return still_listed(found, case, op[1], until)
    if kind == OP_LISTED_FOR:
        return listed_long_enough(law, found, led, n, case, op, until)
    if kind == OP_EMERGENCY:
        return 1 if in_emergency(law, facts, led, n, case, until) == op[1] else 0
    return other_entry(found, case, op[1], until)


def first_unmet(law, facts, led, n, case, via, inst, found, start, end, until):
    """Return the number of the first top-level condition that fails, or -1 if all hold.

    Args:
        law: the compiled law.
        facts: int64[F_COLS] facts of the subject.
        led: the ledger.
        n: its rows.
        case: the case.
        via: the role it was copied through.
        inst: the instrument whose step events count.
        found: findings so far (entries of lower strata).
        start: first row of the conditions in `law.code`.
        end: one past the last.
        until: the day up to which facts are known.
    """
    stack = 0  # bit 0 is the top of a stack of truth values
    for i in range(start, end):
        op = law.code[i]
        kind = op[0]
        if kind == OP_TOP:
            if not stack & 1:
                return op[1]
            stack = 0
        elif kind == OP_ALL or kind == OP_ANY or kind == OP_NONE:
            mask = (1 << op[1]) - 1
            seen = stack & mask
            if kind == OP_ALL:
                value = 1 if seen == mask else 0
            elif kind == OP_ANY:
                value = 1 if seen else 0
            else:
                value = 0 if seen else 1
            stack = (stack >> op[1]) << 1 | value
        else:
            stack = stack << 1 | leaf(law, facts, led, n, case, via, inst, found, op, until)
    return -1
