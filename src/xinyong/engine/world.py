"""The world of a run: everything that months read and nothing changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong import places
from xinyong.assumptions import Assumptions, assumptions
from xinyong.conduct.ladder import LayerTables, layer_tables, rung_for
from xinyong.conduct.rates import EPIDEMIC, Family, Rates, check_rates, rates, with_files
from xinyong.conduct.sampling import check_bounds
from xinyong.dates import date_of, first_day, parse_month
from xinyong.emergency.relief import Grace, grace_of
from xinyong.emergency.timeline import levels
from xinyong.engine.drawing import Streams, side_by_side
from xinyong.engine.filing import Families, families_of
from xinyong.engine.graded import Graded, graded_of
from xinyong.engine.joining import Joins, joins_of
from xinyong.engine.local import FOREVER, drawn_at, heard, regulations_at, schemes_of
from xinyong.engine.scenario import Scenario
from xinyong.institutions.barred import MeasureGates
from xinyong.institutions.capacity import capacities, redress_capacities, staff_of, staffed_by
from xinyong.institutions.detection import chances, digitalisation, false_rates
from xinyong.institutions.exchange import Link
from xinyong.institutions.gates import Gates, turned
from xinyong.institutions.integration import States, states_of
from xinyong.institutions.matching import Matching, filing, recorders
from xinyong.institutions.measures import MeasureTable, measure_table
from xinyong.institutions.network import Network, link_of
from xinyong.institutions.others import Others, others_table
from xinyong.institutions.redress import Routes, routes_of
from xinyong.institutions.regional import clocks_of
from xinyong.institutions.steps import Policy, policy_of
from xinyong.law import tables as t
from xinyong.law.amend import amend, parse
from xinyong.law.catalogue import Catalogue, load
from xinyong.law.compile import Law, compile_law
from xinyong.law.vocabulary import KINDS
from xinyong.society.links import Links, links
from xinyong.society.strata import LABELS, Society, society
from xinyong.streams import stream_key, threshold

__all__ = [
    *("Keys", "Stream", "World", "build", "catalogue_of", "emergency_of", "platforms_of"),
    *("run_of", "travel_of"),
]

_AGES = ((0, 14), (15, 17), (18, 34), (35, 59), (60, 64), (65, 120))
_ADULT = 2  # position of the first age band of adults


#: At 1:N, N in so many files are followed under regional regulations: alike at every scale.
FOLLOWED = 25_000


class Keys(NamedTuple):
    """Keys of the named streams, one 64-bit integer each."""

    step: np.uint64
    redress: np.uint64
    exchange: np.uint64
    exchange_identity: np.uint64
    asked: np.uint64
    detection: np.uint64
    false_records: np.uint64
    identity: np.uint64
    elsewhere: np.uint64
    facts: np.uint64
    queue: np.uint64
    turn: np.uint64
    relief: np.uint64
    sample: np.uint64
    consent: np.uint64
    feed: np.uint64
    regional: np.uint64
    graded: np.uint64


def keys_of(seed: int) -> Keys:
    """Return the keys of a seed."""
    return Keys(*(stream_key(seed, f"engine/{name}") for name in Keys._fields))


@dataclass(frozen=True)
class Stream:
    """One family of conduct in one (leaf, kind): what `draw_acts` needs.

    Attributes:
        family: position in the rates; leaf, kind: positions.
        key: of the stream ``conduct/<family>``.
        start: int64[strata + 1]; rung: int8[strata]; limit: uint64[strata, 2] (no file, file).
        first_stratum: row of the first of these strata in the society.
        months: calendar months in which it happens (1 to 12).
        begins, ends: first and last month in which it is drawn.
        emergency: least level of the emergency in which it is drawn (0: always).
    """

    family: int
    leaf: int
    kind: int
    key: np.uint64
    start: NDArray[np.int64]
    rung: NDArray[np.int8]
    limit: NDArray[np.uint64]
    first_stratum: int
    months: frozenset[int]
    begins: int
    ends: int
    emergency: float


@dataclass(frozen=True)
class World:
    """All that is fixed for a run; see the types of the parts.

    `catalogue` is whole; `law` has what the simulation runs of it: the instruments of `run`
    (see `run_of`), the memoranda that serve them, and the lists they ask about. `schemes`,
    `joins` and `families` have one item a leaf: the instruments that score there, those that ask
    for consent, and conduct as they hear it; `national` tells which families are not local.
    `listens` is the law for which conduct is drawn, that of `law` but where nothing follows;
    `asks` says of each leaf whether all its schemes ask for consent, `regional` whether records
    are followed under a regulation of its city or province, `followed` for what share of files.
    `laws` are the tables of the law as it is followed in each leaf: `law.tables` but where `gates`
    bar something; `measure_gates` are the gates on measures (None: they are off). `graded` are
    the measures tied to grades of the schemes of each leaf.
    """

    scenario: Scenario
    catalogue: Catalogue
    run: frozenset[str]
    law: Law
    laws: tuple[t.LawTables, ...]
    gates: Gates | None
    measure_gates: MeasureGates | None
    graded: tuple[Graded, ...]
    given: Assumptions
    rates: Rates
    society: Society
    links: Links
    keys: Keys
    facts: NDArray[np.int64]
    schemes: tuple[NDArray[np.int64], ...]
    listens: Law
    joins: tuple[Joins, ...]
    asks: tuple[bool, ...]
    regional: tuple[bool, ...]
    followed: float
    national: NDArray[np.bool_]
    families: tuple[Families, ...]
    streams: tuple[tuple[Stream, ...], ...]
    drawn: tuple[tuple[tuple[float, Streams], ...], ...]
    layers: LayerTables
    policy: Policy
    routes: Routes
    link: Link
    measures: MeasureTable
    measure_names: tuple[tuple[str, str, str], ...]
    others: Others
    tie_rows: tuple[tuple[str, str, str, str, str], ...]
    capacity: NDArray[np.int64]
    staffed_by: tuple[str, ...]
    redress_capacity: NDArray[np.int64]
    population: NDArray[np.int64]
    detection: NDArray[np.uint64]
    plain_detection: NDArray[np.uint64]
    emergency: NDArray[np.float64]
    vertical: NDArray[np.float64]
    states: States
    network: Network
    grace: Grace
    recorders: tuple[str, ...]
    filing: Matching
    false: NDArray[np.uint64]
    lapse_months: int
    sample_shift: int

    def law_in(self, place: int) -> Law:
        """Return the law as it is followed in a leaf, by its position."""
        return replace(self.law, tables=self.laws[place])

    def drawn_in(self, place: int, m: int) -> Streams:
        """Return the streams of a leaf that are drawn in a month of the run."""
        level = self.emergency[m, place]
        return [streams for least, streams in self.drawn[place] if least <= level][-1]


def _facts(law: Law, people: Society) -> NDArray[np.int64]:
    """Return int64[strata, F_COLS]: the facts of subjects by stratum."""
    s = people.strata
    out = np.zeros((len(s), t.F_COLS), np.int64)
    leaf_codes = np.array([law.code["place"][leaf] for leaf in places.leaves()], np.int64)
    out[:, t.F_KIND] = s.kind
    ages = np.array(_AGES, np.int64)
    persons = s.kind == 0
    out[:, t.F_AGE_LO], out[:, t.F_AGE_HI] = 18, 120
    out[persons, t.F_AGE_LO] = ages[s.age[persons], 0]
    out[persons, t.F_AGE_HI] = ages[s.age[persons], 1]
    out[:, t.F_RESIDENCE] = leaf_codes[s.leaf]
    out[:, t.F_REGISTRATION] = leaf_codes[s.leaf]
    return out


def _bounds(family: Family, kind: str) -> tuple[NDArray[np.int8], NDArray[np.uint64]]:
    """Return int8[classes] rungs and uint64[classes, 2] thresholds (no file, file)."""
    table = [[family.probability(kind, c, has) for has in (False, True)] for c in range(3)]
    rungs = np.array([rung_for(max(row)) for row in table], np.int8)
    return rungs, np.array([[threshold(p) for p in row] for row in table], np.uint64)


def _streams(people: Society, found: Rates, law: Law, seed: int) -> tuple[tuple[Stream, ...], ...]:
    """Return the streams of each leaf: families that anybody there can take part in.

    Local families, and conduct of an emergency, are drawn while some rule listens to them
    there, and at no other time.
    """
    s = people.strata
    by_leaf: list[tuple[Stream, ...]] = []
    known: dict[tuple[int, int], tuple[NDArray[np.int8], NDArray[np.uint64]]] = {}
    assert len(LABELS["propensity"]) == 3  # noqa: S101 - rates give three factors
    for i, leaf in enumerate(places.leaves()):
        mine = []
        for f, family in enumerate(found):
            if not drawn_at(found, family, leaf):
                continue
            key = stream_key(seed, f"conduct/{family.id}")
            for k, kind in enumerate(KINDS):
                if not family.monthly.get(kind):  # type: ignore[call-overload]
                    continue
                a, b = people.leaf_ranges[i, k]
                if a == b:
                    continue
                span: tuple[int, int] | None = (0, FOREVER)
                if family.place != "cn" or family.emergency:
                    span = heard(law, family, leaf, kind)
                if span is None:
                    continue
                if (f, k) not in known:
                    known[f, k] = _bounds(family, kind)
                rung_of, limit_of = known[f, k]
                classes = s.propensity[a:b]
                rung = rung_of[classes]
                limit = limit_of[classes]
                if k == 0:  # only adults take part
                    minor = s.age[a:b] < _ADULT
                    rung = np.where(minor, -1, rung).astype(np.int8)
                    limit = np.where(minor[:, None], np.uint64(0), limit)
                check_bounds(limit, rung)
                start = np.append(s.start[a:b], s.start[b - 1] + s.size[b - 1])
                mine.append(
                    Stream(
                        f, i, k, key, start, rung, np.ascontiguousarray(limit), int(a),
                        frozenset(family.months or range(1, 13)),
                        max(parse_month(family.start), span[0]), span[1],
                        family.emergency,
                    )
                )  # fmt: skip
        by_leaf.append(tuple(mine))
    return tuple(by_leaf)


def _by_level(mine: Sequence[Stream]) -> tuple[tuple[float, Streams], ...]:
    """Return the streams of a leaf by the least level of the emergency in which they are drawn."""
    levels_ = sorted({0.0, *(s.emergency for s in mine)})
    return tuple((x, side_by_side([s for s in mine if s.emergency <= x])) for x in levels_)


def catalogue_of(scenario: Scenario) -> Catalogue:
    """Return the law of a scenario: the built-in one, its layers and its amendments.

    Raises:
        CatalogueError: a layer does not load.
        UsageError: an amendment names nothing, or does not fit.
    """
    found = load(layers=tuple(Path(folder) for folder in scenario.with_))
    return amend(found, [parse(text, "amend") for text in scenario.amend])


def run_of(catalogue: Catalogue, found: Rates) -> frozenset[str]:
    """Return the instruments that are run: those with rates, and new ones of layers."""
    built_in = load().instruments
    return frozenset(found.instruments).union(
        it.id
        for it in catalogue.instruments.values()
        if it.id not in built_in and it.kind in ("list", "scheme")
    )


def _uncopied(tables: t.LawTables) -> t.LawTables:
    """Return the law with provisions that copy a record to nobody; their rows stay in place."""
    prov = tables.prov.copy()
    prov[prov[:, t.P_EFFECT] == t.COPY, t.P_A] = 0
    return tables._replace(prov=prov)


class Travel(NamedTuple):
    """By what entries travel between authorities; fields of `World` by the same names."""

    vertical: NDArray[np.float64]
    states: States
    measures: MeasureTable
    measure_names: tuple[tuple[str, str, str], ...]
    network: Network
    link: Link


def emergency_of(scenario: Scenario) -> NDArray[np.float64]:
    """Return float64[months, leaves]: how strongly each leaf is in an emergency, from 0 to 1."""
    if not scenario.mechanisms.emergency:
        return np.zeros((scenario.months, len(places.leaves())))
    return levels(scenario.first_month, scenario.months)


def platforms_of(scenario: Scenario, given: Assumptions, emergency: NDArray[np.float64]) -> States:
    """Return the states of integration of each leaf, month by month.

    Args:
        scenario: its months and mechanisms count.
        given: the assumptions.
        emergency: as `emergency_of`.
    """
    even = np.full(len(places.leaves()), given.value("digital.even"))
    on = scenario.mechanisms
    return states_of(
        given, scenario.months, emergency, digitalisation(given) if on.digital else even,
        given.value("emergency.diverted"), three=on.integration,
    )  # fmt: skip


def travel_of(
    scenario: Scenario, law: Law, given: Assumptions, emergency: NDArray[np.float64],
    like: World | None = None, gates: MeasureGates | None = None,
) -> Travel:  # fmt: skip
    """Return by what entries travel under a scenario.

    Args:
        scenario: its months and mechanisms count.
        law: what is run.
        given: the assumptions.
        emergency: float64[months, leaves], as `World.emergency`.
        like: a world whose network and measures serve as they are, if any.
        gates: on measures, if any.
    """
    on = scenario.mechanisms
    first, months = scenario.first_month, scenario.months
    states = platforms_of(scenario, given, emergency)
    vertical = states.links
    if like is None:
        table, network, names = measure_table(law, given, on.friction, gates)
    else:
        table, network, names = like.measures, like.network, list(like.measure_names)
    link = link_of(
        network, given, vertical, first, months, friction=on.friction,
        identity=on.hops and on.identity, matching=on.matching, refresh=on.refresh,
    )  # fmt: skip
    return Travel(states.links, states, table, tuple(names), network, link)


def _gated(
    catalogue: Catalogue,
    law: Law,
    run: frozenset[str],
    given: Assumptions,
    scenario: Scenario,
) -> tuple[Catalogue, Law, Gates | None]:
    """Return the catalogue and law of a run, and the gates on them (None: they are off).

    Both have the lists that places turn barred rules into, if any does; `law` is without them.
    """
    if not scenario.mechanisms.gates:
        return catalogue, law, None
    last = date_of(first_day(scenario.first_month + scenario.months) - 1)
    gates = Gates(catalogue, law, given, scenario.seed, last)
    more = turned(catalogue, gates)
    if more is catalogue:
        return catalogue, law, gates
    law = compile_law(more.only(run | (more.instruments.keys() - catalogue.instruments.keys())))
    return more, law, Gates(catalogue, law, given, scenario.seed, last, gates)


def build(scenario: Scenario, catalogue: Catalogue | None = None) -> World:
    """Build the world of a scenario.

    Args:
        scenario: what to run.
        catalogue: the law; that of the scenario (`catalogue_of`) unless given.

    Raises:
        CatalogueError: rates or assumptions do not fit the catalogue.
        ScenarioError: an assumption the scenario changes does not exist.
    """
    on = scenario.mechanisms
    given = assumptions().changed(scenario.assume)
    more = [EPIDEMIC] if on.epidemic and on.emergency else []
    found = with_files(rates(), [*more, *(Path(file) for file in scenario.rates)])
    catalogue = catalogue or catalogue_of(scenario)
    check_rates(found, catalogue.conducts)
    run = run_of(catalogue, found)
    if not on.schemes:
        run = frozenset(i for i in run if catalogue.instruments[i].kind != "scheme")
    ever = run
    listens = compile_law(catalogue.only(run))
    if on.credit:
        catalogue, law, gates = _gated(catalogue, listens, run, given, scenario)
    else:  # what is done is the same, and nothing follows
        run, gates = frozenset(), None
        law = compile_law(catalogue.only(run))
    laws = [law.tables if gates is None else gates.tables(x) for x in places.leaves()]
    if not on.others:
        law = replace(law, tables=_uncopied(law.tables))
        laws = [_uncopied(tables) for tables in laws]
    people = society(scenario.scale, scenario.seed)
    population = people.totals[:, 0].copy()
    first, months = scenario.first_month, scenario.months
    emergency = emergency_of(scenario)
    diverted = given.value("emergency.diverted")
    staffed, staff = 1.0 - diverted * emergency, staff_of(given)
    waits = staffed_by(given) if on.redress_staff and on.friction else ()
    digital = digitalisation(given) if on.digital else None
    streams = _streams(people, found, listens, scenario.seed)
    detection = [
        chances(found, digital, population, first, months, friction=on.friction, with_campaigns=c)
        for c in (on.campaigns, False)
    ]
    capacity = capacities(
        given, "court.capacity", first, months, population, scenario.scale,
        staffed * staff.enforcement,
    )  # fmt: skip
    schemes, asking, platforms = schemes_of(law), schemes_of(listens), regulations_at(catalogue)
    joins = tuple(joins_of(listens, given, here) for here in asking)
    heard_by = {here: families_of(found, law, here) for here in {tuple(s) for s in schemes}}
    authorities = recorders(found, catalogue, ever)
    # One in 2^shift entries is followed through all its measures: all of them up to 1:64.
    shift = 0
    while scenario.scale << shift < 64:
        shift += 1
    measure_gates = None
    if on.gates and on.credit:
        last = date_of(first_day(first + months) - 1)
        measure_gates = MeasureGates(catalogue, given, scenario.seed, last)
    travel = travel_of(scenario, law, given, emergency, gates=measure_gates)
    none = np.zeros(0, np.int64)
    graded = tuple(
        graded_of(
            law,
            given,
            measure_gates,
            here if on.graded else none,
            i,
            first,
            months,
            travel.vertical[i] if on.friction else None,
        )
        for i, here in enumerate(schemes)
    )
    others, tie_rows = others_table(law, travel.measure_names, people, first, months, on.others)
    return World(
        scenario=scenario,
        catalogue=catalogue,
        run=run,
        law=law,
        laws=tuple(laws),
        gates=gates,
        measure_gates=measure_gates,
        graded=graded,
        given=given,
        rates=found,
        society=people,
        links=links(people),
        keys=keys_of(scenario.seed),
        facts=_facts(law, people),
        schemes=schemes,
        national=np.array([family.place == "cn" for family in found], np.bool_),
        listens=listens,
        joins=joins,
        regional=tuple(on.credit and on.regional and bool(names) for names in platforms),
        followed=min(1.0, scenario.scale / FOLLOWED),
        asks=tuple(0 < len(j.inst) == len(s) for j, s in zip(joins, asking, strict=True)),
        families=tuple(heard_by[tuple(here)] for here in schemes),
        streams=streams,
        drawn=tuple(_by_level(mine) for mine in streams),
        layers=layer_tables(),
        policy=policy_of(
            law, given, nominal=not on.friction, queues=on.capacity,
            objections=on.objection,
            redress=waits,
        ),
        routes=routes_of(
            law, given, first, months, on=on.redress, staffed=None if waits else staffed,
            clocks=clocks_of(catalogue, platforms) if on.credit and on.regional else None,
        ),
        capacity=capacity,
        staffed_by=waits,
        redress_capacity=redress_capacities(
            given, waits, first, months, population, scenario.scale, staffed * staff.redress
        ),
        population=population,
        detection=detection[0],
        plain_detection=detection[1],
        emergency=emergency,
        grace=grace_of(given, on.emergency),
        recorders=tuple(authorities),
        filing=filing(
            given, catalogue, authorities, identity=on.identity, by_receiver=on.matching
        ),
        false=false_rates(given, authorities, on=on.false_records),
        lapse_months=int(given.value("court.lapse_months")),
        sample_shift=shift,
        others=others,
        tie_rows=tuple(tie_rows),
        **travel._asdict(),
    )  # fmt: skip
