"""Due process: what each list offers by its rules, and what comes of it in the run."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong import places
from xinyong.dates import NEVER, day_of
from xinyong.indicators.base import Indicator, Inputs, Rows, over, share
from xinyong.indicators.identity import median_days
from xinyong.indicators.transparency import version_at
from xinyong.law import schema
from xinyong.law.catalogue import reaches

__all__ = ["INDICATORS", "SAFEGUARDS", "offered", "rows"]

_M = "this project's definition"
SAFEGUARDS = ("notice", "objection", "review", "suit", "suspensive")


def rate(some: ArrayLike, all_: ArrayLike) -> NDArray[np.float64]:
    """Return a share."""
    return share(some, all_)


OFFERED = Indicator(
    "safeguard_offered", "process", "share of entries made",
    "Entries made in the year while the rules of their list offer a safeguard: `notice` (a step "
    "of notice), `objection` (review of the instrument, or a step of objection), `review` "
    "(administrative review), `suit`, `suspensive` (the decision, or the publication, waits for "
    "an objection while its limit runs). All lists; group list/safeguard for one list.",
    _M, "rule", rate, {"some": 60, "all_": 80}, 0.75,
    "60 of 80 entries are made under rules that offer it.",
)  # fmt: skip
REASONS = Indicator(
    "reasons_asked", "process", "share of places",
    "Leaves in which a regulation in force at the end of the year asks that the subject be told "
    "the reason before it is listed, weighted by persons.",
    _M, "rule", rate, {"some": 0.2, "all_": 1.0}, 0.2,
    "Places with a fifth of the people have such a rule.",
)  # fmt: skip
REVERSAL = Indicator(
    "reversal_rate", "process", "share of entries made",
    "Entries annulled as wrong from the start in the year, over entries made in the year.",
    _M, "assumption", rate, {"some": 2, "all_": 400}, 0.005,
    "2 are annulled in a year in which 400 are made.",
)  # fmt: skip
DAYS = Indicator(
    "days_to_annulment", "process", "days",
    "Median days from an entry to its annulment, whether or not it was mistaken, among entries "
    "annulled within the run.",
    _M, "assumption", median_days, {"start": [10, 10, 10], "end": [30, 71, 410]}, 61.0,
    "Annulled after 20, 61 and 400 days.",
)  # fmt: skip
STANDS = Indicator(
    "mistaken_standing", "process", "share of mistaken entries",
    "Mistaken entries that end otherwise than by annulment (performance, expiry, or the end of "
    "the run), over all mistaken entries: what objection does not reach.",
    _M, "assumption", rate, {"some": 9, "all_": 12}, 0.75,
    "Of 12 mistaken entries 3 are annulled.",
)  # fmt: skip
BARRED = Indicator(
    "barred_on_paper", "process", "share of entries made",
    "Entries made in the year while a gate barred their ground on paper: what the place had not "
    "followed yet, kept, or turned the rule into. Paper versus practice; nothing where no such "
    "entry was made in the whole run. All lists; group for one list.",
    _M, "assumption", rate, {"some": 3, "all_": 60}, 0.05,
    "Of 60 entries 3 rest on a ground that a gate bars and the place still applies.",
)  # fmt: skip
INDICATORS = (OFFERED, REASONS, REVERSAL, DAYS, STANDS, BARRED)


def offered(it: schema.Instrument, version: schema.Version | None) -> frozenset[str]:
    """Return the safeguards that the version of a list offers."""
    if version is None:
        return frozenset()
    found = set()
    thens = {s.then for s in version.steps}
    if "noticed" in thens:
        found.add("notice")
    if {"objected", "checked"} & thens or (it.review is not None and it.review.objection):
        found.add("objection")
    if it.review is not None and it.review.administrative_review:
        found.add("review")
    if it.review is not None and it.review.suit:
        found.add("suit")
    first = {s.id for s in version.steps if s.then in ("objected", "checked")}
    if any(s.then in ("decided", "published") and first & set(s.after) for s in version.steps):
        found.add("suspensive")
    return frozenset(found)


def rows(x: Inputs, out: Rows) -> None:
    """Add the family's rows."""
    groups, years = list(x.years.values()), list(x.years)
    made_all = np.zeros(len(years), np.int64)
    some_all = {name: np.zeros(len(years), np.int64) for name in SAFEGUARDS}
    for name in x.lists:
        it = x.catalogue.instruments[name]
        entered = x.counts.monthly("entered", name)[:, -1]
        made = over(entered, groups)
        made_all = made_all + made
        by_month = [offered(it, version_at(it, day)) for day in x.month_ends.tolist()]
        for safeguard in SAFEGUARDS:
            on = np.array([safeguard in found for found in by_month])
            some = over(np.where(on, entered, 0), groups)
            some_all[safeguard] = some_all[safeguard] + some
            group = f"{name}/{safeguard}"
            out.series(OFFERED, rate(some, made), made, group=group, periods=years)
        annulled = over(x.counts.monthly("exit_annulled", name)[:, -1], groups)
        out.series(REVERSAL, rate(annulled, made), annulled, group=name, periods=years)
        _single(x, out, name)
    _barred(x, out)
    for safeguard, some in some_all.items():
        out.series(OFFERED, rate(some, made_all), made_all, group=safeguard, periods=years)
    _reasons(x, out)


def _barred(x: Inputs, out: Rows) -> None:
    """Add what was decided while it was barred on paper."""
    groups, years = list(x.years.values()), list(x.years)
    made_all, some_all = (np.zeros(len(years), np.int64) for _ in range(2))
    for name in x.lists:
        made = over(x.counts.monthly("entered", name)[:, -1], groups)
        some = over(x.counts.monthly("entered_barred", name)[:, -1], groups)
        made_all, some_all = made_all + made, some_all + some
        if some.any():
            out.series(BARRED, rate(some, made), some, group=name, periods=years)
    if some_all.any():
        out.series(BARRED, rate(some_all, made_all), some_all, periods=years)


def _single(x: Inputs, out: Rows, name: str) -> None:
    s = x.spells
    code = s.causes.index("annulled") if "annulled" in s.causes else -1
    done = s.of(name) & (s.cause == code)
    out.add(DAYS, median_days(s.start[done], s.end[done]), int(done.sum()), group=name)
    wrong = s.of(name) & s.mistaken
    stands = int((wrong & ~done).sum())
    out.add(STANDS, float(rate(stands, int(wrong.sum()))), stands, group=name)


def _reasons(x: Inputs, out: Rows) -> None:
    """Add where regulations ask for reasons before a listing."""
    ends = [int(x.month_ends[p[-1]]) for p in x.years.values()]
    asks = np.zeros((len(ends), len(x.weights)), np.bool_)
    for it in x.catalogue.instruments.values():
        mine = np.array([reaches(it, leaf) for leaf in places.leaves()])
        for version in it.versions:
            if version.draft is not None or not any(_asks(rule) for rule in version.rules):
                continue
            until = version.in_force.until
            end = NEVER if until is None else day_of(until)
            for i, day in enumerate(ends):
                if day_of(version.in_force.from_) <= day <= end:
                    asks[i] |= mine
    out.series(REASONS, rate(asks @ x.weights, x.weights.sum()), periods=list(x.years))


def _asks(rule: object) -> bool:
    return isinstance(rule, schema.Notice) and rule.before == "listing" and "reason" in rule.content
