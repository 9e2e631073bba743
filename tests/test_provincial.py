"""The table of lists on the portals of the provinces says what was seen there, and no more."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from xinyong.errors import CatalogueError, UsageError
from xinyong.law.catalogue import load
from xinyong.law.provincial import (
    SOURCES,
    provinces_unseen,
    provincial_lists,
    read_provincial_lists,
)

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "src/xinyong/law/data/provincial_lists.csv"


def test_there_are_102_lists_of_23_portals() -> None:
    found = provincial_lists()
    assert len(found) == 102
    assert Counter(one.polarity for one in found) == {"black": 65, "red": 37}
    assert Counter(one.subjects for one in found) == {"company": 89, "person": 8, "both": 5}
    assert len({one.province for one in found}) == 23


def test_no_category_stands_on_every_portal() -> None:
    portals = Counter(c for _, c in {(one.province, one.category) for one in provincial_lists()})
    assert portals["failure_to_pay_migrant_workers_wages"] == 13
    assert max(portals.values()) < 23


def test_eight_provinces_were_not_looked_at_and_are_not_said_to_keep_no_list() -> None:
    assert len(provinces_unseen()) == 8
    assert provincial_lists("zhejiang") == ()
    assert not {one.province for one in provincial_lists()} & set(provinces_unseen())


def test_every_row_names_its_source_and_depth() -> None:
    assert {one.source for one in provincial_lists()} <= set(SOURCES)
    assert {one.depth for one in provincial_lists()} == {"secondary"}


def test_deciders_and_mirrored_lists_exist_and_point_the_same_way() -> None:
    catalogue = load()
    for one in provincial_lists():
        assert one.keeper in catalogue.authorities
        assert not one.decider or one.decider in catalogue.authorities, one.id
        if one.mirrors:
            assert catalogue.instruments[one.mirrors].polarity == one.polarity, one.id


def test_a_restriction_order_is_not_the_defaulter_list() -> None:
    (gansu,) = provincial_lists("gansu", category="dishonest_debtors")
    assert gansu.mirrors == "spending_restriction"


def test_lists_are_chosen_by_place_polarity_and_category() -> None:
    assert len(provincial_lists("guangdong")) == 13
    assert len(provincial_lists("guangdong", polarity="red")) == 5
    assert len(provincial_lists("cn")) == 102
    with pytest.raises(UsageError, match="unknown place"):
        provincial_lists("atlantis")


def test_a_wrong_table_is_refused_with_line_and_column(tmp_path: Path) -> None:
    text = TABLE.read_text(encoding="utf-8").splitlines()
    wrong = tmp_path / "provincial_lists.csv"
    wrong.write_text("\n".join([*text[:2], text[1].replace(",black,", ",grey,")]), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_provincial_lists(wrong)
    assert {(p.line, p.field) for p in caught.value.problems} == {(3, "polarity"), (3, "id")}
