"""The society adds up at every scale, only grows at its ends, and its links go both ways."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinyong.errors import UsageError
from xinyong.places import leaves, within
from xinyong.society.links import Links, links
from xinyong.society.margins import (
    KINDS,
    assumptions,
    leaf_margins,
    name_classes,
    shares,
    sources,
    stocks,
)
from xinyong.society.margins import _rows as data_rows
from xinyong.society.strata import LABELS, PROFILES, Society, apportion, society
from xinyong.society.subjects import (
    Subject,
    format_id,
    format_ids,
    pack,
    parse_id,
    unpack,
    unpack_id,
)
from xinyong.streams import compiled, packed_id

NATION = 1_409_778_724
scales = st.integers(1, 1_000_000)


@cache
def at(scale: int, seed: int = 7) -> Society:
    return society(scale, seed)


@cache
def linked(scale: int, seed: int = 7) -> Links:
    return links(at(scale, seed))


def half_up(total: int, scale: int) -> int:
    return int(Fraction(total, scale) + Fraction(1, 2))


# --- margins -----------------------------------------------------------------------------


def test_the_leaves_add_up_to_the_census() -> None:
    assert sum(m.population for m in leaf_margins()) == NATION


def test_cities_are_taken_out_of_their_province_and_not_added() -> None:
    mine = [m for m in leaf_margins() if within(m.leaf, "shandong")]
    people = sum(m.population for m in mine)
    assert len(mine) == 8
    assert people == 101_527_453
    assert sum(m.urban * m.population for m in mine) / people == Fraction("0.6305")
    assert sum(m.ages["65+"] * m.population for m in mine) / people == pytest.approx(
        0.1513, abs=1e-4
    )


def test_the_weighted_margins_give_the_national_figures_of_the_communique() -> None:
    def mean(values: list[Fraction]) -> float:
        return float(
            sum(v * m.population for v, m in zip(values, leaf_margins(), strict=True)) / NATION
        )

    assert mean([m.urban for m in leaf_margins()]) == pytest.approx(0.6384, abs=1e-4)
    assert mean([m.ages["0-14"] for m in leaf_margins()]) == pytest.approx(0.1797, abs=1e-4)
    assert mean([m.ages["65+"] for m in leaf_margins()]) == pytest.approx(0.135, abs=5e-4)
    assert mean([m.tertiary for m in leaf_margins()]) == pytest.approx(0.15408, abs=1e-4)


def test_every_number_names_a_known_source_or_says_assumption_and_why() -> None:
    for name in ("margins.csv", "stocks.csv", "shares.csv", "namesakes.csv"):
        for row in data_rows(name):
            source = row["source"]
            if source.startswith("assumption: "):
                assert len(source) > len("assumption: ") + 8, row
            else:
                assert source.replace(",", " ").replace("(", " ").split()[0] in sources(), row
    assert any("deregistration" in line for line in assumptions())


def test_the_income_tiers_are_national_terciles() -> None:
    urban = Fraction("0.6384")
    for tier in LABELS["income"]:
        share = urban * shares("person", "income", "urban")[tier]
        share += (1 - urban) * shares("person", "income", "rural")[tier]
        assert float(share) == pytest.approx(1 / 3, abs=0.01)


def test_every_label_of_every_profile_has_a_share() -> None:
    for kind in KINDS[1:]:
        for attribute in PROFILES[kind]:
            assert set(shares(kind, attribute)) == set(LABELS[attribute])


# --- apportionment -----------------------------------------------------------------------


@given(
    st.integers(0, 10**10),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any),
)
def test_largest_remainder_is_exact_and_off_by_less_than_one(
    total: int, weights: list[int]
) -> None:
    sizes = apportion(total, weights)
    assert sum(sizes) == total
    whole = sum(weights)
    assert all(abs(Fraction(total * w, whole) - s) < 1 for w, s in zip(weights, sizes, strict=True))
    assert all(s == 0 for w, s in zip(weights, sizes, strict=True) if w == 0)


def test_ties_go_to_the_lower_position() -> None:
    assert apportion(3, [1, 1, 1, 1]) == [1, 1, 1, 0]


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=60),
    st.lists(st.integers(1, 10**6), min_size=2, max_size=8),
)
def test_carried_remainders_keep_the_running_totals_right(
    totals: list[int], weights: list[int]
) -> None:
    carry: list[int | Fraction] = [0] * len(weights)
    running = np.zeros(len(weights), np.int64)
    for total in totals:
        sizes = apportion(total, weights, carry)
        assert sum(sizes) == total
        assert min(sizes) >= 0
        running += sizes
    exact = [Fraction(sum(totals) * w, sum(weights)) for w in weights]
    assert all(abs(e - int(r)) < 2 for e, r in zip(exact, running, strict=True))


# --- strata ------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(scales)
def test_sizes_add_up_exactly_at_every_scale(scale: int) -> None:
    s = at(scale)
    nations = [NATION] + [max(stocks()[k].by_year_end.values()) for k in KINDS[1:]]
    assert s.totals.sum(axis=0).tolist() == [half_up(n, scale) for n in nations]
    by_leaf_kind = np.zeros_like(s.totals)
    np.add.at(by_leaf_kind, (s.strata.leaf, s.strata.kind), s.strata.size)
    assert (by_leaf_kind == s.totals).all()
    assert all(
        abs(Fraction(m.population * int(s.totals[:, 0].sum()), NATION) - int(n)) < 1
        for m, n in zip(leaf_margins(), s.totals[:, 0], strict=True)
    )


@settings(max_examples=8, deadline=None)
@given(scales)
def test_strata_are_contiguous_ranges_without_gaps(scale: int) -> None:
    s = at(scale)
    assert (s.strata.size > 0).all()
    for leaf in range(len(leaves())):
        for kind in range(len(KINDS)):
            a, b = s.leaf_ranges[leaf, kind]
            ends = np.cumsum(s.strata.size[a:b])
            assert (s.strata.start[a:b] == ends - s.strata.size[a:b]).all()
            assert (s.strata.leaf[a:b] == leaf).all()
            assert (s.strata.kind[a:b] == kind).all()


@pytest.mark.parametrize("scale", [1, 100, 10_000])
def test_the_national_margin_of_every_profile_is_right_to_a_few_subjects(scale: int) -> None:
    s = at(scale)
    for k, kind in enumerate(KINDS[1:], start=1):
        rows = s.strata.kind == k
        size = s.strata.size[rows]
        for attribute in PROFILES[kind]:
            codes = getattr(s.strata, attribute)[rows]
            for code, label in enumerate(LABELS[attribute]):
                expected = size.sum() * shares(kind, attribute)[label]
                assert abs(size[codes == code].sum() - expected) <= 5


def test_the_census_margins_of_every_leaf_come_back_at_one_to_one() -> None:
    s = at(1).strata
    for i, m in enumerate(leaf_margins()):
        here = (s.leaf == i) & (s.kind == 0)
        size = s.size[here]
        assert size.sum() == m.population
        urban = size[s.residence[here] == 0].sum()
        assert abs(urban - m.urban * m.population) < 200
        old = size[s.age[here] == LABELS["age"].index("65+")].sum()
        assert abs(old - m.ages["65+"] * m.population) < 200
        tertiary = size[s.education[here] == 1].sum()
        assert abs(tertiary - m.tertiary * m.population) < 200


def test_no_minor_has_tertiary_education_and_minors_come_first() -> None:
    s = at(100).strata
    people = s.kind == 0
    minor = people & (s.age < 2)
    assert not (s.education[minor] == 1).any()
    for leaf in range(len(leaves())):
        here = people & (s.leaf == leaf)
        boundary = at(100).minors[leaf]
        assert (s.start[here & minor] + s.size[here & minor] <= boundary).all()
        assert (s.start[here & ~minor] >= boundary).all()


def test_a_profile_holds_its_kinds_attributes_and_no_others() -> None:
    s = at(1000).strata
    for k, kind in enumerate(KINDS):
        rows = s.kind == k
        for attribute in LABELS:
            used = getattr(s, attribute)[rows] >= 0
            assert used.all() if attribute in PROFILES[kind] else not used.any()


@settings(max_examples=10, deadline=None)
@given(scales, st.integers(0, 2**32))
def test_every_subject_lies_in_the_stratum_that_is_looked_up(scale: int, pick: int) -> None:
    s = at(scale)
    rows = np.arange(pick % 97, len(s.strata), 97)
    for offset in (np.zeros(len(rows), np.int64), s.strata.size[rows] - 1):
        index = s.strata.start[rows] + offset
        assert (s.stratum_of(s.strata.leaf[rows], s.strata.kind[rows], index) == rows).all()


def test_growth_only_appends_and_meets_the_register_at_year_ends() -> None:
    s = at(100)
    for k, kind in enumerate(KINDS[1:], start=1):
        before = np.zeros(len(leaves()), np.int64)
        for month in range(2013 * 12 + 9, 2023 * 12 + 6):
            now = s.alive(np.arange(len(leaves())), k, month)
            assert (now >= before).all()
            before = now
            registered = stocks()[kind].by_year_end.get(month // 12)
            if month % 12 == 11 and registered:
                assert now.sum() == half_up(registered, 100)
        assert (before == s.totals[:, k]).all()


def test_a_stratum_is_alive_as_a_whole_from_the_month_it_enters() -> None:
    s = at(100)
    for month in (2013 * 12 + 9, 2016 * 12 + 5, 2016 * 12 + 6, 2022 * 12 + 11):
        alive = s.alive(s.strata.leaf, s.strata.kind, month)
        assert ((s.strata.start < alive) == (s.strata.enters <= month)).all()
        assert ((s.strata.start + s.strata.size <= alive) == (s.strata.enters <= month)).all()


def test_sizes_do_not_depend_on_the_seed() -> None:
    one, two = at(1000, 1), at(1000, 2)
    assert (one.strata.size == two.strata.size).all()


def test_the_description_counts_every_subject_once_for_each_attribute() -> None:
    rows = at(1000).describe()
    for k, kind in enumerate(KINDS):
        for attribute in PROFILES[kind]:
            sizes = [r["size"] for r in rows if (r["kind"], r["attribute"]) == (kind, attribute)]
            assert sum(int(n) for n in sizes) == at(1000).totals[:, k].sum()


@pytest.mark.parametrize("scale", [0, -1, 1_000_001])
def test_a_scale_out_of_range_is_refused(scale: int) -> None:
    with pytest.raises(UsageError, match="expected 1"):
        society(scale, 1)


# --- ids ---------------------------------------------------------------------------------

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def passes_resident_number(text: str) -> bool:
    """GB 11643: seventeen digits, then the check character of ISO 7064 MOD 11-2."""
    if len(text) != 18 or not (text[:17].isascii() and text[:17].isdigit()):
        return False
    total = sum(w * int(c) for w, c in zip(RESIDENT_WEIGHTS, text, strict=False))
    return text[17].upper() == "10X98765432"[total % 11]


def passes_credit_code(text: str) -> bool:
    """GB 32100: eighteen of 31 characters, weighted by powers of three, modulo 31."""
    if len(text) != 18 or any(c not in CREDIT_ALPHABET for c in text):
        return False
    total = sum(pow(3, i, 31) * CREDIT_ALPHABET.index(c) for i, c in enumerate(text[:17]))
    return CREDIT_ALPHABET.index(text[17]) == (31 - total % 31) % 31


def test_the_two_checksums_accept_what_they_should() -> None:
    body = "00000019000101001"
    total = sum(w * int(c) for w, c in zip(RESIDENT_WEIGHTS, body, strict=True))
    assert passes_resident_number(body + "10X98765432"[total % 11])
    accepted = [c for c in CREDIT_ALPHABET if passes_credit_code("9100000000000000A" + c)]
    assert len(accepted) == 1


def test_no_id_passes_an_official_checksum_whole_or_in_part() -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    n = 100_000
    raw = rng.bit_generator.random_raw(3 * n).astype(np.uint64)
    leaf, kind = raw[:n] % np.uint64(len(leaves())), raw[n : 2 * n] % np.uint64(len(KINDS))
    index = raw[2 * n :] % np.uint64(2**32)
    for id in pack(leaf, kind, index).tolist():
        text = format_id(id)
        bare = text.replace("-", "")
        for form in (text, text.removeprefix("SYN-"), bare, bare.removeprefix("SYN")):
            for i in range(max(1, len(form) - 17)):
                assert not passes_resident_number(form[i : i + 18])
                assert not passes_credit_code(form[i : i + 18])


@settings(deadline=None)  # the first call compiles
@given(st.integers(0, len(leaves()) - 1), st.integers(0, len(KINDS) - 1), st.integers(0, 2**32 - 1))
def test_ids_go_round(leaf: int, kind: int, index: int) -> None:
    id = int(pack(leaf, kind, index))
    assert parse_id(format_id(id)) == Subject(leaf, kind, index)
    assert tuple(int(x) for x in unpack(id)) == unpack_id(id) == (leaf, kind, index)
    assert int(packed_id(leaf, kind, index)) == id


@given(st.lists(st.tuples(st.integers(0, 31), st.integers(0, 4), st.integers(0, 2**32 - 1))))
def test_many_ids_are_written_as_one(parts: list[tuple[int, int, int]]) -> None:
    ids = [int(pack(*part)) for part in parts]
    assert format_ids(ids).tolist() == [format_id(id) for id in ids]


def test_a_slip_in_an_id_is_noticed() -> None:
    text = format_id(int(pack(14, 1, 123_456_789)))
    slips = {
        text[:i] + c + text[i + 1 :]
        for i in range(len(text))
        for c in "0123456789ABCDEFGHJKMNPQRSTVWXYZ-"
        if {c, text[i]} not in ({"0", "X"}, {"1", "Y"}, {"2", "Z"})
    }
    slips |= {text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in range(len(text) - 1)}
    for slip in slips - {text}:
        with pytest.raises(UsageError, match="synthetic subject"):
            parse_id(slip)


def test_an_id_is_taken_apart_in_compiled_code_too() -> None:
    assert compiled(unpack_id)(int(pack(31, 4, 2**32 - 1))) == (31, 4, 2**32 - 1)


@pytest.mark.parametrize("text", ["", "SYN", "370000-P-0000A1B-WZ", "110101199001010007"])
def test_what_is_no_id_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_id(text)
    assert not text or text not in str(caught.value).replace("SYN-370000-P-0000A1B-WZ", "")


# --- links -------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [100, 10_000])
def test_every_body_has_one_adult_and_every_adult_at_most_one_body(scale: int) -> None:
    s, chain = at(scale), linked(scale)
    for leaf in (0, 14, 31):
        people = []
        for kind in range(1, len(KINDS)):
            index = np.arange(s.totals[leaf, kind])
            person = chain.representative_of(leaf, kind, index)
            back = chain.represented_by(leaf, person)
            assert (back[0] == kind).all()
            assert (back[1] == index).all()
            people.append(person)
        person = np.concatenate(people)
        assert len(np.unique(person)) == len(person) == s.totals[leaf, 1:].sum()
        assert (person >= s.minors[leaf]).all()
        assert (person < s.totals[leaf, 0]).all()
        others = np.setdiff1d(np.arange(s.totals[leaf, 0]), person)
        assert (chain.represented_by(leaf, others)[0] == -1).all()


def test_where_a_sample_has_fewer_adults_than_bodies_the_last_have_nobody() -> None:
    s = at(1000)
    chain = links(s)
    chain._adults[0] = 100
    kind, index = np.full(200, 1), np.arange(200)
    person = chain.representative_of(0, kind, index)
    assert (person[:100] >= 0).all()
    assert (person[100:] == -1).all()


@settings(max_examples=6, deadline=None)
@given(st.integers(50_000, 1_000_000))
def test_links_are_total_even_in_tiny_societies(scale: int) -> None:
    s = at(scale)
    chain = links(s)
    for leaf in range(len(leaves())):
        for kind in range(1, len(KINDS)):
            index = np.arange(s.totals[leaf, kind])
            person = chain.representative_of(leaf, kind, index)
            found = person >= 0
            assert (chain.represented_by(leaf, person[found])[1] == index[found]).all()


def test_the_seed_decides_who_stands_behind_a_firm() -> None:
    index = np.arange(1000)
    one = linked(100, 1).representative_of(14, 1, index)
    two = linked(100, 2).representative_of(14, 1, index)
    assert (one != two).mean() > 0.99


def test_sharing_a_name_is_mutual_and_the_groups_fill_the_leaf() -> None:
    s, chain = at(100), linked(100)
    leaf = leaves().index("tibet")
    everyone = np.arange(s.totals[leaf, 0])
    start, length = chain.namesakes(leaf, everyone)
    members = np.bincount(start, minlength=len(everyone))
    assert (members[start] == length).all()
    firsts = np.unique(start)
    assert (firsts[1:] == (firsts + members[firsts])[:-1]).all()
    some = np.flatnonzero(length > 1)[:50]
    for i in some:
        group = chain.members(leaf, np.arange(start[i], start[i] + length[i]))
        assert i in group
        assert (chain.namesakes(leaf, group)[0] == start[i]).all()


def test_a_drawn_namesake_is_another_of_the_group_and_each_may_be_drawn() -> None:
    chain = linked(1)
    leaf = leaves().index("weihai")
    start, length = chain.namesakes(leaf, np.arange(2000))
    person = int(np.flatnonzero(length == 4)[0])
    draws = (np.arange(300, dtype=np.uint64) * np.uint64(2**64 // 300)).astype(np.uint64)
    drawn = chain.namesake(leaf, np.full(300, person), draws)
    group = set(chain.members(leaf, np.arange(start[person], start[person] + 4)).tolist())
    assert set(drawn.tolist()) == group - {person}
    alone = np.flatnonzero(length == 1)[:5]
    assert (chain.namesake(leaf, alone, np.uint64(1)) == -1).all()


def test_name_groups_follow_the_frequency_law() -> None:
    holders = np.array([h for h, _ in name_classes()])
    per_billion = np.array([p for _, p in name_classes()])
    assert per_billion.sum() == 10**9
    assert (np.diff(holders) < 0).all()
    assert holders[0] <= 294_282
    names = per_billion * (NATION / 1e9) / holders
    assert names[holders >= 150_000].sum() == pytest.approx(50, abs=5)
    person = np.arange(0, 1_000_000, 7)
    common = linked(1).commonness(18, person)
    rarest = per_billion[holders == 6][0] / 1e9
    assert (common == 6).mean() == pytest.approx(rarest, abs=0.01)
    assert common.mean() == pytest.approx((per_billion / 1e9) @ holders, rel=0.03)


def test_namesakes_grow_rarer_in_a_sample_but_commonness_does_not() -> None:
    leaf, person = 18, np.arange(10_000)
    whole, part = linked(1), linked(1000)
    assert whole.namesakes(leaf, person)[1].mean() > 20 * part.namesakes(leaf, person)[1].mean()
    assert part.commonness(leaf, person).mean() == pytest.approx(
        whole.commonness(leaf, person).mean(), rel=0.15
    )


def test_household_registration_follows_the_national_share() -> None:
    s, chain = at(1000), linked(1000)
    urban = total = 0
    for leaf in range(len(leaves())):
        person = np.arange(s.totals[leaf, 0])
        kind = chain.registration(s, leaf, person)
        residence = s.strata.residence[s.stratum_of(leaf, 0, person)]
        assert (kind[residence == 1] == 1).all()
        urban += (kind == 0).sum()
        total += len(person)
    assert urban / total == pytest.approx(0.454, abs=0.002)
