"""The commands that look into a finished run: `subject` and `verify`; see `xinyong.cli`."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from xinyong.cli_common import print_json, print_lines, wrap
from xinyong.errors import UsageError

if TYPE_CHECKING:
    from xinyong.engine.inspect import History, Moment
    from xinyong.results import Run

__all__ = ["history_lines", "subject_command", "verify_command"]

#: Columns of text where no screen says how wide it is, and the widest of any.
_COLUMNS, _WIDEST = 80, 160
_DAY = 10
_HEADINGS = ("public 公示", "subject 本人", "authorities 部门", "true 实情")


def _opened(folder: Path) -> Run:
    from xinyong.results import open_run

    return open_run(folder.parent if folder.name == "manifest.json" else folder)


# --- subject ------------------------------------------------------------------------------


def subject_command(
    folder: Path, who: str | None, pick: str | None, large: bool, as_json: bool
) -> None:
    """Print the history of one synthetic subject of a run, in four columns.

    Raises:
        UsageError: neither an id nor something to pick was given, or both were.
        OutputError: the run cannot be made again.
    """
    from xinyong.engine.pick import PICKS
    from xinyong.society.subjects import parse_id

    if (who is None) == (pick is None):
        raise UsageError("name a subject, SYN-…, or let one be found with --pick; one of the two")
    if pick is not None and pick not in PICKS:
        raise UsageError(f"--pick: {pick[:60]!r} is not one of {', '.join(PICKS)}")
    if who is not None:
        parse_id(who)  # said at once, and not after the run was made again
    from xinyong.engine import pick as picking
    from xinyong.engine.inspect import history
    from xinyong.engine.remake import remake

    run = _opened(folder)
    remade = remake(run, large=large)
    found = history(remade, who if who is not None else picking.pick(remade, str(pick)))
    if as_json:
        head = {"schema_version": 1, "digest": remade.digest, "picked": pick}
        print_json(head | json.loads(json.dumps(asdict(found), default=str)))
        return
    if pick is not None:
        print_lines([("dim", f"{pick}: the one {PICKS[pick]}")], wrapped=True)
    width = min(max(shutil.get_terminal_size((_COLUMNS, 0)).columns, _COLUMNS), _WIDEST)
    print_lines(history_lines(found, run, width))


def history_lines(found: History, run: Run, width: int = _COLUMNS) -> Iterator[tuple[str, str]]:
    """Yield the lines of a history, each with its style, at most `width` columns wide.

    Args:
        found: the history.
        run: the run it is of.
        width: columns of the screen, at least 80.
    """

    def names(id: str) -> str:
        name = run.manifest["names"].get(id, {"en": id, "zh": ""})
        return f"{name['en']} {name['zh']}".strip()

    def text(style: str, line: str) -> Iterator[tuple[str, str]]:
        for part in wrap(line, width):
            yield style, part

    yield from text("bold", f"SYNTHETIC: {found.id} is made up by a generator and is nobody")
    kind, scenario = found.kind.replace("_", " "), run.manifest["scenario"]
    of = f"run {scenario['name']}, 1:{run.scale:,}, seed {scenario['seed']}"
    said = f"{kind} in {found.place} {found.place_zh}; {of}, {run.manifest['digest'][:12]}"
    yield from text("", f"{said}; up to {found.last}")
    if found.behind:
        tie = "stands behind" if found.kind == "person" else "behind it stands"
        yield from text("", f"{tie} {', '.join(found.behind)}")
    for scheme, points, grade in found.scores:
        stands = "no points" if points is None else f"{points / 10:g} points"
        rank = f"grade {grade}" if grade else "no known grade"
        yield from text("", f"at the end {stands}, {rank}, in {names(scheme)} only")
    yield "", ""
    cell = (width - _DAY - len(_HEADINGS)) // len(_HEADINGS)
    if found.moments:
        yield from (("bold", line) for line in _row("day", list(_HEADINGS), cell))
        yield "dim", "┼".join(["─" * _DAY, *["─" * cell] * len(_HEADINGS)])
        for day, group in groupby(found.moments, key=lambda m: m.day):
            cells = _cells(list(group))
            yield from (("", line) for line in _row(day.isoformat(), cells, cell))
        yield "", ""
    yield from _records(found, text)
    yield from _holders(found, text, names)
    for right in found.rights:
        yield from text("", f"  {right}")
    for note in found.notes:
        yield from text("yellow", note)


def _cells(moments: list[Moment]) -> list[str]:
    from xinyong.engine.inspect import COLUMNS

    found = []
    for column in COLUMNS:
        said: dict[str, list[str]] = {}  # "get a copy: A" and "get a copy: B" are one
        for moment in moments:
            if moment.column == column:
                verb, colon, who = moment.text.partition(": ")
                said.setdefault(verb + colon, []).append(who)
        texts = [verb + "; ".join(dict.fromkeys(who)) for verb, who in said.items()]
        found.append("\n".join(texts if len(texts) < 2 else [f"- {t}" for t in texts]))
    return found


def _row(day: str, cells: list[str], width: int) -> list[str]:
    """Return one row of the table as lines of one width."""
    columns = [_fill(cell, width) for cell in cells]
    lines = []
    for i in range(max(map(len, columns))):
        parts = [c[i] if i < len(c) else "" for c in columns]
        padded = [part + " " * (width - _columns(part)) for part in parts]
        lines.append("│".join([(day if i == 0 else "").ljust(_DAY), *padded]).rstrip(" "))
    return lines


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _fill(text: str, width: int) -> list[str]:
    """Break a cell into lines; Chinese breaks anywhere, words only if longer than a line."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+| +", paragraph):
            rest = word
            while _columns(line) + _columns(rest) > width:
                if line.strip():
                    lines.append(line.rstrip(" "))
                    line, rest = "", rest.lstrip(" ")
                else:
                    lines.append(rest[:width])
                    line, rest = "", rest[width:]
            line += rest if line or rest != " " else ""
        lines.append(line.rstrip(" "))
    return lines


def _records(found: History, text: Any) -> Iterator[tuple[str, str]]:
    if found.records:
        yield "bold", "Records on its file 档案"
    for r in found.records:
        standing = {
            "true": "it did it",
            "false": "nobody did it",
            "misattached": f"the act of {r.of or 'another'}",
            "copied": f"carried over from {r.of or 'a body'}",
        }[r.standing]
        if r.mistaken:
            corrected = f"corrected {r.corrected_on}" if r.corrected_on else "never corrected"
            standing += f", a mistake {corrected}"
        decision = {
            "taken": "decided on", "waits": "waits for a decision",
            "dropped": "the request was dropped", "none": "led to no decision",
        }[r.decision]  # fmt: skip
        what = f"{r.conduct_en} {r.conduct_zh}".strip()
        yield from text("red" if r.mistaken else "", f"  {r.day}  {what}: {standing}; {decision}")


def _holders(found: History, text: Any, names: Any) -> Iterator[tuple[str, str]]:
    for spell in found.spells:
        until = f"to {spell.end}" if spell.end else "to the end of the run"
        yield from text(
            "bold", f"{names(spell.list)}, {spell.start} {until}: who holds it 信息共享"
        )
        missing = []
        for h in spell.holdings:
            if h.since is None:
                missing.append(names(h.authority))
                continue
            held = f"from {h.since} to {h.until or 'the end'}"
            days = (h.since - h.sent).days if h.sent else 0
            way = f"{h.hops} hops, {days} days" if h.hops else "its own list"
            copy = {"right": "", "astray": ", laid to another", "none": ", laid to nobody"}[h.copy]
            zombie = f", without a live entry from {h.zombie_from}" if h.zombie_from else ""
            asked = f", asked {len(h.asked)} times" if h.asked else ""
            yield from text("", f"  {names(h.authority)}: {held}, {way}{copy}{zombie}{asked}")
        if missing:
            yield from text("dim", f"  never reached: {', '.join(dict.fromkeys(missing))}")


# --- verify -------------------------------------------------------------------------------


def verify_command(folder: Path, sample: int, large: bool, as_json: bool) -> int:
    """Print a line for every check of a run; returns 0 if all hold, 1 if one fails."""
    from xinyong.engine.verify import verify

    run = _opened(folder)
    checks = verify(run, sample=sample, large=large)
    failed = sum(check.ok is False for check in checks)
    if as_json:
        rows = [asdict(check) for check in checks]
        head = {"schema_version": 1, "run": str(run.path), "ok": not failed}
        print_json(head | {"digest": run.manifest.get("digest"), "checks": rows})
        return int(failed > 0)
    words = {True: ("green", "ok"), False: ("red", "failed"), None: ("yellow", "not run")}
    for check in checks:
        style, word = words[check.ok]
        line = f"{word:<8}{check.id:<14}{check.says}"
        line += f": {check.found}" if check.found else ""
        print_lines([(style, line)], wrapped=True)
    print_lines([("bold", f"{len(checks)} checks, {failed} failed: {run.path}")])
    return int(failed > 0)
