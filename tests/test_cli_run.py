"""The commands that run scenarios: what they write, what they say, what they leave behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from xinyong.cli import main
from xinyong.errors import OutputError

TINY = ["--scale", "1:100000", "--to", "2013-12"]


def call(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, list[str]]:
    """Run the command line in process: exit code, output, lines on standard error."""
    with pytest.raises(SystemExit) as left:
        main(list(args))
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, [x for x in err.splitlines() if x.startswith("xinyong:")]


def is_empty(folder: Path) -> bool:
    """Tell whether nothing was left in a folder, hidden or not."""
    return not list(folder.iterdir())


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny finished run with every event kept."""
    from xinyong import Scenario, run

    out = tmp_path_factory.mktemp("run") / "tiny"
    run(Scenario(scale=10_000, until="2014-10", keep="all"), out)
    return out


# --- what a run writes -------------------------------------------------------------------


def test_run_writes_a_folder_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "tiny"
    code, text, problems = call(capsys, "run", *TINY, "--out", str(out))
    assert (code, problems) == (0, [])
    assert f"results  {out}" in text
    assert f"report   {out / 'report.html'}" in text
    assert "ynthetic" in text
    names = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    assert names == {
        "manifest.json",
        "indicators.parquet",
        "derived.parquet",
        "entries/entries.parquet",
        "determinations/scores.parquet",
        "determinations/records.parquet",
        "report.html",
    }
    assert [p.name for p in out.parent.iterdir()] == ["tiny"]
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["scenario"]["scale"] == 100_000
    assert manifest["synthetic"].startswith("Synthetic")


def test_run_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "tiny"
    code, text, problems = call(capsys, "run", *TINY, "--json", "--out", str(out))
    found = json.loads(text)
    assert (code, problems, found["schema_version"]) == (0, [], 1)
    assert Path(found["report"]).is_file()
    assert found["lists"]["spc_defaulters"]["entered"] >= 0
    for named in (out, out / "manifest.json"):
        code, again, _ = call(capsys, "report", str(named), "--json")
        assert code == 0
        assert json.loads(again)["digest"] == found["digest"]


def test_plan_runs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, text, _ = call(capsys, "run", "--plan", "--json")
    plan = json.loads(text)
    assert code == 0
    assert plan["months"] == 111
    assert plan["subjects"] > 10_000_000
    code, text, _ = call(capsys, "run", "--plan", *TINY)
    assert code == 0
    assert "2013-10 to 2013-12" in text
    assert is_empty(tmp_path)


def test_a_scenario_file_and_options_that_change_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("name: mine\nscale: 5000\nto: 2014-03\n", "utf-8")
    code, text, problems = call(capsys, "run", str(file), "--plan", "--to", "2013-11")
    assert (code, problems) == (0, [])
    assert "2013-10 to 2013-11" in text
    assert "1:5,000" in text


# --- wrong use ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code", "word"),
    [
        (["--keep", "some"], 2, "--keep"),
        (["--scale", "0"], 2, "--scale"),
        (["--scale", "2:1"], 2, "--scale"),
        (["--scale", "1:0"], 2, "--scale"),
        (["--scale", "1:2000000"], 2, "--scale"),
        (["--from", "2013-13"], 2, "--from"),
        (["--to", "yesterday"], 2, "--to"),
        (["--seed", "many"], 2, "--seed"),
        (["--colour", "red"], 2, "--colour"),
        (["--from", "2015-01", "--to", "2014-12"], 5, "2014-12 lies before from 2015-01"),
        (["--from", "2013-09"], 5, "2013-10"),
        (["--to", "2023-01"], 5, "2022-12"),
        (["--seed", "-1"], 5, "seed"),
    ],
)
def test_wrong_options_are_one_clear_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    args: list[str],
    code: int,
    word: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    found, text, problems = call(capsys, "run", *args)
    assert (found, text, len(problems)) == (code, "", 1)
    assert word in problems[0]
    assert is_empty(tmp_path)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("scale: 100\nscales: 7\n", "s.yaml:2: scales"),
        ("mechanisms:\n  friction: true\n  magic: true\n", "s.yaml:3: mechanisms.magic"),
        ("keep: some\n", "s.yaml:1: keep"),
        ("scale: [1\n", "s.yaml:"),
        ("from: 2014-05\nto: 2014-13\n", "s.yaml:2: to"),
    ],
)
def test_a_wrong_scenario_names_file_line_and_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, place: str
) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(text, "utf-8")
    code, _, problems = call(capsys, "run", str(file), "--plan")
    assert (code, len(problems)) == (5, 1)
    assert place in problems[0]


def test_a_scenario_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00\x01")
    for name in ("absent.yaml", "binary.yaml", "."):
        code, _, problems = call(capsys, "run", str(tmp_path / name), "--plan")
        assert (code, len(problems)) == (5, 1)
        assert str(tmp_path) in problems[0]


# --- results that cannot be written or read ----------------------------------------------


def test_a_folder_that_exists_is_not_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "notes").write_text("mine", "utf-8")
    code, _, problems = call(capsys, "run", *TINY, "--out", str(out))
    assert (code, len(problems)) == (6, 1)
    assert "exists already" in problems[0]
    assert [p.name for p in out.iterdir()] == ["notes"]


def test_a_folder_that_exists_is_refused_before_anything_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xinyong.engine.run", None)  # importing it would fail
    code, _, problems = call(capsys, "run", *TINY, "--out", str(tmp_path))
    assert (code, len(problems)) == (6, 1)
    assert "exists already" in problems[0]


def test_a_file_where_a_folder_should_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    for args in (["run", *TINY, "--out", str(file / "run")], ["run", *TINY, "--out", str(file)]):
        code, _, problems = call(capsys, *args)
        assert (code, len(problems)) == (6, 1)
    for folder in (file, tmp_path):
        code, _, problems = call(capsys, "report", str(folder))
        assert (code, len(problems)) == (6, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert file.read_text("utf-8") == "x"


def test_a_full_disk_leaves_nothing(tmp_path: Path, finished: Path) -> None:
    """No file may grow beyond a few bytes, as on a disk that is full."""
    del finished  # what is compiled is cached by now
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "import numba, xinyong.engine.run, xinyong.report.html; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); "
        "from xinyong.cli import main; main(sys.argv[1:])"
    )
    args = [sys.executable, "-c", script, "run", *TINY, "--out", str(tmp_path / "run")]
    done = subprocess.run(args, capture_output=True, text=True, timeout=300, check=False)
    problems = [x for x in done.stderr.splitlines() if x.startswith("xinyong:")]
    assert (done.returncode, len(problems)) == (6, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert is_empty(tmp_path)


def test_an_interrupted_run_leaves_nothing(tmp_path: Path, finished: Path) -> None:
    del finished
    args = [sys.executable, "-m", "xinyong", "run", "--scale", "1:2000", "--out"]
    process = subprocess.Popen(
        [*args, str(tmp_path / "run")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What is started in the background is told to ignore Ctrl-C; a user's run is not.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 120
    while is_empty(tmp_path) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    assert not is_empty(tmp_path)  # the hidden folder of a run under way
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    problems = [x for x in err.splitlines() if x.startswith("xinyong:")]
    assert (process.returncode, out) == (130, ""), err
    assert problems == ["xinyong: interrupted; nothing was written"]
    assert "Traceback" not in err
    assert is_empty(tmp_path)


# --- from Python -------------------------------------------------------------------------


def test_a_run_opens_as_tables(finished: Path) -> None:
    from xinyong.results import open_run

    result = open_run(finished)
    indicators, entries, events = result.indicators(), result.entries(), result.events()
    assert indicators.column_names == [
        "month", "place", "kind", "group", "indicator", "unit", "value",
    ]  # fmt: skip
    months, values = result.series("entered", "spc_defaulters")
    assert months == result.months
    listed = [x for x in entries["list"].to_pylist() if x == "spc_defaulters"]
    assert sum(values) == len(listed) > 0
    assert result.series("stock", "spc_defaulters")[1][-1] == sum(
        1
        for name, end in zip(entries["list"].to_pylist(), entries["end"].to_pylist(), strict=True)
        if name == "spc_defaulters" and end is None
    )
    assert set(entries["subject"].to_pylist()) <= set(events["subject"].to_pylist())
    assert all(x.startswith("SYN-") for x in entries["subject"].to_pylist())
    assert result.scores().column_names[-1] == "grade"
    reached = {row.target.date.isoformat()[:7] for row in result.targets() if row.model is not None}
    assert all(month <= "2014-10" for month in reached)
    from xinyong.report.charts import CHARTS

    chart: Any = result.plot(next(iter(CHARTS)))
    assert "synthetic" in json.dumps(chart.to_dict()).lower()


def test_run_returns_what_it_wrote_and_refuses_to_write_over_it(
    tmp_path: Path, finished: Path
) -> None:
    from xinyong import Run, Scenario, run

    scenario = Scenario(scale=10_000, until="2014-10", keep="all", threads=1, groups=31)
    result = run(scenario, tmp_path / "again")
    assert isinstance(result, Run)
    assert result.manifest["digest"] == Run(finished).manifest["digest"]
    assert result.manifest["files"] == Run(finished).manifest["files"]
    with pytest.raises(OutputError, match="exists already"):
        run(scenario, tmp_path / "again")


def test_what_was_not_kept_is_said(tmp_path: Path) -> None:
    from xinyong import Scenario, run

    result = run(Scenario(scale=100_000, until="2013-11", keep="indicators"), tmp_path / "run")
    with pytest.raises(OutputError, match="--keep all"):
        result.events()


def test_a_damaged_run_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, word in (("{", "damaged"), ('{"results_schema": 0}', "schema")):
        (tmp_path / "manifest.json").write_text(text, "utf-8")
        code, _, problems = call(capsys, "report", str(tmp_path))
        assert (code, len(problems)) == (6, 1)
        assert word in problems[0]
