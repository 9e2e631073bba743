"""Roles and links of a case: each must be one that some provision reads for the acts stated."""

from __future__ import annotations

from collections.abc import Iterator

from xinyong.case.follows import concerns
from xinyong.case.model import Act, Case, Link
from xinyong.errors import Problem
from xinyong.language import Sentence
from xinyong.law import schema
from xinyong.law.compile import Law
from xinyong.law.reads import reads

__all__ = ["NONE", "check_ties"]

#: What is said of a list of nothing.
NONE = Sentence("none")


def check_ties(case: Case, law: Law, idle: bool = False) -> Iterator[Problem]:
    """Yield a problem for every role or link that nothing reads, or that does not fit.

    Args:
        case: its conducts are known.
        law: compiled.
        idle: let roles and links pass that nothing reads.
    """
    words = [link.word for link in case.links]
    for i, link in enumerate(case.links):
        loc = ("links", i)
        if link.word in words[:i]:
            message = Sentence("a second link says {word}", word=repr(link.word))
            yield case.problem(loc, message, "a case has one of each; make it two cases")
        elif not idle:
            yield from _link(case, law, i, link)
    for i, act in enumerate(case.acts):
        yield from _via(case, law, i, act)
    if not idle:
        yield from _roles(case, law)


def _roles(case: Case, law: Law) -> Iterator[Problem]:
    asked = {role for act in case.acts for role in reads(law, act.conduct).roles}
    asked |= {act.via for act in case.acts if act.via}  # the role, said once more
    for i, role in enumerate(case.subject.roles):
        if role != "self" and role not in asked:
            message = Sentence(
                "no provision that hears these acts asks whether the subject is {role}",
                role=repr(role),
            )
            hint = Sentence(
                "remove it; roles that are asked for: {listed}", listed=sorted(asked) or NONE
            )
            yield case.problem(("subject", "roles", i), message, hint)


def _via(case: Case, law: Law, i: int, act: Act) -> Iterator[Problem]:
    """An act done by another is done by the link that is stated, if any is."""
    if act.via is None or act.via == "self" or not case.links:
        return
    link = next((x for x in case.links if x.word == f"{act.via}_of"), None)
    if link is None:
        message = Sentence("no link says of whom the subject is {via}", via=repr(act.via))
        hint = Sentence("add to links: {link}", link=f"{{to: enterprise, as: {act.via}_of}}")
        yield case.problem(("acts", i, "via"), message, hint)
        return
    kinds = law.catalogue.conducts[act.conduct].kinds
    if kinds and link.to not in kinds:
        message = Sentence(
            "the link is to a subject of kind {to}, which cannot do {conduct}",
            to=repr(link.to),
            conduct=repr(act.conduct),
        )
        yield case.problem(
            ("acts", i, "conduct"), message, Sentence("it is for: {listed}", listed=kinds)
        )


def _link(case: Case, law: Law, i: int, link: Link) -> Iterator[Problem]:
    body = link.to != "person"
    if link.age is not None and body:
        yield case.problem(("links", i, "age"), "only persons have an age", "remove it")
    own = [act for act in case.acts if act.via is None]
    copied = link.word in _copied_to(case, law, own) and not body
    done = any(act.via is not None and f"{act.via}_of" == link.word for act in case.acts)
    role = link.word.removesuffix("_of")
    asked = link.word.endswith("_of") and any(role in reads(law, a.conduct).roles for a in own)
    touched = any(
        concerns(law, m.measure, case.subject.kind, link)
        or (_behind(case, body) and link.word in m.reaches)
        for m in _measures(law, own)
    )
    if not (copied or done or asked or touched):
        said = f"as: {link.as_}" if link.as_ else f"is: {link.is_}"
        message = Sentence(
            "no provision reads a link {link} for these acts", link=f"{{to: {link.to}, {said}}}"
        )
        yield case.problem(("links", i), message, _read(case, law, own))
    for name in ("place", "age"):
        if getattr(link, name) is not None and not (copied or done):
            message = Sentence("no provision asks for the {name} of this link", name=Sentence(name))
            yield case.problem(("links", i, name), message, "remove it")


def _behind(case: Case, body: bool) -> bool:
    return case.subject.kind != "person" and not body


def _copied_to(case: Case, law: Law, own: list[Act]) -> set[str]:
    """Return the roles to which provisions copy records of the subject's own acts."""
    conducts = {act.conduct for act in own}
    return {
        role
        for o, heard in zip(law.origins, law.heard, strict=True)
        if isinstance(o.effect, schema.Copy) and conducts & set(heard)
        for role in o.effect.to
        if case.subject.kind != "person"
    }


def _measures(law: Law, own: list[Act]) -> Iterator[schema.MeasureRow]:
    """Yield the measures of the lists that these acts may lead to, and of what serves them."""
    heard = {name for act in own for name in reads(law, act.conduct).instruments}
    for it in law.catalogue.instruments.values():
        if it.id in heard or it.serves in heard:
            for version in it.versions:
                yield from version.measures


def _read(case: Case, law: Law, own: list[Act]) -> Sentence:
    """Return which links would be read."""
    roles = _copied_to(case, law, own)
    rows = list(_measures(law, own))
    if case.subject.kind != "person":
        roles |= {role for m in rows for role in m.reaches}
    found = [f"{{to: person, is: {role}}}" for role in sorted(roles)]
    found += [f"as: {role}_of" for act in case.acts if (role := act.via)]
    for m in {m.measure for m in rows}:
        others = law.catalogue.measures[m].others
        if others is None or case.subject.kind not in others.of:
            continue
        for word in others.links:
            said = f"as: {word}" if word.endswith("_of") else f"is: {word}"
            found += [f"{{to: {kind}, {said}}}" for kind in others.kinds]
    return Sentence(
        "remove it; links that are read: {links}", links="; ".join(dict.fromkeys(found)) or NONE
    )
