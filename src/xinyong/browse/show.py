"""One instrument as a page: who, where, since when, and every rule as a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from xinyong.browse import words as w
from xinyong.browse.filters import span
from xinyong.browse.official import official
from xinyong.browse.rules import block_words, private_words
from xinyong.browse.schemes import item_words, scheme_words
from xinyong.errors import UsageError
from xinyong.language import language, plural, say, worded
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue

__all__ = ["PARTS", "as_dict", "chosen", "page", "sentences"]

Line = tuple[str, str]  # style, text; styles are those of `xinyong.case.text`


def chosen(
    found: Catalogue, it: schema.Instrument, day: dt.date | None
) -> tuple[schema.Version, ...]:
    """Return the version of a day, or all of them.

    Raises:
        UsageError: none is in force on the day; the message names those there are.
    """
    if day is None:
        return tuple(it.versions)
    version = found.version(it.id, day)
    if version is None:
        spans = ", ".join(w.span_words(x) for x in it.versions)
        raise UsageError(f"{it.id!r} was not in force on {day}; its versions: {spans}")
    return (version,)


def sentences(
    found: Catalogue, it: schema.Instrument, version: schema.Version, items: bool = True
) -> Iterator[dict[str, Any]]:
    """Yield every rule of a version as a sentence with its citation.

    Args:
        found: the catalogue.
        it: an instrument of it; version: one of its versions.
        version: the version.
        items: whether the items of a scheme's annex are among them.
    """

    def row(
        part: str, name: str, heading: str, text: str, cite: schema.Cite, zh: Iterable[str] = ()
    ) -> dict[str, Any]:
        source = it.sources.get(cite.source or "")
        return {
            "version": version.id,
            "part": part,
            "id": name,
            "heading": heading,
            "text": text,
            "zh": "、".join(zh),
            "article": cite.article,
            "source": cite.source,
            "depth": source.depth if source else None,
            "assumption": cite.assumption,
        }

    for p in version.provisions:
        text = w.provision_words(found, it, p)
        yield row("provision", p.id, p.title, text, p.cite, official(found, p))
    for s in version.steps:
        yield row("step", s.id, s.title, w.step_words(found, s), s.cite, official(found, s))
    if version.scheme is not None:
        annex = found.items.get(it.id, [])
        for number, (text, cite) in enumerate(scheme_words(version.scheme, len(annex))):
            yield row("scheme", f"scheme_{number}", "", text, cite)
        if items:
            source = version.scheme.items_source or version.scheme.cite.source
            for item in annex:
                cite = schema.Cite.model_construct(
                    source=source,
                    article=item.article,
                    assumption=None if source else version.scheme.cite.assumption,
                )
                text = item_words(found, item)
                zh = [item.group_zh, *(found.conducts[c].zh for c in item.conduct)]
                group = item.group.replace("_", " ")
                yield row("item", item.item, group, text, cite, dict.fromkeys(filter(None, zh)))
    for m in version.measures:
        text = w.measure_words(found, m)
        yield row("measure", m.measure, "", text, m.cite, official(found, m))
    if version.private is not None:
        for name, text, cite in private_words(found, version.private):
            yield row("private", name, "", text, cite)
    for field, part in _BLOCKS.items():
        for number, block in enumerate(getattr(version, field, None) or []):
            name = str(getattr(block, "id", f"{part}_{number}"))
            cite = getattr(block, "cite", version.in_force.cite)
            title, text = getattr(block, "title", ""), block_words(found, block)
            yield row(part, name, title, text, cite, official(found, block))


#: Lists of blocks of a version beside provisions, steps, scheme and measures.
_BLOCKS = {"gates": "gate", "rules": "rule", "feeds": "feed"}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_TRANSITIONS = {
    "acts_from": "judges acts done from its first day on",
    "records_from": "judges records formed from its first day on",
    "decisions_from": "judges decisions made from its first day on",
    "pending": "judges what is not yet decided on its first day",
    "all": "judges everything that is alive on its first day",
}

#: What each part of a version is called.
PARTS = {
    "provision": "Provisions",
    "step": "Steps",
    "scheme": "Points and grades",
    "item": "Items",
    "measure": "Measures",
    "gate": "Limits",
    "rule": "Rules",
    "feed": "What goes into another scheme",
    "private": "Terms of the scheme",
}

#: What ties a subject to the place of an instrument.
_TIES = {"act_place": "place of the act"}

#: Parts whose sentences stand under a heading with the id.
_HEADED = ("provision", "step", "gate", "rule")


def page(
    found: Catalogue,
    it: schema.Instrument,
    versions: tuple[schema.Version, ...],
    items: bool = False,
) -> Iterator[Line]:
    """Yield an instrument as styled lines of text."""
    first, second = (it.name.en, it.name.zh) if language() == "en" else (it.name.zh, it.name.en)
    yield "bold", first
    yield "bold", second
    level = say("{level} level", level=w.word(it.level))
    kind = w.kind_words(it.kind, it.polarity)
    yield "", say("{id}: {kind}, {level}", id=it.id, kind=kind, level=level)
    who = [say("Issued by {body}", body=w.titled(found, it.issuer))]
    who += [say("decided by {body}", body=w.titled(found, it.decider))] if it.decider else []
    who += [say("kept by {body}", body=w.titled(found, it.keeper))] if it.keeper else []
    yield "", say("; ").join(who)
    rank = say("Rank: {rank}", rank=w.word(it.rank))
    yield "", say("{what} ({which})", what=rank, which=w.cite_words(it, it.rank_cite))
    subjects = w.joined((w.word(k) for k in it.subjects), "or")
    ties = w.joined((say(_TIES[b]) if b in _TIES else w.word(b) for b in it.reach.by), "or")
    where = w.titled(found, it.reach.place)
    if it.reach.without:
        left_out = w.joined(w.titled(found, x) for x in it.reach.without)
        where = say("{place} without {others}", place=where, others=left_out)
    reach = say("Reaches: {subjects}, by {ties} in {place}", subjects=subjects, ties=ties,
                place=where)  # fmt: skip
    yield "", say("{what} ({which})", what=reach, which=w.cite_words(it, it.reach.cite))
    if it.based_on and it.conduct_field:
        yield (
            "",
            say(
                "Rests on the {basis}; field of the conduct: {field}; fields of the measures: "
                "{fields}; nature: {nature}",
                basis=w.word(it.based_on),
                field=w.word(it.conduct_field),
                fields=w.joined(map(w.word, it.measure_fields)) or say("none"),
                nature=w.joined(map(w.word, it.nature)),
            ),
        )
    if it.protected:
        tags = w.joined(map(w.word, it.protected))
        yield "yellow", say("Touches protected conduct: {tags}", tags=tags)
    if it.serves:
        name = w.titled(found, it.serves)
        yield "", say("Acts on the entries of {list} [{id}]", list=name, id=it.serves)
    if it.review is not None:
        names = ("objection", "administrative_review", "suit")
        open_ = [w.word(n) for n in names if getattr(it.review, n)]
        shut = [w.word(n) for n in names if not getattr(it.review, n)]
        remedies = say("Remedies open: {remedies}", remedies=w.joined(open_) or say("none"))
        remedies += say("; not named: {remedies}", remedies=w.joined(shut)) if shut else ""
        yield "", say("{what} ({which})", what=remedies, which=w.cite_words(it, it.review.cite))
    said = {"id", "kind", "polarity", "name", "short", "issuer", "decider", "keeper", "level",
            "rank", "rank_cite", "based_on", "conduct_field", "measure_fields", "nature",
            "protected", "subjects", "serves", "reach", "review", "sources", "interpretations",
            "unmodelled", "versions"}  # fmt: skip
    if rest := w.others_words(it, said):
        yield "", say("Also: {text}", text=rest.removeprefix(say("; ")))
    yield "", ""
    yield "bold", say("Sources")
    yield from _sources(found, it)
    for version in versions:
        yield from _version(found, it, version, items)
    if it.interpretations:
        yield "", ""
        yield "bold", say("Where the text is ambiguous")
    for note in it.interpretations:
        yield "", f"  {note.id}: {worded(note.question)}"
        yield "", "      " + say("Taken: {text}", text=worded(note.default))
        for other in note.alternatives:
            yield "", "      " + say("Or ({id}): {text}", id=other.id, text=worded(other.reading))
        why = say("{what} ({which})", what=worded(note.reason), which=w.cite_words(it, note.cite))
        yield "dim", f"      {why}"
    if it.unmodelled:
        yield "", ""
        yield "bold", say("Not modelled")
    for text in it.unmodelled:
        yield "", f"  {worded(text)}"


def _sources(found: Catalogue, it: schema.Instrument) -> Iterator[Line]:
    for sid, source in it.sources.items():
        number = say(", {x}", x=worded(source.number)) if source.number else ""
        yield (
            "",
            "  "
            + say(
                "{id}: {title}{number}, {issuer}, {date} [{depth}]",
                id=sid,
                title=w.both(source.title),
                number=number,
                issuer=w.titled(found, source.issuer),
                date=source.date,
                depth=say(source.depth),
            ),
        )
        yield "dim", f"      {worded(source.where)}"
        if source.note:
            yield "dim", f"      {worded(source.note)}"
        if source.reports is not None:
            day, why = source.reports.since, worded(source.reports.why)
            told = say("Reports rules in force since {day}: {why}", day=day, why=why)
            yield "dim", f"      {told}"


def _version(
    found: Catalogue, it: schema.Instrument, version: schema.Version, items: bool
) -> Iterator[Line]:
    yield "", ""
    yield "bold", say("Version {id}, {span}", id=version.id, span=w.span_words(version))
    yield "", "  " + say("In force: {cite}", cite=w.cite_words(it, version.in_force.cite))
    known = version.transition in _TRANSITIONS
    how = say(_TRANSITIONS[version.transition]) if known else w.word(version.transition)
    how = say("It {how}", how=how)
    cited = w.cite_words(it, version.transition_cite)
    yield "", "  " + say("{what} ({which})", what=how, which=cited)
    if version.followed is not None:
        time = w.units(version.followed.lag_months, "month")
        text = say("Followed in practice {time} after enactment", time=time)
        cited = w.cite_words(it, version.followed.cite)
        yield "", "  " + say("{what} ({which})", what=text, which=cited)
        for one in version.followed.places:
            place, time = w.titled(found, one.place), w.units(one.lag_months, "month")
            text = say("Followed in {place} {time} after it", place=place, time=time)
            cited = w.cite_words(it, one.cite)
            yield "", "  " + say("{what} ({which})", what=text, which=cited)
    last = ""
    for row in sentences(found, it, version, items):
        if row["part"] != last:
            last = row["part"]
            yield "", f"  {say(PARTS[last]) if last in PARTS else _capital(w.word(last))}"
        cite = schema.Cite.model_construct(
            source=row["source"], article=row["article"], assumption=row["assumption"]
        )
        heading = ""
        if row["part"] in _HEADED:
            heading = say("{what}: {text}", what=row["id"], text=worded(row["heading"]))
        if row["part"] == "item":
            heading = row["id"]
        if heading:
            yield "", f"    {heading}"
        text = say("{what} ({which})", what=row["text"], which=w.cite_words(it, cite))
        yield "", f"{'        ' if heading else '    '}{text}"
    annex = found.items.get(it.id, [])
    if version.scheme is not None and annex and not items:
        text = plural(
            "{n:,} item; --items prints it", "{n:,} items; --items prints them", len(annex)
        )
        yield "dim", f"    {text}"


def as_dict(
    found: Catalogue, it: schema.Instrument, versions: tuple[schema.Version, ...]
) -> dict[str, Any]:
    """Return an instrument as plain data: the file's own fields, and the sentences."""
    data = it.model_dump(mode="json", by_alias=True, exclude_unset=True)
    keep = {version.id for version in versions}
    data["versions"] = [x for x in data["versions"] if x["id"] in keep]
    return {
        "schema_version": 1,
        "catalogue": found.digest,
        "instrument": data,
        "in_force": [span(version) for version in versions],
        "sentences": [row for version in versions for row in sentences(found, it, version)],
    }
