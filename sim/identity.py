"""Identities: twelve hex digits of all that a result depends on, and of nothing else.

A result depends on the code that it imports, not on comments, docstrings or figures; and on the libraries which that
code uses, not on whatever else is installed.
"""

import ast
import hashlib
import json
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent
NO_PART = (
    "sim.identity",
    "sim.keeping",
    "sim.optional",
    "sim.evidence.parts",
    "sim.evidence.parallel",
)  # how results are kept is no part of what they are
DISTRIBUTIONS = {"yaml": "PyYAML"}  # where a module's name is not that of its distribution


def identity(*parts: Any) -> str:
    """Twelve hex digits of some values, which change with any of them.

    Parameters: parts, anything that JSON can hold; dates and paths count as their text.
    """
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def source_hash(*roots: str) -> str:
    """Twelve hex digits that change with the code that some modules import, their own included.

    Parameters: roots, names of modules of this package such as `sim.results.run`.
    Docstrings, comments and layout do not count.
    """
    return identity(*((name, _syntax_hash(name)) for name in sorted(_closure(roots)[0])))


def versions(*roots: str) -> dict[str, str]:
    """Return the version of Python and of each library that some modules import, by name of the distribution."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    names = sorted(DISTRIBUTIONS.get(module, module) for module in _closure(roots)[1])
    return {"python": python} | {name: _installed_version(name) for name in names}


def _installed_version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


@lru_cache
def _closure(roots: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The modules of this package that some modules import, directly or not, and the libraries that these use."""
    modules: set[str] = set()
    libraries: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in modules or name in NO_PART:
            continue
        modules.add(name)
        for imported in _imports(name):
            if imported.split(".")[0] != PACKAGE.name:
                libraries.add(imported.split(".")[0])
            elif module := _module(imported):
                waiting.append(module)
    return frozenset(modules), frozenset(libraries - sys.stdlib_module_names)


def _module(name: str) -> str:
    """The module that an imported name is, or is in; nothing for the package itself, which imports on demand."""
    while name != PACKAGE.name:
        if _path(name).is_file():
            return name
        name = name.rpartition(".")[0]
    return ""


def _path(module: str) -> Path:
    """The file of a module of this package."""
    return PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py")


@lru_cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_path(module).read_text(encoding="utf-8"))


@lru_cache
def _imports(module: str) -> frozenset[str]:
    """Every name that a module imports, inside functions too; not what only a type checker reads."""
    names: set[str] = set()
    waiting: list[ast.AST] = [_tree(module)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("needed", "import_module") and node.args:
            library = node.args[0]
            if isinstance(library, ast.Constant):
                names.add(str(library.value))
        waiting += ast.iter_child_nodes(node)
    return frozenset(names)


@lru_cache
def _syntax_hash(module: str) -> str:
    """A hash of a module's syntax tree without its docstrings."""
    tree = _tree(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return hashlib.blake2b(ast.dump(tree).encode(), digest_size=8).hexdigest()
