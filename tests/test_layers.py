"""Imports point downward and never in a circle, light rooms stay light, and functions can be read at a glance."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from sim.scenario.load import load

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "sim"
MODULES = sorted(PACKAGE.rglob("*.py"))
# From the bottom up. A module that is not in a room has its own place; the package itself is above all.
ORDER = (
    "layout",
    "rules",
    "scenario",
    "identity",
    "optional",
    "keeping",
    "engine",
    "results",
    "study",
    "evidence",
    "figures",
    "explorer",
    "commands",
    "__main__",
    "__init__",
)
HEAVY = {
    "rules": {"mesa", "pydantic", "pandas", "yaml", "click"},
    "scenario": {"numba", "mesa", "matplotlib", "pandas", "click"},
    "commands": {"numba", "mesa", "matplotlib", "pandas", "scipy", "pyarrow", "numpy"},
}
MOST_LINES, MOST_PARAMETERS, MOST_FILE_LINES = 60, 9, 400


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(tree: ast.AST, top_level_only: bool = False) -> set[str]:
    """Every name that a module imports, also inside functions; not what only a type checker reads."""
    names: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        elif not (top_level_only and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            names |= imports(node, top_level_only)
    return names


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(name: str) -> str | None:
    """The module of this package that an imported name is, or is in."""
    while name:
        path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
        if path.is_file():
            return name
        name = name.rpartition(".")[0]
    return None


GRAPH = {
    name_of(path): {
        module for name in imports(parsed(path)) if name.startswith("sim.") and (module := module_of(name)) is not None
    }
    - {name_of(path)}
    for path in MODULES
}


def place(module: str) -> int:
    """How high a module stands."""
    return ORDER.index(module.split(".")[1])


@pytest.mark.parametrize("module", sorted(GRAPH))
def test_a_module_uses_only_rooms_that_are_not_above_its_own(module):
    assert [other for other in GRAPH[module] if place(other) > place(module)] == []
    used = {name.split(".")[0] for name in imports(parsed(ROOT.joinpath(*module.split(".")).with_suffix(".py")))}
    assert not used & {"analysis", "tests"}


@pytest.mark.parametrize("module", sorted(GRAPH))
def test_a_light_room_loads_no_heavy_library(module):
    tree = parsed(ROOT.joinpath(*module.split(".")).with_suffix(".py"))
    room = module.split(".")[1]
    used = {name.split(".")[0] for name in imports(tree, top_level_only=room == "commands")}
    assert not used & HEAVY.get(room, set())


def test_no_imports_go_in_a_circle():
    reached: dict[str, set[str]] = {}

    def below(module: str, path: tuple[str, ...]) -> set[str]:
        assert module not in path, " → ".join([*path[path.index(module) :], module])
        if module not in reached:
            others = GRAPH.get(module, set())
            reached[module] = set(others).union(*(below(other, (*path, module)) for other in sorted(others)))
        return reached[module]

    for module in GRAPH:
        below(module, ())


def loads(library: str, *words: str) -> bool:
    """Tell whether a command that succeeds loads a library."""
    code = (
        "import sys; from sim.commands.group import main\n"
        f"try: main({list(words)})\n"
        f"except SystemExit as end: assert not end.code\nsys.exit(3 * ('{library}' in sys.modules))"
    )
    status = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode
    assert status in {0, 3}
    return status == 3


@pytest.mark.parametrize("library", ["numpy", "pydantic", "yaml"])
def test_the_help_loads_no_library_that_reads_scenarios(library):
    assert not loads(library, "--help")


@pytest.mark.parametrize("library", ["numba", "mesa", "matplotlib", "pandas", "scipy", "pyarrow"])
def test_checking_a_file_loads_no_heavy_library(library):
    assert not loads(library, "check", "border")


def test_nothing_in_the_code_names_a_country_or_a_path_or_rung_of_a_kind():
    countries = ("cambodia", "china", "chinese", "united_states", "washington", "beijing", "korea", "european")
    scenario = load("baseline").scenario
    paths = [name.lower() for name in (scenario.outcomes["path"].classes or {}).values()]
    rungs = [f'"{name}"' for number, name in scenario.rungs.items() if number != "0"]  # calm is of any crisis
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in (*MODULES, *sorted((ROOT / "analysis").rglob("*.py")))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for name in (*countries, *paths, *rungs)
        if name in line.lower()
    ]
    assert not lines, "\n".join(lines)


def test_nothing_has_to_be_scrolled():
    long_files = [path.name for path in MODULES if len(path.read_text().splitlines()) > MOST_FILE_LINES]
    functions = [
        (path, node)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long_ones = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, node in functions
        if (node.end_lineno or node.lineno) - node.lineno >= MOST_LINES
    ]
    wide_ones = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, node in functions
        if len([one for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs) if one.arg != "self"])
        > MOST_PARAMETERS
    ]
    assert not long_files and not long_ones and not wide_ones, (long_files, long_ones, wide_ones)
