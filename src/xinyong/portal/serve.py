"""Serve a portal: on loopback unless asked otherwise, until told to stop."""

from __future__ import annotations

import signal
from types import FrameType

import uvicorn

from xinyong.portal.app import create_app
from xinyong.portal.site import Site
from xinyong.portal.warm import ready

__all__ = ["serve"]


def serve(site: Site, host: str, port: int) -> None:
    """Serve until interrupted or terminated; what is in hand is finished first.

    The address is taken at once, so that who comes early waits a moment and is not turned away.
    Addresses are not logged: they hold what a reader states of a case.
    """
    app = create_app(site)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=10,
        proxy_headers=False,
    )
    taken = config.bind_socket()
    taken.listen(config.backlog)
    # The server finishes what it has in hand and then raises the signal anew: that is no failure.
    signal.signal(signal.SIGTERM, _ended)
    ready(app)
    uvicorn.Server(config).run([taken])


def _ended(number: int, frame: FrameType | None) -> None:
    """End the process as one that did what it was told."""
    del number, frame
    raise SystemExit(0)
