"""Amendments: the law as it would be if one value read differently.

An amendment addresses ids, never lines of a file. With a day it copies the version in force
on that day, ends the old one the day before, and begins the copy with the new value; without
one it changes every version that the path names. The result is a new frozen catalogue with a
digest of its own; what was amended cites the amendment, so that no result can pass it off as
the text.

    spc_defaulters.v2017.provisions.ground_2.effect.term.n
    spc_defaulters.provisions.ground_2.effect.term.n        the version of the day
    spc_defaulters.versions.*.provisions.ground_*.when.1    as `path` of a reading has it
    wendeng_2020.items.wd0384.high                          an item of an annex
    wendeng_2020.items.dg_p_b_15.circumstance               what an item asks of an act; null alone

Elements of a list are named by their id, or counted from 0; ``*``, ``?`` and ``[a-c]`` stand for
any characters of a name. The value is YAML; ``null`` takes an element of a list away.
"""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NoReturn, get_args

from xinyong.document import Document, nearest
from xinyong.errors import CatalogueError, UsageError
from xinyong.law import schema
from xinyong.law.annex import Item
from xinyong.law.catalogue import Catalogue, problems_in

__all__ = ["Amendment", "amend", "parse", "reading"]

TRANSITIONS: tuple[str, ...] = get_args(schema.Version.model_fields["transition"].annotation)

_DAY = r"\d{4}-\d{2}-\d{2}"
_TAIL = re.compile(rf"@({_DAY})(?:\.\.({_DAY}))?(?:/(\w+))?$")
_VERSION_FIELDS = frozenset(schema.Version.model_fields) - {"id", "draft"}
_MOST_NAMED = 12


@dataclass(frozen=True)
class Amendment:
    """One change of the law.

    Attributes:
        path: see the module; begins with the id of the instrument.
        value: plain data as YAML has it; None takes an element of a list away.
        from_: first day; None changes what the path names from its own first day on.
        until: last day; None if it stays.
        transition: what the new version counts from; that of the version it copies if None.
        compliance: ``immediate``: followed from the first day; ``as_gate``: with the lag of
            the version it copies.
        because: why, in words; shown wherever the changed value is cited.
        taken: (question, alternative) if it is a reading of an ambiguous text.
    """

    path: str
    value: Any
    from_: dt.date | None = None
    until: dt.date | None = None
    transition: str | None = None
    compliance: str = "immediate"
    because: str = ""
    taken: tuple[str, str] | None = None

    @property
    def words(self) -> str:
        """Return the amendment in one phrase."""
        span = f" from {self.from_}" if self.from_ else ""
        span += f" to {self.until}" if self.until else ""
        if self.because:
            return f"{self.because}{span}"
        return f"{self.path} = {_said(self.value)}{span}"


def _said(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


# --- from text -------------------------------------------------------------------------------


def parse(text: str, option: str = "--amend") -> Amendment:
    """Read ``PATH=VALUE``, ``PATH=VALUE@DAY``, ``…@DAY..DAY`` or ``…@DAY/TRANSITION``.

    Raises:
        UsageError: in one line, with what was expected.

    Example:
        >>> a = parse("spc_defaulters.v2017.provisions.ground_2.effect.term.n=1@2019-01-01")
        >>> a.value, a.from_.isoformat()
        (1, '2019-01-01')
    """
    from xinyong.yamlio import parse_yaml

    path, equals, rest = text.partition("=")
    if not equals or not path.strip():
        raise UsageError(f"{option} {text[:80]}: write PATH=VALUE@YYYY-MM-DD")
    tail = _TAIL.search(rest)
    first, last, transition = tail.groups() if tail else (None, None, None)
    value = rest[: tail.start()] if tail else rest
    if transition is not None and transition not in TRANSITIONS:
        hint = nearest(transition, TRANSITIONS) or f"one of {', '.join(TRANSITIONS)}"
        raise UsageError(f"{option} {path}: unknown transition {transition[:40]!r}; {hint}")
    try:
        data = parse_yaml(f"value: {value}", option).data
        days = [dt.date.fromisoformat(d) if d else None for d in (first, last)]
    except CatalogueError as error:
        reason = error.problems[0].message
        raise UsageError(f"{option} {path}: the value is not YAML: {reason}") from None
    except ValueError:
        raise UsageError(f"{option} {path}: write days as YYYY-MM-DD") from None
    if data.keys() != {"value"}:
        raise UsageError(f"{option} {path}: the value is not one YAML value")
    return Amendment(path.strip(), data["value"], days[0], days[1], transition)


def reading(catalogue: Catalogue, text: str, option: str = "--reading") -> Amendment:
    """Return the amendment that takes another reading: ``INSTRUMENT.QUESTION=ALTERNATIVE``.

    Raises:
        UsageError: there is no such question or alternative, or no value of the catalogue
            stands for it.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> reading(load(), "spc_defaulters.term_start=from_service").value
        'served'
    """
    left, _, wanted = text.partition("=")
    name, _, question = left.strip().partition(".")
    if not question or not wanted.strip():
        raise UsageError(f"{option}: write INSTRUMENT.QUESTION=ALTERNATIVE")
    it = catalogue.instrument(name)
    notes = {note.id: note for note in it.interpretations}
    note = notes.get(question)
    if note is None:
        _none(f"{option}: {name} has no question", question, list(notes))
    others = {a.id: a for a in note.alternatives}
    other = others.get(wanted.strip())
    if other is None:
        _none(f"{option}: {left.strip()} has no alternative", wanted.strip(), list(others))
    if other.path is None:
        raise UsageError(
            f"{option} {text}: this reading is described only, no value stands for it; "
            f"the reading taken is: {note.default}"
        )
    because = f"another reading of {it.name.en}: {other.reading}"
    taken = (note.id, other.id)
    return Amendment(f"{name}.{other.path}", other.value, because=because, taken=taken)


def _none(message: str, word: str, options: list[str]) -> NoReturn:
    hint = nearest(word, options)
    if not hint:
        named = ", ".join(options[:_MOST_NAMED]) or "none"
        more = len(options) - _MOST_NAMED
        hint = f"there are: {named}" + (f" and {more} more" if more > 0 else "")
    raise UsageError(f"{message} {word[:60]!r}; {hint}")


# --- the new catalogue -------------------------------------------------------------------------


def amend(catalogue: Catalogue, amendments: Iterable[Amendment]) -> Catalogue:
    """Return a catalogue with amendments made one after another.

    Raises:
        UsageError: a path names nothing, or the value does not fit there; the message names the
            path and the nearest field.

    Example:
        >>> from xinyong.law.catalogue import load
        >>> path = "spc_defaulters.provisions.ground_2.effect.term.n"
        >>> new = amend(load(), [Amendment(path, 1, dt.date(2019, 1, 1))])
        >>> [w.id for w in new.instruments["spc_defaulters"].versions]
        ['v2013', 'v2017', 'v2017_from_20190101']
    """
    for amendment in amendments:
        changed = _amended(catalogue, amendment)
        said = "\0".join(repr(getattr(amendment, f.name)) for f in fields(amendment))
        body = f"{catalogue.digest}\0{said}".encode()
        digest = hashlib.blake2b(body, digest_size=16).hexdigest()
        catalogue = replace(changed, digest=digest)
    return catalogue


def _amended(catalogue: Catalogue, a: Amendment) -> Catalogue:
    name, *parts = _split(a.path)
    it = catalogue.instrument(name)
    if not parts:
        raise UsageError(f"{a.path}: names an instrument, not a value in it")
    if a.until is not None and (a.from_ is None or a.until < a.from_):
        raise UsageError(f"{a.path}: the last day lies before the first")
    data = it.model_dump(by_alias=True)
    if parts[0] == "items":
        return _items(_with_note(catalogue, it, data, a), it, a, parts[1:])
    ids = [w.id for w in it.versions]
    if parts[0] != "versions" and any(fnmatchcase(w, parts[0]) for w in ids):
        parts = ["versions", *parts]
    elif parts[0] in _VERSION_FIELDS and parts[0] not in data:
        parts = ["versions", "*", *parts]
    elif parts[0] not in data:
        _none(f"{a.path}: {name} has no", parts[0], [*ids, *sorted(_VERSION_FIELDS), "items"])
    if a.from_ is None:
        _put(data, parts, a)
    elif parts[0] != "versions":
        raise UsageError(f"{a.path}: holds for all versions; leave out the day")
    else:
        _put_dated(data, it, parts, a)
    if a.taken is not None:
        _take(data, a)
    new = _checked(catalogue, it, data, a)
    return replace(catalogue, instruments=catalogue.instruments | {name: new})


def _with_note(
    catalogue: Catalogue, it: schema.Instrument, data: dict[str, Any], a: Amendment
) -> Catalogue:
    """Return the catalogue with the question that a reading of items answers, as it reads now."""
    if a.taken is None:
        return catalogue
    _take(data, a)
    new = _checked(catalogue, it, data, a)
    return replace(catalogue, instruments=catalogue.instruments | {it.id: new})


def _split(path: str) -> list[str]:
    parts = path.split(".")
    if not all(parts):
        raise UsageError(f"{path[:80]}: write names with a point between them")
    return parts


def _checked(
    catalogue: Catalogue, it: schema.Instrument, data: dict[str, Any], a: Amendment
) -> schema.Instrument:
    from xinyong.yamlio import validate

    document = Document(data, Path(it.id), {})
    try:
        new = validate(schema.Instrument, document, CatalogueError)
        problems = problems_in(catalogue, new, document)
    except CatalogueError as error:
        problems = error.problems
    if problems:
        first = problems[0]
        hint = f"; {first.suggestion}" if first.suggestion else _whole_term(a)
        raise UsageError(f"{a.path} = {_said(a.value)}: {first.message}{hint}")
    return new


def _whole_term(a: Amendment) -> str:
    """Return how an open term, or one that is to be opened, is written: as a whole."""
    above, _, last = a.path.rpartition(".")
    if last not in ("n", "unit", "from", "open") or not above:
        return ""
    day = f"@{a.from_}" if a.from_ else ""
    term, none = "{n: 2, unit: year, from: decided}", "{open: true}"
    return f"; write the term as a whole: --amend '{above}={term}{day}' or '{above}={none}{day}'"


# --- places of a path ------------------------------------------------------------------------


def _names(node: Any) -> list[str]:
    """Return what may be named inside a node: fields of a block, ids of a list."""
    if isinstance(node, dict):
        return list(node)
    return [_id_of(x) or str(i) for i, x in enumerate(node)] if isinstance(node, list) else []


def _id_of(element: Any) -> str:
    """Return the id of an element; a row of measures is named by its measure."""
    if not isinstance(element, dict):
        return ""
    return str(element.get("id") or element.get("measure") or "")


def _places(node: Any, parts: list[str], at: tuple[str | int, ...] = ()) -> Iterator[Any]:
    """Yield the places that a path names."""
    if not parts:
        yield at
    elif isinstance(node, dict):
        for key in node:
            if fnmatchcase(key, parts[0]):
                yield from _places(node[key], parts[1:], (*at, key))
    elif isinstance(node, list):
        for i, element in enumerate(node):
            if fnmatchcase(_id_of(element), parts[0]) or str(i) == parts[0] or parts[0] == "*":
                yield from _places(element, parts[1:], (*at, i))


def _get(node: Any, at: tuple[str | int, ...]) -> Any:
    for key in at:
        node = node[key]
    return node


def _missing(node: Any, parts: list[str], path: str) -> NoReturn:
    """Say at which name a path leaves the catalogue, and what is there instead."""
    upto = 0
    while upto < len(parts) and any(True for _ in _places(node, parts[: upto + 1])):
        upto += 1
    options: list[str] = []
    for place in _places(node, parts[:upto]):
        options += _names(_get(node, place))
    last = parts[upto - 1] if upto else ""
    if not options and upto:
        raise UsageError(
            f"{path}: {last!r} has nothing in it to change; give it a value as a whole"
        )
    owner = f"{last!r} has no" if upto else "there is no"
    _none(f"{path}: {owner}", parts[upto], list(dict.fromkeys(options)))


def _put(data: dict[str, Any], parts: list[str], a: Amendment) -> None:
    """Write the value at every place that the path names, and cite the amendment there."""
    found = list(_places(data, parts))
    if not found:
        _missing(data, parts, a.path)
    if len(found) > 1:  # a pattern means what has a value, such as terms that are not open
        found = [at for at in found if _get(data, at) is not None] or found
    if all(_get(data, at) == a.value for at in found):
        raise UsageError(f"{a.path}: is {_said(a.value)} already")
    for at in reversed(found):
        holder = _get(data, at[:-1])
        _cite(data, at, a)
        if a.value is None and isinstance(holder, list):
            del holder[at[-1]]
        else:
            holder[at[-1]] = a.value


def _cite(data: dict[str, Any], at: tuple[str | int, ...], a: Amendment) -> None:
    """Let every block around a place cite the amendment, saying what the text has instead."""
    fixed = {"transition": "transition_cite", "rank": "rank_cite"}
    for end in range(1, len(at) + 1):
        holder = _get(data, at[: end - 1])
        key = at[end - 1]
        if end == len(at) and key in fixed and isinstance(holder, dict):
            holder[fixed[str(key)]] = _cited(holder[fixed[str(key)]], a)
        block = holder[key]
        if isinstance(block, dict) and "cite" in block:
            block["cite"] = _cited(block["cite"], a)


def _cited(old: dict[str, Any] | None, a: Amendment) -> dict[str, Any]:
    old = old or {}
    text = f"; the text: {old['source']}, {old['article']}" if old.get("source") else ""
    said = f"amended for this calculation: {a.words}{text}"
    return {"assumption": said if len(said) <= 2000 else f"{said[:1997]}..."}


def _take(data: dict[str, Any], a: Amendment) -> None:
    """Let the question say which reading is taken now."""
    assert a.taken is not None  # noqa: S101 - asked before
    note = next(n for n in data["interpretations"] if n["id"] == a.taken[0])
    other = next(x for x in note["alternatives"] if x["id"] == a.taken[1])
    usual, note["default"] = note["default"], other["reading"]
    other |= {"id": f"{a.taken[1]}_not", "reading": usual, "path": None, "value": None}


# --- with a day ------------------------------------------------------------------------------


def _put_dated(data: dict[str, Any], it: schema.Instrument, parts: list[str], a: Amendment) -> None:
    """Copy the version in force on the day, with the value, between its two neighbours."""
    assert a.from_ is not None  # noqa: S101 - asked before
    versions = data["versions"]
    number = _in_force(it, a.from_)
    if number is None:
        raise UsageError(f"{a.path}: no version of {it.id} is in force on {a.from_}")
    old = versions[number]
    if not fnmatchcase(old["id"], parts[1]):
        if not any(fnmatchcase(w["id"], parts[1]) for w in versions):
            _none(f"{a.path}: {it.id} has no version", parts[1], [w["id"] for w in versions])
        raise UsageError(f"{a.path}: on {a.from_} the version in force is {old['id']}")
    if parts[2:3] == ["in_force"]:
        raise UsageError(f"{a.path}: a day of its own needs no further one; leave out the day")
    last = old["in_force"]["until"]
    if a.until is not None and last is not None and a.until > last:
        raise UsageError(f"{a.path}: {old['id']} ends on {last}; give no later day")
    one = dt.timedelta(1)
    pieces = []
    if old["in_force"]["from"] < a.from_:
        pieces.append(_spanned(old, old["in_force"]["from"], a.from_ - one, a, old["id"]))
    new = _spanned(old, a.from_, a.until or last, a, f"{old['id']}_from_{a.from_:%Y%m%d}")
    new["transition"] = a.transition or old["transition"]
    new["transition_cite"] = _cited(None, a)
    if a.compliance == "immediate":
        new["followed"] = None
    pieces.append(new)
    if a.until is not None and a.until != last:
        after = a.until + one
        pieces.append(_spanned(old, after, last, a, f"{old['id']}_from_{after:%Y%m%d}"))
    own = {"versions": [new]}
    _put(own, ["versions", "*", *parts[2:]], a)
    versions[number : number + 1] = pieces


def _in_force(it: schema.Instrument, day: dt.date) -> int | None:
    for i, w in enumerate(it.versions):
        until = w.in_force.until
        if w.draft is None and w.in_force.from_ <= day and (until is None or day <= until):
            return i
    return None


def _spanned(
    old: dict[str, Any], first: dt.date, last: dt.date | None, a: Amendment, name: str
) -> dict[str, Any]:
    new = copy.deepcopy(old)
    begins = old["in_force"]["from"] == first
    cite = old["in_force"]["cite"] if begins else _cited(None, a)
    new["id"] = name[:80]
    new["in_force"] = {"from": first, "until": last, "cite": cite}
    return new


# --- annexes ---------------------------------------------------------------------------------


def _items(
    catalogue: Catalogue, it: schema.Instrument, a: Amendment, parts: list[str]
) -> Catalogue:
    """Amend items of an annex; they hold for all versions, so there is no day."""
    rows = catalogue.items.get(it.id)
    if rows is None:
        raise UsageError(f"{a.path}: {it.id} has no annex of items")
    if a.from_ is not None:
        raise UsageError(f"{a.path}: an annex holds for all versions; leave out the day")
    numbers = ("low", "high", "lo", "hi", "step", "points_per_step_tenths", "every_months", "grade")
    if len(parts) != 2:
        raise UsageError(f"{a.path}: write {it.id}.items.ITEM.FIELD")
    name, field = parts
    hits = [i for i, row in enumerate(rows) if fnmatchcase(row.item, name)]
    if not hits:
        _none(f"{a.path}: no item", name, [row.item for row in rows])
    asked = ("severity", "circumstance")  # what an item asks of an act may be taken away
    if field not in numbers and field not in asked:
        _none(f"{a.path}: an item has no field that may be amended,", field, [*numbers, *asked])
    grades = [str(g.id) for w in it.versions if w.scheme for g in w.scheme.grades]
    if field == "grade" and a.value not in grades:
        _none(f"{a.path}: {it.id} has no grade", str(a.value), grades)
    if field in asked and a.value is not None:
        raise UsageError(f"{a.path}: expected null, which takes it away, found {_said(a.value)}")
    optional = field in ("lo", "hi", *asked) and a.value is None
    whole = isinstance(a.value, int) and not isinstance(a.value, bool)
    if field != "grade" and not optional and not (whole and abs(a.value) <= 10**12):
        raise UsageError(f"{a.path}: expected a whole number, found {_said(a.value)}")
    value: Any = () if field in asked else a.value
    hits = [i for i in hits if getattr(rows[i], field) != value]
    if not hits:
        raise UsageError(f"{a.path}: is {_said(a.value)} already")
    new = list(rows)
    for i in hits:
        new[i] = _item(rows[i], field, a)
        if new[i].low > new[i].high:
            raise UsageError(f"{a.path}: low must not exceed high")
    return replace(catalogue, items=catalogue.items | {it.id: new})


def _item(row: Item, field: str, a: Amendment) -> Item:
    value = () if field in ("severity", "circumstance") else a.value
    changed: dict[str, Any] = {field: value, "amended": a.words}
    if row.low == row.high and field in ("low", "high"):
        changed |= {"low": a.value, "high": a.value}  # one figure, whichever end is named
    return replace(row, **changed)
