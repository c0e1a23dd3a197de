"""Draw shares along one lever, with intervals: a panel for each value of a second, a line for each of the others.

escalate sweep backing --keep-runs
python -m sim.figures.curves outputs/backing/ID
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.words import capitalised, lever_in_words, percent, value_in_words
from sim.results.intervals import wilson
from sim.results.units import SHARE
from sim.scenario.labels import NO_LABELS, labels_in
from sim.study.tipping import Curve, Tipping, read_curves, tipping_points

LEFT, HEIGHT, GAP, BELOW = 0.62, 2.2, 0.25, 0.55  # inches
HEADING, KEY = 2.2, 0.5  # inches: for the name of the levers, and for each line's sign
MOST_PANELS = 6


def curves_figure(
    along: str,
    outcome: str,
    tippings: Sequence[Tipping],
    seed: int | None = None,
    labels: Mapping[str, str] = NO_LABELS,
    log: bool = False,
) -> Figure:
    """Draw the share of runs with an outcome along a lever.

    Where a line crosses one half there is a ring. Parameters: along, the lever; tippings, a line each; seed, of all
    runs, for the note; labels, of levers that have one, by their keys; log, whether the lever has a logarithmic axis. Raises CannotBeDrawn if there are more panels or lines than can be told apart.
    """
    *rest, across = tippings[0].curve.others or {"": ""}
    panels = list(dict.fromkeys(tipping.curve.others.get(across, "") for tipping in tippings))
    lines = list(dict.fromkeys(_line(tipping.curve, rest) for tipping in tippings))
    if len(lines) > len(style.PAIR_COLOURS) or len(panels) > MOST_PANELS:
        text = f"{len(panels)} panels of {len(lines)} lines cannot be told apart"
        raise CannotBeDrawn(f"{text}; at most {MOST_PANELS} of {len(style.PAIR_COLOURS)}")
    width = (style.WIDTH - LEFT - style.MARGIN - GAP * (len(panels) - 1)) / len(panels)
    headings = [style.wrapped(value_in_words(panel), style.LABEL_POINTS, width, bold=True) for panel in panels]
    tallest = max(heading.count("\n") + 1 for heading in headings) * style.LABEL_POINTS * style.LINE
    looks = {line: _look(index, len(lines)) for index, line in enumerate(lines)}
    rows = _rows(lines) if rest else []
    top = 0.22 * len(rows) + tallest + 0.15
    runs = tippings[0].curve.happened.shape[1]
    title = f"{capitalised(outcome.replace('_', ' '))}: {_summary(lever_in_words(along, labels), tippings)}"
    luck = "" if seed is None else f" (seed {seed})"
    note = f"{runs:,} runs a point, the same luck at each{luck}. Bars: 95 % intervals, simulation error only. Rings: where one half is crossed, on a straight line between two levels."
    note += f" Panels: {lever_in_words(across, labels)}." if across else ""
    sheet = style.sheet(title, note, top + HEIGHT + BELOW)
    for row, names in enumerate(rows):
        keys = [Line2D([], [], **looks[name]) for name in names]
        heading = " × ".join(lever_in_words(key, labels) for key in rest) if row == 0 else ""
        sheet.legend(style.MARGIN, 0.1 + 0.22 * row, keys, names, heading=heading)
    levels = tippings[0].curve.levels
    air = 0.04 * float(np.ptp(levels))
    for index, (panel, heading) in enumerate(zip(panels, headings, strict=True)):
        left = LEFT + index * (width + GAP)
        sheet.write(left, top - 0.05 - tallest / 2, heading, **style.lettering(style.LABEL_POINTS, bold=True))
        axes = sheet.axes(left, top, width, HEIGHT)
        for tipping in tippings:
            if tipping.curve.others.get(across, "") == panel:
                _draw(axes, tipping, looks[_line(tipping.curve, rest)])
        if log:
            axes.set_xscale("log")
            subs = (1, 2, 5) if levels[-1] < 1000 * levels[0] else (1,)
            axes.xaxis.set_major_locator(LogLocator(subs=subs))
            axes.xaxis.set_major_formatter("{x:g}")
            axes.xaxis.set_minor_formatter(NullFormatter())
            axes.set_xlim(levels[0] / (levels[-1] / levels[0]) ** 0.04, levels[-1] * (levels[-1] / levels[0]) ** 0.04)
        else:
            axes.set_xlim(levels[0] - air, levels[-1] + air)
        style.value_axis(axes, SHARE.label if index == 0 else "", 0, 1)
        if index:
            axes.set_yticklabels([])
        axes.axhline(0.5, zorder=1.5, **style.stroke(style.INK, 0.8, (0, (4, 2))))
        axes.set_xlabel(lever_in_words(along, labels), **style.lettering(style.SMALL_POINTS))
    return sheet.figure


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
    return curves_figure(
        along, outcome, tipping_points(curves), study["seed"], labels_in(folder / "scenario.yaml"), log
    )


def _summary(along: str, tippings: Sequence[Tipping]) -> str:
    """Say where the curves cross one half, in a few words. along: the lever, in words."""
    levels = [tipping.level for tipping in tippings if np.isfinite(tipping.level)]
    if not levels:
        shares = [tipping.curve.shares for tipping in tippings]
        low, high = min(float(np.min(line)) for line in shares), max(float(np.max(line)) for line in shares)
        return f"{percent(low)} to {percent(high)} of runs along {along}, one half nowhere crossed"
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


def _rows(lines: Sequence[str]) -> list[list[str]]:
    """Divide the names of lines into rows that fit on the sheet."""
    rows: list[list[str]] = [[]]
    room = style.WIDTH - 2 * style.MARGIN - HEADING
    for line in lines:
        used = sum(style.text_width(name, style.SMALL_POINTS) + KEY for name in [*rows[-1], line])
        if rows[-1] and used > room:
            rows.append([])
        rows[-1].append(line)
    return rows


def _draw(axes: Any, tipping: Tipping, look: dict[str, Any]) -> None:
    curve = tipping.curve
    low, high = wilson(curve.happened.sum(axis=1), curve.happened.shape[1])
    axes.vlines(curve.levels, low, high, color=look["color"], lw=1.2, zorder=2)
    axes.plot(curve.levels, curve.shares, clip_on=False, **look)
    if np.isfinite(tipping.level):  # crossed within the levels that were played
        axes.plot([tipping.level], [0.5], "o", markersize=9, mfc="none", mec=look["color"], mew=1.2, zorder=4)


def _line(curve: Curve, rest: Sequence[str]) -> str:
    return ", ".join(value_in_words(curve.others[key]) for key in rest) or "all"


if __name__ == "__main__":
    from sim.figures.plot import script

    script("curves", __doc__)
