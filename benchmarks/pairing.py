"""How much paired arms save: variance of a difference, paired and unpaired.

    .venv/bin/python benchmarks/pairing.py [--scale 1000] [--replicates 8]

For each contrast the arms of a replicate share a seed (paired), or the arm takes the seed of
the next replicate (unpaired). The design asks for a variance at most a fifth of the unpaired.
"""

from __future__ import annotations

import argparse
import statistics

from xinyong.study.arms import Arm, Indicator, run_arms, scenario
from xinyong.study.measured import FIRST, LAST, counted, missed, wrongful, zombies
from xinyong.study.questions.q5_interoperability import mistaken
from xinyong.study.settings import SEED, Settings

CONTRASTS: tuple[tuple[Arm, Indicator], ...] = (
    (Arm("slow", "withdrawals twice as slow", assume={"exchange.delay_withdraw": 40.0}), zombies),
    (Arm("less_add", "fewer listings come", assume={"exchange.coverage_add": 0.8}), missed),
    (Arm("objections", "objections thrice as often",
         assume={"exit.spc_defaulters.objection": 0.15}), wrongful),
    (Arm("wrong", "twice as many wrong files", assume={"identity.wrong": 0.001}), mistaken),
    (Arm("late", "no late steps", assume={"steps.late_share": 0.0}), wrongful),
)  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=1000)
    parser.add_argument("--replicates", type=int, default=8)
    given = parser.parse_args()
    base = scenario(Settings(given.scale, given.replicates, SEED), "pairing", FIRST, LAST)
    arms = (Arm("as_is", "as assumed"), *(arm for arm, _ in CONTRASTS))
    found = run_arms(base, arms, counted, given.replicates, lambda d, t, w: print(d, t, w))
    print(f"{'arm':<12} {'indicator':<48} paired / unpaired variance (at most 0.2)")
    for arm, indicator in CONTRASTS:
        before, after = (
            [
                t / b
                for t, b in zip(
                    found.column(name, "all", indicator.top),
                    found.column(name, "all", indicator.bottom),
                    strict=True,
                )
            ]
            for name in ("as_is", arm.name)
        )
        paired = statistics.variance(a - b for a, b in zip(after, before, strict=True))
        moved = after[1:] + after[:1]
        unpaired = statistics.variance(a - b for a, b in zip(moved, before, strict=True))
        share = paired / unpaired
        verdict = "kept" if share <= 0.2 else "MISSED"
        print(f"{arm.name:<12} {indicator.name:<48} {share:.4f} {verdict}")


if __name__ == "__main__":
    main()
