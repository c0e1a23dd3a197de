"""Compare other run folders with the first: one table of all, and the acts by which their runs part."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sim.figures.report.answer import Headline
from sim.figures.report.changes import Changes, changes_between
from sim.figures.report.digits import digits_of, ends_text, estimate_text, signed
from sim.figures.report.sentences import meaning_of
from sim.figures.scale import FEW, RunScale
from sim.figures.style import spelled
from sim.figures.words import capitalised
from sim.results.estimates import Estimate
from sim.results.run_folder import RunFolder
from sim.scenario.problems import Place, Problem, UserError
from sim.study.compare import Comparison, compare
from sim.study.differences import Difference

MOST_ACTS = 3  # by which runs part, in a sentence


@dataclass(frozen=True)
class RunComparison:
    """Another run beside the first: what it sets otherwise, and what comes of it."""

    first_name: str
    variant: Headline
    changes: Changes
    comparison: Comparison

    @property
    def differences(self) -> list[Difference]:
        """Return the paired differences of the headline outcomes."""
        return [difference for difference in self.comparison.differences if difference.headline]

    @cached_property
    def by_name(self) -> dict[str, Difference]:
        """Return the differences by the names of their outcomes."""
        return {difference.name: difference for difference in self.differences}

    @property
    def parting(self) -> str:
        """Say in a sentence or two how many pairs of runs part, when, and by which acts."""
        parting = self.comparison.parting
        if parting.parted == 0 or parting.median_day is None:
            return f"In all {parting.runs:,} pairs of runs with the same luck the same acts are done."
        text = f"Runs are paired by the same luck. Of {parting.runs:,} pairs {parting.parted:,} part: in half of these the acts differ by {spelled(parting.median_day)}"
        ranked = sorted(parting.acts.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_ACTS]
        acts = [
            f"{self._act(name)} ({RunScale(parting.parted).short(count / parting.parted)}, only under “{self._side(side)}”)"
            for (side, name), count in ranked
        ]
        return f"{text}. The act by which they first differ is most often one of these: {'; '.join(acts)}."

    def _side(self, side: str) -> str:
        return self.variant.name if side == "there" else self.first_name

    def _act(self, name: str) -> str:
        for compiled in (self.comparison.here, self.comparison.there):
            for act in compiled.acts:
                if act.name == name:
                    labels = {key: actor.label for key, actor in compiled.loaded.scenario.actors.items()}
                    return f"{labels[act.actor]} → {labels[act.target]}: {act.entry.meaning}"
        return name


@dataclass(frozen=True)
class OutcomeRow:
    """A line of the table of outcomes: cells beside its meaning, what happened last."""

    meaning: str
    cells: list[str]
    happened: str


@dataclass(frozen=True)
class CheckRow:
    """A line of the table for whoever checks: how many pairs differ, the effect, the test."""

    meaning: str
    cells: list[str]


def compare_folders(first: Headline, variant: Headline) -> RunComparison:
    """Play the runs of two folders again in pairs, as many as both have.

    Raises UserError if their runs are not pairs: another seed, clock or fit.
    """
    here, there = first.folder, variant.folder
    if why := here.no_pair_of(there):
        raise UserError(
            [Problem(Place(str(there.path), 0), "", why, "runs with the same --seed, clock and --posterior")]
        )
    runs = min(here.runs, there.runs)
    comparison = compare(here.compiled, there.compiled, runs, here.seed, posteriors=(here.posterior, there.posterior))
    return RunComparison(first.name, variant, changes_between(here, there), comparison)


def outcome_rows(first: Headline, comparisons: Sequence[RunComparison], shares: bool) -> list[OutcomeRow]:
    """Lay out the headline outcomes: the first run's value and, of each other, its value with the difference.

    Parameters: shares, whether those that come or not, with the days on which they do; else those that are measured.
    """
    rows = []
    for estimate in first.outcomes:
        if estimate.headline and is_event(estimate) == shares:
            row = [estimate_text(estimate, first.folder), ends_text(estimate, first.folder)]
            cells = [row[0] + (f" ({row[1]})" if row[1] else "")]
            cells += [cell for comparison in comparisons for cell in _compared(estimate, comparison)]
            happened = first.happened.answer(estimate.name, spelled)
            rows.append(OutcomeRow(capitalised(meaning_of(first.folder, estimate)), cells, happened))
    return rows


def is_event(estimate: Estimate) -> bool:
    """Tell whether the outcome is a share, or the day by which half of the runs in which it comes have it."""
    return estimate.kind == "share" or (estimate.kind == "median" and estimate.unit.may_never_come)


def _compared(estimate: Estimate, comparison: RunComparison) -> list[str]:
    """Write what another scenario gives, and the difference."""
    variant = next((row for row in comparison.variant.outcomes if row.name == estimate.name), None)
    if variant is None:
        return ["not asked", ""]
    difference = comparison.by_name.get(estimate.name)
    return [
        estimate_text(variant, comparison.variant.folder),
        "" if difference is None else difference_text(difference),
    ]


def difference_text(difference: Difference) -> str:
    """Write a paired difference with its 95 % interval, in the digits that it deserves: `−33 points (−38 to −27)`."""
    if difference.pairs == 0:
        return "never on both sides"
    if difference.differing == 0:
        return "none"
    ends = (difference.difference, difference.low, difference.high)
    if difference.unit.kind == "share" and difference.pairs < FEW:
        gap, low, high = (signed(difference.pairs * number, 0) for number in ends)
        return f"{gap} of {difference.pairs} ({low} to {high})"
    gaps = [difference.unit.gap(number) for number in ends]
    gap, low, high = (signed(number, digits_of(gaps[2] - gaps[1])) for number in gaps)
    return f"{gap} {difference.unit.gap_name or difference.unit.name} ({low} to {high})"


def check_rows(first: RunFolder, comparison: RunComparison) -> list[CheckRow]:
    """Lay out, of each difference, in how many pairs it shows, its effect, the test, and what pairing saves."""
    rows = []
    for difference in comparison.differences:
        estimate = next(row for row in comparison.variant.outcomes if row.name == difference.name)
        meaning = capitalised(meaning_of(comparison.variant.folder, estimate))
        kind = "h" if difference.unit.kind == "share" else "SD"
        effect = "" if math.isnan(difference.effect) else f"{difference.effect:+.2f} {kind}".replace("-", "−")
        test = (
            ""
            if math.isnan(difference.p_value)
            else "< 0.001"
            if difference.p_value < 0.001
            else f"{difference.p_value:.3f}"
        )
        saves = "" if math.isnan(difference.pairing_saves) else f"{difference.pairing_saves:.1f} ×"
        rows.append(CheckRow(meaning, [f"{difference.differing:,} of {difference.pairs:,}", effect, test, saves]))
    return rows
