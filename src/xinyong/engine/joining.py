"""Who has joined a scheme that scores nobody who has not asked for it.

Joining is a keyed draw of the subject and the scheme: the share of subjects who ever join is
an assumption (``consent.<scheme>``), and whoever joins is taken to have joined from its first
day.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.assumptions import Assumptions
from xinyong.errors import CatalogueError, Problem
from xinyong.jit import lean, njit
from xinyong.law.compile import Law, consent_schemes
from xinyong.streams import draw64, name_word, threshold

if TYPE_CHECKING:
    from xinyong.engine.world import World

__all__ = ["Joins", "consents_of", "count_joined", "have_joined", "joins_of", "schemes_joined"]


class Joins(NamedTuple):
    """Schemes of one leaf that ask for consent; rows of equal length.

    Attributes:
        inst: the scheme; bit: its place in `F_CONSENTS`; word: of its name.
        limit: uint64, threshold of having joined.
    """

    inst: NDArray[np.int64]
    bit: NDArray[np.int64]
    word: NDArray[np.uint64]
    limit: NDArray[np.uint64]


def joins_of(law: Law, given: Assumptions, schemes: NDArray[np.int64]) -> Joins:
    """Return the schemes of a leaf that ask for consent.

    Raises:
        CatalogueError: no assumption says how many join.
    """
    asked = consent_schemes(law.catalogue)
    rows = [(i, law.instruments[i]) for i in schemes.tolist() if law.instruments[i] in asked]
    for _, name in rows:
        if f"consent.{name}" not in given.rows:
            message = f"no assumption consent.{name} says how many join"
            raise CatalogueError(Problem("catalogue", 0, name, message, "add it"))
    return Joins(
        np.array([inst for inst, _ in rows], np.int64),
        np.array([asked.index(name) for _, name in rows], np.int64),
        np.array([name_word(name) for _, name in rows], np.uint64),
        np.array([threshold(given.value(f"consent.{name}")) for _, name in rows], np.uint64),
    )


@lean
def consents_of(joins, key, place, subject):
    """Return the consents of a subject as the kernel reads them (`F_CONSENTS`)."""
    mask = np.int64(0)
    who = np.uint64(place) << np.uint64(40) | np.uint64(subject)
    for i in range(joins.limit.size):
        if draw64(key, who, joins.word[i], np.uint64(0))[0] < joins.limit[i]:
            mask |= np.int64(1) << joins.bit[i]
    return mask


@njit
def count_joined(joins, key, place, kind, bit, alive):
    """Return how many of the subjects of a kind alive in a leaf have joined a scheme."""
    n = 0
    for index in range(alive):
        if consents_of(joins, key, place, np.int64(kind) << 32 | index) >> bit & 1:
            n += 1
    return n


@njit
def have_joined(joins, key, place, subject):
    """Tell which subjects (kind << 32 | index) have joined any scheme of a leaf: bool[n]."""
    out = np.empty(subject.size, np.bool_)
    for i in range(subject.size):
        out[i] = consents_of(joins, key, place, subject[i]) != 0
    return out


@njit
def _mask(joins, key, place, subject):
    return consents_of(joins, key, place, subject)


def schemes_joined(world: World, place: int, subject: int) -> list[str]:
    """Return the schemes of a leaf that a subject (kind << 32 | index) has joined."""
    joins = world.joins[place]
    if not len(joins.inst):
        return []
    mask = int(_mask(joins, world.keys.consent, place, subject))
    rows = zip(joins.inst.tolist(), joins.bit.tolist(), strict=True)
    return [world.listens.instruments[inst] for inst, bit in rows if mask >> bit & 1]
