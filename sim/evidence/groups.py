"""Runs in groups, whose sums are drawn again: the intervals of what is measured of an ensemble (Efron 1979).

Groups of runs are as alike as runs are, so drawing them again has the spread of drawing runs again, and takes no more
memory for a million of them than for a thousand.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from sim.evidence.sums import Number, Sums, number_of
from sim.results.intervals import middle, wilson

GROUPS = 200  # of the runs of each seed
DRAWS = 1000
FEWEST = 2  # groups: of one alone nothing can be drawn again
MOST = 0.95  # of the draws must say something
LUCK = 20170903  # of the drawing, whatever the seed of the runs


@dataclass
class Groups:
    """Sums of groups of runs, by seed and group.

    Runs that share a draw of the numbers are one group, over all seeds: what their draw does is no chance of theirs.
    """

    number: Number | None = None
    is_share: bool = False
    by_draw: bool = False
    sums: dict[tuple[int, int], np.ndarray] = field(default_factory=dict)

    def add(self, sums: Sums, seed: int, runs: range, draws: np.ndarray | None = None) -> None:
        """Add a block of runs. Parameters: draws, int64 (runs,), which draw of a fit each was played with."""
        self.number, self.by_draw = sums.number, draws is not None
        self.is_share = sums.is_share and not self.by_draw
        labels = np.arange(runs.start, runs.stop) % GROUPS if draws is None else draws
        order = np.argsort(labels, kind="stable")
        names, starts = np.unique(labels[order], return_index=True)
        for label, summed in zip(names.tolist(), np.add.reduceat(sums.of_runs[order], starts), strict=True):
            self.sums[seed, label] = self.sums.get((seed, label), 0.0) + summed

    def of_seed(self, seed: int) -> "Groups":
        """Return the runs of one seed alone."""
        return replace(self, sums={key: sums for key, sums in self.sums.items() if key[0] == seed})

    def interval(self) -> tuple[float, float, float]:
        """Return the number, and between which numbers 95 % of those lie that come of drawing groups again.

        A share of runs has Wilson's interval in place of that: one that every run shows, or none, is not certain.
        All NaN where the runs say nothing; without ends where so few show anything that many a draw of them says nothing.
        """
        assert self.number is not None
        sums = np.array(list(self._together().values()))
        total = sums.sum(axis=0)
        value = float(number_of(self.number, total))
        if np.isnan(value):
            return value, np.nan, np.nan
        if self.is_share:
            low, high = wilson(np.int64(total[0]), np.int64(total[1]))
            return value, float(low), float(high)
        if len(sums) < FEWEST:
            return value, np.nan, np.nan
        drawn = number_of(self.number, _weights(len(sums)) @ sums)
        has_number = np.isfinite(drawn)
        if has_number.mean() < MOST:
            return value, -np.inf, np.inf
        low, high = middle(drawn[has_number])
        return value, float(low), float(high)

    def _together(self) -> dict[tuple[int, int], np.ndarray]:
        """Return the sums of each group; of each draw over all seeds where runs were played with draws."""
        if not self.by_draw:
            return self.sums
        together: dict[tuple[int, int], np.ndarray] = {}
        for (_, draw), sums in self.sums.items():
            together[0, draw] = together.get((0, draw), 0.0) + sums
        return together


@lru_cache(maxsize=8)
def _weights(groups: int) -> np.ndarray:
    """float64 (DRAWS, groups): how often each group is drawn, the same for all statements."""
    rng = np.random.default_rng([LUCK, groups])
    return rng.multinomial(groups, np.full(groups, 1.0 / groups), DRAWS).astype(float)
