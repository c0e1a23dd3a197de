"""Paired differences of outcomes between two scenarios under one seed, from counts of what each pair of runs gave.

Runs are paired by their luck: two runs of one number differ only where a hazard does. So a difference is taken
run by run, and its interval is far narrower than that of two ensembles apart.
"""

import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from sim.results.intervals import mean_drawn_again
from sim.results.units import Component, Unit
from sim.rules.arrays import BOOTSTRAP
from sim.rules.luck import drawn
from sim.scenario.compile import address
from sim.scenario.outline import outline

DRAWS = 2_000  # of the paired bootstrap


@dataclass
class Pairs:
    """What the pairs of runs gave in one outcome: counts of (here, there), in whole cells of its unit."""

    outcome: Component
    counts: Counter[tuple[int, int]] = field(default_factory=Counter)
    alone: int = 0  # pairs in which it came on one side only, or on neither

    def add(self, here: np.ndarray, there: np.ndarray) -> None:
        """Count some pairs of runs.

        here, there: float64 (runs,); NaN for never.
        """
        came = ~(np.isnan(here) | np.isnan(there))
        self.alone += int((~came).sum())
        width = self.outcome.unit.width
        cells = np.stack([(side[came] / width + 0.5).astype(np.int64) for side in (here, there)])
        pairs, counts = np.unique(cells, axis=1, return_counts=True)
        self.counts.update({(int(a), int(b)): int(count) for (a, b), count in zip(pairs.T, counts, strict=True)})


@dataclass(frozen=True)
class Difference:
    """One outcome's difference, there less here, with its 95 % interval: paired bootstrap, simulation error only."""

    name: str
    meaning: str
    unit: Unit
    headline: bool
    pairs: int  # over which it is taken
    differing: int  # of them
    here: float
    there: float
    difference: float
    low: float
    high: float
    effect: float  # shares: Cohen's h; else in standard deviations of the reference; NaN where it has none
    p_value: float  # shares: exact McNemar test (McNemar 1947); NaN elsewhere
    pairing_saves: float  # how many times fewer runs than two ensembles apart would need; NaN where nothing differs

    def __repr__(self) -> str:
        parts = f"{self.difference:+.6g} ({self.low:+.6g} to {self.high:+.6g}) {self.unit}, of {self.pairs:,} pairs"
        return outline(self, self.name, parts)


def difference(pairs: Pairs, seed: int) -> Difference:
    """Return the difference that some pairs of runs show.

    seed: of the bootstrap's luck.
    """
    outcome = pairs.outcome
    cells = np.array(list(pairs.counts), np.int64).reshape(-1, 2)
    counts = np.array(list(pairs.counts.values()), np.int64)
    order = np.lexsort(cells.T)
    here, there = cells[order].T * outcome.unit.width
    counts, total = counts[order], int(counts.sum())
    gap = there - here
    differing = int(counts[gap != 0].sum())
    means = [float(counts @ side) / total if total else math.nan for side in (here, there, gap)]
    random = np.random.default_rng(_address(seed, outcome.name))
    low, high = mean_drawn_again(gap, counts, random, DRAWS) if differing else (0.0, 0.0)
    spreads = [_variance(side, counts, mean) for side, mean in zip((here, there, gap), means, strict=True)]
    share = outcome.unit.kind == "share"
    return Difference(
        outcome.name,
        outcome.meaning,
        outcome.unit,
        outcome.headline,
        total,
        differing,
        means[0],
        means[1],
        means[2],
        low if total else math.nan,
        high if total else math.nan,
        effect=_cohens_h(means[0], means[1]) if share else _ratio(means[2], math.sqrt(spreads[0])),
        p_value=_mcnemar(gap, counts) if share else math.nan,
        pairing_saves=_ratio(spreads[0] + spreads[1], spreads[2]),
    )


@np.errstate(over="ignore")  # hashes wrap round on purpose; only seen without the compiler
def _address(seed: int, name: str) -> int:
    """Derive a seed of its own for each outcome's bootstrap."""
    return int(drawn(seed, 0, 0, BOOTSTRAP, np.uint64(address(name))) * 2**53)


def _variance(values: np.ndarray, counts: np.ndarray, mean: float) -> float:
    total = int(counts.sum())
    return float(counts @ (values - mean) ** 2) / (total - 1) if total > 1 else math.nan


def _ratio(over: float, under: float) -> float:
    return over / under if under > 0.0 else math.nan


def _cohens_h(here: float, there: float) -> float:
    """Return the difference of two shares on a scale of even spread (Cohen 1988)."""
    return 2.0 * (math.asin(math.sqrt(there)) - math.asin(math.sqrt(here)))


def _mcnemar(gap: np.ndarray, counts: np.ndarray) -> float:
    """Return the two-sided chance of so uneven a split of the pairs that differ.

    A fair coin thrown for each of them: the exact test of McNemar (1947).
    """
    more, less = int(counts[gap > 0].sum()), int(counts[gap < 0].sum())
    if more == less:
        return 1.0
    fewer, rest = min(more, less), max(more, less)
    return min(1.0, 2.0 * float(special.betainc(rest, fewer + 1, 0.5)))
