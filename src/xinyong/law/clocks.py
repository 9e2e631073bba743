"""Clocks of the law: the day on which a limit or a term ends, and days of events.

Plain Python within numba's subset (see `xinyong.jit`). A ledger is an int64 array
``[rows, LEDGER_COLS]`` sorted by day; only rows dated on or before the day asked for
are visible.
"""

# ruff: noqa: SIM109
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from xinyong.dates import NEVER, add_months, add_working_days, first_day, month_of
from xinyong.law.tables import T_N, T_OPEN, T_UNIT

# Columns of a ledger row. `what` narrows the event (conduct, document kind, quantity or
# circumstance, instrument; -1 for none); `value` is a quantity, or the role of a copy.
# The rest is written by `index_events`: the next row with the same event, and in the first row,
# from `FIRST` on, the first row with each event (the number of rows, if there is none).
DAY, EVENT, WHAT, CASE, VALUE, NEXT, FIRST = 0, 1, 2, 3, 4, 5, 6

# Codes of `vocabulary.EVENTS` that the kernel itself has to know.
(
    EV_OCCURRED, EV_ENDED, EV_FORMED, EV_SERVED, EV_EFFECTIVE, EV_RECORDED, EV_DEADLINE,
    EV_NOTICED, EV_OBJECTED, EV_CHECKED, EV_EXTENDED, EV_DECIDED, EV_PUBLISHED, EV_CORRECTED,
    EV_PERFORMED, EV_SETTLED, EV_PLEDGED, EV_APPLIED, EV_GRANTED, EV_REMOVED, EV_RESTORED,
    EV_ANNULLED, EV_WITHDRAWN, EV_ENFORCEMENT_ENDED, EV_ROUND_ENDED, EV_STAYED,
    EV_NOT_ENFORCED, EV_SENTENCE_ENDED, EV_COPIED, EV_REFUSED, EV_DETAIL,
    AN_LISTED, AN_LAWFUL_END, AN_YEAR_END,
) = range(34)  # fmt: skip
LEDGER_COLS = FIRST + EV_DETAIL + 1

BEYOND = -1


def add(law, day, n, unit):
    """Return the day n units after an anchor, or `BEYOND` outside the calendar."""
    if day >= NEVER:
        return NEVER
    if unit == 0:
        return day + n
    if unit == 1:
        return add_working_days(day, n, law.wd_first[0], law.wd_rank, law.wd_day)
    if unit == 2:
        return add_months(day, n)
    return add_months(day, 12 * n)


def index_events(led, n):
    """Write the columns from `NEXT` on, so that who looks for an event sees its rows alone."""
    if n == 0:
        return
    for column in range(FIRST, LEDGER_COLS):
        led[0, column] = n
    for i in range(n - 1, -1, -1):
        column = FIRST + led[i, EVENT]
        led[i, NEXT] = led[0, column]
        led[0, column] = i


def first(led, n, case, event, what, since, until):
    """Return the first day in [since, until] of an event of a case, or NEVER.

    ``what`` = -1 accepts any; a row with ``what`` = -1 answers to any.
    """
    i = led[0, FIRST + event] if n else 0
    while i < n and led[i, DAY] <= until:
        if (
            led[i, CASE] == case
            and led[i, DAY] >= since
            and (what < 0 or led[i, WHAT] < 0 or led[i, WHAT] == what)
        ):
            return led[i, DAY]
        i = led[i, NEXT]
    return NEVER


def detail(led, n, case, what, until, missing):
    """Return the latest stated value of a quantity or circumstance of a case."""
    found = missing
    i = led[0, FIRST + EV_DETAIL] if n else 0
    while i < n and led[i, DAY] <= until:
        if led[i, CASE] == case and led[i, WHAT] == what:
            found = led[i, VALUE]
        i = led[i, NEXT]
    return found


def is_step(event):
    """Tell whether an event belongs to one instrument's procedure (its `what`)."""
    return (
        event == EV_RECORDED
        or event == EV_NOTICED
        or event == EV_OBJECTED
        or event == EV_CHECKED
        or event == EV_EXTENDED
        or event == EV_DECIDED
        or event == EV_PUBLISHED
        or event == EV_APPLIED
        or event == EV_GRANTED
        or event == EV_REMOVED
        or event == EV_RESTORED
        or event == EV_ANNULLED
        or event == EV_WITHDRAWN
        or event == EV_REFUSED
    )


def year_end(day):
    """Return the last day of the calendar year of a day."""
    return first_day(month_of(day) // 12 * 12 + 12) - 1


def anchor_day(led, n, case, inst, anchor, listed, lawful, until):
    """Return the day of an anchor, or NEVER if it has not come by `until`."""
    if anchor == AN_LISTED:
        return listed if listed <= until else NEVER
    if anchor == AN_LAWFUL_END:
        return lawful if lawful <= until else NEVER
    if anchor == AN_YEAR_END:
        occurred = first(led, n, case, EV_OCCURRED, -1, -NEVER, until)
        if occurred >= NEVER:
            return NEVER
        return year_end(occurred)
    what = inst if is_step(anchor) else -1
    return first(led, n, case, anchor, what, -NEVER, until)


def term_end(law, row, anchor, extension):
    """Return the first day on which a term has run out, NEVER if it is open.

    Args:
        law: the compiled law.
        row: row of `law.term`.
        anchor: the day the term runs from.
        extension: months added by a lawful discretionary extension.
    """
    if law.term[row, T_OPEN] or anchor >= NEVER:
        return NEVER
    end = add(law, anchor, law.term[row, T_N], law.term[row, T_UNIT])
    if end == BEYOND:
        return BEYOND
    return add_months(end, extension) if extension else end


def year_of(day):
    """Return the calendar year of a day."""
    return month_of(day) // 12
