"""Gates followed locally: when a place gives up what a gate bars, and what it does instead.

A gate says from which day on a provision is barred (`law.gates`). A place follows it some
months later: the catalogue states how many on average (`Version.followed`, longer for a press
statement than for a document of the State Council), places are slower the lower they are, and
each place draws its own lag, once for each document with gates, as if in every month a fixed
share of those that do not follow yet begin to (mechanism M9); villages follow with their county.
What a place then does with a provision is drawn once for each instrument:

- ``supply`` what is missing, if that is a safeguard such as a notice: the provision stays;
- ``drop`` it: what is decided from that day on no longer rests on it;
- turn it into a ``list``: a low mark becomes an entry on a local list (`turned`);
- turn the scheme into one of ``reward`` only: no deduction of it counts any more;
- ``keep`` it for a while, as a zombie rule, and drop it (or supply the safeguard) then.

Entries and points from before are handled as the gate says: they stand until their term ends,
unless its transition speaks about everything. The law effective in a place is the enacted law
with these days written into its rows (``P_BARRED`` and the columns beside it); no test of a gate
is repeated here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from xinyong import places
from xinyong.assumptions import Assumptions
from xinyong.dates import NEVER, add_months, date_of, day_of
from xinyong.errors import Problem, ScenarioError
from xinyong.law import schema
from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.catalogue import Catalogue, lag_months, reaches
from xinyong.law.compile import Law
from xinyong.law.gates import Span, Target, provision_target, spans, turns
from xinyong.streams import draw64, name_word, stream_key

__all__ = [
    "RESPONSES",
    "Followed",
    "Gates",
    "lag",
    "share_following",
    "shares",
    "turned",
    "turned_id",
]

#: What a place may do with a provision that is barred there.
RESPONSES = ("supply", "drop", "list", "reward", "keep")
#: Responses open to it, by what is barred, in the order in which shares are laid side by side;
#: the rest keeps the provision for a while.
_OPEN = {
    "safeguard": ("supply", "drop"),
    "basis": ("drop",),
    "points": ("drop", "list", "reward"),
}
_LAG, _RESPONSE, _KEEP = (np.uint64(i) for i in range(3))
_LONGEST = 1200  # months; nobody is slower


def turned_id(scheme: str) -> str:
    """Return the id of the list that barred rules of a scheme are turned into."""
    return f"{scheme}_turned"


def _waited(uniform: np.uint64, mean: float) -> int:
    """Return the months after which a place follows, if each month 1 in `mean` of the rest does.

    No logarithm, so that the months are the same on every machine.
    """
    if mean <= 0:
        return 0
    each = min(1.0, 1.0 / mean)
    months, left, u = 1, 1.0 - each, float(int(uniform)) / 2.0**64
    while 1.0 - left <= u and months < _LONGEST:
        months, left = months + 1, left * (1.0 - each)
    return months


def _seat(leaf: str) -> str:
    """Return the place whose body follows a gate: of villages, that of their county."""
    return places.ancestors(leaf)[1] if places.place(leaf).level == "village" else leaf


def _mean(given: Assumptions, version: schema.Version, leaf: str) -> tuple[float, bool]:
    """Return the mean lag in months, and whether it is stated for this very place."""
    stated = float(lag_months(version, leaf))
    own = version.followed.places if version.followed is not None else []
    if any(row.place in places.ancestors(leaf) for row in own):
        return stated, True
    return stated * given.value(f"gates.lag.{places.place(_seat(leaf)).level}"), False


def lag(given: Assumptions, key: np.uint64, version: schema.Version, gate: str, leaf: str) -> int:
    """Return after how many months a place follows the gates of a document.

    Args:
        given: assumptions ``gates.lag.…``.
        key: of the stream ``engine/gates``.
        version: of the document with gates.
        gate: id of that document.
        leaf: the place.
    """
    mean, exact = _mean(given, version, leaf)
    if exact:
        return int(mean)
    return _waited(draw64(key, name_word(_seat(leaf)), name_word(gate), _LAG)[0], mean)


def share_following(given: Assumptions, version: schema.Version, leaf: str, months: int) -> float:
    """Return the chance that a place follows a document so many months after its first day (M9).

    Example:
        >>> from xinyong.assumptions import assumptions
        >>> from xinyong.law.catalogue import load
        >>> opinions = load().instruments["gate_guobanfa_2020_49"].versions[0]
        >>> round(share_following(assumptions(), opinions, "hangzhou", 12), 3)  # 1 - (11/12)^12
        0.648
    """
    mean, exact = _mean(given, version, leaf)
    if exact or mean <= 0:
        return float(months >= mean)
    return 1.0 - (1.0 - min(1.0, 1.0 / mean)) ** max(months, 0)


def shares(given: Assumptions, asked: str) -> dict[str, float]:
    """Return the shares of places by what they do; `asked` as in `Gates.response`.

    Raises:
        ScenarioError: they add up to more than one.

    Example:
        >>> from xinyong.assumptions import assumptions
        >>> {word: round(x, 2) for word, x in shares(assumptions(), "points").items()}
        {'drop': 0.4, 'list': 0.15, 'reward': 0.25, 'keep': 0.2}
    """
    found = {word: given.value(f"gates.{asked}.{word}") for word in _OPEN[asked]}
    if sum(found.values()) > 1:
        where = f"assume.gates.{asked}"
        raise ScenarioError(Problem("scenario", 0, where, "shares add up to more than 1"))
    return found | {"keep": 1.0 - sum(found.values())}


@dataclass(frozen=True, slots=True)
class Followed:
    """What one place does about one gate on provisions of one instrument.

    Attributes:
        leaf, gate, limit, instrument: place, document, gate in it, and whose provisions.
        response: one of `RESPONSES`.
        since: first day of the limit; follows: day from which the place follows it; ends: day from
            which it no longer applies the provisions (NEVER: it goes on, with the safeguard).
    """

    leaf: str
    gate: str
    limit: str
    instrument: str
    response: str
    since: int
    follows: int
    ends: int


def _outright(it: schema.Instrument) -> list[schema.Gate]:
    """Return the gates of an instrument that bar provisions, without anything to be weighed."""
    return [
        gate
        for version in it.versions
        for gate in version.gates
        if gate.effect != "weighed" and {"entry", "points", "grade", "copy"} & set(gate.bars)
    ]


def _attributes(x: Target) -> tuple[object, ...]:
    """Return what gates can tell targets of one version apart by."""
    return (x.what, x.conducts, x.kinds, x.sign, x.documents, x.listed, x.asked, x.bare, x.copied)


class Gates:
    """The gates on a compiled law, and how each place follows them.

    Args:
        catalogue: whole, with the gates.
        law: compiled; what is barred are its provisions.
        given: assumptions ``gates.…``.
        seed: of all streams.
        last: the last day that matters.
        known: gates on a law whose rows this one begins with.

    Attributes:
        found: for rows of `prov` and masks of kinds, the spans in which they are barred.
        made: lists that rules were turned into; turns: the row of such a list, by the row of
            the rule.

    Raises:
        ScenarioError: the shares of responses add up to more than one.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        law: Law,
        given: Assumptions,
        seed: int,
        last: dt.date,
        known: Gates | None = None,
    ) -> None:
        self.law, self.given, self.last = law, given, day_of(last)
        self.key = stream_key(seed, "engine/gates")
        outright = {it.id: _outright(it) for it in catalogue.instruments.values()}
        self.gates = replace(
            catalogue, instruments={i: catalogue.instruments[i] for i, x in outright.items() if x}
        )
        self.words = {name: name_word(name) for name in law.instruments}
        self.words |= {leaf: name_word(_seat(leaf)) for leaf in places.leaves()}
        self.shares = {asked: shares(given, asked) for asked in _OPEN}
        by_kind = any(
            gate.where.subjects or (gate.needs and gate.needs.subjects)
            for gates in outright.values() for gate in gates
        )  # fmt: skip
        rows = range(0 if known is None else len(known.law.origins), len(law.origins))
        self.found: dict[tuple[int, int], list[Span]] = {} if known is None else dict(known.found)
        self.found |= dict(self._spans(rows, turns(self.gates, last), by_kind))
        self.made = frozenset(turned_id(x) for x in law.schemes) & frozenset(law.instruments)
        self.turns = {
            int(o.provision.removeprefix("from_")): row
            for row, o in enumerate(law.origins) if o.instrument in self.made
        }  # fmt: skip
        self._lags: dict[tuple[str, str, str], int] = {}

    def _spans(
        self, rows: range, days: tuple[dt.date, ...], by_kind: bool
    ) -> Iterator[tuple[tuple[int, int], list[Span]]]:
        """Yield for rows of `prov` and masks of kinds the spans in which they are barred."""
        x, first = self.law.tables.prov, day_of(min(days)) if days else NEVER
        held: dict[tuple[object, ...], list[Span]] = {}
        for row in rows:
            decided = x[row, t.P_BASIS] in (t.BASIS_DECISION, t.BASIS_ALL)
            if decided and x[row, t.P_TO] < first:
                continue  # out of force before any gate
            mask = int(x[row, t.P_KINDS])
            masks = [1 << k for k in range(len(v.KINDS)) if mask >> k & 1] if by_kind else [mask]
            for kinds in masks:
                target = self._target(row, kinds)
                if target is None:
                    continue
                like = (target.instrument.id, target.version.id, *_attributes(target))
                if like not in held:  # items of a table are alike in most attributes
                    held[like] = self._barring(target, days)
                if held[like]:
                    yield (row, kinds), held[like]

    def _barring(self, target: Target, days: tuple[dt.date, ...]) -> list[Span]:
        barred: dict[tuple[str, str], Span] = {}
        for place in sorted({it.reach.place for it in self.gates.instruments.values()}):
            for span in spans(self.gates, target, days, place):
                barred.setdefault((span.bar.instrument, span.bar.gate), span)
        return list(barred.values())

    def _target(self, row: int, kinds: int) -> Target | None:
        o, x = self.law.origins[row], self.law.tables.prov
        via = tuple(r for i, r in enumerate(v.ROLES) if x[row, t.P_VIA] >> i & 1)
        named = tuple(k for i, k in enumerate(v.KINDS) if kinds >> i & 1)
        return provision_target(
            self.law.catalogue, o.instrument, o.version, self.law.heard[row], o.conditions,
            o.effect, via, named,
        )  # fmt: skip

    def _lag(self, leaf: str, span: Span) -> int:
        key = (leaf, span.bar.instrument, span.bar.version)
        if key not in self._lags:
            it = self.gates.instruments[span.bar.instrument]
            version = next(w for w in it.versions if w.id == span.bar.version)
            self._lags[key] = lag(self.given, self.key, version, it.id, leaf)
        return self._lags[key]

    def response(self, leaf: str, instrument: str, asked: str) -> str:
        """Return what a place does with provisions of an instrument that are barred there.

        `asked` is ``safeguard`` (all that is missing is one), ``basis`` (for an entry), or
        ``points`` (for points and grades of a scheme).
        """
        word = draw64(self.key, self.words[leaf], self.words[instrument], _RESPONSE)[0]
        u, low = float(int(word)) / 2.0**64, 0.0
        for response, share in self.shares[asked].items():
            low += share
            if u < low:
                return response
        return "keep"

    def _kept(self, leaf: str, instrument: str) -> int:
        word = draw64(self.key, self.words[leaf], self.words[instrument], _KEEP)[0]
        return _waited(word, self.given.value("gates.keep_months"))

    def _asked(self, row: int, barred: list[Span]) -> str:
        if self.law.tables.prov[row, t.P_EFFECT] in (t.POINTS, t.GRADE):
            return "points"
        return "safeguard" if all(s.safeguards for s in barred) else "basis"

    def _rows(self, leaf: str) -> Iterator[tuple[int, int, str, str, list[tuple[Span, int]]]]:
        """Yield row, kinds, what is asked, response, and the spans with the day followed."""
        for (row, kinds), barred in self.found.items():
            name = self.law.origins[row].instrument
            if not reaches(self.law.catalogue.instruments[name], leaf):
                continue
            here = []
            for span in barred:
                if not places.within(leaf, self.gates.instruments[span.bar.instrument].reach.place):
                    continue
                follows = add_months(day_of(span.bar.since), self._lag(leaf, span))
                if span.until is not None and follows >= day_of(span.until):
                    follows = NEVER  # the limit ceased before the place followed it
                here.append((span, follows))
            if here:
                asked = self._asked(row, [s for s, _ in here])
                yield row, kinds, asked, self.response(leaf, name, asked), here

    def followed(self, leaf: str) -> tuple[Followed, ...]:
        """Return what a place does about each gate, each instrument once."""
        found: dict[tuple[str, ...], Followed] = {}
        for row, _, _, response, here in self._rows(leaf):
            name = self.law.origins[row].instrument
            for span, follows in here:
                ends = self._ends(leaf, name, response, follows)
                found.setdefault(
                    (span.bar.instrument, span.bar.gate, name, response),
                    Followed(
                        leaf, span.bar.instrument, span.bar.gate, name, response,
                        day_of(span.bar.since), follows, ends,
                    ),
                )  # fmt: skip
        return tuple(found.values())

    def _ends(self, leaf: str, name: str, response: str, follows: int) -> int:
        """Return the day from which a provision is not applied any more, or made lawful."""
        if name in self.made or follows >= NEVER:
            return NEVER  # a list made to get round a limit does not give way to the next
        return add_months(follows, self._kept(leaf, name)) if response == "keep" else follows

    def tables(self, leaf: str) -> t.LawTables:
        """Return the law as it is followed in a place: the enacted tables, if it bars nothing."""
        prov = self.law.tables.prov.copy()
        prov[list(self.turns.values()), t.P_FROM] = NEVER
        rewards: dict[str, tuple[int, int]] = {}
        for row, kinds, asked, response, here in self._rows(leaf):
            name = self.law.origins[row].instrument
            ends = [self._ends(leaf, name, response, follows) for _, follows in here]
            until = [NEVER if s.until is None else day_of(s.until) for s, _ in here]
            if asked == "safeguard" and response in ("supply", "keep"):
                until = [min(pair) for pair in zip(until, ends, strict=True)]
            else:
                all_ = [e for e, (s, _) in zip(ends, here, strict=True) if s.everything]
                self._bar(prov, row, kinds, min(ends), min(all_, default=NEVER))
            prov[row, t.P_BAR_KINDS] |= kinds
            prov[row, t.P_LIMIT] = min(day_of(s.bar.since) for s, _ in here)
            prov[row, t.P_LIMIT_TO] = max(until)
            if response == "list" and row in self.turns:
                prov[self.turns[row], t.P_FROM] = min(ends)
            elif response == "reward":
                day, mask = rewards.get(name, (NEVER, 0))
                rewards[name] = min(day, *ends), mask | kinds
        self._reward(prov, rewards)
        same = np.array_equal(prov, self.law.tables.prov)
        return self.law.tables if same else self.law.tables._replace(prov=prov)

    @staticmethod
    def _bar(prov: t.Ints, row: int, kinds: int, barred: int, ended: int) -> None:
        """Write the days from which a row is not applied; the later ones if kinds differ."""
        if prov[row, t.P_BAR_KINDS]:
            barred = max(barred, int(prov[row, t.P_BARRED]))
            ended = max(ended, int(prov[row, t.P_ENDED]))
        prov[row, t.P_BARRED], prov[row, t.P_ENDED] = barred, ended
        prov[row, t.P_BAR_KINDS] |= kinds

    def _reward(self, prov: t.Ints, schemes: dict[str, tuple[int, int]]) -> None:
        """Let no deduction count any more in schemes that only reward from a day on."""
        barred = {row for row, _ in self.found}
        for row, origin in enumerate(self.law.origins if schemes else ()):
            if origin.instrument not in schemes or row in barred or not self._deducts(row):
                continue
            day, kinds = schemes[origin.instrument]
            self._bar(prov, row, kinds & int(prov[row, t.P_KINDS]), day, NEVER)

    def _deducts(self, row: int) -> bool:
        target = self._target(row, int(self.law.tables.prov[row, t.P_KINDS]))
        return target is not None and target.what in ("points", "grade") and target.sign < 0


def turned(catalogue: Catalogue, gates: Gates) -> Catalogue:
    """Return the catalogue with the lists that barred rules of schemes are turned into.

    Such a list enters for ``gates.list_months`` whoever's record would have cost points, on
    decision of the body that runs the scheme. It is in force from the day on which the first
    place turns its rules; its provisions begin, place by place, on the day on which the place
    turns the rule (`Gates.tables`). There is none if nobody turns any by the last day.
    """
    first: dict[str, int] = {}
    for leaf in places.leaves():
        for row in gates.followed(leaf):
            if row.response == "list" and row.ends <= gates.last:
                first[row.instrument] = min(row.ends, first.get(row.instrument, NEVER))
    if not first:
        return catalogue
    instruments = gates.law.catalogue.instruments
    lists = {
        turned_id(scheme): _list_of(instruments[scheme], gates, date_of(day))
        for scheme, day in sorted(first.items())
    }
    return replace(catalogue, instruments=catalogue.instruments | lists)


def _list_of(it: schema.Instrument, gates: Gates, since: dt.date) -> schema.Instrument:
    """Return the list that the barred rules of a scheme become."""
    why = "A barred rule that is turned into a list is taken to enter whom it used to mark down."
    cite = schema.Cite(assumption=why)
    term = schema.Term.model_validate(
        {"n": int(gates.given.value("gates.list_months")), "unit": "month", "from": "decided"}
    )
    provisions = []
    for row, origin in enumerate(gates.law.origins):
        kinds = [mask for number, mask in gates.found if number == row]
        if origin.instrument != it.id or not kinds:
            continue
        named = [k for i, k in enumerate(v.KINDS) if any(mask >> i & 1 for mask in kinds)]
        provisions.append(
            schema.Provision.model_validate(
                {
                    "id": f"from_{row}", "title": origin.text,
                    "conduct": list(gates.law.heard[row]), "kinds": named,
                    "when": list(origin.conditions), "effect": schema.Enter(do="enter", term=term),
                    "cite": cite,
                }
            )
        )  # fmt: skip
    decide = schema.Step.model_validate(
        {
            "id": "decide", "title": "decide to list", "by": it.decider or it.issuer,
            "modality": "must", "opens": "met", "from": ["formed"], "then": "decided",
            "if_lapsed": "nothing follows", "cite": cite,
        }
    )  # fmt: skip
    version = schema.Version.model_validate(
        {
            "id": "turned", "in_force": {"from": since, "cite": cite},
            "transition": "decisions_from", "transition_cite": cite,
            "steps": [decide], "provisions": provisions,
        }
    )  # fmt: skip
    en, zh = f"{it.name.en}: rules turned into a list", f"{it.name.zh}（转为名单）"
    return it.model_copy(
        update={
            "id": turned_id(it.id), "kind": "list", "polarity": "black", "versions": [version],
            "name": schema.Bilingual(en=en, zh=zh), "short": None, "interpretations": [],
            "unmodelled": [], "stated": [], "measure_fields": [],
        }
    )  # fmt: skip
