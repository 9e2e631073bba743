"""The ground around the code: versions, locks, licences and what is kept in the repository."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import xinyong

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = {name: ROOT / "requirements" / f"{name}.txt" for name in ("run", "dev", "lowest")}

# Written so that this file does not itself contain what it looks for. A slash after a letter is
# part of an address or of a path inside the repository, and is not meant.
MACHINE_PATH = re.compile(r"(?<![\w.\-*\])}])/(?:work|root|home|tmp)/|[A-Z]:\\Users\\")
REGISTRY = re.compile(
    r"pypi\.org|python" r"hosted\.org|npm" r"js\.(?:org|com)|anaconda\.(?:org|com)/"
)


def git(*words: str) -> str:
    """Run git in the repository, whoever owns the folder; skip where there is no checkout."""
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return done.stdout


def tracked() -> list[Path]:
    files = [ROOT / name for name in git("ls-files", "-z").split("\0") if name]
    return [path for path in files if path.is_file()]


def pins(lock: Path) -> dict[str, list[tuple[str, list[str]]]]:
    """Read a lock as package -> (version, hashes), one pair for each environment marker."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, version = re.match(r"([a-z0-9.-]+)==(\S+)", line).groups()  # type: ignore[union-attr]
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})(?!\S)", line)
        found.setdefault(canonicalize_name(name), []).append((version, hashes))
    return found


def test_one_version_everywhere() -> None:
    cff = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    (cited,) = re.findall(r"(?m)^version: (\S+)$", cff)
    installed = importlib.metadata.version("xinyong")
    assert cited == PROJECT["version"]
    assert installed == PROJECT["version"], "run make setup again"
    assert getattr(xinyong, "__version__", installed) == installed
    assert PROJECT["version"] in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_carries_hashes(name: str) -> None:
    locked = pins(LOCKS[name])
    assert len(locked) > 20
    bare = [package for package, found in locked.items() if not all(h for _, h in found)]
    assert bare == []


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_index_and_no_machine(name: str) -> None:
    text = LOCKS[name].read_text(encoding="utf-8")
    for word in (
        "--index-url",
        "--extra-index-url",
        "--find-links",
        "--trusted-host",
        "://",
        " @ ",
    ):
        assert word not in text
    assert not MACHINE_PATH.search(text)


def test_locks_cover_the_declared_dependencies() -> None:
    run = [Requirement(text) for text in PROJECT["dependencies"]]
    dev = [Requirement(text) for text in PROJECT["optional-dependencies"]["dev"]]
    for name, wanted in (("run", run), ("dev", run + dev), ("lowest", run + dev)):
        locked = pins(LOCKS[name])
        for requirement in wanted:
            versions = locked.get(canonicalize_name(requirement.name), [])
            assert versions, f"{requirement.name} is not in {LOCKS[name].name}: run make lock"
            assert all(version in requirement.specifier for version, _ in versions)


def test_the_lowest_lock_stands_at_the_declared_floors() -> None:
    lowest = pins(LOCKS["lowest"])
    for text in PROJECT["dependencies"]:
        requirement = Requirement(text)
        (floor,) = (s.version for s in requirement.specifier if s.operator == ">=")
        (version,) = {v for v, _ in lowest[canonicalize_name(requirement.name)]}
        assert Version(version) == Version(floor), requirement.name


def test_what_is_tested_is_what_is_run() -> None:
    run, dev = pins(LOCKS["run"]), pins(LOCKS["dev"])
    assert {name: dev.get(name) for name in run} == run


def test_every_installed_package_has_its_licence_named() -> None:
    listed = re.findall(
        r"(?m)^\| ([a-z0-9-]+)[ |(]", (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    )
    assert sorted(listed) == sorted(pins(LOCKS["run"]))


def test_licences_are_there() -> None:
    code = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in code
    assert "END OF TERMS AND CONDITIONS" in code
    assert PROJECT["license"] == "Apache-2.0"
    data = (ROOT / "LICENSE-CATALOGUE").read_text(encoding="utf-8")
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in data
    assert (ROOT / "docs" / "intended-use.md").is_file()


def test_no_tracked_file_tells_of_a_machine_or_a_registry() -> None:
    told = []
    for path in tracked():
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if MACHINE_PATH.search(line) or REGISTRY.search(line):
                told.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert told == []


def test_no_source_is_one_that_only_its_writers_can_open() -> None:
    """A source is a text, a page or an assumption; working papers are none."""
    papers = "dos" + "sier"
    told = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if papers in path.read_text(encoding="utf-8", errors="replace").lower()
    ]
    assert told == []


def test_machine_paths_are_recognised() -> None:
    for folder in ("work", "root", "home", "tmp"):
        assert MACHINE_PATH.search(f"open('/{folder}/x')")
        assert MACHINE_PATH.search(f"/{folder}/x")
        assert not MACHINE_PATH.search(f"https://www.example.cn/{folder}/x")
    assert REGISTRY.search("https://pypi" + ".org/simple")


def test_tracked_files_are_small() -> None:
    big = [str(p.relative_to(ROOT)) for p in tracked() if p.stat().st_size > 1_000_000]
    assert big == []


@pytest.mark.parametrize("name", [".venv/bin/python", "results/a/manifest.json", "dist/a.whl"])
def test_what_is_made_is_not_kept(name: str) -> None:
    git("rev-parse", "--git-dir")
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "check-ignore", "--quiet", name]
    assert subprocess.run(command, check=False).returncode == 0
    assert git("ls-files", name.split("/")[0]) == ""
