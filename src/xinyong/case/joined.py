"""Schemes that score only those who join: which the subject has not joined, or in vain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from xinyong.law.catalogue import reaches
from xinyong.law.compile import consent_schemes

if TYPE_CHECKING:
    from xinyong.case.calculator import CaseResult

__all__ = ["consents"]


def consents(result: CaseResult) -> Iterator[tuple[str, bool]]:
    """Yield schemes from which nothing follows: joined but not in force, or not joined here."""
    cat, subject = result.law.catalogue, result.case.subject
    for name in subject.consents:
        if cat.version(name, result.on) is None:
            yield name, True
    for name in consent_schemes(cat):
        it = cat.instrument(name)
        if (
            name not in subject.consents
            and subject.kind in it.subjects
            and reaches(it, subject.place)
            and cat.version(name, result.on) is not None
        ):
            yield name, False
