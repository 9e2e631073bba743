"""Days, months and the working days of mainland China.

Every stored date is an integer: days since 1970-01-01. A month is an integer too:
``year * 12 + month - 1``. Terms in months and years follow the calendar and fall on
the last day of a shorter month. Working days follow the State Council's yearly
holiday notices, make-up days included, as tabulated by the ``chinesecalendar``
package for 2004 to 2026; a day beyond that table is an error, not a guess.

How days are counted (Civil Code of 2020, Articles 200-203, restated): the day of
the anchor is not counted, so a limit of n days from an anchor may still be met on
``anchor + n``; a term of n months from an anchor ends on the corresponding day, and
an effect that runs for the term is alive on every day *before* that day.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.errors import UsageError

__all__ = [
    "FAR",
    "NEVER",
    "WorkingDays",
    "add_months",
    "add_working_days",
    "date_of",
    "day_of",
    "first_day",
    "month_of",
    "parse_date",
    "parse_month",
    "working_days",
]

#: A day that never comes: no event, or an open end.
NEVER = 2_000_000_000
#: Day codes at or above this are not calendar days.
FAR = 1_000_000_000

_EPOCH = dt.date(1970, 1, 1).toordinal()


def day_of(date: dt.date) -> int:
    """Return the day number of a date.

    Example:
        >>> day_of(dt.date(1970, 1, 2))
        1
    """
    return date.toordinal() - _EPOCH


def date_of(day: int) -> dt.date:
    """Return the date of a day number.

    Example:
        >>> date_of(15979).isoformat()
        '2013-10-01'
    """
    return dt.date.fromordinal(int(day) + _EPOCH)


def parse_date(text: str, what: str = "date") -> dt.date:
    """Read ``YYYY-MM-DD``.

    Raises:
        UsageError: the text is not a calendar date in that form.
    """
    try:
        found = dt.date.fromisoformat(text)
        if found.isoformat() == text:  # Python also reads days of weeks, and days without dashes
            return found
    except ValueError:
        pass
    raise UsageError(f"{what}: {text!r} is not a calendar date; write it as YYYY-MM-DD")


def parse_month(text: str, what: str = "month") -> int:
    """Read ``YYYY-MM`` as a month number.

    Raises:
        UsageError: the text is not a month in that form.

    Example:
        >>> parse_month("2013-10") - parse_month("2013-01")
        9
    """
    parts = text.split("-")
    digits = len(parts) == 2 and len(parts[0]) == 4 and len(parts[1]) == 2
    if digits and parts[0].isdigit() and parts[1].isdigit() and 1 <= int(parts[1]) <= 12:
        return int(parts[0]) * 12 + int(parts[1]) - 1
    raise UsageError(f"{what}: {text!r} is not a month; write it as YYYY-MM")


def _civil(day: int) -> tuple[int, int, int]:
    """Split a day number into year, month and day of the month."""
    z = day + 719468
    era = z // 146097
    doe = z - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    year = yoe + era * 400 + (1 if month <= 2 else 0)
    return year, month, doy - (153 * mp + 2) // 5 + 1


def _from_civil(year: int, month: int, dom: int) -> int:
    """Return the day number of a year, month and day of the month."""
    y = year - 1 if month <= 2 else year
    era = y // 400
    yoe = y - era * 400
    mp = month - 3 if month > 2 else month + 9
    doy = (153 * mp + 2) // 5 + dom - 1
    doe = yoe * 365 + yoe // 4 - yoe // 100 + doy
    return era * 146097 + doe - 719468


def month_of(day: int) -> int:
    """Return the month number in which a day lies."""
    year, month, _ = _civil(day)
    return year * 12 + month - 1


def first_day(month: int) -> int:
    """Return the first day of a month number."""
    return _from_civil(month // 12, month % 12 + 1, 1)


def add_months(day: int, n: int) -> int:
    """Return the corresponding day n months later (the last day of a shorter month)."""
    year, month, dom = _civil(day)
    target = year * 12 + month - 1 + n
    last = first_day(target + 1) - first_day(target)
    return first_day(target) + min(dom, last) - 1


class WorkingDays(NamedTuple):
    """The working-day calendar as two tables that invert each other.

    Attributes:
        first: the day number of row 0 of ``rank`` (2004-01-01).
        rank: int32[days]; how many working days lie on or before that day.
        day: int32[working days]; the day number of the i-th working day, from 0.
    """

    first: int
    rank: NDArray[np.int32]
    day: NDArray[np.int32]


@cache
def working_days() -> WorkingDays:
    """Return the calendar of working days, 2004 to 2026 (cached)."""
    from chinese_calendar import constants

    first, last = dt.date(2004, 1, 1), dt.date(2026, 12, 31)
    days = [first + dt.timedelta(n) for n in range((last - first).days + 1)]
    works = np.array(
        [
            d in constants.workdays or (d.weekday() < 5 and d not in constants.holidays)
            for d in days
        ],
        dtype=np.bool_,
    )
    rank = np.cumsum(works).astype(np.int32)
    day = (np.nonzero(works)[0] + day_of(first)).astype(np.int32)
    return WorkingDays(day_of(first), rank, day)


def add_working_days(
    day: int, n: int, first: int, rank: NDArray[np.int64], table: NDArray[np.int64]
) -> int:
    """Return the n-th working day after a day, or -1 beyond the calendar.

    Args:
        day: the anchor; it is not counted itself.
        n: how many working days.
        first: see `WorkingDays.first`.
        rank: see `WorkingDays.rank`.
        table: see `WorkingDays.day`.
    """
    row = day - first
    if row < 0 or row >= rank.shape[0]:
        return -1
    target = rank[row] + n - 1
    if target >= table.shape[0]:
        return -1
    return table[target]  # type: ignore[no-any-return]
