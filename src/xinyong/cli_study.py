"""The command that answers a named question; see `xinyong.cli`."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from xinyong.cli_common import print_json, print_lines
from xinyong.errors import OutputError, UsageError
from xinyong.study.questions import QUESTIONS, Question, question
from xinyong.study.settings import SEED, Settings

if TYPE_CHECKING:
    from xinyong.study.answer import Answer

__all__ = ["list_command", "scale_of", "study_command", "write_answer"]

_MOST = 100


def scale_of(text: str) -> int:
    """Read ``1:N``.

    Raises:
        UsageError: it is not a scale.
    """
    head, _, tail = text.partition(":")
    if head == "1" and tail.isascii() and tail.isdigit() and 1 <= int(tail) <= 1_000_000:
        return int(tail)
    raise UsageError(f"--scale: {text!r} is not a scale; write 1:N with N from 1 to 1000000")


def list_command(as_json: bool) -> None:
    """Print the questions, a line each."""
    if as_json:
        rows = [
            {"name": q.name, "number": q.number, "question": q.ask, "scale": q.scale or None,
             "replicates": q.replicates or None}
            for q in QUESTIONS.values()
        ]  # fmt: skip
        print_json({"schema_version": 1, "studies": rows})
        return
    wide = max((len(name) for name in QUESTIONS), default=0)
    for q in QUESTIONS.values():
        typer.echo(f"{q.name:<{wide}}  {q.number:<4} {q.ask}")


def _settings(
    asked: Question, scale: str | None, replicates: int | None, seed: int | None
) -> Settings:
    if not asked.scale and (scale or replicates or seed is not None):
        raise UsageError(f"study {asked.name} runs nothing: it takes no scale, replicates or seed")
    if replicates is not None and not 1 <= replicates <= _MOST:
        raise UsageError(f"--replicates: {replicates} is not from 1 to {_MOST}")
    if seed is not None and not 0 <= seed < 2**62:
        raise UsageError("--seed: a whole number from 0 up, below 2 to the 62nd")
    return Settings(
        scale_of(scale) if scale else asked.scale,
        replicates or asked.replicates,
        SEED if seed is None else seed,
    )


def study_command(
    name: str, scale: str | None, replicates: int | None, seed: int | None,
    out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Answer a question and print the answer; ``all``: every question, into a folder each.

    Raises:
        UsageError: no such question, or an option is not of its form.
        OutputError: the folder exists already: said before anything is run.
    """
    if name == "all":
        if out is None or as_json or scale or replicates or seed is not None:
            raise UsageError("study all answers every question at its own size: it takes --out DIR")
        if out.exists():
            raise OutputError(f"{out}: exists already; name another folder, or remove it")
        for asked in QUESTIONS.values():
            started = time.perf_counter()
            write_answer(_answered(asked, _settings(asked, None, None, None)), out / asked.name)
            took = time.perf_counter() - started
            typer.echo(f"{asked.number:<4} {took:6.0f} s  {out / asked.name}")
        return
    asked = question(name)
    settings = _settings(asked, scale, replicates, seed)
    if out is not None and out.exists():
        raise OutputError(f"{out}: exists already; name another folder with --out, or remove it")
    answer = _answered(asked, settings)
    if out is not None:
        write_answer(answer, out)
    if as_json:
        print_json(answer.to_json())
        return
    print_lines(answer.lines(), wrapped=True)
    if out is not None:
        typer.echo(f"written  {out}")


def _answered(asked: Question, settings: Settings) -> Answer:
    return _with_progress(asked, settings) if asked.scale else asked.make(settings)


def _with_progress(asked: Question, settings: Settings) -> Answer:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    console = Console(stderr=True)
    columns = (
        BarColumn(), MofNCompleteColumn(), TextColumn("runs"), TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("preparing (the first run compiles)", total=None)

        def step(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what)

        return asked.make(replace(settings, progress=step))


def write_answer(answer: Answer, out: Path) -> None:
    """Write answer.json, answer.md and rows.csv to a new folder, all or nothing.

    Raises:
        OutputError: the folder exists, or cannot be written.
    """
    if out.exists():
        raise OutputError(f"{out}: exists already; name another folder with --out, or remove it")
    partial = out.parent / f".{out.name}.partial-{os.getpid()}"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        text = json.dumps(answer.to_json(), ensure_ascii=False, indent=1, sort_keys=True)
        (partial / "answer.json").write_text(text + "\n", encoding="utf-8")
        (partial / "answer.md").write_text(answer.to_markdown(), encoding="utf-8")
        (partial / "rows.csv").write_text(answer.to_csv(), encoding="utf-8")
        partial.rename(out)
    except OSError as error:
        what = error.strerror or str(error)
        raise OutputError(f"{out}: could not be written: {what}; nothing was left there") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
