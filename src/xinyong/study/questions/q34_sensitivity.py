"""Q34: do the headline findings survive the ranges of the assumptions?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xinyong.assumptions import assumptions
from xinyong.language import Sentence
from xinyong.study.answer import Answer, Matter, Row, figure
from xinyong.study.arms import Arm, Indicator, Number, Outcome, matter, run_arms, scenario
from xinyong.study.matters import Trial, two
from xinyong.study.measured import FIRST, LAST, VARIED, counted, missed, wrongful, zombies
from xinyong.study.questions.q4_zombie import year
from xinyong.study.questions.q5_interoperability import mistaken, reach
from xinyong.study.settings import Settings

__all__ = ["HEADLINES", "Headline", "answer", "arms"]

CENTRAL = "as assumed"


@dataclass(frozen=True)
class Headline:
    """A finding as a contrast of two sets of overrides.

    Attributes:
        id: short; says: the claim; sign: of the difference that the claim needs.
        before, after: overrides, laid over the assumption that is varied.
        indicator: what differs.
    """

    id: str
    says: str
    sign: int
    before: Mapping[str, Number]
    after: Mapping[str, Number]
    indicator: Indicator


def _headlines() -> tuple[Headline, ...]:
    given = assumptions()
    quick = given.value("exchange.delay_add")
    low = (given["exchange.delay_withdraw"].range or (3.0, 0.0))[0]
    hops = [n for n in given.rows if n.startswith("identity.hop_wrong.")]
    key = {n: 0.1 * given.value(n) for n in hops}
    now: dict[str, Number] = {}
    slow = {"exchange.delay_withdraw": 4 * quick}
    return (
        Headline("slow withdrawals", "Slower withdrawals leave entries standing longer elsewhere.",
                 1, {"exchange.delay_withdraw": quick}, slow, year),
        Headline("reach spreads mistakes", "More reach puts more measures on the wrong subject.",
                 1, reach(0.1), reach(0.9), mistaken),
        Headline("reach fills gaps", "More reach leaves fewer listings that do not arrive.",
                 -1, reach(0.1), reach(0.9), missed),
        Headline("reach and removal", "More reach both ways leaves more measures after removal: "
                 "there is more to take back.", 1, reach(0.5), reach(0.9), zombies),
        Headline("time limit", "Telling of removals within days cuts wrongful measures.",
                 -1, now, {"exchange.delay_withdraw": low}, wrongful),
        Headline("second key", "A second key at every hop cuts wrongful measures.",
                 -1, now, key, wrongful),
    )  # fmt: skip


HEADLINES = _headlines()


def _settings(h: Headline) -> dict[str, dict[str, Number]]:
    """Return each setting of a headline by name: the centre, then both ends of each range.

    What the headline sets itself is not among them: it would say the centre again, or compare
    an arm with itself.
    """
    given = assumptions()
    found: dict[str, dict[str, Number]] = {CENTRAL: {}}
    for name in (n for n in VARIED if n not in {*h.before, *h.after}):
        for end in given[name].range or ():
            found[f"{name} = {end:g}"] = {name: end}
    return found


def _name(setting: str, overrides: Mapping[str, Number]) -> str:
    """Return the name of an arm: equal overrides under one setting are one arm."""
    said = ", ".join(f"{k}={v:g}" for k, v in sorted(overrides.items()) if isinstance(v, float))
    return f"{setting} | {said}" if said else setting


def arms() -> tuple[Arm, ...]:
    """Return all arms, those of one setting one after the other."""
    found: dict[str, list[Arm]] = {CENTRAL: [Arm(CENTRAL, CENTRAL)]}
    for h in HEADLINES:
        for setting, varied in _settings(h).items():
            for overrides in (h.before, h.after):
                name = _name(setting, overrides)
                arm = Arm(name, name, assume={**varied, **overrides})
                mine = found.setdefault(setting, [])
                if arm not in mine:
                    mine.append(arm)
    order = [CENTRAL, *(s for name in VARIED for s in found if s.startswith(f"{name} ="))]
    return tuple(arm for setting in order for arm in found[setting])


def tornado(found: Outcome) -> list[Row]:
    """Return every headline under every setting; the widest from the centre first."""
    rows: list[Row] = []
    for h in HEADLINES:
        mine = []
        for setting in _settings(h):
            before, after = _name(setting, h.before), _name(setting, h.after)
            row = found.row(after, h.indicator, against=before)
            mine.append(
                Row(setting, h.id, row.indicator, row.unit, row.baseline, row.value,
                    row.difference, row.low, row.high, row.replicates, row.unstable)
            )  # fmt: skip
        centre = mine[0].difference
        rows += [mine[0], *sorted(mine[1:], key=lambda r: -abs(r.difference - centre))]
    return rows


def survives(rows: list[Row], h: Headline) -> tuple[int, int, int]:
    """Return under how many settings a headline keeps its sign, clear of zero, of how many."""
    mine = [r for r in rows if r.group == h.id]
    kept = sum(r.difference * h.sign > 0 for r in mine)
    clear = sum(
        r.difference * h.sign > 0 and r.low is not None and r.high is not None
        and r.low * r.high > 0
        for r in mine
    )  # fmt: skip
    return kept, clear, len(mine)


def matters(rows: list[Row]) -> tuple[Matter, Matter]:
    """Return the two assumptions that move the headlines most, in shares of themselves."""
    moved: dict[str, list[tuple[float, float]]] = {}
    for h in HEADLINES:
        mine = [r for r in rows if r.group == h.id]
        centre = mine[0].difference
        for name in VARIED:
            at = [r.difference / centre for r in mine if centre and r.arm.startswith(f"{name} =")]
            if len(at) == 2:
                moved.setdefault(name, []).append((min(at), max(at)))
    trials = [
        Trial(matter(name, Sentence("It was tried on {n} of {all} headlines.", n=str(len(found)),
                                    all=str(len(HEADLINES)))),
              (min(low for low, _ in found), max(high for _, high in found)))
        for name, found in moved.items()
    ]  # fmt: skip
    return two("a headline, in shares of itself as assumed, at the least and at the most", 1.0,
               trials)  # fmt: skip


def answer(settings: Settings) -> Answer:
    """Return the answer."""
    base = scenario(settings, "q34-sensitivity", FIRST, LAST)
    found = run_arms(base, arms(), counted, settings.replicates, settings.progress)
    rows = tornado(found)
    findings = []
    for h in HEADLINES:
        kept, clear, of = survives(rows, h)
        mine = [r for r in rows if r.group == h.id]
        findings.append(
            Sentence(
                "{claim} Sign kept under {kept} of {all} settings, its interval clear of zero "
                "under {clear}; as assumed {centre}, moved most by {arm} (to {moved}).",
                claim=Sentence(h.says), kept=str(kept), all=str(of), clear=str(clear),
                centre=figure(mine[0].difference), arm=mine[1].arm,
                moved=figure(mine[1].difference),
            )
        )  # fmt: skip
    return Answer(
        "sensitivity", "Q34", "Do the headline findings survive the ranges of the assumptions?",
        ("researcher",), "A",
        ("the first arm of each headline", "named in the headline; all else as the row says"),
        {h.id: h.says for h in HEADLINES}, tuple(findings), tuple(rows),
        matters(rows),
        (
            "Two assumptions at once: each is moved alone, so that what they do together is "
            "not seen.",
            "Effects on behaviour: none is modelled in these runs, so all findings are "
            "accounting and none rests on estimates from elsewhere.",
            "Whether the ranges are right. They are set by this project; a headline that fails "
            "inside one is refuted here, one that holds is not proven.",
        ),
        found.twin, found.provenance | {"overrides": "as the rows name them"},
    )  # fmt: skip
