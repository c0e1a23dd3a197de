"""Scenario discovery: in which box of the numbers is an outcome likelier than not? PRIM (Friedman & Fisher 1999;
Bryant & Lempert 2010), by ema_workbench, written as a sentence.

A box that was peeled to hold many points of interest holds more of these points than of others like them. So half of
the points choose the box, and what is told of it is counted on the other half.
"""

import hashlib
import inspect
import logging
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from sim.optional import needed
from sim.results.intervals import wilson
from sim.scenario.labels import NO_LABELS, labelled

Interval = tuple[float, float, float]  # a number, and both ends of its 95 % interval

BY_CHANCE = 0.05  # a side of a box stays if it would look as good by chance more seldom than that
FEWEST = 5  # points of interest, and of others: with fewer there is nothing to find


@dataclass(frozen=True)
class Side:
    """One number's side of a box; an end that does not bind is None.

    is_whole: whether the number takes whole numbers only.
    """

    name: str
    low: float | None
    high: float | None
    is_whole: bool = False


@dataclass(frozen=True)
class Box:
    """A box, and what points that did not choose it say of it, with Wilson's intervals."""

    sides: list[Side]
    coverage: Interval  # the share of the points of interest that it holds
    density: Interval  # the share of its points that are of interest
    everywhere: Interval  # the share of all points that are of interest
    inside: int  # points in it
    points: int  # in all

    def sentence(self, outcome: str, labels: Mapping[str, str] = NO_LABELS) -> str:
        """Describe the box in words.

        outcome: the name that the sentence begins with. labels: of the numbers that have one, by their keys.
        """
        sides = " and ".join(_side_text(side, labelled(side.name, labels)) for side in self.sides)
        return (
            f"{outcome} is likelier than not at {_share_text(self.density)} of the {self.inside:,} points where {sides}; "
            f"at {_share_text(self.everywhere)} of all points. The box holds {_share_text(self.coverage)} of those where "
            f"it is. (Counted on {self.points:,} points that did not choose the box; in brackets, 95 % intervals.)"
        )


def _share_text(interval: Interval) -> str:
    value, low, high = (f"{number:.0%}" for number in interval)
    return f"{value} ({low} to {high})"


def _side_text(side: Side, name: str) -> str:
    if side.is_whole:  # points on an end lie inside, and between two whole numbers there is none
        low = None if side.low is None else f"{math.ceil(side.low):,}"
        high = None if side.high is None else f"{math.floor(side.high):,}"
        if low is not None and high is not None:
            return f"{name} = {low}" if low == high else f"{low} ≤ {name} ≤ {high}"
        return f"{name} ≥ {low}" if low is not None else f"{name} ≤ {high}"
    if side.low is not None and side.high is not None:
        return f"{side.low:.3g} < {name} < {side.high:.3g}"
    return f"{name} > {side.low:.3g}" if side.low is not None else f"{name} < {side.high:.3g}"


def find_box(names: Sequence[str], numbers: np.ndarray, is_interesting: np.ndarray, seed: int) -> Box | None:
    """Find the box that holds most interesting points at the least cost.

    Parameters: names, of the numbers; numbers, float64 (points, names); is_interesting, bool (points,); seed, of the
    choice of the points that choose.
    Of the boxes that PRIM peels on half of the points, the one with the highest harmonic mean of coverage and density is
    taken, and sides that could be chance are let go; its shares are those of the other half.
    Returns None where there is no box, or none in which more points than not are of interest, or one that holds none of
    the other half. Raises UserError where ema_workbench is missing.
    """
    chooses = choosing(numbers, seed)
    sides = _sides(names, numbers[chooses], is_interesting[chooses])
    if sides is None:
        return None
    others, of_interest = numbers[~chooses], is_interesting[~chooses]
    within = np.ones(len(others), bool)
    for index, side in sides.items():
        within &= (others[:, index] >= (-np.inf if side.low is None else side.low)) & (
            others[:, index] <= (np.inf if side.high is None else side.high)
        )
    hits = int((within & of_interest).sum())
    if not within.any() or not of_interest.any():
        return None
    return Box(
        list(sides.values()),
        _share(hits, int(of_interest.sum())),
        _share(hits, int(within.sum())),
        _share(int(of_interest.sum()), len(others)),
        int(within.sum()),
        len(others),
    )


def choosing(numbers: np.ndarray, seed: int) -> np.ndarray:
    """Tell which points choose the box: about half of them, by a hash of the seed and of what each point is.

    So a point is on one side whatever other points there are, and one that stands there twice is not on both.
    Parameters: numbers, float64 (points, names). Returns bool (points,).
    """
    rows = np.ascontiguousarray(numbers, np.float64) + 0.0  # no -0
    key = seed.to_bytes(8, "little")
    return np.array([hashlib.blake2b(row.tobytes(), digest_size=1, key=key).digest()[0] % 2 == 0 for row in rows], bool)


def _share(hits: int, points: int) -> Interval:
    low, high = wilson(hits, points)
    return hits / points, float(low), float(high)


def _sides(names: Sequence[str], numbers: np.ndarray, is_interesting: np.ndarray) -> dict[int, Side] | None:
    """Return the sides of the box that is chosen, by the index of their number; None where there is none."""
    if min(is_interesting.sum(), (~is_interesting).sum()) < FEWEST:
        return None
    lows, highs = _limits(names, numbers, is_interesting)
    binds = (lows > numbers.min(axis=0)) | (highs < numbers.max(axis=0))
    inside = (numbers >= lows) & (numbers <= highs)
    for index in map(int, np.flatnonzero(binds)):
        without = _inside(inside, binds & (np.arange(len(names)) != index))
        if _could_be_chance(_inside(inside, binds), without, is_interesting):
            binds[index] = False
    within = _inside(inside, binds)
    if not binds.any() or is_interesting[within].mean() <= max(0.5, is_interesting.mean()):
        return None
    return {
        index: Side(
            names[index],
            float(lows[index]) if lows[index] > numbers[:, index].min() else None,
            float(highs[index]) if highs[index] < numbers[:, index].max() else None,
            bool((numbers[:, index] == np.rint(numbers[:, index])).all()),
        )
        for index in map(int, np.flatnonzero(binds))
    }


def _inside(inside: np.ndarray, binds: np.ndarray) -> np.ndarray:
    """Mark the points that lie inside on every side that binds: bool (points,)."""
    return np.asarray(inside[:, binds].all(axis=1))


def _could_be_chance(box: np.ndarray, without: np.ndarray, is_interesting: np.ndarray) -> bool:
    """Tell whether as dense a box could be drawn from the one without this side.

    That is Bryant & Lempert's quasi-p value.
    """
    hits, points, share = int((box & is_interesting).sum()), int(box.sum()), float(is_interesting[without].mean())
    return hits == 0 or float(special.betainc(hits, points - hits + 1, share)) >= BY_CHANCE  # as many hits or more


def _limits(names: Sequence[str], numbers: np.ndarray, is_interesting: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both ends of every side of the box that is taken."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries that the workbench would like too
        prim = needed("ema_workbench.analysis.prim", "sensitivity", "scenario discovery")
        logging.getLogger("EMA").setLevel(logging.ERROR)
        import pandas as pd

        options: dict[str, Any] = {}
        if "threshold" in inspect.signature(prim.Prim.__init__).parameters:  # until version 3: of no use here
            options["threshold"] = 0.0
        table = pd.DataFrame({str(index): numbers[:, index] for index in range(len(names))})
        search = prim.Prim(table, is_interesting, **options).find_box()
    columns = [str(index) for index in range(len(names))]
    peeled = [(box.iloc[0][columns].to_numpy(float), box.iloc[1][columns].to_numpy(float)) for box in search.box_lims]
    return max(peeled, key=lambda limits: _harmonic((numbers >= limits[0]) & (numbers <= limits[1]), is_interesting))


def _harmonic(inside: np.ndarray, is_interesting: np.ndarray) -> float:
    """Return the harmonic mean of a box's coverage and density."""
    within = inside.all(axis=1)
    return 2.0 * int((within & is_interesting).sum()) / (int(within.sum()) + int(is_interesting.sum()))
