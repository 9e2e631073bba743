"""One synthetic subject in four columns: what is shown, told, held by authorities, and true."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from unicodedata import east_asian_width

import numpy as np
import pytest

from xinyong import places
from xinyong.cli import main
from xinyong.cli_views import history_lines
from xinyong.engine.inspect import COLUMNS, History, history
from xinyong.engine.ledgers import cases_of, id_of, spells_in, spells_of
from xinyong.engine.namings import Namings
from xinyong.engine.pick import PICKS, pick
from xinyong.engine.remake import Remade, law_of, remake
from xinyong.engine.sightings import holdings_of
from xinyong.engine.state import N_CASES, N_LEDGERS
from xinyong.errors import OutputError, UsageError
from xinyong.results import Run
from xinyong.society.subjects import format_id, pack, parse_id


@pytest.fixture(scope="session")
def remade(kept: Run) -> Remade:
    return remake(kept)


@pytest.fixture(scope="session")
def found(remade: Remade) -> dict[str, History]:
    """What is picked, by the word it is picked by."""
    return {word: history(remade, pick(remade, word)) for word in PICKS}


def call(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(list(args))
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def texts(of: History, column: str) -> list[str]:
    return [m.text for m in of.moments if m.column == column]


# --- what is picked is what it is called ----------------------------------------------------


def test_the_wrongly_listed_did_nothing_of_it(found: dict[str, History]) -> None:
    wrong = found["wrongly-listed"]
    (record, *_) = [r for r in wrong.records if r.mistaken and r.standing != "copied"]
    spell = next(s for s in wrong.spells if s.case == record.case)
    assert spell.mistaken
    assert record.of != wrong.id
    assert any("nobody does it" in t or "the record lands here" in t for t in texts(wrong, "true"))
    assert not any(d[0] == record.day and d[2] == "recorded" for d in wrong.deeds)


def test_the_one_on_a_list_for_longest_is_that(remade: Remade, found: dict[str, History]) -> None:
    def days(start: object, end: object) -> int:
        return ((end or last) - start).days  # type: ignore[operator, no-any-return]

    last = found["longest"].last
    table = remade.run.entries()
    rows = zip(table["start"].to_pylist(), table["end"].to_pylist(), strict=True)
    most = max(days(start, end) for start, end in rows)
    assert max(days(s.start, s.end) for s in found["longest"].spells) == most


def test_the_repaired_came_off_before_the_term(found: dict[str, History]) -> None:
    assert {s.cause for s in found["repaired"].spells} & {"early", "performance"}


def test_a_zombie_is_held_after_the_entry_is_over(found: dict[str, History]) -> None:
    held = [(s, h) for s in found["zombie"].spells for h in s.holdings if h.zombie_from]
    assert held
    for spell, holding in held:
        assert spell.end is None or holding.zombie_from >= spell.end
        assert holding.until is None or holding.until > holding.zombie_from
    assert any("hold a copy on" in t for t in texts(found["zombie"], "authorities"))


def test_the_rewarded_is_on_a_red_list(remade: Remade, found: dict[str, History]) -> None:
    lists = {s.list for s in found["rewarded"].spells}
    polarity = {remade.world.catalogue.instruments[name].polarity for name in lists}
    assert "red" in polarity


def test_many_agencies_hold_it(found: dict[str, History]) -> None:
    def holders(of: History) -> int:
        return max(len({h.authority for h in s.holdings if h.copy == "right"}) for s in of.spells)

    assert holders(found["many-agencies"]) == max(holders(h) for h in found.values()) > 3


def test_picking_twice_finds_the_same(remade: Remade) -> None:
    assert [pick(remade, word) for word in PICKS] == [pick(remade, word) for word in PICKS]
    with pytest.raises(UsageError, match="many-agencies"):
        pick(remade, "guilty")


# --- the same figures as the tables ----------------------------------------------------------


def test_a_history_has_the_entries_of_the_table(remade: Remade, found: dict[str, History]) -> None:
    table = remade.run.entries()
    for one in found.values():
        rows = [row for row in table.to_pylist() if row["subject"] == one.id]
        said = [(s.list, s.ground, s.start, s.cause, s.end, s.mistaken) for s in one.spells]
        kept = [
            tuple(row[k] for k in ("list", "ground", "start", "cause", "end", "mistaken"))
            for row in rows
        ]
        assert Counter(said) == Counter(kept)


def test_what_all_subjects_met_is_what_the_run_counts(remade: Remade) -> None:
    """The requests met by every holder of two lists add up to the indicator ``applied``."""
    world, wanted = remade.world, ("spc_defaulters", "tax_class_a")
    say, met = Namings(world), Counter[str]()
    for run in remade.leaves:
        held = spells_in(run)
        for row in np.unique(held["ledger"]).tolist():
            cases, kind = cases_of(run, row), int(run.leaf.lg["subject"][row]) >> 32
            for spell in spells_of(run, row):
                name = world.law.instruments[spell.inst]
                if name in wanted:
                    case = cases[spell.case]
                    for body in holdings_of(world, say, run.place, kind, spell, case):
                        met.update(f"{name}/{m}/{body.authority}" for _, m in body.asked)
    counted = {
        group: sum(remade.run.series("applied", group)[1])
        for group in ("/".join(names) for names in world.measure_names)
        if group.split("/")[0] in wanted
    }
    assert sum(met.values()) > 0
    assert met == {group: n for group, n in counted.items() if n}


# --- what is true ------------------------------------------------------------------------------


def test_what_a_subject_did_is_on_its_file_or_is_said_to_be_elsewhere(remade: Remade) -> None:
    fates: Counter[str] = Counter()
    for run in remade.leaves[:12]:
        for row in range(min(int(run.leaf.counts[N_LEDGERS]), 4)):
            one = history(remade, id_of(run, row))
            own = [r for r in one.records if r.standing == "true"]
            assert len(own) == sum(fate == "recorded" for _, _, fate, _ in one.deeds)
            assert {r.day for r in own} == {d for d, _, fate, _ in one.deeds if fate == "recorded"}
            fates.update(fate for _, _, fate, _ in one.deeds)
    assert fates["recorded"] > 10


def test_a_record_on_the_wrong_file_names_who_did_it_and_both_histories_agree(
    remade: Remade,
) -> None:
    run, case = next(
        (run, case)
        for run in remade.leaves
        for row in range(int(run.leaf.counts[N_LEDGERS]))
        for case in [(row, c) for c in cases_of(run, row).values()]
        if case[1].flags & {"misattached"} and "copied" not in case[1].flags
    )
    victim = history(remade, id_of(run, case[0]))
    record = next(r for r in victim.records if r.case == case[1].number)
    doer = history(remade, record.of)
    assert (record.day, "misattached", victim.id) in [
        (d, fate, on) for d, _, fate, on in doer.deeds
    ]


def test_everybody_misattached_is_counted(remade: Remade) -> None:
    wrong = sum(
        int(((run.leaf.cs["flags"][: run.leaf.counts[N_CASES]] & 2) > 0).sum())
        for run in remade.leaves
    )
    assert wrong > 0


def test_a_subject_without_a_file_is_said_to_have_none(remade: Remade) -> None:
    run = remade.leaves[0]
    known = set(run.leaf.lg["subject"][: int(run.leaf.counts[N_LEDGERS])].tolist())
    index = next(i for i in range(10_000) if i not in known)
    one = history(remade, format_id(int(pack(0, 0, index))))
    assert not one.has_file
    assert not one.records
    assert not one.spells
    assert any(note.startswith("Nothing is recorded") for note in one.notes)
    text = "\n".join(line for _, line in history_lines(one, remade.run))
    assert "no authority holds anything" in " ".join(text.split())


# --- how it is told ---------------------------------------------------------------------------


def test_four_columns_stay_within_eighty(remade: Remade, found: dict[str, History]) -> None:
    for one in found.values():
        lines = [line for _, line in history_lines(one, remade.run)]
        widths = [sum(1 + (east_asian_width(c) in "WF") for c in line) for line in lines]
        assert max(widths) <= 80
        assert lines[0].startswith("SYNTHETIC")
        days = [line[:10] for line in lines if line[4:5] == "-" and line[10:11] == "│"]
        assert days == sorted(days)
        assert {m.column for m in one.moments} <= set(COLUMNS)


def test_run_subject_is_the_same_call(kept: Run, found: dict[str, History]) -> None:
    one = found["longest"]
    assert kept.subject(one.id) == one


def test_the_command_prints_it(small: Run, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "subject", str(small.path), "--pick", "longest")
    assert code == 0
    assert "public 公示" in out
    code, out, _ = call(capsys, "subject", str(small.path), "--pick", "longest", "--json")
    said = json.loads(out)
    assert (code, said["schema_version"], said["picked"]) == (0, 1, "longest")
    assert said["digest"] == small.manifest["digest"]
    code, out, _ = call(capsys, "subject", str(small.path / "manifest.json"), said["id"], "--json")
    assert json.loads(out)["moments"] == said["moments"]


# --- what cannot be shown -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "word"),
    [
        ([], "--pick"),
        (["SYN-110000-P-0000001-1Z", "--pick", "longest"], "one of the two"),
        (["110101199003070011"], "not the id of a synthetic subject"),
        (["--pick", "guilty"], "wrongly-listed"),
    ],
)
def test_wrong_use_is_one_clear_line(
    small: Run, capsys: pytest.CaptureFixture[str], args: list[str], word: str
) -> None:
    code, out, err = call(capsys, "subject", str(small.path), *args)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert word in err
    assert "110101199003070011" not in err


def test_an_id_of_another_scale_is_not_of_this_run(remade: Remade) -> None:
    beyond = format_id(int(pack(0, 0, 2**31)))
    assert parse_id(beyond).index == 2**31
    with pytest.raises(UsageError, match="no such subject in this run"):
        history(remade, beyond)


def edited(run: Run, folder: Path, **changes: object) -> Run:
    """Return a copy of a run with another manifest."""
    shutil.copytree(run.path, folder)
    manifest = run.manifest | changes
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return Run(folder)


def test_a_run_of_another_law_or_too_large_or_edited_is_refused(small: Run, tmp_path: Path) -> None:
    other = edited(small, tmp_path / "law", catalogue_digest="0" * 32)
    with pytest.raises(OutputError, match="made with the catalogue 0000"):
        law_of(other)
    scenario = small.manifest["scenario"]
    large = edited(small, tmp_path / "large", scenario=scenario | {"scale": 1, "to": "2022-12"})
    with pytest.raises(OutputError, match="--large"):
        remake(large)
    seed = edited(small, tmp_path / "seed", scenario=scenario | {"seed": 7})
    with pytest.raises(OutputError, match="xinyong verify"):
        remake(seed)
    layer = edited(small, tmp_path / "layer", scenario=scenario | {"with": ["gone"]})
    with pytest.raises(OutputError, match="gone"):
        remake(layer)


def test_spells_are_columns_of_one_length(remade: Remade) -> None:
    for run in remade.leaves:
        assert len({len(column) for column in spells_in(run).values()}) == 1
    assert len(remade.leaves) == len(places.leaves())
    assert np.issubdtype(spells_in(remade.leaves[0])["act"].dtype, np.uint64)
