"""The compiled twin of the kernel, for many ledgers; importing this imports numba."""

from __future__ import annotations

from xinyong import dates
from xinyong.jit import compile_functions
from xinyong.law import clocks, conditions, entries, kernel, scores

__all__ = ["add", "add_months", "first_day", "fold", "month_of", "year_end"]

_twins = compile_functions([dates, clocks, conditions, entries, scores, kernel])

add = _twins.add
add_months = _twins.add_months
first_day = _twins.first_day
fold = _twins.fold
month_of = _twins.month_of
year_end = _twins.year_end
