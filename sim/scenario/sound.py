"""The sound parts of a scenario, and the register of the cross-checks that run on them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, key_path, unknown
from sim.scenario.quantities import Found, Path, quantities
from sim.scenario.schema import Scenario
from sim.scenario.selection import NamedAction, acts_of


@dataclass
class Sound:
    """The sound parts of a scenario, and the tree that they came from."""

    scenario: Scenario
    tree: Node
    complete: bool = True  # no entry was left out for its form
    replayed: set[str] = field(default_factory=set)  # names of the acts that the record replays
    acts: list[NamedAction] = field(init=False)
    action_names: list[str] = field(init=False)  # actor.action of every action, those of unsound entries too
    knows_all_acts: bool = field(init=False)  # every action is sound: what none of them does, nothing does

    def __post_init__(self) -> None:
        self.acts = acts_of(self.scenario)
        written = {actor: self.names("actions", actor) for actor in self.names("actions")}
        self.action_names = [f"{actor}.{action}" for actor, actions in written.items() for action in actions]
        aimed = [act for act in self.acts if self.has_target(act)]
        self.knows_all_acts = len(aimed) == len(self.action_names)

    @cached_property
    def quantities(self) -> list[Found]:
        """Every number of the sound parts."""
        return list(quantities(self.scenario))

    def names(self, *path: str) -> list[str]:
        """The names written under a path, those of unsound entries too."""
        return list(self.tree.at(path).items) if self.written(*path) else []

    def written(self, *path: str | int) -> bool:
        """Whether something stands at a path, sound or not."""
        return self.tree.has(path)

    def declares(self, section: str, name: str) -> bool:
        """Whether a section has a name. Naming an unsound entry, or one of an unsound section, is no second mistake."""
        if not self.written(section):
            return Scenario.model_fields[section].is_required()
        return not self.tree.items[section].is_mapping or name in self.tree.items[section].items

    def has_target(self, act: NamedAction) -> bool:
        """Whether an action is aimed at another actor."""
        return act.target != act.actor and self.declares("actors", act.target)

    def place(self, *path: str | int) -> Place:
        return self.tree.at(path).place

    def problem(self, path: Path, text: str, allowed: str = "", near: str = "") -> Problem:
        return Problem(self.place(*path), key_path(path), text, allowed, near)

    def warning(self, path: Path, text: str, allowed: str = "") -> Problem:
        """Something that a reader should know, and that is no error."""
        return Problem(self.place(*path), key_path(path), text, allowed, warning=True)

    def mismatch(self, path: Path, text: str, allowed: str = "") -> Problem:
        """A problem of an entry whose parts do not go together."""
        return Problem(self.tree.at(path).laid_over, key_path(path), text, allowed)

    def unknown(self, path: Path, what: str, name: str, names: list[str]) -> Problem:
        return unknown(self.place(*path), key_path(path), what, name, names)


Check = Callable[[Sound], Iterator[Problem]]
CHECKS: list[tuple[Check, tuple[str, ...]]] = []


def check(*sections: str) -> Callable[[Check], Check]:
    """Register a cross-check and the sections that it reads: while one is unsound, the check is passed over."""

    def register(function: Check) -> Check:
        CHECKS.append((function, sections))
        return function

    return register
