"""Matching: by what rule each receiving authority attaches a record to a file.

A record bears a first key (the citizen number, the unified code). At a hop the key is that of
somebody else with probability `others`, or is of no use with probability `useless`. What
comes of it depends on who receives it (``data/receivers.yaml``)::

    the key alone       wrong = others                      missed = useless
    key and name        wrong = others a                    missed = useless + others (1 - a)
    key, or a fallback  wrong = others + useless (1 - f) c  missed = useless f

with a the chance that a wrong key comes with the same name, f that of a fallback that finds
nobody, and c the mean of ``c_i / (c_i + 1)`` over subjects i who share what is compared with
c_i others (`society.namesakes`). These are the phi and mu of the closed form of
`institutions.identity`, receiver by receiver.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from xinyong import places
from xinyong.assumptions import Assumptions
from xinyong.conduct.rates import Family, Rates
from xinyong.errors import CatalogueError, Problem
from xinyong.law.catalogue import Catalogue
from xinyong.law.vocabulary import KINDS
from xinyong.society.namesakes import taken_for_another
from xinyong.streams import threshold
from xinyong.yamlio import read_yaml, validate

__all__ = [
    "GROUPS",
    "Matching",
    "Receivers",
    "filing",
    "hop_errors",
    "read_receivers",
    "recorders",
    "refresh_months",
    "rule_errors",
]

_PATH = Path(str(files("xinyong.institutions") / "data" / "receivers.yaml"))
#: The groups of subjects with a key of their own kind.
GROUPS = ("person", "organisation")


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Block):
    """A matching rule: whether the name must agree too, and what is compared if the key fails."""

    id: str
    check: bool = False
    fallback: Literal["name_birth", "name_place", "name", "registered_name"] | None = None


class Receiver(_Block):
    """Authorities that match alike: by id, or all others of some levels."""

    id: str
    authorities: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    person: str
    organisation: str
    status: Literal["sourced", "assumption"]
    reason: str = Field(min_length=1)


class Receivers(_Block):
    """The file of receivers.

    Attributes:
        rules: matching rules; receivers: who follows which.
        between: the receiver that stands for platforms on the way; plain: the rule of all
            where rules by receiver are off.
    """

    rules: tuple[Rule, ...]
    receivers: tuple[Receiver, ...]
    between: str
    plain: str

    def of(self, authority: str, level: str) -> int:
        """Return the position of the receiver that an authority is one of."""
        for i, receiver in enumerate(self.receivers):
            if authority in receiver.authorities:
                return i
        for i, receiver in enumerate(self.receivers):
            if level in receiver.levels:
                return i
        hint = "name it, or its level, in receivers.yaml"
        said = f"no receiver of level {level}"
        raise CatalogueError(Problem(str(_PATH), 0, authority, said, hint))

    def rule(self, receiver: int, group: str) -> Rule:
        """Return the rule of a receiver for ``person`` or ``organisation``."""
        name = getattr(self.receivers[receiver], group)
        return next(rule for rule in self.rules if rule.id == name)


@cache
def read_receivers(path: Path = _PATH) -> Receivers:
    """Load the receivers (cached).

    Raises:
        CatalogueError: with every problem found, each with file, line and field.

    Example:
        >>> found = read_receivers()
        >>> found.receivers[found.of("china_rail", "central")].person
        'key_alone'
    """
    document = read_yaml(path)
    found: Any = validate(Receivers, document)
    known = {rule.id for rule in found.rules}
    for i, receiver in enumerate(found.receivers):
        for group in GROUPS:
            if getattr(receiver, group) not in known:
                raise CatalogueError(document.problem(("receivers", i, group), "unknown rule"))
    if found.between not in {r.id for r in found.receivers}:
        raise CatalogueError(document.problem(("between",), "unknown receiver"))
    if found.plain not in known:
        raise CatalogueError(document.problem(("plain",), "unknown rule"))
    assert isinstance(found, Receivers)  # noqa: S101 - what validate was asked for
    return found


def rule_errors(
    rule: Rule, given: Assumptions, others: float, useless: float
) -> tuple[float, float]:
    """Return the chances of wrong and of missed attachment under a rule (see the module).

    Args:
        rule: how the receiver matches.
        given: assumptions ``matching.…``.
        others: chance that the first key is a whole key of somebody else.
        useless: chance that it is missing or fails its check digit.

    Example:
        >>> from xinyong.assumptions import assumptions
        >>> rule_errors(read_receivers().rules[0], assumptions(), 0.001, 0.02)
        (0.001, 0.02)
    """
    wrong, missed = others, useless
    if rule.check:
        agree = given.value("matching.same_name")
        wrong, missed = others * agree, useless + others * (1.0 - agree)
    if rule.fallback is not None:
        fails = given.value("matching.fallback_fails")
        taken = (
            given.value("matching.registered_name_shared")
            if rule.fallback == "registered_name"
            else taken_for_another(rule.fallback)
        )
        found = missed * (1.0 - fails)
        wrong, missed = wrong + found * taken, missed * fails
    return wrong, missed


class Matching(NamedTuple):
    """Errors of attachment by receiver.

    Attributes:
        wrong, missed: uint64[receivers, groups, eras], thresholds of phi and of phi + mu a hop,
            for persons and organisations, before and from the unified code on.
    """

    wrong: NDArray[np.uint64]
    missed: NDArray[np.uint64]


def hop_errors(given: Assumptions, *, identity: bool, by_receiver: bool) -> Matching:
    """Return the errors of every receiver at one hop of the exchange.

    Args:
        given: assumptions ``identity.hop_…`` and ``matching.…``.
        identity: False: no errors at all.
        by_receiver: False: all follow the plain rule.
    """
    found = read_receivers()
    plain = next(rule for rule in found.rules if rule.id == found.plain)
    shape = (len(found.receivers), len(GROUPS), 2)
    wrong, missed = np.zeros(shape, np.uint64), np.zeros(shape, np.uint64)
    for r in range(shape[0]) if identity else ():
        for g, group in enumerate(GROUPS):
            rule = found.rule(r, group) if by_receiver else plain
            for era, when in enumerate(("before", "after")):
                phi, mu = rule_errors(
                    rule, given, given.value(f"identity.hop_wrong.{group}_{when}"),
                    given.value(f"identity.hop_missed.{group}_{when}"),
                )  # fmt: skip
                wrong[r, g, era], missed[r, g, era] = threshold(phi), threshold(phi + mu)
    return Matching(wrong, missed)


def refresh_months(given: Assumptions, receiver: Receiver) -> float:
    """Return after how many months a receiver compares its copies with their source (0: never)."""
    name = f"exchange.refresh_months.{receiver.id}"
    return given.value(name if name in given.rows else "exchange.refresh_months.other")


def _heard(found: Rates, catalogue: Catalogue, run: frozenset[str]) -> dict[str, set[str]]:
    """Return the conduct that each list and scheme that is run hears of.

    Lists come first, and in the order in which the rates name them: theirs is the conduct.
    """
    named = {name: i for i, name in enumerate(found.instruments)}
    order = sorted(
        (it for it in catalogue.instruments.values() if it.id in run),
        key=lambda it: (it.kind != "list", named.get(it.id, len(named)), it.id),
    )
    return {
        it.id: {c for v in it.versions for p in v.provisions for c in p.conduct}.union(
            c for row in catalogue.items.get(it.id, ()) for c in row.conduct
        )
        for it in order
    }


def recorders(found: Rates, catalogue: Catalogue, run: frozenset[str]) -> list[str]:
    """Return for each family of conduct the authority that records it.

    That is who decides under the first list that is run, hears the first conduct of the family,
    and holds where the family is drawn; else under the first scheme; else nobody ("").

    Args:
        found: the families.
        catalogue: the law.
        run: ids of the instruments that are run.
    """
    heard = _heard(found, catalogue, run)

    def of(family: Family) -> str:
        for name in heard:
            it = catalogue.instruments[name]
            if family.split[0].conduct in heard[name] and (
                places.within(family.place, it.reach.place)
                or places.within(it.reach.place, family.place)
            ):
                return it.decider or it.keeper or it.issuer
        return ""

    return [of(family) for family in found]


def filing(
    given: Assumptions, catalogue: Catalogue, authorities: list[str], *, identity: bool,
    by_receiver: bool,
) -> Matching:  # fmt: skip
    """Return the errors of filing a record, by family and kind: uint64[families, kinds].

    Args:
        given: assumptions ``identity.wrong``, ``identity.missed`` and ``matching.…``.
        catalogue: the law.
        authorities: who records each family (`recorders`).
        identity: False: no errors at all.
        by_receiver: False: all follow the plain rule.
    """
    found = read_receivers()
    plain = next(rule for rule in found.rules if rule.id == found.plain)
    shape = (len(authorities), len(KINDS))
    wrong, missed = np.zeros(shape, np.uint64), np.zeros(shape, np.uint64)
    others, useless = given.value("identity.wrong"), given.value("identity.missed")
    for f, authority in enumerate(authorities) if identity else ():
        for k in range(len(KINDS)):
            rule = plain
            if by_receiver and authority:
                receiver = found.of(authority, catalogue.authorities[authority].level)
                rule = found.rule(receiver, GROUPS[min(k, 1)])
            phi, mu = rule_errors(rule, given, others, useless)
            wrong[f, k], missed[f, k] = threshold(phi), threshold(phi + mu)
    return Matching(wrong, missed)
