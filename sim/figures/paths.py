"""Draw how runs climb and come down the ladder: a flow of rungs with shares, and the typical path of each class.

python -m sim.figures.paths outputs/baseline/ID
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.typical_runs import path_classes
from sim.figures.words import percent
from sim.results.run_folder import RunFolder

HEIGHT, LANE, LEFT = 3.0, 0.42, 1.75  # inches: the flow, a typical path, and what is beside it
NODE = 0.09  # inches: the width of a column of rungs
PERIODS = 6
RUNGS = "Highest rung"  # the heading of their keys
LEAST_NAMED = 0.04  # share of runs: a smaller node has no number on it


@dataclass(frozen=True)
class Typical:
    """A typical path: days and rungs of its hostile acts."""

    name: str
    acts: Sequence[tuple[date, int]]


def flow(
    highest: np.ndarray,
    periods: Sequence[tuple[date, date]],
    typical: Sequence[Typical],
    *,
    ladder: Sequence[str],
    timeline: style.Timeline,
    title: str,
    note: str,
) -> Figure:
    """Draw, above, the highest rung of each period; below, a lane a typical path.

    Parameters: highest, int64 (runs, periods), the highest rung of each run in each period; periods, the first and last
    day of each; typical, the paths; ladder, the names of the rungs, from 0 up.
    """
    width = style.WIDTH - LEFT - style.MARGIN
    flags = style.flags(timeline, width)
    lanes = len(typical) * LANE
    first = 0.08 + style.rung_keys_height(ladder, RUNGS)
    second = first + HEIGHT + 0.7 + style.flags_height(flags)
    sheet = style.sheet(title, note, second + lanes + 0.55 if typical else first + HEIGHT + 0.45)
    style.rung_keys(sheet, ladder, RUNGS)
    colours = style.rung_colours(len(ladder))
    _flow(sheet, highest, periods, colours, first)
    if not typical:
        return sheet.figure
    style.write_flags(sheet, flags, LEFT, second)
    axes = sheet.axes(LEFT, second, width, max(lanes, 0.1))
    style.date_axis(axes, timeline.start, timeline.end)
    style.mark_days(axes, timeline)
    _typical(sheet, axes, typical, colours, second)
    return sheet.figure


def _flow(
    sheet: style.Sheet,
    highest: np.ndarray,
    periods: Sequence[tuple[date, date]],
    colours: Sequence[str],
    down: float,
) -> None:
    """Draw a column a period, a piece a rung, and what flows between; colours: of each rung."""
    width = style.WIDTH - LEFT - style.MARGIN
    axes = sheet.axes(LEFT, down, width, HEIGHT)
    axes.set(xlim=(0, width), xticks=[])
    style.value_axis(axes, "% of runs", 0, 100)
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    step = (width - 0.5) / max(1, len(periods) - 1)
    runs = len(highest)
    counts = np.array([np.bincount(column, minlength=len(colours)) for column in highest.T])  # (periods, rungs)
    floors = np.cumsum(counts, axis=1) - counts
    for place, (first, last) in enumerate(periods):
        x = 0.2 + place * step
        for rung, colour in enumerate(colours):
            low, size = 100 * floors[place, rung] / runs, 100 * counts[place, rung] / runs
            axes.bar(x, size, NODE, bottom=low, color=colour, edgecolor=style.INK, linewidth=0.5, zorder=3)
            if size >= 100 * LEAST_NAMED:
                letters = style.lettering(style.SMALL_POINTS, bold=True)
                axes.text(x + NODE, low + size / 2, f"{size:.0f} %", va="center", zorder=4, **letters)
        label = f"{_short(first)} –\n{_short(last)}"
        sheet.write(LEFT + x, down + HEIGHT + 0.2, label, ha="center", linespacing=1.2)
        if place:
            _ribbons(axes, highest[:, place - 1 : place + 1], floors[place - 1 : place + 1], (x - step, x), colours)


def _ribbons(
    axes: Axes, pair: np.ndarray, floors: np.ndarray, sides: tuple[float, float], colours: Sequence[str]
) -> None:
    """Draw from every rung of one period to every rung of the next, in the colour of the first; pair: int64 (runs, 2)."""
    runs, (left, right) = len(pair), sides
    table = np.zeros((len(colours), len(colours)))
    np.add.at(table, (pair[:, 0], pair[:, 1]), 1)
    begins = floors[0][:, None] + np.cumsum(table, axis=1) - table
    ends = floors[1][None, :] + np.cumsum(table, axis=0) - table
    near, far = left + NODE / 2, right - NODE / 2
    middle = (near + far) / 2
    for rung, full in enumerate(colours):
        for to in range(len(colours)):
            if table[rung, to] == 0:
                continue
            size = 100 * table[rung, to] / runs
            here, there = 100 * begins[rung, to] / runs, 100 * ends[rung, to] / runs
            points = [
                (near, here), (middle, here), (middle, there), (far, there),
                (far, there + size), (middle, there + size), (middle, here + size), (near, here + size), (near, here),
            ]  # fmt: skip
            codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
            colour = style.mixed(full, 0.45)
            axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, edgecolor="none", zorder=2))


def _short(day: date) -> str:
    return f"{day.day} {style.MONTHS[day.month - 1]}"


def _typical(sheet: style.Sheet, axes: Axes, typical: Sequence[Typical], colours: Sequence[str], down: float) -> None:
    axes.set_ylim(len(typical) or 1, 0)
    axes.set_yticks([])
    for index, path in enumerate(typical):
        name = style.wrapped(path.name, style.SMALL_POINTS, LEFT - style.MARGIN - 0.1)
        sheet.write(style.MARGIN, down + (index + 0.5) * LANE, name, linespacing=1.2)
        axes.axhline(index + 0.5, zorder=1, **style.stroke(style.MUTED, 0.7))
        for rung in sorted({rung for _, rung in path.acts}):
            days = [date2num(day) for day, act_rung in path.acts if act_rung == rung]
            heights = [index + 0.5] * len(days)
            size = 16 + 9 * rung
            axes.scatter(
                days, heights, s=size, c=colours[rung], edgecolors=style.INK, linewidths=0.5, zorder=3 + rung / 10
            )


@figure("run", "escalation as a flow of rungs with shares, and the typical path of each class")
def paths_figure(folder: RunFolder) -> Figure:
    """Draw the highest rungs and typical paths of the runs that are kept whole.

    Raises CannotBeDrawn if none is kept whole.
    """
    compiled = folder.compiled
    if folder.kept_whole == 0:
        raise CannotBeDrawn("no run is kept whole: run with a larger --acts-of")
    free = (folder.end - folder.replay_until).days
    ends = [folder.replay_until + timedelta(round(free * (place + 1) / PERIODS)) for place in range(PERIODS)]
    begins = [folder.replay_until + timedelta(1), *(day + timedelta(1) for day in ends[:-1])]
    rung = np.array([act.entry.rung if act.tone == "hostile" else 0 for act in compiled.acts])
    run, day, code = folder.acts.T
    later = day >= compiled.free_from
    period = np.searchsorted([compiled.day(end) for end in ends], day[later])
    highest = np.zeros((folder.kept_whole, PERIODS), np.int64)
    np.maximum.at(highest, (run[later], period), rung[code[later]])
    typical = []
    for path_class in path_classes(folder):
        run_acts = folder.acts[folder.acts[:, 0] == path_class.typical]
        acts = [(compiled.date(int(d)), int(rung[c])) for _, d, c in run_acts if rung[c] > 0]
        typical.append(
            Typical(f"path “{path_class.name}”: {percent(path_class.share)}, as in run {path_class.typical}", acts)
        )
    top = highest.max(axis=1)
    ladder = compiled.loaded.scenario.ladder
    share, low = float((top == len(ladder) - 1).mean()), float((highest[:, -1] <= 1).mean())
    title = f"{percent(share)} of runs reach rung {len(ladder) - 1}; in the last period {percent(low)} are at rung 0 or 1 ({folder.name})"
    note = f"Above: the highest rung that anybody reaches in each period, {folder.kept_whole:,} of {folder.made_by} "
    note += "Below: hostile acts of the run nearest to the average of its class, by rung." if typical else ""
    return flow(
        highest, list(zip(begins, ends, strict=True)), typical, ladder=ladder, title=title, note=note,
        timeline=style.Timeline(folder.start, folder.end, folder.replay_until, folder.marks),
    )  # fmt: skip


if __name__ == "__main__":
    from sim.figures.plot import script

    script("paths", __doc__)
