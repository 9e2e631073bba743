"""Figures on derived indicators: error, integration, exposure, burden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xinyong.language import say
from xinyong.report.data import Data, percent
from xinyong.report.figure import Cell, Figure, Row, Table, empty, line_panel, stack

__all__ = ["burden", "exposure", "identity", "integration"]

COURT = "spc_defaulters"
#: What rests on rules and assumptions alone is never unstable.
_SURE = 10**9

Series = tuple[list[float | None], list[int]]


def _times(values: Sequence[float | None], factor: float) -> list[float | None]:
    return [None if v is None else factor * v for v in values]


def _last(values: Sequence[float | None]) -> float | None:
    return next((v for v in reversed(values) if v is not None), None)


def _panel(
    data: Data, title: str, found: Mapping[str, Series], width: int, factor: float = 1.0,
    suffix: str = "", height: int = 150,
) -> Any:  # fmt: skip
    """Return a panel of at most three derived series, or a word that there are none."""
    drawn = {n: _times(v, factor) for n, (v, _) in found.items() if any(x is not None for x in v)}
    if not drawn:
        return empty(width, say("{what}: nothing in this run", what=say(title)))
    rests = {n: found[n][1] for n in drawn}
    return line_panel(data, title, drawn, rests, width, suffix=suffix, height=height)


def _rows(data: Data, found: Mapping[str, Series], unit: str) -> tuple[Row, ...]:
    return tuple(
        {
            "month": month, "series": name, "unit": unit, "value": values[i],
            "unstable": rests[i] < 10,
        }
        for name, (values, rests) in found.items()
        for i, month in enumerate(data.months)
        if values[i] is not None
    )  # fmt: skip


def _table(
    data: Data, caption: str, found: Mapping[str, Series], places: int, factor: float = 1.0
) -> Table:
    """Return the values at the end of each year."""
    rows = []
    for year, positions in data.years().items():
        i = positions[-1]
        cells = [Cell(year)]
        for values, rests in found.values():
            value = values[i]
            text = "–" if value is None else f"{factor * value:,.{places}f}"
            cells.append(Cell(text, unstable=value is not None and rests[i] < 10, number=True))
        rows.append(tuple(cells))
    return Table(caption, ("Year", *found), tuple(rows))


def identity(data: Data) -> Figure:
    """The share of mistakes on the court list and at the authorities that hold it."""
    found = {
        "on the list": data.derived("fds_listed", COURT),
        "held by authorities": data.derived("fds_held", COURT),
        "of these astray": data.derived("astray_held", COURT),
    }
    listed, held = (_last(found[n][0]) for n in ("on the list", "held by authorities"))
    flr, _ = data.derived("flr", COURT, period="all")
    reading = "No mistake is counted on the court list in this run."
    if listed is not None and held is not None and flr is not None:
        reading = say(
            "At the end {listed:.2f} % of the court list rests on no act of its subject; of the "
            "copies that authorities hold it is {held:.2f} %, since copies go astray on their "
            "way. For a subject that did nothing the risk is {risk:.2f} in a million a month: "
            "small, because such subjects are many.",
            listed=100 * listed,
            held=100 * held,
            risk=1e6 * flr,
        )
    return Figure(
        "identity", "Mistaken identity on the list and beyond it", "主体识别错误", reading,
        "Unit: percent of entries alive, and of copies held, at the end of the month. On the "
        "list: entries without an act of their subject. Held by authorities: copies held for "
        "somebody who did nothing of it. Astray: the part that went to somebody else between "
        "authorities.",
        "assumption (wrong files, false records, keys that fail at each hop); rule (how long an "
        "entry stands)",
        "How many entries are wrong in fact: no authority publishes it, and the ranges of the "
        "assumptions span three powers of ten.",
        lambda width: stack([_panel(data, "Share that is a mistake", found, width, 100, " %")]),
        (_table(data, "Percent mistaken, at the end of each year", found, 3, 100),),
        _rows(data, found, "share"),
    )  # fmt: skip


def integration(data: Data) -> Figure:
    """Three states of integration, side by side and never added up."""
    links = {
        "between agencies": data.derived("state_links", "cross_agency"),
        "province to nation": data.derived("state_links", "vertical"),
        "between provinces": data.derived("state_links", "cross_province"),
    }
    rules = {"rules alike": data.derived("state_rules", "")}
    law = {"lists of adequate rank": data.derived("state_law", "")}
    every = {**links, **rules, **law}
    ends = [_last(v) for v, _ in (*links.values(), *rules.values(), *law.values())]
    reading = "No state of integration is computed in this run."
    if all(e is not None for e in ends):
        agencies, vertical, across, alike, rank = (100 * float(e or 0) for e in ends)
        reading = say(
            "At the end links between agencies are worth {agencies:.0f} % of what immediate and "
            "complete links would be, those of provinces to the nation {vertical:.0f} %, those "
            "between provinces {across:.0f} %. What the law of these places says is alike to "
            "{alike:.0f} % in what the catalogue holds, and {rank:.0f} % of the black lists in "
            "force have an adequate legal rank. The three do not move together.",
            agencies=agencies,
            vertical=vertical,
            across=across,
            alike=alike,
            rank=rank,
        )
    return Figure(
        "integration", "Integration: links, rules, law", "一体化：联通、规则、法治", reading,
        "Unit: percent, of three different things that are never added up. Links: coverage × "
        "fields kept × worth left after the delay. Rules: 1 − mean distance between what the law "
        "in force says in the provinces and in the cities and counties simulated apart. "
        "Law: black lists whose instrument has "
        "the rank of a local regulation or above, department rules included.",
        "assumption (coverage, delays, growth of platforms, fields kept); rule (what instruments "
        "say, their rank)",
        "How far integration is in fact. The links follow assumed growth. Rules are those of the "
        "catalogue, which holds far more national than local law, so places look more alike than "
        "they are.",
        lambda width: stack(
            [
                _panel(data, "State 1: technical links", links, width, 100, " %"),
                _panel(data, "State 2: rules that places share", rules, width, 100, " %", 110),
                _panel(data, "State 3: lists with adequate rank", law, width, 100, " %", 110),
            ]
        ),
        (_table(data, "Three states at the end of each year, percent", every, 1, 100),),
        _rows(data, every, "share"),
    )  # fmt: skip


def exposure(data: Data) -> Figure:
    """How many bodies hold an entry, and how much leaves its context."""
    holding = {
        "court list": data.derived("bodies_holding", COURT),
        "tax class A": data.derived("bodies_holding", "tax_class_a"),
        "spending orders": data.derived("bodies_holding", "spending_restriction"),
    }
    against = {
        "court list": data.derived("against_origin", COURT),
        "tax class A": data.derived("against_origin", "tax_class_a"),
        "spending orders": data.derived("against_origin", "spending_restriction"),
    }
    bodies, away = _last(holding["court list"][0]), _last(against["court list"][0])
    reading = "Nobody holds a copy of an entry in this run."
    if bodies is not None and away is not None:
        reading = say(
            "At the end an entry of the court list is held by {bodies:.1f} bodies, its keeper "
            "among them, and {away:.0f} % of the copies serve a measure in another field than the "
            "conduct they tell of.",
            bodies=bodies,
            away=100 * away,
        )
    return Figure(
        "exposure", "Who holds a fact, and for what", "信息知悉范围", reading,
        "Above: mean number of bodies that hold an entry (its keeper, and each authority with a "
        "copy, zombies included). Below: percent of copies held for a measure whose field is not "
        "that of the conduct, by the four fields of the 2014 Outline.",
        "rule (who acts on which list, fields, since when); assumption (coverage, delay, lost "
        "withdrawals)",
        "That anybody looks. All these lists are published, so everybody may; and a field is a "
        "coarse norm of origin: what people expect of a fact was not asked.",
        lambda width: stack(
            [
                _panel(data, "Bodies that hold an entry", holding, width),
                _panel(data, "Copies that leave their field", against, width, 100, " %"),
            ]
        ),
        (
            _table(data, "Bodies holding an entry, at the end of each year", holding, 1),
            _table(data, "Percent of copies in another field", against, 0, 100),
        ),
        _rows(data, holding, "bodies an entry") + _rows(data, against, "share of copies"),
    )  # fmt: skip


def burden(data: Data) -> Figure:
    """Burden by cause, beside that of ordinary penalties."""
    found = {
        "credit measures": data.derived("burden", ""),
        "felt by others": data.derived("burden_others", ""),
        "ordinary penalties": data.derived("burden_ordinary", ""),
    }
    wrong = {
        "after the lawful end": data.derived("burden_zombie", ""),
        "without an act": data.derived("burden_mistaken", ""),
    }
    ends = {e: data.derived("burden", e) for e in ("low", "high")}
    whole = {n: sum(v or 0.0 for v in values) for n, (values, _) in (found | wrong).items()}
    least, most = (sum(v or 0.0 for v in ends[e][0]) for e in ("low", "high"))
    credit = whole["credit measures"]
    reading = "No measure is applied in this run; what is left is the burden of ordinary penalties."
    if credit:
        reading = say(
            "Over the run credit measures weigh as much as {credit:,.0f} refused air tickets "
            "({least:,.0f} to {most:,.0f} over the ranges of the weights); {late:.1f} % of it "
            "falls after the lawful end of the entry, {wrong:.2f} % on somebody who did nothing. "
            "Besides, those behind a body, children, employers and firms feel {others:,.0f}. "
            "Ordinary penalties for the same acts weigh {ordinary:,.0f}.",
            credit=credit,
            least=least,
            most=most,
            late=percent(whole["after the lawful end"], credit),
            wrong=percent(whole["without an act"], credit),
            others=whole["felt by others"],
            ordinary=whole["ordinary penalties"],
        )
    every = {**found, **wrong}
    return Figure(
        "burden", "Burden by cause", "惩戒负担", reading,
        "Unit: refused air tickets a month, in counts of the run. Every application is weighed "
        "(a refused flight 1, a post or a licence more, a closer look less); weights and ranges "
        "stand on the page of indicators. Felt by others: the same measures, where the text "
        "has them reach those behind a listed body or concern a child, an employer, a firm; not "
        "part of the first. Ordinary penalties: fines, enforcement, custody for "
        "recorded acts, which exist with or without a credit system.",
        "assumption (every weight; how often an authority is asked; coverage and delay); rule "
        "(which measures follow)",
        "What people bear in fact. The weights are guesses over a factor of ten or more, so only "
        "shares and changes can be read; and an authority that was asked need not have refused.",
        lambda width: stack(
            [
                _panel(data, "All burden", found, width),
                _panel(data, "Of the credit measures: mistaken, too late", wrong, width),
            ]
        ),
        (_table(data, "Burden in the last month of each year", every, 1),),
        _rows(data, every, "refused air tickets"),
    )  # fmt: skip
