"""The audit: how well sourced each part of the catalogue is, and where a reader cannot check."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from xinyong.browse.audit import DEPTHS, Audit, audit
from xinyong.browse.kept import kept
from xinyong.conduct.rates import rates
from xinyong.language import say
from xinyong.law.catalogue import Catalogue
from xinyong.portal.known import Name, PageNumber, Word
from xinyong.portal.page import address, shown
from xinyong.portal.parts import Shown, part
from xinyong.portal.pictures import BLUE, GREEN, INK, MUTED, ORANGE, Drawing, Picture
from xinyong.portal.replies import AS_CSV, AS_SVG, csv, svg

__all__ = ["audited", "router"]

router = part("/catalogue/audit")

_PAGE = 100
#: How each depth looks: colour, and how much of it. Patterns and figures say it too.
_LOOKS: dict[str, tuple[str, float]] = {
    "full text": (BLUE, 1.0),
    "transcription": (BLUE, 0.55),
    "excerpt": (GREEN, 0.6),
    "secondary": (ORANGE, 0.45),
    "assumption": (ORANGE, 1.0),
}

#: What is counted by kind of instrument and depth, and what it is called.
TABLES = {
    "values": "Cited values by the depth of their source",
    "sources": "Sources by depth",
    "read": "Instruments by their deepest source",
}


@kept
def audited(found: Catalogue) -> Audit:
    """Look at a catalogue as ``xinyong catalogue audit`` does."""
    return audit(found, frozenset(s.conduct for family in rates() for s in family.split))


def _counts(a: Audit, name: str) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = getattr(a, name)
    return counts


def by_depth(a: Audit, name: str) -> Picture:
    """Return the shares of the depths of something, by kind of instrument."""
    counts = _counts(a, name)

    def share(kind: str) -> str:
        total = sum(counts[kind].values())
        told = ", ".join(f"{say(d)} {100 * n / total:.0f} %" for d, n in counts[kind].items())
        return f"{say(kind.replace('_', ' '))} ({total:,}): {told}"

    def draw(width: int) -> Drawing:
        legend = 22 if width > 500 else 22 * len(_LOOKS)
        row = 64
        d = Drawing(width, legend + row * len(counts) + 4)
        x = y = 0.0
        for depth, (fill, opacity) in _LOOKS.items():
            d.rect(x, y + 2, 14, 14, fill, INK, opacity=opacity)
            d.text(x + 20, y + 14, say(depth), 12)
            x, y = (x + 140, y) if width > 500 else (x, y + 22)
        for i, (kind, by) in enumerate(counts.items()):
            top, total = legend + row * i, sum(by.values())
            d.text(0, top + 14, f"{say(kind.replace('_', ' '))}: {total:,}", 12, MUTED)
            x = 0.0
            for depth, n in by.items():
                share = f"{100 * n / total:.0f} %"
                for label in (f"{say(depth)} {share}", share):
                    if len(label) * 7 < n / total * width:
                        d.text(x, top + 53, label, 11, MUTED)
                        break
                wide = n / total * (width - 1)
                fill, opacity = _LOOKS[depth]
                d.rect(x, top + 20, wide, 20, fill, INK, opacity=opacity)
                x += wide
        return d

    says = "; ".join(share(kind) for kind in counts)
    return Picture(f"by-depth-{name}", say(TABLES[name]), says, draw)


@router.get(".json", response_class=JSONResponse)
def audit_data(site: Shown) -> dict[str, Any]:
    """Return the audit as data: the same as ``xinyong catalogue audit --json``."""
    return audited(site.catalogue).as_dict()


@router.get(".csv", **AS_CSV)
def audit_table(site: Shown) -> Response:
    """Return the counts by kind of instrument and depth as a tidy table."""
    a = audited(site.catalogue)
    return csv(
        {"counted": name, "kind": kind, "depth": depth, "n": n}
        for name in TABLES
        for kind, by in _counts(a, name).items()
        for depth, n in by.items()
    )


@router.get("/{name}.svg", **AS_SVG)
def audit_picture(site: Shown, name: Name) -> Response:
    """Return one of the pictures: values, sources or read."""
    if name not in TABLES:
        raise HTTPException(404)
    return svg(by_depth(audited(site.catalogue), name))


@router.get("", response_class=HTMLResponse)
def audit_page(request: Request, site: Shown) -> HTMLResponse:
    """Show what the catalogue rests on."""
    a = audited(site.catalogue)
    return shown(
        request,
        "audit.html.j2",
        title=say("Audit: how well sourced each part is"),
        a=a,
        tables={name: _counts(a, name) for name in TABLES},
        titles=TABLES,
        pictures={name: by_depth(a, name) for name in TABLES},
        depths=DEPTHS,
        by=Counter(f.instrument for f in a.assumed).most_common(),
        total={depth: sum(by.get(depth, 0) for by in a.values.values()) for depth in DEPTHS},
        law=site.catalogue,
    )


@router.get("/assumed.csv", **AS_CSV)
def assumed_table(site: Shown, instrument: Word = "") -> Response:
    """Return the values without a source, with their reasons."""
    return csv(asdict(f) for f in audited(site.catalogue).assumed
               if instrument in ("", f.instrument))  # fmt: skip


@router.get("/assumed.json", response_class=JSONResponse)
def assumed_data(site: Shown, instrument: Word = "") -> dict[str, Any]:
    """Return the values without a source, with their reasons, as data."""
    found = [asdict(f) for f in audited(site.catalogue).assumed]
    rows = [f for f in found if instrument in ("", f["instrument"])]
    return {"schema_version": 1, "catalogue": site.catalogue.digest, "assumed": rows}


@router.get("/assumed", response_class=HTMLResponse)
def assumed(
    request: Request, site: Shown, instrument: Word = "", page: PageNumber = 1
) -> HTMLResponse:
    """Show the values without a source, some at a time."""
    a = audited(site.catalogue)
    fitting = [f for f in a.assumed if instrument in ("", f.instrument)]
    pages = max(1, -(-len(fitting) // _PAGE))
    page = min(page, pages)
    return shown(
        request,
        "assumed.html.j2",
        title=say("Values without a source"),
        rows=fitting[(page - 1) * _PAGE : page * _PAGE],
        n=len(fitting),
        instrument=instrument,
        instruments=sorted({f.instrument for f in a.assumed}),
        page=page,
        pages=pages,
        at=lambda n: address("/catalogue/audit/assumed", instrument=instrument, page=n),
        law=site.catalogue,
    )
