"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from xinyong import cli
from xinyong.case.changes import TRIED
from xinyong.errors import XinyongError

CASE = """
subject: {kind: person, place: wendeng}
acts:
  - conduct: judgment_refusal
    from: 2021-01-10
    circumstances: [able]
    documents: [{kind: enforcement_notice, formed: 2020-12-01, served: 2020-12-05}]
on: 2022-01-01
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    return path


class Ran:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


def run(capsys: pytest.CaptureFixture[str], *args: str) -> Ran:
    with pytest.raises(SystemExit) as left:
        cli.main(list(args))
    captured = capsys.readouterr()
    return Ran(int(left.value.code or 0), captured.out, captured.err)


def test_a_case_for_people(
    capsys: pytest.CaptureFixture[str], case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "5000")  # a line stays a line
    ran = run(capsys, "case", str(case))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("HYPOTHETICAL, SYNTHETIC")
    assert "599 points, grade D" in ran.out
    assert "\x1b" not in ran.out
    for line in ran.out.splitlines():
        if line.startswith(("  entry:", "  score:", "  step:", "  not:", "  because:")):
            assert line.rstrip().endswith("]") or "; assumption A" in line or "; A" in line, line


def test_no_line_of_a_case_is_longer_than_the_screen(
    capsys: pytest.CaptureFixture[str], case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for width in (80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        wide = [sum(1 + (ord(c) > 0x2E7F) for c in x) for x in
                run(capsys, "case", str(case)).out.splitlines()]  # fmt: skip
        assert max(wide) <= width


def test_a_case_may_be_stated_with_links(capsys: pytest.CaptureFixture[str]) -> None:
    act = "judgment_refusal,from=2018-03-05,able,document=enforcement_notice:2018-02-01:2018-02-06"
    said = ("case", "--kind", "person", "--place", "gansu", "--on", "2018-06-01", "--act", act)
    ran = run(capsys, *said, "--link", "organ,is=employer", "--brief")
    assert "What follows for the linked organ, which is employer of the subject" in ran.out
    assert "no provision reads a link" in run(capsys, *said, "--link", "organ,is=employee").err
    assert "write KIND,as=..._of or KIND,is=..." in run(capsys, *said, "--link", "organ,x").err


def test_an_open_term_is_amended_as_a_whole_and_the_message_says_how(
    capsys: pytest.CaptureFixture[str], case: Path
) -> None:
    path = "spc_defaulters.provisions.ground_1.effect.term"
    refused = run(capsys, "case", str(case), "--amend", f"{path}.n=1@2019-01-01").err
    said = f"{path}={{n: 2, unit: year, from: decided}}@2019-01-01"
    assert f"--amend '{said}'" in refused
    ran = run(capsys, "case", str(case), "--brief", "--amend", said)
    assert (ran.code, ran.err) == (0, "")
    assert "until 2023-01-10" in ran.out


def test_a_case_for_machines(capsys: pytest.CaptureFixture[str], case: Path) -> None:
    ran = run(capsys, "case", str(case), "--json", "--on", "2019-01-01")
    assert ran.code == 4
    assert "later than the day asked for" in ran.err
    ran = run(capsys, "case", str(case), "--json", "--on", "2021-03-01")
    assert json.loads(ran.out)["on"] == "2021-03-01"


def test_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(run(capsys, "catalogue", "list", "--json").out)
    words = "".join(run(capsys, "catalogue", "list").out.split())  # lines are wrapped
    for row in listed["instruments"]:
        shown = json.loads(run(capsys, "catalogue", "show", row["id"], "--json").out)
        assert shown["instrument"]["name"]["zh"] == row["zh"]
        assert len(shown["instrument"]["versions"]) == len(row["versions"])
        assert "".join(row["zh"].split()) in words
    text = run(capsys, "catalogue", "show", "spc_defaulters", "--on", "2015-01-01").out
    assert "Version v2013" in text
    assert "Version v2017" not in text
    assert "[full text]" in text


DRIVER = ("--kind", "person", "--place", "wendeng", "--on", "2021-01-15", "--brief")
DRUNK = "drunk_driving,from=2020-03-10,document=penalty_decision:2020-03-12"


def test_a_case_without_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ran = run(capsys, "case", *DRIVER, "--act", DRUNK, "--act", "blood_donation,from=2020-06-01")
    assert (ran.code, ran.err) == (0, "")
    path = tmp_path / "same.yaml"
    path.write_text(
        "subject: {kind: person, place: wendeng}\nacts:\n"
        "  - {conduct: drunk_driving, from: 2020-03-10,\n"
        "     documents: [{kind: penalty_decision, formed: 2020-03-12}]}\n"
        "  - {conduct: blood_donation, from: 2020-06-01}\non: 2021-01-15\n",
        encoding="utf-8",
    )
    assert run(capsys, "case", str(path), "--brief").out == ran.out


def test_a_circumstance_an_event_and_the_course(capsys: pytest.CaptureFixture[str]) -> None:
    act = "judgment_refusal,from=2018-03-05,able,document=enforcement_notice:2018-02-01:2018-02-06"
    base = ("case", "--kind", "person", "--place", "gansu", "--on", "2018-06-01", "--brief")
    listed = run(capsys, *base, "--act", act).out
    assert "entry: judgment defaulters list" in listed
    stated = run(capsys, *base, "--act", act, "--course", "stated").out
    assert "entry:" not in stated
    decided = f"{act},event=decided:2018-04-02:spc_defaulters"
    assert "from 2018-04-02" in run(capsys, *base, "--act", decided, "--course", "stated").out


def test_an_amendment_and_a_reading(capsys: pytest.CaptureFixture[str]) -> None:
    act = ("--act", "blood_donation,from=2020-06-01")
    usual = json.loads(run(capsys, "case", *DRIVER, *act, "--json").out)
    path = "wendeng_2020.items.wd0384.high=25"
    amended = json.loads(run(capsys, "case", *DRIVER, *act, "--amend", path, "--json").out)
    assert (usual["scores"][0]["points"], amended["scores"][0]["points"]) == (1010, 1025)
    assert usual["catalogue"] != amended["catalogue"]
    (line,) = amended["acts"][0]["lines"]
    assert "amended for this calculation" in line["basis"]["assumption"]
    other = "wendeng_2020.validity_starts=from_recording"
    read = json.loads(run(capsys, "case", *DRIVER, *act, "--reading", other, "--json").out)
    assert usual["acts"][0]["lines"][0]["until"] == "2021-06-01"
    assert read["acts"][0]["lines"][0]["until"] == "2021-07-01"


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("--act", "drunk_drivin,from=2020-03-10"), 4, "did you mean 'drunk_driving'?"),
        (("--act", "running_a_red_light,from=2020-03-10"), 4, "'traffic_12_points'? 'xinyong"),
        (("--act", "quarantine_violation,from=2020-03-10"), 4, "did you mean 'isolation_breach'"),
        (("--act", "concealing_travel_history,from=2020-03-10"), 4, "'epidemic_concealment'? 'x"),
        (("--act", "drunk_driving"), 4, "from: this field is missing"),
        (("--act", "from=2020-03-10"), 2, "write the conduct first"),
        (("--act", f"{DRUNK},from=2020-03-11"), 2, "'from' is given twice"),
        (("--act", "drunk_driving,from=2020-13-10"), 4, "expected a date"),
        (("--act", f"{DRUNK},amount=5"), 4, "has no 'amount'"),
        (("--act", "drunk_driving,from=2020-03-10,document=penalty_decision"), 2, "KIND:FORMED"),
        (("--act", DRUNK, "--role", "self"), 4, "is not a role"),
        (("--act", DRUNK, "--course", "kind"), 4, "course"),
        (("--act", DRUNK, "--amend", "spc_defaulters.x=1"), 2, "has no 'x'"),
        (("--act", DRUNK, "--reading", "wendeng_2020.x=1"), 2, "has no question"),
        (("--act", "drunk_driving,from=13800138000"), 4, "looks like an identity"),
        (("--act", f"{DRUNK},13800138000"), 4, "looks like an identity"),
    ],
)
def test_wrong_options_are_one_line_each_and_repeat_no_identity(
    capsys: pytest.CaptureFixture[str], args: tuple[str, ...], code: int, message: str
) -> None:
    ran = run(capsys, "case", *DRIVER, *args)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
    assert len(ran.err.splitlines()) == 1
    assert "13800138000" not in ran.err


JOINED = ("case", "--kind", "person", "--brief")


def test_a_scheme_that_one_has_to_join_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "5000")
    outside = run(capsys, *JOINED, "--place", "suzhou", "--on", "2020-01-01").out
    assert "scores only those who join; state consents: [suzhou_guihua]" in outside
    inside = run(
        capsys, *JOINED, "--place", "suzhou", "--on", "2020-01-01", "--consent", "suzhou_guihua"
    ).out
    assert "scores only those who join" not in inside
    needless = run(
        capsys, *JOINED, "--place", "fuzhou", "--on", "2021-01-01", "--consent", "fuzhou_moli"
    )
    assert "nobody has to join 'fuzhou_moli'" in needless.err
    over = run(
        capsys, *JOINED, "--place", "suzhou", "--on", "2016-06-01", "--consent", "tencent_credit"
    ).out
    assert "joined, but not in force on 2016-06-01" in over


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("foo",), 2, "No such command"),
        (("case",), 2, "Missing argument"),
        (("case", "x.yaml", "--onn", "2020"), 2, "No such option"),
        (("case", "missing.yaml"), 4, "cannot be read"),
        (("case", "."), 4, "is not a file"),
        (("catalogue",), 2, "Missing command"),
        (("catalogue", "show", "spc_defaulter"), 2, "did you mean 'spc_defaulters'"),
        (("catalogue", "show", "sesam"), 2, "did you mean 'sesame_credit'"),
        (("catalogue", "show", "Sesame Credit"), 2, "did you mean 'sesame_credit'"),
        (("catalogue", "show", "芝麻"), 2, "did you mean 'sesame_credit'"),
        (("lint", "spc_defaulters", "--against", "gpdr"), 2, "did you mean 'gdpr_22'"),
        (("catalogue", "show", "spc_defaulters", "--on", "2010-01-01"), 2, "not in force"),
        (("catalogue", "show", "spc_defaulters", "--on", "yesterday"), 2, "calendar date"),
    ],
)
def test_wrong_use(
    capsys: pytest.CaptureFixture[str], args: tuple[str, ...], code: int, message: str
) -> None:
    ran = run(capsys, *args)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
    assert all(line.startswith("xinyong: ") for line in ran.err.splitlines())


def test_problems_are_one_a_line(capsys: pytest.CaptureFixture[str], case: Path) -> None:
    case.write_text(CASE.replace("able", "abel").replace("2021-01-10", "2023-01-10"))
    ran = run(capsys, "case", str(case))
    assert ran.code == 4
    lines = ran.err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"xinyong: {case}:5: acts[0].from: ")
    assert "did you mean 'able'?" in lines[1]


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(28, "No space left on device", "out.json"), 6, "out.json: No space left"),
        *((kind("x"), kind.exit_code, "xinyong: x") for kind in XinyongError.__subclasses__()[:1]),
    ],
)
def test_every_way_out_has_its_code(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    message: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli, "_silence", lambda: None)
    monkeypatch.setattr("xinyong.law.catalogue.load", fail)
    ran = run(capsys, "catalogue", "list")
    assert ran.code == code
    assert message in ran.err
    assert len(ran.err.splitlines()) == 1


def shell(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "xinyong", *args],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=os.environ | env,
    )


def test_help_says_how_many_changes_are_tried() -> None:
    ran = shell("case", "--help", COLUMNS="200")
    assert re.search(rf"--search .*{TRIED}\b", " ".join(ran.stdout.split()))


def test_help_and_version_load_nothing_heavy() -> None:
    ran = shell("--help")
    assert ran.returncode == 0
    assert "catalogue" in ran.stdout
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, xinyong.cli; print(sorted({'numpy', 'numba', 'pydantic', 'pyarrow', "
            "'altair', 'ruamel.yaml'} & set(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.strip() == "[]"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_one_line(case: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "xinyong", "case", str(case)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 6
    assert ran.stderr.splitlines() == [
        "xinyong: No space left on device; check the path and the space left"
    ]


def test_the_calculator_needs_no_compiler(case: Path) -> None:
    code = f"""
import sys
sys.argv = ['xinyong', 'case', {str(case)!r}]
from xinyong.cli import main
try:
    main()
finally:
    print(sorted({{'numba', 'pyarrow', 'altair'}} & set(sys.modules)), file=sys.stderr)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert ran.stderr.strip() == "[]"
    assert "grade D" in ran.stdout


DONOR = ["--kind", "person", "--place", "wendeng", "--on", "2021-01-15",
         "--act", "drunk_driving,from=2020-03-10,document=penalty_decision:2020-03-12",
         "--act", "blood_donation,from=2020-06-01"]  # fmt: skip


def test_points_that_do_not_count_are_not_shown_as_if_they_did(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran = run(capsys, "case", *DONOR)
    line = " ".join(ran.out.split())
    assert "0 points: the +10 points for this does not count while act 0 stands" in line
    changes = line.partition("What would change it")[2].partition("Timeline")[0]
    changing, _, idle = changes.partition("changes nothing if left out")
    assert "acts[0]: without drunk_driving" in changing
    assert "acts[1]: without" not in changing
    assert "acts[1]" in idle


def test_messages_speak_of_cases(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("# nothing\n", encoding="utf-8")
    assert "a case begins: subject:" in run(capsys, "case", str(empty)).err
    old = run(capsys, "case", *DONOR, "--age", "200")
    assert "ages run from 0 to 120" in old.err
    place = run(capsys, "case", "--kind", "person", "--place", "Peking", "--act",
                "blood_donation,from=2020-06-01", "--on", "2021-01-01")  # fmt: skip
    assert "did you mean 'beijing'?" in place.err
    idle = run(capsys, "case", "--kind", "person", "--place", "wendeng", "--on", "2021-01-15",
               "--act", "drunk_driving,from=2020-03-10,persons=4")  # fmt: skip
    assert "of this conduct only its days are read" in idle.err
    assert "penalty_decision" in idle.err
