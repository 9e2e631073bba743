"""The linter: what each limit says of invented rulebooks, and of the catalogue's own."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinyong.errors import CatalogueError, UsageError
from xinyong.law import schema
from xinyong.law.catalogue import load
from xinyong.law.lint import (
    Finding,
    Report,
    Rulebook,
    chosen,
    lint,
    load_profiles,
    read_rulebooks,
    table,
)
from xinyong.law.lint.attributes import ATTRIBUTES, OVERS
from xinyong.law.lint.engine import targets
from xinyong.law.lint.limits import load_profiles as load_from
from xinyong.law.lint.predicates import Test, evaluate
from xinyong.law.lint.read import _words
from xinyong.law.lint.rulebook import Words
from xinyong.law.lint.text import as_dict, lines, shown
from xinyong.yamlio import read_yaml

HERE = Path(__file__).parent / "golden_lint"
ROOT = Path(__file__).parent.parent
PROFILES = load_profiles()
LIMITS = [(p.id, x.id) for p in PROFILES.values() for x in p.limits]
DAY = dt.timedelta(days=1)


@cache
def golden(name: str) -> dict[str, Any]:
    return read_yaml(HERE / f"{name}.yaml").data


@cache
def invented() -> Words:
    return _words(HERE / "words", load())[0]


@pytest.fixture(scope="module")
def words() -> Words:
    return invented()


def plain(base: str) -> dict[str, Any]:
    return copy.deepcopy(golden(base))


def change(data: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Set the fields that dotted paths lead to; None takes a field or an entry away."""
    for path, value in changes.items():
        node: Any = data
        parts = ["versions", "0", *path.split(".")[1:]] if path[:2] == "v." else path.split(".")
        for part in parts[:-1]:
            node = node[int(part)] if isinstance(node, list) else node[part]
        last: Any = int(parts[-1]) if isinstance(node, list) else parts[-1]
        if value is None:
            if last in node or isinstance(node, list):
                del node[last]
        else:
            node[last] = copy.deepcopy(value)
    return data


def book(words: Words, base: str, *changes: dict[str, Any]) -> Rulebook:
    data = plain(base)
    for some in changes:
        change(data, some)
    return Rulebook(schema.Instrument.model_validate(data), (), words)


def of_limit(report: Report, limit: str, part: str | None) -> list[Finding]:
    return [
        f
        for f in report.findings
        if f.limit == limit and (part is None or f.path.rpartition(".")[2] == part)
    ]


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


@pytest.fixture(scope="module")
def wendeng() -> Report:
    day = dt.date(2021, 6, 1)
    return lint(read_rulebooks("wendeng_2020"), on=day, against=chosen(["cn_49"]))


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


# --- properties ------------------------------------------------------------------------------

CHANGES: list[dict[str, Any]] = [
    {"v.steps.0.then": "recorded"},
    {"v.steps.2.within": None},
    {"v.steps.2.modality": "may"},
    {"review.objection": False},
    {"rank": "normative_document"},
    {"rank": "memorandum"},
    {"level": "national"},
    {"nature": ["penalty"]},
    {"v.provisions.0.when": []},
    {"v.provisions.0.conduct": ["t_petition"]},
    {"v.provisions.0.conduct": ["t_bare"]},
    {"v.measures.0.measure": "m_loan"},
    {"v.measures.0.measure": "never_heard_of"},
    {"v.measures.0.by": ["never_heard_of"]},
    {"v.provisions.0.conduct": ["never_heard_of"]},
    {"automated": {"decision": "alone", "cite": {"source": "text", "article": "1"}}},
]
NOTICE = {
    "id": "told",
    "title": "tell once more",
    "by": "town",
    "modality": "must",
    "opens": "met",
    "from": ["formed"],
    "within": {"n": 3, "unit": "day"},
    "then": "noticed",
    "if_lapsed": "no effect",
    "cite": {"source": "text", "article": "2"},
}
rulebooks = st.tuples(
    st.sampled_from(["list", "scheme"]), st.lists(st.sampled_from(CHANGES), max_size=5)
)
BAD = {"clear": 0, "doubt": 1, "breach": 2}


def worst(report: Report) -> dict[tuple[str, str, str], int]:
    return {(f.profile, f.limit, f.path): BAD[f.result] for f in report.findings}


@settings(max_examples=150, deadline=None)
@given(rulebooks)
def test_one_more_duty_to_tell_never_adds_a_finding(made: tuple[str, list[dict[str, Any]]]) -> None:
    base, changes = made
    without = book(invented(), base, *changes)
    data = plain(base)
    for some in changes:
        change(data, some)
    data["versions"][0]["steps"].append(NOTICE)
    told = Rulebook(schema.Instrument.model_validate(data), (), invented())
    every = list(PROFILES.values())
    before = worst(lint([without], against=every, ignore_dates=True))
    after = worst(lint([told], against=every, ignore_dates=True))
    for key, bad in after.items():
        assert bad <= before.get(key, 0), key


@settings(max_examples=100, deadline=None)
@given(rulebooks, st.dates(dt.date(2010, 1, 1), dt.date(2026, 1, 1)), st.integers(0, 4000))
def test_with_the_days_limits_only_come(
    made: tuple[str, list[dict[str, Any]]], day: dt.date, more: int
) -> None:
    tested = book(invented(), made[0], *made[1])
    lasting = [
        p.model_copy(update={"limits": [x for x in p.limits if x.until is None]})
        for p in PROFILES.values()
    ]
    first = worst(lint([tested], on=day, against=lasting))
    then = worst(lint([tested], on=day + more * DAY, against=lasting))
    assert first.items() <= then.items()
    every = worst(lint([tested], on=day, against=lasting, ignore_dates=True))
    assert then.items() <= every.items()


@settings(max_examples=60, deadline=None)
@given(rulebooks)
def test_what_is_not_known_is_never_a_breach(made: tuple[str, list[dict[str, Any]]]) -> None:
    report = lint(
        [book(invented(), made[0], *made[1])], against=list(PROFILES.values()), ignore_dates=True
    )
    for f in report.findings:
        if f.result == "breach":
            assert all(e.met is True for e in f.elements)
            assert f.elements


# --- tests of attributes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "values", "answer"),
    [
        ({"of": "x", "is": "a"}, {"x": "a"}, True),
        ({"of": "x", "is": "a"}, {"x": "b"}, False),
        ({"of": "x", "is": "a"}, {}, None),
        ({"of": "x", "is": False}, {"x": False}, True),
        ({"of": "x", "is": 3}, {"x": 3}, True),
        ({"of": "x", "in": ["a", "@s"]}, {"x": "c"}, True),
        ({"of": "x", "in": ["a", "@s"]}, {"x": "b"}, False),
        ({"of": "x", "has_any": ["a"]}, {"x": frozenset("ab")}, True),
        ({"of": "x", "has_any": ["a"]}, {"x": frozenset("b")}, False),
        ({"of": "x", "has_none": ["a"]}, {"x": frozenset("b")}, True),
        ({"of": "x", "has_none": ["a"]}, {"x": frozenset("ab")}, False),
        ({"of": "x", "within": ["@s"]}, {"x": frozenset()}, True),
        ({"of": "x", "within": ["@s"]}, {"x": frozenset("cd")}, True),
        ({"of": "x", "within": ["@s"]}, {"x": frozenset("ca")}, False),
        ({"of": "x", "only": ["@s"]}, {"x": frozenset()}, False),
        ({"of": "x", "only": ["@s"]}, {"x": frozenset("c")}, True),
        ({"of": "x", "only": ["@s"]}, {"x": frozenset("ca")}, False),
        ({"of": "x", "prefix": "other_"}, {"x": frozenset(["a", "other_b"])}, True),
        ({"of": "x", "prefix": "other_"}, {"x": frozenset(["another_b"])}, False),
        ({"of": "x", "only_prefix": "o_"}, {"x": frozenset(["o_a", "o_b"])}, True),
        ({"of": "x", "only_prefix": "o_"}, {"x": frozenset(["a", "o_b"])}, False),
        ({"of": "x", "only_prefix": "o_"}, {"x": frozenset()}, False),
        ({"of": "x", "empty": True}, {"x": frozenset()}, True),
        ({"of": "x", "empty": False}, {"x": frozenset()}, False),
        ({"of": "x", "empty": False}, {"x": frozenset("a")}, True),
        ({"of": "x", "at_least": 3}, {"x": 3}, True),
        ({"of": "x", "at_least": 3}, {"x": 2}, False),
        ({"of": "x", "less_than": 3}, {"x": 3}, False),
        ({"of": "x", "less_than": 3}, {"x": 2}, True),
        ({"of": "x", "known": True}, {"x": None}, False),
        ({"of": "x", "known": False}, {"x": None}, True),
        ({"of": "x", "known": True}, {"x": 0}, True),
        ({"all": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 1, "y": 1}, True),
        ({"all": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 1}, None),
        ({"all": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 2}, False),
        ({"any": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 1}, True),
        ({"any": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 2}, None),
        ({"any": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 2, "y": 2}, False),
        ({"none": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 1}, False),
        ({"none": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 2}, None),
        ({"none": [{"of": "x", "is": 1}, {"of": "y", "is": 1}]}, {"x": 2, "y": 2}, True),
    ],
)
def test_tests_have_three_answers(
    test: dict[str, Any], values: dict[str, Any], answer: bool | None
) -> None:
    found = evaluate(Test.model_validate(test), values, {"s": frozenset("cd")})
    assert found is answer


@pytest.mark.parametrize(
    ("test", "value"),
    [
        ({"of": "x", "has_any": ["a"]}, "a"),
        ({"of": "x", "at_least": 1}, frozenset("a")),
        ({"of": "x", "empty": True}, 3),
    ],
)
def test_a_question_that_does_not_fit_is_an_error(test: dict[str, Any], value: Any) -> None:
    with pytest.raises(TypeError, match="asks something else"):
        evaluate(Test.model_validate(test), {"x": value}, {})


@pytest.mark.parametrize(
    "test",
    [
        {"of": "x"},
        {"is": 1},
        {"of": "x", "is": 1, "in": ["a"]},
        {"of": "x", "all": [{"of": "x", "is": 1}]},
    ],
)
def test_a_test_asks_one_thing(test: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"exactly one thing|name the attribute"):
        Test.model_validate(test)


def test_parts_have_the_attributes_that_are_described(words: Words) -> None:
    both = {"v.provisions.1.conduct": ["t_papered"], "v.provisions.1.effect.low": -1}
    both["v.provisions.1.effect.high"] = -1
    seen = set()
    for tested in (book(words, "scheme", both), book(words, "regulation")):
        for target in targets(tested, tested.instrument.versions[0]):
            seen.add(target.over)
            described = set(ATTRIBUTES["instrument"]) | set(ATTRIBUTES[target.over])
            assert set(target.values) == described, target.path
    assert seen == set(OVERS)


@pytest.mark.parametrize(
    ("bands", "overlaps", "gap"),
    [
        # lo, lo_inclusive, hi of the upper band over a lower one up to 89
        ((90, True, None), False, False),
        ((89, True, None), True, False),
        ((89, False, None), False, False),
        ((91, True, None), False, True),
        ((90, False, None), False, True),
        ((None, True, 200), True, False),
        ((80, True, 85), True, False),
    ],
)
def test_bands_meet_without_gap_or_overlap(
    words: Words, bands: tuple[int | None, bool, int | None], overlaps: bool, gap: bool
) -> None:
    lo, lo_inclusive, hi = bands
    upper = {
        "id": "u",
        "name": {"en": "u", "zh": "上"},
        "lo": lo,
        "lo_inclusive": lo_inclusive,
        "hi": hi,
    }
    lower = {"id": "l", "name": {"en": "l", "zh": "下"}, "lo": None, "hi": 89}
    tested = book(words, "scheme", {"v.scheme.grades": [upper, lower]})
    parts = targets(tested, tested.instrument.versions[0])
    (found,) = (t for t in parts if t.path.endswith(".grades.u"))
    assert (found.values["overlaps"], found.values["gap"]) == (overlaps, gap)


# --- profiles ---------------------------------------------------------------------------------

GOOD = """
id: mine
name: {en: Mine, zh: 我的}
rank: craft_rule
about: A test.
sources:
  s: {title: {en: A law, zh: 法}, issuer: npc, date: 2020-01-01, depth: secondary, where: here}
limits:
  - id: one
    title: One
    cite: {source: s, article: "1"}
    from: 2020-01-01
    over: provision
    applies: {of: harms, is: true}
    elements: [{id: e, text: t, holds: {of: papers, within: ["@informal"]}}]
    reason: Because.
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("of: papers", "of: paper", "unknown attribute 'paper' of provision; did you mean"),
        ("@informal", "@informl", "unknown set 'informl'; did you mean 'informal'"),
        ("source: s,", "source: x,", "cite.*unknown source 'x'"),
        ("source: s,", "source: ss,", "unknown source 'ss'; did you mean 's'"),
        ("from: 2020-01-01", "from: 2019-12-31", "no earlier than its source"),
        ("    from: 2020-01-01\n", "", "no earlier than its source"),
        ("over:", "until: 2019-01-01\n    over:", "ends before it begins"),
        ("id: mine", "id: other", "the file is called 'mine'"),
        ("over: provision", "over: provsion", "over"),
    ],
)
def test_a_wrong_profile_says_where(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    (tmp_path / "mine.yaml").write_text(GOOD, encoding="utf-8")
    assert list(load_from(tmp_path)) == ["mine"]
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "mine.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError, match=says) as error:
        load_from(bad)
    assert "mine.yaml:" in str(error.value)


def test_a_limit_stands_once(tmp_path: Path) -> None:
    twice = GOOD + GOOD.partition("limits:\n")[2]
    (tmp_path / "mine.yaml").write_text(twice, encoding="utf-8")
    with pytest.raises(CatalogueError, match="'one' stands twice"):
        load_from(tmp_path)


def test_every_limit_gives_its_reason_source_and_depth() -> None:
    for profile in PROFILES.values():
        for limit in profile.limits:
            assert len(limit.reason) > 20
            depth = profile.depth(limit)
            assert depth in ("full text", "excerpt", "secondary", "assumption")
            assert (depth == "assumption") == (profile.id == "craft")


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'cn_49'"):
        chosen(["cn_48"])


# --- reading -------------------------------------------------------------------------------------


def test_places_of_ones_own_lie_where_they_are_said_to(words: Words) -> None:
    assert words.within("testville", "eu") is True
    assert words.within("testville", "cn") is False
    assert words.within("testtown", "shandong") is True
    assert words.within("testtown", "cn") is True
    assert words.within("testtown", "gansu") is False
    assert words.within("wendeng", "cn") is True
    assert words.within("cn", "wendeng") is False
    assert words.within("wendeng", "eu") is False
    assert words.within("nowhere", "cn") is None
    circle = Words({}, {}, {}, {}, {"a": "b", "b": "a"})
    assert circle.within("a", "cn") is False


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        read_rulebooks(str(tmp_path / "none.yaml"))
    with pytest.raises(UsageError, match="did you mean 'wendeng_2020'"):
        read_rulebooks("wendeng_2021")
    with pytest.raises(CatalogueError, match="no rulebook here"):
        read_rulebooks(str(tmp_path))
    (tmp_path / "one.yaml").write_text("id: one\n", encoding="utf-8")
    (tmp_path / "two.yaml").write_text("id: two\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"one\.yaml") as error:
        read_rulebooks(str(tmp_path))
    assert "two.yaml" in str(error.value)
    (tmp_path / "places.csv").write_text("id,parent\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="the header must be id,name_en,name_zh,parent"):
        read_rulebooks(str(tmp_path / "one.yaml"))


def test_words_of_a_folder_are_added_to_those_of_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text(
        "documents: [{id: slip, name: {en: slip, zh: 条}}]\n"
        "circumstances: [{id: rainy, name: {en: rainy, zh: 雨}}]\n",
        encoding="utf-8",
    )
    (tmp_path / "conducts.csv").write_text(
        "id,en,zh,field,polarity,kinds,episode,quantities,circumstances,documents,protected\n"
        "t_slip,Slipped,滑倒,social,bad,person,0,,rainy|able,slip|judgment,\n",
        encoding="utf-8",
    )
    (tmp_path / "places.csv").write_text(
        "id,name_en,name_zh,parent\neu,Union,欧盟,\nhere,Here,此地,eu\n", encoding="utf-8"
    )
    (tmp_path / "authorities.yaml").write_text(
        "authorities: [{id: t_town, name: {en: t, zh: 镇}, level: county, cite: invented}]\n",
        encoding="utf-8",
    )
    (tmp_path / "measures.yaml").write_text(
        "measures: [{id: t_m, name: {en: m, zh: 措}, field: social, nature: penalty, "
        "polarity: black, category: travel, cite: invented}]\n",
        encoding="utf-8",
    )
    words, (circumstances, documents) = _words(tmp_path, load())
    assert words.conducts["t_slip"].documents == ("slip", "judgment")
    assert words.conducts["wage_arrears"] == load().conducts["wage_arrears"]
    assert words.places == {"eu": "", "here": "eu"}
    assert words.authorities["t_town"].level == "county"
    assert words.authorities["court"] == load().authorities["court"]
    assert words.measures["t_m"].nature == "penalty"
    assert words.measures["m_no_fly"] == load().measures["m_no_fly"]
    assert set(circumstances) == {*load().circumstances, "rainy"}
    assert set(documents) == {*load().documents, "slip"}
    assert words.instruments == load().instruments


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "places.csv:1: the header must be id,name_en,name_zh,parent"),
        (b"id,name_en,name_zh,parent\nx,X\n", "places.csv:2: 2 cells where 4 are expected"),
        (b"id,name_en,name_zh,parent\na,A,B,\n,X,Y,eu\n", "places.csv:3: 4 cells where 4"),
        (b"\xff", "places.csv: cannot be read"),
    ],
)
def test_a_wrong_table_of_places_says_where(tmp_path: Path, text: bytes, says: str) -> None:
    (tmp_path / "places.csv").write_bytes(text)
    with pytest.raises(CatalogueError) as error:
        _words(tmp_path, load())
    assert says in str(error.value)


def test_every_instrument_of_a_folder_is_a_rulebook(tmp_path: Path) -> None:
    (tmp_path / "instruments").mkdir()
    for name, folder in (("list", tmp_path / "instruments"), ("scheme", tmp_path)):
        (folder / f"{name}.yaml").write_bytes((HERE / f"{name}.yaml").read_bytes())
    found = read_rulebooks(str(tmp_path))
    assert [b.instrument.kind for b in found] == ["scheme", "list"]
    assert [b.path for b in found] == [
        tmp_path / "scheme.yaml",
        tmp_path / "instruments" / "list.yaml",
    ]
    assert all(b.id == "tested" for b in found)


def test_a_file_is_read_with_the_words_of_its_folder() -> None:
    folder = ROOT / "examples" / "lint" / "welfare_city"
    (alone,) = read_rulebooks(str(folder / "instruments" / "welfare_risk_list.yaml"))
    (among,) = read_rulebooks(str(folder))
    assert alone == among
    assert alone.words.conducts["utility_use_odd"].en
    assert alone.words.measures["m_no_fly"]


def test_a_day_without_the_rulebook_is_wrong_use() -> None:
    with pytest.raises(
        UsageError,
        match="wendeng_2020 was not in force on 2019-12-31; give a day in 2020-01-01 to now",
    ):
        lint(read_rulebooks("wendeng_2020"), on=dt.date(2019, 12, 31))
    report = lint(read_rulebooks("all"), on=dt.date(2019, 12, 31), against=chosen(["craft"]))
    assert "wendeng_2020" in report.silent


def test_an_annex_beside_the_rulebook_is_read(tmp_path: Path) -> None:
    data = load().items["wendeng_2020"]
    source = Path(schema.__file__).parents[1] / "data" / "instruments"
    for name in ("wendeng_2020.yaml", "wendeng_2020_items.csv"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    (found,) = read_rulebooks(str(tmp_path / "wendeng_2020.yaml"))
    assert list(found.items) == data
    (tmp_path / "wendeng_2020_items.csv").unlink()
    with pytest.raises(CatalogueError, match=r"no file .* beside"):
        read_rulebooks(str(tmp_path / "wendeng_2020.yaml"))


# --- tables of the page -------------------------------------------------------------------------


def test_the_tables_of_the_page_are_those_of_the_catalogue() -> None:
    """Where this fails: python -m xinyong.law.lint.table docs/lint.md."""
    page = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    shown_there = dict(re.findall(r"<!-- made: (\w+)[^>]*-->\n(.*?)<!-- end -->", page, re.DOTALL))
    assert shown_there == table.made()


def test_tables_are_written_between_their_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "a\n<!-- made: limits by x -->\nformer rows\n<!-- end -->\nb\n", encoding="utf-8"
    )
    table.write(page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("a\n<!-- made: limits by x -->\n| Limit |")
    assert text.endswith("|\n<!-- end -->\nb\n")
    assert "former rows" not in text


def test_the_table_of_limits_names_every_limit_once() -> None:
    rows = table.limits().splitlines()[2:]
    assert [re.search(r"`(\w+)\.(\w+)`", row).groups() for row in rows] == LIMITS  # type: ignore[union-attr]
    assert all(row.count("|") == 6 for row in rows)


def test_a_row_of_the_table_of_instruments_counts_what_the_linter_finds() -> None:
    (row,) = table.by_instrument(read_rulebooks("wendeng_2020")).splitlines()[2:]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    profiles = ["cn_2019", "cn_49", "cn_lists", "craft", "pipl"]
    last = lint(read_rulebooks("wendeng_2020"), on=table.LAST)
    first = lint(read_rulebooks("wendeng_2020"))
    for name, cell in zip(profiles, cells[2:], strict=True):

        def counted(report: Report, profile: str = name) -> str:
            both = [[f for f in report.of(r) if f.profile == profile] for r in ("breach", "doubt")]
            return f"{len(both[0])}/{len(both[1])}"

        before, after = counted(first), counted(last)
        if name in ("cn_49", "cn_lists", "pipl"):
            assert cell == f"– → {after}"
        else:
            assert cell == after == before


# --- telling --------------------------------------------------------------------------------------


def test_values_as_people_read_them() -> None:
    assert shown(None) == "not known"
    assert shown(True) == "yes"
    assert shown(False) == "no"
    assert shown(frozenset()) == "none"
    assert shown(frozenset("ba")) == "a, b"
    assert shown("x") == "x"


def test_the_text_is_grouped_and_names_what_was_not_held(wendeng: Report) -> None:
    told = [text for _, text in lines(wendeng)]
    assert told[0] == "wendeng_2020, version v2020, under the law of 2021-06-01"
    assert any(t.startswith("  BREACH cn_49.effective_document") for t in told)
    assert any("more; --all names them" in t for t in told)
    assert any("the rulebook is older than the limit" in t for t in told)
    counts = {r: len(wendeng.of(r)) for r in ("breach", "doubt", "clear")}
    assert told[-1] == "{breach} breaches, {doubt} doubts, {clear} clear".format(**counts)
    every = [text for _, text in lines(wendeng, every=True)]
    assert sum(t.startswith("    - ") for t in every) == len(wendeng.findings)
    assert not any("--all" in t for t in every)
    early = lint(read_rulebooks("wendeng_2020"), against=chosen(["cn_49"]))
    text = "\n".join(t for _, t in lines(early))
    assert "nothing tested: none of the 14 limits asked for was in force on 2020-01-01" in text
    assert "14 limits of cn_49 (from 2020-12-07), which would find 3" in text
    assert text.endswith("nothing could be tested, so that nothing is clear either")


VILLAGE = "examples/lint/village_points"


@pytest.mark.parametrize(
    ("file", "arguments"),
    [
        ("village_points.txt", ["--against", "cn_49,craft,gdpr_22", "--all"]),
        ("village_points.json", ["--against", "cn_49,cn_lists,gdpr_22", "--json"]),
    ],
)
def test_the_whole_output_for_a_village(
    file: str,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Written by ``xinyong lint examples/lint/village_points`` with these options."""
    from xinyong import cli

    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit):
        cli.main(["lint", VILLAGE, *arguments])
    assert capsys.readouterr().out == (HERE / file).read_text(encoding="utf-8")


def test_long_lists_are_cut_and_what_is_not_in_force_is_named() -> None:
    report = lint(read_rulebooks("all"), on=dt.date(2013, 10, 5), against=chosen(["craft"]))
    told = list(lines(report))
    assert ("dim", "wendeng_2020: not in force on that day") in told
    assert told[-1][0] == "bold"
    assert {style for style, _ in told} <= {"", "bold", "dim", "red", "yellow"}
    assert as_dict(report)["not_in_force"] == list(report.silent)
    cut = lint(read_rulebooks("wendeng_2020"), against=chosen(["craft"]))
    group = [f for f in cut.of("breach") if f.limit == "document"]
    text = [line for _, line in lines(cut)]
    assert f"    ... and {len(group) - 6} more; --all names them" in text
    at = next(i for i, t in enumerate(text) if t.startswith("  BREACH craft.document"))
    assert sum(t.startswith("    - ") for t in text[at : at + 16]) == 6


def test_a_clear_rulebook_says_so(words: Words) -> None:
    report = lint([book(words, "scheme")], on=dt.date(2021, 1, 1), against=chosen(["cn_49"]))
    assert report.clear
    told = [text for _, text in lines(report)]
    assert any("no breach and no doubt; it rests on " in t for t in told)


def test_the_data_of_a_report_is_plain(wendeng: Report) -> None:
    data = json.loads(json.dumps(as_dict(wendeng)))
    assert data["schema_version"] == 1
    assert data["counts"]["breach"] == len(wendeng.of("breach"))
    assert len(data["findings"]) == data["counts"]["breach"] + data["counts"]["doubt"]
    first = data["findings"][0]
    assert first["since"] == "2020-12-07"
    assert first["elements"][0]["values"]
    every = as_dict(wendeng, every=True)
    assert len(every["findings"]) == len(wendeng.findings)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["wendeng_2020", "--against", "cn_49", "--on", "2021-06-01"], 1),
        (["wendeng_2020", "--against", "cn_49"], 7),
        (["wendeng_2020", "--against", "cn_49", "--ignore-dates", "--json"], 1),
        (["wendeng_2020", "--against", "cn_49,pipl", "--on", "2020-06-01"], 7),
        (["wendeng_2020", "--against", ","], 2),
        (["cn_49"], 2),
        (["examples/court.yaml"], 3),
        (["README.md"], 2),
        (["shenzhen_2023"], 0),
        (["shenzhen_2023", "--json"], 0),
        (["wendeng_2020", "--against", "cn_48"], 2),
        (["wendeng_2020", "--on", "2019-06-01"], 2),
        (["examples/lint/welfare_city"], 1),
        (["mou_tax_a_2016"], 7),
    ],
)
def test_the_exit_code_says_what_was_found(
    arguments: list[str],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from xinyong import cli

    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as left:
        cli.main(["lint", *arguments])
    assert (left.value.code or 0) == code
    out = capsys.readouterr()
    assert bool(out.out) == (code not in (2, 3))
    if code in (2, 3):
        assert out.err.count("\n") == 1
    if "--json" in arguments:
        found = json.loads(out.out)
        assert bool(found["counts"]["breach"]) == (code == 1)
        assert found["result"] == {0: "clear", 1: "breach"}[code]
