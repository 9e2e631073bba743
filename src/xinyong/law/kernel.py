"""The fold: the one meaning of the law for one ledger, one day, one holder.

Pure: no draws, no staff, no waiting. Plain Python within numba's subset; the
calculator runs it as it stands, the simulation runs its compiled twin.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from xinyong.dates import NEVER
from xinyong.law.clocks import DAY, EV_DEADLINE, EV_OCCURRED, EVENT, first, index_events
from xinyong.law.conditions import conduct_of, first_unmet, via_of, within_reach
from xinyong.law.entries import (
    addressed,
    barred,
    due_later,
    in_force,
    list_case,
    note,
    rule_turns,
    steps_of,
    version_due,
)
from xinyong.law.scores import scheme_lines
from xinyong.law.tables import (
    COPY,
    F_CONSENTS,
    F_KIND,
    I_CONSENT,
    I_KIND,
    I_KINDS,
    I_STEP,
    I_STEP_END,
    I_STRATUM,
    N_COPY,
    N_COUNTS,
    NEXT_DUE,
    NEXT_LIMIT,
    NEXT_VERSION,
    P_BARRED,
    P_CODE,
    P_CODE_END,
    P_EFFECT,
    ST_MET,
    X_FROM,
    X_INST,
    X_TO,
)

LIST, SCHEME = 0, 1


def joins(law, facts, inst):
    """Tell whether a scheme is meant for the subject: its kind, and its consent if asked for."""
    if not law.inst[inst, I_KINDS] >> facts[F_KIND] & 1:
        return 0
    bit = law.inst[inst, I_CONSENT]
    return 1 if bit == 0 or facts[F_CONSENTS] >> (bit - 1) & 1 else 0


def fold(law, facts, led, n, cases, as_of, found, out):
    """Fold a ledger into findings as of the end of a day.

    Args:
        law: `LawTables`.
        facts: int64[F_COLS] facts of the subject.
        led: int64[rows, LEDGER_COLS], sorted by day; rows after `as_of` are not seen. The
            columns from `NEXT` on are written.
        n: number of rows.
        cases: number of cases (numbered from 0 in the order in which their records formed).
        as_of: the day asked for.
        found: `Findings` to fill; earlier content is overwritten.
        out: int64[2] scratch.
    """
    for i in range(N_COUNTS):
        found.count[i] = 0
    found.count[NEXT_DUE] = NEVER
    found.count[NEXT_VERSION] = NEVER
    found.count[NEXT_LIMIT] = NEVER
    index_events(led, n)
    for i in range(n):
        if led[i, DAY] > as_of:
            due_later(found, led[i, DAY], as_of)
            break
        if led[i, DAY] == as_of and led[i, EVENT] == EV_DEADLINE:
            due_later(found, as_of + 1, as_of)  # lapsed from the day after
    highest = 0  # stratum that any case of this file can reach
    for stratum in range(law.strata[0]):
        if stratum > highest:
            break
        for case in range(cases):
            conduct = conduct_of(led, n, case)
            if conduct < 0 or first(led, n, case, EV_OCCURRED, -1, -NEVER, as_of) >= NEVER:
                continue
            via = via_of(led, n, case)
            for s in range(law.by_section[conduct], law.by_section[conduct + 1]):
                inst, lo, hi = law.section[s, 0], law.section[s, 1], law.section[s, 2]
                highest = max(highest, law.inst[inst, I_STRATUM])
                mine = law.inst[inst, I_STRATUM] == stratum
                if mine and within_reach(law, facts, led, n, case, inst, as_of):
                    if law.inst[inst, I_KIND] == LIST:
                        list_case(law, facts, led, n, case, via, inst, found, lo, hi, as_of, out)
                    elif law.inst[inst, I_STEP] < law.inst[inst, I_STEP_END] and joins(
                        law, facts, inst
                    ):
                        # a scheme's steps (recording) open for every case it listens to
                        steps_of(law, facts, led, n, case, via, inst, found, 0, NEVER, NEVER, as_of)
                    for i in range(hi - 1, lo - 1, -1):
                        prov = law.listening[i]
                        if law.prov[prov, P_EFFECT] != COPY:
                            break  # copies come last
                        version_due(law, found, prov, as_of)
                        rule_turns(found, law.prov[prov, P_BARRED], NEVER, as_of)
                        if not addressed(law, facts, via, prov) or not in_force(law, prov, as_of):
                            continue
                        if barred(law, facts, prov, as_of):
                            continue
                        a, b = law.prov[prov, P_CODE], law.prov[prov, P_CODE_END]
                        k = first_unmet(law, facts, led, n, case, via, inst, found, a, b, as_of)
                        if k < 0:
                            note(found, case, prov, ST_MET, -1)
                            c = found.count[N_COPY]
                            if c < found.copy.shape[0]:
                                found.copy[c, 0], found.copy[c, 1] = case, prov
                                found.count[N_COPY] = c + 1
    for x in range(law.scheme.shape[0]):
        inst = law.scheme[x, X_INST]
        mine = joins(law, facts, inst)
        if not mine or not within_reach(law, facts, led, n, -1, inst, as_of):
            continue
        rule_turns(found, law.scheme[x, X_FROM], law.scheme[x, X_TO], as_of)
        if law.scheme[x, X_FROM] <= as_of <= law.scheme[x, X_TO]:
            scheme_lines(law, facts, led, n, cases, x, found, as_of)
