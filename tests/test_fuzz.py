"""A thousand mutated catalogue files and more; `benchmarks/fuzz.py` tries a hundred thousand."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from xinyong.errors import CatalogueError
from xinyong.law.catalogue import load

SCRIPT = Path(__file__).resolve().parent.parent / "benchmarks" / "fuzz.py"


@pytest.fixture(scope="module")
def fuzz() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = found
    spec.loader.exec_module(found)
    return found


@pytest.mark.parametrize("seed", range(101, 105))
def test_a_mutated_file_is_valid_or_refused_with_file_line_and_field(
    fuzz: ModuleType, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "SLOWEST", 20)  # other tests run beside this one
    *_, (_, outcome) = fuzz.run(300, seed)
    assert outcome.bad == []
    assert outcome.counts["refused"] > 100
    assert outcome.counts["valid"] > 20


@pytest.mark.parametrize("seed", [201, 202])
def test_so_is_a_mutated_annex_and_a_mutated_vocabulary(fuzz: ModuleType, seed: int) -> None:
    for part in (".csv", "authorities", "facts", "measures"):
        *_, (_, outcome) = fuzz.run(30, seed, part)
        assert outcome.bad == [], part


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("term: {n: 1, unit: year, from: decided}", "term: {n: 300, unit: year, from: decided}",
         "are more than 200 years"),
        ("lo: 2}", "lo: 2000000000000}", "numbers lie between"),
        ("effect: {do: enter", f"effect: {{{'x' * 900}: 1, do: enter", "unknown field"),
    ],
)  # fmt: skip
def test_what_mutations_found_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    own = SCRIPT.parent.parent / "examples" / "own"
    for path in own.iterdir():
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            (tmp_path / path.name).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError, match=message) as caught:
        load(layers=(tmp_path,))
    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"id\n" + b"x" * 3_000_000, "larger than 2 MB"),
        (b"id,en\n\xff", "is not UTF-8"),
        (b"id,\x00en\n", "NUL"),
        (b'"id,en', "not readable as CSV"),
        (b"a" * 200_000 + b",b\n", "not readable as CSV"),
        ("id,\u202een\n".encode(), "direction character"),
    ],
)
def test_tables_are_read_as_carefully_as_yaml(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "conducts.csv").write_bytes(content)
    with pytest.raises(CatalogueError, match=message) as caught:
        load(layers=(tmp_path,))
    assert all("conducts.csv" in p.file for p in caught.value.problems)


def test_a_ladder_without_a_quantity_is_refused(tmp_path: Path, fuzz: ModuleType) -> None:
    folder = fuzz.DATA / "instruments"
    for name in ("wendeng_2020.yaml", "wendeng_2020_items.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        if name.endswith(".csv"):
            cells = lines[1].split(",")
            cells[-5] = "x"  # after it: ladder_mode, field, protected, flag
            lines[1] = ",".join(cells)
        (tmp_path / name).write_text("".join(lines), encoding="utf-8")
    with pytest.raises(CatalogueError, match="a ladder adds up a quantity"):
        load(layers=(tmp_path,))
