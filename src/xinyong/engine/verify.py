"""What must hold of every run, whatever its scenario, asked of one finished run.

Each check is one sentence with an answer: it holds, it fails (with the first counterexample:
file and row), or it was not run (with the reason). Some need only the folder; the others
live the run again (`xinyong.engine.remake`) and hold what came out against what is there.
A run too large for that is lived again for its first months only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xinyong.engine import verify_again as again
from xinyong.engine import verify_folder as folder
from xinyong.engine.remake import Remade, law_of, needs, remake, scenario_of
from xinyong.engine.run import simulate
from xinyong.engine.verify_documents import documents
from xinyong.engine.verify_graded import graded
from xinyong.engine.verify_replay import Replay
from xinyong.engine.world import build
from xinyong.errors import OutputError, XinyongError
from xinyong.law.catalogue import Catalogue
from xinyong.results import Run

__all__ = ["Check", "verify"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a run.

    Attributes:
        id: short name; says: what must hold.
        ok: whether it holds; None if it was not run.
        found: the first counterexample, or why it was not run; may be empty.
    """

    id: str
    says: str
    ok: bool | None
    found: str = ""


def verify(
    run: Run, sample: int = 100, *, large: bool = False, catalogue: Catalogue | None = None
) -> list[Check]:
    """Check a finished run.

    Args:
        run: the run, as `results.open_run` gives it.
        sample: how many files are determined anew, uncompiled, at ends of months.
        large: live it again whole however large it is.
        catalogue: the law, if the run was made with one that its scenario does not name.

    Returns:
        The checks in a fixed order.

    Example:
        >>> from xinyong import Scenario, run
        >>> checks = verify(run(Scenario(scale=100_000, until="2013-12")))  # doctest: +SKIP
        >>> all(check.ok for check in checks)  # doctest: +SKIP
        True
    """
    return list(_checks(run, sample, large, catalogue))


def _asked(name: str, says: str, ask: Callable[[], str]) -> Check:
    """Ask one question; what cannot even be read is no run that holds."""
    try:
        found = ask()
    except folder.NotHereError as reason:
        return Check(name, says, None, str(reason))
    except XinyongError as error:
        return Check(name, says, False, str(error))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        what = f"{type(error).__name__}: {error}".splitlines()[0][:120]
        return Check(name, says, False, f"unreadable: {what}")
    return Check(name, says, not found, found)


def _checks(run: Run, sample: int, large: bool, catalogue: Catalogue | None) -> Iterator[Check]:
    held = folder.Folder(run)
    for name, says, ask in folder.CHECKS:
        yield _asked(name, says, lambda ask=ask: ask(held))  # type: ignore[misc]
    law = _asked("law", "the law is the one the run was made with", lambda: _same(run, catalogue))
    yield law
    if law.ok is not True:
        yield from _not_run("without the law of the run it cannot be made again")
        return
    reason = None if large else needs(scenario_of(run))
    if reason is not None:
        yield _asked("digest", _FIRST_MONTHS, lambda: _beginning(run, held, catalogue))
        yield from _not_run(f"the whole takes {reason}; --large does it", skip=1)
        return
    replay = Replay(run, sample)
    try:
        remade = remake(run, catalogue, large=large, look=replay.look, same=False)
    except OutputError as error:
        yield from _not_run(str(error))
        return
    yield from _held_again(held, remade, replay)


#: Checks that need the run made again: id, what must hold, and the question.
_AGAIN: tuple[tuple[str, str, Callable[[folder.Folder, Remade], str]], ...] = (
    ("digest", "made again, every bit is the same", again.digest_is_the_same),
    ("tables", "made again, every row of every table is the same", again.tables_are_the_same),
    ("facts", "made again, the manifest says the same", again.manifest_is_the_same),
    ("records", "every record is of an act, or of the mistake it is marked as", again.records),
    ("events", "every event is of a record, a step of the law, or a way off a list", again.events),
    ("decisions", "every entry rests on a decision, every decision on an act", again.decisions),
    ("followed", "no entry rests on a rule its place had given up", again.followed),
    ("documents", "every entry has the document that its provision names", documents),
    ("copies", "every effect rests on a copy held, every copy on an entry", again.copies),
    ("others", "what follows for others rests on copies held of entries", again.felt),
    ("alive", "entered less gone is what is alive", again.alive),
    ("graded", "measures tied to grades rest on grades held, and on nothing given up", graded),
)
_REPLAY = ("replay", "determined anew, uncompiled, sampled files hold what the run held")
_FIRST_MONTHS = "made again for its first months, every count is the same"


def _held_again(held: folder.Folder, remade: Remade, replay: Replay) -> Iterator[Check]:
    for name, says, ask in _AGAIN:
        yield _asked(name, says, lambda ask=ask: ask(held, remade))  # type: ignore[misc]
    done = _asked(*_REPLAY, replay.answer)
    yield dataclasses.replace(done, says=f"{done.says} ({replay.said})")


def _not_run(reason: str, skip: int = 0) -> Iterator[Check]:
    for name, says, _ in _AGAIN[skip:]:
        yield Check(name, says, None, reason)
    yield Check(*_REPLAY, None, reason)


def _same(run: Run, catalogue: Catalogue | None) -> str:
    law_of(run, catalogue)
    return ""


def _beginning(run: Run, held: folder.Folder, catalogue: Catalogue | None) -> str:
    """Live the first months again: a shorter run is the beginning of a longer one."""
    scenario = scenario_of(run).model_copy(update={"keep": "indicators"})
    months = 0
    for label in run.months:
        shorter = scenario.model_copy(update={"until": label})
        if needs(shorter) is not None:
            break
        months, scenario_then = months + 1, shorter
    if not months:
        raise folder.NotHereError("even its first month is too large to be lived again in passing")
    world = build(scenario_then, law_of(run, catalogue))
    leaves = simulate(world)
    return again.counts_are_the_same(held, world, leaves)
