"""The way back: from the rows of a determination to provisions in plain words.

Nothing here decides anything. It says which text a finding rests on and how deep that
text was read, puts conditions into words, and for what did not apply, says why not.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from xinyong.dates import NEVER, day_of
from xinyong.language import Sentence, language, own, plural, say, worded
from xinyong.law import schema
from xinyong.law import tables as t
from xinyong.law.compile import Law
from xinyong.law.conditions import first_unmet, via_of
from xinyong.law.determine import Determination, Ledger, Tried

__all__ = [
    "NotMet",
    "Provenance",
    "article_words",
    "failing",
    "head_of",
    "notes_on",
    "noun",
    "noun_of",
    "of_cite",
    "of_provision",
    "of_step",
    "unmet",
    "why_not",
    "words",
]

_NOT_RECORDED = 99  # `at` of a line whose record is not formed or not recorded yet


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a finding stands: everything a line of output must name.

    Attributes:
        instrument, en, zh: id and official names; version, provision: ids.
        text: what the provision says, restated.
        article, source, depth: where it was read and how deep; `source_en` and
            `source_zh` are the document's titles.
        assumption: the reason, if no source states it; then article and source are empty
            and the depth is ``assumption``.
        notes: ids of interpretations that touch it.
    """

    instrument: str
    en: str
    zh: str
    version: str
    provision: str
    text: str
    article: str
    source: str
    source_en: str
    source_zh: str
    depth: str
    assumption: str
    notes: tuple[str, ...]

    @property
    def basis(self) -> str:
        """Return article, document and depth in one phrase.

        Example:
            >>> from xinyong.law.compile import law
            >>> of_provision(law(), 0).basis.endswith("[full text]")
            True
        """
        if self.assumption:
            return say("assumption: {x}", x=worded(self.assumption))
        title = f"{self.source_en} ({self.source_zh})"
        return say(
            "{title}, {article} [{depth}]",
            title=title if language() == "en" else self.source_zh,
            article=article_words(self.article),
            depth=say(self.depth),
        )


def article_words(article: str) -> str:
    """Return an article as it is named in a sentence.

    Example:
        >>> article_words("3"), article_words("whole"), article_words("annex")
        ('Art. 3', 'as a whole', 'annex')
    """
    if (known := worded(article)) != article:
        return known
    if article[:1].isdigit():
        return say("Art. {x}", x=article.replace(", ", say(", ")))
    if article.startswith("annex "):
        return say("annex {x}", x=article.removeprefix("annex "))
    return say("as a whole") if article == "whole" else article


def of_cite(
    law: Law, instrument: str, version: str, provision: str, text: str, cite: schema.Cite
) -> Provenance:
    """Return where a cited block of an instrument stands."""
    it = law.catalogue.instrument(instrument)
    source = it.sources.get(cite.source or "")
    return Provenance(
        instrument=instrument,
        en=it.short.en if it.short else it.name.en,
        zh=it.short.zh if it.short else it.name.zh,
        version=version,
        provision=provision,
        text=text,
        article=cite.article or "",
        source=cite.source or "",
        source_en=source.title.en if source else "",
        source_zh=source.title.zh if source else "",
        depth=source.depth if source else "assumption",
        assumption=cite.assumption or "",
        notes=notes_on(law, instrument, version, provision),
    )


def of_provision(law: Law, row: int) -> Provenance:
    """Return where a row of `LawTables.prov` stands."""
    o = law.origins[row]
    return of_cite(law, o.instrument, o.version, o.provision, o.text, o.cite)


def of_step(law: Law, row: int) -> Provenance:
    """Return where a row of `LawTables.step` stands."""
    o = law.steps[row]
    return of_cite(law, o.instrument, o.version, o.step.id, o.step.title, o.step.cite)


# --- interpretations -------------------------------------------------------------------


def notes_on(law: Law, instrument: str, version: str, provision: str) -> tuple[str, ...]:
    """Return ids of the interpretations whose alternatives would change a provision.

    An alternative names what it changes by a path with wildcards. One that changes the
    scheme as a whole touches every item; one without a path names no provision.
    """
    found = []
    for note in law.catalogue.instrument(instrument).interpretations:
        for alternative in note.alternatives:
            parts = (alternative.path or "").split(".")
            if parts[0] != "versions" or len(parts) < 3 or not fnmatchcase(version, parts[1]):
                continue
            whole = parts[2] == "transition"
            if whole or (len(parts) > 3 and fnmatchcase(provision, parts[3])):
                found.append(note.id)
                break
    return tuple(found)


# --- words --------------------------------------------------------------------------------


def _word(identifier: str) -> str:
    return say(identifier.replace("_", " "))


_NOUNS = {
    "occurred": "the act",
    "ended": "the end of the act",
    "formed": "formation of the record",
    "served": "service",
    "effective": "legal effect",
    "recorded": "recording",
    "deadline": "the deadline",
    "noticed": "notice",
    "objected": "objection",
    "checked": "a check of the objection",
    "extended": "extension",
    "decided": "decision",
    "published": "publication",
    "corrected": "correction",
    "performed": "performance",
    "settled": "settlement",
    "pledged": "pledge",
    "applied": "application",
    "granted": "grant",
    "removed": "removal",
    "restored": "restoration",
    "annulled": "annulment",
    "withdrawn": "withdrawal",
    "enforcement_ended": "ruling that ends enforcement",
    "round_ended": "ruling that ends this round of enforcement",
    "stayed": "stay of enforcement",
    "not_enforced": "ruling of non-enforcement",
    "sentence_ended": "end of the sentence",
    "copied": "copy",
    "refused": "refusal",
    "detail": "further fact",
    "listed": "listing",
    "lawful_end": "lawful end of the entry",
    "year_end": "the end of the year",
}


def noun(event: str) -> str:
    """Return the noun of an event or anchor, such as ``performance`` for ``performed``."""
    return say(_NOUNS[event])


def noun_of(event: str) -> Sentence:
    """Return the noun of an event as a sentence, to be said in any language."""
    return Sentence(_NOUNS[event])


def _any(names: list[str]) -> str:
    return say(" or ").join(names)


def words(condition: schema.Condition, law: Law) -> str:
    """Return a condition in plain words.

    Example:
        >>> from xinyong.law.compile import law
        >>> words(schema.Condition(circumstance="able"), law())
        'able to perform'
        >>> words(schema.Condition(band=schema.Band(of="amount", lo=500, hi=None)), law())
        'amount of at least 500 yuan'
    """
    c = condition
    names = law.catalogue
    for joint, inner in ((" and ", c.all), (" or ", c.any), (" or ", c.unless)):
        if inner is not None:
            text = say(joint).join(words(each, law) for each in inner)
            if c.unless is not None:
                return say("not ({condition})", condition=text)
            return say("({condition})", condition=text) if len(inner) > 1 else text
    if c.kind is not None:
        return say("the subject is {what}", what=_any([_word(k) for k in c.kind]))
    if c.role is not None:
        return say("the subject is {what}", what=_any([_word(r) for r in c.role]))
    if c.age is not None:
        return say("aged {low} to {high}", low=c.age[0], high=c.age[1])
    if c.document is not None:
        return say("there is a document: {name}", name=own(names.documents[c.document]))
    if c.circumstance is not None:
        return own(names.circumstances[c.circumstance])
    if c.severity is not None:
        return say("severity {levels}", levels=_any([say(x) for x in c.severity]))
    if c.band is not None:
        return quantity(c.band)
    if c.event is not None:
        return _taken_place(c.event, law)
    if c.lapsed is not None:
        without = _any([noun(e) for e in c.lapsed.without])
        return say(
            "{event} has passed without {others}", event=noun(c.lapsed.after), others=without
        )
    if c.count is not None:
        return say(
            "at least {n} such acts within {months} months",
            n=c.count.lo,
            months=c.count.window_months,
        )
    if c.cumulative is not None:
        u = c.cumulative
        what = say("{quantity} of the year's acts together", quantity=_word(u.of))
        return quantity(schema.Band(of=u.of, lo=u.lo, hi=u.hi), what)
    if c.continuing is not None:
        return say("the act still continues") if c.continuing else say("the act has ended")
    if c.listed_on is not None:
        return say("on the list: {name}", name=own(names.instrument(c.listed_on).name))
    if c.still_listed_on is not None:
        return say("still on the list: {name}", name=own(names.instrument(c.still_listed_on).name))
    if c.listed_for is not None:
        f = c.listed_for
        since = say(" and ").join([say("listing"), *map(noun, f.since)])
        unit = "{n} " + f.unit.replace("_", " ") + "s"
        return say(
            "{time} from {since} to {event}",
            time=plural(unit, unit, f.n),
            since=since,
            event=noun(f.at),
        )
    if c.emergency is not None:
        if c.emergency:
            return say("done in an emergency of the place")
        return say("done outside an emergency of the place")
    name = own(names.instrument(str(c.other_listing)).name)
    return say("another case is on the list: {name}", name=name)


def _taken_place(c: schema.Happened, law: Law) -> str:
    event = noun(c.event)
    if c.document:
        name = own(law.catalogue.documents[c.document])
        event = say("{event} of {document}", event=event, document=name)
    if c.by:
        return say("{event} has taken place by the day of {limit}", event=event, limit=noun(c.by))
    return say("{event} has taken place", event=event)


#: In what quantities are counted, where their names do not say it.
_COUNTED_IN = {"amount": "yuan", "fine": "yuan", "confiscation": "yuan", "duration": "days"}


def quantity(band: schema.Band, what: str = "") -> str:
    """Return a band in words, with its unit; a share is stated in parts of ten thousand.

    Args:
        band: of a quantity.
        what: what the quantity is called, if not by its own name.

    Example:
        >>> quantity(schema.Band(of="share", lo=1000, hi=None, hi_inclusive=True))
        'share of at least 10 %'
    """
    share = band.of == "share"
    low = "at least {n}" if band.lo_inclusive else "more than {n}"
    high = "at most {n}" if band.hi_inclusive else "less than {n}"
    bounds = say(" and ").join(
        say(message, n=f"{bound / 100:g}" if share else f"{bound:,}")
        for message, bound in ((low, band.lo), (high, band.hi))
        if bound is not None
    )
    what = what or _word(band.of)
    unit = "%" if share else _COUNTED_IN.get(band.of)
    if unit is None:
        return say("{quantity} of {bounds}", quantity=what, bounds=bounds)
    return say("{quantity} of {bounds} {unit}", quantity=what, bounds=bounds, unit=say(unit))


def why_not(law: Law, tried: Tried) -> str:
    """Return in words why a provision does not apply, or does not count.

    Returns:
        For an unmet one, the first condition that fails; an empty string if it is met.
    """
    origin = law.origins[tried.row]
    version = law.catalogue.instrument(origin.instrument)
    if tried.status == "not_in_force":
        span = next(w for w in version.versions if w.id == origin.version).in_force
        if span.until is None:
            return say("this version applies from {first}", first=span.from_)
        return say("this version applies from {first} to {last}", first=span.from_, last=span.until)
    if tried.status == "superseded":
        other = law.origins[tried.at]
        return say(
            "one act counts once: superseded by {provision} ({text})",
            provision=other.provision,
            text=other.text,
        )
    if tried.status == "blocked":
        return say(
            "{points} points above the yearly cap of its group do not count",
            points=f"{tried.at / 10:g}",
        )
    if tried.status == "barred":
        return say("barred by a gate (see Determination.barred)")
    if tried.status != "unmet":
        return ""
    effect, at = origin.effect, tried.at
    if at == _NOT_RECORDED:
        return say("the record is not formed, or not recorded, yet")
    if isinstance(effect, schema.End):
        if at < 2:
            if at == 1:
                return say("only an entry without a term ends so")
            return say("there is no {event} since the entry began", event=noun(effect.from_))
        at -= 2
    elif isinstance(effect, schema.Convert):
        if at == 0:
            return say("there is no {event}", event=noun(effect.from_))
        at -= 1
    return say("not met: {condition}", condition=words(origin.conditions[at], law))


# --- what almost applied ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NotMet:
    """A provision that failed at one condition only.

    Attributes:
        case: the case; row: of `LawTables.prov`; at: as in `Tried`.
        reason: in words.
    """

    case: int
    row: int
    at: int
    reason: str


def unmet(law: Law, ledger: Ledger, found: Determination) -> Iterator[NotMet]:
    """Yield the provisions tried in vain whose other conditions all hold.

    Left out: versions not in force, grounds of a list the case is on already, and items
    of a scheme that would not weigh more than the one that counts.
    """
    rows, _ = ledger.rows(law)
    entered = {(e.case, e.instrument) for e in found.entries}
    seen: set[tuple[int, int]] = set()
    for tried in found.tried:
        key = (tried.case, tried.row)
        if tried.status != "unmet" or tried.at == _NOT_RECORDED or key in seen:
            continue
        seen.add(key)
        origin = law.origins[tried.row]
        if isinstance(origin.effect, schema.Enter) and (tried.case, origin.instrument) in entered:
            continue
        if len(failing(law, ledger, found, tried, rows)) == 1:
            yield NotMet(tried.case, tried.row, tried.at, why_not(law, tried))


def head_of(effect: object) -> int:
    """Return how many tests an effect makes before the conditions of its provision."""
    return 2 if isinstance(effect, schema.End) else int(isinstance(effect, schema.Convert))


def failing(
    law: Law, ledger: Ledger, found: Determination, tried: Tried, rows: t.Ints | None = None
) -> tuple[int, ...]:
    """Return the numbers (as in `Tried.at`) of all tests at which an unmet provision fails.

    Args:
        law: the law.
        ledger: the file.
        found: what was found in it.
        tried: the provision.
        rows: the rows of the ledger, if they are at hand.
    """
    assert found.numbers is not None  # noqa: S101 - determine always fills it
    rows = ledger.rows(law)[0] if rows is None else rows
    facts, day = ledger.subject.facts(law), day_of(found.as_of)
    head = head_of(law.origins[tried.row].effect)
    fails = [tried.at] if tried.at < head else []
    until = _until(rows, tried.case, law, tried.row, day)
    via = via_of(rows, len(rows), tried.case)
    inst = law.tables.prov[tried.row, t.P_INST]
    for number, (start, end) in enumerate(_tops(law, tried.row)):
        k = first_unmet(
            law.tables, facts, rows, len(rows), tried.case, via, inst,
            found.numbers, start, end, until,
        )  # fmt: skip
        if k >= 0:
            fails.append(head + number)
    return tuple(fails)


def _tops(law: Law, row: int) -> Iterator[tuple[int, int]]:
    """Yield the code rows of each top-level condition of a provision."""
    start = int(law.tables.prov[row, t.P_CODE])
    for i in range(start, int(law.tables.prov[row, t.P_CODE_END])):
        if law.tables.code[i, 0] == t.OP_TOP:
            yield start, i + 1
            start = i + 1


def _until(rows: t.Ints, case: int, law: Law, row: int, day: int) -> int:
    """Return the day up to which facts count: a ground is judged on the day of decision."""
    if law.tables.prov[row, t.P_EFFECT] != t.ENTER:
        return day
    decided = law.code["event"]["decided"]
    inst = law.tables.prov[row, t.P_INST]
    mine = (rows[:, 3] == case) & (rows[:, 1] == decided) & np.isin(rows[:, 2], (inst, -1))
    return min(day, int(rows[mine, 0].min(initial=NEVER)))
