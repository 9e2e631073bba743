"""Checks of a run that need only its folder."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from xinyong import places
from xinyong.engine.advance import EXITS, FLOWS
from xinyong.engine.graded import GRADED
from xinyong.engine.leaf_run import ACTS, REDRESS_COUNTS
from xinyong.engine.remake import scenario_of
from xinyong.errors import UsageError
from xinyong.institutions.measures import ASPECTS
from xinyong.institutions.others import OTHERS, STANDING
from xinyong.law.tables import CAUSES
from xinyong.law.vocabulary import EVENTS, KINDS
from xinyong.results import RESULTS_SCHEMA, SYNTHETIC, Run
from xinyong.society.subjects import parse_id

__all__ = ["CHECKS", "SCHEMAS", "Folder", "NotHereError"]

INDICATORS, ENTRIES = "indicators.parquet", "entries/entries.parquet"
SCORES, EVENT_FILE = "determinations/scores.parquet", "events/events.parquet"
DERIVED, RECORDS = "derived.parquet", "determinations/records.parquet"

_TEXT, _DAY = pa.string(), pa.date32()
SCHEMAS = {
    INDICATORS: {
        **dict.fromkeys(("month", "place", "kind", "group", "indicator", "unit"), _TEXT),
        "value": pa.int64(),
    },
    ENTRIES: {
        **dict.fromkeys(("subject", "place", "kind", "list", "ground"), _TEXT),
        "start": _DAY, "lawful_end": _DAY, "cause": _TEXT, "end": _DAY,
        "mistaken": pa.bool_(), "copied": pa.bool_(),
    },
    SCORES: {
        **dict.fromkeys(("subject", "place", "kind", "scheme"), _TEXT),
        "points_tenths": pa.int32(), "grade": _TEXT,
    },
    RECORDS: {
        **dict.fromkeys(("subject", "place", "kind", "regulation", "conduct"), _TEXT),
        "mistaken": pa.bool_(), "since": _DAY, "until": _DAY, "cause": _TEXT,
        **dict.fromkeys(("asked", "due", "answered", "marked"), _DAY),
    },
    DERIVED: {
        **dict.fromkeys(("period", "place", "kind", "group", "family", "indicator", "unit"), _TEXT),
        "value": pa.float64(), "rests_on": pa.int64(), "unstable": pa.bool_(), "strength": _TEXT,
    },
    EVENT_FILE: {
        "subject": _TEXT, "case": pa.int16(), "day": _DAY, "event": _TEXT, "what": _TEXT,
        "value": pa.int32(),
    },
}  # fmt: skip
_MAY_BE_OPEN = {
    *("lawful_end", "end", "rests_on", "points_tenths"),
    *("until", "asked", "due", "answered", "marked"),
}
_EXITS = FLOWS[EXITS:]
_KEYS = ("digest", "catalogue_digest", "scenario", "files", "sample", "file_sample", "subjects")

#: The one unit of each indicator.
UNITS = {
    **{name: "acts" if name == "acts" else "records" for name in ACTS},
    **dict.fromkeys((*FLOWS, "stock"), "entries"),
    **{name: "requests" if name.startswith("applied") else "entries" for name in ASPECTS},
    **{name: "others" if i in STANDING else "requests" for i, name in enumerate(OTHERS)},
    **dict.fromkeys(("grade", "grade_default", "scored_barred", "files", "alive"), "subjects"),
    "points": "tenths of a point",
    **{name: "requests" if name.startswith("graded_applied") else "subjects" for name in GRADED},
    "decided": "decisions", "dropped": "requests", "waiting": "requests",
    **dict.fromkeys(REDRESS_COUNTS, "requests"),
}  # fmt: skip


class NotHereError(Exception):
    """A check cannot be made, because what it needs is not in the folder."""


Key = tuple[str, str, str, str]


class Folder:
    """The folder of a run, with its tables as lists of rows, read once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._tables: dict[str, pa.Table] = {}

    def table(self, name: str) -> pa.Table:
        """Return a table as it is on disk."""
        if name not in self._tables:
            path = self.run.path / name
            if not path.is_file():
                raise NotHereError(f"{name} is not there")
            try:
                self._tables[name] = pq.read_table(path)
            except (OSError, pa.ArrowInvalid) as error:
                raise NotHereError(f"{name} cannot be read: {str(error)[:80]}") from None
        return self._tables[name]

    def rows(self, name: str) -> list[tuple[Any, ...]]:
        """Return the rows of a table, with its columns in the order of `SCHEMAS`."""
        columns = [self.table(name)[column].to_pylist() for column in SCHEMAS[name]]
        return list(zip(*columns, strict=True))

    @cached_property
    def values(self) -> dict[str, dict[Key, tuple[int, int]]]:
        """For each indicator, (month, place, kind, group) to value and row of the file."""
        found: dict[str, dict[Key, tuple[int, int]]] = defaultdict(dict)
        for i, (month, place, kind, group, name, _, value) in enumerate(self.rows(INDICATORS)):
            found[name][(month, place, kind, group)] = (value, i)
        return found

    @cached_property
    def keep(self) -> str:
        """What the run kept."""
        return scenario_of(self.run).keep


def _row(file: str, row: int, what: str) -> str:
    return f"{file} row {row}: {what}"


def manifest(held: Folder) -> str:
    """Check that the manifest says what a run is made of."""
    found = held.run.manifest
    if missing := [key for key in _KEYS if key not in found]:
        return f"manifest.json: {', '.join(missing)} missing"
    if found.get("results_schema") != RESULTS_SCHEMA:
        return f"manifest.json: results_schema {found.get('results_schema')}"
    if found.get("synthetic") != SYNTHETIC:
        return "manifest.json: it does not say that every subject is synthetic"
    scenario_of(held.run)
    return ""


def files(held: Folder) -> str:
    """Check that the files are those of the manifest, unchanged."""
    listed = held.run.manifest["files"]
    expected = {INDICATORS, ENTRIES, SCORES, RECORDS, DERIVED} | (
        {EVENT_FILE} if held.keep == "all" else set()
    )
    if set(listed) != expected:
        odd = sorted(set(listed) ^ expected)
        return f"manifest.json: files: {', '.join(odd)}: not what keep={held.keep} writes"
    for name, said in listed.items():
        path = held.run.path / name
        if not path.is_file():
            return f"{name}: missing"
        if hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest() != said["blake2b"]:
            return f"{name}: changed since it was written (its checksum is another)"
        if (rows := pq.read_metadata(path).num_rows) != said["rows"]:
            return f"{name}: {rows} rows, not {said['rows']}"
    there = {p.relative_to(held.run.path).as_posix() for p in held.run.path.rglob("*.parquet")}
    return f"{min(there - expected)}: not a table of this run" if there - expected else ""


def schema(held: Folder) -> str:
    """Check columns, types and nulls of every table."""
    for name, columns in SCHEMAS.items():
        if name == EVENT_FILE and held.keep != "all":
            continue
        table = held.table(name)
        found = dict(zip(table.schema.names, table.schema.types, strict=True))
        if found != columns:
            odd = sorted({str(x) for x in set(found.items()) ^ set(columns.items())})
            return f"{name}: columns are not those documented: {odd[0]}"
        for column in set(columns) - _MAY_BE_OPEN:
            if table[column].null_count:
                row = table[column].is_null().to_pylist().index(True)
                return _row(name, row, f"{column} is empty")
    return ""


def units(held: Folder) -> str:
    """Check every row of indicators: known words, one unit, no value twice."""
    months, leaves = set(held.run.months), {*places.leaves(), "cn"}
    seen: set[tuple[str, ...]] = set()
    for i, row in enumerate(held.rows(INDICATORS)):
        month, place, kind, _, name, unit, value = row
        if month not in months:
            return _row(INDICATORS, i, f"month {month} is not of this run")
        if place not in leaves or kind not in (*KINDS, "all"):
            return _row(INDICATORS, i, f"place {place} or kind {kind} is unknown")
        if UNITS.get(name) != unit:
            return _row(INDICATORS, i, f"{name} is counted in {UNITS.get(name)}, not in {unit}")
        if value < 0 and name != "points":
            return _row(INDICATORS, i, f"{name} is {value}, below zero")
        if row[:5] in seen:
            return _row(INDICATORS, i, f"{' '.join(row[:5])} stands twice")
        seen.add(row[:5])
    return ""


def _least(held: Folder, parts: tuple[str, ...], wholes: tuple[str, ...]) -> str:
    """Check that the sum of some indicators nowhere exceeds the sum of others."""
    total: Counter[Key] = Counter()
    rows: dict[Key, int] = {}
    for sign, names in ((1, parts), (-1, wholes)):
        for name in names:
            for key, (value, row) in held.values.get(name, {}).items():
                total[key] += sign * value
                if sign > 0:
                    rows[key] = row
    wrong = [(rows[key], key) for key, value in total.items() if value > 0]
    if not wrong:
        return ""
    row, key = min(wrong)
    said = f"{' + '.join(parts)} exceeds {' + '.join(wholes)} in {' '.join(key)}"
    return _row(INDICATORS, row, said)


def _all_least(*pairs: tuple[tuple[str, ...], tuple[str, ...]]) -> Callable[[Folder], str]:
    def ask(held: Folder) -> str:
        return next((found for pair in pairs if (found := _least(held, *pair))), "")

    return ask


acts = _all_least(
    (("recorded",), ("acts",)),
    (("missed", "misattached"), ("recorded",)),
    (("campaign",), ("recorded",)),
)
measures = _all_least(
    (("received",), ("on_paper", "zombie")),
    (("zombie",), ("received",)),
    (("mistaken",), ("received",)),
    (("astray",), ("mistaken",)),
    (("applied",), ("received",)),
    (("applied_mistaken",), ("applied",)),
    (("applied_zombie",), ("applied",)),
    (("others_applied",), ("others_received",)),
    (("others_applied_mistaken",), ("others_applied",)),
    (("others_applied_zombie",), ("others_applied",)),
    (("graded_received",), ("graded_on_paper",)),
    (("graded_applied",), ("graded_received",)),
    (("graded_applied_barred",), ("graded_applied",)),
)


def stock(held: Folder) -> str:
    """Check that entered less gone is the stock of every month, place, kind and list."""
    for part in ("entered_mistaken", "entered_first", "entered_barred"):
        if found := _least(held, (part,), ("entered",)):
            return found
    change: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for name in ("entered", *_EXITS):
        for (month, *key), (value, _) in held.values.get(name, {}).items():
            change[tuple(key)][month] += value if name == "entered" else -value  # type: ignore[index]
    stocks = held.values.get("stock", {})
    for (_, *key), (_, row) in stocks.items():
        if tuple(key) not in change:
            return _row(INDICATORS, row, f"a stock of {key[2]} that nobody entered")
    for key3, flow in change.items():
        alive = 0
        for month in held.run.months:
            alive += flow[month]
            value, row = stocks.get((month, *key3), (0, -1))
            if alive != value:
                where = f"{month} {' '.join(key3)}"
                said = f"in {where} entered less gone is {alive}, but stock is {value}"
                return _row(INDICATORS, row, said) if row >= 0 else f"{INDICATORS}: {said}"
    return ""


def entries(held: Folder) -> str:
    """Check every entry: known words, days in order, an id that fits."""
    last = held.run.months[-1]
    for i, row in enumerate(held.rows(ENTRIES)):
        subject, place, kind, name, _, start, lawful, cause, end, *_ = row
        if odd := _who(subject, place, kind):
            return _row(ENTRIES, i, odd)
        if name not in held.run.manifest["names"]:
            return _row(ENTRIES, i, f"list {name} is unknown")
        if cause not in (*CAUSES, ""):
            return _row(ENTRIES, i, f"cause {cause} is unknown")
        for day, what in ((lawful, "lawful_end"), (end, "end")):
            if day is not None and day < start:
                return _row(ENTRIES, i, f"{what} {day} lies before start {start}")
        if f"{start:%Y-%m}" > last or (end is not None and f"{end:%Y-%m}" > last):
            return _row(ENTRIES, i, f"a day after {last}, the last month of the run")
    return ""


def _who(subject: str, place: str, kind: str) -> str:
    try:
        found = parse_id(subject)
    except UsageError as error:
        return str(error)
    if (places.leaves()[found.leaf], KINDS[found.kind]) != (place, kind):
        return f"{subject} is not of {place} and {kind}"
    return ""


def counted(held: Folder) -> str:
    """Check that the entries are as many as the indicators say they are."""
    if held.keep == "indicators":
        raise NotHereError("entries are a sample (keep=indicators)")
    found: dict[str, Counter[Key]] = defaultdict(Counter)
    for _, place, kind, name, _, start, _, cause, end, mistaken, _ in held.rows(ENTRIES):
        found["entered"][(f"{start:%Y-%m}", place, kind, name)] += 1
        found["entered_mistaken"][(f"{start:%Y-%m}", place, kind, name)] += int(mistaken)
        if end is not None:
            exit_ = f"exit_{cause or 'unexplained'}"
            found[exit_][(f"{end:%Y-%m}", place, kind, name)] += 1
    for name in ("entered", "entered_mistaken", *_EXITS):
        said = held.values.get(name, {})
        for key in sorted({*said, *found[name]}):
            value, row = said.get(key, (0, -1))
            if value != found[name][key]:
                where = f"{name} of {' '.join(key)} is {value}"
                text = f"{where}, but {ENTRIES} has {found[name][key]}"
                return _row(INDICATORS, row, text) if row >= 0 else f"{INDICATORS}: {text}"
    return ""


def scores(held: Folder) -> str:
    """Check every score: an id that fits, a scheme, a grade, nobody twice in one scheme."""
    seen = set()
    for i, (subject, place, kind, scheme, _, grade) in enumerate(held.rows(SCORES)):
        if odd := _who(subject, place, kind):
            return _row(SCORES, i, odd)
        if not scheme or not grade:
            return _row(SCORES, i, "a score without a scheme or a grade")
        if (subject, scheme) in seen:
            return _row(SCORES, i, f"{subject} stands twice in {scheme}")
        seen.add((subject, scheme))
    return ""


def regional(held: Folder) -> str:
    """Check every record under a regional regulation: its days are in order, its words known."""
    on = scenario_of(held.run).mechanisms
    rows = held.rows(RECORDS)
    if rows and not (on.regional and on.credit):
        return _row(RECORDS, 0, "a record is followed, but regional regulations are off")
    for i, (subject, place, kind, _, _, mistaken, since, until, cause, *rest) in enumerate(rows):
        asked, _, answered, marked = rest
        if odd := _who(subject, place, kind):
            return _row(RECORDS, i, odd)
        if (until is None) != (cause == ""):
            return _row(RECORDS, i, f"shown until {until}, but the cause is {cause!r}")
        if until is not None and until <= since:
            return _row(RECORDS, i, f"shown from {since} until {until}")
        if answered is not None and (asked is None or answered < asked):
            return _row(RECORDS, i, f"answered on {answered}, asked on {asked}")
        if asked is not None and asked < since:
            return _row(RECORDS, i, f"asked on {asked}, before it was shown on {since}")
        if cause == "correction" and not mistaken:
            return _row(RECORDS, i, "corrected, though it was right")
        if marked is not None and (asked is None or marked < asked):
            return _row(RECORDS, i, f"marked by {marked}, asked on {asked}")
        if cause in ("correction", "repair", "annulment") and answered != until:
            return _row(RECORDS, i, f"taken down on {until}, answered on {answered}")
    return ""


def kept_events(held: Folder) -> str:
    """Check that every kept event is known, and belongs to a case that has an act."""
    if held.keep != "all":
        raise NotHereError(f"events are not kept (keep={held.keep})")
    begun: set[tuple[str, int]] = set()
    other: dict[tuple[str, int], int] = {}
    for i, (subject, case, _, event, *_) in enumerate(held.rows(EVENT_FILE)):
        if event not in EVENTS:
            return _row(EVENT_FILE, i, f"event {event} is unknown")
        if event == "occurred":
            begun.add((subject, case))
        other.setdefault((subject, case), i)
    for key, i in other.items():
        if key not in begun:
            return _row(EVENT_FILE, i, f"case {key[1]} of {key[0]} has no act that occurred")
    return ""


def mechanisms(held: Folder) -> str:
    """Check that nothing is there which needs a mechanism that is off."""
    on = scenario_of(held.run).mechanisms
    barred = {
        "false": on.false_records,
        "missed": on.identity, "misattached": on.identity,
        "campaign": on.campaigns and on.friction,
        "entered_mistaken": on.identity or on.false_records,
        "mistaken": on.identity or on.false_records,
        "applied_mistaken": on.identity or on.false_records,
        "astray": on.hops and on.identity,
        "zombie": on.friction, "applied_zombie": on.friction,
        **dict.fromkeys(REDRESS_COUNTS, on.redress_staff and on.friction),
        "waiting": on.capacity, "dropped": on.capacity, "decided": on.capacity,
        "entered_barred": on.gates, "scored_barred": on.gates,
        "entered": on.credit, "on_paper": on.credit,
        **dict.fromkeys(("grade", "grade_default", "points"), on.credit and on.schemes),
        "others_on_paper": on.credit and on.others,
        "graded_on_paper": on.credit and on.schemes and on.graded,
        "graded_applied_barred": on.gates,
        "others_applied_mistaken": on.identity or on.false_records,
        "others_applied_zombie": on.friction,
    }  # fmt: skip
    for name, may in barred.items():
        rows = [row for value, row in held.values.get(name, {}).values() if value]
        if not may and rows:
            return _row(INDICATORS, min(rows), f"{name} is counted, but what makes it is off")
    return ""


#: id, what must hold, and the question.
CHECKS: tuple[tuple[str, str, Callable[[Folder], str]], ...] = (
    ("manifest", "the manifest says what the run is made of", manifest),
    ("files", "the files are those of the manifest, unchanged", files),
    ("schema", "tables have the documented columns, types and no gaps", schema),
    ("units", "every indicator has one unit, known words, and stands once", units),
    ("acts", "acts are no fewer than records, records than those gone astray", acts),
    ("stock", "entered less gone is the stock of every month", stock),
    ("measures", "what is applied was received, what is received was due or is a zombie", measures),
    ("mechanisms", "a mechanism that is off has made nothing", mechanisms),
    ("entries", "every entry has known words, days in order and an id that fits", entries),
    ("counted", "the entries are as many as the indicators say", counted),
    ("scores", "every score has an id that fits and a grade, nobody twice in a scheme", scores),
    ("regional", "what regional regulations did to records has days in order", regional),
    ("kept", "every kept event is known and of a case with an act", kept_events),
)
