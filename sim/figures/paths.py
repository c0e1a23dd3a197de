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
from sim.figures.rung_keys import rung_keys, rung_keys_height
from sim.figures.scale import RunScale
from sim.figures.typical_runs import path_classes
from sim.results.intervals import wilson
from sim.results.run_folder import RunFolder

HEIGHT, LANE, LEFT, RIGHT = 3.0, 0.42, 1.75, 1.35  # inches: the flow, a typical path, and what is beside them
NODE = 0.09  # inches: the width of a column of rungs
PERIODS = 6
RUNGS = "Highest rung"  # the heading of their keys
BAR = 0.3  # inches: the width of the bar of what is highest so far
LEAST_NAMED = 0.05  # share of runs: a smaller node has no number on it


@dataclass(frozen=True)
class Typical:
    """A typical path: days and rungs of its hostile acts."""

    name: str
    acts: Sequence[tuple[date, int]]


def flow(
    highest: np.ndarray,
    recorded: Sequence[int],
    periods: Sequence[tuple[date, date]],
    typical: Sequence[Typical],
    *,
    ladder: Sequence[str],
    timeline: style.Timeline,
    title: str,
    note: str,
) -> Figure:
    """Draw, above, the highest rung of each period and of all; below, a lane a typical path.

    Parameters: highest, int64 (runs, periods), the highest rung of each run in each period; recorded, what really was the
    highest of each, -1 where that is not known; periods, the first and last day of each; typical, the paths; ladder, the
    names of the rungs, from 0 up.
    """
    width = style.WIDTH - LEFT - style.MARGIN
    flags = style.flags(timeline, width)
    lanes = len(typical) * LANE
    first = 0.36 + rung_keys_height(ladder, RUNGS)
    below = 0.72 if max(recorded, default=-1) >= 0 else 0.45
    second = first + HEIGHT + below + 0.25 + style.flags_height(flags)
    sheet = style.sheet(title, note, second + lanes + 0.55 if typical else first + HEIGHT + below)
    rung_keys(sheet, ladder, RUNGS)
    colours = style.rung_colours(len(ladder))
    _flow(sheet, highest, recorded, periods, colours, first)
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
    recorded: Sequence[int],
    periods: Sequence[tuple[date, date]],
    colours: Sequence[str],
    down: float,
) -> None:
    """Draw a column a period, a piece a rung, and what flows between; then the bar of all. colours: of each rung."""
    width = style.WIDTH - LEFT - RIGHT
    whole = width + RIGHT - style.MARGIN
    scale = RunScale(len(highest))
    axes = sheet.axes(LEFT, down, whole, HEIGHT)
    axes.set(xlim=(0, whole), xticks=[])
    style.value_axis(axes, scale.label, 0, scale.whole, is_counted=scale.is_counted)
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    has_years = len({day.year for period in periods for day in period}) > 1
    step = (width - 0.7) / max(1, len(periods) - 1)
    counts = np.array([np.bincount(column, minlength=len(colours)) for column in highest.T])  # (periods, rungs)
    floors = np.cumsum(counts, axis=1) - counts
    if max(recorded, default=-1) >= 0:
        sheet.write(LEFT - 0.1, down + HEIGHT + 0.52, "in fact, rung", ha="right")
    for place, (first, _) in enumerate(periods):
        x = 0.2 + place * step
        _column(axes, (x, NODE), counts[place], colours, scale)
        label = f"from\n{_day(first, has_years)}"
        sheet.write(LEFT + x, down + HEIGHT + 0.2, label, ha="center", linespacing=1.2)
        if recorded[place] >= 0:
            sheet.write(LEFT + x, down + HEIGHT + 0.52, str(recorded[place]), ha="center", **style.lettering(style.SMALL_POINTS, bold=True))  # fmt: skip
        if place:
            _ribbons(axes, highest[:, place - 1 : place + 1], floors[place - 1 : place + 1], (x - step, x), colours)
    x = whole - 0.55
    _column(axes, (x, BAR), np.bincount(highest.max(axis=1), minlength=len(colours)), colours, scale)
    sheet.write(LEFT + x, down - 0.1, "highest so far", ha="center", **style.lettering(style.SMALL_POINTS, bold=True))
    sheet.write(LEFT + x, down + HEIGHT + 0.2, f"by\n{_day(periods[-1][1], has_years)}", ha="center", linespacing=1.2)
    if max(recorded, default=-1) >= 0:
        sheet.write(LEFT + x, down + HEIGHT + 0.52, str(max(recorded)), ha="center", **style.lettering(style.SMALL_POINTS, bold=True))  # fmt: skip


def _column(
    axes: Axes, place: tuple[float, float], counts: np.ndarray, colours: Sequence[str], scale: RunScale
) -> None:
    """Draw a column of rungs with their numbers; place: its middle and width, in inches; counts: of runs, by rung."""
    x, wide = place
    low = 0.0
    for count, colour in zip(counts.tolist(), colours, strict=True):
        size = scale.whole * count / scale.runs
        axes.bar(x, size, wide, bottom=low, color=colour, edgecolor=style.INK, linewidth=0.5, zorder=3)
        if count >= LEAST_NAMED * scale.runs:
            letters = style.lettering(style.SMALL_POINTS, bold=True)
            words = str(count) if scale.is_counted else f"{size:.0f} %"
            axes.text(x + wide / 2 + 0.05, low + size / 2, words, va="center", zorder=4, **letters)
        low += size


def _ribbons(
    axes: Axes, pair: np.ndarray, floors: np.ndarray, sides: tuple[float, float], colours: Sequence[str]
) -> None:
    """Draw from every rung of one period to every rung of the next, in the colour of the first; pair: int64 (runs, 2)."""
    scale, (left, right) = RunScale(len(pair)), sides
    share = scale.whole / scale.runs
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
            size, here, there = (share * float(part[rung, to]) for part in (table, begins, ends))
            points = [
                (near, here), (middle, here), (middle, there), (far, there),
                (far, there + size), (middle, there + size), (middle, here + size), (near, here + size), (near, here),
            ]  # fmt: skip
            codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
            colour = style.mixed(full, 0.45)
            axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, edgecolor="none", zorder=2))


def _day(day: date, has_year: bool) -> str:
    return style.spelled(day) if has_year else f"{day.day} {style.MONTHS[day.month - 1]}"


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


@figure("run", "escalation as a flow of rungs with what is highest so far, and the typical path of each class")
def paths_figure(folder: RunFolder) -> Figure:
    """Draw the highest rungs and typical paths of the runs that are kept whole, and the rungs that were really reached.

    Raises CannotBeDrawn if none is kept whole.
    """
    compiled = folder.compiled
    if folder.kept_whole == 0:
        raise CannotBeDrawn("no run is kept whole: run with a larger --acts-of")
    ends = _ends(folder)
    begins = [folder.replay_until + timedelta(1), *(day + timedelta(1) for day in ends[:-1])]
    rung = np.array([act.entry.rung if act.tone == "hostile" else 0 for act in compiled.acts])
    run, day, code = folder.acts.T
    later = day >= compiled.free_from
    period = np.searchsorted([compiled.day(end) for end in ends], day[later])
    highest = np.zeros((folder.kept_whole, len(ends)), np.int64)
    np.maximum.at(highest, (run[later], period), rung[code[later]])
    scale, typical = RunScale(folder.kept_whole), []
    for path_class in path_classes(folder):
        run_acts = folder.acts[folder.acts[:, 0] == path_class.typical]
        acts = [(compiled.date(int(d)), int(rung[c])) for _, d, c in run_acts if rung[c] > 0]
        name = f"path “{path_class.name}”: {scale.short(path_class.share)}, as in run {path_class.typical}"
        typical.append(Typical(name, acts))
    recorded = _recorded(folder, begins, ends, rung)
    ladder = compiled.loaded.scenario.ladder
    part = f"{folder.kept_whole:,} of " if folder.kept_whole < folder.runs else ""
    note = f"{folder.name}: {part}{folder.made_by} Above: the highest rung that anybody reaches in each period after the replay, and in all of them."
    note += " In fact: by the record's dated acts." if max(recorded) >= 0 else ""
    note += " Below: hostile acts of the run nearest to the average of its class, by rung." if typical else ""
    same = [name for name in ladder if name in {path.name for path in path_classes(folder)}]
    note += "".join(f" The path “{name}” is more than the rung of that name." for name in same)
    return flow(
        highest, recorded, list(zip(begins, ends, strict=True)), typical, ladder=ladder, title=_finding(highest, recorded, ladder), note=note,
        timeline=style.Timeline(folder.start, folder.end, folder.replay_until, folder.marks),
    )  # fmt: skip


def _ends(folder: RunFolder) -> list[date]:
    """Return the last days of six periods after the replay, or of as many as there are days."""
    free = (folder.end - folder.replay_until).days
    count = min(PERIODS, free)
    return [folder.replay_until + timedelta(round(free * (place + 1) / count)) for place in range(count)]


def _recorded(folder: RunFolder, begins: Sequence[date], ends: Sequence[date], rung: np.ndarray) -> list[int]:
    """Return the highest rung of the record in each period, -1 for a period that it does not reach whole."""
    known = [row.day for row in folder.compiled.loaded.rows if row.day is not None] if folder.record else []
    codes = {act.name: code for code, act in enumerate(folder.compiled.acts)}
    return [
        max((int(rung[codes[name]]) for day, name in folder.record if first <= day <= last), default=0)
        if known and max(known) >= last
        else -1
        for first, last in zip(begins, ends, strict=True)
    ]


def _finding(highest: np.ndarray, recorded: Sequence[int], ladder: Sequence[str]) -> str:
    """Say how many runs climb to the highest rung that the record climbs to, or else to the top of the ladder."""
    rung = max(recorded) if max(recorded) > 0 else len(ladder) - 1
    scale, hits = RunScale(len(highest)), int((highest.max(axis=1) >= rung).sum())
    low, high = (float(end) for end in wilson(hits, scale.runs))
    truth = "; in fact it was reached" if max(recorded) > 0 else ""
    above = " or more" if rung < len(ladder) - 1 else ""
    return f"Rung {rung}{above}, {ladder[rung]}, is reached in {scale.estimate(hits / scale.runs, low, high)}{truth}"


if __name__ == "__main__":
    from sim.figures.plot import script

    script("paths", __doc__)
