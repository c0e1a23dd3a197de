"""From a file name to one merged tree of nodes: `extends`, patches, `--set`."""

import os
from collections.abc import Iterable
from pathlib import Path

from sim.scenario.library import find, root_of
from sim.scenario.merge import expand_dots, lay
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, ScenarioError, nearest, shown
from sim.scenario.yaml_file import parse_value, read_yaml

MAX_FILES = 200


def shown_path(path: Path) -> str:
    """A path as messages show it: relative to where the user is, if that is shorter."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)
    return relative if not relative.startswith("..") else str(path)


def merged(file: str, settings: Iterable[str] = ()) -> Node:
    """Read a scenario, what it extends, and the `key=value` settings laid over it.

    Raises ScenarioError with every problem of reading and merging.
    """
    path = find(file)
    gathering = _Gathering(root_of(path))
    tree = gathering.read(path.resolve(), shown_path(path), ())
    if gathering.unread:  # what is laid over a missing part would only add noise
        raise ScenarioError(gathering.unread)
    problems = gathering.problems
    for setting in settings:
        patch = _setting(setting, problems)
        laid = lay(tree, patch, "", problems) if patch is not None else tree
        tree = laid if laid is not None else tree
    if problems:
        raise ScenarioError(problems)
    return tree


def _setting(setting: str, problems: list[Problem]) -> Node | None:
    shown_as = f"--set {shown(setting)}"
    key, equals, text = setting.partition("=")
    if not equals or not key:
        problems.append(Problem(Place(shown_as, 0), "", "is not a setting", "key=value, such as parameters.leverage=4"))
        return None
    try:
        value = parse_value(text, shown_as)
    except ScenarioError as error:
        problems += error.problems
        return None
    value = Node(value.value, Place(shown_as, 0))
    return expand_dots(Node({key: value}, value.place), problems)


class _Gathering:
    """Reads a file and what it extends, left to right, inside one folder."""

    def __init__(self, root: Path):
        self.root = root
        self.problems: list[Problem] = []
        self.unread: list[Problem] = []
        self.files = 0

    def read(self, path: Path, shown_as: str, above: tuple[Path, ...]) -> Node:
        self.files += 1
        if self.files > MAX_FILES:
            raise ScenarioError([Problem(Place(shown_as, 0), "extends", f"more than {MAX_FILES} files are read")])
        own = expand_dots(read_yaml(path, shown_as), self.problems)
        tree: Node | None = None
        for part in self._extended(own):
            target = self._inside(path, part)
            if target is None:
                continue
            if target in (*above, path):
                chain = " → ".join(shown_path(file) for file in (*above, path, target))
                self.unread.append(Problem(part.place, "extends", f"goes round in a circle: {chain}"))
                continue
            try:
                under = self.read(target, shown_path(target), (*above, path))
            except ScenarioError as error:
                self.unread += [self._pointed(problem, part, target) for problem in error.problems]
                continue
            tree = under if tree is None else lay(tree, under, "", self.problems)
        rest = Node({key: node for key, node in own.items.items() if key != "extends"}, own.place)
        laid = lay(tree, rest, "", self.problems)
        return laid if laid is not None else rest

    def _extended(self, own: Node) -> list[Node]:
        node = own.items.get("extends")
        if node is None:
            return []
        parts = node.value if isinstance(node.value, list) else [node]
        wrong = [part for part in parts if not isinstance(part.value, str)]
        self.unread += [Problem(part.place, "extends", "is not the name of a file", "a file name or a list of them") for part in wrong]
        return [part for part in parts if isinstance(part.value, str)]

    def _inside(self, path: Path, part: Node) -> Path | None:
        named = str(part.value)
        if "\0" in named:
            self.unread.append(Problem(part.place, "extends", "is not the name of a file"))
            return None
        target = (path.parent / named).resolve()
        if not target.is_relative_to(self.root):
            text = f"'{shown(named)}' lies outside the scenario folder {shown_path(self.root)}"
            self.unread.append(Problem(part.place, "extends", text, "files of that folder (escalate init copies those that ship)"))
            return None
        return target

    def _pointed(self, problem: Problem, part: Node, target: Path) -> Problem:
        """A missing file is the mistake of the line that names it."""
        if problem.text != "there is no such file":
            return problem
        there = [str(file.relative_to(target.parent)) for file in target.parent.glob("*.yaml")]
        text = f"there is no file '{shown(part.value)}' (escalate init copies those that ship)"
        return Problem(part.place, "extends", text, nearest=nearest(target.name, there))
