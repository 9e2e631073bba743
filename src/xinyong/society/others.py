"""Others: who answers beside a body, whose children live with whom, who employs whom.

As all links, these are functions of the ids and the seed: nothing is stored, and each is
answered in both directions at the same small cost, by keyed permutations within a leaf.

**Roles behind a body.** The main head, the person directly responsible and the controller of
a body are its legal representative or, for the shares of bodies in ``shares.csv`` (attribute
named after the role, value ``apart``), another adult, whom a permutation of the role's own
sends there. So a person holds a role by that permutation in at most one body, and by standing
behind it in at most one more.

**Families.** Adults under sixty are laid in a row by one permutation and the minors of the
leaf by another. Two neighbours of the first row are a couple; the first couples have one
child, those after them two, then three, by the shares in ``shares.csv``, until no minor is
left. Where a tiny sample has more minors than couples, some have no parents.

**Employers.** The same adults, laid in a row by a third permutation: the share in
``shares.csv`` works for a body (no individual business) and is dealt out over the bodies
there from the beginning, to each the same number. All employers are thus of one size.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.jit import lean, njit
from xinyong.places import leaves
from xinyong.society.margins import KINDS, shares
from xinyong.society.strata import LABELS, Society
from xinyong.streams import (
    draw64,
    inverse_keyed_permutation,
    keyed_permutation,
    stream_key,
    threshold,
)

__all__ = ["BEHIND", "LINKS", "MOST", "Ties", "other_of", "others", "ties_of"]

#: Roles behind a body; all but the first may be held by another than the representative.
BEHIND = ("legal_representative", "head", "responsible_person", "controller")
#: What another is of the subject, or the subject of the other (``…_of``): codes of `other_of`.
LINKS = (*BEHIND, "family", "employer", *(f"{role}_of" for role in BEHIND))
_FAMILY, _EMPLOYER, _HOLDS = 4, 5, 6
#: The most others that a subject has by one link.
MOST = 4

_OLDEST_PARENT = LABELS["age"].index("35-59")
_EMPLOYERS = tuple(KINDS.index(k) for k in ("enterprise", "social_organisation", "organ"))


class Ties(NamedTuple):
    """What the links are made of, by leaf; see `ties_of`.

    Attributes:
        slots: int64[leaves, kinds + 1], first number of each kind of body and past the last.
        minors, adults, workers: int64[leaves]; workers are the adults under sixty.
        ways: uint64[roles, leaves], keys from bodies to adults; choice: of whether a role is
            held apart; apart: uint64[roles, kinds], thresholds of that.
        couples, children, jobs: uint64[leaves], keys of the rows of workers and minors.
        families: int64[leaves, 3], families with one, two and three children.
        employed: int64[leaves], workers with an employer.
        employers: int64[leaves, 3], bodies that employ: past the last of each of `_EMPLOYERS`.
    """

    slots: NDArray[np.int64]
    minors: NDArray[np.int64]
    adults: NDArray[np.int64]
    workers: NDArray[np.int64]
    ways: NDArray[np.uint64]
    choice: NDArray[np.uint64]
    apart: NDArray[np.uint64]
    couples: NDArray[np.uint64]
    children: NDArray[np.uint64]
    jobs: NDArray[np.uint64]
    families: NDArray[np.int64]
    employed: NDArray[np.int64]
    employers: NDArray[np.int64]


@lean
def _is_apart(ties, leaf, kind, slot, role):
    """Tell whether a role of a body is held by another than its representative."""
    limit = ties.apart[role, kind]
    draw = draw64(ties.choice[role, leaf], np.uint64(slot), np.uint64(0), np.uint64(0))[0]
    return draw < limit


@lean
def _behind(ties, leaf, kind, index, role):
    """Return the adult who holds a role of a body, or -1 where there are too few adults."""
    slot = ties.slots[leaf, kind] + index
    if slot >= ties.adults[leaf]:
        return np.int64(-1)
    way = role if _is_apart(ties, leaf, kind, slot, role) else 0
    adult = keyed_permutation(ties.ways[way, leaf], slot, ties.adults[leaf])
    return ties.minors[leaf] + np.int64(adult)


@lean
def _held(ties, leaf, person, role, apart):
    """Return the body in which a person holds a role, apart or as its representative; or -1."""
    adult = person - ties.minors[leaf]
    if adult < 0:
        return np.int64(-1)
    way = ties.ways[role if apart else 0, leaf]
    slot = np.int64(inverse_keyed_permutation(way, adult, ties.adults[leaf]))
    if slot >= ties.slots[leaf, -1]:
        return np.int64(-1)
    kind = 1
    while slot >= ties.slots[leaf, kind + 1]:
        kind += 1
    if role > 0 and _is_apart(ties, leaf, kind, slot, role) != apart:
        return np.int64(-1)
    return np.int64(kind) << 32 | slot - ties.slots[leaf, kind]


@lean
def _relative(ties, leaf, person, k):
    """Return the partner (k is 0) or a child (1 to 3) of a parent, or a parent (0, 1) of a child.

    Those without children have nobody here.
    """
    one, two, three = ties.families[leaf, 0], ties.families[leaf, 1], ties.families[leaf, 2]
    worker = person - ties.minors[leaf]
    if worker >= 0:
        if worker >= ties.workers[leaf]:
            return np.int64(-1)
        rank = np.int64(keyed_permutation(ties.couples[leaf], worker, ties.workers[leaf]))
        family = rank // 2
        if family >= one + two + three:
            return np.int64(-1)
        if k == 0:
            found = inverse_keyed_permutation(ties.couples[leaf], rank ^ 1, ties.workers[leaf])
            return ties.minors[leaf] + np.int64(found)
        size, first = 1, family
        if family >= one + two:
            size, first = 3, one + two * 2 + (family - one - two) * 3
        elif family >= one:
            size, first = 2, one + (family - one) * 2
        if k > size:
            return np.int64(-1)
        child = inverse_keyed_permutation(ties.children[leaf], first + k - 1, ties.minors[leaf])
        return np.int64(child)
    if k > 1:
        return np.int64(-1)
    rank = np.int64(keyed_permutation(ties.children[leaf], person, ties.minors[leaf]))
    if rank >= one + two * 2 + three * 3:
        return np.int64(-1)
    family = rank
    if rank >= one + two * 2:
        family = one + two + (rank - one - two * 2) // 3
    elif rank >= one:
        family = one + (rank - one) // 2
    found = inverse_keyed_permutation(ties.couples[leaf], family * 2 + k, ties.workers[leaf])
    return ties.minors[leaf] + np.int64(found)


@lean
def _employer(ties, leaf, person):
    """Return the body that a person works for, or -1."""
    worker, bodies = person - ties.minors[leaf], ties.employers[leaf, 2]
    if worker < 0 or worker >= ties.workers[leaf] or bodies == 0:
        return np.int64(-1)
    rank = np.int64(keyed_permutation(ties.jobs[leaf], worker, ties.workers[leaf]))
    if rank >= ties.employed[leaf]:
        return np.int64(-1)
    body = rank % bodies
    if body < ties.employers[leaf, 0]:
        return np.int64(1) << 32 | body
    if body < ties.employers[leaf, 1]:
        return np.int64(3) << 32 | body - ties.employers[leaf, 0]
    return np.int64(4) << 32 | body - ties.employers[leaf, 1]


@lean
def other_of(ties, leaf, kind, index, link, k):
    """Return one other of a subject by a link, packed as kind << 32 | index, or -1.

    Args:
        ties: of the society.
        leaf: of the subject, and of the other.
        kind: of the subject.
        index: of the subject.
        link: position in `LINKS`.
        k: which of several, from 0: by ``family`` the partner is 0 and children follow (for a
            child its parents are 0 and 1); by a role ``…_of`` the body in which it is held
            apart is 0 and the one that the subject represents 1.
    """
    if link < _FAMILY:
        if kind == 0 or k > 0:
            return np.int64(-1)
        return _behind(ties, leaf, kind, index, link)
    if kind != 0:
        return np.int64(-1)
    if link == _FAMILY:
        return _relative(ties, leaf, index, k)
    if link == _EMPLOYER:
        return _employer(ties, leaf, index) if k == 0 else np.int64(-1)
    role = link - _HOLDS
    if k > 1 or (role == 0 and k > 0):
        return np.int64(-1)
    return _held(ties, leaf, index, role, role > 0 and k == 0)


@njit
def others(ties, leaf, subject, link, k):
    """Return one other of each of many subjects of a leaf by a link: int64[n], -1 for nobody.

    Args:
        ties: of the society.
        leaf: of all of them.
        subject: int64[n], kind << 32 | index.
        link: position in `LINKS`.
        k: which of several, see `other_of`.
    """
    out = np.empty(subject.size, np.int64)
    for i in range(subject.size):
        out[i] = other_of(ties, leaf, subject[i] >> 32, subject[i] & 0xFFFFFFFF, link, k)
    return out


def _workers(society: Society) -> NDArray[np.int64]:
    """Return the adults under sixty by leaf: the first adults, since strata go by age."""
    s = society.strata
    found = np.zeros(len(leaves()), np.int64)
    mine = (s.kind == 0) & (s.age <= _OLDEST_PARENT)
    np.add.at(found, s.leaf[mine], s.size[mine])
    return found - society.minors


def _families(minors: int, couples: int) -> list[int]:
    """Return how many families have one, two and three children, for so many minors.

    Example:
        >>> one, two, three = _families(1_000, 10_000)
        >>> one + 2 * two + 3 * three
        1000
    """
    sizes = shares("person", "children")
    parts = [sizes["one"], sizes["two"], sizes["three"]]
    mean = sum(share * (i + 1) for i, share in enumerate(parts))
    two, three = (int(minors * share / mean) for share in parts[1:])
    one = minors - 2 * two - 3 * three
    found, left = [], couples
    for count in (one, two, three):
        found.append(min(count, left))
        left -= found[-1]
    return found


def ties_of(society: Society) -> Ties:
    """Return what the links of a society are made of; a few milliseconds at any scale.

    Example:
        >>> from xinyong.society.strata import society
        >>> ties = ties_of(society(10_000, seed=1))
        >>> body = 1 << 32 | 5
        >>> head = others(ties, 0, np.array([body]), LINKS.index("head"), 0)
        >>> found = [others(ties, 0, head, LINKS.index("head_of"), k)[0] for k in (0, 1)]
        >>> body in found
        True
    """
    slots = np.zeros((len(leaves()), len(KINDS) + 1), np.int64)
    slots[:, 2:] = np.cumsum(society.totals[:, 1:], axis=1)
    workers = _workers(society)

    def keys(purpose: str) -> NDArray[np.uint64]:
        names = [f"society/{purpose}/{leaf}" for leaf in leaves()]
        return np.array([stream_key(society.seed, name) for name in names], np.uint64)

    ways = ("representative", *BEHIND[1:])
    apart = np.zeros((len(BEHIND), len(KINDS)), np.uint64)
    for r, role in enumerate(BEHIND):
        for k, kind in enumerate(KINDS):
            apart[r, k] = threshold(shares(kind, role).get("apart", 0))
    working = shares("person", "employment")["body"]
    opening = society.stock[:, :, 0]
    return Ties(
        slots=slots,
        minors=society.minors.copy(),
        adults=society.totals[:, 0] - society.minors,
        workers=workers,
        ways=np.array([keys(way) for way in ways], np.uint64),
        choice=np.array([keys(f"{role}_apart") for role in BEHIND], np.uint64),
        apart=apart,
        couples=keys("couples"),
        children=keys("children"),
        jobs=keys("jobs"),
        families=np.array(
            [_families(m, w // 2) for m, w in zip(society.minors.tolist(), workers.tolist(),
                                                  strict=True)], np.int64,
        ),
        employed=np.array([int(w * working) for w in workers.tolist()], np.int64),
        employers=np.cumsum(opening[:, list(_EMPLOYERS)], axis=1),
    )  # fmt: skip
