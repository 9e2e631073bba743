"""How one leaves: everything in an instrument by which an entry, points or a record end.

The sentences are those of `xinyong.browse.show`, or shorter ones of the same words; each
stands under one of `WAYS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinyong.browse import words as w
from xinyong.browse.show import sentences
from xinyong.language import say
from xinyong.law import phrases, schema
from xinyong.law.catalogue import Catalogue

__all__ = ["WAYS", "exits"]

#: The ways out, in the order in which they are told.
WAYS = {
    "term": "By time",
    "event": "By what the subject or others do",
    "step": "By a step that is asked for or decided",
    "rule": "By the rules on objection, repair and display",
    "remedy": "By a legal remedy",
}

#: Events of steps that end an entry, correct it, or ask for either.
_STEPS = {"annulled", "applied", "checked", "corrected", "granted", "objected", "removed",
          "restored", "withdrawn"}  # fmt: skip
_RULES = (schema.Objection, schema.Annulment, schema.Repair, schema.Disclosure)
_RIGHTS = {"correction", "deletion", "objection", "repair", "review", "suit", "remedy"}
_REMEDIES = ("objection", "administrative_review", "suit")

Row = dict[str, Any]


def exits(found: Catalogue, it: schema.Instrument, version: schema.Version) -> list[Row]:
    """Return how one leaves an instrument in one of its versions.

    Each row has `way` (of `WAYS`), `ids` of the rules that say it, `text`, and where it
    stands: `article`, `source`, `depth`, `assumption`.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> it = load().instruments["spc_defaulters"]
        >>> [row["text"] for row in exits(load(), it, it.versions[-1])][0][:23]
        'An entry runs for 2 yea'
    """
    rows = [*_by_time(found, version), *_by_event(found, version)]
    told = [_row(it, way, ids, text, cite) for way, ids, text, cite in rows]
    ids = {s.id for s in version.steps if s.then in _STEPS} | {
        r.id for r in version.rules if isinstance(r, _RULES) or _is_right(r)
    }
    for s in sentences(found, it, version, items=False):
        if s["part"] in ("step", "rule") and s["id"] in ids:
            kept = ("text", "article", "source", "depth", "assumption")
            told.append({"way": s["part"], "ids": [s["id"]], **{k: s[k] for k in kept}})
    return told + [_row(it, "remedy", [], text, cite) for text, cite in _remedies(it)]


def _is_right(rule: schema.Rule) -> bool:
    return isinstance(rule, schema.Right) and rule.what in _RIGHTS


def _row(it: schema.Instrument, way: str, ids: list[str], text: str, cite: schema.Cite) -> Row:
    source = it.sources.get(cite.source or "")
    return {
        "way": way,
        "ids": ids,
        "text": text,
        "article": cite.article,
        "source": cite.source,
        "depth": source.depth if source else None,
        "assumption": cite.assumption,
    }


_Told = tuple[str, list[str], str, schema.Cite]


def _by_time(found: Catalogue, version: schema.Version) -> Iterator[_Told]:
    """Yield the terms, those that are the same told once."""
    terms: dict[str, tuple[list[str], schema.Cite]] = {}
    for p in version.provisions:
        match p.effect:
            case schema.Enter():
                text = say("An entry runs {term}.", term=w.term_words(p.effect.term))
            case schema.SetGrade() if p.effect.term is not None:
                text = say(
                    "Grade {grade} set directly stands {term}.",
                    grade=phrases.grade(str(p.effect.grade)),
                    term=w.term_words(p.effect.term),
                )
            case _:
                continue
        term = p.effect.term
        cite = (term.cite if term is not None else None) or p.cite
        terms.setdefault(text, ([], cite))[0].append(p.id)
    for text, (ids, cite) in terms.items():
        yield "term", ids, text, cite
    if version.scheme is not None:
        from xinyong.browse.schemes import part_words

        for rule in version.scheme.validity:
            yield "term", [], part_words(rule), rule.cite
    for row in version.measures:
        if row.lasts is not None:
            name = w.titled(found, row.measure)
            time = w.units(row.lasts.n, row.lasts.unit)
            text = say("{name}: {time} from listing.", name=name, time=time)
            yield "term", [row.measure], text, row.lasts.cite or row.cite


def _by_event(found: Catalogue, version: schema.Version) -> Iterator[_Told]:
    for p in version.provisions:
        if isinstance(p.effect, schema.End | schema.Convert | schema.Restore):
            text = w.effect_words(p.effect)
            text = f"{text[:1].upper()}{text[1:]}"
            if p.when:
                conditions = say("; and ").join(w.condition_words(found, c) for c in p.when)
                text += say(", if {conditions}", conditions=conditions)
            yield "event", [p.id], say("{text}.", text=text), p.cite
    scheme = version.scheme
    if scheme is not None and scheme.combination.released_by_correction:
        text = say("Correction releases from a direct grade.")
        yield "event", [], text, scheme.combination.cite
    for consent in (scheme and scheme.consent, version.private and version.private.consent):
        if consent:
            yield "event", [], w.consent_words(consent), consent.cite


def _remedies(it: schema.Instrument) -> Iterator[tuple[str, schema.Cite]]:
    if it.review is None:
        return
    open_ = [w.word(n) for n in _REMEDIES if getattr(it.review, n)]
    shut = [w.word(n) for n in _REMEDIES if not getattr(it.review, n)]
    text = say("Open: {remedies}", remedies=w.joined(open_) or say("none"))
    text += say("; not named: {remedies}", remedies=w.joined(shut)) if shut else ""
    yield say("{text}.", text=text), it.review.cite
