"""The commands that read the catalogue; see `xinyong.cli`."""

from __future__ import annotations

from typing import Annotated

import typer

from xinyong.cli_common import AsJson, OnDay, With, catalogue_of, day, print_json, print_lines

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
