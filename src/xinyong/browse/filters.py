"""Which instruments fit a question: by kind, place, subject, conduct, depth, day and so on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from xinyong import places
from xinyong.browse.search import search
from xinyong.browse.words import kind_words, span_text
from xinyong.document import nearest, quoted
from xinyong.errors import UsageError
from xinyong.law import schema
from xinyong.law import vocabulary as v
from xinyong.law.annex import Item
from xinyong.law.catalogue import Catalogue, reaches

__all__ = ["Filters", "conducts_of", "list_lines", "rows", "selected"]

_KINDS: tuple[str, ...] = get_args(schema.InstrumentKind)
_POLARITIES: tuple[str, ...] = get_args(schema.Polarity)
_DEPTHS: tuple[str, ...] = get_args(schema.Depth)


@dataclass(frozen=True)
class Filters:
    """What an instrument must be; a filter left out is not asked.

    Attributes:
        kind, polarity, level: as the file says.
        place: it applies to those who live or are registered there.
        subject: a kind of subject that it reaches.
        conduct: a conduct that one of its provisions or items listens to.
        measure: a measure that one of its versions (on the day asked for) ties to something.
        field: of the conduct or of one of its measures.
        depth: one of its sources was read so deep.
        on: it is in force on the day.
    """

    kind: str | None = None
    polarity: str | None = None
    level: str | None = None
    place: str | None = None
    subject: str | None = None
    conduct: str | None = None
    measure: str | None = None
    field: str | None = None
    depth: str | None = None
    on: dt.date | None = None

    def said(self) -> str:
        """Return the filters as they were asked."""
        asked = [(name, getattr(self, name)) for name in self.__dataclass_fields__]
        return ", ".join(f"{name} {value}" for name, value in asked if value is not None)


def _checked(what: str, given: str | None, known: Iterable[str]) -> None:
    if given is None:
        return
    options = tuple(known)
    if given in options:
        return
    shown = ", ".join(options) if len(options) <= 12 else ""
    hint = nearest(given, options) or (f"there are {shown}" if shown else "")
    tail = f"; {hint}" if hint else ""
    raise UsageError(f"--{what}: unknown {what} {quoted(given)}{tail}")


def _named(found: Catalogue, what: str, many: str, given: str | None, known: set[str]) -> None:
    """Refuse an unknown id of a long vocabulary: the nearest by id or name, and the command."""
    if given is None or given in known:
        return
    near = nearest(given, known, 0.85)
    if not near:
        hits = search(found, given, 1, what) or search(found, given[:-1], 1, what)
        near = f"did you mean {hits[0].id!r}?" if hits else ""
    if not near and what == "place":
        older = places.older(given)
        near = f"did you mean {older!r}?" if older else ""
    listed = f"'xinyong catalogue {many}' lists them"
    tail = f"; {near} {listed}" if near else f"; {listed}"
    raise UsageError(f"--{what}: unknown {what} {quoted(given)}{tail}")


def conducts_of(version: schema.Version, items: Iterable[Item]) -> set[str]:
    """Return the conducts that a version and its annex listen to."""
    found = {c for p in version.provisions for c in p.conduct}
    return found | {c for item in items for c in item.conduct}


def selected(found: Catalogue, asked: Filters) -> list[schema.Instrument]:
    """Return the instruments that fit, in the order of ids.

    Raises:
        UsageError: a filter has an unknown word; the message names the nearest.
    """
    _checked("kind", asked.kind, _KINDS)
    _checked("polarity", asked.polarity, _POLARITIES)
    _checked("level", asked.level, v.LEVELS)
    _named(found, "place", "places", asked.place, {p.id for p in places.places()})
    _checked("subject", asked.subject, v.KINDS)
    _named(found, "conduct", "conducts", asked.conduct, set(found.conducts))
    _named(found, "measure", "measures", asked.measure, set(found.measures))
    _checked("field", asked.field, v.FIELDS)
    _checked("depth", asked.depth, _DEPTHS)
    return [it for it in found.instruments.values() if _fits(found, it, asked)]


def _fits(found: Catalogue, it: schema.Instrument, asked: Filters) -> bool:
    versions = list(it.versions)
    if asked.on is not None:
        version = found.version(it.id, asked.on)
        versions = [version] if version is not None else []
    fields = {it.conduct_field, *it.measure_fields} - {None}
    tests = (
        bool(versions),
        asked.kind in (None, it.kind),
        asked.polarity in (None, it.polarity),
        asked.level in (None, it.level),
        asked.place is None or reaches(it, asked.place),
        asked.subject is None or asked.subject in it.subjects,
        asked.field is None or asked.field in fields,
        asked.measure in (None, *(m.measure for version in versions for m in version.measures)),
        asked.depth is None or any(s.depth == asked.depth for s in it.sources.values()),
    )
    if not all(tests):
        return False
    items = found.items.get(it.id, [])
    return asked.conduct is None or any(asked.conduct in conducts_of(w, items) for w in versions)


def span(version: schema.Version) -> dict[str, Any]:
    """Return id, first and last day of a version."""
    until = version.in_force.until
    return {
        "id": version.id,
        "from": version.in_force.from_.isoformat(),
        "until": until.isoformat() if until else None,
    }


def rows(
    instruments: Iterable[schema.Instrument],
    found: Catalogue | None = None,
    on: dt.date | None = None,
) -> list[dict[str, Any]]:
    """Return one plain row an instrument; with a day, also which version is in force then."""

    def now(it: schema.Instrument) -> dict[str, str | None]:
        if found is None or on is None:
            return {}
        version = found.version(it.id, on)
        return {"in_force": version.id if version else None}

    return [
        {
            "id": it.id,
            "kind": it.kind,
            "polarity": it.polarity,
            "level": it.level,
            "place": it.reach.place,
            "en": it.name.en,
            "zh": it.name.zh,
            "depths": sorted({s.depth for s in it.sources.values()}),
            "versions": [span(w) for w in it.versions],
            **now(it),
        }
        for it in instruments
    ]


def list_lines(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a row of `rows` as styled lines."""
    now = row.get("in_force")
    spans = "; ".join(
        f"{s['id']} {span_text(s['from'], s['until'])}{' (in force)' if s['id'] == now else ''}"
        for s in row["versions"]
    )
    what = kind_words(row["kind"], row["polarity"])
    where = "the whole country" if row["place"] == "cn" else row["place"]
    yield "", f"{row['id']}  {row['en']} ({row['zh']})"
    yield "dim", f"    {what}, {row['level']} level, {where}: {spans}"
