"""What an ensemble says of each outcome: an estimate and its 95 % interval.

The intervals are simulation error only: how far another ensemble of as many runs, with the same parameters,
might differ. They say nothing about the parameters.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from sim.results.intervals import mean_of_counts, median_of_counts, wilson
from sim.results.tally import Tally
from sim.results.units import Component, Kind, Unit, unit_of

Summary = tuple[float, float, float]  # the estimate and both ends of its interval


@dataclass(frozen=True, slots=True)
class Estimate:
    """One line of the table. Dates are day indices; `of` counts the runs that the number is taken over."""

    name: str
    meaning: str
    unit: Unit
    value: float
    low: float
    high: float
    of: int
    runs: int
    headline: bool

    @property
    def kind(self) -> Kind:
        """How runs are summed up: share, mean or median."""
        return self.unit.kind


def intervals_are(drawn: bool = False, how: str = "simulation error only") -> str:
    """Return what must be said of intervals. drawn: each run has numbers drawn from a fit."""
    numbers = "each run has a draw of the fit's numbers" if drawn else "parameters are fixed"
    return f"95 % intervals are {how}: {numbers}, and this is not a forecast's certainty."


def estimates(tally: Tally, only: Collection[str] | None = None) -> list[Estimate]:
    """Return an estimate of every outcome, in the order of the scenario; a question of classes gives a share of each.

    Parameters: tally, of one run or more; only, names of the questions that are wanted, all if none are given.
    """
    return [
        _estimate(component, counts)
        for number, question in enumerate(tally.compiled.questions)
        if only is None or question.name in only
        for component, counts in zip(
            unit_of(question).components(question), unit_of(question).split_counts(tally.of(number)), strict=True
        )
    ]


def _estimate(component: Component, counts: np.ndarray) -> Estimate:
    """Sum up the runs in which it came; counts: int64 (cells,) of all runs."""
    unit, runs = component.unit, int(counts.sum())
    came = counts[:-1] if unit.may_never_come else counts
    value, low, high = SUMMARIES[unit.kind](unit, came)
    return Estimate(
        component.name, component.meaning, unit, value, low, high, int(came.sum()), runs, component.headline
    )


def _share(unit: Unit, counts: np.ndarray) -> Summary:
    hits, runs = int(counts[1]), int(counts.sum())
    low, high = wilson(hits, runs)
    return hits / runs, float(low), float(high)


def _mean(unit: Unit, counts: np.ndarray) -> Summary:
    return mean_of_counts(unit.cell_values(len(counts)), counts)


def _median(unit: Unit, counts: np.ndarray) -> Summary:
    median, low, high = (unit.width * cell for cell in median_of_counts(counts))
    return median, low, high


SUMMARIES: dict[Kind, Callable[[Unit, np.ndarray], Summary]] = {"share": _share, "mean": _mean, "median": _median}
