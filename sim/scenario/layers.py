"""From files that extend one another to one tree: a kind is expanded for its cast where a case is laid over it."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sim.scenario.expansion import Expansion
from sim.scenario.merge import lay
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, UserError, listed, nearest, unknown
from sim.scenario.roles import ROLES, cast_of, declared_roles, declares_roles
from sim.scenario.strangers import strangers


@dataclass(frozen=True)
class Layer:
    """What one file says, without `extends`, and the layers of what it extends, left to right."""

    patch: Node
    parts: "list[Layer]"
    named_at: Place | None  # where another file names this one; None for the scenario itself

    def layers(self) -> "Iterator[Layer]":
        """Yield every layer in the order in which they are laid, this one last."""
        for part in self.parts:
            yield from part.layers()
        yield self

    @property
    def is_kind(self) -> bool:
        """Tell whether the file declares roles."""
        return declares_roles(self.patch)

    @property
    def is_case(self) -> bool:
        """Tell whether the file says who plays which role."""
        return ROLES in self.patch.items and not self.is_kind


def laid_layers(
    top: Layer, variants: Sequence[Node], settings: Sequence[Node], problems: list[Problem]
) -> tuple[Node, Expansion | None]:
    """Lay a scenario, what it extends, variants and settings over one another, every kind expanded for its cast.

    problems: of the laying, which grow.

    Returns the tree, and how names of roles were written out; None where no kind is extended.

    Raises UserError with every problem of kinds, roles and players, and with what variants change that the case lacks:
    what is laid over that would only add noise.
    """
    expansion = _expansion(top, [*variants, *settings], problems)
    laying = _Laying(expansion, problems)
    tree, is_cast = laying.laid(top)
    if expansion is not None and not is_cast:
        tree = expansion.kind(tree)
    names = () if expansion is None else tuple(expansion.cast.players)
    for patch in variants:
        written = laying.written(patch)
        errors = [problem for problem in problems if not problem.warning]
        if lacking := [*errors, *strangers(tree, written, names)]:
            raise UserError(lacking)
        tree = lay(tree, written, "", problems) or tree
    for patch in settings:
        tree = laying.over(tree, patch)
    if expansion is None:
        return tree, None
    if idle := [*_without_a_role(tree, expansion)]:
        raise UserError([*(problem for problem in problems if not problem.warning), *idle])
    roles = expansion.cast.node(top.patch.place)
    return Node({**tree.items, ROLES: roles}, tree.place, tree.lost), expansion


def _without_a_role(tree: Node, expansion: Expansion) -> Iterator[Problem]:
    """Yield a problem for each actor of which only a label is said, and who plays no role that would say the rest."""
    players = [player for actors in expansion.cast.players.values() for player in actors]
    for name, node in (tree.items["actors"].items if "actors" in tree.items else {}).items():
        if name not in players and node.items and set(node.items) <= {"label"}:
            text = "plays no role of the kind, and nothing but its label is said of it"
            allowed = f"a role that names it ({listed(expansion.cast.players)}), or null in its place"
            yield Problem(node.place, f"actors.{name}", text, allowed, nearest(name, players))


def _expansion(top: Layer, settings: Sequence[Node], problems: list[Problem]) -> Expansion | None:
    """Find out who plays what; None if no kind is extended. Raises UserError."""
    kinds = [layer for layer in top.layers() if layer.is_kind]
    if not kinds:
        return None
    wrong = [
        Problem(case.named_at or kind.patch.place, "extends", "a kind cannot extend a case", "kinds, or parts of them")
        for kind in kinds
        for case in (part for part in kind.parts if any(layer.is_case for layer in part.layers()))
    ]
    if wrong:
        raise UserError([*_declared_again(top, kinds)] or wrong)
    declared = declared_roles(_roles_of([kind.patch for kind in kinds], wrong), wrong)
    casting = [layer.patch for layer in top.layers() if layer.is_case]
    casting += [patch for patch in settings if ROLES in patch.items]
    if not casting and top.is_kind:
        text = "this is a kind: nobody plays its roles"
        raise UserError([Problem(top.patch.place, "", text, f"a scenario that extends it, with {ROLES}")])
    roles = _roles_of(casting, wrong)
    cast = cast_of(declared, roles, top.patch.place, wrong)
    wrong += _undeclared(roles, declared, [*(layer.patch for layer in top.layers()), *settings]) if not wrong else ()
    if wrong:
        raise UserError(wrong)
    return Expansion(cast, problems)


def _undeclared(roles: Node, declared: Container[str], patches: Iterable[Node]) -> Iterator[Problem]:
    """Yield a problem for each player that is no actor of any file: mostly a name that is misspelt.

    A role whose entry in `actors` has a label makes an actor of whoever plays it.
    """
    entries = [entry for patch in patches if "actors" in patch.items for entry in patch.items["actors"].items.items()]
    labelled = {name for name, actor in entries if "label" in actor.items}
    actors = list(dict.fromkeys(name.lstrip("+") for name, _ in entries if name not in declared))
    for role, node in roles.items.items():
        for player in node.parts if node.is_list else [node]:
            if role not in labelled and player.value not in actors:
                problem = unknown(player.place, f"{ROLES}.{role}", "actor", str(player.value), actors)
                yield replace(problem, allowed=f"{problem.allowed}, or another that `actors` gives a label")


def _declared_again(top: Layer, kinds: Sequence[Layer]) -> Iterator[Problem]:
    """Yield a problem for each role that a file declares although what it extends has it: a player was meant."""
    for kind in kinds:
        below = {
            name
            for layer in top.layers()
            if layer is not kind and ROLES in layer.patch.items
            for name in layer.patch.items[ROLES].items
        }
        for name, node in kind.patch.items[ROLES].items.items():
            if (
                node.is_mapping
                and name in below
                and any(layer.is_case for part in kind.parts for layer in part.layers())
            ):
                text = "found a mapping, which declares a role, and there is one of that name already"
                yield Problem(node.place, f"{ROLES}.{name}", text, "the name of an actor, or a list of them")


def _roles_of(patches: Sequence[Node], problems: list[Problem]) -> Node:
    """Lay what several files say of roles over one another."""
    roles: Node | None = None
    for patch in patches:
        node = patch.items[ROLES]
        if not node.is_mapping:
            text = f"names no roles; found {node.plain()}"
            problems.append(Problem(node.place, ROLES, text, "a mapping of roles to the actors that play them"))
            continue
        laid = lay(roles, node, ROLES, problems)
        roles = laid if laid is not None else roles
        roles = Node(roles.items, node.place) if roles is not None else None
    return roles if roles is not None else Node({}, Place("", 0))


class _Laying:
    """Lays layers over one another."""

    def __init__(self, expansion: Expansion | None, problems: list[Problem]):
        self.expansion = expansion
        self.problems = problems

    def laid(self, layer: Layer) -> tuple[Node, bool]:
        """Return the tree of a layer over what it extends, and whether it is written for a cast."""
        tree: Node | None = None
        is_cast = False
        for part in layer.parts:
            below, below_is_cast = self.laid(part)
            if tree is not None and below_is_cast != is_cast:
                tree = tree if is_cast else self._cast(tree)
                below = below if below_is_cast else self._cast(below)
                below_is_cast = True
            laid = below if tree is None else lay(tree, below, "", self.problems)
            tree, is_cast = laid if laid is not None else tree, below_is_cast
        if layer.is_case and self.expansion is not None and tree is not None and not is_cast:
            tree, is_cast = self.expansion.kind(tree), True
        if is_cast and tree is not None:
            over = self.over(tree, layer.patch)
            return Node(over.items, layer.patch.place, over.lost), True
        laid = lay(tree, layer.patch, "", self.problems) if tree is not None else layer.patch
        return (Node(laid.items, layer.patch.place, laid.lost) if laid is not None else layer.patch), False

    def over(self, tree: Node, patch: Node) -> Node:
        """Lay what a case says over the expanded kind."""
        laid = lay(tree, self.written(patch), "", self.problems)
        return laid if laid is not None else tree

    def written(self, patch: Node) -> Node:
        """Return a patch as it is written for the cast."""
        return self.expansion.patch(patch) if self.expansion is not None else patch

    def _cast(self, tree: Node) -> Node:
        if self.expansion is None:
            return tree
        return self.expansion.kind(tree) if declares_roles(tree) else self.expansion.patch(tree)


def kind_tree(top: Layer, problems: list[Problem]) -> Node:
    """Lay a kind over what it extends, its roles left as it declares them. problems: of the laying, which grow."""
    return _Laying(None, problems).laid(top)[0]
