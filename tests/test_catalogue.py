"""The catalogue: it loads, its versions do not overlap, and it says where a mistake is."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from xinyong.errors import CatalogueError, UsageError
from xinyong.law import catalogue as module
from xinyong.law import stored
from xinyong.law.catalogue import Catalogue, load
from xinyong.law.compile import Law, compile_law, law
from xinyong.law.measures import measures_of
from xinyong.law.reads import reads
from xinyong.law.trace import of_provision, of_step

DATA = Path(module.__file__).parent / "data"
#: Instruments that need no others: with them alone the catalogue is read in a tenth of the time.
FEW = {
    "spc_defaulters", "spending_restriction", "wendeng_2020", "public_credit_evaluation",
    "hangzhou_qianjiang",
}  # fmt: skip
DEPTHS = {"full text", "transcription", "excerpt", "secondary", "assumption"}


@pytest.fixture(scope="module")
def built_in() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def compiled() -> Law:
    return law()


def test_every_instrument_has_one_version_a_day(built_in: Catalogue) -> None:
    for it in built_in.instruments.values():
        if all(w.draft for w in it.versions):
            continue  # see test_drafts
        first = it.versions[0].in_force.from_
        last = it.versions[-1].in_force.until or dt.date(2026, 12, 31)
        day = first
        while day <= last:
            holding = [
                w.id
                for w in it.versions
                if w.in_force.from_ <= day and (w.in_force.until is None or day <= w.in_force.until)
            ]
            found = built_in.version(it.id, day)
            assert found is not None
            assert holding == [found.id], (it.id, day)
            day += dt.timedelta(days=1)
        assert built_in.version(it.id, first - dt.timedelta(days=1)) is None


def test_law_of_a_day_and_a_place(built_in: Catalogue) -> None:
    def ids(day: dt.date, place: str) -> set[str]:
        return {it.id for it, _ in built_in.at(day, place)}

    assert "wendeng_2020" in ids(dt.date(2020, 1, 1), "wendeng")
    assert "wendeng_2020" not in ids(dt.date(2020, 1, 1), "gansu")
    assert "wendeng_2020" not in ids(dt.date(2019, 12, 31), "wendeng")
    assert "spc_defaulters" not in ids(dt.date(2013, 9, 30), "gansu")
    assert "spc_defaulters" in ids(dt.date(2013, 10, 1), "gansu")
    versions = {it.id: w.id for it, w in built_in.at(dt.date(2017, 4, 30), "cn")}
    assert versions["spc_defaulters"] == "v2013"


def test_law_as_followed_starts_no_earlier_than_it_is_enacted(built_in: Catalogue) -> None:
    enacted = {it.id for it, _ in built_in.at(dt.date(2017, 6, 30), "cn")}
    assert {it.id for it, _ in built_in.effective("2017-06", "cn")} <= enacted
    assert built_in.effective("2009-01", "cn") == []


def test_an_unknown_instrument_names_the_nearest(built_in: Catalogue) -> None:
    with pytest.raises(UsageError, match="did you mean 'spc_defaulters'"):
        built_in.instrument("spc_defaulter")


def test_every_row_of_the_compiled_law_can_be_traced(compiled: Law) -> None:
    assert len(compiled.origins) == len(compiled.tables.prov)
    assert len(compiled.steps) == len(compiled.tables.step)
    for row in range(len(compiled.origins)):
        where = of_provision(compiled, row)
        assert where.depth in DEPTHS
        assert where.zh
        assert where.text
        assert bool(where.assumption) != bool(where.article and where.source_en)
    for row in range(len(compiled.steps)):
        assert of_step(compiled, row).depth in DEPTHS


def test_measures_follow_the_version_of_the_day(compiled: Law) -> None:
    def flights(day: dt.date) -> set[str]:
        found = measures_of(compiled, "spc_defaulters", day)
        return {m.instrument for m in found if m.measure == "m_no_fly"}

    assert measures_of(compiled, "spc_defaulters", dt.date(2013, 9, 30)) == ()
    before = measures_of(compiled, "spc_defaulters", dt.date(2016, 1, 1))
    assert {m.instrument for m in before} == {"spc_defaulters", "mou_integrity_2014"}
    assert flights(dt.date(2014, 1, 15)) == set()
    assert flights(dt.date(2015, 1, 1)) == {"mou_integrity_2014"}
    assert flights(dt.date(2018, 6, 1)) == {"mou_integrity_2014", "mou_spc_2016"}


def test_one_digest_for_one_state_of_the_files(built_in: Catalogue, tmp_path: Path) -> None:
    copy, other = small(tmp_path / "data"), small(tmp_path / "other")
    assert load(copy).digest == load(other).digest != built_in.digest
    text = (copy / "facts.yaml").read_text(encoding="utf-8")
    (copy / "facts.yaml").write_text(text + "# one more line\n", encoding="utf-8")
    load.cache_clear()
    assert load(copy).digest != load(other).digest


def at(node: Any, path: list[str]) -> list[Any]:
    """Everything in plain data that a path with wildcards leads to."""
    if not path:
        return [node]
    inner: list[tuple[str, Any]] = []
    if isinstance(node, dict):
        inner = list(node.items())
    elif isinstance(node, list):
        inner = [(str(i), x) for i, x in enumerate(node)]
        blocks = [x for x in node if isinstance(x, dict)]
        names = ("id", "grade", "measure")
        inner += [(str(x[key]), x) for x in blocks for key in names if key in x]
    return [found for key, x in inner if fnmatchcase(key, path[0]) for found in at(x, path[1:])]


def test_every_other_reading_changes_something_that_is_there(built_in: Catalogue) -> None:
    paths = 0
    for it in built_in.instruments.values():
        data = it.model_dump(mode="json", by_alias=True, exclude_none=True)
        data["items"] = [{"id": x.item} | asdict(x) for x in built_in.items.get(it.id, [])]
        for note in it.interpretations:
            for alternative in note.alternatives:
                if alternative.path:
                    paths += 1
                    path = alternative.path.split(".")
                    found = at(data, path)
                    # A reading may also state what the default leaves open.
                    assert found or at(data, path[:-1]), (it.id, note.id, alternative.path)
                    assert any(x != alternative.value for x in found or [None]), alternative.id
    assert paths > 20


# --- mistakes ------------------------------------------------------------------------------


def small(folder: Path) -> Path:
    """Write a catalogue with a few of the instruments and all of the words."""

    def others(where: str, names: list[str]) -> list[str]:
        if not where.endswith("instruments"):
            return []
        return [n for n in names if n.partition(".")[0].removesuffix("_items") not in FEW]

    shutil.copytree(DATA, folder, ignore=others)
    return folder


def planted(tmp_path: Path, name: str, *changes: tuple[str, str]) -> list[str]:
    """Change a catalogue of a few instruments and return the problems that loading it reports."""
    copy = small(tmp_path / "data")
    path = copy / name
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert re.search(old, text), old
        text = re.sub(old, new, text, count=1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        compile_law(load(copy))
    return [str(p) for p in caught.value.problems]


def test_several_mistakes_are_reported_at_once_each_with_its_line(tmp_path: Path) -> None:
    name = "instruments/spc_defaulters.yaml"
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    found = planted(
        tmp_path,
        name,
        ("issuer: spc\n", "issuer: spk\n"),
        ("conduct: \\[enforcement_obstruction\\]", "conduct: [enforcement_obstructing]"),
        ("- document: enforcement_notice", "- document: enforcement_note"),
        ("measure: m_tender_ban", "measure: m_tender_bann"),
    )
    expected = {
        "issuer: spc": "issuer: unknown authority 'spk'",
        "conduct: [enforcement_obstruction]": "conduct[0]: unknown conduct",
        "- document: enforcement_notice": "unknown document 'enforcement_note'",
        "m_tender_ban": "unknown measure 'm_tender_bann'; did you mean 'm_tender_ban'?",
    }
    for old, message in expected.items():
        line = next(i for i, text in enumerate(lines, 1) if old in text)
        assert any(f"spc_defaulters.yaml:{line}: " in p and message in p for p in found), message
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("spc_defaulters", "kind: list", "kind: lst", "found the text 'lst'"),
        ("spc_defaulters", "keeper: spc", "keeper: spc\nowner: spc", "unknown field 'owner'"),
        ("spc_defaulters", "reach:\n", "reach: &reach\n", "anchors"),
        ("spc_defaulters", "id: v2017", "id: !!python/object v2017", "tags"),
        ("spc_defaulters", "from: 2017-05-01", "from: 2017-04-01", "is still in force"),
        ("spc_defaulters", "from: 2013-10-01", "from: 2012-10-01", "before the date of its source"),
        ("spc_defaulters", "id: ground_2\n", "id: ground_1\n", "stands twice"),
        ("spc_defaulters", "id: term_start", "id: settlement_signed", "stands twice"),
        ("spc_defaulters", "id: new_exits_for_all", "id: pending", "'pending' stands twice"),
        ("wendeng_2020", "still_listed_on: spc", "still_listed_on: spk", "instrument 'spk_"),
        ("spc_defaulters", "source: spc_2013, article: \"5\"", "source: spc_1913, article: '5'",
         "unknown source 'spc_1913'"),
        ("spc_defaulters", "id: spc_defaulters", "id: spending_restriction", "stands in two files"),
        ("wendeng_2020", "items: wendeng_2020_items.csv", "items: ../facts.csv", "no file"),
        ("wendeng_2020", "grade: D\n", "grade: 7.5\n", "grade"),
        ("public_credit_evaluation", "grade: good,", "grade: goods,", "unknown grade 'goods'"),
        ("hangzhou_qianjiang", "- id: to_improve", "- id: excellent", "'excellent' stands twice"),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path: Path, name: str, old: str, new: str, message: str) -> None:
    found = planted(tmp_path, f"instruments/{name}.yaml", (old, new))
    assert any(message in p for p in found), found
    assert all(re.search(r"\.(yaml|csv):\d+: ", p) for p in found)


def test_mistakes_in_tables_are_named(tmp_path: Path) -> None:
    found = planted(tmp_path, "conducts.csv", (r",bad,", ",wicked,"))
    assert any(re.search(r"conducts\.csv:\d+: polarity: unknown word 'wicked'", p) for p in found)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("instruments/wendeng_2020_items.csv", "\nwd0002,", "\nwd0001,",
         "'wd0001' stands in line 2"),
        ("facts.yaml", "circumstances:", "circumstances:\n  - {id: able, name: {en: able, zh: 能}}",
         "'able' stands twice"),
        ("facts.yaml", "circumstances:", "circumstances:\n  - {id: points, name: {en: p, zh: 分}}",
         "'points' is a quantity already"),
        ("measures.yaml", "id: m_soft_sleeper,", "id: m_no_fly,", "'m_no_fly' stands twice"),
        ("authorities.yaml", "id: court_above,", "id: court,", "'court' stands twice"),
    ],
)  # fmt: skip
def test_one_id_means_one_thing(
    tmp_path: Path, name: str, old: str, new: str, message: str
) -> None:
    assert any(message in p for p in planted(tmp_path, name, (old, new)))


def test_every_fact_that_an_act_may_state_is_read(compiled: Law) -> None:
    """Documents are descriptive: a record rests on one, and its days count, whatever its kind."""
    declared: set[str] = set()
    drafted = {
        conduct
        for it in compiled.catalogue.instruments.values()
        for version in it.versions
        if version.draft
        for p in version.provisions
        for conduct in p.conduct
    }
    ruled = {
        conduct
        for it in compiled.catalogue.instruments.values()
        for version in it.versions
        for rule in version.rules
        for conduct in rule.of.conduct or ()
    }
    for conduct in compiled.catalogue.conducts.values():
        read = reads(compiled, conduct.id)
        if not read.instruments and conduct.id in drafted:
            declared |= {*conduct.circumstances, *conduct.documents}
            continue
        assert read.instruments or conduct.id in ruled, f"no provision listens to {conduct.id}"
        stated = {*conduct.quantities, *conduct.circumstances}
        assert stated == read.details, conduct.id
        assert read.documents <= {*conduct.documents}, conduct.id
        declared |= {*conduct.circumstances, *conduct.documents}
    assert {*compiled.catalogue.circumstances, *compiled.catalogue.documents} == declared


def test_facts_that_derive_from_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    circle = "          - listed_on: spending_restriction\n          - circumstance: able\n"
    found = planted(
        tmp_path, "instruments/spc_defaulters.yaml", (" +- circumstance: able\n", circle)
    )
    assert any("circle" in p for p in found)


def test_a_folder_without_a_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no catalogue files"):
        load(tmp_path)


# --- what is kept between commands ---------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for what is kept, no catalogue in memory, a few built-in instruments."""
    monkeypatch.setattr(module, "_DATA", small(tmp_path / "data"))
    monkeypatch.setattr(stored, "_folders", lambda: (tmp_path / "kept",))
    monkeypatch.delenv("XINYONG_NO_CACHE", raising=False)
    load.cache_clear()
    yield tmp_path / "kept"
    load.cache_clear()


def again() -> Catalogue:
    """Load as the next command would."""
    load.cache_clear()
    return load(module._DATA)


def kept(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_what_is_kept_is_the_catalogue(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = again()
    monkeypatch.setattr(module, "_read_and_check", None)  # only what was kept is left
    assert again() == made
    assert kept(folder).name == "catalogue.json"


def falsified(path: Path) -> tuple[bytes, bytes]:
    """Return the head of what is kept, and a body that reads well but says something else."""
    head, _, body = path.read_bytes().partition(b"\n")
    name = "失信被执行人名单".encode()
    assert name in body
    return head, body.replace(name, "守信被执行人名单".encode())


def test_kept_files_that_agree_with_their_head_are_believed(folder: Path) -> None:
    """Without this, the next test could not fail."""
    made = again()
    _, body = falsified(kept(folder))
    stored.write(made.digest, body)
    assert again() != made


@pytest.mark.parametrize(
    "spoil",
    [
        lambda head, body: head + b"\n" + body,  # the head is that of another body
        lambda head, body: b"0" * 32 + head[32:] + b"\n" + body,
        lambda head, _: head,
        lambda head, body: head + b"\n" + body[: len(body) // 2],
        lambda *_: b"",
        lambda *_: b"\x00\xff" * 1000,
    ],
)
def test_stale_or_damaged_files_are_never_used(
    folder: Path, spoil: Callable[[bytes, bytes], bytes]
) -> None:
    made = again()
    path = kept(folder)
    good = path.read_bytes()
    path.write_bytes(spoil(*falsified(path)))
    assert again() == made
    assert path.read_bytes() == good, "and what is of no use is replaced"


def test_what_was_kept_of_other_files_or_by_other_code_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = again()
    _, body = falsified(kept(folder))
    stored.write("0" * 32, body)  # of other files
    assert stored.read(made.digest) is None
    assert again() == made
    with monkeypatch.context() as other:
        other.setattr(stored, "_CODE_AND_PLACES", ("vocabulary.py",))  # by other code
        stored.write(made.digest, body)
    assert again() == made
    stored.write(made.digest, b'{"instruments": 7}')  # by another pydantic, say
    assert again() == made


def test_nothing_is_kept_where_it_is_not_wanted_or_cannot_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINYONG_NO_CACHE", "1")
    made = again()
    assert not folder.exists()
    monkeypatch.delenv("XINYONG_NO_CACHE")
    folder.write_bytes(b"a file where the folder should be")
    assert again() == made
    monkeypatch.setattr(stored, "_folders", lambda: (folder, folder.parent / "home"))
    assert again() == made
    assert kept(folder.parent / "home").name == "catalogue.json"


def test_versions_are_called_after_the_year_in_which_they_took_force() -> None:
    """Two of one year are told apart by a word or a month after it."""
    for it in load().instruments.values():
        years = [w.in_force.from_.year for w in it.versions]
        for version, year in zip(it.versions, years, strict=True):
            more = r"(_\w+)?" if years.count(year) > 1 else ""
            assert re.fullmatch(rf"v{year}{more}", version.id), f"{it.id}.{version.id}"
