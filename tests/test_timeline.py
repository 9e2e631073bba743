"""The timeline can be walked: every entry is dated, placed, sourced, and leads somewhere real."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import get_args

import pytest

from xinyong.errors import CatalogueError, UsageError
from xinyong.law.catalogue import load
from xinyong.law.timeline import Entry, Topic, read_timeline, sources, timeline

ONE = """
sources:
  s: {title: "A text", where: "read", depth: full text}
entries:
  - id: first
    date: "2013-10"
    place: cn
    topic: list
    title: {en: "A list", zh: "名单"}
    fact: "Something changed."
    cite: {source: s, article: "1"}
"""


def _read(tmp_path: Path, text: str) -> tuple[Entry, ...]:
    path = tmp_path / "timeline.yaml"
    path.write_text(text, encoding="utf-8")
    return read_timeline(path).entries


def test_it_runs_from_1999_to_2026_in_order() -> None:
    days = [entry.first_day for entry in timeline()]
    assert days == sorted(days)
    assert (days[0].year, days[-1].year) == (1999, 2026)
    assert len(days) >= 150


def test_every_topic_is_used() -> None:
    assert {entry.topic for entry in timeline()} == set(get_args(Topic))


def test_every_source_is_used_and_says_its_depth() -> None:
    cited = {entry.cite.source for entry in timeline()} - {None}
    assert cited == set(sources())
    assert {source.depth for source in sources().values()} <= {
        *("full text", "transcription", "excerpt", "secondary")
    }


def test_links_lead_to_instruments_in_force_by_then() -> None:
    instruments = load().instruments
    for entry in timeline():
        for name in entry.instruments:
            assert name in instruments, f"{entry.id} links to {name}"
            assert instruments[name].versions[0].in_force.from_ <= entry.last_day, entry.id


def test_each_version_of_the_court_list_stands_on_its_day() -> None:
    days = {e.first_day for e in timeline(topic="list") if "spc_defaulters" in e.instruments}
    assert days >= {v.in_force.from_ for v in load().instruments["spc_defaulters"].versions}


def test_a_month_covers_its_days_and_a_year_its_months() -> None:
    by_id = {entry.id: entry for entry in timeline()}
    month = by_id["tax_mou_2014"]
    assert (month.precision, month.first_day, month.last_day) == (
        "month",
        dt.date(2014, 12, 1),
        dt.date(2014, 12, 31),
    )
    assert by_id["spc_2013"].precision == "day"
    year = by_id["tax_mou_2014"].model_copy(update={"date": "2014"})
    assert (year.precision, year.last_day) == ("year", dt.date(2014, 12, 31))
    assert month in timeline(since=dt.date(2014, 12, 20))
    assert month not in timeline(since=dt.date(2015, 1, 1))
    assert month in timeline(until=dt.date(2014, 12, 1))


def test_a_place_includes_what_lies_below_it() -> None:
    assert {e.id for e in timeline(place="wendeng")} < {e.id for e in timeline(place="shandong")}
    assert timeline(place="cn") == timeline()


def test_no_entry_speaks_of_a_score_for_the_whole_country() -> None:
    assert {e.topic for e in timeline() if "national score" in e.fact} == set()


def test_an_unknown_topic_or_place_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'memorandum'"):
        timeline(topic="memorandums")
    with pytest.raises(UsageError, match="unknown place"):
        timeline(place="atlantis")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"2013-10"', '"2013-02-30"', "entries[0].date"),
        ('"2013-10"', '"1998"', "entries[0].date"),
        ('"2013-10"', '"Oct 2013"', "entries[0].date"),
        ("place: cn", "place: cm", "entries[0].place"),
        ("source: s,", "source: t,", "entries[0].cite.source"),
        ("topic: list", "topic: lists", "entries[0].topic"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_field(
    tmp_path: Path, old: str, new: str, field: str
) -> None:
    assert len(_read(tmp_path, ONE)) == 1
    with pytest.raises(CatalogueError) as caught:
        _read(tmp_path, ONE.replace(old, new))
    assert [p.field for p in caught.value.problems] == [field]


def test_the_same_id_twice_is_refused(tmp_path: Path) -> None:
    entry = ONE[ONE.index("  - id: first") :]
    with pytest.raises(CatalogueError, match="stands twice"):
        _read(tmp_path, ONE + entry)
