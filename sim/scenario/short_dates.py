"""Short dates: a date where the name of a date is wanted becomes an entry of `dates`."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import get_args, get_origin, get_type_hints

from sim.scenario.naming import names_of, plain_type
from sim.scenario.nodes import Node
from sim.scenario.schema import Entry, Scenario


def with_named_dates(tree: Node) -> Node:
    """Give every date that stands in place of the name of one an entry of `dates`, and put its name there.

    `until: 2020-10-09` becomes `until: day_2020_10_09`, whose label is 2020-10-09. An entry of that name with another
    date is left alone, and so is what names it: the schema then refuses the date.
    """
    dates = tree.items.get("dates") or Node({}, tree.place)
    if not dates.is_mapping:
        return tree
    entries = dict(dates.items)
    sections = dict(tree.items)
    for section, key, field, node in _dates_in_place_of_names(tree):
        name = f"day_{node.value}".replace("-", "_")
        label = {"date": Node(node.value, node.place), "label": Node(str(node.value), node.place)}
        entry = entries.setdefault(name, Node(label, node.place))
        if entry.node_at(("date",)).value == node.value:
            holder, outer = sections[section].items[key], sections[section]
            changed = Node({**holder.items, field: Node(name, node.place)}, holder.place, holder.lost)
            sections[section] = Node({**outer.items, key: changed}, outer.place, outer.lost)
    if sections == tree.items:
        return tree
    sections["dates"] = Node(entries, dates.place, dates.lost)
    return Node(sections, tree.place, tree.lost)


def _dates_in_place_of_names(tree: Node) -> Iterator[tuple[str, str, str, Node]]:
    """Yield section, name of the entry, field and node of each date where the name of a date is wanted."""
    for section, fields in _fields_that_name_dates().items():
        for key, entry in (tree.items[section].items if section in tree.items else {}).items():
            for field in fields:
                node = entry.items.get(field)
                if node is not None and isinstance(node.value, date):
                    yield section, key, field, node


@cache
def _fields_that_name_dates() -> dict[str, list[str]]:
    """Find the fields that name a date, by the section whose entries have them."""
    fields: dict[str, list[str]] = {}
    for section, annotation in get_type_hints(Scenario, include_extras=True).items():
        holder = plain_type(annotation)
        entry = plain_type(get_args(holder)[1]) if get_origin(holder) is dict else None
        if isinstance(entry, type) and issubclass(entry, Entry):
            hints = get_type_hints(entry, include_extras=True)
            marks = {name: names_of(hints[name]) for name in entry.model_fields}
            if named := [name for name, mark in marks.items() if mark is not None and mark.section == "dates"]:
                fields[section] = named
    return fields
