"""The same case in two places or on two days: what is the same, and what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xinyong.case.changes import differences, outcome
from xinyong.case.stating import Stated
from xinyong.language import say, worded
from xinyong.law.compile import Law
from xinyong.portal.casework import Name, View

__all__ = ["Both", "Row", "compared", "elsewhere"]


@dataclass(frozen=True)
class Row:
    """One thing in both: its part of the result, its title, and how it is in each."""

    part: str
    title: Name
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether the two are not alike."""
        return self.first != self.second


@dataclass(frozen=True)
class Both:
    """Two results side by side; `words` says what is otherwise in the second."""

    first: View
    second: View
    rows: tuple[Row, ...]
    words: tuple[str, ...]

    def parts(self) -> list[tuple[str, list[Row]]]:
        """Return the rows by part, in their order."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.part, []).append(row)
        return list(found.items())


def elsewhere(stated: Stated, place: str, on: str) -> Stated:
    """Return the same case in another place or on another day.

    Who is registered where it lives is so elsewhere, too.
    """
    new = stated
    if place:
        moved = stated.registered in ("", stated.place)
        new = new.changed(place=place, registered="" if moved else stated.registered)
    return new.changed(on=on) if on else new


def compared(first: View, second: View, law: Law) -> Both:
    """Put two results side by side."""
    one, two = _told(first), _told(second)
    rows = []
    for key in sorted({*one, *two}, key=lambda k: (_ORDER.index(k[0]), k not in one, k)):
        name = (one.get(key) or two[key])[0]
        none = say("no")
        said = [x[key][1] if key in x else none for x in (one, two)]
        rows.append(Row(key[0], name, *said))
    outcomes = [outcome(v.result.case, law, v.result.on) for v in (first, second)]
    return Both(first, second, tuple(rows), tuple(differences(law, *outcomes)))


_ORDER = ("lists", "scores", "points", "measures", "limits")


def _told(view: View) -> dict[tuple[str, str], tuple[Name, str]]:
    """Return what a result says of each thing: (part, id) -> (name, words)."""
    return {(part, name): (title, words) for part, name, title, words in _each(view)}


def _each(view: View) -> Iterator[tuple[str, str, Name, str]]:
    data = view.data
    for act in data["acts"]:
        for e in act["entries"]:
            yield "lists", f"{e['list']} {act['act']}", view.name(e["list"]), _spell(e)
        for x in act["lines"]:
            if x["state"] != "superseded":
                name = _told_of(f"{x['basis']['text']} ({x['scheme']})", x["basis"]["text"])
                until = x["until"] or say("no fixed end")
                words = say("{worth}, {since} to {until}", worth=view.worth(x), since=x["since"],
                            until=until)  # fmt: skip
                if x["state"] != "live":
                    words += f" ({say(x['state'])})"
                yield "points", f"{x['scheme']} {x['item']} {act['act']}", name, words
    for s in data["scores"]:
        points = "" if s["points"] is None else f"{s['points']:g}"
        grade = say("grade {x}", x=view.grade(s["scheme"], s["grade"])) if s["grade"] else ""
        words = ", ".join(x for x in (points, grade) if x) or say("not known")
        yield "scores", s["scheme"], view.name(s["scheme"]), words
    lists: dict[str, list[str]] = {}
    for m in data["measures"]:
        lists.setdefault(m["measure"], []).append(m["list"])
    for measure in lists:
        yield "measures", measure, view.measure(measure), say("due")
    gates: dict[str, dict[str, Any]] = {f"{g['instrument']}.{g['gate']}": g for g in data["gates"]}
    for key, g in gates.items():
        words = say("perhaps barred") if g["effect"] == "weighed" else say("barred")
        name = _told_of(f"{view.gate_name(g)[0]}: {g['title']}", g["title"])
        yield "limits", key, name, words


def _told_of(english: str, text: str) -> Name:
    """Return what no official name is for, with the Chinese of its text where that is read."""
    chinese = worded(text)
    return english, "" if chinese == text else chinese


def _spell(e: dict[str, Any]) -> str:
    last = e["end"] or e["expires"]
    if e["end"]:
        return say("{start}, taken off {end}", start=e["start"], end=last)
    if last:
        return say("{start} to {end}", start=e["start"], end=last)
    return say("from {start}, without a term", start=e["start"])
