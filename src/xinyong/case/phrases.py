"""Words for the findings of a case: one line each, with where it stands and how deep that is read.

Sources are numbered as they are met, so that a line can name its own in a few signs;
`Words.sources` gives the titles. So are assumptions, said once, and the ambiguities of a line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from xinyong.case.calculator import CaseResult
from xinyong.dates import day_of
from xinyong.language import say
from xinyong.law import trace
from xinyong.law.determine import Entry, Line, OpenStep, Score

__all__ = ["Words", "plain"]


def plain(identifier: str) -> str:
    """Return an id as words."""
    return say(identifier.replace("_", " "))


def _day(day: dt.date | None) -> str:
    return "no fixed day" if day is None else day.isoformat()


class Words:
    """Puts findings of one result into words, and remembers the sources they name."""

    def __init__(self, result: CaseResult) -> None:
        self.result = result
        self.law = result.law
        self._sources: dict[tuple[str, str], int] = {}
        self._assumed: dict[str, int] = {}
        self._gates: dict[str, int] = {}

    # where it stands -------------------------------------------------------------------------

    def where(self, x: trace.Provenance) -> str:
        """Return provision, article, number of the source and depth; or the assumption."""
        if x.assumption:
            known = x.assumption in self._assumed
            mark = f"A{self._assumed.setdefault(x.assumption, len(self._assumed) + 1)}"
            return f"{x.provision}; {mark}, as above" if known else self._first(x, mark)
        number = self._sources.setdefault((x.source_en, x.source_zh), len(self._sources) + 1)
        article = x.article
        if article[:1].isdigit():
            article = f"Art. {article}"
        elif article == "whole":
            article = "as a whole"
        return f"{x.provision}, {article} of S{number} [{x.depth}]"

    def gate(self, text: str) -> str:
        """Return a gate in full where it is met first, with a mark that stands for it later."""
        known = text in self._gates
        mark = f"G{self._gates.setdefault(text, len(self._gates) + 1)}"
        return f"gate {mark}, as above" if known else f"gate {mark}: {text}"

    @staticmethod
    def _first(x: trace.Provenance, mark: str) -> str:
        """Return an assumption where it is met first, with the mark that stands for it later."""
        return f"{x.provision}; assumption {mark}: {x.assumption}"

    def sources(self) -> Iterator[str]:
        """Yield the documents named so far."""
        for (en, zh), number in self._sources.items():
            yield f"S{number}  {zh}  {en}"

    def name(self, instrument: str) -> str:
        """Return the short names of an instrument, English and Chinese."""
        it = self.law.catalogue.instrument(instrument)
        short = it.short or it.name
        return f"{short.en} ({short.zh})"

    def authority(self, name: str) -> str:
        """Return the English name of an authority."""
        return "the subject" if name == "subject" else self.law.catalogue.authorities[name].name.en

    def doubt(self, row: int = -1, step: int = -1, measure: int = -1, whole: str = "") -> str:
        """Return the numbers of the ambiguities that a finding touches, such as `` {?1, ?3}``."""
        hits = [
            i
            for i, x in enumerate(self.result.uncertain, 1)
            if row in x.rows
            or step in x.steps
            or measure in x.measures
            or (whole and x.whole and x.instrument == whole and not x.rows)
        ]
        return f" {{{', '.join(f'?{i}' for i in hits)}}}" if hits else ""

    # findings --------------------------------------------------------------------------------

    def score(self, s: Score) -> str:
        """Return points and grade."""
        grade = f"grade {s.grade}" if s.grade else "grade not known"
        return grade if s.points is None else f"{s.points / 10:g} points, {grade}"

    def entry(self, e: Entry) -> str:
        """Return an entry: list, ground, start, end, publication."""
        if e.end is not None:
            cause = f" ({e.cause})" if e.cause else ""
            late = (
                f", over by law since {e.lawful_end}" if e.lawful_end not in (None, e.end) else ""
            )
            last = f"taken off {e.end}{cause}{late}"
        elif e.lawful_end is not None and e.lawful_end <= self.result.on:
            last = f"over by law since {e.lawful_end} ({e.cause}) but not yet taken off"
        else:
            last = f"until {e.expires}" if e.expires else "without a term"
        published = f", published {e.published}" if e.published else ", not published"
        text = f"{self.name(e.instrument)} from {e.start}, {last}{published}"
        if e.row < 0:
            return f"{text} — MISTAKEN: no ground of the list is met"
        where = trace.of_provision(self.law, e.row)
        doubt = self.doubt(row=e.row, whole=e.instrument)
        return f"{text}; ground: {where.text}{doubt} — {self.where(where)}"

    def line(self, x: Line) -> str:
        """Return a score line: points, grade, days, state."""
        where = trace.of_provision(self.law, x.row)
        worth = [f"{x.points / 10:+g} points"] if x.points or not x.grade else []
        worth += [f"direct grade {x.grade}"] if x.grade else []
        factor = f" (repetition, {x.factor} times)" if x.factor > 1 else ""
        until = f"until {x.until}" if x.until else "with no fixed end"
        if x.state == "inert":  # said first: it reads as if it counted
            why = self._bound_by(x)
            return (
                f"0 points: the {' and '.join(worth)} for this does not count{why}; "
                f"{where.text}, {x.since} {until}{self.doubt(row=x.row)} — {self.where(where)}"
            )
        state = "" if x.state == "live" else f", {_STATES[x.state]}"
        return (
            f"{' and '.join(worth)}{factor}, {x.since} {until}{state}; {where.text}"
            f"{self.doubt(row=x.row)} — {self.where(where)}"
        )

    def _bound_by(self, x: Line) -> str:
        """Return which act keeps additions from counting: one with a direct grade, uncorrected."""
        right = {
            e.case
            for e in self.result.ledger.events
            if e.event in ("corrected", "performed") and e.day <= day_of(self.result.on)
        }
        acts = sorted(
            {
                self.result.act_of[y.case]
                for y in self.result.determination.lines
                if (y.instrument, y.state) == (x.instrument, "live")
                and y.grade
                and y.case not in right
                and y.case < len(self.result.act_of)
            }
            - {-1}
        )
        if not acts:
            return " while other conduct is uncorrected"
        said = " and ".join(f"act {i}" for i in acts)
        return f" while {said} stand{'s' if len(acts) == 1 else ''} uncorrected"

    def step(self, s: OpenStep) -> str:
        """Return an open or lapsed step: who must or may do what by when, and what if not."""
        where = trace.of_step(self.law, s.row)
        step = self.law.steps[s.row].step
        due = f"by {s.due}" if s.due else "no time limit"
        lapsed = ", LAPSED" if s.state == "lapsed" else ""
        return (
            f"{self.authority(step.by)} {step.modality}{lapsed}, {due}: {where.text}; if not: "
            f"{step.if_lapsed.rstrip('.')}{self.doubt(step=s.row)} — {self.where(where)}"
        )

    def steps(self, rows: tuple[int, ...]) -> Iterator[str]:
        """Yield the steps of a way out, in their order."""
        for row in rows:
            s = self.law.steps[row].step
            limit = "no time limit"
            if s.within is not None:
                unit = plain(s.within.unit)
                many = "" if s.within.n == 1 else "s"
                limit = f"within {s.within.n} {unit}{many} from {trace.noun(s.from_[0])}"
            where = self.where(trace.of_step(self.law, row))
            yield f"{self.authority(s.by)} {s.modality}: {s.title}, {limit} — {where}"

    def day(self, day: dt.date | None) -> str:
        """Return a day, or that none is fixed."""
        return _day(day)


_STATES = {
    "expired": "expired",
    "superseded": "gives way to a weightier line of the same act",
    "inert": "does not count while other conduct is uncorrected",
    "released": "released by correction or repair",
    "future": "not yet",
}
