"""One self-contained page for a run: works offline, needs no script, reads well aloud."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from xinyong.errors import UsageError
from xinyong.language import LANGUAGES, language, plural, say, speaking
from xinyong.marked import said, told
from xinyong.report.charts import CHARTS, begin_svg
from xinyong.report.data import FIRMS, PERSONS, STABLE, Data, percent
from xinyong.report.figure import NARROW, WIDE, Figure, Row, spoken

if TYPE_CHECKING:
    from xinyong.results import Run

__all__ = [
    "LIMITS",
    "STATUS",
    "assumed",
    "cards",
    "csv_text",
    "plain",
    "render",
    "write_report",
    "yaml_of",
]

#: What the reader must know before believing a figure.
LIMITS = (
    "This is an accounting model (strength class A): it shows what follows from rules, timing, "
    "staff and error. Nobody in it changes conduct because of the system.",
    "Persons are those of the 2020 census and stay as they are: no births, deaths, ageing or "
    "migration. Firms follow a yearly stock.",
    "Rates of conduct are the same in every province, and across age, sex, education and "
    "income, unless a source is cited. Protected conduct (petition, assembly, belief, speech, "
    "family planning) has no rate: it appears in cases only.",
    "Courts' capacity and the chance to perform are set by hand to published totals up to the "
    "middle of 2018; the last values are held from then on.",
    "Class-A tax years are drawn independently, so the same firm keeps its grade less often "
    "than in fact.",
    "The pandemic is an assumed timeline of how strongly each place was in an emergency: it takes "
    "staff away, gives firms grace before a listing, spills over to data links and brings conduct "
    "that norms of the time name, at assumed rates. No epidemic is computed.",
    "The burden shown is not that of credit lists alone: ordinary enforcement bears down on many "
    "of the same subjects. A run without the credit system (mechanism `credit` off) keeps "
    "ordinary penalties and is the yardstick; this page holds one run, not the difference.",
    "Only the instruments listed below are modelled, out of many hundreds. What is not modelled "
    "is not thereby harmless, and not thereby absent.",
    "An application means that an authority which held a copy was asked. Whether it then "
    "refused, and what that cost, is not in the model.",
)

#: What places do about a dated limit.
RESPONSES = {
    "supply": "what is missing is supplied",
    "drop": "the rule is dropped",
    "list": "it is turned into a list",
    "reward": "it is turned into rewards",
    "keep": "it is kept for a while",
}

#: What the status of a number means.
STATUS = {
    "calibrated": "set by hand so that the model meets calibration targets",
    "sourced": "taken from the source named",
    "assumption": "chosen in the open, with the range within which it may lie",
}


def csv_text(rows: Sequence[Row]) -> str:
    """Return rows as the text of a CSV file."""
    out = io.StringIO()
    columns = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="")
    writer.writeheader()
    for row in rows:
        flag = {"unstable": "yes" if row.get("unstable") else "no"} if "unstable" in row else {}
        writer.writerow(row | flag)
    return out.getvalue()


def _csv(rows: Sequence[Row]) -> str:
    """Return rows as a data: link to a CSV file."""
    return "data:text/csv;charset=utf-8," + quote(csv_text(rows), safe=",-_.~!*'():")


def cards(data: Data) -> list[dict[str, Any]]:
    """Return the handful of numbers at the head of a run."""
    alive = data.manifest.get("subjects", {})
    persons = int(alive.get("person", 0))
    firms = sum(int(alive.get(kind, 0)) for kind in FIRMS)
    stock = data.monthly("stock", "spc_defaulters")[-1]
    listed = data.monthly("entered", "spc_defaulters")
    wrong = sum(data.monthly("entered_mistaken", "spc_defaulters"))
    ppl = data.monthly("stock", "spc_defaulters", PERSONS)[-1]
    there = say("in the society at the end")
    rows = [
        ("natural persons", persons, there),
        ("firms and other bodies", firms, there),
        (
            "entries on the court list",
            stock,
            say("alive at the end; {n:,} of natural persons", n=ppl),
        ),
        ("entries made", sum(listed), say("on the court list over the run")),
        (
            "of these mistaken",
            wrong,
            say("{share:.2f} %: no qualifying act", share=percent(wrong, sum(listed))),
        ),
    ]
    return [
        {
            "label": say(label), "value": f"{value:,}", "note": note, "unstable": value < STABLE,
            "scaled": f"{value * data.scale:,}" if data.scale > 1 else "",
        }
        for label, value, note in rows
    ]  # fmt: skip


def plain(value: float) -> str:
    """Return a number without needless digits."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.10f}".rstrip("0").rstrip(".")


def assumed(rows: Iterable[dict[str, Any]]) -> list[tuple[str, str, list[dict[str, str]]]]:
    """Return the assumptions by status, each with its value and range in words."""
    groups: dict[str, list[dict[str, str]]] = {status: [] for status in STATUS}
    for row in rows:
        if row.get("value") is not None:
            value = plain(row["value"])
        else:
            dated = sorted(dict(row.get("values") or {}).items())
            value = say("; ").join(
                say("from {month}: {value}", month=month, value=plain(v)) for month, v in dated
            )
        span = row.get("range")
        groups.setdefault(row["status"], []).append(
            {
                "id": row["id"], "about": row.get("about", ""), "unit": row.get("unit", ""),
                "value": value, "reason": row.get("reason", ""),
                "range": say("{first} to {last}", first=plain(span[0]), last=plain(span[1]))
                if span
                else say("not stated"),
            }
        )  # fmt: skip
    return [(status, STATUS.get(status, ""), found) for status, found in groups.items()]


def yaml_of(scenario: dict[str, Any]) -> str:
    """Return a scenario as the YAML file that makes the run again."""
    lines = []
    for key, value in scenario.items():
        if isinstance(value, dict):
            inner = ", ".join(f"{k}: {str(v).lower()}" for k, v in value.items())
            lines.append(f"{key}: {{{inner}}}")
        elif key in ("from", "to"):
            lines.append(f'{key}: "{value}"')
        else:
            lines.append(f"{key}: {value}")
    return "\n".join(lines)


def _by_instrument(data: Data, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["instrument"], []).append(row)
    return [
        {"en": data.en(name), "zh": data.zh(name), "rows": found}
        for name, found in groups.items()
    ]  # fmt: skip


def _tight(text: str) -> Markup:
    """Keep dates, and numbers with their percent sign, on one line."""
    found = str(escape(text.replace(" %", "\N{NO-BREAK SPACE}%")))  # a Markup would escape again
    dates = r"(\d{4}-\d\d(?:-\d\d)?)"
    return Markup(re.sub(dates, r'<span class="nb">\1</span>', found))  # noqa: S704 - escaped


@cache
def _template() -> Any:
    env = Environment(
        loader=PackageLoader("xinyong.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(_=say, plural=plural, spoken=language)
    env.filters.update(tight=_tight, said=said, told=told)
    return env.get_template("report.html.j2")


def _drawn(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """Return what the page shows of each figure; one is drawn while the next is described."""
    begun = [
        (x, begin_svg(x, WIDE, f"{x.name}-w"), begin_svg(x, NARROW, f"{x.name}-n")) for x in figures
    ]
    return [
        {
            "fig": found,
            "number": number,
            # Markup: both come from the renderer and from `svg`, which escapes what it adds.
            "wide": Markup(wide()),  # noqa: S704
            "narrow": Markup(narrow()),  # noqa: S704
            "csv": _csv(found.rows) if found.rows else "",
        }
        for number, (found, wide, narrow) in enumerate(begun, 1)
    ]


def _regional(run: Run) -> list[dict[str, Any]]:
    """Return, by regulation, what became of the records that are followed under it."""
    if "determinations/records.parquet" not in run.manifest.get("files", {}):
        return []
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in run.records().to_pylist():
        groups.setdefault(row["regulation"], []).append(row)
    found = []
    for name, rows in sorted(groups.items()):
        days = [(r["answered"] - r["asked"]).days for r in rows if r["cause"] == "correction"]
        causes = [r["cause"] for r in rows]
        late = sum(bool(r["due"] and r["answered"] and r["answered"] > r["due"]) for r in rows)
        found.append(
            {
                "id": name, "records": len(rows), "shown": causes.count(""),
                "term": causes.count("term"), "repair": causes.count("repair"),
                "correction": causes.count("correction"),
                "annulment": causes.count("annulment"), "late": late,
                "days": f"{sum(days) / len(days):.0f} ({len(days)})" if days else say("none"),
            }
        )  # fmt: skip
    return found


def render(run: Run, language: str = "en") -> str:
    """Return the page of a run. The same run gives the same page.

    Args:
        run: a finished run.
        language: of the page, ``en`` or ``zh``.
    """
    with speaking(language):
        return _rendered(run, LANGUAGES[language])


def _rendered(run: Run, tag: str) -> str:
    data = Data(run)
    manifest = run.manifest
    scenario = manifest["scenario"]
    figures = _drawn(spoken(build(data)) for build in CHARTS.values())
    off = [name for name, on in scenario.get("mechanisms", {}).items() if not on]
    responses = {name: say(text) for name, text in RESPONSES.items()}
    page: str = _template().render(
        tag=tag,
        responses=responses,
        manifest=manifest,
        scenario=scenario,
        digest=str(manifest["digest"])[:12],
        data=data,
        stable=STABLE,
        off=off,
        cards=cards(data),
        figures=figures,
        limits=LIMITS,
        assumptions=assumed(manifest.get("assumptions", [])),
        rates=manifest.get("rates", []),
        instruments=manifest.get("instruments", []),
        schemes=manifest.get("schemes", []),
        regional=_regional(run),
        alike=manifest.get("alike", []),
        interpretations=_by_instrument(data, manifest.get("interpretations", [])),
        gates=_by_instrument(data, manifest.get("gates", [])),
        case_only=_by_instrument(data, manifest.get("case_only", [])),
        yaml=yaml_of(scenario),
        plain=plain,
    )
    return page


def write_report(run: Run, language: str = "en") -> Path:
    """Write ``report.html`` into the folder of a run, whole or not at all.

    In Chinese (``zh``) it is ``report.zh.html``, beside the other.

    Returns:
        The path of the page.
    """
    return _whole(run.path / _file(language, "html"), render(run, language).encode())


def _file(language: str, kind: str) -> str:
    return f"report.{kind}" if language == "en" else f"report.{language}.{kind}"


def write_pdf(run: Run, language: str = "en") -> Path:
    """Write ``report.pdf``, the same page for paper (PDF/UA-1), into the folder of a run.

    In Chinese (``zh``) it is ``report.zh.pdf``.

    Returns:
        The path of the file.

    Raises:
        UsageError: the extra ``pdf`` is not installed.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):  # OSError: the library it draws with is not on the system
        message = "a PDF needs the extra: pip install 'xinyong[pdf]', and Pango on the system"
        raise UsageError(message) from None

    outside = URLFetcher(allowed_protocols=("data",))  # a report asks nobody for anything
    made = HTML(string=render(run, language), url_fetcher=outside).write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=str(run.manifest["digest"]).encode()
    )
    return _whole(run.path / _file(language, "pdf"), made)


def _whole(target: Path, data: bytes) -> Path:
    """Write a file, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".report-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return target
