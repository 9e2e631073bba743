"""How many mutants of `determine` and its clocks the tests of the law kill: mutmut on a sample.

Not part of the project's environment: mutmut 3 runs from a virtual environment of its own
that also sees the project's packages.

    python3 -m venv /some/scratch && /some/scratch/bin/pip install mutmut
    python3 benchmarks/law_mutants.py /some/scratch .venv --sample 150

Everything happens in a temporary copy, uncompiled: clocks, conditions, entries, scores, kernel
and the words around them, against the golden cases, the cases made from the catalogue and the
properties of `determine`. Printed: mutants drawn, killed, the share with its 95 % interval
(Wilson), and the mutants that live.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from lint_mutants import interval, results

ROOT = Path(__file__).resolve().parent.parent
MODULES = ("clocks", "conditions", "entries", "scores", "kernel", "determine")
TESTS = ("test_every_instrument", "test_determine", "test_random_ledgers", "test_golden")
CONFIG = """
[project]
name = "xinyong"
version = "0"
[tool.pytest.ini_options]
addopts = "-q -p no:cacheprovider -p no:xdist -x -k 'not compiled'"
pythonpath = ["src", "tests"]
[tool.mutmut]
source_paths = ["src/"]
only_mutate = [{only}]
pytest_add_cli_args_test_selection = [{tests}]
also_copy = ["src", "tests"]
"""


def copy(target: Path) -> None:
    """Copy what the tests of the law need; property tests draw fewer examples."""
    shutil.copytree(ROOT / "src", target / "src", ignore=shutil.ignore_patterns("__pycache__"))
    tests = [f"tests/{name}.py" for name in TESTS if (ROOT / f"tests/{name}.py").is_file()]
    for part in (*tests, "tests/golden", "tests/data", "tests/reference"):
        source, there = ROOT / part, target / part
        there.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, there, ignore=shutil.ignore_patterns("__pycache__"))
            continue
        text = source.read_text(encoding="utf-8")
        text = re.sub(r"max_examples=\d+", "max_examples=12", text)
        there.write_text(text, encoding="utf-8")
    only = ", ".join(f'"src/xinyong/law/{name}.py"' for name in MODULES)
    config = CONFIG.format(only=only, tests=", ".join(f'"{t}"' for t in tests))
    (target / "pyproject.toml").write_text(config, encoding="utf-8")


def main() -> None:
    """Draw, run, print."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("tool", type=Path, help="virtual environment with mutmut")
    options.add_argument("project", type=Path, help="the project's virtual environment")
    options.add_argument("--sample", type=int, default=150)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--children", type=int, default=2)
    given = options.parse_args()
    (packages,) = given.project.resolve().glob("lib/python3*/site-packages")
    mutmut = str(given.tool.resolve() / "bin" / "mutmut")
    env = os.environ | {"PYTHONPATH": str(packages)}
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        copy(target)
        children = ["--max-children", str(given.children)]
        # The mutants are made before the name is looked up, which then is refused.
        none = [mutmut, "run", *children, "none_of_this_name"]
        subprocess.run(none, cwd=target, env=env, capture_output=True, check=False)
        names = sorted(results(target))
        drawn = random.Random(given.seed).sample(names, min(given.sample, len(names)))  # noqa: S311
        run = [mutmut, "run", *children, *drawn]
        told = subprocess.run(run, cwd=target, env=env, capture_output=True, text=True, check=False)
        codes = {name: code for name, code in results(target).items() if name in set(drawn)}
        tried = {name: code for name, code in codes.items() if code is not None}
        if not tried:
            raise SystemExit(f"no mutant was tried: do the tests pass?\n{told.stdout[-3000:]}")
        lives = sorted(name for name, code in tried.items() if code in (0, 5, 33, 34))
        killed = len(tried) - len(lives)
        low, high = interval(killed, len(tried))
        share = f"{killed / len(tried):.1%} ({low:.1%} to {high:.1%})"
        print(f"{len(names)} mutants, {len(tried)} tried, {killed} killed: {share}")
        for name in lives:
            show = subprocess.run(
                [mutmut, "show", name], cwd=target, env=env, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            changed = [x for x in show.stdout.splitlines() if re.match(r"[-+] ", x)]
            print(f"lives: {name}", *changed, sep="\n    ")


if __name__ == "__main__":
    main()
