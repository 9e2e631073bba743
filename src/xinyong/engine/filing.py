"""Filing: from an act that an authority has recorded to the events on a file.

All facts of an act (which conduct of its family, its day, its amounts, what follows) are
keyed by the act's id, so that whoever files it, wherever it lands, writes the same.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.conduct.rates import Rates
from xinyong.engine.state import append_event, file_of, new_case
from xinyong.jit import njit
from xinyong.law import tables as t
from xinyong.law.clocks import AN_YEAR_END, EV_DETAIL, EV_ENDED, EV_OCCURRED
from xinyong.law.compile import Law
from xinyong.law.compiled import year_end
from xinyong.law.vocabulary import EVENTS, KINDS, ROLES
from xinyong.streams import below, draw64, threshold

__all__ = [
    "Families",
    "Records",
    "act_day",
    "act_id",
    "families_of",
    "file_records",
]

# Whether a file is looked at for what is filed before any of its events (`Families.wakes`).
ASLEEP, ON_THE_DAY, AT_YEAR_END = 0, 1, 2
_OWN = 1 << ROLES.index("self")

# Draws of an act, by the third counter word.
_ACT = np.uint64(3) << np.uint64(30)
_CONDUCT, _DAY, _FACT, _QUANTITY, _THEN = 0, 1, 16, 48, 96


class Families(NamedTuple):
    """The families of conduct as arrays; unused places hold -1 or zero.

    Attributes:
        conduct, conduct_limit: [families, splits] codes and cumulative thresholds.
        conduct_fact: [families, splits, 4] circumstances that come with a split.
        fact, fact_limit: [families, facts].
        quantity: [families, quantities]; range_limit, low, high: [families, quantities, ranges].
        event, what, after, until, share: [families, events]; days after the one before.
        episode: bool[conducts].
        most: int64[families], the most events a record writes.
        wakes: int8[families], whether a file is looked at on the day of the act (`ON_THE_DAY`),
            on the last of its year, or not before one of its events; waited: bool[families,
            events], whether it is on the day of that event.
    """

    conduct: NDArray[np.int64]
    conduct_limit: NDArray[np.uint64]
    conduct_fact: NDArray[np.int64]
    fact: NDArray[np.int64]
    fact_limit: NDArray[np.uint64]
    quantity: NDArray[np.int64]
    range_limit: NDArray[np.uint64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    event: NDArray[np.int64]
    what: NDArray[np.int64]
    after: NDArray[np.int64]
    until: NDArray[np.int64]
    share: NDArray[np.uint64]
    episode: NDArray[np.bool_]
    most: NDArray[np.int64]
    wakes: NDArray[np.int8]
    waited: NDArray[np.bool_]


class Records(NamedTuple):
    """Records on their way to a file; rows of equal length.

    Attributes:
        subject: int64, kind << 32 | index; stratum: int32; family: int16; day: int32 of the
        act; act: uint64 id; flags: uint8 of the case.
    """

    subject: NDArray[np.int64]
    stratum: NDArray[np.int32]
    family: NDArray[np.int16]
    day: NDArray[np.int32]
    act: NDArray[np.uint64]
    flags: NDArray[np.uint8]


def _running(shares: list[float], width: int) -> list[np.uint64]:
    total, out = 0.0, []
    for share in shares:
        total += share
        out.append(threshold(min(total, 1.0)))
    out[-1] = threshold(1.0)
    return out + [threshold(1.0)] * (width - len(out))


def _waited(law: Law, conducts: list[int], kinds: int, schemes: set[int], stated: set[int]) -> int:
    """Return the anchors that steps on these conducts of these kinds wait for, as a mask.

    Steps that the record itself states (the events `stated`) are taken already. Before the
    first of the anchors nothing can follow from a record, so its file need not be looked at.
    Schemes count in the leaves they score only; one that records nothing itself scores what is
    formed. Rules on those behind a body hear of its records by a copy, which is filed anew.
    """
    x = law.tables
    rows = [
        p for c in conducts for p in x.listening[x.by_conduct[c] : x.by_conduct[c + 1]].tolist()
        if x.prov[p, t.P_KINDS] & kinds and x.prov[p, t.P_VIA] & _OWN
    ]  # fmt: skip
    mask = 0
    for inst in {int(x.prov[p, t.P_INST]) for p in rows}:
        if x.inst[inst, t.I_KIND] != 0 and inst not in schemes:
            continue
        if inst in schemes and not x.inst[inst, t.I_RECORDS]:
            mask |= 1 << EVENTS.index("formed")
        for step in range(int(x.inst[inst, t.I_STEP]), int(x.inst[inst, t.I_STEP_END])):
            if int(x.step[step, t.S_THEN]) not in stated:
                mask |= int(x.step[step, t.S_ANCHORS])
    for op in x.code[x.code[:, 0] == t.OP_LAPSED]:
        mask |= 1 << int(op[1])
    return mask


def families_of(found: Rates, law: Law, schemes: Iterable[int]) -> Families:
    """Write the rates as arrays, for leaves that these schemes score."""
    here = set(schemes)
    n = len(found)
    splits = max(len(f.split) for f in found)
    facts = max(1, max(len(f.facts) for f in found))
    quantities = max(1, max(len(f.quantities) for f in found))
    ranges = max([len(q.ranges) for f in found for q in f.quantities], default=1)
    events = max(1, max(len(f.then) for f in found))
    most = [2 + 4 + len(f.facts) + len(f.quantities) + len(f.then) for f in found]
    x = Families(
        np.full((n, splits), -1, np.int64),
        np.zeros((n, splits), np.uint64),
        np.full((n, splits, 4), -1, np.int64),
        np.full((n, facts), -1, np.int64),
        np.zeros((n, facts), np.uint64),
        np.full((n, quantities), -1, np.int64),
        np.zeros((n, quantities, ranges), np.uint64),
        np.zeros((n, quantities, ranges), np.int64),
        np.zeros((n, quantities, ranges), np.int64),
        np.full((n, events), -1, np.int64),
        np.full((n, events), -1, np.int64),
        np.zeros((n, events), np.int64),
        np.zeros((n, events), np.int64),
        np.zeros((n, events), np.uint64),
        np.array([c.episode for c in law.catalogue.conducts.values()], np.bool_),
        np.array(most, np.int64),
        np.full(n, ON_THE_DAY, np.int8),
        np.ones((n, events), np.bool_),
    )
    for i, family in enumerate(found):
        x.conduct_limit[i] = _running([s.share for s in family.split], splits)
        for j, split in enumerate(family.split):
            x.conduct[i, j] = law.code["conduct"][split.conduct]
            for k, fact in enumerate(split.circumstances):
                x.conduct_fact[i, j, k] = law.code["detail"][fact]
        for j, (fact, share) in enumerate(family.facts.items()):
            x.fact[i, j], x.fact_limit[i, j] = law.code["detail"][fact], threshold(share)
        for j, quantity in enumerate(family.quantities):
            x.quantity[i, j] = law.code["detail"][quantity.of]
            x.range_limit[i, j] = _running(quantity.shares, ranges)
            for k, (low, high) in enumerate(quantity.ranges):
                x.low[i, j, k], x.high[i, j, k] = low, high
        for j, then in enumerate(family.then):
            x.event[i, j] = EVENTS.index(then.event)
            if then.what is not None:
                space = "document" if then.event in ("formed", "served", "effective") else "detail"
                x.what[i, j] = law.code[space][then.what]
            x.after[i, j], x.until[i, j] = then.after
            x.share[i, j] = threshold(then.share)
        stated = {EVENTS.index(h.event) for h in family.then if h.share == 1.0}
        conducts = [law.code["conduct"][w.conduct] for w in family.split]
        kinds = sum(1 << KINDS.index(k) for k in family.monthly)
        waited = _waited(law, conducts, kinds, here, stated)
        # A listing or its end comes with a decision only.
        x.wakes[i] = AT_YEAR_END if waited >> AN_YEAR_END & 1 else ASLEEP
        if waited >> EV_OCCURRED & 1:
            x.wakes[i] = ON_THE_DAY
        for j, then in enumerate(family.then):
            x.waited[i, j] = waited >> EVENTS.index(then.event) & 1
        if not x.waited[i].any() and x.wakes[i] == ASLEEP:
            x.wakes[i] = ON_THE_DAY
    return x


@njit
def act_id(key, leaf, kind, index, when):
    """Return the id of an act: uint64, keyed by the family's stream, subject and month.

    The third word's purpose is 3; 0 to 2 are taken by the drawing of candidates.
    """
    who = np.uint64(leaf) << np.uint64(40) | np.uint64(kind) << np.uint64(32)
    return draw64(key, who | np.uint64(index), when, _ACT)[0]


@njit
def act_day(key, act, first, length):
    """Return the day of an act within its month."""
    draw = draw64(key, act, np.uint64(0), np.uint64(_DAY))[0]
    return first + np.int64(below(draw, np.uint64(length)))


@njit
def _pick(limits, uniform):
    for i in range(limits.size):
        if uniform < limits[i]:
            return i
    return limits.size - 1


@njit
def file_records(leaf, families, key, records):
    """Write records to files; room must have been reserved.

    Args:
        leaf: the state.
        families: the families of conduct.
        key: of the stream ``facts``.
        records: what lands here; events are appended in the order of `records`.
    """
    for i in range(records.subject.size):
        act, f = records.act[i], np.int64(records.family[i])
        ledger = file_of(leaf, records.subject[i], records.stratum[i])
        due = leaf.lg_due[ledger]
        case = new_case(leaf, ledger, records.family[i], records.flags[i], act)
        number, day = leaf.cs[case].number, records.day[i]
        zero = np.uint64(0)
        split = _pick(families.conduct_limit[f], draw64(key, act, zero, np.uint64(_CONDUCT))[0])
        conduct = families.conduct[f, split]
        append_event(leaf, ledger, day, EV_OCCURRED, conduct, number, 0)
        if not families.episode[conduct]:
            append_event(leaf, ledger, day, EV_ENDED, -1, number, 0)
        for k in range(4):
            if families.conduct_fact[f, split, k] >= 0:
                what = families.conduct_fact[f, split, k]
                append_event(leaf, ledger, day, EV_DETAIL, what, number, 1)
        for k in range(families.fact.shape[1]):
            if families.fact[f, k] >= 0:
                uniform = draw64(key, act, zero, np.uint64(_FACT + k))[0]
                limit = families.fact_limit[f, k]
                if uniform < limit or limit == np.uint64(0xFFFFFFFFFFFFFFFF):
                    append_event(leaf, ledger, day, EV_DETAIL, families.fact[f, k], number, 1)
        for k in range(families.quantity.shape[1]):
            if families.quantity[f, k] >= 0:
                first, second = draw64(key, act, zero, np.uint64(_QUANTITY + k))
                r = _pick(families.range_limit[f, k], first)
                low, high = families.low[f, k, r], families.high[f, k, r]
                value = low + np.int64(below(second, np.uint64(high - low + 1)))
                append_event(leaf, ledger, day, EV_DETAIL, families.quantity[f, k], number, value)
        at = np.int64(day)
        if families.wakes[f] != ON_THE_DAY:  # nothing follows before what a step waits for
            leaf.lg_due[ledger] = due
        if families.wakes[f] == AT_YEAR_END:
            leaf.lg_due[ledger] = min(due, year_end(day))
        for k in range(families.event.shape[1]):
            if families.event[f, k] < 0:
                continue
            first, second = draw64(key, act, zero, np.uint64(_THEN + k))
            limit = families.share[f, k]
            if first >= limit and limit != np.uint64(0xFFFFFFFFFFFFFFFF):
                continue
            low, high = families.after[f, k], families.until[f, k]
            at += low + np.int64(below(second, np.uint64(high - low + 1)))
            before = leaf.lg_due[ledger]
            append_event(leaf, ledger, at, families.event[f, k], families.what[f, k], number, 0)
            if not families.waited[f, k]:
                leaf.lg_due[ledger] = before
