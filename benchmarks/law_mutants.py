"""How many mutants of `determine` and its clocks the tests of the law kill, on a fixed sample.

    python3 -m venv /some/scratch && /some/scratch/bin/pip install mutmut
    .venv/bin/python benchmarks/law_mutants.py /some/scratch --sample 150
    .venv/bin/python benchmarks/law_mutants.py /some/scratch --sample 150 --terms

Clocks, conditions, entries, scores, kernel and the words around them, uncompiled, against the
cases worked out by hand on made-up instruments, the golden cases, the random files and the
properties of `determine`; with `--terms` only the clocks and the calendar below them. The cases
made from the catalogue (`test_every_instrument`) would take as long as all others together and
are left out, so the share is a lower bound. Printed: mutants drawn,
killed, the share with its 95 % interval (Wilson), and the mutants that live. See `mutants.py`.
"""

from __future__ import annotations

from mutants import arguments, run

FOLD = ("clocks", "conditions", "entries", "scores", "kernel", "determine")
TERMS = ("xinyong.dates", "xinyong.law.clocks")
QUICK = (
    *("test_terms", "test_conditions", "test_lists", "test_list_exits", "test_list_steps"),
    *("test_scores", "test_scores_and_grades", "test_law_blocks"),
)
SLOW = ("test_determine", "test_golden", "test_random_ledgers")

if __name__ == "__main__":
    options = arguments(__doc__ or "", sample=150)
    options.add_argument("--terms", action="store_true", help="only terms and the calendar")
    given = options.parse_args()
    modules = TERMS if given.terms else tuple(f"xinyong.law.{name}" for name in FOLD)
    run(given, modules, QUICK, *SLOW)
