"""The closed vocabulary of provisions, as names and as the integers of the kernel.

The words are those of the design: they appear unchanged in the YAML of the
catalogue, in cases, in ledgers and in results. Position in a tuple *is* the
integer code, so a word may be added at the end but never moved.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ANCHORS",
    "EVENTS",
    "FIELDS",
    "GATE_EFFECTS",
    "GATE_TARGETS",
    "INFORMATION",
    "KINDS",
    "LEVELS",
    "NATURES",
    "OFFERS",
    "PROTECTED",
    "QUANTITIES",
    "RANKS",
    "ROLES",
    "SEVERITIES",
    "STATUSES",
    "UNITS",
    "WORTHS",
    "code",
]

KINDS: Final = ("person", "enterprise", "individual_business", "social_organisation", "organ")

#: Fields of the 2014 Planning Outline (GuoFa [2014] 21, part 2).
FIELDS: Final = ("government_affairs", "commercial", "social", "judicial")

NATURES: Final = ("penalty", "management", "reward", "publicity")

#: Conduct that general limits protect; such conduct is case-only and never given a rate.
PROTECTED: Final = ("petition", "assembly", "belief", "speech", "family_planning")

LEVELS: Final = ("national", "provincial", "city", "county", "village", "industry")

#: What a kind of document is worth as a basis, see `schema.DocumentKind`.
WORTHS: Final = ("effective", "open", "procedural", "informal")
RANKS: Final = (
    "law",
    "administrative_regulation",
    "judicial_interpretation",
    "department_rule",
    "local_regulation",
    "local_rule",
    "normative_document",
    "memorandum",
    "press_statement",
    "industry_rule",
)

#: Roles of a subject towards another, or in public life. ``self`` is code 0: an own act.
ROLES: Final = (
    "self",
    "legal_representative",
    "head",
    "responsible_person",
    "controller",
    "family",
    "employer",
    "official",
    "party_member",
    "village_cadre",
    "deputy",
    "employee",
    "creditor",
    "professional",
)

#: What another is of the listed subject, or the subject (``…_of``) of another.
OTHER_LINKS: Final = (
    "family",
    "employer",
    "employee",
    "legal_representative_of",
    "head_of",
    "responsible_person_of",
    "controller_of",
)

SEVERITIES: Final = ("minor", "general", "serious", "grave")

#: Dated events of a ledger. ``what`` of a row is a conduct (occurred), a document kind
#: (formed, served), a quantity or circumstance (detail) or an instrument (the steps).
EVENTS: Final = (
    "occurred",
    "ended",
    "formed",
    "served",
    "effective",
    "recorded",
    "deadline",
    "noticed",
    "objected",
    "checked",
    "extended",
    "decided",
    "published",
    "corrected",
    "performed",
    "settled",
    "pledged",
    "applied",
    "granted",
    "removed",
    "restored",
    "annulled",
    "withdrawn",
    "enforcement_ended",
    "round_ended",
    "stayed",
    "not_enforced",
    "sentence_ended",
    "copied",
    "refused",
    "detail",
)

#: What a term or a time limit may be counted from: any event, or one of these.
DERIVED_ANCHORS: Final = ("listed", "lawful_end", "year_end")
ANCHORS: Final = EVENTS + DERIVED_ANCHORS

UNITS: Final = ("day", "working_day", "month", "year")

#: Amounts are whole yuan; shares are per ten thousand; durations are days.
QUANTITIES: Final = (
    "amount",
    "persons",
    "months",
    "hours",
    "share",
    "fine",
    "confiscation",
    "sentence_months",
    "score",
    "duration",
    "years_in_business",
    "extension_months",
    "asset_checks",
    "times",
    "severity",
    "zero_filing_months",
    "points",
)

#: How a provision fared for one case.
STATUSES: Final = (
    "not_in_force",
    "unmet",
    "met",
    "barred",
    "superseded",
    "blocked",
)

#: What a gate may speak about: provisions by their effect, measures, a score as a whole.
GATE_TARGETS: Final = ("entry", "points", "grade", "copy", "measure", "score")

#: What a gate does to what it speaks about: bars it, asks something of it, or leaves it to be
#: weighed because no attribute can decide (necessity, proportion).
GATE_EFFECTS: Final = ("barred", "required", "weighed")

#: Safeguards an instrument may offer, read off its steps, terms and review.
OFFERS: Final = ("notice", "objection", "review", "end", "repair", "removal")

#: Kinds of information that a rule on collecting may name; conduct is named by its own id.
INFORMATION: Final = (
    # about a person
    "religion",
    "genes",
    "fingerprints",
    "blood_type",
    "illness",
    "biometrics",
    "location",
    "ethnicity",
    "political_views",
    "family_origin",
    "income",
    "deposits",
    "securities",
    "commercial_insurance",
    "real_estate",
    "tax_amount",
    # about what public bodies hold
    "identity",
    "registration",
    "licence",
    "qualification",
    "arrears",
    "false_materials",
    "document_unperformed",
    "penalty",
    "penalty_minor",
    "penalty_summary",
    "compulsion",
    "market_ban",
    "crime",
    "listing",
    "accident",
    "exam_fraud",
    "benefit_fraud",
    "contract_default",
    "commitment",
    "public_service_fees",
    "evaluation",
    "honours",
    "volunteering",
    "donation",
    "bravery",
    "other_by_law",
    # about the market
    "market_information",
    "outside_catalogue",
)


def code(names: tuple[str, ...], name: str) -> int:
    """Return the integer code of a word.

    Raises:
        ValueError: the word is not in the vocabulary.

    Example:
        >>> code(KINDS, "enterprise")
        1
    """
    return names.index(name)
