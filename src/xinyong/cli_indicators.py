"""The command that prints the indicators of a run; see `xinyong.cli`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinyong.errors import UsageError
from xinyong.yamlio import nearest

if TYPE_CHECKING:
    from xinyong.indicators.base import Indicator
    from xinyong.results import Run

__all__ = ["indicators_command"]

#: How many rows of one indicator are printed as its headline.
_ROWS = 8


def indicators_command(folder: Path, family: str | None, as_json: bool) -> None:
    """Print definitions and headline values of a run.

    Raises:
        UsageError: there is no such family.
        OutputError: no run there, or one without derived indicators.
    """
    from xinyong.indicators.base import FAMILIES
    from xinyong.indicators.derive import INDICATORS
    from xinyong.indicators.headline import headline
    from xinyong.results import open_run

    if family is not None and family not in FAMILIES:
        hint = nearest(family, FAMILIES)
        tail = f"{hint + '; ' if hint else ''}families: {', '.join(FAMILIES)}"
        raise UsageError(f"--family: there is no {family[:40]!r}; {tail}")
    run = open_run(folder.parent if folder.name == "manifest.json" else folder)
    chosen = [i for i in INDICATORS.values() if family in (None, i.family)]
    found = {i.id: headline(run, i) for i in chosen}
    if as_json:
        print(json.dumps(_data(run, chosen, found), ensure_ascii=False, indent=2))
        return
    digest = str(run.manifest["digest"])[:12]
    print(f"Run {digest}, 1:{run.scale:,}, seed {run.manifest['scenario']['seed']}. SYNTHETIC.")
    for indicator in chosen:
        print(f"\n{indicator.family} / {indicator.id} ({indicator.unit}; {indicator.set_by})")
        print(f"  {indicator.definition}")
        rows = found[indicator.id]
        if not rows:
            print("  no value in this run")
        for row in rows[:_ROWS]:
            where = row["group"] or "all"
            kind = "" if row["kind"] == "all" else f", {row['kind']}"
            rests = "" if row["rests_on"] is None else f"  n={row['rests_on']:,}"
            doubt = "  unstable" if row["unstable"] else ""
            print(f"  {row['value']:>12.6g}  {where}{kind}, {row['period']}{rests}{doubt}")
        if len(rows) > _ROWS:
            print(f"  and {len(rows) - _ROWS} more; --json has all, derived.parquet every month")


def _data(
    run: Run, chosen: list[Indicator], found: dict[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "synthetic": run.manifest["synthetic"],
        "digest": run.manifest["digest"],
        "indicators": [
            {
                "id": i.id,
                "family": i.family,
                "unit": i.unit,
                "definition": i.definition,
                "source": i.source,
                "set_by": i.set_by,
                "example": i.example,
                "values": [
                    {k: row[k] for k in ("period", "kind", "group", "value", "rests_on")}
                    | {"unstable": row["unstable"]}
                    for row in found[i.id]
                ],
            }
            for i in chosen
        ],
    }
