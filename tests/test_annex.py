"""An annex is read row by row, and what cannot be meant is refused where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinyong.errors import CatalogueError
from xinyong.law import annex
from xinyong.law.catalogue import load

ROWS = Path(annex.__file__).parent / "data" / "instruments" / "wendeng_2020_items.csv"


def test_a_band_that_ends_before_it_begins_is_refused_with_its_line(tmp_path: Path) -> None:
    found = load()
    header, *rows = ROWS.read_text(encoding="utf-8").splitlines()
    names = header.split(",")
    row = next(r for r in rows if "confiscation,1001,5000" in r)
    path = tmp_path / "items.csv"
    path.write_text(
        "\n".join([header, rows[0], row.replace("1001,5000", "1001,1")]) + "\n", encoding="utf-8"
    )
    grades = ("AAA", "AA", "A", "B", "C", "D")
    with pytest.raises(CatalogueError) as refused:
        annex.read_items(path, tuple(found.conducts), tuple(found.circumstances), (), grades)
    [problem] = refused.value.problems
    assert (problem.line, problem.field) == (3, "lo")
    assert "exceeds" in problem.message
    assert "lo" in names
