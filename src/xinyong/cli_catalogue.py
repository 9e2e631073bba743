"""The commands that read the catalogue; see `xinyong.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xinyong.cli_common import AsJson, OnDay, With, catalogue_of, day, print_json, print_lines
from xinyong.errors import OutputError, UsageError

__all__ = ["app"]

app = typer.Typer(help="What the instruments say.")

Instrument = Annotated[str, typer.Argument(metavar="ID", help="An id of 'catalogue list'.")]


def _word(name: str, text: str) -> typer.models.OptionInfo:
    return typer.Option(name, metavar="WORD", help=text)  # type: ignore[no-any-return]


@app.command("list")
def list_command(
    kind: Annotated[str | None, _word("--kind", "list, scheme, memorandum, ...")] = None,
    polarity: Annotated[str | None, _word("--polarity", "black, red, mixed or none.")] = None,
    level: Annotated[str | None, _word("--level", "national, provincial, city, ...")] = None,
    place: Annotated[str | None, _word("--place", "Applies to subjects of this place.")] = None,
    subject: Annotated[str | None, _word("--subject", "Reaches this kind of subject.")] = None,
    conduct: Annotated[str | None, _word("--conduct", "Listens to this conduct.")] = None,
    measure: Annotated[str | None, _word("--measure", "Ties this measure to something.")] = None,
    field: Annotated[str | None, _word("--field", "Field of the conduct or a measure.")] = None,
    depth: Annotated[str | None, _word("--depth", "A source was read so deep.")] = None,
    on: OnDay = None,
    layers: With = None,
    as_json: AsJson = False,
) -> None:
    """List the instruments with their versions."""
    from xinyong.browse.filters import Filters, list_lines
    from xinyong.browse.told import listed_told

    found = catalogue_of(layers)
    at = day(on)
    asked = Filters(kind, polarity, level, place, subject, conduct, measure, field, depth, at)
    told = listed_told(found, asked)
    if as_json:
        print_json(told)
        return
    if not told["instruments"]:
        typer.echo(f"no instrument fits: {asked.said()}")
        return
    for row in told["instruments"]:
        print_lines(list_lines(row), wrapped=True)


@app.command("show")
def show_command(
    instrument: Instrument,
    on: OnDay = None,
    items: Annotated[bool, typer.Option("--items", help="Print a scheme's items too.")] = False,
    layers: With = None,
    as_json: AsJson = False,
) -> None:
    """Show an instrument in sentences: the version in force on a day (all without --on)."""
    from xinyong.browse import show

    found = catalogue_of(layers)
    it = found.instrument(instrument)
    versions = show.chosen(found, it, day(on))
    if as_json:
        print_json(show.as_dict(found, it, versions))
    else:
        print_lines(show.page(found, it, versions, items), wrapped=True)


@app.command("diff")
def diff_command(
    instrument: Instrument,
    other: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Another one to compare with.")
    ] = None,
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="YYYY-MM-DD", help="The day of the first (or --on)."),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="YYYY-MM-DD", help="The day of the second (or --on)."),
    ] = None,
    on: OnDay = None,
    layers: With = None,
    as_json: AsJson = False,
) -> None:
    """Say what differs: two days of one instrument, or two instruments."""
    from xinyong.browse.diff import differences, lines, side
    from xinyong.browse.told import changes_told

    if other is None and (first is None or last is None):
        raise UsageError("one instrument is compared on two days: give --from and --to")
    begins, ends = day(first, "--from"), day(last, "--to")
    if other is None and begins is not None and ends is not None and begins > ends:
        raise UsageError(f"--from {begins} lies after --to {ends}: exchange the days")
    if on is not None and (first is not None or last is not None):
        raise UsageError("--on is one day for both; give either it or --from and --to")
    found = catalogue_of(layers)
    a = side(found, instrument, begins or day(on))
    b = side(found, other or instrument, ends or day(on))
    changes = differences(found, a, b)
    if as_json:
        print_json(changes_told(found, a, b, changes))
        return
    for s in (a, b):
        typer.echo(f"{s.it.name.en} ({s.it.name.zh}), version {s.version.id}")
    if not changes:
        same = a.version is b.version
        typer.echo("the same version applies on both days" if same else "nothing differs")
    print_lines(lines(changes), wrapped=True)


@app.command("timeline")
def timeline_command(
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First day.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day.")
    ] = None,
    place: Annotated[str | None, _word("--place", "What happened there or below.")] = None,
    above: Annotated[
        bool, typer.Option("--above", help="With --place: also what its province and nation did.")
    ] = False,
    topic: Annotated[str | None, _word("--topic", "list, scheme, emergency, repair, ...")] = None,
    layers: With = None,
    as_json: AsJson = False,
) -> None:
    """Walk through what happened when, with the days on which instruments took force."""
    from xinyong.browse.timeline import moment_lines, moments
    from xinyong.browse.told import moments_told

    since, until = day(first, "--from"), day(last, "--to")
    if since is not None and until is not None and since > until:
        raise UsageError(f"--from {since} is later than --to {until}; exchange them")
    found = catalogue_of(layers)
    rows = moments(found, since, until, place, topic, above)
    if as_json:
        print_json(moments_told(found, rows))
        return
    if not rows:
        typer.echo("nothing is recorded for that time, place and topic")
    for m in rows:
        print_lines(moment_lines(m), wrapped=True)


@app.command("search")
def search_command(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="English, 中文 or pinyin.")],
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, max=10_000)] = 20,
    layers: With = None,
    as_json: AsJson = False,
) -> None:
    """Search names and rules: in English, in Chinese, or by the sound of the Chinese."""
    from xinyong.browse.search import guess, hit_lines, partly, search
    from xinyong.browse.thesaurus import remarks
    from xinyong.browse.told import hits_told
    from xinyong.document import quoted

    query = " ".join(words)
    if not query.strip():
        raise UsageError("write what to look for: a word in English, in Chinese or in pinyin")
    found = catalogue_of(layers)
    hits = search(found, query, most)
    some = [] if hits else partly(found, query, min(most, 10))
    notes = remarks(query)
    if as_json:
        print_json(hits_told(found, hits, some, notes))
    else:
        for row in notes:
            print_lines([("yellow", f"Note: {row.remark} ({row.basis})")], wrapped=True)
        if some:
            typer.echo(f"nothing fits all of {quoted(query)}; {guess(found, query)}")
            typer.echo("this fits some of it:")
        print_lines(hit_lines(hits or some), wrapped=True)
    if not hits and not some and not notes:
        typer.echo(f"xinyong: nothing fits {quoted(query)}; {guess(found, query)}", err=True)
        raise typer.Exit(1)


def _list_words(
    what: str, word: list[str] | None, layers: list[Path] | None, as_json: bool
) -> None:
    from xinyong.browse.names import KINDS, lines
    from xinyong.browse.search import guess
    from xinyong.browse.told import words_told
    from xinyong.document import quoted

    found = catalogue_of(layers)
    query = " ".join(word or ())
    told = words_told(found, what, query)
    rows = told[what]
    if as_json:
        print_json(told)
    else:
        print_lines(lines(what, rows), wrapped=True)
    if not rows:
        hint = guess(found, query, KINDS[what])
        typer.echo(f"xinyong: no {KINDS[what]} fits {quoted(query)}; {hint}", err=True)
        raise typer.Exit(1)


Sought = Annotated[
    list[str] | None,
    typer.Argument(metavar="[WORD]", help="English, 中文 or pinyin; all of them without it."),
]


@app.command("conducts")
def conducts_command(word: Sought = None, layers: With = None, as_json: AsJson = False) -> None:
    """List what subjects do, by id, with the instruments that listen to it."""
    _list_words("conducts", word, layers, as_json)


@app.command("measures")
def measures_command(word: Sought = None, layers: With = None, as_json: AsJson = False) -> None:
    """List what may follow: punishments and rewards, by id, and which instruments use them."""
    _list_words("measures", word, layers, as_json)


@app.command("authorities")
def authorities_command(word: Sought = None, layers: With = None, as_json: AsJson = False) -> None:
    """List who decides, keeps or acts, by id, and in which instruments."""
    _list_words("authorities", word, layers, as_json)


@app.command("places")
def places_command(word: Sought = None, layers: With = None, as_json: AsJson = False) -> None:
    """List the places by id, with their own instruments."""
    _list_words("places", word, layers, as_json)


@app.command("audit")
def audit_command(
    every: Annotated[bool, typer.Option("--all", help="Every assumed value, one a line.")] = False,
    layers: With = None,
    as_json: AsJson = False,
) -> None:
    """Say what the catalogue rests on, and where a reader cannot check it yet."""
    from xinyong.browse.audit import audit, lines
    from xinyong.conduct.rates import rates

    found = catalogue_of(layers)
    result = audit(found, frozenset(s.conduct for family in rates() for s in family.split))
    if as_json:
        print_json(result.as_dict())
    else:
        print_lines(lines(result, every), wrapped=True)


@app.command("export")
def export_command(
    form: Annotated[str, typer.Option("--format", metavar="json|csv")] = "json",
    table: Annotated[
        str | None, typer.Option("--table", metavar="NAME", help="One table, to the screen (csv).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="A folder that does not exist yet.")
    ] = None,
    layers: With = None,
) -> None:
    """Write the whole catalogue: JSON with its schema, or tables as CSV."""
    from xinyong.browse.export import TABLES, as_json, table_csv
    from xinyong.document import nearest, quoted

    if form not in ("json", "csv"):
        raise UsageError(f"--format: {quoted(form)} is neither json nor csv")
    names = ", ".join(TABLES)
    if form == "json" and table is not None:
        raise UsageError("--table belongs to --format csv")
    if table is not None and table not in TABLES:
        hint = nearest(table, TABLES) or f"there are {names}"
        raise UsageError(f"--table: unknown table {quoted(table)}; {hint}")
    if form == "csv" and (table is None) == (out is None):
        raise UsageError(f"csv: give --table NAME or --out DIR; tables are {names}")
    found = catalogue_of(layers)
    if out is None:
        if table is None:
            print_json(as_json(found))
        else:
            typer.echo(table_csv(found, table), nl=False)
        return
    if out.exists():
        raise OutputError(f"{out}: exists already; name a folder that does not")
    out.mkdir(parents=True)
    if form == "json":
        import json

        text = json.dumps(as_json(found), ensure_ascii=False, indent=1)
        (out / "catalogue.json").write_text(text + "\n", encoding="utf-8")
        typer.echo(str(out / "catalogue.json"))
        return
    for name in TABLES:
        (out / f"{name}.csv").write_text(table_csv(found, name), encoding="utf-8")
        typer.echo(str(out / f"{name}.csv"))


@app.command("schema")
def schema_command(
    which: Annotated[
        str, typer.Argument(metavar="[FILE]", help="instrument, authorities, measures, facts, ...")
    ] = "instrument",
    ids: Annotated[
        bool, typer.Option("--ids", help="Also the known conducts, measures, places, ... by id.")
    ] = False,
    layers: With = None,
) -> None:
    """Print the JSON Schema of a catalogue file, for editors that complete while one types.

    With --ids, or with folders of your own, it also names the ids that there are.
    """
    from xinyong.document import nearest, quoted
    from xinyong.law.json_schema import MODELS, schema_of, with_ids

    if which not in MODELS:
        hint = nearest(which, MODELS) or f"there are {', '.join(MODELS)}"
        raise UsageError(f"unknown file {quoted(which)}; {hint}")
    found = schema_of(which)
    print_json(with_ids(found, catalogue_of(layers)) if ids or layers else found)
