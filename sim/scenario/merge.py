"""The one merge rule: mappings merge, everything else replaces, null removes, a `+` key appends to a list.

A bare number laid over an entry with a `value` sets that value and keeps the rest but its dated steps (a
number is constant). A dotted key at the top of a file is a path: `parameters.leverage: 4`.
"""

from sim.scenario.nodes import Node
from sim.scenario.problems import Problem, nearest, shown

ENTRY_KEYS = frozenset({"value", "steps", "low", "high", "unit", "meaning", "source"})


def expand_dots(node: Node, problems: list[Problem]) -> Node:
    """Turn the dotted keys at the top of a file into nested mappings; two that clash are a problem."""
    result = Node({}, node.place)
    for key, value in node.items.items():
        steps = key.split(".")
        if not all(steps):
            problems.append(Problem(value.place, shown(key), "is not a path", "names joined by single dots"))
            continue
        _put(result, steps, value, key, problems)
    return result


def _put(into: Node, steps: list[str], value: Node, key: str, problems: list[Problem]) -> None:
    here = into.items
    for step in steps[:-1]:
        if step not in here:
            here[step] = Node({}, value.place)
        elif not here[step].is_mapping or here[step].value is None:
            problems.append(Problem(value.place, key, f"'{step}' is given another value in this file"))
            return
        else:
            here[step] = Node(dict(here[step].items), here[step].place)
        here = here[step].items
    last = steps[-1]
    if last not in here:
        here[last] = value
    elif here[last].is_mapping and value.is_mapping:
        for name, inner in value.items.items():
            _put(here[last], [name], inner, f"{key}.{name}", problems)
    else:
        problems.append(Problem(value.place, key, f"the key is given twice (first at line {here[last].place.line})"))


def lay(under: Node | None, over: Node, key: str, problems: list[Problem]) -> Node | None:
    """Lay one node over another; None is the absence of a node. Neither argument is changed."""
    if over.value is None:
        if under is None:
            problems.append(Problem(over.place, key, "null removes what stands here, and nothing does"))
        return None
    if over.is_mapping:
        if under is not None and under.is_number and ENTRY_KEYS & set(over.items):
            under = Node({"value": under}, under.place)
        return _lay_mapping(under, over, key, problems)
    if over.is_number and under is not None and "value" in under.items:
        kept = {name: node for name, node in under.items.items() if name != "steps"}
        return Node({**kept, "value": over}, over.place)
    if over.is_list:
        return Node([_clean(node, f"{key}[{i}]", problems) for i, node in enumerate(over.value)], over.place)  # type: ignore[arg-type]
    return over


def _lay_mapping(under: Node | None, over: Node, key: str, problems: list[Problem]) -> Node:
    base = under.items if under is not None else {}
    result = dict(base)
    for name, node in over.items.items():
        path = f"{key}.{name}" if key else name
        if name.startswith("+"):
            _append(result, name[1:], node, path, problems)
            continue
        if node.value is None and name not in base and base:
            text = "null removes what stands here, and nothing does"
            problems.append(Problem(node.place, path, text, nearest=nearest(name, base)))
            continue
        laid = lay(base.get(name), node, path, problems)
        if laid is None:
            result.pop(name, None)
        else:
            result[name] = laid
    place = under.place if under is not None and under.is_mapping else over.place
    return Node(result, place)


def _append(result: dict[str, Node], name: str, node: Node, path: str, problems: list[Problem]) -> None:
    if not isinstance(node.value, list):
        problems.append(Problem(node.place, path, "a + key appends a list", "a list, `[…]`"))
    elif name not in result or not isinstance(result[name].value, list):
        lists = [key for key, value in result.items() if value.is_list]
        problems.append(Problem(node.place, path, f"there is no list '{shown(name)}' to append to", nearest=nearest(name, lists)))
    else:
        added = [_clean(item, f"{path}[{i}]", problems) for i, item in enumerate(node.value)]
        result[name] = Node([*result[name].value, *added], result[name].place)  # type: ignore[misc]


def _clean(node: Node, key: str, problems: list[Problem]) -> Node:
    """An item of a list has nothing under it: no null and no + key means anything in there."""
    laid = lay(None, node, key, problems)
    return laid if laid is not None else node
