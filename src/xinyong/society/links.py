"""Links: who stands behind a body, who shares a name, where a person is registered.

Links are functions of the ids and the seed; nothing is stored, and each is answered in
both directions at the same small cost. All rest on keyed permutations of the persons of
one leaf, so a link never leaves its leaf, and they use the *final* number of bodies, so
growth changes nobody's link.

**Representatives.** All bodies of a leaf are numbered through (enterprises, individual
businesses, social organisations, organs), and a keyed permutation of the leaf's adults
sends each number to its own person: the legal representative, the owner or the head. A
person stands behind at most one body. Where a tiny sample holds more bodies than adults,
the last ones have no representative (-1).

**Namesakes.** Nobody has a name. A second permutation lays the persons of a leaf in a
row, and the row is cut into intervals: those in one interval share a full name. The
intervals' lengths follow a frequency law (``namesakes.csv``: 32 classes of names by
number of holders in the nation, from 247,167 down to 6, and the persons in each class).
A name is spread over leaves as the population is, so a group of ``h`` holders has
``h * (persons in the leaf in this society) / (persons in the nation one to one)`` members
here, rounded down, at least one. At 1:N, groups thus shrink with N, and the rarer names,
whose other holders are not in the sample, keep a single member: the chance of a namesake
*within the sample* understates that of the nation. What must not depend on the scale, such
as a rate of confusion, should use ``commonness``, the holders in the nation.

**Registration.** Everyone's household registration is in the leaf of residence; whether it
is an urban or a rural one follows, by a third permutation, the national share among those
who live in towns and in villages (``shares.csv``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong.places import leaves
from xinyong.society.margins import KINDS, leaf_margins, name_classes, shares
from xinyong.society.strata import LABELS, Society, apportion
from xinyong.streams import (
    below,
    compiled,
    inverse_keyed_permutation,
    keyed_permutation,
    stream_key,
)

__all__ = ["Links", "links"]

_Ints = NDArray[np.int64]
_Keys = NDArray[np.uint64]

#: Shares of registration are compared as whole parts of this.
_PARTS = 10_000
_RURAL = LABELS["residence"].index("rural")


@compiled
def _representative(
    leaf: _Ints, slot: _Ints, keys: _Keys, minors: _Ints, adults: _Ints, out: _Ints
) -> None:
    for i in range(len(slot)):
        place = leaf[i]
        if slot[i] < adults[place]:
            x = keyed_permutation(keys[place], slot[i], adults[place])
            out[i] = minors[place] + np.int64(x)


@compiled
def _slot(
    leaf: _Ints, person: _Ints, keys: _Keys, minors: _Ints, adults: _Ints, out: _Ints
) -> None:
    for i in range(len(person)):
        place = leaf[i]
        adult = person[i] - minors[place]
        if adult >= 0:
            out[i] = np.int64(inverse_keyed_permutation(keys[place], adult, adults[place]))


@compiled
def _rank(leaf: _Ints, person: _Ints, keys: _Keys, persons: _Ints, out: _Ints) -> None:
    for i in range(len(person)):
        place = leaf[i]
        out[i] = np.int64(keyed_permutation(keys[place], person[i], persons[place]))


@compiled
def _at_rank(leaf: _Ints, rank: _Ints, keys: _Keys, persons: _Ints, out: _Ints) -> None:
    for i in range(len(rank)):
        place = leaf[i]
        out[i] = np.int64(inverse_keyed_permutation(keys[place], rank[i], persons[place]))


@compiled
def _other(rank: _Ints, start: _Ints, length: _Ints, draw: _Keys, out: _Ints) -> None:
    for i in range(len(rank)):
        if length[i] > 1:
            # Skip oneself: one of the length - 1 others, counted on from one's own place.
            step = 1 + np.int64(below(draw[i], np.uint64(length[i] - 1)))
            out[i] = start[i] + (rank[i] - start[i] + step) % length[i]


def _columns(*values: ArrayLike) -> list[_Ints]:
    """Return the values as contiguous int64 columns of one length."""
    arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, np.int64)) for v in values))
    return [np.ascontiguousarray(a) for a in arrays]


@dataclass(frozen=True, slots=True)
class Links:
    """The links of one society. Every method takes arrays (or numbers) and returns arrays.

    Leaves and kinds are positions in ``places.leaves()`` and ``KINDS``. Indices must lie
    below the totals of their (leaf, kind).

    Attributes:
        slots: first number of each kind of body among the bodies of its leaf, and past
            the last; shape (32, 6); the column of persons is 0.
        holders: holders in the nation of the names of each class; shape (32,).
        class_starts: first rank of each class and past the last, by leaf; shape (32, 33).
        group_sizes: members of a full group of each class, by leaf; shape (32, 32).
    """

    slots: _Ints
    holders: _Ints
    class_starts: _Ints
    group_sizes: _Ints
    _persons: _Ints
    _minors: _Ints
    _adults: _Ints
    _representatives: _Keys
    _namesakes: _Keys
    _registrations: _Keys
    _rural: _Ints

    def representative_of(self, leaf: ArrayLike, kind: ArrayLike, index: ArrayLike) -> _Ints:
        """Return the person behind each body, or -1 where a sample has too few adults."""
        where, what, number = _columns(leaf, kind, index)
        out = np.full(len(where), -1, np.int64)
        slot = self.slots[where, what] + number
        _representative(where, slot, self._representatives, self._minors, self._adults, out)
        return out

    def represented_by(self, leaf: ArrayLike, person: ArrayLike) -> tuple[_Ints, _Ints]:
        """Return the kind and index of the body each person stands behind, or -1 and -1.

        The body may not yet be alive; ask ``Society.alive``.
        """
        where, who = _columns(leaf, person)
        slot = np.full(len(where), -1, np.int64)
        _slot(where, who, self._representatives, self._minors, self._adults, slot)
        has = (slot >= 0) & (slot < self.slots[where, -1])
        ends = self.slots[where, 2:]
        kind = np.where(has, 1 + (slot[:, None] >= ends).sum(axis=1), -1)
        index = np.where(has, slot - self.slots[where, kind], -1)
        return kind, index

    def _class(self, where: _Ints, rank: _Ints) -> _Ints:
        return np.asarray((rank[:, None] >= self.class_starts[where, 1:-1]).sum(axis=1), np.int64)

    def _group(self, leaf: ArrayLike, person: ArrayLike) -> tuple[_Ints, _Ints, _Ints, _Ints]:
        where, who = _columns(leaf, person)
        rank = np.empty(len(where), np.int64)
        _rank(where, who, self._namesakes, self._persons, rank)
        c = self._class(where, rank)
        first = self.class_starts[where, c]
        size = self.group_sizes[where, c]
        start = first + (rank - first) // size * size
        length = np.minimum(size, self.class_starts[where, c + 1] - start)
        return where, rank, start, length

    def namesakes(self, leaf: ArrayLike, person: ArrayLike) -> tuple[_Ints, _Ints]:
        """Return each person's namesake group: its first rank and its number of members.

        Ranks are places in the leaf's row; ``members`` turns them into persons. The
        person is a member, so a length of one means no namesake in the leaf.
        """
        _, _, start, length = self._group(leaf, person)
        return start, length

    def members(self, leaf: ArrayLike, rank: ArrayLike) -> _Ints:
        """Return the person at each rank of a leaf's row."""
        where, place = _columns(leaf, rank)
        out = np.empty(len(where), np.int64)
        _at_rank(where, place, self._namesakes, self._persons, out)
        return out

    def namesake(self, leaf: ArrayLike, person: ArrayLike, draw: ArrayLike) -> _Ints:
        """Return another member of each person's group, or -1 for those alone.

        Args:
            leaf: the persons' leaf.
            person: their index.
            draw: uniform 64-bit integers, one a person.
        """
        where, rank, start, length = self._group(leaf, person)
        draws = np.broadcast_to(np.asarray(draw, np.uint64), where.shape)
        other = np.full(len(where), -1, np.int64)
        _other(rank, start, length, np.ascontiguousarray(draws), other)
        found = other >= 0
        other[found] = self.members(where[found], other[found])
        return other

    def commonness(self, leaf: ArrayLike, person: ArrayLike) -> _Ints:
        """Return how many persons in the nation, one to one, share each person's name."""
        where, rank, _, _ = self._group(leaf, person)
        return self.holders[self._class(where, rank)]

    def registration(self, society: Society, leaf: ArrayLike, person: ArrayLike) -> _Ints:
        """Return the type of household registration, a position in ``LABELS["residence"]``."""
        where, who = _columns(leaf, person)
        rank = np.empty(len(where), np.int64)
        _rank(where, who, self._registrations, self._persons, rank)
        residence = society.strata.residence[society.stratum_of(where, 0, who)]
        rural = rank * _PARTS < self._rural[residence] * self._persons[where]
        return np.where(rural, _RURAL, 1 - _RURAL)


def links(society: Society) -> Links:
    """Return the links of a society; a few milliseconds, whatever the scale.

    Example:
        >>> from xinyong.society.strata import society
        >>> small = society(10_000, seed=1)
        >>> chain = links(small)
        >>> person = chain.representative_of(leaf=0, kind=1, index=5)
        >>> [int(part[0]) for part in chain.represented_by(0, person)]
        [1, 5]
    """
    persons = society.totals[:, 0].copy()
    slots = np.zeros((len(leaves()), len(KINDS) + 1), np.int64)
    slots[:, 2:] = np.cumsum(society.totals[:, 1:], axis=1)
    nation = sum(m.population for m in leaf_margins())
    classes = name_classes()
    starts = np.zeros((len(leaves()), len(classes) + 1), np.int64)
    sizes = np.ones((len(leaves()), len(classes)), np.int64)
    for i, count in enumerate(persons.tolist()):
        starts[i, 1:] = np.cumsum(apportion(count, [share for _, share in classes]))
        sizes[i] = [max(1, holders * count // nation) for holders, _ in classes]

    def keys(purpose: str) -> _Keys:
        names = [f"society/{purpose}/{leaf}" for leaf in leaves()]
        return np.array([stream_key(society.seed, name) for name in names], np.uint64)

    rural = [shares("person", "registration", r)["rural"] for r in LABELS["residence"]]
    return Links(
        slots=slots,
        holders=np.array([holders for holders, _ in classes], np.int64),
        class_starts=starts,
        group_sizes=sizes,
        _persons=persons,
        _minors=society.minors,
        _adults=persons - society.minors,
        _representatives=keys("representative"),
        _namesakes=keys("namesake"),
        _registrations=keys("registration"),
        _rural=np.array([int(share * _PARTS) for share in rural], np.int64),
    )
