"""How many mutants of the linter its tests kill: mutmut on a fixed random sample.

Not part of the project's environment: mutmut 3 runs from a virtual environment of its own
that also sees the project's packages.

    python3 -m venv /some/scratch && /some/scratch/bin/pip install mutmut
    python3 benchmarks/lint_mutants.py /some/scratch .venv --sample 400

Everything happens in a temporary copy. Printed: mutants drawn, killed, the share with its
95 % interval (Wilson), and the functions where some survive.
"""

from __future__ import annotations

import argparse
import collections
import json
import math
import os
import random
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("src", "docs", "examples", "README.md", "tests/test_lint.py", "tests/golden_lint")
CONFIG = """
[project]
name = "xinyong"
version = "0"
[tool.pytest.ini_options]
addopts = "-q -p no:cacheprovider -p no:xdist -x"
pythonpath = ["src"]
[tool.mutmut]
source_paths = ["src/"]
only_mutate = ["src/xinyong/law/lint/*"]
pytest_add_cli_args_test_selection = ["tests/test_lint.py"]
also_copy = ["src", "docs", "examples", "tests", "README.md"]
"""


def copy(target: Path) -> None:
    """Copy what the tests of the linter need; property tests draw fewer examples."""
    for part in PARTS:
        source, there = ROOT / part, target / part
        there.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, there)
    tests = target / "tests" / "test_lint.py"
    text = re.sub(r"max_examples=\d+", "max_examples=12", tests.read_text(encoding="utf-8"))
    tests.write_text(text, encoding="utf-8")
    (target / "pyproject.toml").write_text(CONFIG, encoding="utf-8")


def results(target: Path) -> dict[str, int | None]:
    """Return the exit code of the tests for every mutant: 0 it lives, None it was not tried."""
    found: dict[str, int | None] = {}
    for meta in (target / "mutants").rglob("*.py.meta"):
        found |= json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def interval(killed: int, of: int) -> tuple[float, float]:
    """Return Wilson's interval of a share, at 95 %."""
    z, p = 1.96, killed / of
    middle = p + z * z / (2 * of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def main() -> None:
    """Draw, run, print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("tool", type=Path, help="virtual environment with mutmut")
    options.add_argument("project", type=Path, help="the project's virtual environment")
    options.add_argument("--sample", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--children", type=int, default=2)
    given = options.parse_args()
    (packages,) = given.project.resolve().glob("lib/python3*/site-packages")
    mutmut = str(given.tool.resolve() / "bin" / "mutmut")
    env = os.environ | {"PYTHONPATH": str(packages)}
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        copy(target)
        # The page may be behind the catalogue; here it only holds what unmutated code writes.
        python = str(given.project.absolute() / "bin" / "python")
        write = [python, "-m", "xinyong.law.lint.table", "docs/lint.md"]
        subprocess.run(write, cwd=target, env=os.environ | {"PYTHONPATH": "src"}, check=True)
        children = ["--max-children", str(given.children)]
        # The mutants are made before the name is looked up, which then is refused.
        none = [mutmut, "run", *children, "none_of_this_name"]
        subprocess.run(none, cwd=target, env=env, capture_output=True, check=False)
        names = sorted(results(target))
        drawn = random.Random(given.seed).sample(names, min(given.sample, len(names)))  # noqa: S311
        run = [mutmut, "run", *children, *drawn]
        subprocess.run(run, cwd=target, env=env, capture_output=True, check=False)
        codes = {name: code for name, code in results(target).items() if name in set(drawn)}
    tried = {name: code for name, code in codes.items() if code is not None}
    if not tried:
        raise SystemExit("no mutant was tried: do the tests of the linter pass?")
    lives = [name for name, code in tried.items() if code in (0, 5, 33, 34)]
    killed = len(tried) - len(lives)
    low, high = interval(killed, len(tried))
    share = f"{killed / len(tried):.1%} ({low:.1%} to {high:.1%})"
    print(f"{len(names)} mutants, {len(tried)} tried, {killed} killed: {share}")
    where = collections.Counter(re.sub(r"__mutmut_\d+$", "", name) for name in lives)
    for name, count in where.most_common():
        print(f"{count:4d} live in {name}")


if __name__ == "__main__":
    main()
