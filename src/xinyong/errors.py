"""Errors that are written for the person who has to mend them.

Every error of xinyong says what was given, what was expected and what to do, in
one line (or, for catalogue files, one line a problem). Each class has its own
exit code, so that scripts can tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "CaseError",
    "CatalogueError",
    "OutputError",
    "Problem",
    "ScenarioError",
    "UsageError",
    "XinyongError",
]


class XinyongError(Exception):
    """Any error that xinyong reports to its user; never a traceback on the terminal."""

    exit_code = 1


class UsageError(XinyongError):
    """A command was called with words or values that it does not take."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one file.

    Attributes:
        file: path as the user gave it.
        line: 1-based line, or 0 where the file as a whole is meant.
        field: dotted path inside the document, such as ``versions[0].provisions[2].effect``.
        message: what was found and what was expected.
        suggestion: how to mend it; may be empty.

    Example:
        >>> str(Problem("a.yaml", 3, "kind", "unknown kind 'lst'", "did you mean 'list'?"))
        "a.yaml:3: kind: unknown kind 'lst'; did you mean 'list'?"
    """

    file: str
    line: int
    field: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        """Return ``file:line: field: message; suggestion``."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        field = f" {self.field}:" if self.field else ""
        tail = f"; {self.suggestion}" if self.suggestion else ""
        return f"{where}:{field} {self.message}{tail}"


class _ProblemsError(XinyongError):
    """An error made of several problems, printed one a line."""

    def __init__(self, problems: list[Problem] | Problem) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class CatalogueError(_ProblemsError):
    """One or several problems in catalogue files (instruments and vocabularies)."""

    exit_code = 3


class CaseError(_ProblemsError):
    """One or several problems in a hypothetical case."""

    exit_code = 4


class ScenarioError(_ProblemsError):
    """One or several problems in a scenario or in the options that make one."""

    exit_code = 5


class OutputError(XinyongError):
    """Results could not be written or read: folder exists, disk full, damaged run."""

    exit_code = 6
