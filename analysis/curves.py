"""Shares along one lever: a panel for each value of a second lever, a line for each of the others, with intervals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis import style
from sim.results.estimates import wilson

if TYPE_CHECKING:
    from analysis.tipping import Curve, Tipping

LEFT, HEIGHT, GAP, BELOW = 0.62, 2.2, 0.25, 0.5  # inches
MARKERS = ("o", "s", "^", "D", "v", "X")


def curves_figure(along: str, outcome: str, found: "Sequence[Tipping]") -> Figure:
    """The share of runs with an outcome along a lever; where each line crosses one half is marked on it.

    Raises ValueError if there are more lines than can be told apart.
    """
    *rest, across = found[0].curve.others or {"": ""}
    panels = list(dict.fromkeys(one.curve.others.get(across, "") for one in found))
    lines = list(dict.fromkeys(_line(one.curve, rest) for one in found))
    if len(lines) > len(style.PAIR_COLOURS):
        raise ValueError(f"{len(lines)} lines in a panel cannot be told apart; at most {len(style.PAIR_COLOURS)}")
    runs = found[0].curve.happened.shape[1]
    title = f"{outcome.replace('_', ' ')}: share of runs along {_short(along)}"
    note = (
        f"{runs:,} runs a point, the same luck at each. Bars: 95 % intervals, simulation error only. Rings: one half."
    )
    sheet = style.sheet(title, note, 0.3 + 0.25 + HEIGHT + BELOW)
    width = (style.WIDTH - LEFT - style.MARGIN - GAP * (len(panels) - 1)) / len(panels)
    looks = {line: (style.PAIR_COLOURS[i], MARKERS[i]) for i, line in enumerate(lines)}
    keys = [Line2D([], [], marker=mark, markersize=4, color=colour, lw=1.4) for colour, mark in looks.values()]
    sheet.legend(LEFT, 0.1, keys, lines, heading=" × ".join(_short(key) for key in rest))
    for index, panel in enumerate(panels):
        left = LEFT + index * (width + GAP)
        sheet.write(left, 0.38, _value(panel), **style.lettering(style.LABEL_POINTS, bold=True))
        axes = sheet.axes(left, 0.55, width, HEIGHT)
        for one in found:
            if one.curve.others.get(across, "") == panel:
                _draw(axes, one, *looks[_line(one.curve, rest)])
        levels = found[0].curve.levels
        air = 0.04 * float(np.ptp(levels))
        axes.set_xlim(levels[0] - air, levels[-1] + air)
        style.value_axis(axes, "share of runs" if index == 0 else "", 0, 1)
        if index:
            axes.set_yticklabels([])
        axes.axhline(0.5, zorder=1.5, **style.stroke(style.INK, 0.8, (0, (4, 2))))
        axes.set_xlabel(_short(along), **style.lettering(style.SMALL_POINTS))
    return sheet.figure


def _draw(axes: Any, one: "Tipping", colour: str, marker: str) -> None:
    curve = one.curve
    ends = np.array([wilson(int(row.sum()), row.size) for row in curve.happened])
    axes.vlines(curve.levels, ends[:, 0], ends[:, 1], color=colour, lw=1.2, zorder=2)
    axes.plot(curve.levels, curve.shares, color=colour, lw=1.4, marker=marker, markersize=3.5, zorder=3, clip_on=False)
    if np.isfinite(one.level):  # crossed within the levels that were played
        axes.plot([one.level], [0.5], "o", markersize=9, mfc="none", mec=colour, mew=1.2, zorder=4)


def _line(curve: "Curve", rest: Sequence[str]) -> str:
    return ", ".join(_value(curve.others[key]) for key in rest) or "all"


def _short(key: str) -> str:
    """The words of a dotted key that a reader needs."""
    parts = [part for part in key.split(".") if part not in ("parameters", "actors", "value")]
    return " ".join(parts).replace("_", " ")


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")
