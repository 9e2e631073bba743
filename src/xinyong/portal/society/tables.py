"""Figures of a run as rows: lists, grades, measures and errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinyong import places
from xinyong.language import language, worded
from xinyong.portal.society.views import View
from xinyong.report.data import STABLE, Data
from xinyong.report.effects import GRADES
from xinyong.report.lists import EXITS, left

__all__ = ["errors", "flows", "grades", "lists", "measures", "names_of"]

#: What a measure may be, in the order of the table.
ASPECTS = ("on_paper", "received", "applied", "zombie", "mistaken", "astray")


def names_of(data: Data, id: str) -> dict[str, str]:
    """Return a name in both languages."""
    return {"en": data.en(id), "zh": data.zh(id)}


def lists(view: View, kinds: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return what flowed over each list, and what is alive at the end, largest first."""
    data = view.data
    rows = []
    for name in data.groups("entered"):
        made = sum(data.monthly("entered", name, kinds))
        if not made:
            continue
        row = {
            "list": name, **names_of(data, name), "entered": made,
            "entered_first": sum(data.monthly("entered_first", name, kinds)),
            "mistaken": sum(data.monthly("entered_mistaken", name, kinds)),
            "alive": data.monthly("stock", name, kinds)[-1],
        }  # fmt: skip
        row |= {c: sum(data.monthly(f"exit_{c}", name, kinds)) for c in EXITS}
        rows.append(row)
    return sorted(rows, key=lambda r: (-r["entered"], r["list"]))


def flows(view: View, name: str) -> list[dict[str, Any]]:
    """Return one list month by month: entries made, left and alive."""
    data = view.data
    columns = {
        "entered": data.monthly("entered", name),
        "mistaken": data.monthly("entered_mistaken", name),
        "left": left(data, name),
        "alive": data.monthly("stock", name),
    }
    columns |= {c: data.monthly(f"exit_{c}", name) for c in EXITS}
    return [
        {"month": month, **{k: v[i] for k, v in columns.items()}}
        for i, month in enumerate(data.months)
    ]


def grades(view: View, at: int) -> list[dict[str, Any]]:
    """Return the subjects of each grade at the end of a month, by place, scheme and kind."""
    data, month = view.data, view.run.months[at]
    table = view.grades.get(month, [])
    rows = []
    for row in table:
        scheme, _, grade = row["group"].partition("/")
        here = places.place(row["place"])
        rows.append(
            {
                "month": month, "place": here.id, "place_en": here.name_en,
                "place_zh": here.name_zh, "scheme": scheme, **names_of(data, scheme),
                "kind": row["kind"], "grade": grade, "by_default": row["default"],
                "subjects": row["value"], "unstable": row["value"] < STABLE,
            }
        )  # fmt: skip
    rank = {grade: i for i, grade in enumerate(GRADES)}
    return sorted(
        rows, key=lambda r: (r["place"], r["scheme"], r["kind"], rank.get(r["grade"], 9))
    )  # fmt: skip


def measures(view: View, name: str = "") -> list[dict[str, Any]]:
    """Return measures by list and authority: on paper, received, applied in a year."""
    data = view.data
    year = range(max(len(data.months) - 12, 0), len(data.months))
    rows = []
    for group in data.groups("on_paper"):
        which, measure, authority = group.split("/")
        if name and which != name:
            continue
        values = {a: data.monthly(a, group) for a in (*ASPECTS, "applied_mistaken")}
        row: dict[str, Any] = {a: values[a][-1] for a in ASPECTS}
        row |= {a: sum(values[a][i] for i in year) for a in ("applied", "applied_mistaken")}
        row["unstable"] = row["on_paper"] < STABLE * data.sample
        rows.append({"list": which, "measure": measure, "authority": authority} | row)
    return sorted(rows, key=lambda r: (-r["applied"], -r["received"], r["list"], r["measure"]))


def _family(data: Data, id: str) -> dict[str, str]:
    """Return the name of a family of conduct: ours in Chinese, as none is official."""
    name = names_of(data, id)
    return name if language() == "en" or name["zh"] else name | {"zh": worded(name["en"])}


def errors(view: View) -> dict[str, list[dict[str, Any]]]:
    """Return what went wrong: records by conduct, entries by list, copies by list."""
    data = view.data
    records = []
    for family in data.groups("recorded"):
        row = {k: sum(data.monthly(k, family)) for k in ("recorded", "false", "misattached")}
        row["missed"] = sum(data.monthly("missed", family))
        if row["false"] or row["misattached"] or row["missed"]:
            records.append({"conduct": family, **_family(data, family), **row})
    entries = []
    for row in lists(view):
        keys = ("list", "en", "zh", "entered", "mistaken", "annulled")
        entries.append({k: row[k] for k in keys})
    copies: dict[str, dict[str, Any]] = {}
    for row in measures(view):
        name = str(row["list"])
        total = copies.setdefault(name, {"list": name, **names_of(data, name)})
        for k in (*ASPECTS, "applied_mistaken"):
            total[k] = total.get(k, 0) + row[k]
    return {
        "records": sorted(records, key=lambda r: -r["recorded"]),
        "entries": entries,
        "copies": [row for row in copies.values() if row["received"] or row["on_paper"]],
    }
