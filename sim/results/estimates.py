"""What an ensemble says of each outcome: an estimate and its 95 % interval.

The intervals are simulation error only: how far another ensemble of as many runs, with the same parameters,
might differ. They say nothing about the parameters.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.results.intervals import mean_of_counts, medians_of_counts, wilson
from sim.results.tally import Tally
from sim.results.units import Component, Kind, Unit, unit_of
from sim.scenario.compile import Compiled
from sim.scenario.outline import outline

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
    counted_runs: int
    runs: int
    headline: bool

    def __repr__(self) -> str:
        parts = f"{self.value:.6g} ({self.low:.6g} to {self.high:.6g}) {self.unit}, of {self.counted_runs:,} runs"
        return outline(self, self.name, parts)

    @property
    def kind(self) -> Kind:
        """Return how runs are summed up: share, mean or median."""
        return self.unit.kind


def intervals_are(compiled: Compiled | None = None, drawn: bool = False, extent: str = "simulation error only") -> str:
    """State what 95 % intervals cover, in one sentence.

    Parameters: compiled, the scenario that was played; drawn, whether each run has numbers drawn from a fit; extent,
    what the intervals cover.
    """
    return f"95 % intervals are {extent}: {numbers_of_runs(compiled, drawn)}; this is not a forecast's certainty."


def numbers_of_runs(compiled: Compiled | None, drawn: bool) -> str:
    """State which numbers differ between runs, as half a sentence."""
    numbers = "each run has a draw of the fit's numbers" if drawn else "parameters are fixed"
    if compiled is None or not compiled.tables.learns.any():
        return numbers
    if compiled.bases == "mean":
        return f"{numbers}, and every run has the mean of each base"
    return f"{numbers}, and each run draws the bases that the record leaves open"


def estimates(tally: Tally, only: Collection[str] | None = None) -> list[Estimate]:
    """Estimate every outcome, in the order of the scenario; a question of classes, a share of each.

    Parameters: tally, of one run or more; only, names of the questions that are wanted, all if none are given.

    >>> from sim import estimates, load, simulate
    >>> estimates(simulate(load("border"), runs=50).totals.tally)[0].name
    'shots_before_deadline'
    """
    counted = [
        _Counted(component, counts)
        for number, question in enumerate(tally.compiled.questions)
        if only is None or question.name in only
        for component, counts in zip(
            unit_of(question).components(question), unit_of(question).split_counts(tally.counts_of(number)), strict=True
        )
    ]
    by_name: dict[str, Estimate] = {}
    for kind, summed_up in SUMMARIES.items():  # all of a kind at once
        of_kind = [outcome for outcome in counted if outcome.component.unit.kind == kind]
        by_name |= {
            outcome.component.name: outcome.estimate(*summary)
            for outcome, summary in zip(of_kind, summed_up(of_kind), strict=True)
        }
    return [by_name[outcome.component.name] for outcome in counted]


@dataclass(frozen=True)
class _Counted:
    """What is reported, and how often each of its values came."""

    component: Component
    counts: np.ndarray  # int64 (cells,), of all runs

    @cached_property
    def came(self) -> np.ndarray:
        """Return the counts of the runs in which it came."""
        return self.counts[:-1] if self.component.unit.may_never_come else self.counts

    def estimate(self, value: float, low: float, high: float) -> Estimate:
        """Return the estimate with its interval."""
        component, counted_runs, runs = self.component, int(self.came.sum()), int(self.counts.sum())
        return Estimate(
            component.name, component.meaning, component.unit, value, low, high, counted_runs, runs, component.headline
        )


def _shares(counted: list[_Counted]) -> Iterable[Summary]:
    hits = np.array([outcome.came[1] for outcome in counted], np.int64)
    runs = np.array([outcome.came.sum() for outcome in counted], np.int64)
    return zip((hits / runs).tolist(), *(ends.tolist() for ends in wilson(hits, runs)), strict=True)


def _means(counted: list[_Counted]) -> Iterable[Summary]:
    return [
        mean_of_counts(outcome.component.unit.cell_values(len(outcome.counts))[: len(outcome.came)], outcome.came)
        for outcome in counted
    ]


def _medians(counted: list[_Counted]) -> Iterable[Summary]:
    widths = [outcome.component.unit.width for outcome in counted]
    medians = medians_of_counts([outcome.came for outcome in counted])
    return [(width * cell, width * low, width * high) for width, (cell, low, high) in zip(widths, medians, strict=True)]


SUMMARIES: dict[Kind, Callable[[list[_Counted]], Iterable[Summary]]] = {
    "share": _shares,
    "mean": _means,
    "median": _medians,
}
