"""Gates at work: which dated limit bars a provision, a measure or a score, and since when.

A gate changes nothing that the fold finds. It says of a finding that the law of a later day
no longer allows it, by whose authority, and whether the place may still live on as before:
the *enacted* limit counts from its first day, the *effective* one only after the lag with
which it is followed there (`Version.followed`, sourced or assumed).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Generic, TypeVar

from xinyong import places
from xinyong.dates import add_months, date_of, day_of
from xinyong.law import schema
from xinyong.law import vocabulary as v
from xinyong.law.catalogue import Catalogue, lag_months

__all__ = [
    "Bar",
    "Span",
    "Target",
    "bars",
    "gates_at",
    "measure_target",
    "next_turn",
    "provision_target",
    "score_target",
    "spans",
    "turns",
]


@dataclass(frozen=True, slots=True)
class Bar:
    """One gate that speaks about one target.

    Attributes:
        gate, instrument, version: ids; `title`, `rank`, `cite` as the gate states them.
        effect: ``barred``, ``required`` (what it asks for is missing) or ``weighed``.
        since: first day of the limit; followed_from: first day on which the place follows it.
        assumed: why it is followed from then, if that is an assumption; else empty.
        test: what has to be weighed; empty unless the effect is ``weighed``.
    """

    gate: str
    instrument: str
    version: str
    title: str
    rank: str
    effect: str
    since: dt.date
    followed_from: dt.date
    assumed: str
    test: str
    cite: schema.Cite


@dataclass(frozen=True, slots=True)
class Target:
    """What a gate may speak about, with the attributes it is found by.

    Attributes:
        what: one of `vocabulary.GATE_TARGETS`; instrument: where it stands; version: of it.
        conducts: ids that a provision listens to (of a list, for its measures).
        kinds: subjects addressed; sign: of points, -1, 0 or 1.
        documents: kinds of document it may rest on; listed: it reads an entry on a list.
        asked: kinds that it asks for itself; bare: one of its conducts has no document by nature.
        copied: reads records of somebody else; measure: the row, if it is a measure.
        rests: on what a measure rests, where that is not what its instrument rests on.
    """

    what: str
    instrument: schema.Instrument
    version: schema.Version
    conducts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sign: int = 0
    documents: frozenset[str] = frozenset()
    listed: bool = False
    asked: frozenset[str] = frozenset()
    bare: bool = True
    copied: bool = False
    measure: schema.MeasureRow | None = None
    rests: str | None = None


_WHAT: dict[type[schema.Block], str] = {
    schema.Enter: "entry",
    schema.Points: "points",
    schema.SetGrade: "grade",
    schema.Copy: "copy",
}


def _documents_of(conditions: tuple[schema.Condition, ...]) -> Iterator[str]:
    """Yield the kinds of documents that conditions ask for."""
    for c in conditions:
        if c.document is not None:
            yield c.document
        if c.event is not None and c.event.document is not None:
            yield c.event.document
        yield from _documents_of((*(c.all or ()), *(c.any or ())))


def _reads_list(conditions: tuple[schema.Condition, ...]) -> bool:
    return any(
        c.listed_on is not None
        or c.still_listed_on is not None
        or _reads_list((*(c.all or ()), *(c.any or ())))
        for c in conditions
    )


def provision_target(
    catalogue: Catalogue,
    instrument: str,
    version: str,
    conducts: tuple[str, ...],
    conditions: tuple[schema.Condition, ...],
    effect: object,
    via: tuple[str, ...] = ("self",),
    kinds: tuple[str, ...] = (),
) -> Target | None:
    """Describe a provision or an annex item; None for effects that no gate speaks about."""
    what = next((word for kind, word in _WHAT.items() if isinstance(effect, kind)), None)
    if what is None:
        return None
    it = catalogue.instrument(instrument)
    sign = 0
    if isinstance(effect, schema.Points):
        sign = -1 if effect.high < 0 or effect.low < 0 else 1
    elif isinstance(effect, schema.SetGrade):
        sign = 1 if all(catalogue.conducts[c].polarity == "good" for c in conducts) else -1
    by_nature = [set(catalogue.conducts[c].documents) for c in conducts]
    asked = frozenset(_documents_of(conditions))
    return Target(
        what=what,
        instrument=it,
        version=next(w for w in it.versions if w.id == version),
        conducts=conducts,
        kinds=kinds or tuple(it.subjects),
        sign=sign,
        documents=asked or frozenset().union(*by_nature),
        asked=asked,
        bare=not all(by_nature),
        listed=_reads_list(conditions),
        copied="self" not in via,
    )


def measure_target(
    it: schema.Instrument, version: schema.Version, row: schema.MeasureRow
) -> Target:
    """Describe a measure as it stands in a list, a scheme or a memorandum.

    One that is tied to grades rests on the score, whatever the score rests on.
    """
    kinds = tuple(row.kinds or it.subjects)
    rests = "score" if row.grades else None
    return Target("measure", it, version, kinds=kinds, measure=row, rests=rests)


def score_target(it: schema.Instrument, version: schema.Version, kind: str) -> Target:
    """Describe the score of a scheme as a whole, for one kind of subject."""
    return Target("score", it, version, kinds=(kind,))


def offers(it: schema.Instrument, version: schema.Version) -> frozenset[str]:
    """Return the safeguards that an instrument offers (`vocabulary.OFFERS`)."""
    return _offers(_Same(it), _Same(version))


_T = TypeVar("_T")


class _Same(Generic[_T]):
    """Something by its identity, so that results about it can be kept without comparing it."""

    __slots__ = ("it",)

    def __init__(self, it: _T) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.it is other.it


@lru_cache(maxsize=1024)
def _offers(instrument: _Same[schema.Instrument], held: _Same[schema.Version]) -> frozenset[str]:
    it, version = instrument.it, held.it
    found = set()
    thens = {s.then for s in version.steps}
    effects = [p.effect for p in version.provisions]
    ends = {e.cause for e in effects if isinstance(e, schema.End)}
    if "noticed" in thens:
        found.add("notice")
    if "checked" in thens or (it.review is not None and it.review.objection):
        found.add("objection")
    if it.review is not None and (it.review.administrative_review or it.review.suit):
        found.add("review")
    terms = [e.term for e in effects if isinstance(e, schema.Enter)]
    if version.scheme is not None or (terms and (ends or not all(x.open for x in terms))):
        found.add("end")
    converts = any(isinstance(e, schema.Convert) for e in effects)
    released = version.scheme is not None and version.scheme.combination.released_by_correction
    if converts or released or ends & {"performance", "early", "settlement"}:
        found.add("repair")
    if "removed" in thens:
        found.add("removal")
    return frozenset(found)


def _any(wanted: Sequence[str] | None, has: Iterable[str | None] | str | None) -> bool:
    """Tell whether a value, or one of several, is among the words wanted (None: any will do)."""
    if wanted is None:
        return True
    if isinstance(has, str) or has is None:
        return has in wanted
    return any(x in wanted for x in has)


def fits(where: schema.Where, x: Target, catalogue: Catalogue) -> bool:
    """Tell whether a target has every attribute that is given."""
    it = x.instrument
    own = offers(it, x.version) if where.offers or where.lacks else frozenset()
    if where.rank_below is not None and v.RANKS.index(it.rank) <= v.RANKS.index(where.rank_below):
        return False
    whole = (
        _any(where.instrument, it.id)
        and not (where.instrument_not and it.id in where.instrument_not)
        and _any(where.kind, it.kind)
        and _any(where.polarity, it.polarity)
        and _any(where.level, it.level)
        and _any(where.rank, it.rank)
        and _any(where.based_on, x.rests or it.based_on)
        and _any(where.subjects, x.kinds)
        and (where.offers is None or set(where.offers) <= own)
        and (where.lacks is None or not own >= set(where.lacks))
    )
    return whole and _provision_fits(where, x, catalogue) and _measure_fits(where, x, catalogue)


def _documented(x: Target) -> bool:
    """Tell whether a provision rests on some document in every case."""
    return bool(x.listed or x.asked or not x.bare)


def _always(x: Target, kinds: set[str]) -> bool:
    """Tell whether a provision never rests on anything but documents of these kinds."""
    return x.listed or bool(x.asked & kinds) or (not x.bare and x.documents <= kinds)


def of_worth(catalogue: Catalogue, worths: Sequence[str]) -> set[str]:
    """Return the kinds of documents that are worth one of these."""
    return {kind for kind, worth in catalogue.worths.items() if worth in worths}


def _provision_fits(where: schema.Where, x: Target, catalogue: Catalogue) -> bool:
    conducts = [catalogue.conducts[c] for c in x.conducts]
    fields = [c.field for c in conducts] or [str(x.instrument.conduct_field)]
    tags = [tag for c in conducts for tag in c.protected]
    signs = {"plus": 1, "minus": -1}
    return (
        _any(where.conduct, x.conducts)
        and _any(where.conduct_field, fields)
        and _any(where.protected, tags)
        and (where.sign is None or x.sign == signs[where.sign])
        and not (where.conduct_not and set(x.conducts) & set(where.conduct_not))
        and (where.document is None or _documented(x) == (where.document == "any"))
        and (where.documents_always is None or _always(x, set(where.documents_always)))
        and (where.documents is None or x.listed or bool(x.documents & set(where.documents)))
        and (where.worth_always is None or _always(x, of_worth(catalogue, where.worth_always)))
        and (
            where.worth is None or x.listed or bool(x.documents & of_worth(catalogue, where.worth))
        )
        and (where.copied is None or x.copied == where.copied)
    )


def _measure_fits(where: schema.Where, x: Target, catalogue: Catalogue) -> bool:
    if x.measure is None:
        asked = (
            *(where.measure, where.measure_field, where.category, where.category_not_in),
            *(where.by_level, where.discretionary, where.reaches_others, where.same_field),
        )
        # Without a measure, the nature is that of the instrument.
        return all(a is None for a in asked) and _any(where.nature, x.instrument.nature)
    row = x.measure
    measure = catalogue.measures[row.measure]
    levels = [catalogue.authorities[a].level for a in row.by]
    same = measure.field == x.instrument.conduct_field
    return (
        _any(where.measure, measure.id)
        and _any(where.measure_field, measure.field)
        and _any(where.nature, measure.nature)
        and _any(where.category, measure.category)
        and not (where.category_not_in and measure.category in where.category_not_in)
        and _any(where.by_level, levels)
        and (where.discretionary is None or row.discretionary == where.discretionary)
        and (where.reaches_others is None or bool(row.reaches) == where.reaches_others)
        and (where.same_field is None or same == where.same_field)
    )


def _in_force(version: schema.Version, day: dt.date) -> bool:
    until = version.in_force.until
    return version.in_force.from_ <= day and (until is None or day <= until)


def gates_at(
    catalogue: Catalogue, day: dt.date, place: str = "cn", basis: dt.date | None = None
) -> Iterator[tuple[schema.Instrument, schema.Version, schema.Gate]]:
    """Yield the gates that are enacted law in a place on a day, in the order of instruments.

    A version that turns on acts, records or decisions counts if it was in force on the `basis`
    day already; one that speaks about all, if it is on the day itself.
    """
    for it in catalogue.instruments.values():
        if it.kind != "gate" or not places.within(place, it.reach.place):
            continue
        for version in it.versions:
            turns = version.transition not in ("all", "pending")
            if (
                _in_force(version, (basis or day) if turns else day)
                and version.in_force.from_ <= day
            ):
                for gate in version.gates:
                    yield it, version, gate


def next_turn(catalogue: Catalogue, day: dt.date) -> dt.date | None:
    """Return the first day after a day on which a gate begins or ceases, if there is one."""
    turns = [
        turn
        for it in catalogue.instruments.values()
        if it.kind == "gate"
        for version in it.versions
        for turn in (
            version.in_force.from_,
            version.in_force.until and version.in_force.until + dt.timedelta(1),
        )
        if turn is not None and turn > day
    ]
    return min(turns, default=None)


def _since(it: schema.Instrument, version: schema.Version, gate: schema.Gate) -> schema.Version:
    """Return the earliest version that has had this gate without a break up to this one."""
    first = version
    for earlier in reversed(it.versions[: it.versions.index(version)]):
        if gate.id not in {g.id for g in earlier.gates}:
            break
        first = earlier
    return first


def bars(
    catalogue: Catalogue,
    target: Target,
    day: dt.date,
    place: str = "cn",
    basis: dt.date | None = None,
    effects: tuple[str, ...] = ("barred", "required", "weighed"),
) -> tuple[Bar, ...]:
    """Return the gates that speak about a target on a day.

    Args:
        catalogue: the law.
        target: what is looked at.
        day: the day asked for.
        place: where the subject lives; decides the reach and the lag of the gate.
        basis: the day of the decision or record; the day asked for if left out. A gate that
            turns on decisions or records lets stand what is older than itself.
        effects: of the gates asked about.

    Returns:
        ``barred``, ``required`` (only if what it asks for is missing) and ``weighed`` limits.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> it = load().instruments["wendeng_2020"]
        >>> score = score_target(it, it.versions[0], "person")
        >>> any(b.gate == "score_alone" for b in bars(load(), score, dt.date(2021, 1, 1)))
        True
    """
    found = []
    for it, version, gate in gates_at(catalogue, day, place, basis):
        if gate.effect not in effects or target.what not in gate.bars:
            continue
        if not fits(gate.where, target, catalogue):
            continue
        if gate.needs is not None and fits(gate.needs, target, catalogue):
            continue
        first = _since(it, version, gate)
        since, followed = first.in_force.from_, first.followed
        lag = lag_months(first, place)
        found.append(
            Bar(
                gate=gate.id,
                instrument=it.id,
                version=version.id,
                title=gate.title,
                rank=it.rank,
                effect=gate.effect,
                since=since,
                followed_from=date_of(add_months(day_of(since), lag)),
                assumed=(followed.cite.assumption or "") if followed and lag else "",
                test=gate.test or "",
                cite=gate.cite,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Span:
    """A span of days in which one gate bars a target on paper.

    Attributes:
        bar: the gate as it stood on the first day.
        until: first day on which it bars no more; None if it goes on.
        everything: whether it bars what was decided before it, too (its transition).
        safeguards: whether all that is missing is a safeguard, which can be supplied.
    """

    bar: Bar
    until: dt.date | None
    everything: bool
    safeguards: bool


def turns(catalogue: Catalogue, last: dt.date) -> tuple[dt.date, ...]:
    """Return the days up to a last one on which a gate begins or ceases."""
    found = []
    turn = next_turn(catalogue, dt.date.min)
    while turn is not None and turn <= last:
        found.append(turn)
        turn = next_turn(catalogue, turn)
    return tuple(found)


def spans(
    catalogue: Catalogue, target: Target, days: Iterable[dt.date], place: str = "cn"
) -> tuple[Span, ...]:
    """Return the spans in which gates bar a target; weighed limits are none.

    `days` are those on which gates turn (`turns`).

    Example:
        >>> from xinyong.law.catalogue import load
        >>> it = load().instruments["statistics_list"]
        >>> v2014 = it.versions[0]
        >>> ground = v2014.provisions[0]
        >>> x = provision_target(
        ...     load(), it.id, v2014.id, tuple(ground.conduct), (), ground.effect
        ... )
        >>> days = turns(load(), dt.date.max)
        >>> [(s.bar.gate, str(s.bar.since), s.safeguards) for s in spans(load(), x, days)]
        [('list_notice', '2020-12-07', True), ('repair_open', '2020-12-07', True)]
    """
    found: dict[tuple[str, str], Span] = {}
    open_: set[tuple[str, str]] = set()
    for turn in days:
        here = bars(catalogue, target, turn, place, effects=("barred", "required"))
        now = {(b.instrument, b.gate): b for b in here}
        for key in open_ - now.keys():
            found[key] = replace(found[key], until=turn)
        for key, bar in now.items():
            if key not in found:
                found[key] = _span(catalogue, bar)
        open_ = set(now)
    return tuple(found.values())


def _span(catalogue: Catalogue, bar: Bar) -> Span:
    version = next(w for w in catalogue.instrument(bar.instrument).versions if w.id == bar.version)
    gate = next(g for g in version.gates if g.id == bar.gate)
    asked = gate.needs.model_dump(exclude_none=True) if gate.needs is not None else {}
    return Span(bar, None, version.transition in ("all", "pending"), set(asked) == {"offers"})
