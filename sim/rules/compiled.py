"""The compiler, in one place: `rule` compiles a function, `chain` a whole registry into one if-chain.

Numba's cache looks only at the file of the function that it compiled, so it would serve a stale rule
after an edit in another file. The cache folder is therefore named by a hash of every source that rules
are made of; it is set before numba is first imported.
"""

import hashlib
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

SOURCES = sorted(
    path for room in ("rules", "engine", "results") for path in (Path(__file__).parent.parent / room).glob("*.py")
)


def rules_hash() -> str:
    """Twelve hex digits that change with any source of the rules or the engines."""
    digest = hashlib.blake2b(digest_size=6)
    for path in SOURCES:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _cache_folder() -> Path:
    home = Path(os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "escalate" / rules_hash()
    return home if home.parts[-2:] == folder.parts[-2:] else folder  # a child of this process is told the whole path


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_folder = _cache_folder()
_cached = _writable(_folder)  # nowhere to keep compiled code: compile at every start
if _cached:
    os.environ["NUMBA_CACHE_DIR"] = str(_folder)

numba: Any = import_module("numba")  # only now: the cache folder must be known first

if _cached:
    numba.config.CACHE_DIR = str(_folder)


# Nothing in compiled code counts references to arrays: whoever calls it holds them. That makes a run some thirty
# times as fast, and halves the time to compile.
COMMON = {"error_model": "numpy", "nogil": True, "_nrt": False}
OPTIONS = COMMON | {
    "forceinline": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


def rule(function: Callable[..., Any]) -> Any:
    """Compile a rule. It is written into whatever calls it: tables are too many arrays to hand from call to call."""
    return numba.njit(**OPTIONS)(function)


def entry(function: Callable[..., Any]) -> Any:
    """Compile a rule that Python calls."""
    return numba.njit(cache=_cached, **COMMON)(function)


def chain(functions: list[Callable[..., float]]) -> Any:
    """One compiled function of (code, argument) that calls `functions[code]`.

    All are compiled in, so that a scenario that names another of them compiles nothing anew.
    """
    names = {f"of_{code}": numba.njit(**OPTIONS)(function) for code, function in enumerate(functions)}
    calls = [f"    if code == {code}:\n        return of_{code}(argument)" for code in range(len(functions) - 1)]
    source = "\n".join(["def one_of(code, argument):", *calls, f"    return of_{len(functions) - 1}(argument)"])
    exec(source, names)
    return numba.njit(**OPTIONS)(names["one_of"])
