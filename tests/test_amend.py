"""Amendments: what a path may name, what the new catalogue says, and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from xinyong.case import Case, calculate
from xinyong.errors import UsageError
from xinyong.law.amend import Amendment, amend, parse, reading
from xinyong.law.catalogue import Catalogue, load
from xinyong.law.compile import compile_law, law
from xinyong.law.trace import of_provision

LIST = "spc_defaulters"
TERM = f"{LIST}.v2017.provisions.ground_2.effect.term.n"


def spans(catalogue: Catalogue, name: str) -> list[tuple[str, str, str]]:
    versions = catalogue.instruments[name].versions
    return [(w.id, str(w.in_force.from_), str(w.in_force.until)) for w in versions]


def term(catalogue: Catalogue, version: str) -> Any:
    it = catalogue.instruments[LIST]
    found = next(w for w in it.versions if w.id == version)
    return next(p for p in found.provisions if p.id == "ground_2").effect.term.n  # type: ignore[union-attr]


def test_a_day_splits_the_version_in_force() -> None:
    new = amend(load(), [parse(f"{TERM}=1@2019-01-01")])
    assert spans(new, LIST)[1:] == [
        ("v2017", "2017-05-01", "2018-12-31"),
        ("v2017_from_20190101", "2019-01-01", "None"),
    ]
    assert (term(new, "v2017"), term(new, "v2017_from_20190101")) == (2, 1)


def test_an_end_brings_the_old_text_back() -> None:
    new = amend(load(), [parse(f"{TERM}=1@2019-01-01..2019-12-31")])
    assert spans(new, LIST)[2:] == [
        ("v2017_from_20190101", "2019-01-01", "2019-12-31"),
        ("v2017_from_20200101", "2020-01-01", "None"),
    ]
    assert term(new, "v2017_from_20200101") == 2


def test_the_first_day_of_a_version_needs_no_split() -> None:
    new = amend(load(), [parse(f"{TERM}=1@2017-05-01")])
    assert spans(new, LIST)[1:] == [("v2017_from_20170501", "2017-05-01", "None")]


def test_the_version_of_the_day_may_go_unnamed_and_every_spelling_is_one() -> None:
    short = f"{LIST}.provisions.ground_2.effect.term.n"
    long = f"{LIST}.versions.v2017.provisions.ground_2.effect.term.n"
    terms = {
        term(amend(load(), [Amendment(path, 1, dt.date(2019, 1, 1))]), "v2017_from_20190101")
        for path in (short, TERM, long)
    }
    assert terms == {1}


def test_a_new_catalogue_has_a_digest_of_its_own_and_leaves_the_old_alone() -> None:
    before = load().digest
    digests = {
        amend(load(), [parse(f"{TERM}={n}@{day}")]).digest
        for n in (1, 3)
        for day in ("2019-01-01", "2019-01-02")
    }
    assert len(digests | {before}) == 5
    assert load().digest == before
    assert term(load(), "v2017") == 2
    again = amend(load(), [parse(f"{TERM}=1@2019-01-01")]).digest
    assert again in digests


def test_transition_and_compliance_are_declared() -> None:
    one = amend(load(), [parse(f"{TERM}=1@2019-01-01/acts_from")])
    new = one.instruments[LIST].versions[-1]
    assert (new.transition, new.followed) == ("acts_from", None)
    assert new.transition_cite.assumption
    gate = "gate_guobanfa_2020_49"
    it = load().instruments[gate]
    name = it.versions[-1].gates[0].id
    rank = f"{gate}.gates.{name}.title"
    day = it.versions[-1].in_force.from_ + dt.timedelta(400)
    lagged = amend(load(), [Amendment(rank, "x", day, compliance="as_gate")])
    assert lagged.instruments[gate].versions[-1].followed == it.versions[-1].followed


CASE = {
    "subject": {"kind": "person", "place": "gansu"},
    "acts": [
        {
            "conduct": "enforcement_obstruction",
            "from": "2019-03-04",
            "documents": [
                {"kind": "enforcement_notice", "formed": "2019-02-01", "served": "2019-02-04"}
            ],
        }
    ],
    "on": "2020-01-01",
}


def test_what_is_amended_is_calculated_and_cites_the_amendment() -> None:
    case = Case.model_validate(CASE)
    ground = next(e for e in calculate(case).entries if e.instrument == LIST)
    path = f"{LIST}.provisions.{ground.ground}.effect.term.n"
    new = compile_law(amend(load(), [Amendment(path, 1, dt.date(2019, 1, 1))]))
    entry = next(e for e in calculate(case, new).entries if e.instrument == LIST)
    assert ground.expires is not None
    assert entry.expires == ground.expires.replace(year=ground.expires.year - 1)
    where = of_provision(new, entry.row)
    assert where.depth == "assumption"
    assert f"{path} = 1 from 2019-01-01" in where.assumption
    assert "the text: " in where.assumption
    assert of_provision(law(), ground.row).depth != "assumption"


def test_the_day_before_of_and_after_an_amendment() -> None:
    """Decisions count (`decisions_from`): the day of the listing chooses the term."""
    path = f"{LIST}.provisions.ground_*.effect.term.n"
    new = compile_law(amend(load(), [Amendment(path, 1, dt.date(2019, 3, 10))]))
    years = {}
    for day in ("2019-03-09", "2019-03-10", "2019-03-11"):
        acts = [CASE["acts"][0] | {"events": [{"event": "decided", "of": LIST, "on": day}]}]  # type: ignore[index]
        case = Case.model_validate(CASE | {"acts": acts, "course": "stated"})
        entry = next(e for e in calculate(case, new).entries if e.instrument == LIST)
        assert entry.expires is not None
        years[day[-2:]] = entry.expires.year - entry.start.year
    assert years == {"09": 2, "10": 1, "11": 1}


def test_items_of_an_annex_are_amended_for_all_versions() -> None:
    case = Case.model_validate(
        {
            "subject": {"kind": "person", "place": "wendeng"},
            "acts": [{"conduct": "blood_donation", "from": "2021-03-01"}],
            "on": "2021-06-01",
        }
    )
    new = compile_law(amend(load(), [parse("wendeng_2020.items.wd0384.high=25")]))
    assert [s.points for s in calculate(case, new).determination.scores] == [10_250]
    (line,) = calculate(case, new).determination.lines
    assert "wd0384" in of_provision(new, line.row).assumption


def test_what_an_item_asks_of_an_act_may_be_taken_away_but_not_rewritten() -> None:
    path = "wendeng_2020.items.dg_[pe]_c_0[49]*.severity"
    old = {x.item: x for x in load().items["wendeng_2020"]}
    new = {x.item: x for x in amend(load(), [parse(f"{path}=null")]).items["wendeng_2020"]}
    changed = {i for i in new if new[i] != old[i]}
    assert "dg_p_c_04" not in changed  # asked for no severity before
    assert changed == {
        f"{case}{limb}"
        for case in ("dg_p_c_09", "dg_e_c_04")
        for limb in ("", "_malice", "_intent")
    }
    assert all(not new[i].severity and new[i].circumstance == old[i].circumstance for i in changed)
    with pytest.raises(UsageError, match="expected null"):
        amend(load(), [parse(f"{path}=grave")])


def readings() -> list[str]:
    return [
        f"{it.id}.{note.id}={other.id}"
        for it in load().instruments.values()
        for note in it.interpretations
        for other in note.alternatives
        if other.path is not None
    ]


@pytest.mark.parametrize("text", readings())
def test_every_other_reading_with_a_path_can_be_taken(text: str) -> None:
    change = reading(load(), text)
    new = amend(load(), [change])
    name, _, rest = text.partition(".")
    question = rest.partition("=")[0]
    it, old = new.instruments[name], load().instruments[name]
    same_items = new.items.get(name) == load().items.get(name)
    assert it.versions != old.versions or it.reach != old.reach or not same_items
    (note,) = [n for n in it.interpretations if n.id == question]
    (was,) = [n for n in old.interpretations if n.id == question]
    assert note.default in [a.reading for a in was.alternatives]
    assert was.default in [a.reading for a in note.alternatives]


def test_an_amended_catalogue_can_be_compiled_with_all_readings_at_once() -> None:
    taken: dict[str, str] = {}
    for text in readings():
        taken.setdefault(text.partition("=")[0], text)
    new = amend(load(), [reading(load(), text) for text in taken.values()])
    assert compile_law(new).origins


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TERM, "write PATH=VALUE@YYYY-MM-DD"),
        ("=1", "write PATH=VALUE@YYYY-MM-DD"),
        ("nothing_at_all.x=1", "unknown instrument 'nothing_at_all'"),
        ("spc_defaulter.x=1", "did you mean 'spc_defaulters'?"),
        (f"{LIST}=1", "names an instrument"),
        (f"{LIST}.provision.ground_2=1", "did you mean 'provisions'?"),
        (f"{LIST}.v2018.provisions=1", "did you mean 'v2017'?"),
        (f"{LIST}.provisions.ground_22.title=x", "'provisions' has no 'ground_22'; did you mean"),
        (f"{LIST}.provisions.ground_2.effect.term.nn=1", "did you mean 'n'?"),
        (f"{LIST}.v2013.provisions.ground_1.title=x@2019-01-01", "the version in force is v2017"),
        (f"{TERM}=1@2009-01-01", "no version of spc_defaulters is in force on 2009-01-01"),
        (f"{TERM}=1@2019-13-01", "write days as YYYY-MM-DD"),
        (f"{TERM}=1@2019-01-01..2018-01-01", "lies before the first"),
        (f"{TERM}=1@2019-01-01/actsfrom", "did you mean 'acts_from'?"),
        (f"{TERM}=2@2019-01-01", "is 2 already"),
        (f"{TERM}=many@2019-01-01", "expected a whole number"),
        (f"{TERM}=[@2019-01-01", "is not YAML"),
        (f"{TERM}.more=1", "has nothing in it to change"),
        (f"{LIST}.v2017.steps.decide.by=spc_cout", "unknown authority"),
        (f"{LIST}.reach.place=gansu@2019-01-01", "leave out the day"),
        (f"{LIST}.in_force.until=2030-01-01@2019-01-01", "leave out the day"),
        (f"{LIST}.items.x.low=1", "has no annex"),
        ("wendeng_2020.items.wd384.high=1", "did you mean 'wd0384'?"),
        ("wendeng_2020.items.wd0384.height=1", "did you mean 'high'?"),
        ("wendeng_2020.items.wd0384.high=ten", "expected a whole number"),
        ("wendeng_2020.items.wd0384.high=1@2021-01-01", "leave out the day"),
        (f"{LIST}..x=1", "write names with a point"),
    ],
)
def test_what_is_refused_is_one_line_that_names_the_path(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        amend(load(), [parse(text)])
    said = str(caught.value)
    assert "\n" not in said
    assert message in said
    path = text.partition("=")[0]
    assert path.split(".")[0] in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{LIST}.term_starts=x", "did you mean 'term_start'?"),
        (f"{LIST}.term_start=publication", "did you mean 'from_publication'?"),
        (LIST, "write INSTRUMENT.QUESTION=ALTERNATIVE"),
        ("spc_defaulter.term_start=x", "did you mean 'spc_defaulters'?"),
    ],
)
def test_a_reading_that_does_not_exist(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        reading(load(), text)


def test_a_reading_that_is_only_described_cannot_be_calculated() -> None:
    described = next(
        f"{it.id}.{note.id}={other.id}"
        for it in load().instruments.values()
        for note in it.interpretations
        for other in note.alternatives
        if other.path is None
    )
    with pytest.raises(UsageError, match="described only"):
        reading(load(), described)
