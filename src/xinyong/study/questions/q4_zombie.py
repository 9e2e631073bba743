"""Q4: after a lawful removal, how long do measures go on elsewhere?"""

from __future__ import annotations

from xinyong.assumptions import assumptions
from xinyong.language import Sentence
from xinyong.study.answer import Answer, Row, figure
from xinyong.study.arms import Arm, Indicator, Outcome, run_arms, scenario
from xinyong.study.copies import AFTER, BODIES, still_held
from xinyong.study.measured import COURT, FIRST, LAST, VARIED, counted, zombies
from xinyong.study.settings import Settings
from xinyong.study.varied import from_runs

__all__ = ["answer", "arms"]

_MONTHS = dict(zip(AFTER, (1, 3, 6), strict=True))
_RATIOS = (2, 3, 4)
#: The arms set the delay of withdrawals themselves.
_TRIED = tuple(name for name in VARIED if name != "exchange.delay_withdraw")

copies = tuple(
    Indicator(f"copies still held after removal, month {_MONTHS[d]}", "per 100 copies",
              f"copies_after_{d}", "removed_copies", 100)
    for d in AFTER
)  # fmt: skip
year = Indicator(
    "time held after removal, first year", "body-months per 100 removed entries", "zombie_year",
    "removed", 100,
)  # fmt: skip


def _blocked(k: int, days: int) -> Indicator:
    who = "any body" if k == BODIES[-1] else f"any of {k} bodies" if k > 1 else "one body"
    name = f"entries still held by {who} after removal, month {_MONTHS[days]}"
    return Indicator(name, "per 100 removed entries", f"blocked_{k}_after_{days}", "removed", 100)


blocked = tuple(_blocked(k, AFTER[-1]) for k in BODIES)


def arms() -> tuple[Arm, ...]:
    """Return the baseline and the alternatives; they differ in travel alone."""
    days = assumptions().value("exchange.delay_add")
    slower = (
        Arm(
            f"withdrawals_x{n}",
            Sentence("withdrawals take {n} times as long as listings at each hop", n=str(n)),
            assume={"exchange.delay_withdraw": n * days},
        )
        for n in _RATIOS
    )  # fmt: skip
    return (
        Arm(
            "withdrawals_x1", "withdrawals take as long as listings at each hop",
            assume={"exchange.delay_withdraw": days},
        ),
        *slower,
        Arm(
            "all_arrive_x1", "withdrawals take as long as listings, and none is lost at a hop "
            "between central bodies",
            assume={"exchange.delay_withdraw": days, "exchange.coverage_withdraw": 1.0},
        ),
        Arm(
            "never_compared_x1", "withdrawals take as long as listings, and nobody compares copies "
            "with their source, so that what is lost stays lost",
            mechanisms={"refresh": False}, assume={"exchange.delay_withdraw": days},
        ),
        Arm(
            "all_arrive_x4", "withdrawals take four times as long, and none is lost there",
            assume={"exchange.delay_withdraw": 4 * days, "exchange.coverage_withdraw": 1.0},
        ),
    )  # fmt: skip


def _rows(found: Outcome) -> tuple[Row, ...]:
    rows = found.rows((*copies, year, zombies))
    return (*rows, *found.rows(blocked, (COURT,)))


def answer(settings: Settings) -> Answer:
    """Return the answer."""
    base = scenario(settings, "q4-zombie", FIRST, LAST)
    found = run_arms(base, arms(), counted, settings.replicates, settings.progress)
    held = {a.name: [found.row(a.name, i).value for i in copies] for a in found.arms}
    some = [found.row("withdrawals_x2", i, COURT).value for i in blocked]
    slow, quick = held["withdrawals_x4"], held["withdrawals_x1"]
    sure, never = held["all_arrive_x1"], held["never_compared_x1"]
    given = assumptions()
    hop = given.value("exchange.coverage_withdraw"), given.value("exchange.delay_add")
    every = 30.4375 * given.value("exchange.refresh_months.other")
    closed = [figure(100 * still_held(d, 2, *hop, every)) for d in AFTER]
    findings = (
        Sentence(
            "Of 100 copies that authorities held of entries since removed, {quick_1}, {quick_3} "
            "and {quick_6} are still held after one, three and six months if withdrawals are as "
            "quick as listings; {slow_1}, {slow_3} and {slow_6} if they take four times as long.",
            quick_1=figure(quick[0]), quick_3=figure(quick[1]), quick_6=figure(quick[2]),
            slow_1=figure(slow[0]), slow_3=figure(slow[1]), slow_6=figure(slow[2]),
        ),
        Sentence(
            "Delay sets the first months; after six months it is the withdrawals that never "
            "arrive: with none lost between central bodies {sure} of 100 are left instead of "
            "{quick}, and {never} if nobody ever compared copies with their source.",
            sure=figure(sure[2]), quick=figure(quick[2]), never=figure(never[2]),
        ),
        Sentence(
            "With many bodies hardly anybody is free at once: with withdrawals twice as slow as "
            "listings, one body still holds {one} of 100 entries on the court list six months "
            "after their removal, and at least one of all bodies {any}.",
            one=figure(some[0]), any=figure(some[-1]),
        ),
        Sentence(
            "By the closed form for a route of two hops to a body that compares its copies once in "
            "{every} days the first three shares are {closed}; routes over a province's platform "
            "are longer, and other bodies compare more or less often.",
            every=figure(every), closed=closed,
        ),
    )  # fmt: skip
    return Answer(
        "zombie", "Q4", "After a lawful removal, how long do measures go on elsewhere?",
        ("rights organisation", "journalist", "regulator", "teacher"), "A",
        (found.arms[0].name, found.arms[0].about),
        {a.name: a.about for a in found.arms[1:]},
        findings, _rows(found),
        from_runs(
            base, _TRIED, found.arms[0], found.arms[_RATIOS[-1] - 1], year,
            "the time held after removal that the slowest withdrawals add (body-months per 100 "
            "removed entries)", counted, settings.progress,
        ),
        (
            "How often real authorities fail to act on a removal: neither delay nor loss of "
            "withdrawals has been published.",
            "What being blocked costs anyone: a copy held is counted whether or not its holder "
            "was asked that month.",
            "Copies that private firms or web pages keep.",
        ),
        found.twin, found.provenance,
    )  # fmt: skip
