"""Reading the catalogue: what is listed, said, compared, found and exported is what it holds."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path

import pytest

from xinyong import places
from xinyong.browse import show, thesaurus
from xinyong.browse import words as w
from xinyong.browse.audit import audit, lines
from xinyong.browse.diff import Side, differences
from xinyong.browse.export import TABLES, as_json, table, table_csv
from xinyong.browse.filters import Filters, selected
from xinyong.browse.search import search
from xinyong.browse.timeline import moments
from xinyong.errors import CatalogueError, UsageError
from xinyong.law import json_schema, schema
from xinyong.law.catalogue import Catalogue, load
from xinyong.law.references import walk

INSTRUMENTS = sorted(load().instruments)


@pytest.fixture(scope="module")
def found() -> Catalogue:
    return load()


# --- list --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "inside", "outside"),
    [
        (Filters(kind="scheme"), "wendeng_2020", "spc_defaulters"),
        (Filters(polarity="red"), "tax_class_a", "spc_defaulters"),
        (Filters(level="county"), "wendeng_2020", "spc_defaulters"),
        (Filters(place="wendeng"), "spc_defaulters", ""),
        (Filters(place="gansu"), "spc_defaulters", "wendeng_2020"),
        (Filters(subject="organ"), "spc_defaulters", "wendeng_2020"),
        (Filters(conduct="wage_arrears"), "wage_arrears_list", "spc_defaulters"),
        (Filters(conduct="blood_donation"), "wendeng_2020", "spc_defaulters"),
        (Filters(field="judicial"), "spc_defaulters", "wendeng_2020"),
        (Filters(depth="transcription"), "wendeng_2020", "spc_defaulters"),
        (Filters(on=dt.date(2015, 1, 1)), "spc_defaulters", "wendeng_2020"),
        (Filters(on=dt.date(2009, 1, 1)), "", "spc_defaulters"),
    ],
    ids=lambda x: x.said() if isinstance(x, Filters) else None,
)
def test_a_filter_keeps_what_fits(
    found: Catalogue, asked: Filters, inside: str, outside: str
) -> None:
    ids = {it.id for it in selected(found, asked)}
    assert not inside or inside in ids
    assert outside not in ids


def test_filters_are_joined(found: Catalogue) -> None:
    both = Filters(kind="list", polarity="black", on=dt.date(2018, 6, 1))
    ids = {it.id for it in selected(found, both)}
    assert {"spc_defaulters", "wage_arrears_list"} <= ids
    assert "tax_class_a" not in ids
    assert both.said() == "kind list, polarity black, on 2018-06-01"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Filters(kind="schem"), "did you mean 'scheme'"),
        (Filters(place="wendang"), "did you mean 'wendeng'"),
        (Filters(conduct="wage_arears"), "did you mean 'wage_arrears'"),
        (Filters(subject="zzz"), "there are person, enterprise"),
        (Filters(depth="fulltext"), "did you mean 'full text'"),
        (Filters(level="x" * 500), "unknown level"),
    ],
)
def test_an_unknown_word_names_the_nearest(found: Catalogue, asked: Filters, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        selected(found, asked)
    assert len(str(caught.value)) < 300


# --- show --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_rule_is_a_sentence_with_its_article_and_depth(found: Catalogue, name: str) -> None:
    it = found.instruments[name]
    for version in it.versions:
        rules = list(show.sentences(found, it, version))
        said = [(r["part"], r["id"]) for r in rules]
        assert [i for p, i in said if p == "provision"] == [p.id for p in version.provisions]
        assert [i for p, i in said if p == "step"] == [s.id for s in version.steps]
        assert [i for p, i in said if p == "measure"] == [m.measure for m in version.measures]
        for rule in rules:
            assert rule["text"][:1].isupper() or not rule["text"][:1].isascii(), rule
            assert rule["text"].endswith("."), rule
            assert "None" not in rule["text"], rule
            assert not re.search(r"\w_\w", rule["text"]), rule
            assert bool(rule["assumption"]) != bool(rule["source"] and rule["article"]), rule
            assert bool(rule["depth"]) == bool(rule["source"]), rule


def test_a_page_names_both_languages_and_all_there_is(found: Catalogue) -> None:
    it = found.instruments["spc_defaulters"]
    versions = show.chosen(found, it, dt.date(2015, 1, 1))
    text = "\n".join(line for _, line in show.page(found, it, versions))
    assert "失信被执行人名单" in text
    assert "Supreme People's Court (最高人民法院)" in text
    assert "Version v2013, 2013-10-01 to 2017-04-30" in text
    assert "Version v2017" not in text
    assert "Art. 1(1) [full text]" in text
    assert "(妨碍抗拒执行)" in text
    assert "assumption: The text has no transitional rule" in text
    for note in it.interpretations:
        assert note.question in text
    for note in it.unmodelled:
        assert note in text


def test_what_a_term_a_step_and_a_measure_say(found: Catalogue) -> None:
    it = found.instruments["spc_defaulters"]
    old, new = it.versions
    grounds = {p.id: w.provision_words(found, it, p) for p in new.provisions}
    assert "entered on the list for 2 years from decision" in grounds["ground_2"]
    first = w.provision_words(found, it, old.provisions[0])
    assert first.endswith("then the subject is entered on the list without a fixed end.")
    steps = {s.id: w.step_words(found, s) for s in new.steps}
    assert "within 15 days from objection" in steps["check_request"]
    assert "within 3 working days from a check of the objection" in steps["correct"]
    measure = w.measure_words(found, old.measures[0])
    assert "禁止参加政府采购活动" in measure
    assert "at their discretion" in measure


def test_a_day_without_a_version_names_those_there_are(found: Catalogue) -> None:
    with pytest.raises(UsageError, match="2013-10-01 to 2017-04-30, since 2017-05-01"):
        show.chosen(found, found.instruments["spc_defaulters"], dt.date(2000, 1, 1))


def test_blocks_without_a_sentence_of_their_own_are_still_told() -> None:
    class Odd(schema.Block):
        id: str
        after_days: int
        bodies: list[str]
        cite: str

    block = Odd(id="x", after_days=5, bodies=["court", "tax_local"], cite="y")
    assert w.plain(block) == "id x, after days 5, bodies court and tax local"
    assert w.others_words(block, {"id", "cite"}) == "; after days: 5; bodies: court and tax local"


# --- diff --------------------------------------------------------------------------------------


def side(found: Catalogue, name: str, day: str) -> Side:
    it = found.instruments[name]
    return Side(it, show.chosen(found, it, dt.date.fromisoformat(day))[0])


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_nothing_differs_from_itself(found: Catalogue, name: str) -> None:
    it = found.instruments[name]
    for version in it.versions:
        assert differences(found, Side(it, version), Side(it, version)) == []


def test_what_the_revision_of_2017_changed(found: Catalogue) -> None:
    a, b = (side(found, "spc_defaulters", d) for d in ("2015-01-01", "2018-01-01"))
    changes = differences(found, a, b)
    told = {(c.part, c.id, c.aspect): c for c in changes}
    assert told["provision", "ground_1", "number"].before == "ground_6", "renumbered, not rewritten"
    effect = told["provision", "ground_2", "effect"]
    assert (effect.before, effect.after) == (
        "the subject is entered on the list without a fixed end",
        "the subject is entered on the list for 2 years from decision",
    )
    assert effect.cited_after.startswith("spc_2017, Art.")
    assert ("provision", "ground_2_extended", "") in told
    assert any(c.aspect == "condition" and c.after == "not (aged 0 to 17)" for c in changes)
    assert all(c.sentence for c in changes)


def test_a_difference_turned_round_is_its_opposite(found: Catalogue) -> None:
    a, b = (side(found, "spc_defaulters", d) for d in ("2015-01-01", "2018-01-01"))
    there, back = differences(found, a, b), differences(found, b, a)
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert len(there) == len(back)
    assert {(c.part, opposite[c.kind], c.before, c.after) for c in there} == {
        (c.part, c.kind, c.after, c.before) for c in back
    }


def test_two_instruments_are_compared_in_who_and_whom_too(found: Catalogue) -> None:
    a, b = (
        side(found, "spc_defaulters", "2018-01-01"),
        side(found, "wage_arrears_list", "2018-06-01"),
    )
    changes = differences(found, a, b)
    assert any(c.part == "instrument" and c.aspect == "issuer" for c in changes)
    assert {c.only for c in changes if c.kind == "removed"} == {"spc_defaulters"}
    assert any(c.sentence.startswith("Only in wage_arrears_list: ") for c in changes)


# --- timeline ----------------------------------------------------------------------------------


def test_the_timeline_tells_the_days_of_instruments(found: Catalogue) -> None:
    year = moments(found, dt.date(2013, 1, 1), dt.date(2013, 12, 31))
    begins = {m.instruments: m for m in year if m.kind == "begins"}
    assert begins["spc_defaulters",].date == "2013-10-01"
    assert begins["credit_reporting_2013",].date == "2013-03-15"
    assert begins["spc_defaulters",].basis.endswith("[full text]")
    firsts = [m.first for m in moments(found)]
    assert firsts == sorted(firsts)
    assert {m.kind for m in moments(found)} >= {"event", "begins"}


def test_the_timeline_of_a_place_leaves_others_out(found: Catalogue) -> None:
    told = {m.place for m in moments(found, place="wendeng")}
    assert "wendeng" in told
    assert all(places.within(place, "wendeng") for place in told)
    with pytest.raises(UsageError, match="did you mean"):
        moments(found, place="wendang")


def test_grades_that_one_scheme_alone_has_are_told_as_sentences_in_their_order(
    found: Catalogue,
) -> None:
    old, new = (found.instruments[name] for name in ("rongcheng_2016", "rongcheng_2021"))
    changes = differences(found, Side(old, old.versions[0]), Side(new, new.versions[0]))
    told = [c.sentence for c in changes if c.part == "grade"]
    assert told[0] == (
        "Only in rongcheng_2016: Grade AAA, model of trustworthiness (诚信模范): from 1050."
    )
    assert [c.id for c in changes if c.part == "grade"] == ["AAA", "AA", "A", "B", "C", "D"]


# --- search ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("defaulters", "spc_defaulters"),
        ("DEFAULTERS", "spc_defaulters"),
        ("spc_defaulters", "spc_defaulters"),
        ("失信被执行人", "spc_defaulters"),
        ("shixinbeizhixingren", "spc_defaulters"),
        ("shi'xin bei'zhixing", "spc_defaulters"),
        ("shīxìn", "spc_defaulters"),
        ("sxbzxr", "spc_defaulters"),
        ("tuoqian gongzi", "wage_arrears_list"),
        ("xianxue", "blood_donation"),
        ("献血", "blood_donation"),
        ("m_no_fly", "m_no_fly"),
        ("FaShi [2013] 17", "spc_2013"),
    ],
)
def test_things_are_found_in_english_chinese_and_by_sound(
    found: Catalogue, query: str, hit: str
) -> None:
    assert hit in [h.id for h in search(found, query)][:8]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("social credit score", "gate_score_statement_2019"),
        ("travel ban", "m_no_fly"),
        ("no fly", "m_no_fly"),
        ("No-fly?", "m_no_fly"),
        ("老赖", "spc_defaulters"),
        ("lao lai", "spc_defaulters"),
        ("laolai", "spc_defaulters"),
        ("blacklists", "spc_defaulters"),
        ("jaywalking", "gate_guobanfa_2020_49"),
        ("restaurant", "food_safety_law"),
        ("red list", "tax_class_a"),
        ("Sesame", "sesame_credit"),
        ("debt", "spc_defaulters"),
        ("points for volunteering", "volunteer_service"),
        ("how do I get off the list", "gate_guobanfa_2020_49"),
        ("drink driving", "drunk_driving"),
        ("covid", "epidemic_list_tianjin"),
    ],
)
def test_a_beginners_words_lead_to_what_the_catalogue_calls_otherwise(
    found: Catalogue, query: str, first: str
) -> None:
    assert search(found, query)[0].id == first


def test_a_search_finds_conducts_measures_authorities_and_places(found: Catalogue) -> None:
    for query, kind, name in (
        ("drunk", "conduct", "drunk_driving"),
        ("golf", "measure", "m_hotel_golf"),
        ("Supreme Court", "authority", "spc"),
        ("杭州", "place", "hangzhou"),
    ):
        assert (kind, name) in {(h.kind, h.id) for h in search(found, query, 10)}
        assert {h.kind for h in search(found, query, 100, kind)} == {kind}


def test_everyday_words_lead_to_what_is_there_and_beliefs_say_what_they_rest_on(
    found: Catalogue,
) -> None:
    rows = thesaurus.everyday()
    assert thesaurus.problems_of(rows, found) == []
    assert all(bool(row.remark) == bool(row.basis) for row in rows)
    for row in rows:
        for phrase in row.phrases:
            assert (row.leads_to[0][1]) == search(found, phrase, 1)[0].id, phrase


@pytest.mark.parametrize("word", ["jaywalk", "red light", "camera", "facial", "health code"])
def test_what_the_remarks_say_of_no_instrument_stands_in_none(found: Catalogue, word: str) -> None:
    """The remarks on jaywalking, cameras and the health code are about all that is encoded."""
    said = [row["text"].lower() for row in table(found, "rules")]
    said += [x.text_en.lower() for rows in found.items.values() for x in rows]
    said += [c.en.lower() for c in found.conducts.values()]
    assert [text for text in said if word in text] == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("debt,,instrument,,", "leads nowhere"),
        ("debt,,lists:spc_defaulters,,", "leads nowhere"),
        (",,instrument:spc_defaulters,,", "every row has a phrase"),
        ("debt|debt,,instrument:spc_defaulters,,", "stands twice"),
        ("debt,,instrument:spc_defaulters,not so,", "say what the remark rests on"),
    ],
)
def test_a_mistake_in_the_everyday_words_is_named_with_its_line(
    tmp_path: Path, row: str, message: str
) -> None:
    path = tmp_path / "thesaurus.csv"
    path.write_text(f"en,zh,leads_to,remark,basis\n{row}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=f"{path.name}:2: .*{message}"):
        thesaurus.read_everyday(path)


def test_all_words_must_fit_and_nothing_is_found_twice(found: Catalogue) -> None:
    assert search(found, "defaulters zzzz") == []
    assert search(found, "  ") == []
    hits = search(found, "tax", 1000)
    assert len({(h.kind, h.instrument, h.id) for h in hits}) == len(hits)
    assert search(found, "tax", 3) == hits[:3]


# --- audit -------------------------------------------------------------------------------------


def test_the_audit_counts_every_citation(found: Catalogue) -> None:
    looked = audit(found)
    blocks = [
        block
        for it in found.instruments.values()
        for _, block in walk(it)
        if isinstance(block, schema.Cite)
    ]
    rows = sum(len(x) for x in found.items.values())
    assert sum(n for by in looked.values.values() for n in by.values()) == len(blocks) + rows
    assert len(looked.assumed) == sum(c.source is None for c in blocks)
    assert sum(looked.instruments.values()) == len(found.instruments)
    assert all(f.text for f in looked.assumed)


def test_the_built_in_catalogue_has_no_double_days(found: Catalogue) -> None:
    assert audit(found).overlaps == ()


def changed(found: Catalogue, name: str, **versions: schema.InForce) -> Catalogue:
    """A catalogue of one instrument, some of whose versions are in force at other times."""
    it = found.instruments[name]
    new = [x.model_copy(update={"in_force": versions.get(x.id, x.in_force)}) for x in it.versions]
    other = it.model_copy(update={"versions": new})
    return Catalogue({name: other}, {}, found.conducts, found.authorities, found.measures,
                     found.documents, found.circumstances, "0")  # fmt: skip


def span(first: str, until: str | None) -> schema.InForce:
    cite = {"source": "spc_2013", "article": "whole"}
    return schema.InForce.model_validate({"from": first, "until": until, "cite": cite})


def test_gaps_double_days_and_early_values_are_seen(found: Catalogue) -> None:
    looked = audit(changed(found, "spc_defaulters", v2013=span("2013-10-01", "2017-04-20")))
    assert [(g.first.isoformat(), g.last.isoformat()) for g in looked.gaps] == [
        ("2017-04-21", "2017-04-30")
    ]
    looked = audit(changed(found, "spc_defaulters", v2013=span("2013-10-01", "2017-05-03")))
    assert [(g.first.isoformat(), g.last.isoformat(), g.versions) for g in looked.overlaps] == [
        ("2017-05-01", "2017-05-03", ("v2013", "v2017"))
    ]
    looked = audit(changed(found, "spc_defaulters", v2013=span("2013-01-01", "2017-04-30")))
    early = {f.where for f in looked.early}
    assert "versions.v2013.in_force.cite" in early
    assert "versions.v2013.provisions.ground_1.cite" in early


def test_no_value_is_older_than_its_source_and_every_report_says_why_it_counts(
    found: Catalogue,
) -> None:
    looked = audit(found)
    assert looked.early == ()
    assert {(r.instrument, r.source) for r in looked.reported} >= {
        ("customs_dishonest_list", "gac_2018_32"),
        ("tax_major_list", "tax_history"),
    }
    assert all(r.values and len(r.why) > 20 and r.since < r.date for r in looked.reported)
    told = [text for _, text in lines(looked)]
    assert "Values in force before their source was issued: none" in told
    assert any(text.startswith("  customs_dishonest_list: gac_2018_32 (of 20") for text in told)


def test_the_audit_names_the_memoranda_that_it_cannot_show(found: Catalogue) -> None:
    told = [text for _, text in lines(audit(found))]
    assert "National memoranda: 51 by January 2020, 46 known by name" in told
    assert any(text.startswith("  salt: Salt industry (2017; depth excerpt)") for text in told)
    assert "  5 are counted and were not identified: 5 that punish" in told


def test_what_is_case_only_is_named_with_a_reason(found: Catalogue) -> None:
    rows = {r.instrument: r for r in audit(found, frozenset({"judgment_refusal"})).case_only}
    assert rows["wendeng_2020"].provisions > 100
    assert "protected conduct" in rows["wendeng_2020"].why
    assert audit(found, frozenset(found.conducts)).as_dict()["schema_version"] == 1


# --- export and schema ---------------------------------------------------------------------------


def test_the_json_holds_everything_and_reads_back(found: Catalogue) -> None:
    data = as_json(found)
    back = [schema.Instrument.model_validate(x) for x in data["instruments"]]
    assert back == list(found.instruments.values())
    assert data["schema"]["title"] == "An instrument of the catalogue"
    assert len(data["conducts"]) == len(found.conducts)


@pytest.mark.parametrize("name", TABLES)
def test_tables_read_back_row_by_row(found: Catalogue, name: str) -> None:
    rows = table(found, name)
    read = list(csv.DictReader(io.StringIO(table_csv(found, name))))
    assert rows
    assert [{k: str(v) for k, v in row.items()} for row in rows] == read


@pytest.mark.parametrize("name", json_schema.MODELS)
def test_the_schema_that_ships_is_that_of_the_format(name: str) -> None:
    path = Path(json_schema.__file__).parent / "schemas" / f"{name}.schema.json"
    assert path.read_text(encoding="utf-8") == json_schema.text_of(name), (
        "run: python -m xinyong.law.json_schema"
    )


def test_every_built_in_instrument_fits_the_schema(found: Catalogue) -> None:
    from jsonschema import Draft202012Validator

    checker = Draft202012Validator(json_schema.schema_of("instrument"))
    for it in found.instruments.values():
        data = it.model_dump(mode="json", by_alias=True, exclude_unset=True)
        assert [e.message for e in checker.iter_errors(data)] == [], it.id
    assert list(checker.iter_errors({"id": "x"}))
