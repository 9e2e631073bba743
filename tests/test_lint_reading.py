"""What the linter reads: profiles, rulebooks, places and words of one's own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reference.linting import (
    HERE,
    PROFILES,
    ROOT,
    invented,
)
from xinyong.errors import CatalogueError, UsageError
from xinyong.law import schema
from xinyong.law.catalogue import load
from xinyong.law.lint import (
    chosen,
    lint,
    read_rulebooks,
)
from xinyong.law.lint.limits import load_profiles as load_from
from xinyong.law.lint.read import _words
from xinyong.law.lint.rulebook import Words


@pytest.fixture(scope="module")
def words() -> Words:
    return invented()


# --- profiles ---------------------------------------------------------------------------------

GOOD = """
id: mine
name: {en: Mine, zh: 我的}
rank: craft_rule
about: A test.
sources:
  s: {title: {en: A law, zh: 法}, issuer: npc, date: 2020-01-01, depth: secondary, where: here}
limits:
  - id: one
    title: One
    cite: {source: s, article: "1"}
    from: 2020-01-01
    over: provision
    applies: {of: harms, is: true}
    elements: [{id: e, text: t, holds: {of: papers, within: ["@informal"]}}]
    reason: Because.
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("of: papers", "of: paper", "unknown attribute 'paper' of provision; did you mean"),
        ("@informal", "@informl", "unknown set 'informl'; did you mean 'informal'"),
        ("source: s,", "source: x,", "cite.*unknown source 'x'"),
        ("source: s,", "source: ss,", "unknown source 'ss'; did you mean 's'"),
        ("from: 2020-01-01", "from: 2019-12-31", "no earlier than its source"),
        ("    from: 2020-01-01\n", "", "no earlier than its source"),
        ("over:", "until: 2019-01-01\n    over:", "ends before it begins"),
        ("id: mine", "id: other", "the file is called 'mine'"),
        ("over: provision", "over: provsion", "over"),
    ],
)
def test_a_wrong_profile_says_where(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    (tmp_path / "mine.yaml").write_text(GOOD, encoding="utf-8")
    assert list(load_from(tmp_path)) == ["mine"]
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "mine.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError, match=says) as error:
        load_from(bad)
    assert "mine.yaml:" in str(error.value)


def test_a_limit_stands_once(tmp_path: Path) -> None:
    twice = GOOD + GOOD.partition("limits:\n")[2]
    (tmp_path / "mine.yaml").write_text(twice, encoding="utf-8")
    with pytest.raises(CatalogueError, match="'one' stands twice"):
        load_from(tmp_path)


def test_every_limit_gives_its_reason_source_and_depth() -> None:
    for profile in PROFILES.values():
        for limit in profile.limits:
            assert len(limit.reason) > 20
            depth = profile.depth(limit)
            assert depth in ("full text", "excerpt", "secondary", "assumption")
            assert (depth == "assumption") == (profile.id == "craft")


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'cn_49'"):
        chosen(["cn_48"])


# --- reading -------------------------------------------------------------------------------------


def test_places_of_ones_own_lie_where_they_are_said_to(words: Words) -> None:
    assert words.within("testville", "eu") is True
    assert words.within("testville", "cn") is False
    assert words.within("testtown", "shandong") is True
    assert words.within("testtown", "cn") is True
    assert words.within("testtown", "gansu") is False
    assert words.within("wendeng", "cn") is True
    assert words.within("cn", "wendeng") is False
    assert words.within("wendeng", "eu") is False
    assert words.within("nowhere", "cn") is None
    circle = Words({}, {}, {}, {}, {"a": "b", "b": "a"})
    assert circle.within("a", "cn") is False


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        read_rulebooks(str(tmp_path / "none.yaml"))
    with pytest.raises(UsageError, match="did you mean 'wendeng_2020'"):
        read_rulebooks("wendeng_2021")
    with pytest.raises(CatalogueError, match="no rulebook here"):
        read_rulebooks(str(tmp_path))
    (tmp_path / "one.yaml").write_text("id: one\n", encoding="utf-8")
    (tmp_path / "two.yaml").write_text("id: two\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"one\.yaml") as error:
        read_rulebooks(str(tmp_path))
    assert "two.yaml" in str(error.value)
    (tmp_path / "places.csv").write_text("id,parent\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="the header must be id,name_en,name_zh,parent"):
        read_rulebooks(str(tmp_path / "one.yaml"))


def test_words_of_a_folder_are_added_to_those_of_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text(
        "documents: [{id: slip, name: {en: slip, zh: 条}}]\n"
        "circumstances: [{id: rainy, name: {en: rainy, zh: 雨}}]\n",
        encoding="utf-8",
    )
    (tmp_path / "conducts.csv").write_text(
        "id,en,zh,field,polarity,kinds,episode,quantities,circumstances,documents,protected\n"
        "t_slip,Slipped,滑倒,social,bad,person,0,,rainy|able,slip|judgment,\n",
        encoding="utf-8",
    )
    (tmp_path / "places.csv").write_text(
        "id,name_en,name_zh,parent\neu,Union,欧盟,\nhere,Here,此地,eu\n", encoding="utf-8"
    )
    (tmp_path / "authorities.yaml").write_text(
        "authorities: [{id: t_town, name: {en: t, zh: 镇}, level: county, cite: invented}]\n",
        encoding="utf-8",
    )
    (tmp_path / "measures.yaml").write_text(
        "measures: [{id: t_m, name: {en: m, zh: 措}, field: social, nature: penalty, "
        "polarity: black, category: travel, cite: invented}]\n",
        encoding="utf-8",
    )
    words, (circumstances, documents) = _words(tmp_path, load())
    assert words.conducts["t_slip"].documents == ("slip", "judgment")
    assert words.conducts["wage_arrears"] == load().conducts["wage_arrears"]
    assert words.places == {"eu": "", "here": "eu"}
    assert words.authorities["t_town"].level == "county"
    assert words.authorities["court"] == load().authorities["court"]
    assert words.measures["t_m"].nature == "penalty"
    assert words.measures["m_no_fly"] == load().measures["m_no_fly"]
    assert set(circumstances) == {*load().circumstances, "rainy"}
    assert set(documents) == {*load().documents, "slip"}
    assert words.instruments == load().instruments


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "places.csv:1: the header must be id,name_en,name_zh,parent"),
        (b"id,name_en,name_zh,parent\nx,X\n", "places.csv:2: 2 cells where 4 are expected"),
        (b"id,name_en,name_zh,parent\na,A,B,\n,X,Y,eu\n", "places.csv:3: 4 cells where 4"),
        (b"\xff", "places.csv: cannot be read"),
    ],
)
def test_a_wrong_table_of_places_says_where(tmp_path: Path, text: bytes, says: str) -> None:
    (tmp_path / "places.csv").write_bytes(text)
    with pytest.raises(CatalogueError) as error:
        _words(tmp_path, load())
    assert says in str(error.value)


def test_every_instrument_of_a_folder_is_a_rulebook(tmp_path: Path) -> None:
    (tmp_path / "instruments").mkdir()
    for name, folder in (("list", tmp_path / "instruments"), ("scheme", tmp_path)):
        (folder / f"{name}.yaml").write_bytes((HERE / f"{name}.yaml").read_bytes())
    found = read_rulebooks(str(tmp_path))
    assert [b.instrument.kind for b in found] == ["scheme", "list"]
    assert [b.path for b in found] == [
        tmp_path / "scheme.yaml",
        tmp_path / "instruments" / "list.yaml",
    ]
    assert all(b.id == "tested" for b in found)


def test_a_file_is_read_with_the_words_of_its_folder() -> None:
    folder = ROOT / "examples" / "lint" / "welfare_city"
    (alone,) = read_rulebooks(str(folder / "instruments" / "welfare_risk_list.yaml"))
    (among,) = read_rulebooks(str(folder))
    assert alone == among
    assert alone.words.conducts["utility_use_odd"].en
    assert alone.words.measures["m_no_fly"]


def test_a_day_without_the_rulebook_is_wrong_use() -> None:
    with pytest.raises(
        UsageError,
        match="wendeng_2020 was not in force on 2019-12-31; give a day in 2020-01-01 to now",
    ):
        lint(read_rulebooks("wendeng_2020"), on=dt.date(2019, 12, 31))
    report = lint(read_rulebooks("all"), on=dt.date(2019, 12, 31), against=chosen(["craft"]))
    assert "wendeng_2020" in report.silent


def test_an_annex_beside_the_rulebook_is_read(tmp_path: Path) -> None:
    data = load().items["wendeng_2020"]
    source = Path(schema.__file__).parents[1] / "data" / "instruments"
    for name in ("wendeng_2020.yaml", "wendeng_2020_items.csv"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    (found,) = read_rulebooks(str(tmp_path / "wendeng_2020.yaml"))
    assert list(found.items) == data
    (tmp_path / "wendeng_2020_items.csv").unlink()
    with pytest.raises(CatalogueError, match=r"no file .* beside"):
        read_rulebooks(str(tmp_path / "wendeng_2020.yaml"))
