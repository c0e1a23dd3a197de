"""Draw a back-test: skill against each rival, whether chances come true, and where what happened lay.

escalate backtest baseline
python -m sim.figures.verification outputs/baseline/backtest-ID
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.evidence.backtest import SCORES
from sim.figures import style
from sim.figures.registry import figure
from sim.keeping import read_rows
from sim.results.intervals import NORMAL, binomial_middle

Row = dict[str, Any]
ROW, LEFT, BELOW = 0.2, 2.3, 0.45  # inches
EDGE = 1.0  # of skill; what lies beyond is drawn at the edge, with an arrow
BINS = np.linspace(0.0, 1.0, 11)
ACROSS, CASES = 3, 0.55  # panels beside each other; inches of the bars of cases
UNSURE = "#8c8c8c"


def skill_panels(name: str, report_from: date, rows: Sequence[Row]) -> Figure:
    """Draw skill with its interval: a panel for each rival, a row for each score.

    Parameters: name, of the scenario; report_from, the first origin that is reported; rows, of the table of skills.
    A score has a row for each horizon, in days. What is not sure is grey; a dot is hollow where the rival is the better.
    """
    rows = [row for row in rows if row["part"] == "report"]
    rivals = list(dict.fromkeys(row["rival"] for row in rows))
    labels = {score: label for label, score in SCORES.items()}
    lines = list(dict.fromkeys((row["score_name"], row["horizon_days"]) for row in rows))
    height = len(lines) * ROW
    down = -(-len(rivals) // ACROSS)
    panel = (style.WIDTH - LEFT - 2 * style.MARGIN) / ACROSS
    headings = {rival: style.wrapped(rival, style.SMALL_POINTS, panel - 0.2, bold=True) for rival in rivals}
    above = 0.24 + style.SMALL_POINTS * style.LINE * max((text.count("\n") for text in headings.values()), default=0)
    step = height + above + 0.3
    note = f"Origins from {style.spelled(report_from)} on. Above 0 the model is better, below 0 (hollow) the rival. Colour and thick lines: sure among all these comparisons (Holm); grey: not sure. Lines: 95 % intervals from blocks of origins, each by itself; an arrow: it goes on beyond the panel; no line: too few origins to say."
    sheet = style.sheet(f"{name}: {_skill_finding(rows)}", note, down * step + 0.1)
    for index, rival in enumerate(rivals):
        at_row, at_column = divmod(index, ACROSS)
        left, top = LEFT + at_column * panel, above + at_row * step
        axes = sheet.axes(left, top, panel - 0.15, height)
        heading = {**style.lettering(style.SMALL_POINTS, bold=True), "va": "bottom", "linespacing": 1.2}
        sheet.write(left, top - 0.05, headings[rival], **heading)
        axes.axvline(0.0, color=style.MUTED, lw=0.8)
        for place, line in enumerate(lines):
            for row in rows:
                if row["rival"] == rival and (row["score_name"], row["horizon_days"]) == line:
                    _skill(axes, place, row)
        axes.set_xlim(-EDGE, EDGE)
        axes.set_ylim(len(lines) - 0.5, -0.5)
        names = [f"{labels[score]}, {days} days" for score, days in lines] if at_column == 0 else []
        axes.set_yticks(range(len(names)), names, **style.lettering(style.SMALL_POINTS))
        if at_column:
            axes.set_yticks([])
        axes.set_xticks([-0.5, 0.0, 0.5], ["\u22120.5", "0", "0.5"], **style.lettering(style.SMALL_POINTS))
        axes.set_xlabel("skill" if index + ACROSS >= len(rivals) else "", **style.lettering(style.SMALL_POINTS))
    return sheet.figure


def _skill_finding(rows: Sequence[Row]) -> str:
    """Count the comparisons in which the model is surely better than a rival, and those in which it is surely worse."""
    better, worse = (sum(row["is_sure"] and sign * row["skill"] > 0 for row in rows) for sign in (1, -1))
    if not better and not worse:
        return f"no clear difference from any rival, in {len(rows)} comparisons"
    return f"surely better than a rival in {better} of {len(rows)} comparisons, surely worse in {worse}"


def _skill(axes: Any, place: int, row: Row) -> None:
    loses = row["skill"] < 0.0
    colour = (style.PAIR_COLOURS[1] if loses else style.PAIR_COLOURS[0]) if row["is_sure"] else UNSURE
    if not np.isnan(row["low"]):
        low, high = np.clip([row["low"], row["high"]], -EDGE, EDGE)
        axes.hlines(place, low, high, color=colour, lw=3.0 if row["is_sure"] else 1.4)
        if row["low"] < -EDGE:
            axes.plot(-EDGE + 0.03, place, "<", color=colour, ms=4)
        if row["high"] > EDGE:
            axes.plot(EDGE - 0.03, place, ">", color=colour, ms=4)
    if abs(row["skill"]) > EDGE:
        axes.plot(np.sign(row["skill"]) * (EDGE - 0.03), place, "<" if loses else ">", color=colour, ms=4)
    else:
        axes.plot(row["skill"], place, "o", ms=4.5, mec=colour, mfc=style.PAPER if loses else colour)


def reliability_panels(name: str, report_from: date, rows: Sequence[Row]) -> Figure:
    """Draw how often what was forecast with a chance came about.

    Of the model and two simple rules. Parameters: rows, of the table of scores, from the origin report_from on.
    """
    nearest = min(row["horizon_days"] for row in rows)  # windows that hardly overlap, and classes that do not
    forecasts = [
        row
        for row in rows
        if row["score_name"] == "brier" and row["horizon_days"] == nearest and not row["class"].startswith("any ")
    ]
    note = f"Origins from {style.spelled(report_from)} on. Each point: the forecasts of 'at least one' {nearest} days ahead within a tenth of chance, all channels; lines: 95 % of what forecasts that are right would show, if windows and channels were independent. "
    note += "On the diagonal chances come true. Below: how many forecasts."
    cases = {
        model: [row for row in forecasts if row["model"] == model] for model in ("model", "base rate", "learned base")
    }
    pairs = {
        model: (np.array([row["chance_of_any"] for row in mine]), np.array([row["observed"] > 0 for row in mine]))
        for model, mine in cases.items()
    }
    return reliability_sheet(f"{name}: {reliability_finding(*pairs['model'])}", note, pairs)


def reliability_sheet(title: str, note: str, forecasters: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Draw a panel for each forecaster: how often its chances came about, and below it how many cases there are.

    Parameters: forecasters, by name: chances, float64 (cases,), and what came, bool (cases,).
    """
    panel = (style.WIDTH - 0.6 - 2 * style.MARGIN) / len(forecasters)
    size = panel - 0.25
    sheet = style.sheet(title, note, 0.3 + size + CASES + 0.5)
    for index, (name, (chances, came)) in enumerate(forecasters.items()):
        left = 0.6 + index * panel
        sheet.write(left, 0.1, name, **style.lettering(style.SMALL_POINTS, bold=True))
        axes, below = sheet.axes(left, 0.25, size, size), sheet.axes(left, 0.35 + size, size, CASES)
        reliability(axes, below, chances, came)
        if index == 0:
            axes.set_ylabel("share that came about (%)", **style.lettering(style.SMALL_POINTS))
            below.set_ylabel("cases", **style.lettering(style.SMALL_POINTS))
        else:
            axes.set_yticklabels([])
    return sheet.figure


def reliability_finding(chances: np.ndarray, came: np.ndarray) -> str:
    """Say how many cases were to be expected by the chances, and how many came about."""
    expected, reach = float(chances.sum()), NORMAL * float(np.sqrt((chances * (1 - chances)).sum()))
    low, high = max(0.0, expected - reach), min(float(len(chances)), expected + reach)
    if low <= came.sum() <= high:
        judged = "as right chances would have it"
    else:
        judged = "more than right chances would show" if came.sum() > high else "fewer than right chances would show"
    return f"of {len(chances):,} cases {came.sum():,} came about, {judged} ({low:,.0f} to {high:,.0f})"


def reliability(axes: Axes, below: Axes, chances: np.ndarray, came: np.ndarray) -> None:
    """Draw how often chances came about, in tenths, with what right ones would show, and how many there are below.

    Parameters: chances, float64 (forecasts,); came, bool (forecasts,).
    """
    axes.plot([0, 1], [0, 1], color=style.MUTED, lw=0.8, ls="--")
    bins = np.clip(np.digitize(chances, BINS) - 1, 0, 9)
    counts = np.bincount(bins, minlength=10)
    for index_of_bin in np.flatnonzero(counts):
        inside, count = bins == index_of_bin, int(counts[index_of_bin])
        mean = float(chances[inside].mean())
        low, high = binomial_middle(count, mean)
        axes.vlines(mean, low / count, high / count, color=style.FAINT, lw=4)
        axes.plot(mean, came[inside].mean(), "o", color=style.PAIR_COLOURS[0], ms=4, clip_on=False)
        place = 0.05 + 0.1 * index_of_bin
        below.bar(place, count / int(np.max(counts)), width=0.08, color=style.FAINT, zorder=1)
        letters = {"rotation": 90, "ha": "center", "va": "bottom", **style.lettering(style.SMALL_POINTS)}
        below.text(place, 0.04, f"{count:,}", zorder=2, **letters)
    ticks, names = [0.0, 0.25, 0.5, 0.75, 1.0], ["0", "25", "50", "75", "100"]
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.set_xticks(ticks, [""] * 5)
    axes.set_yticks(ticks, names, **style.lettering(style.SMALL_POINTS))
    below.set(xlim=(0, 1), ylim=(0, 1.05), yticks=[])
    below.set_xticks(ticks, names, **style.lettering(style.SMALL_POINTS))
    below.set_xlabel("chance that was forecast (%)", **style.lettering(style.SMALL_POINTS))


def pit_histogram(name: str, report_from: date, values: Sequence[float]) -> Figure:
    """Draw in ten bars where each day's choices lay among what was forecast.

    Flat if the chances are right. Parameters: values, the randomised probability integral transforms, 0 to 1.
    """
    note = f"From {style.spelled(report_from)} on. Randomised probability integral transform of every choice on every day of the first horizon, each morning knowing what came before; in each bar how many choices. "
    note += "Grey: 95 % of what right chances would show in each bar. Most choices are not to act, so that only the last bar tells much: above the grey, acts come more often than was forecast."
    counts = np.histogram(values, BINS)[0]
    low, high = (int(end) for end in binomial_middle(len(values), 0.1))
    out = int(((counts < low) | (counts > high)).sum())
    finding = f"{out} of ten bars {'lies' if out == 1 else 'lie'} outside what right chances would show" if out else "each day's choices lie where right chances would put them"  # fmt: skip
    sheet = style.sheet(f"{name}: {finding}", note, 2.9)
    axes = sheet.axes(0.75, 0.1, style.WIDTH - 1.0, 2.3)
    expected = len(values) / 10
    axes.axhspan(low / expected, high / expected, color=style.SHADE)
    for index, count in enumerate(counts.tolist()):
        is_out = not low <= count <= high
        colour = style.PAIR_COLOURS[0] if is_out else style.mixed(style.PAIR_COLOURS[0], 0.45)
        axes.bar(0.05 + 0.1 * index, count / expected, width=0.08, color=colour, zorder=2)
        ink = style.PAPER if is_out else style.INK
        letters = {"ha": "center", "va": "bottom", **style.lettering(style.SMALL_POINTS, ink, bold=is_out)}
        axes.text(0.05 + 0.1 * index, 0.04, f"{count:,}", zorder=3, **letters)
    axes.axhline(1.0, color=style.INK, lw=0.8, ls="--", zorder=3)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.15 * max(1.4, float(np.max(counts)) / expected))
    axes.set_xlabel("place of what happened", **style.lettering(style.SMALL_POINTS))
    axes.set_ylabel("how often, against even", **style.lettering(style.SMALL_POINTS))
    return sheet.figure


@figure("backtest", "skill of the model against each rival, with intervals")
def skill_figure(folder: Path) -> Figure:
    """Draw the skill of a back-test against each rival. Raises UserError if a table of it cannot be read."""
    name, since = _name_and_start(folder)
    return skill_panels(name, since, _rows(folder, "skills"))


@figure("backtest", "whether chances come true: a reliability diagram")
def reliability_figure(folder: Path) -> Figure:
    """Draw how often chances came true, over the reported origins. Raises UserError if a table cannot be read."""
    name, since = _name_and_start(folder)
    return reliability_panels(name, since, [row for row in _rows(folder, "scores") if row["origin"] >= since])


@figure("backtest", "where each day's choices lay among what was forecast (PIT)")
def pit_figure(folder: Path) -> Figure:
    """Draw the probability integral transforms of the reported origins. Raises UserError if a table cannot be read."""
    name, since = _name_and_start(folder)
    return pit_histogram(name, since, [row["pit"] for row in _rows(folder, "pit")])


def _name_and_start(folder: Path) -> tuple[str, date]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest["scenario"], date.fromisoformat(manifest["report_from"])


def _rows(folder: Path, name: str) -> list[Row]:
    return read_rows(folder / f"{name}.parquet")


if __name__ == "__main__":
    from sim.figures.plot import script

    script("verification", __doc__)
