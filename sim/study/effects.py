"""Effects with their intervals: what a change does to one outcome, over pairs of runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.results.intervals import at_once, rule_of_three
from sim.study.compare import Comparison
from sim.study.differences import Difference


@dataclass(frozen=True)
class Effect:
    """What a change does to an outcome: its difference over pairs of runs, and the 95 % interval."""

    change: str
    mean: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Say whether the interval excludes 0."""
        return self.low > 0.0 or self.high < 0.0


def outcome_difference(comparison: Comparison, outcome: str) -> Difference:
    """Return the difference of one outcome of a comparison. Raises KeyError for one that it does not have."""
    return {difference.name: difference for difference in comparison.differences}[outcome]


def outcome_effect(change: str, comparison: Comparison, outcome: str) -> Effect:
    """Return the effect on one outcome of a comparison.

    Parameters: change, what was changed, in words; outcome, its name. The effect is in the unit of its differences.
    Raises KeyError for an outcome that the comparison does not have.
    """
    difference = outcome_difference(comparison, outcome)
    if (
        difference.unit.kind == "share" and difference.differing == 0
    ):  # what was not seen in so many pairs: the rule of three
        reach = difference.unit.gap(rule_of_three(difference.pairs))
        return Effect(change, 0.0, -reach, reach)
    return Effect(
        change, *(difference.unit.gap(number) for number in (difference.difference, difference.low, difference.high))
    )


def simultaneous_intervals(effects: Sequence[Effect]) -> list[Effect]:
    """Widen intervals so that all hold at once in 95 % of cases.

    Needed where the largest of several effects is reported (Bonferroni 1936; normal intervals).
    """
    wider = at_once(len(effects))
    return [
        Effect(
            effect.change,
            effect.mean,
            effect.mean - wider * (effect.mean - effect.low),
            effect.mean + wider * (effect.high - effect.mean),
        )
        for effect in effects
    ]
