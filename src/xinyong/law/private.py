"""Private schemes: whether a subject has joined, what its band opens, what a public list does.

No score is worked out, since no formula is published; a score that a case states is placed in
its band.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xinyong.dates import date_of, day_of
from xinyong.law import schema
from xinyong.law.compile import Law
from xinyong.law.determine import Determination, Ledger
from xinyong.law.gates import Bar, bars, score_target
from xinyong.law.regulations import add

__all__ = ["LinkEffect", "Membership", "memberships"]


@dataclass(frozen=True, slots=True)
class LinkEffect:
    """What an entry on a public list does in a private scheme.

    Attributes:
        case: the case listed; link: as the source has it.
        until: first day on which the mark is gone; None while the entry lives, or if it is open.
    """

    case: int
    link: schema.ListLink
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class Membership:
    """One private scheme that a subject has joined.

    Attributes:
        instrument, version: ids; terms: of that version.
        score, band: as stated by the case; None if it states none.
        benefits: open to that score on the day; links: effects of public lists.
        bars: gates on the score.
    """

    instrument: str
    version: str
    terms: schema.PrivateTerms
    score: int | None
    band: schema.ScoreBand | None
    benefits: tuple[schema.Benefit, ...]
    links: tuple[LinkEffect, ...]
    bars: tuple[Bar, ...]


def memberships(
    law: Law, ledger: Ledger, found: Determination, scores: Mapping[str, int]
) -> Iterator[Membership]:
    """Yield the private schemes in which a subject is on a day, with what follows in them.

    Args:
        law: the compiled law.
        ledger: the file; its subject says what it has consented to.
        found: what follows from the file; its day is the day asked for.
        scores: private scores that the case states, by scheme.
    """
    on, subject = found.as_of, ledger.subject
    for it in law.catalogue.instruments.values():
        if it.kind != "private_scheme" or subject.kind not in it.subjects:
            continue
        version = law.catalogue.version(it.id, on)
        terms = version.private if version else None
        if version is None or terms is None:
            continue
        if terms.consent.mode != "automatic" and it.id not in subject.consents:
            continue
        score = scores.get(it.id)
        yield Membership(
            instrument=it.id,
            version=version.id,
            terms=terms,
            score=score,
            band=next(
                (b for b in terms.bands if score is not None and b.lo <= score <= b.hi), None
            ),
            benefits=tuple(b for b in terms.benefits if _open(b, score, on)),
            links=tuple(_links(terms, ledger, found)),
            bars=bars(
                law.catalogue, score_target(it, version, subject.kind), on, subject.residence
            ),
        )


def _open(benefit: schema.Benefit, score: int | None, on: dt.date) -> bool:
    begun = benefit.from_ is None or benefit.from_ <= on
    over = benefit.until is not None and benefit.until < on
    enough = benefit.lo is None or (score is not None and score >= benefit.lo)
    return begun and not over and enough


def _links(
    terms: schema.PrivateTerms, ledger: Ledger, found: Determination
) -> Iterator[LinkEffect]:
    on = found.as_of
    for link in terms.list_links:
        if on < link.from_ or (link.until is not None and link.until < on):
            continue
        for entry in found.entries:
            if entry.instrument != link.list or entry.row < 0:
                continue
            if entry.end is None:
                yield LinkEffect(entry.case, link, None)
                continue
            until = _kept_until(link, ledger, entry.case, entry.end)
            if until is not None and on < until:
                yield LinkEffect(entry.case, link, until)


def _kept_until(link: schema.ListLink, ledger: Ledger, case: int, end: dt.date) -> dt.date | None:
    """Return the first day on which a mark is gone; None if it goes with the entry."""
    term = link.keeps
    if term is None or term.open or term.n is None or term.unit is None:
        return None
    days = [e.day for e in ledger.events if e.case == case and e.event == term.from_]
    anchor = min(days, default=day_of(end))
    until = add(anchor, term.n, term.unit)
    return None if until is None else date_of(until)
