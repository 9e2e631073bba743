"""What follows for others: who they are, what reaches them, and what reaches nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numba
import numpy as np
import pytest

from conftest import Lived, live
from reference import simulated as sim
from test_engine_parts import FIRST, KEYS, _link, _one_measure
from xinyong.dates import NEVER, first_day
from xinyong.engine.scenario import Mechanisms, Scenario
from xinyong.engine.state import CASE_COPIED, N_CASES
from xinyong.engine.tables import entry_table, indicator_table
from xinyong.engine.world import build
from xinyong.institutions.copies import COLUMNS, copies_of
from xinyong.institutions.measures import MeasureTable
from xinyong.institutions.others import (
    OTHERS,
    STANDING,
    Others,
    account_others,
    standing_others,
)
from xinyong.law import schema
from xinyong.law.compile import Law
from xinyong.law.vocabulary import KINDS, ROLES
from xinyong.society.margins import shares
from xinyong.society.others import BEHIND, LINKS, MOST, Ties, others, ties_of
from xinyong.society.strata import LABELS, Society, society

FAMILY, EMPLOYER = LINKS.index("family"), LINKS.index("employer")
LEAF = 0


@pytest.fixture(scope="module")
def people() -> Society:
    return society(2_000, seed=11)


@pytest.fixture(scope="module")
def ties(people: Society) -> Ties:
    return ties_of(people)


def bodies(people: Society, kind: str) -> np.ndarray:
    k = KINDS.index(kind)
    return k << 32 | np.arange(int(people.totals[LEAF, k]))


def minors(people: Society) -> np.ndarray:
    return np.arange(int(people.minors[LEAF]))


# --- links ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS[1:])
@pytest.mark.parametrize("role", BEHIND)
def test_whoever_holds_a_role_is_found_from_the_body_and_the_body_from_it(
    people: Society, ties: Ties, kind: str, role: str
) -> None:
    body = bodies(people, kind)
    holder = others(ties, LEAF, body, LINKS.index(role), 0)
    assert (holder >= people.minors[LEAF]).all()
    back = [others(ties, LEAF, holder, LINKS.index(f"{role}_of"), k) for k in (0, 1)]
    assert ((back[0] == body) | (back[1] == body)).all()


@pytest.mark.parametrize("role", BEHIND)
def test_nobody_holds_a_role_apart_in_two_bodies_and_as_many_do_as_the_shares_say(
    people: Society, ties: Ties, role: str
) -> None:
    body = bodies(people, "enterprise")
    holder = others(ties, LEAF, body, LINKS.index(role), 0)
    apart = holder != others(ties, LEAF, body, 0, 0)
    assert max(Counter(holder[apart].tolist()).values(), default=1) == 1
    assert max(Counter(holder[~apart].tolist()).values()) == 1
    p, n = float(shares("enterprise", role).get("apart", 0)), len(body)
    assert abs(apart.sum() - n * p) <= 4 * (n * p * (1 - p)) ** 0.5


def test_every_child_has_two_parents_under_sixty_who_are_a_couple_and_know_it(
    people: Society, ties: Ties
) -> None:
    child = minors(people)
    first, second = (others(ties, LEAF, child, FAMILY, k) for k in (0, 1))
    assert (others(ties, LEAF, first, FAMILY, 0) == second).all()
    assert (others(ties, LEAF, second, FAMILY, 0) == first).all()
    ages = people.strata.age[people.stratum_of(LEAF, 0, np.concatenate([first, second]))]
    assert {LABELS["age"][a] for a in ages.tolist()} == {"18-34", "35-59"}
    for parent in (first, second):
        found = [others(ties, LEAF, parent, FAMILY, k) for k in range(1, MOST)]
        assert np.logical_or.reduce([children == child for children in found]).all()


def test_families_have_as_many_children_as_the_shares_say(people: Society, ties: Ties) -> None:
    first = others(ties, LEAF, minors(people), FAMILY, 0)
    sizes = Counter(Counter(first.tolist()).values())
    wanted = shares("person", "children")
    total = sum(sizes.values())
    for size, word in enumerate(("one", "two", "three"), start=1):
        assert sizes[size] / total == pytest.approx(float(wanted[word]), abs=0.01)


def test_those_who_work_are_dealt_out_evenly_over_the_bodies_there_from_the_beginning(
    people: Society, ties: Ties
) -> None:
    person = np.arange(int(people.totals[LEAF, 0]))
    body = others(ties, LEAF, person, EMPLOYER, 0)
    found = Counter(body[body >= 0].tolist())
    assert set(Counter(found.values())) <= {min(found.values()), min(found.values()) + 1}
    assert sum(found.values()) == int(ties.employed[LEAF])
    assert {KINDS[b >> 32] for b in found} == {"enterprise", "social_organisation", "organ"}
    for b in found:
        assert (b & 0xFFFFFFFF) < people.alive(LEAF, b >> 32, 2013 * 12 + 9)


def test_links_do_not_lead_out_of_their_direction(people: Society, ties: Ties) -> None:
    """A body has no family, and nobody stands behind a person."""
    body, child = bodies(people, "organ"), minors(people)
    for link in range(len(BEHIND), len(LINKS)):
        assert (others(ties, LEAF, body, link, 0) == -1).all()
    for link in range(len(BEHIND)):
        assert (others(ties, LEAF, child, link, 0) == -1).all()


# --- measures, by hand -----------------------------------------------------------------------


@numba.njit
def _felt(table, felt, link, keys, acts, kind, index, start, end, mistaken, first, out):  # type: ignore[no-untyped-def]
    copies = np.zeros((table.inst.size, COLUMNS), np.int64)
    for i in range(acts.size):
        copies_of(table, link, keys, acts[i], 0, kind, 0, start, end, copies)
        account_others(
            table, felt, copies, keys, acts[i], 0, kind, index[i], 0, mistaken, first, out
        )


def reached(
    ties: Ties, people: Society, links: list[str], kind: int, listed: int, *, first: int = 0
) -> Others:
    """One measure row with a tie for each link, in force for ever."""
    n, codes = len(links), [LINKS.index(name) for name in links]
    seen = [sum(1 << c for c in codes[:i]) for i in range(n)]
    full = np.full(n, 1, np.int64)
    alive = np.repeat(people.totals[:, :, None], 60, axis=2).astype(np.int64)
    return Others(
        np.array([0]), np.array([0, n]), np.array(codes), full * first, np.array(seen),
        full * listed, full * kind, full * 0, full * NEVER, alive, ties,
    )  # fmt: skip


def counted(
    table: MeasureTable, felt: Others, index: list[int], kind: int, start: int, end: int,
    link: object = None, mistaken: int = 0,
) -> np.ndarray:  # fmt: skip
    """Return int64[months, ties, OTHERS] of spells of subjects of one kind."""
    out = np.zeros((40, len(felt.link), 1, len(OTHERS)), np.int64)
    acts = np.arange(1, 1 + len(index)).astype(np.uint64)
    _felt(
        table, felt, link or _link(1, friction=False), KEYS, acts, kind, np.array(index),
        start, end, mistaken, FIRST, out,
    )  # fmt: skip
    return standing_others(out)[:, :, 0]


def asked(kinds: int) -> MeasureTable:
    """A measure on these kinds of which somebody asks every month, at no distance."""
    return _one_measure(1.0)._replace(kinds=np.array([kinds]))


def test_a_firms_ban_is_felt_by_each_of_those_behind_it_once(people: Society, ties: Ties) -> None:
    """From the tenth month to the twentieth: ten month ends, ten requests, for each person."""
    links, k = ["legal_representative", "head", "responsible_person"], KINDS.index("enterprise")
    start, end = first_day(FIRST + 10) + 3, first_day(FIRST + 20) + 3
    index = list(range(200))
    who = [others(ties, LEAF, bodies(people, "enterprise")[:200], link, 0) for link in range(3)]
    apart = [
        200,
        int((who[1] != who[0]).sum()),
        int(((who[2] != who[0]) & (who[2] != who[1])).sum()),
    ]
    assert 0 < apart[1] < apart[2] < 200
    found = counted(asked(1 << k), reached(ties, people, links, 0, 1 << k), index, k, start, end)
    for i, n in enumerate(apart):
        for aspect in STANDING:
            assert found[:, i, aspect].tolist() == [0] * 10 + [n] * 10 + [0] * 20
        assert (
            found[:, i, OTHERS.index("others_applied")].tolist() == [0] * 10 + [n] * 10 + [0] * 20
        )
    assert not found[..., OTHERS.index("others_applied_mistaken")].any()


def test_a_parents_ban_is_felt_by_its_children_and_not_by_its_partner(
    people: Society, ties: Ties
) -> None:
    start, end = first_day(FIRST + 2), first_day(FIRST + 5)
    parents = np.unique(others(ties, LEAF, minors(people)[:300], FAMILY, 0))
    childless = np.array([int(people.totals[LEAF, 0]) - 1])
    listed = np.concatenate([parents, childless])
    children = sum(int((others(ties, LEAF, listed, FAMILY, k) >= 0).sum()) for k in range(1, MOST))
    found = counted(
        asked(1), reached(ties, people, ["family"], 0, 1, first=1), listed.tolist(), 0, start, end,
        mistaken=1,
    )  # fmt: skip
    assert children > len(parents)
    assert found[2:5, 0, 0].tolist() == [children] * 3
    assert found[:, 0, OTHERS.index("others_applied_mistaken")].sum() == 3 * children
    assert found.sum(axis=(1, 2))[5:].sum() == 0


def test_a_copy_astray_or_lost_reaches_nobody(people: Society, ties: Ties) -> None:
    k = KINDS.index("enterprise")
    felt = reached(ties, people, ["legal_representative"], 0, 1 << k)
    link = _link(1, friction=False)
    always = np.full(link.wrong.shape, np.uint64(2**64 - 1))
    link = link._replace(wrong=always, missed=always)
    start, end = first_day(FIRST + 2), first_day(FIRST + 5)
    found = counted(asked(1 << k), felt, [1, 2, 3], k, start, end, link)
    assert found[2:5, 0, OTHERS.index("others_on_paper")].tolist() == [3, 3, 3]
    assert not found[..., 1:].any()


def test_a_tie_lasts_as_long_as_the_text_that_makes_it(people: Society, ties: Ties) -> None:
    k = KINDS.index("enterprise")
    felt = reached(ties, people, ["legal_representative"], 0, 1 << k)
    felt = felt._replace(
        begins=np.array([first_day(FIRST + 4)]), ends=np.array([first_day(FIRST + 7) - 1])
    )
    found = counted(asked(1 << k), felt, [1], k, first_day(FIRST + 2), first_day(FIRST + 9))
    assert found[:, 0, 0].nonzero()[0].tolist() == [4, 5, 6]
    assert found[:, 0, OTHERS.index("others_applied")].nonzero()[0].tolist() == [4, 5, 6]


def test_what_texts_say_of_others_is_what_is_followed() -> None:
    world = build(Scenario(scale=100_000))
    by_link = {(n[0], n[1], n[3]) for n in world.tie_rows}
    assert ("spending_restriction", "m_private_school", "family") in by_link
    assert ("spending_restriction", "m_no_fly", "legal_representative") in by_link
    assert ("spc_defaulters", "m_notify_employer", "employer") in by_link
    assert ("organs_list", "m_no_honours", "responsible_person") in by_link
    assert not [n for n in by_link if n[2] == "family" and n[1] != "m_private_school"]
    off = build(Scenario(scale=100_000, mechanisms=Mechanisms(others=False)))
    assert off.tie_rows == ()
    assert not off.others.rows.size


# --- in a run --------------------------------------------------------------------------------

#: Arrears, and breaches by organs, often enough for a small society.
OFTEN = """
families:
  - id: more_arrears
    monthly: {enterprise: 0.004, organ: 0.002}
    split: [{conduct: wage_arrears, share: 1.0}]
    start: "2017-12"
    facts: {malicious: 0.5, criminal_case: 0.5}
    quantities:
      - {of: persons, shares: [1.0], ranges: [[31, 100]]}
      - {of: amount, shares: [1.0], ranges: [[200000, 900000]]}
      - {of: months, shares: [1.0], ranges: [[4, 12]]}
    then:
      - {event: formed, what: payment_order, after: [5, 20]}
      - {event: served, what: payment_order, after: [1, 2]}
      - {event: deadline, after: [5, 6]}
    status: assumption
    reason: for a test
  - id: more_promises
    monthly: {organ: 0.01}
    split: [{conduct: government_promise_breach, share: 1.0}]
    start: "2017-12"
    then:
      - {event: formed, what: verification_record, after: [5, 20]}
      - {event: formed, what: accountability_decision, after: [5, 20], share: 0.5}
    status: assumption
    reason: for a test
"""


@pytest.fixture(scope="module")
def often(rules: Law, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Lived]:
    path = tmp_path_factory.mktemp("rates") / "rates.yaml"
    path.write_text(OFTEN, encoding="utf-8")
    held: dict[str, Lived] = {}

    def run(law: Law = rules, **given: object) -> Lived:
        name = f"{law.catalogue.digest} {sorted(given.items())}"
        if name not in held:
            held[name] = live(
                law, scale=20_000, from_="2017-12", until="2018-12", keep="all",
                rates=(str(path),), **given,
            )  # fmt: skip
        return held[name]

    return run


def copies(runs: Lived) -> list[tuple[int, int, int, int]]:
    """Leaf, role, person and the subject whose record it is, of every record carried over."""
    world, leaves = runs
    found = []
    for run in leaves:
        cs = run.leaf.cs[: int(run.leaf.counts[N_CASES])]
        own = {
            int(c["act"]): int(run.leaf.lg["subject"][c["ledger"]])
            for c in cs if not c["flags"] & CASE_COPIED
        }  # fmt: skip
        for c in cs:
            if c["flags"] & CASE_COPIED:
                ledger = sim.ledger_of(world, run, int(c["ledger"])).events
                (role,) = (
                    e.value for e in ledger if e.event == "copied" and e.case == int(c["number"])
                )
                person = int(run.leaf.lg["subject"][c["ledger"]])
                found.append((run.place, role, person, own[int(c["act"])]))
    return found


def test_a_record_is_carried_to_every_role_that_its_provision_names(
    often: Callable[..., Lived],
) -> None:
    """Arrears: to the representative, another head, another person responsible, each once."""
    world, _ = run = often()
    found = copies(run)
    by_body: dict[tuple[int, int], set[int]] = {}
    for place, role, person, body in found:
        link = LINKS.index(ROLES[role])
        assert others(world.others.ties, place, np.array([body]), link, 0)[0] == person
        by_body.setdefault((place, body), set()).add(person)
    assert {ROLES[role] for _, role, _, _ in found} >= set(BEHIND[:3])
    for (place, body), persons in by_body.items():
        if body >> 32 == KINDS.index("enterprise"):
            who = {
                int(others(world.others.ties, place, np.array([body]), link, 0)[0])
                for link in range(3)
            }
            assert persons == who


def test_a_broken_promise_is_on_the_files_of_officials_once_somebody_was_held_to_account(
    often: Callable[..., Lived],
) -> None:
    world, leaves = run = often()
    organs = {
        (place, body) for place, role, _, body in copies(run)
        if body >> 32 == KINDS.index("organ") and ROLES[role] in ("head", "responsible_person")
    }  # fmt: skip
    assert organs
    entries = entry_table(world, leaves)
    rows = [r for r in entries.to_pylist() if r["list"] == "organs_list"]
    assert {r["kind"] for r in rows} == {
        "organ"
    }  # officials have the record, no entry of their own
    assert not any(r["copied"] for r in rows)
    held = {r["group"] for r in indicator_table(world, leaves).to_pylist()
            if r["indicator"] == "others_received"}  # fmt: skip
    assert "organs_list/m_no_honours/cod/responsible_person" in held


def _uncopied(law: Law) -> Law:
    """The law without any provision that carries a record to others."""
    cat = law.catalogue
    changed = {}
    for name, it in cat.instruments.items():
        versions = [
            w.model_copy(
                update={
                    "provisions": [p for p in w.provisions if not isinstance(p.effect, schema.Copy)]
                }
            )
            for w in it.versions
        ]
        changed[name] = it.model_copy(update={"versions": versions})
    return replace(law, catalogue=replace(cat, instruments=changed))


def test_off_is_a_law_that_says_nothing_of_others(often: Callable[..., Lived]) -> None:
    world, leaves = off = often(mechanisms=Mechanisms(others=False))
    assert copies(off) == []
    table = indicator_table(world, leaves).to_pylist()
    assert not [r for r in table if r["indicator"].startswith("others_")]
    bare = often(_uncopied(often()[0].law), mechanisms=Mechanisms(others=False))
    assert indicator_table(*bare).equals(indicator_table(*off))
    assert entry_table(*bare).equals(entry_table(*off))


def test_what_happens_to_the_listed_is_the_same_with_others_off(
    often: Callable[..., Lived],
) -> None:
    """Bodies fare alike: only persons gain or lose records."""

    def of_bodies(run: Lived) -> list[dict[str, object]]:
        return [r for r in entry_table(*run).to_pylist() if r["kind"] != "person"]

    assert of_bodies(often()) == of_bodies(often(mechanisms=Mechanisms(others=False)))
