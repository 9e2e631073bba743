"""Serve a portal: on loopback unless asked otherwise, until told to stop."""

from __future__ import annotations

import uvicorn

from xinyong.portal.app import create_app
from xinyong.portal.site import Site
from xinyong.portal.warm import warm

__all__ = ["serve"]


def serve(site: Site, host: str, port: int) -> None:
    """Serve until interrupted or terminated; what is in hand is finished first.

    Addresses are not logged: they hold what a reader states of a case.
    """
    config = uvicorn.Config(
        create_app(site),
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=10,
        proxy_headers=False,
    )
    warm(site)
    uvicorn.Server(config).run()
