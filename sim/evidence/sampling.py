"""Draws from the posterior of a case, by emcee's ensemble of walkers (Foreman-Mackey et al. 2013).

Half of the steps are differences of walkers (ter Braak 2006), which need to know nothing of the posterior. The other
half are drawn from the normal distribution around its peak, which for numbers on the scale of their priors is so near
to it that chains a tenth as long do. emcee's snooker move, often taken beside the first, is left alone: as it is in
3.1.6 its draws are a tenth too narrow in twenty numbers (tests/evidence/test_sampling.py; mended in its repository).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.evidence.diagnostics import Diagnosis, diagnose
from sim.evidence.laplace import Peak
from sim.evidence.parts import NOT_KEPT, Part, Parts
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


def sample(peak: Peak, seed: int, most_steps: int, each: Each = lambda steps: None, parts: Parts = NOT_KEPT) -> Sample:
    """Walk until the chains have converged, or for so many steps.

    Walkers start around the peak.
    Parameters: each, called with the number of steps that are done; parts, where stretches of the chains are kept.
    Returns the chains, the same for the same seed whatever the number of threads, and whatever was walked before.
    Raises UserError where emcee or ArviZ is missing, or a part cannot be read or written.
    """
    rng = np.random.default_rng(seed)
    size = len(peak.z)
    walkers = max(WALKERS * size, 2 * size + 2)
    sampler = _sampler(peak, walkers)
    where = Where(peak.draws(walkers, rng), None, np.random.RandomState(rng.integers(2**32 - 1)).get_state(legacy=True))
    stretches: list[Part] = []
    steps_done = 0
    while True:
        steps = min(LOOK_EVERY, most_steps - steps_done)
        stretches.append(_stretch(sampler, where, steps, f"steps from {steps_done} on", each, parts))
        where = where_after(stretches[-1])
        steps_done += steps
        warm_up = int(WARM_UP * steps_done)
        chains = np.concatenate([stretch["chain"] for stretch in stretches])[warm_up:].transpose(1, 0, 2)
        diagnosis = diagnose(chains)
        if diagnosis.converged or steps_done >= most_steps:
            break
    return Sample(
        chains,
        np.concatenate([stretch["log_density"] for stretch in stretches])[warm_up:].T,
        diagnosis,
        float(np.sum([stretch["accepted"] for stretch in stretches]) / (walkers * steps_done)),
    )


class Where(NamedTuple):
    """Where walkers stand between two stretches, and the state of what draws their steps."""

    z: np.ndarray  # float64 (walkers, numbers)
    log_density: np.ndarray | None  # float64 (walkers,)
    random: Any  # as NumPy's RandomState gives it


def _sampler(peak: Peak, walkers: int) -> Any:
    emcee = needed("emcee", "fit", "fitting")
    moves = [(emcee.moves.DEMove(), 0.5), (emcee.moves.MHMove(_around(peak)), 0.5)]
    return emcee.EnsembleSampler(walkers, len(peak.z), peak.case.density, moves=moves, vectorize=True)


def _stretch(sampler: Any, where: Where, steps: int, name: str, each: Each, parts: Parts) -> Part:
    """So many steps of all walkers, walked now or read."""
    walked = 0

    def walk(start: Where) -> Part:
        """Walk from where the walkers stand."""
        nonlocal walked
        state = needed("emcee", "fit", "fitting").State(
            start.z, log_prob=start.log_density, random_state=start.random, copy=True
        )
        sampler.reset()
        for reached in sampler.sample(state, iterations=steps):
            state = reached
            walked += 1
            each(1)
        kind, keys, *rest = state.random_state
        return {
            "chain": sampler.get_chain(),
            "log_density": sampler.get_log_prob(),
            "accepted": int(np.round(sampler.acceptance_fraction * steps).sum()),
            "random_keys": np.asarray(keys),
            "random": [kind, *rest],
        }

    (stretch,) = parts.collect(walk, {f"{name}: {steps}": where})
    each(steps - walked)
    return stretch


def where_after(stretch: Part) -> Where:
    """Return where walkers stand after a stretch."""
    kind, *rest = stretch["random"]
    return Where(stretch["chain"][-1], stretch["log_density"][-1], (kind, stretch["random_keys"], *rest))


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
