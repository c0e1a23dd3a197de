"""Draw where the variance of a run's outcome comes from: a panel an outcome, a bar a number, and chance beside them.

escalate sensitivity what_matters
python -m sim.figures.variance outputs/what_matters/ID
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.figures import style
from sim.figures.registry import figure
from sim.figures.words import lever_in_words, percent
from sim.keeping import read_rows, read_table
from sim.scenario.labels import NO_LABELS, labels_in

BAR, GAP, LEFT, BELOW = 0.24, 0.42, 2.5, 0.45  # inches
ALONE, IN_ALL, NOT_OURS = style.PAIR_COLOURS[0], style.PAIR_COLOURS[3], style.MUTED
MOST_PANELS = 6
CHANCE, RULE, PARAMETERS = "chance", "decision rule", "parameters"
Row = Mapping[str, Any]
Bar = tuple[Row, str, float, float]


def variance_bars(title: str, note: str, rows: Sequence[Row], labels: Mapping[str, str] = NO_LABELS) -> Figure:
    """Draw the shares of variance of chance, the decision rule and each number.

    Each number has a bar alone and one in all. Only the first outcomes are shown, as many as a page holds.
    Parameters: rows, of keys outcome, source, order (first, total or empty), share, share.low and share.high (0 to 1); labels,
    of the numbers that have one, by their keys.
    """
    outcomes = [row["outcome"] for row in rows if row["source"] == CHANCE and row["share"] is not None]
    more = len(outcomes) - MOST_PANELS
    shown = {
        outcome: _bars([row for row in rows if row["outcome"] == outcome], labels) for outcome in outcomes[:MOST_PANELS]
    }
    bars = max(len(named) for named in shown.values())
    panel = bars * BAR
    note += " Lines: 95 % intervals (bootstrap). Numbers lie anywhere in their ranges, equally likely; shares in all overlap where numbers act together."
    note += f" {more} more outcomes are in variance.parquet." if more > 0 else ""
    sheet = style.sheet(title, note, 0.3 + len(shown) * (panel + GAP) + BELOW)
    keys = [Patch(facecolor=colour) for colour in (ALONE, IN_ALL, NOT_OURS)]
    sheet.legend(style.MARGIN, 0.1, keys, ["alone", "in all, with others", "chance"])
    for index, (outcome, named) in enumerate(shown.items()):
        down = 0.3 + GAP + index * (panel + GAP)
        sheet.write(style.MARGIN, down - 0.12, outcome, **style.lettering(style.LABEL_POINTS, bold=True))
        axes = sheet.axes(LEFT, down, style.WIDTH - LEFT - 2 * style.MARGIN, panel)
        for place, drawn in enumerate(named.values()):
            for row, colour, offset, height in drawn:
                if row["share"] is None:  # nothing varies, so nothing is divided
                    axes.text(1, place + offset, "–", va="center", **style.lettering(style.SMALL_POINTS, style.MUTED))
                    continue
                share, low, high = (100 * row[name] for name in ("share", "share.low", "share.high"))
                axes.barh(place + offset, share, height=height, color=colour, zorder=2)
                axes.hlines(place + offset, low, high, color=style.INK, lw=1, zorder=3)
        low, high = axes.get_xlim()
        axes.set_xlim(min(0.0, low), max(100.0, high))
        axes.set_ylim(bars - 0.5, -0.5)
        axes.set_yticks(range(len(named)), list(named), **style.lettering(style.SMALL_POINTS))
        axes.grid(True, axis="x", color=style.FAINT, linewidth=0.6)
        if index < len(shown) - 1:
            axes.set_xticklabels([])
        else:
            axes.set_xlabel("share of variance (%)", **style.lettering(style.SMALL_POINTS))
    return sheet.figure


def _bars(rows: Sequence[Row], labels: Mapping[str, str]) -> dict[str, list[Bar]]:
    """Return the bars of each source: row, colour, how far below the middle, height. The largest in all comes first."""
    by_source = {(row["source"], row["order"]): row for row in rows}
    bars: dict[str, list[Bar]] = {CHANCE: [(by_source[CHANCE, ""], NOT_OURS, 0.0, 0.6)]}
    sources = list(dict.fromkeys(row["source"] for row in rows if row["source"] not in (CHANCE, PARAMETERS, RULE)))
    sources.sort(key=lambda source: -(by_source[source, "total"]["share"] or 0.0))
    for source in ([RULE] if by_source[RULE, "total"]["share"] else []) + sources:
        name = lever_in_words(source.removeprefix("channels."), labels)
        first, total = by_source[source, "first"], by_source[source, "total"]
        bars[name] = [(first, ALONE, -0.2, 0.36), (total, IN_ALL, 0.2, 0.36)]
    return bars


@figure("sensitivity", "where the variance of a run's outcome comes from, with the share of chance")
def sensitivity_figure(folder: Path) -> Figure:
    """Draw the folder of a sensitivity analysis. Raises UserError if a table of it cannot be read."""
    study = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    rows = read_rows(folder / "variance.parquet")
    points = read_table(folder / "points.parquet", []).num_rows
    first = next(row for row in rows if row["source"] == CHANCE and row["share"] is not None)
    share, low, high = (percent(first[name]) for name in ("share", "share.low", "share.high"))
    title = f"Chance makes {share} ({low} to {high}) of the variance of {first['outcome'].replace('_', ' ')} ({study['name']})"
    note = f"{points:,} points, {study['runs']} runs each, the same luck at each (seed {study['seed']})."
    return variance_bars(title, note, rows, labels_in(folder / "scenario.yaml"))


if __name__ == "__main__":
    from sim.figures.plot import script

    script("variance", __doc__)
