"""Which facts of an act the law reads: whatever else a case states would be ignored.

Read off the compiled conditions, effects, terms and steps, so that it cannot differ
from what the kernel looks at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.compile import Law, kept

__all__ = ["Reads", "reads"]

_DETAIL_OPS = {t.OP_FLAG: 1, t.OP_BAND: 1, t.OP_CUMULATIVE: 1}
_DURATION = v.QUANTITIES.index("duration")
_POINTS = v.QUANTITIES.index("points")


@dataclass(frozen=True, slots=True)
class Reads:
    """What provisions and steps that listen to one conduct read.

    Attributes:
        details: quantities and circumstances; documents: document kinds.
        events: events of `vocabulary.EVENTS`; instruments: those that listen at all.
        roles: that provisions ask for, of the subject itself or of those the record is copied to.
        place: whether the place of the act matters (reach by it, or an emergency there).
        age: whether the age of the subject matters.
    """

    details: frozenset[str]
    documents: frozenset[str]
    events: frozenset[str]
    instruments: frozenset[str]
    place: bool = False
    roles: frozenset[str] = frozenset()
    age: bool = False


def _of_code(law: Law, start: int, end: int, found: dict[str, set[int]]) -> None:
    for op in law.tables.code[start:end]:
        kind = int(op[0])
        if kind in _DETAIL_OPS:
            found["details"].add(int(op[_DETAIL_OPS[kind]]))
        elif kind == t.OP_DOCUMENT:
            found["documents"].add(int(op[1]))
        elif kind == t.OP_EVENT:
            found["events"] |= {int(op[1]), int(op[2])}
        elif kind == t.OP_LAPSED:
            found["events"] |= {int(op[1]), *_bits(int(op[2]))}
        elif kind == t.OP_CONTINUING:
            found["events"] |= {v.EVENTS.index("ended"), v.EVENTS.index("corrected")}
        elif kind == t.OP_ROLE:
            found["roles"] |= set(_bits(int(op[1])))
        elif kind == t.OP_AGE:
            found["age"].add(1)
        elif kind == t.OP_EMERGENCY:
            found["place"].add(1)
        elif kind == t.OP_LISTED_FOR:
            found["events"] |= {int(op[5]), *_bits(int(op[4]))}


def _bits(mask: int) -> Iterable[int]:
    return (i for i in range(mask.bit_length()) if mask >> i & 1)


@kept
def reads(law: Law, conduct: str) -> Reads:
    """Return the facts that the law reads of acts of a conduct.

    Example:
        >>> from xinyong.law.compile import law
        >>> "able" in reads(law(), "judgment_refusal").details
        True
    """
    tables = law.tables
    code = law.code["conduct"][conduct]
    found: dict[str, set[int]] = {
        "details": set(),
        "documents": set(),
        "events": set(),
        "place": set(),
        "roles": set(),
        "age": set(),
    }
    instruments: set[int] = set()
    terms: set[int] = set()
    for prov in tables.listening[tables.by_conduct[code] : tables.by_conduct[code + 1]]:
        row = tables.prov[prov]
        instruments.add(int(row[t.P_INST]))
        _of_code(law, int(row[t.P_CODE]), int(row[t.P_CODE_END]), found)
        effect = int(row[t.P_EFFECT])
        if effect in (t.END, t.RESTORE, t.CONVERT):
            found["events"].add(int(row[t.P_B]))
        if effect == t.POINTS:
            if row[t.P_PER] >= 0:
                found["details"].add(int(row[t.P_PER]))
            elif row[t.P_A] != row[t.P_B]:
                found["details"].add(_POINTS)
            if row[t.P_LADDER] >= 0:
                found["details"].add(int(row[t.P_D]))
        if row[t.P_TERM] >= 0:
            terms.add(int(row[t.P_TERM]))
    for scheme in tables.scheme:
        if scheme[t.X_INST] in instruments:
            rules = tables.valid[scheme[t.X_VALID] : scheme[t.X_VALID_END]]
            terms |= {int(x) for x in rules[:, t.V_TERM]}
            found["events"] |= {v.EVENTS.index("corrected"), v.EVENTS.index("performed")}
    for number in terms:
        term = tables.term[number]
        if term[t.T_EXTEND] >= 0:
            found["details"].add(int(term[t.T_EXTEND]))
        if not term[t.T_OPEN]:
            found["events"].add(int(term[t.T_ANCHOR]))
    for number in instruments:
        first, last = tables.inst[number, t.I_STEP], tables.inst[number, t.I_STEP_END]
        for step in tables.step[first:last]:
            _of_code(law, int(step[t.S_CODE]), int(step[t.S_CODE_END]), found)
            found["events"] |= {int(step[t.S_THEN]), *_bits(int(step[t.S_ANCHORS]))}
            if step[t.S_EXTENDED] > 0:
                found["events"].add(v.EVENTS.index("extended"))
    by = tables.inst[sorted(instruments), t.I_REACH_BY]
    return Reads(
        place=bool(found["place"]) or bool((by & t.BY_ACT_PLACE).any()),
        details=frozenset(law.details[i] for i in found["details"] if i != _DURATION),
        documents=frozenset(law.documents[i] for i in found["documents"]),
        events=frozenset(v.EVENTS[i] for i in found["events"] if 0 <= i < len(v.EVENTS)),
        instruments=frozenset(law.instruments[i] for i in instruments),
        roles=frozenset(v.ROLES[i] for i in found["roles"]),
        age=bool(found["age"]),
    )
