"""What is true: what a subject did, recorded or not, and whose act a wrong record is of.

A run keeps only what was recorded. But acts are keyed draws (`conduct.sampling`), so those of
one subject are drawn again here; the one thing they depend on beside the subject is since
when it has a file, and the state of the leaf says that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from xinyong.conduct.sampling import Candidates, acts_of, draw_acts, new_scratch
from xinyong.dates import first_day, month_of
from xinyong.engine.filing import act_day, act_id
from xinyong.engine.joining import schemes_joined
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.ledgers import id_of
from xinyong.engine.state import CASE_COPIED, CASE_MISATTACHED, N_CASES
from xinyong.engine.world import Stream, World
from xinyong.institutions.detection import recorded
from xinyong.institutions.identity import MISSED, WRONG, attach
from xinyong.society.subjects import format_id, pack
from xinyong.streams import month_word

__all__ = ["Deed", "deeds_of", "opened", "whose"]


@dataclass(frozen=True, slots=True)
class Deed:
    """An act that a subject did.

    Attributes:
        act: its id; family: of conduct; day: on which it was done.
        fate: ``recorded`` (on its own file), ``unknown`` (no authority came to know), ``lost``
            (recorded, but on nobody's file) or ``misattached`` (on the file of `on`).
    """

    act: int
    family: int
    day: int
    fate: str
    on: str = ""


def opened(run: LeafRun, row: int) -> int:
    """Return the number of the month in which a file was opened; rows are given in turn."""
    return int(np.searchsorted(run.files, row, side="right"))


def _drawn(world: World, stream: Stream, month: int, scratch: Any) -> Candidates:
    alive = int(world.society.alive(stream.leaf, stream.kind, month))
    return draw_acts(
        stream.key, stream.leaf, stream.kind, month, 0, stream.start, stream.rung, 0, alive,
        world.layers, scratch,
    )  # fmt: skip


def _only(found: Candidates, wanted: Any) -> Candidates:
    columns: Any = (column[wanted] for column in found)
    return Candidates(*columns)


def deeds_of(
    world: World, leaves: list[LeafRun], place: int, kind: int, index: int, row: int
) -> list[Deed]:
    """Return all acts of a subject, the first one first.

    Args:
        world: of the run.
        leaves: of the run.
        place: of the subject.
        kind: of the subject.
        index: of the subject.
        row: of its file, -1 if it has none.
    """
    run, scratch, found = leaves[place], new_scratch(), []
    since = opened(run, row) if row >= 0 else world.scenario.months
    for m, stream in _streams(world, place, kind):
        month = world.scenario.first_month + m
        if not world.national[stream.family] and not _listens(world, place, kind, index):
            continue
        mine = _drawn(world, stream, month, scratch)
        mine = _only(mine, mine.subject == index)
        state = np.full(len(mine.subject), int(m > since), np.int64)
        mine = _only(mine, acts_of(mine, stream.limit, stream.rung, state))
        if not len(mine.subject):
            continue
        act = np.uint64(act_id(stream.key, place, kind, index, month_word(month, 0)))
        first = first_day(month)
        day = int(act_day(world.keys.facts, act, first, first_day(month + 1) - first))
        one = np.array([act])
        found.append(_fate(world, leaves, stream, m, one, day))
    return sorted(found, key=lambda d: (d.day, d.act))


def _listens(world: World, place: int, kind: int, index: int) -> bool:
    """Tell whether some scheme of a leaf can hear a subject (see `engine.month.heard_only`)."""
    subject = kind << 32 | index
    return not world.asks[place] or bool(schemes_joined(world, place, subject))


def _streams(world: World, place: int, kind: int) -> Iterator[tuple[int, Stream]]:
    for m in range(world.scenario.months):
        month = world.scenario.first_month + m
        for stream in world.streams[place]:
            on = stream.begins <= month <= stream.ends and month % 12 + 1 in stream.months
            if on and stream.kind == kind:
                yield m, stream


def _fate(world: World, leaves: list[LeafRun], stream: Stream, m: int, act: Any, day: int) -> Deed:
    family = stream.family
    limit = np.array([world.detection[family, stream.leaf, m]], np.uint64)
    if not recorded(world.keys.detection, act, limit)[0]:
        return Deed(int(act[0]), family, day, "unknown")
    limits = (errors[[family], [stream.kind]] for errors in world.filing)
    state = attach(world.keys.identity, act, 0, *limits)[0]
    if state == MISSED:
        return Deed(int(act[0]), family, day, "lost")
    if state == WRONG:
        return Deed(int(act[0]), family, day, "misattached", _landed(leaves, int(act[0])))
    return Deed(int(act[0]), family, day, "recorded")


def _landed(leaves: list[LeafRun], act: int) -> str:
    """Return the id of the subject on whose file a misattached record landed."""
    for run in leaves:
        cs = run.leaf.cs[: int(run.leaf.counts[N_CASES])]
        own = (cs["flags"] & (CASE_MISATTACHED | CASE_COPIED)) == CASE_MISATTACHED
        rows = np.nonzero((cs["act"] == np.uint64(act)) & own)[0]
        if len(rows):
            return id_of(run, int(cs["ledger"][rows[0]]))
    return ""


def whose(world: World, family: int, kind: int, day: int, act: int) -> str:
    """Return the id of the subject whose act it is, wherever it lives; "" if it is nobody's.

    Args:
        world: of the run.
        family: of the record.
        kind: of the subject.
        day: of the act.
        act: its id.
    """
    month, scratch = month_of(day), new_scratch()
    for streams in world.streams:
        for stream in streams:
            if stream.family != family or stream.kind != kind:
                continue
            found = _drawn(world, stream, month, scratch).subject
            for index in found.tolist():
                if int(act_id(stream.key, stream.leaf, kind, index, month_word(month, 0))) == act:
                    return format_id(int(pack(stream.leaf, kind, index)))
    return ""
