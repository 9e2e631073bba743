"""What the pages of a case are made from: its data as ``xinyong case --json``, and names for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from xinyong import places
from xinyong.case import records, seen
from xinyong.case.calculator import CaseResult
from xinyong.case.export import as_dict, basis
from xinyong.case.stating import Stated
from xinyong.case.text import consents, grouped, other_words
from xinyong.language import language, own, say, worded
from xinyong.law import phrases, trace
from xinyong.law.catalogue import Catalogue
from xinyong.portal.page import address

__all__ = ["Name", "View", "fact", "link", "named", "place_groups", "stated_as"]

#: A name in English and in Chinese.
Name = tuple[str, str]


def link(path: str, stated: Stated, **more: Any) -> str:
    """Return the address of a page about a case.

    Example:
        >>> link("/case/result", Stated(kind="person"), n=1)
        '/en/case/result?kind=person&n=1'
    """
    pairs = [*stated.pairs(), *((k, str(v)) for k, v in more.items() if v not in (None, ""))]
    tail = f"?{urlencode(sorted(pairs, key=lambda x: x[0]), safe=',:=')}" if pairs else ""
    return address(path) + tail


def named(catalogue: Catalogue, instrument: str) -> Name:
    """Return the short name of an instrument."""
    it = catalogue.instrument(instrument)
    name = it.short or it.name
    return name.en, name.zh


#: An assumption of an act or a link, counted from nought, or of the whole.
_COUNTED = re.compile(r"(?:(act|link) (\d+): )?(.*)", re.DOTALL)


class View:
    """A result as a page asks for it: data, names of ids, and what touches a finding.

    Attributes:
        result: what follows; data: as `as_dict` gives it, the same as ``xinyong case --json``.
    """

    def __init__(self, result: CaseResult) -> None:
        self.result = result
        self.data = as_dict(result)
        self._catalogue = result.law.catalogue

    # names -----------------------------------------------------------------------------------

    def name(self, instrument: str) -> Name:
        """Return the short name of an instrument."""
        return named(self._catalogue, instrument)

    def measure(self, measure: str) -> Name:
        """Return the name of a measure."""
        name = self._catalogue.measures[measure].name
        return name.en, name.zh

    def authority(self, authority: str) -> Name:
        """Return the name of an authority, or that it is the subject."""
        if authority == "subject":
            return "the subject", "信用主体"
        name = self._catalogue.authorities[authority].name
        return name.en, name.zh

    def conduct(self, conduct: str) -> Name:
        """Return the name of a conduct."""
        found = self._catalogue.conducts[conduct]
        return found.en, found.zh

    def place(self, place: str) -> Name:
        """Return the name of a place."""
        found = places.place(place)
        return found.name_en, found.name_zh

    def grade(self, scheme: str, grade: str) -> str:
        """Return a grade by its name in its scheme, as sentences on grades take it."""
        it = self._catalogue.instrument(scheme)
        return phrases.in_level(phrases.grade_of(it, grade, self.result.on))

    def worth(self, line: dict[str, Any]) -> str:
        """Return what a score line is worth."""
        points = f"{line['points']:+g}" if line["points"] or not line["grade"] else ""
        grade = ""
        if line["grade"]:
            grade = say("grade {x}", x=self.grade(line["scheme"], line["grade"]))
        return ", ".join(x for x in (points, grade) if x)

    # in short --------------------------------------------------------------------------------

    @cached_property
    def live(self) -> list[dict[str, Any]]:
        """The entries that stand on the day."""
        return [e for act in self.data["acts"] for e in act["entries"] if e["end"] is None]

    @cached_property
    def many(self) -> int:
        """How many measures are due, whichever lists and bodies ask for them."""
        return len({m["measure"] for m in self.data["measures"]})

    @property
    def assumptions(self) -> list[str]:
        """What was assumed; acts and links are counted from one, as on the page."""
        told = []
        for text in self.data["assumptions"]:
            counted = _COUNTED.match(text)
            of, number, rest = counted.groups() if counted else ("", "", text)
            text = say(rest)
            if of:
                words = "act {n}: {text}" if of == "act" else "link {n}: {text}"
                text = say(words, n=int(number) + 1, text=text)
            told.append(text)
        return told

    def provision(self, where: dict[str, Any]) -> str:
        """Return the address of a provision, step, measure or item in the catalogue."""
        instrument, name = where["instrument"], where["provision"]
        if any(x.item == name for x in self._catalogue.items.get(instrument, ())):
            return address(f"/catalogue/{instrument}/items", q=name)
        version = where["version"]
        if version == "*":  # an open reading
            return f"{address(f'/catalogue/{instrument}')}#reading-{name}"
        at = f"v-{version}" if name == "scheme" else f"{version}.{name}"
        return f"{address(f'/catalogue/{instrument}', version=version)}#{at}"

    # what touches a finding ------------------------------------------------------------------

    def gates(
        self, what: str, of: str, provision: str | None = None, act: int | None = None
    ) -> Any:
        """Return the gates on a finding."""
        return [
            g
            for g in self.data["gates"]
            if (g["what"] == what or (what == "finding" and g["what"] != "measure"))
            and (g["of"], g["provision"], g["act"]) == (of, provision, act)
        ]

    def gate_name(self, gate: dict[str, Any]) -> Name:
        """Return the short name of the instrument of a gate."""
        return self.name(gate["instrument"])

    def doubts(self, where: dict[str, Any] | None) -> list[int]:
        """Return the numbers of the open readings that a provision of this basis touches."""
        if not where:
            return []
        return [
            n
            for n, x in enumerate(self.data["interpretations"], 1)
            if x["instrument"] == where["instrument"]
            and (where["provision"] in x["touches"] or x["id"] in where["interpretations"])
        ]

    def alternatives(self, number: int, stated: Stated) -> list[tuple[str, str]]:
        """Return how an open reading can be read otherwise, and where it is worked out so.

        The second is empty where no value of the law says the other reading.
        """
        x = self.result.uncertain[number]
        found = []
        for a in x.note.alternatives:
            text = f"{x.instrument}.{x.note.id}={a.id}"
            where = ""
            if a.path is not None and text not in stated.reading:
                others = [r for r in stated.reading if not r.startswith(text.partition("=")[0])]
                where = link("/case/result", stated.changed(reading=(*others, text)))
            found.append((worded(a.reading), where))
        return found

    # parts of the page -----------------------------------------------------------------------

    def records(self, act: int) -> list[seen.Held]:
        """Return the records of an act and where they are held."""
        return [h for h in seen.held(self.result) if h.act == act and not h.listed]

    def said_by_regulations(self, act: int) -> list[str]:
        """Return what regulations say of the records of an act."""
        return list(records.words(self.result, self.result.act_of.index(act), _where))

    def record_ways(self) -> list[tuple[str, list[str]]]:
        """Return how records are undone under regulations: each way with its steps."""
        found: list[tuple[str, list[str]]] = []
        for text in records.ways(self.result, _where):
            if text.startswith("  ") and found:
                found[-1][1].append(text.strip())
            else:
                found.append((text, []))
        return found

    def steps(self, act: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the steps of an act that are open or have lapsed."""
        return [s for s in act["steps"] if s["state"] != "done"]

    def by_authority(self) -> list[tuple[Name, list[dict[str, Any]]]]:
        """Return the measures due by the authority that takes them, the busiest first."""
        found: dict[str, list[dict[str, Any]]] = {}
        for m in self.data["measures"]:
            for authority in m["by"]:
                found.setdefault(authority, []).append(m)
        rows = sorted(found.items(), key=lambda x: (-len(x[1]), x[0]))
        return [(self.authority(a), measures) for a, measures in rows]

    def sights(self) -> list[tuple[str, list[tuple[seen.Sight, list[int], dict[str, Any] | None]]]]:
        """Return who sees what, by level; what is said of several acts is said once."""
        acts: dict[seen.Sight, list[int]] = {}
        for s in seen.seen(self.result):
            acts.setdefault(replace(s, act=-1), []).append(s.act)
        levels: dict[str, list[Any]] = {}
        for s, of in acts.items():
            numbers = sorted({i for i in of if i >= 0})
            levels.setdefault(s.level, []).append((s, numbers, basis(s.where) if s.where else None))
        return list(levels.items())

    def unjoined(self) -> list[tuple[Name, bool]]:
        """Return schemes from which nothing follows, and whether they were joined."""
        return [(self.name(x), joined) for x, joined in consents(self.result)]

    def others(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what follows for others: whom, in words, and the data."""
        told = {id(f): d for f, d in zip(self.result.follows, self.data["follows"], strict=True)}
        for roles, f in grouped(self.result):
            yield other_words(self.result, roles, f), told[id(f)]

    def undone(self) -> Iterator[tuple[str, Name, int, list[dict[str, Any]]]]:
        """Yield (kind, name, act, ways) of everything that ends or can be undone."""
        for act in self.data["acts"]:
            for e in act["entries"]:
                if e["ways_out"]:
                    yield "entry", self.name(e["list"]), act["act"], e["ways_out"]
            for x in act["lines"]:
                if x["ways_out"]:
                    yield self.worth(x), self.name(x["scheme"]), act["act"], x["ways_out"]


def stated_as(catalogue: Catalogue, text: str) -> str:
    """Return a fact as a case states it, in words; in Chinese, ids by their names.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> stated_as(load(), "drunk_driving 2020-06-10")
        'drunk driving 2020-06-10'
    """
    if language() == "en":
        return text.replace("_", " ")
    known = worded(text.replace("_", " "))
    if known != text.replace("_", " "):
        return known
    return "".join(_called(catalogue, x) for x in re.split(r"([\s,]+)", text))


def _called(catalogue: Catalogue, word: str) -> str:
    for table in (catalogue.conducts, catalogue.documents, catalogue.circumstances):
        if word in table:
            return own(table[word])
    if word in catalogue.instruments:
        return named(catalogue, word)[1]
    found = next((p for p in places.places() if p.id == word), None)
    return found.name_zh if found else worded(word.replace("_", " "))


def fact(field: str) -> str:
    """Return the path of a fact in words; acts and links are counted from one.

    Example:
        >>> fact("acts[0].documents[1].formed"), fact("subject.place")
        ('Act 1: documents 2, formed', 'place')
    """
    words = []
    for part in re.findall(r"(\w+)(?:\[(\d+)\])?", field.removeprefix("subject.")):
        name, number = part
        n = int(number) + 1 if number else 0
        if name in ("acts", "links"):
            words.append(say("Act {n}", n=n) if name == "acts" else say("Link {n}", n=n))
        else:
            words.append(say(name.replace("_", " ")) + (f" {n}" if n else ""))
    first, *rest = words
    if field.startswith(("acts", "links")) and rest:
        return first + say(": ") + say(", ").join(rest)
    return say(", ").join(words)


def _where(x: trace.Provenance) -> str:
    """Return where a rule of a record stands, in one phrase."""
    if x.assumption:
        return say("assumption: {x}", x=worded(x.assumption))
    title = x.source_zh if language() == "zh" else x.source_en
    if language() == "zh":
        return say("{title}, {article} [{depth}]", title=title,
                   article=trace.article_words(x.article), depth=say(x.depth))  # fmt: skip
    return f"{x.article}, {title} [{x.depth}]"


@cache
def place_groups() -> list[tuple[Name, list[tuple[str, Name]]]]:
    """Return the places one may live in: each province with what has rules of its own in it."""
    groups: dict[str, tuple[Name, list[tuple[str, Name]]]] = {}
    for p in places.places():
        if p.level == "nation":
            continue
        name = (p.name_en, p.name_zh)
        if p.level == "province":
            groups[p.id] = (name, [(p.id, name)])
        else:
            above = next(x for x in places.ancestors(p.id) if x in groups)
            groups[above][1].append((p.id, name))
    return list(groups.values())
