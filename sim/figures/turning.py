"""Draw what each past act did to an outcome, on a line of time.

escalate turning baseline
python -m sim.figures.turning outputs/baseline/turning-ID
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import matplotlib.dates as mdates
from matplotlib.figure import Figure

from sim.evidence.effect_table import EffectTable
from sim.figures import style
from sim.figures.options import axis_label, drawable_effects, effect_text, effects_note, size_text
from sim.figures.registry import figure
from sim.study.effects import Effect

HEIGHT, LEFT, BELOW, TOP = 2.6, 0.75, 0.75, 0.1  # inches
MOST_NAMED = 4  # past acts that are named on the line of time


@figure("turning", "what each past act did to an outcome, on a line of time")
def turning_figure(folder: Path) -> Figure:
    """Draw past acts by their days, each with what withholding it changes. Raises CannotBeDrawn where there is none."""
    return turning_points(drawable_effects(folder))


def turning_points(table: EffectTable) -> Figure:
    """Draw past acts by their days, as `sim.turning` returns them."""
    rows = sorted(table.effects, key=lambda row: (row["day"], row["words"]))
    sure = sorted((row for row in rows if row["low"] > 0 or row["high"] < 0), key=lambda row: -abs(row["difference"]))
    title = f"None of {len(rows)} past acts, each withheld in turn, surely changes {table.outcome_words}"
    if sure:
        title = f"{sure[0]['words']}: without it {table.outcome_words} is {effect_text(table, _effect(sure[0]))}, the most of {len(rows)} past acts"
    names = [f"{index + 1}  {_named(row, table.unit)}" for index, row in enumerate(sure[:MOST_NAMED])]
    wide = style.WIDTH - 2 * style.MARGIN
    lines = [style.wrapped(name, style.SMALL_POINTS, wide) for name in names]
    below = BELOW + sum(0.18 * (line.count("\n") + 1) for line in lines) + 0.1
    sheet = style.sheet(title, effects_note(table), TOP + HEIGHT + below)
    axes = sheet.axes(LEFT, TOP, style.WIDTH - LEFT - style.MARGIN, HEIGHT)
    days = [date.fromisoformat(row["day"]) for row in rows]
    first, last = min(days) - timedelta(3), max(days) + timedelta(3)
    axes.axhline(0.0, zorder=1, **style.stroke(style.MUTED, 0.9))
    ends = [number for row in rows for number in (row["low"], row["high"], 0.0)]
    air = 0.12 * (max(ends) - min(ends)) or 1.0
    axes.set_ylim(min(ends) - air, max(ends) + air)
    places = _spread(days)
    for row, place in zip(rows, places, strict=True):
        colour, is_sure = style.PAIR_COLOURS[0], row in sure
        axes.vlines(place, row["low"], row["high"], color=colour, lw=1.6, zorder=3)
        axes.plot(
            [place], [row["difference"]], "o", ms=5.5, mec=colour, mfc=colour if is_sure else style.PAPER, zorder=4
        )
        if row in sure[:MOST_NAMED]:
            axes.annotate(
                f"{sure.index(row) + 1}",
                (place, row["difference"]),
                (7, 0),
                textcoords="offset points",
                va="center",
                fontproperties=style.font(style.SMALL_POINTS, bold=True),
            )
    style.date_axis(axes, first, last)
    axes.set_ylabel(axis_label(table), **style.lettering(style.SMALL_POINTS))
    down = TOP + HEIGHT + BELOW
    for line in lines:
        height = 0.18 * (line.count("\n") + 1)
        sheet.write(style.MARGIN, down + height / 2, line, **style.lettering(style.SMALL_POINTS))
        down += height
    return sheet.figure


def _effect(row: dict[str, Any]) -> Effect:
    return Effect(row["words"], row["difference"], row["low"], row["high"])


def _named(row: dict[str, Any], unit: str) -> str:
    """Write an act with its day and what withholding it changes."""
    sign = "+" if row["difference"] > 0 else "\u2212"
    return f"{row['words']}, {style.spelled(date.fromisoformat(row['day']))}: {sign}{size_text(_effect(row))} {unit}"


def _spread(days: list[date]) -> list[float]:
    """Place acts of one day side by side within it."""
    return [
        mdates.date2num(day) + (days[:index].count(day) - (days.count(day) - 1) / 2) * 0.18
        for index, day in enumerate(days)
    ]


if __name__ == "__main__":
    from sim.figures.plot import script

    script("turning", __doc__)
