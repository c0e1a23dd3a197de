"""What an ensemble says of each outcome: an estimate and its 95 % interval.

The intervals are simulation error only: how far another ensemble of as many runs, with the same parameters,
might differ. They say nothing about the parameters.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.results.outcomes import class_outcome, unit_of
from sim.results.tally import Tally
from sim.rules.metrics import PATHS
from sim.scenario.questions import Question

NORMAL = 1.959963984540054  # half a 95 % interval in standard errors


def intervals_are(drawn: bool = False, how: str = "simulation error only") -> str:
    """What must be said of intervals; drawn: each run has numbers drawn from a fit."""
    numbers = "each run has a draw of the fit's numbers" if drawn else "parameters are fixed"
    return f"95 % intervals are {how}: {numbers}, and this is not a forecast's certainty."


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


def kind_of(unit: str) -> Literal["share", "mean", "median"]:
    """How outcomes of a unit are summed up."""
    if unit in ("share", "path"):
        return "share"
    return "median" if unit in ("date", "rung") else "mean"


def names_of(question: Question) -> list[str]:
    """The names of a question's estimates: one, or one for each path class."""
    return [class_outcome(question, path) for path in PATHS] if unit_of(question) == "path" else [question.name]


def estimates(tally: Tally, only: Collection[str] | None = None) -> list[Estimate]:
    """An estimate of every outcome, or of those whose questions are named; a path class is a share each."""
    found: list[Estimate] = []
    for number, question in enumerate(tally.compiled.questions):
        if only is not None and question.name not in only:
            continue
        counts, unit = tally.of(number), unit_of(question)
        if unit == "path":
            names = names_of(question)
            found += [_share(question, counts, code, names[code], path) for code, path in enumerate(PATHS)]
        elif unit == "share":
            found.append(_share(question, counts, 1))
        elif unit == "date":
            found.append(_median(question, counts[:-1], int(counts.sum())))
        elif unit == "rung":
            found.append(_median(question, counts, int(counts.sum())))
        else:
            found.append(_mean(question, counts, tally.values(number)))
    return found


def wilson(hits: int, runs: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson 1927): what SciPy reckons, in closed form, for it is asked very often."""
    share, squared = hits / runs, NORMAL**2 / runs
    middle = (share + squared / 2) / (1 + squared)
    half = NORMAL * math.sqrt(share * (1 - share) / runs + squared / (4 * runs)) / (1 + squared)
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == runs else middle + half)


def _share(question: Question, counts: np.ndarray, code: int, name: str = "", meaning: str = "") -> Estimate:
    hits, runs = int(counts[code]), int(counts.sum())
    low, high = wilson(hits, runs)
    return Estimate(
        name or question.name,
        meaning or question.meaning,
        "share",
        "share",
        hits / runs,
        low,
        high,
        runs,
        runs,
        question.headline,
    )


def _mean(question: Question, counts: np.ndarray, values: np.ndarray) -> Estimate:
    """The mean, with the normal interval of its standard error."""
    seen = counts > 0
    counts, values, runs = counts[seen], values[seen], int(counts.sum())
    mean = float(counts @ values) / runs
    spread = float(counts @ (values - mean) ** 2) if math.isfinite(mean) else math.nan
    error = NORMAL * math.sqrt(spread / (runs - 1) / runs) if runs > 1 else math.nan
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


def _median(question: Question, counts: np.ndarray, runs: int) -> Estimate:
    """The median of the runs in which it came, with the exact interval of its order statistics if there is one."""
    ranks = np.cumsum(counts)  # how many runs lie at or below each value
    came = int(ranks[-1])

    def at(rank: int) -> float:
        return float(np.searchsorted(ranks, rank, side="right"))

    ends = _median_ranks(came)
    low, high = (at(ends[0]), at(ends[1])) if ends is not None else (math.nan, math.nan)
    return Estimate(
        question.name,
        question.meaning,
        unit_of(question),
        "median",
        at((came - 1) // 2) if came else math.nan,
        low,
        high,
        came,
        runs,
        question.headline,
    )


def _median_ranks(count: int) -> tuple[int, int] | None:
    """Ranks between which the median lies with at least 95 %: no assumption on the distribution.

    None for fewer than six numbers, whose whole span holds it with less.
    """
    from scipy.stats import binom

    low = int(binom.ppf(0.025, count, 0.5)) - 1
    return (low, count - 1 - low) if low >= 0 else None
