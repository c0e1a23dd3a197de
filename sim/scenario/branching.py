"""How many acts one act draws: the branching matrix between channels, and its spectral radius.

At 1 or more, acts draw acts without end (Hawkes & Oakes 1974). Reckoned as every actor answered tit for
tat, with all actions open and drives at 0: a drive above 0 raises it on its days.
"""

import math
import operator
from collections.abc import Callable
from datetime import date

from sim.rules.marks import cooperative_mark, frequency, hostile_mark
from sim.scenario.nodes import Node
from sim.scenario.problems import Problem
from sim.scenario.quantities import on_day, settled
from sim.scenario.schema import Quantity, Scenario
from sim.scenario.selection import NamedAction, acts_of, channels_of

Channel = tuple[str, str, str]
Numbers = Callable[[Quantity | None], float]
WARN_ABOVE = 0.9


def answers(channel: Channel, scenario: Scenario) -> list[tuple[str, str]]:
    """(memory, of whom) that a channel answers to: what its entry says, else the memory of its tone."""
    _, target, tone = channel
    listed = scenario.channel(channel).answers_to
    if listed is not None:
        return [(memory.memory, memory.of) for memory in listed]
    return {"hostile": [("hostility", target)], "cooperative": [("goodwill", target)]}.get(tone, [])


def spectral_radius(scenario: Scenario) -> float:
    """The largest spectral radius of the branching matrix over the days of a scenario."""
    start, end = scenario.clock.start, scenario.clock.end
    changes: set[date] = set()
    largest = _radius(scenario, start, changes)
    return max([largest, *(_radius(scenario, day, set()) for day in sorted(changes) if start < day <= end)])


def _radius(scenario: Scenario, day: date, changes: set[date]) -> float:
    """The spectral radius on one day; the days on which a number that it hangs on changes are put into `changes`."""

    def number(quantity: Quantity | None) -> float:
        if quantity is None:
            return 1.0
        changes.update(settled(quantity, scenario.parameters).steps or {})
        return on_day(quantity, day, scenario.parameters)

    acts = acts_of(scenario)
    channels = channels_of(acts)
    unit = number(scenario.rules.average_mark)
    matrix = [[0.0] * len(channels) for _ in channels]
    for column, source in enumerate(channels):
        members = [act for act in acts if act.channel == source]
        common = [_frequency(act, scenario, number) for act in members]
        total = sum(common)
        shares = [one / total if total > 0 else 0.0 for one in common]
        for act, share in zip(members, shares, strict=True):
            mark = _mark(act, number)
            matrix[column][column] += share * number(scenario.actors[act.actor].momentum) * mark / unit
            felt = _felt(act, mark, scenario, number)
            for row, channel in enumerate(channels):
                drawn = sum(felt.get((channel[0], *answer), 0.0) for answer in answers(channel, scenario))
                matrix[row][column] += share * number(scenario.actors[channel[0]].reciprocity) * drawn / unit
    return spectral_radius_of(matrix)


def spectral_radius_of(matrix: list[list[float]], squarings: int = 24) -> float:
    """The spectral radius of a matrix without negative entries, by repeated squaring (Gelfand's formula).

    Infinite if an entry is infinite or no number. Plain Python, so that checking a file loads no array library.
    """
    logarithm, power = 0.0, 1.0  # of what has been taken out of the matrix so far; of the matrix itself
    for _ in range(squarings):
        largest = max((sum(row) for row in matrix), default=0.0)
        if not math.isfinite(largest):
            return math.inf
        if largest == 0.0:
            return 0.0
        matrix = [[entry / largest for entry in row] for row in matrix]
        logarithm += math.log(largest) / power
        columns = list(zip(*matrix, strict=True))
        matrix = [[sum(map(operator.mul, row, column)) for column in columns] for row in matrix]
        power *= 2.0
    return math.exp(logarithm)


def _frequency(act: NamedAction, scenario: Scenario, number: Numbers) -> float:
    rules = scenario.rules
    entry = act.entry
    return frequency(
        act.goldstein, number(entry.salience), number(entry.commonness), number(rules.rarity), number(rules.rarity_from)
    )


def _mark(act: NamedAction, number: Numbers) -> float:
    salience = number(act.entry.salience)
    return hostile_mark(act.goldstein, salience) + cooperative_mark(act.goldstein, salience)


def _felt(act: NamedAction, mark: float, scenario: Scenario, number: Numbers) -> dict[tuple[str, str, str], float]:
    """What one act adds to each memory: (who remembers, which memory, of whom)."""
    memory = "hostility" if act.tone == "hostile" else "goodwill"
    felt = {(act.target, memory, act.actor): mark}
    for sympathy in scenario.sympathies.values():
        if (sympathy.feels_for, sympathy.against) == (act.target, act.actor):
            key = (sympathy.actor, memory, act.actor)
            felt[key] = felt.get(key, 0.0) + mark * number(sympathy.share)
    for addition in act.entry.adds:
        if addition.to in ("hostility", "goodwill"):
            key = (addition.holder, addition.to, addition.about)
            felt[key] = felt.get(key, 0.0) + number(addition.amount)
    return felt


def branching_problems(scenario: Scenario, tree: Node) -> list[Problem]:
    """An error at a radius of 1 or more unless the scenario allows it, a warning above 0.9."""
    radius = spectral_radius(scenario)
    place = tree.at(("rules",)).place
    if math.isinf(radius):
        text = "an act weighs, or draws, more than a number can hold"
        return [Problem(place, "reciprocity, momentum, salience", text, "smaller numbers")]
    if radius >= 1.0 and not scenario.allow_explosive:
        text = f"each act draws {radius:.2f} acts in all, so acts draw acts without end"
        return [Problem(place, "reciprocity, momentum", text, "less than 1, or allow_explosive: true")]
    if radius > WARN_ABOVE:
        return [
            Problem(
                place,
                "reciprocity, momentum",
                f"each act draws {radius:.2f} acts in all, close to without end",
                warning=True,
            )
        ]
    return []
