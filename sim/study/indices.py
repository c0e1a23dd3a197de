"""How much each number matters: Morris's screening, Sobol's indices, by SALib; and how much is chance.

Everything here is of numbers: a design over the unit cube and what came out at its points. So a function with a known
answer (Ishigami & Homma 1990) goes through the same code as a sweep, and a test holds it to that answer.
"""

from dataclasses import dataclass

import numpy as np

from sim.scenario.extras import needed
from sim.study.design import LEVELS, unit_problem

DRAWS = 1_000  # of a bootstrap
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
    """Where the variance of a single run's outcome comes from. The three shares add up to 1."""

    chance: Interval
    parameters: Interval
    rule: Interval  # the levers: of which decision rule is followed


def effects(design: np.ndarray, found: np.ndarray, seed: int) -> Effects:
    """Morris's measures. design: float64 (trajectories × (numbers + 1), numbers) in [0, 1]; found: float64 of each row."""
    analyze = needed("SALib.analyze.morris", "sensitivity", "screening").analyze
    numbers = design.shape[1]
    told = analyze(unit_problem(numbers), design, found, num_resamples=DRAWS, num_levels=LEVELS, seed=seed)
    mean, error, spread = (np.asarray(told[name], float) for name in ("mu_star", "mu_star_conf", "sigma"))
    return Effects(mean, error, spread)


def survivors(all_effects: list[Effects], most: int) -> np.ndarray:
    """bool (numbers,): those, `most` at most, whose effect is a twentieth or more of the largest on some outcome.

    If nothing has any effect, the first ones.
    """
    relative = np.zeros(len(all_effects[0].mean))
    for one in all_effects:
        if one.mean.max() > 0.0:
            relative = np.maximum(relative, one.mean / one.mean.max())
    ranked = np.argsort(-relative, kind="stable")[:most]
    survive = np.zeros(len(relative), bool)
    survive[ranked] = (relative[ranked] >= SURVIVES) | (relative.max() == 0.0)
    return survive


def indices(numbers: int, found: np.ndarray, seed: int) -> Indices:
    """Sobol's indices. found: float64 (base samples × (numbers + 2),) of each row of a design 'saltelli'.

    Where nothing varies between points, every index is NaN.
    """
    if np.ptp(found) == 0.0:
        nothing = [(np.nan, np.nan, np.nan)] * numbers
        return Indices(nothing, nothing)
    analyze = needed("SALib.analyze.sobol", "sensitivity", "Sobol's indices").analyze
    told = analyze(
        unit_problem(numbers), found, calc_second_order=False, num_resamples=DRAWS, conf_level=0.95, seed=seed
    )
    return Indices(*(_intervals(told[order], told[f"{order}_conf"]) for order in ("S1", "ST")))


def _intervals(values: np.ndarray, errors: np.ndarray) -> list[Interval]:
    return [(float(v), float(v - e), float(v + e)) for v, e in zip(values, errors, strict=True)]


def shares(means: np.ndarray, variances: np.ndarray, seed: int) -> Shares:
    """How the variance of a run's outcome divides into chance, parameters and decision rule (law of total variance).

    means, variances: float64 (rules, points): the outcome's mean and variance over the runs of each point; the same
    points for every rule. Intervals by drawing points again. What the runs of a point leave of chance in its mean is
    counted with the parameters: at most a share of 1 / runs.
    """
    whole = _parts(means, variances)
    if np.isnan(whole).all():
        return Shares(*[(np.nan, np.nan, np.nan)] * 3)
    rng = np.random.default_rng(seed)
    points = means.shape[1]
    drawn = np.array(
        [_parts(means[:, chosen], variances[:, chosen]) for chosen in rng.integers(points, size=(DRAWS, points))]
    )
    low, high = np.nanquantile(drawn, (0.025, 0.975), axis=0)
    return Shares(*zip(whole, low.tolist(), high.tolist(), strict=True))


def _parts(means: np.ndarray, variances: np.ndarray) -> list[float]:
    parts = np.array([variances.mean(), means.var(axis=1).mean(), means.mean(axis=1).var()])
    return [float(part) for part in parts / parts.sum()] if parts.sum() > 0.0 else [np.nan] * 3
