"""Random synthetic files over every instrument, as the kernel reads them.

One half are drawn from the vocabulary: any conduct that some provision listens to, with facts
and events that the law reads of it, amounts on and beside the bounds of its bands. The other
half are cases made from the conditions of provisions (`reference.witness`), two or three of
them in one file, with days moved and events lost: those meet provisions that chance hardly
would. Everything comes from one seeded generator.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from reference.witness import Witness
from xinyong.dates import day_of, parse_date
from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.clocks import CASE, DAY, EVENT, LEDGER_COLS, VALUE, WHAT, is_step
from xinyong.law.compile import Law
from xinyong.law.determine import Event, Ledger, Subject
from xinyong.law.reads import Reads, reads

__all__ = ["Drawn", "RandomLedgers", "same_numbers", "shared_room"]

FIRST, LAST = day_of(parse_date("2004-03-01")), day_of(parse_date("2024-12-31"))
CASES = 6  # most cases in a file, those beside the act included
OCCURRED, COPIED, DETAIL = (v.EVENTS.index(w) for w in ("occurred", "copied", "detail"))


@dataclass(frozen=True)
class Drawn:
    """One file: int64[F_COLS] facts, int64[n, LEDGER_COLS] rows by day, and the day asked for."""

    facts: t.Ints
    rows: t.Ints
    cases: int
    day: int

    def ledger(self, law: Law) -> Ledger:
        """Return the same file in words."""
        facts = [int(x) for x in self.facts]
        schemes = [law.instruments[i] for i in np.flatnonzero(law.tables.inst[:, t.I_CONSENT])]
        bits = [int(law.tables.inst[law.code["instrument"][s], t.I_CONSENT]) - 1 for s in schemes]
        subject = Subject(
            kind=v.KINDS[facts[t.F_KIND]],
            residence=law.places[facts[t.F_RESIDENCE]],
            registration=law.places[facts[t.F_REGISTRATION]],
            age=(facts[t.F_AGE_LO], facts[t.F_AGE_HI]),
            roles=tuple(r for i, r in enumerate(v.ROLES) if facts[t.F_ROLES] >> i & 1),
            consents=tuple(
                s for s, b in zip(schemes, bits, strict=True) if facts[t.F_CONSENTS] >> b & 1
            ),
        )
        spaces = {"occurred": law.conducts, "formed": law.documents, "served": law.documents,
                  "detail": law.details}  # fmt: skip
        events = []
        for row in self.rows:
            word = v.EVENTS[row[EVENT]]
            names = spaces.get(word, law.instruments)
            what = names[row[WHAT]] if row[WHAT] >= 0 else ""
            events.append(Event(int(row[DAY]), word, int(row[CASE]), what, int(row[VALUE])))
        return Ledger(subject, tuple(events))


class RandomLedgers:
    """Draws files; the same seed gives the same files."""

    def __init__(self, law: Law, seed: int) -> None:
        self.law = law
        self.rng = np.random.default_rng(seed)
        by = law.tables.by_conduct
        self.heard = [int(c) for c in np.flatnonzero(np.diff(by))]
        self.reads: dict[int, tuple[Reads, dict[int, list[int]]]] = {}
        reach = law.tables.reach
        self.places = [int(np.argmax(r)) for r in reach] + [
            law.code["place"][it.reach.place] for it in law.catalogue.instruments.values()
        ]

    def __iter__(self) -> Iterator[Drawn]:
        while True:
            yield self._from_words() if self.rng.random() < 0.5 else self._from_provisions()

    # from the vocabulary -----------------------------------------------------------------

    def _read(self, conduct: int) -> tuple[Reads, dict[int, list[int]]]:
        """Return what the law reads of a conduct, and the bounds of each quantity."""
        if conduct not in self.reads:
            tables = self.law.tables
            bounds: dict[int, list[int]] = {}
            for row in tables.listening[
                tables.by_conduct[conduct] : tables.by_conduct[conduct + 1]
            ]:
                a, b = tables.prov[row, t.P_CODE], tables.prov[row, t.P_CODE_END]
                for op in tables.code[a:b]:
                    if op[0] in (t.OP_BAND, t.OP_CUMULATIVE):
                        bounds.setdefault(int(op[1]), []).extend((int(op[2]), int(op[3])))
            self.reads[conduct] = reads(self.law, self.law.conducts[conduct]), bounds
        return self.reads[conduct]

    def _subject(self) -> t.Ints:
        rng = self.rng
        kind = int(rng.choice([0, 0, 1, 1, *range(len(v.KINDS))]))
        age = [(18, 120), (35, 44), (15, 15), (60, 70)][rng.integers(4)]
        roles = sum(1 << i for i in range(1, len(v.ROLES)) if rng.random() < 0.2)
        places = [self.places[i] for i in rng.integers(0, len(self.places), 2)]
        return np.array([kind, *age, roles, *places, rng.integers(1 << 12)], np.int64)

    def _value(self, what: int, bounds: dict[int, list[int]]) -> int:
        if what >= len(v.QUANTITIES):
            return int(self.rng.random() < 0.8)
        if what == v.QUANTITIES.index("severity"):
            return int(self.rng.integers(len(v.SEVERITIES)))
        near = [*bounds.get(what, []), 1, 12, 90, 2_000]
        return max(0, int(self.rng.choice(near)) + int(self.rng.integers(-1, 2)))

    def _from_words(self) -> Drawn:
        rng, rows = self.rng, []
        cases = int(rng.integers(1, 4))
        conduct = int(rng.choice(self.heard))
        for case in range(cases):
            if rng.random() < 0.6:
                conduct = int(rng.choice(self.heard))
            read, bounds = self._read(conduct)
            start = int(rng.integers(FIRST, LAST - 1000))
            place = 1 + self.places[rng.integers(len(self.places))] if rng.random() < 0.5 else 0
            rows.append((start, OCCURRED, conduct, case, place))
            if rng.random() < 0.15:
                rows.append((start, COPIED, -1, case, int(rng.integers(1, 9))))
            for name in sorted(read.details):
                if rng.random() < 0.6:
                    what = self.law.code["detail"][name]
                    rows.append((start, DETAIL, what, case, self._value(what, bounds)))
            for kind in ("", *sorted(read.documents)):
                if rng.random() < 0.6:
                    what = self.law.code["document"][kind] if kind else -1
                    day = start + int(rng.integers(-20, 20))
                    rows.append((day, v.EVENTS.index("formed"), what, case, 0))
                    rows.append((day + 5, v.EVENTS.index("served"), what, case, 0))
            for word in sorted(read.events - {"occurred", "copied", "detail", "formed", "served"}):
                number = v.EVENTS.index(word)
                often = 0.8 if word in ("decided", "recorded") else 0.35
                whats = sorted(read.instruments) if is_step(number) else [""]
                for what_word in whats:
                    if rng.random() < often:
                        what = self.law.code["instrument"][what_word] if what_word else -1
                        day = start + int(rng.exponential(200))
                        rows.append((day, number, what, case, 0))
        return self._drawn(self._subject(), np.array(rows, np.int64), cases)

    # from the provisions -------------------------------------------------------------------

    @cached_property
    def made(self) -> list[tuple[t.Ints, t.Ints, int]]:
        """Facts, rows and number of cases of one case for each provision."""
        found = []
        for row in range(len(self.law.origins)):
            witness = Witness(self.law, row)
            met = witness.meets()
            if met is not None:
                ledger, _ = witness.case(*met)
                rows, cases = ledger.rows(self.law)
                found.append((ledger.subject.facts(self.law), rows[:, :5], cases))
        return found

    def _from_provisions(self) -> Drawn:
        rng = self.rng
        first = int(rng.integers(len(self.made)))
        facts, rows, cases = self.made[first]
        parts, total = [rows], cases
        begin = int(rows[:, DAY].min())
        for _ in range(int(rng.integers(0, 3))):
            beside = (
                first + int(rng.integers(-6, 7)) if rng.random() < 0.7 else rng.integers(1 << 30)
            )
            _, more, count = self.made[int(beside) % len(self.made)]
            if total + count > CASES:
                break
            more = more.copy()
            more[:, CASE] += total
            more[:, DAY] += begin - int(more[:, DAY].min()) + int(rng.integers(-100, 800))
            parts.append(more)
            total += count
        whole = np.concatenate(parts)
        lost = (rng.random(len(whole)) < 0.06) & (whole[:, EVENT] != OCCURRED)
        whole = whole[~lost].copy()
        late = rng.random(len(whole)) < 0.1
        whole[late, DAY] += rng.integers(-40, 400, late.sum())
        if rng.random() < 0.15:
            facts = self._subject()
        return self._drawn(facts, whole, total)

    def _drawn(self, facts: t.Ints, rows: t.Ints, cases: int) -> Drawn:
        led = np.zeros((len(rows), LEDGER_COLS), np.int64)
        led[:, :5] = rows[np.argsort(rows[:, DAY], kind="stable")]
        last = int(led[-1, DAY])
        day = last + int(self.rng.integers(-200, 60 if self.rng.random() < 0.7 else 2000))
        return Drawn(facts, led, cases, day)


def shared_room(law: Law) -> t.Findings:
    """Return findings with room for any file of `CASES` cases."""
    listening = int(np.diff(law.tables.by_conduct).max(initial=0))
    return t.room(
        entries=64 + 2 * CASES * len(law.instruments),
        lines=64 + 2 * CASES * listening,
        steps=64 + CASES * len(law.steps),
        statuses=64 + 4 * CASES * listening,
    )


def run(drawn: Drawn, law: Law, kernel: Callable[..., Any], found: t.Findings) -> t.Findings:
    """Fold one file into findings that may hold another file's."""
    led = drawn.rows.copy()
    out = np.zeros(2, np.int64)
    kernel(law.tables, drawn.facts, led, len(led), drawn.cases, drawn.day, found, out)
    return found


def same_numbers(a: t.Findings, b: t.Findings) -> bool:
    """Tell whether two findings hold the same numbers, the room that was not used left out."""
    if not (a.count == b.count).all():
        return False
    pairs = ((a.entry, b.entry), (a.line, b.line), (a.step, b.step), (a.score, b.score),
             (a.status, b.status), (a.copy, b.copy))  # fmt: skip
    return all((x[:n] == y[:n]).all() for (x, y), n in zip(pairs, a.count, strict=False))
