"""Draw how likely an outcome is over two levers at once.

escalate sweep backing
python -m sim.figures.heat outputs/backing/ID
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.scale import RunScale
from sim.figures.sweep_folder import SweepTable, read_sweep

CELL, MOST_WIDE, WIDEST = 0.34, 1.6, 2.2  # inches: a cell, and the name of a value
LINE = style.SMALL_POINTS * style.LINE
MOST_PANELS = 6
# From pale to dark in one hue, so that the order survives in grey and for every eye.
PALE, DARK, BLACK = "#f4efe3", "#12375c", "#000000"


def heat_map(
    panels: dict[str, np.ndarray],
    across: tuple[str, Sequence[str]],
    down: tuple[str, Sequence[str]],
    title: str,
    note: str,
    scale: RunScale,
) -> Figure:
    """Draw a panel of shares for each name, with the number in every cell.

    Parameters: panels, by name, float64 (down, across), shares of 0 to 1; across and down, the words of a lever and of its
    values; scale, how shares are written. What is likelier than one half is outlined.
    """
    columns, rows = len(across[1]), len(down[1])
    names = [style.wrapped(name, style.SMALL_POINTS, WIDEST) for name in down[1]]
    cell = max(CELL, 0.08 + LINE * (1 + max(name.count("\n") for name in names)))
    left = (
        style.MARGIN
        + 0.1
        + max(style.text_width(line, style.SMALL_POINTS) for name in names for line in name.splitlines())
    )
    wide = min(MOST_WIDE, (style.WIDTH - left - style.MARGIN) / columns)
    below = [style.wrapped(name, style.SMALL_POINTS, wide - 0.06) for name in across[1]]
    deep = LINE * max(name.count("\n") + 1 for name in below)
    room = style.WIDTH - 2 * style.MARGIN
    headings = [style.wrapped(name, style.SMALL_POINTS, room, bold=True) for name in panels]
    levers = style.wrapped(f"Down: {down[0]}. Across: {across[0]}.", style.SMALL_POINTS, room)
    top = LINE * (levers.count("\n") + 1)
    height = sum(rows * cell + 0.14 + LINE * (heading.count("\n") + 1) for heading in headings)
    sheet = style.sheet(title, note, top + height + deep + 0.12)
    sheet.write(style.MARGIN, top / 2, levers, linespacing=1.2)
    for heading, shares in zip(headings, panels.values(), strict=True):
        top += 0.14 + LINE * (heading.count("\n") + 1)
        sheet.write(left, top - 0.05, heading, linespacing=1.2, **{**style.lettering(style.SMALL_POINTS, bold=True), "va": "bottom", "ha": "left"} if len(panels) > 1 else {})  # fmt: skip
        axes = sheet.axes(left, top, columns * wide, rows * cell)
        axes.set(xlim=(0, columns), ylim=(rows, 0))
        _cells(axes, shares, scale)
        _outline(axes, shares > 0.5)
        axes.set_yticks(np.arange(rows) + 0.5, names, linespacing=1.2, **style.lettering(style.SMALL_POINTS))
        axes.set_xticks(np.arange(columns) + 0.5, [""] * columns)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        top += rows * cell
    for column, name in enumerate(below):
        sheet.write(left + (column + 0.5) * wide, top + 0.06, name, ha="center", va="top", linespacing=1.2)
    return sheet.figure


def _cells(axes: Axes, shares: np.ndarray, scale: RunScale) -> None:
    """Draw the cells of a panel, each with its number, of runs or percent."""
    for (row, column), share in np.ndenumerate(shares):
        colour = style.mixed(DARK, float(share), PALE)
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor=colour, edgecolor=style.PAPER, linewidth=1))
        # on the middle tones only black has enough contrast
        ink = max((style.PAPER, BLACK), key=lambda choice: style.contrast(choice, colour))
        letters = style.lettering(style.SMALL_POINTS, ink, bold=bool(share > 0.5))
        words = f"{scale.whole * share:.0f}"
        axes.text(column + 0.5, row + 0.5, words, ha="center", va="center_baseline", **letters)


def _outline(axes: Any, likely: np.ndarray) -> None:
    """Draw a line between what is likelier than not and what is not."""
    rows, columns = likely.shape
    look = {**style.stroke(style.PAIR_COLOURS[2], 2.2), "zorder": 4}
    for row in range(rows):
        for column in range(columns):
            if column + 1 < columns and likely[row, column] != likely[row, column + 1]:
                axes.plot([column + 1, column + 1], [row, row + 1], **look)
            if row + 1 < rows and likely[row, column] != likely[row + 1, column]:
                axes.plot([column, column + 1], [row + 1, row + 1], **look)


@figure("sweep", "how likely an outcome is over two levers")
def heat_figure(folder: Path, outcome: str | None = None) -> Figure:
    """Draw a share of a sweep over its two levers with most values.

    Parameters: outcome, the share, the first if None. There is a panel for each combination of the other levers.
    Raises CannotBeDrawn if there is no such share, or the points are not a table of a readable size.
    """
    sweep = read_sweep(folder)
    if not sweep.shares or outcome not in (None, *sweep.shares):
        raise CannotBeDrawn(
            f"no share of this sweep is called '{outcome}'; allowed: {', '.join(sweep.shares) or 'none'}"
        )
    return heat_of_levers(sweep, *_levers(sweep), outcome or sweep.shares[0])


def heat_of_levers(sweep: SweepTable, across: str, down: str, outcome: str) -> Figure:
    """Draw one share of a sweep over two of its levers.

    Raises CannotBeDrawn if a pair of their values was not played, or there are too many panels or columns to read.
    """
    others = [key for key in sweep.keys if key not in (across, down)]
    values = {key: sweep.values(key) for key in sweep.keys}
    combinations = list(dict.fromkeys(tuple(row[key] for key in others) for row in sweep.rows))
    if len(combinations) > MOST_PANELS or len(values[across]) > 24:
        raise CannotBeDrawn(f"{len(combinations)} panels of {len(values[across])} columns are too many to read")
    wording, scale = sweep.wording, RunScale(sweep.runs)
    panels: dict[str, np.ndarray] = {}
    for combination in combinations:
        shares = np.full((len(values[down]), len(values[across])), np.nan)
        for row in sweep.rows:
            if tuple(row[key] for key in others) == combination:
                place = values[down].index(row[down]), values[across].index(row[across])
                shares[place] = row[outcome]
        if np.isnan(shares).any():
            raise CannotBeDrawn(
                f"not every pair of values of {across} and {down} was played: a grid, or levers, is needed"
            )
        named = zip(others, combination, strict=True)
        panels[", ".join(f"{wording.number(key)}: {wording.value(value)}" for key, value in named)] = shares
    every = np.concatenate([shares.ravel() for shares in panels.values()])
    sure = sum(row[f"{outcome}.low"] > 0.5 for row in sweep.rows)
    title = f"{wording.outcome(outcome)}: from {scale.short(float(every.min()))} to {scale.text(float(every.max()))}; surely likelier than not at {sure or 'none'} of {len(sweep.rows)} points"
    cells = f"how many of the {sweep.runs} runs" if scale.is_counted else "the share of runs (%)"
    note = f"{sweep.name}. In each cell {cells}; {sweep.runs_words}. 95 % intervals reach at most ±{sweep.reach(outcome):.0f} points (simulation error only)."
    note += " Yellow line: one half." if ((every > 0.5).any() and (every <= 0.5).any()) else ""
    words = {key: [wording.value(value) for value in values[key]] for key in (across, down)}
    return heat_map(
        panels, (wording.number(across), words[across]), (wording.number(down), words[down]), title, note, scale
    )


def _levers(sweep: SweepTable) -> tuple[str, str]:
    by_size = sorted(sweep.keys, key=lambda key: -len(sweep.values(key)))
    if len(by_size) < 2 or len(sweep.values(by_size[1])) < 2:
        raise CannotBeDrawn("this sweep has fewer than two levers with several values")
    return by_size[0], by_size[1]


if __name__ == "__main__":
    from sim.figures.plot import script

    script("heat", __doc__)
