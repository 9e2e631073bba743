"""Compile a catalogue into the integer tables of the kernel, and keep the way back.

Every row of the tables can be traced to its provision, version, article and source:
`Law.origins[row]`, `Law.steps[row]`. There is no rule in this module; it only writes
down, in integers, what the catalogue says.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, wraps
from itertools import groupby
from typing import Any, ParamSpec, TypeVar

import numpy as np

from xinyong import places
from xinyong.dates import NEVER, day_of, working_days
from xinyong.errors import CatalogueError, Problem
from xinyong.law import schema
from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.annex import Item
from xinyong.law.catalogue import Catalogue, load, reaches
from xinyong.law.stored import uninterrupted

__all__ = [
    "Law",
    "Origin",
    "StepOrigin",
    "compile_law",
    "consent_schemes",
    "consents_of",
    "grade_ids",
    "kept",
    "law",
]

P = ParamSpec("P")
R = TypeVar("R")

_BASES = {
    "acts_from": t.BASIS_ACT,
    "records_from": t.BASIS_RECORD,
    "decisions_from": t.BASIS_DECISION,
    "pending": t.BASIS_ALL,
    "all": t.BASIS_ALL,
}
_OPENS = {"met": 0, "entered": 1, "ended": 2, "always": 3}
_ALL_KINDS = (1 << len(v.KINDS)) - 1


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a compiled provision comes from.

    Attributes:
        instrument, version, provision: ids; an annex item is its own provision.
        text: the provision's title, or the item's restatement.
        cite: source and article, or the assumption.
        conditions: the top-level conditions, in the order of evaluation.
        effect: what it does, as the catalogue says it.
        case_only: why the simulation has no rate for it; empty if it has.
    """

    instrument: str
    version: str
    provision: str
    text: str
    cite: schema.Cite
    conditions: tuple[schema.Condition, ...]
    effect: Any
    case_only: str = ""


@dataclass(frozen=True, slots=True)
class StepOrigin:
    """Where a compiled step comes from."""

    instrument: str
    version: str
    step: schema.Step


@dataclass(frozen=True)
class Law:
    """The compiled law, with the words for every number in it.

    Attributes:
        catalogue: what it was compiled from.
        tables: what the kernel reads.
        instruments, conducts, places: ids in the order of their codes.
        details: quantities, then circumstances, in the order of their codes.
        documents: document kinds in the order of their codes.
        grades: for each scheme (in order of `schemes`), its grade ids, best first.
        schemes: instrument ids in the order of `tables.scheme`.
        origins: for each row of `tables.prov`.
        steps: for each row of `tables.step`.
        awards: award levels in the order of their codes.
    """

    catalogue: Catalogue
    tables: t.LawTables
    instruments: tuple[str, ...]
    conducts: tuple[str, ...]
    places: tuple[str, ...]
    details: tuple[str, ...]
    documents: tuple[str, ...]
    schemes: tuple[str, ...]
    grades: tuple[tuple[str, ...], ...]
    origins: tuple[Origin, ...]
    steps: tuple[StepOrigin, ...]
    awards: tuple[str, ...]
    code: dict[str, dict[str, int]] = field(repr=False, compare=False, default_factory=dict)

    @cached_property
    def answers(self) -> dict[tuple[Hashable, ...], Any]:
        """Return what functions marked `kept` have read off this law so far."""
        return {}

    @cached_property
    def quick(self) -> t.LawTables:
        """Return the tables in the form that plain Python reads fastest; the numbers are the same.

        One number of an array costs several times one of a memory view, which has no rows.
        """
        views = {
            name: getattr(self.tables, name).data
            for name in t.LawTables._fields
            if name not in t.ROWS_TAKEN
        }
        code = [tuple(op) for op in self.tables.code.tolist()]
        return self.tables._replace(**(views | {"code": code}))

    @cached_property
    def listening(self) -> int:
        """Return the largest number of provisions that listen to one conduct."""
        return int(np.diff(self.tables.by_conduct).max(initial=0))

    @cached_property
    def heard(self) -> tuple[tuple[str, ...], ...]:
        """Return, for each row of `tables.prov`, the conducts it listens to."""
        rows: list[list[str]] = [[] for _ in self.origins]
        for number, conduct in enumerate(self.conducts):
            first, last = self.tables.by_conduct[number : number + 2]
            for row in self.tables.listening[first:last]:
                rows[row].append(conduct)
        return tuple(tuple(row) for row in rows)


def kept(function: Callable[P, R]) -> Callable[P, R]:
    """Keep the answers of a function of a law and of words with that law, which never changes.

    The first argument is the law, the others are hashable and given by position.
    """

    @wraps(function)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        law, *words = args
        assert isinstance(law, Law)  # noqa: S101 - the first argument of all that are marked
        key = (function.__module__, function.__name__, *words, *kwargs.items())
        if key not in law.answers:
            law.answers[key] = function(*args, **kwargs)
        answer: R = law.answers[key]
        return answer

    return asked


def grade_ids(it: schema.Instrument) -> list[str]:
    """Return the grades of all versions of a scheme, best first.

    The catalogue has checked that the longest list holds the others in its order.
    """
    lists = [[str(g.id) for g in w.scheme.grades] for w in it.versions if w.scheme]
    return max(lists, key=len, default=[])


def _numbers(words: tuple[str, ...]) -> dict[str, int]:
    return {word: i for i, word in enumerate(words)}


def _mask(words: Sequence[str], names: tuple[str, ...]) -> int:
    return sum(1 << names.index(w) for w in words)


def consent_schemes(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the schemes that score nobody who has not consented, in the order of their bits."""
    return tuple(
        it.id
        for it in catalogue.instruments.values()
        if any(
            w.scheme and w.scheme.consent and w.scheme.consent.mode == "opt_in" for w in it.versions
        )
    )


@kept
def consents_of(law: Law) -> tuple[str, ...]:
    """Return `consent_schemes` of a law, looked for once."""
    return consent_schemes(law.catalogue)


class _Compiler:
    """Collects rows; the public face is `compile_law`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.cat = catalogue
        self.insts = tuple(catalogue.instruments)
        self.places = tuple(p.id for p in places.places())
        self.conducts = tuple(catalogue.conducts)
        self.documents = tuple(catalogue.documents)
        self.details = v.QUANTITIES + tuple(catalogue.circumstances)
        self.schemes = tuple(
            i for i, x in catalogue.instruments.items() if any(w.scheme for w in x.versions)
        )
        self.consents = consent_schemes(catalogue)
        self.number = {  # looking through a tuple for every word takes half of the time
            "instrument": _numbers(self.insts),
            "conduct": _numbers(self.conducts),
            "document": _numbers(self.documents),
            "detail": _numbers(self.details),
        }
        self.code: list[list[int]] = []
        self.prov: list[list[int]] = []
        self.term: list[list[int]] = []
        self.step: list[list[int]] = []
        self.anchor: list[int] = []
        self.valid: list[list[int]] = []
        self.cap: list[list[int]] = []
        self.grade: list[list[int]] = []
        self.scheme: list[list[int]] = []
        self.origins: list[Origin] = []
        self.step_origins: list[StepOrigin] = []
        self.listen: list[list[tuple[int, int]]] = [[] for _ in self.conducts]
        self.groups: dict[str, int] = {}
        self.ladders: dict[str, int] = {}
        self.awards: dict[str, int] = {}
        self.depends: dict[int, set[int]] = {i: set() for i in range(len(self.insts))}
        self.inst_now = 0

    # conditions ------------------------------------------------------------------

    def _op(self, *values: int) -> None:
        self.code.append([*values, *([0] * (t.CODE_COLS - len(values)))])

    def _bounds(self, lo: int | None, hi: int | None, lo_in: bool, hi_in: bool) -> list[int]:
        bits = (lo is not None) + 2 * (hi is not None) + 4 * (not lo_in) + 8 * (not hi_in)
        return [lo or 0, hi or 0, bits]

    def _list(self, name: str) -> int:
        inst = self.number["instrument"][name]
        if inst != self.inst_now:
            self.depends[self.inst_now].add(inst)
        return inst

    def condition(self, c: schema.Condition) -> None:
        """Write one condition in postfix form."""
        for op, inner in ((t.OP_ALL, c.all), (t.OP_ANY, c.any), (t.OP_NONE, c.unless)):
            if inner is not None:
                for each in inner:
                    self.condition(each)
                self._op(op, len(inner))
        if c.kind is not None:
            self._op(t.OP_KIND, _mask(c.kind, v.KINDS))
        elif c.role is not None:
            self._op(t.OP_ROLE, _mask(c.role, v.ROLES))
        elif c.age is not None:
            self._op(t.OP_AGE, *c.age)
        elif c.document is not None:
            self._op(t.OP_DOCUMENT, self.number["document"][c.document])
        elif c.circumstance is not None:
            self._op(t.OP_FLAG, self.number["detail"][c.circumstance])
        elif c.severity is not None:
            q = v.QUANTITIES.index("severity")
            for word in c.severity:
                level = v.SEVERITIES.index(word)
                self._op(t.OP_BAND, q, *self._bounds(level, level, True, True))
            self._op(t.OP_ANY, len(c.severity))
        elif c.band is not None:
            b = c.band
            bounds = self._bounds(b.lo, b.hi, b.lo_inclusive, b.hi_inclusive)
            self._op(t.OP_BAND, v.QUANTITIES.index(b.of), *bounds)
        elif c.event is not None:
            by = -1 if c.event.by is None else v.EVENTS.index(c.event.by)
            kind = -1 if c.event.document is None else self.number["document"][c.event.document]
            self._op(t.OP_EVENT, v.EVENTS.index(c.event.event), by, kind)
        elif c.lapsed is not None:
            mask = _mask(list(c.lapsed.without), v.EVENTS)
            self._op(t.OP_LAPSED, v.EVENTS.index(c.lapsed.after), mask)
        elif c.count is not None:
            self._op(t.OP_COUNT, c.count.window_months, c.count.lo)
        elif c.cumulative is not None:
            u = c.cumulative
            bounds = self._bounds(u.lo, u.hi, True, True)
            self._op(t.OP_CUMULATIVE, v.QUANTITIES.index(u.of), *bounds)
        elif c.continuing is not None:
            self._op(t.OP_CONTINUING, int(c.continuing))
        elif c.listed_on is not None:
            self._op(t.OP_LISTED_ON, self._list(c.listed_on))
        elif c.still_listed_on is not None:
            self._op(t.OP_STILL_LISTED_ON, self._list(c.still_listed_on))
        elif c.listed_for is not None:
            f = c.listed_for
            since = _mask(list(f.since), v.EVENTS)
            at, unit = v.EVENTS.index(f.at), v.UNITS.index(f.unit)
            self._op(t.OP_LISTED_FOR, self._list(f.list), f.n, unit, since, at)
        elif c.other_listing is not None:
            self._op(t.OP_OTHER_LISTING, self._list(c.other_listing))
        elif c.emergency is not None:
            self._op(t.OP_EMERGENCY, int(c.emergency))

    def conditions(self, when: list[schema.Condition]) -> tuple[int, int]:
        """Write top-level conditions; returns their range of rows."""
        start = len(self.code)
        for k, c in enumerate(when):
            self.condition(c)
            self._op(t.OP_TOP, k)
        return start, len(self.code)

    # terms and rows ----------------------------------------------------------------

    def add_term(self, term: schema.Term) -> int:
        """Write a term; returns its row."""
        lo, hi = term.extend_range or (0, 0)
        row = [
            int(term.open),
            term.n or 0,
            v.UNITS.index(term.unit) if term.unit else 0,
            v.ANCHORS.index(term.from_) if term.from_ else 0,
            int(term.while_continuing),
            v.QUANTITIES.index(term.extend_by) if term.extend_by else -1,
            lo,
            hi,
        ]
        self.term.append(row)
        return len(self.term) - 1

    def _blank(self, inst: int, version: schema.Version, number: int) -> list[int]:
        row = [0] * t.P_COLS
        row[t.P_INST], row[t.P_VERSION] = inst, number
        row[t.P_FROM] = day_of(version.in_force.from_)
        until = version.in_force.until
        row[t.P_TO] = NEVER if until is None else day_of(until)
        row[t.P_BASIS] = _BASES[version.transition]
        row[t.P_TERM] = row[t.P_LADDER] = row[t.P_AWARD] = row[t.P_PER] = row[t.P_LISTED] = -1
        row[t.P_GROUP] = -1
        row[t.P_BARRED] = row[t.P_ENDED] = row[t.P_LIMIT] = row[t.P_LIMIT_TO] = NEVER
        return row

    def _add(self, row: list[int], conducts: list[str] | tuple[str, ...], origin: Origin) -> None:
        for conduct in conducts:
            heard = self.listen[self.number["conduct"][conduct]]
            heard.append((row[t.P_INST], len(self.prov)))
        self.prov.append(row)
        self.origins.append(origin)

    def provision(
        self, it: schema.Instrument, version: schema.Version, number: int, p: schema.Provision
    ) -> None:
        """Write one provision of an instrument file."""
        inst = self.inst_now
        row = self._blank(inst, version, number)
        row[t.P_KINDS] = _mask(p.kinds or it.subjects, v.KINDS)
        row[t.P_VIA] = _mask(p.via, v.ROLES)
        e = p.effect
        grades = grade_ids(it)
        if isinstance(e, schema.Enter):
            row[t.P_EFFECT], row[t.P_TERM] = t.ENTER, self.add_term(e.term)
        elif isinstance(e, schema.End):
            row[t.P_EFFECT], row[t.P_A] = t.END, t.CAUSES.index(e.cause)
            row[t.P_B], row[t.P_C] = v.EVENTS.index(e.from_), int(e.only_open_term)
        elif isinstance(e, schema.Restore):
            row[t.P_EFFECT], row[t.P_B] = t.RESTORE, v.EVENTS.index(e.from_)
        elif isinstance(e, schema.Points):
            row[t.P_EFFECT], row[t.P_A], row[t.P_B] = t.POINTS, e.low, e.high
            row[t.P_EVERY] = e.every_months or 0
            row[t.P_GROUP] = self.groups.setdefault(f"{it.id}/{p.id}", len(self.groups))
            if e.per:
                row[t.P_PER] = v.QUANTITIES.index(e.per)
                row[t.P_STEP], row[t.P_TENTHS] = e.step or 1, e.points_per_step_tenths or 0
            if e.award:
                row[t.P_AWARD] = self.awards.setdefault(e.award, len(self.awards))
        elif isinstance(e, schema.SetGrade):
            row[t.P_EFFECT], row[t.P_A] = t.GRADE, grades.index(str(e.grade))
            if e.term is not None:
                row[t.P_TERM] = self.add_term(e.term)
        elif isinstance(e, schema.Convert):
            row[t.P_EFFECT], row[t.P_B] = t.CONVERT, v.EVENTS.index(e.from_)
            row[t.P_TERM] = self.add_term(e.term)
            row[t.P_A], row[t.P_C] = e.points or 0, -1
            if e.grade is not None:
                row[t.P_C] = grades.index(str(e.grade))
        else:
            row[t.P_EFFECT], row[t.P_A] = t.COPY, _mask(e.to, v.ROLES)
        row[t.P_CODE], row[t.P_CODE_END] = self.conditions(p.when)
        origin = Origin(
            it.id, version.id, p.id, p.title, p.cite, tuple(p.when), e, p.case_only or ""
        )
        self._add(row, p.conduct, origin)

    def item(self, it: schema.Instrument, version: schema.Version, number: int, item: Item) -> None:
        """Write one row of an annex."""
        scheme = version.scheme
        assert scheme is not None  # noqa: S101 - items exist only for schemes
        row = self._blank(self.inst_now, version, number)
        row[t.P_KINDS] = _mask(item.kinds, v.KINDS) or _ALL_KINDS
        # Points are scored by the target's own table, whether the act is its own or was
        # copied to it, unless the item reads copies of one role only.
        row[t.P_VIA] = _mask(item.via, v.ROLES) or self._copied(version)
        row[t.P_GROUP] = self.groups.setdefault(f"{it.id}/{item.group}", len(self.groups))
        when = []
        if item.quantity and not item.ladder and (item.lo is not None or item.hi is not None):
            when.append(
                schema.Condition(
                    band=schema.Band(
                        of=item.quantity,
                        lo=item.lo,
                        hi=item.hi,
                        lo_inclusive=item.lo_inclusive,
                        hi_inclusive=item.hi_inclusive,
                    )
                )
            )
        for fact in item.circumstance:
            if fact.startswith("listed_on:"):
                name = fact.removeprefix("listed_on:")
                row[t.P_LISTED] = self._list(name)
                when.append(schema.Condition(listed_on=name))
            else:
                when.append(schema.Condition(circumstance=fact))
        if item.severity:
            when.append(schema.Condition(severity=list(item.severity)))
        if item.role:
            when.append(schema.Condition(role=[item.role]))
        row[t.P_CODE], row[t.P_CODE_END] = self.conditions(when)
        row[t.P_EVERY] = item.every_months
        if item.award:
            row[t.P_AWARD] = self.awards.setdefault(item.award, len(self.awards))
        if item.grade:
            row[t.P_EFFECT] = t.GRADE
            row[t.P_A] = grade_ids(it).index(item.grade)
        else:
            row[t.P_EFFECT], row[t.P_A], row[t.P_B] = t.POINTS, item.low, item.high
        row[t.P_LO] = 0 if item.lo is None else item.lo + (not item.lo_inclusive)
        row[t.P_HI] = NEVER if item.hi is None else item.hi - (not item.hi_inclusive)
        if item.per:
            row[t.P_PER], row[t.P_STEP] = v.QUANTITIES.index(item.per), item.step
            row[t.P_TENTHS], row[t.P_TIER] = item.points_per_step_tenths, item.tier_base
        if item.ladder:
            name = f"{it.id}/{item.ladder}"
            row[t.P_LADDER] = self.ladders.setdefault(name, len(self.ladders))
            row[t.P_C] = 2 if item.ladder_mode == "add" else 1
            row[t.P_D] = v.QUANTITIES.index(item.quantity or item.per)
        cite = schema.Cite(source=scheme.items_source, article=f"{item.article} {item.item}")
        if not item.item.startswith("wd"):
            source = scheme.items_source
            if not item.article.startswith("annex"):
                source = scheme.cite.source or source
            cite = schema.Cite(source=source, article=item.article)
        if item.amended:
            text = f"; the text: {cite.source}, {cite.article}"
            cite = schema.Cite(assumption=f"amended for this calculation: {item.amended}{text}")
        effect: schema.SetGrade | schema.Points
        if item.grade:
            effect = schema.SetGrade(do="grade", grade=item.grade)
        else:
            effect = schema.Points(
                do="points", low=item.low, high=item.high, step=None, every_months=None
            )
        origin = Origin(it.id, version.id, item.item, item.text_en, cite, tuple(when), effect)
        self._add(row, item.conduct, origin)

    def _copied(self, version: schema.Version) -> int:
        """Return the mask of ``self`` and the roles to which a version copies records."""
        effects = [p.effect for p in version.provisions]
        roles = {role for e in effects if isinstance(e, schema.Copy) for role in e.to}
        return _mask(("self", *sorted(roles)), v.ROLES)

    def add_step(self, it: schema.Instrument, version: schema.Version, s: schema.Step) -> None:
        """Write one step of a procedure."""
        row = [0] * t.S_COLS
        row[t.S_INST] = self.inst_now
        row[t.S_FROM] = day_of(version.in_force.from_)
        until = version.in_force.until
        row[t.S_TO] = NEVER if until is None else day_of(until)
        row[t.S_MUST], row[t.S_OPENS] = int(s.modality == "must"), _OPENS[s.opens]
        row[t.S_CODE], row[t.S_CODE_END] = self.conditions(s.when)
        row[t.S_ANCHORS] = _mask(list(s.from_), v.ANCHORS)
        row[t.S_ANCHOR] = len(self.anchor)
        self.anchor += [v.ANCHORS.index(anchor) for anchor in s.from_]
        row[t.S_ANCHOR_END] = len(self.anchor)
        row[t.S_N] = -1 if s.within is None else s.within.n
        row[t.S_UNIT] = 0 if s.within is None else v.UNITS.index(s.within.unit)
        row[t.S_EXTENDED] = 0 if s.within is None else s.within.extended_by or 0
        row[t.S_THEN] = v.EVENTS.index(s.then)
        whole = [step.id for step in version.steps]
        here = whole.index(s.id)
        row[t.S_AFTER] = sum(1 << here - 1 - whole.index(name) for name in s.after)
        self.step.append(row)
        self.step_origins.append(StepOrigin(it.id, version.id, s))

    def add_scheme(self, it: schema.Instrument, version: schema.Version) -> None:
        """Write the base, grades, validity rules, combination and caps of a scheme."""
        s = version.scheme
        if s is None:
            return
        grade_start, valid_start, cap_start = len(self.grade), len(self.valid), len(self.cap)
        ids = grade_ids(it)
        own = {str(g.id): g for g in s.grades}
        for name in ids:
            g = own.get(name)
            if g is None or (g.lo is None and g.hi is None):
                lo, hi = NEVER, -NEVER  # no points lead there
            else:
                lo = -NEVER if g.lo is None else g.lo * 10 + (not g.lo_inclusive)
                hi = NEVER if g.hi is None else g.hi * 10 + 9
            points = None if g is None else g.direct_points
            self.grade.append([lo, hi, (points or 0) * 10, int(points is not None)])
        for rule in s.validity:
            awards = 0
            for award in rule.award or []:
                awards |= 1 << self.awards.setdefault(award, len(self.awards))
            row = [0] * t.V_COLS
            row[t.V_GRADE] = ids.index(rule.grade) if rule.grade is not None else -1
            row[t.V_UP_TO] = -1 if rule.minus_up_to is None else rule.minus_up_to
            row[t.V_MINUS] = int(rule.minus or rule.minus_up_to is not None)
            row[t.V_PLUS], row[t.V_AWARDS] = int(rule.plus), awards
            row[t.V_TERM] = self.add_term(rule.term)
            self.valid.append(row)
        for cap in s.caps:
            group = self.groups.setdefault(f"{it.id}/{cap.group}", len(self.groups))
            self.cap.append([group, cap.points * 10])
        c = s.combination
        row = [0] * t.X_COLS
        row[t.X_INST] = self.inst_now
        row[t.X_BASE] = t.NO_SCORE if s.base is None else s.base
        row[t.X_FLOOR] = -NEVER if s.floor is None else s.floor * 10
        row[t.X_CEILING] = NEVER if s.ceiling is None else s.ceiling * 10
        row[t.X_GRADE], row[t.X_GRADE_END] = grade_start, len(self.grade)
        row[t.X_VALID], row[t.X_VALID_END] = valid_start, len(self.valid)
        row[t.X_SEVERAL] = int(c.several_items == "direct_else_largest")
        row[t.X_FACTOR], row[t.X_CLASS] = c.recurrence_factor, int(c.recurrence_class == "group")
        row[t.X_INERT] = int(c.plus_inert_while_uncorrected)
        row[t.X_RELEASE] = int(c.released_by_correction)
        row[t.X_CAP], row[t.X_CAP_END] = cap_start, len(self.cap)
        row[t.X_FROM] = day_of(version.in_force.from_)
        until = version.in_force.until
        row[t.X_TO] = NEVER if until is None else day_of(until)
        self.scheme.append(row)

    # the whole -----------------------------------------------------------------------

    def strata(self) -> list[int]:
        """Order instruments by what they derive from; a cycle is refused."""
        level: dict[int, int] = {}

        def visit(i: int, path: tuple[int, ...]) -> int:
            if i in path:
                names = " → ".join(self.insts[j] for j in (*path, i))
                message = f"derived facts run in a circle: {names}"
                raise CatalogueError(Problem("catalogue", 0, "", message, "break one link"))
            if i not in level:
                level[i] = max((visit(j, (*path, i)) + 1 for j in self.depends[i]), default=0)
            return level[i]

        return [visit(i, ()) for i in range(len(self.insts))]

    def run(self) -> Law:
        """Compile everything."""
        inst_rows: list[list[int]] = []
        for number, it in enumerate(self.cat.instruments.values()):
            self.inst_now = number
            step_start = len(self.step)
            for i, version in enumerate(it.versions):
                if version.draft is not None:
                    continue
                for p in version.provisions:
                    self.provision(it, version, i, p)
                self.add_scheme(it, version)
                for item in self.cat.items.get(it.id, []) if version.scheme else []:
                    if "conversion" not in item.flag.split(";"):
                        self.item(it, version, i, item)
                for s in version.steps:
                    self.add_step(it, version, s)
            thens = {s.then for w in it.versions for s in w.steps}
            row = [0] * t.I_COLS
            row[t.I_KIND] = {"list": 0, "scheme": 1}.get(it.kind, 2)
            by = it.reach.by
            row[t.I_REACH_BY] = (
                t.BY_RESIDENCE * ("residence" in by)
                | t.BY_REGISTRATION * ("registration" in by)
                | t.BY_ACT_PLACE * ("act_place" in by)
            )
            row[t.I_STEP], row[t.I_STEP_END] = step_start, len(self.step)
            row[t.I_REMOVES], row[t.I_RECORDS] = int("removed" in thens), int("recorded" in thens)
            is_scheme = it.id in self.schemes
            row[t.I_SCHEME] = self.schemes.index(it.id) if is_scheme else -1
            row[t.I_DECIDES] = int("decided" in thens)
            row[t.I_KINDS] = _mask(it.subjects, v.KINDS)
            if it.id in self.consents:
                row[t.I_CONSENT] = self.consents.index(it.id) + 1
            inst_rows.append(row)
        for row, stratum in zip(inst_rows, self.strata(), strict=True):
            row[t.I_STRATUM] = stratum
        offsets, listening = [0], []
        sections: list[list[int]] = []
        section_offsets = [0]
        for pairs in self.listen:  # by instrument, then by effect, then as in the text
            order = sorted(pairs, key=lambda x: (x[0], self.prov[x[1]][t.P_EFFECT], x[1]))
            listening += [p for _, p in order]
            for inst, own in groupby(order, key=lambda x: x[0]):
                start = sections[-1][2] if len(sections) > section_offsets[-1] else offsets[-1]
                sections.append([inst, start, start + len(list(own))])
            section_offsets.append(len(sections))
            offsets.append(len(listening))
        rows: dict[tuple[str, ...], list[int]] = {}  # most instruments reach the same places
        for it in self.cat.instruments.values():
            area = (it.reach.place, *it.reach.without)
            if area not in rows:
                rows[area] = [int(reaches(it, p)) for p in self.places]
        reach = [rows[it.reach.place, *it.reach.without] for it in self.cat.instruments.values()]
        states = list(self.cat.emergencies.values())
        wd = working_days()
        tables = t.LawTables(
            prov=_table(self.prov, t.P_COLS),
            by_conduct=np.array(offsets, np.int64),
            listening=np.array(listening, np.int64),
            by_section=np.array(section_offsets, np.int64),
            section=_table(sections, 3),
            strata=np.array([1 + max((r[t.I_STRATUM] for r in inst_rows), default=0)], np.int64),
            anchor=np.array(self.anchor, np.int64),
            code=_table(self.code, t.CODE_COLS),
            term=_table(self.term, 8),
            step=_table(self.step, t.S_COLS),
            inst=_table(inst_rows, t.I_COLS),
            reach=np.array(reach, np.int64),
            scheme=_table(self.scheme, t.X_COLS),
            grade=_table(self.grade, 4),
            valid=_table(self.valid, t.V_COLS),
            cap=_table(self.cap, 2),
            wd_first=np.array([wd.first], np.int64),
            wd_rank=wd.rank.astype(np.int64),
            wd_day=wd.day.astype(np.int64),
            emergency=_table(
                [[day_of(e.from_), NEVER if e.until is None else day_of(e.until)] for e in states],
                t.M_COLS,
            ),
            emergency_in=_table(
                [[int(places.within(p, e.place)) for p in self.places] for e in states],
                len(self.places),
            ),
        )
        names = {
            "instrument": self.insts,
            "conduct": self.conducts,
            "place": self.places,
            "detail": self.details,
            "document": self.documents,
            "event": v.EVENTS,
            "role": v.ROLES,
            "kind": v.KINDS,
        }
        return Law(
            catalogue=self.cat,
            tables=tables,
            instruments=self.insts,
            conducts=self.conducts,
            places=self.places,
            details=self.details,
            documents=self.documents,
            schemes=self.schemes,
            grades=tuple(tuple(grade_ids(self.cat.instruments[s])) for s in self.schemes),
            origins=tuple(self.origins),
            steps=tuple(self.step_origins),
            awards=tuple(self.awards),
            code={k: _numbers(words) for k, words in names.items()},
        )


def _table(rows: list[list[int]], columns: int) -> t.Ints:
    return np.array(rows, np.int64).reshape(len(rows), columns)


def compile_law(catalogue: Catalogue) -> Law:
    """Compile a catalogue.

    Raises:
        CatalogueError: derived facts depend on each other in a circle.
    """
    with uninterrupted():
        return _Compiler(catalogue).run()


@cache
def law() -> Law:
    """Return the built-in law, compiled (cached)."""
    return compile_law(load())
