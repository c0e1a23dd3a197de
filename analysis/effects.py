"""Effects with their intervals, one a row: what each of several changes does to one outcome, over pairs of runs."""

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
        """Whether the interval leaves out 0."""
        return self.low > 0.0 or self.high < 0.0


def of(found: Comparison, outcome: str) -> Difference:
    """One outcome of a comparison. Raises KeyError for one that it does not have."""
    return {one.name: one for one in found.differences}[outcome]


def effect(change: str, found: Comparison, outcome: str) -> Effect:
    """One outcome of a comparison as a row, in the unit of its differences. Raises KeyError for one that it does not have."""
    one = of(found, outcome)
    if one.unit.kind == "share" and one.differing == 0:  # what was not seen in so many pairs: the rule of three
        reach = one.unit.gap(rule_of_three(one.pairs))
        return Effect(change, 0.0, -reach, reach)
    return Effect(change, *(one.unit.gap(number) for number in (one.difference, one.low, one.high)))


def together(effects: Sequence[Effect]) -> list[Effect]:
    """The same with intervals that hold all at once in 95 % of cases (Bonferroni, normal): where the largest of several is told."""
    wider = at_once(len(effects))
    return [
        Effect(one.change, one.mean, one.mean - wider * (one.mean - one.low), one.mean + wider * (one.high - one.mean))
        for one in effects
    ]


def effects_figure(effects: Sequence[Effect], unit: str, title: str, note: str) -> Figure:
    """A dot and a line each, hollow where the interval includes 0."""
    names = [style.wrapped(one.change, style.SMALL_POINTS, WIDEST) for one in effects]
    left = (
        style.MARGIN
        + NAMED
        + max(style.text_width(line, style.SMALL_POINTS) for name in names for line in name.split("\n"))
    )
    row = ROW + 0.12 * max(name.count("\n") for name in names)
    sheet = style.sheet(title, note, 0.05 + row * len(effects) + BELOW)
    axes = sheet.axes(left, 0.05, style.WIDTH - left - 2 * style.MARGIN, row * len(effects))
    low, high = min(0.0, *(one.low for one in effects)), max(0.0, *(one.high for one in effects))
    air = 0.05 * (high - low) or 1.0
    axes.set(xlim=(low - air, high + air), ylim=(len(effects) - 0.5, -0.5), yticks=[])
    axes.axvline(0.0, zorder=1, **style.stroke(style.MUTED, 0.9))
    for place, (one, name) in enumerate(zip(effects, names, strict=True)):
        colour = style.PAIR_COLOURS[0]
        sheet.write(left - NAMED, 0.05 + (place + 0.5) * row, name, ha="right", multialignment="right")
        axes.hlines(place, one.low, one.high, color=colour, lw=1.6, zorder=3)
        axes.plot([one.mean], [place], "o", ms=5.5, mec=colour, mfc=colour if one.is_sure else style.PAPER, zorder=4)
    axes.grid(True, axis="x", color=style.FAINT, linewidth=0.6)
    axes.set_xlabel(unit, **style.lettering(style.SMALL_POINTS))
    return sheet.figure
