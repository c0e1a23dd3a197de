"""What acts draw, over many dyads at once: a hierarchical fit, so that each dyad counts for what it shows.

Each pair has a reciprocity and a momentum of its own, log-normal over the pairs of a kind, and a base that is learned
day by day from a gamma prior (`dyad_filter`); half-lives and prior are common to the kind. A pair's own two
numbers are summed out over a lattice that moves with the population, so that it has no ends to run into; the eight
numbers of the population are drawn by emcee from their posterior, half-lives as continuous as the rest.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from scipy import special
from scipy.optimize import minimize

from sim.evidence.dyad_filter import log_likelihoods, remember
from sim.evidence.dyads import Dyads
from sim.evidence.pair_numbers import Numbers
from sim.optional import needed
from sim.results.intervals import middle
from sim.rules.marks import kept_overnight

NAMES = (
    "momentum",
    "reciprocity",
    "momentum_spread",  # sd over pairs, of the log
    "reciprocity_spread",
    "base_shape",
    "base_mean",
    "momentum_half_life_days",
    "memory_half_life_days",
)
# Of the logs of NAMES before any pair is seen, median and sd: wide, so that the pairs decide (judgement). A half-life
# may thus be a third of a day or four months.
BEFORE = np.array(
    [(0.2, 1.5), (0.1, 1.5), (0.7, 0.5), (0.7, 0.5), (0.3, 1.5), (0.02, 1.5), (7.0, 1.5), (7.0, 1.5)], np.float64
)
MIDDLE, WIDTH = np.log(BEFORE[:, 0]), BEFORE[:, 1]
STEPS_OUT = np.linspace(-3.0, 3.0, 11)  # of the lattice, in sd of the population
LATTICE = np.array(list(itertools.product(STEPS_OUT, STEPS_OUT)))  # reciprocity, momentum
LN_WEIGHTS = -0.5 * (LATTICE**2).sum(axis=1) - math.log((np.exp(-0.5 * STEPS_OUT**2).sum()) ** 2)
STARTS = ((5.0, 5.0), (20.0, 1.0), (1.0, 20.0))  # half-lives from which a peak is looked for: there may be several
ALIKE = math.log(1e-3)  # a spread at which all pairs are alike
WALKERS = 32
WARM_UP = 0.3  # of the steps
FLAT = 0.75  # a half-life whose log is left this wide, as a share of the belief before, is hardly known
Interval = tuple[float, float, float]  # median, 2.5 % and 97.5 %


def offset_of(dyads: Dyads, fit_days: int) -> np.ndarray:
    """Compute how much is reported on each day that is fitted: volume of news, times what the weekday adds to it.

    Known only the next day, so for fits alone. Returns float64 (fit_days,), 1 on average.
    """
    volume = dyads.volume[:fit_days]
    weekdays = np.array([(dyads.first + timedelta(day)).weekday() for day in range(fit_days)])
    acts = np.bincount(weekdays, dyads.acted[:, :fit_days].sum(axis=0), minlength=7)
    expected = np.bincount(weekdays, volume, minlength=7)
    offset = volume * np.divide(acts, expected, out=np.zeros(7), where=expected > 0.0)[weekdays]
    return np.asarray(offset / offset.mean())


class Population:
    """The pairs of one kind, and how likely their days are under numbers of the population."""

    def __init__(self, dyads: Dyads, fit_days: int, offset: np.ndarray):
        """Take the days that are fitted. offset: float64 (fit_days,), see `offset_of`."""
        acted = dyads.acted[:, :fit_days]
        self.act_days = np.nonzero(acted)[1]
        self.starts = np.concatenate([[0], np.cumsum(acted.sum(axis=1))]).astype(np.int64)
        self.own_marks = np.ascontiguousarray(dyads.own_marks[:, :fit_days])
        self.other_marks = np.ascontiguousarray(dyads.other_marks[:, :fit_days])
        self.offset = offset
        self.answers, self.momenta = np.empty((2, *acted.shape))
        self.room = np.empty((2, fit_days + 1))
        self.rates = np.empty(LATTICE.shape)
        self.ln_l = np.empty((len(acted), len(LATTICE)))

    def log_likelihood(self, logs: np.ndarray) -> float:
        """Compute ln L of all days that are fitted. logs: float64 (8,), of NAMES."""
        momentum_days, memory_days = np.exp(logs[6:])
        remember(self.other_marks, kept_overnight(memory_days), self.answers)
        remember(self.own_marks, kept_overnight(momentum_days), self.momenta)
        self.answers *= self.offset
        self.momenta *= self.offset
        np.exp(logs[[1, 0]] + np.exp(logs[[3, 2]]) * LATTICE, out=self.rates)
        log_likelihoods(
            self.act_days,
            self.starts,
            self.offset,
            self.answers,
            self.momenta,
            self.rates,
            np.exp(logs[4:6]),
            self.room,
            self.ln_l,
        )
        self.ln_l += LN_WEIGHTS
        return float(special.logsumexp(self.ln_l, axis=1).sum())

    def log_density(self, logs: np.ndarray) -> float:
        """Compute the log density of numbers of the population, but for a constant. logs: float64 (8,), of NAMES."""
        return self.log_likelihood(logs) - 0.5 * float((((logs - MIDDLE) / WIDTH) ** 2).sum())


@dataclass(frozen=True)
class Pooled:
    """What the pairs of one kind have in common.

    dyads, fit_days: the P pairs, and how many of their days were fitted. draws: float64 (draws, 8), logs of NAMES.
    alike: the likeliest numbers if all pairs were alike. effective: independent draws that the draws are worth.
    """

    dyads: Dyads
    fit_days: int
    draws: np.ndarray
    alike: Numbers
    effective: float

    def centre(self, name: str) -> Interval:
        """Return the median of one of NAMES with its 95 % interval: of a rate, the median over pairs."""
        return _interval(np.exp(self.draws[:, NAMES.index(name)]))

    def mean_over_pairs(self, name: str) -> Interval:
        """Return the mean over pairs of `momentum` or `reciprocity`, with its 95 % interval."""
        column, spread = NAMES.index(name), NAMES.index(f"{name}_spread")
        return _interval(np.exp(self.draws[:, column] + 0.5 * np.exp(2.0 * self.draws[:, spread])))

    def over_pairs(self, name: str) -> Interval:
        """Return the median and 95 % interval of a new pair's `momentum`, `reciprocity` or base (`base_mean`)."""
        rng = np.random.default_rng(0)
        if name == "base_mean":
            shape, mean = np.exp(self.draws[:, 4]), np.exp(self.draws[:, 5])
            return _interval(rng.gamma(shape) * mean / shape)
        column, spread = NAMES.index(name), NAMES.index(f"{name}_spread")
        noise = rng.standard_normal(len(self.draws))
        return _interval(np.exp(self.draws[:, column] + np.exp(self.draws[:, spread]) * noise))

    def known(self, name: str) -> bool:
        """Return whether the pairs say anything of a half-life, or leave it as wide as it was believed to be."""
        column = NAMES.index(name)
        return bool(self.draws[:, column].std() < FLAT * WIDTH[column])

    def numbers(self) -> Numbers:
        """Return the medians, with which the pairs of the kind are forecast."""
        momentum, reciprocity, _, _, shape, mean, momentum_days, memory_days = np.exp(np.median(self.draws, axis=0))
        return Numbers(momentum, momentum_days, reciprocity, memory_days, shape, mean)


def _interval(values: np.ndarray) -> Interval:
    low, high = middle(values)
    return float(np.quantile(values, 0.5)), float(low), float(high)


def _climb(density: Callable[[np.ndarray], float], free: np.ndarray, fixed: np.ndarray) -> tuple[np.ndarray, float]:
    """Find the highest of the peaks that are reached from STARTS.

    Parameters: free, which of the numbers are looked for; fixed, float64 (8,), what the others are fixed at.
    """
    peaks = []
    for half_lives in STARTS:
        start = np.where(free, MIDDLE, fixed)
        start[6:] = np.log(half_lives)

        def cost(part: np.ndarray, start: np.ndarray = start) -> float:
            """Compute the negative log density of the numbers that are looked for."""
            logs = start.copy()
            logs[free] = part
            return -density(logs)

        ends = [(middle - 4.0 * width, middle + 4.0 * width) for middle, width in zip(MIDDLE, WIDTH, strict=True)]
        bounds = list(itertools.compress(ends, free))
        peak = minimize(cost, start[free], method="L-BFGS-B", bounds=bounds)
        start[free] = peak.x
        peaks.append((start, -float(peak.fun)))
    return max(peaks, key=lambda peak: peak[1])


def pool(dyads: Dyads, fit_days: int, steps: int = 300, offset: np.ndarray | None = None) -> Pooled:
    """Fit the first days of the pairs of one kind.

    Parameters: fit_days, how many days from `dyads.first`; steps, of the walkers; offset, float64 (fit_days,), by
    default what `offset_of` says.
    Returns the same for the same pairs. Raises UserError where emcee is missing.
    """
    emcee = needed("emcee", "fit", "estimating what acts draw")
    population = Population(dyads, fit_days, offset_of(dyads, fit_days) if offset is None else offset)
    everything = np.ones(len(NAMES), bool)
    peak, _ = _climb(population.log_density, everything, MIDDLE)
    fixed = np.where([name.endswith("spread") for name in NAMES], ALIKE, MIDDLE)
    alike, _ = _climb(population.log_density, fixed != ALIKE, fixed)
    rng = np.random.default_rng(1)
    starts = peak + 0.3 * WIDTH * rng.standard_normal((WALKERS, len(NAMES)))
    moves = [(emcee.moves.DEMove(), 0.7), (emcee.moves.DEMove(gamma0=1.0), 0.1), (emcee.moves.StretchMove(), 0.2)]
    sampler = emcee.EnsembleSampler(WALKERS, len(NAMES), population.log_density, moves=moves)
    state = emcee.State(starts, random_state=np.random.RandomState(1).get_state())
    sampler.run_mcmc(state, steps)
    warm_up = int(WARM_UP * steps)
    length = float(np.max(emcee.autocorr.integrated_time(sampler.get_chain(discard=warm_up), tol=0)))
    draws = sampler.get_chain(discard=warm_up, flat=True)
    numbers = np.exp(alike)
    return Pooled(
        dyads,
        fit_days,
        draws,
        Numbers(numbers[0], numbers[6], numbers[1], numbers[7], numbers[4], numbers[5]),
        len(draws) / length,
    )
