"""How often each outcome took each value: integer counts, so that no order or block of runs can change a byte.

Outcomes that are whole numbers are counted exactly. Marks are rounded to a fixed width, so that an average is off by
half of it at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.results.outcomes import unit_of
from sim.rules.metrics import PATHS
from sim.scenario.compile import Compiled

MARK_WIDTH = 0.002  # marks
MARK_BINS = 20_000  # the last one is open: 40 marks and more
RUNGS = 6


@dataclass(frozen=True)
class Cells:
    """Where the counts of each of Q questions lie in one long row."""

    starts: np.ndarray  # int64 (Q,)
    sizes: np.ndarray  # int64 (Q,): the last cell is the day that never came, or all beyond
    widths: np.ndarray  # float64 (Q,): how much of a value goes into one cell

    @property
    def total(self) -> int:
        return int(self.sizes.sum())

    def of(self, questions: Sequence[int]) -> np.ndarray:
        """bool (cells,): which cells are some questions'."""
        chosen = np.zeros(self.total, bool)
        for question in questions:
            chosen[self.starts[question] : self.starts[question] + self.sizes[question]] = True
        return chosen


def cells_of(compiled: Compiled) -> Cells:
    """The cells that a scenario's outcomes need."""
    units = [unit_of(question) for question in compiled.questions]
    acts = [compiled.days * len(question.acts) + 2 for question in compiled.questions]
    sizes = {"share": 2, "path": len(PATHS), "rung": RUNGS, "date": compiled.days + 1, "days": compiled.days + 2}
    most = [MARK_BINS if unit == "marks" else sizes.get(unit, most) for unit, most in zip(units, acts, strict=True)]
    ends = np.cumsum(np.array(most, np.int64))
    widths = np.array([MARK_WIDTH if unit == "marks" else 1.0 for unit in units])
    return Cells(ends - most if most else ends, np.array(most, np.int64), widths)


@dataclass
class Tally:
    """Counts of every outcome of a scenario over some runs."""

    compiled: Compiled
    counts: np.ndarray  # int64 (cells,)

    @cached_property
    def cells(self) -> Cells:
        return cells_of(self.compiled)

    def of(self, question: int) -> np.ndarray:
        """int64 (sizes,): counts of one question's values."""
        start = int(self.cells.starts[question])
        return self.counts[start : start + int(self.cells.sizes[question])]

    def values(self, question: int) -> np.ndarray:
        """float64 (sizes,): what each of these cells stands for; infinite where that is all beyond."""
        values = np.arange(self.cells.sizes[question]) * self.cells.widths[question]
        if unit_of(self.compiled.questions[question]) == "marks":
            values[-1] = np.inf
        return values

    def add(self, outcomes: np.ndarray) -> None:
        """Count some runs: float64 (runs, Q); NaN is a day that never came."""
        for question in range(outcomes.shape[1]):
            size, width = int(self.cells.sizes[question]), float(self.cells.widths[question])
            values = np.nan_to_num(outcomes[:, question], nan=size - 1.0)
            found = np.minimum((values / width + 0.5).astype(np.int64), size - 1)
            self.of(question)[:] += np.bincount(found, minlength=size)


def empty_tally(compiled: Compiled) -> Tally:
    """A tally of no run."""
    return Tally(compiled, np.zeros(cells_of(compiled).total, np.int64))


def tallied(compiled: Compiled, outcomes: np.ndarray) -> Tally:
    """The tally of some runs: float64 (runs, Q)."""
    tally = empty_tally(compiled)
    tally.add(outcomes)
    return tally
