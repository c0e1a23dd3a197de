"""Relative dates: `vote - 150 days` in place of a date, so that a what-if means the same in every case.

Forced and withheld acts, the dated steps of a number and the clock may have one. It counts from `start` (the first
day), `free` (the first day not replayed), `end` (the last day) or an entry of `dates`; one of the clock only from what
does not depend on it.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from sim.scenario.nodes import Node
from sim.scenario.problems import Problem, listed, nearest, shown

RELATIVE = re.compile(r"([a-z][a-z0-9_]*)(?: ([+-]) (\d{1,5}) days?)?")
CLOCK = {"start", "end", "free"}
FORM = "each with days added or taken off where needed: vote - 30 days"


def with_dates(tree: Node, problems: list[Problem]) -> Node:
    """Return a merged tree with relative dates as the dates that they come to.

    problems: of names that are no date, which grow. Where the clock itself is not sound, nothing else is changed: what is
    wrong with it is reported elsewhere.
    """
    named = {name: node.node_at(("date",)).value for name, node in _section(tree, "dates").items()}
    known = {name: day for name, day in named.items() if isinstance(day, date)}
    dates = _Dates(known, problems)
    sections = {**tree.items, "clock": dates.clock(tree.items["clock"])} if "clock" in tree.items else tree.items
    if set(known) >= CLOCK:
        sections = {key: dates.section(key, node) for key, node in sections.items()}
    return Node(sections, tree.place, tree.lost)


def _section(tree: Node, name: str) -> Mapping[str, Node]:
    return tree.items[name].items if name in tree.items else {}


class _Dates:
    """Writes relative dates as dates."""

    def __init__(self, known: dict[str, date], problems: list[Problem]):
        self.known = known  # by name; those of the clock come last
        self.problems = problems

    def clock(self, clock: Node) -> Node:
        """Write the days of the clock, which may count from `dates`, and the last that is replayed from the others."""
        if not clock.is_mapping:
            return clock
        written = dict(clock.items)
        for key in sorted({"start", "end"} & set(written)):
            written[key] = self._field(written[key], f"clock.{key}")
        days = {key: node.value for key, node in written.items() if isinstance(node.value, date)}
        self.known |= {key: days[key] for key in ("start", "end") if key in days}
        if "replay_until" in written:
            written["replay_until"] = node = self._field(written["replay_until"], "clock.replay_until")
            if isinstance(node.value, date) and node.value < date.max:
                self.known["free"] = node.value + timedelta(1)
        return Node(written, clock.place, clock.lost)

    def _field(self, node: Node, key: str) -> Node:
        """Write a field that is a date."""
        return Node(self._date(node.value, node, key), node.place) if isinstance(node.value, str) else node

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
            key: self._field(inner, f"{path}.{key}") if key in ("date", "until") else inner
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
            if "free" not in self.known:  # of the clock itself, which is refused as any text is
                return text
            allowed = f"a date, or one of {listed(self.known)}, {FORM}"
            problem = Problem(node.place, key, f"no date is called '{shown(name)}'", allowed, nearest(name, self.known))
            self.problems.append(problem)
            return self.known["free"]
        try:
            return self.known[name] + timedelta(int(f"{sign}{days}") if days else 0)
        except OverflowError:
            self.problems.append(Problem(node.place, key, f"'{shown(text)}' is no day of the calendar", "fewer days"))
            return self.known.get("free", text)
