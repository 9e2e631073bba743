"""The compiled law: what the kernel reads, as plain integer tables.

Rows of `prov` are provisions *of one version*; columns are named by the ``P_…``
constants. The same tables serve the calculator, the simulation and everything
else: there is no other form in which the law is executed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

# Columns of `prov`, one row a provision.
P_INST, P_FROM, P_TO, P_BASIS, P_KINDS, P_VIA = 0, 1, 2, 3, 4, 5
P_CODE, P_CODE_END, P_EFFECT, P_A, P_B, P_C, P_D = 6, 7, 8, 9, 10, 11, 12
P_TERM, P_STRATUM, P_GROUP, P_LADDER, P_AWARD, P_EVERY = 13, 14, 15, 16, 17, 18
P_PER, P_STEP, P_TENTHS, P_TIER, P_LO, P_HI = 19, 20, 21, 22, 23, 24
P_LISTED, P_VERSION = 25, 26

# Gates, as they are followed in one place (`institutions.gates`); NEVER in enacted law. `P_BARRED`:
# the provision is not applied to what is decided or formed from this day on; `P_ENDED`: from this
# day on to nothing at all; `P_BAR_KINDS`: for these kinds of subjects. Between `P_LIMIT` and
# `P_LIMIT_TO` a gate bars it on paper: what is decided then, where it lives on, is counted.
P_BARRED, P_ENDED, P_BAR_KINDS, P_LIMIT, P_LIMIT_TO, P_COLS = 27, 28, 29, 30, 31, 32

# Effects.
ENTER, END, RESTORE, POINTS, GRADE, CONVERT, COPY = 0, 1, 2, 3, 4, 5, 6

# Ways to choose the version that applies (P_BASIS, S_BASIS).
BASIS_ACT, BASIS_RECORD, BASIS_DECISION, BASIS_ALL = 0, 1, 2, 3

# Condition operations (column 0 of `code`); operands follow.
OP_TOP, OP_ALL, OP_ANY, OP_NONE = 0, 1, 2, 3
OP_KIND, OP_ROLE, OP_AGE, OP_DOCUMENT, OP_FLAG = 4, 5, 6, 7, 8
OP_BAND, OP_EVENT, OP_LAPSED, OP_COUNT, OP_CUMULATIVE = 9, 10, 11, 12, 13
OP_CONTINUING, OP_LISTED_ON, OP_LISTED_FOR, OP_OTHER_LISTING = 14, 15, 16, 17
OP_STILL_LISTED_ON, OP_EMERGENCY = 18, 19
CODE_COLS = 8

# Columns of `term`.
T_OPEN, T_N, T_UNIT, T_ANCHOR, T_CONTINUING, T_EXTEND, T_EXT_LO, T_EXT_HI = 0, 1, 2, 3, 4, 5, 6, 7

# Columns of `step`.
S_INST, S_FROM, S_TO, S_MUST, S_OPENS, S_CODE, S_CODE_END = 0, 1, 2, 3, 4, 5, 6
S_ANCHORS, S_N, S_UNIT, S_EXTENDED, S_THEN = 7, 8, 9, 10, 11
S_ANCHOR, S_ANCHOR_END = 12, 13
S_AFTER, S_COLS = 14, 15  # bit k: the step waits for the one k + 1 rows before it
OPENS_MET, OPENS_ENTERED, OPENS_ENDED, OPENS_ALWAYS = 0, 1, 2, 3

# Columns of `inst`.
I_KIND, I_REACH_BY, I_STEP, I_STEP_END, I_REMOVES, I_RECORDS, I_SCHEME = 0, 1, 2, 3, 4, 5, 6
I_STRATUM, I_DECIDES, I_KINDS, I_CONSENT, I_COLS = 7, 8, 9, 10, 11

# Bits of I_REACH_BY: which tie to the place counts.
BY_RESIDENCE, BY_REGISTRATION, BY_ACT_PLACE = 1, 2, 4

# Columns of `emergency`.
M_FROM, M_TO, M_COLS = 0, 1, 2

# Columns of `scheme`.
X_INST, X_BASE, X_GRADE, X_GRADE_END, X_VALID, X_VALID_END = 0, 1, 2, 3, 4, 5
X_SEVERAL, X_FACTOR, X_CLASS, X_INERT, X_RELEASE, X_CAP, X_CAP_END = 6, 7, 8, 9, 10, 11, 12
X_FROM, X_TO, X_FLOOR, X_CEILING, X_COLS = 13, 14, 15, 16, 17

#: Base, or points, of a scheme that works out no score.
NO_SCORE = 2_000_000_000

# Columns of `valid`: which lines the rule fits, and the term row.
V_GRADE, V_UP_TO, V_MINUS, V_PLUS, V_AWARDS, V_TERM, V_COLS = 0, 1, 2, 3, 4, 5, 6

# Subject facts handed to the kernel.
F_KIND, F_AGE_LO, F_AGE_HI, F_ROLES, F_RESIDENCE, F_REGISTRATION = 0, 1, 2, 3, 4, 5
F_CONSENTS, F_COLS = 6, 7  # one bit for each scheme that asks for consent

# Causes of exit (`lawful end`), in the order in which they win on the same day.
CAUSES = (
    "performance",
    "settlement",
    "withdrawal",
    "terminated",
    "early",
    "annulled",
    "expiry",
)
CAUSE_TERMINATED, CAUSE_EXPIRY = 3, 6


class LawTables(NamedTuple):
    """Everything `determine` needs to know of the law; all arrays are int64.

    Attributes:
        prov: [provisions, P_COLS]; see the ``P_…`` constants.
        by_conduct: [conducts + 1] offsets into `listening`.
        listening: provisions that listen to a conduct, in the order of evaluation.
        by_section: [conducts + 1] offsets into `section`.
        section: [n, 3] instrument, and from where to where in `listening` it has provisions
            for the conduct.
        strata: [1] how many strata the instruments have.
        anchor: the anchors of steps, from `S_ANCHOR` to `S_ANCHOR_END` (mask: `S_ANCHORS`).
        code: [operations, CODE_COLS] conditions in postfix form.
        term: [terms, 8]; see the ``T_…`` constants.
        step: [steps, S_COLS], grouped by instrument.
        inst: [instruments, I_COLS].
        reach: [instruments, places] 1 where the place lies within the reach.
        scheme: [schemes, X_COLS].
        grade: [grades, 4] lowest and highest points (tenths), direct points, has direct.
        valid: [rules, V_COLS].
        cap: [caps, 2] group and points (tenths) a calendar year.
        emergency: [emergencies, M_COLS] first and last day.
        emergency_in: [emergencies, places] 1 where the place lies within it.
        wd_first: [1]; first day of the working-day calendar.
        wd_rank: int64 copy of `dates.WorkingDays.rank`.
        wd_day: int64 copy of `dates.WorkingDays.day`.
    """

    prov: Ints
    by_conduct: Ints
    listening: Ints
    by_section: Ints
    section: Ints
    strata: Ints
    anchor: Ints
    code: Ints
    term: Ints
    step: Ints
    inst: Ints
    reach: Ints
    scheme: Ints
    grade: Ints
    valid: Ints
    cap: Ints
    wd_first: Ints
    wd_rank: Ints
    wd_day: Ints
    emergency: Ints
    emergency_in: Ints


#: Tables of which the kernel takes whole rows.
ROWS_TAKEN = ("prov", "step", "scheme", "grade", "valid", "code", "wd_rank", "wd_day")

# Columns of the findings of one fold.
E_CASE, E_INST, E_PROV, E_START, E_DUE, E_LAWFUL, E_CAUSE, E_END, E_PUBLISHED, E_COLS = range(10)
L_CASE, L_INST, L_PROV, L_POINTS, L_GRADE, L_FROM, L_UNTIL, L_STATE, L_FACTOR, L_COLS = range(10)
Q_CASE, Q_STEP, Q_ANCHOR, Q_DUE, Q_DONE, Q_COLS = range(6)
Z_INST, Z_SCORE, Z_GRADE, Z_DIRECT, Z_COLS = range(5)
Y_CASE, Y_PROV, Y_STATUS, Y_AT, Y_COLS = range(5)

# States of a score line at the day asked for.
LINE_LIVE, LINE_EXPIRED, LINE_SUPERSEDED, LINE_INERT, LINE_RELEASED, LINE_FUTURE = range(6)

# Statuses of a provision for a case; the words are `vocabulary.STATUSES`.
ST_NOT_IN_FORCE, ST_UNMET, ST_MET, ST_BARRED, ST_SUPERSEDED, ST_BLOCKED = range(6)


class Findings(NamedTuple):
    """Room for what one fold finds; rows are valid up to `count` of their table.

    Attributes:
        entry: [n, E_COLS] entries; line: [n, L_COLS] score lines; step: [n, Q_COLS] open
            and done steps; score: [schemes, Z_COLS]; status: [n, Y_COLS] provisions tried.
        count: [N_COUNTS] rows used in entry, line, step, score, status and copy; then the next
            day on which something comes by itself, on which a version of a rule tried begins or
            ceases, and on which the limit of an open step runs out.
        copy: [n, 2] case and provision of every record that is to be copied to others.
    """

    entry: Ints
    line: Ints
    step: Ints
    score: Ints
    status: Ints
    count: Ints  # type: ignore[assignment]  # hides tuple.count
    copy: Ints


N_ENTRY, N_LINE, N_STEP, N_SCORE, N_STATUS, N_COPY = range(6)
NEXT_DUE, NEXT_VERSION, NEXT_LIMIT, N_COUNTS = range(6, 10)


def room(entries: int = 64, lines: int = 512, steps: int = 256, statuses: int = 4096) -> Findings:
    """Return empty findings with room for the given numbers of rows."""
    return Findings(
        np.zeros((entries, E_COLS), np.int64),
        np.zeros((lines, L_COLS), np.int64),
        np.zeros((steps, Q_COLS), np.int64),
        np.zeros((16, Z_COLS), np.int64),
        np.zeros((statuses, Y_COLS), np.int64),
        np.zeros(N_COUNTS, np.int64),
        np.zeros((entries, 2), np.int64),
    )
