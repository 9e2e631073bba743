"""Making a finished run again in memory, with everything kept, to look into it.

A run is a function of its scenario, so nothing that happened in it is lost: what the folder
does not hold can be had by living it again. Whoever does so first asks whether the law is
the same, and afterwards whether every bit came out alike; if not, nothing is said about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.run import plan, simulate
from xinyong.engine.scenario import Scenario
from xinyong.engine.tables import digest
from xinyong.engine.world import World, build, catalogue_of
from xinyong.errors import CatalogueError, OutputError, UsageError
from xinyong.law.catalogue import Catalogue
from xinyong.results import Run

__all__ = ["MOST_FILES", "Remade", "law_of", "needs", "remake", "scenario_of"]

#: Files a run may have, about, to be made again without being told to: a gigabyte or two.
MOST_FILES = 2_000_000

#: Called after every month with the world, its number and the leaves as they then stand.
Look = Callable[[World, int, list[LeafRun]], None]


@dataclass(frozen=True)
class Remade:
    """A run with its world and the state of all leaves at its end.

    Attributes:
        run: as it was written; world: with every event kept; leaves: in their order.
        digest: over what came out this time.
    """

    run: Run
    world: World
    leaves: list[LeafRun]
    digest: str

    @property
    def as_written(self) -> World:
        """The world with what the run itself kept, for making its tables again."""
        return replace(self.world, scenario=scenario_of(self.run))


def scenario_of(run: Run) -> Scenario:
    """Return the scenario that a run was made from.

    Raises:
        OutputError: the manifest does not hold one.
    """
    given: Any = run.manifest.get("scenario")
    try:
        return Scenario.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "scenario"
        message = f"{run.path}: manifest.json holds no scenario: {where}: {first['msg']}"
        raise OutputError(message) from None


def law_of(run: Run, catalogue: Catalogue | None = None) -> Catalogue:
    """Return the law of a run: that of its scenario, unless another is given.

    Raises:
        OutputError: it is not the law that the run was made with, or cannot be had any more.
    """
    scenario = scenario_of(run)
    made_with = str(run.manifest.get("catalogue_digest", ""))
    if catalogue is None:
        try:
            catalogue = catalogue_of(scenario)
        except (CatalogueError, UsageError) as error:
            message = f"{run.path}: the law it was made with cannot be had again: {error}"
            raise OutputError(message) from None
    if catalogue.digest != made_with:
        raise OutputError(
            f"{run.path}: made with the catalogue {made_with[:12]} by xinyong "
            f"{run.manifest.get('xinyong', '?')}, but this is {catalogue.digest[:12]}; use that "
            "version, or run the scenario again"
        )
    return catalogue


def needs(scenario: Scenario) -> str | None:
    """Return why a scenario is too large to be made again in passing, or None if it is not."""
    found = plan(scenario.model_copy(update={"keep": "all"}))
    if found.files <= MOST_FILES:
        return None
    return (
        f"about {found.files:,} files at 1:{scenario.scale:,}, {4 * found.memory_mb:,} MB and "
        f"{3 * found.seconds:,} s with every event kept"
    )


def remake(
    run: Run,
    catalogue: Catalogue | None = None,
    *,
    large: bool = False,
    look: Look | None = None,
    same: bool = True,
) -> Remade:
    """Live a finished run again, with every event kept.

    Args:
        run: a finished run.
        catalogue: the law, if the run was made with one that its scenario does not name.
        large: make it again however large it is.
        look: called after every month with the world, its number and the leaves.
        same: raise if the digest is another.

    Raises:
        OutputError: the run is too large, was made with another law, or came out otherwise.
    """
    scenario = scenario_of(run)
    if not large and (reason := needs(scenario)) is not None:
        raise OutputError(
            f"{run.path}: to look into this run it has to be made again, which takes {reason}; "
            "make the same scenario at a smaller scale and look there (its subjects are others), "
            "or add --large"
        )
    for layer in (*scenario.with_, *scenario.rates):
        if not Path(layer).exists():
            raise OutputError(
                f"{run.path}: made with {layer}, which is not there; go to the folder that the "
                "run was made from"
            )
    world = build(scenario.model_copy(update={"keep": "all"}), law_of(run, catalogue))

    def seen(m: int, leaves: list[LeafRun]) -> None:
        if look is not None:
            look(world, m, leaves)

    leaves = simulate(world, look=seen)
    found = digest(leaves)
    if same and found != run.manifest.get("digest"):
        raise OutputError(
            f"{run.path}: made again it has the digest {found[:12]}, not "
            f"{str(run.manifest.get('digest'))[:12]}; it was made with other rates or another "
            "version, or has been edited: 'xinyong verify' says more"
        )
    return Remade(run, world, leaves, found)
