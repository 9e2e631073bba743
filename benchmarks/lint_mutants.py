"""How many mutants of the linter its tests kill, on a fixed sample.

    python3 -m venv /some/scratch && /some/scratch/bin/pip install mutmut
    .venv/bin/python benchmarks/lint_mutants.py /some/scratch --sample 400

Printed: mutants drawn, killed, the share with its 95 % interval (Wilson), and the mutants that
live. See `mutants.py`.
"""

from __future__ import annotations

from mutants import ROOT, arguments, run

QUICK = ("test_lint_attributes", "test_lint_attributes_whole", "test_lint_report")
SLOW = ("test_lint", "test_lint_properties", "test_lint_reading", "test_lint_telling")

if __name__ == "__main__":
    found = sorted((ROOT / "src" / "xinyong" / "law" / "lint").glob("*.py"))
    names = tuple(f"xinyong.law.lint.{path.stem}" for path in found if path.stem != "__init__")
    run(arguments(__doc__ or "", sample=400).parse_args(), names, QUICK, *SLOW)
