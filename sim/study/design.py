"""Designs over ranges: points of the unit cube, spread over it."""

import itertools
from typing import Any

import numpy as np

from sim.optional import needed
from sim.study.schema import Design, Range

LEVELS = 4  # of each number in Morris's trajectories
POWERS_OF_TWO = ("sobol", "saltelli")  # sequences that are balanced only at these


def cube(design: Design, numbers: int, points: int, seed: int) -> np.ndarray:
    """Spread points over the unit cube; the same for the same seed.

    Designs: grid, `points` levels of each number, both ends included; lhs, Latin hypercube (McKay, Beckman & Conover
    1979); sobol, scrambled Sobol sequence (Owen 1998); morris, `points` trajectories of numbers + 1 points each (Morris
    1991); saltelli, `points` × (numbers + 2), for Sobol's indices of first and total order (Saltelli 2002, 2010).
    Returns float64 (points, numbers) in [0, 1]; one point where there is no number. Raises UserError where SALib, which
    the last two need, is missing.
    """
    if numbers == 0:
        return np.zeros((1, 0))
    if design == "grid":
        levels = np.linspace(0.0, 1.0, points) if points > 1 else np.array([0.5])
        return np.array(list(itertools.product(levels, repeat=numbers)))
    if design == "morris":
        sample = needed("SALib.sample.morris", "sensitivity", "the design 'morris'").sample
        return np.asarray(sample(unit_problem(numbers), points, num_levels=LEVELS, seed=seed), float)
    if design == "saltelli":
        sample = needed("SALib.sample.sobol", "sensitivity", "the design 'saltelli'").sample
        return np.asarray(sample(unit_problem(numbers), points, calc_second_order=False, seed=seed), float)
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube(numbers, rng=seed) if design == "lhs" else qmc.Sobol(numbers, rng=seed)
    return np.asarray(sampler.random(points))


def rows(design: Design, numbers: int, points: int) -> int:
    """Count the points of a design, without making it."""
    if numbers == 0:
        return 1
    counts = {"grid": points**numbers, "morris": points * (numbers + 1), "saltelli": points * (numbers + 2)}
    return counts.get(design, points)


def scaled(unit: np.ndarray, spread: Range, low: float, high: float) -> np.ndarray:
    """Scale one column of the unit cube to a range, as its scale and its numbers ask.

    Both ends are exact. Whole numbers are equally likely, or, on a log scale, as likely as their share of the logarithm;
    on levels of a grid they are the nearest ones.
    Parameters: unit, float64 (points,) in [0, 1]; low and high, the ends, both above 0 on a log scale.
    """
    upper = high + 1.0 if spread.integer else high
    if spread.scale == "log":
        numbers = low * (upper / low) ** unit
        numbers[unit == 0.0], numbers[unit == 1.0] = low, upper
    else:
        numbers = low * (1.0 - unit) + upper * unit  # exactly the high end at 1
    return np.minimum(np.floor(numbers), high) if spread.integer else numbers


def whole_levels(levels: int, spread: Range, low: float, high: float) -> np.ndarray:
    """Return the levels of a grid that are whole numbers, spread evenly over the scale: float64 (levels,)."""
    unit = np.linspace(0.0, 1.0, levels) if levels > 1 else np.array([0.5])
    return np.rint(scaled(unit, spread.model_copy(update={"integer": False}), low, high))


def unit_problem(numbers: int) -> dict[str, Any]:
    """Describe the unit cube as SALib does."""
    return {"num_vars": numbers, "names": [f"x{i}" for i in range(numbers)], "bounds": [[0.0, 1.0]] * numbers}
