"""The sound parts of a scenario, and the register of the cross-checks that run on them."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sim.scenario.naming import Use, uses
from sim.scenario.nodes import Node, Removal
from sim.scenario.problems import EMPTY, Place, Problem, key_path, nearest, unknown
from sim.scenario.quantities import Located, Path, quantities
from sim.scenario.schema import Scenario
from sim.scenario.selection import NamedAction, acts_of

TAKES_AWAY = f"{EMPTY}, which takes away what is needed by"
DISPLACES = "takes the place of what is needed by"


@dataclass
class Sound:
    """The sound parts of a scenario, and the tree that they came from."""

    scenario: Scenario
    tree: Node
    complete: bool = True  # no entry was left out for its form
    replayed: set[str] = field(default_factory=set)  # names of the acts that the record replays
    teaches: bool = False  # a row of the record has a day up to the last that is replayed
    acts: list[NamedAction] = field(init=False)
    action_names: list[str] = field(init=False)  # actor.action of every action, those of unsound entries too
    knows_all_acts: bool = field(init=False)  # every action is sound: what none of them does, nothing does

    def __post_init__(self) -> None:
        self.acts = acts_of(self.scenario)
        written = {actor: self.names("actions", actor) for actor in self.names("actions")}
        self.action_names = [f"{actor}.{action}" for actor, actions in written.items() for action in actions]
        aimed = [act for act in self.acts if self.has_target(act) and self.declares("actors", act.actor)]
        self.knows_all_acts = len(aimed) == len(self.action_names)

    @cached_property
    def quantities(self) -> list[Located]:
        """Return every number of the sound parts."""
        return list(quantities(self.scenario))

    @cached_property
    def uses(self) -> list[Use]:
        """Return every name of an entry that the sound parts use."""
        return list(uses(self.scenario))

    @cached_property
    def undeclared(self) -> dict[str, dict[str, list[Use]]]:
        """Return every use of a name that its section does not declare, by section and name."""
        undeclared: dict[str, dict[str, list[Use]]] = {}
        for use in self.uses:
            if not self.declares(use.section, use.name):
                undeclared.setdefault(use.section, {}).setdefault(use.name, []).append(use)
        return undeclared

    def misdeclared(self, section: str, name: str) -> str:
        """Return the entry that declares a name in another spelling.

        The nearest, if nothing uses that one and much uses this.
        """
        near = nearest(name, self.declared(section))
        uses = self.undeclared.get(section, {}).get(name, [])
        certain = self.complete and len(uses) > 1 and self.tree.removal(path_of(section, name)) is None
        return near if certain and near and not self.is_used(section, near) else ""

    def declared(self, section: str) -> list[str]:
        """Return the names that a section declares; of an action, actor.action."""
        return self.action_names if section == "actions" else self.names(section)

    def is_used(self, section: str, name: str) -> bool:
        """Tell whether an entry uses a name of a section."""
        return (section, name) in self._used

    @cached_property
    def _used(self) -> set[tuple[str, str]]:
        return {(use.section, use.name) for use in self.uses}

    def names(self, *path: str) -> list[str]:
        """Return the names written under a path, those of unsound entries too."""
        return list(self.tree.node_at(path).items) if self.written(*path) else []

    def written(self, *path: str | int) -> bool:
        """Tell whether something stands at a path, sound or not."""
        return self.tree.has(path)

    def is_readable(self, *path: str) -> bool:
        """Tell whether only mappings stand on the way to a path, as far as it is written.

        Anything else there is reported.
        """
        nodes = [self.tree.node_at(path[:depth]) for depth in range(1, len(path) + 1) if self.written(*path[:depth])]
        return all(node.is_mapping for node in nodes)

    def declares(self, section: str, name: str) -> bool:
        """Tell whether a section has a name.

        Naming an unsound entry, or one of an unsound section, is no second mistake.
        """
        if section == "actions":
            return self._declares_action(name)
        if not self.written(section):
            return Scenario.model_fields[section].is_required() or self.misspelt((), section, Scenario.model_fields)
        return not self.tree.items[section].is_mapping or name in self.tree.items[section].items

    def _declares_action(self, name: str) -> bool:
        """Tell whether actor.action is written.

        An actor that is not declared, or is misspelt there, is another mistake.
        """
        actor, _, action = name.partition(".")
        if not self.written("actions") or not self.is_readable("actions", actor):
            return True
        unsure = not self.declares("actors", actor) or self.misspelt(("actions",), actor, self.names("actors"))
        return unsure or self.written("actions", actor, action)

    def misspelt(self, path: Path, name: str, known: Container[str]) -> bool:
        """Tell whether a missing name may stand under a path in another spelling.

        It is then reported there.
        """
        others = [step for step in self.tree.node_at(path).items if step not in known] if self.written(*path) else []
        return any(nearest(step, [name]) for step in others)

    def has_target(self, act: NamedAction) -> bool:
        """Tell whether an action is aimed at another actor."""
        return act.target != act.actor and self.declares("actors", act.target)

    def place(self, *path: str | int) -> Place:
        """Find where to look for what stands at a path, or should."""
        return self.tree.place_of(path)

    def problem(self, path: Path, text: str, allowed: str = "", near: str = "") -> Problem:
        """Build a problem of what stands at a path, or should."""
        return Problem(self.place(*path), key_path(path), text, allowed, near)

    def warning(self, path: Path, text: str, allowed: str = "") -> Problem:
        """Build a warning: something that a reader should know, but not an error."""
        return Problem(self.place(*path), key_path(path), text, allowed, warning=True)

    def mismatch(self, path: Path, text: str, allowed: str = "") -> Problem:
        """Build the problem of an entry whose parts do not go together."""
        return Problem(self.tree.node_at(path).laid_over, key_path(path), text, allowed)

    def unknown(self, path: Path, noun: str, name: str, names: Sequence[str]) -> Problem:
        """Build the problem of a name that does not exist."""
        return unknown(self.place(*path), key_path(path), noun, name, names)

    def removed(self, needed: Path, by: Path) -> Problem | None:
        """Build the problem of a null that removed what an entry elsewhere needs, if one did."""
        removal = self.tree.removal(needed)
        return None if removal is None else removed_but_needed(removal, f"{key_path(by)} ({self.place(*by)})")

    def taken(self, by: Path, *prefixes: Path, name: str = "") -> Problem | None:
        """Build the problem of what took away the last of what an entry needs, if anything did.

        That is a null, or another value laid over it.

        prefixes: under one of which it stood; name: that was part of it.
        """
        for removal in self.losses:
            below = any(removal.path[: len(prefix)] == prefix for prefix in prefixes)
            if below and (not name or name in removal.path or removal.before.says(name)):
                needed_by = f"{key_path(by)} ({self.place(*by)})"
                return removed_but_needed(removal, needed_by, self.written(*removal.path))
        return None

    def at_change(self, problem: Problem, *prefixes: Path) -> Problem:
        """Move a problem to the value laid over another that makes it, if there is one.

        prefixes: of such values.
        """
        places = [loss.place for loss in self.losses if any(loss.path[: len(prefix)] == prefix for prefix in prefixes)]
        is_there = any(place.file == problem.place.file for place in places)
        return replace(problem, place=places[-1]) if places and not is_there else problem

    @cached_property
    def losses(self) -> list[Removal]:
        """Return everything that a null or another value was laid over."""
        return list(self.tree.losses())

    def lacking(self, path: Path, keys: Sequence[str], text: str, allowed: str) -> Problem:
        """Build the problem of an entry that lacks keys, at the null that removed one, if one did."""
        removals = [removal for key in keys if (removal := self.tree.removal((*path, key))) is not None]
        place = removals[0].place if removals else self.place(*path)
        return Problem(place, key_path(path), text, allowed)


def removed_but_needed(removal: Removal, by: str, replaced: bool = False) -> Problem:
    """Build the problem of a null that removed what something elsewhere needs.

    replaced: another value was laid over it instead.
    """
    text = DISPLACES if replaced else TAKES_AWAY
    return Problem(removal.place, key_path(removal.path), text, "what is needed, or nothing that needs it", concerns=by)


def path_of(section: str, name: str) -> Path:
    """Return where the entry of a name stands; of an action, actor.action."""
    return (section, *name.split(".", 1)) if section == "actions" else (section, name)


Check = Callable[[Sound], Iterator[Problem]]
CHECKS: list[tuple[Check, tuple[str, ...]]] = []


def check(*sections: str) -> Callable[[Check], Check]:
    """Register a cross-check, passed over while one of the sections it reads is unsound."""

    def register(function: Check) -> Check:
        """Put one check in the list, and return it as it is."""
        CHECKS.append((function, sections))
        return function

    return register
