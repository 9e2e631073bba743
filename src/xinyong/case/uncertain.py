"""Where the law is ambiguous, and which findings of a case that touches.

A question is told only where the case touches it: where another reading would change a provision
that produced a finding, or one that failed at just the condition in question. Read off the paths
of the alternatives; where no value stands for them, off `schema.Touches`, else every finding of
the instrument is meant.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from xinyong import places
from xinyong.case.joined import consents
from xinyong.dates import day_of
from xinyong.law import schema
from xinyong.law import tables as t

if TYPE_CHECKING:
    from xinyong.case.calculator import CaseResult
    from xinyong.law.determine import Line
    from xinyong.law.trace import NotMet

__all__ = ["Touched", "touched"]


@dataclass(frozen=True, slots=True)
class Touched:
    """One question that the case touches.

    Attributes:
        instrument: id; note: the question with the reading taken.
        rows, steps: rows of `LawTables.prov` and `.step` whose findings it touches.
        measures: positions in `CaseResult.measures`.
        whole: whether it concerns the instrument's finding as a whole, such as its score.
    """

    instrument: str
    note: schema.Interpretation
    rows: frozenset[int] = frozenset()
    steps: frozenset[int] = frozenset()
    measures: frozenset[int] = frozenset()
    whole: bool = False


@dataclass
class _Found:
    """Findings of one instrument in a case, and of those it follows for."""

    rows: set[int] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    steps: set[int] = field(default_factory=set)
    measures: set[int] = field(default_factory=set)
    almost: list[NotMet] = field(default_factory=list)
    cases: set[int] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)  # of gates
    other: bool = False

    def __bool__(self) -> bool:
        return bool(self.rows or self.lines or self.measures or self.articles or self.other)


def touched(result: CaseResult) -> tuple[Touched, ...]:
    """Return the questions that a case touches, by instrument, in the order of the file."""
    found: list[Touched] = []
    for name, mine in sorted(_by_instrument(result).items()):
        it = result.law.catalogue.instrument(name)
        for note in it.interpretations:
            hit = _touched(result, it, note, mine)
            if hit is not None:
                found.append(hit)
    return tuple(found)


def _by_instrument(result: CaseResult) -> dict[str, _Found]:
    law = result.law
    found: dict[str, _Found] = {}

    def of(name: str) -> _Found:
        return found.setdefault(name, _Found())

    own = result.determination
    for entry in result.entries:
        of(entry.instrument).cases.add(entry.case)
    for each in (own, *(f.determination for f in result.follows if f.determination)):
        for e in each.entries:
            if e.row >= 0:
                of(e.instrument).rows.add(e.row)
        for line in each.lines:
            mine = of(line.instrument)
            mine.rows.add(line.row)
            mine.lines.append(line)
            mine.cases.add(line.case)
    for tried in own.tried:
        if tried.status == "met":
            of(law.origins[tried.row].instrument).rows.add(tried.row)
    for step in own.steps:
        of(step.instrument).steps.add(step.row)
    for score in own.scores:
        of(score.instrument).other = True
    for number, m in enumerate(result.measures):
        of(m.instrument).measures.add(number)
    for a in result.almost:
        of(law.origins[a.row].instrument).almost.append(a)
    for r in result.records:
        if r.allowed or r.shown or r.paths:
            of(r.instrument).other = True
    for b in own.barred:
        of(b.bar.instrument).articles.add(b.bar.cite.article or "")
    for bars in result.gated:
        for bar in bars:
            of(bar.instrument).articles.add(bar.cite.article or "")
    for m2 in result.private:
        of(m2.instrument).other = True
    for name, it in law.catalogue.instruments.items():
        if it.reach.without and it.interpretations and _left_out(result, it):
            of(name)  # it finds nothing because it is left out, which may be in question
    for name, joined in consents(result):
        if not joined:
            of(name)  # it finds nothing for want of consent, which may be in question
    return found


def _touched(
    result: CaseResult, it: schema.Instrument, note: schema.Interpretation, mine: _Found
) -> Touched | None:
    paths = [a for a in note.alternatives if a.path]
    if note.touches is not None:
        return _as_said(result, it, note, note.touches, mine)
    if not paths:
        if not mine or (it.kind == "gate" and not _same_article(note, mine)):
            return None
        return Touched(it.id, note, measures=frozenset(mine.measures), whole=True)
    hits = [hit for a in paths for hit in [_by_path(result, it, a, mine)] if hit is not None]
    if not hits:
        return None
    return Touched(
        it.id,
        note,
        rows=frozenset().union(*(h.rows for h in hits)),
        steps=frozenset().union(*(h.steps for h in hits)),
        measures=frozenset().union(*(h.measures for h in hits)),
        whole=any(h.whole for h in hits),
    )


#: What a subject does itself may end an entry; what its authority does is no reason to ask.
_OWN_DOING = ("corrected", "performed", "settled", "pledged", "applied")


# --- by the path of an alternative -------------------------------------------------------------


@dataclass(frozen=True)
class _Hit:
    rows: frozenset[int] = frozenset()
    steps: frozenset[int] = frozenset()
    measures: frozenset[int] = frozenset()
    whole: bool = False


def _by_path(
    result: CaseResult, it: schema.Instrument, other: schema.Alternative, mine: _Found
) -> _Hit | None:
    parts = (other.path or "").split(".")
    if parts[0] == "reach":
        return _Hit(whole=True) if _left_out(result, it) else None
    if parts[0] != "versions" or len(parts) < 3:
        return _Hit(whole=True) if mine else None
    version, area, rest = parts[1], parts[2], parts[3:]
    if area == "provisions":
        rows = frozenset(_provisions(result, version, rest, other.value, mine))
        return _Hit(rows=rows) if rows else None
    if area == "steps":
        steps = frozenset(
            row
            for row in mine.steps
            if fnmatchcase(result.law.steps[row].version, version)
            and fnmatchcase(result.law.steps[row].step.id, rest[0] if rest else "*")
        )
        return _Hit(steps=steps) if steps else None
    if area == "measures":
        measures = frozenset(_measures(result, version, rest, other.value, mine))
        return _Hit(measures=measures) if measures else None
    if area == "scheme" and rest[:1] == ["consent"] and not mine:
        return _Hit(whole=True)
    if area == "scheme":
        rows = frozenset(_scheme(result, rest, mine))
        return _Hit(rows=rows, whole=True) if rows else None
    if area == "transition":
        return _Hit(whole=True) if mine and _straddles(result, it, version, mine) else None
    if area == "in_force":
        return _Hit(whole=True) if _between(result, it, version, rest, other.value) else None
    return _Hit(whole=True) if mine else None


def _provisions(
    result: CaseResult, version: str, rest: list[str], value: object, mine: _Found
) -> Iterator[int]:
    """Yield rows of provisions that another reading would change in this case."""
    law = result.law
    name, tail = (rest[0], rest[1:]) if rest else ("*", [])

    def meant(row: int) -> bool:
        o = law.origins[row]
        return fnmatchcase(o.version, version) and fnmatchcase(o.provision, name)

    dropped = tail[:1] == ["when"] and len(tail) == 2 and value is None
    for row in mine.rows:
        # A condition that holds may go without changing anything, unless it was waited for.
        if meant(row) and (not dropped or _waited(result, row, tail[1])):
            yield row
    for a in mine.almost:
        if not meant(a.row):
            continue
        effect = law.origins[a.row].effect
        head = 2 if isinstance(effect, schema.End) else int(isinstance(effect, schema.Convert))
        condition = tail[:1] == ["when"] and tail[1:2] in ([str(a.at - head)], [], ["*"])
        anchor = tail[:2] == ["effect", "from"] and a.at == 0 and head > 0
        happened = anchor and value in _OWN_DOING and a.case in _with_event(result, str(value))
        if condition or happened:
            yield a.row


def _waited(result: CaseResult, row: int, condition: str) -> bool:
    """Tell whether an entry began on the very day on which a condition of its ground came true."""
    conditions = result.law.origins[row].conditions
    if not condition.isdigit() or int(condition) >= len(conditions):
        return False
    happened = conditions[int(condition)].event
    return happened is not None and any(
        e.case == entry.case and e.event == happened.event and e.day == day_of(entry.start)
        for entry in result.entries
        if entry.row == row
        for e in result.ledger.events
    )


def _measures(
    result: CaseResult, version: str, rest: list[str], value: object, mine: _Found
) -> Iterator[int]:
    name, tail = (rest[0], rest[1:]) if rest else ("*", [])
    for number in mine.measures:
        m = result.measures[number]
        same = tail == ["discretionary"] and m.discretionary == value
        if fnmatchcase(m.version, version) and fnmatchcase(m.measure, name) and not same:
            yield number


def _scheme(result: CaseResult, rest: list[str], mine: _Found) -> Iterator[int]:
    """Yield rows of lines to which a rule of the scheme as a whole matters."""
    field_name = rest[1] if rest[:1] == ["combination"] and len(rest) > 1 else rest[0]
    lines = [x for x in mine.lines if x.state != "superseded"]
    if field_name == "several_items":
        superseded = {x.case for x in mine.lines if x.state == "superseded"}
        yield from (x.row for x in mine.lines if x.case in superseded)
    elif field_name == "recurrence_factor":
        yield from (x.row for x in lines if x.factor > 1)
    elif field_name == "recurrence_class":
        yield from (x.row for x in lines for y in lines if _kin(result, x, y))
    elif field_name == "grades":
        yield from (x.row for x in lines if x.grade and fnmatchcase(x.grade, rest[1]))
    elif field_name == "released_by_correction":
        right = _with_event(result, "corrected", "performed")
        yield from (x.row for x in lines if x.grade and x.case in right)
    elif field_name == "validity":
        yield from (x.row for x in lines)
    else:
        yield from (x.row for x in mine.lines)


def _kin(result: CaseResult, x: Line, y: Line) -> bool:
    """Tell whether two deductions of different cases belong to one group of items."""
    prov = result.law.tables.prov
    same = prov[x.row, t.P_GROUP] == prov[y.row, t.P_GROUP]
    return bool(x.case != y.case and x.row != y.row and same and x.points < 0 and y.points < 0)


def _with_event(result: CaseResult, *words: str) -> set[int]:
    last = day_of(result.on)
    return {e.case for e in result.ledger.events if e.event in words and e.day <= last}


def _straddles(result: CaseResult, it: schema.Instrument, version: str, mine: _Found) -> bool:
    """Tell whether a case lies on both sides of the first day of a version."""
    last = day_of(result.on)
    for w in it.versions:
        if not fnmatchcase(w.id, version):
            continue
        begins = day_of(w.in_force.from_)
        for case in mine.cases:
            days = [e.day for e in result.ledger.events if e.case == case and e.day <= last]
            if any(d < begins for d in days) and begins <= last:
                return True
    return False


def _between(
    result: CaseResult, it: schema.Instrument, version: str, rest: list[str], value: object
) -> bool:
    """Tell whether a day of the case lies between the two days that are in question."""
    other = dt.date.max
    if isinstance(value, str):
        other = dt.date.fromisoformat(value)
    elif isinstance(value, dt.date):
        other = value
    for w in it.versions:
        if fnmatchcase(w.id, version):
            now = w.in_force.from_ if rest == ["from"] else w.in_force.until or dt.date.max
            low, high = min(now, other), max(now, other)
            days = [result.on, *(act.from_ for act in result.case.acts)]
            if any(low <= d <= high for d in days):
                return True
    return False


def _left_out(result: CaseResult, it: schema.Instrument) -> bool:
    s = result.case.subject
    where = [s.place, s.registered or s.place, *(a.place for a in result.case.acts if a.place)]
    return any(places.within(p, out) for p in where for out in it.reach.without)


def _same_article(note: schema.Interpretation, mine: _Found) -> bool:
    """Tell whether a question about a gate is about an article that speaks here."""
    asked = _articles(note.cite.article or "")
    return any(asked & _articles(article) for article in mine.articles)


def _articles(text: str) -> set[str]:
    """Return the articles of a citation without their paragraphs: ``17, 18(2)`` is 17 and 18."""
    return {part.strip().partition("(")[0] for part in text.split(",")}


# --- as the file says --------------------------------------------------------------------------


def _as_said(
    result: CaseResult,
    it: schema.Instrument,
    note: schema.Interpretation,
    said: schema.Touches,
    mine: _Found,
) -> Touched | None:
    if not mine:
        return None
    if said.asked_from is not None and result.on < said.asked_from:
        return None
    if said.kinds is not None and result.case.subject.kind not in said.kinds:
        return None
    law = result.law
    rows = set(mine.rows)
    if said.conduct is not None:
        rows = {r for r in rows if set(law.heard[r]) & set(said.conduct)}
        if not any(act.conduct in said.conduct for act in result.case.acts):
            return None
    if said.provisions is not None:
        rows = {
            r
            for r in rows
            if any(fnmatchcase(law.origins[r].provision, p) for p in said.provisions)
        }
        if not rows:
            return None
    if said.fact is not None:
        fits = _FACTS[said.fact]
        rows = {x.row for x in mine.lines if fits(result, x)} | (
            rows & {e.row for e in result.entries if e.case in _right(result)}
            if said.fact == "corrected"
            else set()
        )
        if not rows:
            return None
    narrow = any(x is not None for x in (said.conduct, said.provisions, said.fact))
    return Touched(
        it.id,
        note,
        rows=frozenset(rows) if narrow else frozenset(),
        measures=frozenset() if narrow else frozenset(mine.measures),
        whole=not narrow,
    )


def _right(result: CaseResult) -> set[int]:
    return _with_event(result, "corrected", "performed")


def _uncorrected(result: CaseResult, x: Line) -> bool:
    act = next(
        (e for e in result.ledger.events if e.case == x.case and e.event == "occurred"), None
    )
    lasting = act is None or result.law.catalogue.conducts[act.what].episode
    standing = x.case not in _right(result) and x.state == "live"
    return x.points < 0 and standing and not lasting


_FACTS: dict[str, Callable[[CaseResult, Line], bool]] = {
    "repeated": lambda _, x: x.factor > 1,
    "corrected": lambda r, x: x.case in _right(r),
    "uncorrected": _uncorrected,
    "copied": lambda r, x: x.case in _with_event(r, "copied") and x.points > 0,
    "direct_grade": lambda _, x: bool(x.grade) and x.state != "superseded",
}
