"""Dependencies between the parts of xinyong point one way, and some never exist.

The sources are parsed, not imported. An import inside a function or under TYPE_CHECKING
counts like any other: to know a name is to depend on it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "xinyong"

BASE = {
    *("assumptions", "dates", "document", "errors", "jit", "language", "marked", "places"),
    *("streams", "targets"),
    *("validation", "yamlio"),
}
WORLD = BASE | {"law", "society", "conduct", "institutions", "emergency"}

#: What each part may know. A dotted entry allows that one module of a part.
MAY: dict[str, set[str]] = {
    "__init__": {"law", "engine", "results", "case"},
    **dict.fromkeys(BASE, BASE),
    "law": BASE,
    "society": BASE,
    "conduct": BASE | {"society", "law.vocabulary"},
    "institutions": BASE | {"law", "society", "conduct"},
    "emergency": BASE,
    "results": BASE,  # and LAZY
    "indicators": WORLD | {"results"},
    "engine": WORLD | {"indicators", "results"},
    "study": WORLD | {"indicators", "engine", "results", "case"},
    "report": BASE | {"results"},
    "case": BASE | {"law", "browse"},
    "browse": BASE | {"law", "conduct"},
    "cli_common": BASE | {"law"},
    "cli_catalogue": BASE | {"law", "browse", "conduct", "cli_common"},
    "cli_run": WORLD | {"indicators", "engine", "study", "results", "report"},
    "cli_indicators": BASE | {"indicators", "results"},
    "cli_views": WORLD | {"indicators", "engine", "results", "cli_common"},
    "cli_lint": BASE | {"law", "cli_common"},
    "cli_case": BASE | {"law", "case", "cli_common"},
    "cli_study": BASE | {"study", "cli_common"},
    "portal": WORLD
    | {"browse", "case", "indicators", "engine", "study", "results", "report"}
    | {"cli_case", "cli_common"},
    "cli_portal": {"errors", "portal", "report"},
    "cli": WORLD
    | {"indicators", "engine", "study", "results", "report", "case"}
    | {"cli_indicators", "cli_views"}
    | {"cli_run", "cli_common", "cli_catalogue", "cli_lint", "cli_case", "cli_study"}
    | {"cli_portal"},
    "__main__": {"cli"},
}

NETWORK = {
    *("aiohttp", "asyncio", "ftplib", "http", "httpx", "paramiko", "requests", "smtplib", "socket"),
    *("socketserver", "ssl", "telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc"),
}
NAME_MATCHING = {
    *("Levenshtein", "dedupe", "fuzzywuzzy", "jellyfish", "metaphone", "rapidfuzz"),
    *("recordlinkage", "splink", "textdistance", "thefuzz", "zingg"),
}
CODE_FROM_DATA = {
    *("cloudpickle", "code", "ctypes", "dill", "joblib", "marshal", "pickle", "pty", "runpy"),
    *("shelve", "subprocess", "yaml"),
}
OTHER_RANDOMNESS = {"numpy.random", "random", "secrets", "uuid"}

FORBIDDEN_CALLS = {
    *("__import__", "eval", "exec", "os.popen", "os.startfile", "os.system", "yaml.load"),
    *(f"os.{f}{end}" for f in ("exec", "spawn") for end in ("l", "le", "lp", "lpe", "v", "ve")),
    *("os.execvp", "os.execvpe", "os.spawnvp", "os.spawnvpe", "os.posix_spawn"),
}


def modules() -> dict[str, Path]:
    """Dotted name inside xinyong -> file, such as ``law.schema``; a package is its name."""
    found = {}
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found[name] = path
    return found


MODULES = modules()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` for an attribute chain of names, otherwise an empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (front := dotted(node.value)):
        return f"{front}.{node.attr}"
    return ""


def imports(nodes: ast.AST, package: str = "xinyong") -> Iterator[str]:
    """Full names of what is imported; `package` resolves relative imports.

    ``from a import b`` gives ``a.b``, whether b is a module or a name in one.
    """
    for node in ast.walk(nodes):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            front = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                front = ".".join([*above, front] if front else above)
            yield from (f"{front}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and dotted(node.func).endswith("import_module"):
            name = node.args[0] if node.args else None
            known = isinstance(name, ast.Constant) and isinstance(name.value, str)
            yield name.value if known else "<computed>"  # type: ignore[union-attr]


def package_of(name: str) -> str:
    """Package in which relative imports of a module are resolved."""
    if MODULES[name].name == "__init__.py":
        return "xinyong" if name == "__init__" else f"xinyong.{name}"
    return ".".join(["xinyong", *name.split(".")[:-1]])


def inner(full: str) -> str:
    """Return the name inside xinyong, or an empty string for other packages and xinyong itself."""
    return full.removeprefix("xinyong.") if full.startswith("xinyong.") else ""


def is_in(full: str, names: set[str]) -> bool:
    return any(full == name or full.startswith(f"{name}.") for name in names)


#: The arrows that point up, and only inside functions: ``Run.plot`` opens the charts and
#: ``Run.subject`` makes a run again, because a run that cannot be looked at is of little use.
LAZY = {
    ("results", "report.charts.chart"),
    ("results", "engine.inspect.History"),
    ("results", "engine.inspect.history"),
    ("results", "engine.remake.Remade"),
    ("results", "engine.remake.remake"),
}


def allowed(place: str, target: str) -> bool:
    """Whether the part `place` may import `target`, a name inside xinyong."""
    if (place, target) in LAZY:
        return True
    part = target.split(".")[0]
    of_package_itself = not any(is_in(name, {part}) for name in MODULES)  # xinyong.__version__
    return part == place or of_package_itself or is_in(target, MAY[place])


def test_every_part_has_its_arrows() -> None:
    assert {name.split(".")[0] for name in MODULES} - set(MAY) == set()


@pytest.mark.parametrize("name", MODULES)
def test_arrows_point_one_way(name: str) -> None:
    place = name.split(".")[0]
    targets = {inner(full) for full in imports(tree(MODULES[name]), package_of(name))} - {""}
    assert {t for t in targets if not allowed(place, t)} == set()


def test_no_part_is_above_itself() -> None:
    """The table itself has no circle: from no part do the arrows lead back to it."""
    for start in MAY:
        if start in BASE:
            continue
        seen, open_ = set(), {t.split(".")[0] for t in MAY[start]}
        while open_:
            part = open_.pop()
            seen.add(part)
            if part not in BASE:
                open_ |= {t.split(".")[0] for t in MAY[part]} - seen
        assert start not in seen


def test_no_module_imports_itself_in_a_circle() -> None:
    arrows: dict[str, set[str]] = {}
    for name, path in MODULES.items():
        # What runs at import time: neither functions nor blocks such as `if TYPE_CHECKING`.
        top_level = ast.Module([n for n in tree(path).body if not isinstance(n, ast.If)], [])
        functions = [n for n in ast.walk(top_level) if isinstance(n, ast.FunctionDef)]
        lazy = {id(inside) for function in functions for inside in ast.walk(function)}
        arrows[name] = set()
        for node in ast.walk(top_level):
            if id(node) in lazy or not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            for full in imports(ast.Module([node], []), package_of(name)):
                target = inner(full)
                while target and target not in MODULES:
                    target = target.rpartition(".")[0]
                if target and target != name:
                    arrows[name].add(target)
    while free := {n for n, t in arrows.items() if not t & arrows.keys()}:
        arrows = {n: t for n, t in arrows.items() if n not in free}
    assert sorted(arrows) == [], "these import each other in a circle"


@pytest.mark.parametrize("name", MODULES)
def test_nothing_reaches_out_matches_names_or_runs_data(name: str) -> None:
    found = set(imports(tree(MODULES[name]), package_of(name)))
    never = NETWORK | NAME_MATCHING | CODE_FROM_DATA | OTHER_RANDOMNESS | {"<computed>"}
    assert {full for full in found if is_in(full, never)} == set()


def forbidden_calls(nodes: ast.AST) -> Iterator[str]:
    """Yield calls that run code from data, start programs, unpickle or draw otherwise."""
    for node in ast.walk(nodes):
        if isinstance(node, ast.Attribute) and dotted(node) in {"np.random", "numpy.random"}:
            yield f"{node.lineno}: {dotted(node)}"
        if not isinstance(node, ast.Call):
            continue
        if dotted(node.func) in FORBIDDEN_CALLS:
            yield f"{node.lineno}: {dotted(node.func)}"
        for word in node.keywords:
            value = word.value.value if isinstance(word.value, ast.Constant) else None
            if word.arg == "allow_pickle" and value is not False:
                yield f"{node.lineno}: allow_pickle"
            if word.arg == "typ" and value in {"unsafe", "full"}:
                yield f"{node.lineno}: YAML(typ={value!r})"


@pytest.mark.parametrize("name", MODULES)
def test_no_code_from_data(name: str) -> None:
    assert list(forbidden_calls(tree(MODULES[name]))) == []


def test_no_dependency_reaches_out_or_matches_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {Requirement(text).name for text in project["dependencies"]}
    assert names & (NETWORK | NAME_MATCHING | {"pyyaml", "dill", "joblib"}) == set()


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("import urllib.request", "urllib.request"),
        ("from urllib import request", "urllib.request"),
        ("def f():\n    import requests as r", "requests"),
        ("if TYPE_CHECKING:\n    from socket import socket", "socket.socket"),
        ("from . import engine", "xinyong.engine"),
        ("from .engine.month import step", "xinyong.engine.month.step"),
        ("import_module('pickle')", "pickle"),
        ("importlib.import_module(x)", "<computed>"),
    ],
)
def test_hidden_imports_are_seen(code: str, seen: str) -> None:
    assert list(imports(ast.parse(code))) == [seen]


@pytest.mark.parametrize(
    "code",
    [
        "eval(x)",
        "os.system('x')",
        "yaml.load(x)",
        "np.load(x, allow_pickle=True)",
        "YAML(typ='unsafe')",
        "np.random.default_rng(1)",
    ],
)
def test_dangerous_calls_are_seen(code: str) -> None:
    assert len(list(forbidden_calls(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    ("place", "target"),
    [
        ("law", "engine.month"),
        ("society", "law.schema"),
        ("conduct", "law.determine"),
        ("institutions", "engine.run"),
        ("report", "engine.run"),
        ("results", "law"),
        ("errors", "law"),
        ("engine", "cli"),
        ("case", "engine"),
    ],
)
def test_a_turned_arrow_is_refused(place: str, target: str) -> None:
    assert not is_in(target, MAY[place])


HEAVY = {"altair", "jinja2", "numba", "pandas", "pyarrow", "pydantic", "ruamel", "vl_convert"}


def heavy_after(code: str) -> set[str]:
    """Heavy packages that are loaded after `code` ran in a fresh interpreter."""
    code += "\nimport sys; print('\\n' + ' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return HEAVY & {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_heavy_packages_are_seen_when_they_are_loaded() -> None:
    assert "pydantic" in heavy_after("import pydantic")


def test_importing_xinyong_is_light() -> None:
    assert heavy_after("import xinyong") == set()


@pytest.mark.skipif("cli" not in MODULES, reason="there is no command line yet")
def test_help_is_light() -> None:
    code = (
        "import sys\nsys.argv = ['xinyong', '--help']\nfrom xinyong.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )
    assert heavy_after(code) == set()
