"""How much each number matters: Morris's screening, Sobol's indices, by SALib; and how much is chance.

Everything here is of numbers: a design over the unit cube and what came out at its points. So a function with a known
answer (Ishigami & Homma 1990) goes through the same code as a sweep, and a test holds it to that answer.
"""

from dataclasses import dataclass

import numpy as np

from sim.optional import needed
from sim.results.intervals import drawn_again, middle
from sim.study.design import LEVELS, unit_problem

DRAWS = 1_000  # of a bootstrap
SHARE_DRAWS = 400  # of one in which luck is drawn again too
SURVIVES = 0.05  # of the largest effect: judgement
Interval = tuple[float, float, float]  # estimate and both ends of its 95 % interval


@dataclass(frozen=True)
class Effects:
    """Morris's measures of each number (Morris 1991; Campolongo, Cariboni & Saltelli 2007)."""

    mean: np.ndarray  # float64 (numbers,): mean size of the effect of crossing the whole range, in units of the outcome
    error: np.ndarray  # float64 (numbers,): half of its 95 % interval, by bootstrap over trajectories
    spread: np.ndarray  # float64 (numbers,): standard deviation of the effect: of interactions and curves


@dataclass(frozen=True)
class Indices:
    """Sobol's shares of the variance between points, of first and of total order, with 95 % bootstrap intervals."""

    first: list[Interval]
    total: list[Interval]


@dataclass(frozen=True)
class Shares:
    """Where the variance of a single run's outcome comes from. Chance, parameters and rule add up to 1.

    Chance is all that luck does, also together with numbers and rule: the mean variance between the runs of a point.
    Parameters are all that numbers do to the means of points, also together with the rule. The rule is what it does
    by itself; `rule_in_all` is with all that it does together with the numbers.
    """

    chance: Interval
    parameters: Interval
    rule: Interval
    rule_in_all: Interval


def effects(design: np.ndarray, outcomes: np.ndarray, seed: int) -> Effects:
    """Compute Morris's measures.

    Parameters: design, float64 (trajectories × (numbers + 1), numbers) in [0, 1]; outcomes, float64, one of each row;
    seed, of the bootstrap. Raises UserError where SALib is missing.
    """
    analyze = needed("SALib.analyze.morris", "sensitivity", "screening").analyze
    numbers = design.shape[1]
    measures = analyze(unit_problem(numbers), design, outcomes, num_resamples=DRAWS, num_levels=LEVELS, seed=seed + 1)
    mean, error, spread = (np.asarray(measures[name], float) for name in ("mu_star", "mu_star_conf", "sigma"))
    return Effects(mean, error, spread)


def survivors(all_effects: list[Effects], most: int) -> np.ndarray:
    """Mark the numbers that survive the screening, `most` at most: bool (numbers,).

    Those survive that have a twentieth or more of the largest effect on some outcome; if nothing has any effect, the
    first.
    """
    relative = np.zeros(len(all_effects[0].mean))
    for of_outcome in all_effects:
        largest = np.max(of_outcome.mean)
        if largest > 0.0:
            relative = np.maximum(relative, of_outcome.mean / largest)
    ranked = np.argsort(-relative, kind="stable")[:most]
    survive = np.zeros(len(relative), bool)
    survive[ranked] = (relative[ranked] >= SURVIVES) | (np.max(relative) == 0.0)
    return survive


def indices(numbers: int, outcomes: np.ndarray, seed: int) -> Indices:
    """Compute Sobol's indices.

    Parameters: numbers, how many; outcomes, float64 (base samples × (numbers + 2),), of each row of a design
    'saltelli'; seed, of the bootstrap. Where nothing varies between points, every index is NaN. The intervals leave
    luck out: an index of a hundredth or so cannot be distinguished from 0. (SALib takes a seed of 0 for none, hence one
    more.)
    Raises UserError where SALib is missing.
    """
    if np.ptp(outcomes) == 0.0:
        nothing = [(np.nan, np.nan, np.nan)] * numbers
        return Indices(nothing, nothing)
    analyze = needed("SALib.analyze.sobol", "sensitivity", "Sobol's indices").analyze
    result = analyze(
        unit_problem(numbers), outcomes, calc_second_order=False, num_resamples=DRAWS, conf_level=0.95, seed=seed + 1
    )
    return Indices(*(_intervals(result[order], result[f"{order}_conf"]) for order in ("S1", "ST")))


def _intervals(values: np.ndarray, errors: np.ndarray) -> list[Interval]:
    return [(float(v), float(v - e), float(v + e)) for v, e in zip(values, errors, strict=True)]


def shares(outcomes: np.ndarray, block: int, seed: int) -> Shares:
    """Divide the variance of a run's outcome (law of total variance).

    Parameters: outcomes, float64 (rules, points, runs), the same luck along the last axis at every point and rule;
    block, how many points a base sample has; seed, of the bootstrap. Intervals: base samples and runs are drawn again
    together, for all points share their luck. What the runs of a point leave of chance in its mean is counted with the
    parameters: a share of 1 / runs at most.
    """
    rules, points, runs = outcomes.shape
    flat = outcomes.reshape(-1, runs)
    squares = flat**2

    def parts(of_points: np.ndarray, of_runs: np.ndarray) -> list[float]:
        """Return the four shares, with weights of points and of runs."""
        means = (flat @ of_runs).reshape(rules, points)
        within = ((squares @ of_runs).reshape(rules, points) - means**2) * runs / (runs - 1)
        middle = means @ of_points
        numbers = ((means - middle[:, None]) ** 2 @ of_points).mean()
        together = means.var(axis=0) @ of_points
        variances = np.array([(within @ of_points).mean(), numbers, middle.var(), together])
        whole = variances[:3].sum()
        return [float(part) for part in variances / whole] if whole > 1e-12 else [np.nan] * 4

    estimate = parts(np.full(points, 1 / points), np.full(runs, 1 / runs))
    if np.isnan(estimate).all():
        return Shares(*[(np.nan, np.nan, np.nan)] * 4)
    rng, samples = np.random.default_rng(seed), points // block
    drawn = np.array(
        [parts(np.repeat(drawn_again(rng, samples), block) / block, drawn_again(rng, runs)) for _ in range(SHARE_DRAWS)]
    )
    low, high = middle(drawn)
    return Shares(*zip(estimate, low.tolist(), high.tolist(), strict=True))
