"""Q21: are punishments in proportion to conduct?

Hypothetical acts, graded by gravity from 1 (a form not filed) to 5 (deaths), are put to the
calculator, which says on which lists they lead and for how long. The burden of an act on a day is
the sum, over the measures then due for these entries by list and memoranda, of weight times
months; a measure that several documents name counts once. So the lists, the months and the
measures are the law's, and what is assumed is said: gravity (`SCENARIOS`), weights
(`xinyong.indicators.burden`), months of an open entry. Proportion is read off the rank correlation
of burden and gravity (Spearman's, ties at their mean rank) and off the spread of burden per degree
of gravity; the *cross-context share* is the part of the burden in another field than the conduct.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from xinyong.case import calculate
from xinyong.case.model import Act, Case, SubjectFacts
from xinyong.indicators.burden import at_end, weight_of
from xinyong.indicators.terms import weights
from xinyong.language import Sentence
from xinyong.law.catalogue import Catalogue
from xinyong.law.compile import law
from xinyong.law.gates import bars, measure_target
from xinyong.law.measures import DueMeasure, measures_of, text_of
from xinyong.study.answer import Answer, Row
from xinyong.study.matters import own, two
from xinyong.study.questions.q15_same_act_places import OPEN_MONTHS, months_between
from xinyong.study.settings import Settings

__all__ = ["SCENARIOS", "Load", "Scenario", "answer", "entered", "load", "spearman"]

YEARS = tuple(range(2013, 2023))
SHOWN = (2014, 2016, 2018, 2019, 2022)
_DAY = dt.date(2019, 3, 4)
_ON = dt.date(2019, 12, 31)


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """One hypothetical act.

    Attributes:
        about: in words; kind: of the subject; gravity: 1 to 5, an assumption.
        conduct, document: the act, and the document it rests on; facts: anything else.
    """

    about: str
    kind: str
    gravity: int
    conduct: str
    document: str = ""
    facts: tuple[tuple[str, object], ...] = ()


_PAID_LATE = (
    ("documents", [
        {"kind": "judgment", "formed": dt.date(2019, 1, 2), "served": dt.date(2019, 1, 7),
         "effective": dt.date(2019, 1, 23)},
        {"kind": "enforcement_notice", "formed": dt.date(2019, 2, 11),
         "served": dt.date(2019, 2, 13)},
    ]),
    ("circumstances", ["able"]),
)  # fmt: skip
_ORDERED = (
    ("documents", [{"kind": "payment_order", "formed": dt.date(2019, 4, 2),
                    "served": dt.date(2019, 4, 2)}]),
    ("events", [{"event": "deadline", "on": dt.date(2019, 4, 22)},
                {"event": "decided", "of": "wage_arrears_list", "on": dt.date(2019, 5, 20)}]),
    ("persons", 10), ("amount", 30_000), ("months", 1),
)  # fmt: skip
_TAX = (
    ("documents", [{"kind": kind, "formed": _DAY, "effective": dt.date(2019, 5, 6)}
                   for kind in ("tax_decision", "penalty_decision")]),
    ("amount", 1_000_000), ("share", 1000),
)  # fmt: skip


def _shown(of: str) -> tuple[str, object]:
    return "events", [{"event": "published", "of": of, "on": dt.date(2019, 4, 1)}]


#: Acts and their gravity. The scale is ordinal and ours: 1 a formality or nuisance, 2 harm to
#: order or one person's claim, 3 harm to many claims or public funds, 4 danger to health or nature
#: or great damage, 5 loss of life.
SCENARIOS = (
    Scenario("annual report not filed", "enterprise", 1, "annual_report_missed"),
    Scenario("train fare refused", "person", 1, "train_fare_refused", "verification_record",
             (_shown("rail_list"),)),
    Scenario("smoking on a flight, penalised", "person", 1, "air_smoking", "penalty_decision",
             (_shown("air_list"),)),
    Scenario("false papers at a wedding office", "person", 2, "marriage_false_papers",
             "verification_record"),
    Scenario("hospital staff insulted, detained", "person", 2, "medical_staff_insult",
             "detention_decision"),
    Scenario("a judgment unpaid, able to pay", "person", 2, "judgment_refusal", "", _PAID_LATE),
    Scenario("figures made up for statistics", "enterprise", 3, "statistics_fabricated",
             "penalty_decision"),
    Scenario("social insurance refused", "enterprise", 3, "si_contributions_refused",
             "order_to_correct", (("circumstances", ["able"]),)),
    Scenario("wages of ten workers unpaid", "enterprise", 3, "wage_arrears", "", _ORDERED),
    Scenario("customs rules broken, fines above a million", "enterprise", 3,
             "customs_rule_breach", "penalty_decision",
             (("fine", 1_000_001), ("circumstances", ["last_year_count_missing"]))),
    Scenario("a million in taxes evaded", "enterprise", 3, "tax_evasion", "", _TAX),
    Scenario("hidden discharge of pollutants", "enterprise", 4, "env_hidden_discharge",
             "penalty_decision"),
    Scenario("grave breach of food safety", "enterprise", 4, "food_drug_breach",
             "penalty_decision", (("severity", "serious"),)),
    Scenario("a work accident concealed", "enterprise", 4, "work_accident_concealed",
             "penalty_decision"),
    Scenario("a major work accident", "enterprise", 5, "major_work_accident", "penalty_decision"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Load:
    """The burden of one act on a day.

    Attributes:
        total, cross: weighted measure-months, and those in another field than the conduct.
        measures: how many different ones.
    """

    total: float
    cross: float
    measures: int


def case_of(s: Scenario) -> Case:
    """Return the case of a scenario, with its act in March 2019."""
    facts: dict[str, object] = {"conduct": s.conduct, "from": _DAY}
    if s.document:
        facts["documents"] = [{"kind": s.document, "formed": _DAY, "effective": _DAY}]
    facts |= dict(s.facts)
    age = (35, 44) if s.kind == "person" else None
    subject = SubjectFacts(kind=s.kind, place="beijing", age=age)
    return Case(subject=subject, acts=(Act.model_validate(facts),), on=_ON)


@cache
def entered(s: Scenario) -> tuple[tuple[str, int], ...]:
    """Return the lists that a scenario leads to, each with its months.

    An entry that lasts until the subject has done its part has -1.
    """
    result = calculate(case_of(s), law())
    months: dict[str, int] = {}
    for e in result.entries:
        end = e.expires or e.lawful_end
        n = -1 if end is None else months_between(e.start, end)
        known = months.get(e.instrument, 0)
        months[e.instrument] = -1 if -1 in (n, known) else max(n, known)
    return tuple(sorted(months.items()))


def _barred(catalogue: Catalogue, m: DueMeasure, day: dt.date) -> bool:
    found = bars(catalogue, measure_target(*text_of(catalogue, m)), day)
    return any(b.effect in ("barred", "required") for b in found)


Weigh = Callable[[str], float]


def weighed(measure: str, end: str = "") -> float:
    """Return the weight of a measure as given, or at an end (``low``, ``high``) of its range."""
    return at_end(weight_of(law().catalogue, measure), end)


def _with(changed: str, to: float) -> Weigh:
    """Return the weights with one of them another number."""

    def weigh(measure: str) -> float:
        w = weight_of(law().catalogue, measure)
        return to if w is weights()[changed] else w.value

    return weigh


def _counted(measure: str) -> float:
    """Return 1 for any measure but a reward: every measure alike."""
    return float(law().catalogue.measures[measure].nature != "reward")


def _every(m: DueMeasure) -> bool:
    return bool(m)


def load(
    s: Scenario, day: dt.date, weigh: Weigh = weighed,
    keep: Callable[[DueMeasure], bool] = _every, open_months: int = OPEN_MONTHS,
) -> Load:  # fmt: skip
    """Return the burden of an act whose entries live on a day, by the measures of that day.

    Args:
        s: the act.
        day: whose measures count.
        weigh: the weight of a measure.
        keep: which measures count.
        open_months: that an entry without a fixed end is counted.
    """
    compiled = law()
    cat = compiled.catalogue
    found: dict[str, tuple[float, bool]] = {}
    field = cat.conducts[s.conduct].field
    for name, months in entered(s):
        for m in measures_of(compiled, name, day):
            if not m.meets(s.kind) or not keep(m):
                continue
            measure = cat.measures[m.measure]
            n = open_months if months < 0 else months
            if m.lasts is not None:
                n = min(n, m.lasts[0] * (12 if m.lasts[1] == "year" else 1))
            worth = n * weigh(m.measure)
            if worth >= found.get(m.measure, (0.0, False))[0]:
                found[m.measure] = (worth, measure.field != field)
    return Load(
        total=sum(x for x, _ in found.values()),
        cross=sum(x for x, far in found.values() if far),
        measures=len(found),
    )


def _ranks(values: Sequence[float]) -> list[float]:
    """Return the ranks of values, ties at their mean.

    Example:
        >>> _ranks([10.0, 20.0, 10.0])
        [1.5, 3.0, 1.5]
    """
    ordered = sorted(values)
    first = {v: ordered.index(v) + 1 for v in values}
    return [first[v] + (ordered.count(v) - 1) / 2 for v in values]


def spearman(one: Sequence[float], two: Sequence[float]) -> float:
    """Return Spearman's rank correlation with ties; 0 if one of the two does not vary.

    Example:
        >>> spearman([1, 2, 3], [1, 3, 2])
        0.5
    """
    a, b = _ranks(one), _ranks(two)
    mean = (len(a) + 1) / 2
    top = sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    square = sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b)
    return float(top / square**0.5) if square else 0.0


def _summary(
    day: dt.date, weigh: Weigh = weighed,
    keep: Callable[[DueMeasure], bool] = _every, open_months: int = OPEN_MONTHS,
) -> tuple[float, float, float, float, float]:  # fmt: skip
    loads = [load(s, day, weigh, keep, open_months) for s in SCENARIOS]
    ratios = [x.total / s.gravity for s, x in zip(SCENARIOS, loads, strict=True) if x.total]
    total = sum(x.total for x in loads)
    return (
        spearman([s.gravity for s in SCENARIOS], [x.total for x in loads]),
        sum(x.cross for x in loads) / total if total else 0.0,
        sum(x.measures for x in loads) / len(loads),
        total / len(loads),
        max(ratios) / min(ratios) if ratios else 0.0,
    )


def _correlation(day: dt.date, changed: str, to: float) -> float:
    return _summary(day, _with(changed, to))[0]


_LABELS = (
    ("rank correlation of burden and gravity", "-1 to 1"),
    ("burden in another field than the conduct", "share"),
    ("measures an act meets", "mean"),
    ("burden of an act", "weighted measure-months, mean"),
    ("burden per degree of gravity, largest over smallest", "ratio"),
)


def answer(settings: Settings) -> Answer:
    """Answer the question; nothing is drawn."""
    del settings
    cat = law().catalogue
    ends = {y: dt.date(y, 12, 31) for y in YEARS}
    years = {y: _summary(ends[y]) for y in YEARS}
    rows: list[Row] = []

    def rows_of(arm: str, before: Sequence[float], after: Sequence[float]) -> None:
        for (what, unit), b, a in zip(_LABELS, before, after, strict=True):
            rows.append(Row(arm, "all", what, unit, b, a, a - b))

    base = years[2013]
    for y in SHOWN:
        rows_of(str(y), base, years[y])
    peak = ends[2019]
    lists_alone = _summary(peak, keep=lambda m: m.list == m.instrument)
    rows_of("without_memoranda", years[2019], lists_alone)
    rows_of("equal_weights", years[2019], _summary(peak, _counted))
    for end in ("low", "high"):
        there = _summary(peak, partial(weighed, end=end))
        rows_of(f"weights_{end}", years[2019], there)
    quick = {n: _summary(peak, open_months=n) for n in (1, 12)}
    for n, found in quick.items():
        rows_of(f"put_right_in_{n}", years[2019], found)
    lawful = _summary(ends[2022], keep=lambda m: not _barred(cat, m, ends[2022]))
    rows_of("barred_dropped", years[2022], lawful)
    for s in SCENARIOS:
        alone, whole = load(s, peak, keep=lambda m: m.list == m.instrument), load(s, peak)
        group = f"{s.about} (gravity {s.gravity})"
        for what, unit, b, a in (
            ("burden", "weighted measure-months", alone.total, whole.total),
            ("measures", "measures", alone.measures, whole.measures),
        ):
            rows.append(Row("with_memoranda", group, what, unit, b, a, a - b))
    loads = {s.about: load(s, peak) for s in SCENARIOS}
    heavy = max(SCENARIOS, key=lambda s: loads[s.about].total / s.gravity)
    light = min(
        (s for s in SCENARIOS if loads[s.about].total),
        key=lambda s: loads[s.about].total / s.gravity,
    )
    court = [load(SCENARIOS[5], ends[y]).measures for y in YEARS]
    findings = (
        Sentence(
            "Not as a rule: at the end of 2019 burden and gravity of {n} graded acts have a rank "
            "correlation of {whole}; by the lists' own measures alone, without memoranda, {lists}.",
            n=str(len(SCENARIOS)), whole=f"{years[2019][0]:+.2f}", lists=f"{lists_alone[0]:+.2f}",
        ),
        Sentence(
            "{whole} of the burden of 2019 lies in another field than the conduct; without "
            "memoranda {lists}.",
            whole=f"{years[2019][1]:.0%}", lists=f"{lists_alone[1]:.0%}",
        ),
        Sentence(
            "Per degree of gravity, '{heavy}' bears {n} times as much as '{light}': the length of "
            "entries and the number of measures, not the act, decide.",
            heavy=Sentence(heavy.about), n=f"{years[2019][4]:,.0f}", light=Sentence(light.about),
        ),
        Sentence(
            "Measures for an unpaid judgment: {first} at the end of 2013, {middle} at that of "
            "2016, {last} at that of 2022.",
            first=str(court[0]), middle=str(court[YEARS.index(2016)]), last=str(court[-1]),
        ),
        Sentence(
            "It turns on how soon what can be put right is: counted twelve months instead of {n} "
            "the correlation is {year}, one month {month}.",
            n=str(OPEN_MONTHS), year=f"{quick[12][0]:+.2f}", month=f"{quick[1][0]:+.2f}",
        ),
        Sentence(
            "Without what gates bar outright on paper the correlation of 2022 is {lawful} instead "
            "of {all}.",
            lawful=f"{lawful[0]:+.2f}", all=f"{years[2022][0]:+.2f}",
        ),
    )  # fmt: skip
    again = _summary(peak)
    return Answer(
        name="proportionality",
        number="Q21",
        question="Are punishments in proportion to conduct?",
        users=("regulators", "rights organisations", "teachers"),
        strength="A",
        baseline=("2013", "measures in force at the end of 2013; for the arms on memoranda and "
                  "weights, the end of 2019, and of 2022 for barred measures"),
        alternatives={
            **{str(y): Sentence("measures in force at the end of {year}", year=str(y))
               for y in SHOWN},
            "without_memoranda": "end of 2019, measures of the lists themselves alone",
            "equal_weights": "end of 2019, every measure but rewards weighing one",
            "weights_low": "end of 2019, every weight at the low end of its range",
            "weights_high": "end of 2019, every weight at the high end of its range",
            "put_right_in_1": "end of 2019, entries without a fixed end counted 1 month",
            "put_right_in_12": "end of 2019, entries without a fixed end counted 12 months",
            "barred_dropped": "end of 2022, without measures that a gate bars or that lack what "
                              "one requires",
            "with_memoranda": "end of 2019: what memoranda add to the lists' own measures",
        },
        findings=findings,
        rows=tuple(rows),
        matters=two(
            "the rank correlation of burden and gravity at the end of 2019", years[2019][0],
            [
                own("study.q21.open_months", "months counted where an entry lasts until the "
                    "subject has done its part", OPEN_MONTHS, (1, 120),
                    lambda n: _summary(peak, open_months=int(n))[0],
                    "Acts that can be put right (fares, reports, debts) fall with it."),
                *(
                    own(f"weight.{name}", "weight, a refused air ticket being 1", w.value, w.range,
                        partial(_correlation, peak, name))
                    for name, w in weights().items()
                ),
            ],
        ),
        does_not_show=(
            "Whether the order of gravity is right: it is ours, and the correlation rests on it.",
            "Ordinary penalties: fines, detention and sentences come on top and follow the act.",
            "Whether a measure bites: all that are due count.",
            Sentence("{n} acts are a choice, not a sample: no interval is given.",
                     n=str(len(SCENARIOS))),
        ),
        twin=float(max(abs(x - y) for x, y in zip(again, years[2019], strict=True))),
        provenance={"catalogue_digest": cat.digest},
    )  # fmt: skip
