"""What differs between two runs, and which differences can be told from luck.

Two runs are *paired* if they share scale, seed and first month: the same synthetic subjects
with the same luck. Then a mechanism that changes nothing moves no figure at all, and every
difference comes from what was changed. Otherwise each count is taken as one draw of about
Poisson variance, and a difference within two standard deviations is not told from luck.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from xinyong.portal.society.tables import lists, measures
from xinyong.portal.society.views import View
from xinyong.report.data import STABLE

__all__ = ["Verdict", "changes", "figures", "paired", "verdict"]

Verdict = Literal["same", "differs", "no detectable difference", "unstable"]

_DEVIATIONS = 2.0
_FIELDS = ("scale", "seed", "from", "to", "rates", "with", "amend", "keep")


def changes(a: View, b: View) -> list[tuple[str, str, str]]:
    """Return what differs between two runs before anything is drawn: field, first, second."""
    found: list[tuple[str, str, str]] = []
    for name in _FIELDS:
        one, two = a.scenario.get(name), b.scenario.get(name)
        if one != two and name != "keep":  # what is kept changes no figure
            found.append((name, _told(one), _told(two)))
    for part in ("mechanisms", "assume"):
        one, two = a.scenario.get(part, {}), b.scenario.get(part, {})
        for key in sorted(one.keys() | two.keys()):
            if one.get(key) != two.get(key):
                found.append((f"{part}: {key}", _told(one.get(key)), _told(two.get(key))))
    amended = any(name == "amend" for name, _, _ in found)
    law = [str(v.manifest["catalogue_digest"])[:12] for v in (a, b)]
    if law[0] != law[1] and not amended:  # an amendment gives another digest by itself
        found.append(("catalogue", law[0], law[1]))
    versions = [str(v.manifest.get("xinyong")) for v in (a, b)]
    if versions[0] != versions[1]:
        found.append(("xinyong", versions[0], versions[1]))
    return found


def _told(value: Any) -> str:
    if value is None or value in ([], ()):
        return "–"
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def paired(a: View, b: View) -> bool:
    """Tell whether two runs share their subjects and their luck."""
    return all(a.scenario[k] == b.scenario[k] for k in ("scale", "seed", "from"))


def verdict(x: int, y: int, scales: tuple[int, int], luck: bool) -> Verdict:
    """Say whether two counts differ.

    Args:
        x: count of the first run.
        y: count of the second run.
        scales: N of 1:N of each.
        luck: whether they share it.

    Example:
        >>> verdict(100, 110, (1, 1), False), verdict(100, 110, (1, 1), True)
        ('no detectable difference', 'differs')
    """
    if luck:
        if x == y:
            return "same"
        return "unstable" if min(x, y) < STABLE else "differs"
    spread = math.sqrt(x * scales[0] ** 2 + y * scales[1] ** 2)
    if abs(x * scales[0] - y * scales[1]) <= _DEVIATIONS * spread or x == y == 0:
        return "no detectable difference"
    return "unstable" if min(x, y) < STABLE else "differs"


def figures(a: View, b: View) -> list[dict[str, Any]]:
    """Return counts of two runs side by side, at one to one where their scales differ."""
    scales = (a.run.scale, b.run.scale)
    luck = paired(a, b)
    rows: list[dict[str, Any]] = []

    def add(what: str, of: str, en: str, zh: str, unit: str, x: int, y: int) -> None:
        if not x and not y:
            return
        one, two = x * scales[0], y * scales[1]
        share = 100 * (two - one) / one if one else None
        rows.append(
            {
                "what": what, "of": of, "en": en, "zh": zh, "unit": unit, "a": x, "b": y,
                "a_one_to_one": one, "b_one_to_one": two, "difference": two - one,
                "percent": share, "verdict": verdict(x, y, scales, luck),
            }
        )  # fmt: skip

    first, second = ({r["list"]: r for r in lists(v)} for v in (a, b))
    for what, key in (
        ("entries made", "entered"), ("mistaken entries made", "mistaken"),
        ("entries alive at the end", "alive"), ("ended by performance", "performance"),
        ("ended by expiry", "expiry"), ("annulled", "annulled"),
    ):  # fmt: skip
        for name in dict.fromkeys([*first, *second]):
            one, two = first.get(name, {}), second.get(name, {})
            named = one or two
            add(what, name, named["en"], named["zh"], "entries", one.get(key, 0), two.get(key, 0))
    every = [measures(v) for v in (a, b)]
    for what, key, unit in (
        ("copies held at the end", "received", "copies"),
        ("zombie copies at the end", "zombie", "copies"),
        ("mistaken copies at the end", "mistaken", "copies"),
        ("measures applied in the last year", "applied", "requests"),
    ):
        x, y = (sum(r[key] for r in found) for found in every)
        add(what, "", "all lists", "全部名单", unit, x, y)
    return rows
