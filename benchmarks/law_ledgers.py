"""The law on a million synthetic files: the compiled kernel against the one that reads a case.

    python benchmarks/law_ledgers.py                    # a million files, one in 500 compared
    python benchmarks/law_ledgers.py --files 50000 --every 10

Prints files a second, how many were compared, and the provisions that none of them met.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import islice
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from reference.random_ledgers import RandomLedgers, run, same_numbers, shared_room
from xinyong.law import tables as t
from xinyong.law.compile import law
from xinyong.law.compiled import fold as twin
from xinyong.law.kernel import fold


def main() -> int:
    """Run from the shell; leaves with 1 at the first file on which the two differ."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--files", type=int, default=1_000_000)
    options.add_argument("--every", type=int, default=500)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    rules = law()
    shared, met = shared_room(rules), np.zeros(len(rules.origins), bool)
    start, compared = time.perf_counter(), 0
    for i, drawn in enumerate(islice(RandomLedgers(rules, given.seed), given.files)):
        found = run(drawn, rules, twin, shared)
        status = found.status[: found.count[t.N_STATUS]]
        met[status[status[:, t.Y_STATUS] == t.ST_MET, t.Y_PROV]] = True
        if i % given.every == 0:
            compared += 1
            if not same_numbers(found, run(drawn, rules, fold, shared_room(rules))):
                print(f"file {i} of seed {given.seed} differs: {drawn.ledger(rules)}")
                return 1
    taken = time.perf_counter() - start
    print(f"{given.files:,} files in {taken:,.0f} s, {compared:,} compared, none differs")
    print(f"{met.sum()} of {met.size} provisions met at least once")
    for row in np.flatnonzero(~met):
        o = rules.origins[row]
        print(f"  never met: {o.instrument}/{o.version}/{o.provision}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
