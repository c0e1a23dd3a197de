"""How often each outcome took each value: integer counts, so that no order or block of runs can change a byte.

Outcomes that are whole numbers are counted exactly. Others are rounded to the width of their unit's cells, so that an
average is off by half of it at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.results.units import unit_of
from sim.scenario.compile import Compiled
from sim.scenario.outline import outline


@dataclass(frozen=True)
class Cells:
    """Where the counts of each of Q questions lie in one long row."""

    starts: np.ndarray  # int64 (Q,)
    sizes: np.ndarray  # int64 (Q,): the last cell is the day that never came, or all beyond
    widths: np.ndarray  # float64 (Q,): how much of a value goes into one cell

    @property
    def total(self) -> int:
        """Return how many cells there are in all."""
        return int(self.sizes.sum())

    def mask_of(self, questions: Sequence[int]) -> np.ndarray:
        """Mark the cells of some questions, given by their places: bool (cells,)."""
        chosen = np.zeros(self.total, bool)
        for question in questions:
            chosen[self.starts[question] : self.starts[question] + self.sizes[question]] = True
        return chosen


def cells_of(compiled: Compiled) -> Cells:
    """Return the cells that a scenario's outcomes need."""
    units = [(unit_of(question), question) for question in compiled.questions]
    sizes = np.array([unit.cells(question, compiled) for unit, question in units], np.int64)
    widths = np.array([unit.width for unit, _ in units])
    return Cells(np.cumsum(sizes) - sizes, sizes, widths)


@dataclass
class Tally:
    """Counts of every outcome of a scenario over some runs."""

    compiled: Compiled
    counts: np.ndarray  # int64 (cells,)

    def __repr__(self) -> str:
        sizes = f"{len(self.compiled.questions)} outcomes, {len(self.counts):,} cells"
        return outline(self, self.compiled.loaded.scenario.name, sizes)

    @cached_property
    def cells(self) -> Cells:
        """Return where the counts of each question lie."""
        return cells_of(self.compiled)

    def counts_of(self, question: int) -> np.ndarray:
        """Return the counts of the values of one question, by its place: int64 (sizes,)."""
        start = int(self.cells.starts[question])
        return self.counts[start : start + int(self.cells.sizes[question])]

    def add(self, outcomes: np.ndarray) -> None:
        """Count some runs: float64 (runs, Q), none below 0; NaN is a day that never came."""
        for question in range(outcomes.shape[1]):
            size, width = int(self.cells.sizes[question]), float(self.cells.widths[question])
            values = np.nan_to_num(outcomes[:, question], nan=size - 1.0)
            cells = np.minimum((values / width + 0.5).astype(np.int64), size - 1)
            self.counts_of(question)[:] += np.bincount(cells, minlength=size)


def empty_tally(compiled: Compiled) -> Tally:
    """Build a tally of no run."""
    return Tally(compiled, np.zeros(cells_of(compiled).total, np.int64))


def tallied(compiled: Compiled, outcomes: np.ndarray) -> Tally:
    """Tally some runs: float64 (runs, questions)."""
    tally = empty_tally(compiled)
    tally.add(outcomes)
    return tally
