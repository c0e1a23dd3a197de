"""Whether the arguments of a statement's measure mean something in the scenarios that it is measured of."""

import datetime as dt
from collections.abc import Iterator, Sequence

from sim.evidence.facts_schema import Statement
from sim.evidence.measures import MEASURES
from sim.evidence.registry import Measure, Span
from sim.scenario.load import Loaded
from sim.scenario.naming import names_within
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, key_path, unknown
from sim.scenario.quantities import Path
from sim.scenario.schema import Selection
from sim.scenario.selection import NamedAction, acts_of, selected


def argument_problems(statement: Statement, path: Path, tree: Node, variants: Sequence[Loaded]) -> list[Problem]:
    """Find names that the scenarios do not have, selections of nothing, and spans that do not fit into their days.

    Parameters
    ----------
    statement, path, tree: the statement, its path in the file, and the file.
    variants: the scenario as each of the statement's ensembles plays it.
    """
    problems: list[Problem] = []
    for loaded in variants:
        against = _Against(statement, path, tree, loaded)
        problems += [*against.words(), *against.selections(), *against.spans()]
    return list(dict.fromkeys(problems))


class _Against:
    """One statement, held against one scenario."""

    def __init__(self, statement: Statement, path: Path, tree: Node, loaded: Loaded):
        self.statement, self.path, self.tree = statement, path, tree
        self.measure: Measure = MEASURES[statement.measure]
        self.scenario = loaded.scenario
        self.acts: list[NamedAction] = acts_of(loaded.scenario)
        clock = loaded.scenario.clock
        self.first_free, self.last = clock.replay_until + dt.timedelta(1), clock.end

    def words(self) -> Iterator[Problem]:
        """Find actors and dates that do not exist, dates that are not free days, and two actors that are one."""
        for name, word in self.statement.words.items():
            section = self.measure.sections.get(name, "")
            entry = (*self.path, "words", name)
            if section:
                known = self._actors() if section == "actors" else list(getattr(self.scenario, section))
                if word not in getattr(self.scenario, section):
                    yield unknown(self._place(entry), key_path(entry), section[:-1], word, known)
                elif section == "dates" and not self.first_free < self.scenario.dates[word].date <= self.last:
                    text = f"'{word}', {self.scenario.dates[word].date}, is no free day after the first"
                    yield self._problem(entry, text, f"a date after {self.first_free}, up to {self.last}")
        yield from self._dyad()

    def _dyad(self) -> Iterator[Problem]:
        """Find two actors that do not act on each other."""
        actors = [
            self.statement.words.get(name, "") for name, section in self.measure.sections.items() if section == "actors"
        ]
        if len(actors) == 2 and all(actor in self.scenario.actors for actor in actors):
            first, second = actors
            dyads = {(act.actor, act.target) for act in self.acts}
            if first == second or not {(first, second), (second, first)} <= dyads:
                text = f"{first} and {second} do not act on each other"
                yield self._problem((*self.path, "words"), text, "two actors, each with actions toward the other")

    def selections(self) -> Iterator[Problem]:
        """Find names of selections that do not exist, and selections of no action."""
        for name, selection in self.statement.acts.items():
            entry = (*self.path, "acts", name)
            strangers = list(self._strangers(selection, entry))
            yield from strangers
            if not strangers and not selected(self.acts, selection):
                yield self._problem(entry, "selects no action: none fits all of its parts", "actions that there are")

    def _strangers(self, selection: Selection, entry: Path) -> Iterator[Problem]:
        known = {"actors": self._actors(), "actions": [act.name for act in self.acts]}
        for use in names_within(selection, entry):
            of_action = use.section == "actors" and "actions" in use.path  # which is reported whole
            is_known = use.name in (self.scenario.actors if use.section == "actors" else known["actions"])
            if not is_known and not of_action:
                yield unknown(self._place(use.path), key_path(use.path), use.section[:-1], use.name, known[use.section])

    def _actors(self) -> list[str]:
        """Return the names by which a statement may call an actor: its own, or that of its role."""
        return list(dict.fromkeys([*self.scenario.actors, *(self.scenario.roles or {})]))

    def spans(self) -> Iterator[Problem]:
        """Find numbers of days and weeks that are not whole, or do not fit into the days that are played."""
        for name, number in self.statement.numbers.items():
            span = self.measure.spans.get(name)
            if span is None:
                continue
            most = self._most(span)
            if number != int(number) or not 1 <= number <= most:
                unit = "weeks" if span.days == 7 else "days"
                allowed = f"a whole number of {unit}, 1 to {most}"
                yield self._problem((*self.path, "numbers", name), f"found {number:g}", allowed)

    def _most(self, span: Span) -> int:
        """Return the longest span that fits into the free days, or those before or after the date that it is about."""
        first, last = self.first_free, self.last
        anchor = self.scenario.dates.get(self.statement.words.get(span.before or span.after, ""))
        if anchor is not None and span.before:
            last = min(last, anchor.date - dt.timedelta(1))
        if anchor is not None and span.after:
            first = max(first, anchor.date + dt.timedelta(1))
        return max(0, ((last - first).days + 1 - span.spare) // (span.days * span.times))

    def _place(self, path: Path) -> Place:
        return self.tree.place_of(path)

    def _problem(self, path: Path, text: str, allowed: str) -> Problem:
        return Problem(self._place(path), key_path(path), text, allowed)
