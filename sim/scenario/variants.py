"""Variants: what-ifs that are laid over any case, by the spelling `case+variant`, such as `baseline+weak_backing`."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path

from sim.scenario.layers import Layer
from sim.scenario.library import find_beside, find_file, is_bare, is_file, shown_path
from sim.scenario.merge import expand_dots
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, UserError, key_path
from sim.scenario.yaml_file import read_yaml

JOIN = "+"
FOLDER = "variants"
IN_WORDS = {"name": ", ", "description": " "}  # what of a variant is added to that of its case, and what joins the two


def split_variants(named: str) -> tuple[str, list[str]]:
    """Return the case and the variants that a name joins; a + in the path of a file that there is joins nothing."""
    names: list[str] = []
    rest = named.split(JOIN)
    while rest:
        ends = range(len(rest), 1, -1)
        end = next((end for end in ends if is_file(Path(JOIN.join(rest[:end])))), 1)
        names.append(JOIN.join(rest[:end]))
        rest = rest[end:]
    return names[0], names[1:]


def find_variant(named: str, case: Path) -> Path:
    """Find a variant by its path or bare name: in the working folder, in `variants` beside the case, or among what ships.

    Raises UserError as `find_file` does.
    """
    beside = case.parent / FOLDER / f"{named}.yaml"
    if is_bare(named) and is_file(beside) and not any(is_file(Path(named + suffix)) for suffix in (".yaml", ".yml")):
        return beside
    return find_file(named, "variant")


def find_case_beside(named: str, file: Path, is_other: Callable[[Path], bool] = lambda path: False) -> str | None:
    """Find the scenario, with its variants, that another file names, as `find_beside` does; None if there is none."""
    case, variants = split_variants(named)
    path = find_beside(case, file, is_other)
    return None if path is None else JOIN.join([str(path), *variants])


def variant_patches(files: Iterable[Path], top: Layer, problems: list[Problem]) -> list[Node]:
    """Read variants as patches of a case, each with the name and the description of what it is laid over before its own.

    top: the layers of the case. problems: of reading, which grow; a variant that replaces what one before it says is told.

    Raises UserError for a file that cannot be read, that extends another, or that is laid twice.
    """
    patches: list[Node] = []
    laid: dict[Path, Node] = {}
    before = {key: text for key in IN_WORDS if (text := _text_of(top, key))}
    for file in files:
        patch = expand_dots(read_yaml(file, shown_path(file)), problems)
        if (extends := patch.items.get("extends") or patch.items.get("+extends")) is not None:
            text = "a variant extends nothing, for it is laid over a case"
            raise UserError([Problem(extends.place, "extends", text, "a scenario that extends another by itself")])
        if file.resolve() in laid:
            raise UserError(
                [Problem(Place(shown_path(file), 0), "", "this variant is laid twice", "each variant once")]
            )
        for earlier, under in laid.items():
            problems += _replaced(under, patch, (), earlier.stem)
        laid[file.resolve()] = patch
        names = {"name": Node(file.stem.replace("_", " "), patch.place), **patch.items}
        patches.append(Node({key: _added(before, key, node) for key, node in names.items()}, patch.place))
    return patches


def _replaced(under: Node, over: Node, path: tuple[str, ...], earlier: str) -> list[Problem]:
    """Warn of what a variant says otherwise than one before it, whose words are lost. path: of both, in the case."""
    if under.is_mapping and over.is_mapping:
        both = [key for key in over.items if key in under.items and (path or key not in IN_WORDS)]
        inner = (_replaced(under.items[key], over.items[key], (*path, key), earlier) for key in both)
        return list(chain.from_iterable(inner))
    if under.plain() == over.plain():
        return []
    text = f"replaces what the variant {earlier} says; variants are laid in their order, and the last one counts"
    return [Problem(over.place, key_path(path), text, warning=True)]


def _text_of(top: Layer, key: str) -> str:
    """Return what the layers of a case say in words under a key; nothing if none says it."""
    texts = [layer.patch.items[key].value for layer in top.layers() if key in layer.patch.items]
    return str(texts[-1]) if texts and isinstance(texts[-1], str) else ""


def _added(before: dict[str, str], key: str, node: Node) -> Node:
    """Add the words of a variant to those before it, which grow."""
    if key not in before or not isinstance(node.value, str):
        return node
    before[key] = f"{before[key].rstrip()}{IN_WORDS[key]}{node.value}"
    return Node(before[key], node.place)


def variants_in_name(variants: Sequence[str]) -> str:
    """Return what variants add to the folder name of a case's results."""
    return "".join(f"{JOIN}{Path(variant).stem}" for variant in variants)
