"""The catalogue as JSON with its schema, and as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from xinyong.browse import show
from xinyong.browse import words as w
from xinyong.browse.filters import rows
from xinyong.browse.told import csv_text
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue

__all__ = ["TABLES", "as_json", "table", "table_csv"]

Row = dict[str, Any]


def as_json(found: Catalogue) -> Row:
    """Return the whole catalogue as plain data; ``schema`` says what an instrument may hold."""
    from xinyong.law.json_schema import schema_of

    return {
        "schema_version": 1,
        "catalogue": found.digest,
        "licence": "CC BY 4.0",
        "schema": schema_of("instrument"),
        "instruments": [
            it.model_dump(mode="json", by_alias=True, exclude_unset=True)
            for it in found.instruments.values()
        ],
        "items": {k: [asdict(x) for x in xs] for k, xs in found.items.items()},
        "conducts": [asdict(c) for c in found.conducts.values()],
        "authorities": [a.model_dump() for a in found.authorities.values()],
        "measures": [m.model_dump() for m in found.measures.values()],
        "documents": {k: n.model_dump() for k, n in found.documents.items()},
        "circumstances": {k: n.model_dump() for k, n in found.circumstances.items()},
        "emergencies": [
            e.model_dump(mode="json", by_alias=True) for e in found.emergencies.values()
        ],
    }


def _instruments(found: Catalogue) -> Iterator[Row]:
    for row in rows(found.instruments.values()):
        it = found.instruments[row["id"]]
        yield {
            "id": it.id, "kind": it.kind, "polarity": it.polarity, "level": it.level,
            "rank": it.rank, "place": it.reach.place, "en": it.name.en, "zh": it.name.zh,
            "issuer": it.issuer, "decider": it.decider or "", "keeper": it.keeper or "",
            "based_on": it.based_on or "", "conduct_field": it.conduct_field or "",
            "measure_fields": _list(it.measure_fields), "nature": _list(it.nature),
            "protected": _list(it.protected), "subjects": _list(it.subjects),
            "serves": it.serves or "", "depths": _list(row["depths"]),
            **{n: "" if it.review is None else getattr(it.review, n)
               for n in ("objection", "administrative_review", "suit")},
        }  # fmt: skip


def _list(words: Any) -> str:
    return "|".join(str(x) for x in words)


def _sources(found: Catalogue) -> Iterator[Row]:
    for it in found.instruments.values():
        for sid, s in it.sources.items():
            yield {
                "instrument": it.id, "source": sid, "en": s.title.en, "zh": s.title.zh,
                "number": s.number or "", "issuer": s.issuer, "date": s.date.isoformat(),
                "depth": s.depth, "where": s.where, "note": s.note or "",
                "reports_since": s.reports.since.isoformat() if s.reports else "",
                "reports_why": s.reports.why if s.reports else "",
            }  # fmt: skip


def _versions(found: Catalogue) -> Iterator[Row]:
    for it in found.instruments.values():
        for x in it.versions:
            yield {
                "instrument": it.id, "version": x.id, "from": x.in_force.from_.isoformat(),
                "until": x.in_force.until.isoformat() if x.in_force.until else "",
                "transition": x.transition, "provisions": len(x.provisions),
                "steps": len(x.steps), "measures": len(x.measures), "gates": len(x.gates),
                "rules": len(x.rules),
                "items": len(found.items.get(it.id, [])) if x.scheme else 0,
            }  # fmt: skip


def _rules(found: Catalogue) -> Iterator[Row]:
    for it in found.instruments.values():
        for x in it.versions:
            for row in show.sentences(found, it, x):
                yield {
                    "instrument": it.id, **{k: "" if v is None else v for k, v in row.items()}
                }  # fmt: skip


def _measure_rows(found: Catalogue) -> Iterator[Row]:
    for it in found.instruments.values():
        for x in it.versions:
            for m in x.measures:
                known = found.measures.get(m.measure)
                yield {
                    "instrument": it.id, "version": x.id, "measure": m.measure,
                    "en": known.name.en if known else "", "zh": known.name.zh if known else "",
                    "field": known.field if known else "", "nature": known.nature if known else "",
                    "by": _list(m.by), "kinds": _list(m.kinds or ()),
                    "reaches": _list(m.reaches), "discretionary": m.discretionary,
                    "grades": _list(m.grades), "text": m.text or "",
                    "cite": w.cite_words(it, m.cite),
                }  # fmt: skip


def _items(found: Catalogue) -> Iterator[Row]:
    for name, xs in found.items.items():
        for x in xs:
            yield {"instrument": name, **_flat(asdict(x))}


def _flat(row: Row) -> Row:
    return {k: _list(v) if isinstance(v, tuple | list) else ("" if v is None else v)
            for k, v in row.items() if k not in ("line", "amended")}  # fmt: skip


def _conducts(found: Catalogue) -> Iterator[Row]:
    yield from (_flat(asdict(c)) for c in found.conducts.values())


def _cell(value: Any) -> Any:
    """Return a value as one cell: lists in one line, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return "; ".join(f"{key} {_cell(inner)}" for key, inner in value.items())
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _named(block: schema.Authority | schema.Measure) -> Row:
    data = block.model_dump()
    name: Row = data.pop("name")
    return {"id": data.pop("id"), **name, **{key: _cell(value) for key, value in data.items()}}


def _authorities(found: Catalogue) -> Iterator[Row]:
    yield from (_named(a) for a in found.authorities.values())


def _measures(found: Catalogue) -> Iterator[Row]:
    yield from (_named(m) for m in found.measures.values())


#: The tables, by the name of their file.
TABLES: dict[str, Callable[[Catalogue], Iterator[Row]]] = {
    "instruments": _instruments,
    "sources": _sources,
    "versions": _versions,
    "rules": _rules,
    "measures_of_lists": _measure_rows,
    "items": _items,
    "conducts": _conducts,
    "authorities": _authorities,
    "measures": _measures,
}


def table(found: Catalogue, name: str) -> list[Row]:
    """Return the rows of a table of `TABLES`."""
    return list(TABLES[name](found))


def table_csv(found: Catalogue, name: str) -> str:
    r"""Return a table as CSV with a header; lines end in ``\n``, lists are joined by ``|``."""
    return csv_text(table(found, name))
