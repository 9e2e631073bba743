"""The manifest of a run: what it was made of, so that it can be made again."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import resource
from pathlib import Path
from typing import Any

from xinyong import places
from xinyong.dates import first_day
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.local import schemes_of
from xinyong.engine.spells import SAMPLE
from xinyong.engine.world import World
from xinyong.law.vocabulary import KINDS
from xinyong.results import RESULTS_SCHEMA, SYNTHETIC

__all__ = ["manifest_of"]

_PACKAGES = ("numpy", "numba", "pyarrow", "pydantic", "altair", "chinesecalendar")


def _file(path: Path, rows: int) -> dict[str, Any]:
    return {"rows": rows, "blake2b": hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()}


def _names(world: World) -> dict[str, dict[str, str]]:
    cat = world.catalogue
    found: dict[str, Any] = {i: x.short or x.name for i, x in cat.instruments.items()}
    found |= {i: x.name for i, x in cat.measures.items()}
    found |= {i: x.name for i, x in cat.authorities.items()}
    names = {i: {"en": x.en, "zh": x.zh} for i, x in found.items()}
    for leaf in places.leaves():
        place = places.place(leaf)
        names[leaf] = {"en": place.name_en, "zh": place.name_zh}
    return names


def _case_only(world: World) -> list[dict[str, str]]:
    """Return the provisions of simulated instruments that no family of conduct can trigger."""
    modelled = {split.conduct for family in world.rates for split in family.split}
    found = []
    listening: dict[int, set[str]] = {}
    x = world.law.tables
    for c, conduct in enumerate(world.law.conducts):
        for row in x.listening[x.by_conduct[c] : x.by_conduct[c + 1]].tolist():
            listening.setdefault(row, set()).add(conduct)
    for row, origin in enumerate(world.law.origins):
        if listening.get(row, set()) & modelled:
            continue
        why = origin.case_only or "no rate is sourced or assumed for its conduct"
        found.append(
            {
                "instrument": origin.instrument,
                "provision": origin.provision,
                "text": origin.text,
                "why": why,
            }
        )
    return found


def _gates(world: World) -> list[dict[str, Any]]:
    """Return how many places did what about each gate on each instrument, and how far they are."""
    if world.gates is None:
        return []
    last = first_day(world.scenario.first_month + world.scenario.months) - 1
    count: dict[tuple[str, ...], list[int]] = {}
    for leaf in places.leaves():
        for row in world.gates.followed(leaf):
            key = (row.instrument, row.gate, row.limit, row.response)
            held = count.setdefault(key, [0, 0, 0])
            for i, yes in enumerate((True, row.follows <= last, row.ends <= last)):
                held[i] += yes
    names = ("instrument", "gate", "limit", "response", "places", "following", "done")
    return [dict(zip(names, (*key, *held), strict=True)) for key, held in sorted(count.items())]


def _drawn(world: World, scheme: str) -> frozenset[str]:
    """Return the conduct that is drawn where a scheme applies."""
    inst = world.listens.code["instrument"][scheme]
    at = [i for i, here in enumerate(schemes_of(world.listens)) if inst in here.tolist()]
    families = {stream.family for i in at for stream in world.streams[i]}
    return frozenset(split.conduct for f in families for split in world.rates[f].split)


def _schemes(world: World) -> list[dict[str, Any]]:
    """Return every local scheme: where and when, whether it is run, and if not, why."""
    rules: dict[str, set[str]] = {}
    moved: dict[str, set[str]] = {}
    drawn = {name: _drawn(world, name) for name in world.listens.schemes}
    for origin, heard in zip(world.listens.origins, world.listens.heard, strict=True):
        rules.setdefault(origin.instrument, set()).add(origin.provision)
        if drawn.get(origin.instrument, frozenset()) & {*heard}:
            moved.setdefault(origin.instrument, set()).add(origin.provision)
    found = []
    for it in world.catalogue.instruments.values():
        last = it.versions[-1]
        if it.kind != "scheme" or it.reach.place == "cn" or last.scheme is None:
            continue
        end, run = last.in_force.until, it.id in world.listens.schemes
        off = "" if run else "local schemes are switched off"
        found.append(
            {
                "id": it.id,
                "place": it.reach.place,
                "place_en": places.place(it.reach.place).name_en,
                "place_zh": places.place(it.reach.place).name_zh,
                "from": it.versions[0].in_force.from_.isoformat(),
                "until": end.isoformat() if end else None,
                "simulated": run,
                "rules": len(rules.get(it.id, ())),
                "heard": len(moved.get(it.id, ())),
                "partial": last.scheme.partial or "",
                "why": last.scheme.case_only or off,
            }
        )
    return found


def manifest_of(
    world: World,
    runs: list[LeafRun],
    digest: str,
    files: dict[Path, int],
    root: Path,
    seconds: float,
) -> dict[str, Any]:
    """Return the manifest.

    Args:
        world: the world of the run.
        runs: its leaves
        digest: over all results.
        files: rows of each file written.
        root: the folder they are in.
        seconds: how long the run took.
    """
    scenario = world.scenario
    cat = world.catalogue
    simulated = world.run | (world.gates.made if world.gates is not None else frozenset())
    last = scenario.first_month + scenario.months - 1
    subjects = {
        kind: int(sum(int(world.society.alive(r.place, k, last)) for r in runs))
        for k, kind in enumerate(KINDS)
    }
    given = scenario.model_dump(by_alias=True, mode="json")
    for execution in ("groups", "threads"):
        given.pop(execution)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    divisor = 1024**2 if platform.system() == "Darwin" else 1024
    return {
        "results_schema": RESULTS_SCHEMA,
        "synthetic": SYNTHETIC,
        "xinyong": importlib.metadata.version("xinyong"),
        "digest": digest,
        "catalogue_digest": cat.digest,
        "scenario": given,
        "execution": {"groups": scenario.groups, "threads": scenario.threads},
        "subjects": subjects,
        "sample": 1 << world.sample_shift,
        "file_sample": SAMPLE if scenario.keep == "indicators" else 1,
        "files": {
            path.relative_to(root).as_posix(): _file(path, rows) for path, rows in files.items()
        },
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in _PACKAGES},
        "seconds": round(seconds, 1),
        "peak_memory_mb": round(peak / divisor),
        "names": _names(world),
        "instruments": [
            {
                "id": it.id,
                "kind": it.kind,
                "simulated": it.id in simulated or it.serves in simulated,
                "versions": [
                    {
                        "id": v.id,
                        "from": v.in_force.from_.isoformat(),
                        "until": v.in_force.until.isoformat() if v.in_force.until else None,
                    }
                    for v in it.versions
                ],
                "sources": [
                    {"id": s, "title": x.title.en, "title_zh": x.title.zh, "depth": x.depth}
                    for s, x in it.sources.items()
                ],
                "unmodelled": list(it.unmodelled),
            }
            for it in cat.instruments.values()
        ],
        "assumptions": [
            a.model_dump(mode="json", exclude_none=True) for a in world.given.rows.values()
        ],
        "rates": [
            {
                "id": f.id,
                "status": f.status,
                "reason": f.reason,
                "monthly": dict(f.monthly),
                "place": f.place,
                "start": f.start,
            }
            for f in world.rates
        ],
        "interpretations": [
            {
                "instrument": it.id,
                "id": i.id,
                "question": i.question,
                "default": i.default,
            }
            for it in world.law.catalogue.instruments.values()
            for i in it.interpretations
        ],
        "gates": _gates(world),
        "alike": [a.model_dump(mode="json") for a in world.rates.alike],
        "schemes": _schemes(world),
        "case_only": _case_only(world),
    }
