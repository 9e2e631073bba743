"""Figures on lists: the court list, ways off it, decisions, provinces, taxpayers, wages."""

from __future__ import annotations

from typing import Any

import altair as alt

from xinyong.language import language, say
from xinyong.places import province
from xinyong.report.data import PERSONS, STABLE, Data, percent
from xinyong.report.figure import (
    BLUE,
    INK,
    MUTED,
    NARROW,
    ORANGE,
    Cell,
    Figure,
    Row,
    Table,
    bar_panel,
    count,
    empty,
    line_panel,
    over,
    stack,
    tidy,
    wrap,
    yearly,
)

__all__ = [
    "COURT",
    "EXITS",
    "TAX",
    "WAGE",
    "capacity",
    "cause",
    "court_list",
    "exits",
    "left",
    "one_to_one",
    "provinces",
    "scaled",
    "tax_class_a",
    "wage_list",
]

COURT, WAGE, TAX = "spc_defaulters", "wage_arrears_list", "tax_class_a"

#: Causes for which an entry ends: English, Chinese.
EXITS = {
    "performance": ("debt or duty performed", "履行完毕"),
    "settlement": ("settlement performed", "执行和解履行完毕"),
    "withdrawal": ("creditor asks for deletion", "申请执行人申请删除"),
    "terminated": ("enforcement ended by the court", "终结执行"),
    "early": ("early removal granted", "提前移出"),
    "annulled": ("wrong from the start, annulled", "撤销、纠正"),
    "expiry": ("term ran out", "期限届满"),
    "unexplained": ("no cause on file", ""),
}


def cause(id: str) -> str:
    """Return why an entry ends, in the language that is spoken."""
    en, zh = EXITS[id]
    return zh if zh and language() != "en" else say(en)


def left(data: Data, group: str) -> list[int]:
    """Return how many entries of a list ended, a month."""
    total = [0] * len(data.months)
    for cause in EXITS:
        for i, value in enumerate(data.monthly(f"exit_{cause}", group)):
            total[i] += value
    return total


def one_to_one(data: Data) -> str:
    """Say how counts are drawn."""
    if data.scale == 1:
        return say("The run is one to one: counts are drawn as they are.")
    return say(
        "Drawn at one to one: each entry of the run stands for {n:,}. The table has the counts of "
        "the run as well.",
        n=data.scale,
    )


def scaled(data: Data, values: list[int]) -> list[float | None]:
    """Return counts at one to one."""
    return [v * data.scale for v in values]


def court_list(data: Data) -> Figure:
    """Stock and flows of the court list."""
    stock = {
        "natural persons": data.monthly("stock", COURT, PERSONS),
        "firms and other bodies": [],
    }
    whole = data.monthly("stock", COURT)
    persons = stock["natural persons"]
    stock["firms and other bodies"] = [a - b for a, b in zip(whole, persons, strict=True)]
    flow = {"entered": data.monthly("entered", COURT), "left": left(data, COURT)}
    big = max(range(len(whole)), key=lambda i: whole[i])
    scale = data.scale
    reading = say("Nobody is on the court list in this run.")
    if any(whole):
        highest = say(
            "The court list reaches its height of {n:,} entries ({m:,} at one to one) in {month}",
            n=whole[big],
            m=whole[big] * scale,
            month=data.months[big],
        )
        if big < len(whole) - 1:
            highest += say(
                " and holds {n:,} ({m:,}) in {month}",
                n=whole[-1],
                m=whole[-1] * scale,
                month=data.months[-1],
            )
        reading = say(
            "{highest}; at the end {share:.0f} % are of natural persons. Over the run {made:,} "
            "entries are made and {ended:,} end.",
            highest=highest,
            share=percent(persons[-1], whole[-1]),
            made=sum(flow["entered"]),
            ended=sum(flow["left"]),
        )

    def draw(width: int) -> Any:
        return stack(
            [
                line_panel(
                    data, "Entries alive at the end of the month",
                    {k: scaled(data, v) for k, v in stock.items()}, stock, width, height=190,
                ),
                line_panel(
                    data, "Entries made and ended, a month",
                    {k: scaled(data, v) for k, v in flow.items()}, flow, width, height=150,
                ),
            ]
        )  # fmt: skip

    return Figure(
        "court_list", "Court list: stock and flow", "失信被执行人名单", reading,
        say("Unit: entries; one subject may have several. {drawn}", drawn=one_to_one(data)),
        "rule (who is listed, for how long); calibration (decisions a month, monthly chance to "
        "perform); assumption (all other ways off)",
        "Who is listed in fact. The capacity of courts and the chance to perform were set by "
        "hand to published totals up to 2018, so their agreement with those totals proves "
        "nothing; the last values are held from then on.",
        draw,
        (yearly(data, "Entries by year", {"alive, persons": stock["natural persons"],
                "alive, other": stock["firms and other bodies"]}, flow),),
        tidy(data, "entries", {"alive, natural persons": persons,
             "alive, firms and other bodies": stock["firms and other bodies"], **flow}),
    )  # fmt: skip


def exits(data: Data) -> Figure:
    """Entries of the court list by cause of exit."""
    flows = {c: data.monthly(f"exit_{c}", COURT) for c in EXITS}
    known = {c: v for c, v in flows.items() if any(v)}
    order = sorted(known, key=lambda c: -sum(known[c]))
    total = sum(sum(v) for v in known.values())
    years = data.years()
    yearly_rows: list[Row] = [
        {"year": y, "cause": c, "v": sum(flows[c][i] for i in positions)}
        for c in order
        for y, positions in years.items()
    ]
    for row in yearly_rows:
        row["sure"] = "stable" if row["v"] >= STABLE else "unstable"
    reading = say("No entry of the court list ends in this run.")
    if order:
        parts = [f"{cause(c)} {percent(sum(known[c]), total):.1f} %" for c in order[:4]]
        text = say(", ").join(parts)
        reading = say("Of {n:,} entries that end, by cause: {parts}.", n=total, parts=text)
        if wrong := sum(flows["annulled"]):
            text = " {n:,} are annulled as wrong from the start."
            if wrong < STABLE:
                text = " {n:,} are annulled as wrong from the start, unstable."
            reading += say(text, n=wrong)

    def panel(which: str, width: int) -> Any:
        rows = [r for r in yearly_rows if r["cause"] == which]
        share = percent(sum(known[which]), total)
        title = [cause(which), f"{sum(known[which]):,} ({share:.1f} %)"]
        step = 3 if len(years) > 5 else 1
        ticks = [y for i, y in enumerate(years) if i % step == 0]
        return (
            over(rows)
            .mark_bar(stroke=BLUE, strokeWidth=1.2)
            .encode(
                x=alt.X("year:O", axis=alt.Axis(
                        title=None, labelAngle=0, labelPadding=6, values=ticks, ticks=False)),
                y=alt.Y("v:Q", axis=alt.Axis(title=None, tickCount=3,
                        labelExpr="datum.value == 0 ? '0' : format(datum.value, '~s')",
                        minExtent=36,
                        maxExtent=36, domain=False, ticks=False)),
                color=alt.Color("sure:N", legend=None, scale=alt.Scale(
                        domain=["stable", "unstable"], range=[BLUE, "transparent"])),
            )
            .properties(width=width, height=92, title=alt.TitleParams(
                wrap(title[0], width + 36, 12), subtitle=title[1], fontSize=12,
                subtitleColor=MUTED, subtitleFontSize=12))
        )  # fmt: skip

    def draw(width: int) -> Any:
        if not order:
            return stack([empty(width, "No entry of the court list ends in this run")])
        columns = 1 if width <= NARROW else 3
        each = (width - columns * 52 - (columns - 1) * 18) // columns
        return stack([panel(c, each) for c in order], columns=columns)

    rows = tuple(
        (
            Cell(EXITS[c][0], EXITS[c][1]),
            *(count(sum(flows[c][i] for i in p)) for p in years.values()),
            count(sum(flows[c])),
        )
        for c in EXITS
    )
    return Figure(
        "exits", "Why entries of the court list end", "移出失信名单的原因", reading,
        "Unit: entries that end in a year, counts of the run. Each panel has its own scale; "
        "hollow bars rest on fewer than ten entries.",
        "rule (which causes end an entry, and when a term runs out); calibration (performance); "
        "assumption (settlement, withdrawal, end of enforcement, objection)",
        "How often courts act of their own motion, and why debtors pay. The chances of the "
        "smaller causes are assumptions with wide ranges: compare their dates, not their heights.",
        draw,
        (Table("Entries that end, by cause and year", (say("Cause"), *years, say("All")), rows),),
        tuple({"month": r["year"], "series": r["cause"], "unit": "entries", "value": r["v"],
               "unstable": r["sure"] == "unstable"} for r in yearly_rows),
    )  # fmt: skip


def capacity(data: Data) -> Figure:
    """Decisions, requests that wait, requests that are dropped."""
    flow = {n: data.monthly(n, COURT) for n in ("decided", "dropped")}
    waiting = data.monthly("waiting", COURT)
    decided, dropped = sum(flow["decided"]), sum(flow["dropped"])
    reading = say("No request waits for a decision in this run (capacity is off, or nobody asks).")
    if decided + dropped + sum(waiting):
        reading = say(
            "Courts take {decided:,} listing decisions; {dropped:,} requests are dropped undecided "
            "({share:.0f} % of both), and {waiting:,} wait in {month}.",
            decided=decided,
            dropped=dropped,
            share=percent(dropped, decided + dropped),
            waiting=waiting[-1],
            month=data.months[-1],
        )

    def draw(width: int) -> Any:
        drawn = {k: scaled(data, v) for k, v in flow.items()}
        return stack(
            [
                line_panel(data, "Decided and dropped, a month", drawn, flow, width),
                line_panel(data, "Requests waiting at the end of the month",
                           {"waiting": scaled(data, waiting)}, {"waiting": waiting}, width),
            ]
        )  # fmt: skip

    return Figure(
        "capacity", "Decisions of courts on listing", "纳入失信名单的决定", reading,
        say("Unit: decisions and requests. {drawn}", drawn=one_to_one(data)),
        "calibration (decisions that can be taken a month, set by hand, year by year, to "
        "published totals); assumption (a request lapses after some months)",
        "How many creditors ask in fact: demand is set well above capacity, so that capacity "
        "sets the flow. Capacity after the middle of 2018 is held, not known.",
        draw,
        (yearly(data, "Decisions and requests by year", {"waiting": waiting}, flow),),
        tidy(data, "decisions or requests", {**flow, "waiting": waiting}),
    )  # fmt: skip


def provinces(data: Data) -> Figure:
    """Entries of persons by province, for ten thousand residents."""
    alive = data.places("alive", "", PERSONS)
    entered = data.places("entered", COURT, PERSONS)
    rows: list[Row] = []
    by_province: dict[str, list[int]] = {}
    for leaf, people in alive.items():
        sums = by_province.setdefault(province(leaf), [0, 0])
        sums[0] += sum(entered.get(leaf, ()))
        sums[1] += people[-1]
    for place, (made, people_there) in by_province.items():
        rate = 10_000 * made / people_there if people_there else 0.0
        rows.append(
            {"place": place, "name": data.own(place), "made": made, "people": people_there,
             "rate": rate,
             "sure": "stable" if made >= STABLE else "unstable"}
        )  # fmt: skip
    rows.sort(key=lambda r: (-r["rate"], r["place"]))
    nation = 10_000 * sum(r["made"] for r in rows) / max(sum(r["people"] for r in rows), 1)
    some = [r for r in rows if r["made"]]
    reading = say("No natural person enters the court list in this run.")
    if some:
        sure = [r for r in rows if r["sure"] == "stable"] or some
        reading = say(
            "Entries of natural persons for 10,000 residents over the run range from {low:.1f} "
            "({least}) to {high:.1f} ({most}); {nation:.1f} in the nation. Places differ by age, "
            "by chance and by the mix of propensities only, since rates of conduct are the same "
            "everywhere.",
            low=sure[-1]["rate"],
            least=sure[-1]["name"],
            high=sure[0]["rate"],
            most=sure[0]["name"],
            nation=nation,
        )

    def draw(width: int) -> Any:
        if not some:
            return stack([empty(width, "No entries of natural persons")])
        base = over(rows)
        names = alt.Axis(
            title=None, domain=False, ticks=False, labelColor=INK, minExtent=104, maxExtent=104
        )
        y = alt.Y("name:N", sort=[r["name"] for r in rows], axis=names)
        x = alt.X("rate:Q", axis=alt.Axis(title=None, tickCount=5, orient="top"))
        bars = base.mark_bar(stroke=BLUE, strokeWidth=1.2, height=9).encode(
            x=x, y=y,
            color=alt.Color("sure:N", legend=None, scale=alt.Scale(
                domain=["stable", "unstable"], range=[BLUE, "transparent"])),
        )  # fmt: skip
        rule = over([{"rate": nation}]).mark_rule(color=ORANGE, strokeDash=[5, 3], strokeWidth=1.8)
        return alt.layer(bars, rule.encode(x=x)).properties(
            width=width - 104 - 26, height=len(rows) * 17
        )

    cells = tuple(
        (
            Cell(data.en(r["place"]), data.zh(r["place"])),
            count(r["made"]),
            Cell(f"{r['people']:,}", number=True),
            Cell(f"{r['rate']:.1f}", unstable=r["made"] < STABLE, number=True),
        )
        for r in rows
    )
    return Figure(
        "provinces", "Entries of persons by province", "各地区", reading,
        "Unit: entries made over the whole run for 10,000 natural persons alive there at its "
        "end, of any age. Dashed line: the nation. Hollow bars rest on fewer than ten entries. "
        "Cities that are simulated apart are counted with their province.",
        "rule (who may be listed); calibration (courts' capacity, shared out by population); "
        "assumption (the same rates of conduct everywhere)",
        "Differences between real provinces. No province has rates of its own yet, so the bars "
        "differ only by the make-up of the population and by chance.",
        draw,
        (Table("Entries of natural persons by place",
               ("Place", "Entries made", "Persons", "For 10,000"), cells),),
        tuple({"place": r["place"], "unit": "entries made", "value": r["made"],
               "persons": r["people"], "unstable": r["made"] < STABLE} for r in rows),
    )  # fmt: skip


def _two(data: Data, group: str, width: int, what: str) -> Any:
    stock, made = data.monthly("stock", group), data.monthly("entered", group)
    gone = left(data, group)
    flow = {"entered": made, "left": gone}
    active = [i for i in range(len(stock)) if stock[i] or made[i] or gone[i]]
    if not active:
        return stack([empty(width, f"No {what} in this run")])
    first = min(active)
    return stack(
        [
            line_panel(data, f"{what[0].upper()}{what[1:]} alive at the end of the month",
                       {"alive": scaled(data, stock)}, {"alive": stock}, width, first=first),
            bar_panel(data, "Entered and left, a year", flow, width, first=first),
        ]
    )  # fmt: skip


def tax_class_a(data: Data) -> Figure:
    """Taxpayers of credit class A."""
    stock, made = data.monthly("stock", TAX), data.monthly("entered", TAX)
    rounds = {y: sum(made[i] for i in p) for y, p in data.years().items()}
    big = max(rounds, key=lambda y: rounds[y])
    reading = say(
        "No firm is graded A in this run: the rounds of 2014 to 2022 are taken each spring."
    )
    if any(made):
        reading = say(
            "{n:,} firms ({m:,} at one to one) enter class A in {year}, more than in any other "
            "year of the run; {k:,} ({kk:,}) hold it in {month}.",
            n=rounds[big],
            m=rounds[big] * data.scale,
            year=big,
            k=stock[-1],
            kk=stock[-1] * data.scale,
            month=data.months[-1],
        )
    return Figure(
        "tax_class_a", "Class-A taxpayers", "A级纳税人", reading,
        say(
            "Unit: entries, one a firm and yearly round (spring, later where steps are late). "
            "{drawn}",
            drawn=one_to_one(data),
        ),
        "rule (90 points, no bar, yearly round); sourced rate (share graded A in the 2019 "
        "round), taken to be alike in other years",
        "Whether the same firm keeps its grade: years are drawn independently, so it does so "
        "less often than in fact. Its growth here follows the number of registered firms alone.",
        lambda width: _two(data, TAX, width, "class-A entries"),
        (yearly(data, "Class A by year", {"alive": stock},
                {"entered": made, "left": left(data, TAX)}),),
        tidy(data, "entries", {"alive": stock, "entered": made, "left": left(data, TAX)}),
    )  # fmt: skip


def wage_list(data: Data) -> Figure:
    """The list of employers that owe wages."""
    stock, made = data.monthly("stock", WAGE), data.monthly("entered", WAGE)
    firms = data.monthly("entered", WAGE, ("enterprise",))
    reading = say(
        "Nobody is entered on the wage list in this run: at 1:{n:,} the list may hold no one.",
        n=data.scale,
    )
    if any(made):
        reading = say(
            "{n:,} entries are made on the wage list over the run ({m:,} at one to one), {firms:,} "
            "of them of enterprises; {alive:,} are alive in {month}.",
            n=sum(made),
            m=sum(made) * data.scale,
            firms=sum(firms),
            alive=stock[-1],
            month=data.months[-1],
        )
    if any(made) and max(stock) < STABLE:
        reading += say(" Never do ten stand on it at once: read nothing into its ups and downs.")
    return Figure(
        "wage_list", "List of employers that owe wages", "拖欠农民工工资失信联合惩戒对象名单",
        reading,
        say(
            "Unit: entries of firms and of the persons answering for them. {drawn}",
            drawn=one_to_one(data),
        ),
        "rule (order, deadline, grounds, terms, early removal); assumption (how many employers "
        "come to a formal order, how many pay)",
        "The number of employers on the real list, which was not used to set anything. Small "
        "counts multiplied by the scale stay as uncertain as the small counts.",
        lambda width: _two(data, WAGE, width, "wage-list entries"),
        (yearly(data, "Wage list by year", {"alive": stock},
                {"entered": made, "left": left(data, WAGE)}),),
        tidy(data, "entries", {"alive": stock, "entered": made, "left": left(data, WAGE)}),
    )  # fmt: skip
