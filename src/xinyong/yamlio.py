"""The front door for every YAML file: instruments, vocabularies, cases, scenarios.

Files may come from strangers, so a small, plain part of YAML 1.2 is accepted and
everything else is refused with file, line and field. One pass over the parser's
events builds the data and notes the line of every field; the file cannot choose
what is constructed (no tags), nothing is expanded (no anchors, aliases or merge
keys), and size, depth and number of nodes are bounded.

ruamel's pure Python parser is used even where its C extension is installed: the
two differ at the edges of the grammar, and a file must mean the same everywhere.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
import stat
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import Scanner

from xinyong.errors import CatalogueError, Problem, _ProblemsError

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NODES",
    "MAX_SCALAR",
    "Document",
    "Loc",
    "dotted",
    "nearest",
    "parse_yaml",
    "read_yaml",
    "validate",
]

MAX_BYTES = 2_000_000
MAX_DEPTH = 30
MAX_NODES = 200_000
MAX_SCALAR = 20_000
_MAX_PROBLEMS = 50

Loc = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

# Control characters except tab and line feed (a carriage return before a line feed
# is dropped beforehand), line separators, direction marks, byte order marks inside
# the text, surrogates and non-characters: none is needed, all can deceive a reader.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)
_DIRECTIVE = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\n)*+%")

# YAML 1.2 core schema (yaml.org/spec/1.2.2, section 10.3.2), plus calendar dates.
_NULL = frozenset(["", "~", "null", "Null", "NULL"])
_BOOL = {w: w.lower() == "true" for w in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_LIKE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?P<time>(?:[Tt]|[ \t]+)[0-9].*)?")
_MAYBE_NOT_TEXT = frozenset("+-.0123456789~ntfNTF")


@dataclass(frozen=True, slots=True)
class Document:
    r"""The plain data of one YAML file, and where each field stands in it.

    Attributes:
        data: nested ``dict``, ``list``, ``str``, ``int``, ``float``, ``bool``, ``None``
            and ``datetime.date``; the top level is a mapping.
        path: the file as the user named it.

    Example:
        >>> doc = parse_yaml("id: x\nsteps:\n  - by: court\n", "a.yaml")
        >>> doc.data
        {'id': 'x', 'steps': [{'by': 'court'}]}
        >>> doc.line(("steps", 0, "by")), doc.line(("steps", 7))
        (3, 2)

    """

    data: dict[str, Any]
    path: Path
    _lines: dict[Loc, int] = field(repr=False, compare=False)

    def line(self, loc: Loc) -> int:
        """Return the 1-based line of a field, or of its nearest existing ancestor."""
        for end in range(len(loc), -1, -1):
            if (line := self._lines.get(tuple(loc[:end]))) is not None:
                return line
        return 1

    def problem(self, loc: Loc, message: str, suggestion: str = "") -> Problem:
        """Return a problem of the field at ``loc``, with its file and line."""
        return Problem(str(self.path), self.line(loc), dotted(loc), message, suggestion)


def read_yaml(path: Path, error: type[_ProblemsError] = CatalogueError) -> Document:
    """Read one YAML file.

    Args:
        path: a regular file of at most 2 MB, UTF-8.
        error: the class to raise; the file's role decides it (catalogue, case, scenario).

    Returns:
        The data with the line of every field.

    Raises:
        _ProblemsError: of class ``error``, if the file cannot be read or is refused.

    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise error(Problem(str(path), 0, "", "is not a file", "name one YAML file"))
        if found.st_size > MAX_BYTES:
            raise error(_too_large(str(path)))
        with path.open("rb") as stream:
            # The size may have changed since: never read more than the limit.
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as exc:  # ValueError: a path with a NUL
        reason = getattr(exc, "strerror", None) or "not a usable path"
        message = f"cannot be read: {reason}"
        raise error(Problem(str(path), 0, "", message, "check the path")) from None
    if len(raw) > MAX_BYTES:
        raise error(_too_large(str(path)))
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "is UTF-16 or UTF-32, expected UTF-8"
        raise error(Problem(str(path), 1, "", message, "save the file as UTF-8"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        message = f"byte 0x{raw[exc.start]:02x} is not UTF-8"
        raise error(Problem(str(path), line, "", message, "save the file as UTF-8")) from None
    return _Builder(text, path, error).build()


def parse_yaml(text: str, name: str, error: type[_ProblemsError] = CatalogueError) -> Document:
    r"""Read YAML from a text; ``name`` stands for the file in messages.

    Raises:
        _ProblemsError: of class ``error``, if the text is refused.

    Example:
        >>> parse_yaml("from: 2013-10-01\nopen: yes\n", "a.yaml").data
        {'from': datetime.date(2013, 10, 1), 'open': 'yes'}

    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise error(_too_large(name))
    return _Builder(text.removeprefix("\ufeff"), Path(name), error).build()


def dotted(loc: Sequence[str | int]) -> str:
    """Return the path of a field as people write it.

    Example:
        >>> dotted(("versions", 0, "provisions", 2, "effect"))
        'versions[0].provisions[2].effect'

    """
    out = ""
    for part in loc:
        if isinstance(part, int):
            out += f"[{part}]"
        elif re.fullmatch(r"[\w-]+", part):
            out += ("." if out else "") + _masked(part)
        else:
            out += f"[{_quoted(part)}]"
    return out


def nearest(word: str, options: Iterable[str]) -> str:
    """Return ``did you mean 'x'?`` for the option nearest to a word, or an empty string.

    Example:
        >>> nearest("efect", ["effect", "trigger"])
        "did you mean 'effect'?"
        >>> nearest("zzz", ["effect", "trigger"])
        ''

    """
    names = {option.lower(): option for option in options}
    # difflib is quadratic in the word, which the file chooses: names are short.
    near = difflib.get_close_matches(word[:80].lower(), names, n=1, cutoff=0.6)
    return f"did you mean {names[near[0]]!r}?" if near else ""


# --- from text to data -------------------------------------------------------------


class _Refused(Exception):
    """Raised inside the scanner, with message and suggestion, before work is wasted."""


class _Reader(Reader):
    r"""ruamel's reader over one whole text, with cheap steps and marks.

    The text is complete and its line ends are ``\n`` only, so nothing is refilled.
    ``stop`` is the index at which the scalar being scanned is given up.
    """

    stop = math.inf

    def peek(self, index: int = 0) -> str:
        if index > MAX_SCALAR:
            raise _Refused(*_TOO_LONG)
        return self.buffer[self.pointer + index]

    def prefix(self, length: int = 1) -> str:
        return self.buffer[self.pointer : self.pointer + length]

    def forward(self, length: int = 1) -> None:
        start = self.pointer
        end = start + length
        self.pointer = self.index = end
        if end > self.stop:
            raise _Refused(*_TOO_LONG)
        breaks = self.buffer.count("\n", start, end)
        if breaks:
            self.line += breaks
            self.column = end - self.buffer.rindex("\n", start, end) - 1
        else:
            self.column += length

    def get_mark(self) -> StreamMark:
        return StreamMark(self.name, self.index, self.line, self.column)


class _Scanner(Scanner):
    """ruamel's scanner, which refuses at the first sign what the builder would refuse.

    Some of its loops are slow or quadratic on hostile input (a tag of 2 MB takes most
    of a minute), so waiting for the event is too late.
    """

    _BLANK = re.compile(r"(?: *+(?:#[^\n]*+)?\n)*+ *+(?:#[^\n\0]*+)?")
    _FLOW_BLANK = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\n)*+[ \t]*+(?:#[^\n\0]*+)?")

    def scan_to_next_token(self) -> None:
        reader = self.reader
        blank = self._FLOW_BLANK if self.flow_level else self._BLANK
        match = blank.match(reader.buffer, reader.pointer)
        if match and (length := match.end() - reader.pointer):
            line = reader.line
            reader.forward(length)
            if reader.line != line and not self.flow_level:
                self.allow_simple_key = True

    def fetch_alias(self) -> NoReturn:
        hint = "write the value out, or quote it if it is a text"
        raise _Refused("aliases (*name) are not accepted", hint)

    def fetch_anchor(self) -> NoReturn:
        hint = "remove the anchor, or quote the value if it is a text"
        raise _Refused("anchors (&name) are not accepted", hint)

    def fetch_tag(self) -> NoReturn:
        hint = "remove the tag, or quote the value if it is a text"
        raise _Refused("tags (!name) are not accepted", hint)

    def fetch_flow_collection_start(self, *args: Any, **named: Any) -> None:
        if self.flow_level >= MAX_DEPTH:
            raise _Refused(*_TOO_DEEP)
        super().fetch_flow_collection_start(*args, **named)

    def fetch_plain(self) -> None:
        self._bounded(super().fetch_plain)

    def fetch_flow_scalar(self, style: Any) -> None:
        self._bounded(lambda: super(_Scanner, self).fetch_flow_scalar(style))

    def fetch_block_scalar(self, style: Any) -> None:
        self._bounded(lambda: super(_Scanner, self).fetch_block_scalar(style))

    def _bounded(self, fetch: Callable[[], None]) -> None:
        # The exact limit is applied to the value; six times that leaves room for
        # indentation and for texts written in escapes such as \u4fe1.
        self.reader.stop = self.reader.index + 6 * MAX_SCALAR
        fetch()
        self.reader.stop = math.inf


class _Builder:
    """Builds the data of one document from the parser's events."""

    def __init__(self, text: str, path: Path, error: type[_ProblemsError]) -> None:
        self.text = text.replace("\r\n", "\n")
        self.path = path
        self.error = error
        self.lines: dict[Loc, int] = {}
        self.nodes = 0
        self.soft: list[Problem] = []  # reading can go on after these
        self.loc: Loc = ()

    def build(self) -> Document:
        self._check_text()
        events = self._events()
        event = next(events)  # stream start
        event = next(events)
        if isinstance(event, StreamEndEvent):
            self._refuse(0, "is empty", "write at least one field, such as 'id: ...'")
        event = next(events)
        self._check_node()
        if not isinstance(event, MappingStartEvent):
            found = "a list" if isinstance(event, SequenceStartEvent) else "a single value"
            self._refuse(event, f"the top level is {found}, expected a mapping of fields")
        data = self._mapping(events, event, ())
        next(events)  # document end
        self.loc = ()
        event = next(events)
        if isinstance(event, DocumentStartEvent):
            self._refuse(event, "a second document starts here", "keep one document a file")
        if self.soft:
            raise self.error(_limited(self.soft))
        return Document(data, self.path, self.lines)

    def _check_text(self) -> None:
        if match := _FORBIDDEN.search(self.text):
            line = self.text.count("\n", 0, match.start()) + 1
            self._refuse(line, _forbidden(match.group()), "remove the character")
        if match := _DIRECTIVE.match(self.text):
            line = self.text.count("\n", 0, match.end()) + 1
            self._refuse(line, "directives (%) are not accepted", "remove the line")
        # Refuse far too many nodes before the (slow) parser starts: every pair has a
        # colon and, in flow style, a comma; every other entry a comma, dash or bracket.
        count = self.text.count
        colons, commas = count(":"), count(",")
        marks = colons + max(colons, commas) + count("[") + count("- ") + count("-\n")
        if marks > MAX_NODES:
            self._too_many()

    def _events(self) -> Iterator[Any]:
        yaml = YAML(typ="safe", pure=True, plug_ins=[])
        yaml.Reader, yaml.Scanner = _Reader, _Scanner
        try:
            # Not yaml.parse(): it resets the reader, and with it the line, on an error.
            _, parser = yaml.get_constructor_parser(self.text)
            while parser.check_event():
                yield parser.get_event()
        except MarkedYAMLError as exc:
            mark = exc.problem_mark or exc.context_mark
            words = " ".join(str(part) for part in (exc.context, exc.problem) if part)
            message = f"not readable as YAML: {_masked(words)[:200]}"
            self._refuse(mark.line + 1 if mark else 0, message, _syntax_hint(words))
        except _Refused as exc:
            self._refuse(yaml.reader.line + 1, *exc.args)
        except (GeneratorExit, _ProblemsError):
            raise
        except Exception:
            # The parser is not ours: on odd input it may also raise IndexError,
            # ValueError or OverflowError. A user must see a line, never a traceback.
            self._refuse(yaml.reader.line + 1, "not readable as YAML", "check this line")

    def _value(self, events: Iterator[Any], event: Any, loc: Loc) -> Any:
        if type(event) is ScalarEvent:
            return self._scalar(event, loc)
        if len(loc) >= MAX_DEPTH:
            self.loc = loc
            self._refuse(event, *_TOO_DEEP)
        if type(event) is MappingStartEvent:
            return self._mapping(events, event, loc)
        return self._sequence(events, loc)

    def _mapping(self, events: Iterator[Any], start: Any, loc: Loc) -> dict[str, Any]:
        out: dict[str, Any] = {}
        self.lines.setdefault(loc, start.start_mark.line + 1)
        while True:
            self.loc = loc
            event = next(events)
            if type(event) is MappingEndEvent:
                break
            self._check_node()
            key = self._key(event, loc)
            line = event.start_mark.line + 1
            here = (*loc, key)
            if key in out:
                self._note(here, line, f"given twice, first on line {self.lines[here]}", "keep one")
            self.lines[here] = line
            self.loc = here
            event = next(events)
            self._check_node()
            out[key] = self._value(events, event, here)
        return out

    def _sequence(self, events: Iterator[Any], loc: Loc) -> list[Any]:
        out: list[Any] = []
        while True:
            here = (*loc, len(out))
            self.loc = here
            event = next(events)
            if type(event) is SequenceEndEvent:
                break
            self._check_node()
            self.lines[here] = event.start_mark.line + 1
            out.append(self._value(events, event, here))
        return out

    def _check_node(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._too_many()

    def _key(self, event: Any, loc: Loc) -> str:
        if type(event) is not ScalarEvent:
            self._refuse(event, "a key must be text, not a list or mapping")
        if event.value == "<<":
            self._refuse(event, "merge keys (<<) are not accepted", "write the fields out")
        key = self._scalar(event, loc)
        if not isinstance(key, str):
            message = f"a key must be text, not {_shown(key)}"
            self._refuse(event, message, "put the key in quotes")
        return key

    def _scalar(self, event: Any, loc: Loc) -> Any:
        word: str = event.value
        if len(word) > MAX_SCALAR:
            self.loc = loc
            self._refuse(event, *_TOO_LONG)
        if not event.implicit[0]:
            return self._text(event, loc, word) if event.style == '"' else word
        if word and word[0] not in _MAYBE_NOT_TEXT:
            return word
        if word in _NULL:
            return None
        if word in _BOOL:
            return _BOOL[word]
        line = event.start_mark.line + 1
        if _INT.fullmatch(word):
            # int() itself refuses thousands of digits, so look at the length first.
            base = {"0o": 8, "0x": 16}.get(word[:2], 10)
            digits = word.lstrip("+-")[0 if base == 10 else 2 :].lstrip("0")
            number = int(word, base) if len(digits) <= 22 else 1 << 64
            if -(1 << 63) <= number < 1 << 63:
                return number
            self._note(loc, line, "a whole number beyond 64 bits", "quote it if it is not a number")
        elif _FLOAT.fullmatch(word):
            if math.isfinite(value := float(word)):
                return value
            self._note(loc, line, "a number too large to be held", "write a smaller number")
        elif _NOT_FINITE.fullmatch(word):
            self._note(loc, line, f"{word} is not a number here", "leave the field out if unknown")
        elif match := _DATE_LIKE.fullmatch(word):
            if match["time"]:
                message = "a time of day is not accepted, only calendar dates"
                self._note(loc, line, message, f"write {word[:10]}, or put the text in quotes")
            elif _DATE.fullmatch(word):
                try:
                    return dt.date.fromisoformat(word)
                except ValueError:
                    self._note(loc, line, f"{word} is not a calendar date", "check year-month-day")
            else:
                hint = "write year-month-day as in 2013-10-01"
                self._note(loc, line, f"{word} is not a calendar date", hint)
        else:
            return word
        return None

    def _text(self, event: Any, loc: Loc, word: str) -> str:
        """Return a double-quoted text: its escapes may have made what is refused elsewhere."""
        if not _FORBIDDEN.search(word):
            return word
        # JSON writes characters beyond U+FFFF as two escapes.
        joined = word.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        if match := _FORBIDDEN.search(joined):
            self.loc = loc
            self._refuse(event, _forbidden(match.group()), "remove the escape")
        return joined

    def _note(self, loc: Loc, line: int, message: str, hint: str = "") -> None:
        self.soft.append(Problem(str(self.path), line, dotted(loc), message, hint))

    def _too_many(self) -> NoReturn:
        self.loc = ()
        self._refuse(0, f"too many values, the limit is {MAX_NODES:,}", "split the file")

    def _refuse(self, where: Any, message: str, hint: str = "") -> NoReturn:
        line = where if isinstance(where, int) else where.start_mark.line + 1
        problem = Problem(str(self.path), line, dotted(self.loc), message, hint)
        raise self.error(_limited([*self.soft, problem])) from None


_TOO_DEEP = (f"nested deeper than {MAX_DEPTH} levels", "flatten the data")
_TOO_LONG = (f"a text longer than {MAX_SCALAR:,} characters", "shorten or split it")


def _too_large(name: str) -> Problem:
    return Problem(name, 0, "", f"larger than {MAX_BYTES // 1_000_000} MB", "split the file")


def _forbidden(char: str) -> str:
    code = ord(char)
    kind = "a lone surrogate" if 0xD800 <= code <= 0xDFFF else "a control or direction character"
    return f"U+{code:04X} is {'the NUL character' if code == 0 else kind}, which is not accepted"


def _syntax_hint(words: str) -> str:
    if "'\\t'" in words:
        return "indent with spaces, not tabs"
    if "':'" in words or "mapping values are not allowed" in words:
        return "quote texts that contain ': ', and check the indentation"
    return "check indentation, quotes and brackets on this line and the one before"


def _limited(problems: list[Problem]) -> list[Problem]:
    """Sort by line and keep the first fifty, saying how many are left out."""
    ordered = sorted(problems, key=lambda p: p.line)
    if len(ordered) <= _MAX_PROBLEMS:
        return ordered
    rest = len(ordered) - _MAX_PROBLEMS
    return [*ordered[:_MAX_PROBLEMS], Problem(ordered[0].file, 0, "", f"and {rest} more")]


_LONG_NUMBER = re.compile(r"(?=(?:[A-Za-z]*[0-9]){8})[0-9A-Za-z]{11,}")


def _masked(text: str) -> str:
    """Hide runs that look like identity or telephone numbers: messages end up in logs."""
    return _LONG_NUMBER.sub("…", text)


def _quoted(text: str) -> str:
    short = text if len(text) <= 60 else text[:57] + "..."
    return repr(_masked(short))


def _shown(value: object) -> str:
    """Describe a value from a file in plain words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return f"{str(value).lower()}"
        case str():
            return f"the text {_quoted(value)}"
        case int() | float():
            return f"the number {_masked(str(value))}"
        case dt.date():
            return f"the date {value.isoformat()}"
        case list() | tuple():
            return "a list"
        case dict():
            return "a mapping"
    return f"a value of type {type(value).__name__}"


# --- from data to models -----------------------------------------------------------


@dataclass(slots=True)
class _Found:
    """One error of pydantic, placed in the document.

    pydantic's ``raw`` location mixes fields with labels of union members; ``loc`` keeps
    the fields, ``labels`` the positions of the labels within ``raw``.
    """

    kind: str
    raw: Loc
    loc: Loc
    labels: tuple[int, ...]
    value: Any
    ctx: dict[str, Any]
    text: str
    expected: list[str] = field(default_factory=list)


def validate(
    model: type[Model], document: Document, error: type[_ProblemsError] = CatalogueError
) -> Model:
    """Return the document as a model, or raise every problem at once, sorted by line.

    How strict the reading is, the model decides (``extra="forbid"``, ``strict=True``).

    Raises:
        _ProblemsError: of class ``error``, with at most fifty problems and a count of
            the rest.

    Example:
        >>> class Step(BaseModel, extra="forbid"):
        ...     by: Literal["court", "police"]
        >>> validate(Step, parse_yaml("by: cuort", "a.yaml"))
        Traceback (most recent call last):
        ...
        xinyong.errors.CatalogueError: a.yaml:1: by: expected 'court' or 'police', found \
the text 'cuort'; did you mean 'court'?

    """
    try:
        return model.model_validate(document.data)
    except ValidationError as exc:
        found = [_place(raw, document.data) for raw in exc.errors(include_url=False)]
    problems = [_problem(each, model, document) for each in _without_union_noise(found)]
    raise error(_limited(list(dict.fromkeys(problems)))) from None


def _place(raw: Any, data: Any) -> _Found:
    """Tell fields from union labels in a pydantic location."""
    loc: Loc = tuple(raw["loc"])
    first: tuple[int, ...] | None = None
    for labels in _label_choices(loc, data, 0, raw["type"] == "missing"):
        first = labels if first is None else first
        parent = data
        kept = [part for i, part in enumerate(loc) if i not in labels]
        if raw["type"] == "missing":
            kept = kept[:-1]
        for part in kept:
            parent = parent[part]
        if parent is raw["input"]:
            first = labels
            break
    labels = first or ()
    fields = tuple(part for i, part in enumerate(loc) if i not in labels)
    return _Found(raw["type"], loc, fields, labels, raw["input"], raw.get("ctx", {}), raw["msg"])


def _label_choices(loc: Loc, value: Any, at: int, missing: bool) -> Iterator[tuple[int, ...]]:
    """Yield the possible positions of labels, fields first; pydantic does not mark them."""
    if at == len(loc):
        yield ()
        return
    part = loc[at]
    if missing and at == len(loc) - 1:
        yield ()
        return
    here = isinstance(value, dict) and part in value
    here = here or (isinstance(value, list) and isinstance(part, int) and part < len(value))
    if here:
        yield from _label_choices(loc, value[part], at + 1, missing)
    if isinstance(part, str):
        for rest in _label_choices(loc, value, at + 1, missing):
            yield (at, *rest)


def _without_union_noise(found: list[_Found]) -> list[_Found]:
    """Keep, of a union, the errors of the one member that the author most likely meant.

    That is the member with errors deepest inside (its shape fitted), then with fewest
    errors. Where no member's shape fitted, all are merged into one "expected a or b".
    """
    depth = max((i for each in found for i in each.labels), default=-1)
    for at in range(depth, -1, -1):  # innermost unions first
        sites: dict[Loc, dict[str | int, list[_Found]]] = {}
        for each in found:
            if at in each.labels:
                sites.setdefault(each.raw[:at], {}).setdefault(each.raw[at], []).append(each)
        for members in sites.values():
            if len(members) < 2:
                continue
            errors = [each for member in members.values() for each in member]
            own = at - sum(i < at for i in errors[0].labels)  # depth of the union itself
            inside = [m for m in members.values() if any(len(e.loc) > own for e in m)]
            if inside:
                keep = min(inside, key=lambda m: (len(m), -max(len(e.loc) for e in m)))
            else:
                keep = errors[:1]
                expected = [word for each in errors for word in _expected(each)]
                keep[0].expected = list(dict.fromkeys(expected))
            kept = {id(each) for each in keep}
            dropped = {id(each) for each in errors} - kept
            found = [each for each in found if id(each) not in dropped]
    return found


_WANTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_type": "a date such as 2013-10-01",
    "date_parsing": "a date such as 2013-10-01",
    "date_from_datetime_parsing": "a date such as 2013-10-01",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping of fields",
    "model_type": "a mapping of fields",
    "model_attributes_type": "a mapping of fields",
    "dataclass_type": "a mapping of fields",
    "mapping_type": "a mapping of fields",
    "none_required": "nothing",
    "greater_than": "a value above {gt}",
    "greater_than_equal": "a value of at least {ge}",
    "less_than": "a value below {lt}",
    "less_than_equal": "a value of at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
    "string_pattern_mismatch": "a text of the form {pattern}",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
    "literal_error": "{expected}",
    "enum": "{expected}",
}


def _expected(each: _Found) -> list[str]:
    if each.expected:
        return each.expected
    wanted = _WANTED.get(each.kind)
    if each.kind == "union_tag_invalid":
        return str(each.ctx["expected_tags"]).split(", ")
    return [wanted.format(**each.ctx)] if wanted else []


def _problem(each: _Found, model: type[BaseModel], document: Document) -> Problem:
    loc, value = each.loc, each.value
    if each.kind == "missing":
        name = str(loc[-1])
        return document.problem(loc, "this field is missing", f"add '{name}: ...'")
    if each.kind == "extra_forbidden":
        models = _models_at(model, each.raw[:-1])
        allowed = list(dict.fromkeys(name for m in models for name in _names(m)))
        hint = nearest(str(loc[-1]), allowed)
        hint = hint or (f"known here: {', '.join(allowed)}" if allowed else "remove it")
        return document.problem(loc, f"unknown field {_quoted(str(loc[-1]))}", hint)
    if each.kind in ("union_tag_not_found", "union_tag_invalid"):
        name = str(each.ctx.get("discriminator", "")).strip("'")
        if each.kind == "union_tag_not_found":
            return document.problem((*loc, name), "this field is missing", f"add '{name}: ...'")
        loc, value = (*loc, name), each.ctx.get("tag")
    words = _expected(each)
    if not words:
        # Validators of ours speak for themselves; pydantic prefixes their words.
        own = each.ctx.get("error")
        text = str(own) if own is not None else each.text
        return document.problem(loc, _masked(text))
    message = f"expected {' or '.join(words)}, found {_shown(value)}"
    return document.problem(loc, message, _type_hint(each.kind, words, value))


def _type_hint(kind: str, words: list[str], value: object) -> str:
    if isinstance(value, str):
        options = [o for word in words for o in re.findall(r"'((?:[^'\\]|\\.)*)'", word)]
        return nearest(value, options)
    if kind == "string_type" and isinstance(value, bool | int | float | dt.date):
        return "put it in quotes"
    return ""


def _names(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def _models_at(annotation: Any, loc: Loc) -> list[type[BaseModel]]:
    """Return the models that may stand at a pydantic location below an annotation."""
    annotation = getattr(annotation, "__value__", annotation)  # ``type X = ...``
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _models_at(args[0], loc)
    if origin in (Union, types.UnionType):
        labelled = [m for m in args if loc and _has_label(m, loc[0])]
        if labelled:
            return [found for m in labelled for found in _models_at(m, loc[1:])]
        return [found for m in args for found in _models_at(m, loc)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not loc:
            return [annotation]
        for name, info in annotation.model_fields.items():
            if loc[0] in (name, info.alias):
                return _models_at(info.annotation, loc[1:])
            if name == "root":
                return _models_at(info.annotation, loc)
        return []
    if args and loc:
        if origin is dict or (isinstance(origin, type) and issubclass(origin, dict)):
            return _models_at(args[1], loc[1:])
        inner = [found for a in args for found in _models_at(a, loc[1:])]
        return list(dict.fromkeys(inner))
    return []


def _has_label(member: Any, label: str | int) -> bool:
    """Whether pydantic names this member of a union so: by tag, by kind or by class."""
    if get_origin(member) is Annotated:
        inner, *notes = get_args(member)
        return any(isinstance(n, Tag) and n.tag == label for n in notes) or _has_label(inner, label)
    if not (isinstance(member, type) and issubclass(member, BaseModel)):
        return False
    if member.__name__ == label:
        return True
    kinds = [i.annotation for i in member.model_fields.values()]
    return any(get_origin(kind) is Literal and label in get_args(kind) for kind in kinds)
