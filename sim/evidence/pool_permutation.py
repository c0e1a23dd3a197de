"""Does it matter whose shield is whose? All assignments of the cases' shields to the cases, as sums of tables.

The statistic of an assignment is how much likelier the term makes the acts of all cases, at the weight of 0 or more that
suits it best. Without the term every assignment is the same, so its tables stand at the numbers without the term.
p is the share of assignments whose statistic is that of the true one or more.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

MOST_EXACT = 5040  # assignments of seven cases
SAMPLED = 5000
TIED = 1e-9


@dataclass(frozen=True)
class Permuted:
    """The outcome of a permutation test."""

    statistic: float  # of the true assignment, in nats
    p: float
    assignments: int
    is_exact: bool


def assignments_of(count: int, seed: int) -> tuple[np.ndarray, bool]:
    """List assignments of so many shields to as many cases: all, the true one first, or a sample of them behind it.

    Returns int64 (assignments, count), and whether these are all.
    """
    if math.factorial(count) <= MOST_EXACT:
        return np.array(list(permutations(range(count)))), True
    rng = np.random.default_rng(seed)
    return np.array([range(count), *(rng.permutation(count) for _ in range(SAMPLED))]), False


def statistics_of(curves: np.ndarray, zero: int, orders: np.ndarray) -> np.ndarray:
    """Compute the statistic of each assignment: float64 (assignments,).

    Parameters: curves, float64 (cases, shields, weights), ln L of each case under the shield of each, over weights of 0
    or more; zero, the place of weight 0; orders, int64 (assignments, cases), whose shield each case gets.
    """
    gains = curves - curves[:, :, [zero]]
    best = np.empty(len(orders))
    for start in range(0, len(orders), 1000):  # a few thousand assignments at once would take much room
        chosen = orders[start : start + 1000]
        sums = sum(gains[case][chosen[:, case]] for case in range(len(gains)))
        best[start : start + 1000] = np.asarray(sums).max(axis=1)
    return best


def permuted(curves: np.ndarray, zero: int, seed: int) -> Permuted:
    """Test the true assignment against all others.

    Parameters as `statistics_of`; shield k is that of case k. seed, of the sample where there are too many assignments.
    """
    orders, is_exact = assignments_of(len(curves), seed)
    statistics = statistics_of(curves, zero, orders)
    as_good = statistics >= statistics[0] - TIED
    return Permuted(float(statistics[0]), float(as_good.mean()), len(orders), is_exact)


def places_of(values: Sequence[float], among: Sequence[float]) -> list[int]:
    """Return the places of values in a list that holds them."""
    return [list(among).index(value) for value in values]
