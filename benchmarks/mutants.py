"""Mutants of some modules against some tests: what `law_mutants.py` and `lint_mutants.py` share.

Mutmut 3 makes the mutants, from a virtual environment of its own. They are not run by it: the
kernel is called so often that its dispatch would take most of the time. Here the tests are
imported and collected once, and each mutant is tried in a fork, by putting its code in the place
of the function's own. Only those tests are run that reach a changed line, those first that killed
most so far, in the same module before others, then the quick ones. A test that takes ten times
its time, and ten seconds more, of the processor is stopped, and its mutant counts as killed. What
is read once, when the tests are collected, no fork can see: a mutant of a line that is reached
then is tried once more in a process of its own, if it lives.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import math
import os
import pickle
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
PLAIN = [
    *("-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "not compiled"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
]
CONFIG = """
[project]
name = "xinyong"
version = "0"
[tool.mutmut]
source_paths = ["src/"]
only_mutate = [{only}]
also_copy = ["src"]
"""


def path_of(module: str) -> str:
    """Return where a module stands below ``src``."""
    return f"{module.replace('.', '/')}.py"


def results(target: Path) -> dict[str, int | None]:
    """Return the mutants that mutmut made in a folder."""
    found: dict[str, int | None] = {}
    for meta in (target / "mutants").rglob("*.py.meta"):
        found |= json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def make(tool: Path, target: Path, modules: tuple[str, ...]) -> list[str]:
    """Make the mutants in a folder; returns their names."""
    if (target / "mutants").exists():
        return sorted(results(target))
    shutil.copytree(SRC, target / "src", ignore=shutil.ignore_patterns("__pycache__"))
    only = ", ".join(f'"src/{path_of(name)}"' for name in modules)
    (target / "pyproject.toml").write_text(CONFIG.format(only=only), encoding="utf-8")
    # The mutants are made before the name is looked up, which then is refused.
    none = [str(tool / "bin" / "mutmut"), "run", "--max-children", "1", "none_of_this_name"]
    subprocess.run(none, cwd=target, capture_output=True, check=False)
    return sorted(results(target))


@cache
def mutated(folder: Path, module: str) -> dict[str, Any]:
    """Return everything in a module that mutmut wrote, without its dispatch."""
    stub = types.ModuleType("mutmut.mutation.trampoline")
    stub.__dict__.update(wrap_in_trampoline=lambda *_, **__: lambda f: f, MutantDict=dict)
    sys.modules |= {
        "mutmut": types.ModuleType("mutmut"),
        "mutmut.mutation": types.ModuleType("mutmut.mutation"),
        "mutmut.mutation.trampoline": stub,
    }
    name = f"{module.rpartition('.')[0]}._mutated_{module.rpartition('.')[2]}"
    made = sys.modules[name] = types.ModuleType(name)
    path = folder / "mutants" / "src" / path_of(module)
    made.__file__ = str(ROOT / "src" / path_of(module))  # data lie beside the module itself
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), made.__dict__)  # noqa: S102
    return made.__dict__


def pair(folder: Path, mutant: str) -> tuple[Any, Any]:
    """Return a function and its mutant."""
    module, _, short = mutant.rpartition(".")
    made, real = mutated(folder, module), importlib.import_module(module)
    name = re.sub(r"__mutmut_\d+$", "", short)
    if name.startswith("x_"):
        return getattr(real, name[2:]), made[short]
    _, owner, method = name.split("ǁ")  # a method: xǁClassǁmethod
    return _plain(vars(getattr(real, owner))[method]), _plain(vars(made[owner])[short])


def _plain(item: Any) -> Any:
    """Return the function of a static or class method, and any other function as it is."""
    return item.__func__ if isinstance(item, staticmethod | classmethod) else item


def put(folder: Path, mutant: str) -> None:
    """Put the code of a mutant in the place of the function's own."""
    old, new = pair(folder, mutant)
    if isinstance(old, property):
        raise TypeError(f"{mutant}: no plain function")
    old.__code__, old.__defaults__ = new.__code__, new.__defaults__
    old.__kwdefaults__ = new.__kwdefaults__


@cache
def _source(path: Path) -> tuple[list[str], ast.Module]:
    text = path.read_text(encoding="utf-8")
    return text.splitlines(), ast.parse(text)


def _body(path: Path, code: Any) -> list[str]:
    lines, tree = _source(path)
    at = code.co_firstlineno
    node = next(
        x for x in ast.walk(tree) if isinstance(x, ast.FunctionDef) and _first(x) == at
    )  # fmt: skip
    return lines[at - 1 : node.end_lineno]


def _first(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


def change(folder: Path, mutant: str) -> tuple[set[int], list[str]]:
    """Return the lines of the statement that a mutant changes, and the change in words."""
    module = mutant.rpartition(".")[0]
    old, new = pair(folder, mutant)
    real = SRC / path_of(module)
    was = _body(real, old.__code__)
    now = _body(folder / "mutants" / "src" / path_of(module), new.__code__)
    same = next((i for i in range(1, min(len(was), len(now))) if was[i] != now[i]), None)
    if same is None:
        return set(range(old.__code__.co_firstlineno, old.__code__.co_firstlineno + len(was))), []
    tail = 0
    while was[-1 - tail] == now[-1 - tail] and len(was) - 1 - tail > same:
        tail += 1
    line = old.__code__.co_firstlineno + same
    words = [f"- {x.strip()}" for x in was[same : len(was) - tail]]
    words += [f"+ {x.strip()}" for x in now[same : len(now) - tail]]
    inner = max(
        (x for x in ast.walk(_source(real)[1])
         if isinstance(x, ast.stmt) and x.lineno <= line <= (x.end_lineno or 0)),
        key=lambda x: (x.lineno, -(x.end_lineno or 0)),
    )  # fmt: skip
    block = getattr(inner, "body", None)
    last = block[0].lineno - 1 if block else inner.end_lineno or 0
    return set(range(inner.lineno, max(last, inner.lineno) + 1)), [f"line {line}", *words]


def interval(killed: int, of: int) -> tuple[float, float]:
    """Return Wilson's interval of a share, at 95 %."""
    z, p = 1.96, killed / of
    middle = p + z * z / (2 * of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


@dataclass
class Trial:
    """The tests, collected once, and what is known of them: a plugin of pytest."""

    tool: Path
    modules: tuple[str, ...]
    given: argparse.Namespace
    seen: Any
    quick: int  # so many files of tests come first
    early: dict[str, set[int]] = field(default_factory=dict)
    failed: bool = False
    items: list[Any] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    reached: dict[str, dict[int, list[int]]] = field(default_factory=dict)
    kills: Counter[tuple[str, int]] = field(default_factory=Counter)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note that a test failed."""
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session: Any) -> bool:
        """Try the mutants in the place of one run of the tests."""
        self.items = session.items
        self.early = {path: set(lines) for path, lines in self._seen().items()}
        with tempfile.TemporaryDirectory() as folder:
            target = self.given.keep or Path(folder)
            names = make(self.tool, target, self.modules)
            passed = self._fork(self._plain)
            if isinstance(passed, str):
                pytest.exit(f"fails without a mutant: {passed}", 1)
            self.took, self.reached = passed
            lines = sum(len(x) for x in self.reached.values())
            seconds = sum(self.took)
            note(f"{len(self.items)} tests pass in {seconds:.0f} s, reaching {lines} lines")
            report(names, self._try(target, names))
        return True

    def _try(self, target: Path, names: list[str]) -> dict[str, bool]:
        size = min(self.given.sample, len(names))
        drawn = random.Random(self.given.seed).sample(names, size)  # noqa: S311
        wanted, lives = self.given.only or drawn, {}
        for i, mutant in enumerate(wanted, 1):
            began = time.monotonic()
            lines, words = change(target, mutant)
            module = mutant.rpartition(".")[0]
            at = self.reached.get(path_of(module), {})
            reach = {j for line in lines for j in at.get(line, ())}
            tests = sorted(reach, key=partial(self._rank, module))
            killer = self._fork(lambda m=mutant, t=tests: self._run(target, m, t))
            lives[mutant] = killer is None
            if lives[mutant] and lines & self.early[path_of(module)]:
                lives[mutant] = self._fresh(target, mutant)
            if isinstance(killer, int) and killer >= 0:
                self.kills.update([(module, killer), ("", killer)])
            if lives[mutant]:
                print(f"lives: {mutant} ({len(tests)} tests reach it)", *words, sep="\n    ")
                sys.stdout.flush()
            so_far = sum(lives.values())
            note(f"{i} tried, {so_far} live, {time.monotonic() - began:.1f} s")
        return lives

    def _rank(self, module: str, i: int) -> tuple[int, int, int, float]:
        """Order tests: what killed mutants of the module, or of others, then the quick ones."""
        late: bool = self.given.tests.index(str(self.items[i].path)) >= self.quick
        return -self.kills[module, i], -self.kills["", i], late, self.took[i]

    def _fork(self, job: Any) -> Any:
        """Return what a job says in a process of its own; -1 if it died."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            quiet = os.open(os.devnull, os.O_WRONLY)
            if not self.given.loud:
                os.dup2(quiet, 1)
                os.dup2(quiet, 2)
            try:
                os.write(write, pickle.dumps(job()))
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            told = pipe.read()
        os.waitpid(child, 0)
        return pickle.loads(told) if told else -1  # noqa: S301

    def _one(self, i: int, after: int | None) -> bool:
        item, then = self.items[i], None if after is None else self.items[after]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=then)
        return self.failed

    def _run(self, target: Path, mutant: str, tests: list[int]) -> int | None:
        """Return the test that kills a mutant, or None."""
        try:
            put(target, mutant)
            for i, after in zip(tests, [*tests[1:], None], strict=True):
                signal.setitimer(signal.ITIMER_PROF, 10 * self.took[i] + 10)
                if self._one(i, after):
                    return i
        except (Exception, SystemExit):
            return -1
        return None

    def _plain(self) -> tuple[list[float], dict[str, dict[int, list[int]]]] | str:
        """Run all tests without a mutant; returns their times, and the tests of each line.

        Where a test fails, its name is returned.
        """
        self.seen = watch(self.modules)
        took, count = [], len(self.items)
        for i in range(count):
            self.seen.switch_context(str(i))
            began = time.process_time()
            if self._one(i, i + 1 if i + 1 < count else None):
                return str(self.items[i].nodeid)
            took.append(time.process_time() - began)
        return took, self._seen()

    def _seen(self) -> dict[str, dict[int, list[int]]]:
        """Return the lines that were reached, and by which tests."""
        self.seen.stop()
        data = self.seen.get_data()
        return {
            path_of(name): {
                line: [int(c) for c in found if c]
                for line, found in data.contexts_by_lineno(str(SRC / path_of(name))).items()
            }
            for name in self.modules
        }

    def _fresh(self, target: Path, mutant: str) -> bool:
        """Tell whether a mutant lives that is in place before anything is read."""
        command = [sys.executable, __file__, str(target), mutant, *self.given.tests]
        limit = 10 * sum(self.took) + 60

        def bound() -> None:
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit)))

        done = subprocess.run(command, capture_output=True, check=False, preexec_fn=bound)
        return done.returncode == 0


def watch(modules: tuple[str, ...]) -> Any:
    """Start to note which lines of some modules are reached."""
    coverage = importlib.import_module("coverage")
    paths = [str(SRC / path_of(name)) for name in modules]
    seen = coverage.Coverage(data_file=None, config_file=False, include=paths)
    seen.start()
    return seen


def note(text: str) -> None:
    """Say how it goes."""
    print(text, file=sys.stderr, flush=True)


def report(names: list[str], lives: dict[str, bool]) -> None:
    """Print the share killed, in all and by module."""
    parts = Counter(name.rpartition(".")[0] for name in lives)
    dead = Counter(name.rpartition(".")[0] for name, alive in lives.items() if not alive)
    for part, of in sorted(parts.items()):
        low, high = interval(dead[part], of)
        print(f"{part}: {dead[part]} of {of}, {dead[part] / of:.1%} ({low:.1%} to {high:.1%})")
    of, killed = len(lives), sum(dead.values())
    low, high = interval(killed, of)
    share = f"{killed / of:.1%} ({low:.1%} to {high:.1%})"
    print(f"{len(names)} mutants, {of} tried, {killed} killed: {share}")


def look() -> None:
    """Make the tests importable, and those of Hypothesis the same every time."""
    sys.path[:0] = [str(SRC), str(ROOT / "tests")]
    from hypothesis import Phase, settings

    once = settings(phases=(Phase.explicit, Phase.generate), database=None, derandomize=True)
    settings.register_profile("mutants", once)
    settings.load_profile("mutants")
    os.chdir(ROOT)


def arguments(doc: str, sample: int) -> argparse.ArgumentParser:
    """Return the options that both benchmarks have."""
    options = argparse.ArgumentParser(description=doc.splitlines()[0])
    options.add_argument("tool", type=Path, help="virtual environment with mutmut")
    options.add_argument("--sample", type=int, default=sample)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", nargs="*", default=[], help="names of mutants")
    options.add_argument("--keep", type=Path, help="empty folder for the mutants, to use again")
    options.add_argument("--tests", nargs="*", default=[], help="only these files of tests")
    options.add_argument("--loud", action="store_true", help="show what the tests print")
    return options


def run(
    given: argparse.Namespace, modules: tuple[str, ...], quick: tuple[str, ...], *slow: str
) -> None:
    """Draw, try, print; tests of quick files come first."""
    look()
    (packages,) = given.tool.resolve().glob("lib/python3*/site-packages")
    sys.path.append(str(packages))
    seen = watch(modules)
    sys.path.remove(str(packages))
    given.tests = [str(ROOT / "tests" / f"{name}.py") for name in given.tests or (*quick, *slow)]
    trial = Trial(given.tool.resolve(), modules, given, seen, len(quick))
    raise SystemExit(int(pytest.main([*PLAIN, *given.tests], plugins=[trial])))


if __name__ == "__main__":  # one mutant, in place before anything is read
    where, which, *files = sys.argv[1:]
    look()
    put(Path(where), which)
    raise SystemExit(int(pytest.main([*PLAIN, "-x", *files])))
