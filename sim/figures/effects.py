"""Draw effects with their intervals, a row each: what each of several changes does to one outcome, over pairs of runs."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.figures import style
from sim.study.effects import Effect

ROW, BELOW, WIDEST = 0.26, 0.5, 3.6  # inches
NAMED = 0.12  # inches between a name and the axis


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
