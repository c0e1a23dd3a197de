"""Where some free numbers of a scenario stand in its tables: found once, and then written straight into the cells.

A cell is a number itself (a base), times a constant (a base of which another is a fixed share), what a night leaves of
a memory with that half-life, or the product of two numbers. Which cells a number moves is found by moving it, so the tables need not say so. A table
with a cell that is made otherwise is made anew as a whole, from a scenario that has the values.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.rules.marks import kept_overnight

Arrays = dict[str, np.ndarray]
TRIALS = (0.9, 0.2, 2.1)  # of their own, on which what is written must be what is made, to the bit


@dataclass
class _Places:
    """Cells of one table, as places in its flat array, with the free numbers that each is made of."""

    scaled: list[tuple[int, int]] = field(default_factory=list)  # cell, number
    scales: list[float] = field(default_factory=list)  # the constant of each of these
    nightly: list[tuple[int, int]] = field(default_factory=list)  # cell, half-life
    products: list[tuple[int, int, int]] = field(default_factory=list)  # cell, number, number


class Cells:
    """Tables of one scenario at other values of its free numbers.

    Parameters: values, the scenario's own values of the free numbers; make, returns all tables at such values, the
    slow way.
    """

    def __init__(self, values: Sequence[float], make: Callable[[Sequence[float]], Mapping[str, np.ndarray]]):
        trials = [_moved(values, share) for share in TRIALS]
        truth = [make(trial) for trial in trials]
        self.moved_by: dict[str, set[int]] = {name: set() for name in truth[0]}
        self.blank = {name: table.copy() for name, table in truth[0].items()}
        self.half_lives: list[int] = []
        places, unlike = self._find(trials[0], truth[0], make)
        self.columns = {
            name: [
                np.array(list(zip(*rows, strict=True)), np.int64)
                for rows in (table_places.scaled, table_places.nightly, table_places.products)
            ]
            for name, table_places in places.items()
        }
        self.scales = {name: np.array(table_places.scales) for name, table_places in places.items()}
        self.half_lives = sorted({number for table_places in places.values() for _, number in table_places.nightly})
        for trial, wanted in zip(trials, truth, strict=True):
            unlike |= _differing(wanted, {**self.blank, **self.written(trial)})
        self.made_anew = sorted(unlike)  # tables
        self.columns = {name: columns for name, columns in self.columns.items() if name not in unlike}
        needed = set().union(*(self.moved_by[name] for name in self.made_anew))
        for trial, wanted in zip(trials, truth, strict=True):
            without_the_rest = [trial[k] if k in needed else float(values[k]) for k in range(len(values))]
            if _differing(wanted, make(without_the_rest)) & unlike:  # a move to 1 alone did not show all
                needed = set(range(len(values)))
        self.needed = sorted(needed)  # free numbers that move a table which is made anew

    def written(self, values: Sequence[float]) -> Arrays:
        """Return the tables that some free number moves, but for those that are made anew."""
        numbers = np.array(values, float)
        shares = np.zeros(len(numbers))
        for number in self.half_lives:
            shares[number] = kept_overnight(float(numbers[number]))
        tables = {}
        for name, (scaled, nightly, products) in self.columns.items():
            table = self.blank[name].copy()
            flat = table.reshape(-1)
            if len(scaled):
                flat[scaled[0]] = numbers[scaled[1]] * self.scales[name]
            if len(nightly):
                flat[nightly[0]] = shares[nightly[1]]
            if len(products):
                flat[products[0]] = numbers[products[1]] * numbers[products[2]]
            tables[name] = table
        return tables

    def _find(
        self,
        values: list[float],
        tables: Mapping[str, np.ndarray],
        make: Callable[[Sequence[float]], Mapping[str, np.ndarray]],
    ) -> tuple[dict[str, _Places], set[str]]:
        """Find what each cell is made of, by table; and the tables of which some cell is made otherwise."""
        numbers_of: dict[str, dict[int, list[int]]] = {name: {} for name in tables}
        at_one: dict[str, dict[int, float]] = {
            name: {} for name in tables
        }  # cells where the last number that moves them is 1
        for number in range(len(values)):
            for name, table in make([*values[:number], 1.0, *values[number + 1 :]]).items():
                for cell in np.flatnonzero(table.reshape(-1) != tables[name].reshape(-1)).tolist():
                    numbers_of[name].setdefault(cell, []).append(number)
                    at_one[name][cell] = float(table.reshape(-1)[cell])
                    self.moved_by[name].add(number)
        places = {name: _Places() for name in tables if numbers_of[name]}
        unlike = set()
        for name, table_places in places.items():
            flat = tables[name].reshape(-1)
            for cell, numbers in numbers_of[name].items():
                content = float(flat[cell])
                if len(numbers) == 1 and content == values[numbers[0]] * at_one[name][cell]:
                    table_places.scaled.append((cell, numbers[0]))
                    table_places.scales.append(at_one[name][cell])
                elif len(numbers) == 1 and content == kept_overnight(values[numbers[0]]):
                    table_places.nightly.append((cell, numbers[0]))
                elif len(numbers) == 2 and content == values[numbers[0]] * values[numbers[1]]:
                    table_places.products.append((cell, numbers[0], numbers[1]))
                else:
                    unlike.add(name)
        return {name: table_places for name, table_places in places.items() if name not in unlike}, unlike


def _differing(tables: Mapping[str, np.ndarray], others: Mapping[str, np.ndarray]) -> set[str]:
    """Return which tables are not the same to the bit."""
    return {name for name, table in tables.items() if table.tobytes() != others[name].tobytes()}


def _moved(values: Sequence[float], share: float) -> list[float]:
    """Values at about a share of their own, no two moved alike; of 1, for a number that is 0."""
    shares = share + 0.1 * np.random.default_rng(1).random(len(values))
    return [float((value or 1.0) * one_share) for value, one_share in zip(values, shares, strict=True)]
