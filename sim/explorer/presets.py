"""What the explorer can open beside the scenario that it was started with: its variants, and the cases that ship."""

from dataclasses import dataclass
from pathlib import Path

from sim.figures.words import capitalised
from sim.scenario.library import find, is_shipped, shipped_files, shown_path
from sim.scenario.nodes import Node
from sim.scenario.problems import UserError
from sim.scenario.variants import FOLDER, JOIN, split_variants, variants_in_name
from sim.scenario.yaml_file import read_yaml

THIS_CASE, OTHER_CASES = "This case", "Other cases"


@dataclass(frozen=True)
class Preset:
    """A scenario that can be opened.

    name: as addresses have it. file: as `load` takes it. variant: the path of what is laid over the case; None for one
    that extends it, or a case. label: of menus. question: what it asks. case: the name of the
    preset that it is compared with, unless another is pinned; its own for a case.
    """

    name: str
    file: str
    label: str
    question: str
    case: str
    group: str
    variant: Path | None = None


def presets_of(file: str) -> dict[str, Preset]:
    """List what can be opened beside a scenario, by name: its case first, then the variants of that, then other cases.

    A file that extends another of its folder, or of those that ship, is a variant of that; the others are cases. What
    is laid over a case (case+variant) comes from the folder `variants` beside it and from what ships, whether or not it
    is sound over this case.

    Raises UserError if the file is not found or cannot be read.
    """
    named, variants = split_variants(file)
    path = find(named).resolve()
    trees = _scenarios(path)
    case = _case_of(path, trees)
    family = [case, *(candidate for candidate in trees if candidate != case and _case_of(candidate, trees) == case)]
    cases = [
        candidate
        for candidate in trees
        if is_shipped(candidate) and _case_of(candidate, trees) == candidate and candidate != case
    ]
    listed = [_preset(member, trees[member], case, THIS_CASE) for member in family]
    listed += [_laid_over(case, variant) for variant in _variants(case)]
    if variants:
        question = f"What if {' and '.join(variants)}?".replace("_", " ")
        listed.append(Preset(first_name(file), file, first_name(file), question, name_of(case), THIS_CASE))
    listed += [_preset(candidate, trees[candidate], candidate, OTHER_CASES) for candidate in cases]
    presets: dict[str, Preset] = {}
    for preset in listed:
        presets.setdefault(preset.name, preset)
    return presets


def first_name(file: str) -> str:
    """Return the name of the preset that a scenario, with its variants, is."""
    named, variants = split_variants(file)
    return name_of(find(named).resolve()) + variants_in_name(variants)


def name_of(path: Path) -> str:
    """Return the name of a scenario in addresses: bare for one that ships, else its path."""
    return path.stem if is_shipped(path) else shown_path(path)


def _preset(path: Path, tree: Node, case: Path, group: str) -> Preset:
    label, question = (_words(tree, key) for key in ("name", "description"))
    return Preset(name_of(path), str(path), label or path.stem, question, name_of(case), group)


def _laid_over(case: Path, variant: Path) -> Preset:
    tree = read_yaml(variant, shown_path(variant))
    name, label, question = (
        name_of(case) + variants_in_name([str(variant)]),
        *(_words(tree, key) for key in ("name", "description")),
    )
    file = f"{case}{JOIN}{variant}"
    return Preset(name, file, capitalised(label or variant.stem), question, name_of(case), THIS_CASE, variant)


def _words(tree: Node, key: str) -> str:
    return " ".join(str(tree.items[key].value).split()) if key in tree.items else ""


def _variants(case: Path) -> list[Path]:
    """Find what can be laid over a case: beside it, and where it is not there, among what ships."""
    beside = {} if is_shipped(case) else {path.stem: path for path in sorted((case.parent / FOLDER).glob("*.yaml"))}
    return list({**shipped_files("variant"), **beside}.values())


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
