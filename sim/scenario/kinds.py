"""Kinds of crisis: what each asks of a case, its roles and the dates that it leaves open."""

from dataclasses import dataclass
from pathlib import Path

from sim.scenario.files import merged_kind
from sim.scenario.library import shipped_files
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, UserError, unknown
from sim.scenario.roles import ROLES, KindRole, declared_roles


@dataclass(frozen=True)
class CrisisKind:
    """A kind that ships: its name, what it says, the roles that it declares."""

    name: str
    tree: Node
    roles: dict[str, KindRole]

    @property
    def open_dates(self) -> dict[str, str]:
        """Return the dates that a case must give, each with its label."""
        dates = self.tree.items["dates"].items if "dates" in self.tree.items else {}
        labels = {name: entry.items.get("label") for name, entry in dates.items() if "date" not in entry.items}
        return {name: name if label is None else str(label.value) for name, label in labels.items()}


def read_kind(name: str, place: Place) -> CrisisKind:
    """Read a kind that ships. place: of what names it. Raises UserError if there is none, with the nearest name."""
    files = shipped_files("kind")
    if name not in files:
        raise UserError([unknown(place, "", "kind", name, files)])
    return kind_of_file(name, files[name])


def kind_of_file(name: str, path: Path) -> CrisisKind:
    """Read the file of a kind. Raises UserError with everything wrong with it or with its roles."""
    problems: list[Problem] = []
    tree = merged_kind(str(path))
    roles = declared_roles(tree.items[ROLES], problems)
    if problems:
        raise UserError(problems)
    return CrisisKind(name, tree, roles)
