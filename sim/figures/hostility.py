"""Draw who is hostile to whom, month by month: a strip for each dyad, on average over runs, above what really happened.

python -m sim.figures.hostility outputs/baseline/ID
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.words import percent
from sim.results.run_folder import RunFolder
from sim.rules.arrays import HOSTILE_MARK

WIDEST, SIDE, RIGHT = 2.2, 0.5, 0.62  # inches: the name of a dyad, of whose acts a strip shows, and its sum
STRIP, AIR = 0.16, 0.1  # inches: the height of a strip, and what lies between dyads
LINE = style.SMALL_POINTS * style.LINE
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)  # marks, at which a darker tone begins
TONES = 6
PALE, DARK = "#cfe0ee", "#0b1d36"  # in one hue, so that the order survives in grey and for every eye
BEYOND = (0, (1, 2))  # dashes where there is no record
Dyad = tuple[str, str]


@dataclass(frozen=True)
class Strip:
    """Marks of hostility that one actor does to another in each month: on average over runs, and in the record.

    months: the first day of each inside the clock. Sums are of the days after the replay that the record reaches too.
    """

    dyad: Dyad
    runs: np.ndarray  # float64 (months,)
    record: np.ndarray | None  # float64 (months,), NaN where the record does not reach; None without a record
    sum_of_runs: float
    sum_of_record: float


def hostility_strips(
    strips: Sequence[Strip],
    months: Sequence[date],
    *,
    timeline: style.Timeline,
    labels: Mapping[str, str],
    title: str,
    note: str,
) -> Figure:
    """Draw the strips, a tone for marks a month: whatever is more than nothing has one.

    Parameters: strips, in the order shown, one or more; months, the first day of each; labels, by actor.
    """
    names = [style.wrapped(" → ".join(labels[actor] for actor in strip.dyad), style.SMALL_POINTS, WIDEST) for strip in strips]  # fmt: skip
    has_record = any(strip.record is not None for strip in strips)
    sides = ("runs", "in fact") if has_record else ("runs",)
    heights = [AIR + max(STRIP * len(sides), LINE * (name.count("\n") + 1)) for name in names]
    left = style.MARGIN + WIDEST + SIDE
    width = style.WIDTH - left - RIGHT
    steps = _steps(strips)
    keys = [f"under {steps[0]:g}", *(f"{low:g} to {high:g}" for low, high in pairwise(steps)), f"{steps[-1]:g} and more"]  # fmt: skip
    tones = [style.mixed(DARK, place / len(steps), PALE) for place in range(len(keys))]
    flags = style.flags(timeline, width)
    header = 0.06 + style.KEY_ROW * len(style.key_rows(keys, "Marks a month"))
    top = header + style.flags_height(flags)
    sheet = style.sheet(title, note, top + sum(heights) + 0.55)
    patches = [Patch(facecolor=tone, edgecolor=style.INK, linewidth=0.6) for tone in tones]
    sheet.legend_rows(style.MARGIN, 0.1, patches, keys, "Marks a month")
    axes = sheet.axes(left, top, width, sum(heights))
    style.write_flags(sheet, flags, left, top)
    style.date_axis(axes, timeline.start, timeline.end)
    style.mark_days(axes, timeline)
    axes.set(ylim=(sum(heights), 0), yticks=[])
    ends = [*(date2num(month) - 0.5 for month in months), date2num(timeline.end) + 0.5]
    sheet.write(style.WIDTH - style.MARGIN, top - 0.12, "sum", ha="right", color=style.MUTED)
    down = 0.0
    for strip, name, height in zip(strips, names, heights, strict=True):
        middle = down + height / 2
        sheet.write(style.MARGIN, top + middle, name, linespacing=1.2)
        axes.axhline(down, zorder=0.5, **style.stroke(style.FAINT, 0.6))
        for place, (side, marks, total) in enumerate(
            zip(sides, (strip.runs, strip.record), (strip.sum_of_runs, strip.sum_of_record), strict=False)
        ):
            upper = middle + STRIP * (place - len(sides) / 2)
            sheet.write(left - 0.07, top + upper + STRIP / 2, side, ha="right", color=style.MUTED)
            sheet.write(style.WIDTH - style.MARGIN, top + upper + STRIP / 2, _number(total), ha="right")
            if marks is not None:
                _draw_beyond(axes, marks, ends, upper + STRIP / 2)
                _draw(axes, marks, ends, (upper, upper + STRIP - 0.015), steps, tones)
        down += height
    return sheet.figure


def _steps(strips: Sequence[Strip]) -> list[float]:
    """Choose where darker tones begin: as many steps as there are tones, the last below the heaviest month."""
    heaviest = max(
        float(np.nanmax(np.concatenate([marks, [0.0]])))
        for strip in strips
        for marks in (strip.runs, strip.record)
        if marks is not None
    )
    last = max((place for place, step in enumerate(STEPS) if step < heaviest), default=0)
    return list(STEPS[max(0, last - TONES + 2) : last + 1])


def _draw(
    axes: Axes,
    marks: np.ndarray,
    ends: Sequence[float],
    height: tuple[float, float],
    steps: Sequence[float],
    tones: Sequence[str],
) -> None:
    """Draw the months of a strip in which anything is done; ends: of the months, as matplotlib counts days."""
    shown = np.ma.masked_where(~(marks > 0.0), marks)[None, :]
    norm = BoundaryNorm([0.0, *steps, np.inf], len(tones))
    mesh = axes.pcolormesh(ends, list(height), shown, cmap=ListedColormap(list(tones)), norm=norm, zorder=1, shading="flat")  # fmt: skip
    mesh.set(edgecolor=style.PAPER, linewidth=0.6)


def _draw_beyond(axes: Axes, marks: np.ndarray, ends: Sequence[float], middle: float) -> None:
    """Draw a dotted line along the months that the record does not reach; ends: of the months."""
    beyond = np.flatnonzero(np.isnan(marks))
    if len(beyond):
        axes.plot([ends[beyond[0]], ends[-1]], [middle, middle], **style.stroke(style.MUTED, 1.0, BEYOND))


def _number(marks: float) -> str:
    return "–" if np.isnan(marks) else "0" if marks == 0.0 else "<0.1" if marks < 0.05 else f"{marks:.1f}"


@figure("run", "who is hostile to whom, month by month, beside what really happened")
def hostility_figure(folder: RunFolder) -> Figure:
    """Draw the hostile marks of each dyad and month, on average over all runs, and those of the record.

    Raises CannotBeDrawn if nobody is hostile to anybody.
    """
    months, strips = _strips(folder)
    shown = [
        strip for strip in strips if strip.runs.any() or (strip.record is not None and np.nansum(strip.record) > 0)
    ]
    if not shown:
        raise CannotBeDrawn("nobody is hostile to anybody, in any run")
    last = last_known(folder)
    until = folder.end if last is None else min(last, folder.end)
    note = f"{folder.name}: {folder.made_by} Hostility done, in marks (Goldstein weights over ten), on average over runs. Sums: after the replay, to {style.spelled(until)}."
    note += f" {len(strips) - len(shown)} more that could be hostile never are." if len(shown) < len(strips) else ""
    is_open = any(strip.record is not None and np.isnan(strip.record).any() for strip in shown)
    note += f" Dotted: no record after {style.spelled(until)}." if is_open else ""
    timeline = style.Timeline(folder.start, folder.end, folder.replay_until, folder.marks)
    return hostility_strips(
        shown, months, timeline=timeline, labels=folder.labels, title=_finding(folder, shown), note=note
    )


def _finding(folder: RunFolder, strips: Sequence[Strip]) -> str:
    """Say between whom most of the hostility after the replay is, and how much of it really was."""
    whole, record = sum(strip.sum_of_runs for strip in strips), sum(strip.sum_of_record for strip in strips)
    if not whole:
        return "Nobody is hostile to anybody after the replay, in any run"
    first = max(strips, key=lambda strip: strip.sum_of_runs)
    actor, target = (folder.labels[name] for name in first.dyad)
    truth = f"; in fact {percent(first.sum_of_record / record)}" if record > 0 else ""
    return f"{actor} toward {target}: {percent(first.sum_of_runs / whole)} of all hostility after the replay{truth}"


def last_known(folder: RunFolder) -> date | None:
    """Return the last day that the record reaches; None without one, or if it ends with the replay."""
    days = [row.day for row in folder.compiled.loaded.rows if row.day is not None]
    return max(days) if folder.record and max(days) > folder.replay_until else None


def _strips(folder: RunFolder) -> tuple[list[date], list[Strip]]:
    """Return the first day of each month, and a strip for each dyad that can be hostile, the heaviest first."""
    compiled, last = folder.compiled, last_known(folder)
    months = [day for day in folder.days if day == folder.start or day.day == 1]
    month = np.searchsorted([date2num(first) for first in months], [date2num(day) for day in folder.days], "right") - 1
    weights = compiled.tables.action_numbers[compiled.tables.clock[:, 1]][:, :, HOSTILE_MARK]  # (days, actions)
    by_runs, by_record = folder.acts_by_day / folder.runs * weights, np.zeros_like(weights)
    codes = {act.name: code for code, act in enumerate(compiled.acts)}
    for day, name in folder.record:
        by_record[compiled.day(day), codes[name]] = weights[compiled.day(day), codes[name]]
    until = folder.end if last is None else min(last, folder.end)
    summed = slice(compiled.free_from, compiled.day(until) + 1)
    strips = []
    for dyad in dict.fromkeys((act.actor, act.target) for act in compiled.acts if act.tone == "hostile"):
        chosen = [code for code, act in enumerate(compiled.acts) if (act.actor, act.target) == dyad and act.tone == "hostile"]  # fmt: skip
        runs, record = (np.bincount(month, side[:, chosen].sum(axis=1), len(months)) for side in (by_runs, by_record))
        sums = [float(side[summed][:, chosen].sum()) for side in (by_runs, by_record)]
        if last is None:
            strips.append(Strip(dyad, runs, None, sums[0], 0.0))
        else:
            beyond = np.array([first > last for first in months])
            strips.append(Strip(dyad, runs, np.where(beyond, np.nan, record), *sums))
    strips.sort(key=lambda strip: (-strip.sum_of_runs, -strip.sum_of_record, strip.dyad))
    return months, strips


if __name__ == "__main__":
    from sim.figures.plot import script

    script("hostility", __doc__)
