"""A check of a run made again: no entry without the document that its provision names."""

from __future__ import annotations

from collections.abc import Iterable

from xinyong.engine.leaf_run import LeafRun
from xinyong.engine.ledgers import id_of, ledger_of, spells_of
from xinyong.engine.remake import Remade
from xinyong.engine.verify_again import sampled
from xinyong.engine.verify_folder import Folder
from xinyong.engine.world import World
from xinyong.law import schema

__all__ = ["documents", "lacking", "without_document"]


def without_document(condition: schema.Condition, formed: frozenset[str]) -> bool:
    """Tell whether a condition cannot hold for want of a document, whatever else is true.

    Args:
        condition: of a provision.
        formed: kinds of documents of the case.

    Example:
        >>> asked = schema.Condition(any=[{"document": "judgment"}, {"document": "settlement"}])
        >>> without_document(asked, frozenset()), without_document(asked, frozenset({"judgment"}))
        (True, False)
    """
    if condition.document is not None:
        return condition.document not in formed
    if condition.all is not None:
        return any(without_document(c, formed) for c in condition.all)
    if condition.any is not None:
        return all(without_document(c, formed) for c in condition.any)
    return False  # other tests, and what must not be, ask for no document


def lacking(world: World, run: LeafRun, row: int) -> Iterable[str]:
    """Yield every entry of a file that had not the document its provision names when it began."""
    events = ledger_of(world, run, row).events
    for spell in spells_of(run, row):
        if spell.prov < 0:
            continue
        origin = world.law.origins[spell.prov]
        formed = frozenset(
            e.what
            for e in events
            if e.event == "formed" and e.case == spell.case and e.day <= spell.start
        )
        if any(without_document(c, formed) for c in origin.conditions):
            yield f"{id_of(run, row)}: on {origin.instrument} by {origin.provision} undocumented"


def documents(held: Folder, remade: Remade) -> str:
    """Check that every entry has the document that its provision names."""
    del held
    for run, row in sampled(remade):
        if found := next(iter(lacking(remade.world, run, row)), ""):
            return found
    return ""
