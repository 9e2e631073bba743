"""Figures on effects: measures on paper, received and applied; grades in Wendeng."""

from __future__ import annotations

from typing import Any

import altair as alt

from xinyong.language import say
from xinyong.report.data import FIRMS, PERSONS, STABLE, Data, percent
from xinyong.report.figure import (
    BLUE,
    GREEN,
    GRID,
    INK,
    MUTED,
    NARROW,
    ORANGE,
    Cell,
    Figure,
    Row,
    Table,
    count,
    empty,
    line_panel,
    over,
    shortened,
    stack,
    tidy,
    wrap,
)

__all__ = ["GRADES", "measure_errors", "measures", "wendeng"]

COURT = "spc_defaulters"
SCHEME = "wendeng_2020"
GRADES = ("AAA", "AA", "A", "B", "C", "D")
_TOP = 12
_ASPECTS = ("on_paper", "received", "zombie", "mistaken", "applied", "applied_mistaken")


def _sample(data: Data) -> str:
    if data.sample == 1:
        return say("Every entry was followed.")
    return say(
        "One entry in {n} was followed through all its measures; values are already multiplied by "
        "{n}, and are unstable below {m}.",
        n=data.sample,
        m=STABLE * data.sample,
    )


def measures(data: Data) -> Figure:
    """Measures of the court list: on paper, received, applied."""
    last_year = range(max(len(data.months) - 12, 0), len(data.months))
    found: list[Row] = []
    for group in data.groups("on_paper"):
        which, measure, authority = group.split("/")
        values = {a: data.monthly(a, group) for a in _ASPECTS}
        row: Row = {a: values[a][-1] for a in ("on_paper", "received", "zombie", "mistaken")}
        row["applied"] = sum(values["applied"][i] for i in last_year)
        row |= {"list": which, "measure": measure, "authority": authority, "group": group}
        found.append(row)
    court = [r for r in found if r["list"] == COURT]
    court.sort(key=lambda r: (-r["applied"], -r["received"], r["group"]))
    top = court[:_TOP]
    for i, row in enumerate(top):
        row["at"] = i
        row["short"] = f"{i + 1}. {data.own(row['measure'])}"
        body = data.own(row["authority"])
        row["label"] = say("{what} ({which})", what=row["short"], which=body)
    reading = say("No measure of the court list is on paper at the end of this run.")
    if top:
        paper, got = sum(r["on_paper"] for r in court), sum(r["received"] for r in court)
        first = top[0]
        reading = say(
            "{n} pairs of measure and authority rest on the court list. In {month} authorities "
            "hold {copies:.0f} copies for every 100 measures that are on paper. Most often "
            "applied: “{measure}” by {body}, {times:,} times in the last {months} months of the "
            "run.",
            n=len(court),
            month=data.months[-1],
            copies=percent(got, paper),
            measure=data.own(first["measure"]),
            body=data.own(first["authority"]),
            times=first["applied"],
            months=len(last_year),
        )

    def panel(title: str, layers: list[Any], width: int) -> Any:
        return alt.layer(*layers).properties(
            width=width - 38, height=len(top) * 36, title=wrap(title, width)
        )

    def draw(width: int) -> Any:
        if not top:
            return stack([empty(width, "No measure of the court list is on paper")])
        y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(top) - 0.4, -0.75], nice=False))
        said = "short" if width <= NARROW else "label"
        named = [r | {"name": shortened(r[said], (width - 40) * 0.9)} for r in top]
        label = over(named).mark_text(align="left", dy=-13, color=INK, fontSize=12)
        label = label.encode(x=alt.value(0), y=y, text="name:N")
        highest = max(max(r["on_paper"], r["received"]) for r in top) or 1
        x = alt.X("v:Q", axis=alt.Axis(title=None, format="~s", tickCount=5, gridColor=GRID),
                  scale=alt.Scale(domain=[0, highest * 1.03], nice=False))  # fmt: skip
        points = [
            {"at": r["at"], "v": r[a], "s": s}
            for r in top
            for a, s in (("on_paper", say("on paper")), ("received", say("received")))
        ]
        names = [say("on paper"), say("received")]
        key = alt.Legend(columns=2)
        marks = over(points).mark_point(filled=True, size=75, opacity=1, strokeWidth=1.8)
        marks = marks.encode(
            x=x, y=y,
            color=alt.Color("s:N", legend=key, scale=alt.Scale(domain=names, range=[BLUE, ORANGE])),
            shape=alt.Shape(
                "s:N", legend=key, scale=alt.Scale(domain=names, range=["circle", "diamond"])
            ),
        )  # fmt: skip
        spans = [{"at": r["at"], "a": r["on_paper"], "b": r["received"]} for r in top]
        link = over(spans).mark_rule(color=MUTED, strokeWidth=1.5)
        link = link.encode(x=alt.X("a:Q"), x2="b:Q", y=y)
        asked = alt.X("applied:Q", axis=alt.Axis(title=None, format="~s", tickCount=5))
        flags = [
            r | {"sure": "stable" if r["applied"] >= STABLE * data.sample else "unstable"}
            for r in top
        ]
        bars = over(flags).mark_bar(orient="horizontal", height=9, stroke=GREEN, strokeWidth=1.2)
        bars = bars.encode(
            x=asked, y=y,
            color=alt.Color("sure:N", legend=None, scale=alt.Scale(
                domain=["stable", "unstable"], range=[GREEN, "transparent"])),
        )  # fmt: skip
        last = data.months[-1]
        span = say("{first} to {last}", first=data.months[last_year[0]], last=last)
        return stack(
            [
                panel(
                    say("On paper and received, {month}", month=last), [link, marks, label], width
                ),
                panel(say("Applied, {span}", span=span), [bars, label], width),
            ]
        )

    s = data.sample
    cells = tuple(
        (
            Cell(f"{r['at'] + 1}", number=True),
            Cell(data.en(r["measure"]), data.zh(r["measure"])),
            Cell(data.en(r["authority"]), data.zh(r["authority"])),
            count(r["on_paper"], s), count(r["received"], s), count(r["applied"], s),
            count(r["zombie"], s), count(r["mistaken"], s),
        )
        for r in top
    )  # fmt: skip
    header = (
        "No.",
        "Measure",
        "Authority",
        "On paper",
        "Received",
        "Applied in the last 12 months",
    )
    rows = tuple(
        {"list": r["list"], "measure": r["measure"], "authority": r["authority"],
         "unit": "entries (applied: requests)", **{a: r[a] for a in ("on_paper", "received",
         "applied", "zombie", "mistaken")}, "unstable": r["on_paper"] < STABLE * s
         or r["received"] < STABLE * s or r["applied"] < STABLE * s}
        for r in found
    )  # fmt: skip
    return Figure(
        "measures", "Measures on paper, received, applied", "惩戒措施", reading,
        say(
            "Counts of the run. On paper: an entry is alive and the provision in force. Received: "
            "the authority holds a copy. Applied: the authority was asked and held a copy (unit: "
            "requests, not persons). The {n} most often applied are drawn; hollow bars rest on "
            "fewer than ten. {sample}",
            n=_TOP,
            sample=_sample(data),
        ),
        "rule (which measure, by whom, since when); assumption (coverage and delay of exchange, "
        "how often an authority is asked); sourced rate (air and rail tickets)",
        "Whether an authority that holds a copy refuses in fact, whether anybody goes round a "
        "refusal, or how heavy a refusal is to bear.",
        draw,
        (Table(say("The {n} measures of the court list that are applied most often", n=len(top)),
               (*header, "Zombie", "Mistaken"), cells),),
        rows,
    )  # fmt: skip


def measure_errors(data: Data) -> Figure:
    """Copies without a live entry, and copies without a qualifying act."""
    totals = {a: [0] * len(data.months) for a in _ASPECTS}
    for group in data.groups("received"):
        if group.startswith(f"{COURT}/"):
            for aspect in _ASPECTS:
                for i, value in enumerate(data.monthly(aspect, group)):
                    totals[aspect][i] += value
    received = totals["received"]
    names = {"zombie": "zombie: no live entry", "mistaken": "mistaken: no qualifying act"}
    shares: dict[str, Any] = {
        text: [percent(v, r) if r else None for v, r in zip(totals[a], received, strict=True)]
        for a, text in names.items()
    }
    base = {text: totals[a] for a, text in names.items()}
    reading = say("No authority holds a copy of a court-list entry in this run.")
    if any(received):
        i = len(data.months) - 1
        mean = {a: percent(sum(totals[a]), sum(received)) for a in names}
        reading = say(
            "In {month}, {zombie:.2f} % of the copies that authorities hold are zombies and "
            "{mistaken:.2f} % are mistaken; over the run {zombies:.2f} % and {mistakes:.2f} %. "
            "{hit:,} of {all:,} applications hit somebody who had done nothing that qualifies.",
            month=data.months[i],
            zombie=percent(totals["zombie"][i], received[i]),
            mistaken=percent(totals["mistaken"][i], received[i]),
            zombies=mean["zombie"],
            mistakes=mean["mistaken"],
            hit=sum(totals["applied_mistaken"]),
            all=sum(totals["applied"]),
        )

    def draw(width: int) -> Any:
        return stack(
            [line_panel(data, "Share of copies held by authorities", shares, base, width,
                        height=190, suffix=" %", sample=data.sample)]
        )  # fmt: skip

    s = data.sample
    rows = []
    for year, p in data.years().items():
        i = p[-1]
        rows.append(
            (
                Cell(year), count(received[i], s), count(totals["zombie"][i], s),
                Cell(f"{percent(totals['zombie'][i], received[i]):.2f}", number=True,
                     unstable=totals["zombie"][i] < STABLE * s),
                count(totals["mistaken"][i], s),
                Cell(f"{percent(totals['mistaken'][i], received[i]):.2f}", number=True,
                     unstable=totals["mistaken"][i] < STABLE * s),
                count(sum(totals["applied"][j] for j in p), s),
                count(sum(totals["applied_mistaken"][j] for j in p), s),
            )
        )  # fmt: skip
    header = (
        "Year", "Copies held, December", "Zombie", "Zombie, %", "Mistaken", "Mistaken, %",
        "Applied in the year", "of these mistaken",
    )  # fmt: skip
    return Figure(
        "measure_errors", "Zombie and mistaken measures", "信息滞后与错误惩戒", reading,
        say(
            "Unit: percent of copies of court-list entries held by authorities, all measures "
            "together. Zombie: the entry is over but its withdrawal has not arrived. Mistaken: "
            "the entry rests on no act of this subject (wrong file, or false record). {sample}",
            sample=_sample(data),
        ),
        "assumption (coverage and delay of listings and of withdrawals, wrong files, false "
        "records, objections); rule (when an entry ends)",
        "How many copies are wrong in fact: no authority publishes it. A withdrawal that is "
        "lost stays lost in the model, so zombies pile up over the years. The ranges of the "
        "assumptions are wide (wrong files: 0.00001 to 0.01 a record), and the shares move with "
        "them.",
        draw,
        (Table("Copies held at the end of each year, and applications", header, tuple(rows)),),
        tidy(data, "copies (applied: requests)", totals, s),
    )  # fmt: skip


def wendeng(data: Data) -> Figure:
    """Grades in Wendeng over time."""
    kinds = {"natural persons": PERSONS, "firms and other bodies": FIRMS}
    held: dict[tuple[str, str], list[int]] = {}
    for name, which in kinds.items():
        for grade in GRADES:
            values = data.monthly("grade", f"{SCHEME}/{grade}", which)
            if grade == "A":
                silent = data.monthly("grade_default", f"{SCHEME}/A", which)
                values = [a + b for a, b in zip(values, silent, strict=True)]
            held[grade, name] = values
    whole = {
        n: [sum(held[g, n][i] for g in GRADES) for i in range(len(data.months))] for n in kinds
    }
    live = [i for i in range(len(data.months)) if any(whole[n][i] for n in kinds)]
    first = min(live, default=0)
    reading = say("Nobody is graded in Wendeng in this run: the scheme opens in January 2020.")
    if live:
        i = live[-1]
        parts = []
        for name in kinds:
            low = sum(held[g, name][i] for g in ("B", "C", "D"))
            high = sum(held[g, name][i] for g in ("AAA", "AA"))
            last = held["D", name][i]
            parts.append(
                say(
                    "{high:.2f} % of {who} stand above the default grade A and {low:.2f} % below "
                    "it ({n:,} in D{doubt})",
                    high=percent(high, whole[name][i]),
                    who=say(name),
                    low=percent(low, whole[name][i]),
                    n=last,
                    doubt=say(", unstable") if last < STABLE else "",
                )
            )
        reading = say("In {month}, {parts}.", month=data.months[i], parts=say("; ").join(parts))

    def draw(width: int) -> Any:
        if not live:
            return stack([empty(width, "Nobody is graded in Wendeng in this run")])
        columns = 1 if width <= NARROW else 3
        each = (width - (columns - 1) * 18) // columns
        panels = []
        for grade in GRADES:
            shares: dict[str, Any] = {
                n: [
                    percent(v, w) if w else None
                    for v, w in zip(held[grade, n], whole[n], strict=True)
                ]
                for n in kinds
            }
            base = {n: held[grade, n] for n in kinds}
            panels.append(
                line_panel(data, say("Grade {x}", x=grade), shares, base, each, height=100,
                           first=first, suffix=" %", legend=False)
            )  # fmt: skip
        return stack(panels, columns=columns)

    rows = []
    for year, positions in data.years().items():
        i = positions[-1]
        for name in kinds:
            if whole[name][i]:
                rows.append(
                    (
                        Cell(year), Cell(name), *(count(held[g, name][i]) for g in GRADES),
                        Cell(f"{whole[name][i]:,}", number=True),
                    )
                )  # fmt: skip
    flat = {f"{g}, {n}": held[g, n] for g in GRADES for n in kinds} if live else {}
    return Figure(
        "wendeng", "Grades in Wendeng", "文登区信用等级", reading,
        "Unit: percent of subjects of that kind. Solid blue: natural persons; dashed orange: "
        "firms and other bodies. Each panel has its own scale. Whoever has no file stands at "
        "the default, A. The table has counts of the run.",
        "rule (items, points, direct grades, validity, repair; from transcriptions of the "
        "rulebook); assumption (how often each kind of conduct is recorded)",
        "The real distribution of grades, which is not published. No statistics of the "
        "district's records were found, so levels are guesses; what follows from rules is who "
        "is lowered, for how long, and how that is undone. It is a score of one district: there "
        "is no national score.",
        draw,
        (Table("Subjects by grade at the end of each year",
               ("Year", "Subjects", *GRADES, "All"), tuple(rows)),),
        tidy(data, "subjects", flat, first=first),
    )  # fmt: skip
