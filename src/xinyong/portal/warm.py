"""What a portal makes ready while nobody asks yet: the search with its sounds, the audit."""

from __future__ import annotations

import threading

from xinyong.browse.index import sounded
from xinyong.browse.names import named
from xinyong.portal.audited import audited
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
    for name in found.items:  # the longest rulebooks
        report_on(name, None)
