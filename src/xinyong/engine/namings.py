"""Words for what stands in a file: English, with the official terms in Chinese; or Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xinyong import places
from xinyong.dates import date_of
from xinyong.engine.world import World
from xinyong.language import language, own, say, worded
from xinyong.law import schema
from xinyong.law.determine import Event

if TYPE_CHECKING:
    from xinyong.engine.inspect import Record

__all__ = ["Namings", "label"]

_DOES = {
    "decided": "decide to enter it on",
    "restored": "enter it again on",
    "recorded": "put it on record for",
    "checked": "examine its request about",
    "extended": "extend the term of",
    "removed": "take it off",
    "noticed": "is told beforehand of",
    "granted": "is granted what it asked about",
    "refused": "is refused what it asked about",
    "annulled": "is told that this is annulled:",
    "objected": "objects to",
    "applied": "applies to come off",
    "pledged": "gives a written commitment about",
    "performed": "performs what it owes",
    "settled": "settles",
    "corrected": "has corrected what it did",
    "withdrawn": "the creditor asks that it be taken off",
    "enforcement_ended": "enforcement has come to its end",
}
_CAUSES = {
    "performance": "performed",
    "settlement": "settled",
    "withdrawal": "the creditor asked for it",
    "terminated": "enforcement ended",
    "early": "repair was granted",
    "annulled": "it was a mistake",
    "expiry": "its term is over",
}


def label(month: int) -> str:
    """Return a month number as ``YYYY-MM``."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


class Namings:
    """Names of one catalogue."""

    def __init__(self, world: World) -> None:
        self.world, self.catalogue = world, world.catalogue

    def instrument(self, name: str) -> str:
        """Return the short name of an instrument."""
        it = self.catalogue.instruments[name]
        return _both(it.short or it.name)

    def authority(self, name: str) -> str:
        """Return the name of an authority in one language; `both` has both."""
        return own(self.catalogue.authorities[name].name).partition(" (")[0]

    def both(self, name: str) -> str:
        """Return the names of an authority, English and Chinese."""
        return _both(self.catalogue.authorities[name].name)

    def measure(self, name: str) -> str:
        """Return the Chinese name of a measure, or the English one where there is none."""
        known = self.catalogue.measures[name].name
        return known.zh or known.en

    def shows(self, measure: str) -> bool:
        """Tell whether a measure shows the entry to everybody."""
        known = self.catalogue.measures[measure]
        return known.nature == "publicity" and known.others is None

    def document(self, name: str) -> str:
        """Return the name of a kind of document."""
        return _both(self.catalogue.documents[name]) if name else say("a document")

    def family(self, number: int) -> str:
        """Return what a family of conduct is about: its commonest conduct."""
        family = self.world.rates[number]
        most = max(family.split, key=lambda split: split.share)
        conduct = self.catalogue.conducts[most.conduct]
        text = _both(conduct)
        if len(family.split) == 1:
            return text
        if language() == "en":
            return f"{conduct.en} or the like {conduct.zh}".strip()
        return say("{conduct} or the like", conduct=text)

    def conduct(self, name: str) -> str:
        """Return the names of a conduct."""
        return _both(self.catalogue.conducts[name])

    def cause(self, word: str) -> str:
        """Return why an entry ends."""
        return say(_CAUSES.get(word, "its ground is gone"))

    def served(self, event: Event, record: Record) -> str:
        """Return what was served."""
        if event.what:
            return self.document(event.what)
        return say("the decision") if record.decision == "taken" else say("a notice")

    def does(self, event: str, what: str) -> str:
        """Return an event as a verb, with the list it is about."""
        verb = say(_DOES.get(event, event.replace("_", " ")))
        return say("{does} {list}", does=verb, list=self.instrument(what)) if what else verb

    def rights(self, place: str, kind: str, lists: list[str], last: int) -> tuple[str, ...]:
        """Return what a subject may ask to see or to have looked at again, with the article."""
        found: list[str] = []
        for name in dict.fromkeys(lists):
            review = self.catalogue.instruments[name].review
            ways = {
                "an objection": review is not None and review.objection,
                "administrative review 行政复议": review is not None
                and review.administrative_review,
                "a suit 行政诉讼": review is not None and review.suit,
            }
            named = say(", ").join(say(way) for way, there in ways.items() if there)
            text = named or say("the text names no way")
            if review is not None and named:
                text = say("{what} ({which})", what=named, which=_cited(review.cite))
            found.append(say("against {list}: {text}", list=self.instrument(name), text=text))
        day = date_of(last)
        for it in self.catalogue.instruments.values():
            if it.kind != "regulation" or not places.within(place, it.reach.place):
                continue
            version = self.catalogue.version(it.id, day)
            for rule in version.rules if version else ():
                if _of_oneself(rule) and (rule.of.kinds is None or kind in rule.of.kinds):
                    found.append(
                        say(
                            "may ask to see: {what} ({regulation}, {article})",
                            what=worded(rule.title),
                            regulation=self.instrument(it.id),
                            article=_cited(rule.cite),
                        )
                    )
        return tuple(found)


def _of_oneself(rule: schema.Rule) -> bool:
    if isinstance(rule, schema.Access):
        return "subject" in rule.to
    return isinstance(rule, schema.Right) and rule.what in ("access", "copy", "know")


def _cited(cite: Any) -> str:
    return say("Art. {x}", x=cite.article) if cite.source else say("an assumption")


def _both(name: Any) -> str:
    return f"{name.en} {name.zh}".strip() if language() == "en" else own(name)
