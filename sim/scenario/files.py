"""From a file name to one merged tree of nodes: `extends`, patches, `--set`."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from sim.scenario.expansion import Expansion
from sim.scenario.layers import Layer, kind_tree, laid_layers
from sim.scenario.library import SUFFIXES, find, is_bare, is_file, is_shipped, root_of, shipped_extendable, shown_path
from sim.scenario.merge import expand_dots
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, UserError, listed, nearest, shown
from sim.scenario.signs import invisible, named_signs
from sim.scenario.variants import find_variant, split_variants, variant_patches
from sim.scenario.yaml_file import NOT_TEXT, PLAIN_SIGNS, parse_value, read_yaml

MAX_FILES = 50


class Merged(NamedTuple):
    """The tree that files and settings come to, the problems of laying them, and how names of roles were written out."""

    tree: Node
    problems: list[Problem]
    expansion: Expansion | None


def merged(file: str, settings: Iterable[tuple[str, Place]] = ()) -> Merged:
    """Merge a scenario, what it extends, the variants named with it and `key=value` settings, each with its place.

    Raises UserError with every file that cannot be read.
    """
    case, variants = split_variants(file)
    gathering, top = _gathered(case)
    problems = gathering.problems
    patches = variant_patches([find_variant(variant, find(case)) for variant in variants], top, problems)
    of_settings = [setting_patch(setting, place, problems) for setting, place in settings]
    tree, expansion = laid_layers(top, patches, [patch for patch in of_settings if patch is not None], problems)
    return Merged(tree, problems, expansion)


def merged_kind(file: str) -> Node:
    """Merge a kind and what it extends, its roles left as it declares them.

    Raises UserError with everything that cannot be read or laid over one another.
    """
    gathering, top = _gathered(file)
    tree = kind_tree(top, gathering.problems)
    if gathering.problems:
        raise UserError(gathering.problems)
    return tree


def files_between(file: str, part: Path) -> list[str]:
    """List the files through which a scenario extends a part, from the part up; neither the part nor the scenario.

    Raises UserError with every file that cannot be read.
    """
    gathering, _ = _gathered(file)
    return [shown_path(path) for path in reversed(gathering.above.get(part.resolve(), ())[1:])]


def kind_of(file: str) -> Path | None:
    """Return the file of the kind that a scenario is a case of; None if it extends none.

    Raises UserError with every file that cannot be read.
    """
    _, top = _gathered(file)
    kinds = [layer.patch.place.file for layer in top.layers() if layer.is_kind]
    return Path(kinds[-1]) if kinds else None


def option_places(settings: Iterable[str], option: str = "--set") -> list[tuple[str, Place]]:
    """Return settings, each with the option that gives it as its place."""
    return [(setting, Place(f"{option} {shown(setting)}", 0)) for setting in settings]


def _gathered(file: str) -> tuple["_Gathering", Layer]:
    """Read a scenario and what it extends."""
    path = find(file)
    shown_as = shown_path(path)
    try:
        resolved, root = path.resolve(), root_of(path)
    except (OSError, RuntimeError, ValueError) as error:  # a link to itself, a name that cannot be one
        raise UserError([Problem(Place(shown(shown_as), 0), "", f"cannot be read: {error}")]) from None
    gathering = _Gathering(root)
    top = gathering.read(resolved, shown_as, (), None)
    if gathering.unread:  # what is laid over a missing part would only add noise
        raise UserError(gathering.unread)
    return gathering, top


def setting_patch(setting: str, place: Place, problems: list[Problem]) -> Node | None:
    """Read a `key=value` setting that stands at a place as a patch.

    Returns None, with a problem added, if it is not one.
    """
    key, equals, text = setting.partition("=")
    if signs := invisible(key):
        problems.append(Problem(place, "", f"the key holds an odd sign, {named_signs(signs)}", PLAIN_SIGNS))
        return None
    if not equals or not key or NOT_TEXT.search(key):
        problems.append(Problem(place, "", "is not a setting", "key=value, such as parameters.leverage=4"))
        return None
    if key.lstrip("+").split(".")[0] == "extends":
        problems.append(Problem(place, "extends", "is not for a setting", "extends at the top of a file"))
        return None
    try:
        value = parse_value(text, place, key)
    except UserError as error:
        problems += error.problems
        return None
    return expand_dots(Node({key: value}, place), problems)


class _Gathering:
    """Reads a file and what it extends, left to right: files of its folder by their paths, what ships by bare names."""

    def __init__(self, root: Path):
        self.root = root
        self.problems: list[Problem] = []
        self.unread: list[Problem] = []
        self.files = 0
        # the files through which each was last read, from the scenario down
        self.above: dict[Path, tuple[Path, ...]] = {}

    def read(self, path: Path, shown_as: str, above: tuple[Path, ...], named_at: Place | None) -> Layer:
        """Read a file and what it extends, which another file names at a place."""
        self.files += 1
        self.above[path] = above
        patch = expand_dots(read_yaml(path, shown_as), self.problems)
        parts = [self._part(part, path, above) for part in self._extended(patch)]
        rest = Node({key: node for key, node in patch.items.items() if key != "extends"}, patch.place)
        return Layer(rest, [part for part in parts if part is not None], named_at)

    def _extended(self, patch: Node) -> list[Node]:
        if "+extends" in patch.items:
            place = patch.items["+extends"].place
            self.unread.append(Problem(place, "+extends", "cannot be appended to", "extends: [file, file]"))
        node = patch.items.get("extends")
        if node is None:
            return []
        parts = node.value if isinstance(node.value, list) else [node]
        wrong = [part for part in parts if not isinstance(part.value, str)]
        for part in wrong:
            self._refuse(part, "is not the name of a file", "a file name or a list of them")
        return [part for part in parts if isinstance(part.value, str)]

    def _part(self, part: Node, path: Path, above: tuple[Path, ...]) -> Layer | None:
        """Read one file that another extends, unless something is wrong with it."""
        target = self._inside(path, part)
        if target is None:
            return None
        if target in (*above, path):
            chain = " → ".join(shown_path(file) for file in (*above, path, target))
            self._refuse(part, f"extends itself: {chain}")
            return None
        if self.files >= MAX_FILES:
            self._refuse(part, f"more than {MAX_FILES} files are read", "fewer parts")
            return None
        try:
            return self.read(target, shown_path(target), (*above, path), part.place)
        except UserError as error:
            self.unread += [self._pointed(problem, part, target) for problem in error.problems]
            return None

    def _inside(self, path: Path, part: Node) -> Path | None:
        """Find the file that a file extends; None, with a problem added, if it may not or cannot."""
        if is_bare(str(part.value)):
            return self._shipped(path, part)
        root = root_of(path) if is_shipped(path) else self.root
        try:
            target = (path.parent / str(part.value)).resolve()
        except (OSError, RuntimeError, ValueError) as error:
            self._refuse(part, f"'{shown(part.value)}' cannot be read: {error}")
            return None
        if not target.is_relative_to(root):
            text = f"'{shown(part.value)}' lies outside the scenario folder {shown_path(root)}"
            self._refuse(part, text, "files of that folder (escalate init copies those that ship)")
            return None
        return target

    def _shipped(self, path: Path, part: Node) -> Path | None:
        """Find the kind or scenario that ships under a bare name, unless a file beside could be meant too."""
        name, ships = str(part.value), shipped_extendable()
        beside = [file for file in (path.with_name(name + suffix) for suffix in SUFFIXES) if is_file(file)]
        if name not in ships:
            text = f"no kind or scenario called '{shown(name)}' ships"
            near = beside[0].name if beside else nearest(name, ships)
            self._refuse(part, text, f"the path of a file of this folder, or one of {listed(ships, 30)}", near)
            return None
        target = ships[name].resolve()
        if any(file.resolve() != target for file in beside):
            text = f"is the name of {beside[0].name} in this folder, and of what ships"
            self._refuse(part, text, f"{beside[0].name}, or that file under another name")
            return None
        return target

    def _refuse(self, part: Node, text: str, allowed: str = "", near: str = "") -> None:
        self.unread.append(Problem(part.place, "extends", text, allowed, near))

    def _pointed(self, problem: Problem, part: Node, target: Path) -> Problem:
        """Point at the line that names a file, if the file cannot be read at all."""
        if problem.place.file != shown_path(target) or problem.place.line:
            return problem
        named = str(part.value)
        if problem.text != "there is no such file":
            return Problem(part.place, "extends", f"'{shown(named)}' {problem.text}", problem.allowed)
        text = f"there is no file '{shown(named)}' (escalate init copies those that ship)"
        if target.stem in shipped_extendable():
            allowed = f"a file of this folder, or {target.stem} without folder and ending, which ships"
            return Problem(part.place, "extends", text, allowed, target.stem)
        near = nearest(target.name, [file.name for file in target.parent.glob("*.yaml")])
        return Problem(part.place, "extends", text, nearest=str(Path(named).with_name(near)) if near else "")
