"""Relative dates: `vote - 150 days` in place of a date, so that a what-if means the same in every case.

Forced and withheld acts and the dated steps of a number may have one. It counts from `start` (the first day), `free`
(the first day not replayed), `end` (the last day) or an entry of `dates`.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from sim.scenario.nodes import Node
from sim.scenario.problems import Problem, listed, nearest, shown

RELATIVE = re.compile(r"([a-z][a-z0-9_]*)(?: ([+-]) (\d{1,5}) days?)?")
FORM = "each with days added or taken off where needed: vote - 30 days"


def with_dates(tree: Node, problems: list[Problem]) -> Node:
    """Return a merged tree with relative dates as the dates that they come to.

    problems: of names that are no date, which grow. Where the clock itself is not sound, nothing is changed: what is
    wrong with it is reported elsewhere.
    """
    known = _known_dates(tree)
    if not known:
        return tree
    dates = _Dates(known, problems)
    return Node({key: dates.section(key, node) for key, node in tree.items.items()}, tree.place, tree.lost)


def _known_dates(tree: Node) -> dict[str, date]:
    """Return the dates that others may count from, by their names; none without a sound clock."""
    clock = {key: node.value for key, node in tree.node_at(("clock",)).items.items()}
    start, replayed, end = (clock.get(key) for key in ("start", "replay_until", "end"))
    if not (isinstance(start, date) and isinstance(replayed, date) and isinstance(end, date)):
        return {}
    named = {name: node.node_at(("date",)).value for name, node in _section(tree, "dates").items()}
    known = {"start": start, "free": min(replayed, date.max - timedelta(1)) + timedelta(1), "end": end}
    return {name: day for name, day in named.items() if isinstance(day, date)} | known


def _section(tree: Node, name: str) -> Mapping[str, Node]:
    return tree.items[name].items if name in tree.items else {}


class _Dates:
    """Writes relative dates as dates."""

    def __init__(self, known: Mapping[str, date], problems: list[Problem]):
        self.known = known
        self.problems = problems

    def section(self, name: str, node: Node) -> Node:
        """Write the dates of one section of a scenario."""
        if name != "acts":
            return self._steps(node, name)
        acts = {key: self._act(act, f"acts.{key}") for key, act in node.items.items()}
        return Node(acts, node.place, node.lost) if node.is_mapping else node

    def _act(self, act: Node, path: str) -> Node:
        if not act.is_mapping:
            return act
        written = {
            key: Node(self._date(inner.value, inner, f"{path}.{key}"), inner.place)
            if key in ("date", "until") and isinstance(inner.value, str)
            else inner
            for key, inner in act.items.items()
        }
        return Node(written, act.place, act.lost)

    def _steps(self, node: Node, path: str) -> Node:
        """Write the dates of every dated number at or below a node."""
        if node.is_list:
            return Node([self._steps(part, f"{path}[{index}]") for index, part in enumerate(node.parts)], node.place)
        if not node.is_mapping:
            return node
        has_value = "value" in node.items and node.items["value"].is_number
        written = {
            key: self._dated(inner, f"{path}.{key}")
            if key == "steps" and has_value and inner.is_mapping
            else self._steps(inner, f"{path}.{key}")
            for key, inner in node.items.items()
        }
        return Node(written, node.place, node.lost)

    def _dated(self, steps: Node, path: str) -> Node:
        """Write the days of the steps of a number; two that are one day are a problem."""
        written: dict[str, Node] = {}
        for key, number in steps.items.items():
            day = str(self._date(key, number, f"{path}.{key}"))
            if day in written:
                text = f"is {day}, which stands there already"
                self.problems.append(Problem(number.place, f"{path}.{key}", text, "each day once"))
            written[day] = number
        return Node(written, steps.place, steps.lost)

    def _date(self, text: str, node: Node, key: str) -> str | date:
        """Return the date that a text comes to; a text that has not the form stays, and is refused as one."""
        match = RELATIVE.fullmatch(text)
        if match is None:
            return text
        name, sign, days = match.groups()
        if name not in self.known:
            allowed = f"a date, or one of {listed(self.known)}, {FORM}"
            problem = Problem(node.place, key, f"no date is called '{shown(name)}'", allowed, nearest(name, self.known))
            self.problems.append(problem)
            return self.known["free"]
        try:
            return self.known[name] + timedelta(int(f"{sign}{days}") if days else 0)
        except OverflowError:
            self.problems.append(Problem(node.place, key, f"'{shown(text)}' is no day of the calendar", "fewer days"))
            return self.known["free"]
