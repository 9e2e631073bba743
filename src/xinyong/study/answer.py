"""The standard form of an answer, alike for every question.

Baseline and alternatives are named; every figure is a difference, with an interval where
chance has a part in it; the strength class, the two assumptions that matter most, and what
the answer does not show stand with it. The *no-change twin* is an arm whose overrides change
nothing: an answer whose twin differs from the baseline at all cannot be made.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from xinyong.errors import XinyongError
from xinyong.study.texts import plain, text_of

__all__ = ["CLASSES", "SYNTHETIC", "Answer", "Matter", "Row", "figure"]

SYNTHETIC = (
    "Synthetic: modelled rules under stated assumptions, on subjects made up by a generator. "
    "No statement about a real person, firm or place, and no forecast."
)

#: What the classes mean.
CLASSES = {
    "A": "accounting: follows from rules, timing and error rates alone",
    "B": "behavioural: depends on effects taken from elsewhere, the range includes none",
    "C": "frontier: depends on what nobody has measured; a break-even, not a verdict",
}

_COLUMNS = (
    "arm", "group", "indicator", "unit", "baseline", "value", "difference", "low", "high",
    "replicates", "unstable",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One figure of an answer.

    Attributes:
        arm: the alternative, as the answer names it.
        group: whom or what it is about; ``all`` where nothing is singled out.
        indicator, unit: what was measured.
        baseline, value: of the baseline and of the arm; difference: value - baseline.
        low, high: interval of the difference at 95 in 100; None where the figure is exact
            (nothing was drawn) or rests on one replicate.
        replicates: how many seeds; 0 where nothing was drawn.
        unstable: it rests on fewer than ten subjects.
    """

    arm: str
    group: str
    indicator: str
    unit: str
    baseline: float
    value: float
    difference: float
    low: float | None = None
    high: float | None = None
    replicates: int = 0
    unstable: bool = False


@dataclass(frozen=True)
class Matter:
    """An assumption that matters: its id (or ``study.…`` for one of the study's own).

    Attributes:
        id: of the assumption; about: in words.
        value: what was taken; range: within which it may lie.
        why: what it does to the answer.
        status: sourced, calibrated or assumption.
    """

    id: str
    about: str
    value: float
    range: tuple[float, float]
    why: str
    status: Literal["sourced", "calibrated", "assumption"] = "assumption"


@dataclass(frozen=True)
class Answer:
    """An answer in the standard form.

    Attributes:
        name: by which ``xinyong study`` knows it; number: of the question, such as ``Q4``.
        question: in one sentence; users: who asks it.
        strength: class A, B or C (see `CLASSES`).
        baseline: name and meaning of the baseline.
        alternatives: meaning of each alternative, by its name in the rows.
        findings: what the rows say, in sentences made from them.
        rows: the figures.
        matters: the two assumptions that matter most.
        does_not_show: in sentences.
        twin: the largest difference of the no-change twin from its baseline; zero.
        provenance: scenario, seeds, digest of the catalogue, digests of the runs.

    Raises:
        XinyongError: the twin is not zero, or there are not two assumptions.
    """

    name: str
    number: str
    question: str
    users: tuple[str, ...]
    strength: Literal["A", "B", "C"]
    baseline: tuple[str, str]
    alternatives: Mapping[str, str]
    findings: tuple[str, ...]
    rows: tuple[Row, ...]
    matters: tuple[Matter, Matter]
    does_not_show: tuple[str, ...]
    twin: float
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.twin != 0:
            message = f"study {self.name}: the no-change twin differs by {self.twin}, not by 0"
            raise XinyongError(f"{message}; please report")
        if len(self.matters) != 2:
            raise XinyongError(f"study {self.name}: names {len(self.matters)} assumptions, not 2")

    def to_json(self) -> dict[str, Any]:
        """Return plain data with a schema_version; see ``answer.schema.json``."""
        found = asdict(self)
        found["baseline"] = {"name": self.baseline[0], "about": plain(self.baseline[1])}
        found["alternatives"] = {k: plain(text) for k, text in self.alternatives.items()}
        found["strength_means"] = CLASSES[self.strength]
        for name in ("users", "rows", "matters"):
            found[name] = list(found[name])
        for name in ("findings", "does_not_show"):
            found[name] = [plain(text) for text in found[name]]
        for matter in found["matters"]:
            matter["range"] = list(matter["range"])
            matter |= {name: plain(matter[name]) for name in ("about", "why")}
        return {"schema_version": 2, "synthetic": SYNTHETIC} | found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answer:
        """Read what `to_json` gave.

        Raises:
            XinyongError: the data are of another schema.
            ValueError: a text is not what its message and fields say.
        """
        if data.get("schema_version") != 2:
            raise XinyongError("an answer of another schema; ask the question again")
        given = {f.name: data[f.name] for f in fields(cls)}
        given["baseline"] = (data["baseline"]["name"], text_of(data["baseline"]["about"]))
        given["alternatives"] = {k: text_of(text) for k, text in data["alternatives"].items()}
        given["rows"] = tuple(Row(**row) for row in data["rows"])
        given["users"] = tuple(data["users"])
        given["matters"] = tuple(
            Matter(**{**m, "range": tuple(m["range"]),
                      "about": text_of(m["about"]), "why": text_of(m["why"])})
            for m in data["matters"]
        )  # fmt: skip
        for name in ("findings", "does_not_show"):
            given[name] = tuple(text_of(text) for text in data[name])
        return cls(**given)

    @property
    def command(self) -> str:
        """The command that gives this answer again."""
        found = self.provenance
        if not found.get("seeds") or not found.get("scale"):
            return f"xinyong study {self.name}"
        seeds = found["seeds"]
        sizes = f"--scale 1:{found['scale']} --replicates {len(seeds)} --seed {seeds[0]}"
        return f"xinyong study {self.name} {sizes}"

    def to_csv(self) -> str:
        """Return the rows as a tidy table."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for row in self.rows:
            cells = (getattr(row, name) for name in _COLUMNS)
            writer.writerow("" if cell is None else cell for cell in cells)
        return out.getvalue()

    def to_markdown(self, level: int = 1, most: int | None = None) -> str:
        """Return a page.

        Args:
            level: of the heading that is its title.
            most: rows shown; all of them if None.
        """
        mark = "#" * level
        parts = [
            f"{mark} {self.number} {self.question}",
            f"Asked by {', '.join(self.users)}. Class {self.strength}: "
            f"{CLASSES[self.strength]}. {SYNTHETIC}",
            "\n".join(f"- {text}" for text in self.findings),
            f"**Baseline** `{self.baseline[0]}`: {self.baseline[1]}",
            "\n".join(f"- **`{name}`**: {about}" for name, about in self.alternatives.items()),
            "\n".join(_table(self.rows[:most])),
            ""
            if most is None or len(self.rows) <= most
            else f"The first {most} of {len(self.rows)} rows; `--out DIR` writes them all.",
            "**The two assumptions that matter most**",
            "\n".join(f"- {_matter(m)}" for m in self.matters),
            "**What this does not show**",
            "\n".join(f"- {text}" for text in self.does_not_show),
            f"No-change twin: difference exactly {self.twin:g}.",
            f"{_provenance(self.provenance)} Again by `{self.command}`.".strip(),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def lines(self) -> list[tuple[str, str]]:
        """Return (style, text) lines for a terminal, styles as `cli_common.print_lines` has."""
        out = [("bold", f"{self.number} {self.question}"), ("dim", SYNTHETIC), ("", "")]
        out += [("", f"- {text}") for text in self.findings]
        out += [("", ""), ("bold", f"baseline {self.baseline[0]}"), ("", f"  {self.baseline[1]}")]
        for name, about in self.alternatives.items():
            out += [("bold", f"arm {name}"), ("", f"  {about}")]
        out += [("", ""), *_blocks(self.rows)]
        out += [("bold", "the two assumptions that matter most")]
        out += [("", f"  {_matter(m)}") for m in self.matters]
        out += [("bold", "what this does not show")]
        out += [("", f"  {text}") for text in self.does_not_show]
        out += [("", f"class {self.strength}: {CLASSES[self.strength]}")]
        out += [("", f"no-change twin: difference exactly {self.twin:g}")]
        out += [("dim", _provenance(self.provenance))]
        return out


def figure(value: float | None) -> str:
    """Return a number for reading.

    Example:
        >>> figure(1234567.0), figure(0.012345), figure(0.0), figure(None)
        ('1,234,567', '0.0123', '0', '')
    """
    if value is None:
        return ""
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _interval(row: Row) -> str:
    if row.low is None:
        return "exact" if not row.replicates else "one run"
    return f"{figure(row.low)} to {figure(row.high)}"


def _label(row: Row) -> str:
    what = row.indicator if row.group == "all" else f"{row.indicator}, {row.group}"
    return f"{what} ({row.unit})"


def _table(rows: Sequence[Row]) -> list[str]:
    out = [
        "| Arm | What | Baseline | Arm | Difference | 95 % interval |",
        "|---|---|---:|---:|---:|---|",
    ]
    for row in rows:
        mark = " *" if row.unstable else ""
        out.append(
            f"| `{row.arm}` | {_label(row)} | {figure(row.baseline)} | {figure(row.value)}{mark} "
            f"| {figure(row.difference)} | {_interval(row)} |"
        )
    if any(row.unstable for row in rows):
        out += ["", "\\* rests on fewer than ten synthetic subjects: unstable."]
    return out


def _blocks(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Return the rows arm by arm, in columns."""
    out: list[tuple[str, str]] = []
    arm = None
    wide = max((len(_label(row)) for row in rows), default=0)
    for row in rows:
        if row.arm != arm:
            arm = row.arm
            out.append(("bold", f"{arm}: baseline -> arm, difference (95 % interval)"))
        mark = "*" if row.unstable else ""
        out.append(
            ("", f"  {_label(row):<{wide}}  {figure(row.baseline)} -> {figure(row.value)}{mark}, "
                 f"{figure(row.difference)} ({_interval(row)})")
        )  # fmt: skip
    if any(row.unstable for row in rows):
        out.append(("dim", "* rests on fewer than ten synthetic subjects: unstable"))
    return out


def _matter(m: Matter) -> str:
    low, high = m.range
    span = f"{figure(m.value)}, may lie from {figure(low)} to {figure(high)}"
    return f"{m.id} ({m.status}; {m.about}): {span}. {m.why}"


def _provenance(found: Mapping[str, Any]) -> str:
    """Return where the figures come from, in a sentence."""
    parts = []
    if "scale" in found:
        parts.append(f"1:{found['scale']:,}, {found.get('from', '')} to {found.get('to', '')}")
    if "seeds" in found:
        parts.append("seeds " + ", ".join(str(s) for s in found["seeds"]))
    if "catalogue_digest" in found:
        parts.append(f"catalogue {str(found['catalogue_digest'])[:12]}")
    digests = [d for ds in found.get("run_digests", {}).values() for d in ds]
    if digests:
        parts.append(f"{len(digests)} runs, the first with digest {digests[0][:12]}")
    return f"From: {'; '.join(parts)}." if parts else ""
