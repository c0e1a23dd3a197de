"""Draw where the variance of a run's outcome comes from: a panel an outcome, a bar a number, and chance beside them.

escalate sensitivity what_matters
python -m sim.figures.variance outputs/what_matters/ID
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.wording import Wording, wording_in
from sim.figures.words import percent
from sim.keeping import read_rows, read_table

BAR, GAP, LEFT, BELOW = 0.24, 0.14, 2.7, 0.45  # inches
LINE = style.SMALL_POINTS * style.LINE
ALONE, IN_ALL, NOT_OURS = style.PAIR_COLOURS[0], style.PAIR_COLOURS[3], style.MUTED
MOST_PANELS = 6
LOWEST, HIGHEST = -0.1, 1.0  # ends of the axis, of all panels: shares below nothing are estimates too
CHANCE, RULE, PARAMETERS = "chance", "decision rule", "parameters"
Row = Mapping[str, Any]
Bar = tuple[Row, str, float, float]


def variance_bars(title: str, note: str, rows: Sequence[Row], wording: Wording) -> Figure:
    """Draw the shares of variance of chance, the decision rule and each number, on one axis for all outcomes.

    Each number has a bar alone and one in all. Only the first outcomes are shown, as many as a page holds.
    Parameters: rows, of keys outcome, source, order (first, total or empty), share, share.low and share.high (0 to 1);
    wording, of the scenario.
    """
    outcomes = [row["outcome"] for row in rows if row["source"] == CHANCE and row["share"] is not None]
    more = len(outcomes) - MOST_PANELS
    shown = {
        outcome: _bars([row for row in rows if row["outcome"] == outcome], wording)
        for outcome in outcomes[:MOST_PANELS]
    }
    drawn_rows = [row for named in shown.values() for bars in named.values() for row, *_ in bars]
    beyond = any(
        row["share.low"] < LOWEST or row["share.high"] > HIGHEST for row in drawn_rows if row["share"] is not None
    )
    note += " Lines: 95 % intervals (bootstrap). Shares in all overlap where numbers act together."
    note += " An arrow: the interval goes on beyond the axis." if beyond else ""
    note += f" {more} more {'outcome is' if more == 1 else 'outcomes are'} in variance.parquet." if more > 0 else ""
    headings = {outcome: style.wrapped(wording.outcome(outcome), style.LABEL_POINTS, style.WIDTH - 2 * style.MARGIN, bold=True) for outcome in shown}  # fmt: skip
    above = {
        outcome: GAP + style.LABEL_POINTS * style.LINE * (text.count("\n") + 1) for outcome, text in headings.items()
    }
    heights = {
        outcome: [max(BAR, 0.05 + LINE * (name.count("\n") + 1)) for name in named] for outcome, named in shown.items()
    }
    sheet = style.sheet(title, note, 0.3 + sum(above[name] + sum(heights[name]) + GAP for name in shown) + BELOW)
    keys = [Patch(facecolor=colour) for colour in (ALONE, IN_ALL, NOT_OURS)]
    sheet.legend(style.MARGIN, 0.1, keys, ["alone", "in all, with others", "chance"])
    down = 0.3
    for place, (outcome, named) in enumerate(shown.items()):
        down += above[outcome]
        sheet.write(style.MARGIN, down - 0.06, headings[outcome], linespacing=1.2, **{**style.lettering(style.LABEL_POINTS, bold=True), "va": "bottom"})  # fmt: skip
        axes = sheet.axes(LEFT, down, style.WIDTH - LEFT - 0.75, sum(heights[outcome]))
        _draw_panel(axes, named, heights[outcome])
        _scale_axis(axes, labelled=place == len(shown) - 1)
        down += sum(heights[outcome]) + GAP
    return sheet.figure


def _draw_panel(axes: Axes, named: Mapping[str, Sequence[Bar]], heights: Sequence[float]) -> None:
    """Draw the bars of one outcome with their intervals, and the shares in all as numbers beside them."""
    down, middles = 0.0, []
    letters = {"va": "center_baseline", **style.lettering(style.SMALL_POINTS)}
    for bars, height in zip(named.values(), heights, strict=True):
        middle = down + height / 2
        for row, colour, offset, thick in bars:
            if row["share"] is None:  # nothing varies, so nothing is divided
                continue
            y = middle + offset * BAR
            axes.barh(y, 100 * row["share"], height=thick * BAR, color=colour, zorder=2)
            low, high = max(row["share.low"], LOWEST), min(row["share.high"], HIGHEST)
            axes.hlines(y, 100 * low, 100 * high, color=style.INK, lw=1, zorder=3)
            for end, is_beyond, mark in ((low, row["share.low"] < low, "<"), (high, row["share.high"] > high, ">")):
                if is_beyond:
                    axes.plot(100 * end, y, mark, color=style.INK, ms=3, zorder=3, clip_on=False)
        share = bars[-1][0]["share"]
        words = "–" if share is None else f"{100 * share:.0f} %"
        axes.annotate(words, (1, middle), (10, 0), axes.get_yaxis_transform(), textcoords="offset points", **letters)
        middles.append(middle)
        down += height
    axes.set_ylim(down, 0)
    axes.set_yticks(middles, list(named), linespacing=1.2, **style.lettering(style.SMALL_POINTS))


def _scale_axis(axes: Axes, labelled: bool) -> None:
    axes.set_xlim(100 * LOWEST, 100 * HIGHEST)
    axes.axvline(0.0, zorder=2.5, **style.stroke(style.MUTED, 0.8))
    names = [f"{tick} %" if labelled else "" for tick in range(0, 101, 20)]
    axes.set_xticks(range(0, 101, 20), names, **style.lettering(style.SMALL_POINTS))
    axes.grid(True, axis="x", color=style.FAINT, linewidth=0.6)
    if labelled:
        axes.set_xlabel("share of variance", **style.lettering(style.SMALL_POINTS))


def _bars(rows: Sequence[Row], wording: Wording) -> dict[str, list[Bar]]:
    """Return the bars of each source: row, colour, how far below the middle, height. The largest in all comes first."""
    by_source = {(row["source"], row["order"]): row for row in rows}
    bars: dict[str, list[Bar]] = {"Chance": [(by_source[CHANCE, ""], NOT_OURS, 0.0, 0.6)]}
    sources = list(dict.fromkeys(row["source"] for row in rows if row["source"] not in (CHANCE, PARAMETERS, RULE)))
    sources.sort(key=lambda source: -(by_source[source, "total"]["share"] or 0.0))
    for source in ([RULE] if by_source[RULE, "total"]["share"] else []) + sources:
        name = "Decision rule" if source == RULE else wording.number(source)
        first, total = by_source[source, "first"], by_source[source, "total"]
        wrapped = style.wrapped(name, style.SMALL_POINTS, LEFT - style.MARGIN - 0.1)
        bars[wrapped] = [(first, ALONE, -0.2, 0.36), (total, IN_ALL, 0.2, 0.36)]
    return bars


@figure("sensitivity", "where the variance of a run's outcome comes from, with the share of chance")
def sensitivity_figure(folder: Path) -> Figure:
    """Draw the folder of a sensitivity analysis. Raises UserError if a table of it cannot be read."""
    study = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    rows, wording = read_rows(folder / "variance.parquet"), wording_in(folder)
    points = read_table(folder / "points.parquet", []).num_rows
    first = next((row for row in rows if row["source"] == CHANCE and row["share"] is not None), None)
    if first is None:
        raise CannotBeDrawn("no outcome of this study varies")
    note = (
        f"{study['name']}: {points:,} points, {study['runs']} runs each, the same luck at each (seed {study['seed']})."
    ) + _likelihood(study["vary"])
    return variance_bars(_finding(rows, first, wording), note, rows, wording)


def _likelihood(vary: Mapping[str, Row]) -> str:
    """Say how likely each value of the numbers that are varied is. vary: as a study has it."""
    logarithmic = sum(spread.get("scale") == "log" for spread in vary.values())
    alike = " Numbers lie anywhere in their ranges, equally likely"
    if logarithmic == len(vary) > 0:
        return f"{alike} over the logarithm."
    return f"{alike}{f', {logarithmic} of {len(vary)} over the logarithm' if logarithmic else ''}."


def _finding(rows: Sequence[Row], first: Row, wording: Wording) -> str:
    """Say how much of the variance of the first outcome is chance, and which number makes most of the rest."""
    share, low, high = (percent(first[name]) for name in ("share", "share.low", "share.high"))
    chance = f"{wording.outcome(first['outcome'])}: chance makes {share} of the variance ({low} to {high})"
    totals = [row for row in rows if row["outcome"] == first["outcome"] and row["order"] == "total" and row["source"] not in (PARAMETERS, RULE) and row["share"]]  # fmt: skip
    if not totals:
        return chance
    most = max(totals, key=lambda row: row["share"])
    if most["share.low"] <= 0.0:
        return f"{chance}, and no number clearly more than nothing"
    return f"{chance}, “{wording.number(most['source'])}” {percent(most['share'])} in all"


if __name__ == "__main__":
    from sim.figures.plot import script

    script("variance", __doc__)
