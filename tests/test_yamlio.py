"""The YAML front door: what it takes, what it refuses, and how it says so."""

from __future__ import annotations

import datetime as dt
import json
import time
import tracemalloc
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field
from ruamel.yaml import YAML

from xinyong.errors import CaseError, CatalogueError, Problem
from xinyong.yamlio import MAX_BYTES, dotted, nearest, parse_yaml, read_yaml, validate


def refused(text: str) -> Problem:
    start = time.perf_counter()
    with pytest.raises(CatalogueError) as caught:
        parse_yaml(text, "a.yaml")
    assert time.perf_counter() - start < 1
    problem = caught.value.problems[0]
    assert problem.file == "a.yaml"
    return problem


def test_plain_values_have_the_types_of_the_core_schema_and_dates() -> None:
    text = """
    text: 信用
    words: [yes, no, on, off, "1", '2013-10-01', 1_000, 12:30]
    ints: [1, -2, +3, 0o17, 0x1F, 9223372036854775807, -9223372036854775808]
    floats: [1.5, -.5, 1e3, 2.]
    others: [true, FALSE, null, ~, ]
    day: 2013-10-01
    empty:
    folded: >-
      one
      two
    """
    assert parse_yaml(text, "a.yaml").data == {
        "text": "信用",
        "words": ["yes", "no", "on", "off", "1", "2013-10-01", "1_000", "12:30"],
        "ints": [1, -2, 3, 15, 31, 2**63 - 1, -(2**63)],
        "floats": [1.5, -0.5, 1000.0, 2.0],
        "others": [True, False, None, None],
        "day": dt.date(2013, 10, 1),
        "empty": None,
        "folded": "one two",
    }


def test_every_field_knows_its_line_and_a_missing_one_its_nearest_ancestor() -> None:
    doc = parse_yaml("# note\na: 1\nb:\n  - x: 1\n    y: {z: 2}\n  -\n    x: 3\n", "a.yaml")
    lines = {("a",): 2, ("b",): 3, ("b", 0): 4, ("b", 0, "y", "z"): 5, ("b", 1, "x"): 7}
    assert {loc: doc.line(loc) for loc in lines} == lines
    assert doc.line(("b", 0, "y", "nothing", 3)) == 5
    assert doc.line(("nothing",)) == doc.line(()) == 2


@pytest.mark.parametrize(
    ("text", "line", "name", "words"),
    [
        ("a: 1\nb: &x [1]\nc: [*x, *x]", 2, "b", "anchors"),
        ("a: 1\nb:\n  - *x", 3, "b[0]", "aliases"),
        ("a: 1\nb: !!python/object:os.system x", 2, "b", "tags"),
        ("a: 1\nb: {c: 1}\na: 2", 3, "a", "given twice, first on line 1"),
        ("a: 1\nb:\n  <<: {c: 1}", 3, "b", "merge keys"),
        ("a:\n  1: x", 2, "a", "key must be text, not the number 1"),
        ("a:\n  2013-10-01: x", 2, "a", "key must be text, not the date"),
        ("a:\n  ? [x]\n  : y", 2, "a", "key must be text"),
        ("a: 1\n---\nb: 2", 2, "", "second document"),
        ("%YAML 1.1\n---\na: yes", 1, "", "directives"),
        ("a: 1\nb: x\0", 2, "", "NUL"),
        ("a: 1\nb: \x1b[31m", 2, "", "U+001B"),
        ("a: 1\nb: x\u202ey", 2, "", "U+202E"),
        ("a: 1\nb: \ud800", 2, "", "lone surrogate"),
        ('a: 1\nb: "\\u202e"', 2, "b", "U+202E"),
        ('a: 1\nb: "\\ud800"', 2, "b", "lone surrogate"),
        ('a: 1\nb: "\\x00"', 2, "b", "NUL"),
        ('a: 1\nb: "\\UFFFFFFFF"', 2, "b", "not readable"),
        ("", 0, "", "empty"),
        ("# only a comment\n", 0, "", "empty"),
        ("- a", 1, "", "top level is a list"),
        ("hello", 1, "", "top level is a single value"),
        ("a:\n  b: 9223372036854775808", 2, "a.b", "64 bits"),
        ("a:\n  b: " + "9" * 10_000, 2, "a.b", "64 bits"),
        ("a:\n  b: .nan", 2, "a.b", "not a number"),
        ("a:\n  b: [1, -.inf]", 2, "a.b[1]", "not a number"),
        ("a:\n  b: 1e999", 2, "a.b", "too large"),
        ("a:\n  - day: 2013-02-30", 2, "a[0].day", "2013-02-30 is not a calendar date"),
        ("a: 2013-2-3", 1, "a", "not a calendar date"),
        ("a: 2013-10-01T12:00:00Z", 1, "a", "time of day"),
        ("a: 2013-10-01 12:00", 1, "a", "time of day"),
        ("a:\n\tb: 1", 2, "a", "not readable"),
        ("a: [1, 2\nb: 3", 2, "a[2]", "not readable"),
        ("a: b: c", 1, "", "not readable"),
        ("a: 1\nb: " + "x" * 20_001, 2, "b", "longer than 20,000"),
        ("a: 1\nb: " + "[" * 5_000, 2, "b[0]", "nested deeper than 30"),
        ("a:\n  " + "- " * 5_000, 2, "a" + "[0]" * 29, "nested deeper than 30"),
        ("".join(" " * i + "a:\n" for i in range(1_900)), 31, ".".join("a" * 30), "nested"),
        ("a: [" + "1," * 900_000 + "]", 0, "", "too many values"),
        ("".join(f"k{i}:\n" for i in range(200_000)), 0, "", "too many values"),
        ("".join(f"k{i}:\n" for i in range(1_000_000)), 0, "", "larger than 2 MB"),
        ("a: " + "x" * 1_900_000, 1, "a", "longer than"),
        ("a: " + "xy " * 600_000, 1, "a", "longer than"),
        ('a: "' + "\\n" * 900_000 + '"', 1, "a", "longer than"),
        ("a: !" + "x" * 1_900_000, 1, "a", "tags"),
        ("a: &" + "x" * 1_900_000, 1, "a", "anchors"),
        ("#\n" * 900_000, 0, "", "empty"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_refused_is_named_with_line_and_field(
    text: str, line: int, name: str, words: str
) -> None:
    problem = refused(text)
    assert words in problem.message
    assert (problem.field, problem.line) == (name, line)


def test_several_bad_values_are_reported_together() -> None:
    with pytest.raises(CaseError) as caught:
        parse_yaml("a: 2013-02-30\nb: .inf\nc: [1, 99999999999999999999]", "c.yaml", CaseError)
    assert [p.field for p in caught.value.problems] == ["a", "b", "c[1]"]


def test_long_digit_runs_are_not_repeated_in_messages() -> None:
    number = "1" * 17 + "X"
    assert number not in str(refused(f"a:\n  {number}: 1\n  {number}: 2"))


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"a: 1\nb: \xff\xfe", 2, "not UTF-8"),
        ("a: 1".encode("utf-16"), 1, "UTF-16"),
        (b"a: \xed\xa0\x80", 1, "not UTF-8"),
        (b"", 0, "empty"),
    ],
)
def test_files_in_other_encodings_are_refused(
    tmp_path: Path, raw: bytes, line: int, words: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(raw)
    with pytest.raises(CatalogueError, match=words) as caught:
        read_yaml(path)
    assert caught.value.problems[0].line == line


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n  y\r\n")
    assert read_yaml(path).data == {"a": 1, "b": "x\ny\n"}


def test_a_huge_file_is_refused_by_its_size_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with path.open("wb") as stream:
        stream.write(b"a: ")
        stream.truncate(100_000_000)
    tracemalloc.start()
    with pytest.raises(CatalogueError, match="larger than 2 MB"):
        read_yaml(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MAX_BYTES


@pytest.mark.parametrize("name", ["missing.yaml", ".", "a\0b"])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CaseError):
        read_yaml(tmp_path / name, CaseError)


def test_a_catalogue_file_of_usual_size_loads_fast() -> None:
    entry = (
        "  - id: p{0}\n    zh: 公共信用信息\n    points: {0}\n    from: 2013-10-01\n    text: >-\n"
    )
    entry += "      a restated sentence which goes on for a while\n" * 6
    text = "provisions:\n" + "".join(entry.format(i) for i in range(1_500))
    assert len(text) > 550_000
    start = time.perf_counter()
    parse_yaml(text, "a.yaml")
    assert time.perf_counter() - start < 2  # 0.4 s alone; other jobs may share the machine


safe_text = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Cn"]), max_size=20
)
json_data = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | safe_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(safe_text, inner, max_size=4),
    max_leaves=20,
)
mappings = st.dictionaries(safe_text.filter(lambda key: key != "<<"), json_data, max_size=5)


@given(mappings, st.booleans(), st.sampled_from([None, 2]))
@settings(max_examples=150, deadline=None)
def test_json_is_read_as_what_it_says(data: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(data, ensure_ascii=ascii_only, indent=indent)
    try:
        assert parse_yaml(text, "a.yaml").data == data
    except CatalogueError as exc:
        assert "merge keys" in str(exc)  # noqa: PT017 - "<<" as a key deeper inside


@given(st.binary(max_size=300) | st.text(":-?[]{}#&*!|>'\"%@` ,\n\tab1<~.\\x", max_size=60))
@settings(max_examples=400, deadline=None)
def test_nothing_but_our_error_is_ever_raised(given_data: bytes | str) -> None:
    text = given_data if isinstance(given_data, str) else given_data.decode("latin-1")
    try:
        ours = parse_yaml(text, "a.yaml").data
    except CatalogueError as exc:
        assert all(p.file == "a.yaml" and p.message for p in exc.problems)  # noqa: PT017
        return
    # What we take, ruamel's own reader takes too, with the same keys.
    assert list(ours) == list(YAML(typ="base", pure=True).load(text.replace("\r\n", "\n")))


# --- validate ------------------------------------------------------------------------


class Points(BaseModel, extra="forbid"):
    kind: Literal["points"]
    amount: int = Field(ge=-1000, strict=True)


class Entry(BaseModel, extra="forbid"):
    kind: Literal["entry"]
    into: str


class Provision(BaseModel, extra="forbid"):
    id: str
    effect: Annotated[Points | Entry, Field(discriminator="kind")]
    until: dt.date | int | None = None
    smart: Points | Entry | None = None


class Instrument(BaseModel, extra="forbid"):
    nature: Literal["penalty", "reward"]
    provisions: list[Provision]


def problems_of(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(CatalogueError) as caught:
        validate(Instrument, parse_yaml(text, "a.yaml"))
    return [
        (p.line, p.field, f"{p.message}; {p.suggestion}".removesuffix("; "))
        for p in caught.value.problems
    ]


def test_a_good_document_becomes_the_model() -> None:
    text = "nature: reward\nprovisions:\n  - {id: a, effect: {kind: points, amount: 3}}\n"
    assert validate(Instrument, parse_yaml(text, "a.yaml")).provisions[0].effect.kind == "points"


def test_every_mistake_is_named_in_plain_words_by_line() -> None:
    text = """nature: penlty
provisions:
  - id: 7
    effect: {kind: points, amuont: 3}
  - id: b
    efect: 1
    effect: {kind: pionts, amount: 3}
  - id: c
    effect: {amount: 3}
    until: [x]
  - id: d
    effect: {kind: points, amount: many}
    smart: {kind: entry, into: x, amount: 2}
"""
    assert problems_of(text) == [
        (
            1,
            "nature",
            "expected 'penalty' or 'reward', found the text 'penlty'; did you mean 'penalty'?",
        ),
        (3, "provisions[0].id", "expected a text, found the number 7; put it in quotes"),
        (4, "provisions[0].effect.amount", "this field is missing; add 'amount: ...'"),
        (
            4,
            "provisions[0].effect.amuont",
            "unknown field 'amuont'; did you mean 'amount'?",
        ),
        (6, "provisions[1].efect", "unknown field 'efect'; did you mean 'effect'?"),
        (
            7,
            "provisions[1].effect.kind",
            "expected 'points' or 'entry', found the text 'pionts'; did you mean 'points'?",
        ),
        (9, "provisions[2].effect.kind", "this field is missing; add 'kind: ...'"),
        (
            10,
            "provisions[2].until",
            "expected a date such as 2013-10-01 or a whole number, found a list",
        ),
        (12, "provisions[3].effect.amount", "expected a whole number, found the text 'many'"),
        (13, "provisions[3].smart.amount", "unknown field 'amount'; known here: kind, into"),
    ]


def test_after_fifty_problems_the_rest_is_counted() -> None:
    fields = "".join(f"x{i}: 1\n" for i in range(60))
    found = problems_of(f"nature: reward\nprovisions: []\n{fields}")
    assert len(found) == 51
    assert found[-1][2] == "and 10 more"


def test_field_named_like_a_union_label_does_not_confuse_the_line() -> None:
    class Inner(BaseModel, extra="forbid"):
        kind: Literal["points"]
        points: int

    class Other(BaseModel, extra="forbid"):
        kind: Literal["entry"]

    class Outer(BaseModel):
        effect: Annotated[Inner | Other, Field(discriminator="kind")]

    with pytest.raises(CatalogueError, match=r"a.yaml:3: effect.points: expected a whole"):
        validate(Outer, parse_yaml("effect:\n  kind: points\n  points: x\n", "a.yaml"))


def test_names_are_compared_without_case_and_paths_written_plainly() -> None:
    assert nearest("Trigger", ["trigger", "effect"]) == "did you mean 'trigger'?"
    assert nearest("zzz", ["trigger"]) == ""
    assert dotted(("a", 0, "b c", "d")) == "a[0]['b c'].d"
