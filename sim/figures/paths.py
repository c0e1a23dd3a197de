"""How runs climb and come down the ladder: a flow of rungs with shares, and the typical path of each class.

python -m sim.figures.paths outputs/baseline/ID
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.typical import path_classes
from sim.figures.words import percent
from sim.results.run_folder import RunFolder
from sim.results.tally import RUNGS

HEIGHT, LANE, LEFT = 3.0, 0.42, 1.75  # inches: the flow, a typical path, and what is beside it
NODE = 0.09  # inches: the width of a column of rungs
PERIODS = 6
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
    start: date,
    end: date,
    replay_until: date,
    marks: Mapping[str, date],
    title: str,
    note: str,
) -> Figure:
    """Above, the highest rung of each period; below, a lane a typical path. highest: int64 (runs, periods)."""
    width = style.WIDTH - LEFT - style.MARGIN
    flags = style.flags(start, end, replay_until, marks, width)
    lanes = len(typical) * LANE
    second = HEIGHT + 1.0 + style.flags_height(flags)
    sheet = style.sheet(title, note, second + lanes + 0.55 if typical else HEIGHT + 0.75)
    keys = [Patch(facecolor=colour, edgecolor=style.INK, linewidth=0.6) for colour in style.RUNG_COLOURS]
    sheet.legend(style.MARGIN, 0.1, keys, style.RUNG_NAMES, "Highest rung")
    _flow(sheet, highest, periods, width)
    if not typical:
        return sheet.figure
    style.write_flags(sheet, flags, LEFT, second)
    axes = sheet.axes(LEFT, second, width, max(lanes, 0.1))
    style.date_axis(axes, start, end)
    style.mark_days(axes, start, end, replay_until, marks)
    _typical(sheet, axes, typical, second)
    return sheet.figure


def _flow(sheet: style.Sheet, highest: np.ndarray, periods: Sequence[tuple[date, date]], width: float) -> None:
    axes = sheet.axes(LEFT, 0.3, width, HEIGHT)
    axes.set(xlim=(0, width), xticks=[])
    style.value_axis(axes, "% of runs", 0, 100)
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    step = (width - 0.5) / max(1, len(periods) - 1)
    runs = len(highest)
    counts = np.array([np.bincount(column, minlength=RUNGS) for column in highest.T])  # (periods, rungs)
    floors = np.cumsum(counts, axis=1) - counts
    for place, (first, last) in enumerate(periods):
        x = 0.2 + place * step
        for rung in range(RUNGS):
            low, size = 100 * floors[place, rung] / runs, 100 * counts[place, rung] / runs
            colour = style.RUNG_COLOURS[rung]
            axes.bar(x, size, NODE, bottom=low, color=colour, edgecolor=style.INK, linewidth=0.5, zorder=3)
            if size >= 100 * LEAST_NAMED:
                letters = style.lettering(style.SMALL_POINTS, bold=True)
                axes.text(x + NODE, low + size / 2, f"{size:.0f} %", va="center", zorder=4, **letters)
        told = f"{_short(first)} –\n{_short(last)}"
        sheet.write(LEFT + x, 0.3 + HEIGHT + 0.2, told, ha="center", linespacing=1.2)
        if place:
            _ribbons(axes, highest[:, place - 1 : place + 1], floors[place - 1 : place + 1], x - step, x, runs)


def _ribbons(axes: Axes, pair: np.ndarray, floors: np.ndarray, left: float, right: float, runs: int) -> None:
    """From every rung of one period to every rung of the next, in the colour of the first."""
    table = np.zeros((RUNGS, RUNGS))
    np.add.at(table, (pair[:, 0], pair[:, 1]), 1)
    begins = floors[0][:, None] + np.cumsum(table, axis=1) - table
    ends = floors[1][None, :] + np.cumsum(table, axis=0) - table
    one, other = left + NODE / 2, right - NODE / 2
    middle = (one + other) / 2
    for rung in range(RUNGS):
        for to in range(RUNGS):
            if table[rung, to] == 0:
                continue
            size = 100 * table[rung, to] / runs
            here, there = 100 * begins[rung, to] / runs, 100 * ends[rung, to] / runs
            points = [
                (one, here), (middle, here), (middle, there), (other, there),
                (other, there + size), (middle, there + size), (middle, here + size), (one, here + size), (one, here),
            ]  # fmt: skip
            codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
            colour = style.mixed(style.RUNG_COLOURS[rung], 0.45)
            axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, edgecolor="none", zorder=2))


def _short(day: date) -> str:
    return f"{day.day} {style.MONTHS[day.month - 1]}"


def _typical(sheet: style.Sheet, axes: Axes, typical: Sequence[Typical], down: float) -> None:
    axes.set_ylim(len(typical) or 1, 0)
    axes.set_yticks([])
    for index, one in enumerate(typical):
        name = style.wrapped(one.name, style.SMALL_POINTS, LEFT - style.MARGIN - 0.1)
        sheet.write(style.MARGIN, down + (index + 0.5) * LANE, name, linespacing=1.2)
        axes.axhline(index + 0.5, zorder=1, **style.stroke(style.MUTED, 0.7))
        for rung in sorted({rung for _, rung in one.acts}):
            days = [date2num(day) for day, of in one.acts if of == rung]
            heights = [index + 0.5] * len(days)
            size = 16 + 9 * rung
            colour = style.RUNG_COLOURS[rung]
            axes.scatter(days, heights, s=size, c=colour, edgecolors=style.INK, linewidths=0.5, zorder=3 + rung / 10)


@figure("run", "escalation as a flow of rungs with shares, and the typical path of each class")
def paths_figure(folder: RunFolder) -> Figure:
    """The runs that are kept whole."""
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
    for one in path_classes(folder):
        of_run = folder.acts[folder.acts[:, 0] == one.typical]
        acts = [(compiled.date(int(d)), int(rung[c])) for _, d, c in of_run if rung[c] > 0]
        typical.append(Typical(f"path “{one.name}”: {percent(one.share)}, as in run {one.typical}", acts))
    top = highest.max(axis=1)
    share = float((top == RUNGS - 1).mean())
    title = f"{percent(share)} of runs reach rung 5; in the last period {percent(float((highest[:, -1] <= 1).mean()))} are at words or calm ({folder.name})"
    note = f"Above: the highest rung that anybody reaches in each period, {folder.kept_whole:,} of {folder.made_by} "
    note += "Below: hostile acts of the run nearest to the average of its class, by rung." if typical else ""
    return flow(
        highest, list(zip(begins, ends, strict=True)), typical, start=folder.start, end=folder.end,
        replay_until=folder.replay_until, marks=folder.marks, title=title, note=note,
    )  # fmt: skip


if __name__ == "__main__":
    from sim.figures.plot import script

    script("paths", __doc__)
