"""A case as a timeline: what happened, what follows, and what is still to come by itself.

The days ahead are those of the same course with nothing more happening.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from xinyong.case.calculator import CaseResult, own_entries
from xinyong.dates import date_of, day_of
from xinyong.language import own, say
from xinyong.law import phrases, trace
from xinyong.law.course import followed
from xinyong.law.determine import Determination, Entry, Ledger, decode, determine, findings
from xinyong.law.measures import due

__all__ = ["Bar", "Moment", "bars", "moments", "picture"]

#: How many years ahead the file is followed.
_AHEAD = 15
_WIDTH = 50


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing on one day.

    Attributes:
        day: when; act: number of the act, -1 for the file as a whole.
        kind: ``stated``, ``course`` (a step that must be taken), ``law`` (follows) or ``score``.
        text: what, in words; ahead: whether it lies after the day asked for.
    """

    day: dt.date
    act: int
    kind: str
    text: str
    ahead: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of the picture.

    Attributes:
        label: in English and in short, for the picture in text.
        start: its first day; end: the first day after it, None if it has none.
        kind: ``act``, ``record`` (on a day), ``entry``, ``line`` or ``measures`` (those due
            for one entry, as long as they are as many).
        of: the id of its conduct, document (empty: a record of none), list, or item or provision.
        n: the number of the act, or how many measures are due.
        worth: of a line: its grade, or its points with their sign.
    """

    label: str
    start: dt.date
    end: dt.date | None
    kind: str = "act"
    of: str = ""
    n: int = 0
    worth: str = ""


def _ahead(result: CaseResult) -> tuple[Ledger, Determination]:
    """Return the file, and what follows from it, when everything that is running has run out."""
    found = result.determination
    days = [e.lawful_end or e.expires for e in result.entries if e.end is None]
    days += [x.until for x in found.lines if x.state in ("live", "inert", "future")]
    days += [found.next_due]
    latest = max((d for d in days if d is not None), default=result.on)
    most = result.on.replace(year=result.on.year + _AHEAD, day=min(result.on.day, 28))
    day = min(max(latest + dt.timedelta(62), result.on), most)
    ledger = result.ledger
    if result.case.course == "nominal":
        ledger = followed(result.stated, result.law, day)
    return ledger, determine(ledger, result.law, day)


def _short(result: CaseResult, instrument: str) -> str:
    it = result.law.catalogue.instrument(instrument)
    return own(it.short or it.name)


def moments(result: CaseResult) -> tuple[Moment, ...]:
    """Return everything that happens in a case, by day."""
    ledger, found = _ahead(result)
    last = day_of(found.as_of)
    stated = set(result.stated.events)
    acts = {n: i for n, i in enumerate(result.act_of) if i >= 0}
    moved: list[Moment] = []

    def add(day: dt.date, case: int, kind: str, text: str) -> None:
        moved.append(Moment(day, acts.get(case, -1), kind, text, day > result.on))

    for e in ledger.events:
        if e.day > last or e.event in ("detail", "copied", "removed") or e.case not in acts:
            continue
        act = result.case.acts[acts[e.case]]
        if e.event == "ended" and act.until is None:
            continue  # an act that does not last
        kind = "stated" if e in stated else "course"
        add(date_of(e.day), e.case, kind, _event(result, e.event, e.what))
    for entry in own_entries(found, ledger):
        name = _short(result, entry.instrument)
        add(entry.start, entry.case, "law", say("on {list}", list=name))
        over = entry.lawful_end
        if over is not None and over <= found.as_of and over != entry.end:
            text = say("entry on {list} is over by law", list=name)
            if entry.cause:
                text = say("{what} ({which})", what=text, which=say(entry.cause))
            add(over, entry.case, "law", text)
        if entry.end is not None:
            add(entry.end, entry.case, "law", say("off {list}", list=name))
    for day, name, text in _scores(result, ledger, found):
        text = say("{what}: {text}", what=_short(result, name), text=text)
        moved.append(Moment(day, -1, "score", text, day > result.on))
    order = {"stated": 0, "course": 1, "law": 2, "score": 3}
    return tuple(sorted(dict.fromkeys(moved), key=lambda m: (m.day, order[m.kind], m.act)))


def _event(result: CaseResult, event: str, what: str) -> str:
    names = result.law.catalogue
    if event == "occurred":
        return own(names.conducts[what])
    if event == "ended":
        return say("the act ends")
    word = trace.noun(event)
    if event == "formed":
        return own(names.documents[what]) if what else say("record formed")
    if event == "served" and what:
        return say("service of {document}", document=own(names.documents[what]))
    if what in names.instruments:
        return say("{what} ({which})", what=word, which=_short(result, what))
    return word


def _scores(
    result: CaseResult, ledger: Ledger, found: Determination
) -> Iterator[tuple[dt.date, str, str]]:
    """Yield the days on which a score or grade becomes another one."""
    law = result.law
    turns = {x.since for x in found.lines} | {x.until for x in found.lines if x.until}
    turns |= {
        date_of(e.day) for e in ledger.events if e.event in ("recorded", "corrected", "performed")
    }
    held: dict[str, str] = {}
    for day in sorted(d for d in turns if d <= found.as_of):
        number = day_of(day)
        for s in decode(findings(ledger, law, number), law, number).scores:
            points = "" if s.points is None else f"{s.points / 10:g}"
            it = law.catalogue.instrument(s.instrument)
            grade = phrases.grade_of(it, s.grade, day) if s.grade else ""
            text = " ".join(x for x in (points, grade) if x)
            if held.get(s.instrument) != text and text:
                held[s.instrument] = text
                yield day, s.instrument, text


# --- as a picture ------------------------------------------------------------------------------


def _label(result: CaseResult, instrument: str) -> str:
    """Return the English short name of an instrument."""
    it = result.law.catalogue.instrument(instrument)
    return (it.short or it.name).en


def bars(result: CaseResult) -> tuple[Bar, ...]:
    """Return the stretches of a case: its acts, records, entries, measures and score lines."""
    ledger, found = _ahead(result)
    acts = {n: i for n, i in enumerate(result.act_of) if i >= 0}
    names = result.law.catalogue
    drawn = []
    for i, act in enumerate(result.case.acts):
        lasting = names.conducts[act.conduct].episode
        over = act.until or act.corrected_on or act.performed_on
        end = over if lasting or act.until else act.from_
        label = f"act {i} {act.conduct}"
        drawn.append(Bar(label, act.from_, end, of=act.conduct, n=i))
    for e in sorted(ledger.events, key=lambda e: e.day):
        if e.event == "formed" and e.case in acts and e.day <= day_of(found.as_of):
            text = names.documents[e.what].en if e.what else "record formed"
            drawn.append(Bar(text, date_of(e.day), date_of(e.day), "record", e.what))
    for entry in own_entries(found, ledger):
        if entry.case in acts:
            which = entry.instrument
            drawn.append(Bar(_label(result, which), entry.start, entry.end, "entry", which))
            drawn += _measures(result, entry, found.as_of)
    ahead = {(x.instrument, x.case, x.provision) for x in found.lines}
    gone = [  # of a scheme that is no more when all has run out
        x for x in result.determination.lines if (x.instrument, x.case, x.provision) not in ahead
    ]
    for x in (*found.lines, *gone):
        if x.case in acts and x.state not in ("superseded",):
            it = names.instrument(x.instrument)
            worth = phrases.grade_of(it, x.grade, x.since) if x.grade else f"{x.points / 10:+g}"
            label = f"grade {worth}" if x.grade else worth
            last = it.versions[-1].in_force.until
            label = f"{label} ({x.provision})"
            until = x.until or last
            drawn.append(Bar(label, x.since, until, "line", x.provision, 0, worth))
    return tuple(dict.fromkeys(drawn))


def _measures(result: CaseResult, entry: Entry, last: dt.date) -> Iterator[Bar]:
    """Yield how many measures are due for an entry, while it lives, as rules come and go."""
    law = result.law
    over = entry.end or last
    turns = {entry.start}
    for it in law.catalogue.instruments.values():
        if it.id != entry.instrument and it.kind != "memorandum":
            continue
        for version in it.versions:
            force = version.in_force
            after = force.until and force.until + dt.timedelta(1)
            turns |= {d for d in (force.from_, after) if d and entry.start < d < over}
    name = _label(result, entry.instrument)

    def bar(n: int, first: dt.date, after: dt.date | None) -> Bar:
        label = f"{n} measure{'' if n == 1 else 's'} due for {name}"
        return Bar(label, first, after, "measures", entry.instrument, n)

    since, many = entry.start, 0
    for day in sorted(turns):
        rows = due(law, [(entry.instrument, entry.start)], result.case.subject.kind, day)
        now = len({m.measure for m in rows})
        if now != many:
            if many:
                yield bar(many, since, day)
            since, many = day, now
    if many:
        yield bar(many, since, entry.end)


def picture(result: CaseResult) -> Iterator[str]:
    r"""Yield the lines of an ASCII picture: ``=`` lasts, ``>`` has no end, ``|`` the day asked.

    Example:
        >>> from xinyong.case import calculate, read_case
        >>> case = read_case("subject: {kind: person, place: wendeng}\nacts: []\non: 2021-01-01")
        >>> list(picture(calculate(case)))
        []
    """
    drawn = [b for b in bars(result) if b.kind not in ("record", "measures")]
    if not drawn:
        return
    first = min(b.start for b in drawn).year
    ends = [b.end or b.start for b in drawn]
    last = max(*ends, result.on).year if ends else result.on.year
    begin, end = dt.date(first, 1, 1).toordinal(), dt.date(last + 1, 1, 1).toordinal()

    def column(day: dt.date) -> int:
        return min((day.toordinal() - begin) * _WIDTH // (end - begin), _WIDTH - 1)

    wide = max(len(b.label) for b in drawn)
    wide = min(wide, 25)
    years = [" "] * (_WIDTH + 4)
    step = max(1, (last - first + 1) * 6 // _WIDTH + 1)
    for year in range(first, last + 1, step):
        at = min(column(dt.date(year, 1, 1)), _WIDTH - 4)
        years[at : at + 4] = str(year)
    yield f"{'':{wide}} {''.join(years).rstrip()}"
    today = column(result.on)
    for b in drawn:
        row = ["."] * _WIDTH
        stop = _WIDTH if b.end is None else max(column(b.end), column(b.start) + 1)
        row[column(b.start) : stop] = ["="] * (stop - column(b.start))
        if b.end is None:
            row[-1] = ">"
        row[today] = "|"
        label = b.label if len(b.label) <= wide else f"{b.label[: wide - 1]}~"
        yield f"{label:{wide}} {''.join(row)}"
    yield f"{'':{wide}} {' ' * today}^ {result.on}"
