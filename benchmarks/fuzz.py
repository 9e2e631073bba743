"""Mutated catalogue files: always a valid catalogue, or an error with file, line and field.

    python benchmarks/fuzz.py                     # 100,000 files, seeded; takes a while
    python benchmarks/fuzz.py --files 5000 --seed 7
    python benchmarks/fuzz.py --seconds 600       # as many as ten minutes of CPU allow

Each file is a built-in one (an instrument, a vocabulary, an annex, the table of conducts)
with one to three changes: of characters, of lines, or of values. It is read and checked over
the built-in catalogue, and what is accepted is compiled. No file may crash anything, take
longer than two seconds, or be refused without saying where.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from xinyong.errors import CatalogueError
from xinyong.law import catalogue as module
from xinyong.law.catalogue import Catalogue, load
from xinyong.law.compile import compile_law

DATA = Path(module.__file__).parent / "data"
SLOWEST = 2.0  # seconds of processor time a file may take
KEPT = 60  # lines of a long annex that are kept, so that a file is read quickly

#: What gets into a file by a slip of the hand, a broken tool or ill will.
PIECES = (
    *(":", ": ", "-", "- ", "#", ",", "[", "]", "{", "}", "'", '"', "|", ">", "&x ", "*x", "!t "),
    *(
        "\n",
        "\n  ",
        "\t",
        "\0",
        "\x85",
        "\ufeff",
        "\u202e",
        "\ud800",
        "信",
        "é",
        "%",
        "@",
        "`",
        "~",
    ),
    *(
        "~",
        "---\n",
        "...\n",
        "<<: ",
        "null",
        "true",
        "no",
        "2013-10-01",
        "2013-13-01",
        "0001-01-01",
    ),
    *("9999-12-31", "-1", "0", "1e999", ".nan", "0x7fffffffffffffff", "9223372036854775807"),
    *("9999999999999999999999", "1_000", "٣", "1.5", "id: x\n", "cite: {source: x, article: y}"),
    *("[[[[[[[[", "{a: {b: {c: ", "all: [{any: [", "!!python/object:os.system ", "\\u0000"),
    *('"\\ud800"', "from: 2020-01-01", "x" * 3000, "1" * 50, "| " * 30, "do: enter", "do: zzz"),
)
VALUES = (
    *("null", "true", "[]", "{}", "''", "0", "-1", "1", "7", "2.5", "1000000", "99999999999"),
    *("9223372036854775807", "-9223372036854775808", "2013-10-01", "9999-12-31", "0001-01-01"),
    *("court", "spc", "cn", "decided", "year_end", "person", "[person, person]", "whole", "zzz"),
    *("{source: x, article: y}", "{assumption: a}", "{open: true}", "[1, 2]", "[2, 1]"),
)
NUMBERS = ("0", "1", "-1", "2", "12", "2013", "99999", "1000000000", "9007199254740993",
           "9223372036854775807", "-9223372036854775808", "4611686018427387904")  # fmt: skip
_NUMBER = re.compile(r"(?<![\w\-.])-?\d+(?![\w\-.])")
_WORD = re.compile(r"(?<=: )[a-z][a-z_0-9]+$|(?<=[\[ ,])[a-z]\w+(?=[\],])", re.MULTILINE)
_BLOCK = re.compile(r"\{[^{}\n]*\}")


def files() -> list[Path]:
    """Return the built-in files that a user's folder may hold, too."""
    found = sorted((DATA / "instruments").iterdir())
    names = ("authorities.yaml", "measures.yaml", "facts.yaml", "conducts.csv", "emergencies.yaml")
    return found + [DATA / name for name in names if (DATA / name).is_file()]


def mutated(text: str, rng: random.Random) -> str:
    """Return a text with one to three changes."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        text = _change(text, rng)
    return text


def _change(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    kind = rng.randrange(14)
    if kind > 7:  # what still reads well: another number, another word, another block
        pattern = (_NUMBER, _WORD, _BLOCK)[kind % 3]
        found = list(pattern.finditer(text))
        if found:
            match = rng.choice(found)
            new = rng.choice(NUMBERS) if kind % 3 == 0 else rng.choice(found).group()
            return text[: match.start()] + new + text[match.end() :]
        kind = 0
    if kind == 0:
        return text[:at] + rng.choice(PIECES) + text[at:]
    if kind == 1:
        return text[:at] + text[at + rng.randrange(1, 40) :]
    if kind == 2:
        other = rng.randrange(len(text) + 1)
        return text[:at] + text[other : other + rng.randrange(1, 200)] + text[at:]
    lines = text.splitlines(keepends=True) or [""]
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    if kind == 3:
        lines[i], lines[j] = lines[j], lines[i]
    elif kind == 4:
        del lines[i : i + rng.randrange(1, 6)]
    elif kind == 5:
        lines[i:i] = lines[j : j + rng.randrange(1, 6)]
    elif kind == 6:
        cells = lines[i].split(",")
        cells[rng.randrange(len(cells))] = rng.choice(VALUES + PIECES)
        lines[i] = ",".join(cells)
    else:
        key, colon, _ = lines[i].partition(":")
        lines[i] = f"{key}{colon} {rng.choice(VALUES)}\n" if colon else lines[i] * 2
    return "".join(lines)


@dataclass
class Outcome:
    """What came of the files so far.

    Attributes:
        counts: ``valid`` and ``refused``; slowest: seconds, and the file it was.
        bad: what must not happen, with the number of the file.
    """

    counts: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    bad: list[str] = field(default_factory=list)


def _text(path: Path) -> str:
    """Return a built-in file; of a long annex only the first rows."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv" and path.parent != DATA:
        return "".join(text.splitlines(keepends=True)[:KEPT])
    return text


def trial(path: Path, text: str, folder: Path, base: Catalogue) -> tuple[str, str]:
    """Read one mutated file over the catalogue.

    Returns:
        ``valid``, ``refused`` or ``bad``, and in the last case what happened.
    """
    vocabulary = path.parent == DATA
    for old in folder.iterdir():
        old.unlink()
    target = folder / path.name
    target.write_bytes(text.encode("utf-8", "surrogatepass"))
    if path.suffix == ".csv" and not vocabulary:  # an annex is read by its instrument
        shutil.copy(path.with_name(path.name.replace("_items.csv", ".yaml")), folder)
    elif not vocabulary:
        for annex in path.parent.glob(f"{path.stem}_items*.csv"):
            (folder / annex.name).write_text(_text(annex), encoding="utf-8")
    try:
        found = module._read_and_check(folder, "0", base)
        compile_law(found)
    except CatalogueError as error:
        for problem in error.problems:
            told = problem.file and problem.message
            if not told or not (problem.line or _as_a_whole(problem.message)):
                return "bad", f"refused without saying where: {problem}"
            if len(str(problem)) > 2000:
                return "bad", f"an endless message: {str(problem)[:200]}"
        return "refused", ""
    except Exception as error:
        return "bad", f"{type(error).__name__}: {str(error)[:200]}"
    return "valid", ""


def _as_a_whole(message: str) -> bool:
    """Whether a problem is one of a file as a whole, which has no line."""
    return message.startswith(("too many values", "larger than", "and ", "is empty"))


def without_vocabulary(base: Catalogue, path: Path) -> Catalogue:
    """Return the catalogue below a vocabulary file: without its words, and what uses them."""
    if path.parent != DATA:
        return base
    empty: dict[str, dict[str, dict[str, object]]] = {
        "authorities.yaml": {"authorities": {}},
        "measures.yaml": {"measures": {}},
        "facts.yaml": {"documents": {}, "circumstances": {}},
        "conducts.csv": {"conducts": {}},
        "emergencies.yaml": {"emergencies": {}, "emergency_sources": {}},
    }
    return replace(base, instruments={}, items={}, **empty[path.name])  # type: ignore[arg-type]


def run(count: int, seed: int, only: str = "") -> Iterator[tuple[int, Outcome]]:
    """Try `count` mutated files; yields the number done and what came of them."""
    base = load()
    sources = [(p, _text(p)) for p in files() if only in p.name]
    below = {p: without_vocabulary(base, p) for p, _ in sources}
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for i in range(count):
            rng = random.Random(seed * 1_000_003 + i)  # noqa: S311 - no secret
            path, text = rng.choice(sources)
            start = time.process_time()  # other work may run beside this
            verdict, why = trial(path, mutated(text, rng), folder, below[path])
            taken = time.process_time() - start
            if taken > outcome.slowest[0]:
                outcome.slowest = (taken, f"{path.name}, file {i}")
            if verdict == "bad" or taken > SLOWEST:
                why = why or f"took {taken:.1f} s"
                outcome.bad.append(f"file {i} of seed {seed} ({path.name}): {why}")
            outcome.counts[verdict] += 1
            yield i + 1, outcome


def main() -> int:
    """Run from the shell; leaves with 1 if anything must not have happened."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="part of a file name")
    parser.add_argument("--seconds", type=float, default=0.0, help="stop after so much CPU time")
    given = parser.parse_args()
    outcome, done = Outcome(), 0
    start = time.perf_counter()
    for done, outcome in run(given.files, given.seed, given.only):
        if done % 1000 == 0:
            print(f"{done:>7,} {time.perf_counter() - start:7.0f} s {dict(outcome.counts)}",
                  file=sys.stderr)  # fmt: skip
        if given.seconds and time.process_time() > given.seconds:
            break
    for line in outcome.bad[:50]:
        print(line)
    print(f"{done:,} files: {dict(outcome.counts)}, {len(outcome.bad)} bad, "
          f"slowest {outcome.slowest[0]:.2f} s ({outcome.slowest[1]})")  # fmt: skip
    return 1 if outcome.bad else 0


if __name__ == "__main__":
    sys.exit(main())
