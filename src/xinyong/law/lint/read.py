"""What ``xinyong lint`` is pointed at: an instrument of the catalogue, a file, or a folder.

A folder holds instruments, in it or in its ``instruments``; what else lies there explains
their words: ``authorities.yaml``, ``measures.yaml``, ``facts.yaml`` and ``conducts.csv`` in
the catalogue's own form, and ``places.csv`` with the columns of `_PLACES`. A file is read
with the words of its folder.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from pathlib import Path
from typing import Any

from xinyong.errors import CatalogueError, Problem, UsageError
from xinyong.language import Sentence
from xinyong.law import schema
from xinyong.law.annex import Item, read_conducts, read_items
from xinyong.law.catalogue import Catalogue, load
from xinyong.law.lint.limits import load_profiles
from xinyong.law.lint.rulebook import Rulebook, Words
from xinyong.yamlio import parse_yaml, read_yaml, validate

__all__ = ["NAMELESS", "read_rulebooks", "rulebook_of"]

#: What a text without a file is called where its problems are told.
NAMELESS = "rulebook.yaml"

_VOCABULARY = ("authorities.yaml", "measures.yaml", "facts.yaml")
#: Fields that only some other kind of file has -> what it is, and what to do with it.
_OTHERS = {
    "acts": ("a case", "run it: xinyong case {file}"),
    "subject": ("a case", "run it: xinyong case {file}"),
    "limits": ("a profile of limits", "limits are named with --against; give a rulebook here"),
    "authorities": ("a vocabulary", "put it beside the rulebook and name that, or the folder"),
    "measures": ("a vocabulary", "put it beside the rulebook and name that, or the folder"),
    "documents": ("a vocabulary", "put it beside the rulebook and name that, or the folder"),
    "circumstances": ("a vocabulary", "put it beside the rulebook and name that, or the folder"),
    "emergencies": ("a table of emergencies", "give a rulebook"),
    "mechanisms": ("a scenario", "run it: xinyong run {file}"),
    "scale": ("a scenario", "run it: xinyong run {file}"),
}
_PLACES = ["id", "name_en", "name_zh", "parent"]


def read_rulebooks(what: str, catalogue: Catalogue | None = None) -> list[Rulebook]:
    """Return the rulebooks that a word names: a file, a folder, an id, or ``all``.

    Raises:
        CatalogueError: a file is wrong; every problem with file, line and field.
        UsageError: there is nothing of that name.
    """
    found = load() if catalogue is None else catalogue
    path = Path(what)
    if path.is_dir():
        return _folder(path, found)
    if path.is_file():
        if path.suffix not in (".yaml", ".yml"):
            raise UsageError(f"{what}: a rulebook is a YAML file (.yaml); this is none")
        return _file(path, found)
    if path.suffix in (".yaml", ".yml") or "/" in what:
        raise UsageError(f"{what}: no such file or folder; check the path")
    if what in load_profiles() and what not in found.instruments:
        raise UsageError(f"{what!r} is a profile of limits, not a rulebook; give it to --against")
    words = Words.of(found)
    chosen = list(found.instruments.values()) if what == "all" else [found.instrument(what)]
    return [Rulebook(it, tuple(found.items.get(it.id, ())), words) for it in chosen]


def _folder(path: Path, found: Catalogue) -> list[Rulebook]:
    files = [p for p in sorted(path.glob("*.yaml")) if p.name not in _VOCABULARY]
    files += sorted((path / "instruments").glob("*.yaml"))
    if not files:
        message = "no rulebook here"
        hint = "name a YAML file, or a folder with some in it or in its 'instruments'"
        below = sorted(p for p in path.glob("*") if p.is_dir() and any(p.rglob("*.yaml")))
        if below:
            hint += f"; there are YAML files below, as in {below[0]}"
        raise CatalogueError(Problem(str(path), 0, "", message, hint))
    words, facts = _words(path, found)
    books: list[Rulebook] = []
    problems: list[Problem] = []
    for file in files:
        try:
            books.append(_rulebook(file, found, words, facts))
        except CatalogueError as error:
            problems += error.problems
    if problems:
        raise CatalogueError(problems)
    return books


def _file(path: Path, found: Catalogue) -> list[Rulebook]:
    folder = path.parent.parent if path.parent.name == "instruments" else path.parent
    words, facts = _words(folder, found)
    return [_rulebook(path, found, words, facts)]


def _model(model: type[Any], path: Path) -> Any:
    return validate(model, read_yaml(path, CatalogueError), CatalogueError)


def _words(folder: Path, found: Catalogue) -> tuple[Words, tuple[tuple[str, ...], ...]]:
    """Return the words of a folder over the catalogue's, and its circumstances and documents."""
    words = Words.of(found)
    circumstances, documents = tuple(found.circumstances), tuple(found.documents)
    if (folder / "facts.yaml").is_file():
        facts = _model(schema.Facts, folder / "facts.yaml")
        circumstances += tuple(c.id for c in facts.circumstances)
        documents += tuple(d.id for d in facts.documents)
        words = dataclasses.replace(
            words, worths={**words.worths, **{d.id: d.worth for d in facts.documents}}
        )
    authorities, measures = dict(words.authorities), dict(words.measures)
    conducts, places = dict(words.conducts), dict[str, str]()
    if (folder / "authorities.yaml").is_file():
        own = _model(schema.Authorities, folder / "authorities.yaml")
        authorities |= {a.id: a for a in own.authorities}
    if (folder / "measures.yaml").is_file():
        more = _model(schema.Measures, folder / "measures.yaml")
        measures |= {m.id: m for m in more.measures}
    if (folder / "conducts.csv").is_file():
        rows = read_conducts(folder / "conducts.csv", circumstances, documents)
        conducts |= {c.id: c for c in rows}
    if (folder / "places.csv").is_file():
        places = _places(folder / "places.csv")
    layered = dataclasses.replace(
        words, conducts=conducts, authorities=authorities, measures=measures, places=places
    )
    return layered, (circumstances, documents)


def _places(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(Problem(str(path), 0, "", f"cannot be read: {error}")) from None
    rows = csv.reader(io.StringIO(text))
    header = next(rows, [])
    if header != _PLACES:
        message = f"the header must be {','.join(_PLACES)}"
        raise CatalogueError(Problem(str(path), 1, "", message))
    found: dict[str, str] = {}
    for row in rows:
        if len(row) != len(_PLACES) or not row[0]:
            message = f"{len(row)} cells where {len(_PLACES)} are expected"
            raise CatalogueError(Problem(str(path), rows.line_num, "", message))
        found[row[0]] = row[3]
    return found


def _is_rulebook(path: Path, data: Any) -> None:
    """Say in one line what a file is that is no instrument at all.

    Raises:
        CatalogueError: it has none of the fields that make an instrument.
    """
    if not isinstance(data, dict):
        hint = "a rulebook is a YAML file in the format of docs/encode.md"
        raise CatalogueError(Problem(str(path), 0, "", "this is no rulebook", hint))
    if {"kind", "versions", "issuer"} & set(data):
        return
    what, hint = next(
        (_OTHERS[word] for word in data if word in _OTHERS),
        ("no rulebook: it has neither 'kind' nor 'versions'", "see docs/encode.md for the format"),
    )
    if "{file}" in hint:
        hint = Sentence(hint, file=str(path))
    message = Sentence("this is {what}", what=Sentence(what))
    raise CatalogueError(Problem(str(path), 0, "", message, hint))


def rulebook_of(text: str, catalogue: Catalogue | None = None) -> Rulebook:
    """Return the rulebook that a text is, in the words of the catalogue.

    The items of a scheme's annex are those of the catalogue, if the text has the id of one of
    its schemes and names its annex; a text brings no other file along.

    Raises:
        CatalogueError: the text is wrong; every problem with line and field.
    """
    found = load() if catalogue is None else catalogue
    document = parse_yaml(text, NAMELESS, CatalogueError)
    _is_rulebook(Path(NAMELESS), document.data)
    it = validate(schema.Instrument, document, CatalogueError)
    items: tuple[Item, ...] = ()
    built_in = found.instruments.get(it.id)
    for i, version in enumerate(it.versions):
        annex = version.scheme.items if version.scheme else None
        if annex is None:
            continue
        known = built_in and {w.scheme.items for w in built_in.versions if w.scheme}
        if not known or annex not in known:
            raise CatalogueError(
                document.problem(
                    ("versions", i, "scheme", "items"),
                    "a text brings no annex of items along",
                    "leave it out, or test it with its annex on the command line",
                )
            )
        items = tuple(found.items.get(it.id, ()))
    return Rulebook(it, items, Words.of(found))


def _rulebook(
    path: Path, found: Catalogue, words: Words, facts: tuple[tuple[str, ...], ...]
) -> Rulebook:
    document = read_yaml(path, CatalogueError)
    _is_rulebook(path, document.data)
    it = validate(schema.Instrument, document, CatalogueError)
    items: list[Item] = []
    for i, version in enumerate(it.versions):
        scheme = version.scheme
        if scheme is None or scheme.items is None:
            continue
        beside = path.parent.resolve()
        annex = (beside / scheme.items).resolve()
        if annex.parent != beside or not annex.is_file():
            message = f"no file {scheme.items!r} beside the instrument"
            problem = document.problem(("versions", i, "scheme", "items"), message)
            raise CatalogueError(problem)
        grades = tuple(str(g.id) for g in scheme.grades)
        lists = (*found.instruments, it.id)
        items = read_items(annex, tuple(words.conducts), facts[0], lists, grades)
    return Rulebook(it, tuple(items), words, path)
