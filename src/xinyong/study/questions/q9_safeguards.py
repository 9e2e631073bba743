"""Q9: which single safeguard removes most wrongful harm per unit of staff time?

Each safeguard is a set of overrides of the scenario and a price in minutes of staff. Both are
assumptions of this study, stated with their ranges in `EFFECTS` and `PRICES`; no figure is
known for any of them. The court list's sunset is an amendment of the law.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from xinyong.assumptions import assumptions
from xinyong.engine.scenario import Scenario
from xinyong.language import Sentence
from xinyong.study.answer import Answer, Matter, Row, figure
from xinyong.study.arms import (
    ALL,
    FEW,
    Arm,
    Counts,
    Indicator,
    Number,
    Outcome,
    run_arms,
    scenario,
)
from xinyong.study.interval import ratio_difference
from xinyong.study.matters import own, two
from xinyong.study.measured import FIRST, LAST, VARIED, counted, wrongful, zombies
from xinyong.study.settings import Settings
from xinyong.study.varied import varied_arms, varied_trials

__all__ = ["EFFECTS", "PRICES", "SAFEGUARDS", "Safeguard", "answer", "arms", "staff_months"]

#: Minutes of one staff month: 160 hours.
MONTH = 9_600.0

#: What safeguards do: value and range.
EFFECTS = {
    "notice_stops": (0.1, (0.006, 0.285)),  # uptake 0.02-0.3 times success 0.3-0.95
    "key_stops": (0.9, (0.5, 0.99)),  # of wrong attachments
    "key_refuses": (0.01, (0.0, 0.05)),  # of right ones, at the first hop
    "desk_times": (3.0, (1.5, 5.7)),  # objections that succeed in a month
    "success": (0.6, (0.3, 0.95)),  # of objections of those wrongly listed
}
#: Minutes of staff: value and range.
PRICES = {
    "notice": (15.0, (5.0, 60.0)),  # an entry: tell, wait, look at what is said
    "second_key": (5.0, (1.0, 15.0)),  # a record: compare a second key
    "time_limit": (10.0, (1.0, 30.0)),  # a copy to be withdrawn, sent at once and chased
    "objection_desk": (240.0, (60.0, 960.0)),  # an objection answered beyond those of today
    "sunset": (10.0, (1.0, 60.0)),  # an entry that ends: checked before it lapses
}

mistaken = Indicator(
    "measures on the wrong subject", "measure-months per 100 entries", "mistaken", "entries", 100,
    "mistakes",
)  # fmt: skip
rightful = Indicator("rightful measures", "measure-months per 100 entries", "right", "entries", 100)


@dataclass(frozen=True)
class Safeguard:
    """A safeguard as overrides of a scenario.

    Attributes:
        name: of its arm; about: in words.
        times: assumptions that it multiplies; puts: those it sets; adds: those it adds to.
        amend: of the law.
    """

    name: str
    about: str
    times: Mapping[str, float] = field(default_factory=dict)
    puts: Mapping[str, float] = field(default_factory=dict)
    adds: Mapping[str, float] = field(default_factory=dict)
    amend: tuple[str, ...] = ()


def _ids(*marks: str) -> list[str]:
    rows = assumptions().rows
    return [name for name in rows if any(m in name for m in marks)]


def _safeguards() -> tuple[Safeguard, ...]:
    notice, key = EFFECTS["notice_stops"][0], EFFECTS["key_stops"][0]
    delay = (assumptions()["exchange.delay_withdraw"].range or (3.0, 0.0))[0]
    return (
        Safeguard(
            "notice",
            Sentence(
                "whoever is to be listed is told first; {share} of mistakes are stopped by it",
                share=f"{notice:.0%}",
            ),
            times=dict.fromkeys(("identity.wrong", "false_records.per_case"), 1 - notice),
        ),
        Safeguard(
            "second_key",
            Sentence(
                "a record and a copy are attached only if a second key agrees: {share} of wrong "
                "attachments stop, at the cost of one right record in a hundred",
                share=f"{key:.0%}",
            ),
            times=dict.fromkeys(("identity.wrong", *_ids("identity.hop_wrong.")), 1 - key),
            adds={"identity.missed": EFFECTS["key_refuses"][0]},
        ),
        Safeguard(
            "time_limit",
            Sentence(
                "authorities are told of removals within days: a median of {n} a hop",
                n=f"{delay:g}",
            ),
            puts={"exchange.delay_withdraw": delay},
        ),
        Safeguard(
            "objection_desk",
            "a desk for objections: those wrongly listed succeed thrice as often in a month",
            times=dict.fromkeys(_ids(".objection"), EFFECTS["desk_times"][0]),
        ),
        Safeguard(
            "sunset",
            "an entry on the court list for refusal, open-ended in the text of 2017, ends after "
            "two years",
            amend=(
                "spc_defaulters.versions.v2017.provisions.ground_1.effect.term="
                "{n: 2, unit: year, from: decided}",
            ),
        ),
    )


SAFEGUARDS = _safeguards()


def _arm(chosen: Sequence[Safeguard]) -> Arm:
    """Return the arm with some safeguards at once."""
    given = assumptions()
    now: dict[str, Number] = {}

    def value(name: str) -> float:
        found = now.get(name, given[name].value)
        if not isinstance(found, float | int):
            raise TypeError(f"{name} is dated; safeguards change plain numbers")
        return float(found)

    for s in chosen:
        for name, factor in s.times.items():
            now[name] = value(name) * factor
        for name, more in s.adds.items():
            now[name] = value(name) + more
        now |= dict(s.puts)
    name = "+".join(s.name for s in chosen)
    about = chosen[0].about if len(chosen) == 1 else "both"
    return Arm(name, about, assume=now, amend=tuple(a for s in chosen for a in s.amend))


def arms() -> tuple[Arm, ...]:
    """Return the baseline, each safeguard alone, then all pairs.

    Those that differ in the time limit alone stand together, as they are simulated once.
    """
    none = Arm("as_is", "no safeguard beyond those of the law and its practice as assumed")
    limit = next(s for s in SAFEGUARDS if s.name == "time_limit")
    others = [s for s in SAFEGUARDS if s is not limit]
    found = [none, _arm([limit])]
    for some in (*((s,) for s in others), *combinations(others, 2)):
        found.append(_arm(some))
        if len(some) == 1:
            found.append(_arm([*some, limit]))
    return tuple(found)


def staff_months(arm: str, counts: Counts, today: Counts) -> float:
    """Return the staff months that the safeguards of an arm take.

    Args:
        arm: names of safeguards, joined by ``+``.
        counts: of a run with them.
        today: of the baseline in the same replicate.

    Example:
        >>> one = {("all", "entries"): 640.0}
        >>> staff_months("notice", one, one)  # 640 entries, a quarter of an hour each
        1.0
    """

    def of(name: str, where: Counts = counts) -> float:
        return where.get((ALL, name), 0.0)

    answered = max(of("annulled") - of("annulled", today), 0.0) / EFFECTS["success"][0]
    per_entry = of("copies") / of("entries") if of("entries") else 0.0
    work = {
        "notice": of("entries"),
        "second_key": of("processed"),
        "time_limit": of("ended") * per_entry,
        "objection_desk": answered,
        "sunset": of("ended"),
    }
    names = [n for n in arm.split("+") if n in work]
    return sum(work[n] * PRICES[n][0] for n in names) / MONTH


def averted(found: Outcome, arm: str, today: str = "", safeguards: str = "") -> Row:
    """Return wrongful measure-months averted per staff month, against no safeguard.

    Args:
        found: the counts.
        arm: with safeguards.
        today: without any; the baseline if not given.
        safeguards: of the arm; its name if not given.
    """
    today = today or found.arms[0].name
    before = found.column(today, ALL, "wrongful")
    after = found.column(arm, ALL, "wrongful")
    staff = [
        staff_months(safeguards or arm, counts, base)
        for counts, base in zip(found.counts[arm], found.counts[today], strict=True)
    ]
    less = [b - a for b, a in zip(before, after, strict=True)]
    got = ratio_difference([0.0] * len(staff), staff, less, staff)
    few = sum(found.column(today, ALL, "removed")) < FEW
    return Row(
        arm, ALL, "wrongful measures averted", "measure-months per staff month", 0.0, got.value,
        got.difference, got.low, got.high, len(staff), few,
    )  # fmt: skip


def _matters(base: Scenario, settings: Settings, best: str) -> tuple[Matter, Matter]:
    """Return the two assumptions that move what the best safeguard averts per staff month."""
    pair = arms()[0], _arm([s for s in SAFEGUARDS if s.name == best])
    tried = varied_arms(VARIED, *pair)
    found = run_arms(base, tried, counted, 1, settings.progress, with_twin=False)

    def rate(today: str, arm: str) -> float:
        return averted(found, arm, today, best).value

    centre = rate(pair[0].name, best)
    price, span = PRICES[best]
    trials = [
        own(f"study.price.{best}", "minutes of staff for each thing done", price, span,
            lambda minutes: centre * price / minutes),
        *varied_trials(VARIED, rate, *pair),
    ]  # fmt: skip
    said = Sentence("what {arm} averts (wrongful measure-months per staff month)", arm=best)
    return two(said, centre, trials)


def answer(settings: Settings) -> Answer:
    """Return the answer."""
    base = scenario(settings, "q9-safeguards", FIRST, LAST)
    found = run_arms(base, arms(), counted, settings.replicates, settings.progress)
    rows: list[Row] = []
    for arm in found.arms[1:]:
        rows.append(averted(found, arm.name))
        rows += [found.row(arm.name, i) for i in (wrongful, mistaken, zombies, rightful)]
    by_rate = sorted(
        (r for r in rows if r.indicator == "wrongful measures averted"), key=lambda r: -r.value
    )
    alone = [r for r in by_rate if "+" not in r.arm]
    falls = {r.arm: r.difference for r in rows if r.indicator == wrongful.name}
    most = min((r.arm for r in alone), key=lambda a: falls[a])
    pair = min((a for a in falls if "+" in a), key=lambda a: falls[a])
    level = found.row(found.arms[1].name, wrongful).baseline
    sunset_zombies, sunset_wrong, sunset_right = (
        found.row("sunset", i).difference for i in (zombies, mistaken, rightful)
    )
    findings = (
        Sentence(
            "Wrongful measure-months averted per staff month, each safeguard alone: {order}.",
            order=[Sentence("{arm} {value}", arm=r.arm, value=figure(r.value)) for r in alone],
        ),
        Sentence(
            "Most in all, at any price, is averted by `{most}` alone ({alone} of {level} "
            "measure-months per 100 entries) and by `{pair}` of the pairs ({both}).",
            most=most, alone=figure(-falls[most]), level=figure(level), pair=pair,
            both=figure(-falls[pair]),
        ),
        Sentence(
            "Of what is wrongful, {zombie} measure-months per 100 entries outlive a removal and "
            "{mistaken} fall on somebody wrong: what ends the first reaches more than what "
            "prevents the second.",
            zombie=figure(found.row(most, zombies).baseline),
            mistaken=figure(found.row(most, mistaken).baseline),
        ),
        Sentence(
            "A sunset ends entries that nobody has to ask to have ended, and each end is one more "
            "withdrawal to be sent: measures after removal change by {zombie}, those on somebody "
            "wrong by {wrong}, rightful ones by {right} measure-months per 100 entries.",
            zombie=figure(sunset_zombies), wrong=figure(sunset_wrong), right=figure(sunset_right),
        ),
    )  # fmt: skip
    return Answer(
        "safeguards", "Q9",
        "Which single safeguard removes most wrongful harm per unit of staff time?",
        ("regulator", "rights organisation", "researcher"), "A",
        (found.arms[0].name, found.arms[0].about),
        {a.name: a.about for a in found.arms[1:]},
        findings, tuple(rows),
        _matters(base, settings, alone[0].arm),
        (
            "What any safeguard costs or stops in fact: every effect and every price is assumed.",
            "Notice given and objections heard for their own sake; only measures averted count.",
            "A fixed budget shared between safeguards: staff is added, not moved.",
            "Copies that lapse at the authority unless they are renewed: the model has no such "
            "rule, so the sunset is one of entries.",
            "A sunset beside the ways out of today: under the text of 2017 performance alone does "
            "not end a listing with a term (Art. 2 and 10), so who performs early stays on longer.",
        ),
        found.twin, found.provenance,
    )  # fmt: skip
