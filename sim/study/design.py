"""Designs over ranges: points of the unit cube, spread over it."""

import itertools
from typing import Any

import numpy as np

from sim.optional import needed
from sim.study.schema import Design

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


def unit_problem(numbers: int) -> dict[str, Any]:
    """Describe the unit cube as SALib does."""
    return {"num_vars": numbers, "names": [f"x{i}" for i in range(numbers)], "bounds": [[0.0, 1.0]] * numbers}
