"""What a variant changes and the case under it lacks: a change of nothing is no new entry."""

from collections.abc import Iterable, Iterator, Mapping

from sim.scenario.nodes import Node
from sim.scenario.problems import Problem, unknown

DECLARES = {"parameters": "unit", "actors": "label"}  # sections, and the key without which an entry there is a change


def strangers(tree: Node, patch: Node, roles: Iterable[str]) -> Iterator[Problem]:
    """Find parameters, actors and actions that a patch changes, and that the tree under it does not have.

    A patch that declares them whole adds them; then there is nothing to find. roles: that a patch may name for actors.
    """
    actors = _entries(tree, "actors")
    declared = {**actors, **{name: node for name, node in _entries(patch, "actors").items() if "label" in node.items}}
    names = list(dict.fromkeys([*actors, *roles]))
    for section, key in DECLARES.items():
        known = _entries(tree, section)
        for name, node in _entries(patch, section).items():
            if name not in known and key not in node.items and node.value is not None:
                allowed = names if section == "actors" else list(known)
                yield _stranger(node, f"{section}.{name}", section[:-1], allowed)
    for section in ("channels", "actions"):
        for name, node in _entries(patch, section).items():
            if name not in declared:
                yield _stranger(node, f"{section}.{name}", "actor", names)
            elif section == "channels":
                for target, below in node.items.items():
                    if target not in declared:
                        yield _stranger(below, f"{section}.{name}.{target}", "actor", names)
            else:
                yield from _of_actions(node, f"{section}.{name}", _entries(tree, section, name))


def _of_actions(node: Node, path: str, known: Mapping[str, Node]) -> Iterator[Problem]:
    for action, below in node.items.items():
        if action not in known and "target" not in below.items and below.value is not None:
            yield _stranger(below, f"{path}.{action}", "action", list(known))


def _stranger(node: Node, key: str, noun: str, known: list[str]) -> Problem:
    return unknown(node.place, key, f"{noun} of this case", key.rpartition(".")[2], known)


def _entries(tree: Node, *path: str) -> Mapping[str, Node]:
    return tree.node_at(path).items if tree.has(path) else {}
