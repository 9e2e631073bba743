"""The messages behind the texts of Q1 and Q19.

Their modules hold compiled code beside their answers, and make their texts plain; here these
are recognised, so that they too can be said in Chinese.
"""

from __future__ import annotations

from dataclasses import replace

from xinyong.study.answer import Answer
from xinyong.study.texts import recognised

__all__ = ["MESSAGES", "with_messages"]

#: By the name of the study; those without fields fill fields of the others.
MESSAGES: dict[str, tuple[str, ...]] = {
    "mistaken-identity": (
        "After five hops {id} of a list are there by mistake if records are matched by ID with "
        "{errors} key errors a hop, and {name} if by name alone with 5% key errors.",
        "For one adult without any qualifying conduct the same is a risk of {id} and {name} in a "
        "million: small, as the list is.",
        "Name and birth date confuse {birth} of wrong keys, name and county {county}, the name "
        "alone {name}.",
        "At {monthly} a month an objection takes {average} months on average (half within "
        "{median}); at {low}, {slow} months; at {high}, {fast}.",
        "{n} drawn records agree with the closed form: of {figures} figures, the farthest lies "
        "{worst} standard errors off.",
        "matched by {rule}, {errors} key errors a hop",
        *("ID", "name and birth date", "name and county", "name alone"),
    ),
    "flag-misuse": (
        "With one use in a hundred audited the misuse goes on for {months} months on average, "
        "{uses} uses of 10,000 persons; with one in ten for {fewer} months and {less} uses; "
        "unaudited, to the end of the {horizon} months.",
        "Mutual recognition multiplies what a flag does: {places} places instead of one, and "
        "{times} times the flagged months.",
        "Audit saves more than speed: {audit} of the flagged months go with one audit in ten, "
        "{speed} with reversal within the month.",
        "{n} drawn offices agree with the closed form: the farthest figure lies {worst} standard "
        "errors off.",
        "{uses} uses a month of 10,000 persons, one in a hundred audited, half of {places} other "
        "places honour the flag, half of the flags are taken back a month, elsewhere a quarter",
    ),
}


def with_messages(answer: Answer) -> Answer:
    """Return an answer of the same texts, each with the message and fields it was made of."""
    patterns = MESSAGES[answer.name]

    def found(text: str) -> str:
        return recognised(text, patterns)

    return replace(
        answer,
        findings=tuple(map(found, answer.findings)),
        baseline=(answer.baseline[0], found(answer.baseline[1])),
        alternatives={name: found(text) for name, text in answer.alternatives.items()},
    )
