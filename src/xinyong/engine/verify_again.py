"""Checks of a run that live it again: what came out against what is there, and why it did.

These read the state as it is: cases, entries and events with what each rests on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xinyong.dates import NEVER, month_of
from xinyong.engine.advance import EXITS, FLOWS
from xinyong.engine.derived import derived_table
from xinyong.engine.feeding import FED
from xinyong.engine.filing import act_id
from xinyong.engine.leaf_run import ACTS, LeafRun
from xinyong.engine.ledgers import cases_of, id_of, ledger_of, spells_in
from xinyong.engine.manifest import manifest_of
from xinyong.engine.regional import regional_table
from xinyong.engine.remake import Remade
from xinyong.engine.state import (
    CASE_COPIED,
    CASE_FALSE,
    CASE_MISATTACHED,
    N_CASES,
    N_LEDGERS,
)
from xinyong.engine.tables import (
    entry_table,
    event_table,
    indicator_table,
    score_table,
    total_measures,
    total_others,
)
from xinyong.engine.verify_folder import (
    DERIVED,
    ENTRIES,
    EVENT_FILE,
    INDICATORS,
    RECORDS,
    SCHEMAS,
    SCORES,
    Folder,
    NotHereError,
)
from xinyong.engine.world import World
from xinyong.institutions.measures import ASPECTS, standing
from xinyong.institutions.others import OTHERS, standing_others
from xinyong.institutions.receipt import tally, tally_others
from xinyong.institutions.redress import read_routes
from xinyong.law import tables as t
from xinyong.law.clocks import is_step
from xinyong.law.vocabulary import EVENTS, KINDS
from xinyong.society.others import BEHIND, LINKS, MOST, others
from xinyong.society.subjects import format_id
from xinyong.streams import month_word

__all__ = [
    "alive",
    "copies",
    "counts_are_the_same",
    "decisions",
    "digest_is_the_same",
    "events",
    "felt",
    "followed",
    "manifest_is_the_same",
    "records",
    "sampled",
    "tables_are_the_same",
]

#: Files looked at event by event; the others are looked at by columns.
_FILES = 2_000


# --- the same again -----------------------------------------------------------------------


def digest_is_the_same(held: Folder, remade: Remade) -> str:
    """Check the digest."""
    written = held.run.manifest["digest"]
    if written == remade.digest:
        return ""
    return f"manifest.json: digest is {written}, but the run made again has {remade.digest}"


def tables_are_the_same(held: Folder, remade: Remade) -> str:
    """Check every row of every table."""
    world, leaves = remade.as_written, remade.leaves
    made = {
        INDICATORS: indicator_table(world, leaves),
        ENTRIES: entry_table(world, leaves),
        SCORES: score_table(world, leaves),
        RECORDS: regional_table(world, leaves),
    }
    made[DERIVED] = derived_table(world, made[INDICATORS], made[ENTRIES])
    if held.keep == "all":
        made[EVENT_FILE] = event_table(world, leaves)
    for name, table in made.items():
        if found := _difference(name, held.table(name), table):
            return found
    return ""


def _difference(name: str, written: pa.Table, made: pa.Table) -> str:
    """Return the first row in which two tables differ."""
    n = min(written.num_rows, made.num_rows)
    first, what = n, ""
    for column in SCHEMAS[name]:
        a, b = (x[column].slice(0, n).combine_chunks() for x in (written, made))
        if a.equals(b):
            continue
        same = pc.fill_null(pc.equal(a, b), False)
        both = pc.and_(pc.is_null(a), pc.is_null(b))
        at = pc.index(pc.or_(same, both), False).as_py()
        if 0 <= at < first:
            first, what = at, f"{column} is {a[at].as_py()}, but made again it is {b[at].as_py()}"
    if what:
        return f"{name} row {first}: {what}"
    if written.num_rows != made.num_rows:
        return f"{name} row {n}: {written.num_rows} rows, but made again it has {made.num_rows}"
    return ""


def manifest_is_the_same(held: Folder, remade: Remade) -> str:
    """Check what the manifest says about the run, but for how it was executed."""
    run = held.run
    made = manifest_of(remade.as_written, remade.leaves, remade.digest, {}, run.path, 0.0)
    for key, value in made.items():
        if key in ("files", "execution", "seconds", "peak_memory_mb", "versions", "xinyong"):
            continue
        if key == "digest":
            continue  # a check of its own
        if key not in run.manifest:
            return f"manifest.json: {key} is missing"
        if run.manifest[key] != value:
            return f"manifest.json: {key}{_where(run.manifest[key], value)}"
    return ""


def _where(a: Any, b: Any) -> str:
    """Return where two values differ first, and how."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted({*a, *b}):
            if a.get(key) != b.get(key):
                return f".{key}{_where(a.get(key), b.get(key))}"
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            if x != y:
                return f"[{i}]{_where(x, y)}"
    return f" is {str(a)[:60]}, but made again it is {str(b)[:60]}"


def counts_are_the_same(held: Folder, world: World, leaves: list[LeafRun]) -> str:
    """Check counts of acts, lists, grades and files for the months that a shorter run has."""
    months = set(held.run.months[: world.scenario.months])
    made: dict[tuple[Any, ...], int] = {}
    for row in zip(*(c.to_pylist() for c in indicator_table(world, leaves).columns), strict=True):
        made[row[:5]] = row[6]
    for i, row in enumerate(held.rows(INDICATORS)):
        if row[0] not in months or row[4] in (*ASPECTS, *OTHERS):
            continue
        if made.pop(row[:5], None) != row[6]:
            return f"{INDICATORS} row {i}: {' '.join(row[:5])} came out otherwise"
    left = [key for key in made if key[4] not in (*ASPECTS, *OTHERS)]
    return f"{INDICATORS}: no row for {' '.join(left[0])}" if left else ""


# --- what rests on what -------------------------------------------------------------------


def _cases(run: LeafRun) -> tuple[NDArray[Any], NDArray[Any]]:
    cs = run.leaf.cs[: int(run.leaf.counts[N_CASES])]
    return cs, run.leaf.lg["subject"][cs["ledger"]]


def records(held: Folder, remade: Remade) -> str:
    """Check that every case is of an act of its subject, or of the mistake it is marked as."""
    del held
    world, total = remade.world, Counter[str]()
    on = world.scenario.mechanisms
    for run in remade.leaves:
        cs, subject = _cases(run)
        copied = (cs["flags"] & CASE_COPIED) != 0
        false = (cs["flags"] & CASE_FALSE) != 0
        wrong = (cs["flags"] & CASE_MISATTACHED) != 0
        for mask, may, what in (
            (false, on.false_records, "a false record, but false records are off"),
            (wrong, on.identity, "a record of another's act, but identity errors are off"),
        ):
            if mask.any() and not may:
                return f"{_id(run, subject[mask][0])}: {what}"
        fed = cs["family"] == FED
        own = ~(copied | false | wrong | fed)
        if found := _own_acts(world, run, cs[own], subject[own]):
            return found
        if found := _copied(world, run, cs, subject, copied):
            return found
        total["filed"] += int((~(copied | fed)).sum())
        counts = dict(zip(ACTS, run.acts.sum((0, 1, 2)).tolist(), strict=True))
        total["counted"] += counts["recorded"] - counts["missed"] + counts["false"]
    if total["filed"] != total["counted"]:
        return f"{total['filed']} records on files, but {total['counted']} were made and not missed"
    return ""


def _id(run: LeafRun, subject: Any) -> str:
    return format_id(run.place << 40 | int(subject))


def _first_days(run: LeafRun, cs: NDArray[Any]) -> dict[tuple[int, int], int]:
    """Return the day of the act of every case, by its ledger and number."""
    from xinyong.engine.state import DAY, PREV, WORDS

    code, found = EVENTS.index("occurred"), {}
    for ledger in np.unique(cs["ledger"]).tolist():
        row = int(run.leaf.lg["event"][ledger])
        while row >= 0:
            words = int(run.leaf.ev_row[row, WORDS])
            if words & 31 == code:
                found[ledger, words >> 17] = int(run.leaf.ev_row[row, DAY])
            row = int(run.leaf.ev_row[row, PREV])
    return found


def _own_acts(world: World, run: LeafRun, cs: NDArray[Any], subject: NDArray[Any]) -> str:
    """Check that the id of each act is that of its family, subject and month."""
    keys = {(s.family, s.kind): s.key for s in world.streams[run.place]}
    days = _first_days(run, cs)
    groups: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for i, (ledger, number, family) in enumerate(
        zip(cs["ledger"].tolist(), cs["number"].tolist(), cs["family"].tolist(), strict=True)
    ):
        if (ledger, number) not in days:
            return f"{_id(run, subject[i])}: case {number} has no act that occurred"
        groups[family, int(subject[i]) >> 32, month_of(days[ledger, number])].append(i)
    for (family, kind, month), rows in groups.items():
        index = np.ascontiguousarray(subject[rows] & 0xFFFFFFFF, np.int64)
        if (family, kind) not in keys:
            return f"{_id(run, subject[rows[0]])}: conduct that nobody of its kind does there"
        key, when = keys[family, kind], month_word(month, 0)
        made = [act_id(key, run.place, kind, i, when) for i in index.tolist()]
        if (wrong := np.nonzero(np.array(made, np.uint64) != cs["act"][rows])[0]).size:
            who = _id(run, subject[rows[wrong[0]]])
            return f"{who}: a record of {world.rates[family].id} that is of no act of its own"
    return ""


def _copied(
    world: World, run: LeafRun, cs: NDArray[Any], subject: NDArray[Any], copied: NDArray[Any]
) -> str:
    """Check that every copied record is of somebody to whom the person is tied."""
    if copied.any() and not world.scenario.mechanisms.others:
        return f"{_id(run, subject[copied][0])}: a record carried over, but that is off"
    first = dict(zip(cs["act"][~copied].tolist(), subject[~copied].tolist(), strict=True))
    of = np.array([first.get(act, 0) for act in cs["act"][copied].tolist()], np.int64)
    tied, other = np.zeros(len(of), np.bool_), subject[copied]
    for role in (*BEHIND, "family", "employer"):
        for k in range(MOST):
            tied |= others(world.others.ties, run.place, of, LINKS.index(role), k) == other
    if not tied.all():
        return f"{_id(run, other[~tied][0])}: a record carried over from somebody it is not tied to"
    return ""


def sampled(remade: Remade) -> Iterator[tuple[LeafRun, int]]:
    """Yield files in equal steps over all leaves."""
    total = sum(int(run.leaf.counts[N_LEDGERS]) for run in remade.leaves)
    step, at = max(1, total // _FILES), 0
    for run in remade.leaves:
        n = int(run.leaf.counts[N_LEDGERS])
        for row in range(-at % step, n, step):
            yield run, row
        at += n


def events(held: Folder, remade: Remade) -> str:
    """Check that every event is of a record, of a step of the law, or of a way off a list."""
    del held
    world = remade.world
    law = world.law
    stated: dict[int, set[tuple[str, str]]] = {}
    for f, family in enumerate(world.rates):
        said = {(then.event, then.what or "") for then in family.then}
        said |= {("occurred", split.conduct) for split in family.split} | {("ended", "")}
        said |= {("detail", fact) for split in family.split for fact in split.circumstances}
        said |= {("detail", fact) for fact in family.facts}
        stated[f] = said | {("detail", quantity.of) for quantity in family.quantities}
    stated[FED] = _fed(world)
    by_law = set()
    for origin in law.steps:
        bound = is_step(EVENTS.index(origin.step.then))  # type: ignore[no-untyped-call]
        by_law.add((origin.step.then, origin.instrument if bound else ""))
    for route in read_routes():
        for then in route.then:
            bound = then.what is None and is_step(EVENTS.index(then.event))  # type: ignore[no-untyped-call]
            by_law.add((then.event, route.list if bound else then.what or ""))
    by_law.add(("copied", ""))
    for run, row in sampled(remade):
        cases = cases_of(run, row)
        for event in ledger_of(world, run, row).events:
            key = (event.event, event.what)
            if event.case not in cases:
                return f"{id_of(run, row)}: {event.event} of a case that is not on the file"
            if key not in by_law and key not in stated[cases[event.case].family]:
                what = " ".join(key).strip()
                return f"{id_of(run, row)}: {what}, which no record, step or way off a list writes"
    return ""


def _fed(world: World) -> set[tuple[str, str]]:
    """Return the events that feeds of one scheme into another write."""
    found = {("ended", ""), ("formed", "")}
    for scheme in world.law.schemes:
        for version in world.law.catalogue.instruments[scheme].versions:
            for feed in version.feeds:
                found.add(("occurred", feed.conduct))
                found |= {("detail", row.circumstance) for row in feed.rows}
    return found


def decisions(held: Folder, remade: Remade) -> str:
    """Check that every entry was decided for its list on its day, in a case with an act."""
    del held
    world = remade.world
    for run, row in sampled(remade):
        ledger = ledger_of(world, run, row).events
        begun = {e.case: e.day for e in ledger if e.event == "occurred"}
        made = {(e.case, e.what, e.day) for e in ledger if e.event in ("decided", "restored")}
        at, en = int(run.leaf.lg["entry"][row]), run.leaf.en
        while at >= 0:
            case = int(run.leaf.cs["number"][en["case"][at]])
            start, name = int(en["start"][at]), world.law.instruments[int(en["inst"][at])]
            if (case, name, start) not in made:
                return f"{id_of(run, row)}: on {name} without a decision on its first day"
            if begun.get(case, NEVER) > start:
                return f"{id_of(run, row)}: on {name} before the act"
            if (
                int(en["prov"][at]) >= 0
                and world.law.origins[int(en["prov"][at])].instrument != name
            ):
                return f"{id_of(run, row)}: on {name} by a provision of another instrument"
            at = int(en["prev"][at])
    return ""


def followed(held: Folder, remade: Remade) -> str:
    """Check that entries rest on what their place still applied, and count those barred on paper.

    The days are read off the law as each place follows it; on an entry decided from the day on
    which its place gave the ground up, or while it was barred on paper, gates say so anew.
    """
    world, total = remade.world, Counter[str]()
    never = np.full(1, NEVER)
    for run in remade.leaves:
        s = spells_in(run)
        x = world.laws[run.place].prov
        prov, start = s["prov"], s["start"]
        mine = (prov >= 0) & (x[prov, t.P_BAR_KINDS] >> s["kind"] & 1 == 1)
        given_up = np.where(mine, x[prov, t.P_BARRED], never)
        if (late := np.nonzero(start >= given_up)[0]).size:
            who, name = _id(run, s["subject"][late[0]]), world.law.instruments[s["inst"][late[0]]]
            return f"{who}: entered on {name} by a rule that the place had given up"
        on_paper = mine & (start >= x[prov, t.P_LIMIT]) & (start < x[prov, t.P_LIMIT_TO])
        total["held"] += int(on_paper.sum())
        total["counted"] += int(run.flow[..., FLOWS.index("entered_barred")].sum())
    said = sum(value for value, _ in held.values.get("entered_barred", {}).values())
    if not total["held"] == total["counted"] == said:
        return f"{said} entries said to be barred on paper, but {total['held']} are"
    return ""


def copies(held: Folder, remade: Remade) -> str:
    """Count every copy and every effect anew, entry by entry, in the plainest way."""
    world = remade.world
    total = np.zeros(remade.leaves[0].measures.shape, np.int64)
    for run in remade.leaves:
        s = spells_in(run)
        if world.sample_shift:
            raise NotHereError(f"at 1:{world.scenario.scale} a sample is followed")
        tally(
            world.measures, world.link, world.keys, s["act"], s["inst"], s["kind"], run.place,
            s["start"], s["end"], s["mistaken"], world.scenario.first_month, total,
        )  # fmt: skip
    labels = held.run.months
    said = {name: held.values.get(name, {}) for name in ASPECTS}
    seen = 0
    for m, i, k, a in np.argwhere(total).tolist():
        key = (labels[m], "cn", KINDS[k], "/".join(world.measure_names[i]))
        value, row = said[ASPECTS[a]].get(key, (0, -1))
        seen += 1
        if value != total[m, i, k, a]:
            what = f"{ASPECTS[a]} of {' '.join(key)} is {value}"
            return f"{INDICATORS} row {row}: {what}, but the entries call for {total[m, i, k, a]}"
    if seen != sum(map(len, said.values())):
        extra = next(
            (row, key, name)
            for name, rows in said.items()
            for key, (_, row) in rows.items()
            if not _counted(world, labels, total, name, key)
        )
        return f"{INDICATORS} row {extra[0]}: {extra[2]} of {' '.join(extra[1])} rests on no entry"
    real = standing(total_measures(remade.leaves))
    return "" if np.array_equal(real, total) else "the run counted its own copies otherwise"


def _counted(
    world: World, labels: list[str], total: NDArray[np.int64], name: str, key: tuple[str, ...]
) -> bool:
    rows = ["/".join(names) for names in world.measure_names]
    if key[3] not in rows or key[0] not in labels:
        return False
    at = (labels.index(key[0]), rows.index(key[3]), KINDS.index(key[2]), ASPECTS.index(name))
    return bool(total[at])


def felt(held: Folder, remade: Remade) -> str:
    """Count anew, entry by entry, what follows for others."""
    world = remade.world
    if world.sample_shift:
        raise NotHereError(f"at 1:{world.scenario.scale} a sample is followed")
    total = np.zeros(remade.leaves[0].felt.shape, np.int64)
    for run in remade.leaves:
        s = spells_in(run)
        tally_others(
            world.measures, world.others, world.link, world.keys, s["act"], s["inst"],
            s["subject"], run.place, s["start"], s["end"], s["mistaken"],
            world.scenario.first_month, total,
        )  # fmt: skip
    real = standing_others(total_others(remade.leaves))
    if (wrong := np.argwhere(real != total)).size:
        m, p, _, a = wrong[0].tolist()
        return f"{OTHERS[a]} of {'/'.join(world.tie_rows[p])} in {held.run.months[m]} differs"
    said = {
        (month, kind, group, name): value
        for name in OTHERS
        for (month, _, kind, group), (value, _) in held.values.get(name, {}).items()
    }
    made = {
        (held.run.months[m], world.tie_rows[p][4], "/".join(world.tie_rows[p][:4]),
         OTHERS[a]): int(total[m, p, 0, a])
        for m, p, _, a in np.argwhere(total).tolist()
    }  # fmt: skip
    if odd := sorted(set(said.items()) ^ set(made.items())):
        return f"{INDICATORS}: {' '.join(odd[0][0])} is not what the entries call for"
    return ""


def alive(held: Folder, remade: Remade) -> str:
    """Check that what entered less what is gone is alive in the state."""
    del held
    exits = slice(EXITS, None)
    for run in remade.leaves:
        s = spells_in(run)
        open_ = s["end"] >= NEVER
        found = np.zeros(run.flow.shape[1:3], np.int64)
        np.add.at(found, (s["inst"][open_], s["kind"][open_]), 1)
        left = run.flow[..., 0].sum(0) - run.flow[..., exits].sum((0, -1))
        if (wrong := np.argwhere(found != left)).size:
            name = remade.world.law.instruments[int(wrong[0][0])]
            return f"{name} in leaf {run.place}: alive and entered less gone differ"
    return ""
