"""Draw what was believed of each number before the record, and after: a row a number, on the scale of its prior.

escalate fit baseline --until 2017-09-15
python -m sim.figures.prior_posterior outputs/baseline/fit-ID
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.evidence.priors import Prior, Priors
from sim.figures import style
from sim.figures.registry import figure
from sim.keeping import read_rows
from sim.results.intervals import NORMAL

ROW, LEFT, RIGHT, BELOW = 0.26, 2.75, 1.95, 0.45  # inches
BEFORE, AFTER = style.SHADE, style.PAIR_COLOURS[0]
EDGE = 2.4  # standard deviations of the prior that are always shown


def prior_posterior_rows(title: str, rows: Sequence[dict[str, Any]], priors: Priors) -> Figure:
    """Draw the prior and posterior of each number (95 %), with its values at the side.

    Parameters: rows, a number each: number, median, low, high and default, in its own unit; priors, of the same numbers
    in the same order. The axis counts standard deviations of each prior.
    """
    height = len(rows) * ROW
    note = "Grey: 95 % of what was believed before. Blue: median and 95 % after the record; beside it in the number's own unit. Cross: the scenario's own value. "
    note += "A blue line as long as the grey band says that the record taught nothing of this number."
    sheet = style.sheet(title, note, 0.35 + height + BELOW)
    keys = [
        Patch(facecolor=BEFORE),
        Line2D([], [], color=AFTER, marker="o", ms=4),
        Line2D([], [], color=style.INK, marker="x", ls="none", ms=5),
    ]
    sheet.legend(style.MARGIN, 0.1, keys, ["before", "after", "the scenario's own value"])
    axes = sheet.axes(LEFT, 0.35, style.WIDTH - LEFT - RIGHT, height)
    axes.axvspan(-NORMAL, NORMAL, color=BEFORE, zorder=0)
    axes.axvline(0.0, color=style.PAPER, lw=1, zorder=1)
    points = {
        name: priors.deviates(np.array([row[name] for row in rows])) for name in ("median", "low", "high", "default")
    }
    for place, row in enumerate(rows):
        axes.hlines(place, points["low"][place], points["high"][place], color=AFTER, lw=2, zorder=3)
        axes.plot(points["median"][place], place, "o", color=AFTER, ms=4, zorder=4)
        axes.plot(points["default"][place], place, "x", color=style.INK, ms=5, zorder=5)
        value = f"{_number(row['median'])} ({_number(row['low'])} to {_number(row['high'])})"
        sheet.write(style.WIDTH - RIGHT + 0.1, 0.35 + (place + 0.5) * ROW, value)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(min(-EDGE, *(points["low"] - 0.2)), max(EDGE, *(points["high"] + 0.2)))
    axes.set_yticks(range(len(rows)), [_label(row) for row in rows], **style.lettering(style.SMALL_POINTS))
    axes.set_xlabel("standard deviations of what was believed before", **style.lettering(style.SMALL_POINTS))
    return sheet.figure


@figure("fit", "what was believed of each number before the record, and after it")
def prior_posterior_figure(folder: Path) -> Figure:
    """Draw the folder of a fit. Raises UserError if a table of it cannot be read."""
    rows = read_rows(folder / "numbers.parquet")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    priors = [
        Prior(
            row["number"], row["prior_family"], row["prior_first"], row["prior_second"], row["unit"], row["default"], ""
        )
        for row in rows
    ]
    most_learned = max(rows, key=lambda row: row["learned"])
    state = "" if manifest["converged"] else " (the chains have not converged)"
    title = f"{manifest['scenario']}: the record from {manifest['since']} to {manifest['until']} taught most of {_label(most_learned)}{state}"
    return prior_posterior_rows(title, rows, Priors(priors))


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}"


def _label(row: dict[str, Any]) -> str:
    section, _, name = row["number"].partition(".")
    if section == "channels":
        actor, target, tone = (part.replace("_", " ") for part in name.split(".")[:3])
        return f"{actor} → {target}, {tone}"
    return str(name if section == "parameters" else row["number"]).replace("_", " ").replace(".", " ")


if __name__ == "__main__":
    from sim.figures.plot import script

    script("prior_posterior", __doc__)
