"""Q15: how different is what follows from the same act in different places?

One hypothetical twin with the same conduct on the same days is put in every place that has an
instrument of its own, and the calculator (`xinyong.case`) says what follows: entries, measures,
points, grade, what a regulation lets be recorded and shown and for how long, and ways to undo it.
Each of these is a *consequence*, a word that says nothing of the instrument; two places differ by
the Jaccard distance of their sets (1 - shared / all; two empty sets do not differ). What follows
anywhere in China is the baseline and is left out of the sets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations

from xinyong import places
from xinyong.case import calculate
from xinyong.case.calculator import CaseResult
from xinyong.case.model import Act, Case, SubjectFacts
from xinyong.indicators.burden import at_end, weight_of
from xinyong.indicators.terms import Weight, weights
from xinyong.language import Name, Part, Sentence
from xinyong.law import schema
from xinyong.law.compile import Law, consent_schemes, law
from xinyong.law.determine import Entry
from xinyong.study.answer import Answer, Matter, Row
from xinyong.study.matters import own, two
from xinyong.study.settings import Settings

__all__ = [
    "ACTS",
    "NOWHERE",
    "Outcome",
    "answer",
    "jaccard",
    "local_places",
    "months_between",
    "outcome",
    "twin",
]

#: A province without any instrument of its own: what follows there follows everywhere.
NOWHERE = "gansu"
ON = dt.date(2021, 3, 1)
#: Assumption: an entry or record without an end is counted this long.
OPEN_MONTHS = 60


def _act(conduct: str, start: str, document: str = "", **more: object) -> dict[str, object]:
    facts: dict[str, object] = {"conduct": conduct, "from": dt.date.fromisoformat(start), **more}
    if document:
        facts["documents"] = [{"kind": document, "formed": dt.date.fromisoformat(start)}]
    return facts


#: The acts: in words, kind of the subject, and the facts of the case.
ACTS: dict[str, tuple[str, str, dict[str, object]]] = {
    "drunk_driving": (
        "drunk driving, penalised", "person",
        _act("drunk_driving", "2020-03-05", "penalty_decision"),
    ),
    "judgment": (
        "an unpaid judgment, able to pay", "person",
        _act("judgment_refusal", "2020-05-06", circumstances=["able"], documents=[
            {"kind": "judgment", "formed": dt.date(2020, 3, 2), "served": dt.date(2020, 3, 6),
             "effective": dt.date(2020, 3, 23)},
            {"kind": "enforcement_notice", "formed": dt.date(2020, 4, 2),
             "served": dt.date(2020, 4, 7)},
        ]),
    ),
    "wages": (
        "wages of ten workers unpaid", "enterprise",
        _act("wage_arrears", "2020-03-02", persons=10, amount=30_000, months=1, documents=[
            {"kind": "payment_order", "formed": dt.date(2020, 4, 2),
             "served": dt.date(2020, 4, 2)},
        ], events=[{"event": "deadline", "on": dt.date(2020, 4, 20)}]),
    ),
    "epidemic": (
        "illness or travel concealed in the epidemic, penalised", "person",
        _act("epidemic_concealment", "2020-03-05", "penalty_decision"),
    ),
    "volunteering": (
        "forty hours of volunteering", "person",
        _act("volunteer_service", "2020-03-05", "volunteer_record", hours=40),
    ),
    "fare": ("a fare evaded on a city bus", "person", _act("fare_evasion", "2020-03-05")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from an act in a place.

    Attributes:
        consequences: words, alike over places; provisions: that are met or speak of the record.
        burden: weighted measure-months.
        points: of local schemes, added up; grades: scheme and grade where it is known.
        shown: months for which a regulation has the record shown, the longest; -1 if none.
    """

    consequences: frozenset[str]
    provisions: frozenset[str]
    burden: float
    points: float
    grades: tuple[str, ...]
    shown: int

    @property
    def told(self) -> tuple[frozenset[str], float, float, int]:
        """Return all but the grades: what sets one place apart from another."""
        return self.consequences, self.burden, self.points, self.shown


def local_places(compiled: Law) -> tuple[str, ...]:
    """Return the places whose own lists, schemes or regulations the catalogue has, by id."""
    return tuple(
        sorted(
            {
                it.reach.place
                for it in compiled.catalogue.instruments.values()
                if it.kind in ("list", "scheme", "regulation") and it.reach.place != "cn"
            }
        )
    )


def twin(act: str, place: str, schemes: tuple[str, ...] = ()) -> Case:
    """Return the case of an act in a place; alike everywhere, the schemes joined included."""
    _, kind, facts = ACTS[act]
    age = (35, 44) if kind == "person" else None
    subject = SubjectFacts(kind=kind, place=place, age=age, consents=schemes)
    return Case(subject=subject, acts=(Act.model_validate(facts),), on=ON)


def months_between(first: dt.date, last: dt.date | None, most: int = OPEN_MONTHS) -> int:
    """Return whole months from a day to another, at most `most`; that if it is open.

    Example:
        >>> months_between(dt.date(2020, 1, 31), dt.date(2021, 1, 30))
        11
    """
    if last is None:
        return most
    n = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return max(0, min(n, most))


def _listed(result: CaseResult, entry: Entry) -> str:
    it = result.law.catalogue.instrument(entry.instrument)
    return f"on a {it.polarity} list of the {it.level} level"


def _words(result: CaseResult) -> frozenset[str]:
    """Return the consequences of a case as words that name no instrument."""
    cat = result.law.catalogue
    found = {_listed(result, e) for e in result.entries}
    found |= {f"measure: {cat.measures[m.measure].name.en}" for m in result.measures}
    for line in result.determination.lines:
        if line.points:
            found.add("points added" if line.points > 0 else "points deducted")
        if line.grade:
            found.add("a grade set directly")
    for r in result.records:
        if r.allowed:
            found.add(f"record: {r.allowed}")
        for s in r.shown:
            if not s.rule.excluded:
                term = s.rule.term
                length = "openly" if term.open else f"{term.n} {term.unit} from {term.from_}"
                found.add(f"{s.rule.way}, {length}")
        for p in r.paths:
            shut = isinstance(p.rule, schema.Repair) and p.rule.excluded
            found.add(f"{p.rule.rule}{' excluded' if shut else ' open'}")
    return frozenset(found)


def _provisions(result: CaseResult) -> frozenset[str]:
    """Return the provisions that are met, and the rules of regulations that speak of the record."""
    origins = result.law.origins
    found = {
        f"{origins[x.row].instrument} {origins[x.row].provision}"
        for x in result.determination.tried
        if x.status == "met"
    }
    for r in result.records:
        rules = [*r.collect, *(s.rule for s in r.shown), *r.access, *(p.rule for p in r.paths)]
        found |= {f"{r.instrument} {rule.id}" for rule in rules}
    return frozenset(found)


def _burden(
    result: CaseResult, open_months: int = OPEN_MONTHS, weigh: Callable[[Weight], float] = at_end
) -> float:
    cat = result.law.catalogue
    months: dict[str, int] = {}
    for e in result.entries:
        end = e.lawful_end or e.expires
        months[e.instrument] = max(
            months.get(e.instrument, 0), months_between(e.start, end, open_months)
        )
    longest: dict[str, int] = {}  # a measure that several lists bring counts once
    for m in result.measures:
        longest[m.measure] = max(longest.get(m.measure, 0), months.get(m.list, 0))
    return sum(n * weigh(weight_of(cat, m)) for m, n in longest.items())


def _shown(result: CaseResult) -> int:
    spans = [
        months_between(s.since or ON, s.until)
        for r in result.records
        for s in r.shown
        if s.rule.way in ("publish", "query") and not s.rule.excluded
    ]
    return max(spans, default=-1)


def _result(act: str, place: str) -> CaseResult:
    compiled = law()
    return calculate(twin(act, place, consent_schemes(compiled.catalogue)), compiled)


@cache
def outcome(act: str, place: str) -> Outcome:
    """Return what follows from an act in a place under the built-in law on `ON`."""
    result = _result(act, place)
    lines = [x for x in result.determination.lines if x.state != "superseded"]
    return Outcome(
        consequences=_words(result),
        provisions=_provisions(result),
        burden=_burden(result),
        points=sum(x.points for x in lines) / 10,
        grades=tuple(
            f"{s.instrument} {s.grade}"
            for s in result.determination.scores
            if s.grade and s.instrument in {x.instrument for x in lines}
        ),
        shown=_shown(result),
    )


def jaccard(one: frozenset[str], two: frozenset[str]) -> float:
    """Return the Jaccard distance of two sets; 0 if both are empty.

    Example:
        >>> jaccard(frozenset("ab"), frozenset("bc"))
        0.6666666666666667
    """
    both = one | two
    return 1 - len(one & two) / len(both) if both else 0.0


def distance(sets: list[frozenset[str]]) -> float:
    """Return the mean distance over all pairs."""
    pairs = list(combinations(sets, 2))
    return sum(jaccard(a, b) for a, b in pairs) / len(pairs) if pairs else 0.0


def _name(place: str) -> Name:
    found = places.place(place)
    return Name(found.name_en, found.name_zh)


def _matters() -> tuple[Matter, Matter]:
    """Return the two assumptions that move the mean burden of the acts most."""
    results = [_result(act, NOWHERE) for act in ACTS]

    def mean(open_months: float = OPEN_MONTHS, changed: str = "", to: float = 0.0) -> float:
        def weigh(w: Weight) -> float:
            return to if changed and w is weights()[changed] else w.value

        return sum(_burden(r, int(open_months), weigh) for r in results) / len(results)

    trials = [own("study.q15.open_months", "months counted where no end is fixed", OPEN_MONTHS,
                  (12, 120), mean)]  # fmt: skip
    trials += [
        own(f"weight.{name}", "weight, a refused air ticket being 1", w.value, w.range,
            partial(mean, OPEN_MONTHS, name))
        for name, w in weights().items()
    ]  # fmt: skip
    said = "the mean burden of the acts anywhere (weighted measure-months)"
    return two(said, mean(), trials)


def _finding(
    act: str, adding: tuple[int, int], apart: tuple[float, float] | None, marks: list[float],
    grades: list[str], loads: list[float],
) -> Sentence:  # fmt: skip
    """Return what was found of an act.

    Args:
        act: in words.
        adding: how many places add something, and of how many.
        apart: mean distance among those that do, of consequences and of provisions.
        marks: points in local schemes.
        grades: scheme and grade.
        loads: burdens of all places.
    """
    distances: Part = ""
    if apart:
        distances = Sentence(
            "; among them the mean distance is {among} (of provisions {texts})",
            among=f"{apart[0]:.2f}", texts=f"{apart[1]:.2f}",
        )  # fmt: skip
    points: Part = ""
    if marks:
        low, high = f"{min(marks):+g}", f"{max(marks):+g}"
        points = Sentence(", points from {low} to {high}", low=low, high=high)
    after = Sentence(", grades after it {grades}", grades=grades) if marks and grades else ""
    low, high = f"{min(loads):g}", f"{max(loads):g}"
    if not max(loads):
        ends = Sentence("no measure anywhere")
    elif min(loads) == max(loads):
        ends = Sentence("the burden is {x} weighted measure-months everywhere", x=high)
    else:
        ends = Sentence(
            "the burden goes from {low} to {high} weighted measure-months", low=low, high=high
        )
    return Sentence(
        "{act}: {n} of {all} places add something{distances}{points}{grades}; {ends}.",
        act=Sentence(act), n=str(adding[0]), all=str(adding[1]), distances=distances,
        points=points, grades=after, ends=ends,
    )  # fmt: skip


def answer(settings: Settings) -> Answer:
    """Answer the question; nothing is drawn."""
    compiled = law()
    where = local_places(compiled)
    rows: list[Row] = []

    def row(arm: str, group: str, what: str, unit: str, before: float, after: float) -> None:
        rows.append(Row(arm, group, what, unit, before, after, after - before))

    told, used = [], set()
    for done, (act, (said, _, _)) in enumerate(ACTS.items()):
        settings.progress(done, len(ACTS), said)
        base = outcome(act, NOWHERE)
        found = {p: outcome(act, p) for p in where}
        own = {p: o.consequences - base.consequences for p, o in found.items()}
        differ = [p for p in where if found[p].told != base.told]
        row("all_places", said, "places where more follows than anywhere", "places", 0, len(differ))
        row("all_places", said, "mean distance of places, Jaccard", "0 to 1", 0.0,
            distance(list(own.values())))  # fmt: skip
        among = distance([own[p] for p in differ])
        texts = distance([found[p].provisions - base.provisions for p in differ])
        what = "distance of provisions among places that add something"
        row("all_places", said, what, "0 to 1", 0.0, texts)
        row(
            "all_places",
            said,
            "mean distance among places that add something",
            "0 to 1",
            0.0,
            among,
        )
        for p in differ:
            o, above = found[p], outcome(act, places.place(p).parent)
            if o.told == above.told:
                continue  # the place adds nothing to its prefecture or province
            used.add(p)
            row(p, said, "kinds of local consequence", "consequences", 0, len(own[p]))
            if o.burden != base.burden:
                row(p, said, "burden", "weighted measure-months", base.burden, o.burden)
            if o.points:
                row(p, said, "points in local schemes", "points", base.points, o.points)
            if o.shown != base.shown:
                row(p, said, "shown to others", "months", max(base.shown, 0), max(o.shown, 0))
        marks = [found[p].points for p in differ if found[p].points]
        loads = [o.burden for o in found.values()]
        grades = sorted({g for p in differ for g in found[p].grades if g not in base.grades})
        apart = (among, texts) if differ else None
        told.append(_finding(said, (len(differ), len(where)), apart, marks, grades, loads))
    again = [outcome.__wrapped__(a, NOWHERE) for a in ("judgment", "fare")]
    same = [outcome("judgment", NOWHERE), outcome("fare", NOWHERE)]
    return Answer(
        name="same-act",
        number="Q15",
        question="How different is what follows from the same act in different places?",
        users=("journalists", "researchers", "rights organisations", "teachers"),
        strength="A",
        baseline=("anywhere", Sentence(
            "the twin in {place}, of which the catalogue has no instrument: what national "
            "instruments alone bring", place=_name(NOWHERE),
        )),
        alternatives={
            "all_places": "the twins of all places with instruments of their own",
            **{p: Sentence("the twin in {place}", place=_name(p)) for p in sorted(used)},
        },
        findings=tuple(told),
        rows=tuple(rows),
        matters=_matters(),
        does_not_show=(
            "Places of which no instrument is encoded, and items of rulebooks that were not "
            "read: a place that adds nothing here may do so in truth.",
            "Practice: every step is taken on its last lawful day, and nothing is overlooked.",
            "Points are not comparable between schemes; their scales differ.",
        ),
        twin=float(sum(a != b for a, b in zip(again, same, strict=True))),
        provenance={"catalogue_digest": compiled.catalogue.digest},
    )  # fmt: skip
