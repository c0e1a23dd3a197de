"""Draw when it comes, if it comes: the share of runs in which each event has not come yet, day by day.

python -m sim.figures.survival outputs/baseline/ID
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.words import act_in_words, capitalised, percent
from sim.results.intervals import wilson
from sim.results.run_folder import RunFolder

LEFT, HEIGHT, ROW = 0.68, 2.9, 0.2  # inches
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 3)))


@dataclass(frozen=True)
class Waiting:
    """One event that is waited for: of so many runs, in how many it first came on each day."""

    name: str
    came: np.ndarray  # int64 (days,)
    runs: int
    recorded: date | None  # when it really came

    @property
    def shares(self) -> np.ndarray:
        """Return the share of runs in which it has not come by the end of each day, with its 95 % interval.

        float64 (3, days): share, low and high, 0 to 1.
        """
        left = self.runs - np.cumsum(self.came)
        return np.array([left / self.runs, *wilson(left, self.runs)])


def waiting_lines(
    waitings: Sequence[Waiting],
    start: date,
    *,
    replay_until: date,
    marks: Mapping[str, date],
    title: str,
    note: str,
) -> Figure:
    """Draw a falling line for each event, and a ring where it really came.

    Parameters: waitings, the events, whose days begin on `start`; replay_until, the last day that is replayed; marks,
    dates by their labels. Bands are 95 % intervals. Raises CannotBeDrawn for more lines than can be told apart.
    """
    if len(waitings) > len(style.PAIR_COLOURS):
        raise CannotBeDrawn(f"{len(waitings)} lines cannot be told apart; at most {len(style.PAIR_COLOURS)}")
    days = [start + timedelta(day) for day in range(len(waitings[0].came))]
    width = style.WIDTH - LEFT - style.MARGIN
    timeline = style.Timeline(start, days[-1], replay_until, marks)
    flags = style.flags(timeline, width)
    top = ROW * len(waitings) + 0.1 + style.flags_height(flags)
    sheet = style.sheet(title, note, top + HEIGHT + 0.5)
    axes = sheet.axes(LEFT, top, width, HEIGHT)
    style.write_flags(sheet, flags, LEFT, top)
    style.date_axis(axes, start, days[-1])
    style.mark_days(axes, timeline)
    style.value_axis(axes, "not yet (% of runs)", 0, 100)
    for index, waiting in enumerate(waitings):
        line = {**style.stroke(style.PAIR_COLOURS[index], 1.6, DASHES[index]), "solid_capstyle": "butt"}
        _draw(axes, waiting, days, index, line)
        truth = f" (it came {style.spelled(waiting.recorded)})" if waiting.recorded in days else ""
        sheet.legend(style.MARGIN, 0.08 + ROW * index, [Line2D([], [], **line)], [waiting.name + truth])
    return sheet.figure


def _draw(axes: Axes, waiting: Waiting, days: Sequence[date], index: int, line: dict[str, Any]) -> None:
    """Draw a falling line with its interval, and a ring where it really came. days: all of the axis."""
    x = [date2num(day) for day in days]
    share, low, high = 100 * waiting.shares
    axes.fill_between(x, low, high, step="post", color=style.mixed(line["color"], 0.25), lw=0, zorder=2)
    axes.step(x, share, where="post", zorder=3 + index / 10, **line)
    if waiting.recorded in days:
        ring = {"ms": 11 - 1.4 * index, "mfc": "none", "mec": line["color"], "mew": 1.8}
        axes.plot(
            [date2num(waiting.recorded)], [share[days.index(waiting.recorded)]], "o", zorder=5, clip_on=False, **ring
        )


@figure("run", "when each headline day and each kind of measure comes, if at all, with the record's dates")
def survival_figure(folder: RunFolder) -> Figure:
    """Draw when the headline days of a scenario and each kind of measure come.

    Raises CannotBeDrawn if the scenario asks for no such day.
    """
    compiled = folder.compiled
    by_name = {act.name: code for code, act in enumerate(compiled.acts)}
    waitings = []
    for number, question in enumerate(compiled.questions):
        codes = [by_name[name] for name in question.acts]
        is_measure = len(codes) == 1 and compiled.acts[codes[0]].entry.role == "imposition"
        if question.metric == "first_day" and (question.headline or is_measure):
            first = compiled.date(question.start)
            recorded = [day for day, name in folder.record if name in question.acts and day >= first]
            words = act_in_words(compiled, codes[0]) if len(codes) == 1 else question.meaning
            came = folder.tally.counts_of(number)[:-1]
            waitings.append(Waiting(capitalised(words), came, folder.runs, min(recorded, default=None)))
    if not waitings:
        raise CannotBeDrawn("the scenario has no headline day (metric first_day)")
    more = len(waitings) - len(style.PAIR_COLOURS)
    waitings = waitings[: len(style.PAIR_COLOURS)]
    first_waiting = waitings[0]
    until = min((day for day in folder.marks.values() if day > folder.replay_until), default=folder.end)
    share = 1.0 - first_waiting.shares[0][(min(until, folder.end) - folder.start).days]
    title = (
        f"{first_waiting.name}, in {percent(share)} of runs by {style.spelled(min(until, folder.end))} ({folder.name})"
    )
    note = f"{folder.made_by} Bands: 95 % intervals, simulation error only. Rings: when it first really came, within what is asked (mostly: after the replay)."
    note += f" {more} more are not shown." if more > 0 else ""
    return waiting_lines(
        waitings, folder.start, replay_until=folder.replay_until, marks=folder.marks, title=title, note=note
    )


if __name__ == "__main__":
    from sim.figures.plot import script

    script("survival", __doc__)
