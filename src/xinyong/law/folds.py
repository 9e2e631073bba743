"""Folds of many files that are mostly the same: each is done once.

A search tries dozens of changes of one case, and the nominal course folds each of them once for
every day on which something is due. The fold of a file on a day rests on nothing but the facts of
the subject that are read, and on the rows dated up to that day; what comes later shows in the
next day on which something happens, no more. So files that agree up to a day share their fold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xinyong.dates import NEVER
from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.clocks import DAY, NEXT
from xinyong.law.compile import Law
from xinyong.law.determine import Ledger, Subject, folded
from xinyong.law.kernel import fold
from xinyong.law.reads import reads

__all__ = ["Folds"]


class Folds:
    """The folds of one law that were done so far.

    For files whose acts state the place and the role they were copied through from their first
    day on, as those of cases do: the kernel reads both whatever the day.
    """

    def __init__(self, law: Law, kernel: Callable[..., Any] = fold) -> None:
        self.law, self.kernel = law, kernel
        self.known: dict[tuple[int, bytes, bytes], t.Findings] = {}
        self.tables: dict[tuple[bytes, frozenset[int]], t.LawTables] = {}
        self.read: dict[tuple[Subject, frozenset[str]], t.Ints] = {}

    def findings(self, ledger: Ledger, day: int) -> t.Findings:
        """Return the same numbers as `determine.findings`."""
        rows, cases = ledger.rows(self.law)
        seen = int(np.searchsorted(rows[:, DAY], day, side="right"))
        facts = self._read(ledger)
        key = (day, facts.tobytes(), rows[:seen, :NEXT].tobytes())
        found = self.known.get(key)
        if found is None:
            tables = self._tables(facts, ledger)
            found = folded(self.law, facts, rows[:seen], cases, day, self.kernel, tables)
            self.known[key] = found
        if seen == len(rows):
            return found
        count = found.count.copy()
        count[t.NEXT_DUE] = min(count[t.NEXT_DUE], rows[seen, DAY])
        return found._replace(count=count)

    def _read(self, ledger: Ledger) -> t.Ints:
        """Return the facts of the subject, blank where no provision that hears the acts asks."""
        heard = frozenset(e.what for e in ledger.events if e.event == "occurred")
        key = ledger.subject, heard
        if key not in self.read:
            self.read[key] = self._facts(*key)
        return self.read[key]

    def _facts(self, subject: Subject, heard: frozenset[str]) -> t.Ints:
        facts = subject.facts(self.law)
        asked = [reads(self.law, conduct) for conduct in sorted(heard)]
        if not any(x.age for x in asked):
            facts[t.F_AGE_LO], facts[t.F_AGE_HI] = 0, NEVER
        roles = {role for x in asked for role in x.roles}
        facts[t.F_ROLES] &= sum(1 << i for i, role in enumerate(v.ROLES) if role in roles)
        return facts

    def _tables(self, facts: t.Ints, ledger: Ledger) -> t.LawTables:
        """Return the tables without the schemes that do not reach the subject or its acts."""
        places = {e.value - 1 for e in ledger.events if e.event == "occurred" and e.value > 0}
        key = facts.tobytes(), frozenset(places)
        if key not in self.tables:
            whole = self.law.tables
            inst = whole.inst[whole.scheme[:, t.X_INST]]
            reach = whole.reach[whole.scheme[:, t.X_INST]].astype(np.bool_)
            by = inst[:, t.I_REACH_BY]
            near = (by & t.BY_RESIDENCE > 0) & reach[:, facts[t.F_RESIDENCE]]
            near |= (by & t.BY_REGISTRATION > 0) & reach[:, facts[t.F_REGISTRATION]]
            near |= (by & t.BY_ACT_PLACE > 0) & reach[:, sorted(places)].any(axis=1)
            self.tables[key] = self.law.quick._replace(scheme=whole.scheme[near])
        return self.tables[key]
