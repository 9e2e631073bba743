"""The command ``portal``: what is shown, and where it is served; see `xinyong.cli`."""

from __future__ import annotations

from pathlib import Path

import typer

from xinyong.errors import OutputError

__all__ = ["portal_command"]

_RESULTS = Path("results")


def portal_command(folders: list[Path], answers: Path | None, host: str, port: int) -> None:
    """Serve runs and answers until stopped.

    Raises:
        OutputError: a folder holds no run.
    """
    from xinyong.portal.serve import serve
    from xinyong.portal.site import Site, find_answers, find_runs
    from xinyong.report import renderer

    if not folders and any(_RESULTS.glob("*/manifest.json")):
        folders = [_RESULTS]
    if answers is not None and not answers.is_dir():
        raise OutputError(f"{answers}: no folder of answers; 'xinyong study NAME --out' writes one")
    local = host in ("127.0.0.1", "localhost", "::1")
    site = Site(find_runs(folders), find_answers(answers), local=local)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"xinyong portal: http://{shown}:{port}/ (Ctrl-C stops it)")
    if not local:
        typer.echo(
            "Every machine that reaches this address can read it; put TLS before it.", err=True
        )
    with renderer.apart():
        serve(site, host, port)
