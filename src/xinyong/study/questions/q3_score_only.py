"""Q3: what does ending score-only penalties change, and how does slow compliance blunt it?

In July 2019 a statement said that a personal score may support incentives but not punish; in
December 2020 GuoBanFa [2020] 49 asked local penalties for a basis in a local regulation, and
deductions for a document. Both are gates of the catalogue (`law.gates`).

No article of a scheme that was read ties a restriction to a grade: a report (Rongcheng, 2019) and
model rules (communities of Wendeng) do, and elsewhere the grades are assumed. What texts and
reports tell of consequences of a *low grade alone* stands in words beside the schemes
(`Instrument.unmodelled`). `CONSEQUENCES` gives each of
these an entry of its own with the words that it rests on (a test finds them there), and the gates
are asked about it like about any other measure. Compliance of a place follows M9:
z <- z + xi (1 - z) a month, from the day of the limit, so that z = 1 - (1 - xi)^m after m months.
A place that complies drops the consequence, turns it into a list (the same subjects bear the
same, now for an act) or into a reward for the best grades.

The arm ``as_in_runs`` takes what runs take (`institutions.gates`): compliance by the lag that the
catalogue states and the level of the place, and the shares of places that drop a rule, turn it or
keep it for a while. There it is in expectation, without draws.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from xinyong import places
from xinyong.assumptions import Assumptions, assumptions
from xinyong.indicators.terms import burden as weights
from xinyong.institutions.gates import share_following, shares
from xinyong.language import Part, Sentence
from xinyong.law import schema
from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.catalogue import Catalogue
from xinyong.law.compile import Law, law
from xinyong.law.gates import Bar, bars, measure_target, provision_target
from xinyong.study.answer import Answer, Matter, Row
from xinyong.study.matters import own, two
from xinyong.study.settings import Settings

__all__ = [
    "CONSEQUENCES",
    "GRADE_SHARES",
    "Consequence",
    "answer",
    "answered",
    "barred_measures",
    "barred_on",
    "burden",
    "complied",
    "deductions",
    "matters",
    "removed",
]

STATEMENT, OPINIONS = dt.date(2019, 7, 18), dt.date(2020, 12, 7)
_LAST = dt.date(2022, 12, 31)
XIS = (0.02, 0.05, 0.15)
XI = 0.05
#: Assumption: residents of a scheme by grade, per 1,000; no source publishes them (only that about
#: nine in ten stand at the middle grade or above is said, without a page). `low` is the lowest
#: grade with a band, `second` the next above it.
GRADE_SHARES = {"low": 1.0, "second": 4.0}
_SHARE_RANGES = {"low": (0.1, 70.0), "second": (0.4, 100.0)}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a low grade alone is said to bring in a scheme.

    Attributes:
        scheme: its instrument; words: of the note in the catalogue that says it.
        grades: ``low`` and perhaps ``second``.
        natures: of the things withheld or done, one each.
        assumed: what the note leaves open and was taken here; empty if nothing.
    """

    scheme: str
    words: str
    grades: tuple[str, ...]
    natures: tuple[schema.Nature, ...]
    assumed: str = ""


CONSEQUENCES = (
    Consequence(
        "rongcheng_2012", "A low grade was said to restrict in the fields", ("low", "second"),
        ("penalty", "penalty", "management"),
        "recruitment and start-up support are refused, finance is reviewed: the three fields in "
        "which a high grade was preferred",
    ),
    Consequence(
        "rongcheng_2019", "the lists by grade were not read", ("low", "second"),
        ("penalty", "penalty", "management"),
        "posts and titles, and promotion with party admission, are refused, loans reviewed",
    ),
    Consequence(
        "rongcheng_villages", "A low grade weighs in party admission, enlistment and building land",
        ("low",), ("penalty", "penalty", "penalty"), "it is refused where it weighs",
    ),
    Consequence(
        "wendeng_rural_2020", "(honours, credit fund, subsidies, part in village affairs, party",
        ("low",), ("penalty",) * 5, "every village that may punish by grade does, in all five",
    ),
    Consequence(
        "wendeng_2020", "rewards and restrictions by grade, to which the rules of communities add",
        ("low", "second"), ("penalty",) * 3,
        "every community does what the model rules for communities say",
    ),
    Consequence(
        "yiwu_2017", "High consumption and the like is restricted according to law", ("low",),
        ("penalty",), "the grade alone suffices",
    ),
    Consequence(
        "yangqiao_village", "Naming the lowest on the notice board was planned in 2019", ("low",),
        ("publicity",), "the plan was carried out",
    ),
)  # fmt: skip


def complied(xi: float, months: int) -> float:
    """Return the share of a limit that is followed after so many months (M9).

    Example:
        >>> round(complied(0.05, 12), 4)
        0.4596
    """
    return 1.0 - (1.0 - xi) ** max(months, 0)


def _months(start: dt.date, day: dt.date) -> int:
    return (day.year - start.year) * 12 + day.month - start.month


def _covers(version: schema.Version, day: dt.date) -> bool:
    return version.in_force.from_ <= day <= (version.in_force.until or dt.date.max)


def barred_measures(
    catalogue: Catalogue, day: dt.date, assumed: bool = True
) -> list[tuple[str, str, str]]:
    """Return (instrument, measure, gate) of encoded measures that the limit on scores bars.

    Args:
        catalogue: the law.
        day: of the limit.
        assumed: whether those count, too, whose grade no source names.
    """
    found = []
    for it in catalogue.instruments.values():
        for version in it.versions:
            if version.draft is not None or not _covers(version, day):
                continue
            for row in version.measures:
                if not assumed and row.cite.assumption is not None:
                    continue
                target = measure_target(it, version, row)
                found += [
                    (it.id, row.measure, bar.gate)
                    for bar in bars(catalogue, target, day, it.reach.place)
                    if bar.gate == "score_measure"
                ]
    return found


def barred_on(catalogue: Catalogue, c: Consequence, day: dt.date) -> list[Bar]:
    """Return the gates that bar a consequence on a day, were it encoded as resting on a score."""
    it = catalogue.instrument(c.scheme)
    version = next((w for w in it.versions if _covers(w, day)), None)
    if version is None:
        return []
    scored = it.model_copy(update={"based_on": "score"})
    ids = {"penalty": "m_civil_service", "management": "m_loan_reference", "publicity": "m_publish"}
    found: dict[tuple[str, str], Bar] = {}
    for nature in c.natures:
        row = schema.MeasureRow(
            measure=ids[nature], by=[it.keeper or it.issuer], cite=version.in_force.cite
        )
        for bar in bars(catalogue, measure_target(scored, version, row), day, it.reach.place):
            if bar.effect == "barred":
                found[bar.instrument, bar.gate] = bar
    return list(found.values())


def deductions(law: Law, day: dt.date) -> dict[str, tuple[int, int, int]]:
    """Return by local scheme for persons: rules that deduct, barred by the Opinions, left to judge.

    Rules whose points are not known are not among them.
    """
    cat = law.catalogue
    sets: dict[str, tuple[set[str], set[str], set[str]]] = {}
    for row, origin in enumerate(law.origins):
        it = cat.instruments[origin.instrument]
        version = next(w for w in it.versions if w.id == origin.version)
        if it.kind != "scheme" or it.level == "national" or "person" not in it.subjects:
            continue
        if not _covers(version, day):
            continue
        via = tuple(r for i, r in enumerate(v.ROLES) if law.tables.prov[row, t.P_VIA] >> i & 1)
        target = provision_target(
            cat, it.id, version.id, law.heard[row], origin.conditions, origin.effect, via,
            ("person",),
        )  # fmt: skip
        if target is None or target.sign >= 0 or target.what not in ("points", "grade"):
            continue
        whole, barred, weighed = sets.setdefault(it.id, (set(), set(), set()))
        whole.add(origin.provision)
        effects = {
            b.effect
            for b in bars(cat, target, day, it.reach.place)
            if b.instrument == "gate_guobanfa_2020_49"
        }
        if effects & {"barred", "required"}:
            barred.add(origin.provision)
        elif effects:
            weighed.add(origin.provision)
    return {name: (len(w), len(b), len(j)) for name, (w, b, j) in sorted(sets.items())}


def burden(
    catalogue: Catalogue, c: Consequence, grade: str, xi: float, since: dt.date | None,
    until: dt.date = _LAST,
) -> float:  # fmt: skip
    """Return weighted measure-months per 1,000 residents that a consequence still brings.

    Args:
        catalogue: for the days on which the scheme is in force.
        c: the consequence.
        grade: of those who bear it.
        xi: compliance a month; 0 for nobody.
        since: day of the limit; None for none.
        until: last day; counting begins with the month of the statement.
    """
    if grade not in c.grades:
        return 0.0
    it = catalogue.instrument(c.scheme)
    each = GRADE_SHARES[grade] * sum(weights().natures[n].value for n in c.natures)
    total = 0.0
    for m in range(_months(STATEMENT, until) + 1):
        month = STATEMENT.month - 1 + m
        day = dt.date(STATEMENT.year + month // 12, month % 12 + 1, 28)
        if any(_covers(w, day) for w in it.versions):
            z = 0.0 if since is None else complied(xi, _months(since, day))
            total += each * (1.0 - z)
    return total


def _leaf(place: str) -> str:
    """Return the leaf in which a place lies."""
    return next(name for name in places.ancestors(place) if places.place(name).leaf)


def answered(
    catalogue: Catalogue, c: Consequence, grade: str, given: Assumptions,
    until: dt.date = _LAST,
) -> tuple[float, float, float]:  # fmt: skip
    """Return what the statement leaves of a consequence, moves to a list, and opens as rewards.

    All three are expected weighted measure-months per 1,000 residents, from July 2019 on, if
    places follow and answer as in runs.
    """
    it = catalogue.instrument(c.scheme)
    leaf = _leaf(it.reach.place)
    statement = catalogue.instrument("gate_score_statement_2019").versions[0]
    share, mean = shares(given, "points"), max(1.0, given.value("gates.keep_months"))
    left, listed, rewarded, kept, z = 0.0, 0.0, 0.0, 0.0, 0.0
    for m in range(_months(STATEMENT, until) + 1):
        before, z = z, share_following(given, statement, leaf, m)
        # Of those that follow and keep the rule, one in `mean` gives it up each later month.
        kept = kept * (1.0 - 1.0 / mean) + (z - before)
        month = STATEMENT.month - 1 + m
        on = dt.date(STATEMENT.year + month // 12, month % 12 + 1, 28)
        if grade not in c.grades or not any(_covers(w, on) for w in it.versions):
            continue
        full = GRADE_SHARES[grade] * sum(weights().natures[n].value for n in c.natures)
        left += full * (1.0 - z + share["keep"] * kept)
        listed += full * z * share["list"]
        rewarded += full * z * share["reward"]
    return left, listed, rewarded


def removed(
    catalogue: Catalogue, live: Sequence[Consequence], xi: float, grade_shares: dict[str, float],
    natures: dict[str, float],
) -> float:  # fmt: skip
    """Return the weighted measure-months per 1,000 residents that the statement takes away.

    Args:
        catalogue: the law.
        live: the consequences that are counted.
        xi: compliance a month.
        grade_shares: residents of each grade per 1,000.
        natures: weights.
    """
    total = 0.0
    for c in live:
        weight = sum(natures[n] for n in c.natures) / sum(_natures()[n] for n in c.natures)
        for grade, share in grade_shares.items():
            gone = burden(catalogue, c, grade, 0, None) - burden(catalogue, c, grade, xi, STATEMENT)
            total += gone * weight * share / GRADE_SHARES[grade]
    return total


def _natures() -> dict[str, float]:
    return {str(n): w.value for n, w in weights().natures.items()}


def matters(catalogue: Catalogue, live: Sequence[Consequence]) -> tuple[Matter, Matter]:
    """Return the two assumptions that move what the statement takes away most."""
    natures = _natures()

    def taken(
        xi: float = XI, grades: dict[str, float] | None = None,
        of: dict[str, float] | None = None,
    ) -> float:  # fmt: skip
        return removed(catalogue, live, xi, GRADE_SHARES | (grades or {}), natures | (of or {}))

    def of_grade(grade: str, share: float) -> float:
        return taken(grades={grade: share})

    def of_weight(name: str, value: float) -> float:
        return taken(of={name: value})

    trials = [
        own("study.q3.compliance", "share of what is left that a place gives up a month", XI,
            (XIS[0], XIS[-1]), taken),
        *(
            own(f"study.q3.grade_shares.{grade}", f"residents at the {said} grade, per 1,000",
                GRADE_SHARES[grade], _SHARE_RANGES[grade],
                partial(of_grade, grade))
            for grade, said in (("low", "lowest"), ("second", "second lowest"))
        ),
        *(
            own(f"weight.{name}", "weight, a refused air ticket being 1", w.value, w.range,
                partial(of_weight, str(name)))
            for name, w in weights().natures.items() if any(name in c.natures for c in live)
        ),
    ]  # fmt: skip
    what = "what the statement takes away by 2022, in weighted measure-months per 1,000 residents,"
    return two(what, taken(), trials)


def _untold(live: Sequence[Consequence]) -> Sentence:
    """Return what is not known of consequences, with what was taken of each instead."""
    told: Part = ""
    for c in live:
        told = Sentence("{before}; {scheme}: {assumed}", before=told, scheme=c.scheme,
                        assumed=Sentence(c.assumed))  # fmt: skip
    return Sentence(
        "What consequences low grades had in practice: they are told in reports, not read in "
        "provisions{assumed}.",
        assumed=told,
    )


def answer(settings: Settings) -> Answer:
    """Answer the question; nothing is drawn."""
    del settings
    compiled = law()
    cat = compiled.catalogue
    place = {c.scheme: cat.instrument(c.scheme).reach.place for c in CONSEQUENCES}
    live = tuple(c for c in CONSEQUENCES if burden(cat, c, "low", 0, None))
    rows: list[Row] = []

    def row(arm: str, group: str, what: str, unit: str, before: float, after: float) -> None:
        rows.append(Row(arm, group, what, unit, before, after, after - before))

    def whole(grade: str, xi: float, since: dt.date | None, chosen: str = "") -> float:
        return sum(
            burden(cat, c, grade, xi, since) for c in live if chosen in ("", place[c.scheme])
        )

    unit, what = "weighted measure-months per 1,000 residents of each scheme", "left by 2022"
    for arm, since in (("statement_2019", STATEMENT), ("opinions_2020", OPINIONS)):
        for xi in XIS:
            for grade in GRADE_SHARES:
                row(f"{arm}_xi_{xi:g}", f"grade {grade}", what, unit, whole(grade, 0, None),
                    whole(grade, xi, since))  # fmt: skip
        for name in dict.fromkeys(place[c.scheme] for c in live):
            row(f"{arm}_xi_{XI:g}", f"grade low, {name}", what, unit,
                whole("low", 0, None, name), whole("low", XI, since, name))  # fmt: skip
    before = sum(whole(g, 0, None) for g in GRADE_SHARES)
    after = sum(whole(g, XI, STATEMENT) for g in GRADE_SHARES)
    for arm, moved in (("drop", 0.0), ("list", 1.0), ("reward", 0.0)):
        what = "borne on a score or on a list"
        row(arm, "grades low and second", what, unit, before, after + moved * (before - after))
    what = "opened as rewards for the best grades instead"
    row("reward", "grades low and second", what, unit, 0.0, before - after)
    sums = [answered(cat, c, g, assumptions()) for c in live for g in GRADE_SHARES]
    left, listed, rewarded = (sum(column) for column in zip(*sums, strict=True))
    for what, was, now in (
        ("borne on a score or on a list", before, left + listed),
        ("borne on a list", 0.0, listed),
        ("opened as rewards for the best grades instead", 0.0, rewarded),
    ):
        row("as_in_runs", "grades low and second", what, unit, was, now)
    days = (STATEMENT - dt.timedelta(1), STATEMENT, OPINIONS, _LAST)
    counts = {d: sum(bool(barred_on(cat, c, d)) for c in CONSEQUENCES) for d in days}
    for day in days[1:]:
        row(f"paper_{day}", "all", "consequences of a low grade that are barred on paper",
            "consequences", counts[days[0]], counts[day])  # fmt: skip
        encoded = len(barred_measures(cat, day))
        row(f"paper_{day}", "all", "encoded measures barred for resting on a score", "measures",
            len(barred_measures(cat, days[0])), encoded)  # fmt: skip
    eve, on = deductions(compiled, OPINIONS - dt.timedelta(1)), deductions(compiled, OPINIONS)
    for name, (n, barred, judged) in on.items():
        group = f"{name} ({n} deductions)"
        arm = f"paper_{OPINIONS}"
        row(arm, group, "deductions barred", "rules", eve[name][1], barred)
        row(arm, group, "deductions left to be judged", "rules", eve[name][2], judged)
    total, barred = sum(x[0] for x in on.values()), sum(x[1] for x in on.values())
    schemes = [
        it for it in cat.instruments.values()
        if it.kind == "scheme" and it.level != "national" and "person" in it.subjects
    ]  # fmt: skip
    slow, fast = (sum(whole(g, x, STATEMENT) for g in GRADE_SHARES) for x in (XIS[0], XIS[-1]))
    findings = (
        Sentence(
            "Small: of {all} local schemes for persons {said} are said to punish a low grade as "
            "such, {live} of them after July 2019; of {n} encoded measures that are barred for "
            "resting on a score {read} take their grade from a text, the others from an "
            "assumption.",
            all=str(len(schemes)), said=str(len(CONSEQUENCES)), live=str(len(live)),
            n=str(len(barred_measures(cat, _LAST))),
            read=str(len(barred_measures(cat, _LAST, assumed=False))),
        ),
        Sentence(
            "Per 1,000 residents of each of these schemes {before} weighted measure-months were at "
            "stake from July 2019 to 2022; the statement removes {share} at {xi} compliance a "
            "month, {share_slow} at {slow} and {share_fast} at {fast}.",
            before=f"{before:,.0f}", share=f"{1 - after / before:.0%}", xi=f"{XI:.0%}",
            share_slow=f"{1 - slow / before:.0%}", slow=f"{XIS[0]:.0%}",
            share_fast=f"{1 - fast / before:.0%}", fast=f"{XIS[-1]:.0%}",
        ),
        Sentence(
            "If places follow and answer as they do in runs, {left} is still borne on a score and "
            "{listed} on a list.",
            left=f"{left / before:.0%}", listed=f"{listed / before:.0%}",
        ),
        "Turned into a list, the same persons bear the same: all of it moves and nothing ends.",
        Sentence(
            "The Opinions of December 2020 reach further than the statement: {n} of {all} rules "
            "that deduct points or lower a grade are barred on paper, for want of a document or as "
            "trivial.",
            n=str(barred), all=str(total),
        ),
    )  # fmt: skip
    xi_arms = {
        f"{arm}_xi_{xi:g}": Sentence(said, xi=f"{xi:.0%}")
        for arm, said in (
            ("statement_2019", "limit from July 2019, {xi} compliance a month"),
            ("opinions_2020", "limit only from December 2020, {xi} compliance a month"),
        )
        for xi in XIS
    }
    return Answer(
        name="score-only",
        number="Q3",
        question="What does ending score-only penalties change, and how does slow compliance "
        "blunt it?",
        users=("regulators", "researchers", "journalists", "rights organisations"),
        strength="A",
        baseline=("no_limit", "consequences of a low grade go on as told; on paper, the day before "
                  "the limit"),
        alternatives=xi_arms | {
            "drop": Sentence("the statement, {xi} a month; what is barred is dropped",
                             xi=f"{XI:.0%}"),
            "list": "the same; what is barred is turned into a list",
            "reward": "the same; what is barred becomes a reward for the best grades",
            "as_in_runs": "the statement, followed and answered as in runs: lags of the catalogue "
            "by level of the place; dropped, turned into a list or a reward, or kept for a while",
            **{f"paper_{d}": Sentence("enacted law of {day}", day=str(d)) for d in days[1:]},
        },
        findings=findings,
        rows=tuple(rows),
        matters=matters(cat, live),
        does_not_show=(
            _untold(live),
            "That deductions count as findings of dishonesty is one reading of the Opinions; in "
            "the other only entry on a list does, and no deduction is barred.",
            "Schemes outside the catalogue, which holds some of the pilots.",
            "What a lost reward costs: the limit leaves rewards by score alone.",
        ),
        twin=max(abs(whole(g, 0, STATEMENT) - whole(g, 0, None)) for g in GRADE_SHARES),
        provenance={"catalogue_digest": cat.digest},
    )  # fmt: skip
