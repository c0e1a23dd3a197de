"""Draw a back-test: skill against each rival, whether chances come true, and where what happened lay.

escalate backtest baseline
python -m sim.figures.verification outputs/baseline/backtest-ID
"""

import json
from collections.abc import Sequence
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
from sim.results.intervals import binomial_middle

Row = dict[str, Any]
ROW, LEFT, BELOW = 0.2, 2.3, 0.45  # inches
EDGE = 1.0  # of skill; what lies beyond is drawn at the edge, with an arrow
BINS = np.linspace(0.0, 1.0, 11)


def skill_panels(name: str, report_from: date, rows: Sequence[Row]) -> Figure:
    """Draw skill with its interval: a panel for each rival, a row for each score.

    Parameters: name, of the scenario; report_from, the first origin that is reported; rows, of the table of skills.
    A score has a row for each horizon, in days. A dot is hollow where the rival is the better.
    """
    rows = [row for row in rows if row["part"] == "report"]
    rivals = list(dict.fromkeys(row["rival"] for row in rows))
    labels = {score: label for label, score in SCORES.items()}
    lines = list(dict.fromkeys((row["score_name"], row["horizon_days"]) for row in rows))
    height = len(lines) * ROW
    across = 3
    down = -(-len(rivals) // across)
    panel = (style.WIDTH - LEFT - 2 * style.MARGIN) / across
    note = "Above 0 the model is better, below 0 (hollow, red) the rival. Lines: 95 % intervals from blocks of origins, each by itself; thick: sure also among all these comparisons (Holm); an arrow: it goes on beyond the panel; no line: too few origins to say."
    sheet = style.sheet(
        f"{name}: skill of the model from {style.spelled(report_from)} on, against each rival",
        note,
        down * (height + 0.55) + 0.2,
    )
    for index, rival in enumerate(rivals):
        at_row, at_column = divmod(index, across)
        top = 0.3 + at_row * (height + 0.55)
        axes = sheet.axes(LEFT + at_column * panel, top, panel - 0.15, height)
        sheet.write(LEFT + at_column * panel, top - 0.12, rival, **style.lettering(style.SMALL_POINTS, bold=True))
        axes.axvline(0.0, color=style.MUTED, lw=0.8)
        for place, line in enumerate(lines):
            for row in rows:
                if row["rival"] == rival and (row["score_name"], row["horizon_days"]) == line:
                    _skill(axes, place, row)
        axes.set_xlim(-EDGE, EDGE)
        axes.set_ylim(len(lines) - 0.5, -0.5)
        names = [f"{labels[score]}, {days} d" for score, days in lines] if at_column == 0 else []
        axes.set_yticks(range(len(names)), names, **style.lettering(style.SMALL_POINTS))
        if at_column:
            axes.set_yticks([])
        axes.set_xticks([-0.5, 0.0, 0.5])
        axes.set_xlabel("skill" if at_row == down - 1 else "", **style.lettering(style.SMALL_POINTS))
    return sheet.figure


def _skill(axes: Any, place: int, row: Row) -> None:
    loses = row["skill"] < 0.0
    colour = style.PAIR_COLOURS[1] if loses else style.PAIR_COLOURS[0]
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
    shown = ("model", "base rate", "learned base")
    note = f"Each point: the forecasts of 'at least one' {nearest} days ahead within a tenth of chance, all channels; lines: 95 % of what forecasts that are right would show, if windows and channels were independent. "
    note += "On the diagonal chances come true. Bars: how many forecasts."
    sheet = style.sheet(f"{name}: do chances come true? Origins from {style.spelled(report_from)} on", note, 2.75)
    panel = (style.WIDTH - 0.6 - 2 * style.MARGIN) / len(shown)
    for index, model in enumerate(shown):
        axes = sheet.axes(0.6 + index * panel, 0.25, panel - 0.25, panel - 0.25)
        sheet.write(0.6 + index * panel, 0.1, model, **style.lettering(style.SMALL_POINTS, bold=True))
        mine = [row for row in forecasts if row["model"] == model]
        reliability(
            axes, np.array([row["chance_of_any"] for row in mine]), np.array([row["observed"] > 0 for row in mine])
        )
        if index == 0:
            axes.set_ylabel("share that came about", **style.lettering(style.SMALL_POINTS))
        else:
            axes.set_yticklabels([])
    return sheet.figure


def reliability(axes: Axes, chances: np.ndarray, came: np.ndarray) -> None:
    """Draw how often chances came about, in tenths, with what right ones would show and how many there are.

    Parameters: chances, float64 (forecasts,); came, bool (forecasts,).
    """
    axes.plot([0, 1], [0, 1], color=style.MUTED, lw=0.8, ls="--")
    bins = np.clip(np.digitize(chances, BINS) - 1, 0, 9)
    for index_of_bin in range(10):
        inside = bins == index_of_bin
        if not inside.any():
            continue
        count, mean = int(inside.sum()), float(chances[inside].mean())
        low, high = binomial_middle(count, mean)
        axes.vlines(mean, low / count, high / count, color=style.FAINT, lw=4)
        axes.plot(mean, came[inside].mean(), "o", color=style.PAIR_COLOURS[0], ms=4)
        axes.bar(0.05 + 0.1 * index_of_bin, 0.2 * count / len(chances), width=0.08, color=style.SHADE, zorder=0)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("chance that was forecast", **style.lettering(style.SMALL_POINTS))


def pit_histogram(name: str, report_from: date, values: Sequence[float]) -> Figure:
    """Draw where each day's choices lay among what was forecast.

    Flat if the chances are right. Parameters: values, the randomised probability integral transforms, 0 to 1.
    """
    note = "Randomised probability integral transform of every choice on every day of the first horizon, each morning knowing what came before. "
    note += "Grey: 95 % of what right chances would show in each bar. Most choices are not to act, so that only the last bar tells much: above the grey, acts come more often than was forecast."
    sheet = style.sheet(
        f"{name}: each day's choices among what was forecast, from {style.spelled(report_from)} on", note, 2.9
    )
    axes = sheet.axes(0.75, 0.1, style.WIDTH - 1.0, 2.3)
    counts, edges = np.histogram(values, np.linspace(0, 1, 101))
    expected = len(values) / 100
    low, high = (float(end) for end in binomial_middle(len(values), 0.01))
    axes.axhspan(low / expected, high / expected, color=style.SHADE)
    axes.stairs(counts / expected, edges, color=style.PAIR_COLOURS[0], lw=1.2)
    axes.axhline(1.0, color=style.MUTED, lw=0.8, ls="--")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, max(1.6, 1.05 * float(np.max(counts)) / expected))
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
