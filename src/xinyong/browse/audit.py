"""What the catalogue rests on, and where it is thin: depth, assumptions, dates, coverage.

An audit never says that the law is right; it says what a reader cannot check yet.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, get_args

from pydantic import BaseModel

from xinyong.browse import words as w
from xinyong.document import dotted
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue
from xinyong.law.memoranda import Coverage, coverage
from xinyong.law.references import older, walk

__all__ = ["Audit", "CaseOnly", "Finding", "Gap", "Reported", "audit", "lines"]

DEPTHS: tuple[str, ...] = (*get_args(schema.Depth), "assumption")


@dataclass(frozen=True)
class Finding:
    """One value to look at.

    Attributes:
        instrument: id; where: path of the block in its file, lists by ids.
        text: what stands there, or why.
    """

    instrument: str
    where: str
    text: str


@dataclass(frozen=True)
class Gap:
    """Days on which none, or more than one, version of an instrument applies."""

    instrument: str
    first: dt.date
    last: dt.date
    versions: tuple[str, ...]


@dataclass(frozen=True)
class Reported:
    """A later document that values older than itself rest on, and why it may tell of them.

    Attributes:
        instrument, source: ids; date: of the document; since: what it reports starts then.
        values: how many older values cite it; why: as the file says.
    """

    instrument: str
    source: str
    date: dt.date
    since: dt.date
    values: int
    why: str


@dataclass(frozen=True)
class CaseOnly:
    """What the calculator knows and simulations leave out, and why."""

    instrument: str
    provisions: int
    of: int
    why: str


@dataclass(frozen=True)
class Audit:
    """The whole catalogue looked at.

    Attributes:
        instruments: by kind.
        sources: kind of instrument -> depth -> number of sources.
        values: kind of instrument -> depth (or ``assumption``) -> number of cited values.
        read: kind -> depth -> instruments whose deepest source is that.
        assumed: values without a source, with their reasons.
        early: values in force before the document that states them was issued; the loader
            refuses such files, so that this is empty.
        reported: the later documents that are excused, because they report older rules.
        gaps: days without a version between the first and the last; overlaps: with two.
        case_only: what simulations leave out.
        unread: sources that no value cites.
        memoranda: which national memoranda are encoded, only named, or not even that.
    """

    catalogue: str
    instruments: dict[str, int]
    sources: dict[str, dict[str, int]]
    values: dict[str, dict[str, int]]
    read: dict[str, dict[str, int]]
    assumed: tuple[Finding, ...]
    early: tuple[Finding, ...]
    reported: tuple[Reported, ...]
    gaps: tuple[Gap, ...]
    overlaps: tuple[Gap, ...]
    case_only: tuple[CaseOnly, ...]
    unread: tuple[Finding, ...]
    memoranda: Coverage

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {"schema_version": 1, **_plain(asdict(self))}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(x) for k, x in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(x) for x in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def audit(found: Catalogue, simulated: frozenset[str] = frozenset()) -> Audit:
    """Look at a catalogue.

    Args:
        found: the catalogue.
        simulated: conducts that have a rate; a provision all of whose conducts have none is
            case-only.
    """
    kinds = Counter(it.kind for it in found.instruments.values())
    sources: dict[str, Counter[str]] = {k: Counter() for k in sorted(kinds)}
    values: dict[str, Counter[str]] = {k: Counter() for k in sorted(kinds)}
    read: dict[str, Counter[str]] = {k: Counter() for k in sorted(kinds)}
    assumed: list[Finding] = []
    early: list[Finding] = []
    reported: list[Reported] = []
    unread: list[Finding] = []
    for it in found.instruments.values():
        depths = [s.depth for s in it.sources.values()]
        sources[it.kind].update(depths)
        read[it.kind][min(depths, key=DEPTHS.index)] += 1
        cited: set[str] = set()
        told: Counter[str] = Counter()
        for loc, older_than, day in older(it):
            later = it.sources[older_than]
            if day >= later.speaks_from:
                told[older_than] += 1
            else:
                text = f"in force from {day}, {older_than} is of {later.date}"
                early.append(Finding(it.id, _path(it, loc), text))
        reported += [_reported(it, name, n) for name, n in told.items()]
        for where, cite in _cites(it):
            if cite.source is None:
                values[it.kind]["assumption"] += 1
                assumed.append(Finding(it.id, where, str(cite.assumption)))
                cited |= {name for name in it.sources if f"({name})" in str(cite.assumption)}
                continue
            cited.add(cite.source)
            source = it.sources.get(cite.source)
            if source is None:
                continue
            values[it.kind][source.depth] += 1
        rows = found.items.get(it.id, [])
        for version in it.versions:
            if version.scheme is not None and rows:
                name = version.scheme.items_source or version.scheme.cite.source
                depth = it.sources[name].depth if name in it.sources else "assumption"
                values[it.kind][depth] += len(rows)
                cited.add(name or "")
        unread += [Finding(it.id, f"sources.{s}", "no value cites it")
                   for s in it.sources if s not in cited]  # fmt: skip
    return Audit(
        catalogue=found.digest,
        instruments=dict(sorted(kinds.items())),
        sources=_ordered(sources),
        values=_ordered(values),
        read=_ordered(read),
        assumed=tuple(assumed),
        early=tuple(early),
        reported=tuple(reported),
        gaps=tuple(g for it in found.instruments.values() for g in _gaps(it)),
        overlaps=tuple(g for it in found.instruments.values() for g in _overlaps(it)),
        case_only=tuple(_case_only(found, simulated)),
        unread=tuple(unread),
        memoranda=coverage(),
    )


def _ordered(counts: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {kind: {d: n[d] for d in DEPTHS if n[d]} for kind, n in counts.items()}


def _cites(it: schema.Instrument) -> Iterator[tuple[str, schema.Cite]]:
    """Yield every citation with its place."""
    for loc, block in walk(it):
        if isinstance(block, schema.Cite):
            yield _path(it, loc), block


def _reported(it: schema.Instrument, name: str, values: int) -> Reported:
    source = it.sources[name]
    why = source.reports.why if source.reports is not None else ""
    return Reported(it.id, name, source.date, source.speaks_from, values, why)


def _path(it: schema.Instrument, loc: tuple[str | int, ...]) -> str:
    """Return a place in the file with the ids of blocks instead of their numbers."""
    parts: list[str | int] = []
    node: Any = it
    for part in loc:
        if isinstance(part, int) and isinstance(node, list | tuple):
            node = node[part]
            name = next((getattr(node, k) for k in ("id", "measure", "group")
                         if isinstance(getattr(node, k, None), str)), None)  # fmt: skip
            parts.append(name if name is not None else part)
        elif isinstance(node, dict):
            node = node.get(part)
            parts.append(part)
        elif isinstance(node, BaseModel):
            fields = type(node).model_fields
            field = next((n for n, i in fields.items() if part in (i.alias, n)), str(part))
            node = getattr(node, field, None)
            parts.append(part)
    return dotted(parts)


def _gaps(it: schema.Instrument) -> Iterator[Gap]:
    one = dt.timedelta(days=1)
    ordered = sorted(it.versions, key=lambda x: x.in_force.from_)
    for before, after in pairwise(ordered):
        until = before.in_force.until
        if until is not None and until + one < after.in_force.from_:
            yield Gap(it.id, until + one, after.in_force.from_ - one, ())


def _overlaps(it: schema.Instrument) -> Iterator[Gap]:
    for i, a in enumerate(it.versions):
        for b in it.versions[i + 1 :]:
            first = max(a.in_force.from_, b.in_force.from_)
            last = min(a.in_force.until or dt.date.max, b.in_force.until or dt.date.max)
            if first <= last:
                yield Gap(it.id, first, last, (a.id, b.id))


def _case_only(found: Catalogue, simulated: frozenset[str]) -> Iterator[CaseOnly]:
    for it in found.instruments.values():
        rules: list[tuple[tuple[str, ...], str]] = [
            (tuple(p.conduct), p.case_only or "") for v in it.versions for p in v.provisions
        ]
        rules += [(x.conduct, "") for x in found.items.get(it.id, [])]
        stated = {why for _, why in rules if why}
        without = [r for r in rules if r[1] or not simulated & set(r[0])]
        if not rules or not without:
            continue
        protected = any(
            found.conducts[c].protected for cs, _ in without for c in cs if c in found.conducts
        )
        reasons = ["no rate is sourced or assumed for the conduct"]
        reasons += ["protected conduct is never given a rate"] if protected else []
        reasons += sorted(f"{why[:1].lower()}{why[1:].rstrip('.')}" for why in stated)
        yield CaseOnly(it.id, len(without), len(rules), "; ".join(reasons))


def lines(a: Audit, every: bool = False) -> Iterator[tuple[str, str]]:
    """Yield an audit as styled lines; `every` also names each assumed value."""
    total = sum(a.instruments.values())
    yield "bold", f"{w.counted(total, 'instrument')}, catalogue {a.catalogue[:12]}"
    yield from _counts("Sources by depth", a.sources, "source")
    yield from _counts("Cited values by depth of their source", a.values, "value")
    yield from _counts("Instruments by their deepest source", a.read, "instrument")
    by = Counter(f.instrument for f in a.assumed)
    yield "", ""
    yield "bold", f"Values without a source: {len(a.assumed)}, each an assumption with its reason"
    if every:
        for f in a.assumed:
            yield "", f"  {f.instrument}: {f.where}: {f.text}"
    else:
        for name, n in by.most_common():
            yield "", f"  {name}: {n}"
        if by:
            yield "dim", "  --all prints every one"
    yield from _findings("Values in force before their source was issued", a.early)
    if a.reported:
        n = sum(r.values for r in a.reported)
        yield "", f"  {w.counted(n, 'value')} of later documents that report older rules:"
    for r in a.reported:
        days = f"of {r.date}, reports since {r.since}"
        yield "", f"  {r.instrument}: {r.source} ({days}; {w.counted(r.values, 'value')}): {r.why}"
    for title, gaps in (
        ("Days with no version between the first and the last", a.gaps),
        ("Days with two versions", a.overlaps),
    ):
        yield from _findings(
            title,
            tuple(Finding(g.instrument, " and ".join(g.versions), f"{g.first} to {g.last}")
                  for g in gaps),
        )  # fmt: skip
    yield from _findings("Sources that no value cites", a.unread)
    yield from _memoranda(a.memoranda)
    yield "", ""
    counted = w.counted(len(a.case_only), "instrument")
    yield "bold", f"Known to cases but not simulated, in whole or part: {counted}"
    yield "dim", "  A rule whose conduct has no rate is calculated in a case and left out of a run."
    for row in a.case_only:
        yield "", f"  {row.instrument}: {row.provisions} of {w.counted(row.of, 'rule')}: {row.why}"


def _memoranda(m: Coverage) -> Iterator[tuple[str, str]]:
    named = len(m.encoded) + len(m.table_only)
    yield "", ""
    counted = sum(m.counted.values())
    yield "bold", f"National memoranda: {counted} by January 2020, {named} known by name"
    yield "", f"  {len(m.encoded)} have an instrument, most with a part of their measures"
    yield "", f"  {len(m.table_only)} have none: no case and no run knows a measure of theirs"
    for one in m.table_only:
        yield "yellow", f"  {one.id}: {one.title_en} ({one.date}; depth {one.depth}): {one.note}"
    does = {"black": "punish", "red": "reward", "mixed": "do both"}
    missing = {does[colour]: n for colour, n in m.unidentified.items() if n}
    parts = ", ".join(f"{n} that {what}" for what, n in missing.items())
    yield "yellow", f"  {sum(missing.values())} are counted and were not identified: {parts}"


def _counts(title: str, table: dict[str, dict[str, int]], what: str) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield "bold", title
    for kind, counts in table.items():
        n = sum(counts.values())
        parts = ", ".join(f"{depth} {count:,}" for depth, count in counts.items())
        yield "", f"  {w.word(kind)}: {w.counted(n, what)}: {parts}"


def _findings(title: str, found: tuple[Finding, ...]) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield "bold", f"{title}: {len(found) or 'none'}"
    for f in found:
        yield "yellow", f"  {f.instrument}{f': {f.where}' if f.where else ''}: {f.text}"
