"""Finding telling subjects in a run: always the first by a stated order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinyong.dates import first_day
from xinyong.engine.ledgers import spells_in
from xinyong.engine.remake import Remade
from xinyong.errors import UsageError
from xinyong.institutions.receipt import reach
from xinyong.law.tables import CAUSES
from xinyong.society.subjects import format_id

__all__ = ["PICKS", "pick"]

#: What can be picked, and which subject is then the first; among equals the one entered
#: first, then the one of the lowest id.
PICKS = {
    "wrongly-listed": "entered first on a list by a record that is false or of another",
    "longest": "longest on one list without a break",
    "repaired": "entered first among those who came off because repair was granted, or, "
    "if there are none, because they performed",
    "zombie": "whose entry had ended for longest while an authority still held a copy",
    "rewarded": "on a red list, and met it at most requests",
    "many-agencies": "of whose entry most authorities held a copy",
}


def pick(remade: Remade, what: str) -> str:
    """Return the id of a telling subject of a run.

    Args:
        remade: the run, made again.
        what: one of `PICKS`.

    Raises:
        UsageError: an unknown word, or the run has no such subject.
    """
    if what not in PICKS:
        raise UsageError(f"--pick: {what[:60]!r} is not one of {', '.join(PICKS)}")
    world, best = remade.world, None
    first = world.scenario.first_month
    last = first_day(first + world.scenario.months) - 1
    for run in remade.leaves:
        spells = spells_in(run)
        rank = _rank(remade, spells, run.place, last, what)
        rows = np.nonzero(rank > 0)[0]
        if not len(rows):
            continue
        who = run.place << 40 | spells["subject"]
        order = np.lexsort((who[rows], spells["start"][rows], -rank[rows]))
        row = rows[order[0]]
        found = (-int(rank[row]), int(spells["start"][row]), int(who[row]))
        best = found if best is None else min(best, found)
    if best is None:
        raise UsageError(
            f"{remade.run.path}: nobody in this run is {what} ({PICKS[what]}); a larger society or "
            "more months may have one"
        )
    return format_id(best[2])


def _rank(
    remade: Remade, spells: dict[str, Any], place: int, last: int, what: str
) -> NDArray[np.int64]:
    """Return how telling each spell of a leaf is: int64[n], 0 for not at all."""
    world, none = remade.world, np.zeros(len(spells["inst"]), np.int64)
    if what == "wrongly-listed":
        return np.asarray(spells["mistaken"] & ~spells["copied"], np.int64)
    if what == "longest":
        return np.asarray(np.minimum(spells["end"], last) - spells["start"] + 1)
    if what == "repaired":
        over = spells["end"] <= last
        early, done = (CAUSES.index(word) for word in ("early", "performance"))
        return np.asarray(
            2 * (over & (spells["cause"] == early)) + (over & (spells["cause"] == done))
        )
    if not len(none):
        return none
    names = [name for _, _, name in world.measure_names]
    authority = np.array([sorted(set(names)).index(name) for name in names], np.int64)
    held = reach(
        world.measures, world.link, world.keys, authority, spells["act"], spells["inst"],
        spells["kind"], place, spells["start"], spells["end"], last, world.scenario.first_month,
    )  # fmt: skip
    if what == "zombie":
        return np.asarray(held[:, 1])
    if what == "many-agencies":
        return np.asarray(held[:, 0])
    lists = world.catalogue.instruments
    red = np.array([lists[name].polarity == "red" for name in world.law.instruments], np.bool_)
    return np.where(red[spells["inst"]], held[:, 2] + 1, none)
