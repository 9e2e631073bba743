"""What a portal makes ready while nobody asks yet: the search with its sounds, the audit, cases."""

from __future__ import annotations

import threading

from xinyong.browse.index import sounded
from xinyong.browse.names import named
from xinyong.case import calculate
from xinyong.case.gallery import gallery
from xinyong.portal.audited import audited
from xinyong.portal.casework import View
from xinyong.portal.linted import report_on
from xinyong.portal.site import Site

__all__ = ["warm", "warmed"]


def warm(site: Site) -> threading.Thread:
    """Begin to make ready what the first page would wait for; pages are served meanwhile."""
    thread = threading.Thread(target=warmed, args=(site,), name="warm", daemon=True)
    thread.start()
    return thread


def warmed(site: Site) -> None:
    """Make it ready now."""
    found = site.catalogue
    sounded(found)
    named(found, "conducts")
    audited(found)
    for worked in gallery().values():  # the law, its kernel, and what a result is told with
        View(calculate(worked.case, site.law))
    for name in found.items:  # the longest rulebooks
        report_on(name, None)
