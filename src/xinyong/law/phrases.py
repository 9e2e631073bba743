"""Closed words of the rules of regulations as phrases, where the bare word would mislead.

A word such as ``penalty`` names a nature of measures in one place and a kind of information in
another, and ``registration`` a place or a record; Chinese has a term of law for each. Each table
says the words of one field; a word that is not in it is said as it stands.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from xinyong.language import language, say
from xinyong.law import schema

__all__ = [
    "CONDITIONS",
    "CONTENT",
    "DOUBTS",
    "GRADES",
    "INFORMATION",
    "LIABLE",
    "RIGHTS",
    "SANCTIONS",
    "grade",
    "grade_of",
    "in_level",
    "phrase",
]

#: Kinds of information that are collected.
INFORMATION: Final = {
    "identity": "identity data",
    "registration": "registration data",
    "penalty": "administrative penalties",
    "compulsion": "administrative compulsion",
}
#: What the subject is told.
CONTENT: Final = {
    "reason": "the reasons",
    "basis": "the basis",
    "measures": "the measures",
    "removal": "the way off the list",
    "remedies": "the remedies",
    "defence": "the right to state its case",
}
#: What a record is said to be by whoever objects to it.
DOUBTS: Final = {
    "privacy": "in breach of privacy",
    "trade_secret": "in breach of a trade secret",
}
#: What must be so before a record is repaired.
CONDITIONS: Final = {
    "corrected": "conduct put right",
    "effects_removed": "effects removed",
    "commitment": "credit commitment given",
    "training": "training taken",
    "report": "credit report handed in",
    "verified": "correction verified",
    "application": "application made",
    "explained": "explanation given",
    "public_service": "public-welfare service done",
}
#: Rights of the subject.
RIGHTS: Final = {
    "know": "to know",
    "access": "to look up its own information",
    "copy": "to a credit report of its own",
    "correction": "to correction",
    "objection": "to object",
    "repair": "to ask for repair",
    "reasons": "to be told the reasons",
    "review": "to review",
    "suit": "to sue",
    "remedy": "to a remedy",
}
#: Who is liable.
LIABLE: Final = {"credit_service": "credit service institutions"}
#: What follows for whoever is liable.
SANCTIONS: Final = {
    "discipline": "a disciplinary sanction",
    "fine": "a fine",
    "confiscation": "confiscation of gains",
    "civil": "civil liability",
    "public_order": "a public-security penalty",
    "criminal": "criminal liability",
}


#: Grades whose ids are words of other things too; said so in Chinese alone.
GRADES: Final = {
    "red": "the red grade",
    "good": "the good grade",
    "bad": "the bad grade",
    "warning": "the warning grade",
    "outstanding": "the outstanding grade",
    "to_improve": "the grade to improve",
    "very_poor": "the very poor grade",
    "minor": "the grade of minor untrustworthiness",
}


def grade(identifier: str) -> str:
    """Return the id of a grade as a word: ``red`` is the worst card, not a red list.

    Example:
        >>> grade("very_good")
        'very good'
    """
    if language() == "en":
        return identifier.replace("_", " ")
    return phrase(GRADES, identifier)


def grade_of(it: schema.Instrument, identifier: str, on: dt.date) -> str:
    """Return a grade as its scheme names it on a day, where Chinese is spoken and it is no letter.

    A scheme may name a grade anew; the name is that of the last version that had begun.

    Example:
        >>> from xinyong.language import speaking
        >>> from xinyong.law.catalogue import load
        >>> it = load().instruments["honest_shanghai"]
        >>> grade_of(it, "very_good", dt.date(2020, 1, 1))
        'very_good'
        >>> with speaking("zh"):
        ...     grade_of(it, "very_good", dt.date(2020, 1, 1)), grade_of(it, "A", dt.date.max)
        ('很好', 'A')
    """
    if language() == "en" or identifier[:1].isupper():
        return identifier
    known: dict[str, str] = {}
    for version in sorted(it.versions, key=lambda x: x.in_force.from_):
        if version.scheme is not None and (not known or version.in_force.from_ <= on):
            known |= {str(g.id): g.name.zh for g in version.scheme.grades}
    return known.get(identifier) or grade(identifier)


def in_level(name: str) -> str:
    """Return the name of a grade as the sentences on grades take it.

    A letter stands as it is (``A级``); a Chinese name is quoted (``“很好”等级``).
    """
    return name if name.isascii() else f"“{name}”等"


def phrase(table: dict[str, str], word: str) -> str:
    """Return a word as a phrase of a table, in the language that is spoken.

    Example:
        >>> phrase(INFORMATION, "penalty"), phrase(INFORMATION, "market_ban")
        ('administrative penalties', 'market ban')
    """
    return say(table.get(word, word.replace("_", " ")))
