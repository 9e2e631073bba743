"""The page of indicators: every definition, with unit, source and worked example.

``python -m xinyong.indicators.page docs/indicators.md`` writes it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from xinyong.indicators.base import FAMILIES
from xinyong.indicators.derive import INDICATORS, MODULES
from xinyong.indicators.terms import Weight, burden, terms

__all__ = ["page"]

_HEAD = """# Indicators

Written from the definitions by `python -m xinyong.indicators.page docs/indicators.md`; do not edit.

Every run computes these at its end, from its counts, its entries and the law, and writes them
to `derived.parquet` (columns: [results.md](results.md)). `xinyong indicators RUN` prints the
definitions with the values at the end of a run. Each example is worked by hand, and is also the
indicator's test.

All are of strength A: they say what follows from rules, timing and error, not what people then
do. "Set by" names what a value hangs on most: a *rule* of the catalogue, an *assumption* or a
*calibration*. A value that rests on fewer than ten subjects, entries, copies or requests is
marked unstable.
"""


def _number(value: float) -> str:
    return f"{value:.6g}"


def _weights(heading: str, found: dict[str, Weight]) -> list[str]:
    rows = [f"\n### {heading}\n", "| | Value | Range | Why |", "|---|---|---|---|"]
    for name, w in found.items():
        low, high = w.range
        rows.append(f"| `{name}` | {w.value:g} | {low:g} to {high:g} | {w.reason} |")
    return rows


def page() -> str:
    """Return the page as Markdown."""
    lines = [_HEAD]
    for family in FAMILIES:
        about = (MODULES[family].__doc__ or "").strip()
        lines.append(f"## {family.capitalize()}\n\n{about}\n")
        for x in INDICATORS.values():
            if x.family == family:
                lines.append(
                    f"### `{x.id}`\n\n{x.definition}\n\n- Unit: {x.unit}\n- Source: {x.source}\n"
                    f"- Set by: {x.set_by}\n- Example: {x.example} Gives {_number(x.gives)}.\n"
                )
    lines.append("## Terms\n\nNumbers of the definitions; they change no run.\n")
    lines += ["| Term | What | Value | Range | Why |", "|---|---|---|---|---|"]
    for t in terms().values():
        low, high = t.range
        about = f"{t.about} ({t.unit})"
        lines.append(f"| `{t.id}` | {about} | {t.value:g} | {low:g} to {high:g} | {t.reason} |")
    weights = burden()
    lines.append(
        "\n## Weights of burdens\n\nOne refused air ticket is 1. The nearest counts: the measure, "
        "then the category of a penalty, then the nature. All are assumptions."
    )
    lines += _weights("Measures", weights.measures)
    lines += _weights("Categories of penalties", weights.categories)
    lines += _weights("Natures", weights.natures)
    lines += _weights("Ordinary penalties, by document", weights.ordinary)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
