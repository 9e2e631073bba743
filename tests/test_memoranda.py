"""Memoranda: who signed, on which list they act, and which are known by name alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from xinyong.errors import CatalogueError
from xinyong.law import schema
from xinyong.law.catalogue import load
from xinyong.law.memoranda import COUNTS, TOTAL, coverage, memoranda, read_memoranda

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "src/xinyong/law/data/memoranda.csv"


def encoded() -> Iterator[schema.Instrument]:
    return (it for it in load().instruments.values() if it.kind == "memorandum")


def stated(it: schema.Instrument, of: str) -> int | None:
    return next((s.n for s in it.stated if s.of == of), None)


def test_every_memorandum_acts_on_a_list_of_its_own_colour() -> None:
    lists = load().instruments
    for it in encoded():
        assert it.serves is not None, it.id
        assert lists[it.serves].kind == "list", it.id
        assert lists[it.serves].polarity == it.polarity, it.id


def test_every_measure_is_of_the_colour_of_its_memorandum() -> None:
    measures = load().measures
    for it in encoded():
        rows = [row for version in it.versions for row in version.measures]
        assert rows, it.id
        assert {measures[row.measure].polarity for row in rows} == {it.polarity}, it.id
        assert {measures[row.measure].field for row in rows} == set(it.measure_fields), it.id


def test_every_memorandum_names_its_leads() -> None:
    for it in encoded():
        assert it.lead, it.id
        assert it.signatories_cite is not None, it.id


def test_never_more_signatories_are_named_than_the_source_counts() -> None:
    complete = 0
    for it in encoded():
        count = stated(it, "signatories")
        if count is not None and it.signatories:
            assert len(it.signatories) <= count, it.id
            complete += len(it.signatories) == count
    assert complete >= 5


def test_the_44_signatories_of_the_court_memorandum_are_all_named() -> None:
    court = load().instruments["mou_spc_2016"]
    assert len(court.signatories) == stated(court, "signatories") == 44
    assert "caac" not in court.signatories


def test_never_more_kinds_of_measures_are_encoded_than_measures_are_stated() -> None:
    for it in encoded():
        count = stated(it, "measures")
        for version in it.versions:
            kinds = {row.measure for row in version.measures}
            assert count is None or len(kinds) <= count, it.id


def test_the_table_names_each_encoded_memorandum_once() -> None:
    named = [name for one in memoranda() for name in one.instruments]
    assert len(named) == len(set(named))
    assert set(named) == {it.id for it in encoded()}


def test_the_table_and_the_instruments_agree() -> None:
    instruments = load().instruments
    for one in memoranda():
        for name in one.instruments:
            it = instruments[name]
            assert one.signatories == stated(it, "signatories"), one.id
            titles = {source.title.zh for source in it.sources.values()}
            assert one.title_zh in {*titles, it.name.zh}, one.id


def test_no_more_are_named_than_there_were() -> None:
    assert len(memoranda()) <= TOTAL
    assert [one.date for one in memoranda()] == sorted(one.date for one in memoranda())
    assert all(one.source for one in memoranda())


def test_what_is_not_encoded_or_not_even_named_is_counted_openly() -> None:
    known = coverage()
    assert len(known.encoded) + len(known.table_only) == len(memoranda())
    assert len(memoranda()) + sum(known.unidentified.values()) == TOTAL == sum(COUNTS.values())
    assert known.unidentified == {"black": 5, "red": 0, "mixed": 0}
    assert all("table only" in one.note and not one.instruments for one in known.table_only)
    assert not any("table only" in one.note for one in known.encoded)


def test_a_wrong_table_is_refused_with_line_and_column(tmp_path: Path) -> None:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    wrong = tmp_path / "memoranda.csv"
    row = lines[1].replace(",black,", ",grey,").replace("2014-01-16", "January 2014")
    wrong.write_text("\n".join([lines[0], row]), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_memoranda(wrong)
    assert {(p.line, p.field) for p in caught.value.problems} == {(2, "polarity"), (2, "date")}
