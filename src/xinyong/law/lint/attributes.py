"""The attributes that limits may look at: what they mean, and for which part of a rulebook.

The attributes of the instrument stand beside those of each of its parts, so that a limit
over measures may ask for the rank of the document that orders them.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ATTRIBUTES", "LABELS", "OVERS"]

#: The parts of a rulebook a limit may quantify over.
OVERS: Final = ("instrument", "provision", "measure", "step", "grade", "pair", "rule")

ATTRIBUTES: Final[dict[str, dict[str, str]]] = {
    "instrument": {
        "kind": "list, scheme, memorandum, regulation, private_scheme, or what else the format has",
        "polarity": "black, red, mixed or none",
        "level": "national, provincial, city, county, village or industry",
        "rank": "legal rank of the document",
        "issuer": "the authority that issued it",
        "public": "whether authorities apply it (no private scheme, no rule of an industry)",
        "based_on": "what effects rest on: act, record, entry or score",
        "conduct_field": "field of the conduct, of the four of the 2014 Outline",
        "measure_fields": "fields of the measures",
        "nature": "penalty, management, reward, publicity",
        "tags": "protected conduct it names anywhere",
        "subjects": "kinds of subjects",
        "persons": "whether natural persons are among them",
        "serves": "whether it acts on the entries of another list",
        "adverse": "whether anything in it is to the detriment of a subject",
        "machine": "alone, aid or none: who decides",
        "ai": "whether the machine is an AI system in the sense of the AI Act",
        "objection": "whether it can be challenged before whoever decides",
        "administrative_review": "whether administrative review is open",
        "suit": "whether a suit is open",
        "notice": "must, may or none: notice to the subject before it is decided",
        "warned_by": "documents that every harmful ground asks to have been served before",
        "checked": "must, may or none: the duty to check what the subject objects",
        "repair": "whether there is a way out other than waiting",
        "removal": "whether it says how an entry, grade or score ends",
        "publishes": "whether entries, grades or scores are made public",
        "scored": "whether it adds up points",
        "whole": "whether its text was read as a whole, so that what is not encoded is not there",
    },
    "provision": {
        "effect": "enter, end, restore, points, grade, convert, copy, or what else there is",
        "harms": "whether the effect is to the subject's detriment",
        "on_persons": "whether it can fall on natural persons",
        "conducts": "the conduct it listens to",
        "field": "field of that conduct",
        "protected": "protected-conduct tags of it and of its conduct",
        "papers": "documents it asks for or, where it asks for none, its conduct may rest on",
        "asks_paper": "whether it asks for a document itself",
        "bare": "whether it takes conduct for which no document is known",
        "circumstances": "circumstances it asks for",
        "entry_asked": "whether it asks for an entry of a list",
        "gravity": "whether it asks for an amount, a number, a time or a degree",
        "end_date": "term, event or none: what ends the effect",
        "copies_to": "roles to which records are copied",
        "through": "roles through which it strikes, other than the own act",
        "range": "width of the discretion over points",
    },
    "measure": {
        "measure": "the measure",
        "measure_field": "its field",
        "measure_nature": "its nature",
        "measure_polarity": "black or red",
        "category": "its category in the vocabulary",
        "cross_field": "whether its field is not that of the conduct",
        "applied_by": "levels of the bodies that apply it",
        "discretionary": "whether the body may also leave it",
        "reaches": "roles beside the listed subject whom it strikes",
        "on_persons": "whether it can fall on natural persons",
    },
    "step": {
        "then": "the event that ends the step",
        "modality": "must or may",
        "by_subject": "whether the subject itself takes it",
        "limited": "whether it has a time limit",
        "after": "events it follows on",
    },
    "grade": {
        "overlaps": "whether its points are also those of another grade",
        "gap": "whether there are points below it that belong to no grade",
        "reachable": "whether any subject can come into it",
    },
    "pair": {
        "twice": "provision or measure: what is there two times",
        "adds_up": "whether both count for one act of one subject",
        "conducts": "conduct that both listen to",
    },
    "rule": {
        "rule": "type of the rule of a regulation: collect, list_power, measure_power, ...",
        "basis": "lowest legal rank the rule accepts",
        "needs": "what must come with a list under the rule",
        "grounds": "grounds for lists under the rule",
        "information": "kinds of information",
        "allowed": "yes, no, consent or written_consent",
        "against": "whom measures may be taken against",
        "related_only": "whether measures must have to do with the conduct",
    },
}

#: What an attribute is called in a finding, where its name with spaces would not be plain.
LABELS: Final[dict[str, str]] = {
    "adds_up": "both count",
    "adverse": "to anybody's detriment",
    "after": "follows on",
    "ai": "AI system",
    "applied_by": "applied by bodies of",
    "asks_paper": "asks for a document",
    "bare": "some conduct without a known document",
    "based_on": "effects rest on",
    "checked": "check of objections",
    "conducts": "conduct",
    "copies_to": "copied to",
    "cross_field": "other field than the conduct",
    "discretionary": "may be left undone",
    "end_date": "ended by",
    "entry_asked": "asks for an entry of a list",
    "gap": "points below without a grade",
    "gravity": "asks for an amount, number or degree",
    "limited": "time limit",
    "machine": "decided by machine",
    "measure_nature": "nature of the measure",
    "measure_polarity": "colour of the measure",
    "modality": "duty",
    "objection": "objection possible",
    "overlaps": "points shared with another grade",
    "papers": "documents",
    "protected": "protected conduct",
    "public": "applied by authorities",
    "reachable": "can be reached",
    "reaches": "also strikes",
    "repair": "way out other than waiting",
    "removal": "end stated",
    "suit": "suit open",
    "then": "leads to",
    "warned_by": "served before",
    "whole": "whole text read",
}
