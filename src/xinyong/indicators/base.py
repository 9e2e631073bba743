"""What all indicators share: their definition, what they are computed from, their rows.

An indicator is a plain function of a few numbers or arrays with a definition, a unit, a
source and a hand-worked example, which the tests and the page of indicators both use. A
family (one module each) applies its functions to a run and yields rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from xinyong import places
from xinyong.assumptions import Assumptions
from xinyong.conduct.rates import Rates
from xinyong.dates import first_day
from xinyong.institutions.exchange import Link
from xinyong.institutions.integration import States
from xinyong.institutions.network import Network
from xinyong.law.catalogue import Catalogue
from xinyong.law.vocabulary import KINDS
from xinyong.society.strata import Society

__all__ = [
    *("FAMILIES", "STABLE", "Counts", "Family", "Indicator", "Inputs", "Rows", "Spells"),
    *("over", "share", "spells_of"),
]

#: A figure that rests on fewer subjects, entries or copies is unstable (design, section 10).
STABLE = 10

Family = Literal[
    "identity",
    "interoperability",
    "fragmentation",
    "integration",
    "privacy",
    "transparency",
    "process",
    "proportionality",
    "fairness",
    "burden",
]
FAMILIES: tuple[Family, ...] = Family.__args__  # type: ignore[attr-defined]

#: Kinds of subjects and, last, all of them together.
_KINDS = (*KINDS, "all")
#: The whole run as a period.
WHOLE = "all"


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    Attributes:
        id, family: of the indicator; unit: of its values.
        definition: what it is, in words; source: where the definition is from.
        set_by: what sets its value: rule, assumption, calibration (the most that apply).
        of: the function; given: a hand-worked example for it; gives: what comes out.
        example: the same in words.
    """

    id: str
    family: Family
    unit: str
    definition: str
    source: str
    set_by: str
    of: Callable[..., Any]
    given: Mapping[str, Any]
    gives: Any
    example: str


def share(part: ArrayLike, whole: ArrayLike) -> NDArray[np.float64]:
    """Return part / whole, and nothing (nan) where the whole is nothing.

    Example:
        >>> share([1, 0], [4, 0]).tolist()
        [0.25, nan]
    """
    a, b = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    out = np.full(a.shape, np.nan)
    np.divide(a, b, out=out, where=b > 0)
    return out


def over(values: NDArray[Any], groups: Sequence[Sequence[int]]) -> NDArray[Any]:
    """Add up an array over groups of its first axis, such as the months of years."""
    return np.array([values[list(g)].sum(axis=0) for g in groups])


class Counts:
    """The counts of a run (``indicators.parquet``) as arrays.

    Attributes:
        months: labels ``YYYY-MM``; places: leaves and, last, the nation (``cn``).
    """

    def __init__(self, table: pa.Table, months: Sequence[str]) -> None:
        self.months = tuple(months)
        self.places = (*places.leaves(), "cn")
        self._shape = (len(self.months), len(self.places), len(_KINDS))
        what, names = _codes(table, "indicator")
        group, groups = _codes(table, "group")
        key = group.astype(np.int64) * max(len(names), 1) + what
        order = np.argsort(key, kind="stable")
        cells = np.zeros(len(order), np.int64)
        for column, words in (("month", self.months), ("place", self.places), ("kind", _KINDS)):
            codes, found = _codes(table, column)
            at = np.array([words.index(w) for w in found] or [0], np.int64)
            cells = cells * len(words) + at[codes]
        self._cells = cells[order]
        self._values = np.asarray(table["value"])[order]
        keys, starts = np.unique(key[order], return_index=True)
        ends = np.append(starts[1:], len(order))
        self._slices = {
            (names[k % len(names)], groups[k // len(names)]): (int(a), int(b))
            for k, a, b in zip(keys.tolist(), starts, ends, strict=True)
        }

    def array(self, indicator: str, group: str) -> NDArray[np.int64]:
        """Return int64[months, places, kinds + all]; zero where nothing was counted."""
        a, b = self._slices.get((indicator, group), (0, 0))
        out = np.zeros(math.prod(self._shape), np.int64)
        np.add.at(out, self._cells[a:b], self._values[a:b])
        return out.reshape(self._shape)

    def monthly(self, indicator: str, group: str) -> NDArray[np.int64]:
        """Return int64[months, kinds + all]: over places; the last column adds up the others."""
        return _totalled(self.array(indicator, group).sum(axis=1))

    def placed(self, indicator: str, group: str) -> NDArray[np.int64]:
        """Return int64[months, leaves, kinds + all]; the last column adds up the others."""
        return _totalled(self.array(indicator, group)[:, :-1])

    def groups(self, indicator: str) -> list[str]:
        """Return every group that has this indicator."""
        return sorted(g for i, g in self._slices if i == indicator)


def _totalled(found: NDArray[np.int64]) -> NDArray[np.int64]:
    found[..., -1] = found.sum(axis=-1)
    return found


def _codes(table: pa.Table, column: str) -> tuple[NDArray[np.int64], list[str]]:
    """Return the positions of a column's words, and the words."""
    if not table.num_rows:
        return np.zeros(0, np.int64), []
    found = table[column].combine_chunks().dictionary_encode()
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    return np.asarray(found.indices).astype(np.int64), found.dictionary.to_pylist()


@dataclass(frozen=True)
class Spells:
    """Entries of a run as columns of equal length (a fixed sample of files, maybe).

    Attributes:
        stratum: row in ``Society.strata``; leaf, kind, subject: of the subject.
        list: position in `lists`; ground: position in `grounds`; cause: of the end, in `causes`.
        start, end: days; `end` is beyond every day while the entry is alive.
        mistaken, copied: see `xinyong.results`.
    """

    stratum: NDArray[np.int64]
    leaf: NDArray[np.int64]
    kind: NDArray[np.int64]
    subject: NDArray[np.int64]
    list: NDArray[np.int64]
    ground: NDArray[np.int64]
    cause: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    mistaken: NDArray[np.bool_]
    copied: NDArray[np.bool_]
    lists: tuple[str, ...]
    grounds: tuple[str, ...]
    causes: tuple[str, ...]

    def of(self, name: str) -> NDArray[np.bool_]:
        """Tell which entries are of one list."""
        if name not in self.lists:
            return np.zeros(len(self.list), np.bool_)
        return np.asarray(self.list == self.lists.index(name))


_OPEN = 1 << 40
_DIGITS = np.full(256, -1, np.int64)
_DIGITS[np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)] = np.arange(32)


def spells_of(table: pa.Table, society: Society) -> Spells:
    """Return the table of entries as arrays, each subject with its stratum.

    The stratum is a function of the id: the society is asked, nothing was stored.
    """
    names = table["subject"].combine_chunks()
    if isinstance(names, pa.ChunkedArray):
        names = pa.concat_arrays(names.chunks) if names.num_chunks else pa.array([], pa.string())
    text = np.asarray(names).astype("S23") if len(names) else np.zeros(0, "S23")
    letters = text.view(np.uint8).reshape(len(text), 23)
    index = np.zeros(len(text), np.int64)
    for i in range(7):  # SYN-370000-P-0000A1B-WZ: the digits begin at 13
        index = index * 32 + _DIGITS[letters[:, 13 + i]]
    leaf = _positions(table, "place", places.leaves())
    kind = _positions(table, "kind", KINDS)
    lists, list_words = _codes(table, "list")
    grounds, ground_words = _codes(table, "ground")
    causes, cause_words = _codes(table, "cause")
    return Spells(
        stratum=society.stratum_of(leaf, kind, index),
        leaf=leaf,
        kind=kind,
        subject=leaf << 40 | kind << 32 | index,
        list=lists,
        ground=grounds,
        cause=causes,
        start=_days(table, "start"),
        end=_days(table, "end"),
        mistaken=np.asarray(table["mistaken"]).astype(np.bool_),
        copied=np.asarray(table["copied"]).astype(np.bool_),
        lists=tuple(list_words),
        grounds=tuple(ground_words),
        causes=tuple(cause_words),
    )


def _positions(table: pa.Table, column: str, words: Sequence[str]) -> NDArray[np.int64]:
    codes, found = _codes(table, column)
    return np.array([words.index(w) for w in found] or [0], np.int64)[codes]


def _days(table: pa.Table, column: str) -> NDArray[np.int64]:
    numbers = table[column].cast(pa.int32()).fill_null(-1)
    days = np.asarray(numbers).astype(np.int64)
    return np.where(days < 0, _OPEN, days)


@dataclass(frozen=True)
class Inputs:
    """All that indicators are computed from.

    Attributes:
        catalogue: the whole law; run: lists and schemes that are run; given: assumptions.
        rates, society: what is done, and who there is; network, link: the exchange.
        names: (list, measure, authority) of each measure row.
        begins, ends: first and last day of force of each measure row.
        vertical: float64[leaves, months], coverage of the provinces' platforms.
        states: integration as three states that run.
        first_month: ``year * 12 + month - 1``; months: labels.
        counts: of the run; spells: entries; sample, file_sample: each stands for so many.
        friction: whether exchange has losses and delays.
    """

    catalogue: Catalogue
    run: frozenset[str]
    given: Assumptions
    rates: Rates
    society: Society
    network: Network
    link: Link
    names: tuple[tuple[str, str, str], ...]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    vertical: NDArray[np.float64]
    states: States
    first_month: int
    months: tuple[str, ...]
    counts: Counts
    spells: Spells
    sample: int
    file_sample: int
    friction: bool

    @cached_property
    def lists(self) -> list[str]:
        """The lists on which anybody was entered."""
        return self.counts.groups("entered")

    @cached_property
    def month_ends(self) -> NDArray[np.int64]:
        """The last day of each month."""
        return np.array(
            [first_day(self.first_month + m + 1) - 1 for m in range(len(self.months))], np.int64
        )

    @cached_property
    def years(self) -> dict[str, list[int]]:
        """The positions of the months of each year."""
        found: dict[str, list[int]] = {}
        for i, month in enumerate(self.months):
            found.setdefault(month[:4], []).append(i)
        return found

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """The share of each leaf in the persons of the society."""
        persons = self.society.totals[:, 0].astype(np.float64)
        return np.asarray(persons / max(persons.sum(), 1.0))

    def heard(self, name: str) -> dict[str, float]:
        """Return the families that a list hears, with the share of their acts it hears."""
        it = self.catalogue.instruments[name]
        conducts = {
            c for w in it.versions for p in w.provisions for c in p.conduct
            if p.effect.do == "enter"
        }  # fmt: skip
        found = {f.id: sum(s.share for s in f.split if s.conduct in conducts) for f in self.rates}
        return {family: part for family, part in found.items() if part}


@dataclass
class Rows:
    """Collects rows of the table of derived indicators.

    `rests_on` counts what a value rests on in the run (subjects, entries, copies, requests:
    those it is the share *of*, if the event is common, and the events themselves if they are
    rare); -1: on no subject at all, but on rules and assumptions.
    """

    months: Sequence[str]
    columns: dict[str, list[Any]] = field(default_factory=dict)

    def add(
        self, indicator: Indicator, value: float, rests_on: int = -1, *, period: str = WHOLE,
        place: str = "cn", kind: str = "all", group: str = "",
    ) -> None:  # fmt: skip
        """Add one value; nothing is added where there is none (nan)."""
        if value is None or math.isnan(value):
            return
        row = (
            period, place, kind, group, indicator.family, indicator.id, indicator.unit,
            float(value), None if rests_on < 0 else int(rests_on), 0 <= rests_on < STABLE, "A",
        )  # fmt: skip
        for name, cell in zip(_COLUMNS, row, strict=True):
            self.columns.setdefault(name, []).append(cell)

    def series(
        self, indicator: Indicator, values: ArrayLike, rests_on: ArrayLike = -1, *,
        periods: Sequence[str] | None = None, place: str = "cn", kind: str = "all",
        group: str = "",
    ) -> None:  # fmt: skip
        """Add one value a month (or for each of `periods`)."""
        found = np.asarray(values, np.float64)
        rests = np.broadcast_to(np.asarray(rests_on), found.shape)
        there = np.flatnonzero(np.isfinite(found))
        names = self.months if periods is None else periods
        n = len(there)
        counts = rests[there].astype(np.int64)
        columns: tuple[list[Any], ...] = (
            [names[i] for i in there.tolist()], [place] * n, [kind] * n, [group] * n,
            [indicator.family] * n, [indicator.id] * n, [indicator.unit] * n,
            found[there].tolist(), [None if c < 0 else c for c in counts.tolist()],
            ((counts >= 0) & (counts < STABLE)).tolist(), ["A"] * n,
        )  # fmt: skip
        for name, column in zip(_COLUMNS, columns, strict=True):
            self.columns.setdefault(name, []).extend(column)

    def by_kind(
        self,
        indicator: Indicator,
        values: NDArray[np.float64],
        rests_on: NDArray[Any],
        **where: Any,
    ) -> None:
        """Add arrays [periods, kinds + all], leaving out kinds on which nothing ever rests."""
        for k, kind in enumerate(_KINDS):
            if np.isfinite(values[:, k]).any() and (k == len(KINDS) or rests_on[:, k].any()):
                self.series(indicator, values[:, k], rests_on[:, k], kind=kind, **where)

    def table(self) -> pa.Table:
        """Return the table, in the order in which rows were added."""
        return pa.table(
            {name: pa.array(self.columns.get(name, []), kind) for name, kind in _COLUMNS.items()}
        )


#: Columns of ``derived.parquet``; see `xinyong.results`.
_COLUMNS = {
    "period": pa.string(),
    "place": pa.string(),
    "kind": pa.string(),
    "group": pa.string(),
    "family": pa.string(),
    "indicator": pa.string(),
    "unit": pa.string(),
    "value": pa.float64(),
    "rests_on": pa.int64(),
    "unstable": pa.bool_(),
    "strength": pa.string(),
}
