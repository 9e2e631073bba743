"""How many mutants of `determine` and its clocks the tests of the law kill, on a fixed sample.

Mutmut 3 makes the mutants, from a virtual environment of its own; it is not part of the
project's. They are not run by it: the kernel is called so often that its dispatch would take
most of the time. Here each mutant is tried in a fork, by putting its code in the place of the
function's own, so that the tests run at their usual pace.

    python3 -m venv /some/scratch && /some/scratch/bin/pip install mutmut
    .venv/bin/python benchmarks/law_mutants.py /some/scratch --sample 150

Clocks, conditions, entries, scores, kernel and the words around them, uncompiled, against the
golden cases, the cases made from the catalogue, the random files and the properties of
`determine`. Printed: mutants drawn, killed, the share with its 95 % interval (Wilson), and the
mutants that live. A mutant that takes more than two minutes of processor time counts as killed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import types
from pathlib import Path

from lint_mutants import interval, results

ROOT = Path(__file__).resolve().parent.parent
MODULES = ("clocks", "conditions", "entries", "scores", "kernel", "determine")
TESTS = ("test_every_instrument", "test_golden", "test_random_ledgers", "test_determine")
LONGEST = 120  # seconds of processor time
PLAIN = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "not compiled")
CONFIG = """
[project]
name = "xinyong"
version = "0"
[tool.mutmut]
source_paths = ["src/"]
only_mutate = [{only}]
also_copy = ["src"]
"""


def make(mutmut: Path, target: Path) -> list[str]:
    """Make the mutants in a folder; returns their names."""
    shutil.copytree(ROOT / "src", target / "src", ignore=shutil.ignore_patterns("__pycache__"))
    only = ", ".join(f'"src/xinyong/law/{name}.py"' for name in MODULES)
    (target / "pyproject.toml").write_text(CONFIG.format(only=only), encoding="utf-8")
    # The mutants are made before the name is looked up, which then is refused.
    none = [str(mutmut), "run", "--max-children", "1", "none_of_this_name"]
    subprocess.run(none, cwd=target, capture_output=True, check=False)
    return sorted(results(target))


def mutated(folder: Path, module: str) -> dict[str, object]:
    """Return everything in a module that mutmut wrote, without its dispatch."""
    stub = types.ModuleType("mutmut.mutation.trampoline")
    stub.__dict__.update(wrap_in_trampoline=lambda *_: lambda f: f, MutantDict=dict)
    sys.modules |= {
        "mutmut": types.ModuleType("mutmut"),
        "mutmut.mutation": types.ModuleType("mutmut.mutation"),
        "mutmut.mutation.trampoline": stub,
    }
    name = f"{module.rpartition('.')[0]}._mutated_{module.rpartition('.')[2]}"
    made = sys.modules[name] = types.ModuleType(name)
    path = folder / "mutants" / "src" / f"{module.replace('.', '/')}.py"
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), made.__dict__)  # noqa: S102
    return made.__dict__


def put(folder: Path, mutant: str) -> None:
    """Put the code of a mutant in the place of the function's own."""
    module, _, short = mutant.rpartition(".")
    made, real = mutated(folder, module), importlib.import_module(module)
    name = re.sub(r"__mutmut_\d+$", "", short)
    if name.startswith("x_"):
        new, old = made[short], getattr(real, name[2:])
    else:  # a method: xǁClassǁmethod
        _, owner, method = name.split("ǁ")
        new, old = vars(made[owner])[short], vars(getattr(real, owner))[method]
    old.__code__ = new.__code__  # type: ignore[attr-defined]


def lives(folder: Path, mutant: str | None, tests: list[str]) -> bool:
    """Tell whether the tests pass with a mutant in place (None: with none)."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            resource.setrlimit(resource.RLIMIT_CPU, (LONGEST * (10 if mutant is None else 1),) * 2)
            if mutant is not None:
                put(folder, mutant)
            import pytest

            code = int(pytest.main([*PLAIN, *tests]))
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return status == 0


def change(folder: Path, mutmut: Path, mutant: str) -> list[str]:
    """Return the lines in which a mutant differs."""
    show = [str(mutmut), "show", mutant]
    text = subprocess.run(show, cwd=folder, capture_output=True, text=True, check=False).stdout
    return [x for x in text.splitlines() if re.match(r"[-+] ", x)]


def main() -> None:
    """Draw, run, print."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("tool", type=Path, help="virtual environment with mutmut")
    options.add_argument("--sample", type=int, default=150)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", nargs="*", default=[], help="names of mutants")
    given = options.parse_args()
    mutmut = given.tool.resolve() / "bin" / "mutmut"
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
    for name in (*(f"xinyong.law.{m}" for m in MODULES), "xinyong.case"):
        importlib.import_module(name)
    importlib.import_module("xinyong.law.compile").law()
    tests = [str(ROOT / "tests" / f"{name}.py") for name in TESTS]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        names = make(mutmut, target)
        if not lives(target, None, tests):
            raise SystemExit("the tests do not pass without a mutant")
        drawn = random.Random(given.seed).sample(names, min(given.sample, len(names)))  # noqa: S311
        drawn = given.only or drawn
        living = []
        for i, mutant in enumerate(drawn, 1):
            if lives(target, mutant, tests):
                living.append(mutant)
                print(f"lives: {mutant}", *change(target, mutmut, mutant), sep="\n    ")
            print(f"{i} tried, {len(living)} live", file=sys.stderr)
    killed = len(drawn) - len(living)
    low, high = interval(killed, len(drawn))
    share = f"{killed / len(drawn):.1%} ({low:.1%} to {high:.1%})"
    print(f"{len(names)} mutants, {len(drawn)} tried, {killed} killed: {share}")


if __name__ == "__main__":
    main()
