"""The compiler, in one place: `rule` compiles a function, `chain` a whole registry into one if-chain.

Compiled code is kept in a folder that is named by its sources (`cache`).
"""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from sim.rules.cache import cache_folder

numba: Any = import_module("numba")

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
    folder = cache_folder()  # now: the rules that it calls are registered
    if folder is not None:
        os.environ["NUMBA_CACHE_DIR"] = numba.config.CACHE_DIR = str(folder)
    return numba.njit(cache=folder is not None, **COMMON)(function)


def chain(functions: list[Callable[..., float]]) -> Any:
    """Compile functions into one of (code, argument) that calls `functions[code]`.

    All are compiled in, so that a scenario that names another of them compiles nothing anew.
    """
    names = {f"of_{code}": numba.njit(**OPTIONS)(function) for code, function in enumerate(functions)}
    calls = [f"    if code == {code}:\n        return of_{code}(argument)" for code in range(len(functions) - 1)]
    source = "\n".join(["def one_of(code, argument):", *calls, f"    return of_{len(functions) - 1}(argument)"])
    exec(source, names)
    return numba.njit(**OPTIONS)(names["one_of"])
