"""The picture of the first page, as numbers: when the leading event comes, or how likely each outcome is.

It is drawn by page.html in shapes without text, with its words beside them, so that they stay readable on a narrow
screen. Places are percent of the width, and of the height from the top.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.figures.report.answer import Headline
from sim.figures.report.digits import runs_text, share_text
from sim.figures.report.sentences import meaning_of
from sim.figures.scale import FEW
from sim.figures.style import MONTHS, date_ticks, spelled
from sim.figures.words import capitalised
from sim.results.intervals import wilson

TOPS = (5, 10, 20, 40, 60, 80, 100)  # percent at which the vertical axis may end
MOST_TICKS, MOST_BARS, MOST_LINES = 5, 6, 6


@dataclass(frozen=True)
class Line:
    """The share of runs in which the event has come, by day, of one run folder."""

    name: str
    text: str  # how it ends
    path: str  # of the curve
    band: str  # of its interval
    ring: tuple[float, float] | None  # where the event really came
    final: float  # share of runs, percent


@dataclass(frozen=True)
class Tick:
    """A label of an axis and its place."""

    place: float
    text: str


@dataclass(frozen=True)
class Curves:
    """Curves of all folders on one axis of days; places as the module says."""

    title: str
    lines: list[Line]
    days: list[Tick]
    levels: list[Tick]
    replay_ends: float
    truth: Tick | None
    marks: list[Tick]


@dataclass(frozen=True)
class Bar:
    """The shares of one outcome, a bar for each folder: how long, percent, and what it says."""

    meaning: str
    shares: list[tuple[float, str]]


@dataclass(frozen=True)
class Bars:
    """Bars of the leading outcomes."""

    title: str
    names: list[str]
    bars: list[Bar]


def picture_of(headlines: Sequence[Headline]) -> Curves | Bars | None:
    """Choose the picture of the first page: curves if a day is asked for, else bars; None if no share is asked for."""
    question = headlines[0].day
    if question is not None:
        alike = [headline for headline in headlines if headline.day is not None and headline.day.name == question.name]
        return _curves(alike[:MOST_LINES])
    return _bars(headlines)


def _curves(headlines: Sequence[Headline]) -> Curves:
    first = headlines[0]
    start = min(headline.folder.start for headline in headlines)
    end = max(headline.folder.end for headline in headlines)
    shares = [_shares(headline) for headline in headlines]
    highest = 100.0 * max(float(high.max()) for _, _, high in shares)
    top = next((level for level in TOPS if level >= highest), 100)

    def across(day: date) -> float:
        """Return how far right a day lies, percent."""
        return round(100.0 * (day - start).days / max(1, (end - start).days), 2)

    true_day = first.true_day
    lines = []
    for headline, (share, low, high) in zip(headlines, shares, strict=True):
        folder = headline.folder
        places = [across(day) for day in folder.days]
        heights, lows, highs = ([round(100.0 - 1e4 * value / top, 2) for value in side] for side in (share, low, high))
        ring = None
        if true_day is not None and folder.start <= true_day <= folder.end:
            ring = (across(true_day), heights[(true_day - folder.start).days])
        band = _path(places, highs) + "L" + _path(places[::-1], lows[::-1], backward=True)[1:] + "Z"
        by_end = runs_text(float(share[-1]), float(low[-1]), float(high[-1]), folder.runs)
        text = f"{by_end} by {spelled(folder.end)}"
        lines.append(Line(headline.name, text, _path(places, heights), band, ring, float(100 * share[-1])))
    ticks = date_ticks(start, end)
    ticks = ticks[:: -(-len(ticks) // MOST_TICKS)]
    truth = Tick(across(true_day), spelled(true_day)) if true_day is not None and start <= true_day <= end else None
    return Curves(
        f"Runs in which it has come: {first.event}",
        lines,
        [Tick(across(day), f"{MONTHS[day.month - 1]} {day.year}" if day.day == 1 else spelled(day)) for day in ticks],
        _levels(top, min(headline.folder.runs for headline in headlines)),
        across(first.folder.replay_until),
        truth,
        [Tick(across(day), name) for name, day in first.folder.marks.items() if start <= day <= end],
    )


def _levels(top: float, runs: int) -> list[Tick]:
    """Return the levels of the axis, which ends at `top` percent: in percent, or in whole runs where these are few."""
    if runs >= FEW:
        return [Tick(100.0 - 50.0 * step, f"{top * step / 2:g}\u00a0%") for step in range(3)]
    counts = [0, *sorted({max(1, int(top * runs / 200)), max(1, int(top * runs / 100))})]
    return [Tick(round(100.0 - 1e4 * count / runs / top, 2), str(count)) for count in counts]


def _shares(headline: Headline) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the share of runs in which the event has come by each day, and its interval: float64 (days,)."""
    question, folder = headline.day, headline.folder
    assert question is not None
    number = [each.name for each in folder.compiled.questions].index(question.name)
    came = np.cumsum(folder.tally.counts_of(number)[:-1])
    low, high = wilson(came, folder.runs)
    return came / folder.runs, np.asarray(low), np.asarray(high)


def _path(places: Sequence[float], heights: Sequence[float], backward: bool = False) -> str:
    """Write a line that steps on the day of each change as the path of an SVG; backward: its days run backward."""
    parts = [f"M{places[0]:g} {heights[0]:g}"]
    for before, place, last, height in zip(places, places[1:], heights, heights[1:], strict=False):
        if height != last:
            parts.append(f"H{before if backward else place:g}V{height:g}")
    return "".join(parts) + f"H{places[-1]:g}"


def _bars(headlines: Sequence[Headline]) -> Bars | None:
    first = headlines[0]
    shares = [estimate for estimate in first.outcomes if estimate.headline and estimate.kind == "share"][:MOST_BARS]
    if not shares:
        return None
    bars = []
    for estimate in shares:
        beside = [next((row for row in headline.outcomes if row.name == estimate.name), None) for headline in headlines]
        texts = [
            (round(100 * row.value, 1), share_text(row.value, row.low, row.high, row.runs))
            if row
            else (0.0, "not asked")
            for row in beside
        ]
        bars.append(Bar(capitalised(meaning_of(first.folder, estimate)), texts))
    return Bars("Share of runs", [headline.name for headline in headlines], bars)
