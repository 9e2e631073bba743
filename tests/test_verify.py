"""`xinyong verify` holds on every run, and finds what was damaged, edited or made up."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from xinyong.cli import main
from xinyong.engine import remake as remake_module
from xinyong.engine.run import run as run_scenario
from xinyong.engine.scenario import Mechanisms, Scenario
from xinyong.engine.verify import Check, verify
from xinyong.engine.verify_folder import DERIVED, ENTRIES, EVENT_FILE, INDICATORS, SCHEMAS
from xinyong.results import Run

MECHANISMS = sorted(Mechanisms.model_fields)


def failed(checks: list[Check]) -> dict[str, str]:
    return {check.id: check.found for check in checks if check.ok is False}


# --- it holds --------------------------------------------------------------------------------


def test_every_check_holds_on_a_run_with_every_event_kept(kept: Run) -> None:
    checks = verify(kept, sample=150)
    assert failed(checks) == {}
    assert all(check.ok for check in checks)
    assert len({check.id for check in checks}) == len(checks)
    (replay,) = (check for check in checks if check.id == "replay")
    assert "at the ends of 6 months" in replay.says


@pytest.mark.parametrize("number", range(5))
def test_every_check_holds_on_any_scenario(number: int, tmp_path: Path) -> None:
    draw = random.Random(number)  # noqa: S311
    off = draw.sample(MECHANISMS, draw.randint(0, 5))
    amend = ["spc_defaulters.provisions.ground_6.effect.term.n=1@2018-01-01"]
    scenario = Scenario(
        scale=draw.choice([20_000, 50_000]),
        seed=draw.randrange(2**40),
        from_=(first := draw.choice(["2013-10", "2016-11", "2019-10"])),
        until=f"{int(first[:4]) + 1}-{draw.choice(['02', '05'])}",
        keep=draw.choice(["all", "entries", "indicators"]),
        mechanisms=Mechanisms(**dict.fromkeys(off, False)),
        assume={"identity.wrong": draw.choice([0.0, 0.05]), "exchange.delay_withdraw": 200},
        amend=tuple(amend) if draw.random() < 0.5 and "2019" in first else (),
    )
    checks = verify(run_scenario(scenario, tmp_path / "run"), sample=40)
    assert failed(checks) == {}, scenario
    not_run = {check.id for check in checks if check.ok is None}
    assert not_run <= {"kept", "counted"}


# --- it finds --------------------------------------------------------------------------------

Edit = Callable[[Path], None]


def rewrite(name: str, change: Callable[[pa.Table], pa.Table], careful: bool) -> Edit:
    """Change a table; a careful forger also mends rows and checksum in the manifest."""

    def edit(folder: Path) -> None:
        path = folder / name
        table = change(pq.read_table(path))
        pq.write_table(table, path)
        if careful:
            manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
            mark = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
            manifest["files"][name] = {"rows": table.num_rows, "blake2b": mark}
            (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")

    return edit


def put(column: str, row: int, value: Any) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        cells = table[column].to_pylist()
        cells[row] = value(cells[row])
        at = table.schema.get_field_index(column)
        return table.set_column(at, column, pa.array(cells, table.schema.field(at).type))

    return change


def without(row: int) -> Callable[[pa.Table], pa.Table]:
    return lambda table: pa.concat_tables([table.slice(0, row), table.slice(row + 1)])


def manifest(change: Callable[[dict[str, Any]], None]) -> Edit:
    def edit(folder: Path) -> None:
        found = json.loads((folder / "manifest.json").read_text("utf-8"))
        change(found)
        (folder / "manifest.json").write_text(json.dumps(found), "utf-8")

    return edit


def more(value: int) -> int:
    return value + 1


@pytest.mark.parametrize(
    ("edit", "finds", "where"),
    [
        (rewrite(INDICATORS, put("value", 3, more), False), "files", INDICATORS),
        (rewrite(INDICATORS, put("value", 3, more), True), "tables", f"{INDICATORS} row 3"),
        (rewrite(INDICATORS, without(5), True), "tables", f"{INDICATORS} row 5"),
        (rewrite(INDICATORS, put("unit", 2, lambda _: "people"), True), "units", "row 2"),
        (rewrite(INDICATORS, put("value", 2, lambda _: -1), True), "units", "row 2"),
        (
            rewrite(INDICATORS, lambda t: pa.concat_tables([t, t.slice(0, 1)]), True),
            "units",
            "twice",
        ),
        (rewrite(ENTRIES, without(1), True), "counted", "entries.parquet has"),
        (rewrite(ENTRIES, put("mistaken", 0, lambda x: not x), True), "tables", "row 0: mistaken"),
        (rewrite(ENTRIES, put("place", 0, lambda _: "gansu"), True), "entries", "row 0"),
        (rewrite(ENTRIES, lambda t: t.drop_columns(["cause"]), True), "schema", "cause"),
        (rewrite(DERIVED, put("value", 7, lambda x: x + 0.5), True), "tables", f"{DERIVED} row 7"),
        (rewrite(EVENT_FILE, put("event", 4, lambda _: "praised"), True), "kept", "row 4"),
        (rewrite(EVENT_FILE, put("value", 9, more), True), "tables", f"{EVENT_FILE} row 9"),
        (manifest(lambda m: m["scenario"].update(seed=5)), "digest", "digest is"),
        (manifest(lambda m: m.update(digest="0" * 32)), "digest", "digest is 0000"),
        (manifest(lambda m: m["subjects"].update(person=1)), "facts", "subjects.person is 1"),
        (manifest(lambda m: m["assumptions"][0].update(reason="so")), "facts", "assumptions[0]"),
        (manifest(lambda m: m.update(catalogue_digest="0" * 32)), "law", "0000"),
        (manifest(lambda m: m.pop("sample")), "manifest", "sample"),
        (manifest(lambda m: m.update(synthetic="real")), "manifest", "synthetic"),
        (lambda folder: (folder / ENTRIES).unlink(), "files", f"{ENTRIES}: missing"),
        (lambda folder: (folder / ENTRIES).write_bytes(b"PAR1"), "files", ENTRIES),
        (lambda folder: shutil.copy(folder / ENTRIES, folder / "x.parquet"), "files", "x.parquet"),
    ],
)
def test_what_was_damaged_or_edited_is_found(
    small: Run, tmp_path: Path, edit: Edit, finds: str, where: str
) -> None:
    shutil.copytree(small.path, tmp_path / "run")
    edit(tmp_path / "run")
    found = failed(verify(Run(tmp_path / "run"), sample=6))
    assert finds in found
    assert where in found[finds]


def test_what_an_off_mechanism_would_have_made_is_found(small: Run, tmp_path: Path) -> None:
    shutil.copytree(small.path, tmp_path / "run")
    off = manifest(lambda m: m["scenario"]["mechanisms"].update(friction=False, identity=False))
    off(tmp_path / "run")
    found = failed(verify(Run(tmp_path / "run"), sample=6))
    assert {"mechanisms", "digest"} <= set(found)


# --- how it is asked -------------------------------------------------------------------------


def call(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(list(args))
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_a_line_a_check_and_the_exit_code(
    small: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, "verify", str(small.path), "--sample", "6")
    assert (code, err) == (0, "")
    assert "0 failed" in out
    assert not [line for line in out.splitlines() if line.startswith("failed")]
    shutil.copytree(small.path, tmp_path / "run")
    rewrite(ENTRIES, without(0), False)(tmp_path / "run")
    code, out, _ = call(capsys, "verify", str(tmp_path / "run"), "--sample", "6", "--json")
    said = json.loads(out)
    assert (code, said["schema_version"], said["ok"]) == (1, 1, False)
    assert {"id", "says", "ok", "found"} == set(said["checks"][0])
    assert not next(check for check in said["checks"] if check["id"] == "files")["ok"]


def test_where_there_is_no_run_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, "verify", str(tmp_path))
    assert (code, out) == (6, "")
    assert "no run here" in err


def test_a_large_run_is_lived_again_for_its_first_months(
    small: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from xinyong.engine.run import plan

    scenario = remake_module.scenario_of(small).model_copy(update={"until": "2013-12"})
    monkeypatch.setattr(remake_module, "MOST_FILES", plan(scenario).files)
    checks = {check.id: check for check in verify(small)}
    assert checks["digest"].ok
    assert "first months" in checks["digest"].says
    assert checks["replay"].ok is None
    assert "--large" in checks["replay"].found
    shutil.copytree(small.path, tmp_path / "run")
    table = pq.read_table(tmp_path / "run" / INDICATORS)
    early = pc.and_(pc.equal(table["indicator"], "acts"), pc.less_equal(table["month"], "2013-12"))
    row = pc.index(early, True).as_py()
    rewrite(INDICATORS, put("value", row, lambda x: x + 100), True)(tmp_path / "run")
    assert "came out otherwise" in failed(verify(Run(tmp_path / "run")))["digest"]


def test_the_documented_columns_are_those_of_runs(small: Run) -> None:
    for name, columns in SCHEMAS.items():
        assert pq.read_schema(small.path / name).names == list(columns)
