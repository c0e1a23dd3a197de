"""Draw effects with their intervals, a row each: what each of several changes does to one outcome, over pairs of runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from sim.figures import style
from sim.results.intervals import at_once, rule_of_three
from sim.study.compare import Comparison
from sim.study.differences import Difference

ROW, BELOW, WIDEST = 0.26, 0.5, 3.6  # inches
NAMED = 0.12  # inches between a name and the axis


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


def effects_figure(effects: Sequence[Effect], unit: str, title: str, note: str) -> Figure:
    """Draw a dot and a line for each effect, hollow where the interval includes 0.

    Parameters: unit, the label of the axis.
    """
    names = [style.wrapped(effect.change, style.SMALL_POINTS, WIDEST) for effect in effects]
    left = (
        style.MARGIN
        + NAMED
        + max(style.text_width(line, style.SMALL_POINTS) for name in names for line in name.split("\n"))
    )
    row = ROW + 0.12 * max(name.count("\n") for name in names)
    sheet = style.sheet(title, note, 0.05 + row * len(effects) + BELOW)
    axes = sheet.axes(left, 0.05, style.WIDTH - left - 2 * style.MARGIN, row * len(effects))
    low, high = min(0.0, *(effect.low for effect in effects)), max(0.0, *(effect.high for effect in effects))
    air = 0.05 * (high - low) or 1.0
    axes.set(xlim=(low - air, high + air), ylim=(len(effects) - 0.5, -0.5), yticks=[])
    axes.axvline(0.0, zorder=1, **style.stroke(style.MUTED, 0.9))
    for place, (effect, name) in enumerate(zip(effects, names, strict=True)):
        colour = style.PAIR_COLOURS[0]
        sheet.write(left - NAMED, 0.05 + (place + 0.5) * row, name, ha="right", multialignment="right")
        axes.hlines(place, effect.low, effect.high, color=colour, lw=1.6, zorder=3)
        axes.plot(
            [effect.mean], [place], "o", ms=5.5, mec=colour, mfc=colour if effect.is_sure else style.PAPER, zorder=4
        )
    axes.grid(True, axis="x", color=style.FAINT, linewidth=0.6)
    axes.set_xlabel(unit, **style.lettering(style.SMALL_POINTS))
    return sheet.figure
