"""The tables of ``docs/lint.md``: the whole catalogue, held against every limit.

``python -m xinyong.law.lint.table docs/lint.md`` writes the tables anew between their marks.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from xinyong.law.lint.engine import Finding, Report, lint
from xinyong.law.lint.limits import Profile, load_profiles
from xinyong.law.lint.read import read_rulebooks
from xinyong.law.lint.rulebook import Rulebook

__all__ = ["LAST", "by_instrument", "by_limit", "limits", "made", "wendeng", "write"]

#: The day as of which what is still in force is held.
LAST = dt.date(2026, 6, 30)

_MARKS = re.compile(r"(<!-- made: (\w+)[^>]*-->\n)(.*?)(<!-- end -->)", re.DOTALL)


def limits() -> str:
    """Return the table of limits: since when, of what depth, about what."""
    rows = ["| Limit | Source | Depth | Since | Speaks about |", "|---|---|---|---|---|"]
    for profile in load_profiles().values():
        for x in profile.limits:
            source = profile.sources[x.cite.source] if x.cite.source else None
            name = f"{source.number or source.title.en}, {x.cite.article}" if source else "–"
            since = f"{x.from_}" if x.from_ else "always"
            until = f" to {x.until}" if x.until else ""
            title = f"`{profile.id}.{x.id}` {x.title}"
            depth = profile.depth(x)
            rows.append(f"| {title} | {name} | {depth} | {since}{until} | {x.over} |")
    return "\n".join(rows) + "\n"


def by_instrument(books: Sequence[Rulebook]) -> str:
    """Return the table of instruments: breaches and doubts when made, and when last in force."""
    profiles = [p for p in load_profiles().values() if p.place in (None, "cn")]
    head = " | ".join(p.id for p in profiles)
    rows = [f"| Instrument | Version | {head} |", "|---|---|" + "---|" * len(profiles)]
    for book in books:
        label = (book.instrument.short or book.instrument.name).zh
        for i, version in enumerate(book.instrument.versions):
            until = version.in_force.until
            first, last = version.in_force.from_, min(until or LAST, LAST)
            if first > LAST:
                continue
            at_first = lint([book], on=first, against=profiles)
            at_last = lint([book], on=last, against=profiles)
            cells = [_cell(at_first, at_last, p, first, last) for p in profiles]
            name = f"`{book.id}` {label}" if i == 0 else ""
            span = f"{first} to {until or 'open'}"
            rows.append(f"| {name} | {span} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _cell(
    at_first: Report, at_last: Report, profile: Profile, first: dt.date, last: dt.date
) -> str:
    """Return ``breaches/doubts`` when made, and after an arrow when last in force."""

    def held(day: dt.date) -> bool:
        return any(x.from_ is None or x.from_ <= day for x in profile.limits)

    def counted(report: Report) -> str:
        found = Counter(f.result for f in report.findings if f.profile == profile.id)
        return f"{found['breach']}/{found['doubt']}"

    before = counted(at_first) if held(first) else ""
    after = counted(at_last) if held(last) else ""
    if not after:
        return "–"
    return after if before == after else f"{before or '–'} → {after}"


def by_limit(books: Sequence[Rulebook]) -> str:
    """Return the table of limits: how many instruments breach or may breach each, last in force."""
    breaches: dict[tuple[str, str], list[str]] = {}
    doubts: dict[tuple[str, str], list[str]] = {}
    for book in books:
        version = book.instrument.versions[-1]
        last = min(version.in_force.until or LAST, LAST)
        if version.in_force.from_ > last:
            continue
        report = lint([book], on=last)
        for f in report.findings:
            where = {"breach": breaches, "doubt": doubts}.get(f.result)
            if where is not None:
                names = where.setdefault((f.profile, f.limit), [])
                names += [book.id] if book.id not in names else []
    rows = ["| Limit | Instruments in breach | Instruments in doubt |", "|---|---|---|"]
    for profile in load_profiles().values():
        for x in profile.limits:
            key = (profile.id, x.id)
            if key in breaches or key in doubts:
                cells = [_names(found.get(key, [])) for found in (breaches, doubts)]
                rows.append(f"| `{profile.id}.{x.id}` | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _names(ids: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(f"`{name}`" for name in ids[:most])
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return f"{len(ids)}: {shown}{more}" if ids else "–"


def wendeng(books: Sequence[Rulebook]) -> str:
    """Return the items of the Wendeng rulebook that the guidance of 2020 no longer allows."""
    (book,) = (b for b in books if b.id == "wendeng_2020")
    report = lint([book], on=dt.date(2021, 1, 1), against=[load_profiles()["cn_49"]])
    rows = ["| Limit | Result | Items |", "|---|---|---|"]
    for limit in ("effective_document", "protected_conduct"):
        for result in ("breach", "doubt"):
            found = [f for f in report.findings if (f.limit, f.result) == (limit, result)]
            rows.append(f"| `cn_49.{limit}` | {result}, {len(found)} items | {_items(found)} |")
    return "\n".join(rows) + "\n"


def _items(found: Sequence[Finding]) -> str:
    """Return item ids, runs of them as first and last."""
    ids = [f.path.rpartition(".")[2] for f in found]
    parts = [re.fullmatch(r"(.*?)(\d+)", name) for name in ids]
    keyed = [(m[1], int(m[2]), name) for m, name in zip(parts, ids, strict=True) if m]
    shown = []
    for _, run in groupby(enumerate(keyed), key=lambda pair: (pair[1][0], pair[1][1] - pair[0])):
        names = [name for _, (_, _, name) in run]
        shown.append(names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}")
    return ", ".join(shown)


def made() -> dict[str, str]:
    """Return every table by the name of its mark."""
    books = read_rulebooks("all")
    return {
        "limits": limits(),
        "by_instrument": by_instrument(books),
        "by_limit": by_limit(books),
        "wendeng": wendeng(books),
    }


def write(page: Path) -> None:
    """Write the tables of a page anew, between their marks."""
    tables = made()
    text = page.read_text(encoding="utf-8")
    page.write_text(_MARKS.sub(lambda m: f"{m[1]}{tables[m[2]]}{m[4]}", text), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
