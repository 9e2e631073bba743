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
    yield "bold", it.name.en
    yield "bold", it.name.zh
    yield "", f"{it.id}: {w.kind_words(it.kind, it.polarity)}, {it.level} level"
    who = [f"Issued by {w.titled(found, it.issuer)}"]
    who += [f"decided by {w.titled(found, it.decider)}"] if it.decider else []
    who += [f"kept by {w.titled(found, it.keeper)}"] if it.keeper else []
    yield "", "; ".join(who)
    yield "", f"Rank: {w.word(it.rank)} ({w.cite_words(it, it.rank_cite)})"
    subjects = w.joined((w.word(k) for k in it.subjects), "or")
    ties = w.joined((_TIES.get(b, w.word(b)) for b in it.reach.by), "or")
    where = w.titled(found, it.reach.place)
    if it.reach.without:
        where += f" without {w.joined(w.titled(found, x) for x in it.reach.without)}"
    cited = w.cite_words(it, it.reach.cite)
    yield "", f"Reaches: {subjects}, by {ties} in {where} ({cited})"
    fields = w.joined(map(w.word, it.measure_fields)) or "none"
    if it.based_on and it.conduct_field:
        rests = f"Rests on the {it.based_on}; field of the conduct: {w.word(it.conduct_field)}"
        yield "", f"{rests}; fields of the measures: {fields}; nature: {w.joined(it.nature)}"
    if it.protected:
        yield "yellow", f"Touches protected conduct: {w.joined(map(w.word, it.protected))}"
    if it.serves:
        yield "", f"Acts on the entries of {w.titled(found, it.serves)} [{it.serves}]"
    if it.review is not None:
        names = ("objection", "administrative_review", "suit")
        open_ = [w.word(n) for n in names if getattr(it.review, n)]
        shut = [w.word(n) for n in names if not getattr(it.review, n)]
        remedies = f"Remedies open: {w.joined(open_) or 'none'}"
        remedies += f"; not named: {w.joined(shut)}" if shut else ""
        yield "", f"{remedies} ({w.cite_words(it, it.review.cite)})"
    said = {"id", "kind", "polarity", "name", "short", "issuer", "decider", "keeper", "level",
            "rank", "rank_cite", "based_on", "conduct_field", "measure_fields", "nature",
            "protected", "subjects", "serves", "reach", "review", "sources", "interpretations",
            "unmodelled", "versions"}  # fmt: skip
    if rest := w.others_words(it, said):
        yield "", f"Also: {rest[2:]}"
    yield "", ""
    yield "bold", "Sources"
    for sid, source in it.sources.items():
        number = f", {source.number}" if source.number else ""
        yield (
            "",
            (
                f"  {sid}: {source.title.en} ({source.title.zh}){number}, "
                f"{w.titled(found, source.issuer)}, {source.date} [{source.depth}]"
            ),
        )
        yield "dim", f"      {source.where}"
        if source.note:
            yield "dim", f"      {source.note}"
        if source.reports is not None:
            told = source.reports
            yield "dim", f"      Reports rules in force since {told.since}: {told.why}"
    for version in versions:
        yield from _version(found, it, version, items)
    if it.interpretations:
        yield "", ""
        yield "bold", "Where the text is ambiguous"
    for note in it.interpretations:
        yield "", f"  {note.id}: {note.question}"
        yield "", f"      Taken: {note.default}"
        for other in note.alternatives:
            yield "", f"      Or ({other.id}): {other.reading}"
        yield "dim", f"      {note.reason} ({w.cite_words(it, note.cite)})"
    if it.unmodelled:
        yield "", ""
        yield "bold", "Not modelled"
    for text in it.unmodelled:
        yield "", f"  {text}"


def _version(
    found: Catalogue, it: schema.Instrument, version: schema.Version, items: bool
) -> Iterator[Line]:
    yield "", ""
    yield "bold", f"Version {version.id}, {w.span_words(version)}"
    yield "", f"  In force: {w.cite_words(it, version.in_force.cite)}"
    how = _TRANSITIONS.get(version.transition, w.word(version.transition))
    yield "", f"  It {how} ({w.cite_words(it, version.transition_cite)})"
    if version.followed is not None:
        lag = version.followed.lag_months
        cited = w.cite_words(it, version.followed.cite)
        yield "", f"  Followed in practice {w.units(lag, 'month')} after enactment ({cited})"
        for row_ in version.followed.places:
            place, cited = w.titled(found, row_.place), w.cite_words(it, row_.cite)
            yield (
                "",
                f"  Followed in {place} {w.units(row_.lag_months, 'month')} after it ({cited})",
            )
    last = ""
    for row in sentences(found, it, version, items):
        if row["part"] != last:
            last = row["part"]
            yield "", f"  {PARTS.get(last, _capital(w.word(last)))}"
        cite = schema.Cite.model_construct(
            source=row["source"], article=row["article"], assumption=row["assumption"]
        )
        heading = f"{row['id']}: {row['heading']}" if row["part"] in _HEADED else ""
        if row["part"] == "item":
            heading = row["id"]
        if heading:
            yield "", f"    {heading}"
        indent = "        " if heading else "    "
        yield "", f"{indent}{row['text']} ({w.cite_words(it, cite)})"
    annex = found.items.get(it.id, [])
    if version.scheme is not None and annex and not items:
        it_them = "it" if len(annex) == 1 else "them"
        yield "dim", f"    {w.counted(len(annex), 'item')}; --items prints {it_them}"


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
