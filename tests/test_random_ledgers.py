"""`determine` on one case and on many thousands of synthetic files says the same.

The compiled kernel runs over random files of every instrument, one after the other in the same
room; the kernel as it stands, and `determine` with its words, are held against it on a sample.
`benchmarks/law_ledgers.py` does the same with a million.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from reference.random_ledgers import RandomLedgers, run, same_numbers, shared_room
from xinyong.dates import date_of
from xinyong.law import tables as t
from xinyong.law.compile import Law, law
from xinyong.law.determine import decode, determine
from xinyong.law.kernel import fold

LAW: Law = law()
FILES, SAMPLE = 40_000, 50  # one file in so many is also read by the kernel as it stands


def test_the_compiled_kernel_and_determine_agree_over_all_instruments() -> None:
    from xinyong.law.compiled import fold as twin

    shared, met = shared_room(LAW), np.zeros(len(LAW.origins), bool)
    for i, drawn in enumerate(islice(RandomLedgers(LAW, 11), FILES)):
        found = run(drawn, LAW, twin, shared)
        status = found.status[: found.count[t.N_STATUS]]
        met[status[status[:, t.Y_STATUS] == t.ST_MET, t.Y_PROV]] = True
        if i % SAMPLE == 0:
            assert same_numbers(found, run(drawn, LAW, fold, shared_room(LAW))), (i, drawn)
    names = {LAW.origins[row].instrument for row in np.flatnonzero(~met)}
    reached = {LAW.origins[row].instrument for row in np.flatnonzero(met)}
    assert names <= reached  # no instrument was left out
    assert met.mean() > 0.9


def test_the_words_are_those_of_the_numbers() -> None:
    for drawn in islice(RandomLedgers(LAW, 12), 150):
        numbers = run(drawn, LAW, fold, shared_room(LAW))
        words = determine(drawn.ledger(LAW), LAW, date_of(drawn.day))
        plain = decode(numbers, LAW, drawn.day)
        tried = tuple(x for x in words.tried if x.status != "barred")
        same = replace(words, tried=tried, barred=(), next_due=plain.next_due)
        assert same == plain


@pytest.mark.parametrize("seed", range(3))
def test_what_was_in_the_room_before_changes_nothing(seed: int) -> None:
    shared = shared_room(LAW)
    for part in shared:
        part[:] = 77
    for drawn in islice(RandomLedgers(LAW, seed), 40):
        fresh = run(drawn, LAW, fold, shared_room(LAW))
        assert same_numbers(run(drawn, LAW, fold, shared), fresh)


def test_a_seed_gives_the_same_files() -> None:
    one, two = (list(islice(RandomLedgers(LAW, 4), 50)) for _ in range(2))
    for a, b in zip(one, two, strict=True):
        assert (a.day, a.cases) == (b.day, b.cases)
        assert (a.rows == b.rows).all()
        assert (a.facts == b.facts).all()
