"""Draw a forecast: the chance of each class of acts and how many there may be, beside what the record alone would say.

escalate forecast baseline
python -m sim.figures.chances outputs/baseline/forecast-ID
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.evidence.forecast_tables import SHORT, LiveForecast, Row, read_forecast
from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.words import percent

ROW, HEAD, GAP, BELOW = 0.19, 0.62, 0.3, 0.45  # inches: a row, above the first panel, between panels, for the axis
WIDEST = 3.2  # inches, for a line of a name
MODEL, BASE = style.PAIR_COLOURS[0], style.PAIR_COLOURS[1]


def chance_panels(forecast: LiveForecast) -> Figure:
    """Draw two panels for each horizon: chances of one act or more, and how many there are in the middle 80 % of runs.

    Raises CannotBeDrawn for a forecast of no class of acts.
    """
    horizons = forecast.about["horizons"]
    tables = [[row for row in forecast.chances if row["days"] == days and row["kind"] in SHORT] for days in horizons]
    if not tables or not tables[0]:
        raise CannotBeDrawn("nothing can be done in this case, so there is no chance to draw")
    names = [style.wrapped(f"{forecast.pair(row)}, {row['class']}", style.SMALL_POINTS, WIDEST) for row in tables[0]]
    height = ROW * max(1 + name.count("\n") for name in names) * len(names)
    each = GAP + height + BELOW
    note = (
        f"Left: share of {forecast.about['runs']:,} runs with at least one act. Right: mean number of acts, with the middle 80 % of runs. "
        "Hollow: the rate that the record alone teaches."
    )
    title = f"{forecast.about['case']}, after {_spelled(forecast.about['on'])}: {_finding(forecast, tables[0])}"
    sheet = style.sheet(title, note, HEAD - GAP + each * len(tables))
    handles = [_dot(MODEL, full=True), _dot(BASE, full=False)]
    sheet.legend(style.MARGIN, 0.1, handles, ["the model", "the record's rate alone"])
    widest = max(style.text_width(line, style.SMALL_POINTS) for name in names for line in name.splitlines())
    left = widest + style.MARGIN + 0.15
    width = (style.WIDTH - left - style.MARGIN - 0.4) / 2
    for index, (days, rows) in enumerate(zip(horizons, tables, strict=True)):
        top = HEAD + each * index
        heading = f"{days} days, {_spelled(rows[0]['first'])} to {_spelled(rows[0]['last'])}"
        sheet.write(left, top - 0.1, heading, **style.lettering(style.SMALL_POINTS, bold=True))
        chances, counts = sheet.axes(left, top, width, height), sheet.axes(left + width + 0.4, top, width, height)
        _draw_chances(chances, rows)
        _draw_counts(counts, rows)
        chances.set_yticks(range(len(rows)), names, **style.lettering(style.SMALL_POINTS))
    return sheet.figure


def _spelled(day: date | str) -> str:
    return style.spelled(date.fromisoformat(str(day)))


def _finding(forecast: LiveForecast, rows: Sequence[Row]) -> str:
    """Say where, within the first horizon, the model's chance is farthest from that of the record's rate alone."""
    row = max(rows, key=lambda row: abs(row["chance"] - row["base_chance"]))
    name = f"{forecast.pair(row)}, {row['class']}"
    return f"{name}, one act or more within {row['days']} days: {percent(row['chance'])} likely; the record's rate alone says {percent(row['base_chance'])}"


def _dot(colour: str, full: bool) -> Line2D:
    return Line2D([], [], marker="o", ls="", ms=4.5, mec=colour, mfc=colour if full else style.PAPER)


def _draw_chances(axes: Axes, rows: Sequence[Row]) -> None:
    for place, row in enumerate(rows):
        axes.hlines(place, row["base_chance"], row["chance"], color=style.FAINT, lw=1.0, zorder=1)
        axes.plot(row["base_chance"], place, "o", ms=4.5, mec=BASE, mfc=style.PAPER, clip_on=False)
        axes.plot(row["chance"], place, "o", ms=4.5, mec=MODEL, mfc=MODEL, clip_on=False)
    axes.set_xlim(0.0, 1.0)
    axes.set_xticks(
        [0.0, 0.25, 0.5, 0.75, 1.0], ["0", "25", "50", "75", "100 %"], **style.lettering(style.SMALL_POINTS)
    )
    _finish(axes, rows, "chance of one act or more")


def _draw_counts(axes: Axes, rows: Sequence[Row]) -> None:
    for place, row in enumerate(rows):
        axes.hlines(place, row["low"], row["high"], color=style.mixed(MODEL, 0.4), lw=3.0, zorder=1)
        axes.plot(row["base_mean"], place, "o", ms=4.5, mec=BASE, mfc=style.PAPER, clip_on=False)
        axes.plot(row["mean"], place, "o", ms=4.5, mec=MODEL, mfc=MODEL, clip_on=False)
    axes.set_xlim(0.0, 1.05 * max(1.0, *(max(row["high"], row["mean"], row["base_mean"]) for row in rows)))
    _finish(axes, rows, "acts expected")
    axes.set_yticks([])


def _finish(axes: Axes, rows: Sequence[Row], label: str) -> None:
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel(label, **style.lettering(style.SMALL_POINTS))


@figure("forecast", "the chance of each class of acts, and how many there may be, beside the record's rate alone")
def chances_figure(folder: Path) -> Figure:
    """Draw the chances of a forecast's folder. Raises UserError if a file of it cannot be read."""
    return chance_panels(read_forecast(folder))


if __name__ == "__main__":
    from sim.figures.plot import script

    script("chances", __doc__)
