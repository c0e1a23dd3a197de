"""Draw how likely an outcome is over two levers at once.

escalate sweep backing
python -m sim.figures.heat outputs/backing/ID
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.sweep_folder import SweepTable, read_sweep
from sim.figures.words import capitalised, lever_in_words, percent, value_in_words

CELL, MOST_WIDE = 0.34, 1.6  # inches
MOST_PANELS = 6
# From pale to dark in one hue, so that the order survives in grey and for every eye.
PALE, DARK, BLACK = "#f4efe3", "#12375c", "#000000"


def heat_map(
    panels: dict[str, np.ndarray],
    across: tuple[str, Sequence[Any]],
    down: tuple[str, Sequence[Any]],
    title: str,
    note: str,
) -> Figure:
    """Draw a panel of shares for each name, with the number in every cell.

    Parameters: panels, by name, float64 (down, across), shares of 0 to 1; across and down, the words of a lever and its
    values. What is likelier than one half is outlined.
    """
    columns, rows = len(across[1]), len(down[1])
    names = [value_in_words(value) for value in down[1]]
    left = style.MARGIN + 0.45 + max(style.text_width(name, style.SMALL_POINTS) for name in names)
    wide = min(MOST_WIDE, (style.WIDTH - left - style.MARGIN) / columns)
    panel = rows * CELL
    sheet = style.sheet(title, note, len(panels) * (panel + 0.3) + 0.5)
    for index, (name, shares) in enumerate(panels.items()):
        top = 0.28 + index * (panel + 0.3)
        sheet.write(left, top - 0.12, name, **style.lettering(style.SMALL_POINTS, bold=True))
        axes = sheet.axes(left, top, columns * wide, panel)
        axes.set(xlim=(0, columns), ylim=(rows, 0))
        for row in range(rows):
            for column in range(columns):
                share = float(shares[row, column])
                likely = share > 0.5
                colour = style.mixed(DARK, share, PALE)
                axes.add_patch(Rectangle((column, row), 1, 1, facecolor=colour, edgecolor=style.PAPER, linewidth=1))
                ink = max(
                    (style.PAPER, BLACK), key=lambda choice: style.contrast(choice, colour)
                )  # on the middle tones only black has enough
                letters = style.lettering(style.SMALL_POINTS, ink, bold=likely)
                axes.text(column + 0.5, row + 0.5, f"{100 * share:.0f}", ha="center", va="center_baseline", **letters)
        _outline(axes, shares > 0.5)
        axes.set_yticks(np.arange(rows) + 0.5, names, **style.lettering(style.SMALL_POINTS))
        last = index == len(panels) - 1
        below = [value_in_words(value) for value in across[1]] if last else [""] * columns
        axes.set_xticks(np.arange(columns) + 0.5, below, **style.lettering(style.SMALL_POINTS))
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.set_ylabel(style.wrapped(down[0], style.SMALL_POINTS, panel), **style.lettering(style.SMALL_POINTS))
        if last:
            axes.set_xlabel(across[0], **style.lettering(style.SMALL_POINTS))
    return sheet.figure


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
        panels[
            ", ".join(
                f"{lever_in_words(key, sweep.labels)} {value_in_words(value)}"
                for key, value in zip(others, combination, strict=True)
            )
            or ""
        ] = shares
    every = np.concatenate([shares.ravel() for shares in panels.values()])
    sure = sum(row[f"{outcome}.low"] > 0.5 for row in sweep.rows)
    title = f"{capitalised(outcome.replace('_', ' '))}: from {percent(every.min())} to {percent(every.max())} of runs; surely likelier than not at {sure} of {len(sweep.rows)} points"
    note = f"{sweep.name}. In each cell the share of runs (%); {sweep.runs_words}. 95 % intervals reach at most ±{sweep.reach(outcome):.1f} points (simulation error only). Yellow line: one half."
    return heat_map(
        panels,
        (lever_in_words(across, sweep.labels), values[across]),
        (lever_in_words(down, sweep.labels), values[down]),
        title,
        note,
    )


def _levers(sweep: SweepTable) -> tuple[str, str]:
    by_size = sorted(sweep.keys, key=lambda key: -len(sweep.values(key)))
    if len(by_size) < 2 or len(sweep.values(by_size[1])) < 2:
        raise CannotBeDrawn("this sweep has fewer than two levers with several values")
    return by_size[0], by_size[1]


if __name__ == "__main__":
    from sim.figures.plot import script

    script("heat", __doc__)
