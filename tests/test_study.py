"""Studies: intervals meet closed forms, twins are zero, arms that change nothing change nothing."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from xinyong import cli
from xinyong.errors import UsageError, XinyongError
from xinyong.study.answer import Answer, Matter, Row
from xinyong.study.interval import mean_interval, ratio_difference, t_cdf, t_quantile
from xinyong.study.questions import QUESTIONS, question

# --- intervals ------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.6, 0.9, 0.975, 0.995])
def test_quantiles_of_t_meet_their_closed_forms(p: float) -> None:
    """One degree: the Cauchy quantile; two and four: roots of quadratic and cubic equations."""
    a = 4 * p * (1 - p)
    cosine = math.cos(math.acos(math.sqrt(a)) / 3) / math.sqrt(a)
    assert t_quantile(p, 1) == pytest.approx(math.tan(math.pi * (p - 0.5)))
    assert t_quantile(p, 2) == pytest.approx(2 * (p - 0.5) * math.sqrt(2 / a))
    assert t_quantile(p, 4) == pytest.approx(2 * math.sqrt(cosine - 1))


@pytest.mark.parametrize(("df", "table"), [(3, 3.182), (7, 2.365), (19, 2.093), (120, 1.980)])
def test_quantiles_of_t_are_those_of_the_printed_table(df: int, table: float) -> None:
    assert t_quantile(0.975, df) == pytest.approx(table, abs=5e-4)
    assert t_cdf(-t_quantile(0.975, df), df) == pytest.approx(0.025)


def test_a_paired_interval_by_hand() -> None:
    """Differences 1, 2, 0: mean 1, standard deviation 1, t of two degrees 4.3027."""
    found = mean_interval([1, 2, 3], [2, 4, 3])
    assert found.difference == 1
    assert found.high == pytest.approx(1 + 4.30265 / math.sqrt(3), abs=1e-4)
    assert mean_interval([5.0], [7.0]).low is None


def test_a_ratio_of_totals_by_hand() -> None:
    """(1 + 3) / (10 + 10) against (2 + 4) / (10 + 10); both replicates differ alike."""
    found = ratio_difference([1, 3], [10, 10], [2, 4], [10, 10])
    assert (found.baseline, found.value) == (0.2, 0.3)
    assert found.low == pytest.approx(0.1)
    assert found.high == pytest.approx(0.1)


def test_equal_arms_differ_by_exactly_zero() -> None:
    top, bottom = [1.0, 2.0, 7.0], [3.0, 11.0, 13.0]
    found = ratio_difference(top, bottom, list(top), list(bottom))
    assert (found.difference, found.low, found.high) == (0.0, 0.0, 0.0)
    assert ratio_difference([0, 0], [0, 0], [1, 1], [2, 2]).difference == 0.5


@pytest.mark.parametrize("p", [0.2, 1.0])
def test_what_no_quantile_has_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match=r"from 0\.5"):
        t_quantile(p, 3)


# --- the standard form ------------------------------------------------------------------


def answer(**given: object) -> Answer:
    matters = tuple(
        Matter(name, f"what {name} is", 0.1, (0.0, 1.0), "It moves the answer.")
        for name in ("study.one", "study.two")
    )
    rows = (
        Row("more", "all", "share", "per 100", 1.0, 3.0, 2.0, 1.5, 2.5, 4),
        Row("more", "village", "share", "per 100", 1.0, 1.0, 0.0, None, None, 0, unstable=True),
    )
    made = Answer(
        "example", "Q0", "Does it?", ("teacher",), "A", ("plain", "as it is"),
        {"more": "more of it"}, ("It does.",), rows, matters, ("Whether it should.",), 0.0,
        {"scale": 100, "from": "2014-01", "to": "2014-12", "seeds": [1, 2], "run_digests": {}},
    )  # fmt: skip
    return replace(made, **given)  # type: ignore[arg-type]


def test_an_answer_is_data_a_page_and_lines() -> None:
    made = answer()
    data = json.loads(json.dumps(made.to_json()))
    assert data["schema_version"] == 2
    assert data["rows"][0]["difference"] == 2.0
    page = made.to_markdown()
    for text in ("# Q0 Does it?", "Synthetic", "| `more` | share (per 100) | 1 | 3 | 2 | 1.5 to",
                 "unstable", "exactly 0", "seeds 1, 2", "study.two"):  # fmt: skip
        assert text in page
    assert any("1 -> 3, 2 (1.5 to 2.5)" in text for _, text in made.lines())
    rows = list(csv.DictReader(io.StringIO(made.to_csv())))
    assert rows[1]["group"] == "village"
    assert rows[1]["low"] == ""


def test_an_answer_whose_twin_moves_cannot_be_made() -> None:
    with pytest.raises(XinyongError, match=r"differs by 0\.1"):
        answer(twin=0.1)
    with pytest.raises(XinyongError, match="not 2"):
        answer(matters=answer().matters[:1])


# --- the registry and the command --------------------------------------------------------


def test_every_question_has_a_name_a_number_and_a_line() -> None:
    for name, found in QUESTIONS.items():
        assert found.name == name == question(found.number).name
        assert found.ask.endswith("?")
        assert bool(found.scale) == bool(found.replicates)


def test_a_wrong_name_is_refused() -> None:
    with pytest.raises(UsageError, match="no study 'xyz'"):
        question("xyz")


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(["study", *args])
    found = capsys.readouterr()
    return int(left.value.code or 0), found.out, found.err


def test_the_command_lists_every_question(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(QUESTIONS)
    assert len(json.loads(run(capsys, "--json")[1])["studies"]) == len(QUESTIONS)


def test_an_answer_is_written_whole(tmp_path: Path) -> None:
    from xinyong.cli_study import write_answer
    from xinyong.errors import OutputError

    out = tmp_path / "found" / "q0"
    write_answer(answer(), out)
    assert {p.name for p in out.iterdir()} == {"answer.json", "answer.md", "rows.csv"}
    assert [p.name for p in out.parent.iterdir()] == ["q0"]
    with pytest.raises(OutputError, match="exists already"):
        write_answer(answer(), out)


def test_an_answer_is_read_back_as_it_was_written() -> None:
    made = answer()
    assert Answer.from_json(json.loads(json.dumps(made.to_json()))).to_json() == made.to_json()
    assert made.command == "xinyong study example --scale 1:100 --replicates 2 --seed 1"
    with pytest.raises(XinyongError, match="another schema"):
        Answer.from_json({"schema_version": 0})


def test_the_page_is_made_of_answers(tmp_path: Path) -> None:
    from xinyong.cli_study import write_answer
    from xinyong.study.page import main

    name = next(iter(QUESTIONS))
    write_answer(answer(name=name), tmp_path / "one")
    main([str(tmp_path / "page.md"), str(tmp_path / "one")])
    text = (tmp_path / "page.md").read_text("utf-8")
    assert text.startswith("# Studies\n")
    assert "## Q0 Does it?" in text


# --- safeguards and headlines, by hand -----------------------------------------------------


def test_two_safeguards_on_one_number_multiply() -> None:
    from xinyong.assumptions import assumptions
    from xinyong.study.questions.q9_safeguards import arms

    plain = assumptions().value("identity.wrong")
    found = {arm.name: arm.assume for arm in arms()}
    assert found["notice"]["identity.wrong"] == pytest.approx(0.9 * plain)
    assert found["notice+second_key"]["identity.wrong"] == pytest.approx(0.09 * plain)
    assert len(found) == 1 + 5 + 10


def test_staff_by_hand() -> None:
    """96 entries: 24 hours of notice. 12 objections beyond today's at 4 hours / 0.6."""
    from xinyong.study.questions.q9_safeguards import staff_months

    today = {("all", "annulled"): 3.0, ("all", "entries"): 96.0}
    more = {("all", "annulled"): 15.0, ("all", "entries"): 96.0}
    assert staff_months("notice", more, today) == pytest.approx(24 / 160)
    assert staff_months("objection_desk", more, today) == pytest.approx(12 / 0.6 * 4 / 160)
    both = staff_months("notice+objection_desk", more, today)
    assert both == pytest.approx((24 + 80) / 160)
    assert staff_months("as_is", more, today) == 0


@pytest.mark.parametrize("name", ["q4_zombie", "q5_interoperability", "q6_groups",
                                  "q9_safeguards", "q34_sensitivity"])  # fmt: skip
def test_every_arm_is_a_scenario_of_known_assumptions(name: str) -> None:
    import importlib

    from xinyong.assumptions import assumptions
    from xinyong.engine.scenario import Scenario

    module = importlib.import_module(f"xinyong.study.questions.{name}")
    arms = module.arms()
    assert len({arm.name for arm in arms}) == len(arms)
    for arm in arms:
        given = arm.over(Scenario())
        assumptions().changed(given.assume)
        assert arm.about


def test_answers_are_of_the_published_schema() -> None:
    from jsonschema import Draft202012Validator

    from xinyong.study import answer as module
    from xinyong.study.settings import Settings

    path = Path(module.__file__).with_name("answer.schema.json")
    schema = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    of = Draft202012Validator(schema).is_valid
    data = json.loads(json.dumps(answer().to_json()))
    assert of(data)
    assert not of(data | {"twin": 0.1})
    assert not of(data | {"more": 1})
    assert not of({k: v for k, v in data.items() if k != "rows"})
    found = next(q for q in QUESTIONS.values() if not q.scale)
    made = found.make(Settings(0, 0))
    assert of(json.loads(json.dumps(made.to_json())))
    assert (made.name, made.number) == (found.name, found.number)
