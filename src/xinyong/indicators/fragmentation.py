"""Fragmentation: how far the rules of places differ, and into what parts the exchange falls.

Two places are compared by what their law says, not by the names of the texts: a provision is
what it listens to and what it does, a measure the field of conduct it follows and what it is,
a rule on records its type with what it allows, asks or gives. Numbers (points, months) are
left out: places that differ in those alone count as alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinyong import places
from xinyong.dates import NEVER, day_of
from xinyong.indicators.base import Indicator, Inputs, Rows
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue, reaches

__all__ = ["INDICATORS", "communities", "distance", "distances", "modularity", "rows", "said"]

_M = "this project's definition"
#: Fields of a rule on records that say what it is, not how long or for whom it acts.
_TELLING = (
    *("allowed", "information", "basis", "needs", "against", "measures", "way", "to", "before"),
    *("grounds", "meanwhile", "excluded", "conditions", "effect", "what", "whose", "sanction"),
)


def distance(sets: ArrayLike) -> float:
    """Return the mean pairwise Jaccard distance of sets; nan of fewer than two.

    Two empty sets are alike (distance 0).

    Args:
        sets: bool[places, features].
    """
    # Sets as bits: exact, and no product of matrices, whose threads wait for one another.
    has = np.packbits(np.asarray(sets, np.bool_), axis=1)
    n = len(has)
    if n < 2:
        return float("nan")
    both = np.bitwise_count(has[:, None] & has[None, :]).sum(axis=2, dtype=np.int64)
    size = both.diagonal()
    either = size[:, None] + size[None, :] - both
    alike = np.where(either > 0, both / np.maximum(either, 1), 1.0)
    return float(1.0 - (alike.sum() - np.trace(alike)) / (n * (n - 1)))


def modularity(links: ArrayLike) -> float:
    """Return the modularity of a graph, split into the communities that greedy merging finds.

    Args:
        links: float64[nodes, nodes], weights; both directions of a link are added up.
    """
    graph = np.asarray(links, np.float64)
    graph = graph + graph.T
    whole = graph.sum()
    if not whole:
        return float("nan")
    degree = graph.sum(axis=1) / whole
    return float(
        sum(
            graph[np.ix_(part, part)].sum() / whole - degree[part].sum() ** 2
            for part in communities(links)
        )
    )


def communities(links: ArrayLike) -> list[list[int]]:
    """Return communities of a graph: merge whichever two parts raise modularity most.

    Greedy merging (Clauset, Newman and Moore 2004); of equal gains the lowest nodes come
    first, so that the answer never depends on anything but the graph.

    Example:
        >>> square = [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
        >>> communities(square)
        [[0, 1], [2, 3]]
    """
    graph = np.asarray(links, np.float64)
    graph = graph + graph.T
    whole = graph.sum()
    parts = [[i] for i in range(len(graph))]
    if not whole:
        return parts
    e = graph / whole
    while len(parts) > 1:
        a = e.sum(axis=1)
        gain = np.triu(2 * (e - np.outer(a, a)), 1)
        gain[e == 0] = 0.0
        best = int(np.argmax(gain))
        i, j = divmod(best, len(parts))
        if gain[i, j] <= 1e-12:
            break
        e[i] += e[j]
        e[:, i] += e[:, j]
        e = np.delete(np.delete(e, j, 0), j, 1)
        parts[i] = sorted(parts[i] + parts.pop(j))
    return parts


def _count(sets: ArrayLike) -> int:
    return int(np.asarray(sets, np.bool_).any(axis=1).sum())


_TRIANGLES = np.zeros((6, 6))
for _a, _b in (*combinations(range(3), 2), *combinations(range(3, 6), 2), (2, 3)):
    _TRIANGLES[_a, _b] = 1

DISTANCE = Indicator(
    "jaccard_distance", "fragmentation", "share",
    "Mean pairwise Jaccard distance between the sets of what the law of places says, at the end "
    "of the month. Groups: `leaves` (provinces, and the cities and counties "
    "simulated apart: all law in force there), "
    "`leaves_own` (the same, law of the place alone), `all_places` (every place that has an "
    "instrument of its own, with all law in force there; by year). It counts what the catalogue "
    "holds: places whose law was not read look alike.",
    _M, "rule", distance, {"sets": [[1, 1, 0], [1, 0, 1], [1, 1, 0]]}, 4 / 9,
    "Three places share one rule of three with each other, two are alike: distances 2/3, 0, 2/3.",
)  # fmt: skip
OWN = Indicator(
    "places_with_own_law", "fragmentation", "places",
    "Leaves (provinces, and the cities and counties simulated apart) "
    "in which some instrument of the catalogue that is not "
    "national applies.",
    _M, "rule", _count, {"sets": [[1, 0], [0, 0], [1, 1]]}, 2,
    "Two of three places have rules of their own.",
)  # fmt: skip
MODULARITY = Indicator(
    "modularity", "fragmentation", "share",
    "Modularity of the graph of who acts on whose lists at the end of the year: authorities are "
    "nodes, a list or memorandum in force that makes one act on a list kept by another adds one "
    "to their link; the national platform, which everything passes, is left out. Parts by greedy "
    "merging. 0: one whole; towards 1: parts that hardly touch.",
    _M + "; Clauset, Newman and Moore 2004", "rule", modularity, {"links": _TRIANGLES}, 5 / 14,
    "Two triangles joined by one link: 7 links, 6 inside; 6/7 − 2 × (7/14)² = 5/14.",
)  # fmt: skip
INDICATORS = (DISTANCE, OWN, MODULARITY)


def said(
    catalogue: Catalogue, it: schema.Instrument, version: schema.Version
) -> Iterator[tuple[str, ...]]:
    """Yield what a version says, one tuple a statement; see the module."""
    for p in version.provisions:
        for conduct in p.conduct:
            yield ("provision", conduct, p.effect.do)
    if version.scheme is not None:
        for item in catalogue.items.get(it.id, ()):
            for conduct in item.conduct:
                yield ("provision", conduct, "grade" if item.grade else "points")
    for row in version.measures:
        yield ("measure", str(it.conduct_field), row.measure)
    for rule in version.rules:
        if rule.rule == "definition":
            continue
        found = rule.model_dump(mode="json", include=set(_TELLING))
        told = False
        for name, value in found.items():
            for each in value if isinstance(value, list) else [value]:
                if each not in (None, False, "unsaid"):
                    told = True
                    yield ("rule", rule.rule, name, str(each))
        if not told:
            yield ("rule", rule.rule)


class Said:
    """What the law of some places says, by day.

    Attributes:
        places: ids; features: how many different statements there are.
    """

    def __init__(self, catalogue: Catalogue, names: tuple[str, ...]) -> None:
        self.places = names
        codes: dict[tuple[str, ...], int] = {}
        #: (first day, day after the last, places, whether national, statements) of each version.
        self._versions: list[tuple[int, int, NDArray[np.bool_], bool, list[int]]] = []
        for it in catalogue.instruments.values():
            if it.kind == "private_scheme":
                continue
            mine = np.array([reaches(it, p) for p in names], np.bool_)
            if not mine.any():
                continue
            for version in it.versions:
                if version.draft is not None:
                    continue
                until = version.in_force.until
                span = day_of(version.in_force.from_), NEVER if until is None else day_of(until) + 1
                told = sorted(
                    {codes.setdefault(s, len(codes)) for s in said(catalogue, it, version)}
                )
                self._versions.append((*span, mine, it.reach.place == "cn", told))
        self.features = len(codes)

    def key(self, day: int) -> tuple[int, ...]:
        """Return which versions are in force on a day: the same key, the same law."""
        return tuple(i for i, v in enumerate(self._versions) if v[0] <= day < v[1])

    def sets(self, day: int, own: bool = False) -> NDArray[np.bool_]:
        """Return bool[places, features]; `own`: without national law."""
        out = np.zeros((len(self.places), self.features), np.bool_)
        for i in self.key(day):
            _, _, mine, national, told = self._versions[i]
            if told and not (own and national):
                out[np.ix_(mine, np.array(told, np.int64))] = True
        return out


def distances(law: Said, days: Sequence[int], own: bool = False) -> NDArray[np.float64]:
    """Return the mean distance on each of some days; the law is compared once for each state."""
    held: dict[tuple[int, ...], float] = {}
    out = []
    for day in days:
        key = law.key(day)
        if key not in held:
            held[key] = distance(law.sets(day, own))
        out.append(held[key])
    return np.array(out)


def exchange_graph(catalogue: Catalogue, day: int) -> NDArray[np.float64]:
    """Return who acts on whose lists on a day: float64[authorities, authorities]."""
    at = {name: i for i, name in enumerate(catalogue.authorities)}
    out = np.zeros((len(at), len(at)))
    for it in catalogue.instruments.values():
        target = catalogue.instruments.get(it.serves or it.id, it)
        keeper = target.keeper or target.issuer
        for version in it.versions:
            until = version.in_force.until
            end = NEVER if until is None else day_of(until)
            if version.draft is None and day_of(version.in_force.from_) <= day <= end:
                by = {a for row in version.measures if not row.grades for a in row.by}
                for authority in by - {keeper}:
                    out[at[keeper], at[authority]] += 1
    used = (out.sum(axis=0) + out.sum(axis=1)) > 0
    return out[np.ix_(used, used)]


def rows(x: Inputs, out: Rows) -> None:
    """Add the family's rows."""
    days = x.month_ends.tolist()
    leaves = places.leaves()
    law = Said(x.catalogue, leaves)
    out.series(DISTANCE, distances(law, days), group="leaves")
    out.series(OWN, [_count(law.sets(day, True)) for day in days])
    out.series(DISTANCE, distances(law, days, True), group="leaves_own")
    ends = [x.month_ends[p[-1]].item() for p in x.years.values()]
    here = {it.reach.place for it in x.catalogue.instruments.values()} - {"cn"}
    named = tuple(p.id for p in places.places() if p.id in here)
    among = distances(Said(x.catalogue, named), ends)
    out.series(DISTANCE, among, group="all_places", periods=list(x.years))
    graph = [modularity(exchange_graph(x.catalogue, day)) for day in ends]
    out.series(MODULARITY, graph, periods=list(x.years))
