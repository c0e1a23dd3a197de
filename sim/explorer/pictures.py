"""Pictures for the explorer, as SVG written here: drawn in a few milliseconds, where a figure for print takes a quarter of a second.

Colours and letters are those of `sim.figures.style`; every picture has a name for who cannot see it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import numpy as np

from sim.explorer.played import Played, first_days
from sim.figures import style
from sim.figures.words import capitalised, in_words
from sim.results.intervals import wilson
from sim.results.simulate import Results

WIDTH, LEFT, RIGHT, FONT = 640.0, 44.0, 12.0, 12
OWN, MOVED = style.MUTED, style.PAIR_COLOURS[0]


def svg(name: str, height: float, parts: Sequence[str]) -> str:
    """A picture with a name."""
    start = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(name)}" viewBox="0 0 {WIDTH:g} {height:g}">'
    return start + "".join(parts) + "</svg>"


def text(x: float, y: float, words: str, anchor: str = "start", colour: str = style.INK, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{FONT}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.0, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def stepped(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What holds from each day to the next."""
    return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]


def path(x: np.ndarray, y: np.ndarray, colour: str, width: float, dashes: str = "") -> str:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def band(x: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str) -> str:
    points = [*zip(x, high, strict=True), *zip(x[::-1], low[::-1], strict=True)]
    return f'<polygon points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}" fill="{colour}"/>'


def shares(played: Played, labels: dict[str, str]) -> str:
    """The headline shares at these settings, with intervals, over those of the scenario as it is."""
    shown = [one for one in played.estimates if one.headline and one.kind == "share"]
    own = {one.name: one for one in played.own}
    names = [in_words(one.name, labels) for one in shown]
    if not shown:
        return svg("No share is asked for", 24, [text(0, 16, "The scenario asks for no headline share of runs.")])
    left = 20.0 + 1.1 * 72 * max(style.text_width(name, FONT) for name in names)  # a reader's letters may be wider
    row, top = 26.0, 6.0
    height = top + row * len(shown) + 28

    def at(share: float) -> float:
        return left + share * (WIDTH - left - 24)

    parts = [line(at(tick / 5), top, at(tick / 5), height - 24, style.FAINT) for tick in range(6)]
    parts += [text(at(tick / 5), height - 8, f"{20 * tick} %", "middle") for tick in range(6)]
    for place, (one, name) in enumerate(zip(shown, names, strict=True)):
        y = top + (place + 0.5) * row
        parts.append(text(left - 8, y + 4, name, "end"))
        if one.name in own:
            before = own[one.name]
            parts.append(line(at(before.low), y - 5, at(before.high), y - 5, OWN, 1.5))
            parts.append(
                f'<circle cx="{at(before.value):.1f}" cy="{y - 5:.1f}" r="3.5" fill="{style.PAPER}" stroke="{OWN}" stroke-width="1.5"/>'
            )
        parts.append(line(at(one.low), y + 4, at(one.high), y + 4, MOVED, 2))
        parts.append(f'<circle cx="{at(one.value):.1f}" cy="{y + 4:.1f}" r="4.5" fill="{MOVED}"/>')
    return svg("Shares of runs, at these settings and as the scenario is", height, parts)


def fans(played: Played, labels: dict[str, str]) -> str:
    """A fan a pair: median, middle half and nine tenths of the runs; dashed, the median of the scenario as it is."""
    results = played.results
    pairs = results.compiled.pairs
    quantiles = results.totals.daily.quantiles()
    panel, gap, top = 96.0, 30.0, 18.0
    height = top + len(pairs) * (panel + gap) + 18
    dates = _Dates(results)
    parts: list[str] = []
    for index, pair in enumerate(pairs):
        down = top + index * (panel + gap)
        values = {share: value[:, index] for share, value in quantiles.items()}
        counted = [np.where(np.isfinite(value), value, 0.0) for value in values.values()]
        most = max(*(float(np.max(value)) for value in counted), 0.1) * 1.08
        y = {share: down + panel * (1.0 - np.minimum(value, most) / most) for share, value in values.items()}
        colour = style.PAIR_COLOURS[index % len(style.PAIR_COLOURS)]
        parts.append(text(LEFT, down - 5, " – ".join(labels[one] for one in pair), bold=True))
        parts.append(dates.shade(down, panel))
        parts.append(band(dates.x, y[0.05], y[0.95], style.mixed(colour, 0.3)))
        parts.append(band(dates.x, y[0.25], y[0.75], style.mixed(colour, 0.6)))
        parts.append(path(dates.x, y[0.5], style.mixed(colour, 0.8, style.INK), 2))
        parts.append(line(LEFT, down + panel, WIDTH - RIGHT, down + panel, style.MUTED))
        parts.append(text(LEFT - 6, down + panel, "0", "end"))
        parts.append(text(LEFT - 6, down + 10, f"{most:.1f}", "end"))
        parts.append(dates.marks(down, panel))
    parts.append(dates.axis(height - 4))
    return svg("Tension of each pair, in marks, day by day", height, parts)


def survival(played: Played, own: Results) -> str:
    """The share of runs in which each headline day has not come, and dashed the same of the scenario as it is."""
    now, before = first_days(played.results), first_days(own)
    top, panel = 8.0, 170.0
    height = top + panel + 46 + 18 * len(now)
    if not now:
        return svg("No day is asked for", 24, [text(0, 16, "The scenario asks for no headline day.")])
    dates = _Dates(played.results)
    parts = [dates.shade(top, panel)]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + panel * (1.0 - tick)
        parts += [line(LEFT, y, WIDTH - RIGHT, y, style.FAINT), text(LEFT - 6, y + 4, f"{100 * tick:.0f} %", "end")]
    meanings = {question.name: question.meaning for question in played.results.compiled.questions}
    for index, (name, left) in enumerate(now.items()):
        colour = style.PAIR_COLOURS[index % len(style.PAIR_COLOURS)]
        if name in before and len(before[name]) == len(left):
            parts.append(
                path(*stepped(dates.x, top + panel * (1.0 - before[name])), style.mixed(colour, 0.6), 1.5, "5 4")
            )
        parts.append(path(*stepped(dates.x, top + panel * (1.0 - left)), colour, 2.2))
        runs = played.results.runs
        low, high = wilson(np.rint(left * runs), runs)
        x, below = stepped(dates.x, top + panel * (1.0 - low))
        above = stepped(dates.x, top + panel * (1.0 - high))[1]
        parts.insert(1, band(x, below, above, style.mixed(colour, 0.25)))
        y = top + panel + 40 + 18 * index
        parts += [
            line(LEFT, y - 4, LEFT + 26, y - 4, colour, 2.2),
            text(LEFT + 32, y, f"{capitalised(meanings[name])}: not yet"),
        ]
    parts += [dates.marks(top, panel), dates.axis(top + panel + 16)]
    return svg("Share of runs in which it has not come yet", height, parts)


class _Dates:
    """The horizontal axis of a run's days."""

    def __init__(self, results: Results):
        compiled = results.compiled
        self.start, self.days = compiled.start, compiled.days
        self.x = LEFT + np.arange(self.days) / max(1, self.days - 1) * (WIDTH - LEFT - RIGHT)
        scenario = compiled.loaded.scenario
        day = (WIDTH - LEFT - RIGHT) / max(1, self.days - 1)
        self.replayed = self._at(scenario.clock.replay_until) + 0.5 * day
        self.named = [entry.date for entry in scenario.dates.values()]

    def _at(self, day: date) -> float:
        return float(self.x[min(max((day - self.start).days, 0), self.days - 1)])

    def shade(self, top: float, height: float) -> str:
        return f'<rect x="{LEFT}" y="{top:.1f}" width="{self.replayed - LEFT:.1f}" height="{height}" fill="{style.SHADE}"/>'

    def marks(self, top: float, height: float) -> str:
        inside = [day for day in self.named if 0 <= (day - self.start).days < self.days]
        return "".join(line(self._at(day), top, self._at(day), top + height, style.INK, 1, "5 3") for day in inside)

    def axis(self, y: float) -> str:
        end = self.start + timedelta(self.days - 1)
        ticks = style.date_ticks(self.start, end)
        shown = ticks[:: -(-len(ticks) // 8)]
        named = zip(shown, style.date_names(shown), strict=True)
        return "".join(text(self._at(day), y, " ".join(lines), "middle") for day, lines in named)
