"""Draw what each case says of the term that is put to the test, and what all say together: a row a case.

escalate pool CASE CASE CASE
python -m sim.figures.forest outputs/pool/ID
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.words import percent
from sim.keeping import read_rows

ROW, LEFT, RIGHT, BELOW, TOP, APART = 0.3, 2.0, 2.45, 0.45, 0.35, 0.12  # inches
LINE = style.SMALL_POINTS * style.LINE
ALL = "all together"
LEAST, MOST = 3.0, 9.0  # points, of the marks of cases that know nothing, and everything


def forest_rows(title: str, note: str, unit: str, rows: Sequence[dict[str, Any]]) -> Figure:
    """Draw an interval for each case and, below a line, one for all together.

    Parameters: rows, of keys case, title, value, low, high, low_is_open, high_is_open, knows (0 to 1) and shield (0 to 1, none
    for all together); the row of all together last. unit: of the axis.
    """
    labels = [_label(row) for row in rows]
    heights = np.array([max(ROW, 0.06 + LINE * (label.count("\n") + 1)) for label in labels])
    heights[-1] += APART  # a line divides all together from the cases
    middles = np.cumsum(heights) - heights / 2
    middles[-1] += APART / 2
    height = float(heights.sum())
    sheet = style.sheet(title, note, TOP + height + BELOW)
    keys = {
        "a case; the larger, the more it knows": Line2D([], [], color=style.INK, marker="s", ms=5),
        ALL: Line2D([], [], color=style.INK, marker="D", ms=7, lw=2.4),
    }
    if any(row["low_is_open"] or row["high_is_open"] for row in rows):
        keys["goes on beyond the axis"] = Line2D([], [], color=style.INK, marker=">", ls="none", ms=5)
    sheet.legend(style.MARGIN, 0.1, list(keys.values()), list(keys))
    axes = sheet.axes(LEFT, TOP, style.WIDTH - LEFT - RIGHT, height)
    axes.axvline(0.0, zorder=1.5, **style.stroke(style.MUTED, 1.0, (0, (4, 2))))
    for row, middle in zip(rows, middles.tolist(), strict=True):
        _draw_row(axes, middle, row)
        value = (
            "says nothing"
            if _unknown(row)
            else f"{row['value']:.1f} ({row['low']:.1f} to {row['high']:.1f})".replace("-", "\u2212")
        )
        weight = "bold" if row["case"] == ALL else "normal"
        sheet.write(style.WIDTH - RIGHT + 0.1, TOP + middle, value, fontweight=weight)
        if row["case"] != ALL:
            sheet.write(style.WIDTH - style.MARGIN, TOP + middle, percent(row["knows"]), ha="right")
    bold = style.lettering(style.SMALL_POINTS, bold=True)
    sheet.write(style.WIDTH - RIGHT + 0.1, TOP - 0.08, "value (95 %)", **bold)
    sheet.write(style.WIDTH - style.MARGIN, TOP - 0.08, "knows", ha="right", **bold)
    axes.axhline(height - heights[-1] + APART / 2, zorder=1.5, **style.stroke(style.MUTED, 0.8))
    axes.set_ylim(height, 0.0)
    known = [row for row in rows if not _unknown(row)]
    axes.set_xlim(min(row["low"] for row in known), max(row["high"] for row in known))
    axes.set_yticks(middles, labels, linespacing=1.2, **style.lettering(style.SMALL_POINTS))
    axes.set_xlabel(
        style.wrapped(unit, style.SMALL_POINTS, style.WIDTH - LEFT - RIGHT), **style.lettering(style.SMALL_POINTS)
    )
    return sheet.figure


def _draw_row(axes: Axes, down: float, row: dict[str, Any]) -> None:
    if _unknown(row):
        return
    is_all = row["case"] == ALL
    size = 8.0 if is_all else LEAST + (MOST - LEAST) * math.sqrt(row["knows"])
    axes.hlines(down, row["low"], row["high"], color=style.INK, lw=2.4 if is_all else 1.2, zorder=3)
    axes.plot(row["value"], down, "D" if is_all else "s", color=style.INK, ms=size, zorder=4, clip_on=False)
    for end, mark in (("low", "<"), ("high", ">")):
        if row[f"{end}_is_open"]:
            axes.plot(row[end], down, mark, color=style.INK, ms=5, zorder=4, clip_on=False)


def _unknown(row: dict[str, Any]) -> bool:
    return row["value"] is None or math.isnan(row["value"])


def _label(row: dict[str, Any]) -> str:
    if row["case"] == ALL:
        return ALL
    return style.wrapped(f"{row['title']}, {row['shield']:.2f}", style.SMALL_POINTS, LEFT - style.MARGIN - 0.15)


@figure("pool", "what each case says of the backing term, and what all say together")
def forest_figure(folder: Path) -> Figure:
    """Draw the folder of a pool. Raises UserError if a table of it cannot be read."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    about = {
        row["case"]: {"title": row["title"], "shield": row["shield"]} for row in read_rows(folder / "cases.parquet")
    }
    rows = [row for row in read_rows(folder / "term.parquet") if row["shields"] == "value"]
    if all(_unknown(row) for row in rows):
        raise CannotBeDrawn("no case says anything of the term")
    cases = [row | about[row["case"]] for row in rows if row["case"] != ALL]
    cases.sort(key=lambda row: (-row["shield"], row["case"]))
    units = {row["number"]: row["unit"] for row in read_rows(folder / "numbers.parquet")}
    name = manifest["weight"].rpartition(".")[2].replace("_", " ")
    if manifest["weight"] in units:
        name = f"{name} ({units[manifest['weight']]})"
    note = "Likeliest value and where ln L of the government's acts has fallen by 1.92; the number may be below 0 here, and other shared numbers are those of all cases. "
    note += "After a case's name: its backing. Knows: its part in what all cases know, by how ln L bends."
    title = manifest["headline"].partition(";")[0].partition(" (")[0]
    return forest_rows(title, note, name, [*cases, *(row for row in rows if row["case"] == ALL)])


if __name__ == "__main__":
    from sim.figures.plot import script

    script("forest", __doc__)
