"""What the explorer can open beside the scenario that it was started with: its variants, and the cases that ship."""

from dataclasses import dataclass
from pathlib import Path

from sim.scenario.library import find, is_shipped, shipped_files, shown_path
from sim.scenario.nodes import Node
from sim.scenario.problems import UserError
from sim.scenario.yaml_file import read_yaml

THIS_CASE, OTHER_CASES = "This case", "Other cases"


@dataclass(frozen=True)
class Preset:
    """A scenario that can be opened.

    name: as addresses have it. file: as `load` takes it. label: of menus. question: what it asks. case: the name of the
    preset that it is compared with, unless another is pinned; its own for a case.
    """

    name: str
    file: str
    label: str
    question: str
    case: str
    group: str


def presets_of(file: str) -> dict[str, Preset]:
    """List what can be opened beside a scenario, by name: its case first, then the variants of that, then other cases.

    A file that extends another of its folder, or of those that ship, is a variant of that; the others are cases.

    Raises UserError if the file is not found or cannot be read.
    """
    path = find(file).resolve()
    trees = _scenarios(path)
    case = _case_of(path, trees)
    family = [case, *(candidate for candidate in trees if candidate != case and _case_of(candidate, trees) == case)]
    others = [
        candidate
        for candidate in trees
        if is_shipped(candidate) and _case_of(candidate, trees) == candidate and candidate != case
    ]
    return {
        preset.name: preset
        for group, paths in ((THIS_CASE, family), (OTHER_CASES, others))
        for preset in (
            _preset(candidate, trees, case if group == THIS_CASE else candidate, group) for candidate in paths
        )
    }


def name_of(path: Path) -> str:
    """Return the name of a scenario in addresses: bare for one that ships, else its path."""
    return path.stem if is_shipped(path) else shown_path(path)


def _preset(path: Path, trees: dict[Path, Node], case: Path, group: str) -> Preset:
    words = [
        " ".join(str(trees[path].items[key].value).split()) if key in trees[path].items else ""
        for key in ("name", "description")
    ]
    return Preset(name_of(path), str(path), words[0] or path.stem, words[1], name_of(case), group)


def _scenarios(path: Path) -> dict[Path, Node]:
    """Read what may be a scenario: a file, those beside it that have a name, and those that ship."""
    beside = () if is_shipped(path) else sorted(path.parent.glob("*.yaml"))
    trees = {path: read_yaml(path, shown_path(path))}
    for candidate in dict.fromkeys(
        [*(file.resolve() for file in beside), *map(Path.resolve, shipped_files("scenario").values())]
    ):
        try:
            tree = read_yaml(candidate, shown_path(candidate))
        except UserError:  # nobody has asked for this file
            continue
        if "name" in tree.items and candidate not in trees:
            trees[candidate] = tree
    return trees


def _case_of(path: Path, trees: dict[Path, Node]) -> Path:
    """Follow what a scenario extends down to one that extends no scenario."""
    passed = {path}
    while (below := _extended(path, trees)) is not None and below not in passed:
        path = below
        passed.add(path)
    return path


def _extended(path: Path, trees: dict[Path, Node]) -> Path | None:
    """Find the scenario that a scenario extends; None if it extends only parts and kinds, or nothing."""
    node = trees[path].items.get("extends")
    parts = [] if node is None else node.value if isinstance(node.value, list) else [node]
    ships = shipped_files("scenario")
    for part in parts:
        named = str(part.value)
        for candidate in ((path.parent / named).resolve(), ships[named].resolve() if named in ships else None):
            if candidate in trees:
                return candidate
    return None
