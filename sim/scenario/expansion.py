"""Expansion: what a kind says of roles, written once for each actor that plays them.

The schema says where names of actors, actions and facts stand; nothing here knows a section by its content.
An entry is *about* the roles that it names, by its own values or by the mapping it stands in. It is written once
for each combination of their players, and where a role has several players its name ends in the player's. Naming
such an entry elsewhere is naming its roles. Mappings and lists of names, and entries in lists, are written out in
place. What is about a role that nobody plays vanishes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from annotated_types import MaxLen

from sim.scenario.fields import PARTS
from sim.scenario.naming import names_of, plain_type
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, key_path, listed, nearest, shown
from sim.scenario.roles import ROLES, Cast
from sim.scenario.schema import Condition, Entry, Quantity, Scenario

Path = tuple[str | int, ...]
DECLARES_ACTORS: Path = ("actors",)  # its keys are names, which the schema does not mark: they declare


class Scope(NamedTuple):
    """Who stands for each role here: by expansion, or because a player is named outright."""

    players: Mapping[str, str]
    expanded: Mapping[str, str]

    def with_players(self, players: Mapping[str, str]) -> "Scope":
        """Return the scope below an entry that is expanded for some players."""
        return Scope({**self.players, **players}, {**self.expanded, **players})

    def with_named(self, players: Mapping[str, str]) -> "Scope":
        """Return the scope below an entry that names some players outright."""
        return Scope({**players, **self.players}, self.expanded)

    def placed(self, place: Place) -> Place:
        """Say at a place for whom it was expanded."""
        played = ", ".join(f"{role} {player}" for role, player in sorted(self.expanded.items()) if role != player)
        return replace(place, played=played) if played else place


NOBODY = Scope({}, {})


class Expansion:
    """Writes the trees of kinds, and what is laid over them, for a cast.

    It remembers which entries are about which roles, so that what is laid over an entry of the kind by the name that
    it has there reaches each of those that it became.
    """

    def __init__(self, cast: Cast, problems: list[Problem]):
        self.cast = cast
        self.problems = problems
        self.about: dict[tuple[str, str], frozenset[str]] = {}  # by section and name; of an action, role.action
        self.is_kind = False

    def reporting(self, problems: list[Problem]) -> "Expansion":
        """Return the same expansion, to be used elsewhere; problems: of its use there, which grow."""
        copy = Expansion(self.cast, problems)
        copy.about = dict(self.about)
        return copy

    def kind(self, tree: Node) -> Node:
        """Expand the tree of a kind; parameters that only what vanishes names vanish with it."""
        expanded = self._expanded(tree, is_kind=True)
        parameters = expanded.items.get("parameters")
        if parameters is None:
            return expanded
        vanished = _texts(tree) - _texts(expanded)
        left = {name: node for name, node in parameters.items.items() if name not in vanished}
        sections = {**expanded.items, "parameters": Node(left, parameters.place, parameters.lost)}
        return Node(sections, expanded.place, expanded.lost)

    def patch(self, tree: Node) -> Node:
        """Expand what is laid over an expanded kind; what is about a role that nobody plays is a problem there."""
        return self._expanded(tree, is_kind=False)

    def written(self, tree: Node, form: type[Entry]) -> Node:
        """Expand a file of another form than a scenario's, such as one of facts."""
        return self._expanded(tree, is_kind=False, form=form)

    def _expanded(self, tree: Node, is_kind: bool, form: type[Entry] = Scenario) -> Node:
        self.is_kind = is_kind
        sections = {key: node for key, node in tree.items.items() if key != ROLES}
        for key, annotation in _fields(form).items():  # what facts are about comes before what names them
            if key in sections:
                self._learn(sections[key], annotation, (key,), NOBODY)
        written: dict[str, Node] = {}
        for key, node in sections.items():
            expanded = self._field(form, key, node, NOBODY, ())
            if expanded is not None:
                written[key] = expanded
        return Node(written, tree.place, tree.lost)

    # Which entries are about which roles

    def _learn(self, node: Node, annotation: Any, path: Path, scope: Scope) -> None:
        """Remember which named entries of a section are about which roles."""
        holder = plain_type(annotation)
        if get_origin(holder) is not dict:
            return
        key_type, value_type = get_args(holder)
        for key, inner in node.items.items():
            if _is_named_entry(key_type, value_type, path):
                about = self._free(inner, value_type, scope)
                name = self._full_name(path, key)
                self.about[name] = self.about.get(name, frozenset()) | about
            elif get_origin(plain_type(value_type)) is dict:
                role = self.cast.role_of(key)
                below = scope.with_named({role: key}) if role else scope
                self._learn(inner, value_type, (*path, role or key), below)

    def _full_name(self, path: Path, key: str) -> tuple[str, str]:
        """Return the section and the name by which an entry is named elsewhere."""
        owners = [self.cast.role_of(str(step)) or str(step) for step in path[1:]]
        return str(path[0]), ".".join([*owners, key.lstrip("+")])

    def _free(self, node: Node, annotation: Any, scope: Scope) -> frozenset[str]:
        """Return the roles that an entry names by its own values, and that nobody stands for yet."""
        names = {role for section, text in _own_names(node, annotation) for role in self._roles(section, text)}
        return frozenset(names - set(scope.players))

    def _roles(self, section: str, name: str) -> set[str]:
        """Return the roles that naming an entry of a section names."""
        if section == "actors":
            return {name} if name in self.cast.players else set()
        owner, dot, rest = name.partition(".")
        if not dot:
            return set(self.about.get((section, name), ()))
        role = self.cast.role_of(owner)
        about = set(self.about.get((section, f"{role or owner}.{rest}"), ()))
        return about | ({owner} if owner in self.cast.players else set())

    # Writing

    def _value(self, node: Node, annotation: Any, scope: Scope, path: Path) -> Node | None:
        """Write one value for the players of a scope; None if it is about a role that nobody plays."""
        if isinstance(node.value, str) and (names := names_of(annotation)) is not None:
            return self._name(node, names.section, scope, path)
        holder = plain_type(annotation)
        if _is_entry(holder) and node.is_mapping:
            return self._entry(node, holder, scope, path)
        if get_origin(holder) is dict and node.is_mapping:
            return self._mapping(node, get_args(holder), scope, path)
        if get_origin(holder) is list and node.is_list:
            return self._list(node, get_args(holder)[0], scope, path)
        return _placed(node, scope)

    def _name(self, node: Node, section: str, scope: Scope, path: Path) -> Node | None:
        text = str(node.value)
        self._report_stranger(node, section, text, path)
        names = [name for name, _ in self._written(section, text, scope)]
        if len(names) > 1:
            wanted = "one name; a list, or an entry with a name of its own, is written for each"
            self.problems.append(Problem(node.place, key_path(path), f"stands for {listed(names)}", wanted))
        return Node(names[0], scope.placed(node.place)) if names else None

    def _entry(self, node: Node, entry: type[Entry], scope: Scope, path: Path) -> Node | None:
        """Write an entry field by field; None if one of them makes it an entry about nobody."""
        fields: dict[str, Node] = {}
        for key, inner in node.items.items():
            written = self._field(entry, key, inner, scope, path)
            if written is None:
                return None
            fields[key] = written
        return Node(fields, scope.placed(node.place), node.lost)

    def _field(self, entry: type[Entry], key: str, node: Node, scope: Scope, path: Path) -> Node | None:
        name = key.lstrip("+")
        annotation = _fields(entry).get(name)
        if annotation is None:
            return _placed(node, scope)
        if node.is_list and _is_tuple(entry, name):
            items = [self._value(item, get_args(plain_type(annotation))[0], scope, path) for item in node.parts]
            return Node(items, scope.placed(node.place)) if None not in items else None  # type: ignore[arg-type]
        written = self._value(node, annotation, scope, (*path, name))
        emptied = written is not None and node.is_list and node.parts and not written.parts
        narrows = entry.model_fields[name].default is None  # a choice among all: of nobody, it is not all
        return None if emptied and narrows else written

    def _mapping(self, node: Node, arguments: tuple[Any, ...], scope: Scope, path: Path) -> Node | None:
        key_type, value_type = arguments
        written: dict[str, Node] = {}
        names = names_of(key_type)
        section = "actors" if path == DECLARES_ACTORS else names.section if names is not None else ""
        for key, inner in node.items.items():
            plus, name = ("+", key[1:]) if key.startswith("+") else ("", key)
            if section:
                if path != DECLARES_ACTORS:
                    self._report_stranger(inner, section, name, (*path, name))
                copies: Iterable[tuple[str, Scope]] = self._written(section, name, scope)
            elif _is_named_entry(key_type, value_type, path):
                copies = self._copies(name, inner, value_type, scope, path)
            else:
                copies = [(name, scope)]
            copies = list(copies)
            step = self.cast.role_of(name) if section == "actors" else name
            for new_name, below in copies:
                copy = self._value(inner, value_type, below, (*path, step or name))
                if copy is not None:
                    self._put(written, plus + new_name, copy, path)
            if not copies:
                self._report_vanished(inner, (*path, name))
        if node.items and not written and not self.is_kind:
            return None  # a patch of nobody: laid as an empty mapping it would be another mistake
        return Node(written, scope.placed(node.place), node.lost)

    def _list(self, node: Node, item_type: Any, scope: Scope, path: Path) -> Node | None:
        written: list[Node] = []
        names = names_of(item_type)
        for item in node.parts:
            if isinstance(item.value, str) and names is not None:
                self._report_stranger(item, names.section, item.value, path)
                copies = [
                    Node(name, below.placed(item.place))
                    for name, below in self._written(names.section, item.value, scope)
                ]
            elif _is_entry(plain_type(item_type)):
                scopes = self._scopes(self._free(item, item_type, scope), scope)
                copies = [copy for below in scopes if (copy := self._value(item, item_type, below, path)) is not None]
            else:
                copies = [_placed(item, scope)]
            if not copies and path[-1] != "any" and _cannot_hold(plain_type(item_type), item):
                return None
            if not copies:
                self._report_vanished(item, path)
            written += copies
        return Node(written, scope.placed(node.place))

    def _copies(self, name: str, node: Node, annotation: Any, scope: Scope, path: Path) -> Iterator[tuple[str, Scope]]:
        """Yield the name and the scope of every entry that a named entry of a kind becomes."""
        about = self.about.get(self._full_name(path, name), frozenset())
        about |= self._free(node, annotation, scope)
        named = scope.with_named(self._named_outright(node, annotation))
        for below in self._scopes(about - set(named.players), named):
            yield name + self._ending(about - set(scope.players), below), below

    def _named_outright(self, node: Node, annotation: Any) -> dict[str, str]:
        """Return the roles of which an entry names just one player, by that player's own name."""
        texts = {text for section, text in _own_names(node, annotation) if section == "actors"}
        players: dict[str, set[str]] = {}
        for text in texts:
            if role := self.cast.role_of(text):
                players.setdefault(role, set()).add(text)
        return {role: names.pop() for role, names in players.items() if len(names) == 1 and role not in names}

    def _written(self, section: str, name: str, scope: Scope) -> Iterator[tuple[str, Scope]]:
        """Yield every name that the name of an entry becomes, with the scope of what stands below it."""
        owner, dot, rest = name.partition(".")
        roles = self._roles(section, name)
        for below in self._scopes(roles - set(scope.players), scope):
            if section == "actors":
                role = self.cast.role_of(name)
                player = below.players[name] if name in self.cast.players else name
                yield player, below.with_named({role: player}) if role else below
            elif dot:
                role = self.cast.role_of(owner)
                player = below.players[owner] if owner in self.cast.players else owner
                yield f"{player}.{rest}{self._ending(roles - {role}, below)}", below
            else:
                yield name + self._ending(roles, below), below

    def _scopes(self, roles: Iterable[str], scope: Scope) -> Iterator[Scope]:
        """Yield a scope for each combination of the players of some roles."""
        names = sorted(roles)
        for players in product(*(self.cast.players[role] for role in names)):
            yield scope.with_players(dict(zip(names, players, strict=True)))

    def _ending(self, roles: Iterable[str], scope: Scope) -> str:
        """Return what the name of an entry about some roles ends in: the players of those that have several."""
        several = [role for role in sorted(roles) if len(self.cast.players[role]) > 1]
        return "".join(f"_{scope.players[role]}" for role in several)

    # Problems

    def _put(self, written: dict[str, Node], key: str, node: Node, path: Path) -> None:
        """Put an entry where one of that name may stand; two that say different things of one key are a problem."""
        before = written.get(key)
        if before is None:
            written[key] = node
        elif before.is_mapping and node.is_mapping:
            both = dict(before.items)
            for name, inner in node.items.items():
                self._put(both, name, inner, (*path, key))
            written[key] = Node(both, before.place, {**before.lost, **node.lost})
        else:
            text = f"is given twice, here and at {before.place}"
            self.problems.append(Problem(node.place, key_path((*path, key)), text, "one entry for each player"))

    def _report_vanished(self, node: Node, path: Path) -> None:
        if not self.is_kind:
            nobody = [role for role, players in self.cast.players.items() if not players]
            text = f"is about a role that nobody plays here ({listed(nobody)})"
            self.problems.append(Problem(node.place, key_path(path), text, f"what is about others, or {ROLES} with it"))

    def _report_stranger(self, node: Node, section: str, name: str, path: Path) -> None:
        """Report a name in a kind that is almost that of a role."""
        if not self.is_kind or section != "actors" or name in self.cast.players:
            return
        if near := nearest(name, self.cast.players):
            text = f"no role is called '{shown(name)}'"
            self.problems.append(Problem(node.place, key_path(path), text, listed(self.cast.players), near))


def _cannot_hold(entry: Any, node: Node) -> bool:
    """Tell whether a requirement about a fact of nobody, which is 0, can never be met."""
    return entry is Condition and "at_most" not in node.items


def _placed(node: Node, scope: Scope) -> Node:
    """Return a node as it stands, with every place saying for whom it was expanded."""
    if not scope.expanded:
        return node
    value = node.value
    if isinstance(value, dict):
        value = {key: _placed(inner, scope) for key, inner in value.items()}
    elif isinstance(value, list):
        value = [_placed(inner, scope) for inner in value]
    return Node(value, scope.placed(node.place), node.lost)


def _texts(node: Node) -> set[str]:
    """Return every text that stands in a tree as a value."""
    if isinstance(node.value, str):
        return {node.value}
    return set().union(*(_texts(inner) for inner in (*node.items.values(), *node.parts)))


@cache
def _fields(entry: type[Entry]) -> dict[str, Any]:
    """Return the types of the fields of a class of entries, with their marks."""
    return get_type_hints(entry, include_extras=True)


def _is_entry(holder: Any) -> bool:
    return isinstance(holder, type) and issubclass(holder, Entry) and holder is not Quantity


def _is_tuple(entry: type[Entry], name: str) -> bool:
    """Tell whether a list has a fixed length: then each of its places is a value of its own."""
    return any(isinstance(mark, MaxLen) for mark in entry.model_fields[name].metadata)


def _is_named_entry(key_type: Any, value_type: Any, path: Path) -> bool:
    """Tell whether the keys of a mapping name its entries, so that one may be written several times."""
    free = names_of(key_type) is None and path != DECLARES_ACTORS and not _are_parts(key_type)
    return free and _is_entry(plain_type(value_type))


def _are_parts(key_type: Any) -> bool:
    """Tell whether the keys of a mapping are parts of the entry that it stands in."""
    return PARTS in getattr(key_type, "__metadata__", ()) or get_origin(plain_type(key_type)) is Literal


def _own_names(node: Node, annotation: Any) -> Iterator[tuple[str, str]]:
    """Yield (section, name) of what an entry names by its own values; lists and named entries see to theirs."""
    if isinstance(node.value, str) and (names := names_of(annotation)) is not None:
        yield names.section, node.value
        return
    holder = plain_type(annotation)
    if _is_entry(holder):
        for key, inner in node.items.items():
            field = _fields(holder).get(key)
            if field is None:
                continue
            if inner.is_list and _is_tuple(holder, key):
                for item in inner.parts:
                    yield from _own_names(item, get_args(plain_type(field))[0])
            else:
                yield from _own_names(inner, field)
    elif get_origin(holder) is dict and _are_parts(get_args(holder)[0]):
        for inner in node.items.values():
            yield from _own_names(inner, get_args(holder)[1])
