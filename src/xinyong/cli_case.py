"""The command ``case``: a case from a file or from options, the law as asked for, the result."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinyong.cli_common import catalogue_of, print_json, print_lines
from xinyong.errors import UsageError

if TYPE_CHECKING:
    from xinyong.case.model import Case
    from xinyong.law.compile import Law

__all__ = ["case_command", "law_of", "stated"]


def case_command(
    case: Case, law: Law | None, on: dt.date | None, as_json: bool, brief: bool, search: int | None
) -> None:
    """Calculate a case and print what follows; `search` as `changes.search` has it unless told."""
    from xinyong.case import calculate
    from xinyong.case.changes import TRIED

    most = TRIED if search is None else search
    result = calculate(case, law, on)
    if as_json:
        from xinyong.case.export import as_dict

        print_json(as_dict(result, most))
        return
    from xinyong.case.text import lines

    print_lines(lines(result, brief=brief, most=most), wrapped=True)


def law_of(layers: list[Path] | None, amendments: list[str], readings: list[str]) -> Law | None:
    """Return the law with layers, amendments and readings; None if it is the built-in one.

    Raises:
        UsageError: an amendment or a reading names nothing, or does not fit.
    """
    if not (layers or amendments or readings):
        return None
    from xinyong.law.compile import compile_law

    catalogue = catalogue_of(layers)
    if amendments or readings:
        from xinyong.law.amend import amend, parse, reading

        for text in readings:
            catalogue = amend(catalogue, [reading(catalogue, text)])
        catalogue = amend(catalogue, [parse(text) for text in amendments])
    return compile_law(catalogue)


def stated(
    file: Path | None, options: dict[str, Any], acts: list[str], links: list[str] | None = None
) -> Case:
    """Return the case of a file, or the one that options state.

    Args:
        file: the file, or None.
        options: facts of the subject and the course; what is None or empty was not given.
        links: texts such as ``enterprise,as=legal_representative_of,place=beijing``.
        acts: texts such as ``drunk_driving,from=2020-03-10,document=penalty_decision:2020-03-12``.

    Raises:
        UsageError: neither or both are given, or an act is not written as it should be.
        CaseError: with every problem found.
    """
    from xinyong.case.model import read_case

    subject = {name: x for name, x in options.items() if x and name != "course"}
    if file is not None:
        if subject or acts or links:
            raise UsageError("a case comes from a file or from options, not from both")
        case = read_case(file)
        course = options.get("course")
        return case.with_course(course) if course else case
    if not subject and not acts:
        raise UsageError("Missing argument 'CASE.yaml'; or state a case: --kind, --place, --act")
    from xinyong.case.stating import Stated

    return Stated(
        kind=subject.get("kind", ""),
        place=subject.get("place", ""),
        registered=subject.get("registered", ""),
        age=subject.get("age", ""),
        role=tuple(subject.get("roles", ())),
        consent=tuple(subject.get("consents", ())),
        private_score=tuple(subject.get("private_scores", ())),
        link=tuple(links or ()),
        act=tuple(acts),
        course=options.get("course") or "",
    ).case()
