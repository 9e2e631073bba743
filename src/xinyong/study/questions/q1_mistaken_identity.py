"""Q1: what share of a defaulter-type list is there by mistaken identity after n hops?

A record passes n hops. At each its key is wrong with probability e; a wrong key is taken for
one of the c others who share what the receiver compares, so that the record lands on somebody
else with probability phi = e r c / (c + 1), r being the share of wrong keys that are somebody
else's key at all; with probability mu it is missed (closed form:
`xinyong.institutions.identity`). What is compared makes the matching rule::

    ID                  a whole number of somebody else was taken: r of the wrong keys
    name + birth date   c is Poisson: (holders - 1) spread over the birth dates of the living
    name + place        c is Poisson: (holders - 1) spread over the counties
    name                c = holders - 1

Holders follow the frequency law of names (``society/data/namesakes.csv``): nobody has a name.
The draws are those of `institutions.identity`: one a record and hop, and the same in every
cell, so that two cells differ only by their rule and rate.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xinyong.assumptions import assumptions
from xinyong.society.namesakes import sharing
from xinyong.streams import compiled, draw64, stream_key, threshold
from xinyong.study.answer import Answer, Row
from xinyong.study.matters import own, two
from xinyong.study.settings import Settings

__all__ = [
    "ERROR_RATES",
    "HOPS",
    "MISSED",
    "RECORDS",
    "RULES",
    "Cell",
    "answer",
    "closed",
    "corrected",
    "corrections",
    "levels",
    "mean_phi",
    "months_wrong",
    "simulate",
    "table_m7",
]

RECORDS = 2_000_000
_SAID = {
    "id": "ID",
    "name_birth": "name and birth date",
    "name_place": "name and county",
    "name": "name alone",
}
RULES = ("id", "name_birth", "name_place", "name")
#: Key errors a hop: 0.0005 to 0.005 for an ID, up to 0.2 where a name must do (M7, assumed).
ERROR_RATES = (0.0005, 0.005, 0.05, 0.2)
BASELINE = ("id", 0.005)
HOPS = 8
#: Missed matches a hop (the M7 table).
MISSED = 0.02
#: Assumption: one wrong ID in ten is a whole number of somebody else, taken from the wrong row. A
#: slip of one digit or a swap of neighbours fails the check digit (ISO 7064 MOD 11-2).
SOMEBODY_ELSES_ID = 0.1
#: Assumption: the list holds one adult in a hundred (questions.md, note 1).
LISTED_SHARE = 0.01
#: Assumption: rightly listed subjects leave at this monthly rate (M11: implied for 2023).
EXIT = 0.025


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what becomes of records after each number of hops.

    Attributes:
        rule, error: the matching rule and key errors a hop.
        right, wrong: float64[HOPS], shares of all records after 1, 2, … hops.
    """

    rule: str
    error: float
    right: NDArray[np.float64]
    wrong: NDArray[np.float64]

    @property
    def fds(self) -> NDArray[np.float64]:
        """Return the share of the list that is mistaken, by hops."""
        return self.wrong / (self.wrong + self.right)

    @property
    def flr(self) -> NDArray[np.float64]:
        """Return P(listed | no qualifying conduct), by hops: the individual risk."""
        return LISTED_SHARE / (1 - LISTED_SHARE) * self.wrong


@cache
def levels(rule: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the values of r c / (c + 1) under a rule and the share of persons with each."""
    if rule == "id":
        return np.array([SOMEBODY_ELSES_ID]), np.ones(1)
    return sharing(rule)


def mean_phi(rule: str, error: float) -> float:
    """Return the mean of phi over persons."""
    values, weights = levels(rule)
    return float(error * (values @ weights))


def _geometric(phi: NDArray[np.float64], missed: float) -> tuple[NDArray[np.float64], ...]:
    """Return the chances of right and wrong after 1 … HOPS hops, for each phi."""
    n = np.arange(1, HOPS + 1)
    stay = (1 - phi - missed)[:, None] ** n
    return stay, phi[:, None] * (1 - stay) / (phi + missed)[:, None]


def closed(rule: str, error: float, missed: float = MISSED) -> Cell:
    """Return the closed form, averaged over persons with rarer and commoner names."""
    values, weights = levels(rule)
    right, wrong = _geometric(error * values, missed)
    return Cell(rule, error, weights @ right, weights @ wrong)


def table_m7(phis: tuple[float, ...] = (1e-4, 1e-3, 1e-2, 0.05)) -> NDArray[np.float64]:
    """Return the table of M7: the mistaken share, float64[HOPS, phis].

    Example:
        >>> [round(float(100 * x), 2) for x in table_m7()[4]]
        [0.05, 0.53, 5.2, 23.83]
    """
    right, wrong = _geometric(np.array(phis), MISSED)
    return (wrong / (wrong + right)).T


@compiled
def _walk(identity, names, records, cumulative, wrong, lost, first, level_of, out):  # type: ignore[no-untyped-def]
    """Count at which hop records end: out[cell, hop, wrong or missed]."""
    cells, hops = out.shape[0], out.shape[1]
    uniforms = np.zeros(hops, np.uint64)
    levels = np.zeros(len(first) - 1, np.int64)
    for i in range(records):
        who = draw64(names, np.uint64(i), np.uint64(0), np.uint64(0))[0]
        for k in range(len(levels)):
            low, high = first[k], first[k + 1] - 1
            while low < high:
                middle = (low + high) // 2
                if who < cumulative[middle]:
                    high = middle
                else:
                    low = middle + 1
            levels[k] = low - first[k]
        for hop in range(hops):
            uniforms[hop] = draw64(identity, np.uint64(i), np.uint64(hop), np.uint64(0))[0]
        for cell in range(cells):
            level = levels[level_of[cell]]
            limit = lost[cell, level]
            for hop in range(hops):
                if uniforms[hop] < limit:
                    out[cell, hop, 0 if uniforms[hop] < wrong[cell, level] else 1] += 1
                    break


def simulate(
    cells: list[tuple[str | float, float]], records: int, seed: int, missed: float = MISSED
) -> NDArray[np.int64]:
    """Return int64[cells, HOPS, 2]: records rightly and wrongly attached after each hop.

    Args:
        cells: of each, the matching rule (or a phi alike for all) and the key errors a hop.
        records: how many; each is drawn once and judged in every cell.
        seed: of the streams ``study/q1/identity`` and ``study/q1/names``.
        missed: mu.
    """
    rules = tuple(dict.fromkeys(rule for rule, _ in cells))
    parts = [levels(r) if isinstance(r, str) else (np.array([r]), np.ones(1)) for r in rules]
    most = max(len(values) for values, _ in parts)
    wrong = np.zeros((len(cells), most), np.uint64)
    lost = np.zeros((len(cells), most), np.uint64)
    for i, (rule, error) in enumerate(cells):
        for j, value in enumerate(parts[rules.index(rule)][0].tolist()):
            wrong[i, j] = threshold(error * value)
            lost[i, j] = threshold(error * value + missed)
    steps = [np.minimum(np.cumsum(w) / w.sum(), 1.0) for _, w in parts]
    ended = np.zeros((len(cells), HOPS, 2), np.int64)
    _walk(
        stream_key(seed, "study/q1/identity"),
        stream_key(seed, "study/q1/names"),
        records,
        np.array([threshold(x) for part in steps for x in part.tolist()], np.uint64),
        wrong,
        lost,
        np.cumsum([0, *(len(part) for part in steps)]),
        np.array([rules.index(rule) for rule, _ in cells]),
        ended,
    )
    gone = np.cumsum(ended, axis=1)
    return np.stack([records - gone.sum(axis=2), gone[:, :, 0]], axis=2)


def hazard() -> tuple[float, float, float]:
    """Return the assumed monthly chance of a successful objection, and its range."""
    row = assumptions()["exit.spc_defaulters.objection"]
    low, high = row.range or (0.0, 1.0)
    return float(row.value or 0.0), low, high


def months_wrong(monthly: float) -> tuple[float, float]:
    """Return mean and median of the months to correction at a monthly chance (geometric)."""
    return 1 / monthly, math.ceil(math.log(0.5) / math.log(1 - monthly))


def corrected(fds: float, monthly: float) -> float:
    """Return the mistaken share of the standing list.

    New entries are mistaken with the share given; they stay 1/monthly months or until the exit
    of everybody, whichever comes first; the others leave at `EXIT`.
    """
    wrong, right = fds / (1 - (1 - monthly) * (1 - EXIT)), (1 - fds) / EXIT
    return wrong / (wrong + right)


def corrections(wrong: int, monthly: float, seed: int) -> NDArray[np.int64]:
    """Return int64[120]: mistaken entries still standing after each month, by draws."""
    limits = np.array([threshold((1 - monthly) ** m) for m in range(1, 121)], np.uint64)
    standing = np.zeros(120, np.int64)
    _stand(stream_key(seed, "study/q1/objection"), wrong, limits, standing)
    return standing


@compiled
def _stand(key, wrong, limits, out):  # type: ignore[no-untyped-def]
    for i in range(wrong):
        uniform = draw64(key, np.uint64(i), np.uint64(0), np.uint64(0))[0]
        for m in range(len(limits)):
            if uniform < limits[m]:
                out[m] += 1
            else:
                break


def _headline(
    error: float = BASELINE[1], missed: float = MISSED, somebody: float = SOMEBODY_ELSES_ID
) -> float:
    """Return the mistaken share after five hops, matched by ID."""
    right, wrong = _geometric(np.array([error * somebody]), missed)
    return float(wrong[0, 4] / (wrong[0, 4] + right[0, 4]))


def answer(settings: Settings, records: int = RECORDS) -> Answer:
    """Answer the question; `records` synthetic records are drawn."""
    cells = [(rule, error) for rule in RULES for error in ERROR_RATES]
    phis = (1e-4, 1e-3, 1e-2, 0.05)
    drawn = simulate([*cells, *((phi, 1.0) for phi in phis), cells[0]], records, settings.seed)
    again = drawn[0] - drawn[-1]
    base = cells.index(BASELINE)
    rows: list[Row] = []
    worst = 0.0
    for i, (rule, error) in enumerate(cells):
        arm, form, basis = f"{rule}_{error:g}", closed(rule, error), closed(*BASELINE)
        for hops in (1, 3, 5, 8):
            group = f"{hops} hop{'s' if hops > 1 else ''}"
            exact = float(form.fds[hops - 1])
            worst = max(worst, abs(z_score(drawn[i, hops - 1], exact)))
            if i == base:
                continue
            rows.append(_fds(arm, group, drawn[base, hops - 1], drawn[i, hops - 1]))
            for name, unit, before, after in (
                ("mistaken share of the list, closed form", "share", basis.fds, form.fds),
                ("individual risk, closed form", "per million adults", 1e6 * basis.flr,
                 1e6 * form.flr),
            ):  # fmt: skip
                b, a = float(before[hops - 1]), float(after[hops - 1])
                rows.append(Row(arm, group, name, unit, b, a, a - b))
    for i in range(len(phis)):
        for hops in range(HOPS):
            exact = float(table_m7()[hops, i])
            worst = max(worst, abs(z_score(drawn[len(cells) + i, hops], exact)))
    monthly, low, high = hazard()
    form = closed("name", 0.05)
    average, median = months_wrong(monthly)
    base_form = closed(*BASELINE)
    for monthly_chance, arm in ((low, "objection_slow"), (monthly, "name_0.05"),
                                (high, "objection_fast")):  # fmt: skip
        standing = corrected(float(form.fds[4]), monthly_chance)
        standing_base = corrected(float(base_form.fds[4]), monthly)
        what = "mistaken share of the standing list, closed form"
        rows.append(
            Row(arm, "5 hops", what, "share", standing_base, standing, standing - standing_base)
        )
        months = months_wrong(monthly_chance)[0]
        what, unit = "mean time to correction", "months"
        rows.append(Row(arm, "5 hops", what, unit, average, months, months - average))
    findings = (
        f"After five hops {base_form.fds[4]:.2%} of a list are there by mistake if records are "
        f"matched by ID with {BASELINE[1]:.1%} key errors a hop, and {form.fds[4]:.1%} if by name "
        "alone with 5% key errors.",
        f"For one adult without any qualifying conduct the same is a risk of "
        f"{1e6 * base_form.flr[4]:.0f} and {1e6 * form.flr[4]:,.0f} in a million: small, as the "
        "list is.",
        f"Name and birth date confuse {mean_phi('name_birth', 1):.1%} of wrong keys, name and "
        f"county {mean_phi('name_place', 1):.1%}, the name alone {mean_phi('name', 1):.1%}.",
        f"At {monthly:.0%} a month an objection takes {average:.0f} months on average (half within "
        f"{median:.0f}); at {low:.1%}, {1 / low:.0f} months; at {high:.1%}, {1 / high:.1f}.",
        f"{records:,} drawn records agree with the closed form: of "
        f"{len(cells) * 4 + len(phis) * HOPS} figures, the farthest lies {worst:.1f} standard "
        "errors off.",
    )
    return Answer(
        name="mistaken-identity",
        number="Q1",
        question="What share of a list is there by mistaken identity after n data-sharing hops?",
        users=("journalists", "rights organisations", "regulators", "researchers", "teachers"),
        strength="A",
        baseline=(f"{BASELINE[0]}_{BASELINE[1]:g}", "matched by ID, 0.5% key errors a hop"),
        alternatives={
            **{
                f"{rule}_{error:g}": f"matched by {_SAID[rule]}, {error:.2%} key errors a hop"
                for rule, error in cells
                if (rule, error) != BASELINE
            },
            "objection_slow": "as name_0.05, with the least chance of a successful objection",
            "objection_fast": "as name_0.05, with the greatest",
        },
        findings=findings,
        rows=tuple(rows),
        matters=two(
            "the mistaken share after five hops, matched by ID,", _headline(),
            [
                own("study.q1.key_errors", "wrong keys a hop", BASELINE[1], (0.0005, 0.2),
                    lambda x: _headline(error=x), "No rate was found in any source."),
                own("study.q1.missed", "records missed at a hop", MISSED, (0.0, 0.1),
                    lambda x: _headline(missed=x)),
                own("study.q1.somebody_elses_id", "share of wrong IDs that are somebody else's",
                    SOMEBODY_ELSES_ID, (0.01, 1.0), lambda x: _headline(somebody=x)),
            ],
        ),
        does_not_show=(
            "How many persons are wrongly listed in China: key errors are not observed.",
            "Errors about the act itself; here every record is true of somebody.",
            "Correction on the way: nothing is put right before the last hop.",
        ),
        twin=float(np.abs(again).max()),
        provenance={"seeds": (settings.seed,)},
    )  # fmt: skip


def z_score(counts: NDArray[np.int64], share: float) -> float:
    """Return by how many standard errors drawn (right, wrong) lie off a mistaken share."""
    n = int(counts.sum())
    error = math.sqrt(share * (1 - share) / n)
    return (int(counts[1]) / n - share) / error


def _fds(arm: str, group: str, before: NDArray[np.int64], after: NDArray[np.int64]) -> Row:
    """Return a row on the drawn mistaken share, its interval that of two binomial shares.

    Arms share their draws, so that the interval is wider than it need be.
    """
    b, a = float(before[1] / before.sum()), float(after[1] / after.sum())
    half = 1.96 * math.sqrt(b * (1 - b) / int(before.sum()) + a * (1 - a) / int(after.sum()))
    few = bool(min(before[1], after[1]) < 10)
    name = "mistaken share of the list, drawn"
    return Row(arm, group, name, "share", b, a, a - b, a - b - half, a - b + half, 1, few)
