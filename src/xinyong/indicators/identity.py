"""Identity: who is listed by mistake, who is on the list by mistake, and for how long.

Two questions are kept apart. The risk of a subject that did nothing (FLR) is small, because
such subjects are many; the share of a list that is a mistake (FDS) may be large all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong.indicators.base import Indicator, Inputs, Rows, over, share
from xinyong.law.vocabulary import KINDS

__all__ = ["INDICATORS", "astray", "fds", "flr", "median_days", "missed", "rows"]

_DAYS_A_MONTH = 30.4375
_M = "this project's definition"


def flr(mistaken: ArrayLike, alive: ArrayLike, acting: ArrayLike) -> NDArray[np.float64]:
    """Return P(listed by mistake | no qualifying conduct) from counts of one month.

    Args:
        mistaken: entries made without a qualifying act of their subject.
        alive: subjects.
        acting: those that did an act that the list hears.
    """
    return share(mistaken, np.asarray(alive) - np.asarray(acting))


def fds(mistaken: ArrayLike, listed: ArrayLike) -> NDArray[np.float64]:
    """Return P(no qualifying conduct | listed): the share of a list that is a mistake."""
    return share(mistaken, listed)


def astray(attached_elsewhere: ArrayLike, received: ArrayLike) -> NDArray[np.float64]:
    """Return the share of copies attached to somebody else on their way."""
    return share(attached_elsewhere, received)


def missed(acts: ArrayLike, rightly: ArrayLike) -> NDArray[np.float64]:
    """Return P(not listed | act the list hears); never below 0."""
    return np.maximum(1.0 - share(rightly, acts), 0.0)


def median_days(start: ArrayLike, end: ArrayLike) -> float:
    """Return the median of the days between two arrays of days; nan of none."""
    days = np.asarray(end) - np.asarray(start)
    return float(np.median(days)) if days.size else float("nan")


def months_to_correction(start: ArrayLike, end: ArrayLike) -> float:
    """Return the median of the months from entry to annulment."""
    return median_days(start, end) / _DAYS_A_MONTH


def corrected(annulled: ArrayLike, mistaken: ArrayLike) -> NDArray[np.float64]:
    """Return the share of mistaken entries that were ever annulled."""
    return share(annulled, mistaken)


FLR = Indicator(
    "flr", "identity", "probability a month",
    "P(listed | no qualifying conduct): entries made in the month that rest on no act of their "
    "subject, over subjects alive less the acts of the month that the list hears (each act taken "
    "to be another subject's); over the run, the mean of the months.",
    _M, "assumption", flr, {"mistaken": 4, "alive": 1000, "acting": 200}, 0.005,
    "Of 1,000 subjects 200 acted; 4 of the others are listed: 4/800.",
)  # fmt: skip
FDS_ENTERED = Indicator(
    "fds_entered", "identity", "share of entries made",
    "P(no qualifying conduct | entered): mistaken entries over all entries made in the period.",
    _M, "assumption", fds, {"mistaken": 4, "listed": 104}, 4 / 104,
    "4 of 104 entries rest on no act of their subject.",
)  # fmt: skip
FDS_LISTED = Indicator(
    "fds_listed", "identity", "share of entries alive",
    "P(no qualifying conduct | listed): mistaken entries over all entries alive at the end of "
    "the month. It differs from the share of entries made because mistaken ones last longer or "
    "shorter.",
    _M, "assumption", fds, {"mistaken": 3, "listed": 60}, 0.05,
    "3 of 60 entries alive rest on no act of their subject.",
)  # fmt: skip
FDS_HELD = Indicator(
    "fds_held", "identity", "share of copies held",
    "The same at the receiving authorities: copies held for somebody who did nothing of it, over "
    "copies held, at the end of the month, all measures of the list (or one authority's); over the "
    "run, copies are counted once a month.",
    _M, "assumption", fds, {"mistaken": 15, "listed": 300}, 0.05,
    "15 of 300 copies are held for somebody who did nothing.",
)  # fmt: skip
ASTRAY = Indicator(
    "astray_held", "identity", "share of copies held",
    "Copies attached to somebody else on their way between authorities, over copies held: the "
    "part of the above that exchange adds.",
    "closed form of institutions.identity", "assumption", astray,
    {"attached_elsewhere": 6, "received": 300}, 0.02,
    "6 of 300 copies were attached to a namesake at some hop.",
)  # fmt: skip
MISSED_FILE = Indicator(
    "missed_file", "identity", "share of acts",
    "P(on no file of its own | act): acts that no authority recorded, or whose record landed on "
    "no file or on somebody else's; by family of conduct.",
    _M, "assumption", missed, {"acts": 200, "rightly": 150}, 0.25,
    "Of 200 acts, 160 are recorded, 4 land nowhere, 6 on others' files: 150 arrive, 50 do not.",
)  # fmt: skip
MISSED_LIST = Indicator(
    "missed_list", "identity", "share of acts",
    "P(not entered | act the list hears): acts without an entry of their own subject, over the "
    "acts of the families the list hears. Most are not errors: conditions not met, paid in time, "
    "no capacity. Copies to those behind a body are left out.",
    _M, "calibration", missed, {"acts": 200, "rightly": 30}, 0.85,
    "200 acts lead to 30 entries of those who did them.",
)  # fmt: skip
MONTHS = Indicator(
    "months_to_correction", "identity", "months",
    "Median time from a mistaken entry to its annulment, among those annulled within the run.",
    _M, "assumption", months_to_correction, {"start": [0, 0, 0], "end": [30, 61, 400]},
    61 / _DAYS_A_MONTH, "Annulled after 30, 61 and 400 days: the median is 61 days, 2.0 months.",
)  # fmt: skip
CORRECTED = Indicator(
    "corrected", "identity", "share of mistaken entries",
    "Mistaken entries that were annulled within the run, over all mistaken entries.",
    _M, "assumption", corrected, {"annulled": 3, "mistaken": 12}, 0.25,
    "Of 12 mistaken entries 3 are annulled; the others run out, or stand.",
)  # fmt: skip
INDICATORS = (
    FLR, FDS_ENTERED, FDS_LISTED, FDS_HELD, ASTRAY, MISSED_FILE, MISSED_LIST, MONTHS, CORRECTED,
)  # fmt: skip


def acting(x: Inputs, name: str) -> NDArray[np.float64]:
    """Return the acts that a list hears: float64[months, kinds + all]."""
    found = np.zeros((len(x.months), len(KINDS) + 1))
    for family, part in x.heard(name).items():
        found += part * x.counts.monthly("acts", family)
    return found


def alive_with_end(x: Inputs, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many of the chosen entries are alive at each month's end, in the sample."""
    return alive_at(x.spells.start[mask], x.spells.end[mask], x.month_ends)


def alive_at(
    start: NDArray[np.int64], end: NDArray[np.int64], days: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return how many spells are alive on each of some days (end is the first day after).

    Example:
        >>> alive_at(np.array([1, 5]), np.array([5, 9]), np.array([0, 1, 5, 9])).tolist()
        [0, 1, 1, 0]
    """
    begun = np.searchsorted(np.sort(start), days, side="right")
    over_ = np.searchsorted(np.sort(end), days, side="right")
    return np.asarray(begun - over_)


def rows(x: Inputs, out: Rows) -> None:
    """Add the family's rows."""
    alive = x.counts.monthly("alive", "")
    for name in x.lists:
        entered = x.counts.monthly("entered", name)
        wrong = x.counts.monthly("entered_mistaken", name)
        idle = acting(x, name)
        out.by_kind(FLR, flr(wrong, alive, idle), wrong, group=name)
        run = [np.asarray(v).sum(axis=0, keepdims=True) for v in (wrong, alive, idle, entered)]
        whole = {"group": name, "periods": ["all"]}
        out.by_kind(FLR, flr(*run[:3]), run[0], **whole)
        out.by_kind(FDS_ENTERED, fds(run[0], run[3]), run[0], **whole)
        groups = list(x.years.values())
        made, bad = over(entered, groups), over(wrong, groups)
        out.by_kind(FDS_ENTERED, fds(bad, made), bad, group=name, periods=list(x.years))
        _places(x, out, name)
        _standing(x, out, name)
        _held(x, out, name)
        _whole(x, out, name)
    for family in x.rates:
        _files(x, out, family.id)


def _places(x: Inputs, out: Rows, name: str) -> None:
    """Add the share of mistaken entries by place over the whole run."""
    made = x.counts.placed("entered", name)[..., -1].sum(axis=0)
    bad = x.counts.placed("entered_mistaken", name)[..., -1].sum(axis=0)
    for place, value, n in zip(x.counts.places[:-1], fds(bad, made), bad, strict=True):
        out.add(FDS_ENTERED, float(value), int(n), place=place, group=name)


def _standing(x: Inputs, out: Rows, name: str) -> None:
    mine = x.spells.of(name)
    all_, bad = alive_with_end(x, mine), alive_with_end(x, mine & x.spells.mistaken)
    out.series(FDS_LISTED, fds(bad, all_), bad, group=name)


def _held(x: Inputs, out: Rows, name: str) -> None:
    """Add mistaken and astray shares at receiving authorities, by month and by authority."""
    received, bad, lost = (np.zeros((len(x.months), len(KINDS) + 1), np.int64) for _ in range(3))
    authorities: dict[str, NDArray[np.int64]] = {}
    for row in x.names:
        if row[0] != name:
            continue
        parts = [x.counts.monthly(a, "/".join(row)) for a in ("received", "mistaken", "astray")]
        received, bad, lost = received + parts[0], bad + parts[1], lost + parts[2]
        at = authorities.setdefault(row[2], np.zeros((3, len(KINDS) + 1), np.int64))
        at += np.array([part.sum(axis=0) for part in parts])
    seen = x.sample
    out.by_kind(FDS_HELD, fds(bad, received), bad // seen, group=name)
    out.by_kind(ASTRAY, astray(lost, received), lost // seen, group=name)
    run = [int(part[:, -1].sum()) for part in (received, bad, lost)]
    out.add(FDS_HELD, float(fds(run[1], run[0])), run[1] // seen, group=name)
    out.add(ASTRAY, float(astray(run[2], run[0])), run[2] // seen, group=name)
    for authority, (got, wrong, elsewhere) in authorities.items():
        group = f"{name}/{authority}"
        out.add(FDS_HELD, float(fds(wrong[-1], got[-1])), int(wrong[-1]) // seen, group=group)
        out.add(
            ASTRAY, float(astray(elsewhere[-1], got[-1])), int(elsewhere[-1]) // seen, group=group
        )  # fmt: skip


def _whole(x: Inputs, out: Rows, name: str) -> None:
    """Add what needs single entries: missed listings, corrections."""
    mine = x.spells.of(name)
    own = mine & ~x.spells.mistaken & ~x.spells.copied
    acts = acting(x, name).sum(axis=0)
    for k, kind in enumerate((*KINDS, "all")):
        n = int((own & (x.spells.kind == k)).sum() if kind != "all" else own.sum())
        if acts[k] and (n or kind == "all"):
            out.add(
                MISSED_LIST, float(missed(acts[k], n * x.file_sample)), n, kind=kind, group=name
            )  # fmt: skip
    wrong = mine & x.spells.mistaken
    code = x.spells.causes.index("annulled") if "annulled" in x.spells.causes else -1
    done = wrong & (x.spells.cause == code)
    n = int(done.sum())
    out.add(CORRECTED, float(corrected(n, int(wrong.sum()))), n, group=name)
    out.add(MONTHS, months_to_correction(x.spells.start[done], x.spells.end[done]), n, group=name)


def _files(x: Inputs, out: Rows, family: str) -> None:
    """Add the acts that reach no file of their own, by year."""
    groups: Sequence[Sequence[int]] = list(x.years.values())
    acts = over(x.counts.monthly("acts", family), groups)
    if not acts[:, -1].any():
        return
    kept = over(x.counts.monthly("recorded", family), groups)
    for lost in ("missed", "misattached"):
        kept = kept - over(x.counts.monthly(lost, family), groups)
    value = missed(acts[:, -1], kept[:, -1])
    out.series(MISSED_FILE, value, (acts - kept)[:, -1], group=family, periods=list(x.years))
