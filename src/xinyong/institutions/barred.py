"""Measures that a dated limit bars, and the day on which each place gives them up.

A gate on measures says from which day a measure may not be taken (`law.gates`, the very same
function as for one case). A place follows it after its lag, drawn once for each document with
gates (`institutions.gates`), and from that day on does not apply the measure, whether the entry
or grade is older or not: such a limit speaks about measures as they are applied. A limit that
ceases before the place followed it is never followed; what was given up is not taken up again.
Limits that have to be weighed give up nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xinyong import places
from xinyong.assumptions import Assumptions
from xinyong.dates import NEVER, add_months, day_of
from xinyong.institutions.gates import lag
from xinyong.law import schema
from xinyong.law.catalogue import Catalogue
from xinyong.law.gates import Span, measure_target, spans, turns
from xinyong.streams import stream_key

__all__ = ["MeasureGates"]


#: What tells a measure of one version from all others.
_Text = tuple[str, str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


class MeasureGates:
    """The gates on measures of a catalogue, and how each place follows them.

    Args:
        catalogue: whole, with the gates.
        given: assumptions ``gates.lag.…``.
        seed: of all streams.
        last: the last day that matters.
    """

    def __init__(self, catalogue: Catalogue, given: Assumptions, seed: int, last: dt.date) -> None:
        self.given, self.key = given, stream_key(seed, "engine/gates")
        self.gates = replace(
            catalogue,
            instruments={i: it for i, it in catalogue.instruments.items() if _outright(it)},
        )
        self.reaches = sorted({it.reach.place for it in self.gates.instruments.values()})
        self.turns = turns(self.gates, last)
        self._found: dict[_Text, list[Span]] = {}
        self._days: dict[_Text, NDArray[np.int32]] = {}

    def _spans(
        self, it: schema.Instrument, version: schema.Version, row: schema.MeasureRow
    ) -> list[Span]:
        text = _text(it, version, row)
        if text not in self._found:
            found: dict[tuple[str, str], Span] = {}
            for place in self.reaches:
                for span in spans(self.gates, measure_target(it, version, row), self.turns, place):
                    found.setdefault((span.bar.instrument, span.bar.gate), span)
            self._found[text] = list(found.values())
        return self._found[text]

    def _follows(self, span: Span, leaf: str) -> int:
        """Return the day from which a leaf follows a limit, or NEVER."""
        gate = self.gates.instruments[span.bar.instrument]
        if not places.within(leaf, gate.reach.place):
            return NEVER
        version = next(w for w in gate.versions if w.id == span.bar.version)
        months = lag(self.given, self.key, version, gate.id, leaf)
        follows = add_months(day_of(span.bar.since), months)
        over = span.until is not None and follows >= day_of(span.until)
        return NEVER if over else follows

    def given_up(
        self, it: schema.Instrument, version: schema.Version, row: schema.MeasureRow
    ) -> NDArray[np.int32]:
        """Return int32[leaves]: the day from which each leaf does not apply a measure."""
        text = _text(it, version, row)
        if text not in self._days:
            found = self._spans(it, version, row)
            days = [
                min((self._follows(span, leaf) for span in found), default=NEVER)
                for leaf in (places.leaves() if found else ())
            ]
            self._days[text] = np.array(days or [NEVER] * len(places.leaves()), np.int32)
        return self._days[text]

    def limit(
        self, it: schema.Instrument, version: schema.Version, row: schema.MeasureRow, leaf: str
    ) -> tuple[int, int]:
        """Return the first day of limits on a measure in a leaf, and the first after them."""
        here = [
            span for span in self._spans(it, version, row)
            if places.within(leaf, self.gates.instruments[span.bar.instrument].reach.place)
        ]  # fmt: skip
        until = [NEVER if s.until is None else day_of(s.until) for s in here]
        return min((day_of(s.bar.since) for s in here), default=NEVER), max(until, default=NEVER)


def _text(it: schema.Instrument, version: schema.Version, row: schema.MeasureRow) -> _Text:
    return it.id, version.id, row.measure, tuple(row.by), tuple(row.grades), tuple(row.kinds or ())


def _outright(it: schema.Instrument) -> bool:
    """Tell whether an instrument bars a measure without anything to be weighed."""
    return it.kind == "gate" and any(
        gate.effect != "weighed" and "measure" in gate.bars
        for version in it.versions
        for gate in version.gates
    )
