"""Write the page of studies from answers that ``xinyong study NAME --out DIR`` has written.

::

    xinyong study all --out answers
    python -m xinyong.study.page docs/studies.md answers/*

``make studies`` does both for the answers that come with the package. No figure of the page
comes from anywhere else; each answer names the command that gives it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from xinyong.errors import OutputError, UsageError
from xinyong.study.answer import SYNTHETIC, Answer
from xinyong.study.questions import QUESTIONS

__all__ = ["BUILT_IN_ANSWERS", "main", "page", "read_answer"]

#: The answers that come with the package, one folder each.
BUILT_IN_ANSWERS = Path(__file__).parent / "answers"

#: Rows of an answer that the page shows.
MOST = 30


def read_answer(folder: Path) -> Answer:
    """Read the answer in a folder.

    Raises:
        OutputError: there is none, or it cannot be read.
    """
    path = folder / "answer.json"
    try:
        return Answer.from_json(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(f"{path}: no answer here, or damaged: {error}") from None


def page(answers: list[Answer]) -> str:
    """Return the page, in the order of the registry."""
    order = list(QUESTIONS)
    found = sorted(answers, key=lambda a: order.index(a.name))
    parts = [
        "# Studies",
        "Named questions, answered in one standard form. `xinyong study` lists them; "
        "`xinyong study NAME` answers one, `--out DIR` writes `answer.json`, `answer.md` and the "
        "tidy `rows.csv`. All arms of a replicate share their seed; an interval is Student's t "
        "over paired differences of replicates, at 95 %. Every study has a twin whose overrides "
        "change nothing, and fails unless it differs from its baseline by exactly zero.",
        f"{SYNTHETIC} Numbers that are *calibrated* were set by hand to published figures, those "
        "*assumed* have a range and no source; nothing here was *validated* against error rates, "
        "for none is published.",
        "This page is made by `make studies`, which asks every question again; each answer ends "
        "with the command that gives it alone. The portal shows the same answers.",
        *(a.to_markdown(2, MOST).rstrip("\n") for a in found),
    ]
    return "\n\n".join(parts) + "\n"


def main(args: list[str]) -> None:
    """Write the page.

    Raises:
        UsageError: no file and folders are named.
    """
    if len(args) < 2:
        raise UsageError("python -m xinyong.study.page FILE DIR...: name the page and the answers")
    target = Path(args[0])
    target.write_text(page([read_answer(Path(folder)) for folder in args[1:]]), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
