"""A report of the linter as text and as plain data."""

from __future__ import annotations

import dataclasses
import datetime as dt
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from xinyong.language import language, own, say, worded
from xinyong.law.catalogue import load
from xinyong.law.lint.attributes import LABELS
from xinyong.law.lint.engine import (
    BOTH,
    NOT_KNOWN,
    NOT_SO,
    TWICE,
    Finding,
    Later,
    Met,
    Report,
    Untested,
)
from xinyong.law.lint.limits import load_profiles
from xinyong.law.lint.predicates import Value
from xinyong.law.trace import article_words

__all__ = [
    "as_dict",
    "by_limit",
    "count",
    "element_words",
    "lines",
    "part_words",
    "same_elements",
    "shown",
    "worth",
    "wrapped",
]

_DEPTHS = {
    "full text": "read in full",
    "transcription": "read in a transcription",
    "excerpt": "read in part",
    "secondary": "known at second hand",
    "assumption": "an assumption",
}
#: Parts named under one limit before the rest is only counted.
_MOST = 6


def shown(value: Value) -> str:
    """Return a value of an attribute as people read it.

    Example:
        >>> shown(frozenset({"b", "a"})), shown(None), shown(True), shown(frozenset())
        ('a, b', 'not known', 'yes', 'none')
    """
    if value is None:
        return say("not known")
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, frozenset):
        return say(", ").join(_word(x) for x in sorted(value)) or say("none")
    return _word(str(value))


def _word(word: str) -> str:
    """Return a word of a rulebook: a conduct or a document in Chinese by its name."""
    if language() != "en":
        found = load()
        for table in (found.conducts, found.documents, found.circumstances):
            if word in table:
                return own(table[word])
        for named in (found.measures, found.instruments):
            if word in named:
                return own(named[word].name)
    return worded(word.replace("_", " "))


def lines(report: Report, every: bool = False) -> Iterator[tuple[str, str]]:
    """Yield style and text of each line; styles are those of the calculator's text.

    Args:
        report: what was found.
        every: name every part, also those that are clear.
    """
    parts: tuple[Finding | Later | Untested, ...]
    parts = (*report.findings, *report.later, *report.untested)
    for instrument, version, on in dict.fromkeys((x.instrument, x.version, x.on) for x in parts):
        yield "bold", f"{instrument}, version {version}, under the law of {on}"
        found = [f for f in report.findings if (f.instrument, f.version) == (instrument, version)]
        for result, style in (("breach", "red"), ("doubt", "yellow"), ("clear", "dim")):
            if result == "clear" and not every:
                continue
            yield from _of_result([f for f in found if f.result == result], style, every)
        clear = sum(f.result == "clear" for f in found)
        if not found:
            yield from _untested(report, instrument, version)
        elif clear == len(found):
            limits = len({f.limit for f in found})
            rests = f"it rests on {count(clear, 'test')} of {count(limits, 'limit')}"
            yield "", f"  clear: no breach and no doubt; {rests}"
        elif clear and not every:
            yield "dim", f"  clear: {count(clear, 'other test')}"
        yield from _not_held(report, instrument, version)
        yield "", ""
    for instrument in report.silent:
        yield "dim", f"{instrument}: not in force on that day"
    if report.tested:
        counts = Counter(f.result for f in report.findings)
        both = f"{count(counts['breach'], 'breach')}, {count(counts['doubt'], 'doubt')}"
        yield "bold", f"{both}, {counts['clear']} clear"
    else:
        yield "bold", "nothing could be tested, so that nothing is clear either"


def count(n: int, what: str) -> str:
    """Return a number with its noun.

    Example:
        >>> count(1, "breach"), count(2, "breach"), count(0, "doubt")
        ('1 breach', '2 breaches', '0 doubts')
    """
    return f"{n} {what if n == 1 else what + ('es' if what.endswith('ch') else 's')}"


def wrapped(told: Iterable[tuple[str, str]], width: int) -> Iterator[tuple[str, str]]:
    """Yield lines broken at a width; what goes on is indented under its beginning.

    Example:
        >>> list(wrapped([("dim", "  - one two three")], 12))
        [('dim', '  - one two'), ('dim', '    three')]
    """
    for style, text in told:
        bare = text.lstrip(" ")
        indent = " " * (len(text) - len(bare) + 2)
        broken = textwrap.wrap(
            text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
        for line in broken or [""]:
            yield style, line


def _untested(report: Report, instrument: str, version: str) -> Iterator[tuple[str, str]]:
    for x in report.untested:
        if (x.instrument, x.version) == (instrument, version):
            asked, were = count(x.asked, "limit"), "was" if x.in_force == 1 else "were"
            if x.in_force == 0:
                why = f"none of the {asked} asked for was in force on {x.on}"
                todo = "; give a later day with --on, or --ignore-dates"
            else:
                why = f"{x.in_force} of the {asked} asked for {were} in force, and "
                why += "none is about anything that this version holds"
                todo = " (limits are about what is to somebody's detriment)"
            yield "yellow", f"  nothing tested: {why}{todo}"


def by_limit(found: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    """Return findings by profile and limit, in the order in which they were found."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for f in found:
        groups.setdefault((f.profile, f.limit), []).append(f)
    return groups


def _of_result(found: list[Finding], style: str, every: bool) -> Iterator[tuple[str, str]]:
    for (profile, limit), group in by_limit(found).items():
        first = group[0]
        yield style, f"  {first.result.upper()} {profile}.{limit}: {first.title}"
        yield "dim", f"    {worth(first)}"
        yield "dim", f"    why: {first.reason}"
        same = same_elements(group)
        if same:
            yield "dim", f"    in each case: {'; '.join(map(element_words, same))}"
        for f in group if every else group[:_MOST]:
            yield "", f"    - {part_words(f)}"
            for e in f.elements:
                if e not in same:
                    yield "dim", f"      {element_words(e)}"
        if len(group) > _MOST and not every:
            yield "dim", f"    ... and {len(group) - _MOST} more; --all names them"


def worth(f: Finding) -> str:
    """Return source, depth and rank of a limit, and since when it is in force."""
    if f.rank == "craft_rule":
        return say("a rule of the craft, in no law; on every day")
    said = say(
        "{source} ({depth}), {rank}, {since}",
        source=_source(f),
        depth=say(_DEPTHS[f.depth]),
        rank=say(f.rank.replace("_", " ")),
        since=say("in force since {day}", day=f.since) if f.since else say("on every day"),
    )
    if f.older:
        said += say("; ") + say("the rulebook is older than the limit")
    if f.outside:
        said += say("; ") + say("the limit binds another place, and was asked for")
    return said


def _source(f: Finding) -> str:
    """Return source and article of a limit, the source by its name in the language spoken."""
    profile = load_profiles().get(f.profile)
    limit = next((x for x in profile.limits if x.id == f.limit), None) if profile else None
    if language() == "en" or profile is None or limit is None or limit.cite.source is None:
        return worded(f.source)
    title = own(profile.sources[limit.cite.source].title)
    return say("{title}, {article}", title=title, article=article_words(limit.cite.article or ""))


def same_elements(group: list[Finding]) -> tuple[Met, ...]:
    """Return the elements that are the same in every finding of a group of several."""
    if len(group) == 1:
        return ()
    return tuple(e for e in group[0].elements if all(e in f.elements for f in group))


def part_words(f: Finding) -> str:
    """Return what part of a rulebook a finding is about, and where it stands."""
    name = f.path.rpartition(".")[2] if f.over != "instrument" else f.instrument
    part = say("two rules") if f.over == "pair" else say(f.over)
    where = ""
    if f.article and f.article != "whole":
        article = article_words(f.article)
        if language() == "en" and not f.article.startswith("annex"):
            article = f"Art. {f.article}"
        where = f" ({article})"
    return say(
        "{part} {name}{where}: {title} [{depth}]",
        part=part, name=name, where=where, title=_title(f), depth=say(f.article_depth),
    )  # fmt: skip


def _title(f: Finding) -> str:
    """Return the title of a part; that of a pair names both."""
    if f.over == "measure":
        name = f.path.rpartition(".")[2]
        return f.part if language() == "en" or name not in load().measures else _word(name)
    if f.over == "instrument" and f.instrument in load().instruments:
        return own(load().instruments[f.instrument].name)
    if f.over != "pair":
        return worded(f.part)
    last = f.path.rpartition(".")[2]
    if f.part == TWICE.format(name=last.partition("[")[0]):
        return say(TWICE, name=last.partition("[")[0])
    a, _, b = last.partition("+")
    return say(BOTH, a=a, b=b, title=worded(f.part.removeprefix(BOTH.format(a=a, b=b, title=""))))


def element_words(e: Met) -> str:
    """Return what is so, and the values it was read from."""
    text = _so(e)
    said = {
        True: text,
        False: say("clear, as {so}", so=text),
        None: say("in doubt: {so}", so=text),
    }[e.met]
    if all(isinstance(value, bool) for value in e.values.values()):
        return said  # a yes or no says nothing that the words do not
    values = say("; ").join(
        say("{what}: {value}", what=say(LABELS.get(name, name.replace("_", " "))), value=shown(v))
        for name, v in e.values.items()
    )
    return f"{said} [{values}]"


def _so(e: Met) -> str:
    """Return what is so; what `engine` puts before the words of a limit is said apart."""
    for before in (NOT_SO, NOT_KNOWN):
        if e.said == before.format(so=e.text):
            return say(before, so=worded(e.text))
    return worded(e.said)


def _not_held(report: Report, instrument: str, version: str) -> Iterator[tuple[str, str]]:
    rows = [x for x in report.later if (x.instrument, x.version) == (instrument, version)]
    by_profile: dict[str, list[Later]] = {}
    for row in rows:
        by_profile.setdefault(row.profile, []).append(row)
    for profile, group in by_profile.items():
        days = ", ".join(sorted({str(x.since) for x in group}))
        breaches, doubts = sum(x.breaches for x in group), sum(x.doubts for x in group)
        find = "nothing"
        if breaches or doubts:
            find = f"{count(breaches, 'breach')} and {count(doubts, 'doubt')}"
        ask = "; --ignore-dates, or a later --on, shows them" if find != "nothing" else ""
        yield (
            "dim" if not breaches else "",
            f"  not in force on that day: {count(len(group), 'limit')} of {profile} "
            f"(from {days}), which would find {find}{ask}",
        )
    for name, profile in report.unheld:
        if name == instrument:
            yield (
                "dim",
                f"  for another place: {profile}; --against {profile} holds it all the same",
            )


def as_dict(report: Report, every: bool = False) -> dict[str, Any]:
    """Return a report as plain data for JSON; clear findings only with `every`.

    Its shape is `xinyong.law.lint.json_schema`.
    """

    def plain(value: Any) -> Any:
        if isinstance(value, frozenset):
            return sorted(value)
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [plain(v) for v in value]
        return value

    counts = Counter(f.result for f in report.findings)
    kept = [f for f in report.findings if every or f.result != "clear"]
    worst = next((name for name in ("breach", "doubt", "clear") if counts[name]), "not tested")
    return {
        "schema_version": 1,
        "result": worst,
        "counts": {name: counts[name] for name in ("breach", "doubt", "clear")},
        "findings": [plain(dataclasses.asdict(f)) for f in kept],
        "not_held": [plain(dataclasses.asdict(x)) for x in report.later],
        "not_tested": [plain(dataclasses.asdict(x)) for x in report.untested],
        "not_in_force": list(report.silent),
        "other_place": [{"instrument": a, "profile": b} for a, b in report.unheld],
    }
