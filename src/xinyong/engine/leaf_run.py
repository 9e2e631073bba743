"""One leaf of a run: its state and the counts made so far."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xinyong.engine.advance import FLOWS
from xinyong.engine.spells import retire
from xinyong.engine.state import Leaf, empty_leaf
from xinyong.engine.world import World
from xinyong.institutions.measures import ASPECTS
from xinyong.institutions.others import OTHERS
from xinyong.law.vocabulary import KINDS
from xinyong.streams import threshold

__all__ = ["ACTS", "REDRESS_COUNTS", "LeafRun", "kept_whole", "let_go", "no_measures"]

#: Counts of requests for a way off a list: came this month, had their turn, wait at its end.
REDRESS_COUNTS = ("redress_came", "redress_taken", "redress_waiting")
#: Counts of the way from act to file, for each family and kind.
ACTS = ("acts", "recorded", "missed", "misattached", "false", "campaign")


@dataclass
class LeafRun:
    """One leaf with its state and the counts made so far.

    Attributes:
        place: position in ``places.leaves()``.
        leaf: the state.
        acts: int32[months, families, kinds, ACTS].
        flow: int32[months, instruments, kinds, FLOWS].
        measures: int32[months, measure rows, kinds, ASPECTS], of the thread at work, and in the
            end one for all leaves.
        felt: int32[months, ties, 1, OTHERS], what follows for others, likewise.
        grades: int64[months, schemes, grades + 1, kinds], files by their grade in each scheme
            of the leaf; the last for those whose grade is not known.
        points: int64[months, schemes, kinds], points (tenths) of these files beyond the base.
        barred: int64[months, schemes, kinds], files with a live line that a gate bars on paper.
        graded: int64[months, rows, kinds, 4], of measures tied to grades (`world.graded`):
            subjects whose grade carries them, who ask, who are known, and who ask and are known;
            those without a file at the end of the run.
        queue: int64[months, 3], decisions taken, requests dropped, requests waiting.
        redress: int64[authorities, months, REDRESS_COUNTS], of the ways off lists.
        spare: int64[authorities], turns left over from last month, one at most.
        turns: int64[n], cases whose turn came this month.
        files: int64[months], ledgers open.
        entries: uint64[2], digest of the entries let go, and at the end of all.
        copies: rows of cases that are to be copied, with the roles (``row | mask << 32``).
    """

    place: int
    leaf: Leaf
    acts: NDArray[np.int32]
    flow: NDArray[np.int32]
    measures: NDArray[np.int32]
    felt: NDArray[np.int32]
    grades: NDArray[np.int64]
    points: NDArray[np.int64]
    barred: NDArray[np.int64]
    graded: NDArray[np.int64]
    queue: NDArray[np.int64]
    redress: NDArray[np.int64]
    spare: NDArray[np.int64]
    turns: NDArray[np.int64]
    files: NDArray[np.int64]
    entries: NDArray[np.uint64]
    copies: list[NDArray[np.int64]] = field(default_factory=list)

    @classmethod
    def start(
        cls, world: World, place: int, measures: NDArray[np.int32], felt: NDArray[np.int32]
    ) -> LeafRun:
        """Return a leaf in which nothing has happened yet; counts as from `no_measures`."""
        months, kinds = world.scenario.months, len(KINDS)
        schemes = len(world.schemes[place])
        grades = 1 + max((len(g) for g in world.law.grades), default=0)
        return cls(
            place,
            empty_leaf(schemes),
            np.zeros((months, len(world.rates), kinds, len(ACTS)), np.int32),
            np.zeros((months, len(world.law.instruments), kinds, len(FLOWS)), np.int32),
            measures,
            felt,
            np.zeros((months, schemes, grades, kinds), np.int64),
            np.zeros((months, schemes, kinds), np.int64),
            np.zeros((months, schemes, kinds), np.int64),
            np.zeros((months, len(world.graded[place].names), kinds, 4), np.int64),
            np.zeros((months, 3), np.int64),
            np.zeros((len(world.staffed_by), months, len(REDRESS_COUNTS)), np.int64),
            np.zeros(len(world.staffed_by), np.int64),
            np.zeros(0, np.int64),
            np.zeros(months, np.int64),
            np.zeros(2, np.uint64),
        )


def no_measures(world: World) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return zeros: int32[months, measure rows, kinds, ASPECTS], int32[months, ties, 1, OTHERS]."""
    months = world.scenario.months
    shape = (months, len(world.measure_names), len(KINDS), len(ASPECTS))
    felt = (months, len(world.tie_rows), 1, len(OTHERS))
    return np.zeros(shape, np.int32), np.zeros(felt, np.int32)


def let_go(world: World, run: LeafRun, settled: NDArray[np.int64]) -> None:
    """Let go of files that have just settled, where entries are not kept."""
    if world.scenario.keep == "indicators" and settled[0]:
        retire(
            run.leaf, settled[1 : 1 + settled[0]], run.place, world.measures, world.others,
            world.link, world.keys, world.sample_shift, world.scenario.first_month, run.measures,
            run.felt, run.entries,
        )  # fmt: skip
    settled[0] = 0


def kept_whole(world: World, run: LeafRun) -> np.uint64:
    """Return the threshold of keeping a settled file of this leaf whole (`spells.is_whole`).

    Those that a scheme scores are all kept; where records are followed under a regional
    regulation, a fixed sample.
    """
    if world.scenario.keep == "all" or len(world.schemes[run.place]):
        return np.uint64(threshold(1.0))
    return np.uint64(threshold(world.followed if world.regional[run.place] else 0.0))
