"""A case result for people: every line says what follows, where that stands, how deep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from xinyong.case import limits, records
from xinyong.case.calculator import CaseResult, Follows
from xinyong.case.export import measure_provenance, scheme_provenance
from xinyong.dates import date_of
from xinyong.law import trace
from xinyong.law.compile import Law
from xinyong.law.determine import Entry, Line, OpenStep, Score
from xinyong.law.private import Membership

__all__ = ["lines"]

#: How many provisions that almost applied are shown an act; the rest are counted.
_MOST_ALMOST = 12


def _day(day: dt.date | None) -> str:
    return "open" if day is None else day.isoformat()


def _word(identifier: str) -> str:
    return identifier.replace("_", " ")


def _score(s: Score) -> str:
    grade = f"grade {s.grade}" if s.grade else "grade not known"
    return grade if s.points is None else f"{s.points / 10:g} points, {grade}"


def _where(where: trace.Provenance) -> str:
    return f"{where.en} ({where.zh}) {where.version}/{where.provision}: {where.basis}"


def lines(result: CaseResult) -> Iterator[tuple[str, str]]:
    r"""Yield the lines of a case result, each with its style.

    Styles are ``bold`` (headings), ``red`` (entries), ``yellow`` (steps), ``dim`` (what
    does not count) and empty.

    Example:
        >>> from xinyong.case import calculate, read_case
        >>> case = read_case("subject: {kind: person, place: gansu}\nacts: []\non: 2021-01-01")
        >>> style, text = next(lines(calculate(case)))
        >>> style, text.split(":")[0]
        ('bold', 'HYPOTHETICAL, SYNTHETIC')
    """
    law, found, case = result.law, result.determination, result.case
    yield "bold", "HYPOTHETICAL, SYNTHETIC: a calculation from published texts about nobody"
    subject = f"{_word(case.subject.kind)} in {case.subject.place}"
    course = "nominal course" if case.course == "nominal" else "steps as stated"
    yield "", f"{case.title or 'case'}: {subject}, as of {result.on}, {course}"
    for index in range(len(case.acts)):
        yield "", ""
        yield from _act(result, result.act_of.index(index), index)
    for number, index in enumerate(result.act_of):
        if index < 0:
            yield from _fed(result, number)
    yield "", ""
    yield "bold", "Scores and grades"
    for s in found.scores:
        direct = f", direct grade {s.direct}" if s.direct else ""
        text = f"  {_score(s)}{direct}"
        yield "", f"{text} — {_where(scheme_provenance(law, s.instrument))}"
        for b in limits.on_score(result, s.instrument):
            yield "dim", "    " + limits.words(b.bar, law, result.on)
    if not found.scores:
        yield "", "  none: no scheme reaches the subject on this day"
    for joined in result.private:
        yield from _member(result, joined)
    yield "bold", f"Measures due ({len(result.measures)})"
    weighed: dict[str, int] = {}
    for number, m in enumerate(result.measures):
        where = measure_provenance(law, m)
        by = ", ".join(_authority(law, a) for a in m.by)
        leave = " (at its discretion)" if m.discretionary else ""
        reach = f"; reaches {', '.join(map(_word, m.reaches))}" if m.reaches else ""
        yield "", f"  {where.text}, by {by}{leave}{reach} — {_where(where)}"
        for bar in limits.on_measure(result, number):
            text = limits.words(bar, law, result.on)
            if bar.effect == "weighed":
                weighed[text] = weighed.get(text, 0) + 1
            else:
                yield "yellow", "    " + text
    for text, count in weighed.items():
        yield "dim", f"  {count} of them {text}"
    for roles, f in _grouped(result):
        yield from _follows(law, roles, f)
    told = list(records.ways(result))
    if told:
        yield "bold", "Who may see records, and how they are undone"
        for text in told:
            yield "", "  " + text
    yield from _uncertain(result)


def _fed(result: CaseResult, number: int) -> Iterator[tuple[str, str]]:
    law = result.law
    act = next(e for e in result.ledger.events if e.case == number and e.event == "occurred")
    title = law.catalogue.conducts[act.what].en
    yield "", ""
    yield "bold", f"Fed from another scheme: {act.what} ({title}), {date_of(act.day)}"
    for line in result.determination.lines:
        if line.case == number:
            yield ("" if line.state == "live" else "dim"), "  score: " + _line(law, line)


def _member(result: CaseResult, m: Membership) -> Iterator[tuple[str, str]]:
    law = result.law
    it = law.catalogue.instrument(m.instrument)
    score = "no score stated" if m.score is None else f"score {m.score} as stated"
    band = f", band {m.band.name.en}" if m.band else ""
    text = f"Private scheme: {it.name.en} ({it.name.zh}), joined ({_word(m.terms.consent.mode)})"
    yield "bold", text
    yield "", f"  {score}{band}; no score is worked out: its formula is not published"
    for b in m.benefits:
        where = trace.of_cite(law, m.instrument, m.version, b.id, b.title, b.cite)
        yield "", f"  opens: {b.title} — {where.basis}"
    for x in m.links:
        where = trace.of_cite(law, m.instrument, m.version, "list_link", "", x.link.cite)
        until = f" until {x.until}" if x.until else ""
        what = ", ".join(map(_word, x.link.effect))
        yield "red", f"  because of {x.link.list}: {what}{until} — {where.basis}"
    for bar in m.bars:
        yield "dim", "    " + limits.words(bar, law, result.on)


def _gates(result: CaseResult, case: int, row: int) -> Iterator[tuple[str, str]]:
    for b in limits.on_row(result, case, row):
        style = "dim" if b.bar.effect == "weighed" else "yellow"
        yield style, "    " + limits.words(b.bar, result.law, result.on)


def _authority(law: Law, name: str) -> str:
    return law.catalogue.authorities[name].name.en


def _act(result: CaseResult, number: int, index: int) -> Iterator[tuple[str, str]]:
    law, found = result.law, result.determination
    act = result.case.acts[index]
    until = f" to {act.until}" if act.until else ""
    via = f", copied from a subject it is {_word(act.via)} of" if act.via else ""
    title = law.catalogue.conducts[act.conduct].en
    yield "bold", f"Act {index}: {act.conduct} ({title}), {act.from_}{until}{via}"
    for e in sorted(result.ledger.events, key=lambda e: e.day):
        if e.case == number and e.event in ("formed", "recorded") and date_of(e.day) <= result.on:
            of = f": {e.what}" if e.what else ""
            yield "", f"  record {e.event} {date_of(e.day)}{of}"
    for entry in result.entries:
        if entry.case == number:
            yield "red", "  entry: " + _entry(law, entry)
            yield from _gates(result, number, entry.row)
    for line in found.lines:
        if line.case == number:
            yield ("" if line.state == "live" else "dim"), "  score: " + _line(law, line)
            yield from _gates(result, number, line.row)
    for step in found.steps:
        if step.case == number and step.state != "done":
            yield "yellow", "  step: " + _step(law, step)
    for text in records.words(result, number):
        yield "", "  " + text
    almost = [a for a in result.almost if a.case == number]
    for a in almost[:_MOST_ALMOST]:
        where = trace.of_provision(law, a.row)
        yield "dim", f"  not: {where.text}: {a.reason} — {_where(where)}"
    if len(almost) > _MOST_ALMOST:
        rest = len(almost) - _MOST_ALMOST
        yield "dim", f"  not: {rest} more provisions fail at one condition; --json lists them"


def _entry(law: Law, e: Entry) -> str:
    end = f"ended {e.end}" if e.end else "not ended"
    cause = f" ({e.cause})" if e.cause else ""
    published = f", published {e.published}" if e.published else ""
    text = (
        f"{e.instrument} from {e.start}, expires {_day(e.expires)}, "
        f"lawful end {_day(e.lawful_end)}{cause}, {end}{published}"
    )
    if e.row < 0:
        return f"{text} — MISTAKEN: no ground of the list is met"
    where = trace.of_provision(law, e.row)
    return f"{text}; ground: {where.text} — {_where(where)}"


def _line(law: Law, x: Line) -> str:
    where = trace.of_provision(law, x.row)
    grade = f" and grade {x.grade}" if x.grade else ""
    factor = f" (repetition, {x.factor} times)" if x.factor > 1 else ""
    return (
        f"{x.points / 10:+g} points{grade}{factor}, {x.since} until {_day(x.until)}, {x.state}; "
        f"{where.text} — {_where(where)}"
    )


def _step(law: Law, s: OpenStep) -> str:
    where = trace.of_step(law, s.row)
    step = law.steps[s.row].step
    due = f"by {s.due}" if s.due else "no time limit"
    return (
        f"{step.modality} {s.state}, {due}: {where.text} ({_authority(law, step.by)}); "
        f"if not: {step.if_lapsed} — {_where(where)}"
    )


def _grouped(result: CaseResult) -> Iterator[tuple[list[str], Follows]]:
    """Put roles for which just the same follows together."""
    groups: list[tuple[list[str], Follows]] = []
    for f in result.follows:
        for roles, other in groups:
            if (f.provisions, f.determination, f.measures) == (
                other.provisions,
                other.determination,
                other.measures,
            ):
                roles.append(_word(f.role))
                break
        else:
            groups.append(([_word(f.role)], f))
    yield from groups


def _follows(law: Law, roles: list[str], f: Follows) -> Iterator[tuple[str, str]]:
    yield "bold", f"What follows for an adult who is {' or '.join(roles)}"
    for row in f.provisions:
        where = trace.of_provision(law, row)
        yield "", f"  because: {where.text} — {_where(where)}"
    if f.determination is not None:
        for e in f.entries:
            yield "red", "  entry: " + _entry(law, e)
        for x in f.determination.lines:
            yield ("" if x.state == "live" else "dim"), "  score: " + _line(law, x)
        for s in f.determination.scores:
            where = scheme_provenance(law, s.instrument)
            yield "", f"  {_score(s)} — {_where(where)}"
    if f.measures:
        names = sorted({law.catalogue.measures[m.measure].name.en for m in f.measures})
        on = ", ".join(sorted({m.list for m in f.measures}))
        yield "", f"  reached by measures on the subject's entry ({on}): {'; '.join(names)}"


def _uncertain(result: CaseResult) -> Iterator[tuple[str, str]]:
    law, notes = result.law, result.uncertain
    yield "bold", f"Uncertain ({len(result.assumptions) + len(notes)})"
    for text in result.assumptions:
        yield "", f"  assumed: {text}"
    for x in notes:
        where = trace.of_cite(law, x.instrument, "*", x.note.id, x.note.question, x.note.cite)
        yield "", f"  {x.note.question} Taken: {x.note.default} — {_where(where)}"
