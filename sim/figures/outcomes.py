"""Draw how likely each outcome is, with its interval, several scenarios side by side.

python -m sim.figures.outcomes outputs/baseline/ID outputs/weak_backing/ID
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.words import capitalised, in_words, names_apart, percent
from sim.results.estimates import Estimate, estimates
from sim.results.run_folder import RunFolder
from sim.results.units import SHARE

LEFT, BELOW, GAP, STEP = 3.3, 0.5, 0.16, 0.15  # inches: names, below the axis, between outcomes, between scenarios


@dataclass(frozen=True)
class Shares:
    """One scenario's outcomes that are shares of runs, by name; each as share, low, high (0 to 1)."""

    scenario: str
    shares: dict[str, tuple[float, float, float]]


def shares_side_by_side(sides: Sequence[Shares], names: dict[str, str], title: str, note: str) -> Figure:
    """Draw a row for each outcome, in it a dot and interval for each scenario.

    Parameters: sides, the scenarios; names, what each outcome is called, in the order shown. The axis is in % of runs.
    Raises CannotBeDrawn if there are more scenarios than can be told apart.
    """
    if len(sides) > len(style.PAIR_COLOURS):
        raise CannotBeDrawn(f"{len(sides)} scenarios cannot be told apart; at most {len(style.PAIR_COLOURS)}")
    row = GAP + STEP * len(sides)
    scenarios = [side.scenario for side in sides]
    top = 0.06 + 0.22 * len(style.key_rows(scenarios)) if len(sides) > 1 else 0.05
    sheet = style.sheet(title, note, top + row * len(names) + BELOW)
    looks: list[dict[str, Any]] = [
        {"color": style.PAIR_COLOURS[index], "marker": style.MARKERS[index]} for index in range(len(sides))
    ]
    if len(sides) > 1:
        keys = [Line2D([], [], ls="none", ms=5, **look) for look in looks]
        sheet.legend_rows(style.MARGIN, 0.1, keys, scenarios)
    axes = sheet.axes(LEFT, top, style.WIDTH - LEFT - 3 * style.MARGIN, row * len(names))
    axes.set_xlim(0, 100)
    axes.set_ylim(len(names), 0)
    for place, (name, words) in enumerate(names.items()):
        sheet.write(LEFT - 0.08, top + (place + 0.5) * row, words, ha="right")
        for index, (side, look) in enumerate(zip(sides, looks, strict=True)):
            if name not in side.shares:
                continue
            share, low, high = (100 * number for number in side.shares[name])
            down = place + (GAP / 2 + (index + 0.5) * STEP) / row
            axes.hlines(down, low, high, color=look["color"], lw=1.4, zorder=3)
            axes.plot([share], [down], ms=5, zorder=4, clip_on=False, **look)
        if place:
            axes.axhline(place, zorder=1, **style.stroke(style.FAINT, 0.6))
    axes.set_yticks([])
    axes.set_xticks(
        range(0, 101, 20), [f"{share} %" for share in range(0, 101, 20)], **style.lettering(style.SMALL_POINTS)
    )
    axes.grid(True, axis="x", color=style.FAINT, linewidth=0.6)
    axes.set_xlabel(SHARE.label, **style.lettering(style.SMALL_POINTS))
    return sheet.figure


@figure("runs", "how likely each outcome is, with intervals, scenarios side by side")
def outcomes_figure(folders: Sequence[RunFolder]) -> Figure:
    """Draw the headline shares of some run folders, side by side.

    Raises CannotBeDrawn if no headline outcome is a share of runs, or there are more folders than can be told apart.
    """
    headlines = [(folder, _headline(folder)) for folder in folders]
    names = {name: in_words(name, folder.labels) for folder, shares in headlines for name in shares}
    sides = [
        Shares(
            scenario,
            {name: (estimate.value, estimate.low, estimate.high) for name, estimate in shares.items()},
        )
        for scenario, (_, shares) in zip(names_apart(folders), headlines, strict=True)
    ]
    if not names:
        raise CannotBeDrawn("no headline outcome is a share of runs")
    first = next(iter(names))
    listed = ", ".join(f"{percent(side.shares[first][0])} ({side.scenario})" for side in sides if first in side.shares)
    note = f"{_provenance(folders)} Lines: 95 % intervals, simulation error only."
    return shares_side_by_side(sides, names, f"{capitalised(names[first])}: {listed}", note)


def _headline(folder: RunFolder) -> dict[str, Estimate]:
    return {
        estimate.name: estimate
        for estimate in estimates(folder.tally)
        if estimate.headline and estimate.kind == "share"
    }


def _provenance(folders: Sequence[RunFolder]) -> str:
    """Say how the runs of the folders were made: once, if they were made alike."""
    notes = dict.fromkeys(folder.made_by for folder in folders)
    return (
        next(iter(notes))
        if len(notes) == 1
        else " ".join(f"{name}: {folder.made_by}" for name, folder in zip(names_apart(folders), folders, strict=True))
    )


if __name__ == "__main__":
    from sim.figures.plot import script

    script("outcomes", __doc__)
