"""The arrows between rooms point downward, and the light rooms stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "sim"
ROOMS = (
    "rules",
    "scenario",
    "engine",
    "results",
    "study",
    "evidence",
)  # from the bottom up; the commands are above all
HEAVY = {
    "rules": {"mesa", "pydantic", "pandas", "yaml", "click"},
    "scenario": {"numba", "mesa", "matplotlib", "pandas", "click"},
}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module}
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_uses_only_the_rooms_below_it(path):
    room = path.relative_to(PACKAGE).parts[0]
    if room not in ROOMS:
        return
    above = ROOMS[ROOMS.index(room) + 1 :]
    used = imports(path)
    assert not [name for name in used for other in above if name.startswith(f"sim.{other}")]
    assert not [name for name in used if name.split(".")[0] == "analysis" or name in ("sim.cli", "sim.running")]
    assert not used & HEAVY.get(room, set())


@pytest.mark.parametrize("module", ["numba", "mesa", "matplotlib", "pandas", "scipy", "pyarrow"])
def test_checking_a_file_loads_no_heavy_library(module):
    code = f"import sys; import sim.cli; from sim.scenario.summary import checked; checked('border'); sys.exit('{module}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_in_the_package_names_a_country():
    names = ("cambodia", "china", "chinese", "united_states", "washington", "beijing", "korea", "european")
    said = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for name in names
        if name in line.lower()
    ]
    assert not said, "\n".join(said)


def test_no_file_has_to_be_scrolled_for_long():
    longest = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert max(longest.values()) <= 400, {str(path): lines for path, lines in longest.items() if lines > 400}
