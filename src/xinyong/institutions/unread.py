"""What steps write that no rule reads, or not again: events that lead no file to a new look."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xinyong.law import tables as t
from xinyong.law.clocks import is_step
from xinyong.law.compile import Law
from xinyong.law.vocabulary import EVENTS

__all__ = ["inert", "read_again"]

#: Events that the kernel itself reads, whatever the rules say.
_KERNEL_READS = ("decided", "recorded", "removed", "restored", "extended")
#: Effects that look for an event from the start of the entry on.
_EXITS = (t.END, t.RESTORE, t.CONVERT)


def inert(law: Law) -> NDArray[np.bool_]:
    """Return for each compiled step whether no rule reads the event that it writes.

    The events of a procedure are read by the rules of their own instrument alone.

    Returns:
        bool[steps].
    """
    x = law.tables
    code, prov, step = x.code.tolist(), x.prov.tolist(), x.step.tolist()
    valid = {v[t.V_TERM] for v in x.valid.tolist()}
    term = x.term.tolist()
    known: dict[tuple[int, str], bool] = {}
    found = []
    for o in law.steps:
        event = EVENTS.index(o.step.then)
        inst = law.code["instrument"][o.instrument] if is_step(event) else -1
        key = inst, o.step.then
        if key not in known:
            rules = [p for p in prov if inst < 0 or p[t.P_INST] == inst]
            steps = [s for s in step if inst < 0 or s[t.S_INST] == inst]
            known[key] = o.step.then not in _KERNEL_READS and not _read(
                event, inst, code, rules, steps, term, valid
            )
        found.append(known[key])
    return np.array(found, np.bool_)


def _read(
    event: int,
    inst: int,
    code: list[list[int]],
    prov: list[list[int]],
    step: list[list[int]],
    term: list[list[int]],
    valid: set[int],
) -> bool:
    """Tell whether conditions, anchors, terms or ways off a list ask for an event."""
    spans = [(p[t.P_CODE], p[t.P_CODE_END]) for p in prov]
    spans += [(s[t.S_CODE], s[t.S_CODE_END]) for s in step]
    for op in (op for a, b in spans for op in code[a:b]):
        if op[0] == t.OP_EVENT and event in op[1:3]:
            return True
        if op[0] == t.OP_LAPSED and (op[1] == event or op[2] >> event & 1):
            return True
    for op in code:  # time on a list may be asked by others, of that list's own procedure
        theirs = inst < 0 or op[1] == inst
        if op[0] == t.OP_LISTED_FOR and theirs and (op[5] == event or op[4] >> event & 1):
            return True
    if any(s[t.S_ANCHORS] >> event & 1 for s in step):
        return True
    terms = {p[t.P_TERM] for p in prov} | valid
    if any(term[i][t.T_ANCHOR] == event and not term[i][t.T_OPEN] for i in terms if i >= 0):
        return True
    return any(p[t.P_EFFECT] in _EXITS and p[t.P_B] == event for p in prov)


def read_again(law: Law) -> NDArray[np.bool_]:
    """Return for each compiled step whether a rule reads more than the first of its events.

    Conditions and anchors ask for the first in a case; what ends, restores or converts an
    entry is looked for from the entry's start.

    Returns:
        bool[steps].
    """
    exits = {p[t.P_B] for p in law.tables.prov.tolist() if p[t.P_EFFECT] in _EXITS}
    events = [o.step.then for o in law.steps]
    return np.array([e in _KERNEL_READS or EVENTS.index(e) in exits for e in events], np.bool_)
