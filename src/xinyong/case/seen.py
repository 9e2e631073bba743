"""Who sees what on the day asked for: the public, the subject, or authorities only.

Read off the publication of entries, the disclosure and access rules of regulations, and who keeps a
list or applies a measure. Where no text of the catalogue says who may see a thing, that is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from xinyong.case.calculator import CaseResult
from xinyong.case.ledger import unformed
from xinyong.case.records import TO
from xinyong.dates import date_of, day_of
from xinyong.language import own, say
from xinyong.law import schema, trace
from xinyong.law.determine import Entry

__all__ = ["Held", "Sight", "held", "seen"]

PUBLIC, SUBJECT, AUTHORITIES, UNSAID = "public", "subject", "authorities", "unsaid"


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing and who sees it.

    Attributes:
        act: number of the act; -1 for a score. what: the thing, in words.
        level: ``public``, ``subject`` (the subject and whom it authorises), ``authorities`` or
            ``unsaid``; to: who, in words; since, until: days, where they are fixed.
        where: the rule; None where no text says it.
    """

    act: int
    what: str
    level: str
    to: str
    since: dt.date | None
    until: dt.date | None
    where: trace.Provenance | None


@dataclass(frozen=True, slots=True)
class Held:
    """A record or an entry (`listed`), and where it is held: by which authority, since when."""

    act: int
    what: str
    by: str
    since: dt.date
    where: trace.Provenance | None
    listed: bool = False


def _authority(result: CaseResult, name: str | None) -> str:
    return own(result.law.catalogue.authorities[name].name) if name else say("an authority")


def _short(result: CaseResult, instrument: str) -> str:
    it = result.law.catalogue.instrument(instrument)
    return own(it.short or it.name)


def held(result: CaseResult) -> Iterator[Held]:
    """Yield the records of the file and where they are held."""
    law, last = result.law, day_of(result.on)
    taken = {(s.case, s.step): s for s in result.determination.steps if s.state == "done"}
    for e in sorted(result.ledger.events, key=lambda e: (e.case, e.day)):
        act = result.act_of[e.case]
        if e.day > last or act < 0:
            continue
        if e.event == "formed":
            what = own(law.catalogue.documents[e.what]) if e.what else say("record of the act")
            if e not in result.stated.events or unformed(result.case.acts[act]):
                what = say("record of the act, assumed to be formed on its day")
            yield Held(act, what, say("the body that made it"), date_of(e.day), None)
        elif e.event == "recorded":
            step = next(
                (
                    s
                    for (case, _), s in taken.items()
                    if case == e.case
                    and s.instrument == e.what
                    and law.steps[s.row].step.then == "recorded"
                ),
                None,
            )
            it = law.catalogue.instrument(e.what) if e.what else None
            by = _authority(result, it.keeper if it else None)
            where = trace.of_step(law, step.row) if step else None
            what = say("recorded")
            if e.what:
                what = say("recorded for {list}", list=_short(result, e.what))
            yield Held(act, what, by, date_of(e.day), where)
    for entry in result.entries:
        it = law.catalogue.instrument(entry.instrument)
        where = trace.of_provision(law, entry.row) if entry.row >= 0 else None
        what = say("entry on {list}", list=_short(result, entry.instrument))
        act = result.act_of[entry.case]
        yield Held(act, what, _authority(result, it.keeper), entry.start, where, listed=True)


def seen(result: CaseResult) -> Iterator[Sight]:
    """Yield who sees each record, entry and score, the public first."""
    order = (PUBLIC, SUBJECT, AUTHORITIES, UNSAID)
    found = [*_entries(result), *_records(result), *_scores(result)]
    yield from sorted(found, key=lambda s: order.index(s.level))


def _entries(result: CaseResult) -> Iterator[Sight]:
    law = result.law
    for entry in result.entries:
        act = result.act_of[entry.case]
        what = say("entry on {list}", list=_short(result, entry.instrument))
        if entry.end is not None and entry.end <= result.on:
            if entry.published is not None:
                yield Sight(act, say("{what}, taken off", what=what), PUBLIC,
                            say("whoever saw it before"),
                            entry.published, entry.end, _publication(result, entry))  # fmt: skip
            continue
        where = _publication(result, entry)
        if entry.published is not None and entry.published <= result.on:
            until = entry.lawful_end
            yield Sight(act, what, PUBLIC, say("everybody"), entry.published, until, where)
        elif where is not None:
            to = say("its keeper and those it tells; publication is due but not made")
            yield Sight(act, what, AUTHORITIES, to, entry.start, None, where)
        else:
            it = law.catalogue.instrument(entry.instrument)
            keeper = _authority(result, it.keeper)
            to = say("{keeper}; no text read here orders publication", keeper=keeper)
            yield Sight(act, what, AUTHORITIES, to, entry.start, None, None)


def _publication(result: CaseResult, entry: Entry) -> trace.Provenance | None:
    """Return where the publication of an entry is ordered: a step, or the measure to publish."""
    law = result.law
    version = law.catalogue.version(entry.instrument, entry.published or result.on)
    for row, s in enumerate(law.steps):
        mine = s.instrument == entry.instrument and s.step.then == "published"
        if mine and (version is None or s.version == version.id):
            return trace.of_step(law, row)
    for m in result.measures:
        if m.list == entry.instrument and m.measure == "m_publish":
            text = own(law.catalogue.measures[m.measure].name)
            return trace.of_cite(law, m.instrument, m.version, m.measure, text, m.cite)
    return None


_LEVEL = {
    "public": PUBLIC,
    "subject": SUBJECT,
    "authorised": SUBJECT,
    "authorities": AUTHORITIES,
    "listed_entity_officers": SUBJECT,
}
_WAYS = {"publish": "published", "query": "shown on request", "share": "shared"}


def _records(result: CaseResult) -> Iterator[Sight]:
    law = result.law
    for r in result.records:
        act = result.act_of[r.case]
        if act < 0:
            continue
        name = _short(result, r.instrument)
        for s in r.shown:
            where = trace.of_cite(
                law, r.instrument, r.version, s.rule.id, s.rule.title, s.rule.cite
            )
            for level in (PUBLIC, SUBJECT, AUTHORITIES):
                to = [say(TO[w]) for w in s.rule.to if _LEVEL[w] == level]
                if not to or not s.now or s.rule.excluded:
                    continue
                way = say(_WAYS[s.rule.way])
                what = say("record under {regulation}, {way}", regulation=name, way=way)
                yield Sight(act, what, level, say(", ").join(to), s.since, s.until, where)
        # What is not to be published has no part that is open to all.
        closed = {w for s in r.shown if s.rule.excluded for w in s.rule.to}
        for a in r.access:
            to = [w for w in a.to if not (a.only_public_part and w in closed)]
            yield from _access(result, act, name, r.instrument, r.version, a, to)


def _access(
    result: CaseResult,
    act: int,
    name: str,
    instrument: str,
    version: str,
    a: schema.Access,
    to_whom: list[str],
) -> Iterator[Sight]:
    where = trace.of_cite(result.law, instrument, version, a.id, a.title, a.cite)
    what = "record under {regulation}"
    if a.only_public_part:
        what = "public part of the record under {regulation}"
    for level in (PUBLIC, SUBJECT, AUTHORITIES):
        to = say(", ").join(say(TO[w]) for w in to_whom if _LEVEL[w] == level)
        if to:
            if a.needs != "nothing":
                to = say("{what} ({which})", what=to, which=say(a.needs.replace("_", " ")))
            yield Sight(act, say(what, regulation=name), level, to, None, None, where)


def _scores(result: CaseResult) -> Iterator[Sight]:
    for s in result.determination.scores:
        it = result.law.catalogue.instrument(s.instrument)
        what = say("score in {scheme}", scheme=_short(result, s.instrument))
        to = say("kept by {keeper}; who else may see it", keeper=_authority(result, it.keeper))
        yield Sight(-1, what, UNSAID, to, None, None, None)
