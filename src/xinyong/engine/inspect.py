"""One synthetic subject's history in four columns: the picture of the system.

What the public portal shows; what the subject itself can see and was told; what each
authority can see; and what is true. A run keeps little of this, but it is a function of its
scenario, so it is made again (`xinyong.engine.remake`) and the four columns are read off it::

    from xinyong.engine.inspect import subject
    subject(open_run("results/small"), "SYN-110000-P-0000A1B-WZ").moments
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from xinyong import language, places
from xinyong.dates import NEVER, date_of, day_of, first_day, parse_month
from xinyong.engine.feeding import FED
from xinyong.engine.graded_views import met, silent
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.ledgers import (
    Case,
    cases_of,
    id_of,
    ledger_of,
    row_of,
    scores_of,
    spells_of,
)
from xinyong.engine.namings import Namings
from xinyong.engine.remake import Remade, remake
from xinyong.engine.sightings import Holding, Spell, spell_of
from xinyong.engine.state import CASE_COPIED, N_CASES
from xinyong.engine.truth import Deed, deeds_of, whose
from xinyong.errors import UsageError
from xinyong.law.catalogue import Catalogue
from xinyong.law.determine import Event
from xinyong.law.vocabulary import KINDS
from xinyong.results import SYNTHETIC, Run
from xinyong.society.others import BEHIND, LINKS, MOST, others
from xinyong.society.subjects import Subject, format_id, pack, parse_id

__all__ = ["COLUMNS", "History", "Moment", "Record", "history", "subject"]

#: The four columns, in their order.
COLUMNS = ("public", "self", "authorities", "true")


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that one of the four can see from a day on.

    Attributes:
        day: the day; column: one of `COLUMNS`; text: what; case: number of the record on the
            file, -1 where it is about none.
    """

    day: dt.date
    column: str
    text: str
    case: int = -1


@dataclass(frozen=True, slots=True)
class Record:
    """A record on the file.

    Attributes:
        case: number; conduct, conduct_zh, conduct_en: what it says was done; day: when.
        standing: ``true``, ``false`` (nobody did it), ``misattached`` (another did it) or
            ``copied`` (it is of the body the subject stands behind).
        of: id of the subject whose act it is; "" where it is nobody's.
        mistaken: whether the subject of this file, or the body behind a copy, did nothing of it.
        corrected_on: day on which a mistake was annulled; None if it never was.
        decision: ``taken``, ``waits`` (for the staff of the court), ``dropped`` or ``none``.
    """

    case: int
    conduct: str
    conduct_en: str
    conduct_zh: str
    day: dt.date
    standing: str
    of: str
    mistaken: bool
    corrected_on: dt.date | None
    decision: str


@dataclass(frozen=True)
class History:
    """All of one subject, in four columns and in parts.

    Attributes:
        id, kind, place: of the subject; behind: ids of those it is tied to as a body and its
            representative.
        last: last day of the run.
        has_file: whether anything is recorded; if not, `notes` says what that means.
        records: on its file; deeds: what it did, as (day, family of conduct, fate, id of the
            file on which a wrong record landed); spells: on lists, with who held copies.
        scores: scheme, points in tenths and grade in each scheme of the place, at the end.
        rights: what it may ask to see, and by which article.
        notes: what to bear in mind.
        moments: the four columns, by day.
    """

    id: str
    kind: str
    place: str
    place_zh: str
    behind: tuple[str, ...]
    last: dt.date
    has_file: bool
    records: tuple[Record, ...]
    deeds: tuple[tuple[dt.date, str, str, str], ...]
    spells: tuple[Spell, ...]
    scores: tuple[tuple[str, int | None, str], ...]
    rights: tuple[str, ...]
    notes: tuple[str, ...]
    moments: tuple[Moment, ...]
    synthetic: str = field(default=SYNTHETIC)


def subject(run: Run, text: str, catalogue: Catalogue | None = None) -> History:
    """Return the history of one subject of a finished run; see `history` and `remake`."""
    parse_id(text)  # said at once, and not after the run was made again
    return history(remake(run, catalogue), text)


def history(remade: Remade, text: str) -> History:
    """Return the history of one subject.

    Args:
        remade: the run, made again.
        text: id of the subject, ``SYN-…``.

    Raises:
        UsageError: no id of a synthetic subject, or the run has no such subject.
    """
    who, world = parse_id(text), remade.world
    months = world.scenario.months
    alive = int(world.society.alive(who.leaf, who.kind, world.scenario.first_month + months - 1))
    place = places.place(places.leaves()[who.leaf])
    if who.index >= alive:
        raise UsageError(
            f"{remade.run.path}: no such subject in this run: at 1:{world.scenario.scale:,} "
            f"{place.name_en} has {alive:,} of kind {KINDS[who.kind]}; ids are of one scale only"
        )
    return _Teller(remade, who).tell(format_id(int(pack(who.leaf, who.kind, who.index))))


class _Teller:
    """Puts one file into four columns."""

    def __init__(self, remade: Remade, who: Subject) -> None:
        self.remade, self.world, self.who = remade, remade.world, who
        self.run: LeafRun = remade.leaves[who.leaf]
        self.row = row_of(self.run, who.kind, who.index)
        first = self.world.scenario.first_month
        self.last = first_day(first + self.world.scenario.months) - 1
        self.say = Namings(self.world)
        self.moments: list[Moment] = []

    def add(self, day: int, column: str, text: str, case: int = -1) -> None:
        if day <= self.last:
            self.moments.append(Moment(date_of(day), column, text, case))

    def tell(self, name: str) -> History:
        who, world = self.who, self.world
        deeds = deeds_of(world, self.remade.leaves, who.leaf, who.kind, who.index, self.row)
        records: tuple[Record, ...] = ()
        spells: tuple[Spell, ...] = ()
        scores: tuple[tuple[str, int | None, str], ...] = ()
        if self.row >= 0:
            cases = cases_of(self.run, self.row)
            events = ledger_of(world, self.run, self.row, self.last).events
            records = tuple(self._record(case, events) for case in cases.values())
            found = spells_of(self.run, self.row)
            spells = tuple(
                spell_of(world, self.say, self.run.place, who.kind, s, cases[s.case], events)
                for s in found
            )
            by_case = {r.case: r for r in records}
            for event in events:
                self._event(event, by_case[event.case])
            for spell in spells:
                self._spell(spell)
            self._grades()
            scores = tuple(scores_of(world, self.run, self.row))
        self._deeds(deeds)
        order = {column: i for i, column in enumerate(COLUMNS)}
        self.moments.sort(key=lambda m: (m.day, m.case, order[m.column]))
        place = places.place(places.leaves()[who.leaf])
        return History(
            id=name,
            kind=KINDS[who.kind],
            place=place.id,
            place_zh=place.name_zh,
            behind=self._behind(),
            last=date_of(self.last),
            has_file=self.row >= 0,
            records=records,
            deeds=tuple((date_of(d.day), world.rates[d.family].id, d.fate, d.on) for d in deeds),
            spells=spells,
            scores=scores,
            rights=self.say.rights(place.id, KINDS[who.kind], [s.list for s in spells], self.last),
            notes=tuple(self._notes(records, spells, deeds)),
            moments=tuple(dict.fromkeys(self.moments)),
        )

    def _behind(self) -> tuple[str, ...]:
        """Return who stands behind this body, or the bodies this person stands behind."""
        who, ties, found = self.who, self.world.others.ties, []
        me = np.array([who.kind << 32 | who.index])
        month = self.world.scenario.first_month + self.world.scenario.months - 1
        for role in BEHIND:
            link = LINKS.index(role if who.kind else f"{role}_of")
            for k in range(MOST):
                other = int(others(ties, who.leaf, me, link, k)[0])
                kind, index = other >> 32, other & 0xFFFFFFFF
                if other >= 0 and index < int(self.world.society.alive(who.leaf, kind, month)):
                    found.append(format_id(int(pack(who.leaf, kind, index))))
        return tuple(dict.fromkeys(found))

    def _copied_from(self, case: Case) -> str:
        """Return on whose file the record is that was carried over to this one."""
        leaf = self.run.leaf
        cs = leaf.cs[: int(leaf.counts[N_CASES])]
        own = (cs["act"] == np.uint64(case.act)) & (cs["flags"] & CASE_COPIED == 0)
        rows = np.nonzero(own & (cs["ledger"] >= 0))[0]
        return id_of(self.run, int(cs["ledger"][rows[0]])) if len(rows) else ""

    # records -------------------------------------------------------------------------------

    def _record(self, case: Case, events: tuple[Event, ...]) -> Record:
        mine = [e for e in events if e.case == case.number]
        occurred = next(e for e in mine if e.event == "occurred")
        conduct = self.world.catalogue.conducts[occurred.what]
        standing, of = "true", format_id(int(pack(self.who.leaf, self.who.kind, self.who.index)))
        if case.family == FED:
            standing = "fed"
        elif "copied" in case.flags:
            standing, of = "copied", self._copied_from(case)
        elif "false" in case.flags:
            standing, of = "false", ""
        elif "misattached" in case.flags:
            standing = "misattached"
            of = whose(self.world, case.family, self.who.kind, occurred.day, case.act)
        annulled = min((e.day for e in mine if e.event == "annulled"), default=NEVER)
        decision = "taken" if any(e.event == "decided" for e in mine) else "none"
        for word in ("waits", "dropped"):
            decision = word if word in case.flags else decision
        return Record(
            case.number, conduct.id, conduct.en, conduct.zh, date_of(occurred.day), standing, of,
            case.mistaken, date_of(annulled) if case.mistaken and annulled < NEVER else None,
            decision,
        )  # fmt: skip

    def _event(self, event: Event, record: Record) -> None:
        """Say who sees an event of the ledger, and what is true of it."""
        say, day, case = self.say, event.day, event.case
        what = self.say.conduct(record.conduct)
        told = record.standing in ("true", "copied", "fed")
        match event.event:
            case "occurred":
                truth = {
                    "true": "does it: {what}",
                    "false": "nobody does it, a false record arises: {what}",
                    "misattached": "{who} does it, the record lands here: {what}",
                    "fed": "the grade of one scheme goes into another: {what}",
                    "copied": "the body it stands behind is said to do it: {what}",
                }
                who = record.of or language.say("another")
                text = language.say(truth[record.standing], what=what, who=who)
                self.add(day, "true", text, case)
            case "ended" | "detail":
                return
            case "copied":
                self.add(
                    day, "authorities", language.say("carry the record over to this subject"), case
                )
            case "formed":
                self.add(
                    day,
                    "authorities",
                    language.say("draw up {document}", document=say.document(event.what)),
                    case,
                )
            case "served":
                if event.what and not told:
                    paper = say.document(event.what)
                    text = language.say("{document} is not served on it", document=paper)
                    self.add(day, "true", text, case)
                else:
                    paper = say.served(event, record)
                    text = language.say("is served with {document}", document=paper)
                    self.add(day, "self", text, case)
            case "decided" | "restored" | "recorded" | "checked" | "extended" | "removed":
                verb = say.does(event.event, event.what)
                self.add(day, "authorities", verb, case)
            case "noticed" | "granted" | "refused" | "annulled":
                self.add(day, "self", say.does(event.event, event.what), case)
                if event.event == "annulled" and record.mistaken:
                    self.add(day, "true", language.say("the mistake is corrected"), case)
            case "objected" | "applied" | "pledged":
                self.add(day, "self", say.does(event.event, event.what), case)
            case "published":
                return  # told with the spell
            case _:
                self.add(day, "true", say.does(event.event, event.what), case)

    # lists ---------------------------------------------------------------------------------

    def _spell(self, spell: Spell) -> None:
        case, name = spell.case, self.say.instrument(spell.list)
        if spell.published is not None:
            shown = day_of(spell.published)
            self.add(shown, "public", language.say("shown on {list}", list=name), case)
            self.add(shown, "self", language.say("can read it on {list}", list=name), case)
            if spell.end is not None:
                text = language.say("off {list}", list=name)
                self.add(day_of(spell.end), "public", text, case)
        if spell.lawful_end is not None:
            cause = self.say.cause(spell.cause)
            text = language.say("{list} ought to end: {cause}", list=name, cause=cause)
            self.add(day_of(spell.lawful_end), "true", text, case)
        if spell.end is not None:
            text = language.say("the entry on {list} is over", list=name)
            self.add(day_of(spell.end), "authorities", text, case)
        for held in spell.holdings:
            self._holding(spell, held)
        asked: dict[str, dict[str, None]] = {}
        for held in spell.holdings:
            for month, measure in held.asked if held.copy == "right" else ():
                by = language.say(
                    "{body}, {measure}",
                    body=self.say.authority(held.authority),
                    measure=self.say.measure(measure),
                )
                asked.setdefault(month, {})[by] = None
        for month, bodies in asked.items():
            first = date_of(first_day(parse_month(month)))
            for by in bodies:
                text = language.say("asked in {month}: {by}", month=month, by=by)
                self.add(day_of(first), "authorities", text, case)

    def _grades(self) -> None:
        """Say where a grade was asked about, and what it brought."""
        for x in met(self.world, self.run, self.row):
            words = {
                "month": x.month,
                "body": self.say.authority(x.authority),
                "measure": self.say.measure(x.measure),
                "grade": x.grade,
                "scheme": self.say.instrument(x.scheme),
            }
            if not x.could:
                text = "asked in {month}, cannot look up grades: {body}, {measure}"
                self.add(x.day, "authorities", language.say(text, **words))
                continue
            text = "asked in {month}, sees grade {grade} of {scheme}: {body}, {measure}"
            self.add(x.day, "authorities", language.say(text, **words))
            text = "is given for grade {grade} of {scheme}: {measure}"
            if not x.reward:
                text = "bears for grade {grade} of {scheme}: {measure}"
            self.add(x.day, "self", language.say(text, **words))

    def _holding(self, spell: Spell, held: Holding) -> None:
        """Say what an authority holds; those that keep the list themselves need no copy."""
        if held.since is None or not held.hops:
            return
        case, by = spell.case, self.say.authority(held.authority)
        since, zombie, until = held.since, held.zombie_from, held.until
        shows = held.shows
        says: dict[str, list[tuple[dt.date | None, str, str]]] = {
            "astray": [(since, "authorities", "lay their copy to another: {by}")],
            "none": [(since, "authorities", "can lay their copy to nobody: {by}")],
            "right": [
                (since, "authorities", "get a copy: {by}"),
                (zombie, "authorities", "hold a copy on, though the entry has ended: {by}"),
                (until, "authorities", "hold it no more: {by}"),
                (since if shows else None, "public", "shown by {by}"),
                (zombie if shows else None, "public", "still shown by {by}"),
                (until if shows else None, "public", "shown no more by {by}"),
            ],
        }
        for day, column, text in says[held.copy]:
            if day is not None:
                self.add(day_of(day), column, language.say(text, by=by), case)

    # truth ---------------------------------------------------------------------------------

    def _deeds(self, deeds: list[Deed]) -> None:
        fates = {
            "unknown": "does it: {family}; and no authority comes to know",
            "lost": "does it: {family}; and the record lands on nobody's file",
            "misattached": "does it: {family}; and the record lands on the file of {on}",
        }
        for deed in deeds:
            if deed.fate in fates:
                family = self.say.family(deed.family)
                text = language.say(fates[deed.fate], family=family, on=deed.on)
                self.add(deed.day, "true", text.rstrip())

    def _notes(
        self, records: tuple[Record, ...], spells: tuple[Spell, ...], deeds: list[Deed]
    ) -> list[str]:
        found = []
        if self.row < 0:
            found.append(
                "Nothing is recorded: no authority holds anything about this subject, no list "
                "shows it, and nobody decided anything. It is one of its stratum like any other."
            )
            if deeds:
                found.append("It did what the last column says; nobody laid it to this file.")
            if default := silent(self.world, self.run.place):
                found.append(default)
        if any(r.decision == "waits" for r in records):
            found.append("A request to list it still waits for the staff of the court.")
        if any(r.decision == "dropped" for r in records):
            found.append("A request to list it was dropped: it waited too long for the court.")
        if any(r.mistaken and r.corrected_on is None for r in records):
            found.append("A mistake on its file was never corrected.")
        if any(s.lawful_end is None and s.end is None for s in spells):
            found.append("An entry has no end by the last day of the run.")
        if self.who.kind == 0:
            found.append(
                "Copies of others' entries that went astray may bear on it: the model counts "
                "them, but does not say on whom they fall."
            )
        return [language.say(text) for text in found]
