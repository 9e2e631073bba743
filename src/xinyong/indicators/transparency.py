"""Transparency: who is told, whether rules come before their effect, what can be retraced."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong.dates import NEVER, day_of
from xinyong.indicators.base import Indicator, Inputs, Rows, over, share
from xinyong.indicators.identity import alive_at
from xinyong.law import schema

__all__ = ["INDICATORS", "retraceable", "rows", "version_at"]

_M = "this project's definition"


def part(some: ArrayLike, all_: ArrayLike) -> NDArray[np.float64]:
    """Return a share."""
    return share(some, all_)


NOTICE = Indicator(
    "notice_rate", "transparency", "share of entries made",
    "Entries made while the version in force of their list has a step of notice to the subject, "
    "over entries made in the year. By the rule: whether the notice arrives is not modelled.",
    _M, "rule", part, {"some": 60, "all_": 80}, 0.75,
    "60 of 80 entries are made under rules with a notice.",
)  # fmt: skip
BEFORE = Indicator(
    "published_before_effect", "transparency", "share of versions",
    "Versions of instruments in force at the end of the year whose text is dated before the first "
    "day of their force, over those whose text and day are known from the text itself (no later "
    "report, no assumption). The rest took effect on the day of their text.",
    _M, "rule", part, {"some": 30, "all_": 50}, 0.6,
    "Of 50 versions in force 30 were issued before the day they took effect.",
)  # fmt: skip
RETRACE = Indicator(
    "reconstructable", "transparency", "share of entries alive",
    "Entries alive at the end of the month whose ground is a numbered article of a text that can "
    "be read (depth full text or transcription), over entries alive: what somebody listed could "
    "retrace from public rules, as far as the catalogue found them.",
    _M, "rule", part, {"some": 45, "all_": 50}, 0.9,
    "45 of 50 entries rest on an article of a text that can be read.",
)  # fmt: skip
INDICATORS = (NOTICE, BEFORE, RETRACE)

_READABLE = ("full text", "transcription")


def version_at(it: schema.Instrument, day: int) -> schema.Version | None:
    """Return the version that was the latest in force on a day, drafts left out."""
    found = None
    for version in it.versions:
        if version.draft is None and day_of(version.in_force.from_) <= day:
            found = version
    return found


def retraceable(it: schema.Instrument, provision: schema.Provision) -> bool:
    """Tell whether a provision is cited to a numbered article of a text that can be read."""
    cite = provision.cite
    if cite.source is None or cite.article in (None, "whole"):
        return False
    return it.sources[cite.source].depth in _READABLE


def rows(x: Inputs, out: Rows) -> None:
    """Add the family's rows."""
    _notice(x, out)
    _before(x, out)
    _retrace(x, out)


def _notice(x: Inputs, out: Rows) -> None:
    groups = list(x.years.values())
    told, made = np.zeros(len(groups), np.int64), np.zeros(len(groups), np.int64)
    for name in x.lists:
        entered = x.counts.monthly("entered", name)[:, -1]
        it = x.catalogue.instruments[name]
        on = np.array([_notifies(version_at(it, day)) for day in x.month_ends.tolist()])
        mine, some = over(entered, groups), over(np.where(on, entered, 0), groups)
        out.series(NOTICE, part(some, mine), mine, group=name, periods=list(x.years))
        told, made = told + some, made + mine
    out.series(NOTICE, part(told, made), made, periods=list(x.years))


def _notifies(version: schema.Version | None) -> bool:
    return version is not None and any(s.then == "noticed" for s in version.steps)


def _before(x: Inputs, out: Rows) -> None:
    ends = np.array([x.month_ends[p[-1]] for p in x.years.values()])
    some, all_ = np.zeros(len(ends), np.int64), np.zeros(len(ends), np.int64)
    for it in x.catalogue.instruments.values():
        for version in it.versions:
            source = it.sources.get(version.in_force.cite.source or "")
            if version.draft is not None or source is None or source.reports is not None:
                continue
            until = version.in_force.until
            first = day_of(version.in_force.from_)
            on = (first <= ends) & (ends <= (NEVER if until is None else day_of(until)))
            all_ += on
            if source.date < version.in_force.from_:
                some += on
    out.series(BEFORE, part(some, all_), periods=list(x.years))


def _retrace(x: Inputs, out: Rows) -> None:
    s = x.spells
    fine = np.zeros(len(s.list), np.bool_)
    for name in s.lists:
        it = x.catalogue.instruments[name]
        mine = s.of(name)
        for version in it.versions:
            if version.draft is not None:
                continue
            # Later versions overwrite what earlier ones said of the same ground.
            since = mine & (s.start >= day_of(version.in_force.from_))
            for p in version.provisions:
                if p.id in s.grounds:
                    fine[since & (s.ground == s.grounds.index(p.id))] = retraceable(it, p)
    lists: list[tuple[str, NDArray[np.bool_]]] = [(name, s.of(name)) for name in s.lists]
    for name, mine in [*lists, ("", np.ones(len(fine), np.bool_))]:
        all_ = alive_at(s.start[mine], s.end[mine], x.month_ends)
        good = mine & fine
        some = alive_at(s.start[good], s.end[good], x.month_ends)
        out.series(RETRACE, part(some, all_), all_, group=name)
