"""Pictures for the explorer, as SVG written here: drawn in a few milliseconds, where a figure for print takes a quarter of a second.

Colours and letters are those of `sim.figures.style`; every picture has a name for readers who cannot see it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import numpy as np

from sim.explorer.ensembles import LeverEnsemble
from sim.figures import style
from sim.figures.words import capitalised, in_words
from sim.results.intervals import wilson
from sim.scenario.compile import Compiled

WIDTH, LEFT, RIGHT, FONT = 640.0, 44.0, 12.0, 12
BASE, MOVED = style.MUTED, style.PAIR_COLOURS[0]


def svg(name: str, height: float, parts: Sequence[str]) -> str:
    """Draw a picture of some parts under a name; height in the units of WIDTH."""
    start = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(name)}" viewBox="0 0 {WIDTH:g} {height:g}">'
    return start + "".join(parts) + "</svg>"


def text(x: float, y: float, words: str, anchor: str = "start", colour: str = style.INK, bold: bool = False) -> str:
    """Draw words at a point; `anchor`: whether it is their start, middle or end."""
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{FONT}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.0, dashes: str = "") -> str:
    """Draw a line between two points.

    dashes: lengths of dash and gap, as SVG writes them.
    """
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def step_points(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn the values of n days into the 2n - 1 corners of a line of steps.

    Each value holds until the next day.
    """
    return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]


def polyline(x: np.ndarray, y: np.ndarray, colour: str, width: float, dashes: str = "") -> str:
    """Draw a line through points, float64 (points,) each way."""
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def band(x: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str) -> str:
    """Fill the area between two lines, float64 (points,) each."""
    points = [*zip(x, high, strict=True), *zip(x[::-1], low[::-1], strict=True)]
    return f'<polygon points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}" fill="{colour}"/>'


def circle(x: float, y: float, radius: float, fill: str, stroke: str = "") -> str:
    """Draw a circle, with an outline if `stroke` is a colour."""
    outline = f' stroke="{stroke}" stroke-width="1.5"' if stroke else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}"{outline}/>'


def shares(ensemble: LeverEnsemble, labels: dict[str, str]) -> str:
    """Draw the headline shares, with intervals, over those of the scenario as it is.

    labels: of actors, by their names.
    """
    rows = [estimate for estimate in ensemble.estimates if estimate.headline and estimate.kind == "share"]
    before = {estimate.name: estimate for estimate in ensemble.base}
    names = [in_words(estimate.name, labels) for estimate in rows]
    if not rows:
        return svg("No headline share", 24, [text(0, 16, "The scenario has no headline share of runs.")])
    left = 20.0 + 1.1 * 72 * max(style.text_width(name, FONT) for name in names)  # a reader's letters may be wider
    spacing, top = 26.0, 6.0
    height = top + spacing * len(rows) + 28

    def across(share: float) -> float:
        """Place a share, 0 to 1, across the picture, in its units."""
        return left + share * (WIDTH - left - 24)

    ticks = [(across(tick / 5), f"{20 * tick} %") for tick in range(6)]
    parts = [line(x, top, x, height - 24, style.FAINT) for x, _ in ticks]
    parts += [text(x, height - 8, words, "middle") for x, words in ticks]
    for place, (estimate, name) in enumerate(zip(rows, names, strict=True)):
        y = top + (place + 0.5) * spacing
        parts.append(text(left - 8, y + 4, name, "end"))
        if estimate.name in before:
            base = before[estimate.name]
            parts.append(line(across(base.low), y - 5, across(base.high), y - 5, BASE, 1.5))
            parts.append(circle(across(base.value), y - 5, 3.5, style.PAPER, BASE))
        parts.append(line(across(estimate.low), y + 4, across(estimate.high), y + 4, MOVED, 2))
        parts.append(circle(across(estimate.value), y + 4, 4.5, MOVED))
    return svg("Shares of runs, at these settings and as the scenario is", height, parts)


def fans(ensemble: LeverEnsemble, compiled: Compiled, labels: dict[str, str]) -> str:
    """Draw a fan of tension for each pair: median, middle half and nine tenths of the runs.

    compiled: the scenario as it is, whose pairs and days every setting has. labels: of actors, by their names.
    """
    panel, gap, top = 96.0, 30.0, 18.0
    height = top + len(compiled.pairs) * (panel + gap) + 18
    axis = _DateAxis(compiled)
    parts: list[str] = []
    for index, pair in enumerate(compiled.pairs):
        quantiles = {share: value[:, index] for share, value in ensemble.tension.items()}
        name = " – ".join(labels[actor] for actor in pair)
        colour = style.PAIR_COLOURS[index % len(style.PAIR_COLOURS)]
        parts += _fan(axis, quantiles, name, colour, top + index * (panel + gap), panel)
    parts.append(axis.ticks(height - 4))
    return svg("Tension of each pair, in marks, day by day", height, parts)


def _fan(
    axis: "_DateAxis", quantiles: dict[float, np.ndarray], name: str, colour: str, top: float, height: float
) -> list[str]:
    """Draw the panel of one pair.

    quantiles: by share of runs, float64 (days,) in marks; infinite where not counted.
    """
    finite = [np.where(np.isfinite(value), value, 0.0) for value in quantiles.values()]
    most = max(*(float(np.max(value)) for value in finite), 0.1) * 1.08
    y = {share: top + height * (1.0 - np.minimum(value, most) / most) for share, value in quantiles.items()}
    return [
        text(LEFT, top - 5, name, bold=True),
        axis.shade(top, height),
        band(axis.x, y[0.05], y[0.95], style.mixed(colour, 0.3)),
        band(axis.x, y[0.25], y[0.75], style.mixed(colour, 0.6)),
        polyline(axis.x, y[0.5], style.mixed(colour, 0.8, style.INK), 2),
        line(LEFT, top + height, WIDTH - RIGHT, top + height, style.MUTED),
        text(LEFT - 6, top + height, "0", "end"),
        text(LEFT - 6, top + 10, f"{most:.1f}", "end"),
        axis.marks(top, height),
    ]


def survival(ensemble: LeverEnsemble, base: LeverEnsemble, compiled: Compiled) -> str:
    """Draw the share of runs in which each headline day has not come.

    Dashed: the same of the scenario as it is.

    compiled: the scenario as it is, whose days and questions every setting has.
    """
    top, panel = 8.0, 170.0
    height = top + panel + 46 + 18 * len(ensemble.waiting)
    if not ensemble.waiting:
        return svg("No headline day", 24, [text(0, 16, "The scenario has no headline day.")])
    axis = _DateAxis(compiled)
    bands, lines = [axis.shade(top, panel)], []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + panel * (1.0 - tick)
        lines += [line(LEFT, y, WIDTH - RIGHT, y, style.FAINT), text(LEFT - 6, y + 4, f"{100 * tick:.0f} %", "end")]
    meanings = {question.name: question.meaning for question in compiled.questions}
    for index, (name, waiting) in enumerate(ensemble.waiting.items()):
        colour = style.PAIR_COLOURS[index % len(style.PAIR_COLOURS)]
        intervals = wilson(np.rint(waiting * ensemble.runs), ensemble.runs)
        ends = [step_points(axis.x, top + panel * (1.0 - end)) for end in intervals]
        bands.append(band(ends[0][0], ends[0][1], ends[1][1], style.mixed(colour, 0.25)))
        before = step_points(axis.x, top + panel * (1.0 - base.waiting[name]))
        lines.append(polyline(*before, style.mixed(colour, 0.6), 1.5, "5 4"))
        lines.append(polyline(*step_points(axis.x, top + panel * (1.0 - waiting)), colour, 2.2))
        y = top + panel + 40 + 18 * index
        lines.append(line(LEFT, y - 4, LEFT + 26, y - 4, colour, 2.2))
        lines.append(text(LEFT + 32, y, f"{capitalised(meanings[name])}: not yet"))
    lines += [axis.marks(top, panel), axis.ticks(top + panel + 16)]
    return svg("Share of runs in which it has not come yet", height, [*bands, *lines])


class _DateAxis:
    """The horizontal axis of a run's days."""

    def __init__(self, compiled: Compiled):
        self.start, self.days = compiled.start, compiled.days
        day = (WIDTH - LEFT - RIGHT) / max(1, self.days - 1)
        self.x = LEFT + np.arange(self.days) * day
        scenario = compiled.loaded.scenario
        self.free_from = self._across(scenario.clock.replay_until) + 0.5 * day
        self.named = [entry.date for entry in scenario.dates.values()]

    def _across(self, day: date) -> float:
        return float(self.x[min(max((day - self.start).days, 0), self.days - 1)])

    def shade(self, top: float, height: float) -> str:
        """Shade the days that are replayed."""
        width = self.free_from - LEFT
        return f'<rect x="{LEFT}" y="{top:.1f}" width="{width:.1f}" height="{height}" fill="{style.SHADE}"/>'

    def marks(self, top: float, height: float) -> str:
        """Draw an upright line at each named date of the scenario."""
        inside = [day for day in self.named if 0 <= (day - self.start).days < self.days]
        places = [self._across(day) for day in inside]
        return "".join(line(x, top, x, top + height, style.INK, 1, "5 3") for x in places)

    def ticks(self, y: float) -> str:
        """Write at most eight dates."""
        end = self.start + timedelta(self.days - 1)
        dates = style.date_ticks(self.start, end)
        dates = dates[:: -(-len(dates) // 8)]
        named = zip(dates, style.date_names(dates), strict=True)
        return "".join(text(self._across(day), y, " ".join(lines), "middle") for day, lines in named)
