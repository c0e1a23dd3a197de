"""Draw when it comes, if it comes: the share of runs in which each event has come, day by day, and when it really came.

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

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.scale import RunScale
from sim.figures.words import act_in_words, capitalised
from sim.results.intervals import wilson
from sim.results.run_folder import RunFolder
from sim.results.what_happened import what_happened

LEFT, RIGHT, HEIGHT, APART = 0.68, 2.75, 3.0, 0.09  # inches; apart: labels at the ends of lines
LINE = style.SMALL_POINTS * style.LINE
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 3)))
READABLE = 4.5  # contrast of text
TOPS = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0)  # shares of runs at which the axis may end


@dataclass(frozen=True)
class Event:
    """One event: of so many runs, in how many it first came on each day; and when it really came.

    name: of a line. sentence: that it comes, without the colon of the name. is_headline: whether it is asked first of all. recorded: that day, None if it did not come. is_settled: whether the record says so.
    """

    name: str
    sentence: str
    is_headline: bool
    came: np.ndarray  # int64 (days,)
    runs: int
    recorded: date | None
    is_settled: bool

    @property
    def shares(self) -> np.ndarray:
        """Return the share of runs in which it has come by the end of each day, with its 95 % interval.

        float64 (3, days): share, low and high, 0 to 1.
        """
        so_far = np.cumsum(self.came)
        return np.array([so_far / self.runs, *wilson(so_far, self.runs)])

    def by(self, day: int) -> str:
        """Write in how many runs it has come by a day, with the interval."""
        share, low, high = self.shares[:, day]
        return RunScale(self.runs).estimate(float(share), float(low), float(high))


def coming_lines(
    events: Sequence[Event],
    start: date,
    *,
    replay_until: date,
    marks: Mapping[str, date],
    title: str,
    note: str,
) -> Figure:
    """Draw a rising line for each event, its name at its end, and a ring where it really came.

    Parameters: events, whose days begin on `start`; replay_until, the last day that is replayed; marks, dates by their
    labels. Bands are 95 % intervals, left out of few runs. Raises CannotBeDrawn for more lines than can be told apart.
    """
    if len(events) > len(style.PAIR_COLOURS):
        raise CannotBeDrawn(f"{len(events)} lines cannot be told apart; at most {len(style.PAIR_COLOURS)}")
    days = [start + timedelta(day) for day in range(len(events[0].came))]
    labels = [_label(event, days) for event in events]
    needed = sum(LINE * (label.count("\n") + 1) + APART for label in labels)
    width, height = style.WIDTH - LEFT - RIGHT, max(HEIGHT, needed)
    timeline = style.Timeline(start, days[-1], replay_until, marks)
    flags = style.flags(timeline, width, style.WIDTH - LEFT - style.MARGIN)
    top = style.flags_height(flags)
    sheet = style.sheet(title, note, top + height + 0.5)
    axes = sheet.axes(LEFT, top, width, height)
    style.write_flags(sheet, flags, LEFT, top)
    style.date_axis(axes, start, days[-1])
    style.mark_days(axes, timeline)
    scale = RunScale(events[0].runs)
    reached = max(float(event.shares[2].max()) for event in events)
    upper = next(share for share in TOPS if share >= min(reached, 1.0)) if not scale.is_counted else 1.0
    style.value_axis(axes, f"has come ({scale.label})", 0, upper * scale.whole, is_counted=scale.is_counted)
    ends = [height * (1 - float(event.shares[0, -1]) / upper) for event in events]
    places = _spread(ends, [LINE * (label.count("\n") + 1) + APART for label in labels], height)
    for index, (event, label, place) in enumerate(zip(events, labels, places, strict=True)):
        line = {**style.stroke(style.PAIR_COLOURS[index], 1.6, DASHES[index]), "solid_capstyle": "butt"}
        _draw(axes, event, days, index, line)
        sheet.write(LEFT + width + 0.22, top + place, label, color=_ink(style.PAIR_COLOURS[index]), linespacing=1.3)
        _lead(axes, height, (ends[index], place), style.PAIR_COLOURS[index])
    return sheet.figure


def _label(event: Event, days: list[date]) -> str:
    """Name an event, with the share of runs in which it comes, and when it really came."""
    words = f"{event.name}: {RunScale(event.runs).short(float(event.shares[0, -1]))}"
    if event.recorded in days:
        words += f"; in fact {style.spelled(event.recorded)}"
    elif event.is_settled:
        words += "; in fact never"
    return style.wrapped(words, style.SMALL_POINTS, RIGHT - 0.22 - style.MARGIN)


def _ink(colour: str) -> str:
    """Darken a colour until text in it can be read on paper."""
    darkened = (style.mixed(colour, share / 20, style.INK) for share in range(13, -1, -1))
    return next(ink for ink in darkened if style.contrast(ink, style.PAPER) >= READABLE)


def _spread(wanted: Sequence[float], heights: Sequence[float], whole: float) -> list[float]:
    """Move places apart until none touches another, in their order and within the whole. All are inches from the top."""
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    places = [0.0] * len(wanted)
    free = 0.0
    for index in order:
        places[index] = max(free + heights[index] / 2, wanted[index])
        free = places[index] + heights[index] / 2
    floor = whole
    for index in reversed(order):
        places[index] = min(places[index], floor - heights[index] / 2)
        floor = places[index] - heights[index] / 2
    return places


def _lead(axes: Axes, height: float, down: tuple[float, float], colour: str) -> None:
    """Draw a thin line from the end of an event's line to its label; down: inches from the top, of both."""
    near, far = (1 - place / height for place in down)
    right = 1 + 0.2 / (style.WIDTH - LEFT - RIGHT)
    axes.plot([1, right], [near, far], transform=axes.transAxes, clip_on=False, **style.stroke(colour, 0.7))


def _draw(axes: Axes, event: Event, days: Sequence[date], index: int, line: dict[str, Any]) -> None:
    """Draw a rising line with its interval, and a ring where it really came. days: all of the axis."""
    x = [date2num(day) for day in days]
    share, low, high = RunScale(event.runs).whole * event.shares
    if not RunScale(event.runs).is_counted:
        axes.fill_between(x, low, high, step="post", color=style.mixed(line["color"], 0.25), lw=0, zorder=2)
    axes.step(x, share, where="post", zorder=3 + index / 10, **line)
    if event.recorded in days:
        ring = {"ms": 11 - 1.4 * index, "mfc": "none", "mec": line["color"], "mew": 1.8}
        place = share[days.index(event.recorded)]
        axes.plot([date2num(event.recorded)], [place], "o", zorder=5, clip_on=False, **ring)


@figure("run", "when each headline day and each kind of measure comes, if at all, with the record's dates")
def survival_figure(folder: RunFolder) -> Figure:
    """Draw when the headline days of a scenario and each kind of measure come.

    Raises CannotBeDrawn if the scenario asks for no such day.
    """
    events = _events(folder)
    if not events:
        raise CannotBeDrawn("the scenario has no headline day (metric first_day)")
    more = len(events) - len(style.PAIR_COLOURS)
    events = sorted(events, key=_weight)[: len(style.PAIR_COLOURS)]
    note = f"{folder.name}: {folder.made_by}"
    note += "" if RunScale(folder.runs).is_counted else " Bands: 95 % intervals, simulation error only."
    if any(event.recorded in folder.days for event in events):
        note += " Rings: when it first really came, within what is asked (mostly: after the replay)."
    note += f" Shown are those that really came, then the likeliest; {more} more are not shown." if more > 0 else ""
    return coming_lines(
        events, folder.start, replay_until=folder.replay_until, marks=folder.marks, title=_finding(folder, events[0]), note=note
    )  # fmt: skip


def _events(folder: RunFolder) -> list[Event]:
    """List the headline days, and the first day of each measure."""
    compiled, answers = folder.compiled, what_happened(folder.compiled).answers
    by_name = {act.name: code for code, act in enumerate(compiled.acts)}
    events = []
    for number, question in enumerate(compiled.questions):
        codes = [by_name[name] for name in question.acts]
        is_measure = len(codes) == 1 and compiled.acts[codes[0]].entry.role == "imposition"
        if question.metric == "first_day" and (question.headline or is_measure):
            words = (
                act_in_words(compiled, codes[0]) if len(codes) == 1 else question.meaning.removeprefix("day on which ")
            )
            day = answers.get(question.name, np.nan)
            recorded = None if np.isnan(day) else compiled.date(int(day))
            came = folder.tally.counts_of(number)[:-1]
            is_settled = question.name in answers
            sentence = words.replace(": ", " ", 1) if len(codes) == 1 else words
            events.append(
                Event(
                    capitalised(words),
                    capitalised(sentence),
                    question.headline,
                    came,
                    folder.runs,
                    recorded,
                    is_settled,
                )
            )
    return events


def _weight(event: Event) -> tuple[bool, bool, float]:
    """Return what sorts events: those asked first of all, then those that really came, then the likeliest."""
    return not event.is_headline, event.recorded is None, -float(event.came.sum())


def _finding(folder: RunFolder, event: Event) -> str:
    """Say in how many runs the first event had come by the day on which it really did, or by the next marked date."""
    if event.recorded in folder.days:
        day = style.spelled(event.recorded)
        share = event.by((event.recorded - folder.start).days)
        return f"{event.sentence}: in fact on {day}; by then in {share}"
    ahead = {day: label for label, day in folder.marks.items() if folder.replay_until < day <= folder.end}
    until = min(ahead, default=folder.end)
    name = f"{style.spelled(until)} ({ahead[until]})" if until in ahead else style.spelled(until)
    truth = "; in fact it never came" if event.is_settled else ""
    return f"{event.sentence}: by {name}, in {event.by((until - folder.start).days)}{truth}"


if __name__ == "__main__":
    from sim.figures.plot import script

    script("survival", __doc__)
