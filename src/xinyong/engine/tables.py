"""From the counts and the state of leaves to the tables of results."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xinyong import places
from xinyong.dates import NEVER
from xinyong.engine.advance import EXITS, FLOWS
from xinyong.engine.graded import GRADED, by_default, graded_counts, graded_groups
from xinyong.engine.leaf_run import ACTS, REDRESS_COUNTS, LeafRun
from xinyong.engine.spells import is_sampled
from xinyong.engine.state import (
    CASE_COPIED,
    CASE_FALSE,
    CASE_MISATTACHED,
    N_ENTRIES,
    N_LEDGERS,
    UNSCORED,
    gather,
)
from xinyong.engine.world import World
from xinyong.institutions.measures import ASPECTS, standing
from xinyong.institutions.others import OTHERS, STANDING, standing_others
from xinyong.jit import njit
from xinyong.law import tables as t
from xinyong.law.tables import CAUSES
from xinyong.law.vocabulary import EVENTS, KINDS
from xinyong.society.subjects import format_id, format_ids

__all__ = [
    "digest",
    "entry_table",
    "event_table",
    "indicator_table",
    "score_table",
    "total_measures",
    "total_others",
]

#: Stands for the grade of a score that leads to none that is known.
NO_GRADE = "unknown"

_UNITS = {"acts": "acts", "decided": "decisions", "dropped": "requests", "waiting": "requests"}


class _Rows:
    """Collects rows of the indicator table as codes, and puts the words in at the end."""

    def __init__(self, months: list[str]) -> None:
        self.months = months
        self.words: dict[str, int] = {}
        self.codes: list[list[NDArray[np.int64]]] = [[] for _ in range(7)]

    def _code(self, word: str) -> int:
        return self.words.setdefault(word, len(self.words))

    def add(
        self, array: NDArray[np.integer[Any]], place: str, kinds: tuple[str, ...], group: str,
        indicator: str, unit: str,
    ) -> None:  # fmt: skip
        """Add the non-zero values of an array [months, kinds]."""
        months, kind = np.nonzero(array)
        if not len(months):
            return
        kind_codes = np.array([self._code(k) for k in kinds], np.int64)
        month_codes = np.array([self._code(m) for m in self.months], np.int64)
        columns: list[Any] = [month_codes[months], place, kind_codes[kind], group, indicator, unit]
        for column, value in zip(self.codes, columns, strict=False):
            if isinstance(value, str):
                value = np.full(len(months), self._code(value), np.int64)
            column.append(value)
        self.codes[6].append(array[months, kind].astype(np.int64))

    def table(self) -> pa.Table:
        """Return the rows in the order in which they were added."""
        names = ("month", "place", "kind", "group", "indicator", "unit")
        words = pa.array(list(self.words), pa.string())
        columns = {
            name: words.take(pa.array(np.concatenate(codes)))
            for name, codes in zip(names, self.codes, strict=False)
        }
        return pa.table(columns | {"value": pa.array(np.concatenate(self.codes[6]), pa.int64())})


def _labels(world: World) -> list[str]:
    first = world.scenario.first_month
    return [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(first, first + world.scenario.months)]


def indicator_table(world: World, runs: list[LeafRun]) -> pa.Table:
    """Return the tidy table of indicators (see `xinyong.results`); measures for the nation."""
    rows = _Rows(_labels(world))
    law = world.law
    for run in runs:
        place = places.leaves()[run.place]
        drawn = run.acts.sum(axis=(0, 2))
        for f, family in enumerate(world.rates):
            for i, name in enumerate(ACTS):
                if not drawn[f, i]:
                    continue
                unit = _UNITS.get(name, "records")
                rows.add(run.acts[:, f, :, i], place, KINDS, family.id, name, unit)
        for i, name in enumerate(law.instruments):
            flow = run.flow[:, i]
            if not flow.any():
                continue
            for j, indicator in enumerate(FLOWS):
                if not flow[..., j].any():
                    continue
                rows.add(flow[..., j], place, KINDS, name, indicator, "entries")
            stock = np.cumsum(flow[..., 0] - flow[..., EXITS:].sum(axis=-1), axis=0)
            rows.add(stock, place, KINDS, name, "stock", "entries")
        for s, inst in enumerate(world.schemes[run.place].tolist()):
            _grades(world, run, s, inst, rows)
        graded = graded_counts(world, run)
        for i, group in enumerate(graded_groups(world.graded[run.place])):
            for j, name in enumerate(GRADED):
                unit = "requests" if name.startswith("graded_applied") else "subjects"
                rows.add(graded[:, i, :, j], place, KINDS, group, name, unit)
        for j, name in enumerate(("decided", "dropped", "waiting")):
            rows.add(run.queue[:, j : j + 1], place, ("all",), "spc_defaulters", name, _UNITS[name])
        for p, authority in enumerate(world.staffed_by):
            for j, name in enumerate(REDRESS_COUNTS):
                rows.add(run.redress[p, :, j : j + 1], place, ("all",), authority, name, "requests")
        rows.add(run.files[:, None], place, ("all",), "", "files", "subjects")
        alive = np.array(
            [
                [int(world.society.alive(run.place, k, world.scenario.first_month + m))
                 for k in range(len(KINDS))]
                for m in range(world.scenario.months)
            ]
        )  # fmt: skip
        rows.add(alive, place, KINDS, "", "alive", "subjects")
    counts = standing(total_measures(runs)) * (1 << world.sample_shift)
    for i, names in enumerate(world.measure_names):
        for j, aspect in enumerate(ASPECTS):
            unit = "requests" if aspect.startswith("applied") else "entries"
            rows.add(counts[:, i, :, j], "cn", KINDS, "/".join(names), aspect, unit)
    felt = standing_others(total_others(runs)) * (1 << world.sample_shift)
    for i, tie in enumerate(world.tie_rows):
        for j, aspect in enumerate(OTHERS):
            unit = "others" if j in STANDING else "requests"
            rows.add(felt[:, i, :, j], "cn", tie[4:], "/".join(tie[:4]), aspect, unit)
    return rows.table()


def _grades(world: World, run: LeafRun, s: int, inst: int, rows: _Rows) -> None:
    """Count files by grade in one scheme of a leaf, and those who stand where it begins.

    Those of whom a scheme knows nothing, mostly because they have no file, are counted apart.
    """
    law, place = world.law, places.leaves()[run.place]
    scheme = law.instruments[inst]
    names = law.grades[law.schemes.index(scheme)]
    for g, grade in [*enumerate(names), (-1, NO_GRADE)]:
        group = f"{scheme}/{grade}"
        rows.add(run.grades[:, s, g], place, KINDS, group, "grade", "subjects")
    rows.add(run.points[:, s], place, KINDS, scheme, "points", "tenths of a point")
    rows.add(run.barred[:, s], place, KINDS, scheme, "scored_barred", "subjects")
    start = by_default(world, run, s, inst)
    for g, grade in [*enumerate(names), (-1, NO_GRADE)]:
        rows.add(start[:, g], place, KINDS, f"{scheme}/{grade}", "grade_default", "subjects")


@njit
def _sampled(keys, place, subject):  # type: ignore[no-untyped-def]
    """Tell which subjects belong to the fixed sample of files."""
    out = np.zeros(subject.size, np.bool_)
    for i in range(subject.size):
        out[i] = is_sampled(keys, place, subject[i])
    return out


def _entry_columns(world: World, run: LeafRun) -> tuple[NDArray[np.int64], ...]:
    """Return the entries kept, sorted by list, subject, start: nine int64 columns."""
    leaf = run.leaf
    en = leaf.en[: int(leaf.counts[N_ENTRIES])]
    en = en[en["inst"] >= 0]
    if world.scenario.keep == "indicators":
        subject = leaf.lg["subject"][leaf.cs["ledger"][en["case"]]]
        en = en[_sampled(world.keys, run.place, subject)]
    cases = leaf.cs[en["case"]]
    columns = (
        en["inst"], leaf.lg["subject"][cases["ledger"]], en["start"], en["prov"], en["lawful"],
        en["cause"], en["end"], cases["flags"], cases["act"].view(np.int64),
    )  # fmt: skip
    wide = [c.astype(np.int64) for c in columns]
    order = np.lexsort((wide[8], wide[2], wide[1], wide[0]))
    return tuple(c[order] for c in wide)


def digest(runs: list[LeafRun]) -> str:
    """Return the digest over all results: sorted logical rows, not file bytes.

    It covers the counts of every leaf (as int64, whatever they are held in), those of measures of
    the nation, and every entry, whatever was kept.
    """
    found = hashlib.blake2b(digest_size=16)
    for run in sorted(runs, key=lambda r: r.place):
        for array in (
            run.acts,
            run.flow,
            run.grades,
            run.points,
            run.barred,
            run.graded[..., :2],  # the rest hangs on links, as measures of arms read again do
            run.queue,
            run.redress,
            run.files,
            run.entries,
        ):
            wide = array if array.dtype == np.uint64 else array.astype(np.int64)
            found.update(wide.tobytes())
    found.update(total_measures(runs).tobytes())
    found.update(total_others(runs).tobytes())
    return found.hexdigest()


def total_measures(runs: list[LeafRun]) -> NDArray[np.int64]:
    """Return int64[months, measure rows, kinds, ASPECTS]: the counts of all leaves together."""
    return _total([run.measures for run in runs])


def total_others(runs: list[LeafRun]) -> NDArray[np.int64]:
    """Return int64[months, ties, 1, OTHERS]: what follows for others, of all leaves together."""
    return _total([run.felt for run in runs])


def _total(counts: list[NDArray[np.int32]]) -> NDArray[np.int64]:
    """Add up arrays of counts, each once: leaves may share one."""
    total = np.zeros(counts[0].shape, np.int64)
    for array in {id(array): array for array in counts}.values():
        total += array
    return total


def _days(column: NDArray[np.int64]) -> pa.Array:
    """Return days as date32, open ends as null."""
    never = column >= NEVER
    return pa.array(np.where(never, 0, column).astype(np.int32), pa.int32(), mask=never).cast(
        pa.date32()
    )


def _names(run: LeafRun, subject: NDArray[np.int64]) -> pa.Array:
    return pa.array(format_ids(run.place << 40 | subject), pa.string())


def _words(words: Sequence[str], codes: NDArray[np.int64]) -> pa.Array:
    """Return one word for each code; a code of -1 is the empty word."""
    return pa.array(["", *words], pa.string()).take(pa.array(codes + 1, pa.int64()))


def entry_table(world: World, runs: list[LeafRun]) -> pa.Table:
    """Return the table of entries (with ``keep=indicators`` a fixed sample of files)."""
    parts = []
    law = world.law
    grounds = [origin.provision for origin in law.origins]
    for run in runs:
        inst, subject, start, prov, lawful, cause, end, flags, _ = _entry_columns(world, run)
        n = len(subject)
        mistaken = (flags & (CASE_FALSE | CASE_MISATTACHED)) != 0
        parts.append(
            pa.table(
                {
                    "subject": _names(run, subject),
                    "place": _words(places.leaves(), np.full(n, run.place)),
                    "kind": _words(KINDS, subject >> 32),
                    "list": _words(law.instruments, inst),
                    "ground": _words(grounds, prov),
                    "start": _days(start),
                    "lawful_end": _days(lawful),
                    "cause": _words(CAUSES, cause),
                    "end": _days(end),
                    "mistaken": pa.array(mistaken, pa.bool_()),
                    "copied": pa.array((flags & CASE_COPIED) != 0, pa.bool_()),
                }
            )
        )
    return pa.concat_tables(parts)


def score_table(world: World, runs: list[LeafRun]) -> pa.Table:
    """Return scores and grades of files in the leaves of schemes, at the end of the run."""
    parts = []
    for run in runs:
        for s, inst in enumerate(world.schemes[run.place].tolist()):
            scheme = world.law.instruments[inst]
            names = world.law.grades[world.law.schemes.index(scheme)]
            points, grade, _ = run.leaf.lg_score[: int(run.leaf.counts[N_LEDGERS]), s].T
            rows = np.nonzero(grade > UNSCORED)[0]
            rows = rows[np.argsort(run.leaf.lg["subject"][rows])]
            subject = run.leaf.lg["subject"][rows]
            known = points[rows] < t.NO_SCORE
            parts.append(
                {
                    "subject": _names(run, subject),
                    "place": _words(places.leaves(), np.full(len(rows), run.place)),
                    "kind": _words(KINDS, subject >> 32),
                    "scheme": _words([scheme], np.zeros(len(rows), np.int64)),
                    "points_tenths": pa.array(points[rows], pa.int32(), mask=~known),
                    "grade": _words((*names, NO_GRADE), grade[rows] % (len(names) + 1)),
                }
            )
    types = dict.fromkeys(("subject", "place", "kind", "scheme", "grade"), pa.string())
    order = ("subject", "place", "kind", "scheme", "points_tenths", "grade")
    empty = {name: pa.array([], types.get(name, pa.int32())) for name in order}
    return pa.concat_tables([pa.table(part) for part in [empty, *parts]])


def event_rows(world: World, run: LeafRun, ledger: int) -> list[tuple[int, str, int, str, int]]:
    """Return one file's events as (day, event, case, what, value), what in words."""
    buffer = np.zeros((4096, 5), np.int64)
    n = gather(run.leaf, ledger, buffer)
    found = []
    for day, event, what, case, value in buffer[:n].tolist():
        name = EVENTS[event]
        found.append((day, name, case, _what(world, name, what), value))
    return found


def _what(world: World, event: str, what: int) -> str:
    if what < 0:
        return ""
    if event == "occurred":
        return world.law.conducts[what]
    if event in ("formed", "served", "effective"):
        return world.law.documents[what]
    if event == "detail":
        return world.law.details[what]
    return world.law.instruments[what]


def event_table(world: World, runs: list[LeafRun]) -> pa.Table:
    """Return every event of every file (``keep=all``)."""
    columns: list[list[Any]] = [[] for _ in range(6)]
    for run in runs:
        for ledger in range(int(run.leaf.counts[N_LEDGERS])):
            who = format_id(run.place << 40 | int(run.leaf.lg["subject"][ledger]))
            for day, event, case, what, value in event_rows(world, run, ledger):
                row = (who, case, day, event, what, value)
                for column, cell in zip(columns, row, strict=True):
                    column.append(cell)
    return pa.table(
        {
            "subject": pa.array(columns[0], pa.string()),
            "case": pa.array(columns[1], pa.int16()),
            "day": pa.array(columns[2], pa.int32()).cast(pa.date32()),
            "event": pa.array(columns[3], pa.string()),
            "what": pa.array(columns[4], pa.string()),
            "value": pa.array(columns[5], pa.int32()),
        }
    )
