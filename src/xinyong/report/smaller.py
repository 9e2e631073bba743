"""The figure of the smaller lists: how many entries each holds, side by side."""

from __future__ import annotations

from typing import Any

from xinyong.language import say
from xinyong.report.data import STABLE, Data
from xinyong.report.figure import Cell, Figure, Table, count, empty, line_panel, stack, tidy
from xinyong.report.lists import COURT, EXITS, TAX, WAGE, cause, left, one_to_one, scaled

__all__ = ["smaller_lists"]

#: Lists that have a figure of their own, or follow one that has.
_OWN = (COURT, "spending_restriction", TAX, WAGE)
_SIDE_BY_SIDE = 640  # pixels from which panels stand in two columns


def _lists(data: Data) -> list[str]:
    """Return the other lists that anybody entered, largest first."""
    made = {g: sum(data.monthly("entered", g)) for g in data.groups("entered") if g not in _OWN}
    return sorted((g for g in made if made[g]), key=lambda g: (-made[g], g))


def _table(data: Data, names: list[str]) -> Table:
    header = ["List", "entries made", "of these mistaken", "alive at the end"]
    causes = [c for c in EXITS if any(sum(data.monthly(f"exit_{c}", n)) for n in names)]
    rows = []
    for name in names:
        cells = [
            Cell(data.en(name), zh=data.zh(name)),
            count(sum(data.monthly("entered", name))),
            count(sum(data.monthly("entered_mistaken", name))),
            count(data.monthly("stock", name)[-1]),
        ]
        cells += [count(sum(data.monthly(f"exit_{c}", name))) for c in causes]
        rows.append(tuple(cells))
    return Table(
        "Smaller lists over the run", (*map(say, header), *map(cause, causes)), tuple(rows)
    )


def smaller_lists(data: Data) -> Figure:
    """Return the stocks of all lists without a figure of their own."""
    names = _lists(data)
    stock = {name: data.monthly("stock", name) for name in names}
    reading = say("Nobody enters any of the smaller lists in this run.")
    if names:
        big = names[0]
        made = sum(data.monthly("entered", big))
        few = sum(max(stock[n]) < STABLE for n in names)
        reading = say(
            "The largest of {n} smaller lists is the {list} with {made:,} entries made over the "
            "run ({m:,} at one to one).",
            n=len(names),
            list=data.own(big),
            made=made,
            m=made * data.scale,
        )
        if few:
            reading += say(
                " On {n} of them ten never stand at once: read nothing into their ups and downs.",
                n=few,
            )

    def draw(width: int) -> Any:
        if not names:
            return empty(width, "Smaller lists: nothing in this run")
        columns = 2 if width >= _SIDE_BY_SIDE else 1
        wide = (width - 18 * (columns - 1)) // columns
        panels = []
        for name in names:
            values = stock[name]
            first = next((i for i, v in enumerate(values) if v), 0)
            panels.append(
                line_panel(
                    data, data.own(name), {"alive": scaled(data, values)}, {"alive": values}, wide,
                    height=90, first=max(first - 1, 0), legend=False,
                )
            )  # fmt: skip
        return stack(panels, columns=columns)

    flows = {f"{data.en(n)}: entered": data.monthly("entered", n) for n in names}
    ended = {f"{data.en(n)}: left": left(data, n) for n in names}
    alive = {f"{data.en(n)}: alive": stock[n] for n in names}
    return Figure(
        "smaller_lists", "Smaller national lists", "其他名单", reading,
        say("Unit: entries alive at the end of the month. {drawn}", drawn=one_to_one(data)),
        "rule (grounds, terms, exits); sourced rate where a month's or a year's additions were "
        "published (tax, customs, air, rail); assumption elsewhere",
        "How many stand on the real lists. The rates are held constant, so that a change in a "
        "curve comes from the rules, or from few entries; the additions that set a rate cannot "
        "confirm it.",
        draw,
        (_table(data, names),),
        tidy(data, "entries", alive | flows | ended),
    )  # fmt: skip
