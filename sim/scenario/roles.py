"""Who plays what: the roles that a kind declares, and the players that a case names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field, TypeAdapter, ValidationError

from sim.scenario.entries import Entry
from sim.scenario.fields import Name, Text
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, key_path, listed, shown, unknown

ROLES = "roles"
MAX_PLAYERS = 50  # of one role: an entry about two roles is written for each pair
PLAYERS = "the name of an actor, or a list of them"


class KindRole(Entry):
    """A role of a kind, under its name in the top-level `roles` of the kind."""

    label: Text = Field(description="the role in words")
    many: bool = Field(False, description="whether more than one actor may play it")
    required: bool = Field(True, description="whether an actor must play it")


DECLARED: TypeAdapter[dict[str, KindRole]] = TypeAdapter(dict[Name, KindRole])
PLAYER: TypeAdapter[str] = TypeAdapter(Name)


@dataclass(frozen=True)
class Cast:
    """The players of every role that a kind declares, in the order of their names."""

    players: Mapping[str, tuple[str, ...]]

    def role_of(self, name: str) -> str:
        """Return the role that a name is, or that the actor of that name plays; nothing if neither."""
        if name in self.players:
            return name
        return next((role for role, actors in self.players.items() if name in actors), "")

    def node(self, place: Place) -> Node:
        """Write the cast as a resolved scenario has it: the roles that are played, each with a list of actors."""
        return Node(
            {
                role: Node([Node(actor, place) for actor in actors], place)
                for role, actors in self.players.items()
                if actors
            },
            place,
        )


def declares_roles(patch: Node) -> bool:
    """Tell whether a file is a kind: whether it declares roles, each by a mapping."""
    roles = patch.items.get(ROLES)
    return roles is not None and any(node.is_mapping for node in roles.items.values())


def declared_roles(node: Node, problems: list[Problem]) -> dict[str, KindRole]:
    """Read the roles that kinds declare; what is wrong with one is a problem."""
    roles: dict[str, KindRole] = {}
    for name, entry in node.items.items():
        try:
            roles |= DECLARED.validate_python({name: entry.plain()}, strict=True)
        except ValidationError as error:
            allowed = f"a name with {listed(KindRole.model_fields)}, such as {{label: a government, many: false}}"
            for detail in error.errors(include_url=False):
                steps = [step for step in detail["loc"] if step != "[key]"]
                place = node.node_at(steps).place
                problems.append(Problem(place, key_path([ROLES, *steps]), "does not declare a role", allowed))
    return roles


def cast_of(declared: Mapping[str, KindRole], casting: Node, top: Place, problems: list[Problem]) -> Cast:
    """Read who plays what, and report roles without players, players of two roles, and names that are none.

    Parameters
    ----------
    declared: the roles of the kind.
    casting: what cases and settings say of them: to each role a name or a list of names.
    top: where the scenario begins, for what nothing says.
    """
    players: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(declared), ())
    role_of: dict[str, str] = {}
    for role, node in casting.items.items():
        key = f"{ROLES}.{role}"
        if role not in declared:
            problems.append(unknown(node.place, key, "role", role, declared))
            continue
        names = node.parts if node.is_list else [node]
        if len(names) > MAX_PLAYERS:
            problems.append(Problem(node.place, key, f"{len(names)} actors play it", f"at most {MAX_PLAYERS} actors"))
            continue
        players[role] = tuple(sorted(_players(names, role, declared, role_of, problems)))
        if len(names) > 1 and not declared[role].many:
            text = f"{len(names)} actors play it ({listed(shown(name.value) for name in names)})"
            problems.append(Problem(node.place, key, text, f"one actor, {declared[role].label}"))
    missing = [role for role in players if declared[role].required and not _is_cast(casting, role)]
    place = casting.place if casting.items else top
    problems += (
        Problem(place, f"{ROLES}.{role}", f"no actor plays this role ({declared[role].label})", PLAYERS)
        for role in missing
        if not any(problem.nearest == role for problem in problems)
    )
    return Cast(players)


def _is_cast(casting: Node, role: str) -> bool:
    node = casting.items.get(role)
    return node is not None and not (node.is_list and not node.parts)


def _players(
    names: Iterable[Node], role: str, declared: Mapping[str, KindRole], role_of: dict[str, str], problems: list[Problem]
) -> list[str]:
    """Read the players of one role; role_of: the role of every player so far, which grows."""
    players: list[str] = []
    for node in names:
        key, name = f"{ROLES}.{role}", node.value
        try:
            PLAYER.validate_python(name, strict=True)
        except ValidationError:
            text = f"'{shown(node.plain())}' is not the name of an actor"
            problems.append(Problem(node.place, key, text, PLAYERS))
            continue
        if not isinstance(name, str):
            continue
        if name in declared and name != role:
            problems.append(Problem(node.place, key, f"'{name}' is the name of another role", "another name"))
        elif name in role_of:
            twice = "plays this role twice" if role_of[name] == role else f"plays {role_of[name]} already"
            problems.append(Problem(node.place, key, f"'{name}' {twice}", "one role for each actor"))
        else:
            role_of[name] = role
            players.append(name)
    return players


def recast_problems(key: str, place: Place) -> list[Problem]:
    """Report a key that would give roles to other players where the kind has been expanded already."""
    if key.lstrip("+").split(".")[0] != ROLES:
        return []
    text = "cannot change here: the kind is expanded when the scenario is read"
    return [Problem(place, shown(key), text, f"{ROLES} in a scenario, or as a setting of it (--set)")]
