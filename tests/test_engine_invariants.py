"""What always holds of a run, whatever its scenario (design, section 9)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, namedtuple
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from conftest import EXACT, Lived, live
from reference import simulated as sim
from xinyong import places
from xinyong.assumptions import assumptions
from xinyong.conduct import rates as rates_module
from xinyong.dates import NEVER
from xinyong.engine.advance import EXITS, FLOWS
from xinyong.engine.leaf_run import ACTS, LeafRun
from xinyong.engine.scenario import Mechanisms, Scenario
from xinyong.engine.state import CASE_COPIED, N_CASES, N_ENTRIES
from xinyong.engine.tables import digest, entry_table, indicator_table, total_measures
from xinyong.engine.world import World
from xinyong.institutions.measures import ASPECTS, standing
from xinyong.law.clocks import is_step
from xinyong.law.compile import Law
from xinyong.law.course import nominal
from xinyong.law.determine import Event, Ledger
from xinyong.law.vocabulary import EVENTS

WENDENG = places.leaves().index("wendeng")
RONGCHENG = places.leaves().index("rongcheng")
GOLDEN = Path(__file__).parent / "data" / "golden_digest.json"


def some(runs: list[LeafRun], most: int) -> Iterator[tuple[LeafRun, int]]:
    """Yield about so many files, spread over the leaves; all of two leaves with schemes."""
    step = max(1, sum(sim.files(run) for run in runs) // most)
    for run in runs:
        every = 1 if run.place in (WENDENG, RONGCHENG) else step
        for ledger in range(run.place % every, sim.files(run), every):
            yield run, ledger


# --- 1: one law --------------------------------------------------------------------------


def held_is_determined(world: World, runs: list[LeafRun], most: int) -> int:
    """Compare what a run holds with a fresh determination; returns how many entries."""
    entries, day = 0, sim.last_day(world)
    for run, ledger in some(runs, most):
        found, scores = sim.determined(world, run, ledger, day)
        assert sim.held(run, ledger) == found
        held = sim.held_scores(world, run, ledger)
        assert held.keys() <= scores.keys()
        for scheme, score in scores.items():
            if scheme in held:
                assert held[scheme] == score
            else:  # not looked at yet: nothing follows, so the start stands
                assert score[0] == sim.start(world, scheme, day)
        entries += len(found)
    return entries


@pytest.mark.parametrize("until", ["2014-12", "2016-12", "2018-12"])
def test_a_replay_in_the_plain_kernel_finds_what_the_run_holds(
    lived: Callable[..., Lived], until: str
) -> None:
    world, runs = lived(scale=20_000, until=until, keep="all")
    assert held_is_determined(world, runs, 300) > 20


def test_a_replay_finds_the_scores_and_grades_of_the_scheme(wendeng: Lived) -> None:
    world, runs = wendeng
    assert held_is_determined(world, runs, 300) > 50
    run = runs[WENDENG]
    graded = [sim.held_scores(world, run, i) for i in range(sim.files(run))]
    assert len({held["wendeng_2020"] for held in graded if held}) > 10


def test_a_shorter_run_is_the_beginning_of_a_longer_one(lived: Callable[..., Lived]) -> None:
    shorter, longer = (
        lived(scale=20_000, until=until, keep="all") for until in ("2016-12", "2018-12")
    )
    months = shorter[0].scenario.months
    for a, b in zip(shorter[1], longer[1], strict=True):
        for name in ("acts", "flow", "grades", "points", "barred", "queue", "files"):
            assert np.array_equal(getattr(a, name), getattr(b, name)[:months])


def _own_step(law: Law, event: Event) -> bool:
    """Tell whether an event is one that a must step of an instrument writes."""
    steps = [o for o in law.steps if o.step.then == event.event and o.step.modality == "must"]
    if is_step(EVENTS.index(event.event)):
        return any(o.instrument == event.what for o in steps)
    return bool(steps) and not event.what


def _told(world: World, run: LeafRun) -> dict[int, set[tuple[int, str, str, int]]]:
    """Return, for each copied case, what its representative was told: the body's own events."""
    leaf, n = run.leaf, int(run.leaf.counts[N_CASES])
    copied = (leaf.cs["flags"][:n] & CASE_COPIED) != 0
    body = {int(leaf.cs["act"][c]): c for c in np.nonzero(~copied)[0].tolist()}
    found = {}
    for case in np.nonzero(copied)[0].tolist():
        source = body[int(leaf.cs["act"][case])]
        ledger = sim.ledger_of(world, run, int(leaf.cs["ledger"][source]))
        number = int(leaf.cs["number"][source])
        found[case] = {(e.day, e.event, e.what, e.value) for e in ledger.events if e.case == number}
    return found


@pytest.mark.parametrize(
    ("redress", "window"),
    [
        (False, {"scale": 20_000, "until": "2018-12"}),
        (True, {"scale": 20_000, "until": "2018-12"}),
        (True, {"scale": 2_000, "from_": "2020-01", "until": "2021-12"}),
        (True, {"scale": 2_000, "from_": "2018-01", "until": "2019-12"}),
    ],
)
def test_without_friction_a_run_is_the_nominal_course_of_its_acts(
    lived: Callable[..., Lived], redress: bool, window: dict[str, Any]
) -> None:
    mechanisms = EXACT.model_copy(update={"redress": redress})
    world, runs = lived(keep="all", mechanisms=mechanisms, **window)
    last = sim.last_day(world)
    steps = 0
    for run in runs:
        told = _told(world, run)
        for _, ledger in some([run], 8):
            simulated = sim.ledger_of(world, run, ledger)
            cases = sim.cases_of(run, ledger)
            stated = [
                e
                for e in simulated.events
                if not _own_step(world.law, e)
                or (e.day, e.event, e.what, e.value) in told.get(cases[e.case], ())
            ]
            course, _ = nominal(Ledger(simulated.subject, tuple(stated)), world.law, sim.date(last))
            until = [Counter(e for e in x if e.day <= last) for x in _events(simulated, course)]
            assert until[0] == until[1]
            steps += len(simulated.events) - len(stated)
    assert steps > 100
    assert held_is_determined(world, runs, 100)


def _events(*ledgers: Ledger) -> list[list[Any]]:
    row = namedtuple("row", "day event case what value")
    return [[row(e.day, e.event, e.case, e.what, e.value) for e in x.events] for x in ledgers]


# --- 2: same bits ------------------------------------------------------------------------


def test_groups_threads_and_what_is_kept_change_no_bit(rules: Law) -> None:
    arms = [(1, 1), (2, 1), (2, 2), (31, 2)]
    kept = {"all", "entries", "indicators"} - {Scenario().keep}
    given = {"scale": 50_000, "until": "2015-06"}
    digests = {digest(live(rules, groups=g, threads=n, **given)[1]) for g, n in arms}
    digests |= {digest(live(rules, keep=keep, **given)[1]) for keep in kept}
    assert len(digests) == 1
    assert digest(live(rules, seed=2, **given)[1]) not in digests


def test_compaction_changes_no_bit_over_all_years(
    lived: Callable[..., Lived], nation: Lived
) -> None:
    assert digest(lived(scale=20_000, until="2018-12", keep="indicators")[1]) == digest(nation[1])


def test_what_is_kept_changes_no_bit_of_those_who_hear_of_a_record(
    lived: Callable[..., Lived], tmp_path: Path
) -> None:
    """Those behind a firm get its record: again and again, and after their own file settled."""
    own = resources.files("xinyong.conduct") / "data" / "rates.yaml"
    rates = yaml.safe_load(own.read_text(encoding="utf-8"))
    (family,) = (f for f in rates["families"] if f["id"] == "wage_arrears")
    often = family | {"id": "often", "monthly": {"enterprise": 0.02}, "recorded": 1.0}
    path = tmp_path / "rates.yaml"
    path.write_text(yaml.safe_dump({"families": [often]}), encoding="utf-8")
    given = {"scale": 50_000, "from_": "2018-01", "until": "2021-12", "rates": (str(path),)}
    whole, *others = (lived(keep=k, **given) for k in ("all", "entries", "indicators"))
    listed = whole[0].law.code["instrument"]["wage_arrears_list"]
    persons = sum(int(run.flow[:, listed, 0, 0].sum()) for run in whole[1])
    assert persons > 20
    assert {digest(runs) for _, runs in others} == {digest(whole[1])}


def rows_digest(lived: Lived) -> str:
    """Return a digest over the rows of results in words: texts of the catalogue do not matter."""
    found = hashlib.blake2b(digest_size=16)
    for table in (indicator_table(*lived), entry_table(*lived)):
        columns = [column.to_pylist() for column in table.columns]
        rows = sorted(repr(row) for row in zip(*columns, strict=True))
        found.update("\n".join([*table.column_names, *rows]).encode())
    return found.hexdigest()


@pytest.mark.parametrize("name", ["nation", "wendeng"])
def test_golden_digest(lived: Callable[..., Lived], name: str) -> None:
    golden = json.loads(GOLDEN.read_text("utf-8"))["digests"][name]
    found = rows_digest(lived(**golden["scenario"]))
    assert found == golden["digest"], (
        "the results of a fixed scenario changed. If that was meant, say why in the commit "
        f"and write {found} into {GOLDEN.name}; if not, find what moved"
    )


# --- 4: pairing --------------------------------------------------------------------------

SHORT = {"scale": 20_000, "until": "2014-12"}


def same(a: Lived, b: Lived) -> bool:
    return all(
        np.array_equal(getattr(x, name), getattr(y, name))
        for x, y in zip(a[1], b[1], strict=True)
        for name in ("acts", "flow", "measures", "grades", "points", "barred", "queue", "files")
    )


def test_an_equal_arm_differs_by_nothing(rules: Law) -> None:
    assert same(live(rules, **SHORT), live(rules, **SHORT))


@pytest.mark.parametrize(
    ("off", "names"),
    [
        ("identity", [name for name in assumptions().rows if name.startswith("identity.")]),
        ("hops", [name for name in assumptions().rows if name.startswith("identity.hop_")]),
        ("false_records", ["false_records.per_case"]),
        ("redress", [name for name in assumptions().rows if name.startswith("exit.")]),
    ],
)
def test_a_mechanism_off_is_a_model_whose_rates_of_it_are_zero(
    rules: Law, off: str, names: list[str]
) -> None:
    without = live(rules, mechanisms=Mechanisms(**{off: False}), **SHORT)
    assert same(without, live(rules, assume=dict.fromkeys(names, 0.0), **SHORT))
    assert not same(without, live(rules, assume=dict.fromkeys(names, 0.05), **SHORT))


def test_without_its_three_channels_an_emergency_is_none(rules: Law) -> None:
    """Staff, relief, data links and the conduct of an emergency are all it bears on here."""
    window = {"scale": 20_000, "from_": "2019-06", "until": "2020-12"}
    without = live(rules, mechanisms=Mechanisms(emergency=False), **window)
    names = ["emergency.diverted", "relief.grace_months", "integration.barrier"]
    window["mechanisms"] = Mechanisms(epidemic=False)
    assert same(without, live(rules, assume=dict.fromkeys(names, 0.0), **window))
    for name in names[:2]:  # links need more than a year to show in files at this scale
        others = dict.fromkeys([n for n in names if n != name], 0.0)
        assert not same(without, live(rules, assume=others, **window)), name


def test_campaigns_change_what_is_known_and_nothing_that_is_done(rules: Law) -> None:
    window = {"scale": 1_000, "from_": "2018-09", "until": "2019-03"}
    world, loud = live(rules, **window)
    _, quiet = live(rules, mechanisms=Mechanisms(campaigns=False), **window)
    wage = [family.id for family in world.rates].index("wage_arrears")
    acts, recorded, extra = (ACTS.index(x) for x in ("acts", "recorded", "campaign"))
    for a, b in zip(loud, quiet, strict=True):
        assert np.array_equal(a.acts[..., acts], b.acts[..., acts])
        assert np.array_equal(a.acts[..., recorded] - a.acts[..., extra], b.acts[..., recorded])
        others = np.arange(len(world.rates)) != wage
        assert not a.acts[:, others, :, extra].any()


def test_without_a_credit_system_there_are_acts_and_records_and_nothing_follows(
    rules: Law,
) -> None:
    window = {"scale": 20_000, "until": "2015-06"}
    world, without = live(rules, mechanisms=Mechanisms(credit=False), **window)
    _, real = live(rules, **window)
    assert not world.law.instruments
    for a, b in zip(without, real, strict=True):
        assert np.array_equal(a.acts, b.acts)
        assert np.array_equal(a.files, b.files)
        assert a.leaf.counts[N_ENTRIES] == 0


def _acts(lived: Lived, family: str) -> Any:
    world, runs = lived
    f = [x.id for x in world.rates].index(family)
    return np.stack([run.acts[:, f] for run in runs])


def _entries(lived: Lived, name: str) -> set[tuple[int, ...]]:
    world, runs = lived
    inst, found = world.law.instruments.index(name), set()
    for run in runs:
        leaf = run.leaf
        for e in np.nonzero(leaf.en["inst"][: leaf.counts[N_ENTRIES]] == inst)[0].tolist():
            who = int(leaf.lg["subject"][leaf.cs["ledger"][leaf.en["case"][e]]])
            row = (
                int(leaf.cs["act"][leaf.en["case"][e]]),
                int(leaf.en["start"][e]),
                int(leaf.en["end"][e]),
            )
            found.add((run.place, who, *row))
    return found


def test_a_rate_moves_its_own_family_alone(rules: Law, monkeypatch: pytest.MonkeyPatch) -> None:
    window = {"scale": 5_000, "from_": "2018-01", "until": "2018-12"}
    base = live(rules, **window)
    real = rates_module.rates()
    wage = next(f for f in real if f.id == "wage_arrears")
    monthly = {kind: rate * 8 for kind, rate in wage.monthly.items()}
    more = wage.model_copy(update={"monthly": monthly})
    changed = rates_module.Rates(
        [more if f is wage else f for f in real], real.instruments, real.alike
    )
    monkeypatch.setattr("xinyong.engine.world.rates", lambda: changed)
    arm = live(rules, **window)
    assert _acts(arm, "wage_arrears").sum() > 4 * _acts(base, "wage_arrears").sum()
    assert (_acts(arm, "wage_arrears")[..., 0] >= _acts(base, "wage_arrears")[..., 0]).all()
    for family in real:  # nobody with a file acts oftener but in this family
        if family.id != "wage_arrears" and family.with_file == 1:
            assert np.array_equal(_acts(arm, family.id), _acts(base, family.id))
    # A family taken out moves nobody in the families after it: before it starts, nothing at all.
    less = rates_module.Rates([f for f in real if f is not real[0]], real.instruments, real.alike)
    monkeypatch.setattr("xinyong.engine.world.rates", lambda: less)
    window = {"scale": 20_000, "from_": "2014-12", "until": "2015-06", "mechanisms": EXACT}
    arm = live(rules, **window)
    monkeypatch.undo()
    base = live(rules, **window)
    assert _entries(arm, "tax_class_a") == _entries(base, "tax_class_a") != set()


def test_more_subjects_change_nobody_who_was_there(
    rules: Law, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"mechanisms": EXACT.model_copy(update={"redress": True}), "keep": "all", **SHORT}
    base = live(rules, **given)
    from xinyong.society.strata import Society

    real = Society.alive

    def earlier(self: Society, leaf: Any, kind: Any, month: int) -> Any:
        return real(self, leaf, kind, month + 24)  # as if firms had been founded sooner

    monkeypatch.setattr(Society, "alive", earlier)
    more = live(rules, **given)
    assert _entries(base, "spc_defaulters") < _entries(more, "spc_defaulters")


def test_twice_the_sample_has_about_twice_the_counts(rules: Law, nation: Lived) -> None:
    double = live(rules, scale=10_000, until="2018-12")
    for family in ("judgment_default", "tax_year_a"):
        few, many = (int(_acts(x, family)[..., 0].sum()) for x in (nation, double))
        assert few > 50
        assert abs(many - 2 * few) < 4 * (many + 4 * few) ** 0.5 + 0.01 * many
    inst = nation[0].law.instruments.index("spc_defaulters")
    few, many = (int(sum(r.flow[:, inst, :, 0].sum() for r in x[1])) for x in (nation, double))
    assert abs(many - 2 * few) < 4 * (many + 4 * few) ** 0.5


# --- 5: conservation ---------------------------------------------------------------------


@pytest.fixture(params=["nation", "wendeng"])
def any_run(request: pytest.FixtureRequest) -> Lived:
    found: Lived = request.getfixturevalue(request.param)
    return found


def test_entered_less_gone_is_what_is_alive(any_run: Lived) -> None:
    _, runs = any_run
    exits = slice(EXITS, None)
    for run in runs:
        stock = run.flow[..., 0].sum(0) - run.flow[..., exits].sum((0, -1))
        assert np.array_equal(stock, sim.alive(run))
        assert (run.flow >= 0).all()
        assert (run.flow[..., 1] <= run.flow[..., 0]).all()
        assert (run.flow[..., 2] <= run.flow[..., 0]).all()


def test_every_entry_was_decided_and_every_decision_has_a_case_that_occurred(
    any_run: Lived,
) -> None:
    world, runs = any_run
    entries = 0
    for run, ledger in some(runs, 400):
        events = sim.ledger_of(world, run, ledger).events
        occurred = {e.case: e.day for e in events if e.event == "occurred"}
        made = {(e.case, e.what, e.day) for e in events if e.event in ("decided", "restored")}
        for case, inst, _, start, lawful, _, end in sim.held(run, ledger):
            assert (case, world.law.instruments[inst], start) in made
            assert start <= lawful
            assert start <= end
            entries += 1
        assert all(occurred[case] <= day for case, _, day in made)
    assert entries > 50


def test_no_step_is_taken_twice(any_run: Lived) -> None:
    world, runs = any_run
    for run, ledger in some(runs, 1000):
        taken = Counter(
            (e.event, e.case, e.what)
            for e in sim.ledger_of(world, run, ledger).events
            if e.event in ("decided", "published", "removed", "recorded", "noticed")
        )
        assert max(taken.values(), default=1) == 1


def test_mistakes_need_a_mechanism_that_makes_them(
    lived: Callable[..., Lived], nation: Lived
) -> None:
    """Zombies need friction; mistakes need confusion or false records."""
    window = {"scale": 20_000, "until": "2018-12", "keep": "all"}
    exact = lived(**window, mechanisms=EXACT.model_copy(update={"redress": True}))
    mistaken, zombie = (ASPECTS.index(x) for x in ("mistaken", "zombie"))
    column = FLOWS.index("entered_mistaken")
    assert sum(int(r.flow[..., column].sum()) for r in exact[1]) == 0
    assert sum(int(r.acts[..., 2:].sum()) for r in exact[1]) == 0
    counts = standing(total_measures(exact[1]))
    assert counts[..., mistaken].sum() == 0
    assert counts[..., zombie].sum() == 0
    assert np.array_equal(
        counts[..., ASPECTS.index("received")], counts[..., ASPECTS.index("on_paper")]
    )
    real = standing(total_measures(nation[1]))
    assert real[..., zombie].sum() > 0
    wrong = {"identity.wrong": 0.3}
    _, runs = live(nation[0].law, scale=20_000, until="2014-12", assume=wrong)
    assert sum(int(r.flow[..., column].sum()) for r in runs) > 0


def test_measures_are_received_before_they_are_applied(any_run: Lived) -> None:
    _, runs = any_run
    counts = standing(total_measures(runs))
    paper, received, zombie, mistaken, astray, applied, wrongly, late = np.moveaxis(counts, -1, 0)
    assert (counts >= 0).all()
    assert applied.sum() > 0
    assert (received <= paper + zombie).all()
    assert (zombie <= received).all()
    assert (mistaken <= received).all()
    assert (applied <= received).all()
    assert (wrongly <= applied).all()
    assert (astray <= mistaken).all()
    assert (late <= applied).all()


def test_acts_are_filed_missed_or_misattached(any_run: Lived) -> None:
    _, runs = any_run
    for run in runs:
        acts, recorded, missed, wrong, *_ = (run.acts[..., i] for i in range(len(ACTS)))
        assert (recorded <= acts).all()
        assert (missed + wrong <= recorded).all()
    cases = sum(
        int(((r.leaf.cs["flags"][: r.leaf.counts[N_CASES]] & CASE_COPIED) == 0).sum()) for r in runs
    )
    total = np.sum([r.acts.sum((0, 1, 2)) for r in runs], axis=0)
    assert cases == total[1] - total[2] + total[4]


def test_open_ends_are_open(any_run: Lived) -> None:
    world, runs = any_run
    last = sim.last_day(world)
    for run in runs:
        ends = run.leaf.en["end"][: run.leaf.counts[N_ENTRIES]]
        assert ((ends <= last) | (ends >= NEVER)).all()
