"""The questions of a case: what is asked, what may be answered, and how an answer is taken."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from xinyong import places
from xinyong.case.model import COURSES, LINKED, NUMBERS, SubjectFacts
from xinyong.case.stating import Stated, act_text, link_text, parse_act, parse_link
from xinyong.errors import UsageError
from xinyong.language import language, own, say
from xinyong.law import trace
from xinyong.law import vocabulary as v
from xinyong.law.clocks import is_step
from xinyong.law.compile import Law
from xinyong.law.reads import reads

__all__ = ["QUESTIONS", "TAKEN", "Answer", "Form", "Offer", "joinable", "offer", "rows"]

#: What each page asks.
QUESTIONS = {
    "kind": "What is the subject?",
    "place": "Where does it live or sit?",
    "registered": "Where is it registered?",
    "age": "How old is the person?",
    "role": "What is the subject to others?",
    "consent": "Which schemes has it joined?",
    "link": "Who is tied to it?",
    "conduct": "What did it do?",
    "days": "When was it?",
    "facts": "What were the facts?",
    "documents": "Which documents are there?",
    "events": "What else happened?",
    "course": "Which steps are taken?",
    "on": "On which day do you ask?",
}

#: Days of an act that have fields of their own, and what they are called.
DAYS = {
    "from": "First day",
    "until": "Last day, if it lasted",
    "corrected_on": "Put right on",
    "performed_on": "Performed or paid on",
    "settled_on": "Settled on",
}
#: Quantities with their units.
UNITS = {
    "amount": "amount in yuan",
    "fine": "fine in yuan",
    "confiscation": "confiscation in yuan",
    "share": "share in parts of ten thousand",
    "sentence_months": "sentence in months",
    "score": "score reached",
    "points": "points, where the item leaves a range",
}
_PAPER_DAYS = ("formed", "served", "effective")
#: Said elsewhere: by the days of the act, of its documents, or as facts.
_ELSEWHERE = {"occurred", "ended", "formed", "served", "effective", "detail", "copied",
              "corrected", "performed", "settled"}  # fmt: skip

Problems = list[tuple[str, str]]


class Answer(dict[str, str]):
    """The fields of a form; the first of each, and all of those that may be several."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.all: dict[str, list[str]] = {}
        for name, value in pairs:
            self.setdefault(name, value.strip())
            self.all.setdefault(name, []).append(value.strip())


@dataclass(frozen=True)
class Offer:
    """What may be stated of an act, and what is stated.

    Attributes:
        conduct: its id; en, zh: its name; lasts: whether it lasts.
        act: as stated, as plain data.
        numbers: quantities that provisions read; severity: whether they read that.
        circumstances: (id, en, zh); documents: (id, en, zh); place: whether it is read.
        via: roles on whose account it may be; settled: whether that day is read.
        events: (event, instrument or "").
    """

    conduct: str
    en: str
    zh: str
    lasts: bool
    act: dict[str, Any]
    numbers: tuple[str, ...]
    severity: bool
    circumstances: tuple[tuple[str, str, str], ...]
    documents: tuple[tuple[str, str, str], ...]
    place: bool
    via: tuple[str, ...]
    settled: bool
    events: tuple[tuple[str, str], ...]

    @property
    def facts(self) -> bool:
        """Whether there is any fact to ask for."""
        return bool(self.numbers or self.severity or self.circumstances or self.via)

    @property
    def days(self) -> list[tuple[str, str]]:
        """The days to ask for, and what they are called."""
        return [(k, x) for k, x in DAYS.items() if k != "settled_on" or self.settled]

    def paper(self, kind: str) -> dict[str, str]:
        """Return the days of a document as stated, if it is."""
        return next((d for d in self.act.get("documents", ()) if d["kind"] == kind), {})


def offer(law: Law, stated: Stated, n: int) -> Offer:
    """Return what may be stated of an act: what some provision reads, and nothing else.

    Raises:
        UsageError: the act is not written as it should be.
    """
    act = parse_act(stated.act[n])
    cat = law.catalogue
    conduct = cat.conducts[act["conduct"]]
    read = reads(law, conduct.id)
    other = bool(stated.kind and conduct.kinds and stated.kind not in conduct.kinds)
    via = other or act.get("via") or stated.link
    stated_first = [d["kind"] for d in act.get("documents", ()) if d["kind"] in cat.documents]
    kinds = dict.fromkeys((*stated_first, *sorted({*conduct.documents, *read.documents})))
    return Offer(
        conduct=conduct.id,
        en=conduct.en,
        zh=conduct.zh,
        lasts=conduct.episode,
        act=act,
        numbers=tuple(x for x in (*NUMBERS, "points") if x in read.details),
        severity="severity" in read.details,
        circumstances=tuple(
            (x, cat.circumstances[x].en, cat.circumstances[x].zh)
            for x in sorted(read.details)
            if x in cat.circumstances
        ),
        documents=tuple((k, cat.documents[k].en, cat.documents[k].zh) for k in kinds),
        place=read.place,
        via=tuple(r for r in v.ROLES if r != "self") if via else (),
        settled="settled" in read.events,
        events=tuple(_events(law, read.events - _ELSEWHERE, read.instruments)),
    )


def _events(
    law: Law, words: frozenset[str], instruments: frozenset[str]
) -> Iterable[tuple[str, str]]:
    for event in v.EVENTS:
        if event not in words:
            continue
        if not is_step(v.EVENTS.index(event)):  # type: ignore[no-untyped-call]
            yield event, ""
            continue
        taken = {s.instrument for s in law.steps if s.step.then == event}
        yield from ((event, name) for name in sorted(instruments & taken))


def joinable(law: Law, consent: Iterable[str]) -> list[tuple[str, str, str, bool]]:
    """Return the schemes that one joins: (id, en, zh, whether a score in it can be stated)."""
    cat = law.catalogue
    private = [it.id for it in cat.instruments.values() if it.kind == "private_scheme"]
    names = ((x, cat.instrument(x).name) for x in dict.fromkeys((*private, *consent)))
    return [(x, name.en, name.zh, x in private) for x, name in names]


# --- taking an answer ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """What was sent: what was stated before, the number of the act or link, and the fields."""

    law: Law
    stated: Stated
    n: int
    given: Answer


Taken = Callable[[Form], tuple[Stated, Problems]]


def _day(given: Answer, name: str, found: Problems, needed: bool = False) -> str:
    text = given.get(name, "")
    if not text:
        if needed:
            found.append((name, say("Enter a day.")))
        return ""
    try:
        if len(text) != 10:
            raise ValueError
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        found.append((name, say("Enter a day as YYYY-MM-DD, such as 2020-03-10.")))
        return text


def _kind(form: Form) -> tuple[Stated, Problems]:
    kind = form.given.get("kind", "")
    if kind not in v.KINDS:
        return form.stated, [("kind", say("Choose what the subject is."))]
    age = form.stated.age if kind == "person" else ""
    return form.stated.changed(kind=kind, age=age), []


def _place(form: Form) -> tuple[Stated, Problems]:
    place = form.given.get("place", "")
    if place not in {p.id for p in places.places()}:
        return form.stated, [("place", say("Choose a place."))]
    return form.stated.changed(place=place), []


def _registered(form: Form) -> tuple[Stated, Problems]:
    place = form.given.get("registered", "")
    if place and place not in {p.id for p in places.places()}:
        return form.stated, [("registered", say("Choose a place, or none."))]
    return form.stated.changed(registered=place), []


def _age(form: Form) -> tuple[Stated, Problems]:
    age = form.given.get("age", "")
    try:
        SubjectFacts.model_validate({"kind": "person", "place": "x", "age": age or None})
    except ValidationError:
        told = say("Enter a number of years from 0 to 120, or a band such as 35-44.")
        return form.stated, [("age", told)]
    return form.stated.changed(age=age), []


def _role(form: Form) -> tuple[Stated, Problems]:
    chosen = tuple(r for r in v.ROLES if r in form.given.all.get("role", ()) and r != "self")
    return form.stated.changed(role=chosen), []


def _consent(form: Form) -> tuple[Stated, Problems]:
    found: Problems = []
    scores = []
    for name, text in form.given.items():
        if not name.startswith("score-") or not text:
            continue
        if not re.fullmatch(r"[0-9]{1,6}", text):
            found.append((name, say("Enter a whole number.")))
        scores.append(f"{name.removeprefix('score-')}={text}")
    chosen = tuple(dict.fromkeys(form.given.all.get("consent", ())))
    return form.stated.changed(consent=chosen, private_score=tuple(scores)), found


def _link(form: Form) -> tuple[Stated, Problems]:
    found: Problems = []
    kind, tie, place = (form.given.get(f"link-{x}", "") for x in ("kind", "tie", "place"))
    if kind not in v.KINDS:
        found.append(("link-kind", say("Choose what the other is.")))
    way, _, word = tie.partition(":")
    if way not in ("as", "is") or word.removesuffix("_of") not in LINKED:
        found.append(("link-tie", say("Choose what ties the two.")))
    text = link_text({"to": kind, way or "is": word, "place": place})
    links = (*form.stated.link[: form.n], text, *form.stated.link[form.n + 1 :])
    return form.stated.changed(link=links), found


def _course(form: Form) -> tuple[Stated, Problems]:
    course = form.given.get("course", "")
    if course not in COURSES:
        return form.stated, [("course", say("Choose which steps are taken."))]
    return form.stated.changed(course="" if course == "nominal" else course), []


def _on(form: Form) -> tuple[Stated, Problems]:
    found: Problems = []
    day = _day(form.given, "on", found, needed=True)
    return form.stated.changed(on=day), found


def _conduct(form: Form) -> tuple[Stated, Problems]:
    return form.stated, [("q", say("Search for what it did, then choose from what is found."))]


def _act(stated: Stated, n: int, act: dict[str, Any]) -> Stated:
    acts = (*stated.act[:n], act_text(act), *stated.act[n + 1 :])
    return stated.changed(act=acts)


def _days(form: Form) -> tuple[Stated, Problems]:
    found: Problems = []
    act = parse_act(form.stated.act[form.n])
    days = {name: _day(form.given, name, found, name == "from") for name in DAYS}
    first = days["from"]
    for name, day in days.items():
        if not found and day and day < first:
            found.append((name, say("This lies before the first day.")))
    rest = {k: x for k, x in act.items() if k not in (*DAYS, "conduct")}
    return _act(form.stated, form.n, {"conduct": act["conduct"], **days, **rest}), found


def _facts(form: Form) -> tuple[Stated, Problems]:
    found: Problems = []
    offered = offer(form.law, form.stated, form.n)
    act = dict(offered.act)
    for name in offered.numbers:
        text = form.given.get(name, "").replace(",", "").replace(" ", "")
        if text and not re.fullmatch(r"-?[0-9]{1,12}", text):
            found.append((name, say("Enter a whole number.")))
        act.pop(name, None)
        if text:
            act[name] = text
    for name, allowed in (
        ("severity", v.SEVERITIES),
        ("via", offered.via),
        ("act-place", tuple(p.id for p in places.places())),
    ):
        word = form.given.get(name, "")
        act.pop(name.removeprefix("act-"), None)
        if word and word not in allowed:
            found.append((name, say("Choose one of these.")))
        elif word:
            act[name.removeprefix("act-")] = word
    known = {x for x, _, _ in offered.circumstances}
    act["circumstances"] = [x for x in form.given.all.get("circumstance", ()) if x in known]
    return _act(form.stated, form.n, act), found


def _documents(form: Form) -> tuple[Stated, Problems]:
    found: Problems = []
    offered = offer(form.law, form.stated, form.n)
    act = dict(offered.act)
    kinds = {k for k, _, _ in offered.documents}
    old = act.get("documents", [])
    kept = [d for i, d in enumerate(old) if d["kind"] not in kinds
            or d["kind"] in {x["kind"] for x in old[:i]}]  # fmt: skip
    papers = []
    for kind, _, _ in offered.documents:
        days = {x: _day(form.given, f"{kind}-{x}", found) for x in _PAPER_DAYS}
        for later in ("served", "effective"):
            if not found and days[later] and days["formed"] and days[later] < days["formed"]:
                told = say("This lies before the day of the document.")
                found.append((f"{kind}-{later}", told))
        if any(days.values()):
            papers.append({"kind": kind, **days})
    act["documents"] = [*papers, *kept]
    return _act(form.stated, form.n, act), found


def _events_taken(form: Form) -> tuple[Stated, Problems]:
    found: Problems = []
    offered = offer(form.law, form.stated, form.n)
    act = dict(offered.act)
    events = []
    for i in range(20):
        chosen = form.given.get(f"event-{i}", "")
        day = _day(form.given, f"event-{i}-on", found, needed=bool(chosen))
        event, _, of = chosen.partition(":")
        if chosen and (event, of) not in offered.events:
            found.append((f"event-{i}", say("Choose one of these.")))
        elif day and not chosen:
            found.append((f"event-{i}", say("Choose what happened on this day.")))
        elif chosen:
            events.append({"event": event, "on": day, "of": of})
    act["events"] = events
    return _act(form.stated, form.n, act), found


#: Takes the answer of each page: what is stated now, and what is wrong by field.
TAKEN: dict[str, Taken] = {
    "kind": _kind,
    "place": _place,
    "registered": _registered,
    "age": _age,
    "role": _role,
    "consent": _consent,
    "link": _link,
    "conduct": _conduct,
    "days": _days,
    "facts": _facts,
    "documents": _documents,
    "events": _events_taken,
    "course": _course,
    "on": _on,
}


# --- the answers, to check ----------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One answer to check: its id on the page, the question, what was answered, how to change.

    `words` are (text, Chinese or "") pairs; nothing if there is no answer.
    """

    id: str
    group: str
    question: str
    words: tuple[tuple[str, str], ...]
    change: str


def rows(law: Law, stated: Stated, link: Callable[..., str]) -> list[Said]:
    """Return every answer with a link that changes it."""
    found = []

    def row(step: str, group: str, words: Iterable[tuple[str, str]], n: int | None = None) -> None:
        at = step if n is None else f"{step}-{n}"
        change = link(f"/case/build/{step}", stated, n=n, back="check")
        question = say(QUESTIONS[step])
        found.append(Said(at, group, question, tuple(words), change))

    who = say("The subject")
    row("kind", who, [_word(stated.kind)] if stated.kind else ())
    row("place", who, _place_name(stated.place))
    row("registered", who, _place_name(stated.registered))
    if stated.kind == "person":
        row("age", who, [(stated.age, "")] if stated.age else ())
    row("role", who, map(_word, stated.role))
    cat = law.catalogue
    schemes: list[tuple[str, str]] = []
    for name in stated.consent:
        it = cat.instruments.get(name)
        schemes.append((it.name.en, it.name.zh) if it else (name, ""))
    row("consent", who, [*schemes, *(_score_said(law, x) for x in stated.private_score)])
    for i, text in enumerate(stated.link):
        row("link", who, [_tie(text)], i)
    for i, text in enumerate(stated.act):
        group = say("Act {n}", n=i + 1)
        conduct = text.partition(",")[0].strip()
        if conduct not in cat.conducts:
            row("conduct", group, [(conduct[:80], "")], i)
            continue
        try:
            offered = offer(law, stated, i)
        except UsageError as error:
            row("conduct", group, [(str(error), "")], i)
            continue
        row("conduct", group, [(offered.en, offered.zh)], i)
        act = offered.act
        row(
            "days",
            group,
            [
                (say("{what}: {text}", what=say(t), text=act[k]), "")
                for k, t in DAYS.items()
                if k in act
            ],
            i,
        )
        if offered.facts or offered.place:
            row("facts", group, _facts_said(offered), i)
        if offered.documents or act.get("documents"):
            row("documents", group, _papers_said(law, act), i)
        if offered.events or act.get("events"):
            row("events", group, (_event_said(law, e) for e in act.get("events", ())), i)
    row("course", say("The question"), [(say(COURSE[stated.course or "nominal"]), "")]
        if stated.course in ("", *COURSES) else [(stated.course[:80], "")])  # fmt: skip
    row("on", say("The question"), [(stated.on[:80], "")] if stated.on else ())
    return found


COURSE = {
    "nominal": "What must be done is done on its last lawful day; nothing else is",
    "stated": "Only the steps that I state are taken",
}


def quantity(name: str) -> str:
    """Return what a quantity is called, with its unit."""
    return say(UNITS.get(name, name.replace("_", " ")))


def _word(identifier: str) -> tuple[str, str]:
    return say(identifier.replace("_", " ")) if identifier else "", ""


def _place_name(place: str) -> list[tuple[str, str]]:
    if not place:
        return []
    known = {p.id: (p.name_en, p.name_zh) for p in places.places()}
    return [known.get(place, (place[:80], ""))]


def _tie(text: str) -> tuple[str, str]:
    try:
        tie = parse_link(text)
    except UsageError:
        return text[:80], ""
    kind = _word(tie["to"])[0]
    if tie.get("as"):
        role = _word(tie["as"].removesuffix("_of"))[0]
        said = say("{kind}: the subject is its {role}", kind=kind, role=role)
    else:
        said = say(
            "{kind}: it is {role} of the subject", kind=kind, role=_word(tie.get("is", ""))[0]
        )
    where = _place_name(tie.get("place", ""))
    if not where:
        return said, ""
    there = where[0][1] if language() == "zh" and where[0][1] else where[0][0]
    return say("{text}, {where}", text=said, where=there), ""


def _score_said(law: Law, text: str) -> tuple[str, str]:
    name, _, score = text.partition("=")
    it = law.catalogue.instruments.get(name)
    called = own(it.name) if it and language() == "zh" else name
    return say("{what}: {text}", what=called, text=score), ""


def _facts_said(offered: Offer) -> list[tuple[str, str]]:
    act = offered.act
    said = []
    for name in (*NUMBERS, "points", "severity", "via", "place"):
        if name in act:
            value = act[name]
            value = f"{value:,}" if isinstance(value, int) else say(str(value).replace("_", " "))
            said.append((say("{what}: {text}", what=quantity(name), text=value), ""))
    names = {x: (en, zh) for x, en, zh in offered.circumstances}
    return [*said, *(names.get(x, (x, "")) for x in act.get("circumstances", ()))]


def _event_said(law: Law, event: dict[str, Any]) -> tuple[str, str]:
    known = event["event"] in v.EVENTS
    name = say(trace.noun(event["event"])) if known else event["event"]
    text = say("{what}: {text}", what=name, text=event["on"])
    if event.get("of"):
        it = law.catalogue.instruments.get(event["of"])
        of = own(it.short or it.name) if it and language() == "zh" else event["of"]
        text = say("{what} ({which})", what=text, which=of)
    return text, ""


def _papers_said(law: Law, act: dict[str, Any]) -> list[tuple[str, str]]:
    said = []
    for d in act.get("documents", ()):
        name = law.catalogue.documents.get(d["kind"])
        days = say(", ").join(f"{say(x)} {d[x]}" for x in _PAPER_DAYS if d.get(x))
        en, zh = (name.en, name.zh) if name else (d["kind"], "")
        if zh and language() == "zh":
            said.append((en, say("{what}: {text}", what=zh, text=days)))
        else:
            said.append((say("{what}: {text}", what=en, text=days), zh))
    return said
