"""What a stranger reads: findings in plain words, nothing tested, wrong files, the JSON's shape."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from xinyong.errors import CatalogueError, UsageError
from xinyong.law import schema
from xinyong.law.catalogue import load
from xinyong.law.lint import Report, Rulebook, chosen, json_schema, lint, read_rulebooks
from xinyong.law.lint.attributes import ATTRIBUTES, LABELS
from xinyong.law.lint.limits import Element, load_profiles
from xinyong.law.lint.read import _words
from xinyong.law.lint.text import as_dict, count, lines, wrapped
from xinyong.yamlio import read_yaml

HERE = Path(__file__).parent / "golden_lint"
ROOT = Path(__file__).parent.parent


@cache
def base(name: str) -> str:
    return json.dumps(read_yaml(HERE / f"{name}.yaml").data, default=str)


def invented(name: str, **fields: Any) -> Rulebook:
    """The invented list or scheme with other fields; `v_` stands for its one version."""
    data = json.loads(base(name))
    for field, value in fields.items():
        at = data["versions"][0] if field.startswith("v_") else data
        at[field.removeprefix("v_")] = value
    words = _words(HERE / "words", load())[0]
    return Rulebook(schema.Instrument.model_validate(data), (), words)


def said(book: Rulebook, profile: str, limit: str) -> dict[str, str]:
    report = lint([book], against=chosen([profile]), ignore_dates=True)
    return {f.path.rpartition(".")[2]: f.result for f in report.findings if f.limit == limit}


def step(name: str, then: str, after: str, **more: Any) -> dict[str, Any]:
    cite = {"source": "text", "article": "2"}
    told = {"title": name, "by": "town", "modality": "must", "opens": "met", "if_lapsed": "-"}
    return {"id": name, "from": [after], "then": then, "cite": cite, **told, **more}


# --- which open deadlines are a defect -------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "after", "expected"),
    [
        ("checked", "objected", "breach"),
        ("granted", "applied", "breach"),
        ("removed", "lawful_end", "breach"),
        ("annulled", "withdrawn", "breach"),
        ("served", "decided", "doubt"),  # general rules on service may set the day
        ("noticed", "decided", "breach"),
        ("published", "lawful_end", "breach"),
        ("restored", "granted", None),  # puts an entry back: against the subject
        ("noticed", "formed", None),  # the decision has to wait for it
        ("checked", "noticed", None),  # no answer to anybody
        ("decided", "formed", None),
        ("published", "decided", None),
        ("served", "effective", None),
    ],
)
def test_only_what_protects_the_subject_needs_a_day(
    then: str, after: str, expected: str | None
) -> None:
    book = invented("list", v_steps=[step("it", then, after)])
    assert said(book, "craft", "open_deadline").get("it") == expected
    limited = step("it", then, after, within={"n": 5, "unit": "day"})
    found = said(invented("list", v_steps=[limited]), "craft", "open_deadline").get("it")
    assert found == (expected and "clear")


def test_a_red_list_may_be_left_at_any_time_but_must_answer() -> None:
    steps = [step("off", "removed", "lawful_end"), step("check", "checked", "objected")]
    red = invented("list", polarity="red", v_steps=steps, v_measures=[])
    assert said(red, "craft", "open_deadline") == {"check": "breach"}


@pytest.mark.parametrize("version", ["work_safety_list", "wage_arrears_list"])
def test_putting_an_entry_back_is_nowhere_a_defect(version: str) -> None:
    found = said(read_rulebooks(version)[0], "craft", "open_deadline")
    assert found
    assert "restore" not in found


# --- what the guidance of 2020 does not reach ---------------------------------------------------


def test_a_document_of_the_centre_is_its_own_basis() -> None:
    steps = [step("show", "published", "decided")]
    national = {"level": "national", "rank": "normative_document", "v_steps": steps}
    for limit, part in (("disclosure", "v"), ("list_basis", "v")):
        of_ministry = invented("list", **national)
        of_centre = invented("list", issuer="sc", **national)
        assert said(of_ministry, "cn_49", limit) == {part: "doubt"}
        assert said(of_centre, "cn_49", limit) == {part: "clear"}


@pytest.mark.parametrize(
    ("rank", "expected"),
    [
        ("law", "clear"),
        ("administrative_regulation", "clear"),
        ("local_regulation", "doubt"),
        ("department_rule", "breach"),
    ],
)
def test_the_guidance_does_not_bind_a_law(rank: str, expected: str) -> None:
    assert said(invented("list", rank=rank, v_steps=[]), "cn_49", "list_notice") == {"v": expected}


def test_a_ministrys_document_may_carry_out_a_law_a_citys_may_not() -> None:
    def found(**fields: Any) -> dict[str, str]:
        book = invented("list", rank="normative_document", **fields)
        return said(book, "cn_lists", "cutting_measures")

    assert found() == {"m_travel": "breach"}
    assert found(level="national") == {"m_travel": "doubt"}
    assert found(level="national", issuer="sc") == {"m_travel": "clear"}


# --- plain words ------------------------------------------------------------------------------


def test_an_element_says_what_is_so() -> None:
    def told(book: Rulebook) -> str:
        report = lint([book], against=chosen(["craft"]))
        (found,) = (f for f in report.findings if f.limit == "end_date")
        return found.elements[0].said

    open_ended = json.loads(base("list"))["versions"][0]["provisions"]
    open_ended[0]["effect"]["term"] = {"open": True}
    assert told(invented("list")) == "a term ends it"
    assert told(invented("list", v_provisions=open_ended)).startswith("no term ends it, only an")
    del open_ended[1]
    assert told(invented("list", v_provisions=open_ended)) == "neither a term nor an event ends it"


def test_what_is_not_known_is_said_so() -> None:
    rows = [{"measure": "unheard_of", "by": ["town"], "cite": {"source": "text", "article": "5"}}]
    report = lint([invented("list", v_measures=rows)], against=chosen(["craft"]))
    (found,) = (f for f in report.findings if f.limit == "unrelated_field")
    assert found.result == "doubt"
    assert found.elements[0].said == "not known whether the limit speaks about it at all"


def test_each_doubt_has_its_words() -> None:
    for profile in load_profiles().values():
        for limit in profile.limits:
            for element in limit.elements:
                assert (element.doubtful is None) == (element.in_doubt is None)
    data = {"id": "e", "text": "t", "holds": {"of": "x", "is": 1}}
    for more in ({"in_doubt": "half"}, {"doubtful": {"of": "x", "is": 2}}):
        with pytest.raises(ValueError, match="go together"):
            Element.model_validate(data | more)


def test_labels_are_of_attributes() -> None:
    assert set(LABELS) <= {name for names in ATTRIBUTES.values() for name in names}


def test_numbers_agree_with_their_nouns() -> None:
    assert [count(n, "breach") for n in (0, 1, 2)] == ["0 breaches", "1 breach", "2 breaches"]
    assert count(1, "test") == "1 test"
    report = lint(read_rulebooks("all"))
    for _, text in lines(report, every=False):
        assert not any(f" 1 {noun}" in text for noun in ("breaches", "doubts", "limits", "tests"))


def test_what_is_the_same_in_each_case_stands_once() -> None:
    report = lint(
        read_rulebooks("wendeng_2020"), on=load_profiles()["cn_49"].limits[0].from_,
        against=chosen(["cn_49"]),
    )  # fmt: skip
    told = [text for _, text in lines(report)]
    at = next(i for i, x in enumerate(told) if x.startswith("  BREACH cn_49.effective_document"))
    assert told[at + 3].startswith("    in each case: authorities apply it [level: county]; ")
    assert told[at + 4].startswith("    - provision wd0001")
    assert "level" not in told[at + 5]


@pytest.mark.parametrize("width", [40, 72, 100])
def test_no_line_is_longer_than_the_terminal(width: int) -> None:
    report = lint(read_rulebooks(str(ROOT / "examples/lint/welfare_city")))
    told = list(lines(report, every=True))
    broken = [text for _, text in wrapped(told, width)]
    assert all(len(text) <= width for text in broken)
    assert " ".join(" ".join(broken).split()) == " ".join(" ".join(t for _, t in told).split())


# --- nothing tested -----------------------------------------------------------------------------


def test_nothing_tested_is_not_clear() -> None:
    report = lint(read_rulebooks("mou_tax_a_2016"))
    assert not report.tested
    assert not report.clear
    (row,) = report.untested
    assert 0 < row.in_force < row.asked
    assert as_dict(report)["result"] == "not tested"
    text = "\n".join(t for _, t in lines(report))
    assert "none is about anything that this version holds" in text


def test_one_version_of_several_may_be_untested() -> None:
    report = lint(read_rulebooks("charity_red"), against=chosen(["craft", "cn_49"]))
    tested = {(f.instrument, f.version) for f in report.findings}
    assert all((x.instrument, x.version) not in tested for x in report.untested)


# --- files that are no rulebooks ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title: x\nsubject: {kind: person}\nacts: []\n", "this is a case; run it: xinyong case"),
        ("scale: 1000\n", "this is a scenario; run it: xinyong run"),
        ("id: x\nlimits: []\n", "this is a profile of limits"),
        ("measures: []\n", "this is a vocabulary; put it beside the rulebook"),
        ("id: x\n", "it has neither 'kind' nor 'versions'; see docs/encode.md"),
        ("- 1\n", "expected a mapping"),
        ("id: [\n", "not readable as YAML"),
        ("", "is empty"),
    ],
)
def test_a_file_that_is_no_rulebook_is_named_in_one_line(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "it.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        read_rulebooks(str(path))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["kind: list", "versions: []", "issuer: nobody"])
def test_what_has_one_field_of_a_rulebook_is_read_as_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "one.yaml").write_text(f"{text}\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        read_rulebooks(str(tmp_path / "one.yaml"))
    assert "this is" not in str(error.value)
    assert len(error.value.problems) > 3, "every field that is missing is named"


def test_what_is_not_even_such_a_file_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "it.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="a rulebook is a YAML file"):
        read_rulebooks(str(tmp_path / "it.txt"))
    with pytest.raises(UsageError, match="'craft' is a profile of limits, not a rulebook"):
        read_rulebooks("craft")
    with pytest.raises(UsageError, match=r"none of the \d+ rulebooks was in force"):
        lint(read_rulebooks("all"), on=dt.date(1950, 1, 1))


def test_an_empty_folder_says_where_to_look(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no rulebook here; name a YAML file"):
        read_rulebooks(str(tmp_path))
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "x.yaml").write_text("id: x\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"there are YAML files below, as in .*below"):
        read_rulebooks(str(tmp_path))


# --- JSON ---------------------------------------------------------------------------------------


def reports() -> dict[str, Report]:
    return {
        "wendeng": lint(read_rulebooks("wendeng_2020"), ignore_dates=True),
        "city": lint(read_rulebooks(str(ROOT / "examples/lint/welfare_city"))),
        "untested": lint(read_rulebooks("mou_tax_a_2016")),
        "measures": lint(read_rulebooks("mou_spc_2016")),
    }


@pytest.mark.parametrize("name", reports())
def test_the_json_has_its_documented_shape(name: str) -> None:
    data = json.loads(json.dumps(as_dict(reports()[name], every=True)))
    json_schema.Lint.model_validate(data)
    Draft202012Validator(json_schema.schema()).validate(data)


def test_the_schema_that_ships_is_the_one_that_is_made() -> None:
    """Where this fails: python -m xinyong.law.lint.json_schema."""
    shipped = Path(schema.__file__).parents[1] / "schemas" / "lint_report.schema.json"
    assert shipped.read_text(encoding="utf-8") == json_schema.made()


# --- false alarms that were found by hand ------------------------------------------------------


def test_what_is_known_from_a_report_only_is_never_in_breach_for_its_words() -> None:
    bare = json.loads(base("scheme"))["versions"][0]["provisions"]
    bare[0] |= {"when": [], "conduct": ["t_noted"]}
    sources = json.loads(base("scheme"))["sources"]
    expected = {"full text": "breach", "excerpt": "breach", "secondary": "doubt"}
    for depth, result in expected.items():
        sources["text"]["depth"] = depth
        book = invented("scheme", v_provisions=bare, sources=sources, rank="normative_document")
        for profile, limit in (("craft", "document"), ("cn_49", "effective_document")):
            assert said(book, profile, limit)["minus"] == result, (depth, limit)


def test_a_step_that_the_encoder_assumed_is_never_a_defect_of_the_rule() -> None:
    assumed = step("it", "removed", "lawful_end", cite={"assumption": "taken to follow"})
    assert said(invented("list", v_steps=[assumed]), "craft", "open_deadline") == {"it": "doubt"}


def test_a_grade_drawn_from_a_score_is_no_finding_of_conduct() -> None:
    for name in ("huangshi_score", "hangzhou_qianjiang", "public_credit_evaluation"):
        (book,) = read_rulebooks(name)
        assert "breach" not in said(book, "cn_49", "effective_document").values()
        assert "breach" not in said(book, "craft", "document").values()


def test_the_lowest_grade_that_is_known_of_a_partial_scheme_is_not_taken_to_be_bad() -> None:
    (book,) = read_rulebooks("huangshi_score")
    assert book.instrument.versions[-1].scheme is not None
    assert book.instrument.versions[-1].scheme.partial
    assert "breach" not in said(book, "cn_49", "catalogue_basis").values()


@pytest.mark.parametrize("name", ["abnormal_operations_list", "social_org_abnormal_list"])
def test_a_list_of_abnormal_operations_is_no_list_of_the_seriously_untrustworthy(name: str) -> None:
    (book,) = read_rulebooks(name)
    for limit in ("list_fields", "list_basis", "list_standard", "list_notice"):
        assert "breach" not in said(book, "cn_49", limit).values()


@pytest.mark.parametrize("limit", ["notice", "objection"])
def test_a_law_stands_beside_general_laws_on_procedure(limit: str) -> None:
    review = json.loads(base("list"))["review"] | {"objection": False}
    in_rule = invented("list", rank="department_rule", review=review, v_steps=[])
    in_law = invented("list", rank="law", review=review, v_steps=[])
    assert said(in_rule, "craft", limit) == {"v": "breach"}
    assert said(in_law, "craft", limit) == {"v": "doubt"}


def test_belief_among_other_things_is_a_doubt_alone_a_breach() -> None:
    (book,) = read_rulebooks("performers_list")
    assert set(said(book, "pipl", "sensitive").values()) == {"doubt"}
    items = said(read_rulebooks("wendeng_2020")[0], "pipl", "sensitive")
    assert items["dg_p_c_20"] == "breach"  # a banned organisation
    assert items["wd0153"] == "doubt"  # goods for superstitious use
    assert "wd0077" not in items or items["wd0077"] == "doubt"  # family planning


def test_a_listing_on_a_revoked_licence_rests_on_a_decision() -> None:
    (book,) = read_rulebooks("market_serious_list")
    found = said(book, "cn_49", "effective_document")
    papers = {p.id: p for w in book.instrument.versions for p in w.provisions}
    assert load().worths["licence_revocation"] == "effective"
    assert "breach" not in found.values()
    assert set(found) <= set(papers)


@pytest.mark.parametrize(
    ("worth", "expected"),
    [("effective", "clear"), ("informal", "breach"), ("procedural", "doubt"), (None, "doubt")],
)
def test_documents_of_ones_own_are_worth_what_one_says(
    tmp_path: Path, worth: str | None, expected: str
) -> None:
    for name in ("authorities.yaml", "measures.yaml", "places.csv", "facts.yaml", "conducts.csv"):
        if (HERE / "words" / name).exists():
            (tmp_path / name).write_bytes((HERE / "words" / name).read_bytes())
    tail = f", worth: {worth}" if worth else ""
    (tmp_path / "facts.yaml").write_text(
        f"documents: [{{id: bescheid, name: {{en: Bescheid, zh: 通知}}{tail}}}]\n", encoding="utf-8"
    )
    data = json.loads(base("list"))
    data["versions"][0]["provisions"][0]["when"] = [{"document": "bescheid"}]
    (tmp_path / "tested.yaml").write_text(json.dumps(data), encoding="utf-8")
    (book,) = read_rulebooks(str(tmp_path))
    assert said(book, "craft", "document") == {"ground": expected}
