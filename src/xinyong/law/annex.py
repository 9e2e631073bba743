"""Tables of the catalogue: the conducts, and the annexes of items that schemes score.

An annex is a CSV file beside its instrument, one row an item; the columns are those
of `Item`. Errors name file, line and column, several at once.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from xinyong.document import FORBIDDEN, MAX_BYTES, forbidden, nearest, quoted
from xinyong.errors import CatalogueError, Problem
from xinyong.law import vocabulary as v

__all__ = ["Conduct", "Item", "read_conducts", "read_items"]

_LISTS = {"kinds", "quantities", "circumstances", "documents", "protected", "conduct"}


@dataclass(frozen=True, slots=True)
class Conduct:
    """A type of act.

    Attributes:
        id: the word used everywhere.
        en: plain restatement; zh: short official term, or empty.
        field: field of the 2014 Outline; polarity: ``bad`` or ``good``.
        kinds: kinds of subjects that may do it.
        episode: whether it lasts (arrears) or happens on a day.
        quantities, circumstances, documents: facts that an act of it may state.
        protected: protected-conduct tags; such conduct is case-only.
        line: line of the table, for messages.
    """

    id: str
    en: str
    zh: str
    field: str
    polarity: str
    kinds: tuple[str, ...]
    episode: bool
    quantities: tuple[str, ...]
    circumstances: tuple[str, ...]
    documents: tuple[str, ...]
    protected: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a scheme's annex, or one case of direct grading.

    ``low`` and ``high`` are whole points (equal unless the item leaves a range to
    discretion); a direct-grade case has `grade` instead. `quantity` with `lo`, `hi`
    is a band. `per`, `step`, `points_per_step_tenths`, `tier_base` score a quantity
    step by step. `every_months` counts the item once a started cycle. Items of one
    `ladder` share a quantity cumulated in the calendar year; `ladder_mode` is
    ``replace`` (the highest band reached counts) or ``add`` (tiers add up). An item whose
    `flag` has ``conversion`` describes what the instrument's conversions already do. `amended`
    says what an amendment changed (`law.amend`); no file has it.
    """

    item: str
    article: str
    kinds: tuple[str, ...]
    conduct: tuple[str, ...]
    group: str
    group_zh: str
    text_en: str
    low: int
    high: int
    grade: str
    quantity: str
    lo: int | None
    hi: int | None
    lo_inclusive: bool
    hi_inclusive: bool
    per: str
    step: int
    points_per_step_tenths: int
    tier_base: int
    every_months: int
    circumstance: tuple[str, ...]
    severity: tuple[str, ...]
    role: str
    via: tuple[str, ...]
    award: str
    ladder: str
    ladder_mode: str
    field: str
    protected: tuple[str, ...]
    flag: str
    line: int = 0
    amended: str = ""


def _read_table(path: Path, columns: list[str], problems: list[Problem]) -> list[dict[str, str]]:
    """Return the rows of a CSV file whose header must be exactly `columns`."""
    text = _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[dict[str, str]] = []
    header = False
    try:
        for cells in reader:
            line = reader.line_num
            if not header:
                header = True
                if cells != columns:
                    message = f"the header must be {','.join(columns)}"
                    raise CatalogueError(Problem(str(path), 1, columns[0], message))
            elif len(cells) != len(columns):
                message = f"{len(cells)} cells where {len(columns)} are expected"
                where = columns[min(len(cells), len(columns) - 1)]
                problems.append(Problem(str(path), line, where, message, "check the commas"))
            else:
                rows.append(dict(zip(columns, cells, strict=True)) | {"line": str(line)})
    except csv.Error as error:
        hint = "check the quotes on this line"
        message = f"not readable as CSV: {error}"
        problem = Problem(str(path), max(reader.line_num, 1), columns[0], message, hint)
        raise CatalogueError([*problems, problem]) from None
    if not header:
        raise CatalogueError(Problem(str(path), 1, columns[0], "is empty", "write the header"))
    return rows


def _text(path: Path) -> str:
    """Return the text of a table, refused where it is too large or holds odd characters."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or "not a usable path"
        raise CatalogueError(Problem(str(path), 0, "", f"cannot be read: {reason}")) from None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        hint = "save the file as UTF-8"
        raise CatalogueError(Problem(str(path), line, "", message, hint)) from None
    if len(raw) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1_000_000} MB"
        raise CatalogueError(Problem(str(path), 0, "", message, "split the file"))
    text = text.replace("\r\n", "\n")
    if match := FORBIDDEN.search(text):
        line = text.count("\n", 0, match.start()) + 1
        hint = "remove the character"
        raise CatalogueError(Problem(str(path), line, "", forbidden(match.group()), hint))
    return text


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


class _Row:
    """Reads the cells of one row and notes what is wrong with them."""

    def __init__(self, path: Path, cells: dict[str, str], problems: list[Problem]) -> None:
        self.path, self.cells, self.problems = path, cells, problems
        self.line = int(cells["line"])

    def wrong(self, column: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(str(self.path), self.line, column, message, hint))

    def integer(self, column: str, default: int | None) -> Any:
        cell = self.cells[column].strip()
        if not cell:
            return default
        if not re.fullmatch(r"[-+]?[0-9]{1,15}", cell):
            self.wrong(column, f"{quoted(cell)} is not a whole number", "write digits only")
            return default
        return int(cell)

    def word(self, column: str, allowed: tuple[str, ...], empty: bool = True) -> str:
        cell = self.cells[column].strip()
        if (cell or not empty) and cell not in allowed:
            self.wrong(column, f"unknown word {quoted(cell)}", nearest(cell, allowed))
        return cell

    def words(self, column: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        found = _listed(self.cells[column])
        for word in found:
            if word not in allowed:
                self.wrong(column, f"unknown word {quoted(word)}", nearest(word, allowed))
        return found

    def flag(self, column: str, default: bool) -> bool:
        cell = self.cells[column].strip().lower()
        if cell not in ("", "0", "1", "true", "false"):
            self.wrong(column, f"{quoted(cell)} is neither 0 nor 1", "write 0 or 1")
        return cell in ("1", "true") if cell else default


def read_conducts(
    path: Path,
    circumstances: tuple[str, ...],
    documents: tuple[str, ...],
    known: Container[str] = (),
) -> list[Conduct]:
    """Read the table of conducts.

    Args:
        path: the CSV file.
        circumstances: circumstances that cells may name.
        documents: document kinds that they may.
        known: conducts that the catalogue below has already.

    Raises:
        CatalogueError: with every problem found, each with file, line and column.
    """
    problems: list[Problem] = []
    columns = [f.name for f in fields(Conduct) if f.name != "line"]
    found: list[Conduct] = []
    for cells in _read_table(path, columns, problems):
        row = _Row(path, cells, problems)
        found.append(
            Conduct(
                id=cells["id"].strip(),
                en=cells["en"].strip(),
                zh=cells["zh"].strip(),
                field=row.word("field", v.FIELDS, empty=False),
                polarity=row.word("polarity", ("good", "bad"), empty=False),
                kinds=row.words("kinds", v.KINDS),
                episode=row.flag("episode", default=False),
                quantities=row.words("quantities", v.QUANTITIES),
                circumstances=row.words("circumstances", circumstances),
                documents=row.words("documents", documents),
                protected=row.words("protected", v.PROTECTED),
                line=row.line,
            )
        )
        if not found[-1].id.isidentifier() or not found[-1].id.islower():
            row.wrong("id", f"{found[-1].id!r} is not a lower-case word", "use a-z, 0-9 and _")
        if found[-1].id in known:
            message = f"{found[-1].id!r} stands in the catalogue below already"
            row.wrong("id", message, "choose another id")
    _once(path, "id", [(c.id, c.line) for c in found], problems)
    if problems:
        raise CatalogueError(problems)
    return found


def _once(path: Path, column: str, ids: list[tuple[str, int]], problems: list[Problem]) -> None:
    """Report every id that stands in an earlier row already."""
    seen: dict[str, int] = {}
    for word, line in ids:
        if word in seen:
            message = f"{word!r} stands in line {seen[word]} already"
            problems.append(Problem(str(path), line, column, message, "merge the rows"))
        seen[word] = line


def read_items(
    path: Path,
    conducts: tuple[str, ...],
    circumstances: tuple[str, ...],
    lists: tuple[str, ...],
    grades: tuple[str, ...],
) -> list[Item]:
    """Read an annex of items.

    Args:
        path: the CSV file.
        conducts: conducts that cells may name.
        circumstances: circumstances that they may.
        lists: lists that they may.
        grades: grades that they may.

    Raises:
        CatalogueError: with every problem found, each with file, line and column.
    """
    problems: list[Problem] = []
    columns = [f.name for f in fields(Item) if f.name not in ("line", "amended")]
    facts = circumstances + tuple(f"listed_on:{name}" for name in lists)
    found: list[Item] = []
    for cells in _read_table(path, columns, problems):
        row = _Row(path, cells, problems)
        low, high = row.integer("low", 0), row.integer("high", 0)
        grade = row.word("grade", grades)
        if low > high:
            row.wrong("low", f"low {low} exceeds high {high}", "exchange them")
        if bool(grade) == bool(low or high):
            row.wrong("grade", "an item has either points or a grade", "fill one of them")
        lo, hi = row.integer("lo", None), row.integer("hi", None)
        if lo is not None and hi is not None and lo > hi:
            row.wrong("lo", f"lo {lo} exceeds hi {hi}", "exchange them")
        found.append(
            Item(
                item=cells["item"].strip(),
                article=cells["article"].strip(),
                kinds=row.words("kinds", v.KINDS),
                conduct=row.words("conduct", conducts),
                group=cells["group"].strip(),
                group_zh=cells["group_zh"].strip(),
                text_en=cells["text_en"].strip(),
                low=low,
                high=high,
                grade=grade,
                quantity=row.word("quantity", v.QUANTITIES),
                lo=lo,
                hi=hi,
                lo_inclusive=row.flag("lo_inclusive", default=True),
                hi_inclusive=row.flag("hi_inclusive", default=True),
                per=row.word("per", v.QUANTITIES),
                step=row.integer("step", 0),
                points_per_step_tenths=row.integer("points_per_step_tenths", 0),
                tier_base=row.integer("tier_base", 0),
                every_months=row.integer("every_months", 0),
                circumstance=row.words("circumstance", facts),
                severity=row.words("severity", v.SEVERITIES),
                role=row.word("role", v.ROLES),
                via=row.words("via", v.ROLES),
                award=cells["award"].strip(),
                ladder=cells["ladder"].strip(),
                ladder_mode=row.word("ladder_mode", ("replace", "add")),
                field=row.word("field", v.FIELDS),
                protected=row.words("protected", v.PROTECTED),
                flag=cells["flag"].strip(),
                line=row.line,
            )
        )
        if not found[-1].conduct:
            row.wrong("conduct", "an item names at least one conduct", "fill the cell")
        if found[-1].per and found[-1].step < 1:
            row.wrong("step", "an item with `per` needs a step of at least 1")
        if found[-1].ladder and not (found[-1].quantity or found[-1].per):
            row.wrong("ladder", "a ladder adds up a quantity", "fill quantity or per")
    _once(path, "item", [(x.item, x.line) for x in found], problems)
    if problems:
        raise CatalogueError(problems)
    return found
