"""Draw two scenarios apart, day by day: paired differences, and the day on which each pair of runs parts.

python -m sim.figures.paired_differences outputs/baseline/ID outputs/weak_backing/ID
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.scale import RunScale
from sim.figures.words import names_apart
from sim.results.blocks import Block
from sim.results.intervals import mean_of_runs
from sim.results.run_folder import RunFolder
from sim.results.units import ACTS
from sim.study.parting import Parting

LEFT, PANEL, GAP = 0.78, 0.8, 0.42  # inches


@dataclass(frozen=True)
class DailyDifference:
    """A paired difference on each day of two scenarios: its mean over pairs of runs, and its 95 % interval."""

    name: str
    unit: str
    mean: np.ndarray  # float64 (days,), as are low and high, in `unit`
    low: np.ndarray
    high: np.ndarray


def difference_by_day(
    differences: Sequence[DailyDifference],
    parted: np.ndarray,
    pairs: int,
    start: date,
    *,
    replay_until: date,
    marks: Mapping[str, date],
    title: str,
    note: str,
) -> Figure:
    """Draw a panel for each difference, and one for the pairs that have parted.

    Parameters: parted, float64 (days,), the share of pairs (0 to 1) that have parted by the end of each day; pairs, how many there are; start, the
    first of the days; replay_until, the last that is replayed; marks, the marked dates by their labels.
    """
    days = [start + timedelta(day) for day in range(len(parted))]
    scale = RunScale(pairs, "pairs")
    width = style.WIDTH - LEFT - style.MARGIN
    timeline = style.Timeline(start, days[-1], replay_until, marks)
    flags = style.flags(timeline, width)
    top = style.flags_height(flags) + GAP
    sheet = style.sheet(title, note, top + (len(differences) + 1) * (PANEL + GAP) + 0.25)
    style.write_flags(sheet, flags, LEFT, top - 0.2)
    x = [date2num(day) for day in days]
    for index in range(len(differences) + 1):
        down = top + index * (PANEL + GAP)
        axes = sheet.axes(LEFT, down, width, PANEL)
        style.date_axis(axes, start, days[-1], labelled=index == len(differences))
        style.mark_days(axes, timeline)
        colour = style.PAIR_COLOURS[index % len(style.PAIR_COLOURS)]
        name = "pairs of runs that have parted" if index == len(differences) else differences[index].name
        sheet.write(LEFT, down - 0.1, name, **style.lettering(style.SMALL_POINTS, bold=True))
        if index == len(differences):
            axes.step(x, scale.whole * parted, where="post", zorder=3, **style.stroke(style.INK, 1.6))
            style.value_axis(axes, scale.label, 0, scale.whole)
            median = int(np.searchsorted(parted, 0.5 * parted[-1])) if parted[-1] > 0 else None
            if median is not None:
                axes.axvline(x[median], zorder=2, **style.stroke(colour, 1.2, (0, (2, 2))))
                label = f" half of those that part: by {style.spelled(days[median])}"
                letters = {"ha": "right" if median > 0.6 * len(x) else "left", **style.lettering(style.SMALL_POINTS)}
                axes.annotate(
                    label,
                    (x[median], 0.12 * scale.whole),
                    (-4 if median > 0.6 * len(x) else 4, 0),
                    textcoords="offset points",
                    va="center",
                    **letters,
                )
            continue
        difference = differences[index]
        axes.fill_between(
            x, difference.low, difference.high, step="post", color=style.mixed(colour, 0.3), lw=0, zorder=2
        )
        axes.step(x, difference.mean, where="post", zorder=3, **style.stroke(colour, 1.6))
        low, high = min(0.0, float(np.min(difference.low))), max(0.0, float(np.max(difference.high)))
        air = 0.06 * (high - low) or 1.0
        style.value_axis(axes, difference.unit, low - air, high + air)
        axes.axhline(0.0, zorder=1.5, **style.stroke(style.MUTED, 0.8))
    return sheet.figure


@figure("runs", "the paired difference of two scenarios, day by day, and when their runs part")
def apart_figure(folders: Sequence[RunFolder]) -> Figure:
    """Draw the second scenario against the first, over pairs of runs.

    Raises CannotBeDrawn if there are not two folders, their runs are not pairs, or fewer than two runs are kept whole.
    """
    if len(folders) != 2:
        raise CannotBeDrawn(f"two run folders are needed, and {len(folders)} were given")
    here, there = folders
    if why := here.no_pair_of(there):
        raise CannotBeDrawn(why)
    runs = min(here.kept_whole, there.kept_whole)
    if runs < 2:
        raise CannotBeDrawn("fewer than two runs are kept whole: run with a larger --acts-of")
    free = max(side.compiled.free_from for side in folders)
    names = {tone: f"{tone} acts since the replay, difference so far" for tone in ("hostile", "cooperative")}
    hostile, cooperative = (
        _cumulative_difference([_acts_by_run_and_day(side, runs, tone, free) for side in folders], name, ACTS.label)
        for tone, name in names.items()
    )
    parting = Parting(here.compiled, there.compiled)
    parting.add(*(Block(0, np.zeros((runs, 0)), side.acts[side.acts[:, 0] < runs]) for side in folders))
    by_day = np.array([parting.days.get(day, 0) for day in here.days])
    name, variant_name = names_apart(folders)
    near, far = sorted(abs(end) for end in (hostile.low[-1], hostile.high[-1]))
    summary = f"{abs(hostile.mean[-1]):.1f} {'more' if hostile.mean[-1] >= 0 else 'fewer'} hostile acts than in {name} (95\u00a0%: {near:.1f} to {far:.1f})"
    if hostile.low[-1] <= 0.0 <= hostile.high[-1]:
        ends = f"95\u00a0%: {hostile.low[-1]:+.1f} to {hostile.high[-1]:+.1f}".replace("-", "\u2212")
        summary = f"no clear difference from {name} in hostile acts ({ends})"
    title = f"{variant_name}: {summary} by {style.spelled(here.end)}"
    note = f"{variant_name} less {name}: {runs:,} pairs of runs with the same luck, seed {here.seed}. Bands: 95 % intervals (normal), simulation error only."
    return difference_by_day(
        [hostile, cooperative], np.cumsum(by_day) / runs, runs, here.start, replay_until=min(here.replay_until, there.replay_until),
        marks=here.marks, title=title, note=note,
    )  # fmt: skip


def _acts_by_run_and_day(folder: RunFolder, runs: int, tone: str, free: int) -> np.ndarray:
    """Count the acts of one tone, from the day on which both scenarios are free: int32 (runs, days)."""
    of_tone = np.array([act.tone == tone for act in folder.compiled.acts])
    run, day, code = folder.acts.T
    chosen = of_tone[code] & (run < runs) & (day >= free)
    counts = np.zeros((runs, folder.compiled.days), np.int32)
    np.add.at(counts, (run[chosen], day[chosen]), 1)
    return counts


def _cumulative_difference(sides: Sequence[np.ndarray], name: str, unit: str) -> DailyDifference:
    """Average, over pairs, the difference of the sums up to each day."""
    differences = np.cumsum(sides[1] - sides[0], axis=1, dtype=np.int64)
    return DailyDifference(name, unit, *mean_of_runs(differences))


if __name__ == "__main__":
    from sim.figures.plot import script

    script("paired_differences", __doc__)
