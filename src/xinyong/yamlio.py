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
import math
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

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
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import Scanner
from ruamel.yaml.tokens import ScalarToken

from xinyong.document import (
    FORBIDDEN,
    MAX_BYTES,
    Document,
    Loc,
    dotted,
    forbidden,
    limited,
    masked,
    nearest,
    shown,
)
from xinyong.errors import CaseError, CatalogueError, Problem, _ProblemsError
from xinyong.language import Sentence
from xinyong.validation import validate

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

MAX_DEPTH = 30
MAX_NODES = 200_000
MAX_SCALAR = 20_000

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
        told = Sentence("cannot be read: {reason}", reason=reason)
        raise error(Problem(str(path), 0, "", told, "check the path")) from None
    if len(raw) > MAX_BYTES:
        raise error(_too_large(str(path)))
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "is UTF-16 or UTF-32, expected UTF-8"
        raise error(Problem(str(path), 1, "", message, "save the file as UTF-8"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        message = Sentence("byte {byte} is not UTF-8", byte=f"0x{raw[exc.start]:02x}")
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

    #: Property in the base class, asked for at every character; the reader never changes.
    reader: Any = None
    #: Another version needs a directive, and directives are refused.
    scanner_processing_version = (1, 2)

    def __init__(self, loader: Any = None) -> None:
        self.reader = loader.reader
        super().__init__(loader)

    # Every event asks these half a dozen times; the base class answers each in four calls.

    def need_more_tokens(self) -> bool:
        if self.done:
            return False
        if not self.tokens:
            return True
        keys = self.possible_simple_keys
        if not keys:
            return False
        reader = self.reader
        line, oldest = reader.line, reader.index - 1024
        for key in keys.values():
            if key.line != line or key.index < oldest:
                self.stale_possible_simple_keys()
                break
        taken = self.tokens_taken
        first = None
        for key in keys.values():
            if first is None or key.token_number < first:
                first = key.token_number
        return first == taken

    def check_token(self, *choices: Any) -> bool:
        while self.need_more_tokens():
            self.fetch_more_tokens()
        return bool(self.tokens) and (not choices or isinstance(self.tokens[0], choices))

    # A plain scalar goes on to the end of its line, a colon and space, or a comment; in
    # flow style also to a comma or bracket. The base class goes character by character.
    _WORD = r"(?:[^ \t\n\0:%s]|:(?![ \t\n\0]))++"
    _PLAIN = re.compile(rf"{_WORD}(?: ++(?!#){_WORD})*+" % ("", ""))
    _FLOW_PLAIN = re.compile(rf"{_WORD}(?: ++(?!#){_WORD})*+" % ((r",\[\]{}",) * 2))

    def scan_plain(self) -> ScalarToken:
        reader = self.reader
        flow = self.flow_level
        plain = self._FLOW_PLAIN if flow else self._PLAIN
        start_mark = end_mark = reader.get_mark()
        indent = self.indent + 1
        chunks: list[str] = []
        spaces: list[str] = []
        while reader.peek() != "#":
            match = plain.match(reader.buffer, reader.pointer)
            if match is None:
                break
            self.allow_simple_key = False
            chunks += spaces
            chunks.append(match.group())
            reader.forward(match.end() - match.start())
            end_mark = reader.get_mark()
            spaces = self.scan_plain_spaces(indent, start_mark)
            if not spaces or (not flow and reader.column < indent):
                break
        return ScalarToken("".join(chunks), True, start_mark, end_mark)

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


class _Parser(Parser):
    """ruamel's parser, which keeps its scanner instead of looking it up at every step."""

    scanner: Any = None
    resolver: Any = None  # both are properties of the base class

    def __init__(self, loader: Any) -> None:
        self.scanner, self.resolver = loader.scanner, loader.resolver
        super().__init__(loader)

    def parse_node(self, block: bool = False, indentless_sequence: bool = False) -> Any:
        token = self.scanner.peek_token()
        if type(token) is not ScalarToken:
            return super().parse_node(block, indentless_sequence)
        # Most nodes are scalars, and none has an anchor or a tag: the scanner refuses both.
        self.scanner.get_token()
        self.state = self.states.pop()
        implicit = (True, False) if token.plain else (False, True)
        start, end = token.start_mark, token.end_mark
        return ScalarEvent(None, None, implicit, token.value, start, end, style=token.style)


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
            hint = "write at least one field, such as 'id: ...'"
            if self.error is CaseError:
                hint = "a case begins: subject: {kind: person, place: beijing}; then acts and on"
            self._refuse(0, "is empty", hint)
        event = next(events)
        self._check_node()
        if not isinstance(event, MappingStartEvent):
            listed = isinstance(event, SequenceStartEvent)
            found = Sentence("a list") if listed else Sentence("a single value")
            message = Sentence(
                "the top level is {found}, expected a mapping of fields", found=found
            )
            self._refuse(event, message)
        data = self._mapping(events, event, ())
        next(events)  # document end
        self.loc = ()
        event = next(events)
        if isinstance(event, DocumentStartEvent):
            self._refuse(event, "a second document starts here", "keep one document a file")
        if self.soft:
            raise self.error(limited(self.soft))
        return Document(data, self.path, self.lines)

    def _check_text(self) -> None:
        if match := FORBIDDEN.search(self.text):
            line = self.text.count("\n", 0, match.start()) + 1
            self._refuse(line, forbidden(match.group()), "remove the character")
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
        yaml.Reader, yaml.Scanner, yaml.Parser = _Reader, _Scanner, _Parser
        try:
            # Not yaml.parse(): it resets the reader, and with it the line, on an error.
            _, parser = yaml.get_constructor_parser(self.text)
            while parser.check_event():
                yield parser.get_event()
        except MarkedYAMLError as exc:
            mark = exc.problem_mark or exc.context_mark
            words = " ".join(str(part) for part in (exc.context, exc.problem) if part)
            message = Sentence("not readable as YAML: {words}", words=masked(words)[:200])
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
                first = str(self.lines[here])
                message = Sentence("given twice, first on line {n}", n=first)
                self._note(here, line, message, "keep one")
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
            message = Sentence("a key must be text, not {what}", what=shown(key))
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
            none = Sentence("{word} is not a number here", word=word)
            self._note(loc, line, none, "leave the field out if unknown")
        elif match := _DATE_LIKE.fullmatch(word):
            if match["time"]:
                message = "a time of day is not accepted, only calendar dates"
                mend = Sentence("write {day}, or put the text in quotes", day=word[:10])
                self._note(loc, line, message, mend)
            elif _DATE.fullmatch(word):
                try:
                    return dt.date.fromisoformat(word)
                except ValueError:
                    self._note(loc, line, _no_date(word), "check year-month-day")
            else:
                hint = "write year-month-day as in 2013-10-01"
                self._note(loc, line, _no_date(word), hint)
        else:
            return word
        return None

    def _text(self, event: Any, loc: Loc, word: str) -> str:
        """Return a double-quoted text: its escapes may have made what is refused elsewhere."""
        if not FORBIDDEN.search(word):
            return word
        # JSON writes characters beyond U+FFFF as two escapes.
        joined = word.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        if match := FORBIDDEN.search(joined):
            self.loc = loc
            self._refuse(event, forbidden(match.group()), "remove the escape")
        return joined

    def _note(self, loc: Loc, line: int, message: str, hint: str = "") -> None:
        self.soft.append(Problem(str(self.path), line, dotted(loc), message, hint))

    def _too_many(self) -> NoReturn:
        self.loc = ()
        message = Sentence("too many values, the limit is {n}", n=f"{MAX_NODES:,}")
        self._refuse(0, message, "split the file")

    def _refuse(self, where: Any, message: str, hint: str = "") -> NoReturn:
        line = where if isinstance(where, int) else where.start_mark.line + 1
        problem = Problem(str(self.path), line, dotted(self.loc), message, hint)
        raise self.error(limited([*self.soft, problem])) from None


_TOO_DEEP = (Sentence("nested deeper than {n} levels", n=str(MAX_DEPTH)), "flatten the data")
_TOO_LONG = (
    Sentence("a text longer than {n} characters", n=f"{MAX_SCALAR:,}"),
    "shorten or split it",
)


def _no_date(word: str) -> str:
    return Sentence("{word} is not a calendar date", word=word)


def _too_large(name: str) -> Problem:
    message = Sentence("larger than {n} MB", n=str(MAX_BYTES // 1_000_000))
    return Problem(name, 0, "", message, "split the file")


def _syntax_hint(words: str) -> str:
    if "'\\t'" in words:
        return "indent with spaces, not tabs"
    if "':'" in words or "mapping values are not allowed" in words:
        return "quote texts that contain ': ', and check the indentation"
    return "check indentation, quotes and brackets on this line and the one before"
