"""Draw how tension may go: the fan of many runs for each pair, on one date axis."""

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
TALLEST, SHORTEST, ALL = 1.45, 0.8, 8.0  # inches: a panel, one among many, and all of them with their gaps if possible
MEDIAN = 0.5
Values = Sequence[float] | np.ndarray
ONE_RUN = style.stroke(style.INK, 0.7)
HEADING = style.lettering(style.LABEL_POINTS, bold=True)


@dataclass(frozen=True)
class Fan:
    """Tension of one pair, in marks: for each share of runs (0.05 …), the value below which it lies on each day."""

    pair: tuple[str, str]
    days: list[date]
    quantiles: Mapping[float, Values]
    one_run: Values | None


def fan(
    fans: Sequence[Fan],
    *,
    replay_until: date,
    marks: Mapping[str, date],
    labels: Mapping[str, str],
    title: str,
    note: str,
) -> Figure:
    """Draw a panel for each pair: the median, bands of middle shares, one run.

    A band lies between two quantiles that enclose a middle share of runs. The panels share the date axis; each has a
    scale of its own from 0, in marks. Marks outside the dates are not shown.
    Parameters: replay_until, the last day that is replayed; marks, dates by their labels; labels, by actor.
    Raises ValueError if a quantile lacks its opposite or the pairs have different ones; KeyError for an actor without
    a label.
    """
    if not fans:
        return _empty_figure(title, note)
    if any(set(pair_fan.quantiles) != set(fans[0].quantiles) for pair_fan in fans):
        raise ValueError("the pairs have different quantiles, so one key cannot name their bands")
    start, end = min(pair_fan.days[0] for pair_fan in fans), max(pair_fan.days[-1] for pair_fan in fans)
    width = style.WIDTH - LEFT - style.MARGIN
    timeline = style.Timeline(start, end, replay_until, marks)
    flags = style.flags(timeline, width)
    panel = min(TALLEST, max(SHORTEST, ALL / len(fans) - GAP))
    top = HEADER + style.flags_height(flags)
    more = " Each panel has its own scale." if len(fans) > 1 else ""
    if any(not np.isfinite(values).all() for pair_fan in fans for values in pair_fan.quantiles.values()):
        more += " What leaves a panel at its top lies beyond what is counted."
    sheet = style.sheet(title, note + more, top + len(fans) * (panel + GAP) + 0.5)
    _keys(sheet, fans)
    style.write_flags(sheet, flags, LEFT, top + GAP)
    for index, pair_fan in enumerate(fans):
        down = top + GAP + index * (panel + GAP)
        above = down - 0.12 - (style.flags_height(flags) if index == 0 else 0)
        sheet.write(LEFT, above, " – ".join(labels[actor] for actor in pair_fan.pair), **HEADING)
        axes = sheet.axes(LEFT, down, width, panel)
        style.date_axis(axes, start, end, labelled=pair_fan is fans[-1])
        style.mark_days(axes, timeline)
        _draw(axes, pair_fan, _colour(index))
    return sheet.figure


def _empty_figure(title: str, note: str) -> Figure:
    sheet = style.sheet(title, note, 0.5)
    sheet.write(style.WIDTH / 2, 0.25, "no pair that can be hostile", ha="center", color=style.MUTED)
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


def _band_name(low: float, high: float) -> str:
    return f"middle {100 * (high - low):.4g} % of runs"


def _draw(axes: Axes, pair_fan: Fan, colour: str) -> None:
    x = [date2num(day) for day in pair_fan.days]
    pairs = bands(pair_fan.quantiles)
    lines = [*pair_fan.quantiles.values(), [0.0] if pair_fan.one_run is None else pair_fan.one_run]
    highest = max(float(np.max(np.where(np.isfinite(line), line, 0.0))) for line in lines)
    top = 1.06 * highest or 1.0
    inside = {share: np.minimum(values, 2 * top) for share, values in pair_fan.quantiles.items()}  # none is infinite
    for index, (low, high) in enumerate(pairs):
        look: dict[str, Any] = {"facecolor": _shade(colour, index, len(pairs)), "edgecolor": "none", "linewidth": 0}
        look |= {"zorder": 1 + index / 10, "label": _band_name(low, high)}
        axes.fill_between(x, inside[low], inside[high], **look)
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
    if any(pair_fan.one_run is not None for pair_fan in fans):
        handles.append(Line2D([], [], **ONE_RUN))
        names.append("one run")
    sheet.legend(style.MARGIN, 0.1, handles, names)
