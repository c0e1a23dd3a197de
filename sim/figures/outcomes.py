"""Draw how likely each outcome is, with its interval and what really happened, several scenarios side by side.

python -m sim.figures.outcomes outputs/baseline/ID outputs/weak_backing/ID
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.figures import style
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.scale import RunScale
from sim.figures.wording import Wording
from sim.figures.words import capitalised, names_apart
from sim.results.estimates import Estimate, estimates
from sim.results.intervals import NORMAL, at_once, wilson
from sim.results.run_folder import RunFolder, stored_outcomes
from sim.results.units import unit_of
from sim.results.what_happened import what_happened
from sim.scenario.questions import Question

LEFT, RIGHT, BELOW = 3.35, 0.8, 0.5  # inches: names, room for numbers, below the axis
GAP, STEP, HEADING, AIR = 0.1, 0.17, 0.24, 0.1  # inches: between outcomes, scenarios, of a heading, before it
LINE = style.SMALL_POINTS * style.LINE
TRUTH: dict[str, Any] = {"marker": "D", "ls": "none", "ms": 8.5, "mfc": "none", "mec": style.INK, "mew": 1.3}
HAPPENED = "what really happened"


@dataclass(frozen=True)
class Shares:
    """One scenario's outcomes that are shares of so many runs, by name; each as share, low, high (0 to 1)."""

    scenario: str
    runs: int
    shares: Mapping[str, tuple[float, float, float]]
    happened: Mapping[str, float]  # 1 if it really happened, 0 if not; without those that the record does not settle


@dataclass(frozen=True)
class Group:
    """Outcomes that belong together: a heading, and the words of each by its name."""

    heading: str
    names: Mapping[str, str]


def shares_side_by_side(sides: Sequence[Shares], groups: Sequence[Group], title: str, note: str) -> Figure:
    """Draw a row for each outcome, in it a dot, its interval and its number for each scenario.

    A diamond at either end of the axis is what really happened. Parameters: sides, the scenarios; groups, the outcomes in
    the order shown. Raises CannotBeDrawn if there are more scenarios than can be told apart.
    """
    if len(sides) > len(style.PAIR_COLOURS):
        raise CannotBeDrawn(f"{len(sides)} scenarios cannot be told apart; at most {len(style.PAIR_COLOURS)}")
    looks: list[dict[str, Any]] = [
        {"color": style.PAIR_COLOURS[index], "marker": style.MARKERS[index]} for index in range(len(sides))
    ]
    keys = {side.scenario: Line2D([], [], ls="none", ms=5, **look) for side, look in zip(sides, looks, strict=True)}
    keys = keys if len(sides) > 1 else {}
    if any(side.happened.get(name) is not None for side in sides for group in groups for name in group.names):
        keys[HAPPENED] = Line2D([], [], **TRUTH)
    words = {name: _wrapped(text) for group in groups for name, text in group.names.items()}
    heights = {name: max(GAP + STEP * len(sides), 0.08 + LINE * (text.count("\n") + 1)) for name, text in words.items()}
    top = 0.06 + style.KEY_ROW * len(style.key_rows(list(keys))) if keys else 0.0
    body = sum(AIR + _heading_height(group) + sum(heights[name] for name in group.names) for group in groups)
    sheet = style.sheet(title, note, top + body + BELOW)
    sheet.legend_rows(style.MARGIN, 0.1, list(keys.values()), list(keys))
    scale = RunScale(sides[0].runs if len({side.runs for side in sides}) == 1 else 100)
    axes = sheet.axes(LEFT, top, style.WIDTH - LEFT - RIGHT, body)
    axes.set(xlim=(0, scale.whole), ylim=(body, 0), yticks=[])
    down = 0.0
    for group in groups:
        down += AIR + _heading_height(group)
        heading = style.wrapped(group.heading, style.SMALL_POINTS, LEFT - style.MARGIN - 0.1, bold=True)
        sheet.write(style.MARGIN, top + down - _heading_height(group) / 2, heading, linespacing=1.2, **style.lettering(style.SMALL_POINTS, bold=True))  # fmt: skip
        for name in group.names:
            axes.axhline(down, zorder=1, **style.stroke(style.FAINT, 0.6))
            sheet.write(LEFT - 0.16, top + down + heights[name] / 2, words[name], ha="right", linespacing=1.2)
            _draw_row(axes, down, heights[name], [side.shares.get(name) for side in sides], sides, looks)
            settled = {side.happened[name] for side in sides if name in side.happened}
            if len(settled) == 1:
                axes.plot(settled.pop() * scale.whole, down + heights[name] / 2, zorder=3.5, clip_on=False, **TRUTH)
            down += heights[name]
    _scale_axis(axes, scale)
    return sheet.figure


def _wrapped(words: str) -> str:
    return style.wrapped(words, style.SMALL_POINTS, LEFT - style.MARGIN - 0.2)


def _heading_height(group: Group) -> float:
    lines = style.wrapped(group.heading, style.SMALL_POINTS, LEFT - style.MARGIN - 0.1, bold=True).count("\n") + 1
    return HEADING + LINE * (lines - 1)


def _draw_row(
    axes: Axes,
    down: float,
    height: float,
    shares: Sequence[Any],
    sides: Sequence[Shares],
    looks: Sequence[dict[str, Any]],
) -> None:
    """Draw the dots of one outcome, each with its interval and its number beside it."""
    whole = axes.get_xlim()[1]
    first = down + (height - STEP * len(sides)) / 2 + STEP / 2
    for place, (numbers, side, look) in enumerate(zip(shares, sides, looks, strict=True)):
        if numbers is None:
            continue
        share, low, high = (whole * number for number in numbers)
        y = first + STEP * place
        axes.hlines(y, low, high, color=look["color"], lw=1.4, zorder=3)
        axes.plot([share], [y], ms=5, zorder=4, clip_on=False, **look)
        is_left = high > 0.9 * whole and low > 0.25 * whole
        letters = {"ha": "right" if is_left else "left", "va": "center_baseline", **style.lettering(style.SMALL_POINTS)}
        is_beyond = high > 0.9 * whole and not is_left  # right of where the diamond may be
        beside, offset = (whole, 10) if is_beyond else (low, -7) if is_left else (high, 7)
        words = RunScale(side.runs).short(numbers[0])
        axes.annotate(words, (beside, y), (offset, 0), textcoords="offset points", **letters)


def _scale_axis(axes: Axes, scale: RunScale) -> None:
    step = 20 if not scale.is_counted else max(1, round(scale.whole / 5))
    ticks = range(0, int(scale.whole) + 1, step)
    names = [str(tick) if scale.is_counted else f"{tick} %" for tick in ticks]
    axes.set_xticks(ticks, names, **style.lettering(style.SMALL_POINTS))
    axes.grid(True, axis="x", color=style.FAINT, linewidth=0.6)
    axes.set_xlabel("runs" if scale.is_counted else "share of runs", **style.lettering(style.SMALL_POINTS))


@figure("runs", "how likely each outcome is, with its interval and what really happened, scenarios side by side")
def outcomes_figure(folders: Sequence[RunFolder]) -> Figure:
    """Draw the headline shares of some run folders, side by side.

    Raises CannotBeDrawn if no headline outcome is a share of runs, or there are more folders than can be told apart.
    """
    sides = [_side(folder, name) for folder, name in zip(folders, names_apart(folders), strict=True)]
    groups = _groups(folders, sides)
    if not groups:
        raise CannotBeDrawn("no headline outcome is a share of runs")
    note = f"{_provenance(folders)} Lines: 95 % intervals, simulation error only."
    if any(side.happened.get(name) is not None for side in sides for group in groups for name in group.names):
        note += " Diamond: at the right end it happened, at the left end it did not; none where the record does not settle it."
    return shares_side_by_side(sides, groups, _finding(folders, sides, groups[0]), note)


def _side(folder: RunFolder, scenario: str) -> Shares:
    happened = what_happened(folder.compiled).answers
    shares = _headline(folder)
    return Shares(
        scenario,
        folder.runs,
        {name: (estimate.value, estimate.low, estimate.high) for name, estimate in shares.items()},
        {name: happened[name] for name in shares if name in happened},
    )


def _headline(folder: RunFolder) -> dict[str, Estimate]:
    return {
        estimate.name: estimate
        for estimate in estimates(folder.tally)
        if estimate.headline and estimate.kind == "share"
    }


def _groups(folders: Sequence[RunFolder], sides: Sequence[Shares]) -> list[Group]:
    """Group the outcomes: those that are so or not, those of each measure, dyad or pair, and the classes of each path."""
    groups: dict[str, dict[str, str]] = {}
    for folder, side in zip(folders, sides, strict=True):
        wording = Wording(folder.compiled.loaded.scenario)
        for heading, question in _headings(folder):
            names = {
                name: wording.part(name) or wording.outcome(name) for name in question.names if name in side.shares
            }
            if names:
                groups.setdefault(heading, {}).update(names)
    return [Group(heading, names) for heading, names in groups.items()]


def _headings(folder: RunFolder) -> Iterator[tuple[str, Question]]:
    """Yield each question with the heading that it stands under."""
    meanings = [question.meaning for question in folder.compiled.questions if question.classes]
    for question in folder.compiled.questions:
        if question.classes:
            heading = capitalised(question.meaning.partition(":")[0])
            alike = meanings.count(question.meaning) > 1 and question.pair
            yield heading + (f" ({_pair(folder, question)})" if alike else ""), question
        elif "." in question.name:
            yield capitalised(question.meaning), question
        else:
            yield "Yes or no", question


def _pair(folder: RunFolder, question: Question) -> str:
    return " – ".join(folder.labels[actor] for actor in question.pair or ())


def _finding(folders: Sequence[RunFolder], sides: Sequence[Shares], group: Group) -> str:
    """Say what the first outcome shows: how likely it is and what happened, or how far scenarios are apart in it."""
    first, *others = sides
    name = next((name for name in group.names if name in first.shares), next(iter(group.names)))
    words = group.names[name]
    if not others or name not in first.shares:
        side = first if name in first.shares else next(side for side in sides if name in side.shares)
        share, low, high = side.shares[name]
        scale, truth = RunScale(side.runs), side.happened.get(name)
        ending = {None: "", 1.0: "; it happened", 0.0: "; it did not happen"}[truth]
        return f"{words}: {scale.estimate(share, low, high)}{ending}"
    gaps = {side.scenario: _gap(folders[0], folder, name, len(others)) for folder, side in zip(folders[1:], others, strict=True) if name in side.shares}  # fmt: skip
    listed = ", ".join(
        f"{RunScale(side.runs).short(side.shares[name][0])} ({side.scenario})" for side in sides if name in side.shares
    )
    if not gaps:
        return f"{words}: {listed}"
    scenario, (gap, low, high) = max(gaps.items(), key=lambda item: abs(item[1][0]))
    ends = f"{100 * low:+.0f} to {100 * high:+.0f}".replace("-", "\u2212")
    if low <= 0.0 <= high:
        return f"{words}: no clear difference, {listed}" + (f" ({ends} points)" if first.runs > 1 else "")
    most, (near, far) = f" in {scenario}" if len(gaps) > 1 else "", sorted(abs(100 * end) for end in (low, high))
    return f"{words}: {listed}; {abs(100 * gap):.0f} points {'more' if gap > 0 else 'fewer'}{most} (95\u00a0%: {near:.0f} to {far:.0f})"


def _gap(here: RunFolder, there: RunFolder, name: str, at_a_time: int) -> tuple[float, float, float]:
    """Return how much larger a share is there than here, with its 95 % interval; paired where the runs are pairs.

    at_a_time: how many such intervals are to hold together (Bonferroni).
    """
    sides = [_values(folder, name) for folder in (here, there)]
    wide = NORMAL * at_once(at_a_time)
    if not here.no_pair_of(there) and min(len(side) for side in sides) > 1:
        runs = min(len(side) for side in sides)
        gaps = sides[1][:runs] - sides[0][:runs]
        reach = wide * float(gaps.std(ddof=1)) / np.sqrt(runs)
        return float(gaps.mean()), float(gaps.mean()) - reach, float(gaps.mean()) + reach
    first, second = (float(side.mean()) for side in sides)
    (low_1, high_1), (low_2, high_2) = ((float(end) for end in wilson(int(side.sum()), len(side))) for side in sides)
    factor = at_once(at_a_time)  # Newcombe 1998, method 10
    low = factor * float(np.hypot(second - low_2, high_1 - first))
    high = factor * float(np.hypot(high_2 - second, first - low_1))
    return second - first, second - first - low, second - first + high


def _values(folder: RunFolder, name: str) -> np.ndarray:
    """Return of each run whether a reported outcome is so, 0 or 1: float64 (runs,)."""
    place, question = next((place, each) for place, each in enumerate(folder.compiled.questions) if name in each.names)
    values = np.concatenate([block[:, place] for block in stored_outcomes(folder.compiled, folder.path)])
    return unit_of(question).split(values, question)[question.names.index(name)]


def _provenance(folders: Sequence[RunFolder]) -> str:
    """Say how the runs of the folders were made: once, if they were made alike."""
    notes = dict.fromkeys(folder.made_by for folder in folders)
    name = f"{folders[0].name}: " if len(folders) == 1 else ""
    return (
        name + next(iter(notes))
        if len(notes) == 1
        else " ".join(f"{name}: {folder.made_by}" for name, folder in zip(names_apart(folders), folders, strict=True))
    )


if __name__ == "__main__":
    from sim.figures.plot import script

    script("outcomes", __doc__)
