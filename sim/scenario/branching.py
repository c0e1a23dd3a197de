"""How many acts one act draws: the branching matrix between channels, and its spectral radius.

At 1 or more, acts draw acts without end (Hawkes & Oakes 1974). Reckoned as every actor answered tit for
tat, with all actions open and drives at 0: a drive above 0 raises it on its days.
"""

import math
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from sim.rules.marks import cooperative_mark, frequency, hostile_mark
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem
from sim.scenario.quantities import dotted, key_of, on_day, quantities, settled
from sim.scenario.schema import Memory, Quantity, Scenario, Sympathy
from sim.scenario.selection import NamedAction, acts_of, channels_of

Channel = tuple[str, str, str]
Remembered = tuple[str, str, str]  # who remembers, which memory, of whom
Numbers = Callable[[Quantity | None], float]
Entries = tuple[tuple[int, int, float], ...]  # of a matrix: row, column, number
WARN_ABOVE = 0.9
READ_SECTIONS = ("rules", "pairs", "channels", "actions", "sympathies")  # whose numbers the matrix is made of
STEPS = 500  # towards a radius; seven are enough but for long rings of very unlike links
TOLERANCE = 1e-12


def answers(channel: Channel, scenario: Scenario) -> list[Memory]:
    """List the memories that a channel answers to: those of its entry, else the memory of its tone."""
    _, target, tone = channel
    listed = scenario.channel(channel).answers_to
    if listed is not None:
        return listed
    if tone == "neutral":
        return []
    return [Memory(memory="hostility" if tone == "hostile" else "goodwill", of=target)]


def spectral_radius(scenario: Scenario) -> float:
    """Compute the largest spectral radius of the branching matrix over a scenario's days.

    Infinite if an entry of the matrix is infinite or no number.
    """
    start, end = scenario.clock.start, scenario.clock.end
    changes: set[date] = set()
    largest = spectral_radius_of(branching_matrix(scenario, start, changes))
    days = sorted(day for day in changes if start < day <= end)
    return max([largest, *(spectral_radius_of(branching_matrix(scenario, day, set())) for day in days)])


def branching_matrix(scenario: Scenario, day: date, changes: set[date]) -> Entries:
    """List the entries of one day's branching matrix that are not 0.

    An entry is how many acts on channel `row` one act on channel `column` draws.

    Channels are in the order of names. The days on which a number of the matrix changes are put into `changes`.
    """

    def number_on_day(quantity: Quantity | None) -> float:
        """Read a quantity on the day, 1 where an optional one is left out; note its dates."""
        if quantity is None:
            return 1.0
        changes.update(settled(quantity, scenario.parameters).steps or {})
        return on_day(quantity, day, scenario.parameters)

    def reciprocity(row: int) -> float:
        """Return how many answers one average act draws on a channel."""
        channel = channels[row]
        return number_on_day(scenario.channel(channel).reciprocity or scenario.pair(*channel[:2]).reciprocity)

    members: dict[Channel, list[NamedAction]] = {}
    for act in acts_of(scenario):
        members.setdefault(act.channel, []).append(act)
    channels = channels_of([act for acts in members.values() for act in acts])
    answering = _answering(channels, scenario)
    sympathisers: dict[tuple[str, str], list[Sympathy]] = {}
    for sympathy in scenario.sympathies.values():
        sympathisers.setdefault((sympathy.feels_for, sympathy.against), []).append(sympathy)
    unit = number_on_day(scenario.rules.average_mark)
    matrix: dict[tuple[int, int], float] = {}
    for column, source in enumerate(channels):
        source_entry, source_pair = scenario.channel(source), scenario.pair(*source[:2])
        common = [_frequency(act, scenario, number_on_day) for act in members[source]]
        total = sum(common)
        for act, chosen in zip(members[source], common, strict=True):
            share = chosen / total if total > 0 else 0.0
            mark = _mark(act, number_on_day)
            drawn = {column: number_on_day(source_entry.momentum or source_pair.momentum) * mark}
            for memory, amount in _felt(
                act, mark, sympathisers.get((act.target, act.actor), []), number_on_day
            ).items():
                for row, counts in answering.get(memory, ()):
                    drawn[row] = drawn.get(row, 0.0) + reciprocity(row) * number_on_day(counts) * amount
            for row, acts in drawn.items():
                matrix[row, column] = matrix.get((row, column), 0.0) + share * acts / unit
    return tuple((row, column, acts) for (row, column), acts in matrix.items() if acts != 0.0)


def _answering(channels: list[Channel], scenario: Scenario) -> dict[Remembered, list[tuple[int, Quantity | None]]]:
    """List the channels that answer each memory, by their places in the order of names, each with the share that counts."""
    rows: dict[Remembered, list[tuple[int, Quantity | None]]] = {}
    for row, channel in enumerate(channels):
        for memory in answers(channel, scenario):
            rows.setdefault((channel[0], memory.memory, memory.of), []).append((row, memory.share))
    return rows


@lru_cache(maxsize=64)  # the points of a sweep mostly share one matrix
def spectral_radius_of(matrix: Entries) -> float:
    """Compute the spectral radius of a matrix without negative entries: that of its largest block.

    Channels that draw acts from one another both ways make a block (a strongly connected component). Infinite if an
    entry is infinite or no number.
    """
    if not all(math.isfinite(number) for _, _, number in matrix):
        return math.inf
    followers: dict[int, list[int]] = {}
    for row, column, _ in matrix:
        followers.setdefault(column, []).append(row)
    block_of = {place: index for index, block in enumerate(strong_components(followers)) for place in block}
    blocks: dict[int, list[tuple[int, int, float]]] = {}
    for row, column, number in matrix:
        if block_of[row] == block_of[column]:
            blocks.setdefault(block_of[row], []).append((row, column, number))
    return max((_radius_of_block(block) for block in blocks.values()), default=0.0)


def strong_components(followers: dict[int, list[int]]) -> list[list[int]]:
    """Divide a directed graph into its strongly connected components (Tarjan 1972), without recursion."""
    order: dict[int, int] = {}  # in which a place was reached
    lowest: dict[int, int] = {}  # first place on the path that can be reached from it
    path: list[int] = []  # places of components that are not complete
    on_path: set[int] = set()
    components: list[list[int]] = []
    for root in followers:
        walk = [] if root in order else [(root, iter(followers[root]))]
        while walk:
            place, rest = walk[-1]
            if place not in order:
                order[place] = lowest[place] = len(order)
                path.append(place)
                on_path.add(place)
            for follower in rest:
                if follower not in order:
                    walk.append((follower, iter(followers.get(follower, ()))))
                    break
                if follower in on_path:
                    lowest[place] = min(lowest[place], order[follower])
            else:
                walk.pop()
                if walk:
                    lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[place])
                if lowest[place] == order[place]:
                    cut = path.index(place)
                    components.append(path[cut:])
                    on_path.difference_update(path[cut:])
                    del path[cut:]
    return components


def _radius_of_block(block: list[tuple[int, int, float]]) -> float:
    """Compute the spectral radius of one block; of a single channel, its entry.

    It lies between the least and the largest sum of a row. Scaling by the solution of a linear system, over which no row
    can win, brings them together, doubling the digits at each step (Noda 1971); if not in time, the upper one counts.
    """
    if len(block) == 1:
        return block[0][2]
    import numpy as np  # here: most of what reads a scenario file needs no arrays

    places = {place: index for index, place in enumerate(sorted({row for row, _, _ in block}))}
    matrix = np.zeros((len(places), len(places)))
    for row, column, number in block:
        matrix[places[row], places[column]] = number
    largest = float(np.max(matrix))  # taken out, so that no sum is more than a number can hold
    matrix /= largest
    most = math.inf
    for _ in range(STEPS):
        sums = matrix.sum(axis=1)
        least, most = float(np.min(sums)), float(np.max(sums))
        if most - least <= TOLERANCE * most:
            break
        above = most * (1.0 + TOLERANCE)  # so that the system has a solution whatever the rounding
        scale = np.linalg.solve(above * np.eye(len(places)) - matrix, np.ones(len(places)))
        matrix = matrix * scale / scale[:, None]
    return most * largest


def _frequency(act: NamedAction, scenario: Scenario, number: Numbers) -> float:
    rules = scenario.rules
    entry = act.entry
    return frequency(
        act.goldstein, number(entry.salience), number(entry.commonness), number(rules.rarity), number(rules.rarity_from)
    )


def _mark(act: NamedAction, number: Numbers) -> float:
    salience = number(act.entry.salience)
    return hostile_mark(act.goldstein, salience) + cooperative_mark(act.goldstein, salience)


def _felt(act: NamedAction, mark: float, sympathies: list[Sympathy], number: Numbers) -> dict[Remembered, float]:
    """Sum what one act adds to each memory: its target's, and those of who feels for the target."""
    memory = "hostility" if act.tone == "hostile" else "goodwill"
    felt = {(act.target, memory, act.actor): mark}
    for sympathy in sympathies:
        key = (sympathy.actor, memory, act.actor)
        felt[key] = felt.get(key, 0.0) + mark * number(sympathy.share)
    for addition in act.entry.adds:
        if addition.to in ("hostility", "goodwill"):
            key = (addition.holder, addition.to, addition.about)
            felt[key] = felt.get(key, 0.0) + number(addition.amount)
    return felt


def _place(scenario: Scenario, tree: Node) -> Place:
    """Find the place of the numbers that draw too much: one that was laid over another, else the rules."""
    keys = {key_of(located) for located in quantities(scenario) if located.path[0] in READ_SECTIONS}
    places = [loss.place for loss in tree.losses() if dotted(loss.path).removesuffix(".value") in keys]
    return places[-1] if places else tree.node_at(("rules",)).place


def branching_problems(scenario: Scenario, tree: Node) -> list[Problem]:
    """Find acts that draw acts without end.

    An error at a radius of 1 unless the scenario allows it, a warning above 0.9.
    """
    radius = spectral_radius(scenario)
    place = _place(scenario, tree)
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
