"""Answers and momentum over many dyads at once: a hierarchical fit, so that each dyad counts for what it shows.

On day t the first of a pair acts against the second with a chance of 1 - exp(-λ),

    λ = base · volume + reciprocity · (1 - δ) · memory of the other's acts / h0 + momentum · (1 - δ_M) · own marks / h0

as in a scenario (`rules/hazard.py`), h0 = 0.5 marks. Base, reciprocity and momentum are log-normal over the pairs; the
half-lives are common to them. Each pair's likelihood is taken on a grid of its three numbers, over which its own numbers are
summed out; the six numbers of the population are found by their curvature at the peak, for every pair of
half-lives on a grid, and these are weighed by what the pairs say of them.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from sim.evidence.dyads import Dyads
from sim.results.intervals import middle
from sim.rules.marks import kept_overnight

AVERAGE_MARK = 0.5
NAMES = ("base", "reciprocity", "momentum")
POINTS = 24
GRID = np.log(np.array([np.geomspace(*ends, POINTS) for ends in ((3e-4, 1.0), (3e-3, 3.0), (3e-3, 3.0))]))
NONE = -30.0  # the log of a number that is held at none
MEMORY_DAYS = (1.0, 2.0, 4.0, 7.0, 14.0, 30.0)
OWN_DAYS = (0.5, 1.0, 2.0, 4.0, 7.0)
# Of the population before any pair is seen: wide, so that the pairs decide (judgement). Mean and sd of the log means
# of NAMES, then of the logs of their spreads over pairs.
BEFORE = np.array([(math.log(0.02), 1.5), (math.log(0.1), 1.5), (math.log(0.2), 1.5), *[(math.log(0.7), 0.5)] * 3])


@dataclass(frozen=True)
class Peak:
    """The population's likeliest numbers under one pair of half-lives.

    memory_days, own_days: half-lives of the memory of the other's acts, and of one's own. logs: float64 (6,), see
    BEFORE. covariance: float64 (6, 6), by the curvature at the peak. log_evidence: ln of the likelihood of the pairs,
    the population's numbers summed out (Laplace).
    """

    memory_days: float
    own_days: float
    logs: np.ndarray
    covariance: np.ndarray
    log_evidence: float


Interval = tuple[float, float, float]  # median, 2.5 % and 97.5 %


@dataclass(frozen=True)
class Pooled:
    """What the pairs of one kind have in common, as draws of the population's numbers, a row a draw.

    dyads, fit_days: the P pairs, and how many of their days were fitted. best: the population under the half-lives with
    most evidence. means, spreads: float64 (draws, 3), log median and log sd over pairs of NAMES. half_lives: float64
    (draws, 2), of memory and of own acts, in days. pair_logs: float64 (P, 3), each pair's own numbers on average, at
    the best half-lives.
    """

    dyads: Dyads
    fit_days: int
    best: Peak
    means: np.ndarray
    spreads: np.ndarray
    half_lives: np.ndarray
    pair_logs: np.ndarray

    def typical(self, name: str) -> Interval:
        """Return the median over pairs of one of NAMES, with its 95 % interval."""
        return _interval(np.exp(self.means[:, NAMES.index(name)]))

    def of_a_new_pair(self, name: str) -> Interval:
        """Return the median and 95 % interval of one of NAMES for a new pair."""
        column = NAMES.index(name)
        noise = np.random.default_rng(0).standard_normal(len(self.means))
        return _interval(np.exp(self.means[:, column] + self.spreads[:, column] * noise))

    def half_life(self, acts_of: str) -> Interval:
        """Return the median and 95 % interval of a half-life in days. acts_of: `memory`, or one's `own`."""
        return _interval(self.half_lives[:, ("memory", "own").index(acts_of)])


def _interval(values: np.ndarray) -> Interval:
    low, high = middle(values)
    return float(np.quantile(values, 0.5)), float(low), float(high)


def remembered(marks: np.ndarray, half_life_days: float) -> np.ndarray:
    """Sum up how many acts the marks of the days before draw.

    Parameters: marks, float64 (P, D); half_life_days, of their memory.
    Returns average acts a day, at one act an act: float64 (P, D).
    """
    retained = kept_overnight(half_life_days)
    memory, drawn = np.zeros(len(marks)), np.empty_like(marks)
    for day in range(marks.shape[1]):
        drawn[:, day] = (1.0 - retained) * memory / AVERAGE_MARK
        memory = retained * memory + marks[:, day]
    return drawn


def terms_of(dyads: Dyads, memory_days: float, own_days: float) -> np.ndarray:
    """Compute what base, reciprocity and momentum are multiplied with: float64 (3, P, D)."""
    volume = np.broadcast_to(dyads.volume, dyads.own_marks.shape)
    return np.array([volume, remembered(dyads.other_marks, memory_days), remembered(dyads.own_marks, own_days)])


def on_grid(terms: np.ndarray, acted: np.ndarray, axes: list[np.ndarray]) -> np.ndarray:
    """Compute the likelihood of each pair at each point of a grid.

    Parameters: terms, float64 (3, P, D), see `terms_of`; acted, bool (P, D); axes, the logs of base, reciprocity and
    momentum.
    Returns ln L: float64 (P, points of base, of reciprocity, of momentum).
    """
    base, reciprocity, momentum = (np.exp(axis) for axis in axes)
    ln_l = np.empty((len(acted), len(base), len(reciprocity), len(momentum)))
    for pair, days in enumerate(acted):
        quiet = terms[:, pair, ~days].sum(axis=1)
        total = (
            -(base * quiet[0])[:, None, None]
            - (reciprocity * quiet[1])[None, :, None]
            - (momentum * quiet[2])[None, None, :]
        )
        for volume, answer, momentum_term in terms[:, pair, days].T:
            hazard = (
                (base * volume)[:, None, None]
                + (reciprocity * answer)[None, :, None]
                + (momentum * momentum_term)[None, None, :]
            )
            total += np.log(-np.expm1(-hazard))
        ln_l[pair] = total
    return ln_l


class _Population:
    """The pairs of one kind under one pair of half-lives: how likely they are under numbers of the population."""

    def __init__(self, ln_l: np.ndarray, axes: list[np.ndarray]):
        """Take the likelihood of the pairs on the grid of some axes: see on_grid."""
        self.highest = ln_l.max(axis=(1, 2, 3))
        self.likelihood = np.exp(ln_l - self.highest[:, None, None, None])
        self.axes = axes

    def weights(self, logs: np.ndarray) -> list[np.ndarray]:
        """Spread the population over each axis of the grid."""
        weights = []
        for axis, mean, spread in zip(self.axes, logs[:3], np.exp(logs[3:]), strict=True):
            logs_of = -0.5 * ((axis - mean) / spread) ** 2
            weight = np.exp(logs_of - np.max(logs_of))  # far outside the grid all of it is at the nearest end
            weights.append(weight / weight.sum())
        return weights

    def log_density(self, logs: np.ndarray) -> float:
        """Compute the log density at numbers of the population: float64 (6,).

        It is ln of the likelihood of the pairs times the belief beforehand.
        """
        base, reciprocity, momentum = self.weights(logs)
        pairs = np.einsum("pbrm,b,r,m->p", self.likelihood, base, reciprocity, momentum, optimize=True)
        before = -0.5 * (((logs - BEFORE[:, 0]) / BEFORE[:, 1]) ** 2).sum()
        with np.errstate(divide="ignore"):
            return float((np.log(pairs) + self.highest).sum() + before)

    def pair_logs(self, logs: np.ndarray) -> np.ndarray:
        """Average each number of each pair over what is left open of it: float64 (P, 3), logs."""
        weights = np.einsum("b,r,m->brm", *self.weights(logs))
        share = self.likelihood * weights
        share /= share.sum(axis=(1, 2, 3), keepdims=True)
        sums = [share.sum(axis=axes) for axes in ((2, 3), (1, 3), (1, 2))]
        return np.array([np.log(part @ np.exp(axis)) for part, axis in zip(sums, self.axes, strict=True)]).T


def _peak(population: _Population, half_lives: tuple[float, float], start: np.ndarray) -> Peak:
    ends = [(mean - 4 * sd, mean + 4 * sd) for mean, sd in BEFORE]
    peak = minimize(
        lambda logs: -population.log_density(logs), start, method="L-BFGS-B", bounds=ends, options={"maxiter": 200}
    )
    curvature = _curvature(population, peak.x)
    values, vectors = np.linalg.eigh(curvature)
    values = np.maximum(values, float(np.min(BEFORE[:, 1] ** -2.0)))  # no wider than what was believed before
    evidence = -float(peak.fun) - 0.5 * float(np.log(values).sum())
    return Peak(*half_lives, peak.x, (vectors / values) @ vectors.T, evidence)


def _curvature(population: _Population, point: np.ndarray, step: float = 0.05) -> np.ndarray:
    size, steps = len(point), step * np.eye(len(point))
    bend = np.zeros((size, size))
    for row, column in itertools.combinations_with_replacement(range(size), 2):
        corners = [
            sign * sign_too * population.log_density(point + sign * steps[row] + sign_too * steps[column])
            for sign in (1, -1)
            for sign_too in (1, -1)
        ]
        bend[row, column] = bend[column, row] = -sum(corners) / (4.0 * step * step)
    return bend


def pool(dyads: Dyads, fit_days: int, answers: bool = True, momentum: bool = True, draws: int = 4000) -> Pooled:
    """Fit the first days of the pairs of one kind.

    Parameters: fit_days, how many days from `dyads.first`; answers, momentum, whether there are any, otherwise these
    numbers are 0; draws, how many of the population's numbers.
    """
    none = np.array([NONE])
    axes = [GRID[0], GRID[1] if answers else none, GRID[2] if momentum else none]
    acted = dyads.acted[:, :fit_days]
    peaks: list[Peak] = []
    best: tuple[Peak, np.ndarray] | None = None
    for half_lives in itertools.product(MEMORY_DAYS if answers else (1.0,), OWN_DAYS if momentum else (1.0,)):
        population = _Population(on_grid(terms_of(dyads, *half_lives)[:, :, :fit_days], acted, axes), axes)
        peak = _peak(population, half_lives, peaks[-1].logs if peaks else BEFORE[:, 0])
        peaks.append(peak)
        if best is None or peak.log_evidence > best[0].log_evidence:
            best = peak, population.pair_logs(peak.logs)
    assert best is not None
    rng = np.random.default_rng(0)
    evidence = np.array([peak.log_evidence for peak in peaks])
    share = np.exp(evidence - evidence.max())
    chosen = rng.choice(len(peaks), draws, p=share / share.sum())
    drawn = np.array([rng.multivariate_normal(peaks[index].logs, peaks[index].covariance) for index in chosen])
    half = np.array([[peaks[index].memory_days, peaks[index].own_days] for index in chosen])
    return Pooled(dyads, fit_days, best[0], drawn[:, :3], np.exp(drawn[:, 3:]), half, best[1])


def held_out_likelihood(pooled: Pooled) -> float:
    """Compute ln L of the days that were not fitted, at each pair's own numbers."""
    terms = terms_of(pooled.dyads, pooled.best.memory_days, pooled.best.own_days)[:, :, pooled.fit_days :]
    hazard = np.einsum("pk,kpd->pd", np.exp(pooled.pair_logs), terms)
    acted = pooled.dyads.acted[:, pooled.fit_days :]
    return float(np.where(acted, np.log(-np.expm1(-hazard)), -hazard).sum())
