"""The catalogue: every instrument with its versions, loaded, checked and frozen.

>>> from xinyong.law.catalogue import load
>>> load().instruments["spc_defaulters"].name.zh
'失信被执行人名单'
"""

from __future__ import annotations

import contextlib
import datetime as dt
import difflib
import hashlib
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from xinyong import places
from xinyong.dates import parse_month
from xinyong.document import Document, nearest
from xinyong.errors import CatalogueError, Problem, UsageError
from xinyong.language import Sentence
from xinyong.law import schema, stored
from xinyong.law import vocabulary as v
from xinyong.law.annex import Conduct, Item, read_conducts, read_items
from xinyong.law.references import lists_asked, older, problems_of, references, walk

__all__ = ["Catalogue", "load", "problems_in"]

_DATA = Path(str(files("xinyong.law") / "data"))
_MAX_DEPTH = 3


@dataclass(frozen=True)
class Catalogue:
    """The whole law of one state of the files.

    Attributes:
        instruments: by id, in the order of ids.
        items: rows of annexes, by instrument id.
        conducts, authorities, measures: the vocabularies, by id.
        documents, circumstances: names of facts, by id; `worths`: what a document is worth, by id.
        follow_act: documents that are no older than the act they are made about; `defied`: those
            that acts of a conduct defy, so that they may be, by conduct.
        emergencies: states of emergency of places, by id; `emergency_sources` has their texts.
        digest: BLAKE2b over the files; two catalogues with one digest say the same.
    """

    instruments: dict[str, schema.Instrument]
    items: dict[str, list[Item]]
    conducts: dict[str, Conduct]
    authorities: dict[str, schema.Authority]
    measures: dict[str, schema.Measure]
    documents: dict[str, schema.Bilingual]
    circumstances: dict[str, schema.Bilingual]
    digest: str
    worths: dict[str, schema.Worth] = field(default_factory=dict)
    follow_act: tuple[str, ...] = ()
    defied: dict[str, tuple[str, ...]] = field(default_factory=dict)
    emergencies: dict[str, schema.Emergency] = field(default_factory=dict)
    emergency_sources: dict[str, schema.Source] = field(default_factory=dict)

    def instrument(self, name: str) -> schema.Instrument:
        """Return an instrument by id.

        Raises:
            UsageError: there is none of that id; the message names the nearest.
        """
        if name not in self.instruments:
            named = {
                n.lower(): i for i, x in self.instruments.items() for n in (x.name.en, x.name.zh)
            }
            sought = name[:80].strip().lower()
            meant = named.get(sought) or next((i for n, i in named.items() if sought in n), "")
            hint = nearest(name, self.instruments, parts=True)
            if not hint and meant and len(sought) > (2 if sought.isascii() else 1):
                hint = Sentence("did you mean {name}?", name=repr(meant))
            raise UsageError(
                Sentence(
                    "unknown instrument {name}; {hint}",
                    name=repr(name[:60]),
                    hint=hint or Sentence("see: xinyong catalogue list"),
                )
            )
        return self.instruments[name]

    def conduct_hint(self, word: str) -> str:
        """Return how to go on from a word that is no conduct: the nearest id, and the command."""
        ids = {c.id: c.id for c in self.conducts.values()}
        ids |= {name: c.id for c in self.conducts.values() for name in (c.en.lower(), c.zh) if name}
        sought = word[:80].strip().lower()
        within = [
            i for n, i in ids.items() if len(sought) > (1 if n.isascii() else 0) and sought in n
        ]
        if not within and (near := difflib.get_close_matches(sought, ids, 1, 0.6)):
            within = [ids[near[0]]]
        if not within:
            return Sentence("'xinyong catalogue conducts WORD' finds ids")
        said = "did you mean {names}? 'xinyong catalogue conducts WORD' finds ids"
        return Sentence(said, names=repr(within[0]))

    def only(self, names: Container[str]) -> Catalogue:
        """Return the catalogue with these instruments, and those that serve them, alone.

        Lists that their conditions ask about come along. Vocabularies and digest stay: it
        is the same law, read in part.
        """
        wanted = {i for i in self.instruments if i in names}
        while asked := {n for i in wanted for n in lists_asked(self.instruments[i])} - wanted:
            wanted |= asked
        kept = {i: x for i, x in self.instruments.items() if i in wanted or x.serves in wanted}
        items = {i: rows for i, rows in self.items.items() if i in kept}
        return replace(self, instruments=kept, items=items)

    def version(self, instrument: str, day: dt.date) -> schema.Version | None:
        """Return the version of an instrument that is enacted law on a day, if any."""
        for version in self.instrument(instrument).versions:
            if _covers(version, day):
                return version
        return None

    def at(self, day: dt.date, place: str = "cn") -> list[tuple[schema.Instrument, schema.Version]]:
        """Return the enacted law of a place on a day: instruments with their versions."""
        found = []
        for instrument in self.instruments.values():
            version = self.version(instrument.id, day)
            if version is not None and reaches(instrument, place):
                found.append((instrument, version))
        return found

    def effective(
        self, month: str, place: str = "cn"
    ) -> list[tuple[schema.Instrument, schema.Version]]:
        """Return the law as followed in a place in a month (``YYYY-MM``).

        A version is followed from `followed.lag_months` after its enactment; until
        then the place lives on under the version before it, if there was one.
        """
        number = parse_month(month)
        found = []
        for instrument in self.instruments.values():
            if not reaches(instrument, place):
                continue
            followed: schema.Version | None = None
            for version in instrument.versions:
                if version.draft is not None:
                    continue
                start = version.in_force.from_
                lag = lag_months(version, place)
                begins = start.year * 12 + start.month - 1 + lag
                until = version.in_force.until
                repealed = until is not None and number > until.year * 12 + until.month - 1
                last = version is instrument.versions[-1]
                if begins <= number and not (repealed and last):
                    followed = version
            if followed is not None:
                found.append((instrument, followed))
        return found


def lag_months(version: schema.Version, place: str) -> int:
    """Return how many months after its enactment a version is followed in a place."""
    followed = version.followed
    if followed is None:
        return 0
    for near in places.ancestors(place):
        for row in followed.places:
            if row.place == near:
                return row.lag_months
    return followed.lag_months


def reaches(instrument: schema.Instrument, place: str) -> bool:
    """Tell whether an instrument applies in a place."""
    reach = instrument.reach
    return places.within(place, reach.place) and not any(
        places.within(place, left_out) for left_out in reach.without
    )


def _covers(version: schema.Version, day: dt.date) -> bool:
    until = version.in_force.until
    if version.draft is not None:
        return False
    return version.in_force.from_ <= day and (until is None or day <= until)


def _load_model(model: type[BaseModel], path: Path) -> tuple[Any, Document]:
    from xinyong.yamlio import read_yaml, validate  # the parser: only where there is no cache

    document = read_yaml(path, CatalogueError)
    found = validate(model, document, CatalogueError)
    if beyond := list(_too_large(document.data, ())):
        message = f"numbers lie between -{_LARGEST:,} and {_LARGEST:,}"
        hint = "write a smaller one"
        raise CatalogueError([document.problem(loc, message, hint) for loc in beyond])
    return found, document


#: Whatever the kernel computes from numbers of a file fits into 64 bits.
_LARGEST = 10**12


def _too_large(value: Any, loc: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Yield the places of whole numbers that the kernel could not calculate with."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _too_large(inner, (*loc, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _too_large(inner, (*loc, i))
    elif isinstance(value, int) and abs(value) > _LARGEST:
        yield loc


_DAYS = {"day": 1, "working_day": 1, "month": 31, "year": 366}
_LONGEST = 200 * 366


class _Checker:
    """Cross-references of one instrument file: every word it uses must exist."""

    def __init__(self, words: dict[str, tuple[str, ...]]) -> None:
        self.words = words
        self.problems: list[Problem] = []

    def known(self, doc: Document, loc: tuple[str | int, ...], kind: str, word: str) -> None:
        if word not in self.words[kind]:
            hint = nearest(word, self.words[kind])
            self.problems.append(doc.problem(loc, f"unknown {kind} {word!r}", hint))

    def cite(
        self,
        doc: Document,
        loc: tuple[str | int, ...],
        cite: schema.Cite,
        instrument: schema.Instrument,
    ) -> None:
        if cite.source is not None and cite.source not in instrument.sources:
            hint = nearest(cite.source, instrument.sources)
            hint = hint or "describe it under sources"
            self.problems.append(doc.problem(loc, f"unknown source {cite.source!r}", hint))

    def condition(
        self, doc: Document, loc: tuple[str | int, ...], condition: schema.Condition
    ) -> None:
        if condition.depth() > _MAX_DEPTH:
            message = f"conditions are nested {condition.depth()} deep; {_MAX_DEPTH} is the most"
            self.problems.append(doc.problem(loc, message, "split the provision"))
        for name in ("all", "any", "unless"):
            for i, inner in enumerate(getattr(condition, name) or []):
                self.condition(doc, (*loc, name, i), inner)
        for name in ("document", "circumstance"):
            if getattr(condition, name) is not None:
                self.known(doc, (*loc, name), name, getattr(condition, name))
        if condition.event is not None and condition.event.document is not None:
            self.known(doc, (*loc, "event", "document"), "document", condition.event.document)
        for name in ("listed_on", "still_listed_on", "other_listing"):
            if getattr(condition, name) is not None:
                self.known(doc, (*loc, name), "instrument", getattr(condition, name))
        if condition.listed_for is not None:
            self.known(doc, (*loc, "listed_for", "list"), "instrument", condition.listed_for.list)

    def instrument(self, doc: Document, it: schema.Instrument) -> None:
        for name in ("issuer", "decider", "keeper"):
            if getattr(it, name) is not None:
                self.known(doc, (name,), "authority", getattr(it, name))
        self.known(doc, ("reach", "place"), "place", it.reach.place)
        for i, left_out in enumerate(it.reach.without):
            self.known(doc, ("reach", "without", i), "place", left_out)
        if it.serves is not None:
            self.known(doc, ("serves",), "instrument", it.serves)
        for sid, source in it.sources.items():
            self.known(doc, ("sources", sid, "issuer"), "authority", source.issuer)
        for loc, block in walk(it):
            for name in ("cite", "rank_cite", "transition_cite", "signatories_cite"):
                cite = getattr(block, name, None)
                if isinstance(cite, schema.Cite):
                    self.cite(doc, (*loc, name), cite, it)
            if isinstance(block, schema.Step):
                self.known(doc, (*loc, "by"), "authority", block.by)
            if isinstance(block, schema.Provision):
                for i, conduct in enumerate(block.conduct):
                    self.known(doc, (*loc, "conduct", i), "conduct", conduct)
            if isinstance(block, schema.MeasureRow):
                self.known(doc, (*loc, "measure"), "measure", block.measure)
                for i, authority in enumerate(block.by):
                    self.known(doc, (*loc, "by", i), "authority", authority)
            if isinstance(block, schema.Provision | schema.Step):
                for i, condition in enumerate(block.when):
                    self.condition(doc, (*loc, "when", i), condition)
            self._term(doc, loc, block)
            for at, kind, word in references(block):
                self.known(doc, (*loc, *at), kind, word)
        for loc, message, hint in problems_of(it):
            self.problems.append(doc.problem(loc, message, hint))
        self._dated(doc, it)
        self._unique(doc, it)
        self._versions(doc, it)

    def _term(self, doc: Document, loc: tuple[str | int, ...], block: BaseModel) -> None:
        if isinstance(block, schema.Term | schema.Within | schema.ListedFor):
            extended = (getattr(block, "extended_by", None) or 0) + (block.n or 0)
            if extended * _DAYS.get(block.unit or "day", 1) > _LONGEST:
                message = f"{block.n} {block.unit}s are more than 200 years"
                self.problems.append(doc.problem((*loc, "n"), message, "write a shorter time"))

    def _dated(self, doc: Document, it: schema.Instrument) -> None:
        """Report every value that is older than the source it cites, unless that reports it."""
        for loc, name, day in older(it):
            source = it.sources[name]
            if day >= source.speaks_from:
                continue
            message = f"{day} lies before the date of its source ({source.date})"
            if source.reports is not None:
                message += f", which reports on rules since {source.speaks_from}"
            hint = "a rule cannot be in force before it was issued"
            if loc[2:] == ("in_force", "cite"):
                loc = (*loc[:-1], "from")
            else:
                hint += f"; cite a text of its time, or say in sources.{name}.reports what it tells"
            self.problems.append(doc.problem(loc, message, hint))

    def _unique(self, doc: Document, it: schema.Instrument) -> None:
        self._once(doc, ("interpretations",), [note.id for note in it.interpretations], "id")
        self._once(doc, ("unmodelled",), it.unmodelled)
        self._once(doc, ("lead",), it.lead)
        self._once(doc, ("signatories",), it.signatories)
        for i, note in enumerate(it.interpretations):
            loc = ("interpretations", i, "alternatives")
            self._once(doc, loc, [a.id for a in note.alternatives], "id")
        self._once(doc, ("versions",), [w.id for w in it.versions], "id")
        for i, version in enumerate(it.versions):
            for name in ("provisions", "steps", "gates", "rules"):
                ids = [block.id for block in getattr(version, name)]
                self._once(doc, ("versions", i, name), ids, "id")
            grades = [str(g.id) for g in version.scheme.grades] if version.scheme else []
            self._once(doc, ("versions", i, "scheme", "grades"), grades, "id")

    def _once(
        self, doc: Document, loc: tuple[str | int, ...], words: list[str], *field: str
    ) -> None:
        """Report every word of a list that stood in it before."""
        for i, word in enumerate(words):
            if word in words[:i]:
                shown = word if len(word) <= 60 else f"{word[:57]}..."
                message, hint = f"{shown!r} stands twice", "remove one or give it another id"
                self.problems.append(doc.problem((*loc, i, *field), message, hint))

    def vocabulary(
        self, doc: Document, name: str, words: list[str], known: Container[str] = ()
    ) -> None:
        """Check a list of the vocabulary files: an id means one thing."""
        self._once(doc, (name,), words, "id")
        for i, word in enumerate(words):
            if word in known:
                message = f"{word!r} stands in the catalogue below already"
                self.problems.append(doc.problem((name, i, "id"), message, "choose another id"))
            if name == "circumstances" and word in v.QUANTITIES:
                message = f"{word!r} is a quantity already"
                self.problems.append(doc.problem((name, i, "id"), message, "remove it"))

    def emergencies(
        self, doc: Document, states: schema.Emergencies, known: dict[str, schema.Source]
    ) -> None:
        """Check places and sources of the file of emergencies."""
        for sid, source in states.sources.items():
            self.known(doc, ("sources", sid, "issuer"), "authority", source.issuer)
        for i, state in enumerate(states.emergencies):
            self.known(doc, ("emergencies", i, "place"), "place", state.place)
            name = state.cite.source
            if name is not None and name not in states.sources and name not in known:
                loc = ("emergencies", i, "cite")
                hint = nearest(name, states.sources) or "describe it under sources"
                self.problems.append(doc.problem(loc, f"unknown source {name!r}", hint))

    def _versions(self, doc: Document, it: schema.Instrument) -> None:
        for i in range(1, len(it.versions)):
            before, after = it.versions[i - 1], it.versions[i]
            until = before.in_force.until
            if until is None or after.in_force.from_ <= until:
                loc = ("versions", i, "in_force", "from")
                message = f"version {after.id!r} begins while {before.id!r} is still in force"
                self.problems.append(
                    doc.problem(loc, message, "end the earlier one the day before")
                )
        lists = [[str(g.id) for g in w.scheme.grades] if w.scheme else [] for w in it.versions]
        longest = max(lists, key=len)
        for i, names in enumerate(lists):
            if [name for name in longest if name in names] != names:
                message = f"the grades do not stand in the order {', '.join(longest)}"
                hint = "all versions name their grades in one order; else make two instruments"
                self.problems.append(doc.problem(("versions", i, "scheme"), message, hint))


def _digest(paths: list[Path], root: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def load(root: Path = _DATA, layers: tuple[Path, ...] = ()) -> Catalogue:
    """Load a catalogue folder (the built-in one unless told otherwise).

    The built-in one is kept between commands once it has been checked (see `stored`).

    Args:
        root: a complete catalogue.
        layers: folders of further instruments in the same format, each laid over what is
            there: an instrument of the same id replaces, a new id is added. They lie in the
            folder itself or in its ``instruments``, annexes beside them. Own vocabulary
            (``authorities.yaml``, ``measures.yaml``, ``facts.yaml``, ``conducts.csv``) is
            added to the words that are there.

    Raises:
        CatalogueError: with every problem found, each with file, line and field.
    """
    with stored.uninterrupted():
        digest = _digest_of(root)
        found = _built_in(digest) if root == _DATA else _read_and_check(root, digest)
        for layer in layers:
            both = hashlib.blake2b(f"{digest}\0{_digest_of(layer)}".encode(), digest_size=16)
            digest = both.hexdigest()
            found = _read_and_check(layer, digest, found)
    return found


def _digest_of(root: Path) -> str:
    try:
        if not root.is_dir():
            hint = "name a folder with instruments"
            raise CatalogueError(Problem(str(root), 0, "", "is not a folder", hint))
        found = sorted(p for p in root.rglob("*") if p.suffix in (".yaml", ".csv"))
        digest = _digest(found, root)
    except OSError as error:
        raise CatalogueError(Problem(str(root), 0, "", f"cannot be read: {error}")) from None
    if not found:
        raise CatalogueError(Problem(str(root), 0, "", "no catalogue files here"))
    return digest


def _built_in(digest: str) -> Catalogue:
    as_json = TypeAdapter(Catalogue)
    kept = stored.read(digest)
    if kept is not None:
        with contextlib.suppress(ValidationError):
            return as_json.validate_json(kept)
    checked = _read_and_check(_DATA, digest)
    body = as_json.dump_json(checked, by_alias=True, exclude_unset=True)
    if as_json.validate_json(body) == checked:
        stored.write(digest, body)
    return checked


def problems_in(catalogue: Catalogue, it: schema.Instrument, document: Document) -> list[Problem]:
    """Return what the cross-checks of a file find in an instrument that comes from elsewhere."""
    checker = _Checker(
        {
            "authority": tuple(catalogue.authorities),
            "measure": tuple(catalogue.measures),
            "conduct": tuple(catalogue.conducts),
            "document": tuple(catalogue.documents),
            "circumstance": tuple(catalogue.circumstances),
            "instrument": (*catalogue.instruments, it.id),
            "place": tuple(p.id for p in places.places()),
        }
    )
    checker.instrument(document, it)
    return checker.problems


_VOCABULARY = ("authorities.yaml", "measures.yaml", "facts.yaml", "emergencies.yaml")


def _instrument_files(root: Path, layer: bool) -> list[Path]:
    own = [p for p in root.glob("*.yaml") if p.name not in _VOCABULARY] if layer else []
    return sorted(own) + sorted((root / "instruments").glob("*.yaml"))


def _defied(
    base: dict[str, tuple[str, ...]], blocks: list[schema.Defied]
) -> dict[str, tuple[str, ...]]:
    """Return the documents that acts defy, by conduct."""
    found = dict(base)
    for block in blocks:
        for conduct in block.conduct:
            kinds = (*found.get(conduct, ()), *block.documents)
            found[conduct] = tuple(dict.fromkeys(kinds))
    return found


def _vocabulary(model: type[BaseModel], path: Path, layer: bool) -> tuple[Any, Document]:
    if layer and not path.exists():
        return model(), Document({}, path, {})
    return _load_model(model, path)


def _read_and_check(root: Path, digest: str, base: Catalogue | None = None) -> Catalogue:
    """Read a folder: a complete catalogue, or a layer over another one."""
    layer = base is not None
    if base is None:
        base = Catalogue({}, {}, {}, {}, {}, {}, {}, "")
    authorities, authorities_at = _vocabulary(schema.Authorities, root / "authorities.yaml", layer)
    measures, measures_at = _vocabulary(schema.Measures, root / "measures.yaml", layer)
    facts, facts_at = _vocabulary(schema.Facts, root / "facts.yaml", layer)
    states, states_at = _vocabulary(schema.Emergencies, root / "emergencies.yaml", True)
    documents = base.documents | {d.id: d.name for d in facts.documents}
    circumstances = base.circumstances | {c.id: c.name for c in facts.circumstances}
    table = root / "conducts.csv"
    own = []
    if not layer or table.exists():
        own = read_conducts(table, tuple(circumstances), tuple(documents), tuple(base.conducts))
    conducts = base.conducts | {c.id: c for c in own}

    problems: list[Problem] = []
    loaded: list[tuple[schema.Instrument, Document]] = []
    refused: list[str] = []
    for path in _instrument_files(root, layer):
        try:
            loaded.append(_load_model(schema.Instrument, path))
        except CatalogueError as error:
            problems += error.problems
            refused.append(path.stem)  # files are named after their instrument
    ids = tuple(it.id for it, _ in loaded)
    named = tuple(dict.fromkeys((*base.instruments, *ids, *refused)))
    checker = _Checker(
        {
            "authority": (*base.authorities, *(a.id for a in authorities.authorities)),
            "measure": (*base.measures, *(m.id for m in measures.measures)),
            "conduct": tuple(conducts),
            "document": tuple(documents),
            "circumstance": tuple(circumstances),
            "instrument": named,
            "place": tuple(p.id for p in places.places()),
        }
    )
    for document, name, blocks, known in (
        (authorities_at, "authorities", authorities.authorities, base.authorities),
        (measures_at, "measures", measures.measures, base.measures),
        (facts_at, "documents", facts.documents, base.documents),
        (facts_at, "circumstances", facts.circumstances, base.circumstances),
        (states_at, "emergencies", states.emergencies, base.emergencies),
    ):
        checker.vocabulary(document, name, [block.id for block in blocks], known)
    for i, measure in enumerate(measures.measures):
        for j, authority in enumerate(measure.by):
            checker.known(measures_at, ("measures", i, "by", j), "authority", authority)
    for i, block in enumerate(facts.defied):
        for j, word in enumerate(block.documents):
            checker.known(facts_at, ("defied", i, "documents", j), "document", word)
        for j, word in enumerate(block.conduct):
            checker.known(facts_at, ("defied", i, "conduct", j), "conduct", word)
    checker.emergencies(states_at, states, base.emergency_sources)
    items: dict[str, list[Item]] = {}
    for it, document in loaded:
        checker.instrument(document, it)
        if ids.count(it.id) > 1:
            checker.problems.append(document.problem(("id",), f"{it.id!r} stands in two files"))
        for i, version in enumerate(it.versions):
            if version.scheme is None or version.scheme.items is None:
                continue
            beside = document.path.parent.resolve()
            annex = (beside / version.scheme.items).resolve()
            if annex.parent != beside or not annex.is_file():
                loc = ("versions", i, "scheme", "items")
                message = f"no file {version.scheme.items!r} beside the instrument"
                checker.problems.append(document.problem(loc, message))
                continue
            try:
                items[it.id] = read_items(
                    annex,
                    tuple(conducts),
                    tuple(circumstances),
                    named,
                    tuple(str(g.id) for g in version.scheme.grades),
                )
            except CatalogueError as error:
                problems += error.problems
    problems += checker.problems
    if problems:
        raise CatalogueError(problems)
    kept = {name: rows for name, rows in base.items.items() if name not in ids}
    instruments = base.instruments | {it.id: it for it, _ in loaded}
    return Catalogue(
        instruments=dict(sorted(instruments.items())),
        items=kept | items,
        conducts=conducts,
        authorities=base.authorities | {a.id: a for a in authorities.authorities},
        measures=base.measures | {m.id: m for m in measures.measures},
        documents=documents,
        circumstances=circumstances,
        digest=digest,
        worths=base.worths | {d.id: d.worth for d in facts.documents},
        follow_act=(*base.follow_act, *(d.id for d in facts.documents if d.follows_act)),
        defied=_defied(base.defied, facts.defied),
        emergencies=base.emergencies | {e.id: e for e in states.emergencies},
        emergency_sources=base.emergency_sources | states.sources,
    )
