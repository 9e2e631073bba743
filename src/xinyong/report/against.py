"""Figures of the model against published targets."""

from __future__ import annotations

import math
from typing import Any, Literal

import altair as alt

from xinyong.language import say, worded
from xinyong.report.data import STABLE, Data
from xinyong.report.figure import (
    BLUE,
    GRID,
    INK,
    MUTED,
    NARROW,
    ORANGE,
    Cell,
    Figure,
    Row,
    Table,
    empty,
    over,
    shortened,
)

__all__ = ["calibration", "validation"]

_FLOOR = 0.25  # smaller ratios are drawn here


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _figure(
    data: Data, use: Literal["calibrate", "validate"], name: str, title: str, zh: str,
    rests_on: str, not_shown: str,
) -> Figure:  # fmt: skip
    found = [r for r in data.run.targets() if r.target.use == use]
    drawn: list[Row] = []
    cells, tidy_rows = [], []
    for row in found:
        t = row.target
        room = t.tolerance * (abs(t.value) if t.tolerance_type == "relative" else 1)
        verdict = "not in this run" if row.within is None else "yes" if row.within else "no"
        model = None if row.model is None else float(row.model)
        counted = t.unit not in ("%", "ratio")
        shaky = model is not None and counted and model < STABLE * data.scale
        if model is not None and t.value > 0:
            drawn.append(
                {
                    "label": f"{t.id}  {t.date}  {worded(t.statement)}",
                    "ratio": max(model / t.value, _FLOOR),
                    "lo": max(1 - room / t.value, _FLOOR), "hi": 1 + room / t.value,
                    "within": verdict,
                }
            )  # fmt: skip
        tolerance = f"± {100 * t.tolerance:g} %" if t.tolerance_type == "relative" else (
            f"± {_number(t.tolerance)}"
        )  # fmt: skip
        cells.append(
            (
                Cell(t.id), Cell(t.statement), Cell(str(t.date)), Cell(t.unit),
                Cell(_number(t.value), number=True), Cell(tolerance, number=True),
                Cell("–" if model is None else _number(model), unstable=shaky, number=True),
                Cell(verdict), Cell("yes" if t.fitted else "no"),
                Cell(say("; ").join(worded(x) for x in (t.source, t.note) if x)),
            )
        )  # fmt: skip
        tidy_rows.append(
            {"id": t.id, "date": str(t.date), "unit": t.unit, "target": t.value,
             "tolerance": t.tolerance, "tolerance_type": t.tolerance_type,
             "model": "" if model is None else f"{model:.6g}", "within": verdict,
             "fitted": t.fitted, "unstable": shaky}
        )  # fmt: skip
    known = [r for r in found if r.within is not None]
    good = sum(bool(r.within) for r in known)
    fitted = sum(r.target.fitted for r in known)
    reading = say("None of the {n} targets of this kind falls within this run.", n=len(found))
    if known:
        bad = [f"{r.target.id} ({r.target.date})" for r in known if not r.within]
        reading = say(
            "{n} of {all} targets are met within their tolerance. ", n=good, all=len(known)
        )
        if use == "calibrate":
            reading += say("An assumption was set to {n} of them by hand. ", n=fitted)
        missed = say(", ").join(bad)
        reading += say("Not met: {targets}.", targets=missed) if bad else say("All are met.")
        if len(found) > len(known):
            outside = len(found) - len(known)
            reading += say(" {n} lie outside the months of this run.", n=outside)
    for i, point in enumerate(drawn):
        point["at"] = i

    def draw(width: int) -> Any:
        if not drawn:
            return empty(width, "No target of this kind falls within this run")
        lo = min(min(r["lo"], r["ratio"]) for r in drawn) * 0.94
        hi = max(max(r["hi"], r["ratio"]) for r in drawn) * 1.06
        ladder = [0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20, 50]
        ticks: list[float] = []
        octave = (width - 30) / max(math.log(hi / lo), 0.01)
        for value in sorted((v for v in ladder if lo <= v <= hi), key=lambda v: abs(math.log(v))):
            if all(abs(math.log(value / other)) * octave > 34 for other in ticks):
                ticks.append(value)
        y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(drawn) - 0.4, -0.75], nice=False))
        axis = alt.Axis(title=None, values=sorted(ticks), format="~g", gridColor=GRID)
        scale = alt.Scale(type="log", domain=[lo, hi], nice=False)
        room = (width - 30) * 0.9
        base = over([r | {"name": shortened(str(r["label"]), room)} for r in drawn])
        bands = base.mark_bar(height=11, color=MUTED, opacity=0.35).encode(
            x=alt.X("lo:Q", axis=axis, scale=scale), x2="hi:Q", y=y
        )
        label = base.mark_text(align="left", dy=-13, color=INK, fontSize=12)
        label = label.encode(x=alt.value(0), y=y, text="name:N")
        names = ["yes", "no"]
        key = alt.Legend(
            columns=2,
            labelExpr=f"datum.label == 'yes' ? '{say('within tolerance')}' : '{say('outside')}'",
        )
        points = base.mark_point(filled=True, size=90, opacity=1).encode(
            x=alt.X("ratio:Q", scale=scale), y=y,
            color=alt.Color("within:N", legend=key, scale=alt.Scale(
                domain=names, range=[BLUE, ORANGE])),
            shape=alt.Shape("within:N", legend=key, scale=alt.Scale(
                domain=names, range=["circle", "triangle-up"])),
        )  # fmt: skip
        one = over([{"ratio": 1}]).mark_rule(color=INK, strokeWidth=1)
        layers = [bands, one.encode(x=alt.X("ratio:Q", scale=scale)), points, label]
        title = say("Model divided by target (1: equal)")
        if width <= NARROW:
            title = say("Model divided by target")
        return alt.layer(*layers).properties(width=width - 24, height=len(drawn) * 38, title=title)

    header = (
        "Target", "What is counted", "Date", "Unit", "Published", "Tolerance", "Model", "Within?",
        "Fitted?", "Source and note",
    )  # fmt: skip
    return Figure(
        name, title, zh, reading,
        "Model divided by the published figure, both at one to one; grey: the tolerance. "
        "Circles lie within it, triangles outside. Ratios under 0.25 are drawn there.",
        rests_on, not_shown, draw,
        (Table(title, header, tuple(cells)),), tuple(tidy_rows), open_table=True,
    )  # fmt: skip


def calibration(data: Data) -> Figure:
    """Targets that assumptions may be set to."""
    return _figure(
        data, "calibrate", "calibration", "Model and calibration targets", "校准",
        "calibration: where “fitted” says yes, an assumption was set by hand so that the model "
        "comes near; the others are compared but were not fitted",
        "That the model is right. A fitted target that is met shows only that it was fitted.",
    )  # fmt: skip


def validation(data: Data) -> Figure:
    """Targets that nothing was set to."""
    return _figure(
        data, "validate", "validation", "Model and validation targets, untouched by tuning", "验证",
        "rule, assumption and calibration together: nothing was set to these targets, and they "
        "stand as they come out",
        "Why the model misses a target; and where it meets one, that it does so for the right "
        "reason.",
    )  # fmt: skip
