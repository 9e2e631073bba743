"""The commands that read the catalogue; see `xinyong.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinyong.cli_common import AsJson, OnDay, With, catalogue_of, day, print_json, print_lines
from xinyong.errors import OutputError, UsageError

if TYPE_CHECKING:
    import datetime as dt

    from xinyong.browse.diff import Side
    from xinyong.law.catalogue import Catalogue

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
    field: Annotated[str | None, _word("--field", "Field of the conduct or a measure.")] = None,
    depth: Annotated[str | None, _word("--depth", "A source was read so deep.")] = None,
    on: OnDay = None,
    layers: With = None,
    as_json: AsJson = False,
) -> None:
    """List the instruments with their versions."""
    from xinyong.browse.filters import Filters, rows, selected

    found = catalogue_of(layers)
    asked = Filters(kind, polarity, level, place, subject, conduct, field, depth, day(on))
    listed = rows(selected(found, asked))
    if as_json:
        print_json({"schema_version": 1, "catalogue": found.digest, "instruments": listed})
        return
    if not listed:
        typer.echo(f"no instrument fits: {asked.said()}")
        return
    for row in listed:
        spans = ", ".join(
            f"{s['id']} {s['from']} to {s['until'] or 'open'}" for s in row["versions"]
        )
        typer.echo(f"{row['id']}  {row['en']} ({row['zh']})")
        typer.echo(f"    {row['kind']}, {row['polarity']}, {row['level']}, {row['place']}: {spans}")


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
        print_lines(show.page(found, it, versions, items))


def _side(found: Catalogue, name: str, at: dt.date | None) -> Side:
    """Return an instrument with its version of a day; without one, its latest version."""
    from xinyong.browse.diff import Side
    from xinyong.browse.show import chosen

    it = found.instrument(name)
    return Side(it, chosen(found, it, at)[-1])


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
    from dataclasses import asdict

    from xinyong.browse.diff import differences, lines

    if other is None and (first is None or last is None):
        raise UsageError("one instrument is compared on two days: give --from and --to")
    if on is not None and (first is not None or last is not None):
        raise UsageError("--on is one day for both; give either it or --from and --to")
    found = catalogue_of(layers)
    a = _side(found, instrument, day(first, "--from") or day(on))
    b = _side(found, other or instrument, day(last, "--to") or day(on))
    changes = differences(found, a, b)
    if as_json:
        sides = [
            {"instrument": s.it.id, "version": s.version.id, "zh": s.it.name.zh} for s in (a, b)
        ]
        told = [asdict(c) | {"sentence": c.sentence} for c in changes]
        print_json(
            {"schema_version": 1, "catalogue": found.digest, "sides": sides, "changes": told}
        )
        return
    for s in (a, b):
        typer.echo(f"{s.it.name.en} ({s.it.name.zh}), version {s.version.id}")
    if not changes:
        same = a.version is b.version
        typer.echo("the same version applies on both days" if same else "nothing differs")
    print_lines(lines(changes))


@app.command("timeline")
def timeline_command(
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First day.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day.")
    ] = None,
    place: Annotated[str | None, _word("--place", "What happened there or below.")] = None,
    topic: Annotated[str | None, _word("--topic", "list, scheme, emergency, repair, ...")] = None,
    layers: With = None,
    as_json: AsJson = False,
) -> None:
    """Walk through what happened when, with the days on which instruments took force."""
    from dataclasses import asdict

    from xinyong.browse.timeline import moments

    since, until = day(first, "--from"), day(last, "--to")
    if since is not None and until is not None and since > until:
        raise UsageError(f"--from {since} is later than --to {until}; exchange them")
    found = catalogue_of(layers)
    rows = moments(found, since, until, place, topic)
    if as_json:
        told = [asdict(m) | {"first": m.first.isoformat()} for m in rows]
        print_json({"schema_version": 1, "catalogue": found.digest, "moments": told})
        return
    if not rows:
        typer.echo("nothing is recorded for that time, place and topic")
    for m in rows:
        place_ = "" if m.place == "cn" else f", {m.place}"
        typer.secho(f"{m.date:<10}  {m.en} ({m.zh})", bold=m.kind == "event")
        ids = f" [{', '.join(m.instruments)}]" if m.instruments else ""
        typer.echo(f"            {m.topic.replace('_', ' ')}{place_}: {m.fact}{ids}")
        typer.secho(f"            {m.basis}", dim=True)


@app.command("search")
def search_command(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="English, 中文 or pinyin.")],
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, max=10_000)] = 20,
    layers: With = None,
    as_json: AsJson = False,
) -> None:
    """Search names and rules: in English, in Chinese, or by the sound of the Chinese."""
    from dataclasses import asdict

    from xinyong.browse.search import search
    from xinyong.document import nearest, quoted

    query = " ".join(words)
    found = catalogue_of(layers)
    hits = search(found, query, most)
    if as_json:
        told = [asdict(h) for h in hits]
        print_json({"schema_version": 1, "catalogue": found.digest, "hits": told})
        return
    if not hits:
        hint = nearest(query, [*found.instruments, *found.conducts, *found.measures])
        typer.echo(f"nothing fits {quoted(query)}{f'; {hint}' if hint else ''}")
    for h in hits:
        where = f" in {h.instrument}" if h.instrument else ""
        zh = f" ({h.zh})" if h.zh else ""
        typer.echo(f"{h.kind} {h.id}{where}: {h.en}{zh}")


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
        print_lines(lines(result, every))


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
) -> None:
    """Print the JSON Schema of a catalogue file, for editors that complete while one types."""
    from xinyong.document import nearest, quoted
    from xinyong.law.json_schema import MODELS, schema_of

    if which not in MODELS:
        hint = nearest(which, MODELS) or f"there are {', '.join(MODELS)}"
        raise UsageError(f"unknown file {quoted(which)}; {hint}")
    print_json(schema_of(which))
