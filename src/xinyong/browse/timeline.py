"""What happened when: the timeline of the catalogue, and the days on which its law changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from xinyong import places
from xinyong.browse import words as w
from xinyong.language import say, worded
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue
from xinyong.law.timeline import sources, timeline

__all__ = ["Moment", "moment_lines", "moments"]


@dataclass(frozen=True)
class Moment:
    """One day, month or year on which something happened.

    Attributes:
        date: as precise as it is known; `first` is the earliest day it allows.
        kind: ``event`` (of the timeline), ``begins`` or ``ends`` (a version of an instrument).
        topic: of the timeline, or the kind of instrument.
        place: id; instruments: ids of the catalogue.
        en, zh: what it was; fact: what changed, in plain words.
        basis: where that stands, and how deep it was read.
    """

    date: str
    first: dt.date
    kind: str
    topic: str
    place: str
    en: str
    zh: str
    fact: str
    basis: str
    instruments: tuple[str, ...]


def moments(
    found: Catalogue,
    since: dt.date | None = None,
    until: dt.date | None = None,
    place: str | None = None,
    topic: str | None = None,
    above: bool = False,
) -> list[Moment]:
    """Return what happened, the earliest first.

    Args:
        found: the catalogue; the days of its versions are told beside the timeline.
        since: first day asked for.
        until: last day asked for; both are included.
        place: what happened there or below; ``cn`` keeps all.
        topic: of the timeline, such as ``list`` or ``emergency``.
        above: also what happened in the places that this one lies in, up to the nation.

    Raises:
        UsageError: there is no such place or topic.
    """
    if place is not None:
        places.place(place)

    def there(where: str) -> bool:
        if place is None or places.within(where, place):
            return True
        return above and places.within(place, where)

    told = timeline(since=since, until=until, topic=topic)
    texts = sources()
    rows = []
    for entry in told:
        if not there(entry.place):
            continue
        source = texts.get(entry.cite.source or "")
        basis = say("assumption: {x}", x=worded(entry.cite.assumption or ""))
        if source is not None:
            basis = say("{title} [{depth}]", title=worded(source.title), depth=say(source.depth))
            if entry.cite.article != "whole":
                basis = say(
                    "{title}, {article} [{depth}]",
                    title=worded(source.title),
                    article=worded(entry.cite.article or ""),
                    depth=say(source.depth),
                )
        number = f" {entry.number}" if entry.number else ""
        rows.append(
            Moment(entry.date, entry.first_day, "event", entry.topic, entry.place,
                   entry.title.en + number, entry.title.zh, worded(entry.fact), basis,
                   tuple(entry.instruments))
        )  # fmt: skip
    for moment in _of_versions(found):
        in_time = (since is None or moment.first >= since) and (
            until is None or moment.first <= until
        )
        if in_time and there(moment.place) and topic in (None, moment.topic):
            rows.append(moment)
    return sorted(rows, key=lambda m: (m.first, m.date, m.kind != "event", m.instruments))


def _of_versions(found: Catalogue) -> Iterator[Moment]:
    for it in found.instruments.values():
        for i, version in enumerate(it.versions):
            begin, until = version.in_force.from_, version.in_force.until
            if version.draft is not None:
                yield _moment(
                    it,
                    version,
                    "draft",
                    begin,
                    say("draft {id}: {what}", id=version.id, what=worded(version.draft)),
                )
                continue
            fact = say("version {id} enters into force", id=version.id)
            if i:
                fact = say(
                    "version {id} enters into force, in place of {old}",
                    id=version.id,
                    old=it.versions[i - 1].id,
                )
            yield _moment(it, version, "begins", begin, fact)
            last = i == len(it.versions) - 1
            if until is not None and last:
                fact = say("version {id} ceases; nothing follows it here", id=version.id)
                yield _moment(it, version, "ends", until + dt.timedelta(days=1), fact)


def _moment(
    it: schema.Instrument, version: schema.Version, kind: str, day: dt.date, fact: str
) -> Moment:
    name = it.short or it.name
    basis = w.cite_words(it, version.in_force.cite)
    return Moment(day.isoformat(), day, kind, it.kind, it.reach.place, name.en, name.zh, fact,
                  basis, (it.id,))  # fmt: skip


def moment_lines(m: Moment) -> Iterator[tuple[str, str]]:
    """Yield what happened as styled lines."""
    place = "" if m.place == "cn" else f", {m.place}"
    ids = f" [{', '.join(m.instruments)}]" if m.instruments else ""
    yield "bold" if m.kind == "event" else "", f"{m.date:<10}  {m.en} ({m.zh})"
    yield "", f"            {w.word(m.topic)}{place}: {m.fact}{ids}"
    yield "dim", f"            {m.basis}"
