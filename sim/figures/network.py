"""Draw who is hostile to whom, month by month: arrows as thick as the hostility done in the month, on average over runs.

python -m sim.figures.network outputs/baseline/ID
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.words import percent
from sim.results.run_folder import RunFolder
from sim.rules.arrays import HOSTILE_MARK

ACROSS, PANEL, HEADING = 5, 1.46, 0.2  # panels beside each other; inches
THICKEST = 6.5  # points, for the heaviest arrow of all months
LEAST = 0.02  # of the heaviest: what is not drawn


@dataclass(frozen=True)
class Month:
    """Marks of hostility done in one month by each actor to each other, (actor, target) → marks."""

    first: date
    marks: Mapping[tuple[str, str], float]
    replayed: bool


def network(months: Sequence[Month], labels: Mapping[str, str], title: str, note: str) -> Figure:
    """Draw a small network for each month, all in one scale.

    Parameters: months, in order; labels, by actor. Actors stand in the same place in each.
    """
    actors = sorted(labels)
    heaviest = max((marks for month in months for marks in month.marks.values()), default=0.0) or 1.0
    rows = -(-len(months) // ACROSS)
    top = 0.42
    sheet = style.sheet(title, note, top + rows * (PANEL + HEADING))
    places = {
        actor: (math.sin(2 * math.pi * index / len(actors)), math.cos(2 * math.pi * index / len(actors)))
        for index, actor in enumerate(actors)
    }
    letters = {actor: chr(ord("A") + index) for index, actor in enumerate(actors)}
    sheet.write(style.MARGIN, 0.1, "    ".join(f"{letters[actor]}  {labels[actor]}" for actor in actors))
    sheet.write(
        style.MARGIN,
        0.28,
        f"Thickest arrow: {heaviest:.2g} marks in a month; one half as thick is a quarter of that",
        color=style.MUTED,
    )
    for index, month in enumerate(months):
        row, column = divmod(index, ACROSS)
        left, down = style.MARGIN + column * (PANEL + 0.1), top + row * (PANEL + HEADING)
        name = f"{style.MONTHS[month.first.month - 1]} {month.first.year}"
        sheet.write(left, down + 0.08, name, **style.lettering(style.SMALL_POINTS, bold=True))
        axes = sheet.axes(left, down + HEADING, PANEL, PANEL)
        axes.set_facecolor(style.SHADE if month.replayed else style.PAPER)
        for spine in axes.spines.values():
            spine.set(visible=True, color=style.FAINT)
        axes.set(xlim=(-1.45, 1.45), ylim=(-1.45, 1.45), xticks=[], yticks=[])
        for (actor, target), marks in sorted(month.marks.items()):
            if marks >= LEAST * heaviest:
                width = THICKEST * math.sqrt(marks / heaviest)  # so that a tenth is still seen beside the whole
                axes.add_patch(
                    FancyArrowPatch(
                        places[actor], places[target], connectionstyle="arc3,rad=0.18", arrowstyle="-|>",
                        mutation_scale=5 + 1.6 * width, lw=width, shrinkA=8, shrinkB=8, zorder=2,
                        color=style.mixed(style.PAIR_COLOURS[1], 0.35 + 0.65 * marks / heaviest),
                    )
                )  # fmt: skip
        for actor, (x, y) in places.items():
            axes.plot([x], [y], "o", ms=12, mfc=style.PAPER, mec=style.INK, mew=0.8, zorder=3)
            axes.text(
                x, y, letters[actor], ha="center", va="center_baseline", zorder=4, **style.lettering(style.SMALL_POINTS)
            )
    return sheet.figure


@figure("run", "the directed network of hostility, month by month")
def network_figure(folder: RunFolder) -> Figure:
    """Draw the hostile marks of each month, on average over all runs.

    Raises CannotBeDrawn if nobody is hostile to anybody after the replay.
    """
    compiled = folder.compiled
    eras = compiled.tables.clock[:, 1]
    weights = compiled.tables.action_numbers[eras][:, :, HOSTILE_MARK]  # (days, actions)
    hostility = folder.acts_by_day / folder.runs * weights
    months: list[Month] = []
    firsts = sorted({day.replace(day=1) for day in folder.days})
    for first in firsts:
        inside = np.array([day.replace(day=1) == first for day in folder.days])
        marks: dict[tuple[str, str], float] = {}
        for code, act in enumerate(compiled.acts):
            if act.tone == "hostile":
                key = (act.actor, act.target)
                marks[key] = marks.get(key, 0.0) + float(hostility[inside, code].sum())
        months.append(Month(first, marks, first <= folder.replay_until))
    after: dict[tuple[str, str], float] = {}
    for code, act in enumerate(compiled.acts):
        if act.tone == "hostile":
            key = (act.actor, act.target)
            after[key] = after.get(key, 0.0) + float(hostility[compiled.free_from :, code].sum())
    if not any(after.values()):
        raise CannotBeDrawn("nobody is hostile to anybody after the replay")
    actor, target = max(after, key=lambda key: after[key])
    share = after[actor, target] / sum(after.values())
    title = f"{folder.labels[actor]} toward {folder.labels[target]}: {percent(share)} of all hostility after the replay ({folder.name})"
    note = f"{folder.made_by} Hostility done, in marks (Goldstein weights over ten), on average over runs. Grey: months that are replayed, at least in part."
    return network(months, folder.labels, title, note)


if __name__ == "__main__":
    from sim.figures.plot import script

    script("network", __doc__)
