"""Tests of attributes, with three answers: it holds, it does not, it is not known.

A test names one attribute of what is tested and asks one thing of it, or combines tests.
An attribute that a rulebook does not tell is ``None``, and the answer of a test that needs
it is ``None`` too, by the strong logic of Kleene (Introduction to Metamathematics, 1952,
section 64): ``all`` fails when one part fails, whatever is unknown besides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, model_validator

from xinyong.law.schema import Block

__all__ = ["Sets", "Test", "Value", "Word", "attributes_of", "evaluate"]

#: What an attribute may be; None: the rulebook does not tell.
Value = str | int | bool | frozenset[str] | None
Sets = Mapping[str, frozenset[str]]
Word = Annotated[str, Field(pattern=r"^@?[a-z][a-z0-9_ ]*$", max_length=80)]


class Test(Block):
    """One test of attributes.

    `is`, `in`: a single value is this one, or one of these. `has_any`, `has_none`: a set
    holds one of these words, or none. `within`: all its words are among these (an empty set
    is within any); `only`: the same, and there is a word. `prefix`: one of its words begins
    so; `only_prefix`: all do, and there is a word. `empty`: whether it has no word.
    `at_least`, `less_than`: a number. `known`: whether the rulebook tells at all. ``@name``
    stands for the words of a named set.
    """

    __test__ = False  # no test of pytest's

    all: list[Test] | None = None
    any: list[Test] | None = None
    none: list[Test] | None = None
    of: str | None = None
    is_: str | int | bool | None = Field(None, alias="is")
    in_: list[Word] | None = Field(None, alias="in")
    has_any: list[Word] | None = None
    has_none: list[Word] | None = None
    within: list[Word] | None = None
    only: list[Word] | None = None
    prefix: str | None = None
    only_prefix: str | None = None
    empty: bool | None = None
    at_least: int | None = None
    less_than: int | None = None
    known: bool | None = None

    @model_validator(mode="after")
    def _one_question(self) -> Test:
        given = [k for k, x in self.__dict__.items() if x is not None and k != "of"]
        if len(given) != 1:
            raise ValueError(f"a test asks exactly one thing; found {given or 'none'}")
        if (self.of is None) != (given[0] in ("all", "any", "none")):
            raise ValueError("name the attribute with `of`, except in all, any and none")
        return self

    @property
    def asks(self) -> str:
        """Return the name of the one question, as in the field of this class."""
        return next(k for k, x in self.__dict__.items() if x is not None and k != "of")


Test.model_rebuild()


def attributes_of(test: Test) -> Iterator[str]:
    """Yield the attributes a test looks at, in their order, with repetitions."""
    if test.of is not None:
        yield test.of
    for inner in test.all or test.any or test.none or []:
        yield from attributes_of(inner)


def evaluate(test: Test, values: Mapping[str, Value], sets: Sets) -> bool | None:
    """Return whether a test holds of these values; None if it cannot be known.

    Example:
        >>> t = Test.model_validate({"of": "notice", "is": "must"})
        >>> evaluate(t, {"notice": "may"}, {}), evaluate(t, {"notice": None}, {})
        (False, None)
    """
    if test.all is not None:
        return _every([evaluate(x, values, sets) for x in test.all])
    if test.any is not None:
        return _not(_every([_not(evaluate(x, values, sets)) for x in test.any]))
    if test.none is not None:
        return _every([_not(evaluate(x, values, sets)) for x in test.none])
    value = values.get(test.of or "")
    if test.known is not None:
        return (value is not None) == test.known
    if value is None:
        return None
    return _answer(test, value, sets)


def _every(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _answer(test: Test, value: Value, sets: Sets) -> bool:
    if test.is_ is not None:
        return value == test.is_
    if test.in_ is not None:
        return value in _words(test.in_, sets)
    if isinstance(value, frozenset):
        return _of_set(test, value, sets)
    if isinstance(value, int):
        if test.at_least is not None:
            return value >= test.at_least
        if test.less_than is not None:
            return value < test.less_than
    raise TypeError(f"{test.of} is {value!r}: {test.asks} asks something else")


def _of_set(test: Test, value: frozenset[str], sets: Sets) -> bool:
    if test.has_any is not None:
        return bool(value & _words(test.has_any, sets))
    if test.has_none is not None:
        return not value & _words(test.has_none, sets)
    if test.within is not None:
        return value <= _words(test.within, sets)
    if test.only is not None:
        return bool(value) and value <= _words(test.only, sets)
    if test.prefix is not None:
        return any(word.startswith(test.prefix) for word in value)
    if test.only_prefix is not None:
        return bool(value) and all(word.startswith(test.only_prefix) for word in value)
    if test.empty is not None:
        return (not value) == test.empty
    raise TypeError(f"{test.of} is a set: {test.asks} asks something else")


def _words(given: list[str], sets: Sets) -> frozenset[str]:
    found: set[str] = set()
    for word in given:
        if word.startswith("@"):
            found |= sets[word[1:]]
        else:
            found.add(word)
    return frozenset(found)
