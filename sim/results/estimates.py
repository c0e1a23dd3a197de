"""What an ensemble says of each outcome: an estimate and its 95 % interval.

The intervals are simulation error only: how far another ensemble of as many runs, with the same parameters,
might differ. They say nothing about the parameters.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.results.intervals import mean_of_counts, median_of_counts, wilson
from sim.results.outcomes import class_outcome, unit_of
from sim.results.tally import Tally
from sim.rules.metrics import PATHS
from sim.scenario.questions import Question


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


def _share(question: Question, counts: np.ndarray, code: int, name: str = "", meaning: str = "") -> Estimate:
    hits, runs = int(counts[code]), int(counts.sum())
    low, high = (float(end) for end in wilson(hits, runs))
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
    runs = int(counts.sum())
    mean, low, high = mean_of_counts(values, counts)
    return Estimate(
        question.name, question.meaning, unit_of(question), "mean", mean, low, high, runs, runs, question.headline
    )


def _median(question: Question, counts: np.ndarray, runs: int) -> Estimate:
    """The median of the runs in which it came, with the exact interval of its order statistics if there is one."""
    median, low, high = median_of_counts(counts)
    came = int(counts.sum())
    return Estimate(
        question.name, question.meaning, unit_of(question), "median", median, low, high, came, runs, question.headline
    )
