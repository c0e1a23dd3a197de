"""Where the variance of a run's outcome comes from: a panel an outcome, a bar a number, and chance beside them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis import style
from sim.study.indices import Interval
from sim.study.load_study import LoadedStudy
from sim.study.sensitivity import Sensitivity

BAR, GAP, LEFT, BELOW = 0.24, 0.42, 2.5, 0.45  # inches
ALONE, IN_ALL, NOT_OURS = style.PAIR_COLOURS[0], style.PAIR_COLOURS[3], style.MUTED
MOST_PANELS = 6
Bar = tuple[Interval, str, float, float]


def shares_figure(study: LoadedStudy, found: Sequence[Sensitivity]) -> Figure:
    """The first outcomes, as many as a page holds: chance, decision rule, and each number alone and in all."""
    vary = [one for one in found if not np.isnan(one.shares.chance[0])]
    found, more = vary[:MOST_PANELS], len(vary) - MOST_PANELS
    bars = 1 + (len(study.combinations) > 1) + len(study.study.vary)
    panel = bars * BAR
    title = f"{study.study.name}: where the variance of a run's outcome comes from"
    note = f"{study.points:,} points, {study.study.runs} runs each, the same luck at each. Lines: 95 % intervals (bootstrap). "
    note += "Numbers lie anywhere in their ranges, equally likely; shares in all overlap where numbers act together."
    note += f" {more} more outcomes are in variance.parquet." if more > 0 else ""
    sheet = style.sheet(title, note, 0.3 + len(found) * (panel + GAP) + BELOW)
    keys = [Patch(facecolor=colour) for colour in (ALONE, IN_ALL, NOT_OURS)]
    sheet.legend(style.MARGIN, 0.1, keys, ["alone", "in all, with others", "chance"])
    for index, one in enumerate(found):
        down = 0.3 + GAP + index * (panel + GAP)
        sheet.write(style.MARGIN, down - 0.12, one.outcome, **style.lettering(style.LABEL_POINTS, bold=True))
        axes = sheet.axes(LEFT, down, style.WIDTH - LEFT - 2 * style.MARGIN, panel)
        names = []
        for row, (name, intervals) in enumerate(_bars(study, one)):
            names.append(name)
            for interval, colour, at, height in intervals:
                axes.barh(row + at, 100 * interval[0], height=height, color=colour, zorder=2)
                axes.hlines(row + at, 100 * interval[1], 100 * interval[2], color=style.INK, lw=1, zorder=3)
        low, high = axes.get_xlim()
        axes.set_xlim(min(0.0, low), max(100.0, high))
        axes.set_ylim(bars - 0.5, -0.5)
        axes.set_yticks(range(len(names)), names, **style.lettering(style.SMALL_POINTS))
        axes.grid(True, axis="x", color=style.FAINT, linewidth=0.6)
        if one is not found[-1]:
            axes.set_xticklabels([])
        else:
            axes.set_xlabel("share of variance (%)", **style.lettering(style.SMALL_POINTS))
    return sheet.figure


def _bars(study: LoadedStudy, one: Sensitivity) -> list[tuple[str, list[Bar]]]:
    """Each row's name, and its bars: interval, colour, how far below the row's middle, height."""
    found: list[tuple[str, list[Bar]]] = [("chance", [(one.shares.chance, NOT_OURS, 0.0, 0.6)])]
    if len(study.combinations) > 1:
        found.append(("decision rule", _two(one.shares.rule, one.shares.rule_in_all)))
    for total, first, key in sorted(zip(one.total, one.first, study.study.vary, strict=True), reverse=True):
        name = key.removeprefix("parameters.").removeprefix("channels.").replace("_", " ").replace(".", " ")
        found.append((name, _two(first, total)))
    return found


def _two(first: Interval, total: Interval) -> list[Bar]:
    return [(first, ALONE, -0.2, 0.36), (total, IN_ALL, 0.2, 0.36)]
