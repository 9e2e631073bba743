"""Places form one tree, and every subject's leaf lies in exactly one province."""

from __future__ import annotations

import pytest

from xinyong.errors import UsageError
from xinyong.places import ancestors, leaves, place, places, province, tiles, within


def test_the_tree_has_one_root_and_every_parent_is_one_level_up() -> None:
    up = {"province": "nation", "prefecture": "province", "village": "county"}
    assert [p.id for p in places() if not p.parent] == ["cn"]
    for p in places():
        if p.parent:
            level = up.get(p.level, "prefecture")
            if p.level == "county" and p.parent in ("beijing", "tianjin", "shanghai", "chongqing"):
                level = "province"  # the four municipalities have no prefectures
            assert place(p.parent).level == level


def test_a_division_code_begins_with_its_parents() -> None:
    significant = {"nation": 0, "province": 2, "prefecture": 4, "county": 6}
    for p in places():
        if p.level == "village":
            assert not p.gb_code, "villages taken together have no code"
        elif p.parent:
            above = place(p.parent)
            n = significant[above.level]
            assert p.gb_code[:n] == above.gb_code[:n]
            assert p.gb_code[significant[p.level] :].strip("0") == ""


def test_ids_and_codes_are_unique() -> None:
    assert len({p.id for p in places()}) == len(places())
    codes = [p.gb_code for p in places() if p.gb_code]
    assert len(set(codes)) == len(codes)


def test_the_leaves_are_the_provinces_the_pilot_cities_and_wendeng_with_its_villages() -> None:
    assert len(leaves()) == 31 + 43 + 2
    assert [place(leaf).level for leaf in leaves()[:31]] == ["province"] * 31
    mine = {leaf for leaf in leaves() if within(leaf, "shandong")}
    cities = {*("shandong", "qingdao", "weifang", "weihai", "dezhou", "rongcheng", "wendeng")}
    assert mine == cities | {"wendeng_villages"}
    assert {province(leaf) for leaf in mine} == {"shandong"}
    assert all(within(leaf, "cn") for leaf in leaves())


def test_ancestors_run_from_the_place_to_the_nation() -> None:
    assert ancestors("wendeng") == ("wendeng", "weihai", "shandong", "cn")
    assert ancestors("cn") == ("cn",)


def test_shanxi_and_shaanxi_are_two_provinces() -> None:
    assert place("shanxi").name_zh == "山西省"
    assert place("shaanxi").name_zh == "陕西省"
    assert not within("shaanxi", "shanxi")


@pytest.mark.parametrize(("wrong", "meant"), [("shandng", "shandong"), ("Wendeng", "wendeng")])
def test_an_unknown_place_names_the_nearest(wrong: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"did you mean '{meant}'"):
        place(wrong)


def test_a_hopeless_name_is_still_answered_in_one_line() -> None:
    with pytest.raises(UsageError, match="unknown place 'zzzz'"):
        within("beijing", "zzzz")


def test_every_province_has_one_square_of_its_own_on_the_map() -> None:
    found = tiles()
    provinces = [p.id for p in places() if p.level == "province"]
    assert sorted(t.place for t in found) == sorted(provinces)
    assert len({(t.column, t.row) for t in found}) == len({t.letters for t in found}) == 31
