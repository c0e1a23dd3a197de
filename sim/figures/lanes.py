"""Draw who did what to whom, and when: dated acts on lanes, the record above one simulated run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.figures import style
from sim.figures.rung_keys import rung_keys, rung_keys_height

Dyad = tuple[str, str]
Names = Mapping[Dyad, tuple[list[str], list[str]]]  # the lines of text beside a lane: above its line, and below
PITCHES = (0.105, 0.085, 0.065, 0.05)  # inches from act to act in a stack; the first with which the lanes fit
TALLEST = 8.0  # inches of lanes, if some pitch allows
SHORTEST_HALF, AIR = 0.19, 0.05  # inches: half a lane with few acts, and what is left free at its outer edge
LINE = style.LABEL_POINTS * style.LINE
WIDEST_NAME = 1.9  # inches before an actor's label is broken into lines
HEADER = 0.28  # inches beside the keys of rungs: for those of tones, and air
SIDES = ("record", "run")
RUNGS = "Rung"  # the heading of their keys


@dataclass(frozen=True)
class LaneAct:
    """An act as a figure shows it. `tone` is hostile, cooperative or neutral; `rung` its place on the ladder."""

    day: date
    actor: str
    target: str
    action: str
    rung: int
    tone: str


@dataclass(frozen=True)
class Half:
    """The acts of one side of a lane, each with its level in the stack, 0 being next to the lane's line."""

    acts: Sequence[LaneAct]
    levels: Sequence[int]
    height: float  # inches


@dataclass(frozen=True)
class Plan:
    """Where everything goes, in inches below the top of the lanes."""

    pitch: float
    halves: Mapping[tuple[Dyad, str], Half]
    lines: Mapping[Dyad, float]  # of each lane, where its record and its run meet
    height: float


def lanes(
    run: Sequence[LaneAct],
    record: Sequence[LaneAct] | None,
    *,
    timeline: style.Timeline,
    ladder: Sequence[str],
    labels: Mapping[str, str],
    title: str,
    note: str,
) -> Figure:
    """Draw a lane for every ordered dyad with acts, one marker an act.

    The record's acts lie above the lane's line, the run's below. Colour is the act's rung, shape its tone; acts that would hide each other are stacked away from the line.
    Acts and marks outside the timeline are not shown.
    Parameters: record, None where there is none: then only the halves of the run are named; ladder, the names of the rungs, from 0 up; labels, by actor. Raises KeyError for an actor without a label
    or another tone, IndexError for a rung that the ladder lacks.
    """
    start, end = timeline.start, timeline.end
    sides = {side: _acts_inside(acts, start, end) for side, acts in zip(SIDES, (record or (), run), strict=True)}
    names = {dyad: _names(dyad, labels) for dyad in _dyads([*sides["record"], *sides["run"]])}
    left = max((_width(beside) for beside in names.values()), default=0.6) + 0.75
    width = style.WIDTH - left - style.MARGIN
    plan = _plan(names, sides, (end - start).days / width)
    flags = style.flags(timeline, width)
    keys = rung_keys_height(ladder, RUNGS)
    top = HEADER + keys + style.flags_height(flags)
    sheet = style.sheet(title, f"{note} Acts close in time are stacked.", top + plan.height + 0.55)
    axes = sheet.axes(left, top, width, plan.height)
    _keys(sheet, ladder)
    style.write_flags(sheet, flags, left, top)
    style.date_axis(axes, start, end)
    style.mark_days(axes, timeline)
    _lines(axes, plan)
    _write_names(sheet, plan, names, left, top, SIDES if record is not None else SIDES[1:])
    _markers(axes, plan, style.rung_colours(len(ladder)))
    if not names:
        sheet.write(left + width / 2, top + plan.height / 2, "no acts", ha="center", color=style.MUTED)
    return sheet.figure


def _acts_inside(acts: Sequence[LaneAct], start: date, end: date) -> list[LaneAct]:
    """Select the acts inside the dates, in an order that does not depend on theirs."""
    return sorted((act for act in acts if start <= act.day <= end), key=lambda act: (act.day, act.rung, act.action))


def _dyads(acts: Sequence[LaneAct]) -> list[Dyad]:
    """List the dyads of some acts, the two directions of a pair side by side."""
    dyads = {(act.actor, act.target) for act in acts}
    return sorted(dyads, key=lambda dyad: (sorted(dyad), dyad))


def _names(dyad: Dyad, labels: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Break the names of a dyad into lines: those of the actor, and those of the target."""
    actor, target = labels[dyad[0]], f"→ {labels[dyad[1]]}"
    above, below = (style.wrapped(name, style.LABEL_POINTS, WIDEST_NAME).splitlines() for name in (actor, target))
    return above, below


def _width(beside: tuple[list[str], list[str]]) -> float:
    return max(style.text_width(line, style.LABEL_POINTS) for lines in beside for line in lines)


def _plan(names: Names, sides: Mapping[str, Sequence[LaneAct]], days_per_inch: float) -> Plan:
    """Find the roomiest plan that is not too tall; markers are small where acts are many."""
    for pitch in PITCHES:
        plan = _plan_at(names, sides, pitch, pitch * days_per_inch)
        if plan.height <= TALLEST:
            break
    return plan


def _plan_at(names: Names, sides: Mapping[str, Sequence[LaneAct]], pitch: float, apart: float) -> Plan:
    halves: dict[tuple[Dyad, str], Half] = {}
    lines: dict[Dyad, float] = {}
    down = 0.0
    for dyad, beside in names.items():
        for side, text in zip(SIDES, beside, strict=True):
            acts = [act for act in sides[side] if (act.actor, act.target) == dyad]
            levels = stacked([act.day for act in acts], apart)
            needed = max(SHORTEST_HALF, len(text) * LINE, (max(levels, default=0) + 1) * pitch)
            halves[dyad, side] = Half(acts, levels, needed + AIR)
        lines[dyad] = down + halves[dyad, "record"].height
        down = lines[dyad] + halves[dyad, "run"].height
    return Plan(pitch, halves, lines, max(down, 2 * SHORTEST_HALF))


def stacked(days: Sequence[date], apart: float) -> list[int]:
    """Stack days that lie close together, and return the level of each.

    Parameters: days, in order; apart, days that two on one level are apart at least. Each gets the lowest level that is
    free, 0 being next to the line.
    """
    last: list[date] = []
    levels = []
    for day in days:
        level = next((level for level, before in enumerate(last) if (day - before).days >= apart), len(last))
        last[level : level + 1] = [day]
        levels.append(level)
    return levels


def _keys(sheet: style.Sheet, ladder: Sequence[str]) -> None:
    rung_keys(sheet, ladder, RUNGS)
    look: dict[str, Any] = {"color": style.PAPER, "markeredgecolor": style.INK, "markeredgewidth": 0.8}
    tones = [
        Line2D([], [], linestyle="", marker=marker, markersize=7, **look) for marker in style.TONE_MARKERS.values()
    ]
    sheet.legend(style.MARGIN, 0.1 + rung_keys_height(ladder, RUNGS), tones, list(style.TONE_MARKERS), "Tone")


def _lines(axes: Axes, plan: Plan) -> None:
    """Draw the line of each lane, and a fainter one between lanes."""
    axes.set_ylim(plan.height, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for dyad, line in plan.lines.items():
        axes.axhline(line, zorder=1, label="lane", **style.stroke(style.MUTED, 0.7))
        edge = line - plan.halves[dyad, "record"].height
        if edge > 0:
            axes.axhline(edge, zorder=1, label="edge", **style.stroke(style.FAINT, 0.7))


def _write_names(sheet: style.Sheet, plan: Plan, names: Names, left: float, top: float, sides: Sequence[str]) -> None:
    """Write beside each lane who acts, toward whom, and which half is which of some sides."""
    sheet.write(style.MARGIN, top - 0.09, "actor → target" if names else "", va="baseline", color=style.MUTED)
    for dyad, line in plan.lines.items():
        above, below = names[dyad]
        for row, text in enumerate(above + below):
            baseline = top + line + (row - len(above) + 0.7) * LINE
            sheet.write(style.MARGIN, baseline, text, style.LABEL_POINTS, va="baseline")
        for side in sides:
            offset = -0.3 if side == "record" else 0.7
            sheet.write(left - 0.06, top + line + offset * LINE, side, ha="right", va="baseline", color=style.MUTED)


def _markers(axes: Axes, plan: Plan, rung_colours: Sequence[str]) -> None:
    """Draw a marker an act, upwards from the lane's line for the record, downwards for the run."""
    for (dyad, side), half in plan.halves.items():
        away = -plan.pitch if side == "record" else plan.pitch
        heights = [plan.lines[dyad] + (level + 0.55) * away for level in half.levels]
        for tone in sorted({act.tone for act in half.acts}):
            shown = [(act, height) for act, height in zip(half.acts, heights, strict=True) if act.tone == tone]
            x, y = [date2num(act.day) for act, _ in shown], [height for _, height in shown]
            colours = [rung_colours[act.rung] for act, _ in shown]
            look: dict[str, Any] = {"s": (plan.pitch * 72 * 0.86) ** 2, "edgecolors": style.INK, "linewidths": 0.6}
            axes.scatter(x, y, c=colours, marker=style.TONE_MARKERS[tone], zorder=3, label=f"{side}, {tone}", **look)
