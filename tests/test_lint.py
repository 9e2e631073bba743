"""The linter: what each limit says of invented rulebooks, and of the catalogue's own."""

from __future__ import annotations

import datetime as dt

import pytest

from reference.linting import (
    DAY,
    LIMITS,
    PROFILES,
    ROOT,
    book,
    golden,
    invented,
    of_limit,
)
from xinyong.law.catalogue import load
from xinyong.law.lint import (
    Report,
    chosen,
    lint,
    read_rulebooks,
)
from xinyong.law.lint.rulebook import Words


@pytest.fixture(scope="module")
def words() -> Words:
    return invented()


@pytest.fixture(scope="module")
def wendeng() -> Report:
    day = dt.date(2021, 6, 1)
    return lint(read_rulebooks("wendeng_2020"), on=day, against=chosen(["cn_49"]))


# --- golden cases -------------------------------------------------------------------------


@pytest.mark.parametrize("result", ["breach", "clear", "doubt"])
@pytest.mark.parametrize(("profile", "limit"), LIMITS)
def test_what_a_limit_says(words: Words, profile: str, limit: str, result: str) -> None:
    case = golden(profile)["limits"][limit]
    tested = book(words, case["base"], case.get("also", {}), case[result])
    part = case.get("names", {}).get(result, case.get("part"))
    since = next(x.from_ for x in PROFILES[profile].limits if x.id == limit)
    report = lint([tested], on=since or dt.date(2010, 1, 1), against=[PROFILES[profile]])
    found = of_limit(report, limit, part)
    assert [f.result for f in found] == [result]
    met = [e.met for e in found[0].elements]
    expected = {"breach": {True}, "clear": {True, None, False}, "doubt": {True, None}}[result]
    assert set(met) <= expected
    assert (result == "clear") == (False in met)
    assert (result == "doubt") == (None in met and False not in met)


@pytest.mark.parametrize(("profile", "limit"), LIMITS)
def test_a_limit_is_not_held_before_its_day(words: Words, profile: str, limit: str) -> None:
    case = golden(profile)["limits"][limit]
    tested = book(words, case["base"], case.get("also", {}), case["breach"])
    data = next(x for x in PROFILES[profile].limits if x.id == limit)
    held = [PROFILES[profile]]
    if data.from_ is None:
        found = of_limit(lint([tested], against=held), limit, case.get("part"))
        assert [f.result for f in found] == ["breach"]
        assert not found[0].older
        return
    before = lint([tested], on=data.from_ - DAY, against=held)
    assert of_limit(before, limit, None) == []
    (row,) = (x for x in before.later if x.limit == limit)
    assert row.breaches >= 1
    assert row.since == data.from_
    asked = lint([tested], on=data.from_ - DAY, against=held, ignore_dates=True)
    (found,) = of_limit(asked, limit, case.get("part"))
    assert found.result == "breach"
    assert found.older
    if data.until is not None:
        last = lint([tested], on=data.until, against=held)
        assert of_limit(last, limit, case.get("part"))
        after = lint([tested], on=data.until + DAY, against=held)
        assert of_limit(after, limit, None) == []


def test_each_limit_has_its_cases_and_each_case_its_limit() -> None:
    for name, profile in PROFILES.items():
        cases = golden(name)
        assert cases["profile"] == name
        assert list(cases["limits"]) == [x.id for x in profile.limits]


@pytest.mark.parametrize("base", ["list", "scheme", "regulation"])
def test_a_rulebook_in_order_breaches_nothing(words: Words, base: str) -> None:
    report = lint([book(words, base)], on=dt.date(2026, 1, 1), against=list(PROFILES.values()))
    assert [(f.profile, f.limit, f.path) for f in report.of("breach")] == []


# --- the catalogue's own ---------------------------------------------------------------------


def test_items_of_wendeng_that_the_guidance_of_2020_no_longer_allows(wendeng: Report) -> None:
    for item, expected in golden("wendeng_2020")["items"].items():
        said = {f.limit: f.result for f in wendeng.findings if f.path.endswith(f".items.{item}")}
        assert {limit: said.get(limit) for limit in expected} == expected, item


def test_every_item_of_wendeng_on_petitioning_alone_is_a_breach(wendeng: Report) -> None:
    rows = {x.item: x for x in load().items["wendeng_2020"]}
    said = {
        f.path.rpartition(".")[2]: f.result
        for f in wendeng.findings
        if f.limit == "protected_conduct"
    }
    harmful = [i for i, x in rows.items() if "petition" in x.protected and i in said]
    assert len(harmful) >= 25
    assert {said[i] for i in harmful if rows[i].group == "petitions"} == {"breach"}


def test_no_item_that_adds_points_is_held_to_be_a_penalty(wendeng: Report) -> None:
    plus = {x.item for x in load().items["wendeng_2020"] if x.low > 0}
    assert plus
    assert not plus & {f.path.rpartition(".")[2] for f in wendeng.findings}


def test_the_guidance_of_2020_is_not_held_against_wendeng_at_its_start() -> None:
    report = lint(read_rulebooks("wendeng_2020"), against=chosen(["cn_49"]))
    assert report.findings == ()
    assert not report.tested
    assert not report.clear
    (untested,) = report.untested
    assert (untested.asked, untested.in_force) == (14, 0)
    assert sum(x.breaches for x in report.later) > 300
    assert all(x.on == dt.date(2020, 1, 1) for x in report.later)


@pytest.mark.skipif("shenzhen_2023" not in load().instruments, reason="not encoded yet")
def test_no_wolf_at_shenzhen() -> None:
    report = lint(read_rulebooks("shenzhen_2023"), on=dt.date(2024, 6, 1))
    assert report.findings
    assert report.of("breach") == ()


def test_european_law_is_held_against_chinese_rules_only_when_asked() -> None:
    books = read_rulebooks("spc_defaulters")
    report = lint(books)
    assert {p for _, p in report.unheld} == {"ai_act_5", "gdpr_22"}
    assert not any(f.outside for f in report.findings)
    asked = lint(books, on=dt.date(2025, 6, 1), against=chosen(["ai_act_5"]))
    assert asked.findings
    assert all(f.outside for f in asked.findings)


def test_findings_name_rules_and_their_articles(wendeng: Report) -> None:
    for f in wendeng.findings:
        assert f.instrument == "wendeng_2020"
        assert f.path.startswith("versions.v2020")
        assert f.article_depth in ("transcription", "assumption")
        assert f.source.startswith("GuoBanFa [2020] 49, point")
        assert f.since == dt.date(2020, 12, 7)
        assert f.older
        assert f.elements


# --- examples --------------------------------------------------------------------------------


def test_the_risk_list_of_an_invented_city_is_found_out() -> None:
    report = lint(read_rulebooks(str(ROOT / "examples" / "lint" / "welfare_city")))
    found = {f"{f.profile}.{f.limit}" for f in report.of("breach")}
    assert {
        "gdpr_22.solely_automated",
        "gdpr_22.score_is_decision",
        "gdpr_22.safeguards",
        "ai_act_5.unrelated_contexts",
        "ai_act_5.disproportionate",
        "craft.notice",
        "craft.objection",
        "craft.end_date",
        "craft.repair",
        "craft.association",
        "craft.grade_overlap",
        "craft.protected_conduct",
    } <= found
    assert {p for _, p in report.unheld} == {"cn_2019", "cn_49", "cn_lists", "pipl"}


def test_the_table_of_an_invented_village_fails_on_petitions_and_passes_on_drunk_driving() -> None:
    path = ROOT / "examples" / "lint" / "village_points" / "village_points.yaml"
    report = lint(read_rulebooks(str(path)))
    breaches = {(f.limit, f.path.rpartition(".")[2]) for f in report.of("breach")}
    assert ("protected_conduct", "petitioned") in breaches
    assert "drunk" not in {part for _, part in breaches}
    doubts = {(f.limit, f.path.rpartition(".")[2]) for f in report.of("doubt")}
    assert ("effective_document", "petitioned") in doubts  # a village governs itself
