"""Which single changes of a case are worth a try: facts dropped, added, moved over a threshold.

The thresholds and the missing facts are read off the compiled provisions that listen to the acts;
whether a change matters is not decided here but by a run (`xinyong.case.changes`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from xinyong import places
from xinyong.document import Loc
from xinyong.law import schema
from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.compile import Law
from xinyong.law.trace import head_of

if TYPE_CHECKING:
    from xinyong.case.calculator import CaseResult

__all__ = ["GONE", "Variant", "days", "drops", "single"]

#: Stands for a fact that is not stated.
GONE: Final = object()

#: How many thresholds a side, places and roles are tried.
_MOST_STEPS, _MOST_PLACES, _MOST_ROLES = 12, 6, 6

_STATED_DAYS = ("corrected_on", "performed_on", "settled_on")


@dataclass(frozen=True)
class Variant:
    """One fact and the values to try for it, nearest first.

    Attributes:
        loc: where it stands in the case; what: as in `changes.Change`.
        was: in words; values: to try; exact: whether a mere change of days counts.
    """

    loc: Loc
    what: str
    was: str
    values: tuple[Any, ...] = ()
    exact: bool = False

    def word(self, value: Any) -> str:
        """Return a value in words."""
        if isinstance(value, dict):
            return " ".join(str(x) for x in value.values())
        if isinstance(value, tuple):  # a band of ages
            return f"{value[0]}-{value[1]}" if value[0] != value[1] else str(value[0])
        if isinstance(value, list):
            return ", ".join(map(self.word, value)) or "none"
        return f"{value:,}" if isinstance(value, int) else str(value)


def _plain(value: Any) -> str:
    return Variant((), "", "").word(value)


def drops(data: dict[str, Any]) -> Iterator[Variant]:
    """Yield every fact that may be left out: those of the acts, the acts, roles, consents, age."""
    for i, act in enumerate(data["acts"]):
        for name, value in act.items():
            if name in ("conduct", "from") or value is None:
                continue
            if isinstance(value, list):
                for k, each in enumerate(value):
                    yield Variant(("acts", i, name, k), "drop", _plain(each), exact=True)
            else:
                yield Variant(("acts", i, name), "drop", _plain(value), exact=True)
        if len(data["acts"]) > 1:
            yield Variant(("acts", i), "drop", f"{act['conduct']} {act['from']}", exact=True)
    for name in ("roles", "consents"):
        for k, each in enumerate(data["subject"].get(name) or []):
            yield Variant(("subject", name, k), "drop", str(each), exact=True)
    for name in ("age", "registered"):
        if data["subject"].get(name) is not None:
            yield Variant(("subject", name), "drop", _plain(data["subject"][name]), exact=True)


def single(result: CaseResult, data: dict[str, Any]) -> Iterator[Variant]:
    """Yield additions, amounts, kinds, places, roles and ages to try."""
    yield from _missing(result, data)
    yield from _put_right(result, data)
    yield from _amounts(result.law, data)
    yield from _kinds(data)
    yield from _places(result, data)
    yield from _roles(result, data)
    yield from _ages(result, data)


# --- facts that are missing --------------------------------------------------------------------


def _missing(result: CaseResult, data: dict[str, Any]) -> Iterator[Variant]:
    """Yield what the provisions ask for that failed at one condition only."""
    seen: set[tuple[Any, ...]] = set()
    for a in result.almost:
        i = result.act_of[a.case]
        if i < 0:
            continue
        origin = result.law.origins[a.row]
        head = head_of(origin.effect)
        if a.at < head:
            wanted = [schema.Condition(event=schema.Happened(event=origin.effect.from_))]
        else:
            wanted = [origin.conditions[a.at - head]]
        for condition in _leaves(wanted):
            for variant in _asked(result, data, i, origin.instrument, condition):
                key = (variant.loc, str(variant.values))
                if key not in seen:
                    seen.add(key)
                    yield variant


def _leaves(conditions: list[schema.Condition]) -> Iterator[schema.Condition]:
    for c in conditions:
        if c.all or c.any:
            yield from _leaves([*(c.all or ()), *(c.any or ())])
        elif c.unless is None:  # what must not be is tried by dropping it
            yield c


def _asked(
    result: CaseResult, data: dict[str, Any], i: int, instrument: str, c: schema.Condition
) -> Iterator[Variant]:
    act, on = data["acts"][i], result.on
    at: Loc = ("acts", i)

    def more(name: str, value: Any) -> Variant:
        items = act.get(name) or []
        if items:
            return Variant((*at, name, len(items)), "add", "not stated", (value,), exact=True)
        return Variant((*at, name), "add", "not stated", ([value],), exact=True)

    if c.circumstance is not None:
        yield more("circumstances", c.circumstance)
    elif c.document is not None:
        yield more("documents", {"kind": c.document, "formed": act["from"]})
    elif c.severity is not None:
        yield Variant((*at, "severity"), "add", str(act.get("severity") or "not stated"),
                      tuple(c.severity), exact=True)  # fmt: skip
    elif c.band is not None and c.band.of not in act and c.band.lo is not None:
        value = c.band.lo if c.band.lo_inclusive else c.band.lo + 1
        if c.band.of not in ("duration", "severity"):
            yield Variant((*at, c.band.of), "add", "not stated", (value,), exact=True)
    elif c.event is not None:
        yield from _event(act, at, c.event, instrument, on, more)


def _event(
    act: dict[str, Any], at: Loc, c: schema.Happened, instrument: str, on: dt.date, more: Any
) -> Iterator[Variant]:
    from xinyong.law.clocks import is_step

    word = c.event
    if word in ("formed", "served", "effective"):
        if c.document is not None:
            yield more("documents", {"kind": c.document, "formed": act["from"], word: act["from"]})
    elif f"{word}_on" in _STATED_DAYS:
        if act.get(f"{word}_on") is None:
            yield Variant((*at, f"{word}_on"), "add", "not stated", (on,), exact=True)
    elif word not in ("occurred", "ended", "copied", "detail"):
        event = {"event": word, "on": on}
        if is_step(v.EVENTS.index(word)):  # type: ignore[no-untyped-call]
            event["of"] = instrument
        yield more("events", event)


def _put_right(result: CaseResult, data: dict[str, Any]) -> Iterator[Variant]:
    """Yield correction and performance on the day asked for."""
    for i, act in enumerate(data["acts"]):
        for name in _STATED_DAYS[:2]:
            if act.get(name) is None:
                yield Variant(("acts", i, name), "add", "not stated", (result.on,), exact=True)


# --- amounts -----------------------------------------------------------------------------------


def _amounts(law: Law, data: dict[str, Any]) -> Iterator[Variant]:
    for i, act in enumerate(data["acts"]):
        for name in v.QUANTITIES:
            value = act.get(name)
            if not isinstance(value, int):
                continue
            near = sorted(_thresholds(law, act["conduct"], v.QUANTITIES.index(name)))
            below = [x for low, _ in reversed(near) for x in (low + 1, low) if x < value]
            above = [x for _, high in near for x in (high - 1, high) if x > value]
            below = list(dict.fromkeys(below))[:_MOST_STEPS]
            above = list(dict.fromkeys(above))[:_MOST_STEPS]
            for values in (below, above):
                if values:
                    yield Variant(("acts", i, name), "amount", f"{value:,}", tuple(values))


def _thresholds(law: Law, conduct: str, what: int) -> set[tuple[int, int]]:
    """Return the last value below and the first above every bound that is set to a quantity."""
    x = law.tables
    code = law.code["conduct"][conduct]
    bounds: set[int] = set()
    for prov in x.listening[x.by_conduct[code] : x.by_conduct[code + 1]]:
        row = x.prov[prov]
        for op in x.code[row[t.P_CODE] : row[t.P_CODE_END]].tolist():
            if op[0] in (t.OP_BAND, t.OP_CUMULATIVE) and op[1] == what:
                bounds |= {op[2]} if op[4] & 1 else set()
                bounds |= {op[3]} if op[4] & 2 else set()
        if row[t.P_LADDER] >= 0 and row[t.P_D] == what:
            bounds |= {int(row[t.P_LO]), int(row[t.P_HI])}
    return {(b - 1, b + 1) for b in bounds if 0 < b <= 10**12}


# --- who and where -------------------------------------------------------------------------------


def _kinds(data: dict[str, Any]) -> Iterator[Variant]:
    subject = data["subject"]
    for kind in v.KINDS:
        if kind != subject["kind"] and (kind == "person" or not subject.get("age")):
            yield Variant(("subject", "kind"), "kind", subject["kind"], (kind,))


def _places(result: CaseResult, data: dict[str, Any]) -> Iterator[Variant]:
    """Yield the places of rules that listen or score, and one that none of them reaches."""
    law, here = result.law, data["subject"]["place"]
    heard = {o for act in data["acts"] for o in _listening(law, act["conduct"])}
    heard |= {s.instrument for s in result.determination.scores}
    local = [law.catalogue.instruments[name].reach.place for name in sorted(heard)]
    wanted = [p for p in dict.fromkeys(local) if p not in (here, "cn")]
    far = next(
        (
            p.id
            for p in places.places()
            if not any(places.within(p.id, q) or places.within(q, p.id) for q in local if q != "cn")
            and p.id not in ("cn", here)
        ),
        None,
    )
    for place in [*([far] if far else []), *wanted][:_MOST_PLACES]:
        yield Variant(("subject", "place"), "place", here, (place,))


def _listening(law: Law, conduct: str) -> set[str]:
    x, code = law.tables, law.code["conduct"][conduct]
    rows = x.listening[x.by_conduct[code] : x.by_conduct[code + 1]]
    return {law.instruments[int(x.prov[row, t.P_INST])] for row in rows}


def _codes(law: Law, data: dict[str, Any], op: int) -> Iterator[list[int]]:
    """Yield the operations of one kind in provisions that listen to the acts."""
    x = law.tables
    for act in data["acts"]:
        code = law.code["conduct"][act["conduct"]]
        for prov in x.listening[x.by_conduct[code] : x.by_conduct[code + 1]]:
            row = x.prov[prov]
            for each in x.code[row[t.P_CODE] : row[t.P_CODE_END]].tolist():
                if each[0] == op:
                    yield each


def _roles(result: CaseResult, data: dict[str, Any]) -> Iterator[Variant]:
    held = list(data["subject"].get("roles") or [])
    mask = 0
    for op in _codes(result.law, data, t.OP_ROLE):
        mask |= op[1]
    asked = [r for i, r in enumerate(v.ROLES) if i and mask >> i & 1 and r not in held]
    for role in asked[:_MOST_ROLES]:
        was = ", ".join(held) or "none"
        yield Variant(("subject", "roles"), "role", was, ([*held, role],), exact=True)


def _ages(result: CaseResult, data: dict[str, Any]) -> Iterator[Variant]:
    if data["subject"]["kind"] != "person":
        return
    bounds = {(op[1], op[2]) for op in _codes(result.law, data, t.OP_AGE)}
    ages = {a for lo, hi in bounds for a in (lo - 1, lo, hi, hi + 1) if 0 <= a <= 120}
    was = _plain(data["subject"].get("age") or "adult")
    for age in sorted(ages):
        yield Variant(("subject", "age"), "age", was, (age,))


# --- days ----------------------------------------------------------------------------------------


def days(data: dict[str, Any]) -> Iterator[Variant]:
    """Yield every stated day of an act, its own day first."""
    for i, act in enumerate(data["acts"]):
        for name in ("from", "until", *_STATED_DAYS):
            if isinstance(act.get(name), dt.date):
                yield Variant(("acts", i, name), "day", str(act[name]), (act[name],))
        for k, document in enumerate(act.get("documents") or []):
            for name in ("formed", "served", "effective"):
                if isinstance(document.get(name), dt.date):
                    loc: Loc = ("acts", i, "documents", k, name)
                    yield Variant(loc, "day", str(document[name]), (document[name],))
        for k, event in enumerate(act.get("events") or []):
            yield Variant(("acts", i, "events", k, "on"), "day", str(event["on"]), (event["on"],))
