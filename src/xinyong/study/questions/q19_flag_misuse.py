"""Q19: how easily does an emergency flag get used for something else?

One office has a flag that closes doors at once, such as the colour of a health code, and uses it
for another purpose. In every month until it is found out it flags `USES` persons of 10,000; an
audit looks at each of these uses with probability a and knows it for what it is with probability
s; the misuse ends with the month of the first finding, or with the horizon H. With
d = 1 - (1 - a s)^USES the chance to be found in a month,

    months of misuse        E[T] = (1 - (1 - d)^H) / d
    uses off purpose        USES E[T]
    found within m months   1 - (1 - d)^m

A flag is honoured in the place itself and in each of B others with probability r (mutual
recognition). It stands until the finding, then goes in the place itself with probability v a month
(speed of reversal), and elsewhere with v / w, since withdrawals travel slower (M8). A use in month
j of T stands T - j months before the finding, so that over T months of misuse there are
USES T (T - 1) / 2 such months; the mean wait for a geometric reversal is 1 / v. Flagged
person-months by place:

    USES [ E[T (T - 1) / 2] (1 + r B) + E[T] (1 / v + r B w / v) ]

The draws are keyed by replicate, month and use; arms share them, so that more audit never finds
later. It is about error and burden: who would misuse a flag, or how to hide it, is not asked.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from xinyong.streams import compiled, draw64, stream_key, threshold
from xinyong.study.answer import Answer, Row
from xinyong.study.matters import own, two
from xinyong.study.settings import Settings

__all__ = [
    "REPLICATES",
    "Misuse",
    "answer",
    "closed",
    "detection",
    "expected_months",
    "simulate",
]

REPLICATES = 2_000
HORIZON = 36
#: Longest wait for a reversal that is drawn, in months; beyond it the last is taken.
_LONGEST = 400
#: Assumption: at most this many uses of 10,000 persons a month.
_MOST_USES = 64


@dataclass(frozen=True, slots=True)
class Misuse:
    """What is assumed of one office, one flag and those who honour it.

    Attributes:
        uses: off purpose, of 10,000 persons a month.
        audit: share of uses looked at; sees: share of these known for what they are.
        places: others that may honour the flag; recognition: share that does.
        reversal: chance a month that a flag is taken back; slower: by what elsewhere lags.
        horizon: months after which the misuse ends unfound.
    """

    uses: int = 5
    audit: float = 0.01
    sees: float = 0.5
    places: int = 30
    recognition: float = 0.5
    reversal: float = 0.5
    slower: float = 2.0
    horizon: int = HORIZON


BASELINE = Misuse()
ARMS: dict[str, tuple[str, Misuse]] = {
    "no_audit": ("nobody audits", replace(BASELINE, audit=0.0)),
    "audit_0.1": ("one use in ten is audited", replace(BASELINE, audit=0.1)),
    "audit_0.5": ("every second use is audited", replace(BASELINE, audit=0.5)),
    "recognition_0": ("no other place honours the flag", replace(BASELINE, recognition=0.0)),
    "recognition_1": ("every place honours it", replace(BASELINE, recognition=1.0)),
    "reversal_0.1": ("flags are taken back at 10% a month", replace(BASELINE, reversal=0.1)),
    "reversal_1": ("flags are taken back within the month", replace(BASELINE, reversal=1.0)),
    "same_speed": ("withdrawals travel as fast as flags", replace(BASELINE, slower=1.0)),
}
_LABELS = (
    ("uses off purpose", "per 10,000 persons"),
    ("months of misuse", "months"),
    ("found out within the horizon", "share"),
    ("flagged months, all places", "person-months by place per 10,000 persons"),
    ("places in which a flag closes doors", "places"),
)


def detection(m: Misuse) -> float:
    """Return the chance to be found out in a month.

    Example:
        >>> detection(Misuse(uses=2, audit=0.5, sees=1.0))
        0.75
    """
    return 1.0 - (1.0 - m.audit * m.sees) ** m.uses


def expected_months(d: float, horizon: int) -> tuple[float, float]:
    """Return E[T] and E[T (T - 1) / 2] of the months of misuse T, cut off at the horizon.

    P(T > j) = (1 - d)^j for j below the horizon; E[T] sums these, and E[T (T - 1) / 2] sums
    j P(T > j), because T (T - 1) / 2 = 1 + 2 + ... + (T - 1).

    Example:
        >>> expected_months(0.0, 3)
        (3.0, 3.0)
    """
    stay = [(1.0 - d) ** j for j in range(horizon)]
    return math.fsum(stay), math.fsum(j * p for j, p in enumerate(stay))


def closed(m: Misuse) -> tuple[float, float, float, float, float]:
    """Return the expectations that `_LABELS` names."""
    d = detection(m)
    months, before = expected_months(d, m.horizon)
    far = m.recognition * m.places
    standing = before * (1 + far) + months / m.reversal * (1 + far * m.slower)
    return m.uses * months, months, 1 - (1 - d) ** m.horizon, m.uses * standing, 1 + far


@compiled
def _live(keys, replicates, uses, horizon, places, limits, ladder, out):  # type: ignore[no-untyped-def]
    """Fill out[replicate]: uses, months, found, flagged months, places of all uses."""
    found_limit, recognised = limits[0], limits[1]
    for i in range(replicates):
        months, found = 0, False
        while months < horizon and not found:
            for use in range(uses):
                word = np.uint64(months * 64 + use)
                if draw64(keys[0], np.uint64(i), word, np.uint64(0))[0] < found_limit:
                    found = True
            months += 1
        standing, reach = 0, 0
        for month in range(months):
            for use in range(uses):
                for place in range(places + 1):
                    word = np.uint64(month * 64 + use)
                    where = np.uint64(place)
                    honoured, wait = draw64(keys[1], np.uint64(i), word, where)
                    if place > 0 and honoured >= recognised and recognised != np.uint64(2**64 - 1):
                        continue
                    reach += 1
                    row = 0 if place == 0 else 1
                    months_more = 1
                    while wait < ladder[row, months_more - 1]:
                        months_more += 1
                    standing += months - 1 - month + months_more
        out[i, 0], out[i, 1], out[i, 2] = uses * months, months, 1 if found else 0
        out[i, 3], out[i, 4] = standing, reach


def simulate(m: Misuse, replicates: int, seed: int) -> NDArray[np.int64]:
    """Return int64[replicates, 5]: uses, months, found, flagged months, and places over uses.

    Streams ``study/q19/audit`` and ``study/q19/flag``.
    """
    ladder = np.zeros((2, _LONGEST), np.uint64)
    for row, chance in enumerate((m.reversal, m.reversal / m.slower)):
        # ladder[k] is the threshold of P(wait > k + 1 months); the last is 0, for nobody.
        stay = [threshold((1.0 - chance) ** k) for k in range(1, _LONGEST)]
        ladder[row, :-1] = stay
    out = np.zeros((replicates, 5), np.int64)
    keys = [stream_key(seed, f"study/q19/{name}") for name in ("audit", "flag")]
    limits = [threshold(m.audit * m.sees), threshold(m.recognition)]
    _live(
        np.array(keys, np.uint64), replicates, m.uses, m.horizon, m.places,
        np.array(limits, np.uint64), ladder, out,
    )  # fmt: skip
    return out


def _means(drawn: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the values of each replicate in the order of `_LABELS`, and their means.

    The places of a flag are a ratio of totals: all places over all uses.
    """
    values = drawn.astype(np.float64)
    mean = values.mean(axis=0)
    mean[4] = values[:, 4].sum() / values[:, 0].sum()
    return values, mean


def _rows(arm: str, one: NDArray[np.int64], two: NDArray[np.int64]) -> list[Row]:
    """Return the drawn rows of an arm, paired by replicate; the normal interval of the mean."""
    (before, base), (after, mean) = _means(one), _means(two)
    rows = []
    n = len(before)
    for i, (what, unit) in enumerate(_LABELS):
        difference = after[:, i] - before[:, i]
        if i == 4:  # residuals of the two ratios (see `interval.ratio_difference`)
            difference = (after[:, 4] - mean[4] * after[:, 0]) / after[:, 0].mean()
            difference -= (before[:, 4] - base[4] * before[:, 0]) / before[:, 0].mean()
        half = 1.96 * float(difference.std(ddof=1)) / math.sqrt(n)
        d = float(mean[i] - base[i])
        rows.append(
            Row(arm, "drawn", what, unit, float(base[i]), float(mean[i]), d, d - half, d + half, n)
        )
    return rows


#: Assumptions of the study with their ranges: in words, value, range.
_TRIED: dict[str, tuple[str, float, tuple[float, float]]] = {
    "uses": ("uses off purpose of 10,000 persons a month", BASELINE.uses, (1, _MOST_USES)),
    "sees": ("share of audited uses known for what they are", BASELINE.sees, (0.05, 1.0)),
    "places": ("others that may honour the flag", BASELINE.places, (0, 300)),
    "recognition": ("share of these that does", BASELINE.recognition, (0.0, 1.0)),
    "reversal": ("chance a month that a flag is taken back", BASELINE.reversal, (0.05, 1.0)),
    "slower": ("by what withdrawals elsewhere lag", BASELINE.slower, (1.0, 4.0)),
    "horizon": ("months after which the misuse ends unfound", BASELINE.horizon, (12, 120)),
}


def _saved(name: str, value: float) -> float:
    """Return the share of flagged months that one audit in ten saves, one number changed."""
    whole = name in ("uses", "places", "horizon")
    m = replace(BASELINE, **{name: int(value) if whole else value})  # type: ignore[arg-type]
    return 1.0 - closed(replace(m, audit=0.1))[3] / closed(m)[3]


def answer(settings: Settings, replicates: int = REPLICATES) -> Answer:
    """Answer the question; `replicates` offices are drawn."""
    base = simulate(BASELINE, replicates, settings.seed)
    form = closed(BASELINE)
    rows: list[Row] = []
    worst = _farthest(base, form)
    for name, (_, m) in ARMS.items():
        drawn = simulate(m, replicates, settings.seed)
        rows += _rows(name, base, drawn)
        found = closed(m)
        worst = max(worst, _farthest(drawn, found))
        for (what, unit), b, a in zip(_LABELS, form, found, strict=True):
            rows.append(Row(name, "closed form", what, unit, b, a, a - b))
    forms = {name: closed(m) for name, (_, m) in ARMS.items()}
    findings = (
        f"With one use in a hundred audited the misuse goes on for {form[1]:.0f} months on "
        f"average, {form[0]:.0f} uses of 10,000 persons; with one in ten for "
        f"{forms['audit_0.1'][1]:.1f} months and {forms['audit_0.1'][0]:.0f} uses; unaudited, to "
        f"the end of the {HORIZON} months.",
        f"Mutual recognition multiplies what a flag does: {form[4]:.0f} places instead of one, and "
        f"{form[3] / forms['recognition_0'][3]:.0f} times the flagged months.",
        f"Audit saves more than speed: {1 - forms['audit_0.1'][3] / form[3]:.0%} of the flagged "
        f"months go with one audit in ten, {1 - forms['reversal_1'][3] / form[3]:.0%} with "
        "reversal within the month.",
        f"{replicates:,} drawn offices agree with the closed form: the farthest figure lies "
        f"{worst:.1f} standard errors off.",
    )
    again = simulate(replace(BASELINE), replicates, settings.seed)
    return Answer(
        name="flag-misuse",
        number="Q19",
        question="How easily does an emergency flag get used for something else?",
        users=("rights organisations", "journalists", "teachers"),
        strength="A",
        baseline=("audit_0.01", f"{BASELINE.uses} uses a month of 10,000 persons, one in a hundred "
                  f"audited, half of {BASELINE.places} other places honour the flag, half of the "
                  "flags are taken back a month, elsewhere a quarter"),
        alternatives={name: about for name, (about, _) in ARMS.items()},
        findings=findings,
        rows=tuple(rows),
        matters=two(
            "the flagged months by which one audit in ten is less than one in a hundred, as a "
            "share,", _saved("uses", BASELINE.uses),
            [
                own(f"study.q19.{name}", about, value, span,
                    partial(_saved, name))
                for name, (about, value, span) in _TRIED.items()
            ],
        ),
        does_not_show=(
            "How often flags are misused: one case is documented (Zhengzhou, June 2022: 1,317 "
            "depositors), and no rate follows from one.",
            "Complaints, the press and courts, which found that case: audit is the only way here.",
            "What a flagged person cannot do; a month in a place counts as one everywhere.",
        ),
        twin=float(np.abs(again - base).max()),
        provenance={"seeds": (settings.seed,)},
    )  # fmt: skip


def _farthest(drawn: NDArray[np.int64], form: tuple[float, ...]) -> float:
    """Return by how many standard errors the drawn means lie off the closed form, at most."""
    values, mean = _means(drawn)
    worst = 0.0
    for i in range(4):
        error = float(values[:, i].std(ddof=1)) / math.sqrt(len(values))
        if error > 0:
            worst = max(worst, abs(float(mean[i]) - form[i]) / error)
    return worst
