"""Gates and the linter read the same law: what the one bars, the other finds in breach.

A rule such as those of December 2020 stands twice in the data: as a gate, by attributes, for the
day of a case, and as a limit with elements, for a rulebook as a whole. What a document is worth
stands once, with its kind; all else that both state is held one against the other here.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

import pytest

from xinyong.law import schema
from xinyong.law import tables as t
from xinyong.law import vocabulary as v
from xinyong.law.catalogue import load
from xinyong.law.compile import law
from xinyong.law.gates import bars, measure_target, provision_target
from xinyong.law.lint import Limit, Profile, chosen, lint, load_profiles, read_rulebooks
from xinyong.law.lint.limits import sets_of

DAY = dt.date(2023, 1, 15)
#: Items that follow from a decision only because of a circumstance, which gates do not read.
DECIDED_BY_CIRCUMSTANCE = {"wendeng_2020.wd0034", "wendeng_2020.wd0480"}
PROFILES = load_profiles()
PAIRED = [(p.id, x.id) for p in PROFILES.values() for x in p.limits if x.same_as is not None]


def limit_of(profile: str, limit: str) -> tuple[Profile, Limit]:
    found = PROFILES[profile]
    return found, next(x for x in found.limits if x.id == limit)


def gates_of(limit: Limit) -> list[tuple[schema.Instrument, schema.Version, schema.Gate]]:
    """The gates a limit is the same as, in the first version that has them on the limit's day."""
    assert limit.same_as is not None
    it = load().instruments[limit.same_as.instrument]
    found = []
    for name in limit.same_as.gates:
        having = [w for w in it.versions if name in {g.id for g in w.gates}]
        days = [w for w in having if w.in_force.from_ == limit.from_] or having[:1]
        found.append((it, days[0], next(g for g in days[0].gates if g.id == name)))
    return found


# --- what both state in words of the data -------------------------------------------------------


@pytest.mark.parametrize(("profile", "limit"), PAIRED)
def test_a_limit_and_its_gate_have_one_day_one_rank_one_place(profile: str, limit: str) -> None:
    of, found = limit_of(profile, limit)
    for it, version, gate in gates_of(found):
        assert version.in_force.from_ == found.from_, gate.id
        assert it.rank == of.rank
        assert it.reach.place == of.place
        if found.until is not None:
            assert version.in_force.until == found.until


@pytest.mark.parametrize(("profile", "limit"), PAIRED)
def test_a_limit_and_its_gate_stand_in_one_article(profile: str, limit: str) -> None:
    of, found = limit_of(profile, limit)
    assert found.cite.source is not None
    source = of.sources[found.cite.source]
    mine = set(re.findall(r"\d+", found.cite.article or ""))
    for it, _, gate in gates_of(found):
        if gate.cite.source is None:
            continue  # an assumption has no article
        other = it.sources[gate.cite.source]
        same_text = source.number is not None and source.number == other.number
        if same_text:
            assert source.date == other.date
            if mine:
                theirs = {
                    re.sub(r"\(.*", "", n.strip()) for n in (gate.cite.article or "").split(",")
                }
                assert theirs & mine, gate.id


def test_what_is_a_decision_and_what_ranks_low_is_one_and_the_same() -> None:
    sets = sets_of(PROFILES["cn_49"], load().worths)
    below = set(v.RANKS[v.RANKS.index("local_regulation") + 1 :])
    assert sets["low_ranks"] == below
    local = {"provincial", "city", "county", "village"}
    assert sets["local_levels"] == local
    for it in load().instruments.values():
        for version in it.versions if it.kind == "gate" else ():
            for gate in version.gates:
                if gate.where.conduct_not is not None:
                    assert set(gate.where.conduct_not) == sets["decisions"], gate.id
                if gate.where.category_not_in is not None:
                    kinds = sets_of(PROFILES["cn_lists"])["kinds_of_list"] | {"industry"}
                    assert set(gate.where.category_not_in) == kinds
                # kinds of documents are named by their worth, not one by one
                for where in (gate.where, gate.needs):
                    assert where is None or where.documents is None, gate.id
                    assert where is None or where.documents_always is None, gate.id


def test_every_kind_of_document_that_is_a_decision_is_worth_one() -> None:
    documents = {d: load().documents[d].zh for d in load().documents}
    named = {d for d, zh in documents.items() if zh.endswith(("决定书", "决定", "判决", "裁决"))}
    assert {d for d in named if load().worths[d] not in ("effective", "procedural")} == set()
    assert set(load().worths.values()) == set(v.WORTHS)


def test_every_rule_of_a_gate_is_a_limit_or_known_not_to_be() -> None:
    only_for_a_case = {
        "industry_list",  # the linter leaves associations out
        "trivial_conduct",  # conduct named one by one; the linter asks for a document instead
        "publication",
        "no_wider_target",
    }
    told: dict[str, set[str]] = {}
    for profile, limit in PAIRED:
        same = limit_of(profile, limit)[1].same_as
        assert same is not None
        told.setdefault(same.instrument, set()).update(same.gates)
    for name, gates in told.items():
        there = {g.id for w in load().instruments[name].versions for g in w.gates}
        assert there - gates <= only_for_a_case, name


# --- what both find in the catalogue ---------------------------------------------------------


@cache
def gated() -> dict[tuple[str, str], set[str]]:
    """Gate and effect -> parts of all instruments in force on the day that it has it on."""
    found: dict[tuple[str, str], set[str]] = {}
    made = law()
    for row, o in enumerate(made.origins):
        roles = int(made.tables.prov[row, t.P_VIA])
        via = tuple(r for i, r in enumerate(v.ROLES) if roles >> i & 1)
        heard = made.heard[row]
        target = provision_target(
            made.catalogue, o.instrument, o.version, heard, o.conditions, o.effect, via
        )
        if target is None or not in_force(target.version):
            continue
        for b in bars(made.catalogue, target, DAY):
            found.setdefault((b.gate, b.effect), set()).add(f"{o.instrument}.{o.provision}")
    for it in made.catalogue.instruments.values():
        for version in filter(in_force, it.versions):
            for measure in version.measures:
                for b in bars(made.catalogue, measure_target(it, version, measure), DAY):
                    name = f"{it.id}.{measure.measure}"
                    found.setdefault((b.gate, b.effect), set()).add(name)
    return found


def in_force(version: schema.Version) -> bool:
    until = version.in_force.until
    return version.in_force.from_ <= DAY and (until is None or until >= DAY)


def hit(effect: str, *gates: str) -> set[str]:
    return set().union(*(gated().get((gate, effect), set()) for gate in gates))


@cache
def said(result: str, limit: str) -> set[str]:
    """Parts of which the linter says so; of an instrument as a whole, its id."""
    books = [b for b in read_rulebooks("all") if b.id in compiled()]
    report = lint(books, on=DAY, against=chosen(["cn_49"]))
    return {
        f.instrument if f.over == "instrument" else f"{f.instrument}.{f.path.rpartition('.')[2]}"
        for f in report.of(result)  # type: ignore[arg-type]
        if f.limit == limit
    }


@cache
def compiled() -> set[str]:
    return {o.instrument for o in law().origins}


def ids(parts: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in parts}


def test_the_gate_bars_just_what_the_linter_finds_in_breach() -> None:
    barred = hit("required", "effective_document", "list_document") - DECIDED_BY_CIRCUMSTANCE
    assert len(barred) > 200
    breach, doubt = said("breach", "effective_document"), said("doubt", "effective_document")
    assert breach <= barred
    # The linter does not hold against a part the words nobody has read.
    assert barred - breach <= doubt
    assert len(barred - breach) < 10
    assert not {name for name in barred - breach if name.startswith("wendeng_2020.")}


def test_what_the_linter_doubts_the_gate_leaves_to_be_weighed() -> None:
    doubted = {x for x in said("doubt", "effective_document") if x.startswith("wendeng_2020.")}
    assert doubted
    assert doubted <= hit("weighed", "effective_document_open")


def test_a_list_of_too_low_a_rank_is_barred_and_in_breach() -> None:
    barred = ids(hit("barred", "local_list_basis", "national_list_basis"))
    assert barred == said("breach", "list_basis")
    weighed = ids(hit("weighed", "national_list_basis_open"))
    assert said("doubt", "list_basis") <= weighed


@pytest.mark.parametrize(
    ("limit", "gate"),
    [
        ("list_notice", "list_notice"),
        ("repair", "repair_open"),
        ("list_standard", "removal_stated"),
    ],
)
def test_a_list_without_its_safeguards_is_barred_where_the_linter_finds_a_breach(
    limit: str, gate: str
) -> None:
    lists = {i for i in compiled() if load().instruments[i].kind == "list"}
    barred = ids(hit("required", gate))
    assert said("breach", limit) & lists <= barred
    # Where the text was not read as a whole, the linter says no more than a doubt.
    assert barred - said("breach", limit) <= said("doubt", limit)


def test_a_local_measure_without_a_basis_is_barred_and_in_breach() -> None:
    day = dt.date(2021, 6, 1)
    for name in ("epidemic_list_dalian", "epidemic_list_xiangyang"):
        it = load().instruments[name]
        version = it.versions[0]
        barred = {
            row.measure
            for row in version.measures
            for b in bars(load(), measure_target(it, version, row), day)
            if b.gate == "local_measure_basis"
        }
        report = lint(read_rulebooks(name), on=day, against=chosen(["cn_49"]))
        breach = [f for f in report.of("breach") if f.limit == "measure_basis"]
        assert barred == {f.path.rpartition(".")[2] for f in breach}
        assert barred
