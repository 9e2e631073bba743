"""A case result for people: grouped, short, each line with where it stands and how deep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xinyong import places
from xinyong.case import because, limits, records, seen, timeline, undo
from xinyong.case.calculator import CaseResult, Follows
from xinyong.case.changes import TRIED, Changes, search
from xinyong.case.export import measure_provenance, scheme_provenance
from xinyong.case.further import further
from xinyong.case.joined import consents
from xinyong.case.phrases import Words, plain
from xinyong.dates import date_of
from xinyong.language import language, say
from xinyong.law import trace
from xinyong.law.determine import OpenStep
from xinyong.law.gates import Bar
from xinyong.law.private import Membership

__all__ = ["consents", "grouped", "lines", "other_words"]

Lines = Iterator[tuple[str, str]]

#: How many provisions that almost applied, changes and moments are shown; the rest is counted.
_MOST_ALMOST, _MOST_CHANGES, _MOST_MOMENTS = 8, 14, 40


def lines(result: CaseResult, brief: bool = False, most: int = TRIED) -> Lines:
    r"""Yield the lines of a case result, each with its style.

    Styles are ``bold`` (headings), ``red`` (entries), ``yellow`` (steps), ``dim`` (what
    does not count) and empty.

    Args:
        result: what follows.
        brief: findings only, without what would change them, ways out and the timeline.
        most: how many changed cases are tried (`changes.search`).

    Example:
        >>> from xinyong.case import calculate, read_case
        >>> case = read_case("subject: {kind: person, place: gansu}\nacts: []\non: 2021-01-01")
        >>> style, text = next(lines(calculate(case)))
        >>> style, text.split(":")[0]
        ('bold', 'HYPOTHETICAL, SYNTHETIC')
    """
    words = Words(result)
    changes = None if brief or not most else search(result, most)
    yield from _head(result)
    for index in range(len(result.case.acts)):
        yield "", ""
        yield from _act(words, result.act_of.index(index), index, changes)
    for number, index in enumerate(result.act_of):
        if index < 0:
            yield from _fed(words, number)
    yield "", ""
    yield from _scores(words)
    yield from _measures(words)
    for roles, f in grouped(result):
        yield from _follows(words, roles, f)
    if not brief:
        yield from _seen(words)
        yield from _undone(words)
        if changes is not None:
            yield from _changes(changes)
        yield from _timeline(result)
    yield from _uncertain(words)
    titles = list(words.sources())
    if titles:
        yield "bold", "Sources"
    for title in titles:
        yield "dim", f"  {title}"


def _head(result: CaseResult) -> Lines:
    case = result.case
    yield "bold", "HYPOTHETICAL, SYNTHETIC: a calculation from published texts about nobody"
    subject = f"{plain(case.subject.kind)} in {case.subject.place}"
    course = "steps as stated"
    if case.course == "nominal":
        course = "course: what must be done is done on the last lawful day, nothing else"
    yield "", f"{subject[0].upper()}{subject[1:]}, as of {result.on}, {course}"
    live = [e for e in result.entries if e.end is None]
    words = Words(result)
    said = [f"on {words.name(e.instrument)}" for e in live] or ["on no list"]
    said += [f"{words.name(s.instrument)}: {words.score(s)}" for s in result.determination.scores]
    many = len({m.measure for m in result.measures})  # whichever lists and bodies ask for it
    said.append(f"{many or 'no'} measure{'' if many == 1 else 's'} due")
    yield "bold", f"In short: {'; '.join(said)}"


# --- acts ----------------------------------------------------------------------------------------


def _act(words: Words, number: int, index: int, changes: Changes | None) -> Lines:
    result, law = words.result, words.law
    found, act = result.determination, result.case.acts[index]
    until = f" to {act.until}" if act.until else ""
    via = f", copied from a subject it is {plain(act.via)} of" if act.via else ""
    conduct = law.catalogue.conducts[act.conduct]
    yield "bold", f"Act {index}: {conduct.en} ({conduct.zh}), {act.from_}{until}{via}"
    for record in seen.held(result):
        if record.act == index and not record.listed:
            at = f" — {words.where(record.where)}" if record.where else ""
            yield "", f"  record: {record.what}, {record.since}, held by {record.by}{at}"
    for entry in result.entries:
        if entry.case == number:
            yield "red", "  entry: " + words.entry(entry)
            if changes is not None:
                yield from _rests(because.of_entry(result, changes, entry))
            yield from _gates(words, number, entry.row)
    for line in found.lines:
        if line.case == number:
            yield ("" if line.state == "live" else "dim"), "  score: " + words.line(line)
            if changes is not None and line.state != "superseded":
                yield from _rests(because.of_line(result, changes, line))
            yield from _gates(words, number, line.row)
    for step in found.steps:
        if step.case == number and step.state != "done" and not _over(words, step):
            yield "yellow", "  step: " + words.step(step)
    for text in records.words(result, number, words.where):
        yield "", "  " + text
    yield from _almost(words, number)


def _over(words: Words, step: OpenStep) -> bool:
    """Tell whether a step may only be taken while an entry stands that has ended."""
    s = words.law.steps[step.row].step
    mine = [
        e for e in words.result.entries if (e.case, e.instrument) == (step.case, step.instrument)
    ]
    ended = bool(mine) and all(e.end is not None and e.end <= words.result.on for e in mine)
    return ended and s.opens == "entered" and s.modality == "may"


def _rests(facts: tuple[because.Fact, ...]) -> Lines:
    if facts:
        said = [
            f.text + ("" if f.needed else " (not needed alone)" if f.needed is False else "")
            for f in facts
        ]
        yield "dim", f"    rests on: {'; '.join(said)}"


def _gates(words: Words, case: int, row: int) -> Lines:
    for b in limits.on_row(words.result, case, row):
        style = "dim" if b.bar.effect == "weighed" else "yellow"
        yield style, f"    {_gate_words(words, b.bar)}"


def _gate_words(words: Words, bar: Bar) -> str:
    where = words.where(_gate(words, bar))
    return words.gate(f"{limits.words(bar, words.law, words.result.on)} — {where}")


def _gate(words: Words, bar: Bar) -> trace.Provenance:
    return trace.of_cite(words.law, bar.instrument, bar.version, bar.gate, bar.title, bar.cite)


def _almost(words: Words, number: int) -> Lines:
    # An end that lacks the very event is a way out, and told there.
    almost = [
        a
        for a in words.result.almost
        if a.case == number and a.at >= trace.head_of(words.law.origins[a.row].effect)
    ]
    for a in almost[:_MOST_ALMOST]:
        where = trace.of_provision(words.law, a.row)
        doubt = words.doubt(row=a.row)
        name = words.name(where.instrument)
        yield "dim", f"  almost: {name}, {where.text}: {a.reason}{doubt} — {words.where(where)}"
    if len(almost) > _MOST_ALMOST:
        rest = len(almost) - _MOST_ALMOST
        more = "1 more provision fails" if rest == 1 else f"{rest} more provisions fail"
        yield "dim", f"  almost: {more} at one condition; --json lists them"
    for far in further(words.result, number):
        where = trace.of_provision(words.law, far.row)
        missing = "; ".join(reason.removeprefix("not met: ") for reason in far.reasons)
        at = f"{words.name(where.instrument)}, {where.text}"
        doubt = words.doubt(row=far.row)
        yield "dim", f"  further off: {at}: not met: {missing}{doubt} — {words.where(where)}"


def _fed(words: Words, number: int) -> Lines:
    law, result = words.law, words.result
    act = next(e for e in result.ledger.events if e.case == number and e.event == "occurred")
    title = law.catalogue.conducts[act.what].en
    yield "", ""
    yield "bold", f"Fed from another scheme: {title}, {date_of(act.day)}"
    for line in result.determination.lines:
        if line.case == number:
            yield ("" if line.state == "live" else "dim"), "  score: " + words.line(line)


# --- the subject as a whole ----------------------------------------------------------------------


def _scores(words: Words) -> Lines:
    result, law = words.result, words.law
    yield "bold", "Scores and grades"
    for s in result.determination.scores:
        direct = f", direct grade {s.direct}" if s.direct else ""
        doubt = words.doubt(whole=s.instrument)
        where = words.where(scheme_provenance(law, s.instrument))
        yield "", f"  {words.name(s.instrument)}: {words.score(s)}{direct}{doubt} — {where}"
        for b in limits.on_score(result, s.instrument):
            yield "dim", f"    {_gate_words(words, b.bar)}"
    if not result.determination.scores:
        yield "", "  none: no scheme scores the subject on this day"
    for joined in result.private:
        yield from _member(words, joined)
    yield from _consents(words)


def _consents(words: Words) -> Lines:
    """Say why no scheme follows from a consent, or for want of one."""
    for name, joined in consents(words.result):
        if joined:
            yield "dim", f"  {words.name(name)}: joined, but not in force on {words.result.on}"
        else:
            hint = f"state consents: [{name}], or --consent {name}"
            yield "dim", f"  {words.name(name)}: scores only those who join; {hint}"


def _member(words: Words, m: Membership) -> Lines:
    law, result = words.law, words.result
    it = law.catalogue.instrument(m.instrument)
    score = "no score stated" if m.score is None else f"score {m.score} as stated"
    band = f", band {m.band.name.en}" if m.band else ""
    text = f"Private scheme: {it.name.en} ({it.name.zh}), joined ({plain(m.terms.consent.mode)})"
    yield "bold", text
    yield "", f"  {score}{band}; no score is worked out: its formula is not published"
    for b in m.benefits:
        where = trace.of_cite(law, m.instrument, m.version, b.id, b.title, b.cite)
        yield "", f"  opens: {b.title} — {words.where(where)}"
    for x in m.links:
        where = trace.of_cite(law, m.instrument, m.version, "list_link", "", x.link.cite)
        until = f" until {x.until}" if x.until else ""
        what = ", ".join(map(plain, x.link.effect))
        yield "red", f"  because of {words.name(x.link.list)}: {what}{until} — {words.where(where)}"
    for bar in m.bars:
        yield "dim", "    gate: " + limits.words(bar, law, result.on)


def _measures(words: Words) -> Lines:
    result, law = words.result, words.law
    if not result.measures:
        yield "bold", "Measures due: none"
        return
    kinds = len({m.measure for m in result.measures})
    rows = len(result.measures)
    by_list = f", {rows} by list and body" if rows > kinds else ""
    yield "bold", f"Measures due ({kinds}{by_list})"
    weighed: dict[Bar, int] = {}
    under = ""
    for number, m in enumerate(result.measures):
        if m.instrument != under:
            under = m.instrument
            basis = "" if m.instrument == m.list else f", for {words.name(m.list)}"
            yield "", f"  under {words.name(m.instrument)}{basis}{words.doubt(whole=m.instrument)}"
        measure = law.catalogue.measures[m.measure].name
        by = ", ".join(words.authority(a) for a in m.by)
        leave = " (may refrain)" if m.discretionary else ""
        reach = f"; reaches {', '.join(map(plain, m.reaches))}" if m.reaches else ""
        reach += f"; for grade {' or '.join(m.grades)}" if m.grades else ""
        where = words.where(measure_provenance(law, m))
        yield "", f"    {measure.en} ({measure.zh}), by {by}{leave}{reach} — {where}"
        for bar in limits.on_measure(result, number):
            if bar.effect == "weighed":
                weighed[bar] = weighed.get(bar, 0) + 1
            else:
                yield "yellow", f"      {_gate_words(words, bar)}"
    for bar, count in weighed.items():
        yield "dim", f"  for {count} of these: {_gate_words(words, bar)}"


def grouped(result: CaseResult) -> Iterator[tuple[list[str], Follows]]:
    """Put roles for which just the same follows together."""
    groups: list[tuple[list[str], Follows]] = []
    for f in result.follows:
        for roles, other in groups:
            same = (f.provisions, f.determination, f.measures, f.link)
            if same == (other.provisions, other.determination, other.measures, other.link):
                roles.append(plain(f.role))
                break
        else:
            groups.append(([plain(f.role)], f))
    yield from groups


def other_words(result: CaseResult, roles: list[str], f: Follows) -> str:
    """Return whom it follows for: an adult in some role, or the link that the case states."""
    if f.link is None:
        return say("an adult who is {roles}", roles=say(" or ").join(roles))
    place = result.case.links[f.link].place
    who = say("the linked {kind}", kind=plain(f.kind))
    if place:
        where = place if language() == "en" else places.place(place).name_zh
        who = say("{who} in {place}", who=who, place=where)
    if f.role.endswith("_of"):
        role = plain(f.role.removesuffix("_of"))
        return say("{who}, of which the subject is {role}", who=who, role=role)
    return say("{who}, which is {role} of the subject", who=who, role=plain(f.role))


def _follows(words: Words, roles: list[str], f: Follows) -> Lines:
    law = words.law
    yield "bold", f"What follows for {other_words(words.result, roles, f)}"
    for row in f.provisions:
        where = trace.of_provision(law, row)
        yield "", f"  because: {where.text} — {words.where(where)}"
    if f.determination is not None:
        for e in f.entries:
            yield "red", "  entry: " + words.entry(e)
        for x in f.determination.lines:
            yield ("" if x.state == "live" else "dim"), "  score: " + words.line(x)
        for s in f.determination.scores:
            at = words.where(scheme_provenance(law, s.instrument))
            yield "", f"  {words.name(s.instrument)}: {words.score(s)} — {at}"
    if f.measures:
        yield "", "  reached by measures on the subject's entry:"
        for m in f.measures:
            name = law.catalogue.measures[m.measure].name.en
            by = ", ".join(words.authority(a) for a in m.by)
            at = words.where(measure_provenance(law, m))
            yield "", f"    {name}, by {by}, for {words.name(m.list)} — {at}"


# --- who sees it, how it ends, what would change it --------------------------------------------


_LEVELS = {
    "public": "Public",
    "subject": "The subject, and whom it authorises",
    "authorities": "Authorities only",
    "unsaid": "Not said in what was read",
}


def _seen(words: Words) -> Lines:
    sights = list(seen.seen(words.result))
    if sights:
        yield "bold", "Who sees what"
    acts: dict[seen.Sight, list[int]] = {}  # what is said of several acts is said once
    for s in sights:
        acts.setdefault(replace(s, act=-1), []).append(s.act)
    level = ""
    for s, of in acts.items():
        if s.level != level:
            level = s.level
            yield "", f"  {_LEVELS[level]}"
        at = f" — {words.where(s.where)}" if s.where else ""
        since = f" since {s.since}" if s.since else ""
        until = f" until {s.until}" if s.until else ""
        text = f"    {s.what}{_of_acts(words, of)}: {s.to}{since}{until}{at}"
        yield "", text


def _of_acts(words: Words, of: list[int]) -> str:
    """Return which acts something is said of, where there are several."""
    named = [str(i) for i in sorted(set(of)) if i >= 0]
    if not named or len(words.result.case.acts) < 2:
        return ""
    return f" of act{'' if len(named) == 1 else 's'} {', '.join(named)}"


def _undone(words: Words) -> Lines:
    result = words.result
    ways: list[tuple[str, tuple[undo.Way, ...]]] = []
    for entry in result.entries:
        ways.append((f"entry on {words.name(entry.instrument)}", undo.of_entry(result, entry)))
    for line in result.determination.lines:
        worth = f"{line.points / 10:+g} points" if line.points else f"grade {line.grade}"
        name = f"{worth} in {words.name(line.instrument)}"
        ways.append((name, undo.of_line(result, line)))
    told = list(records.ways(result, words.where))
    if told or any(found for _, found in ways):
        yield "bold", "How it can be undone"
    for name, found in ways:
        if found:
            yield "", f"  {name}"
        said: set[str] = set()  # steps that several ways share are told with the first
        for way in found:
            yield from _way(words, way, said)
    for text in told:
        yield "", "  " + text


def _way(words: Words, way: undo.Way, said: set[str]) -> Lines:
    begins = ""
    if way.from_ is not None:
        begins = f" on {way.from_}" if way.kind == "expiry" else f", not before {way.from_}"
    needs = f"; still needed: {' and '.join(way.needs)}" if way.needs else ""
    where = words.where(trace.of_provision(words.law, way.row))
    yield "", f"    {way.text}{begins}{needs} — {where}"
    for row, text in zip(way.steps, words.steps(way.steps), strict=True):
        title = words.law.steps[row].step.title
        yield "dim", f"      then, as above: {title}" if text in said else f"      {text}"
        said.add(text)


def _changes(changes: Changes) -> Lines:
    tried = f"{changes.tried} single change{'' if changes.tried == 1 else 's'} calculated"
    yield "bold", f"What would change it ({tried})"
    for c in changes.found[:_MOST_CHANGES]:
        now = "not stated" if c.what == "drop" else c.now
        verb = f"without {c.was}" if c.what == "drop" else f"{now} instead of {c.was}"
        if c.what == "add":
            verb = now
        yield "", f"  {c.field}: {verb} -> {'; '.join(c.differences)}"
    rest = len(changes.found) - _MOST_CHANGES
    if rest > 0:
        yield "dim", f"  {rest} more; --json lists them"
    if not changes.found:
        yield "", "  nothing that was tried"
    if changes.idle:
        yield "dim", f"  changes nothing if left out: {', '.join(changes.idle)}"
    if changes.left_out:
        yield "dim", "  more can be tried: --search 500"


def _timeline(result: CaseResult) -> Lines:
    drawn = list(timeline.picture(result))
    told = timeline.moments(result)
    if drawn:
        yield "bold", "Timeline"
    for text in drawn:
        yield "", f"  {text}"
    ahead = False
    for m in told[:_MOST_MOMENTS]:
        if m.ahead and not ahead:
            ahead = True
            yield "bold", "  still to come, if nothing else happens"
        act = f"act {m.act}: " if m.act >= 0 and len(result.case.acts) > 1 else ""
        taken = " (must be done by then)" if m.kind == "course" else ""
        yield ("dim" if m.ahead else ""), f"  {m.day}  {act}{m.text}{taken}"
    if len(told) > _MOST_MOMENTS:
        rest = len(told) - _MOST_MOMENTS
        yield "dim", f"  {rest} more {'event' if rest == 1 else 'events'}; --json lists them"


def _uncertain(words: Words) -> Lines:
    result = words.result
    notes = result.uncertain
    yield "bold", f"Uncertain ({len(result.assumptions) + len(notes)})"
    for text in result.assumptions:
        yield "", f"  assumed: {text}"
    for number, x in enumerate(notes, 1):
        note = x.note
        where = trace.of_cite(words.law, x.instrument, "*", note.id, note.question, note.cite)
        name = words.name(x.instrument)
        yield (
            "",
            f"  ?{number} {name}: {note.question} Taken: {note.default} — {words.where(where)}",
        )
        other = next((a for a in note.alternatives if a.path), None)
        if other is not None:
            yield "dim", f"     otherwise: --reading {x.instrument}.{note.id}={other.id}"
