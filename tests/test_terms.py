"""Days, months and working days, and the terms and limits that are counted in them.

The calendar is held against Python's own and against the tabulated holidays; the terms are
worked out by hand. The instruments are made up, so that each says one thing only.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import calendar
import datetime as dt

import chinese_calendar
import pytest

from xinyong.dates import (
    FAR,
    NEVER,
    add_months,
    add_working_days,
    date_of,
    day_of,
    first_day,
    month_of,
    parse_date,
    parse_month,
    working_days,
)
from xinyong.errors import UsageError
from xinyong.law.clocks import BEYOND, add, is_step, year_end, year_of
from xinyong.law.compile import Law, law
from xinyong.law.vocabulary import EVENTS

LAW: Law = law()
DAY, WORKING_DAY, MONTH, YEAR = range(4)


def on(text: str) -> int:
    return day_of(dt.date.fromisoformat(text))


# --- the calendar ------------------------------------------------------------------------


def test_days_are_counted_from_the_first_of_1970() -> None:
    assert day_of(dt.date(1970, 1, 1)) == 0
    assert date_of(-1) == dt.date(1969, 12, 31)
    assert FAR < NEVER
    assert date_of(day_of(dt.date.max)) == dt.date.max


def test_months_are_those_of_the_calendar() -> None:
    """The first and last day of every month of four centuries, leap centuries among them."""
    for year in range(1597, 2405):
        for month in range(1, 13):
            number = year * 12 + month - 1
            last = calendar.monthrange(year, month)[1]
            assert first_day(number) == day_of(dt.date(year, month, 1))
            assert month_of(first_day(number)) == number
            assert month_of(day_of(dt.date(year, month, last))) == number
            assert year_of(first_day(number)) == year
            assert year_end(first_day(number)) == day_of(dt.date(year, 12, 31))


def test_months_before_the_year_0_are_counted_on() -> None:
    """No date of Python's, but a term counted back may come there: days follow each other."""
    for month in range(-60, 24):
        assert month_of(first_day(month)) == month
        assert month_of(first_day(month + 1) - 1) == month


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2021-01-31", 1, "2021-02-28"),
        ("2020-01-31", 1, "2020-02-29"),
        ("2020-01-30", 1, "2020-02-29"),
        ("2020-01-29", 1, "2020-02-29"),
        ("2020-01-28", 1, "2020-02-28"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-02-29", 48, "2024-02-29"),
        ("2021-02-28", 1, "2021-03-28"),
        ("2020-03-31", 1, "2020-04-30"),
        ("2020-12-31", 2, "2021-02-28"),
        ("2020-05-31", -3, "2020-02-29"),
        ("2020-03-01", 0, "2020-03-01"),
        ("2019-12-15", 1, "2020-01-15"),
    ],
)
def test_a_month_ends_on_the_corresponding_day_or_the_last(start: str, n: int, end: str) -> None:
    assert date_of(add_months(on(start), n)) == dt.date.fromisoformat(end)


# --- working days ------------------------------------------------------------------------


def after(day: int, n: int) -> int:
    of = LAW.tables
    return int(add_working_days(day, n, int(of.wd_first[0]), of.wd_rank, of.wd_day))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2020-01-22", 1, "2020-01-23"),  # before the Spring Festival
        ("2020-01-23", 1, "2020-02-03"),  # lengthened to 2 February for the epidemic
        ("2021-09-30", 1, "2021-10-08"),  # the golden week
        ("2021-09-30", 2, "2021-10-09"),  # a Saturday that was made up
        ("2021-10-01", 1, "2021-10-08"),  # from inside the holidays
        ("2021-10-09", 1, "2021-10-11"),
        ("2021-06-04", 1, "2021-06-07"),  # over a plain weekend
        ("2021-06-05", 1, "2021-06-07"),
        ("2021-06-07", 0, "2021-06-07"),  # no day more: a working day itself
        ("2021-06-07", 5, "2021-06-15"),  # over the Dragon Boat Festival, 12 to 14 June
    ],
)
def test_working_days_follow_the_yearly_notices(start: str, n: int, end: str) -> None:
    assert date_of(after(on(start), n)) == dt.date.fromisoformat(end)
    assert add(LAW.tables, on(start), n, WORKING_DAY) == after(on(start), n)


def test_every_working_day_of_the_calendar_is_the_next_after_the_one_before() -> None:
    first, last = dt.date(2004, 1, 1), dt.date(2026, 12, 31)
    days = [first + dt.timedelta(n) for n in range((last - first).days + 1)]
    works = [chinese_calendar.is_workday(day) for day in days]
    following = BEYOND
    for day, work in zip(reversed(days), reversed(works), strict=True):
        assert after(day_of(day), 1) == following, day
        following = day_of(day) if work else following
    assert working_days().first == day_of(first)
    assert len(working_days().rank) == len(days)
    assert len(working_days().day) == sum(works) == working_days().rank[-1]


def test_there_is_no_guess_beyond_the_calendar_of_working_days() -> None:
    assert after(on("2003-12-31"), 1) == BEYOND
    assert date_of(after(on("2004-01-01"), 1)) == dt.date(2004, 1, 2)
    assert date_of(after(on("2026-12-30"), 1)) == dt.date(2026, 12, 31)
    assert after(on("2026-12-30"), 2) == BEYOND
    assert after(on("2026-12-31"), 1) == BEYOND
    assert after(on("2027-01-01"), 1) == BEYOND
    assert after(on("2027-01-02"), 1) == BEYOND


# --- counting in units -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "unit", "end"),
    [
        (30, DAY, "2021-03-02"),
        (0, DAY, "2021-01-31"),
        (3, WORKING_DAY, "2021-02-03"),
        (1, MONTH, "2021-02-28"),
        (13, MONTH, "2022-02-28"),
        (1, YEAR, "2022-01-31"),
        (5, YEAR, "2026-01-31"),
    ],
)
def test_a_limit_is_counted_in_its_unit(n: int, unit: int, end: str) -> None:
    assert date_of(add(LAW.tables, on("2021-01-31"), n, unit)) == dt.date.fromisoformat(end)


@pytest.mark.parametrize("unit", [DAY, WORKING_DAY, MONTH, YEAR])
def test_what_has_not_come_starts_no_clock(unit: int) -> None:
    assert add(LAW.tables, NEVER, 1, unit) == NEVER


def test_steps_of_a_procedure_are_of_one_instrument_and_other_events_of_none() -> None:
    steps = {
        "recorded", "noticed", "objected", "checked", "extended", "decided", "published",
        "applied", "granted", "removed", "restored", "annulled", "withdrawn", "refused",
    }  # fmt: skip
    assert {word for i, word in enumerate(EVENTS) if is_step(i)} == steps


# --- dates as people write them ------------------------------------------------------------


def test_a_date_is_written_with_ten_signs() -> None:
    assert parse_date("2020-02-29") == dt.date(2020, 2, 29)
    for text in ("20200229", "2020-2-29", "2021-02-29", "2020-02-29 ", "", "2020-W09-6"):
        with pytest.raises(UsageError) as caught:
            parse_date(text, "--on")
        says = f"--on: {text!r} is not a calendar date; write it as YYYY-MM-DD"
        assert str(caught.value) == says
    with pytest.raises(UsageError, match=r"^date: "):
        parse_date("never")


def test_a_month_is_written_with_seven_signs() -> None:
    assert parse_month("2013-01") == 2013 * 12
    assert parse_month("2013-12") == 2013 * 12 + 11
    wrong = ("2013", "2013-00", "2013-13", "2013-1", "13-01", "2013-01-01", "2o13-01", "2013-a1")
    for text in wrong:
        with pytest.raises(UsageError) as caught:
            parse_month(text, "--until")
        assert str(caught.value) == f"--until: {text!r} is not a month; write it as YYYY-MM"
    with pytest.raises(UsageError, match=r"^month: "):
        parse_month("never")
