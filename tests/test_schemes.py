"""Schemes: who is scored where, what a partial scheme does not claim, what is simulated."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from xinyong import places
from xinyong.conduct.rates import rates
from xinyong.law import schema
from xinyong.law.catalogue import load, reaches

SCHEMES = [(it, w) for it in load().instruments.values() for w in it.versions if w.scheme]


def test_only_schemes_with_rates_are_simulated_and_the_others_say_why_not() -> None:
    run = set(rates().instruments)
    assert {"wendeng_2020", "rongcheng_2016", "rongcheng_2019"} <= run
    for it, version in SCHEMES:
        assert version.scheme is not None
        assert (version.scheme.case_only is None) == (it.id in run)


@pytest.mark.parametrize(("it", "version"), SCHEMES, ids=lambda x: getattr(x, "id", ""))
def test_bands_leave_no_gap_and_do_not_overlap(
    it: schema.Instrument, version: schema.Version
) -> None:
    assert version.scheme is not None
    bands = [g for g in version.scheme.grades if g.lo is not None or g.hi is not None]
    for above, below in pairwise(bands):
        assert above.lo is not None, it.id
        assert below.hi == above.lo - above.lo_inclusive, it.id


@pytest.mark.parametrize(("it", "version"), SCHEMES, ids=lambda x: getattr(x, "id", ""))
def test_a_scheme_that_is_not_whole_says_so(it: schema.Instrument, version: schema.Version) -> None:
    scheme = version.scheme
    assert scheme is not None
    unknown = scheme.base is None or not scheme.grades
    unknown = unknown or any(g.lo is None and g.hi is None for g in scheme.grades)
    if unknown and it.id != "wendeng_2020":
        assert scheme.partial, it.id


def test_one_resident_of_weihai_has_one_score_of_that_name() -> None:
    day = dt.date(2020, 6, 1)
    for place in ("weihai", "wendeng", "rongcheng"):
        here = [
            it.id
            for it, w in load().at(day, place)
            if w.scheme and places.within(it.reach.place, "weihai")
        ]
        assert len(here) == 1, (place, here)


def test_the_parts_left_out_of_a_reach_lie_within_it() -> None:
    for it in load().instruments.values():
        for part in it.reach.without:
            assert places.within(part, it.reach.place)
            assert not reaches(it, part)
