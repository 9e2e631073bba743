"""Q5: does better interoperability help or hurt the people in the records?"""

from __future__ import annotations

import math

from xinyong.assumptions import assumptions
from xinyong.language import Sentence
from xinyong.study.answer import Answer, figure
from xinyong.study.arms import Arm, Indicator, Number, run_arms, scenario
from xinyong.study.measured import (
    FIRST,
    LAST,
    VARIED,
    counted,
    missed,
    mistaken_share,
    wrongful,
    zombies,
)
from xinyong.study.settings import Settings
from xinyong.study.varied import from_runs

__all__ = ["answer", "arms"]

REACH = (0.1, 0.3, 0.5, 0.7, 0.9)
#: The arms set coverage and integration themselves.
_TRIED = tuple(name for name in VARIED if not name.startswith(("exchange.cov", "integration.")))

mistaken = Indicator(
    "measures on the wrong subject",
    "measure-months per 100 entries",
    "mistaken",
    "entries",
    100,
    "mistakes",
)
exposure = Indicator(
    "copies that other bodies hold of an entry", "bodies per entry", "copies", "entries"
)
burden_share = Indicator(
    "wrongful among what authorities hold", "per 100 measure-months", "wrongful", "received", 100
)
MEASURED = (missed, mistaken_share, mistaken, zombies, wrongful, burden_share, exposure)


def reach(share: float, withdraw: float | None = None) -> dict[str, Number]:
    """Return the overrides under which a share of listings arrives over two hops.

    The platforms of provinces stand still at the share of one hop.

    Args:
        share: of listings, and of withdrawals if those are not given.
        withdraw: of withdrawals.
    """
    hop = math.sqrt(share)
    return {
        "exchange.coverage_add": hop,
        "exchange.coverage_withdraw": hop if withdraw is None else math.sqrt(withdraw),
        "integration.start": hop,
        "integration.growth": 0.0,
        "integration.spill_over": 0.0,
    }


def corrected() -> dict[str, Number]:
    """Return the overrides of better correction: every withdrawal, sooner, and objections.

    Withdrawals at the lower end of the range of their delay; objections thrice as likely to
    succeed in a month, within their range.
    """
    given = assumptions()
    low = (given["exchange.delay_withdraw"].range or (3.0, 0.0))[0]
    objections: dict[str, Number] = {
        name: 3 * row.value for name, row in given.rows.items()
        if name.endswith(".objection") and row.value is not None
    }  # fmt: skip
    return {"exchange.coverage_withdraw": 1.0, "exchange.delay_withdraw": low} | objections


def arms() -> tuple[Arm, ...]:
    """Return the baseline and the alternatives."""
    found = [
        Arm(
            f"reach_{share:.0%}".rstrip("%"),
            Sentence(
                "{share} of listings arrive over two hops, and of withdrawals; keys as they are",
                share=f"{share:.0%}",
            ),
            assume=reach(share),
        )
        for share in REACH
    ]
    return (
        *found,
        Arm(
            "reach_90_one_way",
            "90% of listings arrive over two hops, but 30% of withdrawals; keys as they are",
            assume=reach(0.9, 0.3),
        ),
        Arm(
            "reach_90_corrected",
            "90% of listings arrive; every withdrawal between central bodies does, within days, "
            "and objections succeed thrice as often in a month",
            assume=reach(0.9) | corrected(),
        ),
    )


def answer(settings: Settings) -> Answer:
    """Return the answer."""
    base = scenario(settings, "q5-interoperability", FIRST, LAST)
    found = run_arms(base, arms(), counted, settings.replicates, settings.progress)

    def level(arm: str, indicator: Indicator) -> str:
        return figure(found.row(arm, indicator).value)

    low, high, one_way, fixed = "reach_10", "reach_90", "reach_90_one_way", "reach_90_corrected"
    peak = max((a.name for a in found.arms), key=lambda a: found.row(a, wrongful).value)
    findings = (
        Sentence(
            "From 10% to 90% reach, listings that did not arrive fall from {missed_low} to "
            "{missed_high} per 100 measure-months on paper, and bodies that hold a copy of an "
            "entry rise from {bodies_low} to {bodies_high}.",
            missed_low=level(low, missed), missed_high=level(high, missed),
            bodies_low=level(low, exposure), bodies_high=level(high, exposure),
        ),
        Sentence(
            "Measures on the wrong subject go from {low} to {high} measure-months per 100 entries, "
            "although the share of mistakes among what authorities hold goes from {share_low} to "
            "{share_high} per 10,000: poor links are a buffer for those wrongly recorded, and the "
            "keys alone set the share.",
            low=level(low, mistaken), high=level(high, mistaken),
            share_low=level(low, mistaken_share), share_high=level(high, mistaken_share),
        ),
        Sentence(
            "Measures after removal are {low}, {middle} and {high} zombie measure-months per 100 "
            "entries at 10%, 50% and 90% reach both ways; {one_way} where withdrawals lag behind, "
            "{fixed} where correction is better too.",
            low=level(low, zombies), middle=level("reach_50", zombies), high=level(high, zombies),
            one_way=level(one_way, zombies), fixed=level(fixed, zombies),
        ),
        Sentence("Wrongful measures of both kinds are most in `{peak}`.", peak=peak),
    )  # fmt: skip
    return Answer(
        "interoperability", "Q5",
        "Does better interoperability help or hurt the people in the records?",
        ("researcher", "regulator", "rights organisation"), "A",
        (found.arms[0].name, found.arms[0].about),
        {a.name: a.about for a in found.arms[1:]},
        findings, tuple(found.rows(MEASURED)),
        from_runs(
            base, _TRIED, found.arms[0], found.arms[len(REACH) - 1], wrongful,
            "what reach from 10% to 90% adds in wrongful measures (measure-months per 100 "
            "entries)", counted, settings.progress,
        ),
        (
            "How well real authorities are linked; coverage is varied, not measured.",
            "What integration is for: listings that arrive are counted neither as good nor bad.",
            "Effects on conduct, trust or trade; and exposure to staff inside a body.",
        ),
        found.twin, found.provenance,
    )  # fmt: skip
