"""The questions that can be asked by name: ``xinyong study NAME``.

A question is a module with a function ``answer(settings) -> Answer``. It is imported when it
is asked, so that the list of questions loads nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinyong.document import nearest
from xinyong.errors import UsageError

if TYPE_CHECKING:
    from xinyong.study.answer import Answer
    from xinyong.study.settings import Settings

__all__ = ["QUESTIONS", "Question", "question"]


@dataclass(frozen=True)
class Question:
    """A question by name.

    Attributes:
        name: short, as typed; number: of the list of questions, such as ``Q4``.
        ask: in one line.
        make: returns the answer.
        scale, replicates: the sizes taken unless others are asked for; 0 where nothing is run.
    """

    name: str
    number: str
    ask: str
    make: Callable[[Settings], Answer]
    scale: int = 0
    replicates: int = 0


def _q1(settings: Settings) -> Answer:
    from xinyong.study.questions import made_plain, q1_mistaken_identity

    return made_plain.with_messages(q1_mistaken_identity.answer(settings))


def _q3(settings: Settings) -> Answer:
    from xinyong.study.questions import q3_score_only

    return q3_score_only.answer(settings)


def _q15(settings: Settings) -> Answer:
    from xinyong.study.questions import q15_same_act_places

    return q15_same_act_places.answer(settings)


def _q19(settings: Settings) -> Answer:
    from xinyong.study.questions import made_plain, q19_flag_misuse

    return made_plain.with_messages(q19_flag_misuse.answer(settings))


def _q21(settings: Settings) -> Answer:
    from xinyong.study.questions import q21_proportionality

    return q21_proportionality.answer(settings)


def _q16(settings: Settings) -> Answer:
    from xinyong.study.questions import q16_who_sees

    return q16_who_sees.answer(settings)


def _q4(settings: Settings) -> Answer:
    from xinyong.study.questions import q4_zombie

    return q4_zombie.answer(settings)


def _q5(settings: Settings) -> Answer:
    from xinyong.study.questions import q5_interoperability

    return q5_interoperability.answer(settings)


def _q6(settings: Settings) -> Answer:
    from xinyong.study.questions import q6_groups

    return q6_groups.answer(settings)


def _q9(settings: Settings) -> Answer:
    from xinyong.study.questions import q9_safeguards

    return q9_safeguards.answer(settings)


def _q34(settings: Settings) -> Answer:
    from xinyong.study.questions import q34_sensitivity

    return q34_sensitivity.answer(settings)


_ALL: tuple[Question, ...] = (
    Question(
        "mistaken-identity", "Q1",
        "What share of a list is there by mistaken identity after n hops, by matching rule?",
        _q1,
    ),
    Question(
        "score-only", "Q3",
        "What does ending score-only penalties change, and how does slow compliance blunt it?",
        _q3,
    ),
    Question(
        "same-act", "Q15",
        "How different is what follows from the same act in different places?",
        _q15,
    ),
    Question(
        "who-sees", "Q16",
        "How many bodies can see a fact, and which link adds most exposure?",
        _q16,
    ),
    Question(
        "flag-misuse", "Q19",
        "How easily does an emergency flag get used for something else?",
        _q19,
    ),
    Question("proportionality", "Q21", "Are punishments in proportion to conduct?", _q21),
    Question(
        "zombie", "Q4", "After a lawful removal, how long do measures go on elsewhere?", _q4,
        1000, 4,
    ),
    Question(
        "interoperability", "Q5",
        "Does better interoperability help or hurt the people in the records?",
        _q5, 500, 4,
    ),
    Question(
        "groups", "Q6", "Who bears the errors, if all groups act alike?", _q6, 200, 4,
    ),
    Question(
        "safeguards", "Q9",
        "Which single safeguard removes most wrongful harm per unit of staff time?",
        _q9, 500, 3,
    ),
    Question(
        "sensitivity", "Q34",
        "Do the headline findings survive the ranges of the assumptions?",
        _q34, 2000, 2,
    ),
)  # fmt: skip

QUESTIONS: dict[str, Question] = {q.name: q for q in sorted(_ALL, key=lambda q: int(q.number[1:]))}


def question(name: str) -> Question:
    """Return a question by its name or number.

    Raises:
        UsageError: there is none; the nearest is named.
    """
    for found in QUESTIONS.values():
        if name.lower() in (found.name, found.number.lower()):
            return found
    hint = nearest(name, QUESTIONS) or "'xinyong study' lists them"
    raise UsageError(f"no study {name[:60]!r}; {hint}")
