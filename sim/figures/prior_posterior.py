"""Draw what was believed of each number before the record, and after: a row a number, on the scale of its prior.

escalate fit baseline --until 2017-09-15
python -m sim.figures.prior_posterior outputs/baseline/fit-ID
"""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.evidence.priors import Prior, Priors
from sim.figures import style
from sim.figures.registry import figure
from sim.figures.wording import wording_in
from sim.figures.words import percent
from sim.keeping import read_rows
from sim.results.intervals import NORMAL

ROW, LEFT, RIGHT, BELOW, TOP = 0.26, 2.6, 2.5, 0.45, 0.5  # inches
LINE = style.SMALL_POINTS * style.LINE
BEFORE, AFTER = style.SHADE, style.PAIR_COLOURS[0]
EDGE = 2.4  # standard deviations of the prior that are always shown
NOTABLE = 0.1  # of the standard deviation of the prior: a number of which less was learned is as uncertain as before


def prior_posterior_rows(title: str, rows: Sequence[dict[str, Any]], names: Sequence[str], priors: Priors) -> Figure:
    """Draw the prior and posterior of each number (95 %), with its values at the side.

    Parameters: rows, a number each: number, median, low, high, default and learned, in its own unit; names, in words;
    priors, of the same numbers in the same order. The axis counts standard deviations of each prior.
    """
    names = [style.wrapped(name, style.SMALL_POINTS, LEFT - style.MARGIN - 0.1) for name in names]
    heights = np.array([max(ROW, 0.08 + LINE * (name.count("\n") + 1)) for name in names])
    middles = np.cumsum(heights) - heights / 2
    note = "Grey: 95 % of what was believed before. Blue: median and 95 % after the record; beside it in the number's own unit. Cross: the scenario's own value. "
    note += "Narrower by: how much smaller the standard deviation is after the record, on this axis; a dash where it is no smaller. What was learned most comes first."
    sheet = style.sheet(title, note, TOP + float(heights.sum()) + BELOW)
    keys = [
        Patch(facecolor=BEFORE),
        Line2D([], [], color=AFTER, marker="o", ms=4),
        Line2D([], [], color=style.INK, marker="x", ls="none", ms=5),
    ]
    sheet.legend(style.MARGIN, 0.1, keys, ["before", "after", "the scenario's own value"])
    bold = style.lettering(style.SMALL_POINTS, bold=True)
    sheet.write(style.WIDTH - RIGHT + 0.1, TOP - 0.1, "after (95 %)", **bold)
    sheet.write(style.WIDTH - style.MARGIN, TOP - 0.1, "narrower by", ha="right", **bold)
    axes = sheet.axes(LEFT, TOP, style.WIDTH - LEFT - RIGHT, float(heights.sum()))
    axes.axvspan(-NORMAL, NORMAL, color=BEFORE, zorder=0)
    axes.axvline(0.0, color=style.PAPER, lw=1, zorder=1)
    points = {
        name: priors.deviates(np.array([row[name] for row in rows])) for name in ("median", "low", "high", "default")
    }
    for index, (row, place) in enumerate(zip(rows, middles, strict=True)):
        axes.hlines(place, points["low"][index], points["high"][index], color=AFTER, lw=2, zorder=3)
        axes.plot(points["median"][index], place, "o", color=AFTER, ms=4, zorder=4)
        axes.plot(points["default"][index], place, "x", color=style.INK, ms=5, zorder=5)
        value = f"{_number(row['median'])} ({_number(row['low'])} to {_number(row['high'])})"
        sheet.write(style.WIDTH - RIGHT + 0.1, TOP + float(place), value)
        learned = percent(row["learned"]) if row["learned"] > 0.0 else "–"
        sheet.write(style.WIDTH - style.MARGIN, TOP + float(place), learned, ha="right")
    axes.set_ylim(float(heights.sum()), 0.0)
    axes.set_xlim(min(-EDGE, *(points["low"] - 0.2)), max(EDGE, *(points["high"] + 0.2)))
    axes.set_yticks(middles, names, linespacing=1.2, **style.lettering(style.SMALL_POINTS))
    axes.set_xlabel(
        style.wrapped(
            "standard deviations of what was believed before", style.SMALL_POINTS, style.WIDTH - LEFT - RIGHT
        ),
        **style.lettering(style.SMALL_POINTS),
    )
    return sheet.figure


@figure("fit", "what was believed of each number before the record, and after it; what was learned most comes first")
def prior_posterior_figure(folder: Path) -> Figure:
    """Draw the folder of a fit. Raises UserError if a table of it cannot be read."""
    rows = sorted(read_rows(folder / "numbers.parquet"), key=lambda row: (-row["learned"], row["number"]))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    wording = wording_in(folder)
    names = [wording.number(row["number"]) for row in rows]
    priors = [
        Prior(
            row["number"], row["prior_family"], row["prior_first"], row["prior_second"], row["unit"], row["default"], ""
        )
        for row in rows
    ]
    since, until = (style.spelled(date.fromisoformat(manifest[key])) for key in ("since", "until"))
    state = "" if manifest["converged"] else " (the chains have not converged)"
    most = rows[0]["learned"]
    taught = (
        f"narrows one number most, “{names[0]}”, by {percent(most)}"
        if most >= NOTABLE
        else "teaches next to nothing of any number"
    )
    title = f"{manifest['scenario']}: the record from {since} to {until} {taught}{state}"
    return prior_posterior_rows(title, rows, names, Priors(priors))


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}"


if __name__ == "__main__":
    from sim.figures.plot import script

    script("prior_posterior", __doc__)
