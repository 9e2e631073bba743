"""The linter: any listing or scoring rulebook, held against legal limits that are data.

>>> from xinyong.law.lint import lint, read_rulebooks
>>> report = lint(read_rulebooks("wendeng_2020"))
>>> {f.profile for f in report.of("breach")} <= {"cn_2019", "craft"}
True
"""

from __future__ import annotations

from xinyong.law.lint.engine import Finding, Report, lint
from xinyong.law.lint.limits import Limit, Profile, chosen, load_profiles
from xinyong.law.lint.read import read_rulebooks, rulebook_of
from xinyong.law.lint.rulebook import Rulebook, Words

__all__ = [
    "Finding",
    "Limit",
    "Profile",
    "Report",
    "Rulebook",
    "Words",
    "chosen",
    "lint",
    "load_profiles",
    "read_rulebooks",
    "rulebook_of",
]
