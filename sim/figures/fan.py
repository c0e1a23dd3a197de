"""Draw how tension may go: the fan of many runs for each pair beside what really happened, all on one scale."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.figures import style

LEFT, GAP, HEADER = 0.68, 0.38, 0.22  # inches: left of the panels, above each, and for the keys
BETWEEN = 0.6  # inches between two columns of panels
TALLEST, SHORTEST, ALL = 1.45, 0.8, 8.0  # inches: a panel, one among many, and all of them with their gaps if possible
ONE_COLUMN = 4  # panels; more of them stand in two columns
MEDIAN = 0.5
LINE = style.LABEL_POINTS * style.LINE
Values = Sequence[float] | np.ndarray
ONE_RUN = style.stroke(style.INK, 0.7)
RECORD = style.stroke(style.INK, 1.3)
HEADING = style.lettering(style.LABEL_POINTS, bold=True)


@dataclass(frozen=True)
class Fan:
    """Tension of one pair, in marks: for each share of runs (0.05 …), the value below which it lies on each day.

    Where runs are too few for shares, `quantiles` is empty and `runs` has them all. record: what really happened, NaN on
    days that the record does not reach.
    """

    pair: tuple[str, str]
    days: list[date]
    quantiles: Mapping[float, Values]
    one_run: Values | None
    record: Values | None = None
    runs: Sequence[Values] = ()

    @property
    def highest(self) -> float:
        """Return the highest value of any line."""
        lines = [*self.quantiles.values(), *self.runs, self.one_run, self.record]
        tops = [float(np.max(np.where(np.isfinite(line), line, 0.0))) for line in lines if line is not None]
        return max(tops, default=0.0)


def fan(
    fans: Sequence[Fan],
    *,
    replay_until: date,
    marks: Mapping[str, date],
    labels: Mapping[str, str],
    title: str,
    note: str,
) -> Figure:
    """Draw a panel for each pair: the median, bands of middle shares, one run, and what really happened.

    A band lies between two quantiles that enclose a middle share of runs. The panels share both axes: dates, and marks
    from 0. Marks outside the dates are not shown.
    Parameters: replay_until, the last day that is replayed; marks, dates by their labels; labels, by actor.
    Raises ValueError if a quantile lacks its opposite or the pairs have different ones; KeyError for an actor without
    a label.
    """
    if not fans:
        return _empty_figure(title, note)
    if any(set(pair_fan.quantiles) != set(fans[0].quantiles) for pair_fan in fans):
        raise ValueError("the pairs have different quantiles, so one key cannot name their bands")
    start, end = min(pair_fan.days[0] for pair_fan in fans), max(pair_fan.days[-1] for pair_fan in fans)
    columns = 1 if len(fans) <= ONE_COLUMN else 2
    rows = -(-len(fans) // columns)
    width = (style.WIDTH - LEFT - style.MARGIN - BETWEEN * (columns - 1)) / columns
    timeline = style.Timeline(start, end, replay_until, marks)
    flags = style.flags(timeline, width, style.WIDTH - LEFT - style.MARGIN)
    names = [style.wrapped(" – ".join(labels[actor] for actor in each.pair), style.LABEL_POINTS, width, bold=True) for each in fans]  # fmt: skip
    gap = GAP + LINE * max(name.count("\n") for name in names)
    panel = min(TALLEST, max(SHORTEST, ALL / rows - gap))
    highest = max(pair_fan.highest for pair_fan in fans)
    top = HEADER + style.flags_height(flags)
    more = ""
    if any(not np.isfinite(values).all() for pair_fan in fans for values in pair_fan.quantiles.values()):
        more = " What leaves a panel at its top lies beyond what is counted."
    sheet = style.sheet(title, note + more, top + rows * (panel + gap) + 0.5)
    _keys(sheet, fans)
    style.write_flags(sheet, flags, LEFT, top + gap)
    for index, (pair_fan, name) in enumerate(zip(fans, names, strict=True)):
        row, column = divmod(index, columns)
        left, down = LEFT + column * (width + BETWEEN), top + gap + row * (panel + gap)
        above = down - 0.03 - (style.flags_height(flags) if row == 0 else 0.02)
        sheet.write(left, above, name, **{**HEADING, "va": "bottom", "linespacing": 1.2})
        axes = sheet.axes(left, down, width, panel)
        style.date_axis(axes, start, end, labelled=index + columns >= len(fans))
        style.mark_days(axes, timeline)
        _draw(axes, pair_fan, _colour(index), 1.06 * highest or 1.0)
        axes.set_ylabel("tension (marks)" if column == 0 else "", **style.lettering(style.SMALL_POINTS))
    return sheet.figure


def _empty_figure(title: str, note: str) -> Figure:
    sheet = style.sheet(title, note, 0.5)
    sheet.write(style.WIDTH / 2, 0.25, "no tension", ha="center", color=style.MUTED)
    return sheet.figure


def bands(quantiles: Iterable[float]) -> list[tuple[float, float]]:
    """Pair quantiles (0 to 1), the widest first: (0.05, 0.95), (0.25, 0.75).

    The median is left out. Raises ValueError if a quantile lacks its opposite.
    """
    shares = sorted(quantiles)
    lower = [share for share in shares if share < MEDIAN]
    upper = [share for share in reversed(shares) if share > MEDIAN]
    if len(lower) != len(upper) or any(abs(low + high - 1) > 1e-9 for low, high in zip(lower, upper, strict=True)):
        raise ValueError(f"quantiles enclose no middle shares of runs: {shares}")
    return list(zip(lower, upper, strict=True))


def _colour(index: int) -> str:
    return style.PAIR_COLOURS[index % len(style.PAIR_COLOURS)]


def _shade(colour: str, index: int, count: int) -> str:
    """Shade one of `count` bands; the widest is the palest."""
    return style.mixed(colour, 0.32 + 0.34 * index / max(1, count - 1))


def _line(colour: str) -> dict[str, Any]:
    return style.stroke(style.mixed(colour, 0.8, style.INK), 1.8)


def _thin(colour: str) -> dict[str, Any]:
    return style.stroke(style.mixed(colour, 0.8), 0.9)


def _band_name(low: float, high: float) -> str:
    return f"middle {100 * (high - low):.4g} % of runs"


def _draw(axes: Axes, pair_fan: Fan, colour: str, top: float) -> None:
    """Draw the fan of a pair. top: the end of the vertical axis."""
    x = [date2num(day) for day in pair_fan.days]
    pairs = bands(pair_fan.quantiles)
    inside = {share: np.minimum(values, 2 * top) for share, values in pair_fan.quantiles.items()}  # none is infinite
    for index, (low, high) in enumerate(pairs):
        look: dict[str, Any] = {"facecolor": _shade(colour, index, len(pairs)), "edgecolor": "none", "linewidth": 0}
        look |= {"zorder": 1 + index / 10, "label": _band_name(low, high)}
        axes.fill_between(x, inside[low], inside[high], **look)
    for line in pair_fan.runs:
        axes.plot(x, line, zorder=2.8, clip_on=False, label="each run", **_thin(colour))
    if pair_fan.record is not None:
        axes.plot(x, pair_fan.record, zorder=3.2, clip_on=False, label="what really happened", **RECORD)
    if pair_fan.one_run is not None:
        axes.plot(x, pair_fan.one_run, zorder=3, clip_on=False, label="one run", **ONE_RUN)
    if MEDIAN in pair_fan.quantiles:
        whole = np.isfinite(pair_fan.quantiles[MEDIAN]).all()
        axes.plot(x, inside[MEDIAN], zorder=3.1, clip_on=not whole, label="median", **_line(colour))
    style.value_axis(axes, "tension (marks)", 0, top)


def _keys(sheet: style.Sheet, fans: Sequence[Fan]) -> None:
    """Write what the bands and lines are, in the colours of all panels."""
    colours = [_colour(index) for index in range(min(len(fans), len(style.PAIR_COLOURS)))]
    pairs = bands(fans[0].quantiles)
    handles: list[Any] = []
    names = []
    if MEDIAN in fans[0].quantiles:
        handles.append(tuple(Line2D([], [], **_line(colour)) for colour in colours))
        names.append("median of runs")
    for index, (low, high) in reversed(list(enumerate(pairs))):
        shades = [_shade(colour, index, len(pairs)) for colour in colours]
        handles.append(tuple(Patch(facecolor=shade, edgecolor="none") for shade in shades))
        names.append(_band_name(low, high))
    if any(pair_fan.runs for pair_fan in fans):
        handles.append(tuple(Line2D([], [], **_thin(colour)) for colour in colours))
        names.append("each run")
    if any(pair_fan.record is not None for pair_fan in fans):
        handles.append(Line2D([], [], **RECORD))
        names.append("what really happened")
    if any(pair_fan.one_run is not None for pair_fan in fans):
        handles.append(Line2D([], [], **ONE_RUN))
        names.append("one run")
    sheet.legend(style.MARGIN, 0.1, handles, names)
