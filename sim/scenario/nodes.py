"""A file's content with the place of every value: what merging works on and messages point at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sim.scenario.problems import Place

Scalar = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Removal:
    """Something that a null took away, or another value was laid over: its path, and where that was done."""

    path: tuple[str | int, ...]
    place: Place
    before: "Node"  # what stood there


@dataclass(frozen=True, slots=True)
class Node:
    """A mapping (of text keys), a list or a scalar, and where it was written."""

    value: "dict[str, Node] | list[Node] | Scalar"
    place: Place
    lost: "Mapping[str, tuple[Place, Node]]" = field(default_factory=dict)  # by key: what was laid over, and where

    @property
    def is_mapping(self) -> bool:
        """Tell whether it is a mapping."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Tell whether it is a list."""
        return isinstance(self.value, list)

    @property
    def is_number(self) -> bool:
        """Tell whether it is a number."""
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)

    @property
    def items(self) -> "dict[str, Node]":
        """Return the entries of a mapping; of anything else, none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def parts(self) -> "list[Node]":
        """Return the entries of a list; nothing where this is none."""
        return self.value if isinstance(self.value, list) else []

    def plain(self) -> Any:
        """Return the content without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    @property
    def laid_over(self) -> Place:
        """Find where to look if parts of an entry clash: what was laid over it, else its start."""
        places = [*(node.place for node in self.items.values()), *(place for place, _ in self.lost.values())]
        laid = [place for place in places if place.file != self.place.file]
        return laid[0] if laid else self.place

    def node_at(self, path: Sequence[str | int]) -> "Node":
        """Return the node at a path, or the nearest one above it that exists."""
        return self._walked(path)[0]

    def place_of(self, path: Sequence[str | int]) -> Place:
        """Find where to look for what stands at a path, or the null that removed it."""
        removal = self.removal(path)
        return self.node_at(path).place if removal is None else removal.place

    def removal(self, path: Sequence[str | int]) -> "Removal | None":
        """Return the null that removed what stood at a path, or above it; None if none did."""
        node, steps = self._walked(path)
        lost = node.lost.get(str(path[steps])) if steps < len(path) else None
        return None if lost is None else Removal(tuple(path[: steps + 1]), *lost)

    def losses(self, path: tuple[str | int, ...] = ()) -> Iterator[Removal]:
        """Yield everything at or below this node that was removed or laid over.

        path: that of this node.
        """
        yield from (Removal((*path, key), place, before) for key, (place, before) in self.lost.items())
        for key, node in self.items.items():
            yield from node.losses((*path, key))

    def says(self, text: str) -> bool:
        """Tell whether a text stands anywhere in this node, as a value or a key."""
        if self.value == text or text in self.items:
            return True
        return any(node.says(text) for node in (*self.items.values(), *self.parts))

    def has(self, path: Sequence[str | int]) -> bool:
        """Tell whether a node stands at a path."""
        return self._walked(path)[1] == len(path)

    def _walked(self, path: Sequence[str | int]) -> "tuple[Node, int]":
        """Walk down a path: return the last node, and how many steps lead to it."""
        node = self
        for number, step in enumerate(path):
            if isinstance(node.value, dict) and str(step) in node.value:
                node = node.value[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
            else:
                return node, number
        return node, len(path)
