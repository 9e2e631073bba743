"""Privacy: how many bodies see a fact, which link matters, and what leaves its context."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong.indicators.base import Indicator, Inputs, Rows, share
from xinyong.indicators.interoperability import acting_bodies
from xinyong.indicators.transparency import version_at
from xinyong.law.vocabulary import KINDS

__all__ = ["INDICATORS", "bodies", "rows"]

_M = "this project's definition"


def bodies(copies: ArrayLike, entries: ArrayLike) -> NDArray[np.float64]:
    """Return the mean number of bodies that hold an entry: its keeper, and each with a copy.

    Args:
        copies: held by each receiving authority, over the first axis.
        entries: alive.
    """
    return 1.0 + share(np.asarray(copies).sum(axis=0), entries)


def lost(without: ArrayLike, whole: ArrayLike) -> NDArray[np.float64]:
    """Return the share of something that goes if a link is cut."""
    return 1.0 - share(without, whole)


def against_origin(across: ArrayLike, copies: ArrayLike) -> NDArray[np.float64]:
    """Return the share of copies that flow into another field than the one they come from."""
    return share(across, copies)


def open_to_all(published: ArrayLike, entries: ArrayLike) -> NDArray[np.float64]:
    """Return the share of entries that anybody may read."""
    return share(published, entries)


EXPOSURE = Indicator(
    "bodies_holding", "privacy", "bodies an entry",
    "Mean number of bodies that hold an entry alive at the end of the month: its keeper, and each "
    "authority with a copy (whatever number of measures it has; the largest counts). A copy kept "
    "after the end of an entry counts too.",
    _M, "assumption", bodies, {"copies": [80, 40], "entries": 100}, 2.2,
    "Of 100 entries one authority holds 80, another 40, and the keeper all: 1 + 1.2.",
)  # fmt: skip
PUBLIC = Indicator(
    "open_to_all", "privacy", "share of entries alive",
    "Entries on lists whose version in force has a step of publication, over entries alive: for "
    "these the number of bodies means little, since everybody may read them.",
    _M, "rule", open_to_all, {"published": 90, "entries": 100}, 0.9,
    "90 of 100 entries stand on lists that are published.",
)  # fmt: skip
CUT_EXPOSURE = Indicator(
    "exposure_lost", "privacy", "share of copies",
    "Link ablation: the share of the copies of a list, at the end of the run, that goes if the "
    "link to one authority is cut (group list/authority).",
    _M, "assumption", lost, {"without": 80, "whole": 120}, 1 / 3,
    "Without the second authority 80 of 120 copies are left.",
)  # fmt: skip
CUT_REACH = Indicator(
    "reach_lost", "privacy", "share of reach",
    "Link ablation, the other side: the share of the reach of a list (P that a listing is acted "
    "on elsewhere) that goes if the same link is cut.",
    _M, "assumption", lost, {"without": 0.5, "whole": 0.6}, 1 - 0.5 / 0.6,
    "Without the second authority reach falls from 0.6 to 0.5.",
)  # fmt: skip
AGAINST = Indicator(
    "against_origin", "privacy", "share of copies",
    "Copies held for a measure whose field is not the field of the conduct (four fields of the "
    "2014 Outline), over all copies held, measure by measure, at the end of the month: flows "
    "against the norm of their origin, coded by field alone.",
    _M + "; Nissenbaum, contextual integrity", "assumption", against_origin,
    {"across": 30, "copies": 120}, 0.25, "30 of 120 copies serve a measure of another field.",
)  # fmt: skip
INDICATORS = (EXPOSURE, PUBLIC, CUT_EXPOSURE, CUT_REACH, AGAINST)


def copies(x: Inputs, name: str) -> dict[str, NDArray[np.int64]]:
    """Return the copies each receiving authority holds: int64[months, kinds + all]."""
    found: dict[str, NDArray[np.int64]] = {}
    for i, row in enumerate(x.names):
        if row[0] == name and x.network.route[i] >= 0:
            held = x.counts.monthly("received", "/".join(row))
            found[row[2]] = np.maximum(found[row[2]], held) if row[2] in found else held
    for held in found.values():
        held[:, -1] = held[:, : len(KINDS)].sum(axis=1)
    return found


def rows(x: Inputs, out: Rows) -> None:
    """Add the family's rows."""
    shape = (len(x.months), len(KINDS) + 1)
    open_, alive = np.zeros(len(x.months), np.int64), np.zeros(len(x.months), np.int64)
    for name in x.lists:
        stock = x.counts.monthly("stock", name)
        alive += stock[:, -1]
        open_ += np.where(published(x, name), stock[:, -1], 0)
        held = copies(x, name)
        if not held:
            continue
        out.by_kind(EXPOSURE, bodies(list(held.values()), stock), stock, group=name)
        across, all_ = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        field = x.catalogue.instruments[name].conduct_field
        for i, row in enumerate(x.names):
            if row[0] == name and x.network.route[i] >= 0:
                got = x.counts.monthly("received", "/".join(row))
                all_ = all_ + got
                if x.catalogue.measures[row[1]].field != field:
                    across = across + got
        out.series(
            AGAINST, against_origin(across, all_)[:, -1], all_[:, -1] // x.sample, group=name
        )  # fmt: skip
        _cut(x, out, name, {a: int(h[-1, -1]) for a, h in held.items()})
    out.series(PUBLIC, open_to_all(open_, alive), alive)


def published(x: Inputs, name: str) -> NDArray[np.bool_]:
    """Tell in which months a list's version in force has a step of publication."""
    it = x.catalogue.instruments[name]
    found = [version_at(it, day) for day in x.month_ends.tolist()]
    return np.array(
        [v is not None and any(s.then == "published" for s in v.steps) for v in found], np.bool_
    )


def _cut(x: Inputs, out: Rows, name: str, held: dict[str, int]) -> None:
    whole = sum(held.values())
    chances = {a: p[:, -1] for a, p in acting_bodies(x, name).items()}

    def reached(without: str = "") -> float:
        none = np.ones(len(x.weights))
        for authority, p in chances.items():
            if authority != without:
                none *= 1.0 - p
        return float(x.weights @ (1.0 - none))

    all_ = reached()
    for authority, n in held.items():
        group = f"{name}/{authority}"
        out.add(CUT_EXPOSURE, float(lost(whole - n, whole)), n // x.sample, group=group)
        if all_:
            out.add(CUT_REACH, float(lost(reached(authority), all_)), group=group)
