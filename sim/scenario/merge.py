"""The one merge rule: mappings merge, everything else replaces, null removes, a `+` key appends to a list.

A bare number laid over an entry with a `value` sets that value and keeps the rest but its dated steps (a
number is constant); a bare date laid over an entry of `dates` sets its date. A dotted key at the top of a file is a path: `parameters.leverage: 4`.
"""

from datetime import date

from sim.scenario.nodes import Node
from sim.scenario.problems import EMPTY, Problem, nearest, shown
from sim.scenario.schema import NamedDate, Quantity
from sim.scenario.yaml_file import MAX_DEPTH

Said = tuple[list[str], Node]  # the steps of a path that are left, and what is said there
ENTRY_KEYS = frozenset(Quantity.model_fields) - {"parameter"}  # what may be said of a number beside itself
DATE_KEYS = frozenset(NamedDate.model_fields)
CHANGES_NOTHING = "is an empty mapping: mappings are merged, so it changes nothing"
NOTHING_THERE = f"{EMPTY}, which removes what stands there, and nothing does"


def expand_dots(node: Node, problems: list[Problem]) -> Node:
    """Turn the dotted keys at the top of a file into nested mappings.

    Two that clash are a problem.
    """
    sayings: list[Said] = []
    for key, value in node.items.items():
        steps = key.split(".")
        if not all(steps):
            problems.append(Problem(value.place, shown(key), "is not a path", "names joined by single dots"))
        elif len(steps) > MAX_DEPTH:
            problems.append(Problem(value.place, shown(key), "is nested too deeply", f"at most {MAX_DEPTH} levels"))
        else:
            sayings.append((steps, value))
    return Node(_gathered(sayings, "", problems), node.place)


def _gathered(sayings: list[Said], key: str, problems: list[Problem]) -> dict[str, Node]:
    """Gather what a file says at several paths in one mapping."""
    members: dict[str, list[Said]] = {}
    for steps, node in sayings:
        members.setdefault(steps[0], []).append((steps[1:], node))
    return {name: _single_node(below, f"{key}.{name}" if key else name, problems) for name, below in members.items()}


def _single_node(sayings: list[Said], key: str, problems: list[Problem]) -> Node:
    """Build one node of what a file says below one path; saying two things there is a problem."""
    steps, first = sayings[0]
    if len(sayings) == 1 and not steps:
        return first
    clashing = [node for steps, node in sayings if not steps and not node.is_mapping]
    if clashing:
        first_place = f"at line {first.place.line}" if first.place.line else "before"
        problems.append(Problem(sayings[1][1].place, key, f"is given twice in this file (first {first_place})"))
        return clashing[0]
    inner: list[Said] = []
    for steps, node in sayings:
        inner += [(steps, node)] if steps else [([name], value) for name, value in node.items.items()]
    return Node(_gathered(inner, key, problems), first.place)


def lay(under: Node | None, over: Node, key: str, problems: list[Problem]) -> Node | None:
    """Lay one node over another, changing neither; None is the absence of a node."""
    if over.value is None:
        if under is None:
            problems.append(Problem(over.place, key, NOTHING_THERE))
        return None
    if isinstance(over.value, list):
        return Node([_item(node, f"{key}[{i}]", problems) for i, node in enumerate(over.value)], over.place)
    if over.is_mapping:
        if under is not None and not over.items and (under.items or under.is_number) and key:
            problems.append(
                Problem(over.place, key, CHANGES_NOTHING, "null, which removes what stands there, or entries")
            )
            return under
        if under is not None and under.is_number and ENTRY_KEYS & set(over.items):
            under = Node({"value": under}, over.place)
        return _lay_mapping(under, over, key, problems)
    if isinstance(over.value, date) and under is not None and under.items and DATE_KEYS.issuperset(under.items):
        return Node({**under.items, "date": over}, under.place, under.lost)
    if over.is_number and under is not None and "value" in under.items:
        entry = {name: node for name, node in under.items.items() if name != "steps"}
        return Node({**entry, "value": over}, under.place, under.lost)
    return over


def _lay_mapping(under: Node | None, over: Node, key: str, problems: list[Problem]) -> Node:
    """Plain keys first, so that a list that is replaced and appended to does not depend on their order."""
    result = dict(under.items) if under is not None else {}
    lost = dict(under.lost) if under is not None else {}
    for name, node in sorted(over.items.items(), key=lambda entry: entry[0].startswith("+")):
        path = f"{key}.{name}" if key else name
        if name.startswith("+"):
            _append(result, name[1:], node, path, problems)
        elif node.value is None and name not in result:
            problems.append(Problem(node.place, path, NOTHING_THERE, nearest=nearest(name, result)))
            lost[name] = (node.place, node)
        else:
            before = result.pop(name, None)
            laid = lay(before, node, path, problems)
            if before is not None and not (before.is_mapping and node.is_mapping):
                lost[name] = (node.place, before)
            if laid is not None:
                result[name] = laid
    place = under.place if under is not None and under.is_mapping else over.place
    return Node(result, place, lost)


def _append(result: dict[str, Node], name: str, node: Node, path: str, problems: list[Problem]) -> None:
    there = result.get(name)
    if not isinstance(node.value, list):
        problems.append(Problem(node.place, path, "a + key appends to a list", "a list, `[…]`"))
    elif there is None or not isinstance(there.value, list):
        lists = [key for key, value in result.items() if value.is_list]
        problems.append(
            Problem(node.place, path, f"there is no list '{shown(name)}' to append to", nearest=nearest(name, lists))
        )
    else:
        added = [_item(item, f"{path}[{i}]", problems) for i, item in enumerate(node.value)]
        result[name] = Node([*there.value, *added], there.place)


def _item(node: Node, key: str, problems: list[Problem]) -> Node:
    """Check an item of a list: it has nothing under it, so null and + keys mean nothing there."""
    laid = lay(None, node, key, problems)
    return laid if laid is not None else node
