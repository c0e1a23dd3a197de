"""Draws from the posterior of a case, by emcee's ensemble of walkers (Foreman-Mackey et al. 2013).

Half of the steps are differences of walkers (ter Braak 2006), which need to know nothing of the posterior. The other
half are drawn from the normal distribution around its peak, which for numbers on the scale of their priors is so near
to it that chains a tenth as long do. emcee's snooker move, often taken beside the first, is left alone: as it is in
3.1.6 its draws are a tenth too narrow in twenty numbers (tests/evidence/test_sampling.py; mended in its repository).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.evidence.diagnostics import Diagnosis, diagnose
from sim.evidence.laplace import Peak
from sim.optional import needed

WALKERS = 4  # for each number
LOOK_EVERY = 500  # steps between looks at whether the chains have converged
WIDER = 1.1  # variance of those proposals, as a multiple of the peak's own: no walker is left alone in a tail
WARM_UP = 0.2  # of the steps are left out
Each = Callable[[int], object]


@dataclass(frozen=True)
class Sample:
    """Chains after their warm-up, and their diagnosis."""

    z: np.ndarray  # float64 (walkers, steps, numbers): standard normal deviates
    log_density: np.ndarray  # float64 (walkers, steps)
    diagnosis: Diagnosis
    accepted: float  # share of the steps


def sample(peak: Peak, seed: int, most_steps: int, each: Each = lambda steps: None) -> Sample:
    """Walk until the chains have converged, or for so many steps.

    Walkers start around the peak.
    Parameters: each, called with 1 after each step.
    Returns the chains, the same for the same seed whatever the number of threads. Raises UserError where emcee or ArviZ
    is missing.
    """
    emcee = needed("emcee", "fit", "fitting")
    rng = np.random.default_rng(seed)
    size = len(peak.z)
    walkers = max(WALKERS * size, 2 * size + 2)
    moves = [(emcee.moves.DEMove(), 0.5), (emcee.moves.MHMove(_around(peak)), 0.5)]
    sampler = emcee.EnsembleSampler(walkers, size, peak.case.density, moves=moves, vectorize=True)
    state = emcee.State(
        peak.draws(walkers, rng), random_state=np.random.RandomState(rng.integers(2**32 - 1)).get_state()
    )
    steps_done = 0
    while True:
        for reached in sampler.sample(state, iterations=min(LOOK_EVERY, most_steps - steps_done)):
            state = reached
            each(1)
        steps_done = int(sampler.iteration)
        warm_up = int(WARM_UP * steps_done)
        chains = sampler.get_chain(discard=warm_up).transpose(1, 0, 2)
        diagnosis = diagnose(chains)
        if diagnosis.converged or steps_done >= most_steps:
            break
    return Sample(
        chains,
        sampler.get_log_prob(discard=warm_up).T,
        diagnosis,
        float(np.mean(sampler.acceptance_fraction)),
    )


def _around(peak: Peak) -> Callable[[np.ndarray, np.random.RandomState], tuple[np.ndarray, np.ndarray]]:
    """Proposals from the normal distribution around the peak, wherever a walker stands."""
    root = np.sqrt(WIDER) * np.linalg.cholesky(peak.covariance)
    whiten = np.linalg.inv(root)

    def log_density(z: np.ndarray) -> np.ndarray:
        """Compute the log density of the proposals, but for a constant."""
        return np.asarray(-0.5 * (((z - peak.z) @ whiten.T) ** 2).sum(axis=1))

    def propose(z: np.ndarray, random: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
        """Propose a point for each walker, with the log ratio of densities."""
        new = peak.z + random.standard_normal(z.shape) @ root.T
        return new, log_density(z) - log_density(new)

    return propose
