"""Compiling functions that also run uncompiled.

The kernel of the law, and the few date functions it needs, are plain Python so that
one case runs without a compiler and can be stepped through. `compile_functions`
makes the compiled twin of the same source, for millions of ledgers. `njit` is
numba's, with a cache that cannot go stale: its folder is named after the digest of
every source file that can end up in compiled code, because numba itself notices a
change only in the file of the outermost function.
"""

from __future__ import annotations

import hashlib
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numba

__all__ = ["compile_functions", "lean", "njit"]


#: Marks of a source file that can end up inside compiled code.
_MARKS = (b"njit", b"@lean", b"@compiled", b"numba's subset", b"class LawTables", b"NEVER = ")


def _source_digest() -> str:
    """Return a digest over all source files that can end up inside compiled code."""
    root = Path(__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(root.rglob("*.py")):
        text = path.read_bytes()
        if any(mark in text for mark in _MARKS):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + text)
    return digest.hexdigest()


_config: Any = numba.config
if not _config.CACHE_DIR:
    _config.CACHE_DIR = str(Path(__file__).parent / "__pycache__" / f"numba-{_source_digest()}")


def njit(function: Callable[..., Any]) -> Any:
    """Compile a function: cached, without the interpreter lock, exact integers."""
    return numba.njit(cache=True, nogil=True)(function)


def lean(function: Callable[..., Any]) -> Any:
    """Compile a function that allocates nothing, and melt it into its callers.

    Arrays are passed without counting references and calls are inlined by LLVM: with
    tables of dozens of columns as arguments that is ten times faster than `njit`. The
    options are numba's own, though not much advertised; results are the same bits.
    """
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False, "forceinline": True}
    return numba.njit(**options)(function)


def compile_functions(modules: Iterable[types.ModuleType]) -> types.SimpleNamespace:
    """Compile every function of pure-Python modules, in their order of definition.

    A function may call only functions defined before it (in the same module or in an
    earlier one); in the compiled twin those calls go to the compiled twins.

    Args:
        modules: modules whose functions are all within numba's subset.

    Returns:
        A namespace with one compiled function for each function name.
    """
    done: dict[str, Any] = {}
    for module in modules:
        for name, item in vars(module).items():
            if isinstance(item, types.FunctionType) and item.__module__ == module.__name__:
                scope = dict(vars(module)) | done
                twin = types.FunctionType(item.__code__, scope, name, item.__defaults__)
                twin.__module__ = module.__name__
                done[name] = lean(twin)
    return types.SimpleNamespace(**done)
