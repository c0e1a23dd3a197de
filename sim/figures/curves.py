"""Draw shares along one lever, with intervals: a panel for each value of a second, a line for each of the others.

escalate sweep backing --keep-runs
python -m sim.figures.curves outputs/backing/ID
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.scale import RunScale
from sim.figures.wording import Wording, wording_in
from sim.results.intervals import wilson
from sim.study.tipping import Curve, Tipping, read_curves, tipping_points

LEFT, HEIGHT, GAP, BELOW = 0.68, 2.2, 0.25, 0.55  # inches
MOST_PANELS = 6


def curves_figure(
    along: str,
    outcome: str,
    tippings: Sequence[Tipping],
    wording: Wording,
    seed: int | None = None,
    log: bool = False,
) -> Figure:
    """Draw the share of runs with an outcome along a lever.

    Where a line crosses one half there is a ring. Parameters: along, the lever; tippings, a line each; wording, of the
    scenario; seed, of all runs, for the note; log, whether the lever has a logarithmic axis. Raises CannotBeDrawn if
    there are more panels or lines than can be told apart.
    """
    *rest, across = tippings[0].curve.others or {"": ""}
    panels = list(dict.fromkeys(tipping.curve.others.get(across, "") for tipping in tippings))
    lines = list(dict.fromkeys(_line(tipping.curve, rest, wording) for tipping in tippings))
    if len(lines) > len(style.PAIR_COLOURS) or len(panels) > MOST_PANELS:
        text = f"{len(panels)} panels of {len(lines)} lines cannot be told apart"
        raise CannotBeDrawn(f"{text}; at most {MOST_PANELS} of {len(style.PAIR_COLOURS)}")
    width = (style.WIDTH - LEFT - style.MARGIN - GAP * (len(panels) - 1)) / len(panels)
    headings = [style.wrapped(wording.value(panel), style.LABEL_POINTS, width, bold=True) for panel in panels]
    tallest = max(heading.count("\n") + 1 for heading in headings) * style.LABEL_POINTS * style.LINE
    looks = {line: _look(index, len(lines)) for index, line in enumerate(lines)}
    scale = RunScale(tippings[0].curve.happened.shape[1])
    luck = "" if seed is None else f" (seed {seed})"
    note = f"{scale.runs:,} {'run' if scale.runs == 1 else 'runs'} a point, the same luck at each{luck}. Bars: 95 % intervals, simulation error only."
    if any(np.isfinite(tipping.level) for tipping in tippings):
        note += " Rings: where one half is crossed, on a straight line between two levels."
    note += f" Panels: {wording.number(across)}." if across else ""
    of_lines = " × ".join(wording.number(key) for key in rest)
    keyed = 0.06 + style.KEY_ROW * (1 + len(style.key_rows(lines))) if rest else 0.0
    top = keyed + tallest + 0.15
    title = f"{wording.outcome(outcome)}: {_summary(wording.number(along), tippings, scale)}"
    sheet = style.sheet(title, note, top + HEIGHT + BELOW)
    if rest:  # the name of the levers, which may be long, has a row of its own
        sheet.write(style.MARGIN, 0.1, style.wrapped(of_lines, style.SMALL_POINTS, style.WIDTH - 2 * style.MARGIN), **style.lettering(style.SMALL_POINTS, bold=True))  # fmt: skip
        sheet.legend_rows(style.MARGIN, 0.1 + style.KEY_ROW, [Line2D([], [], **looks[line]) for line in lines], lines)
    levels = tippings[0].curve.levels
    for index, (panel, heading) in enumerate(zip(panels, headings, strict=True)):
        left = LEFT + index * (width + GAP)
        sheet.write(left, top - 0.05 - tallest / 2, heading, **style.lettering(style.LABEL_POINTS, bold=True))
        axes = sheet.axes(left, top, width, HEIGHT)
        for tipping in tippings:
            if tipping.curve.others.get(across, "") == panel:
                _draw(axes, tipping, looks[_line(tipping.curve, rest, wording)], scale)
        _level_axis(axes, levels, width, log)
        style.value_axis(axes, scale.label if index == 0 else "", 0, scale.whole)
        if index:
            axes.set_yticklabels([])
        axes.axhline(scale.whole / 2, zorder=1.5, **style.stroke(style.INK, 0.8, (0, (4, 2))))
    name = style.wrapped(wording.number(along), style.SMALL_POINTS, style.WIDTH - LEFT - style.MARGIN)
    sheet.write((LEFT + style.WIDTH - style.MARGIN) / 2, top + HEIGHT + 0.38, name, ha="center")
    return sheet.figure


def _level_axis(axes: Any, levels: np.ndarray, width: float, log: bool) -> None:
    """Draw the axis of the lever, with as many ticks as the width, in inches, has room for."""
    low, high = float(levels[0]), float(levels[-1])
    most = max(1, int(width / 0.5))
    if log:
        axes.set_xscale("log")
        air = (high / low) ** 0.04
        axes.set_xlim(low / air, high * air)
        ticks = [float(level) for level in levels[:: -(-len(levels) // most)]]
    else:
        air = 0.04 * (high - low)
        axes.set_xlim(low - air, high + air)
        ticks = [tick for tick in MaxNLocator(most).tick_values(low, high) if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:.3g}" for tick in ticks], **style.lettering(style.SMALL_POINTS))
    axes.minorticks_off()


@figure("sweep", "the share of runs with an outcome along a lever, with its interval and the tipping level")
def curve_figure(folder: Path, outcome: str | None = None) -> Figure:
    """Draw a share of a sweep along its first numeric lever.

    Parameters: outcome, the share, the first if None. Raises CannotBeDrawn if the sweep did not keep its runs, has no
    such share, or no lever with two levels.
    """
    try:
        along, outcome, curves = read_curves(folder, outcome=outcome)
    except ValueError as error:
        raise CannotBeDrawn(str(error)) from None
    study = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    log = study["vary"].get(along, {}).get("scale") == "log"
    return curves_figure(along, outcome, tipping_points(curves), wording_in(folder), study["seed"], log)


def _summary(along: str, tippings: Sequence[Tipping], scale: RunScale) -> str:
    """Say where the curves cross one half, in a few words. along: the lever, in words."""
    levels = [tipping.level for tipping in tippings if np.isfinite(tipping.level)]
    if not levels:
        shares = [tipping.curve.shares for tipping in tippings]
        low, high = min(float(np.min(line)) for line in shares), max(float(np.max(line)) for line in shares)
        return f"{scale.short(low)} to {scale.text(high)} along {along}, one half nowhere crossed"
    part = "" if len(tippings) == 1 else f" ({len(levels)} of {len(tippings)} lines)"
    first, last = f"{min(levels):.3g}", f"{max(levels):.3g}"
    crossing = first if first == last else f"{first} to {last}"
    return f"one half of runs at {along} {crossing}{part}"


def _look(index: int, count: int) -> dict[str, Any]:
    """Style a line; the first is the broadest, so that one that lies under the others is seen."""
    broad = 1.2 + 1.4 * (count - 1 - index)
    return {
        "color": style.PAIR_COLOURS[index], "marker": style.MARKERS[index], "linewidth": broad, "markersize": 3.0 + broad,
        "zorder": 3 + index / 10,
    }  # fmt: skip


def _draw(axes: Any, tipping: Tipping, look: dict[str, Any], scale: RunScale) -> None:
    curve = tipping.curve
    low, high = wilson(curve.happened.sum(axis=1), curve.happened.shape[1])
    axes.vlines(curve.levels, scale.whole * low, scale.whole * high, color=look["color"], lw=1.2, zorder=2)
    axes.plot(curve.levels, scale.whole * curve.shares, clip_on=False, **look)
    if np.isfinite(tipping.level):  # crossed within the levels that were played
        ring = {"markersize": 9, "mfc": "none", "mec": look["color"], "mew": 1.2, "zorder": 4}
        axes.plot([tipping.level], [scale.whole / 2], "o", **ring)


def _line(curve: Curve, rest: Sequence[str], wording: Wording) -> str:
    return ", ".join(wording.value(curve.others[key]) for key in rest) or "all"


if __name__ == "__main__":
    from sim.figures.plot import script

    script("curves", __doc__)
