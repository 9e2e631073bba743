"""Replay: sampled files, determined anew by the kernel as it stands, uncompiled.

While a run is lived again, some files are looked at at the end of some months: what the
compiled engine holds of them that day must be what `determine` finds in the ledger that its
keeper can see that day, to the day, the provision and the tenth of a point.
"""

from __future__ import annotations

from collections.abc import Iterator

from xinyong.dates import first_day
from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.ledgers import cases_of, held_scores, id_of, ledger_of, spells_of
from xinyong.engine.local import rule_on, start_of
from xinyong.engine.namings import label
from xinyong.engine.remake import scenario_of
from xinyong.engine.state import N_LEDGERS
from xinyong.engine.world import World
from xinyong.law import tables as t
from xinyong.law.determine import findings
from xinyong.results import Run

__all__ = ["Replay"]

_MONTHS = 6  # ends of months at which files are looked at

#: Case, list, provision, start, lawful end, cause, end.
_Row = tuple[int, ...]
#: Entries; points and grade by scheme.
_Found = tuple[set[_Row], dict[int, tuple[int, int]]]


class Replay:
    """Looks at sampled files while a run is lived again.

    Args:
        run: the run.
        sample: how many files are looked at, about, over all months.
    """

    def __init__(self, run: Run, sample: int) -> None:
        months = scenario_of(run).months
        looks = min(_MONTHS, months)
        self.months = {months * (i + 1) // looks - 1 for i in range(looks)}
        self.each = max(1, sample // looks)
        self.files = self.entries = 0
        self.found = ""

    @property
    def said(self) -> str:
        """What was looked at, in words."""
        ends = len(self.months)
        return f"{self.files} files, {self.entries} entries, at the ends of {ends} months"

    def answer(self) -> str:
        """Return the first difference, or nothing."""
        return self.found

    def look(self, world: World, m: int, leaves: list[LeafRun]) -> None:
        """Look at the files of a month's end, if it is one of those chosen."""
        if m not in self.months or self.found:
            return
        day = first_day(world.scenario.first_month + m + 1) - 1
        for run, row in self._some(leaves, m):
            self.files += 1
            held, found = _held(world, run, row), _determined(world, run, row, day)
            self.entries += len(found[0])
            if odd := _odd(world, held, found, day):
                when = label(world.scenario.first_month + m)
                self.found = f"{id_of(run, row)} at the end of {when}: {odd}"
                return

    def _some(self, leaves: list[LeafRun], m: int) -> Iterator[tuple[LeafRun, int]]:
        """Yield files in equal steps, of every leaf where a scheme counts some at least."""
        counts = [int(run.leaf.counts[N_LEDGERS]) for run in leaves]
        step, at = max(1, sum(counts) // self.each), m
        for run, n in zip(leaves, counts, strict=True):
            graded = n > 0 and run.leaf.lg_score.shape[1] > 0
            every = min(step, max(1, n // 8)) if graded else step
            for row in range(-at % every, n, every):
                yield run, row
            at += n


def _held(world: World, run: LeafRun, row: int) -> _Found:
    rows: set[_Row] = {
        (s.case, s.inst, s.prov, s.start, s.lawful, s.cause, s.end) for s in spells_of(run, row)
    }
    return rows, held_scores(world, run, row)


def _determined(world: World, run: LeafRun, row: int, day: int) -> _Found:
    law, cases = world.law_in(run.place), cases_of(run, row)
    numbers = findings(ledger_of(world, run, row, day), law, day)
    rows: set[_Row] = set()
    for e in numbers.entry[: numbers.count[t.N_ENTRY]].tolist():
        if e[t.E_PROV] < 0 and "copied" in cases[e[t.E_CASE]].flags:
            continue  # the entry is the body's; its representative only hears of it
        rows.add(
            (e[t.E_CASE], e[t.E_INST], e[t.E_PROV], e[t.E_START], e[t.E_LAWFUL], e[t.E_CAUSE],
             e[t.E_END])
        )  # fmt: skip
    scores = numbers.score[: numbers.count[t.N_SCORE]].tolist()
    return rows, {z[t.Z_INST]: (z[t.Z_SCORE], z[t.Z_GRADE]) for z in scores}


def _odd(world: World, held: _Found, found: _Found, day: int) -> str:
    """Return in what a run and a fresh determination differ; nothing if in nothing."""
    if different := sorted(held[0] ^ found[0]):
        row = different[0]
        which = "the run holds" if row in held[0] else "the law finds"
        return f"only {which} an entry of case {row[0]} on {world.law.instruments[row[1]]}"
    for inst in sorted({*held[1], *found[1]}):
        mine, law = held[1].get(inst), found[1].get(inst)
        if mine is None:  # not looked at yet: nothing follows, so where it begins must stand
            mine = start_of(world.law, rule_on(world.law, inst, day))
        if mine != law:
            scheme = world.law.instruments[inst]
            return f"score and grade in {scheme} are {mine}, the law finds {law}"
    return ""
