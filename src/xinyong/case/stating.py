"""A case in a few short texts: the options of the command line and the address of a page.

One syntax for both, read and written here: ``act=drunk_driving,from=2020-03-10,document=
penalty_decision:2020-03-12``. What is written of a case reads as the same case.

>>> stated = Stated(kind="person", place="wendeng", act=("blood_donation,from=2021-03-01",))
>>> stated.case().acts[0].from_.year
2021
>>> written(stated.case()) == stated
True
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from xinyong.errors import Problem, UsageError

if TYPE_CHECKING:
    from xinyong.case.model import Case

__all__ = ["Stated", "act_text", "link_text", "parse_act", "parse_link", "written"]

#: Keys of an act that may be given several times, and how their value is written.
_MANY = {
    "document": "document=KIND:FORMED[:SERVED[:EFFECTIVE]]",
    "event": "event=EVENT:DAY[:INSTRUMENT]",
}
#: Fields of an act that are not written as ``name=value``.
_LISTS = ("conduct", "circumstances", "documents", "events")


@dataclass(frozen=True)
class Stated:
    """What is stated of a case, as texts; what is empty was not stated.

    Attributes:
        kind, place, registered, age, course, on: as in a case.
        role, consent: of the subject; private_score: ``SCHEME=N``.
        link: such as ``enterprise,as=legal_representative_of,place=beijing``.
        act: such as ``drunk_driving,from=2020-03-10,document=penalty_decision:2020-03-12``.
        reading, amend: under which law it is worked out, if not as it stands; no part of the
            case itself.
    """

    kind: str = ""
    place: str = ""
    registered: str = ""
    age: str = ""
    role: tuple[str, ...] = ()
    consent: tuple[str, ...] = ()
    private_score: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    act: tuple[str, ...] = ()
    course: str = ""
    on: str = ""
    reading: tuple[str, ...] = ()
    amend: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was stated."""
        return any(getattr(self, f.name) for f in fields(self))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield (name, value) of everything stated, as an address has them, by name.

        Example:
            >>> list(Stated(place="hebei", kind="person").pairs())
            [('kind', 'person'), ('place', 'hebei')]
        """
        for name in sorted(f.name for f in fields(self)):
            value = getattr(self, name)
            for text in (value,) if isinstance(value, str) else value:
                if text:
                    yield name, text

    def options(self) -> Iterator[str]:
        """Yield the same as options of ``xinyong case``.

        Example:
            >>> " ".join(Stated(kind="person", on="2021-01-01").options())
            '--kind person --on 2021-01-01'
        """
        for name, value in self.pairs():
            yield f"--{name.replace('_', '-')}"
            yield value

    def changed(self, **new: Any) -> Stated:
        """Return what is stated with some of it replaced."""
        return replace(self, **new)

    def refuse_identities(self) -> None:
        """Refuse what looks like an identity, before anything is read or repeated.

        Raises:
            CaseError: names the options but never the values.
        """
        from xinyong.case.model import refuse_identities

        data: dict[str, list[str]] = {}
        for name, value in self.pairs():
            data.setdefault(name, []).append(value)
        refuse_identities(
            data, lambda loc, text: Problem("options", 0, f"--{loc[0]}", text, _NOBODY)
        )

    def case(self) -> Case:
        """Return the case.

        Raises:
            UsageError: an act, a link or a score is not written as it should be.
            CaseError: with every problem found.
        """
        from xinyong.case.model import case_of

        self.refuse_identities()
        subject: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("kind", "place", "registered", "age")
            if getattr(self, name)
        }
        if self.role:
            subject["roles"] = list(self.role)
        if self.consent:
            subject["consents"] = list(self.consent)
        if self.private_score:
            subject["private_scores"] = dict(map(_score, self.private_score))
        data: dict[str, Any] = {
            "subject": subject,
            "acts": [parse_act(text) for text in self.act],
        }
        if self.link:
            data["links"] = [parse_link(text) for text in self.link]
        if self.course:
            data["course"] = self.course
        if self.on:
            data["on"] = self.on
        return case_of(data, "options")


_NOBODY = "a case names nobody"


def written(case: Case) -> Stated:
    """Return a case as the texts that state it."""
    data = case.model_dump(mode="json", by_alias=True, exclude_unset=True)
    subject = data["subject"]
    age = subject.get("age")
    scores = subject.get("private_scores") or {}
    return Stated(
        kind=subject["kind"],
        place=subject["place"],
        registered=subject.get("registered") or "",
        age="" if age is None else str(age[0]) if age[0] == age[1] else f"{age[0]}-{age[1]}",
        role=tuple(subject.get("roles", ())),
        consent=tuple(subject.get("consents", ())),
        private_score=tuple(f"{name}={score}" for name, score in scores.items()),
        link=tuple(link_text(x) for x in data.get("links", ())),
        act=tuple(act_text(x) for x in data["acts"]),
        course=data.get("course") or "",
        on=data.get("on") or "",
    )


# --- an act -----------------------------------------------------------------------------------


def parse_act(text: str) -> dict[str, Any]:
    """Read one act: its conduct, then facts; a word alone is a circumstance.

    Raises:
        UsageError: it is not written so.

    Example:
        >>> parse_act("wage_arrears,from=2022-03-01,persons=12,bad_faith")["circumstances"]
        ['bad_faith']
    """
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
        elif name in _LISTS:
            raise UsageError(f"--act {conduct}: write a circumstance alone, or {_MANY['document']}")
        elif name in act:
            raise UsageError(f"--act {conduct}: {name[:40]!r} is given twice")
        else:
            act[name] = int(value) if re.fullmatch(r"-?[0-9]{1,18}", value) else value
    return act


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


def act_text(act: Mapping[str, Any]) -> str:
    """Write one act, given as plain data; `parse_act` reads it again.

    Example:
        >>> act_text({"conduct": "fine_unpaid", "from": "2020-01-02", "amount": 500})
        'fine_unpaid,from=2020-01-02,amount=500'
    """
    parts = [str(act["conduct"])]
    parts += [f"{k}={x}" for k, x in act.items() if k not in _LISTS and x not in (None, "")]
    parts += act.get("circumstances") or ()
    for paper in act.get("documents") or ():
        days = [str(paper.get(k) or "") for k in ("formed", "served", "effective")]
        tail = ":".join(days).rstrip(":")
        parts.append(f"document={paper['kind']}:{tail}")
    for event in act.get("events") or ():
        of = f":{event['of']}" if event.get("of") else ""
        parts.append(f"event={event['event']}:{event['on']}{of}")
    return ",".join(parts)


# --- links and scores -------------------------------------------------------------------------


def parse_link(text: str) -> dict[str, str]:
    """Read one link: the kind of the other, then what ties them.

    Raises:
        UsageError: it is not written so.
    """
    kind, *facts = [part.strip() for part in text.split(",")]
    link = {"to": kind}
    for fact in facts:
        name, equals, value = (x.strip() for x in fact.partition("="))
        if not equals or name in link:
            raise UsageError(f"--link {text[:60]}: write KIND,as=..._of or KIND,is=...")
        link[name] = value
    return link


def link_text(link: Mapping[str, Any]) -> str:
    """Write one link, given as plain data; `parse_link` reads it again."""
    parts = [str(link["to"])]
    for name, value in link.items():
        if name != "to" and value:
            band = isinstance(value, list | tuple)
            parts.append(f"{name}={value[0]}-{value[1]}" if band else f"{name}={value}")
    return ",".join(parts)


def _score(text: str) -> tuple[str, int | str]:
    name, _, value = (x.strip() for x in text.partition("="))
    if not name or not re.fullmatch(r"[0-9]{1,12}", value):
        raise UsageError("--private-score: write SCHEME=N, such as sesame_credit=650")
    return name, int(value)
