"""An executable model of China's social credit system: cited rules, cases, simulation.

Names are loaded when they are first used, so that ``import xinyong`` stays light:

- `load`: the catalogue of instruments;
- `Case`, `calculate`: one hypothetical subject and what follows from its acts;
- `Scenario`, `run`, `Run`: a synthetic society under the same law.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xinyong.case import Case as Case
    from xinyong.case import calculate as calculate
    from xinyong.law.catalogue import load as load

__all__ = ["Case", "Run", "Scenario", "__version__", "calculate", "load", "run"]


def __getattr__(name: str) -> Any:
    match name:
        case "__version__":
            from importlib.metadata import version

            return version("xinyong")
        case "Case" | "calculate":
            return getattr(import_module("xinyong.case"), name)
        case "load":
            return import_module("xinyong.law.catalogue").load
        case "Scenario":
            return import_module("xinyong.engine.scenario").Scenario
        case "run":
            return import_module("xinyong.engine.run").run
        case "Run":
            return import_module("xinyong.results").Run
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
