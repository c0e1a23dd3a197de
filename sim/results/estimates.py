"""What an ensemble says of each outcome: an estimate and its 95 % interval.

The intervals are simulation error only: how far another ensemble of as many runs, with the same parameters,
might differ. They say nothing about the parameters.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.results.outcomes import unit_of
from sim.rules.metrics import PATHS
from sim.scenario.compile import Compiled
from sim.scenario.questions import Question

CAVEAT = "95 % intervals are simulation error only: parameters are fixed, and this is not a forecast's certainty."


@dataclass(frozen=True, slots=True)
class Estimate:
    """One line of the table. Dates are day indices; `of` counts the runs that the number is taken over."""

    name: str
    meaning: str
    unit: str
    kind: Literal["share", "mean", "median"]
    value: float
    low: float
    high: float
    of: int
    runs: int
    headline: bool


def estimates(compiled: Compiled, outcomes: np.ndarray) -> list[Estimate]:
    """An estimate of every outcome; `outcomes` is float64 (runs, questions). A path class is a share each."""
    found: list[Estimate] = []
    for column, question in enumerate(compiled.questions):
        values = outcomes[:, column]
        if unit_of(question) == "path":
            found += [
                _share(question, values == code, f".{name.replace(' ', '_')}", name) for code, name in enumerate(PATHS)
            ]
        elif unit_of(question) == "share":
            found.append(_share(question, values > 0))
        elif unit_of(question) in ("date", "rung"):
            found.append(_median(question, values))
        else:
            found.append(_mean(question, values))
    return found


def wilson(hits: int, runs: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson 1927), as SciPy reckons it."""
    from scipy.stats import binomtest

    interval = binomtest(hits, runs).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def _share(question: Question, hits: np.ndarray, suffix: str = "", meaning: str = "") -> Estimate:
    count, runs = int(hits.sum()), len(hits)
    low, high = wilson(count, runs)
    return Estimate(
        question.name + suffix,
        meaning or question.meaning,
        "share",
        "share",
        count / runs,
        low,
        high,
        runs,
        runs,
        question.headline,
    )


def _mean(question: Question, values: np.ndarray) -> Estimate:
    """The mean, with the normal interval of its standard error."""
    runs = len(values)
    mean = float(values.mean())
    error = 1.959964 * float(values.std(ddof=1)) / math.sqrt(runs) if runs > 1 else math.nan
    return Estimate(
        question.name,
        question.meaning,
        unit_of(question),
        "mean",
        mean,
        mean - error,
        mean + error,
        runs,
        runs,
        question.headline,
    )


def _median(question: Question, values: np.ndarray) -> Estimate:
    """The median of the runs in which it came, with the exact interval of its order statistics if there is one."""
    came = np.sort(values[~np.isnan(values)])
    middle = float(came[(len(came) - 1) // 2]) if len(came) else math.nan
    low, high = _median_ranks(len(came)) or (None, None)
    numbers = (middle, math.nan if low is None else float(came[low]), math.nan if high is None else float(came[high]))
    return Estimate(
        question.name,
        question.meaning,
        unit_of(question),
        "median",
        *numbers,
        len(came),
        len(values),
        question.headline,
    )


def _median_ranks(count: int) -> tuple[int, int] | None:
    """Ranks between which the median lies with at least 95 %: no assumption on the distribution.

    None for fewer than six numbers, whose whole span holds it with less.
    """
    from scipy.stats import binom

    low = int(binom.ppf(0.025, count, 0.5)) - 1
    return (low, count - 1 - low) if low >= 0 else None
