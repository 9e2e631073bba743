"""Score lines and grades of one scheme: what counts, for how long, and how it combines.

All points are in tenths. A line rests on a record of one case: it counts from the day
the information was formed, once it is recorded, until its validity has run out.

Plain Python within numba's subset (see `xinyong.jit`).
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from xinyong.dates import NEVER, add_months
from xinyong.law.clocks import (
    AN_YEAR_END,
    BEYOND,
    EV_CORRECTED,
    EV_ENDED,
    EV_FORMED,
    EV_OCCURRED,
    EV_PERFORMED,
    EV_RECORDED,
    anchor_day,
    first,
    term_end,
    year_end,
    year_of,
)
from xinyong.law.conditions import (
    UNSTATED,
    conduct_of,
    cumulative,
    entry_start,
    first_unmet,
    quantity,
    via_of,
    within_reach,
)
from xinyong.law.entries import (
    addressed,
    barred,
    basis_day,
    due_later,
    ended_on,
    in_force,
    note,
    version_due,
)
from xinyong.law.tables import (
    BASIS_RECORD,
    CONVERT,
    GRADE,
    I_RECORDS,
    L_CASE,
    L_FACTOR,
    L_FROM,
    L_GRADE,
    L_INST,
    L_POINTS,
    L_PROV,
    L_STATE,
    L_UNTIL,
    LINE_EXPIRED,
    LINE_FUTURE,
    LINE_INERT,
    LINE_LIVE,
    LINE_RELEASED,
    LINE_SUPERSEDED,
    N_LINE,
    N_SCORE,
    NO_SCORE,
    P_A,
    P_AWARD,
    P_B,
    P_BASIS,
    P_C,
    P_CODE,
    P_CODE_END,
    P_D,
    P_EFFECT,
    P_EVERY,
    P_GROUP,
    P_HI,
    P_INST,
    P_LADDER,
    P_LISTED,
    P_LO,
    P_PER,
    P_STEP,
    P_TENTHS,
    P_TERM,
    P_TIER,
    POINTS,
    ST_BARRED,
    ST_BLOCKED,
    ST_MET,
    ST_NOT_IN_FORCE,
    ST_SUPERSEDED,
    ST_UNMET,
    T_ANCHOR,
    T_CONTINUING,
    V_AWARDS,
    V_GRADE,
    V_MINUS,
    V_PLUS,
    V_TERM,
    V_UP_TO,
    X_BASE,
    X_CAP,
    X_CAP_END,
    X_CEILING,
    X_CLASS,
    X_FACTOR,
    X_FLOOR,
    X_GRADE,
    X_GRADE_END,
    X_INERT,
    X_INST,
    X_RELEASE,
    X_SEVERAL,
    X_VALID,
    X_VALID_END,
    Z_DIRECT,
    Z_GRADE,
    Z_INST,
    Z_SCORE,
)

#: Codes of the quantity ``points``: a discretionary value stated in the decision.
Q_POINTS = 16


def formed_day(law, led, n, case, prov, found, as_of):
    """Return the day a record was formed: the entry's start for items that rest on a list."""
    if law.prov[prov, P_LISTED] >= 0:
        return entry_start(found, case, law.prov[prov, P_LISTED], as_of)
    return first(led, n, case, EV_FORMED, -1, -NEVER, as_of)


def ladder_value(law, prov, amount):
    """Return the points (tenths) that a cumulated quantity has earned on one ladder item."""
    row = law.prov[prov]
    if row[P_PER] >= 0:  # a tier: so many tenths a started step above its base, up to its cap
        if amount < row[P_LO]:
            return 0
        steps = (min(amount, row[P_HI]) - row[P_TIER]) // row[P_STEP]
        return min(max(steps, 0) * row[P_TENTHS], row[P_B] * 10)
    return row[P_B] * 10 if row[P_LO] <= amount <= row[P_HI] else 0


def replace_steps(law, led, n, case, prov, found, begin, as_of):
    """Supersede the lines of lower steps of a ladder that were reached in the same year."""
    year = year_of(first(led, n, case, EV_OCCURRED, -1, -NEVER, as_of))
    for i in range(begin, found.count[N_LINE]):
        row = found.line[i]
        same = law.prov[row[L_PROV], P_LADDER] == law.prov[prov, P_LADDER]
        if not same or row[L_CASE] == case or row[L_STATE] == LINE_SUPERSEDED:
            continue
        if year_of(first(led, n, row[L_CASE], EV_OCCURRED, -1, -NEVER, as_of)) == year:
            row[L_STATE] = LINE_SUPERSEDED
            note(found, row[L_CASE], row[L_PROV], ST_SUPERSEDED, prov)


def ladder_points(law, led, n, case, prov, lo, hi, as_of):
    """Return what this act earns on a ladder, with the acts of the same year before it.

    Tiers that add up earn their own increment; a step that replaces lower ones earns all
    of its points, but only for the act that reaches it.
    """
    row = law.prov[prov]
    what = row[P_D]
    own = quantity(led, n, case, what, as_of)
    if own == UNSTATED:
        return 0
    after = cumulative(led, n, case, what, as_of)
    before = after - own
    if row[P_C] == 2:  # tiers add up: each item has its own increment
        return ladder_value(law, prov, after) - ladder_value(law, prov, before)
    if ladder_value(law, prov, after) == 0:
        return 0
    earned = 0
    for i in range(lo, hi):
        other = law.listening[i]
        if law.prov[other, P_LADDER] == row[P_LADDER]:
            earned += ladder_value(law, other, before)
    points = ladder_value(law, prov, after)
    return points if points > earned else 0


def own_points(law, led, n, case, prov, as_of):
    """Return the points (tenths) of an item before recurrence."""
    row = law.prov[prov]
    low, high = row[P_A], row[P_B]
    near, far = (high, low) if high < 0 else (low, high)
    if row[P_PER] >= 0:
        value = quantity(led, n, case, row[P_PER], as_of)
        if value == UNSTATED:
            return 0
        points = max((value - row[P_TIER]) // row[P_STEP], 0) * row[P_TENTHS]
        return max(points, far * 10) if far < 0 else min(points, far * 10)
    points = near
    if low != high:
        stated = quantity(led, n, case, Q_POINTS, as_of)
        if stated != UNSTATED:
            points = min(max(stated, low), high)
    if row[P_EVERY] > 0:
        start = first(led, n, case, EV_OCCURRED, -1, -NEVER, as_of)
        end = min(first(led, n, case, EV_ENDED, -1, -NEVER, as_of), as_of)
        cycles = 1
        while cycles < 600 and add_months(start, cycles * row[P_EVERY]) <= end:
            cycles += 1
        points *= cycles
    return points * 10


def validity(law, x, points, grade, award):
    """Return the term row of the first validity rule that fits a line, or -1."""
    for v in range(law.scheme[x, X_VALID], law.scheme[x, X_VALID_END]):
        row = law.valid[v]
        if row[V_GRADE] >= 0:
            fits = row[V_GRADE] == grade
        elif row[V_MINUS]:
            fits = grade < 0 and points < 0 and (row[V_UP_TO] < 0 or -points <= row[V_UP_TO] * 10)
        elif row[V_AWARDS]:
            fits = points > 0 and award >= 0 and row[V_AWARDS] >> award & 1
        else:
            fits = row[V_PLUS] and points > 0
        if fits:
            return row[V_TERM]
    return -1


def set_right(led, n, case, as_of):
    """Return the day an act was corrected, or the duty performed; NEVER if neither."""
    return min(
        first(led, n, case, EV_CORRECTED, -1, -NEVER, as_of),
        first(led, n, case, EV_PERFORMED, -1, -NEVER, as_of),
    )


def line_until(law, led, n, case, inst, term, formed, as_of):
    """Return the first day on which a line no longer counts."""
    if term < 0:
        return NEVER
    anchor = formed
    if law.term[term, T_CONTINUING]:
        over = min(first(led, n, case, EV_ENDED, -1, -NEVER, as_of), set_right(led, n, case, as_of))
        if over >= NEVER:
            return NEVER
        anchor = max(formed, over)
        if law.term[term, T_ANCHOR] == AN_YEAR_END:
            anchor = year_end(anchor)
    elif law.term[term, T_ANCHOR] != EV_FORMED:
        anchor = anchor_day(led, n, case, inst, law.term[term, T_ANCHOR], formed, NEVER, as_of)
    until = term_end(law, term, anchor, 0)
    return NEVER if until == BEYOND else until


def add_line(found, case, inst, prov, points, grade, since, until, state, factor):
    """Write one score line; returns its row."""
    i = found.count[N_LINE]
    if i >= found.line.shape[0]:
        return i - 1
    row = found.line[i]
    row[L_CASE], row[L_INST], row[L_PROV], row[L_POINTS] = case, inst, prov, points
    row[L_GRADE], row[L_FROM], row[L_UNTIL] = grade, since, until
    row[L_STATE], row[L_FACTOR] = state, factor
    found.count[N_LINE] = i + 1
    return i


def recurs(law, x, found, begin, prov, case, formed):
    """Tell whether an earlier deduction of the same class is still valid on a day."""
    by_group = law.scheme[x, X_CLASS]
    for i in range(begin, found.count[N_LINE]):
        row = found.line[i]
        if row[L_CASE] == case or row[L_STATE] == LINE_SUPERSEDED or row[L_POINTS] >= 0:
            continue
        if row[L_GRADE] >= 0 or not row[L_FROM] <= formed < row[L_UNTIL]:
            continue
        same = row[L_PROV] == prov
        if by_group:
            same = law.prov[row[L_PROV], P_GROUP] == law.prov[prov, P_GROUP]
        if same:
            return 1
    return 0


def room_under_cap(law, x, found, begin, prov, formed, points):
    """Return how much of a line still fits under its group's cap for the calendar year."""
    for c in range(law.scheme[x, X_CAP], law.scheme[x, X_CAP_END]):
        if law.cap[c, 0] != law.prov[prov, P_GROUP]:
            continue
        used = 0
        for i in range(begin, found.count[N_LINE]):
            row = found.line[i]
            same = law.prov[row[L_PROV], P_GROUP] == law.cap[c, 0] and row[L_POINTS] > 0
            if same and row[L_STATE] != LINE_SUPERSEDED and year_of(row[L_FROM]) == year_of(formed):
                used += row[L_POINTS]
        return max(min(points, law.cap[c, 1] - used), 0)
    return points


def heavier(a, b):
    """Tell whether line a takes precedence over line b of the same case and sign."""
    if a[L_GRADE] != b[L_GRADE]:
        return a[L_GRADE] > b[L_GRADE]
    return abs(a[L_POINTS]) > abs(b[L_POINTS])


def supersede(law, found, mark):
    """Keep one line a case and sign: a direct grade, else the largest change of points.

    Tiers of one additive ladder count as one item and stand together.
    """
    for i in range(mark, found.count[N_LINE]):
        for j in range(mark, found.count[N_LINE]):
            a, b = found.line[i], found.line[j]
            if i == j or b[L_STATE] == LINE_SUPERSEDED or a[L_STATE] == LINE_SUPERSEDED:
                continue
            if (a[L_POINTS] > 0) != (b[L_POINTS] > 0):
                continue
            ladder = law.prov[a[L_PROV], P_LADDER]
            if ladder >= 0 and ladder == law.prov[b[L_PROV], P_LADDER]:
                continue
            if heavier(a, b) or (i < j and not heavier(b, a)):
                b[L_STATE] = LINE_SUPERSEDED
                note(found, b[L_CASE], b[L_PROV], ST_SUPERSEDED, a[L_PROV])


def case_lines(law, facts, led, n, case, via, x, found, begin, lo, hi, as_of):
    """Write the lines of one case: the item that counts, and those it supersedes."""
    inst = law.scheme[x, X_INST]
    mark = found.count[N_LINE]
    recorded = first(led, n, case, EV_RECORDED, inst, -NEVER, as_of)
    for i in range(lo, hi):
        prov = law.listening[i]
        effect = law.prov[prov, P_EFFECT]
        if (effect != POINTS and effect != GRADE) or not addressed(law, facts, via, prov):
            continue
        version_due(law, found, prov, as_of)
        formed = formed_day(law, led, n, case, prov, found, as_of)
        basis = min(formed, as_of)  # a record is governed by the law of its formation
        if law.prov[prov, P_BASIS] != BASIS_RECORD:
            basis = basis_day(law, led, n, case, inst, prov, NEVER, as_of)
        if not in_force(law, prov, basis):
            note(found, case, prov, ST_NOT_IN_FORCE, -1)
            continue
        stopped = ended_on(law, facts, prov, found, as_of)
        if barred(law, facts, prov, formed) or stopped <= as_of:
            note(found, case, prov, ST_BARRED, -1)
            continue
        a, b = law.prov[prov, P_CODE], law.prov[prov, P_CODE_END]
        k = first_unmet(law, facts, led, n, case, via, inst, found, a, b, as_of)
        if k >= 0:
            note(found, case, prov, ST_UNMET, k)
            continue
        if formed >= NEVER or (law.inst[inst, I_RECORDS] and recorded >= NEVER):
            note(found, case, prov, ST_UNMET, 99)
            continue
        grade = law.prov[prov, P_A] if effect == GRADE else -1
        factor = 1
        if effect == GRADE:
            points = law.grade[law.scheme[x, X_GRADE] + grade, 2]
        elif law.prov[prov, P_LADDER] >= 0:
            points = ladder_points(law, led, n, case, prov, lo, hi, as_of)
            if points != 0 and law.prov[prov, P_C] != 2:
                replace_steps(law, led, n, case, prov, found, begin, as_of)
        else:
            points = own_points(law, led, n, case, prov, as_of)
            if points < 0 and recurs(law, x, found, begin, prov, case, formed):
                factor = law.scheme[x, X_FACTOR]
                points *= factor
        if points > 0:
            allowed = room_under_cap(law, x, found, begin, prov, formed, points)
            if allowed < points:
                note(found, case, prov, ST_BLOCKED, points - allowed)
            points = allowed
        if points == 0 and effect == POINTS:
            continue
        award = law.prov[prov, P_AWARD]
        term = law.prov[prov, P_TERM]
        if term < 0:
            term = validity(law, x, points, grade, award)
        until = line_until(law, led, n, case, inst, term, formed, as_of)
        add_line(found, case, inst, prov, points, grade, formed, until, LINE_LIVE, factor)
        note(found, case, prov, ST_MET, -1)
    if law.scheme[x, X_SEVERAL]:
        supersede(law, found, mark)


def conversions(law, facts, led, n, case, via, x, found, begin, lo, hi, as_of):
    """Replace direct grades of a case that performance has converted."""
    inst = law.scheme[x, X_INST]
    for i in range(lo, hi):
        prov = law.listening[i]
        if law.prov[prov, P_EFFECT] != CONVERT or not addressed(law, facts, via, prov):
            continue
        event = law.prov[prov, P_B]
        day = first(led, n, case, event, -1, -NEVER, as_of)
        if day >= NEVER:
            note(found, case, prov, ST_UNMET, 0)
            continue
        a, b = law.prov[prov, P_CODE], law.prov[prov, P_CODE_END]
        k = first_unmet(law, facts, led, n, case, via, inst, found, a, b, as_of)
        if k >= 0:
            note(found, case, prov, ST_UNMET, k + 1)
            continue
        for j in range(begin, found.count[N_LINE]):
            row = found.line[j]
            if row[L_CASE] != case or row[L_GRADE] < 0 or row[L_STATE] == LINE_SUPERSEDED:
                continue
            if not row[L_FROM] <= day < row[L_UNTIL]:
                continue
            row[L_UNTIL] = day
            row[L_STATE] = LINE_RELEASED
            term, anchor = law.prov[prov, P_TERM], day
            if law.term[term, T_ANCHOR] == AN_YEAR_END:
                anchor = year_end(day)
            until = term_end(law, term, anchor, 0)
            grade = law.prov[prov, P_C]
            points = law.prov[prov, P_A] * 10
            if grade >= 0:
                points = law.grade[law.scheme[x, X_GRADE] + grade, 2]
            add_line(found, case, inst, prov, points, grade, day, until, LINE_LIVE, 1)
            note(found, case, prov, ST_MET, -1)
            break


def settle(law, led, n, x, found, begin, as_of):
    """Give every line its state on the day, and the scheme its score and grade."""
    row = law.scheme[x]
    best, last = row[X_GRADE], row[X_GRADE_END]
    direct, bound = -1, 0
    for i in range(begin, found.count[N_LINE]):
        line = found.line[i]
        due_later(found, line[L_UNTIL], as_of)
        every = law.prov[line[L_PROV], P_EVERY]
        if every > 0 and line[L_STATE] != LINE_RELEASED:
            start = first(led, n, line[L_CASE], EV_OCCURRED, -1, -NEVER, as_of)
            if first(led, n, line[L_CASE], EV_ENDED, -1, -NEVER, as_of) >= NEVER:
                step = every
                while step < 7200 and add_months(start, step) <= as_of:
                    step += every
                due_later(found, add_months(start, step), as_of)
        if line[L_STATE] != LINE_LIVE:
            continue
        if line[L_FROM] > as_of:
            line[L_STATE] = LINE_FUTURE
        elif line[L_UNTIL] <= as_of:
            line[L_STATE] = LINE_EXPIRED
        elif line[L_GRADE] >= 0:
            corrected = set_right(led, n, line[L_CASE], as_of) < NEVER
            if not corrected:
                bound = 1
            if not corrected or not row[X_RELEASE]:
                direct = max(direct, line[L_GRADE])
    score = row[X_BASE] * 10 if row[X_BASE] < NO_SCORE else 0
    for i in range(begin, found.count[N_LINE]):
        line = found.line[i]
        if line[L_STATE] != LINE_LIVE:
            continue
        if line[L_POINTS] > 0 and bound and row[X_INERT]:
            line[L_STATE] = LINE_INERT
        else:
            score += line[L_POINTS]
    grade = -1  # not known
    if row[X_BASE] < NO_SCORE:
        score = min(max(score, row[X_FLOOR]), row[X_CEILING])
        for g in range(best, last):
            if law.grade[g, 0] <= score <= law.grade[g, 1]:
                grade = g - best
                break
    elif direct < 0:
        return  # no score is worked out, and no grade stands
    else:
        score = NO_SCORE
    out = found.score[found.count[N_SCORE]]
    out[Z_INST], out[Z_SCORE], out[Z_GRADE] = row[X_INST], score, max(grade, direct)
    out[Z_DIRECT] = direct
    found.count[N_SCORE] += 1


def scheme_lines(law, facts, led, n, cases, x, found, as_of):
    """Apply one scheme to a whole file: cases in order of their first day.

    Args:
        law: see `xinyong.law.kernel.fold`.
        facts: see there.
        led: see there.
        n: see there.
        found: see there.
        cases: number of cases in the file.
        x: row of `law.scheme`.
        as_of: the day asked for.
    """
    inst = law.scheme[x, X_INST]
    begin = found.count[N_LINE]
    for case in range(cases):
        conduct = conduct_of(led, n, case)
        if conduct < 0 or not within_reach(law, facts, led, n, case, inst, as_of):
            continue
        lo, hi = law.by_conduct[conduct], law.by_conduct[conduct + 1]
        while lo < hi and law.prov[law.listening[lo], P_INST] != inst:
            lo += 1
        end = lo
        while end < hi and law.prov[law.listening[end], P_INST] == inst:
            end += 1
        if lo < end and first(led, n, case, EV_OCCURRED, -1, -NEVER, as_of) < NEVER:
            via = via_of(led, n, case)
            case_lines(law, facts, led, n, case, via, x, found, begin, lo, end, as_of)
            conversions(law, facts, led, n, case, via, x, found, begin, lo, end, as_of)
    settle(law, led, n, x, found, begin, as_of)
