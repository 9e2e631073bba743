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

#: Keys of ``--act`` that may be given several times, and how their value is written.
_MANY = {
    "document": "document=KIND:FORMED[:SERVED[:EFFECTIVE]]",
    "event": "event=EVENT:DAY[:INSTRUMENT]",
}


def case_command(
    case: Case, law: Law | None, on: dt.date | None, as_json: bool, brief: bool, search: int
) -> None:
    """Calculate a case and print what follows."""
    from xinyong.case import calculate

    result = calculate(case, law, on)
    if as_json:
        from xinyong.case.export import as_dict

        print_json(as_dict(result, search))
        return
    from xinyong.case.text import lines

    print_lines(lines(result, brief=brief, most=search), wrapped=True)


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
    from xinyong.case.model import case_of, refuse_identities
    from xinyong.errors import Problem

    # Before anything is read: what looks like an identity is not repeated by any message.
    refuse_identities(
        {"subject": subject, "act": acts, "link": links or []},
        lambda loc, text: Problem("options", 0, f"--{loc[0]}", text, "a case names nobody"),
    )
    data: dict[str, Any] = {"subject": subject, "acts": [_act(text) for text in acts]}
    if links:
        data["links"] = [_link(text) for text in links]
    if options.get("course"):
        data["course"] = options["course"]
    return case_of(data, "options")


def _act(text: str) -> dict[str, Any]:
    """Read one act: its conduct, then facts; a word alone is a circumstance."""
    conduct, *facts = [part.strip() for part in text.split(",")]
    if not conduct or "=" in conduct:
        raise UsageError(f"--act {text[:60]}: write the conduct first, then from=YYYY-MM-DD")
    act: dict[str, Any] = {"conduct": conduct}
    for fact in facts:
        name, equals, value = (x.strip() for x in fact.partition("="))
        if not equals:
            act.setdefault("circumstances", []).append(name)
        elif name == "document":
            act.setdefault("documents", []).append(_document(value))
        elif name == "event":
            act.setdefault("events", []).append(_event(value))
        elif name in act:
            raise UsageError(f"--act {conduct}: {name[:40]!r} is given twice")
        else:
            act[name] = int(value) if value.lstrip("-").isdigit() else value
    return act


def _link(text: str) -> dict[str, str]:
    """Read one link: the kind of the other, then what ties them."""
    kind, *facts = [part.strip() for part in text.split(",")]
    link = {"to": kind}
    for fact in facts:
        name, equals, value = (x.strip() for x in fact.partition("="))
        if not equals or name in link:
            raise UsageError(f"--link {text[:60]}: write KIND,as=..._of or KIND,is=...")
        link[name] = value
    return link


def _document(value: str) -> dict[str, str]:
    kind, *days = value.split(":")
    if not 1 <= len(days) <= 3:
        raise UsageError(f"--act: write {_MANY['document']}")
    return {"kind": kind} | {
        name: day for name, day in zip(("formed", "served", "effective"), days, strict=False) if day
    }


def _event(value: str) -> dict[str, str]:
    event, *rest = value.split(":")
    if not 1 <= len(rest) <= 2:
        raise UsageError(f"--act: write {_MANY['event']}")
    return {"event": event, "on": rest[0]} | ({"of": rest[1]} if len(rest) == 2 else {})
