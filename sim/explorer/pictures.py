"""Pictures for the explorer, as SVG written here: drawn in a few milliseconds, where a figure for print takes a quarter of a second.

Colours are the names of the page's own, so that its light and dark theme need no new picture; lengths are pixels of the
screen, so that letters stay as large on a narrow one. Every picture has a name for readers who cannot see it, and what
it shows of a row or a day stands in `data-` attributes, for the page to say where the pointer is.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

import numpy as np

from sim.explorer.ensembles import LeverEnsemble, day_step
from sim.explorer.outcome_table import interval_text
from sim.figures import style
from sim.figures.words import capitalised, in_words
from sim.results.intervals import wilson
from sim.scenario.compile import Compiled

LEFT, RIGHT, FONT = 44.0, 12.0, 12
WIDE, NARROW = 640, 300  # pixels: what a picture is drawn at where nothing else is known, and at least
NAMES_ABOVE = 520.0  # pixels: below it, names stand above their rows and not beside them
DAY_LABEL = 76.0  # pixels for the label of one day
BASE, MOVED = "muted", "now"
MOST_COLOURS = len(style.PAIR_COLOURS)


def svg(name: str, width: float, height: float, parts: Sequence[str], **data: Any) -> str:
    """Draw a picture of some parts under a name; data: attributes for the page, by name."""
    more = "".join(f' data-{key}="{escape(str(value))}"' for key, value in data.items())
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    start = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(name)}" {size}{more}>'
    return start + "".join(parts) + "</svg>"


def group(parts: Sequence[str], **data: Any) -> str:
    """Draw parts together; data: attributes for the page, as JSON by name."""
    written = (f' data-{key}="{escape(json.dumps(value, ensure_ascii=False))}"' for key, value in data.items())
    return f"<g{''.join(written)}>" + "".join(parts) + "</g>"


def text(x: float, y: float, words: str, anchor: str = "start", bold: bool = False) -> str:
    """Draw words at a point; `anchor`: whether it is their start, middle or end."""
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{FONT}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.0, dashes: str = "") -> str:
    """Draw a line between two points.

    dashes: lengths of dash and gap, as SVG writes them.
    """
    place = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {place} style="stroke:var(--{colour})" stroke-width="{width}"{_dashed(dashes)}/>'


def step_points(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn the values of n days into the 2n - 1 corners of a line of steps.

    Each value holds until the next day.
    """
    return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]


def polyline(x: np.ndarray, y: np.ndarray, colour: str, width: float, dashes: str = "") -> str:
    """Draw a line through points, float64 (points,) each way."""
    style_text = f'fill="none" style="stroke:var(--{colour})" stroke-width="{width}"{_dashed(dashes)}'
    return f'<polyline points="{_points(x, y)}" {style_text}/>'


def band(x: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str, opacity: float) -> str:
    """Fill the area between two lines, float64 (points,) each."""
    points = f"{_points(x, high)} {_points(x[::-1], low[::-1])}"
    return f'<polygon points="{points}" style="fill:var(--{colour})" fill-opacity="{opacity}"/>'


def circle(x: float, y: float, radius: float, fill: str, outline: str = "") -> str:
    """Draw a circle, with an outline if `outline` is a colour."""
    stroke = f";stroke:var(--{outline});stroke-width:1.5" if outline else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" style="fill:var(--{fill}){stroke}"/>'


def lines_of(words: str, width: float) -> list[str]:
    """Break words into lines that are at most so wide, in pixels; a word that is wider has a line to itself."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or _text_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def fitted(words: str, width: float) -> str:
    """Cut words so that they are at most so wide, in pixels, with a sign that they are cut."""
    if _text_width(words) <= width:
        return words
    while words and _text_width(f"{words} …") > width:
        words = words[:-1].rstrip()
    return f"{words} …"


def _text_width(words: str) -> float:
    return 1.1 * 72 * style.text_width(words, FONT)  # a reader's letters may be wider


def _dashed(dashes: str) -> str:
    return f' stroke-dasharray="{dashes}"' if dashes else ""


def _points(x: np.ndarray, y: np.ndarray) -> str:
    """Write points, without those on a level between two others of the same height."""
    y = np.round(y, 1)
    level = np.zeros(len(y), bool)
    level[1:-1] = (y[1:-1] == y[:-2]) & (y[1:-1] == y[2:])
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x[~level].tolist(), y[~level].tolist(), strict=True))


def shares(ensemble: LeverEnsemble, labels: dict[str, str], width: float = WIDE) -> str:
    """Draw the headline shares, with intervals, over those of the reference.

    labels: of actors, by their names. width: in pixels.
    """
    rows = [estimate for estimate in ensemble.estimates if estimate.headline and estimate.kind == "share"]
    before = {estimate.name: estimate for estimate in ensemble.base}
    names = [capitalised(in_words(estimate.name, labels)) for estimate in rows]
    if not rows:
        return svg("No headline share", width, 24, [text(0, 16, "The scenario has no headline share of runs.")])
    above = width < NAMES_ABOVE
    left = 14.0 if above else 20.0 + min(width / 2, max(_text_width(name) for name in names))
    name_width = width - left if above else left - 16.0
    spacing, top = (44.0 if above else 26.0), 6.0
    height = top + spacing * len(rows) + 28

    def across(share: float) -> float:
        """Place a share, 0 to 1, across the picture, in its units."""
        return left + share * (width - left - 24)

    ticks = [(across(tick / 5), f"{20 * tick} %") for tick in range(6)]
    parts = [line(x, top, x, height - 24, "faint") for x, _ in ticks]
    parts += [text(x, height - 8, words, "middle") for x, words in ticks]
    for place, (estimate, name) in enumerate(zip(rows, names, strict=True)):
        y = top + (place + (0.72 if above else 0.5)) * spacing
        short = fitted(name, name_width)
        row = [text(left, y - 14, short) if above else text(left - 8, y + 4, short, "end")]
        tip = [name, f"at these settings {interval_text(estimate)}"]
        if estimate.name in before:
            base = before[estimate.name]
            row.append(line(across(base.low), y - 5, across(base.high), y - 5, BASE, 1.5))
            row.append(circle(across(base.value), y - 5, 3.5, "paper", BASE))
            tip.append(f"compared with {interval_text(base)}")
        row.append(line(across(estimate.low), y + 4, across(estimate.high), y + 4, MOVED, 2))
        row.append(circle(across(estimate.value), y + 4, 4.5, MOVED))
        target = f'<rect x="0" y="{y - spacing / 2:.1f}" width="{width:g}" height="{spacing:g}" fill="transparent"/>'
        parts.append(group([*row, target], tip=tip))
    return svg("Shares of runs, at these settings and of what they are compared with", width, height, parts)


def fans(ensemble: LeverEnsemble, compiled: Compiled, labels: dict[str, str], width: float = WIDE) -> str:
    """Draw a fan of tension for each pair: median, middle half and nine tenths of the runs.

    compiled: the scenario, whose pairs and days every setting has. labels: of actors, by their names. width: in pixels.
    """
    panel, gap, top = 96.0, 30.0, 18.0
    height = top + len(compiled.pairs) * (panel + gap) + 18
    axis = _DateAxis(compiled, width)
    parts: list[str] = []
    for index, pair in enumerate(compiled.pairs):
        quantiles = {share: value[:, index] for share, value in ensemble.tension.items()}
        name = " – ".join(labels[actor] for actor in pair)
        parts.append(_fan(axis, quantiles, name, f"pair-{index % MOST_COLOURS}", (top + index * (panel + gap), panel)))
    parts.append(axis.ticks(height - 4))
    return svg("Tension of each pair, in marks, day by day", width, height, parts, **axis.data)


def _fan(
    axis: "_DateAxis", quantiles: dict[float, np.ndarray], name: str, colour: str, span: tuple[float, float]
) -> str:
    """Draw the panel of one pair.

    quantiles: by share of runs, float64 (days,) in marks; infinite where not counted. span: top and height, in pixels.
    """
    top, height = span
    finite = [np.where(np.isfinite(value), value, 0.0) for value in quantiles.values()]
    most = max(*(float(np.max(value)) for value in finite), 0.1) * 1.08
    y = {share: top + height * (1.0 - np.minimum(value, most) / most) for share, value in quantiles.items()}
    parts = [
        text(LEFT, top - 5, fitted(name, 0.9 * (axis.right - LEFT)), bold=True),  # bold is wider
        axis.shade(top, height),
        band(axis.x, y[0.05], y[0.95], colour, 0.3),
        band(axis.x, y[0.25], y[0.75], colour, 0.4),
        polyline(axis.x, y[0.5], colour, 2),
        line(LEFT, top + height, axis.right, top + height, "muted"),
        text(LEFT - 6, top + height, "0", "end"),
        text(LEFT - 6, top + 10, f"{most:.1f}", "end"),
        axis.marks(top, height),
    ]
    rows = [
        ["median", *(_numbers(quantiles[share]) for share in (0.5,))],
        ["middle half", *(_numbers(quantiles[share]) for share in (0.25, 0.75))],
        ["nine tenths", *(_numbers(quantiles[share]) for share in (0.05, 0.95))],
    ]
    return group(parts, panel={"name": name, "unit": "marks", "top": top, "height": height, "rows": rows})


def _numbers(values: np.ndarray, digits: int = 2) -> list[float | None]:
    """Round numbers for the page; None where one is not finite."""
    rounded, finite = np.round(values, digits).tolist(), np.isfinite(values).tolist()
    return [number if is_finite else None for number, is_finite in zip(rounded, finite, strict=True)]


def survival(ensemble: LeverEnsemble, compiled: Compiled, width: float = WIDE) -> str:
    """Draw the share of runs in which each headline day has come.

    Dashed: the same of the reference, if it has the same days.

    compiled: the scenario, whose days and questions every setting has. width: in pixels.
    """
    top, panel = 8.0, 170.0
    if not ensemble.waiting:
        return svg("No headline day", width, 24, [text(0, 16, "The scenario has no headline day.")])
    axis = _DateAxis(compiled, width)
    bands, lines = [axis.shade(top, panel)], []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + panel * (1.0 - tick)
        lines += [line(LEFT, y, axis.right, y, "faint"), text(LEFT - 6, y + 4, f"{100 * tick:.0f} %", "end")]
    meanings = {question.name: question.meaning for question in compiled.questions}
    y, rows = top + panel + 40, []
    for index, (name, waiting) in enumerate(ensemble.waiting.items()):
        waiting = waiting[axis.drawn]
        colour, come = f"pair-{index % MOST_COLOURS}", 1.0 - waiting
        low, high = wilson(np.rint(come * ensemble.runs), ensemble.runs)
        ends = [step_points(axis.x, top + panel * (1.0 - end)) for end in (low, high)]
        bands.append(band(ends[0][0], ends[0][1], ends[1][1], colour, 0.25))
        words = capitalised(meanings[name])
        rows.append([words, *(_numbers(100 * end, 0) for end in (low, high))])
        if name in ensemble.base_waiting:
            base_waiting = ensemble.base_waiting[name][axis.drawn]
            before = step_points(axis.x, top + panel * base_waiting)
            lines.append(polyline(*before, colour, 1.5, "5 4"))
            rows.append(["compared with", _numbers(100 * (1.0 - base_waiting), 0)])
        lines.append(polyline(*step_points(axis.x, top + panel * waiting), colour, 2.2))
        lines.append(line(LEFT, y - 4, LEFT + 26, y - 4, colour, 2.2))
        for words_line in lines_of(f"{words}: has come", axis.right - LEFT - 34):
            lines.append(text(LEFT + 32, y, words_line))
            y += 17
    lines += [axis.marks(top, panel), axis.ticks(top + panel + 16)]
    facts = {"name": "has come", "unit": "%", "top": top, "height": panel, "rows": rows}
    return svg("Share of runs in which it has come", width, y, [group([*bands, *lines], panel=facts)], **axis.data)


class _DateAxis:
    """The horizontal axis of a run's days.

    Parameters: compiled, the scenario; width of the picture, in pixels.
    """

    def __init__(self, compiled: Compiled, width: float):
        self.start, self.days, self.right = compiled.start, compiled.days, width - RIGHT
        day = (self.right - LEFT) / max(1, self.days - 1)
        self.every = day_step(compiled)
        self.drawn = np.arange(0, self.days, self.every)
        self.x = LEFT + self.drawn * day
        self._day = day
        scenario = compiled.loaded.scenario
        self.free_from = self._across(scenario.clock.replay_until) + 0.5 * day
        self.named = [entry.date for entry in scenario.dates.values()]
        self.data = {"start": self.start, "days": self.days, "every": self.every, "left": LEFT, "right": self.right}

    def _across(self, day: date) -> float:
        return LEFT + min(max((day - self.start).days, 0), self.days - 1) * self._day

    def shade(self, top: float, height: float) -> str:
        """Shade the days that are replayed."""
        size = f'width="{self.free_from - LEFT:.1f}" height="{height}"'
        return f'<rect x="{LEFT}" y="{top:.1f}" {size} style="fill:var(--shade)"/>'

    def marks(self, top: float, height: float) -> str:
        """Draw an upright line at each named date of the scenario."""
        inside = [day for day in self.named if 0 <= (day - self.start).days < self.days]
        places = [self._across(day) for day in inside]
        return "".join(line(x, top, x, top + height, "ink", 1, "5 3") for x in places)

    def ticks(self, y: float) -> str:
        """Write as many dates as have room."""
        end = self.start + timedelta(self.days - 1)
        dates = style.date_ticks(self.start, end)
        most = max(2, int((self.right - LEFT) / DAY_LABEL))
        dates = dates[:: -(-len(dates) // most)]
        named = zip(dates, style.date_names(dates), strict=True)
        return "".join(text(self._across(day), y, " ".join(lines), "middle") for day, lines in named)
