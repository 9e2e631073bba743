"""Closed words of the rules of regulations as phrases, where the bare word would mislead.

A word such as ``penalty`` names a nature of measures in one place and a kind of information in
another, and ``registration`` a place or a record; Chinese has a term of law for each. Each table
says the words of one field; a word that is not in it is said as it stands.
"""

from __future__ import annotations

from typing import Final

from xinyong.language import language, say

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


def phrase(table: dict[str, str], word: str) -> str:
    """Return a word as a phrase of a table, in the language that is spoken.

    Example:
        >>> phrase(INFORMATION, "penalty"), phrase(INFORMATION, "market_ban")
        ('administrative penalties', 'market ban')
    """
    return say(table.get(word, word.replace("_", " ")))
